"""The plan: which reports a cycle has, and which notebook makes each."""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from analysis.cycle import ANSWERS_NAME, FIGURES_NAME, NOTEBOOKS, Cycle, Department
from analysis.errors import AnalysisError, ReportError, list_examples
from analysis.inputs import LISTED
from analysis.language.words import find_words
from analysis.names import ENGLISH, ORIGINAL, find_twice, name_in
from analysis.opendata.files import CODEBOOK_NAME, OPEN_NAMES
from analysis.reports.stated import EACH_DEPARTMENT, ENDING, Statement, read_statements
from analysis.texts import read_text

AUDIT_NAME, INDEX_NAME, NAVIGATOR_NAME = "audit.xlsx", "index.html", "navigator.html"
ENGLISH_INDEX_NAME = f"{name_in(ENGLISH, 'index')}.html"


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
    def lang(self) -> str:
        """The language that it is in."""
        return dict(self.parameters).get("lang", ORIGINAL)

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
    taken = (
        INDEX_NAME,
        *list_english(cycle),
        CODEBOOK_NAME,
        *([NAVIGATOR_NAME] if has_navigator(cycle) else ()),
    )
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
    names = (
        *(ANSWERS_NAME, AUDIT_NAME, FIGURES_NAME, INDEX_NAME, *list_english(cycle), CODEBOOK_NAME),
        *navigator,
    )
    return tuple(map(cycle.name_file, (*names, *OPEN_NAMES)))


def list_english(cycle: Cycle) -> tuple[str, ...]:
    """Return the index in English, where the survey has words for it; else nothing."""
    return () if find_words(cycle) is None else (ENGLISH_INDEX_NAME,)


def list_translated(cycle: Cycle) -> tuple[tuple[str, str], ...]:
    """Return the stems of the pages that there are in Japanese and in English, in both."""
    if find_words(cycle) is None:
        return ()
    spoken = [one.notebook for one in read_statements(cycle) if one.speaks]
    stems = [INDEX_NAME.partition(".")[0], *spoken]
    return tuple((cycle.name_file(own), cycle.name_file(name_in(ENGLISH, own))) for own in stems)


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
    indices = [cycle.name_file(own) for own in (INDEX_NAME, *list_english(cycle))]
    if name not in indices:
        return named
    told = (f"{one.notebook} {one.title} {one.about}".strip() for one in read_statements(cycle))
    return (
        *named,
        (LISTED, "、".join(told)),
        *_name_language(cycle, ORIGINAL if name == indices[0] else ENGLISH),
    )


def _list_reports(
    statement: Statement, cycle: Cycle, departments: Sequence[Department]
) -> Iterator[Report]:
    named = (("cycle", cycle.name),)
    if EACH_DEPARTMENT not in statement.title:
        for lang in _list_languages(statement, cycle):
            yield Report(
                statement.notebook,
                cycle.name_file(name_in(lang, statement.notebook)),
                statement.title + ("（英語）" if lang == ENGLISH else ""),
                (*named, *(_name_language(cycle, lang) if statement.speaks else ())),
                statement.about,
                statement.slides,
            )
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


def _list_languages(statement: Statement, cycle: Cycle) -> tuple[str, ...]:
    is_spoken = statement.speaks and find_words(cycle) is not None
    return (ORIGINAL, ENGLISH) if is_spoken else (ORIGINAL,)


def _name_language(cycle: Cycle, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the parameter that tells a page's language; none where all are in Japanese.

    The Japanese one leads to the other, so it is another page than one that is alone.
    """
    return () if find_words(cycle) is None else (("lang", lang),)
