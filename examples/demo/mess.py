"""The mess: the same answers as people type them."""

import datetime
from collections.abc import Callable

from demo.answers import Answer, Row
from demo.choice import pick
from demo.habits import Habits, load_typed

_FULLWIDTH = str.maketrans("0123456789,-", "０１２３４５６７８９，－")
_SERIAL_ORIGIN = datetime.date(1899, 12, 30)
_REIWA_OFFSET = 2018
_LINE_CHARACTERS = 15
_ROUND = 30


def _break_line(text: str) -> str:
    """Break a long name as Alt+Enter does, before its bracket if it has one."""
    if len(text) < _LINE_CHARACTERS:
        return text
    at = text.find("（")
    if at <= 0:
        at = len(text) // 2
    return f"{text[:at]}\n{text[at:]}"


_SPACED_FIELDS = ("section", "name", "law", "system")

_VOLUMES: dict[str, Callable[[int], Answer]] = {
    "number": lambda volume: volume,
    "comma": lambda volume: f"{volume:,}",
    "fullwidth": lambda volume: f"{volume:,}".translate(_FULLWIDTH),
    "counted": lambda volume: f"{volume}件",
    "about": lambda volume: f"約{volume // 10 * 10}" if volume >= _ROUND else volume,
    "unknown": lambda volume: "不明",
    "dash": lambda volume: "－",
    "blank": lambda volume: None,
}

_DATES: dict[str, Callable[[datetime.date], Answer]] = {
    "excel": lambda date: date,
    "serial": lambda date: (date - _SERIAL_ORIGIN).days,
    "iso": lambda date: date.isoformat(),
    "slashes": lambda date: f"{date.year}/{date.month}/{date.day}",
    "wareki": lambda date: f"令和{date.year - _REIWA_OFFSET}年{date.month}月{date.day}日",
    "wareki short": lambda date: f"R{date.year - _REIWA_OFFSET}.{date.month}.{date.day}",
    "wareki month": lambda date: f"令和{date.year - _REIWA_OFFSET}年{date.month}月",
}

_SPACING: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "trailing": lambda text: f"{text} ",
    "leading": lambda text: f"\u3000{text}",
    "nbsp": lambda text: f"{text}\u00a0",
    "break": _break_line,
}


def spell_row(row: Row, habits: Habits, slug: str, cycle: str) -> dict[str, Answer]:
    """Return the answers of one row as the department types them, by field.

    The earlier and the later workbook are spelled alike, so that only real changes differ.
    """
    key = row.entry.procedure.name
    spelled = {field: _spell(field, answer, habits, key) for field, answer in row.answers.items()}
    for typed in load_typed():
        if (typed.cycle, typed.department, typed.procedure) == (cycle, slug, key):
            spelled[typed.field] = typed.value
    return spelled


def _spell(field: str, answer: Answer, habits: Habits, key: str) -> Answer:
    if isinstance(answer, datetime.date):
        return _DATES[pick(habits.dates, "dates", key)](answer)
    if isinstance(answer, int):
        return _VOLUMES[pick(habits.volumes, "volumes", key)](answer)
    if answer is None:
        return None
    if field == "procedure_id" and habits.fullwidth_ids:
        # Someone typed on in the Japanese input mode for a while, and noticed.
        return answer.translate(_FULLWIDTH) if pick((True, False, False), "ids", key) else answer
    if field in _SPACED_FIELDS:
        return _SPACING[pick(habits.spacing, "spacing", field, key)](answer)
    spellings = habits.spellings.get(field, {}).get(answer)
    return pick(spellings, field, key) if spellings else answer
