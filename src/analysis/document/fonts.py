"""Which characters the reports' type can show, told before anything is printed."""

import unicodedata
from collections.abc import Sequence

import pandas as pd
from matplotlib.font_manager import get_font

from analysis.document.text import printable
from analysis.document.typefaces import BOLD, FILES
from analysis.errors import ReportError, list_examples
from analysis.questionnaire.field import Field

# The bold face has no character that the regular one lacks.
_FACES = tuple(path for path in FILES if path != BOLD)

# They ask for a variant of the character before them, or join two; none has a glyph of its own.
# An ideographic variation that a font has not falls back to the plain sign.
_JOINERS = {*"\u200b\u200c\u200d\u2060\ufe0e\ufe0f", *map(chr, range(0xE0100, 0xE01F0))}


def require_glyphs(rows: pd.DataFrame, fields: Sequence[Field]) -> None:
    """Return if every text of the tidy rows that a report prints can be shown.

    Else raise ReportError naming each character with its workbook, sheet and cell. Needs the
    columns of the printed fields with their cells.

    >>> fields = ledger.cycle.questionnaire.fields
    >>> require_glyphs(rows, fields)
    >>> require_glyphs(rows.replace({"name": {"届出その1": chr(0xE000)}}), fields)
    Traceback (most recent call last):
        ...
    analysis.errors.ReportError: 印刷できない文字が1か所にあります。...
      ・環境部.xlsx 調査票!C6: ...（U+E000）
    """
    lines = [
        f"{row['workbook']} {row['sheet']}!{row[f'{field}_cell']}: "
        + "、".join(f"「{sign}」（U+{ord(sign):04X}）" for sign in sorted(missing))
        for field in (known.name for known in fields if known.printed)
        if missing_glyphs("".join(rows[field].dropna()))
        for row in rows[rows[field].notna()].to_dict("records")
        if (missing := missing_glyphs(row[field]))
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
