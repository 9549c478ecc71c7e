"""The reasons why procedures are not started: by department, by route, and in the words given."""

from collections.abc import Iterator, Mapping, Sequence

from analysis.document.blocks import (
    Block,
    Chart,
    Column,
    Group,
    Inline,
    Link,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Table,
)
from analysis.document.chart import draw_stacks
from analysis.document.sums import require_sum
from analysis.figures.findings import Findings
from analysis.figures.statuses import name_reasons
from analysis.language.spoken import find_spoken
from analysis.looks import SERIES, look_by_place
from analysis.questionnaire.questionnaire import REASON, STATUS
from analysis.reports.behind import tell_agencies, tell_laws
from analysis.reports.elsewhere import tell_national, tell_twins
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.reports.heading import head_report
from analysis.reports.progress import SEVERAL_REASONS, reason_table
from analysis.survey.broken import holds_any

QUOTED = ("section", "name", "reason_detail")
_IN_JAPANESE = "各課が書いた言葉は、日本語の報告書にあります。"


def masthead(findings: Findings) -> Masthead:
    """Return the head of the report."""
    return head_report(findings, "reasons")


def routes(findings: Findings) -> Block:
    """Return the reasons of the whole city with the totals of the routes."""
    figure, asked = findings.ledger.figure, findings.cycle.questionnaire
    waiting = asked.name_role("not_started")
    if not figure("not_started").value:
        return Paragraph((f"{waiting}の手続きはありません。",), kind="lead")
    taken = [route for route in asked.routes if figure(f"route_{route.code}").value]
    lead: list[Inline] = [
        f"{waiting}の",
        Shown(figure("not_started"), unit="手続き"),
        "のうち、" if taken else "の理由です。",
    ]
    for at, route in enumerate(taken):
        measure = f"route_{route.code}"
        lead += [
            Shown(figure(measure), unit="手続き"),
            "（",
            Shown(figure(f"{measure}_share")),
            f"）は「{route.label}」" + ("、" if at < len(taken) - 1 else "とします。"),
        ]
    return Group((Paragraph(tuple(lead), kind="lead"), reason_table(findings, "all")))


def by_department(findings: Findings) -> Block:
    """Return departments by reasons, with the total of each route, and its chart."""
    figure, asked = findings.ledger.figure, findings.cycle.questionnaire
    waiting, is_several = asked.name_role("not_started"), asked.named[REASON].multiple
    names = name_reasons(asked)
    by_route = [
        column
        for route in asked.routes
        for column in (
            *_list_columns(names, asked.list_reasons(route.code), route.label),
            FigureColumn(f"route_{route.code}", "計", route.label, weight=1),
        )
    ]
    routed = {code for route in asked.routes for code in asked.list_reasons(route.code)}
    others = [name for name in names if name.removeprefix("reason_") not in routed]
    by_route += [FigureColumn(name, names[name]) for name in others]
    columns = FigureColumns(findings, (*by_route, FigureColumn("not_started", waiting, weight=1)))
    scopes = [(d.name, d.slug) for d in findings.cycle.departments]
    for route in asked.routes if not is_several else ():
        for _, slug in scopes:
            parts = [figure(f"reason_{code}", slug) for code in asked.list_reasons(route.code)]
            whole = figure(f"route_{route.code}", slug)
            require_sum(findings.ledger, route.label, parts, whole)
    caption = f"部局別・理由別の{waiting}の手続き数"
    return Group(
        (
            Table(
                caption=caption,
                columns=(Column("部局名", weight=3), *columns.head),
                rows=tuple(
                    (
                        "計" if slug == "all" else Link(name, f"department-{slug}"),
                        *columns.cells(slug),
                    )
                    for name, slug in [*scopes, ("計", "all")]
                ),
                ledger=findings.ledger,
                notes=(SEVERAL_REASONS,) if is_several else (),
            ),
            *_draw_departments(findings, caption, names),
        )
    )


def shares(findings: Findings) -> Block:
    """Return what part of each department's procedures waits for each reason and each route."""
    asked = findings.cycle.questionnaire
    waiting, names = asked.name_role("not_started"), name_reasons(asked)
    reasons = [FigureColumn(f"{name}_share", label, "理由") for name, label in names.items()]
    by_route = [
        FigureColumn(f"route_{route.code}{which}", title, route.label)
        for route in asked.routes
        for which, title in (("", "手続き数"), ("_share", "割合"))
    ]
    columns = FigureColumns(
        findings, (FigureColumn("not_started", waiting, weight=1), *by_route, *reasons)
    )
    scopes = [*((d.name, d.slug) for d in findings.cycle.departments), ("計", "all")]
    return Table(
        caption=f"部局別の{waiting}に占める割合",
        columns=(Column("部局名", weight=3), *columns.head),
        rows=tuple(
            ("計" if slug == "all" else Link(name, f"department-{slug}"), *columns.cells(slug))
            for name, slug in scopes
        ),
        ledger=findings.ledger,
        notes=(SEVERAL_REASONS,) if asked.named[REASON].multiple else (),
    )


def behind(findings: Findings) -> Block:
    """Return the agencies and the laws behind what only others can move; nothing if no route is."""
    asked = findings.cycle.questionnaire
    if not asked.lobbied:
        return Group(())
    labels = "・".join(route.label for route in asked.routes if route.lobbied)
    heading = Paragraph((f"{labels}の相手先と法令",), kind="heading")
    laws = (tell_laws(findings),) if asked.named["law"].is_asked else ()
    elsewhere = Paragraph(("ほかの部局の例",), kind="heading")
    return Group(
        (
            heading,
            tell_agencies(findings),
            *laws,
            elsewhere,
            tell_twins(findings),
            tell_national(findings),
        )
    )


def _list_columns(
    names: Mapping[str, str], codes: Sequence[str], label: str
) -> Iterator[FigureColumn]:
    for code in codes:
        yield FigureColumn(f"reason_{code}", names[f"reason_{code}"], label)


def _draw_departments(
    findings: Findings, caption: str, names: Mapping[str, str]
) -> Iterator[Chart]:
    """Yield the chart of the departments' reasons, where they are parts and few enough."""
    figure = findings.ledger.figure
    if findings.cycle.questionnaire.named[REASON].multiple or len(names) > len(SERIES):
        return
    yield draw_stacks(
        findings.ledger,
        caption,
        [
            (d.name, [figure(name, d.slug) for name in names], figure("not_started", d.slug))
            for d in findings.cycle.departments
        ],
        list(names.values()),
        look_by_place(names),
    )


def details(findings: Findings) -> Block:
    """Return the reasons in the departments' own words, a table for each reason.

    Those words are in Japanese: an edition in another language says where they stand.
    """
    asked = findings.cycle.questionnaire
    field = asked.named["reason_detail"]
    if not field.is_asked:
        return Group(())
    heading = Paragraph((field.header,), kind="heading")
    if find_spoken() is not None:
        return Group((heading, Paragraph((_IN_JAPANESE,))))
    frame = findings.ledger.tables.current["procedures"]
    is_waiting = frame[STATUS].isin(asked.list_statuses("not_started"))
    frame = frame[is_waiting & frame[field.name].notna()]
    tables = (
        Table(
            caption=f"{label}：{field.header}",
            columns=(
                Column("部局名", weight=3),
                Column(asked.named["section"].header, weight=3),
                Column(asked.named["name"].header, weight=6),
                Column(field.header, weight=6),
            ),
            rows=tuple(
                (department, *map(Quoted, quoted))
                for department, *quoted in frame.loc[
                    holds_any(frame[REASON], (code,)), ["department", *QUOTED]
                ].itertuples(index=False, name=None)
            ),
            headings=0,
            empty=f"{field.header}の記入はありません。",
        )
        for code, label in asked.reasons.items()
    )
    return Group((heading, *tables))
