"""An entry of the catalogue: a measure with its name, its label and the levels it is given for."""

from dataclasses import dataclass

from analysis.figures.figure import COUNT, COUNT_CHANGE, MONTHS, PER_MONTH, PERCENT, POINTS, Unit
from analysis.figures.measure import (
    WAITING,
    Change,
    Duration,
    Measure,
    PerMonth,
    Share,
    Tallied,
    compares,
    tables_of,
)
from analysis.figures.scopes import Level, Scope

CITY_AND_DEPARTMENTS: tuple[Level, ...] = ("all", "department")

CHANGE = "_change"
"""How the name of a measure's change ends."""


@dataclass(frozen=True)
class Item:
    """A measure with its name, its label in a table's head, and the levels it is given for.

    `is_compared` says that it counts by what the other cycle says of a procedure, `is_own` that the
    survey's own file has it; `only` are the departments (slugs) that it is given for, if not for
    all.
    """

    name: str
    label: str
    measure: Measure
    levels: tuple[Level, ...]
    is_compared: bool = False
    is_own: bool = False
    only: frozenset[str] | None = None

    @property
    def needs_previous(self) -> bool:
        """Whether a first cycle has no figure of it."""
        return self.is_compared or compares(self.measure)

    @property
    def has_previous_value(self) -> bool:
        """Whether the previous cycle has the same figure, for a change to be taken of.

        A pace has not: how many months are left is this cycle's.
        """
        is_plain = isinstance(self.measure, Tallied | Share)
        return is_plain and not self.needs_previous and tables_of(self.measure) == {"procedures"}

    def is_given_for(self, scope: Scope) -> bool:
        """Tell whether the measure has a figure in a scope.

        A department that is not counted has figures of its last answers and no others.
        """
        if scope.level == "all":
            return "all" in self.levels
        if self.only is not None and scope.department not in self.only:
            return False
        return scope.level in self.levels and scope.waits == (WAITING in tables_of(self.measure))

    @property
    def unit(self) -> Unit:
        """The unit, which the kind of measure decides."""
        match self.measure:
            case Share():
                return PERCENT
            case Change(of=Share()):
                return POINTS
            case Change():
                return COUNT_CHANGE
            case PerMonth():
                return PER_MONTH
            case Duration():
                return MONTHS
            case _:
                return COUNT
