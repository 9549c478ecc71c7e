"""The requests: whom the city asks to act, because of which laws, for how many procedures."""

from pathlib import Path

import pytest

from analysis.cycle import open_cycle
from analysis.document import html, typst
from analysis.errors import SettingsError
from analysis.evidence.orphans import find_orphans, read_page
from analysis.figures.findings import Findings, load_findings
from analysis.figures.laws import code_law
from analysis.questionnaire.read import TEMPLATE_PATH
from analysis.reports import reasons, requests
from analysis.reports.plan import plan_reports
from analysis.survey.collect import collect_survey

from workbooks import make_cycle, not_started, procedure

AGENCIES = """
[[agency]]
code = "moj"
name = "法務省"
addressee = "法務省民事局長"
laws = ["戸籍法"]

[[agency]]
code = "pref"
name = "架空県"
laws = ["架空県*", "旅券法*"]

[[agency]]
code = "office"
name = "県の窓口"
laws = ["旅券法"]
reasons = ["他機関の事務（市は受付のみ）"]
"""
LAW, OFFICE = "現行法制度上不可", "他機関の事務（市は受付のみ）"
ROWS = [
    not_started(1, law="戸籍法第25条", reason=LAW, annual_volume=10),
    not_started(2, law="「戸籍法」　第２７条", reason=LAW, annual_volume=5),
    not_started(3, law="旅券法第3条", reason=OFFICE, annual_volume=7),
    not_started(4, law="旅券法第3条・戸籍法", reason=LAW, annual_volume="不明"),
    not_started(5, law="架空県手帳要綱", reason=OFFICE, annual_volume=1),
    not_started(6, law="<b>謎</b>法", reason=OFFICE, annual_volume=0),
    not_started(7, law="戸籍法", reason="未検討"),
    procedure(8, law="戸籍法"),
]
EXPECTED = {"moj": (2, 15), "office": (1, 7), "pref": (2, 1), "undecided": (1, 0)}


def make_findings(folder: Path, agencies: str | None = AGENCIES) -> Findings:
    cycle = make_cycle(folder, ROWS)
    if agencies is not None:
        cycle.agencies_path.write_text(agencies, encoding="utf-8")
    return load_findings(cycle, collect_survey)


def take(findings: Findings, measure: str) -> int | None:
    return findings.ledger.figure(measure).numerator


def test_each_lobbied_procedure_is_one_agencys(tmp_path: Path) -> None:
    findings = make_findings(tmp_path)
    found = {
        code: (take(findings, f"request_{code}"), take(findings, f"request_{code}_volume"))
        for code in EXPECTED
    }
    assert found == EXPECTED
    assert take(findings, "requested") == sum(count for count, _ in EXPECTED.values())
    assert take(findings, f"request_moj_{code_law('戸籍法')}") == 2
    assert take(findings, "request_pref_for_law_prevents") == 1


def test_the_evidence_of_a_request_is_the_answers_that_decide_it(tmp_path: Path) -> None:
    ledger = make_findings(tmp_path).ledger
    cells = ledger.evidence(ledger.figure("request_office"))
    assert set(cells["procedure_id"]) == {"K-003"}
    assert list(cells["field"]) == ["procedure_id", "status", "reason", "law"]
    assert cells["raw"].tolist()[-1] == "旅券法第3条"


@pytest.mark.parametrize("show", [requests.agencies, requests.letters, reasons.behind])
def test_the_pages_hold_no_digit_without_evidence_and_escape_what_was_written(
    tmp_path: Path, show: object
) -> None:
    findings = make_findings(tmp_path)
    block = show(findings)  # type: ignore[operator]
    page = html.render(block)
    assert not find_orphans(read_page(page), findings)
    assert "<b>謎" not in page
    assert "#strong" not in typst.render(block).replace("#strong[", "")


def test_a_letter_names_addressee_laws_and_procedures(tmp_path: Path) -> None:
    page = html.render(requests.letters(make_findings(tmp_path)))
    letters = page.split('<h2 class="page">')[1:]
    assert [letter.partition("</span>")[0].rpartition(">")[2] for letter in letters] == [
        "法務省",
        "架空県",
        "県の窓口",
        "所管未定",
    ]
    assert "法務省民事局長" in letters[0]
    assert "届出その1" in letters[0] and "届出その7" not in letters[0]
    ruled = ["所管法令により" in letter for letter in letters]
    assert ruled == [True, True, True, False]
    of_reason = ["の所管と、未着手の理由「" in letter for letter in letters]
    assert of_reason == [False, False, True, False]
    assert "宛先" not in letters[-1] and "&lt;b&gt;謎" in letters[-1]


def test_without_a_file_every_law_is_of_nobody_and_listed(tmp_path: Path) -> None:
    findings = make_findings(tmp_path, None)
    assert take(findings, "request_undecided") == take(findings, "requested") == 6
    assert "戸籍法" in html.render(reasons.behind(findings))


def test_where_nothing_is_lobbied_there_is_neither_figure_nor_report(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    survey = TEMPLATE_PATH.read_text(encoding="utf-8")
    assert "requests" in [report.stem for report in plan_reports(cycle)]
    cycle.survey_path.write_text(survey.replace("lobbied = true\n", ""), encoding="utf-8")
    cycle = open_cycle(cycle.name, tmp_path)
    assert "requests" not in [report.stem for report in plan_reports(cycle)]
    findings = load_findings(cycle, collect_survey)
    assert not [name for name in findings.ledger.items if name.startswith("request")]
    assert html.render(reasons.behind(findings)) == ""


@pytest.mark.parametrize(
    ("code", "law", "told"),
    [
        ("x", "戸籍法", "「戸籍法」は、既に法務省にあります"),
        ("moj", "丙法", "「moj」は、既に"),
        ("undecided", "丙法", "「undecided」は、既に"),
    ],
)
def test_what_two_lines_say_is_refused_with_its_line(
    tmp_path: Path, code: str, law: str, told: str
) -> None:
    wrong = f'[[agency]]\ncode = "{code}"\nname = "丙"\nlaws = ["{law}"]\n'
    with pytest.raises(SettingsError, match=r"agencies\.toml に誤りが1件") as caught:
        make_findings(tmp_path, f"{AGENCIES}\n{wrong}")
    assert told in str(caught.value)
    assert "行目" in str(caught.value)
