"""Nothing overwrites a file that the program did not write as it stands, and nothing is lost."""

import os
import shutil
from pathlib import Path

import pytest

from analysis.build.publish import one_build, publish, publish_some
from analysis.cycle import Cycle
from analysis.forms.new_cycle import begin_cycle
from analysis.proof.entities import CRATE_NAME

from deliveries import answer, copy_delivery, reports_of, run
from workbooks import make_cycle, make_two_cycles, procedure

OURS, THEIRS = b"as a build made it", "書き加えた".encode()
PROCESSED = Path("data/processed/2024-09-01")


def put(path: Path, content: bytes = THEIRS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def publish_all(cycle: Cycle, **contents: bytes) -> set[str]:
    """Publish a set of pages by name, and return what stands in the folder then."""
    with one_build(cycle, lambda: None):
        publish(cycle, {f"{name}.html": content for name, content in contents.items()}, set())
    return {path.name for path in cycle.reports_folder.iterdir()}


@pytest.fixture
def cycle(tmp_path: Path) -> Cycle:
    """A cycle whose reports are two pages."""
    made = make_cycle(tmp_path, [procedure(1)])
    publish_all(made, a=OURS, b=OURS)
    return made


def test_a_form_that_was_edited_is_kept_and_told(tmp_path: Path) -> None:
    make_cycle(tmp_path, [procedure(1)])
    folder = begin_cycle("2025-03-31", tmp_path).processed_folder / "forms"
    assert "控え" not in run(tmp_path, "form")[1]
    made = (folder / "環境部.xlsx").read_bytes()
    # The second time it is as it was made.
    assert "控え" not in run(tmp_path, "form")[1]
    put(folder / "環境部.xlsx")
    for number in ("", "2"):
        code, output = run(tmp_path, "form")
        assert code == 0
        assert f"・data/processed/2025-03-31/forms/環境部（控え{number}）.xlsx" in output
        assert "作成したままではなかったため、上書きせずに名前を変えて残したファイル" in output
        assert (folder / f"環境部（控え{number}）.xlsx").read_bytes() == THEIRS
        assert (folder / "環境部.xlsx").read_bytes() == made
        put(folder / "環境部.xlsx")


def test_a_file_in_a_forms_place_before_the_first_form_is_kept(tmp_path: Path) -> None:
    make_cycle(tmp_path, [procedure(1)])
    folder = begin_cycle("2025-03-31", tmp_path).processed_folder / "forms"
    put(folder / "環境部.xlsx")
    assert "環境部（控え）.xlsx" in run(tmp_path, "form")[1]
    assert (folder / "環境部（控え）.xlsx").read_bytes() == THEIRS


@pytest.mark.parametrize("mended", [False, True])
def test_a_returned_workbook_that_was_edited_is_kept_and_told(tmp_path: Path, mended: bool) -> None:
    make_cycle(tmp_path, [procedure(1, name=None)])
    assert run(tmp_path, "check")[0] == 1
    returned = tmp_path / PROCESSED / "returned" / "環境部.xlsx"
    put(returned)
    make_cycle(tmp_path, [procedure(1, name="届出" if mended else None)])
    assert "・data/processed/2024-09-01/returned/環境部（控え）.xlsx" in run(tmp_path, "check")[1]
    assert returned.with_name("環境部（控え）.xlsx").read_bytes() == THEIRS
    assert returned.exists() is not mended


def test_lists_that_people_open_are_kept_when_they_changed_them(tmp_path: Path) -> None:
    alike = [[procedure(1, name="粗大ごみの収集")]], [[procedure(2, name="粗大ごみの収集の申込")]]
    make_two_cycles(tmp_path, *alike)
    run(tmp_path, "check")
    names = ("proposals", "rows", "problems")
    for name in names:
        put(tmp_path / PROCESSED / f"{name}.csv")
    make_two_cycles(tmp_path, [[procedure(1, name="粗大ごみの収集、申込")]], alike[1])
    output = run(tmp_path, "check")[1]
    assert "名前を変えて残したファイル 3件" in output
    for name in names:
        assert f"・data/processed/2024-09-01/{name}（控え）.csv" in output
        assert (tmp_path / PROCESSED / f"{name}（控え）.csv").read_bytes() == THEIRS


def test_a_survey_stored_before_there_was_a_record_is_not_laid_to_people(tmp_path: Path) -> None:
    make_cycle(tmp_path, [procedure(1)])
    run(tmp_path, "check")
    (tmp_path / PROCESSED / ".written.json").unlink()
    make_cycle(tmp_path, [procedure(2)])
    assert "rows（控え）" not in run(tmp_path, "check")[1]


def test_what_others_put_beside_the_reports_stays_as_it_is(cycle: Cycle, tmp_path: Path) -> None:
    folder = cycle.reports_folder
    memo, inner = put(folder / "メモ.docx"), put(folder / "会議" / "資料" / "図.png")
    link = folder / "場所"
    link.symlink_to("nowhere")
    strange = Path(os.fsdecode(os.fsencode(folder) + b"/" + "控".encode("cp932")))
    put(strange)
    before = memo.stat()
    assert publish_all(cycle, a=b"new", c=OURS) >= {"メモ.docx", "会議", "場所", "a.html", "c.html"}
    with one_build(cycle, lambda: None):
        publish_some(cycle, {"c.html": b"newer"})
    assert (folder / "a.html").read_bytes() == b"new"
    assert memo.read_bytes() == inner.read_bytes() == strange.read_bytes() == THEIRS
    assert link.readlink() == Path("nowhere")
    assert (memo.stat().st_mtime_ns, memo.stat().st_mode) == (before.st_mtime_ns, before.st_mode)
    assert not (tmp_path / PROCESSED / "reports" / "メモ.docx").exists()


def test_an_old_report_that_is_no_longer_made_goes(cycle: Cycle) -> None:
    assert publish_all(cycle, a=b"new") == {"a.html"}
    # Told by what was recorded, however often it was published since.
    assert publish_all(cycle, a=b"new", b=OURS) == {"a.html", "b.html"}
    assert publish_all(cycle, a=b"newer") == {"a.html"}


@pytest.mark.parametrize("still_made", [True, False])
def test_a_report_that_was_edited_is_kept_apart_from_the_published(
    cycle: Cycle, tmp_path: Path, still_made: bool
) -> None:
    put(cycle.reports_folder / "b.html")
    new = {"a": b"new"} | ({"b": b"new"} if still_made else {})
    assert publish_all(cycle, **new) == {f"{name}.html" for name in new}
    kept = tmp_path / PROCESSED / "reports" / "b（控え）.html"
    assert kept.read_bytes() == THEIRS


def test_a_crate_that_was_edited_is_kept_and_an_older_one_is_not_laid_to_people(
    cycle: Cycle, tmp_path: Path
) -> None:
    kept, crate = tmp_path / PROCESSED / "reports", cycle.reports_folder / CRATE_NAME
    for content in (b"first", b"second"):
        with one_build(cycle, lambda: None):
            publish(cycle, {CRATE_NAME: content}, set())
    assert not list(kept.glob("*（控え*"))
    put(crate)
    with one_build(cycle, lambda: None):
        publish(cycle, {CRATE_NAME: b"third"}, set())
    assert crate.read_bytes() == b"third"
    (copy,) = kept.glob("*（控え*")
    assert copy.read_bytes() == THEIRS
    assert copy.name == "ro-crate-metadata（控え）.json"


def test_a_folder_or_a_file_of_others_in_a_reports_place_is_kept(
    cycle: Cycle, tmp_path: Path
) -> None:
    (cycle.reports_folder / "a.html").unlink()
    put(cycle.reports_folder / "a.html" / "中.txt")
    put(cycle.reports_folder / "c.html")
    assert publish_all(cycle, a=b"new", c=b"new") == {"a.html", "c.html"}
    kept = tmp_path / PROCESSED / "reports"
    assert (kept / "a（控え）.html" / "中.txt").read_bytes() == THEIRS
    assert (kept / "c（控え）.html").read_bytes() == THEIRS


def test_what_is_beside_a_delivery_outlives_every_kind_of_build(
    delivery: Path, tmp_path: Path
) -> None:
    project = copy_delivery(delivery, tmp_path / "project")
    folder = reports_of(project)
    # As of a build before anything was recorded: the crate tells what is ours.
    shutil.rmtree(project / PROCESSED / "reports")
    answer(project, "Q8", "新しい備考")
    memo, inner = put(folder / "メモ.docx"), put(folder / "会議" / "資料.txt")
    put(folder / "quality.html")
    code, output = run(project, "report", "--department", "文化スポーツ部")
    assert code == 0, output
    assert memo.read_bytes() == inner.read_bytes() == THEIRS
    code, output = run(project, "report")
    assert code == 0, output
    assert memo.read_bytes() == inner.read_bytes() == THEIRS
    assert "・data/processed/2024-09-01/reports/quality（控え）.html" in output
    assert "名前を変えて残したファイル 1件" in output
    assert (folder / CRATE_NAME).is_file()
    assert (folder / "quality.html").read_bytes() != THEIRS
