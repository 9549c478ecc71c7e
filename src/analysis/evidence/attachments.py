"""What every PDF carries within it: its own lines of figures.csv, and the rows behind them."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cycle import FIGURES_NAME
from analysis.evidence.answers import name_column
from analysis.evidence.appendix import list_beside
from analysis.figures.corrected import CORRECTED
from analysis.figures.evidence import CELL_PARTS, PLACE
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger
from analysis.figures.listing import list_figures, select_together, write_figures
from analysis.figures.measure import PREVIOUS
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.survey.plain_csv import write_csv


def write_attachments(ledger: Ledger, figures: list[Figure]) -> dict[str, bytes]:
    """Return the CSV files of a report's figures, by name.

    They are figures.csv and for each table the rows behind the figures, `evidence-<table>.csv`;
    those behind figures of the whole city beside some departments' (`list_beside`) stand in
    `evidence-<table>-city.csv`.
    """
    beside = tuple(figure.id for figure in list_beside(ledger, figures))
    own = [figure for figure in figures if figure.id not in beside]
    return {
        FIGURES_NAME: write_figures(list_figures(ledger, figures)),
        **{f"evidence-{t}.csv": write_csv(rows) for t, rows in list_rows(ledger, own).items()},
        **(write_city_files(ledger, beside) if beside else {}),
    }


@lru_cache(maxsize=1)
def write_city_files(ledger: Ledger, ids: tuple[str, ...]) -> dict[str, bytes]:
    """Return the CSV files of the rows behind these figures of the whole city.

    A row has its procedure's name only where that made it count. Every department's PDF carries the
    same: a process, and those that are forked from it, write them once.
    """
    written = {}
    for table, rows in list_rows(ledger, map(ledger.find, ids)).items():
        kept = rows if "name_cell" in rows else rows.drop(columns="name", errors="ignore")
        written[f"evidence-{table}-city.csv"] = write_csv(kept)
    return written


def list_rows(ledger: Ledger, figures: Iterable[Figure]) -> dict[str, pd.DataFrame]:
    """Return the rows that stand behind some of the figures, by table, each row once.

    One row a procedure (of either cycle), workbook, problem and so on, in the order of its table:
    where it stands and, for every field f that made some row count, the answer as printed `f`, the
    raw text `f_raw`, its cell `f_cell`, and where there was one the decision `f_corrected`.

    >>> found = list_rows(ledger, [ledger.figure("online_change")])
    >>> found["procedures"][["cycle", "procedure_id", "status", "status_cell"]]
            cycle procedure_id   status status_cell
    0  2024-09-01        K-001  オンライン化済          G6
    1  2024-04-30        K-901      未着手          G6
    """
    tables = _name_tables(ledger)
    counted = {key: np.zeros(len(frame), dtype=bool) for key, (_, frame) in tables.items()}
    fields: dict[str, set[str]] = defaultdict(set)
    for group, selections in select_together(ledger, figures):
        for selection in selections:
            rows = [row for f in group for row in selection.positions.get(f.scope, ())]
            beside = ledger.digester.rows_beside(selection, rows)
            for frame, places in ((selection.frame, rows), (selection.partner, beside)):
                if places:
                    counted[id(frame)][places] = True
            fields[tables[id(selection.frame)][0]].update(selection.fields)
    parts: dict[str, list[pd.DataFrame]] = defaultdict(list)
    asked = ledger.cycle.questionnaire
    for key, (table, frame) in tables.items():
        if counted[key].any():
            parts[table].append(_take(frame, fields[table], counted[key].nonzero()[0], asked))
    return {table: pd.concat(frames, ignore_index=True) for table, frames in parts.items()}


def _name_tables(ledger: Ledger) -> dict[int, tuple[str, pd.DataFrame]]:
    """Return every table with its name, by identity; both cycles' procedures have the same."""
    current = ledger.tables.current
    named = [(name, current[name]) for name in current if name != PREVIOUS]
    if ledger.tables.previous is not None:
        named.insert(1, ("procedures", ledger.tables.previous))
    return {id(frame): (name, frame) for name, frame in named}


def _take(
    frame: pd.DataFrame, fields: set[str], rows: NDArray[np.intp], asked: Questionnaire
) -> pd.DataFrame:
    """Return where rows stand and what made them count, as text, answers as printed."""
    decisive = [field for field in frame.columns if field in fields]
    parts = [f"{field}{part}" for field in decisive for part in reversed(CELL_PARTS)]
    wanted = dict.fromkeys([*PLACE, "cell", "value", *parts])
    taken = frame[[name for name in wanted if name in frame]].iloc[rows]
    undecided = [name for name in parts if name.endswith(CORRECTED) and name in taken]
    taken = taken.drop(columns=[name for name in undecided if taken[name].isna().all()])
    for field in decisive:
        if f"{field}_cell" in frame and (choices := asked.named[field].choices):
            taken[field] = name_column(taken[field], choices)
    return taken.astype("str")
