"""What a cell's style says of its value: whether the number is a date, and whether it is struck.

Everything else of the style sheet is left alone, so that nothing odd in it stops a survey.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from analysis.survey.files.richtext import is_on

# Formats that a Japanese Excel names by number alone: 令和6年9月1日, R6.9.1, 9月1日, 13時30分.
_JAPANESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
# Excel's own bound; the patterns below are not made for more.
_LONGEST_FORMAT = 255


@dataclass(frozen=True)
class Styles:
    """The numbers of the cell styles that matter, as the cells write them."""

    dates: frozenset[str] = frozenset()
    durations: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()

    def is_date(self, style: str) -> bool:
        """Tell whether a number in this style is shown as a date or a time."""
        return style in self.dates

    def is_duration(self, style: str) -> bool:
        """Tell whether a number in this style is shown as hours that may pass 24."""
        return style in self.durations

    def is_struck(self, style: str) -> bool:
        """Tell whether this style strikes through the whole cell."""
        return style in self.struck


def read_styles(root: Element) -> Styles:
    """Read the style sheet's root element."""
    formats = {
        entry.get("numFmtId", ""): entry.get("formatCode", "")[: _LONGEST_FORMAT + 1]
        for entry in find_within(root, "numFmts", "numFmt")
    }
    struck_fonts = {
        str(at)
        for at, font in enumerate(find_within(root, "fonts", "font"))
        if any(is_on(strike.get("val", "1")) for strike in find_children(font, "strike"))
    }
    dates, durations, struck = set(), set(), set()
    for at, style in enumerate(find_within(root, "cellXfs", "xf")):
        number = style.get("numFmtId", "0")
        code = formats.get(number) or _name_builtin(number)
        if len(code) <= _LONGEST_FORMAT and is_date_format(code):
            dates.add(str(at))
            if is_timedelta_format(code):
                durations.add(str(at))
        if style.get("fontId", "0") in struck_fonts:
            struck.add(str(at))
    return Styles(frozenset(dates), frozenset(durations), frozenset(struck))


def find_children(parent: Element, name: str) -> Iterator[Element]:
    """Yield the children of this local name, in any namespace."""
    return (child for child in parent if child.tag.rpartition("}")[2] == name)


def find_within(root: Element, group: str, name: str) -> Iterator[Element]:
    """Yield the elements of this name within the root's groups of that name."""
    for parent in find_children(root, group):
        yield from find_children(parent, name)


def _name_builtin(number: str) -> str:
    if not number.isdecimal():
        return ""
    if int(number) in _JAPANESE_DATES:
        return "yyyy/m/d"
    code: str = BUILTIN_FORMATS.get(int(number), "")
    return code
