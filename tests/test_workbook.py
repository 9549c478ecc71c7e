"""Excel workbooks as programs other than Excel write them, and what of a cell becomes text."""

import builtins
import io
import socket

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from analysis.files.sheet import Entry, Sheet, UnreadableWorkbookError
from analysis.files.workbook import read_sheets

from archives import BOOK_LINKS, SHEET, change, pack, unpack, write_sheet
from workbooks import build_workbook, procedure, save_bytes, sheet_of, write_shared

GOOD = save_bytes(build_workbook([procedure(1)]))
SHARED = write_shared([procedure(1)])
STRINGS = "xl/sharedStrings.xml"


def read(content: bytes) -> Sheet:
    (sheet,) = read_sheets(content, lambda head: True)
    return sheet


def read_rows(rows: str, after: str = "") -> Sheet:
    return read(pack(unpack(GOOD) | {SHEET: write_sheet(rows, after=after)}))


def entries(sheet: Sheet) -> dict[tuple[int, int], Entry]:
    return {(row, column): e for row, cells in sheet.cells.items() for column, e in cells.items()}


def to_strict(content: bytes) -> bytes:
    """Return the workbook in the namespaces of strict Office Open XML."""
    old = b"http://schemas.openxmlformats.org/"
    new = b"http://purl.oclc.org/ooxml/"
    changes = {
        old + b"spreadsheetml/2006/main": new + b"spreadsheetml/main",
        old + b"officeDocument/2006/": new + b"officeDocument/",
    }
    parts = unpack(content)
    for before, after in changes.items():
        parts = {name: part.replace(before, after) for name, part in parts.items()}
    return pack(parts)


def to_prefixed(content: bytes) -> bytes:
    """Return the workbook with every element of the sheet written as x:element."""
    return change(
        content,
        SHEET,
        lambda text: (
            text.replace("</", "\0")
            .replace("<?", "\1")
            .replace("<", "<x:")
            .replace("\0", "</x:")
            .replace("\1", "<?")
            .replace("xmlns=", "xmlns:x=")
        ),
    )


def to_utf16(content: bytes) -> bytes:
    parts = unpack(content)
    text = parts[SHEET].decode("utf-8").partition("?>")[2]
    return pack(parts | {SHEET: text.encode("utf-16")})


def to_other_names(content: bytes) -> bytes:
    """Return the workbook with names in capitals and backslashes, and targets from the root."""
    content = change(
        content, BOOK_LINKS, lambda text: text.replace('="worksheets', '="/xl/worksheets')
    )
    return pack({name.upper().replace("/", "\\"): part for name, part in unpack(content).items()})


@pytest.mark.parametrize("dress", [to_strict, to_prefixed, to_utf16, to_other_names])
def test_a_workbook_written_in_another_way_reads_the_same(dress):
    assert read(dress(SHARED)) == read(SHARED)


def test_a_workbook_without_styles_is_read():
    parts = unpack(GOOD)
    del parts["xl/styles.xml"]
    links = parts[BOOK_LINKS].decode().replace("relationships/styles", "relationships/other")
    assert read(pack(parts | {BOOK_LINKS: links.encode()})) == read(GOOD)


def test_cells_without_addresses_stand_one_after_another():
    sheet = read_rows("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c><v>4</v></c></row>")
    assert {place: e.text for place, e in entries(sheet).items()} == {
        (1, 1): "1",
        (1, 3): "3",
        (2, 1): "4",
    }


def test_a_row_without_a_number_has_its_cells_number():
    assert list(read_rows('<row><c r="B7"><v>1</v></c></row>').cells) == [7]


def test_reading_takes_nothing_from_outside_the_file(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    doctype = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    sheet = write_sheet('<row r="1"><c t="str"><v>&a;</v></c></row>', before=doctype)
    content = pack(unpack(GOOD) | {SHEET: sheet})
    for owner, name in ((builtins, "open"), (io, "open"), (socket, "socket")):
        monkeypatch.setattr(owner, name, refuse)
    with pytest.raises(UnreadableWorkbookError) as error:
        read(content)
    assert error.value.code == "workbook_doctype"


def test_readings_of_kanji_never_become_text():
    phonetic = (
        '<si><t>手続き</t><rPh sb="0" eb="3"><t>テツヅキ</t></rPh><phoneticPr fontId="1"/></si>'
    )
    strings = f'<sst xmlns="x">{phonetic}</sst>'.encode()
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    content = pack(unpack(SHARED) | {STRINGS: strings, SHEET: write_sheet(rows)})
    assert read(content).get(1, 1) == Entry("手続き", "text")


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("a_x000D_&#10;b", "a\nb"),
        ("a_x000d_b", "a\nb"),
        ("a&#13;&#10;b", "a\nb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x3042_", "あ"),
        ("_x0000_", "_x0000_"),
        ("_xD842_", "_xD842_"),
        (" a ", " a "),
    ],
)
def test_an_escaped_character_is_what_was_typed(stored, text):
    sheet = read_rows(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{stored}</t></is></c></row>')
    assert sheet.get(1, 1) == Entry(text, "text")


@pytest.mark.parametrize(
    ("cell", "entry"),
    [
        ("<c><v>12</v></c>", Entry("12", "number")),
        ("<c><v>12.50</v></c>", Entry("12.5", "number")),
        ("<c><v>1E3</v></c>", Entry("1000", "number")),
        ("<c><v>twelve</v></c>", Entry("twelve", "text")),
        ('<c t="b"><v>1</v></c>', Entry("TRUE", "text")),
        ('<c t="e"><v>#REF!</v></c>', Entry("#REF!", "error")),
        ('<c t="d"><v>2024-09-01</v></c>', Entry("2024-09-01", "date")),
        ('<c t="str"><f>A2</f><v>環境</v></c>', Entry("環境", "text")),
        ('<c t="str"><f>A2&amp;""</f><v></v></c>', None),
        ("<c><f>A2</f></c>", Entry("", "formula")),
        ('<c t="str"><f>A2</f></c>', Entry("", "formula")),
        ('<c t="inlineStr"><is><t></t></is></c>', None),
        ("<c/>", None),
    ],
)
def test_a_stored_value_is_an_entry_of_its_kind(cell, entry):
    assert read_rows(f'<row r="1">{cell}</row>').get(1, 1) == entry


@pytest.mark.parametrize("number", [14, 27, 31, 57])
def test_a_date_in_a_format_that_a_japanese_excel_knows_by_number_is_a_date(number):
    styles = f'<styleSheet><cellXfs><xf/><xf numFmtId="{number}"/></cellXfs></styleSheet>'.encode()
    rows = write_sheet('<row r="1"><c r="A1" s="1"><v>45536</v></c></row>')
    content = pack(unpack(GOOD) | {"xl/styles.xml": styles, SHEET: rows})
    assert read(content).get(1, 1) == Entry("2024-09-01", "date")


def test_a_cell_is_struck_if_its_font_or_every_part_of_its_text_is():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet()
        struck, plain = workbook.add_format({"font_strikeout": True}), workbook.add_format()
        sheet.write("A1", "廃止", struck)
        sheet.write("A2", 120, struck)
        sheet.write("A3", "存続")
        sheet.write_rich_string("A4", struck, "廃", struck, "止")
        sheet.write_rich_string("A5", struck, "旧", plain, "新")
        sheet.write_rich_string("A6", plain, "新", struck, "旧", struck)
        sheet.write_rich_string("A7", struck, "廃", " ", struck, "止")
    found = entries(read(buffer.getvalue()))
    assert [found[row, 1].struck for row in range(1, 8)] == [
        True,
        True,
        False,
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("attributes", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"'])
def test_a_row_that_cannot_be_seen_is_hidden(attributes):
    sheet = read_rows(f'<row r="1"/><row r="2" {attributes}><c r="A2"><v>1</v></c></row>')
    assert sheet.hidden_rows == {2}
    assert sheet.get(2, 1) == Entry("1", "number")


@pytest.mark.parametrize("attributes", ['hidden="1"', 'hidden="true"', 'width="0" customWidth="1"'])
def test_a_hidden_column_keeps_its_content(attributes):
    columns = f'<cols><col min="3" max="3" {attributes}/></cols><sheetData>'
    sheet = read(change(GOOD, SHEET, lambda text: text.replace("<sheetData>", columns)))
    assert (sheet.cells, sheet.merges) == (read(GOOD).cells, read(GOOD).merges)
    assert [column for column in range(1, 20) if sheet.is_hidden(column)] == [3]


def test_rows_and_cells_in_any_order_are_read():
    rows = (
        '<row r="3"><c r="B3"><v>1</v></c><c r="A3"/></row><row r="1"><c r="A1"><v>2</v></c></row>'
    )
    assert {place: e.text for place, e in entries(read_rows(rows)).items()} == {
        (1, 1): "2",
        (3, 2): "1",
    }


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_and_not_visible(state):
    workbook = build_workbook([procedure(1)])
    workbook.create_sheet("集計用").sheet_state = state
    sheets = read_sheets(save_bytes(workbook), lambda head: True)
    assert [(sheet.title, sheet.visible) for sheet in sheets] == [
        ("調査票", True),
        ("集計用", False),
    ]


def test_cells_with_a_style_alone_are_not_there():
    workbook = Workbook()
    sheet = sheet_of(workbook)
    sheet["A1"] = "手続き"
    for column in range(1, 1_001):
        sheet.cell(2, column).fill = PatternFill("solid", "FFFF00")
    sheet["XFD9"].font = Font(bold=True)
    assert entries(read(save_bytes(workbook))) == {(1, 1): Entry("手続き", "text")}


def test_a_sheet_that_cannot_hold_the_table_is_listed_and_read_no_further():
    workbook = Workbook()
    for row in range(1, 101):
        sheet_of(workbook).cell(row, 1, row)
    heads = []
    (sheet,) = read_sheets(save_bytes(workbook), lambda head: bool(heads.append(head)))
    assert (sheet.last_row, [head.last_row for head in heads]) == (45, [45])


def test_merges_are_read_once_each():
    merge = '<mergeCell ref="A1:B2"/>'
    sheet = read_rows("<row/>", after=f"<mergeCells>{merge}{merge}</mergeCells>")
    assert sheet.merges == ((1, 1, 2, 2),)
