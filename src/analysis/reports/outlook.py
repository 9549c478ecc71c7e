"""What reports say of the time ahead: what is left, at which pace, what comes first."""

from collections.abc import Iterator
from fractions import Fraction

from analysis.cycle import WHOLE
from analysis.cycle_toml import Target
from analysis.document.blocks import Inline, Quoted, Shown, Strong
from analysis.document.message import find_edge
from analysis.document.tiles import Tile
from analysis.figures.findings import Findings
from analysis.figures.road import VOLUME, Milestone, find_horizon, list_milestones
from analysis.names import say_day
from analysis.reports.progress import join


def say_paces(findings: Findings, scope: str = WHOLE) -> Iterator[tuple[Inline, ...]]:
    """Yield what is left, at which pace, and whether that is enough; for any report to say."""
    figure, items = findings.ledger.figure, findings.ledger.items
    target = findings.cycle.settings.target
    goal: tuple[Inline, ...] = ("目標",)
    if target is not None:
        goal = ("目標（", *say_goal(target), "）")
    yield (
        *goal,
        "までの残りは",
        Strong((Shown(figure("shortfall", scope), unit="手続き"),)),
        "です",
    )
    if "pace" in items:
        needed: tuple[Inline, ...] = ()
        if "needed_pace" in items and figure("shortfall", scope).value:
            needed = ("、目標に必要な速さは", Shown(figure("needed_pace", scope)))
        yield ("前回からの速さは", Shown(figure("pace", scope)), *needed, "です")
    if arrival := _say_arrival(findings, scope):
        yield arrival


def say_verdict(findings: Findings, scope: str = WHOLE) -> Iterator[tuple[Inline, ...]]:
    """Yield in one sentence whether a scope meets the target; nothing where none can tell."""
    if arrival := _say_arrival(findings, scope):
        yield (Strong(("目標に間に合うか",)), "：", *arrival)


def _say_arrival(findings: Findings, scope: str) -> tuple[Inline, ...]:
    """Return whether the target is reached, or will be at this pace; nothing where none knows."""
    figure, target = findings.ledger.figure, findings.cycle.settings.target
    if not figure("shortfall", scope).value:
        return (Strong(("目標に達しています",)),)
    if target is not None and target.by <= findings.cycle.settings.as_of:
        return (Strong(("目標の期日までに達しませんでした",)),)
    if "months_to_target" not in findings.ledger.items:
        return ()
    duration, left = figure("months_to_target", scope), find_horizon(findings.cycle).months_left
    if duration.exact is None:
        return (Strong(("いまの速さでは、目標に達しません",)),)
    told = ("いまの速さが続くと、目標に達するまで", Shown(duration), "かかります")
    if left is None:
        return told
    is_met = duration.exact <= Fraction(left)
    verdict = "この速さで間に合います" if is_met else "この速さでは間に合いません"
    return (*told, "。期日まではあと", Quoted(f"{left}か月"), "で、", Strong((verdict,)))


def say_next(findings: Findings) -> Iterator[tuple[Inline, ...]]:
    """Yield in one sentence what to do first."""
    if steps := list_next_steps(findings):
        yield (Strong(("まず進めるもの",)), "：", *join(steps))


def list_next_steps(findings: Findings) -> list[tuple[Inline, ...]]:
    """Return the steps that need nobody else, and where most is left to start."""
    figure, asked = findings.ledger.figure, findings.cycle.questionnaire
    steps: list[tuple[Inline, ...]] = []
    own_steps = list_own_steps(findings)
    for step in own_steps:
        rate, left = Shown(figure(f"if_{step.name}_rate")), figure(_name_count(findings, step))
        if not left.value:
            continue
        count = Shown(left, unit="手続き")
        # A later rate counts the steps before it as done.
        done = "これも終わると" if steps else "終わると"
        steps.append((f"{step.work}の", count, f"を終える（{done}オンライン化率は", rate, "）"))
    if own_steps and not steps:
        # What is left there waits for others.
        return []
    departments = findings.ledger.list_departments()
    most = find_edge([(own.name, figure("not_started", own.slug)) for own in departments])
    if most is not None and most[1].value and len(departments) > 1:
        waiting = asked.name_role("not_started")
        steps.append((f"{waiting}が最も多い{most[1].scope_name}（", Shown(most[1]), "）で始める"))
    return steps


def say_worst_reason(findings: Findings) -> Iterator[tuple[Inline, ...]]:
    """Yield why most of what is not started waits; nothing where none waits, or none is asked."""
    figure, asked = findings.ledger.figure, findings.cycle.questionnaire
    counts = [(label, figure(f"reason_{code}")) for code, label in asked.reasons.items()]
    most = find_edge(counts)
    if most is None or not most[1].value:
        return
    label, count = most
    waiting, share = asked.name_role("not_started"), figure(f"{count.measure}_share")
    yield (
        Strong((f"{waiting}の理由で最も多いもの",)),
        *(f"：{label}（", Shown(count), f"、{waiting}の", Shown(share), "）"),
    )


def say_volume(findings: Findings) -> Iterator[tuple[Inline, ...]]:
    """Yield the rate weighted by the yearly volume, if the survey asks for that."""
    if "volume_rate" not in findings.ledger.items:
        return
    header = findings.cycle.questionnaire.named[VOLUME].header
    parts: list[Inline] = [Shown(findings.ledger.figure("volume_rate"))]
    if findings.ledger.has_previous:
        parts += ["（前回から", Shown(findings.ledger.figure("volume_rate_change")), "）"]
    yield (Strong((f"{header}でみたオンライン化率",)), f"（{header}の分かる手続き）：", *parts)


def list_own_steps(findings: Findings) -> list[Milestone]:
    """Return the steps of the road before the first that others must take."""
    asked = findings.cycle.questionnaire
    lobbied = {f"reason_{code}" for code in asked.lobbied}
    own = []
    for step in list_milestones(asked):
        if not lobbied.isdisjoint(step.codes):
            break
        own.append(step)
    return own


def show_outlook(findings: Findings, scope: str) -> Iterator[Tile]:
    """Yield the headline number of the time ahead, where there is a target."""
    if (target := findings.cycle.settings.target) is None:
        return
    figure, items = findings.ledger.figure, findings.ledger.items
    months = find_horizon(findings.cycle).months_left
    about: list[Inline] = [*say_goal(target)]
    if months is not None:
        about += ["、あと", Quoted(f"{months}か月")]
    shown = Shown(figure("shortfall", scope), unit="手続き")
    paces = [("needed_pace", "。必要な速さ ")] if shown.figure.value else []
    for name, words in (*paces, ("pace", "、前回からの速さ ")):
        if name in items:
            about += [words, Shown(figure(name, scope))]
    yield Tile("目標までの残り", shown, tuple(about))


def say_ceiling(findings: Findings) -> tuple[Inline, ...]:
    """Return how far the city comes without what others must do; nothing if nobody else must."""
    asked, own = findings.cycle.questionnaire, list_own_steps(findings)
    if not own or own == list_milestones(asked):
        return ()
    figure, last = findings.ledger.figure, f"if_{own[-1].name}"
    if figure(last).exact == figure("total").exact:
        return ()
    names = "・".join(asked.reasons[code] for code in asked.lobbied)
    return (
        f"「{names}」以外をすべて終えても、オンライン化率の上限は",
        Shown(figure(f"{last}_rate")),
        "です",
    )


def say_goal(target: Target) -> tuple[Inline, ...]:
    """Return what is to be reached by when."""
    day = target.by
    return (
        Quoted(say_day(day)),
        "までに",
        Quoted(f"{target.rate_percent}%"),
    )


def _name_count(findings: Findings, step: Milestone) -> str:
    """Return the measure of the procedures that are done with one step alone."""
    names = (step.name, f"route_{step.name}", f"reason_{step.name}")
    return next(name for name in names if name in findings.ledger.items)
