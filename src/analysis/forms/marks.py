"""What a form says by itself as it is filled: drop-down lists, hints, and cells that change colour.

The formulas are the survey's own rules (see `conditions`).
"""

from collections.abc import Iterator, Sequence
from operator import itemgetter

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from analysis.cycle import Cycle
from analysis.forms.conditions import is_blank, write_formula
from analysis.forms.layout import FIRST_ROW, Grid
from analysis.questionnaire.condition import BLANK
from analysis.questionnaire.field import SAID_BETWEEN, Field

CHOICES_SHEET = "選択肢"
"""The hidden sheet that holds the answers of which Excel takes no list as one text."""

_LONGEST_HINT, _LONGEST_TITLE = 255, 32
_SEVERAL = f"いくつも選ぶときは「{SAID_BETWEEN}」で区切ってください。"


def add_hints(sheet: Worksheet, grid: Grid) -> None:
    """Give each column its drop-down list or its check, and the hint shown beside a chosen cell."""
    lists = {field.name: place for place, field in enumerate(_list_apart(grid.fields))}
    for number, field in enumerate(grid.fields):
        hint = (_SEVERAL if field.multiple else "") + field.help
        told = {
            "input_title": field.header[:_LONGEST_TITLE],
            "input_message": hint[:_LONGEST_HINT],
        }
        first = grid.first_new if field.kind == "id" else FIRST_ROW
        if first <= grid.last:
            checked = _check(field, grid, lists.get(field.name))
            sheet.data_validation(first, number, grid.last, number, {**checked, **told})


def add_choices(workbook: Workbook, grid: Grid) -> None:
    """Add the hidden sheet of answers, where any column needs it: a column for each such one."""
    fields = _list_apart(grid.fields)
    if not fields:
        return
    sheet = workbook.add_worksheet(CHOICES_SHEET)
    sheet.hide()
    for column, field in enumerate(fields):
        for row, label in enumerate(field.choices.values()):
            sheet.write_string(row, column, label)


def add_marks(sheet: Worksheet, grid: Grid, cycle: Cycle, needed: Format, doubtful: Format) -> None:
    """Colour the cells that need an answer, until they have one, and those that can't be right."""
    for is_doubtful, column, formula in sorted(_list_marks(grid, cycle), key=itemgetter(0, 1)):
        style = doubtful if is_doubtful else needed
        rule = {"type": "formula", "criteria": f"={formula}", "format": style}
        sheet.conditional_format(FIRST_ROW, column, grid.last, column, rule)


def _check(field: Field, grid: Grid, apart: int | None) -> dict[str, object]:
    """Return what Excel lets into the cells of a column; `apart` is its own in the hidden sheet."""
    cell = grid.cell(field.name)
    if field.kind == "choice" and not field.multiple:
        labels = list(field.choices.values())
        letter = xl_col_to_name(apart or 0, True)
        there = f"={CHOICES_SHEET}!{letter}$1:{letter}${len(labels)}"
        return {
            "validate": "list",
            "source": labels if apart is None else there,
            "error_title": field.header[:_LONGEST_TITLE],
            "error_message": "一覧から選んでください。選べるものがなければ空欄にし、"
            "備考に記入してください。",
        }
    if field.kind == "number":
        return {
            "validate": "custom",
            "value": f'=IF(ISNUMBER({cell}),AND({cell}>=0,{cell}=INT({cell})),{cell}="不明")',
            "error_title": field.header[:_LONGEST_TITLE],
            "error_message": "0以上の整数か「不明」を記入してください。",
        }
    if field.kind == "id":
        own = cell.replace(str(FIRST_ROW + 1), str(grid.first_new + 1))
        return {
            "validate": "custom",
            "value": f"=SUMPRODUCT(--({grid.span(field.name)}={own}))=1",
            "error_title": field.header[:_LONGEST_TITLE],
            "error_message": "この手続きIDはほかの行で使われています。"
            "まだ使っていない手続きIDを記入してください。",
        }
    return {"validate": "any"}


def _list_apart(fields: Sequence[Field]) -> list[Field]:
    """Return the choices whose answers Excel takes for no list: it is one text, with commas."""
    choices = (field for field in fields if field.kind == "choice" and not field.multiple)
    return [
        field
        for field in choices
        if len(",".join(field.choices.values())) > _LONGEST_HINT
        or any("," in label for label in field.choices.values())
    ]


def _list_marks(grid: Grid, cycle: Cycle) -> Iterator[tuple[bool, int, str]]:
    """Yield what breaks a rule: if an answer is doubtful or lacks, its column, and the formula."""
    identity = grid.cell("procedure_id")
    same = f"SUMPRODUCT(--({grid.span('procedure_id')}={identity}))>1"
    yield True, grid.number_of("procedure_id"), f"AND(NOT({is_blank(identity)}),{same})"
    for _, name, when in cycle.questionnaire.list_field_rules(grid.fields):
        is_doubtful = (name, (BLANK,)) not in when.parts
        yield is_doubtful, grid.number_of(name), write_formula(when, grid, cycle.settings.as_of)
