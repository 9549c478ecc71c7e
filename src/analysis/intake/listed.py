"""An office's list as it comes: its table found, each column a row of texts, nothing interpreted.

A workbook or a CSV is read by what reads the departments' answers, within the same bounds. A
parquet is a table already. Nothing of a person is taken: who answered, or where to call.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.errors import SettingsError, list_examples
from analysis.files.file import read_content, read_file_sheets
from analysis.files.parquet import read_parquet
from analysis.files.sheet import Entry, Sheet, UnreadableWorkbookError, address
from analysis.intake.columns import ListColumn, name_columns
from analysis.intake.titles import make_lookup, title_lookup
from analysis.questionnaire.field import Field
from analysis.questionnaire.spellings import match_key
from analysis.survey.problems import Place, describe, report
from analysis.survey.table.choose import choose_header, find_headers
from analysis.survey.table.header import LAST_HEADER_ROW, Header, find_header
from analysis.survey.table.table import TableBody, read_table

PARQUET = ".parquet"
_NEEDED = {"name": "手続き名", "status": "オンライン化の状況"}
_UNREAD = ("error", "formula")
_FILLS = {"merge": "結合したセル", "group": "一度だけ書かれた課名", "ditto": "「同上」など、上の行"}


@dataclass(frozen=True)
class OfficeList:
    """A list that was read: its columns, and its rows of texts by the columns' names.

    `rows` has a row a procedure; a blank is NA. `place` says where the table stood; `notes` are
    sentences on what was not taken for a procedure or could not be read.
    """

    place: str
    columns: tuple[ListColumn, ...]
    rows: pd.DataFrame
    notes: tuple[str, ...]

    def find(self, field: str) -> ListColumn | None:
        """Return the column that is taken for a field, or None."""
        return next((column for column in self.columns if column.field == field), None)


def read_list(path: Path) -> OfficeList:
    """Read a list; raise SettingsError for what can't be read, or has no table to begin with."""
    try:
        content = read_content(path)
        if path.name.lower().endswith(PARQUET):
            return _read_frame(path, read_parquet(content))
        lookup = title_lookup()
        sheets = read_file_sheets(
            content, path.name, lambda head: find_header(head, lookup) is not None
        )
    except UnreadableWorkbookError as error:
        told = report(error.code, Place(None, path.name, error.sheet), value=error.value)
        raise SettingsError(describe(told)) from None
    header = _choose(path, sheets)
    columns = name_columns(header)
    _require(path, columns)
    body = _read_body(header, columns)
    rows, notes = _take_rows(header, body, columns)
    if rows.empty:
        raise SettingsError(
            f"{path.name} {header.sheet.title}: 見出しの下に手続きの行がありません。"
        )
    place = f"シート「{header.sheet.title}」の{header.last_row}行目の見出し"
    return OfficeList(place, columns, rows, (*_tell_sheets(sheets, header), *notes))


def _read_frame(path: Path, frame: pd.DataFrame) -> OfficeList:
    """Return a frame's list: it has a title a column, and rows that are procedures, all of them."""
    titles = {at: Entry(str(title), "text") for at, title in enumerate(frame.columns, start=1)}
    sheet = Sheet(path.stem, True, {1: titles}, (), frozenset())
    header = find_header(sheet, title_lookup())
    if header is None:
        raise SettingsError(_say_no_table(path, [sheet]))
    columns = name_columns(header)
    _require(path, columns)
    if frame.empty:
        raise SettingsError(f"{path.name}: 手続きの行がありません。")
    kept = {column.name: frame.iloc[:, column.number - 1] for column in columns if column.kept}
    rows = pd.DataFrame({name: own.reset_index(drop=True) for name, own in kept.items()})
    return OfficeList("表", columns, rows, ())


def _choose(path: Path, sheets: Sequence[Sheet]) -> Header:
    """Return the header of the only sheet that has a table; raise SettingsError."""
    found = choose_header(find_headers(sheets, title_lookup()), title_lookup())
    if not found:
        raise SettingsError(_say_no_table(path, sheets))
    if len(found) > 1:
        named = "、".join(f"「{header.sheet.title}」" for header in found)
        raise SettingsError(
            f"{path.name}: 一覧とみられる表が、{len(found)}枚のシートにあります（{named}）。"
            "\n使う表のシートだけを残した写しを作り、それを指定してください。"
        )
    return found[0]


def _say_no_table(path: Path, sheets: Sequence[Sheet]) -> str:
    named = "、".join(f"「{sheet.title}」" for sheet in sheets)
    return (
        f"{path.name}: 手続きの一覧の表が見つかりません（シート{named}）。\n"
        "手続き名、オンライン化の状況、部局か課の名前など、見出しのうち3つ以上が並ぶ行を、"
        f"{LAST_HEADER_ROW}行目までに置いてください。"
    )


def _require(path: Path, columns: Sequence[ListColumn]) -> None:
    """Raise SettingsError for a list without the columns that nothing can be counted without."""
    lacking = [name for name in _NEEDED if name not in {column.field for column in columns}]
    if not lacking:
        return
    named = "、".join(f"「{_NEEDED[name]}」" for name in lacking)
    titles = [f"{column.letter}列「{column.title}」" for column in columns]
    raise SettingsError(
        f"{path.name}: {named}に当たる列がありません。見出しをその語に直した写しを作り、"
        f"それを指定してください。\n読み取った見出し:\n{list_examples(titles)}"
    )


def _read_body(header: Header, columns: Sequence[ListColumn]) -> TableBody:
    """Return all rows under a header, by the reader of the departments' tables."""
    kept = [column for column in columns if column.kept]
    known = {field.name: field for field in title_lookup().fields}
    fields = tuple(
        known.get(c.field) or Field(name=c.name, header=c.title, kind="text", width=12)
        for c in kept
    )
    whole = replace(header, columns={column.name: column.number for column in kept})
    headers = {match_key(column.title): field for column, field in zip(kept, fields, strict=True)}
    return read_table(whole, make_lookup(fields, headers))


def _take_rows(
    header: Header, body: TableBody, columns: Sequence[ListColumn]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the texts of the procedures' rows, and what is told of all other rows."""
    names = [column.name for column in columns if column.kept]
    unread: list[str] = []
    texts: dict[str, list[object]] = {}
    for name in names:
        raws, helds, cells = (body.rows[f"{name}_{part}"] for part in ("raw", "held", "cell"))
        unread += [str(c) for c, held in zip(cells, helds, strict=True) if held in _UNREAD]
        texts[name] = [
            None if held in _UNREAD else raw for raw, held in zip(raws, helds, strict=True)
        ]
    frame = pd.DataFrame({name: pd.Series(own, dtype="str") for name, own in texts.items()})
    fills = Counter(fill for name in names for fill in body.rows[f"{name}_fill"] if fill)
    filled = [
        f"{label}の値を続く行の値とした所 {fills[fill]:,}か所"
        for fill, label in _FILLS.items()
        if fills[fill]
    ]
    notes = [*_tell_lines(header, body, unread), *filled, *_tell_untitled(header, columns)]
    if len(frame) and _is_title(frame["name"].iloc[0]):
        told = "、".join(frame.iloc[0].dropna())
        notes.append(
            f"見出しの続きとみた行 1行（{body.row_numbers[0]}行目: {told}）は、"
            "手続きとして数えませんでした"
        )
        frame = frame.iloc[1:].reset_index(drop=True)
    return frame, tuple(notes)


def _is_title(name: object) -> bool:
    """Tell whether what stands as a first procedure's name is what such a column is headed with."""
    field = title_lookup().find_field(name) if isinstance(name, str) else None
    return field is not None and field.name == "name"


def _tell_untitled(header: Header, columns: Sequence[ListColumn]) -> list[str]:
    """Return a sentence on the columns with texts below the header that nothing stands over."""
    titled = {column.number for column in columns}
    counts = Counter(
        column
        for row, line in header.sheet.cells.items()
        if row > header.last_row
        for column, entry in line.items()
        if column not in titled and entry.text.strip()
    )
    named = [f"{address(1, at)[:-1]}列（{counts[at]:,}セル）" for at in sorted(counts)]
    return [f"見出しがないので読まなかった列: {_name(named)}"] if named else []


def _tell_lines(header: Header, body: TableBody, unread: Sequence[str]) -> list[str]:
    kinds: Mapping[str, str] = {
        "total": "合計", "subtotal": "小計", "footnote": "注記", "heading": "課の見出し",
        "header": "繰り返しの見出し", "unknown": "手続き名も状況もない行",
    }  # fmt: skip
    notes = []
    for kind, label in kinds.items():
        cells = [line.cell for line in body.lines if line.kind == kind]
        if cells:
            notes.append(f"手続きとして数えなかった{label}の行 {len(cells):,}行（{_name(cells)}）")
    if hidden := header.sheet.hidden_rows.intersection(body.row_numbers):
        notes.append(f"非表示の行 {len(hidden):,}行も、手続きとして読みました")
    if body.struck:
        notes.append(
            f"取り消し線のある行 {len(body.struck):,}行も読みました（{_name(body.struck)}）"
        )
    if body.beyond:
        notes.append(f"長い空白の後の {body.beyond} から下は、表の外として読みませんでした")
    if unread:
        notes.append(
            f"エラー値か、計算結果のない数式のセル {len(unread):,}個を空欄としました"
            f"（{_name(unread)}）"
        )
    return notes


def _tell_sheets(sheets: Sequence[Sheet], header: Header) -> list[str]:
    others = [sheet.title for sheet in sheets if sheet is not header.source and sheet.cells]
    return [f"読まなかったシート: {'、'.join(others)}"] if others else []


def _name(cells: Sequence[str]) -> str:
    return "、".join(cells[:5]) + (f" ほか{len(cells) - 5:,}" if len(cells) > 5 else "")  # noqa: PLR2004
