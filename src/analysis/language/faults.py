"""What can be wrong with a phrase of an english.toml: each is told before any page is made."""

import re
import unicodedata

from analysis.language.phrase import BARE_MARK, IN_JAPANESE, MARK, SAID_HOLE, Phrase

# Where nothing parts two texts, each place of a text may, and so within each of its parts.
_TOO_MANY = re.compile(r"(?:\{\w+\}){3}|(?:\{(?!\d+\})\w+\}){2}")
_FULL_WIDTH = re.compile("[\u3000-\u303f\u30fb\uff00-\uffef]")
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def find_fault(phrase: Phrase, table: str = "words") -> str | None:
    """Return what is wrong with a phrase of a table, in words; None if nothing is.

    A unit may be blank. What a page's script says is no text that is looked for in another.
    """
    key, said = phrase.key, phrase.said
    told = SAID_HOLE.findall(said)
    holes = "、".join(f"{{{hole}}}" for hole in phrase.holes) or "（なし）"
    plain = SAID_HOLE.sub("", said)
    left = IN_JAPANESE.search(said) or _FULL_WIDTH.search(said)
    judged = (
        (
            sorted(name for name, _ in told) != sorted(phrase.holes),
            f"{{ }} で囲んだところは、日本語と同じものを一つずつ書いてください: {holes}",
        ),
        (
            len({*phrase.holes}) < len(phrase.holes),
            "{ } で囲む名前は、一つの語句の中ですべて違うものにしてください",
        ),
        (
            any(change == BARE_MARK and not name.isdigit() for name, change in told),
            "{1:bare} のように単位を省けるのは、数値だけです",
        ),
        (
            table == "script" and any(change for _, change in told),
            "[script] では、{ } の中は名前だけにしてください",
        ),
        (said.count(MARK) != key.count(MARK), "強調の * は、日本語と同じ数だけ書いてください"),
        (
            table == "words" and _TOO_MANY.search(key),
            "{ } で囲んだ語句を二つ以上、間に言葉を置かずに並べることはできません"
            "（数値を入れれば二つまで）",
        ),
        (
            table != "units" and IN_JAPANESE.search(key) and _is_blank(said),
            "空白だけにせず、英語を書いてください",
        ),
        (left, f"英語に、日本語の文字か全角の記号（「{left and left[0]}」）が残っています"),
        (
            len(said.splitlines()) > max(1, len(key.splitlines())),
            "日本語より多くの行に分けることはできません",
        ),
        (
            any(map(str.isdigit, plain)) and not has_number(key),
            "日本語に数字がないところでは、英語も数字を使わずに書いてください",
        ),
    )
    return next((why for is_wrong, why in judged if is_wrong), None)


def has_number(text: str) -> bool:
    """Return whether a text has a number, in digits or in kanji.

    >>> [has_number(text) for text in ("第2課", "第二課", "総務課")]
    [True, True, False]
    """
    return any(unicodedata.numeric(sign, None) is not None for sign in text)


def _is_blank(text: str) -> bool:
    """Return whether nothing of a text is seen."""
    return {*map(unicodedata.category, text)} <= _UNSEEN
