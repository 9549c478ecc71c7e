"""Only what changed is made again: nothing stale is kept, nothing unaffected made."""

import csv
from pathlib import Path

import openpyxl
import pytest

from analysis.build import delivered, pool, shelf
from analysis.cycle import open_cycle
from analysis.evidence.sources import Origin, Source
from analysis.proof.entities import CRATE_NAME
from test_new_report import write_notebook

from conftest import LATEST
from deliveries import (
    answer,
    build,
    build_anew,
    copy_delivery,
    differing,
    files_of,
    made_by,
    reports_of,
    run,
    stems_of,
)

pytestmark = pytest.mark.slow

EVERYBODY = {"overview", "deck", "road", "reasons", "requests", "guideline", "quality", "index"}


@pytest.fixture
def project(delivery: Path, tmp_path: Path) -> Path:
    """A built project of two departments, 議会事務局 and 文化スポーツ部."""
    return copy_delivery(delivery, tmp_path / "project")


def test_an_unchanged_cycle_is_left_alone(project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in reports_of(project).iterdir()}
    output = build(project)
    assert made_by(output) == set()
    assert f"変更のない {len(stems_of(project))}件はそのまま" in output
    assert before == {path: path.stat().st_mtime_ns for path in reports_of(project).iterdir()}
    # What it says of the answers, it says again.
    assert "調査票の問題（要確認）" in output


CODES = (
    "findings.survey",
    "findings.ledger.tables",
    "findings.ledger.rows_of('gikai', 'problems')",
    "import pandas",
    "import os; size = os.path.getsize('data/raw/2024-09-01/文化スポーツ部.xlsx'); del os",
    "from os import stat",
    "import pyarrow.parquet as _read",
    "text = ''.join(get_ipython().getoutput('cat data/raw/2024-09-01/cycle.toml'))",
    "sizes = [path.stat().st_size for path in findings.cycle.raw_folder.glob('*.xlsx')]",
    "text = (lambda: 'x')()\nshout = lambda: text",
    "text = open('data/raw/2024-09-01/文化スポーツ部.xlsx'.encode(), 'rb').read(9)",
)
OPENING = """from analysis.figures.findings import load_findings
from analysis.reports import overview, reasons
from analysis.reports.heading import head_report

findings = load_findings(cycle)
"""


def test_a_notebook_that_shows_or_may_know_other_answers_is_made_again_when_they_change(
    project: Path,
) -> None:
    """Of the city's figures alone it is not; where its own code may know more, it is of all."""
    knowing = {f"knowing-{of}": code for of, code in zip("abcdefghijk", CODES, strict=True)}
    shows = dict.fromkeys(("counting", *knowing), "overview.reasons(findings)")
    shows["showing"] = "reasons.details(findings)"
    for order, (name, shown) in enumerate(shows.items(), start=100):
        write_notebook(
            project / "notebooks" / f"{name}.ipynb",
            {"order": order, "title": name},
            'cycle: str = "latest"  # 調査回',
            f'{OPENING}{knowing.get(name, "")}\nhead_report(findings, "{name}")',
            shown,
        )
    build(project)
    with (reports_of(project) / "sources.csv").open(encoding="utf-8-sig") as file:
        told = {line["report"] for line in csv.DictReader(file)}
    assert told & {*shows} == {"counting"}
    answer(project, "Q8", "新しい備考")
    assert made_by(build(project)) & {*shows} == {*knowing, "showing"}


def answer_row(project: Path, texts: dict[str, object]) -> None:
    path = project / "data" / "raw" / LATEST / "文化スポーツ部.xlsx"
    book = openpyxl.load_workbook(path)
    for column, text in texts.items():
        book["調査票"][f"{column}8"].value = text
    book.save(path)


def test_of_one_change_after_the_other_each_remakes_what_shows_it_and_no_more(
    project: Path, tmp_path: Path
) -> None:
    """At last all is as if made anew: what one step keeps, none of the later ones makes."""
    before = files_of(project)
    told = "data/raw/2024-09-01/文化スポーツ部.xlsx が変わりました"

    # A status: every page that shows the city.
    status = {"G": "オンライン化済", "H": "2024-06-01", "J": None, "K": None}
    answer_row(project, status)
    output = build(project)
    assert "department-gikai" in made_by(output)
    assert told in output
    assert files_of(project)["department-gikai.html"] != before["department-gikai.html"]

    # Every answer of a row but its id and its status, so that no column was forgotten.
    counted: dict[str, object] = {
        "B": "市民文化課", "C": "市民文化センターの使用変更・取消しの申請", "D": "別の法律",
        "E": "要綱等", "F": 7,
        "L": "認印・自署", "M": "あり", "N": "法令", "O": "はい", "P": "あり", "Q": "備考の文",
    }  # fmt: skip
    answer_row(project, counted)
    output = build(project)
    assert made_by(output) == EVERYBODY - {"index"} | {"department-bunkasports"}
    assert told in output

    # Every answer that is in no extract, likewise.
    answer_row(project, {"H": "2023-05-01", "I": "別のシステム", "K": "別の理由", "Q": "別の文"})
    assert made_by(build(project)) == {"reasons", "requests", "quality", "department-bunkasports"}

    # A notebook: its own report alone.
    notebook = project / "notebooks" / "reasons.ipynb"
    text = notebook.read_text("utf-8")
    notebook.write_text(text.replace("この報告は、まだ", "この報告書は、まだ"), "utf-8")
    standing = {*reports_of(project).iterdir()}
    output = build(project)
    assert made_by(output) == {"reasons"}
    assert "notebooks/reasons.ipynb が変わりました: オンライン化「未着手」の理由" in output
    after = files_of(project)
    assert "この報告書は、まだ" in after["reasons.html"].decode()
    assert standing == {*reports_of(project).iterdir()}
    assert differing(after, build_anew(project, tmp_path / "anew")) == []


@pytest.mark.parametrize("name", ["cycle.toml", "corrections.toml", "../guideline/2024.toml"])
def test_what_concerns_everybody_remakes_every_report(project: Path, name: str) -> None:
    with (project / "data" / "raw" / LATEST / name).open("ab") as file:
        file.write(b"\n# a remark\n")
    output = build(project)
    assert made_by(output) == {*stems_of(project)}


def test_an_edited_page_and_a_deleted_one_are_made_again(project: Path) -> None:
    before = files_of(project)
    page = reports_of(project) / "department-gikai.html"
    page.write_bytes(page.read_bytes().replace("議会".encode(), "議員".encode()))
    (reports_of(project) / "overview.pdf").unlink()
    output = build(project)
    assert made_by(output) == {"department-gikai", "overview"}
    assert "書き換えられていました" in output
    assert differing(files_of(project), before) == []


def test_an_edited_crate_or_another_environment_keeps_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crate = reports_of(project) / CRATE_NAME
    good = crate.read_bytes()
    cycle = open_cycle(LATEST, project)
    assert delivered.look_at_set(cycle).record is not None
    crate.write_bytes(good.replace(b'"sha256"', b'"sha256" '))
    assert delivered.look_at_set(cycle).record is None
    crate.write_bytes(good)
    monkeypatch.setattr(delivered, "describe_environment", lambda: "another Python")
    found = delivered.look_at_set(cycle)
    assert found.record is not None
    origin = Origin({}, "overview", ())
    why = found.why_remake(["overview.html"], origin, None)
    assert why == "Python、ライブラリまたはフォントの版が変わりました"


def test_force_makes_everything_again_and_the_same_by_one_worker_as_by_several(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "JOBS_AT_ONCE", 1)
    before = files_of(project)
    output = build(project, "--force")
    assert made_by(output) == {*stems_of(project)}
    assert differing(files_of(project), before) == []


def test_what_a_failed_build_made_is_not_made_again(project: Path) -> None:
    before = files_of(project)
    notebook = project / "notebooks" / "reasons.ipynb"
    text = notebook.read_text("utf-8")
    answer(project, "Q8", "新しい備考")
    notebook.write_text(text.replace("reasons.routes(findings)", "1 / 0"), "utf-8")
    code, output = run(project, "report")
    assert code == 1
    assert "notebooks/reasons.ipynb の5番目のセル「1 / 0」で止まりました" in output
    assert "ZeroDivisionError: division by zero" in output
    others = {"quality", "requests", "department-bunkasports"}
    assert f"{len(others) + 1}件のうち1件の報告書を作成できませんでした" in output
    assert made_by(output) == others
    assert differing(files_of(project), before) == []
    notebook.write_text(text, "utf-8")
    output = build(project)
    assert made_by(output) == {"reasons"}
    assert differing(files_of(project), before) != []
    assert not list((project / "data" / "processed" / LATEST).glob("made/*"))


def test_a_damaged_report_on_the_shelf_is_not_taken(project: Path) -> None:
    cycle = open_cycle(LATEST, project)
    made = shelf.Made(b"<html></html>" * 99, b"%PDF" * 99, b"{}", (Source("figure a", "a", "b"),))
    shelf.shelve(cycle, "key", made)
    assert shelf.take(cycle, "key") == made
    path = cycle.processed_folder / "made" / "key.zip"
    whole = path.read_bytes()
    for spoilt in (whole[:-40], whole.replace(b"html", b"htmm"), b""):
        path.write_bytes(spoilt)
        assert shelf.take(cycle, "key") is None
