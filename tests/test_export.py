"""`analysis export`: the frames as files that other programs read, whatever stands in them."""

import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from analysis.cli import main
from analysis.figures.findings import Findings, load_findings
from analysis.questionnaire.read import TEMPLATE_PATH

from workbooks import build_workbook, make_two_cycles, not_started, procedure, sheet_of

HOSTILE = '=HYPERLINK("http://a",1)'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    book = build_workbook([procedure(1), not_started(2, name="<r>+1</r>", annual_volume="不明")])
    cell = sheet_of(book)["C6"]
    cell.value, cell.data_type = HOSTILE, "s"
    make_two_cycles(tmp_path, [book], [[procedure(1, online_date="2023-04")]])
    survey = TEMPLATE_PATH.read_text("utf-8").replace('header = "手数料"', 'header = "-手数料"')
    (tmp_path / "data/raw/survey.toml").write_text(survey, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small(folder: Path) -> Findings:
    return load_findings("latest")


def export(*words: str) -> str:
    done = CliRunner().invoke(main, ["export", *words])
    assert done.exit_code == 0, done.output
    return done.output


def read_all(folder: Path) -> dict[str, bytes]:
    written = (folder / "data/processed/2024-09-01/export").iterdir()
    return {path.name: path.read_bytes() for path in written if not path.name.startswith(".")}


def test_a_workbook_holds_both_cycles_and_texts_that_stay_texts(
    folder: Path, small: Findings
) -> None:
    said = export("--labels")
    assert said.splitlines() == [
        "data/processed/2024-09-01/export/手続き.xlsx",
        "（今回の手続き 2件、前回の手続き 1件）",
    ]
    path = folder / "data/processed/2024-09-01/export/手続き.xlsx"
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["今回の手続き", "前回の手続き", "列の説明"]
    head, *rows = book["今回の手続き"].iter_rows(values_only=True)
    assert list(head) == [*small.frame(labels=True)]
    names = [cell for row in book["今回の手続き"].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in names} <= {"s", "n", "d"}
    told = dict(zip(head, rows[0], strict=True))
    assert (told["手続き名"], told["年間件数"], told["行"]) == (HOSTILE, 120, 6)
    assert told["オンライン化時期"] == datetime.datetime(2024, 4, 1)  # noqa: DTZ001 - Excel's
    dated = book["今回の手続き"].cell(2, head.index("オンライン化時期") + 1)
    assert dated.number_format == "yyyy-mm-dd"
    month = book["前回の手続き"].cell(2, head.index("オンライン化時期") + 1)
    assert (month.value, month.number_format) == (datetime.datetime(2023, 4, 1), "yyyy-mm")  # noqa: DTZ001
    assert dict(zip(head, rows[1], strict=True))["年間件数"] is None
    assert ("status", "オンライン化の状況") in {
        row[:2] for row in book["列の説明"].iter_rows(values_only=True)
    }


def test_a_csv_holds_no_text_that_a_spreadsheet_takes_for_a_formula(folder: Path) -> None:
    export("--labels", "--to", "csv")
    files = read_all(folder)
    assert [*files] == ["今回の手続き.csv", "前回の手続き.csv"]
    text = files["今回の手続き.csv"].decode("utf-8-sig")
    assert f'"\'{HOSTILE.replace(chr(34), chr(34) * 2)}"' in text
    assert ",'-手数料," in text


def test_parquet_is_read_back_as_the_frame(folder: Path, small: Findings) -> None:
    export("--labels", "--to", "parquet")
    read = pd.read_parquet(folder / "data/processed/2024-09-01/export/今回の手続き.parquet")
    pd.testing.assert_frame_equal(read, small.frame(labels=True))


def test_the_same_answers_give_the_same_bytes_and_what_was_changed_is_kept(folder: Path) -> None:
    for to in ("xlsx", "csv", "parquet"):
        export("--to", to)
    before = read_all(folder)
    path = folder / "data/processed/2024-09-01/export/今回の手続き（符号）.csv"
    path.write_text("mine", "utf-8")
    for to in ("xlsx", "csv", "parquet"):
        said = export("--to", to)
    after = read_all(folder)
    (kept,) = after.keys() - before.keys()
    assert after[kept] == b"mine"
    assert "（控え）" in kept
    assert kept in said
    assert before.items() <= after.items()
