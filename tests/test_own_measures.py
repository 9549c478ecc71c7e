"""A survey's own measures, from `measures.toml`: the same values as the catalogue's, or refused."""

import io
import re
from pathlib import Path

import pytest
from markupsafe import Markup
from openpyxl import load_workbook

from analysis.audit.workbook import write_audit
from analysis.build.jobs import BuildTarget, look_at_answers
from analysis.build.misplaced import find_misplaced
from analysis.cycle import SETTINGS_NAME, open_cycle
from analysis.document import html
from analysis.errors import FigureError, SettingsError
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.findings import Findings, load_findings
from analysis.figures.listing import list_figures, write_figures
from analysis.figures.measure import Change, Count, Share, Total, where
from analysis.inputs import MEASURES_NAME, list_inputs
from analysis.reports.show import Show
from analysis.survey.collect import collect_survey

from reports import MASTHEAD
from workbooks import make_cycle, make_two_cycles, not_started, procedure

OWN = """
[[measure]]
name = "charged_rate_change"
label = "手数料のある手続きの率の増減"
change = "charged_rate"

[[measure]]
name = "charged_rate"
label = "手数料のある手続きの率"
share = "charged_online"
of = "charged"
sections = true

[[measure]]
name = "charged"
label = "手数料のある手続き"
where = { "手数料" = "あり" }
sections = true

[[measure]]
name = "charged_online"
label = "手数料のある済の手続き"
where = { fee = ["yes"], "オンライン化の状況" = "オンライン化済" }
sections = true

[[measure]]
name = "uses"
label = "手数料のある手続きの件数"
sum = "年間件数"
where = { fee = "yes" }

[[measure]]
name = "unanswered"
label = "手数料の回答のない手続き"
where = { fee = "" }

[[measure]]
name = "brand_new"
label = "新規の済の手続き"
where = { status = "online", cause = "none" }
"""


def write_own(root: Path, text: str) -> None:
    (root / "data/raw" / MEASURES_NAME).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    root = tmp_path_factory.mktemp("own")
    free = procedure(3, fee=None, section="こども課")
    now = [procedure(1, fee="あり"), not_started(2, fee="あり")], [free]
    cycle = make_two_cycles(root, now, [[not_started(1, fee="あり")], [free]])
    write_own(root, OWN)
    return load_findings(cycle, collect_survey)


def test_an_own_measure_is_the_same_value_as_one_of_the_catalogue(small: Findings) -> None:
    built = {name: item.measure for name, item in small.ledger.items.items() if item.is_own}
    charged, online = Count(where(fee="yes")), Count(where(fee="yes", status="online"))
    assert built == {
        "charged_rate_change": Change(Share(online, charged)),
        "charged_rate": Share(online, charged),
        "charged": charged,
        "charged_online": online,
        "uses": Total("annual_volume", where(fee="yes")),
        "unanswered": Count(where(fee="")),
        "brand_new": Count(where(status="online", cause="none")),
    }
    assert list(built) == [*small.ledger.items][-len(built) :]


def test_it_is_counted_and_followed_to_its_cells(small: Findings) -> None:
    figure = small.ledger.figure
    told = {name: figure(name).text for name, item in small.ledger.items.items() if item.is_own}
    assert told == {
        "charged_rate_change": "+50.0", "charged_rate": "50.0", "charged": "2",
        "charged_online": "1", "uses": "240", "unanswered": "1", "brand_new": "0",
    }  # fmt: skip
    assert figure("charged", "kankyo.環境政策課").text == "2"
    cells = small.ledger.evidence(figure("charged"))
    assert cells[cells["field"].eq("fee")]["raw"].tolist() == ["あり", "あり"]
    line = list_figures(small.ledger, [figure("charged_rate")]).iloc[0]
    assert line["label"] == "手数料のある手続きの率"
    assert line["definition"].startswith("（「手数料」が「あり」")


def test_a_first_cycle_has_those_that_compare_with_none(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    write_own(tmp_path, OWN)
    ledger = load_findings(cycle, collect_survey).ledger
    own = [item.name for item in ledger.items.values() if item.is_own]
    assert own == ["charged_rate", "charged", "charged_online", "uses", "unanswered"]


WRONG = """
[[measure]]
name = "online"
label = "総手続き数"
where = { fee = "有", "手数量" = "あり" }

[[measure]]
name = "half"
label = "半分"
share = "totl"
of = "total"

[[measure]]
name = "part"
label = "部分"
share = "charged"
of = "started"

[[measure]]
name = "charged"
label = "有料"
where = { fee = ["yes", "あり"] }

[[measure]]
name = "twice"
label = "割合の割合"
share = "online_rate"
of = "total"
sections = true

[[measure]]
name = "pace_change"
label = "速さの増減"
change = "went_online"
"""


def test_all_that_is_wrong_is_told_at_once_with_lines_and_the_nearest_names(
    tmp_path: Path,
) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    write_own(tmp_path, WRONG)
    with pytest.raises(SettingsError) as caught:
        load_findings(cycle, collect_survey)
    head, *lines = str(caught.value).splitlines()
    assert "measures.toml に誤りが8件あります。" in head
    for part in (
        "measure.name（3行目）: 「online」は、既に",
        "measure.label（4行目）: 「総手続き数」は、既に total の呼び方です",
        "measure.where（5行目）: 手数料（fee）に「有」という回答はありません",
        "「手数量」という、選択式の列はありません。近いもの: ",
        "measure.share（10行目）: 「totl」という数値はありません。近いもの: total（総手続き数）",
    ):
        assert part in "\n".join(lines), part


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("", "where（数える手続き）、sum（足し合わせる列）"),
        ('where = {}\nchange = "total"', "のどれか一つを書いてください"),
        ('share = "online"', "share と of は、両方を書いてください"),
        ('share = "started"\nof = "online"', "「started」は「online」の一部ではない"),
        ('share = "total"\nof = "volume"', "「total」は「volume」の一部ではない"),
        ('share = "online_rate"\nof = "total"', "「online_rate」は件数でも合計でもない"),
        ('change = "online_change"', "「online_change」には前回の値がない"),
        ('change = "reason_other"\nsections = true', "「reason_other」には課ごとの値がありません"),
        ("where = { status = [] }", "回答を、一つ以上書いてください"),
        ('where = { status = "online", "オンライン化の状況" = "online" }', "条件が重複しています"),
        ('wher = { status = "online" }', "知らない項目です"),
    ],
)
def test_a_wrong_entry_is_told(tmp_path: Path, entry: str, told: str) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    write_own(tmp_path, f'[[measure]]\nname = "own"\nlabel = "自分の数値"\n{entry}\n')
    with pytest.raises(SettingsError) as caught:
        load_findings(cycle, collect_survey)
    assert told in str(caught.value)


CIRCLE = """
[[measure]]
name = "first"
label = "一"
share = "second"
of = "total"

[[measure]]
name = "second"
label = "二"
change = "third"

[[measure]]
name = "third"
label = "三"
share = "total"
of = "first"
"""


def test_measures_that_lead_back_to_themselves_are_told_as_a_circle(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    write_own(tmp_path, CIRCLE)
    with pytest.raises(SettingsError) as caught:
        load_findings(cycle, collect_survey)
    (line,) = str(caught.value).splitlines()[1:]
    assert "measure.of（17行目）" in line
    assert "たどると自分に戻ります: first → second → third → first" in line


GRADED = """
[[measure]]
name = "quick"
label = "すぐできる手続き"
where = { decided_effort = "quick", fee = "yes" }

[[measure]]
name = "quick_share"
label = "すぐできる手続きの割合"
share = "quick"
of = "total"

[[measure]]
name = "graded"
label = "段階の割合"
share = "grade_quick"
of = "total"

[[measure]]
name = "plain"
label = "手数料のある手続き"
where = { fee = "yes" }
"""


def test_a_cycle_whose_guideline_has_no_tables_leaves_out_what_counts_by_them(
    tmp_path: Path,
) -> None:
    cycle = make_cycle(tmp_path, [procedure(1, fee="あり")])
    write_own(tmp_path, GRADED)
    with pytest.raises(SettingsError, match="「quick」という回答はありません"):
        load_findings(cycle, collect_survey)
    settings = cycle.raw_folder / SETTINGS_NAME
    settings.write_text(re.sub("^guideline = .*\n", "", settings.read_text("utf-8"), flags=re.M))
    cycle = open_cycle(cycle.name, tmp_path)
    findings = load_findings(cycle, collect_survey)
    why = "ガイドラインに決定表（tables）がありません"
    assert findings.ledger.left_out == {"quick": why, "quick_share": why, "graded": why}
    show = Show(findings)
    table = show.table(columns=["total", "quick", "plain"])
    assert [column.title for column in table.columns[1:]] == ["総手続き数", "手数料のある手続き"]
    with pytest.raises(FigureError, match=re.escape(f"この調査回では求めません（{why}）")):
        show.sentence("{quick}")
    seen = look_at_answers(BuildTarget(cycle.root, cycle.name, {}), {})
    assert f"求めない数値: measures.toml の「quick」（{why}）" in seen.summary


def test_a_label_is_text_on_every_page_and_in_no_sheet_a_formula(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    entry = '[[measure]]\nname = "own{}"\nlabel = "{}"\nwhere = {{}}\n'
    labels = ("=HYPERLINK(1)", "＠SUM(1)", " +x", "-x")
    write_own(tmp_path, "\n".join(entry.format(at, label) for at, label in enumerate(labels)))
    findings = load_findings(cycle, collect_survey)
    lines = write_figures(list_figures(findings.ledger)).decode("utf-8-sig")
    book = load_workbook(io.BytesIO(write_audit(findings)))
    for label in labels:
        assert f",'{label}," in lines
        assert f",{label}," not in lines
        cells = [cell for sheet in book for row in sheet for cell in row if cell.value == label]
        assert {cell.data_type for cell in cells} == {"s"}
    write_own(tmp_path, entry.format("", "<b>号</b> #1 $2$"))
    findings = load_findings(cycle, collect_survey)
    content = Markup(html.render(Show(findings).table(columns=["own"])))  # noqa: S704
    assert "<b>" not in content
    assert "&lt;b&gt;号" in content
    page = write_traced_page(
        MASTHEAD, content, [], findings, gather_printed(content, findings), fingerprint="0"
    )
    assert "<b>号" not in page


def test_the_file_is_an_input_and_one_of_another_name_is_told(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    before = list_inputs(cycle)
    write_own(tmp_path, OWN)
    assert list_inputs(cycle).keys() - before.keys() == {"data/raw/measures.toml"}
    assert find_misplaced(cycle) == []
    (tmp_path / "data/raw" / MEASURES_NAME).rename(tmp_path / "data/raw/Measures.toml.txt")
    (told,) = find_misplaced(cycle)
    assert told.is_error
    assert "名前を measures.toml に直してください" in told.text


def test_findings_are_not_remembered_beyond_a_change_of_the_file(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    assert "charged" not in load_findings(cycle).ledger.items
    write_own(tmp_path, OWN)
    assert "charged" in load_findings(open_cycle(cycle.name, tmp_path)).ledger.items
