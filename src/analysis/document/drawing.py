"""How a chart is drawn: in the house's style, and once more where its words are to be others."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from matplotlib import rc_context

from analysis.document.blocks import Chart
from analysis.document.canvas import STYLE
from analysis.document.inline import Quoted, Shown
from analysis.document.pointed import retell


def drawing(draw: Callable[..., Chart]) -> Callable[..., Chart]:
    """Let a function draw in the house's style, and what it drew be drawn again in other words.

    `again(say, word)` of its chart says by `word` all that the chart is drawn of, and by `say` what
    the function says itself; it takes that as `say` if it writes any of it into the drawing. What
    the chart's message is stays as it was: a sentence is said as a whole.
    """
    has_words = "say" in (draw.__kwdefaults__ or {})

    @wraps(draw)
    def drawn(*given: Any, **named: Any) -> Chart:
        def again(say: Callable[[str], str], word: Callable[[Any], Any]) -> Chart:
            with rc_context(STYLE):
                own = draw(*map(word, given), **named, **({"say": say} if has_words else {}))
            alt = (_say(part, say, word) for part in own.alt)
            # Some of its figures may be found by the function itself.
            figures = tuple(map(word, own.figures))
            svg = retell(own.svg, own.figures, figures)
            return replace(own, svg=svg, alt=tuple(alt), figures=figures, message=chart.message)

        with rc_context(STYLE):
            chart = draw(*given, **named)
        return replace(chart, again=again)

    return drawn


def _say(
    part: str | Quoted | Shown, say: Callable[[str], str], word: Callable[[Any], Any]
) -> str | Quoted | Shown:
    match part:
        case str():
            return say(part)
        case Shown(figure=figure):
            return replace(part, figure=word(figure))
    return part
