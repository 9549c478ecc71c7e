"""数値の根拠 on paper: what a number means once, and a few words of each of its scopes.

A number leads to its own words, these to the numbers that it was made from. Where its rows stand is
told where that is short; of every figure it stands in a file within the PDF, `PLACES_NAME`.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from analysis.cycle import FIGURES_NAME
from analysis.document.blocks import Cell, Quoted
from analysis.document.typst import lead_to_evidence, literal
from analysis.evidence.appendix import EVIDENCE_TITLE, name_scope
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger
from analysis.figures.measure import Change, Measure, Share
from analysis.language.lexicon import Lexicon
from analysis.language.phrase import IN_JAPANESE

PLACES_NAME = "evidence-places.csv"

LONGEST_PLACES = 40
"""The longest list of rows that stands on paper, in characters: half a line."""

_ABOUT = (
    "本文の数値を選ぶと、ここに移ります。数値の種類ごとに、何を数えたかと、範囲ごとの値を示します。かっこの中は、"
    "もとになる数値（分子／分母、今回／前回など）か、根拠の行です。百分率は四捨五入して小数第一位まで、増減は四捨五入前の値の差です。"
    "定義の全文は添付の {figures} に、根拠のすべての行は添付の {places} にあります。"
)


def write_evidence(
    ledger: Ledger,
    figures: Sequence[Figure],
    rows: Mapping[str, Cell],
    lexicon: Lexicon | None = None,
) -> Iterator[str]:
    """Yield the section as Typst markup, a paragraph a measure.

    `figures` are as `gather_figures` returns them, `rows` as `say_rows` does.
    """
    attached = map(ledger.cycle.name_file, (FIGURES_NAME, PLACES_NAME))
    say = str if lexicon is None else lexicon.say
    about = say(_ABOUT).format(**dict(zip(("figures", "places"), attached, strict=True)))
    yield f"#evidence({literal(say(EVIDENCE_TITLE))}, {literal(about)})"
    for _, members in groupby(figures, key=lambda figure: figure.measure):
        group = list(members)
        items = "".join(f"{_write_item(ledger, figure, rows, lexicon)}, " for figure in group)
        label, meaning = (say(one) for one in (group[0].label, _define(ledger, group[0])))
        # A bookmark can't say in which language a part of it is.
        is_whole = lexicon is None or not IN_JAPANESE.search(label)
        looks = "" if is_whole else "bookmarked: false, "
        yield f"#evidence-of({literal(label)}, {literal(meaning)}, {looks}{items})"


def _define(ledger: Ledger, figure: Figure) -> str:
    """Return what a figure means; of one made from others by their names, whose words stand here.

    Its whole definition is in the list of figures within the PDF.
    """

    def call(measure: Measure) -> str:
        return f"「{ledger.items[ledger.name_of(measure)].label}」"

    match ledger.items[figure.measure].measure:
        case Share(part=part, whole=whole):
            return f"{call(part)}÷{call(whole)}"
        case Change(of=of):
            return f"{call(of)}の今回と前回との差"
    return figure.definition


def write_places(rows: Mapping[str, Cell]) -> bytes:
    """Return the file that tells where the rows of each figure stand: one line a figure."""
    text = io.StringIO(newline="")
    lines = [(name, cell.text if isinstance(cell, Quoted) else cell) for name, cell in rows.items()]
    csv.writer(text, lineterminator="\n").writerows([("figure_id", "rows"), *lines])
    return text.getvalue().encode("utf-8-sig")


def _write_item(
    ledger: Ledger, figure: Figure, rows: Mapping[str, Cell], lexicon: Lexicon | None
) -> str:
    parts = [
        lead_to_evidence(part.id, _write_value(part, lexicon)) for part in ledger.parts(figure)
    ]
    told = rows.get(figure.id)
    if not parts and isinstance(told, Quoted) and len(told.text) <= LONGEST_PLACES:
        parts = [literal(told.text)]
    say = str if lexicon is None else lexicon.say
    scope = say(name_scope(ledger, figure))
    listed = "".join(f"{part}, " for part in parts)
    value = literal(_write_value(figure, lexicon))
    return f"({literal(figure.id)}, {literal(scope)}, {value}, ({listed}))"


def _write_value(figure: Figure, lexicon: Lexicon | None) -> str:
    if figure.value is None:
        return figure.text
    name = figure.unit.name
    return figure.text + (name if lexicon is None else lexicon.say_unit(name, figure.text))
