"""Tell, before any report is made, what of all that others wrote the reports' type can't show.

What stands in the answers, in settings and in titles is printed, or told with its file and place;
a notebook's cells are looked at once they were run. Only what is read and printed nowhere, such as
the spellings of answers, may hold anything.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from analysis.cycle import INVENTORIES, Cycle
from analysis.document.fonts import missing_glyphs, name_signs, require_glyphs, undrawable
from analysis.errors import AnalysisError, ReportError
from analysis.figures.findings import Findings
from analysis.inputs import notebook_path
from analysis.reports.stated import read_statements
from analysis.settings import refuse_settings
from analysis.texts import name_file, read_records, read_text

_UNPRINTED = {"headers", "answers", "spellings"}
_REMEDY = "印刷できる文字に直してください"

_Place = tuple[str | int, ...]


def require_printable(findings: Findings, inputs: Iterable[str]) -> None:
    """Return if all that a cycle's reports may print can be shown; `inputs` are what makes them.

    Else raise ReportError naming each character with its file and line, or its workbook, sheet and
    cell.
    """
    cycle = findings.cycle
    wrong = []

    def look(require: Callable[..., object], *given: Any) -> None:
        try:
            require(*given)
        except AnalysisError as error:
            wrong.append(str(error))

    look(require_glyphs, findings.survey.rows, cycle.questionnaire.fields)
    for path in _list_settings(cycle, inputs):
        look(_require_settings, path)
    look(_require_titles, cycle)
    if wrong:
        raise ReportError("\n".join(wrong))


def _list_settings(cycle: Cycle, inputs: Iterable[str]) -> Iterator[Path]:
    """Yield the settings files among what makes the reports; the nation's list is chosen from."""
    for name in inputs:
        path = cycle.root / name
        is_raw = name.startswith("data/raw/") and f"/{INVENTORIES}/" not in name
        if is_raw and path.suffix in (".toml", ".csv") and path.is_file():
            yield path


def _require_settings(path: Path) -> None:
    """Raise for a text of a settings file that no page, or no drawing, can show."""
    text = read_text(path)
    if not undrawable(text) and "\\u" not in text.lower():
        return
    if path.suffix == ".toml":
        found = [
            (place, f"{name_signs(signs)}は印刷できません。{_REMEDY}")
            for place, own in _list_texts(tomllib.loads(text))
            if (signs := undrawable(own))
        ]
        if found:
            refuse_settings(path, found)
        return
    for line, cells in read_records(path):
        if signs := undrawable("".join(cells)):
            where = f"{name_file(path)} の{line}行目"
            raise ReportError(f"{where}: {name_signs(signs)}は印刷できません。{_REMEDY}。")


def _list_texts(told: Any, place: _Place = ()) -> Iterator[tuple[_Place, str]]:
    """Yield every text of a settings file that may be printed, with the keys that lead to it."""
    match told:
        case str():
            yield place, told
        case dict():
            for key, own in told.items():
                if key not in _UNPRINTED:
                    yield from _list_texts(own, (*place, key))
        case list():
            for at, own in enumerate(told):
                # Within a line they share its place.
                inner = (*place, at) if isinstance(own, dict) else place
                yield from _list_texts(own, inner)


def _require_titles(cycle: Cycle) -> None:
    wrong = [
        f"{notebook_path(own.notebook)} の表題「{title}」: {name_signs(signs)}は印刷できません。"
        f"メタデータの表題を、{_REMEDY}。"
        for own in read_statements(cycle)
        for title in dict.fromkeys((own.title, own.heading))
        if (signs := missing_glyphs(title))
    ]
    if wrong:
        raise ReportError("\n".join(wrong))
