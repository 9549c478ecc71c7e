"""The floor: the same figures and pages in one process, the notebooks' cells called directly.

    cd PROJECT && python floor.py FOLDER

No kernel, no message, no second process: what no build that runs notebooks can go below. Writes
every page of the latest cycle, audit.xlsx and figures.csv into the folder.
"""

import ast
import json
import sys
from pathlib import Path
from typing import Any

from analysis.audit.workbook import write_audit
from analysis.cycle import FIGURES_NAME, open_cycle
from analysis.document.block import TYPST_MIME
from analysis.document.blocks import Block, Masthead
from analysis.document.document import CellOutput, Document
from analysis.document.markdown import parse
from analysis.document.svg import from_cell
from analysis.evidence.exporters import pages_of
from analysis.evidence.sources import Origin
from analysis.figures.findings import Findings, load_findings
from analysis.figures.listing import list_figures, write_figures
from analysis.reports.plan import AUDIT_NAME, Report, plan_reports

ORIGIN = Origin({}, None, ())


def read_cells(findings: Findings, report: Report) -> Document:
    """Return a report's document, its notebook's cells run here."""
    path = findings.cycle.root / "notebooks" / f"{report.notebook}.ipynb"
    known: dict[str, Any] = {}
    parts: list[Any] = []
    masthead = None
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts += parse(source)
        elif "parameters" in cell["metadata"].get("tags", []):
            known |= dict(report.parameters)
        else:
            shown = run_cell(source, known | {"findings": findings}, known)
            if isinstance(shown, Masthead):
                masthead = shown
            else:
                rendered, _ = shown._repr_mimebundle_()
                parts.append(CellOutput(from_cell(rendered["text/html"]), rendered[TYPST_MIME]))
    if masthead is None:
        raise SystemExit(f"{path.name} has no masthead")
    return Document(masthead, tuple(parts))


def run_cell(source: str, given: dict[str, Any], known: dict[str, Any]) -> Block:
    """Run a cell and return its last line's value; findings are loaded once for all of them."""
    *body, last = ast.parse(source).body
    kept = [node for node in body if not isinstance(node, ast.Assign)]
    exec(compile(ast.Module(kept, []), "cell", "exec"), given)  # noqa: S102  our own notebook
    known |= {name: value for name, value in given.items() if name != "findings"}
    if not isinstance(last, ast.Expr):
        raise SystemExit(f"a cell returns nothing: {source}")
    shown: Block = eval(compile(ast.Expression(last.value), "cell", "eval"), given)  # noqa: S307
    return shown


def main() -> None:
    """Make every page."""
    folder = Path(sys.argv[1])
    folder.mkdir()
    findings = load_findings(open_cycle())
    for report in plan_reports(findings.cycle):
        document = read_cells(findings, report)
        page, pdf, *_ = pages_of(document, findings, ORIGIN)
        (folder / f"{report.stem}.html").write_text(page, encoding="utf-8")
        (folder / f"{report.stem}.pdf").write_bytes(pdf)
    (folder / AUDIT_NAME).write_bytes(write_audit(findings))
    (folder / FIGURES_NAME).write_bytes(write_figures(list_figures(findings.ledger)))


if __name__ == "__main__":
    main()
