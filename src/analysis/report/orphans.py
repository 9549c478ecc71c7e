"""No orphan numbers: every digit of a finished page is a figure's, or of a kind that needs none.

What needs none is a short list: dates, section numbers, names and guideline text quoted word for
word, a standard's name, and what stands in `Quoted`, the words and places of the raw files.
Anything else with a digit in it, in prose, a table, a chart or an alternative text, has no evidence
and stops the build. So does a figure that is printed with another value than the ledger's.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import unquote

from analysis.errors import ReportError, list_examples
from analysis.figures.figure import split_id
from analysis.figures.ledger import Ledger
from analysis.report.findings import Findings

_STANDARDS = ("SHA-256",)
_DATES = re.compile(r"\d{4}年(度末?|\d{1,2}月(\d{1,2}日)?)?|\d{4}-\d{2}-\d{2}|\d{4}\.\d{1,2}時点")
_SECTION_NUMBER = re.compile(r"^\s*\d+(-\d+|-\(\d+\))*[\s　]")
_NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?|—")
_WORD = re.compile(r"[^\d\s.,+−%-]")
_SPOKEN = ("alt", "aria-label", "title", "placeholder")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
_UNREAD = frozenset({"script", "style", "quoted"})
_HEADINGS = frozenset({"h1", "h2", "h3", "nav"})
_AROUND = 40


def require_traced(page: str, findings: Findings) -> "PageReader":
    """Return what a page prints if every digit has its evidence; else raise ReportError."""
    reader = read_page(page)
    refuse_orphans(reader, findings)
    return reader


def refuse_orphans(reader: "PageReader", findings: Findings) -> None:
    """Raise ReportError if any digit that was read has no evidence, or is not the ledger's."""
    if wrong := find_orphans(reader, findings):
        raise ReportError(
            f"報告書に、根拠をたどれない数字が{len(wrong)}か所あります。"
            "数値（figure）として渡すか、調査票などからの引用なら Quoted に入れてください。\n"
            + list_examples(list(dict.fromkeys(wrong)))
        )


def find_orphans(reader: "PageReader", findings: Findings) -> list[str]:
    """Return a line for each text with a digit that has no evidence, and each wrong figure."""
    known = _list_known_words(findings)
    wrong = [
        f"根拠のない数字があります: 「{text.strip()[:_AROUND]}」"
        for text in reader.texts
        if _has_digit(_strip_known(text, known))
    ]
    wrong += [
        f"数値 {figure_id} が台帳の値と違います: 「{text}」（台帳では「{expected}」）"
        for figure_id, text in reader.figures
        if (expected := _differs(findings.ledger, figure_id, text))
    ]
    return wrong


def read_page(page: str) -> "PageReader":
    """Return what a page, or a piece of one, prints: its figures, and its other texts."""
    reader = PageReader()
    reader.feed(page)
    reader.close()
    return reader


class PageReader(HTMLParser):
    """Tells a page's printed figures (id and text, in order) from its other texts.

    `texts` leaves out what is quoted, what is blank, and the section number that begins a heading.
    """

    def __init__(self) -> None:
        """Start with an empty page."""
        super().__init__(convert_charrefs=True)
        self.figures: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._figure: str | None = None
        self._words: list[str] = []

    @property
    def ids(self) -> list[str]:
        """The ids of the figures printed, in order."""
        return [figure_id for figure_id, _ in self.figures]

    def feed(self, data: str) -> None:
        """Read a piece of the page; a whole page may come in several."""
        # Text that is marked safe would escape what is put behind it.
        super().feed(str(data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins: a figure, a quotation, a text that is only spoken."""
        values = {name: value or "" for name, value in attrs}
        self.texts += [values[name] for name in _SPOKEN if name in values]
        if tag in _VOID:
            return
        kind = tag
        classes = values.get("class", "").split()
        if "figure" in classes and tag == "a":
            kind, self._figure = "figure", unquote(values.get("href", "")[1:])
        elif "quoted" in classes:
            kind = "quoted"
        self._open.append((tag, kind))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note what ends."""
        if self._open and self._open[-1][0] == tag:
            _, kind = self._open.pop()
            if kind == "figure" and self._figure is not None:
                self.figures.append((self._figure, "".join(self._words)))
                self._figure, self._words = None, []

    def handle_data(self, data: str) -> None:
        """Put a text where it belongs."""
        if self._figure is not None:
            self._words.append(data)
        elif not data.isspace():
            kinds = {kind for _, kind in self._open}
            if not kinds & _UNREAD:
                self.texts.append(_SECTION_NUMBER.sub("", data) if kinds & _HEADINGS else data)


def _differs(ledger: Ledger, figure_id: str, text: str) -> str | None:
    """Return what the ledger says where a printed figure says something else."""
    figure = ledger.look_up(*split_id(figure_id))
    if figure is None:
        return "なし"
    if _NUMBER.findall(text) in ([figure.text], [figure.magnitude]):
        return None
    return figure.text


def _list_known_words(findings: Findings) -> list[str]:
    """Return the names of cycle.toml and the guideline's texts, the longest first."""
    settings, guideline = findings.cycle.settings, findings.ledger.guideline
    words = [*_STANDARDS, settings.city, settings.title, *settings.publisher, guideline.title]
    words += [name for d in settings.departments for name in (d.name, d.workbook)]
    words += [guideline.version, guideline.source, guideline.goal, *guideline.notes]
    for section in guideline.sections:
        words += [section.title, section.summary]
        words += [*section.paragraphs, *section.columns, *section.footnotes]
        words += [box.title for box in section.boxes]
        for entry in section.entries:
            words += [*entry.cells, entry.label or "", entry.proposal or "", entry.note or ""]
    lines = {line for word in words for line in word.splitlines() if _has_digit(line)}
    # A name of digits alone would let any number of these digits pass.
    return sorted((line for line in lines if _WORD.search(line)), key=len, reverse=True)


def _strip_known(text: str, known: Iterable[str]) -> str:
    """Return a text without its dates and without the words that are known."""
    if not _has_digit(text):
        return ""
    for word in known:
        text = text.replace(word, "")
    return _DATES.sub("", text)


def _has_digit(text: str) -> bool:
    """Return whether a text holds a digit of any script; ① and ² are digits too."""
    return any(map(str.isdigit, text))
