"""Columns of the procedures that are worked out from their answers, as measures count by them.

What says how stands beside the measures that count by it (`bridge`, `road`, ...); here it is put to
the rows. A derived column has no cells: its evidence is those of the answers that decide it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd

from analysis.questionnaire.field import Derived


@dataclass(frozen=True)
class Rows:
    """The procedures of one cycle, and what the other cycle says of the same ones.

    `here` are tidy rows with corrections. `beside` makes the other cycle's rows in their order, all
    NA for a procedure that it has not, with `paired_by`, how the two were found to be the same
    (see `match`); None: there is no other cycle.
    """

    here: pd.DataFrame
    make_beside: Callable[[], pd.DataFrame] | None = None

    @cached_property
    def beside(self) -> pd.DataFrame | None:
        """The other cycle's rows, a row for each of these, or None.

        >>> Rows(rows).beside is None, len(Rows(rows, lambda: rows).beside)
        (True, 2)
        """
        return None if self.make_beside is None else self.make_beside()


@dataclass(frozen=True)
class SheetLine:
    """A procedure's lines in two sheets of rows, as a formula sees them.

    `here` and `beside` give the address of a column's cell; `beside` is None for a procedure that
    the other cycle has not. `paired_by` is how the two were found to be the same; `corrected` are
    the fields that were corrected in either.
    """

    here: Callable[[str], str]
    beside: Callable[[str], str] | None
    paired_by: str | None
    corrected: frozenset[str]


@dataclass(frozen=True)
class Derivation:
    """A derived column and what works it out: a code for each row, or NA.

    `write` gives the formula of the code's label in a sheet of rows, with its leading `=`. What no
    formula works out has `guard`, the condition without which there is no label: the sheet has the
    label as long as it holds, and `unknown` where it holds all of a sudden.
    """

    field: Derived
    derive: Callable[[Rows], "pd.Series[str]"]
    write: Callable[[SheetLine], str] | None = None
    guard: Callable[[SheetLine], str] | None = None
    unknown: str = ""

    def write_cell(self, line: SheetLine, label: str) -> str | None:
        """Return the formula of a cell that says a label now; None where it is just the label."""
        if self.write is not None:
            return self.write(line)
        if self.guard is None:
            return None
        return f'=IF({self.guard(line)},{quote(label or self.unknown)},"")'


def quote(text: str) -> str:
    """Return a text as it stands in a formula."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def add_derived(rows: Rows, derivations: Sequence[Derivation]) -> pd.DataFrame:
    """Return the rows with the derived columns: one row in, one row out, in the same order.

    >>> def find_size(rows):
    ...     is_large = rows.here["annual_volume"].ge(200)
    ...     return is_large.map({True: "large", False: "small"}).astype("str")
    >>> sizes = Derived("size", "規模", {"large": "大", "small": "小"}, ("annual_volume",))
    >>> add_derived(Rows(rows), [Derivation(sizes, find_size)])["size"].tolist()
    ['small', 'large']
    """
    return rows.here.assign(**{own.field.name: own.derive(rows) for own in derivations})


def derive_both(
    rows: pd.DataFrame,
    previous: pd.DataFrame,
    pairs: pd.DataFrame,
    derivations: Sequence[Derivation],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of this cycle and of the one before with the derived columns.

    `pairs` are those of `pair_cycles`.

    >>> pairs = pd.DataFrame(columns=["previous_id", "current_id", "paired_by"], dtype="str")
    >>> now, before = derive_both(rows, rows, pairs, [])
    >>> len(now), len(before)
    (2, 2)
    """
    now, then = (
        add_derived(Rows(here, partial(lay_beside, here, other, pairs, ids)), derivations)
        for here, other, ids in (
            (rows, previous, "current_id"),
            (previous, rows, "previous_id"),
        )
    )
    return now, then


def lay_beside(
    rows: pd.DataFrame, others: pd.DataFrame, pairs: pd.DataFrame, own: str
) -> pd.DataFrame:
    """Return the other cycle's rows in the order of these, NA for a procedure that it has not.

    `pairs` are those of `pair_cycles`; `own` is which of its ids these rows have (`current_id` or
    `previous_id`). Adds `paired_by`.

    >>> from analysis.survey.pairs.match import pair_cycles
    >>> before = findings.previous.rows
    >>> beside = lay_beside(rows, before, pair_cycles(rows, before), "current_id")
    >>> beside[["procedure_id", "status", "paired_by"]]
      procedure_id       status paired_by
    0        K-901  not_started      name
    1        K-002  not_started        id
    """
    (other,) = {"current_id", "previous_id"} - {own}
    known = pairs.set_index(own)
    ids = rows["procedure_id"].map(known[other])
    found = others.set_index("procedure_id", drop=False).reindex(ids).set_axis(rows.index)
    return found.assign(paired_by=rows["procedure_id"].map(known["paired_by"]).astype("str"))
