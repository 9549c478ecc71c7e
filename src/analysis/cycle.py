"""A cycle: one round of the survey, named by its as-of date, with its folders and departments.

All that changes from cycle to cycle stands in `data/raw/<cycle>/cycle.toml`; an unknown key or a
missing one is an error. Nothing here touches the answers themselves.
"""

import datetime
import os
from collections.abc import Iterator
from pathlib import Path, PurePath, PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from analysis.errors import SettingsError, list_examples
from analysis.names import find_twice
from analysis.settings import Name, read_toml

NOTEBOOKS, GUIDELINES = "notebooks", "guideline"
SETTINGS_NAME = "cycle.toml"
CORRECTIONS_NAME = "corrections.toml"
MATCHES_NAME = "matches.csv"
PUBLISHED_NAME = "published.csv"
FIGURES_NAME, ANSWERS_NAME = "figures.csv", "answers.csv"
WHOLE, WHOLE_NAME = "all", "全体"
"""The slug and the name of the whole city, which no department may have."""

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


class Target(_Strict):
    """What the city means to reach, and by when."""

    rate_percent: int = Field(ge=0, le=100)
    by: datetime.date


class Settings(_Strict):
    """The contents of a `cycle.toml`.

    `headers` maps a column title found in a workbook to the survey's own title, `answers` maps,
    for each field, an answer found to the survey's own answer; both add to the vocabulary. An empty
    one says that the column is none of the survey's, or that the text is no answer.
    """

    as_of: datetime.date
    title: Name
    city: Name
    publisher: list[Name]
    demonstration: bool
    previous: str | None = None
    guideline: FilePath | None = None
    target: Target | None = None
    departments: list[Department] = Field(min_length=1)
    headers: dict[str, str]
    answers: dict[str, dict[str, str]]


class Cycle:
    """One cycle under a project folder: `root/data/raw/<name>` and what is made from it."""

    def __init__(self, root: Path, name: str, settings: Settings) -> None:
        """Hold a cycle; use `open_cycle` to get one from disk."""
        self.root = root
        self.name = name
        self.settings = settings

    @property
    def raw_folder(self) -> Path:
        """Where the departments' workbooks and the settings lie; never written by a build."""
        return self.root / "data" / "raw" / self.name

    @property
    def processed_folder(self) -> Path:
        """Where the tidy rows, problems and figures are written."""
        return self.root / "data" / "processed" / self.name

    @property
    def reports_folder(self) -> Path:
        """Where the finished reports are written."""
        return self.root / "reports" / self.name

    @property
    def notebooks_folder(self) -> Path:
        """Where the notebooks lie: the project's own, or the programme's where it has none."""
        own = self.root / NOTEBOOKS
        return own if own.is_dir() else Path(__file__).parents[2] / NOTEBOOKS

    @property
    def departments(self) -> list[Department]:
        """The departments in the official order of the published table."""
        return self.settings.departments

    @property
    def guideline_path(self) -> Path | None:
        """The version of the guideline that this cycle's reports quote; None if they quote none."""
        named = self.settings.guideline
        return None if named is None else self.root / "data" / "raw" / GUIDELINES / named

    def open_previous(self) -> "Cycle | None":
        """Open the cycle before this one, or return None for a first cycle."""
        if self.settings.previous is None:
            return None
        return open_cycle(self.settings.previous, self.root)

    def find_department(self, name_or_slug: str) -> Department:
        """Return the department with this official name or slug; raise SettingsError if none."""
        for department in self.departments:
            if name_or_slug in (department.name, department.slug):
                return department
        known = "、".join(f"{d.name}（{d.slug}）" for d in self.departments)
        raise SettingsError(
            f"部局「{name_or_slug}」は調査回 {self.name} にありません。"
            f"\n次のいずれかを指定してください: {known}"
        )


def find_root(start: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` (default: here) that holds `data/raw`."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "data" / "raw").is_dir():
            return folder
    raise SettingsError(
        f"data/raw フォルダーが {start} にも、その上のフォルダーにも見つかりません。"
        "\nプロジェクトのフォルダーに移ってから実行してください。"
    )


def list_cycles(root: Path) -> list[str]:
    """Return the names of the cycles under `root`, oldest first."""
    folders = (root / "data" / "raw").glob("*/")
    # A link that leads nowhere is told when it is opened: no other cycle takes its place unseen.
    return sorted(path.name for path in folders if os.path.lexists(path / SETTINGS_NAME))


def open_cycle(name: str | None = None, root: Path | None = None) -> Cycle:
    """Open a cycle by name, or the latest one; raise SettingsError with all that is wrong."""
    root = root or find_root()
    known = list_cycles(root)
    if name not in known:
        _require_settings(root, name, known[-1:])
    if not known:
        raise SettingsError(
            f"調査回がありません。data/raw/<調査回>/{SETTINGS_NAME} を置くか、"
            "`make demo` で架空データを作成してください。"
        )
    name = name or known[-1]
    if name not in known:
        raise SettingsError(
            f"調査回「{name}」は data/raw にありません。\n次のいずれかを指定してください: "
            + "、".join(known)
        )
    settings = _read_settings(root / "data" / "raw" / name / SETTINGS_NAME)
    if settings.as_of.isoformat() != name:
        raise SettingsError(
            f"data/raw/{name}/{SETTINGS_NAME}: as_of = {settings.as_of} がフォルダー名と違います。"
            "\nどちらかを正してください。"
        )
    if settings.previous is not None:
        _require_earlier(settings.previous, name)
    return Cycle(root, name, settings)


def _require_settings(root: Path, name: str | None, latest: list[str]) -> None:
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


def _require_earlier(previous: str, name: str) -> None:
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


def _read_settings(path: Path) -> Settings:
    settings = read_toml(path, Settings)
    wrong = [
        *find_twice([(WHOLE, "市全体"), (WHOLE_NAME, "市全体"), *_list_names(settings)]),
        *find_twice(
            (PurePath(d.workbook).stem, f"{d.name}の workbook") for d in settings.departments
        ),
    ]
    if wrong:
        raise SettingsError(
            f"{path.parent.name}/{SETTINGS_NAME}: departments の name、slug、workbook のうち"
            f"{len(wrong)}件が重複しています。部局ごとに別のものにしてください。\n"
            + list_examples(wrong)
        )
    return settings


def _list_names(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield what each department is called by; a name that is its own slug is one word."""
    for department in settings.departments:
        yield department.slug, f"{department.name}の slug"
        if department.name != department.slug:
            yield department.name, f"{department.name}の name"
