"""Between cycles: pairs by id, by name and law, by confirmation; what became of each procedure."""

import pandas as pd
import pytest

from analysis.errors import SurveyError
from analysis.survey.collect import collect_survey
from analysis.survey.pairs.match import MATCH_COLUMNS, match_cycles, pair_cycles

from rows import make_rows
from workbooks import make_cycle, not_started, procedure


@pytest.fixture
def rows_of(tmp_path):
    """Return a function that makes the tidy rows of a cycle from departments' lines."""

    def make(name: str, *contents: object) -> pd.DataFrame:
        return collect_survey(make_cycle(tmp_path, *contents, name=name)).rows

    return make


def match_lines(rows_of, current: list[object], previous: list[object]) -> pd.DataFrame:
    return match_cycles(
        rows_of("2024-09-01", current), rows_of("2024-03-31", previous), online=("online",)
    )


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
    pairs = match_cycles(current, previous, online=("online",))
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


def confirm(*pairs: tuple[str | None, str | None]) -> pd.DataFrame:
    """Return confirmed pairs: previous and current id, None for none."""
    return pd.DataFrame(pairs, columns=["previous_id", "current_id"], dtype="str")


def pair(now: list[dict[str, str]], before: list[dict[str, str]], *told: tuple) -> list[list[str]]:
    """Return the pairs of two cycles' answers: previous id, current id, and by what."""
    rows = [make_rows(*answers) if answers else make_rows({}).iloc[:0] for answers in (now, before)]
    return pair_cycles(*rows, confirm(*told)).to_numpy().tolist()


def row(
    procedure_id: str, name: str = "届出", law: str = "環境条例", **more: str
) -> dict[str, str]:
    return {"procedure_id": procedure_id, "name": name, "law": law} | more


def test_the_same_id_pairs_before_name_and_law_do():
    now = [row("A", "届出 乙"), row("B", "届出 甲")]
    before = [row("A", "届出 甲"), row("B", "届出 乙")]
    assert pair(now, before) == [["A", "A", "id"], ["B", "B", "id"]]


def test_name_and_law_pair_before_what_people_confirmed():
    now = [row("N1", "届出①"), row("N2", "別の申請")]
    before = [row("P1", "届出 ①"), row("P2", "旧の申請")]
    told = [("P1", "N2"), ("P2", "N2")]
    assert pair(now, before, *told) == [["P1", "N1", "name"], ["P2", "N2", "confirmed"]]


def test_a_confirmed_pair_can_not_take_what_its_id_pairs():
    told = [("A", "N"), ("P", "A")]
    assert pair([row("A"), row("N", "新")], [row("A"), row("P", "旧")], *told) == [["A", "A", "id"]]


def test_width_blanks_and_line_breaks_tell_no_names_apart():
    now = [row("N", "届出（変更）", "環境 条例")]
    assert pair(now, [row("P", "届 出(変更)", "環境条例")]) == [["P", "N", "name"]]


@pytest.mark.parametrize(
    "before",
    [
        row("P", "届出①"),
        row("P", "届出書"),
        row("P", law="大気条例"),
        row("P", department="こども部", department_slug="kodomo"),
    ],
)
def test_another_name_law_or_department_pairs_nothing(before):
    assert pair([row("N")], [before]) == []


def test_a_law_that_neither_side_states_pairs_nothing():
    nothing = {"procedure_id": "N", "name": "届出"}
    assert pair([nothing], [nothing | {"procedure_id": "P"}]) == []


@pytest.mark.parametrize(("now", "before"), [(["N1", "N2"], ["P"]), (["N"], ["P1", "P2"])])
def test_a_name_that_stands_twice_on_a_side_pairs_nothing(now, before):
    assert pair([row(one) for one in now], [row(one) for one in before]) == []


def test_names_that_are_merely_alike_are_never_paired():
    now, before = [row("N", "粗大ごみの収集の申込み")], [row("P", "粗大ごみの収集の申込")]
    assert pair(now, before) == []
    pairs = match_cycles(make_rows(*now), make_rows(*before), online=("online",))
    assert list(pairs["fate"]) == ["new", "abolished"]
    assert pairs["paired_by"].isna().all()


def test_a_pair_under_two_ids_is_continued_and_told_by_both():
    now = make_rows(row("N1"), row("N2", "新の申請", status="started"))
    before = make_rows(row("P1", status="not_started"), row("P2", "旧の申請"))
    pairs = match_cycles(now, before, confirm(("P2", "N2"), ("X", None)), online=("online",))
    columns = ["procedure_id", "previous_procedure_id", "paired_by", "fate", "previous_name"]
    assert pairs[columns].to_numpy().tolist() == [
        ["N1", "P1", "name", "continued", "届出"],
        ["N2", "P2", "confirmed", "continued", "旧の申請"],
    ]
    told = ["went_online", "left_online", "renamed"]
    assert pairs[told].to_numpy().tolist() == [["yes", "no", "no"], ["no", "yes", "yes"]]


@pytest.mark.parametrize("is_none", [True, False])
def test_a_first_cycle_pairs_nothing_but_has_the_columns(rows_of, is_none):
    current = rows_of("2024-09-01", [procedure(1)])
    previous = None if is_none else current.iloc[:0]
    usual = match_cycles(current, current, online=("online",))
    pairs = match_cycles(current, previous, online=("online",))
    assert pairs.empty
    assert list(pairs.columns) == list(MATCH_COLUMNS)
    assert pairs.dtypes.equals(usual.dtypes)


def test_matching_leaves_its_input_alone(rows_of):
    current, previous = rows_of("2024-09-01", [procedure(1)]), rows_of("2024-03-31", [procedure(2)])
    copies = current.copy(), previous.copy()
    match_cycles(current, previous, online=("online",))
    pd.testing.assert_frame_equal(current, copies[0])
    pd.testing.assert_frame_equal(previous, copies[1])


def test_ids_that_cannot_pair_are_an_error_with_their_cells(rows_of):
    current = rows_of("2024-09-01", [procedure(1), procedure(1)])
    with pytest.raises(SurveyError, match="A6"):
        match_cycles(current, current, online=("online",))
