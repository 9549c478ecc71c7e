"""No orphan numbers: every digit of a finished page is a figure's, or of a kind that needs none.

What needs none is a short list: dates, section numbers, names and guideline text quoted word for
word, a standard's name, and what stands in `Quoted`, the words and places of the raw files.
Anything else with a digit in it, in prose, a table, a chart or an alternative text, has no evidence
and stops the build. So does a figure that is printed with another value than the ledger's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from analysis.document.pointed import tell_figure
from analysis.document.translate import translate_figure
from analysis.errors import ReportError, list_examples
from analysis.figures.definition import list_constants
from analysis.figures.figure import split_id
from analysis.figures.findings import Findings
from analysis.figures.ledger import Ledger
from analysis.language.dates import ENGLISH_DATE
from analysis.language.faults import has_number
from analysis.language.lexicon import Lexicon
from analysis.language.phrase import begin_small

_STANDARDS = ("SHA-256",)
_DATES = re.compile(r"\d{4}年(度末?|\d{1,2}月(\d{1,2}日)?)?|\d{4}-\d{2}-\d{2}")
_SECTION_NUMBER = re.compile(r"^\s*\d+(-\d+|-\(\d+\))*[\s　]")
_NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?|—")
_WORD = re.compile(r"[^\d\s.,+−%-]")
_SPOKEN = ("alt", "aria-label", "title", "placeholder")
_UNREAD = frozenset({"script", "style"})
_HEADINGS = frozenset({"h1", "h2", "h3", "nav"})
_AROUND = 40


@dataclass(frozen=True)
class Printed:
    """What a page prints: its figures (id and text, in order), and its other texts.

    `texts` leaves out what is quoted, what is blank, and the section number that begins a heading.
    `told` are the ids of the figures that drawings tell who points at them, and what they tell.
    """

    figures: list[tuple[str, str]]
    texts: list[str]
    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The ids of the figures printed, in order."""
        return [figure_id for figure_id, _ in self.figures]


def require_traced(page: str, findings: Findings, lexicon: Lexicon | None = None) -> Printed:
    """Return what a page prints if every digit has its evidence; else raise ReportError.

    With a lexicon the page is in English.
    """
    printed = read_page(page)
    if wrong := find_orphans(printed, findings, lexicon):
        raise ReportError(
            f"報告書に、根拠をたどれない数字が{len(wrong)}か所あります。"
            "数値（figure）として渡すか、調査票などからの引用なら Quoted に入れてください。\n"
            + list_examples(list(dict.fromkeys(wrong)))
        )
    return printed


def find_orphans(printed: Printed, findings: Findings, lexicon: Lexicon | None = None) -> list[str]:
    """Return a line for each text with a digit that has no evidence, and each wrong figure."""
    known = list_known_words(findings, lexicon)
    wrong = [
        f"根拠のない数字があります: 「{text.strip()[:_AROUND]}」"
        for text in printed.texts
        if _has_digit(_strip_known(text, known))
    ]
    wrong += [
        f"数値 {figure_id} が台帳の値と違います: 「{text}」（台帳では「{expected}」）"
        for figure_id, text in printed.figures
        if (expected := tell_difference(findings.ledger, figure_id, text, known))
    ]
    return wrong + [
        f"数値 {figure_id} の図での説明が台帳と違います: 「{text}」"
        for figure_id, text in dict.fromkeys(printed.told)
        if text not in _list_told(findings.ledger, figure_id, lexicon)
    ]


def _list_told(ledger: Ledger, figure_id: str, lexicon: Lexicon | None) -> list[str]:
    """Return what a drawing may tell of a figure."""
    if (figure := ledger.look_up(*split_id(figure_id))) is None:
        return []
    own = figure if lexicon is None else translate_figure(figure, lexicon)
    return [tell_figure(own, is_now=is_now) for is_now in (True, False)]


def list_printed(page: str) -> list[str]:
    """Return the ids of the figures that a page, or a piece of one, prints, in order."""
    return [_id_of(node.attributes) for node in LexborHTMLParser(page).css("a.figure")]


def read_page(page: str) -> Printed:
    """Return what a page, or a piece of one, prints: its figures, and its other texts."""
    printed = Printed([], [])
    root = LexborHTMLParser(page).root
    waiting = [] if root is None else [(root, False, False)]
    while waiting:
        node, is_read, in_heading = waiting.pop()
        if node.is_text_node:
            text = node.text_content or ""
            if not is_read and not text.isspace():
                printed.texts.append(_SECTION_NUMBER.sub("", text) if in_heading else text)
            continue
        tag, values = node.tag, node.attributes
        classes = (values.get("class") or "").split()
        printed.texts.extend(values[name] or "" for name in _SPOKEN if name in values)
        if tag == "a" and "figure" in classes:
            first, text = node.child, node.text()
            if first is not None and first.tag == "title":
                printed.told.append((_id_of(values), first.text()))
                text = text.removeprefix(first.text())
            if text:
                printed.figures.append((_id_of(values), text))
            is_read = True
        is_read = is_read or tag in _UNREAD or "quoted" in classes
        in_heading = in_heading or tag in _HEADINGS
        parts = [(part, is_read, in_heading) for part in node.iter(include_text=True)]
        waiting.extend(reversed(parts))
    return printed


def _id_of(link: Mapping[str, str | None]) -> str:
    return unquote((link.get("href") or "")[1:])


def tell_difference(ledger: Ledger, figure_id: str, text: str, known: Iterable[str]) -> str | None:
    """Return what the ledger says where a printed figure says something else.

    `known` are the words whose digits are no number (see `list_known_words`).
    """
    figure = ledger.look_up(*split_id(figure_id))
    if figure is None:
        return "なし"
    # A legend names the part before its number.
    for told in (text, _strip_known(text, known)):
        if _NUMBER.findall(told) in ([figure.text], [figure.magnitude]):
            return None
    return figure.text


def list_known_words(findings: Findings, lexicon: Lexicon | None = None) -> list[str]:
    """Return the words of cycle.toml, survey.toml and the guideline, the longest first.

    With a lexicon they are in English, which has 第二支所 as Branch 2, or branch 2 within a line.
    """
    settings, guideline = findings.cycle.settings, findings.ledger.guideline
    words = [*_STANDARDS, settings.city, settings.title, *settings.publisher, guideline.title]
    words += [name for d in settings.departments for name in (d.name, d.workbook)]
    words += [guideline.version, guideline.source, guideline.goal, *guideline.notes]
    words += [guideline.heading, guideline.intro]
    for section in guideline.sections:
        words += [f"{section.number} {section.title}", section.title, section.summary]
        words += [section.question]
        words += [*section.paragraphs, *section.columns, *section.footnotes]
        words += [box.title for box in section.boxes]
        for entry in section.entries:
            words += [*entry.cells, entry.label or "", entry.proposal or "", entry.note or ""]
    words += findings.cycle.questionnaire.words
    words += [item.label for item in findings.ledger.items.values() if item.is_own]
    words += guideline.rule_words
    words += {
        word for item in findings.ledger.items.values() for word in list_constants(item.measure)
    }
    lines = {line for word in words for line in word.splitlines() if has_number(line)}
    if lexicon is not None:
        said = {*filter(None, map(lexicon.find, lines))}
        lines = said | {*map(begin_small, said)}
    # A name of digits alone would let any number of these digits pass.
    named = (line for line in lines if _has_digit(line) and _WORD.search(line))
    return sorted(named, key=len, reverse=True)


def _strip_known(text: str, known: Iterable[str]) -> str:
    """Return a text without its dates and without the words that are known."""
    if not _has_digit(text):
        return ""
    for word in known:
        text = text.replace(word, "")
    return _DATES.sub("", ENGLISH_DATE.sub("", text))


def _has_digit(text: str) -> bool:
    """Return whether a text holds a digit of any script; ① and ² are digits too."""
    return any(map(str.isdigit, text))
