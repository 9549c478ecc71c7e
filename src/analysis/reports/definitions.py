"""The rate by other definitions: by yearly volume, and without what others must change first."""

from collections.abc import Iterator, Mapping

from analysis.cycle import WHOLE, WHOLE_NAME
from analysis.document.blocks import Block, Bullets, Cell, Column, Group, Inline, Shown, Table
from analysis.figures.findings import Findings
from analysis.figures.road import LOBBIED, VOLUME, list_without

_CITY = (WHOLE, WHOLE_NAME)
_SIGNS = {True: "↑", False: "↓", None: "＝"}


def compare_definitions(findings: Findings, small: int) -> Block:
    """Return the rate by other definitions, and the departments whose rank they change.

    Departments with fewer than `small` procedures have no rank: one procedure moves theirs far.
    """
    figure, others = findings.ledger.figure, _list_others(findings)
    moves = {name: _find_moves(findings, name, small) for name in others}
    rows: list[tuple[Cell, ...]] = []
    for slug, title in [*((own.slug, own.name) for own in findings.cycle.departments), _CITY]:
        is_small = (figure("total", slug).exact or 0) < small
        cells: list[Cell] = [title, figure("total", slug), figure("online_rate", slug)]
        for name, found in moves.items():
            sign = "少数" if is_small else _SIGNS[found.get(slug)]
            cells += [figure(name, slug), None if slug == WHOLE else sign]
        rows.append((*cells,))
    return Group(
        (
            Bullets(tuple(_say_definitions(findings, others, moves))),
            Table(
                caption="数え方によるオンライン化率と順位の変化",
                columns=(
                    Column("部局名", weight=3),
                    Column("総手続き数", numeric=True, weight=2),
                    Column("手続きの数でみる", numeric=True, weight=2),
                    *(
                        column
                        for title in others.values()
                        for column in (
                            Column("率", group=title, numeric=True, weight=2),
                            Column("順位", group=title, weight=1),
                        )
                    ),
                ),
                rows=tuple(rows),
                notes=(
                    "順位：手続きの数でみた順位から上がる（↑）、下がる（↓）、変わらない（＝）。"
                    "「少数」の部局は、順位に含めていません。",
                ),
            ),
        )
    )


def _list_others(findings: Findings) -> dict[str, str]:
    """Return the other definitions' measures, each with its title."""
    asked, others = findings.cycle.questionnaire, {}
    if "volume_rate" in findings.ledger.items:
        others["volume_rate"] = f"{asked.named[VOLUME].header}でみる"
    without = list_without(asked)
    for left in without:
        title = f"「{left.label}」を除く" if left.name != LOBBIED else "これらをすべて除く"
        others[f"without_{left.name}_rate"] = title
    return others


def _say_definitions(
    findings: Findings, others: Mapping[str, str], moves: Mapping[str, Mapping[str, bool]]
) -> Iterator[tuple[Inline, ...]]:
    figure, names = findings.ledger.figure, {d.slug: d.name for d in findings.cycle.departments}
    yield ("手続きの数でみると、オンライン化率は", Shown(figure("online_rate")), "です")
    for name, title in others.items():
        told = [
            f"順位が{words}のは、{'、'.join(found)}"
            for words, is_up in (("上がる", True), ("下がる", False))
            if (found := [names[slug] for slug, up in moves[name].items() if up is is_up])
        ]
        yield (f"{title}と、", Shown(figure(name)), f"です。{'。'.join(told)}".rstrip("。"))


def _find_moves(findings: Findings, name: str, small: int) -> dict[str, bool]:
    """Return the departments whose rank another definition changes: whether it is a better one."""
    first, other = (_rank(findings, measure, small) for measure in ("online_rate", name))
    both = first.keys() & other.keys()
    return {
        slug: other[slug] < first[slug]
        for slug in first
        if slug in both and other[slug] != first[slug]
    }


def _rank(findings: Findings, name: str, small: int) -> dict[str, int]:
    """Return the ranks of the departments by a rate, by slug; equal rates have the same."""
    figure = findings.ledger.figure
    rates = {
        own.slug: exact
        for own in findings.cycle.departments
        if (figure("total", own.slug).exact or 0) >= small
        and (exact := figure(name, own.slug).exact) is not None
    }
    return {slug: sum(other > rate for other in rates.values()) for slug, rate in rates.items()}
