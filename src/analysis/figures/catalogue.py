"""The catalogue: every measure a report may show, by name, with its label and its levels.

The names of `published.csv` (total, online, online_change, ...) stand here; the guideline adds the
measures of its entries. Units and definitions follow from the measures themselves.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from analysis.errors import SettingsError, list_examples
from analysis.figures.bridge import list_bridge
from analysis.figures.effort import list_decisions
from analysis.figures.guideline import Guideline
from analysis.figures.item import CHANGE, CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import (
    WAITING,
    Change,
    Count,
    Share,
    Where,
    where,
)
from analysis.figures.road import Horizon, list_road, list_volumes
from analysis.figures.scopes import LEVELS
from analysis.figures.statuses import (
    NO_REASON,
    NO_REASON_NAME,
    count_all,
    count_statuses,
    name_statuses,
)
from analysis.figures.twins import list_twins
from analysis.figures.use_bands import list_uses
from analysis.questionnaire.field import NOTHING
from analysis.questionnaire.questionnaire import REASON, Questionnaire
from analysis.questionnaire.rules import SEVERITY_LABELS
from analysis.survey.answers.steps import STEPS
from analysis.survey.survey import LINE_LABELS

RULE_PREFIX = "rule_"
"""How the names of the measures begin that count the breaches of one rule."""


def list_measures(
    guideline: Guideline,
    asked: Questionnaire,
    horizon: Horizon,
    *,
    has_previous: bool,
    has_waiting: bool = False,
) -> list[Item]:
    """Return the catalogue of a cycle; a first cycle has no changes and no transitions.

    Last answers of departments that are not counted have measures where there are such answers.
    """
    items = [
        *_list_own(asked, horizon), *_guideline(guideline, asked), *_quality(asked),
        *(_waiting(asked) if has_waiting else ()),
    ]  # fmt: skip
    if has_previous:
        return items
    return [item for item in items if not item.needs_previous]


def _list_own(asked: Questionnaire, horizon: Horizon) -> Iterator[Item]:
    yield from _progress(asked)
    yield from list_volumes(asked)
    yield from _reasons(asked)
    yield from list_road(asked, horizon)
    yield from _transitions()
    yield from list_bridge(asked)
    yield from list_twins(asked)


def require_free_ids(
    guideline: Guideline, asked: Questionnaire, horizon: Horizon, path: Path | None
) -> None:
    """Return if no code of the survey and no id of the guideline names a second measure.

    Else raise SettingsError. An entry of the guideline names two, its own and that of its open
    procedures; a first cycle's missing changes are no free names either.
    """
    named: dict[str, str] = {}
    twice = []
    for item in chain(_list_own(asked, horizon), _quality(asked), _waiting(asked)):
        if named.setdefault(item.name, item.label) != item.label:
            twice.append(f"{item.name}（{named[item.name]}、{item.label}）")
    if twice:
        raise SettingsError(
            f"survey.toml の choices、route の code では、{len(twice)}つの名前が、それぞれ二つの"
            f"数値の名前になります。code を変えてください。\n{list_examples(twice)}"
        )
    wrong = []
    for item in _guideline(guideline, asked):
        if item.name in named:
            wrong.append(f"{item.name}（{item.label}）: 既に「{named[item.name]}」の名前です。")
        named[item.name] = item.label
    if path is not None and wrong:
        raise SettingsError(
            f"guideline/{path.name} の id と、それに _open を付けた名前のうち{len(wrong)}件が、"
            f"ほかの数値の名前と同じです。別の id にしてください。\n{list_examples(wrong)}"
        )


def _progress(asked: Questionnaire) -> Iterator[Item]:
    online, total = count_statuses(asked, "online"), count_all(asked)
    names = name_statuses(asked)
    of = "" if names["online"].endswith("済") else "の"
    measures: dict[str, tuple[str, Count | Share]] = {
        "total": ("総手続き数", total),
        "online": (f"{names['online']}{of}手続き数", online),
        "not_online": (
            "オンライン化未対応の手続き数",
            count_statuses(asked, "started", "not_started"),
        ),
        **{
            role: (f"{label}の手続き数", count_statuses(asked, role))
            for role, label in names.items()
            if role != "online"
        },
        "online_rate": ("オンライン化率", Share(online, total)),
    }
    if asked.list_statuses("excluded"):
        label = asked.name_role("excluded")
        measures["excluded"] = (f"{label}の手続き数", count_statuses(asked, "excluded"))
    for name, (label, measure) in measures.items():
        yield Item(name, label, measure, LEVELS)
        yield Item(f"{name}{CHANGE}", f"{label}の増減", Change(measure), LEVELS)


def _reasons(asked: Questionnaire) -> Iterator[Item]:
    header, waiting = asked.named[REASON].header, asked.name_role("not_started")
    conditions = {
        f"reason_{code}": (f"{header}：{label}", where(reason=(code,)))
        for code, label in asked.reasons.items()
    }
    if asked.reasons and asked.may_lack_reason:
        conditions[NO_REASON_NAME] = (f"{header}：{NO_REASON}", where(reason=NOTHING))
    conditions |= {
        f"route_{route.code}": (
            f"{waiting}：{route.label}",
            where(reason=asked.list_reasons(route.code)),
        )
        for route in asked.routes
    }
    not_started = count_statuses(asked, "not_started")
    if asked.reasons:
        whole = Share(not_started, not_started)
        yield Item("not_started_share", f"{waiting}の計の割合", whole, CITY_AND_DEPARTMENTS)
    for name, (label, condition) in conditions.items():
        count = Count(not_started.where & condition)
        yield Item(name, label, count, CITY_AND_DEPARTMENTS)
        yield Item(
            f"{name}_share", f"{label}の割合", Share(count, not_started), CITY_AND_DEPARTMENTS
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


def _guideline(guideline: Guideline, asked: Questionnaire) -> Iterator[Item]:
    everything = count_all(asked).where
    is_open = count_statuses(asked, "started", "not_started").where
    for entry in guideline.counted:
        condition = entry.condition or Where()
        name, label = f"{entry.id}", f"ガイドライン：{entry.label}"
        yield Item(name, label, Count(condition & everything), CITY_AND_DEPARTMENTS)
        yield Item(
            f"{name}_open",
            f"{label}（オンライン化未対応）",
            Count(condition & is_open),
            CITY_AND_DEPARTMENTS,
        )
    yield from list_decisions(guideline, asked)
    yield from list_uses(guideline, asked)


def _quality(asked: Questionnaire) -> Iterator[Item]:
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
    for rule in asked.rules.values():
        count = Count(where(code=rule.code), "problems")
        label = f"検査規則：{rule.title.removesuffix('。')}"
        yield Item(f"{RULE_PREFIX}{rule.code}", label, count, ("all",))


def _waiting(asked: Questionnaire) -> Iterator[Item]:
    for item in _progress(asked):
        if item.name in ("total", *name_statuses(asked)) and isinstance(item.measure, Count):
            count = Count(item.measure.where, WAITING)
            label = f"数えていない部局の前回の{item.label}"
            yield Item(f"waiting_{item.name}", label, count, CITY_AND_DEPARTMENTS)
