"""What stands under a total adds up to it, or nothing is printed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from analysis.document.blocks import Column, Group, Quoted, Table
from analysis.document.chart import draw_stacks
from analysis.document.sums import require_sum
from analysis.errors import AnalysisError, ReportError
from analysis.figures.findings import Findings, load_findings
from analysis.reports import collection, department, guideline, overview, reasons, steps
from analysis.survey.collect import collect_survey

from reports import figures_in
from workbooks import (
    FIELDS,
    Line,
    build_workbook,
    make_cycle,
    make_two_cycles,
    not_started,
    procedure,
)

NOW = [procedure(1), procedure(2), not_started(3)]


def find(
    root: Path, now: Sequence[Sequence[Line]], before: Sequence[Sequence[Line]], matches: str = ""
) -> Findings:
    return load_findings(make_two_cycles(root, list(now), list(before), matches), collect_survey)


@pytest.fixture
def small(tmp_path: Path) -> Findings:
    return find(tmp_path, [NOW, [procedure(4)]], [[procedure(1)], [procedure(4)]])


def tables_of(*blocks: object) -> list[Table]:
    found: list[Table] = []
    for block in blocks:
        if isinstance(block, Group):
            found += tables_of(*block.blocks)
        elif isinstance(block, Table):
            found.append(block)
    return found


def test_a_total_that_its_parts_do_not_make_is_refused_with_the_rows(small: Findings) -> None:
    figure = small.ledger.figure
    rows = (("環境部", figure("total", "kankyo")), ("計", figure("total")))
    with pytest.raises(ReportError) as caught:
        Table("部局別", (Column("部局名"), Column("数")), rows, ledger=small.ledger)
    assert str(caught.value) == (
        "「部局別」の市全体の総手続き数は4件ですが、内訳の計は3件です（2024-09-01/all/total）。\n"
        "計に数え、内訳に数えていない行: 1件\n"
        "  ・K-004　届出その4　2024-09-01 こども部.xlsx 調査票!A6"
    )


def test_a_row_counted_twice_is_named(small: Findings) -> None:
    figure = small.ledger.figure
    parts = [figure(name) for name in ("online", "not_online", "started")]
    with pytest.raises(ReportError, match=r"内訳に余分に数えている行: 1件\n  ・K-004"):
        require_sum(small.ledger, "状況", [*parts, figure("online", "kodomo")], figure("total"))


def test_of_a_change_both_sides_are_looked_at(small: Findings) -> None:
    figure = small.ledger.figure
    rows = (("こども部", figure("total_change", "kodomo")), ("計", figure("total_change")))
    with pytest.raises(ReportError) as caught:
        Table("増減", (Column("部局名"), Column("数")), rows, ledger=small.ledger)
    assert "2024-09-01 環境部.xlsx 調査票!A7" in str(caught.value)
    assert "2024-04-30 環境部.xlsx 調査票!A6" in str(caught.value)


def test_a_subtotal_is_the_sum_of_its_own_rows_and_no_part_of_the_total(small: Findings) -> None:
    figure = small.ledger.figure
    columns = (Column("状況"), Column("数"))
    rows = (
        ("済", figure("online")),
        ("着手済", figure("started")),
        ("未着手", figure("not_started")),
        ("小計", figure("not_online")),
        ("計", figure("total")),
    )
    with pytest.raises(ReportError, match="オンライン化未対応の手続き数は1件ですが、内訳の計は4件"):
        Table("状況", columns, rows, ledger=small.ledger, subtotals=(3,))
    first = (("済", figure("online")), ("小計", figure("online")))
    Table("状況", columns, (*first, *rows[1:]), ledger=small.ledger, subtotals=(1, 4))


def test_a_rate_and_a_text_are_no_parts(small: Findings) -> None:
    figure = small.ledger.figure
    rows = (("環境部", "多い", figure("online_rate", "kankyo")), ("計", "", figure("online_rate")))
    columns = (Column("部局名"), Column("量"), Column("率"))
    assert Table("率", columns, rows, ledger=small.ledger).total


def test_stacked_parts_add_up_to_their_bar(small: Findings) -> None:
    figure = small.ledger.figure
    bar = ("環境部", [figure("online", "kankyo")], figure("total", "kankyo"))
    with pytest.raises(ReportError, match="K-003"):
        draw_stacks(small.ledger, "状況", [bar], ["済"])


def test_a_department_and_a_section_that_are_no_more_stand_in_the_change(tmp_path: Path) -> None:
    moved = [procedure(1, section="廃止課"), procedure(2)]
    told = "previous_id,current_id,decided_by,decided_on,reason\n" + "".join(
        f"K-00{number},,DX戦略課,2024-09-20,廃止\n" for number in (4, 5)
    )
    found = find(tmp_path, [NOW], [moved, [procedure(4), procedure(5)]], told)
    (departments,) = tables_of(overview.departments(found))
    assert [row[0] for row in departments.rows[1:]] == [Quoted("こども部（前回調査のみ）"), "計"]
    changes = [next(figures_in(row[3])).text for row in departments.rows]
    assert changes == ["0", "−2", "−2"]
    (sections,) = tables_of(department.sections(found, "環境部"))
    assert [next(figures_in(row[3])).text for row in sections.rows] == ["+1", "−1", "0"]


def test_a_problem_in_nobodys_workbook_is_a_part_of_the_total(tmp_path: Path) -> None:
    found = find(tmp_path, [[procedure(1)]], [[procedure(1, section="旧課")]])
    assert found.ledger.figure("problems_warning").value == 1
    (collected, _) = tables_of(collection.show_collection(found))
    assert [str(row[0]) for row in collected.rows] == ["環境部", "部局の調査票以外", "計"]


def test_every_sum_of_every_report_is_checked(findings: Findings) -> None:
    tables = tables_of(
        overview.departments(findings),
        overview.reasons(findings),
        reasons.by_department(findings),
        guideline.sections(findings),
        collection.show_collection(findings),
        steps.show_steps(findings),
        department.sections(findings, "環境部"),
        department.reasons(findings, "環境部"),
    )
    summed = [table for table in tables if table.rows[-1][0] == "計"]
    assert len(summed) >= 10
    assert all(table.total for table in summed)


@pytest.mark.parametrize("title", ["できない訳", None])
def test_reasons_without_their_column_stop_the_counting(tmp_path: Path, title: str | None) -> None:
    fields = [name for name in FIELDS if name != "reason" or title]
    titles = {"reason": title or ""}
    lines = [procedure(1), *(not_started(n) for n in range(2, 9))]
    workbook = build_workbook(lines, fields=fields, titles=titles)
    problems = collect_survey(make_cycle(tmp_path, workbook)).problems
    told = problems[problems["severity"] == "error"]
    assert told["message"].tolist() == [
        "列「未着手の理由」がないため、7件の手続き（7行、8行、9行、10行、11行ほか）に"
        "必要な回答がありません。"
    ]
    with pytest.raises(AnalysisError, match="必要な回答がありません"):
        load_findings(make_cycle(tmp_path, workbook), collect_survey)


def test_a_column_that_no_row_needs_may_be_missing(tmp_path: Path) -> None:
    fields = [name for name in FIELDS if name != "reason"]
    workbook = build_workbook([procedure(1)], fields=fields)
    problems = collect_survey(make_cycle(tmp_path, workbook)).problems
    assert problems["severity"].tolist() == ["warning"]
