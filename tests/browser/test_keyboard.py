"""A walk by the keyboard alone, in Chromium and in Firefox: nothing is lost on the way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import require_package, require_tool
from deliveries import reports_of

FOCUSED = "document.activeElement.matches"
SHOWN = (
    "[...document.querySelectorAll('.tool tbody tr:not(.head)')].filter(it => !it.hidden).length"
)
IN_PANEL = f"{FOCUSED}('#panel, #panel *, body')"


class ChromiumPage:
    """Playwright's page with the words of `FirefoxPage`."""

    def __init__(self, page: Any) -> None:
        self.goto, self.evaluate, self.press = page.goto, page.evaluate, page.keyboard.press


@pytest.fixture(scope="module", params=["chromium", "firefox-esr"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if request.param == "chromium":
        page = request.getfixturevalue("browser").new_page()
        yield ChromiumPage(page)
        page.close()
        return
    program = require_tool(request.param)
    require_package("websocket")
    from firefox import start_firefox  # noqa: PLC0415

    with start_firefox(program, tmp_path_factory.mktemp("profile")) as page:
        yield page


def open_report(page: Any, delivery: Path, stem: str, ready: str = ".toolbar") -> None:
    page.goto((reports_of(delivery) / f"{stem}.html").as_uri())
    page.evaluate(
        "new Promise(done => { const look = () => document.querySelector("
        f"'{ready}') ? done(true) : setTimeout(look, 20); look(); }})"
    )


def press_until(page: Any, key: str, selector: str, most: int = 150) -> int:
    """Press a key until the focus is on what a selector names, and return how often."""
    for count in range(1, most + 1):
        page.press(key)
        if page.evaluate(f"{FOCUSED}('{selector}')"):
            return count
    pytest.fail(f"{key} never comes to {selector}")


def write(page: Any, text: str) -> None:
    for letter in text:
        page.press(letter)


def test_from_the_skip_link_to_a_number_into_its_panel_and_back(page: Any, delivery: Path) -> None:
    open_report(page, delivery, "overview")
    page.press("Tab")
    assert page.evaluate(f"{FOCUSED}('a.skip')")
    page.press("Enter")
    assert page.evaluate("location.hash") == "#content"
    page.press("Tab")
    assert page.evaluate(f"{FOCUSED}('main *')")
    press_until(page, "Tab", "main td a.figure")
    page.evaluate("window.left = document.activeElement; window.place = scrollY; 0")
    page.press("Enter")
    assert page.evaluate("document.getElementById('panel').matches(':modal')")
    assert page.evaluate(f"{FOCUSED}('#panel-title')")
    stops = page.evaluate("document.querySelectorAll('#panel :is(a, button, input)').length")
    for key in ("Tab", "Shift+Tab"):
        for _ in range(stops + 3):
            page.press(key)
            assert page.evaluate(IN_PANEL)
    page.press("Escape")
    assert not page.evaluate("document.getElementById('panel').open")
    assert page.evaluate("document.activeElement === window.left && scrollY === window.place")


def test_a_link_leads_past_a_table_of_many_numbers(page: Any, delivery: Path) -> None:
    open_report(page, delivery, "department-bunkasports")
    press_until(page, "Tab", "main a.past")
    page.evaluate("window.box = document.activeElement.nextElementSibling; 0")
    assert page.evaluate("document.activeElement.getBoundingClientRect().width") > 24
    page.press("Enter")
    page.press("Tab")
    assert not page.evaluate("window.box.contains(document.activeElement)")
    assert page.evaluate(
        "Boolean(window.box.compareDocumentPosition(document.activeElement)"
        " & Node.DOCUMENT_POSITION_FOLLOWING)"
    )


def test_rows_are_chosen_and_sorted_by_the_keyboard(page: Any, delivery: Path) -> None:
    open_report(page, delivery, "department-bunkasports", ".chooser")
    whole = page.evaluate(SHOWN)
    page.evaluate("document.querySelector('.chooser input').focus(); 0")
    write(page, "zzz")
    assert page.evaluate(SHOWN) == 0
    assert page.evaluate("document.querySelector('.chooser + .told').textContent").startswith(
        f"{whole}行のうち0行"
    )
    press_until(page, "Tab", ".chooser button")
    page.press("Enter")
    press_until(page, "Tab", ".tool th button")
    page.press("Enter")
    assert page.evaluate("document.querySelectorAll('.tool th[aria-sort]').length") == 1


def test_the_navigator_is_asked_by_the_keyboard(page: Any, delivery: Path) -> None:
    open_report(page, delivery, "navigator", "#questions fieldset")
    press_until(page, "Tab", "#search", 20)
    write(page, "06")
    press_until(page, "Tab", "#found button", 5)
    page.press("Enter")
    assert page.evaluate("!document.getElementById('sheet').hidden")
    assert page.evaluate(f"{FOCUSED}('#sheet, #sheet *')")
