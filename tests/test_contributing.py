"""The recipes of CONTRIBUTING.md are followed as they stand there, in one copy and one build."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from analysis.build.misplaced import find_misplaced
from analysis.cycle import open_cycle

from conftest import LATEST, ROOT
from deliveries import copy_delivery, reports_of, run_command, run_copy

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = ("sentence", "alias", "rule", "colour", "measure", "column", "chart", "report")
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def list_blocks() -> list[tuple[str, str, str]]:
    """Every block's language, the file that it is about, and its lines."""
    return [(found[1], found[2] or "", found[3]) for found in _BLOCK.finditer(GUIDE)]


def follow(folder: Path) -> set[str]:
    """Do in a project what the recipes say, in their order; return the files that it changed."""
    changed = set()
    for language, name, lines in list_blocks():
        path = folder / name
        if language == "diff":
            text = path.read_text(encoding="utf-8")
            before, after = (
                "".join(f"{line[1:]}\n" for line in lines.splitlines() if line[:1] not in left_out)
                for left_out in ("+", "-")
            )
            assert text.count(before) == 1, (name, before)
            path.write_text(text.replace(before, after), encoding="utf-8")
        elif language == "python" and name:
            assert not path.exists()
            path.write_text(lines, encoding="utf-8")
        elif language == "python":
            run_copy(folder, lines)
        changed.add(name)
    return changed - {""}


def test_each_recipe_names_the_files_that_it_changes() -> None:
    recipes = re.split(r"^## An? (\w+)$", GUIDE, flags=re.MULTILINE)
    assert tuple(recipes[1::2]) == RECIPES
    for recipe in recipes[2::2]:
        assert re.search(r"\bFiles:\s", recipe), recipe
        assert [name for _, name, _ in _BLOCK.findall(recipe) if name]


@pytest.fixture(scope="module")
def followed(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_delivery(small_project, tmp_path_factory.mktemp("contributed"))
    shutil.copytree(ROOT / "src", folder / "src")
    workbook = load_workbook(path := folder / "data" / "raw" / LATEST / "議会事務局.xlsx")
    cells = [c for row in workbook.active.iter_rows() for c in row if c.value == "オンライン化済"]
    cells[0].value = "申請受付中"
    workbook.save(path)
    workbook.close()
    follow(folder)
    run_command(folder, "report")
    return folder


@pytest.mark.slow
def test_the_recipes_make_a_set_in_which_each_is_seen(followed: Path) -> None:
    pages = {path.stem: path.read_text("utf-8") for path in reports_of(followed).glob("*.html")}
    page = pages["department-bunkasports"]
    assert "、総手続き数は" in page
    assert "#7d9b76" in page
    assert page.count("帯グラフ。未対応の内訳。") >= 1
    assert "うち手数料あり" in pages["overview"]
    assert "手数料のある手続き" in pages["index"]
    assert "うち手数料あり" in pages["fees"]
    with (reports_of(followed) / "figures.csv").open(encoding="utf-8-sig") as file:
        texts = {row["figure_id"]: row["text"] for row in csv.DictReader(file)}
    charged = [texts[f"{LATEST}/{scope}/charged"] for scope in ("all", "gikai", "bunkasports")]
    assert int(charged[0]) == int(charged[1]) + int(charged[2])
    assert find_misplaced(open_cycle(LATEST, followed)) == []
    assert (
        "「添付書類」が「なし」のときは、「原本提出の根拠」を「法令」か「法令以外」にしない。"
        in pages["quality"]
    )


@pytest.mark.slow
def test_the_column_is_asked_for_from_its_cycle_on(followed: Path) -> None:
    titles = []
    run_command(followed, "new-cycle", "2025-03-31")
    for name in (LATEST, "2025-03-31"):
        run_command(followed, "form", name)
        path = followed / "data" / "processed" / name / "forms" / "議会事務局.xlsx"
        workbook = load_workbook(path)
        titles.append([cell.value for row in workbook["調査票"].iter_rows() for cell in row])
        workbook.close()
    assert ["オンラインの件数" in told for told in titles] == [False, True]


@pytest.mark.slow
@pytest.mark.parametrize("words", [("check",), ("format", "--check")])
def test_what_the_recipes_add_is_in_the_house_style(followed: Path, words: tuple[str]) -> None:
    config = ("--config", str(ROOT / "pyproject.toml"))
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *words, *config, "src"],
        cwd=followed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


AFTERWARDS = (
    "test_chart", "test_check", "test_condition", "test_demo", "test_figure_columns", "test_form",
    "test_independent", "test_ledger", "test_looks", "test_measure", "test_names",
    "test_new_report", "test_notebooks",
)  # fmt: skip


@pytest.mark.slow
def test_no_test_but_goldens_is_red_when_the_recipes_were_followed(followed: Path) -> None:
    for name in ("tests", "examples"):
        shutil.copytree(ROOT / name, followed / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, followed)
    files = [f"tests/{name}.py" for name in AFTERWARDS]
    # It is no worker of this run, which would share its folders with other runs.
    alone = {key: own for key, own in os.environ.items() if not key.startswith("PYTEST_XDIST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "not slow", *files],
        cwd=followed,
        env=alone | {"PYTHONPATH": str(followed / "src"), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
