"""Say in what two workbooks of one department differ: procedures, fields, and both values."""

from collections import Counter
from collections.abc import Sequence

from analysis.questionnaire.field import Field
from analysis.questionnaire.spellings import answer_key
from analysis.survey.answers.layout import clean_text
from analysis.survey.problems import shorten
from analysis.survey.table.read import Reading

_MOST_NAMED = 5

# An id, and the how manieth row with it: an id may stand in a workbook twice.
_Key = tuple[str, int]


def tell_row_differences(own: Reading, other: Reading, fields: Sequence[Field]) -> str:
    """Return in one sentence or several how another workbook differs from a department's own."""
    names = [f"「{reading.department.workbook}」" for reading in (own, other)]
    if own.sha256 is not None and own.sha256 == other.sha256:
        return "中身はまったく同じです。"
    for name, reading in zip(names, (own, other), strict=True):
        if reading.state != "answered":
            why = next((problem.message for problem in reading.problems), "")
            return f"{name}から表を読み取れないため、中身を比べていません（{why.rstrip('。')}）。"
    ours, theirs = (_list_rows(reading, fields) for reading in (own, other))
    parts = []
    if changes := [
        f"{_name(key)} {header}「{shorten(before)}」／「{shorten(after)}」"
        for key, line in ours.items()
        for header, before, after in _compare(line, theirs.get(key, line), fields)
    ]:
        order = f"{'／'.join(names)}の順に"
        parts.append(f"回答の違いは{len(changes):,}か所です（{order} {_name_some(changes)}）。")
    for name, lines, others in zip(names, (ours, theirs), (theirs, ours), strict=True):
        if alone := [_name(key) for key in lines if key not in others]:
            parts.append(f"{name}にだけある手続きは{len(alone):,}件です（{_name_some(alone)}）。")
    return "".join(parts) or "手続きと回答はすべて同じです。"


def list_ids(reading: Reading, fields: Sequence[Field]) -> set[str]:
    """Return the ids of a workbook's procedures as they are compared."""
    return {key for key, _ in _list_rows(reading, fields) if key}


def _list_rows(reading: Reading, fields: Sequence[Field]) -> dict[_Key, Sequence[str]]:
    """Return the raw answers of each procedure in the order of the fields, blank for none."""
    rows = reading.rows
    count = len(rows.get("row", ()))
    ids, *columns = (
        [str(text or "") for text in rows.get(f"{name}_raw", [""] * count)]
        for name in ("procedure_id", *(field.name for field in fields))
    )
    seen: Counter[str] = Counter()
    found: dict[_Key, Sequence[str]] = {}
    for written, *line in zip(ids, *columns, strict=True):
        key = answer_key(written)
        seen[key] += 1
        found[key, seen[key]] = line
    return found


def _compare(
    line: Sequence[str], other: Sequence[str], fields: Sequence[Field]
) -> list[tuple[str, str, str]]:
    """Return the title and both values of each field that differs, but for the id and layout."""
    compared = zip(fields, line, other, strict=True)
    return [
        (field.header, a, b)
        for field, a, b in compared
        if field.name != "procedure_id" and clean_text(a) != clean_text(b)
    ]


def _name(key: _Key) -> str:
    procedure_id, number = key
    named = shorten(procedure_id) or "手続きIDのない行"
    return f"{named}の{number}行目" if number > 1 else named


def _name_some(texts: Sequence[str]) -> str:
    rest = len(texts) - _MOST_NAMED
    return "、".join(texts[:_MOST_NAMED]) + (f"、ほか{rest:,}" if rest > 0 else "")
