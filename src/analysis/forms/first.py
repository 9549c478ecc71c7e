"""Begin a survey of one's own: its folder, outside the program, and its first cycle's settings.

Both are written from templates; what stands there already is never touched.
"""

import datetime
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from string import Template

from analysis.cycle import GUIDELINES, SETTINGS_NAME, find_root, list_cycles, open_cycle
from analysis.cycle_toml import UNFILLED
from analysis.errors import SettingsError
from analysis.questionnaire.read import SURVEY_NAME, TEMPLATE_PATH

_TEMPLATES = files("analysis.forms") / "templates"
_README = "README.ja.md"
_DEMONSTRATION = Path(__file__).parents[3]
GUIDELINE_NAME = "guideline.toml"
"""A guideline to be written over; it is quoted once a `cycle.toml` names it."""


@contextmanager
def lay_out_survey(folder: Path) -> Iterator[Path]:
    """Give a survey's folder to be filled further; it stands in its place when all went well.

    Until then it lies beside that place, and after a failure nowhere. Raises SettingsError where
    something stands already, but an empty folder, and within the folder of a survey: its commands
    would find the wrong one of the two.
    """
    if (around := _find_survey_around(folder)) is not None:
        raise SettingsError(
            f"{folder} は、既にある調査のフォルダー {around} の中です。何も変更していません。"
            "\n調査のフォルダーやプログラムのフォルダーの外の、新しいフォルダーを指定してください。"
        )
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise SettingsError(
            f"{folder} には既に何かあります。何も変更していません。"
            "\n新しいフォルダーか、空のフォルダーを指定してください。"
        )
    place = folder.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    passing = place.with_name(f".{place.name}.passing")
    # What a process that was killed left there is made anew.
    shutil.rmtree(passing, ignore_errors=True)
    try:
        (passing / "data" / "raw" / GUIDELINES).mkdir(parents=True)
        _write(passing / _README, (_TEMPLATES / _README).read_text(encoding="utf-8"))
        _write(passing / "data" / "raw" / SURVEY_NAME, TEMPLATE_PATH.read_text(encoding="utf-8"))
        guideline = (_TEMPLATES / GUIDELINE_NAME).read_text(encoding="utf-8")
        _write(passing / "data" / "raw" / GUIDELINES / GUIDELINE_NAME, guideline)
        yield passing
        if not place.exists():
            passing.rename(place)
            return
        # Somebody may stand in it. What is a survey's goes last.
        for own in sorted(passing.iterdir(), key=lambda path: path.is_dir()):
            own.rename(place / own.name)
    finally:
        shutil.rmtree(passing, ignore_errors=True)


def begin_survey(folder: Path) -> str:
    """Make a folder for a survey, and return what was made and what comes next.

    Raises SettingsError as `lay_out_survey` does.
    """
    with lay_out_survey(folder):
        pass
    return "\n".join(
        [
            f"{folder} に調査のフォルダーを作成しました。使い方は {_README} にあります。",
            "",
            "次にすること:",
            f"  1. {folder} に移る。",
            f"  2. data/raw/{SURVEY_NAME} の、尋ねる列と言葉を確かめる。",
            "  3. analysis new-cycle 2025-03-31　調査の時点の日付で、最初の調査回を始める。",
            f"  4. できた data/raw/2025-03-31/{SETTINGS_NAME} の city（{UNFILLED}市）、"
            f"publisher（{UNFILLED}課）、departments（部局）を書き直す。",
        ]
    )


def _find_survey_around(folder: Path) -> Path | None:
    """Return the folder of the survey that a folder lies in; None if it lies in none."""
    try:
        return find_root(folder)
    except SettingsError:
        return None


def begin_demonstration(folder: Path) -> str:
    """Put the demonstration's survey into a folder, and return what was put there and what is next.

    It lies beside the program where that is used as it was checked out, and in no wheel. Raises
    SettingsError where it is not there, or something stands in the folder already.
    """
    raw = _DEMONSTRATION / "data" / "raw"
    cycles = [open_cycle(name, _DEMONSTRATION) for name in list_cycles(_DEMONSTRATION)]
    # A checkout may hold somebody's real survey by now.
    if not cycles or not all(cycle.settings.demonstration for cycle in cycles):
        raise SettingsError(
            "架空データの調査がここにはありません（インストールしたプログラムには含まれません）。"
            "リポジトリーを新しく取得し、その中で実行してください。"
        )
    with lay_out_survey(folder) as passing:
        shutil.rmtree(passing / "data" / "raw")
        shutil.copytree(raw, passing / "data" / "raw", symlinks=True)
    return "\n".join(
        [
            f"{folder} に架空データの調査を置きました。使い方は {_README} にあります。",
            "",
            "次にすること:",
            f"  1. {folder} に移る。",
            "  2. analysis report　報告書を作る。",
        ]
    )


def is_guideline_template(path: Path) -> bool:
    """Tell whether a file is the guideline that a survey begins with, as nobody changed it."""
    template = _TEMPLATES / GUIDELINE_NAME
    return path.is_file() and path.read_bytes() == template.read_bytes()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def write_first_settings(as_of: datetime.date) -> str:
    """Return the `cycle.toml` of a first cycle, to be filled in."""
    template = Template((_TEMPLATES / "cycle.toml").read_text(encoding="utf-8"))
    day = f"{as_of.year}年{as_of.month}月{as_of.day}日"
    return template.substitute(day=day, as_of=as_of.isoformat())
