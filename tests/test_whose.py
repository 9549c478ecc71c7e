"""Whose workbook a file is: what stands inside it decides, and two of one department stop."""

import shutil
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook

from analysis.cycle import Cycle
from analysis.errors import SurveyError
from analysis.survey.collect import collect_survey
from analysis.survey.reread import read_changed
from analysis.survey.store import load_survey
from analysis.survey.survey import Survey, require_usable

from workbooks import build_workbook, make_cycle, not_started, procedure, sheet_of

OLD = [procedure(number) for number in range(1, 4)]
NEW = [procedure(1), not_started(2), *(procedure(number) for number in range(4, 8))]
NAMES = (
    "【回答】環境部 (2).xlsx", "01_環境部.xlsx", "R7環境部.xlsx", "調査票（環境部）.xlsx",
    "様式1.xlsx", "回答.csv", "kankyo.xlsm", "環境部.csv", "環境部_最新.xlsx", "こども部 様式.xlsx",
)  # fmt: skip


def put(cycle: Cycle, name: str, workbook: Workbook) -> Path:
    """Put a workbook into a cycle's folder, as CSV if it is named so."""
    path = cycle.raw_folder / name
    if path.suffix == ".csv":
        lines = sheet_of(workbook).iter_rows(values_only=True)
        text = "\n".join(",".join(str(v or "") for v in line) for line in lines)
        path.write_text(text, encoding="utf-8")
    else:
        workbook.save(path)
    return path


def anonymous(workbook: Workbook) -> Workbook:
    sheet_of(workbook)["B1"] = None
    return workbook


def codes(survey: Survey) -> set[str]:
    return set(survey.problems["code"])


def message(survey: Survey, code: str = "workbook_twice") -> str:
    (found,) = survey.problems.loc[survey.problems["code"] == code, "message"]
    return str(found)


@pytest.mark.parametrize("name", NAMES[:-1])
def test_an_old_file_beside_a_newer_one_of_any_name_stops_and_shows_the_rows(
    tmp_path: Path, name: str
) -> None:
    cycle = make_cycle(tmp_path, OLD)
    put(cycle, name, build_workbook(NEW))
    survey = collect_survey(cycle)
    assert message(survey) == (
        f"同じ部局の調査票とみられるファイル「{name}」もあります（中の部局名が同じ）。"
        f"「{name}」は読み込んでいません。"
        f"回答の違いは3か所です（「環境部.xlsx」／「{name}」の順に "
        "K-002 オンライン化の状況「オンライン化済」／「未着手」、"
        "K-002 オンライン化時期「2024-04-01」／「」、"
        "K-002 未着手の理由「」／「未検討」）。"
        "「環境部.xlsx」にだけある手続きは1件です（K-003）。"
        f"「{name}」にだけある手続きは4件です（K-004、K-005、K-006、K-007）。"
    )
    with pytest.raises(SurveyError, match=name.replace("(", r"\(").replace(")", r"\)")):
        require_usable(survey, cycle.name)


@pytest.mark.parametrize("name", NAMES[:-2])
def test_a_single_file_of_another_name_is_read_as_the_departments_and_told(
    tmp_path: Path, name: str
) -> None:
    cycle = make_cycle(tmp_path, None, [procedure(9)])
    put(cycle, name, build_workbook(OLD))
    survey = collect_survey(cycle)
    require_usable(survey, cycle.name)
    assert list(survey.rows["procedure_id"]) == ["K-001", "K-002", "K-003", "K-009"]
    assert set(survey.rows["workbook"]) == {name, "こども部.xlsx"}
    told = set() if name == "環境部.csv" else {"workbook_renamed"}
    assert codes(survey) == told
    assert list(survey.workbooks["state"]) == ["answered", "answered"]
    assert list(survey.workbooks["workbook"]) == [name, "こども部.xlsx"]


def test_of_two_files_of_other_names_neither_is_right(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, None)
    put(cycle, "様式1.xlsx", build_workbook(OLD))
    put(cycle, "01_環境部.xlsx", build_workbook(NEW))
    survey = collect_survey(cycle)
    assert codes(survey) == {"workbook_renamed", "workbook_twice"}
    assert "「様式1.xlsx」もあります" in message(survey)


@pytest.mark.parametrize("own", [OLD, None])
def test_a_name_that_says_another_department_than_the_inside_stops(
    tmp_path: Path, own: list[object] | None
) -> None:
    cycle = make_cycle(tmp_path, [procedure(8)], own)
    put(cycle, "01_こども部.xlsx", build_workbook(OLD, department="環境部"))
    survey = collect_survey(cycle)
    assert "workbook_named_otherwise" in codes(survey)
    assert "K-001" not in set(
        survey.rows.loc[survey.rows["department"] == "環境部", "procedure_id"]
    )


def test_a_name_that_names_the_department_inside_too_is_no_contradiction(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, None, [procedure(9)])
    put(cycle, "【こども部宛】環境部.xlsx", build_workbook(OLD))
    assert codes(collect_survey(cycle)) == {"workbook_renamed"}


@pytest.mark.parametrize("inside", ["環境部環境政策課", "そうむ部"])
def test_a_department_that_is_not_written_as_listed_is_not_lost(
    tmp_path: Path, inside: str
) -> None:
    """By the name that its own is part of, or by its procedures' ids."""
    cycle = make_cycle(tmp_path, OLD)
    put(cycle, "様式1.xlsx", build_workbook(NEW, department=inside))
    assert codes(collect_survey(cycle)) == {"workbook_twice"}


def test_a_file_that_names_no_department_belongs_to_whose_procedures_it_lists(
    tmp_path: Path,
) -> None:
    cycle = make_cycle(tmp_path, OLD, [procedure(9)])
    path = put(cycle, "様式1.xlsx", anonymous(build_workbook(NEW)))
    survey = collect_survey(cycle)
    assert "（手続きIDが同じ）" in message(survey)
    # A list of everybody's is nobody's.
    anonymous(build_workbook([*OLD, procedure(9)])).save(path)
    assert codes(collect_survey(cycle)) == {"workbook_unlisted"}


def test_a_file_that_only_its_name_gives_to_a_department_is_its_too(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, None)
    put(cycle, "01_環境部.xlsx", anonymous(build_workbook(OLD)))
    assert codes(collect_survey(cycle)) == {"workbook_renamed", "department_missing"}


def test_a_file_that_can_not_be_read_belongs_to_whom_its_name_says(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, OLD, None)
    (cycle.raw_folder / "R7環境部.xlsx").write_bytes(b"")
    (cycle.raw_folder / "R7こども部.xlsx").write_bytes(b"")
    survey = collect_survey(cycle)
    assert (
        "「R7環境部.xlsx」から表を読み取れないため、中身を比べていません"
        "（ファイルの中身がありません（0バイト））。"
    ) in message(survey)
    assert survey.problems.loc[
        survey.problems["workbook"] == "R7こども部.xlsx", "code"
    ].tolist() == [
        "workbook_empty",
        "workbook_renamed",
    ]


@pytest.mark.parametrize("name", ["集計（環境部）.xlsx", "様式.xlsx"])
def test_a_workbook_without_the_surveys_table_is_no_second_one(tmp_path: Path, name: str) -> None:
    """部局名 may be a title in any table."""
    workbook = Workbook()
    sheet_of(workbook).append(["部局名", "環境部", "こども部", "税務部", "計"])
    sheet_of(workbook).append(["件数", 3, 4, 5, 12])
    cycle = make_cycle(tmp_path, OLD)
    put(cycle, name, workbook)
    assert codes(collect_survey(cycle)) == {"workbook_unlisted"}


def test_a_form_of_ones_own_that_names_a_department_is_its_second(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet_of(workbook).append(["部局名", "環境部"])
    cycle = make_cycle(tmp_path, OLD)
    put(cycle, "様式.xlsx", workbook)
    assert codes(collect_survey(cycle)) == {"workbook_twice"}


def test_equal_files_are_said_to_be_equal(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, OLD)
    shutil.copy(cycle.raw_folder / "環境部.xlsx", cycle.raw_folder / "様式1.xlsx")
    assert message(collect_survey(cycle)).endswith("中身はまったく同じです。")
    put(cycle, "様式1.xlsx", build_workbook(OLD, top=6))
    assert message(collect_survey(cycle)).endswith("手続きと回答はすべて同じです。")


def test_blanks_that_reading_takes_away_are_no_difference(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, OLD)
    name = str(OLD[0]["name"])
    blanks = [{**OLD[0], "name": f"{name} ", "law": "環境\n基本条例"}, *OLD[1:]]
    put(cycle, "様式1.xlsx", build_workbook(blanks))
    assert message(collect_survey(cycle)).endswith("手続きと回答はすべて同じです。")


@pytest.mark.slow
def test_a_thousand_differences_are_a_few_and_their_count(tmp_path: Path) -> None:
    lines = [procedure(number, name="長" * 500) for number in range(1_000)]
    cycle = make_cycle(tmp_path, lines)
    others = [
        procedure(number, name="別" * 500) for number in (*range(1_000), 1, *range(2_000, 2_009))
    ]
    put(cycle, "様式1.xlsx", build_workbook(others))
    told = message(collect_survey(cycle))
    assert "回答の違いは1,000か所です" in told
    assert "、ほか995）" in told
    assert "手続きは10件です（K-001の2行目、K-2000" in told
    assert len(told) < 1_500


def test_two_spellings_of_one_name_are_two_files(tmp_path: Path) -> None:
    """As a Mac and Windows store it: the file that has the listed name is the department's."""
    cycle = make_cycle(tmp_path, None, OLD)
    name = "こと\u3099も部.xlsx"
    put(cycle, name, build_workbook(NEW, department="こども部"))
    survey = collect_survey(cycle)
    assert "K-004、K-005、K-006、K-007" in message(survey)
    (cycle.raw_folder / "こども部.xlsx").unlink()
    assert len(collect_survey(cycle).rows) == len(NEW)


@pytest.mark.slow
def test_what_a_stray_said_is_kept_and_its_coming_and_going_noticed(tmp_path: Path) -> None:
    """As one added, renamed, changed or removed: each time as if all were read anew."""
    cycle = make_cycle(tmp_path, OLD, [procedure(9)])
    raw = cycle.raw_folder
    steps = [
        lambda: None,
        lambda: put(cycle, "様式1.xlsx", build_workbook(NEW)),
        lambda: (raw / "様式1.xlsx").rename(raw / "01_環境部.xlsx"),
        lambda: put(cycle, "01_環境部.xlsx", build_workbook(NEW[:3])),
        lambda: (raw / "環境部.xlsx").rename(raw / "a_環境部.xlsx"),
        (raw / "a_環境部.xlsx").unlink,
        lambda: (raw / "メモ.txt").write_text("x", encoding="utf-8"),
        lambda: (raw / "01_環境部.xlsx").rename(raw / "環境部.xlsx"),
    ]
    found = []
    for step in steps:
        step()
        survey = load_survey(cycle)
        for name, frame in vars(collect_survey(cycle)).items():
            assert frame is survey.asked or frame.equals(getattr(survey, name)), name
        found.append(codes(survey))
    twice, renamed, unread = {"workbook_twice"}, {"workbook_renamed"}, {"file_unread"}
    expected = [set(), twice, twice, twice, renamed | twice, renamed, renamed | unread, unread]
    assert found == expected


def test_an_unchanged_stray_is_not_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.survey import reread  # noqa: PLC0415

    cycle = make_cycle(tmp_path, None, [procedure(9)])
    put(cycle, "様式1.xlsx", build_workbook(OLD))
    opened: list[str] = []
    read_workbooks = reread.read_workbooks

    def read(
        cycle: Cycle, lookup: object, departments: list[object], **options: object
    ) -> list[object]:
        opened.extend(department.workbook for department in departments)
        return read_workbooks(cycle, lookup, departments, **options)

    monkeypatch.setattr(reread, "read_workbooks", read)
    read_again = partial(read_changed, program={"code": "this"})
    first = collect_survey(cycle, read_again)
    opened.clear()
    assert collect_survey(cycle, read_again).rows.equals(first.rows)
    # What is missing is looked for each time.
    assert opened == ["環境部.xlsx"]
