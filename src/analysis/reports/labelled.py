"""A frame of figures says of whom and of what each number is: its heads may name no other.

What is sorted, cut and put together by hand may stand under another's name, with good evidence.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from analysis.cycle import WHOLE, WHOLE_NAME
from analysis.cycle_toml import WHOLE_SHORT
from analysis.document.blocks import Link, Quoted, Shown
from analysis.errors import ReportError, list_examples
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.questionnaire.spellings import match_key

_WHOLE = (WHOLE_NAME, WHOLE_SHORT)


class _Placed(NamedTuple):
    """A figure, and what it stands under: its row's heads, its column's groups and title."""

    figure: Figure
    row: Sequence[str]
    groups: Sequence[str]
    title: str


def require_labelled(frame: pd.DataFrame, caption: str, findings: Findings) -> None:
    """Return if no figure of a frame stands under another's name; else raise ReportError.

    Heads may say anything; one that is a department's name, or a measure's, must be the figure's.

    >>> figures = pd.DataFrame({"オンライン化率": [ledger.figure("online_rate", "kankyo")]})
    >>> require_labelled(figures.set_axis(["環境部"]), "率", findings)
    >>> require_labelled(figures.set_axis(["こども部"]), "率", findings)
    Traceback (most recent call last):
        ...
    analysis.errors.ReportError: 表「率」に、ほかの部局や数値の名前の下にある数値が1件あります。...
    """
    names = _Names(findings)
    wrong = [
        f"「{other}」: {placed.figure.scope_name}の{placed.figure.label}（{placed.figure.measure}）"
        for placed in _list_figures(frame)
        if (other := names.find_other(placed)) is not None
    ]
    if wrong:
        raise ReportError(
            f"表「{caption}」に、ほかの部局や数値の名前の下にある数値が{len(wrong)}件あります。"
            "行や列の名前を、その数値のものにしてください。\n" + list_examples(wrong)
        )


class _Names:
    """The departments and the measures of some findings, by what a head may call them."""

    def __init__(self, findings: Findings) -> None:
        ledger = findings.ledger
        self._scopes: dict[str, set[str]] = defaultdict(set, {key: {WHOLE} for key in _WHOLE})
        self._measures: dict[str, set[str]] = defaultdict(set)
        for scope in (*ledger.list_departments(), *ledger.list_waiting()):
            self._scopes[match_key(scope.name)].add(scope.slug)
        for name, item in ledger.items.items():
            for told in (name, item.label):
                self._measures[match_key(told)].add(name)

    def find_other(self, placed: _Placed) -> str | None:
        """Return the head over a figure that names another department or measure; None for none.

        A 課 is its department's. Of several heads one must be the figure's: 前回, 今回.
        """
        figure, row = placed.figure, placed.row
        scope, heads = figure.scope.partition(".")[0], [*row, *placed.groups, placed.title]
        if scope != WHOLE or not any(WHOLE_SHORT in head for head in heads):
            named = [(head, self._scopes.get(match_key(head))) for head in heads]
            if other := _find_other(scope, named):
                return other
        measures = [(head, self._measures.get(match_key(head))) for head in (*row, placed.title)]
        if other := _find_other(figure.measure, measures):
            return other
        for head in placed.groups:
            # What stands over the rate and its change is the rate's name.
            own = self._measures.get(match_key(head))
            if own and not any(f"{figure.measure}_".startswith(f"{name}_") for name in own):
                return head
        return None


def _find_other(own: str, named: Sequence[tuple[str, set[str] | None]]) -> str | None:
    """Return the first head of those that name anything, if none of them names this."""
    told = [(head, names) for head, names in named if names]
    return None if any(own in names for _, names in told) or not told else told[0][0]


def _list_figures(frame: pd.DataFrame) -> Iterator[_Placed]:
    has_names = not isinstance(frame.index, pd.RangeIndex)
    for key, cells in zip(frame.index, frame.itertuples(index=False), strict=True):
        row = _list_levels(key) if has_names else []
        row += [said for cell in cells if (said := _read(cell))]
        for title, cell in zip(frame.columns, cells, strict=True):
            shown = cell.figure if isinstance(cell, Shown) else cell
            if isinstance(shown, Figure):
                *groups, last = _list_levels(title)
                yield _Placed(shown, row, groups, last)


def _list_levels(title: Any) -> list[str]:
    return [str(part) for part in (title if isinstance(title, tuple) else (title,))]


def _read(cell: Any) -> str | None:
    """Return the text of a cell that is one."""
    match cell:
        case str():
            return cell
        case Quoted(text=text) | Link(text=text):
            return str(text)
    return None
