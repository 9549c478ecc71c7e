"""What is read as it stands and not seen so: hidden, in the colour it stands on, reformatted."""

from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.worksheet import Worksheet

from analysis.files.shown import shows_another_number, shows_another_text
from analysis.survey.collect import collect_survey

from archives import SHEET as SHEET_PART
from archives import change
from workbooks import (
    FIELDS,
    build_workbook,
    describe_problems,
    hand_in,
    make_cycle,
    procedure,
    sheet_of,
    write_shared,
)

SHEET = "環境部.xlsx 調査票"
UNSEEN = (
    f"{SHEET}: 文字が背景と同じ色のため見えないセルが1個あります（G6）。"
    "ほかのセルと同じく集計します。文字の色を変え、記入に誤りがないか確かめてください。"
)
GREY = PatternFill("solid", fgColor=Color(theme=2, tint=-0.1))


def told(tmp_path, dress: Callable[[Worksheet], None], **answers: object) -> list[str]:
    """Return what is told of one procedure's workbook whose sheet was changed."""
    workbook = build_workbook([procedure(1, **answers)])
    dress(sheet_of(workbook))
    return describe_problems(collect_survey(make_cycle(tmp_path, workbook)))


def painted(ink: Color | str | None, paper: PatternFill | None = None) -> Callable[..., None]:
    """Return what paints the status."""

    def dress(sheet: Worksheet) -> None:
        sheet["G6"].font = Font(color=ink)
        sheet["G6"].fill = paper or PatternFill()

    return dress


def test_a_hidden_column_of_the_surveys_is_told(tmp_path):
    def dress(sheet: Worksheet) -> None:
        for letter in "GS":
            sheet.column_dimensions[letter].hidden = True

    assert told(tmp_path, dress) == [
        f"{SHEET}: 非表示か、幅がほとんどない列が1列あります（G列「オンライン化の状況」）。"
        "ほかの列と同じく集計します。列を再表示し、記入に誤りがないか確かめてください。"
    ]


def test_a_struck_answer_of_a_row_that_is_not_is_told(tmp_path):
    def dress(sheet: Worksheet) -> None:
        for cell in ("D6", "F6", "G6"):
            sheet[cell].font = Font(strike=True)

    assert told(tmp_path, dress) == [
        f"{SHEET}!{cell}: {answer}に取り消し線が引かれています。ほかの回答と同じく集計します。"
        "正しい回答を記入し、取り消し線を消してください。"
        for cell, answer in (
            ("F6", "年間件数「120」"),
            ("G6", "オンライン化の状況「オンライン化済」"),
        )
    ]


def test_what_is_struck_in_a_struck_row_is_told_once(tmp_path):
    def dress(sheet: Worksheet) -> None:
        for cell in sheet[6]:
            cell.font = Font(strike=True)

    (line,) = told(tmp_path, dress)
    assert line.startswith(f"{SHEET}!A6: 取り消し線が引かれた手続きです。")


def test_rows_and_columns_that_are_next_to_nothing_are_told_as_hidden_ones(tmp_path):
    def dress(sheet: Worksheet) -> None:
        sheet.row_dimensions[6].height = 0.75
        sheet.column_dimensions["G"].width = 0.1

    assert [line[: line.index("あります")] for line in told(tmp_path, dress)] == [
        f"{SHEET}: 非表示か、高さがほとんどない行が1行",
        f"{SHEET}: 非表示か、幅がほとんどない列が1列",
    ]


@pytest.mark.parametrize(
    ("cell", "text", "unit"),
    [
        ("F5", "年間件数（千件）", "千件"),
        ("F5", "年間件数\n（単位：万人）", "万人"),
        ("F5", "年間件数（単位：千）", "千"),
        ("Q3", "（単位：百件）", "百件"),
    ],
)
def test_another_unit_of_the_numbers_is_told(tmp_path, cell, text, unit):
    def dress(sheet: Worksheet) -> None:
        sheet[cell] = text

    assert told(tmp_path, dress) == [
        f"{SHEET}!{cell}: 年間件数の単位が「{unit}」となっています。"
        "数値は、そのまま件数として読みました。"
        f"1件を単位として記入し直し、「{unit}」を消してください。"
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("F5", "年間件数（件）"),
        ("F5", "年間件数（単位：人）"),
        ("A3", "人口三十万人、年間百件の届出"),
    ],
)
def test_the_numbers_own_unit_is_quiet(tmp_path, cell, text):
    def dress(sheet: Worksheet) -> None:
        sheet[cell] = text

    assert told(tmp_path, dress) == []


@pytest.mark.parametrize(
    "dress",
    [
        painted("FFFFFFFF"),
        painted(Color(theme=0)),
        painted(Color(indexed=9)),
        painted("00FF0000", PatternFill("solid", fgColor="FFFF0000")),
        painted(None, PatternFill("solid", fgColor="FF000000")),
        painted(Color(theme=2, tint=-0.1), GREY),
    ],
)
def test_a_text_in_the_colour_it_stands_on_is_told(tmp_path, dress):
    assert told(tmp_path, dress) == [UNSEEN]


@pytest.mark.parametrize(
    "dress",
    [
        painted(None),
        painted("FFFF0000"),
        painted("FFFFFFFF", PatternFill("solid", fgColor="FF4472C4")),
        painted(Color(theme=0), GREY),
        painted(Color(theme=0, tint=-0.5)),
        painted("FFFFFFFF", PatternFill("gray125")),
        painted(Color(indexed=64), PatternFill("solid", fgColor=Color(indexed=64))),
    ],
)
def test_a_text_in_another_colour_is_seen(tmp_path, dress):
    assert told(tmp_path, dress) == []


ORDINARY = [
    *(
        "General",
        "G/標準",
        "0",
        "@",
        "#,##0",
        "#,##0_);(#,##0)",
        "#,##0;[Red]-#,##0",
        "0_ ",
        "# ?/?",
    ),
    *(
        '0"件"',
        '#,##0"件/年"',
        '"約"#,##0',
        '"¥"#,##0',
        "[$-411]0",
        '0"人/1年"',
        '0"件／１か年"',
        '#" "##0',
        "[DBNum3]0",
        "0.00",
    ),
    *('0"人/1年"', '0"件／１か年"'),
    '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    '[>=100]#,##0"件";0"件"',
]


@pytest.mark.parametrize("code", [*ORDINARY, "0000"])
def test_a_format_that_only_dresses_a_number_shows_the_same(code):
    assert not any(shows_another_number(code, text) for text in ("0", "7", "120", "1200"))
    assert not shows_another_text(code)


@pytest.mark.parametrize("code", ["0;-0;;@", '0;-0;"なし"', '#,##0;-#,##0;"－"', '"なし"', ";;;"])
def test_a_zero_may_be_shown_as_none(code):
    assert not shows_another_number(code, "0")


@pytest.mark.parametrize(
    "code",
    [
        *('"なし"', ";;;", "0.0,", "0,", "#,##0,", '#,##0,"千件"', '0"千件"', '0"万"', "0%"),
        *(r"0\0", '"1"0', '[>100]"多数";0', '"不明";"不明";0', "0,.0"),
    ],
)
def test_a_format_that_shows_another_number_or_a_word_is_known(code):
    assert shows_another_number(code, "1200")


@pytest.mark.parametrize(("code", "text"), [("0000", "12"), ("00-00", "1901"), ('"K-"000', "112")])
def test_a_format_that_makes_another_id_of_a_number_is_known(code, text):
    assert shows_another_number(code, text, is_name=True)
    assert not any(shows_another_number(c, "12", is_name=True) for c in ("0", "#,##0", "0_ "))


def test_a_cell_shown_as_something_else_is_told_with_its_format(tmp_path):
    formats = {"A6": "0000", "F6": '"なし"', "G6": ';;;"未着手"', "H6": '"未定"', "D6": '0"件"'}

    def dress(sheet: Worksheet) -> None:
        for cell, code in formats.items():
            sheet[cell].number_format = code

    answers = {"procedure_id": 12, "online_date": 45383}
    assert told(tmp_path, dress, **answers) == [
        f"{SHEET}!{cell}: {title}のセルは、表示形式「{formats[cell]}」のため、"
        "入っている値とは違って見えます。入っている値を読みました。"
        "セルの表示形式を「標準」にし、正しい値か確かめて、違えば入力し直してください。"
        for cell, title in (
            ("A6", "手続きID"),
            ("F6", "年間件数"),
            ("G6", "オンライン化の状況"),
            ("H6", "オンライン化時期"),
        )
    ]


def test_every_ordinary_format_of_a_counted_number_is_quiet(tmp_path):
    workbook: Workbook = build_workbook([procedure(n) for n in range(1, len(ORDINARY) + 1)])
    for row, code in enumerate(ORDINARY, start=6):
        sheet_of(workbook).cell(row, FIELDS.index("annual_volume") + 1).number_format = code
    assert describe_problems(collect_survey(make_cycle(tmp_path, workbook))) == []


@pytest.mark.parametrize(("result", "is_told"), [(0, True), (1, False)])
def test_a_nought_where_nothing_was_worked_out_is_no_total(tmp_path, result, is_told):
    foot = (
        '<row r="6"><c r="A6" t="str"><v>合計</v></c><c r="B6" t="str"><v>総手続き数</v></c>'
        f'<c r="C6"><f>COUNTA(A5)</f><v>{result}</v></c></row></sheetData>'
    )
    # XlsxWriter asks for every formula to be worked out when the workbook is opened.
    shared = write_shared([procedure(1)])
    content = change(shared, SHEET_PART, lambda text: text.replace("</sheetData>", foot))
    unsaved = (
        f"{SHEET}: 表の下の合計の数式1個（C6）に計算結果が保存されていないため、"
        "行を数えた件数と比べていません。Excel で開いて保存し直すと、比べられます。"
    )
    assert describe_problems(hand_in(tmp_path, content)) == [unsaved] * is_told
