"""How far a command has come: a bar in a terminal, plain lines in a log, or nothing."""

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

import click

if TYPE_CHECKING:
    from rich.progress import Progress

UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Kinds of characters that a terminal obeys, or can't write."""
OTHER_BUILD = "同じ調査回の報告書を、ほかのプロセスが作成しています。終わるのを待っています。"


class Task(Protocol):
    """What is made or done: a report, all the reports of a city, the reading of a workbook."""

    @property
    def stem(self) -> str:
        """Return its name, which no other has."""

    @property
    def title(self) -> str:
        """Return what people call it."""


class NamedTask(NamedTuple):
    """A thing that a command does among others."""

    stem: str
    title: str


class Display:
    """Shows nothing. The others show what they are told, by one thread, of what is made."""

    def wait(self) -> None:
        """Tell that another build must end first."""

    def begin(self, items: Sequence[Task]) -> None:
        """Tell what is to be made, in the order in which it is begun."""

    def finished(self, item: Task, how: str = "") -> None:
        """Tell that one is made, and how, if there is something to say of it."""

    def failed(self, item: Task, message: str) -> None:
        """Tell that one can't be made; the whole message is for the closing summary."""

    def end(self) -> None:
        """Take away what was only to be seen meanwhile."""


@contextmanager
def open_display(quiet: bool = False, *, aside: bool = False) -> Iterator[Display]:
    """Give the display that suits where the output goes, and end it in any case.

    A bar on stderr if both outputs are a terminal that can draw one: a pipe or a file gets lines on
    stdout. `quiet` shows nothing. `aside` is for a command whose stdout is all its answer, and that
    forks: lines go to stderr too, and the bar has no thread, so it moves only with what is done.
    """
    drawing = sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    display = Display() if quiet else Bar(aside) if drawing else Lines(aside)
    try:
        yield display
    finally:
        display.end()


class Lines(Display):
    """One line for each that is done, in the order of their ends; no time is told."""

    def __init__(self, aside: bool = False) -> None:
        """Write on stdout, or `aside` on stderr."""
        self._aside = aside

    def wait(self) -> None:
        """Write a line."""
        click.echo(OTHER_BUILD, err=self._aside)

    def begin(self, items: Sequence[Task]) -> None:
        """Count what is to be made."""
        self._total, self._done = len(items), 0

    def finished(self, item: Task, how: str = "") -> None:
        """Write the line of one that is made."""
        self._done += 1
        words = (f"[{self._done}/{self._total}] {item.stem}", item.title, how)
        click.echo(clean("  ".join(word for word in words if word)), err=self._aside)

    def failed(self, item: Task, message: str) -> None:
        """Write the line of one that failed, with the first line of why."""
        self.finished(item, _shorten(message))


class Bar(Display):
    """A bar with the first that is not done, so surely under way, and the time left."""

    def __init__(self, aside: bool = False) -> None:
        """Wait for the beginning: where nothing is to be made, no bar is imported.

        `aside` moves without a thread: beside one no process is forked.
        """
        self._progress: Progress | None = None
        self._ticks = not aside

    def wait(self) -> None:
        """Write a line where the bar is going to be."""
        click.echo(OTHER_BUILD, err=True)

    def begin(self, items: Sequence[Task]) -> None:
        """Draw the bar, if there is anything to be made, in place of one that is drawn already."""
        self.end()
        if items:
            self._waiting = {item.stem: clean(item.title) for item in items}
            self._progress = _draw_bar(self._ticks)
            self._task = self._progress.add_task(self._name_first(), total=len(items))
            self._progress.start()
            self._progress.refresh()

    def finished(self, item: Task, how: str = "") -> None:
        """Move the bar on."""
        if self._progress:
            self._waiting.pop(item.stem, None)
            first = self._name_first()
            self._progress.update(self._task, advance=1, description=first, refresh=True)

    def failed(self, item: Task, message: str) -> None:
        """Leave a line above the bar, with the first line of why, and move on."""
        if self._progress:
            told = clean(f"{item.title}  {_shorten(message)}")
            self._progress.console.print(told, markup=False, highlight=False)
            self.finished(item)

    def end(self) -> None:
        """Take the bar away and give the cursor back."""
        if self._progress:
            self._progress.stop()
            self._progress = None

    def _name_first(self) -> str:
        return next(iter(self._waiting.values()), "")


def clean(text: str) -> str:
    """Return a line with a replacement mark for each character that would steer a terminal."""
    return "".join("\ufffd" if unicodedata.category(c) in UNPRINTABLE else c for c in text)


def _draw_bar(ticks: bool) -> "Progress":
    """Return a bar that goes when all is done; only a terminal has its library imported."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("残り"),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        auto_refresh=ticks,
        refresh_per_second=4,
        transient=True,
    )


def _shorten(message: str) -> str:
    """Return a failure as the end of one line."""
    return f"失敗: {next(iter(message.splitlines()), '')}"
