"""A small delivered build, made once and copied, and what can be done to it afterwards."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from analysis.build.flow import build_reports
from analysis.cli import main
from analysis.cycle import Cycle, open_cycle
from analysis.inputs import list_inputs
from analysis.proof.entities import CRATE_NAME
from analysis.proof.verify import Verdict, verify_reports
from analysis.reports.plan import plan_reports

CYCLE = "2024-09-01"

CORRECTED = """
[[correction]]
procedure_id = "06-0006"
field = "status"
expected = "着手中"
value = "未着手"
reason = "課に確認"
decided_by = "DX戦略課"
decided_on = 2024-10-01

[[correction]]
procedure_id = "06-0006"
field = "reason"
expected = ""
value = "未検討"
reason = "課に確認"
decided_by = "DX戦略課"
decided_on = 2024-10-01
"""


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Run a command in a folder and return its exit code and what it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def make_delivery(folder: Path) -> Path:
    """Give a project of two departments two corrections and a lock, build it, and return it."""
    (folder / "data" / "raw" / CYCLE / "corrections.toml").write_text(CORRECTED, "utf-8")
    (folder / "requirements.lock").write_text("pandas==3.1\n", "utf-8")
    # Saved once by the tool that tests will change it with, which keeps no formula's last value.
    answer(folder, "G7", "○")
    code, output = run(folder, "report")
    assert code == 0, output
    return folder


def copy_delivery(delivery: Path, folder: Path) -> Path:
    """Return a copy of a delivery, or of any project, that a test may spoil."""
    return Path(shutil.copytree(delivery, folder, dirs_exist_ok=True))


def run_copy(folder: Path, code: str, *words: str) -> str:
    """Run code with the package that lies in the project's own folder; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_command(folder: Path, *words: str) -> str:
    return run_copy(folder, "from analysis.cli import main; main()", *words)


def files_within(folder: Path) -> dict[str, Path]:
    """Return the files of a set, those in a folder of it too, by their names in the set."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in found}


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in files_within(reports_of(folder)).items()}


def build(folder: Path, *words: str) -> str:
    code, output = run(folder, "report", *words)
    assert code == 0, output
    return output


def made_by(output: str) -> set[str]:
    """The stems of the reports that a build made itself, as it said."""
    lines = [line for line in output.splitlines() if line.startswith("[")]
    return {line.split()[1] for line in lines if "前回の作成分" not in line and "失敗" not in line}


def build_anew(folder: Path, elsewhere: Path, *words: str) -> dict[str, bytes]:
    """What the same raw data gives in a folder where nothing was ever built."""
    for name in ("notebooks", "data/raw"):
        shutil.copytree(folder / name, elsewhere / name)
    shutil.copy(folder / "requirements.lock", elsewhere)
    build(elsewhere, *words)
    return files_of(elsewhere)


def differing(a: dict[str, bytes], b: dict[str, bytes]) -> list[str]:
    return sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))


def answer(
    folder: Path,
    cell: str,
    value: str | None,
    workbook: str = "文化スポーツ部.xlsx",
    cycle: str = CYCLE,
) -> None:
    """Change one answer in a workbook."""
    path = folder / "data" / "raw" / cycle / workbook
    book = openpyxl.load_workbook(path)
    book["調査票"][cell].value = value
    book.save(path)


def verify_against(delivery: Path, copy: Path) -> Verdict:
    """Verify a copy against the delivery that it was, which a build would make again."""

    def build(apart: Cycle) -> None:
        shutil.copytree(reports_of(delivery), apart.reports_folder)

    return verify_reports(open_cycle(CYCLE, copy), build)


class BuiltSets:
    """The sets of reports that were built, each to be put where one of its inputs is to be made."""

    def __init__(self, folder: Path, delivery: Path) -> None:
        self._folder, self._build = folder, build_reports
        self._keep(open_cycle(CYCLE, delivery))

    def build(self, cycle: Cycle, *chosen: object, **how: Any) -> object:
        """Build as the program does, but where nothing stands take the set if it was built."""
        kept = self._find(cycle)
        if kept.exists() and not cycle.reports_folder.exists():
            return shutil.copytree(kept, cycle.reports_folder)
        built = self._build(cycle, *chosen, **how)
        if not any(chosen):
            self._keep(cycle)
        return built

    def _keep(self, cycle: Cycle) -> None:
        if not (kept := self._find(cycle)).exists():
            shutil.copytree(cycle.reports_folder, kept)

    def _find(self, cycle: Cycle) -> Path:
        told = json.dumps(list_inputs(cycle), sort_keys=True)
        return self._folder / hashlib.sha256(told.encode()).hexdigest()


def stems_of(folder: Path) -> list[str]:
    """Return the stems of the reports that a project has, in their order."""
    return [report.stem for report in plan_reports(open_cycle(CYCLE, folder))]


def reports_of(folder: Path) -> Path:
    return folder / "reports" / CYCLE


def read_graph(folder: Path) -> dict[str, dict[str, Any]]:
    """Return a delivery's entities by id."""
    crate = json.loads((reports_of(folder) / CRATE_NAME).read_text("utf-8"))
    return {entity["@id"]: entity for entity in crate["@graph"]}
