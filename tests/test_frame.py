"""The frames for an analysis of one's own, and the notebook that opens them."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.build.misplaced import find_misplaced
from analysis.build.workers import in_new_process
from analysis.cycle import open_cycle
from analysis.figures.findings import Findings, load_findings
from analysis.inputs import list_inputs
from analysis.questionnaire.read import TEMPLATE_PATH
from analysis.survey.collect import collect_survey
from explored import explore, list_shown

from conftest import ROOT
from workbooks import make_cycle, make_two_cycles, not_started, procedure


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    now = [procedure(1), not_started(2, annual_volume="不明")], [procedure(3, section="こども課")]
    cycle = make_two_cycles(
        tmp_path_factory.mktemp("frame"), now, [[not_started(1, procedure_id="K-901")], now[1]]
    )
    return load_findings(cycle, collect_survey)


def test_a_frame_has_the_words_of_the_survey_in_its_order(small: Findings) -> None:
    frame = small.frame(labels=True)
    asked = small.cycle.questionnaire
    assert frame["部局"].cat.categories.tolist() == ["環境部", "こども部"]
    status = frame[asked.named["status"].header]
    assert status.cat.ordered
    assert status.cat.categories.tolist() == [*asked.named["status"].choices.values()]
    assert status.astype("str").tolist() == ["オンライン化済", "未着手", "オンライン化済"]
    assert frame["年間件数"].isna().tolist() == [False, True, False]
    assert frame["年間件数がない理由"].notna().tolist() == [False, True, False]
    assert frame[["調査票", "シート", "行"]].iloc[2].tolist() == ["こども部.xlsx", "調査票", 6]


def test_what_is_counted_in_a_frame_is_what_the_reports_count(findings: Findings) -> None:
    now, figure = findings.frame(labels=True), findings.ledger.figure
    title, online = findings.titles, findings.cycle.questionnaire.name_role("online")
    counted = pd.crosstab(now[title["department"]], now[title["status"]])
    for department in findings.cycle.departments:
        assert counted.loc[department.name, online] == figure("online", department.slug).value
    assert counted.index.tolist() == [own.name for own in findings.cycle.departments]
    weighted = now.groupby(title["status"])[title["annual_volume"]].sum()
    assert weighted[online] == figure("online_volume").value


@pytest.mark.parametrize("previous", [False, True])
def test_whatever_a_frame_has_in_codes_it_has_in_words(findings: Findings, previous: bool) -> None:
    codes, words = (findings.frame(labels=own, previous=previous) for own in (False, True))
    told = {name: codes[name].notna().tolist() for name in codes}
    assert told == {name: words[findings.titles[name]].notna().tolist() for name in codes}
    if not previous:
        several = words["ガイドライン：様式と手数料"][
            codes["decided_preparation"] == "form;payment"
        ]
        assert len(several) and several.str.contains("；").all()


def test_the_frames_of_both_cycles_are_joined_by_one_column(small: Findings) -> None:
    now, before = small.frame(labels=True), small.frame(labels=True, previous=True)
    both = now.merge(before, on="対応する手続き", suffixes=("", "（前回）"))
    assert both["手続きID"].tolist() == ["K-001", "K-003"]
    assert both["手続きID（前回）"].tolist() == ["K-901", "K-003"]


def test_a_first_cycle_has_an_empty_frame_before_it(tmp_path: Path) -> None:
    findings = load_findings(make_cycle(tmp_path, [procedure(1)]), collect_survey)
    now, before = findings.frame(labels=True), findings.frame(labels=True, previous=True)
    assert (len(now), len(before), [*now]) == (1, 0, [*before])


def test_no_two_columns_are_called_alike(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    survey = TEMPLATE_PATH.read_text("utf-8").replace('header = "備考"', 'header = "行"')
    cycle.survey_path.write_text(survey, "utf-8")
    findings = load_findings(open_cycle(cycle.name, tmp_path), collect_survey)
    assert [findings.titles[name] for name in ("remarks", "row")] == ["行", "行（集計）"]
    assert findings.frame(labels=True)["行（集計）"].tolist() == [6]


def test_who_explores_changes_nothing_that_reports_are_made_from(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    before, path = list_inputs(cycle), tmp_path / "notebooks" / "explore.ipynb"
    path.write_text(path.read_text("utf-8").replace("crosstab", "pivot"), "utf-8")
    shutil.copy(path, path.with_name("mine.ipynb"))
    assert list_inputs(cycle) == before
    assert [str(found).partition(":")[0] for found in find_misplaced(cycle)] == [
        "notebooks/mine.ipynb"
    ]


@pytest.mark.slow
def test_the_notebook_to_explore_with_shows_frames_and_a_chart(survey_folder: Path) -> None:
    shown = list_shown(in_new_process(explore, survey_folder))
    assert sum("text/html" in data for data in shown) >= 5
    assert len([data for data in shown if "image/png" in data]) == 1
    assert "オンライン化率" in str(shown)
