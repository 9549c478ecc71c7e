"""The blocks a report is built of, which a notebook's cells return.

A block holds figures and texts, never a bare number: `12` in a cell or a sentence is refused, so a
number without evidence can't be printed. Through Jupyter's rich-display protocol each block offers
HTML (for JupyterLab and the HTML report) and Typst markup (for the PDF), by one renderer each,
`html` and `typst`. A digit in a text of ours stops the export (`orphans`), but not in `Quoted`.
"""

from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from analysis.document.block import AS_SLIDES, MASTHEAD_MIME, Block
from analysis.document.inline import (
    Cell,
    Inline,
    Link,
    Quoted,
    Shown,
    Strong,
    require_parts,
)
from analysis.document.plot import Plot
from analysis.document.sums import require_total
from analysis.document.text import name_drawing
from analysis.figures.figure import Figure
from analysis.names import ORIGINAL

if TYPE_CHECKING:
    from analysis.figures.ledger import Ledger

__all__ = [  # with what stands in them
    "Block", "Bullets", "Cell", "Chart", "Column", "Group", "Inline", "Link", "Masthead",
    "Paragraph", "Quoted", "Shown", "Strong", "Table", "require_parts",
]  # fmt: skip


@dataclass(frozen=True)
class Masthead(Block):
    """The head of a report: the exporters put it on top, in the title and in the running head.

    `title` names the report, `subtitle` whom and when it is about, `notes` are short lines such as
    the publisher, `demonstration` marks invented data on every page, of which `invented` says how
    it was made up; `notice` stands above all.
    `stem` is that of its files, `beside` and `departments` the other pages that it leads to: the
    name of each one's file, and what it is called. `aimed` is the target, in percent, and its date
    where it is not the settings'. `lang` is the language, `versions` the stem of its files in each
    that there is, where it is not alone, `translated` are the stems of every page of the set that
    is in Japanese and in English.
    """

    title: str
    subtitle: str
    notes: tuple[str, ...]
    as_of: str
    city: str
    demonstration: bool
    cycle: str = ""
    notice: Block | None = None
    invented: str = ""
    stem: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    departments: tuple[tuple[str, str], ...] = ()
    aimed: tuple[int, str] | None = None
    lang: str = ORIGINAL
    versions: tuple[tuple[str, str], ...] = ()
    translated: tuple[tuple[str, str], ...] = ()

    def leads_out(self, file: str) -> bool:
        """Tell whether a page of the set, by its file's name, is Japanese and this one is not."""
        known = {f"{stem}.html" for _, stem in self.translated}
        return self.lang != ORIGINAL and file not in known

    def write(self) -> dict[str, Any]:
        """Return what a cell holds of the head, its fields and its notice among it."""
        notice = self.notice and self.notice.write()
        if isinstance(self.notice, Paragraph) and self.lang == ORIGINAL:
            # A slide is made of blocks, so they can't know one at import.
            from analysis.document.slide import Slide, Slides  # noqa: PLC0415

            slides = Slides((Slide("この資料について", (self.notice,)),))
            notice = {**(notice or {}), AS_SLIDES: slides.write()}
        return {**super().write(), MASTHEAD_MIME: {**vars(self), "notice": notice}}


@dataclass(frozen=True)
class Paragraph(Block):
    """Running text with figures: plain, the headline, small print, a heading, that of a page."""

    parts: tuple[Inline, ...]
    kind: Literal["plain", "lead", "note", "heading", "page"] = "plain"

    def __post_init__(self) -> None:
        """Refuse anything but texts and figures."""
        require_parts(self.parts, (str, Quoted, Shown, Strong, Link))


@dataclass(frozen=True)
class Bullets(Block):
    """A list of sentences with figures in them."""

    items: tuple[tuple[Inline, ...], ...]

    def __post_init__(self) -> None:
        """Refuse anything but texts and figures."""
        for item in self.items:
            require_parts(item, (str, Quoted, Shown, Strong, Link))


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `group` joins neighbours under a title, `weight` is its share of the PDF's width (None: as wide
    as its content). Numeric columns are aligned right. In a browser rows may be chosen by one that
    `picks`: those with one of its values, or with at least a number. `codes` are what its short
    words stand for. Words of its `order` are sorted as they stand there. A column that `heads`
    stands above the rows that are alike in it (see `Table`).
    """

    title: str
    group: str | None = None
    numeric: bool = False
    weight: int | None = None
    picks: Literal["one", "least"] | None = None
    codes: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    heads: bool = False


@dataclass(frozen=True)
class Table(Block):
    """A table with a caption. Rows hold texts, figures and links; None is a blank cell (—).

    The first `headings` cells of a row are its headings. A `ledger` makes the last row the total:
    what does not add up to it is refused. A row of `subtotals` (by position) is the sum of the rows
    since the one before. `empty` stands for a table with no rows. `marks` gives, by row, a word for
    its look (`bad`, `good`, `quiet`), which never carries meaning alone, `lines_of` the figure
    whose line of evidence it is; `definition` then stands below the caption. `on_paper`: its PDF.
    `parted` gives, by the first of them, what stands above the rows that are alike in the column
    that heads them, which is left out. The rows of a `tool` a browser sorts and chooses among.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    headings: int = 1
    ledger: InitVar["Ledger | None"] = None
    total: bool = field(init=False)
    subtotals: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    empty: str = "該当はありません。"
    marks: tuple[str | None, ...] = ()
    lines_of: tuple[Figure, ...] = ()
    definition: str = ""
    on_paper: "Table | None" = None
    parted: Mapping[int, tuple[Inline, ...]] = field(default_factory=dict)
    tool: bool = False

    def __post_init__(self, ledger: "Ledger | None") -> None:
        """Refuse bare numbers, ragged rows, and a total that is not the sum of its parts."""
        object.__setattr__(self, "total", ledger is not None)
        for row in self.rows:
            require_parts(row, (str, Quoted, Figure, Shown, Link, type(None)))
            if len(row) != len(self.columns):
                raise TypeError(f"a row of {len(row)} cells in {len(self.columns)} columns")
        if ledger is not None:
            require_total(ledger, self.caption, self.rows, self.subtotals)

    @property
    def looks(self) -> tuple[str, ...]:
        """Each row's look: its mark, `total` for the sum, `quiet` for a part's, or nothing."""
        marks = [mark or "" for mark in self.marks or (None,) * len(self.rows)]
        for place in self.subtotals:
            marks[place] = "quiet"
        if self.total and marks:
            marks[-1] = "total"
        return tuple(marks)


@dataclass(frozen=True)
class Chart(Block):
    """A drawing of figures: `svg` draws, `caption` names it, `alt` says in words what it shows.

    `figures` are those drawn, in their order, so that none is shown without evidence; `plot` is
    what a slide draws of it itself. `message` is what it says, in a sentence of its title, behind
    the `joint`. `again` draws it anew of what it was drawn of (see `drawing`).
    """

    caption: str
    svg: str
    alt: tuple[str | Quoted | Shown, ...]
    figures: tuple[Figure, ...]
    plot: Plot | None = None
    message: tuple[str | Quoted | Shown, ...] = ()
    joint: str = "："
    again: Callable[..., "Chart"] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a drawing of anything but figures."""
        require_parts(self.figures, (Figure,))
        require_parts((*self.alt, *self.message), (str, Quoted, Shown))

    @property
    def name(self) -> str:
        """A name of its own among a page's drawings, the same from build to build."""
        return name_drawing(self.caption, (figure.id for figure in self.figures))

    @property
    def title(self) -> tuple[str | Quoted | Shown, ...]:
        """The caption, and after it the message."""
        return (self.caption, self.joint, *self.message) if self.message else (self.caption,)

    @property
    def alt_text(self) -> str:
        """The alternative text."""
        return "".join(part if isinstance(part, str) else part.text for part in self.alt)


@dataclass(frozen=True)
class Group(Block):
    """Blocks shown one after another, for cells that return more than one."""

    blocks: tuple[Block, ...]
