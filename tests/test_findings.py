"""Findings are remembered as long as the files that they are made from are the same."""

from pathlib import Path

import pytest

from analysis.cycle import open_cycle
from analysis.errors import SettingsError
from analysis.figures.findings import INPUTS, hash_inputs, load_findings

from deliveries import copy_delivery


def test_findings_are_given_again_until_an_input_changes_or_as_long_as_it_is_said_not_to(
    small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = open_cycle(None, copy_delivery(small_project, tmp_path))
    inputs, findings = hash_inputs(cycle), load_findings(cycle)
    assert load_findings(cycle) is findings
    (cycle.raw_folder / "memo.txt").write_text("x", encoding="utf-8")
    assert load_findings(cycle, inputs=inputs) is findings
    monkeypatch.setenv(INPUTS, inputs)
    assert load_findings(cycle) is findings
    monkeypatch.setenv(INPUTS, "of another city")
    assert hash_inputs(cycle) != inputs
    assert load_findings(cycle, inputs="of another city") is not findings


def test_a_cycle_that_is_no_text_is_told_with_those_there_are(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """papermill takes 20240901 for a number."""
    monkeypatch.chdir(demonstration)
    with pytest.raises(SettingsError, match=r"「20240901」は data/raw に.*\n.*2024-09-01"):
        load_findings(20240901)  # type: ignore[arg-type]
