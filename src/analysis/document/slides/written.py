"""Texts on the slides of a presentation: stretches with their links, lists, headline numbers."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from analysis.document.slides.fitted import (
    GAP,
    LINE,
    NOTE,
    TILE,
    Room,
    join_runs,
    measure_length,
)
from analysis.document.text import printable
from analysis.looks import COLOURS

Address = Callable[[Mapping[str, Any]], str | None]
"""Where a stretch of a sentence leads to; None where to nothing."""

Runs = Sequence[Mapping[str, Any]]

_UNIT = 0.38
"""How large what is counted is, of the size of the number."""

_NUMBER = re.compile(r"([^\u3040-\u9fff]*)(.*)", re.DOTALL)


def place_at(box: Room) -> tuple[Emu, Emu, Emu, Emu]:
    """Return a place as python-pptx takes it."""
    return tuple(Pt(side) for side in box)


def colour_of(code: str) -> RGBColor:
    """Return one of our colours, `#rgb` or `#rrggbb`."""
    digits = code.removeprefix("#")
    return RGBColor.from_string(
        digits if len(digits) > len("rgb") else "".join(d * 2 for d in digits)
    )


def open_text(slide: Any, box: Room, name: str) -> Any:
    """Return the empty text of a new box on a slide, which keeps its size."""
    shape = slide.shapes.add_textbox(*place_at(box))
    shape.name = printable(name)
    return clear_frame(shape.text_frame)


def clear_frame(frame: Any) -> Any:
    """Return a text without margins, whose lines are broken."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def begin_paragraph(frame: Any, *, is_first: bool) -> Any:
    """Return the paragraph that comes next in a text."""
    return frame.paragraphs[0] if is_first else frame.add_paragraph()


def write_runs(
    paragraph: Any,
    runs: Runs,
    size: float,
    address: Address,
    *,
    bold: bool = False,
    colour: str = COLOURS["text"],
) -> None:
    """Write stretches of a sentence; a number and a report's name lead to where they stand."""
    paragraph.line_spacing = Pt(round(size * LINE, 1))
    for told in runs:
        for place, line in enumerate(told["text"].split("\n")):
            if place:
                paragraph.add_line_break()
            run = paragraph.add_run()
            run.text = line
            font = run.font
            font.size, font.bold = Pt(size), bold or bool(told.get("strong"))
            font.color.rgb = colour_of(colour)
            font.language_id = MSO_LANGUAGE_ID.JAPANESE
            if (target := address(told)) is not None:
                run.hyperlink.address = target
                font.underline = False


def write_lines(
    slide: Any, part: Mapping[str, Any], box: Room, size: float, address: Address
) -> None:
    """Write a text, or a list of sentences, each with its mark."""
    frame = open_text(slide, box, "文")
    own = size * (NOTE if part.get("look") == "note" else 1)
    for at, line in enumerate(part["lines"]):
        paragraph = begin_paragraph(frame, is_first=not at)
        write_runs(paragraph, line, own, address, bold=part.get("look") == "lead")
        if part["kind"] == "bullets":
            paragraph.space_before = Pt(GAP * size if at else 0)
            _mark(paragraph, size)


def write_tiles(
    slide: Any, part: Mapping[str, Any], box: Room, size: float, address: Address
) -> None:
    """Write headline numbers side by side, each below a rule; a rate has a bar."""
    tiles, gap = part["tiles"], size
    wide = (box.width - gap * (len(tiles) - 1)) / max(len(tiles), 1)
    number_high = size * LINE * TILE
    largest = min((_fit_number(tile["shown"], wide, TILE * size) for tile in tiles), default=size)
    for at, tile in enumerate(tiles):
        own = Room(box.left + at * (wide + gap), box.top, wide, 3)
        draw_filled(slide, own, COLOURS["ink"], "線")
        label = own._replace(top=own.top + 0.5 * size, height=0.85 * size * LINE)
        frame = open_text(slide, label, "見出し")
        write_runs(frame.paragraphs[0], [{"text": tile["label"]}], 0.85 * size, address, bold=True)
        number = label._replace(top=label.top + label.height, height=number_high)
        _write_number(open_text(slide, number, tile["label"]), tile["shown"], largest, address)
        bar = number._replace(top=number.top + number_high + 2, height=0.45 * size)
        if tile["filled"] is not None:
            draw_filled(slide, bar, COLOURS["bad"], "全体の棒")
            filled = bar._replace(width=max(wide * tile["filled"], 0.1))
            draw_filled(slide, filled, COLOURS["ink"], "割合の棒")
            bar = bar._replace(top=bar.top + 0.9 * size)
        about = bar._replace(height=max(box.top + box.height - bar.top, size))
        text = open_text(slide, about, "説明")
        write_runs(text.paragraphs[0], tile["about"], 0.75 * size, address)


def _write_number(frame: Any, runs: Runs, size: float, address: Address) -> None:
    """Write a headline number; what it counts is smaller than how many it is."""
    for told in runs:
        number, unit = _NUMBER.fullmatch(told["text"]).groups()  # type: ignore[union-attr]
        for text, own in ((number, size), (unit, _UNIT * size)):
            if text:
                run = [{**told, "text": text}]
                write_runs(frame.paragraphs[0], run, own, address, bold=True)
    frame.paragraphs[0].line_spacing = Pt(round(size * LINE, 1))


def _fit_number(runs: Runs, width: float, largest: float) -> float:
    """Return the largest size at which a headline number takes one line."""
    number, unit = _NUMBER.fullmatch(join_runs(runs)).groups()  # type: ignore[union-attr]
    taken = measure_length(number) + _UNIT * measure_length(unit)
    return min(largest, width / taken)


def write_label(
    slide: Any, box: Room, text: str, size: float, *, align: PP_ALIGN = PP_ALIGN.LEFT
) -> Any:
    """Write a line of small print and return its paragraph."""
    frame = open_text(slide, box, text or "頁")
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = frame.paragraphs[0]
    paragraph.alignment = align
    write_runs(paragraph, [{"text": text}], size, lambda run: None, colour=COLOURS["quiet"])
    return paragraph


def draw_filled(slide: Any, box: Room, colour: str, name: str) -> None:
    """Draw a filled box without a line; what it shows stands in words beside it."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *place_at(box))
    shape.name = printable(name)
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour_of(colour)
    shape.line.fill.background()
    shape.shadow.inherit = False


def _mark(paragraph: Any, size: float) -> None:
    """Give a paragraph its mark, and let its further lines begin beside it."""
    properties = paragraph._p.get_or_add_pPr()
    indent = Pt(1.1 * size)
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    sign = properties.makeelement(f"{{{_DRAWING}}}buChar", {"char": "•"})
    properties.append(sign)


_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
