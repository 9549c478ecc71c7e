"""What every PDF carries within it: its own lines of figures.csv, and the rows behind them."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cycle import FIGURES_NAME
from analysis.figures.evidence import CELL_PARTS, PLACE
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger, select_together
from analysis.figures.listing import list_figures, write_figures
from analysis.figures.tables import WHOLE
from analysis.report.appendix import covers_city
from analysis.survey.store import write_csv
from analysis.survey.vocabulary import field_named


def write_attachments(ledger: Ledger, figures: list[Figure]) -> dict[str, bytes]:
    """Return the CSV files of a report's figures, by name: figures.csv, and one for each table."""
    return {FIGURES_NAME: write_figures(list_figures(ledger, figures))} | {
        f"evidence-{table}.csv": write_csv(rows)
        for table, rows in list_rows(ledger, figures).items()
    }


def list_rows(ledger: Ledger, figures: Iterable[Figure]) -> dict[str, pd.DataFrame]:
    """Return the rows that stand behind some of the figures, by table, each row once.

    One row a procedure (of either cycle), workbook, problem and so on, in the order of its table:
    where it stands and, for every field f that made some row count, the answer as printed `f`, the
    raw text `f_raw`, its cell `f_cell`, and where there was one the decision `f_corrected`. Where
    these are figures of a department beside the whole city's, a row that only the city's count has
    no name and only the answers that these ask for.
    """
    figures = list(figures)
    alone = {figure.scope for figure in figures} <= {WHOLE} or covers_city(ledger, figures)
    tables = _name_tables(ledger)
    counted = {key: np.zeros(len(frame), dtype=bool) for key, (_, frame) in tables.items()}
    own = {key: np.zeros(len(frame), dtype=bool) for key, (_, frame) in tables.items()}
    fields: dict[str, set[str]] = defaultdict(set)
    shared: dict[str, set[str]] = defaultdict(set)
    for group, selections in select_together(ledger, figures):
        is_own = alone or group[0].scope != WHOLE
        for selection in selections:
            rows = [row for f in group for row in selection.positions.get(f.scope, ())]
            beside = ledger.digester.rows_beside(selection, rows)
            for frame, places in ((selection.frame, rows), (selection.partner, beside)):
                if places:
                    counted[id(frame)][places] = True
                    own[id(frame)][places] |= is_own
            table = tables[id(selection.frame)][0]
            fields[table].update(selection.fields)
            shared[table].update(() if is_own else selection.fields)
    parts: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for key, (table, frame) in tables.items():
        if counted[key].any():
            hidden = {"name", *_columns_of(fields[table] - shared[table])}
            parts[table].append(_take(frame, fields[table], counted[key], own[key], hidden))
    return {table: pd.concat(frames, ignore_index=True) for table, frames in parts.items()}


def _name_tables(ledger: Ledger) -> dict[int, tuple[str, pd.DataFrame]]:
    """Return every table with its name, by identity; both cycles' procedures have the same."""
    named = [(name, ledger.tables.current[name]) for name in ledger.tables.current]
    if ledger.tables.previous is not None:
        named.insert(1, ("procedures", ledger.tables.previous))
    return {id(frame): (name, frame) for name, frame in named}


def _columns_of(fields: Iterable[str]) -> set[str]:
    return {f"{field}{part}" for field in fields for part in CELL_PARTS}


def _take(
    frame: pd.DataFrame,
    fields: set[str],
    counted: NDArray[np.bool_],
    own: NDArray[np.bool_],
    hidden: set[str],
) -> pd.DataFrame:
    """Return where the rows counted stand and what made them count, as text, answers as printed.

    Those that are not own are without the hidden columns.
    """
    places = counted.nonzero()[0]
    # Nothing stands in a place of -1.
    shown = np.where(own[places], places, -1)

    def take(column: str) -> pd.Series:
        where = shown if column in hidden else places
        return pd.Series(frame[column].array.take(where, allow_fill=column in hidden))

    columns = {name: take(name) for name in (*PLACE, "cell", "value") if name in frame}
    for field in frame.columns:
        if field not in fields:
            continue
        for part in reversed(CELL_PARTS):
            column = f"{field}{part}"
            if column in frame and (part != CELL_PARTS[-1] or frame[column].notna()[counted].any()):
                columns[column] = take(column)
        if f"{field}_cell" in frame:
            choices = field_named(field).choices
            columns[field] = take(field).map(choices) if choices else take(field)
    return pd.DataFrame({name: column.astype("str") for name, column in columns.items()})
