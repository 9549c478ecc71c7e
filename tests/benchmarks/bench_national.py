"""Time the national inventory, from the list to the reports: 75,071 procedures, 25 ministries.

    python tests/benchmarks/bench_national.py LIST.parquet [--watched]

Prints what `init --from`, `report`, an unchanged `report`, `check` and `verify` take: seconds of
the clock and of the processor. `--watched` tells the peak memory of all their processes together,
too (a page that several share counts once); to be watched slows them.
"""

import os
import sys
import tempfile
from pathlib import Path

from processes import run

AS_OF = "2025-07-29"
SOURCE = Path(__file__).parents[2] / "src"
COMMAND = "import sys; sys.argv[0] = 'analysis'; from analysis.cli import main; main()"


def main() -> None:
    """Begin the survey, build it, and print a line a command."""
    options = [word for word in sys.argv[1:] if word.startswith("--")]
    (source,) = (Path(word).absolute() for word in sys.argv[1:] if word not in options)
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        city = folder / "city"
        begin = ("init", "city", "--from", str(source), "--as-of", AS_OF)
        commands = [(folder, begin), *((city, (w,)) for w in ("report", "report", "check"))]
        for where, words in (*commands, (city, ("verify",))):
            command = [sys.executable, "-c", COMMAND, *words]
            cost = run(command, where, environment, watched="--watched" in options)
            told = f"{words[0]:8} {cost.clock:6.1f} s  processor {cost.processor:6.1f} s"
            if cost.together is not None:
                told += f"  together {cost.together:6.0f} MB, largest {cost.largest:6.0f} MB"
            sys.stdout.write(f"{told}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
