"""A corrected cell shows both values and the decision, and no proof of evidence hides it."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.cycle import Cycle, open_cycle
from analysis.figures.build import build_ledger
from analysis.figures.corrected import add_corrections
from analysis.figures.ledger import Ledger
from analysis.figures.listing import list_figures
from analysis.figures.trace import trace
from analysis.survey.collect import collect_survey

from rows import make_rows
from workbooks import make_cycle, not_started, procedure

ENTRY = """
[[correction]]
procedure_id = "K-001"
field = "status"
expected = "たぶん済"
value = "{value}"
reason = "電話で確認"
decided_by = "DX戦略課"
decided_on = 2024-09-10
"""
DECISION = "「たぶん済」を「{value}」に訂正　理由: 電話で確認　決定: DX戦略課（2024年9月10日）"


def ledger_of(tmp_path: Path, now: str, before: str) -> Ledger:
    """Return the ledger of two cycles of one department; each corrects its first procedure."""
    cycles: list[Cycle] = []
    for name, value in (("2024-03-31", before), ("2024-09-01", now)):
        lines = [procedure(1, status="たぶん済"), procedure(2), not_started(3)]
        cycles.append(make_cycle(tmp_path, lines, name=name, corrections=ENTRY.format(value=value)))
    settings = cycles[1].raw_folder / "cycle.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text('previous = "2024-03-31"\n' + text, encoding="utf-8")
    cycle = open_cycle("2024-09-01", tmp_path)
    return build_ledger(cycle, collect_survey(cycle), collect_survey(cycles[0]))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return ledger_of(tmp_path_factory.mktemp("evidence"), "オンライン化済", "着手済")


def corrected_cells(ledger: Ledger, measure: str) -> list[list[object]]:
    evidence = ledger.evidence(ledger.figure(measure, "kankyo"))
    cells = evidence[evidence["corrected"].notna()]
    columns = ["cycle", "procedure_id", "field", "cell", "raw", "value", "corrected"]
    return cells[columns].to_numpy().tolist()


def test_a_corrected_cell_shows_the_raw_text_the_value_and_the_decision(ledger: Ledger) -> None:
    assert ledger.figure("online", "kankyo").value == 2
    told = DECISION.format(value="オンライン化済")
    place = ["2024-09-01", "K-001", "status", "G6", "たぶん済", "online", told]
    assert corrected_cells(ledger, "online") == [place]


def test_a_change_shows_the_corrections_of_both_cycles(ledger: Ledger) -> None:
    cells = corrected_cells(ledger, "online_change")
    assert [(cell[0], cell[5], cell[6]) for cell in cells] == [
        ("2024-09-01", "online", DECISION.format(value="オンライン化済")),
        ("2024-03-31", "started", DECISION.format(value="着手済")),
    ]


def test_the_trace_says_beside_the_two_values_why_who_and_when(ledger: Ledger) -> None:
    lines = trace(ledger, "2024-09-01/kankyo/online").splitlines()
    at = lines.index(
        "    2024-09-01 環境部.xlsx 調査票!G6  オンライン化の状況「たぶん済」 → オンライン化済"
    )
    assert lines[at + 1].strip() == DECISION.format(value="オンライン化済")
    assert sum("訂正" in line for line in lines) == 1


def test_a_counted_correction_names_its_procedure_cell_and_both_values(ledger: Ledger) -> None:
    text = trace(ledger, "2024-09-01/kankyo/corrections")
    assert "  K-001\n" in text
    assert "環境部.xlsx 調査票!G6  オンライン化の状況「たぶん済」 → オンライン化済" in text
    assert DECISION.format(value="オンライン化済") in text


def test_the_hash_of_evidence_tells_one_decision_from_another(tmp_path: Path) -> None:
    """Both decisions put the procedure among those not online, by the same cell and raw text."""
    hashes = []
    for value, code in (("着手済", "started"), ("未着手", "not_started")):
        ledger = ledger_of(tmp_path / code, value, "着手済")
        frame = list_figures(ledger).set_index("figure_id")
        row = frame.loc["2024-09-01/kankyo/not_online"]
        assert row["evidence_rows"] == 2
        text = "counted\n"
        for c in ledger.evidence(ledger.figure("not_online", "kankyo")).to_dict("records"):
            line = [c["cycle"], c["workbook"], c["sheet"], c["cell"], c["raw"]]
            line += [c["value"]] if not pd.isna(c["corrected"]) else []
            text += json.dumps(line, ensure_ascii=False) + "\n"
        assert code in text
        assert row["evidence_sha256"] == hashlib.sha256(text.encode()).hexdigest()
        hashes.append(row["evidence_sha256"])
    assert len(set(hashes)) == 2


def test_a_cell_that_fills_two_rows_is_marked_in_the_corrected_one_only() -> None:
    rows = make_rows({"procedure_id": "07-1"}, {"procedure_id": "07-2"})
    rows["section_cell"] = "B7"
    correction = {
        "procedure_id": "07-2",
        "field": "section",
        "department_slug": "kankyo",
        "workbook": "環境部.xlsx",
        "sheet": "調査票",
        "cell": "B7",
        "expected": "環境政策課",
        "value": "",
        "reason": "確認",
        "decided_by": "課",
        "decided_on": "2024-09-10",
    }
    marked = add_corrections(rows, pd.DataFrame([correction], dtype="str"))["section_corrected"]
    assert marked.isna().tolist() == [True, False]
    assert marked[1].startswith("「環境政策課」を（空欄）に訂正")
    assert "section_corrected" not in rows
