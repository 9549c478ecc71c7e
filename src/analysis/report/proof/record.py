"""What a delivered RO-Crate says of its build, read back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from analysis.cycle import NOTEBOOKS, Cycle
from analysis.errors import ReportError
from analysis.report.proof.entities import CRATE_NAME, Entity


@dataclass(frozen=True)
class Making:
    """One action: what made its results, the notebook (None: none) with its parameters from inputs.

    `inputs` are those the fingerprint covers, sha256 by path.
    """

    results: tuple[str, ...]
    notebook: str | None
    parameters: dict[str, str]
    inputs: dict[str, str]
    fingerprint: str

    @property
    def department(self) -> str | None:
        """The slug of the department that the report is about; None for the whole city."""
        return self.parameters.get("department")


@dataclass(frozen=True)
class Record:
    """A build as its crate tells it: sha256 of files and inputs by name, and actions."""

    files: dict[str, str]
    inputs: dict[str, str]
    makings: tuple[Making, ...]


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
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ReportError(
            f"{where}/{CRATE_NAME} を読めません。作成後に書き換えられています。"
            f"納品されたものに戻すか、`analysis report {cycle.name}` で作り直してください。"
        ) from None


def _read_graph(graph: dict[str, Entity]) -> Record:
    actions = [entity for entity in graph.values() if entity["@type"] == "CreateAction"]
    makings = tuple(_read_making(graph, entity) for entity in actions)
    return Record(
        {
            unquote(key): str(entity["sha256"])
            for key, entity in graph.items()
            if entity["@type"] == "File"
        },
        {
            unquote(key[1:]): str(graph[key]["sha256"])
            for entity in graph.values()
            if entity["@type"] == "CreateAction"
            for key in _list_inputs(graph, entity)
            if graph[key]["@type"] != "File"
        },
        makings,
    )


def _read_making(graph: dict[str, Entity], action: Entity) -> Making:
    given = [graph[item["@id"]] for item in _list(action["object"])]
    parameters = {i["name"]: i["value"] for i in given if i["@type"] == "PropertyValue"}
    inputs = {
        f"reports/{parameters['cycle']}/{unquote(key)}"
        if graph[key]["@type"] == "File"
        else unquote(key[1:]): str(graph[key]["sha256"])
        for key in _list_inputs(graph, action)
    }
    notebooks = [path for path in inputs if path.startswith(f"{NOTEBOOKS}/")]
    return Making(
        tuple(unquote(item["@id"]) for item in _list(action["result"])),
        PurePosixPath(notebooks[0]).stem if notebooks else None,
        parameters,
        inputs,
        str(action["identifier"]),
    )


def _list_inputs(graph: dict[str, Entity], action: Entity) -> Iterator[str]:
    """Yield the ids of an action's inputs, those of its collections one by one."""
    for item in _list(action["object"]):
        match graph[item["@id"]]:
            case {"@type": "Collection", "hasPart": parts}:
                yield from (part["@id"] for part in _list(parts))
            case {"@type": "CreativeWork" | "File"}:
                yield item["@id"]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
