"""CSV files as the sheets Excel would show."""

import pytest

from analysis.cycle import open_cycle
from analysis.files.delimited import read_delimited
from analysis.files.package import LONGEST_TOKEN
from analysis.files.sheet import Entry, Sheet, UnreadableWorkbookError
from analysis.survey.collect import collect_survey

from workbooks import FIELDS, TITLES, make_cycle, procedure

LINES = [
    ["部局名", "環境部"],
    [],
    [TITLES[name] for name in FIELDS],
    [str(procedure(1).get(name) or "") for name in FIELDS],
]


def write(delimiter: str = ",", end: str = "\r\n") -> str:
    return end.join(delimiter.join(line) for line in LINES) + end


def read(content: bytes | str) -> Sheet:
    content = content.encode() if isinstance(content, str) else content
    return read_delimited(content, "環境部", lambda head: True)


def texts(sheet: Sheet) -> dict[int, dict[int, str]]:
    return {row: {c: e.text for c, e in cells.items()} for row, cells in sheet.cells.items()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_every_encoding_that_excel_writes_is_read(tmp_path, encoding):
    cycle = make_cycle(tmp_path, None)
    (cycle.raw_folder / "環境部.csv").write_bytes(write().encode(encoding))
    survey = collect_survey(cycle)
    assert survey.problems.empty
    found = survey.rows.loc[0, ["workbook", "sheet", "name", "name_cell"]]
    assert found.tolist() == ["環境部.csv", "環境部", "届出その1", "C4"]


def test_a_long_text_is_read_and_a_quotation_left_open_told_where_it_begins():
    long = "長" * 200_000
    assert read(f"{long},手続き\n").get(1, 1) == Entry(long, "text")
    with pytest.raises(UnreadableWorkbookError, match="csv_quotes") as caught:
        read('部局名\n環境部\n手続きID,"課名\n' + "行\n" * 200_000)
    assert caught.value.value == "3"
    with pytest.raises(UnreadableWorkbookError, match="workbook_excessive"):
        read("長" * (LONGEST_TOKEN + 1))


@pytest.mark.parametrize("text", ["髙﨑①Ⅱ㈱～－", "ﾃﾂﾂﾞｷ"])
def test_the_characters_of_windows_are_read_in_cp932(text):
    assert read(f"{text},手続き\n".encode("cp932")).get(1, 1) == Entry(text, "text")


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_comma_and_tab_and_every_line_end_are_told_apart(delimiter, end):
    assert texts(read(write(delimiter, end))) == texts(read(write()))


def test_commas_in_a_file_of_tabs_divide_nothing():
    assert texts(read("手続き\t1,200\t3,400\n申請\t5\t6\n"))[1] == {
        1: "手続き",
        2: "1,200",
        3: "3,400",
    }


def test_a_quoted_line_break_stays_in_its_cell_and_moves_no_row():
    sheet = read('"a\r\nb","c ""d"""\r\ne\r\n')
    assert texts(sheet) == {1: {1: "a\nb", 2: 'c "d"'}, 2: {1: "e"}}


def test_lines_may_differ_in_length_and_blank_lines_count():
    assert texts(read("a\n\n,,b,,\nc,d\n")) == {1: {1: "a"}, 3: {3: "b"}, 4: {1: "c", 2: "d"}}


def test_a_file_that_cannot_hold_the_table_is_read_no_further():
    sheet = read_delimited(b"a,b\n" * 100, "環境部", lambda head: False)
    assert sheet.last_row == 45


def test_a_listed_csv_is_read(tmp_path):
    cycle = make_cycle(tmp_path, None)
    settings = cycle.raw_folder / "cycle.toml"
    settings.write_text(settings.read_text("utf-8").replace("環境部.xlsx", "環境部.csv"), "utf-8")
    (cycle.raw_folder / "環境部.csv").write_text(write(), encoding="utf-8")
    survey = collect_survey(open_cycle(cycle.name, cycle.root))
    assert survey.problems.empty
    assert list(survey.rows["workbook"]) == ["環境部.csv"]
