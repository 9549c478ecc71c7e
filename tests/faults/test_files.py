"""Every kind of bad file a department may send: one clear error each, and the others are read."""

import io
import os
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook
from openpyxl.utils.cell import get_column_letter

from analysis.cycle import Cycle, Department
from analysis.files import package
from analysis.files.file import LARGEST_FILE
from analysis.files.named import list_named
from analysis.forms.returned.write import return_workbooks
from analysis.survey.collect import collect_survey
from analysis.survey.lookup import build_lookup
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.survey import Survey
from analysis.survey.table.read import Reading, read_workbook
from writers import link_to_other, write_binary, write_numbers, write_with_macros

from archives import BOOK, BOOK_LINKS, SHEET, TYPES, add_part, change, pack, unpack, write_sheet
from workbooks import build_workbook, make_cycle, procedure, save_bytes, sheet_of, write_shared

GOOD = save_bytes(build_workbook([procedure(1)]))
SHARED = write_shared([procedure(1)])
BOOK_NAME = "環境部.xlsx"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def noise(length: int) -> str:
    """Return letters that no compression makes much smaller."""
    return random.Random(1).randbytes(length // 2).hex()  # noqa: S311 - the same every time


def ole(*streams: str) -> bytes:
    """Return what an OLE file begins with: its mark and the names of its streams."""
    names = (name.encode("utf-16-le").ljust(512, b"\0") for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"".join(names)


def encrypt(content: bytes) -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt("秘密", target)
    return target.getvalue()


def edit_directory(offset: int, value: bytes) -> bytes:
    """Return the good workbook with the sheet's entry in the zip's directory changed."""
    content = bytearray(GOOD)
    at = content.rfind(SHEET.encode()) - 46 + offset
    content[at : at + len(value)] = value
    return bytes(content)


def flag_encrypted() -> bytes:
    return edit_directory(8, b"\x01")


def flip_checksum() -> bytes:
    return edit_directory(16, b"\0\0\0\0")


def claim_size(size: int) -> bytes:
    return edit_directory(24, size.to_bytes(4, "little"))


def declare(name: str, doctype: str, encoding: str = "utf-8") -> bytes:
    """Return a workbook with a document type declared in one part."""
    parts = unpack(SHARED)
    root = parts[name].decode("utf-8").partition("?>")[2]
    return pack(parts | {name: (doctype + root).encode(encoding)})


def replace(sheet: bytes) -> bytes:
    return pack(unpack(GOOD) | {SHEET: sheet})


def macro_sheet() -> bytes:
    """Return a workbook whose second sheet holds macros, as workbooks did before VBA."""
    content = change(
        GOOD,
        BOOK,
        lambda text: text.replace("</sheets>", '<sheet name="マクロ1" r:id="rIdX"/></sheets>'),
    )
    return add_part(content, "xl/macrosheets/sheet1.xml", b"<x/>", "xlMacrosheet")


def draw_on_another() -> bytes:
    return save_bytes(link_to_other(build_workbook([procedure(1, annual_volume="=[1]単価!A1")])))


def twin_parts() -> bytes:
    parts = unpack(GOOD)
    return pack(parts | {SHEET.upper(): parts[SHEET]})


def presentation() -> bytes:
    return change(GOOD, TYPES, lambda text: text.replace("spreadsheetml", "presentationml"))


def sheet_nowhere() -> bytes:
    return change(GOOD, BOOK_LINKS, lambda text: text.replace("sheet1.xml", "sheet9.xml"))


def more_in_last_row(cells: str) -> bytes:
    """Return the good workbook with more XML at the end of its last row, which is the sixth."""
    return change(GOOD, SHEET, lambda text: text.replace("</row></sheetData>", cells))


def string_nowhere() -> bytes:
    return replace(write_sheet('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'))


def merge_everything() -> bytes:
    merges = '<mergeCell ref="A10:A1048576"/></mergeCells>'
    last = '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    return change(
        GOOD,
        SHEET,
        lambda text: text.replace("</mergeCells>", merges).replace("</sheetData>", last),
    )


def grid_form(*, merges: int = 28, width: float = 2.5, others: Sequence[str] = ()) -> bytes:
    """Return a workbook without a table: a form on squares, and other sheets with a text each."""
    workbook = Workbook()
    sheet = sheet_of(workbook)
    sheet.title = "様式"
    sheet["B2"] = "行政手続き調査票"
    for row in range(2, 2 + merges):
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=40)
    for number in range(1, 41):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for title in others:
        workbook.create_sheet(title)["A1"] = "人口"
    return save_bytes(workbook)


def long_grid_form() -> bytes:
    """Return a form on squares of which no more than the head is read, so none of its merges."""
    rows = "".join(f'<row r="{row}"><c r="B{row}"><v>1</v></c></row>' for row in range(1, 10_000))
    content = grid_form()
    return change(content, SHEET, lambda text: re.sub("<row.*</row>", rows, text))


def head(text: str) -> bytes:
    """Return a workbook with a text above its table."""
    workbook = build_workbook([procedure(1)])
    sheet_of(workbook)["A3"] = text
    return save_bytes(workbook)


AGAIN = "Excel で開き、Excel ブック（.xlsx）として保存し直してください。"
RENAMED = AGAIN + "ファイル名の変更だけでは直りません。"
SENDER = (
    "送り主を確かめてください。正しい送り主であれば、"
    "Excel で開き、Excel ブック（.xlsx）として保存し直してもらってください。"
)
ODD = "環境部.xlsx: Excel が書き出さない作りのファイルのため、読みません（{}）。" + SENDER

EMPTY = "環境部.xlsx: ファイルの中身がありません（0バイト）。部局に送り直してもらってください。"
PROTECTED = (
    "環境部.xlsx: パスワード付きのため開けません。"
    "Excel で開いてパスワードを外し（ファイル → 情報 → ブックの保護）、保存し直してください。"
)
OLD = "環境部.xlsx: 古い形式（.xls）の Excel ファイルです。" + RENAMED
BINARY = "環境部.xlsx: Excel のバイナリ ブック（.xlsb）です。" + RENAMED
NUMBERS = (
    "環境部.xlsx: Mac の Numbers のファイル（.numbers）です。"
    "Numbers で開き、［ファイル］→［書き出す］→［Excel］で Excel ブック（.xlsx）に"
    "書き出してください。ファイル名の変更だけでは直りません。"
)
OTHER = "環境部.xlsx: Excel ブック（.xlsx）ではありません。" + AGAIN
TEXT = (
    "環境部.xlsx: 中身が Excel ブックではなく、文字だけのファイル（CSV、HTML など）です。"
    "CSV であればファイル名の末尾を .csv に直し、"
    "そうでなければ Excel で開いて Excel ブック（.xlsx）として保存し直してください。"
)
ZIP = (
    "環境部.xlsx: Excel ブックではない zip 形式のファイルです。"
    "圧縮したものであれば展開し、中の Excel ブック（.xlsx）を置いてください。"
)
TRUNCATED = (
    "環境部.xlsx: ファイルが途中で切れていて読めません。"
    "コピーや送信が途中で終わっています。部局に送り直してもらってください。"
)
ALTERED = (
    "環境部.xlsx: ファイルの中身が保存したときと変わっていて読めません（チェックサムの不一致）。"
    "コピーや送信で壊れています。部局に送り直してもらってください。"
)
BROKEN = (
    "環境部.xlsx 調査票: ファイルが壊れていて読めません。"
    "Excel で開けるか確かめ、部局に送り直してもらってください。"
)
LINKED = (
    "環境部.xlsx: ほかのブックの値を参照する数式があります（調査票!F6）。"
    "Excel の［データ］→［リンクの編集］でリンクを解除し、値を確かめて保存し直してください。"
)
MACROS = (
    "環境部.xlsx: マクロを含むブックです（{}）。"
    "Excel で開き、マクロのない Excel ブック（.xlsx）として保存し直してください。"
)
DOCTYPE = (
    "環境部.xlsx: Excel が書き出さない宣言（DOCTYPE）を含むファイルのため、読みません。" + SENDER
)
CELLS = (
    "{}: {}ため読めません（上限は10万行、400万セル）。"
    "表の外に罫線や色だけを付けた行と列、使っていないシートを削除し、保存し直してください。"
)
GRID = (
    "環境部.xlsx: 見出しのある表がなく、"
    "方眼紙のように細かい列を結合した様式です（様式: 幅の狭い列が40列）。"
    "配布した調査票の様式に記入し直してください。"
)
NONE = (
    "環境部.xlsx: 調査票の表が見つかりません（{}）。"
    "見出し（手続きID、課名、手続き名など）のある表を、シートの40行目までに置いてください。"
)
CYCLE = (
    "環境部.xlsx 調査票!A3: 見出しの時点が 2024-03-31 で、この調査回の時点 2024-09-01 と違います。"
    "ほかの調査回の調査票でないか確かめ、違う場合は部局に送り直してもらってください。"
)

PLACE_TWICE = (
    "環境部.xlsx 調査票: ファイルの中に、同じセルか同じ行が2度書かれています（{}）。"
    "どちらの値が正しいか分からないため、読みません。"
    "Excel で開いて値を確かめ、保存し直してください。"
    "開いたときに修復を求められたら、部局に送り直してもらってください。"
)

# What 環境部.xlsx holds -> the one error it gets.
CONTENTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "zero bytes": (lambda: b"", EMPTY),
    "a password": (lambda: encrypt(GOOD), PROTECTED),
    "an encrypted zip": (flag_encrypted, PROTECTED),
    "an old workbook": (lambda: ole("Workbook"), OLD),
    "a workbook older still": (lambda: ole("Book"), OLD),
    "a document of Word": (lambda: ole("WordDocument"), OTHER),
    "a binary workbook": (lambda: write_binary([["部局名"]]), BINARY),
    "a document of Numbers": (write_numbers, NUMBERS),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", OTHER),
    "a web page": ("<html><td>環境部</td></html>".encode, TEXT),
    "a text": (lambda: "部局名,環境部\r\n".encode("cp932"), TEXT),
    "a zip of workbooks": (lambda: pack({"環境部.xlsx": GOOD}), ZIP),
    "an empty zip": (lambda: pack({}), ZIP),
    "a presentation": (presentation, ZIP),
    "the first half": (lambda: GOOD[: len(GOOD) // 2], TRUNCATED),
    "a wrong checksum": (flip_checksum, ALTERED),
    "a claim to be larger than it is": (lambda: claim_size(10**6), ALTERED),
    "a claim to be smaller than it is": (lambda: claim_size(10), ALTERED),
    "XML that breaks off": (lambda: replace(write_sheet("<row")), BROKEN),
    "a sheet that is nowhere": (sheet_nowhere, BROKEN),
    "a string that is nowhere": (string_nowhere, BROKEN),
    "a second value for a cell": (
        lambda: more_in_last_row('<c r="G6" t="str"><v>未着手</v></c></row></sheetData>'),
        PLACE_TWICE.format("G6"),
    ),
    "a cell emptied by a second one": (
        lambda: more_in_last_row('<c r="G6"/></row></sheetData>'),
        PLACE_TWICE.format("G6"),
    ),
    "two values in one cell": (
        lambda: more_in_last_row('<c r="R6"><v>1</v><v>2</v></c></row></sheetData>'),
        PLACE_TWICE.format("R6"),
    ),
    "a row in two pieces": (
        lambda: more_in_last_row('</row><row r="6"><c r="R6"><v>1</v></c></row></sheetData>'),
        PLACE_TWICE.format("6行"),
    ),
    "a cell outside of any sheet": (
        lambda: replace(write_sheet('<row r="1"><c r="ZZZ1"><v>1</v></c></row>')),
        BROKEN,
    ),
    "a row outside of any sheet": (lambda: replace(write_sheet('<row r="1048577"/>')), BROKEN),
    "links to another workbook": (draw_on_another, LINKED),
    "macros": (lambda: write_with_macros([["部局名"]]), MACROS.format("VBA")),
    "macros of the oldest kind": (macro_sheet, MACROS.format("マクロ1")),
    "entities in its strings": (lambda: declare("xl/sharedStrings.xml", ENTITIES), DOCTYPE),
    "entities in a part nobody reads": (lambda: declare("docProps/core.xml", ENTITIES), DOCTYPE),
    "entities in its book": (lambda: declare(BOOK, ENTITIES), DOCTYPE),
    "entities in UTF-16": (lambda: declare(SHEET, ENTITIES, "utf-16"), DOCTYPE),
    "an entity outside of the file": (lambda: declare(SHEET, OUTSIDE), DOCTYPE),
    "two parts of one name": (twin_parts, ODD.format("同じ名前の部品が重複")),
    "another compression": (
        lambda: pack(unpack(GOOD), zipfile.ZIP_BZIP2),
        ODD.format("Excel が使わない圧縮方式"),
    ),
    "a thousand times its size": (
        lambda: replace(write_sheet(" " * 20_000_000)),
        ODD.format("展開すると大きすぎる"),
    ),
    "too many parts": (
        lambda: pack(unpack(GOOD) | {f"xl/media/{n}.png": b"" for n in range(5_000)}),
        ODD.format("部品の数が多すぎる"),
    ),
    "elements within elements": (
        lambda: replace(b"<a>" * 200_000 + b"</a>" * 200_000),
        ODD.format("入れ子か名前が多すぎる"),
    ),
    "a name for every element": (
        lambda: replace(write_sheet("".join(f"<e{n}/>" for n in range(3_000)))),
        ODD.format("入れ子か名前が多すぎる"),
    ),
    "an endless attribute": (
        lambda: replace(write_sheet(f'<row x="{noise(6_000_000)}"/>')),
        ODD.format("長すぎる値"),
    ),
    "an endless text": (
        lambda: replace(
            write_sheet(f'<row><c t="inlineStr"><is><t>{noise(6_000_000)}</t></is></c></row>')
        ),
        ODD.format("長すぎる値").replace("環境部.xlsx", "環境部.xlsx 調査票"),
    ),
    "merges without end": (
        merge_everything,
        CELLS.format("環境部.xlsx 調査票", "結合したセルが100万行を超える"),
    ),
    "a form on squares": (grid_form, GRID),
    "a long form on squares": (long_grid_form, GRID),
    "a form on squares with its guide": (lambda: grid_form(others=["記入要領", "選択肢"]), GRID),
    "narrow columns alone": (lambda: grid_form(merges=0), NONE.format("様式")),
    "merges alone": (lambda: grid_form(width=9), NONE.format("様式")),
    "a census with one sheet on squares": (
        lambda: grid_form(others=["第1表", "第2表"]),
        NONE.format("様式、第1表、第2表"),
    ),
    "another cycle's answers": (lambda: head("調査票（2024年3月31日時点）"), CYCLE),
    "another cycle's answers in 和暦": (lambda: head("令和6年3月31日(日)現在"), CYCLE),
    "another cycle's answers in short": (lambda: head("R6.3.31時点"), CYCLE),
}

MISSING = "環境部.xlsx: 調査票が未提出です。data/raw/2024-09-01 に「環境部.xlsx」を置いてください。"
UNLISTED = (
    "{}: cycle.toml にないファイルです{}。読み込んでいません。"
    "部局の調査票であれば cycle.toml の departments に書き、"
    "そうでなければ data/raw の外に移してください。"
)
NO_FILE = (
    "環境部.xlsx: 同じ名前の{0}があり、調査票のファイルがありません。"
    "{0}を別の場所に移し、調査票のファイルそのものを置いてください。"
)
LARGE = (
    "環境部.xlsx: ファイルが50MBを超えています。"
    "画像や使っていないシートを削って保存し直してください。"
)
EQUAL = (
    "{}: 「{}」と中身がまったく同じファイルです。"
    "どの部局の調査票か確かめ、違う部局には送り直してもらってください。"
)
DIFFERS = (
    "「環境部.xlsx」にだけある手続きは1件です（K-010）。「{0}」にだけある手続きは1件です（K-011）。"
)
TWICE = (
    "環境部.xlsx: 同じ部局の調査票とみられるファイル「{0}」もあります（{1}が同じ）。"
    "「{0}」は読み込んでいません。{2}"
    "正しい方だけを cycle.toml にある名前で残し、もう一方は同じ場所の「差替前」フォルダー"
    "（なければ作る）に移してください。そこに置いたものは読み込まず、置いてあることだけを示します。"
)
RENAMED_FILE = (
    "{}: 設定にある「環境部.xlsx」がないため、"
    "このファイルを「環境部」の調査票として読みました（{}が同じ）。"
    "違うファイルであれば data/raw の外に移し、"
    "正しければ名前を「環境部.xlsx」に直してください。"
)
NAMED_OTHERWISE = (
    "{} 調査票!B1: ファイル名は「環境部」の調査票ですが、中の部局名は「{}」です。"
    "読み込んでいません。どの部局の調査票か確かめ、正しければ cycle.toml にある名前に直し、"
    "そうでなければ data/raw の外に移してください。"
)
SLIP = (
    "{}: 設定か訂正のファイルとみられますが、この名前では読み込みません。"
    "cycle.toml、corrections.toml、matches.csv、published.csv のどれかであれば名前を直し"
    "（末尾に .txt などが隠れていないかも確かめ）、そうでなければ data/raw の外に移してください。"
)
SPECIAL = (
    "{0}: {1}のため、読み込めません。"
    "{1}を別の場所に移し、要るものであればファイルそのものを置いてください。"
)
PACKED = (
    "{}: 圧縮したファイルです（中は確かめられません）。読み込んでいません。"
    "調査票が入っていれば展開し、cycle.toml と同じ場所に置いてください。"
    "要らないものは、「差替前」フォルダーか data/raw の外に移してください。"
)
FOLDER = (
    "{}: フォルダーの中に、調査票や設定とみられるファイルが{}件あります（{}）。"
    "読み込んでいません。使うファイルであれば cycle.toml と同じ場所に出し、"
    "そうでなければフォルダーごと「差替前」フォルダーか data/raw の外に移してください。"
)
OTHERS = "{}: フォルダーの中に、読み込まないファイルが{}件あります（{}）。対応は要りません。"
UNREAD = "{}: 読み込まないファイルです。対応は要りません。"
BROKEN_NAME = (
    "{}: ファイル名の文字が壊れているため、読み込みません。"
    "zip を展開し直すか、ファイル名を付け直してください。"
)


def tell_twice(name: str) -> str:
    return TWICE.format(name, "中の部局名", DIFFERS.format(name))


# What lies in the folder beside こども部.xlsx -> every problem with a file.
FOLDERS: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "no file": (lambda folder: None, [MISSING]),
    "a folder": (lambda folder: (folder / BOOK_NAME).mkdir(), [NO_FILE.format("フォルダー")]),
    "a link": (
        lambda folder: (folder / BOOK_NAME).symlink_to(folder / "こども部.xlsx"),
        [NO_FILE.format("リンク")],
    ),
    "a link to nowhere": (
        lambda folder: (folder / BOOK_NAME).symlink_to("/nowhere"),
        [NO_FILE.format("リンク")],
    ),
    "a pipe": (
        lambda folder: os.mkfifo(folder / BOOK_NAME),
        [NO_FILE.format("特殊なファイル")],
    ),
    "more than the limit": (
        lambda folder: make_sparse(folder / BOOK_NAME, LARGEST_FILE + 1),
        [LARGE],
    ),
    "the bytes of another's": (
        lambda folder: shutil.copy(folder / "こども部.xlsx", folder / BOOK_NAME),
        [
            EQUAL.format("環境部.xlsx", "こども部.xlsx"),
            EQUAL.format("こども部.xlsx", "環境部.xlsx"),
        ],
    ),
    "a second version": (
        lambda folder: put(folder, BOOK_NAME, "環境部_修正版.xlsx"),
        [tell_twice("環境部_修正版.xlsx")],
    ),
    "a second download": (
        lambda folder: put(folder, BOOK_NAME, "環境部 (2).xlsx"),
        [tell_twice("環境部 (2).xlsx")],
    ),
    "a copy": (
        lambda folder: put(folder, BOOK_NAME, "コピー ～ 環境部.xlsx"),
        [tell_twice("コピー ～ 環境部.xlsx")],
    ),
    "a second kind": (
        lambda folder: (put(folder, BOOK_NAME), (folder / "環境部.csv").write_bytes(b"\xff")),
        [
            TWICE.format(
                "環境部.csv",
                "ファイル名の部局名",
                "「環境部.csv」から表を読み取れないため、中身を比べていません"
                "（CSV の文字を読めません（UTF-8、Shift_JIS のどちらでもありません））。",
            )
        ],
    ),
    "only a second version": (
        lambda folder: put(folder, "環境部 (2).xlsx"),
        [RENAMED_FILE.format("環境部 (2).xlsx", "中の部局名")],
    ),
    "only the old kind": (
        lambda folder: (folder / "環境部.xls").write_bytes(ole("Workbook")),
        [OLD.replace("環境部.xlsx", "環境部.xls")],
    ),
    "someone else's": (
        lambda folder: (put(folder, BOOK_NAME), put_of(folder, "消防本部", "消防本部.xlsx")),
        [UNLISTED.format("消防本部.xlsx", "（中の部局名は「消防本部」）")],
    ),
    "a workbook that holds no answers": (
        lambda folder: (put(folder, BOOK_NAME), Workbook().save(folder / "集計.xlsx")),
        [UNLISTED.format("集計.xlsx", "")],
    ),
    "what nobody can look into": (
        lambda folder: (put(folder, BOOK_NAME), (folder / "a.xls").write_bytes(ole("Workbook"))),
        [UNLISTED.format("a.xls", "（古い形式（.xls）の Excel ファイルです）")],
    ),
    "one's answers under another's name": (
        lambda folder: (put(folder, BOOK_NAME), put_of(folder, "消防本部", "R7環境部.xlsx")),
        [NAMED_OTHERWISE.format("R7環境部.xlsx", "消防本部")],
    ),
    "settings under other names": (
        lambda folder: (put(folder, BOOK_NAME), write(folder, "matches.csv.txt", "訂正.toml")),
        [SLIP.format("matches.csv.txt"), SLIP.format("訂正.toml")],
    ),
    "no files under the settings' names": (
        lambda folder: (
            put(folder, BOOK_NAME),
            os.mkfifo(folder / "訂正.csv"),
            (folder / "訂正.toml").mkdir(),
            (folder / "a.toml").symlink_to("/nowhere"),
        ),
        [
            SPECIAL.format("a.toml", "リンク"),
            SPECIAL.format("訂正.csv", "特殊なファイル"),
            SPECIAL.format("訂正.toml", "フォルダー"),
        ],
    ),
    "what is packed": (
        lambda folder: (put(folder, BOOK_NAME), write(folder, "回答.zip", "回答.LZH")),
        [PACKED.format("回答.LZH"), PACKED.format("回答.zip")],
    ),
    "folders": (
        lambda folder: (
            put(folder, BOOK_NAME),
            write(folder, "旧/環境部.xlsx", "旧/メモ.txt", "資料/a/1.pdf", "空/.DS_Store"),
        ),
        [FOLDER.format("旧", 1, "環境部.xlsx"), OTHERS.format("資料", 1, "a/1.pdf")],
    ),
    "what nobody reads": (
        lambda folder: (put(folder, BOOK_NAME), write(folder, "メモ.csv", "公文.docx")),
        [UNREAD.format("メモ.csv"), UNREAD.format("公文.docx")],
    ),
    "a name of an old system beside the right one": (
        lambda folder: (
            put(folder, BOOK_NAME),
            write(folder, os.fsdecode("環境部.xlsx".encode("cp932"))),
        ),
        [
            BROKEN_NAME.format(BOOK_NAME).replace(
                "読み込みません。",
                r"読み込みません（「\x8a\xc2\x8b\xab\x95\x94.xlsx」と保存されています。"
                "正しい名前の「環境部.xlsx」とは比べていません）。",
            )
        ],
    ),
    "a name of an old system": (
        lambda folder: (put(folder, BOOK_NAME), write(folder, os.fsdecode(b"\x8a\xc2.xlsx"))),
        [BROKEN_NAME.format("環.xlsx")],
    ),
}

NO_CSV = (
    "環境部.csv: CSV の文字を読めません（UTF-8、Shift_JIS のどちらでもありません）。"
    "Excel で開き、Excel ブック（.xlsx）か「CSV UTF-8」として保存し直してください。"
)
NO_TABLE = NONE.format("環境部").replace("環境部.xlsx", "環境部.csv")
QUOTES = (
    '環境部.csv: CSV の2行目で、引用符（"）が対になっていません。'
    "その行の引用符を直すか、Excel ブック（.xlsx）で提出してもらってください。"
)

# What 環境部.csv holds -> the one error it gets.
CSV_FILES: dict[str, tuple[bytes, str]] = {
    "no known encoding": ("部局名,環境部\n".encode("euc-jp") + b"\xff", NO_CSV),
    "a workbook": (GOOD, NO_CSV),
    "a quotation mark left open": ('部局名,環境部\n手続きID,"課名\n'.encode(), QUOTES),
    "nothing": (b"", EMPTY.replace(".xlsx", ".csv")),
    "no table": ("これは表ではありません\n".encode(), NO_TABLE),
    "more columns than Excel": (b"," * 20_000, CELLS.format("環境部.csv", "列が16,384を超える")),
}


def put_of(folder: Path, department: str, name: str) -> None:
    build_workbook([procedure(20)], department=department).save(folder / name)


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")


def make_sparse(path: Path, size: int) -> None:
    with path.open("wb") as opened:
        opened.truncate(size)


def put(folder: Path, *names: str) -> None:
    """Put one sound workbook under each name, all of them different."""
    for number, name in enumerate(names, start=10):
        (folder / name).write_bytes(save_bytes(build_workbook([procedure(number)])))


def read(survey: Survey) -> list[str]:
    return [describe(problem) for problem in problems_from_frame(survey.problems)]


@pytest.mark.parametrize("name", CONTENTS)
def test_a_bad_file_is_one_error_and_the_other_departments_are_read(tmp_path, name):
    build, expected = CONTENTS[name]
    survey = collect_survey(make_cycle(tmp_path, build(), [procedure(2)]))
    assert "\n".join(read(survey)) == expected
    assert "こども部" in set(survey.rows["department"])


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_with_a_fault_is_told_and_the_other_departments_are_read(tmp_path, name):
    arrange, expected = FOLDERS[name]
    cycle = make_cycle(tmp_path, None, [procedure(2)])
    arrange(cycle.raw_folder)
    survey = collect_survey(cycle)
    problems = survey.problems
    files = problems[problems["sheet"].isna() | (problems["code"] == "workbook_named_otherwise")]
    assert [describe(problem) for problem in problems_from_frame(files)] == expected
    assert "こども部" in set(survey.rows["department"])


@pytest.mark.parametrize("name", CSV_FILES)
def test_a_bad_csv_is_one_error(tmp_path, name):
    content, expected = CSV_FILES[name]
    cycle = make_cycle(tmp_path, None, [procedure(2)])
    (cycle.raw_folder / "環境部.csv").write_bytes(content)
    assert "\n".join(read(collect_survey(cycle))) == expected


def test_a_file_that_another_program_holds_is_told(tmp_path, monkeypatch):
    cycle = make_cycle(tmp_path, [procedure(1)], [procedure(2)])
    opened = Path.open

    def refuse(path: Path, *args: object, **options: object) -> object:
        if path.name == "環境部.xlsx":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert read(collect_survey(cycle)) == [
        "環境部.xlsx: ファイルを開けません。"
        "ほかの人が開いていれば閉じ、読み取りの権限を確かめてください。"
    ]


def test_too_many_cells_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "MOST_CELLS", 20)
    survey = collect_survey(make_cycle(tmp_path, [procedure(1)]))
    assert read(survey) == [CELLS.format("環境部.xlsx", "セルが多すぎる")]


def test_a_sheet_that_leads_nowhere_is_skipped_and_told(tmp_path):
    workbook = build_workbook([procedure(1)])
    workbook.create_sheet("Module1")
    content = change(
        save_bytes(workbook), BOOK, lambda text: text.replace('r:id="rId2"', 'r:id=""')
    )
    cycle = make_cycle(tmp_path, content)
    survey = collect_survey(cycle)
    assert len(survey.rows) == 1
    assert [returned.path is None for returned in return_workbooks(cycle, survey)] == [False]
    assert read(survey) == [
        "環境部.xlsx: シート「Module1」は名前だけがあり、中身がファイルにありません。"
        "読み込んでいません。"
        "Excel で開いて確かめ、手続きを書いたシートであれば部局に送り直してもらい、"
        "そうでなければ保存し直してください。"
    ]


@pytest.mark.parametrize(
    "name", ["~$環境部.xlsx", ".~lock.環境部.xlsx#", "._環境部.xlsx", "Thumbs.db", "desktop.ini"]
)
def test_files_that_programs_leave_behind_are_nobodys(tmp_path, name):
    cycle = make_cycle(tmp_path, [procedure(1)])
    (cycle.raw_folder / name).write_bytes(b"lock")
    assert read(collect_survey(cycle)) == []


@pytest.mark.parametrize("name", ["環境部.xlsm", "環境部.XLSX"])
def test_the_same_name_with_another_ending_is_the_departments_file(tmp_path, name):
    cycle = make_cycle(tmp_path, None)
    put(cycle.raw_folder, name)
    survey = collect_survey(cycle)
    assert read(survey) == []
    assert list(survey.rows["workbook"]) == [name]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("教育部分室 (2)", "b"),
        ("R7教育部", "a"),
        ("教育部・教育部分室", "ab"),
        ("調査票1_回答", "c"),
        ("調査票10_回答", ""),
        ("第1調査票１", "c"),
        ("XB1", ""),
        ("b_1", "d"),
        ("b", "d"),
        ("教 育 部", "a"),
    ],
)
def test_a_name_names_the_departments_whose_whole_names_stand_in_it(text, slugs):
    names = {"a": "教育部", "b": "教育部分室", "c": "調査票1", "d": "B"}
    departments = [Department(name=n, slug=s, workbook=f"{n}.xlsx") for s, n in names.items()]
    assert "".join(d.slug for d in list_named(text, departments)) == slugs


@pytest.mark.parametrize(
    "text",
    [
        "（2024年9月1日時点）",
        "令和6年9月現在",
        "前回（2024年3月31日時点）から変わった手続き",
        "2024年3月31日時点の回答を、2024年9月1日時点に直してください",
        "提出期限 2024年10月31日",
        "2024年13月1日時点",
    ],
)
def test_a_heading_of_this_cycle_or_without_a_date_is_no_error(tmp_path, text):
    assert read(collect_survey(make_cycle(tmp_path, head(text)))) == []


def read_content(cycle: Cycle, content: bytes) -> Reading:
    (cycle.raw_folder / BOOK_NAME).write_bytes(content)
    lookup = build_lookup(cycle)
    return read_workbook(cycle.raw_folder, cycle.departments[0], cycle.name, lookup)


def test_a_workbook_cut_off_anywhere_is_one_error(tmp_path):
    cycle = make_cycle(tmp_path, None)
    for number in range(200):
        reading = read_content(cycle, SHARED[: len(SHARED) * number // 200])
        assert [problem.severity for problem in reading.problems] == ["error"], number


def test_a_workbook_with_any_byte_changed_is_read_as_it_was_or_is_one_error(tmp_path):
    chosen = random.Random(20240901)  # noqa: S311 - the same every time
    cycle = make_cycle(tmp_path, None)
    sound = read_content(cycle, SHARED)
    for _ in range(300):
        content = bytearray(SHARED)
        content[chosen.randrange(len(content))] ^= chosen.randrange(1, 256)
        reading = read_content(cycle, bytes(content))
        found = [problem.severity for problem in reading.problems]
        assert (found == ["error"] and not reading.rows) or reading.rows == sound.rows
