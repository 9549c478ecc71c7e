"""Problems that say the same as one line."""

import pytest

from analysis.questionnaire.rules import load_rules
from analysis.survey.alike import describe_alike, gather_alike, name_places
from analysis.survey.problems import Place, Problem, report

from rows import ASKED


def wrong(cell: str | None, value: str = "謎", workbook: str = "環境部.xlsx") -> Problem:
    place = Place(None, workbook, "調査票" if cell else None, cell)
    return report("answer_unknown", place, ASKED.named["status"], value=value)


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        (["G6"], "環境部.xlsx 調査票!G6"),
        (["G6", "G7", "G8"], "環境部.xlsx 調査票!G6～G8"),
        (["G9", "G10", "H11"], "環境部.xlsx 調査票!G9～G10、H11"),
        (["G6", "G8", "G10", "G12", "G14"], "環境部.xlsx 調査票!G6、G8、G10、G12、G14"),
        (
            ["G1", "G3", "G5", "G7", "G9", "G11", "G12"],
            "環境部.xlsx 調査票!G1、G3、G5、G7、G9 ほか2件",
        ),
        ([None], "環境部.xlsx"),
    ],
)
def test_the_first_places_are_named(cells: list[str | None], named: str) -> None:
    assert name_places([wrong(cell) for cell in cells]) == named


def test_more_than_five_workbooks_are_counted() -> None:
    named = name_places([wrong("G6", workbook=f"{n}.xlsx") for n in range(1, 8)])
    assert named.endswith("、5.xlsx 調査票!G6、ほか2ファイル")


def test_all_places_are_named_where_all_are_asked_for() -> None:
    named = name_places([wrong(f"G{row}") for row in range(1, 40, 2)], most=None)
    assert named.count("、") == 19


def test_the_same_words_of_another_value_or_weight_are_another_line() -> None:
    lines = list(describe_alike([wrong("G6"), wrong("G7", "秘"), wrong("G8")], load_rules()))
    assert [line.partition(":")[0] for line in lines] == [
        "2件（環境部.xlsx 調査票!G6、G8）",
        "環境部.xlsx 調査票!G7",
    ]


def test_no_problem_is_lost() -> None:
    problems = [wrong(f"G{row}", str(row % 30)) for row in range(1, 1000)]
    assert sorted(
        problem.cell for alike in gather_alike(problems) for problem in alike.problems
    ) == sorted(problem.cell for problem in problems)
