"""One block, two renderings: what reaches the HTML and the PDF is the text that was given."""

import io
import re
from html.parser import HTMLParser

import pypdf
import pytest

from analysis.errors import ReportError
from analysis.report import html, typst
from analysis.report.blocks import (
    Block,
    Bullets,
    Chart,
    Column,
    Group,
    Link,
    Paragraph,
    Shown,
    Strong,
    Table,
)
from analysis.report.chart import draw_parts, draw_rates, draw_stacks
from analysis.report.document import Display, Document
from analysis.report.exporters import html_of, pdf_of
from analysis.report.markdown import parse
from samples import HOSTILE, MASTHEAD, figure, rate


def document(*blocks: Block) -> Document:
    return Document(MASTHEAD, tuple(Display(html.render(b), typst.render(b)) for b in blocks))


def text_of_html(page: str) -> str:
    """Return what a reader sees, from a parser of its own."""

    class Reader(HTMLParser):
        seen = ""

        def handle_data(self, data: str) -> None:
            self.seen += data

    reader = Reader()
    reader.feed(page)
    return reader.seen


def text_of_pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def squeeze(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_a_text_holds_it_reaches_both_renderings_as_text(hostile: str) -> None:
    made = document(
        Paragraph((hostile, Strong((hostile,)))),
        Bullets(((hostile,),)),
        Table(hostile, (Column(hostile, group=hostile), Column("b")), ((hostile, hostile),)),
        Table(hostile, (Column("a"),), (), empty=hostile),
    )
    page, pdf = html_of(made), pdf_of(made)
    assert text_of_html(page).count(hostile) >= 8
    assert "<script" not in page
    assert squeeze(text_of_pdf(pdf)).count(squeeze(hostile)) >= 7


def test_control_characters_and_turned_directions_become_harmless() -> None:
    made = document(Paragraph(("a\x00b\x1bc\u202ed\ufeffe\u2028f",)))
    assert "a\ufffdb\ufffdcd\ufffde<br>f" in html_of(made)
    assert "a\ufffdb\ufffdcd\ufffde" in text_of_pdf(pdf_of(made))


def test_a_character_without_a_glyph_is_an_error_and_not_a_box() -> None:
    with pytest.raises(ReportError, match="could not be displayed"):
        pdf_of(document(Paragraph(("外字\ue000",))))


def test_a_figure_carries_its_value_and_its_id() -> None:
    page = html.render(Paragraph((Shown(figure(-4, signed=True)),)))
    assert page == (
        '<p class="plain"><data value="-4" data-figure="2024-09-01/kankyo/online">−4件</data></p>'
    )


def test_a_rate_in_a_table_has_its_percent_and_a_count_no_unit() -> None:
    table = Table("表", (Column("率"), Column("数")), ((rate(1, 3), figure(1758)),), headings=0)
    assert ">33.3%</data>" in html.render(table)
    assert ">1,758</data>" in html.render(table)
    assert '"33.3%"' in typst.render(table)


def test_a_share_of_nothing_and_a_blank_cell_are_dashes() -> None:
    table = Table("表", (Column("a"), Column("b")), ((rate(0, 0), None),), headings=0)
    assert text_of_html(html.render(table)).count("—") == 2


def test_a_table_has_a_caption_scopes_and_aligned_numbers() -> None:
    table = Table(
        "部局別",
        (
            Column("部局名"),
            Column("今回", "件数", numeric=True),
            Column("増減", "件数", numeric=True),
        ),
        (
            ("環境部", figure(96), figure(93, signed=True)),
            ("計", figure(627), figure(146, signed=True)),
        ),
        total=True,
        notes=("注記",),
    )
    page = html.render(table)
    assert "<caption>部局別</caption>" in page
    assert '<th scope="col" rowspan="2">部局名</th>' in page
    assert '<th scope="colgroup" colspan="2">件数</th>' in page
    assert '<th scope="row">環境部</th><td class="number">' in page
    assert '<tr class="total">' in page
    assert '<p class="note">注記</p>' in page


def test_a_link_leads_to_the_same_kind_of_file() -> None:
    table = Table("表", (Column("a"),), ((Link("環境部", "department-kankyo"),),), headings=0)
    assert '<a href="department-kankyo.html">環境部</a>' in html.render(table)
    assert 'link("department-kankyo.pdf")' in typst.render(table)


CHARTS = (
    draw_rates("率", [("環境部", rate(1, 2), rate(1, 4)), ("空", rate(0, 0), None)], rate(1, 3)),
    draw_parts("内訳", [("済", figure(3)), ("未", figure(0))], figure(3)),
    draw_parts("空の内訳", [("済", figure(0))], figure(0)),
    draw_stacks("積み上げ", [("環境部", [figure(1), figure(2)], figure(3))], ["甲", "乙"]),
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.caption)
def test_a_chart_is_described_in_words_and_holds_only_its_figures(chart: Chart) -> None:
    numbers = set(re.findall(r"\d[\d,.]*", chart.alt))
    assert numbers <= {f.text for f in chart.figures}
    page = html.render(chart)
    assert f'aria-label="{chart.alt}"' in page
    assert 'role="img"' in page


def test_a_chart_is_the_same_each_time_and_its_ids_meet_no_other_charts() -> None:
    def draw() -> Chart:
        return draw_parts("内訳", [("済", figure(3)), ("未", figure(1))], figure(4))

    other = draw_parts("別の内訳", [("済", figure(3)), ("未", figure(1))], figure(4))
    assert draw().svg == draw().svg
    ids = [set(re.findall(r'\bid="([^"]+)"', chart.svg)) for chart in (draw(), other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert "<metadata" not in draw().svg


def test_a_charts_text_is_text_in_the_pdf_too() -> None:
    made = pdf_of(document(draw_parts("内訳", [("着手済", figure(219))], figure(219))))
    assert "着手済" in text_of_pdf(made)


def test_a_page_is_one_file_that_needs_no_network() -> None:
    page = html_of(document(Group((Paragraph(("本文",)), CHARTS[0]))))
    assert '<html lang="ja">' in page
    assert "<title>見本の報告 2024年9月1日時点｜郡山市</title>" in page
    assert not re.search(r'(src|href)="(?!#)[a-z]+:', page.replace("xlink:href", ""))
    assert "url(http" not in page
    assert "<script" not in page


def test_the_sections_are_real_headings_with_a_table_of_contents() -> None:
    made = Document(MASTHEAD, tuple(parse("## 甲\n\n本文\n\n## 乙")))
    page = html_of(made)
    assert '<h2 id="section-1">甲</h2>' in page
    assert '<a href="#section-2">乙</a>' in page
    assert page.count("<h1>") == 1
    outline = pypdf.PdfReader(io.BytesIO(pdf_of(made))).outline
    assert [item.title for item in outline] == ["甲", "乙"]


def test_prose_is_written_alike_in_both() -> None:
    made = Document(
        MASTHEAD, tuple(parse("# 題\n\n文と**強調**と $x$\n\n1. 一\n2. 二\n\n[先](#a) `#x`"))
    )
    page, pdf = html_of(made), text_of_pdf(pdf_of(made))
    assert "題" not in page.split("<main", 1)[1].split("</main>")[0]
    assert "<strong>強調</strong>" in page
    assert "強調と $x$" in pdf
    assert "#x" in pdf


def test_prose_that_one_rendering_cannot_show_is_refused() -> None:
    with pytest.raises(ReportError, match="block_code、inline_html"):
        parse("```\ncode\n```\n\n生の <b>HTML</b>")


def test_a_pdf_keeps_its_standards_and_is_the_same_each_time() -> None:
    made = document(Paragraph(("本文",)), CHARTS[0])
    content = pdf_of(made)
    assert content == pdf_of(made)
    reader = pypdf.PdfReader(io.BytesIO(content))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "ja-JP"
    assert catalogue["/MarkInfo"]["/Marked"]
    metadata = catalogue["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert reader.metadata is not None
    assert reader.metadata.title == "見本の報告 2024年9月1日時点"
    fonts = {
        font.get_object()["/BaseFont"]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert all("NotoSansCJKjp" in name for name in fonts)
    assert float(reader.pages[0].mediabox.width) == pytest.approx(595.3, abs=0.1)


def test_demonstration_data_is_marked_on_every_page() -> None:
    made = document(*(Paragraph((f"本文{n}\n" * 40,)) for n in "あいうえお"))
    pages = [p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf_of(made))).pages]
    assert len(pages) > 1
    assert all("架空データ" in page for page in pages)
    assert all(f"{n} / {len(pages)}" in page for n, page in enumerate(pages, start=1))
    assert "架空データ" in html_of(made)
