"""An executed notebook read as a document: its masthead, its prose and its blocks, in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.document.block import AS_SLIDES, ASKED, MASTHEAD_MIME, MISSING_WORDS, TYPST_MIME
from analysis.document.blocks import Masthead
from analysis.document.fonts import missing_glyphs, name_signs
from analysis.document.markdown import USABLE, Token, parse
from analysis.document.slide import SLIDE_MIME
from analysis.document.svg import from_cell
from analysis.errors import ReportError, list_examples
from analysis.figures.asked import EVERYTHING

if TYPE_CHECKING:
    from nbformat import NotebookNode

STRAY_SHOWN = 80
_SHOW = "show は、from analysis.reports.show import Show として、show = Show(findings) で作ります"
_FRAME = (
    "pandas の表は、そのままでは載せられません。数えた値ではなく数値を並べた表を"
    ' show.traced(表, "表題") に渡すか、show.table(columns=["online", "online_rate"]) のように'
    f"数値の名前で求めてください（{_SHOW}）。"
)
_PICTURE = (
    "matplotlib の図は、数値をたどれないため載せられません。"
    'show.bars("online_rate") のように、数値の名前で描いてください'
    f"（{_SHOW}。自分で描いた図は、報告書にしないノートブックでだけ使えます）。"
)


@dataclass(frozen=True)
class CellOutput:
    """What one cell returned: the same block as HTML and as Typst; slides also as plain data."""

    html: str
    typst: str
    slides: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class Document:
    """A report's content. `parts` are prose (tokens of a markdown cell) and displays.

    `asked` is what was asked of the answers for it (see `asked`), `missing` are the texts that have
    no translation, with the cells in which they stand.
    """

    masthead: Masthead
    parts: tuple[Token | CellOutput, ...]
    asked: frozenset[str] = frozenset()
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def slides(self) -> list[dict[str, Any]]:
        """Its slides as plain data, in order; none in a report that is no presentation."""
        outputs = (part for part in self.parts if isinstance(part, CellOutput))
        return [slide for output in outputs for slide in output.slides or ()]


def read_document(notebook: "NotebookNode") -> Document:
    """Return an executed notebook's document.

    Raises ReportError, naming every cell, when one printed or returned something that is not a
    block of the report: a number there would have no evidence. So does prose that a report can't
    have, and a notebook that was not run.
    """
    mastheads: list[Masthead] = []
    parts: list[Token | CellOutput] = []
    shown: list[tuple[int, CellOutput]] = []
    notice: dict[str, Any] | None = None
    unusable: list[str] = []
    unprintable: set[tuple[int, str]] = set()
    stray: list[str] = []
    ways: dict[str, None] = {}
    asked: set[str] = set()
    missing: dict[str, str] = {}
    place = 0
    for cell in notebook.cells:
        # Cells are counted as who wrote the notebook sees them.
        place += "injected-parameters" not in cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            prose, wrong = parse(cell.source)
            parts += prose
            unusable += [f"{place}番目のセル: {what}" for what in wrong]
            unprintable |= {(place, sign) for sign in missing_glyphs(cell.source)}
        for output in cell.get("outputs", []):
            data: dict[str, Any] = output.get("data", {})
            # One that does not say what it was made from may have been made from anything.
            told = output.get("metadata", {})
            asked |= set(told.get(ASKED, [EVERYTHING]))
            for text in told.get(MISSING_WORDS, ()):
                missing.setdefault(text, f"{place}番目のセル")
            if MASTHEAD_MIME in data:
                mastheads.append(_read_masthead(data[MASTHEAD_MIME]))
                notice = data[MASTHEAD_MIME].get("notice")
            elif TYPST_MIME in data:
                parts.append(own := _read_output(data))
                shown.append((place, own))
                unprintable |= {(place, sign) for sign in missing_glyphs(own.typst)}
            else:
                text = str(output.get("text") or data.get("text/plain") or output.output_type)
                stray.append(f"{place}番目のセル: {' '.join(text.split())[:STRAY_SHOWN]}")
                ways |= dict.fromkeys(_find_ways(data))
    _require_usable(unusable, stray, ways)
    if unprintable:
        raise ReportError(
            "ノートブックに、印刷できない文字があります。セルか、そこに出る調査票などのもとの文字を、"
            "印刷できる文字に直してください。\n"
            + list_examples([f"{at}番目のセル: {name_signs(s)}" for at, s in sorted(unprintable)])
        )
    if len(mastheads) != 1:
        raise ReportError(
            "ノートブックに報告書の表題がありません。すべてのセルを実行してから書き出してください。"
        )
    is_shown = _require_slides(shown)
    if notice:
        # What stands above all that is said.
        parts.insert(0, _read_output(notice[AS_SLIDES] if is_shown else notice))
    return Document(mastheads[0], tuple(parts), frozenset(asked), tuple(missing.items()))


def _require_slides(shown: list[tuple[int, CellOutput]]) -> bool:
    """Tell whether the cells are a presentation's.

    Raises ReportError where only some of them are, or none has a slide: what is no slide would be
    missing from the presentation.
    """
    if not any(output.slides is not None for _, output in shown):
        return False
    if other := [f"{place}番目のセル" for place, output in shown if output.slides is None]:
        raise ReportError(
            "スライドのノートブックに、スライドでない部品があります。"
            'Slides((Slide("題", (部品,)),)) のように、スライドに入れてください。\n'
            + list_examples(other)
        )
    if not any(output.slides for _, output in shown):
        raise ReportError(
            "スライドが一枚もありません。どれかのセルの Slides に、Slide を一枚以上入れてください。"
        )
    return True


def _require_usable(unusable: list[str], stray: list[str], ways: Iterable[str]) -> None:
    """Raise ReportError for prose that a report can't have, and for outputs that are no blocks."""
    wrong = []
    if unusable:
        wrong.append(
            "ノートブックの文章に、報告書で使えない書き方があります。"
            f"{USABLE}\n{list_examples(unusable)}"
        )
    if stray:
        wrong.append(
            "ノートブックに、根拠をたどれない出力があります。報告書の部品（表、文、図）だけを"
            "返してください。\n" + "\n".join([*(f"  ・{line}" for line in stray), *ways])
        )
    if wrong:
        raise ReportError("\n".join(wrong))


def _find_ways(data: dict[str, Any]) -> Iterator[str]:
    """Yield what to do in place of showing something, where it is a thing of pandas or pyplot."""
    plain = _join(data.get("text/plain", ""))
    if 'class="dataframe"' in _join(data.get("text/html", "")) or "dtype:" in plain:
        yield _FRAME
    if any(kind.startswith("image/") for kind in data) or "<Axes" in plain:
        yield _PICTURE


def _read_masthead(fields: dict[str, Any]) -> Masthead:
    paired = ("beside", "departments", "versions", "translated")
    pages = {name: tuple(map(tuple, fields[name])) for name in paired}
    aimed = tuple(fields["aimed"]) if fields.get("aimed") else None
    return Masthead(
        **{**fields, **pages, "notes": tuple(fields["notes"]), "notice": None, "aimed": aimed}
    )


def _read_output(data: dict[str, Any]) -> CellOutput:
    shown = from_cell(_join(data["text/html"])), _join(data[TYPST_MIME])
    return CellOutput(*shown, data.get(SLIDE_MIME))


def _join(text: str | list[str]) -> str:
    """Return a text that a notebook file may hold as a list of lines."""
    return text if isinstance(text, str) else "".join(text)
