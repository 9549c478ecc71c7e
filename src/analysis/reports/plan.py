"""The plan: which reports a cycle has, and which notebook makes each."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.cycle import Cycle, Department

AUDIT_NAME, INDEX_NAME = "audit.xlsx", "index.html"


@dataclass(frozen=True)
class Report:
    """One report: the notebook that makes it, its parameters, its stem, and its title."""

    notebook: str
    stem: str
    title: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def department(self) -> str | None:
        """The slug of the department that it is about; None for the whole city."""
        return dict(self.parameters).get("department")

    @property
    def files(self) -> tuple[str, str]:
        """The names of its files: HTML and PDF."""
        return (f"{self.stem}.html", f"{self.stem}.pdf")


def plan_reports(cycle: Cycle, departments: Sequence[Department] | None = None) -> list[Report]:
    """Return the reports to build: all of the cycle, or only those of some departments."""
    named = (("cycle", cycle.name),)
    of_departments = [
        Report(
            "department",
            f"department-{department.slug}",
            department.name,
            (*named, ("department", department.slug)),
        )
        for department in (cycle.departments if departments is None else departments)
    ]
    if departments is not None:
        return of_departments
    return [
        Report("overview", "overview", "着手状況調査結果（全体）", named),
        *of_departments,
        Report("reasons", "reasons", "オンライン化「未着手」の理由", named),
        Report("guideline", "guideline", "行政手続きオンライン化ガイドライン（抜粋）", named),
        Report("quality", "quality", "データの品質と公表値との照合", named),
    ]
