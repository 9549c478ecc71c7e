"""Native tables on the slides of a presentation: rows of titles, cells with links, thin rules."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Pt

from analysis.document.slides.fitted import (
    LINE,
    NOTE,
    PAD_X,
    PAD_Y,
    TABLE,
    Room,
    measure_table,
    spread,
)
from analysis.document.slides.written import (
    Address,
    colour_of,
    open_text,
    place_at,
    write_label,
    write_runs,
)
from analysis.looks import COLOURS

# The one of PowerPoint's own styles that draws nothing.
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_FILLS = {"total": COLOURS["shade"], "quiet": COLOURS["shade"], "bad": COLOURS["bad"]}
_RULE, _THIN = 1.5, 0.5


def write_native_tables(
    slide: Any, part: Mapping[str, Any], box: Room, size: float, address: Address
) -> None:
    """Write a table, or its halves side by side, with caption above and notes below."""
    tables, gap = part["tables"], size
    wide = (box.width - gap * (len(tables) - 1)) / len(tables)
    for at, table in enumerate(tables):
        own = Room(box.left + at * (wide + gap), box.top, wide, box.height)
        caption, *rows, notes = measure_table(table, wide, size)
        if at == 0:
            write_label(slide, own._replace(height=caption), table["caption"], TABLE * size)
        own = own._replace(top=own.top + caption + 2)
        if table["rows"]:
            drawn = _open(slide, table, own, rows)
            _write_rows(drawn, table, len(rows) - len(table["rows"]), TABLE * size, address)
        else:
            write_label(slide, own._replace(height=caption), table["empty"], TABLE * size)
        if table["notes"]:
            below = own._replace(top=own.top + sum(rows) + 3, height=notes)
            frame = open_text(slide, below, "表の注")
            runs = [{"text": "\n".join(table["notes"])}]
            write_runs(frame.paragraphs[0], runs, NOTE * size, address, colour=COLOURS["quiet"])


def _open(slide: Any, table: Mapping[str, Any], box: Room, heights: Sequence[float]) -> Any:
    """Return an empty table with columns and rows as large as told."""
    columns = spread(table, box.width)
    place = place_at(box._replace(height=sum(heights)))
    frame = slide.shapes.add_table(len(heights), len(columns), *place)
    frame.name = table["caption"]
    frame._element.nvGraphicFramePr.cNvPr.set("descr", table["caption"])
    drawn = frame.table
    drawn.horz_banding, drawn.first_row = False, True
    drawn._tbl.tblPr.find(f"{{{_DRAWING}}}tableStyleId").text = _NO_STYLE
    for column, (_, wide) in zip(drawn.columns, columns, strict=True):
        column.width = Pt(wide)
    for row, high in zip(drawn.rows, heights, strict=True):
        row.height = Pt(high)
    return drawn


def _write_rows(
    drawn: Any, table: Mapping[str, Any], titles: int, size: float, address: Address
) -> None:
    """Write a table's cells, below so many rows of titles."""
    _write_titles(drawn, table, titles, size)
    for at, (row, look) in enumerate(zip(table["rows"], table["looks"], strict=True), titles):
        for place, (runs, column) in enumerate(zip(row, table["columns"], strict=True)):
            cell = drawn.cell(at, place)
            bold = look in ("total", "bad") or place < table["headings"]
            align = PP_ALIGN.RIGHT if column["numeric"] else PP_ALIGN.LEFT
            _write_cell(cell, runs, size, address, bold=bold, align=align)
            _dress(cell, _FILLS.get(look), heavy=look == "total")


def _write_titles(drawn: Any, table: Mapping[str, Any], rows: int, size: float) -> None:
    """Write the titles of the columns; the title of a group stands over those of its columns."""
    at = 0
    for group, members in groupby(table["columns"], key=lambda column: column["group"]):
        inside = list(members)
        for place, column in enumerate(inside, start=at):
            _write_title(drawn.cell(rows - 1 if group else 0, place), column["title"], size)
            if not group and rows > 1:
                drawn.cell(0, place).merge(drawn.cell(rows - 1, place))
        if group:
            _write_title(drawn.cell(0, at), group, size)
            if len(inside) > 1:
                drawn.cell(0, at).merge(drawn.cell(0, at + len(inside) - 1))
        at += len(inside)
    for row in range(rows):
        for place in range(len(table["columns"])):
            _dress(drawn.cell(row, place), COLOURS["shade"], heavy=row == rows - 1)


def _write_title(cell: Any, title: str, size: float) -> None:
    runs, align = [{"text": title}], PP_ALIGN.CENTER
    _write_cell(cell, runs, size * 0.9, lambda run: None, bold=True, align=align)


def _write_cell(
    cell: Any, runs: Any, size: float, address: Address, *, bold: bool, align: PP_ALIGN
) -> None:
    cell.margin_left = cell.margin_right = Pt(PAD_X)
    cell.margin_top = cell.margin_bottom = Pt(PAD_Y / 2)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = align
    write_runs(paragraph, runs, size, address, bold=bold)
    # What a row's height is measured by: an empty cell has letters of the same size.
    paragraph.line_spacing = Pt(round(size * LINE, 1))


def _dress(cell: Any, fill: str | None, *, heavy: bool) -> None:
    """Give a cell its rule below and its ground."""
    properties = cell._tc.get_or_add_tcPr()
    colour = COLOURS["ink"] if heavy else COLOURS["line"]
    line = properties.makeelement(
        f"{{{_DRAWING}}}lnB", {"w": str(Pt(_RULE if heavy else _THIN)), "cap": "flat"}
    )
    solid = line.makeelement(f"{{{_DRAWING}}}solidFill", {})
    solid.append(solid.makeelement(f"{{{_DRAWING}}}srgbClr", {"val": str(colour_of(colour))}))
    line.append(solid)
    properties.append(line)
    if fill is not None:
        cell.fill.solid()
        cell.fill.fore_color.rgb = colour_of(fill)
