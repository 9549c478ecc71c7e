"""Figures and hostile strings for tests of what is printed."""

from fractions import Fraction

from analysis.figures.figure import COUNT, COUNT_CHANGE, PERCENT, Figure
from analysis.report.blocks import Masthead

HOSTILE = (
    "<script>alert(1)</script>",
    '#import "x"',
    "$x$",
    "=cmd|' /C calc'!A0",
    "{{ 7 * 7 }}",
    "髙﨑𠮷",
    "📄",
    '"引用" \\n \\u{41} `a` *b* _c_ @d <e> //f /*g*/ [h] ]',
    "</td></table>&amp;",
)

MASTHEAD = Masthead(
    title="見本の報告",
    subtitle="2024年9月1日時点",
    notes=("DX戦略課",),
    as_of="2024-09-01",
    city="郡山市",
    demonstration=True,
)


def figure(value: int, *, signed: bool = False, measure: str = "online") -> Figure:
    """Return a count of 環境部."""
    unit = COUNT_CHANGE if signed else COUNT
    return Figure(
        "2024-09-01",
        "kankyo",
        "環境部",
        measure,
        "見本",
        "見本の数。",
        unit,
        Fraction(value),
        value,
        None,
    )


def rate(part: int, whole: int) -> Figure:
    """Return a rate of 環境部."""
    exact = Fraction(part, whole) if whole else None
    return Figure(
        "2024-09-01",
        "kankyo",
        "環境部",
        "online_rate",
        "率",
        "見本の率。",
        PERCENT,
        exact,
        part,
        whole,
    )
