"""The steps of cleaning: what each one does, and which of them changed which answer.

A row tells its own in the column `steps`: `online_date:era annual_volume:width+unit`. A choice's
label that became its code is no step, for nothing of the answer changed.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from analysis.questionnaire.questionnaire import Questionnaire


class Step(NamedTuple):
    """A step's name, and what it does in a sentence."""

    name: str
    what: str


STEPS: dict[str, Step] = {
    "correction": Step("訂正", "決定した訂正のとおりに読み替えました。"),
    "merge": Step("結合セル", "結合したセルの値を、その範囲のすべての行の値としました。"),
    "group": Step("まとめ書き", "一度だけ書かれた値を、続く行の値としました。"),
    "ditto": Step("同上", "「同上」などを、上の行の値に置き換えました。"),
    "invisible": Step("見えない文字", "目に見えない文字を除きました。"),
    "line_break": Step("改行", "セルの中の改行をつなげました。"),
    "blanks": Step("空白", "前後や字間の空白を除くか、一つにしました。"),
    "kana": Step("濁点", "分かれていた濁点や半濁点を、仮名と一字にしました。"),
    "width": Step("全角・半角", "全角と半角などの字形の違いをそろえました。"),
    "dash": Step("横棒", "横棒の種類の違いをそろえました。"),
    "mark": Step("記号", "○や×などの記号を、選択肢に読み替えました。"),
    "alias": Step("言い換え", "決まった言い換えを、選択肢に読み替えました。"),
    "several": Step("複数回答", "いくつかの回答を、選択肢に分けました。"),
    "era": Step("和暦", "和暦を西暦に直しました。"),
    "serial": Step("通し番号の日付", "表計算ソフトの通し番号を、日付に直しました。"),
    "date_form": Step("日付の書き方", "日付の書き方をそろえました。"),
    "separator": Step("桁区切り", "数の桁区切りを除きました。"),
    "zeros": Step("余分な零", "先頭や小数点より後の余分な零を除きました。"),
    "unit": Step("単位", "「件」や「年間」などの語を除きました。"),
    "about": Step("概数", "「約」や「程度」などの語を除きました。"),
    "missing": Step("値のない回答", "横棒や「不明」などを、値のない回答としました。"),
    "department": Step("部局の略号", "部局ごとの手続きIDの前に、部局の略号を付けました。"),
}
"""Every step by its code, in the order in which an answer goes through them."""

FILLING_STEPS = ("merge", "group", "ditto")
"""The steps that give a row what stands in another row's cell."""

STEP_COLUMNS = (
    "department",
    "department_slug",
    "workbook",
    "sheet",
    "row",
    "procedure_id",
    "field",
    "cell",
    "step",
    "raw",
    "value",
)


def list_steps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cell and step that changed its answer, in the order of rows and fields.

    Needs tidy rows. `raw` is the cell's text, `value` the answer it was read as (a choice by its
    code), NA if none; all columns are of dtype str but `row`. A cell that stands for several rows
    is one, except for the step that filled these rows: it counts in each.

    >>> list_steps(rows)[["procedure_id", "field", "cell", "step", "raw", "value"]]
      procedure_id          field cell        step  raw value
    0        K-002  annual_volume   F6  correction  120   210
    """
    changed = rows[rows["steps"].notna()]
    found = pd.DataFrame(list(_split_rows(changed)), columns=list(STEP_COLUMNS))
    kinds = dict.fromkeys(STEP_COLUMNS, "str") | {"row": "int64"}
    found = found.astype(kinds)
    cell = ["workbook", "sheet", "field", "cell", "step", "value"]
    again = found.duplicated(cell) & ~found["step"].isin(FILLING_STEPS)
    return found[~again].reset_index(drop=True)


def _split_rows(rows: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    place = [_take(rows, name) for name in STEP_COLUMNS[:6]]
    answers = {
        name: [_take(rows, f"{name}{part}") for part in ("_cell", "_raw", "")]
        for name in (str(column)[:-4] for column in rows if str(column).endswith("_raw"))
    }
    for at, written in enumerate(_take(rows, "steps")):
        own = tuple(column[at] for column in place)
        for entry in str(written).split(" "):
            name, _, codes = entry.partition(":")
            cell, raw, value = (column[at] for column in answers[name])
            for code in codes.split("+"):
                yield (*own, name, cell, code, raw, None if value is None else str(value))


def _take(rows: pd.DataFrame, name: str) -> list[object]:
    # Arrow's texts are slow to walk one by one. The stub does not know that None may stand there.
    values = rows[name].to_numpy(dtype=object, na_value=None)  # type: ignore[call-overload]
    taken: list[object] = values.tolist()
    return taken


def say_steps(written: str, asked: Questionnaire) -> str:
    """Return a row's steps by the names of fields and steps: `年間件数：全角・半角＋単位`."""
    entries = [entry.partition(":") for entry in written.split(" ")]
    return "、".join(
        f"{asked.named[field].header}：" + "＋".join(STEPS[code].name for code in codes.split("+"))
        for field, _, codes in entries
    )


def read_said_steps(said: str, asked: Questionnaire) -> str:
    """Return a row's steps from their names, as `say_steps` was given them; raise KeyError."""
    fields = {field.header: field.name for field in asked.fields}
    codes = {step.name: code for code, step in STEPS.items()}
    entries = [entry.partition("：") for entry in said.split("、")]
    return " ".join(
        f"{fields[field]}:" + "+".join(codes[name] for name in names.split("＋"))
        for field, _, names in entries
    )
