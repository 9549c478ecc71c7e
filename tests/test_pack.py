"""The zip of a set: opened anywhere, whole, and the same bytes each time."""

import hashlib
import html
import re
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from conftest import LATEST
from deliveries import answer, build, copy_delivery, files_of, files_within, reports_of, run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow
ZIP = f"reports/{LATEST}.zip"


@pytest.fixture
def project(delivery: Path, tmp_path: Path) -> Path:
    return copy_delivery(delivery, tmp_path / "project")


@pytest.fixture(scope="module")
def unpacked(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set as somebody has it who unpacked its zip in a folder of Japanese letters."""
    folder = copy_delivery(delivery, tmp_path_factory.mktemp("packed") / "project")
    assert run(folder, "pack")[0] == 0
    place = tmp_path_factory.mktemp("somewhere") / "ダウンロード 調査（控え）"
    shutil.unpack_archive(folder / ZIP, place)
    return place / LATEST


def test_all_of_the_set_is_in_it_and_nothing_else(unpacked: Path, delivery: Path) -> None:
    found = {name: path.read_bytes() for name, path in files_within(unpacked).items()}
    assert found == files_of(delivery)


def test_every_link_leads_to_a_file_of_it(unpacked: Path) -> None:
    for page in unpacked.glob("*.html"):
        for target in set(re.findall(r'href="([^"#]+)', page.read_text("utf-8"))):
            assert (unpacked / unquote(html.unescape(target))).is_file(), f"{page.name}: {target}"


def test_its_pages_open_offline_without_a_request_that_fails(
    unpacked: Path, browser: "Browser"
) -> None:
    context = browser.new_context(offline=True)
    page, wrong = context.new_page(), []
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.goto((unpacked / "index.html").as_uri())
    for name in ("overview", "codebook"):
        page.goto((unpacked / "index.html").as_uri())
        page.click(f'a[href="{name}.html"]')
        page.wait_for_url(f"**/{name}.html")
        assert page.locator("h1").count() == 1
    context.close()
    assert wrong == []


def test_two_zips_of_one_set_are_the_same_bytes_and_have_no_clock(project: Path) -> None:
    hashes = set()
    for _ in range(2):
        assert run(project, "pack")[0] == 0
        hashes.add(hashlib.sha256((project / ZIP).read_bytes()).hexdigest())
        for path in files_within(reports_of(project)).values():
            path.touch()
    assert len(hashes) == 1
    with zipfile.ZipFile(project / ZIP) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.namelist() == sorted(packed.namelist())


def test_a_name_in_japanese_is_marked_as_utf_8(project: Path) -> None:
    (project / "data" / "raw" / LATEST / "議会事務局.xlsx").unlink()
    build(project, "--interim")
    code, said = run(project, "pack", f"{LATEST}-暫定")
    assert code == 0, said
    with zipfile.ZipFile(project / f"reports/{LATEST}-interim.zip") as packed:
        marked = [entry for entry in packed.infolist() if not entry.filename.isascii()]
        assert f"{LATEST}-interim/index-暫定.html" in {entry.filename for entry in marked}
        assert all(entry.flag_bits & 0x800 for entry in marked)


def test_what_others_put_there_stays_out_and_is_told(project: Path) -> None:
    (reports_of(project) / "内部のメモ.txt").write_text("メモ", "utf-8")
    (reports_of(project) / "data" / "内部.csv").write_text("メモ", "utf-8")
    code, said = run(project, "pack")
    assert code == 0
    assert "内部のメモ.txt" in said
    assert "data/内部.csv" in said
    with zipfile.ZipFile(project / ZIP) as packed:
        assert not [name for name in packed.namelist() if "内部" in name]


def test_a_set_that_is_not_as_its_record_says_is_refused(project: Path) -> None:
    (reports_of(project) / "data" / "codes.csv").write_text("書き換えた", "utf-8")
    code, said = run(project, "pack")
    assert code == 1
    assert "data/codes.csv" in said
    assert not (project / ZIP).exists()


def test_a_zip_that_the_program_did_not_write_is_kept(project: Path) -> None:
    (project / ZIP).write_bytes("別のもの".encode())
    code, said = run(project, "pack")
    assert code == 0
    assert f"{LATEST}（控え）.zip" in said
    assert (project / f"reports/{LATEST}（控え）.zip").read_bytes() == "別のもの".encode()
    assert "控え" not in run(project, "pack")[1]


def test_a_build_tells_of_the_zip_of_another_set(project: Path) -> None:
    assert run(project, "pack")[0] == 0
    assert ".zip" not in build(project)
    answer(project, "G8", "未着手")
    answer(project, "J8", "未検討")
    assert f"reports/{LATEST}.zip は、いまの報告書のものではありません" in build(project)
    assert run(project, "pack")[0] == 0
    assert ".zip" not in build(project)
