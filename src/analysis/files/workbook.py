"""An Excel workbook (.xlsx) into its sheets: which parts it has, and what the survey refuses.

A workbook with macros, or whose cells draw on other files, is refused whole: its values may be
anyone's without anyone noticing.
"""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element

from analysis.files.drawn import find_drawing_cells, find_drawing_names
from analysis.files.kinds import refuse_unread_kinds
from analysis.files.package import Package, fold_name, open_package
from analysis.files.richtext import is_on
from analysis.files.sheet import Sheet, Sieve, UnreadableWorkbookError
from analysis.files.stored import SharedStrings, StoredValues
from analysis.files.styles import Styles, find_children, find_within, read_styles
from analysis.files.worksheet import WorksheetReader

_TYPES = "[content_types].xml"
_MACRO_SHEETS = ("xlMacrosheet", "xlIntlMacrosheet")


def read_sheets(content: bytes, may_hold: Sieve) -> list[Sheet]:
    """Return every worksheet of a workbook, in its order; raise UnreadableWorkbookError.

    A sheet that can't hold the table, by its first rows, is read no further than these.
    """
    try:
        return _read_package(open_package(content), may_hold)
    except UnreadableWorkbookError:
        raise
    except Exception as error:  # a damaged file may fail in any part of zip or XML
        raise UnreadableWorkbookError("workbook_broken") from error


def _read_package(package: Package, may_hold: Sieve) -> list[Sheet]:
    main = _find_main(package)
    links = _Links(package, main)
    root = package.read_tree(main)
    listed = list(find_within(root, "sheets", "sheet"))
    _refuse_macros(package, listed, links)
    if links.find_all("externalLink"):
        _refuse_drawing(package, root, links)
    styles = next(iter(links.find_all("styles")), None)
    strings = next(iter(links.find_all("sharedStrings")), None)
    values = StoredValues(
        SharedStrings(None if strings is None else package.open(strings)),
        Styles() if styles is None else read_styles(package.read_tree(styles)),
        is_1904=any(is_on(p.get("date1904")) for p in find_children(root, "workbookPr")),
    )
    # Asked to be worked out when it is opened, as nothing has done since it was written.
    calculations = find_children(root, "calcPr")
    is_uncalculated = any(is_on(own.get("fullCalcOnLoad")) for own in calculations)
    reader = WorksheetReader(values, is_uncalculated=is_uncalculated)
    worksheets = set(links.find_all("worksheet"))
    seen: set[str] = set()
    sheets = []
    for entry in listed:
        title = entry.get("name", "")
        is_visible = entry.get("state", "visible") == "visible"
        with _naming(title):
            identity = _read_id(entry)
            if not identity:
                # Old workbooks with macros list sheets that were removed in this way.
                sheets.append(Sheet(title, is_visible, {}, (), frozenset(), is_lost=True))
                continue
            part = links.find(identity)
            if part not in worksheets:
                continue
            # Counted once: a book that lists one large sheet a thousand times would never be read.
            if part in seen:
                raise UnreadableWorkbookError("workbook_excessive", "同じシートの繰り返し")
            seen.add(part)
            with package.open(part) as source:
                sheets.append(reader.read(source, title, visible=is_visible, may_hold=may_hold))
    return sheets


@contextmanager
def _naming(title: str) -> Iterator[None]:
    """Name the sheet in which reading ended, whatever ended it."""
    try:
        yield
    except UnreadableWorkbookError as error:
        error.sheet = title
        raise
    except Exception as error:  # a damaged file may fail in any part of zip or XML
        raise UnreadableWorkbookError("workbook_broken", sheet=title) from error


def _refuse_macros(package: Package, listed: list[Element], links: "_Links") -> None:
    """Raise UnreadableWorkbookError if there are macros, by which any value may have come."""
    # Some programs name the part in every workbook of a kind that may hold macros.
    if any(fold_name(part) in package.parts for part in links.find_all("vbaProject")):
        raise UnreadableWorkbookError("workbook_macro", "VBA")
    parts = {part for kind in _MACRO_SHEETS for part in links.find_all(kind)}
    if parts:
        titles = [e.get("name", "") for e in listed if links.get(_read_id(e)) in parts]
        raise UnreadableWorkbookError("workbook_macro", "、".join(titles) or "マクロシート")


def _refuse_drawing(package: Package, root: Element, links: "_Links") -> None:
    """Raise UnreadableWorkbookError if a cell of any sheet draws its value from another workbook.

    Of any, for the table may draw on that sheet in turn.
    """
    defined = find_within(root, "definedNames", "definedName")
    names = find_drawing_names((e.get("name", ""), e.text or "") for e in defined)
    worksheets = set(links.find_all("worksheet"))
    first, count = "", 0
    for entry in find_within(root, "sheets", "sheet"):
        part = links.get(_read_id(entry))
        if part in worksheets:
            worksheets.remove(part)
            title = entry.get("name", "")
            with _naming(title), package.open(part) as source:
                cell, found = find_drawing_cells(source, names)
            first = first or (f"{title}!{cell}" if found else "")
            count += found
    if count:
        more = f" など{count:,}か所" if count > 1 else ""
        raise UnreadableWorkbookError("workbook_linked", first + more)


def _find_main(package: Package) -> str:
    """Return the workbook's own part; raise UnreadableWorkbookError if there is none."""
    if _TYPES not in package.parts:
        raise UnreadableWorkbookError("workbook_zip")
    types = [entry.get("ContentType", "") for entry in package.read_tree(_TYPES)]
    refuse_unread_kinds(types)
    (main, *_) = [*_Links(package, "").find_all("officeDocument"), ""]
    return main


class _Links:
    """The relationships of one part: kind and id to the part they lead to."""

    def __init__(self, package: Package, source: str) -> None:
        folder, name = posixpath.split(source)
        self._parts: dict[str, str] = {}
        self._kinds: dict[str, list[str]] = {}
        for entry in package.read_tree(posixpath.join(folder, "_rels", f"{name}.rels")):
            kind = entry.get("Type", "").rpartition("/")[2]
            target = entry.get("Target", "")
            part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if entry.get("TargetMode") != "External":
                self._parts[entry.get("Id", "")] = part
                self._kinds.setdefault(kind, []).append(part)

    def find_all(self, kind: str) -> list[str]:
        """Return the parts of one kind, in the order of the file."""
        return self._kinds.get(kind, [])

    def get(self, name: str) -> str | None:
        """Return the part with this id, or None."""
        return self._parts.get(name)

    def find(self, name: str) -> str:
        """Return the part with this id; raise UnreadableWorkbookError if there is none."""
        if name not in self._parts:
            raise UnreadableWorkbookError("workbook_broken")
        return self._parts[name]


def _read_id(entry: Element) -> str:
    """Return the id of an entry's relationship, the only attribute that has a namespace."""
    return next((v for key, v in entry.attrib.items() if key.endswith("}id")), "")
