"""Ids: a free one is proposed, those of departments are told apart, a retired one stays retired."""

import re
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from analysis.cycle import Cycle, open_cycle
from analysis.figures.findings import load_findings
from analysis.forms.write import write_forms
from analysis.survey.collect import collect_survey
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.store import load_surveys

from deliveries import run
from workbooks import Line, describe_problems, make_cycle, make_two_cycles, not_started, procedure

OLDEST, BEFORE, NOW = "2023-09-30", "2024-04-30", "2024-09-01"
RETURNED = "data/processed/2024-09-01/returned"


def make_three(
    root: Path, *cycles: Sequence[Sequence[Line] | None], per_department: bool = False
) -> Cycle:
    """Write three cycles, the oldest first, each of as many departments as it has contents."""
    previous = ""
    for name, contents in zip((OLDEST, BEFORE, NOW), cycles, strict=True):
        path = make_cycle(root, *contents, name=name).raw_folder / "cycle.toml"
        head = "ids_per_department = true\n" if per_department else ""
        head += f'previous = "{previous}"\n' if previous else ""
        path.write_text(head + path.read_text("utf-8"), "utf-8")
        previous = name
    return open_cycle(NOW, root)


def find(cycle: Cycle, code: str) -> list[str]:
    problems = problems_from_frame(load_surveys(cycle, collect_survey)[0].problems)
    return [describe(problem) for problem in problems if problem.code == code]


def free(output: str) -> list[tuple[str, str]]:
    """Return the cell and the id of each proposal that a check printed."""
    return re.findall(r"(\S+): 手続きIDが記入されていません。.*空いている手続きID「(.*?)」", output)


def blank(number: int, **answers: object) -> dict[str, object]:
    return procedure(number, procedure_id=None, **answers)


def test_a_free_id_is_proposed_in_the_check_and_in_the_returned_workbook(tmp_path: Path) -> None:
    child = procedure(50, procedure_id="07-0131")
    make_three(
        tmp_path,
        ([procedure(1), procedure(9)], [child]),
        ([procedure(1), procedure(4)], [child]),
        ([blank(11), procedure(1), blank(12), blank(13)], [child, blank(51)]),
    )
    expected = [("A6", "K-010"), ("A8", "K-011"), ("A9", "K-012"), ("A7", "07-0132")]
    for _ in range(2):
        code, output = run(tmp_path, "check")
        assert code == 1
        assert [(cell.rpartition("!")[2], one) for cell, one in free(output)] == expected
    sheet = openpyxl.load_workbook(tmp_path / RETURNED / "環境部.xlsx")["調査票"]
    told = [sheet[cell].comment.text for cell, _ in expected[:3]]
    assert [re.findall("空いている手続きID「(.*?)」", text) for text in told] == [
        [one] for _, one in expected[:3]
    ]
    table = (tmp_path / "data/processed/2024-09-01/problems.csv").read_text("utf-8-sig")
    assert "空いている手続きID「07-0132」" in table


def test_an_id_is_numbered_as_its_section_is(tmp_path: Path) -> None:
    lines = [procedure(n, procedure_id=f"07-01-{n:03}") for n in range(1, 4)]
    lines += [procedure(5, procedure_id="07-02-005", section="清掃課")]
    make_cycle(tmp_path, [*lines, blank(6, section="清掃課"), blank(7), blank(8, section="新課")])
    ids = ["07-02-006", "07-01-004", "07-01-005"]
    assert [one for _, one in free(run(tmp_path, "check")[1])] == ids


@pytest.mark.parametrize(
    ("ids", "proposed"),
    [
        (["9"], ["10"]),
        (["K-9", "K-11"], ["K-12"]),
        (["k-099"], ["k-100"]),
        (["あ", "い"], []),
        (["1" * 30], ["1" * 21 + "111111112"]),
    ],
)
def test_the_next_number_is_written_as_the_others_are(
    tmp_path: Path, ids: list[str], proposed: list[str]
) -> None:
    lines = [procedure(n, procedure_id=one) for n, one in enumerate(ids)]
    make_cycle(tmp_path, [*lines, blank(77)])
    output = run(tmp_path, "check")[1]
    assert [one for _, one in free(output)] == proposed
    assert ("手続きIDが記入されていません。記入してください。" in output) == (not proposed)


def test_an_id_that_another_department_or_a_decision_used_is_not_free(tmp_path: Path) -> None:
    matches = "previous_id,current_id,decided_by,decided_on,reason\n"
    matches += "K-020,,DX戦略課,2024-09-10,廃止\n"
    now = [[procedure(1), blank(2)], [procedure(15, procedure_id="k-015")]]
    make_two_cycles(tmp_path, now, [[procedure(1)], [procedure(15)]], matches)
    assert [one for _, one in free(run(tmp_path, "check")[1])] == ["K-021"]


def test_a_retired_id_that_comes_back_as_another_is_an_error_with_both_names(
    tmp_path: Path,
) -> None:
    old = [procedure(1), procedure(2, name="古い届出"), procedure(3, name="休んだ届出")]
    new = [
        procedure(1, name="届出その１"),
        procedure(2, procedure_id="k-002", name="新しい届出"),
        procedure(3, name="休んだ 届出"),
        procedure(4, name="初めての届出"),
    ]
    cycle = make_three(tmp_path, (old,), ([procedure(1)],), (new,))
    assert find(cycle, "id_retired") == [
        "環境部.xlsx 調査票!A7: 手続きID「k-002」は、調査回 2023-09-30 の「古い届出」（環境部）の"
        "手続きIDで、前回調査にはありません。今回は「新しい届出」に付いています。"
        "使われたことのない手続きIDを付けてください。"
        "同じ手続きであれば、手続き名を以前のとおりにしてください。"
    ]
    code, output = run(tmp_path, "report")
    assert (code, "「古い届出」" in output) == (1, True)


def test_an_id_that_a_confirmed_pair_gave_back_is_not_doubted(tmp_path: Path) -> None:
    old, before = [procedure(2, name="古い届出")], [procedure(9, name="名を改めた届出")]
    now = [procedure(2, name="さらに改めた届出")]
    cycle = make_three(tmp_path, (old,), (before,), (now,))
    assert len(find(cycle, "id_retired")) == 1
    head = "previous_id,current_id,decided_by,decided_on,reason\n"
    path = cycle.raw_folder / "matches.csv"
    path.write_text(f"{head}K-009,K-002,DX戦略課,2024-09-10,改称\n", "utf-8")
    assert find(cycle, "id_retired") == []
    # That it is new, is no reason to take what was another's.
    path.write_text(f"{head},K-002,DX戦略課,2024-09-10,新規\n", "utf-8")
    assert len(find(cycle, "id_retired")) == 1


def test_cycles_that_are_no_more_retire_nothing(tmp_path: Path) -> None:
    now = [procedure(1), procedure(2, name="別の届出")]
    cycle = make_three(tmp_path, ([procedure(2)],), ([procedure(1)],), (now,))
    assert len(find(cycle, "id_retired")) == 1
    (tmp_path / "data/raw" / OLDEST / "cycle.toml").unlink()
    assert describe_problems(load_surveys(cycle, collect_survey)[0]) == []


EARLY = {"online_date": "2023-04-01"}
"""Online before the first of three cycles, which is read for the trend."""


@pytest.fixture
def restarting(tmp_path: Path) -> Cycle:
    """Two departments that each number from 1, over three cycles."""

    def number(first: int, *lines: dict[str, object]) -> list[dict[str, object]]:
        return [line | {"procedure_id": at} for at, line in enumerate(lines, start=first)]

    own = number(1, procedure(1, **EARLY), not_started(2), procedure(3, **EARLY))
    others = number(1, not_started(4), procedure(5, **EARLY), procedure(6, **EARLY))
    return make_three(
        tmp_path,
        (own, others),
        (own, others),
        (
            [own[0] | {"status": "おんらいん"}, procedure(2, procedure_id="２"), own[2]],
            [
                others[0],
                others[1] | {"name": "届出その１"},
                others[2],
                procedure(7, procedure_id=5),
            ],
        ),
        per_department=True,
    )


def test_ids_that_begin_anew_in_each_department_are_told_apart(restarting: Cycle) -> None:
    (restarting.raw_folder / "corrections.toml").write_text(
        '[[correction]]\nprocedure_id = "kankyo-1"\nfield = "status"\nexpected = "おんらいん"\n'
        'value = "オンライン化済"\nreason = "確認"\ndecided_by = "課"\ndecided_on = 2024-09-10\n',
        "utf-8",
    )
    findings = load_findings(restarting, collect_survey)
    rows = findings.survey.rows
    ids = [f"kankyo-{n}" for n in (1, 2, 3)] + [f"kodomo-{n}" for n in (1, 2, 3, 5)]
    assert rows["procedure_id"].tolist() == ids
    assert rows["procedure_id_raw"].tolist() == ["1", "２", "3", "1", "2", "3", "5"]
    assert rows["steps"].tolist()[:2] == [
        "procedure_id:department status:correction",
        "procedure_id:width+department",
    ]
    moves = findings.ledger.tables.current["transitions"]
    assert dict(moves[["procedure_id", "fate"]].to_numpy())["kodomo-5"] == "new"
    assert set(moves["paired_by"].dropna()) == {"id"}
    corrected = findings.ledger.tables.current["procedures"]["status_corrected"]
    assert corrected.notna().tolist() == [True, *[False] * 6]


def test_a_form_shows_the_ids_as_its_department_writes_them(restarting: Cycle) -> None:
    forms = write_forms(restarting)
    sheets = [openpyxl.load_workbook(form.path).worksheets[0] for form in forms]
    shown = [[sheet.cell(row, 1).value for row in range(7, 10)] for sheet in sheets]
    assert shown == [["1", "2", "3"]] * 2
    # Sent back as it is, it says the same.
    for form in forms:
        (restarting.raw_folder / form.path.name).write_bytes(form.path.read_bytes())
    survey, previous = load_surveys(restarting, collect_survey)
    assert previous is not None
    assert survey.rows["procedure_id"].tolist() == previous.rows["procedure_id"].tolist()


def test_what_was_taken_over_keeps_its_id_beside_the_own_one(restarting: Cycle) -> None:
    path = restarting.raw_folder / "cycle.toml"
    head, own, _ = path.read_text("utf-8").split("[[departments]]")
    moved = f'[[succession]]\nfrom = "こども部"\nto = "環境部"\ndate = {NOW}\n'
    path.write_text(f"{head}[[departments]]{own}{moved}", "utf-8")
    (restarting.raw_folder / "こども部.xlsx").unlink()
    cycle = open_cycle(NOW, restarting.root)
    (form,) = write_forms(cycle)
    sheet = openpyxl.load_workbook(form.path).worksheets[0]
    shown = {sheet.cell(row, 1).value for row in range(7, 13)}
    assert shown == {"1", "2", "3", "kodomo-1", "kodomo-2", "kodomo-3"}
    (cycle.raw_folder / "環境部.xlsx").write_bytes(form.path.read_bytes())
    survey, previous = load_surveys(cycle, collect_survey)
    assert previous is not None
    assert set(survey.rows["procedure_id"]) == set(previous.rows["procedure_id"])
    assert "error" not in set(survey.problems["severity"])


def test_an_id_with_a_departments_slug_is_that_one_and_twice_is_twice(tmp_path: Path) -> None:
    lines = [procedure(1, procedure_id=1), procedure(2, procedure_id="ｋａｎｋｙｏ－１")]
    cycle = make_cycle(tmp_path, [*lines, procedure(3, procedure_id="kodomo-1"), blank(4)])
    path = cycle.raw_folder / "cycle.toml"
    path.write_text("ids_per_department = true\n" + path.read_text("utf-8"), "utf-8")
    output = run(tmp_path, "check")[1]
    assert "手続きID「1」が重複" not in output
    assert "手続きID「kankyo-1」が重複しています" in output
    assert [one for _, one in free(output)] == ["2"]


def test_a_file_that_names_no_department_is_nobodys_by_such_ids(restarting: Cycle) -> None:
    path = restarting.raw_folder / "こども部.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0]["B1"] = None
    workbook.save(restarting.raw_folder / "様式1.xlsx")
    path.unlink()
    assert len(find(restarting, "workbook_unlisted")) == 1
    assert find(restarting, "workbook_twice") == []


def test_ids_that_were_counted_otherwise_before_are_told(restarting: Cycle) -> None:
    path = restarting.raw_folder.parent / BEFORE / "cycle.toml"
    path.write_text(path.read_text("utf-8").replace("ids_per_department = true\n", ""), "utf-8")
    (told,) = find(restarting, "ids_counted_otherwise")
    assert told == (
        "cycle.toml ids_per_department: 前回の調査回の設定と違うため、"
        "手続きIDで前回と対応させられません。"
        "前回の cycle.toml にも同じように書いてください。"
    )
