"""What people decided about an answer, beside it: in the rows, and as evidence of its own."""

from collections.abc import Hashable, Mapping

import pandas as pd

from analysis.names import say_day
from analysis.questionnaire.spellings import answer_key
from analysis.survey.answers.unique import part_id

CORRECTED = "_corrected"
"""What ends the name of a column that tells, of a field, the decision that corrected a row's."""


def add_corrections(rows: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Add a column `<field>_corrected` for every field that was corrected in any row.

    `rows` are tidy rows, `corrections` those applied to them. The column holds the decision in
    words, NA in a row that was not corrected. One row in, one row out, in the same order.

    >>> print(*add_corrections(rows, survey.corrections)["annual_volume_corrected"].dropna())
    「120」を「210」に訂正　理由: 部局に確認　決定: DX戦略課（2024年9月20日）
    """
    added: dict[str, pd.Series] = {}
    for correction in corrections.fillna("").to_dict("records"):
        field = str(correction["field"])
        here = (
            rows["workbook"].eq(correction["workbook"])
            & rows["sheet"].eq(correction["sheet"])
            & rows[f"{field}_cell"].fillna("").eq(correction["cell"])
        )
        # A cell that fills several rows was corrected in one of them: that of the correction's id.
        ids = rows.loc[here, "procedure_id_raw"].fillna("").map(answer_key)
        column = added.setdefault(
            f"{field}{CORRECTED}", pd.Series(pd.NA, index=rows.index, dtype="str")
        )
        slug, one = (str(correction[name]) for name in ("department_slug", "procedure_id"))
        column[ids.index[ids.isin([one, part_id(slug, one)])]] = _say_decision(correction)
    return rows.assign(**added)


def _say_decision(correction: Mapping[Hashable, object]) -> str:
    """Say on one line what was read in place of what, why, who decided it and when."""
    said = {key: " ".join(str(text).split()) for key, text in correction.items()}
    old, new = (f"「{text}」" if text else "（空欄）" for text in (said["expected"], said["value"]))
    return (
        f"{old}を{new}に訂正　理由: {said['reason']}"
        f"　決定: {said['decided_by']}（{say_day(said['decided_on'])}）"
    )


def list_corrections(corrections: pd.DataFrame) -> pd.DataFrame:
    """Return the corrections as evidence shows them: the raw text, the value, the decision.

    >>> list_corrections(survey.corrections)[["raw", "value"]].to_numpy().tolist()
    [['120', '210']]
    """
    decisions = [_say_decision(c) for c in corrections.fillna("").to_dict("records")]
    blank = corrections.mask(corrections == "")
    return corrections.assign(
        raw=blank["expected"],
        value=blank["value"],
        corrected=pd.Series(decisions, index=corrections.index, dtype="str"),
    )
