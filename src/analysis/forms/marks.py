"""What a form says by itself as it is filled: drop-down lists, hints, and cells that change colour.

The formulas are the survey's own rules (see `conditions`).
"""

from collections.abc import Iterator
from operator import itemgetter

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.cycle import Cycle
from analysis.forms.conditions import is_blank, write_formula
from analysis.forms.layout import FIRST_ROW, Grid
from analysis.questionnaire.condition import BLANK
from analysis.questionnaire.field import Field

_LONGEST_HINT = 255


def add_hints(sheet: Worksheet, grid: Grid) -> None:
    """Give each column its drop-down list or its check, and the hint shown beside a chosen cell."""
    for number, field in enumerate(grid.fields):
        hint = {"input_title": field.header, "input_message": field.help[:_LONGEST_HINT]}
        first = grid.first_new if field.kind == "id" else FIRST_ROW
        if first <= grid.last:
            sheet.data_validation(first, number, grid.last, number, {**_check(field, grid), **hint})


def add_marks(sheet: Worksheet, grid: Grid, cycle: Cycle, needed: Format, doubtful: Format) -> None:
    """Colour the cells that need an answer, until they have one, and those that can't be right."""
    for is_doubtful, column, formula in sorted(_list_marks(grid, cycle), key=itemgetter(0, 1)):
        style = doubtful if is_doubtful else needed
        rule = {"type": "formula", "criteria": f"={formula}", "format": style}
        sheet.conditional_format(FIRST_ROW, column, grid.last, column, rule)


def _check(field: Field, grid: Grid) -> dict[str, object]:
    """Return what Excel lets into the cells of a column."""
    cell = grid.cell(field.name)
    if field.kind == "choice" and not field.multiple and _fits(field):
        return {
            "validate": "list",
            "source": list(field.choices.values()),
            "error_title": field.header,
            "error_message": "一覧から選んでください。選べるものがなければ空欄にし、"
            "備考に記入してください。",
        }
    if field.kind == "number":
        return {
            "validate": "custom",
            "value": f'=IF(ISNUMBER({cell}),AND({cell}>=0,{cell}=INT({cell})),{cell}="不明")',
            "error_title": field.header,
            "error_message": "0以上の整数か「不明」を記入してください。",
        }
    if field.kind == "id":
        own = cell.replace(str(FIRST_ROW + 1), str(grid.first_new + 1))
        return {
            "validate": "custom",
            "value": f"=SUMPRODUCT(--({grid.span(field.name)}={own}))=1",
            "error_title": field.header,
            "error_message": "この手続きIDはほかの行で使われています。"
            "まだ使っていない手続きIDを記入してください。",
        }
    return {"validate": "any"}


def _fits(field: Field) -> bool:
    """Tell whether Excel takes a choice's answers for a list: they are one text, with commas."""
    labels = list(field.choices.values())
    return len(",".join(labels)) <= _LONGEST_HINT and not any("," in label for label in labels)


def _list_marks(grid: Grid, cycle: Cycle) -> Iterator[tuple[bool, int, str]]:
    """Yield what breaks a rule: if an answer is doubtful or lacks, its column, and the formula."""
    identity = grid.cell("procedure_id")
    same = f"SUMPRODUCT(--({grid.span('procedure_id')}={identity}))>1"
    yield True, grid.number_of("procedure_id"), f"AND(NOT({is_blank(identity)}),{same})"
    for _, name, when in cycle.questionnaire.list_field_rules(grid.fields):
        is_doubtful = (name, (BLANK,)) not in when.parts
        yield is_doubtful, grid.number_of(name), write_formula(when, grid, cycle.settings.as_of)
