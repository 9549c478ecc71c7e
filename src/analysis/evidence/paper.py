"""数値の根拠 on paper: what a number means once, and a few words of each of its scopes.

A number leads to its own words, these to the numbers that it was made from. Where its rows stand is
told where that is short; of every figure it stands in a file within the PDF, `PLACES_NAME`.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from analysis.document.blocks import Cell, Quoted
from analysis.document.typst import literal, write_number
from analysis.evidence.appendix import EVIDENCE_TITLE
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger

PLACES_NAME = "evidence-places.csv"

LONGEST_PLACES = 40
"""The longest list of rows that stands on paper, in characters: half a line."""

_ABOUT = (
    "この報告書のすべての数値について、何を数えたかを、数値の種類ごとに示します。本文の数値を選ぶと、ここに移ります。"
    "かっこの中は、もとになる数値（分子／分母、今回／前回など）か、数えた行（調査票のファイル名、シート名と行番号）です。"
    "すべての数値の数えた行は、この PDF に添付した {places} にあります。"
)


def write_evidence(
    ledger: Ledger, figures: Sequence[Figure], rows: Mapping[str, Cell]
) -> Iterator[str]:
    """Yield the section as Typst markup, a paragraph a measure.

    `figures` are as `gather_figures` returns them, `rows` as `say_rows` does.
    """
    about = _ABOUT.format(places=ledger.cycle.name_file(PLACES_NAME))
    yield f"#evidence({literal(EVIDENCE_TITLE)}, {literal(about)})"
    for _, members in groupby(figures, key=lambda figure: figure.measure):
        group = list(members)
        items = "".join(f"{_write_item(ledger, figure, rows)}, " for figure in group)
        named = f"{literal(group[0].label)}, {literal(group[0].definition)}"
        yield f"#evidence-of({named}, {items})"


def write_places(rows: Mapping[str, Cell]) -> bytes:
    """Return the file that tells where the rows of each figure stand: one line a figure."""
    text = io.StringIO(newline="")
    lines = [(name, cell.text if isinstance(cell, Quoted) else cell) for name, cell in rows.items()]
    csv.writer(text, lineterminator="\n").writerows([("figure_id", "rows"), *lines])
    return text.getvalue().encode("utf-8-sig")


def _write_item(ledger: Ledger, figure: Figure, rows: Mapping[str, Cell]) -> str:
    parts = [write_number(part.id, _write_value(part)) for part in ledger.parts(figure)]
    told = rows.get(figure.id)
    if not parts and isinstance(told, Quoted) and len(told.text) <= LONGEST_PLACES:
        parts = [literal(told.text)]
    scope = figure.scope_name
    if figure.cycle != ledger.cycle.name:
        scope += f"（{figure.cycle}）"
    listed = "".join(f"{part}, " for part in parts)
    return f"({literal(figure.id)}, {literal(scope)}, {literal(_write_value(figure))}, ({listed}))"


def _write_value(figure: Figure) -> str:
    return figure.text if figure.value is None else figure.text + figure.unit.name
