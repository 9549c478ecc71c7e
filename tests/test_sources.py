"""What a report asked of the answers is what made it: no page is kept that would differ."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis.cycle import WHOLE, Cycle
from analysis.document.blocks import Block, Paragraph, Shown
from analysis.document.document import read_document
from analysis.evidence import exporters
from analysis.evidence.exporters import Pages, pages_of
from analysis.evidence.sources import (
    SOURCES_NAME,
    Origin,
    find_sources,
    list_workbooks,
    read_sources,
    write_sources,
)
from analysis.figures.asked import EVERYTHING, begin_notes
from analysis.figures.findings import Findings, load_findings
from analysis.inputs import list_inputs
from analysis.reports import department, overview
from analysis.survey.collect import collect_survey

from deliveries import (
    answer,
    build,
    build_anew,
    copy_delivery,
    differing,
    files_of,
    made_by,
    reports_of,
)
from workbooks import make_two_cycles, not_started, procedure

REPORTS = ("kankyo", "kodomo", WHOLE)
CHANGES: dict[str, tuple[object, ...]] = {
    "procedure_id": ("K-009",),
    "section": ("資源循環課", "新しい課"),
    "name": ("別の届出", "届出その3"),
    "law": ("別の法律",),
    "law_kind": ("要綱等", "法令"),
    "annual_volume": (7, None),
    "status": ("オンライン化済", "着手済", "未着手"),
    "reason": ("その他理由で不可", "現行法制度上不可"),
    "identity": ("認印・自署",),
    "fee": ("あり", "なし"),
    "remarks": ("新しい備考",),
}
MEASURES = (
    "reason_other", "online_rate_change", "new", "went_online", "renamed", "not_started",
    "attachment_in_house", "hidden", "problems_warning",
)  # fmt: skip


def list_rows(place: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a department's rows now and before: one stayed, one new, one gone, one with a fee."""
    first = 10 * place
    own = [procedure(first + 1, fee="あり"), not_started(first + 2), not_started(first + 3)]
    gone = procedure(first + 4, status="着手済", online_date=None)
    return own, [*own[:2], gone]


def write_cycles(root: Path, changed: tuple[int, int, tuple[str, object]] | None = None) -> Cycle:
    """Write two cycles of two departments, of the last with one answer changed."""
    pairs = [list_rows(place) for place in range(2)]
    now = [list(rows) for rows, _ in pairs]
    # One came from the other department.
    now[1].append(procedure(4, status="着手済", online_date=None))
    if changed is not None:
        place, row, (field, value) = changed
        now[place][row] = now[place][row] | {field: value}
        if field == "status":
            is_waiting = value == "未着手"
            now[place][row] |= {
                "reason": "未検討" if is_waiting else None,
                "online_date": "2024-04-01" if value == "オンライン化済" else None,
            }
    return make_two_cycles(root, now, [rows for _, rows in pairs])


def show(findings: Findings, slug: str, measures: list[str]) -> Iterator[Block]:
    """Yield what a report of a department, or of the whole city, shows, and some figures more."""
    if slug == WHOLE:
        yield from (overview.headline(findings), overview.departments(findings))
        yield overview.reasons(findings)
    else:
        for part in (department.headline, department.sections, department.reasons,
                     department.changes, department.procedures):  # fmt: skip
            yield part(findings, slug)
    figure = findings.ledger.figure
    shown = [Shown(figure(name, scope)) for name in measures for scope in (slug, WHOLE)]
    yield Paragraph(("以上", *shown))


def make_pages(findings: Findings, slug: str, measures: list[str]) -> Pages:
    """Make a report here; its fingerprint is left out, and its PDF is what would be set."""
    begin_notes()
    cells = []
    for block in (overview.masthead(findings), *show(findings, slug, measures)):
        data, metadata = block._repr_mimebundle_()
        output = new_output("execute_result", data=data, metadata=metadata)
        cells.append(new_code_cell(outputs=[output]))
    document = read_document(new_notebook(cells=cells))
    inputs = list_inputs(findings.cycle)
    pages = pages_of(document, findings, Origin(inputs, "any", ()))
    return pages._replace(html=re.sub(r"\b[0-9a-f]{12}\b", "", pages.html))


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have PDFs not set, which takes long, but told by what is to be set and attached."""

    def tell(content: dict[str, bytes], **options: object) -> bytes:
        told = b"\n".join(name.encode() + b"\n" + text for name, text in content.items())
        return re.sub(rb"\b[0-9a-f]{12}\b", b"", told)

    monkeypatch.setattr(exporters.typst, "compile", tell)
    monkeypatch.setattr(exporters, "finish_tags", lambda made, markup: made)
    monkeypatch.setattr(exporters, "load_fonts", lambda: None)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return load_findings(write_cycles(tmp_path_factory.mktemp("before")), collect_survey)


@pytest.mark.slow
@pytest.mark.usefixtures("unset")
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    changed=st.tuples(
        st.integers(0, 1),
        st.integers(0, 2),
        st.sampled_from([(field, value) for field, own in CHANGES.items() for value in own]),
    ),
    slug=st.sampled_from(REPORTS),
    measures=st.lists(st.sampled_from(MEASURES), max_size=2, unique=True),
)
def test_a_report_whose_sources_are_the_same_is_the_same_after_any_change_of_any_answer(
    before: Findings,
    changed: tuple[int, int, tuple[str, object]],
    slug: str,
    measures: list[str],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        after = load_findings(write_cycles(Path(folder), changed), collect_survey)
        inputs = list_inputs(after.cycle)
        was, now = (make_pages(found, slug, measures) for found in (before, after))
        # What problems there are no single figure tells.
        assert (was.sources is None) == ("problems_warning" in measures)
        asked = {source.asked for source in was.sources or ()} or {EVERYTHING}
        today = find_sources(after.ledger, inputs, asked)
        made_from = Origin(list_inputs(before.cycle), "any", ()).list_made_from(was.sources)
        if Origin(inputs, "any", ()).list_made_from(today) == made_from:
            assert now == was


@pytest.fixture
def project(delivery: Path, tmp_path: Path) -> Path:
    """A built project of two departments, 議会事務局 and 文化スポーツ部."""
    return copy_delivery(delivery, tmp_path / "project")


def test_a_figure_of_the_city_by_another_field_makes_every_page_that_shows_it_again(
    project: Path, tmp_path: Path
) -> None:
    path = project / "notebooks" / "department.ipynb"
    text = path.read_text("utf-8")
    shown = (
        "from analysis.document.blocks import Paragraph, Shown\\n"
        "Paragraph((Shown(findings.ledger.figure('attachment_in_house')),))"
    )
    assert "report.reasons(findings, department)" in text
    path.write_text(text.replace("report.reasons(findings, department)", shown), "utf-8")
    build(project)
    answer(project, "M8", "あり")
    answer(project, "O8", "はい")
    output = build(project)
    assert made_by(output) >= {"department-gikai", "department-bunkasports"}
    assert differing(files_of(project), build_anew(project, tmp_path / "anew")) == []


def test_sources_are_read_as_they_were_written(delivery: Path) -> None:
    content = (reports_of(delivery) / SOURCES_NAME).read_bytes()
    sources = read_sources(content)
    assert write_sources(sources | {"quality": None}) == content
    gikai = {source.asked.partition(" ")[0] for source in sources["department-gikai"]}
    assert gikai == {"department", "fields", "figure"}
    assert "quality" not in sources


def test_a_department_is_known_by_every_workbook_with_one_of_its_procedures(
    tmp_path: Path,
) -> None:
    ledger = load_findings(write_cycles(tmp_path), collect_survey).ledger
    assert list_workbooks(ledger) == {
        "kankyo": [
            "data/raw/2024-04-30/環境部.xlsx",
            "data/raw/2024-09-01/こども部.xlsx",
            "data/raw/2024-09-01/環境部.xlsx",
        ],
        "kodomo": [
            "data/raw/2024-04-30/こども部.xlsx",
            "data/raw/2024-04-30/環境部.xlsx",
            "data/raw/2024-09-01/こども部.xlsx",
        ],
    }
