"""What each report is made from: its own part of all the inputs of a build.

A report that may read any answer is made from every input but the other notebooks. Of the others
it is known what they take from the answers (see `taken`): a department's is made from the workbooks
in which its procedures stand, what concerns everybody, and an extract of all answers; such a report
of the whole city from the last two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.report.proof.origin import kind_of

# Of the raw files, those that are about other departments or about no answer.
_NOT_SHARED = frozenset({"調査票", "公表値"})
_RAW = "data/raw/"


@dataclass(frozen=True)
class Sources:
    """All inputs of a cycle's build by path, and what tells each report's part of them.

    `workbooks` are the paths of each department's own, by slug (see `list_workbooks`), `extracts`
    the sha256 of the extracts by name, `taken` the one that each notebook takes (see `read_taken`).
    """

    cycle: str
    inputs: Mapping[str, str]
    workbooks: Mapping[str, Sequence[str]]
    extracts: Mapping[str, str]
    taken: Mapping[str, str]

    def of(self, notebook: str | None, department: str | None) -> dict[str, str]:
        """Return the inputs of a report by its notebook and its department's slug, if any.

        They are told by path, sorted, all notebooks included. What no notebook makes is made from
        every input.
        """
        extract = self.extract_of(notebook)
        if extract is None:
            return dict(self.inputs)
        taken = {extract_path(self.cycle, extract): self.extracts.get(extract, "")}
        own = {path: self.inputs[path] for path in self.own_workbooks(department)}
        return dict(sorted((self.common() | own | taken).items()))

    def extract_of(self, notebook: str | None) -> str | None:
        """Return the name of the extract that a notebook takes; None: it may read any answer."""
        return None if notebook is None else self.taken.get(notebook)

    def own_workbooks(self, department: str | None) -> list[str]:
        """Return the paths of a department's workbooks, or for the whole city (None) none."""
        paths = () if department is None else self.workbooks.get(department, ())
        return [path for path in paths if path in self.inputs]

    def common(self) -> dict[str, str]:
        """Return the inputs, by path, that concern every department: no answers of any."""
        return {
            path: sha256
            for path, sha256 in self.inputs.items()
            if not (path.startswith(_RAW) and kind_of(path) in _NOT_SHARED)
        }


def extract_path(cycle: str, name: str) -> str:
    """Return the path of a cycle's extract among the inputs."""
    return f"reports/{cycle}/{name}"
