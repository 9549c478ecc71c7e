"""The guideline as rules: decision tables over the survey's answers, as its file states them.

A table asks for some answers and has a rule for each of their combinations. Its words are data;
what the program must know of a table is its role. What is wrong with one is told by
`decision_check`, what it says of a procedure by `decide`.
"""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PositiveInt
from pydantic import Field as Default

from analysis.questionnaire.field import Code
from analysis.settings import Name

DecisionRole = Literal["identity", "attachments", "first", "ask", "effort"]
"""What a table decides: how somebody is identified, how attachments are handed in, what must change
first, whom to ask, and how much effort a procedure takes."""

UNSETTLED, UNSETTLED_NAME = "unsettled", "回答がなく決まらない"
"""What a table says of a procedure whose answers it lacks."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Grade(_Strict):
    """A grade of effort. `weight` divides the use of its procedures where they are put in order.

    Without one, the city can't go on by itself: its procedures are in no order.
    """

    code: Code
    label: Name
    about: str
    weight: PositiveInt | None = None


class DecisionRule(_Strict):
    """One rule: what is so (`gives`) where the answers are those of `when`, all at once.

    `words` are the guideline's own, as a section has them; without them the rule is the city's
    addition. `step` is what to do next, `grade` the code of the effort, in the table of efforts.
    """

    code: Code
    label: Name
    when: dict[str, Annotated[list[str], Default(min_length=1)]]
    gives: list[Name] = Default(min_length=1)
    words: list[Name] = []
    step: Name | None = None
    grade: str | None = None

    def holds(self, field: str, answer: str) -> bool:
        """Tell whether an answer is among those that the rule asks for."""
        return field not in self.when or answer in self.when[field]


class DecisionTable(_Strict):
    """A table of rules; of one with `several`, more than one rule may speak of a procedure.

    A rule asks for fields of the survey, for the stage of a procedure (`stage`), or, by its code,
    for what a table before this one decided. `section` is the number of the section whose words
    its rules quote.
    """

    code: Code
    title: Name
    role: DecisionRole
    section: str | None = None
    several: bool = False
    rules: list[DecisionRule] = Default(min_length=1)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """What its rules ask for, in the order in which they do."""
        return tuple(dict.fromkeys(field for rule in self.rules for field in rule.when))

    @cached_property
    def named(self) -> dict[str, DecisionRule]:
        """The rules by code."""
        return {rule.code: rule for rule in self.rules}
