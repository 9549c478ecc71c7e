"""What starts: nothing is imported that the work at hand has no use for."""

import subprocess
import sys
from pathlib import Path

FRAMES = ("numpy", "pandas", "pyarrow")

TELL = "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"


def list_imported(code: str, folder: Path) -> set[str]:
    """Return the packages that a fresh process has imported once it ran this code."""
    done = subprocess.run(
        [sys.executable, "-c", code + TELL], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_what_a_finished_build_says_of_itself_is_read_without_frames(project):
    planning = (
        "from analysis.cycle import open_cycle\n"
        "from analysis.report.plan import plan_reports\n"
        "from analysis.report.proof.origin import list_inputs\n"
        "from analysis.report.proof.record import read_record\n"
        "plan_reports(open_cycle()); list_inputs(open_cycle())"
    )
    assert list_imported(planning, project).isdisjoint(FRAMES)
