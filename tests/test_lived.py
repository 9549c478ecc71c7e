"""A whole cycle as an office lives it, by commands alone; at each step every sum closes."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from conftest import add_code
from deliveries import run
from workbooks import GUIDELINES, begin_settings, build_workbook, not_started, procedure

pytestmark = pytest.mark.slow

BEFORE, NOW = "2024-09-01", "2025-03-31"
OFFICES = ("総務部", "税務部", "市民部", "文化部", "環境部", "農林部", "建設部", "議会局")
MERGED, SUCCESSOR = ("市民部", "文化部"), "市民文化部"
TODAY = ("総務部", "税務部", SUCCESSOR, "環境部", "農林部", "建設部", "議会局")
LATE = ("建設部", "議会局")
TYPO = "オンライン化ずみ"
SUMMED = ("total", "online", "not_online", "started", "not_started")


def slug_of(name: str) -> str:
    return f"d{(*OFFICES, SUCCESSOR).index(name)}"


def answer(name: str, number: int) -> dict[str, object]:
    """Return what a department answered the last time: every third procedure is not started."""
    make = not_started if number % 3 == 0 else procedure
    own = {"procedure_id": f"{slug_of(name).upper()}-{number:03}", "name": f"{name}の届出{number}"}
    own |= {"section": "一課" if number % 2 else "二課"}
    return make(number, **own)


def write_settings(folder: Path, cycle: str, names: tuple[str, ...], *more: str) -> None:
    lines = [*begin_settings(cycle, BEFORE if cycle == NOW else None), "[answers]", *more]
    for name in names:
        lines += ["[[departments]]", f'name = "{name}"', f'slug = "{slug_of(name)}"']
        lines += [f'workbook = "{name}.xlsx"']
    (folder / "data/raw" / cycle / "cycle.toml").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a survey whose first cycle is closed: eight departments, five procedures each."""
    folder = tmp_path_factory.mktemp("lived") / "市"
    raw = add_code(folder) / "data" / "raw" / BEFORE
    raw.mkdir(parents=True)
    shutil.copytree(GUIDELINES, raw.parent / GUIDELINES.name)
    write_settings(folder, BEFORE, OFFICES)
    for name in OFFICES:
        lines = [answer(name, number) for number in range(1, 6)]
        build_workbook(lines, department=name).save(raw / f"{name}.xlsx")
    return folder


def command(folder: Path, *words: str, ends: int = 0) -> str:
    code, said = run(folder, *words)
    assert code == ends, said
    return said


def fill_form(folder: Path, name: str, *, typo: bool = False) -> None:
    """Answer for a department: its first open procedure goes online, one is new, one ends."""
    book = openpyxl.load_workbook(folder / f"data/processed/{NOW}/forms/{name}.xlsx")
    sheet = book["調査票"]
    columns = {sheet.cell(6, c).value or sheet.cell(5, c).value: c for c in range(1, 18)}
    rows = [row for row in range(7, 60) if sheet.cell(row, 1).value]
    waiting = [r for r in rows if sheet.cell(r, columns["オンライン化の状況"]).value == "未着手"]
    for title, value in (
        ("オンライン化の状況", TYPO if typo else "オンライン化済"),
        ("オンライン化時期", "令和7年1月"),
        ("未着手の理由", None),
    ):
        sheet.cell(waiting[0], columns[title]).value = value
    new = {
        "手続きID": f"{slug_of(name).upper()}-900",
        "課名": "一課",
        "手続き名": f"{name}の新しい届出",
    }
    new |= {"根拠法令等": "新条例", "オンライン化の状況": "着手済"}
    for title, value in new.items():
        sheet.cell(rows[-1] + 1, columns[title]).value = value
    book.save(folder / f"data/raw/{NOW}/{name}.xlsx")


def read_figures(folder: Path, cycle: str) -> dict[str, int]:
    (path,) = (folder / "reports" / cycle).glob("figures*.csv")
    with path.open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["unit"] == "件" and row["value"]]
    return {row["figure_id"]: int(row["value"]) for row in rows}


def require_sums(figures: dict[str, int], cycle: str, names: tuple[str, ...]) -> None:
    """Hold the city's numbers to those of its departments, and each change to its two sides."""
    for measure in SUMMED:
        for name in (measure, f"{measure}_change"):
            parts = [figures[f"{cycle}/{slug_of(own)}/{name}"] for own in names]
            assert sum(parts) == figures[f"{cycle}/all/{name}"], name
    for own in names:
        place = f"{cycle}/{slug_of(own)}"
        parts = [figures[f"{place}/{status}"] for status in ("online", "started", "not_started")]
        assert sum(parts) == figures[f"{place}/total"]
    for scope in ("all", *map(slug_of, names)):
        before = [
            value for key, value in figures.items()
            if not key.startswith(f"{cycle}/") and key.endswith(f"/{scope}/total")
        ]  # fmt: skip
        change = figures[f"{cycle}/{scope}/total_change"]
        assert figures[f"{cycle}/{scope}/total"] - sum(before) == change


def list_ids(folder: Path) -> Iterator[str]:
    for path in (folder / f"data/processed/{NOW}/forms").glob("*.xlsx"):
        sheet = openpyxl.load_workbook(path)["調査票"]
        yield from (
            str(sheet.cell(row, 1).value) for row in range(7, 40) if sheet.cell(row, 2).value
        )


def test_a_cycle_is_lived_through(folder: Path) -> None:
    command(folder, "report", BEFORE)
    command(folder, "new-cycle", NOW)
    successions = [
        line
        for of, to in [*((name, SUCCESSOR) for name in MERGED), ("環境部 一課", "環境部 新一課")]
        for line in ("[[succession]]", f'from = "{of}"', f'to = "{to}"', "date = 2024-10-01")
    ]
    write_settings(folder, NOW, TODAY, *successions)

    # Forms: every procedure of the last cycle is in exactly one.
    command(folder, "form")
    known = Counter(own for own in list_ids(folder) if own.startswith("D"))
    assert known == Counter(f"D{at}-{n:03}" for at in range(len(OFFICES)) for n in range(1, 6))

    # Five of seven have answered, one of them in a way that nobody knows.
    for name in TODAY:
        if name not in LATE:
            fill_form(folder, name, typo=name == "税務部")
    said = command(folder, "check", ends=1)
    assert "提出済 5/7 部局" in said
    assert f"「{TYPO}」" in said
    assert "回答のそろった4部局だけを数えた暫定の報告書" in command(folder, "report", ends=1)
    command(folder, "report", "--interim")
    interim, there = f"{NOW}-interim", tuple(n for n in TODAY if n not in (*LATE, "税務部"))
    figures = read_figures(folder, interim)
    require_sums(figures, interim, there)
    # Five procedures each and ten of the merged one, one new each, one more online each.
    assert figures[f"{interim}/all/total"] == 5 * 3 + 10 + 4
    assert figures[f"{interim}/all/total_change"] == 4
    assert figures[f"{interim}/all/online_change"] == 4
    assert figures[f"{interim}/all/waiting_total"] == 5 * 3

    # A correction, and the last answers.
    (folder / f"data/raw/{NOW}/corrections.toml").write_text(
        '[[correction]]\nprocedure_id = "D1-003"\nfield = "オンライン化の状況"\n'
        f'expected = "{TYPO}"\nvalue = "オンライン化済"\nreason = "電話で確認"\n'
        'decided_by = "DX戦略課"\ndecided_on = 2025-04-10\n',
        encoding="utf-8",
    )
    figures_before = (folder / "reports" / interim / "figures-暫定.csv").read_bytes()
    for name in LATE:
        fill_form(folder, name)
    assert "提出済 7/7 部局" in command(folder, "check")
    said = command(folder, "report")
    assert interim in said
    figures = read_figures(folder, NOW)
    require_sums(figures, NOW, TODAY)
    assert figures[f"{NOW}/all/total"] == 5 * len(OFFICES) + len(TODAY)
    assert figures[f"{NOW}/all/total_change"] == len(TODAY)
    assert figures[f"{NOW}/{slug_of(SUCCESSOR)}/total_change"] == 1
    assert figures[f"{NOW}/all/corrections"] == 1
    page = (folder / "reports" / NOW / f"department-{slug_of('環境部')}.html").read_text("utf-8")
    assert "新一課" in page
    assert "所管課の変更" not in page
    # The interim set stays as it was, and the closed one is what its inputs make.
    assert (folder / "reports" / interim / "figures-暫定.csv").read_bytes() == figures_before
    assert "一致" in command(folder, "verify", "--quick")
