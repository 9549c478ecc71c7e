"""What `analysis check` prints and leaves behind."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from analysis.cli import main
from analysis.cycle import Cycle
from analysis.forms.returned import write
from analysis.forms.returned.write import Returned, return_workbooks
from analysis.forms.status import describe_returned, describe_status
from analysis.survey.alike import MOST_WORDINGS
from analysis.survey.collect import collect_survey
from analysis.survey.problems import Place, problems_to_frame, report

from rows import ASKED
from workbooks import make_cycle, make_two_cycles, procedure


def describe(cycle: Cycle, *, coloured: bool = False) -> str:
    survey = collect_survey(cycle)
    returned = return_workbooks(cycle, survey)
    status = describe_status(survey, cycle.name, coloured=coloured)
    return f"{status}\n{describe_returned(cycle.name, returned)}"


def test_the_whole_status_of_a_small_cycle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_cycle(tmp_path, [procedure(1, status="謎", online_date=None), procedure(2)], None)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 1
    assert result.stdout == (
        "| 部局     | 調査票 | 手続き | 誤り | 要確認 | 参考 |\n"
        "|----------|--------|--------|------|--------|------|\n"
        "| 環境部   | 提出済 |      2 |    1 |      0 |    0 |\n"
        "| こども部 | 未提出 |      - |    1 |      0 |    0 |\n"
        "\n"
        "提出済 1/2 部局\n"
        "未提出（1部局）: こども部\n"
        "\n"
        "誤り 2件\n"
        "  ・環境部.xlsx 調査票!G6: オンライン化の状況「謎」は選択肢にありません。"
        "次のいずれかを入力してください: オンライン化済、着手済、未着手\n"
        "  ・こども部.xlsx: 調査票が未提出です。"
        "data/raw/2024-09-01 に「こども部.xlsx」を置いてください。\n"
        "\n"
        "要確認 0件\n"
        "\n"
        "参考 0件\n"
        "\n"
        "data/processed/2024-09-01/returned/ に、部局に返す調査票を1件作成しました。\n"
        "  ・環境部　環境部.xlsx\n"
    )


@pytest.mark.slow
def test_a_thousand_alike_problems_are_one_line_and_all_are_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = procedure(1, status="謎", online_date=None)
    lines = [
        wrong | {"procedure_id": f"K-{n}", "name": f"届出{n}", "annual_volume": f"多数{n}"}
        for n in range(1, 1001)
    ]
    own = [line | {"procedure_id": f"C{line['procedure_id']}"} for line in lines[:3]]
    cycle = make_cycle(tmp_path, lines, own)
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(main, ["check"]).stdout
    told = [line for line in said.splitlines() if line.startswith("  ・")]
    assert (
        "  ・1,003件（環境部.xlsx 調査票!G6～G1005、こども部.xlsx 調査票!G6～G8）: "
        "オンライン化の状況「謎」は選択肢にありません。"
        "次のいずれかを入力してください: オンライン化済、着手済、未着手"
    ) in told
    # A column of other words is as many lines as are read.
    assert len(told) == 1 + MOST_WORDINGS + 1 + len(["環境部.xlsx", "こども部.xlsx"])
    assert "  ・ほか980件: 件数は九桁までの整数か「不明」で記入する。" in told
    assert "\nすべての問題の一覧: data/processed/2024-09-01/problems.csv\n" in said
    listed = (cycle.processed_folder / "problems.csv").read_text("utf-8-sig").splitlines()
    assert len(listed) == 1 + 2 * 1003


def test_the_list_of_problems_has_those_that_show_beside_the_previous_cycle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1), procedure(2)]])
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert "K-002" in CliRunner().invoke(main, ["check"]).stdout
        assert "K-002" in (cycle.processed_folder / "problems.csv").read_text("utf-8-sig")


def test_the_status_is_told_before_anything_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cycle(tmp_path, [procedure(1, status="謎", online_date=None)])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(write, "Bounded", interrupt)
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 1
    assert "  ・環境部.xlsx 調査票!G6: オンライン化の状況「謎」は選択肢に" in result.stdout
    assert "中断しました。" in result.stderr


def test_what_is_done_is_told_beside_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cycle(tmp_path, [procedure(1, name=None)], [procedure(2)])
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["check"]).stderr.splitlines()
    assert sorted(line.partition("  ")[2] for line in told[:2]) == [
        "2024-09-01　こども部　調査票の読み取り",
        "2024-09-01　環境部　調査票の読み取り",
    ]
    assert told[2:] == ["[3/3] check  回答の点検", "[1/1] kankyo  環境部　返す調査票の作成"]
    # What did not change is not read again.
    assert CliRunner().invoke(main, ["check"]).stderr.splitlines() == told[3:]


def interrupt(_: object) -> None:
    raise KeyboardInterrupt


def test_a_sound_cycle_ends_well_and_returns_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cycle(tmp_path, [procedure(1)])
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 0
    assert "提出済 1/1 部局" in result.stdout
    assert "returned" not in result.stdout


def test_every_line_of_the_table_is_as_wide_as_the_others(tmp_path: Path) -> None:
    text = describe(make_cycle(tmp_path, [procedure(n) for n in range(1, 4)], None))
    widths = {cell_len(line) for line in text.splitlines() if line.startswith("|")}
    assert len(widths) == 1


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1, name=None)], None)
    assert "\x1b[" not in describe(cycle)
    assert "\x1b[1;31m" in describe(cycle, coloured=True)


def test_a_workbook_without_marks_is_named_with_the_list_that_goes_back(tmp_path: Path) -> None:
    entry = Returned("環境部", "環境部.csv", tmp_path / "環境部（確認事項）.xlsx", "中身が40 MB")
    assert describe_returned("2024-09-01", [entry]) == (
        "\n次の調査票は大きいか複雑なため、印を付けられませんでした。"
        "問題の一覧だけを data/processed/2024-09-01/returned/ に1件作成しました。"
        "部局に送ってください。"
        "\n  ・環境部　環境部（確認事項）.xlsx（中身が40 MB）"
    )


def test_an_unreadable_file_is_said_to_have_no_return(tmp_path: Path) -> None:
    text = describe(make_cycle(tmp_path, b"no workbook"))
    assert text.endswith(
        "\n次の調査票は表が一つに決まらないか読めないため、印を付けていません。上の問題を部局に伝えてください。"
        "\n  ・環境部　環境部.xlsx"
    )


def test_a_return_in_place_of_another_kind_of_file_says_so(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    entry = Returned("環境部", "環境部.csv", tmp_path / "環境部.xlsx")
    text = describe_returned(cycle.name, [entry])
    assert text.endswith("\n  ・環境部　環境部.xlsx（再提出されたら「環境部.csv」と置き換える）")


def test_no_text_of_a_workbook_steers_the_terminal(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    place = Place("環境部", "環境部.xlsx", "調査票", "G6")
    value = "\x1b[2J\x9b2J\u202e[bold]謎[/bold]"
    problems = problems_to_frame(
        [report("answer_unknown", place, ASKED.named["status"], value=value)]
    )
    survey = replace(collect_survey(cycle), problems=problems)
    text = describe_status(survey, cycle.name)
    assert "「\ufffd[2J\ufffd2J\ufffd[bold]謎[/bold]」" in text
    assert "\x1b" not in text


def test_what_stops_the_reports_beside_the_answers_is_told_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["check"]).exit_code == 0
    published = "scope,measure,published\n全体,total,多数\n"
    (cycle.raw_folder / "published.csv").write_text(published, encoding="utf-8")
    shutil.rmtree(cycle.raw_folder.parent / "2024-04-30")
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 1
    told = result.stdout.split("報告書は、次のとおりであるあいだ作成できません。\n")
    assert told[1].startswith("調査回「2024-04-30」は data/raw にありません。")
    assert "2行目: 全体 total = '多数'" in told[2]
