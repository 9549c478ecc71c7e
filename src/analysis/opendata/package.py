"""The open data as a whole: its tables, its code book, and the Data Package that describes them.

Frictionless Data Package v1 (profile `tabular-data-package`), which newer readers take too.
"""

import hashlib
import json
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from analysis.cycle import Cycle
from analysis.figures.findings import Findings, write_date
from analysis.figures.interim import mark_interim, say_uncounted
from analysis.opendata.files import (
    CODES_NAME,
    FIELDS_NAME,
    PACKAGE_NAME,
)
from analysis.opendata.procedures import lay_procedures
from analysis.opendata.statistics import tabulate_statistics
from analysis.opendata.table import (
    KIND_LABELS,
    NO,
    YES,
    OpenField,
    OpenTable,
    list_codes_of,
    say_plainly,
    write_table,
)


class Licence(NamedTuple):
    """A licence by which open data may be given: its name for programs, and where it stands."""

    name: str
    path: str


LICENCES = {
    "CC BY 4.0": Licence("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/deed.ja"),
    "CC0 1.0": Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/deed.ja"),
}
"""The licences that programs know by name; any other is told as the settings word it."""

_PARTIAL = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"


class OpenData:
    """The open data of a cycle: every table is made once."""

    def __init__(self, findings: Findings) -> None:
        """Hold what the tables are made from."""
        self._findings = findings

    @cached_property
    def tables(self) -> tuple[OpenTable, ...]:
        """All tables, by their names in the set: the data, and then what tells of them."""
        name = self._findings.cycle.name_file
        made = (lay_procedures(self._findings), tabulate_statistics(self._findings))
        data = [table._replace(name=name(table.name)) for table in made]
        codes = _tabulate_codes(data)._replace(name=name(CODES_NAME))
        fields = _tabulate_fields([*data, codes])._replace(name=name(FIELDS_NAME))
        return (*data, fields, codes)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """All files of the open data, by their names in the set."""
        tables = {table.name: write_table(table) for table in self.tables}
        cycle = self._findings.cycle
        package = _write_package(cycle, list(zip(self.tables, tables.values(), strict=True)))
        return {**tables, cycle.name_file(PACKAGE_NAME): package}


def _write_package(cycle: Cycle, written: list[tuple[OpenTable, bytes]]) -> bytes:
    """Return datapackage.json of tables that stand, as they were written, in its folder."""
    settings = cycle.settings
    title = f"{settings.city} {settings.title}（{write_date(cycle)}時点）"
    invented = (
        "架空の回答によるもので、実在の回答ではありません。" if settings.demonstration else ""
    )
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": f"procedures-{cycle.name}",
        "title": mark_interim(cycle, title),
        "description": f"{invented}各部局の調査票から作成した、手続きの一覧と集計値です。"
        "自由に書かれた回答は、報告書に載せる項目だけを含みます。" + say_uncounted(cycle),
        "version": settings.as_of.isoformat(),
        "keywords": ["行政手続き", "オンライン化", settings.city],
        "contributors": [
            {"title": office, "role": "publisher", "organization": settings.city}
            for office in settings.publisher or [settings.city]
        ],
        "sources": [{"title": f"{settings.city}の各部局の調査票（{write_date(cycle)}時点）"}],
        **_tell_licence(settings.license),
        "resources": [_describe(table, content) for table, content in written],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _tell_licence(stated: str | None) -> dict[str, Any]:
    """Return the package's licence; nothing where none was stated: then nobody gave one."""
    if stated is None:
        return {}
    known = LICENCES.get(stated)
    told = {"name": "other"} if known is None else known._asdict()
    return {"licenses": [{**told, "title": stated}]}


def _describe(table: OpenTable, content: bytes) -> dict[str, Any]:
    path = PurePosixPath(table.name)
    return {
        "profile": "tabular-data-resource",
        "name": path.stem.partition("-")[0],
        "path": path.name,
        "title": table.title,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {
            "fields": [_describe_field(field) for field in table.fields],
            "primaryKey": [say_plainly(heading) for heading in table.key],
            "missingValues": [""],
        },
    }


def _describe_field(field: OpenField) -> dict[str, Any]:
    # Departments know of many only the month: ISO 8601 writes that, and no type has it.
    is_partial = field.kind == "partial_date"
    told: dict[str, Any] = {
        "name": say_plainly(field.heading),
        "type": "string" if is_partial else field.kind,
        "title": field.code,
        "description": field.description,
    }
    if field.kind == "boolean":
        told |= {"trueValues": [YES], "falseValues": [NO]}
    constraints: dict[str, Any] = {"required": True} if field.is_required else {}
    if is_partial:
        constraints["pattern"] = _PARTIAL
    if field.choices:
        constraints["enum"] = [*dict.fromkeys(say_plainly(label) for _, label in field.choices)]
    return {**told, "constraints": constraints} if constraints else told


def _tabulate_codes(tables: list[OpenTable]) -> OpenTable:
    fields = (
        OpenField("ファイル名", "file", "string", "その項目のあるファイル。", is_required=True),
        OpenField("項目名", "heading", "string", "その項目の見出し。", is_required=True),
        OpenField("コード", "code", "string", "プログラムと設定での名前。", is_required=True),
        OpenField("名称", "label", "string", "ファイルに書かれる値。", is_required=True),
        OpenField("説明", "meaning", "string", "コードの意味。名称で分かるものでは空です。"),
    )
    rows = tuple((PurePosixPath(name).name, *own) for name, *own in list_codes_of(tables))
    told = "決まった値から選ぶ項目の、とりうる値。"
    return OpenTable(
        CODES_NAME, "コード一覧", told, fields, ("ファイル名", "項目名", "コード"), rows
    )


def _tabulate_fields(tables: list[OpenTable]) -> OpenTable:
    fields = (
        OpenField("ファイル名", "file", "string", "項目のあるファイル。", is_required=True),
        OpenField("項目順", "order", "integer", "ファイルの左からの順番。", is_required=True),
        OpenField("項目名", "heading", "string", "見出し。", is_required=True),
        OpenField("項目コード", "code", "string", "プログラムと設定での名前。", is_required=True),
        OpenField("データ型", "kind", "string", "値の種類。", is_required=True),
        OpenField("単位", "unit", "string", "値の単位。単位のない項目では空です。"),
        OpenField("説明", "description", "string", "項目の意味。"),
    )
    rows = tuple(
        (
            PurePosixPath(table.name).name,
            f"{order}",
            field.heading,
            field.code,
            KIND_LABELS[field.kind],
            field.unit,
            field.description,
        )
        for table in tables
        for order, field in enumerate(table.fields, start=1)
    )
    told = "ほかのファイルの項目と、その意味。"
    return OpenTable(FIELDS_NAME, "項目一覧", told, fields, ("ファイル名", "項目順"), rows)
