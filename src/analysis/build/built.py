"""What a build did, and how it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.build.misplaced import describe_misplaced, find_misplaced
from analysis.build.pack import tell_stale
from analysis.cycle import Cycle
from analysis.place import describe_kept, tell_left_interim
from analysis.reports.plan import Report

TITLES_SHOWN = 3


@dataclass(frozen=True)
class Built:
    """What a build did: each report with why it was made (None: kept), and what it says at its end.

    `differs` says whether other reports stand beside them that were made from other figures.
    """

    cycle: Cycle
    reasons: Mapping[Report, str | None]
    summary: tuple[str, ...]
    differs: bool = False


def describe_build(built: Built) -> str:
    """Say how many reports were made and why, how many kept, and what the answers agree with.

    And what lies beside the answers and is read by nothing. After a build of single departments,
    the others may print figures of other answers.
    """
    total = len(built.reasons)
    by_reason: dict[str, list[str]] = {}
    for report, why in built.reasons.items():
        if why is not None:
            by_reason.setdefault(why, []).append(report.title)
    made = sum(len(titles) for titles in by_reason.values())
    kept = f"、変更のない {total - made}件はそのまま" if total > made else ""
    lines = [
        f"reports/{built.cycle.name}/ の報告書 {total}件（HTML、PDF、ノートブック）: "
        f"{made}件を作成{kept}。"
    ]
    lines += [f"  {why}: {_name_some(titles)}" for why, titles in by_reason.items()]
    lines += [*built.summary, *describe_misplaced(find_misplaced(built.cycle))]
    if built.differs:
        lines.append(
            "ほかの報告書は、いまの調査票とは別の数値で作られたままです。公表する前に、"
            "`analysis report` ですべてを作り直してください。"
        )
    if stale := tell_stale(built.cycle):
        lines.append(stale)
    if left := tell_left_interim(built.cycle):
        lines.append(left)
    if kept_files := describe_kept(built.cycle):
        lines.append(kept_files.rstrip())
    return "\n".join(lines)


def describe_failures(wanted: Sequence[Report], failures: Mapping[Report, str]) -> str:
    """Say why reports can't be made, each reason once, and what became of the others wanted."""
    titles: dict[str, list[str]] = {}
    for report in wanted:
        if report in failures:
            titles.setdefault(failures[report], []).append(report.title)
    told = [f"{why}\n  作成できない報告書: {_name_some(own)}" for why, own in titles.items()]
    return (
        f"{len(wanted)}件のうち{len(failures)}件の報告書を作成できませんでした。"
        "これまでの報告書はそのままです。ほかの報告書は作成して保存してあり、"
        "次の実行で使います。\n" + "\n".join(told)
    )


def _name_some(titles: Sequence[str]) -> str:
    rest = len(titles) - TITLES_SHOWN
    return "、".join(titles[:TITLES_SHOWN]) + (f" ほか{rest}件" if rest > 0 else "")
