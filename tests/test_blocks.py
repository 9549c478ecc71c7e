"""A report prints texts and figures; a bare number is refused before it can be shown."""

from fractions import Fraction

import pytest

from analysis.document.blocks import Bullets, Column, Paragraph, Shown, Strong, Table
from analysis.figures.figure import COUNT_CHANGE, PERCENT, POINTS

from reports import figure_of


@pytest.mark.parametrize("number", [1758, 35.7, Fraction(1, 3)])
def test_a_bare_number_is_refused_in_every_place(number: object) -> None:
    with pytest.raises(TypeError, match="prints texts and figures only"):
        Paragraph((number,))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="prints texts and figures only"):
        Bullets(((number,),))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="prints texts and figures only"):
        Strong((number,))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="prints texts and figures only"):
        Table("表", (Column("a"),), ((number,),))  # type: ignore[arg-type]


def test_a_rate_is_rounded_from_its_exact_fraction_and_never_from_a_float() -> None:
    # The float nearest to 0.3545 lies below it and would give 35.4.
    assert figure_of("online_rate", Fraction(3545, 10000), PERCENT).cell_text == "35.5%"
    assert figure_of("online_rate_change", Fraction(-3545, 10000), POINTS).text == "−35.5"


def test_a_ragged_row_is_refused() -> None:
    with pytest.raises(TypeError, match="1 cells in 2 columns"):
        Table("表", (Column("a"), Column("b")), (("x",),))


def test_a_figure_in_a_sentence_has_its_unit_or_the_one_given() -> None:
    gain, loss = figure_of("gain", 146, COUNT_CHANGE), figure_of("loss", -4, COUNT_CHANGE)
    assert Shown(gain).text == "+146件"
    assert Shown(loss, magnitude=True).text == "4件"
    assert Shown(figure_of("not_online", 1131), unit="手続き").text == "1,131手続き"
    assert Shown(figure_of("share", None, PERCENT)).text == "—"
