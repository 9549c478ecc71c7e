"""Another city's survey, which shares no word with the published one: an invented answer each."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl

SURVEY = """
[[field]]
name = "name"
header = "申請の名"
kind = "text"
width = 30
required = true
printed = true

[[field]]
name = "procedure_id"
header = "整理番号"
kind = "id"
width = 9
required = true

[[field]]
name = "section"
header = "担当グループ"
kind = "text"
width = 14
required = true
printed = true

[[field]]
name = "status"
header = "電子申請の段階"
kind = "choice"
width = 14
required = true
choices = { open = "受付中", trial = "試行中", plan = "設計中", none = "未定", out = "対象外" }

[field.roles]
open = "online"
trial = "online"
plan = "started"
none = "not_started"
out = "excluded"

[[field]]
name = "reason"
header = "進まない理由"
kind = "choice"
width = 24
multiple = true
routes = { cost = "budget", system = "budget", law = "ask", staff = "train", users = "train" }

[field.choices]
cost = "費用、または予算"
law = "法令"
staff = "人員"
system = "システム"
users = "利用者"
other = "他（1～5以外）"

[[field]]
name = "counters"
header = "窓口の数"
kind = "number"
width = 8

[[field]]
name = "channel"
header = "受付の方法"
kind = "choice"
width = 12
choices = { paper = "紙", mail = "郵送, 書留" }

[[route]]
code = "budget"
label = "予算の要求"
because = "には費用が要るため、"
plan = "次年度の予算を要求する"

[[route]]
code = "ask"
label = "国への要望"
lobbied = true

[[route]]
code = "train"
label = "研修"

[[rule]]
code = "counters_missing"
severity = "warning"
field = "counters"
when = { channel = "paper", counters = "blank" }
"""
"""Five statuses of four roles, six reasons in three routes, several at once, own columns."""

GUIDELINE = """
title = "電子申請の手引"
version = "第2版"
source = "手引"
notes = []
goal = "すべての申請を電子申請にします"

[[sections]]
number = "第3章"
title = "受付の方法"
paragraphs = ["郵送の申請は、まず様式を公開します。"]
columns = ["受付", "方法"]
summary = "様式を公開します"

[[sections.rows]]
cells = ["紙の申請", "窓口に端末を置く"]

[[grades]]
code = "small"
label = "小"
about = "様式を公開する"
weight = 2

[[grades]]
code = "large"
label = "大"
about = "端末を置く"
weight = 5

[[grades]]
code = "none"
label = "なし"
about = "国を待つ"

[[tables]]
code = "counter"
title = "窓口"
role = "first"
section = "第3章"
several = true

[[tables.rules]]
code = "terminal"
label = "端末"
when = { channel = ["paper"] }
gives = ["窓口の端末"]
words = ["窓口に端末を置く"]
step = "端末を置く"

[[tables.rules]]
code = "every"
label = "案内"
when = { "受付の方法" = ["紙", "郵送, 書留"] }
gives = ["案内の紙"]

[[tables]]
code = "work"
title = "手間"
role = "effort"

[[tables.rules]]
code = "wait"
label = "国を待つ"
when = { stage = ["reason_law"] }
gives = ["国に要望する"]
step = "国に要望する"
grade = "none"

[[tables.rules]]
code = "form"
label = "様式"
when = { stage = ["plan", "reason_cost", "reason_system", "reason_staff", "reason_users", "reason_other"], channel = ["mail"] }
gives = ["様式を公開する"]
step = "様式を公開する"
grade = "small"

[[tables.rules]]
code = "device"
label = "端末"
when = { stage = ["plan", "reason_cost", "reason_system", "reason_staff", "reason_users", "reason_other"], channel = ["paper"] }
gives = ["端末を置く"]
step = "端末を置く"
grade = "large"
"""  # noqa: E501
"""Two tables: one of which several rules may hold, and one of three grades."""

DEPARTMENTS = [f"第{number}局" for number in range(1, 16)]
STATUSES = {"受付中": "online", "試行中": "online", "設計中": "started", "未定": "not_started"}
REASONS = ["費用、または予算", "法令", "人員", "システム", "利用者", "他（1～5以外）"]


def write_settings(folder: Path) -> None:
    """Say what the survey asks, and of whom, in a folder that `analysis init` made."""
    (folder / "data/raw/survey.toml").write_text(SURVEY, encoding="utf-8")
    path = folder / "data/raw/2026-03-31/cycle.toml"
    departments = "\n".join(
        f'[[departments]]\nname = "{name}"\nslug = "d{number}"\nworkbook = "{name}.xlsx"'
        for number, name in enumerate(DEPARTMENTS, start=1)
    )
    path.write_text(
        'as_of = 2026-03-31\ntitle = "電子申請の調査"\ncity = "架空市"\n'
        'publisher = ["情報課"]\ndemonstration = true\n'
        f"{departments}\n[headers]\n[answers]\n",
        encoding="utf-8",
    )


def add_guideline(folder: Path) -> None:
    """Let the survey's cycle quote a guideline."""
    (folder / "data/raw/guideline/手引.toml").write_text(GUIDELINE, encoding="utf-8")
    path = folder / "data/raw/2026-03-31/cycle.toml"
    path.write_text(f'guideline = "手引.toml"\n{path.read_text("utf-8")}', encoding="utf-8")


def invent(number: int) -> Iterator[dict[str, object]]:
    """Yield a department's answers; the same each time."""
    draw = random.Random(number)  # noqa: S311
    for place in range(3 + number):
        status = draw.choice([*STATUSES, "対象外"])
        chosen = draw.sample(REASONS, draw.randint(0, 3)) if status == "未定" else []
        yield {
            "申請の名": f"{number}局の申請{place}",
            "整理番号": f"{number:02}-{place:03}",
            "担当グループ": draw.choice(["甲", "乙"]),
            "電子申請の段階": status,
            "進まない理由": draw.choice(["；", "、", "\n"]).join(chosen) or None,
            "窓口の数": draw.choice([None, 1, 2]),
            "受付の方法": draw.choice(["紙", "郵送, 書留", None]),
        }


def fill_form(path: Path, answers: Sequence[dict[str, object]], to: Path) -> None:
    """Fill a form as a department does, and put it where it is read."""
    book = openpyxl.load_workbook(path)
    sheet = book["調査票"]
    head = {sheet.cell(5, column).value: column for column in range(1, 8)}
    for row, own in enumerate(answers, start=7):
        for title, value in own.items():
            sheet.cell(row, head[title], value)
    book.save(to)
