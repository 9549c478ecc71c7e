"""What stands in a sentence or a cell: texts, figures, links; never a bare number."""

from dataclasses import dataclass
from typing import Any, Literal

from analysis.figures.figure import Figure


@dataclass(frozen=True)
class Shown:
    """A figure in running text, written with its unit, or by its magnitude (146件増加).

    `unit` replaces the figure's own where a sentence counts in other words (912手続き).
    """

    figure: Figure
    magnitude: bool = False
    unit: str | None = None

    @property
    def text(self) -> str:
        """The number and its unit, as printed."""
        number = self.figure.magnitude if self.magnitude else self.figure.text
        if self.figure.value is None:
            return number
        return number + (self.figure.unit.name if self.unit is None else self.unit)


@dataclass(frozen=True)
class Quoted:
    """A text as it stands in a raw file or names a place in one: its digits are not ours."""

    text: str


@dataclass(frozen=True)
class Strong:
    """A stretch of a sentence that carries its message."""

    parts: tuple["str | Quoted | Shown", ...]

    def __post_init__(self) -> None:
        """Refuse anything but texts and figures."""
        require_parts(self.parts, (str, Quoted, Shown))


@dataclass(frozen=True)
class Link:
    """A text that leads to another report of the same folder.

    `target` is its stem; without `suffix` it leads to the kind of file it stands in, with
    `line_of` to that figure's line of evidence there. `about` is said before the text to who can't
    see beside what it stands, and joined to it by `joint`.
    """

    text: str
    target: str
    suffix: Literal["html", "pdf", "csv", "xlsx", "pptx"] | None = None
    line_of: Figure | None = None
    about: str = ""
    joint: str = "の"


Inline = str | Quoted | Shown | Strong | Link
Cell = str | Quoted | Figure | Shown | Link | None


def require_parts(parts: tuple[Any, ...], kinds: tuple[type, ...]) -> None:
    """Raise TypeError for a part of none of these kinds, above all for a bare number."""
    for part in parts:
        if not isinstance(part, kinds):
            raise TypeError(
                f"{part!r} is a {type(part).__name__}: a report prints texts and figures only"
            )


def find_stranger(given: Any, kinds: tuple[type, ...]) -> str | None:
    """Return what is no tuple of these kinds, or of another kind in one, as Python calls it."""
    if not isinstance(given, tuple):
        return type(given).__name__
    return next((type(one).__name__ for one in given if not isinstance(one, kinds)), None)
