"""Golden files: the counts of the demonstration survey and some small renderings.

`make golden` rewrites them; the difference is read in the diff.
"""

import json
from pathlib import Path

import pytest

from analysis.document import html as html_renderer
from analysis.document import typst
from analysis.document.blocks import Bullets
from analysis.figures.findings import Findings
from analysis.figures.trace import trace
from analysis.reports import overview, progress

GOLDEN = Path(__file__).parent / "golden"


def counts(findings: Findings) -> str:
    """Every figure of the city and of the departments, one a line."""
    ledger = findings.ledger
    wanted = [f for f in ledger.figures.values() if ledger.scopes[f.scope].level != "section"]
    return "".join(f"{figure.id}\t{figure.text}\n" for figure in wanted)


def headline_html(findings: Findings) -> str:
    return html_renderer.render(Bullets((progress.say_progress(findings, "all"),))) + "\n"


def reasons_html(findings: Findings) -> str:
    return html_renderer.render(progress.reason_table(findings, "gikai")) + "\n"


def reasons_typst(findings: Findings) -> str:
    return typst.render(progress.reason_table(findings, "gikai")) + "\n"


def masthead(findings: Findings) -> str:
    bundle, _ = overview.masthead(findings)._repr_mimebundle_()
    fields = bundle["application/vnd.analysis.masthead+json"]
    return json.dumps(fields, ensure_ascii=False, indent=2) + "\n"


def trace_of_a_change(findings: Findings) -> str:
    return trace(findings.ledger, "2024-09-01/kensetsu/online_change") + "\n"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("counts.tsv", counts),
        ("headline.html", headline_html),
        ("reasons.html", reasons_html),
        ("reasons.typ", reasons_typst),
        ("masthead.json", masthead),
        ("trace.txt", trace_of_a_change),
    ],
)
def test_the_output_is_as_it_was(
    name: str, make: object, findings: Findings, rewrite_golden: bool
) -> None:
    made = make(findings)  # type: ignore[operator]
    path = GOLDEN / name
    if rewrite_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8", newline="\n")
    assert made == path.read_text(encoding="utf-8")
