"""Tidy rows for tests: as few words as a test needs, the rest filled in."""

from typing import Any

import pandas as pd

from analysis.figures.values import list_values
from analysis.questionnaire.read import default_questionnaire
from analysis.survey.survey import row_columns

DEFAULTS = {
    "department": "環境部",
    "department_slug": "kankyo",
    "section": "環境政策課",
    "status": "online",
}

ASKED = default_questionnaire()
ROW_COLUMNS = row_columns(ASKED.fields)


def make_rows(*answers: dict[str, str], cycle: str = "2024-09-01") -> pd.DataFrame:
    """Return tidy rows, one for each dict of answers; each raw text is its cleaned value."""
    records = []
    for place, given in enumerate(answers):
        row = place + 7
        answer = DEFAULTS | {"procedure_id": f"07-{row:04}", "name": f"届出{row}"} | given
        record = {
            "cycle": cycle,
            "workbook": f"{answer['department']}.xlsx",
            "sheet": "調査票",
            "row": row,
            "hidden": "no",
            "department": answer["department"],
            "department_slug": answer["department_slug"],
        }
        for column, field in enumerate(ASKED.fields):
            value = answer.get(field.name)
            record |= {
                field.name: value,
                f"{field.name}_raw": value,
                f"{field.name}_cell": f"{chr(ord('A') + column)}{row}",
            }
        records.append(record)
    frame = pd.DataFrame(records, columns=ROW_COLUMNS)
    numbers = [field.name for field in ASKED.fields if field.kind == "number"]
    kinds = dict.fromkeys(ROW_COLUMNS, "str") | {"row": "int64"} | dict.fromkeys(numbers, "Int64")
    return frame.astype(kinds)


def list_columns(rows: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the columns of rows as they are before a frame is made of them: None is missing."""
    return {str(name): list_values(rows, str(name)) for name in rows}
