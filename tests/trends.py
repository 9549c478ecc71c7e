"""A city of three cycles: a department was split after the first, two were merged after the second.

Counted by hand, as today's departments: of the first cycle 市民文化部 has 2 procedures, 1 online,
保険部 1, online; one is of a department that nothing follows, and 新部 has none.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbooks import GUIDELINES, begin_settings, build_workbook, not_started, procedure

FIRST, BEFORE, NOW = "2023-09-30", "2024-03-31", "2024-09-01"
SLUGS = {
    "市民部": "shimin",
    "文化部": "bunka",
    "市民文化部": "shiminbunka",
    "保険部": "hoken",
    "旧部": "kyu",
    "新部": "shin",
}

Row = tuple[str, str, str]
"""A procedure: its 課, its id, and o (online) or n (not started)."""

CITY: dict[str, dict[str, list[Row]]] = {
    FIRST: {
        "市民部": [
            ("市民課", "S-001", "o"),
            ("市民課", "S-002", "n"),
            ("国保課", "S-003", "o"),
        ],
        "旧部": [("旧課", "K-001", "n")],
    },
    BEFORE: {
        "市民部": [("市民課", "S-001", "o"), ("市民課", "S-002", "n")],
        "保険部": [("国保課", "S-003", "o"), ("国保課", "S-004", "n")],
        "文化部": [("文化課", "B-001", "n")],
    },
    NOW: {
        "市民文化部": [
            ("市民課", "S-001", "o"),
            ("市民課", "S-002", "o"),
            ("文化課", "B-001", "n"),
        ],
        "保険部": [("国保課", "S-003", "o"), ("国保課", "S-004", "o")],
        "新部": [("新課", "N-001", "n")],
    },
}
SUCCESSIONS = {
    FIRST: [],
    BEFORE: [("市民部 国保課", "保険部", "2023-12-01")],
    NOW: [
        ("市民部", "市民文化部", "2024-04-01"),
        ("文化部", "市民文化部", "2024-04-01"),
    ],
}

GONE = """previous_id,current_id,decided_by,decided_on,reason
K-001,,DX戦略課,2024-04-20,制度の終了
"""


def make_three_cycles(root: Path, city: Mapping[str, Mapping[str, Sequence[Row]]] = CITY) -> Path:
    """Write the city's cycles, each after the one before, and return its folder."""
    raw = root / "data" / "raw"
    shutil.copytree(GUIDELINES, raw / GUIDELINES.name)
    previous = None
    for cycle, departments in city.items():
        (raw / cycle).mkdir()
        lines = [*begin_settings(cycle, previous), "[answers]"]
        for name, rows in departments.items():
            lines += ["[[departments]]", f'name = "{name}"', f'slug = "{SLUGS[name]}"']
            lines += [f'workbook = "{name}.xlsx"']
            book = build_workbook([answer(*row) for row in rows], department=name)
            # No cycle's file is another's, however fast both are written.
            book.properties.title = cycle
            book.save(raw / cycle / f"{name}.xlsx")
        for before, now, date in SUCCESSIONS[cycle]:
            told = (json.dumps(words, ensure_ascii=False) for words in (before, now))
            parts = zip(("from", "to", "date"), (*told, date), strict=True)
            lines += ["[[succession]]", *(f"{key} = {value}" for key, value in parts)]
        (raw / cycle / "cycle.toml").write_text("\n".join(lines) + "\n", "utf-8")
        if previous == FIRST:
            (raw / cycle / "matches.csv").write_text(GONE, "utf-8")
        previous = cycle
    return root


def answer(section: str, one: str, letter: str) -> dict[str, object]:
    """Return the answers of a procedure."""
    make = procedure if letter == "o" else not_started
    day = {"online_date": "2023-04-01"} if letter == "o" else {}
    return make(procedure_id=one, section=section, name=f"{one}の届出", law=f"{one}条例", **day)
