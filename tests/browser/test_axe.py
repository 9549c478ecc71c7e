"""axe-core over every kind of page: on a screen, in the dark, on a phone, on paper, and in use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import Markup
from playwright.sync_api import Browser, Page

from analysis.cycle import open_cycle
from analysis.document import html
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.findings import load_findings
from analysis.proof.approve import write_approval
from analysis.reports import approvals
from analysis.survey.collect import collect_survey

from conftest import require_package
from deliveries import reports_of
from workbooks import make_cycle, not_started, procedure

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST, SIZE = "color-contrast", "target-size"
DESK = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 800}
LARGE = ("index", "overview", "department-hokenfukushi")
IN_ENGLISH = ("index-en", "overview-en", "reasons-en")

# The rules of these tags, those too that are off unless asked for: the size of targets is one. Of
# those on trial the one that compares a link's name with what is seen of it.
LIST_RULES = """tags => axe.getRules(tags).filter(({ ruleId, tags }) =>
  !tags.includes("experimental") || ruleId === "label-content-name-mismatch"
).map(({ ruleId }) => ruleId)"""
RUN = """rules => axe.run(document, { resultTypes: ["violations"], runOnly: rules }).then(
  ({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, failureSummary }) => [id, target.join(" "), failureSummary]))
)"""

# A target of less than 24 px either way, in no sentence, whose circle of 24 px meets another
# target's, and which leads where no other link of the page that is large enough does.
LIST_CROWDED = """() => {
  const isLine = (one) => one.matches("a") && one.closest("p, li, dd, figcaption")
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const targets = [...document.querySelectorAll("a[href], button, input, select, summary")]
    .filter((one) => one.checkVisibility() && !one.matches(".skip")).map((one) => {
      const box = one.getBoundingClientRect();
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      return { one, box, x, y, isSmall: Math.min(box.width, box.height) < 23.99 };
    });
  const away = ({ x, y }, { box }) => Math.hypot(
    Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  const meets = (own, other) => other !== own && (away(own, other) < 12
    || other.isSmall && Math.hypot(own.x - other.x, own.y - other.y) < 24);
  const fine = new Set(targets.filter(({ one, isSmall }) => !isSmall || isLine(one))
    .map(({ one }) => one.getAttribute("href")));
  const alt = new Set([...document.querySelectorAll("figure details a")]
    .map((one) => one.getAttribute("href")));
  return targets.filter((own) => own.isSmall && !isLine(own.one)
    && targets.some((other) => meets(own, other)))
    .filter(({ one }) => !fine.has(one.getAttribute("href"))
      && !(one.closest("svg") && alt.has(one.getAttribute("href"))))
    .map(({ one }) => one.outerHTML.slice(0, 120));
}"""

# Texts, and what is read aloud in their place, that are in the other language than they say.
LIST_UNMARKED = """() => {
  const japanese = /[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]/u;
  const isWrong = (text, one) => text.trim() && !one.closest("script, style")
    && (one.closest("[lang]").lang === "ja" ? /^[A-Za-z\\s]+$/ : japanese).test(text);
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    if (isWrong(walker.currentNode.data, walker.currentNode.parentElement))
      found.push(walker.currentNode.data);
  }
  const names = ["aria-label", "title", "placeholder", "alt"];
  for (const one of document.querySelectorAll(names.map((name) => `[${name}]`).join()))
    found.push(...names.map((name) => one.getAttribute(name) ?? "")
      .filter((own) => isWrong(own, one)));
  return found.slice(0, 5);
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    require_package("axe_playwright_python")
    from axe_playwright_python.base import AXE_SCRIPT  # noqa: PLC0415

    return str(AXE_SCRIPT)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=DESK)
    yield page
    page.close()


def open_with(page: Page, path: Path, axe: str) -> list[str]:
    """Open a page with axe in it, and return the rules that can be asked for."""
    page.goto(path.as_uri())
    if page.locator("main a.figure").count():
        page.wait_for_selector(".toolbar")
    page.evaluate(f"{axe};0")
    return list(page.evaluate(LIST_RULES, TAGS))


def look(page: Page, rules: list[str], **seen: str) -> list[list[str]]:
    """Return what axe finds in a page, seen by some media."""
    page.emulate_media(**({"media": "screen", "color_scheme": "light"} | seen))
    return list(page.evaluate(RUN, rules))


def look_every_way(page: Page, path: Path, axe: str) -> dict[str, list[list[str]]]:
    """Return what axe finds in a page: on a screen, in the dark, on paper, in a narrow window."""
    rules = open_with(page, path, axe)
    assert {CONTRAST, SIZE} < {*rules}
    found = {"screen": look(page, rules)}
    found["dark"] = look(page, [CONTRAST], color_scheme="dark")
    # Paper and a narrow window have the colours of the first, and other parts shown; nobody
    # points at paper.
    rest = [rule for rule in rules if rule != CONTRAST]
    paper = [rule for rule in rest if rule != SIZE]
    found["print"] = look(page, paper, media="print")
    page.set_viewport_size(NARROW)
    found["narrow"] = look(page, rest)
    page.set_viewport_size(DESK)
    return {seen: told for seen, told in found.items() if told}


def test_no_kind_of_page_breaks_a_rule_however_it_is_seen(
    page: Page, delivery: Path, approved: Path, axe: str
) -> None:
    paths = [*sorted(reports_of(delivery).glob("*.html")), approved]
    assert len(paths) > 11
    assert {path.name: told for path in paths if (told := look_every_way(page, path, axe))} == {}


@pytest.mark.parametrize("stem", IN_ENGLISH)
def test_no_page_in_english_breaks_a_rule_however_it_is_seen(
    page: Page, built: tuple[Path, str], axe: str, stem: str
) -> None:
    assert look_every_way(page, built[0] / f"{stem}.html", axe) == {}
    assert page.evaluate(LIST_CROWDED) == []


@pytest.mark.parametrize("stem", IN_ENGLISH)
def test_an_english_page_in_use_says_what_of_it_is_japanese(
    page: Page, built: tuple[Path, str], axe: str, stem: str
) -> None:
    rules = open_with(page, built[0] / f"{stem}.html", axe)
    assert page.get_attribute("html", "lang") == "en"
    assert page.evaluate(LIST_UNMARKED) == []
    page.locator("main td a.figure").nth(4).click()
    assert page.locator('#panel [lang="ja"]').count()
    for scheme in ("light", "dark"):
        assert look(page, rules, color_scheme=scheme) == []
    assert page.evaluate(LIST_UNMARKED) == []
    page.keyboard.press("Escape")
    page.click("#evidence summary")
    page.click("button.check")
    page.wait_for_selector(".toolbar .told:not(:empty)")
    assert page.evaluate(LIST_UNMARKED) == []


def test_a_page_in_use_breaks_no_rule(page: Page, delivery: Path, axe: str) -> None:
    rules = open_with(page, reports_of(delivery) / "department-gikai.html", axe)
    page.click("#evidence summary")
    assert look(page, rules) == []
    page.locator("main td a.figure").first.click()
    for scheme in ("light", "dark"):
        assert look(page, rules, color_scheme=scheme) == []
    page.keyboard.press("Escape")
    page.click("button.check")
    assert look(page, rules) == []
    rules = open_with(page, reports_of(delivery) / "navigator.html", axe)
    page.fill("#search", "議会")
    page.locator("#found button").first.click()
    for scheme in ("light", "dark"):
        assert look(page, rules, color_scheme=scheme) == []


@pytest.mark.parametrize("stem", LARGE)
def test_the_largest_pages_break_no_rule(
    page: Page, built: tuple[Path, str], axe: str, stem: str
) -> None:
    rules = open_with(page, built[0] / f"{stem}.html", axe)
    # What colours stand on one another is the same as in the small set, and takes most of the time.
    assert look(page, [rule for rule in rules if rule != CONTRAST]) == []
    for viewport in (DESK, NARROW):
        page.set_viewport_size(viewport)
        assert page.evaluate(LIST_CROWDED) == []


@pytest.fixture
def approved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page of the approvals, of a survey of two rows."""
    cycle = make_cycle(tmp_path, [procedure(1), not_started(2)])
    monkeypatch.chdir(tmp_path)
    write_approval(f"{cycle.name}/kankyo/online_rate", "環境部長", "確認", "2024-09-20")
    findings = load_findings(open_cycle(cycle.name, tmp_path), collect_survey)
    block = approvals.approvals(findings)
    content = Markup(html.render(block))  # noqa: S704  a block's own rendering
    figures = gather_printed(content, findings)
    path = tmp_path / "approvals.html"
    written = write_traced_page(
        approvals.masthead(findings), content, [], findings, figures, fingerprint="0" * 12
    )
    path.write_text(written, "utf-8")
    return path
