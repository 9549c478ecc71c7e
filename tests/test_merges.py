"""A cell that a merge covers has no value of its own, whatever another program left in it."""

import pytest
from openpyxl import Workbook

from analysis.files.sheet import Entry, Merge, Sheet
from analysis.survey.collect import collect_survey
from analysis.survey.survey import Survey
from analysis.survey.table.merges import uncover

from workbooks import FIELDS, Line, build_workbook, make_cycle, procedure, sheet_of

E_RIGHT = ["law_kind", "annual_volume"]


def overlaid(lines: list[Line], *ranges: str, **layout: object) -> Workbook:
    """Return the form with ranges merged over what stands in their cells, which stays there."""
    workbook = build_workbook(lines, **layout)  # type: ignore[arg-type]
    for cells in ranges:
        sheet_of(workbook).merged_cells.add(cells)
    return workbook


def collect(tmp_path, *content: object) -> Survey:
    return collect_survey(make_cycle(tmp_path, overlaid(*content)))  # type: ignore[arg-type]


def test_a_number_left_beneath_a_merge_across_is_not_counted(tmp_path):
    lines = [procedure(1), procedure(2), procedure(3, annual_volume=144)]
    survey = collect(tmp_path, lines, "E8:F8")
    assert survey.rows["annual_volume"].fillna(0).tolist() == [120, 120, 0]
    assert survey.rows.loc[2, ["law_kind", "annual_volume_missing"]].tolist() == [
        "ordinance",
        "blank",
    ]
    assert survey.problems[["code", "cell"]].to_numpy().tolist() == [
        ["cells_merged", "E8"],
        ["cell_covered", "E8"],
    ]


def test_an_answer_left_beneath_a_merge_down_is_the_one_shown(tmp_path):
    lines = [procedure(1, fee="あり"), procedure(2, fee="なし"), procedure(3, fee="なし")]
    survey = collect(tmp_path, lines, "P6:P7")
    assert survey.rows["fee"].tolist() == ["yes", "yes", "no"]
    assert survey.rows["fee_cell"].tolist() == ["P6", "P6", "P8"]


def test_a_block_merged_down_and_across_says_what_its_first_cell_says(tmp_path):
    lines = [procedure(1), procedure(2, law_kind="法令"), procedure(3)]
    survey = collect(tmp_path, lines, "E6:F7")
    assert survey.rows["law_kind"].tolist() == ["ordinance"] * 3
    assert survey.rows["annual_volume"].fillna(0).tolist() == [0, 0, 120]


def test_a_row_wholly_beneath_merges_is_no_procedure_and_is_told(tmp_path):
    ranges = [f"{column}6:{column}7" for column in "ABCDEFGHIJKLMNOPQ"]
    survey = collect(tmp_path, [procedure(1), procedure(2), procedure(3)], *ranges)
    assert survey.rows["procedure_id"].tolist() == ["K-001", "K-003"]
    found = survey.problems[["code", "cell", "value"]].to_numpy().tolist()
    assert found == [["answer_covered", "A6", "K-002"], ["cell_covered", "C6", "届出その2"]]


def test_a_required_answer_beneath_a_merge_is_missing(tmp_path):
    survey = collect(tmp_path, [procedure(1)], "C6:D6", "F6:G6")
    errors = survey.problems[survey.problems["severity"] == "error"]
    assert errors[["code", "cell"]].to_numpy().tolist() == [["required_missing", "G6"]]


def test_what_a_merged_title_covers_is_no_title(tmp_path):
    workbook = build_workbook([procedure(1)])
    sheet_of(workbook).unmerge_cells("Q4:Q5")
    sheet_of(workbook)["Q5"] = "旧様式の欄"
    sheet_of(workbook).merged_cells.add("Q4:Q5")
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert survey.problems.empty
    assert survey.rows.loc[0, "remarks_cell"] == "Q6"


def test_a_total_beneath_a_merge_is_not_the_departments(tmp_path):
    foot = ["総手続き数", 9, 1]
    survey = collect(tmp_path, [procedure(1), foot], "A7:B7")
    assert survey.workbooks.loc[0, "stated_total"] == 1


def test_the_same_value_beneath_a_merge_is_left_without_a_word(tmp_path):
    survey = collect(tmp_path, [procedure(1), procedure(2)], "B6:B7")
    assert survey.problems.empty


def test_a_text_of_an_extra_column_beneath_a_merge_is_not_kept(tmp_path):
    fields = [*FIELDS, "独自の欄"]
    lines = [procedure(1, 独自の欄="甲"), procedure(2, 独自の欄="乙")]
    workbook = overlaid(lines, "R6:R7", fields=fields)
    extras = collect_survey(make_cycle(tmp_path, workbook)).extras
    assert extras["text"].tolist() == ["甲"]


@pytest.mark.parametrize("count", [1, 2, 400])
def test_overlapping_merges_cover_what_any_of_them_does(count):
    cells = {1: {column: Entry(str(column), "text") for column in range(1, 1_000)}}
    merges = tuple(sorted({Merge(1, left, 1, left + 500) for left in range(1, count + 1)}))
    shown = uncover(Sheet("調査票", True, cells, merges, frozenset()))
    assert list(shown.cells[1]) == [1, *range(count + 501, 1_000)]
