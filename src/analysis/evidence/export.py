"""The frames of both cycles as files for other programs: a workbook, CSV, or parquet.

They hold what `Findings.frame` gives, one row a procedure. The same answers give the same bytes.
"""

import io
from collections.abc import Collection
from datetime import date
from typing import Literal

import pandas as pd

from analysis.audit.book import Book
from analysis.audit.workbook import DEMONSTRATION
from analysis.figures.findings import Findings, write_date
from analysis.figures.frame import describe_columns
from analysis.figures.values import list_values
from analysis.looks import COLOURS
from analysis.place import deliver_file
from analysis.survey.plain_csv import write_csv

Format = Literal["xlsx", "csv", "parquet"]

_FOLDER = "export"
_NOW, _BEFORE, _COLUMNS = "今回の手続き", "前回の手続き", "列の説明"
# So that who exports in codes and in words has both.
_IN_CODES = "（符号）"
_WIDTHS = {"str": 24, "category": 16}
_WIDTH, _WIDEST = 12, 60
# A date is a day or, from those who wrote no day, a month: Excel shows no more than was written.
_DATED = {10: "yyyy-mm-dd", 7: "yyyy-mm"}
# Excel has a day before it that never was, and none before 1900.
_FIRST_DAY = "1900-03-01"


def export_frames(findings: Findings, to: Format, *, labels: bool) -> str:
    """Write the frames of both cycles, and return what was written, for people.

    They stand in the cycle's processed folder, a workbook as one file with a sheet for each cycle.
    Of a first cycle there is none before. What somebody changed there is kept under another name.
    """
    frames = {_NOW: findings.frame(labels=labels)}
    if findings.ledger.has_previous:
        frames[_BEFORE] = findings.frame(labels=labels, previous=True)
    mark = "" if labels else _IN_CODES
    if to == "xlsx":
        contents = {f"手続き{mark}.xlsx": write_book(findings, frames)}
    else:
        write = write_csv if to == "csv" else write_parquet
        contents = {f"{name}{mark}.{to}": write(frame) for name, frame in frames.items()}
    folder = findings.cycle.processed_folder / _FOLDER
    for name, content in contents.items():
        deliver_file(folder / name, content)
    place = folder.relative_to(findings.cycle.root).as_posix()
    counts = "、".join(f"{name} {len(frame):,}件" for name, frame in frames.items())
    return "\n".join([*(f"{place}/{name}" for name in contents), f"（{counts}）"])


def write_parquet(frame: pd.DataFrame) -> bytes:
    """Return a frame as parquet, with its types: ordered categories stay what they are.

    >>> read = pd.read_parquet(io.BytesIO(write_parquet(findings.frame(labels=True))))
    >>> read["部局"].cat.categories.tolist()
    ['環境部', 'こども部']
    """
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def write_book(findings: Findings, frames: dict[str, pd.DataFrame]) -> bytes:
    """Return frames as the sheets of a workbook, and what its columns are in a last one.

    Texts stay texts, whatever they begin with; dates are dates, written alike in every country.

    >>> content = write_book(findings, {"今回": findings.frame()})
    >>> pd.read_excel(io.BytesIO(content), sheet_name="今回")[["procedure_id", "annual_volume"]]
      procedure_id  annual_volume
    0        K-001            120
    1        K-002            210
    """
    settings = findings.cycle.settings
    notice = f"{settings.city} {settings.title} {write_date(findings.cycle)}時点"
    if settings.demonstration:
        notice = f"{DEMONSTRATION} {notice}"
    book = Book("手続きの表", settings.as_of, notice)
    asked = findings.ledger.cycle.questionnaire
    dates = {field.name for field in asked.fields if field.kind == "date"}
    dates |= {findings.titles[name] for name in dates & findings.titles.keys()}
    for name, frame in frames.items():
        _add_frame(book, name, frame, dates)
    _add_frame(book, _COLUMNS, describe_columns(findings.frame(), asked))
    return book.finish()


def _add_frame(
    book: Book, name: str, frame: pd.DataFrame, dates: Collection[str] = frozenset()
) -> None:
    sheet = book.add_sheet(name)
    dated = {size: book.add_format(num_format=shown) for size, shown in _DATED.items()}
    head = book.add_format(
        bold=True, bg_color=COLOURS["sheet_head"], font_color=COLOURS["sheet_head_text"], border=1
    )
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    last_row, last_column = len(frame), len(frame.columns) - 1
    sheet.autofilter(0, 0, last_row, last_column)
    # Ids of digits are meant as texts.
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last_row + 1}"})
    for column, title in enumerate(frame):
        kind = str(frame[title].dtype)
        width = _WIDEST if name == _COLUMNS and column == last_column else _WIDTHS.get(kind, _WIDTH)
        sheet.set_column(column, column, width)
        book.write(sheet, 0, column, str(title), head)
        for row, value in enumerate(list_values(frame, str(title)), start=1):
            if title in dates and value is not None and value >= _FIRST_DAY and len(value) in dated:
                day = date.fromisoformat(f"{value}-01"[:10])
                sheet.write_datetime(row, column, day, dated[len(value)])
            else:
                book.write(sheet, row, column, value, None)
