"""The evidence that a page carries: enough to recount its figures, once, and nothing more."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.cycle import Cycle
from analysis.evidence.payload import write_payload
from analysis.figures.build import build_ledger
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.figures.ledger import Ledger
from analysis.figures.measure import Change, Count, Share
from analysis.survey.survey import Survey

from conftest import LATEST
from pages import list_ids, spread, unpack
from reports import HOSTILE
from rows import make_rows

BEFORE = "2024-03-31"


@pytest.fixture(scope="module")
def ledger(findings: Findings) -> Ledger:
    return findings.ledger


def ledger_of(cycle: Cycle, now: pd.DataFrame, before: pd.DataFrame, like: Findings) -> Ledger:
    """A ledger over a few rows."""

    def survey_of(rows: pd.DataFrame) -> Survey:
        return replace(like.survey, rows=rows, corrections=like.survey.corrections.iloc[:0])

    return build_ledger(cycle, survey_of(now), survey_of(before))


@pytest.fixture(scope="module")
def small(findings: Findings) -> Ledger:
    now = make_rows(
        {"procedure_id": "07-0001", "status": "online"},
        {"procedure_id": "07-0002", "status": "started"},
        {"procedure_id": "07-0010", "department": "税務部", "department_slug": "zeimu"},
        {"procedure_id": "09-1", "department": "税務部", "department_slug": "zeimu"},
    )
    before = make_rows(
        {"procedure_id": "07-0001", "status": "started", "name": "旧名"},
        {"procedure_id": "07-0002", "department": "税務部", "department_slug": "zeimu"},
        {"procedure_id": "07-0009", "status": "started"},
        cycle=BEFORE,
    )
    return ledger_of(findings.cycle, now, before, findings)


def carried(ledger: Ledger, *figures: Figure) -> dict:
    return unpack(write_payload(ledger, figures))


def test_only_the_rows_within_the_scopes_are_carried_with_their_other_cycle(small: Ledger) -> None:
    tables = carried(small, small.figure("online", "kankyo"))["tables"]
    assert list_ids(tables[LATEST]["procedures"]) == ["07-0001", "07-0002"]
    # 07-0002 came from another department; 07-0009 is no more.
    assert list_ids(tables[BEFORE]["procedures"]) == ["07-0001", "07-0002", "07-0009"]


def test_only_the_tables_and_fields_that_a_figure_needs_are_carried(small: Ledger) -> None:
    evidence = carried(small, small.figure("online", "kankyo"))
    assert set(evidence["tables"][LATEST]) == {"procedures"}
    columns = evidence["tables"][LATEST]["procedures"]
    assert "status_cell" in columns
    assert not [name for name in columns if name.startswith(("reason", "law", "remarks", "fee"))]
    assert list(evidence["measures"]) == ["online"]
    assert [scope["slug"] for scope in evidence["scopes"]] == ["kankyo"]


def test_a_change_brings_the_measures_that_it_is_made_from(small: Ledger) -> None:
    evidence = carried(small, small.figure("online_rate_change", "kankyo"))
    assert set(evidence["measures"]) == {"total", "online", "online_rate", "online_rate_change"}
    assert evidence["measures"]["online_rate_change"]["of"] == "online_rate"
    assert evidence["measures"]["online_rate"]["part"] == "online"
    assert evidence["measures"]["online_rate"]["whole"] == "total"


def test_every_part_of_the_catalogue_has_a_name(ledger: Ledger) -> None:
    named = {item.measure for item in ledger.items.values()}
    for item in ledger.items.values():
        match item.measure:
            case Share(part=part, whole=whole):
                assert {part, whole} <= named
            case Change(of=of):
                assert of in named
            case Count():
                pass


def test_a_name_is_carried_once_and_only_for_the_departments_of_the_page(small: Ledger) -> None:
    evidence = carried(small, small.figure("online"), small.figure("online", "kankyo"))
    tables = evidence["tables"]
    assert spread(tables[LATEST]["procedures"]["name"]) == ["届出7", "届出8"]
    assert spread(tables[BEFORE]["procedures"]["name"]) == ["旧名", None, "届出9"]
    assert "name" not in evidence["city"][LATEST]


def test_beside_a_departments_rows_stand_those_of_the_whole_city(small: Ledger) -> None:
    evidence = carried(small, small.figure("online"), small.figure("reason_law_prevents", "kankyo"))
    assert list_ids(evidence["tables"][LATEST]["procedures"]) == ["07-0001", "07-0002"]
    assert "reason" in evidence["tables"][LATEST]["procedures"]
    city = evidence["city"][LATEST]
    assert list_ids(city) == ["07-0001", "07-0002", "07-0010", "09-1"]
    assert spread(city["status"]) == ["online", "started", "online", "online"]
    assert not {"reason", "section"} & set(city)


def test_every_department_carries_the_same_of_the_city(ledger: Ledger) -> None:
    def write(slug: str) -> tuple[str, ...]:
        figures = [ledger.figure("online_rate"), ledger.figure("renamed", slug)]
        return tuple(write_payload(ledger, figures).split(" "))

    kankyo, zeimu = write("kankyo"), write("zeimu")
    assert kankyo[0] != zeimu[0]
    assert kankyo[1] == zeimu[1]


def test_every_name_is_carried_where_names_decide(small: Ledger) -> None:
    tables = carried(small, small.figure("renamed"))["tables"]
    assert None not in spread(tables[LATEST]["procedures"]["name"])


def test_the_rows_read_back_are_those_of_the_survey(ledger: Ledger) -> None:
    columns = carried(ledger, *ledger.figures.values())["tables"][LATEST]["procedures"]
    frame = ledger.tables.current["procedures"]
    assert list_ids(columns) == list(frame["procedure_id"])
    place, expected = 0, list(frame["row"])
    for step, row in zip(columns["row_step"], expected, strict=True):
        place += step
        assert place == row
    for field in ("status", "reason", "identity"):
        values = frame[field].astype(object).where(frame[field].notna(), None)
        assert spread(columns[field]) == list(values)
        cells = zip(spread(columns[f"{field}_cell"]), expected, strict=True)
        read = [f"{cell}{row}" if cell and cell.isalpha() else cell for cell, row in cells]
        assert read == list(frame[f"{field}_cell"])


def test_a_raw_text_is_carried_where_it_differs_from_the_answers_name(findings: Findings) -> None:
    now = make_rows(
        {"procedure_id": "07-0001", "status": "online"},
        {"procedure_id": "07-0002", "status": "online"},
        {"procedure_id": "07-0003", "status": "online"},
    )
    now["status_raw"] = pd.array(["オンライン化済", "済", pd.NA], dtype="str")
    small = ledger_of(findings.cycle, now, now.iloc[:0], findings)
    columns = carried(small, small.figure("online", "kankyo"))["tables"][LATEST]["procedures"]
    assert spread(columns["status_raw"]) == [None, "済", ""]


def test_a_correction_is_carried_with_its_decision(findings: Findings) -> None:
    rows = make_rows({"status": "online"})
    row = rows.iloc[0]
    corrections = pd.DataFrame(
        [
            {
                "procedure_id": row["procedure_id"],
                "field": "status",
                "department": "環境部",
                "department_slug": "kankyo",
                "workbook": row["workbook"],
                "sheet": row["sheet"],
                "cell": row["status_cell"],
                "expected": "着手中",
                "value": "オンライン化済",
                "reason": "照会",
                "decided_by": "DX戦略課",
                "decided_on": "2024-10-01",
            }
        ]
    ).astype("str")
    survey = replace(findings.survey, rows=make_rows({"status": "online"}), corrections=corrections)
    corrected = build_ledger(findings.cycle, survey, None)
    columns = carried(corrected, corrected.figure("online", "kankyo"))["tables"][LATEST]
    (decision,) = spread(columns["procedures"]["status_corrected"])
    for words in ("着手中", "オンライン化済", "照会", "DX戦略課", "2024年10月1日"):
        assert words in decision


def test_a_first_cycle_has_nothing_before(findings: Findings) -> None:
    none = findings.survey.corrections.iloc[:0]
    survey = replace(findings.survey, rows=make_rows({"status": "online"}), corrections=none)
    first = build_ledger(findings.cycle, survey, None)
    evidence = carried(first, first.figure("online", "kankyo"))
    assert evidence["previous"] is None
    assert set(evidence["tables"]) == {LATEST}


def test_a_page_can_hold_it_whatever_the_texts_are(findings: Findings) -> None:
    names = (*HOSTILE, "</script>", "a\u2028b")
    rows = make_rows(*({"name": name} for name in names))
    hostile = ledger_of(findings.cycle, rows, rows.iloc[:0], findings)
    written = write_payload(hostile, [hostile.figure("online", "kankyo")])
    assert written.isascii()
    assert "<" not in written
    read = spread(unpack(written)["tables"][LATEST]["procedures"]["name"])
    assert tuple(read) == names


def test_the_same_figures_give_the_same_text(ledger: Ledger) -> None:
    figures = [ledger.figure("online", "kankyo"), ledger.figure("renamed")]
    assert write_payload(ledger, figures) == write_payload(ledger, figures)


def test_no_respondent_is_carried_anywhere(ledger: Ledger, demonstration: Path) -> None:
    told = json.dumps(carried(ledger, *ledger.figures.values()), ensure_ascii=False)
    respondents = set()
    for path in sorted((demonstration / "data" / "raw").glob("2024-*/*.xlsx")):
        with closing(openpyxl.load_workbook(path, read_only=True)) as book:
            rows = book["調査票"].iter_rows(max_row=12, values_only=True)
            heading = [[str(value or "").replace("\n", "") for value in row] for row in rows]
        for texts in heading:
            if "記入者" in texts:
                respondents.add(texts[texts.index("記入者") + 1])
    assert len(respondents) > 1
    for name in respondents:
        assert name not in told
        assert name.replace("　", " ") not in told
    assert "000-0000-0000" not in told
