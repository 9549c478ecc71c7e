import pytest

from analysis.document.blocks import Paragraph, Quoted
from analysis.document.fonts import missing_glyphs, require_glyphs
from analysis.errors import ReportError
from analysis.questionnaire.read import default_questionnaire

from reports import export_pdf, notebook_of, read_pdf
from rows import make_rows

PRINTABLE = [
    "髙﨑𠮷",
    "📄",
    "👨‍👩‍👧",
    "1️⃣",
    "か゚",
    "Ⓐ㋿㍿",
    "葛󠄀",
    "한국어",
    "العربية",
    "ไทย",
    "é½",
    "a\u200bb",
]


@pytest.mark.parametrize("text", PRINTABLE)
def test_these_can_be_printed_and_are(text: str) -> None:
    assert missing_glyphs(text) == set()
    assert export_pdf(notebook_of(Paragraph((Quoted(text),))))


@pytest.mark.parametrize("character", ["\ue000", "\U0002ebf0"])
def test_a_character_without_a_glyph_is_named_where_it_stands(character: str) -> None:
    assert missing_glyphs(f"渡{character}様") == {character}
    with pytest.raises(ReportError, match=f"U\\+{ord(character):04X}.*渡{character}様"):
        export_pdf(notebook_of(Paragraph((f"渡{character}様",))))


def test_only_fonts_from_the_wheels_are_in_a_pdf() -> None:
    page = read_pdf(export_pdf(notebook_of(Paragraph(("漢字 abc 📄",))))).pages[0]
    names = {
        str(font.get_object()["/BaseFont"]).split("+")[1].removesuffix("-Identity-H")
        for font in page["/Resources"]["/Font"].values()
    }
    assert names == {"NotoSansCJKjp-Regular", "NotoSansCJKjp-Bold", "NotoEmoji-Regular"}


def test_a_private_character_is_named_with_its_workbook_sheet_and_cell() -> None:
    rows = make_rows({}, {"name": "外字\ue000の届出"}, {"reason_detail": "\ue001"})
    with pytest.raises(ReportError) as caught:
        require_glyphs(rows, default_questionnaire().fields)
    assert "2か所" in str(caught.value)
    assert "環境部.xlsx 調査票!C8: 「\ue000」（U+E000）" in str(caught.value)
    assert "環境部.xlsx 調査票!K9" in str(caught.value)


def test_rows_that_can_be_printed_pass() -> None:
    require_glyphs(make_rows({"name": "髙齢者の届出📄"}), default_questionnaire().fields)
