"""A page whose every number is traced: the content, 数値の根拠 behind it, and the check of both."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import quote

from markupsafe import Markup

from analysis.document import html
from analysis.document.blocks import Masthead, Table
from analysis.document.page import write_page
from analysis.document.translate import translate_table
from analysis.evidence.appendix import EVIDENCE_NOTE, EVIDENCE_TITLE, gather_figures, write_tables
from analysis.evidence.orphans import list_printed, require_traced
from analysis.evidence.payload import write_payload
from analysis.evidence.worded import finish_english, lead_to_versions, word_payload
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.language.lexicon import Lexicon
from analysis.names import INTERIM

_OPENING = "すべての数値の定義と行を開く"
# As both renderers write a `Link`; in what else is printed a quotation mark is escaped.
_LINK = re.compile(
    rf'((?:<a href="|link\(")(?:[\w/-]|%[0-9A-F]{{2}})+?)(?:-{INTERIM}|-{quote(INTERIM)})?'
    r'(\.(?:html|pdf|csv|xlsx|pptx|ipynb)[#"])'
)


def write_traced_page(
    masthead: Masthead,
    content: Markup,
    sections: list[tuple[str, str]],
    findings: Findings,
    figures: list[Figure],
    *,
    fingerprint: str,
    lexicon: Lexicon | None = None,
) -> str:
    """Return a whole page with the evidence of the figures that its content prints.

    `content` is rendered HTML, `sections` the ids and titles of its second-level headings,
    `figures` are those of the evidence, as `gather_printed` returns them, `fingerprint` is the
    short one of all that made it. With a lexicon all that is not said in English yet is. Raises
    ReportError for a digit without evidence, and for texts without a translation.
    """
    say = str if lexicon is None else lexicon.say
    tables = write_tables(findings.ledger, figures, city_rows_elsewhere=True, say=say)
    if tables:
        if lexicon is not None:
            tables = [translate_table(table, lexicon) for table in tables]
        content += _write_evidence(tables, say)
        sections = [*sections, ("evidence", say(EVIDENCE_TITLE))]
    word = dict if lexicon is None else partial(word_payload, lexicon=lexicon)
    payload = write_payload(findings.ledger, figures, word)
    content = Markup(mark_links(str(content), findings.cycle.mark))  # noqa: S704  only names in it change
    if lexicon is not None:
        content = Markup(lead_to_versions(finish_english(content, lexicon), masthead))  # noqa: S704
    page = write_page(masthead, content, sections, payload, fingerprint, lexicon=lexicon)
    if lexicon is not None:
        lexicon.require_all()
    require_traced(page, findings, lexicon)
    return page


def mark_links(written: str, mark: str) -> str:
    """Return HTML or Typst whose links to other files of the set lead to their names in this one.

    Who writes a link names the report, and nothing of the set in which it stands.

    >>> mark_links('<a href="overview.html#x">全体</a> <a class="figure" href="#y">1</a>', "-暫定")
    '<a href="overview-%E6%9A%AB%E5%AE%9A.html#x">全体</a> <a class="figure" href="#y">1</a>'
    >>> mark_links('<a href="data/%E6%89%8B.csv">', "-暫定")
    '<a href="data/%E6%89%8B-%E6%9A%AB%E5%AE%9A.csv">'
    """
    # A PDF's addresses are ASCII.
    return _LINK.sub(rf"\g<1>{quote(mark)}\g<2>", written) if mark else written


def gather_printed(content: Markup, findings: Findings) -> list[Figure]:
    """Return the figures of a content's evidence: those that it prints, and what made them.

    Raises FigureError for one that the ledger has not.
    """
    return gather_figures(findings.ledger, list_printed(content))


def _write_evidence(tables: Sequence[Table], say: Callable[[str], str]) -> Markup:
    written = [
        Markup('<section data-measure="{}">\n{}\n</section>').format(
            table.lines_of[0].measure,
            Markup(html.render(table)),  # noqa: S704  a block's own rendering
        )
        for table in tables
    ]
    # A browser opens it by itself for a number's address, for what it finds in it, and for print.
    return Markup(
        '\n<section id="evidence">\n<h2>{}</h2>\n<p>{}</p>\n'
        "<details>\n<summary>{}</summary>\n{}\n</details>\n</section>"
    ).format(*map(say, (EVIDENCE_TITLE, EVIDENCE_NOTE, _OPENING)), Markup("\n").join(written))
