"""The open table of statistics: the figures of the city and its departments, a row each."""

from analysis.figures.findings import Findings
from analysis.figures.ledger import PROCEDURES
from analysis.figures.measure import tables_of
from analysis.names import name_compared, name_day
from analysis.opendata.files import STATISTICS_NAME
from analysis.opendata.procedures import name_area
from analysis.opendata.table import OpenField, OpenTable


def tabulate_statistics(findings: Findings) -> OpenTable:
    """Return the figures of procedures that the city and its departments have, of both cycles.

    What counts the quality of the answers is left to figures.csv, and what 課 have to the rows of
    the procedures.
    """
    ledger, area = findings.ledger, name_area(findings.cycle)
    counted = {
        name: item
        for name, item in ledger.items.items()
        if tables_of(item.measure) <= {*PROCEDURES}
    }
    shown = [
        figure
        for figure in ledger.figures.values()
        if figure.measure in counted and ledger.scopes[figure.scope].level != "section"
    ]
    scopes = {figure.scope: figure.scope_name for figure in shown}
    measures = tuple({figure.measure: figure.label for figure in shown}.items())
    units = {figure.unit.name: figure.unit.name for figure in shown}
    fields = (
        OpenField(
            "数値ID", "figure_id", "string", "時点、範囲、指標からなる番号。", is_required=True
        ),
        OpenField("地域名", "area", "string", "市の名称。", is_required=True),
        OpenField("時点", "as_of", "date", "数えた回答の時点。", is_required=True),
        OpenField(
            "範囲コード", "scope", "string", "市全体（all）か、部局の略号。", is_required=True
        ),
        OpenField(
            "範囲名", "scope_name", "string", "市全体か、部局の名称。", choices=(*scopes.items(),)
        ),
        OpenField(
            "指標コード",
            "measure",
            "string",
            "指標の名前。調査回が変わっても同じです。",
            is_required=True,
        ),
        OpenField(
            "指標名",
            "label",
            "string",
            "指標の名称。何をどう数えたかは、コード一覧にあります。",
            choices=measures,
            is_required=True,
            meanings={figure.measure: figure.definition for figure in reversed(shown)},
        ),
        OpenField("値", "value", "number", "四捨五入した値。割る数が0の割合は空です。"),
        OpenField("単位", "unit", "string", "値の単位。", choices=(*units.items(),)),
        OpenField("分子", "numerator", "integer", "割合の分子。件数では、その数。"),
        OpenField("分母", "denominator", "integer", "割合の分母。割合でなければ空です。"),
    )
    rows = tuple(
        (
            figure.id,
            area,
            name_day(name_compared(figure.cycle)),
            figure.scope,
            figure.scope_name,
            figure.measure,
            figure.label,
            "" if figure.value is None else f"{figure.value}",
            figure.unit.name,
            "" if figure.numerator is None else f"{figure.numerator}",
            "" if figure.denominator is None else f"{figure.denominator}",
        )
        for figure in shown
    )
    told = "市全体と部局の集計値。値ごとに1行です。"
    return OpenTable(STATISTICS_NAME, "集計値", told, fields, ("数値ID",), rows)
