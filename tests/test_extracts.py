"""What a department's page takes of other departments is in city.csv, or the page goes stale."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from analysis.figures.figure import split_id
from analysis.figures.measure import Count, Measure, parts_of
from analysis.report.findings import Findings
from analysis.report.making.extracts import CITY_FIELDS


def find_beyond_city(page: str, slug: str, findings: Findings) -> list[str]:
    """Return the figures of a department's page that count other departments by other fields."""
    shown = {unquote(found) for found in re.findall(r'href="#([^"/]+/[^"/]+/[^"/]+)"', page)}
    beyond = []
    for figure_id in sorted(shown):
        _, scope, measure = split_id(figure_id)
        if scope.partition(".")[0] != slug:
            for count in list_counts(findings.ledger.items[measure].measure):
                if count.table != "procedures" or not {*count.where.fields} <= {*CITY_FIELDS}:
                    beyond.append(figure_id)
    return beyond


def list_counts(measure: Measure) -> list[Count]:
    if isinstance(measure, Count):
        return [measure]
    return [count for part in parts_of(measure) for count in list_counts(part)]


def test_a_departments_page_counts_others_by_no_other_fields_than_city_csv_has(
    built: tuple[Path, str], findings: Findings
) -> None:
    folder, _ = built
    compared = 0
    for department in findings.cycle.departments:
        page = (folder / f"department-{department.slug}.html").read_text("utf-8")
        assert find_beyond_city(page, department.slug, findings) == []
        compared += "/all/online_rate" in page
    assert compared == len(findings.cycle.departments)


@pytest.mark.parametrize("measure", ["attachment_in_house", "reason_other_share", "new", "hidden"])
def test_a_figure_of_the_city_by_another_field_is_found(findings: Findings, measure: str) -> None:
    link = '<a class="figure" href="#2024-09-01/{}/{}">'
    page = link.format("kankyo", measure) + link.format("all", measure)
    assert set(find_beyond_city(page, "kankyo", findings)) == {f"2024-09-01/all/{measure}"}
