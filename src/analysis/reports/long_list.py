"""What a department of thousands of procedures has on paper: those that are not online, by law.

The page on the screen lists every procedure, and so does the CSV that the PDF carries; a hundred
pages of them would be read by nobody.
"""

import re
from collections.abc import Iterator

import pandas as pd

from analysis.cycle import Department
from analysis.document.blocks import Cell, Column, Quoted, Table
from analysis.figures.findings import Findings
from analysis.questionnaire.questionnaire import STATUS

MOST_ON_PAPER = 2_000
"""How many procedures a department may have for each to have a line on paper: sixty pages."""

ATTACHED = "evidence-procedures.csv"
"""The file in the PDF with a line for each procedure that was counted."""

_IN_A_ROW = 20
_UNKNOWN_LAW = "（根拠法令等なし）"
# A law's number and article stand behind its name: 旅券法（昭和二十六年法律第二百六十七号）第4条
_ARTICLE = re.compile(r"[（(\s]|第[0-9０-９一二三四五六七八九十百千]+(条|項|号)")


def list_on_paper(findings: Findings, own: Department) -> Table:
    """Return the department's procedures that are counted and not online, many in a row.

    They stand by section; those of a department with one section alone by the name of their law.
    """
    asked, ledger = findings.cycle.questionnaire, findings.ledger
    frame = ledger.rows_of(own.slug, "procedures")
    wanted = asked.list_statuses("started", "not_started")
    listed = frame[frame[STATUS].isin(wanted)]
    sectioned = len(ledger.list_sections(own.slug)) > 1 or not asked.named["law"].is_asked
    name = "section" if sectioned else "law"
    title = asked.named[name].header
    groups = listed[name] if sectioned else listed[name].map(name_law, na_action="ignore")
    attached = findings.cycle.name_file(ATTACHED)
    return Table(
        caption=f"{own.name}のオンライン化していない手続き",
        columns=(Column(title, weight=4), Column("状況", weight=2), Column("手続き", weight=14)),
        rows=tuple(_list_rows(findings, listed, groups.fillna(_UNKNOWN_LAW))),
        notes=(
            "手続きが多いため、紙には、総数に数えた手続きのうちオンライン化していないものだけを、"
            f"{title}ごとに載せています。数えたすべての手続きは、"
            f"この PDF に添付した {attached} と、この報告書の HTML にあります。",
        ),
    )


def name_law(law: str) -> str:
    """Return a law's name without its number and article.

    >>> name_law("旅券法（昭和二十六年法律第二百六十七号）第4条"), name_law("建築基準法第6条")
    ('旅券法', '建築基準法')
    """
    return _ARTICLE.split(law, maxsplit=1)[0] or law


def _list_rows(
    findings: Findings, listed: pd.DataFrame, groups: "pd.Series[str]"
) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for so many procedures of a group and status, in the order of the rows."""
    asked = findings.cycle.questionnaire
    for (group, status), own in listed.groupby([groups, listed[STATUS]], sort=False):
        pairs = own[["name", "procedure_id"]].itertuples(index=False, name=None)
        told = [f"{name}（{procedure_id}）" for name, procedure_id in pairs]
        for at in range(0, len(told), _IN_A_ROW):
            part = "、".join(told[at : at + _IN_A_ROW])
            yield Quoted(str(group)), asked.label(STATUS, str(status)), Quoted(part)
