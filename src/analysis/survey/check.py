"""Hold the cleaned rows to the rules across fields, rows and departments.

A rule is its words in `rules.toml` and one entry here: for a rule within a row, the field whose
cell is to blame and the condition; for any other, a function over the whole intake.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.cycle import Cycle
from analysis.survey.problems import Place, Problem, load_rules, report
from analysis.survey.table.read import Reading
from analysis.survey.table.stated import find_totals_that_differ
from analysis.survey.table.tombstone import find_tombstone_names, find_tombstones
from analysis.survey.table.totals import TOTAL_WORDS
from analysis.survey.vocabulary import field_named, label_of, load_vocabulary, match_key


@dataclass(frozen=True)
class Intake:
    """All that the rules look at: the cleaned rows, and the readings they came from."""

    cycle: Cycle
    rows: pd.DataFrame
    readings: Sequence[Reading]


_MOST_NAMED = 5
_SHEET = ["department", "workbook", "sheet"]

Condition = Callable[[Intake], "pd.Series[bool]"]


@dataclass(frozen=True)
class RowRule:
    """A rule within one row: breached in the cell of `field` where `breached` is true.

    `about` is the choice whose answer the message names as {label}.
    """

    code: str
    field: str
    breached: Condition
    about: str = "status"


def _is_missing(field: str) -> Condition:
    return lambda intake: intake.rows[field].isna()


def _is_later(intake: Intake) -> "pd.Series[bool]":
    """Compare as far as the answer goes: a month is later only if it begins after the day."""
    as_of = intake.cycle.settings.as_of.isoformat()
    dates = intake.rows["online_date"].fillna("")
    # ISO texts compare as their dates do, and 2024 or 2024-09 comes before 2024-09-01.
    return (intake.rows["status"] == "online") & (dates > as_of)


def _is_tombstone(field: str) -> Condition:
    def find(intake: Intake) -> "pd.Series[bool]":
        # As it stands: cleaning joins the lines, of which one may say so.
        texts = intake.rows[f"{field}_raw"].where(intake.rows[field].notna()).fillna("")
        ids = intake.rows["procedure_id"].fillna("").tolist()
        found = find_tombstones(texts.tolist(), ids, may_head=field == "remarks")
        return pd.Series(found, texts.index, dtype=bool)

    return find


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


ROW_RULES = (
    *(
        RowRule("required_missing", field.name, _is_missing(field.name))
        for field in load_vocabulary()
        if field.required
    ),
    RowRule(
        "reason_missing",
        "reason",
        lambda intake: (intake.rows["status"] == "not_started") & intake.rows["reason"].isna(),
    ),
    RowRule(
        "reason_unneeded",
        "reason",
        lambda intake: (
            intake.rows["status"].isin(["online", "started"]) & intake.rows["reason"].notna()
        ),
    ),
    RowRule(
        "online_date_missing",
        "online_date",
        lambda intake: (intake.rows["status"] == "online") & intake.rows["online_date"].isna(),
    ),
    RowRule("online_date_later", "online_date", _is_later),
    *(
        RowRule("row_tombstone", name, _is_tombstone(name))
        for name in ("procedure_id", "reason_detail", "remarks")
    ),
    RowRule("row_tombstone", "name", _is_tombstone_name),
    RowRule("section_total", "section", _is_called_total),
    RowRule(
        "online_date_unneeded",
        "online_date",
        lambda intake: (
            intake.rows["status"].isin(["started", "not_started"])
            & intake.rows["online_date"].notna()
        ),
    ),
    RowRule(
        "reason_detail_missing",
        "reason_detail",
        lambda intake: (
            (intake.rows["status"] == "not_started")
            & (intake.rows["reason"] == "other")
            & intake.rows["reason_detail"].isna()
        ),
        about="reason",
    ),
)


def check_rows(intake: Intake, found: Iterable[Problem]) -> list[Problem]:
    """Return every breach of the rules, in the order of the rules and then of the rows.

    The rows need the cleaned fields with their `_raw` and `_cell` columns. A cell that has an error
    among the problems already found is not blamed again. Where the column is missing there is no
    cell: an answer that had to stand in it is missing all the same, and told once for its sheet.
    """
    known = {problem.place for problem in found if problem.severity == "error" and problem.cell}
    breaches = [
        *(problem for rule in ROW_RULES for problem in _apply(rule, intake)),
        *(problem for find in _INTAKE_RULES for problem in find(intake)),
    ]
    return [problem for problem in breaches if problem.place not in known]


def _apply(rule: RowRule, intake: Intake) -> Iterator[Problem]:
    rows = intake.rows
    is_breached, has_cell = rule.breached(intake), rows[f"{rule.field}_cell"].notna()
    if (lacks_column := is_breached & ~has_cell).any():
        yield from _tell_without_column(rule, rows[lacks_column])
    is_blamed = is_breached & has_cell
    if not is_blamed.any():
        return
    raw_name = f"{rule.field}_raw"
    blamed = rows.loc[is_blamed, [*_place_columns(rule.field), raw_name, rule.about]]
    raws, codes = (blamed[name].tolist() for name in (raw_name, rule.about))
    for place, raw, code in zip(_list_places(blamed, rule.field), raws, codes, strict=True):
        yield report(
            rule.code,
            place,
            field=rule.field,
            value=raw if isinstance(raw, str) else None,
            as_of=intake.cycle.day,
            label=label_of(rule.about, code) if isinstance(code, str) else "",
        )


def _tell_without_column(rule: RowRule, rows: pd.DataFrame) -> Iterator[Problem]:
    """Tell an answer that is needed and has no column, once a sheet, with the first rows.

    That a required column is missing is told by itself, and so is that of an optional one: only
    what stops the counting is more than that.
    """
    if field_named(rule.field).required or load_rules()[rule.code].severity != "error":
        return
    for (department, workbook, sheet), group in rows.groupby(_SHEET, sort=False):
        place = Place(str(department), str(workbook), str(sheet))
        named = "、".join(f"{row}行" for row in group["row"].head(_MOST_NAMED))
        more = "ほか" if len(group) > _MOST_NAMED else ""
        words = {"value": named + more, "count": f"{len(group):,}"}
        yield report("answers_without_column", place, field=rule.field, **words)


def _find_ids_twice(intake: Intake) -> Iterator[Problem]:
    """Blame every row of an id that stands in several, however written, and name the others."""
    rows = intake.rows
    ids = rows["procedure_id"].where(rows["procedure_id_cell"].notna()).str.lower()
    yield from _find_twice("id_twice", "procedure_id", rows, ids)


def _find_names_twice(intake: Intake) -> Iterator[Problem]:
    """Blame every row whose name and law another row of its section has too.

    A missing name or section is like no other; of two missing laws nobody can tell.
    """
    rows = intake.rows
    is_told = rows[["section", "name", "law", "name_cell"]].notna().all(axis=1)
    parts = [rows[name].fillna("").map(match_key) for name in ("section", "name", "law")]
    keys = pd.Series(
        list(zip(rows["department_slug"], *parts, strict=True)), index=rows.index, dtype=object
    )
    yield from _find_twice("name_twice", "name", rows, keys.where(is_told))


def _find_twice(
    code: str, field: str, rows: pd.DataFrame, keys: "pd.Series[Any]"
) -> Iterator[Problem]:
    """Blame the field of every row whose key another has, and name some of the others."""
    is_twice = keys.notna() & keys.duplicated(keep=False)
    twice = rows.loc[is_twice, [*_place_columns(field), field]]
    for _, at in twice.groupby(keys[twice.index], sort=False).indices.items():
        group = twice.iloc[at]
        # A merged cell is the place of several rows.
        places = dict(zip(_list_places(group, field), group[field], strict=True))
        named = [str(place) for place in [*places][: _MOST_NAMED + 1]]
        for number, (place, value) in enumerate(places.items()):
            others = [*named[:number], *named[number + 1 :]][:_MOST_NAMED]
            more = len(places) - 1 - len(others)
            words = f"ほかに {'、'.join(others)}" + (f" ほか{more}か所" if more else "")
            if not others:
                words = f"結合したセルの{len(group)}行"
            yield report(code, place, field=field, value=value, others=words)


def _list_places(rows: pd.DataFrame, field: str) -> list[Place]:
    columns = [rows[name].tolist() for name in _place_columns(field)]
    return [Place(*place) for place in zip(*columns, strict=True)]


def _place_columns(field: str) -> tuple[str, ...]:
    return (*_SHEET, f"{field}_cell")


_INTAKE_RULES: tuple[Callable[[Intake], Iterator[Problem]], ...] = (
    _find_ids_twice,
    _find_names_twice,
    lambda intake: find_totals_that_differ(intake.rows, intake.readings),
)
