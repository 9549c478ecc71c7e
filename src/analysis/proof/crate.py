"""The long form of a build's fingerprints: what it was made from, how, and what came of it.

An RO-Crate 1.1 that keeps the Process Run Crate profile 0.5. The inputs lie outside the folder, so
they are contextual entities, told by path and sha256; the files of the folder are data entities.
No clock and no folder path is in it: the same build writes the same bytes.
"""

import json
from collections.abc import Iterator, Mapping, Set
from importlib.metadata import version
from pathlib import PurePosixPath
from urllib.parse import quote

from analysis.cycle import NOTEBOOKS, SETTINGS_NAME, Cycle
from analysis.evidence.sources import SOURCES_NAME, Origin, Sources, list_common
from analysis.figures.findings import Findings, write_date
from analysis.figures.interim import mark_interim, say_uncounted
from analysis.inputs import (
    Mark,
    leave_others,
    notebook_path,
    write_fingerprint,
)
from analysis.opendata.files import OPEN_FOLDER
from analysis.proof.entities import (
    COMMON_INPUTS,
    CRATE_NAME,
    SHARED_INPUTS,
    SOFTWARE,
    Entity,
    describe_corrections,
    describe_entity,
    describe_file,
    describe_making,
    input_id,
    refer,
    refer_all,
)
from analysis.reports.plan import Report, tell_beside

SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
# RO-Crate 1.1's own context has no word for a checksum; this is the profile's.
CONTEXT: list[object] = [
    f"{SPECIFICATION}/context",
    {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
]
DESCRIPTOR: Entity = {
    "@id": CRATE_NAME,
    "@type": "CreativeWork",
    "about": refer("./"),
    "conformsTo": refer(SPECIFICATION),
}
LICENSE = "#terms"
CITY = "#city"


def write_crate(
    findings: Findings,
    inputs: Mapping[str, str],
    made: Mapping[Report, Sources],
    files: Mapping[str, Mark],
) -> bytes:
    """Return ro-crate-metadata.json for a folder that holds these files beside it, told by name.

    `inputs` are those of this build, `made` the whole plan of the cycle, and from what of the
    answers each report was made.
    """
    agents = [
        describe_entity(f"#publisher-{place}", "Organization", name)
        for place, name in enumerate(findings.cycle.settings.publisher, start=1)
    ]
    agent = refer_all([own["@id"] for own in agents] or [CITY])
    actions, values = _list_actions(findings.cycle, inputs, made, files.keys())
    corrections = list(_list_corrections(findings))
    shared = _collect_inputs(findings.cycle.day, inputs)
    mentions = [*actions, *(entity for entity, _ in corrections)]
    graph: list[Entity] = [
        DESCRIPTOR,
        _root(findings)
        | {
            "author": agent,
            "hasPart": [refer(quote(name)) for name in sorted(files)],
            "mentions": [refer(entity["@id"]) for entity in (*shared, *mentions)],
        },
        *_list_context(findings),
        *agents,
        *(
            describe_file(quote(name), "File", name, mark.sha256, contentSize=f"{mark.size}")
            for name, mark in sorted(files.items())
        ),
        *(action | {"agent": agent} for action in actions),
        *values,
        *shared,
        *(describe_file(input_id(path), "CreativeWork", path, sha) for path, sha in inputs.items()),
        *(entity for correction, own in corrections for entity in (correction, *own)),
    ]
    crate = {"@context": CONTEXT, "@graph": graph}
    return (json.dumps(crate, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _root(findings: Findings) -> Entity:
    settings = findings.cycle.settings
    invented = "架空の回答によるものです。" if settings.demonstration else ""
    title = f"{settings.city} {settings.title}（{write_date(findings.cycle)}時点）報告書"
    return describe_entity(
        "./",
        "Dataset",
        mark_interim(findings.cycle, title),
        description="各部局の調査票から作成した報告書、すべての数値、監査用の表と、"
        f"それらを作成した入力の記録です。{invented}" + say_uncounted(findings.cycle),
        datePublished=_date_publication(findings),
        license=refer(LICENSE),
        publisher=refer(CITY),
        conformsTo=refer(PROFILE),
    )


def _date_publication(findings: Findings) -> str:
    """Return the day that the reports are of, or of the last decision that they quote."""
    decided = [findings.survey.corrections, findings.survey.matches]
    if findings.previous is not None:
        decided.append(findings.previous.corrections)
    days = [str(day) for frame in decided for day in frame["decided_on"]]
    return max([findings.cycle.settings.as_of.isoformat(), *days])


def _list_context(findings: Findings) -> Iterator[Entity]:
    """Yield the profile, the city, the software and the terms of use."""
    settings = findings.cycle.settings
    publishers = "、".join(settings.publisher) or settings.city
    profile = PurePosixPath(PROFILE)
    yield describe_entity(PROFILE, "CreativeWork", "Process Run Crate", version=profile.name)
    yield describe_entity(CITY, "Organization", settings.city)
    release = version("analysis")
    yield describe_entity(SOFTWARE, "SoftwareApplication", "analysis", softwareVersion=release)
    terms = "作成に使ったソフトウェア analysis は MIT License です。"
    if settings.license is not None:
        terms += f"オープンデータ（{OPEN_FOLDER}/）の利用条件は {settings.license} です。"
    terms += f"報告書と調査の回答の利用条件は、発行者（{publishers}）に確認してください。"
    yield describe_entity(LICENSE, "CreativeWork", "利用条件", description=terms)


def _list_actions(
    cycle: Cycle,
    inputs: Mapping[str, str],
    made: Mapping[Report, Sources],
    names: Set[str],
) -> tuple[list[Entity], list[Entity]]:
    """Return an action for each report and each other file, and the values they were given."""
    listing = quote(cycle.name_file(SOURCES_NAME))
    actions = [
        describe_making(
            report.title,
            Origin(inputs, report.notebook, report.parameters).write_fingerprint(sources),
            dict(report.parameters),
            report.files,
            [
                *([SHARED_INPUTS] if sources is None else [COMMON_INPUTS, listing]),
                input_id(notebook_path(report.notebook)),
                *_list_own(report.notebook, dict(report.parameters), inputs),
            ],
        )
        for report, sources in made.items()
    ]
    for name in sorted(names - {name for report in made for name in report.files}):
        given = dict(tell_beside(cycle, name))
        fingerprint = write_fingerprint(inputs, None, given)
        made_from = [SHARED_INPUTS, *_list_own(None, given, inputs)]
        actions.append(describe_making(name, fingerprint, given, [name], made_from))
    values = {value["@id"]: value for _, own in actions for value in own}
    return [action for action, _ in actions], [*values.values()]


def _list_own(
    notebook: str | None, given: Mapping[str, object], inputs: Mapping[str, str]
) -> list[str]:
    """Return the inputs that few have: what shows the approvals, and what is in English."""
    own = leave_others(inputs, notebook, given).keys() - leave_others(inputs, None).keys()
    return [input_id(path) for path in inputs if path in own and not path.startswith(NOTEBOOKS)]


def _list_corrections(findings: Findings) -> Iterator[tuple[Entity, list[Entity]]]:
    """Yield the applied corrections of every cycle that counts, each with its values."""
    yield from describe_corrections(findings.cycle.day, findings.survey.corrections)
    before = findings.cycle.settings.previous
    if before is not None and findings.previous is not None:
        yield from describe_corrections(before, findings.previous.corrections)
    for day, earlier in findings.earlier.items():
        yield from describe_corrections(day, earlier.corrections)


def _collect_inputs(cycle: str, inputs: Mapping[str, str]) -> list[Entity]:
    """Return the collections of the inputs that reports share; a notebook is its report's own."""
    settings = refer(input_id(f"data/raw/{cycle}/{SETTINGS_NAME}"))
    named: dict[str, tuple[str, Mapping[str, str]]] = {
        SHARED_INPUTS: ("すべての回答から作るものに共通の入力", leave_others(inputs, None)),
        COMMON_INPUTS: ("そのほかの報告書に共通の入力", list_common(leave_others(inputs, None))),
    }
    return [
        describe_entity(
            key,
            "Collection",
            name,
            hasPart=[
                refer(input_id(path)) for path in paths if not path.startswith(f"{NOTEBOOKS}/")
            ],
            mainEntity=settings,
        )
        for key, (name, paths) in named.items()
    ]
