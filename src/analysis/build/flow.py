"""Build a cycle's reports: make what is not there yet, keep the rest, put the whole set in place.

The flow stands here; what is made, where it runs and how it is kept has a module each. A build
that fails leaves the last good reports untouched, and what it made for the next one.
"""

from collections.abc import Mapping, Sequence, Set
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.build import jobs, shelf
from analysis.build.built import Built, describe_failures
from analysis.build.delivered import Delivered, key_of, look_at_set, write_note
from analysis.build.jobs import BuildTarget
from analysis.build.misplaced import require_in_place
from analysis.build.pool import JOBS_AT_ONCE, open_pool
from analysis.build.publish import one_build, publish, publish_some
from analysis.build.warm import warm_up
from analysis.cycle import FIGURES_NAME, Cycle, Department
from analysis.display import Display
from analysis.errors import AnalysisError, ReportError, SurveyError, list_examples
from analysis.evidence.sources import SOURCES_NAME, Origin, Sources, write_sources
from analysis.figures.asked import EVERYTHING
from analysis.inputs import SHORT_LENGTH, Mark, list_inputs, list_notebooks, mark_of
from analysis.language.words import require_words
from analysis.place import deliver_file
from analysis.proof.entities import CRATE_NAME
from analysis.reports.plan import Report, list_pages, plan_reports, tell_beside

FORCED = "--force の指定"
NEEDS_ALL = (
    "部局の報告書にも市全体の数値を載せるため、ほかの部局の誤りも直すまで作れません。"
    "その部局の回答だけは、`analysis check` で確かめられます。"
)


def build_reports(
    cycle: Cycle,
    departments: Sequence[Department] | None = None,
    *,
    force: bool = False,
    display: Display | None = None,
) -> Built:
    """Build a cycle's reports into its reports folder and return what was made and what kept.

    With `departments`, only their pages are looked at and replaced. `force` keeps nothing. Raises
    AnalysisError, naming every report that failed, and then changes nothing.
    """
    display = display or Display()
    require_in_place(cycle)
    with one_build(cycle, display.wait):
        inputs, delivered = list_inputs(cycle), look_at_set(cycle)
        planned = plan_reports(cycle, departments)
        if not force and delivered.is_whole(inputs):
            # A build that was killed at its very end has left it.
            shelf.clear(cycle)
            return Built(cycle, dict.fromkeys(planned), delivered.summary)
        if departments is None:
            # Each of the pages in English would tell it again, behind all others.
            require_words(cycle)
        warm_up(cycle.root, cycle.name)
        with open_pool() as pool:
            build = _Build(cycle, inputs, delivered, pool, display, force=force)
            if departments is None:
                made = build.make_set(planned)
                build.place_set(made)
                return Built(cycle, made.reasons, build.seen.summary)
            try:
                made = build.make_some(planned)
            except SurveyError as error:
                raise SurveyError(f"{error}\n\n{NEEDS_ALL}") from None
            publish_some(cycle, made.contents)
            differs = delivered.record is None or delivered.record.inputs != dict(inputs)
            return Built(cycle, made.reasons, build.seen.summary, differs=differs)


@dataclass(frozen=True)
class _Made:
    """What a build made: why each report had to be (None: it is kept), and the new files' contents.

    `kept` are the names of the files that stay as they stand.
    """

    reasons: Mapping[Report, str | None]
    contents: Mapping[str, bytes]
    kept: Set[str] = frozenset()


class _Build:
    """One build under way."""

    def __init__(
        self,
        cycle: Cycle,
        inputs: Mapping[str, str],
        delivered: Delivered,
        pool: Executor,
        display: Display,
        *,
        force: bool,
    ) -> None:
        self.cycle, self.inputs, self.delivered = cycle, inputs, delivered
        self.pool, self.display, self.force = pool, display, force
        self.target = BuildTarget(cycle.root, cycle.name, inputs)
        self.asked = {
            report.stem: set() if force else delivered.list_asked(report.stem)
            for report in plan_reports(cycle)
        }
        self._surveyed = pool.submit(jobs.look_at_answers, self.target, self.asked)

    @cached_property
    def seen(self) -> jobs.AnswersSeen:
        """What is known of the answers; waited for until the warm process has them."""
        return self._surveyed.result()

    def make_set(self, planned: Sequence[Report]) -> _Made:
        """Make what can't be kept of the whole set."""
        beside = self._start_beside()
        reasons = self._make_reports(planned)
        collected = self._collect(reasons)
        kept_sources = {r.stem: self._sources(r) for r in planned if r not in collected}
        sources = kept_sources | {r.stem: made.sources for r, made in collected.items()}
        contents = shelf.name_files(collected) | beside.result()
        contents[self.cycle.name_file(SOURCES_NAME)] = write_sources(sources)
        record = self.delivered.record
        names = {name for report in planned for name in report.files}
        kept = (names | {*list_pages(self.cycle)}) - contents.keys()
        marks = {name: mark_of(content) for name, content in contents.items()}
        if record is not None:
            folder = self.cycle.reports_folder
            marks |= {
                name: Mark((folder / name).stat().st_size, record.files[name]) for name in kept
            }
        crate = self.pool.submit(jobs.make_crate, self.target, sources, marks).result()
        return _Made(reasons, contents | {CRATE_NAME: crate}, kept)

    def place_set(self, made: _Made) -> None:
        """Put the whole set in place of the one that stands."""
        self._require_unchanged()
        if figures := made.contents.get(self.cycle.name_file(FIGURES_NAME)):
            deliver_file(self.cycle.processed_folder / FIGURES_NAME, figures)
        publish(self.cycle, made.contents, made.kept)
        write_note(self.cycle, self.seen.summary)
        shelf.clear(self.cycle)

    def make_some(self, planned: Sequence[Report]) -> _Made:
        """Make what can't be kept of some reports."""
        reasons = self._make_reports(planned)
        return _Made(reasons, shelf.name_files(self._collect(reasons)))

    def _make_reports(self, planned: Sequence[Report]) -> dict[Report, str | None]:
        """Make every report that can't be kept, onto the shelf, and return why, by report.

        One that fails does not keep the others from being made. Raises ReportError for all of them.
        """
        reasons: dict[Report, str | None] = dict.fromkeys(planned)
        waiting: dict[Future[shelf.Made], Report] = {}
        # The whole city's first, from the last and longest on: first of all those made from every
        # input, which is known before it is known which answers changed.
        city = [report for report in reversed(planned) if report.department is None]
        city.sort(key=lambda report: not self._takes_all(report))
        for report in (*city, *(report for report in planned if report not in city)):
            reasons[report] = self._why(report)
            if reasons[report] and (self.force or not shelf.take(self.cycle, self._key(report))):
                waiting[self._start(report, len(waiting) < JOBS_AT_ONCE)] = report
        wanted = [report for report, why in reasons.items() if why is not None]
        self.display.begin(wanted)
        for report in wanted:
            if report not in waiting.values():
                self.display.finished(report, "前回の作成分")
        failures: dict[Report, str] = {}
        for job in as_completed(waiting):
            report = waiting[job]
            try:
                made = job.result()
                shelf.shelve(self.cycle, self._key(report), made)
                self.display.finished(report)
            except AnalysisError as error:
                failures[report] = str(error)
                self.display.failed(report, str(error))
        self._require_unchanged()
        if failures:
            raise ReportError(describe_failures(wanted, failures))
        return reasons

    def _start(self, report: Report, at_once: bool) -> Future[shelf.Made]:
        """Start to make a report; but `at_once`, when it is known how it finds the answers.

        Inputs are looked at again when all is made (see _require_unchanged).
        """
        return self.pool.submit(
            jobs.make_report,
            self.target if at_once else replace(self.target, stamp=self.seen.stamp),
            report,
            list_notebooks(self.cycle)[f"{report.notebook}.ipynb"],
        )

    def _start_beside(self) -> Future[dict[str, bytes]]:
        """Start to make the files beside the reports that can't be kept."""
        told = {name: tell_beside(self.cycle, name) for name in list_pages(self.cycle)}
        origins = {name: Origin(self.inputs, None, given) for name, given in told.items()}
        names = [
            name
            for name, origin in origins.items()
            if self.force or self.delivered.why_remake([name], origin, None)
        ]
        made = {name: origins[name].write_fingerprint(None)[:SHORT_LENGTH] for name in names}
        return self.pool.submit(jobs.make_beside, self.target, made)

    def _collect(self, reasons: Mapping[Report, str | None]) -> dict[Report, shelf.Made]:
        """Take what was made from the shelf."""
        wanted = [report for report, why in reasons.items() if why is not None]
        return {report: shelf.require(self.cycle, self._key(report)) for report in wanted}

    def _why(self, report: Report) -> str | None:
        """Return why a report must be made, or None if it can be kept."""
        if self.force:
            return FORCED
        return self.delivered.why_remake(report.files, self._origin(report), self._sources(report))

    def _takes_all(self, report: Report) -> bool:
        return EVERYTHING in self.asked[report.stem]

    def _sources(self, report: Report) -> Sources:
        """Return by what is known today that for which the standing report asked."""
        # Made from all: nothing need be waited for to know it.
        return None if self._takes_all(report) else self.seen.sources[report.stem]

    def _key(self, report: Report) -> str:
        """Return the key of a report that is made from these very inputs."""
        return key_of(self._origin(report).write_fingerprint(None))

    def _origin(self, report: Report) -> Origin:
        return Origin(self.inputs, report.notebook, report.parameters)

    def _require_unchanged(self) -> None:
        """Raise ReportError if an input changed while the reports were made.

        They would state the fingerprint of one state and print the numbers of another; so may those
        on the shelf.
        """
        changed = sorted(path for path, _ in self.inputs.items() ^ list_inputs(self.cycle).items())
        if changed:
            shelf.clear(self.cycle)
            raise ReportError(
                "報告書の作成中に、次の入力が変わりました。これまでの報告書はそのままです。"
                "もう一度実行してください。\n" + list_examples(list(dict.fromkeys(changed)))
            )
