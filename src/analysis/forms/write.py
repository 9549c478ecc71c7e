"""Write the forms that a cycle sends out: a workbook a department, filled with its last answers."""

import datetime
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xlsxwriter

from analysis.cycle import SETTINGS_NAME, Cycle, Department
from analysis.display import Display, NamedTask
from analysis.errors import EXAMPLES_SHOWN
from analysis.forms.cell_text import fit
from analysis.forms.guide import GuideSheet
from analysis.forms.layout import Grid
from analysis.forms.marks import add_choices
from analysis.forms.resave import rewrite_parts
from analysis.forms.sheet import FormSheet
from analysis.place import deliver_file, name_workbook
from analysis.survey.answers.unique import part_id
from analysis.survey.store import load_survey
from analysis.survey.survey import require_usable, row_columns
from analysis.survey.uncounted import follow_successions

FORMS_FOLDER = "forms"

# Rows for procedures that a department has not reported before.
_ROOM = 40
_ROOM_WHEN_EMPTY = 200

_FONT = {"font_name": "游ゴシック", "font_size": 10}


@dataclass(frozen=True)
class Left:
    """Procedures of the last cycle that are in no form: whose they would be now, which, and why.

    `why` is a reason that the cycle's settings give; empty: the department is none of the cycle's.
    """

    department: str
    procedures: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Form:
    """A form written: whose it is, where it lies, and how many procedures it already holds."""

    department: Department
    path: Path
    procedures: int


def write_forms(
    cycle: Cycle, display: Display | None = None, last: pd.DataFrame | None = None
) -> list[Form]:
    """Write every department's form into `data/processed/<cycle>/forms` and return them in order.

    Each is filled with the last answers of the procedures that would be the department's now (see
    `load_last_answers`, which is asked without `last`, and may raise); a first cycle's and a new
    department's are empty.

    >>> [(form.path.name, form.procedures) for form in write_forms(ledger.cycle, last=rows)]
    [('環境部.xlsx', 1), ('こども部.xlsx', 1)]
    """
    display = display or Display()
    rows = load_last_answers(cycle, display) if last is None else last
    steps = [NamedTask(d.slug, f"{d.name}　調査票の作成") for d in cycle.departments]
    display.begin(steps)
    forms = []
    for department, step in zip(cycle.departments, steps, strict=True):
        own = rows[rows["department_slug"] == department.slug]
        path = cycle.processed_folder / FORMS_FOLDER / name_workbook(department)
        deliver_file(path, make_form(cycle, department, own))
        forms.append(Form(department, path, len(own)))
        display.finished(step)
    return forms


def make_form(
    cycle: Cycle, department: Department, rows: pd.DataFrame, *, is_answered: bool = False
) -> bytes:
    """Return a department's form; the same bytes every time.

    `rows` are the department's tidy rows of the previous cycle, in the order of the form: a row a
    procedure, its cleaned fields; none for an empty form. Read back unchanged, the form gives the
    same values. One that `is_answered` has no room for more, and its totals as numbers: nothing
    works out formulas before it is read.

    >>> from analysis.files.workbook import read_sheets
    >>> form = make_form(ledger.cycle, ledger.cycle.find_department("kankyo"), rows[:1])
    >>> sheet, guide = read_sheets(form, lambda sheet: True)
    >>> [cell.text for cell in sheet.cells[7].values()][:7]
    ['K-001', '環境政策課', '届出その1', '環境基本条例', '条例・規則', '120', 'オンライン化済']
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_format_properties": dict(_FONT)}
    workbook = xlsxwriter.Workbook(buffer, options)
    created = datetime.datetime.combine(cycle.settings.as_of, datetime.time(), datetime.UTC)
    title = f"{cycle.settings.title}票　{department.name}"
    workbook.set_properties({"title": fit(title), "created": created})
    if cycle.settings.ids_per_department:
        ids = [part_id(department.slug, one) for one in rows["procedure_id"]]
        rows = rows.assign(procedure_id=pd.Series(ids, index=rows.index, dtype="str"))
    room = 0 if is_answered else _ROOM if len(rows) else _ROOM_WHEN_EMPTY
    grid = Grid(cycle.questionnaire.list_fields(cycle.settings.as_of), len(rows), room)
    sheet, guide = FormSheet(workbook, grid), GuideSheet(workbook)
    add_choices(workbook, grid)
    sheet.write(cycle, department, rows, is_answered=is_answered)
    guide.write(cycle, department, name_workbook(department), len(rows))
    workbook.close()
    return rewrite_parts(buffer.getvalue(), _let_rows_grow)


def _let_rows_grow(name: str, part: bytes) -> bytes:
    """Take from the rows of a sheet the mark that they keep their height whatever is typed."""
    is_sheet = name.startswith("xl/worksheets/sheet")
    return part.replace(b' customHeight="1"', b"") if is_sheet else part


def describe_forms(cycle: Cycle, forms: Sequence[Form], left: Sequence[Left] = ()) -> str:
    """Return what was written, a line a department, and what the analyst does next.

    What is in no form is named last, a line a department.
    """
    folder = f"data/processed/{cycle.name}/{FORMS_FOLDER}/"
    lines = [
        f"  {form.path.name}　"
        + (f"前回の{form.procedures:,}手続きを記入済み" if form.procedures else "空の調査票")
        for form in forms
    ]
    return "\n".join(
        [
            f"{folder} に調査票を{len(forms)}件作成しました。各部局に送ってください。",
            *lines,
            f"届いた調査票は data/raw/{cycle.name} に置いてください。",
            *_describe_former(cycle, forms),
            *_describe_left(left),
        ]
    )


def _describe_former(cycle: Cycle, forms: Sequence[Form]) -> Iterator[str]:
    """Yield which forms of departments that the cycle no longer has lie beside those written."""
    folder = cycle.processed_folder / FORMS_FOLDER
    known = {form.path.name for form in forms}
    if former := sorted(path.name for path in folder.glob("*.xlsx") if path.name not in known):
        named = "、".join(former)
        yield f"今の部局のものではない、前の調査票が残っています。送らないでください: {named}"


def list_left(cycle: Cycle, rows: pd.DataFrame) -> list[Left]:
    """Return the last cycle's procedures whose department gets no form, in the order of rows.

    >>> list_left(ledger.cycle, rows)
    []
    """
    why = {own.department.slug: own.reason for own in cycle.uncounted}
    written = [department.slug for department in cycle.departments]
    return [
        Left(str(own["department"].iloc[0]), tuple(own["procedure_id"]), why.get(str(slug), ""))
        for slug, own in rows.groupby("department_slug", sort=False)
        if slug not in written
    ]


def _describe_left(left: Sequence[Left]) -> Iterator[str]:
    """Yield what is told of procedures in no form, and what is to be done about it."""
    for own in left:
        ids, count = own.procedures, f"{len(own.procedures):,}"
        named = "、".join(ids[:EXAMPLES_SHOWN])
        more = f" ほか{len(ids) - EXAMPLES_SHOWN:,}件" if len(ids) > EXAMPLES_SHOWN else ""
        why = f"（{own.why}）" if own.why else ""
        yield f"どの調査票にもない前回の手続き　{own.department}{why} {count}件: {named}{more}"
    if any(not own.why for own in left):
        yield (
            f"引き継いだ部局を {SETTINGS_NAME} の [[succession]]（from、to、date）に書き、"
            "もう一度実行してください。"
        )


def load_last_answers(cycle: Cycle, display: Display) -> pd.DataFrame:
    """Return the previous cycle's tidy rows where they would belong now, none in a first cycle.

    Raises SurveyError if the previous cycle has errors, as a build does.

    >>> list(load_last_answers(ledger.cycle, Display())["procedure_id"])
    ['K-901', 'K-003', 'K-002']
    """
    previous = cycle.open_previous()
    if previous is None:
        return pd.DataFrame(columns=row_columns(cycle.questionnaire.fields)).astype("str")
    survey = load_survey(previous, display)
    require_usable(survey, previous.name)
    return follow_successions(cycle, survey).rows
