"""An Excel workbook (.xlsx) into its sheets: which parts it has, and what the survey refuses.

A workbook that draws on other files, holds macros or counts its days from 1904 is refused whole:
its values may be anyone's, or four years off, without anyone noticing.
"""

import posixpath
from xml.etree.ElementTree import Element

from analysis.survey.files.package import Package, open_package
from analysis.survey.files.richtext import is_on
from analysis.survey.files.sheet import Sheet, Sieve, UnreadableWorkbookError
from analysis.survey.files.stored import SharedStrings, StoredValues
from analysis.survey.files.styles import Styles, find_children, find_within, read_styles
from analysis.survey.files.worksheet import WorksheetReader

_TYPES = "[content_types].xml"
_BINARY_TYPE = "sheet.binary"
_REFUSED = {
    "externalLink": "workbook_linked",
    "vbaProject": "workbook_macro",
    "xlMacrosheet": "workbook_macro",
    "xlIntlMacrosheet": "workbook_macro",
}


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
    for kind, code in _REFUSED.items():
        if links.find_all(kind):
            raise UnreadableWorkbookError(code)
    root = package.read_tree(main)
    for properties in find_children(root, "workbookPr"):
        if is_on(properties.get("date1904")):
            raise UnreadableWorkbookError("date_system")
    styles = next(iter(links.find_all("styles")), None)
    strings = next(iter(links.find_all("sharedStrings")), None)
    values = StoredValues(
        SharedStrings(None if strings is None else package.open(strings)),
        Styles() if styles is None else read_styles(package.read_tree(styles)),
    )
    reader = WorksheetReader(values)
    worksheets = set(links.find_all("worksheet"))
    seen: set[str] = set()
    sheets = []
    for entry in find_within(root, "sheets", "sheet"):
        part = links.find(_read_id(entry))
        if part not in worksheets:
            continue
        # Counted once: a book that lists one large sheet a thousand times would never be read.
        if part in seen:
            raise UnreadableWorkbookError("workbook_bomb", "同じシートの繰り返し")
        seen.add(part)
        with package.open(part) as source:
            is_visible = entry.get("state", "visible") == "visible"
            title = entry.get("name", "")
            sheets.append(reader.read(source, title, visible=is_visible, may_hold=may_hold))
    return sheets


def _find_main(package: Package) -> str:
    """Return the workbook's own part; raise UnreadableWorkbookError if there is none."""
    if _TYPES not in package.parts:
        raise UnreadableWorkbookError("workbook_zip")
    types = [entry.get("ContentType", "") for entry in package.read_tree(_TYPES)]
    if any(_BINARY_TYPE in kind for kind in types):
        raise UnreadableWorkbookError("workbook_binary")
    (main, *_) = [*_Links(package, "").find_all("officeDocument"), ""]
    if not any("spreadsheetml" in kind and ".main" in kind for kind in types):
        raise UnreadableWorkbookError("workbook_zip")
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

    def find(self, name: str) -> str:
        """Return the part with this id; raise UnreadableWorkbookError if there is none."""
        if name not in self._parts:
            raise UnreadableWorkbookError("workbook_broken")
        return self._parts[name]


def _read_id(entry: Element) -> str:
    """Return the id of an entry's relationship, the only attribute that has a namespace."""
    return next((v for key, v in entry.attrib.items() if key.endswith("}id")), "")
