"""How things look, by what they mean: the one place of every colour, on pages, paper and in sheets.

Templates name a colour by its meaning: `$link`. What is written upon one of them must be read on
it: a test holds each pair to WCAG 2's contrast.
"""

from collections.abc import Iterable, Mapping
from string import Template
from typing import NamedTuple

from analysis.errors import ReportError

COLOURS = {
    # Pages, and what is drawn.
    "ink": "#16324f",
    "text": "#1a1a1a",
    "quiet": "#4a4a4a",
    "line": "#b4b4b4",
    "edge": "#6b6b6b",
    "shade": "#f0f2f4",
    "paper": "#fff",
    "canvas": "#ffffff",  # what drawings stand on, in the dark too
    "shadow": "#0003",
    "drawn": "#000000",
    "link": "#0b4f8a",
    "focus": "#c76a00",
    "hovered": "#fff3c4",
    "reached": "#fff3d6",
    "bad": "#ddd",
    "differs": "#9b1c1c",
    # The navigator at night.
    "night": "#14181d",
    "night_ink": "#9cc4ee",
    "night_text": "#e8e8e8",
    "night_quiet": "#b8bec4",
    "night_line": "#59626b",
    "night_shade": "#242b32",
    "night_link": "#8ec7ff",
    "night_focus": "#ffb14d",
    # Sheets that recount, and workbooks that go back.
    "sheet_head": "#1F3864",
    "sheet_head_text": "#FFFFFF",
    "corrected": "#FFF2CC",
    "error": "#FFC7CE",
    "error_text": "#9C0006",
    "warning": "#FFEB9C",
    "sheet_link": "#0563C1",
    # Forms.
    "form_head": "#DDEBF7",
    "form_edge": "#808080",
    "locked": "#E7E6E6",
    "needed": "#FFF2CC",
    "doubtful": "#F8CBAD",
}

DARK = {
    "ink": "#9cc4ec",
    "text": "#e6e6e6",
    "quiet": "#b8b8b8",
    "line": "#4a4f55",
    "edge": "#8d949c",
    "shade": "#23282e",
    "paper": "#14181c",
    "shadow": "#0009",
    "link": "#8ab8f0",
    "focus": "#ffb355",
    "hovered": "#4a3f14",
    "reached": "#4a3f14",
    "bad": "#4c4c4c",
    "differs": "#ff9c9c",
}
"""What a page has instead for who reads in the dark."""

PRINTED = {
    "line": "luma(70%)",
    "shade": "luma(94%)",
    "quiet": "luma(30%)",
    "note": "luma(25%)",
    "bad": "luma(85%)",
    "drawn": "luma(0%)",
}
"""What a PDF has a grey of its own for, in Typst: pure, so that no printer mixes it of colours."""


_LINEAR_UP_TO = 0.04045


class Look(NamedTuple):
    """How a part of a whole is filled: told apart from the others by lightness and hatch alone."""

    fill: str
    hatch: str = ""

    @property
    def ink(self) -> str:
        """The one of paper and black that stands out from the fill."""
        return max(COLOURS["paper"], COLOURS["drawn"], key=lambda ink: contrast(ink, self.fill))


PARTS = {
    "online": Look("#16324f"),
    "started": Look("#8fa6bd", "///"),
    "not_started": Look("#dfe6ec"),
}
"""The looks of the statuses, by the measure that counts those of a role."""

MOVES = {"gained": Look("#16324f"), "lost": Look("#ffffff", "///")}
"""The looks of what was added to a count, and of what was taken from it."""

PLAIN_LOOK, LEVEL_LOOK = Look("#16324f"), Look("#8fa6bd")
"""The looks of a bar that is told from no other, and of one that is a level beside its steps."""

SERIES = (
    *PARTS.values(),
    Look("#ffffff", "|||"),
    Look("#4a7096"),
    Look("#b6c6d6", "..."),
    Look("#24466a", "---"),
    Look("#5f86aa", "xxx"),
    Look("#34597f", "+++"),
)
"""The looks of parts that are data, such as the reasons, in their order."""


def find_look(measure: str, label: str, of: Mapping[str, Look] = PARTS) -> Look:
    """Return the look of the part that a measure counts; raise ReportError if it has none."""
    if measure not in of:
        raise ReportError(
            f"図の部分「{label}」（{measure}）の色と模様が looks.py で決まっていません。"
            f"図にできるのは次の数値です: {'、'.join(of)}"
        )
    return of[measure]


def look_by_place(names: Iterable[str]) -> dict[str, Look]:
    """Return the looks of parts that are data, as many as SERIES has, by the measure of each."""
    return dict(zip(names, SERIES, strict=False))


def fill_css(template: str) -> str:
    """Return a style with the colours that it names, as the reader's scheme has them.

    Raises KeyError for one that there is not.

    >>> fill_css("a { color: $link; }").splitlines()[-1]
    'a { color: var(--link); }'
    """
    named = {name: f"var(--{name})" for name in COLOURS}
    filled = Template(template).substitute(named)
    light, dark = (
        "".join(f"--{name}: {colour};" for name, colour in of.items() if f"var(--{name})" in filled)
        for of in (COLOURS, DARK)
    )
    # What stands on a drawing's canvas, which is as bright as ever, is seen as by day.
    drawn = "".join(f"--{name}: {COLOURS[name]};" for name in DARK if f"--{name}:" in dark)
    scheme = "@media screen and (prefers-color-scheme: dark)"
    night = f"{scheme} {{:root {{{dark}}}.drawing {{{drawn}}}}}"
    return f":root {{color-scheme: light dark;{light}}}\n{night}\n{filled}"


def fill_plain(template: str) -> str:
    """Return a style with its colours by day, for JupyterLab: day and night are its own there.

    Raises KeyError as `fill_css`.
    """
    return Template(template).substitute(COLOURS)


def fill_typst(template: str) -> str:
    """Return Typst markup with the colours that it names; raises KeyError as `fill_css`."""
    colours = {name: f'rgb("{colour}")' for name, colour in COLOURS.items()}
    return Template(template).substitute(colours | PRINTED)


def argb(name: str) -> str:
    """Return a colour as openpyxl and a workbook's own file write it."""
    return f"FF{COLOURS[name].removeprefix('#')}"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2: 1 for none, 21 for black on white."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    # `#fff` has one digit a channel, `#ffffff` two.
    width = len(digits) // 3
    channels = (digits[at * width :][:width] * (2 // width) for at in range(3))
    parts = [int(channel, 16) / 255 for channel in channels]
    red, green, blue = (
        part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
