"""The stored survey: equal to a collected one, and rebuilt when its inputs are others."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from analysis.cycle import Cycle
from analysis.errors import SurveyError
from analysis.place import LOCK_NAME, RECORD_NAME
from analysis.survey import collect as collecting
from analysis.survey import store
from analysis.survey.collect import collect_survey
from analysis.survey.lookup import Lookup
from analysis.survey.problems import STOPPED, Place, problems_to_frame, report
from analysis.survey.store import load_survey
from analysis.survey.survey import Survey
from analysis.survey.table.read import Reading

from workbooks import make_cycle, not_started, procedure

Read = Callable[[Cycle, Lookup], list[Reading]]
FRAMES = ("rows", "workbooks", "problems", "corrections", "matches", "lines", "extras")


@pytest.fixture
def cycle(tmp_path) -> Cycle:
    return make_cycle(tmp_path, [procedure(1), not_started(2, annual_volume="謎")], None)


@pytest.fixture
def collected(monkeypatch) -> list[str]:
    """Return a list that grows by the cycle's name at each collection."""
    names: list[str] = []

    def collect(cycle: Cycle, read: Read) -> Survey:
        names.append(cycle.name)
        return collect_survey(cycle, read)

    monkeypatch.setattr(collecting, "collect_survey", collect)
    return names


def assert_same(one: Survey, other: Survey) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_a_stored_survey_equals_a_collected_one(cycle, collected):
    first, stored = load_survey(cycle), load_survey(cycle)
    assert collected == ["2024-09-01"]
    assert_same(first, collect_survey(cycle))
    assert_same(stored, first)


def test_an_empty_survey_is_stored_with_its_dtypes(tmp_path, collected):
    cycle = make_cycle(tmp_path, None)
    assert_same(load_survey(cycle), load_survey(cycle))
    assert len(collected) == 1


def test_a_changed_workbook_is_read_again(cycle, collected):
    load_survey(cycle)
    make_cycle(cycle.root, [procedure(7)], None)
    assert list(load_survey(cycle).rows["procedure_id"]) == ["K-007"]
    assert len(collected) == 2


@pytest.mark.parametrize("put", [Path.mkdir, lambda path: path.symlink_to("環境部.xlsx")])
def test_a_folder_or_a_link_in_a_workbooks_place_is_noticed(cycle, collected, put):
    load_survey(cycle)
    put(cycle.raw_folder / "こども部.xlsx")
    assert "workbook_not_file" in set(load_survey(cycle).problems["code"])


def test_a_new_corrections_file_is_read(cycle, collected):
    load_survey(cycle)
    (cycle.raw_folder / "corrections.toml").write_text("", encoding="utf-8")
    load_survey(cycle)
    assert len(collected) == 2


def test_other_code_reads_again(cycle, collected, monkeypatch):
    load_survey(cycle)
    monkeypatch.setattr(store, "_stamp_program", lambda: {"code": "another"})
    load_survey(cycle)
    assert len(collected) == 2


def test_a_workbook_saved_again_without_a_change_is_not_read_again(cycle, collected):
    load_survey(cycle)
    path = cycle.raw_folder / "環境部.xlsx"
    path.write_bytes(path.read_bytes())
    (cycle.raw_folder / "~$環境部.xlsx").write_bytes(b"lock")
    load_survey(cycle)
    assert len(collected) == 1


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv", "inputs.json"])
@pytest.mark.parametrize("content", [None, b"{}"])
def test_a_stored_file_that_was_tampered_with_is_made_anew(cycle, collected, name, content):
    first = load_survey(cycle)
    path = cycle.processed_folder / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert_same(load_survey(cycle), first)
    assert len(collected) == 2
    load_survey(cycle)
    assert len(collected) == 2


def test_storing_twice_gives_the_same_bytes_and_leaves_nothing_else(cycle):
    folder = cycle.processed_folder

    def build() -> dict[str, bytes]:
        load_survey(cycle)
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.name not in (LOCK_NAME, RECORD_NAME)
        }

    first = build()
    (folder / "inputs.json").unlink()
    assert build() == first
    tables = {f"{name}.parquet" for name in FRAMES}
    assert set(first) == tables | {
        "rows.csv",
        "problems.csv",
        "lines.csv",
        "extras.csv",
        "inputs.json",
        "readings/kankyo.json",
    }


def test_the_stamp_names_no_machine(cycle):
    load_survey(cycle)
    text = (cycle.processed_folder / "inputs.json").read_text(encoding="utf-8")
    assert str(cycle.root) not in text
    assert len(json.loads(text)["inputs"]["code"]) == len(sha256().hexdigest())


@pytest.mark.parametrize("blocked", ["", "rows.csv"])
def test_a_file_that_cannot_be_written_is_an_error_that_names_it(cycle, blocked):
    folder = cycle.processed_folder
    folder.parent.mkdir(parents=True)
    if blocked:
        (folder / blocked / "in the way").mkdir(parents=True)
    else:
        folder.write_text("in the way", encoding="utf-8")
    with pytest.raises(SurveyError, match=r"processed/2024-09-01/rows\.\w+ を書き込めません"):
        load_survey(cycle)
    assert {path.name for path in folder.glob(".*")} <= {LOCK_NAME, RECORD_NAME}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_the_csv_holds_no_text_that_a_spreadsheet_runs(start):
    frame = pd.DataFrame({"text": [f"{start}1+1", f"1{start}1", None]}, dtype="str")
    content = store.write_csv(frame)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["text"], [f"'{start}1+1"], [f"1{start}1"], [""]]
    assert content.startswith(b"\xef\xbb\xbf")


def test_the_csv_is_what_the_csv_module_writes_of_the_same_cells():
    texts = ['a,"b"', "二行\nの備考", "a\r", "", None, " 空白 ", "'", "a,b", 'a,"b"']
    numbers = pd.Series([1, -2, None, 4, 5, 6, 7, 8, 9], dtype="Int64")
    frame = pd.DataFrame({'名,"称"': pd.Series(texts, dtype="str"), "行": numbers})
    for columns in (list(frame), list(frame)[:1]):
        expected = io.StringIO(newline="")
        cells = frame[columns].astype(object).where(frame[columns].notna(), None)
        csv.writer(expected).writerows([columns, *cells.to_numpy().tolist()])
        assert store.write_csv(frame[columns]).decode("utf-8-sig") == expected.getvalue()


def test_a_formula_typed_as_text_reaches_the_rows_as_text(tmp_path):
    cycle = make_cycle(tmp_path, [procedure(remarks="=")])
    survey = load_survey(cycle)
    assert survey.rows.loc[0, "remarks"] == "="
    assert b"'=" in (cycle.processed_folder / "rows.csv").read_bytes()


def test_a_survey_whose_workbook_changed_while_it_was_read_is_not_stored(cycle, monkeypatch):
    def collect(cycle: Cycle, read: Read) -> Survey:
        survey = collect_survey(cycle, read)
        make_cycle(cycle.root, [procedure(7)], None)
        return survey

    monkeypatch.setattr(collecting, "collect_survey", collect)
    load_survey(cycle)
    assert not (cycle.processed_folder / "inputs.json").exists()


def test_a_survey_of_which_a_workbook_was_stopped_is_read_again(cycle, monkeypatch):
    """There may be more memory the next time, which no stamp tells."""
    stopped = problems_to_frame([report(STOPPED, Place("環境部", "環境部.xlsx"))])
    monkeypatch.setattr(
        collecting,
        "collect_survey",
        lambda cycle, read: replace(collect_survey(cycle, read), problems=stopped),
    )
    assert set(load_survey(cycle).problems["code"]) == {STOPPED}
    assert not (cycle.processed_folder / "inputs.json").exists()
