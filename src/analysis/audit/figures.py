"""The figures as a sheet of the audit workbook: what was reported beside a recount.

One line a figure: the value reported, up to four counts taken from the sheets of rows, the value
worked out from these, and whether the two agree.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from analysis.audit.sheet import AuditCell, AuditColumn, Formula, Page, Style, lay_sheet
from analysis.figures.definition import OTHER_FIELDS
from analysis.figures.derived import quote
from analysis.figures.figure import COUNT_CHANGE, POINTS, Figure, Unit
from analysis.figures.formula import RowSheet, write_count
from analysis.figures.ledger import Ledger
from analysis.figures.measure import Change, Duration, PerMonth, Shortfall
from analysis.figures.parts import Parts, list_counts, write_value
from analysis.figures.rounding import NO_NUMBER

AGREES, DIFFERS = (OTHER_FIELDS["agrees"][1][code] for code in ("yes", "no"))

_COLUMNS: dict[str, tuple[str, int]] = {
    "id": ("数値ID", 44),
    "cycle": ("調査回", 11),
    "scope_name": ("範囲", 24),
    "label": ("名称", 44),
    "unit": ("単位", 9),
    "reported": ("報告値", 10),
    "numerator": ("分子", 10),
    "denominator": ("分母", 10),
    "previous_numerator": ("前回の分子", 10),
    "previous_denominator": ("前回の分母", 10),
    "recomputed": ("再計算", 10),
    "verdict": ("照合", 9),
    "definition": ("定義", 100),
    "scope": ("範囲コード", 22),
}


def list_figure_rows(ledger: Ledger) -> dict[str, int]:
    """Return the row in which each figure stands."""
    return {figure_id: row for row, figure_id in enumerate(ledger.figures, start=2)}


def plan_figures(name: str, ledger: Ledger) -> RowSheet:
    """Return the sheet of figures as other sheets' formulas see it."""
    return lay_sheet(name, list(_COLUMNS), len(ledger.figures))


def lay_figures(
    name: str,
    ledger: Ledger,
    sheets: Mapping[str, RowSheet],
    previous: Mapping[str, RowSheet],
    criteria: Mapping[str, str],
) -> Page:
    """Return the sheet of figures, in the ledger's order.

    `sheets` are this cycle's by table, `previous` those of the cycle before (empty: a first cycle);
    `criteria` is the text for each scope.
    """
    plan = plan_figures(name, ledger)
    cells: dict[str, list[AuditCell]] = {key: [] for key in _COLUMNS}
    styles: list[Style] = []
    for figure_id, row in list_figure_rows(ledger).items():
        figure = ledger.figures[figure_id]
        is_current = figure.cycle == ledger.cycle.name
        line = _lay_figure(
            ledger, figure, plan, row, (sheets, previous) if is_current else (previous, {})
        )
        line["scope"] = criteria[figure.scope]
        for key, column in cells.items():
            column.append(line[key])
        styles.append(style_of(figure.unit))
    shown: dict[str, Style | Sequence[Style]] = {
        **dict.fromkeys(Parts._fields, "count"),
        **dict.fromkeys(("reported", "recomputed"), styles),
        "verdict": "verdict",
        "definition": "shrunk",
    }
    columns = (
        AuditColumn(key, title, width, cells[key], shown.get(key, "text"))
        for key, (title, width) in _COLUMNS.items()
    )
    return Page(name, tuple(columns), 1, list(_COLUMNS).index("definition") + 1)


def style_of(unit: Unit) -> Style:
    """Return how values of a unit are shown."""
    if unit is POINTS:
        return "points"
    if unit.places == 1:
        return "decimal"
    return "signed" if unit is COUNT_CHANGE else "count"


def shown_value(figure: Figure) -> Decimal | str:
    """Return a figure's value as a cell holds it: the number reported, NO_NUMBER for none."""
    return NO_NUMBER if figure.value is None else figure.value


def read_number(text: str) -> Decimal | str:
    """Return the number a text says, or the text itself if no cell could hold exactly it."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() and Decimal(repr(float(number))) == number else text


def write_verdict(reported: str, recomputed: str, *, agrees: bool) -> Formula:
    """Return the formula that says whether two cells agree, and what it says now."""
    text = f"=IF({reported}={recomputed},{quote(AGREES)},{quote(DIFFERS)})"
    return Formula(text, AGREES if agrees else DIFFERS)


def _lay_figure(
    ledger: Ledger,
    figure: Figure,
    plan: RowSheet,
    row: int,
    sides: tuple[Mapping[str, RowSheet], Mapping[str, RowSheet]],
) -> dict[str, AuditCell]:
    """Return a figure's line by column; `sides` are its own cycle's sheets and those before."""
    item, level = ledger.items[figure.measure], ledger.scopes[figure.scope].level
    counts, values = list_counts(item.measure), _list_values(ledger, figure)
    asked = ledger.cycle.questionnaire
    own = {key: plan.local_cell(key, row) for key in plan.columns}
    line: dict[str, AuditCell] = {
        "id": figure.id,
        "cycle": figure.cycle,
        "scope_name": figure.scope_name,
        "label": figure.label,
        "unit": figure.unit.name,
        "reported": shown_value(figure),
        "definition": figure.definition,
    }
    for place, key in enumerate(Parts._fields):
        count, value = counts[place], values[place]
        # The first two are of the figure's own cycle, the others of the one before.
        sheets = sides[place // 2]
        line[key] = (
            None
            if count is None or value is None
            else Formula(write_count(count, level, f"${own['scope']}", sheets, asked), value)
        )
    cells = Parts(*(own[key] for key in Parts._fields))
    line["recomputed"] = Formula(write_value(item.measure, figure.unit, cells), shown_value(figure))
    line["verdict"] = write_verdict(own["reported"], own["recomputed"], agrees=True)
    return line


def _list_values(ledger: Ledger, figure: Figure) -> tuple[int | None, ...]:
    """Return the counts a figure is made from, in the order of `Parts`."""
    match ledger.items[figure.measure].measure:
        case Change():
            now, before = ledger.parts(figure)
            return (now.numerator, now.denominator, before.numerator, before.denominator)
        case Shortfall():
            part, whole = ledger.parts(figure)
            return (part.numerator, whole.numerator, None, None)
        case PerMonth() | Duration():
            parts = (_list_values(ledger, part) for part in ledger.parts(figure))
            return tuple(
                next((value for value in values if value is not None), None)
                for values in zip(*parts, strict=True)
            )
        case _:
            return (figure.numerator, figure.denominator, None, None)
