"""A survey's own measures: `measures.toml` beside `survey.toml`, read as the catalogue's entries.

They are built of the same few constructors as the catalogue's own, and nothing tells them from
those afterwards: they are counted, followed to the cells and recounted in the same ways.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import Change, Count, Measure, Share, Tallied, Total
from analysis.figures.nearest import name_nearest
from analysis.figures.own_entries import OwnMeasure, OwnMeasures
from analysis.figures.scopes import LEVELS, Level
from analysis.figures.words import find_answers, find_number
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.spellings import match_key
from analysis.settings import read_toml, refuse_settings

_Refuse = Callable[[str, str], None]


class OwnRead(NamedTuple):
    """A survey's own measures, and by name why a cycle has no figure of some."""

    items: list[Item]
    left_out: dict[str, str]


def read_own_measures(
    path: Path,
    asked: Questionnaire,
    known: Iterable[Item],
    find_lacking: Callable[[str], str | None] = lambda name: None,
) -> OwnRead:
    """Return the measures of a survey's own file, in its order; none without a file.

    `asked` has the derived columns, `known` are all measures of the catalogue that any cycle may
    have. `find_lacking` says what a cycle lacks that has not the column or the measure of a name:
    what is made of it is left out. Raises SettingsError with all that is wrong, each with its line.
    """
    if not path.exists() and not path.is_symlink():
        return OwnRead([], {})
    stated = read_toml(path, OwnMeasures).measure
    reader = _Reader(stated, asked, {item.name: item for item in known}, find_lacking)
    for at in range(len(stated)):
        reader.read(at)
    if reader.wrong:
        refuse_settings(path, [(loc, why) for loc, why in sorted(reader.wrong, key=_place)])
    items = [reader.found[own.name] for own in stated if own.name in reader.found]
    return OwnRead(items, reader.left_out)


def _place(wrong: tuple[tuple[str, int, str], str]) -> int:
    return wrong[0][1]


class _Reader:
    """Reads entries, each after those that it is made of, and gathers what is wrong with any."""

    def __init__(
        self,
        stated: Sequence[OwnMeasure],
        asked: Questionnaire,
        known: dict[str, Item],
        find_lacking: Callable[[str], str | None],
    ) -> None:
        self._stated = stated
        self._asked = asked
        self._known = known
        self._find_lacking = find_lacking
        self._labels = {match_key(item.label): name for name, item in known.items()}
        self._places = {own.name: at for at, own in reversed([*enumerate(stated)])}
        self._read: set[int] = set()
        self._under_way: list[str] = []
        self._failed: set[str] = set()
        self.found: dict[str, Item] = {}
        self.left_out: dict[str, str] = {}
        self.wrong: list[tuple[tuple[str, int, str], str]] = []

    def read(self, at: int) -> None:
        """Read one entry, unless it was, and before it those that it is made of."""
        if at in self._read:
            return
        self._read.add(at)
        own, before = self._stated[at], len(self.wrong)

        def refuse(key: str, why: str) -> None:
            self.wrong.append((("measure", at, key), why))

        self._require_free(own, refuse)
        self._under_way.append(own.name)
        levels = LEVELS if own.sections else CITY_AND_DEPARTMENTS
        measure = self._build(own, levels, refuse)
        self._under_way.pop()
        if len(self.wrong) > before:
            self._failed.add(own.name)
        if measure is None or own.name in self._failed | self.left_out.keys():
            return
        if isinstance(measure, Tallied):
            derived = map(self._asked.derived.get, measure.where.fields)
            is_compared = any(field is not None and field.is_compared for field in derived)
        else:
            is_compared = any(self._all[name].is_compared for name in own.parts)
        self.found[own.name] = Item(own.name, own.label, measure, levels, is_compared, is_own=True)

    @property
    def _all(self) -> Mapping[str, Item]:
        return self._known | self.found

    def _require_free(self, own: OwnMeasure, refuse: _Refuse) -> None:
        first = self._stated[self._places[own.name]]
        if own.name in self._known or first is not own:
            label = self._known[own.name].label if own.name in self._known else first.label
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
        lacking = [*filter(None, map(self._find_lacking, own.where or ()))]
        if lacking:
            self.left_out[own.name] = lacking[0]
            return None
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
        if name in self._under_way:
            circle = " → ".join([*self._under_way[self._under_way.index(name) :], name])
            refuse(key, f"数値が、たどると自分に戻ります: {circle}。どれかを別の数値にしてください")
            return None
        if name in self._places and name not in self._known:
            self.read(self._places[name])
        item = self._all.get(name)
        if item is None:
            self._tell_missing(key, name, refuse)
            return None
        if not {*levels} <= {*item.levels}:
            refuse(
                key,
                f"「{name}」には課ごとの値がありません。"
                "この数値の sections を消すか、その数値にも sections = true を書いてください",
            )
            return None
        return item

    def _tell_missing(self, key: str, name: str, refuse: _Refuse) -> None:
        """Say why there is no measure of a name, unless it is told of the other entry."""
        if name in self._failed:
            return
        why = self.left_out.get(name) or self._find_lacking(name)
        if why is not None:
            self.left_out[self._under_way[-1]] = why
            return
        labels = {known: own.label for known, own in self._all.items()}
        refuse(key, f"「{name}」という数値はありません。近いもの: {name_nearest(name, labels)}")


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
