"""Know a remark that says that the procedure is no more: 廃止, 〇〇届へ統合, 移管済, 欠番.

The words also stand in names and conditions (廃止届, 事業を廃止したとき, 廃止予定): only a whole
sentence that says so of the procedure itself is one.
"""

import re

from analysis.survey.vocabulary import match_key

_YEAR = r"(?:(?:令和|平成|R|H|令|平)\.?(?:[0-9]{1,2}|元)|[0-9]{4})"
_DAY = rf"{_YEAR}(?:年度?|[./-])?(?:[0-9]{{1,2}}(?:月|[./-])?(?:[0-9]{{1,2}}日?)?)?末?"
_SINCE = r"(?:をもって|を以て|をもちまして|付け?で?|より|から|限りで?|に|で)?"
_SUBJECT = (
    r"(?:(?:本|当|この|同|該当の?)?(?:手続き?|事務|制度|届出?|申請|条例|要綱|規則)(?:自体)?"
    r"(?:は|が|の)?)"
)
_INTO = r"[^。]{1,60}?(?:へ|に|と)"
_VERB = r"(?:廃止|統合|移管|欠番|廃番|一本化|集約)"
_DONE = (
    r"(?:済み?|した|しました|され(?:た|ました)|とな(?:った|りました)|にな(?:った|りました)|です)?"
    r"(?:手続き?|事務|のため.*|により.*|につき.*)?"
)
_STATEMENT = re.compile(
    rf"(?:{_DAY}{_SINCE}|{_SUBJECT})*、?(?:{_INTO}(?=統合|移管|一本化|集約))?{_VERB}{_DONE}(?:、.*)?"
)
_SENTENCE_END = re.compile(r"[。．\n;；()（）]")


def is_tombstone(remark: str) -> bool:
    """Tell whether a remark says that its procedure was abolished, merged, moved or left out."""
    return any(
        _STATEMENT.fullmatch(match_key(sentence)) for sentence in _SENTENCE_END.split(remark)
    )
