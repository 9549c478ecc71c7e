"""What moved since the previous cycle: the bridge to this one's count, the flow, and by whom.

Every part of the bridge is a figure; what does not add up to the change stops the build.
"""

from collections.abc import Iterator, Sequence

from analysis.cycle import WHOLE
from analysis.document.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Inline,
    Link,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.document.moves_chart import BridgeStep, draw_bridge, draw_changes
from analysis.document.sums import require_difference, require_sum
from analysis.evidence.appendix import CITY_REPORT
from analysis.figures.bridge import CAUSE, GAINED, LOST, list_causes
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.figures.measure import PREVIOUS
from analysis.figures.statuses import name_status
from analysis.questionnaire.questionnaire import STATUS
from analysis.reports.progress import join

MOST_NAMED = 5
"""How many procedures, or departments, a sentence names."""


def show_bridge(findings: Findings, scope: str = WHOLE) -> Iterator[Block]:
    """Yield the bridge of a scope: sentences, its table, its drawing, the flow of statuses.

    Nothing in a first cycle; one sentence where nothing moved.
    """
    if not findings.ledger.has_previous:
        return
    figure = findings.ledger.figure
    called = findings.cycle.questionnaire.name_role("online")
    gained, lost = figure(GAINED, scope), figure(LOST, scope)
    require_difference(
        findings.ledger, f"{called}の増減", gained, lost, figure("online_change", scope)
    )
    if not gained.value and not lost.value:
        yield Paragraph((f"{called}になった手続きも、{called}でなくなった手続きもありません。",))
        return
    yield Bullets(tuple(_say_sides(findings, scope)))
    yield _bridge_table(findings, scope)
    if scope == WHOLE:
        yield _draw(findings, scope)
    yield _flow_table(findings, scope)


def draw_movers(findings: Findings) -> Iterator[Block]:
    """Yield the drawing of who made how much of the change; nothing where no department moved."""
    ranked = rank_changes(findings) if findings.ledger.has_previous else []
    if not any(own.value for own in ranked):
        return
    called = findings.cycle.questionnaire.name_role("online")
    yield draw_changes(
        findings.ledger,
        f"{called}の増減（部局別）",
        [(own.scope_name, own) for own in ranked],
        findings.ledger.figure("online_change"),
    )


def rank_changes(findings: Findings, measure: str = "online_change") -> list[Figure]:
    """Return the changes of the online procedures of all departments, the largest first."""
    ledger = findings.ledger
    found = [ledger.figure(measure, scope.slug) for scope in ledger.list_departments()]
    return sorted(found, key=lambda figure: -(figure.exact or 0))


def say_movers(findings: Findings) -> Iterator[tuple[Inline, ...]]:
    """Yield who added most to the change, who lost, and which procedures are online no more.

    Of more departments than a sentence names only how many, with a link to all of them. Nothing in
    a first cycle.
    """
    if not findings.ledger.has_previous:
        return
    yield from say_ranked(findings)
    lost = findings.ledger.figure(LOST)
    if lost.value:
        called = findings.cycle.questionnaire.name_role("online")
        losers = [own for own in rank_changes(findings, LOST) if own.value]
        told = join(list(name_lost(findings)))
        if others := _count_others(losers):
            counts = [(own.scope_name, " ", Shown(own)) for own in losers[:MOST_NAMED]]
            where = ("（", Link("すべて", CITY_REPORT, line_of=lost), "）")
            told = [*join(counts), *others, *where]
        yield (Strong((f"{called}でなくなった手続き",)), "：", Shown(lost), "。", *told)


def say_ranked(findings: Findings) -> Iterator[tuple[Inline, ...]]:
    """Yield who added most to the change, and who lost; a first cycle has no change."""
    called = findings.cycle.questionnaire.name_role("online")
    ranked = rank_changes(findings)
    ups = [own for own in ranked if (own.exact or 0) > 0]
    downs = sorted((own for own in ranked if (own.exact or 0) < 0), key=lambda own: own.exact or 0)
    whole = Shown(findings.ledger.figure("online_change"))
    if ups:
        more = "など" if len(ups) > MOST_NAMED else ""
        named = join([(own.scope_name, " ", Shown(own)) for own in ups[:MOST_NAMED]])
        yield (Strong((f"{called}が増えた部局",)), "：", *named, f"{more}（市全体 ", whole, "）")
    if downs:
        falls = join([_say_fall(findings, own) for own in downs[:MOST_NAMED]])
        yield (Strong((f"{called}が減った部局",)), "：", *falls, *_count_others(downs))


def _count_others(ranked: Sequence[Figure]) -> tuple[Inline, ...]:
    """Return how many departments a sentence does not name; nothing if it names all."""
    more = len(ranked) - MOST_NAMED
    return ("、ほか", Quoted(f"{more:,}部局")) if more > 0 else ()


def _say_fall(findings: Findings, change: Figure) -> tuple[Inline, ...]:
    gained, lost = (findings.ledger.figure(name, change.scope) for name in (GAINED, LOST))
    rise: tuple[Inline, ...] = ("、増 ", Shown(gained)) if gained.value else ()
    return (change.scope_name, " ", Shown(change), "（減 ", Shown(lost), *rise, "）")


def name_lost(findings: Findings) -> Iterator[tuple[Inline, ...]]:
    """Yield each department with the procedures of it that are online no more, by what they are.

    Who lost most comes first.
    """
    causes = list_causes(findings.cycle.questionnaire)
    for own in rank_changes(findings, LOST):
        # Its figure is at hand, its rows are many.
        if not own.value:
            continue
        names = _list_names(findings, own.scope, PREVIOUS)
        for cause, (_, told) in causes.items():
            if cause in names:
                yield (f"{own.scope_name}の", *_quote(names[cause]), f"（{told}）")


def _say_sides(findings: Findings, scope: str) -> Iterator[tuple[Inline, ...]]:
    """Yield what was gained and what was lost, by cause; a department's with the procedures."""
    called = findings.cycle.questionnaire.name_role("online")
    causes = list_causes(findings.cycle.questionnaire)
    for side, name, words in ((0, GAINED, f"新たに{called}"), (1, LOST, f"前回だけ{called}")):
        whole = findings.ledger.figure(name, scope)
        if not whole.value:
            continue
        table = PREVIOUS if side else "procedures"
        names = {} if scope == WHOLE else _list_names(findings, scope, table)
        parts: list[tuple[Inline, ...]] = []
        for cause, told in causes.items():
            own = findings.ledger.figure(f"{name}_{cause}", scope)
            if own.value:
                named = ("（", *_quote(names[cause]), "）") if cause in names else ()
                parts.append((f"{told[side]} ", Shown(own), *named))
        yield (f"{words}の手続きは", Strong((Shown(whole),)), "：", *join(parts))


def _bridge_table(findings: Findings, scope: str) -> Table:
    figure, asked = findings.ledger.figure, findings.cycle.questionnaire
    rows: list[tuple[Cell, ...]] = []
    for cause, (gained, lost) in list_causes(asked).items():
        own = tuple(figure(f"{side}_{cause}", scope) for side in (GAINED, LOST))
        if any(one.value for one in own):
            rows.append((gained if gained == lost else f"{gained}／{lost}", *own))
    return Table(
        caption=f"{asked.name_role('online')}の増減の内訳",
        columns=(
            Column("動き", weight=4),
            Column("増えた手続き", numeric=True, weight=2),
            Column("減った手続き", numeric=True, weight=2),
        ),
        rows=(*rows, ("計", figure(GAINED, scope), figure(LOST, scope))),
        ledger=findings.ledger,
    )


def _draw(findings: Findings, scope: str) -> Block:
    figure, asked = findings.ledger.figure, findings.cycle.questionnaire
    steps: list[BridgeStep] = []
    for side, name in enumerate((GAINED, LOST)):
        for cause, told in list_causes(asked).items():
            own = figure(f"{name}_{cause}", scope)
            if own.value:
                steps.append((told[side], own, name == GAINED))
    return draw_bridge(
        findings.ledger,
        f"{asked.name_role('online')}の手続きの前回から今回まで",
        figure("online_change", scope),
        steps,
        (figure(GAINED, scope), figure(LOST, scope)),
    )


def _flow_table(findings: Findings, scope: str) -> Table:
    """Return how many went from each status to each, held to both cycles' counts of each."""
    ledger, asked = findings.ledger, findings.cycle.questionnaire
    caption, statuses = "状況の移り変わり（前回から今回へ）", asked.named[STATUS].choices
    ways_in = {"new": "前回なし（新規）", "moved_in": "ほかの部局から"}
    ways_out = {"gone": "今回なし（廃止）", "moved_out": "ほかの部局へ"}
    shown_out = [way for way in ways_out if _has_any(findings, way, scope)]
    rows: list[tuple[Cell, ...]] = []
    for was, label in statuses.items():
        stayed = [ledger.figure(f"flow_{was}_{code}", scope) for code in statuses]
        out = [ledger.figure(f"{way}_{was}", scope) for way in ways_out]
        whole = ledger.previous_figure(name_status(asked, was), scope)
        require_sum(ledger, caption, [*stayed, *out], whole)
        shown = [own for way, own in zip(ways_out, out, strict=True) if way in shown_out]
        rows.append((label, *stayed, *shown, whole))
    blank = (None,) * (len(shown_out) + 1)
    for way, label in ways_in.items():
        if _has_any(findings, way, scope):
            came = [ledger.figure(f"{way}_{code}", scope) for code in statuses]
            rows.append((label, *came, *blank))
    now = [ledger.figure(name_status(asked, code), scope) for code in statuses]
    return Table(
        caption=caption,
        columns=(
            Column("前回の状況", weight=3),
            *(Column(label, "今回の状況", numeric=True, weight=2) for label in statuses.values()),
            *(Column(ways_out[way], numeric=True, weight=2) for way in shown_out),
            Column("前回の計", numeric=True, weight=2),
        ),
        rows=(*rows, ("今回の計", *now, *blank)),
        ledger=ledger,
    )


def _has_any(findings: Findings, way: str, scope: str) -> bool:
    statuses = findings.cycle.questionnaire.named[STATUS].choices
    return any(findings.ledger.figure(f"{way}_{code}", scope).value for code in statuses)


def _list_names(findings: Findings, slug: str, table: str) -> dict[str, tuple[str, ...]]:
    """Return by cause the names of a department's procedures that were gained or lost."""
    online = findings.cycle.questionnaire.list_statuses("online")
    frame = findings.ledger.rows_of(slug, table)[[STATUS, CAUSE, "name"]]
    moved = frame[frame[STATUS].isin(online)].groupby(CAUSE, sort=False)["name"]
    return {str(cause): tuple(names) for cause, names in moved}


def _quote(names: Sequence[str]) -> tuple[Inline, ...]:
    more = ("など",) if len(names) > MOST_NAMED else ()
    return (Quoted("".join(f"「{name}」" for name in names[:MOST_NAMED])), *more)
