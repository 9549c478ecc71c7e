"""What each column of a list asks beyond what every survey must: its kind, its words, its values.

A column that can't be what its title says is read as texts, under a name of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.intake.answers import join_law, read_dates, read_numbers, resolve_dittos
from analysis.intake.choices import Choices, code_choices, list_written, read_choices
from analysis.intake.columns import ListColumn
from analysis.intake.listed import OfficeList
from analysis.intake.titles import LAW_ARTICLE, LAW_NUMBER
from analysis.questionnaire.field import SEVERAL, Field
from analysis.questionnaire.questionnaire import REASON
from analysis.questionnaire.read import default_questionnaire

_OTHERS = "その他の項目"
_NARROWEST, _WIDEST = 6, 30
_KINDS = {"number": "数", "date": "日付", "choice": "決まった語"}


@dataclass(frozen=True)
class Question:
    """A field of the survey to be, with the column it comes from and how its kind was decided."""

    field: Field
    column: ListColumn | None
    why: str


def ask_others(
    found: OfficeList, done: set[str]
) -> Iterator[tuple[Question, dict[str, pd.Series]]]:
    """Yield every other column as a question, with the values of its field.

    >>> column = ListColumn(3, "手数料", "C")
    >>> frame = pd.DataFrame({"column_03": ["有", "無", "有", "無"]}, dtype="str")
    >>> ((asked, values),) = ask_others(OfficeList("", (column,), frame, ()), set())
    >>> asked.field.choices, values["column_03"].tolist()
    ({'a01': '有', 'a02': '無'}, ['a01', 'a02', 'a01', 'a02'])
    """
    law = join_law(found)
    for column in found.columns:
        if not column.kept or column.name in done:
            continue
        if column.field in ("law", LAW_NUMBER, LAW_ARTICLE):
            if law is not None:
                known = default_questionnaire().named["law"]
                yield (
                    _ask(known, column, "text", law, "法令の名前、番号、条項をつないだもの"),
                    {"law": law},
                )
                law = None
            continue
        yield _read_own(column, resolve_dittos(found.rows[column.name]))


def _read_own(column: ListColumn, texts: "pd.Series[str]") -> tuple[Question, dict[str, pd.Series]]:
    known = default_questionnaire().named.get(column.field)
    wanted = known.kind if known else ""
    numbers = read_numbers(texts) if wanted in ("", "number") else None
    if numbers is not None:
        name = column.name
        values = {name: numbers["value"], f"{name}_missing": numbers["missing"]}
        return _ask(known, column, "number", texts, column.why or "数だけの列"), values
    dates = read_dates(texts) if wanted in ("", "date") else None
    if dates is not None:
        return _ask(known, column, "date", texts, column.why or "日付だけの列"), {
            column.name: dates
        }
    choices = read_choices(texts, meant=bool(wanted)) if wanted in ("", "choice") else None
    if choices is not None:
        return _ask_choices(known, column, choices, texts)
    if wanted not in ("", "text"):
        # What it was taken for it can't be.
        name, why = column.name, f"{column.why}だが、値が{_KINDS[wanted]}ではないので文として読む"
        own = ListColumn(column.number, column.title, column.letter)
        if name == REASON:
            own, known = column, default_questionnaire().named["reason_detail"]
            question = _ask(known, own, "text", texts, why)
            return question, {"reason_detail": texts}
        return _ask(None, own, "text", texts, why), {own.name: texts}
    return _ask(known, column, "text", texts, column.why or "短い決まった語ではない列"), {
        column.name: texts
    }


def _ask_choices(
    known: Field | None, column: ListColumn, choices: Choices, texts: "pd.Series[str]"
) -> tuple[Question, dict[str, pd.Series]]:
    codes = code_choices(choices.labels)
    by_label = {label: code for code, label in codes.items()}
    coded = {
        text: SEVERAL.join(by_label[own] for own in labels) for text, labels in choices.of.items()
    }
    why = column.why or "決まった語の列"
    if choices.separator:
        why += f"。「{choices.separator}」で区切った複数の回答"
    question = _ask(known, column, "choice", texts, why)
    asked = question.field.model_copy(
        update={
            "choices": codes,
            "multiple": bool(choices.separator),
            "spellings": list_written(choices, choices.labels),
            "routes": {},
        }
    )
    return Question(asked, column, why), {column.name: texts.map(coded).astype("str")}


def _ask(
    known: Field | None, column: ListColumn, kind: str, texts: "pd.Series[str]", why: str
) -> Question:
    """Return the question of a column: the survey's own field for it, or one of this list's."""
    lengths = texts.dropna().str.len()
    width = int(min(_WIDEST, max(_NARROWEST, lengths.quantile(0.75) if len(lengths) else 0)))
    if known is not None:
        changed = {"header": column.title, "example": ""}
        return Question(known.model_copy(update=changed), column, why)
    # Choices follow: without them it is no field yet.
    own = Field(name=column.name, header=column.title, kind="text", width=width, group=_OTHERS)
    return Question(own.model_copy(update={"kind": kind}), column, why)
