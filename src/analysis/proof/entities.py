"""The entities of an RO-Crate that say what was made from what: files, inputs, values, actions."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from analysis.inputs import SHORT_LENGTH

if TYPE_CHECKING:
    # Who only reads a record waits for no frames.
    import pandas as pd

CRATE_NAME = "ro-crate-metadata.json"
SIGNATURE_NAME = f"{CRATE_NAME}.p7s"
SHARED_INPUTS = "#inputs"
COMMON_INPUTS = "#common-inputs"
"""All inputs, and those of them that hold no answers, which every report is made from."""

SOFTWARE = "#software"
CORRECTION_PARTS = ("procedure_id", "field", "expected", "value")
"""What a correction's values are, by the names of their entities."""

FORMATS = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".py": "text/x-python",
    ".toml": "application/toml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OTHER_FORMAT = "text/plain"

Entity = dict[str, Any]


def refer(key: str) -> dict[str, str]:
    """Return a reference to the entity with this id."""
    return {"@id": key}


def refer_all(keys: Sequence[str]) -> Entity | list[Entity]:
    """Return references to the entities with these ids; RO-Crate wants no list of one."""
    references = [refer(key) for key in keys]
    return references[0] if len(references) == 1 else references


def describe_entity(key: str, kind: str, name: str, **parts: object) -> Entity:
    """Return the entity of this id, type and name, with what else is said of it."""
    return {"@id": key, "@type": kind, "name": name, **parts}


def input_id(path: str) -> str:
    """Return the id of an input's entity."""
    return f"#{quote(path)}"


def describe_file(key: str, kind: str, name: str, sha256: str, **parts: str) -> Entity:
    """Return the entity of a file: one of the crate's own folder, or an input from outside."""
    form = FORMATS.get(PurePosixPath(name).suffix, OTHER_FORMAT)
    return describe_entity(key, kind, name, encodingFormat=form, sha256=sha256, **parts)


def describe_making(
    title: str,
    fingerprint: str,
    parameters: Mapping[str, str],
    results: Sequence[str],
    objects: Sequence[str],
) -> tuple[Entity, list[Entity]]:
    """Return the action that made `results`, and its parameters' values; it still has no agent.

    `objects` are the ids of the entities that stand for its inputs.
    """
    values = [
        _value(f"#parameter/{quote(name)}={quote(value)}", name, value)
        for name, value in parameters.items()
    ]
    action = describe_entity(
        f"#make/{quote(results[0])}",
        "CreateAction",
        f"{title}の作成",
        description=f"{'、'.join(results)} の作成（作成元番号 {fingerprint[:SHORT_LENGTH]}）",
        identifier=fingerprint,
        instrument=refer(SOFTWARE),
        object=[refer(key) for key in (*objects, *(v["@id"] for v in values))],
        result=refer_all([quote(name) for name in results]),
    )
    return action, values


def describe_corrections(
    cycle: str, corrections: "pd.DataFrame"
) -> Iterator[tuple[Entity, list[Entity]]]:
    """Yield each applied correction of a cycle, with its values (CORRECTION_PARTS).

    >>> ((entity, values),) = describe_corrections("2024-09-01", survey.corrections)
    >>> entity["name"], entity["text"], [value["value"] for value in values]
    ('訂正 2024-09-01 K-002/annual_volume', '部局に確認', ['K-002', 'annual_volume', '120', '210'])
    """
    for row in corrections.to_dict("records"):
        name = f"{row['procedure_id']}/{row['field']}"
        key = f"#correction/{quote(f'{cycle}/{name}')}"
        values = [
            _value(f"{key}/{part}", part, row[part] if isinstance(row[part], str) else "")
            for part in CORRECTION_PARTS
        ]
        correction = describe_entity(
            key,
            "CorrectionComment",
            f"訂正 {cycle} {name}",
            about=refer(input_id(f"data/raw/{cycle}/{row['workbook']}")),
            text=row["reason"],
            creator=row["decided_by"],
            dateCreated=row["decided_on"],
            additionalProperty=[refer(value["@id"]) for value in values],
        )
        yield correction, values


def _value(key: str, name: str, value: str) -> Entity:
    return describe_entity(key, "PropertyValue", name, value=value)
