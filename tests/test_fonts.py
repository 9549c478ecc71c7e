import re
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.document.blocks import Paragraph, Quoted
from analysis.document.chart import draw_counts
from analysis.document.fonts import missing_glyphs, require_glyphs, undrawable
from analysis.errors import ReportError
from analysis.questionnaire.read import default_questionnaire

from deliveries import copy_delivery, run
from reports import MASTHEAD, export_pdf, figure_of, notebook_of, read_pdf
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
def test_a_character_without_a_glyph_is_named_with_its_cell(character: str) -> None:
    assert missing_glyphs(f"渡{character}様") == {character}
    shown = notebook_of(Paragraph((f"渡{character}様",)))
    for notebook, cell in ((shown, 4), (notebook_of(prose=f"渡{character}様"), 3)):
        with pytest.raises(ReportError, match=f"{cell}番目のセル.*U\\+{ord(character):04X}"):
            export_pdf(notebook)


def test_one_in_the_head_is_named_with_the_text_around_it() -> None:
    head = replace(MASTHEAD, city="郡山\ue000市")
    with pytest.raises(ReportError, match=r"U\+E000）: ….*郡山.市"):
        export_pdf(notebook_of(masthead=head))


@pytest.mark.parametrize("name", ["देवनागरी", "العربية", "ภาษาน้ำ", "தமிழ்", "1️⃣", "\ue000"])
def test_what_no_drawing_can_have_is_told_with_the_drawing(name: str) -> None:
    with pytest.raises(ReportError, match=rf"図「図」.*\n.*{name[:1]}.*U\+"):
        draw_counts("図", [(name, figure_of("online", 3))])


@pytest.mark.parametrize("name", ["髙﨑𠮷", "📄☎️", "葛󠄀", "か゚が", "한국어", "Élan"])
def test_other_names_are_drawn_and_set(name: str) -> None:
    chart = draw_counts("図", [(Quoted(name), figure_of("online", 3))])
    assert not undrawable(name)
    assert export_pdf(notebook_of(chart))


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


def test_a_section_is_drawn_and_a_sheet_is_named() -> None:
    rows = make_rows({"section": "देवनागरी"}, {})
    rows.loc[rows.index[-1], "sheet"] = "調査\ue000"
    with pytest.raises(ReportError) as caught:
        require_glyphs(rows, default_questionnaire().fields)
    assert "環境部.xlsx: シート名の「\ue000」（U+E000）" in str(caught.value)
    assert "環境部.xlsx 調査票!B7: 「" in str(caught.value)


@pytest.mark.slow
def test_settings_that_can_not_be_printed_are_told_with_file_and_line(
    small_project: Path, tmp_path: Path
) -> None:
    folder = copy_delivery(small_project, tmp_path)
    raw = folder / "data/raw"
    lines = {
        "2024-09-01/cycle.toml": ("郡山市", "郡山\\uE001市"),
        "2024-03-31/cycle.toml": ("郡山市", "郡山देवनागरी市"),
        "survey.toml": ('label = "', 'label = "\ue002'),
        "guideline/2024.toml": ('goal = "', 'goal = "\ue003'),
    }
    for name, (found, put) in lines.items():
        text = (raw / name).read_text("utf-8")
        assert found in text
        (raw / name).write_text(text.replace(found, put, 1), "utf-8")
    # How a department's column is called is read, and printed nowhere.
    settings = raw / "2024-09-01/cycle.toml"
    text = settings.read_text("utf-8").replace("[headers]\n", '[headers]\n"手続\ue009" = "備考"\n')
    settings.write_text(text, "utf-8")
    (raw / "measures.toml").write_text(
        '[[measure]]\nname = "x"\nlabel = "x\ue004"\nwhere = {}\n', "utf-8"
    )
    (raw / "2024-09-01/approvals.csv").write_text("target\n\ue005\n", "utf-8")
    notebook = folder / "notebooks/reasons.ipynb"
    text = notebook.read_text("utf-8")
    notebook.write_text(text.replace('"title": "', '"title": "\ue006'), "utf-8")
    code, said = run(folder, "report")
    assert code == 1
    for told in (
        r"2024-09-01/cycle.toml (.|\n)*city（\d+行目）: 「\ue001」",
        r"2024-03-31/cycle.toml (.|\n)*city（\d+行目）: 「ा」",
        r"survey.toml (.|\n)*route.label（\d+行目）: 「\ue002」",
        r"guideline/2024.toml (.|\n)*goal（\d+行目）: 「\ue003」",
        r"measures.toml (.|\n)*measure.label（3行目）: 「\ue004」",
        r"approvals.csv の2行目: 「\ue005」",
        r"notebooks/reasons.ipynb の表題.*「\ue006」",
    ):
        assert re.search(told, said), told
    assert "\ue009" not in said
    assert "失敗" not in said


def test_rows_that_can_be_printed_pass() -> None:
    require_glyphs(make_rows({"name": "髙齢者の届出📄"}), default_questionnaire().fields)
