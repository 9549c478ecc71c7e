"""Which sheet is the table: one that could be it beside another stops, and neither is counted."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

from analysis.forms.returned.book import mark_workbook
from analysis.survey.collect import collect_survey
from analysis.survey.problems import problems_from_frame
from analysis.survey.survey import Survey

from workbooks import (
    FIELDS,
    Line,
    build_workbook,
    describe_problems,
    hand_in,
    make_cycle,
    not_started,
    procedure,
    save_bytes,
    sheet_of,
)

THREE = [procedure(1), procedure(2), procedure(3)]
SIX = [*THREE, procedure(4), procedure(5), procedure(6)]


def add_table(
    workbook: Workbook,
    title: str,
    lines: Sequence[Line],
    *,
    fields: Sequence[str] = FIELDS,
    state: str = "visible",
    heading: bool = True,
) -> None:
    """Add a sheet with a table of these fields; without its heading, from the titles on."""
    sheet = workbook.create_sheet(title, 0)
    sheet.sheet_state = state
    table = sheet_of(build_workbook(lines, fields=fields))
    if not heading:
        for area in list(table.merged_cells.ranges):
            table.unmerge_cells(str(area))
        table.delete_rows(1, 3)
    for row in table.iter_rows():
        for cell in row:
            sheet[cell.coordinate] = cell.value


def collect(tmp_path, workbook: Workbook) -> Survey:
    return collect_survey(make_cycle(tmp_path, workbook))


def told(survey: Survey) -> list[list[object]]:
    return survey.problems[["code", "value"]].to_numpy().tolist()


def test_last_cycles_table_beside_one_that_lacks_a_column_is_not_counted(tmp_path):
    workbook = build_workbook(SIX, fields=FIELDS[:-1])
    add_table(workbook, "前回分", THREE, heading=False)
    survey = collect(tmp_path, workbook)
    assert told(survey) == [["table_twice", "前回分、調査票"]]
    assert survey.rows.empty


def test_more_procedures_on_a_sheet_that_lacks_a_column_are_not_left_out(tmp_path):
    workbook = build_workbook([procedure(n) for n in range(1, 11)])
    others = [procedure(n) for n in range(11, 23)]
    add_table(workbook, "追加分", others, fields=FIELDS[:-1])
    assert told(collect(tmp_path, workbook)) == [["table_twice", "追加分、調査票"]]


def test_a_few_columns_with_the_status_of_further_procedures_could_be_meant(tmp_path):
    workbook = build_workbook(THREE)
    few = ["procedure_id", "name", "status", "reason"]
    add_table(workbook, "追加分", [not_started(4)], fields=few)
    assert told(collect(tmp_path, workbook)) == [["table_twice", "調査票、追加分"]]


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        (["procedure_id", "name", "status"], [procedure(2), ["合計", None, 1]]),
        (["section", "name", "status"], [procedure(2), ["※ 環境政策課の分のみ"]]),
        (["procedure_id", "name", "attachment"], [procedure(9), procedure(10)]),
        (["law_kind", "status", "reason", "attachment"], [procedure(), not_started()]),
    ],
)
def test_an_extract_or_a_list_beside_the_table_is_only_told(tmp_path, fields, lines):
    workbook = build_workbook(THREE)
    add_table(workbook, "抜き書き", lines, fields=fields)
    survey = collect(tmp_path, workbook)
    assert told(survey) == [["sheets_other", "抜き書き"]]
    assert len(survey.rows) == 3


def test_a_list_of_choices_is_no_table_however_many_titles_it_has(tmp_path):
    workbook = build_workbook(THREE, fields=FIELDS[:-1])
    choices = ["law_kind", "status", "reason", "identity", "attachment", "fee", "in_house", "law"]
    add_table(workbook, "選び方", [not_started()], fields=[*choices, "system", "reason_detail"])
    survey = collect(tmp_path, workbook)
    assert len(survey.rows) == 3


def test_a_hidden_copy_gives_way_to_the_visible_table(tmp_path):
    workbook = build_workbook(SIX, fields=FIELDS[:-1])
    add_table(workbook, "前回分", THREE, state="hidden")
    survey = collect(tmp_path, workbook)
    assert len(survey.rows) == 6


def test_two_hidden_tables_without_a_visible_one_are_an_error(tmp_path):
    workbook = build_workbook([])
    sheet_of(workbook).delete_rows(1, 9)
    add_table(workbook, "前回分", THREE, state="hidden")
    add_table(workbook, "今回分", SIX, state="hidden", fields=FIELDS[:-1])
    assert told(collect(tmp_path, workbook)) == [["table_twice", "今回分、前回分"]]


def test_a_hidden_table_is_read_before_an_example(tmp_path):
    workbook = build_workbook(SIX)
    sheet_of(workbook).sheet_state = "hidden"
    add_table(workbook, "記入例", THREE)
    survey = collect(tmp_path, workbook)
    assert survey.workbooks.loc[0, "sheet"] == "調査票"
    assert len(survey.rows) == 6


def test_a_table_on_a_sheet_named_as_an_example_is_told(tmp_path):
    workbook = build_workbook(THREE)
    sheet_of(workbook).title = "記入例"
    assert told(collect(tmp_path, workbook)) == [["sheet_example", "記入例"]]


@pytest.mark.parametrize("title", ["記入例", "入力例（別紙）", "見本"])
def test_procedures_on_a_sheet_named_as_an_example_stop_the_build(tmp_path, title):
    workbook = build_workbook(THREE)
    others = [procedure(4), procedure(5, procedure_id="ｋ‐００５")]
    add_table(workbook, title, [procedure(3), *others])
    survey = collect(tmp_path, workbook)
    assert describe_problems(survey) == [
        f"環境部.xlsx {title}!A7: 調査票の見出しの下に、調査票の表にない手続きIDが"
        "2件あります（A7、A8）。このシートは読み込んでいません。"
        "手続きであれば調査票の表に移し、記入例であればシートを削除してください。"
    ]
    assert len(survey.rows) == 3


@pytest.mark.parametrize("own_id", ["K-002", "例", "（記入例）", "99-0001", "K-000", "K-XXX", None])
def test_the_example_that_comes_with_a_form_is_silent(tmp_path, own_id):
    workbook = build_workbook(THREE)
    add_table(workbook, "記入例", [procedure(9, procedure_id=own_id)])
    assert told(collect(tmp_path, workbook)) == []


@pytest.mark.parametrize("title", ["確認事項", "手続きリスト", "選択肢", "記入要領2"])
@pytest.mark.parametrize(
    ("fields", "state", "is_error"),
    [
        (FIELDS, "visible", True),
        (["procedure_id", "section", "name"], "visible", False),
        (FIELDS, "hidden", False),
    ],
)
def test_a_sheets_name_alone_silences_no_procedures(tmp_path, title, fields, state, is_error):
    workbook = build_workbook(THREE)
    add_table(workbook, title, [procedure(8), procedure(9)], fields=fields, state=state)
    named = f"{title}（非表示）" if state == "hidden" else title
    twice = ["table_twice", f"{title}、調査票"]
    expected = [twice] if is_error else [["sheets_other", named]]
    assert told(collect(tmp_path, workbook)) == expected


def test_a_workbook_with_a_sheet_named_as_our_list_is_marked_twice_over(tmp_path):
    workbook = build_workbook([procedure(1, status="謎")])
    sheet_of(workbook)["G6"].fill = PatternFill("solid", fgColor="FFDDEEFF")
    add_table(workbook, "確認事項", [procedure(8)], state="hidden")
    content = save_bytes(workbook)
    survey = hand_in(tmp_path, content)
    for _ in range(2):
        problems = problems_from_frame(survey.problems)
        content = mark_workbook(content, "環境部.xlsx", problems, (), date(2024, 9, 1))
    marked = load_workbook(BytesIO(content))
    assert marked.sheetnames == ["確認事項1", "確認事項", "調査票"]
    assert marked["確認事項"]["A6"].value == "K-008"
    # What the marked cell looked like before is kept in our list, and not in theirs.
    kept = [{c.fill.fgColor.rgb for row in sheet for c in row} for sheet in marked.worksheets[:2]]
    assert ["FFDDEEFF" in colours for colours in kept] == [True, False]
