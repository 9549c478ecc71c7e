"""The navigator in a real browser: its interpreter beside ours, and its page as staff use it."""

import json
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from selectolax.lexbor import LexborHTMLParser

from analysis.figures.decide import decide
from analysis.figures.decided import decide_rows
from analysis.figures.decision_tables import UNSETTLED, UNSETTLED_NAME
from analysis.figures.effort import find_grade
from analysis.figures.findings import Findings, load_findings
from analysis.figures.guideline import Guideline, read_guideline
from analysis.figures.questions import list_questions
from analysis.questionnaire.questionnaire import STATUS, Questionnaire
from analysis.questionnaire.read import read_questionnaire
from analysis.reports.navigator import lay_tables, write_navigator
from analysis.survey.collect import collect_survey
from other import GUIDELINE, SURVEY

from conftest import DEMO
from pages import open_page
from reports import HOSTILE
from rows import ASKED
from workbooks import make_cycle, not_started

PHONE = {"width": 390, "height": 844}
NOT_GRADED = "—"
SCRIPT = (files("analysis.document") / "templates" / "navigator" / "decide.js").read_text("utf-8")
# Decides every line of answers, codes in the order of the fields, as the page does.
DECIDE_ALL = f"""([tables, fields, lines]) => {{
  {SCRIPT}
  return lines.map((codes) => {{
    const answers = Object.fromEntries(fields.map((field, place) => [field, codes[place]]));
    const rulings = decide(tables, answers);
    return [
      rulings.map(({{ rules }}) => rules.map((rule) => rule.code)),
      rulings.map(({{ missing }}) => missing),
      listSteps(rulings),
      listMissing(rulings),
    ];
  }});
}}"""
# Goes to every procedure of the page by its address and tells what its sheet says.
READ_ALL = """() => JSON.parse(document.getElementById("guide-data").textContent).procedures.map(
  ([id]) => {
    history.replaceState(null, "", `#${encodeURIComponent(id)}`);
    dispatchEvent(new HashChangeEvent("hashchange"));
    const sheet = document.getElementById("sheet");
    const texts = (selector) => [...sheet.querySelectorAll(selector)].map((own) => own.textContent);
    return [id, sheet.dataset.grade ?? null, sheet.dataset.rules ?? null, texts(".steps li"),
      texts(".given"), texts(".grade"), texts(".missing")];
  }
)"""


def read_other(folder: Path) -> tuple[Guideline, Questionnaire]:
    """Return the second survey's guideline, and what it asks."""
    (folder / "survey.toml").write_text(SURVEY, "utf-8")
    (folder / "手引.toml").write_text(GUIDELINE, "utf-8")
    asked = read_questionnaire(folder / "survey.toml")
    return read_guideline(folder / "手引.toml", asked), asked


@pytest.mark.parametrize("survey", ["ours", "other"])
def test_the_page_decides_every_combination_of_answers_as_we_do(
    browser: Browser, tmp_path: Path, survey: str
) -> None:
    asked = ASKED
    guideline = read_guideline(DEMO / "data" / "raw" / "guideline" / "2024.toml", ASKED)
    if survey == "other":
        guideline, asked = read_other(tmp_path)
    laid = json.loads(json.dumps(lay_tables(guideline, asked)))
    questions = list_questions(asked)
    fields = list(laid["fields"])
    lines = list(product(*([*questions[field].choices, None] for field in fields)))
    page = browser.new_page()
    told: list[Any] = page.evaluate(DECIDE_ALL, [laid["tables"], fields, lines])
    page.close()
    assert len(told) > 20
    for codes, own in zip(lines, told, strict=True):
        decision = decide(guideline.tables, dict(zip(fields, codes, strict=True)))
        assert own == [
            [[rule.code for rule in ruling.rules] for ruling in decision.rulings],
            [list(ruling.missing) for ruling in decision.rulings],
            list(decision.steps),
            list(decision.missing),
        ], codes


def test_the_page_says_of_every_procedure_what_the_reports_say(
    browser: Browser, built: tuple[Path, str], findings: Findings
) -> None:
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    rows = findings.survey.rows
    decisions = decide_rows(guideline, asked, rows)
    with open_page(browser, built[0] / "navigator.html") as page:
        told = {own[0]: own[1:] for own in page.evaluate(READ_ALL)}
    assert len(told) == len(rows) == 1758
    found = [
        line
        for own in findings.cycle.departments
        for line in list_grades(built[0] / f"department-{own.slug}.html", own.name)
    ]
    listed = dict(found)
    assert len(found) == len(listed) == len(rows)
    for key, decision in zip(rows["procedure_id"], decisions, strict=True):
        if decision is None:
            assert told[key] == [None, None, [], [], [], []]
            assert listed[key] == NOT_GRADED
            continue
        grade = find_grade(guideline, decision)
        code, rules, steps, given, graded, missing = told[key]
        assert code == (grade.code if grade else UNSETTLED)
        assert rules == " ".join(
            "+".join(rule.code for rule in own.rules) for own in decision.rulings
        )
        assert steps == list(decision.steps)
        parts = (own for own in decision.rulings if own.table.role != "effort")
        assert given == [text for own in parts for rule in own.rules for text in rule.gives]
        label = grade.label if grade else UNSETTLED_NAME
        assert graded[0].startswith(f"手間：{label}")
        assert listed[key] == label
        assert bool(missing) == bool(decision.missing)


def test_an_address_that_is_no_encoding_is_passed_over(
    browser: Browser, built: tuple[Path, str]
) -> None:
    path = built[0] / "navigator.html"
    page, errors = browser.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{path.as_uri()}#%E3")
    assert page.locator("#sheet").is_hidden()
    page.close()
    assert not errors


def list_grades(path: Path, department: str) -> list[tuple[str, str]]:
    """Return what a department's list of all procedures says of each: its id, and its 手間."""
    page = LexborHTMLParser(path.read_text("utf-8"))
    found = []
    for table in page.css("main table"):
        # A long one is written in parts.
        if not table.css_first("caption").text().startswith(f"{department}の手続き一覧"):
            continue
        columns = [head.text() for head in table.css("thead th")]
        place = columns.index("手間")
        for row in table.css("tbody tr:not(.head)"):
            cells = [cell.text() for cell in row.css("th, td")]
            assert len(cells) == len(columns)
            found.append((cells[0], cells[place]))
    return found


def open_questions(page: Page) -> list[str]:
    return page.locator("legend").all_inner_texts()


def choose(page: Page, code: str) -> None:
    page.locator(f"fieldset:last-of-type input[value='{code}']").click()


def test_at_most_eight_questions_lead_to_a_sheet_that_names_what_is_missing(
    browser: Browser, built: tuple[Path, str]
) -> None:
    with open_page(browser, built[0] / "navigator.html", viewport=PHONE) as page:
        assert open_questions(page) == ["1. 現在の本人確認"]
        choose(page, "seal_certificate")
        choose(page, "yes")
        choose(page, "")
        assert page.inner_text(".missing").startswith("足りない回答：庁内で確認可能な添付、")
        page.locator("fieldset[data-field='attachment'] input[value='no']").click()
        # What an attachment that there is not would be asked is asked no more.
        assert [text[3:] for text in open_questions(page)] == [
            "現在の本人確認", "添付書類", "根拠区分",
        ]  # fmt: skip
        choose(page, "ordinance")
        choose(page, "no")
        choose(page, "started")
        assert page.inner_text("#asked") == "質問は以上です。"
        assert len(open_questions(page)) <= 8
        assert page.inner_text(".grade").startswith("手間：重い")
        assert page.locator(".missing").count() == 0
        assert "マイナンバーカードの電子署名" in page.inner_text("#sheet")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        # Nothing keeps room for what is not there.
        assert page.evaluate("document.documentElement.scrollHeight") < 8 * PHONE["height"]
        page.click("#again")
        assert open_questions(page) == ["1. 現在の本人確認"]
        assert page.is_hidden("#sheet")


def test_the_address_names_the_procedure_that_is_shown_and_none_that_is_not(
    browser: Browser, built: tuple[Path, str]
) -> None:
    with open_page(browser, built[0] / "navigator.html") as page:
        for act in ("#again", "fieldset:last-of-type input >> nth=0"):
            page.fill("#search", "届")
            page.click("#found button >> nth=0")
            assert "#" in page.url
            page.click(act)
            assert "#" not in page.url


def test_the_page_says_whose_it_is_and_so_does_the_index(
    browser: Browser, built: tuple[Path, str]
) -> None:
    for name, place, told in (
        ("navigator", "main p >> nth=0", "職員のためのページです。申請や届出は"),
        ("index", "tr:has(a[href='navigator.html'])", "職員が、"),
        ("index-en", "tr:has(a[href='navigator.html'])", "For staff: "),
    ):
        with open_page(browser, built[0] / f"{name}.html") as page:
            assert told in page.inner_text(place)


def test_of_what_is_online_its_status_is_said_picked_or_answered(
    browser: Browser, built: tuple[Path, str], findings: Findings
) -> None:
    rows = findings.survey.rows
    key = rows.loc[rows[STATUS] == "online", "procedure_id"].iloc[0]
    said = "オンライン化済の手続きです。進めることはありません。"
    with open_page(browser, built[0] / "navigator.html", f"#{key}", viewport=PHONE) as page:
        assert page.inner_text(".done") == said
        stage = page.locator("fieldset[data-field='stage']")
        assert stage.locator("input:checked").get_attribute("value") == "online"
        stage.locator("input[value='started']").click()
        assert page.locator(".done").count() == 0
        assert page.inner_text(".grade").startswith("手間：")
        stage.locator("input[value='online']").click()
        assert page.inner_text(".done") == said
        assert page.inner_text(".about").endswith("オンライン化までの段階：オンライン化済")
        assert page.locator(".grade, .steps").count() == 0
        # An option that takes two lines doesn't go on below its button.
        page.evaluate(
            "document.querySelector('fieldset label:last-of-type').append('長'.repeat(40))"
        )
        label = page.locator("fieldset label:last-of-type").first
        room = "label => { const range = new Range(); range.selectNodeContents(label.lastChild);"
        left = label.evaluate(f"{room} return range.getBoundingClientRect().left; }}")
        radio = label.locator("input").bounding_box()
        assert left >= radio["x"] + radio["width"]


def test_a_procedure_is_picked_with_the_keyboard_alone(
    browser: Browser, built: tuple[Path, str]
) -> None:
    with open_page(browser, built[0] / "navigator.html") as page:
        page.focus("#search")
        page.keyboard.type("０７-0114 環境")
        assert page.inner_text("#count") == "1件が見つかりました"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.textContent") == page.inner_text("#sheet h2")
        assert page.inner_text(".about").startswith("07-0114　環境部")
        assert page.url.endswith("#07-0114")
        # A question of the picked procedure may be answered otherwise.
        page.locator("fieldset[data-field='fee'] input[value='no']").focus()
        page.keyboard.press("Space")
        assert page.inner_text(".grade").startswith("手間：軽い")


def test_a_name_from_a_workbook_is_a_text_and_nothing_else(
    browser: Browser, tmp_path: Path
) -> None:
    # Excel would take what begins with = for a formula.
    texts = [text for text in HOSTILE if not text.startswith("=")]
    names = [*texts, "</script><script>throw 1</script>", "a\u2028b"]
    rows = [not_started(number, name=name) for number, name in enumerate(names, start=1)]
    findings = load_findings(make_cycle(tmp_path, rows), collect_survey)
    path = tmp_path / "navigator.html"
    path.write_text(write_navigator(findings, "0" * 12), "utf-8")
    told = dict(zip(*(findings.survey.rows[own] for own in ("procedure_id", "name")), strict=True))
    with open_page(browser, path) as page:
        for key, name in told.items():
            page.evaluate("address => { location.hash = address; }", f"#{key}")
            page.wait_for_function(
                "key => document.querySelector('.about')?.textContent.startsWith(key)", arg=key
            )
            assert page.evaluate("document.querySelector('#sheet h2').textContent") == name
        assert page.locator("#sheet h2 *").count() == 0


def test_the_sheet_is_printed_alone_and_by_night_it_is_dark(
    browser: Browser, built: tuple[Path, str]
) -> None:
    path = built[0] / "navigator.html"
    with open_page(browser, path, "#07-0114", color_scheme="dark") as page:
        shade = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(shade) == "rgb(20, 24, 29)"
        page.emulate_media(media="print")
        assert page.evaluate(shade) == "rgb(255, 255, 255)"
        assert page.is_visible("#sheet")
        assert page.is_hidden(".ways")
        assert page.is_hidden("#sheet button")
