"""`analysis trace` goes from a figure to its cells without Python."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.cli import main
from analysis.cycle import Cycle
from analysis.errors import FigureError, SettingsError
from analysis.figures.build import build_ledger
from analysis.figures.findings import Findings, load_findings
from analysis.figures.trace import trace
from analysis.survey.collect import collect_survey

from conftest import LATEST
from workbooks import make_two_cycles, procedure


def test_a_change_shows_both_cycles_and_what_moved(findings: Findings) -> None:
    text = trace(findings.ledger, "2024-09-01/kensetsu/online_change")
    assert "建設部　オンライン化済手続き数の増減: −4件" in text
    assert "今回: 6件" in text
    assert "前回: 10件" in text
    assert "新たに入った行: 1件" in text
    assert "外れた行: 5件" in text
    assert "2024-03-31 建設部.xlsx 調査票!" in text


def test_a_rate_shows_numerator_and_denominator(findings: Findings) -> None:
    text = trace(findings.ledger, "2024-09-01/all/online_rate")
    assert "分子: 627　分母: 1,758" in text
    assert "分子と分母に入る行: 627件" in text
    assert "分母だけに入る行: 1,131件" in text


def test_a_number_that_there_is_not_has_no_unit(tmp_path: Path) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    ledger = load_findings(cycle, collect_survey).ledger
    told = trace(ledger, f"{cycle.name}/all/reason_not_considered_share")
    assert told.startswith("市全体　未着手の理由：未検討の割合: —\n")


def test_a_department_can_be_named_in_japanese(findings: Findings) -> None:
    by_name = trace(findings.ledger, "2024-09-01/環境部/online")
    assert by_name == trace(findings.ledger, "2024-09-01/kankyo/online")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("環境部/オンライン化率", "kankyo/online_rate"),
        ("市全体/オンライン化済手続き数の増減", "all/online_change"),
        ("全体/未着手の理由：現行法制度上不可", "all/reason_law_prevents"),
        ("環境部　環境政策課/総手続き数", "kankyo.環境政策課/total"),
        ("保健・感染症課/total", "hokenfukushi.保健%E3%83%BB感染症課/total"),
        ("kankyo/総手続き数", "kankyo/total"),
    ],
)
def test_scope_and_measure_can_be_called_as_the_reports_call_them(
    findings: Findings, written: str, meant: str
) -> None:
    assert f"数値ID: {LATEST}/{meant}\n" in trace(findings.ledger, f"{LATEST}/{written}")


@pytest.mark.parametrize("city", ["市全体", "全体", "all"])
def test_a_figure_without_a_cycle_is_the_latest_one_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, city: str
) -> None:
    make_two_cycles(tmp_path, [[procedure(1), procedure(2)]], [[procedure(1)]])
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["trace", f"{city}/総手続き数"])
    assert done.output.startswith("市全体　総手続き数: 2件\n数値ID: 2024-09-01/all/total\n")


def test_a_name_that_several_have_is_not_guessed(findings: Findings) -> None:
    names = [scope.name.partition(" ")[2] for scope in findings.ledger.scopes.values()]
    twice = next(name for name in names if name and names.count(name) > 1)
    with pytest.raises(FigureError, match="近いもの"):
        trace(findings.ledger, f"{LATEST}/{twice}/total")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("環境部/未着手", "kankyo/not_started"),
        ("環境部/着手済", "kankyo/started"),
        ("環境部/オンライン化済", "kankyo/online"),
        ("環境部/率", "kankyo/online_rate"),
        ("環境部/オンライン率", "kankyo/online_rate"),
        ("環境部/未検討", "kankyo/reason_not_considered"),
        ("環境部/速さ", "kankyo/pace"),
        ("環境局/オンライン化率", "kankyo/online_rate"),
        ("環境政策/総手続き数", "kankyo.環境政策課/total"),
        ("kankyo/not_strated", "kankyo/not_started"),
        ("kankyo.環境政策課/published", "kankyo/published"),
    ],
)
def test_the_nearest_is_what_is_called_most_alike(
    findings: Findings, written: str, meant: str
) -> None:
    with pytest.raises(FigureError) as caught:
        trace(findings.ledger, f"{LATEST}/{written}")
    nearest = str(caught.value).splitlines()[1]
    assert nearest.split()[0] == f"{LATEST}/{meant}"


def test_a_figure_asked_by_a_departments_name_is_told_its_id(findings: Findings) -> None:
    with pytest.raises(FigureError) as caught:
        findings.ledger.figure("online_rate", "環境部")
    assert f"  {LATEST}/kankyo/online_rate  環境部　オンライン化率\n" in str(caught.value)


def test_a_cleaned_answer_stands_beside_the_raw_one(findings: Findings) -> None:
    text = trace(findings.ledger, "2024-09-01/all/online")
    assert "→ オンライン化済" in text


def test_a_corrected_and_a_reconciled_number_can_be_traced_too(findings: Findings) -> None:
    assert "2行目" in trace(findings.ledger, "2024-09-01/somu/published_agreeing")
    assert "農林部.xlsx" in trace(findings.ledger, "2024-09-01/norin/corrections")


@pytest.mark.slow
def test_a_stored_survey_is_traced_without_loading_what_reads_workbooks(
    findings: Findings, survey_folder: Path
) -> None:
    """A tenth of a second of the command, and nobody would see it come back."""
    code = (
        "import sys; from analysis.cli import main\n"
        "main(['trace', '2024-09-01/kankyo/online'], standalone_mode=False)\n"
        "print([name for name in ('openpyxl', 'pyarrow.dataset') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=survey_folder, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[0] == "環境部　オンライン化済手続き数: 96件"
    assert run.stdout.splitlines()[-1] == "[]"


def test_one_figure_is_evaluated_without_the_others(findings: Findings) -> None:
    ledger = build_ledger(findings.cycle, findings.survey, findings.previous)
    trace(ledger, "2024-09-01/kankyo/online_change")
    assert "figures" not in vars(ledger)
    assert {measure for _, measure, _ in ledger._evaluated} == {"online", "online_change"}


def test_a_wrong_published_value_is_told_whatever_figure_is_asked_for(
    findings: Findings, tmp_path: Path
) -> None:
    """Tables are made when they are needed; what is wrong with the files is told at once."""
    shutil.copytree(findings.cycle.guideline_path.parent, tmp_path / "data/raw/guideline")
    cycle = Cycle(tmp_path, findings.cycle.name, findings.cycle.settings)
    cycle.raw_folder.mkdir()
    wrong = "scope,measure,published\n環境部,online,九十六\n"
    (cycle.raw_folder / "published.csv").write_text(wrong, encoding="utf-8")
    with pytest.raises(SettingsError, match="九十六"):
        build_ledger(cycle, findings.survey, findings.previous)
