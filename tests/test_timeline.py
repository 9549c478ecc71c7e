"""Time runs forward: dates are held to one another, and to no clock."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.cli import main
from analysis.cycle import Cycle, open_cycle
from analysis.errors import SettingsError
from analysis.figures.findings import load_findings
from analysis.forms.new_cycle import begin_cycle
from analysis.inputs import list_inputs
from analysis.proof.crate import write_crate
from analysis.survey.collect import collect_survey
from analysis.survey.problems import describe, problems_from_frame

from workbooks import make_cycle, make_two_cycles, procedure

DAYS = ("2023-03-31", "2024-03-31", "2025-03-31")
HEAD = "previous_id,current_id,decided_by,decided_on,reason\n"


def change_settings(cycle: Cycle, old: str, new: str) -> Cycle:
    path = cycle.raw_folder / "cycle.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return cycle


def follow(root: Path, *previous: str) -> None:
    """Make three cycles, each with the previous one that is told."""
    for name, before in zip(DAYS, previous, strict=True):
        cycle = make_cycle(root, [procedure(1, online_date="2023-01")], name=name)
        change_settings(cycle, "title", f'previous = "{before}"\ntitle')


@pytest.mark.parametrize(
    ("name", "previous"),
    [
        ("2024-03-31", ("2022-03-31", "2025-03-31", "2023-03-31")),
        ("2024-03-31", ("2022-03-31", "2024-03-31", "2023-03-31")),
        ("2023-03-31", ("2025-03-31", "2023-03-31", "2024-03-31")),
    ],
    ids=["later", "itself", "a loop over three"],
)
@pytest.mark.parametrize("command", ["report", "check", "form", "diff"])
def test_a_previous_cycle_that_is_not_earlier_is_one_message(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    previous: tuple[str, ...],
    command: str,
) -> None:
    follow(tmp_path, *previous)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, [command, name, *([name] if command == "diff" else [])])
    assert (done.exit_code, done.output) == (
        1,
        f"Error: data/raw/{name}/cycle.toml: previous = 「{previous[DAYS.index(name)]}」は、"
        f"この調査回（{name}）より前の調査回ではありません。"
        "\n前回の調査回の名前を書くか、最初の調査回であれば previous の行を削ってください。\n",
    )


def test_of_a_previous_cycle_whose_own_is_later_nothing_is_compared(tmp_path: Path) -> None:
    follow(tmp_path, "2022-03-31", "2025-03-31", "2024-03-31")
    with pytest.raises(SettingsError, match=r"2024-03-31/cycle\.toml: previous = 「2025-03-31」"):
        load_findings(open_cycle("2025-03-31", tmp_path), collect_survey)


@pytest.mark.parametrize("name", ["", "昨年度", "2024-3-31", "latest", "../2024-03-31"])
def test_a_previous_cycle_has_a_cycles_name(tmp_path: Path, name: str) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    change_settings(cycle, "title", f'previous = "{name}"\ntitle')
    with pytest.raises(SettingsError, match=f"previous = 「{name}」は調査回の名前ではありません"):
        open_cycle("2024-09-01", tmp_path)


def decide(root: Path, day: str) -> list[str]:
    """Return what is told of two cycles in which a pair and a correction were decided that day."""
    now = [procedure(1), procedure(3, name="届出その２の改", status="おんらいん")]
    matches = f"{HEAD}K-002,K-003,DX戦略課,{day},確認\n"
    cycle = make_two_cycles(root, [now], [[procedure(1), procedure(2)]], matches)
    correction = {
        "procedure_id": "K-003",
        "field": "status",
        "expected": "おんらいん",
        "value": "オンライン化済",
        "reason": "電話で確認",
        "decided_by": "DX戦略課",
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in correction.items()]
    text = "\n".join(["[[correction]]", *lines, f"decided_on = {day}", ""])
    (cycle.raw_folder / "corrections.toml").write_text(text, encoding="utf-8")
    return [describe(problem) for problem in problems_from_frame(collect_survey(cycle).problems)]


@pytest.mark.parametrize("day", ["2024-04-30", "2024-08-01", "2024-10-01", "2034-09-01"])
def test_a_decision_lies_between_the_previous_cycle_and_ten_years_after(
    tmp_path: Path, day: str
) -> None:
    assert decide(tmp_path, day) == []


@pytest.mark.parametrize("day", ["2999-01-01", "2034-09-02", "2024-04-29", "1924-10-01"])
def test_a_decision_before_or_long_after_the_cycle_is_an_error(tmp_path: Path, day: str) -> None:
    said = (
        f"決定日（decided_on）「{day}」: この調査回の決定の日付ではありません"
        "（2024-04-30 から 2034-09-01 まで）。年の誤りがないか確かめ、正しい日付を書いてください。"
    )
    assert decide(tmp_path, day) == [
        f"matches.csv 2行目の{said}",
        f"corrections.toml 手続き「K-003」の訂正の{said}",
    ]


def test_in_a_first_cycle_a_decision_may_be_a_year_older(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1, online_date="2024-02")], name="2024-02-29")
    text = f"{HEAD},K-001,DX戦略課,2023-02-27,新規\n"
    (cycle.raw_folder / "matches.csv").write_text(text, encoding="utf-8")
    (message,) = collect_survey(cycle).problems["message"]
    assert "（2023-02-28 から 2034-02-28 まで）" in message


def test_a_target_that_has_passed_is_asked_about(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    assert collect_survey(cycle).problems.empty
    change_settings(cycle, "by = 2026-03-31", "by = 2024-08-31")
    (problem,) = problems_from_frame(collect_survey(open_cycle(cycle.name, tmp_path)).problems)
    assert (problem.severity, describe(problem)) == (
        "warning",
        "cycle.toml: 目標の期限（target の by = 2024-08-31）が、調査の時点（2024-09-01）"
        "より前です。新しい目標が決まっていれば、期限を直してください。",
    )


def test_a_cycle_may_begin_after_the_target_and_be_told_later(tmp_path: Path) -> None:
    make_cycle(tmp_path, [procedure(1)])
    assert begin_cycle("2026-09-01", tmp_path).settings.previous == "2024-09-01"


@pytest.mark.parametrize(
    ("version", "is_later"),
    [("2024", False), ("2025", False), ("2026", True), ("2026-01", True), ("第3版", False)],
)
def test_a_guideline_of_years_after_the_cycle_is_refused(
    tmp_path: Path, version: str, is_later: bool
) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    text = cycle.guideline_path.read_text(encoding="utf-8")
    text = text.replace('version = "2024"', f'version = "{version}"')
    cycle.guideline_path.write_text(text, encoding="utf-8")
    if not is_later:
        load_findings(cycle, collect_survey)
        return
    with pytest.raises(SettingsError) as caught:
        load_findings(cycle, collect_survey)
    assert str(caught.value) == (
        f"guideline/2024.toml: 版（version = 「{version}」）が、"
        "調査の時点（2024-09-01）の翌年より後です。"
        "\n調査回 2024-09-01 の cycle.toml の guideline か、版を正してください。"
    )


@pytest.mark.parametrize("is_previous", [False, True])
@pytest.mark.parametrize("day", ["2024-08-20", "2024-12-24"])
def test_the_crate_is_published_no_earlier_than_what_it_quotes(
    tmp_path: Path, day: str, is_previous: bool
) -> None:
    before = [procedure(1, status="おんらいん")]
    matches = "" if is_previous else f"{HEAD}K-001,K-001,DX戦略課,{day},確認\n"
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [before], matches)
    decided = day if is_previous else "2024-05-20"
    (tmp_path / "data/raw/2024-04-30/corrections.toml").write_text(
        '[[correction]]\nprocedure_id = "K-001"\nfield = "status"\nexpected = "おんらいん"\n'
        'value = "オンライン化済"\nreason = "確認"\ndecided_by = "DX戦略課"\n'
        f"decided_on = {decided}\n",
        encoding="utf-8",
    )
    findings = load_findings(cycle, collect_survey)
    graph = json.loads(write_crate(findings, list_inputs(cycle), {}, {}))["@graph"]
    (root,) = (entity for entity in graph if entity["@id"] == "./")
    assert root["datePublished"] == max(day, "2024-09-01")
