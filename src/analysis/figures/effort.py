"""What the guideline's tables decide of each procedure that is not online, and how it is counted.

Each table that a figure counts, or that such a table asks for, is a derived column: the rules that
hold. So a figure of a grade has its evidence in the answers that gave the grade.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial

import pandas as pd

from analysis.figures.decide import Decision
from analysis.figures.decided import decide_rows
from analysis.figures.decision_tables import (
    UNSETTLED,
    UNSETTLED_NAME,
    DecisionRule,
    DecisionTable,
    Grade,
)
from analysis.figures.derived import Derivation, Rows, SheetLine, quote
from analysis.figures.guideline import Guideline
from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import Count, Total, Where
from analysis.figures.questions import TableQuestion, list_questions
from analysis.figures.road import STAGE, VOLUME, list_stage_derivations
from analysis.figures.statuses import count_statuses
from analysis.questionnaire.field import SAID_BETWEEN, SEVERAL, Derived
from analysis.questionnaire.questionnaire import STATUS, Questionnaire

_COLUMN, _COLUMN_TITLE, _GRADE = "decided_", "ガイドライン：", "grade_"
_LONGEST_CELL = 9999
# Between a formula's own text and the column of a cell: no answer has it.
_CUT = "\0"


def column_of(table: DecisionTable) -> str:
    """Return the name of the derived column of what a table decided."""
    return f"{_COLUMN}{table.code}"


def name_rules(table: DecisionTable, guideline: Guideline) -> dict[str, str]:
    """Return what a table's rules are called by code, that of an effort with its grade."""
    grades = {grade.code: f"{grade.label}：" for grade in guideline.grades}
    labels = {rule.code: grades.get(rule.grade or "", "") + rule.label for rule in table.rules}
    return labels | {UNSETTLED: UNSETTLED_NAME}


def list_decision_derivations(guideline: Guideline, asked: Questionnaire) -> tuple[Derivation, ...]:
    """Return what works out the columns of the tables that figures count, and of those they ask."""
    questions = list_questions(asked)
    named = {table.code: table for table in guideline.tables}
    deriver, derivations = _Deriver(guideline, asked), []
    for table in _list_needed(guideline):
        labels = name_rules(table, guideline)
        decided = (STATUS, *_find_answers(table, named, questions, asked))
        derivations.append(
            Derivation(
                Derived(
                    column_of(table),
                    f"{_COLUMN_TITLE}{table.title}",
                    labels,
                    tuple(dict.fromkeys(decided)),
                    multiple=table.several,
                ),
                partial(deriver.derive, guideline.tables.index(table)),
                _Writer(guideline, asked, table),
            )
        )
    return tuple(derivations)


def list_decisions(guideline: Guideline, asked: Questionnaire) -> Iterator[Item]:
    """Yield the measures of the grades, their yearly use, and of the rules of what comes first."""
    if guideline.effort is None:
        return
    has_volume = asked.named[VOLUME].is_asked
    column, use = column_of(guideline.effort), asked.named[VOLUME].header
    every = count_statuses(asked, "started", "not_started").where

    def item(name: str, label: str, measure: Count | Total) -> Item:
        return Item(name, label, measure, CITY_AND_DEPARTMENTS)

    if has_volume:
        yield item("not_online_volume", f"未対応の手続きの{use}の計", Total(VOLUME, every))
    for code, label, rules in list_grades(guideline):
        condition = Where(((column, rules),))
        yield item(f"{_GRADE}{code}", f"手間の段階：{label}", Count(condition))
        if has_volume:
            told = f"手間の段階「{label}」の{use}の計"
            yield item(f"{_GRADE}{code}_volume", told, Total(VOLUME, condition))
    for table in guideline.tables:
        if table.role not in ("first", "effort"):
            continue
        for code, label in name_rules(table, guideline).items():
            if code != UNSETTLED or table.role != "effort":
                condition = Where(((column_of(table), (code,)),))
                yield item(f"{table.code}_{code}", f"{table.title}：{label}", Count(condition))


def find_lacking(guideline: Guideline, name: str) -> str | None:
    """Say what a guideline without tables lacks for a column or a measure of this name.

    >>> plain = ledger.guideline.model_copy(update={"tables": ()})
    >>> find_lacking(plain, "decided_fee"), find_lacking(plain, "fee")
    ('ガイドラインに決定表（tables）がありません', None)
    """
    if guideline.tables or not name.startswith((_COLUMN, _GRADE, _COLUMN_TITLE)):
        return None
    return "ガイドラインに決定表（tables）がありません"


def list_grades(guideline: Guideline) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each grade's code, its label and the rules that give it; last, what is undecided."""
    for grade in guideline.grades:
        if rules := guideline.list_graded(grade):
            yield grade.code, grade.label, tuple(rule.code for rule in rules)
    if guideline.effort is not None:
        yield UNSETTLED, UNSETTLED_NAME, (UNSETTLED,)


def find_grade(guideline: Guideline, decision: Decision) -> Grade | None:
    """Return the grade of a decision; None where answers are missing for one."""
    given = decision.effort.grade if decision.effort else None
    return next((grade for grade in guideline.grades if grade.code == given), None)


def _list_needed(guideline: Guideline) -> list[DecisionTable]:
    """Return the tables that are counted and all that these ask for, in the guideline's order."""
    named = {table.code: table for table in guideline.tables}
    waiting = [table for table in guideline.tables if table.role in ("first", "effort")]
    needed: set[str] = set()
    while waiting:
        table = waiting.pop()
        needed.add(table.code)
        waiting += [named[f] for f in table.fields if f in named and f not in needed]
    return [table for table in guideline.tables if table.code in needed]


def _find_answers(
    table: DecisionTable,
    named: Mapping[str, DecisionTable],
    questions: Mapping[str, TableQuestion],
    asked: Questionnaire,
) -> Iterator[str]:
    """Yield the survey's fields that decide what a table says."""
    (stage,) = list_stage_derivations(asked)
    for field in table.fields:
        if field == STAGE:
            yield from stage.field.decided_by
        elif field in questions:
            yield field
        else:
            yield from _find_answers(named[field], named, questions, asked)


class _Deriver:
    """What works out the tables' columns: the codes of their rules, NA where nothing is decided."""

    def __init__(self, guideline: Guideline, asked: Questionnaire) -> None:
        self._guideline, self._asked = guideline, asked
        self._last: tuple[Rows | None, list[Decision | None]] = (None, [])

    def derive(self, place: int, rows: Rows) -> "pd.Series[str]":
        """Return the column of the table at a place among the guideline's."""
        # The columns of some rows are worked out one after the other.
        if self._last[0] is not rows:
            self._last = (rows, decide_rows(self._guideline, self._asked, rows.here))
        codes = [
            None if own is None else SEVERAL.join(own.rulings[place].codes) for own in self._last[1]
        ]
        return pd.Series(codes, index=rows.here.index, dtype="str")


class _Writer:
    """What writes the formula of a table's cell: the labels of the rules that hold."""

    def __init__(self, guideline: Guideline, asked: Questionnaire, table: DecisionTable) -> None:
        self._table, self._labels = table, name_rules(table, guideline)
        self._asked_for = {
            name: (name, question.choices) for name, question in list_questions(asked).items()
        } | {own.code: (column_of(own), name_rules(own, guideline)) for own in guideline.tables}
        self._open = [asked.label(STATUS, c) for c in asked.list_statuses("started", "not_started")]

    def __call__(self, line: SheetLine) -> str:
        # It is the same for every line but for its cells, which are every other part.
        cells = {column: line.here(column) for column in self._parts[1::2]}
        return "".join(cells[part] if place % 2 else part for place, part in enumerate(self._parts))

    @cached_property
    def _parts(self) -> list[str]:
        return self._write(lambda column: f"{_CUT}{column}{_CUT}").split(_CUT)

    def _write(self, here: Callable[[str], str]) -> str:
        held = {rule.code: self._write_condition(rule, here) for rule in self._table.rules}
        undecided = quote(UNSETTLED_NAME)
        if self._table.several:
            parts = [
                f'IF({told},{quote(SAID_BETWEEN + self._labels[code])},"")'
                for code, told in held.items()
            ]
            none = quote(SAID_BETWEEN + UNSETTLED_NAME)
            parts.append(f'IF(OR({",".join(held.values())}),"",{none})')
            said = f"MID({'&'.join(parts)},{len(SAID_BETWEEN) + 1},{_LONGEST_CELL})"
        else:
            said = undecided
            for code, told in reversed(held.items()):
                said = f"IF({told},{quote(self._labels[code])},{said})"
        return f'=IF({_is_one_of(here(STATUS), self._open)},{said},"")'

    def _write_condition(self, rule: DecisionRule, here: Callable[[str], str]) -> str:
        told = [
            _is_one_of(here(column), [labels[code] for code in codes])
            for (column, labels), codes in (
                (self._asked_for[field], codes) for field, codes in rule.when.items()
            )
        ]
        return f"AND({','.join(told)})" if told else "TRUE"


def _is_one_of(cell: str, labels: Sequence[str]) -> str:
    terms = [f"{cell}={quote(label)}" for label in labels]
    return terms[0] if len(terms) == 1 else f"OR({','.join(terms)})"
