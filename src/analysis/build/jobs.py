"""The jobs of a build: plain functions of a folder and a cycle, run wherever there is room.

Each loads what it needs from the folder and returns what it made; none writes a report. So any
number of them may run, and one that was lost is run again. Nothing heavy is imported before a job
runs: who hands them out needs none of it.
"""

import os
import pickle
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.build.shelf import Made
from analysis.build.workers import LostProcessError, in_new_process, in_worker
from analysis.cycle import ANSWERS_NAME, FIGURES_NAME
from analysis.errors import ReportError
from analysis.evidence.sources import Origin, Sources, find_sources
from analysis.inputs import MEASURES_NAME, Mark
from analysis.names import ENGLISH
from analysis.opendata.files import CODEBOOK_NAME
from analysis.reports.plan import (
    AUDIT_NAME,
    ENGLISH_INDEX_NAME,
    INDEX_NAME,
    NAVIGATOR_NAME,
    Report,
    plan_reports,
)

if TYPE_CHECKING:
    from analysis.document.document import Document
    from analysis.figures.findings import Findings


_AIMED = (
    "目標がほかの報告書や figures.csv と違うため、一式には入れられません。"
    "ノートブックの目標の引数をもとに戻し、一式の目標は cycle.toml に書いてください。"
    "違う目標のものは、JupyterLab で実行して書き出せます。"
)
_UNSTATED = (
    "メタデータの report の slides は、スライドを返すノートブックにだけ、true と書きます。"
    "直すか、配布されたものに戻してください。"
)


@dataclass(frozen=True)
class AnswersSeen:
    """What a build must know of the answers before it can tell which reports they change.

    `sources` is by what is known today what each standing report asked for, by its stem, `summary`
    what the build says of the answers at its end, `stamp` the hash of what all of these were made
    from (see `hash_inputs`).
    """

    sources: Mapping[str, Sources]
    summary: tuple[str, ...]
    stamp: str


@dataclass(frozen=True)
class BuildTarget:
    """The cycle that a job is for: its project's folder and its name.

    `inputs` are what makes its reports, as `list_inputs` has them. `stamp` is what `hash_inputs`
    said of it, if that is known: with hundreds of workbooks, to read them again for each report
    takes longer than much of its making. Who gives these makes sure at the end that nothing has
    changed.
    """

    root: Path
    cycle: str
    inputs: Mapping[str, str]
    stamp: str | None = None


def look_at_answers(target: BuildTarget, asked: Mapping[str, Collection[str]]) -> AnswersSeen:
    """Read a cycle's answers; `asked` is what the standing reports asked of them, by stem.

    Raises SurveyError with every problem that keeps them from being used, and ReportError for
    characters that can't be printed.
    """
    return in_worker(_look_at_answers, target, asked)


def make_report(target: BuildTarget, report: Report, notebook: Path) -> Made:
    """Run a report's notebook and return its page and its PDF.

    Raises ReportError for a cell that failed and for whatever can't be printed or traced.
    """
    # The process that makes the pages is not one in which a notebook ran.
    try:
        document, executed = in_new_process(_run_report, target, report, notebook)
    except LostProcessError:
        raise ReportError(
            f"notebooks/{report.notebook}.ipynb の実行が始まらないか、途中で終わりました。"
            "セルがプログラムを終わらせていないか、メモリーの空きがあるかを確かめて、"
            "もう一度実行してください。"
        ) from None
    origin = Origin(target.inputs, report.notebook, report.parameters)
    page, pdf, sources, slides = in_worker(_export, target, document, origin)
    if report.slides != (slides is not None):
        raise ReportError(f"notebooks/{report.notebook}.ipynb: {_UNSTATED}")
    return Made(page.encode(), pdf, executed, sources, slides)


def run_report(target: BuildTarget, report: Report, notebook: Path) -> tuple["Document", bytes]:
    """Run a report's notebook in this process, which is for that alone.

    Returned are its document, and the notebook with its outputs as a file. Raises ReportError as
    `run_notebook` and `read_document` do.
    """
    from analysis.build.run import run_notebook
    from analysis.document.document import read_document
    from analysis.document.notebook import write_notebook
    from analysis.figures.findings import INPUTS
    from analysis.figures.own_code import watch_notebook

    os.chdir(target.root)
    watch_notebook(target.root)
    if target.stamp is not None:
        os.environ[INPUTS] = target.stamp
    executed = run_notebook(notebook, dict(report.parameters))
    try:
        return read_document(executed), write_notebook(executed, report.notebook)
    except ReportError as error:
        raise ReportError(f"notebooks/{report.notebook}.ipynb: {error}") from None


def make_beside(target: BuildTarget, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files beside the reports (see `list_pages`) that are delivered by these names.

    One process makes them; `wanted` has by each name the fingerprint that a page prints.
    """
    return in_worker(_make_beside, target, wanted)


def make_crate(
    target: BuildTarget, sources: Mapping[str, Sources], files: Mapping[str, Mark]
) -> bytes:
    """Return ro-crate-metadata.json of a set of files; `sources` are its reports', by stem."""
    return in_worker(_make_crate, target, sources, files)


def _look_at_answers(target: BuildTarget, asked: Mapping[str, Collection[str]]) -> AnswersSeen:
    from analysis.build.linked import require_linked
    from analysis.build.printed import require_printable
    from analysis.figures.findings import hash_inputs, load_findings
    from analysis.reports.approvals import say_standings
    from analysis.survey.opening import open_counted

    cycle = open_counted(target.cycle, target.root)
    require_linked(cycle)
    stamp = hash_inputs(cycle)
    findings = load_findings(cycle, inputs=stamp)
    require_printable(findings, target.inputs)
    figure = findings.ledger.figure
    summary = [f"調査票の問題（要確認）: {figure('problems_warning').text}件"]
    if figure("published").value:
        agreeing, published = figure("published_agreeing"), figure("published")
        summary.insert(0, f"公表値との一致: {agreeing.text}/{published.text}")
    summary += [
        f"求めない数値: {MEASURES_NAME} の「{name}」（{why}）"
        for name, why in findings.ledger.left_out.items()
    ]
    summary += say_standings(findings)
    sources = {
        stem: find_sources(findings.ledger, target.inputs, own) for stem, own in asked.items()
    }
    return AnswersSeen(sources, tuple(summary), stamp)


def _run_report(target: BuildTarget, report: Report, notebook: Path) -> tuple[bytes, bytes]:
    # Pickled here already: who only hands the document on would import all that it is made with.
    document, executed = run_report(target, report, notebook)
    return pickle.dumps(document), executed


def _export(
    target: BuildTarget, pickled: bytes, origin: Origin
) -> tuple[str, bytes, Sources, bytes | None]:
    from analysis.build.linked import leave_uncounted
    from analysis.evidence.exporters import pages_of

    document: Document = pickle.loads(pickled)  # noqa: S301 - our own, a moment ago
    try:
        if document.masthead.aimed is not None:
            raise ReportError(_AIMED)
        findings = _load(target)
        pages = pages_of(leave_uncounted(document, findings.cycle), findings, origin)
    except ReportError as error:
        raise ReportError(f"notebooks/{origin.notebook}.ipynb: {error}") from None
    return pages.html, pages.pdf, pages.sources, pages.slides


def _make_beside(target: BuildTarget, wanted: Mapping[str, str]) -> dict[str, bytes]:
    from analysis.audit.workbook import write_audit
    from analysis.evidence.answers import write_answers
    from analysis.figures.listing import list_figures, write_figures
    from analysis.opendata.package import OpenData
    from analysis.reports.codebook import write_codebook
    from analysis.reports.index import write_index
    from analysis.reports.navigator import write_navigator

    findings = _load(target)
    data, name = OpenData(findings), findings.cycle.name_file

    def mark(page: str) -> str:
        return wanted[name(page)]

    makers: dict[str, Callable[[], bytes]] = {
        ANSWERS_NAME: lambda: write_answers(findings.ledger),
        AUDIT_NAME: lambda: write_audit(findings),
        FIGURES_NAME: lambda: write_figures(list_figures(findings.ledger)),
        INDEX_NAME: lambda: write_index(
            findings, plan_reports(findings.cycle), mark(INDEX_NAME)
        ).encode(),
        ENGLISH_INDEX_NAME: lambda: write_index(
            findings, plan_reports(findings.cycle), mark(ENGLISH_INDEX_NAME), ENGLISH
        ).encode(),
        NAVIGATOR_NAME: lambda: write_navigator(findings, mark(NAVIGATOR_NAME)).encode(),
        CODEBOOK_NAME: lambda: write_codebook(findings, data.tables, mark(CODEBOOK_NAME)).encode(),
    }
    delivered = {name(own): make for own, make in makers.items()}
    return {own: delivered[own]() if own in delivered else data.files[own] for own in wanted}


def _make_crate(
    target: BuildTarget, sources: Mapping[str, Sources], files: Mapping[str, Mark]
) -> bytes:
    from analysis.proof.crate import write_crate

    findings = _load(target)
    made = {report: sources[report.stem] for report in plan_reports(findings.cycle)}
    return write_crate(findings, target.inputs, made, files)


def _load(target: BuildTarget) -> "Findings":
    from analysis.figures.findings import load_findings
    from analysis.survey.opening import open_counted

    return load_findings(open_counted(target.cycle, target.root), inputs=target.stamp)
