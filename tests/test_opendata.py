"""The open data: each item of 総務省's 統一ルール (2020-12-18), the package, and what goes not out.

The items are numbered as in 統計表における機械判読可能なデータの表記方法の統一ルール.
"""

import csv
import hashlib
import io
import json
import re
import unicodedata
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from analysis.cycle import open_cycle
from analysis.errors import SettingsError
from analysis.figures.findings import Findings, load_findings
from analysis.figures.listing import list_figures
from analysis.opendata.files import OPEN_NAMES, PACKAGE_NAME
from analysis.opendata.package import OpenData
from analysis.reports.codebook import write_codebook

from conftest import LATEST, require_package
from workbooks import make_cycle, not_started, procedure

TABLES = [name for name in OPEN_NAMES if name.endswith(".csv")]
Rows = list[list[str]]


@pytest.fixture(scope="module")
def data(findings: Findings) -> OpenData:
    return OpenData(findings)


@pytest.fixture(scope="module")
def package(data: OpenData) -> dict[str, Any]:
    return dict(json.loads(data.files[PACKAGE_NAME]))


def read_rows(data: OpenData, name: str) -> Rows:
    text = data.files[name].decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def list_resources(package: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The fields of each file, by its name."""
    return {own["path"]: own["schema"]["fields"] for own in package["resources"]}


def small_data(folder: Path, *rows: Any, settings: str = "") -> OpenData:
    """Return the open data of a city of one department."""
    cycle = make_cycle(folder, list(rows))
    if settings:
        path = cycle.raw_folder / "cycle.toml"
        path.write_text(settings + path.read_text("utf-8"), "utf-8")
    return OpenData(load_findings(open_cycle(None, folder)))


def cells_of(data: OpenData, name: str, heading: str) -> list[str]:
    head, *rows = read_rows(data, name)
    return [row[head.index(heading)] for row in rows]


@pytest.mark.parametrize("name", TABLES)
def test_1_1_it_is_csv_that_excel_opens(data: OpenData, name: str) -> None:
    content = data.files[name]
    assert content.startswith("\ufeff".encode())
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert "\ufeff" not in content.decode("utf-8-sig")


@pytest.mark.parametrize("name", TABLES)
def test_1_2_and_1_4_a_cell_holds_one_value_and_every_row_all_cells(
    data: OpenData, name: str
) -> None:
    head, *rows = read_rows(data, name)
    assert {len(row) for row in rows} == {len(head)}
    assert len({*head}) == len(head)
    assert not [cell for row in rows for cell in row if "；" in cell or ";" in cell]


@pytest.mark.parametrize("name", TABLES)
def test_1_3_and_1_13_a_column_of_numbers_holds_numbers_and_blanks_alone(
    data: OpenData, package: dict[str, Any], name: str
) -> None:
    fields = list_resources(package)[Path(name).name]
    for field in fields:
        if field["type"] in ("integer", "number"):
            said = {*cells_of(data, name, field["name"])} - {""}
            pattern = r"-?\d+" if field["type"] == "integer" else r"-?\d+(\.\d+)?"
            assert said
            assert all(re.fullmatch(pattern, cell) for cell in said), field["name"]


@pytest.mark.parametrize("name", TABLES)
def test_1_5_nothing_is_laid_out_by_blanks_or_breaks(data: OpenData, name: str) -> None:
    cells = {cell for row in read_rows(data, name) for cell in row}
    assert not [cell for cell in cells if re.search(r"^\s|\s$|[\r\n\t　]|\s\s", cell)]


@pytest.mark.parametrize("name", TABLES)
def test_1_6_and_2_1_no_heading_is_blank_and_no_row_is(data: OpenData, name: str) -> None:
    head, *rows = read_rows(data, name)
    assert all(head)
    assert all(any(row) and row[0] for row in rows)


def test_1_7_no_cell_is_taken_for_a_formula(tmp_path: Path) -> None:
    data = small_data(tmp_path, not_started(1, name="+1-1", reason_detail="@SUM(A1)"), procedure(2))
    for name in TABLES:
        kinds = list_resources(json.loads(data.files[PACKAGE_NAME]))[Path(name).name]
        texts = [at for at, field in enumerate(kinds) if field["type"] == "string"]
        said = [row[at] for row in read_rows(data, name) for at in texts]
        assert not [cell for cell in said if cell.startswith(("=", "+", "-", "@"))]
    assert cells_of(data, TABLES[0], "手続き名")[0] == "'+1-1"


def test_1_9_every_number_has_its_unit(data: OpenData, package: dict[str, Any]) -> None:
    assert "年間件数（件）" in read_rows(data, TABLES[0])[0]
    assert {*cells_of(data, TABLES[1], "単位")} >= {"件", "%", "ポイント"}
    assert not [cell for cell in cells_of(data, TABLES[1], "値") if re.search("[件%,]", cell)]


def test_1_10_no_character_is_one_that_only_some_systems_have(tmp_path: Path) -> None:
    data = small_data(tmp_path, procedure(1, name="①ｶﾞｽ㈱の届出　Ⅱ　髙﨑"), procedure(2))
    assert cells_of(data, TABLES[0], "手続き名")[0] == "1ガス(株)の届出 II 髙﨑"


def test_1_10_our_own_words_have_none_of_them(data: OpenData) -> None:
    ours = {cell for name in TABLES[2:] for row in read_rows(data, name) for cell in row}
    assert all(
        len(unicodedata.normalize("NFKD", char)) == 1 or ord(char) < 0x3100
        for cell in ours
        for char in cell
        if ord(char) > 0x2FFF
    )


def test_1_11_dates_are_western_and_in_the_order_that_iso_has(
    data: OpenData, package: dict[str, Any]
) -> None:
    assert {*cells_of(data, TABLES[0], "時点")} == {LATEST}
    assert {*cells_of(data, TABLES[1], "時点")} == {LATEST, "2024-03-31"}
    done = {*cells_of(data, TABLES[0], "オンライン化時期")} - {""}
    assert done
    assert all(re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", cell) for cell in done)


def test_1_12_every_row_names_the_city_and_says_that_it_is_invented(data: OpenData) -> None:
    for name in TABLES[:2]:
        assert {*cells_of(data, name, "地域名")} == {"郡山市（架空データ）"}


@pytest.mark.parametrize("name", TABLES)
def test_2_2_a_file_holds_one_table_whose_key_tells_its_rows_apart(
    data: OpenData, package: dict[str, Any], name: str
) -> None:
    schema = next(r["schema"] for r in package["resources"] if r["path"] == Path(name).name)
    head, *rows = read_rows(data, name)
    assert head == [field["name"] for field in schema["fields"]]
    keys = [tuple(row[head.index(key)] for key in schema["primaryKey"]) for row in rows]
    assert len({*keys}) == len(keys)


def test_the_statistics_are_the_figures_of_the_ledger(data: OpenData, findings: Findings) -> None:
    listed = list_figures(findings.ledger).set_index("figure_id")
    head, *rows = read_rows(data, TABLES[1])
    assert "2024-09-01/all/online_rate" in {row[0] for row in rows}
    assert "2024-09-01/all/problems_warning" not in {row[0] for row in rows}
    names = {"値": "value", "単位": "unit", "分子": "numerator", "分母": "denominator"}
    for heading, name in names.items():
        at = head.index(heading)
        assert [row[at] for row in rows] == listed.loc[[row[0] for row in rows], name].tolist()


def test_every_code_that_a_file_says_is_in_the_list_of_codes(
    data: OpenData, package: dict[str, Any]
) -> None:
    listed = {(row[0], row[1], row[3]) for row in read_rows(data, TABLES[3])}
    for path, fields in list_resources(package).items():
        for field in fields:
            for label in field.get("constraints", {}).get("enum", ()):
                assert (path, field["name"], label) in listed


def test_what_departments_write_freely_goes_out_only_where_reports_print_it(
    tmp_path: Path,
) -> None:
    row = not_started(
        1, reason_detail="詳しい理由", remarks="担当の山田まで", system="秘密の仕組み"
    )
    data = small_data(tmp_path, row, procedure(2))
    written = b"".join(data.files.values()).decode("utf-8", "replace")
    assert "詳しい理由" in written
    assert "山田" not in written
    assert "秘密の仕組み" not in written


def test_the_package_tells_size_and_hash_of_each_file(
    data: OpenData, package: dict[str, Any]
) -> None:
    assert len(package["resources"]) == len(TABLES)
    for resource in package["resources"]:
        content = data.files[f"data/{resource['path']}"]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("", None),
        ('license = "CC BY 4.0"\n', {"name": "CC-BY-4.0", "title": "CC BY 4.0"}),
        ('license = "市の規約"\n', {"name": "other", "title": "市の規約"}),
    ],
)
def test_the_licence_is_what_the_settings_state_and_none_is_made_up(
    tmp_path: Path, stated: str, told: dict[str, str] | None
) -> None:
    data = small_data(tmp_path, procedure(1), settings=stated)
    package = json.loads(data.files[PACKAGE_NAME])
    if told is None:
        assert "licenses" not in package
    else:
        (licence,) = package["licenses"]
        assert licence.items() >= told.items()
    if stated:
        findings = load_findings(open_cycle(None, tmp_path))
        assert str(package["licenses"][0]["title"]) in write_codebook(findings, data.tables, "")


def test_a_licence_of_no_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="license"):
        small_data(tmp_path, procedure(1), settings='license = " "\n')


@pytest.mark.slow
@pytest.mark.parametrize("licence", ["", 'license = "CC BY 4.0"\n', 'license = "市の規約"\n'])
def test_frictionless_validates_the_package(tmp_path: Path, licence: str) -> None:
    require_package("frictionless")
    frictionless = import_module("frictionless")
    rows = [not_started(1, reason_detail="-1"), procedure(2, online_date="2024年3月")]
    data = small_data(tmp_path / "city", *rows, settings=licence)
    for name, content in data.files.items():
        path = tmp_path / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Package(str(tmp_path / "out" / PACKAGE_NAME)).validate()
    assert report.valid, report.flatten(["title", "message"])


@pytest.mark.slow
def test_frictionless_would_tell_a_wrong_value(data: OpenData, tmp_path: Path) -> None:
    require_package("frictionless")
    frictionless = import_module("frictionless")
    for name, content in data.files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    path = tmp_path / TABLES[0]
    path.write_bytes(path.read_bytes().replace("未検討".encode(), "未検討か".encode(), 1))
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Package(str(tmp_path / PACKAGE_NAME)).validate()
    assert "constraint-error" in {kind for (kind,) in report.flatten(["type"])}
