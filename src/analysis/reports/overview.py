"""The overview: its message, the published report's sections 1-(1), 1-(2), 2 and 3, what moved.

source: report 2025-01-10, whose order nothing of ours breaks. The wording turns with the sign of a
change; a first cycle, with nothing to compare with, has no change columns.
"""

from collections.abc import Iterator

from analysis.cycle import WHOLE
from analysis.document.blocks import (
    Block,
    Bullets,
    Chart,
    Column,
    Group,
    Inline,
    Link,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.document.chart import draw_parts
from analysis.document.rates_chart import draw_rates
from analysis.document.tiles import Tiles
from analysis.figures.findings import Findings
from analysis.figures.statuses import name_statuses
from analysis.reports.bridge import draw_movers, say_movers, show_bridge
from analysis.reports.figure_columns import FigureColumns
from analysis.reports.guideline import GUIDELINE
from analysis.reports.heading import head_report
from analysis.reports.outlook import (
    say_ceiling,
    say_next,
    say_verdict,
    say_volume,
    say_worst_reason,
    show_outlook,
)
from analysis.reports.progress import (
    draw_reasons,
    now_and_change,
    progress_columns,
    progress_measures,
    reason_table,
    say_progress,
    show_progress,
)
from analysis.reports.successions import list_successions
from analysis.reports.trend import show_trend
from analysis.reports.waiting import list_waiting


def masthead(findings: Findings) -> Masthead:
    """Return the head of the report."""
    return head_report(findings, "overview")


def summary(findings: Findings) -> Block:
    """Return the message of the report: three numbers, and what its sections find in a sentence."""
    tiles = (*show_progress(findings, WHOLE), *show_outlook(findings, WHOLE))
    return Group((Tiles(tiles), Bullets(tuple(_say_findings(findings)))))


def headline(findings: Findings) -> Block:
    """Return the two headline sentences with the chart of the statuses."""
    title = f"1-(1) {findings.cycle.settings.title}結果"
    return Group(
        (
            Paragraph((title,), kind="heading"),
            Bullets(
                (
                    say_progress(findings, "all"),
                    say_not_online(findings),
                )
            ),
            tabulate_city(findings),
            draw_statuses(findings),
        )
    )


def draw_statuses(findings: Findings) -> Chart:
    """Return the chart of the whole city's statuses."""
    figure, names = findings.ledger.figure, name_statuses(findings.cycle.questionnaire)
    parts = [(label, figure(name)) for name, label in names.items()]
    return draw_parts(findings.ledger, "手続きの状況", parts, figure("total"))


def moves(findings: Findings) -> Block:
    """Return the bridge from the previous cycle's count, who made the change, and the trend."""
    if not findings.ledger.has_previous:
        return Group(())
    heading = Paragraph(("前回からの増減の内訳",), kind="heading")
    return Group((heading, *show_bridge(findings), *draw_movers(findings), *show_trend(findings)))


def departments(findings: Findings) -> Block:
    """Return the table of the departments in official order, and its chart."""
    waiting = list_waiting(findings)
    parts = (tabulate_departments(findings), draw_departments(findings))
    return Group((*parts, *waiting, *list_successions(findings)))


def tabulate_departments(findings: Findings) -> Table:
    """Return the published table of the departments in official order."""
    columns = progress_columns(findings)
    known = {department.slug for department in findings.cycle.departments}
    return Table(
        caption="部局別のオンライン化の状況",
        columns=(Column("部局名", weight=3), *columns.head),
        rows=(
            *(
                (
                    Link(scope.name, f"department-{scope.slug}")
                    if scope.slug in known
                    else Quoted(f"{scope.name}（前回調査のみ）"),
                    *columns.cells(scope.slug),
                )
                for scope in findings.ledger.list_departments()
            ),
            ("計", *columns.cells()),
        ),
        ledger=findings.ledger,
    )


def draw_departments(findings: Findings) -> Chart:
    """Return the chart of the departments' rates, now and before."""
    ledger, before = findings.ledger, findings.ledger.previous_figure
    return draw_rates(
        "部局別のオンライン化率",
        [
            (
                department.name,
                ledger.figure("online_rate", department.slug),
                before("online_rate", department.slug) if ledger.has_previous else None,
            )
            for department in findings.cycle.departments
        ],
        ledger.figure("online_rate"),
    )


def reasons(findings: Findings) -> Block:
    """Return the reasons of the not-started procedures with the city's route for each."""
    figure, asked = findings.ledger.figure, findings.cycle.questionnaire
    if not asked.reasons:
        return Group(())
    waiting = asked.name_role("not_started")
    heading = Paragraph((f"2 オンライン化「{waiting}」の詳細",), kind="heading")
    if not figure("not_started").value:
        return Group(
            (heading, Paragraph((f"現時点で「{waiting}」と回答のあった手続きはありません",)))
        )
    lead: tuple[Inline, ...] = (
        f"オンライン化未対応で、現時点で「{waiting}」と回答のあった",
        Shown(figure("not_started"), unit="手続き"),
        "の内訳は、以下の通りとなりました",
    )
    return Group(
        (
            heading,
            Paragraph(lead),
            reason_table(findings, "all"),
            *draw_reasons(findings, "all"),
            *_say_routes(findings),
        )
    )


def _say_routes(findings: Findings) -> Iterator[Block]:
    """Yield what is done about the reasons, a sentence for each route that a procedure is on."""
    asked = findings.cycle.questionnaire
    told = findings.ledger.guideline.sections
    where = ("（", Link("ガイドラインの抜粋を参照", GUIDELINE), "）") if told else ()
    lines: list[tuple[Inline, ...]] = [
        (
            "".join(f"「{asked.reasons[code]}」" for code in asked.list_reasons(route.code)) + "の",
            Shown(count, unit="手続き"),
            route.because or "は、",
            Strong((route.plan or route.label,)),
            *(where if not route.lobbied else ()),
        )
        for route in asked.routes
        if (count := findings.ledger.figure(f"route_{route.code}")).value
    ]
    if lines:
        yield Bullets(tuple(lines))


def tabulate_city(findings: Findings) -> Table:
    """Return the whole city's figures, which the departments' reports compare with."""
    columns = FigureColumns(findings, now_and_change(with_unit=True))
    return Table(
        caption="市全体の手続きの状況",
        columns=(Column("", weight=4), *columns.head),
        rows=tuple(
            (findings.ledger.items[name].label, *columns.cells(measure=name))
            for name in progress_measures(findings)
        ),
    )


def _say_findings(findings: Findings) -> Iterator[tuple[Inline, ...]]:
    """Yield who moved, who fell, whether the target is met, what to do first, and what holds up."""
    yield from say_movers(findings)
    yield from say_verdict(findings)
    if ceiling := say_ceiling(findings):
        yield ceiling
    yield from say_next(findings)
    yield from say_worst_reason(findings)
    yield from say_volume(findings)


def say_not_online(findings: Findings) -> tuple[Inline, ...]:
    """Return how many of what is not online have started; for any report to say.

    That they still (依然) wait is said where as many did in the survey before.
    """
    ledger, names = findings.ledger, name_statuses(findings.cycle.questionnaire)
    count, waiting = ledger.figure("not_online"), ledger.figure("not_started")
    if not count.value:
        return ("オンライン化未対応の手続きはありません",)
    whole = ("オンライン化未対応の", Shown(count, unit="手続き"))
    before = ledger.previous_figure("not_started") if ledger.has_previous else None
    is_still = before is not None and (before.exact or 0) >= (waiting.exact or 0)
    still = ("依然" if is_still else "") + names["not_started"]
    started = names.get("started", "")
    done = "み" if started.endswith("済") else ""
    if not waiting.value or waiting.value == count.value:
        every = "は、" if count.value == 1 else "は、すべて"
        told, end = (still, "でした") if waiting.value else (started, f"{done}でした")
        return (*whole, every, Strong((told,)), end)
    return (
        *whole,
        "のうち、",
        Shown(ledger.figure("started"), unit="手続き"),
        f"は{started}{done}でしたが、",
        Strong((Shown(waiting, unit="手続き"), f"は{still}")),
        "でした",
    )
