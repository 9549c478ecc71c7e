"""The examples in docstrings: each is run, and what takes or returns frames or measures has one.

An example sees the names of its module, `pd`, what writes a measure (`Count`, `Share`, `Change`,
`where`), and of a small city `findings`, its `ledger`, its `survey` and `rows`, the tidy rows of
this survey. The city's cycle 2024-09-01 has two rows: K-001 of 環境部 is online; K-002 of こども部
is not started, as nobody considered it, and how often it is asked for in a year was corrected from
120 to 210. In the cycle before, 2024-04-30, neither was online, K-001 had the id K-901, and 環境部
had a K-003, which was abolished since: a line of matches.csv confirms it. One number of the cycle
was published.
"""

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.figures.findings import load_findings
from analysis.figures.measure import Change, Count, Share, where
from analysis.survey.collect import collect_survey

from modules import MODULES, name_module, parse
from workbooks import make_two_cycles, not_started, procedure

FRAMES_AND_MEASURES = {"DataFrame", "Series", "Measure", "Count", "Share", "Change", "Where"}
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

MATCHES = (
    "previous_id,current_id,decided_by,decided_on,reason\nK-003,,DX戦略課,2024-09-20,条例の廃止\n"
)
CORRECTION = """[[correction]]
procedure_id = "K-002"
field = "年間件数"
expected = "120"
value = "210"
reason = "部局に確認"
decided_by = "DX戦略課"
decided_on = 2024-09-20
"""
PUBLISHED = "scope,measure,published\n環境部,online,1\n"

Node = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def walk(node: Node, name: str) -> Iterator[tuple[str, Node]]:
    """Yield a module, its classes and functions, and the classes' methods, by their full names."""
    yield name, node
    if isinstance(node, ast.Module | ast.ClassDef):
        for child in node.body:
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield from walk(child, f"{name}.{child.name}")


def read_examples(node: Node) -> list[doctest.Example]:
    return doctest.DocTestParser().get_examples(ast.get_docstring(node) or "")


def says_frame_or_measure(node: Node) -> bool:
    """Tell whether an argument or the result of a function is annotated with one, however deep."""
    if isinstance(node, ast.Module | ast.ClassDef):
        return False
    arguments = (found for found in ast.walk(node.args) if isinstance(found, ast.arg))
    annotations = filter(None, (node.returns, *(argument.annotation for argument in arguments)))
    words = re.findall(r"\w+", " ".join(map(ast.unparse, annotations)))
    return not FRAMES_AND_MEASURES.isdisjoint(words)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    current = [procedure(1)], [not_started(2, section="こども課")]
    previous = [not_started(1, procedure_id="K-901"), not_started(3)], current[1]
    cycle = make_two_cycles(tmp_path_factory.mktemp("city"), current, previous, MATCHES)
    (cycle.raw_folder / "corrections.toml").write_text(CORRECTION, "utf-8")
    (cycle.raw_folder / "published.csv").write_text(PUBLISHED, "utf-8")
    findings = load_findings(cycle, collect_survey)
    return {
        "findings": findings,
        "ledger": findings.ledger,
        "survey": findings.survey,
        "rows": findings.survey.rows,
        "pd": pd,
        "Count": Count,
        "Share": Share,
        "Change": Change,
        "where": where,
    }


# A module is parsed by its own test: to parse all of them takes as long as fifty tests.
WITH_EXAMPLES = [path for path in MODULES if ">>> " in path.read_text("utf-8")]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=name_module)
def test_the_examples_are_true(path: Path, city: dict[str, Any]) -> None:
    module = name_module(path)
    names = city | vars(importlib.import_module(module))
    told: list[str] = []
    for name, node in walk(parse(path), module):
        docstring = ast.get_docstring(node) or ""
        example = doctest.DocTestParser().get_doctest(docstring, {**names}, name, f"{path}", 0)
        doctest.DocTestRunner(optionflags=FLAGS).run(example, out=told.append)
    assert not told, "".join(told)


def test_what_takes_or_returns_frames_or_measures_shows_what_it_gives() -> None:
    lacking = [
        name
        for path in MODULES
        if any(word in path.read_text("utf-8") for word in FRAMES_AND_MEASURES)
        for name, node in walk(parse(path), name_module(path))
        if says_frame_or_measure(node)
        and not any(part.startswith("_") for part in name.split("."))
        and not any(example.want for example in read_examples(node))
    ]
    assert not lacking, "\n".join(lacking)
