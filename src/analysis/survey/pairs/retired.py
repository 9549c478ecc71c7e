"""Hold ids to the cycles before the previous one: a retired one must not come back as another's."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import numpy as np
import pandas as pd

from analysis.cycle import SETTINGS_NAME, Cycle
from analysis.errors import SettingsError
from analysis.survey.pairs.comparison import list_records, report_cell
from analysis.survey.pairs.likeness import IDENTICAL, measure_likeness
from analysis.survey.problems import Place, Problem, report
from analysis.survey.survey import Survey


def list_earlier(
    cycle: Cycle, load: Callable[[Cycle], Survey]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the cycles before a cycle by name, with all their tidy rows, the latest first.

    Each is loaded when it is asked for, as far back as `previous` leads to one that can be opened.

    >>> [name for name, _ in list_earlier(ledger.cycle, lambda cycle: findings.previous)]
    ['2024-04-30']
    """
    with suppress(SettingsError):
        while (before := cycle.open_previous()) is not None:
            yield before.name, load(before).rows
            cycle = before


def check_retired(
    cycle: Cycle, survey: Survey, previous: Survey | None, load: Callable[[Cycle], Survey]
) -> Iterator[Problem]:
    """Yield every id that came back as another's, and a numbering that is another than it was.

    `previous` is the whole survey of the previous cycle, None if there is none that can be opened;
    `load` gets those before it, if there is an id to be looked for.

    >>> load = lambda cycle: findings.previous
    >>> list(check_retired(ledger.cycle, survey, findings.previous, load))
    []
    """
    before = None if previous is None else cycle.open_previous()
    if before is None or previous is None:
        return
    if before.settings.ids_per_department != cycle.settings.ids_per_department:
        yield report("ids_counted_otherwise", Place(None, SETTINGS_NAME))
    yield from find_retired_ids(survey, previous.rows, list_earlier(before, load))


def find_retired_ids(
    survey: Survey, before: pd.DataFrame, earlier: Iterable[tuple[str, pd.DataFrame]]
) -> Iterator[Problem]:
    """Blame an id that the previous cycle has not, and under which another name stood before it.

    `before` are all rows of the previous cycle, `earlier` the cycles before that, the latest first.
    The latest name counts; one that a line of `matches` pairs with a previous procedure is not
    doubted.

    >>> first = findings.previous.rows.assign(procedure_id="K-001", name="別の届出")
    >>> (told,) = find_retired_ids(survey, findings.previous.rows, [("2023-03-31", first[:1])])
    >>> str(told.place), told.code, told.value
    ('環境部.xlsx 調査票!A6', 'id_retired', 'K-001')
    """
    confirmed = survey.matches.loc[survey.matches["previous_id"].notna(), "current_id"]
    known = {*_fold(before["procedure_id"]), *_fold(confirmed)}
    is_new = [bool(one) and one not in known for one in _fold(survey.rows["procedure_id"])]
    if not any(is_new):
        return
    rows = survey.rows[np.array(is_new, dtype=bool)]
    wanted = {*_fold(rows["procedure_id"])}
    found: dict[str, dict[str, str]] = {}
    field = survey.asked.named["procedure_id"]
    for cycle, old in earlier:
        columns = (_fold(old["procedure_id"]), *(old[n].fillna("") for n in ("name", "department")))
        for one, name, department in zip(*columns, strict=True):
            if one in wanted:
                words = {"before": name, "cycle": cycle, "other": department}
                found.setdefault(one, words)
    for row in list_records(rows, rows["procedure_id"].notna(), "procedure_id", "name"):
        told = found.get(row["procedure_id"].casefold())
        name = row["name"] if isinstance(row["name"], str) else ""
        if told and measure_likeness(name, told["before"]) != IDENTICAL:
            yield report_cell("id_retired", row, field, told | {"name": name})


def _fold(ids: "pd.Series[str]") -> list[str]:
    return [one.casefold() for one in ids.fillna("").tolist()]
