"""Which role each word of the column of statuses plays: what is known, and what is not decided."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analysis.intake.titles import STATUS_WORDS
from analysis.questionnaire.field import Role
from analysis.questionnaire.read import default_questionnaire
from analysis.questionnaire.spellings import choice_key

BLANK_STATUS = "（回答なし）"
"""What a procedure without a status is said to be: it is counted, and is not online."""

UNDECIDED: Role = "not_started"
"""What a word is taken for that nobody can tell: it is counted, and never as online.

A rate can then be too low, never too high, and no procedure is lost from the total.
"""

_ALWAYS: Sequence[Role] = ("online", "not_started")
# Looked for in this order: 「一部実施済」 is not 「実施済」, and 「未対応」 not 「対応」.
_PARTS: Sequence[tuple[Role, str]] = (
    ("excluded", r"除外|対象外|該当(なし|無し|せず|しない)"),
    ("started", r"一部|部分的|途中|検討中|準備中|構築中|作業中|予定(あり|有)|実施予定|着手(済|中)"),
    ("not_started", r"^(未|不|非)|(い|し)ない|な(し|い)$|無し$|困難|未(実施|対応|着手|済|定|導入)"),
    ("online", r"(実施|対応|導入|電子化|オンライン化|運用|稼働|整備)(済|中)|完了|可能|全部"),
)


class RoleOf(NamedTuple):
    """A status: its code, its word, its role, and how that was decided; `sure` if by a known word.

    `is_known` is False for a word that nothing was known of.
    """

    code: str
    label: str
    role: Role
    why: str
    is_known: bool = True


def decide_roles(labels: Sequence[str], *, has_blank: bool) -> list[RoleOf]:
    """Return the role of every status, in the order of the words, and of those to be added.

    `has_blank` adds one for procedures without a status. What a survey must have, a status that is
    online and one that is not, is added where the list has none.

    >>> [(own.code, own.role) for own in decide_roles(["実施済", "その他"], has_blank=False)]
    [('online', 'online'), ('not_started', 'not_started')]
    """
    decided = [(label, *_decide(label)) for label in labels]
    if has_blank:
        why = "状況が空欄の手続き。総数に数え、オンライン化済とはしない"
        decided.append((BLANK_STATUS, UNDECIDED, why, False))
    played = {role for _, role, _, _ in decided}
    for role in _ALWAYS:
        if role not in played:
            label = default_questionnaire().name_role(role)
            free = label if label not in labels else f"{label}（別）"
            decided.append((free, role, "一覧にないが、調査には必要なので加えた", True))
    codes = _name_codes([role for _, role, _, _ in decided])
    return [RoleOf(code, *own) for code, own in zip(codes, decided, strict=True)]


def _decide(label: str) -> tuple[Role, str, bool]:
    key = choice_key(label)
    for role, words in _list_known():
        if key in words:
            return role, "語が同じ", True
    for role, part in _PARTS:
        if found := re.search(part, key):
            return role, f"「{found[0]}」を含む", True
    return UNDECIDED, "決められない語。総数に数え、オンライン化済とはしない", False


def _list_known() -> Iterator[tuple[Role, frozenset[str]]]:
    roles: Sequence[Role] = ("online", "started", "not_started", "excluded")
    for role in roles:
        yield role, frozenset(map(choice_key, STATUS_WORDS[role]))


def _name_codes(roles: Sequence[Role]) -> list[str]:
    """Return a code for each: the role's own for its first, with a number for the others."""
    met: dict[str, int] = {}
    codes = []
    for role in roles:
        met[role] = met.get(role, 0) + 1
        codes.append(role if met[role] == 1 else f"{role}_{met[role]}")
    return codes
