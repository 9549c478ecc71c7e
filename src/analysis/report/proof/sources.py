"""What each report is made from: its own part of all the inputs of a build.

A report of the whole city is made from every input but the other notebooks. A department's is made
from the workbooks in which its procedures stand, what concerns everybody, and city.csv, which is
all that it takes from other departments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.report.proof.origin import kind_of

CITY_NAME = "city.csv"

# Of the raw files, those that are about other departments or about no answer.
_NOT_SHARED = frozenset({"調査票", "公表値"})
_RAW = "data/raw/"


@dataclass(frozen=True)
class Sources:
    """All inputs of a cycle's build by path, and what tells each department's part of them.

    `workbooks` are the paths of each department's own, by slug (see `list_workbooks`), `city` is
    the sha256 of city.csv.
    """

    cycle: str
    inputs: Mapping[str, str]
    workbooks: Mapping[str, Sequence[str]]
    city: str

    def of(self, department: str | None) -> dict[str, str]:
        """Return the inputs of a department's report by slug, or of the whole city's (None).

        They are told by path, sorted, notebooks included.
        """
        if department is None:
            return dict(self.inputs)
        own = {
            path: self.inputs[path]
            for path in self.workbooks.get(department, ())
            if path in self.inputs
        }
        return dict(sorted((self.common() | own | {city_path(self.cycle): self.city}).items()))

    def common(self) -> dict[str, str]:
        """Return the inputs, by path, that concern every department: no answers of any."""
        return {
            path: sha256
            for path, sha256 in self.inputs.items()
            if not (path.startswith(_RAW) and kind_of(path) in _NOT_SHARED)
        }


def city_path(cycle: str) -> str:
    """Return the path of a cycle's city.csv among the inputs."""
    return f"reports/{cycle}/{CITY_NAME}"
