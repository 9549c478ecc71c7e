"""What Typst has no words for yet, put into the tags of the PDF that it has made.

A cell that names its row is a header, and a link over a drawing says where it leads. The markup
tells both in lines of its own, which Typst takes for comments, in the order of the document.
"""

import io
import json
import re
from collections.abc import Iterator, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

_TABLE, _LINK = "//table ", "//link "
_TOLD = re.compile(rf"^(?:{_TABLE}(\d+)|{_LINK}(.+))$", re.MULTILINE)
_WHOLES = ("/Document", "/Div", "/Sect", "/Part", "/Figure")


def tell_table(headings: int) -> str:
    """Return the line before a table whose rows are named by their first cells, so many."""
    return f"{_TABLE}{headings}\n"


def tell_link(text: str) -> str:
    """Return the line before a drawing for a link that has no text of its own."""
    return f"{_LINK}{json.dumps(text)}\n"


def finish_tags(made: bytes, markup: str) -> bytes:
    """Return a PDF with what its markup tells of tables and links: the same bytes each time.

    Raises ValueError where they are not those of the markup.
    """
    told = _TOLD.findall(markup)
    headings = [int(count) for count, _ in told if count]
    texts = [json.loads(text) for _, text in told if text]
    with pikepdf.open(io.BytesIO(made)) as pdf:
        found = list(_find(pdf.Root.StructTreeRoot))
        tables = [one for one in found if one["/S"] == Name.Table]
        links = [one for one in found if one["/S"] == Name.Link]
        for table, count in zip(tables, headings, strict=True):
            if count:
                _name_rows(table, count)
        for link, text in zip(links, texts, strict=True):
            link["/Alt"] = text
            link["/K"][0]["/Obj"]["/Contents"] = text
        finished = io.BytesIO()
        pdf.save(
            finished,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return finished.getvalue()


def _find(element: Object) -> Iterator[Object]:
    """Yield the tables, and the links without a text, in their order."""
    for part in _list_parts(element):
        if part["/S"] == Name.Table or (part["/S"] == Name.Link and _is_without_text(part)):
            yield part
        elif part["/S"] in _WHOLES:
            yield from _find(part)


def _is_without_text(link: Object) -> bool:
    within = link["/K"]
    return len(within) == 1 and isinstance(within[0], Dictionary) and "/Obj" in within[0]


def _name_rows(table: Object, count: int) -> None:
    """Make the first cells of a table's rows headers, so many; one across all heads its part."""
    for body in _list_parts(table):
        if body["/S"] != Name.TBody:
            continue
        for row in _list_parts(body):
            cells = _list_parts(row)
            for place, cell in enumerate(cells):
                look = _look_of(cell)
                # It names the columns' headers alone; without it headers are found by their scope.
                if "/Headers" in look:
                    del look["/Headers"]
                if place < count:
                    cell["/S"] = Name.TH
                    look["/Scope"] = Name.Column if "/ColSpan" in look else Name.Row


def _look_of(cell: Object) -> Object:
    """Return a cell's attributes as part of a table."""
    looks = cell.get("/A", Array())
    for look in looks:
        if look["/O"] == Name.Table:
            return look
    looks.append(Dictionary(O=Name.Table))
    cell["/A"] = looks
    return cell["/A"][-1]


def _list_parts(element: Object) -> Sequence[Object]:
    """Return the elements within an element, without its marks of content."""
    within = element.get("/K", ())
    parts = within if isinstance(within, Array) else [within]
    return [part for part in parts if isinstance(part, Dictionary) and "/S" in part]
