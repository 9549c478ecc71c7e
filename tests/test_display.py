"""What is seen of a build while it runs: in a terminal, in a log, and when nothing is wanted."""

import os
import re
import subprocess
import sys
import threading
import unicodedata

import pytest

from analysis.display import OTHER_BUILD, NamedTask, clean, open_display
from analysis.reports.plan import Report

pty = pytest.importorskip("pty")
REPORTS = [
    Report("overview", "overview", "着手状況調査結果（全体）", ()),
    Report("department", "department-kankyo", "環境部", ()),
    Report("reasons", "reasons", "[red]理由[/red]\x1b[2J", ()),
]
BUILD = """
import sys
from analysis.display import open_display
from analysis.reports.plan import Report
REPORTS = {reports!r}
with open_display(quiet={quiet}) as display:
    display.wait()
    display.begin(REPORTS)
    display.finished(REPORTS[0], "新規")
    display.failed(REPORTS[1], "だめです\\nくわしく")
    display.finished(REPORTS[2])
print("まとめ")
print("rich" in sys.modules)
"""
WRITTEN = """\
同じ調査回の報告書を、ほかのプロセスが作成しています。終わるのを待っています。
[1/3] overview  着手状況調査結果（全体）  新規
[2/3] department-kankyo  環境部  失敗: だめです
[3/3] reasons  [red]理由[/red]\ufffd[2J
"""
COLOUR = re.compile(r"\x1b\[(?:\d+;)*3\d")


def build(quiet: bool = False) -> list[str]:
    """Return the command of a build that shows itself."""
    return [sys.executable, "-c", BUILD.format(reports=REPORTS, quiet=quiet)]


def build_in_terminal(quiet: bool = False, **environment: str) -> str:
    """Return all that a terminal of 100 columns is sent."""
    own, other = pty.openpty()
    given = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    given |= {"TERM": "xterm-256color", "COLUMNS": "100"} | environment
    process = subprocess.Popen(build(quiet), stdout=other, stderr=other, env=given)
    os.close(other)
    sent = b""
    try:
        while part := os.read(own, 10_000):
            sent += part
    except OSError:
        # So Linux tells that the other end is closed.
        pass
    finally:
        os.close(own)
        assert process.wait() == 0, sent.decode()
    return sent.decode()


def test_a_pipe_gets_a_plain_line_for_each_report_on_stdout() -> None:
    done = subprocess.run(build(), capture_output=True, check=True, text=True, encoding="utf-8")
    assert done.stdout == WRITTEN + "まとめ\nFalse\n"
    assert done.stderr == ""


def test_a_command_whose_answer_is_on_stdout_tells_its_steps_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open_display(aside=True) as display:
        display.begin([NamedTask("kankyo", "環境部")])
        display.finished(NamedTask("kankyo", "環境部"))
    assert capsys.readouterr() == ("", "[1/1] kankyo  環境部\n")


def test_beside_such_a_commands_bar_a_process_may_be_forked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    threads = threading.active_count()
    with open_display(aside=True) as display:
        for _ in range(2):
            display.begin(REPORTS)
            display.finished(REPORTS[0])
            assert threading.active_count() == threads


def test_a_terminal_gets_a_bar_with_the_report_under_way_and_the_time_left() -> None:
    sent = build_in_terminal()
    assert "\x1b[?25l" in sent
    assert sent.count("\x1b[?25h") == 1
    for words in ("0/3", "1/3", "2/3", "残り", "着手状況調査結果（全体）", "環境部"):
        assert words in sent
    assert COLOUR.search(sent)
    assert "[1/3]" not in sent


def test_a_failure_is_told_above_the_bar_and_stays() -> None:
    sent = build_in_terminal()
    assert "環境部  失敗: だめです\r\n" in re.sub(r"\x1b\[[\d;?]*\w", "", sent)
    assert "くわしく" not in sent


def test_a_title_can_steer_neither_the_bar_nor_the_terminal() -> None:
    sent = build_in_terminal()
    assert "[red]理由[/red]\ufffd[2J" in sent
    assert "\x1b[2J" not in sent


def test_nothing_is_coloured_where_no_colour_is_wanted() -> None:
    sent = build_in_terminal(NO_COLOR="1")
    assert "環境部" in sent
    assert not COLOUR.search(sent)


def test_no_line_of_the_bar_is_wider_than_the_terminal() -> None:
    sent = build_in_terminal(COLUMNS="40").replace(OTHER_BUILD, "")
    for line in re.split(r"\r\n|\r|\n", re.sub(r"\x1b\[[\d;?]*\w", "", sent)):
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        assert width <= 40, line


def test_a_terminal_that_draws_nothing_gets_lines() -> None:
    sent = build_in_terminal(TERM="dumb")
    assert sent.replace("\r\n", "\n").startswith(WRITTEN)


def test_quiet_shows_nothing_but_what_the_build_says_itself() -> None:
    assert build_in_terminal(quiet=True) == "まとめ\r\nFalse\r\n"


def test_the_cursor_comes_back_when_a_build_is_broken_off() -> None:
    code = BUILD.replace('display.finished(REPORTS[0], "新規")', "raise KeyboardInterrupt")
    own, other = pty.openpty()
    command = [sys.executable, "-c", code.format(reports=REPORTS, quiet=False)]
    environment = os.environ | {"TERM": "xterm"}
    with subprocess.Popen(command, stdout=other, stderr=other, env=environment) as process:
        process.wait()
    os.close(other)
    assert b"\x1b[?25h" in os.read(own, 100_000)
    os.close(own)


@pytest.mark.parametrize("text", ["\x1b[31m", "\r", "\n", "\u202e", "\udcff", "\x9b"])
def test_what_steers_a_terminal_is_replaced(text: str) -> None:
    assert "\ufffd" in clean(f"環境　部{text}髙")
    assert clean("環境　部髙") == "環境　部髙"
    assert text not in clean(f"環境{text}")


@pytest.mark.parametrize("drawing", [True, False])
def test_where_nothing_is_made_nothing_is_shown(
    drawing: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: drawing)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: drawing)
    with open_display():
        pass
    with open_display() as display:
        display.begin([])
    assert capsys.readouterr() == ("", "")
