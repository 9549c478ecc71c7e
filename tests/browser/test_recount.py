"""検算: figures recounted in the browser, and whatever was changed found.

That every page agrees with the rows it carries, `test_every_page` holds.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup
from playwright.sync_api import Browser

from analysis.document import html
from analysis.document.blocks import Column, Quoted, Table
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.build import build_ledger
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.figures.ledger import Ledger
from analysis.figures.measure import (
    PREVIOUS,
    Change,
    Duration,
    PerMonth,
    Share,
    Shortfall,
    tables_of,
)

from conftest import LATEST
from pages import EVIDENCE, change_payload, drop_row, open_page, recount
from reports import MASTHEAD
from rows import make_rows

LINE = re.compile(r'<tr id="([^"]+)"')


@pytest.fixture(scope="module")
def folder(built: tuple[Path, str]) -> Path:
    return built[0]


def write(folder: Path, text: str) -> Path:
    path = folder / "changed.html"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def link(measure: str) -> str:
    """A pattern for a link to a figure of 環境部; its group is the figure's id."""
    return f'<a class="figure" href="#([^"]+/kankyo/{measure})">'


CELL = r"(<td[^>]*>"
TAMPERED = {
    "a digit in a table": (CELL + link("online") + ")96", r"\g<1>97"),
    "a digit in prose": (
        r'(<p class="lead">[^\n]*' + link("online_rate") + r")58\.5",
        r"\g<1>58.6",
    ),
    "a digit in a chart": (r"(<svg.*?" + link("online") + r"(?:(?!</a>).)*?>[^<]*?)9", r"\g<1>8"),
    "a sign": (CELL + link("online_change") + r")\+", r"\g<1>−"),
    "a sign in words": ("(<strong>" + link("online_change") + "[^<]*</a>)増加", r"\g<1>減少"),
    "a digit made fullwidth": (CELL + link("total") + ")1", r"\g<1>１"),
    "the rows of a line": (r'(<tr id="([^"]+/kankyo/online)">.*?調査票!)', r"\g<1>1,"),
    "a line's numerator": (
        r'(<tr id="([^"]+/kankyo/online_rate)">.*?/kankyo/online_rate".*?/kankyo/)online(?=")',
        r"\g<1>total",
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_what_was_changed_is_found_and_nothing_else(
    browser: Browser, folder: Path, tmp_path: Path, case: str
) -> None:
    pattern, changed = TAMPERED[case]
    page_text = (folder / "department-kankyo.html").read_text(encoding="utf-8")
    found = re.search(pattern, page_text, re.DOTALL)
    assert found, case
    tampered = page_text[: found.start()] + found.expand(changed) + page_text[found.end() :]
    assert tampered != page_text
    lines = len(LINE.findall(page_text))
    with open_page(browser, write(tmp_path, tampered)) as page:
        told, named = recount(page)
        # The link of another figure prints that figure with a number that isn't its own.
        extra = {found[2].removesuffix("online_rate") + "total"} if "numerator" in case else set()
        assert named == {found[2]} | extra
        assert told == f"検算：{lines - len(named)}/{lines} 一致、{len(named)}件が不一致"
        marked = page.locator(f'main a.figure.differs[href="#{found[2]}"]')
        assert marked.count() > 0
        if "digit" in case:
            assert marked.count() == 1
        assert "検算と不一致" in marked.first.text_content()


def test_an_edited_definition_names_just_the_figures_of_that_measure(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    text = (folder / "department-kankyo.html").read_text(encoding="utf-8")
    start = text.index('<section data-measure="online">')
    section = text[start : text.index("</section>", start)]
    definition = '<p class="definition">「オンライン化の状況」が'
    edited = section.replace(definition, f"{definition}おおむね", 1)
    assert edited != section
    with open_page(browser, write(tmp_path, text.replace(section, edited))) as page:
        assert recount(page)[1] == set(LINE.findall(section))


def test_a_number_of_no_known_figure_is_found(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    text = (folder / "department-kankyo.html").read_text(encoding="utf-8")
    invented = f'<p><a class="figure" href="#{LATEST}/kankyo/secret">12</a></p></main>'
    with open_page(browser, write(tmp_path, text.replace("</main>", invented))) as page:
        assert recount(page)[1] == {f"{LATEST}/kankyo/secret"}


@pytest.fixture(scope="module")
def without_a_row(findings: Findings) -> tuple[str, Ledger]:
    """A procedure of 環境部 that went online, and the ledger of a survey without it."""
    moves = findings.ledger.tables.current["transitions"]
    chosen = moves[(moves["department_slug"] == "kankyo") & (moves["went_online"] == "yes")]
    gone = str(chosen["procedure_id"].iloc[5])
    rows = findings.survey.rows
    survey = replace(
        findings.survey, rows=rows[rows["procedure_id"] != gone].reset_index(drop=True)
    )
    return gone, build_ledger(
        findings.cycle, survey, findings.previous, findings.waiting, findings.earlier
    )


def test_a_row_taken_out_names_just_the_figures_that_counted_it(
    browser: Browser, folder: Path, tmp_path: Path, findings: Findings,
    without_a_row: tuple[str, Ledger],
) -> None:  # fmt: skip
    gone, other = without_a_row
    text = (folder / "department-kankyo.html").read_text(encoding="utf-8")
    lines = set(LINE.findall(text))
    expected = {figure_id for figure_id in lines if differs(findings.ledger, other, figure_id)}
    assert 5 < len(expected) < len(lines)

    def take_out(evidence: dict) -> None:
        drop_row(evidence["tables"][LATEST]["procedures"], gone)

    with open_page(browser, write(tmp_path, change_payload(text, take_out))) as page:
        assert recount(page)[1] == expected


def differs(ledger: Ledger, other: Ledger, figure_id: str) -> bool:
    """Whether a figure's line would read otherwise: its number, or where its own rows stand."""
    mine, theirs = ledger.find(figure_id), other.find(figure_id)
    measure = ledger.items[mine.measure].measure
    # What the other cycle says of a row of the one before is carried with that row.
    if PREVIOUS in tables_of(measure):
        return False
    if mine.text != theirs.text:
        return True
    # The rows of what is made from other figures stand in their lines; on a department's page,
    # the whole city's rows stand in the overview.
    if isinstance(measure, Share | Shortfall | PerMonth | Duration) or mine.scope == "all":
        return False
    return rows_of(ledger, figure_id) != rows_of(other, figure_id)


def rows_of(ledger: Ledger, figure_id: str) -> list[tuple[object, ...]]:
    figure = ledger.find(figure_id)
    evidence = ledger.evidence(figure)
    if isinstance(ledger.items[figure.measure].measure, Change):
        now = evidence["role"].eq("in") == evidence["cycle"].eq(LATEST)
        evidence = evidence[now]
    places = evidence[["role", "cycle", "workbook", "sheet", "row"]].drop_duplicates()
    return list(places.itertuples(index=False, name=None))


def test_a_cleared_mark_leaves_no_word_behind(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    with open_page(browser, write(tmp_path, text)) as page:
        link = page.locator("main a.figure").first
        told = link.text_content()
        link.evaluate("link => { link.textContent = '9' + link.textContent; }")
        assert len(recount(page)[1]) == 1
        link.evaluate("(link, told) => { link.firstChild.data = told; }", told)
        assert recount(page)[1] == set()
        assert page.locator("a.figure.differs, .verdict").count() == 0
        assert link.text_content() == told


def test_without_its_evidence_a_page_still_leads_to_the_lines(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(write(tmp_path, EVIDENCE.sub(r"\1x\3", text)).as_uri())
    link = page.locator("main a.figure").first
    link.click()
    assert page.locator(".toolbar, #panel").count() == 0
    assert page.url.endswith(str(link.get_attribute("href")))
    context.close()


def page_of(findings: Findings, figures: Iterable[Figure]) -> str:
    """A page that prints just these figures."""
    rows = tuple((Quoted(figure.scope_name), figure) for figure in figures)
    table = Table("数値", (Column("範囲"), Column("値", numeric=True)), rows)
    content = Markup(html.render(table))  # noqa: S704
    figures = gather_printed(content, findings)
    return write_traced_page(MASTHEAD, content, [], findings, figures, fingerprint="0123")


def test_every_figure_of_the_ledger_is_recounted_alike(
    browser: Browser, findings: Findings, tmp_path: Path
) -> None:
    """Also those that no report prints."""
    figures = findings.ledger.figures
    with open_page(browser, write(tmp_path, page_of(findings, figures.values()))) as page:
        assert recount(page) == (f"検算：{len(figures)}/{len(figures)} 一致", set())


def test_what_became_of_a_procedure_is_found_from_the_rows(
    browser: Browser, findings: Findings, tmp_path: Path
) -> None:
    zeimu = {"department": "税務部", "department_slug": "zeimu"}
    now = make_rows(
        {"procedure_id": "1", "name": "申請 A", "section": "環境政策課"},
        {"procedure_id": "2", "name": "申請B"},
        {"procedure_id": "3", "name": "申請C", "section": "別の課"},
        {"procedure_id": "4", "name": "申請D"},
        {"procedure_id": "6", "name": "申請F"},
    )
    before = make_rows(
        {"procedure_id": "1", "name": "申請\u3000Ａ", "section": "環境政策\u200b課"},
        {"procedure_id": "2", "name": "届出B", "status": "started"},
        {"procedure_id": "3", "name": "申請C"},
        {"procedure_id": "4", "name": "申請D", **zeimu},
        {"procedure_id": "5", "name": "申請E"},
        cycle="2024-03-31",
    )
    none = findings.survey.corrections.iloc[:0]
    surveys = [replace(findings.survey, rows=rows, corrections=none) for rows in (now, before)]
    ledger = build_ledger(findings.cycle, *surveys)
    expected = {"renamed": "1", "moved": "2", "new": "1", "abolished": "1", "went_online": "1"}
    figures = [ledger.figure(name, "kankyo") for name in expected]
    assert [figure.text for figure in figures] == list(expected.values())
    small = replace(findings, ledger=ledger)
    with open_page(browser, write(tmp_path, page_of(small, figures))) as page:
        assert recount(page) == ("検算：5/5 一致", set())
