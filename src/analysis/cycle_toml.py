"""What a `cycle.toml` may say: all that changes from cycle to cycle, each thing once.

An unknown key or a missing one is an error, and so is a department that is named twice.
"""

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath, PureWindowsPath
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from analysis.errors import SettingsError, list_examples
from analysis.names import find_twice
from analysis.settings import Day, Name, read_toml

SETTINGS_NAME = "cycle.toml"
WHOLE, WHOLE_NAME, WHOLE_SHORT = "all", "市全体", "全体"
"""The slug, the name and a shorter name of the whole city, which no department may have.

People are shown the name, and may write any of the three.
"""

UNFILLED = "〇〇"
"""What stands for a name in the settings of a survey that was just begun."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$")]


def _stay_inside(name: str) -> str:
    """Return the path of a file if it leads nowhere but down; raise ValueError."""
    # Windows' paths have every mark of the others' too.
    path = PureWindowsPath(name)
    if path.anchor or ".." in path.parts or not path.name:
        raise ValueError("フォルダーの外を指さない、ファイルの名前を書いてください")
    return name


def _be_a_name(name: str) -> str:
    """Return the name of a file if it has no folder in it; raise ValueError."""
    if PureWindowsPath(_stay_inside(name)).name != name:
        raise ValueError("フォルダーを付けず、ファイルの名前だけを書いてください")
    return name


FilePath = Annotated[Name, AfterValidator(_stay_inside)]
FileName = Annotated[Name, AfterValidator(_be_a_name)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Department(_Strict):
    """One department: official name, ASCII slug for ids and file names, and its workbook."""

    name: Name
    slug: Slug
    workbook: FileName


class LeftOut(_Strict):
    """A department (its name or slug) that the cycle's figures do without, and why."""

    department: Name
    reason: Name


class Succession(_Strict):
    """What took over the procedures of what, each a department or one of its 課, and since when."""

    from_: Name = Field(alias="from")
    to: Name
    date: Day
    note: Name | None = None


class Target(_Strict):
    """What the city means to reach, and by when."""

    rate_percent: int = Field(ge=0, le=100)
    by: Day


class Settings(_Strict):
    """The contents of a `cycle.toml`.

    `headers` maps a column title found in a workbook to the survey's own title, `answers` maps,
    for each field, an answer found to the survey's own answer; both add to the vocabulary. An empty
    one says that the column is none of the survey's, or that the text is no answer. Where ids begin
    anew in each department, `ids_per_department` tells them apart by the department's slug.
    `license` is by which the open data may be used; without it none was given.
    """

    as_of: Day
    title: Name
    city: Name
    publisher: list[Name]
    license: Name | None = None
    demonstration: bool
    previous: str | None = None
    guideline: FilePath | None = None
    ids_per_department: bool = False
    inventory: FilePath | None = None
    target: Target | None = None
    departments: list[Department] = Field(min_length=1)
    left_out: list[LeftOut] = Field(default=[])
    succession: list[Succession] = Field(default=[])
    headers: dict[str, str]
    answers: dict[str, dict[str, str]]

    def list_unfilled(self) -> list[tuple[str, str]]:
        """Return the keys, with their values, that still say what a template says for a name."""
        named = [("title", self.title), ("city", self.city)]
        named += [("publisher", office) for office in self.publisher]
        named += [("departments.name", department.name) for department in self.departments]
        return [(key, value) for key, value in named if UNFILLED in value]


class Uncounted(NamedTuple):
    """A department that a cycle's figures do without: the state of its answers, and why.

    `state` is one of the survey's: missing, unreadable, faulty, or left_out where the settings say
    so.
    """

    department: Department
    state: str
    reason: str


def read_settings(path: Path) -> Settings:
    """Read a `cycle.toml`; raise SettingsError with all that is wrong."""
    settings = read_toml(path, Settings)
    where = f"{path.parent.name}/{SETTINGS_NAME}"
    twice = [
        *find_twice([(WHOLE, WHOLE_NAME), (WHOLE_SHORT, WHOLE_NAME), *_list_names(settings)]),
        *find_twice(
            (PurePath(d.workbook).stem, f"{d.name}の workbook") for d in settings.departments
        ),
    ]
    if twice:
        raise SettingsError(
            f"{where}: departments の name、slug、workbook のうち"
            f"{len(twice)}件が重複しています。部局ごとに別のものにしてください。\n"
            + list_examples(twice)
        )
    if wrong := list(_find_wrongly_left_out(settings)):
        raise SettingsError(
            f"{where}: left_out（集計に含めない部局）に誤りが{len(wrong)}件あります。"
            f"直してください。\n{list_examples(wrong)}"
        )
    return settings


def require_earlier(previous: str, name: str) -> None:
    """Raise SettingsError unless the cycle before is one: so none can come back to itself."""
    where = f"data/raw/{name}/{SETTINGS_NAME}: previous = 「{previous}」は"
    advice = "\n前回の調査回の名前を書くか、最初の調査回であれば previous の行を削ってください。"
    try:
        is_day = datetime.date.fromisoformat(previous).isoformat() == previous
    except ValueError:
        is_day = False
    if not is_day:
        raise SettingsError(f"{where}調査回の名前ではありません。{advice}")
    if previous >= name:
        raise SettingsError(f"{where}、この調査回（{name}）より前の調査回ではありません。{advice}")


def order_uncounted(settings: Settings, found: Iterable[Uncounted]) -> dict[str, Uncounted]:
    """Return the departments found not to count and those left out, by slug, in official order."""
    by_word = {word: d for d in settings.departments for word in (d.name, d.slug)}
    left_out = [
        Uncounted(by_word[own.department], "left_out", own.reason) for own in settings.left_out
    ]
    # What the settings say of a department is said last.
    known = {own.department.slug: own for own in (*found, *left_out)}
    return {d.slug: known[d.slug] for d in settings.departments if d.slug in known}


def require_settings(root: Path, name: str | None, latest: list[str]) -> None:
    """Raise SettingsError if a cycle's settings seem to have another name than `cycle.toml`.

    Of the cycle of this name; without one, of any later than the latest that has settings.
    """
    for folder in sorted((root / "data" / "raw").glob("????-??-??")):
        is_wanted = folder.name == name or (name is None and [folder.name] > latest)
        if not is_wanted or not folder.is_dir():
            continue
        if any(path.name.casefold().startswith("cycle") for path in folder.iterdir()):
            raise SettingsError(
                f"data/raw/{folder.name} に {SETTINGS_NAME} がありません。"
                f"\n設定のファイルの名前を {SETTINGS_NAME} に直してください"
                "（末尾に .txt などが隠れていないかも確かめてください）。"
            )


def _list_names(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what each department is called by; a name that is its own slug is one word."""
    for department in settings.departments:
        yield department.slug, f"{department.name}の slug"
        if department.name != department.slug:
            yield department.name, f"{department.name}の name"


def _find_wrongly_left_out(settings: Settings) -> Iterator[str]:
    """Yield what is wrong with the departments left out: unknown, named twice, or all of them."""
    slugs = {word: d.slug for d in settings.departments for word in (d.name, d.slug)}
    seen: set[str] = set()
    for own in settings.left_out:
        slug = slugs.get(own.department)
        if slug is None:
            yield f"「{own.department}」は departments にありません"
        elif slug in seen:
            yield f"「{own.department}」が2回あります"
        else:
            seen.add(slug)
    if len(seen) == len(settings.departments):
        yield "すべての部局があります。集計する部局を残してください"
