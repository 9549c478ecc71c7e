"""The terminal, whatever it is: a command says all it has to say, and files keep their names."""

import io
import os
import sys

import click


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
