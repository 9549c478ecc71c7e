"""Whether an approval still holds: what it was of, beside what the ledger says today."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from analysis.cycle import KEPT_NAME
from analysis.figures.approvals import Approval
from analysis.figures.evidence import list_cells
from analysis.figures.figure import Figure, split_id
from analysis.figures.kept import Kept, KeptLine, list_unlike
from analysis.figures.ledger import Ledger
from analysis.figures.listing import digest_figures
from analysis.figures.select import Selection

HOLDS, EXPIRED, OTHER_SET = "承認", "失効", "対象外"
"""What is said of an approval: it stands, it does not, or it is of another set's numbers."""

_MARK_OF_FIGURE = 12
# Of the marks only: whether a figure is another is all that they tell.
_LISTED = 10
_DEFINITION, _NONE = "定義", "今はありません"
_LOST = f"承認したときの控え（{KEPT_NAME}）がないか、書き換えられています。"


class Basis(NamedTuple):
    """What an approval is of: the number as printed, its digest, and all that stands behind it."""

    label: str
    text: str
    evidence_sha256: str
    lines: tuple[KeptLine, ...]


@dataclass(frozen=True)
class Standing:
    """An approval today: the figure that it is of, if it is of one, and what changed since."""

    approval: Approval
    figure: Figure | None
    changes: tuple[str, ...] = ()
    state: str = HOLDS


def take_figure(ledger: Ledger, figure: Figure) -> Basis:
    """Return what an approval of a figure is of, with its definition and each of its cells.

    >>> basis = take_figure(ledger, ledger.figure("online"))
    >>> basis.text, [f"{line.place}「{line.text}」" for line in basis.lines[2:]]
    ('1件', ['2024-09-01 環境部.xlsx 調査票!G6「オンライン化済」'])
    """
    lines = (KeptLine(_DEFINITION, figure.definition), *_list_lines(ledger, [figure]))
    sha256 = digest_figures(ledger, [figure])[figure.id].sha256
    return Basis(f"{figure.scope_name}　{figure.label}", figure.full_text, sha256, lines)


def take_report(ledger: Ledger, title: str, figure_ids: Iterable[str]) -> Basis:
    """Return what an approval of a report is of: the digests of the figures that it prints.

    With each of them, and each cell behind any.
    """
    ids = list(dict.fromkeys(figure_ids))
    figures = [found for name in ids if (found := ledger.look_up(*split_id(name))) is not None]
    known = digest_figures(ledger, figures)
    told = {figure.id: figure for figure in figures}
    lines = []
    for name in sorted(ids):
        if (figure := told.get(name)) is None:
            lines.append(KeptLine(name, _NONE, "-"))
        else:
            of = f"{known[name].sha256}\n{figure.full_text}\n{figure.definition}"
            lines.append(KeptLine(name, figure.full_text, _mark(of)))
    marks = "".join(f"{line.mark}  {line.place}\n" for line in lines)
    sha256 = hashlib.sha256(marks.encode()).hexdigest()
    return Basis(title, f"{len(ids)}件の数値", sha256, (*lines, *_list_lines(ledger, figures)))


def judge_approvals(ledger: Ledger, approvals: Iterable[Approval], kept: Kept) -> list[Standing]:
    """Return what has become of each approval, in their order."""
    return [_judge(ledger, approval, kept.get(approval.kept, ())) for approval in approvals]


def count_expired(standings: Sequence[Standing]) -> str:
    """Return in a line how many approvals there are, and how many of them have expired."""
    expired = sum(own.state == EXPIRED for own in standings)
    return f"承認: {len(standings)}件、うち失効 {expired}件"


def list_expired(standings: Iterable[Standing]) -> list[str]:
    """Return a line, with what changed below it, for each approval that has expired."""
    return [
        "\n      ".join(
            [
                f"{own.approval.target}（{own.approval.label}）"
                f"{own.approval.approved_by} {own.approval.approved_on}",
                *own.changes,
            ]
        )
        for own in standings
        if own.state == EXPIRED
    ]


def _judge(ledger: Ledger, approval: Approval, kept: Sequence[KeptLine]) -> Standing:
    if approval.target.partition("/")[0] not in _list_cycles(ledger):
        return Standing(approval, None, (), OTHER_SET)
    if not approval.is_figure:
        if not kept:
            told = f"{_LOST}どの数値の承認だったか分からないため、承認とは示せません。"
            return Standing(approval, None, (told,), EXPIRED)
        ids = [line.place for line in kept if line.mark]
        now = take_report(ledger, approval.label, ids)
        if now.evidence_sha256 == approval.evidence_sha256:
            return Standing(approval, None)
        return Standing(approval, None, tuple(_compare_figures(ledger, kept, now)), EXPIRED)
    figure = ledger.look_up(*split_id(approval.target))
    if figure is None:
        return Standing(approval, None, ("この数値は、今はありません。",), EXPIRED)
    now = take_figure(ledger, figure)
    changes = tuple(_compare_figure(approval, kept, now))
    return Standing(approval, figure, changes, EXPIRED if changes else HOLDS)


def _compare_figure(approval: Approval, kept: Sequence[KeptLine], now: Basis) -> Iterator[str]:
    """Yield what is another than when a figure was approved: its value, its meaning, its cells."""
    if approval.text != now.text:
        yield f"値: {approval.text} → {now.text}"
    if kept and kept[0] != now.lines[0]:
        yield f"定義: {kept[0].text} → {now.lines[0].text}"
    if approval.evidence_sha256 == now.evidence_sha256:
        return
    if not kept:
        yield f"根拠のセルが変わりました。{_LOST}どのセルかは分かりません。"
        return
    told = [*_compare_cells(kept[1:], now.lines[1:])]
    yield from told or ["同じセルが、分子や分母などの別の側に数えられるようになりました。"]


def _compare_figures(ledger: Ledger, kept: Sequence[KeptLine], now: Basis) -> Iterator[str]:
    """Yield the figures that are others than when a report was approved, and the cells."""
    before = {line.place: line for line in kept if line.mark}
    changed = [line for line in now.lines if line.mark and before.get(line.place) != line]
    yield f"変わった数値 {len(changed):,}"
    for line in changed[:_LISTED]:
        figure = ledger.look_up(*split_id(line.place))
        name = "" if figure is None else f"{figure.scope_name}　{figure.label}："
        was = before[line.place].text
        told = f"{was} → {line.text}" if was != line.text else f"{was}のまま、根拠が変更"
        yield f"・{name}{told}（{line.place}）"
    if more := _more(changed):
        yield f"・{more.strip()}"
    cells = [[line for line in side if not line.mark] for side in (kept, now.lines)]
    yield from _compare_cells(*cells)


def _compare_cells(before: Iterable[KeptLine], now: Iterable[KeptLine]) -> Iterator[str]:
    for words, told in list_unlike(before, now):
        yield f"{words} {len(told):,}: {'、'.join(told[:_LISTED])}{_more(told)}"


def _list_lines(ledger: Ledger, figures: Iterable[Figure]) -> list[KeptLine]:
    """Return the cells behind any of some figures, each once, by where they stand."""
    known: dict[tuple[int, ...], Selection] = {}
    rows: dict[tuple[int, ...], set[int]] = {}
    for figure in figures:
        for own in ledger.select(figure):
            key = (id(own.frame), hash(own.fields), id(own.partner))
            known.setdefault(key, own)
            rows.setdefault(key, set()).update(own.positions.get(figure.scope, ()))
    every = [replace(own, positions={"": sorted(rows[key])}) for key, own in known.items()]
    found: dict[str, dict[str, None]] = {}
    for cell in list_cells(every, ""):
        # What stands in no cell, such as a workbook that is missing, is known by its name.
        at = "!".join(_read(cell[key]) for key in ("sheet", "cell")).strip("!")
        place = f"{_read(cell['cycle'])} {_read(cell['workbook'])} {at}"
        told = _read(cell["raw"])
        if cell["corrected"]:
            told += f"（訂正後：{cell['value']}）"
        found.setdefault(" ".join(place.split()), {})[told] = None
    return [KeptLine(place, "／".join(texts)) for place, texts in sorted(found.items())]


def _read(part: object) -> str:
    return part if isinstance(part, str) else ""


def _list_cycles(ledger: Ledger) -> tuple[str, ...]:
    return (ledger.cycle.name, *filter(None, [ledger.tables.previous_cycle]))


def _more(items: Sequence[object]) -> str:
    return f" ほか{len(items) - _LISTED:,}" if len(items) > _LISTED else ""


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_MARK_OF_FIGURE]
