"""Reports in English: nothing is left Japanese unmarked, figures are the same, words escape."""

import re
import tomllib
import zlib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import pikepdf
import pypdf
import pytest
from selectolax.lexbor import LexborHTMLParser

from analysis.build import flow
from analysis.build.misplaced import require_in_place
from analysis.cycle import SETTINGS_NAME, Cycle, open_cycle
from analysis.document import html, typst
from analysis.document.block import MASTHEAD_MIME, MISSING_WORDS
from analysis.document.blocks import (
    Bullets,
    Column,
    Link,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.document.matrix_chart import MatrixHead, MatrixRow, draw_matrix
from analysis.document.page import load_page
from analysis.document.rates_chart import draw_rates
from analysis.document.translate import translate
from analysis.errors import ReportError, SettingsError
from analysis.evidence.orphans import Printed, find_orphans, list_printed
from analysis.figures.english import open_spoken
from analysis.figures.figure import MONTHS, PERCENT
from analysis.figures.findings import load_findings
from analysis.inputs import leave_others, list_inputs
from analysis.language.faults import find_fault
from analysis.language.lexicon import Lexicon, Words
from analysis.language.phrase import IN_JAPANESE, Phrase
from analysis.language.spoken import speak
from analysis.language.words import open_lexicon
from analysis.names import ENGLISH, ENGLISH_NAME, ENGLISH_PATH
from analysis.reports import overview
from analysis.reports.plan import list_pages, plan_reports
from analysis.survey.collect import collect_survey

from conftest import DEMO, LATEST, ROOT
from deliveries import copy_delivery, run
from reports import HOSTILE, UNASKED, figure_of
from workbooks import make_two_cycles, not_started, procedure

PAGES = ("overview-en", "reasons-en", "index-en")
ONLINE = figure_of("online", 146)
TOTAL = figure_of("total", 1)


def lexicon_of(words: dict[str, str], **others: dict[str, tuple[str, str]]) -> Lexicon:
    return Lexicon(Words(words=words, **others))  # type: ignore[arg-type]


def shown(block: object, lexicon: Lexicon) -> str:
    return html.render(translate(block, lexicon))  # type: ignore[arg-type]


def list_unmarked(page: str) -> Iterator[str]:
    """Yield every text of a page, and every attribute and script, that is Japanese and unmarked."""
    waiting = [(LexborHTMLParser(page).root, False)]
    while waiting:
        node, is_marked = waiting.pop()
        assert node is not None
        values = node.attributes if node.is_element_node else {}
        is_marked = (values.get("lang") or ("ja" if is_marked else "")) == "ja"
        text = (node.text_content or "") if node.is_text_node else ""
        told = [value or "" for name, value in values.items() if name not in ("href", "id", "lang")]
        yield from (own for own in (text, *told) if not is_marked and IN_JAPANESE.search(own))
        waiting += [(part, is_marked) for part in node.iter(include_text=True)]


def test_english_puts_figures_and_emphasis_in_an_order_of_its_own() -> None:
    lexicon = lexicon_of(
        {
            "{a}は、{date}から*{1}増*、{2}です": "*{2:bare} {a:lower}* by {date}, {1}",
            "済": "Online",
        },
        units={"手続き": (" procedure", " procedures"), "件": (" case", " cases")},
    )
    parts = (
        "済は、2023年度末から",
        Strong((Shown(ONLINE), "増")),
        "、",
        Shown(TOTAL, unit="手続き"),
        "です",
    )
    said = translate(Paragraph(parts), lexicon)
    assert said == Paragraph(
        (
            Strong((Shown(TOTAL, unit=""), " online")),
            " by 31 March 2024, ",
            Shown(ONLINE, unit=" cases"),
        )
    )
    assert not lexicon.missing


def test_a_chart_is_drawn_again_and_its_message_said_as_a_whole() -> None:
    first, second, whole = (
        figure_of(name, Fraction(part, 10), PERCENT)
        for name, part in (("a", 3), ("b", 2), ("c", 4))
    )
    words = {
        "率": "Rate",
        "環境部": "Environment",
        "総務課": "General Affairs",
        "。": ".",
        "市全体　{a}": "City {a}",
        "右の線　すべて": "All",
        "{1}が{2}": "{2}: {1}",
        "横棒グラフ。{a}。": "Bars: {a}. ",
        "。市全体は": ". City: ",
    }
    lexicon = lexicon_of(words, units={"%": ("%", "%")})
    message = (Shown(first), "が", Quoted("総務課"))
    rows = [("環境部", first, None), (Quoted("総務課"), second, None)]
    page = LexborHTMLParser(shown(draw_rates("率", rows, whole, message=message), lexicon))
    assert [title.text() for title in page.css("figcaption")] == ["Rate: General Affairs: 30.0%"]
    drawn = {text.text() for text in page.css("svg text")}
    assert drawn == {"Environment", "General Affairs", "City 40.0%", "All", "30.0%", "20.0%"}
    assert not lexicon.missing


def test_a_matrix_of_counts_is_said_in_its_columns_rows_and_marks() -> None:
    light, heavy, whole = figure_of("light", 2), figure_of("heavy", 120), figure_of("whole", 122)
    head = MatrixHead("手間", "件数", ("少ない", "多い"), ("計",), "丸は数です。")
    row = MatrixRow("軽い", (light, heavy), ((), ("ア", "イ")), (whole,))
    said = {"環境部": "Environment", "未対応": "Not online", "手間": "Effort", "件数": "Cases"}
    said |= {"計": "Total", "軽い": "Light", "少ない": "Few", "多い": "Many", "ア": "a", "イ": "b"}
    said |= {
        "丸は数です。": "Circles are numbers.",
        "丸の大きさで数を示す表。{a}。": "Table. {a}. ",
    }
    lexicon = Lexicon(Words(words=said, units={"件": ("", "")}))
    chart = translate(draw_matrix(UNASKED, "未対応", head, [row], [whole]), lexicon)
    assert not lexicon.missing
    page = LexborHTMLParser(html.render(chart))
    drawn = {text.text() for text in page.css("svg text")}
    assert drawn == {
        *("Effort", "Cases", "Few", "Many", "Total", "Light", "a b", "Circles are numbers."),
        *("2", "120", "122"),
    }
    assert "Light: Total 122, Few 2, Many 120 (a, b)" in page.css_first("figure").text()


def test_a_head_is_said_once_and_tells_its_missing_words_itself() -> None:
    lexicon = lexicon_of({})
    notice = Paragraph(("暫定です。",))
    speak(lexicon)
    try:
        head = Masthead("状況", "時点", (), "2024-09-01", "市", demonstration=False, notice=notice)
        shown, told = head._repr_mimebundle_()
    finally:
        speak(None)
    assert told[MISSING_WORDS] == ["状況", "時点", "市", "暫定です。"]
    assert not lexicon.missing
    assert "暫定です。" in shown[MASTHEAD_MIME]["notice"]["text/html"]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (Shown(figure_of("a", 1), unit="手続き"), "1 procedure"),
        (Shown(figure_of("a", 2), unit="手続き"), "2 procedures"),
        (Shown(figure_of("a", 0), unit="手続き"), "0 procedures"),
        (Shown(figure_of("a", 1, MONTHS)), "1.0 months"),
        (Shown(figure_of("a", None), unit="手続き"), "—"),
    ],
)
def test_a_unit_has_the_form_of_its_number(shown: Shown, said: str) -> None:
    units = {"手続き": (" procedure", " procedures"), "か月": (" month", " months")}
    (own,) = translate(Bullets(((shown,),)), lexicon_of({}, units=units)).items[0]  # type: ignore[attr-defined]
    assert own.text == said


def test_quoted_texts_and_names_stay_and_a_link_is_said() -> None:
    lexicon = Lexicon(
        Words(words={"環境部": "Environment", "「{a}」": "“{a}”"}), {"転入届"}, {"市民課"}
    )
    table = Table(
        caption="環境部",
        columns=(Column("環境部"),) * 4,
        rows=(
            (
                Quoted("自由な記述、環境部"),
                Quoted("「転入届」"),
                Link("環境部", "x"),
                Quoted("環境部"),
            ),
        ),
    )
    written = shown(table, lexicon)
    assert "自由な記述、環境部" in written
    assert "“転入届”" in written
    assert written.count("Environment") == 8
    assert not lexicon.missing
    shown(Paragraph((Quoted("市民課"),)), lexicon)
    assert [*lexicon.missing] == ["市民課"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_translation_is_a_text_wherever_it_stands(hostile: str) -> None:
    lexicon = lexicon_of({"語": hostile.replace("{", "(").replace("}", ")").replace("*", "+")})
    said = lexicon.say("語")
    block = Paragraph(("語",))
    assert LexborHTMLParser(shown(block, lexicon)).text().strip() == said.strip()
    assert typst.render(translate(block, lexicon)) == typst.render(Paragraph((said,)))
    template = load_page(open_lexicon(open_demonstration()))
    assert "</script" not in str(template.globals["script"])


def open_demonstration() -> Cycle:
    return open_cycle(LATEST, DEMO)


def test_a_translation_of_the_script_is_a_text_in_it() -> None:
    from analysis.language.script import say_script  # noqa: PLC0415

    code = 'f("語", `${count}件中${shown}件`, /"/ ? 1 : \'"\');'
    hostile = '</script>`${alert(1)}"\\'
    said = say_script(
        code, Lexicon(Words(script={"語": hostile, "{a}件中{b}件": f"{{b}} of {{a}} {hostile}"}))
    )
    assert said == (
        'f("\\u003c/script>`${alert(1)}\\"\\\\", '
        '`${shown} of ${count} \\u003c/script>\\`\\${alert(1)}"\\\\`, /"/ ? 1 : \'"\');'
    )


@pytest.mark.parametrize("count", [1, 19])
def test_a_definition_says_its_constants_as_the_recount_and_the_check_of_digits_do(
    count: int,
) -> None:
    lexicon = open_lexicon(open_demonstration())
    months, goal = f"÷{count}か月", f"の{count}%に足りない数"
    pace = lexicon.say(f"（手続きの総数）{months}")
    told = lexicon.script["{a}か月"].replace("{a}", str(count))
    assert pace == f"(Number of all procedures) ÷ {told}"
    assert lexicon.say(months) in pace
    assert lexicon.say(goal) in lexicon.say(f"（手続きの総数）が（手続きの総数）{goal}")
    assert not lexicon.missing


def test_every_missing_word_is_told_at_once_as_lines_to_fill_in(tmp_path: Path) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1), not_started(2)]], [[procedure(1)]])
    cycle.survey_path.with_name(ENGLISH_NAME).write_text("[words]\n", "utf-8")
    findings = load_findings(cycle, collect_survey)
    lexicon = open_spoken(ENGLISH, findings)
    assert lexicon is not None
    lexicon.place = "3番目のセル"
    translate(overview.departments(findings), lexicon)
    translate(overview.reasons(findings), lexicon)
    with pytest.raises(ReportError) as caught:
        lexicon.require_all()
    told = str(caught.value).splitlines()
    assert f"data/raw/{ENGLISH_NAME}" in told[0]
    assert '  "環境部" = ""  # 3番目のセル' in told
    assert '  "未検討" = ""  # 3番目のセル' in told
    # What the program says itself is known, and a sentence is told by its words alone.
    assert not [line for line in told if "部局名" in line or "{1}" in line]


def test_a_sentence_that_nobody_translated_is_told_whole() -> None:
    lexicon = lexicon_of({"{a}、{b}": "{a}, {b}", "{a}。": "{a}.", "{a}の数": "Number of {a}"})
    lexicon.say("新しい文は、全部を示す。")
    lexicon.say("環境部の数。")
    assert [*lexicon.missing] == ["新しい文は、全部を示す", "環境部"]


def test_many_missing_words_of_one_sentence_are_told_one_by_one() -> None:
    lexicon = lexicon_of(
        {"{a}、{b}": "{a}, {b}", "増：{list}": "More: {list}", "{a} {1}": "{a} {1}"}
    )
    names = [f"部{sign}" for sign in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]
    parts = [part for name in names for part in (f"{name} ", Shown(ONLINE), "、")]
    translate(Paragraph(("増：", *parts[:-1])), lexicon)
    assert [*lexicon.missing] == ["件", *names]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('"{1}のうち{2}" = "of {1}"', "{1}、{2}"),
        ('"*{1}増*" = "{1} more"', "強調の *"),
        ('"数" = 3', "words.数"),
        ('"数" = " "', "空白だけにせず"),
        ('"数" = "\\u200b"', "空白だけにせず"),
        ('"数" = "Number 数"', "日本語の文字か全角の記号（「数」）"),
        (
            '"文化部" = "Culture、Sports"',
            "words.文化部（2行目）: 英語に、日本語の文字か全角の記号（「、」）",
        ),
        ('"文化部" = "Culture 2"', "words.文化部（2行目）: 日本語に数字がない"),
        ('"数" = "A\\nb"', "多くの行に分ける"),
        ('"{a}と{a}" = "{a} {a}"', "すべて違うもの"),
        ('"{a}の数" = "{a:bare}"', "単位を省けるのは"),
        ('"{a}{b}" = "{b}{a}"', "並べることはできません"),
        ('"{a}{b}{c}" = "{c}{b}{a}"', "並べることはできません"),
        ('"{1}{2}{3}{4}{5}{6}" = "{1}{2}{3}{4}{5}{6}"', "並べることはできません"),
        ('[units]\n"人" = [" 人", ""]', "units.人（3行目）: 英語に、日本語"),
        ('[units]\n"人" = [" person", " 2 people"]', "units.人（3行目）: 日本語に数字がない"),
        ('[units]\n"人" = ["{1}", ""]', "units.人（3行目）: { } で囲んだところ"),
        ('[script]\n"{a}件" = "{a:lower}"', "script.{a}件（3行目）: [script] では"),
    ],
)
def test_a_translation_that_no_page_could_show_is_refused(
    tmp_path: Path, line: str, told: str
) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    cycle.survey_path.with_name(ENGLISH_NAME).write_text(f"[words]\n{line}\n", "utf-8")
    with pytest.raises(SettingsError, match=rf"english\.toml(?s:.*){re.escape(told)}"):
        open_lexicon(cycle)


@pytest.mark.parametrize(
    "line",
    [
        '"第二支所" = "Branch 2"',
        '"第２支所" = "Branch 2"',
        '"{1}{a}と{2}" = "{2} {a:lower} {1}"',
        '[units]\n"人" = ["", ""]',
        '[script]\n"{a}{b}" = "{b}{a}"',
    ],
)
def test_a_translation_that_pages_can_show_is_taken(tmp_path: Path, line: str) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    cycle.survey_path.with_name(ENGLISH_NAME).write_text(f"[words]\n{line}\n", "utf-8")
    open_lexicon(cycle)


def test_what_the_program_says_itself_keeps_the_rules() -> None:
    own = tomllib.loads((ROOT / "src/analysis/language" / ENGLISH_NAME).read_text("utf-8"))
    forms = [
        (table, key, form)
        for table, entries in own.items()
        for key, said in entries.items()
        for form in ([said] if isinstance(said, str) else said)
    ]
    assert len(forms) > 400
    wrong = [(*one, find_fault(Phrase(*one[1:]), one[0])) for one in forms]
    assert [one for one in wrong if one[-1]] == []


def test_a_phrase_of_many_holes_is_looked_for_once_from_each_place() -> None:
    key, asked = "の".join(f"{{{name}}}" for name in "abcdef"), list[str]()

    def say(text: str) -> str | None:
        asked.append(text)
        return None if "。" in text else text

    text = "の".join(["甲"] * 30) + "。"
    assert Phrase(key, key).say(text, say) is None
    # Of 118,755 ways in which 30 words can stand in six holes.
    assert len(asked) < 3_000
    assert Phrase(key, key).say("甲の甲の甲の甲の甲の甲の甲", say) == "甲の甲の甲の甲の甲の甲の甲"
    lexicon = lexicon_of({key: key.replace("の", " "), "甲": "A"})
    lexicon.say(text)
    (told,) = lexicon.missing
    assert len(told) < len(text) and told.endswith("甲。")


def test_the_digits_of_a_name_in_english_are_no_number(tmp_path: Path) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    path = cycle.raw_folder / SETTINGS_NAME
    path.write_text(path.read_text("utf-8").replace("郡山市", "第二市"), "utf-8")
    cycle.survey_path.with_name(ENGLISH_NAME).write_text('[words]\n"第二市" = "City 2"\n', "utf-8")
    findings = load_findings(open_cycle(cycle.name, cycle.root), collect_survey)
    lexicon = open_spoken(ENGLISH, findings)
    for text, orphans in (("City 2", 0), ("Procedures of city 2", 0), ("2 procedures", 1)):
        assert len(find_orphans(Printed([], [text]), findings, lexicon)) == orphans, text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('"環境部" = "Same"\n"こども部" = "same"', "words.こども部（3行目）: 「環境部」と同じ英語"),
        (
            '"環境部" = "A b"\n"こども部" = "a  b "',
            "words.こども部（3行目）: 「環境部」と同じ英語",
        ),
        ('"着手済" = "No"\n"未着手" = "No"', "words.未着手（3行目）: 「着手済」と同じ英語"),
        ('"着手済" = "No"\n"環境部" = "No"', ""),
    ],
)
def test_departments_and_choices_that_english_would_not_tell_apart_are_refused(
    tmp_path: Path, words: str, told: str
) -> None:
    cycle = make_two_cycles(tmp_path, *[[[procedure(1)], [procedure(1, procedure_id="C-1")]]] * 2)
    cycle.survey_path.with_name(ENGLISH_NAME).write_text(f"[words]\n{words}\n", "utf-8")
    findings = load_findings(cycle, collect_survey)
    if not told:
        open_spoken("en", findings)
        return
    with pytest.raises(SettingsError, match=re.escape(told)):
        open_spoken("en", findings)


def test_what_is_wrong_is_told_once_by_check_and_before_any_report_is_begun(
    small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_delivery(small_project, tmp_path)
    path = folder / ENGLISH_PATH
    path.write_text('[words]\n"数" = "Number 数"\n"着手済" = "No"\n"未着手" = "No"\n', "utf-8")
    monkeypatch.setattr(flow, "open_pool", lambda: pytest.fail("a report was begun"))
    code, said = run(folder, "report")
    assert code == 1
    told = said.removeprefix("Error: ")
    assert told.startswith(f"raw/{ENGLISH_NAME} に誤りが2件あります")
    assert "words.数（2行目）" in told and "words.未着手（4行目）" in told
    code, checked = run(folder, "check")
    assert (code, f"{checked}\n".count(told)) == (1, 1)


@pytest.mark.parametrize("name", ["English.toml.txt", "ｅnglish.toml", "english (1).toml"])
def test_a_file_that_is_meant_as_the_english_words_is_told_its_name(
    tmp_path: Path, name: str
) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    path = cycle.survey_path.with_name(name)
    path.write_text("[words]\n", "utf-8")
    with pytest.raises(SettingsError, match=f"名前を {ENGLISH_NAME} に直して"):
        require_in_place(cycle)
    path.with_name(ENGLISH_NAME).write_text("[words]\n", "utf-8")
    with pytest.raises(SettingsError, match=f"読み込むのは {ENGLISH_NAME} だけです"):
        require_in_place(cycle)


def test_only_a_survey_with_english_words_has_english_pages(tmp_path: Path) -> None:
    cycle = make_two_cycles(tmp_path, [[procedure(1), not_started(2)]], [[procedure(1)]])
    plain, before = plan_reports(cycle), list_inputs(cycle)
    assert not [report for report in plain if "lang" in dict(report.parameters)]
    cycle.survey_path.with_name(ENGLISH_NAME).write_text("[words]\n", "utf-8")
    planned = plan_reports(cycle)
    assert {r.stem for r in planned} - {r.stem for r in plain} == {"overview-en", "reasons-en"}
    assert "index-en.html" in list_pages(cycle)
    # The words are an input of these pages alone.
    inputs = list_inputs(cycle)
    assert inputs.keys() - before.keys() == {ENGLISH_PATH}
    assert ENGLISH_PATH not in leave_others(inputs, "overview") | leave_others(
        inputs, None, {"lang": "ja"}
    )
    assert ENGLISH_PATH in leave_others(inputs, "overview", {"lang": ENGLISH})


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_english_is_all_english_but_for_what_is_marked(
    built: tuple[Path, str], name: str
) -> None:
    folder, _ = built
    page = (folder / f"{name}.html").read_text("utf-8")
    assert [*list_unmarked(page)] == []
    root = LexborHTMLParser(page)
    assert root.css_first("html").attributes["lang"] == "en"
    # The two versions lead to one another, and print the same figures.
    other = (folder / f"{name.removesuffix('-en')}.html").read_text("utf-8")
    for own, lang, told in ((page, "ja", name.removesuffix("-en")), (other, "en", name)):
        links = LexborHTMLParser(own).css(f'a[hreflang="{lang}"][lang="{lang}"]')
        assert [link.attributes["href"] for link in links] == [f"{told}.html"]
    assert sorted(list_printed(page)) == sorted(list_printed(other))
    # What leads to a page or a file in Japanese says so, in one way.
    for link in root.css("a[href]:not([href^='#'])"):
        target = link.attributes["href"] or ""
        own = target.endswith(("-en.pdf", "-en.html"))
        assert (link.attributes.get("hreflang") == "ja") != own, target
    assert "(in Japanese)" not in page
    assert "in Japanese, as in the survey" in root.css_first("header").text()
    (payload,) = root.css("#evidence-data")
    parts = [zlib.decompress(b64decode(part)).decode() for part in payload.text().split()]
    assert '"Not started"' in "".join(parts)


def test_sentences_in_english_have_verbs(built: tuple[Path, str]) -> None:
    said = {
        name: LexborHTMLParser((built[0] / f"{name}.html").read_text("utf-8")).css_first("main")
        for name in PAGES
    }
    told = {name: " ".join(main.text().split()) for name, main in said.items()}
    assert "Of the 912 procedures not started, 624 (68.4%) will come under" in told["reasons-en"]
    assert "at present is as follows" in told["overview-en"]
    assert "the number still not started was 912" in told["overview-en"]
    assert "(now not started)" in told["overview-en"]
    assert "(to not started)" not in told["overview-en"]
    assert "Line on the right: all procedures" in told["overview-en"]


def list_titles(items: Iterable[pikepdf.OutlineItem]) -> Iterator[str]:
    for item in items:
        yield item.title
        yield from list_titles(item.children)


@pytest.mark.parametrize("name", PAGES[:2])
def test_a_pdf_in_english_says_so(built: tuple[Path, str], name: str) -> None:
    path = built[0] / f"{name}.pdf"
    said = " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    assert "in Japanese, as in the survey" in said
    assert "Citizens’ Affairs (ja)" in said
    text = pypdf.PdfReader(path).pages[0].extract_text()
    assert "As of 1 September 2024" in text
    assert not IN_JAPANESE.search(re.sub("“[^”]*”", "", text))
    with pikepdf.open(path) as pdf, pdf.open_metadata() as told, pdf.open_outline() as outline:
        assert pdf.Root.Lang == "en"
        assert told["dc:language"] == {"en"}
        titles = [told["dc:title"], str(pdf.docinfo.Title), *list_titles(outline.root)]
    # What the page shows on top, its sections and its figures.
    assert {"As of 1 September 2024" in titles[0], titles[0] == titles[1]} == {True}
    assert {"Evidence for the figures", "Procedures not started"} < {*titles}
    assert [title for title in titles if IN_JAPANESE.search(title)] == []
