"""Write what goes back to the departments: their own workbooks, with every problem marked.

The reader is bounded, whatever a file holds; the library that marks is not. So it opens no file in
this process, and of one that can't be marked in time and memory only the problems go back, in a
list of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.cycle import Cycle, Department
from analysis.display import Display, NamedTask
from analysis.files.bounded import Bounded, UnfinishedError
from analysis.files.file import find_file
from analysis.forms.returned.book import Faulty, mark_file
from analysis.forms.returned.cost import find_affordable
from analysis.forms.returned.list_file import write_list
from analysis.place import deliver_file, name_workbook, withdraw_file
from analysis.questionnaire.rules import Rule
from analysis.survey.problems import Problem, problems_from_frame
from analysis.survey.survey import Survey

RETURNED_FOLDER = "returned"

# What is wrong with the file itself, or with where it lies, is told to the department by letter.
_FILE_RULES = "workbook_"
_MANY = "返す調査票が全体で大きく、小さいものから印を付けたため"
_EXCEEDED = "時間かメモリーが足りないか、特殊な作り"


@dataclass(frozen=True)
class Returned:
    """A department with problems, its file as it came in, and what was written to send back.

    `path` is None where nothing could be written; `unmarked` says why it is the list alone.
    """

    department: str
    source: str
    path: Path | None
    unmarked: str = ""


def return_workbooks(
    cycle: Cycle, survey: Survey, display: Display | None = None
) -> list[Returned]:
    """Write the workbook of each department with errors or warnings into `returned`.

    It goes into `data/processed/<cycle>/returned`, under the department's own file name; if it
    can't be marked, the list of its problems goes there, under that name with （確認事項）. What is
    there of departments without problems is withdrawn. A department that has not answered has no
    entry; one whose file can't be opened has one without a path.
    """
    display = display or Display()
    workbooks = survey.workbooks.set_index("department")
    states, names = workbooks["state"].to_dict(), workbooks["workbook"].to_dict()
    # Until it is known which of two files counts, none of them is to be mended.
    is_double = survey.problems["code"] == "workbook_twice"
    doubled = set(survey.problems.loc[is_double, "department"])
    by_department: dict[str | None, list[Problem]] = {}
    for problem in problems_from_frame(survey.problems):
        by_department.setdefault(problem.department, []).append(problem)
    found = {
        department: _list_problems(by_department.get(department.name, ()), survey.asked.rules)
        for department in cycle.departments
        if states[department.name] == "answered" and department.name not in doubled
    }
    steps = {
        department: NamedTask(department.slug, f"{department.name}　返す調査票の作成")
        for department, problems in found.items()
        if any(problem.severity != "notice" for problem in problems)
    }
    display.begin(list(steps.values()))
    rows = workbooks["procedures"].to_dict()
    width = len(survey.asked.list_fields(cycle.settings.as_of))
    affordable = find_affordable({own.name: width * int(rows[own.name]) for own in steps})
    returned = []
    with Bounded(mark_file) as marker:
        for department in cycle.departments:
            entry = Returned(department.name, names[department.name], None)
            if department in steps:
                mark = marker.do if department.name in affordable else _refuse
                entry = _write(cycle, department, entry.source, found[department], mark)
                display.finished(steps[department])
            if entry.path is not None or states[department.name] == "unreadable":
                returned.append(entry)
            for path in _name_files(cycle, department):
                if path != entry.path:
                    withdraw_file(path)
    return returned


def _write(
    cycle: Cycle,
    department: Department,
    name: str,
    problems: tuple[Problem, ...],
    mark: Callable[[Faulty], bytes],
) -> Returned:
    """Write what goes back for the file of this name."""
    path, list_path = _name_files(cycle, department)
    whose = f"{department.name}　{cycle.settings.title}（{cycle.name}時点）"
    what = (
        f"色の付いたセルを直し、このファイルを「{path.name}」の名前で再提出してください。"
        "このシート、セルの色、コメントは残したままで構いません。"
    )
    if name != path.name:
        what += f"提出済みの「{name}」は、このファイルに置き換えます。"
    source, as_of = find_file(cycle.raw_folder, name), cycle.settings.as_of
    try:
        if source is None:
            raise UnfinishedError("ファイルがない")
        deliver_file(path, mark(Faulty(source, problems, (whose, what), as_of)))
    except UnfinishedError as error:
        what = f"提出済みの「{name}」の次の場所を直し、同じ名前で再提出してください。"
        deliver_file(list_path, write_list(problems, (whose, what), as_of))
        return Returned(department.name, name, list_path, str(error) or _EXCEEDED)
    return Returned(department.name, name, path)


def _refuse(_: Faulty) -> bytes:
    raise UnfinishedError(_MANY)


def _name_files(cycle: Cycle, department: Department) -> tuple[Path, Path]:
    """Return where the marked workbook of a department lies, and where the list of its problems."""
    path = cycle.processed_folder / RETURNED_FOLDER / name_workbook(department)
    return path, path.with_stem(f"{path.stem}（確認事項）")


def _list_problems(found: Sequence[Problem], rules: Mapping[str, Rule]) -> tuple[Problem, ...]:
    """Return a department's problems by place, those that ask for nothing last.

    Each asks for what a department can do.
    """
    inside = (
        replace(problem, action=rules[problem.code].asked or problem.action)
        for problem in found
        if not problem.code.startswith(_FILE_RULES)
    )
    return tuple(sorted(inside, key=lambda problem: problem.severity == "notice"))
