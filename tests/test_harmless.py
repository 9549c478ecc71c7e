"""What JupyterLab shows of a notebook that it does not know: a report's cells, nothing else."""

from typing import Any

import pytest

from analysis.document import html, svg
from analysis.document.blocks import Column, Group, Link, Paragraph, Quoted, Shown, Table
from analysis.document.chart import draw_parts
from analysis.figures.findings import Findings
from analysis.lab.harmless import is_harmless, is_inert

from reports import MASTHEAD, figure_of


def notebook_with(*outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cells": [{"cell_type": "code", "outputs": list(outputs)}]}


def shown(**data: object) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {k.replace("_", "/"): v for k, v in data.items()},
    }


def test_what_a_report_shows_does_nothing(findings: Findings) -> None:
    figure = findings.ledger.figure
    parts = [(name, figure(name)) for name in ("online", "started", "not_started")]
    chart = draw_parts(findings.ledger, "状況", [(n, f) for n, f in parts], figure("total"))
    table = Table(
        "表 <1>",
        (Column("名"), Column("数", numeric=True)),
        ((Link("部", "department-x", line_of=figure_of("t", 1)), figure_of("t", 1)),),
    )
    words = Paragraph(("a < b & c", Shown(figure_of("online", 627)), Quoted("<script>")))
    for block in (MASTHEAD, Group((table, words, chart))):
        assert is_inert(svg.to_cell(html.render(block)))


@pytest.mark.parametrize(
    "written",
    [
        "<script>x()</script>",
        "<p onclick=\"x()\">1</p>",
        "<p onclick='x()'>1</p>",
        "<style>p { background: url(//x) }</style>",
        '<p style="position: fixed">1</p>',
        '<a href="javascript:x()">1</a>',
        '<a href="https://example.org/">1</a>',
        '<a href="//example.org/x.html">1</a>',
        '<img src="x" onerror="x()">',
        '<iframe src="x"></iframe>',
        '<svg><path fill="url(//example.org/x.svg#a)"/></svg>',
        '<svg><use href="data:image/svg+xml,x"/></svg>',
        "<<p>script>x()</script>",
        "<p",
        "<!-- <p> -->",
        "<math><mtext></mtext></math>",
        "<table><template><p>1</p></template></table>",
        # JupyterLab runs a command for a click on what has these.
        '<p data-commandlinker-command="console:create">1</p>',
        '<a href="#a" data-commandlinker-args="{}">1</a>',
        '<button data-commandlinker-command="terminal:create-new">1</button>',
        '<p DATA-COMMANDLINKER-COMMAND="console:create">1</p>',
        '<p data-command="console:create">1</p>',
    ],
)  # fmt: skip
def test_what_could_do_something_is_told(written: str) -> None:
    assert not is_inert(written)
    assert not is_harmless(notebook_with(shown(text_html=f"<p>1</p>{written}")))


def test_a_notebook_is_harmless_by_all_of_its_outputs_and_by_none_if_it_has_none() -> None:
    good = shown(text_html=["<p>", "1</p>"], text_plain="1")
    assert is_harmless(notebook_with(good))
    assert not is_harmless(notebook_with())
    assert not is_harmless(notebook_with(good, shown(application_javascript="x()")))
    assert not is_harmless(notebook_with(good, {"output_type": "stream", "text": "1"}))
    assert not is_harmless(notebook_with(good, shown(image_svg="<svg/>")))
