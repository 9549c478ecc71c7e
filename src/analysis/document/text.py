"""Text made fit to be printed, before a renderer escapes it, and addresses made of ids."""

import hashlib
import re
from collections.abc import Iterable

# XML and PDF have no place for these; a blank sign shows that something stood there.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ufeff]")
# A text must not be able to turn the reading direction of what stands after it.
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")


def printable(text: str) -> str:
    """Return a text with one kind of line break, and U+FFFD for what can't be printed."""
    if text.isprintable():
        return text
    lines = _BREAKS.sub("\n", text)
    return _UNPRINTABLE.sub("\ufffd", _DIRECTIONS.sub("", lines)).replace("\t", " ")


def on_one_line(text: str) -> str:
    """Return a text as one line of what can be printed."""
    return printable(text).replace("\n", " ")


def link_to(figure_id: str) -> str:
    """Return the address, within a page, of a figure's line of evidence."""
    # A section's scope may hold percent signs of its own; the browser decodes an address once.
    return "#" + figure_id.replace("%", "%25")


def name_drawing(caption: str, ids: Iterable[str]) -> str:
    """Return the name of a drawing of the figures with these ids: a letter and eight hex digits."""
    shown = "\n".join([caption, *ids])
    return f"d{hashlib.sha256(shown.encode()).hexdigest()[:8]}"
