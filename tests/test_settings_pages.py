"""docs/settings: each page's example is read, each key told of, and broken it says what it says.

The names of a page's rows are the keys of the file's model, so that no key is left out.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
from pydantic import BaseModel

from analysis.cycle import open_cycle
from analysis.cycle_toml import Settings
from analysis.errors import SettingsError
from analysis.figures.agencies import Agencies, read_agencies
from analysis.figures.approvals import APPROVAL_COLUMNS, read_approvals
from analysis.figures.catalogue import require_free_ids
from analysis.figures.findings import load_findings
from analysis.figures.guideline import Guideline, read_guideline
from analysis.figures.own_measures import OwnMeasures
from analysis.figures.reconcile import COLUMNS, read_published
from analysis.figures.road import Horizon
from analysis.inputs import MEASURES_NAME
from analysis.language.lexicon import Words
from analysis.language.words import open_lexicon
from analysis.names import ENGLISH_NAME
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.read import default_questionnaire, read_questionnaire
from analysis.survey.answers.correct import _Corrections
from analysis.survey.collect import collect_survey
from analysis.survey.lookup import build_lookup
from analysis.survey.pairs.confirm import DECIDED_COLUMNS
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.store import load_surveys

from conftest import ROOT
from workbooks import make_cycle, make_two_cycles, procedure

PAGES = ROOT / "docs" / "settings"
ABSENT = "（書かない）"
BLANK = "（空ける）"
_EXAMPLE = re.compile(r"^```(?:toml|csv)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `([\w.]+)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


class Broken(NamedTuple):
    """A row of a page: a key, what is written in its place, and what is said then."""

    page: str
    key: str
    wrong: str
    told: str


def read_page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def example_of(name: str) -> str:
    found = _EXAMPLE.search(read_page(name))
    assert found
    return found[1]


def list_rows(name: str) -> list[Broken]:
    return [
        Broken(name, key, wrong.strip("`"), told)
        for key, _, wrong, told in _ROW.findall(read_page(name))
    ]


def read_cycle_settings(folder: Path, text: str) -> str:
    path = folder / "data" / "raw" / "2024-09-01" / "cycle.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    build_lookup(open_cycle("2024-09-01", folder))
    return ""


def read_corrections_file(folder: Path, text: str) -> str:
    cycle = make_cycle(folder, [procedure(1)])
    (cycle.raw_folder / "corrections.toml").write_text(text, encoding="utf-8")
    return tell_problems(load_surveys(cycle, collect_survey)[0].problems)


def read_matches_file(folder: Path, text: str) -> str:
    before = [procedure(1), procedure(2, name="廃止の届出")]
    now = [procedure(101), procedure(103, name="新しい届出")]
    cycle = make_two_cycles(folder, [now], [before], text)
    return tell_problems(load_surveys(cycle, collect_survey)[0].problems)


def read_published_file(folder: Path, text: str) -> str:
    cycle = make_cycle(folder, [procedure(1)])
    (cycle.raw_folder / "published.csv").write_text(text, encoding="utf-8")
    read_published(cycle)
    return ""


def read_guideline_file(folder: Path, text: str) -> str:
    path = folder / "2024.toml"
    path.write_text(text, encoding="utf-8")
    asked = default_questionnaire()
    require_free_ids(read_guideline(path, asked), asked, Horizon(100, None, None), path)
    return ""


def tell_problems(problems: object) -> str:
    return "\n".join(map(describe, problems_from_frame(problems)))  # type: ignore[arg-type]


def read_survey_file(folder: Path, text: str) -> str:
    path = folder / "data" / "raw" / "survey.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    read_questionnaire(path)
    return ""


def read_measures_file(folder: Path, text: str) -> str:
    cycle = make_two_cycles(folder, [[procedure(1)]], [[procedure(1)]])
    cycle.survey_path.with_name(MEASURES_NAME).write_text(text, encoding="utf-8")
    load_findings(cycle, collect_survey)
    return ""


def read_agencies_file(folder: Path, text: str) -> str:
    path = folder / "agencies.toml"
    path.write_text(text, encoding="utf-8")
    read_agencies(path, default_questionnaire())
    return ""


def read_approvals_file(folder: Path, text: str) -> str:
    cycle = make_cycle(folder, [procedure(1)])
    cycle.approvals_path.write_text(text, encoding="utf-8")
    read_approvals(cycle)
    return ""


def read_english_file(folder: Path, text: str) -> str:
    cycle = make_cycle(folder, [procedure(1)])
    cycle.survey_path.with_name(ENGLISH_NAME).write_text(text, encoding="utf-8")
    open_lexicon(cycle)
    return ""


READERS: dict[str, Callable[[Path, str], str]] = {
    "survey": read_survey_file,
    "measures": read_measures_file,
    "cycle": read_cycle_settings,
    "corrections": read_corrections_file,
    "matches": read_matches_file,
    "published": read_published_file,
    "guideline": read_guideline_file,
    "agencies": read_agencies_file,
    "approvals": read_approvals_file,
    "english": read_english_file,
}
MODELS: dict[str, type[BaseModel]] = {
    "survey": Questionnaire,
    "measures": OwnMeasures,
    "cycle": Settings,
    "corrections": _Corrections,
    "guideline": Guideline,
    "agencies": Agencies,
    "english": Words,
}
CSV = {
    "matches": [*DECIDED_COLUMNS],
    "published": COLUMNS,
    "approvals": [*APPROVAL_COLUMNS],
}
# An entry of a box is one of a table's rows, said once.
ALIKE = re.compile(r"^(sections\.boxes\.items)\..*")
ROWS = [row for name in READERS for row in list_rows(name)]


def list_keys(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Yield the dotted names of all that a file of this model may say."""
    for name, field in model.model_fields.items():
        inner = [one for one in _flatten(field.annotation) if issubclass(one, BaseModel)]
        if inner:
            yield from list_keys(inner[0], f"{above}{name}.")
        else:
            yield f"{above}{field.alias or name}"


def _flatten(annotation: object) -> Iterator[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from _flatten(part)


@pytest.mark.parametrize("name", READERS)
def test_the_example_of_a_page_is_read(name: str, tmp_path: Path) -> None:
    assert READERS[name](tmp_path, example_of(name)) == ""


@pytest.mark.parametrize("name", READERS)
def test_a_page_tells_of_every_key(name: str) -> None:
    told = [row.key for row in list_rows(name)]
    known = CSV.get(name) or [ALIKE.sub(r"\1", key) for key in list_keys(MODELS[name])]
    assert told == list(dict.fromkeys(known))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.page}-{row.key}" for row in ROWS])
def test_a_wrong_entry_is_told_as_its_page_says(row: Broken, tmp_path: Path) -> None:
    text = example_of(row.page)
    broken = break_csv(text, row) if row.page in CSV else break_toml(text, row)
    assert broken != text
    try:
        said = READERS[row.page](tmp_path, broken)
    except SettingsError as error:
        said = str(error)
    assert row.told in said


def break_csv(text: str, row: Broken) -> str:
    """Put what is wrong into the first line's cell of a column."""
    head, first, *others = text.splitlines()
    cells = first.split(",")
    cells[head.split(",").index(row.key)] = "" if row.wrong == BLANK else row.wrong
    return "\n".join([head, ",".join(cells), *others]) + "\n"


def break_toml(text: str, row: Broken) -> str:
    """Put what is wrong in place of a key's first line; of a table, as its first entry."""
    table, _, name = row.key.rpartition(".")
    put, lines, here = [] if row.wrong == ABSENT else [row.wrong], text.splitlines(), ""
    for at, line in enumerate(lines):
        if head := re.match(r"\[+([\w.]+)\]+$", line):
            here = head[1]
            if f"{here}.".startswith(f"{row.key}."):
                end = lines.index("", at) if not put else at + 1
                kept = [line, *put] if put else []
                return "\n".join([*lines[:at], *kept, *lines[end:], ""])
        elif here == table and line.startswith(f"{name} = "):
            return "\n".join([*lines[:at], *put, *lines[at + 1 :], ""])
    raise AssertionError(row)


def test_there_is_a_page_for_each_settings_file_and_the_readmes_lead_to_them() -> None:
    assert {path.stem for path in PAGES.iterdir()} == {*READERS}
    for readme in ("README.md", "README.ja.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        for name in READERS:
            assert f"docs/settings/{name}.md" in text
