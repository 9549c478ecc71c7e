"""The tables that measures count, each row with the scope it belongs to at every level."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from analysis.cycle import Cycle
from analysis.figures.measure import WAITING
from analysis.figures.scopes import add_scopes
from analysis.figures.tally import Tally
from analysis.questionnaire.spellings import answer_key
from analysis.survey.answers.steps import list_steps
from analysis.survey.answers.unique import part_id
from analysis.survey.pairs.match import add_pair_ids, match_cycles, pair_cycles
from analysis.survey.survey import LINE_LABELS, Survey

PAIRED = "paired"
"""The previous cycle's procedures with the ids that they have now; numbers don't need these."""

CORRECTED = "_corrected"
"""What ends the name of a column that tells, of a field, the decision that corrected a row's."""


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
    """One cycle's tables by name; `before` holds the procedures of the cycle before, if any."""

    cycle: str
    current: Mapping[str, pd.DataFrame]
    before: "Tables | None" = None

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


def add_corrections(rows: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Add a column `<field>_corrected` for every field that was corrected in any row.

    `rows` are tidy rows, `corrections` those applied to them. The column holds the decision in
    words, NA in a row that was not corrected. One row in, one row out, in the same order.

    >>> print(*add_corrections(rows, survey.corrections)["annual_volume_corrected"].dropna())
    「120」を「210」に訂正　理由: 部局に確認　決定: DX戦略課（2024-09-20）
    """
    added: dict[str, pd.Series] = {}
    for correction in corrections.fillna("").to_dict("records"):
        field = str(correction["field"])
        here = (
            rows["workbook"].eq(correction["workbook"])
            & rows["sheet"].eq(correction["sheet"])
            & rows[f"{field}_cell"].fillna("").eq(correction["cell"])
        )
        # A cell that fills several rows was corrected in one of them: that of the correction's id.
        ids = rows.loc[here, "procedure_id_raw"].fillna("").map(answer_key)
        column = added.setdefault(
            f"{field}{CORRECTED}", pd.Series(pd.NA, index=rows.index, dtype="str")
        )
        slug, one = (str(correction[name]) for name in ("department_slug", "procedure_id"))
        column[ids.index[ids.isin([one, part_id(slug, one)])]] = _say_decision(correction)
    return rows.assign(**added)


def _say_decision(correction: Mapping[Hashable, object]) -> str:
    """Say on one line what was read in place of what, why, who decided it and when."""
    said = {key: " ".join(str(text).split()) for key, text in correction.items()}
    old, new = (f"「{text}」" if text else "（空欄）" for text in (said["expected"], said["value"]))
    return (
        f"{old}を{new}に訂正　理由: {said['reason']}"
        f"　決定: {said['decided_by']}（{said['decided_on']}）"
    )


def _list_corrections(corrections: pd.DataFrame) -> pd.DataFrame:
    """Return the corrections as evidence shows them: the raw text, the value, the decision."""
    decisions = [_say_decision(c) for c in corrections.fillna("").to_dict("records")]
    blank = corrections.mask(corrections == "")
    return corrections.assign(
        raw=blank["expected"],
        value=blank["value"],
        corrected=pd.Series(decisions, index=corrections.index, dtype="str"),
    )


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
) -> Tables:
    """Return a cycle's tables, every one with its cycle and its scopes.

    `previous` is the survey of the cycle before, if any; `reconciled` makes the table of published
    numbers, which itself needs figures of the other tables. `waiting` holds the last answers of the
    departments that are not counted: where there are any they are a table, too.

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

    def list_previous(of: Survey) -> Tables:
        def pair() -> pd.DataFrame:
            pairs = pair_cycles(survey.rows, of.rows, survey.matches)
            return add_pair_ids(frames["procedures"], pairs)

        frames = LazyTables(procedures=lambda: list_procedures(of), **{PAIRED: pair})
        return Tables(str(cycle.previous_name), frames)

    def add(frame: pd.DataFrame) -> pd.DataFrame:
        return add_scopes(frame.assign(cycle=cycle.name))

    apart = {} if waiting is None else {WAITING: partial(list_procedures, waiting)}
    return Tables(
        cycle.name,
        LazyTables(
            procedures=lambda: list_procedures(survey),
            transitions=lambda: add_scopes(
                match_cycles(survey.rows, before, survey.matches, online=online)
            ),
            workbooks=lambda: add(survey.workbooks.assign(value=survey.workbooks["sha256"])),
            lines=lambda: add(_list_lines(survey.lines)),
            problems=lambda: add(_list_problems(survey.problems, slugs)),
            corrections=lambda: add(_list_corrections(survey.corrections)),
            # A row's number would stand for its cells, of which a row may have several.
            steps=lambda: add(list_steps(survey.rows).drop(columns="row")),
            published=lambda: add(reconciled()),
            **apart,
        ),
        None if previous is None else list_previous(previous),
    )
