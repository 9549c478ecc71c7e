"""Turn raw texts into values, field by field; what can't be read becomes a problem, never a guess.

The raw text stays beside the value, so that every change made here can be seen.
"""

import re
import unicodedata
from collections.abc import Callable

import pandas as pd

from analysis.survey.dates import ImpossibleDateError, parse_date
from analysis.survey.fill import is_ditto
from analysis.survey.problems import Place, Problem, report
from analysis.survey.vocabulary import Field, Lookup, answer_key, match_key

Value = str | int | None

# Japanese letters, punctuation and marks, in every width.
_WIDE = r"\u2460-\u27bf\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uffef\U00020000-\U0003ffff"
_BLANKS = re.compile(r"\s+")
_BREAK = r"[^\S\n]*\n\s*"
_BREAK_BESIDE_WIDE = re.compile(rf"(?<=[{_WIDE}]){_BREAK}|{_BREAK}(?=[{_WIDE}])")
_BLANK_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}]) (?=[{_WIDE}])")
# Zero-width space, word joiner, byte order mark, soft hyphen, and marks that reorder the line.
# The joiners of emoji and the selectors of name variants are zero-width too, and stay.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]"
)
_SPLIT_KANA = re.compile(r"[\u3041-\u30ff][\u3099\u309a]")

_ONLY_DASHES = re.compile(r"-+")
_NUMBER = re.compile(
    r"(?:約|およそ|おおよそ|概ね)?([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?(?:件|件程度|程度)?"
)
_UNKNOWN_NUMBERS = frozenset({"不明", "未集計", "集計なし"})
_MOST_DIGITS = 9


class _UnreadableError(ValueError):
    """The text can't be a value of its field; the message is the code of the rule it breaks."""


def clean_rows(raw: pd.DataFrame, lookup: Lookup) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows with a cleaned column for every field, and what could not be read.

    Row grain and order are those of `raw`. Needs, for every field f, `f_text`, `f_held` and
    `f_cell`, and department, workbook and sheet; adds f: choices as codes, dates as ISO text, all
    of dtype str, and numbers as Int64. A blank, and an answer that can't be read, is NA.
    """
    added: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for field in lookup.fields:
        texts, kinds = raw[f"{field.name}_text"], raw[f"{field.name}_held"]
        known: dict[tuple[str, str], Value | _UnreadableError] = {}
        values: list[Value] = []
        for at, (found, kind) in enumerate(zip(texts, kinds, strict=True)):
            if not isinstance(kind, str):
                values.append(None)
                continue
            text = found if isinstance(found, str) else ""
            if (text, kind) not in known:
                known[text, kind] = _try_clean(field, text, kind, lookup)
            value = known[text, kind]
            if isinstance(value, _UnreadableError):
                where = ("department", "workbook", "sheet", f"{field.name}_cell")
                cell = Place(*(str(raw[name].array[at]) for name in where))
                problems.append(report(str(value), cell, field=field.name, value=text or None))
                value = None
            values.append(value)
        dtype = "Int64" if field.kind == "number" else "str"
        added[field.name] = pd.Series(values, index=raw.index, dtype=dtype)
    return pd.concat([raw, pd.DataFrame(added, index=raw.index)], axis=1), problems


def clean_text(text: str) -> str | None:
    """Return a text on one line as it is meant to be read, or None if nothing is left.

    Line breaks and runs of blanks become one space, but nothing at all where they only ever are
    layout: a line break beside a Japanese character, a blank between two. Characters are not
    exchanged: ① stays ①, 髙 and 﨑 stay, fullwidth stays; only kana that a Mac stored as letter
    and mark are put together again.
    """
    line = _BREAK_BESIDE_WIDE.sub("", _INVISIBLE.sub("", text).strip())
    line = _BLANK_BETWEEN_WIDE.sub("", _BLANKS.sub(" ", line))
    return _SPLIT_KANA.sub(lambda m: unicodedata.normalize("NFC", m.group()), line) or None


def _try_clean(field: Field, text: str, kind: str, lookup: Lookup) -> Value | _UnreadableError:
    try:
        if kind == "formula":
            raise _UnreadableError("formula_without_value")
        if kind == "error":
            raise _UnreadableError("cell_error")
        if not match_key(text):
            return None
        if field.kind != "id" and is_ditto(text):
            raise _UnreadableError("ditto_without_value")
        if field.kind == "choice":
            return _clean_choice(field, text, lookup)
        return _CLEANERS[field.kind](text, kind)
    except _UnreadableError as error:
        return error


def _clean_choice(field: Field, text: str, lookup: Lookup) -> str | None:
    code = lookup.find_code(field.name, text)
    if code is None and not _ONLY_DASHES.fullmatch(answer_key(text)):
        raise _UnreadableError("answer_unknown")
    return code


def _clean_id(text: str, kind: str) -> str:
    if kind == "date":
        raise _UnreadableError("id_unreadable")
    return answer_key(text)


def _clean_number(text: str, kind: str) -> int | None:
    key = answer_key(text)
    if key in _UNKNOWN_NUMBERS or _ONLY_DASHES.fullmatch(key):
        return None
    found = _NUMBER.fullmatch(key)
    if found is None or kind == "date" or _holds_small_digits(text):
        raise _UnreadableError("number_unreadable")
    digits = found.group(1).replace(",", "")
    if len(digits) > _MOST_DIGITS:
        raise _UnreadableError("number_unreadable")
    return int(digits)


def _clean_date(text: str, _: str) -> str | None:
    key = answer_key(text)
    if _ONLY_DASHES.fullmatch(key):
        return None
    try:
        date = None if _holds_small_digits(text) else parse_date(key)
    except ImpossibleDateError:
        raise _UnreadableError("date_impossible") from None
    if date is None:
        raise _UnreadableError("date_unreadable")
    return date


def _holds_small_digits(text: str) -> bool:
    """Tell whether a text holds ① or ², which folding would turn into plain digits."""
    return any(unicodedata.category(c) == "No" for c in text)


_CLEANERS: dict[str, Callable[[str, str], Value]] = {
    "id": _clean_id,
    "text": lambda text, _: clean_text(text),
    "number": _clean_number,
    "date": _clean_date,
}
