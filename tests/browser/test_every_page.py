"""Every page of a set, opened once: its recount, each figure's panel, and how wide tables are."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from pages import open_page, read_figures, recount

DESK = {"width": 1280, "height": 900}
# These two print no figure, and have no toolbar.
WITHOUT = {"navigator", "codebook"}

WIDE = """tables => tables
  .filter(table => table.clientWidth > 0 && table.scrollWidth > table.clientWidth)
  .map(table => table.getAttribute("aria-label"))"""

# Opens every figure in turn and tells what its panel says: id, value, number of rows, heading. The
# lists of rows are made, but not laid out: that took half of the time, and nothing here is of it.
OPEN_ALL = """() => {
  const style = new CSSStyleSheet();
  style.replaceSync("#panel .rows { display: none }");
  document.adoptedStyleSheets = [style];
  const links = [...document.querySelectorAll("main a.figure")];
  const first = new Map(links.map((link) => [link.getAttribute("href"), link]));
  return [...first.values()].map((link) => {
    link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    const panel = document.getElementById("panel");
    return [
      decodeURIComponent(link.getAttribute("href").slice(1)),
      !panel.open ? "" : panel.querySelector("code").textContent,
      panel.querySelector(".value").textContent,
      panel.querySelector("[data-rows]").dataset.rows,
      document.activeElement.textContent,
    ];
  });
}"""


class Visit(NamedTuple):
    """What was seen of a page.

    `tables` is how many could be seen and `wide` the names of those wider than their frames;
    `opened` has of each figure its id and what its panel says.
    """

    path: Path
    tables: int
    wide: list[str]
    recounted: tuple[str, set[str]] = ("", set())
    opened: tuple[tuple[str, str, str, str, str], ...] = ()


@pytest.fixture(scope="module")
def visits(browser: Browser, built: tuple[Path, str]) -> list[Visit]:
    return [visit(browser, path) for path in sorted(built[0].glob("*.html"))]


def visit(browser: Browser, path: Path) -> Visit:
    has_figures = path.stem not in WITHOUT
    with open_page(browser, path, viewport=DESK, java_script_enabled=has_figures) as page:
        tables = page.locator(".table:visible").count()
        seen = Visit(path, tables, page.eval_on_selector_all(".table", WIDE))
        if not has_figures:
            return seen
        told = recount(page)
        return seen._replace(recounted=told, opened=tuple(map(tuple, page.evaluate(OPEN_ALL))))


def test_every_page_was_visited(visits: list[Visit]) -> None:
    assert len(visits) == 33
    for seen in visits:
        has_figures = 'class="figure"' in seen.path.read_text("utf-8")
        assert has_figures == (seen.path.stem not in WITHOUT) == bool(seen.opened), seen.path.name


def test_every_page_agrees_with_its_rows(visits: list[Visit]) -> None:
    for seen in visits:
        if seen.path.stem in WITHOUT:
            continue
        lines = len(re.findall(r'<tr id="[^"]+"', seen.path.read_text("utf-8")))
        assert lines > 0
        english = f"Recount: {lines}/{lines} agree" if "-en" in seen.path.name else None
        assert seen.recounted == (english or f"検算：{lines}/{lines} 一致", set()), seen.path.name


def test_every_figure_of_every_page_opens_its_panel(
    visits: list[Visit], built: tuple[Path, str]
) -> None:
    figures = read_figures(built[0])
    for seen in visits:
        for linked, shown, value, rows, heading in seen.opened:
            figure = figures[linked]
            unit = "" if figure["text"] == "—" else figure["unit"]
            assert shown == linked, seen.path.name
            assert rows == figure["evidence_rows"]
            if seen.path.stem.endswith("-en"):
                assert value.startswith(figure["text"])
                continue
            assert value == figure["text"] + unit
            assert heading == figure["label"]


def test_no_table_is_wider_than_its_frame_on_a_desk(visits: list[Visit]) -> None:
    assert {seen.path.name: seen.wide for seen in visits if seen.wide} == {}
    assert sum(seen.tables for seen in visits) > len(visits)
