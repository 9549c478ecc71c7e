"""Write the demonstration survey under a folder, or under this project: `make demo`."""

import sys
from pathlib import Path

from demo.write import OccupiedError, write_demo

PROJECT = Path(__file__).parents[2]


def main() -> None:
    """Write the survey under the folder named, and say so; exit with what stands in its place."""
    named = sys.argv[1:]
    if len(named) > 1:
        sys.exit(f"作成先のフォルダーは一つだけ指定してください: {'、'.join(named)}")
    folder = Path(*named) if named else PROJECT
    try:
        written = write_demo(folder)
    except OccupiedError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{folder / 'data' / 'raw'} に{len(written)}件のファイルを作成しました。\n")


if __name__ == "__main__":
    main()
