"""PDFs for those who hear them: held against two checkers of others, and against their words."""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen

from analysis.document.blocks import Column, Table
from analysis.document.tags import finish_tags

from conftest import require_package, require_tool
from reports import export_pdf, figure_of, notebook_of

# It reads the widths of a font of many private dictionaries as nothing; the fonts are right, which
# `test_every_letter_is_as_wide_as_its_font_says` holds. And of a stream whose last byte is a line
# feed's it takes that for the end of a line; qpdf reads every length.
_MISREAD = {
    "PDFUA1-FONT-GLYPH-WIDTH-001",
    "PDFA3A-TRUETYPE-GLYPH-WIDTH-001",
    "PDFA3A-STREAM-LENGTH-001",
}


@pytest.fixture(scope="module")
def pdfs(built: tuple[Path, str]) -> list[Path]:
    found = sorted(built[0].glob("*.pdf"))
    assert len(found) > 20
    return found


def choose_unlike(pdfs: list[Path]) -> list[Path]:
    """Return one of each kind, of the departments the largest and the smallest."""
    departments = sorted((own for own in pdfs if "department" in own.name), key=size_of)
    return [*({*pdfs} - {*departments}), departments[0], departments[-1]]


def size_of(path: Path) -> int:
    return path.stat().st_size


def list_elements(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    within = element.get("/K", ())
    for part in within if isinstance(within, pikepdf.Array) else [within]:
        if isinstance(part, pikepdf.Dictionary) and "/S" in part:
            yield part
            yield from list_elements(part)


def kinds_of(made: bytes) -> list[tuple[str, ...]]:
    """Return each cell's kind and scope in the order of the tables."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        return [
            (
                str(own["/S"]),
                *(str(look["/Scope"]) for look in own.get("/A", ()) if "/Scope" in look),
            )
            for own in list_elements(pdf.Root.StructTreeRoot)
            if own["/S"] in (pikepdf.Name.TH, pikepdf.Name.TD)
        ]


NAMED = Table(
    "部局別",
    (Column("部局名"), Column("件数", numeric=True)),
    (("環境部", figure_of("a", 1)), ("こども部", figure_of("b", 2))),
)
PARTED = Table(
    "課別",
    (Column("課", heads=True), Column("番号"), Column("件数", numeric=True)),
    (("税務課", "甲", figure_of("a", 1)),),
    headings=2,
    parted={0: ("税務課",)},
)
UNNAMED = replace(NAMED, headings=0)
COLUMN, ROW, CELL = ("/TH", "/Column"), ("/TH", "/Row"), ("/TD",)


def test_a_cell_that_names_its_row_is_a_header_as_on_the_page() -> None:
    made = export_pdf(notebook_of(NAMED))
    assert kinds_of(made) == [COLUMN, COLUMN, *[ROW, CELL] * 2]
    assert made == export_pdf(notebook_of(NAMED))
    assert kinds_of(export_pdf(notebook_of(UNNAMED))) == [COLUMN, COLUMN, *[CELL, CELL] * 2]
    # What stands across a part heads its columns; the column that it stands for is left out.
    parted = kinds_of(export_pdf(notebook_of(PARTED)))
    assert parted == [COLUMN, COLUMN, COLUMN, ROW, CELL]


def test_tables_that_are_not_those_of_the_markup_are_refused() -> None:
    made = export_pdf(notebook_of(NAMED))
    with pytest.raises(ValueError, match="zip"):
        finish_tags(made, "no table is told\n")


def test_page_finds_nothing_against_pdf_ua_and_pdf_a(pdfs: list[Path]) -> None:
    require_package("page")
    from page import validate_pdf  # noqa: PLC0415

    unlike = {*choose_unlike(pdfs)}
    found = {
        (path.name, failure.rule_id, failure.message)
        for path in pdfs
        for profile in ("ua1", "3a")[: 1 + (path in unlike)]
        for failure in validate_pdf(path, profile=profile).failures
        if failure.rule_id not in _MISREAD
    }
    assert found == set()


def test_pdfua_finds_nothing(pdfs: list[Path]) -> None:
    require_package("pdfua")
    from pdfua import validate  # noqa: PLC0415

    for path in choose_unlike(pdfs):
        assert list(validate(str(path)).findings) == [], path.name


def test_every_letter_is_as_wide_as_its_font_says(pdfs: list[Path]) -> None:
    with pikepdf.open(pdfs[0]) as pdf:
        fonts = [own for own in pdf.objects if isinstance(own, pikepdf.Dictionary) and "/W" in own]
        assert fonts
        for font in fonts:
            program = CFFFontSet()
            program.decompile(io.BytesIO(font.FontDescriptor.FontFile3.read_bytes()), None)
            letters = program.topDictIndex[0].CharStrings
            told = dict(spread_widths(list(font.W)))
            for at, name in enumerate(letters.keys()):
                letters[name].draw(NullPen())
                assert letters[name].width == pytest.approx(float(told.get(at, font.DW)), abs=1)


def spread_widths(written: list[Any]) -> Iterator[tuple[int, float]]:
    while written:
        first, second, *written = written
        if isinstance(second, pikepdf.Array):
            yield from zip(range(int(first), int(first) + len(second)), second, strict=True)
        else:
            width, *written = written
            yield from ((at, width) for at in range(int(first), int(second) + 1))


def test_poppler_reads_names_of_rows_and_qpdf_finds_no_error(pdfs: list[Path]) -> None:
    overview = next(path for path in pdfs if path.stem == "overview")
    done = subprocess.run(
        [require_tool("pdfinfo"), "-struct", overview], capture_output=True, check=True
    )
    assert b"/Scope /Row" in done.stdout
    for path in pdfs:
        with pikepdf.open(path) as pdf:
            assert pdf.check_pdf_syntax() == [], path.name


def test_bookmarks_lead_down_to_sections_and_measures(pdfs: list[Path]) -> None:
    kankyo = next(path for path in pdfs if path.stem == "department-kankyo")
    with pikepdf.open(kankyo) as pdf, pdf.open_outline() as outline:
        below = {own.title: [one.title for one in own.children] for own in outline.root}
    assert any(title.startswith("環境政策課") for title in below["手続き一覧"])
    assert {"総手続き数", "オンライン化率"} <= {*below["数値の根拠"]}


def test_a_link_has_a_text_and_one_over_a_drawing_says_where_it_leads(pdfs: list[Path]) -> None:
    overview = next(path for path in pdfs if path.stem == "overview")
    with pikepdf.open(overview) as pdf:
        elements = list(list_elements(pdf.Root.StructTreeRoot))
        links = [own for own in elements if own["/S"] == pikepdf.Name.Link]
        silent = [own for own in links if len(own["/K"]) == 1]
        told = [str(own["/Alt"]) for own in silent]
        assert "オンライン化済手続き数 市全体 オンライン化済　627件" in told
        assert told == [str(own["/K"][0]["/Obj"]["/Contents"]) for own in silent]
        assert 0 < len(silent) < len(links)
