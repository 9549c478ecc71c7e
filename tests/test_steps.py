"""The steps of cleaning: told with the row, listed by cell, counted, and shown with an example."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.document import html
from analysis.document.blocks import Quoted, Table
from analysis.evidence.orphans import require_traced
from analysis.figures.build import build_ledger
from analysis.figures.findings import Findings
from analysis.figures.ledger import Ledger
from analysis.figures.trace import trace
from analysis.reports.steps import show_steps
from analysis.survey.answers.clean import clean_rows
from analysis.survey.answers.steps import (
    FILLING_STEPS,
    STEPS,
    list_steps,
    read_said_steps,
    say_steps,
)
from analysis.survey.collect import collect_survey
from analysis.survey.lookup import build_lookup

from rows import ASKED, list_columns
from workbooks import make_cycle, procedure

CORRECTION = """
[[correction]]
procedure_id = "K-001"
field = "annual_volume"
expected = "12000"
value = "約120件"
reason = "桁の誤り"
decided_by = "DX戦略課"
decided_on = 2024-10-01
"""


def listed(steps: pd.DataFrame) -> list[tuple[object, ...]]:
    columns = steps[["field", "cell", "step", "raw", "value"]]
    return list(
        columns.astype(object).where(columns.notna(), None).itertuples(index=False, name=None)
    )


def test_each_step_of_each_cell_is_listed_with_both_texts(tmp_path: Path) -> None:
    lines = [procedure(online_date="令和６年 ４月", fee="✓", annual_volume="不明")]
    steps = list_steps(collect_survey(make_cycle(tmp_path, lines)).rows)
    assert listed(steps) == [
        ("annual_volume", "F6", "missing", "不明", None),
        ("online_date", "H6", "blanks", "令和６年 ４月", "2024-04"),
        ("online_date", "H6", "width", "令和６年 ４月", "2024-04"),
        ("online_date", "H6", "era", "令和６年 ４月", "2024-04"),
        ("fee", "P6", "mark", "✓", "yes"),
    ]
    place = steps[["department", "department_slug", "workbook", "sheet", "row", "procedure_id"]]
    assert set(place.itertuples(index=False, name=None)) == {
        ("環境部", "kankyo", "環境部.xlsx", "調査票", 6, "K-001")
    }


def test_an_answer_as_the_form_has_it_takes_no_step(tmp_path: Path) -> None:
    survey = collect_survey(make_cycle(tmp_path, [procedure(fee="あり", name="①髙﨑の届出")]))
    assert survey.rows["steps"].isna().all()
    assert list_steps(survey.rows).empty


def test_a_correction_is_the_first_step_of_its_cell(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(annual_volume=12000)], corrections=CORRECTION)
    rows = collect_survey(cycle).rows
    assert list(rows["steps"]) == ["annual_volume:correction+unit+about"]
    assert listed(list_steps(rows))[0] == ("annual_volume", "F6", "correction", "12000", "120")


def test_a_cell_that_fills_several_rows_was_cleaned_once_and_filled_each_row(
    tmp_path: Path,
) -> None:
    survey_cycle = make_cycle(tmp_path, [procedure(1), procedure(2), procedure(3)])
    rows = collect_survey(survey_cycle).rows
    fields = [name for name in rows if f"{name}_raw" in rows]
    raw = list_columns(rows)
    raw |= {f"{name}_held": ["text"] * 3 for name in fields}
    raw |= {"section_raw": [" 環境政策課"] * 3, "section_cell": ["B6"] * 3}
    raw |= {"section_fill": [None, "group", "group"]}
    raw |= {f"{name}_text": raw[f"{name}_raw"] for name in fields}
    cleaned, _ = clean_rows(raw, build_lookup(survey_cycle))
    assert cleaned["steps"] == ["section:blanks", *["section:group+blanks"] * 2]
    filled = list_steps(rows.assign(section_cell="B6", steps=cleaned["steps"]))
    assert list(filled["step"]) == ["blanks", "group", "group"]


def test_steps_in_words_read_back(findings: Findings) -> None:
    written = findings.survey.rows["steps"].dropna().unique()
    assert len(written) > 20
    assert [read_said_steps(say_steps(steps, ASKED), ASKED) for steps in written] == list(written)
    every = " ".join(f"{field}:{'+'.join(STEPS)}" for field in ("name", "annual_volume"))
    assert read_said_steps(say_steps(every, ASKED), ASKED) == every


@pytest.mark.parametrize("said", ["", "名前", "年間件数：", "年間件数：魔法", "身長：空白"])
def test_words_that_name_no_step_are_not_read(said: str) -> None:
    with pytest.raises(KeyError):
        read_said_steps(said, ASKED)


def test_every_step_has_a_name_of_its_own_without_digits_or_separators() -> None:
    names = [step.name for step in STEPS.values()]
    assert len(set(names)) == len(names)
    assert not re.search(r"[\d：＋、]", "".join(names))
    assert not re.search(r"\d", "".join(step.what for step in STEPS.values()))
    assert set(FILLING_STEPS) <= set(STEPS)


@pytest.fixture
def dressed(tmp_path: Path, findings: Findings) -> tuple[Findings, Ledger]:
    """Return the findings of a cycle with four changed cells, in two departments."""
    hostile = procedure(2, name=" <script>", annual_volume="1,200件", remarks=" 電話")
    cycle = make_cycle(tmp_path, [procedure(fee="○"), hostile], [procedure(3, fee="✕")])
    survey = collect_survey(cycle)
    ledger = build_ledger(cycle, survey, None)
    return replace(findings, cycle=cycle, _survey=survey, _previous=None, ledger=ledger), ledger


def test_steps_are_figures_of_the_city_and_of_its_departments(
    dressed: tuple[Findings, Ledger],
) -> None:
    _, ledger = dressed
    assert [ledger.figure("steps_mark", scope).value for scope in ("all", "kankyo")] == [2, 1]
    assert ledger.figure("steps").value == 6
    assert ledger.figure("steps").value == sum(ledger.figure(f"steps_{c}").value for c in STEPS)
    told = trace(ledger, "2024-09-01/kankyo/steps")
    assert "根拠の行: 5件" in told
    assert "調査票!F7  年間件数「1,200件」 → 1200" in told


def test_the_quality_report_shows_each_step_with_its_number_and_an_example(
    dressed: tuple[Findings, Ledger],
) -> None:
    findings, ledger = dressed
    shown = show_steps(findings)
    (table,) = [block for block in shown.blocks if isinstance(block, Table)]  # type: ignore[attr-defined]
    assert [(row[0], row[2], row[3]) for row in table.rows] == [
        ("空白", ledger.figure("steps_blanks"), Quoted("「 <script>」→「<script>」")),
        ("記号", ledger.figure("steps_mark"), Quoted("「○」→「あり」")),
        ("桁区切り", ledger.figure("steps_separator"), Quoted("「1,200件」→「1200」")),
        ("単位", ledger.figure("steps_unit"), Quoted("「1,200件」→「1200」")),
        ("計", ledger.figure("steps"), ""),
    ]
    page = html.render(shown)
    assert "<script>" not in page
    require_traced(page, findings)


def test_what_stands_in_the_remarks_is_no_example(dressed: tuple[Findings, Ledger]) -> None:
    assert "電話" not in html.render(show_steps(dressed[0]))


def test_a_text_that_can_not_be_printed_is_no_example(
    dressed: tuple[Findings, Ledger], tmp_path: Path
) -> None:
    findings, _ = dressed
    cycle = make_cycle(tmp_path / "other", [procedure(name=" \ue000届")])
    survey = collect_survey(cycle)
    findings = replace(findings, _survey=survey, ledger=build_ledger(findings.cycle, survey, None))
    (table,) = [b for b in show_steps(findings).blocks if isinstance(b, Table)]  # type: ignore[attr-defined]
    assert table.rows[0][3] is None


def test_nothing_changed_is_said_so(dressed: tuple[Findings, Ledger], tmp_path: Path) -> None:
    findings, _ = dressed
    survey = collect_survey(make_cycle(tmp_path / "other", [procedure()]))
    findings = replace(findings, _survey=survey, ledger=build_ledger(findings.cycle, survey, None))
    assert "整えた回答はありません。" in html.render(show_steps(findings))
