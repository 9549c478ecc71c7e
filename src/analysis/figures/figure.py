"""A figure: one number of a report, that is a measure in a scope for a cycle."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from analysis.figures.rounding import NO_NUMBER, round_half_up, write_number


@dataclass(frozen=True)
class Unit:
    """How values of one kind are scaled, rounded and written.

    `scale` turns the exact value into the unit (100 for percent), `signed` marks changes.
    """

    name: str
    scale: int = 1
    places: int = 0
    signed: bool = False


COUNT = Unit("件")
COUNT_CHANGE = Unit("件", signed=True)
PERCENT = Unit("%", scale=100, places=1)
POINTS = Unit("ポイント", scale=100, places=1, signed=True)
PER_MONTH = Unit("件／月", places=1)
MONTHS = Unit("か月", places=1)


@dataclass(frozen=True)
class Figure:
    """One number with its identity. The only thing a report may print as a number.

    `exact` is the unrounded value (None: a share of nothing). `numerator` and `denominator` are the
    two counts of a share; a count has only a numerator, a change of a share the exact difference.
    """

    cycle: str
    scope: str
    scope_name: str
    measure: str
    label: str
    definition: str
    unit: Unit
    exact: Fraction | None
    numerator: int | None
    denominator: int | None

    def __lt__(self, other: "Figure") -> bool:
        """Order by value, so that frames of figures can be sorted; one without a value is least."""
        if self.exact is None or other.exact is None:
            return self.exact is None and other.exact is not None
        return self.exact < other.exact

    @cached_property
    def id(self) -> str:
        """The figure's id, e.g. `2024-09-01/kankyo/online_rate`."""
        return f"{self.cycle}/{self.scope}/{self.measure}"

    @cached_property
    def value(self) -> Decimal | None:
        """The value as reported: in its unit, rounded half up."""
        if self.exact is None:
            return None
        return round_half_up(self.exact * self.unit.scale, self.unit.places)

    @cached_property
    def text(self) -> str:
        """The value as printed, without its unit, e.g. `1,758`, `+8.3`, `−4`."""
        if self.value is None:
            return NO_NUMBER
        return write_number(self.value, signed=self.unit.signed)

    @property
    def cell_text(self) -> str:
        """The value as a table prints it: a rate with its %, anything else without its unit."""
        return self.text + (PERCENT.name if self.unit is PERCENT and self.value is not None else "")

    @property
    def full_text(self) -> str:
        """The value as a sentence prints it: with its unit, where there is a number."""
        return self.text if self.value is None else f"{self.text}{self.unit.name}"

    @property
    def told(self) -> str:
        """What it is, whose, and its value, in a line; a share with the counts that it is of.

        As in `環境部 オンライン化率 62.1% (146/235)`.
        """
        value = self.full_text
        if self.unit is PERCENT and self.value is not None and self.denominator is not None:
            value += f" ({self.numerator:,}/{self.denominator:,})"
        return f"{self.scope_name} {self.label} {value}"

    @property
    def magnitude(self) -> str:
        """The value as printed where the words carry the sign (146件増加, 4件減少)."""
        return NO_NUMBER if self.value is None else write_number(abs(self.value))


def split_id(figure_id: str) -> tuple[str, str, str]:
    """Return the cycle, the scope and the measure that a figure's id names."""
    cycle, _, rest = figure_id.partition("/")
    scope, _, measure = rest.rpartition("/")
    return cycle, scope, measure
