"""Whether the words behind a change say where it leads: 増 behind what rose, 減 behind what fell.

Only what is said of the number itself is judged: what stands at it, and what a clause behind a
comma or in brackets ends with. 増減 says nothing of where, 増員 or 減免 are something else, and so
is what a clause that goes on is about: −3件、増加した部局は…
"""

import re

from analysis.document.blocks import Shown
from analysis.errors import FigureError
from analysis.figures.measure import Change, Measure, PerMonth

FIGURE_FOLLOWS = "{"
"""What stands in the words behind a figure for another one behind them."""

_RISES = "増(?:[加大]|(?![一-鿿]))|上[昇回が]|向上|伸び(?![悩率])"
_FALLS = "減(?:少|(?![一-鿿]))|低下|下[降回が]|落ち(?!着)"
_TURN = (
    "(?:純|急|激|微|大幅[なに]?|わずか[なに]?)?"
    f"(?:(?P<rises>{_RISES})|(?P<falls>{_FALLS}))(?![・／/][増減])"
)
_SAID = (
    "です|でした|[しえりっ]?(?:ました|ます|た|て(?:い(?:ます|ました|て)|おり(?:ました)?)?)|[しえり]"
)
_AT_ONCE = re.compile(f"(?:の|も|だけ|ほど|ずつ)?{_TURN}")
_APART = re.compile(
    f"(?:(?:で|と|となり)?[、，]|[（(]|[ 　])[ 　]*(?:前回(?:から|より|比)?)?{_TURN}"
    f"(?:(?:{_SAID})?(?:[。）)]|$)|(?:{_SAID})が?[、，])"
)


def is_change(measure: Measure) -> bool:
    """Tell whether a measure's value says how something moved: a change, or the pace of one.

    >>> [is_change(ledger.items[name].measure) for name in ("online", "online_change")]
    [False, True]
    """
    return isinstance(measure.of if isinstance(measure, PerMonth) else measure, Change)


def require_direction(shown: Shown, asked: str, following: str) -> None:
    """Return if the words behind a change agree with it, and carry its sign where it has none.

    `following` are the words up to the next figure (see FIGURE_FOLLOWS). What has not moved is held
    to nothing. Raises FigureError.
    """
    value = shown.figure.value
    if not value:
        return
    turned, way = _find_turn(following)
    agrees = turned and way == ("rises" if value > 0 else "falls")
    if turned and not agrees and not shown.magnitude:
        raise FigureError(
            f"{{{asked}}} は、いま {shown.figure.text} です。すぐあとの言葉「{turned}」は、"
            "数値と逆です。「増」か「減」を書かないか、数値に合わせて書き直してください。"
        )
    if shown.magnitude and not agrees:
        raise FigureError(
            f"{{{asked}}} は符号を付けないので、すぐあとに、数値に合わせて「増加」か「減少」などと"
            f"書いてください（いまは {shown.figure.text}）。"
            f"符号を付けるなら、{{{shown.figure.measure}}} と書きます。"
        )


def _find_turn(following: str) -> tuple[str, str | None]:
    """Return the word that says where a number before these words leads, and which way it is."""
    found = _AT_ONCE.match(following) or _APART.match(following)
    return ("", None) if found is None else (found[found.lastgroup or 0], found.lastgroup)
