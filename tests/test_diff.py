import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.figures.findings import Findings
from analysis.proof import diff
from demo.history import CYCLES

from deliveries import CYCLE, answer, copy_delivery, reports_of, run

BEFORE = "2024-03-31"
CELL = "文化スポーツ部.xlsx 調査票!G18「着手中」→「オンライン化済」"


@pytest.fixture(scope="module")
def builds(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two delivered builds, old and new, between which one status changed."""
    folder = copy_delivery(delivery, tmp_path_factory.mktemp("builds"))
    shutil.copytree(reports_of(folder), folder / "old")
    answer(folder, "G18", "オンライン化済")
    code, output = run(folder, "report")
    assert code == 0, output
    return folder


def groups_of(output: str) -> dict[str, str]:
    """Return the text under each group's title, in order."""
    parts = re.split(r"^(\S+)（\d+件）$", output, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_two_builds_differ_in_the_figures_of_the_changed_status_with_its_cell(
    builds: Path,
) -> None:
    code, output = run(builds, "diff", "old", f"reports/{CYCLE}")
    assert code == 0, output
    groups = groups_of(output)
    assert list(groups) == ["市全体", "文化スポーツ部"]
    total, kinds = re.search(r"異なる数値: (\d+)件.*\nその内訳: (.*)\n", output).groups()
    counted = dict(re.findall(r"(\S+?) (\d+)件(?:、|$)", kinds))
    assert list(counted) == ["件数", "割合", "速さと月数", "前回からの増減"]
    assert sum(map(int, counted.values())) == int(total)
    assert re.search(
        rf"・オンライン化済手続き数: 19件 → 20件\n\s+reports/{CYCLE} だけにある根拠の行 1件\n"
        rf"\s+{CELL}（06-0012 ",
        groups["市全体"],
    )
    assert re.search(
        rf"・着手済の手続き数: 2件 → 1件\n\s+old だけにある根拠の行 1件\n\s+{CELL}",
        groups["市全体"],
    )
    assert re.search(
        rf"・オンライン化率: .*\n\s+数え方の変わった行 1件\n\s+{CELL}", groups["市全体"]
    )
    assert "総手続き数" not in output


def test_a_build_agrees_with_itself_and_with_its_cycle_counted_anew(builds: Path) -> None:
    for other in (f"reports/{CYCLE}", CYCLE):
        code, output = run(builds, "diff", f"reports/{CYCLE}", other)
        assert code == 0
        assert "異なる数値: 0件" in output
        assert groups_of(output) == {}


def test_two_cycles_are_matched_by_scope_and_measure(builds: Path) -> None:
    code, output = run(builds, "diff", BEFORE, CYCLE)
    assert code == 0, output
    groups = groups_of(output)
    assert next(iter(groups)) == "市全体"
    assert CELL not in output
    assert "調査票!G18「未着手」→「オンライン化済」（06-0012 " in groups["市全体"]
    assert "課ごとの数値: ほか" in groups["文化スポーツ部"]


def test_what_a_first_cycle_has_no_figure_of_is_told(builds: Path) -> None:
    code, output = run(builds, "diff", CYCLES[0], BEFORE)
    assert code == 0, output
    told = rf"{BEFORE} にだけある数値: \d+件（総手続き数の増減、.*ほか\d+件）"
    assert re.search(told, groups_of(output)["市全体"])


@pytest.mark.slow
def test_a_renumbered_procedure_is_neither_gone_nor_new_between_cycles(
    survey_folder: Path, findings: Findings
) -> None:
    _, output = run(survey_folder, "diff", BEFORE, CYCLE)
    gone, new = (findings.ledger.figure(name).value for name in ("abolished", "new"))
    counts = f"{BEFORE} だけにある根拠の行 {gone}件、{CYCLE} だけにある根拠の行 {new}件"
    assert re.search(rf"・総手続き数: .*\n\s+{counts}\n", groups_of(output)["市全体"])


def test_a_departments_figures_and_a_figures_rows_are_cut_at_five(
    builds: Path, tmp_path: Path
) -> None:
    folder = copy_delivery(builds, tmp_path)
    for row in range(21, 29):
        answer(folder, f"G{row}", "着手済")
    _, output = run(folder, "diff", f"reports/{CYCLE}", CYCLE)
    groups = groups_of(output)
    rows = groups["市全体"].split("・着手済の手続き数: ")[1].split("\n  ・")[0].splitlines()
    assert "だけにある根拠の行 8件" in rows[1]
    assert [line for line in rows if "……ほか3件" in line]
    assert len([line for line in rows if "調査票!G" in line]) == 5
    assert groups["文化スポーツ部"].count("\n  ・") == 5
    assert "\n  ……ほか" in groups["文化スポーツ部"]


def test_figures_without_the_rows_are_compared_all_the_same(builds: Path, tmp_path: Path) -> None:
    folder = copy_delivery(builds, tmp_path)
    (folder / "old" / "audit.xlsx").unlink()
    code, output = run(folder, "diff", "old", f"reports/{CYCLE}")
    assert code == 0
    assert "・オンライン化済手続き数: 19件 → 20件" in output
    assert "old: 根拠の行は比べられません。audit.xlsx" in output
    assert CELL not in output


def test_a_name_that_is_neither_cycle_nor_build_is_an_error(builds: Path) -> None:
    for name in ("2025-01-01", "data", "notebooks/overview.ipynb"):
        code, output = run(builds, "diff", name, CYCLE)
        assert code == 1
        assert f"「{name}」は調査回でも" in output
        assert BEFORE in output


def test_one_department_is_told_with_its_sections_and_nothing_left_out(builds: Path) -> None:
    code, output = run(builds, "diff", BEFORE, CYCLE, "--department", "文化スポーツ部")
    assert code == 0, output
    assert list(groups_of(output)) == ["文化スポーツ部"]
    assert "……ほか" not in re.sub(r"\n {8}……ほか", "", output)
    assert "課ごとの数値" not in output
    assert not re.search(r"、ほか\d+件", output)
    assert re.search(r"・\S+課　オンライン化済手続き数: ", output)
    assert output == run(builds, "diff", BEFORE, CYCLE, "--department", "bunkasports")[1]
    code, output = run(builds, "diff", BEFORE, CYCLE, "--department", "環境部")
    assert code == 1
    assert "部局「環境部」はありません" in output


@pytest.mark.parametrize("path", ["", "ない/違い.csv", ".", "data"])
def test_a_csv_that_cannot_be_written_is_told_before_the_work(
    builds: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the sides were opened")

    monkeypatch.setattr(diff, "open_sides", never)
    code, output = run(builds, "diff", BEFORE, CYCLE, "--csv", path)
    assert code == 1
    assert "別の名前を指定してください" in output


def test_what_differs_is_written_as_csv_and_over_nothing(builds: Path) -> None:
    code, output = run(builds, "diff", "old", f"reports/{CYCLE}", "--csv", "違い.csv")
    assert code == 0, output
    frame = pd.read_csv(builds / "違い.csv", encoding="utf-8-sig", dtype="str")
    count = re.search(r"異なる数値: (\d+)件", output)
    assert count and len(frame) == int(count[1])
    online = frame[frame["b_figure_id"] == f"{CYCLE}/all/online"].iloc[0]
    told = online[["scope", "label", "a_text", "b_text", "a_unit", "a_rows", "b_rows"]]
    assert [*told] == ["市全体", "オンライン化済手続き数", "19", "20", "件", "19", "20"]
    before = (builds / "違い.csv").read_bytes()
    assert "'+" not in before.decode() and ",+" in before.decode()
    again = run(builds, "diff", "old", f"reports/{CYCLE}", "--csv", "違い.csv")
    assert again == (0, output)
    code, output = run(builds, "diff", BEFORE, CYCLE, "--csv", "違い.csv")
    assert code == 1
    assert "既にあります" in output and "異なる数値" in output
    assert (builds / "違い.csv").read_bytes() == before
