"""The chart of use against effort: each procedure once, the next ones where they stand."""

from pathlib import Path
from typing import Any

import pytest

from analysis.document.blocks import Chart, Group, Table
from analysis.errors import ReportError
from analysis.figures.findings import Findings, load_findings
from analysis.figures.measure import PREVIOUS
from analysis.figures.use_bands import USE_BANDS, find_band, name_cell
from analysis.reports import efforts
from analysis.reports.next_steps import show_next
from analysis.survey.collect import collect_survey

from workbooks import make_cycle, not_started, procedure

PLAIN: dict[str, Any] = {
    "law_kind": "法令",
    "identity": "認印・自署",
    "attachment": "なし",
    "fee": "なし",
}


def find(folder: Path, *lines: dict[str, Any]) -> Findings:
    return load_findings(make_cycle(folder, list(lines)), collect_survey)


def split(findings: Findings) -> tuple[list[Chart], Table]:
    shown = show_next(findings, "kankyo")
    assert isinstance(shown, Group)
    (table,) = (block for block in shown.blocks if isinstance(block, Table))
    return [block for block in shown.blocks if isinstance(block, Chart)], table


@pytest.mark.parametrize(
    ("volume", "band"),
    [(0, "under_10"), (9, "under_10"), (10, "under_100"), (99, "under_100"), (100, "under_1000"),
     (999, "under_1000"), (1000, "from_1000"), (None, "unknown")],
)  # fmt: skip
def test_a_use_stands_in_one_band(volume: int | None, band: str) -> None:
    assert find_band(volume) == band


def test_each_procedure_is_drawn_once_and_the_next_ones_where_they_stand(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        procedure(1, annual_volume=50),
        not_started(2, annual_volume=9, **PLAIN),
        not_started(3, annual_volume=2000, **PLAIN),
        not_started(4, annual_volume=3000, **PLAIN | {"fee": "あり"}),
        not_started(5, annual_volume="不明", **PLAIN),
    )
    cells = {
        (grade, band): found.ledger.figure(name_cell(grade, band), "kankyo").value
        for grade in ("light", "medium")
        for band in USE_BANDS
    }
    assert {key for key, value in cells.items() if value} == {
        ("light", "under_10"), ("light", "from_1000"), ("light", "unknown"), ("medium", "from_1000")
    }  # fmt: skip
    (chart,), table = split(found)
    assert "軽い：手続き数 3件、年間件数の計 2,009件、10件未満 1件（ウ）" in chart.alt_text
    assert "1,000件以上 1件（ア）、不明 1件（エ）" in chart.alt_text
    assert "中くらい：手続き数 1件、年間件数の計 3,000件、1,000件以上 1件（イ）" in chart.alt_text
    assert [row[0] for row in table.rows] == ["ア", "イ", "ウ", "エ"]


def test_of_one_procedure_there_is_no_chart(tmp_path: Path) -> None:
    charts, table = split(find(tmp_path, procedure(1), not_started(2, **PLAIN)))
    assert charts == []
    assert len(table.rows) == 1


def test_a_cell_that_is_lost_stops_the_chart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find(tmp_path, *(not_started(n, annual_volume=20 * n, **PLAIN) for n in (1, 2)))
    # Another dictionary: what is put back into one stands at its end, and the order is the pages'.
    fewer = {band: told for band, told in USE_BANDS.items() if band != "under_100"}
    monkeypatch.setattr(efforts, "USE_BANDS", fewer)
    with pytest.raises(ReportError, match="内訳の計は0件です"):
        split(found)


def test_what_was_online_in_the_previous_cycle_is_marked_as_such(findings: Findings) -> None:
    shown = show_next(findings, "kensetsu")
    assert isinstance(shown, Group)
    (table,) = (block for block in shown.blocks if isinstance(block, Table))
    before = findings.ledger.rows_of("kensetsu", PREVIOUS)
    online = {*before.loc[before["status"] == "online", "procedure_id"]}
    marked = {row[1].text for row in table.rows if "（前回はオンライン化済）" in str(row[-1])}
    assert marked == {row[1].text for row in table.rows if row[1].text in online}
    assert marked == {"12-0006", "12-0013", "12-0041"}
