"""The head that every report has, and what it says where not every department is counted."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.cycle import Cycle
from analysis.document.blocks import Inline, Masthead, Paragraph, Quoted, Shown, Strong
from analysis.errors import EXAMPLES_SHOWN
from analysis.evidence.appendix import CITY_REPORT
from analysis.figures.findings import Findings, write_date
from analysis.figures.interim import COUNTED, list_uncounted, mark_interim
from analysis.names import ENGLISH, INTERIM, ORIGINAL, say_day
from analysis.reports.plan import INDEX_NAME, list_translated
from analysis.reports.stated import EACH_DEPARTMENT, read_heading

DEPARTMENT_REPORT = "department"
"""The notebook that makes each department's own report."""

ASSUMED = "既定と異なる条件："
"""How a head begins to say with what other parameters the page was made."""


def head_report(
    findings: Findings,
    notebook: str,
    about: str | None = None,
    *,
    assumed: Sequence[str] = (),
) -> Masthead:
    """Return the head of the report that a notebook (its name) makes, titled as that states.

    `about` names whom it is about, if not the whole city; `assumed` are conditions other than the
    notebook's own, beside another target. Raises ReportError if it states none.
    """
    cycle = findings.cycle
    heading = read_heading(cycle, notebook).replace(EACH_DEPARTMENT, about or "")
    stem = notebook if about is None else f"{notebook}-{cycle.find_department(about).slug}"
    beside = ((INDEX_NAME, "報告書一覧"), (f"{CITY_REPORT}.html", "全体の報告書"))
    return replace(
        name_versions(head(findings, heading, about, assumed), cycle, cycle.name_file(stem)),
        stem=cycle.name_file(stem),
        beside=tuple((cycle.name_file(name), told) for name, told in beside),
        departments=tuple(
            (cycle.name_file(f"{DEPARTMENT_REPORT}-{own.slug}.html"), own.name)
            for own in cycle.departments
        ),
    )


def name_versions(masthead: Masthead, cycle: Cycle, stem: str) -> Masthead:
    """Return the head of a page (the stem of its file) with its versions in other languages.

    Where there are none anywhere, and so nothing leads to one, it is as it was.
    """
    translated = list_translated(cycle)
    own = [(ORIGINAL, stem), (ENGLISH, dict(translated)[stem])] if stem in dict(translated) else []
    return replace(masthead, translated=translated, versions=tuple(own))


def head(
    findings: Findings, title: str, about: str | None = None, assumed: Sequence[str] = ()
) -> Masthead:
    """Return a head with this title; `about` names whom it is about, if not the whole city."""
    aimed = findings.aimed
    if aimed is not None:
        goal = f"目標 {aimed.rate_percent}%（{say_day(aimed.by)}まで）"
        assumed = (goal, *assumed)
    settings = findings.cycle.settings
    as_of = write_date(findings.cycle)
    return Masthead(
        title=mark_interim(findings.cycle, title),
        subtitle=f"{about}（{as_of}時点）" if about else f"{as_of}時点",
        notes=tuple(settings.publisher),
        as_of=settings.as_of.isoformat(),
        city=settings.city,
        demonstration=settings.demonstration,
        invented=_say_invented(findings) if settings.demonstration else "",
        cycle=findings.cycle.name,
        notice=_notice(findings, about, assumed),
        aimed=None if aimed is None else (aimed.rate_percent, aimed.by.isoformat()),
    )


def _say_invented(findings: Findings) -> str:
    """Return what a demonstration's answers are, and whether they agree with what was published."""
    published, differing = (
        findings.ledger.figure(name).value for name in ("published", "published_differing")
    )
    if differing:
        return "この報告書は架空の回答によるもので、公表された件数と合わない数値があります。"
    if published:
        return "この報告書は、公表された件数に合わせて作成した架空の回答によるものです。"
    return "この報告書は架空の回答によるもので、公表された件数とは比べていません。"


def say_assumed(assumed: Sequence[str]) -> tuple[Inline, ...]:
    """Return what a head says of conditions other than the notebook's own; nothing for none."""
    return (Strong((ASSUMED,)), Quoted("、".join(assumed)), "。") if assumed else ()


def _notice(findings: Findings, about: str | None, assumed: Sequence[str]) -> Paragraph | None:
    """Return what is assumed, and which departments are not counted; None for neither.

    Of successions a department's page tells those that it is concerned by: the city's sums are the
    same whoever took over whose procedures.
    """
    cycle, before = findings.cycle, findings.cycle.open_previous()
    parts: list[Inline] = [*say_assumed(assumed)]
    if cycle.uncounted:
        everyone, counted = (Shown(findings.ledger.figure(name), unit="部局") for name in COUNTED)
        parts += [
            *([Strong((f"{INTERIM}：",))] if cycle.is_interim else []),
            everyone,
            "のうち、",
            Strong((counted,)),
            "の回答だけを数えています。市全体の数値はこの部局の合計"
            + ("で、前回からの増減は同じ部局どうしを比べたものです。" if before else "です。"),
            *_name_uncounted(findings),
        ]
    if takeovers := _name_takeovers(cycle, about):
        parts += [
            "前回の数値は、組織の引継ぎに合わせ、今の部局と課で数えたものです：",
            *takeovers,
            "。",
        ]
    if before is not None and before.uncounted:
        names = "、".join(own.department.name for own in before.uncounted)
        parts.append(f"前回調査では、{names}を数えていません。")
    return Paragraph(tuple(parts), kind="lead") if parts else None


def _name_takeovers(cycle: Cycle, about: str | None) -> list[Inline]:
    """Return what took over what, those of one successor together; all of it stands in a table."""
    slug = None if about is None else cycle.find_department(about).slug
    found: dict[str, list[str]] = {}
    for own in cycle.takeovers:
        if slug not in (None, own.before.department.slug, own.now.department.slug):
            continue
        found.setdefault(own.now.name, []).append(own.before.name)
    lines = [f"{'、'.join(before)} → {now}" for now, before in found.items()]
    more = ["など"] if len(lines) > EXAMPLES_SHOWN else []
    return [Quoted("、".join(lines[:EXAMPLES_SHOWN])), *more] if lines else []


def _name_uncounted(findings: Findings) -> list[Inline]:
    """Return the departments that are not counted, by state; a reason is quoted."""
    parts: list[Inline] = []
    for label, found in list_uncounted(findings.cycle):
        parts.append(f"{label}：")
        for place, (name, why) in enumerate(found):
            parts.append(f"{'、' if place else ''}{name}")
            parts += ["（", Quoted(why), "）"] if why else []
        parts.append("。")
    return parts
