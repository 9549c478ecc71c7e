"""A cycle: one round of the survey, named by its as-of date, with its folders and departments.

All that changes from cycle to cycle stands in `data/raw/<cycle>/cycle.toml`; an unknown key or a
missing one is an error. Nothing here touches the answers themselves.
"""

import datetime
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from analysis.errors import SettingsError, list_examples

NOTEBOOKS = "notebooks"
SETTINGS_NAME = "cycle.toml"
CORRECTIONS_NAME = "corrections.toml"
MATCHES_NAME = "matches.csv"
PUBLISHED_NAME = "published.csv"
FIGURES_NAME = "figures.csv"

Model = TypeVar("Model", bound=BaseModel)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$")]
Name = Annotated[str, StringConstraints(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Department(_Strict):
    """One department: official name, ASCII slug for ids and file names, and its workbook."""

    name: Name
    slug: Slug
    workbook: Name


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
    guideline: Name
    target: Target
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
    def guideline_path(self) -> Path:
        """The version of the guideline that this cycle's reports quote."""
        return self.root / "data" / "raw" / "guideline" / self.settings.guideline

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
    return sorted(path.parent.name for path in (root / "data" / "raw").glob(f"*/{SETTINGS_NAME}"))


def open_cycle(name: str | None = None, root: Path | None = None) -> Cycle:
    """Open a cycle by name, or the latest one; raise SettingsError with all that is wrong."""
    root = root or find_root()
    known = list_cycles(root)
    if not known:
        raise SettingsError(
            f"調査回がありません。data/raw/<調査回>/{SETTINGS_NAME} を置くか、"
            "`analysis demo` で架空データを作成してください。"
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
    return Cycle(root, name, settings)


def read_toml(path: Path, model: type[Model]) -> Model:
    """Read a settings file into its model; raise SettingsError naming every key that is wrong."""
    where = "/".join(path.parts[-2:])
    try:
        settings: Model = _parse(path.read_text(encoding="utf-8"), model)
    except FileNotFoundError:
        raise SettingsError(f"{where} がありません。ファイルを置いてください。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{where} を TOML として読めません: {error}") from None
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in item['loc']) or '全体'}: {_explain(item)}"
            for item in error.errors()
        ]
        raise SettingsError(
            f"{where} に誤りが{len(lines)}件あります。直してください。\n{list_examples(lines)}"
        ) from None
    return settings


@lru_cache(maxsize=16)
def _parse(text: str, model: type[BaseModel]) -> Any:
    """Return a text as a model, the same again for the same text: every process asks four times."""
    return model.model_validate(tomllib.loads(text))


def _explain(item: Any) -> str:
    """Put one of pydantic's findings into Japanese."""
    known = {
        "missing": "必要な項目がありません。",
        "extra_forbidden": "知らない項目です。綴りを確かめてください。",
    }
    return known.get(item["type"], f"値 {item['input']!r} が使えません（{item['msg']}）。")


def _read_settings(path: Path) -> Settings:
    settings = read_toml(path, Settings)
    for attribute in ("name", "slug", "workbook"):
        values = [getattr(department, attribute) for department in settings.departments]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise SettingsError(
                f"{path.parent.name}/{SETTINGS_NAME}: departments の {attribute} が重複しています: "
                + "、".join(twice)
            )
    return settings
