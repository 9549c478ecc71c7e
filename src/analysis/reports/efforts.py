"""The efforts of what is not online: by how much it is used, and where the next ones stand."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from analysis.document.blocks import Block
from analysis.document.chart import draw_parts
from analysis.document.matrix_chart import MatrixHead, MatrixRow, draw_matrix
from analysis.figures.decide import Decision
from analysis.figures.decision_tables import UNSETTLED
from analysis.figures.effort import find_grade, list_grades
from analysis.figures.findings import Findings
from analysis.figures.road import VOLUME
from analysis.figures.use_bands import UNKNOWN_USE, USE_BANDS, find_band, name_cell
from analysis.looks import SERIES, look_by_place


class Chosen(NamedTuple):
    """A procedure to take up next: its sign in chart and table, its row, what the tables decide.

    `volume` is its use in a year; None where that is not known.
    """

    sign: str
    row: "pd.Series[str]"
    volume: int | None
    decision: Decision


def draw_efforts(findings: Findings, scope: str, chosen: Sequence[Chosen]) -> Iterator[Block]:
    """Yield the chart of a scope's efforts by use, with the chosen ones in it.

    Where no use is asked for, it is of the efforts alone. Of one procedure there is nothing to
    draw.
    """
    ledger, asked = findings.ledger, findings.cycle.questionnaire
    whole = ledger.figure("not_online", scope)
    if whole.value in (None, 0, 1):
        return
    # Where every answer is there, nothing is said of missing ones.
    grades = [
        (code, label)
        for code, label, _ in list_grades(ledger.guideline)
        if code != UNSETTLED or ledger.figure(f"grade_{UNSETTLED}", scope).value
    ]
    if asked.named[VOLUME].is_asked:
        yield _draw_by_use(findings, scope, chosen, grades)
    elif len(grades) <= len(SERIES):
        names = [f"grade_{code}" for code, _ in grades]
        parts = [
            (label, ledger.figure(name, scope))
            for name, (_, label) in zip(names, grades, strict=True)
        ]
        yield draw_parts(ledger, "未対応の手続きの手間の段階", parts, whole, look_by_place(names))


def _draw_by_use(
    findings: Findings, scope: str, chosen: Sequence[Chosen], grades: Sequence[tuple[str, str]]
) -> Block:
    ledger, header = findings.ledger, findings.cycle.questionnaire.named[VOLUME].header
    bands = {
        band: told
        for band, told in USE_BANDS.items()
        if band != UNKNOWN_USE
        or any(ledger.figure(name_cell(code, band), scope).value for code, _ in grades)
    }
    marks: dict[tuple[str, str], tuple[str, ...]] = {}
    for own in chosen:
        grade = find_grade(ledger.guideline, own.decision)
        cell = (grade.code if grade else UNSETTLED, find_band(own.volume))
        marks[cell] = (*marks.get(cell, ()), own.sign)
    rows = [
        MatrixRow(
            label,
            tuple(ledger.figure(name_cell(code, band), scope) for band in bands),
            tuple(marks.get((code, band), ()) for band in bands),
            tuple(ledger.figure(f"grade_{code}{of}", scope) for of in ("", "_volume")),
        )
        for code, label in grades
    ]
    signs = "".join(own.sign for own in chosen)
    told = f"{signs[0]}〜{signs[-1]}" if len(signs) > 1 else signs
    note = "丸の大きさと数字は、手続きの数です。"
    head = MatrixHead(
        rows="手間（上ほど軽い）",
        title=f"{header}（右ほど多く使われる）",
        columns=tuple(bands.values()),
        sums=("手続き数", f"{header}の計"),
        note=note + (f"{told}は、次に進める手続きのある所です（下の表）。" if told else ""),
    )
    totals = [ledger.figure(f"not_online{of}", scope) for of in ("", "_volume")]
    caption = f"未対応の手続きの{header}と手間（上で右にあるものほど先に）"
    return draw_matrix(ledger, caption, head, rows, totals)
