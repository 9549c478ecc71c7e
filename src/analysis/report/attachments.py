"""What every PDF carries within it: its own lines of figures.csv, and the rows behind them."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.cycle import FIGURES_NAME
from analysis.figures.evidence import CELL_PARTS, PLACE
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger, select_together
from analysis.figures.listing import list_figures, write_figures
from analysis.figures.tables import WHOLE, pair_ids
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
    rows: dict[int, set[int]] = defaultdict(set)
    own: dict[int, set[int]] = defaultdict(set)
    fields: dict[str, set[str]] = defaultdict(set)
    shared: dict[str, set[str]] = defaultdict(set)
    tables = _name_tables(ledger)
    for group, selections in select_together(ledger, figures):
        is_own = alone or group[0].scope != WHOLE
        for selection in selections:
            chosen = {row for figure in group for row in selection.positions.get(figure.scope, [])}
            found = [(id(selection.frame), chosen)]
            if selection.partner is not None:
                ids = pair_ids(selection.frame).iloc[sorted(chosen)]
                beside = pair_ids(selection.partner).isin(ids).to_numpy().nonzero()[0]
                found.append((id(selection.partner), set(beside.tolist())))
            for key, counted in found:
                rows[key] |= counted
                own[key] |= counted if is_own else set()
            table = tables[id(selection.frame)][0]
            fields[table].update(selection.fields)
            shared[table].update(() if is_own else selection.fields)
    parts: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for key, (table, frame) in tables.items():
        if places := sorted(rows[key]):
            taken = _take_columns(frame.iloc[places], fields[table])
            others = np.array([place not in own[key] for place in places])
            hidden = {"name", *_columns_of(fields[table] - shared[table])}
            for name in hidden & set(taken.columns) if others.any() else ():
                taken[name] = taken[name].mask(others)
            parts[table].append(taken)
    return {table: pd.concat(frames, ignore_index=True) for table, frames in parts.items()}


def _name_tables(ledger: Ledger) -> dict[int, tuple[str, pd.DataFrame]]:
    """Return every table with its name, by identity; both cycles' procedures have the same."""
    named = [(name, ledger.tables.current[name]) for name in ledger.tables.current]
    if ledger.tables.previous is not None:
        named.insert(1, ("procedures", ledger.tables.previous))
    return {id(frame): (name, frame) for name, frame in named}


def _columns_of(fields: Iterable[str]) -> set[str]:
    return {f"{field}{part}" for field in fields for part in CELL_PARTS}


def _take_columns(frame: pd.DataFrame, fields: set[str]) -> pd.DataFrame:
    """Return where the rows stand and what made them count, answers as printed."""
    columns = {name: frame[name] for name in (*PLACE, "cell", "value") if name in frame}
    for field in frame.columns:
        if field not in fields:
            continue
        for part in reversed(CELL_PARTS):
            column = f"{field}{part}"
            if column in frame and (part != CELL_PARTS[-1] or frame[column].notna().any()):
                columns[column] = frame[column]
        if f"{field}_cell" in frame:
            choices = field_named(field).choices
            columns[field] = frame[field].map(choices) if choices else frame[field]
    return pd.DataFrame(columns).astype("str")
