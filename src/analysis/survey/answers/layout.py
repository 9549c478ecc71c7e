"""Bring a text onto one line as it is meant to be read, and say which steps that took."""

import re
import unicodedata

from analysis.questionnaire.spellings import match_key

# Japanese letters, punctuation and marks, in every width.
_WIDE = r"\u2460-\u27bf\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uffef\U00020000-\U0003ffff"
_BLANKS = re.compile(r"\s+")
_BREAK = r"[^\S\n]*\n\s*"
_BREAK_BESIDE_WIDE = re.compile(rf"(?<=[{_WIDE}]){_BREAK}|{_BREAK}(?=[{_WIDE}])")
_BLANK_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}]) (?=[{_WIDE}])")
# Zero-width space, word joiner, byte order mark, soft hyphen, and marks that reorder the line.
# The joiners of emoji and the selectors of name variants are zero-width too, and stay.
_UNSEEN = r"\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069"
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_SPLIT_KANA = re.compile(r"[\u3041-\u30ff][\u3099\u309a]")
# Without any of these a text is on one line as it is meant; most are.
_LAYOUT = re.compile(rf"[\s\u3099\u309a{_UNSEEN}]")
_PLAIN = re.compile(r"[!-~\u3041-\u30ff\u4e00-\u9fff]")


def clean_text(text: str) -> str | None:
    """Return a text on one line as it is meant to be read, or None if nothing is left.

    Line breaks and runs of blanks become one space, but nothing at all where they only ever are
    layout: a line break beside a Japanese character, a blank between two. Characters are not
    exchanged: ① stays ①, 髙 and 﨑 stay, fullwidth stays; only kana that a Mac stored as letter
    and mark are put together again.
    """
    return lay_out(text)[0] or None


def lay_out(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text on one line (see `clean_text`), and the steps that changed it."""
    if not _LAYOUT.search(text):
        return (text, ()) if not text or _is_seen(text) else ("", ("invisible",))
    visible = _INVISIBLE.sub("", text)
    bare = visible.strip()
    joined = _BREAK_BESIDE_WIDE.sub("", bare)
    line = _BLANK_BETWEEN_WIDE.sub("", _BLANKS.sub(" ", joined))
    whole = _SPLIT_KANA.sub(lambda found: unicodedata.normalize("NFC", found.group()), line)
    changed = {
        "invisible": visible != text,
        "line_break": "\n" in bare,
        "blanks": bare != visible or line != joined.replace("\n", " "),
        "kana": whole != line,
    }
    steps = tuple(code for code, is_changed in changed.items() if is_changed)
    return (whole, steps) if not whole or _is_seen(whole) else ("", (*steps, "invisible"))


def _is_seen(text: str) -> bool:
    """Tell whether a text holds more than joiners, selectors and the like."""
    return bool(_PLAIN.search(text) or match_key(text))


def fold_steps(line: str) -> tuple[str, ...]:
    """Return what folding a line into a key does, besides the dashes."""
    folded = unicodedata.normalize("NFKC", line)
    changed = {
        "invisible": "".join(folded.split()) != match_key(line),
        "blanks": " " in folded,
        "width": folded != line,
    }
    return tuple(code for code, is_changed in changed.items() if is_changed)
