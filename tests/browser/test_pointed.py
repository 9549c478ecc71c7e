"""What a chart tells who points at it or comes to it by the keyboard, and what a click opens."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from deliveries import reports_of
from pages import open_page

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
BEFORE = 'figure.chart svg a[tabindex="-1"][href*="2024-03-31"]'
JOINED = "figure.chart svg a:has(> rect):has(text)"

# What lies on top in the middle of a target is the link that it belongs to.
IS_ON_TOP = """link => {
  link.scrollIntoView({ block: "center", inline: "center" });
  const box = link.querySelector("rect").getBoundingClientRect();
  const seen = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  return seen?.closest("a") === link;
}"""
FRAME = "link => getComputedStyle(link.querySelector('rect')).stroke"
NAMES = """() => [...document.querySelectorAll("figure.chart svg a.figure")].map(
  (link) => [link.querySelector("title").textContent, link.getAttribute("aria-label")])"""


def middle_of(link: Locator) -> tuple[float, float]:
    link.evaluate("link => link.scrollIntoView({ block: 'center', inline: 'center' })")
    box = link.locator("rect").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def open_bunka(browser: Browser, delivery: Path, **look: object) -> Page:
    return open_page(browser, reports_of(delivery) / "department-bunkasports.html", **look)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_every_shape_is_found_where_it_stands_and_names_its_figure_once(
    browser: Browser, delivery: Path, script: bool
) -> None:
    look = {"viewport": DESK, "java_script_enabled": script}
    with open_bunka(browser, delivery, **look) as page:
        links = page.locator("figure.chart svg a:has(> rect)").all()
        assert len(links) > 9
        assert [link.evaluate(IS_ON_TOP) for link in links] == [True] * len(links)
        assert all(title and label is None for title, label in page.evaluate(NAMES))


def test_a_bar_and_the_mark_of_the_rate_before_open_their_figure(
    browser: Browser, delivery: Path
) -> None:
    with open_bunka(browser, delivery, viewport=DESK) as page:
        for selector in (JOINED, BEFORE):
            link = page.locator(selector).first
            page.mouse.click(*middle_of(link))
            code = page.locator("#panel code").first.inner_text()
            assert link.get_attribute("href") == f"#{code}"
            assert (
                page.locator("#panel .value").inner_text() in link.locator("title").text_content()
            )
            page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_what_is_pointed_at_has_a_frame_and_what_has_the_focus_says_what_it_is(
    browser: Browser, delivery: Path, scheme: str, viewport: dict[str, int]
) -> None:
    look = {"viewport": viewport, "color_scheme": scheme}
    with open_bunka(browser, delivery, **look) as page:
        link = page.locator(JOINED).first
        assert link.evaluate(FRAME) == "none"
        page.mouse.move(*middle_of(link))
        # By day, as bright as the canvas is in the dark too.
        assert link.evaluate(FRAME) == "rgb(199, 106, 0)"
        page.keyboard.press("Tab")
        for own in page.locator("figure.chart svg a:not([tabindex])").all():
            own.focus()
            assert page.locator("#tip").inner_text() == own.locator("title").text_content()
            box = page.locator("#tip").bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= viewport["width"]
        page.keyboard.press("Escape")
        assert page.locator("#tip").count() == 0


def test_the_check_finds_a_shape_that_tells_another_value(
    browser: Browser, delivery: Path, tmp_path: Path
) -> None:
    page = (reports_of(delivery) / "department-bunkasports.html").read_text("utf-8")
    told = page[page.index("<title>2024-03-31 ") :].partition("</title>")[0]
    changed = tmp_path / "page.html"
    changed.write_text(page.replace(told, told.replace("%", "9%", 1)), "utf-8")
    with open_page(browser, changed, viewport=DESK) as seen:
        seen.click("button.check")
        assert "1件が不一致" in seen.inner_text(".toolbar .told")
        assert seen.locator(f"{BEFORE}.differs").count() == 1
