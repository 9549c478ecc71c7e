"""A workbook returned to its department: marked, listed, and accepted again."""

import datetime
import io
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill, Protection
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from analysis.cycle import Cycle, open_cycle
from analysis.files import bounded
from analysis.forms.returned import cost
from analysis.forms.returned.book import mark_workbook
from analysis.forms.returned.write import Returned, return_workbooks
from analysis.survey.collect import collect_survey
from analysis.survey.problems import Place, Problem, report

from cities import NOW, answer_one, hand_in_lines, make_city
from rows import ASKED
from workbooks import FIELDS, TITLES, build_workbook, make_cycle, procedure, save_bytes, sheet_of

AS_OF = datetime.date(2024, 9, 1)
HERE = Place("環境部", "環境部.xlsx", "調査票")
OWN_FILL = PatternFill("solid", fgColor="FF00B0F0")
FORM = Path("data/processed/2024-09-01/returned/環境部.xlsx")
LIST = FORM.with_stem("環境部（確認事項）")


def give_back(cycle: Cycle) -> list[Returned]:
    return return_workbooks(cycle, collect_survey(cycle))


def mark(workbook: Workbook | bytes, *problems: Problem) -> Workbook:
    content = workbook if isinstance(workbook, bytes) else save_bytes(workbook)
    marked = mark_workbook(content, "環境部.xlsx", problems, ["環境部"], AS_OF)
    return openpyxl.load_workbook(io.BytesIO(marked))


def unknown(cell: str, value: str = "謎") -> Problem:
    return report("answer_unknown", HERE.at(cell), ASKED.named["status"], value=value)


def test_the_list_comes_first_with_links_to_the_cells(tmp_path: Path) -> None:
    lines = [procedure(1, status="謎", online_date=None)]
    cycle = make_cycle(
        tmp_path, build_workbook(lines, fields=[name for name in FIELDS if name != "fee"])
    )
    (returned,) = give_back(cycle)
    assert returned == Returned("環境部", "環境部.xlsx", tmp_path / FORM)
    book = openpyxl.load_workbook(tmp_path / FORM)
    assert book.sheetnames == ["確認事項", "調査票"]
    assert book.active.title == "確認事項"
    sheet = book["確認事項"]
    assert [[cell.value for cell in row[:5]] for row in sheet.iter_rows(min_row=1)] == [
        ["調査票の確認事項", None, None, None, None],
        ["環境部　調査（2024-09-01時点）", None, None, None, None],
        [
            "色の付いたセルを直し、このファイルを「環境部.xlsx」の名前で再提出してください。"
            "このシート、セルの色、コメントは残したままで構いません。",
            *[None] * 4,
        ],
        [None] * 5,
        ["番号", "区分", "場所", "確認すること", "直し方"],
        [
            1,
            "要確認",
            "調査票",
            "列「手数料」がありません。無回答として扱います。",
            "列を戻してください。見出しを変えただけであれば、調査担当に知らせてください。",
        ],
        [
            2,
            "誤り",
            "調査票!G6",
            "オンライン化の状況「謎」は選択肢にありません。",
            "次のいずれかを入力してください: オンライン化済、着手済、未着手",
        ],
    ]
    assert [sheet.cell(row, 3).hyperlink.location for row in (6, 7)] == [
        "'調査票'!A1",
        "'調査票'!G6",
    ]


def test_it_opens_with_the_list_whatever_sheet_it_was_saved_on() -> None:
    book = build_workbook([procedure(1)])
    book.create_sheet("メモ")
    book.active = 1
    marked = mark(book, unknown("G6"))
    assert marked.active.title == "確認事項"
    selected = [sheet.title for sheet in marked.worksheets if sheet.sheet_view.tabSelected]
    assert selected == ["確認事項"]


def test_formats_lists_rules_and_print_set_up_stay() -> None:
    book = build_workbook([procedure(1)])
    sheet = sheet_of(book)
    sheet["B6"].value = CellRichText("環境", TextBlock(InlineFont(b=True), "政策課"))
    sheet["B6"].number_format = "@"
    sheet.column_dimensions["C"].width = 44
    sheet.row_dimensions[6].height = 33
    sheet.page_setup.orientation = "landscape"
    sheet.print_title_rows = "4:5"
    sheet.auto_filter.ref = "A5:Q6"
    sheet.freeze_panes = "D6"
    sheet.add_data_validation(DataValidation("list", formula1='"あり,なし"', sqref="P6"))
    rule = FormulaRule(formula=["$G6=1"], fill=OWN_FILL)
    sheet.conditional_formatting.add("G6:G9", rule)
    marked = mark(book, unknown("G6"))["調査票"]
    assert marked["B6"].value == "環境政策課"
    assert marked["B6"].number_format == "@"
    assert marked.column_dimensions["C"].width == 44
    assert marked.row_dimensions[6].height == 33
    assert marked.page_setup.orientation == "landscape"
    assert (marked.print_title_rows, marked.auto_filter.ref) == ("$4:$5", "A5:Q6")
    assert marked.freeze_panes == "D6"
    assert [str(r.sqref) for r in marked.data_validations.dataValidation] == ["P6"]
    assert [str(place.sqref) for place in marked.conditional_formatting] == ["G6:G9"]
    assert {str(m) for m in marked.merged_cells} == {str(m) for m in sheet.merged_cells}


def test_a_returned_workbook_is_read_as_before(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1, status="謎", online_date=None), procedure(2)])
    before = collect_survey(cycle)
    give_back(cycle)
    (cycle.raw_folder / "環境部.xlsx").write_bytes((tmp_path / FORM).read_bytes())
    after = collect_survey(cycle)
    assert after.rows.equals(before.rows)
    assert after.problems.equals(before.problems)
    assert after.workbooks["other_sheets"].isna().all()


def test_a_second_return_takes_off_the_marks_of_the_first(tmp_path: Path) -> None:
    book = build_workbook([procedure(1, status="謎", online_date=None), procedure(2)])
    sheet = sheet_of(book)
    sheet["G6"].fill = OWN_FILL
    sheet["G6"].comment = Comment("部局のメモ", "山田")
    sheet["B6"].comment = Comment("ほかのメモ", "山田")
    sheet["B6"].fill = OWN_FILL
    sheet.protection.sheet = True
    cycle = make_cycle(tmp_path, book)
    give_back(cycle)
    path = cycle.raw_folder / "環境部.xlsx"
    again = openpyxl.load_workbook(tmp_path / FORM)
    assert again["調査票"]["G6"].comment.text.endswith("\n\n――もとのコメント（山田）――\n部局のメモ")
    assert not again["調査票"]["G6"].protection.locked
    again["調査票"]["G6"] = "未着手"
    again.save(path)
    give_back(cycle)
    sheet = openpyxl.load_workbook(tmp_path / FORM)["調査票"]
    assert sheet["J6"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["G6"].fill.fgColor.rgb == sheet["B6"].fill.fgColor.rgb == "FF00B0F0"
    assert (sheet["G6"].comment.text, sheet["G6"].comment.author) == ("部局のメモ", "山田")
    assert (sheet["B6"].comment.text, sheet["B6"].comment.author) == ("ほかのメモ", "山田")
    assert sheet["G6"].protection.locked
    book = openpyxl.load_workbook(tmp_path / FORM)
    assert book.sheetnames == ["確認事項", "調査票"]


def test_alike_problems_are_one_entry_and_each_cell_gets_its_own_format_back() -> None:
    book = build_workbook([procedure(n) for n in range(1, 7)])
    for cell in ("G7", "G8"):
        sheet_of(book)[cell].fill = OWN_FILL
    first = mark(book, *(unknown(f"G{row}") for row in (6, 7, 8, 9, 11)))
    entries = [[c.value for c in row[:3]] for row in first["確認事項"].iter_rows(min_row=6)]
    assert entries == [
        [1, "誤り", "調査票!G6、G9、G11（3件）"],
        [2, "誤り", "調査票!G7～G8（2件）"],
    ]
    heads = {cell: first["調査票"][cell].comment.text[:7] for cell in ("G6", "G7", "G8", "G11")}
    assert heads == dict.fromkeys(("G6", "G11"), "【確認事項1　") | dict.fromkeys(
        ("G7", "G8"), "【確認事項2　"
    )
    again = mark(first, unknown("H6"))["調査票"]
    fills = [again[f"G{row}"].fill.fgColor.rgb for row in range(6, 12)]
    assert fills == ["00000000", "FF00B0F0", "FF00B0F0", *["00000000"] * 3]


def test_a_fill_chosen_after_the_return_stays() -> None:
    first = mark(build_workbook([procedure(1)]), unknown("G6"))
    first["調査票"]["G6"].fill = OWN_FILL
    second = mark(first, unknown("G7"))
    assert second["調査票"]["G6"].fill.fgColor.rgb == "FF00B0F0"


def test_a_mark_is_found_again_after_rows_were_put_in_and_the_list_thrown_away() -> None:
    first = mark(build_workbook([procedure(1)]), unknown("G6"))
    first.remove(first["確認事項"])
    sheet = first["調査票"]
    sheet["G9"]._style, sheet["G9"].comment = (
        sheet["G6"]._style,
        Comment(sheet["G6"].comment.text, "調査票の確認"),
    )
    second = mark(first, unknown("H6"))
    for place in ("G6", "G9"):
        assert second["調査票"][place].comment is None
        assert second["調査票"][place].fill.fill_type is None


def test_one_comment_tells_all_problems_of_a_cell_in_the_graver_colour() -> None:
    warning = report(
        ASKED.rules["reason_unneeded"], HERE.at("G6"), ASKED.named["reason"], value="未検討"
    )
    notice = report("column_extra", HERE.at("G6"), value="連番")
    cell = mark(build_workbook([procedure(1)]), warning, unknown("G6"), notice)["調査票"]["G6"]
    assert cell.comment.text == (
        "【確認事項1　要確認】未着手ではありませんが、未着手の理由「未検討」が記入されています。\n"
        "オンライン化の状況か理由の、どちらかを直してください。\n\n"
        "【確認事項2　誤り】オンライン化の状況「謎」は選択肢にありません。\n"
        "次のいずれかを入力してください: オンライン化済、着手済、未着手\n\n"
        "【確認事項3　参考】調査票にない列があります（連番）。集計には使いません。\n"
        "対応は要りません。"
    )
    assert cell.fill.fgColor.rgb == "FFFFC7CE"


def test_a_problem_inside_merged_cells_is_marked_on_the_first_of_them() -> None:
    book = build_workbook([procedure(1), procedure(2)])
    sheet_of(book).merge_cells("G6:H7")
    sheet = mark(book, unknown("H7"))["調査票"]
    assert sheet["G6"].comment is not None
    assert sheet["G6"].fill.fgColor.rgb == "FFFFC7CE"


def test_only_a_faulty_cell_of_a_protected_sheet_is_unlocked() -> None:
    book = build_workbook([procedure(1), procedure(2)])
    sheet = sheet_of(book)
    sheet.protection.sheet = True
    sheet.protection.set_password("市役所")
    kept = sheet.protection.password
    sheet["H6"].protection = Protection(locked=False)
    marked = mark(book, unknown("G6"))["調査票"]
    assert marked.protection.sheet
    assert marked.protection.password == kept
    locked = {place: marked[place].protection.locked for place in ("G6", "H6", "G7")}
    assert locked == {"G6": False, "H6": False, "G7": True}


def test_notices_alone_return_nothing(tmp_path: Path) -> None:
    book = build_workbook([procedure(1), procedure(2)])
    sheet_of(book).row_dimensions[7].hidden = True
    cycle = make_cycle(tmp_path, book)
    assert list(collect_survey(cycle).problems["severity"]) == ["notice"]
    assert give_back(cycle) == []
    assert not (tmp_path / FORM).exists()


def test_the_file_of_a_department_that_mended_everything_is_removed(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1, name=None)])
    give_back(cycle)
    assert (tmp_path / FORM).is_file()
    book = openpyxl.load_workbook(tmp_path / FORM)
    book["調査票"]["C6"] = "届出"
    book.save(cycle.raw_folder / "環境部.xlsx")
    assert give_back(cycle) == []
    assert not (tmp_path / FORM).exists()


def test_for_a_missing_or_unreadable_file_nothing_is_written(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, b"PK\x03\x04 broken", None)
    assert give_back(cycle) == [Returned("環境部", "環境部.xlsx", None)]
    assert not (tmp_path / FORM).parent.exists()


def test_problems_of_the_corrections_go_to_nobody(tmp_path: Path) -> None:
    corrections = """[[correction]]
procedure_id = "K-999"
field = "status"
expected = ""
value = "未着手"
reason = "確認"
decided_by = "DX戦略課"
decided_on = 2024-10-01
"""
    cycle = make_cycle(tmp_path, [procedure(1)], corrections=corrections)
    assert list(collect_survey(cycle).problems["code"]) == ["correction_row_missing"]
    assert give_back(cycle) == []


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "@x", "-1", "<r>x</r>", "a\x01b]]>&<b>"])
def test_hostile_text_is_only_text_in_comments_and_list(text: str) -> None:
    problem = replace(unknown("G6", text), message=text, action=text)
    book = mark(build_workbook([procedure(1, name=text.replace("\x01", ""))]), problem)
    shown = text.replace("\x01", "\ufffd")
    for place in ("D6", "E6"):
        assert book["確認事項"][place].value == shown
        assert book["確認事項"][place].data_type == "s"
    assert shown in book["調査票"]["G6"].comment.text


def test_an_answer_that_only_looks_like_a_formula_stays_text() -> None:
    book = build_workbook([procedure(1)])
    sheet_of(book)["C6"] = "=cmd|' /C calc'!A0"
    sheet_of(book)["C6"].data_type = "s"
    cell = mark(book, unknown("G6"))["調査票"]["C6"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")


def test_formulas_keep_the_results_they_had(tmp_path: Path) -> None:
    book = build_workbook([procedure(1, annual_volume="=60*2", remarks='="a"&"<b>"')])
    content = save_bytes(book)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = sheet.replace("<f>60*2</f><v />", "<f>60*2</f><v>120</v>")
    sheet = sheet.replace('"&lt;b&gt;"</f><v />', '"&lt;b&gt;"</f><v>a&lt;b&gt;</v>')
    sheet = sheet.replace('<c r="Q6"><f>', '<c r="Q6" t="str"><f>')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in (parts | {"xl/worksheets/sheet1.xml": sheet.encode()}).items():
            archive.writestr(name, part)
    marked = mark_workbook(buffer.getvalue(), "環境部.xlsx", [unknown("G6")], [], AS_OF)
    formulas = openpyxl.load_workbook(io.BytesIO(marked))["調査票"]
    values = openpyxl.load_workbook(io.BytesIO(marked), data_only=True)["調査票"]
    assert [formulas["F6"].value, values["F6"].value] == ["=60*2", 120]
    assert [formulas["Q6"].value, values["Q6"].value] == ['="a"&"<b>"', "a<b>"]


def test_two_returns_are_the_same_bytes_and_know_no_clock() -> None:
    content = save_bytes(build_workbook([procedure(1)]))
    first = mark_workbook(content, "環境部.xlsx", [unknown("G6")], ["環境部"], AS_OF)
    assert first == mark_workbook(content, "環境部.xlsx", [unknown("G6")], ["環境部"], AS_OF)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2024-09-01T00:00:00Z") == 2
    assert str(datetime.datetime.now(datetime.UTC).year) not in core


def test_the_file_returned_is_the_one_that_was_read(tmp_path: Path) -> None:
    # Macs store kana as letter and mark; cycle.toml has them composed.
    cycle = make_cycle(tmp_path, [procedure(1)], [procedure(2, name=None)])
    (cycle.raw_folder / "こども部.xlsx").rename(cycle.raw_folder / "こと\u3099も部.xlsx")
    path = (tmp_path / FORM).with_name("こども部.xlsx")
    assert give_back(cycle) == [Returned("こども部", "こども部.xlsx", path)]
    assert path.is_file()


def test_a_csv_comes_back_as_a_workbook_with_the_same_lines(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, None)
    answers = procedure(1, procedure_id="07-0101", status="謎", online_date="", name="=1+1")
    lines = [[], ["部局名", "環境部"], TITLES.values(), [answers.get(n, "") for n in FIELDS]]
    text = "\r\n".join(",".join(map(str, line)) for line in lines)
    (cycle.raw_folder / "環境部.csv").write_bytes(text.encode("cp932"))
    before = collect_survey(cycle)
    (returned,) = return_workbooks(cycle, before)
    assert returned == Returned("環境部", "環境部.csv", tmp_path / FORM)
    book = openpyxl.load_workbook(tmp_path / FORM)
    assert book.sheetnames == ["確認事項", "環境部"]
    assert book["確認事項"]["A3"].value.endswith(
        "提出済みの「環境部.csv」は、このファイルに置き換えます。"
    )
    assert book["環境部"]["G4"].fill.fgColor.rgb == "FFFFC7CE"
    assert [book["環境部"][cell].data_type for cell in ("A4", "C4")] == ["s", "s"]
    (cycle.raw_folder / "環境部.csv").unlink()
    shutil.copy(tmp_path / FORM, cycle.raw_folder)
    after = collect_survey(cycle)
    same = [name for name in before.rows.columns if name != "workbook"]
    assert after.rows[same].equals(before.rows[same])


def test_of_a_huge_workbook_the_list_goes_back_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "LARGEST_PARTS", 100)
    # What is set here a process knows that is forked, which none is where a test left a thread.
    monkeypatch.setattr(bounded, "may_fork", lambda: True)
    cycle = make_cycle(tmp_path, [procedure(1, name=None)])
    assert give_back(cycle) == [Returned("環境部", "環境部.xlsx", tmp_path / LIST, "中身が0 MB")]
    assert not (tmp_path / FORM).exists()


def test_of_many_large_workbooks_the_smallest_are_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = open_cycle(NOW, make_city(tmp_path, {"ko": ("nn", "nn"), "otsu": ("n", "n")}))
    for slug, letters in (("ko", "nn"), ("otsu", "n")):
        lines = [answer_one(slug, n, letter) for n, letter in enumerate(letters, start=1)]
        hand_in_lines(tmp_path, slug, [line | {"name": None} for line in lines])
    width = len(cycle.questionnaire.list_fields(cycle.settings.as_of))
    for most, marked in ((3 * width, [True, True]), (2 * width, [False, True])):
        monkeypatch.setattr(cost, "MOST_CELLS_TOGETHER", most)
        returned = give_back(cycle)
        assert [entry.unmarked == "" for entry in returned] == marked
        folder = cycle.processed_folder / "returned"
        assert (folder / "甲部.xlsx").exists() is marked[0]
        assert (folder / "甲部（確認事項）.xlsx").exists() is not marked[0]


def test_what_is_wrong_with_the_file_itself_is_not_put_into_it(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    shutil.copy(cycle.raw_folder / "環境部.xlsx", cycle.raw_folder / "環境部 (2).xlsx")
    assert set(collect_survey(cycle).problems["code"]) == {"workbook_twice"}
    assert give_back(cycle) == []
