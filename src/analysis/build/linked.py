"""Links in the prose of notebooks to files of the set: each leads to one that will be there.

Prose is the same before a run and behind it, so a dead link is told without one: of a report that
is kept, too, once what it leads to is gone.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from posixpath import normpath
from urllib.parse import unquote

from analysis.cycle import NOTEBOOKS, Cycle
from analysis.document.document import CellOutput, Document
from analysis.document.markdown import list_addresses, unlink
from analysis.errors import AnalysisError, ReportError, list_examples
from analysis.evidence.sources import SOURCES_NAME
from analysis.evidence.traced import mark_links
from analysis.figures.nearest import name_nearest
from analysis.inputs import list_notebooks
from analysis.proof.entities import CRATE_NAME
from analysis.reports.plan import INDEX_NAME, Report, list_pages, plan_reports
from analysis.reports.stated import ENDING
from analysis.texts import read_text

_BESIDE = "一式のファイル"


def require_linked(cycle: Cycle) -> None:
    """Return if all prose links to what is in the set; else raise ReportError with each cell.

    A link to the page of a department that is not counted this time is no dead one: see
    `leave_uncounted`.
    """
    reports = plan_reports(cycle)
    files = _list_files([*reports, *_plan_uncounted(cycle)])
    beside = (*list_pages(cycle), cycle.name_file(SOURCES_NAME), CRATE_NAME)
    files |= dict.fromkeys(beside, _BESIDE) | {cycle.name_file(INDEX_NAME): "報告書一覧"}
    wrong = [
        f"{NOTEBOOKS}/{notebook}{ENDING} の{place}番目のセル: {address}"
        f"（近いもの: {name_nearest(name, files)}）"
        for notebook in dict.fromkeys(report.notebook for report in reports)
        for place, source in _read_prose(cycle, notebook)
        for address in list_addresses(source)
        if (name := _name_file(address, cycle)) and name not in files
    ]
    if wrong:
        raise ReportError(
            f"ノートブックの文章に、一式にないファイルへのリンクが{len(wrong)}件あります。"
            f"リンク先を直すか、リンクを外してください。\n{list_examples(wrong)}"
        )


def leave_uncounted(document: Document, cycle: Cycle) -> Document:
    """Return a document whose prose has no link to the page of a department that is not counted."""
    gone = _list_files(_plan_uncounted(cycle))
    parts = (
        part
        if isinstance(part, CellOutput) or not gone
        else unlink(part, lambda address: _name_file(address, cycle) in gone)
        for part in document.parts
    )
    return replace(document, parts=tuple(parts))


def _plan_uncounted(cycle: Cycle) -> list[Report]:
    """Return the reports that there would be of the departments that are not counted."""
    counted = {own.slug for own in cycle.departments}
    return plan_reports(
        cycle, [own for own in cycle.settings.departments if own.slug not in counted]
    )


def _list_files(reports: list[Report]) -> dict[str, str]:
    """Return the titles of reports by the name of each of their files."""
    return {name: report.title for report in reports for name in report.files}


def _read_prose(cycle: Cycle, notebook: str) -> Iterator[tuple[int, str]]:
    """Yield the prose of a notebook with its cells' numbers; of one that can't be read, nothing.

    What keeps it from being read is told where it is run.
    """
    with suppress(AnalysisError, ValueError, RecursionError, TypeError, KeyError):
        path = list_notebooks(cycle)[f"{notebook}{ENDING}"]
        cells = json.loads(read_text(path.resolve()))["cells"]
        for place, cell in enumerate(cells, start=1):
            if cell["cell_type"] == "markdown":
                yield place, "".join(cell["source"])


def _name_file(address: str, cycle: Cycle) -> str:
    """Return the name by which the set has what an address leads to; nothing for no file of it."""
    marked = mark_links(f'<a href="{address}"', cycle.mark)[9:-1]
    file = re.split("[#?]", marked, maxsplit=1)[0]
    return normpath(unquote(file)) if file and ":" not in file else ""
