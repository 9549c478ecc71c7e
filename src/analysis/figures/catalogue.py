"""The catalogue: every measure a report may show, by name, with its label and its levels.

The names of `published.csv` (total, online, online_change, ...) stand here; the guideline adds the
measures of its entries. Units and definitions follow from the measures themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from analysis.errors import SettingsError, list_examples
from analysis.figures.figure import COUNT, COUNT_CHANGE, PERCENT, POINTS, Unit
from analysis.figures.guideline import Guideline
from analysis.figures.measure import (
    WAITING,
    Change,
    Count,
    Measure,
    Share,
    Where,
    tables_of,
    where,
)
from analysis.figures.scopes import LEVELS, Level, Scope
from analysis.survey.answers.steps import STEPS
from analysis.survey.rules import SEVERITY_LABELS, load_rules
from analysis.survey.survey import LINE_LABELS

CITY_AND_DEPARTMENTS: tuple[Level, ...] = ("all", "department")

TOTAL = Count()
ONLINE = Count(where(status="online"))
NOT_ONLINE = Count(where(status=("started", "not_started")))
STARTED = Count(where(status="started"))
NOT_STARTED = Count(where(status="not_started"))

REASONS = {
    "not_considered": "未検討",
    "other": "その他理由で不可",
    "other_agency": "他機関の事務（市は受付のみ）",
    "law_prevents": "現行法制度上不可",
}
"""The reasons why a procedure is not started, in the order of their routes."""

RULE_PREFIX = "rule_"
"""How the names of the measures begin that count the breaches of one rule."""

CHANGE = "_change"
"""How the name of a measure's change ends."""

ROUTES = {
    "promote": ("ガイドラインに基づき推進", ("not_considered", "other")),
    "lobby": ("関係機関への働きかけ", ("other_agency", "law_prevents")),
}
"""What the city does about a reason. source: report 2025-01-10, 2."""


@dataclass(frozen=True)
class Item:
    """A measure with its name, its label in a table's head, and the levels it is given for."""

    name: str
    label: str
    measure: Measure
    levels: tuple[Level, ...]

    def is_given_for(self, scope: Scope) -> bool:
        """Tell whether the measure has a figure in a scope.

        A department that is not counted has figures of its last answers and no others.
        """
        if scope.level == "all":
            return "all" in self.levels
        return scope.level in self.levels and scope.waits == (WAITING in tables_of(self.measure))

    @property
    def unit(self) -> Unit:
        """The unit, which the kind of measure decides."""
        match self.measure:
            case Count():
                return COUNT
            case Share():
                return PERCENT
            case Change(of=Count()):
                return COUNT_CHANGE
            case _:
                return POINTS


def list_measures(
    guideline: Guideline, *, has_previous: bool, has_waiting: bool = False
) -> list[Item]:
    """Return the catalogue of a cycle; a first cycle has no changes and no transitions.

    Last answers of departments that are not counted have measures where there are such answers.
    """
    items = [
        *_progress(), *_reasons(), *_transitions(), *_guideline(guideline), *_quality(),
        *(_waiting() if has_waiting else ()),
    ]  # fmt: skip
    if has_previous:
        return items
    return [item for item in items if not _needs_previous(item.measure)]


def require_free_ids(guideline: Guideline, path: Path | None) -> None:
    """Return if no id of the guideline names a second measure; else raise SettingsError.

    An entry names two, its own and that of its open procedures; a first cycle's missing changes
    are no free names either.
    """
    named = {
        item.name: item.label
        for item in chain(_progress(), _reasons(), _transitions(), _quality(), _waiting())
    }
    wrong = []
    for item in _guideline(guideline):
        if item.name in named:
            wrong.append(f"{item.name}（{item.label}）: 既に「{named[item.name]}」の名前です。")
        named[item.name] = item.label
    if path is not None and wrong:
        raise SettingsError(
            f"guideline/{path.name} の id と、それに _open を付けた名前のうち{len(wrong)}件が、"
            f"ほかの数値の名前と同じです。別の id にしてください。\n{list_examples(wrong)}"
        )


def _progress() -> Iterator[Item]:
    for name, label, measure in (
        ("total", "総手続き数", TOTAL),
        ("online", "オンライン化済手続き数", ONLINE),
        ("not_online", "オンライン化未対応の手続き数", NOT_ONLINE),
        ("started", "着手済の手続き数", STARTED),
        ("not_started", "未着手の手続き数", NOT_STARTED),
        ("online_rate", "オンライン化率", Share(ONLINE, TOTAL)),
    ):
        yield Item(name, label, measure, LEVELS)
        yield Item(f"{name}{CHANGE}", f"{label}の増減", Change(measure), LEVELS)


def _reasons() -> Iterator[Item]:
    conditions = {
        f"reason_{reason}": (f"未着手の理由：{label}", (reason,))
        for reason, label in REASONS.items()
    } | {
        f"route_{route}": (f"未着手：{label}", reasons)
        for route, (label, reasons) in ROUTES.items()
    }
    for name, (label, reasons) in conditions.items():
        count = Count(where(status="not_started", reason=reasons))
        yield Item(name, label, count, CITY_AND_DEPARTMENTS)
        yield Item(
            f"{name}_share", f"{label}の割合", Share(count, NOT_STARTED), CITY_AND_DEPARTMENTS
        )


def _transitions() -> Iterator[Item]:
    for name, label, condition in (
        ("new", "新規の手続き", where(fate="new")),
        ("abolished", "廃止された手続き", where(fate="abolished")),
        ("paired_id", "手続きIDで対応した継続手続き", where(paired_by="id")),
        ("paired_name", "名称と根拠法令等で対応した継続手続き", where(paired_by="name")),
        ("paired_confirmed", "確認により対応した継続手続き", where(paired_by="confirmed")),
        ("went_online", "新たにオンライン化した継続手続き", where(went_online="yes")),
        ("left_online", "オンライン化を取りやめた継続手続き", where(left_online="yes")),
        ("renamed", "名称が変わった手続き", where(renamed="yes")),
        ("moved", "所管課が変わった手続き", where(moved="yes")),
    ):
        yield Item(name, label, Count(condition, "transitions"), CITY_AND_DEPARTMENTS)


def _guideline(guideline: Guideline) -> Iterator[Item]:
    for entry in guideline.counted:
        condition = entry.condition or Where()
        name, label = f"{entry.id}", f"ガイドライン：{entry.label}"
        yield Item(name, label, Count(condition), CITY_AND_DEPARTMENTS)
        yield Item(
            f"{name}_open",
            f"{label}（オンライン化未対応）",
            Count(condition & NOT_ONLINE.where),
            CITY_AND_DEPARTMENTS,
        )


def _quality() -> Iterator[Item]:
    workbooks = Count(table="workbooks")
    answered = Count(where(state="answered"), "workbooks")
    agreeing = Count(where(agrees="yes"), "published")
    for name, label, measure in (
        ("workbooks", "調査対象の調査票", workbooks),
        ("workbooks_answered", "提出された調査票", answered),
        ("corrections", "訂正した回答", Count(table="corrections")),
        ("published", "公表値", Count(table="published")),
        ("published_agreeing", "再計算と一致した公表値", agreeing),
        ("published_differing", "再計算と一致しない公表値", Count(where(agrees="no"), "published")),
        ("hidden", "非表示の行にある手続き", Count(where(hidden="yes"))),
    ):
        yield Item(name, label, measure, CITY_AND_DEPARTMENTS)
    for kind, label in LINE_LABELS.items():
        count = Count(where(kind=kind), "lines")
        yield Item(f"lines_{kind}", f"手続きでない行（{label}）", count, CITY_AND_DEPARTMENTS)
    yield Item("steps", "読み取りで整えた回答", Count(table="steps"), CITY_AND_DEPARTMENTS)
    for code, step in STEPS.items():
        label = f"読み取りで整えた回答（{step.name}）"
        yield Item(f"steps_{code}", label, Count(where(step=code), "steps"), CITY_AND_DEPARTMENTS)
    for severity, label in SEVERITY_LABELS.items():
        count = Count(where(severity=severity), "problems")
        yield Item(f"problems_{severity}", f"調査票の問題（{label}）", count, CITY_AND_DEPARTMENTS)
        other = Count(where(severity=severity, whose="other"), "problems")
        yield Item(
            f"problems_{severity}_other", f"部局の調査票以外の問題（{label}）", other, ("all",)
        )
    for rule in load_rules().values():
        count = Count(where(code=rule.code), "problems")
        label = f"検査規則：{rule.title.removesuffix('。')}"
        yield Item(f"{RULE_PREFIX}{rule.code}", label, count, ("all",))


def _waiting() -> Iterator[Item]:
    for name, label, condition in (
        ("waiting_total", "総手続き数", Where()),
        ("waiting_online", "オンライン化済手続き数", where(status="online")),
        ("waiting_started", "着手済の手続き数", where(status="started")),
        ("waiting_not_started", "未着手の手続き数", where(status="not_started")),
    ):
        count = Count(condition, WAITING)
        yield Item(name, f"数えていない部局の前回の{label}", count, CITY_AND_DEPARTMENTS)


def _needs_previous(measure: Measure) -> bool:
    return isinstance(measure, Change) or (
        isinstance(measure, Count) and measure.table == "transitions"
    )
