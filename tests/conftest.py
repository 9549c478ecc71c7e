import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, sync_playwright

from analysis.cli import main
from analysis.cycle import Cycle, open_cycle
from analysis.figures.listing import list_figures
from analysis.report.findings import Findings, load_findings

from deliveries import make_delivery

ROOT = Path(__file__).parent.parent
LATEST = "2024-09-01"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", action="store_true", help="rewrite tests/golden from today's output"
    )


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden"))


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's own folder, to be read only."""
    return ROOT


@pytest.fixture(scope="session")
def survey_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build needs, in a folder of its own, so that no test writes into ours."""
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def cycle(survey_folder: Path) -> Cycle:
    return open_cycle(LATEST, survey_folder)


@pytest.fixture(scope="session")
def findings(cycle: Cycle) -> Findings:
    return load_findings(cycle)


@pytest.fixture(scope="session")
def figures_csv(findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The figures as a build writes them, for tests that may know nothing else of ours."""
    path = tmp_path_factory.mktemp("figures") / "figures.csv"
    list_figures(findings.ledger).to_csv(path, index=False, encoding="utf-8-sig")
    return path


@pytest.fixture(scope="session")
def built(survey_folder: Path) -> tuple[Path, str]:
    """A whole build by the command, to be read only, and what it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(survey_folder)
        result = CliRunner().invoke(main, ["report"])
    assert result.exit_code == 0, result.output
    return survey_folder / "reports" / LATEST, result.output


# Not a session's: while it lives, nothing else in this process may run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's own Chromium, that calls nobody."""
    executable = require_tool("chromium")
    arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two departments with its reports, to be copied before it is changed."""
    return make_delivery(copy_small_project(tmp_path_factory.mktemp("delivery")))


def copy_project(folder: Path) -> Path:
    """Copy the raw data and the notebooks into a folder and return it."""
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


def copy_small_project(folder: Path) -> Path:
    """Copy a project of two departments without corrections or published values; quick to build."""
    copy_project(folder)
    for name in ("2024-03-31", LATEST):
        raw = folder / "data" / "raw" / name
        settings = (raw / "cycle.toml").read_text(encoding="utf-8")
        kept = [
            block
            for block in re.split(r"(?=^\[\[departments\]\])", settings, flags=re.MULTILINE)
            if not block.startswith("[[departments]]")
            or re.search(r'slug = "(gikai|bunkasports)"', block)
        ]
        (raw / "cycle.toml").write_text("".join(kept), encoding="utf-8")
        known = {department.workbook for department in open_cycle(name, folder).departments}
        for path in raw.glob("*.xlsx"):
            if path.name not in known:
                path.unlink()
        (raw / "corrections.toml").unlink()
    for name in ("matches.csv", "published.csv"):
        (folder / "data" / "raw" / LATEST / name).unlink()
    return folder


def require_package(name: str) -> None:
    """Skip without a package of the test extra, or fail where the run says it must be there."""
    if importlib.util.find_spec(name) is None:
        if os.environ.get("ANALYSIS_REQUIRE_TOOLS"):
            pytest.fail(f"{name} is not installed, and this run requires it")
        pytest.skip(f"{name} is not installed")


def require_tool(name: str) -> str:
    """Return a program's path; without it skip, or fail where the run says it must be there."""
    found = shutil.which(name)
    if found is None and os.environ.get("ANALYSIS_REQUIRE_TOOLS"):
        pytest.fail(f"{name} is not installed, and this run requires it")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found
