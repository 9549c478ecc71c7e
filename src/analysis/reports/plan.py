"""The plan: which reports a cycle has, and which notebook makes each."""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from analysis.cycle import ANSWERS_NAME, FIGURES_NAME, NOTEBOOKS, Cycle, Department
from analysis.errors import AnalysisError, ReportError, list_examples
from analysis.names import find_twice
from analysis.opendata.files import CODEBOOK_NAME, OPEN_NAMES
from analysis.reports.stated import EACH_DEPARTMENT, ENDING, Statement, read_statements
from analysis.texts import read_text

AUDIT_NAME, INDEX_NAME, NAVIGATOR_NAME = "audit.xlsx", "index.html", "navigator.html"


@dataclass(frozen=True)
class Report:
    """One report: the notebook that makes it, its parameters, its files' stem, and its title.

    `about` says in a sentence what it is. One of `slides` is a presentation, too.
    """

    notebook: str
    stem: str
    title: str
    parameters: tuple[tuple[str, str], ...]
    about: str = ""
    slides: bool = False

    @property
    def department(self) -> str | None:
        """The slug of the department that it is about; None for the whole city."""
        return dict(self.parameters).get("department")

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its files: HTML, PDF, its notebook as it was run, a presentation."""
        executed = f"{NOTEBOOKS}/{self.stem}{ENDING}"
        slides = (f"{self.stem}.pptx",) if self.slides else ()
        return (f"{self.stem}.html", f"{self.stem}.pdf", executed, *slides)


def plan_reports(cycle: Cycle, departments: Sequence[Department] | None = None) -> list[Report]:
    """Return the reports to build: all of the cycle, or only those of some departments.

    They are those that the notebooks state, in their order. Raises ReportError for a statement
    that can't be used, and for two files of the set that would have one name.
    """
    chosen = cycle.departments if departments is None else departments
    reports = [
        report
        for statement in read_statements(cycle)
        for report in _list_reports(statement, cycle, chosen)
        if departments is None or report.department is not None
    ]
    taken = (INDEX_NAME, CODEBOOK_NAME, *([NAVIGATOR_NAME] if has_navigator(cycle) else ()))
    beside = [(cycle.name_file(name).partition(".")[0], name) for name in taken]
    named = [(report.stem, f"notebooks/{report.notebook}.ipynb") for report in reports]
    if twice := find_twice([*beside, *named]):
        raise ReportError(
            "同じ名前の報告書ができてしまうノートブックがあります。名前を変えてください。\n"
            + list_examples(twice)
        )
    return reports


def list_pages(cycle: Cycle) -> tuple[str, ...]:
    """Return the files of a set that are made from all answers and are no report, as delivered.

    The navigator is one where the cycle's guideline has tables.
    """
    navigator = (NAVIGATOR_NAME,) if has_navigator(cycle) else ()
    names = (ANSWERS_NAME, AUDIT_NAME, FIGURES_NAME, INDEX_NAME, CODEBOOK_NAME, *navigator)
    return tuple(map(cycle.name_file, (*names, *OPEN_NAMES)))


def has_navigator(cycle: Cycle) -> bool:
    """Tell whether the cycle's guideline has tables; one that can't be read is told elsewhere."""
    with suppress(AnalysisError, OSError, ValueError, RecursionError):
        path = cycle.guideline_path
        return path is not None and bool(tomllib.loads(read_text(path)).get("tables"))
    return False


def tell_beside(cycle: Cycle, name: str) -> tuple[tuple[str, str], ...]:
    """Return the parameters of a file beside the reports; the index names what it lists in one.

    `name` is that by which it is delivered.
    """
    named = (("cycle", cycle.name),)
    if name != cycle.name_file(INDEX_NAME):
        return named
    told = (f"{one.notebook} {one.title} {one.about}".strip() for one in read_statements(cycle))
    return (*named, ("reports", "、".join(told)))


def _list_reports(
    statement: Statement, cycle: Cycle, departments: Sequence[Department]
) -> Iterator[Report]:
    named = (("cycle", cycle.name),)
    if EACH_DEPARTMENT not in statement.title:
        stem = f"{statement.notebook}{cycle.mark}"
        about, slides = statement.about, statement.slides
        yield Report(statement.notebook, stem, statement.title, named, about, slides)
        return
    for department in departments:
        yield Report(
            statement.notebook,
            f"{statement.notebook}-{department.slug}{cycle.mark}",
            statement.title.replace(EACH_DEPARTMENT, department.name),
            (*named, ("department", department.slug)),
            statement.about,
            statement.slides,
        )
