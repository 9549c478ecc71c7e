"""Say what changed between two builds or two cycles: the figures, and the rows that made them."""

from collections.abc import Iterator
from pathlib import Path

from analysis.cycle import FIGURES_NAME, find_root, list_cycles, name_day
from analysis.errors import EXAMPLES_SHOWN, ReportError
from analysis.figures.findings import load_findings
from analysis.proof.compare import EVIDENCE, VALUES, WORDS, Pair, RowChanges, pair_figures
from analysis.proof.side import (
    Side,
    find_delivered,
    level_of,
    pair_with,
    read_delivery,
    take_ledger,
)
from analysis.survey.interim import open_counted


def describe_difference(name_a: str, name_b: str) -> str:
    """Return what differs between two sides, for people: the city first, then each department.

    Each name is a cycle, as its raw workbooks are now, or a folder of a delivered build.
    Raises ReportError for a name that is neither, and whatever a cycle's answers raise.
    """
    a, b = _open_side(name_a), _open_side(name_b)
    sides = (pair_with(a, b), pair_with(b, a))
    return "\n".join([f"比較: {name_a} → {name_b}", *describe_sides(sides)[1]])


def describe_sides(sides: tuple[Side, Side]) -> tuple[int, list[str]]:
    """Return how many figures differ between two sides, and the lines that tell of it."""
    pairs = pair_figures(*sides)
    differing = [pair for pair in pairs if pair.differs_in((*VALUES, *WORDS))]
    lines = [f"異なる数値: {len(differing):,}件（比べた数値 {len(pairs):,}件）"]
    moved = 0
    if sides[0].cycle == sides[1].cycle:
        moved = sum(pair.differs_in(EVIDENCE) for pair in pairs) - sum(
            pair.differs_in(EVIDENCE) for pair in differing
        )
    if moved:
        lines.append(f"値は同じで、根拠のセルだけが異なる数値: {moved:,}件")
    unknown = [side for side in sides if side.missing]
    lines += [f"{side.name}: 数えた行は比べられません。{side.missing}" for side in unknown]
    return len(differing) + moved, [*lines, *_list_groups(sides, differing)]


def _open_side(name: str) -> Side:
    """Return the side of a cycle as its raw workbooks are now, or of a delivered folder."""
    root = find_root()
    if name_day(name) in list_cycles(root):
        return take_ledger(name, load_findings(open_counted(name, root)).ledger)
    folder = Path(name)
    if find_delivered(folder, FIGURES_NAME):
        return read_delivery(name, folder, root)
    raise ReportError(
        f"「{name}」は調査回でも、{FIGURES_NAME} のある報告書のフォルダーでもありません。"
        f"\n調査回: {'、'.join(list_cycles(root))}"
    )


def _list_groups(sides: tuple[Side, Side], differing: list[Pair]) -> Iterator[str]:
    """Yield the city's figures, then each department's, its sections' only counted."""
    groups: dict[str, list[Pair]] = {}
    for pair in differing:
        groups.setdefault(pair.scope.partition(".")[0], []).append(pair)
    for scope in sorted(groups, key=lambda scope: level_of(scope) != "all"):
        here = [pair for pair in groups[scope] if level_of(pair.scope) != "section"]
        title = str(here[0].either["scope"]) if here else scope
        yield f"\n{title}（{len(here)}件）"
        own = [pair for pair in here if pair.is_in_both]
        shown = own if level_of(scope) == "all" else own[:EXAMPLES_SHOWN]
        for pair in shown:
            yield f"  ・{pair.either['label']}: {pair.say()}"
            yield from _list_rows(sides, pair)
        if len(own) > len(shown):
            yield f"  ……ほか{len(own) - len(shown)}件"
        yield from _list_alone(sides, here)
        if rest := len(groups[scope]) - len(here):
            yield f"  課ごとの数値: ほか{rest}件"


def _list_alone(sides: tuple[Side, Side], pairs: list[Pair]) -> Iterator[str]:
    """Yield, for each side, the labels of the figures that only it has."""
    for side, other in ((sides[0], "b"), (sides[1], "a")):
        labels = [str(pair.either["label"]) for pair in pairs if getattr(pair, other) is None]
        if labels:
            more = len(labels) - EXAMPLES_SHOWN
            listed = "、".join(labels[:EXAMPLES_SHOWN]) + (f"、ほか{more}件" if more > 0 else "")
            yield f"  {side.name} にだけある数値: {len(labels)}件（{listed}）"


def _list_rows(sides: tuple[Side, Side], pair: Pair) -> Iterator[str]:
    """Yield how many rows only one side counts, and the first of them."""
    if pair.differs_in(("definition",)):
        words = [str(row["definition"]) for row in (pair.a, pair.b) if row is not None]
        yield f"      定義が違います: {' → '.join(words)}"
    changes = RowChanges(sides, pair)
    if not changes.keys:
        return
    counts = (changes.only_in(0), changes.only_in(1))
    told = [
        f"{side.name} だけで数えた行 {count:,}件"
        for side, count in zip(sides, counts, strict=True)
        if count
    ]
    if other := len(changes.keys) - sum(counts):
        told.append(f"数え方の変わった行 {other:,}件")
    yield f"      {'、'.join(told)}"
    for key in changes.keys[:EXAMPLES_SHOWN]:
        yield f"        {changes.describe(key)}"
    if len(changes.keys) > EXAMPLES_SHOWN:
        yield f"        ……ほか{len(changes.keys) - EXAMPLES_SHOWN:,}件"
