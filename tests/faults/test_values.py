"""Single answers: every form a value comes in, with what is read, or the exact message it gets.

Each is typed into a procedure of its own and read through the public door, all of a kind at once.
"""

import datetime
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from analysis.errors import SettingsError
from analysis.survey.collect import collect_survey
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.survey import Survey

from workbooks import build_workbook, make_cycle, not_started, procedure, sheet_of

CELLS = {
    "procedure_id": "A6",
    "section": "B6",
    "name": "C6",
    "law": "D6",
    "annual_volume": "F6",
    "status": "G6",
    "online_date": "H6",
    "reason": "J6",
    "fee": "P6",
}


def collect_one(root: Path, field: str, written: object) -> Survey:
    """Read one procedure with this answer; online, unless the answer is a reason."""
    make = not_started if field == "reason" else procedure
    return collect_survey(make_cycle(root, [make(1, **{field: written})]))


def collect_each(root: Path, *answers: tuple[str, object]) -> Survey:
    """Read a procedure for each answer to a field, as `collect_one` reads one."""
    lines = [
        (not_started if field == "reason" else procedure)(200 + place, **{field: written})
        for place, (field, written) in enumerate(answers)
    ]
    return collect_survey(make_cycle(root, lines))


def read_one(survey: Survey, field: str, place: int = 0) -> tuple[object, str]:
    """Return what was read and the steps that led there."""
    value = survey.rows.loc[place, field]
    steps = survey.rows.loc[place, "steps"]
    own = dict(entry.split(":") for entry in ("" if pd.isna(steps) else steps).split())
    return None if pd.isna(value) else value, own.get(field, "")


def messages(survey: Survey) -> list[str]:
    return [describe(problem) for problem in problems_from_frame(survey.problems)]


CHOICES = [
    # field, written, value, steps
    ("status", "オンライン化済", "online", ""),
    ("status", " オンライン\n化済", "online", "line_break+blanks"),
    ("status", "ｵﾝﾗｲﾝ化済", "online", "width"),
    ("status", "オンライン化\u200b済", "online", "invisible"),
    ("status", "○", "online", "mark"),
    ("status", "済", "online", "mark"),
    ("fee", "○", "yes", "mark"),
    ("fee", "〇", "yes", "mark"),
    ("fee", "◯", "yes", "mark"),
    ("fee", "●", "yes", "mark"),
    ("fee", "✓", "yes", "mark"),
    ("fee", "✔", "yes", "mark"),
    ("fee", "☑\ufe0f", "yes", "mark"),
    ("fee", "済", "yes", "mark"),
    ("fee", "×", "no", "mark"),
    ("fee", "✕", "no", "mark"),
    ("fee", "✖", "no", "mark"),
    ("fee", "✗", "no", "mark"),
    ("fee", "☓", "no", "mark"),
    ("fee", "有", "yes", "alias"),
    ("fee", "無し", "no", "alias"),
    ("fee", "不要", "no", "alias"),
    ("attachment", True, "yes", "alias"),
    ("in_house", True, "yes", "alias"),
    ("in_house", "×", "no", "mark"),
    ("original_basis", "無", "none", "alias"),
    ("fee", True, "yes", "alias"),
    ("fee", False, "no", "alias"),
    ("fee", "－", None, "missing"),
    ("fee", "―", None, "missing"),
    ("fee", "—", None, "missing"),
    ("fee", "ー", None, "missing"),
    ("fee", "-", None, "missing"),
    ("fee", "\u3000", None, "blanks"),
    ("reason", "他機関の事務(市は受付のみ)", "other_agency", "width"),
]


def test_a_choice_is_read_by_its_marks_and_spellings(tmp_path):
    survey = collect_each(tmp_path, *(case[:2] for case in CHOICES))
    for place, (field, written, value, steps) in enumerate(CHOICES):
        assert read_one(survey, field, place) == (value, steps), written
    assert messages(survey) == []


def test_an_alias_is_any_spelling_of_its_mark_and_a_dash_may_mean_something(tmp_path):
    aliases = {"fee": {"―": "なし"}, "status": {"✕": "未着手"}}
    lines = [procedure(1, fee="－"), procedure(2, fee="——"), not_started(3, status="☓")]
    rows = collect_survey(make_cycle(tmp_path, lines, answers=aliases)).rows
    assert list(rows["fee"][:2]) == ["no", "no"]
    assert rows["status"][2] == "not_started"
    assert list(rows["steps"]) == ["fee:alias", "fee:alias", "status:mark"]


def test_an_alias_may_not_contradict_what_a_mark_means_anyway(tmp_path):
    cycle = make_cycle(tmp_path, [procedure()], answers={"status": {"✓": "着手済"}})
    with pytest.raises(SettingsError) as raised:
        collect_survey(cycle)
    assert str(raised.value) == (
        "2024-09-01/cycle.toml の読み替え（headers、answers）に誤りが1件あります。"
        "直してください。\n"
        "  ・answers.status.「✓」: 既に別の回答を指しています。"
    )


DATES = [
    # written, value, steps
    (datetime.date(2024, 4, 1), "2024-04-01", ""),
    (datetime.datetime.fromisoformat("2024-04-01T09:30"), "2024-04-01", "blanks+date_form"),
    ("2024-04-01", "2024-04-01", ""),
    ("2024-04-01T09:30:00", "2024-04-01", "date_form"),
    ("2024/4/1 9:30", "2024-04-01", "blanks+date_form"),
    ("2024/4/1", "2024-04-01", "date_form"),
    ("2024.4.1", "2024-04-01", "date_form"),
    ("２０２４年４月１日", "2024-04-01", "width+date_form"),
    ("二〇二四年四月一日", "2024-04-01", "date_form"),
    ("20240401", "2024-04-01", "date_form"),
    (20240401, "2024-04-01", "date_form"),
    ("2024.4", "2024-04", "date_form"),
    ("2024/4", "2024-04", "date_form"),
    ("2024年4月", "2024-04", "date_form"),
    ("202404", "2024-04", "date_form"),
    ("2019年", "2019", "date_form"),
    (45383, "2024-04-01", "serial"),
    ("45383.5", "2024-04-01", "serial"),
    ("令和6年4月1日", "2024-04-01", "era"),
    ("令和6年4月1日（月）", "2024-04-01", "width+era"),
    ("令和6年4月1日月曜日", "2024-04-01", "era"),
    ("令和 ６年\u3000４月 １日", "2024-04-01", "blanks+width+era"),
    ("令和\n6年4月1日", "2024-04-01", "line_break+era"),
    ("令和六年四月一日", "2024-04-01", "era"),
    ("平成二十三年十二月三十一日", "2011-12-31", "era"),
    ("令和元年5月1日", "2019-05-01", "era"),
    ("令和元年5月", "2019-05", "era"),
    ("令和元年", "2019", "era"),
    ("R6.4.1", "2024-04-01", "era"),
    ("r6.4.1", "2024-04-01", "era"),
    ("Ｒ６．４．１", "2024-04-01", "width+era"),
    ("R6/4/1", "2024-04-01", "era"),
    ("R6-4-1", "2024-04-01", "era"),
    ("R6・4・1", "2024-04-01", "era"),
    ("R06.04.01", "2024-04-01", "era"),
    ("R060401", "2024-04-01", "era"),
    ("R.6.4.1", "2024-04-01", "era"),
    ("令6.4.1", "2024-04-01", "era"),
    ("令6.4", "2024-04", "era"),
    ("㋿6年4月1日", "2024-04-01", "width+era"),
    ("㍻31年4月30日", "2019-04-30", "width+era"),
    ("㍼64年1月7日", "1989-01-07", "width+era"),
    ("大正15年12月24日", "1926-12-24", "era"),
    ("明治45年7月29日", "1912-07-29", "era"),
    ("－", None, "missing"),
    ("ー", None, "missing"),
]


def test_a_date_is_read_in_every_common_form(tmp_path):
    survey = collect_each(tmp_path, *(("online_date", written) for written, _, _ in DATES))
    for place, (written, value, steps) in enumerate(DATES):
        assert read_one(survey, "online_date", place) == (value, steps), written
    assert "error" not in set(survey.problems["severity"])


NUMBERS = [
    # written, value, kind of missing, steps
    (120, 120, None, ""),
    (0, 0, None, ""),
    ("0件", 0, None, "unit"),
    ("１２０", 120, None, "width"),
    ("1,200", 1200, None, "separator"),
    ("１，２００", 1200, None, "width+separator"),
    ("約120", 120, None, "about"),
    ("120件", 120, None, "unit"),
    ("120 件", 120, None, "blanks+unit"),
    ("約120件程度", 120, None, "unit+about"),
    ("年間120件", 120, None, "unit"),
    ("120件/年", 120, None, "unit"),
    ("120.0", 120, None, "zeros"),
    ("0120", 120, None, "zeros"),
    ("不明", None, "unknown", "missing"),
    ("未集計", None, "unknown", "missing"),
    ("集計なし", None, "unknown", "missing"),
    ("－", None, "not_applicable", "missing"),
    ("該当なし", None, "not_applicable", "missing"),
    (None, None, "blank", ""),
    ("\u3000", None, "blank", "blanks"),
]


def test_a_number_is_a_value_or_a_named_kind_of_missing(tmp_path):
    survey = collect_each(tmp_path, *(("annual_volume", case[0]) for case in NUMBERS))
    for place, (written, value, missing, steps) in enumerate(NUMBERS):
        assert read_one(survey, "annual_volume", place) == (value, steps), written
        kind = survey.rows.loc[place, "annual_volume_missing"]
        assert (None if pd.isna(kind) else kind) == missing, written
    assert messages(survey) == []


def test_a_number_without_a_column_is_blank_and_one_that_has_an_error_is_unreadable(tmp_path):
    fields = ["procedure_id", "section", "name", "status", "online_date"]
    without = build_workbook([procedure()], fields=fields)
    lines = [procedure(annual_volume="多数")]
    rows = collect_survey(make_cycle(tmp_path, without, lines)).rows
    assert list(rows["annual_volume_missing"]) == ["blank", "unreadable"]
    assert rows["annual_volume"].isna().all()


TEXTS = [
    ("name", "第①号様式", "第①号様式", ""),
    ("name", "第②号様式", "第②号様式", ""),
    ("name", "髙﨑　届", "髙﨑届", "blanks"),
    ("name", "住民票の\n写し", "住民票の写し", "line_break"),
    ("name", "か\u3099す届", "がす届", "kana"),
    ("name", "ガス\u200b届", "ガス届", "invisible"),
    ("law", "－", None, "missing"),
    ("law", "\u200d", None, "invisible"),
    ("procedure_id", "Ｋ－００１\u00a0", "K-001", "blanks+width"),
    ("procedure_id", "K―001", "K-001", "dash"),
]


@pytest.mark.parametrize(("field", "written", "value", "steps"), TEXTS)
def test_a_text_loses_its_layout_and_nothing_else(tmp_path, field, written, value, steps):
    survey = collect_one(tmp_path, field, written)
    assert read_one(survey, field) == (value, steps)
    assert messages(survey) == []


_DATE_ADVICE = "「令和6年4月1日」「2024-04-01」「令和6年4月」のように入力してください。"
_UNREADABLE_DATE = "を年月日として読めません。" + _DATE_ADVICE
_IMPOSSIBLE = "は暦にない日付です。正しい日付を入力してください。"
_FISCAL = "は年度です。「令和6年4月」のように、暦の年と月を入力してください。"
_NOT_EXACT = (
    "は予定か、おおよその時期です。"
    "オンライン化した年月を入力してください。まだであれば空欄にし、予定は備考に入力してください。"
)
_RANGE = "は期間です。利用が始まった年月を一つだけ入力してください。"
_AMBIGUOUS = (
    "の年が、和暦か西暦か分かりません。"
    "「令和6年4月1日」か「2024年4月1日」のように入力してください。"
)
_NO_YEAR = "に年がありません。「令和6年4月」のように、年から入力してください。"
_UNREADABLE_NUMBER = (
    "を件数として読めません。9桁までの整数で、分からない場合は「不明」と入力してください。"
)
_NONE_OR_ZERO = (
    "は、0件か不明かが分かりません。0件であれば「0」、分からない場合は「不明」と入力してください。"
)
_STATUS = "は選択肢にありません。次のいずれかを入力してください: オンライン化済、着手済、未着手"
_FEE = "は選択肢にありません。次のいずれかを入力してください: あり、なし"

REFUSED = [
    # field, words, what is wrong and what to do
    ("status", "×", _STATUS),
    ("status", "◎", _STATUS),
    ("status", "オンライン化濟", _STATUS),
    ("fee", "◎", _FEE),
    ("fee", "△", _FEE),
    ("fee", "あり①", _FEE),
    ("online_date", "2024-02-30", _IMPOSSIBLE),
    ("online_date", "昭和64年1月8日", _IMPOSSIBLE),
    ("online_date", "平成31年5月1日", _IMPOSSIBLE),
    ("online_date", "平成32年", _IMPOSSIBLE),
    ("online_date", "令和元年4月30日", _IMPOSSIBLE),
    ("online_date", "令和0年1月1日", _IMPOSSIBLE),
    ("online_date", "明治3年1月1日", _IMPOSSIBLE),
    ("online_date", "令和6年13月", _IMPOSSIBLE),
    ("online_date", "令和5年度", _FISCAL),
    ("online_date", "R5年度", _FISCAL),
    ("online_date", "2023年度", _FISCAL),
    ("online_date", "2023年度末", _FISCAL),
    ("online_date", "令和7年4月予定", _NOT_EXACT),
    ("online_date", "令和6年4月頃", _NOT_EXACT),
    ("online_date", "令和6年4月上旬", _NOT_EXACT),
    ("online_date", "未定", _NOT_EXACT),
    ("online_date", "令和6年4月～令和7年3月", _RANGE),
    ("online_date", "R6.4〜", _RANGE),
    ("online_date", "令和6年4月から", _RANGE),
    ("online_date", "24/4/1", _AMBIGUOUS),
    ("online_date", "6.4.1", _AMBIGUOUS),
    ("online_date", "6年4月1日", _AMBIGUOUS),
    ("online_date", "240401", _AMBIGUOUS),
    ("online_date", "4月", _NO_YEAR),
    ("online_date", "4月1日", _NO_YEAR),
    ("online_date", "4/1", _UNREADABLE_DATE),
    ("online_date", "2024 4 1", _UNREADABLE_DATE),
    ("online_date", "2024-04-01T09:30:00Z", _UNREADABLE_DATE),
    ("online_date", "2024-04-0①", _UNREADABLE_DATE),
    ("online_date", "19999", _UNREADABLE_DATE),
    ("online_date", "来年", _UNREADABLE_DATE),
    ("annual_volume", "なし", _NONE_OR_ZERO),
    ("annual_volume", "無し", _NONE_OR_ZERO),
    ("annual_volume", "10〜20", _UNREADABLE_NUMBER),
    ("annual_volume", "100件以上", _UNREADABLE_NUMBER),
    ("annual_volume", "数件", _UNREADABLE_NUMBER),
    ("annual_volume", "1.5", _UNREADABLE_NUMBER),
    ("annual_volume", "-5", _UNREADABLE_NUMBER),
    ("annual_volume", "3千", _UNREADABLE_NUMBER),
    ("annual_volume", "1.2万件", _UNREADABLE_NUMBER),
    ("annual_volume", "百二十", _UNREADABLE_NUMBER),
    ("annual_volume", "10 20", _UNREADABLE_NUMBER),
    ("annual_volume", "１０　２０", _UNREADABLE_NUMBER),
    ("annual_volume", "1,20", _UNREADABLE_NUMBER),
    ("annual_volume", "1.000", _UNREADABLE_NUMBER),
    ("annual_volume", "12²", _UNREADABLE_NUMBER),
    ("annual_volume", "9999999999", _UNREADABLE_NUMBER),
]
TITLES = {
    "status": "オンライン化の状況",
    "fee": "手数料",
    "online_date": "オンライン化時期",
    "annual_volume": "年間件数",
    "procedure_id": "手続きID",
}


def test_what_can_not_be_read_says_what_and_where_and_what_to_do(tmp_path):
    survey = collect_each(tmp_path, *(case[:2] for case in REFUSED))
    told = set(messages(survey))
    for place, (field, written, words) in enumerate(REFUSED):
        said, cell = " ".join(written.split()), f"{CELLS[field][0]}{6 + place}"
        message = f"環境部.xlsx 調査票!{cell}: {TITLES[field]}「{said}」{words}"
        assert message in told, message
        assert read_one(survey, field, place) == (None, ""), written
    assert len(survey.problems) == len(REFUSED)


def test_two_numbers_in_one_cell_are_not_one(tmp_path):
    survey = collect_one(tmp_path, "annual_volume", "１２０\n１３０")
    assert messages(survey) == [
        f"環境部.xlsx 調査票!F6: 年間件数「１２０ １３０」{_UNREADABLE_NUMBER}"
    ]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("status", "オンライン化の状況が記入されていません。記入してください。"),
        ("section", "課名が記入されていません。記入してください。"),
        ("name", "手続き名が記入されていません。記入してください。"),
        ("procedure_id", "手続きIDが記入されていません。記入してください。"),
    ],
)
def test_a_dash_is_no_answer_where_one_is_needed(tmp_path, field, message):
    survey = collect_one(tmp_path, field, "－")
    assert messages(survey) == [f"環境部.xlsx 調査票!{CELLS[field]}: {message}"]


def with_cell(value: object, kind: str | None = None) -> Workbook:
    """Return a workbook whose yearly number is this value; as a formula it has no result."""
    workbook = build_workbook([procedure()])
    cell = sheet_of(workbook)[CELLS["annual_volume"]]
    cell.value = value
    if kind:
        cell.data_type = kind
    return workbook


@pytest.mark.parametrize(
    ("workbook", "message"),
    [
        (
            with_cell("=SUM(A1:A2)"),
            "年間件数の数式に計算結果が保存されていません。"
            "Excel で開いて保存し直すか、値を直接入力してください。",
        ),
        (
            with_cell("#REF!", "e"),
            "年間件数が Excel のエラー値「#REF!」です。値を直接入力してください。",
        ),
        (
            with_cell(datetime.date(2024, 1, 2)),
            f"年間件数「2024-01-02」{_UNREADABLE_NUMBER}",
        ),
    ],
    ids=["formula", "error", "date"],
)
def test_a_cell_that_excel_holds_as_something_else_says_so(tmp_path, workbook, message):
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert messages(survey) == [f"環境部.xlsx 調査票!F6: {message}"]
    assert list(survey.rows["annual_volume_missing"]) == ["unreadable"]


def test_an_id_that_excel_made_a_date_says_so(tmp_path):
    survey = collect_one(tmp_path, "procedure_id", datetime.date(2024, 1, 2))
    assert messages(survey)[0] == (
        "環境部.xlsx 調査票!A6: 手続きID「2024-01-02」が日付になっています。"
        "セルの書式を文字列にして、手続きIDを入力し直してください。"
    )


@pytest.mark.parametrize(
    ("written", "is_later"),
    [
        ("2024年", False),
        ("2024年9月", False),
        ("2024-09-01", False),
        ("2024-09-02", True),
        ("令和6年10月", True),
        ("令和7年", True),
    ],
)
def test_a_year_or_month_is_later_only_if_it_begins_after_the_day(tmp_path, written, is_later):
    survey = collect_one(tmp_path, "online_date", written)
    assert list(survey.problems["code"]) == ["online_date_later"] * is_later
