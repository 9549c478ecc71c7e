"""Read a yearly number of cases as departments write it: a number, or why there is none."""

import re
from typing import Literal, NamedTuple

from analysis.texts import is_dash

MissingKind = Literal["blank", "unknown", "not_applicable", "unreadable"]

MISSING_LABELS: dict[str, str] = {
    "blank": "空欄",
    "unknown": "不明",
    "not_applicable": "該当なし",
    "unreadable": "読み取り不可",
}
"""What each kind of missing number is called."""


class ReadNumber(NamedTuple):
    """A number that was read, or the kind of missing one, and the codes of what was taken off."""

    value: int | None
    missing: MissingKind | None
    steps: tuple[str, ...]


class UnreadableNumberError(ValueError):
    """The text is no number; `code` names the rule that says why."""

    def __init__(self, code: str) -> None:
        """Hold the code of the rule."""
        super().__init__(code)
        self.code = code


_UNKNOWN = frozenset(
    {"不明", "不詳", "未集計", "集計なし", "集計していない", "未把握", "把握していない"}
    | {"わからない", "分からない"}
)
_NOT_APPLICABLE = frozenset({"該当なし", "該当無し", "非該当", "対象外"})
# None known, or not one case: only the department can say which.
_NONE = frozenset({"なし", "無し", "無", "ナシ"})

_ABOUT_BEFORE = "約|およそ|おおよそ|おおむね|概ね|ほぼ"
_ABOUT_AFTER = "程度|ほど|くらい|ぐらい|前後"
_NUMBER = re.compile(
    rf"(?P<unit>年間|年)?(?P<about>{_ABOUT_BEFORE})?"
    r"(?P<digits>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?P<decimals>\.00?)?"
    rf"(?P<unit_after>件(?:/年)?|/年)?(?P<about_after>{_ABOUT_AFTER})?"
)
_MOST_DIGITS = 9


def parse_number(text: str) -> ReadNumber:
    """Return the whole number a text says, or the kind of missing one it names.

    `text` is a `digits_key` that is not empty. 約, 件 and the like are taken off, and commas
    between thousands; nothing else is. Raises UnreadableNumberError for a range, a bound, a
    fraction, 万 and whatever else is not one number; なし, which may mean 0, has its own code.
    """
    if text in _UNKNOWN:
        return ReadNumber(None, "unknown", ("missing",))
    if text in _NOT_APPLICABLE or is_dash(text):
        return ReadNumber(None, "not_applicable", ("missing",))
    if text in _NONE:
        raise UnreadableNumberError("number_none_or_zero")
    found = _NUMBER.fullmatch(text)
    digits = found["digits"].replace(",", "") if found else ""
    if not found or len(digits) > _MOST_DIGITS:
        raise UnreadableNumberError("number_unreadable")
    value = int(digits)
    steps = {
        "separator": digits != found["digits"],
        "zeros": digits != str(value) or bool(found["decimals"]),
        "unit": bool(found["unit"] or found["unit_after"]),
        "about": bool(found["about"] or found["about_after"]),
    }
    return ReadNumber(value, None, tuple(code for code, taken in steps.items() if taken))
