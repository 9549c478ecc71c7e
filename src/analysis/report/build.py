"""Build a cycle's reports: run each notebook, export it, and put the whole set in place at once.

Everything is made in a folder beside the reports and moved only when all of it is good, so a
build that fails leaves the last good reports untouched.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from analysis.cycle import Cycle, Department, open_cycle
from analysis.errors import AnalysisError, ReportError, list_examples
from analysis.figures.listing import FIGURES_NAME, list_figures, write_figures
from analysis.report.audit.workbook import AUDIT_NAME, write_audit
from analysis.report.document import read_document
from analysis.report.exporters import html_of, pdf_of
from analysis.report.findings import Findings, load_findings
from analysis.report.fonts import require_glyphs
from analysis.report.index import write_index
from analysis.report.plan import Report, plan_reports
from analysis.report.proof.crate import CRATE_NAME, write_crate
from analysis.report.proof.origin import fingerprint_of, list_inputs
from analysis.report.run import run_notebook

WORKERS = 2


def build_reports(
    cycle: Cycle,
    departments: Sequence[Department] | None = None,
    announce: Callable[[Report], None] = lambda report: None,
) -> Findings:
    """Build a cycle's reports into its reports folder and return what they were made from.

    With `departments`, only their pages are replaced. `announce` is told of each report as it is
    done. Raises AnalysisError, naming every report that failed, and then changes nothing.
    """
    inputs = list_inputs(cycle)
    findings = load_findings(cycle)
    require_glyphs(findings.survey.rows)
    staging = cycle.reports_folder.with_name(f".{cycle.name}.building")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        _make_all(cycle, plan_reports(cycle, departments), inputs, staging, announce)
        if departments is None:
            mark = fingerprint_of(inputs, None, {"cycle": cycle.name})
            write_index(findings, plan_reports(cycle), mark, staging / "index.html")
            (staging / AUDIT_NAME).write_bytes(write_audit(findings))
            figures = _write_figures(findings)
            for folder in (staging, cycle.processed_folder):
                (folder / FIGURES_NAME).write_bytes(figures)
            crate = write_crate(findings, inputs, plan_reports(cycle), staging)
            (staging / CRATE_NAME).write_bytes(crate)
            _require_unchanged(cycle, inputs)
            _replace_folder(staging, cycle.reports_folder)
        else:
            cycle.reports_folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(staging.iterdir()):
                path.replace(cycle.reports_folder / path.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return findings


def describe_build(findings: Findings, reports: Sequence[Report]) -> str:
    """Say what a finished build made, what it agrees with, and whether older reports are left.

    After a build of single departments, the others may print figures of other answers.
    """
    figure = findings.ledger.figure
    lines = [
        f"reports/{findings.cycle.name}/ に HTML {len(reports)}件、"
        f"PDF {len(reports)}件を作成しました。"
    ]
    if figure("published").value:
        agreeing, published = figure("published_agreeing"), figure("published")
        lines.append(f"公表値との一致: {agreeing.text}/{published.text}")
    lines.append(f"調査票の問題（要確認）: {figure('problems_warning').text}件")
    path = findings.cycle.reports_folder / FIGURES_NAME
    if len(reports) < len(plan_reports(findings.cycle)) and not (
        path.exists() and path.read_bytes() == _write_figures(findings)
    ):
        lines.append(
            "ほかの報告書は、いまの調査票とは別の数値で作られたままです。公表する前に、"
            "`analysis report` ですべてを作り直してください。"
        )
    return "\n".join(lines)


def _write_figures(findings: Findings) -> bytes:
    """Return the contents of figures.csv."""
    ledger = findings.ledger
    return write_figures(list_figures(ledger))


def _require_unchanged(cycle: Cycle, inputs: dict[str, str]) -> None:
    """Raise ReportError if an input changed while the reports were made.

    They would state the fingerprint of one state and print the numbers of another.
    """
    now = list_inputs(cycle)
    changed = sorted(path for path, _ in inputs.items() ^ now.items())
    if changed:
        raise ReportError(
            "報告書の作成中に、次の入力が変わりました。これまでの報告書はそのままです。"
            "もう一度実行してください。\n" + list_examples(list(dict.fromkeys(changed)))
        )


def _make_all(
    cycle: Cycle,
    reports: Sequence[Report],
    inputs: dict[str, str],
    folder: Path,
    announce: Callable[[Report], None],
) -> None:
    """Make the reports on both cores; a failing one does not keep the others from being tried."""
    failures: dict[str, str] = {}
    workers = min(WORKERS, os.cpu_count() or 1, len(reports))
    # Spawned, not forked: the same on every system, and no kernel inherits this process's threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = {
            pool.submit(
                _make,
                cycle.root,
                cycle.name,
                report,
                fingerprint_of(inputs, report.notebook, dict(report.parameters)),
                folder,
            ): report
            for report in reports
        }
        for job in as_completed(jobs):
            error = job.exception()
            if error is None:
                announce(jobs[job])
            elif isinstance(error, AnalysisError):
                failures[jobs[job].stem] = str(error)
            else:
                raise error
    if failures:
        told = [failures[report.stem] for report in reports if report.stem in failures]
        raise ReportError(
            f"{len(reports)}件のうち{len(failures)}件の報告書を作成できませんでした。"
            "これまでの報告書はそのままです。\n" + "\n".join(dict.fromkeys(told))
        )


def _make(root: Path, cycle: str, report: Report, fingerprint: str, folder: Path) -> None:
    """Run one notebook and export it as HTML and PDF."""
    executed = run_notebook(
        root / "notebooks" / f"{report.notebook}.ipynb", dict(report.parameters), root
    )
    document, findings = read_document(executed), _load_findings(root, cycle)
    page = html_of(document, findings, fingerprint)
    (folder / f"{report.stem}.html").write_text(page, encoding="utf-8", newline="\n")
    (folder / f"{report.stem}.pdf").write_bytes(pdf_of(document, findings, fingerprint))


@cache
def _load_findings(root: Path, cycle: str) -> Findings:
    """Load a cycle's findings once a worker."""
    return load_findings(open_cycle(cycle, root))


def _replace_folder(new: Path, old: Path) -> None:
    """Put a finished folder in the place of an old one, which is kept until the new one stands."""
    kept = old.with_name(f".{old.name}.replaced")
    shutil.rmtree(kept, ignore_errors=True)
    if old.exists():
        old.replace(kept)
    new.replace(old)
    shutil.rmtree(kept, ignore_errors=True)
