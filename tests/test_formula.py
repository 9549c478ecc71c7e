"""The third interpreter: what a spreadsheet recounts and works out is what the ledger says."""

from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from analysis.figures.definition import OTHER_FIELDS
from analysis.figures.figure import COUNT, COUNT_CHANGE, PERCENT, POINTS, Unit
from analysis.figures.formula import RowSheet, name_criteria, write_count
from analysis.figures.formula_limits import find_excess
from analysis.figures.measure import Change, Count, Measure, Share, where
from analysis.figures.parts import Parts, list_counts, write_value
from analysis.figures.rounding import NO_NUMBER, round_half_up

from rows import ASKED
from spreadsheets import recalculate

ONLINE = Count(where(status="online"))
RATE = Share(ONLINE, Count())
SHEET = RowSheet("今回", ("procedure_id", "status", "scope_all", "scope_department"), 9)
CELLS = Parts("G2", "H2", "I2", "J2")

# What a spreadsheet takes for an operator or a wildcard in a criterion.
SPECIAL = set("=<>*?~")


def test_a_count_is_one_countifs_over_answers_as_printed() -> None:
    formula = write_count(ONLINE, "department", "$N2", {"procedures": SHEET}, ASKED)
    assert formula == "=COUNTIFS('今回'!$D$2:$D$9,$N2,'今回'!$B$2:$B$9,\"オンライン化済\")"


def test_the_count_of_alternatives_adds_a_countifs_for_each() -> None:
    either = Count(where(status=("started", "not_started")))
    formula = write_count(either, "all", "$N2", {"procedures": SHEET}, ASKED)
    assert formula == (
        "=COUNTIFS('今回'!$C$2:$C$9,$N2,'今回'!$B$2:$B$9,\"着手済\")"
        "+COUNTIFS('今回'!$C$2:$C$9,$N2,'今回'!$B$2:$B$9,\"未着手\")"
    )


def test_a_measure_names_the_counts_of_both_cycles_that_it_needs() -> None:
    assert list_counts(ONLINE) == (ONLINE, None, None, None)
    assert list_counts(RATE) == (ONLINE, Count(), None, None)
    assert list_counts(Change(ONLINE)) == (ONLINE, None, ONLINE, None)
    assert list_counts(Change(RATE)) == (ONLINE, Count(), ONLINE, Count())


def test_a_value_is_arithmetic_over_the_cells_of_its_counts() -> None:
    assert write_value(ONLINE, COUNT, CELLS) == "=G2"
    assert write_value(Change(ONLINE), COUNT_CHANGE, CELLS) == "=G2-I2"
    assert write_value(RATE, PERCENT, CELLS) == '=IF(H2=0,"—",ROUND(100*G2/H2,1))'
    assert write_value(Change(RATE), POINTS, CELLS) == (
        '=IF(H2*J2=0,"—",ROUND(100*(G2*J2-I2*H2)/(H2*J2),1))'
    )


@pytest.mark.parametrize(
    "labels",
    [
        *(field.choices.values() for field in ASKED.fields if field.choices),
        *(names.values() for _, names in OTHER_FIELDS.values()),
    ],
)
def test_no_answer_would_be_read_as_a_pattern_or_taken_for_another(labels: list[str]) -> None:
    assert not any(SPECIAL & set(label) for label in labels)
    assert len({label.casefold() for label in labels}) == len(list(labels))


def test_scopes_that_only_case_or_width_tells_apart_get_criteria_of_their_own() -> None:
    scopes = ["all", "kankyo", "kankyo.DX課", "kankyo.dx課", "kankyo.ＤＸ課", "all"]
    assert name_criteria(scopes) == {
        "all": "all",
        "kankyo": "kankyo",
        "kankyo.DX課": "kankyo.DX課",
        "kankyo.dx課": "kankyo.dx課(2)",
        "kankyo.ＤＸ課": "kankyo.ＤＸ課(3)",
    }


def test_a_scope_that_would_not_be_compared_as_text_gets_a_number() -> None:
    scopes = ["true", "dec1", "kankyo." + "課" * 300, "kankyo." + "課" * 301]
    criteria = name_criteria(scopes)
    assert (criteria["true"], criteria["dec1"]) == ("true(1)", "dec1(1)")
    assert len(set(criteria.values())) == 4
    assert max(map(len, criteria.values())) < 255


TIES: list[tuple[Measure, Unit, tuple[int | None, ...]]] = [
    (RATE, PERCENT, (1, 16, None, None)),
    (RATE, PERCENT, (3, 2000, None, None)),
    (RATE, PERCENT, (1999, 2000, None, None)),
    (RATE, PERCENT, (627, 1758, None, None)),
    (RATE, PERCENT, (0, 5, None, None)),
    (RATE, PERCENT, (0, 0, None, None)),
    (Change(RATE), POINTS, (0, 1, 1, 16)),
    (Change(RATE), POINTS, (1, 16, 0, 1)),
    (Change(RATE), POINTS, (1, 2000, 3, 2000)),
    (Change(RATE), POINTS, (0, 1, 3, 2000)),
    (Change(RATE), POINTS, (7, 40, 9, 50)),
    (Change(RATE), POINTS, (1, 3, 1, 3)),
    (Change(RATE), POINTS, (1, 3, 0, 0)),
    (Change(RATE), POINTS, (1000003, 2000006, 499999, 1000000)),
    (Change(ONLINE), COUNT_CHANGE, (96, None, 100, None)),
    (ONLINE, COUNT, (96, None, None, None)),
]


@pytest.mark.slow
def test_a_spreadsheet_rounds_half_away_from_zero_as_the_ledger_does(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["値", "分子", "分母", "前回の分子", "前回の分母"])
    for row, (measure, unit, counts) in enumerate(TIES, start=2):
        cells = Parts(*(f"{column}{row}" for column in "BCDE"))
        sheet.append([write_value(measure, unit, cells), *counts])
    book.save(tmp_path / "ties.xlsx")
    lines = recalculate(tmp_path / "ties.xlsx", tmp_path)["Sheet"]
    for line, (_, unit, (now, of_now, before, of_before)) in zip(lines, TIES, strict=True):
        if 0 in (of_now, of_before):
            assert line["値"] == NO_NUMBER
            continue
        exact = Fraction(now or 0, of_now or 1) - Fraction(before or 0, of_before or 1)
        assert line["値"] == float(round_half_up(exact * unit.scale, unit.places)), line


def test_more_combinations_than_a_formula_holds_are_looked_for_row_by_row() -> None:
    kinds, ways = (tuple(ASKED.named[name].choices) for name in ("law_kind", "identity"))
    many = Count(where(law_kind=kinds, identity=ways, status=("online", "not_started")))
    sheet = RowSheet("手続き", ("law_kind", "identity", "status", "scope_department"), 3)
    formula = write_count(many, "department", "$N2", {"procedures": sheet}, ASKED)
    assert formula.startswith("=SUMPRODUCT(('手続き'!$D$2:$D$3=$N2)*")
    assert len(formula) < 1000
    assert find_excess(formula) is None


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        (f"={'A1+' * 3000}A1", "9,003字"),
        (f"={'IF(A1,' * 65}1{')' * 65}", "65段"),
        (f'=LEN("{"長" * 256}")', "256字"),
        (f"=OR({','.join(['A1'] * 256)})", "256個"),
        (f'=IF(A1="{"(" * 100}",1,2)', None),
    ],
)
def test_what_excel_does_not_take_is_known(formula: str, told: str | None) -> None:
    why = find_excess(formula)
    assert (why is None) if told is None else (why and told in why)
