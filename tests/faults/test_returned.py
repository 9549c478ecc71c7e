"""What a department finds in its workbook when it comes back: colour and comment, cell by cell."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from analysis.forms.returned.write import return_workbooks
from analysis.questionnaire.read import default_questionnaire
from analysis.questionnaire.rules import Rule
from analysis.survey.collect import collect_survey
from analysis.survey.problems import problems_from_frame

from workbooks import Line, build_workbook, make_cycle, not_started, procedure, sheet_of

ERROR, WARNING, NONE = "FFFFC7CE", "FFFFEB9C", "00000000"
STATUSES = "オンライン化済、着手済、未着手"
REASONS = "未検討、他機関の事務（市は受付のみ）、現行法制度上不可、その他理由で不可"


@dataclass(frozen=True)
class Fault:
    """The lines of a table, the cell that is wrong, and what is found on it."""

    code: str
    lines: Sequence[Line]
    cell: str
    colour: str
    comment: str
    typed: Mapping[str, object] | None = None


FAULTS = [
    Fault(
        "row_unknown",
        [procedure(1), [None, None, None, "謎の記入", "謎", "記", None, "入"]],
        "D7",
        ERROR,
        "【確認事項1　誤り】手続きの行か注記か分からない行です。\n"
        "手続きであれば手続きIDと手続き名を記入し、注記であれば先頭に「※」を付けてください。",
    ),
    Fault(
        "department_differs",
        [procedure(1)],
        "B1",
        ERROR,
        "【確認事項1　誤り】部局名「税務部」が、このファイルの部局「環境部」と違います。\n"
        "ほかの部局の調査票でないか確かめてください。部局の名称が変わったのであれば、"
        "調査担当に知らせてください。",
        {"B1": "税務部"},
    ),
    Fault(
        "cycle_differs",
        [procedure(1)],
        "C1",
        ERROR,
        "【確認事項1　誤り】"
        "見出しの時点が 2024-03-31 で、この調査回の時点 2024-09-01 と違います。\n"
        "ほかの調査回の調査票でないか確かめ、違う場合はこの調査回の調査票に記入してください。",
        {"C1": "（2024年3月31日時点）"},
    ),
    Fault(
        "column_twice",
        [procedure(1)],
        "R4",
        ERROR,
        "【確認事項1　誤り】見出し「備考」の列が2つあります（Q4、R4）。\n"
        "どちらかを削るか、見出しを直してください。",
        {"R4": "備考"},
    ),
    Fault(
        "required_missing",
        [procedure(1, name=None)],
        "C6",
        ERROR,
        "【確認事項1　誤り】手続き名が記入されていません。\n記入してください。",
    ),
    Fault(
        "formula_without_value",
        [procedure(1, annual_volume="=1+1")],
        "F6",
        ERROR,
        "【確認事項1　誤り】年間件数の数式に計算結果が保存されていません。\n"
        "Excel で開いて保存し直すか、値を直接入力してください。",
    ),
    Fault(
        "cell_error",
        [procedure(1, system="#REF!")],
        "I6",
        ERROR,
        "【確認事項1　誤り】利用システムが Excel のエラー値「#REF!」です。\n"
        "値を直接入力してください。",
    ),
    Fault(
        "answer_unknown",
        [procedure(1, status="謎", online_date=None)],
        "G6",
        ERROR,
        "【確認事項1　誤り】オンライン化の状況「謎」は選択肢にありません。\n"
        f"次のいずれかを入力してください: {STATUSES}",
    ),
    Fault(
        "number_unreadable",
        [procedure(1, annual_volume="多数")],
        "F6",
        ERROR,
        "【確認事項1　誤り】年間件数「多数」を件数として読めません。\n"
        "9桁までの整数で、分からない場合は「不明」と入力してください。",
    ),
    Fault(
        "date_unreadable",
        [procedure(1, online_date="そのうち")],
        "H6",
        ERROR,
        "【確認事項1　誤り】オンライン化時期「そのうち」を年月日として読めません。\n"
        "「令和6年4月1日」「2024-04-01」「令和6年4月」のように入力してください。",
    ),
    Fault(
        "date_impossible",
        [procedure(1, online_date="2024-02-30")],
        "H6",
        ERROR,
        "【確認事項1　誤り】オンライン化時期「2024-02-30」は暦にない日付です。\n"
        "正しい日付を入力してください。",
    ),
    Fault(
        "id_unreadable",
        [procedure(1, procedure_id=datetime.date(2024, 7, 1))],
        "A6",
        ERROR,
        "【確認事項1　誤り】手続きID「2024-07-01」が日付になっています。\n"
        "セルの書式を文字列にして、手続きIDを入力し直してください。",
    ),
    Fault(
        "id_twice",
        [procedure(1), procedure(1, name="ほかの届出")],
        "A7",
        ERROR,
        "【確認事項2　誤り】手続きID「K-001」が重複しています（ほかに 環境部.xlsx 調査票!A6）。\n"
        "手続きごとに別の手続きIDを付けてください。",
    ),
    Fault(
        "reason_missing",
        [not_started(1, reason=None)],
        "J6",
        ERROR,
        "【確認事項1　誤り】未着手ですが、未着手の理由が記入されていません。\n"
        f"次のいずれかを入力してください: {REASONS}",
    ),
    Fault(
        "reason_unneeded",
        [procedure(1, reason="未検討")],
        "J6",
        WARNING,
        "【確認事項1　要確認】未着手ではありませんが、未着手の理由「未検討」が記入されています。\n"
        "オンライン化の状況か理由の、どちらかを直してください。",
    ),
    Fault(
        "online_date_missing",
        [procedure(1, online_date=None)],
        "H6",
        WARNING,
        "【確認事項1　要確認】オンライン化済ですが、オンライン化時期が記入されていません。\n"
        "時期を記入してください。",
    ),
    Fault(
        "online_date_later",
        [procedure(1, online_date="2024-09-02")],
        "H6",
        ERROR,
        "【確認事項1　誤り】オンライン化済ですが、オンライン化時期「2024-09-02」が"
        "調査の時点（2024-09-01）より後です。\n"
        "時期か、オンライン化の状況を直してください。",
    ),
    Fault(
        "row_tombstone",
        [procedure(1, remarks="令和5年度末で廃止")],
        "Q6",
        WARNING,
        "【確認事項1　要確認】備考に「令和5年度末で廃止」とある手続きです。"
        "ほかの行と同じく集計します。\n"
        "廃止や統合をした手続きであれば、行を削除してください。"
        "そうでなければ、備考の書き方を改めてください。",
    ),
    Fault(
        "ditto_without_value",
        [procedure(1, law="〃")],
        "D6",
        ERROR,
        "【確認事項1　誤り】根拠法令等「〃」の上に、写す回答がありません。\n"
        "回答を入力してください。",
    ),
    Fault(
        "number_none_or_zero",
        [procedure(1, annual_volume="なし")],
        "F6",
        ERROR,
        "【確認事項1　誤り】年間件数「なし」は、0件か不明かが分かりません。\n"
        "0件であれば「0」、分からない場合は「不明」と入力してください。",
    ),
    Fault(
        "date_fiscal_year",
        [procedure(1, online_date="令和5年度")],
        "H6",
        ERROR,
        "【確認事項1　誤り】オンライン化時期「令和5年度」は年度です。\n"
        "「令和6年4月」のように、暦の年と月を入力してください。",
    ),
    Fault(
        "date_not_exact",
        [procedure(1, online_date="令和6年4月予定")],
        "H6",
        ERROR,
        "【確認事項1　誤り】オンライン化時期「令和6年4月予定」は予定か、おおよその時期です。\n"
        "オンライン化した年月を入力してください。"
        "まだであれば空欄にし、予定は備考に入力してください。",
    ),
    Fault(
        "online_date_unneeded",
        [not_started(1, online_date="2024-04-01")],
        "H6",
        WARNING,
        "【確認事項1　要確認】未着手ですが、オンライン化時期「2024-04-01」が記入されています。\n"
        "オンライン化の状況か時期の、どちらかを直してください。予定の時期は備考に書いてください。",
    ),
    Fault(
        "reason_detail_missing",
        [not_started(1, reason="その他理由で不可")],
        "K6",
        WARNING,
        "【確認事項1　要確認】未着手の理由が「その他理由で不可」ですが、"
        "理由の詳細が記入されていません。\n"
        "どのような理由かを記入してください。",
    ),
    Fault(
        "name_twice",
        [procedure(1), procedure(2, name="届出その1")],
        "C7",
        WARNING,
        "【確認事項2　要確認】同じ課に同じ手続き名「届出その1」があり、"
        "根拠法令等も同じです（ほかに 環境部.xlsx 調査票!C6）。\n"
        "重複していれば行を一つにし、別の手続きであれば区別できる名称にしてください。",
    ),
    Fault(
        "total_differs",
        [procedure(1), ["合計", "総手続き数", 2]],
        "C7",
        WARNING,
        "【確認事項1　要確認】表の下の合計「総手続き数 2」が、行を数えた件数（1）と違います。\n"
        "行の漏れや重複がないか確かめてください。",
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.code)
def test_the_faulty_cell_is_coloured_and_says_what_to_do(tmp_path: Path, fault: Fault) -> None:
    workbook = build_workbook(fault.lines)
    for place, value in (fault.typed or {}).items():
        sheet_of(workbook)[place] = value
    cycle = make_cycle(tmp_path, workbook)
    survey = collect_survey(cycle)
    assert fault.code in set(survey.problems["code"])
    (returned,) = return_workbooks(cycle, survey)
    assert returned.path is not None
    sheet = openpyxl.load_workbook(returned.path)["調査票"]
    assert sheet[fault.cell].comment.text == fault.comment
    assert sheet[fault.cell].comment.author == "調査票の確認"
    assert sheet[fault.cell].fill.fgColor.rgb == fault.colour
    marked = set(survey.problems["cell"].dropna())
    assert {cell.coordinate for cell in list_coloured(sheet)} == marked


def test_every_problem_of_a_messy_workbook_stands_on_its_cell(tmp_path: Path) -> None:
    """Whatever the rules are: each cell with an error or a warning says all that is said of it."""
    lines = [line for fault in FAULTS for line in fault.lines]
    cycle = make_cycle(tmp_path, lines, [procedure(1), not_started(2, reason="謎")])
    survey = collect_survey(cycle)
    returned = {entry.department: entry.path for entry in return_workbooks(cycle, survey)}
    problems = problems_from_frame(survey.problems)
    grave = {p.place for p in problems if p.severity != "notice" and p.cell}
    assert len(grave) > 10
    for place in grave:
        path = returned[place.department]
        cell = openpyxl.load_workbook(path)[place.sheet][place.cell]
        own = [problem for problem in problems if problem.place == place]
        for problem in own:
            asked = default_questionnaire().rules[problem.code].asked or problem.action
            assert f"】{problem.message}\n{asked}" in cell.comment.text
        is_error = any(problem.severity == "error" for problem in own)
        assert cell.fill.fgColor.rgb == (ERROR if is_error else WARNING)


# Of the cycle's folder and of files that no table is read from: told to the analyst alone.
NOT_RETURNED = re.compile(
    "(workbook|settings|file|folder|csv|matches)_|(department|section)_vanished"
)


@pytest.mark.parametrize("rule", default_questionnaire().rules.values(), ids=lambda rule: rule.code)
def test_no_department_is_asked_for_what_only_the_analyst_can_do(rule: Rule) -> None:
    asked = rule.asked or rule.action
    if not rule.entry and not NOT_RETURNED.match(rule.code):
        for_analysts = ("調査担当が", ".toml", ".csv", "data/", "部局に送", "headers", "してもらっ")
        assert [words for words in for_analysts if words in rule.message + asked] == []
    assert "{" not in rule.asked


def list_coloured(sheet: Worksheet) -> list[openpyxl.cell.cell.Cell]:
    colours = {ERROR, WARNING}
    return [c for row in sheet.iter_rows() for c in row if c.fill.fgColor.rgb in colours]
