"""What docs/proof.md tells a stranger to run, run as it stands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import read, write
from nbformat.v4 import new_output

import analysis
from analysis.proof.entities import SIGNATURE_NAME

from cards import find_library
from conftest import ROOT, require_package, require_tool
from deliveries import copy_delivery, files_of, reports_of

pytestmark = pytest.mark.slow

SECTIONS = dict(
    re.findall(
        r"^## ([^\n]+)\n(.*?)(?=^## |\Z)",
        (ROOT / "docs" / "proof.md").read_text("utf-8"),
        re.M | re.S,
    )
)
FILES, FINGERPRINT, EVIDENCE, SIGNATURE = (
    re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) for text in SECTIONS.values()
)


def run_blocks(
    folder: Path, *blocks: str, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run commands in a project's folder, as a reader would, and end at the first that fails.

    The key lies in a reader's own folder, `home`, which is the one above the project.
    """
    package = Path(analysis.__file__).parent
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(package.parent),
        "HOME": str(home or folder.parent),
    }
    return subprocess.run(
        ["sh", "-e"], input="\n".join(blocks), cwd=folder, env=environment,
        capture_output=True, check=False, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def delivered(built_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's project with its set and the program's own files, as it is delivered."""
    folder = Path(shutil.copytree(built_project, tmp_path_factory.mktemp("page") / "project"))
    return add_program(folder)


@pytest.fixture
def small(delivery: Path, tmp_path: Path) -> Path:
    """The small project likewise, that a test may spoil."""
    return add_program(copy_delivery(delivery, tmp_path / "project"))


def add_program(folder: Path) -> Path:
    (folder / "src").symlink_to(Path(analysis.__file__).parent.parent)
    return folder


def test_every_fingerprint_of_the_set_is_made_by_the_page_s_commands(delivered: Path) -> None:
    done = run_blocks(delivered, *FILES, *FINGERPRINT)
    assert done.returncode == 0, done.stderr + done.stdout
    named = set(re.findall(r"^[0-9a-f]{64}  (\S+)$", done.stdout, re.M))
    made = {*files_of(delivered)}
    assert named == {name for name in made if not name.startswith("ro-crate-metadata.json")}


def test_what_is_not_of_the_set_is_named_by_the_page_s_command(small: Path, tmp_path: Path) -> None:
    assert run_blocks(small, FILES[1]).stdout == ""
    reports = reports_of(small)
    (reports / "overview（訂正版）.pdf").write_bytes(b"%PDF")
    (reports / "reasons.pdf").rename(tmp_path / "reasons.pdf")
    (reports / "reasons.pdf").symlink_to(tmp_path / "reasons.pdf")
    told = sorted(run_blocks(small, *FILES).stdout.splitlines())
    assert told == ["not of the set: overview（訂正版）.pdf", "not of the set: reasons.pdf"]


def test_a_fingerprint_of_other_inputs_is_not_made(small: Path) -> None:
    with (small / "data" / "raw" / "2024-09-01" / "cycle.toml").open("ab") as file:
        file.write(b"\n")
    done = run_blocks(small, *FINGERPRINT)
    assert done.returncode != 0
    assert "not made from this: answers.csv" in done.stdout


def test_a_notebook_that_was_run_is_brought_back_by_the_page_s_command(
    small: Path,
) -> None:
    path = small / "notebooks" / "overview.ipynb"
    before = path.read_bytes()
    notebook = read(path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = 3, [new_output("stream", text="x\n")]
    notebook.metadata["language_info"] = {"name": "python", "version": "3.13.0"}
    write(notebook, path)
    assert path.read_bytes() != before
    done = run_blocks(small, FINGERPRINT[-1])
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == before


def test_the_evidence_of_figures_of_each_kind_is_made_by_the_page_s_commands(
    delivered: Path,
) -> None:
    require_tool("pdfdetach")
    asked = re.findall(r"sh same\.sh (\S+)", "".join(EVIDENCE))
    done = run_blocks(delivered, *EVIDENCE)
    assert done.returncode == 0, done.stderr + done.stdout
    assert re.findall(r"^[0-9a-f]{64}  (\S+)$", done.stdout, re.M) == asked
    measures = {figure.rpartition("/")[2] for figure in asked}
    assert measures >= {"online", "online_rate", "online_change", "new", "problems_warning"}


@pytest.fixture(scope="module")
def signed(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set signed by the page's commands."""
    require_package("pyhanko")
    for tool in ("openssl", "sha256sum", "pdfsig"):
        require_tool(tool)
    folder = copy_delivery(delivery, tmp_path_factory.mktemp("signed") / "project")
    done = run_blocks(folder, SIGNATURE[0])
    assert done.returncode == 0, done.stderr
    return folder


def test_a_signed_set_is_checked_by_openssl_and_sha256sum_alone(signed: Path) -> None:
    done = run_blocks(signed, SIGNATURE[1])
    assert done.returncode == 0, done.stderr
    assert re.search("CN ?= ?DX", done.stdout)
    assert "successful" in done.stderr
    assert FILES[0].strip() in SIGNATURE[1]


def test_the_copies_of_its_pdfs_are_signed_by_the_page_s_commands(signed: Path) -> None:
    done = run_blocks(signed, SIGNATURE[2])
    assert done.returncode == 0, done.stderr
    assert "Signature is Valid" in done.stdout


def test_a_set_signed_by_a_card_is_checked_by_the_same_commands(
    signed: Path, tmp_path: Path
) -> None:
    find_library()
    home = tmp_path / "home"
    shutil.copytree(signed.parent / "office", home / "office")
    folder = copy_delivery(signed, tmp_path / "project")
    (reports_of(folder) / SIGNATURE_NAME).unlink()
    done = run_blocks(folder, SIGNATURE[3], SIGNATURE[1], home=home)
    assert done.returncode == 0, done.stderr + done.stdout
    assert f"{SIGNATURE_NAME} を作成しました" in done.stdout
    assert "successful" in done.stderr


@pytest.mark.parametrize("name", ["overview.html", "figures.csv", "reasons.pdf", "audit.xlsx"])
def test_a_file_altered_after_the_signature_fails_the_page_s_commands(
    signed: Path, tmp_path: Path, name: str
) -> None:
    folder = copy_delivery(signed, tmp_path / "project")
    content = (reports_of(folder) / name).read_bytes()
    (reports_of(folder) / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    done = run_blocks(folder, SIGNATURE[1], home=signed.parent)
    assert done.returncode != 0
    assert f"{name}: FAILED" in done.stdout


def test_a_record_altered_after_the_signature_fails_the_page_s_commands(
    signed: Path, tmp_path: Path
) -> None:
    folder = copy_delivery(signed, tmp_path / "project")
    crate = reports_of(folder) / "ro-crate-metadata.json"
    crate.write_text(crate.read_text("utf-8").replace("報告書", "報告", 1), "utf-8")
    done = run_blocks(folder, SIGNATURE[1], home=signed.parent)
    assert done.returncode != 0
    assert "CMS Verification failure" in done.stderr


def test_another_s_certificate_fails_the_page_s_commands(signed: Path, tmp_path: Path) -> None:
    folder = copy_delivery(signed, tmp_path / "project")
    other, _, signing = SIGNATURE[0].partition("\nanalysis sign")
    assert signing
    done = run_blocks(folder, other, SIGNATURE[1])
    assert done.returncode != 0
    assert "verify error" in done.stderr
