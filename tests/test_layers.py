"""The house: one direction of flow, and no code that the design's page does not know."""

import ast
from pathlib import Path

import pytest

import analysis

PACKAGE = Path(analysis.__file__).parent
EXAMPLES = Path(__file__).parents[1] / "examples"
SHARED = {"cycle", "display", "errors", "names", "settings", "texts"}
MAY_IMPORT = {
    "cycle": {"errors", "names", "settings", "texts"},
    "display": set(),
    "names": set(),
    "settings": {"errors", "texts"},
    "texts": {"errors"},
    "errors": set(),
    "survey": SHARED,
    "figures": SHARED | {"survey"},
    "report": SHARED | {"survey", "figures"},
    "terminal": {"errors", "texts"},
    "cli": SHARED | {"terminal"} | {"survey", "figures", "report"},
}
# Within the survey: from the words and the files to what goes back to the departments.
STAGES = (
    "vocabulary", "dates", "problems", "alike", "place", "child", "bounded", "survey", "timeline",
    "files", "table", "answers", "pairs", "check", "continuity", "differences", "whose",
    "unread", "collect", "reread", "store",
    "propose", "cell_text", "resave", "forms", "returned", "status", "new_cycle",
)  # fmt: skip
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem in MAY_IMPORT
)


def list_modules(path: Path) -> set[str]:
    """Return the full names of the modules that a module imports from."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its direction"
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


def list_imports(path: Path, under: str = "analysis") -> set[str]:
    """Return what a module imports from the package, or from one of its wings, by first name."""
    names = list_modules(path)
    start = f"{under}."
    return {name.removeprefix(start).split(".")[0] for name in names if name.startswith(start)}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_wing_imports_only_from_those_before_it(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert list_imports(path) - {own} <= MAY_IMPORT[own]


@pytest.mark.parametrize("path", [*MODULES, *EXAMPLES.rglob("*.py")], ids=lambda p: p.name)
def test_a_module_is_short_enough_to_be_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_the_package_knows_nothing_of_its_examples() -> None:
    examples = {path.name for path in EXAMPLES.iterdir()}
    for path in PACKAGE.rglob("*.py"):
        assert not {name.partition(".")[0] for name in list_modules(path)} & examples, path


def test_every_wing_is_known() -> None:
    assert {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES} == set(
        MAY_IMPORT
    )


def test_a_stage_of_the_survey_imports_only_from_those_before_it() -> None:
    survey = PACKAGE / "survey"
    for path in survey.rglob("*.py"):
        stage = path.relative_to(survey).with_suffix("").parts[0]
        if stage != "__init__":
            before = {*STAGES[: STAGES.index(stage) + 1]}
            assert list_imports(path, "analysis.survey") <= before, path
