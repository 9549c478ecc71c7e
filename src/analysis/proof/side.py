"""One side of a comparison: the figures of a build or of a cycle, and the rows they count."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis.audit.read import read_audit
from analysis.cycle import FIGURES_NAME, Cycle, find_root, list_cycles, open_cycle
from analysis.errors import AnalysisError, ReportError, list_examples
from analysis.figures.agencies import read_agencies
from analysis.figures.build import add_requests, list_derivations
from analysis.figures.catalogue import list_measures, require_free_ids
from analysis.figures.derived import Rows, add_derived, derive_both
from analysis.figures.evaluate import previous_tables
from analysis.figures.figure import split_id
from analysis.figures.findings import load_findings
from analysis.figures.guideline import Guideline, read_guideline
from analysis.figures.inventory import read_inventory
from analysis.figures.item import Item
from analysis.figures.ledger import Ledger
from analysis.figures.listing import FIGURE_COLUMNS, list_figures
from analysis.figures.measure import PREVIOUS, name_earlier
from analysis.figures.requests import NOBODY, Behind, find_behind
from analysis.figures.road import find_horizon
from analysis.figures.scopes import Level, add_scopes, level_of
from analysis.figures.select import Selection, select
from analysis.figures.tables import Tables
from analysis.figures.trend import list_earlier_tables, list_trend
from analysis.names import INTERIM, name_compared, name_day, name_ledger, spell_cycle
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.reports.plan import AUDIT_NAME
from analysis.survey.opening import open_counted
from analysis.survey.pairs.match import add_pair_ids, match_cycles, pair_cycles
from analysis.survey.survey import row_columns


@dataclass(frozen=True, eq=False)
class Side:
    """Figures with the rows they count.

    `figures` has the columns of figures.csv, all text, one row a figure by its id, in the ledger's
    order. `tables` is None when the rows are not known; `missing` then says why.
    """

    name: str
    cycle: str
    asked: Questionnaire
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


def open_sides(name_a: str, name_b: str) -> tuple[Side, Side]:
    """Return two sides to be compared, each a cycle as its workbooks are now, or a set's folder.

    Of two cycles one after the other the earlier one is as the later one's reports compare with it:
    by today's departments where there was a succession, of the same ones where not all are counted.
    Raises ReportError for a name that is neither, and whatever a cycle's answers raise.
    """
    a, b = (_open_side(name, other) for name, other in ((name_a, name_b), (name_b, name_a)))
    return _pair_with(a, b), _pair_with(b, a)


def take_ledger(name: str, ledger: Ledger) -> Side:
    """Return the side of a ledger, which knows every row."""
    figures = list_figures(ledger).astype("str").set_index("figure_id", drop=False)
    cycle = ledger.cycle
    return Side(name, cycle.name, cycle.questionnaire, figures, ledger.items, ledger.tables)


def _pair_with(older: Side, newer: Side) -> Side:
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
    figures = read_figures(_find_delivered(folder, FIGURES_NAME))
    cycle = split_id(str(figures.index[0]))[0]
    missing, tables, behind = "", None, NOBODY
    own = open_cycle(name_day(cycle) if name_day(cycle) in list_cycles(root) else None, root)
    asked, path = own.questionnaire, own.guideline_path
    guideline = read_guideline(path, asked)
    try:
        audit = _find_delivered(folder, AUDIT_NAME)
        tables, behind = _read_tables(audit, cycle, own, guideline)
    except AnalysisError as error:
        missing = str(error)
    has_previous = tables is None or tables.previous is not None
    horizon = find_horizon(own)
    require_free_ids(guideline, asked, horizon, path)
    measures = list_measures(guideline, asked, horizon, has_previous=has_previous)
    measures = add_requests(measures, asked, behind)
    if tables is not None:
        labels = {item.name: item.label for item in measures}
        measures += list_trend(asked, list_earlier_tables(tables.current), labels)
    return Side(name, cycle, asked, figures, {i.name: i for i in measures}, tables, missing)


def read_figures(path: Path) -> pd.DataFrame:
    """Return a figures.csv, all text, one row a figure by its id; raise ReportError.

    >>> from analysis.figures.listing import write_figures
    >>> path = ledger.cycle.root / "figures.csv"
    >>> size = path.write_bytes(write_figures(list_figures(ledger, [ledger.figure("online")])))
    >>> read_figures(path).loc["2024-09-01/all/online", ["scope", "text", "unit"]].tolist()
    ['市全体', '1', '件']
    """
    try:
        frame = pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False)
    except FileNotFoundError:
        raise ReportError(f"{path.name} がありません。") from None
    except ValueError:
        raise ReportError(f"{path.name} を、作成したままの CSV として読めません。") from None
    if lacking := [name for name in FIGURE_COLUMNS if name not in frame]:
        raise ReportError(f"{path.name} に次の列がありません: {', '.join(lacking)}")
    ids = frame["figure_id"]
    wrong = ids[ids.duplicated() | ~ids.str.fullmatch("[^/]+/[^/]+/[^/]+")]
    if frame.empty or len(wrong):
        raise ReportError(
            f"{path.name} の数値IDが重複しているか、数値IDではありません。\n"
            + list_examples([f"「{key}」" for key in wrong])
        )
    return frame.set_index("figure_id", drop=False)


def _open_side(name: str, other: str) -> Side:
    """Return the side of a cycle as its raw workbooks are now, or of a delivered folder.

    A cycle is taken as the `other` one compares with it, if that is the one after it.
    """
    root = find_root()
    known = list_cycles(root)
    if name_day(name_ledger(name)) in known:
        compared = _name_compared(root, name, other) if name_day(other) in known else None
        if name_ledger(name) == spell_cycle(name) and compared is None:
            return take_ledger(name, load_findings(open_counted(name, root)).ledger)
        return _take_previous(spell_cycle(compared or name), root)
    folder = Path(name)
    if _find_delivered(folder, FIGURES_NAME).is_file():
        return read_delivery(name, folder, root)
    raise ReportError(
        f"「{name}」は調査回でも、{FIGURES_NAME} のある報告書のフォルダーでもありません。"
        f"\n調査回: {'、'.join(list_cycles(root))}"
    )


def _name_compared(root: Path, name: str, after: str) -> str | None:
    """Return what a cycle is called as the one after compares with it; None for its own name."""
    previous = open_counted(after, root).previous_name
    is_other = previous not in (None, name) and name_compared(previous or "") == name
    return previous if is_other else None


def _take_previous(name: str, root: Path) -> Side:
    """Return the side of a cycle as a later one compares with it; raise ReportError for no such."""
    ledger = load_findings(open_counted(name_ledger(name), root)).ledger
    previous = ledger.tables.previous_cycle
    if previous != name:
        raise ReportError(
            f"「{name}」という数え方はありません。{name_ledger(name)} の前回は"
            + (f" {previous} です。" if previous else "ありません。")
        )
    figures = [figure for figure in ledger.figures.values() if figure.cycle == previous]
    rows = list_figures(ledger, figures).astype("str").set_index("figure_id", drop=False)
    asked = ledger.cycle.questionnaire
    return Side(name, name, asked, rows, ledger.items, previous_tables(ledger.tables))


def _find_delivered(folder: Path, name: str) -> Path:
    """Return where a file of a delivered set is, by the name it has in an interim one too."""
    plain = folder / name
    interim = plain.with_stem(f"{plain.stem}-{INTERIM}")
    return interim if interim.is_file() and not plain.is_file() else plain


def _read_tables(path: Path, cycle: str, own: Cycle, guideline: Guideline) -> tuple[Tables, Behind]:
    """Return the tables of procedures that an audit.xlsx holds, and who is asked to act."""
    asked = own.questionnaire
    audited, matches, before_that = read_audit(path, asked)
    wanted = row_columns(asked.fields)
    frames = {name: rows[wanted] for name, rows in audited.items()}
    if cycle not in frames:
        raise ReportError(f"{path.name} に調査回 {cycle} の手続きがありません。")
    rows = frames.pop(cycle)
    before, previous = next(iter(frames.items()), ("", None))
    transitions = add_scopes(
        match_cycles(rows, previous, matches, online=asked.list_statuses("online"))
    )
    current = {"procedures": add_scopes(rows), "transitions": transitions}
    current |= {name_earlier(day): add_scopes(told[wanted]) for day, told in before_that.items()}
    agencies = read_agencies(own.agencies_path, asked)
    inventory = read_inventory(own.inventory_path)
    behind = find_behind(asked, agencies, rows, previous, inventory)
    derivations = list_derivations(asked, guideline, behind)
    if previous is None:
        current["procedures"] = add_derived(Rows(current["procedures"]), derivations)
        return Tables(cycle, current, derivations=derivations), behind
    pairs = pair_cycles(rows, previous, matches)
    now, then = derive_both(current["procedures"], add_scopes(previous), pairs, derivations)
    paired = add_pair_ids(then, pairs)
    current |= {"procedures": now, PREVIOUS: paired}
    earlier = Tables(before, {"procedures": paired}, derivations=derivations)
    return Tables(cycle, current, earlier, derivations), behind
