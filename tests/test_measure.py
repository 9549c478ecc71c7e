"""One value, three readings: what a measure counts, shows as evidence, and writes as a formula."""

import gc
import weakref
from fractions import Fraction

import pandas as pd
import pytest

from analysis.errors import FigureError
from analysis.figures.definition import define
from analysis.figures.digest import Digester
from analysis.figures.evaluate import evaluate
from analysis.figures.evidence import list_evidence
from analysis.figures.measure import Change, Count, Share, Where, where
from analysis.figures.scopes import add_scopes
from analysis.figures.select import Selection, select
from analysis.figures.tables import PAIRED, LazyTables, Tables
from analysis.figures.tally import Tally

from rows import ASKED, make_rows

ONLINE = Count(where(status="online"))
RATE = Share(ONLINE, Count())


def make_tables(now: pd.DataFrame, before: pd.DataFrame) -> Tables:
    return Tables("2024-09-01", {"procedures": now}, Tables("2024-03-31", {"procedures": before}))


@pytest.fixture
def tables() -> Tables:
    now = make_rows(
        {"procedure_id": "07-1"},
        {"procedure_id": "07-2", "status": "started"},
        {"procedure_id": "07-3", "section": "廃棄物対策課"},
        {"procedure_id": "08-1", "department": "こども部", "department_slug": "kodomo"},
        {"procedure_id": "07-5"},
    )
    before = make_rows(
        {"procedure_id": "07-2"},
        {"procedure_id": "07-3", "status": "not_started"},
        {"procedure_id": "07-9"},
        {"procedure_id": "08-1", "department": "こども部", "department_slug": "kodomo"},
        {"procedure_id": "07-5"},
        cycle="2024-03-31",
    )
    return make_tables(add_scopes(now), add_scopes(before))


def test_a_count_is_taken_for_every_scope_and_is_zero_where_there_is_no_row(tables: Tables) -> None:
    numbers = evaluate(ONLINE, tables, "department", ["kankyo", "kodomo", "somu"])
    assert [number.exact for number in numbers] == [3, 1, 0]


def test_a_section_is_a_scope_within_its_department(tables: Tables) -> None:
    numbers = evaluate(ONLINE, tables, "section", ["kankyo.環境政策課", "kankyo.廃棄物対策課"])
    assert [number.exact for number in numbers] == [2, 1]


def test_a_share_keeps_its_two_counts_and_the_share_of_nothing_has_no_value(tables: Tables) -> None:
    of_all, of_none = evaluate(RATE, tables, "department", ["kankyo", "somu"])
    assert (of_all.numerator, of_all.denominator, of_all.exact) == (3, 4, Fraction(3, 4))
    assert of_none.exact is None


def test_a_change_is_the_exact_difference_of_the_two_cycles(tables: Tables) -> None:
    (count,) = evaluate(Change(ONLINE), tables, "all", ["all"])
    (rate,) = evaluate(Change(RATE), tables, "all", ["all"])
    assert count.exact == 0
    assert rate.exact == Fraction(4, 5) - Fraction(4, 5)


def test_a_missing_answer_satisfies_no_condition() -> None:
    rows = make_rows({"status": "not_started", "reason": "other"}, {"status": "not_started"})
    tables = Tables("2024-09-01", {"procedures": add_scopes(rows)})
    (number,) = evaluate(Count(where(reason="other")), tables, "all", ["all"])
    assert number.exact == 1


def test_an_answer_named_twice_in_a_condition_is_counted_once(tables: Tables) -> None:
    (number,) = evaluate(Count(where(status=("online", "online"))), tables, "all", ["all"])
    assert number.exact == 4


def test_a_row_without_a_department_counts_for_the_whole_city_only() -> None:
    rows = make_rows({}, {"department_slug": "kodomo"})
    rows.loc[1, "department_slug"] = pd.NA
    tables = Tables("2024-09-01", {"procedures": add_scopes(rows)})
    assert [number.exact for number in evaluate(ONLINE, tables, "all", ["all"])] == [2]
    scopes = ["kankyo", "kodomo"]
    assert [number.exact for number in evaluate(ONLINE, tables, "department", scopes)] == [1, 0]


def test_a_change_is_counted_without_pairing_the_procedures_of_two_cycles(tables: Tables) -> None:
    def pair() -> pd.DataFrame:
        raise AssertionError("the cycles were paired")

    assert tables.before is not None
    rows = tables.before.current["procedures"]
    frames = LazyTables(procedures=lambda: rows, **{PAIRED: pair})
    unpaired = Tables(tables.cycle, tables.current, Tables("2024-03-31", frames))
    assert evaluate(Change(RATE), unpaired, "department", ["kankyo"]) == evaluate(
        Change(RATE), tables, "department", ["kankyo"]
    )
    with pytest.raises(AssertionError):
        select(Change(RATE), unpaired, "department")


def test_the_evidence_of_a_count_names_the_cells_that_made_each_row_count(tables: Tables) -> None:
    evidence = list_evidence(select(ONLINE, tables, "department"), "kodomo")
    assert evidence[["workbook", "sheet", "field", "cell", "raw"]].to_numpy().tolist() == [
        ["こども部.xlsx", "調査票", "procedure_id", "A10", "08-1"],
        ["こども部.xlsx", "調査票", "status", "G10", "online"],
    ]


def test_a_section_figure_shows_the_cell_that_names_the_section(tables: Tables) -> None:
    evidence = list_evidence(select(Count(), tables, "section"), "kankyo.廃棄物対策課")
    assert evidence[["field", "cell"]].to_numpy().tolist() == [
        ["procedure_id", "A9"],
        ["section", "B9"],
    ]


def test_the_evidence_of_a_share_tells_the_part_from_the_rest(tables: Tables) -> None:
    evidence = list_evidence(select(RATE, tables, "department"), "kankyo").drop_duplicates(
        "procedure_id"
    )
    roles = dict(zip(evidence["procedure_id"], evidence["role"], strict=True))
    assert roles == {"07-1": "part", "07-3": "part", "07-5": "part", "07-2": "whole"}


def test_the_evidence_of_a_change_is_what_moved_in_and_out_with_both_answers(
    tables: Tables,
) -> None:
    evidence = list_evidence(select(Change(ONLINE), tables, "department"), "kankyo")
    answers = evidence[evidence["field"] == "status"]
    moved = answers[["role", "procedure_id", "cycle", "raw"]].to_numpy().tolist()
    assert moved == [
        ["in", "07-1", "2024-09-01", "online"],
        ["in", "07-3", "2024-09-01", "online"],
        ["in", "07-3", "2024-03-31", "not_started"],
        ["out", "07-2", "2024-03-31", "online"],
        ["out", "07-9", "2024-03-31", "online"],
        ["out", "07-2", "2024-09-01", "started"],
    ]


def test_a_procedure_that_changed_its_section_moves_between_the_sections_only() -> None:
    now = add_scopes(make_rows({"procedure_id": "07-1", "section": "新課"}))
    before = add_scopes(make_rows({"procedure_id": "07-1", "section": "旧課"}, cycle="2024-03-31"))
    tables = make_tables(now, before)
    by_section = list_evidence(select(Change(ONLINE), tables, "section"), "kankyo.新課")
    assert set(by_section["role"]) == {"in"}
    assert list_evidence(select(Change(ONLINE), tables, "department"), "kankyo").empty


def test_the_digest_changes_with_one_raw_answer_and_with_one_cell_address(tables: Tables) -> None:
    def hash_of(frame: pd.DataFrame) -> str:
        changed = Tables(tables.cycle, {"procedures": frame})
        return Digester().digest(select(ONLINE, changed, "all"), ["all"])[0].sha256

    rows = tables.current["procedures"]
    other_answer, other_cell = rows.copy(), rows.copy()
    other_answer.loc[0, "status_raw"] = "済"
    other_cell.loc[0, "status_cell"] = "Z99"
    assert len({hash_of(frame) for frame in (rows, other_answer, other_cell)}) == 3


def test_digest_counts_the_rows_of_each_scope(tables: Tables) -> None:
    digests = Digester().digest(select(ONLINE, tables, "department"), ["kankyo", "kodomo", "somu"])
    assert [digest.rows for digest in digests] == [3, 1, 0]


def test_a_definition_is_said_from_the_measure_itself() -> None:
    assert define(Count(), ASKED) == "手続きの総数。"
    assert define(
        Count(where(status="not_started", reason=("not_considered", "other"))),
        ASKED,
    ) == (
        "「オンライン化の状況」が「未着手」、かつ「未着手の理由」が「未検討」または"
        "「その他理由で不可」である手続きの数。"
    )
    assert "差" in define(Change(RATE), ASKED)


def test_two_conditions_on_one_field_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="status"):
        where(status="online") & where(status="started")
    assert Where() & where(status="online") == where(status="online")


@pytest.mark.slow
def test_what_is_remembered_of_a_table_is_never_taken_for_another(tables: Tables) -> None:
    digester = Digester()
    frame = tables.current["procedures"].copy()
    digester.digest([Selection("counted", frame, ("status",), {"all": [0]})], ["all"])
    kept = weakref.ref(frame)
    del frame
    gc.collect()
    # While the table lives, no other can stand at its place in memory.
    assert kept() is not None


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (
            where(identitty="none"),
            "数値の条件の項目「identitty」はありません。あるもの: .*identity",
        ),
        (
            where(status="onlin"),
            "「オンライン化の状況」（status）に「onlin」はありません。.*online、",
        ),
        (
            where(name="届出"),
            "「手続き名」（name）に「届出」はありません。.*選択式の項目ではありません",
        ),
        (where(fate="gone"), "「前回調査との対応」（fate）に「gone」はありません。.*abolished"),
    ],
)
def test_a_condition_on_what_there_is_not_is_told_with_what_there_is(
    condition: Where, told: str
) -> None:
    with pytest.raises(FigureError, match=told):
        define(Count(condition), ASKED)


def test_forgotten_lines_are_written_anew_just_the_same(tables: Tables) -> None:
    digester, selections = Digester(), select(ONLINE, tables, "all")
    before = digester.digest(selections, ["all"])
    digester.forget_lines()
    assert digester.digest(selections, ["all"]) == before


def test_rows_are_counted_by_each_combination_of_answers_of_which_none_is_one() -> None:
    frame = pd.DataFrame(
        {
            "status": ["online", "started", "online", None, "online"],
            "reason": ["other", None, "other", "other", "law"],
            "blank": [None] * 5,
        },
        dtype="str",
    )
    tally = Tally({"some": frame, "none": frame.iloc[:0]})
    assert tally.count("some", "status") == {("online",): 3, ("started",): 1, ("",): 1}
    both = {("online", "other"): 2, ("started", ""): 1, ("", "other"): 1, ("online", "law"): 1}
    assert tally.count("some", "status", "reason") == both
    assert tally.count("some", "blank") == {("",): 5}
    assert tally.count("none", "status") == {}
