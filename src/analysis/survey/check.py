"""Hold the cleaned rows to the rules across fields, rows and departments.

A rule within a row is one entry in `rules.toml`, with the field whose cell is to blame and the
condition. Any other is its words there and a function here.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analysis.cycle import Cycle
from analysis.questionnaire.field import Field, name_codes
from analysis.questionnaire.rules import Rule
from analysis.questionnaire.spellings import match_key
from analysis.survey.broken import find_rows
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.fill import Columns
from analysis.survey.table.read import Reading
from analysis.survey.table.stated import find_totals_that_differ
from analysis.survey.table.tombstone import find_tombstone_names, find_tombstones
from analysis.survey.table.totals import TOTAL_WORDS


@dataclass(frozen=True)
class Intake:
    """All that the rules look at: the cleaned rows, and the readings they came from."""

    cycle: Cycle
    rows: Columns
    readings: Sequence[Reading]

    def place(self, field: str, at: int) -> Place:
        """Return where a row's field stands."""
        return Place(*(self.rows[name][at] for name in (*_SHEET, f"{field}_cell")))


_MOST_NAMED = 5
_SHEET = ("department", "workbook", "sheet")


class _Breach(NamedTuple):
    """Where a rule within a row is broken: in the cell of `field` of the rows `found`.

    `about` is the choice, if there is one, whose answer the message names as {label}.
    """

    rule: Rule
    field: str
    found: Sequence[int]
    about: str | None = None


def _find_breaches(intake: Intake) -> Iterator[_Breach]:
    asked, as_of = intake.cycle.questionnaire, intake.cycle.settings.as_of
    for rule, field, when in asked.list_field_rules(asked.list_fields(as_of)):
        found = find_rows(when, intake.rows, as_of)
        yield _Breach(rule, field, found, when.find_choice(field))
    is_gone, is_total = (asked.rules[code] for code in ("row_tombstone", "section_total"))
    for name in ("procedure_id", "reason_detail", "remarks"):
        yield _Breach(is_gone, name, _find_tombstones(intake, name))
    yield _Breach(is_gone, "name", _find_tombstone_names(intake))
    yield _Breach(is_total, "section", _find_called_totals(intake))


def _list_written(intake: Intake, field: str) -> list[str]:
    """Return what stands in a field where it says something, else nothing."""
    # As it stands: cleaning joins the lines, of which one may say so.
    pairs = zip(intake.rows[f"{field}_raw"], intake.rows[field], strict=True)
    return ["" if raw is None or value is None else raw for raw, value in pairs]


def _find_tombstones(intake: Intake, field: str) -> list[int]:
    ids = [own or "" for own in intake.rows["procedure_id"]]
    found = find_tombstones(_list_written(intake, field), ids, may_head=field == "remarks")
    return [at for at, is_found in enumerate(found) if is_found]


def _find_tombstone_names(intake: Intake) -> list[int]:
    names = _list_written(intake, "name")
    return sorted(
        at
        for own in _group(intake.rows["department_slug"])
        for at, is_found in zip(own, find_tombstone_names(names[n] for n in own), strict=True)
        if is_found
    )


def _find_called_totals(intake: Intake) -> list[int]:
    # Only the word itself: 会計室計 may be what a section is called.
    sections = intake.rows["section"]
    totals = {one for one in {*sections} if one and match_key(one) in TOTAL_WORDS}
    return [at for at, section in enumerate(sections) if section in totals]


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
    cells, raws = rows[f"{field}_cell"], rows[f"{field}_raw"]
    without = [at for at in breach.found if cells[at] is None]
    yield from _tell_without_column(breach, asked.named[field], without, intake)
    for at in breach.found:
        if cells[at] is None:
            continue
        code = rows[breach.about][at] if breach.about else None
        label = name_codes(code, asked.named[breach.about].choices) if breach.about and code else ""
        yield report(
            breach.rule,
            intake.place(field, at),
            asked.named[field],
            value=raws[at],
            as_of=intake.cycle.day,
            label=label,
        )


def _tell_without_column(
    breach: _Breach, field: Field, without: Sequence[int], intake: Intake
) -> Iterator[Problem]:
    """Tell an answer that is needed and has no column, once a sheet, with the first rows.

    That a required column is missing is told by itself, and so is that of an optional one: only
    what stops the counting is more than that.
    """
    if field.required or breach.rule.severity != "error":
        return
    rows = intake.rows
    sheets = [tuple(rows[name][at] for name in _SHEET) for at in without]
    for group in _group(sheets):
        numbers = [rows["row"][without[n]] for n in group]
        named = "、".join(f"{row}行" for row in numbers[:_MOST_NAMED])
        more = "ほか" if len(numbers) > _MOST_NAMED else ""
        words = {"value": named + more, "count": f"{len(numbers):,}"}
        yield report("answers_without_column", Place(*sheets[group[0]]), field, **words)


def _find_ids_twice(intake: Intake) -> Iterator[Problem]:
    """Blame every row of an id that stands in several, however written, and name the others."""
    rows = intake.rows
    pairs = zip(rows["procedure_id"], rows["procedure_id_cell"], strict=True)
    ids = [own.lower() if own and cell else None for own, cell in pairs]
    yield from _find_twice("id_twice", "procedure_id", intake, ids)


def _find_names_twice(intake: Intake) -> Iterator[Problem]:
    """Blame every row whose name and law another row of its section has too.

    A missing name or section is like no other; of two missing laws nobody can tell.
    """
    names = ("department_slug", "section", "name", "law", "name_cell")
    keys = [
        (slug, *map(match_key, parts)) if all(parts) and cell else None
        for slug, *parts, cell in zip(*(intake.rows[name] for name in names), strict=True)
    ]
    yield from _find_twice("name_twice", "name", intake, keys)


def _find_twice(
    code: str, field: str, intake: Intake, keys: Sequence[Hashable]
) -> Iterator[Problem]:
    """Blame the field of every row whose key another has, and name some of the others."""
    asked = intake.cycle.questionnaire.named[field]
    for group in _group(keys):
        if len(group) == 1:
            continue
        # A merged cell is the place of several rows.
        places = {intake.place(field, at): intake.rows[field][at] for at in group}
        named = [str(place) for place in [*places][: _MOST_NAMED + 1]]
        for number, (place, value) in enumerate(places.items()):
            others = [*named[:number], *named[number + 1 :]][:_MOST_NAMED]
            more = len(places) - 1 - len(others)
            words = f"ほかに {'、'.join(others)}" + (f" ほか{more}か所" if more else "")
            if not others:
                words = f"結合したセルの{len(group)}行"
            yield report(code, place, asked, value=value, others=words)


def _group(keys: Sequence[Hashable]) -> list[list[int]]:
    """Return the places of each key, in the order of the first; those without a key are left."""
    places: dict[Hashable, list[int]] = {}
    for at, key in enumerate(keys):
        if key is not None:
            places.setdefault(key, []).append(at)
    return [*places.values()]


_INTAKE_RULES: tuple[Callable[[Intake], Iterator[Problem]], ...] = (
    _find_ids_twice,
    _find_names_twice,
    lambda intake: find_totals_that_differ(
        intake.cycle.questionnaire, intake.rows, intake.readings
    ),
)
