"""Hold the cleaned rows to the rules across fields, rows and departments.

A rule within a row is one entry in `rules.toml`, with the field whose cell is to blame and the
condition. Any other is its words there and a function here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from analysis.cycle import Cycle
from analysis.questionnaire.field import Field, name_codes
from analysis.questionnaire.rules import Rule
from analysis.questionnaire.spellings import match_key
from analysis.survey.broken import find_rows
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.read import Reading
from analysis.survey.table.stated import find_totals_that_differ
from analysis.survey.table.tombstone import find_tombstone_names, find_tombstones
from analysis.survey.table.totals import TOTAL_WORDS


@dataclass(frozen=True)
class Intake:
    """All that the rules look at: the cleaned rows, and the readings they came from."""

    cycle: Cycle
    rows: pd.DataFrame
    readings: Sequence[Reading]


_MOST_NAMED = 5
_SHEET = ["department", "workbook", "sheet"]


class _Breach(NamedTuple):
    """Where a rule within a row is broken: in the cell of `field` where `found` is true.

    `about` is the choice, if there is one, whose answer the message names as {label}.
    """

    rule: Rule
    field: str
    found: "pd.Series[bool]"
    about: str | None = None


def _find_breaches(intake: Intake) -> Iterator[_Breach]:
    asked, as_of = intake.cycle.questionnaire, intake.cycle.settings.as_of
    for rule, field, when in asked.list_field_rules(asked.list_fields(as_of)):
        found = find_rows(when, intake.rows, as_of)
        yield _Breach(rule, field, found, when.find_choice(field))
    is_gone, is_total = (asked.rules[code] for code in ("row_tombstone", "section_total"))
    for name in ("procedure_id", "reason_detail", "remarks"):
        yield _Breach(is_gone, name, _is_tombstone(intake, name))
    yield _Breach(is_gone, "name", _is_tombstone_name(intake))
    yield _Breach(is_total, "section", _is_called_total(intake))


def _is_tombstone(intake: Intake, field: str) -> "pd.Series[bool]":
    # As it stands: cleaning joins the lines, of which one may say so.
    texts = intake.rows[f"{field}_raw"].where(intake.rows[field].notna()).fillna("")
    ids = intake.rows["procedure_id"].fillna("").tolist()
    found = find_tombstones(texts.tolist(), ids, may_head=field == "remarks")
    return pd.Series(found, texts.index, dtype=bool)


def _is_tombstone_name(intake: Intake) -> "pd.Series[bool]":
    names = intake.rows["name_raw"].where(intake.rows["name"].notna()).fillna("")
    found = pd.Series(data=False, index=names.index)
    for _, own in names.groupby(intake.rows["department_slug"], sort=False):
        found[own.index] = pd.Series(find_tombstone_names(own), own.index)
    return found


def _is_called_total(intake: Intake) -> "pd.Series[bool]":
    # Only the word itself: 会計室計 may be what a section is called.
    sections = intake.rows["section"]
    return sections.isin([s for s in sections.dropna().unique() if match_key(s) in TOTAL_WORDS])


def check_rows(intake: Intake, found: Iterable[Problem]) -> list[Problem]:
    """Return every breach of the rules, in the order of the rules and then of the rows.

    The rows need the cleaned fields with their `_raw` and `_cell` columns. A cell that has an error
    among the problems already found is not blamed again. Where the column is missing there is no
    cell: an answer that had to stand in it is missing all the same, and told once for its sheet.
    """
    known = {problem.place for problem in found if problem.severity == "error" and problem.cell}
    breaches = [
        *(problem for breach in _find_breaches(intake) for problem in _tell(breach, intake)),
        *(problem for find in _INTAKE_RULES for problem in find(intake)),
    ]
    return [problem for problem in breaches if problem.place not in known]


def _tell(breach: _Breach, intake: Intake) -> Iterator[Problem]:
    asked, rows, field = intake.cycle.questionnaire, intake.rows, breach.field
    has_cell = rows[f"{field}_cell"].notna()
    if (lacks_column := breach.found & ~has_cell).any():
        yield from _tell_without_column(breach, asked.named[field], rows[lacks_column])
    is_blamed = breach.found & has_cell
    if not is_blamed.any():
        return
    wanted = filter(None, (f"{field}_raw", breach.about))
    blamed = rows.loc[is_blamed, [*_place_columns(field), *wanted]]
    raws = blamed[f"{field}_raw"].tolist()
    codes = blamed[breach.about].tolist() if breach.about else [None] * len(raws)
    for place, raw, code in zip(_list_places(blamed, field), raws, codes, strict=True):
        choices = asked.named[breach.about].choices if breach.about else {}
        yield report(
            breach.rule,
            place,
            asked.named[field],
            value=raw if isinstance(raw, str) else None,
            as_of=intake.cycle.day,
            label=name_codes(code, choices) if isinstance(code, str) else "",
        )


def _tell_without_column(breach: _Breach, field: Field, rows: pd.DataFrame) -> Iterator[Problem]:
    """Tell an answer that is needed and has no column, once a sheet, with the first rows.

    That a required column is missing is told by itself, and so is that of an optional one: only
    what stops the counting is more than that.
    """
    if field.required or breach.rule.severity != "error":
        return
    for (department, workbook, sheet), group in rows.groupby(_SHEET, sort=False):
        place = Place(str(department), str(workbook), str(sheet))
        named = "、".join(f"{row}行" for row in group["row"].head(_MOST_NAMED))
        more = "ほか" if len(group) > _MOST_NAMED else ""
        words = {"value": named + more, "count": f"{len(group):,}"}
        yield report("answers_without_column", place, field, **words)


def _find_ids_twice(intake: Intake) -> Iterator[Problem]:
    """Blame every row of an id that stands in several, however written, and name the others."""
    rows, field = intake.rows, intake.cycle.questionnaire.named["procedure_id"]
    ids = rows["procedure_id"].where(rows["procedure_id_cell"].notna()).str.lower()
    yield from _find_twice("id_twice", field, rows, ids)


def _find_names_twice(intake: Intake) -> Iterator[Problem]:
    """Blame every row whose name and law another row of its section has too.

    A missing name or section is like no other; of two missing laws nobody can tell.
    """
    rows, field = intake.rows, intake.cycle.questionnaire.named["name"]
    is_told = rows[["section", "name", "law", "name_cell"]].notna().all(axis=1)
    parts = [rows[name].fillna("").map(match_key) for name in ("section", "name", "law")]
    keys = pd.Series(
        list(zip(rows["department_slug"], *parts, strict=True)), index=rows.index, dtype=object
    )
    yield from _find_twice("name_twice", field, rows, keys.where(is_told))


def _find_twice(
    code: str, field: Field, rows: pd.DataFrame, keys: "pd.Series[Any]"
) -> Iterator[Problem]:
    """Blame the field of every row whose key another has, and name some of the others."""
    is_twice = keys.notna() & keys.duplicated(keep=False)
    twice = rows.loc[is_twice, [*_place_columns(field.name), field.name]]
    for _, at in twice.groupby(keys[twice.index], sort=False).indices.items():
        group = twice.iloc[at]
        # A merged cell is the place of several rows.
        places = dict(zip(_list_places(group, field.name), group[field.name], strict=True))
        named = [str(place) for place in [*places][: _MOST_NAMED + 1]]
        for number, (place, value) in enumerate(places.items()):
            others = [*named[:number], *named[number + 1 :]][:_MOST_NAMED]
            more = len(places) - 1 - len(others)
            words = f"ほかに {'、'.join(others)}" + (f" ほか{more}か所" if more else "")
            if not others:
                words = f"結合したセルの{len(group)}行"
            yield report(code, place, field, value=value, others=words)


def _list_places(rows: pd.DataFrame, field: str) -> list[Place]:
    columns = [rows[name].tolist() for name in _place_columns(field)]
    return [Place(*place) for place in zip(*columns, strict=True)]


def _place_columns(field: str) -> tuple[str, ...]:
    return (*_SHEET, f"{field}_cell")


_INTAKE_RULES: tuple[Callable[[Intake], Iterator[Problem]], ...] = (
    _find_ids_twice,
    _find_names_twice,
    lambda intake: find_totals_that_differ(
        intake.cycle.questionnaire, intake.rows, intake.readings
    ),
)
