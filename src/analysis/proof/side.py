"""One side of a comparison: the figures of a build or of a cycle, and the rows they count."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis.audit.read import read_audit
from analysis.cycle import FIGURES_NAME, WHOLE, list_cycles, open_cycle
from analysis.errors import AnalysisError, ReportError, list_examples
from analysis.figures.catalogue import Item, list_measures, require_free_ids
from analysis.figures.evaluate import previous_tables
from analysis.figures.figure import split_id
from analysis.figures.guideline import read_guideline
from analysis.figures.ledger import Ledger
from analysis.figures.listing import FIGURE_COLUMNS, list_figures
from analysis.figures.scopes import Level, add_scopes
from analysis.figures.select import Selection, select
from analysis.figures.tables import Tables
from analysis.names import INTERIM, name_compared, name_day
from analysis.reports.plan import AUDIT_NAME
from analysis.survey.pairs.match import add_pair_ids, match_cycles, pair_cycles
from analysis.survey.survey import ROW_COLUMNS


@dataclass(frozen=True, eq=False)
class Side:
    """Figures with the rows they count.

    `figures` has the columns of figures.csv, all text, one row a figure by its id, in the ledger's
    order. `tables` is None when the rows are not known; `missing` then says why.
    """

    name: str
    cycle: str
    figures: pd.DataFrame
    items: dict[str, Item]
    tables: Tables | None
    missing: str = ""
    _known: dict[tuple[str, str, Level], list[Selection]] = field(default_factory=dict)

    def tables_of(self, figure_id: str) -> Tables | None:
        """Return the tables that a figure counts: this cycle's, or those of the one before."""
        if self.tables is None or figure_id.startswith(f"{self.cycle}/"):
            return self.tables
        return None if self.tables.previous is None else previous_tables(self.tables)

    def select(self, figure_id: str) -> list[Selection] | None:
        """Return the rows that a figure counts, or None where they are not known.

        They are not known either when the catalogue means something else by the measure's name
        today: the rows would be those of another number.
        """
        cycle, scope, measure = split_id(figure_id)
        tables, item = self.tables_of(figure_id), self.items.get(measure)
        if tables is None or item is None:
            return None
        key = (cycle, measure, level_of(scope))
        if key not in self._known:
            with suppress(KeyError):
                self._known[key] = select(item.measure, tables, key[2])
        return self._known.get(key)


def take_ledger(name: str, ledger: Ledger) -> Side:
    """Return the side of a ledger, which knows every row."""
    figures = list_figures(ledger).astype("str").set_index("figure_id", drop=False)
    return Side(name, ledger.cycle.name, figures, ledger.items, ledger.tables)


def pair_with(older: Side, newer: Side) -> Side:
    """Return a side with the ids that its procedures have in the cycle after it, the newer side's.

    A procedure that was only renumbered is one row on both sides then, as the reports count it.
    Any other side, and one whose rows are not known, is returned as it is.
    """
    if older.tables is None or newer.tables is None:
        return older
    paired = newer.tables.previous
    if paired is None or name_compared(newer.tables.previous_cycle or "") != older.cycle:
        return older
    ids = paired.set_index("procedure_id")["pair_id"]
    rows = older.tables.current["procedures"]
    own = rows["procedure_id"]
    known = rows.assign(pair_id=own.map(ids).astype("str").fillna(own))
    tables = replace(older.tables, current={**older.tables.current, "procedures": known})
    return replace(older, tables=tables, _known={})


def read_delivery(name: str, folder: Path, root: Path) -> Side:
    """Return the side of a delivered folder: its figures.csv, and the rows of its audit.xlsx.

    What its measures mean is told by the project's guideline for that cycle (for a cycle that the
    project doesn't have: for the latest), and believed only where the definitions agree.
    Raises ReportError for a figures.csv that can't be read; an audit.xlsx that can't be only leaves
    the rows unknown.
    """
    found = find_delivered(folder, FIGURES_NAME)
    if found is None:
        raise ReportError(f"{FIGURES_NAME} がありません。")
    figures = read_figures(found)
    cycle = split_id(str(figures.index[0]))[0]
    missing, tables = "", None
    try:
        tables = _read_tables(find_delivered(folder, AUDIT_NAME) or folder / AUDIT_NAME, cycle)
    except AnalysisError as error:
        missing = str(error)
    has_previous = tables is None or tables.previous is not None
    known = name_day(cycle) if name_day(cycle) in list_cycles(root) else None
    path = open_cycle(known, root).guideline_path
    guideline = read_guideline(path)
    require_free_ids(guideline, path)
    items = {item.name: item for item in list_measures(guideline, has_previous=has_previous)}
    return Side(name, cycle, figures, items, tables, missing)


def find_delivered(folder: Path, name: str) -> Path | None:
    """Return a file of a delivered set, by the name it has in an interim one too; None if none."""
    plain = folder / name
    interim = plain.with_stem(f"{plain.stem}-{INTERIM}")
    return next((path for path in (plain, interim) if path.is_file()), None)


def read_figures(path: Path) -> pd.DataFrame:
    """Return a figures.csv, all text, one row a figure by its id; raise ReportError.

    >>> from analysis.figures.listing import write_figures
    >>> path = ledger.cycle.root / "figures.csv"
    >>> size = path.write_bytes(write_figures(list_figures(ledger, [ledger.figure("online")])))
    >>> read_figures(path).loc["2024-09-01/all/online", ["scope", "text", "unit"]].tolist()
    ['全体', '1', '件']
    """
    try:
        frame = pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False)
    except FileNotFoundError:
        raise ReportError(f"{path.name} がありません。") from None
    except ValueError:
        raise ReportError(f"{path.name} を、作成したままの CSV として読めません。") from None
    if lacking := [name for name in FIGURE_COLUMNS if name not in frame]:
        raise ReportError(f"{path.name} に次の列がありません: {', '.join(lacking)}")
    wrong = frame.loc[
        frame["figure_id"].duplicated() | ~frame["figure_id"].str.fullmatch("[^/]+/[^/]+/[^/]+"),
        "figure_id",
    ]
    if frame.empty or len(wrong):
        raise ReportError(
            f"{path.name} の数値IDが重複しているか、数値IDではありません。\n"
            + list_examples([f"「{key}」" for key in wrong])
        )
    return frame.set_index("figure_id", drop=False)


def level_of(scope: str) -> Level:
    """Return the level of a scope's slug."""
    if scope == WHOLE:
        return "all"
    return "section" if "." in scope else "department"


def _read_tables(path: Path, cycle: str) -> Tables:
    """Return the tables of procedures that an audit.xlsx holds."""
    audited, matches = read_audit(path)
    frames = {name: rows[list(ROW_COLUMNS)] for name, rows in audited.items()}
    if cycle not in frames:
        raise ReportError(f"{path.name} に調査回 {cycle} の手続きがありません。")
    rows = frames.pop(cycle)
    before, previous = next(iter(frames.items()), ("", None))
    transitions = add_scopes(match_cycles(rows, previous, matches))
    current = {"procedures": add_scopes(rows), "transitions": transitions}
    if previous is None:
        return Tables(cycle, current)
    paired = add_pair_ids(add_scopes(previous), pair_cycles(rows, previous, matches))
    return Tables(cycle, current, Tables(before, {"procedures": paired}))
