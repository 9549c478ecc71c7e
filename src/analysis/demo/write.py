"""Write the demonstration survey's folders under `data/raw`."""

import datetime
from pathlib import Path

from analysis.demo.answers import answer_department
from analysis.demo.archive import save_repeatably
from analysis.demo.catalogue import FOLDER, load_departments
from analysis.demo.habits import load_habits
from analysis.demo.history import CYCLES
from analysis.demo.workbook import fill_workbook


def write_demo(root: Path) -> list[Path]:
    """Write both cycles of the demonstration under `root` and return the files written, in order.

    The same bytes are written every time. A file that lies there is overwritten; no other file
    is touched.
    """
    written = []
    for cycle in CYCLES:
        folder = root / "data" / "raw" / cycle
        folder.mkdir(parents=True, exist_ok=True)
        for settings in sorted(FOLDER.joinpath("cycles", cycle).iterdir(), key=lambda s: s.name):
            path = folder / settings.name
            path.write_bytes(settings.read_bytes())
            written.append(path)
        for department in load_departments():
            path = folder / f"{department.name}.xlsx"
            workbook = fill_workbook(
                department,
                cycle,
                answer_department(department, cycle),
                load_habits(department.slug),
            )
            save_repeatably(workbook, path, datetime.date.fromisoformat(cycle))
            written.append(path)
    return written
