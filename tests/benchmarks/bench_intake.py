"""Time the intake: the demonstration survey, the largest survey, and files made to do harm.

    python tests/benchmarks/bench_intake.py [survey | large | hostile] [RUNS or NAME]

Each is read by `collect_survey` in a process of its own, so that its peak memory is its own. Prints
seconds of the clock without and with the start of the process, those of the processor, which
other work on the machine disturbs less, and the peak in megabytes.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter
from surveys import write_survey

from analysis.questionnaire.read import default_questionnaire

TESTS = Path(__file__).parents[1]
LATEST = "2024-09-01"
RUNS = 9
LARGE_ROWS, LARGE_COLUMNS = 75_000, 40
HOSTILE_SIZE = 49 * 1000**2

READ = """
import json, os, re, sys, time
from pathlib import Path
from analysis.cycle import open_cycle
from analysis.survey.collect import collect_survey
cycle = open_cycle(sys.argv[2], Path(sys.argv[1]))
start = time.perf_counter()
survey = collect_survey(cycle)
seconds = time.perf_counter() - start
# Not getrusage: its peak begins with that of the process which started this one.
peak = re.search("VmHWM:[^0-9]*([0-9]+)", Path("/proc/self/status").read_text())
print(json.dumps({
    "seconds": seconds,
    "processor": sum(os.times()[:4]),
    "megabytes": int(peak[1]) / 1024,
    "rows": len(survey.rows),
    "codes": sorted(set(survey.problems["code"])),
}))
"""


def read(root: Path) -> dict[str, object]:
    """Read the cycle in a process of its own; return what it printed, and its whole time."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", READ, str(root), LATEST], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout) | {"whole": time.perf_counter() - start}


def describe(name: str, found: dict[str, object]) -> str:
    """Return one measurement in one line."""
    codes = "、".join(map(str, found["codes"]))
    return (
        f"{name:40} {found['seconds']:6.2f} s  whole {found['whole']:6.2f} s  "
        f"processor {found['processor']:6.2f} s  "
        f"{found['megabytes']:5.0f} MB  {found['rows']} rows  {codes}\n"
    )


def write_large(path: Path) -> None:
    """Write the largest survey that is to be read, as Excel would: texts are shared strings."""
    titles = [field.header for field in default_questionnaire().fields]
    extra = LARGE_COLUMNS - len(titles)
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("調査票")
        sheet.write_row(0, 0, ["部局名", "環境部"])
        sheet.write_row(2, 0, [*titles, *(f"項目{number}" for number in range(extra))])
        for row in range(LARGE_ROWS):
            status = ("オンライン化済", "2024-04-01") if row % 3 else ("未着手", None)
            answers = [f"K-{row:05}", "環境政策課", f"届出その{row}", "環境基本条例", "条例・規則"]
            answers += [row % 900, *status, "電子申請", None if row % 3 else "未検討", None]
            answers += ["不要", "なし", "なし", "はい", "なし", None]
            sheet.write_row(3 + row, 0, answers + [f"値{row % 97}"] * extra)


def measure_survey(runs: int) -> None:
    """Read the demonstration survey of 20 workbooks and 1,758 rows several times over."""
    with tempfile.TemporaryDirectory() as folder:
        write_survey(Path(folder))
        found = [read(Path(folder)) for _ in range(runs)]
    for name in ("seconds", "whole", "processor"):
        times = [float(str(one[name])) for one in found]
        least, middle = min(times), statistics.median(times)
        sys.stdout.write(f"{name:10} min {least:.2f}  median {middle:.2f}  max {max(times):.2f}\n")


def measure_large() -> None:
    """Read one workbook of 75,000 rows and 40 columns."""
    with tempfile.TemporaryDirectory() as folder:
        cycle = make_cycle(Path(folder), None)
        write_large(cycle.raw_folder / "環境部.xlsx")
        sys.stdout.write(describe("75,000 x 40", read(cycle.root)))


def measure_hostile(chosen: str | None) -> None:
    """Read a file of nearly 50 MB of every hostile kind, or of one."""
    for name, build in HOSTILE.items():
        if chosen in {None, name}:
            with tempfile.TemporaryDirectory() as folder:
                cycle = make_cycle(Path(folder), None)
                (cycle.raw_folder / name_file(name)).write_bytes(build(HOSTILE_SIZE))
                sys.stdout.write(describe(name, read(cycle.root)))
                sys.stdout.flush()


def main() -> None:
    """Measure what is named, or everything."""
    what, rest = "".join(sys.argv[1:2]), sys.argv[2:]
    if what in {"", "survey"}:
        measure_survey(int(rest[0]) if rest else RUNS)
    if what in {"", "large"}:
        measure_large()
    if what in {"", "hostile"}:
        measure_hostile(rest[0] if rest else None)


if __name__ == "__main__":
    sys.path.insert(0, str(TESTS))
    from hostile import HOSTILE, name_file
    from workbooks import make_cycle

    main()
