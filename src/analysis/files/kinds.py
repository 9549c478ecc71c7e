"""Which kind of workbook a zip file is, and which kinds are refused by their own sentence.

Another program's is told before anything else of it is read: the bounds are made for what Excel
writes, and would call it something made to do harm.
"""

import zipfile
from collections.abc import Collection, Mapping

from analysis.files.sheet import UnreadableWorkbookError

_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
# The first as one file, the second as a folder packed by mail or by a share.
_NUMBERS_PARTS = ("index/document.iwa", "index.zip")
_BOOK_TYPES = ("spreadsheetml", "ms-excel")


def refuse_other_programs(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> None:
    """Raise UnreadableWorkbookError for another program's workbook; `parts` are by folded name.

    Raises what `zipfile` raises for an entry that is damaged.
    """
    if any(name in parts for name in _NUMBERS_PARTS):
        raise UnreadableWorkbookError("workbook_numbers")
    if "mimetype" in parts:
        with archive.open(parts["mimetype"]) as mark:
            if mark.read(len(_ODS_TYPE)) == _ODS_TYPE:
                raise UnreadableWorkbookError("workbook_ods")


def refuse_unread_kinds(types: Collection[str]) -> None:
    """Raise UnreadableWorkbookError for a package of these content types that we don't read.

    A workbook's own part has one of four: workbook or template, each with or without macros.
    """
    main = [kind for kind in map(str.lower, types) if ".main" in kind]
    books = [kind for kind in main if any(maker in kind for maker in _BOOK_TYPES)]
    if any(".binary" in kind for kind in books):
        raise UnreadableWorkbookError("workbook_binary")
    if not books:
        raise UnreadableWorkbookError("workbook_zip")
