"""What a chart of bars shows, apart from any drawing of it: for renderers that draw it themselves.

A bar is a figure with its look. Where it begins is geometry, as is its length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.figures.figure import Figure
from analysis.looks import PLAIN_LOOK, Look


@dataclass(frozen=True)
class PlottedBar:
    """A figure as a bar with a label; `start` is where it begins, `before` last time's figure.

    `sign` is written before the number of a step, which is a count and has none itself.
    """

    label: str
    figure: Figure
    look: Look = PLAIN_LOOK
    start: float = 0.0
    before: Figure | None = None
    sign: str = ""

    @property
    def end(self) -> float:
        """Where it ends, as `start` is told."""
        return self.start + float(self.figure.value or 0)


@dataclass(frozen=True)
class Plot:
    """Bars one below another, the first on top.

    `top` is where their axis ends, if not with the longest; `whole` a figure that all are compared
    with.
    """

    bars: tuple[PlottedBar, ...]
    top: float | None = None
    whole: Figure | None = None

    @property
    def low(self) -> float:
        """Where the axis begins."""
        return min([0.0, *(min(bar.start, bar.end) for bar in self.bars)])

    @property
    def high(self) -> float:
        """Where the axis ends; never where it begins."""
        ends = [max(bar.start, bar.end) for bar in self.bars]
        return self.top or max([*ends, 0.0]) or self.low + 1


def plot_parts(parts: Sequence[tuple[str, Figure]], looks: Sequence[Look]) -> Plot:
    """Return the plot of the parts of a whole: a bar each, with the look that it has elsewhere."""
    pairs = zip(parts, looks, strict=True)
    return Plot(tuple(PlottedBar(label, figure, look) for (label, figure), look in pairs))
