"""The trend over three cycles, counted by hand across a split and a merger."""

import datetime
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analysis.audit.workbook import write_audit
from analysis.cycle import open_cycle
from analysis.document import html
from analysis.document.trend_chart import draw_trend
from analysis.errors import SettingsError
from analysis.figures.findings import Findings, load_findings
from analysis.figures.listing import list_figures
from analysis.figures.trace import trace
from analysis.inputs import list_inputs
from analysis.reports import department, overview
from analysis.survey.collect import collect_survey
from trends import BEFORE, CITY, FIRST, NOW, make_three_cycles

from conftest import add_code
from deliveries import run
from pages import texts_of
from spreadsheets import recalculate

MEASURES = ("total", "online", "online_rate")


def find(root: Path, name: str = NOW) -> Findings:
    return load_findings(open_cycle(name, root), collect_survey)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_three_cycles(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def found(city: Path) -> Findings:
    return find(city)


def texts(found: Findings, scope: str) -> list[str | None]:
    figures = (found.ledger.look_up(NOW, scope, f"{name}_{FIRST}") for name in MEASURES)
    return [None if figure is None else figure.text for figure in figures]


def test_what_was_split_and_then_merged_counts_where_it_would_belong_today(
    found: Findings,
) -> None:
    assert texts(found, "all") == ["4", "2", "50.0"]
    assert texts(found, "shiminbunka") == ["2", "1", "50.0"]
    assert texts(found, "hoken") == ["1", "1", "100.0"]


def test_a_department_without_a_counterpart_then_has_no_figure(found: Findings) -> None:
    assert texts(found, "shin") == [None, None, None]
    figures = [figure.id for figure in found.ledger.figures.values() if FIRST in figure.measure]
    assert len(figures) == len(MEASURES) * 3


def test_the_evidence_is_the_cells_of_the_workbooks_of_then(found: Findings) -> None:
    ledger = found.ledger
    evidence = ledger.evidence(ledger.figure(f"online_{FIRST}", "hoken"))
    assert evidence[["cycle", "workbook", "cell", "raw"]].to_numpy().tolist() == [
        [FIRST, "市民部.xlsx", "A8", "S-003"],
        [FIRST, "市民部.xlsx", "G8", "オンライン化済"],
    ]
    wanted = [ledger.figure(f"{name}_{FIRST}", "shiminbunka") for name in MEASURES]
    assert list_figures(ledger, wanted)["evidence_rows"].tolist() == [2, 1, 2]
    assert f"{FIRST} 市民部.xlsx 調査票!G6" in trace(ledger, f"{NOW}/市民文化部/online_{FIRST}")


@pytest.mark.slow
def test_a_spreadsheet_recounts_it_from_a_sheet_of_that_cycles_rows(
    found: Findings, tmp_path: Path
) -> None:
    path = tmp_path / "audit.xlsx"
    path.write_bytes(write_audit(found))
    sheets = recalculate(path, tmp_path)
    assert len(sheets[f"{FIRST}の手続き"]) == 4
    lines = {line["数値ID"]: line for line in sheets["数値"]}
    assert {line["照合"] for line in lines.values()} == {"一致"}
    rate = lines[f"{NOW}/shiminbunka/online_rate_{FIRST}"]
    assert [rate[title] for title in ("分子", "分母", "再計算")] == [1, 2, 50]


def test_the_reports_tell_the_trend_and_what_has_none(found: Findings) -> None:
    told = texts_of(overview.moves(found))
    assert "市全体のオンライン化率の推移" in told
    assert "引継ぎを順にたどり" in told
    assert "2023年9月30日時点の架空の回答は、公表された件数と照合していません。" in told
    assert "今の部局に当たる部局の手続きがなかった" in told
    assert html.render(overview.moves(found)).count(">市全体</th>") == 1
    own = texts_of(department.changes(found, "保険部"))
    assert "保険部のオンライン化率の推移" in own
    assert "手続きがなかった" not in own
    assert "2023年9月30日" in own


def test_two_cycles_have_no_trend(city: Path) -> None:
    before = find(city, BEFORE)
    assert "推移" not in texts_of(overview.moves(before))
    assert "推移" not in texts_of(department.changes(before, "保険部"))
    assert not [name for name in before.ledger.items if FIRST in name]


def test_a_cycle_that_is_missing_is_told_with_the_settings_that_name_it(
    city: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(city, tmp_path / "city"))
    shutil.rmtree(root / "data" / "raw" / FIRST)
    told = f"data/raw/{BEFORE}/cycle.toml: 前回の調査回（previous = 「{FIRST}」）を開けません。"
    with pytest.raises(SettingsError, match="開けません") as caught:
        find(root)
    assert told in str(caught.value)
    code, output = run(root, "check", NOW)
    assert code == 1
    assert told in output.replace("\n", "")


def test_the_files_of_every_cycle_are_among_the_inputs(city: Path) -> None:
    names = list_inputs(open_cycle(NOW, add_code_once(city)))
    assert {f"data/raw/{cycle}/cycle.toml" for cycle in CITY} <= {*names}
    assert f"data/raw/{FIRST}/旧部.xlsx" in names


def add_code_once(root: Path) -> Path:
    return root if (root / "notebooks").is_dir() else add_code(root)


def test_the_chart_has_true_distances_in_time(found: Findings) -> None:
    figure = found.ledger.figure("online_rate")
    days = [datetime.date(2023, 9, 30), datetime.date(2024, 3, 31), datetime.date(2025, 9, 30)]
    chart = draw_trend("推移", [(day, f"{day}", figure) for day in days])
    places = [float(x) for x in find_numbers_of(chart.svg)]
    assert len(places) == 3
    ratio = (places[1] - places[0]) / (places[2] - places[0])
    assert ratio == pytest.approx(183 / 731, abs=0.002)
    assert chart.alt_text.startswith("折れ線グラフ。推移。2023-09-30 66.7%、")


def find_numbers_of(svg: str) -> list[Any]:
    from analysis.document.svg import find_numbers  # noqa: PLC0415

    return [box.left + box.width / 2 for box in find_numbers(svg)[1]]


@pytest.mark.slow
@pytest.mark.usefixtures("remembered")
def test_an_older_workbook_that_is_edited_is_noticed(city: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(add_code_once(city), tmp_path / "city"))
    assert run(root, "report", "--quiet")[0] == 0
    assert run(root, "verify")[0] == 0
    path = root / "data" / "raw" / FIRST / "旧部.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["G6"], sheet["H6"], sheet["J6"] = "オンライン化済", "2023-04-01", None
    book.save(path)
    code, output = run(root, "verify", "--quick")
    assert code == 1
    assert f"調査票 data/raw/{FIRST}/旧部.xlsx: 変更されています。" in output
    assert "オンライン化率（2023年9月30日）: 50.0% → 75.0%" in output
    assert f"{FIRST} 旧部.xlsx 調査票!G6「未着手」→「オンライン化済」（K-001 " in output
    assert run(root, "report", "--quiet")[0] == 0
    assert "75.0" in (root / "reports" / NOW / "overview.html").read_text("utf-8")
    assert run(root, "verify")[0] == 0
