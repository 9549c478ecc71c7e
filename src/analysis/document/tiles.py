"""The few numbers that a page begins with, side by side and large, each with what it means."""

from dataclasses import dataclass

from analysis.document.blocks import Block, Inline, Link, Quoted, Shown, Strong, require_parts
from analysis.document.inline import find_stranger
from analysis.errors import ReportError
from analysis.figures.figure import PERCENT, Figure


@dataclass(frozen=True)
class Tile:
    """One headline number: what it is called, the figure, a short line about it.

    `bar` is a rate to be drawn towards 100 %.
    """

    label: str
    shown: Shown
    about: tuple[Inline, ...] = ()
    bar: Figure | None = None

    def __post_init__(self) -> None:
        """Refuse anything but texts and figures, and a bar of what is no rate."""
        require_parts(self.about, (str, Quoted, Shown, Strong, Link))
        if self.bar is not None and self.bar.unit is not PERCENT:
            raise TypeError(f"a bar of {self.bar.id}, which is no rate")

    @property
    def filled(self) -> float | None:
        """How much of the bar is filled, of 1; None without one. Geometry, printed nowhere."""
        return None if self.bar is None else float(self.bar.exact or 0)


@dataclass(frozen=True)
class Tiles(Block):
    """Headline numbers side by side."""

    tiles: tuple[Tile, ...]

    def __post_init__(self) -> None:
        """Raise ReportError for anything but headline numbers, and for none."""
        if not self.tiles or find_stranger(self.tiles, (Tile,)) is not None:
            raise ReportError("Tiles には、(Tile(…), Tile(…)) のように、Tile を一つ以上並べます。")
