import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import analysis
from analysis import inputs as origin
from analysis.cycle import open_cycle
from analysis.evidence.sources import Origin
from analysis.inputs import list_inputs, write_fingerprint

from conftest import LATEST
from deliveries import copy_delivery

INPUTS = {
    "data/raw/2024-09-01/環境部.xlsx": "b" * 64,
    "data/raw/2024-09-01/cycle.toml": "a" * 64,
    "notebooks/overview.ipynb": "c" * 64,
    "notebooks/reasons.ipynb": "d" * 64,
    "src/analysis/cli.py": "e" * 64,
}


def fingerprint(folder: Path) -> str:
    cycle = open_cycle(LATEST, folder)
    return write_fingerprint(list_inputs(cycle), "overview", {"cycle": LATEST})


@pytest.fixture
def project(small_project: Path, tmp_path: Path) -> Path:
    return copy_delivery(small_project, tmp_path / "project")


def test_a_fingerprint_is_the_sha256_of_lines_anyone_can_write() -> None:
    lines = (
        f"{'a' * 64}  data/raw/2024-09-01/cycle.toml\n"
        f"{'b' * 64}  data/raw/2024-09-01/環境部.xlsx\n"
        f"{'c' * 64}  notebooks/overview.ipynb\n"
        f"{'e' * 64}  src/analysis/cli.py\n"
        "parameter cycle=2024-09-01\nparameter department=kankyo\n"
    )
    parameters = {"department": "kankyo", "cycle": "2024-09-01"}
    made = write_fingerprint(INPUTS, "overview", parameters)
    assert made == hashlib.sha256(lines.encode()).hexdigest()
    origin = Origin(INPUTS, "overview", tuple(parameters.items()))
    assert origin.write_fingerprint(None) == made


def test_an_auditor_makes_the_same_fingerprint_with_sha256sum(project: Path) -> None:
    """With find, sha256sum and sort alone, over the project and the package's own folder."""
    package = project / "src" / "analysis"
    shutil.copytree(Path(analysis.__file__).parent, package)
    script = (
        "(find data/raw/20* data/raw/survey.toml data/raw/guideline/2024.toml"
        " notebooks/overview.ipynb -type f;"
        " find src/analysis -type f -regextype egrep"
        r" -regex '.*\.(py|toml|css|typ|j2|js)')"
        " | xargs -d '\\n' sha256sum | LC_ALL=C sort -k 2;"
        f" echo 'parameter cycle={LATEST}'"
    )
    lines = subprocess.run(["sh", "-c", script], cwd=project, capture_output=True, check=True)
    assert hashlib.sha256(lines.stdout).hexdigest() == fingerprint(project)


def test_the_folder_and_the_dates_of_the_files_change_nothing(
    project: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(project, tmp_path / "調査 の控え"))
    for path in other.rglob("*"):
        os.utime(path, (0, 0))
    assert fingerprint(other) == fingerprint(project)


@pytest.mark.parametrize(
    "name",
    [
        "data/raw/2024-09-01/議会事務局.xlsx",
        "data/raw/2024-09-01/cycle.toml",
        "data/raw/survey.toml",
        "data/raw/2024-03-31/議会事務局.xlsx",
        "data/raw/2024-03-31/cycle.toml",
        "data/raw/2023-09-30/議会事務局.xlsx",
        "data/raw/guideline/2024.toml",
        "notebooks/overview.ipynb",
        "data/raw/2024-09-01/corrections.toml",
        "data/raw/2024-09-01/published.csv",
        "requirements.lock",
    ],
)
def test_one_byte_more_in_any_input_makes_another_fingerprint(project: Path, name: str) -> None:
    before = fingerprint(project)
    with (project / name).open("ab") as file:
        file.write(b"\n")
    assert fingerprint(project) != before


@pytest.mark.parametrize(
    "name", ["inputs.py", "document/templates/report.css", "questionnaire/rules.toml"]
)
def test_one_byte_more_in_the_package_makes_another_fingerprint(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    package = Path(shutil.copytree(Path(analysis.__file__).parent, tmp_path / "analysis"))
    before = fingerprint(project)
    monkeypatch.setattr(origin.analysis, "__file__", str(package / "__init__.py"))
    assert fingerprint(project) == before
    with (package / name).open("ab") as file:
        file.write(b"\n")
    assert fingerprint(project) != before


def leave_a_run(notebook: dict[str, Any]) -> None:
    """Do to a notebook what JupyterLab does that runs and saves it."""
    notebook["metadata"]["language_info"] |= {"version": "3.13.1", "file_extension": ".py"}
    for place, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            cell["execution_count"] = place
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]
            cell["metadata"]["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


def test_a_notebook_counts_as_it_was_before_it_was_run(project: Path) -> None:
    before = fingerprint(project)
    path = project / "notebooks" / "overview.ipynb"
    notebook = json.loads(path.read_bytes())
    leave_a_run(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert fingerprint(project) == before
    notebook["cells"][-1]["source"][0] += " "
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert fingerprint(project) != before


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\udcff",
        "[]",
        "{}",
        "[" * 100_000,
        '{"cells": [1], "metadata": {}}',
        '{"cells": [{"cell_type": "code"}], "metadata": {}}',
        '{"cells": [], "metadata": {"language_info": []}}',
        '{"cells": [], "metadata": {"language_info": {"version": "3"}}}',
    ],
    ids=lambda content: content[:40],
)
def test_a_file_that_is_no_notebook_counts_by_its_bytes(project: Path, content: str) -> None:
    path = project / "notebooks" / "overview.ipynb"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    told = list_inputs(open_cycle(LATEST, project))["notebooks/overview.ipynb"]
    assert told == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_makes_nothing_of_this_report_is_left_out(project: Path) -> None:
    before = fingerprint(project)
    raw = project / "data" / "raw" / LATEST
    (raw / "~$議会事務局.xlsx").write_bytes(b"lock")
    (raw / ".DS_Store").write_bytes(b"view")
    checkpoints = project / "data" / "raw" / LATEST / ".ipynb_checkpoints"
    checkpoints.mkdir()
    (checkpoints / "cycle.toml").write_bytes(b"old")
    with (project / "notebooks" / "reasons.ipynb").open("ab") as file:
        file.write(b"\n")
    assert fingerprint(project) == before
    names = list_inputs(open_cycle(LATEST, project))
    assert not [name for name in names if re.search(r"__pycache__|/\.|~\$", name)]
    assert list(names) == sorted(names)


def test_a_first_cycle_has_no_inputs_of_another(project: Path) -> None:
    names = list_inputs(open_cycle("2023-09-30", project))
    assert {name.split("/")[2] for name in names if name.startswith("data/raw/")} == {
        "2023-09-30",
        "survey.toml",
    }
