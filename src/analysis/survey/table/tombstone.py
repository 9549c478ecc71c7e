"""Know a remark that says that a procedure is no more: 廃止, 〇〇届へ統合, 移管済, 3794へ振り直し.

The words also stand in names and conditions (廃止届, 事業を廃止したとき, 廃止予定): only a whole
sentence that says so of the procedure itself is one.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from analysis.questionnaire.spellings import answer_key, digits_key

_YEAR = r"(?:(?:令和|平成|R|H|令|平)\.?(?:[0-9]{1,2}|元)|[0-9]{4})"
_DAY = rf"{_YEAR}(?:年度?|[./-])?(?:[0-9]{{1,2}}(?:月|[./-])?(?:[0-9]{{1,2}}日?)?)?末?"
_SINCE = r"(?:をもって|を以て|をもちまして|付け?で?|より|から|限りで?|に|で)?"
_SUBJECT = (
    r"(?:(?:本|当|この|同|該当の?)?(?:手続き?|事務|制度|届出?|申請|条例|要綱|規則)(?:自体)?"
    r"(?:は|が|の)?)"
)
_BEFORE = rf"(?:{_DAY}{_SINCE}|{_SUBJECT}|重複(?:登録)?(?:のため|により|につき))"
_INTO = r"(?P<into>[^。]{1,60}?)(?P<to>へ|に|と)"
_JOINED = r"(?:統廃合|統合|移管|一本化|集約)"
_VERB = rf"(?:{_JOINED}|廃止|欠番|廃番|削除|抹消)"
_PROCEDURE = r"(?:手続き?|事務)?"
_DONE = (
    r"(?:済み?|した|しました|され(?:た|ました)|とな(?:った|りました)|にな(?:った|りました)|です)?"
    rf"(?:{_PROCEDURE}|のため.*|により.*|につき.*)?"
)
_END = r"(?:、.*)?"
# Two of them may stand before a statement, not any number: that many ways to divide a row of
# digits would take for ever.
_STATEMENT = re.compile(rf"{_BEFORE}{{0,3}}、?(?:{_INTO}(?={_JOINED}))?{_VERB}{_DONE}{_END}")

_PLAIN_ID = r"[A-Z]{0,6}-?[0-9][0-9A-Z]*(?:-[0-9A-Z]+)*"
_ONLY_IDS = re.compile(
    rf"(?:旧|手続き?|ID|番号|NO\.?){{0,3}}「?{_PLAIN_ID}」?番?(?:[、・,と]「?{_PLAIN_ID}」?番?){{0,30}}"
)
# Where something is handed in; no procedure that another one became. ー is folded into a dash.
_SYSTEM = re.compile(
    r"(?:サ-ビス|システム|ポ-タル|サイト|アプリ|フォ-ム|基盤|窓口|電子申請"
    r"|オンライン申請|E-?L?TAX)$"
)
# Why something is handed in (就学届（統合のため）).
_CAUSE = re.compile("(?:のため|により|につき)$")
# An id of its own form: no date, and no year in an era.
_ID = (
    r"(?<![0-9/-])(?<![0-9]\.)(?![0-9]{4}[./-][0-9]{1,2}(?:[./-]|$)|[RHS][0-9]{1,2}(?![0-9A-Z-]))"
    rf"(?P<into>{_PLAIN_ID})"
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
# Within a name: what stands in brackets that set it apart, after a note's mark, in round brackets.
_PART = re.compile(r"【([^【】]+)】|※\s*([^\s※()【】]+)|[(<〔\[]([^()<>〔〕\[\]]+)[)>〕\]]")
_KIND = re.compile(r"新規|変更|更新|休止|再開|開始|継続|再交付|取消")
# What begins a remark that takes the row out, whatever follows; 廃止届 and 対象外国人 go on, and
# beside another kind it is one of several (取消、変更).
_OUT = r"(?:廃止|削除|取り?消し?|(?:本?調査の?)?対象外)"
_BEGINS_OUT = re.compile(
    rf"[\s(\[【「]*(?:{_DAY}{_SINCE}\s*|{_SUBJECT})?{_OUT}(?:(?:のため|により|につき)"
    r"|(?:済み?|した|しました|とな(?:った|りました)|です)?[)\]】」]*"
    rf"(?:$|[\s:、。;/(※→-](?!\W*(?:{_KIND.pattern}|廃止|削除|届|申請))))"
)
_NUMBER_OUT = re.compile("欠番|廃番")
_SENTENCE_END = re.compile(r"[。．\n;；()（）]")
# What every such sentence has one of: most remarks are none at all.
_SIGN = re.compile(r"廃|統合|移|一本化|集約|欠番|削除|抹消|振|付|改番|変更|重複|含|計上|→|⇒|[-=]>")


def find_tombstone_names(names: Iterable[str]) -> list[bool]:
    """Tell of each name of a department's procedures whether a part of it says that it is no more.

    A word alone is no such part where it may name a kind of procedure: in round brackets, and in
    others where kinds stand there elsewhere (【新規】).
    """
    parts = [list(_PART.finditer(unicodedata.normalize("NFKC", name))) for name in names]
    has_kinds = any(_KIND.fullmatch(part[1] or part[2] or "") for own in parts for part in own)
    return [any(_ends(part, has_kinds=has_kinds) for part in own) for own in parts]


def _ends(part: "re.Match[str]", *, has_kinds: bool) -> bool:
    set_apart = part[1] or part[2]
    if not _SIGN.search(part[0]):
        return False
    text = digits_key(set_apart or part[3] or "").upper()
    if not _STATEMENT.fullmatch(text) or _CAUSE.search(text):
        return False
    is_kind = re.fullmatch(_VERB + _PROCEDURE, text) and not _NUMBER_OUT.match(text)
    return not is_kind or (bool(set_apart) and not has_kinds and bool(re.fullmatch(_VERB, text)))


def find_tombstones(texts: Sequence[str], ids: Sequence[str], *, may_head: bool) -> list[bool]:
    """Tell of each text, beside its id, whether it is a tombstone; `may_head`: or begins as one."""
    known, distinct = {one.upper() for one in ids}, {*texts}
    # Many rows have one text, and few are of interest beside any id.
    out = {text for text in distinct if may_head and is_left_out(text)}
    doubted = {text for text in distinct - out if is_tombstone(text, "", known)}
    return [
        text in out or (text in doubted and is_tombstone(text, own_id, known))
        for text, own_id in zip(texts, ids, strict=True)
    ]


def is_left_out(remark: str) -> bool:
    """Tell whether a line of a remark begins by saying that its row is out: 取消, 対象外, 廃止."""
    return any(map(_BEGINS_OUT.match, unicodedata.normalize("NFKC", remark).splitlines()))


def is_tombstone(remark: str, own_id: str = "", known: Collection[str] = ()) -> bool:
    """Tell whether a remark says that its procedure was abolished, merged, moved or left out.

    A procedure that another one became is not: `own_id` is the one that the remark stands beside,
    and 10-0054と統合 is said by the one that stayed, where no other of the `known` ids is meant.
    """
    if not _SIGN.search(remark):
        return False
    sentences = (digits_key(sentence).upper() for sentence in _SENTENCE_END.split(remark))
    return any(_says_so(sentence, answer_key(own_id).upper(), known) for sentence in sentences)


def _says_so(sentence: str, own_id: str, known: Collection[str]) -> bool:
    found = _STATEMENT.fullmatch(sentence) or _POINTER.fullmatch(sentence)
    if found is None:
        return False
    into, to = found["into"] or "", found.groupdict().get("to")
    if to == "と" and _ONLY_IDS.fullmatch(into):
        return any(one in known for one in re.findall(_PLAIN_ID, into) if one != own_id)
    if to and _SYSTEM.search(into):
        return False
    return not (own_id and re.search(rf"(?<![\w-]){re.escape(own_id)}」?番?$", into, re.ASCII))
