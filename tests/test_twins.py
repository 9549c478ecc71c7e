"""What is online in another department though it is called impossible here: proposals."""

from pathlib import Path

from analysis.document import html
from analysis.evidence.orphans import find_orphans, read_page
from analysis.figures.findings import Findings, load_findings
from analysis.figures.twins import find_twins
from analysis.reports import reasons
from analysis.survey.collect import collect_survey

from workbooks import make_cycle, not_started, procedure

LAW, OFFICE = "現行法制度上不可", "他機関の事務（市は受付のみ）"
HERE = [
    not_started(1, name="証明書　の交付", law="甲法第1条", reason=LAW),
    not_started(2, law="乙法第2条・第3条", reason=OFFICE),
    not_started(3, law="乙法第9条", reason=LAW),
    not_started(4, law="乙法第2条", reason="未検討"),
    not_started(5, law="丙法", reason=LAW),
    procedure(6, law="丙法"),
    not_started(7, law="「丁法」", reason=LAW, name="<i>七</i>"),
]
THERE = [
    procedure(11, section="こども課", name="証明書の交付", law="別の法"),
    procedure(12, section="こども課", law="乙法　第三条"),
    *(procedure(n, section="こども課", law="丁法") for n in range(13, 18)),
]
EXPECTED = {"K-001": "name", "K-002": "article", "K-003": "law", "K-007": "law"}


def make_findings(folder: Path) -> Findings:
    return load_findings(make_cycle(folder, HERE, THERE), collect_survey)


def test_a_twin_is_told_by_what_it_shares_most_and_only_across_departments(tmp_path: Path) -> None:
    findings = make_findings(tmp_path)
    rows = findings.survey.rows
    found = {
        rows["procedure_id"][twin.row]: twin.ground
        for twin in find_twins(findings.cycle.questionnaire, rows)
    }
    assert found == EXPECTED
    figure = findings.ledger.figure
    assert figure("twins").numerator == len(EXPECTED)
    assert figure("twins", "kodomo").numerator == 0
    assert figure("twins_law").numerator == 2
    cells = findings.ledger.evidence(figure("twins_name"))
    assert set(cells["procedure_id"]) == {"K-001"}


def test_the_table_shows_both_sides_ranked_and_escapes_them(tmp_path: Path) -> None:
    findings = make_findings(tmp_path)
    page = html.render(reasons.behind(findings))
    assert not find_orphans(read_page(page), findings)
    assert "こども部　こども課　証明書の交付（別の法）　K-011" in page
    assert "<i>七" not in page
    assert "ほか" in page


def test_where_there_is_no_candidate_nothing_is_asked_to_be_checked(tmp_path: Path) -> None:
    findings = load_findings(make_cycle(tmp_path, HERE), collect_survey)
    page = html.render(reasons.behind(findings))
    assert "のものは、<a" in page and ">0件</a>です。" in page
    assert "候補" not in page and "該当はありません" not in page
