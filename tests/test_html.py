import re
from fractions import Fraction
from html import unescape

import pytest

from analysis.document import html
from analysis.document.blocks import (
    Bullets,
    Column,
    Group,
    Link,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.document.html_table import LONGEST_TABLE
from analysis.document.text import printable
from analysis.figures.figure import COUNT_CHANGE, PERCENT

from reports import HOSTILE, UNASKED, export_html, figure_of, notebook_of

ONLINE = figure_of("online", 1758)
CHANGE = figure_of("online_change", -4, COUNT_CHANGE)
RATE = figure_of("online_rate", Fraction(627, 1758), PERCENT)

GROUPED = Table(
    caption="部局別",
    columns=(
        Column("部局名"),
        Column("今回", "オンライン化", numeric=True),
        Column("増減", "オンライン化", numeric=True),
    ),
    rows=(("環境部", ONLINE, CHANGE), ("計", ONLINE, None)),
    ledger=UNASKED,
    notes=("注です。",),
)


def test_a_number_leads_to_the_line_of_its_figure() -> None:
    written = html.render(Paragraph((Shown(ONLINE),)))
    assert '<a class="figure" href="#2024-09-01/kankyo/online">1,758件</a>' in written


def test_a_percent_sign_of_a_scope_survives_the_browsers_decoding() -> None:
    figure = figure_of("online", 1, scope="kankyo.a%20b")
    assert 'href="#2024-09-01/kankyo.a%2520b/online"' in html.render(Paragraph((Shown(figure),)))


def test_a_line_of_evidence_can_be_led_to() -> None:
    table = Table("表", (Column("a"),), ((ONLINE,),), lines_of=(ONLINE,))
    assert '<tr id="2024-09-01/kankyo/online">' in html.render(table)


def test_a_negative_is_shown_with_a_true_minus() -> None:
    written = html.render(Paragraph((Shown(CHANGE),)))
    assert "−4件" in re.sub("<[^>]+>", "", written)


def test_a_quotation_is_told_from_our_own_words() -> None:
    assert '<span class="quoted">第4条</span>' in html.render(Paragraph((Quoted("第4条"),)))
    table = Table("表", (Column("a"), Column("b")), ((Quoted("x"), Quoted("第4条")),))
    assert '<td class="quoted">第4条</td>' in html.render(table)


def test_only_percent_keeps_its_unit_in_a_table() -> None:
    table = Table("表", (Column("a"), Column("b"), Column("c")), (("x", ONLINE, RATE),))
    assert re.findall(r'<a class="figure"[^>]*>([^<]*)', html.render(table)) == ["1,758", "35.7%"]


def test_a_figure_without_a_value_is_a_dash() -> None:
    written = html.render(Table("表", (Column("a"),), ((figure_of("x", None),),), headings=0))
    assert re.findall(r'<a class="figure"[^>]*>([^<]*)', written) == ["—"]


def test_a_table_has_its_caption_its_heads_and_their_scopes() -> None:
    written = html.render(GROUPED)
    assert "<caption>部局別</caption>" in written
    assert re.search(r'<th scope="colgroup" colspan="2"[^>]*>オンライン化</th>', written)
    assert re.search(r'<th scope="col"[^>]*rowspan="2"[^>]*>部局名</th>', written)
    assert len(re.findall(r'<th scope="col"', written)) == len(GROUPED.columns)
    assert len(re.findall(r'<th scope="row"', written)) == len(GROUPED.rows)
    assert "注です。" in written


def test_the_last_row_of_a_table_with_a_total_is_its_total() -> None:
    rows = re.findall(r"<tr[^>]*>", html.render(GROUPED))
    assert "total" in rows[-1]
    assert "total" not in rows[-2]


def test_a_blank_cell_says_so_to_who_can_not_see_it() -> None:
    written = html.render(GROUPED)
    assert re.search(r'<span role="img" aria-label="[^"]+">—</span>', written)


def test_a_wide_table_scrolls_in_a_box_that_the_keyboard_reaches() -> None:
    assert re.search(r'role="group" tabindex="0" aria-label="部局別"', html.render(GROUPED))


def test_a_long_table_is_in_parts_that_have_its_header_and_all_its_rows() -> None:
    for count, parts in ((LONGEST_TABLE, 0), (LONGEST_TABLE + 1, 3)):
        names = [f"<届出{number}>" for number in range(count)]
        rows = tuple((Quoted(name),) for name in names)
        page = html.render(Table("手続き一覧", (Column("手続き名"),), rows))
        assert page.count('<div class="part">') == parts
        assert page.count("<thead>") == page.count("<caption>手続き一覧") == max(parts, 1)
        assert re.findall("<th scope=.row. class=.quoted.>(.*?)</th>", page) == [
            name.replace("<", "&lt;").replace(">", "&gt;") for name in names
        ]
        assert page.count("（続き）") == max(parts - 1, 0)


def test_a_table_without_rows_says_its_sentence_instead() -> None:
    written = html.render(Table("表", (Column("a"),), (), empty="ありません。"))
    assert "ありません。" in written
    assert "<table" not in written


def test_a_link_leads_to_the_report_of_its_own_kind() -> None:
    written = html.render(Table("表", (Column("a"),), ((Link("環境部", "department-kankyo"),),)))
    assert 'href="department-kankyo.html"' in written


def test_line_breaks_of_a_text_are_kept() -> None:
    assert "a<br>b" in html.render(Paragraph(("a\r\nb",)))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_wherever_it_stands(text: str) -> None:
    page = export_html(
        notebook_of(
            Group(
                (
                    Paragraph((text, Strong((text,)))),
                    Bullets(((text,),)),
                    Table(
                        text, (Column(text, text),), ((text,), (Link(text, "a"),)), notes=(text,)
                    ),
                    Table(text, (Column("a"),), (), empty=text),
                )
            )
        )
    )
    told = unescape(re.sub("<[^>]+>", "", page.split("<main", 1)[1]))
    assert told.count(text) >= 11
    assert "<script" not in page.split('<script type="application/octet-stream"')[0]
    assert "<x>" not in page


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a\ufffeb"])
def test_what_a_page_can_not_hold_leaves_a_mark(text: str) -> None:
    page = export_html(notebook_of(Paragraph((text,))))
    assert "a�b" in page
    page.encode()


def test_a_text_can_not_turn_the_reading_direction_of_what_follows() -> None:
    assert "\u202e" not in export_html(notebook_of(Paragraph(("a\u202eb",))))


@pytest.mark.parametrize("number", [12, 0.5, Fraction(1, 2), True])
def test_a_bare_number_is_refused(number: object) -> None:
    with pytest.raises(TypeError, match="figures only"):
        Table("表", (Column("a"),), ((number,),))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="figures only"):
        Paragraph((number,))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="figures only"):
        Bullets(((Strong((number,)),),))  # type: ignore[arg-type]


def test_a_text_is_printed_alike_whatever_stands_beside_it() -> None:
    # A line break sends a text the longer way through what makes it printable.
    characters = [chr(code) for code in (*range(0x3100), *range(0xD800, 0x10000))]
    assert [c for c in characters if printable(c) + "\n" != printable(f"{c}\n")] == ["\r"]
