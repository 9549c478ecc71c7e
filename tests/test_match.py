"""Between cycles: pairs by id, and what became of each procedure."""

import pandas as pd
import pytest

from analysis.errors import SurveyError
from analysis.survey.collect import collect_survey
from analysis.survey.match import MATCH_COLUMNS, match_cycles

from workbooks import make_cycle, not_started, procedure


@pytest.fixture
def rows_of(tmp_path):
    """Return a function that makes the tidy rows of a cycle from departments' lines."""

    def make(name: str, *contents: object) -> pd.DataFrame:
        return collect_survey(make_cycle(tmp_path, *contents, name=name)).rows

    return make


def match_lines(rows_of, current: list[object], previous: list[object]) -> pd.DataFrame:
    return match_cycles(rows_of("2024-09-01", current), rows_of("2024-03-31", previous))


def test_a_procedure_is_continued_new_or_abolished(rows_of):
    before = [procedure(1, online_date="2024-01"), not_started(2)]
    pairs = match_lines(rows_of, [not_started(3), procedure(1)], before)
    assert pairs[["procedure_id", "fate"]].to_numpy().tolist() == [
        ["K-003", "new"],
        ["K-001", "continued"],
        ["K-002", "abolished"],
    ]


def test_only_continued_procedures_go_or_leave_online(rows_of):
    current = [procedure(1), not_started(2), procedure(3), procedure(4)]
    previous = [not_started(1), procedure(2), procedure(4), procedure(5)]
    pairs = match_lines(rows_of, current, previous).set_index("procedure_id")
    assert list(pairs.index[pairs["went_online"] == "yes"]) == ["K-001"]
    assert list(pairs.index[pairs["left_online"] == "yes"]) == ["K-002"]


def test_a_new_name_is_a_renaming_but_another_spelling_is_not(rows_of):
    current = [procedure(1, name="届出書の提出"), procedure(2, name="届出 その２")]
    pairs = match_lines(rows_of, current, [procedure(1), procedure(2)])
    assert list(pairs["renamed"]) == ["yes", "no"]
    assert list(pairs["previous_name"]) == ["届出その1", "届出その2"]


def test_circled_numbers_tell_two_names_apart(rows_of):
    pairs = match_lines(rows_of, [procedure(1, name="届出②")], [procedure(1, name="届出①")])
    assert list(pairs["renamed"]) == ["yes"]


def test_another_section_or_department_is_a_move(rows_of):
    current = rows_of("2024-09-01", [procedure(1, section="保全課"), procedure(2)], [procedure(3)])
    previous = rows_of("2024-03-31", [procedure(1), procedure(2), procedure(3)], [procedure(4)])
    pairs = match_cycles(current, previous)
    assert list(pairs["moved"]) == ["yes", "no", "yes", "no"]
    assert pairs.loc[2, ["department_slug", "previous_department_slug"]].tolist() == [
        "kodomo",
        "kankyo",
    ]


def test_an_abolished_procedure_is_told_by_its_previous_row(rows_of):
    abolished = match_lines(rows_of, [procedure(1)], [procedure(1), not_started(2)]).iloc[1]
    assert abolished[["department_slug", "section", "name"]].tolist() == [
        "kankyo",
        "環境政策課",
        "届出その2",
    ]
    assert abolished["previous_status"] == "not_started"
    assert pd.isna(abolished["status"])


@pytest.mark.parametrize("is_none", [True, False])
def test_a_first_cycle_pairs_nothing_but_has_the_columns(rows_of, is_none):
    current = rows_of("2024-09-01", [procedure(1)])
    previous = None if is_none else current.iloc[:0]
    usual = match_cycles(current, current)
    pairs = match_cycles(current, previous)
    assert pairs.empty
    assert list(pairs.columns) == list(MATCH_COLUMNS)
    assert pairs.dtypes.equals(usual.dtypes)


def test_matching_leaves_its_input_alone(rows_of):
    current, previous = rows_of("2024-09-01", [procedure(1)]), rows_of("2024-03-31", [procedure(2)])
    copies = current.copy(), previous.copy()
    match_cycles(current, previous)
    pd.testing.assert_frame_equal(current, copies[0])
    pd.testing.assert_frame_equal(previous, copies[1])


def test_ids_that_cannot_pair_are_an_error_with_their_cells(rows_of):
    current = rows_of("2024-09-01", [procedure(1), procedure(1)])
    with pytest.raises(SurveyError, match="A6"):
        match_cycles(current, current)
