"""What tests start from: projects written once a session, their builds, and a browser.

What only some tests need is imported where it is made, so that the first of the others starts soon.
"""

import gc
import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

import analysis  # noqa: F401 - before openpyxl, which it tells how to write
from analysis.questionnaire.read import TEMPLATE_PATH
from analysis.startup import ADDRESSES
from demo.catalogue import load_departments
from demo.history import CYCLES
from demo.write import list_files, make_workbook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from analysis.cycle import Cycle
    from analysis.figures.findings import Findings

    from deliveries import BuiltSets

# As the program does without it: a test that imports nbformat before the program does would not.
sys.modules.setdefault(ADDRESSES, None)  # type: ignore[arg-type]

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "examples" / "demo"
"""The demonstration's settings and guideline, in the folders of a project without workbooks."""
LATEST = CYCLES[-1]
_SMALL = ("gikai", "bunkasports")
# What `make quick` asks for, and what it must not start.
_QUICK = "not slow"
_FORBIDDEN: set[str] = set()
# After so many new objects it is looked for garbage. After Python's 700 it took a third of the time
# in which tests are collected, and a tenth of that in which they run.
_LOOK_AFTER = 20_000
_ALL_SLOW = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.slow\b", re.MULTILINE)
_SLOW = {"browser", "built_project", "delivery", "own_project"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", action="store_true", help="rewrite tests/golden from today's output"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == _QUICK:
        _FORBIDDEN.update(("chromium", "soffice"))
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage only in what tests make: what was imported and collected stays."""
    gc.freeze()
    gc.set_threshold(_LOOK_AFTER)
    gc.enable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what is slow as a whole: to import it takes as long as a tenth of the others."""
    if config.option.markexpr != _QUICK:
        return None
    if collection_path.is_dir():
        return collection_path.name in ("browser", "faults", "golden") or None
    return bool(_ALL_SLOW.search(collection_path.read_text("utf-8"))) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what needs a build or a browser, and every fault; all else says it itself."""
    for item in items:
        if _SLOW & {*getattr(item, "fixturenames", ())} or item.path.parent.name == "faults":
            item.add_marker(pytest.mark.slow)


def forbid_raw_data(event: str, arguments: tuple[object, ...]) -> None:
    """Fail whatever opens or lists the data in the repository, which belongs to its user."""
    if event in ("open", "os.listdir", "os.scandir") and "raw" in str(arguments[0]):
        path = os.path.abspath(str(arguments[0]))  # noqa: PTH100 - nothing that asks the disk
        assert not path.startswith(_RAW), path


_RAW = f"{ROOT / 'data' / 'raw'}"
sys.addaudithook(forbid_raw_data)


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden"))


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's project, to be read only."""
    files = [*enumerate(list_files())]
    # Two workers ask for it as soon as they start: each begins at another end, and neither waits.
    is_second = os.environ.get("PYTEST_XDIST_WORKER") == "gw1"
    parts = {
        path: share(
            tmp_path_factory, f"demo-{at}", lambda part, make=make: part.write_bytes(make())
        )
        for at, (path, make) in (reversed(files) if is_second else files)
    }

    def gather(folder: Path) -> None:
        for path, part in parts.items():
            target = folder / "data" / "raw" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(part, target)
        add_code(folder)

    return share(tmp_path_factory, "demonstration", gather)


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two departments, to be copied: no corrections, no published values."""
    return share(tmp_path_factory, "small", make_small_project)


@pytest.fixture(scope="session")
def own_project(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with a report and measures of its own, and its set, to be read only."""
    from own import make_own

    return share(tmp_path_factory, "own", lambda folder: make_own(small_project, folder))


@pytest.fixture(scope="session")
def survey_folder(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's project, for this process alone to keep in it what it has read."""
    folder = tmp_path_factory.mktemp("project")
    return Path(shutil.copytree(demonstration, folder, dirs_exist_ok=True))


@pytest.fixture(scope="session")
def cycle(survey_folder: Path) -> "Cycle":
    from analysis.cycle import open_cycle

    return open_cycle(LATEST, survey_folder)


@pytest.fixture(scope="session")
def findings(cycle: "Cycle") -> "Findings":
    from analysis.figures.findings import load_findings

    return load_findings(cycle)


@pytest.fixture(scope="session")
def figures_csv(findings: "Findings", tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The figures as a build writes them, for tests that may know nothing else of ours."""
    from analysis.figures.listing import list_figures

    path = tmp_path_factory.mktemp("figures") / "figures.csv"
    list_figures(findings.ledger).to_csv(path, index=False, encoding="utf-8-sig")
    return path


@pytest.fixture(scope="session")
def built_project(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's project after a whole build by the command, to be read only."""
    from deliveries import run

    def build(folder: Path) -> None:
        shutil.copytree(demonstration, folder)
        code, output = run(folder, "report")
        assert code == 0, output
        (folder / SAID).write_text(output, "utf-8")

    return share(tmp_path_factory, "built", build)


SAID = "said.txt"


@pytest.fixture(scope="session")
def built(built_project: Path) -> tuple[Path, str]:
    """The reports of a whole build, to be read only, and what it printed."""
    return built_project / "reports" / LATEST, (built_project / SAID).read_text("utf-8")


# Not a session's: while it lives, nothing else in this process may run an event loop.
@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Debian's own Chromium, that calls nobody."""
    from playwright.sync_api import sync_playwright

    executable = require_tool("chromium")
    arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def delivery(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two departments with its reports, to be copied before it is changed."""
    from deliveries import make_delivery

    def deliver(folder: Path) -> None:
        make_delivery(Path(shutil.copytree(small_project, folder)))

    return share(tmp_path_factory, "delivery", deliver)


@pytest.fixture(scope="session")
def built_sets(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> "BuiltSets":
    from deliveries import BuiltSets

    return BuiltSets(tmp_path_factory.mktemp("sets"), delivery)


@pytest.fixture
def remembered(built_sets: "BuiltSets", monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a set be built once only, for tests of what is done with a set that was verified.

    That a build of the same inputs gives the same bytes, and that `verify` does build, others hold.
    """
    from analysis.build import flow as build

    monkeypatch.setattr(build, "build_reports", built_sets.build)


def share(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder or a file that is made by the first of all workers to ask for it."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, making = base / name, base / f"{name}.making"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            # Whole or not there: what one worker fails to make, each tries, and fails, for itself.
            shutil.rmtree(making, ignore_errors=True)
            make(making)
            making.rename(folder)
    return folder


def add_code(folder: Path) -> Path:
    """Give a project the notebooks and return it."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


def make_small_project(folder: Path) -> None:
    """Write both cycles of two of the demonstration's departments, and what they are asked."""
    raw = add_code(folder) / "data" / "raw"
    shutil.copytree(DEMO / "data" / "raw" / "guideline", raw / "guideline")
    shutil.copy(TEMPLATE_PATH, raw)
    for name in CYCLES:
        (raw / name).mkdir()
        settings = (DEMO / "data" / "raw" / name / "cycle.toml").read_text("utf-8")
        head, *blocks = re.split(r"(?=^\[\[departments\]\])", settings, flags=re.MULTILINE)
        kept = [b for b in blocks if any(f'slug = "{slug}"' in b for slug in _SMALL)]
        (raw / name / "cycle.toml").write_text("".join([head, *kept]), "utf-8")
        for department in load_departments():
            if department.slug in _SMALL:
                content = make_workbook(department, name)
                (raw / name / f"{department.name}.xlsx").write_bytes(content)


def require_package(name: str) -> None:
    """Skip without a package of the test extra, or fail where the run says it must be there."""
    if importlib.util.find_spec(name) is None:
        if os.environ.get("ANALYSIS_REQUIRE_TOOLS"):
            pytest.fail(f"{name} is not installed, and this run requires it")
        pytest.skip(f"{name} is not installed")


def find_national() -> Path:
    """Return the national inventory's own file; skip where the environment names none."""
    named = os.environ.get("ANALYSIS_NATIONAL_LIST")
    if not named:
        pytest.skip("ANALYSIS_NATIONAL_LIST names no list")
    return Path(named)


def require_tool(name: str) -> str:
    """Return a program's path; without it skip, or fail where the run says it must be there."""
    if name in _FORBIDDEN:
        pytest.fail(f"{name} is no part of the quick tests: mark this one as slow")
    found = shutil.which(name)
    if found is None and os.environ.get("ANALYSIS_REQUIRE_TOOLS"):
        pytest.fail(f"{name} is not installed, and this run requires it")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found
