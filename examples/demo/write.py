"""Write the demonstration survey: what it asks, its cycles, the guideline, under `data/raw`."""

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from demo.answers import answer_department
from demo.archive import save_repeatably
from demo.catalogue import FOLDER, Department, load_departments
from demo.habits import load_habits
from demo.history import CYCLES
from demo.workbook import fill_workbook

_SHOWN = 5
_TEMPLATE = FOLDER.parents[1] / "src" / "analysis" / "questionnaire" / "survey.toml"


class OccupiedError(Exception):
    """Other files stand where the demonstration would be; `str()` is the whole text to show."""


def write_demo(root: Path) -> list[Path]:
    """Write the demonstration under `root` and return its files, in order.

    The same bytes are written every time. Raises OccupiedError, and writes nothing, if a file or
    folder has the name of one of them and is not as it would be written.
    """
    contents = {root / "data" / "raw" / path: content for path, content in make_files()}
    others = [path for path, content in contents.items() if not _is_free(path, content)]
    if others:
        names = [path.relative_to(root).as_posix() for path in others]
        more = f"\n  ……ほか{len(names) - _SHOWN}件" if len(names) > _SHOWN else ""
        raise OccupiedError(
            f"架空データと同じ名前で内容の違うファイルが{len(names)}件あります。"
            "何も書き込んでいません。\n"
            + "\n".join(f"  ・{name}" for name in names[:_SHOWN])
            + f"{more}\nほかのフォルダーを `make demo INTO=…` で指定するか、"
            "これらを別の場所へ移してください。"
        )
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(contents)


def _is_free(path: Path, content: bytes) -> bool:
    """Say whether a file may be written: nothing is lost by it."""
    if path.is_symlink() or path.exists():
        return not path.is_symlink() and path.is_file() and path.read_bytes() == content
    return True


def make_files() -> Iterator[tuple[Path, bytes]]:
    """Yield the path under data/raw and the content of every file, in order."""
    return ((path, make()) for path, make in list_files())


def list_files() -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """Yield the path under data/raw of every file, in order, and what makes its content."""
    # It asks what the published survey did, as any new survey does at first.
    yield Path(_TEMPLATE.name), _TEMPLATE.read_bytes
    for path in sorted(p for p in FOLDER.glob("data/raw/**/*") if p.is_file()):
        yield path.relative_to(FOLDER / "data" / "raw"), path.read_bytes
    for cycle in CYCLES:
        for department in load_departments():
            make = partial(make_workbook, department, cycle)
            yield Path(cycle, f"{department.name}.xlsx"), make


def make_workbook(department: Department, cycle: str) -> bytes:
    """Return the file in which a department hands in its answers of one cycle."""
    rows, habits = answer_department(department, cycle), load_habits(department.slug)
    workbook = fill_workbook(department, cycle, rows, habits)
    return save_repeatably(workbook, datetime.date.fromisoformat(cycle))
