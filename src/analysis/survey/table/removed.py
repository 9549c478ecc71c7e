"""Find the procedures that a column beside the survey's own says are no more.

A column that is there to say so (削除日, 廃止日, 統廃合) says it with whatever stands in it but
a no or a day that is yet to come. Any other may hold a remark that does.
"""

import re
from collections.abc import Iterator, Sequence

from analysis.files.sheet import address
from analysis.questionnaire.spellings import answer_key, choice_key, digits_key, match_key
from analysis.survey.dates import UnreadableDateError, parse_date
from analysis.survey.lookup import Lookup
from analysis.survey.problems import Place, Problem, report, shorten
from analysis.survey.table.extras import list_titles
from analysis.survey.table.fill import Columns
from analysis.survey.table.header import Header, Title
from analysis.survey.table.merges import map_tops
from analysis.survey.table.tombstone import is_left_out, is_tombstone
from analysis.texts import is_dash

_END = r"(?:削除|廃止|廃番|欠番|抹消|統廃合|統合|移管|振り?(?:直|なお)し|振り?替え?|改番)"
_WORD = re.compile(_END)
_DATE = r"(?:日|年月日?|年度?|月日?|日付|日時|時期)"
_TITLE = re.compile(
    rf"(?:本|当)?(?:(?:手続き?|事務|制度|届出?)の?)?{_END}(?:[・/、及又やび]?(?:または|又は|及び)?{_END})*"
    rf"等?(?:(?:の|した|された|する)?(?:場合|とき|時)の?)?(?:済み?)?の?"
    rf"(?:{_DATE}|区分|種別|フラグ|FLG|有無|理由|事由|内容|状況|欄|マーク|印|チェック|コード|先.{{0,8}})?",
    re.IGNORECASE,
)
_DATED = re.compile(rf"{_DATE}$")
# In brackets after the title: what is planned is not done, and what was merged in is not out.
_OTHER_HINT = re.compile(r"\(.*(?:予定|見込|元).*\)$")
_NOT = frozenset(
    {"なし", "無し", "無", "×", "否", "いいえ", "しない", "未", "未定", "該当なし", "該当無し"}
    | {"非該当", "対象外", "存続", "継続", "現存", "現行", "有効", "0", "00", "FALSE", "NO", "N"}
)
# What databases write for a day that never comes.
_NEVER = re.compile(r"9999.*|2999.*|0000.*")
_REMARKS = re.compile(
    r"備考|摘要|コメント|メモ|特記|補足|経過|経緯|変更|異動|増減|存廃|継続|処理|状態|見出しのない"
)


def find_removed(
    header: Header, rows: Sequence[int], lookup: Lookup, as_of: str, place: Place
) -> Iterator[Problem]:
    """Yield the filled cells of these rows in a column that is there to say that they are out.

    A day after `as_of` (`YYYY-MM-DD`) says that the procedure still is, and so does a no.
    """
    titles = {
        column: title
        for column, title in list_titles(header).items()
        if _is_removal(title) and not any(map(lookup.is_refused, title.keys))
    }
    tops = map_tops(header.sheet, titles)
    for row in rows if titles else ():
        for column, title in titles.items():
            top = tops.get((row, column), row)
            entry = header.sheet.get(top, column)
            is_dated = any(map(_DATED.search, title.keys))
            if entry is not None and _says_out(entry.text, as_of, is_dated=is_dated):
                at = place.at(address(top, column))
                name = shorten(match_key(title.text))
                yield report("row_removed", at, value=entry.text, header=name, as_of=as_of)


def find_remarks(extras: Columns, lookup: Lookup, place: Place) -> Iterator[Problem]:
    """Yield the remarks, in columns beside the survey's own, that say that a row is out.

    `extras` are as `read_extras` gives them. A word that is also a kind of procedure (廃止 beside
    新規) is a remark only where remarks or changes stand.
    """
    parts = [extras.get(part, ()) for part in ("title", "text", "cell", "procedure_id")]
    known = {answer_key(str(own_id)).upper() for own_id in parts[-1]}
    for title, text, cell, own_id in zip(*parts, strict=True):
        name = str(title)
        if (
            _REMARKS.search(name)
            and not lookup.is_refused(name)
            and choice_key(str(text)) not in _NOT
            and (is_left_out(str(text)) or is_tombstone(str(text), str(own_id or ""), known))
        ):
            at = place.at(str(cell))
            yield report("row_tombstone", at, value=str(text), header=shorten(name))


def speaks_of_removal(name: str) -> bool:
    """Tell whether a title has a word for a procedure that is no more, whatever it asks for."""
    return bool(_WORD.search(name))


def _is_removal(title: Title) -> bool:
    return any(
        _TITLE.fullmatch(key.partition("(")[0]) and not _OTHER_HINT.search(key)
        for key in title.keys
    )


def _says_out(text: str, as_of: str, *, is_dated: bool) -> bool:
    key = choice_key(text).upper()
    if not key or is_dash(key) or key in _NOT or _NEVER.fullmatch(key):
        return False
    if not is_dated:
        return True
    try:
        return parse_date(digits_key(text)).iso <= as_of
    except UnreadableDateError:
        return True
