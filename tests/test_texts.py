"""Every text that people write is read by one rule, or refused with its file, line and remedy."""

import os
import pickle
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from analysis.cycle import Cycle, list_cycles, open_cycle
from analysis.document.notebook import parse_code, read_notebook
from analysis.errors import AnalysisError, ReportError
from analysis.figures.guideline import read_guideline
from analysis.figures.reconcile import read_published
from analysis.inputs import list_inputs
from analysis.survey.answers.correct import read_corrections
from analysis.survey.collect import collect_survey
from analysis.survey.pairs.confirm import read_matches
from analysis.survey.problems import describe, problems_from_frame
from analysis.texts import UnreadableTextError, compose_name, find_encoding, write_names

from conftest import DEMO
from deliveries import run
from workbooks import make_cycle, procedure

CORRECTION = """\
[[correction]]
procedure_id = "K-001"
field = "remarks"
expected = ""
value = "訂正した備考"
reason = "課に確認"
decided_by = "DX戦略課"
decided_on = 2024-09-30
"""
PUBLISHED = "scope,measure,published\n環境部,total,1\n"
MATCHES = "previous_id,current_id,decided_by,decided_on,reason\n,K-001,DX戦略課,2024-09-10,新設\n"
GUIDELINE = (DEMO / "data/raw/guideline/2024.toml").read_text("utf-8")


def read_settings(cycle: Cycle) -> object:
    return open_cycle(cycle.name, cycle.root).settings


def tell_matches(cycle: Cycle) -> object:
    frame, problems = read_matches(cycle)
    if problems:
        raise AnalysisError("\n".join(map(describe, problems)))
    return frame.to_dict()


def tell_published(cycle: Cycle) -> object:
    return read_published(cycle).to_dict()


def tell_guideline(cycle: Cycle) -> object:
    return read_guideline(cycle.guideline_path, cycle.questionnaire)


# Each file that people write: its place from data/raw, a good text of it, and what reads it.
FILES: dict[str, tuple[str, str | None, Callable[[Cycle], object]]] = {
    "settings": ("2024-09-01/cycle.toml", None, read_settings),
    "corrections": ("2024-09-01/corrections.toml", CORRECTION, read_corrections),
    "matches": ("2024-09-01/matches.csv", MATCHES, tell_matches),
    "published": ("2024-09-01/published.csv", PUBLISHED, tell_published),
    "guideline": ("guideline/2024.toml", GUIDELINE, tell_guideline),
}
every_file = pytest.mark.parametrize("kind", FILES)


def put(cycle: Cycle, kind: str) -> tuple[Path, str, Callable[[Cycle], object]]:
    """Put a good file of a kind, and return its place, its text and what reads it."""
    name, text, read = FILES[kind]
    path = cycle.root / "data" / "raw" / name
    path.parent.mkdir(exist_ok=True)
    if text is None:
        text = path.read_text("utf-8")
    path.write_text(text, "utf-8")
    return path, text, read


@pytest.fixture
def cycle(tmp_path: Path) -> Cycle:
    made = make_cycle(tmp_path, [procedure(1)])
    put(made, "guideline")
    return made


@every_file
@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode("utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="UTF-16"),
        pytest.param(lambda text: text.encode("cp932"), id="CP932"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="lines of Windows"),
        pytest.param(lambda text: text.replace("\n", "\r").encode(), id="lines of an old Mac"),
    ],
)
def test_a_text_says_the_same_however_it_was_saved(
    cycle: Cycle, kind: str, encode: Callable[[str], bytes]
) -> None:
    path, text, read = put(cycle, kind)
    first = read(cycle)
    path.write_bytes(encode(text.replace("〜", "～").replace("−", "－")))
    if text == text.encode("cp932", "ignore").decode("cp932"):
        assert read(cycle) == first
    else:
        read(cycle)


def spoil(text: str) -> dict[str, tuple[bytes, int]]:
    """Return a text spoilt in every way, each with the line of which that is said."""
    lines, content = text.rstrip("\n").count("\n") + 1, text.rstrip("\n").encode()
    head = content.split(b"\n")[0].decode()
    return {
        "a byte that is no text": (content.replace("課".encode(), b"\xff\xfe\xff", 1), 0),
        "a NUL": (content + b"\n\0\n", lines + 1),
        "an escape of a terminal": (content + b"\n\x1b[2J\n", lines + 1),
        "UTF-16 without a mark": (head.encode("utf-16-le"), 1),
        "a workbook": (b"PK\x03\x04\xff\xfe\xff", 1),
        "a quotation never closed": (content + b'\n"open, = 1\n', lines + 1),
    }


@every_file
@pytest.mark.parametrize("accident", spoil(""))
def test_an_accident_is_told_with_file_line_and_remedy(
    cycle: Cycle, kind: str, accident: str
) -> None:
    path, text, read = put(cycle, kind)
    content, line = spoil(text)[accident]
    if content == text.rstrip("\n").encode():
        pytest.skip("no such sign in it")
    path.write_bytes(content)
    with pytest.raises(AnalysisError) as caught:
        read(cycle)
    told = str(caught.value)
    assert path.name in told
    assert f"{line or ''}行目" in told
    assert told.endswith("ください。")


@every_file
@pytest.mark.parametrize("what", ["folder", "pipe", "link", "link to nowhere"])
def test_what_is_no_file_is_told_and_never_passed_over(cycle: Cycle, kind: str, what: str) -> None:
    path, _, read = put(cycle, kind)
    elsewhere = path.rename(cycle.root / "elsewhere")
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(elsewhere if what == "link" else "nowhere")
    for look in (read, list_inputs):
        with pytest.raises(AnalysisError, match="ファイルではありません"):
            look(open_cycle(cycle.name, cycle.root) if kind != "settings" else cycle)
    # Nor does an older cycle take its place.
    assert list_cycles(cycle.root) == [cycle.name]


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("x = " + "[" * 5000 + "]" * 5000, "入れ子が深すぎます"),
        (".".join(["a"] * 5000) + " = 1", "入れ子が深すぎます"),
        ("x = " + "9" * 5000, "4,300桁を超える数です"),
        ('title = "a\\u0000b"', "制御文字が書かれています"),
        ("as_of = 2024-09-01", "同じ項目が2度書かれています"),
        ('x = "a', "引用符が閉じていないか"),
        ("x = [1,", "書き方が違います"),
    ],
)
def test_what_no_settings_hold_is_told_with_its_line(cycle: Cycle, added: str, told: str) -> None:
    path = cycle.raw_folder / "cycle.toml"
    lines = path.read_text("utf-8").split("\n")
    lines = [line for line in lines if not added.startswith("title") or "title" not in line]
    path.write_text("\n".join(["", added, *lines]), "utf-8")
    if added.startswith("as_of"):
        path.write_text("\n".join([*lines[:1], added, *lines[1:]]), "utf-8")
    with pytest.raises(AnalysisError) as caught:
        open_cycle(cycle.name, cycle.root)
    assert told in str(caught.value)
    assert "2024-09-01/cycle.toml: 2行目を" in str(caught.value) or added == "x = [1,"
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("path", ["/etc/passwd", "../2024.toml", "a/../../b.toml", "C:\\a.toml"])
@pytest.mark.parametrize("key", ["guideline", "workbook"])
def test_a_path_out_of_its_folder_is_refused(cycle: Cycle, key: str, path: str) -> None:
    settings = cycle.raw_folder / "cycle.toml"
    text = settings.read_text("utf-8")
    names = {"guideline": '"2024.toml"', "workbook": '"環境部.xlsx"'}
    quoted = path.replace("\\", "\\\\")
    settings.write_text(text.replace(names[key], f'"{quoted}"'), "utf-8")
    with pytest.raises(AnalysisError, match="フォルダーの外を指さない"):
        open_cycle(cycle.name, cycle.root)


def test_a_version_of_the_guideline_may_have_a_folder_and_a_workbook_none(cycle: Cycle) -> None:
    settings = cycle.raw_folder / "cycle.toml"
    text = settings.read_text("utf-8").replace('"2024.toml"', '"旧/2024.toml"')
    settings.write_text(text, "utf-8")
    assert open_cycle(cycle.name, cycle.root).guideline_path.parent.name == "旧"
    settings.write_text(text.replace('"環境部.xlsx"', '"旧/環境部.xlsx"'), "utf-8")
    with pytest.raises(AnalysisError, match="フォルダーを付けず"):
        open_cycle(cycle.name, cycle.root)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("−3", "-3"), ("－３", "-3"), ("△3", "-3"), ("▲1,234", "-1234"), ("+8.3", "+8.3"),
        ("1,758", "1758"), ("３５．７％", "35.7"), ("0", "0"),
    ],
)  # fmt: skip
def test_a_published_value_is_taken_as_reports_print_it(
    cycle: Cycle, typed: str, number: str
) -> None:
    path, _, _ = put(cycle, "published")
    path.write_text(f'scope,measure,published\n\n環境部,online,"{typed}"\n', "utf-8")
    found = read_published(cycle)
    assert found[["published", "typed", "line"]].to_numpy().tolist() == [[number, typed, 3]]


@pytest.mark.parametrize(
    "typed", ["nan", "inf", "-Infinity", "1e3", "1_000", "1,75", "", "3件", "9" * 40]
)
def test_what_is_no_printed_number_is_told_with_its_line(cycle: Cycle, typed: str) -> None:
    path, _, _ = put(cycle, "published")
    path.write_text(f'scope,measure,published\n環境部,a,1,2\n環境部,b,"{typed}"\n', "utf-8")
    with pytest.raises(AnalysisError) as caught:
        read_published(cycle)
    assert "2行目: 値が4個あります" in str(caught.value)
    assert "3行目: 環境部 b" in str(caught.value)


def test_utf8_that_is_damaged_is_not_read_as_another_encoding() -> None:
    text = "郡山市の行政手続きのオンライン化".encode()
    assert find_encoding(text) == "utf-8"
    assert find_encoding(text[:-1]) is None
    assert find_encoding(text.replace("手".encode(), b"\x89\xe5")) is None
    # All of it would be signs of CP932: 縺ゅ＞ and ア.
    assert "あい".encode().decode("cp932")
    assert find_encoding("あい".encode() + b"\x83A") is None
    assert find_encoding("郡山市の行政手続き".encode("cp932")) == "cp932"
    assert find_encoding("ｵﾝﾗｲﾝ化".encode("cp932")) == "cp932"


def in_cp932(path: Path) -> Path:
    """Return a path whose last name is in the bytes that a zip from Windows leaves."""
    return Path(os.fsdecode(os.fsencode(path.parent) + b"/" + path.name.encode("cp932")))


# 議会事務局 has bytes in CP932 that are a sign in UTF-8, 表 one that is a backslash.
@pytest.mark.parametrize("name", ["議会事務局.xlsx", "ソ表 (2).xlsx", "ｶﾅ.csv", "パ.txt"])
def test_a_name_in_cp932_is_the_name_that_was_meant(name: str) -> None:
    broken = in_cp932(Path("data/raw") / name)
    meant = unicodedata.normalize("NFC", name)
    assert compose_name(broken.name) == meant
    assert compose_name(broken.as_posix()) == f"data/raw/{meant}"
    assert write_names(f"同じ部局の調査票「{broken.name}」") == f"同じ部局の調査票「{meant}」"
    assert compose_name(name) == meant


def test_bytes_that_are_no_name_are_shown() -> None:
    assert compose_name(os.fsdecode(b"\xff\xfe.xlsx")) == "\\xff\\xfe.xlsx"


@pytest.mark.skipif(sys.platform != "linux", reason="only there names are bytes")
def test_a_workbook_named_in_cp932_is_read_and_a_second_one_told(cycle: Cycle) -> None:
    path = cycle.raw_folder / "環境部.xlsx"
    content = path.read_bytes()
    path.rename(in_cp932(path))
    code, output = run(cycle.root, "check")
    assert code == 0, output
    assert "data/raw/2024-09-01/環境部.xlsx" in list_inputs(cycle)
    assert collect_survey(cycle).workbooks["workbook"].tolist() == ["環境部.xlsx"]
    path.write_bytes(content)
    (problem,) = problems_from_frame(collect_survey(cycle).problems)
    assert describe(problem).startswith("環境部.xlsx: ファイル名の文字が壊れているため、")
    assert problem.severity == "error"
    in_cp932(cycle.raw_folder / "知らない表.xlsx").write_bytes(content)
    assert "知らない表.xlsx" in run(cycle.root, "check")[1]


def test_a_folder_named_in_cp932_is_no_traceback(cycle: Cycle) -> None:
    folder = in_cp932(cycle.root / "data/raw/回")
    folder.mkdir()
    (folder / "cycle.toml").write_text("x", "utf-8")
    assert "2024-09-01、回" in run(cycle.root, "check", "x")[1]
    assert "回/cycle.toml: 1行目を" in run(cycle.root, "check")[1]
    assert run(cycle.root, "check", cycle.name)[0] == 0


NOTEBOOK = nbformat.writes(
    nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("a: int = 1\n", metadata={"tags": ["parameters"]}, id="a")]
    )
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (NOTEBOOK[:-20].encode(), "行目が JSON ではありません"),
        (b"[" * 100_000 + b"]" * 100_000, "入れ子が深すぎます"),
        (NOTEBOOK.encode() + b"\0", "制御文字 U+0000"),
        (NOTEBOOK.encode() + b"\xff\xff", "文字として読めないバイト"),
        (b"[]", "ノートブックとして読めません。"),
        (b'{"nbformat": 3, "metadata": {}, "worksheets": []}', "ノートブックとして読めません。"),
        (NOTEBOOK.replace('"metadata"', '"x"').encode(), "ノートブックとして読めません。"),
        *(
            (
                b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}%s}' % cells,
                "ノートブックとして読めません。",
            )
            for cells in (b"", b', "cells": null', b', "cells": "x"', b', "cells": ["x"]')
        ),
        (NOTEBOOK.replace("a: int", "\\ud800").encode(), "ノートブックとして読めません。"),
    ],
)
def test_a_notebook_that_is_none_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "sample.ipynb"
    path.write_bytes(content)
    with pytest.raises(ReportError) as caught:
        read_notebook(path)
    assert str(caught.value).startswith("notebooks/sample.ipynb がないか")
    assert told in str(caught.value)
    assert str(caught.value).endswith("配布されたものに戻してください。")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_notebook_is_read_however_it_was_saved(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "sample.ipynb"
    path.write_bytes(NOTEBOOK.encode(encoding))
    assert read_notebook(path).cells[0].source == "a: int = 1\n"


def test_parameters_that_are_no_python_are_told_with_cell_and_line(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"x\.ipynb の2番目のセルの2行目は、Python として"):
        parse_code(tmp_path / "x.ipynb", 2, "a = 1\nb: : int\n")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such locale")
@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
)
def test_a_command_speaks_whatever_the_terminal_can_show(
    cycle: Cycle, environment: dict[str, str]
) -> None:
    if environment.get("PYTHONUTF8") == "0" and not sys.prefix.isascii():
        pytest.skip("Python itself can't start from such a folder in this locale")
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    done = subprocess.run(
        [sys.executable, "-c", "from analysis.cli import main; main()", "check"],
        cwd=cycle.root,
        env=bare | environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    shown = done.stdout.decode("utf-8" if "LC_ALL" in environment else "latin-1")
    assert "環境部" in shown or "\\u74b0\\u5883\\u90e8" in shown or "環境部".encode() in done.stdout


def test_what_is_wrong_with_a_file_is_told_by_the_process_that_waits() -> None:
    """A worker hands over what it raises, and it is lost if that can't be made again."""
    told = UnreadableTextError("measures.toml", "2行目が読めません", "直してください")
    assert str(pickle.loads(pickle.dumps(told))) == str(told)  # noqa: S301  our own
    assert pickle.loads(pickle.dumps(told)).why == told.why  # noqa: S301
