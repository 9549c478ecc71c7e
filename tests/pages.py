"""Pages in a real browser, opened offline and watched; their evidence unpacked and packed again."""

import base64
import csv
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVIDENCE = re.compile(r'(id="evidence-data">)([^<]*)(<)')
OWN_SCHEMES = ("file:", "blob:", "data:")


@contextmanager
def open_page(
    browser: "Browser", path: Path, fragment: str = "", **settings: Any
) -> "Iterator[Page]":
    """Open a page from its file, offline, wait for its toolbar, and hold that nothing went wrong.

    At the end: no error or message on the console (a breach of the page's policy is one), and no
    request but for the file itself.
    """
    context = browser.new_context(offline=True, accept_downloads=True, **settings)
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith(OWN_SCHEMES) else told.append(request.url),
    )
    try:
        page.goto(path.as_uri() + fragment)
        if settings.get("java_script_enabled", True):
            page.wait_for_selector(".toolbar", timeout=10_000)
        yield page
        assert told == []
    finally:
        context.close()


def recount(page: "Page") -> tuple[str, set[str]]:
    """Press 検算 and return what it says and the ids of the figures that it names."""
    page.click("button.check")
    named = page.eval_on_selector_all(
        ".toolbar .found a.fact", "links => links.map(link => link.getAttribute('href'))"
    )
    return page.inner_text(".toolbar .told"), {unquote(address)[1:] for address in named}


def read_figures(folder: Path) -> dict[str, dict[str, str]]:
    """Return the lines of a set's figures.csv by the figures' ids."""
    with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["figure_id"]: row for row in csv.DictReader(file)}


def read_payload(page: str) -> dict[str, Any]:
    """Return the evidence that a page carries."""
    return unpack(EVIDENCE.search(page)[2])


def unpack(payload: str) -> dict[str, Any]:
    """Return the evidence written by `write_payload`; the whole city's rows, if any, as `city`."""
    own, *city = (json.loads(zlib.decompress(base64.b64decode(p))) for p in payload.split(" "))
    return own | {"city": city[0]} if city else own


def change_payload(page: str, change: Callable[[dict[str, Any]], None]) -> str:
    """Return a page with its evidence changed."""
    evidence = read_payload(page)
    change(evidence)
    parts = [evidence, city] if (city := evidence.pop("city", None)) else [evidence]
    packed = " ".join(
        base64.b64encode(zlib.compress(json.dumps(part).encode())).decode() for part in parts
    )
    return EVIDENCE.sub(rf"\g<1>{packed}\g<3>", page)


def spread(column: list[Any] | dict[str, list[Any]]) -> list[Any]:
    """Return a column's values, row by row."""
    return column if isinstance(column, list) else [column["of"][at] for at in column["at"]]


def list_ids(columns: dict[str, Any]) -> list[str]:
    """Return the ids of procedures, each whole."""
    ids: list[str] = []
    for step in columns["procedure_id"]:
        if isinstance(step, int):
            head, serial = re.fullmatch(r"(.*?)([0-9]+)", ids[-1]).groups()
            ids.append(f"{head}{int(serial) + step:0{len(serial)}}")
        else:
            ids.append(step)
    return ids


def drop_row(columns: dict[str, Any], procedure_id: str) -> None:
    """Take one procedure out of a table."""
    ids = list_ids(columns)
    place = ids.index(procedure_id)
    rows = [sum(columns["row_step"][: at + 1]) for at in range(len(ids))]
    for name, column in columns.items():
        columns[name] = [value for at, value in enumerate(spread(column)) if at != place]
    columns["procedure_id"] = [value for at, value in enumerate(ids) if at != place]
    kept = [row for at, row in enumerate(rows) if at != place]
    columns["row_step"] = [row - before for row, before in zip(kept, [0, *kept], strict=False)]


def texts_of(block: object) -> str:
    """Return what a block says, in HTML without tags."""
    html = block._repr_mimebundle_()[0]["text/html"]
    return "".join(part.partition(">")[2] for part in html.split("<"))
