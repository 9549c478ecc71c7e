"""The rules that the answers are held to, as the quality report lists them."""

import re
from dataclasses import replace
from pathlib import Path

from analysis.document.blocks import Group, Table
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings, load_findings
from analysis.reports.quality import SHORT, problems
from analysis.reports.rules import list_pairings, show_rules
from analysis.survey.alike import MOST_WORDINGS
from analysis.survey.collect import collect_survey
from analysis.survey.problems import Place, problems_to_frame, report

from rows import ASKED
from workbooks import make_two_cycles, procedure


def test_every_rule_stands_there_with_how_often_it_is_breached(
    findings: Findings,
) -> None:
    table = show_rules(findings)
    assert isinstance(table, Table)
    rules = ASKED.rules.values()
    assert [row[0] for row in table.rows] == [rule.title for rule in rules]
    counts = {row[2].measure: row[2].text for row in table.rows if isinstance(row[2], Figure)}
    assert len(counts) == len(rules)
    breaches = findings.survey.problems["code"].value_counts()
    told = {name.removeprefix("rule_"): text for name, text in counts.items() if text != "0"}
    assert told == {str(code): f"{count}" for code, count in breaches.items()}


def test_alike_problems_are_one_row_without_a_number_of_its_own(findings: Findings) -> None:
    place = Place("環境部", "環境部.xlsx", "調査票")
    rule, field = ASKED.rules["reason_unneeded"], ASKED.named["reason"]
    alike = [report(rule, place.at(f"J{row}"), field) for row in (6, 7, 9)]
    others = [report(rule, place.at(f"J{row}"), field, value=f"謎{row}") for row in range(10, 40)]
    survey = replace(findings.survey, problems=problems_to_frame([*alike, *others]))
    shown = problems(replace(findings, _survey=survey))
    assert isinstance(shown, Group)
    table = shown.blocks[0]
    assert isinstance(table, Table)
    assert [cell.text for cell in table.rows[0][1:3]] == ["環境部.xlsx", "調査票!J6～J7、J9"]
    assert len(table.rows) == MOST_WORDINGS + 1
    title = ASKED.rules["reason_unneeded"].title
    assert table.rows[-1][3] == f"ほかにも、この規則に反する回答があります: {title}"
    assert table.notes == (SHORT,)


def test_what_people_confirmed_stands_there_with_who_and_why(tmp_path: Path) -> None:
    matches = (
        "previous_id,current_id,decided_by,decided_on,reason\n"
        "K-002,K-003,DX戦略課,2024-10-01,電話で確認\n"
        ",K-004,DX戦略課,2024-10-01,新設\n"
        "K-005,,DX戦略課,2024-10-01,廃止\n"
    )
    then = {"online_date": "2024-01"}
    now = [procedure(1), procedure(3, name="申請"), procedure(4)]
    before = [procedure(1, **then), procedure(2, name="申込", **then), procedure(5, **then)]
    cycle = make_two_cycles(tmp_path, [now], [before], matches)
    shown = list_pairings(load_findings(cycle, collect_survey))
    assert isinstance(shown, Group)
    table = shown.blocks[1]
    assert isinstance(table, Table)
    assert [[getattr(cell, "text", cell) for cell in row] for row in table.rows] == [
        ["K-002", "K-003", "同じ手続き", "電話で確認", "DX戦略課（2024年10月1日）"],
        [None, "K-004", "新規", "新設", "DX戦略課（2024年10月1日）"],
        ["K-005", None, "廃止", "廃止", "DX戦略課（2024年10月1日）"],
    ]


def test_a_rules_sentence_can_be_printed_and_counted_by() -> None:
    """It is printed as ours, so without digits, and stands in COUNTIFS as a criterion."""
    titles = [rule.title for rule in ASKED.rules.values()]
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert title.endswith("。"), title
        assert not re.search(r"\d|[*?~]|^[<>=]", title), title
        assert len(title) < 200, title
