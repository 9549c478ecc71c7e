"""Write the workbooks that go back to the departments: their own, with every problem marked.

What openpyxl does not carry is lost in them: drawn shapes and form buttons, the answers to threaded
comments, and drop-down lists or colour rules kept in Excel's newer extension. Values, formats,
formulas, drop-down lists, protection, comments and print set-up stay.
"""

import datetime
import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from openpyxl import load_workbook
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook

from analysis.cycle import Cycle, Department
from analysis.survey.cell_text import fit
from analysis.survey.files.delimited import read_delimited
from analysis.survey.files.file import compose_name, find_file, read_content
from analysis.survey.files.sheet import UnreadableWorkbookError
from analysis.survey.place import name_workbook, place_file
from analysis.survey.problems import Problem, problems_from_frame
from analysis.survey.resave import Results, save_repeatably
from analysis.survey.returned.marks import clear_marks, mark_cells
from analysis.survey.returned.review_sheet import Listed, add_review
from analysis.survey.survey import Survey

RETURNED_FOLDER = "returned"

# openpyxl holds a whole workbook as objects: 20,000 rows (10 MB of XML) take 340 MB and 10 s.
_SHEETS = "xl/worksheets/"
_LARGEST_SHEETS = 16 * 1024**2
# What is wrong with the file itself, or with where it lies, is told to the department by letter.
_FILE_RULES = "workbook_"


@dataclass(frozen=True)
class Returned:
    """A department with problems, its file as it came in, and what was written to send back.

    `path` is None where nothing could be written.
    """

    department: str
    source: str
    path: Path | None


def return_workbooks(cycle: Cycle, survey: Survey) -> list[Returned]:
    """Write the workbook of each department with errors or warnings into `returned`.

    It goes into `data/processed/<cycle>/returned`, under the department's own file name; the files
    of departments that no longer have problems are removed. A department that has not answered has
    no entry; one whose file can't be opened has one without a path.
    """
    folder = cycle.processed_folder / RETURNED_FOLDER
    states = survey.workbooks.set_index("department")
    returned = []
    for department in cycle.departments:
        path = folder / name_workbook(department)
        row = states.loc[department.name]
        problems = _list_problems(survey, department)
        is_answered = row["state"] == "answered"
        is_faulty = any(problem.severity != "notice" for problem in problems)
        written = None
        if is_answered and is_faulty:
            written = _write(cycle, department, str(row["workbook"]), problems, path)
        if row["state"] == "unreadable" or (is_answered and is_faulty):
            returned.append(Returned(department.name, str(row["workbook"]), written))
        if written is None:
            path.unlink(missing_ok=True)
    return returned


def mark_workbook(
    content: bytes,
    name: str,
    problems: Sequence[Problem],
    lines: Sequence[str],
    written_on: datetime.date,
) -> bytes:
    """Return a workbook with its problems marked and listed; the same bytes every time.

    `content` is a workbook or, as its `name` says, a CSV, whose lines come back as a sheet. Marks
    of an earlier return are taken off first. `lines` stand at the head of the list. Raises whatever
    openpyxl raises for a file that it can't open, and UnreadableWorkbookError for a huge one.
    """
    with warnings.catch_warnings():
        # openpyxl warns of what it loses on saving; the head of this module says what.
        warnings.simplefilter("ignore")
        workbook = _load(content, name)
        results = _read_results(workbook, content)
        clear_marks(workbook)
        listed = [Listed(number, problem) for number, problem in enumerate(problems, start=1)]
        add_review(workbook, listed, lines)
        mark_cells(workbook, listed)
        workbook.calculation.fullCalcOnLoad = True
        return save_repeatably(workbook, results, written_on)


def _write(
    cycle: Cycle, department: Department, name: str, problems: list[Problem], path: Path
) -> Path | None:
    """Write what goes back for the file of this name; return None if it can't be opened."""
    lines = [
        f"{department.name}　{cycle.settings.title}（{cycle.name}時点）",
        f"色の付いたセルを直し、このファイルを「{path.name}」の名前で再提出してください。"
        "このシート、セルの色、コメントは残したままで構いません。",
    ]
    if name != path.name:
        lines[1] += f"提出済みの「{name}」は、このファイルに置き換えます。"
    source = find_file(cycle.raw_folder, name)
    if source is None:
        return None
    try:
        content = mark_workbook(read_content(source), name, problems, lines, cycle.settings.as_of)
    except Exception:  # what the reader let pass may still fail in any part of openpyxl
        return None
    place_file(path, content)
    return path


def _list_problems(survey: Survey, department: Department) -> list[Problem]:
    """Return the department's problems by place, those that ask for nothing last."""
    own = survey.problems["department"] == department.name
    found = problems_from_frame(survey.problems[own])
    inside = (problem for problem in found if not problem.code.startswith(_FILE_RULES))
    return sorted(inside, key=lambda problem: problem.severity == "notice")


def _load(content: bytes, name: str) -> Workbook:
    if name.lower().endswith(".csv"):
        return _lay_records(content, PurePath(compose_name(name)).stem)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = (e.file_size for e in archive.infolist() if e.filename.startswith(_SHEETS))
        if sum(sheets) > _LARGEST_SHEETS:
            raise UnreadableWorkbookError("workbook_cells")
    workbook = load_workbook(io.BytesIO(content), rich_text=True)
    # What goes back is an .xlsx, and Excel opens no template under that name.
    workbook.template = False
    return workbook


def _lay_records(content: bytes, title: str) -> Workbook:
    """Return a workbook with the records of a CSV at the addresses they are reported by."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row, line in read_delimited(content, title, lambda _: True).cells.items():
        for column, entry in line.items():
            cell = sheet.cell(row, column)
            cell.value = fit(entry.text)
            # Neither a formula nor a number: 07-0101 stays what it was in the CSV.
            cell.data_type, cell.number_format = "s", "@"
    return workbook


def _read_results(workbook: Workbook, content: bytes) -> Mapping[str, Results]:
    """Return what stands beside the formulas, by sheet and cell; dates as the numbers they are."""
    places = {
        sheet.title: [c.coordinate for c in sheet._cells.values() if c.data_type == "f"]
        for sheet in workbook.worksheets
    }
    if not any(places.values()):
        return {}
    values: Workbook = load_workbook(io.BytesIO(content), data_only=True)
    return {
        title: {cell: _as_stored(values[title][cell].value, workbook.epoch) for cell in cells}
        for title, cells in places.items()
    }


def _as_stored(value: object, epoch: datetime.datetime) -> object:
    is_date = isinstance(
        value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta
    )
    return to_excel(value, epoch) if is_date else value
