"""Native charts on the slides of a presentation: bars whose data staff can edit.

Beside the bars' own numbers the data hold only where a step begins. The text of a native chart
can't lead anywhere: the slide's notes say each number once more, as a link.
"""

import datetime
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt
from xlsxwriter import Workbook

from analysis.document.slides.fitted import LINE, TABLE, Room, fit_line, join_runs
from analysis.document.slides.written import (
    Address,
    colour_of,
    open_text,
    place_at,
    write_runs,
)
from analysis.looks import COLOURS, PARTS

_NOW, _BEFORE, _START, _TOLD = "今回", "前回", "棒の始まり", "数の表示"
_NO_TIME = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
_TALLEST = 44.0
"""The most that a bar's row takes, in points."""

_FRAME = 1.75
"""How wide the frame of a value before is, in points."""

_LETTERS = 0.09
"""How much of the axis a bar must be for its number to stand in it."""

_ROOM = 1.15
"""How much longer than the longest bar the axis is, for its number."""


class _BarData(CategoryChartData):  # type: ignore[misc]
    """Data in a workbook without a clock, in which no text is taken for a formula.

    The column of a number that is told beyond its bar repeats the bar's own.
    """

    @property
    def xlsx_blob(self) -> bytes:
        """The workbook within the chart."""
        written = io.BytesIO()
        book = Workbook(written, {"in_memory": True})
        book.set_properties({"created": _NO_TIME})
        sheet = book.add_worksheet()
        sheet.set_column(0, 0, 24)
        for row, category in enumerate(self.categories, start=1):
            sheet.write_string(row, 0, category.label)
        for column, series in enumerate(self, start=1):
            sheet.write_string(0, column, series.name)
            for row, value in enumerate(series.values, start=1):
                if series.name == _TOLD and value is not None:
                    sheet.write_formula(row, column, f"=C{row + 1}", None, value)
                elif value is not None:
                    sheet.write_number(row, column, value)
        book.close()
        return written.getvalue()


def write_native_chart(
    slide: Any, part: Mapping[str, Any], box: Room, size: float, address: Address
) -> None:
    """Write a chart into what room there is, its caption above."""
    own = TABLE * size
    bars = part["bars"]
    caption = box._replace(height=own * LINE)
    runs = [{"text": part["caption"], "chart": part["name"]}]
    if part["whole"] is not None:
        runs += [{"text": "　市全体 "}, part["whole"]]
    letters = fit_line(join_runs(runs), box.width, int(own), 8)
    frame = open_text(slide, caption, part["caption"])
    write_runs(frame.paragraphs[0], runs, letters, address, bold=True, colour=COLOURS["quiet"])
    room = min(box.height - caption.height - 2, _TALLEST * len(bars) + 2 * own)
    place = place_at(box._replace(top=box.top + caption.height + 2, height=room))
    steps = any(bar["start"] for bar in bars)
    kind = XL_CHART_TYPE.BAR_STACKED if steps else XL_CHART_TYPE.BAR_CLUSTERED
    data = _list_data(part, steps=steps)
    drawn = slide.shapes.add_chart(kind, *place, data)
    drawn.name = part["caption"]
    drawn._element.nvGraphicFramePr.cNvPr.set("descr", part["alt"])
    # A name, or a number, stands beside each bar: no higher than this.
    _dress(drawn.chart, part, min(own, 0.6 * room / max(len(bars), 1)), steps=steps)


def list_told(part: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    """Yield what the notes say of a chart: a line a bar, its number a link."""
    yield [{"text": f"図「{part['caption']}」の数値"}]
    for bar in part["bars"]:
        line: list[Mapping[str, Any]] = [{"text": f"{bar['label']} "}, bar]
        if bar["before"] is not None:
            line += [{"text": f"（{_BEFORE} "}, bar["before"], {"text": "）"}]
        yield line


def _list_data(part: Mapping[str, Any], *, steps: bool) -> CategoryChartData:
    bars = part["bars"]
    mark = '0.0"%"' if part["is_rate"] else "+#,##0;−#,##0;0" if part["is_change"] else "#,##0"
    data = _BarData(number_format=mark)
    data.categories = [bar["label"] for bar in bars]
    values = [bar["value"] for bar in bars]
    if steps:
        data.add_series(_START, [bar["start"] for bar in bars])
    data.add_series(_NOW, values)
    if steps:
        data.add_series(_TOLD, values)
    elif any(bar["before"] for bar in bars):
        data.add_series(_BEFORE, [bar["before"] and bar["before"]["value"] for bar in bars])
    return data


def _dress(chart: Any, part: Mapping[str, Any], size: float, *, steps: bool) -> None:
    bars, plot = part["bars"], chart.plots[0]
    chart.font.size = Pt(round(size, 1))
    chart.font.color.rgb = colour_of(COLOURS["text"])
    chart.has_title = False
    plot.gap_width = 35
    if steps or any(bar["before"] for bar in bars):
        plot.overlap = 100
    _dress_axes(chart, part)
    series = {own.name: own for own in plot.series}
    _fill_points(series[_NOW], [bar["fill"] for bar in bars])
    labels = series[_TOLD if steps else _NOW].data_labels
    labels.show_value = True
    _set_labels(labels, "INSIDE_BASE" if steps else "OUTSIDE_END", size)
    for name in (_START, _TOLD):
        if name in series:
            series[name].format.fill.background()
    if _BEFORE in series:
        _outline(series[_BEFORE], bars)
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        _keep_clear(series[_NOW], bars, size, chart.value_axis.maximum_scale)
    else:
        chart.has_legend = False
    if steps:
        _write_signs(series[_TOLD], bars, size)


def _set_labels(labels: Any, place: str, size: float) -> None:
    """Set the numbers of a series, or of one bar of it, in bold letters of a size."""
    labels.position = XL_LABEL_POSITION[place]
    labels.font.size, labels.font.bold = Pt(round(size, 1)), True


def _write_signs(series: Any, bars: Sequence[Mapping[str, Any]], size: float) -> None:
    """Write each step's number with its sign; the numbers themselves are counts."""
    for at, bar in enumerate(bars):
        if not bar["sign"]:
            continue
        label = series.points[at].data_label
        _set_labels(label, "INSIDE_BASE", size)
        told = OxmlElement("c:numFmt")
        told.set("formatCode", f'"{bar["sign"]}"#,##0')
        told.set("sourceLinked", "0")
        label._get_or_add_dLbl().find(qn("c:idx")).addnext(told)


def _keep_clear(series: Any, bars: Sequence[Mapping[str, Any]], size: float, end: float) -> None:
    """Write a number into its bar where that of before goes on beside it, if it has room there."""
    for at, bar in enumerate(bars):
        if not _fell(bar):
            continue
        label = series.points[at].data_label
        has_room = (bar["value"] or 0) >= _LETTERS * end
        _set_labels(label, "INSIDE_END" if has_room else "OUTSIDE_END", size)
        label.font.color.rgb = colour_of(COLOURS["paper" if has_room else "text"])


def _outline(series: Any, bars: Sequence[Mapping[str, Any]]) -> None:
    """Show what was before as a frame upon the bar, seen where it lies on it and beyond."""
    frames = [(series, PARTS["started"].fill)]
    frames += [(series.points[at], COLOURS["edge"]) for at, bar in enumerate(bars) if _fell(bar)]
    for own, colour in frames:
        own.format.fill.background()
        own.format.line.color.rgb = colour_of(colour)
        own.format.line.width = Pt(_FRAME)


def _fell(bar: Mapping[str, Any]) -> bool:
    before = bar["before"] and bar["before"]["value"]
    return (before or 0) > (bar["value"] or 0)


def _dress_axes(chart: Any, part: Mapping[str, Any]) -> None:
    names, numbers = chart.category_axis, chart.value_axis
    names.reverse_order = True
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.has_major_gridlines = numbers.has_major_gridlines = False
    names.format.line.color.rgb = colour_of(COLOURS["edge"])
    numbers.visible = False
    ends = [bar["start"] + (bar["value"] or 0) for bar in part["bars"]]
    low, high = min([0.0, *ends]), part["top"] or max([0.0, *ends])
    numbers.maximum_scale = (high or 1) * _ROOM
    numbers.minimum_scale = low * _ROOM


def _fill_points(series: Any, fills: Sequence[str]) -> None:
    """Fill a series, by point where these differ; each has an edge, as one may be white."""
    looks = [series] if len({*fills}) == 1 else [series.points[at] for at in range(len(fills))]
    for look, fill in zip(looks, fills, strict=False):
        look.format.fill.solid()
        look.format.fill.fore_color.rgb = colour_of(fill)
        look.format.line.color.rgb = colour_of(COLOURS["edge"])
        look.format.line.width = Pt(0.5)
