"""What the benchmarks measure with is what they say: surveys that can be built from."""

import shutil
from pathlib import Path

import pytest

from analysis.cycle import open_cycle
from analysis.survey.collect import collect_survey
from benchmarks import surveys
from benchmarks.surveys import DETAIL, STATUS, change_answers, copy_project, grow_project

pytestmark = pytest.mark.slow

LATEST = "2024-09-01"


@pytest.fixture(autouse=True)
def written(demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration that the session has, in place of one written for each benchmark."""

    def write_survey(folder: Path) -> None:
        shutil.copytree(demonstration / "data", folder / "data")

    monkeypatch.setattr(surveys, "write_survey", write_survey)


def test_a_grown_survey_has_each_department_again_with_ids_of_its_own(tmp_path: Path) -> None:
    cycle = open_cycle(LATEST, grow_project(tmp_path / "project", 2))
    survey = collect_survey(cycle)
    assert len(cycle.departments) == 40
    assert "error" not in set(survey.problems["severity"])
    assert len(survey.rows) == 2 * 1758
    assert survey.rows["procedure_id"].is_unique
    assert len(survey.corrections) == 2


def test_a_change_is_made_to_an_answer_that_is_there_and_to_no_other(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    change_answers(project, DETAIL | STATUS)
    problems = collect_survey(open_cycle(LATEST, project)).problems
    assert "error" not in set(problems["severity"])
    with pytest.raises(ValueError, match="K29"):
        change_answers(project, DETAIL)
