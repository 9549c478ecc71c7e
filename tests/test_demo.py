"""The demonstration survey, read back cell by cell with a reader of the test's own."""

import ast
import csv
import datetime
import hashlib
import io
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from demo import write
from demo.__main__ import main
from demo.history import CYCLES

from conftest import ROOT, require_tool

FIRST, EARLIER, LATER = CYCLES
FILES: dict[Path, bytes] = {}
"""What the session's demonstration holds, by its path under data/raw."""
STATUSES = ("オンライン化済", "着手済", "未着手")


@dataclass
class Form:
    """One workbook as the test reads it: rows by the survey's own titles, answers as typed."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    foot: list[Any] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    header_cell: tuple[int, int] = (0, 0)
    sheet: Any = None
    sheet_names: list[str] = field(default_factory=list)
    blank_rows: int = 0
    subtotals: int = 0
    cell_types: set[tuple[str, str]] = field(default_factory=set)


def plain(value: Any) -> str:
    return "" if value is None else re.sub(r"\s", "", unicodedata.normalize("NFKC", str(value)))


@pytest.fixture(scope="module", autouse=True)
def raw(demonstration: Path) -> Path:
    folder = demonstration / "data" / "raw"
    FILES.update({p.relative_to(folder): p.read_bytes() for p in folder.glob("*/*")})
    return folder


def read_settings(path: Path) -> dict[str, Any]:
    return tomllib.loads(FILES[path].decode("utf-8"))


@cache
def settings(cycle: str) -> dict[str, Any]:
    return read_settings(Path(cycle, "cycle.toml"))


@cache
def read(cycle: str, department: str) -> Form:
    book = openpyxl.load_workbook(io.BytesIO(FILES[Path(cycle, f"{department}.xlsx")]))
    form = Form(sheet=book["調査票"], sheet_names=book.sheetnames)
    headers = {plain(alias): title for alias, title in settings(cycle)["headers"].items()}
    rows = list(form.sheet.iter_rows())
    top = next(
        number
        for number, cells in enumerate(rows)
        if any(headers.get(plain(c.value), plain(c.value)) == "手続きID" for c in cells)
    )
    form.titles = [
        str(low.value or high.value) for high, low in zip(*rows[top - 1 : top + 1], strict=True)
    ]
    names = [headers.get(plain(title), plain(title)) for title in form.titles]
    form.header_cell = (top + 1, names.index("手続きID") + 1)
    section = None
    for cells in rows[top + 1 :]:
        row = {plain(n): cell.value for n, cell in zip(names, cells, strict=True)}
        form.cell_types |= {(n, c.data_type) for n, c in zip(names, cells, strict=True)}
        if row["手続きID"] == "合計":
            form.foot = [cell.value for cell in cells if cell.value is not None]
            break
        if plain(row["課名"]) == "小計":
            form.subtotals += 1
        elif row["手続きID"] is None:
            form.blank_rows += 1
        else:
            section = row["課名"] or section
            form.rows.append({**row, "課名": section, "課名（原文）": row["課名"]})
    return form


def department_names() -> list[str]:
    return [department["name"] for department in settings(LATER)["departments"]]


def find_status(cycle: str, row: dict[str, Any]) -> str:
    aliases = {plain(k): v for k, v in settings(cycle)["answers"]["status"].items()}
    answer = plain(row["オンライン化の状況"])
    return aliases.get(answer, answer)


@cache
def statuses(cycle: str, department: str) -> dict[str, str]:
    return {plain(row["手続きID"]): find_status(cycle, row) for row in read(cycle, department).rows}


def round_half_up(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(abs(rounded) if rounded == 0 else rounded)


def measure(departments: list[str]) -> dict[str, str]:
    now, then = (
        Counter(s for name in departments for s in statuses(cycle, name).values())
        for cycle in (LATER, EARLIER)
    )
    rates = [Fraction(100 * c["オンライン化済"], c.total()) for c in (now, then)]
    return {
        "total": str(now.total()),
        "online": str(now["オンライン化済"]),
        "online_change": str(now["オンライン化済"] - then["オンライン化済"]),
        "online_rate": round_half_up(rates[0]),
        "online_rate_change": round_half_up(rates[0] - rates[1]),
        "not_online": str(now.total() - now["オンライン化済"]),
        "started": str(now["着手済"]),
        "not_started": str(now["未着手"]),
    }


def list_rows(cycle: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, row) for name in department_names() for row in read(cycle, name).rows]


def by_id(cycle: str) -> dict[str, dict[str, Any]]:
    return {plain(row["手続きID"]): row for _, row in list_rows(cycle)}


def test_what_is_committed_is_byte_for_byte_what_is_written() -> None:
    """As git has it, and where this project itself is tested: elsewhere it belongs to its user."""
    if not os.environ.get("ANALYSIS_REQUIRE_TOOLS"):
        pytest.skip("only .ci/run compares: data/raw belongs to its user")
    require_tool("git")
    listing = ["git", "ls-files", "--stage", "-z", "data/raw"]
    told = subprocess.run(listing, cwd=ROOT, capture_output=True, check=False, text=True).stdout
    lines = re.findall(r"\d+ ([0-9a-f]+) 0\tdata/raw/([^\0]+)\0", told)
    folders = {path.parent for path in FILES}
    committed = {Path(name): blob for blob, name in lines if Path(name).parent in folders}
    if not committed.keys() & FILES.keys():
        pytest.skip("the demonstration is not committed here")
    # git's own name of a file's content.
    written = {
        path: hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324
        for path, content in FILES.items()
    }
    assert len(written) == 69
    assert committed == written


def test_all_107_published_numbers_come_out_of_the_cells() -> None:
    lines = FILES[Path(LATER, "published.csv")].decode("utf-8").splitlines()
    published = list(csv.DictReader(lines))
    names = department_names()
    measured = {"全体": measure(names), **{name: measure([name]) for name in names}}
    found = [measured[line["scope"]][line["measure"]] for line in published]
    assert found == [line["published"] for line in published]
    assert len(found) == 107
    assert sum(len(read(LATER, name).rows) for name in names) == 1758


@pytest.mark.parametrize("cycle", CYCLES)
def test_each_foot_agrees_with_its_rows(cycle: str) -> None:
    for name in department_names():
        counts = Counter(statuses(cycle, name).values())
        pairs = [cell for status in STATUSES for cell in (status, counts[status])]
        assert read(cycle, name).foot == ["合計", "総手続き数", counts.total(), *pairs]


@pytest.mark.parametrize("cycle", CYCLES)
def test_names_are_distinct_and_never_padded_with_numbers(cycle: str) -> None:
    for department in department_names():
        names = [plain(row["手続き名"]) for row in read(cycle, department).rows]
        assert not [name for name, count in Counter(names).items() if count > 1]
        # Numbers of an article of law (第4条) tell procedures apart; any other number may not.
        bare = [re.sub(r"(?<!第)(?<!\d)\d+", "", name) for name in names]
        assert len(set(bare)) == len(names), department
        assert not [name for name in names if name[-1].isdigit()]


def test_ids_are_unique_in_the_city_and_never_reused() -> None:
    numbers = {name: f"{n:02}" for n, name in enumerate(department_names(), start=1)}
    for cycle in CYCLES:
        ids = [(name, plain(row["手続きID"])) for name, row in list_rows(cycle)]
        assert len({identity for _, identity in ids}) == len(ids)
        assert all(re.fullmatch(numbers[name] + r"-\d{4}", identity) for name, identity in ids)
    then, now = by_id(EARLIER), by_id(LATER)
    for new in now.keys() - then.keys():
        assert new > max(old for old in then if old[:2] == new[:2])


# Two keep name and law, of the third `matches.csv` says so.
RENUMBERED = {"14-0068": "14-0102", "14-0069": "14-0103", "14-0056": "14-0101"}


def test_between_the_cycles_procedures_change_as_promised() -> None:
    then, now = by_id(EARLIER), by_id(LATER)
    online_then, online_now = (
        {i for name in department_names() for i, s in statuses(c, name).items() if s == STATUSES[0]}
        for c in (EARLIER, LATER)
    )
    assert then.keys() >= RENUMBERED.keys()
    assert not now.keys() & RENUMBERED.keys()
    then = {RENUMBERED.get(i, i): row for i, row in then.items()}
    online_then = {RENUMBERED.get(i, i) for i in online_then}
    new, gone, kept = now.keys() - then.keys(), then.keys() - now.keys(), then.keys() & now.keys()
    assert (len(then), len(now), len(online_then), len(online_now)) == (1756, 1758, 481, 627)
    assert (len(new), len(gone)) == (19, 17)
    assert (len(new & online_now), len(gone & online_then)) == (6, 3)
    assert sum(plain(then[i]["手続き名"]) != plain(now[i]["手続き名"]) for i in kept) == 19
    assert sum(plain(then[i]["課名"]) != plain(now[i]["課名"]) for i in kept) == 14
    stopped = Counter(i[:2] for i in (online_then & kept) - online_now)
    gained = Counter(i[:2] for i in (online_now & kept) - online_then)
    assert stopped == {"09": 3, "12": 5}
    assert (gained["09"], gained["12"]) == (2, 1)


def test_the_first_cycle_is_invented_and_holds_what_was_there_of_the_second() -> None:
    first, then = by_id(FIRST), by_id(EARLIER)
    assert (len(first), len(then)) == (1667, 1756)
    assert first.keys() < then.keys()
    online, online_then = (
        {i for name in department_names() for i, s in statuses(c, name).items() if s == STATUSES[0]}
        for c in (FIRST, EARLIER)
    )
    assert online < online_then
    assert len(online) == 441
    assert settings(FIRST)["demonstration"]
    assert settings(EARLIER)["previous"] == FIRST
    assert Path(FIRST, "published.csv") not in FILES


def test_online_rows_have_a_date_not_after_the_survey_and_the_others_none() -> None:
    for cycle in CYCLES:
        as_of = settings(cycle)["as_of"]
        for _, row in list_rows(cycle):
            status, since = find_status(cycle, row), row["オンライン化時期"]
            assert (since is not None) == (status == "オンライン化済")
            assert (row["利用システム"] is not None) == (status == "オンライン化済")
            assert (row["未着手の理由"] is not None) == (status == "未着手")
            if isinstance(since, datetime.datetime):
                assert since.date() <= as_of


def test_every_kind_of_mess_is_there() -> None:
    forms = {name: read(LATER, name) for name in department_names()}
    rows = [row for form in forms.values() for row in form.rows]
    sheets = [form.sheet for form in forms.values()]

    def typed(title: str, pattern: str) -> bool:
        return any(isinstance(r[title], str) and re.search(pattern, r[title]) for r in rows)

    kinds = {
        "fullwidth id": typed("手続きID", "[０-９]"),
        "line break": typed("手続き名", "\n"),
        "trailing space": typed("手続き名", " $"),
        "ideographic space": typed("手続き名", "^\u3000"),
        "no-break space": typed("手続き名", "\u00a0"),
        "fullwidth volume": typed("年間件数", "^[０-９]+，[０-９]+$"),
        "volume with comma": typed("年間件数", r"^\d+,\d+$"),
        "volume with unit": typed("年間件数", r"^\d+件$"),
        "volume about": typed("年間件数", r"^約\d+$"),
        "volume unknown": typed("年間件数", "^不明$"),
        "volume dash": typed("年間件数", "^－$"),
        "volume blank": any(row["年間件数"] is None for row in rows),
        "era date": typed("オンライン化時期", r"^令和\d年\d+月\d+日$"),
        "short era date": typed("オンライン化時期", r"^R\d\.\d+\.\d+$"),
        "era month": typed("オンライン化時期", r"^令和\d年\d+月$"),
        "ISO date": typed("オンライン化時期", r"^\d{4}-\d\d-\d\d$"),
        "date with slashes": typed("オンライン化時期", r"^\d{4}/\d+/\d+$"),
        "Excel date": any(isinstance(r["オンライン化時期"], datetime.datetime) for r in rows),
        "serial date": any(isinstance(r["オンライン化時期"], int) for r in rows),
        "narrow brackets": typed("未着手の理由", r"\(市は受付のみ\)"),
        "merged sections": any(r.min_col == 2 == r.max_col for s in sheets for r in s.merged_cells),
        "section written once": any(row["課名（原文）"] is None for row in forms["建設部"].rows),
        "subtotals": any(form.subtotals for form in forms.values()),
        "blank rows": any(form.blank_rows for form in forms.values()),
        "hidden rows": any(d.hidden for s in sheets for d in s.row_dimensions.values()),
        "extra column": any("担当者メモ" in form.titles for form in forms.values()),
        "shifted header": any(form.header_cell == (8, 2) for form in forms.values()),
        "second sheet": any("記入要領" in form.sheet_names for form in forms.values()),
        "broken header": any("\n" in title for form in forms.values() for title in form.titles),
        "rare characters": typed("備考", "﨑.*𠮷") and typed("手続き名", "髙"),
        "markup": typed("備考", "<.*&"),
        "text like a formula": typed("備考", "^=")
        and all(kind != "f" for form in forms.values() for _, kind in form.cell_types),
        "leading hyphen": typed("備考", "^-"),
    }
    assert not [kind for kind, found in kinds.items() if not found]


def test_aliases_are_exactly_the_spellings_that_occur() -> None:
    vocabulary = tomllib.loads(
        (ROOT / "src" / "analysis" / "questionnaire" / "survey.toml").read_text(encoding="utf-8")
    )["field"]
    vocabulary = [field for field in vocabulary if f"{field.get('since', '')}" <= LATER]
    headers = {plain(f["header"]): f["name"] for f in vocabulary}
    for cycle in CYCLES:
        found_titles = {plain(t) for name in department_names() for t in read(cycle, name).titles}
        unknown = found_titles - headers.keys() - {"", "None", "担当者メモ"}
        assert unknown == {plain(alias) for alias in settings(cycle)["headers"]}
        for choice in (f for f in vocabulary if f["kind"] == "choice"):
            known = {plain(answer) for answer in choice["choices"].values()}
            answers = {plain(row[choice["header"]]) for _, row in list_rows(cycle)} - {""}
            aliases = settings(cycle)["answers"].get(choice["name"], {})
            assert answers - known == {plain(alias) for alias in aliases}, choice["name"]
            assert {plain(answer) for answer in aliases.values()} <= known


def test_the_correction_names_what_stands_in_the_workbook() -> None:
    [correction] = read_settings(Path(LATER, "corrections.toml"))["correction"]
    assert correction["field"] == "annual_volume"
    row = by_id(LATER)[correction["procedure_id"]]
    assert (row["年間件数"], correction["expected"]) == (12000, "12000")
    assert read_settings(Path(EARLIER, "corrections.toml")) == {}


def write_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run `make demo INTO=folder`'s program and return what it says, or ends with."""
    said = io.StringIO()
    monkeypatch.setattr(write, "make_files", FILES.items)
    monkeypatch.setattr(sys, "argv", ["demo", str(folder)])
    with redirect_stdout(said):
        main()
    return said.getvalue()


def put(path: Path, content: bytes = "書き加えた".encode()) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_it_is_written_into_the_folder_named_and_again_over_itself(tmp_path, monkeypatch) -> None:
    for _ in range(2):
        assert "に69件のファイルを作成しました。" in write_into(tmp_path, monkeypatch)
    made = {path.relative_to(tmp_path / "data/raw"): path for path in tmp_path.rglob("*.*")}
    assert {path: file.read_bytes() for path, file in made.items()} == FILES


def test_it_overwrites_no_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "data" / "raw" / "2024-09-01"
    real = {put(raw / n): put(raw / n).read_bytes() for n in ("cycle.toml", "総務部.xlsx")}
    with pytest.raises(SystemExit) as ended:
        write_into(tmp_path, monkeypatch)
    assert str(ended.value) == (
        "架空データと同じ名前で内容の違うファイルが2件あります。何も書き込んでいません。\n"
        "  ・data/raw/2024-09-01/cycle.toml\n  ・data/raw/2024-09-01/総務部.xlsx\n"
        "ほかのフォルダーを `make demo INTO=…` で指定するか、これらを別の場所へ移してください。"
    )
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == real


def test_a_folder_or_a_link_in_its_place_is_told(tmp_path, monkeypatch) -> None:
    raw = tmp_path / "data" / "raw" / "2024-03-31"
    (raw / "総務部.xlsx").mkdir(parents=True)
    (raw / "財務部.xlsx").symlink_to(put(tmp_path / "elsewhere.xlsx", b"theirs"))
    with pytest.raises(SystemExit, match="2件あります"):
        write_into(tmp_path, monkeypatch)
    assert (tmp_path / "elsewhere.xlsx").read_bytes() == b"theirs"


def test_it_imports_nothing_that_reads_it() -> None:
    for path in sorted((ROOT / "examples" / "demo").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            tops = {name.partition(".")[0] for name in names}
            assert tops <= sys.stdlib_module_names | {"demo", "openpyxl"}, path
