"""Readings kept from one time to the next: only what changed is opened, and the result is equal."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from analysis.cycle import Cycle, Department, list_cycles, open_cycle
from analysis.display import Display
from analysis.errors import SurveyError
from analysis.place import LOCK_NAME
from analysis.survey import reread
from analysis.survey.collect import collect_survey
from analysis.survey.lookup import Lookup, build_lookup
from analysis.survey.problems import STOPPED, Place, report
from analysis.survey.reread import read_changed
from analysis.survey.table.read import Reading
from analysis.survey.table.read_all import read_workbooks

from deliveries import copy_delivery
from workbooks import make_cycle, not_started, procedure

PROGRAM = {"code": "this"}
CONTENTS = ([procedure(1)], [not_started(2, annual_volume="謎")])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the slug of each department whose workbook is read."""
    slugs: list[str] = []

    def read(
        cycle: Cycle, lookup: Lookup, departments: Sequence[Department], **told: Display | None
    ) -> list[Reading]:
        slugs.extend(department.slug for department in departments)
        return read_workbooks(cycle, lookup, departments, **told)

    monkeypatch.setattr(reread, "read_workbooks", read)
    return slugs


def read(cycle: Cycle, program: dict[str, str] = PROGRAM) -> list[Reading]:
    return read_changed(cycle, build_lookup(cycle), program=program)


def kept_files(cycle: Cycle) -> list[Path]:
    folder = cycle.processed_folder / "readings"
    return sorted(path for path in folder.glob("*") if path.name != LOCK_NAME)


@pytest.mark.slow
def test_kept_readings_are_those_of_every_workbook(demonstration, tmp_path, opened):
    root = copy_delivery(demonstration, tmp_path / "project")
    for name in list_cycles(root):
        cycle = open_cycle(name, root)
        fresh = read_workbooks(cycle, build_lookup(cycle))
        assert read(cycle) == fresh
        opened.clear()
        assert read(cycle) == fresh
        assert opened == []


def test_only_a_changed_workbook_is_opened_again(tmp_path, opened):
    cycle = make_cycle(tmp_path, *CONTENTS)
    read(cycle)
    slugs = [department.slug for department in cycle.departments]
    assert opened == slugs
    opened.clear()
    path = cycle.raw_folder / "環境部.xlsx"
    content = path.read_bytes()
    changed = make_cycle(tmp_path, [procedure(1)], [procedure(9)])
    # A workbook saved again tells when.
    path.write_bytes(content)
    assert read(changed) == read_workbooks(changed, build_lookup(changed))
    assert opened == slugs[1:]


def test_what_came_in_or_went_away_is_noticed(tmp_path, opened):
    cycle = make_cycle(tmp_path, [procedure(1)], None)
    assert [reading.state for reading in read(cycle)] == ["answered", "missing"]
    cycle = make_cycle(tmp_path, None, [procedure(3)])
    (cycle.raw_folder / "環境部.xlsx").unlink()
    assert [reading.state for reading in read(cycle)] == ["missing", "answered"]


@pytest.mark.parametrize(
    "change",
    [
        {"headers": {"事務の名称": "手続き名"}},
        {"answers": {"fee": {"-": "なし"}}},
    ],
)
def test_other_settings_read_all_again(tmp_path, opened, change):
    read(make_cycle(tmp_path, *CONTENTS))
    opened.clear()
    cycle = make_cycle(tmp_path, *CONTENTS, **change)
    read(cycle)
    assert opened == [department.slug for department in cycle.departments]


def test_another_program_reads_all_again(tmp_path, opened):
    cycle = make_cycle(tmp_path, [procedure(1)])
    read(cycle)
    read(cycle, {"code": "another"})
    assert opened == ["kankyo", "kankyo"]


def test_the_same_file_under_another_ending_is_read_again(tmp_path, opened):
    """What is told of it names the file."""
    cycle = make_cycle(tmp_path, [procedure(1)])
    read(cycle)
    path = cycle.raw_folder / "環境部.xlsx"
    path.rename(path.with_suffix(".xlsm"))
    (reading,) = read(cycle)
    assert reading.department.workbook == "環境部.xlsm"


@pytest.mark.parametrize("at", [0, -3])
def test_a_kept_reading_that_was_edited_is_not_believed(tmp_path, opened, at):
    cycle = make_cycle(tmp_path, [procedure(1)])
    first = read(cycle)
    (path,) = kept_files(cycle)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert read(cycle) == first
    assert opened == ["kankyo", "kankyo"]
    read(cycle)
    assert len(opened) == 2


def test_nothing_is_kept_of_what_may_be_read_another_time(tmp_path, monkeypatch):
    cycle = make_cycle(tmp_path, [procedure(1)], None)
    (cycle.raw_folder / "こども部.xlsx").mkdir()

    def stop(*given: object, **told: object) -> list[Reading]:
        problem = report(STOPPED, Place("環境部", "環境部.xlsx"))
        first, *others = read_workbooks(*given, **told)
        return [replace(first, state="unreadable", problems=(problem,)), *others]

    monkeypatch.setattr(reread, "read_workbooks", stop)
    read(cycle)
    assert kept_files(cycle) == []


def test_a_reading_too_large_to_be_held_twice_is_not_kept(tmp_path, monkeypatch, opened):
    cycle = make_cycle(tmp_path, [procedure(1)], [procedure(2), procedure(3)])
    sizes = [
        sum(map(len, (*reading.rows.values(), *reading.extras.values()))) for reading in read(cycle)
    ]
    monkeypatch.setattr(reread, "MOST_VALUES", sizes[0])
    opened.clear()
    read(cycle, {"code": "another"})
    assert [path.stem for path in kept_files(cycle)] == ["kankyo", "kodomo"]
    read(cycle, {"code": "another"})
    assert opened == ["kankyo", "kodomo", "kodomo"]


def test_a_file_that_is_no_workbook_is_told_again_without_being_opened(tmp_path, opened):
    cycle = make_cycle(tmp_path, b"no workbook")
    first = read(cycle)
    assert first[0].state == "unreadable"
    assert read(cycle) == first
    assert opened == ["kankyo"]


def test_a_text_that_no_utf8_can_hold_is_kept_as_it_is(tmp_path, monkeypatch):
    cycle = make_cycle(tmp_path, [procedure(1)])
    odd = replace(read(cycle)[0], sheet="\ud800")
    monkeypatch.setattr(reread, "read_workbooks", lambda *given, **_: [odd] * len(given[2]))
    program = {"code": "odd"}
    assert read(cycle, program) == read(cycle, program) == [odd]


def test_where_nothing_can_be_kept_all_is_read(tmp_path, opened):
    cycle = make_cycle(tmp_path, [procedure(1)])
    cycle.processed_folder.parent.mkdir(parents=True)
    cycle.processed_folder.write_text("in the way", encoding="utf-8")
    assert read(cycle) == read(cycle)
    assert opened == ["kankyo", "kankyo"]


def test_a_survey_of_kept_readings_is_a_collected_one(tmp_path, opened):
    cycle = make_cycle(tmp_path, *CONTENTS)
    read(cycle)
    opened.clear()
    survey = collect_survey(cycle, partial(read_changed, program=PROGRAM))
    assert opened == []
    for name, frame in vars(collect_survey(cycle)).items():
        assert frame is survey.asked or frame.equals(getattr(survey, name)), name


def test_keeping_raises_nothing(tmp_path, monkeypatch):
    def refuse(path: Path, content: bytes) -> None:
        raise SurveyError(f"{path.name} を書き込めません。")

    monkeypatch.setattr(reread, "place_file", refuse)
    (reading,) = read(make_cycle(tmp_path, [procedure(1)]))
    assert reading.state == "answered"
