"""Approvals: they hold as long as what was approved does, and say what changed; nothing is lost."""

import csv
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from selectolax.lexbor import LexborHTMLParser

from analysis.cli import main
from analysis.cycle import KEPT_NAME, Cycle, open_cycle
from analysis.document import html
from analysis.errors import AnalysisError, SettingsError
from analysis.evidence.orphans import find_orphans, read_page
from analysis.figures.approvals import read_approvals
from analysis.figures.approved import judge_approvals, take_report
from analysis.figures.findings import Findings, list_refusals, load_findings
from analysis.figures.kept import read_kept
from analysis.inputs import leave_others, list_inputs
from analysis.names import say_day
from analysis.proof import approve
from analysis.proof.approve import PROVES_NOTHING, write_approval
from analysis.reports import approvals
from analysis.reports.plan import Report, list_pages, plan_reports, tell_beside
from analysis.survey.collect import collect_survey

from conftest import LATEST
from deliveries import answer, build, copy_delivery, made_by, run
from workbooks import make_cycle, not_started, procedure

DAY = "2024-09-20"
RATE = "2024-09-01/kankyo/online_rate"


@pytest.fixture
def cycle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cycle:
    made = make_cycle(tmp_path, [procedure(1), not_started(2)])
    monkeypatch.chdir(tmp_path)
    return made


def judge(cycle: Cycle) -> list[tuple[str, str]]:
    findings = load_findings(open_cycle(cycle.name, cycle.root), collect_survey)
    return [
        (own.state, "\n".join(own.changes))
        for own in judge_approvals(findings.ledger, read_approvals(cycle), read_kept(cycle))
    ]


def change(cycle: Cycle, *rows: dict[str, object]) -> None:
    made = make_cycle(cycle.root / "other", list(rows))
    name = cycle.departments[0].workbook
    (cycle.raw_folder / name).write_bytes((made.raw_folder / name).read_bytes())


def test_an_approval_holds_until_a_cell_behind_it_changes(cycle: Cycle) -> None:
    assert PROVES_NOTHING in write_approval(RATE, "環境部長", "確認", DAY)
    assert judge(cycle) == [("承認", "")]
    change(cycle, procedure(1), not_started(2, annual_volume=7))
    assert judge(cycle) == [("承認", "")]
    change(cycle, procedure(1), procedure(2))
    ((state, changes),) = judge(cycle)
    assert state == "失効"
    assert "値: 50.0% → 100.0%" in changes
    assert (
        "変わったセル 1: 2024-09-01 環境部.xlsx 調査票!G7「未着手」→「オンライン化済」" in changes
    )
    change(cycle, procedure(1))
    assert "外れたセル 2" in judge(cycle)[0][1]


def test_a_line_is_added_and_those_that_stand_there_stay(cycle: Cycle) -> None:
    write_approval(RATE, "甲", "", DAY)
    cycle.approvals_path.write_bytes(cycle.approvals_path.read_bytes().rstrip(b"\n"))
    before = cycle.approvals_path.read_bytes()
    write_approval("2024-09-01/環境部/総手続き数", "乙", "", DAY)
    assert cycle.approvals_path.read_bytes().startswith(before + b"\n")
    told = write_approval("環境部/オンライン化率", "丙", "", DAY)
    assert "approvals.csv " in told
    assert " approvals_kept.csv " in told
    targets = [own.target for own in read_approvals(cycle)]
    assert targets == [RATE, "2024-09-01/kankyo/total", "2024-09-01/kankyo/online_rate"]


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://x")', "@SUM(A1)", "-1", "<script>alert(1)</script>", 'a",b', "'="]
)
def test_a_hostile_name_is_a_text_everywhere(cycle: Cycle, name: str) -> None:
    write_approval(RATE, name, name, DAY)
    with cycle.approvals_path.open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    assert not line["approved_by"].startswith(("=", "+", "-", "@"))
    (own,) = read_approvals(cycle)
    assert (own.approved_by, own.note) == (name, name)
    findings = load_findings(cycle, collect_survey)
    page = html.render(approvals.approvals(findings))
    assert "<script>" not in page
    assert not find_orphans(read_page(page), findings)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((RATE, " ", "", DAY), "--by"),
        ((RATE, "甲\n乙", "", DAY), "1行"),
        ((RATE, "甲", "\x00", DAY), "--note"),
        ((RATE, "甲", "x" * 3000, DAY), "--note"),
        ((RATE, "甲", "", "きのう"), "--on"),
        ((RATE, "甲", "", "2126-01-01"), "2126-01-01 は、今日（"),
        ((RATE, "甲", "", "2024-08-31"), "時点（2024-09-01）より前"),
        (("2024-09-01/kankyo/nope", "甲", "", DAY), "近いもの"),
        (("市全体/オンライン化", "甲", "", DAY), "近いもの:\n  2024-09-01/all/online_rate "),
        (("2024-09-02/reasons", "甲", "", DAY), "調査回「2024-09-02」"),
        (("環境課", "甲", "", DAY), "近いもの: department-kankyo（環境部）"),
        (("2024-09-01/reasons", "甲", "", DAY), "analysis report"),
    ],
)
def test_what_can_not_be_approved_is_told_and_nothing_written(
    cycle: Cycle, words: tuple[str, str, str, str], told: str
) -> None:
    with pytest.raises(AnalysisError) as caught:
        write_approval(*words)
    assert told in str(caught.value)
    assert not cycle.approvals_path.exists()


def test_broken_lines_are_told_all_at_once_with_what_to_do(cycle: Cycle) -> None:
    for by in "甲乙丙":
        write_approval(RATE, by, "", DAY)
    lines = cycle.approvals_path.read_text("utf-8-sig").splitlines()
    lines[1] = lines[1].replace(DAY, "昨日")
    lines[3] = "x"
    cycle.approvals_path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(SettingsError) as caught:
        write_approval(RATE, "丁", "", DAY)
    said = str(caught.value)
    assert "2024-09-01/approvals.csv に読めない行が2件" in said
    assert "2行目" in said and "4行目" in said and "行ごと削り" in said
    assert cycle.approvals_path.read_text("utf-8").splitlines() == lines


def test_check_tells_of_broken_lines(cycle: Cycle) -> None:
    cycle.approvals_path.write_text("x\n", "utf-8")
    refusals = list_refusals(cycle, collect_survey(cycle), None)
    assert ["approvals.csv" in said for said in refusals] == [True]


def test_a_file_in_another_encoding_is_not_written_to(cycle: Cycle) -> None:
    write_approval(RATE, "環境部長", "", DAY)
    text = cycle.approvals_path.read_text("utf-8-sig")
    cycle.approvals_path.write_bytes(text.encode("cp932"))
    with pytest.raises(SettingsError, match="UTF-8"):
        write_approval(RATE, "甲", "", DAY)
    assert cycle.approvals_path.read_bytes() == text.encode("cp932")


def test_a_link_in_its_place_is_refused(cycle: Cycle, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere.csv"
    other.write_text("", "utf-8")
    cycle.approvals_path.symlink_to(other)
    with pytest.raises(SettingsError):
        write_approval(RATE, "甲", "", DAY)
    assert other.read_bytes() == b""


@pytest.mark.slow
def test_a_report_is_approved_by_the_digests_of_its_figures(cycle: Cycle) -> None:
    def take() -> tuple[Findings, str]:
        findings = load_findings(open_cycle(cycle.name, cycle.root), collect_survey)
        basis = take_report(findings.ledger, "理由", [RATE, "2024-09-01/kankyo/total"])
        return findings, basis.evidence_sha256

    before = take()[1]
    change(cycle, procedure(1), not_started(2, remarks="別"))
    assert take()[1] == before
    change(cycle, procedure(1), procedure(2))
    assert take()[1] != before


def test_what_stood_behind_is_kept_once_and_not_believed_once_it_was_changed(cycle: Cycle) -> None:
    kept = cycle.approvals_path.with_name(KEPT_NAME)
    write_approval(RATE, "甲", "", DAY)
    before = kept.read_bytes()
    write_approval(RATE, "乙", "", DAY)
    assert kept.read_bytes() == before
    change(cycle, procedure(1), procedure(2))
    assert [text.count("→") for _, text in judge(cycle)] == [2, 2]
    kept.write_text(kept.read_text("utf-8").replace("未着手", "着手済"), "utf-8")
    for state, changes in judge(cycle):
        assert state == "失効"
        assert "控え（approvals_kept.csv）がないか、書き換えられています" in changes
        assert "着手済" not in changes
    write_approval("2024-09-01/kankyo/total", "丙", "", DAY)
    change(cycle, procedure(1), not_started(2))
    with pytest.raises(SettingsError, match=r"の2行目から\d+行目まで.*書き換えられ.*削って"):
        write_approval(RATE, "甲", "", DAY)
    change(cycle, procedure(1), procedure(2))
    kept.unlink()
    assert "控え（approvals_kept.csv）がない" in judge(cycle)[0][1]


def test_an_expired_report_tells_values_before_and_now_and_the_cells(
    cycle: Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [RATE, "2024-09-01/kankyo/total"]
    monkeypatch.setattr(
        approve,
        "_take_delivered",
        lambda cycle, findings, stem: (
            f"{cycle.name}/{stem}",
            take_report(findings.ledger, "理由", ids),
        ),
    )
    cycle.reports_folder.mkdir(parents=True)
    write_approval("2024-09-01/reasons", "甲", "", DAY)
    assert judge(cycle) == [("承認", "")]
    change(cycle, procedure(1), procedure(2), not_started(3))
    ((state, changes),) = judge(cycle)
    assert state == "失効"
    assert changes.splitlines() == [
        "変わった数値 2",
        f"・環境部　オンライン化率：50.0% → 66.7%（{RATE}）",
        "・環境部　総手続き数：2件 → 3件（2024-09-01/kankyo/total）",
        "変わったセル 1: 2024-09-01 環境部.xlsx 調査票!G7「未着手」→「オンライン化済」",
        "加わったセル 2: 2024-09-01 環境部.xlsx 調査票!A8「K-003」、"
        "2024-09-01 環境部.xlsx 調査票!G8「未着手」",
    ]


def test_an_approval_of_an_interim_number_is_said_to_be_of_another_set(cycle: Cycle) -> None:
    write_approval(RATE, "甲", "", DAY)
    text = cycle.approvals_path.read_text("utf-8")
    why = "この一式の数値ではないため"
    shown = [html.render(approvals.approvals(load_findings(cycle, collect_survey)))]
    cycle.approvals_path.write_text(text.replace(RATE, f"2024-09-01-interim{RATE[10:]}"), "utf-8")
    assert judge(cycle) == [("対象外", "")]
    shown.append(html.render(approvals.approvals(load_findings(cycle, collect_survey))))
    assert [why in page for page in shown] == [False, True]
    assert "<td>比べていません</td>" in shown[1].replace(' class="number"', "")


def test_no_report_but_its_own_and_the_index_is_made_from_approvals(cycle: Cycle) -> None:
    assert "approvals" not in [report.stem for report in plan_reports(cycle)]
    write_approval(RATE, "甲", "", DAY)
    assert "approvals" in [report.stem for report in plan_reports(cycle)]
    inputs = list_inputs(cycle)
    for name in ("approvals", "approvals_kept"):
        path = f"data/raw/2024-09-01/{name}.csv"
        assert path in leave_others(inputs, "approvals")
        assert path not in leave_others(inputs, "overview") | leave_others(inputs, None)
        indices = [name for name in list_pages(cycle) if name.startswith("index")]
        for page in list_pages(cycle):
            own = leave_others(inputs, None, dict(tell_beside(cycle, page)))
            assert (path in own) == (page in indices), page


@pytest.mark.slow
def test_a_report_is_approved_shown_expired_and_verify_lists_it(
    delivery: Path, tmp_path: Path
) -> None:
    folder = copy_delivery(delivery, tmp_path / "project")
    assert run(folder, "approve", "overview", "--by", "部長", "--on", DAY)[0] == 0
    assert made_by(build(folder)) == {"approvals"}
    code, said = run(folder, "verify")
    assert code == 0, said
    page = folder / "reports/2024-09-01/approvals.html"
    assert told_on_index(folder) == {"overview": ("承認", "部長", say_day(DAY))}
    assert told_of_report(page) == ("承認した値と同じ", say_day(DAY))
    assert "失効" not in page.read_text("utf-8").partition("承認の一覧")[2].partition("</table>")[0]
    answer(folder, "G7", "着手済")
    answer(folder, "J7", None)
    assert "承認: 1件、うち失効 1件" in build(folder)
    assert "変わった数値" in page.read_text("utf-8")
    assert told_on_index(folder) == {"overview": ("失効", "部長", say_day(DAY))}
    assert told_of_report(page) == ("下の表のとおり", say_day(DAY))
    code, said = run(folder, "verify", "--quick")
    assert code == 0, said
    assert "うち失効 1件" in said and "2024-09-01/overview" in said
    code, said = run(folder, "pack")
    assert code == 0, said
    assert said.splitlines()[-2] == "承認: 1件、うち失効 1件"
    assert "approvals.html" in said.splitlines()[-1]
    assert run(folder, "approve", "overview", "--by", "<b>副部長</b>", "--on", DAY)[0] == 0
    assert made_by(build(folder)) == {"approvals"}
    assert told_on_index(folder) == {"overview": ("承認", "<b>副部長</b>", say_day(DAY))}
    code, said = run(folder, "verify")
    assert code == 0, said


def told_of_report(page: Path) -> tuple[str, str]:
    """Return what the page of approvals says of the first one: its value today, and its day."""
    cells = LexborHTMLParser(page.read_text("utf-8")).css("main table tbody tr")[0].css("th, td")
    assert cells[2].text().endswith("件の数値")
    return cells[3].text(), cells[5].text()


def told_on_index(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return what the index says of each approved report, by stem: its state, by whom, when."""
    page = LexborHTMLParser((folder / "reports/2024-09-01/index.html").read_text("utf-8"))
    warned = "失効した承認があります" in page.css_first("main").text()
    found = {}
    for row in page.css("tbody tr"):
        if link := row.css_first('td a[href="approvals.html"]'):
            stem = row.css_first("th a").attributes["href"].removesuffix(".html")
            state = link.text().removeprefix(link.css_first(".spoken").text())
            named = link.parent.next
            found[stem] = (state, named.text(), named.next.text())
    assert warned == any(state == "失効" for state, *_ in found.values())
    assert page.css_first("main").text().count("誰が承認したかは証明しません") == 1
    return found


@pytest.mark.slow
def test_every_kind_of_report_can_be_approved(built_project: Path, tmp_path: Path) -> None:
    """By its title; also one that leaves a number's sign to the words: 146件増加, 4件減少."""
    folder = Path(shutil.copytree(built_project, tmp_path / "project"))
    cycle = open_cycle(LATEST, folder)
    findings, reports = load_findings(cycle), plan_reports(cycle)
    # Departments are of one kind: one that rose, one that fell, one that did neither.
    kinds = {(own.notebook, own.lang, find_sign(findings, own)): own for own in reports}
    assert len({name for name, _, _ in kinds}) > 5
    assert {sign for _, _, sign in kinds} == {-1, 0, 1, None}
    for report in kinds.values():
        called = f"{LATEST}/{report.title}"
        code, said = run(folder, "approve", called, "--by", "部長", "--on", DAY)
        assert code == 0, (called, said)
        assert said.startswith(f"{LATEST}/{report.stem}（"), (called, said)


def find_sign(findings: Findings, report: Report) -> int | None:
    """Return whether a department's count rose, fell or stood; None for another report."""
    if report.department is None:
        return None
    change = findings.ledger.figure("online_change", report.department).value
    return (change > 0) - (change < 0)


def test_the_help_says_that_it_proves_nothing() -> None:
    said = CliRunner().invoke(main, ["approve", "--help"]).output
    assert "証明しません" in said
