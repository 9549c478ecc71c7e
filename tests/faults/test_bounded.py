"""A workbook that costs too much to mark costs its own department the marks, and nobody else."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from analysis.cycle import Cycle
from analysis.display import Display, Task
from analysis.files import bounded
from analysis.files.bounded import Bounded, UnfinishedError
from analysis.files.delimited import read_delimited
from analysis.files.sheet import MOST_CELLS, UnreadableWorkbookError
from analysis.forms.returned import book, cost, write
from analysis.forms.returned.write import Returned, return_workbooks
from analysis.survey.collect import collect_survey

from archives import SHEET, change
from workbooks import (
    FIELDS,
    TITLES,
    build_workbook,
    make_cycle,
    procedure,
    save_bytes,
    write_shared,
)

FOLDER = Path("data/processed/2024-09-01/returned")
WRONG = procedure(1, status="謎", online_date=None)
LINKS = '<hyperlinks><hyperlink ref="AA1:AA1048576" location="A1"/></hyperlinks><pageMargins'
WHOLE_COLUMNS = {
    "merge": ("</mergeCells>", '<mergeCell ref="AA1:AC1048576"/></mergeCells>'),
    "link": ("<pageMargins", LINKS),
}


def give_back(cycle: Cycle) -> list[Returned]:
    return return_workbooks(cycle, collect_survey(cycle))


def make_hostile(folder: Path, kind: str) -> Cycle:
    """Write a cycle of two departments with one wrong answer each, the first one's file hostile."""
    content = save_bytes(build_workbook([WRONG]))
    hostile = change(content, SHEET, lambda text: text.replace(*WHOLE_COLUMNS[kind], 1))
    return make_cycle(folder, hostile, [WRONG | {"procedure_id": "K-002"}])


@pytest.mark.parametrize("kind", WHOLE_COLUMNS)
@pytest.mark.parametrize("bound", [("MOST_BYTES", 50 * 1024**2), ("MOST_SECONDS", 1)])
def test_what_is_too_much_to_mark_goes_back_as_a_list_and_the_next_one_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, bound: tuple[str, int]
) -> None:
    cycle = make_hostile(tmp_path, kind)
    monkeypatch.setattr(bounded, *bound)
    monkeypatch.setattr(cost, "MOST_WORK", 10**9)
    folder = tmp_path / FOLDER
    listed, marked = folder / "環境部（確認事項）.xlsx", folder / "こども部.xlsx"
    assert give_back(cycle) == [
        Returned("環境部", "環境部.xlsx", listed, write._EXCEEDED),
        Returned("こども部", "こども部.xlsx", marked),
    ]
    assert not (folder / "環境部.xlsx").exists()
    sheet = openpyxl.load_workbook(listed)["確認事項"]
    assert [[cell.value for cell in row[:5]] for row in sheet.iter_rows(min_row=2)] == [
        ["環境部　調査（2024-09-01時点）", *[None] * 4],
        [
            "提出済みの「環境部.xlsx」の次の場所を直し、同じ名前で再提出してください。",
            *[None] * 4,
        ],
        [None] * 5,
        ["番号", "区分", "場所", "確認すること", "直し方"],
        [
            1,
            "誤り",
            "調査票!G6",
            "オンライン化の状況「謎」は選択肢にありません。",
            "次のいずれかを入力してください: オンライン化済、着手済、未着手",
        ],
    ]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("merge", "結合したセルとリンクの範囲が3,145,7"),
        ("link", "結合したセルとリンクの範囲が1,048,5"),
    ],
)
def test_what_covers_too_many_cells_is_known_before_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, why: str
) -> None:
    cycle = make_hostile(tmp_path, kind)
    opened = openpyxl.load_workbook
    monkeypatch.setattr(book, "load_workbook", lambda *a, **k: refuse_ours(opened(*a, **k)))
    first, second = give_back(cycle)
    assert (first.unmarked[: len(why)], second.unmarked) == (why, "")


def refuse_ours(workbook: openpyxl.Workbook) -> openpyxl.Workbook:
    assert workbook.worksheets[0]["B1"].value != "環境部"
    return workbook


def test_strings_that_no_cell_has_and_marks_that_nobody_would_read_are_weighed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "MOST_WORK", 1_000)
    wrong = [WRONG | {"procedure_id": f"K-{n:03}"} for n in range(60)]
    strings = "<si><t/></si>" * 500 + "</sst>"
    padded = change(
        write_shared(wrong[:1]),
        "xl/sharedStrings.xml",
        lambda text: text.replace("</sst>", strings),
    )
    why = [entry.unmarked for entry in give_back(make_cycle(tmp_path, padded, wrong))]
    assert why == ["中身の要素が1,391個", "印を付ける問題が121件"]


def test_a_list_gives_way_to_the_marked_workbook_and_goes_with_the_last_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = make_cycle(tmp_path, [WRONG])

    def names() -> list[str]:
        return [path.name for path in (tmp_path / FOLDER).glob("*.xlsx")]

    with monkeypatch.context() as patch:
        patch.setattr(cost, "MOST_WORK", 100)
        give_back(cycle)
        assert names() == ["環境部（確認事項）.xlsx"]
    give_back(cycle)
    assert names() == ["環境部.xlsx"]
    build_workbook([procedure(1)]).save(cycle.raw_folder / "環境部.xlsx")
    assert give_back(cycle) == []
    assert names() == []


def test_no_file_that_came_in_is_opened_for_marking_in_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = make_cycle(tmp_path, [WRONG])
    monkeypatch.setattr(write, "mark_file", tell_process)
    (returned,) = give_back(cycle)
    assert returned.path is not None
    assert returned.path.read_bytes() != tell_process(None)


def test_a_csv_is_held_to_what_a_workbook_may_hold_when_it_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = make_cycle(tmp_path, None)
    lines = [["部局名", "環境部"], TITLES.values(), [str(WRONG.get(n) or "") for n in FIELDS]]
    text = "\n".join(",".join(line) for line in lines)
    (cycle.raw_folder / "環境部.csv").write_text(text, encoding="utf-8")
    monkeypatch.setattr(cost, "MOST_WORK", 50)
    path = tmp_path / FOLDER / "環境部（確認事項）.xlsx"
    assert give_back(cycle) == [Returned("環境部", "環境部.csv", path, "中身の要素が52個")]


@pytest.mark.parametrize("content", [b",\n" * (MOST_CELLS // 2 + 1), b"a\n" * 100_001])
def test_a_csv_is_held_to_the_cells_and_rows_of_a_workbook_when_it_is_read(content: bytes) -> None:
    with pytest.raises(UnreadableWorkbookError, match="workbook_cells"):
        read_delimited(content, "環境部", lambda _: True)
    assert read_delimited(b"a\n" * 100_000, "環境部", lambda _: True).last_row == 100_000


def test_each_kind_of_end_is_told_and_the_next_job_is_done() -> None:
    with Bounded(do_as_told) as process:
        assert process.do("work") == "work"
        for told in ("raise", "exit", "kill"):
            with pytest.raises(UnfinishedError):
                process.do(told)
            assert process.do("work") == "work"


def test_memory_is_bounded_where_the_system_bounds_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "_hold_to_bounds", lambda: None)
    monkeypatch.setattr(bounded, "MOST_BYTES", 50 * 1024**2)
    with Bounded(do_as_told) as process, pytest.raises(UnfinishedError):
        process.do("grow")


def test_a_job_that_only_waits_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "_PATIENCE", 0.01)
    with Bounded(do_as_told) as process, pytest.raises(UnfinishedError):
        process.do("wait")


def test_each_marked_workbook_is_told_as_it_is_done(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(2)], [WRONG])
    display = Listening()
    return_workbooks(cycle, collect_survey(cycle), display)
    assert display.heard == ["begin kodomo", "kodomo"]


class Listening(Display):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def begin(self, items: Sequence[Task]) -> None:
        self.heard += [f"begin {item.stem}" for item in items]

    def finished(self, item: Task, how: str = "") -> None:
        self.heard.append(item.stem)


def tell_process(_: object) -> bytes:
    return str(os.getpid()).encode()


def do_as_told(told: str) -> str:
    match told:
        case "raise":
            raise ValueError
        case "exit":
            os._exit(0)
        case "kill":
            os.kill(os.getpid(), 9)
        case "wait":
            time.sleep(600)
        case "grow":
            kept = []
            while True:
                kept.append(bytes(1024**2))
                time.sleep(0.001)
    return told
