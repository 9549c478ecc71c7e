"""Whether an approval still holds: what it was of, beside what the ledger says today."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analysis.figures.approvals import Approval
from analysis.figures.evidence import list_cells
from analysis.figures.figure import Figure, split_id
from analysis.figures.ledger import Ledger
from analysis.figures.listing import digest_figures

HOLDS, EXPIRED, OTHER_SET = "承認", "失効", "対象外"
"""What is said of an approval: it stands, it does not, or it is of another set's numbers."""

# Of the marks only: whether a cell or a figure is another is all that they tell.
_MARK_OF_CELL, _MARK_OF_FIGURE = 6, 12
_LISTED = 10
_DEFINITION, _NONE = "定義", "-"


@dataclass(frozen=True)
class Basis:
    """What an approval is of: the number as printed, its digest, and a mark of all behind it."""

    label: str
    text: str
    evidence_sha256: str
    detail: dict[str, str]


@dataclass(frozen=True)
class Standing:
    """An approval today: the figure that it is of, if it is of one, and what changed since."""

    approval: Approval
    figure: Figure | None
    changes: tuple[str, ...] = ()
    state: str = HOLDS


def take_figure(ledger: Ledger, figure: Figure) -> Basis:
    """Return what an approval of a figure is of, with a mark of its definition and of each cell.

    >>> basis = take_figure(ledger, ledger.figure("online"))
    >>> basis.text, [*basis.detail]
    ('1件', ['定義', '2024-09-01 環境部.xlsx 調査票!A6', '2024-09-01 環境部.xlsx 調査票!G6'])
    """
    detail = {_DEFINITION: _mark(figure.definition, _MARK_OF_CELL)}
    for place, cell in _list_places(ledger, figure):
        told = (cell["raw"], cell["corrected"] and cell["value"])
        detail[place] = _mark("\n".join(map(str, told)), _MARK_OF_CELL)
    sha256 = digest_figures(ledger, [figure])[figure.id].sha256
    return Basis(f"{figure.scope_name}　{figure.label}", _say(figure), sha256, detail)


def take_report(ledger: Ledger, title: str, figure_ids: Iterable[str]) -> Basis:
    """Return what an approval of a report is of: the digests of the figures that it prints."""
    ids = list(dict.fromkeys(figure_ids))
    figures = [found for name in ids if (found := ledger.look_up(*split_id(name))) is not None]
    known = digest_figures(ledger, figures)
    detail = {
        figure.id: _mark(
            f"{known[figure.id].sha256}\n{_say(figure)}\n{figure.definition}", _MARK_OF_FIGURE
        )
        for figure in figures
    } | {name: _NONE for name in ids if name not in known}
    lines = sorted(f"{mark}  {name}\n" for name, mark in detail.items())
    sha256 = hashlib.sha256("".join(lines).encode()).hexdigest()
    return Basis(title, f"{len(ids)}件の数値", sha256, detail)


def judge_approvals(ledger: Ledger, approvals: Iterable[Approval]) -> list[Standing]:
    """Return what has become of each approval, in their order."""
    return [_judge(ledger, approval) for approval in approvals]


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


def _judge(ledger: Ledger, approval: Approval) -> Standing:
    if approval.target.partition("/")[0] not in _list_cycles(ledger):
        return Standing(approval, None, (), OTHER_SET)
    if not approval.is_figure:
        now = take_report(ledger, approval.label, approval.detail)
        if now.evidence_sha256 == approval.evidence_sha256:
            return Standing(approval, None)
        return Standing(approval, None, tuple(_compare_figures(ledger, approval, now)), EXPIRED)
    figure = ledger.look_up(*split_id(approval.target))
    if figure is None:
        return Standing(approval, None, ("この数値は、今はありません。",), EXPIRED)
    now = take_figure(ledger, figure)
    changes = tuple(_compare_cells(ledger, figure, approval, now))
    return Standing(approval, figure, changes, EXPIRED if changes else HOLDS)


def _compare_cells(ledger: Ledger, figure: Figure, approval: Approval, now: Basis) -> Iterator[str]:
    """Yield what is another than when a figure was approved: its value, its meaning, its cells."""
    before = approval.detail
    if approval.text != now.text:
        yield f"値: {approval.text} → {now.text}"
    if before and before.get(_DEFINITION) != now.detail[_DEFINITION]:
        yield f"定義が変わりました。今の定義: {figure.definition}"
    if approval.evidence_sha256 == now.evidence_sha256:
        return
    if not before:
        yield "根拠のセルが変わりました（どのセルかは、承認の行に控えがないため分かりません）。"
        return
    is_told = False
    raw = {place: cell["raw"] for place, cell in _list_places(ledger, figure)}
    for words, places in (
        ("変わったセル", [p for p in now.detail if before.get(p, now.detail[p]) != now.detail[p]]),
        ("加わったセル", [p for p in now.detail if p not in before]),
        ("外れたセル", [p for p in before if p not in now.detail]),
    ):
        kept = [place for place in places if place != _DEFINITION]
        if kept:
            is_told = True
            told = [f"{p}「{raw[p]}」" if raw.get(p) is not None else p for p in kept[:_LISTED]]
            yield f"{words} {len(kept):,}: {'、'.join(told)}{_more(kept)}"
    if not is_told:
        yield "同じセルが、分子や分母などの別の側に数えられるようになりました。"


def _compare_figures(ledger: Ledger, approval: Approval, now: Basis) -> Iterator[str]:
    """Yield the figures that are others than when a report was approved."""
    changed = [name for name, mark in now.detail.items() if approval.detail.get(name) != mark]
    yield f"変わった数値 {len(changed):,}"
    for name in changed[:_LISTED]:
        figure = ledger.look_up(*split_id(name))
        if figure is None:
            yield f"・{name}：今はありません"
        else:
            yield f"・{figure.scope_name}　{figure.label}：今は{_say(figure)}（{name}）"
    if more := _more(changed):
        yield f"・{more.strip()}"


def _list_places(ledger: Ledger, figure: Figure) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the cells behind a figure, each by where it stands."""
    for cell in list_cells(ledger.select(figure), figure.scope):
        place = f"{cell['cycle']} {cell['workbook']} {cell['sheet'] or ''}!{cell['cell']}"
        yield " ".join(place.split()), cell


def _list_cycles(ledger: Ledger) -> tuple[str, ...]:
    return (ledger.cycle.name, *filter(None, [ledger.tables.previous_cycle]))


def _more(items: Sequence[str]) -> str:
    return f" ほか{len(items) - _LISTED:,}" if len(items) > _LISTED else ""


def _say(figure: Figure) -> str:
    return figure.text + ("" if figure.value is None else figure.unit.name)


def _mark(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:length]
