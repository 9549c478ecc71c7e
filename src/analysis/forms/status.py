"""Say where the collection of a cycle stands: who has answered, every problem, what to send back.

A Japanese character is two columns wide on a terminal; rich counts so, and the table's lines are
plain ASCII, whose width no terminal doubts.
"""

import io
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.display import clean
from analysis.forms.returned.write import RETURNED_FOLDER, Returned
from analysis.questionnaire.rules import SEVERITY_LABELS
from analysis.survey.alike import describe_alike
from analysis.survey.problems import problems_from_frame
from analysis.survey.survey import STATE_LABELS, Survey, say_listed

_WIDTH = 100
_STATE_STYLES = {"missing": "bold yellow", "unreadable": "bold red"}
_SEVERITY_STYLES = {"error": "bold red", "warning": "yellow", "notice": ""}


def describe_status(survey: Survey, cycle_name: str, *, coloured: bool = False) -> str:
    """Return who has answered as a table, and every problem, alike ones in one line.

    `coloured` adds the colours of a terminal; nothing else differs.
    """
    parts = [_draw_table(survey, coloured=coloured), *_list_missing(survey)]
    return "\n".join((*parts, *_list_problems(survey, cycle_name)))


def describe_returned(cycle_name: str, returned: Sequence[Returned]) -> str:
    """Return which files were written to send back, and for whom there is none."""
    return "\n".join(_list_returned(cycle_name, returned))


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
            Text(clean(str(row["department"]))),
            Text(STATE_LABELS[state], style=_STATE_STYLES.get(state, "")),
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
    for state in ("missing", "unreadable", "left_out"):
        names = workbooks.loc[workbooks["state"] == state, "department"]
        if len(names):
            yield clean(f"{STATE_LABELS[state]}（{len(names)}部局）: " + "、".join(names))


def _list_problems(survey: Survey, cycle_name: str) -> Iterator[str]:
    problems = problems_from_frame(survey.problems)
    told = 0
    for severity, label in SEVERITY_LABELS.items():
        own = [problem for problem in problems if problem.severity == severity]
        lines = list(describe_alike(own, survey.asked.rules))
        told += len(lines)
        yield f"\n{label} {len(own):,}件"
        yield from (f"  ・{clean(line)}" for line in lines)
    if told < len(problems):
        yield f"\n{say_listed(cycle_name)}"


def _list_returned(cycle_name: str, returned: Sequence[Returned]) -> Iterator[str]:
    folder = f"data/processed/{cycle_name}/{RETURNED_FOLDER}/"
    marked = [entry for entry in returned if entry.path is not None and not entry.unmarked]
    listed = [entry for entry in returned if entry.unmarked]
    if marked:
        yield f"\n{folder} に、部局に返す調査票を{len(marked)}件作成しました。"
        yield from map(_name_written, marked)
    if listed:
        yield (
            f"\n次の調査票は大きいか複雑なため、印を付けられませんでした。"
            f"問題の一覧だけを {folder} に{len(listed)}件作成しました。部局に送ってください。"
        )
        yield from map(_name_written, listed)
    unwritten = [entry for entry in returned if entry.path is None]
    if unwritten:
        yield (
            "\n次の調査票は表が一つに決まらないか読めないため、印を付けていません。"
            "上の問題を部局に伝えてください。"
        )
    for entry in unwritten:
        yield clean(f"  ・{entry.department}　{entry.source}")


def _name_written(entry: Returned) -> str:
    name = entry.path.name if entry.path else ""
    note = f"（{entry.unmarked}）" if entry.unmarked else ""
    if not note and name != entry.source:
        note = f"（再提出されたら「{entry.source}」と置き換える）"
    return clean(f"  ・{entry.department}　{name}{note}")
