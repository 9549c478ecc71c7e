"""A survey of one's own goes from an empty folder to reports without touching the package."""

import os
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from analysis.build.misplaced import find_misplaced
from analysis.cycle import open_cycle
from analysis.figures.catalogue import require_free_ids
from analysis.figures.guideline import read_guideline
from analysis.figures.road import find_horizon
from analysis.forms.layout import FIRST_ROW
from analysis.questionnaire.read import SURVEY_NAME, TEMPLATE_PATH

from deliveries import run
from workbooks import build_workbook, not_started, procedure

FIRST = "2025-03-31"


def begin(folder: Path) -> Path:
    code, said = run(folder.parent, "init", folder.name)
    assert code == 0, said
    assert f"{folder.name} に調査のフォルダーを作成しました" in said
    code, said = run(folder, "new-cycle", FIRST)
    assert code == 0, said
    assert "最初の調査回の設定として作成しました" in said
    assert f"analysis form {FIRST}" in said
    return folder


def test_an_empty_folder_becomes_a_survey_with_settings_to_be_filled_in(tmp_path: Path) -> None:
    folder = begin(tmp_path / "わが市")
    assert {path.name for path in folder.iterdir()} == {"README.ja.md", "data"}
    settings = open_cycle(None, folder).settings
    assert not Path(folder, "docs").exists()
    assert (settings.previous, settings.guideline, settings.target) == (None, None, None)
    assert not settings.demonstration
    text = (folder / "data" / "raw" / FIRST / "cycle.toml").read_text(encoding="utf-8")
    assert text.startswith("# 調査回 2025年3月31日時点の設定。")
    assert "$" not in text


def test_what_the_settings_show_in_comments_can_be_switched_on(tmp_path: Path) -> None:
    folder = begin(tmp_path / "city")
    path = folder / "data" / "raw" / FIRST / "cycle.toml"
    text = path.read_text(encoding="utf-8")
    switched = ('# guideline = "guideline.toml"', "# [target]", "# rate_percent = 100")
    for line in (*switched, f"# by = {FIRST}"):
        assert text.count(f"\n{line}\n") == 1
        text = text.replace(f"\n{line}\n", f"\n{line[2:]}\n")
    for line in ('"手続番号" = "手続きID"', "[answers.status]", '"対応済" = "オンライン化済"'):
        assert text.count(f"#   {line}\n") == 1
    text = text.replace("[headers]\n", '[headers]\n"手続番号" = "手続きID"\n')
    path.write_text(f'{text}\n[answers.status]\n"対応済" = "オンライン化済"\n', encoding="utf-8")
    settings = open_cycle(None, folder).settings
    assert settings.target is not None
    assert settings.guideline == "guideline.toml"
    assert settings.headers == {"手続番号": "手続きID"}
    assert settings.answers == {"status": {"対応済": "オンライン化済"}}


def test_an_empty_folder_in_which_somebody_stands_is_filled(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    code, said = run(folder, "init", ".")
    assert code == 0, said
    assert sorted(path.name for path in folder.iterdir()) == ["README.ja.md", "data"]
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


def test_a_new_survey_has_what_it_asks_and_a_guideline_to_be_written_over(tmp_path: Path) -> None:
    folder = begin(tmp_path / "city")
    raw = folder / "data" / "raw"
    assert (raw / SURVEY_NAME).read_bytes() == TEMPLATE_PATH.read_bytes()
    cycle = open_cycle(None, folder)
    guideline = read_guideline(raw / "guideline" / "guideline.toml", cycle.questionnaire)
    require_free_ids(guideline, cycle.questionnaire, find_horizon(cycle), None)
    assert find_misplaced(cycle) == []
    (raw / "guideline" / "guideline.toml").write_text("title = 1", encoding="utf-8")
    assert [found.path for found in find_misplaced(cycle)] == ["data/raw/guideline/guideline.toml"]


@pytest.mark.parametrize("there", ["a file", "a folder that is filled", "a link"])
def test_nothing_that_stands_is_touched(tmp_path: Path, there: str) -> None:
    folder = tmp_path / "city"
    if there == "a file":
        folder.write_text("kept")
    elif there == "a link":
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir()
        (folder / "メモ.txt").write_text("kept")
    code, said = run(tmp_path, "init", "city")
    assert code == 1
    assert "既に何かあります。何も変更していません。" in said
    assert not (tmp_path / "elsewhere").exists()
    assert not (folder / "data").exists()


@pytest.mark.parametrize("place", ["data", "data/raw", "data/raw/2024-09-01", "reports/x", "new"])
def test_no_survey_is_begun_within_another(small_project: Path, tmp_path: Path, place: str) -> None:
    root = Path(shutil.copytree(small_project, tmp_path / "survey"))
    before = sorted(root.rglob("*"))
    for start in (root, root / "data"):
        code, said = run(start, "init", os.path.relpath(root / place, start))
        assert code == 1
        assert f"既にある調査のフォルダー {root} の中です。" in said
    assert sorted(root.rglob("*")) == before


def test_what_is_to_be_filled_in_is_told_until_it_is(tmp_path: Path) -> None:
    said = run(tmp_path, "init", "city")[1]
    assert "city（〇〇市）、publisher（〇〇課）、departments（部局）を書き直す" in said
    folder = tmp_path / "city"
    assert run(folder, "new-cycle", FIRST)[0] == 0
    path = folder / "data" / "raw" / FIRST / "cycle.toml"
    said = run(folder, "check")[1]
    assert "cycle.toml city「〇〇市」" in said
    assert "publisher「〇〇課」）: 調査を始めたときの「〇〇」のままです" in said
    text = path.read_text("utf-8").replace("〇〇市", "郡山市").replace("〇〇課", "DX戦略課")
    path.write_text(text, "utf-8")
    assert "〇〇" not in run(folder, "check")[1]


@pytest.mark.slow
def test_the_first_cycle_goes_from_empty_forms_to_reports(tmp_path: Path) -> None:
    folder = begin(tmp_path / "city")
    code, said = run(folder, "form")
    assert code == 0, said
    form = load_workbook(folder / "data" / "processed" / FIRST / "forms" / "総務部.xlsx")
    assert form["調査票"].cell(FIRST_ROW + 1, 1).value is None
    form.close()
    raw = folder / "data" / "raw" / FIRST
    answers = {"総務部": [procedure(1)], "市民部": [not_started(2), procedure(3)]}
    for name, lines in answers.items():
        workbook = build_workbook(lines, department=name)
        workbook.save(raw / f"{name}.xlsx")
    code, said = run(folder, "report")
    assert code == 0, said
    names = {path.name for path in (folder / "reports" / FIRST).iterdir()}
    assert {"index.html", "overview.pdf", "department-somu.html", "audit.xlsx"} <= names
    assert "guideline.html" not in names
    assert run(folder, "verify")[0] == 0
    assert "総手続き数: 3件" in run(folder, "trace", f"{FIRST}/市全体/総手続き数")[1]
