"""The ledger of the demonstration survey: every published number, and each figure's evidence."""

import csv
import hashlib
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.cycle import Cycle, open_cycle
from analysis.errors import FigureError, SettingsError
from analysis.figures.build import build_ledger
from analysis.figures.catalogue import Item
from analysis.figures.findings import Findings
from analysis.figures.ledger import Ledger
from analysis.figures.listing import list_figures, write_figures
from analysis.figures.measure import Change, Count, Measure, Share, Shortfall, Total, where
from analysis.figures.named import read_id
from analysis.figures.reconcile import read_published, reconcile
from analysis.figures.scopes import LEVELS
from analysis.figures.select import Selection, select
from analysis.figures.trend import is_of_trend
from analysis.survey.survey import LINE_LABELS

COLUMNS = [
    "figure_id",
    "scope",
    "measure",
    "label",
    "value",
    "text",
    "unit",
    "numerator",
    "denominator",
    "evidence_rows",
    "evidence_sha256",
    "definition",
]


@pytest.fixture(scope="module")
def frame(findings: Findings) -> pd.DataFrame:
    return list_figures(findings.ledger).set_index("figure_id", drop=False)


def test_every_published_number_comes_out(findings: Findings, demonstration: Path) -> None:
    with (demonstration / "data/raw/2024-09-01/published.csv").open(encoding="utf-8-sig") as file:
        published = list(csv.DictReader(file))
    assert len(published) == 107
    for row in published:
        written = f"2024-09-01/{row['scope']}/{row['measure']}"
        figure = findings.ledger.find(read_id(findings.ledger, written))
        assert figure.value == Decimal(row["published"]), figure.id
    assert findings.ledger.figure("published_agreeing").value == 107


def test_a_published_number_that_differs_is_counted_as_such(findings: Findings) -> None:
    rows = findings.survey.rows.copy()
    online = rows.index[rows["department_slug"].eq("kankyo") & rows["status"].eq("online")]
    rows.loc[online[0], "status"] = "started"
    changed = replace(findings.survey, rows=rows)
    ledger = build_ledger(findings.cycle, changed, findings.previous)
    table = ledger.tables.current["published"]
    differing = table[table["agrees"] == "no"]
    assert set(differing["scope"]) == {"環境部", "市全体"}
    assert ledger.figure("published_differing").value == len(differing)
    assert ledger.figure("published_differing", "kankyo").value == 4


@pytest.mark.parametrize("name", ["全体", "市全体"])
def test_the_city_is_read_by_either_name_and_shown_by_one(findings: Findings, name: str) -> None:
    published = read_published(findings.cycle)
    assert (published["scope"] == "全体").any()
    written = published.assign(scope=published["scope"].replace("全体", name))
    figure = findings.ledger.figure
    found = reconcile(findings.cycle, written, lambda scope, measure: figure(measure, scope))
    assert set(found["agrees"]) == {"yes"}
    assert {"市全体"} == {*found["scope"]} & {"全体", "市全体"}
    assert figure("online").scope_name == "市全体"


def test_a_row_that_is_no_procedure_is_counted_with_its_cell(findings: Findings) -> None:
    lines = findings.survey.lines
    for name, label in LINE_LABELS.items():
        own = lines[lines["kind"] == name]
        figure = findings.ledger.figure(f"lines_{name}")
        assert figure.value == len(own)
        evidence = findings.ledger.evidence(figure)
        assert evidence["cell"].tolist() == own["cell"].tolist()
        assert set(evidence["value"]) <= {label}
        assert evidence["workbook"].tolist() == own["workbook"].tolist()


def test_the_columns_of_figures_csv_are_the_promised_ones(frame: pd.DataFrame) -> None:
    assert list(frame.columns) == COLUMNS
    assert frame["figure_id"].is_unique


def test_no_name_of_others_is_a_formula_in_figures_csv(frame: pd.DataFrame) -> None:
    lines = frame.head(1).assign(scope="=1+1", label="@x", text="-8.3")
    (line,) = csv.DictReader(io.StringIO(write_figures(lines).decode("utf-8-sig")))
    assert [line[name] for name in ("scope", "label", "text")] == ["'=1+1", "'@x", "-8.3"]


def test_a_figure_is_written_with_its_exact_parts(frame: pd.DataFrame) -> None:
    rate = frame.loc["2024-09-01/kankyo/online_rate"]
    assert (rate["value"], rate["text"], rate["unit"]) == ("58.5", "58.5", "%")
    assert (rate["numerator"], rate["denominator"]) == ("96", "164")
    change = frame.loc["2024-09-01/kensetsu/online_change"]
    assert (change["value"], change["text"]) == ("-4", "−4")


def sum_up(measure: Measure, selection: Selection, scope: str) -> int:
    """Return how many rows are selected, or what the numbers add up to that a measure is of."""
    rows = selection.positions.get(scope, [])
    summed = measure.part if isinstance(measure, Share) else measure
    if not isinstance(summed, Total):
        return len(rows)
    return int(selection.frame[summed.field].iloc[rows].sum())


def test_the_evidence_of_every_figure_recounts_to_its_number(findings: Findings) -> None:
    """Counted rows are the count, the part's the numerator, in less out the change."""
    ledger = findings.ledger
    for item in ledger.items.values():
        for level in item.levels:
            selections = select(item.measure, ledger.tables, level)
            for scope in (s.slug for s in ledger.scopes.values() if s.level == level):
                rows = {
                    selection.role: sum_up(item.measure, selection, scope)
                    for selection in reversed(selections)
                }
                figure = ledger.figure(item.name, scope)
                match item.measure:
                    case Count(table="transitions"):
                        total = sum(len(s.positions.get(scope, [])) for s in selections)
                        assert total == figure.numerator, figure.id
                    case Count() | Total():
                        assert rows["counted"] == figure.numerator, figure.id
                    case Shortfall():
                        assert rows["whole"] == figure.numerator, figure.id
                    case Share():
                        assert rows["part"] == figure.numerator, figure.id
                        assert rows["part"] + rows["whole"] == figure.denominator, figure.id
                    case Change(of=Count()):
                        assert rows["in"] - rows["out"] == figure.numerator, figure.id


def test_a_figure_of_nothing_has_no_rows_of_evidence(
    findings: Findings, frame: pd.DataFrame
) -> None:
    assert frame.loc[findings.ledger.figure("online", "gikai").id, "evidence_rows"] == 0


@pytest.mark.parametrize(
    ("measure", "scope", "roles"),
    [
        ("total", "gikai", ["counted"]),
        ("online_rate", "nogyoiinkai", ["part", "whole"]),
        ("online_change", "kensetsu", ["in", "out"]),
    ],
)
def test_the_hash_of_evidence_can_be_made_from_its_cells_alone(
    findings: Findings, frame: pd.DataFrame, measure: str, scope: str, roles: list[str]
) -> None:
    figure = findings.ledger.figure(measure, scope)
    cells = findings.ledger.evidence(figure).to_dict("records")
    text = ""
    for role in roles:
        text += f"{role}\n"
        for c in cells:
            line = [c["cycle"], c["workbook"], c["sheet"], c["cell"], c["raw"]]
            text += json.dumps(line, ensure_ascii=False) + "\n" if c["role"] == role else ""
    assert {cell["role"] for cell in cells} == set(roles)
    assert frame.loc[figure.id, "evidence_sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_the_cells_of_the_evidence_hold_the_answers_they_are_said_to_hold(
    findings: Findings, cycle: Cycle
) -> None:
    evidence = findings.ledger.evidence(findings.ledger.figure("online_change", "kensetsu"))
    assert set(evidence["cycle"]) == {"2024-09-01", "2024-03-31"}
    for place, cells in evidence.groupby(["cycle", "workbook", "sheet"]):
        name, workbook, sheet = (str(part) for part in place)
        book = openpyxl.load_workbook(cycle.raw_folder.parent / name / workbook)
        for cell in cells.to_dict("records"):
            assert str(book[sheet][cell["cell"]].value) == cell["raw"]


def test_a_first_cycle_has_no_changes(cycle: Cycle, findings: Findings) -> None:
    assert findings.previous is not None
    first = open_cycle("2024-03-31", cycle.root)
    ledger = build_ledger(first, findings.previous, None)
    assert not [name for name in ledger.items if name.endswith("_change")]
    assert not ledger.has_previous
    assert ledger.figure("online").value == 481
    with pytest.raises(FigureError):
        ledger.figure("online_change")


def test_the_previous_cycle_has_the_same_ids_in_its_own_ledger(
    cycle: Cycle, findings: Findings
) -> None:
    assert findings.previous is not None
    own = build_ledger(open_cycle("2024-03-31", cycle.root), findings.previous, None)
    for figure in findings.ledger.figures.values():
        if figure.cycle == "2024-03-31" and figure.id in own.figures:
            assert figure.exact == own.figures[figure.id].exact, figure.id


@pytest.mark.slow
def test_whatever_counts_procedures_has_its_previous_value_and_these_come_last(
    findings: Findings,
) -> None:
    """A reader of any number may ask what it was before, whether or not a change is printed."""
    ledger = findings.ledger
    for item in ledger.items.values():
        scopes = {level: {"all": "all", "department": "zeimu"}.get(level) for level in item.levels}
        match item.measure:
            case _ if item.is_compared or is_of_trend(item):
                with pytest.raises(FigureError):
                    ledger.previous_figure(item.name)
            case Count(table="procedures") | Total() | Share():
                for scope in filter(None, scopes.values()):
                    assert ledger.previous_figure(item.name, scope).cycle == "2024-03-31"
            case _:
                with pytest.raises(FigureError):
                    ledger.previous_figure(item.name)
    cycles = [figure.cycle for figure in ledger.figures.values()]
    assert cycles == sorted(cycles, reverse=True)
    assert ledger.previous_figure("reason_other_share", "gikai").denominator == 1


def test_an_unknown_figure_proposes_the_nearest(findings: Findings) -> None:
    with pytest.raises(FigureError) as caught:
        findings.ledger.find("2024-09-01/kankyo/onlin_rate")
    assert "2024-09-01/kankyo/online_rate" in str(caught.value)


def test_a_published_value_that_is_no_number_is_named_with_its_line(
    tmp_path: Path, cycle: Cycle
) -> None:
    folder = tmp_path / "data/raw/2024-09-01"
    folder.mkdir(parents=True)
    (folder / "published.csv").write_text(
        "scope,measure,published\n環境部,online,九十六\n", "utf-8"
    )
    with pytest.raises(SettingsError, match="2行目: 環境部 online = '九十六'"):
        read_published(Cycle(tmp_path, cycle.name, cycle.settings))


def with_items(ledger: Ledger, *items: Item) -> Ledger:
    return replace(ledger, items=ledger.items | {item.name: item for item in items})


def test_a_share_of_what_the_catalogue_has_not_is_told_by_its_definition(
    findings: Findings,
) -> None:
    paid = Count(where(fee="yes", original_basis="statute"))
    ledger = with_items(findings.ledger, Item("paid_share", "割合", Share(paid, Count()), LEVELS))
    with pytest.raises(FigureError, match=r"「手数料」が「あり」、かつ"):
        ledger.parts(ledger.figure("paid_share"))


def test_of_equal_measures_the_one_given_for_more_levels_names_it(findings: Findings) -> None:
    paid = Count(where(fee="yes", original_basis="statute"))
    ledger = with_items(
        findings.ledger,
        Item("paid_city", "市", paid, ("all",)),
        Item("paid", "全", paid, LEVELS),
        Item("paid_too", "全", paid, LEVELS),
    )
    assert ledger.name_of(paid) == "paid"
