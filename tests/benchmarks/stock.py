"""The stock chain, as one would type it: papermill, then nbconvert twice, for each report."""

import os
import shutil
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright
from processes import Cost, run

from analysis.cycle import open_cycle
from analysis.reports.plan import Report, plan_reports

STEPS = ("papermill", "html", "webpdf")
SAMPLE = ("overview", "department-hokenfukushi", "department-gikai", "quality")
"""Reports to measure: the largest and the smallest department stand for all departments."""


def choose_reports(project: Path, *, all_of_them: bool) -> list[Report]:
    """Return the reports of the project's latest cycle to measure: all, or the sample."""
    reports = plan_reports(open_cycle(None, project))
    return [report for report in reports if all_of_them or report.stem in SAMPLE]


def measure_report(
    report: Report, project: Path, environment: Mapping[str, str], *, watched: bool = False
) -> dict[str, Cost]:
    """Make one report by the stock commands and return what each step cost."""
    out = project / "stock"
    out.mkdir(exist_ok=True)
    executed = out / f"{report.stem}.ipynb"
    scripts = Path(sysconfig.get_path("scripts"))
    words = [word for name, value in report.parameters for word in ("-p", name, value)]
    notebook = project / "notebooks" / f"{report.notebook}.ipynb"
    convert: list[str | Path] = [scripts / "jupyter", "nbconvert", "--to"]
    commands: dict[str, Sequence[str | Path]] = {
        "papermill": [scripts / "papermill", notebook, executed, *words],
        "html": [*convert, "html", executed],
        "webpdf": [*convert, "webpdf", "--WebPDFExporter.disable_sandbox=True", executed],
    }
    return {
        step: run(command, project, environment, watched=watched)
        for step, command in commands.items()
    }


def estimate_all(project: Path, clocks: Mapping[str, float]) -> float:
    """Return the time of all reports from that of some; raise SystemExit where none stands for one.

    What a kind of notebook was not measured with is taken as the mean of those that were.
    """
    reports = plan_reports(open_cycle(None, project))
    by_notebook: dict[str, list[float]] = {}
    for report in reports:
        if report.stem in clocks:
            by_notebook.setdefault(report.notebook, []).append(clocks[report.stem])
    mean = sum(clocks.values()) / len(clocks)
    means = {notebook: sum(found) / len(found) for notebook, found in by_notebook.items()}
    return sum(clocks.get(report.stem, means.get(report.notebook, mean)) for report in reports)


def offer_browser(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which nbconvert's webpdf finds a browser.

    Playwright looks for the build it downloads itself; where there is none, the system's chromium
    is put in its place, in a folder of ours.
    """
    with sync_playwright() as playwright:
        wanted = Path(playwright.chromium.executable_path)
    if wanted.exists():
        return dict(environment)
    installed = shutil.which("chromium") or shutil.which("google-chrome")
    if installed is None:
        raise SystemExit("webpdf needs a browser: run `playwright install chromium`")
    build, system = wanted.parts[-3:-1]
    shell = folder / build.replace("chromium-", "chromium_headless_shell-")
    program = shell / system.replace("chrome-", "chrome-headless-shell-") / "chrome-headless-shell"
    program.parent.mkdir(parents=True)
    program.symlink_to(installed)
    return {**environment, "PLAYWRIGHT_BROWSERS_PATH": str(folder)}


def own_environment() -> dict[str, str]:
    """Return the environment for commands, in which this interpreter's programs come first."""
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path}
