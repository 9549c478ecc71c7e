"""What the `[[succession]]`s of a `cycle.toml` mean: whose procedures of then are whose now.

`from` is as the previous cycle had it, `to` as this one has it, each a department or one of its 課
(「市民部 市民課」). All of them hold at once, whatever their dates: none is a step to another one.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.cycle_toml import SETTINGS_NAME, Department, Settings, Succession, read_settings
from analysis.errors import SettingsError, list_examples
from analysis.settings import find_line
from analysis.texts import read_text

_ADVICE = "今回の cycle.toml の departments にある名称（課は、その後に空白と課名）を書いてください"


class Office(NamedTuple):
    """A department, or one of its 課."""

    department: Department
    section: str | None = None

    @property
    def name(self) -> str:
        """What it is called, the department first."""
        return f"{self.department.name} {self.section}" if self.section else self.department.name

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by among the offices of its cycle."""
        return self.department.slug, self.section or ""


class Takeover(NamedTuple):
    """An office of the previous cycle, and that of this one which its procedures belong to."""

    before: Office
    now: Office
    told: Succession


def find_office(words: str, departments: Iterable[Department]) -> Office | None:
    """Return the department or 課 that is called so, None for none; a name or a slug stands first.

    >>> kankyo = Department(name="環境部", slug="kankyo", workbook="環境部.xlsx")
    >>> find_office("kankyo 政策課", [kankyo]).name
    '環境部 政策課'
    """
    named = ((word, d) for d in departments for word in (d.name, d.slug))
    # The longest first: a name may begin with another one.
    for word, department in sorted(named, key=lambda pair: -len(pair[0])):
        rest = words.removeprefix(word)
        if words == word:
            return Office(department)
        if rest != words and rest[0].isspace() and rest.strip():
            return Office(department, " ".join(rest.split()))
    return None


def list_takeovers(settings: Settings, before: Settings) -> list[Takeover]:
    """Return the successions of a cycle that holds to the rules (see `require_successions`)."""
    found = []
    for told in settings.succession:
        was = find_office(told.from_, before.departments)
        now = find_office(told.to, settings.departments)
        if was is not None and now is not None:
            found.append(Takeover(was, now, told))
    return found


def say_successors(takeovers: Sequence[Takeover], words: str) -> str:
    """Return what took over the department or 課 that was called so; nothing where nothing did."""
    office = find_office(words.replace(".", " ", 1), [own.before.department for own in takeovers])
    if office is None:
        return ""
    found = [
        f"{own.before.name} → {own.now.name}"
        for own in takeovers
        if own.before.department == office.department
        and (office.section is None or own.before.section in (None, office.section))
    ]
    return "、".join(found)


def require_successions(raw: Path, settings: Settings) -> None:
    """Return if every succession of a cycle can be followed; else raise SettingsError with all.

    `raw` is the folder of the cycles. Where the previous cycle's settings can't be read that is
    told by who reads them, and only this cycle's own side is checked.
    """
    before = None
    if settings.succession and settings.previous is not None:
        try:
            before = read_settings(raw / settings.previous / SETTINGS_NAME)
        except SettingsError:
            before = None
    path = raw / settings.as_of.isoformat() / SETTINGS_NAME
    if settings.succession and (wrong := list(_find_wrong(settings, before, read_text(path)))):
        raise SettingsError(
            f"{settings.as_of}/{SETTINGS_NAME}: succession（組織の引継ぎ）に誤りが"
            f"{len(wrong)}件あります。直してください。\n{list_examples(wrong)}"
        )


def _find_wrong(settings: Settings, before: Settings | None, text: str) -> Iterator[str]:
    """Yield what is wrong with the successions by themselves, then with them together.

    `text` is that of the settings' file: what is wrong is told with its line.
    """
    day, last = settings.previous, settings.as_of.isoformat()
    if day is None:
        yield "前回調査（previous）がないので、引き継ぐ手続きがありません"
    twice: dict[str, list[str]] = {}
    for at, told in enumerate(settings.succession):
        where = _name_place(text, at, told)
        if find_office(told.to, settings.departments) is None:
            yield f"{where}引継ぎ先（to）「{told.to}」はありません。{_ADVICE}"
        was = None if before is None else find_office(told.from_, before.departments)
        if before is not None and was is None:
            known = "、".join(department.name for department in before.departments)
            yield f"{where}引継ぎ元（from）は前回調査 {day} にありません（{known}）"
        if day is not None and not day < told.date.isoformat() <= last:
            yield (
                f"{where}date = {told.date} は、前回調査（{day}）の翌日から"
                f"今回の時点（{last}）までの日ではありません"
            )
        if was is not None:
            twice.setdefault(was.name, []).append(where.partition("（")[0])
    for name, lines in twice.items():
        if len(lines) > 1:
            yield (
                f"{'、'.join(lines)}: 引継ぎ元（from）「{name}」が{len(lines)}件あります。"
                "一つにするか、課ごとに分けてください"
            )
    if before is not None:
        yield from _find_circles(list_takeovers(settings, before))


def _name_place(text: str, at: int, told: Succession) -> str:
    """Return the line of a succession and what it is from, before what is told of it."""
    line = find_line(text, ("succession", at, "from"))
    return f"{f'{line}行目' if line else f'{at + 1}番目'}（from「{told.from_}」）: "


def _find_circles(takeovers: Sequence[Takeover]) -> Iterator[str]:
    """Yield the offices that are taken over by themselves, or in a circle."""
    went = {own.before.key: own for own in takeovers if own.before.key != own.now.key}
    told: set[tuple[str, str]] = set()
    for own in takeovers:
        # Of one slug, but of another name, a department may be said to follow itself.
        if own.before.key == own.now.key and own.before.name == own.now.name:
            yield f"「{own.before.name}」から同じ「{own.now.name}」への引継ぎです"
        path, after = [own], went.get(own.now.key)
        while after is not None and after not in path:
            path.append(after)
            after = went.get(after.now.key)
        if after is own and own.before.key not in told:
            told |= {each.before.key for each in path}
            names = " → ".join(each.before.name for each in (*path, own))
            yield f"引継ぎが一回りしています（{names}）。from は前回、to は今の部局や課です"
