"""Say where the collection of a cycle stands: who has answered, every problem, what to send back.

A Japanese character is two columns wide on a terminal; rich counts so, and the table's lines are
plain ASCII, whose width no terminal doubts.
"""

import io
import unicodedata
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.survey.problems import SEVERITY_LABELS, describe, problems_from_frame
from analysis.survey.returned.write import RETURNED_FOLDER, Returned
from analysis.survey.survey import STATE_LABELS, Survey

_WIDTH = 100
_STATE_STYLES = {"answered": "", "missing": "bold yellow", "unreadable": "bold red"}
_SEVERITY_STYLES = {"error": "bold red", "warning": "yellow", "notice": ""}
_NOT_PRINTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def describe_status(
    survey: Survey, cycle_name: str, returned: Sequence[Returned], *, coloured: bool = False
) -> str:
    """Return who has answered as a table, every problem in a line, and the workbooks to send back.

    `coloured` adds the colours of a terminal; nothing else differs.
    """
    parts = [_draw_table(survey, coloured=coloured), *_list_missing(survey)]
    parts += [*_list_problems(survey), *_list_returned(cycle_name, returned)]
    return "\n".join(parts)


def _draw_table(survey: Survey, *, coloured: bool) -> str:
    table = Table(box=box.MARKDOWN, header_style="")
    table.add_column("部局")
    table.add_column("調査票")
    for title in ("手続き", *SEVERITY_LABELS.values()):
        table.add_column(title, justify="right")
    counts = survey.problems.groupby(["department", "severity"]).size()
    for row in survey.workbooks.to_dict("records"):
        state = str(row["state"])
        cells = [
            Text(_printable(str(row["department"]))),
            Text(STATE_LABELS[state], style=_STATE_STYLES[state]),
            Text(f"{row['procedures']:,}" if state == "answered" else "-"),
        ]
        for severity, style in _SEVERITY_STYLES.items():
            count = int(counts.get((row["department"], severity), 0))
            cells.append(Text(f"{count:,}", style=style if count else ""))
        table.add_row(*cells)
    console = Console(
        file=io.StringIO(),
        width=_WIDTH,
        force_terminal=coloured,
        color_system="standard" if coloured else None,
    )
    with console.capture() as drawn:
        console.print(table)
    lines = (line.rstrip() for line in drawn.get().splitlines())
    return "\n".join(line for line in lines if line)


def _list_missing(survey: Survey) -> Iterator[str]:
    workbooks = survey.workbooks
    answered = int((workbooks["state"] == "answered").sum())
    yield f"\n提出済 {answered}/{len(workbooks)} 部局"
    for state in ("missing", "unreadable"):
        names = workbooks.loc[workbooks["state"] == state, "department"]
        if len(names):
            yield _printable(f"{STATE_LABELS[state]}（{len(names)}部局）: " + "、".join(names))


def _list_problems(survey: Survey) -> Iterator[str]:
    problems = problems_from_frame(survey.problems)
    for severity, label in SEVERITY_LABELS.items():
        lines = [describe(problem) for problem in problems if problem.severity == severity]
        yield f"\n{label} {len(lines)}件"
        yield from (_printable(f"  ・{line}") for line in lines)


def _list_returned(cycle_name: str, returned: Sequence[Returned]) -> Iterator[str]:
    written = [entry for entry in returned if entry.path is not None]
    if written:
        folder = f"data/processed/{cycle_name}/{RETURNED_FOLDER}/"
        yield f"\n{folder} に、部局に返す調査票を{len(written)}件作成しました。"
    for entry in written:
        name = entry.path.name if entry.path else ""
        note = f"（再提出されたら「{entry.source}」と置き換える）" if name != entry.source else ""
        yield _printable(f"  ・{entry.department}　{name}{note}")
    unwritten = [entry for entry in returned if entry.path is None]
    if unwritten:
        yield (
            "\n次の調査票は開けないか大きすぎるため、書き込んでいません。"
            "上の問題を部局に伝えてください。"
        )
    for entry in unwritten:
        yield _printable(f"  ・{entry.department}　{entry.source}")


def _printable(text: str) -> str:
    """Return a text without the signs by which it could steer the terminal."""
    return "".join(
        "\ufffd" if unicodedata.category(sign) in _NOT_PRINTED else sign for sign in text
    )
