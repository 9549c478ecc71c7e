"""Whatever is altered in a delivered set is found by building it again, and named by its place."""

import base64
import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, NameObject, RectangleObject

from analysis.cycle import Cycle, open_cycle
from analysis.proof.entities import CRATE_NAME
from analysis.proof.verify import SIGNATURE_NAME, Verdict, verify_reports

from deliveries import CYCLE, copy_delivery, reports_of, run

Edit = Callable[[Path], None]
PAGE, DOCUMENT, BOOK, LIST = "department-gikai.html", "overview.pdf", "audit.xlsx", "figures.csv"


def say(name: str, found: str, put: str, flags: int = re.DOTALL) -> Edit:
    """Return the edit that writes something else into a text, where a pattern is first found."""

    def edit(folder: Path) -> None:
        path = folder / name
        before = path.read_bytes().decode("utf-8")
        after = re.sub(found, put, before, count=1, flags=flags)
        assert after != before
        path.write_bytes(after.encode())

    return edit


def print_over(change: Callable[[pypdf.PdfWriter], None], name: str = DOCUMENT) -> Edit:
    """Return the edit that changes a PDF."""

    def edit(folder: Path) -> None:
        with pypdf.PdfReader(folder / name) as reader:
            writer = pypdf.PdfWriter(clone_from=reader)
        change(writer)
        writer.write(folder / name)

    return edit


def draw(operators: bytes) -> Callable[[pypdf.PdfWriter], None]:
    """Return the change that draws something more on the first page."""

    def change(writer: pypdf.PdfWriter) -> None:
        page = writer.pages[0]
        stream = DecodedStreamObject()
        stream.set_data(page.get_contents().get_data() + b"\n" + operators)
        page[NameObject("/Contents")] = writer._add_object(stream)

    return change


def repack(part: str, found: str, put: str, count: int = 1) -> Edit:
    """Return the edit that writes something else into a part of the workbook."""

    def edit(folder: Path) -> None:
        path = folder / BOOK
        with zipfile.ZipFile(path) as book:
            parts = {info.filename: book.read(info) for info in book.infolist()}
        before = parts[part].decode()
        after = re.sub(found, put, before, count=count)
        assert after != before
        parts[part] = after.encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for name, content in parts.items():
                book.writestr(name, content)

    return edit


def swap(one: str, other: str) -> Edit:
    def edit(folder: Path) -> None:
        contents = (folder / one).read_bytes(), (folder / other).read_bytes()
        for name, content in zip((other, one), contents, strict=True):
            (folder / name).write_bytes(content)

    return edit


def allow(kind: str, found: str, put: str, name: str = PAGE) -> Edit:
    """Return the edit of a page's style or script that the page's own policy then allows."""

    def edit(folder: Path) -> None:
        say(name, found, put)(folder)
        page = (folder / name).read_text("utf-8")
        text = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)[-1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        say(name, rf"{kind}-src 'sha256-[^']*'", f"{kind}-src 'sha256-{digest}'")(folder)

    return edit


def replace_page(writer: pypdf.PdfWriter) -> None:
    writer.pages[0][NameObject("/Contents")] = writer.pages[1].raw_get("/Contents")


def replace_attachment(writer: pypdf.PdfWriter) -> None:
    (attached,) = [own for own in writer.attachment_list if own.name == LIST]
    attached.content = attached.content.replace(b",29,", b",92,", 1)


def remove_attachments(writer: pypdf.PdfWriter) -> None:
    del writer._root_object["/Names"]


def lead_elsewhere(writer: pypdf.PdfWriter) -> None:
    first, second = (writer.pages[0]["/Annots"][n].get_object() for n in (0, 1))
    first[NameObject("/Dest")], second[NameObject("/Dest")] = (
        second.raw_get("/Dest"),
        first.raw_get("/Dest"),
    )


def cover_link(writer: pypdf.PdfWriter) -> None:
    rect = writer.pages[0]["/Annots"][0].get_object()["/Rect"]
    note = FreeText(text="99%", rect=tuple(map(float, rect)), background_color="ffffff")
    writer.add_annotation(0, note)


def crop(writer: pypdf.PdfWriter) -> None:
    writer.pages[1][NameObject("/CropBox")] = RectangleObject((0, 0, 300, 300))


def rename_bookmark(writer: pypdf.PdfWriter) -> None:
    first = writer._root_object["/Outlines"]["/First"]
    first[NameObject("/Title")] = pypdf.generic.TextStringObject("九割を超えました")


def whiten(writer: pypdf.PdfWriter) -> None:
    """Write a number in white: its text is still there."""
    page = writer.pages[0]
    rect = page["/Annots"][0].get_object()["/Rect"]
    data = page.get_contents().get_data()
    moves = re.finditer(rb"1 0 0 -1 ([\d.]+) ([\d.]+) cm/c0 cs ([\d.]+) scn", data)
    ink = min(moves, key=lambda m: abs(float(m[1]) - rect[0]) + abs(float(m[2]) - rect[1]))
    stream = DecodedStreamObject()
    stream.set_data(data[: ink.start(3)] + b"1" + data[ink.end(3) :])
    page[NameObject("/Contents")] = writer._add_object(stream)


def drop(name: str) -> Edit:
    return lambda folder: (folder / name).unlink()


def put(name: str, content: bytes) -> Edit:
    return lambda folder: (folder / name).write_bytes(content)


def append(name: str, content: bytes) -> Edit:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + content)


def paint_over(writer: pypdf.PdfWriter) -> None:
    x, y, right, top = map(float, writer.pages[0]["/Annots"][0].get_object()["/Rect"])
    area = f"q 1 1 1 rg {x} {y - 2} {right - x} {top - y + 6} re f Q"
    draw(area.encode())(writer)


def figure(scope: str, measure: str) -> str:
    return f'<a class="figure" href="#{CYCLE}/{scope}/{measure}">'


TOTAL = f"{CYCLE}/gikai/total"
LINK = re.escape(figure("gikai", "total"))
LINK_ALL = re.escape(figure("all", "total"))

# Each: what is done, and what must be said in the line that tells of it, the file first.
EDITS: dict[str, tuple[Edit, tuple[str, ...]]] = {
    "a digit": (say(PAGE, rf"({LINK})1<", r"\g<1>7<"), (PAGE, TOTAL, "「7」 → 「1」")),
    "a digit before a unit": (
        say(PAGE, rf"({LINK})1手", r"\g<1>9手"),
        (PAGE, TOTAL, "「9手続き」"),
    ),
    "a sign": (
        say("overview.html", r"(/all/online_change\">)[^<]*", r"\g<1>+9件"),
        ("overview.html", f"{CYCLE}/all/online_change", "「+9件」"),
    ),
    "a unit": (
        say("overview.html", r"(/all/online_rate\">[\d.]*)%", r"\g<1>割"),
        ("overview.html", f"{CYCLE}/all/online_rate", "割」"),
    ),
    "two figures' links exchanged": (
        say(PAGE, rf"({LINK})(1</a>.*?)({LINK_ALL})(29</a>)", r"\3\2\1\4"),
        (PAGE, TOTAL, "/all/total"),
    ),
    "row labels exchanged": (
        say(PAGE, "(総手続き数)(</th><td.*?)(オンライン化済手続き数)(</th><td)", r"\3\2\1\4"),
        (PAGE, f"{TOTAL} などの行", "「オンライン化済手続き数」 → 「総手続き数」"),
    ),
    "a sentence added": (
        say(PAGE, '(<p class="lead">.*?)</p>', r"\1九割を超えました。</p>"),
        (PAGE, TOTAL, "九割を超えました"),
    ),
    "a sentence of its own added": (
        say(PAGE, "</h1>", "</h1>\n<p>九割を超えました。</p>"),
        (PAGE, "行目", "九割を超えました"),
    ),
    "a number by the style": (
        allow("style", "</style>", 'h1::after { content:"99%" }</style>'),
        (PAGE, "行目", "99%"),
    ),
    "the notice hidden": (
        allow("style", r"\.demonstration \{", ".demonstration { display: none;"),
        (PAGE, "行目", "display: none"),
    ),
    "the notice taken out": (
        say(PAGE, '<p class="demonstration">.*?</p>', ""),
        (PAGE, "行目", "架空データ"),
    ),
    "a script with its own sum": (
        allow("script", r"</script>(?!.*</script>)", 'document.body.append("99%")</script>'),
        (PAGE, "行目", "99%"),
    ),
    "the packed evidence": (
        say(PAGE, '(id="evidence-data">.{40})....', r"\1AAAA"),
        (PAGE, "行目", "AAAA"),
    ),
    "a footer": (
        say(PAGE, "指紋 (<[^>]*>)?[0-9a-f]{12}", "指紋 0123456789ab"),
        (PAGE, "行目", "0123456789ab"),
    ),
    "a title": (say(PAGE, "<title>", "<title>確定版"), (PAGE, "行目", "確定版")),
    "a heading": (say(PAGE, "(<h2[^>]*>)", r"\1良好な"), (PAGE, "行目", "良好な")),
    "a bar of a chart": (
        say("department-bunkasports.html", "L 330[.0-9]* ", "L 400 "),
        ("department-bunkasports.html", "行目", "L 400"),
    ),
    "a row taken out": (
        say(PAGE, r"<tr><th scope=\"row\">着手済の手続き数.*?</tr>\n", ""),
        (PAGE, f"{CYCLE}/gikai/started", "着手済の手続き数"),
    ),
    "a row twice": (
        say(PAGE, r"(<tr><th scope=\"row\">着手済の手続き数.*?</tr>\n)", r"\1\1"),
        (PAGE, f"{CYCLE}/gikai/started", "（なし）"),
    ),
    "a link to another page": (
        say("index.html", "department-gikai.html", "department-bunkasports.html"),
        ("index.html", "行目", "department-bunkasports.html"),
    ),
    "a comment": (say(PAGE, "</body>", "<!-- 確定 --></body>"), (PAGE, "行目", "確定")),
    "other ends of lines": (say(PAGE, "\n", "\r\n"), (PAGE, "1行目")),
    "a byte at the end": (append(PAGE, b"\n"), (PAGE,)),
    "bytes that are no text": (append(PAGE, b"\xff\xfe"), (PAGE, "行目", r"\xff")),
    "a definition": (
        say(PAGE, "手続きの総数。", "手続きの数。"),
        (PAGE, "行目", "手続きの数。"),
    ),
    "a cell's address": (
        say("quality.html", r"調査票!([A-Z])7\b", r"調査票!\g<1>8"),
        ("quality.html", "行目", "8"),
    ),
    "a quoted guideline": (
        say("guideline.html", "推進", "中止"),
        ("guideline.html", "行目", "中止"),
    ),
    "two pages exchanged": (
        swap(PAGE, "department-bunkasports.html"),
        (PAGE, "department-bunkasports.html の中身"),
    ),
    "two documents exchanged": (
        swap("department-gikai.pdf", "department-bunkasports.pdf"),
        ("department-gikai.pdf", "department-bunkasports.pdf の中身"),
    ),
    "a file taken out": (drop("reasons.pdf"), ("reasons.pdf", "ありません")),
    "a page added": (put("付録.html", b"<p>1,758</p>"), ("付録.html", "一式のものではありません")),
    "a page that is huge": (put(PAGE, b"<p>99%</p>" * 10**6), (PAGE, "大きさが違います")),
    "a value of the list": (
        say(LIST, "(gikai/total,.*?,総手続き数,)1,1,", r"\g<1>7,7,"),
        (LIST, f"{TOTAL} の value", "「7」 → 「1」"),
    ),
    "a line of the list taken out": (
        say(LIST, rf"\n{TOTAL},[^\n]*", ""),
        (LIST, TOTAL),
    ),
    "a definition of the list": (
        say(LIST, rf"(\n{TOTAL},[^\n]*)手続きの総数", r"\1届出の総数"),
        (LIST, f"{TOTAL} の definition", "届出の総数"),
    ),
    "the evidence's sum of the list": (
        say(LIST, rf"(\n{TOTAL},[^\n]*,)[0-9a-f]{{8}}", r"\g<1>00000000"),
        (LIST, f"{TOTAL} の evidence_sha256", "00000000"),
    ),
    "an answer in the list of answers": (
        say("answers.csv", ",オンライン化済,", ",未着手,"),
        ("answers.csv", "行目", "status", "未着手"),
    ),
    "two lines of what made reports exchanged": (
        say("sources.csv", r"(\n[^\n]*)(\n[^\n]*)\n", r"\2\1\n"),
        ("sources.csv", "行目"),
    ),
    "an input's sum": (
        say(CRATE_NAME, r'(/cycle\.toml",\s+"sha256": ")\w{12}', r"\g<1>000000000000"),
        (CRATE_NAME, "cycle.toml", "000000000000"),
    ),
    "a fingerprint": (
        say(CRATE_NAME, r'("identifier": ")\w{12}', r"\g<1>000000000000"),
        (CRATE_NAME, "#make/", "000000000000"),
    ),
    "a statement of the record": (
        say(CRATE_NAME, '("name": ")利用条件', r"\1なし"),
        (CRATE_NAME, "#terms", "なし"),
    ),
    "no record": (drop(CRATE_NAME), (CRATE_NAME, "ありません")),
    "a figure painted over": (print_over(paint_over), (DOCUMENT, "1頁", "描かれ方", "65.5%")),
    "a number in white": (print_over(whiten), (DOCUMENT, "1頁", "描かれ方", "65.5%")),
    "a text drawn": (
        print_over(draw(b"q 0 0 1 RG 50 50 m 90 90 l S Q")),
        (DOCUMENT, "1頁", "描かれ方"),
    ),
    "a page replaced": (print_over(replace_page), (DOCUMENT, "1頁", "着手状況調査結果」")),
    "a page removed": (
        print_over(lambda writer: writer.remove_page(1)),
        (DOCUMENT, "頁数: 4 → 5"),
    ),
    "an attachment replaced": (
        print_over(replace_attachment),
        (DOCUMENT, f"添付 {LIST}", f"{CYCLE}/all/total の value", "「92」 → 「29」"),
    ),
    "the attachments removed": (print_over(remove_attachments), (DOCUMENT, f"添付 {LIST}")),
    "two links of a page exchanged": (
        print_over(lead_elsewhere),
        (DOCUMENT, "1頁", "注釈「65.5%」", "/Dest"),
    ),
    "a note over a number": (print_over(cover_link), (DOCUMENT, "1頁", "注釈「65.5%」")),
    "a page cropped": (print_over(crop), (DOCUMENT, "2頁", "/CropBox")),
    "a bookmark renamed": (
        print_over(rename_bookmark),
        (DOCUMENT, "/Outlines", "九割を超えました"),
    ),
    "a document saved again": (print_over(lambda _: None), (DOCUMENT, "バイトが違います")),
    "a document cut off": (put(DOCUMENT, b"%PDF-1.7\n"), (DOCUMENT, "読めません")),
    "formulas made constants": (
        repack("xl/worksheets/sheet2.xml", "<f>.*?</f>", "", count=0),
        (BOOK, "数値!G2", f"{CYCLE}/all/total", "「29」 → 「=COUNTIFS("),
    ),
    "another formula": (
        repack("xl/worksheets/sheet2.xml", "<f>IF.*?</f>", "<f>\"一致\"</f>"),
        (BOOK, "数値!L2", f"{CYCLE}/all/total", "IF("),
    ),
    "a cell's number": (
        repack("xl/worksheets/sheet2.xml", '(r="F2" s="6"><v>)29', r"\g<1>92"),
        (BOOK, "数値!F2", f"{CYCLE}/all/total", "「92」 → 「29」"),
    ),
    "a cell's words": (
        repack("xl/sharedStrings.xml", ">総手続き数<", ">申請数<"),
        (BOOK, "数値!D2", f"{CYCLE}/all/total", "「申請数」 → 「総手続き数」"),
    ),
    "a cell's look": (
        repack("xl/worksheets/sheet2.xml", 'r="F2" s="6"', 'r="F2" s="7"'),
        (BOOK, "数値!F2", "書式"),
    ),
    "a row hidden": (
        repack("xl/worksheets/sheet2.xml", '<row r="2"', '<row r="2" hidden="1"'),
        (BOOK, "シート「数値」のセルのほか"),
    ),
    "a part of the workbook": (
        repack("xl/styles.xml", "<color ", "<color indexed='9' x='"[:7] + "auto='1' "),
        (BOOK, "xl/styles.xml"),
    ),
    "no workbook": (put(BOOK, b"no workbook"), (BOOK, "読めません")),
}  # fmt: skip


@pytest.fixture
def copy(delivery: Path, tmp_path: Path) -> Path:
    return copy_delivery(delivery, tmp_path)


def verify_against(delivery: Path, copy: Path) -> Verdict:
    """Verify a copy against the delivery that it was, which a build would make again."""

    def build(apart: Cycle) -> None:
        shutil.copytree(reports_of(delivery), apart.reports_folder)

    return verify_reports(open_cycle(CYCLE, copy), build)


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


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_found_and_named_with_its_place_whatever_the_record_says(
    delivery: Path, copy: Path, name: str
) -> None:
    edit, words = EDITS[name]
    edit(reports_of(copy))
    plain = verify_against(delivery, copy)
    fit_record(reports_of(copy))
    fitted = verify_against(delivery, copy)
    for verdict in (plain, fitted):
        assert not verdict.agrees
        lines = [line for line in verdict.text.splitlines() if line.startswith(f"  ・{words[0]}: ")]
        assert any(all(word in line for word in words) for line in lines), verdict.text


def test_there_are_as_many_edits_as_were_tried() -> None:
    assert len(EDITS) >= 52


def test_an_untouched_set_agrees(delivery: Path, copy: Path) -> None:
    verdict = verify_against(delivery, copy)
    assert verdict.agrees, verdict.text


def test_what_is_no_signature_is_told_as_such_and_as_no_file_of_others(
    delivery: Path, copy: Path
) -> None:
    (reports_of(copy) / SIGNATURE_NAME).write_bytes(b"signed")
    verdict = verify_against(delivery, copy)
    assert not verdict.agrees
    assert f"{SIGNATURE_NAME} は、署名として読めません" in verdict.text
    assert "作成されたものではないファイル" not in verdict.text


def test_what_others_put_beside_the_reports_is_named_and_no_fault(
    delivery: Path, copy: Path
) -> None:
    (reports_of(copy) / "メモ.docx").write_bytes(b"memo")
    verdict = verify_against(delivery, copy)
    assert verdict.agrees
    assert "検証していない、ほかのファイル: 1件\n  ・メモ.docx" in verdict.text


@pytest.mark.parametrize(
    "name", ["two figures' links exchanged", "a figure painted over", "formulas made constants"]
)
def test_the_command_builds_again_and_finds_an_edit(copy: Path, name: str) -> None:
    edit, words = EDITS[name]
    edit(reports_of(copy))
    fit_record(reports_of(copy))
    code, output = run(copy, "verify")
    assert code == 1
    assert any(all(word in line for word in words) for line in output.splitlines()), output
