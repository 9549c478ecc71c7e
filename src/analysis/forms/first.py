"""Begin a survey of one's own: its folder, outside the program, and its first cycle's settings.

Both are written from templates; what stands there already is never touched.
"""

import datetime
from importlib.resources import files
from pathlib import Path
from string import Template

from analysis.cycle import SETTINGS_NAME, find_root
from analysis.cycle_toml import UNFILLED
from analysis.errors import SettingsError

_TEMPLATES = files("analysis.forms") / "templates"
_README = "README.ja.md"


def begin_survey(folder: Path) -> str:
    """Make a folder for a survey, and return what was made and what comes next.

    Raises SettingsError where something stands already, but an empty folder, and within the folder
    of a survey: its commands would find the wrong one of the two.
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
    (folder / "data" / "raw").mkdir(parents=True)
    text = (_TEMPLATES / _README).read_text(encoding="utf-8")
    (folder / _README).write_text(text, encoding="utf-8", newline="\n")
    return "\n".join(
        [
            f"{folder} に調査のフォルダーを作成しました。使い方は {_README} にあります。",
            "",
            "次にすること:",
            f"  1. {folder} に移る。",
            "  2. analysis new-cycle 2025-03-31　調査の時点の日付で、最初の調査回を始める。",
            f"  3. できた data/raw/2025-03-31/{SETTINGS_NAME} の city（{UNFILLED}市）、"
            f"publisher（{UNFILLED}課）、departments（部局）を書き直す。",
        ]
    )


def _find_survey_around(folder: Path) -> Path | None:
    """Return the folder of the survey that a folder lies in; None if it lies in none."""
    try:
        return find_root(folder)
    except SettingsError:
        return None


def write_first_settings(as_of: datetime.date) -> str:
    """Return the `cycle.toml` of a first cycle, to be filled in."""
    template = Template((_TEMPLATES / "cycle.toml").read_text(encoding="utf-8"))
    day = f"{as_of.year}年{as_of.month}月{as_of.day}日"
    return template.substitute(day=day, as_of=as_of.isoformat())
