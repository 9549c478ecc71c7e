"""What each notebook states of the report that it makes: its place among them, and its titles.

It stands in the notebook's own metadata, as `report`, and nowhere else: a notebook that states it
is a report like the others, whether the package has a module for it or not.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from analysis.cycle import NOTEBOOKS, Cycle
from analysis.errors import AnalysisError, ReportError, list_examples
from analysis.inputs import REPORT_KEY, list_notebooks
from analysis.names import ENGLISH, find_twice
from analysis.texts import read_text

KEY = REPORT_KEY
EACH_DEPARTMENT = "{department}"
"""What stands in the titles of a report that there is of each department, for its name."""

NOT_STARTED = "{not_started}"
"""What stands in titles for what the survey calls the procedures that are not started."""

SURVEY = "{survey}"
"""What stands in titles for what the survey is called."""

_WORDS_FILLED = re.compile("|".join(map(re.escape, (NOT_STARTED, SURVEY))))
ENDING = ".ipynb"
EXPLORE = "explore"
"""The notebook for an analysis of one's own, which makes no report and need not be told of."""

_WORDS, _SLIDES = ("title", "heading"), "slides"
SPEAKS = "languages"
"""The key under which a notebook states that it has a parameter `lang`, and for what."""
# What a cycle may lack that a report is of, and whether it has it.
_NEEDED: dict[str, Callable[[Cycle], bool]] = {
    "guideline": lambda cycle: cycle.settings.guideline is not None,
    "reasons": lambda cycle: bool(cycle.questionnaire.reasons),
    "approvals": lambda cycle: cycle.approvals_path.exists(),
    "lobbied": lambda cycle: bool(cycle.questionnaire.lobbied),
}
_NAME = re.compile(r"[\w-]+")
_REPORT = re.compile(r"^def masthead\(", re.MULTILINE)
_MISSING = (
    f"ファイルがないか、メタデータの {KEY} に報告書の順と表題がありません。"
    "配布されたものに戻してください。"
)


class Statement(NamedTuple):
    """A notebook's report: its place in the order, its notebook's name, its titles.

    `title` is what lists call it, `heading` what it is called itself. A report whose title has
    `{department}` in it is made of each department; one that `needs` the guideline, or
    reasons, in cycles that name one or ask for them. `about` is the notebook's first paragraph.
    One of `slides` is a presentation, too; one that `speaks` English has a parameter `lang` for it.
    """

    order: int
    notebook: str
    title: str
    heading: str
    needs: str | None = None
    about: str = ""
    slides: bool = False
    speaks: bool = False


class _UnstatedError(Exception):
    """A notebook states no report, or no usable one; the message says why."""


def read_statements(cycle: Cycle) -> list[Statement]:
    """Return what the notebooks state that make reports, in their order.

    Raises ReportError with all that is wrong, by file: a statement that is no usable one, words
    that two share, and a notebook that the package has a report for and that states none.
    """
    found, wrong = [], []
    known = _list_modules()
    for name in known | set(_list_names(cycle)):
        try:
            found.append(_read(cycle, name))
        except _UnstatedError as error:
            if name in known or str(error):
                told = str(error) or _MISSING
                wrong.append(f"{NOTEBOOKS}/{name}{ENDING}: {told}")
    titles = [(title, one) for one in sorted(found) for title in _list_titles(one, cycle)]
    orders = [(str(one.order), one) for one in sorted(found)]
    for what, words in (("order", orders), ("title", titles)):
        named = [(word, f"{NOTEBOOKS}/{one.notebook}{ENDING}") for word, one in words]
        wrong += [f"{what} が同じものがあります: {twice}" for twice in find_twice(named)]
    if wrong:
        raise ReportError(
            f"報告書のノートブックに誤りが{len(wrong)}件あります。\n{list_examples(sorted(wrong))}"
        )
    return sorted(one for one in found if one.needs is None or _NEEDED[one.needs](cycle))


def read_heading(cycle: Cycle, notebook: str) -> str:
    """Return what the report of a notebook is called; raise ReportError if it states none."""
    try:
        return _read(cycle, notebook).heading
    except _UnstatedError as error:
        raise ReportError(f"{NOTEBOOKS}/{notebook}{ENDING}: {str(error) or _MISSING}") from None


def list_unstated(cycle: Cycle) -> Iterator[str]:
    """Yield the names of the notebooks that state no report, but of the one that is for none."""
    for name in sorted(set(_list_names(cycle)) - _list_modules() - {EXPLORE}):
        try:
            _read(cycle, name)
        except _UnstatedError as error:
            if not str(error):
                yield name


def _list_titles(statement: Statement, cycle: Cycle) -> list[str]:
    """Return what the reports of a notebook are called: of each department, or of the city."""
    if EACH_DEPARTMENT not in statement.title:
        return [statement.title]
    return [statement.title.replace(EACH_DEPARTMENT, own.name) for own in cycle.departments]


def _read(cycle: Cycle, name: str) -> Statement:
    """Return what a notebook states; raise _UnstatedError, without a word if that is nothing."""
    path = list_notebooks(cycle).get(f"{name}{ENDING}")
    if path is None:
        raise _UnstatedError
    try:
        notebook = json.loads(read_text(path.resolve()))
        stated, about = notebook["metadata"][KEY], _read_opening(notebook["cells"])
    except (AnalysisError, ValueError, RecursionError, TypeError, KeyError):
        raise _UnstatedError from None
    if wrong := list(_find_wrong(name, stated)):
        raise _UnstatedError("".join(wrong))
    words = {
        NOT_STARTED: cycle.questionnaire.name_role("not_started"),
        SURVEY: cycle.settings.title,
    }
    title, heading = (
        _WORDS_FILLED.sub(lambda found: words[found[0]], text)
        for text in (stated["title"], stated.get("heading", stated["title"]))
    )
    needs, slides = stated.get("needs"), stated.get(_SLIDES, False)
    return Statement(stated["order"], name, title, heading, needs, about, slides, SPEAKS in stated)


def _read_opening(cells: list[dict[str, Any]]) -> str:
    """Return the first paragraph of a notebook that begins with prose; else nothing."""
    if not cells or cells[0]["cell_type"] != "markdown":
        return ""
    text = "".join(cells[0]["source"]).strip().partition("\n\n")[0]
    return "" if text.startswith("#") else "".join(text.splitlines())


def _find_wrong(name: str, stated: Any) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield "報告書のファイル名に使えるのは、文字、数字、「-」と「_」です。"
    if not isinstance(stated, dict):
        yield f'メタデータの {KEY} は {{"order": 順, "title": "表題"}} の形で書いてください。'
        return
    if type(stated.get("order")) is not int:
        yield f"{KEY} の order（報告書の順）を整数で書いてください。"
    if "title" not in stated:
        yield f"{KEY} に title（報告書の表題）がありません。"
    for key in sorted(stated.keys() & {*_WORDS}):
        text = stated[key]
        if not isinstance(text, str) or text != " ".join(text.split()) or not text:
            yield f"{KEY} の {key} は、一行の文字で書いてください。"
    if "needs" in stated and stated["needs"] not in [*_NEEDED]:
        known = "、".join(f'"{name}"' for name in _NEEDED)
        yield f"{KEY} の needs（報告書に要るもの）に書けるのは {known} です。"
    yield from _find_unusable(stated)


def _find_unusable(stated: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with how a report is to be made, and keys that mean nothing."""
    if not isinstance(stated.get(_SLIDES, False), bool):
        yield f"{KEY} の {_SLIDES}（スライドにするか）に書けるのは true か false です。"
    if stated.get(SPEAKS, [ENGLISH]) != [ENGLISH]:
        yield f'{KEY} の {SPEAKS}（日本語のほかの言語）に書けるのは ["{ENGLISH}"] です。'
    if stated.get(_SLIDES) is True and SPEAKS in stated:
        yield f"{KEY} の {_SLIDES} と {SPEAKS} は、どちらか一方です（スライドは日本語だけです）。"
    usable = ("order", *_WORDS, "needs", _SLIDES, SPEAKS)
    for key in sorted(stated.keys() - {*usable}):
        yield f"{KEY} の「{key}」は使えません（使えるのは {'、'.join(usable)}）。"


def _list_names(cycle: Cycle) -> Iterator[str]:
    return (name.removesuffix(ENDING) for name in list_notebooks(cycle))


@cache
def _list_modules() -> frozenset[str]:
    """Return the names of this package's modules that are reports: they have a head.

    They are not imported: who only wants to know which reports there are waits for no frames.
    """
    modules = [Path(str(path)) for path in files("analysis.reports").iterdir()]
    return frozenset(
        path.stem
        for path in modules
        if path.suffix == ".py" and _REPORT.search(path.read_text(encoding="utf-8"))
    )
