"""The surveys that a build is timed with: the demonstration, changed by hand or grown."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import openpyxl

ROOT = Path(__file__).parents[2]
CYCLES = ("2024-03-31", "2024-09-01")
LATEST = CYCLES[-1]
CHANGED = "環境部.xlsx"
Answers = dict[str, tuple[object, object]]
"""What cells hold and what they shall hold, by address."""

DETAIL: Answers = {
    "K29": ("業務システムの改修に多額の費用を要する", "業務システムの改修を検討するため")
}
"""Why one procedure is not started, in other words: no figure counts these."""
STATUS: Answers = {
    "G27": ("着手済", "未着手"),
    "J27": (None, "未検討"),
    "G171": (22, 21),
    "I171": (46, 47),
}
"""One procedure that was started is not: it changes the whole city's figures."""
LETTERS = "abcdefghijklmnop"
# An id of the demonstration, in any of its spellings, which begins with its department's number.
_ID = re.compile(r"(?<![\d-])(\d\d)([-‐‑−–ー－])(\d{4})(?![\d-])")


def write_survey(folder: Path) -> None:
    """Write the demonstration into a folder, as `make demo` does."""
    demo = [sys.executable, "-m", "demo", folder.absolute()]
    subprocess.run(demo, cwd=ROOT / "examples", check=True, stdout=subprocess.DEVNULL)


def copy_project(folder: Path) -> Path:
    """Put what a build needs into a folder, with nothing that was made from it; return it."""
    write_survey(folder)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def change_answers(project: Path, answers: Answers) -> None:
    """Change cells of one workbook; raise ValueError for one that isn't what it should be."""
    if not answers:
        return
    path = project / "data" / "raw" / LATEST / CHANGED
    book = openpyxl.load_workbook(path)
    sheet = book["調査票"]
    for address, (expected, value) in answers.items():
        if sheet[address].value != expected:
            raise ValueError(f"{CHANGED} {address}: {sheet[address].value!r}, not {expected!r}")
        sheet[address].value = value
    book.save(path)


def grow_project(folder: Path, times: int) -> Path:
    """Make a project with each department so many times, each with names and ids of its own.

    The first of each is the demonstration's own; there are no published values.
    """
    copy_project(folder)
    for cycle in CYCLES:
        _grow_cycle(folder / "data" / "raw" / cycle, times)
    return folder


def _grow_cycle(raw: Path, times: int) -> None:
    (raw / "published.csv").unlink(missing_ok=True)
    settings = (raw / "cycle.toml").read_text(encoding="utf-8")
    departments = tomllib.loads(settings)["departments"]
    first, _, rest = settings.partition("[[departments]]")
    added, decisions = (
        [],
        {name: [_read(raw / name)] for name in ("corrections.toml", "matches.csv")},
    )
    for copy in range(1, times):
        shift = copy * len(departments)
        for one in departments:
            name, slug = f"{one['name']}{LETTERS[copy]}", f"{one['slug']}{LETTERS[copy]}"
            workbook = f"{name}.xlsx"
            _copy_workbook(raw / one["workbook"], raw / workbook, one["name"], name, shift)
            added.append(
                f'[[departments]]\nname = "{name}"\nslug = "{slug}"\nworkbook = "{workbook}"\n'
            )
        for texts in decisions.values():
            texts.append(_shift_ids(texts[0], shift))
    (raw / "cycle.toml").write_text(f"{first}{''.join(added)}[[departments]]{rest}", "utf-8")
    for name, (own, *copies) in decisions.items():
        if own:
            head = own.splitlines(keepends=True)[0] if name.endswith(".csv") else ""
            lines = [own, *(text.removeprefix(head) for text in copies)]
            (raw / name).write_text("".join(lines), "utf-8")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _shift_ids(text: str, shift: int) -> str:
    """Return a text with the ids of a copy's departments."""
    return _ID.sub(lambda found: f"{int(found[1]) + shift:02}{found[2]}{found[3]}", text)


def _copy_workbook(source: Path, target: Path, old: str, new: str, shift: int) -> None:
    """Copy a workbook under another department's name, with ids of its own."""
    with zipfile.ZipFile(source) as book, zipfile.ZipFile(target, "w") as copy:
        for part in book.infolist():
            content = book.read(part)
            if part.filename.startswith(("xl/worksheets/sheet", "xl/sharedStrings")):
                text = _shift_ids(content.decode("utf-8"), shift)
                content = text.replace(f">{old}<", f">{new}<").encode("utf-8")
            copy.writestr(part, content, zipfile.ZIP_DEFLATED)
