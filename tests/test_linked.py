"""A notebook's prose links to what is in the set; a dead link stops the build with its cell."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis.build.jobs import BuildTarget, look_at_answers
from analysis.build.linked import leave_uncounted, require_linked
from analysis.cycle import Cycle, Uncounted
from analysis.document.blocks import Masthead
from analysis.document.document import CellOutput, Document
from analysis.document.markdown import parse, to_html
from analysis.errors import ReportError
from analysis.names import INTERIM_ENDING

from workbooks import make_cycle, procedure


def write(cycle: Cycle, prose: str) -> None:
    folder = cycle.root / "notebooks"
    folder.mkdir(exist_ok=True)
    notebook = new_notebook(
        cells=[new_code_cell("1"), new_markdown_cell(f"文です。\n\n{prose}")],
        metadata={"report": {"order": 35, "title": "手数料"}},
    )
    nbformat.write(notebook, folder / "手数料.ipynb")


@pytest.fixture
def cycle(tmp_path: Path) -> Cycle:
    return make_cycle(tmp_path, [procedure(1)], [procedure(2, section="こども課")])


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("overveiw.html", "overview.html（着手状況調査結果（全体））"),
        ("department-kankyou.pdf#evidence", "department-kankyo.pdf（環境部）"),
        ("Overview.html", "overview.html"),
        ("data/procedure.csv", "data/procedures.csv（一式のファイル）"),
        ("sources.xlsx", "sources.csv"),
    ],
)
def test_a_link_to_what_is_not_in_the_set_is_told_with_its_cell(
    cycle: Cycle, address: str, nearest: str
) -> None:
    write(cycle, f"- **[x]({address})**")
    with pytest.raises(ReportError) as caught:
        require_linked(cycle)
    assert f"notebooks/手数料.ipynb の2番目のセル: {address}（近いもの: " in str(caught.value)
    assert nearest in str(caught.value)


@pytest.mark.parametrize("name", ["2024-09-01", f"2024-09-01{INTERIM_ENDING}"])
def test_all_that_is_in_the_set_is_linked_to_by_its_own_name(cycle: Cycle, name: str) -> None:
    """An interim set's files have other names, which who links need not know."""
    addresses = (
        "overview.html#evidence", "手数料.pdf", "department-kodomo.html", "index.html",
        "audit.xlsx", "notebooks/overview.ipynb", "data/codes.csv", "sources.csv",
        "ro-crate-metadata.json",
        "#section-1", "https://example.org/none.html", "mailto:dx@example.org",
    )  # fmt: skip
    write(cycle, "\n".join(f"[x]({address})" for address in addresses))
    require_linked(Cycle(cycle.root, name, cycle.settings))


@pytest.mark.parametrize("address", ["./overview.html", "data/../index.html", "overview.html?a=b"])
def test_an_address_may_be_written_in_another_way(cycle: Cycle, address: str) -> None:
    write(cycle, f"[x]({address})")
    require_linked(cycle)


def test_a_department_that_is_not_counted_this_time_is_text_without_a_link(cycle: Cycle) -> None:
    left = Uncounted(cycle.departments[1], "faulty", "誤り1件")
    interim = Cycle(cycle.root, f"2024-09-01{INTERIM_ENDING}", cycle.settings, (left,))
    prose = "[こども部](department-kodomo.html)と[環境部](department-kankyo.html)"
    write(cycle, prose)
    require_linked(interim)
    document = Document(
        Masthead("題", "", (), "2024-09-01", "市", demonstration=False), tuple(parse(prose)[0])
    )
    for own, links in ((interim, 1), (cycle, 2)):
        (token,) = leave_uncounted(document, own).parts
        assert not isinstance(token, CellOutput)
        assert to_html(token).count("<a href") == links
        assert "こども部" in to_html(token)


def test_a_build_looks_before_it_makes_anything(cycle: Cycle) -> None:
    write(cycle, "[x](none.html)")
    with pytest.raises(ReportError, match="2番目のセル: none"):
        look_at_answers(BuildTarget(cycle.root, cycle.name, {}), {})
