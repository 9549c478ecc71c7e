"""A pandas frame as a table of a report: whatever was sorted and cut, its numbers are figures."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.document.blocks import Cell, Column, Link, Quoted, Shown, Table
from analysis.errors import ReportError, list_examples
from analysis.figures.figure import Figure

_SHOWN = (str, Quoted, Figure, Shown, Link)


def traced(frame: pd.DataFrame, caption: str) -> Table:
    """Return a frame of figures and texts as a table; its index, unless it only counts, heads rows.

    Of columns of two levels the first joins those beneath it. A missing cell is blank. Raises
    ReportError that names each cell with a number that is no figure.

    >>> frame = pd.DataFrame({"数": [ledger.figure("total")]}, index=["市全体"])
    >>> traced(frame, "手続き").rows[0][1].text
    '2'
    >>> traced(pd.DataFrame({"数": [2]}, index=["市全体"]), "手続き")
    Traceback (most recent call last):
        ...
    analysis.errors.ReportError: 表「手続き」に、根拠をたどれない数が1件あります。...
    """
    if wrong := list(_find_untraced(frame)):
        raise ReportError(
            f"表「{caption}」に、根拠をたどれない数が{len(wrong)}件あります。"
            "数えた値ではなく、findings.ledger.figure(数値の名前, 部局の略号) か show.figures() の"
            f"数値を入れてください。\n{list_examples(wrong)}"
        )
    has_names = not isinstance(frame.index, pd.RangeIndex)
    heads = [str(name or "") for name in frame.index.names] if has_names else []
    rows = []
    for key, cells in zip(frame.index, frame.itertuples(index=False), strict=True):
        names = [*key] if isinstance(key, tuple) else [key]
        rows.append((*(map(str, names) if has_names else ()), *map(_cell, cells)))
    return Table(
        caption=caption,
        columns=(*(Column(name, weight=3) for name in heads), *_list_columns(frame)),
        rows=tuple(rows),
        headings=max(1, len(heads)),
    )


def _list_columns(frame: pd.DataFrame) -> Iterator[Column]:
    for place, title in enumerate(frame.columns):
        numeric = any(isinstance(own, Figure | Shown) for own in frame.iloc[:, place])
        names = title if isinstance(title, tuple) else (title,)
        group = str(names[-2]) if len(names) > 1 else None
        yield Column(str(names[-1]), group, numeric, weight=2)


def _cell(value: Any) -> Cell:
    return value if isinstance(value, _SHOWN) else None


def _find_untraced(frame: pd.DataFrame) -> Iterator[str]:
    """Yield each cell that holds what no report prints, by its row and column."""
    for place, title in enumerate(frame.columns):
        for name, value in zip(frame.index, frame.iloc[:, place], strict=True):
            if not isinstance(value, _SHOWN) and not pd.isna(value):
                yield f"「{name}」の「{title}」: {value}"
