"""Put the procedures of the cycle before where they would belong now: follow the successions.

Only whose a row is changes. Workbook, sheet, cells and raw texts stay those of the previous cycle,
and the columns FORMER say where the row stood.
"""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from analysis.succession.offices import Office, Takeover

TAKEN_OVER = "taken_over"
"""Whether a row came to its department from another one, and not with the whole of it."""

_OWNED_BY = ("department", "department_slug", "section")
FORMER = tuple(f"former_{name}" for name in _OWNED_BY)


def move_rows(
    rows: pd.DataFrame, takeovers: Sequence[Takeover], key: Callable[[str], str] = str
) -> pd.DataFrame:
    """Return the tidy rows of the previous cycle with each where it would belong in this one.

    `department`, `department_slug` and `section` become today's, FORMER keep what they were, and
    TAKEN_OVER (yes, no) tells the rows that came from another department; a department that only
    has another name or slug is no other. A 課 that is taken over by itself goes before its
    department; two names of 課 are one if `key` gives the same for both. One row in, one row out,
    in the same order.

    >>> from analysis.cycle_toml import Department, Succession
    >>> was, now = (Department(name=n, slug=n[:1], workbook=n) for n in ("kankyo", "midori"))
    >>> told = Succession(**{"from": "kankyo", "to": "midori", "date": "2024-04-01"})
    >>> was = was.model_copy(update={"name": "環境部", "slug": "kankyo"})
    >>> found = move_rows(rows, [Takeover(Office(was), Office(now), told)])
    >>> found[["department", "section", "former_department", "taken_over"]]
      department section former_department taken_over
    0     midori   環境政策課               環境部         no
    1       こども部    こども課              こども部         no
    """
    went = {(own.before.key[0], key(own.before.key[1])): own.now for own in takeovers}
    former = [rows[name].tolist() for name in _OWNED_BY]
    keys = [key(section) if isinstance(section, str) else "" for section in former[2]]
    now = [_place(words, one, went) for *words, one in zip(*former, keys, strict=True)]
    columns = zip(*now, strict=True) if now else [[]] * len(_OWNED_BY)
    moved = {
        name: pd.Series(list(values), index=rows.index, dtype="str")
        for name, values in zip(_OWNED_BY, columns, strict=True)
    }
    found = add_former(rows).assign(**moved)
    return found.assign(**{TAKEN_OVER: _are_taken_over(found)})


def add_former(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the previous cycle with FORMER and TAKEN_OVER, moved by `move_rows` or not.

    One row in, one row out, in the same order.

    >>> add_former(rows[:1])[["former_department", "former_section", "taken_over"]]
      former_department former_section taken_over
    0               環境部          環境政策課         no
    """
    if TAKEN_OVER in rows:
        return rows
    kept = {name: rows[own] for name, own in zip(FORMER, _OWNED_BY, strict=True)}
    return rows.assign(**kept, **{TAKEN_OVER: pd.Series("no", index=rows.index, dtype="str")})


def _place(
    words: Sequence[object], key: str, went: Mapping[tuple[str, str], Office]
) -> tuple[object, ...]:
    """Return department, slug and section of a row today."""
    name, slug, section = words
    now = went.get((str(slug), key)) or went.get((str(slug), ""))
    if now is None:
        return name, slug, section
    return now.department.name, now.department.slug, now.section or section


def _are_taken_over(rows: pd.DataFrame) -> "pd.Series[str]":
    """Tell of each row whether its department is another now, and not the same renamed."""
    was, now = rows["former_department_slug"], rows["department_slug"]
    sources, targets = was.groupby(now).nunique(), now.groupby(was).nunique()
    is_whole = (now.map(sources) == 1) & (was.map(targets) == 1)
    return ((was != now) & ~is_whole).map({True: "yes", False: "no"}).astype("str")
