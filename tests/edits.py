"""What somebody may alter in a delivered set, each with what `verify` must say of it."""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import NamedTuple

from altering import (
    BOOK,
    DOCUMENT,
    LIST,
    PAGE,
    Change,
    add_attachment,
    add_page,
    allow,
    append,
    cover_link,
    crop,
    draw,
    drop,
    exchange_pages,
    lead_elsewhere,
    paint_over,
    print_over,
    put,
    remove_attachments,
    remove_link,
    remove_page,
    rename,
    rename_bookmark,
    repack,
    replace_attachment,
    replace_page,
    run_script,
    say,
    swap,
    swap_contents,
    turn_page,
    whiten,
)
from analysis.proof.entities import CRATE_NAME

from deliveries import CYCLE

OTHER = "department-bunkasports.html"


class Edit(NamedTuple):
    """What is done to a folder of reports, and what a line must say that tells of it.

    The file comes first; `{all/total}` stands for this figure's value in the set. `beside` is what
    other file is altered too: any, where the record is, which tells of every file that was.
    """

    change: Change
    words: tuple[str, ...]
    beside: str = ""


def figure(scope: str, measure: str) -> str:
    return f'<a class="figure" href="#{CYCLE}/{scope}/{measure}">'


TOTAL = f"{CYCLE}/gikai/total"
LINK = re.escape(figure("gikai", "total"))
LINK_ALL = re.escape(figure("all", "total"))
FIGURES = "xl/worksheets/sheet2.xml"
EVERY = "*"

EDITS: dict[str, Edit] = {
    "a digit": Edit(say(PAGE, rf"({LINK})1<", r"\g<1>7<"), (PAGE, TOTAL, "「7」 → 「1」")),
    "a digit before a unit": Edit(
        say(PAGE, rf"({LINK})1手", r"\g<1>9手"), (PAGE, TOTAL, "「9手続き」")
    ),
    "a sign": Edit(
        say("overview.html", r"(/all/online_change\">)[^<]*", r"\g<1>+9件"),
        ("overview.html", f"{CYCLE}/all/online_change", "「+9件」"),
    ),
    "a unit": Edit(
        say("overview.html", r"(/all/online_rate\">[\d.]*)%", r"\g<1>割"),
        ("overview.html", f"{CYCLE}/all/online_rate", "割」"),
    ),
    "two figures' links exchanged": Edit(
        say(PAGE, rf"({LINK})(1</a>.*?)({LINK_ALL})([\d,]+</a>)", r"\3\2\1\4"),
        (PAGE, TOTAL, "/all/total"),
    ),
    "row labels exchanged": Edit(
        say(OTHER, "(総手続き数)(</th><td.*?)(オンライン化済手続き数)(</th><td)", r"\3\2\1\4"),
        (OTHER, "bunkasports/total などの行", "「オンライン化済手続き数」 → 「総手続き数」"),
    ),
    "a sentence added": Edit(
        say(OTHER, '(<p class="lead">.*?)</p>', r"\1九割を超えました。</p>"),
        (OTHER, "bunkasports/total などの行", "九割を超えました"),
    ),
    "a sentence of its own added": Edit(
        say("overview.html", "</h1>", "</h1>\n<p>九割を超えました。</p>"),
        ("overview.html", "（行政手続きのオンライン化に係る着手状況調査結果）", "九割を超えました"),
    ),
    "a number by the style": Edit(
        allow("style", "</style>", 'h1::after { content:"99%" }</style>'),
        (PAGE, "（見た目の指定）", "99%"),
    ),
    "the notice hidden": Edit(
        allow("style", r"\.demonstration\{", ".demonstration{display: none;", OTHER),
        (OTHER, "（見た目の指定）", "display: none"),
    ),
    "the notice taken out": Edit(
        say("guideline.html", '<aside class="demonstration".*?</aside>', ""),
        ("guideline.html", "行目", "架空データ"),
    ),
    "a script with its own sum": Edit(
        allow("script", r"</script>(?!.*</script>)", 'document.body.append("99%")</script>'),
        (PAGE, "（動きの指定か根拠のデータ）", "99%"),
    ),
    "a page without its policy": Edit(
        say("reasons.html", '<meta http-equiv="Content-Security-Policy"[^>]*>\n', ""),
        ("reasons.html", "行目", "Content-Security-Pol"),
    ),
    "the evidence hidden": Edit(
        say("reasons.html", '<section id="evidence">', '<section id="evidence" hidden>'),
        ("reasons.html", "行目", "hidden"),
    ),
    "the packed evidence": Edit(
        say("overview.html", '(id="evidence-data">.{40})....', r"\1AAAA"),
        ("overview.html", "（動きの指定か根拠のデータ）", "AAAA"),
    ),
    "a footer": Edit(
        say("reasons.html", "作成元番号 (<[^>]*>)?[0-9a-f]{12}", "作成元番号 0123456789ab"),
        ("reasons.html", "（末尾）", "0123456789ab"),
    ),
    "a title": Edit(say("quality.html", "<title>", "<title>確定版"), ("quality.html", "確定版")),
    "a heading": Edit(
        say("quality.html", "(<h2[^>]*>)", r"\1良好な"), ("quality.html", "行目", "良好な")
    ),
    "a bar of a chart": Edit(
        say(OTHER, r"L\d{3}\.\d+ ", "L400 "), (OTHER, "bunkasports/", "などの行", "L400")
    ),
    "a row taken out": Edit(
        say(OTHER, r"<tr><th scope=\"row\">着手済の手続き数.*?</tr>\n", ""),
        (OTHER, "bunkasports/started", "着手済の手続き数"),
    ),
    "a row twice": Edit(
        say(PAGE, r"(<tr><th scope=\"row\">着手済の手続き数.*?</tr>\n)", r"\1\1"),
        (PAGE, f"{CYCLE}/gikai/started", "（なし）"),
    ),
    "a link to another page": Edit(
        say("index.html", "department-gikai.html", OTHER), ("index.html", "行目", OTHER)
    ),
    "a comment": Edit(
        say("index.html", "</body>", "<!-- 確定 --></body>"), ("index.html", "行目: 「<!-- 確定")
    ),
    "other ends of lines": Edit(
        say("guideline.html", "\n", "\r\n"), ("guideline.html", "1行目", r"「\r」")
    ),
    "a byte at the end": Edit(
        append("index.html", b"\n"), ("index.html", "バイトが違います（", "バイト目から。全")
    ),
    "bytes that are no text": Edit(append(PAGE, b"\xff\xfe"), (PAGE, r"行目: 「\xff")),
    "a definition": Edit(
        say(PAGE, "手続きの総数。", "手続きの数。"), (PAGE, "（total）", "手続きの数。")
    ),
    "a cell's address": Edit(
        say("quality.html", r"調査票!([A-Z])(\d+)\b", r"調査票!\g<1>9\2"),
        ("quality.html", "行目", "調査票!", "9"),
    ),
    "a quoted guideline": Edit(
        say("guideline.html", "推進", "中止"),
        ("guideline.html", "（行政手続きオンライン化ガイドライン（抜粋））", "中止"),
    ),
    "two pages exchanged": Edit(
        swap(PAGE, OTHER), (PAGE, f"{OTHER} の中身です"), OTHER
    ),
    "two pages' contents exchanged": Edit(
        swap_contents(PAGE, OTHER),
        (PAGE, f"（オンライン化の状況） 数値 {TOTAL}: 「", "bunkasports/total", f'#{TOTAL}">1'),
        OTHER,
    ),
    "two departments' documents exchanged": Edit(
        swap("department-gikai.pdf", "department-bunkasports.pdf"),
        ("department-gikai.pdf", "department-bunkasports.pdf の中身"),
        "department-bunkasports.pdf",
    ),
    "a file taken out": Edit(drop("reasons.pdf"), ("reasons.pdf", "ありません")),
    "a page added": Edit(
        put("付録.html", b"<p>1,758</p>"), ("付録.html", "一式のものではありません")
    ),
    "two other pages exchanged": Edit(
        swap("reasons.pdf", "guideline.pdf"), ("reasons.pdf", "1頁 「", "」 → 「"), "guideline.pdf"
    ),
    "a page that is huge": Edit(
        put(PAGE, b"<p>99%</p>" * 10**5), (PAGE, "1行目: 「<p>99%", "<!DOCTYPE")
    ),
    "a document that is huge": Edit(
        put("quality.pdf", b"%PDF" * 2 * 10**6), ("quality.pdf", "大きさが違います（5バイト目から")
    ),
    "a value of the list": Edit(
        say(LIST, r"(gikai/total,.*?,総手続き数,)1,1,", r"\g<1>7,7,"),
        (LIST, f"{TOTAL} の value", "「7」 → 「1」"),
    ),
    "a line of the list taken out": Edit(say(LIST, rf"\n{TOTAL},[^\n]*", ""), (LIST, TOTAL)),
    "a definition of the list": Edit(
        say(LIST, rf"(\n{TOTAL},[^\n]*)手続きの総数", r"\1届出の総数"),
        (LIST, f"{TOTAL} の definition", "届出の総数"),
    ),
    "the evidence's sum of the list": Edit(
        say(LIST, rf"(\n{TOTAL},[^\n]*,)[0-9a-f]{{8}}", r"\g<1>00000000"),
        (LIST, f"{TOTAL} の evidence_sha256", "00000000"),
    ),
    "an answer in the list of answers": Edit(
        say("answers.csv", ",オンライン化済,", ",未着手,"),
        ("answers.csv", "-0001 の status", "調査票!G7", "「未着手」"),
    ),
    "two lines of what made reports exchanged": Edit(
        say("sources.csv", r"(\n[^\n]*)(\n[^\n]*)\n", r"\2\1\n"), ("sources.csv", "2行目")
    ),
    "an input's sum": Edit(
        say(CRATE_NAME, r'(/cycle\.toml",\s+"sha256": ")\w{12}', r"\g<1>000000000000"),
        (CRATE_NAME, "cycle.toml", "000000000000"),
        beside=EVERY,
    ),
    "a fingerprint": Edit(
        say(CRATE_NAME, r'("identifier": ")\w{12}', r"\g<1>000000000000"),
        (CRATE_NAME, "#make/", "000000000000"),
        beside=EVERY,
    ),
    "a statement of the record": Edit(
        say(CRATE_NAME, '("name": ")利用条件', r"\1なし"), (CRATE_NAME, "#terms", "なし"), EVERY
    ),
    "no record": Edit(drop(CRATE_NAME), (CRATE_NAME, "ありません")),
    "a figure painted over": Edit(
        print_over(paint_over), (DOCUMENT, "1頁", "描かれ方", "「{all/online_rate}%」")
    ),
    "a number in white": Edit(
        print_over(whiten), (DOCUMENT, "1頁", "描かれ方", "「{all/online_rate}%」")
    ),
    "a line drawn": Edit(
        print_over(draw(b"q 0 0 1 RG 50 50 m 90 90 l S Q"), "reasons.pdf"),
        ("reasons.pdf", "1頁", "描かれ方"),
    ),
    "a page replaced": Edit(
        print_over(replace_page), (DOCUMENT, "1頁（数値「{all/online_rate}%」", "失われて")
    ),
    "a page removed": Edit(print_over(remove_page), (DOCUMENT, "2頁（数値「", "失われて")),
    "two pages of a document exchanged": Edit(
        print_over(exchange_pages), (DOCUMENT, "2頁（数値「", "3頁に移って")
    ),
    "a page added to a document": Edit(
        print_over(add_page, "reasons.pdf"), ("reasons.pdf", "頁が余分です")
    ),
    "a page turned": Edit(print_over(turn_page, "reasons.pdf"), ("reasons.pdf", "2頁", "/Rotate")),
    "an attachment replaced": Edit(
        print_over(replace_attachment),
        (DOCUMENT, f"添付 {LIST}", f"{CYCLE}/all/total の value", "「9{all/total}」 →"),
    ),
    "an attachment added": Edit(
        print_over(add_attachment, "reasons.pdf"), ("reasons.pdf", "添付 メモ.csv が余分です")
    ),
    "the attachments removed": Edit(
        print_over(remove_attachments, "reasons.pdf"), ("reasons.pdf", f"添付 {LIST} がありません")
    ),
    "two links of a page exchanged": Edit(
        print_over(lead_elsewhere), (DOCUMENT, "1頁", "「{all/online_rate}%」の行き先 /Dest")
    ),
    "a link removed": Edit(
        print_over(remove_link), (DOCUMENT, "1頁", "「{all/online_rate}%」がありません")
    ),
    "a note over a number": Edit(
        print_over(cover_link), (DOCUMENT, "1頁", "注釈「{all/online_rate}%」が余分", "99%")
    ),
    "a page cropped": Edit(print_over(crop), (DOCUMENT, "2頁", "/CropBox", "見えない数値「")),
    "a bookmark renamed": Edit(
        print_over(rename_bookmark, "reasons.pdf"),
        ("reasons.pdf", "しおり /Outlines/First/Title 1頁: 「九割を超えました」"),
    ),
    "a document's title": Edit(
        print_over(rename, "department-gikai.pdf"),
        ("department-gikai.pdf", "文書の情報 /Title", "確定版"),
    ),
    "a script in a document": Edit(
        print_over(run_script, "department-gikai.pdf"),
        ("department-gikai.pdf", "/OpenAction/JS", "99%"),
    ),
    "a document saved again": Edit(
        print_over(lambda _: None, "department-gikai.pdf"),
        ("department-gikai.pdf", "バイトが違います", "バイト目から"),
    ),
    "a document cut off": Edit(
        put("quality.pdf", b"%PDF-1.7\n"), ("quality.pdf", "読めません（10バイト目から。全9バイト")
    ),
    "formulas made constants": Edit(
        repack(FIGURES, "<f>.*?</f>", "", count=0),
        (BOOK, "数値!G2", f"{CYCLE}/all/total", "「{all/total}」 → 「=COUNTIFS("),
    ),
    "another formula": Edit(
        repack(FIGURES, "<f>IF.*?</f>", '<f>"一致"</f>'),
        (BOOK, "数値!L2", f"{CYCLE}/all/total", "IF("),
    ),
    "the value that a formula had": Edit(
        repack(FIGURES, '(r="L2".*?<v>)一致', r"\1不一致"),
        (BOOK, "数値!L2", f"{CYCLE}/all/total", "の値 不一致"),
    ),
    "a cell's number": Edit(
        repack(FIGURES, '(r="F2" s="6"><v>)', r"\g<1>9"),
        (BOOK, "数値!F2", f"{CYCLE}/all/total", "「9{all/total}」 → 「{all/total}」"),
    ),
    "a cell's words": Edit(
        repack("xl/sharedStrings.xml", ">総手続き数<", ">申請数<"),
        (BOOK, "数値!D2", f"{CYCLE}/all/total", "「申請数」 → 「総手続き数」"),
    ),
    "two rows' labels exchanged": Edit(
        repack(FIGURES, r'(r="D2" t="s"><v>)(\d+)(.*?r="D3" t="s"><v>)(\d+)', r"\1\4\3\2"),
        (BOOK, "数値!D2", f"{CYCLE}/all/total", "→ 「総手続き数」"),
    ),
    "a cell's look": Edit(
        repack(FIGURES, 'r="F2" s="6"', 'r="F2" s="7"'),
        (BOOK, "数値!F2", f"{CYCLE}/all/total", "書式"),
    ),
    "a way to show numbers": Edit(
        repack("xl/styles.xml", 'formatCode="#,##0_ "', 'formatCode="&quot;99&quot;"'),
        (BOOK, "数値!F2", f"{CYCLE}/all/total", "書式", '"99"'),
    ),
    "a row hidden": Edit(
        repack(FIGURES, '<row r="2"', '<row r="2" hidden="1"'),
        (BOOK, "数値!2行", f"{CYCLE}/all/total", "hidden=1"),
    ),
    "columns hidden": Edit(
        repack(FIGURES, '<col min="6"', '<col hidden="1" min="6"'),
        (BOOK, "数値!F～K列（報告値の列）", "hidden=1"),
    ),
    "a sheet hidden": Edit(
        repack("xl/workbook.xml", '<sheet name="訂正"', '<sheet state="hidden" name="訂正"'),
        (BOOK, "シート 訂正", "state=hidden"),
    ),
    "a name's cells": Edit(
        repack("xl/workbook.xml", r"(>今回の手続き!\$A\$1:\$[A-Z]+\$)\d+", r"\g<1>9"),
        (BOOK, "名前の定義 _xlnm._FilterDatabase", "「…続き!$A$1:"),
    ),
    "what is marked as wrong": Edit(
        repack(FIGURES, "<formula>.*?</formula>", '<formula>"異常"</formula>'),
        (BOOK, "数値!条件付き書式 L2", "異常"),
    ),
    "the notice of a sheet": Edit(
        repack("xl/worksheets/sheet1.xml", "架空データ", ""), (BOOK, "説明!", "架空データ")
    ),
    "a part of the workbook": Edit(
        repack("xl/styles.xml", "<color theme", '<color auto="1" theme'),
        (BOOK, "xl/styles.xml font", "auto=1"),
    ),
    "no workbook": Edit(put(BOOK, b"no workbook"), (BOOK, "読めません")),
}  # fmt: skip


def group_edits() -> list[dict[str, Edit]]:
    """Return the edits so that none of a group alters what another does."""
    groups: list[tuple[set[str], dict[str, Edit]]] = []
    for name, edit in EDITS.items():
        files = {edit.words[0], edit.beside} - {""}
        free = (own for own in groups if EVERY not in own[0] | files and not own[0] & files)
        known, group = next(free, (set(), {}))
        if not group:
            groups.append((known, group))
        known |= files
        group[name] = edit
    return [group for _, group in groups]


def list_missing(edits: dict[str, Edit], folder: Path, told: str) -> list[str]:
    """Return the edits of which no line tells as it must; `folder` has the set without them."""
    with (folder / LIST).open(encoding="utf-8-sig") as file:
        values = {line["figure_id"]: line["value"] for line in csv.DictReader(file)}
    missing = []
    for name, edit in edits.items():
        file, *words = [
            re.sub(r"{(.*?)}", lambda own: values[f"{CYCLE}/{own[1]}"], word) for word in edit.words
        ]
        lines = [line for line in told.splitlines() if line.startswith(f"  ・{file}: ")]
        if not any(all(word in line for word in words) for line in lines):
            missing.append("\n".join([f"{name} {words}", *lines]))
    return missing


def fit_record(folder: Path) -> None:
    """Write the sums and sizes of the files as they stand into their record."""
    path = folder / CRATE_NAME
    if not path.exists():
        return
    crate = json.loads(path.read_text("utf-8"))
    for entity in crate["@graph"]:
        if entity["@type"] == "File" and (folder / entity["name"]).is_file():
            content = (folder / entity["name"]).read_bytes()
            entity |= {
                "contentSize": f"{len(content)}",
                "sha256": hashlib.sha256(content).hexdigest(),
            }
    text = json.dumps(crate, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path.write_text(text, "utf-8")
