"""The list's texts as the survey's answers: ids that are unique, names, sections, numbers, dates.

What a field can't hold is not dropped: a column that is none of what it is taken for stays a column
of its own, and what is put in a text's place is told.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from analysis.intake.listed import OfficeList
from analysis.intake.titles import LAW_ARTICLE, LAW_NUMBER
from analysis.questionnaire.spellings import answer_key, digits_key
from analysis.survey.answers.layout import lay_out
from analysis.survey.answers.numbers import UnreadableNumberError, parse_number
from analysis.survey.answers.unique import join_id
from analysis.survey.dates import UnreadableDateError, parse_date
from analysis.survey.table.fill import is_ditto
from analysis.survey.table.totals import TOTAL_WORDS
from analysis.texts import is_dash

NAMELESS = "（手続き名なし）"
_SHOWN = 5


class FilledColumn(NamedTuple):
    """A column's texts without a blank, and sentences on what was put into blanks."""

    texts: "pd.Series[str]"
    notes: tuple[str, ...] = ()


class TakenIds(NamedTuple):
    """Rows' ids, sentences on them, and whether they are told apart by department."""

    texts: "pd.Series[str]"
    notes: tuple[str, ...]
    per_department: bool


def take_ids(found: OfficeList, slugs: "pd.Series[str]") -> TakenIds:
    """Return an id for every row, no two that would be read as one.

    A missing one is made of the department's slug and a number; of those that come again, the first
    keeps it and each other gets a number behind it. Where ids begin anew in each department they
    stay, and the survey's settings have to say so.

    >>> from analysis.intake.columns import ListColumn
    >>> column = ListColumn(1, "番号", "A", "procedure_id")
    >>> frame = pd.DataFrame({"procedure_id": ["１", "1", None]}, dtype="str")
    >>> slugs = pd.Series(["d01"] * 3, dtype="str")
    >>> take_ids(OfficeList("", (column,), frame, ()), slugs).texts.tolist()
    ['1', '1-2', 'D01-0001']
    """
    column = found.find("procedure_id")
    texts = _take(found, "procedure_id") if column else [None] * len(found.rows)
    # As they will be read: width, dashes and blanks are no difference.
    keys = [
        answer_key(line) if text and not is_dash(line := lay_out(text)[0]) else "" for text in texts
    ]
    anew = _begin_anew(keys, slugs.tolist())
    taken, again, made = {key.lower() for key in keys if key}, [], 0
    ids, met, numbers = [], Counter[str](), Counter[str]()
    for key, slug in zip(keys, slugs.tolist(), strict=True):
        own = key
        if not key:
            made += 1
            while not own or own.lower() in taken:
                numbers[slug] += 1
                own = f"{slug.upper()}-{numbers[slug]:04}"
            taken.add(own.lower())
        elif met[key.lower()] and not anew:
            number = met[key.lower()]
            while own.lower() in taken:
                number += 1
                own = f"{key}-{number}"
            taken.add(own.lower())
            again.append(f"{key} → {own}")
        met[key.lower()] += 1
        ids.append(own)
    notes = []
    if made == len(ids):
        notes.append("手続きIDの列がないため、部局の略号と番号で付けました（例: " + ids[0] + "）")
    elif made:
        notes.append(f"手続きIDのない {made:,}行には、部局の略号と番号で付けました")
    if again:
        notes.append(f"重複した手続きID {len(again):,}行には、枝番を付けました（{_name(again)}）")
    if anew:
        notes.append(
            "手続きIDは部局ごとに振り直されているので、そのまま使い、cycle.toml に "
            "ids_per_department = true と書きました"
        )
    return TakenIds(pd.Series(ids, dtype="str"), tuple(notes), anew)


def _begin_anew(keys: Sequence[str], slugs: Sequence[str]) -> bool:
    """Tell whether ids come again, often enough, and never within one department."""
    known = [(slug, key.lower()) for slug, key in zip(slugs, keys, strict=True) if key]
    again = len(known) - len({key for _, key in known})
    if len({join_id(*own) for own in known}) < len(known):
        return False
    # Each department but the first begins with 1 again; less is a slip.
    return again >= max(1, len(set(slugs)) - 1)


def fill_names(found: OfficeList) -> FilledColumn:
    """Return a name for every row; a blank one is said to be none."""
    texts = _take(found, "name")
    names = [text if text and _is_text(text) else NAMELESS for text in texts]
    count = names.count(NAMELESS)
    note = f"手続き名が空欄の {count:,}行は「{NAMELESS}」としました"
    return FilledColumn(pd.Series(names, dtype="str"), (note,) if count else ())


def fill_down(
    found: OfficeList, field: str, nothing: str, within: "pd.Series[str] | None" = None
) -> FilledColumn:
    """Return whose each row is: where it is blank, the one above; where none is, `nothing`.

    With `within`, of one text a row, only one above that has the same text there.

    >>> from analysis.intake.columns import ListColumn
    >>> column = ListColumn(1, "課", "A", "section")
    >>> frame = pd.DataFrame({"section": ["市民課", None, None]}, dtype="str")
    >>> offices = pd.Series(["市民部", "市民部", "財務部"], dtype="str")
    >>> fill_down(OfficeList("", (column,), frame, ()), "section", "－", offices).texts.tolist()
    ['市民課', '市民課', '－']
    """
    texts = _take(found, field)
    groups = [""] * len(texts) if within is None else within.tolist()
    above: dict[str, str] = {}
    owners, as_above = [], 0
    for text, group in zip(texts, groups, strict=True):
        if text and _is_text(text) and answer_key(text) not in TOTAL_WORDS:
            above = {group: text}
        else:
            as_above += group in above
        owners.append(above.get(group, nothing))
    column = found.find(field)
    title = column.title if column else field
    notes = []
    if as_above:
        notes.append(f"「{title}」が空欄の {as_above:,}行は、上の行と同じとしました")
    if count := owners.count(nothing):
        notes.append(
            f"「{title}」が空欄で、上の行からも分からない {count:,}行は「{nothing}」としました"
        )
    return FilledColumn(pd.Series(owners, dtype="str"), tuple(notes))


def join_law(found: OfficeList) -> "pd.Series[str] | None":
    """Return the law of each row: its name, its number in brackets, its article; None if no part.

    >>> from analysis.intake.columns import ListColumn
    >>> parts = {"law": ["住民基本台帳法", None], "law_article": ["第22条", None]}
    >>> columns = tuple(ListColumn(at, name, "A", name) for at, name in enumerate(parts, start=1))
    >>> frame = pd.DataFrame(parts, dtype="str")
    >>> join_law(OfficeList("", columns, frame, ())).tolist()
    ['住民基本台帳法第22条', nan]
    """
    parts = [name for name in ("law", LAW_NUMBER, LAW_ARTICLE) if found.find(name)]
    if not parts:
        return None
    texts = {name: found.rows[name].fillna("").str.strip() for name in parts}
    law = texts.get("law", pd.Series("", index=found.rows.index, dtype="str"))
    if LAW_NUMBER in texts:
        number = texts[LAW_NUMBER]
        law = law + ("（" + number + "）").where(number != "", "")
    if LAW_ARTICLE in texts:
        article = texts[LAW_ARTICLE]
        # A blank beside a Japanese sign is layout, and would be taken out when it is read.
        law = law + (" " + article).where(article.str.isascii() & (article != ""), article)
    law = law.str.strip()
    return law.where(law != "")


def read_numbers(texts: "pd.Series[str]") -> "pd.DataFrame | None":
    """Return a column's whole numbers and kinds of missing ones, or None if some text is neither.

    >>> read_numbers(pd.Series(["1,200件", "不明", None], dtype="str"))
        value  missing
    0    1200      NaN
    1    <NA>  unknown
    2    <NA>      NaN
    >>> read_numbers(pd.Series(["多数"], dtype="str")) is None
    True
    """
    known: dict[str, tuple[int | None, str | None]] = {}
    for text in texts.dropna().unique().tolist():
        try:
            value, missing, _ = parse_number(digits_key(text))
        except UnreadableNumberError:
            return None
        known[text] = (value, missing)
    blank = (None, None)
    found = [known.get(text, blank) if isinstance(text, str) else blank for text in texts.tolist()]
    if not any(value is not None for value, _ in found):
        return None
    return pd.DataFrame(
        {
            "value": pd.Series([value for value, _ in found], dtype="Int64"),
            "missing": pd.Series([missing for _, missing in found], dtype="str"),
        }
    )


def read_dates(texts: "pd.Series[str]") -> "pd.Series[str] | None":
    """Return a column's dates in ISO form, or None if some text is none.

    >>> read_dates(pd.Series(["令和6年4月1日", None], dtype="str")).tolist()
    ['2024-04-01', nan]
    >>> read_dates(pd.Series(["未定"], dtype="str")) is None
    True
    """
    known = {}
    for text in texts.dropna().unique().tolist():
        if not _is_text(text):
            continue
        try:
            known[text] = parse_date(digits_key(text))[0]
        except UnreadableDateError:
            return None
    return texts.map(known).astype("str") if known else None


def resolve_dittos(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Return texts with the one above in the place of a mark for it.

    >>> resolve_dittos(pd.Series(["実施済", "〃", None, "同上"], dtype="str")).tolist()
    ['実施済', '実施済', nan, '実施済']
    """
    marks = [text for text in texts.dropna().unique().tolist() if is_ditto(text)]
    return texts.mask(texts.isin(marks)).ffill().where(texts.notna()) if marks else texts


def _take(found: OfficeList, name: str) -> list[str | None]:
    taken: list[str | None] = found.rows[name].array.to_numpy(dtype=object, na_value=None).tolist()
    return taken


def _is_text(text: str) -> bool:
    line = lay_out(text)[0]
    return bool(line) and not is_dash(line)


def _name(examples: Sequence[str]) -> str:
    more = f" ほか{len(examples) - _SHOWN:,}" if len(examples) > _SHOWN else ""
    return "、".join(examples[:_SHOWN]) + more
