"""Say a problem that stands in a thousand cells once: with a count, and where to look first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import EXAMPLES_SHOWN
from analysis.questionnaire.rules import Rule
from analysis.survey.problems import CELL, Place, Problem, describe

MOST_WORDINGS = 20
"""How many lines one rule has for one field, each with words of its own."""


@dataclass(frozen=True)
class Alike:
    """Problems that say the same, each of another place, in the order they were given."""

    problems: tuple[Problem, ...]

    @property
    def first(self) -> Problem:
        """The first of them, whose words are those of all."""
        return self.problems[0]

    @property
    def count(self) -> int:
        """How many places there are."""
        return len(self.problems)


def gather_alike(problems: Iterable[Problem]) -> list[Alike]:
    """Return the problems by what they say and how grave they are, in the order of the first."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        said = (problem.severity, problem.code, problem.message, problem.action)
        groups.setdefault(said, []).append(problem)
    return [Alike(tuple(group)) for group in groups.values()]


def choose_shown(groups: Sequence[Alike]) -> tuple[list[Alike], dict[str, int]]:
    """Return the groups to be shown, and by code how many problems are left out.

    Of one rule and field MOST_WORDINGS are shown: a column of other dates is wrong in as many
    wordings as it has rows.
    """
    shown: list[Alike] = []
    left: dict[str, int] = {}
    met: dict[tuple[str, str | None], int] = {}
    for group in groups:
        key = (group.first.code, group.first.field)
        met[key] = met.get(key, 0) + 1
        if met[key] <= MOST_WORDINGS:
            shown.append(group)
        else:
            left[key[0]] = left.get(key[0], 0) + group.count
    return shown, left


def describe_alike(
    problems: Iterable[Problem], rules: Mapping[str, Rule], *, within_workbook: bool = False
) -> Iterator[str]:
    """Yield a line for all problems that say the same, and one for what a rule has beyond that.

    A problem that is alone is told as `describe` tells it; `within_workbook` is as there.
    """
    shown, left = choose_shown(gather_alike(problems))
    for group in shown:
        if group.count == 1:
            yield describe(group.first, within_workbook=within_workbook)
        else:
            where = name_places(group.problems, within_workbook=within_workbook)
            counted = f"{group.count:,}件（{where}）".removesuffix("（）")
            yield f"{counted}: {group.first.message}{group.first.action}"
    for code, count in left.items():
        yield f"ほか{count:,}件: {rules[code].title}"


def name_places(
    problems: Iterable[Problem],
    *,
    within_workbook: bool = False,
    most: int | None = EXAMPLES_SHOWN,
    counted: bool = True,
) -> str:
    """Return where problems stand, cells below each other as one: `環境部.xlsx 調査票!G6～G9、G12`.

    At most so many sheets, and parts of each, are named (None: all), then how many are left; if not
    `counted`, only that there are more.
    """
    by_sheet: dict[Place, list[str]] = {}
    for problem in problems:
        sheet = problem.place._replace(department=None, cell=None)
        by_sheet.setdefault(sheet, []).append(problem.cell or "")
    named = []
    for sheet, cells in list(by_sheet.items())[:most]:
        runs = list(_join_cells(cells))
        left = sum(count for _, count in runs[most:]) if most is not None else 0
        text = "、".join(text for text, _ in runs[:most] if text)
        place = sheet.at(text) if text else sheet
        named.append((place.within_workbook if within_workbook else str(place), left))
    sheets = len(by_sheet) - len(named)
    if not counted:
        return "、".join(place + (" など" if left or sheets else "") for place, left in named)
    text = "、".join(place + (f" ほか{left:,}件" if left else "") for place, left in named)
    return text + (f"、ほか{sheets:,}ファイル" if sheets else "")


def _join_cells(cells: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield cells that follow each other down a column as one text, with how many they are."""
    first, last, count = "", "", 0
    for cell in cells:
        if count and _is_below(cell, last):
            last, count = cell, count + 1
            continue
        if count:
            yield _name_run(first, last), count
        first, last, count = cell, cell, 1
    if count:
        yield _name_run(first, last), count


def _name_run(first: str, last: str) -> str:
    return first if first == last else f"{first}～{last}"


def _is_below(cell: str, above: str) -> bool:
    found, before = CELL.fullmatch(cell), CELL.fullmatch(above)
    return bool(found and before and found[1] == before[1] and int(found[2]) == int(before[2]) + 1)
