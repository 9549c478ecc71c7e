"""In which language the blocks that a notebook shows are said: what it loaded its findings for.

It is the process's own, as a notebook has a process to itself. None is the Japanese that all
reports are written in.
"""

from analysis.language.lexicon import Lexicon

_spoken: list[Lexicon] = []


def speak(lexicon: Lexicon | None) -> None:
    """Say from now on whatever is shown by this lexicon."""
    _spoken[:] = [] if lexicon is None else [lexicon]


def find_spoken() -> Lexicon | None:
    """Return the lexicon by which what is shown is said; None for none."""
    return _spoken[0] if _spoken else None


def take_missing() -> list[str]:
    """Return what had no translation since it was last asked, and forget it."""
    if (lexicon := find_spoken()) is None:
        return []
    missing = [*lexicon.missing]
    lexicon.missing.clear()
    return missing
