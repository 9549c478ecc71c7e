"""Take a title that nobody knows for the one field it can only mean.

Departments retype titles: 「手続きの名称」 for 「手続き名」. Such a title is taken for a field only
where no other is near, and is always reported. Answers are never matched this way.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from analysis.questionnaire.field import Field
from analysis.survey.lookup import Lookup

NEAR_PERCENT = 80
"""How alike two titles have to be: 「手続きの名称」 and 「手続き名」 just are."""

NEARISH_PERCENT = 50
"""How alike a title has to be to be named where a column is missing."""

CLEAR_PERCENT = 10
"""By how much the best has to lead: 「オンライン化」 is as near to the status as to its date."""

# A word that makes another column of the same title.
_OTHER_MEANING = re.compile(r"予定|前回|次回|旧|新|希望|見込|目標|変更")


# Beside a title, in brackets or over its group, such words make its answers other ones than ours.
_OF_OTHERS = re.compile(
    r"前回|前年|昨年|過去|次回|予定|見込|目標|希望|他市|他自治体|他団体|\(誤\)|\(旧\)"
)


def is_of_others(beside: str) -> bool:
    """Tell whether what stands beside a title says that its answers are another cycle's or town's.

    So are those that are only planned, and wrong ones that were put right elsewhere.
    """
    return bool(_OF_OTHERS.search(beside))


def guess_fields(
    titles: Mapping[int, Sequence[str]], taken: Collection[str], lookup: Lookup
) -> dict[int, tuple[Field, str]]:
    """Return, by column, the field each title can only mean, and the spelling that is so near.

    `titles` are match keys by column, each as it may be read (alone, or with the text above it),
    of which the cycle refuses none; `taken` names the fields that have a column already. A title is
    left out where two fields are about as near, where the nearest is taken, and where another
    column is about as near to it.
    """
    if all(field.name in taken for field in lookup.fields):
        return {}
    found: dict[str, list[tuple[float, int, Field, str]]] = {}
    for column, spellings in titles.items():
        ranked = sorted(_rank_fields(spellings, lookup), key=lambda each: -each[0])
        (score, field, spelling), (second, *_) = ranked[:2]
        is_clear = score >= NEAR_PERCENT and score - second >= CLEAR_PERCENT
        if is_clear and field.name not in taken:
            found.setdefault(field.name, []).append((score, column, field, spelling))
    guessed: dict[int, tuple[Field, str]] = {}
    for candidates in found.values():
        (best, column, field, spelling), *rest = sorted(candidates, key=lambda each: -each[0])
        if all(best - other[0] >= CLEAR_PERCENT for other in rest[:1]):
            guessed[column] = (field, spelling)
    return guessed


def find_near(
    titles: Mapping[int, Sequence[str]], missing: Collection[str], lookup: Lookup
) -> dict[str, list[int]]:
    """Return, by missing field, the columns whose titles may well be meant for it.

    `titles` are as for `guess_fields`; one may be near to several fields. What stands over a title
    is left aside: a group's title would bring all of its columns near.
    """
    near: dict[str, list[int]] = {}
    for column, spellings in titles.items() if missing else ():
        for score, field, _ in _rank_fields(spellings[:1], lookup):
            if field.name in missing and score >= NEARISH_PERCENT:
                near.setdefault(field.name, []).append(column)
    return near


def _rank_fields(spellings: Sequence[str], lookup: Lookup) -> Iterator[tuple[float, Field, str]]:
    """Yield every field with how near its nearest title is, and to which of the spellings."""
    keys: dict[str, list[str]] = {}
    for key, field in lookup.headers.items():
        keys.setdefault(field.name, []).append(key)
    for field in lookup.fields:
        pairs = [(spelling, key) for spelling in spellings for key in keys[field.name]]
        score, spelling = max((_compare(*pair), pair[0]) for pair in pairs)
        yield score, field, spelling


def _compare(spelling: str, key: str) -> float:
    """Return how alike two titles are in percent, the hint in brackets left aside."""
    # Few surveys need it: not loaded for those that don't.
    from rapidfuzz import fuzz  # noqa: PLC0415

    title = spelling[: spelling.find("(")] if spelling.endswith(")") else spelling
    if set(_OTHER_MEANING.findall(title)) != set(_OTHER_MEANING.findall(key)):
        return 0.0
    return fuzz.ratio(title, key)
