"""Which role each word of the column of statuses plays: what is known, and what is not decided."""

import re
from collections.abc import Iterator, Mapping, Sequence
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
_ENDED = r"停止|休止|廃止|中止|終了"
# Looked for in this order: 「一部実施済」 is not 「実施済」, and 「未対応」 not 「対応」.
_PARTS: Sequence[tuple[Role, str]] = (
    ("excluded", r"除外|対象外|該当(なし|無し|せず|しない)"),
    (UNDECIDED, _ENDED),
    (
        "started",
        r"一部|部分的|途中|予定(?!.?[な無未])|着手(済|中)"
        r"|(検討|準備|構築|作業|整備|導入|対応|電子化|オンライン化)中",
    ),
    ("not_started", r"^(未|不|非)|(い|し)ない|な(し|い)$|無し$|困難|未(実施|対応|着手|済|定|導入)"),
    (
        "online",
        r"(実施|対応|導入|電子化|オンライン化|運用|稼働|整備)済|(実施|運用|稼働)中|完了|可能",
    ),
)
# What takes back, or narrows, what a word seems to say by the part that raises a rate.
_DOUBTS: Mapping[Role, re.Pattern[str]] = {
    "online": re.compile(
        r"予定|見込|目標|計画|目途|めど|検討|準備|調整|試行|実証|のみ|だけ|限[りるっ定]|一部|除[くき]|以外"
        r"|可能(性|な|であれ)|れば|たら|未|不|非|無|否|困難|難し|な[いくし]|せず|まで|今後|将来|来年|次年"
        r"|翌年|時期|[?]"
    ),
    "excluded": re.compile(r"一部|以外|のみ|だけ|予定|見込|検討|可能性|でな|ではな|[?]"),
}


class RoleOf(NamedTuple):
    """A status: its code, its word, its role, and how that was decided.

    `is_known` is False for a word that was not decided; `part` is what of the word decided, empty
    where it was the whole.
    """

    code: str
    label: str
    role: Role
    why: str
    is_known: bool = True
    part: str = ""


def decide_roles(labels: Sequence[str], *, has_blank: bool) -> list[RoleOf]:
    """Return the role of every status, in the order of the words, and of those to be added.

    `has_blank` adds one for procedures without a status. What a survey must have, a status that is
    online and one that is not, is added where the list has none. A word is taken for online by a
    part of it only where no other part takes that back.

    >>> [(own.code, own.role) for own in decide_roles(["実施済", "その他"], has_blank=False)]
    [('online', 'online'), ('not_started', 'not_started')]
    >>> [own.role for own in decide_roles(["窓口で実施済", "実施済見込み"], has_blank=False)]
    ['online', 'not_started']
    """
    decided = [(label, *_decide(label)) for label in labels]
    if has_blank:
        why = "状況が空欄の手続き。総数に数え、オンライン化済とはしない"
        decided.append((BLANK_STATUS, UNDECIDED, why, False, ""))
    played = {role for _, role, *_ in decided}
    for role in _ALWAYS:
        if role not in played:
            label = default_questionnaire().name_role(role)
            free = label if label not in labels else f"{label}（別）"
            decided.append((free, role, "一覧にないが、調査には必要なので加えた", True, ""))
    codes = _name_codes([role for _, role, *_ in decided])
    return [RoleOf(code, *own) for code, own in zip(codes, decided, strict=True)]


def _decide(label: str) -> tuple[Role, str, bool, str]:
    key = choice_key(label)
    for role, words in _list_known():
        if key in words:
            return role, "語が同じ", True, ""
    nobody = "総数に数え、オンライン化済とはしない"
    for role, pattern in _PARTS:
        found = re.search(pattern, key)
        if found is None:
            continue
        part, doubts = found[0], _DOUBTS.get(role)
        if doubt := doubts and doubts.search(key):
            return (
                UNDECIDED,
                f"「{part}」も「{doubt[0]}」も含み、決められない語。{nobody}",
                False,
                "",
            )
        if pattern == _ENDED:
            return UNDECIDED, f"「{part}」を含み、決められない語。{nobody}", False, ""
        return role, f"「{part}」を含む", True, part
    return UNDECIDED, f"決められない語。{nobody}", False, ""


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
