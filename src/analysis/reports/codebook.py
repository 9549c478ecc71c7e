"""The code book as a page: what the files of the open data hold, column by column."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import quote

from markupsafe import Markup

from analysis.document import html
from analysis.document.blocks import Block, Cell, Column, Link, Paragraph, Quoted, Table
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.findings import Findings
from analysis.opendata.files import PACKAGE_NAME
from analysis.opendata.table import KIND_LABELS, OpenTable
from analysis.reports.heading import head

_TITLE = "オープンデータの項目とコード"
_FEW = 12
"""So many values of a column are named; more stand in the list of codes."""


def write_codebook(findings: Findings, tables: tuple[OpenTable, ...], fingerprint: str) -> str:
    """Return the page on these tables, which stand in the set by their names."""
    masthead, settings = head(findings, _TITLE), findings.cycle.settings
    terms = (
        ("使うときの条件は「", Quoted(settings.license), "」です。")
        if settings.license
        else ("使うときの条件は、この報告書を出している課に確認してください。",)
    )
    told = Paragraph(
        (
            "CSV の文字コードは ",
            Quoted("UTF-8"),
            "（BOM 付き）で、Excel でもそのまま開けます。日付は西暦の年-月-日、"
            "値のないところは空です。表計算ソフトが計算式とみなす文字で始まる文字列には、"
            "先頭に「'」を付けています。自由に書かれた回答は、報告書に載せる項目だけを含みます。",
            *terms,
        )
    )
    blocks: list[Block] = [
        *([masthead.notice] if masthead.notice else []),
        told,
        _list_files(findings, tables),
    ]
    content = Markup("\n").join(
        [
            *(Markup(html.render(block)) for block in blocks),  # noqa: S704  a block's own rendering
            *(_write_section(table) for table in tables),
        ]
    )
    sections = [(_id_of(table), table.title) for table in tables]
    figures = gather_printed(content, findings)
    return write_traced_page(
        masthead, content, sections, findings, figures, fingerprint=fingerprint
    )


def _list_files(findings: Findings, tables: tuple[OpenTable, ...]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (table.title, Quoted(table.description), _lead_to(table.name)) for table in tables
    ]
    package = findings.cycle.name_file(PACKAGE_NAME)
    told = (
        "上の表を、項目の型や条件とともにプログラムに説明するファイル（Frictionless Data Package）"
    )
    rows.append(("データの説明", told, _lead_to(package)))
    return Table(
        caption="ファイル",
        columns=(Column("内容", weight=2), Column("説明", weight=5), Column("ファイル", weight=2)),
        rows=tuple(rows),
    )


def _write_section(table: OpenTable) -> Markup:
    shown = Table(
        caption=f"「{table.title}」の項目",
        columns=(
            Column("項目", weight=3),
            Column("型", weight=1),
            Column("単位", weight=1),
            Column("意味", weight=5),
            Column("とりうる値", weight=4),
        ),
        rows=tuple(_list_rows(table)),
    )
    return Markup('<section id="{}">\n<h2>{}</h2>\n{}\n</section>').format(
        _id_of(table),
        table.title,
        Markup(html.render(shown)),  # noqa: S704  a block's own rendering
    )


def _list_rows(table: OpenTable) -> Iterator[tuple[Quoted | str | None, ...]]:
    for field in table.fields:
        labels = list(dict.fromkeys(label for _, label in field.choices))
        values = "、".join(labels[:_FEW]) + ("ほか" if len(labels) > _FEW else "")
        yield (
            Quoted(field.heading),
            KIND_LABELS[field.kind],
            field.unit or None,
            Quoted(field.description) if field.description else None,
            Quoted(values) if values else None,
        )


def _lead_to(name: str) -> Link:
    path = PurePosixPath(name)
    target, _, suffix = quote(name).rpartition(".")
    return Link(path.name, target, suffix)  # type: ignore[arg-type]


def _id_of(table: OpenTable) -> str:
    return PurePosixPath(table.name).stem.partition("-")[0]
