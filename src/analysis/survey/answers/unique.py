"""Tell the ids of departments that each number from 1 apart: the department's slug before each.

As cells stand, so they stay; the survey knows a procedure by the longer id.
"""

import re
from typing import TYPE_CHECKING

from analysis.questionnaire.spellings import answer_key

if TYPE_CHECKING:
    # Who only asks how an id is written opens no workbook.
    from analysis.survey.answers.answer import Answer
    from analysis.survey.table.fill import Columns

_HAS_SLUG = re.compile(r"[a-z][a-z0-9]*-.")


def join_id(slug: str, written: str) -> str:
    """Return the id by which the survey knows what a department wrote; one with a slug stays.

    >>> join_id("kankyo", "12"), join_id("kankyo", "kodomo-3")
    ('kankyo-12', 'kodomo-3')
    """
    return written if _HAS_SLUG.match(written) else f"{slug}-{written}"


def part_id(slug: str, known: str) -> str:
    """Return an id as its own department writes it.

    >>> part_id("kankyo", "kankyo-12"), part_id("kankyo", "kodomo-3")
    ('12', 'kodomo-3')
    """
    return known.removeprefix(f"{slug}-")


def key_ids(raw: "Columns", *, per_department: bool) -> list[str]:
    """Return the ids that stand in raw rows as those of corrections are written, blank for none.

    >>> raw = {"procedure_id_raw": ["Ｋ－００１", None], "department_slug": ["kankyo", "kodomo"]}
    >>> key_ids(raw, per_department=True)
    ['kankyo-K-001', '']
    """
    keys = [answer_key(text or "") for text in raw["procedure_id_raw"]]
    if not per_department:
        return keys
    pairs = zip(raw["department_slug"], keys, strict=True)
    return [join_id(slug, key) if key else "" for slug, key in pairs]


def join_answer(slug: str, answer: "Answer") -> "Answer":
    """Return the answer of an id's cell with the department's slug before it, and that step told.

    >>> from analysis.survey.answers.answer import Answer
    >>> join_answer("kankyo", Answer("12", ("width",)))
    Answer(value='kankyo-12', steps=('width', 'department'), missing=None, error=None)
    """
    if not isinstance(answer.value, str) or (one := join_id(slug, answer.value)) == answer.value:
        return answer
    return answer._replace(value=one, steps=(*answer.steps, "department"))
