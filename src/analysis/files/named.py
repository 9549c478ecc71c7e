"""Which departments a file's name speaks of."""

import re
from collections.abc import Sequence
from pathlib import PurePath

from analysis.cycle import Department
from analysis.texts import compose_name, key_file

# A number, or a word of letters, that goes on.
_GOES_ON = re.compile(r"[0-9]{2}|[a-z]{2}")


def list_named(text: str, departments: Sequence[Department]) -> list[Department]:
    """Return the departments whose names, or whose workbooks' names, stand in a text.

    In 教育総務部 that is not 総務部, nor is 調査票1 in 調査票10.
    """
    wanted = key_file(text)
    spans = {
        (found.start(), found.end()): department
        for department in departments
        for name in list_names(department)
        for found in re.finditer(re.escape(name), wanted)
        if not any(at and _GOES_ON.match(wanted, at - 1) for at in found.span())
    }
    longest = [
        department
        for (start, end), department in spans.items()
        if not any(a <= start and end <= b and (a, b) != (start, end) for a, b in spans)
    ]
    return [department for department in departments if department in longest]


def list_names(department: Department) -> set[str]:
    """Return the keys of what a department's file may be called: its name, its workbook's."""
    names = (department.name, PurePath(compose_name(department.workbook)).stem)
    return {key_file(name) for name in names} - {""}
