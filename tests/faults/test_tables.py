"""Every kind of table a department may send: the words it gets, or what it reads as.

A builder dresses the form of one department; the corpus goes through `collect_survey`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from analysis.files.sheet import Sheet
from analysis.files.workbook import read_sheets
from analysis.survey.collect import collect_survey
from analysis.survey.lookup import Lookup, build_lookup
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.store import FRAMES
from analysis.survey.survey import Survey
from analysis.survey.table.choose import choose_header, find_headers
from analysis.survey.table.table import MOST_BLANK_ROWS, read_table

from workbooks import (
    FIELDS,
    RESPONDENT,
    TITLES,
    Line,
    build_workbook,
    make_cycle,
    not_started,
    procedure,
    save_bytes,
    sheet_of,
)

SHEET = "環境部.xlsx 調査票"


class Fault(NamedTuple):
    """A workbook and every problem it gets, as a person reads it."""

    build: Callable[[], Workbook]
    said: tuple[str, ...]


class Shape(NamedTuple):
    """A workbook that says the same as the form: its procedures' ids, and its other rows."""

    build: Callable[[], Workbook]
    ids: tuple[str, ...]
    lines: tuple[tuple[str, str], ...] = ()


def dressed(lines: list[Line], dress: Callable[[Worksheet], None], **layout: object) -> Workbook:
    """Return the form with these lines after `dress` has changed its sheet."""
    workbook = build_workbook(lines, **layout)  # type: ignore[arg-type]
    dress(sheet_of(workbook))
    return workbook


def retitled(**titles: str) -> Callable[[], Workbook]:
    """Return what builds the form with other titles over some fields."""
    return lambda: build_workbook([procedure(1)], titles=titles)


def with_lines(*lines: Line) -> Callable[[], Workbook]:
    """Return what builds the form with these lines."""
    return lambda: build_workbook(lines)


def merged(lines: list[Line], *ranges: str) -> Callable[[], Workbook]:
    """Return what builds the form with these lines and merged ranges."""

    def dress(sheet: Worksheet) -> None:
        for cells in ranges:
            sheet.merge_cells(cells)

    return lambda: dressed(lines, dress)


def left_beneath(lines: list[Line], cells: str) -> Callable[[], Workbook]:
    """Return what builds the form with a merged range over what stands in its cells."""
    return lambda: dressed(lines, lambda sheet: sheet.merged_cells.add(cells))


def with_sheets(*sheets: tuple[str, str], table: str = "visible") -> Callable[[], Workbook]:
    """Return what builds the form with sheets beside it (name, state) that hold a word each."""

    def build() -> Workbook:
        workbook = build_workbook([procedure(1)])
        for title, state in sheets:
            added = workbook.create_sheet(title)
            added["A1"], added.sheet_state = "控え", state
        sheet_of(workbook).sheet_state = table
        return workbook

    return build


def spread_header(rows: int) -> Callable[[], Workbook]:
    """Return what builds a table whose titles stand in that many rows, each merged to the last."""

    def build() -> Workbook:
        workbook = build_workbook([], top=4)
        sheet = sheet_of(workbook)
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        sheet.delete_rows(4, 2)
        for column, name in enumerate(FIELDS, start=1):
            top = 4 + column % rows
            sheet.cell(top, column, TITLES[name])
            if top < 3 + rows:
                sheet.merge_cells(
                    start_row=top, end_row=3 + rows, start_column=column, end_column=column
                )
            sheet.cell(4 + rows, column, procedure(1).get(name))
        return workbook

    return build


def split_titles() -> Workbook:
    """Build a header of which two titles begin in one row and end in the next."""

    def dress(sheet: Worksheet) -> None:
        sheet["F4"], sheet["F5"] = "年間", "件数"
        sheet["C4"], sheet["C5"] = "手続き", "名"

    return dressed([procedure(1)], dress)


def group_begins_titles() -> Workbook:
    """Build a header whose group's title is the beginning of each of its columns' titles."""

    def dress(sheet: Worksheet) -> None:
        sheet["G4"], sheet["H4"] = "オンライン化", None
        sheet["G5"], sheet["H5"] = "の状況", "時期"
        sheet.merge_cells("G4:H4")

    return dressed([procedure(1)], dress)


def numbered_columns() -> Workbook:
    """Build a table with the columns' numbers in a row under its header."""
    marks = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰"
    return build_workbook([list(marks), procedure(1)])


def numbered_rows() -> Workbook:
    """Build a table with a No. column that numbers more rows than are filled in."""
    fields = ["No.", *FIELDS]
    lines: list[Line] = [procedure(1) | {"No.": 1}, {"No.": 2}, {"No.": "(3)"}, ["計", "", "1件"]]
    return build_workbook(lines, fields=fields)


def far_below() -> Workbook:
    """Build a table with a word typed more than a thousand rows below it."""

    def dress(sheet: Worksheet) -> None:
        sheet.cell(6 + MOST_BLANK_ROWS + 1, 3, "メモ")

    return dressed([procedure(1)], dress)


def with_instructions() -> Workbook:
    """Build the form with instructions and the lists of its drop-downs beside it."""
    return with_sheets(("記入要領", "visible"), ("選択肢", "hidden"))()


def on_example_sheet() -> Workbook:
    """Build the form on the sheet that is named as an example."""
    workbook = build_workbook([procedure(1)])
    sheet_of(workbook).title = "記入例"
    return workbook


def with_fuller_hidden_copy() -> Workbook:
    """Build a visible table that lacks a column, and a hidden copy of it from before that."""
    workbook = with_fuller_copy("旧")
    sheet_of(workbook).sheet_state = "hidden"
    return workbook


def with_fuller_copy(title: str = "前回分") -> Workbook:
    """Build a table that lacks a column, and before it a sheet with all columns."""
    workbook = build_workbook([procedure(1)], fields=FIELDS[:-1])
    copy = workbook.create_sheet(title, 0)
    for row in sheet_of(build_workbook([procedure(2)])).iter_rows():
        for cell in row:
            copy[cell.coordinate] = cell.value
    return workbook


def with_list_of_titles_before_hidden_table() -> Workbook:
    """Build a hidden table, and a visible sheet that only mentions some of its titles."""
    workbook = with_sheets(("目次", "visible"), table="hidden")()
    workbook["目次"].append(["手続きID", "課名", "手続き名"])
    return workbook


def retyped_in_the_lower_row() -> Workbook:
    """Build a header whose titles stand in its upper row, but for a retyped one in the lower."""

    def dress(sheet: Worksheet) -> None:
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        for column, name in enumerate(FIELDS, start=1):
            sheet.cell(4, column, TITLES[name])
            sheet.cell(5, column).value = None
        sheet["G4"], sheet["G5"] = "区分", "オンライン化状況"

    return dressed([procedure(1)], dress)


def with_an_empty_sheet() -> Workbook:
    """Build the form with the empty sheet that Excel adds."""
    workbook = build_workbook([procedure(1)])
    workbook.create_sheet("Sheet2")
    return workbook


def say_gone(title: str, **texts: str) -> tuple[str, ...]:
    """Return what is told of cells with texts that say that their procedures are no more."""
    return tuple(
        f"{SHEET}!{cell}: {title}に「{text}」とある手続きです。ほかの行と同じく集計します。"
        "廃止や統合をした手続きであれば、行を削除してください。"
        f"そうでなければ、{title}の書き方を改めてください。"
        for cell, text in texts.items()
    )


TOTALS = ("総手続き数", "オンライン化済", "着手済", "未着手")
REPEATED = [TITLES[name] for name in FIELDS]

FAULTS: Mapping[str, Fault] = {
    "one title retyped": Fault(
        retitled(status="オンライン化状況"),
        (
            f"{SHEET}!G5: 見出し「オンライン化状況」の列を「オンライン化の状況」の列として"
            "読みました。そのとおりであれば、調査担当が cycle.toml の headers に"
            "「オンライン化状況」を「オンライン化の状況」と書き、調査票の列でなければ"
            '「オンライン化状況」を ""（空）と書きます。見出しが違えば、直してください。',
        ),
    ),
    "a title retyped in the lower row of the header": Fault(
        retyped_in_the_lower_row,
        (
            f"{SHEET}!G5: 見出し「オンライン化状況」の列を「オンライン化の状況」の列として"
            "読みました。そのとおりであれば、調査担当が cycle.toml の headers に"
            "「オンライン化状況」を「オンライン化の状況」と書き、調査票の列でなければ"
            '「オンライン化状況」を ""（空）と書きます。見出しが違えば、直してください。',
        ),
    ),
    "three titles retyped": Fault(
        retitled(name="手続きの名称", reason="未着手理由", system="システム"),
        tuple(
            f"{SHEET}!{cell}: 見出し「{found}」の列を「{title}」の列として読みました。"
            "そのとおりであれば、調査担当が cycle.toml の headers に"
            f"「{found}」を「{title}」と書き、調査票の列でなければ"
            f'「{found}」を ""（空）と書きます。見出しが違えば、直してください。'
            for cell, found, title in (
                ("C5", "手続きの名称", "手続き名"),
                ("I5", "システム", "利用システム"),
                ("J5", "未着手理由", "未着手の理由"),
            )
        ),
    ),
    "a title as near to one field as to another": Fault(
        retitled(status="オンライン化", online_date="オンライン化（年月）"),
        (
            f"{SHEET}: 必須の列「オンライン化の状況」がありません"
            "（見出しの近い列: G5「オンライン化」、H5「オンライン化(年月)」）。"
            "見出しの違いであれば、調査担当が cycle.toml の headers に書きます。"
            "そうでなければ、列を戻してください。",
            f"{SHEET}: 列「オンライン化時期」がありません"
            "（見出しの近い列: G5「オンライン化」、H5「オンライン化(年月)」）。"
            "無回答として扱います。"
            "見出しの違いであれば、調査担当が cycle.toml の headers に書きます。"
            "そうでなければ、列を戻してください。",
        ),
    ),
    "a column about persons": Fault(
        lambda: build_workbook(
            [procedure(1) | {"職員氏名": RESPONDENT, "独自の欄": "メモ"}],
            fields=[*FIELDS, "職員氏名", "独自の欄"],
        ),
        (
            f"{SHEET}: 調査票にない列があります（職員、独自の欄）。集計には使いません。"
            "対応は要りません。",
        ),
    ),
    "other sheets, one of them hidden": Fault(
        with_sheets(("控え", "visible"), ("前回分", "hidden"), ("作業用", "veryHidden")),
        (
            f"{SHEET}: 調査票の表のほかにシートがあります"
            "（控え、前回分（非表示）、作業用（非表示））。読み込んでいません。ほかのシートに手続きを書いていれば、調査票の表に移してください。",
        ),
    ),
    "the table on a hidden sheet": Fault(
        with_sheets(("表紙", "visible"), table="hidden"),
        (
            f"{SHEET}: 調査票の表が非表示のシート「調査票」にあります。この表を読み取りました。"
            "提出する表か確かめ、シートを再表示してください。",
            f"{SHEET}: 調査票の表のほかにシートがあります（表紙）。読み込んでいません。"
            "ほかのシートに手続きを書いていれば、調査票の表に移してください。",
        ),
    ),
    "the table on a hidden sheet, its titles mentioned on another": Fault(
        with_list_of_titles_before_hidden_table,
        (
            f"{SHEET}: 調査票の表が非表示のシート「調査票」にあります。この表を読み取りました。"
            "提出する表か確かめ、シートを再表示してください。",
            f"{SHEET}: 調査票の表のほかにシートがあります（目次）。読み込んでいません。"
            "ほかのシートに手続きを書いていれば、調査票の表に移してください。",
        ),
    ),
    "the table on a sheet for an example": Fault(
        on_example_sheet,
        (
            "環境部.xlsx 記入例: 調査票の表が「記入例」という名前のシートにだけあります。"
            "この表を読み取りました。"
            "記入例のままでないか確かめ、シートの名前を改めてください。",
        ),
    ),
    "a fuller copy of the table on a visible sheet": Fault(
        with_fuller_copy,
        (
            "環境部.xlsx: 調査票の表が複数のシートにあります（前回分、調査票）。"
            "提出するシートだけを残してください。",
        ),
    ),
    "a fuller copy of the table on a hidden sheet": Fault(
        with_fuller_hidden_copy,
        (
            f"{SHEET}: 調査票の表のほかにシートがあります（旧（非表示））。読み込んでいません。"
            "ほかのシートに手続きを書いていれば、調査票の表に移してください。",
            f"{SHEET}: 列「備考」がありません。無回答として扱います。"
            "見出しの違いであれば、調査担当が cycle.toml の headers に書きます。"
            "そうでなければ、列を戻してください。",
        ),
    ),
    "two answers merged": Fault(
        merged([procedure(1, system=None)], "H6:I6"),
        (
            f"{SHEET}!H6: 「オンライン化時期」から「利用システム」までのセルが結合されています。"
            "「オンライン化時期」の回答として読みました。結合を解除し、それぞれの欄に記入してください。",
        ),
    ),
    "two answers merged over a number that is left there": Fault(
        left_beneath([procedure(1), procedure(2, annual_volume=144)], "E7:F7"),
        (
            f"{SHEET}!E7: 「根拠区分」から「年間件数」までのセルが結合されています。"
            "「根拠区分」の回答として読みました。結合を解除し、それぞれの欄に記入してください。",
            f"{SHEET}!E7: 結合したセルの下に、見えない値が残っています（F7「144」）。"
            "読み込んでいません。見えている値が正しければ、結合を解除して残った値を消してください。"
            "そうでなければ、それぞれの欄に記入してください。",
        ),
    ),
    "answers merged over others that are left there": Fault(
        left_beneath(
            [procedure(n, fee=fee) for n, fee in enumerate(("あり", "なし", "有"), 1)], "P6:P8"
        ),
        (
            f"{SHEET}!P6: 縦に結合したセルの下に、見えている回答と違う値が残っています"
            "（P7「なし」ほか1個）。どちらが正しいか分かりません。"
            "結合を解除し、それぞれの欄に記入してください。",
        ),
    ),
    "a ditto mark with nothing above it": Fault(
        with_lines(
            procedure(1, law="〃"), procedure(2, law_kind=None), procedure(3, law_kind="〃")
        ),
        (
            f"{SHEET}!D6: 根拠法令等「〃」の上に、写す回答がありません。回答を入力してください。",
            f"{SHEET}!E8: 根拠区分「〃」の上に、写す回答がありません。回答を入力してください。",
        ),
    ),
    "a ditto mark under a subtotal": Fault(
        with_lines(procedure(1), [None, "小計", "1件"], procedure(2, section="同上")),
        (f"{SHEET}!B8: 課名「同上」の上に、写す回答がありません。回答を入力してください。",),
    ),
    "tombstones": Fault(
        with_lines(
            procedure(1, remarks="令和6年3月末で廃止"),
            procedure(2, remarks="建築確認申請へ統合"),
            procedure(3, remarks="廃止届を含む"),
            procedure(4, remarks="取消　国の事務"),
            procedure(5, remarks="K-009と統合"),
            procedure(6, remarks="K-004と統合"),
            procedure(7, remarks="ぴったりサービスに統合"),
            not_started(8, reason="その他理由で不可", reason_detail="対象外"),
        ),
        say_gone(
            "備考",
            Q6="令和6年3月末で廃止",
            Q7="建築確認申請へ統合",
            Q9="取消 国の事務",
            Q11="K-004と統合",
        ),
    ),
    "a column of days on which procedures were abolished": Fault(
        lambda: build_workbook(
            [procedure(1), procedure(2) | {"廃止日": "令和6年3月31日"}],
            fields=[*FIELDS, "廃止日"],
        ),
        (
            f"{SHEET}: 調査票にない列に、見出しが廃止や統合などに関わるものがあります（廃止日）。"
            "集計には使いません。廃止や統合をした手続きがあれば、行を削除してください。",
            f"{SHEET}!R7: 「廃止日」の欄に「令和6年3月31日」とある手続きです。"
            "廃止や統合をした手続きであれば、行を削除してください。"
            "調査の時点（2024-09-01）より後のことであれば、その年月日を記入してください。"
            "そうでなければ欄を空けるか、欄の意味が違えば調査担当が cycle.toml の headers に"
            '「廃止日」を ""（空）と書いてください。',
        ),
    ),
    "a row renumbered, as a remark beside the table says": Fault(
        lambda: build_workbook(
            [procedure(1) | {"摘要": "K-002へ振り直し"}], fields=[*FIELDS, "摘要"]
        ),
        (
            f"{SHEET}: 調査票にない列があります（摘要）。集計には使いません。対応は要りません。",
            f"{SHEET}!R6: 摘要に「K-002へ振り直し」とある手続きです。"
            "ほかの行と同じく集計します。廃止や統合をした手続きであれば、行を削除してください。"
            "そうでなければ、摘要の書き方を改めてください。",
        ),
    ),
    "tombstones in names": Fault(
        with_lines(
            procedure(1, name="犬の登録（令和7年度廃止）"),
            procedure(2, name="【廃止】猫の登録"),
            procedure(3, name="鳥の登録（廃止）"),
            procedure(4, name="鳥の廃止届"),
        ),
        say_gone("手続き名", C6="犬の登録（令和7年度廃止）", C7="【廃止】猫の登録"),
    ),
    "a status in rows that are called a total or a note": Fault(
        with_lines(
            procedure(1),
            {"section": "小計", "status": "未着手"},
            {"procedure_id": "※18-0901", "status": "着手済"},
        ),
        tuple(
            f"{SHEET}!{cell}: 合計か注記のように始まる行に、"
            f"オンライン化の状況「{text}」があります。手続きとして数えていません。手続きであれば、手続きIDと手続き名を記入してください。"
            for cell, text in (("G7", "未着手"), ("G8", "着手済"))
        ),
    ),
    "an id with a note's mark among others without": Fault(
        with_lines(procedure(1), procedure(2, procedure_id="※18-0901")),
        (
            f"{SHEET}!A7: 手続きID「※18-0901」に記号が付いています。"
            "記号も手続きIDの一部として読みました。"
            "手続きIDでない記号は消し、伝えることがあれば備考に記入してください。",
        ),
    ),
    "a section with a total's name": Fault(
        with_lines(procedure(1, section="合計"), procedure(2, section="会計室計")),
        (
            f"{SHEET}!B6: 課名「合計」は、合計の行の名前です。ほかの課と同じく集計します。"
            "手続きであれば、所管する課の名称を記入してください。"
            "合計の行であれば、手続きの回答を消してください。",
        ),
    ),
    "totals whose formulas have no results": Fault(
        with_lines(procedure(1), ["合計", TOTALS[0], "=COUNTA(A6)", TOTALS[1], "=COUNTA(G6)"]),
        (
            f"{SHEET}: 表の下の合計の数式2個（C7、E7）に計算結果が保存されていないため、"
            "行を数えた件数と比べていません。Excel で開いて保存し直すと、比べられます。",
        ),
    ),
    "an id merged over two procedures": Fault(
        merged([procedure(1), procedure(2, procedure_id=None)], "A6:A7"),
        (
            f"{SHEET}!A6: 手続きID「K-001」が重複しています（結合したセルの2行）。"
            "手続きごとに別の手続きIDを付けてください。",
        ),
    ),
    "a row with nothing but a status and the number of its date": Fault(
        with_lines(procedure(1), {"status": "オンライン化済", "online_date": 45383}),
        tuple(
            f"{SHEET}!{cell}: {title}が記入されていません。記入してください。"
            for cell, title in (("A7", "手続きID"), ("C7", "手続き名"))
        ),
    ),
    "a procedure whose id is a total's name": Fault(
        with_lines(procedure(1), procedure(2, procedure_id="19-0100合計")),
        (
            f"{SHEET}!A7: 合計か注記のように始まる行に、手続きの回答が記入されています。"
            "手続きであれば手続きIDを直し、合計や注記であれば回答の欄を空けてください。",
        ),
    ),
    "a word far below the table": Fault(
        far_below,
        (
            f"{SHEET}!C1007: 表の下の1,000行を超える空白のあとに記入があります。"
            "ここから下は読み込んでいません。"
            "手続きであれば表に続けて記入し、不要であればこの行から下を削除してください。",
        ),
    ),
    "a note across the table without its mark": Fault(
        merged([procedure(1), [None, None, None, "以下は新規"], procedure(2)], "D7:F7"),
        (
            f"{SHEET}!D7: 手続きの行か注記か分からない行です。"
            "手続きであれば手続きIDと手続き名を記入し、注記であれば先頭に「※」を付けてください。",
        ),
    ),
    "totals one below the other that differ": Fault(
        with_lines(procedure(1), *zip(TOTALS, (2, 1, 0, 0), strict=True)),
        (
            f"{SHEET}!B7: 表の下の合計「総手続き数 2」が、行を数えた件数（1）と違います。"
            "行の漏れや重複がないか確かめてください。",
        ),
    ),
    "totals below their labels that differ": Fault(
        with_lines(procedure(1), ["合計", *TOTALS], [None, 1, 1, "２件", 0]),
        (
            f"{SHEET}!D8: 表の下の合計「着手済 2」が、行を数えた件数（0）と違います。"
            "行の漏れや重複がないか確かめてください。",
        ),
    ),
}

SHAPES: Mapping[str, Shape] = {
    **{f"a header of {rows} rows": Shape(spread_header(rows), ("K-001",)) for rows in range(1, 6)},
    "titles split over two rows": Shape(split_titles, ("K-001",)),
    "a group's title that begins its columns' titles": Shape(group_begins_titles, ("K-001",)),
    "the table far right and low, its columns turned round": Shape(
        lambda: build_workbook([procedure(1)], top=38, left=30, fields=FIELDS[::-1]), ("K-001",)
    ),
    "instructions and lists beside the table": Shape(with_instructions, ("K-001",)),
    "ids that all have a mark": Shape(
        with_lines(procedure(1, procedure_id="★1"), procedure(2, procedure_id="★2")),
        ("★1", "★2"),
    ),
    "numbers under the titles": Shape(numbered_columns, ("K-001",), (("header", "A6"),)),
    "the header repeated at a page break": Shape(
        with_lines(procedure(1), None, REPEATED, procedure(2)),
        ("K-001", "K-002"),
        (("blank", "A7"), ("header", "A8")),
    ),
    "sections as headings": Shape(
        merged(
            [
                ["環境政策課"],
                procedure(1, section=None),
                ["ごみ減量課"],
                procedure(2, section=None),
            ],
            "A6:Q6",
        ),
        ("K-001", "K-002"),
        (("heading", "A6"), ("heading", "A8")),
    ),
    "sections as headings with marks": Shape(
        with_lines(
            ["■ 環境政策課"],
            procedure(1, section=None),
            [None, "【ごみ減量課】"],
            procedure(2, section=None),
            ["1．下水道センター"],
            procedure(3, section="〃"),
        ),
        ("K-001", "K-002", "K-003"),
        (("heading", "A6"), ("heading", "B8"), ("heading", "A10")),
    ),
    "several blank rows": Shape(
        with_lines(procedure(1), None, ["　"], None, procedure(2)),
        ("K-001", "K-002"),
        (("blank", "A7"), ("blank", "A8"), ("blank", "A9")),
    ),
    "an empty sheet": Shape(with_an_empty_sheet, ("K-001",)),
    "the word that ends a table": Shape(
        with_lines(procedure(1), ["以上"]), ("K-001",), (("footnote", "A7"),)
    ),
    "subtotals, total and notes": Shape(
        with_lines(
            procedure(1),
            [None, "小計", "1件"],
            procedure(2, section="保全課"),
            ["保全課 計"],
            ["合計", "総手続き数", 2],
            ["作成", "令和6年9月"],
            ["※ 見込みを含む"],
            ["以上"],
        ),
        ("K-001", "K-002"),
        (
            ("subtotal", "B7"),
            ("subtotal", "A9"),
            ("total", "A10"),
            ("footnote", "A11"),
            ("footnote", "A12"),
            ("footnote", "A13"),
        ),
    ),
    "totals above the rows": Shape(
        with_lines(["合計", "総手続き数", 2], procedure(1), not_started(2)),
        ("K-001", "K-002"),
        (("total", "A6"),),
    ),
    "totals one below the other": Shape(
        with_lines(procedure(1), *zip(TOTALS, (1, 1, 0, 0), strict=True)),
        ("K-001",),
        (("total", "A7"), ("total", "A8"), ("total", "A9"), ("total", "A10")),
    ),
    "totals one below the other in the columns of answers": Shape(
        with_lines(
            procedure(1),
            [None] * 5 + ["合計"],
            *([None] * 6 + list(pair) for pair in zip(TOTALS, (1, 1, 0, 0), strict=True)),
        ),
        ("K-001",),
        tuple(("total", f"{cell}") for cell in ("F7", "G8", "G9", "G10", "G11")),
    ),
    "totals below their labels": Shape(
        with_lines(procedure(1), list(TOTALS), [1, 1, 0, 0]),
        ("K-001",),
        (("total", "A7"), ("total", "A8")),
    ),
}


def collect(tmp_path, workbook: Workbook) -> Survey:
    return collect_survey(make_cycle(tmp_path, workbook))


def said_of(survey: Survey) -> list[str]:
    return [describe(problem) for problem in problems_from_frame(survey.problems)]


@pytest.mark.parametrize("name", FAULTS)
def test_each_kind_of_table_gets_exactly_these_words(tmp_path, name):
    assert said_of(collect(tmp_path, FAULTS[name].build())) == list(FAULTS[name].said)


@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_of_table_reads_as_the_form_without_a_word(tmp_path, name):
    survey, shape = collect(tmp_path, SHAPES[name].build()), SHAPES[name]
    assert said_of(survey) == []
    assert tuple(survey.rows["procedure_id"]) == shape.ids
    answers = survey.rows.loc[0, ["name", "law", "annual_volume", "status", "online_date"]]
    assert answers.tolist() == ["届出その1", "環境基本条例", 120, "online", "2024-04-01"]
    assert tuple(survey.lines[["kind", "cell"]].itertuples(index=False, name=None)) == shape.lines


def test_rows_numbered_in_advance_are_blank(tmp_path):
    survey = collect(tmp_path, numbered_rows())
    assert said_of(survey) == [
        f"{SHEET}: 調査票にない列があります（No.）。集計には使いません。対応は要りません。"
    ]
    assert list(survey.rows["procedure_id"]) == ["K-001"]
    assert survey.lines[["kind", "cell"]].to_numpy().tolist() == [
        ["blank", "B7"],
        ["blank", "B8"],
        ["total", "A9"],
    ]


def test_a_section_is_that_of_the_heading_above_and_its_cell_the_headings(tmp_path):
    survey = collect(tmp_path, SHAPES["sections as headings"].build())
    assert survey.rows[["section", "section_cell"]].to_numpy().tolist() == [
        ["環境政策課", "A6"],
        ["ごみ減量課", "A8"],
    ]


def test_the_marks_of_a_heading_are_no_part_of_the_sections_name(tmp_path):
    survey = collect(tmp_path, SHAPES["sections as headings with marks"].build())
    assert list(survey.rows["section"]) == ["環境政策課", "ごみ減量課", "下水道センター"]
    assert list(survey.rows["section_cell"]) == ["A6", "B8", "A10"]


def test_a_line_says_where_it_stands_and_never_what_it_holds(tmp_path):
    survey = collect(tmp_path, with_lines(procedure(1), ["記入者", RESPONDENT])())
    assert survey.lines.to_dict("records") == [
        {
            "department": "環境部",
            "department_slug": "kankyo",
            "workbook": "環境部.xlsx",
            "sheet": "調査票",
            "row": 7,
            "kind": "footnote",
            "cell": "A7",
        }
    ]


def test_a_row_of_no_known_kind_is_a_problem_and_no_line(tmp_path):
    survey = collect(tmp_path, FAULTS["a note across the table without its mark"].build())
    assert survey.lines.empty


def test_a_dittoed_answer_is_the_one_above_and_keeps_its_cell(tmp_path):
    lines = [
        procedure(1),
        procedure(2, section="〃", law="同上", annual_volume="″", status='"', online_date="仝"),
        procedure(3, law=" 〃 ", name="〃々〃届"),
    ]
    survey = collect(tmp_path, with_lines(*lines)())
    assert said_of(survey) == []
    assert survey.rows.loc[1, ["section_cell", "law_cell", "status_cell"]].tolist() == [
        "B6",
        "D6",
        "G6",
    ]
    same = ["section", "law", "annual_volume", "status", "online_date"]
    assert survey.rows.loc[1, same].tolist() == survey.rows.loc[0, same].tolist()
    assert survey.rows.loc[2, ["law", "law_raw", "law_cell", "name"]].tolist() == [
        "環境基本条例",
        "環境基本条例",
        "D6",
        "〃々〃届",
    ]


def test_an_id_is_never_dittoed(tmp_path):
    survey = collect(tmp_path, with_lines(procedure(1), procedure(2, procedure_id="〃"))())
    assert list(survey.rows["procedure_id_cell"]) == ["A6", "A7"]
    assert list(survey.rows["procedure_id_raw"]) == ["K-001", "〃"]


def test_each_way_of_filling_is_told_with_the_raw_row(tmp_path):
    lines = [
        procedure(1),
        procedure(2, section=None, law=None, law_kind="〃"),
        procedure(3, section=None, law=None),
    ]
    sheet = dressed_sheet(lines, "D6:D7")
    lookup = lookup_of(tmp_path)
    (header,) = choose_header(find_headers([sheet], lookup), lookup)
    rows = read_table(header, lookup).rows
    assert rows["section_fill"] == [None, "group", "group"]
    assert rows["law_fill"] == [None, "merge", None]
    assert rows["law_kind_fill"] == [None, "ditto", None]
    assert rows["law_cell"] == ["D6", "D6", "D8"]


def test_every_filled_cell_of_an_extra_column_is_kept_with_its_place(tmp_path):
    fields = [*FIELDS, "独自の欄", "職員", "担当課 メモ"]
    lines: list[Line] = [
        procedure(1) | {"独自の欄": "=1+1", "職員": RESPONDENT, "担当課 メモ": 3},
        ["小計", *[None] * 16, "計の行のメモ"],
        procedure(2) | {"独自の欄": f"担当者：{RESPONDENT}"},
    ]
    workbook = build_workbook(lines, fields=fields)
    sheet_of(workbook)["R6"].data_type = "s"
    sheet_of(workbook)["U8"] = "見出しなし"
    extras = collect(tmp_path, workbook).extras
    assert extras.drop(
        columns=["department", "department_slug", "workbook"]
    ).to_numpy().tolist() == [
        ["調査票", 6, "K-001", "独自の欄", "=1+1", "R6"],
        ["調査票", 6, "K-001", "担当課メモ", "3", "T6"],
        ["調査票", 8, "K-002", "見出しのないU列", "見出しなし", "U8"],
    ]
    assert set(extras["department_slug"]) == {"kankyo"}


def test_a_word_above_the_header_is_no_columns_title(tmp_path):
    workbook = build_workbook([procedure(1)])
    sheet = sheet_of(workbook)
    sheet["S2"], sheet["S6"] = "様式第1号", "メモ"
    assert collect(tmp_path, workbook).workbooks.loc[0, "extra_columns"] == "見出しのないS列"


@pytest.mark.parametrize("place", ["S3", "S4", "R4"])
def test_a_respondents_name_beside_the_header_is_no_title(tmp_path, place):
    workbook = build_workbook([procedure(1)])
    sheet = sheet_of(workbook)
    label = sheet[place].offset(column=-1) if place != "R4" else sheet["R3"]
    label.value, sheet[place] = "記入者", RESPONDENT
    sheet[f"{place[0]}6"] = "メモ"
    survey = collect(tmp_path, workbook)
    for name in FRAMES:
        told = getattr(survey, name).astype("str")
        assert not told.apply(lambda column: column.str.contains("花子")).any(axis=None)


def test_a_struck_id_or_name_is_told_and_the_row_is_counted(tmp_path):
    workbook = build_workbook([procedure(1), procedure(2), procedure(3)])
    for place in ("A6", "C7", "D8"):
        sheet_of(workbook)[place].font = Font(strike=True)
    survey = collect(tmp_path, workbook)
    assert said_of(survey) == [
        f"{SHEET}!{cell}: 取り消し線が引かれた手続きです。ほかの行と同じく集計します。"
        "廃止した手続きであれば、行を削除してください。そうでなければ、取り消し線を消してください。"
        for cell in ("A6", "C7")
    ]
    assert survey.rows["row"].tolist() == [6, 7, 8]


def test_a_row_of_more_texts_than_any_survey_has_is_no_header(tmp_path):
    def widened(last: int) -> Workbook:
        workbook = build_workbook([procedure(1)])
        for row in (4, 5):
            for column in range(len(FIELDS) + 1, last + 1):
                sheet_of(workbook).cell(row, column, f"メモ{column}")
        return workbook

    assert len(collect(tmp_path / "wide", widened(500)).rows) == 1
    (found,) = problems_from_frame(collect(tmp_path / "wider", widened(1_100)).problems)
    assert found.code == "table_missing"


def test_a_title_that_the_cycle_confirms_is_no_longer_told(tmp_path):
    workbook = FAULTS["one title retyped"].build()
    cycle = make_cycle(tmp_path, workbook, headers={"オンライン化状況": "オンライン化の状況"})
    assert said_of(collect_survey(cycle)) == []


def dressed_sheet(lines: list[Line], *ranges: str) -> Sheet:
    (sheet,) = read_sheets(save_bytes(merged(lines, *ranges)()), lambda head: True)
    return sheet


def lookup_of(tmp_path) -> Lookup:
    return build_lookup(make_cycle(tmp_path, None))
