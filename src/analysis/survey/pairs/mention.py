"""Know which procedures a text names by their ids, and which ids are only signs that it holds.

An id of a form that nothing else is written in (K-002, or 07-0012 where ids are padded so) is named
wherever it stands by itself. Any other (2, A4, R6-1, 1-23) may be a date, an amount, a size or an
address: it is named where the text calls it an id (手続きID2, 旧2, No.2) or says what became of it
(2を統合, 「2」へ統合).
"""

import re
from collections.abc import Collection, Iterable, Iterator

from analysis.questionnaire.spellings import digits_key
from analysis.survey.dates import UnreadableDateError, parse_date

_ITEM = r"[A-Za-z0-9]+(?:[-_./:][A-Za-z0-9]+)*"
# What follows a number that counts or measures something, or is part of a longer one.
_UNIT = (
    r"[円件年月日時分秒号条項回名人通枚部課個箇ヶつ割度丁章歳%~@]|か(?!ら)|番[地0-9]"
    r"|手続|種類|週間|世帯|施設|様式|用紙"
)
_WHOLE = rf"(?!\s*(?:[A-Za-z0-9]|[-_./:,][A-Za-z0-9]|{_UNIT}))"
_TOKEN = rf"[「『]?{_ITEM}[」』]?(?:番(?!地))?{_WHOLE}(?:\([^()]*\)|「(?!{_ITEM}」)[^「」]*」)?"
_AND = r"\s*(?:、|,(?![0-9]{3}(?![0-9]))|・|と|や|及び|および|並びに|ならびに)\s*"
# So many at a time: a text may be one list from end to end.
_LIST = rf"(?P<ids>{_TOKEN}(?:{_AND}{_TOKEN}){{0,30}})"
_CALLED = re.compile(
    r"(?:手続き?の?(?:ID|番号|No\.?)|(?:整理|管理|通し)番号|(?<!\w)(?:ID|番号|No\.?|通番|連番|項番)"
    rf"|旧(?:ID|番号|No\.?)?)(?:は|が|:|の)?\s*{_LIST}",
    re.IGNORECASE,
)
_BECAME = re.compile(
    rf"(?:(?<![\w.,/:~%)-])(?<!\w\()|(?<=[はと])|(?=[「『])){_LIST}"
    r"(?:の(?:手続き?|届出?|申請|事務|分))?(?:(?:から|より|に|へ|を)?振り?[直替]"
    r"|(?:は|を|も|が|へ|に|と|から)?、?(?:統合|廃止|集約|一本化|移管|合併|吸収|欠番|廃番))"
)
_OTHER_NUMBER = re.compile(r"(?:TEL|FAX|電話(?:番号)?|内線|〒|郵便番号)[:.(]?$", re.IGNORECASE)
_LONGEST_CALL = 6
_LEAST_DIGITS = 3


def find_mentioned(ids: Iterable[str], texts: Iterable[str], known: Collection[str]) -> set[str]:
    """Return those of `ids` that any of the texts names; `known` ids show what form ids have."""
    text = "\n".join(digits_key(one) for one in texts)
    held = [one for one in ids if one in text]
    if not held:
        return set()
    padded = {_shape(one) for one in known if _is_padded(one)}
    own = {one for one in held if _is_own_form(one, padded)}
    called = set() if own.issuperset(held) else set(_list_called(text))
    return {one for one in held if (_stands_alone(one, text) if one in own else one in called)}


def _is_own_form(one: str, padded: set[str]) -> bool:
    """Tell whether an id is written as no date, amount, size or address is."""
    if _is_date(one):
        return False
    if one.isascii() and not any(sign.isalpha() for sign in one):
        return _is_padded(one) if one.isdecimal() else _shape(one) in padded
    digits = sum(sign.isdecimal() for sign in one)
    return not one.isascii() or digits >= _LEAST_DIGITS or (digits > 0 and "-" in one)


def _is_padded(one: str) -> bool:
    """Tell whether an id has digits that are filled up with zeros."""
    return any(len(digits) >= _LEAST_DIGITS for digits in re.findall("(?<![0-9])0[0-9]*", one))


def _shape(one: str) -> str:
    return re.sub("[0-9]", "9", one)


def _is_date(one: str) -> bool:
    try:
        return parse_date(one).form != "serial"
    except UnreadableDateError:
        return False


def _list_called(text: str) -> Iterator[str]:
    """Yield what a text calls an id or tells the fate of; a date only where it is called an id."""
    for found in _CALLED.finditer(text):
        yield from _list_items(found["ids"])
    for found in _BECAME.finditer(text):
        yield from (one for one in _list_items(found["ids"]) if not _is_date(one))


def _list_items(ids: str) -> Iterator[str]:
    for token in re.finditer(_TOKEN, ids):
        yield from re.findall(_ITEM, token[0])[:1]


def _stands_alone(one: str, text: str) -> bool:
    """Tell whether a text has the id, no longer one that holds it and no number called otherwise.

    An id that begins or ends in Japanese has no word beside that end but a particle.
    """
    before = (
        r"(?<![A-Za-z0-9_@-])(?<![0-9]\.)" if one[0].isascii() else r"(?:(?<!\w)|(?<=[旧はとを]))"
    )
    after = r"(?![A-Za-z0-9_@-]|\.[A-Za-z0-9])"
    if not one[-1].isascii():
        after = r"(?:(?!\w)|(?=[はをにとへがもの]))"
    elif not (one[0].isascii() and one[0].isalpha()):
        after += f"(?!{_UNIT})"
    found = re.finditer(f"{before}{re.escape(one)}{after}", text)
    return any(
        not _OTHER_NUMBER.search(text[max(at.start() - _LONGEST_CALL, 0) : at.start()])
        for at in found
    )
