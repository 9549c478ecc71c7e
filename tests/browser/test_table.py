"""手続き一覧 as a tool: its rows sorted and chosen in the page, told in the address, saved."""

import csv
import io
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Page

from analysis.figures.findings import Findings

from pages import open_page

SHORT, LONG = "kankyo", "hokenfukushi"
DESK = {"width": 1280, "height": 900}
CHOOSER, TOLD = ".chooser", ".chooser + .told"
SHOWN = ".tool tbody tr:not(.head):visible"


@pytest.fixture(scope="module")
def folder(built: tuple[Path, str]) -> Path:
    return built[0]


def page_of(folder: Path, slug: str) -> Path:
    return folder / f"department-{slug}.html"


def control(page: Page, title: str) -> Locator:
    return page.locator(f"{CHOOSER} label:has-text('{title}') >> select, input")


def choose(page: Page, title: str, value: str) -> None:
    page.hover(CHOOSER)
    control(page, title).select_option(value)


def cells(page: Page, title: str) -> list[str]:
    place = page.locator(".tool [data-column]", has_text=title).first.get_attribute("data-column")
    return page.eval_on_selector_all(
        ".tool tbody tr:not(.head)",
        "(rows, place) => rows.filter(row => row.checkVisibility())"
        ".map(row => row.cells[place].textContent)",
        int(str(place)),
    )


@pytest.mark.parametrize("slug", [SHORT, LONG])
def test_rows_are_chosen_by_status_and_the_address_tells_it(
    browser: Browser, folder: Path, findings: Findings, slug: str
) -> None:
    wanted = findings.ledger.figure("not_started", slug)
    whole = findings.ledger.figure("total", slug)
    with open_page(browser, page_of(folder, slug)) as page:
        assert len(cells(page, "状況")) == whole.value
        choose(page, "状況", "未着手")
        assert page.inner_text(TOLD) == f"{whole.text}行のうち{wanted.text}行を表示"
        assert {*cells(page, "状況")} == {"未着手"}
        assert unquote(page.url).endswith("?状況=未着手")
        page.reload()
        page.wait_for_selector(".toolbar")
        assert page.inner_text(TOLD) == f"{whole.text}行のうち{wanted.text}行を表示"
        assert control(page, "状況").input_value() == "未着手"
        page.click(f"{CHOOSER} >> text=すべて表示")
        assert len(cells(page, "状況")) == whole.value
        assert "?" not in page.url


def test_a_section_says_where_it_counts_more_than_is_shown(browser: Browser, folder: Path) -> None:
    partly = """heads => heads.filter(head => head.checkVisibility()).map(head => [
      head.innerText.endsWith("（絞り込む前）"),
      [...head.parentElement.rows].some(row => !row.checkVisibility()),
    ])"""
    with open_page(browser, page_of(folder, SHORT)) as page:
        heads = page.locator(".tool tr.head")
        whole = heads.all_inner_texts()
        choose(page, "状況", "未着手")
        told = heads.evaluate_all(partly)
        assert any(says for says, _ in told)
        assert all(says == is_part for says, is_part in told)
        choose(page, "状況", "")
        assert heads.all_inner_texts() == whole


def test_a_long_list_is_read_within_one_pause_and_offers_what_is_in_it(
    browser: Browser, folder: Path
) -> None:
    pause = """window.pauses = 0; window.requestIdleCallback = act => {
      window.pauses += 1;
      setTimeout(() => act({ timeRemaining: () => 50 }));
    }"""
    with open_page(browser, page_of(folder, LONG)) as page:
        page.context.add_init_script(pause)
        page.reload()
        page.wait_for_function("document.querySelector('.chooser option:nth-child(2)')")
        # The search asks for one, too.
        assert page.evaluate("window.pauses") <= 2
        assert "未着手" in control(page, "状況").locator("option").all_inner_texts()


@pytest.mark.parametrize("slug", [SHORT, LONG])
@pytest.mark.parametrize(
    "asked", ["状況=ない言葉", "年間件数=多い", "並び=-ない列", "よそ=1", "年間件数="]
)
def test_what_an_address_asks_and_no_control_can_show_hides_no_row(
    browser: Browser, folder: Path, findings: Findings, slug: str, asked: str
) -> None:
    path = page_of(folder, slug)
    with open_page(browser, path) as page:
        page.goto(f"{path.as_uri()}?{asked}&語=")
        assert len(cells(page, "状況")) == findings.ledger.figure("total", slug).value
        assert page.inner_text(TOLD) == ""


@pytest.mark.parametrize("slug", [SHORT, LONG])
@pytest.mark.parametrize("asked", ["1,000", "１０００", "１，０００", " 1000 "])
def test_a_number_in_an_address_is_read_as_it_is_written(
    browser: Browser, folder: Path, slug: str, asked: str
) -> None:
    path = page_of(folder, slug)
    with open_page(browser, path) as page:
        page.goto(f"{path.as_uri()}?年間件数={asked}")
        asked = page.inner_text(TOLD)
        assert control(page, "年間件数").input_value() == "1000"
        assert all(int(told.replace(",", "")) >= 1000 for told in cells(page, "年間件数"))
        page.click(f"{CHOOSER} >> text=すべて表示")
        control(page, "年間件数").fill("1000")
        assert page.inner_text(TOLD) == asked != ""


@pytest.mark.parametrize("slug", [SHORT, LONG])
def test_a_title_sorts_by_keyboard_and_the_third_time_gives_the_order_back(
    browser: Browser, folder: Path, slug: str
) -> None:
    def numbers(page: Page) -> list[int]:
        return [-1 if t == "—" else int(t.replace(",", "")) for t in cells(page, "年間件数")]

    with open_page(browser, page_of(folder, slug)) as page:
        before, head = (
            cells(page, "手続きID"),
            page.locator(".tool th:visible", has_text="年間件数").first,
        )
        head.locator("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        found = numbers(page)
        assert found == sorted(found, reverse=True)
        assert page.locator(".tool tr.head:visible").count() == 0
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert numbers(page) == sorted(numbers(page))
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") is None
        assert cells(page, "手続きID") == before


def test_a_long_list_of_those_chosen_grows_to_its_end(browser: Browser, folder: Path) -> None:
    with open_page(browser, page_of(folder, LONG)) as page:
        choose(page, "状況", "未着手")
        more = page.locator("button.more:visible")
        assert len(cells(page, "状況")) == 50
        while more.count():
            more.focus()
            page.keyboard.press("Enter")
        assert len(cells(page, "状況")) == 428


@pytest.mark.parametrize("slug", [SHORT, LONG])
def test_efforts_are_chosen_sorted_and_told_in_the_address(
    browser: Browser, folder: Path, findings: Findings, slug: str
) -> None:
    order = [grade.label for grade in findings.ledger.guideline.grades]
    with open_page(browser, page_of(folder, slug)) as page:
        choose(page, "手間", "中くらい")
        wanted, whole = (findings.ledger.figure(own, slug) for own in ("grade_medium", "total"))
        assert page.inner_text(TOLD) == f"{whole.text}行のうち{wanted.text}行を表示"
        assert unquote(page.url).endswith("?手間=中くらい")
        offered = control(page, "手間").locator("option").all_inner_texts()[1:]
        assert [own for own in offered if own in order] == [o for o in order if o in offered]
        control(page, "手間").select_option("")
        page.locator(".tool th:visible", has_text="手間").first.locator("button").focus()
        page.keyboard.press("Enter")
        places = [order.index(told) for told in cells(page, "手間") if told in order]
        assert places == sorted(places)
        # Of a long list only the first are shown.
        assert len({*places}) > 1 or slug == LONG


def test_a_letter_is_chosen_and_saved_as_the_sentence_it_stands_for(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, page_of(folder, SHORT)) as page:
        page.hover(CHOOSER)
        control(page, "年間件数").fill("10")
        choose(page, "今後の進め方", "A")
        shown = cells(page, "手続きID")
        assert shown
        assert all(int(told.replace(",", "")) >= 10 for told in cells(page, "年間件数"))
        assert all("A" in told.split("・") for told in cells(page, "今後の進め方"))
        with page.expect_download() as saved:
            page.click(f"{CHOOSER} >> text=CSV")
        content = Path(saved.value.path()).read_text(encoding="utf-8-sig")
        titles, *lines = csv.reader(io.StringIO(content))
        assert titles[:3] == ["手続きID", "課名", "手続き名"]
        assert [line[0] for line in lines] == shown
        assert all("ガイドラインに基づき推進" in line[-1] for line in lines)


def test_no_formula_is_saved(browser: Browser, folder: Path, tmp_path: Path) -> None:
    text = page_of(folder, SHORT).read_text(encoding="utf-8")
    path = tmp_path / "hostile.html"
    name = "こどもエコクラブの登録申込"
    assert f">{name}<" in text
    path.write_text(text.replace(f">{name}<", ">=cmd|' /C calc'!A0<"), encoding="utf-8")
    with open_page(browser, path) as page:
        with page.expect_download() as saved:
            page.click(f"{CHOOSER} >> text=CSV")
        content = Path(saved.value.path()).read_text(encoding="utf-8-sig")
        found = [c for line in csv.reader(io.StringIO(content)) for c in line if "calc" in c]
        assert found == ["'=cmd|' /C calc'!A0"]


def test_without_a_script_every_row_stands_beneath_its_section(
    browser: Browser, folder: Path, findings: Findings
) -> None:
    with open_page(browser, page_of(folder, SHORT), java_script_enabled=False) as page:
        assert page.locator(CHOOSER).count() == 0
        rows = page.locator(".tool tbody tr:not(.head)")
        assert rows.count() == findings.ledger.figure("total", SHORT).value
        heads = page.locator(".tool tr.head")
        assert heads.count() == len(findings.ledger.list_sections(SHORT))
        assert heads.first.is_visible()
