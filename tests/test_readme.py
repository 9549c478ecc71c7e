"""What the READMEs say is true: the tree, the commands, the output."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.cli import main
from analysis.figures.trace import trace
from analysis.report.findings import Findings

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
README = READMES[0].read_text(encoding="utf-8")


def test_every_entry_of_the_tree_exists() -> None:
    tree = re.search(r"```text\n(README\.md .*?)```", README, re.DOTALL)
    assert tree
    names = [name for line in tree[1].splitlines() for name in re.split(r"\s{2,}", line)[0].split()]
    assert len(names) > 10
    assert [name for name in names if not (ROOT / name).exists()] == []


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


def test_every_command_is_named_in_the_readme() -> None:
    for name in main.commands:
        assert f"`analysis {name}" in README


def test_the_trace_shown_is_the_trace_printed(findings: Findings) -> None:
    shown = re.search(r"\$ analysis trace (\S+)\n(.*?)```", README, re.DOTALL)
    assert shown
    assert shown[2].strip() == trace(findings.ledger, shown[1]).strip()


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_link_and_picture_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
        assert (ROOT / target).is_file(), target


def test_help_is_in_japanese_and_names_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "調査票" in result.output
    assert all(name in result.output for name in ("report", "check", "trace", "demo"))
