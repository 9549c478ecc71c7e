"""What can be printed is known before anything is set, and what can't is named by its cell."""

import pytest

from analysis.errors import ReportError
from analysis.report.fonts import missing_glyphs, require_glyphs

from rows import make_rows


def test_the_signs_of_japanese_names_and_an_emoji_can_be_printed() -> None:
    assert missing_glyphs("髙﨑𠮷 ㋿ Ⓐ か゚ 📄 ⚠️ 👨‍👩‍👧 −△ ①") == set()


def test_a_private_character_is_named_with_its_workbook_sheet_and_cell() -> None:
    rows = make_rows({}, {"name": "外字\ue000の届出"}, {"reason_detail": "\ue001"})
    with pytest.raises(ReportError) as caught:
        require_glyphs(rows)
    assert "2か所" in str(caught.value)
    assert "環境部.xlsx 調査票!C8: 「\ue000」（U+E000）" in str(caught.value)
    assert "環境部.xlsx 調査票!K9" in str(caught.value)


def test_rows_that_can_be_printed_pass() -> None:
    require_glyphs(make_rows({"name": "髙齢者の届出📄"}))
