"""Read a settings file: TOML into a frozen model, every wrong key named at once."""

import datetime
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from reprlib import Repr
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError

from analysis.errors import EXAMPLES_SHOWN, SettingsError, list_examples
from analysis.texts import UnreadableTextError, holds_text, name_file, read_text

Model = TypeVar("Model", bound=BaseModel)

_PLACE = re.compile(r"\(at line (\d+), column \d+\)$")
_CONTROL = r"\\(?:b|u00[01]|U000000[01])"
# What Python says of a fault, by its first words, where the line alone does not show it.
_REASONS = {
    "Cannot": "同じ項目が2度書かれています",
    "Exceeds": "4,300桁を超える数です",
    "Illegal": "引用符が閉じていないか、使えない文字があります",
    "Un": "引用符か括弧が閉じていません",
    _CONTROL: "制御文字が書かれています",
}
# Where Python doesn't say on which line they are.
_UNPLACED = {"Exceeds": "[0-9_]{4300}", _CONTROL: _CONTROL}
# What is wrong with a value, by the kinds of pydantic's findings; of several, by how they begin.
_MISTAKEN = {
    "missing": "必要な項目がありません。",
    "extra_forbidden": "知らない項目です。綴りを確かめてください。",
}
_WANTED = {
    "value_error": "{error}",
    "literal_error": "{expected} のどれかを書いてください",
    "string_too_long": "{max_length}文字までで書いてください",
    "string_too_short": "空にはできません",
    "string_pattern": "半角の英小文字で始め、英小文字と{signs}だけで書いてください",
    "string": '引用符「"」で囲んだ文字列を書いてください',
    "int": "整数を書いてください",
    "finite": "整数を書いてください",
    "greater_than_equal": "{ge}以上の数を書いてください",
    "greater_than": "{gt}より大きい数を書いてください",
    "less_than_equal": "{le}以下の数を書いてください",
    "bool": "true か false を、引用符なしで書いてください",
    "too_short": "一つ以上書いてください",
    **dict.fromkeys(("list", "tuple"), "[ ] で囲んで並べてください"),
    **dict.fromkeys(("dict", "model"), "[ ] で見出しを付けた表にしてください"),
}
_UNKNOWN, _DEEPEST = "書き方が違います", 100
# A value may be as long and as deep as the file.
_shown = Repr()
_shown.maxstring = _shown.maxother = 60


def _be_one_line(text: str) -> str:
    """Return a text if it is one line with something to see; raise ValueError."""
    kinds = {unicodedata.category(sign) for sign in text}
    if not kinds - {"Zs", "Cf"} or kinds & {"Cc", "Zl", "Zp"}:
        raise ValueError("空白だけにせず、1行で書いてください")
    return text


Name = Annotated[str, AfterValidator(_be_one_line)]
"""What something is called wherever it is printed."""


def _be_a_day(value: object) -> object:
    """Return a date, as TOML has it or in quotes; raise ValueError for what only may mean one."""
    if isinstance(value, str):
        with suppress(ValueError):
            # Python reads 20240901 and 2024-W35-7 too.
            if (day := datetime.date.fromisoformat(value)).isoformat() == value:
                return day
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise ValueError("2024-09-01 のように、日付を引用符なしで書いてください")
    return value


Day = Annotated[datetime.date, BeforeValidator(_be_a_day)]
"""A day, with its year, month and day."""


def read_toml(path: Path, model: type[Model]) -> Model:
    """Read a settings file into its model; raise SettingsError naming every key that is wrong."""
    text = read_text(path).replace("\r\n", "\n").replace("\r", "\n")
    where = name_file(path)
    try:
        settings: Model = _parse(text, model)
    except ValidationError as error:
        lines = list(_list_findings(text, error))
        count = f"{error.error_count():,}"
        raise SettingsError(
            f"{where} に誤りが{count}件あります。直してください。\n{list_examples(lines)}"
        ) from None
    except (ValueError, RecursionError) as error:
        line, why = _find_fault(text, error)
        raise UnreadableTextError(
            where,
            f"{line}行目を TOML として読めません（{why}）",
            'その行と前後の行の、= と、引用符「"」や括弧の閉じ忘れを確かめてください',
        ) from None
    return settings


def refuse_settings(path: Path, wrong: Sequence[tuple[Sequence[str | int], str]]) -> NoReturn:
    """Raise SettingsError for what is wrong in a file that is well-formed: each by its keys, why.

    The keys lead there from the top, those of several alike tables by their place.
    """
    text = read_text(path).replace("\r\n", "\n").replace("\r", "\n")
    lines = []
    for loc, why in wrong:
        keys = ".".join(part for part in loc if isinstance(part, str))
        line = find_line(text, loc)
        lines.append(f"{keys}" + (f"（{line}行目）" if line else "") + f": {why}。")
    raise SettingsError(
        f"{name_file(path)} に誤りが{len(lines)}件あります。直してください。\n"
        + list_examples(lines)
    )


@lru_cache(maxsize=16)
def _parse(text: str, model: type[BaseModel]) -> Any:
    """Return a text as a model, the same again for the same text: every process asks four times."""
    if any(_is_deep(line) for line in text.split("\n")):
        raise RecursionError
    settings = tomllib.loads(text)
    _require_text(settings)
    return model.model_validate(settings)


def _require_text(settings: dict[str, Any]) -> None:
    """Raise ValueError if an escape in the file made what no text holds."""
    waiting: list[Any] = [settings]
    while waiting:
        match waiting.pop():
            case dict() as table:
                waiting += [*table, *table.values()]
            case list() as items:
                waiting += items
            case str() as text if not holds_text(text):
                raise ValueError(_CONTROL)


def _find_fault(text: str, error: Exception) -> tuple[int, str]:
    """Return the line of what can't be parsed, and what is wrong there."""
    if isinstance(error, RecursionError):
        return _find_deep_line(text), "入れ子が深すぎます"
    said = str(error)
    why = next((w for start, w in _REASONS.items() if said.startswith(start)), "書き方が違います")
    if place := _PLACE.search(said):
        return int(place[1]), why
    sought = next((form for start, form in _UNPLACED.items() if said.startswith(start)), None)
    found = re.search(sought, text) if sought else None
    return text.count("\n", 0, found.start() if found else len(text.rstrip())) + 1, why


def find_line(text: str, loc: Sequence[str | int]) -> int:
    """Return the line of a key, or of its table that lacks it; 0 for what stands in no line."""
    names = [part for part in loc if isinstance(part, str)]
    lines, first, found = text.split("\n"), -1, 0
    for place, index in enumerate(loc):
        above = [part for part in loc[:place] if isinstance(part, str)]
        if isinstance(index, int) and (heads := _find_heads(lines, above, first)):
            first, found = heads[index] if index < len(heads) else len(lines), len(above)
    if found < len(names) - 1:
        first = next(iter(_find_heads(lines, names[:-1], first)), len(lines))
    for at, line in enumerate(lines[first + 1 :], start=first + 1):
        if line.lstrip().startswith("[") or found == len(names):
            break
        if names and re.match(rf"""\s*["']?{re.escape(names[-1])}["']?\s*=""", line):
            return at + 1
    return first + 1 if 0 <= first < len(lines) else 0


def _find_heads(lines: Sequence[str], names: Sequence[str], after: int) -> list[int]:
    table = r"\s*\[+\s*" + r"\s*\.\s*".join(map(re.escape, names)) + r"\s*\]"
    return [at for at, line in enumerate(lines) if at > after and re.match(table, line)]


def _is_deep(line: str) -> bool:
    """Tell whether a line has a key of more parts than any settings have."""
    key = line.partition("=")[0]
    return key.count(".") > _DEEPEST and '"' not in key and "#" not in key


def _find_deep_line(text: str) -> int:
    """Return the line that is deeper than any settings: with open brackets, or in its key."""
    depth, number = 0, 0
    for number, line in enumerate(text.split("\n"), start=1):
        if _is_deep(line):
            return number
        for sign in line:
            depth += (sign in "[{") - (sign in "]}")
            if depth > _DEEPEST:
                return number
    return number


def _list_findings(text: str, error: ValidationError) -> Iterator[str]:
    """Yield each of pydantic's findings in Japanese, alike ones once with the lines they are in."""
    places: dict[tuple[str, str], list[str]] = {}
    for item in error.errors(include_url=False):
        loc = item["loc"]
        keys = ".".join(part for part in loc if isinstance(part, str)) or "全体"
        line = find_line(text, loc)
        entry = "-".join(f"{part + 1}" for part in loc if isinstance(part, int))
        place = f"{line}行目" if line else f"{entry}番目" if entry else ""
        places.setdefault((keys, _explain(item)), []).append(place)
    for (keys, why), found in places.items():
        more = f" ほか{len(found) - EXAMPLES_SHOWN:,}件" if len(found) > EXAMPLES_SHOWN else ""
        which = f"（{'、'.join(found[:EXAMPLES_SHOWN])}{more}）" if any(found) else ""
        yield f"{keys}{which}: {why}"


def _explain(item: Any) -> str:
    """Put one of pydantic's findings into Japanese: none of its own words is shown."""
    kind, words = item["type"], item.get("ctx", {})
    if kind in _MISTAKEN:
        return _MISTAKEN[kind]
    wanted = next((w for start, w in _WANTED.items() if kind.startswith(start)), _UNKNOWN)
    if kind == "string_pattern_mismatch":
        signs = {"0-9": "数字", "_": "「_」"}
        known = (name for sign, name in signs.items() if sign in words["pattern"])
        words = {"signs": "と".join(known)}
    if kind == "literal_error":
        words = {"expected": "、".join(re.findall(r"'([^']*)'", words["expected"]))}
    return f"値{_show(item['input'])}が使えません（{wanted.format(**words)}）。"


def _show(value: object) -> str:
    """Return a value much as it is written in a settings file, on one line."""
    match value:
        case str():
            return f"「{_shown.repr(' '.join(value.split()))[1:-1]}」"
        case bool():
            return f" {str(value).lower()} "
        case list():
            return "（[ ] の並び）"
        case dict():
            return "（表）"
        case int() | float():
            return f" {_shown.repr(value)} "
    return f" {value} "
