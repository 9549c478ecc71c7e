"""The index: the city at a glance, and one click to every report."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from analysis.figures.findings import Findings

from pages import open_page

PHONE = {"width": 390, "height": 800}
NAMES = ".tool tbody tr:not(.total) th"


@pytest.fixture(scope="module")
def index(built: tuple[Path, str]) -> Path:
    return built[0] / "index.html"


def test_departments_sort_by_rate_change_and_size_above_their_total(
    browser: Browser, index: Path
) -> None:
    with open_page(browser, index) as page:
        order = page.locator(NAMES).all_inner_texts()
        for title, first, last in (
            ("オンライン化率", "政策開発部", "議会事務局"),
            ("増減", "環境部", "建設部"),
            ("総手続き数", "保健福祉部", "議会事務局"),
        ):
            head = page.locator(".tool th button", has_text=title)
            head.click()
            found = page.locator(NAMES).all_inner_texts()
            assert (found[0], found[-1]) == (first, last)
            assert page.locator(".tool tbody tr").last.inner_text().startswith("計")
            head.click()
            head.click()
            assert page.locator(NAMES).all_inner_texts() == order


def test_a_total_of_more_than_is_shown_says_so(browser: Browser, index: Path) -> None:
    with open_page(browser, index) as page:
        total, words = page.locator("tr.total"), page.locator(".chooser [type=search]")
        whole = total.inner_text()
        words.fill("環境")
        assert page.locator(f"{NAMES}:visible").all_inner_texts() == ["環境部"]
        assert total.inner_text() == whole.replace("計", "全体の計", 1)
        assert page.locator(".tool tbody tr:visible").last.inner_text() == total.inner_text()
        page.locator(".tool th button", has_text="増減").click()
        assert total.inner_text().startswith("全体の計")
        words.fill("")
        assert total.inner_text() == whole


def test_a_department_is_found_by_its_name_and_leads_to_its_page(
    browser: Browser, index: Path
) -> None:
    with open_page(browser, index) as page:
        page.fill("#search", "環境部")
        found = page.locator(".toolbar .results a").first
        assert found.inner_text() == "環境部"
        found.click()
        page.wait_for_selector(".toolbar")
        assert "環境部" in page.inner_text(".subtitle")
        page.fill("#search", "政策開発")
        assert page.locator(".toolbar .results a").first.inner_text() == "政策開発部"


def test_a_search_counts_what_the_page_counts_and_names_pages_by_their_own_names(
    browser: Browser, index: Path, findings: Findings, tmp_path: Path
) -> None:
    about = '<a href="road.html"><span class="spoken">環境部 </span>承認</a>'
    page_path = tmp_path / "index.html"
    written = index.read_text("utf-8")
    before, main, after = written.partition('<main id="content">')
    page_path.write_text(f"{before}{main}{about}{after}", "utf-8")
    total = findings.ledger.figure("total", "kankyo").value
    with open_page(browser, page_path) as page:
        page.fill("#search", "環境部")
        pages, _, procedures = page.locator(".toolbar .results h3").all_inner_texts()
        assert pages == "ページ 1件"
        told = re.fullmatch(r"手続き (\d+)件（うち前回だけの手続き(\d+)件）", procedures)
        assert told and int(told[1]) - int(told[2]) == total
        page.fill("#search", "環境美化活動 クリーン")
        assert page.locator(".results button.procedure").inner_text().endswith("前回だけの手続き")
        page.fill("#search", "目標までの道のり")
        assert page.locator(".toolbar .results a").first.inner_text() == "目標までの道のり"
        page.fill("#search", "浄化槽の設置届")
        assert page.locator(".toolbar .results h3").last.inner_text() == "手続き 1件"


def test_nothing_is_right_of_a_phones_screen(browser: Browser, index: Path) -> None:
    with open_page(browser, index, viewport=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for link in page.locator("main a:not(#evidence a)").all():
            box = link.bounding_box()
            assert box is None or box["x"] + box["width"] <= PHONE["width"], link.inner_text()


def test_each_link_is_named_by_what_it_leads_to(browser: Browser, index: Path) -> None:
    with open_page(browser, index) as page:
        assert page.get_by_role("link", name="環境部の PDF", exact=True).count() == 1
        names = page.locator("main a:not(.figure)").all_text_contents()
        assert len(set(names)) == len(names)
        assert not page.locator("#evidence table").first.is_visible()
