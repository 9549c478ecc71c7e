"""Another city's survey, from an empty folder to reports: its words and its sums are its own."""

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from markupsafe import Markup

from analysis.build.run import ENGINE
from analysis.build.workers import in_new_process
from analysis.cycle import open_cycle
from analysis.document import html
from analysis.document.blocks import Column, Table
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.decided import decide_rows
from analysis.figures.figure import COUNT
from analysis.figures.findings import Findings, load_findings
from analysis.figures.measure import Count
from analysis.survey.collect import collect_survey
from explored import explore, list_shown
from other import DEPARTMENTS, REASONS, STATUSES, add_guideline, fill_form, invent, write_settings

from conftest import ROOT
from deliveries import run
from pages import open_page, recount
from reports import MASTHEAD
from spreadsheets import recalculate

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

CYCLE = "2026-03-31"
CODES = dict(zip(REASONS, ("cost", "law", "staff", "system", "users", "other"), strict=True))
LATER = {"staff", "users", "other"}
ROUTES = {"budget": {"cost", "system"}, "ask": {"law"}, "train": {"staff", "users"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the survey's folder with its reports, made by commands and by filling in forms."""
    folder = tmp_path_factory.mktemp("other") / "架空市"
    command(folder.parent, "init", folder.name)
    command(folder, "new-cycle", CYCLE)
    write_settings(folder)
    command(folder, "form")
    for number, name in enumerate(DEPARTMENTS, start=1):
        form = folder / f"data/processed/{CYCLE}/forms/{name}.xlsx"
        fill_form(form, list(invent(number)), folder / f"data/raw/{CYCLE}/{name}.xlsx")
    command(folder, "report")
    return folder


def read(folder: Path, report: str) -> str:
    return (folder / "reports" / CYCLE / f"{report}.html").read_text(encoding="utf-8")


def command(folder: Path, *words: str) -> str:
    code, said = run(folder, *words)
    assert code == 0, said
    return said


@pytest.fixture(scope="module")
def findings(folder: Path) -> Findings:
    return load_findings(open_cycle(CYCLE, folder), collect_survey)


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """Return all answers as they were invented, with a department and the reasons as a set."""
    rows = [
        {"department": f"d{number}", **answer}
        for number in range(1, len(DEPARTMENTS) + 1)
        for answer in invent(number)
    ]
    frame = pd.DataFrame(rows)
    texts = frame["進まない理由"].fillna("")
    frame["reasons"] = [{code for text, code in CODES.items() if text in told} for told in texts]
    frame["role"] = frame["電子申請の段階"].map(STATUSES).fillna("excluded")
    return frame


def test_every_procedure_that_is_not_online_has_one_grade_or_lacks_an_answer(
    folder: Path, answers: pd.DataFrame, tmp_path: Path
) -> None:
    shutil.copytree(folder / "data" / "raw", tmp_path / "data" / "raw")
    add_guideline(tmp_path)
    findings = load_findings(open_cycle(CYCLE, tmp_path), collect_survey)
    given = answers[answers["role"].isin(["started", "not_started"])]
    # Of several reasons the last on the road tells the stage: those of training come after the law.
    has_law = given["reasons"].map(lambda told: "law" in told and not told & LATER)
    is_known = (given["role"] == "started") | given["reasons"].map(bool)
    channel = given["受付の方法"].where(is_known & ~has_law)
    expected = {
        "grade_none": has_law.sum(),
        "grade_small": (channel == "郵送, 書留").sum(),
        "grade_large": (channel == "紙").sum(),
        "counter_every": given["受付の方法"].notna().sum(),
        "counter_terminal": (given["受付の方法"] == "紙").sum(),
        "counter_unsettled": given["受付の方法"].isna().sum(),
    }
    figure = findings.ledger.figure
    assert {name: figure(name).numerator for name in expected} == expected
    for name, counted in expected.items():
        (selection,) = findings.ledger.select(figure(name))
        assert len(selection.positions.get("all", ())) == counted, name
    left = len(given) - sum(expected[f"grade_{code}"] for code in ("none", "small", "large"))
    assert figure("grade_unsettled").numerator == left > 0
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    decisions = decide_rows(guideline, asked, findings.survey.rows)
    assert all(own.steps or own.missing for own in decisions if own is not None)


def test_every_count_is_that_of_a_count_by_pandas_alone(
    findings: Findings, answers: pd.DataFrame
) -> None:
    seen = set()
    for slug, own in [("all", answers), *answers.groupby("department")]:
        roles = own["role"].value_counts()
        waiting = own[own["role"] == "not_started"]["reasons"]
        total = len(own) - roles.get("excluded", 0)
        expected = {
            "total": total,
            "not_online": roles.get("started", 0) + roles.get("not_started", 0),
            **{role: roles.get(role, 0) for role in ("online", "started", "not_started")},
            "excluded": roles.get("excluded", 0),
            "requested": sum("law" in told for told in waiting),
            "no_reason": sum(not told for told in waiting),
            **{f"reason_{code}": sum(code in told for told in waiting) for code in CODES.values()},
            **{
                f"route_{route}": sum(bool(codes & told) for told in waiting)
                for route, codes in ROUTES.items()
            },
        }
        figures = {name: findings.ledger.figure(name, slug) for name in expected}
        assert {name: figure.numerator for name, figure in figures.items()} == expected, slug
        rate = findings.ledger.figure("online_rate", slug)
        assert (rate.numerator, rate.denominator) == (expected["online"], total)
        share = findings.ledger.figure("reason_law_share", slug)
        assert share.denominator == expected["not_started"]
        seen.update(expected.values())
    assert len(seen) > 10


def test_the_evidence_of_every_count_is_as_many_rows_as_it_counts(findings: Findings) -> None:
    ledger = findings.ledger
    counted = [figure for figure in ledger.figures.values() if figure.unit == COUNT]
    assert any(figure.value for figure in counted if figure.measure == "no_reason")
    for figure in counted:
        if isinstance(ledger.items[figure.measure].measure, Count):
            (selection,) = ledger.select(figure)
            assert len(selection.positions.get(figure.scope, ())) == figure.numerator, figure.id


def test_several_reasons_are_counted_under_each_and_the_table_says_so(folder: Path) -> None:
    page = read(folder, "reasons")
    assert "複数回答のため、理由ごとの手続き数の合計は手続きの数と一致しません。" in page
    assert "未定に占める割合" in page
    assert "小計：研修" in page
    assert "理由の記入なし" in page


def test_no_word_of_the_published_survey_is_on_any_page(folder: Path) -> None:
    theirs = re.compile(
        "未着手|着手済|オンライン化済|未検討|現行法制度上|ガイドライン|手続き名|課名"
    )
    for path in (folder / "reports" / CYCLE).glob("*.html"):
        text = re.sub(r"<(script|style).*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not [found for found in theirs.findall(text) if path.stem != "quality"], path.stem
    assert {path.name for path in folder.iterdir()} >= {"README.ja.md", "data", "reports"}


def test_a_form_offers_its_own_answers_and_says_where_several_are_taken(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / f"data/processed/{CYCLE}/forms/第1局.xlsx")
    assert book["選択肢"].sheet_state == "hidden"
    assert [cell.value for cell in book["選択肢"]["A"]] == ["紙", "郵送, 書留"]
    checks = {v.promptTitle: v for v in book["調査票"].data_validations.dataValidation}
    assert checks["受付の方法"].formula1 == "選択肢!$A$1:$A$2"
    assert checks["電子申請の段階"].formula1 == '"受付中,試行中,設計中,未定,対象外"'
    assert checks["進まない理由"].type is None
    assert "いくつも選ぶときは「；」で区切ってください。" in checks["進まない理由"].prompt


def test_no_page_speaks_of_a_cycle_before(folder: Path) -> None:
    overview = read(folder, "overview")
    assert "増減" not in overview
    assert not (folder / "reports" / CYCLE / "guideline.html").exists()


def test_the_set_is_verified_and_a_number_followed_to_its_cell(folder: Path) -> None:
    assert "一致" in command(folder, "verify", "--quick")
    said = command(folder, "trace", f"{CYCLE}/第15局/進まない理由：法令")
    assert "進まない理由「" in said
    assert "電子申請の段階「未定」" in said
    said = command(folder, "trace", f"{CYCLE}/all/no_reason")
    assert "進まない理由（空欄）" in said


def test_a_spreadsheet_recounts_every_figure(folder: Path, tmp_path: Path) -> None:
    lines = recalculate(folder / "reports" / CYCLE / "audit.xlsx", tmp_path)["数値"]
    assert len(lines) > 1000
    assert {line["照合"] for line in lines} == {"一致"}


def test_a_page_recounts_itself(folder: Path, browser: "Browser") -> None:
    for name in ("overview", "reasons", "department-d15"):
        with open_page(browser, folder / "reports" / CYCLE / f"{name}.html") as page:
            told, differing = recount(page)
        assert re.fullmatch(r"検算：(\d+)/\1 一致", told), (name, told)
        assert differing == set()


def test_what_went_online_is_recounted_by_this_surveys_own_statuses(
    folder: Path, tmp_path: Path, answers: pd.DataFrame, browser: "Browser"
) -> None:
    raw = tmp_path / "data" / "raw"
    shutil.copytree(folder / "data" / "raw", raw)
    shutil.copytree(raw / CYCLE, raw / "2027-03-31")
    path = raw / "2027-03-31" / "cycle.toml"
    text = path.read_text("utf-8").replace(f"as_of = {CYCLE}", "as_of = 2027-03-31")
    path.write_text(f'previous = "{CYCLE}"\n{text}', "utf-8")
    changed = {"未定": "受付中", "受付中": "設計中", "試行中": "受付中"}
    for book_path in (raw / "2027-03-31").glob("第*.xlsx"):
        book = openpyxl.load_workbook(book_path)
        sheet = book["調査票"]
        sheet["A2"].value = "（2027年3月31日時点）"
        for row in range(7, 40):
            status = sheet.cell(row, 4).value
            sheet.cell(row, 4, changed.get(str(status), status))
        book.save(book_path)
    found = load_findings(open_cycle("2027-03-31", tmp_path), collect_survey)
    figures = [
        found.ledger.figure(name, scope)
        for scope in ("all", "d9", "d15")
        for name in ("went_online", "left_online", "online_change", "reason_law")
    ]
    was = answers["電子申請の段階"].value_counts()
    assert [figure.value for figure in figures[:2]] == [int(was["未定"]), int(was["受付中"])]
    rows = tuple((figure.scope_name, figure) for figure in figures)
    content = html.render(Table("数値", (Column("範囲"), Column("値", numeric=True)), rows))
    printed = gather_printed(content, found)
    page_path = tmp_path / "page.html"
    written = write_traced_page(MASTHEAD, Markup(content), [], found, printed, fingerprint="0123")  # noqa: S704
    page_path.write_text(written, encoding="utf-8", newline="\n")
    with open_page(browser, page_path) as page:
        told, differing = recount(page)
    assert differing == set()
    assert re.fullmatch(r"検算：(\d+)/\1 一致", told), told


def test_several_answers_are_parted_as_they_are_written_and_that_is_told(
    findings: Findings,
) -> None:
    rows = findings.survey.rows
    several = rows[rows["reason"].fillna("").str.contains(";")]
    assert len(several) > 10
    is_told = several["steps"].fillna("").str.contains("several")
    assert {*is_told} == {True, False}
    # What is written as it would be printed is no step.
    assert several.loc[~is_told, "reason_raw"].str.contains("；").all()


def test_nothing_of_the_package_was_touched() -> None:
    """The words of the statuses stand in no code: they are data, and examples in docstrings."""
    found = {}
    for path in (ROOT / "src").rglob("*.py"):
        lines = path.read_text("utf-8").splitlines()
        told = [
            n for n, line in enumerate(lines, 1) if "未着手" in line and not _is_example(lines, n)
        ]
        if told:
            found[path.name] = told
    assert found == {}


def _is_example(lines: list[str], number: int) -> bool:
    """Tell whether a line stands within the example of a docstring."""
    above = lines[max(0, number - 12) : number]
    return any(line.lstrip().startswith(">>>") for line in above)


def test_its_rows_are_explored_by_the_same_notebook(folder: Path) -> None:
    shown = list_shown(in_new_process(explore, folder, ENGINE))
    tables = "".join(data.get("text/html", "") for data in shown)
    assert all(word in tables for word in ("電子申請の段階", "受付中", *DEPARTMENTS))
