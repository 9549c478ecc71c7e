"""How a command meets its terminal: whatever it is, all is said, and no fault is a traceback."""

import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from analysis.errors import AnalysisError, describe_os_error
from analysis.startup import collect_seldom


def open_terminal() -> None:
    """Let any text be printed and any file be named, in whatever locale the command was started.

    Where the system's encoding has no Japanese (LC_ALL=C), no file of a survey could be named: the
    command starts again in Python's UTF-8 mode. A sign that a stream doesn't have is shown by its
    code.
    """
    try:
        "調査票".encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606
    # Where a stream is closed, what is said goes nowhere.
    if sys.stdout is None or sys.stderr is None:
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, *, nl: bool = True) -> None:
    """Print a text, the names of files in it as they were meant."""
    from analysis.texts import write_names  # noqa: PLC0415

    click.echo(write_names(text), nl=nl)


def refuse(text: str) -> click.ClickException:
    """Return what ends a command with a message and exit code 1."""
    from analysis.texts import write_names  # noqa: PLC0415

    return click.ClickException(write_names(text))


_WORDS = {
    "Options": "オプション",
    "Commands": "コマンド",
    "[OPTIONS]": "[オプション]",
    "COMMAND [ARGS]...": "コマンド [引数]...",
    "Show this message and exit.": "この説明を示す。",
    "Show the version and exit.": "このプログラムの版を示す。",
}


def _translate(text: str) -> str:
    for english, japanese in _WORDS.items():
        text = text.replace(english, japanese)
    return text


class _Help(click.HelpFormatter):
    """Says in Japanese what the library itself says in a help text."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _translate(args), prefix or "使い方: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_translate(heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *widths: int, **named: int) -> None:
        super().write_dl([(name, _translate(text)) for name, text in rows], *widths, **named)


# Of the commands below a group, too: each makes a context of its own.
click.Context.formatter_class = _Help


class Commands(click.Group):
    """Shows what a user can cause as a message with exit code 1, never as a traceback."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command on a terminal that shows whatever it says."""
        open_terminal()
        return super().main(*arguments, **options)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what its user can cause, and what the system refuses, is told."""
        collect_seldom()
        try:
            return super().invoke(ctx)
        except AnalysisError as error:
            raise refuse(str(error)) from None
        except BrokenPipeError:
            # Whoever read what is said has read enough.
            raise
        except OSError as error:
            raise refuse(describe_os_error(error)) from None
        except KeyboardInterrupt:
            raise refuse("中断しました。") from None
