"""What a delivered RO-Crate says of its build, read back."""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from analysis.cycle import Cycle
from analysis.errors import ReportError
from analysis.proof.entities import CRATE_NAME, Entity


@dataclass(frozen=True)
class Record:
    """A build as its crate tells it: sha256 of files and inputs, and fingerprints, by name."""

    files: dict[str, str]
    inputs: dict[str, str]
    fingerprints: dict[str, str]


def require_reports(cycle: Cycle) -> Path:
    """Return the folder of a cycle's delivered reports; raise ReportError if there is none."""
    if not cycle.reports_folder.is_dir():
        raise ReportError(
            f"reports/{cycle.name}/ に報告書がありません。"
            f"`analysis report {cycle.name}` で作成してください。"
        )
    return cycle.reports_folder


def read_record(cycle: Cycle) -> Record:
    """Read the crate of a cycle's delivered reports; raise ReportError if it can't be used."""
    path, name = require_reports(cycle) / CRATE_NAME, f"reports/{cycle.name}/{CRATE_NAME}"
    remake = f"納品されたものに戻すか、`analysis report {cycle.name}` で作り直してください。"
    if not path.is_file():
        raise ReportError(f"{name} がないため、何から作られたかを確かめられません。{remake}")
    try:
        graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
        return _read_graph({entity["@id"]: entity for entity in graph})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ReportError(f"{name} を読めません。作成後に書き換えられています。{remake}") from None


def _read_graph(graph: dict[str, Entity]) -> Record:
    record = Record({}, {}, {})
    for key, entity in graph.items():
        match entity:
            case {"@type": "File", "sha256": str(sha256)}:
                record.files[unquote(key)] = sha256
            case {"@type": "CreativeWork", "sha256": str(sha256)}:
                record.inputs[unquote(key[1:])] = sha256
            case {"@type": "CreateAction", "identifier": str(fingerprint), "result": results}:
                for result in results if isinstance(results, list) else [results]:
                    record.fingerprints[unquote(result["@id"])] = fingerprint
    return record
