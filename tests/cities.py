"""A small city of as many departments as a test needs, in two cycles, a workbook each."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbooks import GUIDELINES, begin_settings, build_workbook, not_started, procedure

NOW, BEFORE = "2024-09-01", "2024-03-31"
NAMES = {"ko": "甲部", "otsu": "乙部", "hei": "丙部", "tei": "丁部", "bo": "戊部"}
STATUSES = {"o": "オンライン化済", "w": "オンライン化済", "s": "着手済", "n": "未着手"}
"""By a letter; w is a procedure that went online since the cycle before."""

Answers = Mapping[str, tuple[str, str]]
"""By slug, a letter of STATUSES for each procedure: in the cycle before, and now."""


def make_city(root: Path, answers: Answers) -> Path:
    """Write both cycles of a city's departments and return its folder."""
    raw = root / "data" / "raw"
    shutil.copytree(GUIDELINES, raw / GUIDELINES.name)
    for place, cycle in enumerate((BEFORE, NOW)):
        (raw / cycle).mkdir()
        (raw / cycle / "cycle.toml").write_text(_write_settings(cycle, list(answers)), "utf-8")
        for slug, letters in answers.items():
            hand_in(root, slug, letters[place], cycle)
    return root


def hand_in(root: Path, slug: str, letters: str, cycle: str = NOW) -> Path:
    """Write the workbook of a department and return its path."""
    lines = [answer_one(slug, number, letter) for number, letter in enumerate(letters, start=1)]
    return hand_in_lines(root, slug, lines, cycle)


def hand_in_lines(
    root: Path, slug: str, lines: Sequence[Mapping[str, object]], cycle: str = NOW
) -> Path:
    """Write the workbook of a department with these lines and return its path."""
    path = path_of(root, slug, cycle)
    book = build_workbook(lines, department=NAMES[slug])
    # No cycle's file is another's, however fast both are written.
    book.properties.title = cycle
    book.save(path)
    return path


def answer_one(slug: str, number: int, letter: str) -> dict[str, object]:
    """Return a procedure of a department with the status of a letter."""
    make = not_started if letter == "n" else procedure
    own = {"procedure_id": f"{slug.upper()}-{number:03}", "section": f"{NAMES[slug][0]}課"}
    own |= {"online_date": {"o": "2023-04-01", "w": "2024-04-01"}.get(letter)}
    return make(number, **own, status=STATUSES[letter], name=f"{NAMES[slug]}の届出{number}")


def path_of(root: Path, slug: str, cycle: str = NOW) -> Path:
    """Return where a department's workbook lies."""
    return root / "data" / "raw" / cycle / f"{NAMES[slug]}.xlsx"


def settings_of(root: Path, cycle: str = NOW) -> Path:
    """Return where a cycle's settings lie."""
    return root / "data" / "raw" / cycle / "cycle.toml"


def leave_out(root: Path, *lines: tuple[str, str], cycle: str = NOW) -> None:
    """Add departments to be left out, each with its reason, to a cycle's settings."""
    path = settings_of(root, cycle)
    told = [f'[[left_out]]\ndepartment = "{name}"\nreason = "{why}"\n' for name, why in lines]
    path.write_text("\n".join([path.read_text("utf-8"), *told]), "utf-8")


def _write_settings(cycle: str, slugs: Sequence[str]) -> str:
    lines = [*begin_settings(cycle, BEFORE if cycle == NOW else None), "[answers]"]
    for slug in slugs:
        lines += ["[[departments]]", f'name = "{NAMES[slug]}"', f'slug = "{slug}"']
        lines += [f'workbook = "{NAMES[slug]}.xlsx"']
    return "\n".join(lines) + "\n"
