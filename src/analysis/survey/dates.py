"""Read a date as Japanese offices write it, into ISO text; refuse what leaves anything to guess."""

import datetime
import re
from typing import Literal, NamedTuple

DateForm = Literal["era", "serial", "date_form"]


class ReadDate(NamedTuple):
    """A date that was read: its ISO text, and the form it was written in."""

    iso: str
    form: DateForm


class UnreadableDateError(ValueError):
    """The text is no date; `code` names the rule that says why."""

    def __init__(self, code: str) -> None:
        """Hold the code of the rule."""
        super().__init__(code)
        self.code = code


class _Era(NamedTuple):
    """The year an era counts from, and the first and last day that may be written in it."""

    year_one: int
    first: datetime.date
    last: datetime.date


_NO_ERA = _Era(1, datetime.date.min, datetime.date.max)
_ERAS = {
    ("令和", "令", "R"): _Era(2019, datetime.date(2019, 5, 1), datetime.date.max),
    ("平成", "平", "H"): _Era(1989, datetime.date(1989, 1, 8), datetime.date(2019, 4, 30)),
    ("昭和", "昭", "S"): _Era(1926, datetime.date(1926, 12, 25), datetime.date(1989, 1, 7)),
    ("大正", "大", "T"): _Era(1912, datetime.date(1912, 7, 30), datetime.date(1926, 12, 24)),
    # Before 明治6年 the months were the moon's.
    ("明治", "明", "M"): _Era(1868, datetime.date(1873, 1, 1), datetime.date(1912, 7, 29)),
}
_ERA_OF = {name: era for names, era in _ERAS.items() for name in names}

_SEPARATOR = "[./・-]"
_REST = (
    rf"(?:年|(?:年|{_SEPARATOR})(?P<month>[0-9]{{1,2}})"
    rf"(?:月|(?:月|{_SEPARATOR})(?P<day>[0-9]{{1,2}})日?)?)"
)
_COMPACT_REST = r"(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
_ERA_NAME = rf"(?P<era>{'|'.join(_ERA_OF)})\.?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_ERA_NAME}(?P<year>元|[0-9]{{1,2}}){_REST}",
        rf"{_ERA_NAME}(?P<year>[0-9]{{2}}){_COMPACT_REST}",
        rf"(?P<year>(?:1[89]|20)[0-9]{{2}}){_REST}",
        rf"(?P<year>(?:1[89]|20)[0-9]{{2}}){_COMPACT_REST}",
        r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})",
    )
)
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_TIME = re.compile(r"(?:[T ]|(?<=[日)]))[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(\+09:00)?$")
_WEEKDAY = re.compile(r"\([月火水木金土日](曜日?)?(・?祝)?\)$|[月火水木金土日]曜日?$")

_KANJI_NUMBER = re.compile("[○一二三四五六七八九十]+(?=[年月日])")
_KANJI_TENS = re.compile("([一二三四五六七八九])?十([一二三四五六七八九])?")
# The zero has become a circle when marks were unified.
_KANJI_DIGITS = {ord(kanji): str(digit) for digit, kanji in enumerate("○一二三四五六七八九")}

# Excel counts days from here (its 1900-02-29, which never was, lies before any date we accept).
SERIAL_ORIGIN = datetime.date(1899, 12, 30)
_SERIAL_FIRST, _SERIAL_LAST = datetime.date(1954, 10, 3), datetime.date(2099, 12, 31)

_MONTH_OR_DAY = "[0-9]{1,2}"
_REFUSED = tuple(
    (code, re.compile(form))
    for code, form in (
        (
            "date_not_exact",
            ".*(予定|見込|頃|ごろ|旬|以降|以前|まで|前半|後半|春|夏|秋|冬|月末|年末|年始"
            "|めど|目途|目処|未定).*",
        ),
        ("date_fiscal_year", ".*年度.*"),
        ("date_range", ".*(~|から).*"),
        (
            "date_year_ambiguous",
            rf"[0-9]{{6}}|{_MONTH_OR_DAY}年.*"
            rf"|{_MONTH_OR_DAY}{_SEPARATOR}{_MONTH_OR_DAY}{_SEPARATOR}{_MONTH_OR_DAY}",
        ),
        ("date_year_missing", rf"{_MONTH_OR_DAY}月.*"),
    )
)


def parse_date(text: str, *, day_zero: datetime.date = SERIAL_ORIGIN) -> ReadDate:
    """Return a date as `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, as far as the text says, and its form.

    `text` is a `digits_key`. Years without an era need four digits; a plain number is read as
    Excel's count of days after `day_zero` when it falls between 1954 and 2099. A day of the week
    is not compared with the date. Raises UnreadableDateError: `date_impossible` for 2024-02-30,
    平成32年 or 昭和64年1月8日; a fiscal year, a range, a plan, a doubtful year and none have their
    own codes.
    """
    plain = _WEEKDAY.sub("", _TIME.sub("", text.upper()))
    plain = _KANJI_NUMBER.sub(lambda found: _read_kanji(found.group()), plain)
    if found := _SERIAL.fullmatch(plain):
        date = day_zero + datetime.timedelta(days=int(found.group(1)))
        if _SERIAL_FIRST <= date <= _SERIAL_LAST:
            return ReadDate(date.isoformat(), "serial")
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _write_date(found.groupdict())
    for code, refused in _REFUSED:
        if refused.fullmatch(plain):
            raise UnreadableDateError(code)
    raise UnreadableDateError("date_unreadable")


def _read_kanji(text: str) -> str:
    """Return a number below 100, or one written digit by digit, in plain digits."""
    if found := _KANJI_TENS.fullmatch(text):
        tens, ones = (digit or "" for digit in found.groups())
        return f"{tens or '一'}{ones or '○'}".translate(_KANJI_DIGITS)
    return text if "十" in text else text.translate(_KANJI_DIGITS)


def _write_date(parts: dict[str, str | None]) -> ReadDate:
    """Return a year, month or day that lies, at least in part, within its era."""
    name, written, month, day = (parts.get(key) for key in ("era", "year", "month", "day"))
    era = _ERA_OF[name] if name else _NO_ERA
    year = era.year_one + (1 if written == "元" else int(written or 0)) - 1
    try:
        start = datetime.date(year, int(month or 1), int(day or 1))
    except ValueError as error:
        raise UnreadableDateError("date_impossible") from error
    given = [f"{year:04}", *(f"{int(part):02}" for part in (month, day) if part)]
    iso = "-".join(given)
    # ISO texts cut to one length compare as their dates do.
    first, last = (limit.isoformat()[: len(iso)] for limit in (era.first, era.last))
    if not first <= start.isoformat()[: len(iso)] <= last:
        raise UnreadableDateError("date_impossible")
    return ReadDate(iso, "era" if name else "date_form")
