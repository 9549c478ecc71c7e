"""Say what changed between two builds or two cycles: the figures, and the rows that made them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.cycle import find_root, list_cycles
from analysis.errors import EXAMPLES_SHOWN, ReportError
from analysis.figures.figure import COUNT, PERCENT
from analysis.figures.item import CHANGE
from analysis.figures.scopes import level_of
from analysis.names import name_day, name_ledger
from analysis.place import require_room
from analysis.proof.compare_figures import EVIDENCE, Pair, RowChanges, pair_figures
from analysis.proof.side import Side, open_sides
from analysis.survey.opening import open_counted
from analysis.survey.plain_csv import write_csv

_NAMES = ("scope", "label", "measure")
_OF_UNITS = {COUNT.name: "件数", PERCENT.name: "割合"}
_OTHERS, _CHANGES, _ALONE = "速さと月数", "前回からの増減", "片方にだけある数値"
_KINDS = (*_OF_UNITS.values(), _OTHERS, _CHANGES, _ALONE)
_PARTS = ("figure_id", "text", "value", "unit", "evidence_rows")


def compare(
    name_a: str, name_b: str, department: str | None, path: Path | None
) -> tuple[str, bytes]:
    """Return what is told of two sides, and the CSV of the figures that differ.

    Raises as `open_sides` and `describe_sides` do, and SurveyError if nothing can be written to
    `path`, before anything is compared.
    """
    if path is not None:
        require_room(path)
    sides = open_sides(name_a, name_b)
    _, lines = describe_sides(sides, department)
    # A side has another name where it was taken as the other one compares with it.
    taken = [
        f"{name} は、{other} の報告書の「前回」と同じ数え方（{side.name}）で比べます。"
        for name, other, side in zip((name_a, name_b), (name_b, name_a), sides, strict=True)
        if side.name != name
    ]
    content = b"" if path is None else write_csv(list_differences(sides, department))
    return "\n".join([f"比較: {name_a} → {name_b}", *taken, *lines]), content


def describe_sides(
    sides: tuple[Side, Side], department: str | None = None
) -> tuple[int, list[str]]:
    """Return how many figures differ between two sides, and the lines that tell of it.

    The city first, then each department; or of one, by name or slug, all that there is.
    """
    pairs = _list_pairs(sides, department)
    differing = [pair for pair in pairs if pair.differs_in()]
    lines = [f"異なる数値: {len(differing):,}件（比べた数値 {len(pairs):,}件）"]
    if kinds := Counter(map(_name_kind, differing)):
        told = (f"{kind} {kinds[kind]:,}件" for kind in _KINDS if kinds[kind])
        lines.append(f"その内訳: {'、'.join(told)}")
    moved = 0
    if sides[0].cycle == sides[1].cycle:
        moved = sum(pair.differs_in(EVIDENCE) and not pair.differs_in() for pair in pairs)
    if moved:
        lines.append(f"値は同じで、根拠のセルだけが異なる数値: {moved:,}件")
    lines += [
        f"{side.name}: 根拠の行は比べられません。{side.missing}" for side in sides if side.missing
    ]
    return len(differing) + moved, [*lines, *_list_groups(sides, differing, department)]


def list_differences(sides: tuple[Side, Side], department: str | None = None) -> pd.DataFrame:
    """Return a row for each figure that differs in its value or its words.

    Its scope, label and measure, then of each side (`a_`, `b_`) its id, text, value, unit and
    number of rows, missing where the side has no such figure.

    >>> from analysis.proof.side import take_ledger
    >>> side = take_ledger("2024-09-01", ledger)
    >>> list_differences((side, side)).empty
    True
    """
    told = [pair for pair in _list_pairs(sides, department) if pair.differs_in()]
    columns: dict[str, list[str | None]]
    columns = {name: [pair.either[name] for pair in told] for name in _NAMES}
    for side, figures in (("a", [p.a for p in told]), ("b", [p.b for p in told])):
        for name in _PARTS:
            column = f"{side}_{name.removeprefix('evidence_')}"
            columns[column] = [None if one is None else one[name] for one in figures]
    return pd.DataFrame(columns, dtype="str")


def _list_pairs(sides: tuple[Side, Side], department: str | None) -> list[Pair]:
    """Return the figures of both sides, or those of a department; raise ReportError for no such."""
    pairs = pair_figures(*sides)
    if department is None:
        return pairs
    own = [pair for pair in pairs if level_of(pair.scope) == "department"]
    named = {pair.scope: str(pair.either["scope"]) for pair in own}
    # One that was renamed has a name on each side.
    kept = {
        pair.scope
        for pair in own
        for side in (pair.a, pair.b)
        if side is not None and department in (pair.scope, side["scope"])
    }
    if not kept:
        known = "、".join(named.values())
        raise ReportError(
            f"部局「{department}」はありません。{_say_absent(sides, department)}"
            f"次のいずれかです: {known}"
        )
    return [pair for pair in pairs if pair.scope.partition(".")[0] in kept]


def _say_absent(sides: tuple[Side, Side], department: str) -> str:
    """Say what became of a department in a cycle of the project that is compared, if known."""
    root = find_root()
    names = (name_ledger(side.cycle) for side in sides)
    cycles = (open_counted(name, root) for name in names if name_day(name) in list_cycles(root))
    return next((why for cycle in cycles if (why := cycle.tell_absent(department))), "")


def _list_groups(
    sides: tuple[Side, Side], differing: list[Pair], within: str | None
) -> Iterator[str]:
    """Yield the city's figures, then each department's, its sections' only counted.

    Of the one `within` nothing is left out.
    """
    groups: dict[str, list[Pair]] = {}
    for pair in differing:
        groups.setdefault(pair.scope.partition(".")[0], []).append(pair)
    for scope in sorted(groups, key=lambda scope: level_of(scope) != "all"):
        here = [p for p in groups[scope] if within or level_of(p.scope) != "section"]
        title = str(here[0].either["scope"]) if here else scope
        yield f"\n{title}（{len(here)}件）"
        own = [pair for pair in here if pair.a is not None and pair.b is not None]
        shown = own if within or level_of(scope) == "all" else own[:EXAMPLES_SHOWN]
        for pair in shown:
            yield f"  ・{_name_section(pair)}{pair.either['label']}: {pair.say()}"
            yield from _list_rows(sides, pair)
        if len(own) > len(shown):
            yield f"  ……ほか{len(own) - len(shown)}件"
        yield from _list_alone(sides, here, len(here) if within else EXAMPLES_SHOWN)
        if rest := len(groups[scope]) - len(here):
            yield f"  課ごとの数値: ほか{rest}件"


def _name_kind(pair: Pair) -> str:
    """Return what kind of number differs; a change is one of numbers that differ themselves."""
    if pair.a is None or pair.b is None:
        return _ALONE
    if str(pair.b["measure"]).endswith(CHANGE):
        return _CHANGES
    return _OF_UNITS.get(str(pair.b["unit"]), _OTHERS)


def _name_section(pair: Pair) -> str:
    if level_of(pair.scope) != "section":
        return ""
    return f"{str(pair.either['scope']).partition(' ')[2]}　"


def _list_alone(sides: tuple[Side, Side], pairs: list[Pair], most: int) -> Iterator[str]:
    """Yield, for each side, the labels of the figures that only it has, so many of them."""
    for side, other in ((sides[0], "b"), (sides[1], "a")):
        labels = [str(pair.either["label"]) for pair in pairs if getattr(pair, other) is None]
        if labels:
            more = len(labels) - most
            listed = "、".join(labels[:most]) + (f"、ほか{more}件" if more > 0 else "")
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
        f"{side.name} だけにある根拠の行 {count:,}件"
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
