"""The panel: what a click on a number shows, and what one can do with it."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from analysis.figures.findings import Findings

from conftest import LATEST
from pages import change_payload, list_ids, open_page, read_figures, read_payload, spread
from reports import HOSTILE

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 800}


def list_reports(folder: Path) -> list[Path]:
    """Return the pages that print figures: a report has a PDF beside it."""
    return [path.with_suffix(".html") for path in sorted(folder.glob("*.pdf"))]


KANKYO = f"#{LATEST}/kankyo"

# Whether a number can be seen: within the window, and not beneath the panel.
IS_SEEN = """link => {
  const mine = link.getBoundingClientRect();
  const panel = document.getElementById("panel").getBoundingClientRect();
  const apart = mine.right <= panel.left || mine.left >= panel.right
    || mine.bottom <= panel.top || mine.top >= panel.bottom;
  return apart && mine.top >= 0 && mine.bottom <= innerHeight;
}"""


@pytest.fixture(scope="module")
def folder(built: tuple[Path, str]) -> Path:
    return built[0]


@pytest.fixture(scope="module")
def figures(folder: Path) -> dict[str, dict[str, str]]:
    return read_figures(folder)


def test_a_click_and_enter_open_and_escape_gives_the_focus_back(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "department-kankyo.html") as page:
        for press in ("click", "Enter"):
            for selector in ("p.lead a.figure", "main td a.figure", "figure.chart svg a.figure"):
                link = page.locator(selector).first
                link.focus()
                link.click() if press == "click" else page.keyboard.press("Enter")
                assert page.locator("#panel").is_visible()
                assert page.evaluate("document.activeElement.id") == "panel-title"
                page.keyboard.press("Escape")
                assert not page.locator("#panel").is_visible()
                assert link.evaluate("link => link === document.activeElement")


def test_the_panel_shows_what_a_share_is_made_from(
    browser: Browser, folder: Path, figures: dict[str, dict[str, str]]
) -> None:
    with open_page(browser, folder / "department-kankyo.html", f"{KANKYO}/online_rate") as page:
        rate = figures[f"{LATEST}/kankyo/online_rate"]
        told = page.locator("#panel dl").inner_text()
        assert rate["definition"] in told
        assert "環境部" in told
        parts = page.locator("#panel dl a.fact")
        assert [link.get_attribute("href") for link in parts.all()] == [
            f"{KANKYO}/online",
            f"{KANKYO}/total",
            "#2024-03-31/kankyo/online_rate",
        ]
        parts.nth(0).click()
        assert page.locator("#panel code").inner_text() == f"{LATEST}/kankyo/online"
        assert page.locator("#panel .value").inner_text() == "96件"


def test_the_address_opens_a_panel_and_back_and_forward_follow(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "department-kankyo.html", f"{KANKYO}/online") as page:
        shown = page.locator("#panel code")
        assert shown.inner_text() == f"{LATEST}/kankyo/online"
        page.click("#panel dl a.fact")
        assert page.url.endswith("#2024-03-31/kankyo/online")
        page.go_back()
        assert shown.inner_text() == f"{LATEST}/kankyo/online"
        page.go_forward()
        assert shown.inner_text() == "2024-03-31/kankyo/online"
        page.keyboard.press("Escape")
        assert "#" not in page.url


def test_a_link_to_a_section_leaves_the_panel_for_the_section(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "department-kankyo.html", f"{KANKYO}/online") as page:
        page.evaluate("location.hash = '#section-2'")
        page.wait_for_function("!document.getElementById('panel').open")
        assert not page.locator("#panel").is_visible()
        assert page.locator("#section-2").evaluate("it => it.getBoundingClientRect().top") < 900


def test_the_number_stays_where_it_is_while_its_panel_opens_and_closes(
    browser: Browser, folder: Path
) -> None:
    place = "link => [link.getBoundingClientRect().y, document.documentElement.scrollHeight]"
    for viewport in (DESK, PHONE):
        with open_page(browser, folder / "overview.html", viewport=viewport) as page:
            for selector in (
                "main li a.figure",
                "figure.chart svg a.figure",
                "main tr.total a.figure",
            ):
                link = page.locator(selector).first
                link.scroll_into_view_if_needed()
                before = link.evaluate(place)
                link.click()
                assert link.evaluate(place) == before
                assert link.evaluate(IS_SEEN), selector
                page.keyboard.press("Escape")
                assert link.evaluate(place) == before


def test_a_deep_link_shows_the_number_where_it_is_printed_beside_the_panel(
    browser: Browser, folder: Path
) -> None:
    for viewport in (DESK, PHONE):
        for measure in ("not_started", "online_rate"):
            address = f"#{LATEST}/all/{measure}"
            with open_page(browser, folder / "overview.html", address, viewport=viewport) as page:
                link = page.locator(f'main a.figure[href="{address}"]').first
                assert link.evaluate(IS_SEEN)
                assert "current" in str(link.get_attribute("class"))
                assert page.locator("#panel h2").evaluate("it => it === document.activeElement")
                assert not page.locator("#evidence table").first.is_visible()
                page.keyboard.press("Escape")
                assert link.evaluate("link => link === document.activeElement")


def test_the_keyboard_stays_in_the_panel_while_it_is_open(browser: Browser, folder: Path) -> None:
    with open_page(browser, folder / "department-gikai.html") as page:
        page.locator("main a.figure").first.click()
        size = page.locator("#panel :is(a, button, input, [tabindex='0'])").count()
        for key in ("Tab", "Shift+Tab"):
            for _ in range(size + 3):
                page.keyboard.press(key)
                assert page.evaluate("document.activeElement.matches('#panel *, #panel, body')")


def test_a_click_beside_the_panel_closes_it_and_opens_the_number_that_was_meant(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "overview.html", viewport=DESK) as page:
        first, other = (
            page.locator("main li a.figure").nth(0),
            page.locator("main li a.figure").nth(1),
        )
        first.click()
        box = other.bounding_box()
        page.mouse.click(box["x"] + 5, box["y"] + 5)
        shown = page.locator("#panel code").inner_text()
        assert f"#{shown}" == other.get_attribute("href") != first.get_attribute("href")
        is_right = page.locator("#panel").bounding_box()["x"] > 0
        page.mouse.click(5 if is_right else DESK["width"] - 30, 5)
        assert not page.locator("#panel").is_visible()
        assert other.evaluate("link => link === document.activeElement")


def test_the_evidence_is_closed_until_it_is_asked_for_or_printed(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "overview.html", viewport=PHONE) as page:
        lines = page.locator("#evidence table").first
        assert not lines.is_visible()
        assert page.evaluate("document.documentElement.scrollHeight") < 12_000
        page.emulate_media(media="print")
        assert lines.bounding_box()["height"] > 0
        page.emulate_media(media="screen")
        page.click("#evidence summary")
        assert lines.is_visible()


def test_next_and_previous_go_in_the_order_of_the_page(browser: Browser, folder: Path) -> None:
    with open_page(browser, folder / "department-kankyo.html") as page:
        order = page.eval_on_selector_all(
            "main a.figure", "links => links.map(link => link.getAttribute('href').slice(1))"
        )
        wanted = [a for a, b in zip(order, [None, *order], strict=False) if a != b]
        page.locator("main a.figure").first.click()
        shown = page.locator("#panel code")
        for figure_id in wanted[1:6]:
            page.click("text=次の数値")
            assert shown.inner_text() == figure_id
            assert page.url.endswith(f"#{figure_id}")
        page.click("text=前の数値")
        assert shown.inner_text() == wanted[4]


def test_the_panel_leads_to_the_line_of_the_evidence(browser: Browser, folder: Path) -> None:
    with open_page(browser, folder / "department-kankyo.html", f"{KANKYO}/online") as page:
        page.click("text=数値の根拠の行へ")
        assert not page.locator("#panel").is_visible()
        assert page.evaluate("document.activeElement.id") == f"{LATEST}/kankyo/online"


def show_all(page: Page) -> None:
    more = page.locator("#panel button.more")
    while more.is_visible():
        more.click()


def test_the_rows_can_be_filtered_copied_and_saved(
    browser: Browser, folder: Path, figures: dict[str, dict[str, str]]
) -> None:
    size = int(figures[f"{LATEST}/kankyo/online"]["evidence_rows"])
    with open_page(browser, folder / "department-kankyo.html", f"{KANKYO}/online") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        body = page.locator("#panel tbody tr")
        show_all(page)
        assert body.count() == size
        with page.expect_download() as saved:
            page.click("#panel >> text=CSV")
        content = Path(saved.value.path()).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert len(lines) == size + 1
        assert lines[0][2:6] == ["手続きID", "手続き名", "部局", "課"]
        assert lines[0][-3:] == ["調査票", "シート", "セル"]
        assert all("環境部.xlsx" in line for line in lines[1:])
        first = lines[1]
        page.fill("#panel input", first[2])
        assert body.count() == 1
        page.click("#panel >> text=コピー")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert [line.split("\t") for line in copied.splitlines()] == [lines[0], first]
        page.fill("#panel input", "どこにもない")
        assert body.count() == 0


def test_the_rows_are_those_of_the_evidence_with_their_cells(
    browser: Browser, folder: Path, findings: Findings
) -> None:
    figure = findings.ledger.figure("online", "kankyo")
    cells = findings.ledger.evidence(figure).fillna("（空欄）")
    wanted = [
        [one["procedure_id"], one["raw"], one["workbook"], one["sheet"], one["cell"]]
        for one in cells[cells["field"] == "status"].to_dict("records")
    ]
    with open_page(browser, folder / "department-kankyo.html", f"{KANKYO}/online") as page:
        show_all(page)
        rows = page.eval_on_selector_all(
            "#panel tbody tr", "rows => rows.map(row => [...row.cells].map(td => td.textContent))"
        )
    shown = [
        [row[2].split("（")[0], row[6], row[8], row[9], row[10].split("・")[1]] for row in rows
    ]
    assert shown == wanted


def test_a_long_list_can_be_read_to_its_end_by_keyboard(browser: Browser, folder: Path) -> None:
    with open_page(browser, folder / "overview.html", f"#{LATEST}/all/total") as page:
        body, more = page.locator("#panel tbody tr"), page.locator("#panel button.more")
        assert 0 < body.count() < 1758
        while more.is_visible():
            shown = body.count()
            more.focus()
            page.keyboard.press("Enter")
            assert body.nth(shown).evaluate("row => row === document.activeElement")
        assert body.count() == 1758


def test_what_moved_in_and_out_is_told_of_any_count(
    browser: Browser, folder: Path, figures: dict[str, dict[str, str]]
) -> None:
    with open_page(browser, folder / "department-kankyo.html", f"{KANKYO}/online") as page:
        moved = page.locator("#panel [data-rows]").nth(1)
        expected = figures[f"{LATEST}/kankyo/online_change"]["evidence_rows"]
        assert moved.get_attribute("data-rows") == expected
        moved.click()
        first = page.locator("#panel tbody tr").first.inner_text()
        assert "新たに入った行" in first
        cycles = page.locator("#panel tbody td:nth-child(2)").all_inner_texts()
        assert set(cycles) == {LATEST, "2024-03-31"}


def test_a_procedure_is_found_and_shows_its_cells_and_its_figures(
    browser: Browser, folder: Path
) -> None:
    path = folder / "department-kankyo.html"
    evidence = read_payload(path.read_text(encoding="utf-8"))
    ids = [list_ids(tables["procedures"]) for tables in evidence["tables"].values()]
    chosen = next(i for i in ids[0] if i.startswith("07-") and i in ids[1])
    with open_page(browser, path) as page:
        page.fill("#search", chosen)
        page.click(".toolbar .procedure")
        cells = page.locator("#panel tbody").inner_text()
        assert LATEST in cells
        assert "2024-03-31" in cells
        assert "オンライン化の状況" in cells
        links = page.locator("#panel .found a.fact")
        named = {link.get_attribute("href") for link in links.all()}
        assert f"{KANKYO}/total" in named
        links.first.click()
        assert page.locator("#panel code").count() == 1


def test_figures_are_found_by_their_name_their_scope_and_their_value(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "department-kankyo.html") as page:
        for words in (
            "環境部 オンライン化率 58.5",
            "kankyo/online_rate 2024-09-01",
            "ｵﾝﾗｲﾝ化率 58.5",
        ):
            page.fill("#search", words)
            found = page.locator(".toolbar a.fact")
            assert f"{KANKYO}/online_rate" in {a.get_attribute("href") for a in found.all()}


def with_names(columns: dict, names: tuple[str, ...]) -> None:
    """Put names and raw answers into the first rows of a table."""
    for field in ("name", "status_raw", "section_raw"):
        values = spread(columns[field])
        columns[field] = [*names, *values[len(names) :]]


def test_hostile_texts_are_texts_in_the_panel(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    hostile = (
        *HOSTILE,
        "</script><script>alert(1)</script>",
        "a\u2028b",
        "<img src=x onerror=alert(1)>",
    )
    text = (folder / "overview.html").read_text(encoding="utf-8")
    path = tmp_path / "hostile.html"
    path.write_text(
        change_payload(text, lambda e: with_names(e["tables"][LATEST]["procedures"], hostile)),
        encoding="utf-8",
    )
    with open_page(browser, path, f"#{LATEST}/all/not_started") as page:
        page.fill("#panel input", "")
        page.evaluate(f"location.hash = '#{LATEST}/all/total'")
        page.wait_for_function(
            "document.querySelector('#panel code').textContent.endsWith('total')"
        )
        cells = page.eval_on_selector_all("#panel tbody td", "all => all.map(td => td.textContent)")
        assert page.locator("#panel img, #panel script").count() == 0
        for name in hostile:
            assert name in cells
        with page.expect_download() as saved:
            page.click("#panel >> text=CSV")
        content = Path(saved.value.path()).read_text(encoding="utf-8-sig")
        starts = {cell[:1] for line in csv.reader(io.StringIO(content)) for cell in line}
        assert not starts & set("=+-@\t\r")


def test_a_corrected_cell_shows_both_values_and_the_decision(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    decision = (
        "「オンライン済？」を「オンライン化済」に訂正　理由: 照会　決定: DX戦略課（2024年10月1日）"
    )

    def correct(evidence: dict) -> None:
        columns = evidence["tables"][LATEST]["procedures"]
        place = list_ids(columns).index("07-0001")
        size = len(columns["procedure_id"])
        for name, text in (("status_raw", "オンライン済？"), ("status_corrected", decision)):
            values = spread(columns.get(name, [None] * size))
            columns[name] = [*values[:place], text, *values[place + 1 :]]

    path = tmp_path / "corrected.html"
    text = (folder / "department-kankyo.html").read_text(encoding="utf-8")
    path.write_text(change_payload(text, correct), encoding="utf-8")
    with open_page(browser, path, f"{KANKYO}/online") as page:
        page.fill("#panel input", "07-0001")
        row = page.locator("#panel tbody tr").first.locator("td").all_inner_texts()
        assert "オンライン済？" in row
        assert f"オンライン化済（{decision}）" in row


def test_the_panel_fills_a_phone_and_stays_off_paper(browser: Browser, folder: Path) -> None:
    path = folder / "department-kankyo.html"
    with open_page(browser, path, f"{KANKYO}/online", viewport=PHONE) as page:
        assert page.locator("#panel").bounding_box()["width"] == PHONE["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.emulate_media(media="print")
        assert not page.locator("#panel").is_visible()
        assert not page.locator(".toolbar").is_visible()


def test_without_javascript_every_number_leads_to_its_line(browser: Browser, folder: Path) -> None:
    for path in (folder / "index.html", *list_reports(folder)):
        text = path.read_text(encoding="utf-8")
        lines = set(re.findall(r'<tr id="([^"]+)"', text))
        linked = set(re.findall(r'<a class="figure" href="#([^"]+)"', text))
        assert linked, path.name
        assert {address.replace("%25", "%") for address in linked} == lines
    with open_page(browser, folder / "index.html", java_script_enabled=False) as page:
        follow_a_link(page)


def follow_a_link(page: Page) -> None:
    link = page.locator("main a.figure").first
    address = link.get_attribute("href")
    link.click()
    assert page.url.endswith(address)
    assert page.locator(".toolbar").count() == 0
    assert page.locator(f'tr[id="{address[1:]}"]').is_visible()


def test_a_procedure_with_a_new_id_is_found_by_its_old_one_and_says_why_they_are_one(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "department-jogesuido.html") as page:
        page.fill("#search", "14-0056")
        page.click(".toolbar .procedure")
        told = page.locator("#panel").inner_text()
        assert "14-0101" in told
        assert "前回の手続きIDは 14-0056 です（確認済み）。" in told
        cells = page.locator("#panel tbody").inner_text()
        assert "2024-03-31" in cells
        assert LATEST in cells
