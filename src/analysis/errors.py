"""The one family of errors that a user can cause.

Every message says what is wrong, where, and what to do, in Japanese. The command line prints it
without a traceback and exits with 1; anything outside this family is a defect of the program.
"""

import errno
from collections.abc import Sequence

EXAMPLES_SHOWN = 5

# Of a quota and of a file's greatest size it is true as well: there is no more room.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class AnalysisError(Exception):
    """What a user can cause and mend. `str()` of it is the whole text to show."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows of it in a cell: the text, and no line of our code."""
        return str(self).splitlines()


class SettingsError(AnalysisError):
    """A settings file (cycle.toml, guideline, corrections) can't be used as it stands."""


class SurveyError(AnalysisError):
    """The departments' answers can't be used as they stand; carries every problem found."""


class FigureError(AnalysisError):
    """A figure was asked for that is not in the ledger."""


class ReportError(AnalysisError):
    """A notebook or a page can't be built."""


def list_examples(lines: Sequence[str]) -> str:
    """Return the first five lines as a list and say how many more there are."""
    shown = [f"  ・{line}" for line in lines[:EXAMPLES_SHOWN]]
    if len(lines) > EXAMPLES_SHOWN:
        shown.append(f"  ……ほか{len(lines) - EXAMPLES_SHOWN}件")
    return "\n".join(shown)


def say_why(error: OSError) -> str:
    """Say why the system refused a file: in Japanese where the disk is full."""
    if error.errno in _FULL:
        return "ディスクの空きがありません"
    return error.strerror or "ほかの処理が使っています"


def describe_os_error(error: OSError) -> str:
    """Say which file or folder the system refused, and what to look at."""
    where = f": {error.filename}" if error.filename else ""
    return (
        f"ファイルを読み書きできません{where}（{say_why(error)}）。"
        "ほかで開いていないか、空き容量と権限を確かめてください。"
    )
