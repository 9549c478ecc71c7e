"""The audit workbook: every figure of a cycle with a formula that recounts it from the rows.

For an auditor with a spreadsheet and without Python: rows with the cells they came from, figures
with live formulas over those rows, and whether what was reported agrees. `read` takes the rows
back out of it.
"""

from collections.abc import Mapping

from xlsxwriter.format import Format

from analysis.audit.book import Book
from analysis.audit.derived import Laid, lay_derived
from analysis.audit.earlier import EARLIER_ABOUT, lay_earlier, name_earlier_sheet
from analysis.audit.figures import (
    AGREES,
    DIFFERS,
    lay_figures,
    list_figure_rows,
    plan_figures,
)
from analysis.audit.rows import lay_rows, plan_sheet
from analysis.audit.sheet import AuditCell, Formula, Page
from analysis.audit.tables import lay_matches, lay_published, lay_table
from analysis.audit.transitions import lay_transitions
from analysis.figures.findings import Findings, write_date
from analysis.figures.formula import RowSheet, name_criteria
from analysis.figures.interim import COUNTED, mark_interim, say_uncounted
from analysis.figures.ledger import Ledger
from analysis.figures.measure import PREVIOUS, WAITING
from analysis.figures.scopes import LEVELS
from analysis.looks import COLOURS
from analysis.names import INTERIM

_TITLE = "数値の検算"
DEMONSTRATION = "架空データ"

_ABOUT, _FIGURES, NOW, BEFORE = "説明", "数値", "今回の手続き", "前回の手続き"
_MOVES, _WORKBOOKS, _LINES, _PROBLEMS = "異動", "調査票", "手続きでない行", "問題"
_CORRECTIONS, _STEPS, _PUBLISHED, MATCHES = "訂正", "読み取り", "公表値", "対応の確認"
_WAITING = "数えない前回の回答"
_TABLES = {
    "workbooks": _WORKBOOKS,
    "lines": _LINES,
    "problems": _PROBLEMS,
    "corrections": _CORRECTIONS,
    "steps": _STEPS,
}

_ABOUT_WIDTH = 104
_TITLE_HEIGHT = 26

PURPOSE = (
    "報告書のすべての数値を、部局の回答から表計算ソフトだけで数え直すためのファイルです。"
    "数値ごとに、報告した値と、手続きの行を数える式とを並べました。値はファイルを開いたときに計算されます。"
)

CONTENTS = {
    _FIGURES: "報告書のすべての数値。報告値と、手続きの行から数え直した値（再計算）とを比べます。",
    NOW: "今回調査の手続き。1行が1手続きで、回答と、調査票にあるままの値、そのセルを示します。",
    BEFORE: "前回調査の手続き。",
    _WAITING: "集計に含めない部局の前回調査の手続き。ほかのどの数値にも含みません。",
    _MOVES: "今回と前回の手続きの対応（継続・新規・廃止など）。すべて手続きの行を見る式です。",
    _WORKBOOKS: "部局から提出された調査票。",
    _LINES: "調査票の表の、手続きでない行（空白、合計、注記など）。",
    _PROBLEMS: "調査票に見つかった問題。",
    _CORRECTIONS: "今回調査で訂正した回答と、その理由。",
    _STEPS: "読み取るときに、全角・半角や和暦などを整えた回答。1行が、1つのセルの1つの整え方です。",
    _PUBLISHED: "公表された数値と、再計算との照合。",
    MATCHES: "手続きIDが変わった手続きや廃止された手続きについて、人が確かめたこと。",
}

USAGE = (
    "「数値」の分子・分母の欄は、手続きの行を数える式です。セルを選ぶと、何を数えたかが見えます。",
    "「再計算」は分子と分母だけから求めます。率は百分率で小数第一位まで四捨五入し、率の増減は四捨五入前の差を四捨五入します。",
    "「今回の手続き」や「前回の手続き」の回答を書き換えると、その回答による数値が「不一致」になります。"
    "たとえば「オンライン化の状況」を1つ変えて、「数値」の「照合」を「不一致」で絞り込んでください。",
    "回答は、選択肢のとおりに書いてください。ほかの語は数えません。",
    "手続きを除くときは、行を削除せず、手続きIDと範囲コードを消してください。「異動」は行の位置を見ています。",
    "名称と課の変更は、全角・半角と空白の違いを除いた「照合用」の列を比べて数えます。",
    "「範囲コード」は、その行がどの部局・課の数値に入るかを示します。数値IDのまん中の部分と同じです。",
    "色の付いたセルは、訂正した回答です。理由は「訂正」の列にあります。",
)


def write_audit(findings: Findings) -> bytes:
    """Return a cycle's audit workbook as a file; the same findings give the same bytes."""
    settings, ledger = findings.cycle.settings, findings.ledger
    tables, criteria = ledger.tables, _name_scopes(ledger)
    survey, previous, asked = findings.survey, findings.previous, findings.cycle.questionnaire
    plan = plan_figures(_FIGURES, ledger)
    rows = tables.current["procedures"]
    own, other = Laid(plan_sheet(NOW, rows, asked), rows), None
    if tables.previous is not None:
        other = Laid(plan_sheet(BEFORE, tables.previous, asked), tables.previous)
    derived = lay_derived(own, other, tables.derivations)
    now = lay_rows(NOW, rows, survey.corrections, criteria, asked, derived=derived)
    pages: dict[str, Page] = {
        "procedures": now,
        **{
            table: lay_table(table, name, tables.current[table], criteria, asked)
            for table, name in _TABLES.items()
        },
        "published": lay_published(_PUBLISHED, ledger, plan, list_figure_rows(ledger), criteria),
    }
    before: dict[str, Page] = {}
    if previous is not None and other is not None:
        derived = lay_derived(other, own, tables.derivations)
        before["procedures"] = lay_rows(
            BEFORE, other.rows, previous.corrections, criteria, asked, derived=derived
        )
        confirmed = lay_matches(MATCHES, survey.matches)
        sheets = (now.sheet, before["procedures"].sheet, confirmed.sheet)
        pages["transitions"] = lay_transitions(_MOVES, ledger, sheets, survey.matches, criteria)
        pages["matches"] = confirmed
    if findings.waiting is not None:
        rows, corrections = tables.current[WAITING], findings.waiting.corrections
        pages[WAITING] = lay_rows(_WAITING, rows, corrections, criteria, asked)
    pages |= lay_earlier(findings, criteria)
    contents = CONTENTS | {name_earlier_sheet(day): EARLIER_ABOUT for day in findings.earlier}
    sheets_now, sheets_before = _sheets_of(pages), _sheets_of(before)
    if before:
        sheets_now[PREVIOUS] = sheets_before["procedures"]
    figures = lay_figures(_FIGURES, ledger, sheets_now, sheets_before, criteria)
    laid = {page.name: page for page in (figures, *pages.values(), *before.values())}
    notice = DEMONSTRATION if settings.demonstration else settings.title
    title = mark_interim(findings.cycle, _TITLE)
    if findings.cycle.is_interim:
        notice = f"{INTERIM}　{notice}"
    book = Book(f"{settings.title} {title}", settings.as_of, notice)
    _write_about(
        book, findings, plan, {name: about for name, about in contents.items() if name in laid}
    )
    verdicts = {_FIGURES: ("verdict", DIFFERS), _PUBLISHED: ("agrees", DIFFERS)}
    for name in contents:
        if name in laid:
            book.add_page(laid[name], verdicts.get(name))
    return book.finish()


def _write_about(
    book: Book, findings: Findings, plan: RowSheet, contents: Mapping[str, str]
) -> None:
    """Write the first sheet: what the workbook is, how many figures agree, how to use it."""
    settings, ledger = findings.cycle.settings, findings.ledger
    sheet = book.add_sheet(_ABOUT)
    sheet.fit_to_pages(1, 1)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, _ABOUT_WIDTH)
    title = book.add_format(bold=True, font_size=16)
    heading = book.add_format(bold=True, font_size=12, bottom=1)
    name = book.add_format(bold=True, valign="top")
    wrapped = book.add_format(text_wrap=True, valign="top")
    warning = book.add_format(
        bold=True, text_wrap=True, font_color=COLOURS["error_text"], bg_color=COLOURS["error"]
    )
    number = book.add_format(bold=True, num_format="#,##0", align="left")
    total = len(ledger.figures)
    verdicts = plan.range_of("verdict")
    dated = f"{_TITLE}（{write_date(findings.cycle)}時点）"
    agreeing = f'COUNTIF({verdicts},"{AGREES}")'
    lines: list[tuple[AuditCell, Format | None, AuditCell, Format | None]] = [
        (settings.title, title, None, None),
        (mark_interim(findings.cycle, dated), title, None, None),
        (None, None, None, None),
    ]
    if settings.demonstration:
        lines.append((DEMONSTRATION, warning, "実際の調査の回答ではありません。", warning))
    if findings.cycle.uncounted:
        kind = INTERIM if findings.cycle.is_interim else "集計に含めない部局"
        everyone, counted = (ledger.figure(name).text for name in COUNTED)
        told = f"{everyone}部局のうち{counted}部局の回答だけを数えています。"
        lines.append((kind, warning, told + say_uncounted(findings.cycle), warning))
    lines += [
        ("数値の数", name, Formula(f"=COUNTA({plan.range_of('id')})", total), number),
        ("再計算と一致した数値", name, Formula(f"={agreeing}", total), number),
        (
            "結果",
            name,
            Formula(
                f'=IF({agreeing}=COUNTA({plan.range_of("id")}),"すべての数値が一致しています。",'
                f'"一致しない数値があります。シート「{_FIGURES}」を見てください。")',
                "すべての数値が一致しています。",
            ),
            name,
        ),
        (None, None, None, None),
        ("このファイルについて", heading, None, heading),
        (None, None, PURPOSE, wrapped),
        (None, None, None, None),
        ("使い方", heading, None, heading),
        *((f"{place}.", name, text, wrapped) for place, text in enumerate(USAGE, start=1)),
        (None, None, None, None),
        ("シート", heading, None, heading),
        *((text, name, about, wrapped) for text, about in contents.items()),
    ]
    for row, (first, first_style, second, second_style) in enumerate(lines):
        if first_style is title:
            sheet.set_row(row, _TITLE_HEIGHT)
        elif isinstance(second, str):
            book.set_height(sheet, row, [(second, _ABOUT_WIDTH)])
        book.write(sheet, row, 0, first, first_style)
        if second is None and second_style is not None:
            sheet.write_blank(row, 1, None, second_style)
        book.write(sheet, row, 1, second, second_style)


def _name_scopes(ledger: Ledger) -> dict[str, str]:
    """Return the criterion of every scope that a figure or a row of either cycle has."""
    tables = ledger.tables
    scopes = list(ledger.scopes)
    for frame in (*tables.current.values(), tables.previous):
        if frame is not None:
            for level in LEVELS:
                scopes += frame[f"scope_{level}"].dropna().unique().tolist()
    return name_criteria(scopes)


def _sheets_of(pages: Mapping[str, Page]) -> dict[str, RowSheet]:
    return {table: page.sheet for table, page in pages.items()}
