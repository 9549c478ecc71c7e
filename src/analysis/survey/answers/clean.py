"""Turn raw texts into values, field by field; what can't be read becomes a problem, never a guess.

The raw text stays beside the value, and each step that changed an answer is told with its row.
"""

from collections.abc import Sequence

from analysis.questionnaire.field import Field
from analysis.survey.answers.answer import Answer, read_answer
from analysis.survey.answers.unique import join_answer
from analysis.survey.lookup import Lookup
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.fill import Columns


def clean_rows(
    raw: Columns, lookup: Lookup, *, ids_per_department: bool = False
) -> tuple[Columns, list[Problem]]:
    """Return the rows with a cleaned column for every field, and what could not be read.

    Row grain and order are those of `raw`. Needs, for every field f, `f_raw`, `f_text`, `f_held`
    and `f_cell`, and department, workbook and sheet; `f_fill`, where there is one, names the step
    that gave the row another row's cell. Adds f: choices as codes, dates as ISO text, numbers as
    such. A blank, and an answer that can't be read, is None; of a number, `f_missing` says which
    (see MISSING_LABELS). `steps` tells what changed the row's answers. With `ids_per_department`
    the department's slug stands before every id.

    >>> from analysis.survey.answers.correct import correct_rows
    >>> from analysis.survey.lookup import build_lookup
    >>> from analysis.survey.table.table import raw_columns
    >>> lookup = build_lookup(ledger.cycle)
    >>> raw = {name: [None, None] for name in raw_columns(lookup.asked.fields)}
    >>> raw |= {"annual_volume_raw": ["約１２０件", "多数"], "annual_volume_held": ["text"] * 2}
    >>> raw |= {name: ["環境部"] * 2 for name in ("department", "workbook", "sheet")}
    >>> cleaned, problems = clean_rows(correct_rows(raw, (), lookup.asked)[0], lookup)
    >>> cleaned["annual_volume"], cleaned["annual_volume_missing"], cleaned["steps"]
    ([120, None], [None, 'unreadable'], ['annual_volume:width+unit+about', None])
    >>> [problem.value for problem in problems]
    ['多数']
    """
    cleaned = {**raw}
    problems: list[Problem] = []
    steps: list[list[str]] = [[] for _ in raw["procedure_id_raw"]]
    for field in lookup.asked.fields:
        name = field.name
        cells = list(zip(raw[f"{name}_text"], raw[f"{name}_held"], strict=True))
        known = {cell: read_answer(field, *cell, lookup) for cell in dict.fromkeys(cells)}
        answers = [known[cell] for cell in cells]
        if field.kind == "id" and ids_per_department:
            answers = list(map(join_answer, raw["department_slug"], answers))
        problems += _report_errors(raw, field, answers)
        cleaned[name] = [answer.value for answer in answers]
        if field.kind == "number":
            cleaned[f"{name}_missing"] = [answer.missing for answer in answers]
        written = {answer: answer.written_steps for answer in dict.fromkeys(answers)}
        for own, answer, source in zip(steps, answers, _list_sources(raw, name), strict=True):
            if codes := "+".join(filter(None, (source, written[answer]))):
                own.append(f"{name}:{codes}")
    cleaned["steps"] = [" ".join(own) or None for own in steps]
    return cleaned, problems


def _list_sources(raw: Columns, name: str) -> list[str | None]:
    """Return, row by row, how a field's text came from elsewhere than its cell, or None."""
    raws, texts = raw[f"{name}_raw"], raw[f"{name}_text"]
    fills = raw.get(f"{name}_fill") or [None] * len(raws)
    pairs = zip(raws, texts, fills, strict=True)
    return [fill if found == text else "correction" for found, text, fill in pairs]


def _report_errors(raw: Columns, field: Field, answers: Sequence[Answer]) -> list[Problem]:
    where = ("department", "workbook", "sheet", f"{field.name}_cell")
    return [
        report(
            answer.error,
            Place(*(raw[name][at] for name in where)),
            field,
            value=raw[f"{field.name}_text"][at] or None,
        )
        for at, answer in enumerate(answers)
        if answer.error is not None
    ]
