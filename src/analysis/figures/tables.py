"""The tables that measures count, each row with the scope it belongs to at every level."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from types import MappingProxyType

import pandas as pd

from analysis.cycle import Cycle
from analysis.figures.corrected import add_corrections, list_corrections
from analysis.figures.derived import Derivation, Rows, add_derived, lay_beside
from analysis.figures.measure import PREVIOUS, WAITING, name_earlier
from analysis.figures.scopes import add_scopes
from analysis.figures.tally import Tally
from analysis.survey.answers.steps import list_steps
from analysis.survey.pairs.match import add_pair_ids, match_cycles, pair_cycles
from analysis.survey.survey import LINE_LABELS, Survey

PAIRED = "paired"
"""The previous cycle's procedures with the ids that they have now; numbers don't need these."""


class LazyTables(Mapping[str, pd.DataFrame]):
    """Tables by name, each made when it is first asked for: a figure needs one or two of them."""

    def __init__(self, **makers: Callable[[], pd.DataFrame]) -> None:
        """Hold what makes each table; the order of the names is that of the keywords."""
        self._makers = makers
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True)
class Tables:
    """One cycle's tables by name; `before` holds the procedures of the cycle before, if any.

    `derivations` are of the columns of the procedures that were worked out from answers.
    """

    cycle: str
    current: Mapping[str, pd.DataFrame]
    before: "Tables | None" = None
    derivations: tuple[Derivation, ...] = ()

    @cached_property
    def decided_by(self) -> dict[str, tuple[str, ...]]:
        """The answers that each derived column follows from, by its name."""
        return {own.field.name: own.field.decided_by for own in self.derivations}

    @cached_property
    def compared(self) -> frozenset[str]:
        """The derived columns that follow from both cycles' answers."""
        return frozenset(own.field.name for own in self.derivations if own.field.is_compared)

    @property
    def previous_cycle(self) -> str | None:
        """The name of the cycle before, if any."""
        return None if self.before is None else self.before.cycle

    @property
    def previous(self) -> pd.DataFrame | None:
        """The procedures of the cycle before, if any, as evidence needs them.

        `pair_id` and `paired_by` tell which procedure each is now (see `add_pair_ids`); without
        them each is its own.

        >>> ledger.tables.previous[["procedure_id", "pair_id", "paired_by", "status"]]
          procedure_id pair_id paired_by       status
        0        K-901   K-001      name  not_started
        1        K-003   K-003       NaN  not_started
        2        K-002   K-002        id  not_started
        """
        if self.before is None:
            return None
        frames = self.before.current
        return frames[PAIRED if PAIRED in frames else "procedures"]

    @cached_property
    def tally(self) -> Tally:
        """The counts of the tables' rows, which numbers are made from."""
        return Tally(self.current)


def pair_ids(frame: pd.DataFrame) -> pd.Series:
    """Return the ids by which a table's procedures are known in both cycles.

    The previous cycle's table has them in `pair_id`; without that column each is its own.

    >>> pair_ids(ledger.tables.previous).tolist()
    ['K-001', 'K-003', 'K-002']
    >>> pair_ids(rows).tolist()
    ['K-001', 'K-002']
    """
    return frame["pair_id"] if "pair_id" in frame else frame["procedure_id"]


def _list_lines(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines as evidence shows them: what each is called, and its cell for its place."""
    return lines.drop(columns="row").assign(value=lines["kind"].map(LINE_LABELS).astype("str"))


def _list_problems(problems: pd.DataFrame, slugs: Mapping[str, str]) -> pd.DataFrame:
    """Return the problems with whose workbook each is in: a department's, or no department's."""
    own = problems["department"].map(slugs)
    whose = own.notna().map({True: "department", False: "other"})
    return problems.assign(department_slug=own, whose=whose.astype("str"))


def prepare_tables(
    cycle: Cycle,
    survey: Survey,
    previous: Survey | None,
    reconciled: Callable[[], pd.DataFrame],
    waiting: Survey | None = None,
    *,
    earlier: Mapping[str, Survey] = MappingProxyType({}),
    derivations: tuple[Derivation, ...] = (),
) -> Tables:
    """Return a cycle's tables, every one with its cycle and its scopes.

    `previous` is the survey of the cycle before, if any; `reconciled` makes the table of published
    numbers, which itself needs figures of the other tables. `waiting` holds the last answers of the
    departments that are not counted: where there are any they are a table, too, and so is each of
    the `earlier` surveys, by cycle (see `name_earlier`). The procedures of this cycle and of the
    one before have the columns of the `derivations`.

    >>> tables = prepare_tables(ledger.cycle, survey, findings.previous, pd.DataFrame)
    >>> tables.current["transitions"][["procedure_id", "fate", "scope_department"]]
      procedure_id       fate scope_department
    0        K-001  continued           kankyo
    1        K-002  continued           kodomo
    2        K-003  abolished           kankyo
    """
    slugs = {department.name: department.slug for department in cycle.departments}
    before = None if previous is None else previous.rows
    online = cycle.questionnaire.list_statuses("online")

    def list_procedures(of: Survey) -> pd.DataFrame:
        return add_scopes(add_corrections(of.rows, of.corrections))

    @cache
    def pair() -> pd.DataFrame:
        return pair_cycles(
            survey.rows, survey.rows[:0] if before is None else before, survey.matches
        )

    @cache
    def correct(is_current: bool) -> pd.DataFrame:
        return list_procedures(survey if is_current or previous is None else previous)

    def derive(is_current: bool) -> pd.DataFrame:
        def lay() -> pd.DataFrame:
            ids = "current_id" if is_current else "previous_id"
            return lay_beside(correct(is_current), correct(not is_current), pair(), ids)

        rows = Rows(correct(is_current), None if before is None else lay)
        return add_derived(rows, derivations)

    def list_previous() -> Tables:
        frames: LazyTables = LazyTables(
            procedures=lambda: derive(False),
            **{PAIRED: lambda: add_pair_ids(frames["procedures"], pair())},
        )
        return Tables(str(cycle.previous_name), frames, derivations=derivations)

    def add(frame: pd.DataFrame) -> pd.DataFrame:
        return add_scopes(frame.assign(cycle=cycle.name))

    apart: dict[str, Callable[[], pd.DataFrame]]
    apart = {} if waiting is None else {WAITING: partial(list_procedures, waiting)}
    apart |= {name_earlier(name): partial(list_procedures, own) for name, own in earlier.items()}
    tables_then = None if previous is None else list_previous()
    if tables_then is not None:
        apart[PREVIOUS] = lambda: tables_then.current[PAIRED]
    return Tables(
        cycle.name,
        LazyTables(
            procedures=lambda: derive(True),
            transitions=lambda: add_scopes(
                match_cycles(survey.rows, before, survey.matches, online=online)
            ),
            workbooks=lambda: add(survey.workbooks.assign(value=survey.workbooks["sha256"])),
            lines=lambda: add(_list_lines(survey.lines)),
            problems=lambda: add(_list_problems(survey.problems, slugs)),
            corrections=lambda: add(list_corrections(survey.corrections)),
            # A row's number would stand for its cells, of which a row may have several.
            steps=lambda: add(list_steps(survey.rows).drop(columns="row")),
            published=lambda: add(reconciled()),
            **apart,
        ),
        tables_then,
        derivations,
    )
