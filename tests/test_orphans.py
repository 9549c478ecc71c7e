"""No orphan numbers: a digit without evidence stops the export, wherever it was typed."""

from dataclasses import replace
from fractions import Fraction

import pytest

from analysis.document import html
from analysis.document.blocks import Block, Bullets, Chart, Column, Paragraph, Quoted, Shown, Table
from analysis.document.chart import draw_parts
from analysis.document.document import read_document
from analysis.document.rates_chart import draw_rates
from analysis.errors import ReportError
from analysis.evidence.exporters import html_of, pages_of, pdf_of
from analysis.evidence.orphans import read_page
from analysis.figures.figure import PERCENT

from reports import (
    MASTHEAD,
    ORIGIN,
    UNASKED,
    export_html,
    export_pdf,
    figure_of,
    findings_of,
    notebook_of,
)

ONLINE = figure_of("online", 627)
CHANGE = figure_of("online_change", -4)
RATE = figure_of("online_rate", Fraction(627, 1758), PERCENT)
CHART = draw_parts(UNASKED, "状況", [("済", ONLINE)], ONLINE)

TYPED = {
    "in a sentence": Paragraph(("627件です。",)),
    "in full width": Paragraph(("６２７件です。",)),
    "in a circle": Paragraph(("①です。",)),
    "in a list": Bullets((("627件",),)),
    "in a cell": Table("表", (Column("a"),), (("627",),)),
    "in a column's title": Table("表", (Column("627"),), (("x",),)),
    "in a table's caption": Table("表 627", (Column("a"),), (("x",),)),
    "in a table's note": Table("表", (Column("a"),), (("x",),), notes=("627",)),
    "in the sentence of an empty table": Table("表", (Column("a"),), (), empty="627"),
    "in a chart's title": draw_parts(UNASKED, "627件の状況", [("済", ONLINE)], ONLINE),
    "in a chart's label": draw_parts(UNASKED, "状況", [("済627", ONLINE)], ONLINE),
    "in a chart's row": draw_rates("率", [("第627部", RATE, None)], RATE),
    "in an alternative text": replace(CHART, alt=("帯グラフ。627件。",)),
    "beside a figure": Paragraph(
        (
            Shown(ONLINE),
            "と627件",
        )
    ),
}


@pytest.mark.parametrize("block", TYPED.values(), ids=TYPED.keys())
def test_a_number_typed_into_a_block_is_found(block: Block) -> None:
    for export in (export_html, export_pdf):
        with pytest.raises(ReportError, match="根拠をたどれない数字"):
            export(notebook_of(block))


@pytest.mark.parametrize(
    "prose",
    ["## 節\n\n全部で1,758件。", "## 627の節", "- 35.7%", "[12件](x.html)", "## 節\n\n`12`"],
)
def test_a_number_typed_into_a_markdown_cell_is_found(prose: str) -> None:
    for export in (export_html, export_pdf):
        with pytest.raises(ReportError, match="根拠をたどれない数字が1か所"):
            export(notebook_of(prose=prose))


def test_a_number_typed_into_the_head_is_found() -> None:
    notebook = notebook_of(masthead=replace(MASTHEAD, subtitle="1,758件"))
    with pytest.raises(ReportError, match="1,758件"):
        export_html(notebook)


@pytest.mark.parametrize(
    "text",
    ["2024年9月1日時点", "2023年度末", "2024-09-01", "2024年9月時点", "農業委員会", "小数第一位"],
)
def test_dates_and_names_need_no_evidence(text: str) -> None:
    assert text in export_html(notebook_of(Paragraph((text,))))


@pytest.mark.parametrize("title", ["1-(1) 結果", "4-1 本人確認の方法", "2 詳細"])
def test_the_number_of_a_section_needs_no_evidence(title: str) -> None:
    assert title in export_html(notebook_of(prose=f"## {title}"))


def test_the_guideline_is_quoted_word_for_word() -> None:
    goal = findings_of({}).ledger.guideline.goal
    assert any(character.isdigit() for character in goal)
    assert goal in export_html(notebook_of(Paragraph((goal,))))
    with pytest.raises(ReportError, match="根拠をたどれない"):
        export_html(notebook_of(Paragraph((goal[:-1],))))


def test_the_words_of_a_workbook_are_quoted() -> None:
    page = export_html(notebook_of(Paragraph(("手続き", Quoted("第4条の届出")))))
    assert "第4条の届出" in page


def test_a_drawing_without_links_is_found() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>12</text></svg>'
    bare = Chart("図", svg, ("図",), ())
    with pytest.raises(ReportError, match="「12」"):
        export_html(notebook_of(bare))


def test_a_figure_printed_with_another_value_than_the_ledgers_is_found() -> None:
    notebook = notebook_of(Paragraph((Shown(ONLINE),)))
    findings = findings_of({ONLINE.id: figure_of("online", 628)})
    for write in (html_of, pdf_of, pages_of):
        with pytest.raises(ReportError, match="「627件」（台帳では「628」）"):
            write(read_document(notebook), findings, ORIGIN)


def test_a_change_in_words_is_its_magnitude() -> None:
    shown = (Shown(CHANGE, magnitude=True), "減少、", Shown(CHANGE))
    assert "4件" in export_html(notebook_of(Paragraph(shown)))


def test_every_orphan_is_named_at_once() -> None:
    notebook = notebook_of(Paragraph(("12件",)), prose="## 節\n\n34件")
    with pytest.raises(ReportError, match=r"2か所(?s:.*)34件(?s:.*)12件"):
        export_html(notebook)


def test_a_page_prints_its_figures_and_its_other_texts_apart() -> None:
    block = Paragraph((Shown(ONLINE), "と<627>件です。", Quoted("調査票!A1")))
    printed = read_page(str(html.render(block)) * 2)
    assert printed.figures == [(ONLINE.id, "627件")] * 2
    assert printed.texts == ["と<627>件です。"] * 2


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    page = "<h2>3-1 見出し7</h2><p title=8>a<script>1</script><!-- 2 --><td>5<p>6<style>4"
    assert read_page(page).texts == ["見出し7", "8", "a", "5", "6"]


def test_what_is_nested_beyond_measure_is_read_too() -> None:
    assert read_page("<b>" * 20_000 + "627").texts == ["627"]
