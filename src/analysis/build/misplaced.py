"""Name what lies around a cycle's folder and is read by nothing: in data/raw, among guidelines.

It concerns no cycle's answers, so it stands in no report: who builds or checks is told.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from analysis.cycle import (
    AGENCIES_NAME,
    GUIDELINES,
    INVENTORIES,
    NOTEBOOKS,
    SETTINGS_NAME,
    Cycle,
    list_cycles,
    open_cycle,
)
from analysis.errors import SettingsError, list_examples
from analysis.files.folder import (
    EXCEL_ENDINGS,
    PACKED_ENDINGS,
    ending_of,
    is_passing,
    is_settings_slip,
    list_within,
)
from analysis.forms.first import is_guideline_template
from analysis.inputs import MEASURES_NAME
from analysis.names import ENGLISH_NAME
from analysis.questionnaire.read import SURVEY_NAME
from analysis.reports.stated import ENDING, KEY, list_unstated
from analysis.texts import compose_name

_SETTINGS = ".toml"
_IN_RAW = (SURVEY_NAME, MEASURES_NAME, AGENCIES_NAME, ENGLISH_NAME)
# What a second download, a copy or an editor makes of a name: 2024 (1).toml, 2024.toml.txt.
_COPY = re.compile(r"\s*(\(\d+\)|-?\s*コピー.*|のコピー.*|copy.*|\.toml.*|\.txt)", re.I)
NO_REPORT = "どの報告書も作らないノートブックです。"
STATE_ONE = f"報告書にするには、メタデータの {KEY} に order（順）と title（表題）を書いてください。"
_OUTSIDE = "調査回のフォルダーの外にあるため読み込みません。"
_COPY_START = re.compile(r"(コピー[\s～〜~-]*|copy of\s*)", re.I)


class Misplaced(NamedTuple):
    """Something that nothing reads: its path in the project, what is said of it, how grave."""

    path: str
    text: str
    is_error: bool = False

    def __str__(self) -> str:
        """Name it in a line."""
        return f"{self.path.encode('utf-8', 'replace').decode()}: {self.text}"


def find_misplaced(cycle: Cycle) -> list[Misplaced]:
    """Return what lies in data/raw, among the guidelines and the notebooks and is read by nothing.

    A cycle's own folder is not looked at: what lies in it is among its survey's problems.
    """
    return [*_look_in_raw(cycle), *_look_at_guidelines(cycle), *_look_at_notebooks(cycle)]


def require_in_place(cycle: Cycle) -> None:
    """Return if no settings lie where they are not read; else raise SettingsError."""
    wrong = [str(found) for found in find_misplaced(cycle) if found.is_error]
    if wrong:
        raise SettingsError(
            f"読み込まれない場所か名前の設定のファイルが{len(wrong)}件あります。\n"
            + list_examples(wrong)
        )


def describe_misplaced(misplaced: Sequence[Misplaced]) -> list[str]:
    """Return lines that tell what nothing reads, what matters first; none for nothing."""
    if not misplaced:
        return []
    ranked = sorted(misplaced, key=lambda found: not found.is_error)
    return [
        f"調査回のフォルダーの外に、読み込まないものが{len(misplaced)}件あります。",
        list_examples([str(found) for found in ranked]),
    ]


def _look_in_raw(cycle: Cycle) -> Iterator[Misplaced]:
    raw = cycle.raw_folder.parent
    for path in _list(raw):
        where = f"data/raw/{path.name}"
        if path.is_dir():
            if path.name not in (GUIDELINES, INVENTORIES) and not (path / SETTINGS_NAME).is_file():
                yield from _tell_folder(path, where)
        elif path.name in _IN_RAW:
            continue
        elif is_settings_slip(path.name) and (meant := _find_meant(path.name)):
            mend = f"名前を {meant} に直してください。"
            if (raw / meant).exists():
                mend = f"読み込むのは {meant} だけです。data/raw の外に移してください。"
            yield Misplaced(where, mend, is_error=True)
        elif is_settings_slip(path.name):
            yield Misplaced(where, f"{_OUTSIDE}調査回のフォルダーに移してください。", is_error=True)
        elif ending_of(path.name) in (*EXCEL_ENDINGS, *PACKED_ENDINGS):
            yield Misplaced(where, f"{_OUTSIDE}調査票であれば移してください。")
        else:
            yield Misplaced(where, "読み込まないファイルです。")


def _find_meant(name: str) -> str | None:
    """Return which of the files in data/raw a name means: in capitals, or without its last s."""
    told = unicodedata.normalize("NFKC", name).casefold()
    stems = {own: own.partition(".")[0] for own in _IN_RAW}
    return next((own for own, stem in stems.items() if re.match(f"{stem}?[^a-z]", told)), None)


def _tell_folder(path: Path, where: str) -> Iterator[Misplaced]:
    """Tell of a folder in data/raw that is no cycle's; an empty one holds nothing to read."""
    found = list_within(path)
    if found:
        text = f"{SETTINGS_NAME} がないため、調査回として読み込みません（ファイル{len(found)}件）。"
        yield Misplaced(where, text)


def _look_at_guidelines(cycle: Cycle) -> Iterator[Misplaced]:
    own, folder = cycle.guideline_path, cycle.root / "data" / "raw" / GUIDELINES
    paths = [path for path in _list(folder) if path != own]
    if not paths:
        return
    used = _list_versions(cycle)
    for path in paths:
        where = f"data/raw/{GUIDELINES}/{path.name}"
        if path.name in used or (own and _is_same(path, own)) or is_guideline_template(path):
            continue
        if any(_is_copy(path.name, version) for version in used):
            text = (
                "ガイドラインの写しとみられますが、この名前では読み込みません。"
                "cycle.toml の guideline に書くか、data/raw の外に移してください。"
            )
            yield Misplaced(where, text, is_error=True)
        elif path.suffix == _SETTINGS and path.is_file():
            yield Misplaced(where, "どの調査回の cycle.toml にもないガイドラインです。")
        else:
            yield Misplaced(where, "読み込まないものです。")


def _list_versions(cycle: Cycle) -> set[str]:
    """Return the guideline's versions that any cycle's settings name."""
    settings = [cycle.settings]
    for name in list_cycles(cycle.root):
        with suppress(SettingsError, OSError):
            settings.append(open_cycle(name, cycle.root).settings)
    return {one.guideline for one in settings if one.guideline is not None}


def _is_copy(name: str, version: str) -> bool:
    """Say whether a name is what an editor or a copy makes of a version's: `2024 (1).toml`."""
    folded, stem = (unicodedata.normalize("NFKC", text).casefold() for text in (name, version))
    stem = stem.removesuffix(_SETTINGS)
    folded = _COPY_START.sub("", folded, count=1)
    return folded.startswith(stem) and bool(_COPY.match(folded, len(stem)))


def _is_same(path: Path, other: Path) -> bool:
    """Say whether two names are of one file, as where capitals make no difference."""
    return path.is_file() and other.is_file() and path.samefile(other)


def _look_at_notebooks(cycle: Cycle) -> Iterator[Misplaced]:
    unstated = set(list_unstated(cycle))
    for path in _list(cycle.root / NOTEBOOKS):
        if ENDING not in path.name.lower():
            continue
        is_notebook = path.suffix == ENDING
        if not is_notebook or compose_name(path.stem) in unstated:
            text = NO_REPORT + (_say_why(path) if is_notebook else "")
            yield Misplaced(f"{NOTEBOOKS}/{path.name}", text)


def _say_why(path: Path) -> str:
    """Say what would make a report of a notebook."""
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return "ノートブックとして読めません。JupyterLab で直すか、要らなければ削除してください。"
    return STATE_ONE


def _list(folder: Path) -> Sequence[Path]:
    """Return what lies in a folder, sorted, without what Excel or a system left there."""
    paths = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in paths if not is_passing(path.name))
