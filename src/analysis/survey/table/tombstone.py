"""Know a remark that says that a procedure is no more: 廃止, 〇〇届へ統合, 移管済, 3794へ振り直し.

The words also stand in names and conditions (廃止届, 事業を廃止したとき, 廃止予定): only a whole
sentence that says so of the procedure itself is one.
"""

import re

from analysis.survey.vocabulary import answer_key, digits_key

_YEAR = r"(?:(?:令和|平成|R|H|令|平)\.?(?:[0-9]{1,2}|元)|[0-9]{4})"
_DAY = rf"{_YEAR}(?:年度?|[./-])?(?:[0-9]{{1,2}}(?:月|[./-])?(?:[0-9]{{1,2}}日?)?)?末?"
_SINCE = r"(?:をもって|を以て|をもちまして|付け?で?|より|から|限りで?|に|で)?"
_SUBJECT = (
    r"(?:(?:本|当|この|同|該当の?)?(?:手続き?|事務|制度|届出?|申請|条例|要綱|規則)(?:自体)?"
    r"(?:は|が|の)?)"
)
_BEFORE = rf"(?:{_DAY}{_SINCE}|{_SUBJECT}|重複(?:登録)?(?:のため|により|につき))"
_INTO = r"(?P<into>[^。]{1,60}?)(?:へ|に|と)"
_JOINED = r"(?:統廃合|統合|移管|一本化|集約)"
_VERB = rf"(?:{_JOINED}|廃止|欠番|廃番|削除|抹消)"
_DONE = (
    r"(?:済み?|した|しました|され(?:た|ました)|とな(?:った|りました)|にな(?:った|りました)|です)?"
    r"(?:手続き?|事務|のため.*|により.*|につき.*)?"
)
_END = r"(?:、.*)?"
# Two of them may stand before a statement, not any number: that many ways to divide a row of
# digits would take for ever.
_STATEMENT = re.compile(rf"{_BEFORE}{{0,3}}、?(?:{_INTO}(?={_JOINED}))?{_VERB}{_DONE}{_END}")

# An id of its own form: no date, and no year in an era.
_ID = (
    r"(?<![0-9/-])(?<![0-9]\.)(?![0-9]{4}[./-][0-9]{1,2}(?:[./-]|$)|[RHS][0-9]{1,2}(?![0-9A-Z-]))"
    r"(?P<into>[A-Z]{0,6}-?[0-9][0-9A-Z]*(?:-[0-9A-Z]+)*)"
)
_TO_ID = (
    r"(?:[^。]{1,30}(?:から|より))?"
    rf"(?:(?:手続き?)?(?:ID|番号|NO\.?)?[をは]?){{0,2}}「?{_ID}」?番?"
)
_MOVED = (
    r"(?:(?:番号|ID)を)?(?:(?:振り?|付け?)(?:(?:直|なお)し(?:た|ました)?|替え?)|改番|変更|移行|移動"
    r"|重複|含(?:む|める|めた|めて.*)|計上)"
)
_POINTER = re.compile(
    rf"(?:{_DAY}{_SINCE}[、 ]?)?(?P<arrow>→|⇒|[-=]>)?{_TO_ID}"
    rf"(?:(?:へ|に|と){_MOVED}{_DONE}|(?(arrow)(?:へ|に)?|(?!))){_END}"
)
_SENTENCE_END = re.compile(r"[。．\n;；()（）]")
# What every such sentence has one of: most remarks are none at all.
_SIGN = re.compile(r"廃|統合|移|一本化|集約|欠番|削除|抹消|振|付|改番|変更|重複|含|計上|→|⇒|[-=]>")


def is_tombstone(remark: str, own_id: str = "") -> bool:
    """Tell whether a remark says that its procedure was abolished, merged, moved or left out.

    A procedure that another one became is not: `own_id` is the one that the remark stands beside.
    """
    if not _SIGN.search(remark):
        return False
    sentences = (digits_key(sentence).upper() for sentence in _SENTENCE_END.split(remark))
    return any(_says_so(sentence, answer_key(own_id).upper()) for sentence in sentences)


def _says_so(sentence: str, own_id: str) -> bool:
    found = _STATEMENT.fullmatch(sentence) or _POINTER.fullmatch(sentence)
    if found is None:
        return False
    into = found["into"] or ""
    return not (own_id and re.search(rf"(?<![\w-]){re.escape(own_id)}」?番?$", into, re.ASCII))
