"""Say where the collection of a cycle stands: who has answered, and every problem by cell."""

from collections.abc import Iterator

from analysis.survey.problems import SEVERITY_LABELS, describe, problems_from_frame
from analysis.survey.survey import Survey

STATE_LABELS = {"answered": "提出済", "missing": "未提出", "unreadable": "読取不可"}


def describe_status(survey: Survey) -> str:
    """Return the collection's status, a line a department, then every problem, a line each."""
    return "\n".join([*_list_departments(survey), *_list_problems(survey)])


def _list_departments(survey: Survey) -> Iterator[str]:
    workbooks = survey.workbooks
    yield f"提出済 {(workbooks['state'] == 'answered').sum()}/{len(workbooks)} 部局"
    for row in workbooks.to_dict("records"):
        count = f"　{row['procedures']:,}手続き" if row["state"] == "answered" else ""
        yield f"  {STATE_LABELS[row['state']]}　{row['department']}（{row['workbook']}）{count}"


def _list_problems(survey: Survey) -> Iterator[str]:
    problems = problems_from_frame(survey.problems)
    for severity, label in SEVERITY_LABELS.items():
        lines = [describe(problem) for problem in problems if problem.severity == severity]
        yield f"\n{label} {len(lines)}件"
        yield from (f"  ・{line}" for line in lines)
