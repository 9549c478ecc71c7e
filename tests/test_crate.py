import hashlib
import io
import json
import warnings
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from analysis.build import flow as build
from analysis.cycle import Cycle, open_cycle
from analysis.errors import ReportError
from analysis.evidence.sources import SOURCES_NAME, read_sources
from analysis.proof.crate import PROFILE, SPECIFICATION
from analysis.proof.entities import CRATE_NAME

from conftest import LATEST, require_package
from deliveries import copy_delivery, files_within, read_graph, reports_of, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def graph(delivery: Path) -> dict[str, dict[str, Any]]:
    return read_graph(delivery)


def find_issues(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what RO-Crate's own validator finds; its context comes from an installed package."""
    for name in ("rocrate_validator", "rocrate"):
        require_package(name)
    import requests  # noqa: PLC0415  comes with the validator
    from rocrate_validator import services  # noqa: PLC0415

    context = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()
    wanted = f"{SPECIFICATION}/context"
    assert json.loads(context)["@id"] == wanted

    def send(adapter: object, request: Any, **options: object) -> requests.Response:
        if request.url != wanted:
            raise requests.ConnectionError(f"offline: {request.url}")
        response = requests.Response()
        response.status_code, response.raw = 200, io.BytesIO(context)
        response.headers["Content-Type"] = "application/ld+json"
        response.url, response.request = request.url, request
        return response

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    settings = {
        "rocrate_uri": str(folder),
        "profile_identifier": "process-run-crate",
        "requirement_severity": "REQUIRED",
        "no_cache": True,
    }
    with warnings.catch_warnings(action="ignore"):
        result = services.validate(settings)
    return [
        f"{issue.violatingEntity} {issue.violatingProperty} {issue.message}"
        for issue in result.get_issues()
    ]


def test_the_validator_finds_that_the_crate_keeps_its_profile(
    delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_issues(reports_of(delivery), monkeypatch) == []


def test_the_validator_would_tell_all_that_the_crate_lacks(
    delivery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = reports_of(copy_delivery(delivery, tmp_path)) / CRATE_NAME
    crate = json.loads(path.read_text("utf-8"))
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    lacking = [("#make/overview.html", "instrument"), ("./", "license"), ("./", "conformsTo")]
    for key, name in lacking:
        del entities[key][name]
    path.write_text(json.dumps(crate), "utf-8")
    issues = find_issues(path.parent, monkeypatch)
    assert [name for _, name in lacking if not any(name in issue for issue in issues)] == []


def test_every_file_of_the_folder_stands_in_it_with_its_checksum_size_and_format(
    delivery: Path, graph: dict[str, dict[str, Any]]
) -> None:
    found = {key: entity for key, entity in graph.items() if entity["@type"] == "File"}
    paths = files_within(reports_of(delivery))
    del paths[CRATE_NAME]
    assert {part["@id"] for part in graph["./"]["hasPart"]} == set(found) == set(paths)
    for name, path in paths.items():
        assert found[name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert found[name]["contentSize"] == str(path.stat().st_size)
        assert found[name]["encodingFormat"] != "text/plain"


def test_every_report_has_an_action_from_which_its_fingerprint_can_be_made(
    delivery: Path, graph: dict[str, dict[str, Any]]
) -> None:
    folder = reports_of(delivery)
    asked = read_sources((folder / SOURCES_NAME).read_bytes())
    actions = {key: entity for key, entity in graph.items() if entity["@type"] == "CreateAction"}
    made = [r["@id"] for a in actions.values() for r in as_list(a["result"])]
    assert sorted(made) == sorted(part["@id"] for part in graph["./"]["hasPart"])
    for action in actions.values():
        objects = [graph[item["@id"]] for item in action["object"]]
        parameters = {o["name"]: o["value"] for o in objects if o["@type"] == "PropertyValue"}
        inputs = [o for o in objects if o["@type"] in ("CreativeWork", "File")]
        for collection in (o for o in objects if o["@type"] == "Collection"):
            inputs += [graph[part["@id"]] for part in collection["hasPart"]]
        paths = {o["name"]: o["sha256"] for o in inputs if o["@type"] != "File"}
        assert [o["name"] for o in inputs if o["@type"] == "File"] in ([], [SOURCES_NAME])
        if graph.get(SOURCES_NAME) in objects:
            stem = as_list(action["result"])[0]["@id"].removesuffix(".html")
            paths |= {source.name: source.sha256 for source in asked[stem]}
        lines = [f"{paths[path]}  {path}\n" for path in sorted(paths)]
        lines += sorted(f"parameter {name}={value}\n" for name, value in parameters.items())
        assert action["identifier"] == hashlib.sha256("".join(lines).encode()).hexdigest()
        assert graph[action["instrument"]["@id"]]["name"] == "analysis"
    assert graph[SOURCES_NAME] in [
        graph[item["@id"]] for item in graph["#make/department-gikai.html"]["object"]
    ]


def test_the_applied_corrections_stand_in_it_with_both_values(
    graph: dict[str, dict[str, Any]],
) -> None:
    correction = graph["#correction/2024-09-01/06-0006/status"]
    values = {graph[v["@id"]]["name"]: graph[v["@id"]]["value"] for v in correction[
        "additionalProperty"]}  # fmt: skip
    assert values == {
        "procedure_id": "06-0006",
        "field": "status",
        "expected": "着手中",
        "value": "未着手",
    }
    assert (correction["text"], correction["creator"]) == ("課に確認", "DX戦略課")


def test_no_clock_and_no_folder_is_in_it(delivery: Path, graph: dict[str, dict[str, Any]]) -> None:
    text = (reports_of(delivery) / CRATE_NAME).read_text("utf-8")
    # The day of the last decision that the reports quote, which is after the day they are of.
    assert graph["./"]["datePublished"] == "2024-10-01"
    assert graph["./"]["conformsTo"] == {"@id": PROFILE}
    assert str(delivery) not in text
    assert "Time" not in text


def test_an_input_that_changes_during_the_build_stops_it(
    delivery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_delivery(delivery, tmp_path)
    before = (reports_of(folder) / CRATE_NAME).read_bytes()

    read = build.list_inputs

    def list_and_save(cycle: Cycle) -> dict[str, str]:
        inputs = read(cycle)
        with (folder / "data" / "raw" / LATEST / "cycle.toml").open("ab") as file:
            file.write(b"\n")
        return inputs

    monkeypatch.setattr(build, "list_inputs", list_and_save)
    with pytest.raises(ReportError, match=r"data/raw/2024-09-01/cycle\.toml"):
        build.build_reports(open_cycle(LATEST, folder), force=True)
    assert (reports_of(folder) / CRATE_NAME).read_bytes() == before
    assert not list((folder / "data" / "processed" / LATEST).glob("made/*"))
    assert run(folder, "check")[0] == 0


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
