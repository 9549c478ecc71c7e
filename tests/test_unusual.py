"""What is merely unusual in a workbook is read; what is doubtful is refused, its place named."""

import datetime
import io

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.workbook.defined_name import DefinedName

from analysis.forms.returned.book import mark_workbook
from writers import convert, link_to_other

from archives import SHEET, change
from workbooks import (
    FIELDS,
    TITLES,
    build_workbook,
    describe_problems,
    hand_in,
    procedure,
    save_bytes,
    sheet_of,
)


def test_a_result_that_is_a_date_goes_back_as_it_was_in_a_workbook_of_1904(tmp_path):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"date_1904": True}) as workbook:
        date = workbook.add_format({"num_format": "yyyy/m/d"})
        workbook.add_worksheet("調査票").write_formula("A1", "=DATE(2024,4,1)", date, 43921)
    content = mark_workbook(buffer.getvalue(), "環境部.xlsx", [], [], datetime.date.max)
    marked = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert marked["調査票"]["A1"].value.date() == datetime.date(2024, 4, 1)


@pytest.mark.parametrize(
    ("is_1904", "stored", "date"),
    [(True, 43921, "2024-04-01"), (False, 45383, "2024-04-01"), (True, 16710, "1949-10-01")],
)
def test_a_day_count_without_a_format_is_of_its_own_workbook(tmp_path, is_1904, stored, date):
    workbook = build_workbook([procedure(1, online_date=stored)])
    if is_1904:
        workbook.epoch = MAC_EPOCH
    survey = hand_in(tmp_path, save_bytes(workbook))
    if date < "1954":
        assert list(survey.problems["code"]) == ["date_unreadable"]
    else:
        assert (describe_problems(survey), survey.rows.loc[0, "online_date"]) == ([], date)


NUMBERS = [
    (84.00000000000001, "84"),
    (83.99999999999999, "84"),
    (0.1 + 0.2, "0.3"),
    (1 / 3, "0.333333333333333"),
    (-0.0, "0"),
    (1200, "1200"),
    (123456789012345, "123456789012345"),
    (1e15, "1000000000000000"),
    (1234567890123456, "1234567890123460"),
    (1e21, "1E+21"),
    (0.00001, "1E-05"),
]


def write_result(name: str, stored: float) -> bytes:
    """Return a workbook with one procedure, of which one answer is a formula with this result."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet("調査票")
        sheet.write_row(0, 0, ["部局名", "環境部"])
        sheet.write_row(2, 0, [TITLES[name] for name in FIELDS])
        sheet.write_row(3, 0, [procedure(1).get(name) for name in FIELDS])
        sheet.write_formula(3, FIELDS.index(name), "=1200*0.07", None, stored)
    return buffer.getvalue()


@pytest.mark.parametrize(("stored", "shown"), NUMBERS)
def test_a_number_reads_as_excel_shows_it(tmp_path, stored, shown):
    survey = hand_in(tmp_path, write_result("remarks", stored))
    assert survey.rows.loc[0, "remarks_raw"] == shown


def test_a_result_of_17_digits_is_the_number_that_excel_shows(tmp_path):
    survey = hand_in(tmp_path, write_result("annual_volume", 1200 * 0.07))
    assert (describe_problems(survey), survey.rows.loc[0, "annual_volume"]) == ([], 84)


def test_a_result_of_17_digits_in_a_csv_is_the_number_that_excel_shows(tmp_path):
    frame = pd.DataFrame([procedure(1) | {"annual_volume": 1200 * 0.07}]).reindex(columns=FIELDS)
    text = "部局名,環境部\n" + frame.to_csv(index=False, header=[TITLES[name] for name in FIELDS])
    assert "84.00000000000001" in text
    survey = hand_in(tmp_path, text.encode(), "環境部.csv")
    assert (describe_problems(survey), survey.rows.loc[0, "annual_volume"]) == ([], 84)


def test_a_link_that_only_an_unused_name_has_is_nothing(tmp_path):
    workbook = link_to_other(build_workbook([procedure(1) | {"remarks": "旧単価"}]))
    content = save_bytes(workbook)
    assert describe_problems(hand_in(tmp_path, content)) == []
    returned = mark_workbook(content, "環境部.xlsx", [], [], datetime.date.max)
    assert describe_problems(hand_in(tmp_path, returned)) == []


@pytest.mark.parametrize(
    "formula",
    [
        "=[1]単価!A1",
        "=SUM(1,'[1]単価 表'!A1:A3)",
        "='[1]It''s'!A1",
        "=[1]!単価",
        "=旧単価*2",
        "=旧単価",
        "=新単価+1",
        '=IF(A1="[1]単価!A1",1,調査票!旧単価)',
    ],
)
def test_a_cell_that_draws_on_another_workbook_is_named(tmp_path, formula):
    workbook = link_to_other(build_workbook([procedure(1) | {"annual_volume": formula}]))
    workbook.defined_names["新単価"] = DefinedName("新単価", attr_text="旧単価*1.1")
    assert describe_problems(hand_in(tmp_path, save_bytes(workbook))) == [
        "環境部.xlsx: ほかのブックの値を参照する数式があります（調査票!F6）。"
        "Excel の［データ］→［リンクの編集］でリンクを解除し、値を確かめて保存し直してください。"
    ]


@pytest.mark.parametrize(
    "formula",
    [
        '=IF(A1="[1]単価!A1",1,2)',
        "=表1[件数]*調査票!A1",
        "=表1[[#This Row],[1]]+調査票!A1",
        "=旧単価2",
    ],
)
def test_a_formula_that_only_looks_like_drawing_on_another_workbook_is_read(tmp_path, formula):
    workbook = link_to_other(build_workbook([procedure(1) | {"annual_volume": formula}]))
    assert list(hand_in(tmp_path, save_bytes(workbook)).problems["code"]) == [
        "formula_without_value"
    ]


def test_a_drop_down_list_that_draws_on_another_workbook_gives_no_value(tmp_path):
    content = save_bytes(link_to_other(build_workbook([procedure(1)])))
    drop_down = "<extLst><ext><x:f xmlns:x='x'>[1]単価!A1:A3</x:f></ext></extLst></worksheet>"
    content = change(content, SHEET, lambda text: text.replace("</worksheet>", drop_down))
    assert describe_problems(hand_in(tmp_path, content)) == []


def test_every_cell_that_draws_on_another_workbook_is_counted_on_any_sheet(tmp_path):
    workbook = link_to_other(build_workbook([procedure(1)]))
    other = workbook.create_sheet("集計")
    for row in range(1, 101):
        other.cell(row, 2, "=[1]単価!A1")
    (told,) = describe_problems(hand_in(tmp_path, save_bytes(workbook)))
    assert "（集計!B1 など100か所）" in told


@pytest.mark.slow
def test_a_link_that_libreoffice_wrote_is_told(tmp_path):
    other = Workbook()
    sheet_of(other).title = "単価"
    sheet_of(other)["A1"] = 120
    other.save(tmp_path / "単価表.xlsx")
    workbook = link_to_other(build_workbook([procedure(1) | {"annual_volume": "=[1]単価!A1"}]))
    content = convert(save_bytes(workbook), tmp_path, "xlsx")
    (told,) = describe_problems(hand_in(tmp_path, content))
    assert "（調査票!F6）" in told
