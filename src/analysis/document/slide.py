"""A slide: what a report says in one breath, to be shown on a wall and edited by staff.

It is made of the blocks that reports are made of. On its page they stand one below another; on
paper and in the presentation they stand in one column or two, as large as they fit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from analysis.document.block import TYPST_MIME
from analysis.document.blocks import (
    Block,
    Bullets,
    Chart,
    Group,
    Inline,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.document.inline import find_stranger
from analysis.document.tiles import Tiles
from analysis.errors import ReportError

SLIDE_MIME = "application/vnd.analysis.slide+json"

LONGEST_COLUMN = 14
"""How many rows a table has in one column; a longer one stands in two halves."""

MOST_ROWS_SHOWN = 2 * LONGEST_COLUMN
"""How many rows of a table a slide has."""

Part = Paragraph | Bullets | Table | Chart | Tiles
"""What can stand on a slide."""

_PARTS = (Paragraph, Bullets, Table, Chart, Tiles)
_FORM = (
    'Slides((Slide("題", (部品, 部品), message=("要点",)),)) のように、丸括弧に入れて並べます'
    "（一つだけのときも、後ろにコンマが要ります）。部品は、show の表、文、図です。"
)


@dataclass(frozen=True)
class Slide:
    """One slide: a title, a message in a sentence, and parts in one column or two.

    `opening` is the first, which has its title large. `widths` are those of the two columns, as
    shares of each other.
    """

    title: str
    parts: tuple[Part, ...]
    beside: tuple[Part, ...] = ()
    message: tuple[Inline, ...] = ()
    opening: bool = False
    widths: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        """Refuse anything but the parts of a slide, and what can't be drawn on one.

        Raises ReportError, as these are written in notebooks.
        """
        if not isinstance(self.title, str) or not self.title.strip():
            raise ReportError(f"スライドの題は、空でない文字で書いてください。{_FORM}")
        where = f"スライド「{self.title}」の"
        for name, given, kinds in (
            ("部品", self.parts, _PARTS),
            ("右の部品（beside）", self.beside, _PARTS),
            ("要点（message）", self.message, (str, Quoted, Shown, Strong)),
        ):
            if (what := find_stranger(given, kinds)) is not None:
                raise ReportError(f"{where}{name}に {what} は入れられません。{_FORM}")
        widths: Any = self.widths
        is_pair = isinstance(widths, tuple) and [type(one) for one in widths] == [int, int]
        if not is_pair or min(widths) < 1:
            raise ReportError(
                f"{where} widths は、(3, 2) のように、二つとも1以上の整数にしてください。"
            )
        for part in (*self.parts, *self.beside):
            if isinstance(part, Chart) and part.plot is None:
                raise ReportError(
                    f"{where}図「{part.caption}」は、スライドにない種類の図です。"
                    '数値を一つだけ並べる図（show.bars("online_rate") など）か、表にしてください。'
                )
            if isinstance(part, Table):
                self._require_room(part)

    def _require_room(self, table: Table) -> None:
        where = f"スライド「{self.title}」の表「{table.caption}」"
        if not table.columns:
            raise ReportError(f"{where}には列がありません。")
        if len(table.rows) > MOST_ROWS_SHOWN:
            raise ReportError(
                f"{where}は{len(table.rows):,}行で、一枚に入る{MOST_ROWS_SHOWN}行を超えています。"
                "行を絞るか、share_out で何枚かに分けてください。"
            )

    @property
    def content(self) -> Group:
        """The slide as a section of a page, whose own title is that of the opening."""
        said = (Paragraph(self.message, kind="lead"),) if self.message else ()
        heading = () if self.opening else (Paragraph((self.title,), kind="heading"),)
        return Group((*heading, *said, *self.parts, *self.beside))


@dataclass(frozen=True)
class Slides(Block):
    """Slides one after another, which a cell returns; none where there is nothing to say."""

    slides: tuple[Slide, ...]

    def __post_init__(self) -> None:
        """Raise ReportError for anything but slides."""
        if (what := find_stranger(self.slides, (Slide,))) is not None:
            raise ReportError(f"Slides に {what} は入れられません。{_FORM}")

    def _render(self) -> dict[str, Any]:
        # The renderers know a slide, as those of blocks know every block.
        from analysis.document import html, svg  # noqa: PLC0415
        from analysis.document.slides import described, typeset  # noqa: PLC0415

        page = Group(tuple(slide.content for slide in self.slides))
        return {
            "text/html": svg.to_cell(html.render(page)),
            TYPST_MIME: "\n".join(map(typeset.render, self.slides)),
            SLIDE_MIME: list(map(described.render, self.slides)),
        }


def halve(table: Table) -> tuple[Table, ...]:
    """Return a table as it stands on a slide: in two halves, side by side, if it is long."""
    if len(table.rows) <= LONGEST_COLUMN:
        return (table,)
    middle = len(table.rows) // 2
    rest = _cut(table, middle, len(table.rows))
    rest = replace(rest, caption=f"{table.caption}（続き）", marks=_list_looks(rest), ledger=None)
    return (_cut(table, 0, middle), rest)


def share_out(table: Table) -> Iterator[Table]:
    """Yield a table in as many parts as it takes slides, each at most MOST_ROWS_SHOWN long."""
    slides = -(-len(table.rows) // MOST_ROWS_SHOWN)
    for at in range(slides):
        ends = [len(table.rows) * place // slides for place in (at, at + 1)]
        yield _cut(table, *ends) if slides > 1 else table


def _cut(table: Table, begin: int, end: int) -> Table:
    """Return some rows of a table, which look as they did: its sums were checked with all."""
    notes = table.notes if end == len(table.rows) else ()
    return replace(
        table,
        rows=table.rows[begin:end],
        marks=_list_looks(table)[begin:end],
        subtotals=(),
        notes=notes,
        ledger=None,
    )


def _list_looks(table: Table) -> tuple[str | None, ...]:
    return tuple(look or None for look in table.looks)
