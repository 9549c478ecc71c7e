"""Figures by what a person calls them: measures by name or label, the nearest where none is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from analysis.cycle import WHOLE
from analysis.document.blocks import Shown
from analysis.errors import FigureError
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.figures.item import CHANGE
from analysis.figures.measure import Change, Measure, Shortfall, Tallied, tables_of
from analysis.figures.nearest import name_nearest
from analysis.figures.scopes import level_of
from analysis.inputs import MEASURES_NAME
from analysis.questionnaire.spellings import match_key

NotEmpty = Field(min_length=1)
AskedColumns = Annotated[Sequence[str], NotEmpty] | Annotated[Mapping[str, str], NotEmpty]
"""Measures, or measures with the titles of their columns."""

_MOST_NAMED = 2
_ADDED_UP = {"procedures", "transitions", "previous"}
_ASKED = re.compile(r"(?:(abs)\((.+)\)|([^()@]+))(?:@(.+))?")
_LEVELS = {"all": "市全体の", "department": "部局ごとの", "section": "課ごとの"}


class NamedFigures:
    """The figures of some findings by the names and the labels of their measures.

    Each name is an attribute, which is the name again: so that a shell can complete it.
    """

    def __init__(self, findings: Findings) -> None:
        """Take the findings whose figures are asked for."""
        self._findings = findings
        self._items = findings.ledger.items
        self._by_label = {match_key(item.label): name for name, item in self._items.items()}

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self._items]

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.name(name)
        except FigureError as error:
            raise AttributeError(str(error)) from None

    def name(self, written: str) -> str:
        """Return the measure that is called so; raise FigureError that names the nearest.

        >>> NamedFigures(findings).name("オンライン化率")
        'online_rate'
        """
        found = written if written in self._items else self._by_label.get(match_key(written))
        if found is None and (why := self._findings.ledger.left_out.get(written)):
            raise FigureError(f"「{written}」は、この調査回では求めません（{why}）。")
        if found is None:
            labels = {name: item.label for name, item in self._items.items()}
            raise FigureError(
                f"「{written}」という数値はありません。近いもの: {name_nearest(written, labels)}。"
                "\nすべての数値は findings.measures に並んでいます。"
                "新しい数値は data/raw/measures.toml に書き足せます。"
            )
        return found

    def list_columns(self, columns: AskedColumns) -> list[tuple[str, str]]:
        """Return the measures of columns with their titles, without those the cycle has not.

        Those are changes in a first cycle, as in every report, and own measures that are left out.
        Raises FigureError for a title that is what another measure is called.
        """
        ledger = self._findings.ledger
        titles = columns if isinstance(columns, Mapping) else {}
        named = [
            (self.name(asked), titles.get(asked))
            for asked in columns
            if (ledger.has_previous or not asked.endswith(CHANGE)) and asked not in ledger.left_out
        ]
        for name, title in named:
            other = self._by_label.get(match_key(title or ""), name)
            if title and other != name and title != self._items[name].label:
                raise FigureError(
                    f"「{title}」は「{other}」の呼び方です。"
                    f"{name} の列には、別の見出しを書いてください。"
                )
        return [(name, title or self._items[name].label) for name, title in named]

    def find(self, measure: str, scope: str) -> Figure:
        """Return a figure by name and slug; raise FigureError for a level that it is not given for.

        >>> NamedFigures(findings).find("online", "kankyo").text
        '1'
        """
        figure = self._findings.ledger.look_up(self._findings.cycle.name, scope, measure)
        if figure is None:
            item, level = self._items[measure], _LEVELS[level_of(scope)]
            known = "、".join(f"{_LEVELS[own]}値" for own in item.levels)
            way = f"\n{MEASURES_NAME} に sections = true と書くと、課ごとにも求めます。"
            raise FigureError(
                f"「{item.label}」（{measure}）には、{level}値がありません。あるのは、{known}です。"
                + (way if item.is_own else "")
            )
        return figure

    def department(self, name: str) -> str:
        """Return the slug of a department by its name or slug."""
        return self._findings.department(name).slug


def show_named(named: NamedFigures, asked: str, unit: str | None, scope: str = WHOLE) -> Shown:
    """Return a figure of a sentence: `online`, `online@環境部` or `abs(online_change)`."""
    found = _ASKED.fullmatch(asked.strip())
    if found is None:
        raise FigureError(
            f"文の {{{asked}}} が読めません。"
            "{online}、{online:手続き}、{online@環境部}、{abs(online_change)} の"
            "ように書いてください。"
        )
    magnitude, inner, plain, department = found.groups()
    # A department may stand within the parentheses or behind them.
    measure, _, within = (inner or plain).partition("@")
    if department := department or within:
        scope = named.department(department)
    figure = named.find(named.name(measure), scope)
    return Shown(figure, magnitude=magnitude is not None, unit=unit)


def name_all(labels: Sequence[str]) -> str:
    """Return what a caption calls some measures."""
    return "、".join(labels) if len(labels) <= _MOST_NAMED else "数値"


def adds_up(measure: Measure) -> bool:
    """Tell whether a measure's values in parts of a scope add up to that of the whole, or is none.

    A share is no sum, and nothing is held to one; what is short of a target is rounded up in each.

    >>> adds_up(Count(where(status="online"))), adds_up(Count(table="problems"))
    (True, False)
    """
    counted = measure.of if isinstance(measure, Change) else measure
    if isinstance(counted, Tallied):
        return tables_of(counted) <= _ADDED_UP
    return not isinstance(counted, Shortfall)
