"""The deck for a meeting: the published report's sections as slides, one message each.

source: report 2025-01-10, whose order it keeps. Tables, charts and sentences are those of the other
reports; what a survey does not ask, or a first cycle can't compare, has no slide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.cycle import WHOLE
from analysis.document.blocks import (
    Block,
    Bullets,
    Chart,
    Group,
    Inline,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Table,
)
from analysis.document.chart import draw_counts
from analysis.document.slide import MOST_ROWS_SHOWN, Part, Slide, Slides, share_out
from analysis.document.tiles import Tile, Tiles
from analysis.figures.bridge import LOST
from analysis.figures.findings import Findings, write_date
from analysis.reports import guideline, overview
from analysis.reports import road as way
from analysis.reports.bridge import name_lost, say_ranked, show_bridge
from analysis.reports.heading import head_report
from analysis.reports.outlook import (
    list_next_steps,
    say_ceiling,
    say_paces,
    say_verdict,
    say_volume,
    show_outlook,
)
from analysis.reports.progress import join, say_progress, show_progress

_MOST_BARS = 24
"""How many departments a chart on a slide can name."""

_MOST_TABLES = 2
"""How many slides the table of the departments may take."""

_MOST_WAITING, _FIRST = 8, "上位八部局"
"""How many departments the chart of those with most to start shows, and as it says so."""

_MOST_LOST, _ALL_LOST = 10, "すべては各部局の報告書にあります。"
"""How many lines name what is online no more, and where those are that have no room."""


def masthead(findings: Findings) -> Masthead:
    """Return the head of the report; what it says above all stands on the first slide."""
    return replace(head_report(findings, "deck"), notice=None)


def opening(findings: Findings) -> Block:
    """Return the first slides: the headline numbers, and section 1-(1) with what is behind them."""
    head = head_report(findings, "deck")
    notice = (head.notice,) if isinstance(head.notice, Paragraph) else ()
    whose = "　".join([head.city, *head.notes])
    signed = Paragraph((Quoted(whose), "　", head.subtitle), kind="note")
    parts = (*notice, Tiles(tuple(_show_headline(findings))), signed)
    said = say_progress(findings, WHOLE)
    first = Slide(head.title, parts, message=said, opening=True)
    return Slides((first, _show_result(findings)))


def _show_headline(findings: Findings) -> Iterator[Tile]:
    """Yield the headline numbers: the overview's, and the change as one of its own."""
    figure, items = findings.ledger.figure, findings.ledger.items
    rate, waiting = show_progress(findings, WHOLE)
    whole, online = (Shown(figure(name), unit="手続き") for name in ("total", "online"))
    yield replace(rate, about=(whole, "のうち", online))
    if findings.ledger.has_previous:
        points = Shown(figure("online_rate_change"))
        about = (f"{items['online_rate'].label}は", points)
        yield Tile("前回からの増減", Shown(figure("online_change")), about)
    yield waiting
    yield from show_outlook(findings, WHOLE)


def _show_result(findings: Findings) -> Slide:
    """Return the slide of section 1-(1): how many are online, started, not started."""
    title = f"1-(1) {findings.cycle.settings.title}結果（{write_date(findings.cycle)}時点）"
    chart, table = overview.draw_statuses(findings), overview.tabulate_city(findings)
    name, *numbers = table.columns
    table = replace(table, columns=(name, *(replace(own, weight=3) for own in numbers)))
    said = overview.say_not_online(findings)
    return Slide(title, (chart,), (table,), message=said, widths=(3, 4))


def departments(findings: Findings) -> Block:
    """Return the slides of section 1-(2): the departments' table, and their rates side by side."""
    title = f"1-(2) 部局別のオンライン化の状況（{write_date(findings.cycle)}時点）"
    table = _shorten(_keep_largest(findings, overview.tabulate_departments(findings)))
    ranked = list(say_ranked(findings)) if findings.ledger.has_previous else []
    told = tuple(join(ranked, "。"))
    slides = [
        Slide(title, (part,), message=told if not at else ())
        for at, part in enumerate(share_out(table))
    ]
    if len(findings.cycle.departments) <= _MOST_BARS:
        rates = "1-(2) 部局別のオンライン化率"
        slides.append(Slide(rates, (overview.draw_departments(findings),)))
    return Slides(tuple(slides))


def moves(findings: Findings) -> Block:
    """Return the slide of the change since the previous cycle; none in a first one."""
    if not findings.ledger.has_previous:
        return Slides(())
    blocks = tuple(show_bridge(findings))
    told = _pick(blocks, Paragraph, Bullets)
    ranked = tuple(say_ranked(findings))
    beside = _pick(blocks, Chart)
    parts = (*told, *([Bullets(ranked)] if ranked else []))
    called = findings.cycle.questionnaire.name_role("online")
    change = findings.ledger.figure("online_change")
    turned = "増加" if (change.value or 0) > 0 else "減少"
    said: tuple[Inline, ...] = (f"{called}の手続きは、前回から増減がありません",)
    if change.value:
        said = (f"{called}の手続きは、前回から", Shown(change, magnitude=True), f"{turned}しました")
    return Slides(
        (Slide("前回からの増減", parts, beside, message=said), *_show_lost(findings, called))
    )


def _show_lost(findings: Findings, called: str) -> Iterator[Slide]:
    """Yield the slide of the procedures that are online no more, if there are any."""
    named = list(name_lost(findings))
    if not named:
        return
    told: tuple[Part, ...] = (Bullets(tuple(named[:_MOST_LOST])),)
    if len(named) > _MOST_LOST:
        told += (Paragraph((_ALL_LOST,), kind="note"),)
    whole = Shown(findings.ledger.figure(LOST))
    yield Slide(f"{called}でなくなった手続き", told, message=(f"前回だけ{called}の手続きは", whole))


def reasons(findings: Findings) -> Block:
    """Return the slide of section 2: why procedures are not started, and what is done about it."""
    blocks = _flatten(overview.reasons(findings))
    if not blocks:
        return Slides(())
    heading, lead, *others = blocks
    if not isinstance(heading, Paragraph) or not isinstance(lead, Paragraph):
        raise TypeError("the reasons begin with their heading and a sentence")
    title = "".join(part for part in heading.parts if isinstance(part, str))
    if not others:
        return Slides((Slide(title, (lead,)),))
    told = _pick(others, Bullets)
    return Slides((Slide(title, _pick(others, Table), told, lead.parts, widths=(3, 2)),))


def guidance(findings: Findings) -> Block:
    """Return the slide of section 3: what the guideline answers, and its goal; none without one."""
    told = findings.ledger.guideline
    if not told.sections:
        return Slides(())
    table = _pick(_flatten(guideline.answers(findings)), Table)
    title = told.heading or told.title
    return Slides((Slide(title, table, message=(told.goal,)),))


def road(findings: Findings) -> Block:
    """Return the slides of the road to the target: is it met, how far leads each step, what now."""
    verdict = next(say_verdict(findings), ())
    chart = _pick(_flatten(way.milestones(findings)), Chart)
    paces = list(say_paces(findings))
    if verdict:
        # The last of them is the message.
        paces.pop()
    steps = list_next_steps(findings)
    first = [*steps, *say_volume(findings)]
    figure, ledger = findings.ledger.figure, findings.ledger
    waiting = [
        (scope.name, figure("not_started", scope.slug)) for scope in ledger.list_departments()
    ]
    waiting.sort(key=lambda row: -(row[1].exact or 0))
    rows = [row for row in waiting if row[1].value]
    called = findings.cycle.questionnaire.name_role("not_started")
    caption = f"{called}の多い部局"
    if first and len(rows) > _MOST_WAITING:
        caption += f"（{_FIRST}）"
        whole = Shown(figure("not_started"), unit="手続き")
        first.append((f"図は{called}の{_FIRST}で、市全体の{called}は", whole))
    most = (draw_counts(caption, rows[:_MOST_WAITING]),) if rows else ()
    ceiling = say_ceiling(findings)
    return Slides(
        (
            Slide("目標までの道のり", (Bullets(tuple(paces)),), chart, verdict, widths=(2, 3)),
            *(
                [Slide("まず進めるもの", (Bullets(tuple(first)),), most, ceiling)]
                if steps or rows
                else []
            ),
        )
    )


def _keep_largest(findings: Findings, table: Table) -> Table:
    """Return the departments' table with no more rows than slides take, the largest, in order."""
    most = _MOST_TABLES * MOST_ROWS_SHOWN - 1
    *rows, whole = table.rows
    if len(rows) <= most:
        return table
    scopes = [scope.slug for scope in findings.ledger.list_departments()]
    size = {slug: findings.ledger.figure("total", slug).exact or 0 for slug in scopes}
    largest = {*sorted(scopes, key=lambda slug: -size[slug])[:most]}
    kept = [row for slug, row in zip(scopes, rows, strict=True) if slug in largest]
    return replace(
        table,
        rows=(*kept, whole),
        marks=(*(None,) * len(kept), "total"),
        notes=("手続きの多い部局だけです。すべての部局は全体の報告書にあります。",),
        ledger=None,
    )


def _shorten(table: Table) -> Table:
    """Return the departments' table with short titles, and room for their names.

    Its last row was checked to be the sum, and is shown as such still.
    """
    name, *numbers = table.columns
    short = (replace(own, title=own.title.removeprefix("前回からの")) for own in numbers)
    looks = tuple(look or None for look in table.looks)
    return replace(table, columns=(replace(name, weight=4), *short), marks=looks, ledger=None)


def _flatten(block: Block) -> tuple[Block, ...]:
    """Return the blocks within a group."""
    if not isinstance(block, Group):
        return (block,)
    return tuple(inner for part in block.blocks for inner in _flatten(part))


def _pick(blocks: Sequence[Block], *kinds: type[Block]) -> tuple[Part, ...]:
    """Return those of some blocks that are of these kinds, and may stand on a slide."""
    found: Iterator[Block] = (block for block in blocks if isinstance(block, kinds))
    return tuple(
        block for block in found if isinstance(block, (Paragraph, Bullets, Table, Chart, Tiles))
    )
