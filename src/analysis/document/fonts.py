"""Which characters the reports' type can show, told before anything is printed."""

import unicodedata
from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.font_manager import get_font

from analysis.document.text import printable
from analysis.document.typefaces import BOLD, FILES
from analysis.errors import ReportError, list_examples
from analysis.questionnaire.field import Field

# The bold face has no character that the regular one lacks.
_FACES = tuple(path for path in FILES if path != BOLD)

_DRAWN = "section"
# They ask for a variant of the character before them, or join two; none has a glyph of its own.
# An ideographic variation that a font has not falls back to the plain sign.
_JOINERS = {*"\u200b\u200c\u200d\u2060\ufe0e\ufe0f", *map(chr, range(0xE0100, 0xE01F0))}
# Accents, and the marks of voiced kana: with the letter before them they are one sign.
_ACCENTS = {*map(chr, range(0x300, 0x370)), "\u3099", "\u309a"}


def require_glyphs(rows: pd.DataFrame, fields: Sequence[Field]) -> None:
    """Return if every text of the tidy rows that a report prints can be shown.

    Else raise ReportError naming each character with its workbook, sheet and cell. Needs the
    columns of the printed fields with their cells. A section is drawn in charts, too; a sheet is
    named in the evidence.

    >>> fields = ledger.cycle.questionnaire.fields
    >>> require_glyphs(rows, fields)
    >>> require_glyphs(rows.replace({"name": {"届出その1": chr(0xE000)}}), fields)
    Traceback (most recent call last):
        ...
    analysis.errors.ReportError: 印刷できない文字が1か所にあります。...
      ・環境部.xlsx 調査票!C6: ...（U+E000）
    """
    lines = [
        f"{workbook}: シート名の{name_signs(missing)}"
        for workbook, sheet in rows[["workbook", "sheet"]].drop_duplicates().itertuples(index=False)
        if (missing := missing_glyphs(sheet))
    ]
    for field in (known.name for known in fields if known.printed):
        find = undrawable if field == _DRAWN else missing_glyphs
        if find("".join(rows[field].dropna())):
            lines += [
                f"{row['workbook']} {row['sheet']}!{row[f'{field}_cell']}: {name_signs(missing)}"
                for row in rows[rows[field].notna()].to_dict("records")
                if (missing := find(row[field]))
            ]
    if lines:
        raise ReportError(
            f"印刷できない文字が{len(lines)}か所にあります。外字は標準の漢字に直してもらうか、"
            f"corrections.toml で訂正してください。\n{list_examples(lines)}"
        )


def missing_glyphs(text: str) -> set[str]:
    """Return the characters of a text that none of the families can show."""
    return {
        character
        for character in set(printable(text)) - _JOINERS
        if not character.isspace()
        and unicodedata.category(character) not in {"Cc", "Cf"}
        and not any(get_font(path).get_char_index(ord(character)) for path in _FACES)
    }


def undrawable(text: str) -> set[str]:
    """Return the characters of a text that no drawing can have: a PDF can't tell what they are.

    They are those without a glyph, and those that are shaped with others, as of Arabic, Thai or
    Hindi. Any name of the settings may stand in a chart.

    >>> bool(undrawable("環境部 Élan 한국어 📄")), bool(undrawable("हिन्दी"))
    (False, True)
    """
    return missing_glyphs(text) | {sign for sign in set(text) - _JOINERS if _is_shaped(sign)}


def _is_shaped(sign: str) -> bool:
    parts = {*unicodedata.normalize("NFKD", sign)} - _ACCENTS
    is_marked = any(unicodedata.category(part).startswith("M") for part in parts)
    return is_marked or unicodedata.bidirectional(sign) == "AL"


def require_drawable(caption: str, texts: Iterable[str]) -> None:
    """Raise ReportError for characters in a chart's texts that no drawing can have."""
    found = [(text, signs) for text in sorted({*texts}) if (signs := undrawable(text))]
    if found:
        lines = [f"{text}: {name_signs(signs)}" for text, signs in found]
        raise ReportError(
            f"図「{caption}」に載る名称（部局名など）に、図に印刷できない文字があります。"
            f"印刷できる文字に直してください。\n{list_examples(lines)}"
        )


def name_signs(signs: Iterable[str]) -> str:
    """Return characters with their numbers, for people.

    >>> name_signs("髙")
    '「髙」（U+9AD9）'
    """
    return "、".join(f"「{sign}」（U+{ord(sign):04X}）" for sign in sorted(signs))
