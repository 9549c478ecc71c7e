"""Read a date as Japanese offices write it, into ISO text; refuse what the calendar refuses."""

import datetime
import re

# First and last day of each era, by every way of naming it. 令和 has no last day yet.
_ERAS = {
    ("令和", "令", "R"): (datetime.date(2019, 5, 1), datetime.date.max),
    ("平成", "平", "H"): (datetime.date(1989, 1, 8), datetime.date(2019, 4, 30)),
    ("昭和", "昭", "S"): (datetime.date(1926, 12, 25), datetime.date(1989, 1, 7)),
}
_ERA_SPANS = {name: span for names, span in _ERAS.items() for name in names}

_DAY = r"(?:[年./-])(?P<month>[0-9]{1,2})(?:月|(?:[./-]|月)(?P<day>[0-9]{1,2})日?)?"
_JAPANESE = re.compile(rf"(?P<era>令和|平成|昭和|[令平昭RHS])\.?(?P<year>元|[0-9]{{1,2}}){_DAY}")
_WESTERN = re.compile(rf"(?P<year>[0-9]{{4}}){_DAY}")
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})?")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_NOTE = re.compile(r"\([月火水木金土日]\)$|[0-9]{2}:[0-9]{2}:[0-9]{2}$")

# Excel counts days from here (its 1900-02-29, which never was, lies before any date we accept).
_SERIAL_ORIGIN = datetime.date(1899, 12, 30)
_SERIAL_SPAN = range(20000, 73051)  # 1954-10-03 to 2099-12-31


class ImpossibleDateError(ValueError):
    """The text is a date by its form, but no such day or month is in the calendar or the era."""


def parse_date(text: str) -> str | None:
    """Return `YYYY-MM-DD`, or `YYYY-MM` where no day is given; None if it is not a date.

    `text` has its width and blanks folded already. Years without an era need four digits; a plain
    number is read as Excel's day count when it falls between 1954 and 2099. Raises
    ImpossibleDateError for 2024-02-30, 平成32年 or 昭和64年1月8日.
    """
    text = _NOTE.sub("", text)
    if found := _SERIAL.fullmatch(text):
        days = int(found.group(1))
        if days not in _SERIAL_SPAN:
            return None
        return (_SERIAL_ORIGIN + datetime.timedelta(days=days)).isoformat()
    if found := _JAPANESE.fullmatch(text):
        first, last = _ERA_SPANS[found["era"]]
        year = 1 if found["year"] == "元" else int(found["year"])
        return _write_date(first.year + year - 1, found["month"], found["day"], first, last)
    if found := _WESTERN.fullmatch(text) or _COMPACT.fullmatch(text):
        span = (datetime.date.min, datetime.date.max)
        return _write_date(int(found["year"]), found["month"], found["day"], *span)
    return None


def _write_date(
    year: int, month: str, day: str | None, first: datetime.date, last: datetime.date
) -> str:
    """Return the ISO text of a day or a month that lies, at least in part, between two days."""
    try:
        start = datetime.date(year, int(month), int(day or 1))
    except ValueError as error:
        raise ImpossibleDateError from error
    era_start = first if day else first.replace(day=1)
    if not era_start <= start <= last:
        raise ImpossibleDateError
    return start.isoformat() if day else start.isoformat()[:7]
