"""The house: one direction of flow, no circle, and no room that holds too much."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from modules import MODULES, PACKAGE, parse

EXAMPLES = Path(__file__).parents[1] / "examples"
# From the top down: each room imports only from those below it.
ROOMS = (
    "cli", "commands", "lab", "signing", "build", "proof", "reports", "opendata", "evidence",
    "document", "audit", "intake", "forms", "figures", "survey", "inputs", "language", "files",
    "terminal", "place", "ancestry", "cycle", "succession", "cycle_toml", "questionnaire",
    "settings", "display", "texts", "looks", "names", "errors", "startup",
)  # fmt: skip
LARGEST_ROOM = 0.25
# Within the survey: from the words and the files to what goes back to the departments.
STAGES = (
    "lookup", "dates", "broken", "problems", "alike", "survey",
    "timeline",
    "table", "uncounted", "answers", "pairs", "check", "continuity", "differences", "whose",
    "unread", "collect", "reread", "plain_csv", "store", "earlier", "interim", "opening",
)  # fmt: skip


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


class Written(NamedTuple):
    """What a module imports from, anywhere and at its top (by `from`), and the names it defines."""

    modules: frozenset[str]
    at_top: tuple[str, ...]
    names: tuple[str, ...]


@cache
def read(path: Path) -> Written:
    tree, names = parse(path), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its direction"
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    at_top = tuple(str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom))
    return Written(frozenset(names), at_top, tuple(list_public_names(tree)))


def list_imports(path: Path, under: str = "analysis") -> set[str]:
    """Return what a module imports from the package, or from one of its rooms, by first name."""
    names = read(path).modules
    start = f"{under}."
    return {name.removeprefix(start).split(".")[0] for name in names if name.startswith(start)}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_room_imports_only_from_those_below_it(path: Path) -> None:
    if room_of(path) != "__init__":
        below = {*ROOMS[ROOMS.index(room_of(path)) :]}
        assert list_imports(path) - {"__file__"} <= below


@pytest.mark.parametrize("path", [*MODULES, *EXAMPLES.rglob("*.py")], ids=lambda p: p.name)
def test_a_module_is_short_enough_to_be_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_a_name_has_one_meaning() -> None:
    """But for what is said alike of what is alike: commands, sections of reports, renderers."""
    owners: dict[str, list[str]] = {}
    for path in MODULES:
        names = set() if room_of(path) == "cli" else {*read(path).names} - {"render"}
        if room_of(path) == "reports" and "masthead" in names:
            names = {name for name in names if not name.islower()}
        for name in names:
            owners.setdefault(name, []).append(path.relative_to(PACKAGE).as_posix())
    assert {name: paths for name, paths in owners.items() if len(paths) > 1} == {}


def list_public_names(tree: ast.Module) -> Iterator[str]:
    """Yield what a module itself defines at its top: functions, classes, constants, types."""
    for node in tree.body:
        names = []
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [leaf.id for t in targets for leaf in ast.walk(t) if isinstance(leaf, ast.Name)]
        yield from (name for name in names if not name.startswith("_"))


def test_the_package_knows_nothing_of_its_examples() -> None:
    examples = {path.name for path in EXAMPLES.iterdir()}
    for path in PACKAGE.rglob("*.py"):
        assert not {name.partition(".")[0] for name in read(path).modules} & examples, path


def test_no_modules_import_one_another_in_a_circle() -> None:
    """What a function imports when it is called is not counted: it closes no circle at a start."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for path in MODULES:
        own = ".".join(("analysis", *path.relative_to(PACKAGE).with_suffix("").parts))
        graph.add(own, *read(path).at_top)
    graph.prepare()


def test_no_room_holds_more_than_a_quarter_of_the_lines() -> None:
    lines = Counter[str]()
    for path in MODULES:
        lines[room_of(path)] += len(path.read_text(encoding="utf-8").splitlines())
    assert {*lines} - {"__init__"} == {*ROOMS}
    assert max(lines.values()) <= LARGEST_ROOM * lines.total()


def test_a_stage_of_the_survey_imports_only_from_those_before_it() -> None:
    survey = PACKAGE / "survey"
    for path in survey.rglob("*.py"):
        stage = path.relative_to(survey).with_suffix("").parts[0]
        if stage != "__init__":
            before = {*STAGES[: STAGES.index(stage) + 1]}
            assert list_imports(path, "analysis.survey") <= before, path
