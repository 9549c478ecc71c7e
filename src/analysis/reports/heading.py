"""The head that every report has."""

from analysis.document.blocks import Masthead
from analysis.figures.findings import Findings, write_date
from analysis.reports.stated import read_heading


def head_report(findings: Findings, notebook: str, about: str | None = None) -> Masthead:
    """Return the head of the report that a notebook (its name) makes, titled as that states.

    `about` names whom it is about, if not the whole city. Raises ReportError if it states none.
    """
    return head(findings, read_heading(findings.cycle, notebook), about)


def head(findings: Findings, title: str, about: str | None = None) -> Masthead:
    """Return a head with this title; `about` names whom it is about, if not the whole city."""
    settings = findings.cycle.settings
    as_of = write_date(findings.cycle)
    return Masthead(
        title=title,
        subtitle=f"{about}（{as_of}時点）" if about else f"{as_of}時点",
        notes=tuple(settings.publisher),
        as_of=settings.as_of.isoformat(),
        city=settings.city,
        demonstration=settings.demonstration,
    )
