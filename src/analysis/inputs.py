"""What a build is made from, and the fingerprint that says so in every report's footer.

Told by content only: the same bytes make the same fingerprint in any folder, with any file dates.
An auditor makes it without this program: `sha256sum` over the files, the lines sorted by path.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import analysis
from analysis.ancestry import open_ancestors
from analysis.cycle import (
    AGENCIES_NAME,
    APPROVALS_NAME,
    CORRECTIONS_NAME,
    INVENTORIES,
    KEPT_NAME,
    MATCHES_NAME,
    NOTEBOOKS,
    PUBLISHED_NAME,
    SETTINGS_NAME,
    Cycle,
)
from analysis.files.folder import LAID_ASIDE, is_passing, stops_build
from analysis.names import ENGLISH, ENGLISH_PATH
from analysis.questionnaire.read import SURVEY_NAME
from analysis.texts import compose_name, require_file

CODE_SUFFIXES = frozenset({".py", ".toml", ".css", ".typ", ".j2", ".js"})
CODE_FOLDER = "src/analysis"
REQUIREMENTS_NAME = "requirements.lock"
_OF_APPROVALS = (APPROVALS_NAME, KEPT_NAME)
_TEXTS = (SETTINGS_NAME, CORRECTIONS_NAME, MATCHES_NAME, PUBLISHED_NAME, *_OF_APPROVALS)
APPROVALS_REPORT, LISTED = "approvals", "reports"
"""The notebook and, of an index, the parameter of what shows approvals: no other has them."""
MEASURES_NAME = "measures.toml"
"""A survey's own measures, beside what it asks (see `own_measures`)."""

REPORT_KEY = "report"
"""The key of a notebook's metadata under which it states the report that it makes."""
SHORT_LENGTH = 12
"""How many hex digits of a fingerprint a footer prints."""


def list_inputs(cycle: Cycle) -> dict[str, str]:
    """Return the sha256 of everything that makes a cycle's reports, by path, sorted.

    Paths are relative to the project, with slashes: the raw folders of the cycle and of the one
    before, survey.toml and measures.toml, the guideline's version, the notebooks that make reports,
    the package's own files (as `src/analysis/...` wherever it is installed) and requirements.lock,
    where there is one. A notebook counts without what a run left in it. What Excel or a system
    leaves there is no input (see `is_passing`).

    Raises SettingsError if the cycle before can't be opened, and for no file in a text's place.
    """
    found = (*_list_project(cycle), *_list_code())
    return dict(sorted((compose_name(name), _hash_input(name, path)) for name, path in found))


def write_fingerprint(
    inputs: Mapping[str, str], notebook: str | None, parameters: Mapping[str, object]
) -> str:
    """Return the fingerprint of one report: SHA-256 over plain lines, as 64 hex digits.

    The lines are `<sha256>  <path>` as sha256sum writes them, sorted by path, for every input but
    the other notebooks (None: but all notebooks), then `parameter <name>=<value>`, sorted.
    """
    own = sorted(leave_others(inputs, notebook, parameters).items())
    lines = [f"{sha256}  {path}\n" for path, sha256 in own]
    lines += sorted(f"parameter {name}={value}\n" for name, value in parameters.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def leave_others(
    inputs: Mapping[str, str], notebook: str | None, given: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Return the inputs without the notebooks of other reports; None: without all notebooks.

    Approvals are in what shows them alone, English words in what is `given` that `lang`.
    """
    told = given or {}
    return {
        path: sha256
        for path, sha256 in inputs.items()
        if (path == notebook_path(notebook or "") or not path.startswith(f"{NOTEBOOKS}/"))
        and (notebook == APPROVALS_REPORT or LISTED in told or not is_approvals(path))
        and (told.get("lang") == ENGLISH or path != ENGLISH_PATH)
    }


def list_notebooks(cycle: Cycle) -> dict[str, Path]:
    """Return the notebooks by the name of their file: the program's, and the survey's own.

    One of the survey's own takes the place of the program's of the same name.
    """
    program = Path(analysis.__file__).parents[2] / NOTEBOOKS
    paths = (path for own in (program, cycle.notebooks_folder) for path in own.glob("*.ipynb"))
    return {compose_name(path.name): path for path in paths if not is_passing(path.name)}


def is_approvals(path: str) -> bool:
    """Say whether an input is a cycle's approvals, or what was behind them."""
    return path.startswith("data/raw/") and path.rpartition("/")[2] in _OF_APPROVALS


def notebook_path(notebook: str) -> str:
    """Return the path of a notebook among the inputs."""
    return f"{NOTEBOOKS}/{notebook}.ipynb"


def kind_of(path: str) -> str:
    """Return what an input is, for people."""
    name = path.rpartition("/")[2]
    by_name = {
        CORRECTIONS_NAME: "訂正",
        MATCHES_NAME: "対応の確認",
        SETTINGS_NAME: "設定",
        PUBLISHED_NAME: "公表値",
        APPROVALS_NAME: "承認",
        KEPT_NAME: "承認の控え",
    }
    by_folder = {
        f"{NOTEBOOKS}/": "ノートブック",
        f"{CODE_FOLDER}/": "プログラム",
        REQUIREMENTS_NAME: "ライブラリの版",
        f"data/raw/{SURVEY_NAME}": "調査で尋ねること",
        f"data/raw/{MEASURES_NAME}": "数値の設定",
        f"data/raw/{AGENCIES_NAME}": "法令の所管",
        ENGLISH_PATH: "英語の語句",
        "data/raw/guideline/": "ガイドライン",
        f"data/raw/{INVENTORIES}/": "国の公表",
    }
    for folder, kind in by_folder.items():
        if path.startswith(folder):
            return kind
    if f"/{LAID_ASIDE}/" in path:
        return "差し替え前のファイル"
    return by_name.get(name, "調査票")


class Mark(NamedTuple):
    """By what a file's content is known."""

    size: int
    sha256: str


def mark_of(content: bytes) -> Mark:
    """Return the mark of a content."""
    return Mark(len(content), hashlib.sha256(content).hexdigest())


def hash_file(path: Path) -> str:
    """Return the sha256 of a file's content, of nothing for what is no file."""
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def hash_code() -> str:
    """Return one sha256 over the package's own files that make reports, and their names."""
    lines = sorted(f"{hash_file(path)}  {name}\n" for name, path in _list_code())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_notebook(path: Path) -> str:
    """Return the sha256 of a notebook without the traces of a run.

    Whoever opens a report's notebook in JupyterLab and runs it has changed nothing that a report is
    made from. So that its fingerprint says so, a notebook counts as it was before it was run.
    A notebook that has none counts by its bytes, as `sha256sum` has it; and so does a file that
    is no notebook. Any other counts as nbformat writes it once the traces are taken out.
    """
    content = path.read_bytes()
    try:
        notebook = json.loads(content)
        is_touched = _take_out_traces(notebook)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_touched = False
    if is_touched:
        written = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        content = written.encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()


def _take_out_traces(notebook: dict[str, Any]) -> bool:
    """Take out outputs, counts, times and the kernel's version; say whether there were any."""
    is_touched = False
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            is_touched |= bool(cell["outputs"]) or cell["execution_count"] is not None
            cell["outputs"], cell["execution_count"] = [], None
        is_touched |= cell["metadata"].pop("execution", None) is not None
    if language := notebook["metadata"].get("language_info"):
        is_touched |= language.keys() != {"name"}
        notebook["metadata"]["language_info"] = {"name": language["name"]}
    return is_touched


def _hash_input(name: str, path: Path) -> str:
    return hash_notebook(path) if name.startswith(f"{NOTEBOOKS}/") else hash_file(path)


def _list_project(cycle: Cycle) -> Iterator[tuple[str, Path]]:
    """Yield the name and the place of the project's own inputs."""
    measures, english = cycle.survey_path.with_name(MEASURES_NAME), cycle.root / ENGLISH_PATH
    settings = [cycle.survey_path, measures, english, cycle.agencies_path]
    settings += filter(None, [cycle.guideline_path, cycle.inventory_path])
    candidates = [
        *cycle.raw_folder.rglob("*"),
        *(path for before in open_ancestors(cycle) for path in before.raw_folder.rglob("*")),
        *settings,
        cycle.root / REQUIREMENTS_NAME,
    ]
    for path in candidates:
        # In a text's place, what is no file would not be missed among the inputs.
        if path.name in _TEXTS or path in settings:
            require_file(path)
        relative = path.relative_to(cycle.root)
        if not any(map(is_passing, relative.parts)) and (path.is_file() or _stops(path, cycle)):
            yield relative.as_posix(), path
    for name, path in list_notebooks(cycle).items():
        if not path.is_file():
            require_file(path)
        if _states_report(path):
            yield f"{NOTEBOOKS}/{name}", path


def _states_report(path: Path) -> bool:
    """Tell whether a notebook makes a report; what can't be read may, so that it is told of."""
    try:
        found = json.loads(path.read_bytes())
        return "nbformat" not in found or REPORT_KEY in found["metadata"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return True


def _stops(path: Path, cycle: Cycle) -> bool:
    """Say whether something that is no file keeps a cycle from being built, so that it is seen."""
    return path.parent == cycle.raw_folder and stops_build(path)


def _list_code() -> Iterator[tuple[str, Path]]:
    """Yield the name and the place of the package's files that make reports."""
    package = Path(analysis.__file__).parent
    for path in package.rglob("*"):
        relative = path.relative_to(package)
        if path.suffix in CODE_SUFFIXES:
            yield f"{CODE_FOLDER}/{relative.as_posix()}", path
