"""Compare a delivered folder with what its crate says: files, footers, and the crate itself."""

import re
from pathlib import Path

from analysis.report.proof.entities import CRATE_NAME, SIGNATURE_NAME
from analysis.report.proof.origin import SHORT, fingerprint_of, hash_file
from analysis.report.proof.record import Making, Record
from analysis.report.proof.sources import Sources
from analysis.survey.files.folder import is_passing

_FOOTER = re.compile(r"<footer\b.*?</footer>", re.DOTALL)
_FINGERPRINT = re.compile(rf"(?<![0-9A-Za-z]){'[0-9a-f]' * SHORT}(?![0-9A-Za-z])")


def list_files(folder: Path) -> list[str]:
    """Return the names of a delivered folder's files but the crate and its signature, sorted."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and not is_passing(path.name)
        and path.name not in (CRATE_NAME, SIGNATURE_NAME)
    )


def find_changed_files(folder: Path, record: Record, now: Sources) -> dict[str, str]:
    """Return what became of each file edited, missing or added since the build, by name.

    `now` are today's sources: a report that states their fingerprint was built again by itself.
    """
    here = list_files(folder)
    found = {}
    for name in sorted({*record.files, *here}):
        if name not in here:
            found[name] = "ありません。作成後に削除されたか、名前が変わっています。"
        elif name not in record.files:
            found[name] = "作成されたものではありません。作成後に置かれています。"
        elif hash_file(folder / name) != record.files[name]:
            making = next((m for m in record.makings if name in m.results), None)
            found[name] = _explain(folder, making, now)
    return found


def find_forged_record(folder: Path, record: Record) -> list[str]:
    """Return a line for each statement of the crate that its own entries or a footer refutes."""
    lines = [
        f"{making.results[0]}: 記録された入力からは、記録された指紋 "
        f"{making.fingerprint[:SHORT]} になりません。{CRATE_NAME} が書き換えられています。"
        for making in record.find_contradictions()
    ]
    for making in record.makings:
        for name in making.results:
            if not name.endswith(".html") or not (folder / name).is_file():
                continue
            stated = read_footer(folder / name)
            if stated != {making.fingerprint[:SHORT]}:
                lines.append(
                    f"{name}: 印刷された指紋 {'、'.join(sorted(stated)) or '（なし）'} が、"
                    f"記録された指紋 {making.fingerprint[:SHORT]} と違います。"
                )
    return lines


def read_footer(path: Path) -> set[str]:
    """Return the fingerprints that the footer of an HTML page prints; none without one."""
    if path.suffix != ".html" or not path.is_file():
        return set()
    footers = _FOOTER.findall(path.read_text(encoding="utf-8", errors="replace"))
    return set(_FINGERPRINT.findall("".join(footers)))


def _explain(folder: Path, making: Making | None, now: Sources) -> str:
    """Say whether a file was edited, or built again without the others."""
    if making is not None:
        inputs = now.of(making.notebook, making.department)
        today = fingerprint_of(inputs, making.notebook, making.parameters)
        stated = {text for name in making.results for text in read_footer(folder / name)}
        if today in stated and today != making.fingerprint[:SHORT]:
            return (
                "ほかの報告書のあとに、いまの入力から作り直されています。"
                "`analysis report` ですべてを作り直してください。"
            )
    return "作成後に書き換えられています。"
