"""The deck: a presentation that staff can edit, each of its numbers a link to where it stands."""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pypdf
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_LABEL_POSITION
from pptx.enum.dml import MSO_FILL
from pptx.oxml.ns import qn
from pptx.util import Pt
from selectolax.lexbor import LexborHTMLParser

from analysis.document.blocks import Bullets, Chart, Column, Paragraph, Quoted, Shown, Table
from analysis.document.document import read_document
from analysis.document.plot import Plot, PlottedBar
from analysis.document.slide import MOST_ROWS_SHOWN, Slide, Slides, halve, share_out
from analysis.document.slides import described
from analysis.document.slides.presentation import write_presentation
from analysis.document.tiles import Tile, Tiles
from analysis.errors import ReportError
from analysis.evidence.orphans import Printed, find_orphans
from analysis.figures.findings import Findings
from analysis.figures.measure import PREVIOUS
from analysis.proof.compare_slides import tell_slides
from analysis.reports import deck as deck_report

from conftest import require_tool
from reports import HOSTILE, MASTHEAD, export_pdf, figure_of, notebook_of, text_of

pytestmark = pytest.mark.slow

ONLINE = figure_of("online", 1758)
UNITS = ("件", "手続き")
BROKEN = "\x00\x01\x0b\x1b\u202e\ud800\ufffe]]>"


@pytest.fixture(scope="module")
def deck(built: tuple[Path, str]) -> Any:
    return Presentation(str(built[0] / "deck.pptx"))


@pytest.fixture(scope="module")
def known(built: tuple[Path, str]) -> "pd.DataFrame":
    return pd.read_csv(built[0] / "figures.csv", dtype=str, index_col="figure_id").fillna("")


def list_runs(shapes: Any) -> Iterator[Any]:
    """Yield every run of text in shapes, those of tables too."""
    for shape in shapes:
        frames = [shape.text_frame] if shape.has_text_frame else []
        if shape.has_table:
            frames += [cell.text_frame for cell in shape.table.iter_cells()]
        for frame in frames:
            for paragraph in frame.paragraphs:
                yield from paragraph.runs


def find_figure(run: Any) -> str | None:
    """Return the id of the figure whose line of evidence a run leads to."""
    page, _, name = (run.hyperlink.address or "").partition("#")
    return unquote(name) if page == "deck.html" and "/" in name else None


def test_a_deck_has_few_wide_slides_on_screen_and_on_paper(
    built: tuple[Path, str], deck: Any
) -> None:
    assert (deck.slide_width, deck.slide_height) == (Pt(960), Pt(540))
    pages = pypdf.PdfReader(built[0] / "deck.pdf").pages
    assert 7 <= len(deck.slides) == len(pages) <= 10
    assert {(page.mediabox.width, page.mediabox.height) for page in pages} == {(960, 540)}
    for slide, page in zip(deck.slides, pages, strict=True):
        assert slide.shapes.title.text_frame.text
        assert any("架空データ" in run.text for run in list_runs(slide.shapes))
        assert "架空データ" in page.extract_text()


def test_each_number_of_a_deck_leads_to_its_figure(
    built: tuple[Path, str], deck: Any, known: "pd.DataFrame", findings: Findings
) -> None:
    page = LexborHTMLParser((built[0] / "deck.html").read_text(encoding="utf-8"))
    lines = {node.attributes["id"] for node in page.css("#evidence tr[id]")}
    quoted = {node.text() for node in page.css(".quoted")}
    loose, seen = [], set()
    for slide in deck.slides:
        notes = slide.notes_slide.shapes if slide.has_notes_slide else ()
        for run in [*list_runs(slide.shapes), *list_runs(notes)]:
            if (figure := find_figure(run)) is not None:
                seen.add(figure)
                told = (
                    known["text"][figure]
                    if figure in known.index
                    else findings.ledger.find(figure).text
                )
                assert figure in lines
                assert run.text.startswith((told, told.lstrip("+−"))) or not re.search(
                    r"\d", run.text
                )
            elif run.text not in quoted and not run.text.startswith("作成元番号"):
                text = re.sub(r"^\d(-\(\d\))? ", "", run.text)
                loose += find_orphans(Printed([], [text]), findings)
    assert loose == []
    assert len(seen) > 100
    assert {"2024-09-01/all/online_rate", "2024-09-01/kankyo/online_change"} < seen


def test_each_number_of_a_deck_on_paper_leads_to_its_figure(
    built: tuple[Path, str], deck: Any
) -> None:
    shown = LexborHTMLParser((built[0] / "deck.html").read_text(encoding="utf-8"))
    lines = {node.attributes["id"] for node in shown.css("#evidence tr[id]")}
    for slide, page in zip(deck.slides, pypdf.PdfReader(built[0] / "deck.pdf").pages, strict=True):
        links = [link.get_object()["/A"]["/URI"] for link in page.get("/Annots", ())]
        led = {unquote(link).partition("#")[2] for link in links if link.startswith("deck.html#")}
        assert led <= lines
        assert {find_figure(run) for run in list_runs(slide.shapes)} - {None} <= led


def test_the_charts_and_tables_of_a_deck_are_native_and_hold_the_figures(
    deck: Any, known: "pd.DataFrame", findings: Findings
) -> None:
    def value_of(figure: str) -> float:
        told = known["value"].get(figure) or findings.ledger.find(figure).value
        return float(str(told))

    charts, tables = [], []
    for slide in deck.slides:
        tables += [shape.table for shape in slide.shapes if shape.has_table]
        for shape in (shape for shape in slide.shapes if shape.has_chart):
            assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
            charts.append(shape.chart)
            series = {own.name: list(own.values) for own in shape.chart.plots[0].series}
            _, *lines = slide.notes_slide.notes_text_frame.paragraphs
            told = [[f for f in map(find_figure, line.runs) if f is not None] for line in lines]
            assert series["今回"] == [value_of(line[0]) for line in told]
            if "前回" in series:
                assert series["前回"] == [value_of(line[1]) for line in told]
            assert series.get("数の表示", series["今回"]) == series["今回"]
            names = [line.runs[0].text.strip() for line in lines]
            assert names == list(shape.chart.plots[0].categories) == read_names(shape.chart)
    assert (len(charts), len(tables)) == (5, 5)
    assert all(table.first_row for table in tables)
    last = [cell.text_frame.text for cell in [*tables[2].rows][-1].cells]
    assert last == ["計", "1,758", "627", "+146", "35.7%", "+8.3"]


def find_chart(deck: Any, series: str) -> Any:
    """Return the first chart that has such a series."""
    charts = (own.chart for slide in deck.slides for own in slide.shapes if own.has_chart)
    return next(one for one in charts if series in [own.name for own in one.plots[0].series])


def test_no_number_of_a_native_chart_is_crossed_by_the_bar_before(deck: Any) -> None:
    plot = find_chart(deck, "前回").plots[0]
    assert plot.overlap == 100
    now, before = plot.series
    assert [now.name, before.name] == ["今回", "前回"]
    fell = [
        at for at, (one, was) in enumerate(zip(now.values, before.values, strict=True)) if was > one
    ]
    moved = {int(own.idx.val) for own in now._element.dLbls.findall(qn("c:dLbl"))}
    assert moved == {*fell}
    assert len(fell) == 2
    for at in fell:
        assert now.points[at].data_label.position == XL_LABEL_POSITION.INSIDE_END
        assert before.points[at].format.fill.type == MSO_FILL.BACKGROUND


def test_a_step_has_its_sign_on_screen_and_on_paper(built: tuple[Path, str], deck: Any) -> None:
    told = find_chart(deck, "数の表示").plots[0].series[2]._element
    marks = [own.get("formatCode")[:3] for own in told.dLbls.iter(qn("c:numFmt"))]
    assert [own for own in marks if own.startswith('"')] == ['"+"'] * 3 + ['"−"'] * 2
    (page,) = (
        text
        for own in pypdf.PdfReader(built[0] / "deck.pdf").pages
        if "前回から今回まで" in (text := own.extract_text())
    )
    assert all(sign in page for sign in ("+93", "+58", "+6", "−8", "−3"))


def test_a_deck_says_who_fell_and_names_what_is_online_no_more(
    deck: Any, findings: Findings
) -> None:
    said = {
        slide.shapes.title.text_frame.text: "".join(run.text for run in list_runs(slide.shapes))
        for slide in deck.slides
    }
    (table,) = (
        text for title, text in said.items() if title.startswith("1-(2)") and "時点" in title
    )
    assert "オンライン化済が減った部局：建設部 −4件" in table
    lost = said["オンライン化済でなくなった手続き"]
    assert "前回だけオンライン化済の手続きは11件" in lost
    before = findings.ledger.tables.current[PREVIOUS]
    gone = before[(before["status"] == "online") & (before["cause"] != "kept")]
    assert {name for name in before["name"] if f"「{name}」" in lost} >= {*gone["name"]}
    assert lost.count("「") == len(gone) == 11


def open_data(chart: Any) -> Any:
    """Return the sheet that staff see when they edit a chart's data."""
    return openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active


def read_names(chart: Any) -> list[str]:
    return [row[0].value for row in open_data(chart).iter_rows(min_row=2)]


def test_a_deck_names_a_japanese_type_and_no_time_of_its_making(built: tuple[Path, str]) -> None:
    with zipfile.ZipFile(built[0] / "deck.pptx") as packed:
        names = packed.namelist()
        themes = [packed.read(name).decode() for name in names if name.startswith("ppt/theme/")]
        inner = [packed.read(name) for name in names if name.endswith(".xlsx")]
        dates = {entry.date_time for entry in packed.infolist()}
        core = packed.read("docProps/core.xml").decode()
    assert {*re.findall(r'<a:(?:latin|ea) typeface="([^"]*)"', "".join(themes))} == {"Meiryo"}
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert {*re.findall(r">(\d{4}-[^<]+)<", core)} == {"2024-09-01T00:00:00Z"}
    for content in inner:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert "1980-01-01T00:00:00Z" in book.read("docProps/core.xml").decode()
    assert "docProps/thumbnail.jpeg" not in names


def test_libreoffice_opens_a_deck(built: tuple[Path, str], deck: Any, tmp_path: Path) -> None:
    require_tool("loimpress")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [require_tool("soffice"), profile, "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(built[0] / "deck.pptx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    pages = pypdf.PdfReader(tmp_path / "deck.pdf").pages
    assert len(pages) == len(deck.slides)
    said = re.sub(r"\s", "", pages[0].extract_text())
    assert "35.7%" in said
    assert "146件" in said


def test_what_differs_in_a_deck_is_named_by_slide(built: tuple[Path, str]) -> None:
    made = (built[0] / "deck.pptx").read_bytes()
    slide, chart = "ppt/slides/slide1.xml", "ppt/charts/chart1.xml"
    links = "ppt/slides/_rels/slide1.xml.rels"
    assert list(tell_slides(made, made)) == []
    told = list(tell_slides(exchange(made, slide, "35.7%", "99.7%"), made))
    assert told == ["スライド1: 「99.7%」 → 「35.7%」"]
    (told_of_chart,) = tell_slides(exchange(made, chart, "<c:v>627", "<c:v>628"), made)
    assert told_of_chart.startswith("図1: 「628")
    (told_of_link,) = tell_slides(exchange(made, links, "all/online_rate", "all/total"), made)
    assert told_of_link.startswith(f"部品 {links} が違います")


def exchange(content: bytes, part: str, found: str, put: str) -> bytes:
    """Return a presentation with another text in one of its parts."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(changed, "w") as packed:
        for entry in made.infolist():
            text = made.read(entry)
            if entry.filename == part:
                assert found.encode() in text
                text = text.replace(found.encode(), put.encode(), 1)
            packed.writestr(entry, text)
    return changed.getvalue()


def make_slides(text: str) -> Slides:
    plot = Plot((PlottedBar(text, ONLINE), PlottedBar("b", ONLINE, start=5.0)))
    chart = Chart("図", "<svg></svg>", (text,), (ONLINE,), plot)
    table = Table(text, (Column(text, text), Column(text)), ((text, ONLINE),), notes=(text,))
    parts = (Paragraph((Quoted(text),)), Bullets(((text, Shown(ONLINE)),)), table)
    tiles = Tiles((Tile(text, Shown(ONLINE), (text,)),))
    return Slides((Slide(text, parts, (chart, tiles), message=(Quoted(text),)),))


@pytest.mark.parametrize("text", [*HOSTILE, BROKEN])
def test_a_hostile_text_is_text_in_a_deck(text: str) -> None:
    slides = [described.render(slide) for slide in make_slides(text).slides]
    head = replace(MASTHEAD, title=text, subtitle=text, city=text)
    content = write_presentation(head, slides, "", "作成元番号")
    (slide,) = Presentation(io.BytesIO(content)).slides
    shown = described.printable(text)
    assert slide.shapes.title.text_frame.text.replace("\v", "\n") == shown
    (chart,) = (shape.chart for shape in slide.shapes if shape.has_chart)
    assert list(chart.plots[0].categories) == [shown.replace("\n", " "), "b"]
    formulas = [cell.value for row in open_data(chart) for cell in row if cell.data_type == "f"]
    assert formulas == ["=C2", "=C3"]
    links = {run.hyperlink.address for run in list_runs(slide.shapes)} - {None}
    assert all(link.startswith(".html#") for link in links)


def test_a_hostile_text_is_text_on_a_typeset_slide() -> None:
    told = text_of(export_pdf(notebook_of(*map(make_slides, HOSTILE))))
    for text in HOSTILE:
        assert text in told


def test_a_chart_of_some_departments_says_so_and_the_ceiling_is_called_one(
    findings: Findings,
) -> None:
    *_, own = deck_report.road(findings).slides
    (chart,) = own.beside
    waiting = [findings.ledger.figure("not_started", d.slug) for d in findings.cycle.departments]
    assert len(chart.figures) == 8 < sum(bool(figure.value) for figure in waiting)
    assert chart.caption.endswith("（上位八部局）")
    *words, whole = own.parts[0].items[-1]
    assert "上位八部局" in "".join(words) and whole.text == "912手続き"
    assert "オンライン化率の上限は" in own.message[0]


def test_each_step_of_a_change_says_on_a_slide_whether_it_rose_or_fell(findings: Findings) -> None:
    own, _ = deck_report.moves(findings).slides
    (chart,) = own.beside
    _, *steps, _ = [bar.label for bar in chart.plot.bars]
    assert [label[-3:] for label in steps] == ["（増）"] * 3 + ["（減）"] * 2


def test_only_who_exports_a_deck_imports_what_writes_presentations() -> None:
    modules = "sys, analysis.reports.deck, analysis.evidence.exporters"
    code = f"import {modules}; print('pptx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


def test_a_long_table_stands_in_halves_and_on_several_slides() -> None:
    rows = tuple((f"{'a' * place}", ONLINE) for place in range(1, 61))
    table = Table("表", (Column("部局"), Column("数", numeric=True)), rows, notes=("注",))
    parts = list(share_out(table))
    assert [len(part.rows) for part in parts] == [20, 20, 20]
    assert [part.notes for part in parts] == [(), (), ("注",)]
    assert sum((part.rows for part in parts), ()) == rows
    assert all(len(part.rows) <= MOST_ROWS_SHOWN for part in parts)
    assert [len(half.rows) for half in halve(parts[0])] == [10, 10]
    assert [half.caption for half in halve(parts[0])] == ["表", "表（続き）"]
    assert halve(table.__class__("表", table.columns, rows[:14])) == (
        Table("表", table.columns, rows[:14]),
    )


@pytest.mark.parametrize(
    ("columns", "rows", "widths", "told"),
    [
        ((Column("名"),), MOST_ROWS_SHOWN + 1, (1, 1), "「題」の表「表」は29行.*28行.*share_out"),
        ((), 0, (1, 1), "「題」の表「表」には列がありません"),
        ((Column("名"),), 1, (0, 1), "「題」の widths"),
        ((Column("名"),), 1, (3, -1), "「題」の widths"),
    ],
)
def test_what_has_no_room_on_a_slide_is_told_with_its_slide(
    columns: tuple[Column, ...], rows: int, widths: tuple[int, int], told: str
) -> None:
    table = Table("表", columns, (("あ",),) * rows)
    with pytest.raises(ReportError, match=told):
        Slide("題", (table,), widths=widths)


def test_a_chart_that_has_no_bars_is_refused_on_a_slide() -> None:
    with pytest.raises(ReportError, match="「a」の図「図」は、スライドにない種類"):
        Slide("a", (Chart("図", "<svg></svg>", ("図",), (ONLINE,)),))


SAID = Paragraph(("文",))
FRAME: Any = pd.DataFrame()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Slide("", (SAID,)), "題は、空でない"),
        (lambda: Slide(" ", (SAID,)), "題は、空でない"),
        (lambda: Slide(SAID, (SAID,)), "題は、空でない"),  # type: ignore[arg-type]
        (lambda: Slide("題", SAID), "「題」の部品に Paragraph"),  # type: ignore[arg-type]
        (lambda: Slide("題", (FRAME,)), "「題」の部品に DataFrame"),
        (lambda: Slide("題", (), (Slides(()),)), "beside）に Slides"),  # type: ignore[arg-type]
        (lambda: Slide("題", (SAID,), message="要"), "message）に str"),  # type: ignore[arg-type]
        (lambda: Slide("題", (SAID,), message=(12,)), "message）に int"),  # type: ignore[arg-type]
        (lambda: Slide("題", (SAID,), widths=(1,)), "widths は"),  # type: ignore[arg-type]
        (lambda: Slide("題", (SAID,), widths=(1.5, 1)), "widths は"),  # type: ignore[arg-type]
        (lambda: Slides(Slide("題", (SAID,))), "Slides に Slide"),  # type: ignore[arg-type]
        (lambda: Slides((SAID,)), "Slides に Paragraph"),  # type: ignore[arg-type]
        (lambda: Tiles(()), "一つ以上"),
        (lambda: Tiles((SAID,)), "一つ以上"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_slide_is_told_with_what_is_expected(
    make: Callable[[], object], told: str
) -> None:
    with pytest.raises(ReportError, match=told):
        make()


def test_what_stands_beside_slides_is_refused_with_its_cell() -> None:
    table = Table("表", (Column("名"),), (("あ",),))
    notebook = notebook_of(Slides((Slide("題", (SAID,)),)), table)
    with pytest.raises(ReportError, match=r"スライドに入れてください。\n  ・5番目のセル$"):
        read_document(notebook)


def test_a_presentation_without_a_slide_is_refused_as_one() -> None:
    with pytest.raises(ReportError, match="スライドが一枚もありません"):
        read_document(notebook_of(Slides(()), Slides(())))


def test_what_a_head_says_above_all_is_a_slide_of_a_presentation() -> None:
    head = replace(MASTHEAD, notice=Paragraph(("暫定です。",), kind="lead"))
    notebook = notebook_of(Slides((Slide("題", (SAID,)),)), masthead=head)
    first, second = read_document(notebook).slides
    assert (first["title"], second["title"]) == ("この資料について", "題")
    assert first["columns"][0][0]["lines"] == [[{"text": "暫定です。"}]]
    pages = pypdf.PdfReader(io.BytesIO(export_pdf(notebook))).pages
    assert ["暫定です" in page.extract_text() for page in pages] == [True, False]
