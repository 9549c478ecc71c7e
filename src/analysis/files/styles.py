"""What a cell's style says of its value: whether it is a date, is struck, or looks like another.

Everything else of the style sheet is left alone, so that nothing odd in it stops a survey.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from analysis.files.richtext import is_on
from analysis.files.sheet import UNSEEN

# Formats that a Japanese Excel names by number alone: 令和6年9月1日, R6.9.1, 9月1日, 13時30分.
_JAPANESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
# They show every value as it is.
_PLAIN_FORMATS = frozenset({"", "General", "@", "0", "#,##0"})
# The theme's own paper and ink, then those that colours were once numbered by.
_COMMON_COLOURS = {
    **dict.fromkeys([("theme", "0"), ("indexed", "1"), ("indexed", "9")], "FFFFFF"),
    **dict.fromkeys([("theme", "1"), ("indexed", "0"), ("indexed", "8")], "000000"),
}
# The system's own ink and paper.
_SYSTEM_COLOURS = ("64", "65", "81")
# Excel's own bound; the patterns below are not made for more.
_LONGEST_FORMAT = 255


@dataclass(frozen=True)
class Styles:
    """The numbers of the cell styles that matter, as the cells write them."""

    dates: frozenset[str] = frozenset()
    durations: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()
    looks: Mapping[str, str] = field(default_factory=dict)

    def is_date(self, style: str) -> bool:
        """Tell whether a number in this style is shown as a date or a time."""
        return style in self.dates

    def is_duration(self, style: str) -> bool:
        """Tell whether a number in this style is shown as hours that may pass 24."""
        return style in self.durations

    def is_struck(self, style: str) -> bool:
        """Tell whether this style strikes through the whole cell."""
        return style in self.struck

    def find_look(self, style: str) -> str:
        """Return what may keep a person from seeing a value in this style (see Entry.look)."""
        return self.looks.get(style, "")


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
    fonts, fills = (find_within(root, f"{part}s", part) for part in ("font", "fill"))
    inks = {str(at): _name_colour(font, "color", "000000") for at, font in enumerate(fonts)}
    papers = {str(at): _name_paper(fill) for at, fill in enumerate(fills)}
    dates, durations, struck = set(), set(), set()
    looks: dict[str, str] = {}
    for at, style in enumerate(find_within(root, "cellXfs", "xf")):
        number = style.get("numFmtId", "0")
        code = formats.get(number) or _name_builtin(number)
        is_known = len(code) <= _LONGEST_FORMAT
        if is_known and is_date_format(code):
            dates.add(str(at))
            if is_timedelta_format(code):
                durations.add(str(at))
        elif is_known and code not in _PLAIN_FORMATS:
            looks[str(at)] = code
        if inks.get(style.get("fontId", "0"), "") == papers.get(style.get("fillId", "0")):
            looks[str(at)] = UNSEEN
        if style.get("fontId", "0") in struck_fonts:
            struck.add(str(at))
    return Styles(frozenset(dates), frozenset(durations), frozenset(struck), looks)


def find_children(parent: Element, name: str) -> Iterator[Element]:
    """Yield the children of this local name, in any namespace."""
    return (child for child in parent if child.tag.rpartition("}")[2] == name)


def find_within(root: Element, group: str, name: str) -> Iterator[Element]:
    """Yield the elements of this name within the root's groups of that name."""
    for parent in find_children(root, group):
        yield from find_children(parent, name)


def _name_colour(parent: Element, name: str, default: str) -> str:
    """Return the colour that a part of a style names, as a text that is equal for equal ones."""
    found = next(find_children(parent, name), None)
    if found is None or is_on(found.get("auto")) or found.get("indexed") in _SYSTEM_COLOURS:
        return default
    if "rgb" in found.attrib:
        return found.attrib["rgb"][-6:].upper()
    kind = "theme" if "theme" in found.attrib else "indexed"
    number, tint = found.get(kind, ""), found.get("tint", "")
    common = None if tint.strip("-+.0") else _COMMON_COLOURS.get((kind, number))
    return common or f"{kind} {number} {tint}"


def _name_paper(fill: Element) -> str:
    """Return the colour of a fill; a pattern of two colours is like no ink."""
    pattern = next(find_children(fill, "patternFill"), None)
    kind = "gradient" if pattern is None else pattern.get("patternType", "none")
    if kind == "none":
        return "FFFFFF"
    return "" if pattern is None or kind != "solid" else _name_colour(pattern, "fgColor", "FFFFFF")


def _name_builtin(number: str) -> str:
    if not number.isdecimal():
        return ""
    if int(number) in _JAPANESE_DATES:
        return "yyyy/m/d"
    code: str = BUILTIN_FORMATS.get(int(number), "")
    return code
