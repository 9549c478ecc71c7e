"""The ways in which a file of a delivered set is altered: pages, documents, the workbook, any."""

import base64
import hashlib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdf
from pypdf.annotations import FreeText
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    RectangleObject,
    TextStringObject,
)

DOCUMENT, BOOK, LIST, PAGE = "overview.pdf", "audit.xlsx", "figures.csv", "department-gikai.html"

Change = Callable[[Path], None]


def say(name: str, found: str, put: str, flags: int = re.DOTALL) -> Change:
    """Return the edit that writes something else into a text, where a pattern is first found."""

    def edit(folder: Path) -> None:
        path = folder / name
        before = path.read_bytes().decode("utf-8")
        after = re.sub(found, put, before, count=1, flags=flags)
        assert after != before
        path.write_bytes(after.encode())

    return edit


def print_over(change: Callable[[pypdf.PdfWriter], None], name: str = DOCUMENT) -> Change:
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


def repack(part: str, found: str, put: str, count: int = 1) -> Change:
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


def swap(one: str, other: str) -> Change:
    def edit(folder: Path) -> None:
        contents = (folder / one).read_bytes(), (folder / other).read_bytes()
        for name, content in zip((other, one), contents, strict=True):
            (folder / name).write_bytes(content)

    return edit


def swap_contents(one: str, other: str) -> Change:
    """Return the edit that exchanges what two pages say; each keeps its head and its menu."""

    def edit(folder: Path) -> None:
        pages = [(folder / name).read_bytes().decode("utf-8") for name in (one, other)]
        parts = [re.split("(<main .*</main>)", page, flags=re.DOTALL) for page in pages]
        (above, first, below), (above_other, second, below_other) = parts
        assert first != second
        (folder / one).write_bytes(f"{above}{second}{below}".encode())
        (folder / other).write_bytes(f"{above_other}{first}{below_other}".encode())

    return edit


def allow(kind: str, found: str, put: str, name: str = PAGE) -> Change:
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


def exchange_pages(writer: pypdf.PdfWriter) -> None:
    kids = writer._root_object["/Pages"]["/Kids"]
    kids[1], kids[2] = kids[2], kids[1]


def add_page(writer: pypdf.PdfWriter) -> None:
    writer.add_blank_page()


def remove_page(writer: pypdf.PdfWriter) -> None:
    writer.remove_page(1)


def turn_page(writer: pypdf.PdfWriter) -> None:
    writer.pages[1].rotate(180)


def replace_attachment(writer: pypdf.PdfWriter) -> None:
    (attached,) = [own for own in writer.attachment_list if own.name == LIST]
    attached.content = re.sub(
        rb"(/all/total,[^\n]*?,)(\d+,)", rb"\g<1>9\2", attached.content, count=1
    )


def add_attachment(writer: pypdf.PdfWriter) -> None:
    writer.add_attachment("メモ.csv", b"a,b\n1,2\n")


def remove_attachments(writer: pypdf.PdfWriter) -> None:
    del writer._root_object["/Names"]


def lead_elsewhere(writer: pypdf.PdfWriter) -> None:
    first, second = (writer.pages[0]["/Annots"][n].get_object() for n in (0, 1))
    first[NameObject("/Dest")], second[NameObject("/Dest")] = (
        second.raw_get("/Dest"),
        first.raw_get("/Dest"),
    )


def remove_link(writer: pypdf.PdfWriter) -> None:
    del writer.pages[0]["/Annots"][0]


def cover_link(writer: pypdf.PdfWriter) -> None:
    rect = writer.pages[0]["/Annots"][0].get_object()["/Rect"]
    note = FreeText(text="99%", rect=tuple(map(float, rect)), background_color="ffffff")
    writer.add_annotation(0, note)


def crop(writer: pypdf.PdfWriter) -> None:
    writer.pages[1][NameObject("/CropBox")] = RectangleObject((0, 0, 300, 300))


def rename_bookmark(writer: pypdf.PdfWriter) -> None:
    first = writer._root_object["/Outlines"]["/First"]
    first[NameObject("/Title")] = TextStringObject("九割を超えました")


def rename(writer: pypdf.PdfWriter) -> None:
    writer.add_metadata({"/Title": "確定版"})


def run_script(writer: pypdf.PdfWriter) -> None:
    action = {"/S": "/JavaScript", "/JS": "app.alert('99%')"}
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject(key): TextStringObject(value) for key, value in action.items()}
    )


def whiten(writer: pypdf.PdfWriter) -> None:
    """Write a number in white: its text is still there."""
    page = writer.pages[0]
    rect = page["/Annots"][0].get_object()["/Rect"]
    data = page.get_contents().get_data()
    # Of text alone, in grey or in a colour: a bar of a chart may lie nearer.
    drawn = rb"1 0 0 -1 ([\d.]+) ([\d.]+) cm/c\d+ cs ([\d. ]+) scn\nBT"
    moves = re.finditer(drawn, data)
    ink = min(moves, key=lambda m: abs(float(m[1]) - rect[0]) + abs(float(m[2]) - rect[1]))
    white = re.sub(rb"[\d.]+", b"1", ink[3])
    assert ink[3] != white
    stream = DecodedStreamObject()
    stream.set_data(data[: ink.start(3)] + white + data[ink.end(3) :])
    page[NameObject("/Contents")] = writer._add_object(stream)


def drop(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def put(name: str, content: bytes) -> Change:
    return lambda folder: (folder / name).write_bytes(content)


def append(name: str, content: bytes) -> Change:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + content)


def paint_over(writer: pypdf.PdfWriter) -> None:
    x, y, right, top = map(float, writer.pages[0]["/Annots"][0].get_object()["/Rect"])
    area = f"q 1 1 1 rg {x} {y - 2} {right - x} {top - y + 6} re f Q"
    draw(area.encode())(writer)
