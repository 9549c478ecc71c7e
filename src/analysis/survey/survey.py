"""A survey: one cycle's answers as frames, and whether they can be counted.

It stands apart from the collecting, so that reading a stored one needs none of the code, and none
of the libraries, that read workbooks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from analysis.errors import SurveyError
from analysis.names import name_day
from analysis.questionnaire.field import Field
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.survey.alike import describe_alike
from analysis.survey.problems import problems_from_frame

_PLACE = ("cycle", "department", "department_slug", "workbook", "sheet", "row", "hidden")

PROBLEMS_NAME = "problems.csv"
"""The file in a cycle's processed folder that lists every problem."""

ANSWERED = "answered"
STATE_LABELS = {
    ANSWERED: "提出済",
    "missing": "未提出",
    "unreadable": "読取不可",
    "faulty": "誤りあり",
    "left_out": "集計対象外",
}
"""What is said of a department's workbook; the last two of one that is not counted."""

LINE_LABELS = {
    "blank": "空白",
    "subtotal": "小計",
    "total": "合計",
    "footnote": "注記",
    "heading": "課の見出し",
    "header": "繰り返しの見出し",
}
"""What the rows of a table that are no procedures are called, in the order of the report."""


@dataclass(frozen=True, eq=False)
class Survey:
    """One cycle's answers.

    asked: what the answers are to.
    rows: one per procedure, departments in official order, then in the order of the sheet; for
    every field f the value `f`, the raw text `f_raw`, and the cell `f_cell` where it stands; for a
    number also the kind of missing one, `f_missing`. `steps` tells what cleaning changed.
    workbooks: one per department, with its state and the counts of its rows. problems: one per
    breach of a rule, by department and cell. corrections: one per correction applied. matches: one
    per confirmed pair of procedures, or procedure confirmed to have none. lines: one per row under
    a table's header that is no procedure, with its kind and its first cell, in the order of rows.
    extras: one per filled cell of a column beside the survey's own, in procedures' rows, never
    about a respondent. Text is of dtype str; missing is NA.
    """

    asked: Questionnaire
    rows: pd.DataFrame
    workbooks: pd.DataFrame
    problems: pd.DataFrame
    corrections: pd.DataFrame
    matches: pd.DataFrame
    lines: pd.DataFrame
    extras: pd.DataFrame


def row_columns(fields: Sequence[Field]) -> list[str]:
    """Return the columns of the tidy rows of a survey that has these fields, in their order."""
    return [
        *_PLACE,
        *(f"{field.name}{part}" for field in fields for part in ("", "_raw", "_cell")),
        *(f"{field.name}_missing" for field in fields if field.kind == "number"),
        "steps",
    ]


def frame_columns(columns: Mapping[str, Sequence[object]], **kinds: str) -> pd.DataFrame:
    """Return columns of values as a frame, of dtype str where `kinds` says no other.

    None is missing.

    >>> frame_columns({"name": ["届出", None], "row": [6, 7]}, row="int64")
      name  row
    0   届出    6
    1  NaN    7
    """
    # Of series each would be aligned with the others, which takes most of a small frame's time.
    # The stub does not know that None may stand for a missing value.
    return pd.DataFrame(
        {name: pd.array(own, dtype=kinds.get(name, "str")) for name, own in columns.items()}  # type: ignore[call-overload]
    )


def require_usable(survey: Survey, cycle_name: str, advice: str = "") -> None:
    """Return if the survey has no error; else raise SurveyError that tells all of them.

    Alike ones are told once, with a count, and then the file is named that lists each. The message
    names the cycle: a report needs two, and their files have the same names. It ends with `advice`.
    """
    wrong = survey.problems[survey.problems["severity"] == "error"]
    if wrong.empty:
        return
    errors = problems_from_frame(wrong)
    parts, told = [], 0
    for workbook, found in groupby(errors, key=lambda problem: problem.workbook):
        group = list(found)
        lines = list(describe_alike(group, survey.asked.rules, within_workbook=True))
        told += len(lines)
        parts.append(f"\n{workbook}（{len(group):,}件）")
        parts += [f"  ・{line}" for line in lines]
    if told < len(errors):
        parts.append(
            f"\n{say_listed(cycle_name)}（`analysis check {name_day(cycle_name)}` で作成します）"
        )
    if advice:
        parts.append(f"\n{advice}")
    raise SurveyError(
        f"調査回 {cycle_name} の調査票に誤りが{len(errors):,}件あるため、集計できません。"
        "\n次をすべて直してから、もう一度実行してください。\n" + "\n".join(parts)
    )


def say_listed(cycle_name: str) -> str:
    """Return where each problem of a cycle stands in a line of its own."""
    return f"すべての問題の一覧: data/processed/{cycle_name}/{PROBLEMS_NAME}"
