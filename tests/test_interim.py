"""An absent answer is a state: what is counted, compared and told while a cycle is open."""

import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.cycle import Cycle, open_cycle
from analysis.errors import AnalysisError, SettingsError, SurveyError
from analysis.figures.findings import Findings, load_findings
from analysis.reports import collection, overview, quality
from analysis.survey.collect import collect_survey
from analysis.survey.opening import open_counted
from analysis.survey.problems import problems_from_frame
from analysis.survey.store import load_surveys
from bridges import require_bridge

from cities import (
    BEFORE,
    NAMES,
    NOW,
    answer_one,
    hand_in,
    hand_in_lines,
    leave_out,
    make_city,
    path_of,
    settings_of,
)
from deliveries import run
from pages import texts_of

INTERIM = f"{NOW}-interim"
ANSWERS = {
    "ko": ("onn", "own"),
    "otsu": ("ssnn", "wwss"),
    "hei": ("oooo", "ooon"),
    "tei": ("nnnnn", "nnnsw"),
    "bo": ("on", "oww"),
}


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_city(tmp_path_factory.mktemp("city"), ANSWERS)


@pytest.fixture
def project(city: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(city, tmp_path / "project"))


def withhold(root: Path, *slugs: str) -> Path:
    """Take workbooks away."""
    for slug in slugs:
        path_of(root, slug).unlink()
    return root


def find(root: Path, name: str = INTERIM) -> Findings:
    return load_findings(open_counted(name, root, collect_survey), collect_survey)


def count(slugs: list[str]) -> pd.DataFrame:
    """Count by hand: of these departments, each status in both cycles."""
    rows = [
        (cycle, slug, letter)
        for slug in slugs
        for cycle, letters in zip(("before", "now"), ANSWERS[slug], strict=True)
        for letter in letters.replace("w", "o")
    ]
    frame = pd.DataFrame(rows, columns=["cycle", "slug", "letter"])
    return pd.crosstab(frame["cycle"], frame["letter"]).reindex(columns=[*"osn"], fill_value=0)


@pytest.mark.slow
# The folder is made anew for each example, within one that the test has for itself.
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(missing=st.sets(st.sampled_from([*ANSWERS]), min_size=1, max_size=len(ANSWERS) - 1))
def test_the_city_is_compared_with_the_same_departments(
    city: Path, tmp_path: Path, missing: set[str]
) -> None:
    shutil.rmtree(tmp_path / "project", ignore_errors=True)
    root = withhold(Path(shutil.copytree(city, tmp_path / "project")), *missing)
    ledger = find(root).ledger
    there = [slug for slug in ANSWERS if slug not in missing]
    counted = count(there)
    for measure, letters in {
        "total": "osn", "online": "o", "started": "s", "not_started": "n", "not_online": "sn",
    }.items():  # fmt: skip
        now, before = (int(counted.loc[when, [*letters]].sum()) for when in ("now", "before"))
        assert ledger.figure(measure).numerator == now
        assert ledger.previous_figure(measure).numerator == before
        assert ledger.figure(f"{measure}_change").value == now - before
        # Sums close: the departments' figures are all that the city's are made of.
        for name in (measure, f"{measure}_change"):
            parts = [ledger.figure(name, scope.slug).value for scope in ledger.list_departments()]
            assert sum(parts) == ledger.figure(name).value
    require_bridge(find(root))
    rates = counted["o"] / counted.sum(axis="columns") * 100
    change = ledger.figure("online_rate_change").value
    assert abs(change - Decimal(str(rates["now"] - rates["before"]))) <= Decimal("0.0500001")
    assert [scope.slug for scope in ledger.list_departments()] == there
    assert ledger.figure("workbooks").numerator == len(ANSWERS)
    assert ledger.figure("workbooks_answered").numerator == len(there)
    # The last answers of the others count for themselves alone.
    last = count(sorted(missing)).loc["before"]
    assert ledger.figure("waiting_total").numerator == last.sum()
    for slug in missing:
        assert ledger.figure("waiting_online", slug).numerator == ANSWERS[slug][0].count("o")
        assert ledger.look_up(INTERIM, slug, "online") is None
    for slug in there:
        assert ledger.look_up(INTERIM, slug, "waiting_online") is None


def test_the_missing_and_the_unusable_are_named_with_why(project: Path) -> None:
    withhold(project, "ko")
    path_of(project, "otsu").write_bytes(b"no workbook")
    hand_in_lines(project, "hei", [answer_one("hei", 1, "n") | {"reason": None}])
    cycle = open_counted(INTERIM, project)
    told = [(own.department.slug, own.state, own.reason) for own in cycle.uncounted]
    assert told == [
        ("ko", "missing", "未提出"),
        ("otsu", "unreadable", "読取不可"),
        ("hei", "faulty", "誤り1件"),
    ]
    assert [department.slug for department in cycle.departments] == ["tei", "bo"]
    findings = find(project)
    said = texts_of(overview.masthead(findings).notice)
    assert "暫定：5部局のうち、2部局の回答だけを数えています。" in said
    assert "前回からの増減は同じ部局どうしを比べたものです。" in said
    assert said.endswith("未提出：甲部。読取不可：乙部。誤りあり：丙部。")
    assert overview.masthead(findings).title.endswith("（暫定）")
    shown = texts_of(overview.departments(findings))
    assert "回答を数えていない部局（前回の回答。どの数値にも含みません）" in shown
    assert "同じ部局の前回調査時" in texts_of(overview.headline(findings))
    states = findings.survey.workbooks.set_index("department_slug")["state"]
    assert states[["ko", "otsu", "hei", "tei"]].tolist() == [
        "missing", "unreadable", "faulty", "answered",
    ]  # fmt: skip
    assert "丙部丙部.xlsx誤りあり———" in texts_of(collection.show_collection(findings))


def test_a_file_that_is_not_counted_is_told_and_nothing_else_of_it(project: Path) -> None:
    path_of(project, "otsu").write_bytes(b"no workbook")
    problems = problems_from_frame(find(project).survey.problems)
    found = [problem for problem in problems if problem.code != "went_offline"]
    assert [(p.code, p.severity, p.workbook) for p in found] == [
        ("workbook_uncounted", "notice", "乙部.xlsx")
    ]
    assert found[0].message == "「乙部」の回答は、どの数値にも含めていません（読取不可）。"


def test_answers_in_a_file_of_another_name_are_counted(project: Path) -> None:
    path_of(project, "ko").rename(path_of(project, "ko").with_name("回答.xlsx"))
    withhold(project, "otsu")
    assert [d.slug for d in open_counted(INTERIM, project).departments] == [
        "ko",
        "hei",
        "tei",
        "bo",
    ]
    assert find(project).ledger.figure("total", "ko").numerator == 3


def test_an_error_of_no_department_stops_an_interim_set_too(project: Path) -> None:
    withhold(project, "ko")
    (settings_of(project).parent / "corrections (1).toml").write_text("", "utf-8")
    with pytest.raises(SurveyError, match=r"corrections \(1\)\.toml"):
        find(project)


def test_what_was_decided_of_a_procedure_that_is_not_counted_waits(project: Path) -> None:
    folder = settings_of(project).parent
    decided = 'decided_by = "DX戦略課"\ndecided_on = 2024-09-20\nreason = "確認"\n'
    entry = '[[correction]]\nprocedure_id = "{}"\nfield = "年間件数"\nexpected = "120"\n{}'
    text = "".join(
        entry.format(f"{slug}-001", f'value = "210"\n{decided}') for slug in ("KO", "OTSU")
    )
    (folder / "corrections.toml").write_text(text, "utf-8")
    hand_in(project, "bo", "ownn")
    lines = ["KO-003,KO-009", "HEI-004,BO-004", "BO-002,BO-002"]
    head = "previous_id,current_id,decided_by,decided_on,reason\n"
    body = "".join(f"{line},DX戦略課,2024-09-20,確認\n" for line in lines)
    (folder / "matches.csv").write_text(head + body, "utf-8")
    withhold(project, "ko", "hei")
    survey = find(project).survey
    told = [(p.code, p.cell) for p in problems_from_frame(survey.problems)]
    assert [code for code, _ in told] == ["match_waits", "match_waits", "correction_waits"]
    assert [cell for _, cell in told[:2]] == ["2行目", "3行目"]
    assert "KO-001" in told[2][1]
    assert survey.matches["current_id"].tolist() == ["BO-002"]
    assert survey.corrections["procedure_id"].tolist() == ["OTSU-001"]
    # What came from a department that is not counted is new where it is now.
    assert find(project).ledger.figure("total_change").value == len("ownn") - len("on")


@pytest.mark.slow
def test_what_was_decided_waits_in_an_open_cycle_and_is_held_to_in_a_full_one(
    project: Path,
) -> None:
    folder = settings_of(project).parent
    decided = 'decided_by = "DX戦略課"\ndecided_on = 2024-09-20\nreason = "確認"\n'
    correction = 'procedure_id = "KO-009"\nfield = "年間件数"\nexpected = "120"\nvalue = "210"\n'
    (folder / "corrections.toml").write_text(f"[[correction]]\n{correction}{decided}", "utf-8")
    head = "previous_id,current_id,decided_by,decided_on,reason\n"
    lines = "OTSU-009,KO-007,DX戦略課,2024-09-20,確認\n,KO-008,DX戦略課,2024-09-20,新規\n"
    (folder / "matches.csv").write_text(head + lines, "utf-8")
    told = {}
    for state in ("answered", "unreadable", "missing"):
        if state == "unreadable":
            path_of(project, "ko").write_bytes(b"no workbook")
        elif state == "missing":
            withhold(project, "ko")
        survey, _ = load_surveys(open_cycle(NOW, project), collect_survey)
        problems = problems_from_frame(survey.problems)
        told[state] = [(p.code, p.cell) for p in problems if p.department is None]
    assert [code for code, _ in told["answered"]] == [
        *["match_id_unknown"] * 3, "correction_row_missing",
    ]  # fmt: skip
    for state in ("unreadable", "missing"):
        codes = [code for code, _ in told[state]]
        # What the previous cycle does not have, nobody can hand in any more.
        assert codes == [
            "match_id_unknown", "match_waits", "match_waits", "correction_waits",
        ]  # fmt: skip
    code, output = run(project, "report", "--quiet")
    assert code == 1
    assert "調査票が未提出です" in output
    assert "KO-009" not in output


def test_a_cycle_that_is_answered_has_no_interim_set(project: Path) -> None:
    with pytest.raises(SurveyError, match=f"そろっているため.*\n`analysis report {NOW}`"):
        open_counted(INTERIM, project)


def test_a_cycle_without_an_answer_has_no_interim_set(project: Path) -> None:
    withhold(project, *ANSWERS)
    code, output = run(project, "report", "--interim", "--quiet")
    assert code == 1
    assert "数えられる回答のある部局がまだありません" in output
    assert "甲部（未提出）" in output
    assert not (project / "reports").exists()


def test_who_counts_is_found_anew_when_the_answers_change(project: Path) -> None:
    withhold(project, "ko", "otsu")
    assert len(open_counted(INTERIM, project).uncounted) == 2
    hand_in(project, "ko", "own")
    cycle = open_counted(INTERIM, project)
    assert [own.department.slug for own in cycle.uncounted] == ["otsu"]
    assert load_findings(cycle).ledger.figure("total").numerator == len("ownooonnnnswoww")
    # The previous cycle decides as well: here by an id under which another procedure stood.
    other = answer_one("ko", 1, "o") | {"name": "道路の占用許可", "law": "道路法"}
    hand_in_lines(project, "ko", [other], BEFORE)
    cycle = open_counted(INTERIM, project)
    found = {own.department.slug: own.state for own in cycle.uncounted}
    assert found == {"ko": "faulty", "otsu": "missing"}
    # Nothing in this cycle's own folder is another.
    assert load_findings(cycle).ledger.figure("total").numerator == len("ooonnnnswoww")


@pytest.mark.slow
def test_a_plain_report_of_an_open_cycle_says_what_can_be_built(project: Path) -> None:
    withhold(project, "ko")
    told = "`analysis report 2024-09-01 --interim` は、回答のそろった4部局だけを数えた暫定の報告書"
    for command in ("report --quiet", "report --quiet --department 乙部", "check"):
        code, output = run(project, *command.split())
        assert code == 1
        assert told in output, command


def test_a_department_that_is_not_counted_has_no_page(project: Path) -> None:
    withhold(project, "ko")
    for name in ("甲部", "ko"):
        code, output = run(project, "report", "--interim", "--quiet", "--department", name)
        assert code == 1
        assert (
            "部局「甲部」の回答は、調査回 2024-09-01-interim では数えていません（未提出）" in output
        )


def test_no_interim_set_is_compared_with_what_was_published(project: Path) -> None:
    published = "scope,measure,published\n全体,total,17\n"
    (settings_of(project).parent / "published.csv").write_text(published, "utf-8")
    assert find(project, NOW).ledger.figure("published").numerator == 1
    withhold(project, "ko")
    findings = find(project)
    assert findings.ledger.figure("published").numerator == 0
    assert "照合していません" in texts_of(quality.reconciliation(findings))


def test_a_number_of_the_cycle_before_has_an_id_of_its_own(project: Path) -> None:
    """Of the whole city it is another number than that cycle's."""
    withhold(project, "hei")
    compared = f"{BEFORE}-for-{INTERIM}"
    assert find(project).ledger.previous_figure("online").id == f"{compared}/all/online"
    for name, value in ((f"{compared}/all/online", 2), (f"{BEFORE}/all/online", 6)):
        code, output = run(project, "trace", name)
        assert code == 0
        assert f"市全体　オンライン化済手続き数: {value}件" in output
    code, output = run(project, "trace", f"{INTERIM}/丙部/waiting_online")
    assert f"{BEFORE} 丙部.xlsx 調査票!G6" in output


@pytest.mark.slow
def test_two_interim_sets_and_the_closed_one_are_compared(project: Path) -> None:
    withhold(project, "hei")
    code, output = run(project, "diff", BEFORE, INTERIM)
    assert code == 0
    assert f"比較: {BEFORE} → {INTERIM}" in output


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([("己部", "なし")], "「己部」は departments にありません"),
        ([("甲部", "廃止"), ("ko", "廃止")], "「ko」が2回あります"),
        ([(name, "廃止") for name in NAMES.values()], "すべての部局があります"),
        ([("甲部", " ")], "left_out.reason"),
    ],
)
def test_settings_that_leave_out_wrongly_are_told(
    project: Path, lines: list[tuple[str, str]], told: str
) -> None:
    leave_out(project, *lines)
    with pytest.raises(SettingsError, match=told):
        open_cycle(NOW, project)


def test_a_closed_cycle_leaves_out_whom_its_settings_say_with_why(project: Path) -> None:
    withhold(project, "ko")
    leave_out(project, ("甲部", "令和6年度末で廃止"))
    findings = find(project, NOW)
    masthead = overview.masthead(findings)
    assert not masthead.title.endswith("（暫定）")
    said = texts_of(masthead.notice)
    assert said.startswith("5部局のうち、4部局の回答だけを数えています。")
    assert said.endswith("集計対象外：甲部（令和6年度末で廃止）。")
    counted = count(["otsu", "hei", "tei", "bo"])
    assert findings.ledger.figure("online").numerator == counted.loc["now", "o"]
    assert findings.ledger.previous_figure("online").numerator == counted.loc["before", "o"]
    # The next cycle's reader is told as well: what is left out here is no loss nor gain of its.
    code, output = run(project, "check")
    assert code == 0, output
    assert "集計対象外（1部局）: 甲部" in output


def test_an_interim_cycle_leaves_out_those_of_the_settings_as_well(project: Path) -> None:
    withhold(project, "ko", "otsu")
    leave_out(project, ("甲部", "廃止"))
    states = [(own.department.slug, own.state) for own in open_counted(INTERIM, project).uncounted]
    assert states == [("ko", "left_out"), ("otsu", "missing")]


def test_a_cycle_after_one_that_left_somebody_out_says_so(project: Path) -> None:
    leave_out(project, ("甲部", "未整備"), cycle=BEFORE)
    said = texts_of(overview.masthead(find(project, NOW)).notice)
    assert said == "前回調査では、甲部を数えていません。"


def test_a_department_that_is_no_more_is_compared_in_a_closed_cycle_only(project: Path) -> None:
    """While the cycle is open nobody knows whether its procedures are with one that is missing."""
    path, own = settings_of(project), '[[departments]]\nname = "戊部"\n'
    head, _, rest = path.read_text("utf-8").partition(own)
    path.write_text(head + "\n".join(rest.splitlines()[2:]), "utf-8")
    withhold(project, "ko", "bo")
    there = ["otsu", "hei", "tei"]
    before = count(there).loc["before"].sum()
    assert find(project).ledger.previous_figure("total").numerator == before
    leave_out(project, ("甲部", "廃止"))
    gone = "".join(f"BO-00{number},,DX戦略課,2024-09-20,廃止\n" for number in (1, 2))
    head = "previous_id,current_id,decided_by,decided_on,reason\n"
    (path.parent / "matches.csv").write_text(head + gone, "utf-8")
    closed = find(project, NOW).ledger
    assert closed.previous_figure("total").numerator == before + len("on")
    assert [scope.slug for scope in closed.list_departments()] == [*there, "bo"]


def test_a_form_that_came_back_as_it_was_sent_is_told(project: Path) -> None:
    hand_in(project, "ko", ANSWERS["ko"][0])
    hand_in_lines(project, "otsu", [
        answer_one("otsu", number, letter) | ({"annual_volume": 121} if number == 1 else {})
        for number, letter in enumerate(ANSWERS["otsu"][0], start=1)
    ])  # fmt: skip
    # Of one or two procedures it is no wonder.
    hand_in(project, "bo", ANSWERS["bo"][0])
    found = problems_from_frame(find(project, NOW).survey.problems)
    told = [p for p in found if p.code == "form_as_sent"]
    assert [(p.workbook, p.severity) for p in told] == [("甲部.xlsx", "notice")]
    assert told[0].message == "手続きも回答も、すべて前回調査（2024-03-31）と同じです（3件）。"


def test_an_interim_cycle_may_be_called_by_its_mark(project: Path) -> None:
    withhold(project, "ko")
    said, marked = f"{NOW}-interim", f"{NOW}-暫定"
    assert open_counted(marked, project).name == said
    found = run(project, "trace", f"{marked}/乙部/total")
    assert found == run(project, "trace", f"{said}/乙部/total")
    assert f"数値ID: {said}/otsu/total" in found[1]
    compared = f"{BEFORE}-for-{marked}/乙部/total"
    assert f"数値ID: {BEFORE}-for-{said}/otsu/total" in run(project, "trace", compared)[1]
    assert run(project, "diff", marked, said)[1].startswith(
        f"比較: {marked} → {said}\n異なる数値: 0件"
    )
    for name in (said, marked):
        assert "未提出（1部局）: 甲部" in run(project, "check", name)[1]
        assert "調査票を5件作成" in run(project, "form", name)[1]
        assert f"reports/{said}/ に報告書がありません" in run(project, "verify", name)[1]


def test_a_figure_of_a_department_that_is_not_counted_is_told_why(project: Path) -> None:
    withhold(project, "ko")
    for scope in ("甲部", "ko", "甲部 甲課", "ko.甲課"):
        code, output = run(project, "trace", f"{INTERIM}/{scope}/total")
        assert code == 1
        assert f"部局「甲部」の回答は、調査回 {INTERIM} では数えていません（未提出）。" in output
        assert "近いもの" in output


def test_an_interim_name_is_no_folder(project: Path) -> None:
    assert Cycle(project, INTERIM, open_cycle(NOW, project).settings).raw_folder.name == NOW
    with pytest.raises(AnalysisError, match="調査回「2024-09-02」は data/raw にありません"):
        open_counted("2024-09-02-interim", project)
