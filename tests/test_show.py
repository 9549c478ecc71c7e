"""The parts for cells of one's own: the same blocks as the reports', or a message that helps."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis.document.blocks import Block, Chart, Link, Paragraph, Quoted, Shown
from analysis.document.document import read_document
from analysis.errors import AnalysisError, ReportError
from analysis.figures.findings import Findings, load_findings
from analysis.figures.item import CHANGE
from analysis.inputs import MEASURES_NAME
from analysis.reports.show import Show
from analysis.reports.show_words import SHOW_WORDS
from analysis.survey.collect import collect_survey

from conftest import ROOT
from own import read_own
from workbooks import make_cycle, make_two_cycles, not_started, procedure

PAGE = (ROOT / "docs/notebooks.md").read_text("utf-8")


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Show:
    first = [procedure(1, fee="あり"), not_started(2, fee="あり", section="資源課")]
    now = [first, [not_started(3, section="こども課")]]
    cycle = make_two_cycles(tmp_path_factory.mktemp("show"), now, [[not_started(1)], now[1]])
    (cycle.raw_folder.parent / MEASURES_NAME).write_text(read_own(), "utf-8")
    return Show(load_findings(cycle, collect_survey))


def list_cells(heading: str) -> list[str]:
    """Return the cells of a section of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def run_cell(cell: str, names: dict[str, Any]) -> Any:
    """Run the lines of a cell of the page, and return what its last statement gives."""
    *before, last = ast.parse(cell).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(before, []), "page", "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "page", "eval"), names)  # noqa: S307


def test_every_cell_of_the_page_shows_a_part(show: Show) -> None:
    opening, *cells = list_cells("報告書にする")
    assert "show.head(" in opening
    assert len(cells) == 7
    for cell in cells:
        part = run_cell(cell, {"show": show})
        assert isinstance(part, Block), cell
        assert "text/html" in part._repr_mimebundle_()[0]


@pytest.fixture(params=["増", "減"])
def moved(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Show, str, str]:
    """Return the parts of a cycle in which what is online became more or fewer, and both words."""
    cycles = [[[procedure(1)], [not_started(3)]], [[not_started(1)], [not_started(3)]]]
    now, before = cycles if request.param == "増" else reversed(cycles)
    show = Show(load_findings(make_two_cycles(tmp_path, now, before), collect_survey))
    return show, request.param, "減" if request.param == "増" else "増"


FULL = {
    "増": ("加", "えました", "上昇", "伸びました"),
    "減": ("少", "りました", "低下", "落ちました"),
}
"""How each word goes on, and what else says the same."""


def say_turns(way: str) -> list[str]:
    """Return what says of the number before it that it went this way."""
    noun, verb, other, told = way + FULL[way][0], way + FULL[way][1], *FULL[way][2:]
    at_once = f"{way} {way}。 {noun}しました。 {verb} {way}{{online}} {other}しました。 {told}"
    behind = f"の{noun}です。 の大幅な{noun} の純{way} も{noun}し、 だけ{verb}。"
    apart = f"（{way}） （{noun}）でした。 （前回から{way}） ({way}) 、{noun} 、{noun}しました。"
    clauses = f"、{noun}しましたが、 、{verb}。 となり、{noun}し、"
    return [*" ".join((at_once, behind, apart, clauses)).split(" "), f" {way}", f"　{noun}。"]


def say_others(way: str) -> list[str]:
    """Return what has the word, and says nothing of where the number before it went."""
    noun, other = way + FULL[way][0], {"増": "増員", "減": "減免"}[way]
    words = f"{other} の{other}です。 （{other}） 、{other}しました。 の増減です。 増減 の増・減"
    nouns = f"、{noun}した部局は{{online}}です。 、{noun}は{{online}}です。 、{noun}{{online}}"
    clauses = f"（{way}{{online}}） 。{noun}しました。 で、{noun}すれば、 、{noun}しませんでした。"
    rest = f"（{noun}した部局を含む） 伸び悩み の伸び率 落ち着き"
    return [*" ".join((words, nouns, clauses, rest)).split(" "), f" {way} {{online}}", ""]


@pytest.mark.parametrize("asked", ["online_change", "online_rate_change", "pace"])
def test_the_words_behind_a_number_agree_with_its_sign(
    moved: tuple[Show, str, str], asked: str
) -> None:
    show, right, wrong = moved
    for words in (*say_turns(right), *say_others(right), *say_others(wrong)):
        show.sentence(f"{{{asked}}}{words}")
    for words in say_turns(wrong):
        with pytest.raises(AnalysisError, match="数値と逆です"):
            show.sentence(f"{{{asked}}}{words}")


@pytest.mark.parametrize("asked", ["online_change", "online_rate_change", "pace"])
def test_a_number_without_its_sign_needs_words_that_carry_it(
    moved: tuple[Show, str, str], asked: str
) -> None:
    show, right, wrong = moved
    for words in say_turns(right):
        show.sentence(f"{{abs({asked})}}{words}")
    for words in (*say_turns(wrong), *say_others(right), *say_others(wrong), "動きました。"):
        with pytest.raises(AnalysisError, match="符号を付けないので"):
            show.sentence(f"{{abs({asked})}}{words}")


def test_what_is_no_change_or_did_not_move_has_no_direction(moved: tuple[Show, str, str]) -> None:
    show, right, wrong = moved
    for asked in ("total", "abs(total)", "needed_pace", "total_change", "abs(total_change)"):
        for words in (*say_turns(right), *say_turns(wrong), ""):
            show.sentence(f"{{{asked}}}{words}")


def test_a_department_stands_within_the_parentheses_or_behind_them(show: Show) -> None:
    told = [show.sentence(t).parts[0] for t in ("{abs(total@環境部)}", "{abs(total)@環境部}")]
    assert told[0] == told[1]


def test_a_table_has_a_row_for_each_department_and_their_sum(show: Show) -> None:
    table = show.table(columns={"charged": "手数料あり", "charged_rate": "率"})
    assert [column.title for column in table.columns] == ["部局名", "手数料あり", "率"]
    assert [[getattr(cell, "text", cell) for cell in row] for row in table.rows] == [
        ["環境部", "2", "50.0"], ["こども部", "0", "—"], ["計", "2", "50.0"],
    ]  # fmt: skip
    assert table.rows[0][0] == Link("環境部", "department-kankyo")
    assert table.total


def test_a_table_of_sections_is_of_one_department(show: Show) -> None:
    table = show.table("section", ["total", "手数料のある手続き数"], department="kankyo")
    assert [row[0] for row in table.rows] == [Quoted("環境政策課"), Quoted("資源課"), "計"]
    assert [cell.text for cell in table.rows[-1][1:]] == ["2", "2"]
    assert table.caption == "環境部の課別の総手続き数、手数料のある手続き数"


def test_what_does_not_add_up_stands_under_the_city_s_name(show: Show) -> None:
    table = show.table(columns=["total", "shortfall"])
    assert table.rows[-1][0] == "市全体"
    assert not table.total


def test_a_sentence_holds_figures_in_its_words(show: Show) -> None:
    told = "{{手数料}}は{charged:手続き}、{abs(online_change)}増、環境部は{charged_rate@環境部}。"
    said = show.sentence(told)
    assert isinstance(said, Paragraph)
    texts = [part.text if isinstance(part, Shown) else part for part in said.parts]
    assert "".join(texts) == "{手数料}は2手続き、1件増、環境部は50.0%。"
    own = show.sentence("{charged}", department="こども部")
    assert [part.text for part in own.parts] == ["0件"]


def test_bars_are_of_a_rate_of_counts_or_of_parts(show: Show) -> None:
    for chart, first in (
        (show.bars("charged_rate"), "charged_rate"),
        (show.bars("online_change"), "online_change"),
        (show.bars(["online", "started", "not_started"], of="total"), "online"),
    ):
        assert isinstance(chart, Chart)
        assert chart.figures[0].measure == first
        assert "環境部" in chart.svg
    with pytest.raises(ReportError, match="件ですが、内訳の計は"):
        show.bars(["online", "started"], of="total")


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda show: show.table(columns=["chargd"]), r"近いもの: charged（手数料のある手続き数）"),
        (lambda show: show.bars("onlin"), "「onlin」という数値はありません"),
        (lambda show: show.sentence("{onlin}"), "data/raw/measures.toml に書き足せます"),
        (lambda show: show.sentence("{online"), "波括弧が閉じていません"),
        (lambda show: show.sentence("{online@環境課}"), "部局「環境課」は"),
        (lambda show: show.sentence("{(online}"), r"文の \{\(online\} が読めません"),
        (lambda show: show.table("section"), "department に部局の名称か略号を"),
        (lambda show: show.table("課"), "「rows」に '課' は使えません"),
        (lambda show: show.table("課"), '  rows: "department"（部局別）か "section"'),
        (lambda show: show.bars("online", department="環境部"), "「department」という引数は"),
        (
            lambda show: show.bars(),
            "show.bars に(.|\n)*「measures」を書いて(.|\n)*（なくてもよい）",
        ),
        (lambda show: show.bars([]), r"「measures」に \[\] は使えません"),
        (lambda show: show.bars("online", "total"), "名前=値 の形で"),
        (lambda show: show.table(columns=5), "「columns」に 5 は"),
        (lambda show: show.table(columns={"online": 1}), "「columns」に {'online': 1} は"),
        (lambda show: show.sentence(""), "「text」に '' は"),
        (lambda show: show.sentence(3), "「text」に 3 は"),
        (lambda show: show.sentence("文", kind="big"), "「kind」に 'big' は"),
        (lambda show: show.figures(department=1), "「department」に 1 は"),
        (lambda show: show._findings.frame(label=True), "「label」という引数は(.|\n)*labels: "),
        (lambda show: show.head(), "show.head に"),
        (lambda show: show.traced([1], "表"), r"「frame」に \[1\] は"),
        (Show, "Show に渡した(.|\n)*load_findings"),
        (
            lambda show: show.table("section", ["charged_volume"], department="環境部"),
            "課ごとの値がありません。.*\n.*sections = true",
        ),
        (lambda show: show.bars(["online", "started"]), "計である数値を of に"),
        (lambda show: show.traced(pd.DataFrame({"数": [5]}), "表"), "「0」の「数」: 5"),
        (
            lambda show: show.table(columns={"charged": "総手続き数"}),
            "「総手続き数」は「total」の呼び方です",
        ),
    ],
)
def test_what_can_t_be_shown_is_told_with_what_can(show: Show, ask, told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        ask(show)


def test_every_argument_of_a_part_has_words_and_no_other_has_any() -> None:
    """A wrong call is told what may be given: `help` says the same of the same function."""
    parts = [own for name, own in vars(Show).items() if not name.startswith("_")]
    calls = [*filter(inspect.isfunction, parts), Show.__init__]
    named = {name for own in calls for name in inspect.signature(own).parameters}
    assert named - {"self"} == SHOW_WORDS.keys()


def test_a_part_that_there_is_not_is_told_with_those_that_there_are(show: Show) -> None:
    with pytest.raises(
        AttributeError, match="「tabel」はありません。あるのは、measures、head、table、bars、"
    ):
        getattr(show, "tabel")  # noqa: B009


def test_names_may_come_from_a_frame(show: Show) -> None:
    names = pd.Index(["total", "online"])
    for given in (names, pd.Series(names), tuple(names)):
        assert show.table(columns=given) == show.table(columns=[*names])
        assert list(show.figures(columns=given)) == list(show.figures(columns=[*names]))


def test_the_names_of_measures_are_completed(show: Show) -> None:
    assert {"online_rate", "charged"} <= {*dir(show.measures)}
    assert show.measures.charged == "charged"
    with pytest.raises(AttributeError, match="近いもの: charged"):
        _ = show.measures.chargd
    assert all(getattr(Show, name).__doc__ for name in vars(Show) if not name.startswith("_"))


def test_a_first_cycle_leaves_changes_out(tmp_path: Path) -> None:
    show = Show(load_findings(make_cycle(tmp_path, [procedure(1)]), collect_survey))
    table = show.table(columns=["online", f"online{CHANGE}"])
    assert len(table.columns) == 2
    assert "text/html" in show.bars("online_rate")._repr_mimebundle_()[0]


def test_figures_are_sorted_and_cut_by_pandas_and_stay_figures(show: Show) -> None:
    frame = show.figures(columns=["total", "online_rate"]).sort_values("オンライン化率")
    assert frame.index.tolist() == ["こども部", "環境部"]
    table = show.traced(frame.tail(1), "率の高い部局")
    assert [column.title for column in table.columns] == ["部局名", "総手続き数", "オンライン化率"]
    assert [getattr(cell, "text", cell) for cell in table.rows[0]] == ["環境部", "2", "50.0"]


def test_a_frame_with_groups_keeps_them_and_names_each_number_that_is_none(show: Show) -> None:
    figures = show.figures(columns=["total"])
    figures.columns = pd.MultiIndex.from_tuples([("今回", "総数")])
    assert show.traced(figures, "表").columns[1].group == "今回"
    figures[("今回", "自分の数")] = [12, 3]
    with pytest.raises(ReportError, match=r"2件あります.*\n.*「環境部」の.*: 12"):
        show.traced(figures, "表")


def test_a_figure_under_the_name_of_another_is_refused(show: Show) -> None:
    def refuse(frame: pd.DataFrame, told: str) -> None:
        with pytest.raises(ReportError, match=rf"名前の下にある数値が.*\n.*「{told}」: "):
            show.traced(frame, "表")

    figures = show.figures(columns=["total", "online_rate"])
    refuse(figures.set_axis(["こども部", "環境部"]), "こども部")
    refuse(figures.set_axis(["市全体", "こども部"]), "市全体")
    refuse(figures.set_axis(["オンライン化率", "総手続き数"], axis="columns"), "オンライン化率")
    refuse(figures.iloc[::-1].assign(部局=["環境部", "こども部"]).reset_index(drop=True), "環境部")
    refuse(figures.T.set_axis(["online_rate", "total"]), "online_rate")
    pivoted = figures[["総手続き数"]].T
    pivoted.columns = pd.MultiIndex.from_product([["こども部", "環境部"], ["今回"]])
    refuse(pivoted, "こども部")
    city = show._ledger.figure("online_rate")
    refuse(figures.assign(オンライン化率=city), "環境部")


def test_a_figure_under_its_own_name_or_under_none_is_shown(show: Show) -> None:
    figures = show.figures(columns=["online_rate", "online_rate_change"])
    city, sections = (
        show._ledger.figure("online_rate"),
        show.figures("section", department="環境部"),
    )
    grouped = figures.set_axis(
        pd.MultiIndex.from_product([["オンライン化率"], ["今回", "増減"]]), axis="columns"
    )
    for frame in (
        figures.T,
        grouped,
        sections,
        figures.assign(市全体の率=city),
        figures.set_axis(["一", "二"]).set_axis(["率", "差"], axis="columns"),
        figures.reset_index(),
    ):
        assert show.traced(frame, "表").rows


def outputs_of(*shown: dict[str, str]) -> NotebookNode:
    cells = [new_code_cell("1", outputs=[new_output("display_data", data)]) for data in shown]
    return new_notebook(cells=cells)


def list_strays() -> Iterator[tuple[dict[str, str], str]]:
    frame = pd.DataFrame({"数": [1]})
    yield {"text/html": frame._repr_html_(), "text/plain": repr(frame)}, 'show.traced(表, "表題")'
    yield {"text/plain": repr(frame["数"])}, "pandas の表は、そのままでは載せられません"
    yield {"image/png": "", "text/plain": "<Figure size 1x1>"}, 'show.bars("online_rate")'


@pytest.mark.parametrize(("data", "way"), [*list_strays()])
def test_a_frame_or_a_drawing_in_a_report_is_refused_with_the_way(
    data: dict[str, str], way: str
) -> None:
    with pytest.raises(ReportError) as caught:
        read_document(outputs_of(data))
    assert "  ・1番目のセル: " in str(caught.value)
    assert str(caught.value).count(way) == 1
    assert "show = Show(findings)" in str(caught.value)


def test_the_way_is_told_once(tmp_path: Path) -> None:
    data = {"image/png": "", "text/plain": "<Figure size 1x1>"}
    with pytest.raises(ReportError) as caught:
        read_document(outputs_of(data, data))
    assert str(caught.value).count("matplotlib の図は") == 1


def test_the_cells_of_the_page_for_no_report_give_frames(findings: Findings) -> None:
    (cell,) = list_cells("報告書にしない")
    *_, last = cell.strip().splitlines()
    assert len(eval(last, {"now": findings.frame(labels=True)})) > 20  # noqa: S307


def test_the_questions_of_the_page_are_answered_from_the_frame_alone(tmp_path: Path) -> None:
    busy = [
        not_started(number, annual_volume=volume, section=section)
        for number, volume, section in (
            (1, 1001, "資源課"),
            (2, 5000, "資源課"),
            (3, 2000, "環境政策課"),
            (4, 1000, "環境政策課"),
        )
    ]  # fmt: skip
    rest = [procedure(5, annual_volume=999), procedure(6, name="届出その1", section="こども課")]
    cycle = make_cycle(tmp_path, [*busy, rest[0]], [rest[1]])
    found = load_findings(cycle, collect_survey)
    names = {"now": found.frame(labels=True)}
    answers = []
    for cell in list_cells("問いと答え方の例"):
        answers.append(run_cell(cell, names))
    most, weighted, alike = answers
    assert (most.index[0], most.iloc[0]) == (("環境部", "資源課"), 2)
    assert f"{weighted:.1f}" == found.ledger.figure("volume_rate").text
    assert alike[["部局", "オンライン化の状況", "行"]].to_numpy().tolist() == [
        ["環境部", "未着手", 6], ["こども部", "オンライン化済", 6],
    ]  # fmt: skip
