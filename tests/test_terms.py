"""docs/terms.md: what it says is not written stands on no page of a built set, quotations aside."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from analysis.cycle import open_cycle
from analysis.document import html as renderer
from analysis.figures.findings import Findings, load_findings
from analysis.reports.department import reason_table
from analysis.reports.progress import ROUNDED_SHARES, say_progress
from analysis.survey.collect import collect_survey

from conftest import ROOT
from workbooks import make_two_cycles, not_started, procedure

TERMS = (ROOT / "docs" / "terms.md").read_text("utf-8")
_ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| (.*?) \|$", re.MULTILINE)
# Numbers of the published report's sections, and figures' ids, are no words of ours.
_SECTION = re.compile(r"\d+-\(\d+\)")
_ID = re.compile(r"\d{4}-\d{2}-\d{2}(-[a-z]+)*(-for-\S+)?/\S+")
# A part that is the whole, and a sentence after itself.
_TWICE = re.compile(r"(\d[\d,]*(?:件|部局|手続き))のうち、?\1|([^。]{6,}。)\2")
_WRONG = {
    "date": re.compile(r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?(?!\d)"),
    "full-width percent": re.compile("％"),
    "space before a unit": re.compile(r"\d (件|%|ポイント|手続き)"),
    "half-width parentheses": re.compile(r"[(](?=[^)]*[\u3040-\u9fff])|[(][^)]*[\u3040-\u9fff]"),
    "full-width digits": re.compile("[０-９]"),
    "points without their name": re.compile(r"\dpt\b"),
    "a name of the program's": re.compile(r"(?<![\w/.-])[a-z]+_[a-z_]+(?![\w./-])"),
    "nothing said of nothing": re.compile(r"増減なし、|（0\.0ポイント）"),
}


def list_unwritten() -> list[str]:
    section = TERMS.partition("## 言葉")[2].partition("## 書き方")[0]
    rows = _ROW.findall(section)[1:]
    assert len(rows) > 15
    return [word for *_, words in rows for word in words.split("、") if word]


def list_texts(page: str) -> Iterator[str]:
    """Yield the texts of a page that are ours: none that is quoted, none of a script."""
    tree = LexborHTMLParser(page)
    for node in tree.css("script, style, .quoted"):
        node.decompose()
    body = tree.css_first("body")
    assert body is not None
    for node in body.traverse(include_text=True):
        if node.tag == "-text":
            yield " ".join((node.text_content or "").split())


def list_sentences(page: str) -> Iterator[str]:
    """Yield a page's sentences, each with its numbers."""
    for node in LexborHTMLParser(page).css("main p, main li, main figcaption"):
        yield "".join((node.text() or "").split())


def list_strings(told: object) -> Iterator[str]:
    """Yield all texts of a settings file."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for own in told.values() if isinstance(told, dict) else told:
            yield from list_strings(own)


def find_wrong(page: str, words: list[str], quoted: Sequence[str] = ()) -> list[str]:
    found = []
    for text in list_texts(page):
        plain = _ID.sub("", _SECTION.sub("", text))
        # Longest first: one may be a part of another.
        for own in sorted(quoted, key=len, reverse=True):
            plain = plain.replace(own, "")
        found += [f"{word}: {text[:60]}" for word in words if re.search(word, plain)]
        found += [f"{why}: {text[:60]}" for why, rule in _WRONG.items() if rule.search(plain)]
    found += [f"said twice: {text[:60]}" for text in list_sentences(page) if _TWICE.search(text)]
    return found


def test_no_page_of_a_set_says_what_is_not_written(
    built: tuple[Path, str], built_project: Path
) -> None:
    guideline = built_project / "data" / "raw" / "guideline" / "2024.toml"
    told = list_strings(tomllib.loads(guideline.read_text("utf-8")))
    quoted = [" ".join(text.split()) for text in told if len(text) > 3]
    words, wrong = list_unwritten(), {}
    pages = [path for path in sorted(built[0].glob("*.html")) if "-en" not in path.name]
    for path in pages:
        if found := find_wrong(path.read_text("utf-8"), words, quoted):
            wrong[path.name] = [*dict.fromkeys(found)][:8]
    assert wrong == {}


@pytest.mark.parametrize(
    "text",
    ["数えた行", "検査規則の違反", "2024.9時点", "2024-09-01", "35.7％", "627 件", "(市)", "１件",
     "増減なし、", "（0.0ポイント）", "警告", "エラーです", "107件のうち107件",
     "ノートブックの引数", "数え方（ids_per_department）", "一致しました。一致しました。"],
)  # fmt: skip
def test_what_is_not_written_would_be_found(text: str) -> None:
    assert find_wrong(f"<body><main><p>{text}</p></main></body>", list_unwritten())


@pytest.mark.parametrize(
    "text",
    ["1-(1) 進捗状況", "2024-09-01/all/online", "2024年9月1日時点", "手続き",
     "35.7%（+8.3ポイント）", "Excel のエラー値",
     '<td class="quoted">識別符号の発行 (ID) 2020/1/1</td>'],
)  # fmt: skip
def test_what_is_written_and_what_is_quoted_is_not_found(text: str) -> None:
    page = f"<body><table><tr><td>{text}</td></tr></table></body>"
    if text.startswith("<td"):
        page = f"<body><table><tr>{text}</tr></table></body>"
    assert find_wrong(page, list_unwritten()) == []


def said(findings: Findings, scope: str) -> str:
    from analysis.document.blocks import Paragraph  # noqa: PLC0415

    return re.sub("<[^>]+>", "", renderer.render(Paragraph(say_progress(findings, scope))))


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """環境部 is as it was; こども部 has a procedure fewer, and as many online."""
    root = tmp_path_factory.mktemp("still")
    both = [procedure(1), not_started(2)]
    more = [procedure(11), not_started(12), not_started(13)]
    matches = "previous_id,current_id,decided_by,decided_on,reason\nK-013,,DX,2024-09-20,廃止\n"
    cycle = make_two_cycles(root, [both, more[:2]], [both, more], matches)
    return load_findings(open_cycle(cycle.name, root), collect_survey)


def test_what_did_not_move_is_said_once(still: Findings) -> None:
    assert "から増減がなく、50.0%のままです" in said(still, "kankyo")
    assert "ポイント" not in said(still, "kankyo")


def test_a_rate_that_moved_with_its_whole_alone_is_said(still: Findings) -> None:
    assert "から増減がなく、50.0%となりました（+16.7ポイント）" in said(still, "kodomo")


def test_the_total_of_the_reasons_has_its_share_and_rounding_is_told(tmp_path: Path) -> None:
    reasons = ["未検討", "その他理由で不可", "現行法制度上不可"]
    rows = [not_started(n, reason=r, reason_detail="理由") for n, r in enumerate(reasons, 1)]
    findings = load_findings(make_two_cycles(tmp_path, [rows], [rows]), collect_survey)
    table = reason_table(findings, "all")
    assert str(getattr(table.rows[-1][2], "text", "")) == "100.0"
    assert table.notes == (ROUNDED_SHARES,)


def test_shares_that_add_up_are_not_explained(tmp_path: Path) -> None:
    rows = [not_started(1), not_started(2)]
    findings = load_findings(make_two_cycles(tmp_path, [rows], [rows]), collect_survey)
    assert reason_table(findings, "all").notes == ()
