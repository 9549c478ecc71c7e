"""Small survey workbooks and cycles, built in code, so that a test's input can be read in it."""

import datetime
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.cycle import Cycle, open_cycle
from analysis.questionnaire.read import default_questionnaire
from analysis.survey.collect import collect_survey
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.survey import Survey
from demo.catalogue import FOLDER

GUIDELINES = FOLDER / "data" / "raw" / "guideline"
RESPONDENT = "郡山 花子"
DEPARTMENTS = {"kankyo": "環境部", "kodomo": "こども部"}
ASKED = default_questionnaire().list_fields(datetime.date(2024, 9, 1))
FIELDS = [field.name for field in ASKED]
TITLES = {field.name: field.header for field in ASKED}
GROUPS = {"手続きの概要": FIELDS[:6], "オンライン化": FIELDS[6:9], "未着手の場合": FIELDS[9:11]}

# A row of the sheet: a procedure's answers, loose cells from the left, or nothing.
Line = Mapping[str, object] | Sequence[object] | None


def procedure(number: int = 1, **answers: object) -> dict[str, object]:
    """Return a procedure that is online and breaks no rule, changed by the given answers."""
    return {
        "procedure_id": f"K-{number:03}",
        "section": "環境政策課",
        "name": f"届出その{number}",
        "law": "環境基本条例",
        "law_kind": "条例・規則",
        "annual_volume": 120,
        "status": "オンライン化済",
        "online_date": "2024-04-01",
    } | answers


def not_started(number: int = 1, **answers: object) -> dict[str, object]:
    """Return a procedure that is not started and breaks no rule."""
    changes = {"status": "未着手", "online_date": None, "reason": "未検討"} | answers
    return procedure(number, **changes)


def build_workbook(
    lines: Sequence[Line],
    *,
    department: str = "環境部",
    top: int = 4,
    left: int = 1,
    fields: Sequence[str] = FIELDS,
    titles: Mapping[str, str] | None = None,
) -> Workbook:
    """Return a workbook with the form's heading, its two header rows from `top`, and the lines.

    A field that the survey does not know stands for an extra column titled as the field itself.
    Titles without a group are merged over both header rows. The first line is at `top` + 2.
    """
    workbook = Workbook()
    sheet = sheet_of(workbook)
    sheet.title = "調査票"
    sheet.cell(1, left, "部局名")
    sheet.cell(1, left + 1, department)
    sheet.cell(2, left, "記入者")
    sheet.cell(2, left + 1, RESPONDENT)
    grouped = {name: group for group, names in GROUPS.items() for name in names}
    for column, name in enumerate(fields, start=left):
        title = (titles or {}).get(name, TITLES.get(name, name))
        if name in grouped:
            sheet.cell(top, column, grouped[name])
            sheet.cell(top + 1, column, title)
        else:
            sheet.cell(top, column, title)
            sheet.merge_cells(
                start_row=top, end_row=top + 1, start_column=column, end_column=column
            )
    for row, line in enumerate(lines, start=top + 2):
        cells = [line.get(name) for name in fields] if isinstance(line, Mapping) else line or ()
        for column, value in enumerate(cells, start=left):
            sheet.cell(row, column, value)
    return workbook


def sheet_of(workbook: Workbook) -> Worksheet:
    """Return the workbook's first sheet."""
    return workbook.worksheets[0]


def save_bytes(workbook: Workbook) -> bytes:
    """Return the bytes of the saved workbook."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def write_shared(lines: Sequence[Mapping[str, object]], department: str = "環境部") -> bytes:
    """Return a workbook whose texts are shared strings, as Excel writes them."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet("調査票")
        sheet.write_row(0, 0, ["部局名", department])
        sheet.write_row(3, 0, [TITLES[name] for name in FIELDS])
        for row, line in enumerate(lines, start=4):
            sheet.write_row(row, 0, [line.get(name) for name in FIELDS])
    return buffer.getvalue()


def begin_settings(name: str, previous: str | None = None) -> list[str]:
    """Return the lines of a cycle's settings down to the aliases of headers."""
    return [
        f"as_of = {name}",
        'title = "調査"',
        'city = "郡山市"',
        'publisher = ["DX戦略課"]',
        "demonstration = true",
        'guideline = "2024.toml"',
        *([f'previous = "{previous}"'] if previous else []),
        "[target]",
        "rate_percent = 100",
        "by = 2026-03-31",
        "[headers]",
    ]


def make_cycle(
    root: Path,
    *contents: Workbook | Sequence[Line] | bytes | None,
    name: str = "2024-09-01",
    headers: Mapping[str, str] | None = None,
    answers: Mapping[str, Mapping[str, str]] | None = None,
    corrections: str = "",
) -> Cycle:
    """Write a cycle of as many departments as `contents`, with our guideline, and open it.

    Each content is a workbook, the lines of one, a file's bytes, or None for one not handed in.
    """
    folder = root / "data" / "raw" / name
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder.parent / GUIDELINES.name).exists():
        shutil.copytree(GUIDELINES, folder.parent / GUIDELINES.name)
    chosen = list(DEPARTMENTS.items())[: len(contents)]
    settings = [*begin_settings(name), *_pairs(headers or {}), "[answers]"]
    for field, aliases in (answers or {}).items():
        settings += [f"[answers.{field}]", *_pairs(aliases)]
    for (slug, department), content in zip(chosen, contents, strict=True):
        settings += ["[[departments]]"]
        settings += _pairs({"name": department, "slug": slug, "workbook": f"{department}.xlsx"})
        path = folder / f"{department}.xlsx"
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            is_built = isinstance(content, Workbook)
            workbook = content if is_built else build_workbook(content, department=department)
            # No cycle's file is another's, however fast both are written.
            workbook.properties.title = name
            workbook.save(path)
    (folder / "cycle.toml").write_text("\n".join(settings), encoding="utf-8")
    if corrections:
        (folder / "corrections.toml").write_text(corrections, encoding="utf-8")
    return open_cycle(name, root)


def hand_in(root: Path, content: bytes, name: str = "環境部.xlsx") -> Survey:
    """Return what is collected of a cycle of one department that handed in this file."""
    cycle = make_cycle(root, None)
    (cycle.raw_folder / name).write_bytes(content)
    return collect_survey(cycle)


def describe_problems(survey: Survey) -> list[str]:
    """Return every problem of a survey in the line that tells it."""
    return [describe(problem) for problem in problems_from_frame(survey.problems)]


def make_two_cycles(
    root: Path,
    current: Sequence[Workbook | Sequence[Line] | None],
    previous: Sequence[Workbook | Sequence[Line] | None],
    matches: str | bytes = "",
) -> Cycle:
    """Write two cycles, each of as many departments as it has contents, and open the later one.

    `matches` is the content of its matches.csv; empty: it has none.
    """
    make_cycle(root, *previous, name="2024-04-30")
    folder = make_cycle(root, *current, name="2024-09-01").raw_folder
    settings = folder / "cycle.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'previous = "2024-04-30"\n{text}', encoding="utf-8")
    if matches:
        content = matches if isinstance(matches, bytes) else matches.encode()
        (folder / "matches.csv").write_bytes(content)
    return open_cycle("2024-09-01", root)


def _pairs(table: Mapping[str, Any]) -> list[str]:
    """Return the lines of a TOML table of texts; JSON quotes them as TOML does."""
    return [
        f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in table.items()
    ]
