"""What reading changed in the answers: each step of cleaning, how often, and one example."""

import pandas as pd

from analysis.document.blocks import Block, Cell, Column, Group, Paragraph, Quoted, Shown, Table
from analysis.document.fonts import missing_glyphs
from analysis.figures.definition import value_name
from analysis.figures.findings import Findings
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.survey.answers.steps import STEPS

_ABOUT = (
    "を、全角・半角や和暦などを整えて読み取りました。ひとつのセルを二通りに整えたときは、それぞれに数えます。"
    "整える前の値は、検算のファイルにすべてあります。"
)
UNQUOTED = "remarks"
"""The field that may hold anything, a person's name too, and is no example."""


def show_steps(findings: Findings) -> Block:
    """Return every step that changed an answer, with how many it changed and an example."""
    asked = findings.cycle.questionnaire
    figure, changed = findings.ledger.figure, findings.ledger.tables.current["steps"]
    rows: list[tuple[Cell, ...]] = [
        (
            step.name,
            step.what,
            count,
            _quote_example(changed[changed["step"] == code], asked),
        )
        for code, step in STEPS.items()
        if (count := figure(f"steps_{code}")).value
    ]
    total = figure("steps")
    if rows:
        rows.append(("計", "", total, ""))
    about = (Paragraph(("調査票の回答", Shown(total), _ABOUT)),) if rows else ()
    return Group(
        (
            *about,
            Table(
                caption="読み取りで整えた回答",
                columns=(
                    Column("整え方", weight=3),
                    Column("内容", weight=7),
                    Column("件数", numeric=True, weight=2),
                    Column("例（調査票の値→読み取った値）", weight=6),
                ),
                rows=tuple(rows),
                ledger=findings.ledger,
                empty="整えた回答はありません。",
            ),
        )
    )


def _quote_example(changed: pd.DataFrame, asked: Questionnaire) -> Quoted | None:
    """Return the shortest cell that can be printed, or None."""
    cells = changed.loc[changed["field"] != UNQUOTED, ["field", "raw", "value"]].fillna("")
    said = {
        f"「{raw or '（空欄）'}」→「{value_name(field, value or pd.NA, asked)}」"
        for field, raw, value in cells.itertuples(index=False, name=None)
    }
    ranked = sorted(said, key=lambda text: (len(text), text))
    example = next((text for text in ranked if not missing_glyphs(text)), None)
    return None if example is None else Quoted(example.replace("\n", "（改行）"))
