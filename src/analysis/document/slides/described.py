"""Describe slides as plain data, which an executed notebook keeps and a presentation is made of.

A stretch of text says which figure it is or which report it leads to; a bar has its figure's value.
Every text is fit to be printed, so that none can break the file that it will stand in.
"""

from collections.abc import Sequence
from typing import Any

from analysis.document.blocks import (
    Bullets,
    Cell,
    Chart,
    Inline,
    Link,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.document.plot import PlottedBar
from analysis.document.slide import Part, Slide, halve
from analysis.document.text import printable
from analysis.document.tiles import Tiles
from analysis.figures.figure import PERCENT, Figure
from analysis.figures.rounding import NO_NUMBER

Described = dict[str, Any]


def render(slide: Slide) -> Described:
    """Return a slide as data that JSON can hold."""
    return {
        "title": printable(slide.title),
        "message": _inline(slide.message),
        "opening": slide.opening,
        "widths": list(slide.widths),
        "columns": [[_part(part) for part in own] for own in (slide.parts, slide.beside) if own],
    }


def _part(part: Part) -> Described:
    match part:
        case Paragraph(parts=parts, kind=kind):
            return {"kind": "text", "look": kind, "lines": [_inline(parts)]}
        case Bullets(items=items):
            return {"kind": "bullets", "lines": [_inline(item) for item in items]}
        case Tiles(tiles=tiles):
            told = [
                {
                    "label": printable(tile.label),
                    "shown": _inline((tile.shown,)),
                    "about": _inline(tile.about),
                    "filled": tile.filled,
                }
                for tile in tiles
            ]
            return {"kind": "tiles", "tiles": told}
        case Table():
            return {"kind": "tables", "tables": [_table(half) for half in halve(part)]}
        case Chart():
            return _chart(part)


def _table(table: Table) -> Described:
    columns = [
        {
            "title": printable(column.title),
            "group": None if column.group is None else printable(column.group),
            "numeric": column.numeric,
            "weight": column.weight or 2,
        }
        for column in table.columns
    ]
    return {
        "caption": printable(table.caption),
        "columns": columns,
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "looks": list(table.looks),
        "headings": table.headings,
        "notes": [printable(note) for note in table.notes],
        "empty": printable(table.empty),
    }


def _chart(chart: Chart) -> Described:
    plot = chart.plot
    if plot is None:
        raise TypeError(f"no bars of {chart.caption!r}")
    return {
        "kind": "chart",
        "name": chart.name,
        "caption": printable(chart.caption),
        "alt": printable(chart.alt_text),
        "top": plot.top,
        "whole": None if plot.whole is None else _figure(plot.whole, plot.whole.cell_text),
        "is_rate": bool(plot.bars) and plot.bars[0].figure.unit is PERCENT,
        "is_change": bool(plot.bars) and plot.bars[0].figure.unit.signed,
        "bars": [_bar(bar) for bar in plot.bars],
    }


def _bar(bar: PlottedBar) -> Described:
    return {
        "label": printable(bar.label).replace("\n", " "),
        **_figure(bar.figure, bar.figure.cell_text),
        "value": _value(bar.figure),
        "start": bar.start,
        "sign": bar.sign,
        "fill": bar.look.fill,
        "before": None
        if bar.before is None
        else {**_figure(bar.before, bar.before.cell_text), "value": _value(bar.before)},
    }


def _value(figure: Figure) -> float | None:
    """Return a figure's value as a presentation's chart holds it: rounded as it is printed."""
    return None if figure.value is None else float(figure.value)


def _cell(cell: Cell) -> list[Described]:
    match cell:
        case None:
            return [{"text": NO_NUMBER}]
        case Figure():
            return [_figure(cell, cell.cell_text)]
    return _inline((cell,))


def _inline(parts: Sequence[Inline]) -> list[Described]:
    told: list[Described] = []
    for part in parts:
        match part:
            case Shown(figure=figure):
                told.append(_figure(figure, part.text))
            case Strong(parts=inner):
                told += [{**run, "strong": True} for run in _inline(inner)]
            case Link(text=text, target=target, suffix=suffix):
                told.append({"text": printable(text), "to": target, "suffix": suffix or "html"})
            case Quoted(text=text) | (str() as text):
                told.append({"text": printable(text)})
    return told


def _figure(figure: Figure, text: str) -> Described:
    return {"text": printable(text), "figure": figure.id}
