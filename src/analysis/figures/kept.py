"""What stood behind an approval when it was given, so that it can be said later what changed.

Lines of a cycle's `approvals_kept.csv`, of one approval one after the other under their own hash,
which the approval's line has: whoever changes one of them is found out.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from analysis.cycle import KEPT_NAME, Cycle
from analysis.errors import SettingsError
from analysis.figures.approvals import guard, unguard
from analysis.texts import read_records

KEPT_COLUMNS = ("kept", "place", "text", "mark")
_SHORT = 16


class KeptLine(NamedTuple):
    """A cell, where it stands and what it said; or a figure, by its id, and the mark of it."""

    place: str
    text: str
    mark: str = ""


Kept = Mapping[str, tuple[KeptLine, ...]]
"""The lines of each approval by their hash, as far as they are as they were written."""

NOTHING_KEPT: Kept = {}


def seal(lines: Iterable[KeptLine]) -> str:
    """Return the hash of some lines.

    >>> seal([KeptLine("環境部.xlsx 調査票!G6", "未着手")])[:8]
    '28500736'
    """
    told = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    return hashlib.sha256(
        "".join(f"{own}\n" for own in told).encode("utf-8", "replace")
    ).hexdigest()


def read_kept(cycle: Cycle) -> Kept:
    """Return what a cycle keeps; nothing where there is no such file.

    Raises SettingsError for a file that is no CSV of KEPT_COLUMNS.
    """
    gathered = ((short, tuple(own for _, own in lines)) for short, lines in _gather(cycle).items())
    told = ((seal(lines), short, lines) for short, lines in gathered)
    return {whole: lines for whole, short, lines in told if whole[:_SHORT] == short}


def require_unaltered(cycle: Cycle, lines: Sequence[KeptLine]) -> None:
    """Raise SettingsError where what is kept of these lines is not as it was written.

    What is written after it would be taken for more of the same, and not be believed either.
    """
    written = _gather(cycle).get(seal(lines)[:_SHORT], [])
    if written and [own for _, own in written] != [*lines]:
        where = f"{written[0][0]}行目から{written[-1][0]}行目まで"
        raise SettingsError(
            f"{cycle.day}/{KEPT_NAME} の{where}は、この承認の控えですが、書き換えられています。"
            f"元の内容に戻すか、最初の値が {seal(lines)[:_SHORT]} の行を削って、"
            "もう一度承認してください。"
        )


def _gather(cycle: Cycle) -> dict[str, list[tuple[int, KeptLine]]]:
    """Return the lines of the file, each with its number, by the hash that they stand under."""
    path = cycle.approvals_path.with_name(KEPT_NAME)
    found: dict[str, list[tuple[int, KeptLine]]] = {}
    if not path.is_symlink() and not path.exists():
        return found
    for place, (line, cells) in enumerate(read_records(path)):
        if place == 0:
            if tuple(cells) != KEPT_COLUMNS:
                raise _refuse(cycle, line, f"列は {','.join(KEPT_COLUMNS)} です")
        elif len(cells) != len(KEPT_COLUMNS):
            raise _refuse(cycle, line, f"値が{len(cells)}個あります（列は{len(KEPT_COLUMNS)}個）")
        else:
            found.setdefault(cells[0], []).append((line, KeptLine(*map(unguard, cells[1:]))))
    return found


def write_kept(lines: Sequence[KeptLine], *, headed: bool) -> str:
    """Return lines as they stand in the file, under its head if it is begun."""
    short = seal(lines)[:_SHORT]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([KEPT_COLUMNS] if headed else [])
    writer.writerows([short, *map(guard, line)] for line in lines)
    return text.getvalue()


def list_unlike(
    before: Iterable[KeptLine], now: Iterable[KeptLine]
) -> Iterator[tuple[str, list[str]]]:
    """Yield which cells say something else, were added and are gone, each as it was and is.

    >>> was, other = KeptLine("G6", "未着手"), KeptLine("G6", "着手済")
    >>> [*list_unlike([was], [other])]
    [('変わったセル', ['G6「未着手」→「着手済」'])]
    """
    old, new = ({line.place: line.text for line in side} for side in (before, now))
    both = [p for p in new if p in old and old[p] != new[p]]
    for words, told in (
        ("変わったセル", [f"{p}「{old[p]}」→「{new[p]}」" for p in both]),
        ("加わったセル", [f"{p}「{new[p]}」" for p in new if p not in old]),
        ("外れたセル", [f"{p}「{old[p]}」" for p in old if p not in new]),
    ):
        if told:
            yield words, told


def _refuse(cycle: Cycle, line: int, why: str) -> SettingsError:
    return SettingsError(
        f"{cycle.day}/{KEPT_NAME} の{line}行目: {why}。元の内容に戻すか、ファイルごと削ってください"
        "（削ると、これまでの承認の何が変わったかは、分からなくなります）。"
    )
