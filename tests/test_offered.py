"""What JupyterLab is told while it runs: what may be chosen, and the panel of a cell's number."""

import datetime
from pathlib import Path

import pytest

from analysis.cycle_toml import Target
from analysis.errors import ReportError
from analysis.lab.choices import list_choices
from analysis.lab.panel import write_panel

from conftest import DEMO, LATEST

SHORT = f"{LATEST}/all/shortfall"


def test_the_cycles_and_a_cycle_s_departments_are_offered(tmp_path: Path) -> None:
    found = list_choices(DEMO)
    assert [value for value, _ in found["cycle"].values][:3] == ["latest", LATEST, "2024-03-31"]
    assert found["department"].values[0] == ("somu", "総務部（somu）")
    assert list_choices(DEMO, "2024-03-31")["department"].values
    assert list_choices(DEMO, "2024-03-3") == found
    assert [own.values for own in list_choices(tmp_path).values()] == [[], []]


def test_a_number_that_is_another_by_now_has_no_panel(survey_folder: Path) -> None:
    with pytest.raises(ReportError, match=r"セルの「956手続き」は、.*（1,131）と違います"):
        write_panel(survey_folder, SHORT, "956手続き")
    assert "1,131件" in write_panel(survey_folder, SHORT, "1,131手続き")


def test_a_number_of_another_target_has_the_panel_of_that_target(survey_folder: Path) -> None:
    aimed = Target(rate_percent=90, by=datetime.date(2026, 3, 31))
    page = write_panel(survey_folder, SHORT, "956手続き", aimed)
    assert "目標 90%（2026年3月31日まで）" in page
    assert "956件" in page
