"""What a delivered RO-Crate says of its build, read back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from analysis.cycle import Cycle
from analysis.errors import ReportError
from analysis.report.proof.entities import CRATE_NAME, SHARED_INPUTS, Entity
from analysis.report.proof.origin import write_fingerprint

CorrectionKey = tuple[str, str, str]
"""A correction's cycle, procedure and field."""


@dataclass(frozen=True)
class Making:
    """One action: the notebook (None: none) and the parameters by which it made its results."""

    results: tuple[str, ...]
    notebook: str | None
    parameters: dict[str, str]
    fingerprint: str


@dataclass(frozen=True)
class Record:
    """A build as its crate tells it: sha256 of files and inputs by name, actions, corrections."""

    files: dict[str, str]
    inputs: dict[str, str]
    makings: tuple[Making, ...]
    corrections: dict[CorrectionKey, tuple[str, str]]

    def find_contradictions(self) -> list[Making]:
        """Return the actions whose stated fingerprint is not that of the recorded inputs."""
        return [
            making
            for making in self.makings
            if making.fingerprint
            != write_fingerprint(self.inputs, making.notebook, making.parameters)
        ]


def read_record(cycle: Cycle) -> Record:
    """Read the crate of a cycle's delivered reports; raise ReportError if it can't be used."""
    path = cycle.reports_folder / CRATE_NAME
    where = f"reports/{cycle.name}"
    if not cycle.reports_folder.is_dir():
        raise ReportError(
            f"{where}/ に報告書がありません。`analysis report {cycle.name}` で作成してください。"
        )
    if not path.is_file():
        raise ReportError(
            f"{where}/{CRATE_NAME} がないため、何から作られたかを確かめられません。"
            f"納品されたものに戻すか、`analysis report {cycle.name}` で作り直してください。"
        )
    try:
        graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
        return _read_graph({entity["@id"]: entity for entity in graph})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ReportError(
            f"{where}/{CRATE_NAME} を読めません。作成後に書き換えられています。"
            f"納品されたものに戻すか、`analysis report {cycle.name}` で作り直してください。"
        ) from None


def _read_graph(graph: dict[str, Entity]) -> Record:
    shared = [part["@id"] for part in _list(graph[SHARED_INPUTS]["hasPart"])]
    makings, notebooks = [], []
    for entity in graph.values():
        if entity["@type"] != "CreateAction":
            continue
        given = [graph[item["@id"]] for item in _list(entity["object"])]
        own = [item["@id"] for item in given if item["@type"] == "CreativeWork"]
        notebooks += own
        makings.append(
            Making(
                tuple(unquote(item["@id"]) for item in _list(entity["result"])),
                PurePosixPath(unquote(own[0])).stem if own else None,
                {i["name"]: i["value"] for i in given if i["@type"] == "PropertyValue"},
                str(entity["identifier"]),
            )
        )
    return Record(
        {
            unquote(key): str(entity["sha256"])
            for key, entity in graph.items()
            if entity["@type"] == "File"
        },
        {unquote(key[1:]): str(graph[key]["sha256"]) for key in (*shared, *notebooks)},
        tuple(makings),
        dict(_read_corrections(graph)),
    )


def _read_corrections(graph: dict[str, Entity]) -> Iterator[tuple[CorrectionKey, tuple[str, str]]]:
    for key, entity in graph.items():
        if entity["@type"] == "CorrectionComment":
            parts = [graph[item["@id"]] for item in _list(entity["additionalProperty"])]
            texts = {part["name"]: str(part["value"]) for part in parts}
            cycle = unquote(key).split("/")[1]
            named = (cycle, texts["procedure_id"], texts["field"])
            yield named, (texts["expected"], texts["value"])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
