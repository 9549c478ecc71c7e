"""The answers: one procedure's row of the form, in the survey's own words."""

import datetime
from dataclasses import dataclass
from functools import cache
from typing import Any

from demo.catalogue import Department, Group, load_table
from demo.choice import draw, draw_percent, pick
from demo.history import NOT_STARTED, ONLINE, STARTED, Entry, trace_entries

Answer = str | int | datetime.date | None

NOT_CONSIDERED, OTHER = "未検討", "その他理由で不可"
OTHER_AGENCY, LAW_PREVENTS = "他機関の事務（市は受付のみ）", "現行法制度上不可"

_NOT_CONSIDERED_PERCENT = 69
_IN_HOUSE_PERCENT = 30
_RECOUNTED_PERCENT = 15
_REMARKED_PERCENT = 14
_FEW = 5
# Where a group costs a fee, these of its forms are free.
_FREE_WORDS = ("届", "報告", "補助", "助成", "減免", "還付", "申込", "依頼")

_IDENTITIES = {
    "seal_certificate": "実印＋印鑑証明",
    "in_person": "対面での身元確認等",
    "signature": "認印・自署",
    "none": "不要",
}
_ORIGINALS = {"statute": "法令", "other": "法令以外", "none": "なし"}


@dataclass(frozen=True)
class Row:
    """One row of a department's form: the answers by field, and the entry behind them."""

    entry: Entry
    answers: dict[str, Answer]


def answer_department(department: Department, cycle: str) -> list[Row]:
    """Return a department's rows of one cycle."""
    systems: dict[str, list[str]] = load_table("systems.toml")
    usual = systems.get(department.slug, systems["usual"])
    return [_answer(entry, cycle, usual) for entry in trace_entries(department, cycle)]


def _answer(entry: Entry, cycle: str, usual_systems: list[str]) -> Row:
    name, group = entry.procedure.name, entry.procedure.group
    volume = _estimate_volume(name, group, cycle)
    attachment = group.attachment and not any(word in name for word in ("取下", "廃止届"))
    original = _ORIGINALS[group.original] if attachment else "なし"
    in_house = "はい" if draw_percent("in house", name) < _IN_HOUSE_PERCENT else "いいえ"
    fee = group.fee and not any(word in name for word in _FREE_WORDS)
    facts = _gather_facts(group, volume, fee, attachment)
    reason = _find_reason(entry) if entry.status == NOT_STARTED else None
    answers: dict[str, Answer] = {
        "procedure_id": entry.procedure_id,
        "section": entry.section,
        "name": entry.name,
        "law": group.law,
        "law_kind": group.law_kind,
        "annual_volume": volume,
        "status": entry.status,
        "online_date": entry.online_since,
        "system": _name_system(entry, usual_systems),
        "reason": reason,
        "reason_detail": _explain(entry, reason, facts) if reason else None,
        "identity": _IDENTITIES[group.identity],
        "attachment": "あり" if attachment else "なし",
        "original_basis": original,
        "in_house": in_house if attachment else None,
        "fee": "あり" if fee else "なし",
        "remarks": _remark(entry, facts),
    }
    return Row(entry, answers)


def _estimate_volume(name: str, group: Group, cycle: str) -> int:
    shares: dict[str, int] = _load_details()["volumes"]
    share = min([share for word, share in shares.items() if word in name], default=100)
    spread = 60 + draw_percent("volume", name)
    if draw_percent("recount", name) < _RECOUNTED_PERCENT:
        spread += draw("volume", name, cycle) % 12
    return group.volume * share * spread // 10_000


def _name_system(entry: Entry, usual: list[str]) -> str | None:
    if entry.status != ONLINE:
        return None
    return entry.procedure.group.system or pick(usual, "system", entry.procedure.name)


def _find_reason(entry: Entry) -> str:
    """Return the reason that fits the procedure's group, or by lot one of the city's own two."""
    if entry.stopped_because:
        return OTHER
    if entry.procedure.group.agency:
        return OTHER_AGENCY
    if entry.procedure.group.barrier:
        return LAW_PREVENTS
    by_lot = draw_percent("reason", entry.procedure.name)
    return NOT_CONSIDERED if by_lot < _NOT_CONSIDERED_PERCENT else OTHER


def _explain(entry: Entry, reason: str, facts: dict[str, bool]) -> str | None:
    name, group, texts = entry.procedure.name, entry.procedure.group, _load_details()
    if reason == OTHER_AGENCY:
        return str(pick(texts["other_agency"], "detail", name)).format(agency=group.agency)
    if reason == LAW_PREVENTS:
        return str(pick(texts["law_prevents"], "detail", name)).format(barrier=group.barrier)
    if entry.stopped_because:
        return entry.stopped_because
    lists = texts["not_considered" if reason == NOT_CONSIDERED else "other"]
    return _pick_fitting(lists, facts, "detail", name)


def _remark(entry: Entry, facts: dict[str, bool]) -> str | None:
    name = entry.procedure.name
    if draw_percent("remark", name) >= _REMARKED_PERCENT:
        return None
    key = {ONLINE: "online", STARTED: "started", NOT_STARTED: "not_started"}[entry.status]
    return _pick_fitting(_load_details()["remarks"][key], facts, "remark", name)


def _gather_facts(group: Group, volume: int, fee: bool, attachment: bool) -> dict[str, bool]:
    """Return which of the lists in details.toml fit a procedure."""
    return {
        "fee": fee,
        "attachment": attachment,
        "original": attachment and group.original != "none",
        "in_person": group.identity == "in_person",
        "seal_certificate": group.identity == "seal_certificate",
        "outline": group.law_kind == "要綱等",
        "ordinance": group.law_kind == "条例・規則",
        "few": volume <= _FEW,
        "never": volume == 0,
    }


def _pick_fitting(
    lists: dict[str, Any], facts: dict[str, bool], salt: str, name: str
) -> str | None:
    """Pick a text that fits; those for a word in the procedure's name are the likeliest."""
    fitting: list[str] = list(lists["any"])
    for fact, holds in facts.items():
        fitting += lists.get(fact, []) if holds else []
    for word, texts in lists.get("words", {}).items():
        fitting += texts * 5 if word in name else []
    return pick(fitting, salt, name) or None


@cache
def _load_details() -> dict[str, Any]:
    return load_table("details.toml")
