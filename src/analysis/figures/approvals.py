"""Approvals: who said of a figure, or of a report, that it may stand, and on which evidence.

They are lines of a cycle's `approvals.csv`, each with a digest of what was approved. Once that is
another, the approval has expired. A line proves nothing about who typed it.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.cycle import APPROVALS_NAME, Cycle
from analysis.errors import SettingsError, list_examples
from analysis.survey.plain_csv import begins_formula
from analysis.texts import read_records

APPROVAL_COLUMNS = (
    "target", "label", "text", "evidence_sha256", "approved_by", "approved_on", "note", "kept",
)  # fmt: skip

_SHA256 = re.compile("[0-9a-f]{64}")
_TARGET = re.compile(r"[^/\s]+/[^/]+(?:/[^/]+)?")
_REMEDY = (
    "その行を元の内容に戻すか、行ごと削り、必要なら `analysis approve` で承認し直してください。"
)


@dataclass(frozen=True)
class Approval:
    """A line of the file: what was approved, as it was then, by whom, when and why.

    `target` is a figure's id, or `<cycle>/<report>`; `text` the number as it was printed, of a
    report how many there were. `kept` is the hash of what stood behind it (see `figures/kept`).
    """

    line: int
    target: str
    label: str
    text: str
    evidence_sha256: str
    approved_by: str
    approved_on: str
    note: str
    kept: str

    @property
    def is_figure(self) -> bool:
        """Whether it is of one figure, and not of a report."""
        return self.target.count("/") > 1


def read_approvals(cycle: Cycle) -> tuple[Approval, ...]:
    """Return a cycle's approvals in the order of their file; none where there is none.

    Raises SettingsError for a file that is no CSV of APPROVAL_COLUMNS, and for every line of it
    that is broken, with what to do.
    """
    path = cycle.approvals_path
    if not path.is_symlink() and not path.exists():
        return ()
    records = list(read_records(path))
    where = f"{cycle.day}/{APPROVALS_NAME}"
    titles = tuple(title.strip() for title in records[0][1]) if records else ()
    if titles != APPROVAL_COLUMNS:
        raise SettingsError(
            f"{where}: 1行目の列は {','.join(APPROVAL_COLUMNS)} にしてください"
            f"（いまは {','.join(titles)[:200]}）。"
        )
    found: list[Approval] = []
    wrong: list[str] = []
    for line, cells in records[1:]:
        told = _read_line(line, cells)
        if isinstance(told, str):
            wrong.append(f"{line}行目: {told}")
        else:
            found.append(told)
    if wrong:
        raise SettingsError(
            f"{where} に読めない行が{len(wrong)}件あります。{_REMEDY}\n{list_examples(wrong)}"
        )
    return tuple(found)


def guard(text: str) -> str:
    """Return a text as it stands in a cell: one that begins a formula has an apostrophe before it.

    >>> guard("=1+1"), unguard(guard("=1+1")), unguard("'a")
    ("'=1+1", '=1+1', "'a")
    """
    return f"'{text}" if begins_formula(text.lstrip("'")) else text


def unguard(cell: str) -> str:
    """Return the text that a cell stands for."""
    is_guarded = cell.startswith("'") and begins_formula(cell.lstrip("'"))
    return cell[1:] if is_guarded else cell


def _read_line(line: int, cells: Sequence[str]) -> Approval | str:
    """Return a line's approval, or what is wrong with it."""
    if len(cells) != len(APPROVAL_COLUMNS):
        return f"値が{len(cells)}個あります（列は{len(APPROVAL_COLUMNS)}個）"
    told = {name: unguard(cell.strip()) for name, cell in zip(APPROVAL_COLUMNS, cells, strict=True)}
    wrong = list(_find_wrong(told))
    return "、".join(wrong) if wrong else Approval(line, **told)


def _find_wrong(told: Mapping[str, str]) -> Iterator[str]:
    if not _TARGET.fullmatch(told["target"]):
        yield "target が数値IDでも「調査回/報告書」でもありません"
    if not _SHA256.fullmatch(told["evidence_sha256"]):
        yield "evidence_sha256 が64桁の16進数ではありません"
    if told["kept"] and not _SHA256.fullmatch(told["kept"]):
        yield "kept が64桁の16進数ではありません"
    for name in ("label", "text", "approved_by"):
        if not told[name]:
            yield f"{name} が空です"
    try:
        is_day = datetime.date.fromisoformat(told["approved_on"]).isoformat() == told["approved_on"]
    except ValueError:
        is_day = False
    if not is_day:
        yield "approved_on が 2024-09-01 のような日付ではありません"
