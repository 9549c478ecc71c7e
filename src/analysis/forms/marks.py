"""What a form says by itself as it is filled: drop-down lists, hints, and cells that change colour.

The formulas are the survey's rules put so that Excel and LibreOffice both work them out.
"""

import datetime
from collections.abc import Iterator

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.forms.layout import FIRST_ROW, Grid
from analysis.survey.vocabulary import Field, label_of

_LONGEST_HINT = 255


def add_hints(sheet: Worksheet, grid: Grid) -> None:
    """Give each column its drop-down list or its check, and the hint shown beside a chosen cell."""
    for number, field in enumerate(grid.fields):
        hint = {"input_title": field.header, "input_message": field.help[:_LONGEST_HINT]}
        first = grid.first_new if field.kind == "id" else FIRST_ROW
        if first <= grid.last:
            sheet.data_validation(first, number, grid.last, number, {**_check(field, grid), **hint})


def add_marks(
    sheet: Worksheet, grid: Grid, as_of: datetime.date, needed: Format, doubtful: Format
) -> None:
    """Colour the cells that need an answer, until they have one, and those that can't be right."""
    for name, formula in _list_needed(grid):
        _add_mark(sheet, grid, name, formula, needed)
    for name, formula in _list_doubtful(grid, as_of):
        _add_mark(sheet, grid, name, formula, doubtful)


def _check(field: Field, grid: Grid) -> dict[str, object]:
    """Return what Excel lets into the cells of a column."""
    cell = grid.cell(field.name)
    if field.kind == "choice":
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


def _list_needed(grid: Grid) -> Iterator[tuple[str, str]]:
    """Yield fields with the formula that is true where an answer is still missing."""
    for name in (field.name for field in grid.fields if field.required):
        yield name, f"AND(COUNTA({grid.row()})>0,{_blank(grid.cell(name))})"
    for name, other, code in (
        ("online_date", "status", "online"),
        ("reason", "status", "not_started"),
        ("reason_detail", "reason", "other"),
    ):
        yield name, f"AND({_is(grid, other, code)},{_blank(grid.cell(name))})"


def _list_doubtful(grid: Grid, as_of: datetime.date) -> Iterator[tuple[str, str]]:
    """Yield fields with the formula that is true where the answer breaks a rule."""
    identity, date, reason = (grid.cell(n) for n in ("procedure_id", "online_date", "reason"))
    same = f"SUMPRODUCT(--({grid.span('procedure_id')}={identity}))>1"
    yield "procedure_id", f"AND(NOT({_blank(identity)}),{same})"
    online, started, waiting = (
        _is(grid, "status", code) for code in ("online", "started", "not_started")
    )
    day = f"DATE({as_of.year},{as_of.month},{as_of.day})"
    yield "online_date", f"AND({online},ISNUMBER({date}),{date}>{day})"
    yield "online_date", f"AND(NOT({_blank(date)}),OR({started},{waiting}))"
    yield "reason", f"AND(NOT({_blank(reason)}),OR({online},{started}))"


def _add_mark(sheet: Worksheet, grid: Grid, name: str, formula: str, style: Format) -> None:
    column = grid.number_of(name)
    rule = {"type": "formula", "criteria": f"={formula}", "format": style}
    sheet.conditional_format(FIRST_ROW, column, grid.last, column, rule)


def _blank(cell: str) -> str:
    # TRIM knows nothing of the wide blank that the Japanese input mode types.
    return f'LEN(TRIM(SUBSTITUTE({cell},"\u3000","")))=0'


def _is(grid: Grid, name: str, code: str) -> str:
    return f'{grid.cell(name)}="{label_of(name, code)}"'
