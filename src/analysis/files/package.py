"""An Excel workbook as a package of parts, held to its bounds before anything of it is read.

Whoever sends the file decides what is in it, and what its directory claims of sizes and names. So
every part is unpacked once, a piece at a time and never to disk: its checksum must be right, its
XML without a document type, and what reading it would cost is counted. Nothing outside the file is
ever opened, since nothing here follows a link.
"""

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element
from xml.parsers import expat

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from analysis.files.kinds import refuse_other_programs
from analysis.files.sheet import MOST_CELLS, UnreadableWorkbookError

# A workbook of a hundred sheets, each with drawings and comments, has some 600 parts.
MOST_PARTS = 5_000
# The largest survey unpacks to some 100 MB; with a formula in every cell, to twice as much.
LARGEST_UNPACKED = 300 * 1024**2
# A sheet of one repeated value packs 30 to 1; only below this size is a higher ratio harmless.
HIGHEST_RATIO = 200
RATIO_MATTERS_FROM = 10 * 1024**2
# A cell is up to three tags (cell, value, formula).
MOST_TAGS = 3 * MOST_CELLS
# Styles of a workbook copied from book to book for years reach 200,000; a tree of more is costly.
MOST_TREE_TAGS = 500_000
# The parser holds one record per open element, and one per name it ever met, for its whole life.
DEEPEST = 10_000
MOST_NAMES = 2_000
# Excel holds 32,767 characters in a cell. The parser looks again at an unfinished tag or attribute
# with every piece it is given, so a long one costs the square of its length.
LONGEST_TOKEN = 2 * 1024**2

PIECE = 256 * 1024

_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_XML_ENDINGS = (".xml", ".rels")


@dataclass
class Package:
    """The parts of a workbook by name, folded to lower case without a leading slash."""

    archive: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo]
    tags: dict[str, int] = field(default_factory=dict)

    def open(self, name: str) -> IO[bytes]:
        """Open a part that was found to be sound XML; raise UnreadableWorkbookError for others."""
        if fold_name(name) not in self.tags:
            raise UnreadableWorkbookError("workbook_broken")
        return self.archive.open(self.parts[fold_name(name)])

    def read_tree(self, name: str) -> Element:
        """Return a small part's root element; raise UnreadableWorkbookError as `open` does."""
        with self.open(name) as stream:
            if self.tags[fold_name(name)] > MOST_TREE_TAGS:
                raise UnreadableWorkbookError("workbook_excessive", "部品の要素が多すぎる")
            root: Element = fromstring(stream.read(), forbid_dtd=True)
        return root


def fold_name(name: str) -> str:
    """Return what two names of one part share: parts differ by more than case, and use slashes."""
    return name.replace("\\", "/").lstrip("/").lower()


def open_package(content: bytes) -> Package:
    """Return a file's parts once all of them are found to be within bounds.

    Raises UnreadableWorkbookError for a file that is cut off, damaged, encrypted, another
    program's, or that would take more to read than any survey does.
    """
    if content.count(_DIRECTORY_ENTRY) > MOST_PARTS:
        raise UnreadableWorkbookError("workbook_excessive", "部品の数が多すぎる")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise UnreadableWorkbookError("workbook_truncated")
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = [info for info in archive.infolist() if not info.is_dir()]
    parts = {fold_name(info.filename): info for info in members}
    if len(parts) < len(members):
        raise UnreadableWorkbookError("workbook_excessive", "同じ名前の部品が重複")
    if any(info.flag_bits & _ENCRYPTED for info in members):
        raise UnreadableWorkbookError("workbook_protected")
    if any(info.compress_type not in _COMPRESSIONS for info in members):
        raise UnreadableWorkbookError("workbook_excessive", "Excel が使わない圧縮方式")
    refuse_other_programs(archive, parts)
    package = Package(archive, parts)
    meter = _Meter()
    for name, info in parts.items():
        pieces = meter.unpack(archive, info)
        if name.endswith(_XML_ENDINGS):
            tags = meter.inspect(pieces)
            if tags is not None:
                package.tags[name] = tags
        for _ in pieces:
            pass
    return package


class _Meter:
    """Counts what the parts of one package cost, and stops at the bounds."""

    def __init__(self) -> None:
        self._unpacked = 0
        self._tags = 0
        self._cells = 0

    def unpack(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield a part in pieces; the end is reached only if its checksum is right."""
        size = 0
        is_xml = fold_name(info.filename).endswith(_XML_ENDINGS)
        most = max(RATIO_MATTERS_FROM, HIGHEST_RATIO * info.compress_size)
        try:
            with archive.open(info) as stream:
                while piece := stream.read(PIECE):
                    size += len(piece)
                    self._unpacked += len(piece)
                    if self._unpacked > LARGEST_UNPACKED or (is_xml and size > most):
                        raise UnreadableWorkbookError("workbook_excessive", "展開すると大きすぎる")
                    yield piece
            if size != info.file_size:
                raise UnreadableWorkbookError("workbook_altered")
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise UnreadableWorkbookError("workbook_altered") from error

    def inspect(self, pieces: Iterator[bytes]) -> int | None:
        """Return how many tags a part has, or None if it isn't XML, which Excel may not mind.

        The callbacks are C functions: the parser calls no Python code, so this costs a quarter of
        reading the cells, and no memory.
        """
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.ordered_attributes = True
        ended: list[str] = []
        parser.EndElementHandler = ended.append
        # Called with name and attributes, so that the names of both are counted in `intern`.
        parser.StartElementHandler = dict[str, list[str]]().setdefault
        fed = opened = closed = 0
        try:
            for piece in pieces:
                fed += len(piece)
                parser.Parse(piece)
                names = Counter(ended)
                ended.clear()
                closed += names.total()
                self._tags += names.total()
                self._cells += sum(n for name, n in names.items() if name.split(":")[-1] == "c")
                # No trick with comments makes this fewer than the start tags there are.
                opened += piece.count(b"<") - piece.count(b"</")
                is_deep = opened - closed > DEEPEST
                if is_deep or len(parser.intern) > MOST_NAMES:
                    raise UnreadableWorkbookError("workbook_excessive", "入れ子か名前が多すぎる")
                if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                    raise UnreadableWorkbookError("workbook_excessive", "長すぎる値")
                if self._cells > MOST_CELLS or self._tags > MOST_TAGS:
                    raise UnreadableWorkbookError("workbook_cells", "セルが多すぎる")
            parser.Parse(b"", True)
        except expat.ExpatError:
            return None
        return closed


def _refuse_doctype(*_: object) -> None:
    raise UnreadableWorkbookError("workbook_doctype")
