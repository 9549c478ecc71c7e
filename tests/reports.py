"""Small reports, built in the test: figures by hand, and a notebook that shows some blocks."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

import pypdf
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.cycle import Cycle, Department, open_cycle
from analysis.document.blocks import Block, Masthead
from analysis.document.document import read_document
from analysis.evidence.exporters import html_of, pdf_of
from analysis.evidence.sources import Origin
from analysis.figures.catalogue import Item
from analysis.figures.digest import Digester
from analysis.figures.figure import COUNT, Figure, Unit
from analysis.figures.guideline import Guideline, read_guideline
from analysis.figures.measure import Count
from analysis.figures.scopes import Scope, add_scopes
from analysis.figures.tables import Tables

from conftest import DEMO, LATEST
from rows import make_rows

MASTHEAD = Masthead(
    title="着手状況調査結果",
    subtitle="2024年9月1日時点",
    notes=("政策開発部DX戦略課",),
    as_of="2024-09-01",
    city="郡山市",
    demonstration=True,
)

# What makes a page of no inputs, and the fingerprint of that.
ORIGIN = Origin({}, None, ())
FINGERPRINT = "e3b0c44298fc"

HOSTILE = (
    "<script>alert(1)</script>",
    '#import "x"',
    "$x$",
    "=cmd|' /C calc'!A0",
    "{{ 7*7 }}",
    "{% raw %}",
    "*a* _b_ `c`",
    "= h",
    "// c",
    "@ref",
    "<x>",
    "]#[",
    '"q" \\ \\u{41}',
    "&amp;",
    "髙﨑𠮷",
    "📄",
    "👨‍👩‍👧",
    "か゚ Ⓐ ㋿",
)


# For blocks whose parts add up to their total: it is asked for nothing.
UNASKED: Any = SimpleNamespace()


def figure_of(
    measure: str, exact: int | Fraction | None, unit: Unit = COUNT, scope: str = "kankyo"
) -> Figure:
    value = None if exact is None else Fraction(exact)
    return Figure("2024-09-01", scope, "環境部", measure, measure, "定義", unit, value, None, None)


def notebook_of(
    *blocks: Block, prose: str = "## 節", masthead: Masthead | None = MASTHEAD
) -> NotebookNode:
    """Return an executed notebook: a lead, the masthead, prose, and a cell for each block.

    Its metadata hold the figures of the blocks, of which `findings_of` makes a ledger.
    """
    shown = [block for block in (masthead, *blocks) if block is not None]
    cells = [new_markdown_cell("この報告は試験です。")]
    for place, block in enumerate(shown):
        data, _ = block._repr_mimebundle_()
        output = new_output("execute_result", data=data)
        cells.append(new_code_cell("report.block(findings)", outputs=[output]))
        if place == 0:
            cells.append(new_markdown_cell(prose))
    figures = {figure.id: figure for block in blocks for figure in figures_in(block)}
    return new_notebook(cells=cells, metadata={"figures": figures})


def figures_in(shown: object) -> Iterator[Figure]:
    """Yield every figure that stands in a block, whatever it is in."""
    if isinstance(shown, Figure):
        yield shown
    elif isinstance(shown, (tuple, list)):
        for part in shown:
            yield from figures_in(part)
    elif is_dataclass(shown):
        for field in fields(shown):
            yield from figures_in(getattr(shown, field.name))


@dataclass(frozen=True, eq=False)
class SmallLedger:
    """A ledger that knows the figures given, each a count of no rows."""

    cycle: Cycle
    guideline: Guideline
    known: dict[str, Figure]

    @property
    def items(self) -> dict[str, Item]:
        return {f.measure: Item(f.measure, f.label, Count(), ()) for f in self.known.values()}

    @property
    def scopes(self) -> dict[str, Scope]:
        return {f.scope: Scope(f.scope, f.scope_name, "department") for f in self.known.values()}

    @property
    def has_previous(self) -> bool:
        return False

    @cached_property
    def digester(self) -> Digester:
        return Digester()

    @property
    def tables(self) -> Tables:
        return Tables(self.cycle.name, {"procedures": add_scopes(make_rows())})

    def find(self, figure_id: str) -> Figure:
        return self.known[figure_id]

    def look_up(self, cycle: str, scope: str, measure: str) -> Figure | None:
        return self.known.get(f"{cycle}/{scope}/{measure}")

    def parts(self, figure: Figure) -> tuple[Figure, ...]:
        return ()

    def select(self, figure: Figure) -> list[object]:
        return []


def findings_of(figures: dict[str, Figure]) -> SimpleNamespace:
    """Return findings of the demonstration's cycle, with a department for each hostile name."""
    cycle, guideline = _open_demonstration()
    return SimpleNamespace(cycle=cycle, ledger=SmallLedger(cycle, guideline, figures))


@cache
def _open_demonstration() -> tuple[Cycle, Guideline]:
    cycle = open_cycle(LATEST, DEMO)
    named = [
        Department.model_construct(name=name, slug="x", workbook=f"{name}.xlsx") for name in HOSTILE
    ]
    settings = cycle.settings.model_copy(update={"departments": [*cycle.departments, *named]})
    return Cycle(DEMO, LATEST, settings), read_guideline(cycle.guideline_path, cycle.questionnaire)


def export_html(notebook: NotebookNode) -> str:
    return html_of(read_document(notebook), findings_of(notebook.metadata["figures"]), ORIGIN)


def export_pdf(notebook: NotebookNode) -> bytes:
    return pdf_of(read_document(notebook), findings_of(notebook.metadata["figures"]), ORIGIN)


def read_pdf(document: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(document))


def text_of(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in read_pdf(document).pages)
