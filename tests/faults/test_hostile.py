"""Files made to do harm cost little, and stop nobody else's from being read."""

import json
import subprocess
import sys

import pytest

from hostile import HOSTILE, name_file
from workbooks import make_cycle, procedure

SIZE = 6_000_000
MOST_MEGABYTES = 500

# The limits of the process are a backstop, so that a failure here doesn't take the machine along.
READ = """
import json, re, resource, sys
from pathlib import Path
from analysis.cycle import open_cycle
from analysis.survey.collect import collect_survey
from analysis.survey.table import read_all
if sys.platform == "linux":
    # As where there is much to read: each file by a process of its own, with its own limits.
    read_all.count_processes = lambda sizes: 2
resource.setrlimit(resource.RLIMIT_AS, (4 * 1024**3, 4 * 1024**3))
found = {}
for name, root in json.loads(sys.stdin.read()).items():
    survey = collect_survey(open_cycle("2024-09-01", Path(root)))
    found[name] = [list(survey.rows["department"].unique()), list(survey.problems["code"])]
status = Path("/proc/self/status")
peak = re.search("VmHWM:[^0-9]*([0-9]+)", status.read_text()) if status.exists() else None
peaks = [int(peak[1]) if peak else 0, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]
print(json.dumps({"found": found, "megabytes": max(peaks) / 1024 if peak else 0}))
"""

# What each is called: for most the bound that stopped it, for some what a reader would say.
CODES: dict[str, list[str]] = {
    "empty cells": ["workbook_broken"],
    "filled cells": ["workbook_cells"],
    "rows": ["department_missing", "rows_missing"],
    "rows without end": ["department_missing", "rows_missing"],
    "comments": ["workbook_excessive"],
    "open elements": ["workbook_excessive"],
    "open elements hidden by comments": ["workbook_excessive"],
    "open elements hidden by text": ["workbook_excessive"],
    "one text": ["workbook_broken"],
    "one space": ["workbook_excessive"],
    "entities of one character": ["department_missing", "rows_missing"],
    "one attribute": ["workbook_excessive"],
    "names of elements": ["workbook_excessive"],
    "names of attributes": ["workbook_excessive"],
    "merges": ["department_missing", "column_missing"],
    "strings that nobody needs": ["table_missing"],
    "a string far down": ["workbook_broken"],
    "runs of text": ["workbook_broken"],
    "styles": ["workbook_excessive"],
    "formats": [],
    "relationships": ["workbook_broken"],
    "one sheet many times": ["workbook_excessive"],
    "formulas that look like links": ["table_missing"],
    "names that use names": [],
    "a wide head": ["table_missing"],
    "members": ["workbook_excessive"],
    "an end of the directory over and over": ["workbook_truncated"],
    "zeros": ["workbook_not_xlsx"],
    "commas": ["workbook_cells"],
    "quotation marks": ["workbook_excessive"],
    "line ends": ["workbook_cells"],
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What one process says that reads a cycle with each hostile file, one after another."""
    roots = {}
    for name, build in HOSTILE.items():
        root = tmp_path_factory.mktemp("hostile")
        cycle = make_cycle(root, None, [procedure(2)])
        (cycle.raw_folder / name_file(name)).write_bytes(build(SIZE))
        roots[name] = str(root)
    done = subprocess.run(
        [sys.executable, "-c", READ],
        input=json.dumps(roots),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_reading_every_hostile_file_takes_little_memory(outcome):
    assert outcome["megabytes"] < MOST_MEGABYTES


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_told_for_what_it_is_and_the_other_departments_are_read(outcome, name):
    departments, codes = outcome["found"][name]
    assert (codes, "こども部" in departments) == (CODES[name], True)
