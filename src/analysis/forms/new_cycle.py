"""Begin a cycle: its folder and a `cycle.toml` made from the latest cycle's.

Everything is kept but the dates and the comment at the head, which tells of the old cycle's data.
The first cycle of a survey gets settings to be filled in.
"""

import datetime
import re
import shutil
from pathlib import Path

import tomlkit

from analysis.cycle import SETTINGS_NAME, Cycle, find_root, list_cycles, open_cycle
from analysis.errors import SettingsError
from analysis.forms.first import write_first_settings
from analysis.texts import read_text

_AS_OF_LINE = re.compile(r"^as_of\s*=.*$", re.MULTILINE)

_HEAD = """\
# 調査回 {day}時点の設定。調査のたびに変わることは、すべてこのファイルに書きます。
#
# 調査回 {previous} の設定から作りました。次のことを確かめ、変わっていれば直してください。
#   ・部局の新設、廃止、名称の変更（departments）、部局や課の統合、分割、改称（succession）
#   ・目標（target）、適用するガイドライン（guideline）
"""
_DEMONSTRATION = """\
# 架空データの調査回です（demonstration = true）。実際の調査であれば false に直してください。
"""
_REAL = """\
# 実際の調査回です（demonstration = false）。架空データであれば true に直してください。
"""


def begin_cycle(name: str, root: Path | None = None) -> Cycle:
    """Make `data/raw/<name>` with its settings and return the cycle.

    Raises SettingsError if the name is no date, not later than the latest cycle, or if something of
    this name is there already; then, and after any failure, nothing is left behind.
    """
    root = root or find_root()
    as_of = read_as_of(name)
    latest = open_cycle(None, root) if list_cycles(root) else None
    if latest is not None and as_of <= latest.settings.as_of:
        raise SettingsError(
            f"調査回「{name}」は、最新の調査回 {latest.name} より後ではありません。"
            f"\n{latest.name} より後の日付を指定してください。"
        )
    folder = root / "data" / "raw" / name
    if folder.exists() or folder.is_symlink():
        raise SettingsError(
            f"data/raw/{name} は既にあります。何も変更していません。"
            f"\n{SETTINGS_NAME} がなければ、"
            "フォルダーを移すか削除してから、もう一度実行してください。"
        )
    text = write_first_settings(as_of) if latest is None else write_settings(latest, as_of)
    passing = root / "data" / f".{name}.passing"
    try:
        # What a process that was killed left there is written anew.
        passing.mkdir(exist_ok=True)
        (passing / SETTINGS_NAME).write_text(text, encoding="utf-8", newline="\n")
        passing.rename(folder)
    finally:
        shutil.rmtree(passing, ignore_errors=True)
    return open_cycle(name, root)


def write_settings(latest: Cycle, as_of: datetime.date) -> str:
    """Return the `cycle.toml` of the cycle that follows the latest one."""
    text = read_text(latest.raw_folder / SETTINGS_NAME)
    settings = tomlkit.parse(text.replace("\r\n", "\n").replace("\r", "\n"))
    settings["as_of"] = as_of
    # Why a department was left out, and what it took over, is told of one cycle only.
    settings.pop("left_out", None)
    settings.pop("succession", None)
    if "previous" in settings:
        settings["previous"] = latest.name
    body = _cut_head(tomlkit.dumps(settings))
    if "previous" not in settings:
        # tomlkit would add the key under the comment of the first table.
        body = _AS_OF_LINE.sub(rf'\g<0>\nprevious = "{latest.name}"', body, count=1)
    head = _HEAD.format(day=f"{as_of.year}年{as_of.month}月{as_of.day}日", previous=latest.name) + (
        _DEMONSTRATION if latest.settings.demonstration else _REAL
    )
    return f"{head}\n{body}"


def describe_beginning(cycle: Cycle) -> str:
    """Return what was made, and what the analyst does next."""
    settings = cycle.settings
    made = f"data/raw/{cycle.name}/{SETTINGS_NAME}"
    if settings.previous is None:
        return (
            f"{made} を、最初の調査回の設定として作成しました。\n\n次にすること:\n"
            f"  1. {SETTINGS_NAME} の city（市）、publisher（課）、departments（部局）を書き直す。"
            f"\n{_say_next(cycle)}"
        )
    kind = (
        "架空データ（demonstration = true）です。実際の調査であれば false に直してください。"
        if settings.demonstration
        else "実際の調査（demonstration = false）です。"
    )
    return "\n".join(
        [
            f"{made} を、調査回 {settings.previous} の設定から作成しました。",
            f"この調査回は、前回と同じく{kind}",
            "",
            "次にすること:",
            f"  1. {SETTINGS_NAME} の部局（{len(cycle.departments)}部局）、目標、ガイドラインを"
            "確かめる。",
            _say_next(cycle),
        ]
    )


def _say_next(cycle: Cycle) -> str:
    return "\n".join(
        [
            f"  2. analysis form {cycle.name}　調査票を作り、各部局に送る。",
            f"  3. 届いた調査票を data/raw/{cycle.name} に置く。",
            f"  4. analysis check {cycle.name}　提出状況と問題を確かめ、直してもらう調査票を返す。",
        ]
    )


def read_as_of(name: str) -> datetime.date:
    """Return the date that names a cycle; raise SettingsError for any other text."""
    try:
        date = datetime.date.fromisoformat(name)
    except ValueError:
        date = None
    # Python reads 20250331 and 2025-W14-1 too; a folder has one spelling.
    if date is None or date.isoformat() != name:
        raise SettingsError(
            f"「{name}」は調査回の名前になりません。"
            "\n調査の時点を 2025-03-31 のように、年-月-日で指定してください。"
        )
    return date


def _cut_head(text: str) -> str:
    """Return the settings from their first line that is neither blank nor a comment."""
    lines = text.splitlines(keepends=True)
    first = next(at for at, line in enumerate(lines) if line.strip() and line.strip()[0] != "#")
    return "".join(lines[first:])
