"""Write slides as a presentation that staff can edit: native texts, tables and charts.

The same slides give the same bytes. Every text was made fit to be printed when it was described;
where a number leads to stands beside the presentation, in the page of the same name.
"""

import datetime
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls

from analysis.document.blocks import Masthead
from analysis.document.slides.blank import TITLE_ROOM, WIDTH, open_blank, save
from analysis.document.slides.charts import list_told, write_native_chart
from analysis.document.slides.fitted import (
    GAP,
    LINE,
    Room,
    choose_size,
    count_lines_taken,
    fit_line,
    height_of,
    join_runs,
)
from analysis.document.slides.tables import write_native_tables
from analysis.document.slides.written import (
    Address,
    begin_paragraph,
    clear_frame,
    colour_of,
    draw_filled,
    open_text,
    place_at,
    write_label,
    write_lines,
    write_runs,
    write_tiles,
)
from analysis.document.text import link_to, printable
from analysis.looks import COLOURS

INVENTED = "架空データ　実在の回答ではありません"
_TOP, _FOOT, _FOOT_HIGH = TITLE_ROOM.top + TITLE_ROOM.height + 14, 506.0, 20.0
_BETWEEN = 28.0
_FIELD = "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}"
_FOOT_SIZE, _FOOT_PARTS = 10, (0.45, 0.29, 0.26)
_BAND = 150.0
"""How high the ground of the opening's title is."""

_OPENING = Room(TITLE_ROOM.left, 30.0, TITLE_ROOM.width, _BAND - 48.0)

_WRITERS = {
    "text": write_lines,
    "bullets": write_lines,
    "tiles": write_tiles,
    "tables": write_native_tables,
    "chart": write_native_chart,
}


def write_presentation(
    masthead: Masthead, slides: Sequence[Mapping[str, Any]], mark: str, fingerprint: str
) -> bytes:
    """Return described slides as a presentation; `mark` ends the names of the set's files.

    `fingerprint` is said at the foot of each, as whose and of when it is, and that it is invented.
    """
    address = _lead(masthead.stem, mark)
    presentation = open_blank(
        f"{masthead.title} {masthead.subtitle}", datetime.datetime.fromisoformat(masthead.as_of)
    )
    for told in slides:
        slide = presentation.slides.add_slide(presentation.slide_layouts[0])
        _write_slide(slide, told, address)
        _write_foot(slide, masthead, fingerprint)
        _write_notes(slide, told, address)
    return save(presentation)


def _lead(stem: str, mark: str) -> Address:
    """Return where a stretch of text leads to, from a presentation of this name."""
    page = f"{quote(stem)}.html"

    def address(run: Mapping[str, Any]) -> str | None:
        if "figure" in run:
            return page + link_to(run["figure"])
        if "chart" in run:
            return f"{page}#{run['chart']}"
        return f"{quote(run['to'] + mark)}.{run['suffix']}" if "to" in run else None

    return address


def _write_slide(slide: Any, told: Mapping[str, Any], address: Address) -> None:
    is_opening = told["opening"]
    if is_opening:
        band = Room(0, 0, WIDTH, _BAND)
        draw_filled(slide, band, COLOURS["ink"], "表題の地")
        # What was drawn last stands above: the title is to.
        tree = slide.shapes._spTree
        tree.insert(2, tree[-1])
        title = slide.shapes.title
        title.left, title.top, title.width, title.height = place_at(_OPENING)
    _write_title(slide, told["title"], address, is_opening=is_opening)
    top, size = (_BAND + 20, 24) if is_opening else (_TOP, 20)
    if told["message"]:
        lines = count_lines_taken(join_runs(told["message"]), TITLE_ROOM.width, size)
        box = Room(TITLE_ROOM.left, top, TITLE_ROOM.width, lines * size * LINE)
        text = open_text(slide, box, "要点")
        write_runs(text.paragraphs[0], told["message"], size, address, bold=True)
        top += box.height + 14
    columns = told["columns"]
    shares = told["widths"][: len(columns)]
    left, room = TITLE_ROOM.left, TITLE_ROOM.width - _BETWEEN * (len(columns) - 1)
    for own, share in zip(columns, shares, strict=True):
        wide = room * share / sum(shares)
        _write_column(slide, own, Room(left, top, wide, _FOOT - 8 - top), address)
        left += wide + _BETWEEN


def _write_title(slide: Any, title: str, address: Address, *, is_opening: bool) -> None:
    frame = clear_frame(slide.shapes.title.text_frame)
    frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    size = fit_line(title, TITLE_ROOM.width, 38 if is_opening else 28, 16)
    colour = COLOURS["canvas" if is_opening else "ink"]
    write_runs(paragraph, [{"text": title}], size, address, bold=True, colour=colour)


def _write_column(
    slide: Any, parts: Sequence[Mapping[str, Any]], room: Room, address: Address
) -> None:
    """Write parts one below another; charts share what the others leave."""
    size = choose_size(parts, room)
    heights = [height_of(part, room.width, size) for part in parts]
    charts = sum(part["kind"] == "chart" for part in parts)
    spare = max(room.height - sum(heights) - GAP * size * (len(parts) - 1), 0)
    top = room.top
    for part, least in zip(parts, heights, strict=True):
        high = least + (spare / charts if part["kind"] == "chart" else 0)
        _WRITERS[part["kind"]](slide, part, room._replace(top=top, height=high), size, address)
        top += high + GAP * size


def _write_foot(slide: Any, masthead: Masthead, fingerprint: str) -> None:
    """Write whose slide it is, that its data is invented, what made it, and its number."""
    parts = [TITLE_ROOM.width * share for share in _FOOT_PARTS]
    box = Room(TITLE_ROOM.left, _FOOT, parts[0], _FOOT_HIGH)
    write_label(slide, box, printable(f"{masthead.city}　{masthead.title}"), _FOOT_SIZE)
    if masthead.demonstration:
        middle = box._replace(left=box.left + parts[0], width=parts[1])
        paragraph = write_label(slide, middle, INVENTED, _FOOT_SIZE + 1, align=PP_ALIGN.CENTER)
        paragraph.runs[0].font.bold = True
        slide.shapes[-1].line.color.rgb = colour_of(COLOURS["edge"])
    right = box._replace(left=TITLE_ROOM.left + sum(parts[:2]), width=parts[2])
    paragraph = write_label(slide, right, f"{fingerprint}　", _FOOT_SIZE, align=PP_ALIGN.RIGHT)
    _number(paragraph)


def _number(paragraph: Any) -> None:
    """Add the slide's number, which PowerPoint counts itself."""
    run = paragraph.runs[-1]._r
    field = parse_xml(f'<a:fld {nsdecls("a")} id="{_FIELD}" type="slidenum"/>')
    field.append(deepcopy(run.rPr))
    field.append(parse_xml(f"<a:t {nsdecls('a')}>‹#›</a:t>"))
    run.addnext(field)


def _write_notes(slide: Any, told: Mapping[str, Any], address: Address) -> None:
    """Write the numbers of a slide's charts as links, for who wants to know where from they are."""
    charts = [part for own in told["columns"] for part in own if part["kind"] == "chart"]
    if not charts:
        return
    frame = slide.notes_slide.notes_text_frame
    lines = [line for chart in charts for line in list_told(chart)]
    for at, line in enumerate(lines):
        write_runs(begin_paragraph(frame, is_first=not at), line, 12, address)
