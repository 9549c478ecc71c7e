"""A survey's own measures: `measures.toml` beside `survey.toml`, read as the catalogue's entries.

They are built of the same few constructors as the catalogue's own, and nothing tells them from
those afterwards: they are counted, followed to the cells and recounted in the same ways.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

from analysis.figures.figure import name_nearest
from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import Change, Count, Measure, Share, Tallied, Total
from analysis.figures.scopes import LEVELS, Level
from analysis.figures.words import find_answers, find_number
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.spellings import match_key
from analysis.settings import Name, read_toml, refuse_settings

_Refuse = Callable[[str, str], None]
MeasureName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
# What a spreadsheet takes for a formula in figures.csv.
_FORMULA_SIGNS = ("=", "+", "-", "@")
_KINDS = (
    "where（数える手続き）、sum（足し合わせる列）、share と of（割合）、change（前回からの増減）"
    "のどれか一つを書いてください"
)


def _be_no_formula(label: str) -> str:
    """Return a label that no spreadsheet takes for a formula; raise ValueError."""
    if unicodedata.normalize("NFKC", label).lstrip().startswith(_FORMULA_SIGNS):
        signs = "、".join(f"「{sign}」" for sign in _FORMULA_SIGNS)
        raise ValueError(f"{signs}で始めず、ほかの文字で始めてください")
    return label


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OwnMeasure(_Strict):
    """One entry: a count (`where`), a sum (`sum`, of those `where`), a share, or a change.

    `share`, `of` and `change` name other measures, own ones or the catalogue's. With `sections` it
    is given for each 課, too.
    """

    name: MeasureName
    label: Annotated[Name, AfterValidator(_be_no_formula)]
    where: dict[str, str | list[str]] | None = None
    sum: Name | None = None
    share: Name | None = None
    of: Name | None = None
    change: Name | None = None
    sections: bool = False

    @model_validator(mode="after")
    def _be_of_one_kind(self) -> "OwnMeasure":
        is_counted = self.where is not None or self.sum is not None
        is_share = self.share is not None or self.of is not None
        if is_counted + is_share + (self.change is not None) != 1:
            raise ValueError(_KINDS)
        if is_share and (self.share is None or self.of is None):
            raise ValueError("share と of は、両方を書いてください")
        return self

    @property
    def turn(self) -> int:
        """When it is read: what others may be made of comes first."""
        return 2 if self.change is not None else int(self.share is not None)


class OwnMeasures(_Strict):
    """The contents of a `measures.toml`."""

    measure: tuple[OwnMeasure, ...] = ()


def read_own_measures(path: Path, asked: Questionnaire, known: Iterable[Item]) -> list[Item]:
    """Return the measures of a survey's own file, in its order; none without a file.

    `asked` has the derived columns, `known` are all measures of the catalogue that any cycle may
    have. Raises SettingsError with all that is wrong, each with its line.
    """
    if not path.exists() and not path.is_symlink():
        return []
    stated = read_toml(path, OwnMeasures).measure
    reader = _Reader(asked, {item.name: item for item in known})
    # A share is of counts, and a change of either: so none can be of itself.
    for at, own in sorted(enumerate(stated), key=lambda entry: entry[1].turn):
        reader.read(at, own)
    if reader.wrong:
        refuse_settings(path, [(loc, why) for loc, why in sorted(reader.wrong, key=_place)])
    return [reader.found[own.name] for own in stated]


def _place(wrong: tuple[tuple[str, int, str], str]) -> int:
    return wrong[0][1]


class _Reader:
    """Reads entries one after the other, and gathers what is wrong with any."""

    def __init__(self, asked: Questionnaire, known: dict[str, Item]) -> None:
        self._asked = asked
        self._known = known
        self._labels = {match_key(item.label): name for name, item in known.items()}
        self._failed: set[str] = set()
        self.found: dict[str, Item] = {}
        self.wrong: list[tuple[tuple[str, int, str], str]] = []

    def read(self, at: int, own: OwnMeasure) -> None:
        """Read one entry."""
        before = len(self.wrong)

        def refuse(key: str, why: str) -> None:
            self.wrong.append((("measure", at, key), why))

        self._require_free(own, refuse)
        levels = LEVELS if own.sections else CITY_AND_DEPARTMENTS
        measure = self._build(own, levels, refuse)
        if measure is None or len(self.wrong) > before:
            self._failed.add(own.name)
            return
        if isinstance(measure, Tallied):
            derived = map(self._asked.derived.get, measure.where.fields)
            is_compared = any(field is not None and field.is_compared for field in derived)
        else:
            is_compared = any(self._all[name].is_compared for name in _parts_of(own))
        self.found[own.name] = Item(own.name, own.label, measure, levels, is_compared, is_own=True)

    @property
    def _all(self) -> Mapping[str, Item]:
        return self._known | self.found

    def _require_free(self, own: OwnMeasure, refuse: _Refuse) -> None:
        if own.name in self._all or own.name in self._failed:
            label = self._all[own.name].label if own.name in self._all else own.label
            refuse("name", f"「{own.name}」は、既に「{label}」の名前です。別の名前にしてください")
        key = match_key(own.label)
        if self._labels.setdefault(key, own.name) != own.name:
            other = self._labels[key]
            refuse(
                "label", f"「{own.label}」は、既に {other} の呼び方です。別の呼び方にしてください"
            )

    def _build(self, own: OwnMeasure, levels: Sequence[Level], refuse: _Refuse) -> Measure | None:
        """Return what an entry measures; None for what can't be meant, which is told."""
        if own.change is not None:
            return self._change(own.change, levels, refuse)
        if own.share is not None and own.of is not None:
            part = self._find("share", own.share, levels, refuse)
            whole = self._find("of", own.of, levels, refuse)
            return self._share(own, part, whole, refuse)
        where, wrong = find_answers(own.where or {}, self._asked)
        for why in wrong:
            refuse("where", why)
        if own.sum is None:
            return Count(where)
        field, why = find_number(own.sum, self._asked)
        if field is None:
            refuse("sum", why)
        return None if field is None else Total(field, where)

    def _change(self, name: str, levels: Sequence[Level], refuse: _Refuse) -> Change | None:
        of = self._find("change", name, levels, refuse)
        if of is None:
            return None
        if not (of.has_previous_value and isinstance(of.measure, Tallied | Share)):
            refuse("change", f"「{name}」には前回の値がないため、増減は求められません")
            return None
        return Change(of.measure)

    def _share(
        self,
        own: OwnMeasure,
        part: Item | None,
        whole: Item | None,
        refuse: _Refuse,
    ) -> Share | None:
        if part is None or whole is None:
            return None
        for key, item in (("share", part), ("of", whole)):
            if not isinstance(item.measure, Tallied):
                refuse(key, f"「{item.name}」は件数でも合計でもないため、割合は求められません")
        if not (isinstance(part.measure, Tallied) and isinstance(whole.measure, Tallied)):
            return None
        if not _is_within(part.measure, whole.measure):
            refuse(
                "share",
                f"「{own.share}」は「{own.of}」の一部ではないため、割合になりません。"
                f"「{own.of}」が数える条件を、「{own.share}」の where にも書いてください",
            )
            return None
        return Share(part.measure, whole.measure)

    def _find(self, key: str, name: str, levels: Sequence[Level], refuse: _Refuse) -> Item | None:
        """Return the measure that another entry names; None if it is none, which is told."""
        item = self._all.get(name)
        if item is None:
            # What is told of the other entry need not be told of those that name it.
            if name not in self._failed:
                labels = {known: own.label for known, own in self._all.items()}
                refuse(
                    key, f"「{name}」という数値はありません。近いもの: {name_nearest(name, labels)}"
                )
            return None
        if not {*levels} <= {*item.levels}:
            refuse(
                key,
                f"「{name}」には課ごとの値がありません。"
                "この数値の sections を消すか、その数値にも sections = true を書いてください",
            )
            return None
        return item


def _parts_of(own: OwnMeasure) -> Iterator[str]:
    return (name for name in (own.share, own.of, own.change) if name is not None)


def _is_within(part: Tallied, whole: Tallied) -> bool:
    """Tell whether all that a part counts is counted by the whole, whatever the answers are."""
    if type(part) is not type(whole) or part.table != whole.table:
        return False
    if isinstance(part, Total) and isinstance(whole, Total) and part.field != whole.field:
        return False
    told = dict(part.where.conditions)
    return all(
        field in told and {*told[field]} <= {*codes} for field, codes in whole.where.conditions
    )
