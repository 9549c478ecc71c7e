"""A list as it is understood: what the survey asks, the answers as tidy rows, and why.

Nothing here is certain but what it says of itself: each decision is told, with the place in
`survey.toml` where it can be changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.errors import SettingsError
from analysis.intake.answers import (
    FilledColumn,
    fill_down,
    fill_names,
    resolve_dittos,
    take_ids,
)
from analysis.intake.choices import read_choices
from analysis.intake.columns import ListColumn
from analysis.intake.listed import OfficeList
from analysis.intake.offices import ALL_OFFICES, OFFICELESS, Offices, name_offices
from analysis.intake.questions import Question, ask_others
from analysis.intake.roles import RoleOf, decide_roles
from analysis.intake.titles import OWNER
from analysis.questionnaire.questionnaire import REASON, STATUS
from analysis.questionnaire.read import default_questionnaire

MOST_STATUSES = 20
_SECTIONLESS = "（課名なし）"
_MOST_OFFICES = 100

_ORDER = ("procedure_id", "section", "name", "law", "annual_volume", STATUS, "online_date", REASON)


@dataclass(frozen=True)
class Understood:
    """A list's survey: what it asks in order, the roles of its statuses, its departments, its rows.

    `rows` are as the tidy rows of a cycle, their values alone, with `department_slug`; `notes` are
    sentences on what was put in a blank's place, `counts` the procedures by department's slug.
    `ids_per_department` tells that ids are one only within a department.
    """

    questions: tuple[Question, ...]
    roles: tuple[RoleOf, ...]
    offices: Offices
    rows: pd.DataFrame
    notes: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    ids_per_department: bool = False


def understand(found: OfficeList) -> Understood:
    """Return what a list is understood as; raise SettingsError if its statuses are no choices."""
    owner = _find_owner(found)
    names = fill_down(found, owner.field, OFFICELESS) if owner else None
    index = found.rows.index
    owners = names.texts if names else pd.Series(ALL_OFFICES, index=index, dtype="str")
    offices = name_offices(owners)
    slug_of = {name: own.slug for name, own in offices.of.items()}
    slugs = owners.map(slug_of).astype("str")
    ids, called = take_ids(found, slugs), fill_names(found)
    section = _take_section(found, owner, owners, offices)
    status, roles = _read_statuses(found)
    rows: dict[str, pd.Series] = {
        "department_slug": slugs,
        "procedure_id": ids.texts,
        "section": section.texts,
        "name": called.texts,
        STATUS: status,
    }
    questions = dict(_ask_required(found, owner, roles))
    for question, values in ask_others(
        found, {OWNER, *questions, *([owner.field] if owner else [])}
    ):
        questions[question.field.name] = question
        rows |= values
    order = [*(name for name in _ORDER if name in questions), *questions]
    notes = [*(names.notes if names else ()), *ids.notes, *section.notes, *called.notes]
    notes += [
        f"部局「{name}」は「{own}」と同じとみなしました" for name, own in offices.merged.items()
    ]
    counted = slugs.value_counts()
    return Understood(
        tuple(questions[name] for name in dict.fromkeys(order)),
        tuple(roles),
        offices,
        pd.DataFrame(rows),
        (*found.notes, *notes),
        {own.slug: int(counted[own.slug]) for own in offices.departments},
        ids.per_department,
    )


def _find_owner(found: OfficeList) -> ListColumn | None:
    """Return the column that says whose a row is: a department's, or a section's where few."""
    section = found.find("section")
    few = section is not None and found.rows["section"].nunique() <= _MOST_OFFICES
    return found.find(OWNER) or (section if few else None)


def _take_section(
    found: OfficeList, owner: ListColumn | None, owners: "pd.Series[str]", offices: Offices
) -> FilledColumn:
    column = found.find("section")
    if column is not None and column is not owner:
        return fill_down(found, "section", _SECTIONLESS, owners)
    named = {name: own.name for name, own in offices.of.items()}
    why = "部局として読んだ" if column else "課の列がない"
    note = f"{why}ため、課名には部局の名前を入れました"
    return FilledColumn(owners.map(named).astype("str"), (note,))


def _read_statuses(found: OfficeList) -> tuple["pd.Series[str]", list[RoleOf]]:
    texts = resolve_dittos(found.rows[STATUS])
    choices = read_choices(texts, single=True, always=True)
    labels = choices.labels if choices else ()
    if len(labels) > MOST_STATUSES or not choices:
        column = found.find(STATUS)
        title = column.title if column else ""
        raise SettingsError(
            f"「{title}」の列に、{len(labels):,}種類の言葉があります（上限 {MOST_STATUSES}種類）。"
            "\n状況を言葉で選んだ列だけを「オンライン化の状況」とした写しを作り、それを指定してください。"
        )
    is_blank = ~texts.isin(choices.of)
    roles = decide_roles(labels, has_blank=bool(is_blank.any()))
    codes = {own.label: own.code for own in roles}
    blank = next((own.code for own in roles[len(labels) :]), "")
    of = {text: codes[label] for text, (label, *_) in choices.of.items()}
    return texts.map(of).fillna(blank).astype("str"), roles


def _ask_required(
    found: OfficeList, owner: ListColumn | None, roles: list[RoleOf]
) -> Iterator[tuple[str, Question]]:
    for name in ("procedure_id", "section", "name", STATUS):
        column = found.find(name)
        if name == "section" and column is owner:
            column = None
        known = default_questionnaire().named[name]
        changed: dict[str, object] = {"example": ""}
        if column:
            changed["header"] = column.title
        if name == STATUS:
            choices = read_choices(resolve_dittos(found.rows[STATUS]), single=True, always=True)
            changed |= {
                "choices": {own.code: own.label for own in roles},
                "roles": {own.code: own.role for own in roles},
                "spellings": dict(choices.written) if choices else {},
            }
        yield name, Question(known.model_copy(update=changed), column, column.why if column else "")
