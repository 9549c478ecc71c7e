"""What stands in a cycle's reports folder, and which of it may be kept.

The folder's own RO-Crate tells what each file was made from; a note beside the tidy rows tells in
which environment, which is no part of a fingerprint but may change a file's bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from analysis.build.environment import describe_environment
from analysis.cycle import Cycle
from analysis.errors import ReportError
from analysis.evidence.sources import (
    SOURCES_NAME,
    Origin,
    Source,
    Sources,
    read_sources,
)
from analysis.figures.asked import EVERYTHING
from analysis.inputs import hash_file
from analysis.place import place_file
from analysis.proof.entities import CRATE_NAME
from analysis.proof.record import Record, read_record

NOTE_NAME = "built.json"


@dataclass(frozen=True)
class Delivered:
    """A cycle's delivered files: what their crate says of them, and which are as it says.

    `record` is None where no usable set stands there; `environment` is the one it was made in (see
    `describe_environment`); `summary` is what its build said at the end.
    """

    folder: Path
    record: Record | None = None
    environment: str = ""
    summary: tuple[str, ...] = ()
    sources_name: str = SOURCES_NAME

    @cached_property
    def same_environment(self) -> bool:
        """Whether the set was made with today's Python, libraries and fonts."""
        return self.environment == describe_environment()

    @cached_property
    def intact(self) -> frozenset[str]:
        """The files that are as the crate says; every content is read for it."""
        files = {} if self.record is None else self.record.files
        return frozenset(name for name, sha in files.items() if _hash(self.folder / name) == sha)

    def is_whole(self, inputs: Mapping[str, str]) -> bool:
        """Return whether every file stands as it was made, from just these inputs, in all."""
        # What costs most comes last: who must build anyway should not wait for it.
        return (
            self.record is not None
            and self.record.inputs == dict(inputs)
            and self.same_environment
            and self.intact == self.record.files.keys()
        )

    @cached_property
    def sources(self) -> Mapping[str, tuple[Source, ...]]:
        """What the standing reports were made from, by stem; none of one made from everything."""
        if self.sources_name not in self.intact:
            return {}
        return read_sources((self.folder / self.sources_name).read_bytes())

    def list_asked(self, stem: str) -> set[str]:
        """Return what was asked of the answers for a report (see `asked`); unknown: everything."""
        return {source.asked for source in self.sources.get(stem, ())} or {EVERYTHING}

    def why_remake(self, names: Sequence[str], origin: Origin, sources: Sources) -> str | None:
        """Return why these files, made together, can't be kept; None if they can.

        `origin` and `sources` are what would make them today.
        """
        if self.record is None or names[0] not in self.record.fingerprints:
            # Told when they are made: of what was, not of what is.
            stands = any((self.folder / name).exists() for name in names)
            return "作成の記録がありませんでした" if stands else "初めて作成しました"
        if not self.same_environment:
            return "Python、ライブラリまたはフォントの版が変わりました"
        if self.record.fingerprints[names[0]] != origin.write_fingerprint(sources):
            then = replace(origin, inputs=self.record.inputs)
            before = self.sources.get(Path(names[0]).stem)
            # A file that was changed says more than the figures that it changed.
            return (
                _say_changed(then.list_made_from(None), origin.list_made_from(None))
                or _say_changed(then.list_made_from(before), origin.list_made_from(sources))
                or "何から作られたかの記録がありませんでした"
            )
        if not self.intact.issuperset(names):
            return "ファイルが削除されたか、書き換えられていました"
        return None


def look_at_set(cycle: Cycle) -> Delivered:
    """Read what the crate of a cycle's reports folder says; its files are read when asked for."""
    folder = cycle.reports_folder
    try:
        note = json.loads((cycle.processed_folder / NOTE_NAME).read_text(encoding="utf-8"))
        # An edited crate could call a stale file fresh.
        if note["crate"] != hash_file(folder / CRATE_NAME):
            return Delivered(folder)
        record = read_record(cycle)
        said = (str(note["environment"]), tuple(note["summary"]))
        return Delivered(folder, record, *said, cycle.name_file(SOURCES_NAME))
    except (OSError, ValueError, KeyError, TypeError, ReportError):
        return Delivered(folder)


def write_note(cycle: Cycle, summary: Sequence[str]) -> None:
    """Note in which environment the set that stands now was made, and what was said of it."""
    note = {
        "crate": hash_file(cycle.reports_folder / CRATE_NAME),
        "environment": describe_environment(),
        "summary": list(summary),
    }
    text = json.dumps(note, ensure_ascii=False, indent=1) + "\n"
    place_file(cycle.processed_folder / NOTE_NAME, text.encode())


def key_of(fingerprint: str) -> str:
    """Return the key of what has this whole fingerprint when it is made in this environment."""
    return hashlib.sha256(f"{fingerprint}\n{describe_environment()}".encode()).hexdigest()


def _say_changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return what is another now; nothing if it is all the same."""
    changed = [name for name in {**now, **before} if before.get(name) != now.get(name)]
    if not changed:
        return ""
    more = f" ほか{len(changed) - 1}件" if len(changed) > 1 else ""
    return f"{changed[0]}{more} が変わりました"


def _hash(path: Path) -> str | None:
    try:
        return hash_file(path)
    except OSError:
        return None
