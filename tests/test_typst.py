from itertools import pairwise

import pytest

from analysis.document import typst
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
from analysis.errors import ReportError
from analysis.evidence import content
from analysis.figures.figure import COUNT_CHANGE

from reports import HOSTILE, export_pdf, figure_of, notebook_of, read_pdf, text_of

ONLINE = figure_of("online", 1758)


def tags_of(document: bytes) -> list[str]:
    """Return the kinds of all structure elements, in reading order."""
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(str(node["/S"]).lstrip("/"))
            walk(node.get("/K"))

    walk(read_pdf(document).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_hostile_text_is_text_wherever_it_stands() -> None:
    blocks = [
        Group(
            (
                Paragraph((text, Strong((text,)))),
                Bullets(((text,),)),
                Table(text, (Column(text, text),), ((text,), (Link(text, "a"),)), notes=(text,)),
                Table(text, (Column("a"),), (), empty=text),
            )
        )
        for text in HOSTILE
    ]
    told = text_of(export_pdf(notebook_of(*blocks)))
    for text in HOSTILE:
        assert told.count(text) >= 10, text


def test_a_literal_can_not_be_left_from_within() -> None:
    assert typst.literal('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a\ufffeb", "a\ufeffb"])
def test_what_a_pdf_can_not_hold_does_not_stop_it(text: str) -> None:
    told = text_of(export_pdf(notebook_of(Paragraph((text,)))))
    assert "a" in told
    assert "\x00" not in told


def test_line_breaks_of_a_text_are_kept() -> None:
    assert "上の行\n下の行" in text_of(export_pdf(notebook_of(Paragraph(("上の行\r\n下の行",)))))


def test_a_table_is_tagged_with_its_caption_and_its_heads() -> None:
    table = Table("表", (Column("a"), Column("b", "g"), Column("c", "g")), (("x", "y", None),))
    tags = tags_of(export_pdf(notebook_of(table)))
    assert tags.count("Caption") == 1
    assert tags.count("THead") == 1
    assert tags.count("TH") == 4 + 1
    assert tags.count("TD") + tags.count("TH") == 7


def test_a_long_table_repeats_its_head_on_every_page() -> None:
    rows = tuple((f"手続き{'あ' * (place % 9)}", "済") for place in range(200))
    table = Table("表", (Column("名称の列", weight=3), Column("b", weight=1)), rows)
    pages = read_pdf(export_pdf(notebook_of(table))).pages
    assert len(pages) > 2
    assert all("名称の列" in page.extract_text() for page in pages)


@pytest.mark.parametrize("length", [14, 20, 28, 140])
def test_a_row_stands_whole_on_one_page(length: int) -> None:
    # Seven signs a line: the second column is short, and stands in the middle of the first.
    rows = ((Quoted("鯨" * length), Quoted("鮫")),) * 70
    table = Table("表", (Column("a", weight=3), Column("b", weight=17)), rows)
    pages = [page.extract_text() for page in read_pdf(export_pdf(notebook_of(table))).pages]
    ends = [page.count("鮫") for page in pages]
    assert sum(ends) == len(rows)
    assert [page.count("鯨") for page in pages] == [length * count for count in ends]


def test_a_short_table_of_tall_rows_ends_on_the_page() -> None:
    rows = ((Quoted("鯨" * 27), *[Quoted("鮫")] * 8),) * 24
    columns = tuple(Column("a", weight=1) for _ in range(9))
    lowest: list[float] = []

    def note(text: str, page: list[float], line: list[float], *_: object) -> None:
        if "鮫" in text:
            lowest.append(page[3] * line[5] + page[5])

    for page in read_pdf(export_pdf(notebook_of(Table("表", columns, rows)))).pages:
        page.extract_text(visitor_text=note)
    assert min(lowest) > 57  # the lower margin


def test_a_word_longer_than_its_cell_stays_on_the_page() -> None:
    table = Table("表", (Column("a", weight=1), Column("b", weight=1)), (("x" * 300, "y"),))
    page = read_pdf(export_pdf(notebook_of(table))).pages[0]
    reach: list[float] = []
    page.extract_text(visitor_text=lambda text, _c, matrix, *_: reach.append(matrix[4]))
    assert max(reach) < float(page.mediabox.width)
    assert "x" * 300 not in page.extract_text()


def test_numbers_are_written_as_in_the_page() -> None:
    change = figure_of("online_change", -4, COUNT_CHANGE)
    told = text_of(export_pdf(notebook_of(Paragraph((Shown(ONLINE), "、", Shown(change))))))
    assert "1,758件、−4件" in told


def test_a_link_leads_to_the_pdf_beside_it() -> None:
    table = Table("表", (Column("a"),), ((Link("環境部", "department-kankyo"),),))
    page = read_pdf(export_pdf(notebook_of(table))).pages[0]
    targets = [note.get_object()["/A"]["/URI"] for note in page["/Annots"]]
    assert targets == ["department-kankyo.pdf"]


@pytest.mark.slow
def test_a_number_leads_to_its_line_and_says_on_which_page_it_is() -> None:
    shown = [figure_of("online", place, scope=f"s{place}") for place in range(900)]
    rows = tuple(("手続き", figure) for figure in shown)
    reader = read_pdf(export_pdf(notebook_of(Table("表", (Column("a"), Column("b")), rows))))
    links = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    pages = {page.indirect_reference: number for number, page in enumerate(reader.pages, 1)}
    led = [pages[link["/Dest"][0].indirect_reference] for link in links]
    # One each: in its own line a number is where the links lead.
    assert len(led) == len(shown)
    assert len(set(led)) > 1
    assert [link["/Contents"] for link in links] == [f"ページ {number}" for number in led]


def test_a_number_without_a_line_to_lead_to_stops_the_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "gather_printed", lambda written, findings: [])
    with pytest.raises(ReportError, match=ONLINE.id):
        export_pdf(notebook_of(Paragraph((Shown(ONLINE),))))


def test_a_row_number_is_never_broken_over_two_lines() -> None:
    rows = ",".join(f"{row}-{row + 2}" for row in range(100, 400, 5))
    broken = typst.markup(f"環境部.xlsx 調査票!{rows}").split("\u200b")
    assert len(broken) > 50
    assert not [
        (before, after)
        for before, after in pairwise(broken)
        if before[-1].isdigit() and after[0].isdigit()
    ]
    # What has no joint is broken somewhere.
    assert len(typst.markup("x" * 100).split("\u200b")) == 2
