"""数値の根拠: each printed figure has its line, and the line tells the rows."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.document.blocks import Link, Quoted, Table
from analysis.errors import FigureError
from analysis.evidence import attachments, payload
from analysis.evidence.appendix import (
    gather_figures,
    list_beside,
    say_city_rows,
    write_ranges,
    write_tables,
)
from analysis.evidence.orphans import read_page
from analysis.figures.build import build_ledger
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.figures.ledger import Ledger
from analysis.figures.measure import Share
from analysis.reports.progress import list_progress


def gather_shared(findings: Findings) -> list[Figure]:
    """Return the whole city's figures that every department's report shows beside its own."""
    printed = [figure.id for figures in list_progress(findings, "all") for figure in figures]
    return gather_figures(findings.ledger, printed)


def line_of(tables: list[Table], figure_id: str) -> list[object]:
    """Return the cells of a figure's line, each by its text."""
    table, place = next(
        (table, place)
        for table in tables
        for place, figure in enumerate(table.lines_of)
        if figure.id == figure_id
    )
    return [cell if isinstance(cell, (str, Link)) else cell.text for cell in table.rows[place]]


def tables_of(findings: Findings, *ids: str) -> list[Table]:
    return write_tables(findings.ledger, gather_figures(findings.ledger, ids))


def test_a_share_brings_its_two_counts(findings: Findings) -> None:
    figures = gather_figures(findings.ledger, ["2024-09-01/nogyoiinkai/online_rate"])
    assert [figure.measure for figure in figures] == ["total", "online", "online_rate"]


def test_a_change_brings_both_its_sides_and_what_they_are_made_from(findings: Findings) -> None:
    figures = gather_figures(findings.ledger, ["2024-09-01/all/online_rate_change"])
    assert [figure.id for figure in figures] == [
        "2024-09-01/all/total",
        "2024-03-31/all/total",
        "2024-09-01/all/online",
        "2024-03-31/all/online",
        "2024-09-01/all/online_rate",
        "2024-03-31/all/online_rate",
        "2024-09-01/all/online_rate_change",
    ]


def test_every_share_of_the_catalogue_is_made_from_figures(findings: Findings) -> None:
    ledger = findings.ledger
    for item in ledger.items.values():
        if isinstance(item.measure, Share):
            assert len(ledger.parts(ledger.figure(item.name))) == 2


def test_a_count_tells_its_rows_by_workbook_sheet_and_range(findings: Findings) -> None:
    tables = tables_of(findings, "2024-09-01/nogyoiinkai/online")
    assert line_of(tables, "2024-09-01/nogyoiinkai/online") == [
        "農業委員会",
        "2024-09-01/nogyoiinkai/online",
        "6件",
        "農業委員会.xlsx 調査票!8-10,13-15",
    ]


def test_a_change_tells_what_moved_in_and_out_and_in_which_cycle(findings: Findings) -> None:
    name = "2024-09-01/kensetsu/online_change"
    *_, rows = line_of(tables_of(findings, name), name)
    assert isinstance(rows, str)
    came, went = rows.split("／")
    assert came.startswith("新たに入った行：建設部.xlsx 調査票!")
    assert went.startswith("外れた行：2024-03-31の建設部.xlsx 調査票!")


def test_a_figure_of_no_rows_says_so(findings: Findings) -> None:
    name = "2024-09-01/gikai/online"
    assert line_of(tables_of(findings, name), name)[-1] == "（該当なし）"


def test_rows_of_other_tables_are_told_by_their_places(findings: Findings) -> None:
    name = "2024-09-01/kankyo/published"
    *_, rows = line_of(tables_of(findings, name), name)
    assert str(rows).startswith("published.csv ")
    name = "2024-09-01/norin/corrections"
    *_, rows = line_of(tables_of(findings, name), name)
    assert str(rows).startswith("農林部.xlsx 調査票!")


def test_each_table_has_the_definition_of_its_measure(findings: Findings) -> None:
    for table in tables_of(findings, "2024-09-01/all/online_rate_change"):
        assert {figure.definition for figure in table.lines_of} == {table.definition}


def test_the_citys_rows_are_led_to_where_a_page_only_compares_with_them(
    findings: Findings,
) -> None:
    ids = ["2024-09-01/all/online", "2024-09-01/kankyo/online"]
    figures = gather_figures(findings.ledger, ids)
    assert [figure.id for figure in list_beside(findings.ledger, figures)] == ids[:1]
    tables = write_tables(findings.ledger, figures, city_rows_elsewhere=True)
    city, own = (row[-1] for row in tables[0].rows)
    assert isinstance(city, Link)
    assert city.line_of == figures[0]
    assert isinstance(own, Quoted)


def test_nothing_stands_beside_every_department_or_none(findings: Findings) -> None:
    city = "2024-09-01/all/online"
    everyone = [f"2024-09-01/{d.slug}/online" for d in findings.cycle.departments]
    for ids in ([city], [city, *everyone]):
        assert list_beside(findings.ledger, gather_figures(findings.ledger, ids)) == []


def test_what_departments_share_is_known_before_their_notebooks_run(
    findings: Findings, built: tuple[Path, str]
) -> None:
    # The warm process writes it for these figures; for others each report would do so again.
    ledger = findings.ledger
    known = gather_shared(findings)
    for department in findings.cycle.departments:
        page = (built[0] / f"department-{department.slug}.html").read_text(encoding="utf-8")
        printed = gather_figures(ledger, read_page(page).ids)
        assert list_beside(ledger, printed) == known


@pytest.mark.parametrize(
    "write", [payload.write_city_payload, attachments.write_city_files, say_city_rows]
)
def test_what_is_remembered_of_one_ledger_is_told_of_no_other(
    findings: Findings, write: Callable[[Ledger, tuple[str, ...]], object]
) -> None:
    ids = ("2024-09-01/all/online",)
    fewer = replace(findings.survey, rows=findings.survey.rows.iloc[1:].reset_index(drop=True))
    other = build_ledger(findings.cycle, fewer, findings.previous)
    told = write(findings.ledger, ids)
    assert write(other, ids) != told
    assert write(findings.ledger, ids) == told


def test_an_unknown_figure_is_named(findings: Findings) -> None:
    with pytest.raises(FigureError, match="onlin"):
        gather_figures(findings.ledger, ["2024-09-01/kankyo/onlin"])


@pytest.mark.parametrize(
    ("rows", "told"), [([7], "7"), ([7, 8, 9, 12], "7-9,12"), ([], ""), ([9, 7, 8], "9,7-8")]
)
def test_neighbouring_rows_are_a_range(rows: list[int], told: str) -> None:
    assert write_ranges(rows) == told
