"""What two spellings of one title, answer, number or date share; equal keys make them one.

An answer is never matched by similarity. A title that nobody knows is (see `guess`).
"""

import re
import unicodedata
from functools import lru_cache

from analysis.texts import DASHES, is_dash

# Control, format (zero-width) and the three separator categories.
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})

# Departments type whichever of these their keyboard gives first; they mean the same mark. ◎ is
# none of them: it often means the best of several.
_VARIANTS = str.maketrans(
    {
        **dict.fromkeys(DASHES, "-"),
        **dict.fromkeys("〇◯⭕●◉✓✔☑✅", "○"),
        **dict.fromkeys("✕✖✗✘☓╳❌", "×"),
        "〜": "~",
        # They choose between the plain and the coloured drawing of the mark before them.
        **dict.fromkeys("\ufe0e\ufe0f", ""),
    }
)
# A word that, alone, is written for a mark.
_MARK_WORDS = {"済": "○", "済み": "○"}
_MARKS = frozenset({"○", "×"})
# Also the dashes that NFKC changes, so that a text is told from a dash without folding it.
_BLANK_BESIDE_NO_DIGIT = re.compile(r"(?<![0-9\s])\s+|\s+(?![0-9\s])")


@lru_cache(maxsize=4096)
def match_key(text: str) -> str:
    """Return what two spellings of one title share: NFKC, without blanks and invisible marks."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c) not in _INVISIBLE)


@lru_cache(maxsize=4096)
def answer_key(text: str) -> str:
    """Return what two spellings of one answer share: its match key, marks and dashes unified."""
    return match_key(text).translate(_VARIANTS)


def choice_key(text: str) -> str:
    """Return what two spellings of one choice share: its answer key, or the mark it stands for."""
    key = answer_key(text)
    return "-" if is_dash(key) else _MARK_WORDS.get(key, key)


def is_mark(text: str) -> bool:
    """Tell whether a text is a mark for yes or no, of whatever kind."""
    return choice_key(text) in _MARKS


def digits_key(text: str) -> str:
    """Return what two spellings of one number or date share: the answer key but for some blanks.

    What stands between two digits stays, be it a blank or a line break: `10 20` is not 1020.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_VARIANTS)
    seen = (c for c in folded if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    return _BLANK_BESIDE_NO_DIGIT.sub("", "".join(seen).strip())
