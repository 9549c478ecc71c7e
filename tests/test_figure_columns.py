"""One entry for a column of figures: its title and its figures come from the same place."""

import pytest

from analysis.document.blocks import Column, Shown, Table
from analysis.errors import FigureError
from analysis.figures.findings import Findings, load_findings
from analysis.reports import department, overview
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.reports.progress import list_progress, progress_columns
from analysis.survey.collect import collect_survey

from workbooks import make_cycle, procedure

SPEC = (
    FigureColumn("total", "総数"),
    FigureColumn("online", "今回", "済"),
    FigureColumn("online_change", "増減", "済", weight=3, with_unit=True),
)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The findings of a first cycle, of one department."""
    return load_findings(
        make_cycle(tmp_path_factory.mktemp("first"), [procedure(1)]), collect_survey
    )


def test_a_column_has_its_head_and_its_cells_from_one_entry(findings: Findings) -> None:
    columns, figure = FigureColumns(findings, SPEC), findings.ledger.figure
    assert columns.head == (
        Column("総数", None, numeric=True, weight=2),
        Column("今回", "済", numeric=True, weight=2),
        Column("増減", "済", numeric=True, weight=3),
    )
    assert columns.cells("kankyo") == (
        figure("total", "kankyo"),
        figure("online", "kankyo"),
        Shown(figure("online_change", "kankyo")),
    )


def test_in_a_first_cycle_columns_of_changes_fall_away_by_themselves(first: Findings) -> None:
    columns, figure = FigureColumns(first, SPEC), first.ledger.figure
    assert columns.head == (
        Column("総数", numeric=True, weight=2),
        Column("済", numeric=True, weight=2),
    )
    assert columns.cells() == (figure("total"), figure("online"))


def test_a_measure_that_there_is_not_does_not_fall_away(first: Findings) -> None:
    with pytest.raises(FigureError, match="onlin"):
        FigureColumns(first, [FigureColumn("onlin", "済")]).cells()


def test_where_rows_are_measures_a_column_can_be_about_a_scope_of_its_own(
    findings: Findings,
) -> None:
    spec = (FigureColumn("{}", "部"), FigureColumn("{}_change", "市", scope="all"))
    cells = FigureColumns(findings, spec).cells("kankyo", "online")
    figure = findings.ledger.figure
    assert cells == (figure("online", "kankyo"), figure("online_change", "all"))


def test_every_table_of_progress_is_as_wide_as_its_cycle_has_figures(
    findings: Findings, first: Findings
) -> None:
    heads = [[column.title for column in progress_columns(f).head] for f in (findings, first)]
    changes = [title for title in heads[0] if "増減" in title]
    assert len(changes) == 2
    assert len(heads[1]) == len(heads[0]) - len(changes)
    for known, sides in ((findings, 2), (first, 1)):
        assert {len(figures) for figures in list_progress(known, "all")} == {sides}
        compared = department._compare(known, known.department("kankyo"))
        assert isinstance(compared, Table)
        assert len(compared.columns) == 1 + 2 * sides
        assert len(overview.tabulate_city(known).columns) == 1 + sides
