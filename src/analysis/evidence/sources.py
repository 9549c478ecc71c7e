"""What a report was made from: what was asked of the answers for it, and what makes every report.

sources.csv tells the first, a line each, with the sha256 by which it is known: a figure by that of
its evidence, a department by its workbooks, a few answers of every procedure by those columns of
answers.csv. A report for which anything else was asked is made from every input.
"""

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from analysis.cycle import ANSWERS_NAME
from analysis.figures.asked import DEPARTMENT, EVERYTHING, FIELDS, FIGURE
from analysis.figures.figure import split_id
from analysis.inputs import kind_of, leave_others, write_fingerprint

if TYPE_CHECKING:
    # Who only reads what a report was made from waits for no frames.
    import pandas as pd

    from analysis.figures.ledger import Ledger

SOURCES_NAME = "sources.csv"
_COLUMNS = ("report", "asked", "source", "sha256")
# Of the raw files, those that are about other departments or about no answer.
_NOT_SHARED = frozenset({"調査票", "公表値"})
_RAW = "data/raw/"


class Source(NamedTuple):
    """A thing that a report was made from: what was asked for it, its name, what it is known by."""

    asked: str
    name: str
    sha256: str


Sources = tuple[Source, ...] | None
"""What a report asked for, sorted; None: everything."""


@dataclass(frozen=True)
class Origin:
    """What makes a report, whatever it asks: all inputs by path, its notebook, parameters.

    A file beside the reports has no notebook.
    """

    inputs: Mapping[str, str]
    notebook: str | None
    parameters: tuple[tuple[str, str], ...]

    def write_fingerprint(self, sources: Sources) -> str:
        """Return the whole fingerprint of what was made from these sources."""
        made_from = self.list_made_from(sources)
        return write_fingerprint(made_from, self.notebook, dict(self.parameters))

    def list_made_from(self, sources: Sources) -> dict[str, str]:
        """Return the sha256 of all that is made from these sources, by name."""
        own = leave_others(self.inputs, self.notebook, dict(self.parameters))
        if sources is None:
            return own
        return list_common(own) | {source.name: source.sha256 for source in sources}


def list_common(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the inputs, by path, that concern every report: no answers of any department."""
    return {
        path: sha256
        for path, sha256 in inputs.items()
        if not (path.startswith(_RAW) and kind_of(path) in _NOT_SHARED)
    }


def find_sources(ledger: "Ledger", inputs: Mapping[str, str], asked: Iterable[str]) -> Sources:
    """Return by what is known, today, that which was asked (see `asked`)."""
    # What is known without frames is asked for above.
    from analysis.evidence.answers import hash_answers  # noqa: PLC0415
    from analysis.figures.listing import digest_figures  # noqa: PLC0415

    lines = sorted(set(asked))
    if EVERYTHING in lines:
        return None
    named = [line.partition(" ")[::2] for line in lines]
    figures = [ledger.look_up(*split_id(name)) for kind, name in named if kind == FIGURE]
    # All at once: those of one measure take one pass over its table.
    digests = digest_figures(ledger, filter(None, figures))
    found = []
    for line, (kind, name) in zip(lines, named, strict=True):
        if kind == FIGURE:
            found.append(Source(line, name, digests[name].sha256 if name in digests else ""))
        elif kind == FIELDS:
            sha256 = hash_answers(ledger, tuple(name.split()))
            found.append(Source(line, f"{ANSWERS_NAME} {name}", sha256))
        elif kind == DEPARTMENT:
            paths = list_workbooks(ledger).get(name, [])
            found += [Source(line, path, inputs.get(path, "")) for path in paths]
    return tuple(found)


def write_sources(sources: Mapping[str, Sources]) -> bytes:
    """Return sources.csv; `sources` are those of the reports by stem."""
    text = io.StringIO(newline="")
    lines = [(stem, *source) for stem, own in sorted(sources.items()) for source in own or ()]
    csv.writer(text, lineterminator="\n").writerows([_COLUMNS, *lines])
    return text.getvalue().encode("utf-8-sig")


def read_sources(content: bytes) -> dict[str, tuple[Source, ...]]:
    """Return the sources of the reports, by stem, that sources.csv has lines of."""
    found: dict[str, list[Source]] = defaultdict(list)
    _, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for stem, *source in lines:
        found[stem].append(Source(*source))
    return {stem: tuple(own) for stem, own in found.items()}


@lru_cache(maxsize=1)
def list_workbooks(ledger: "Ledger") -> dict[str, list[str]]:
    """Return the raw workbooks that say all of each department's procedures, by slug, sorted.

    They are the department's own in both cycles, and any other in which one of its procedures
    stands in either cycle, as one does that came from another department or went to one; of earlier
    cycles those in which its procedures stand. Paths are relative to the project.
    """
    from analysis.figures.tables import pair_ids  # noqa: PLC0415
    from analysis.figures.trend import list_earlier_tables  # noqa: PLC0415

    cycles, tables = [ledger.cycle], ledger.tables
    frames = [tables.current["procedures"]]
    before = ledger.cycle.open_previous()
    if before is not None and tables.previous is not None:
        cycles.append(before)
        frames.append(tables.previous)
    found: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    for cycle, frame in zip(cycles, frames, strict=True):
        for department in cycle.settings.departments:
            found[department.slug].add(_name_path(cycle.day, department.workbook))
        for name in {"department_slug", "former_department_slug"}.intersection(frame):
            for key, slug in _list_distinct(pair_ids(frame), frame[name]):
                owners[key].add(slug)
    for cycle, frame in zip(cycles, frames, strict=True):
        for key, workbook in _list_distinct(pair_ids(frame), frame["workbook"]):
            for slug in owners[key]:
                found[slug].add(_name_path(cycle.day, workbook))
    for slug, path in chain.from_iterable(
        _list_places(day, frame) for day, frame in list_earlier_tables(tables.current).items()
    ):
        found[slug].add(path)
    return {slug: sorted(paths) for slug, paths in found.items()}


def _list_places(day: str, frame: "pd.DataFrame") -> list[tuple[str, str]]:
    """Return each department with the path of a workbook in which any of its rows stands."""
    pairs = _list_distinct(frame["department_slug"], frame["workbook"])
    return [(slug, _name_path(day, workbook)) for slug, workbook in pairs]


def _list_distinct(keys: "pd.Series[str]", values: "pd.Series[str]") -> list[tuple[str, str]]:
    pairs = zip(keys.to_numpy(dtype=object), values.to_numpy(dtype=object), strict=True)
    return list(dict.fromkeys(pairs))


def _name_path(day: str, workbook: str) -> str:
    return unicodedata.normalize("NFC", f"{_RAW}{day}/{workbook}")
