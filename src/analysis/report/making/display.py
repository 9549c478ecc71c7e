"""How far a build has come: a bar in a terminal, plain lines in a log, or nothing."""

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from rich.progress import Progress

UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Kinds of characters that a terminal obeys, or can't write."""


class Item(Protocol):
    """What is made: a report, or all the reports of a city."""

    @property
    def stem(self) -> str:
        """Return its name, which no other has."""

    @property
    def title(self) -> str:
        """Return what people call it."""


class Display:
    """Shows nothing. The others show what they are told, by one thread, of what is made."""

    def finished(self, item: Item, how: str = "") -> None:
        """Tell that one is made, and how, if there is something to say of it."""

    def failed(self, item: Item, message: str) -> None:
        """Tell that one can't be made; the whole message is for the closing summary."""


@contextmanager
def show_progress(items: Sequence[Item], quiet: bool = False) -> Iterator[Display]:
    """Give the display for what is to be made, which is begun in this order.

    A bar on stderr if both outputs are a terminal that can draw one: a pipe or a file gets lines on
    stdout. `quiet` shows nothing.
    """
    if quiet:
        yield Display()
    elif sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _draw_bar() as progress:
            yield Bar(items, progress)
    else:
        yield Lines(items)


class Lines(Display):
    """One line on stdout for each that is done, in the order of their ends; no time is told."""

    def __init__(self, items: Sequence[Item]) -> None:
        """Count what is to be made."""
        self._total, self._done = len(items), 0

    def finished(self, item: Item, how: str = "") -> None:
        """Write the line of one that is made."""
        self._done += 1
        words = (f"[{self._done}/{self._total}] {item.stem}", item.title, how)
        click.echo(clean("  ".join(word for word in words if word)))

    def failed(self, item: Item, message: str) -> None:
        """Write the line of one that failed, with the first line of why."""
        self.finished(item, _shorten(message))


class Bar(Display):
    """A bar with the first that is not done, so surely under way, and the time left."""

    def __init__(self, items: Sequence[Item], progress: "Progress") -> None:
        """Put the bar at its beginning."""
        self._waiting = {item.stem: clean(item.title) for item in items}
        self._progress = progress
        self._task = progress.add_task(self._name_first(), total=len(items))

    def finished(self, item: Item, how: str = "") -> None:
        """Move the bar on."""
        self._waiting.pop(item.stem, None)
        self._progress.update(self._task, advance=1, description=self._name_first(), refresh=True)

    def failed(self, item: Item, message: str) -> None:
        """Leave a line above the bar, with the first line of why, and move on."""
        self._progress.console.print(
            clean(f"{item.title}  {_shorten(message)}"), markup=False, highlight=False
        )
        self.finished(item)

    def _name_first(self) -> str:
        return next(iter(self._waiting.values()), "")


def clean(text: str) -> str:
    """Return a line with a replacement mark for each character that would steer a terminal."""
    return "".join("\ufffd" if unicodedata.category(c) in UNSEEN else c for c in text)


def _draw_bar() -> "Progress":
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
        refresh_per_second=4,
        transient=True,
    )


def _shorten(message: str) -> str:
    """Return a failure as the end of one line."""
    return f"失敗: {next(iter(message.splitlines()), '')}"
