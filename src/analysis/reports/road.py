"""The road to the target: will it be met, how far does each step lead, what hides the rate.

Every number is a figure of the ledger; what is assumed is told at the end, and the notebook's
parameters change it.
"""

import datetime
from collections.abc import Iterator

from analysis.cycle_toml import WHOLE_NAME, Target
from analysis.document.blocks import (
    Block,
    Bullets,
    Column,
    Group,
    Inline,
    Masthead,
    Paragraph,
    Quoted,
    Table,
)
from analysis.document.message import say_way
from analysis.document.rates_chart import draw_rates
from analysis.errors import ReportError
from analysis.figures.findings import Findings
from analysis.figures.road import find_horizon, list_milestones
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.reports.heading import head_report
from analysis.reports.outlook import say_ceiling, say_goal, say_paces

_ALL = 100
SMALL = 10
"""How many procedures a department needs for a rank, if the notebook is as it came."""


def aim(findings: Findings, percent: int, by: str) -> Findings:
    """Return the findings with the target of the notebook's parameters; 0 and "" keep the cycle's.

    Raises ReportError for one that is no percentage, no date, or has no date at all.
    """
    told = findings.cycle.settings.target
    if not percent and not by:
        return findings
    if not isinstance(percent, int) or not 0 <= percent <= _ALL:
        raise ReportError(
            f"target_percent は0から100までの整数にしてください（いまは {percent}）。"
        )
    try:
        day = datetime.date.fromisoformat(by) if by else None if told is None else told.by
    except (TypeError, ValueError):
        raise ReportError(
            f"target_by は 2027-03-31 のような日付にしてください（いまは {by!r}）。"
        ) from None
    if day is None:
        raise ReportError(
            "cycle.toml に目標（[target]）がないので、target_by に期日を書いてください。"
        )
    rate = percent or (told.rate_percent if told else _ALL)
    return findings.aim(Target(rate_percent=rate, by=day))


def masthead(findings: Findings, small: int = SMALL) -> Masthead:
    """Return the head of the report, with the conditions that are not the notebook's own."""
    other = [f"順位に含めないのは、手続きが{small}件より少ない部局"] if small != SMALL else []
    return head_report(findings, "road", assumed=other)


def paces(findings: Findings) -> Block:
    """Return whether the target is met at today's pace, and the paces of the departments."""
    columns = FigureColumns(findings, _list_paces(findings))
    departments = findings.cycle.departments
    # Each one's lack is rounded up, so they add up only where nothing may be lacking.
    is_sum = find_horizon(findings.cycle).percent == _ALL
    return Group(
        (
            Bullets(tuple(say_paces(findings))),
            Table(
                caption="部局別の残りと速さ",
                columns=(Column("部局名", weight=3), *columns.head),
                rows=(
                    *((own.name, *columns.cells(own.slug)) for own in departments),
                    ("計" if is_sum else WHOLE_NAME, *columns.cells()),
                ),
                ledger=findings.ledger if is_sum and _is_whole(findings) else None,
                notes=(
                    "「—」は、増えていないためこの速さでは目標に達しないか、もう達している部局です。",
                )
                if findings.ledger.has_previous
                else (),
            ),
        )
    )


def milestones(findings: Findings) -> Block:
    """Return the rate that each step of the road leads to, for the city and each department."""
    ledger, asked = findings.ledger, findings.cycle.questionnaire
    steps = list_milestones(asked)
    lines = [("いまの状況", "online", "online_rate")]
    lines += [(step.label, f"if_{step.name}", f"if_{step.name}_rate") for step in steps]
    columns = FigureColumns(
        findings,
        (
            FigureColumn("online_rate", "いま"),
            *(FigureColumn(f"if_{step.name}_rate", step.label) for step in steps),
        ),
    )
    ceiling = say_ceiling(findings)
    return Group(
        (
            Paragraph(
                (
                    "上から順に、それまでのものに加えて終わった場合の数値です。",
                    *((*ceiling, "。") if ceiling else ()),
                )
            ),
            Table(
                caption="段階ごとに進む先（市全体）",
                columns=(
                    Column("段階", weight=4),
                    Column("オンライン化する手続き", numeric=True, weight=2),
                    Column(ledger.items["online_rate"].label, numeric=True, weight=2),
                ),
                rows=tuple(
                    (label, ledger.figure(count), ledger.figure(rate))
                    for label, count, rate in lines
                ),
            ),
            draw_rates(
                "段階ごとのオンライン化率（市全体）",
                [(label, ledger.figure(rate), None) for label, _, rate in lines],
                None,
                message=say_way([ledger.figure(rate) for _, _, rate in lines]),
            ),
            Table(
                caption="段階ごとのオンライン化率（部局別）",
                columns=(Column("部局名", weight=3), *columns.head),
                rows=(
                    *((own.name, *columns.cells(own.slug)) for own in findings.cycle.departments),
                    (WHOLE_NAME, *columns.cells()),
                ),
            ),
        )
    )


def assumptions(findings: Findings, small: int) -> Block:
    """Return what the figures of this report assume, a sentence each."""
    asked, target = findings.cycle.questionnaire, findings.cycle.settings.target
    lines: list[tuple[Inline, ...]] = []
    if target is not None:
        lines.append((*say_goal(target), "を目標とする（調査回の設定による）"))
    lines += [
        ("手続きは、これから増えも減りもしない",),
        ("月数は、二つの日付の間を平均の月の長さで割り、整数に丸める",),
    ]
    if findings.ledger.has_previous:
        lines.append(
            (
                "これからの速さは、前回の調査から今回までの、増えた手続きから減った手続きを引いた速さと同じ",
            )
        )
    lines += [
        (f"{step.label}は、そう答えた手続きがすべてオンライン化した場合",)
        for step in list_milestones(asked)
    ]
    lines.append(
        (
            "手続きが",
            Quoted(f"{small}件"),
            "より少ない部局は、一つの手続きで率が大きく動くため、順位に含めない",
        )
    )
    return Bullets(tuple(lines))


def _list_paces(findings: Findings) -> Iterator[FigureColumn]:
    for name in ("online_rate", "shortfall", "pace", "needed_pace", "months_to_target"):
        if name in findings.ledger.items:
            item = findings.ledger.items[name]
            yield FigureColumn(name, f"{item.label}（{item.unit.name}）")


def _is_whole(findings: Findings) -> bool:
    """Tell whether today's departments are all that the city's figures count."""
    known = {own.slug for own in findings.cycle.departments}
    return all(scope.slug in known for scope in findings.ledger.list_departments())
