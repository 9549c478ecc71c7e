"""A cycle: one round of the survey, named by its as-of date, with its folders and departments.

All that changes from cycle to cycle stands in `data/raw/<cycle>/cycle.toml`; an unknown key or a
missing one is an error. Nothing here touches the answers themselves.
"""

import os
from functools import cached_property
from pathlib import Path

from analysis.cycle_toml import (
    SETTINGS_NAME,
    WHOLE,
    WHOLE_NAME,
    Department,
    Settings,
    Uncounted,
    order_uncounted,
    read_settings,
    require_earlier,
    require_settings,
)
from analysis.errors import SettingsError
from analysis.names import INTERIM, INTERIM_ENDING, name_day, name_previous
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.read import SURVEY_NAME, read_questionnaire
from analysis.succession.offices import (
    Takeover,
    find_office,
    list_takeovers,
    require_successions,
    say_successors,
)

__all__ = ["SETTINGS_NAME", "WHOLE", "WHOLE_NAME", "Department", "Settings", "Uncounted"]

NOTEBOOKS, GUIDELINES, INVENTORIES = "notebooks", "guideline", "inventory"
CORRECTIONS_NAME = "corrections.toml"
MATCHES_NAME = "matches.csv"
PUBLISHED_NAME = "published.csv"
AGENCIES_NAME = "agencies.toml"
APPROVALS_NAME, KEPT_NAME = "approvals.csv", "approvals_kept.csv"
FIGURES_NAME, ANSWERS_NAME = "figures.csv", "answers.csv"


class Cycle:
    """One cycle under a project folder: `root/data/raw/<day>` and what is made from it.

    An interim one, whose name ends with INTERIM_ENDING, is made from the raw folder of the cycle
    that it is of, and has folders of its own for what is made.
    """

    def __init__(
        self, root: Path, name: str, settings: Settings, uncounted: tuple[Uncounted, ...] = ()
    ) -> None:
        """Hold a cycle; use `open_cycle`, or `opening.open_counted`, to get one from disk.

        `uncounted` are the departments to do without beside those that the settings leave out.
        """
        self.root = root
        self.name = name
        self.settings = settings
        self._uncounted = order_uncounted(settings, uncounted)

    @property
    def is_interim(self) -> bool:
        """Whether it is made from the answers that are there, while the cycle is open."""
        return self.name.endswith(INTERIM_ENDING)

    @property
    def day(self) -> str:
        """The as-of date by which the raw folder is named."""
        return name_day(self.name)

    @property
    def raw_folder(self) -> Path:
        """Where the departments' workbooks and the settings lie; never written by a build."""
        return self.root / "data" / "raw" / self.day

    @property
    def processed_folder(self) -> Path:
        """Where the tidy rows, problems and figures are written."""
        return self.root / "data" / "processed" / self.name

    @property
    def reports_folder(self) -> Path:
        """Where the finished reports are written."""
        return self.root / "reports" / self.name

    @property
    def interim_folder(self) -> Path:
        """Where the reports are written that are made while the cycle is open."""
        return self.root / "reports" / f"{self.day}{INTERIM_ENDING}"

    @property
    def notebooks_folder(self) -> Path:
        """Where the notebooks lie: the project's own, or the programme's where it has none."""
        own = self.root / NOTEBOOKS
        return own if own.is_dir() else Path(__file__).parents[2] / NOTEBOOKS

    @property
    def mark(self) -> str:
        """What ends the names of the files that are delivered, before their suffix."""
        return f"-{INTERIM}" if self.is_interim else ""

    def name_file(self, name: str) -> str:
        """Return the name that a file of the set is delivered by."""
        stem, dot, suffix = name.partition(".")
        return f"{stem}{self.mark}{dot}{suffix}"

    @property
    def departments(self) -> list[Department]:
        """The departments that are counted, in the official order of the published table."""
        return [d for d in self.settings.departments if d.slug not in self._uncounted]

    @property
    def uncounted(self) -> tuple[Uncounted, ...]:
        """The departments that are not counted, in the official order, and why."""
        return tuple(self._uncounted.values())

    @property
    def previous_name(self) -> str | None:
        """What the figures of the cycle before are called that this one compares with.

        That cycle's own, unless departments are left out or were reorganised: of a scope or of the
        whole city the figures are others then.
        """
        previous = self.settings.previous
        if previous is None or not (self._uncounted or self.settings.succession):
            return previous
        return name_previous(previous, self.name)

    @property
    def guideline_path(self) -> Path | None:
        """The version of the guideline that this cycle's reports quote; None if they quote none."""
        named = self.settings.guideline
        return None if named is None else self.root / "data" / "raw" / GUIDELINES / named

    @property
    def inventory_path(self) -> Path | None:
        """The national inventory that this cycle is compared with; None if with none."""
        named = self.settings.inventory
        return None if named is None else self.root / "data" / "raw" / INVENTORIES / named

    def open_previous(self) -> "Cycle | None":
        """Open the cycle before this one, or return None for a first cycle."""
        if self.settings.previous is None:
            return None
        return open_cycle(self.settings.previous, self.root)

    @property
    def survey_path(self) -> Path:
        """Where what the survey asks is said, if it is said at all."""
        return self.root / "data" / "raw" / SURVEY_NAME

    @property
    def approvals_path(self) -> Path:
        """Where the approvals of the cycle's figures and reports stand, if there are any."""
        return self.raw_folder / APPROVALS_NAME

    @property
    def agencies_path(self) -> Path:
        """Where it is said which agency is competent for which law, if it is said at all."""
        return self.root / "data" / "raw" / AGENCIES_NAME

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """What the survey asks, in this cycle and in any other of it."""
        return read_questionnaire(self.survey_path)

    @property
    def takeovers(self) -> list[Takeover]:
        """What took over whose procedures of the cycle before."""
        before = self.open_previous() if self.settings.succession else None
        return [] if before is None else list_takeovers(self.settings, before.settings)

    def find_department(self, name_or_slug: str) -> Department:
        """Return the department with this official name or slug; raise SettingsError if none."""
        for department in self.departments:
            if name_or_slug in (department.name, department.slug):
                return department
        known = "、".join(f"{d.name}（{d.slug}）" for d in self.departments)
        raise SettingsError(
            self.tell_absent(name_or_slug)
            or f"部局「{name_or_slug}」は調査回 {self.name} にありません。"
            f"\n次のいずれかを指定してください: {known}"
        )

    def tell_absent(self, words: str) -> str:
        """Say why a department or 課 that is called so is none of those counted, if it is known."""
        named = find_office(words.replace(".", " ", 1), self.settings.departments)
        for left in self.uncounted:
            if named is not None and named.department == left.department:
                return (
                    f"部局「{left.department.name}」の回答は、調査回 {self.name} では"
                    f"数えていません（{left.reason}）。"
                )
        if not (found := say_successors(self.takeovers, words)):
            return ""
        return (
            f"「{words}」は調査回 {self.name} にありません。引継ぎ先を指定してください（{found}）。"
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
        require_settings(root, name, known[-1:])
    if not known:
        raise SettingsError(
            f"調査回がありません。data/raw/<調査回>/{SETTINGS_NAME} を置くか、"
            "`analysis new-cycle 2025-03-31` のように、時点の日付で始めてください。"
        )
    name = name or known[-1]
    if name not in known:
        raise SettingsError(
            f"調査回「{name}」は data/raw にありません。\n次のいずれかを指定してください: "
            + "、".join(known)
        )
    settings = read_settings(root / "data" / "raw" / name / SETTINGS_NAME)
    if settings.as_of.isoformat() != name:
        raise SettingsError(
            f"data/raw/{name}/{SETTINGS_NAME}: as_of = {settings.as_of} がフォルダー名と違います。"
            "\nどちらかを正してください。"
        )
    if settings.previous is not None:
        require_earlier(settings.previous, name)
    require_successions(root / "data" / "raw", settings)
    return Cycle(root, name, settings)
