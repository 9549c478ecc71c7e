"""手続き一覧: every procedure of a department, by section, and what is to be done about each.

A browser sorts its rows and chooses among them. What is proposed repeats from row to row: where
there are many rows, a letter stands for each sentence.
"""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.cycle import Department
from analysis.document.blocks import (
    Block,
    Cell,
    Column,
    Group,
    Inline,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.figures.decided import decide_rows
from analysis.figures.effort import list_grades
from analysis.figures.findings import Findings
from analysis.figures.order import order_by_use
from analysis.figures.road import VOLUME
from analysis.questionnaire.field import name_codes
from analysis.questionnaire.questionnaire import REASON, STATUS, Questionnaire
from analysis.reports.long_list import MOST_ON_PAPER, list_on_paper
from analysis.reports.next_steps import name_grade
from analysis.reports.proposal import letter_proposals, propose

_FEW = 10
"""So many procedures say what is proposed in full; more say it by letters."""

_SECTION = "section"
_PROPOSED = "今後の進め方"
_BETWEEN = "・"


def lay_out_procedures(findings: Findings, own: Department) -> Block:
    """Return a department's procedures: one row each, those of one section together.

    Sections stand in the order of their first rows, and the rows of each as they stand there; with
    the guideline's tables what is next comes first.
    """
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    rows = findings.ledger.rows_of(own.slug, "procedures")
    decisions = decide_rows(guideline, asked, rows)
    order: Sequence[int] = range(len(rows))
    if guideline.effort is not None:
        order = order_by_use(guideline, decisions, rows)
    sections = pd.factorize(rows[_SECTION])[0]
    order = sorted(order, key=lambda at: sections[at])
    rows = rows.iloc[order]
    grades = [name_grade(guideline, decisions[at]) for at in order]
    proposals = propose(guideline, asked, rows)
    letters = letter_proposals(guideline, asked, proposals) if len(rows) > _FEW else {}
    table = Table(
        caption=f"{own.name}の手続き一覧",
        columns=tuple(_list_columns(findings, letters)),
        rows=tuple(
            (*cells, *([grade] if guideline.effort else ()), _write(told, letters))
            for cells, grade, told in zip(_list_cells(asked, rows), grades, proposals, strict=True)
        ),
        notes=tuple(filter(None, [_explain_proposals(findings)])),
        on_paper=list_on_paper(findings, own) if len(rows) > MOST_ON_PAPER else None,
        parted=dict(_head_sections(findings, own, rows)),
        tool=len(rows) > 1,
    )
    return Group((*_explain_letters(letters), table))


def _list_columns(findings: Findings, letters: Mapping[str, str]) -> Iterator[Column]:
    asked = findings.cycle.questionnaire
    named = asked.named
    codes = tuple((letter, line) for line, letter in letters.items())
    yield Column(named["procedure_id"].header, weight=5)
    yield Column(named[_SECTION].header, picks="one", heads=True)
    yield Column(named["name"].header, weight=18)
    yield Column("状況", weight=8, picks="one", order=tuple(named[STATUS].choices.values()))
    if asked.reasons:
        reasons = tuple(asked.reasons.values())
        yield Column(named[REASON].header, weight=8, picks="one", order=reasons)
    if named[VOLUME].is_asked:
        yield Column(named[VOLUME].header, numeric=True, weight=5, picks="least")
    if findings.ledger.guideline.effort is not None:
        grades = tuple(label for _, label, _ in list_grades(findings.ledger.guideline))
        yield Column("手間", weight=5, picks="one", order=grades)
    if codes:
        yield Column(_PROPOSED, weight=6, picks="one", codes=codes)
    else:
        yield Column(_PROPOSED, weight=14)


def _list_cells(asked: Questionnaire, rows: pd.DataFrame) -> Iterator[tuple[Cell, ...]]:
    """Yield what each procedure's row says of its answers."""
    volumes = rows[VOLUME].tolist() if asked.named[VOLUME].is_asked else []
    answers = rows[["procedure_id", _SECTION, "name", STATUS, REASON]]
    for at, (procedure_id, section, name, status, reason) in enumerate(
        answers.itertuples(index=False, name=None)
    ):
        volume = [None if pd.isna(number) else Quoted(f"{number:,}") for number in volumes[at:][:1]]
        yield (
            Quoted(procedure_id),
            Quoted(section),
            Quoted(name),
            asked.label(STATUS, status),
            *_say_reason(asked, status, reason),
            *volume,
        )


def _say_reason(asked: Questionnaire, status: str, reason: object) -> Iterator[str | None]:
    """Yield the cell of a procedure's reason, if the survey asks for reasons."""
    if not asked.reasons:
        return
    is_told = status in asked.list_statuses("not_started") and isinstance(reason, str)
    yield name_codes(str(reason), asked.reasons) if is_told else None


def _head_sections(
    findings: Findings, own: Department, rows: pd.DataFrame
) -> Iterator[tuple[int, tuple[Inline, ...]]]:
    """Yield what stands above the rows of each section, by the place of the first.

    That of the only one would be said of the department once more.
    """
    listed = findings.ledger.list_sections(own.slug)
    scopes = {scope.name.removeprefix(f"{own.name} "): scope.slug for scope in listed}
    if len(listed) == 1:
        scopes = {}
    figure = findings.ledger.figure
    sections = rows[_SECTION].tolist()
    for at, section in enumerate(sections):
        if at and sections[at - 1] == section:
            continue
        told: tuple[Inline, ...] = (Quoted(section),)
        if slug := scopes.get(section):
            total, rate = figure("total", slug), figure("online_rate", slug)
            told = (*told, "　", Shown(total), "、オンライン化率", Shown(rate))
        yield at, told


def _write(told: str | None, letters: Mapping[str, str]) -> str | None:
    if told is None or not letters:
        return told
    return _BETWEEN.join(letters.get(line, line) for line in told.splitlines())


def _explain_letters(letters: Mapping[str, str]) -> Iterator[Paragraph]:
    """Yield which sentence each letter stands for."""
    if not letters:
        return
    parts: list[Inline] = [f"{_PROPOSED}の記号："]
    for place, (line, letter) in enumerate(letters.items()):
        parts += ["　" if place else "", Strong((letter,)), f" {line}"]
    yield Paragraph(tuple(parts))


def _explain_proposals(findings: Findings) -> str:
    guideline = findings.ledger.guideline
    title = guideline.title
    also = f"と、調査票の回答に当たる「{title}」の項目" if title else ""
    asked = findings.cycle.questionnaire
    if not asked.routes:
        return f"{_PROPOSED}は、{also.removeprefix('と、')}です。" if also else ""
    order = "課ごとに、次に進めるものの順に並んでいます。" if guideline.effort else ""
    return f"{_PROPOSED}は、{asked.named[REASON].header}ごとの方針{also}です。{order}"
