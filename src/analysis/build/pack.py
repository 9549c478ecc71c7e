"""Put a delivered set into one zip, for who is to have it as a file and opens it by double click.

It is made by a command and not with every build: a signature may come after the reports, and what
was only built is not yet what is handed out.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from analysis.build.publish import KEPT_FOLDER, one_build
from analysis.cycle import Cycle
from analysis.display import Display
from analysis.errors import AnalysisError, ReportError, list_examples, say_why
from analysis.files.folder import list_within
from analysis.inputs import APPROVALS_REPORT, hash_file
from analysis.place import free_name, hash_standing, read_written, record_written
from analysis.proof.entities import CRATE_NAME, SIGNATURE_NAME
from analysis.proof.record import read_record

# The first that a zip can tell: no clock is in it.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _FILE_MODE = 3, 0o100644
_PACKED_ALREADY = (".pdf", ".xlsx", ".pptx")


def pack_reports(cycle: Cycle, display: Display) -> str:
    """Write `reports/<cycle>.zip` of a delivered set and say so.

    And how many of its approvals have expired by today's answers. A zip there that the program did
    not write as it stands is kept under another name. Raises
    ReportError for a set that is not as its record says, and for what can't be written.
    """
    with one_build(cycle, display.wait):
        names = _list_sound(cycle)
        content = _write_zip(cycle, names)
        path = _zip_path(cycle)
        kept = _place(cycle, path, content)
    others = [name for name in list_within(cycle.reports_folder) if name not in names]
    lines = [f"reports/{path.name} に、{len(names)}個のファイルをまとめました。"]
    if kept is not None:
        lines.append(f"前からあった、作成したままではない zip は {kept.name} として残しました。")
    if others:
        lines.append(f"一式のものではないため入れなかったファイル: {len(others)}件")
        lines.append(list_examples(others))
    lines += _tell_approvals(cycle)
    return "\n".join(lines)


def tell_stale(cycle: Cycle) -> str:
    """Say that the zip beside a set is that of another one; nothing if it is not, or is not there.

    Only the record is compared: it names the content of every other file.
    """
    path = _zip_path(cycle)
    try:
        with zipfile.ZipFile(path) as packed:
            content = packed.read(f"{cycle.name}/{CRATE_NAME}")
    except FileNotFoundError:
        return ""
    except (OSError, KeyError, zipfile.BadZipFile):
        content = b""
    if hashlib.sha256(content).hexdigest() == hash_standing(cycle.reports_folder / CRATE_NAME):
        return ""
    return (
        f"reports/{path.name} は、いまの報告書のものではありません。"
        f"配布する前に `analysis pack {cycle.name}` で作り直してください。"
    )


def _tell_approvals(cycle: Cycle) -> Iterator[str]:
    """Yield how many approvals have expired, and where to see why; nothing where there are none."""
    # A build, which only asks whether a zip is stale, waits for none of this.
    from analysis.figures.approved import EXPIRED, count_expired  # noqa: PLC0415
    from analysis.reports.approvals import judge_cycle  # noqa: PLC0415

    try:
        standings = judge_cycle(cycle)
    except AnalysisError as error:
        yield f"承認が今も有効かは、確かめられません: {error}"
        return
    if standings:
        yield count_expired(standings)
    if any(own.state == EXPIRED for own in standings):
        page = cycle.name_file(f"{APPROVALS_REPORT}.html")
        yield (
            f"失効した承認と変わったものは、`analysis report {cycle.name}` で作成する {page} に"
            "あります。配布する前に見てください。"
        )


def _zip_path(cycle: Cycle) -> Path:
    return cycle.reports_folder.with_name(f"{cycle.name}.zip")


def _list_sound(cycle: Cycle) -> list[str]:
    """Return the names of the set's files, sorted; raise ReportError for one that was changed."""
    files = read_record(cycle).files
    wrong = [name for name, sha in files.items() if hash_file(cycle.reports_folder / name) != sha]
    if wrong:
        raise ReportError(
            f"reports/{cycle.name}/ のファイル{len(wrong)}件が、作成の記録と違うか、ありません。"
            f"`analysis report {cycle.name}` で作り直すか、納品されたものに戻してください。\n"
            + list_examples(sorted(wrong))
        )
    beside = [CRATE_NAME, SIGNATURE_NAME]
    return sorted({*files, *(name for name in beside if (cycle.reports_folder / name).is_file())})


def _write_zip(cycle: Cycle, names: list[str]) -> bytes:
    """Return the zip: the same bytes for the same files, all within one folder.

    Names that are not ASCII are flagged as UTF-8, as `zipfile` does by itself.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name in names:
            entry = zipfile.ZipInfo(f"{cycle.name}/{name}", _NO_TIME)
            entry.create_system, entry.external_attr = _UNIX, _FILE_MODE << 16
            is_packed = name.endswith(_PACKED_ALREADY)
            entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            packed.writestr(entry, (cycle.reports_folder / name).read_bytes())
    return content.getvalue()


def _place(cycle: Cycle, path: Path, content: bytes) -> Path | None:
    """Put the zip in place at once; return where one that was changed is kept, if there was one."""
    record, made = cycle.processed_folder / KEPT_FOLDER, hashlib.sha256(content).hexdigest()
    standing, kept = hash_standing(path), None
    passing = path.with_name(f".{path.name}.building")
    try:
        passing.write_bytes(content)
        if standing not in (None, made, *read_written(record).get(path.name, ())):
            kept = path.rename(free_name(path))
        record_written(record, {path.name: made})
        passing.replace(path)
    except OSError as error:
        passing.unlink(missing_ok=True)
        raise ReportError(
            f"reports/{path.name} を書き込めません（{say_why(error)}）。"
            "空き容量と権限を確かめて、もう一度実行してください。"
        ) from None
    return kept
