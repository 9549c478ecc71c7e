"""What the columns of an office's list are called, and which of the survey's fields each means.

The words are looked for as whole titles; a title that is near to one of them is taken for it where
it can mean nothing else, and that is told (`table.guess`).
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from analysis.questionnaire.field import Field
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.read import default_questionnaire
from analysis.survey.lookup import Lookup
from analysis.survey.spellings import choice_key, match_key

OWNER, LAW_NUMBER, LAW_ARTICLE = "department", "law_number", "law_article"
"""What a list has a column for and a form has not: whose a row is, and the parts of its law."""

TITLES: Mapping[str, tuple[str, ...]] = {
    "procedure_id": (
        *("手続きID", "手続ID", "手続き番号", "手続番号", "手続コード", "整理番号", "管理番号"),
        *("ID", "番号", "通し番号", "通番", "連番", "項番", "No", "No."),
    ),
    OWNER: (
        *(
            "部局名",
            "部局",
            "所管部局",
            "担当部局",
            "所管府省庁",
            "担当府省庁",
            "府省庁",
            "府省庁名",
        ),
        *("所管省庁", "省庁", "担当部", "所管部", "部名", "部", "局名", "所属部局"),
    ),
    "section": (
        *("課名", "担当課", "所管課", "主管課", "担当課名", "所管課名", "課等名", "課室名", "課室"),
        *("担当課室", "所属課", "課", "所属", "担当部署", "所管部署", "部署名", "部署", "担当課係"),
    ),
    "name": (
        *("手続き名", "手続名", "手続き名称", "手続名称", "手続の名称", "手続等の名称"),
        *(
            "行政手続名",
            "申請手続名",
            "申請等の名称",
            "申請名",
            "申請書名",
            "届出等の名称",
            "事務名",
        ),
        *("様式名", "手続", "手続き", "名称"),
    ),
    "law": (
        *(
            "根拠法令等",
            "根拠法令",
            "根拠法令名",
            "法令名",
            "関係法令",
            "根拠規定",
            "法令等",
            "法令",
        ),
        "根拠",
    ),
    LAW_NUMBER: ("法令番号",),
    LAW_ARTICLE: ("根拠条項号", "根拠条項", "根拠条文", "条項号", "条項"),
    "annual_volume": (
        *("年間件数", "総手続件数", "年間総手続件数", "年間手続件数", "年間処理件数"),
        *("年間申請件数", "年間取扱件数", "取扱件数", "処理件数", "申請件数", "総件数", "件数"),
    ),
    "status": (
        *(
            "オンライン化の状況",
            "オンライン化の実施状況",
            "オンライン化実施状況",
            "オンライン化状況",
        ),
        *("オンライン化の有無", "電子化の状況", "電子化状況", "電子申請の状況", "電子申請の可否"),
        *(
            "オンライン申請の可否",
            "オンライン対応",
            "実施状況",
            "対応状況",
            "進捗状況",
            "進捗",
            "状況",
        ),
        *("電子申請", "オンライン申請", "オンライン化", "オンライン"),
    ),
    "online_date": (
        *("オンライン化時期", "オンライン化年月日", "オンライン化日", "オンライン化実施時期"),
        *("電子化時期", "開始日", "運用開始日"),
    ),
    "reason": (
        *("未着手の理由", "未実施の理由", "未対応の理由", "未着手理由", "未実施理由", "未対応理由"),
        *(
            "オンライン化の実施予定及び検討時の懸念点",
            "検討時の懸念点",
            "懸念点",
            "オンライン化の課題",
        ),
        *("オンライン化できない理由", "オンライン化しない理由", "オンライン化が困難な理由"),
        *("できない理由", "困難な理由", "理由", "課題"),
    ),
    "reason_detail": ("理由の詳細", "理由詳細", "具体的な理由", "理由の内容", "詳細"),
    "remarks": ("備考", "備考欄", "特記事項", "摘要", "その他特記事項", "メモ"),
}
"""The titles of each field, the surest first."""

STATUS_WORDS: Mapping[str, tuple[str, ...]] = {
    "online": (
        *("オンライン化済", "オンライン化済み", "実施済", "実施済み", "済", "済み", "対応済"),
        *("対応済み", "電子化済", "電子化済み", "導入済", "導入済み", "実施", "実施中", "完了"),
        *("可", "可能", "有", "あり", "はい", "○", "利用可", "運用中", "稼働中", "全部実施済"),
    ),
    "started": (
        *("着手済", "着手済み", "着手", "着手中", "一部実施済", "一部実施済み", "一部実施", "一部"),
        *("一部対応", "一部済", "一部可", "検討中", "準備中", "構築中", "対応中", "調整中"),
        *("実施予定", "予定", "△"),
    ),
    "not_started": (
        *("未着手", "未実施", "未対応", "未", "未済", "未定", "未検討", "不可", "否", "無", "なし"),
        *("いいえ", "×", "実施なし", "対応なし", "予定なし", "実施しない"),
    ),
    "excluded": (
        *("適用除外", "対象外", "該当なし", "非該当", "除外", "調査対象外", "該当せず"),
        "オンライン化対象外",
    ),
}
"""What is written for each role of a status."""


@lru_cache(maxsize=1)
def title_lookup() -> Lookup:
    """Return what a list may be headed with, as the reader of tables asks for it."""
    fields = tuple(_list_fields())
    headers = {match_key(word): f for f in fields for word in TITLES[f.name]}
    return make_lookup(fields, headers)


def make_lookup(fields: tuple[Field, ...], headers: Mapping[str, Field]) -> Lookup:
    """Return a lookup of a list's columns that knows of answers only what a status may be."""
    template = default_questionnaire().named["status"]
    codes = {code: code for code in template.choices}
    words = {
        choice_key(word): role
        for role, own in STATUS_WORDS.items()
        for word in own
        if role in codes and len(word) > 1
    }
    asked = Questionnaire.model_construct(field=fields, route=(), rule=())
    answers: dict[str, dict[str, str]] = {field.name: {} for field in asked.fields}
    answers["status"] = words
    return Lookup(asked, fields, headers, answers)


def rank_title(field: str, title: str) -> int:
    """Return how sure a title is of its field: 0 for the surest; more than any for an unknown."""
    keys = [match_key(word) for word in TITLES[field]]
    key = match_key(title)
    bare = key[: key.find("(")] if key.endswith(")") else key
    return next((at for at, own in enumerate(keys) if own in (key, bare)), len(keys))


def _list_fields() -> Iterator[Field]:
    known = default_questionnaire().named
    for name, words in TITLES.items():
        yield known.get(name) or Field(name=name, header=words[0], kind="text", width=12)
