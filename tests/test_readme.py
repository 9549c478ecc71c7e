"""What the READMEs say is true: the tree, the commands, the output."""

import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbconvert.exporters import get_exporter
from pypdf import PdfReader

from analysis.build.many import CITIES_AT_ONCE
from analysis.cli import main
from analysis.figures.findings import Findings
from analysis.figures.trace import trace
from analysis.files.file import LARGEST_FILE
from analysis.lab.start import EXTENSIONS
from analysis.survey.table.header import HEADER_HEIGHT

from deliveries import copy_delivery, files_within, stems_of

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
README = READMES[0].read_text(encoding="utf-8")


def test_every_entry_of_the_tree_exists() -> None:
    tree = re.search(r"```text\n(README\.md .*?)```", README, re.DOTALL)
    assert tree
    names = [name for line in tree[1].splitlines() for name in re.split(r"\s{2,}", line)[0].split()]
    assert len(names) > 10
    assert [name for name in names if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_notebook_is_named_with_its_report(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (told,) = re.findall(r"^(?:The reports are those|報告書は、`)(?:.+\n)+", text, re.MULTILINE)
    named = {name.partition("-")[0] for name in re.findall("`([a-z]+(?:-[^`]+)?)`", told)}
    notebooks = {found.stem for found in (ROOT / "notebooks").glob("*.ipynb")}
    assert named & notebooks == notebooks - {"explore"}
    if tree := re.search(r"^notebooks/ +(.+)", text, re.MULTILINE):
        assert {*re.findall("[a-z]+", tree[1])} >= notebooks


def test_every_folder_and_file_at_the_top_is_in_the_tree() -> None:
    generated = {".git", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
    tops = {path.name for path in ROOT.iterdir()} - generated - {".gitignore", ".ci"}
    assert {name for name in tops if name not in README} == set()


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_command_and_target_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    assert targets >= {"report", "test", "lab"}
    assert {target for target in targets if not re.search(rf"^{target}:", makefile, re.M)} == set()
    commands = set(re.findall(r"\banalysis ([a-z][a-z-]+)\b", text))
    assert commands <= main.commands.keys() | {"activate"}


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_command_has_its_line_in_the_table(path: Path) -> None:
    listed = re.findall(r"^\| `analysis ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert {*listed} == main.commands.keys()


def test_the_trace_shown_is_the_trace_printed(findings: Findings) -> None:
    shown = re.search(r"\$ analysis trace (\S+)\n(.*?)```", README, re.DOTALL)
    assert shown
    assert shown[2].strip() == trace(findings.ledger, shown[1]).strip()


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_figure_to_be_traced_is_found(path: Path, findings: Findings) -> None:
    named = re.findall(r"analysis trace (\d\S+)", path.read_text(encoding="utf-8"))
    assert named
    assert all(trace(findings.ledger, figure_id) for figure_id in named)


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_link_and_picture_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        assert (ROOT / target).is_file(), target


def test_help_is_in_japanese_and_names_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "調査票" in result.output
    assert all(name in result.output for name in ("report", "check", "trace", "diff"))


@pytest.mark.parametrize("command", ["", *main.commands])
def test_no_help_has_a_word_of_english(command: str) -> None:
    shown = CliRunner().invoke(main, [*command.split(), "--help"]).output
    assert re.findall("Usage|Options|Commands|OPTIONS|COMMAND|Show|required", shown) == []
    assert shown.startswith("使い方: ")
    assert "この説明を示す。" in shown


def test_a_bare_make_lists_every_target_with_what_it_does() -> None:
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, check=True, text=True)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    listed = dict(re.findall(r"^make ([a-z]+) +(\S.*)$", done.stdout, re.MULTILINE))
    assert listed.keys() == targets


def test_what_a_build_ends_with_is_what_it_printed(built: tuple[Path, str]) -> None:
    shown = re.search(r"`make report` ends with\n\n```text\n(.*?)```", README, re.DOTALL)
    assert shown
    assert built[1].endswith(shown[1])


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_table_of_what_comes_out_names_every_file_and_no_other(
    path: Path, built: tuple[Path, str]
) -> None:
    text = path.read_text(encoding="utf-8")
    table = re.search(
        r"^\| (?:file|ファイル) \|.*\n\|---\|---\|\n((?:\|.*\n)+)", text, re.MULTILINE
    )
    assert table
    planned = stems_of(built[0].parents[1])
    told: set[str] = set() if "`index.html`" in table[1] else {"index.html"}
    for line in table[1].splitlines():
        names = re.findall(r"`([^`]+)`", line.split("|")[1])
        stem, dot, suffix = names[0].partition(".")
        suffixes = [f".{suffix}", *names[1:]] if dot else [".html", ".pdf"]
        stems = [stem.replace("<report>", one) for one in planned] if "<" in stem else [stem]
        whole = {name for name in names if "/" in name and "<" not in name}
        told |= whole or {stem + suffix for stem in stems for suffix in suffixes}
    assert {*files_within(built[0])} == told


def test_every_pdf_is_a4(built: tuple[Path, str]) -> None:
    for path in built[0].glob("*.pdf"):
        sizes = {
            tuple(round(float(side)) for side in page.mediabox[2:])
            for page in PdfReader(path).pages
        }
        wide = path.stem == "deck"
        assert sizes <= ({(960, 540)} if wide else {(595, 842), (842, 595)}), path.name


def test_the_list_of_figures_and_the_sheet_of_formulas_are_as_told(built: tuple[Path, str]) -> None:
    head = (built[0] / "figures.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert {"value", "numerator", "denominator", "definition", "evidence_rows"} < set(head)
    assert "evidence_sha256" in head
    with zipfile.ZipFile(built[0] / "audit.xlsx") as book:
        assert 'name="数値"' in book.read("xl/workbook.xml").decode()


def test_the_limits_are_those_of_the_program() -> None:
    assert f"larger than {LARGEST_FILE // 1024**2} MB" in README
    number = ("no", "one", "two", "three", "four", "five")
    assert f"a header of up to {number[HEADER_HEIGHT]} rows" in README
    assert f"builds {number[CITIES_AT_ONCE]} at a time" in README.replace("\n", " ")


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_exports_are_named_as_jupyterlab_s_menu_names_them(path: Path) -> None:
    """By the exporters' own titles, which the extension gives; no name has a hyphen."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extension = EXTENSIONS / "analysis-lab" / "static" / "entry.js"
    offered = re.search(r"REPORTS = \{(.*)\};", extension.read_text(encoding="utf-8"))[1]
    named = dict(re.findall(r'(\w+): "([^"]+)"', offered))
    for name in project["entry-points"]["nbconvert.exporters"]:
        assert re.fullmatch(r"\w+", name, re.ASCII)
        assert named[name] == get_exporter(name).export_from_notebook
        assert re.search(rf"[*「]{named[name]}[*」]", path.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_steps_of_a_cycle_lead_from_forms_to_verified_reports(
    small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the README's steps, in their order, with forms sent back as they went out."""
    steps = re.search(r"^## A new cycle$.*?^Workbooks are read", README, re.MULTILINE | re.DOTALL)
    commands = re.findall(r"`(?:analysis|make) ([a-z-]+(?: [\d-]+)?)`", steps[0])
    assert commands == ["new-cycle 2025-03-31", "form", "check", "report"]
    folder = copy_delivery(small_project, tmp_path)
    monkeypatch.chdir(folder)
    for command in [*commands, "verify"]:
        result = CliRunner().invoke(main, command.split())
        assert result.exit_code == 0, result.output
        if command == "form":
            for form in (folder / "data/processed/2025-03-31/forms").glob("*.xlsx"):
                shutil.copy(form, folder / "data/raw/2025-03-31")
    assert (folder / "reports/2025-03-31/index.html").is_file()
