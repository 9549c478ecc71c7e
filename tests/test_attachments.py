"""What a PDF carries within it: its figures and their rows, for who has nothing else."""

import csv
import io
from typing import Any

import pytest

from analysis.evidence.appendix import gather_figures
from analysis.evidence.attachments import list_rows, write_attachments
from analysis.figures.evidence import list_cells
from analysis.figures.findings import Findings
from analysis.figures.listing import list_figures

RATE_CHANGE = "2024-09-01/kensetsu/online_rate_change"


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture(scope="module")
def attached(findings: Findings) -> dict[str, bytes]:
    figures = gather_figures(findings.ledger, [RATE_CHANGE])
    return write_attachments(findings.ledger, figures)


@pytest.mark.slow
def test_the_figures_attached_are_lines_of_figures_csv(
    findings: Findings, attached: dict[str, bytes]
) -> None:
    whole = list_figures(findings.ledger).astype("str")
    lines = {line["figure_id"]: line for line in whole.to_dict("records")}
    written = read(attached["figures.csv"])
    assert [line["figure_id"] for line in written][-1] == RATE_CHANGE
    assert len(written) == 7
    assert all(lines[line["figure_id"]] == line for line in written)


def test_the_rows_attached_are_all_that_the_figures_count(
    findings: Findings, attached: dict[str, bytes]
) -> None:
    ledger = findings.ledger
    figures = gather_figures(ledger, [RATE_CHANGE])
    wanted: set[tuple[Any, ...]] = {
        (cell["cycle"], cell["procedure_id"], str(cell["row"]))
        for figure in figures
        for cell in list_cells(ledger.select(figure), figure.scope)
    }
    rows = read(attached["evidence-procedures.csv"])
    told = [(row["cycle"], row["procedure_id"], row["row"]) for row in rows]
    assert sorted(told) == sorted(wanted)


def test_a_row_shows_the_answer_the_raw_text_and_the_cell(attached: dict[str, bytes]) -> None:
    row = read(attached["evidence-procedures.csv"])[0]
    assert row["workbook"] == "建設部.xlsx"
    assert row["status"] in {"オンライン化済", "着手済", "未着手"}
    assert row["status_raw"]
    assert row["status_cell"].endswith(row["row"])


def test_a_recount_of_the_rows_attached_gives_the_figure(
    findings: Findings, attached: dict[str, bytes]
) -> None:
    rows = read(attached["evidence-procedures.csv"])
    online = [row for row in rows if row["status"] == "オンライン化済"]
    now = [row for row in online if row["cycle"] == "2024-09-01"]
    assert len(now) == findings.ledger.figure("online", "kensetsu").value


def test_rows_of_every_table_are_attached(findings: Findings) -> None:
    ids = [f"2024-09-01/all/{name}" for name in ("published", "corrections", "workbooks", "new")]
    rows = list_rows(findings.ledger, gather_figures(findings.ledger, ids))
    assert {name: len(table) for name, table in rows.items()} == {
        "procedures": findings.ledger.figure("new").numerator,
        "workbooks": 20,
        "corrections": 1,
        "published": 107,
    }
    assert rows["published"]["cell"].iloc[0] == "2行目"


def test_the_whole_citys_rows_stand_beside_a_departments_without_their_names(
    findings: Findings,
) -> None:
    ledger = findings.ledger
    beside = ["2024-09-01/all/online", "2024-09-01/all/not_started"]
    own = ["2024-09-01/kankyo/online", "2024-09-01/kankyo/reason_law_prevents"]
    attached = write_attachments(ledger, gather_figures(ledger, [*beside, *own]))
    assert set(attached) == {
        "figures.csv",
        "evidence-procedures.csv",
        "evidence-procedures-city.csv",
    }
    rows = read(attached["evidence-procedures.csv"])
    assert {row["department"] for row in rows} == {"環境部"}
    assert len(rows) == sum(ledger.find(figure_id).numerator or 0 for figure_id in own)
    city = read(attached["evidence-procedures-city.csv"])
    assert len(city) == sum(ledger.find(figure_id).numerator or 0 for figure_id in beside)
    assert {row["status"] for row in city} == {"オンライン化済", "未着手"}
    assert not {"name", "reason"} & set(city[0])


def test_a_name_that_decides_is_among_the_whole_citys_rows(findings: Findings) -> None:
    ids = ["2024-09-01/all/renamed", "2024-09-01/kankyo/online"]
    attached = write_attachments(findings.ledger, gather_figures(findings.ledger, ids))
    assert all(row["name"] for row in read(attached["evidence-procedures-city.csv"]))
