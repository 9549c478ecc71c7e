"""Turn raw texts into values, field by field; what can't be read becomes a problem, never a guess.

The raw text stays beside the value, and each step that changed an answer is told with its row.
"""

from collections.abc import Sequence

import pandas as pd

from analysis.questionnaire.field import Field
from analysis.survey.answers.answer import Answer, read_answer
from analysis.survey.answers.unique import join_answer
from analysis.survey.lookup import Lookup
from analysis.survey.problems import Place, Problem, report


def clean_rows(
    raw: pd.DataFrame, lookup: Lookup, *, ids_per_department: bool = False
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows with a cleaned column for every field, and what could not be read.

    Row grain and order are those of `raw`. Needs, for every field f, `f_raw`, `f_text`, `f_held`
    and `f_cell`, and department, workbook and sheet; `f_fill`, where there is one, names the step
    that gave the row another row's cell. Adds f: choices as codes, dates as ISO text, all of dtype
    str, and numbers as Int64. A blank, and an answer that can't be read, is NA; of a number,
    `f_missing` says which (see MISSING_LABELS). `steps` tells what changed the row's answers. With
    `ids_per_department` the department's slug stands before every id.

    >>> from analysis.survey.answers.correct import correct_rows
    >>> from analysis.survey.table.table import rows_to_frame
    >>> from analysis.survey.lookup import build_lookup
    >>> lookup = build_lookup(ledger.cycle)
    >>> texts = {"row": [6, 7], "annual_volume_raw": ["約１２０件", "多数"]}
    >>> typed = rows_to_frame(texts, lookup.asked.fields)
    >>> place = {"department": "環境部", "workbook": "環境部.xlsx", "sheet": "調査票"}
    >>> raw = correct_rows(typed, (), lookup.asked)[0].assign(annual_volume_held="text", **place)
    >>> cleaned, problems = clean_rows(raw, lookup)
    >>> cleaned[["annual_volume_raw", "annual_volume", "steps"]]
      annual_volume_raw  annual_volume                           steps
    0             約１２０件            120  annual_volume:width+unit+about
    1                多数           <NA>                             NaN
    >>> [problem.value for problem in problems]
    ['多数']
    """
    added: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    steps: list[list[str]] = [[] for _ in range(len(raw))]
    for field in lookup.asked.fields:
        name = field.name
        texts, kinds = (_take(raw, f"{name}_{part}") for part in ("text", "held"))
        cells = list(zip(texts, kinds, strict=True))
        known = {cell: read_answer(field, *cell, lookup) for cell in dict.fromkeys(cells)}
        answers = [known[cell] for cell in cells]
        if field.kind == "id" and ids_per_department:
            answers = list(map(join_answer, raw["department_slug"], answers))
        problems += _report_errors(raw, field, texts, answers)
        dtype = "Int64" if field.kind == "number" else "str"
        values = [answer.value for answer in answers]
        added[name] = pd.Series(values, index=raw.index, dtype=dtype)
        if field.kind == "number":
            missing = [answer.missing for answer in answers]
            added[f"{name}_missing"] = pd.Series(missing, index=raw.index, dtype="str")
        written = {answer: answer.written_steps for answer in dict.fromkeys(answers)}
        for at, (answer, source) in enumerate(zip(answers, _list_sources(raw, name), strict=True)):
            if codes := "+".join(filter(None, (source, written[answer]))):
                steps[at].append(f"{name}:{codes}")
    told = [" ".join(own) or None for own in steps]
    added["steps"] = pd.Series(told, index=raw.index, dtype="str")
    return pd.concat([raw, pd.DataFrame(added, index=raw.index)], axis=1), problems


def _list_sources(raw: pd.DataFrame, name: str) -> list[str | None]:
    """Return, row by row, how a field's text came from elsewhere than its cell, or None."""
    fills = _take(raw, f"{name}_fill") if f"{name}_fill" in raw else [None] * len(raw)
    pairs = zip(_take(raw, f"{name}_raw"), _take(raw, f"{name}_text"), fills, strict=True)
    return [fill if found == text else "correction" for found, text, fill in pairs]


def _report_errors(
    raw: pd.DataFrame, field: Field, texts: list[str | None], answers: Sequence[Answer]
) -> list[Problem]:
    where = ("department", "workbook", "sheet", f"{field.name}_cell")
    places = zip(*(_take(raw, name) for name in where), strict=True)
    return [
        report(answer.error, Place(*place), field, value=text or None)
        for place, text, answer in zip(places, texts, answers, strict=True)
        if answer.error is not None
    ]


def _take(raw: pd.DataFrame, name: str) -> list[str | None]:
    # Arrow's texts are slow to walk one by one.
    taken: list[str | None] = raw[name].array.to_numpy(dtype=object, na_value=None).tolist()
    return taken
