"""The whole path, from the workbooks to the reports, as the commands run it."""

import csv
import html
import os
import re
import shutil
import statistics
import tomllib
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner
from nbformat import NotebookNode

from analysis.build.flow import NEEDS_ALL, build_reports
from analysis.build.menu import ReportHtmlExporter
from analysis.build.run import run_notebook
from analysis.build.workers import in_new_process
from analysis.cli import main
from analysis.cycle import open_cycle
from analysis.errors import ReportError, SurveyError
from analysis.opendata.files import CODEBOOK_NAME
from analysis.proof.entities import CRATE_NAME
from analysis.reports.plan import NAVIGATOR_NAME, list_pages
from analysis.reports.stated import EXPLORE

from conftest import DEMO, LATEST, ROOT
from deliveries import copy_delivery, files_within, stems_of
from reports import HOSTILE

pytestmark = pytest.mark.slow

# The demonstration has nothing approved, and so no report of it.
NOTEBOOKS = sorted(
    {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} - {EXPLORE, "approvals"}
)
STEMS = {"overview", "reasons", "guideline", "quality"} | {
    f"department-{department['slug']}"
    for department in tomllib.loads(
        (DEMO / "data" / "raw" / LATEST / "cycle.toml").read_text(encoding="utf-8")
    )["departments"]
}


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in files_within(folder).items()}


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """Run a command in a folder and return its exit code and what it printed."""
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.output


def test_a_build_leaves_every_report_of_each_kind_an_index_and_the_figures(
    built: tuple[Path, str],
) -> None:
    folder, output = built
    assert len(STEMS) == 24
    planned = stems_of(folder.parents[1])
    assert {*planned} >= STEMS
    wanted = {f"{stem}.{kind}" for stem in planned for kind in ("html", "pdf")}
    wanted |= {f"notebooks/{stem}.ipynb" for stem in planned} | {"deck.pptx"}
    others = {*list_pages(open_cycle(LATEST, folder.parents[1])), "sources.csv", CRATE_NAME}
    assert set(files_of(folder)) == wanted | others
    assert "公表値との一致: 107/107" in output


def test_every_link_of_every_page_leads_somewhere(built: tuple[Path, str]) -> None:
    """To a file of the folder, and to a line or a section that stands in it."""
    folder, _ = built
    pages = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    ids = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in pages.items()}
    for name, text in pages.items():
        for target in set(re.findall(r'href="([^"]+)"', text)):
            file, _, fragment = target.partition("#")
            assert (folder / (file or name)).is_file(), f"{name}: {target}"
            if fragment:
                assert html.unescape(unquote(fragment)) in ids[file or name], f"{name}: {target}"


def test_every_number_in_every_page_is_a_figure_of_figures_csv(built: tuple[Path, str]) -> None:
    folder, _ = built
    with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {row["figure_id"]: row["text"] for row in csv.DictReader(file)}
    for page in folder.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        shown = re.findall(r'<a class="figure" href="#([^"]+)">(.*?)</a>', text)
        # What the columns of the open data mean is no number, and the navigator shows none.
        assert shown or page.name in (CODEBOOK_NAME, NAVIGATOR_NAME), page.name
        for target, printed in shown:
            number = known[html.unescape(unquote(target))]
            told = re.sub("<[^>]+>", "", printed)
            assert number.lstrip("+−") in told, f"{page.name}: {target}"


def test_the_pages_are_small_enough_to_send(built: tuple[Path, str]) -> None:
    folder, _ = built
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.html")}
    # In English what is Japanese is marked, row by row.
    assert max(size for name, size in sizes.items() if "-en" not in name) < 800_000
    assert max(sizes.values()) < 880_000
    of_departments = [size for name, size in sizes.items() if name.startswith("department-")]
    assert statistics.median(of_departments) < 250_000


def run_by_hand(path: Path, parameters: dict[str, str]) -> NotebookNode:
    os.chdir(path.parent)
    return run_notebook(path, parameters)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_exported_by_hand_is_the_page_of_the_report(
    built: tuple[Path, str], survey_folder: Path, notebook: str
) -> None:
    """By hand: with its own parameters, in the folder of the notebooks, by nbconvert's exporter."""
    folder, _ = built
    path = survey_folder / "notebooks" / f"{notebook}.ipynb"
    executed = in_new_process(run_by_hand, path, {})
    place = {"metadata": {"path": str(path.parent), "name": notebook}}
    page, _ = ReportHtmlExporter().from_notebook_node(executed, place)
    made = folder / f"{notebook}.html"
    made = made if made.exists() else folder / f"{notebook}-somu.html"
    assert page == made.read_text(encoding="utf-8")


def test_a_notebook_exported_by_hand_may_name_the_department_in_full(
    built: tuple[Path, str], survey_folder: Path
) -> None:
    path = survey_folder / "notebooks" / "department.ipynb"
    executed = in_new_process(run_by_hand, path, {"department": "議会事務局"})
    place = {"metadata": {"path": str(path.parent), "name": "department"}}
    page, _ = ReportHtmlExporter().from_notebook_node(executed, place)
    assert page == (built[0] / "department-gikai.html").read_text(encoding="utf-8")


def test_the_published_sentences_are_printed_as_published(built: tuple[Path, str]) -> None:
    folder, _ = built
    text = "".join(p.extract_text() for p in pypdf.PdfReader(folder / "overview.pdf").pages)
    text = re.sub(r"\s", "", text)
    for sentence in (
        "オンライン化済み手続きは、前回調査時（2023年度末時点）から146件増加し、35.7%となりました（+8.3ポイント）",
        "オンライン化未対応の1,131手続きのうち、219手続きは着手済みでしたが、912手続きは依然未着手でした",
        "現時点で「未着手」と回答のあった912手続きの内訳は、以下の通りとなりました",
    ):
        assert sentence in text


def test_nothing_stands_between_the_sections_as_they_were_published(
    built: tuple[Path, str],
) -> None:
    folder, _ = built
    for stem in ("overview", "overview-en"):
        page = (folder / f"{stem}.html").read_text(encoding="utf-8")
        headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)
        told = [re.match(r"(?:<[^>]*>)*(1-\(\d\)|\d) ", heading) for heading in headings]
        assert [own and own[1] for own in told[:5]] == ["1-(1)", "1-(2)", "2", "3", None], headings


def test_every_pdf_carries_the_figures_that_it_has_a_line_for(
    built: tuple[Path, str],
) -> None:
    folder, _ = built
    for path in folder.glob("*.pdf"):
        reader = pypdf.PdfReader(path)
        (content,) = reader.attachments["figures.csv"]
        known = [line.split(",")[0] for line in content.decode("utf-8-sig").splitlines()[1:]]
        assert "evidence-procedures.csv" in reader.attachments
        assert ("evidence-procedures-city.csv" in reader.attachments) == ("department" in path.stem)
        page = (folder / path.name.replace(".pdf", ".html")).read_text(encoding="utf-8")
        evidence = page.partition('<section id="evidence">')[2]
        lines = re.findall(r'<tr id="([^"]+)"', evidence)
        assert [html.unescape(line) for line in lines] == known, path.name


def test_the_respondents_name_and_telephone_reach_no_output(
    built: tuple[Path, str], built_project: Path
) -> None:
    folder, _ = built
    respondents = set()
    for path in (built_project / "data" / "raw" / LATEST).glob("*.xlsx"):
        sheet = openpyxl.load_workbook(path)["調査票"]
        row, column = find_cell(sheet, "記入者")
        respondents.add(str(sheet.cell(row, column + 1).value))
    assert len(respondents) > 1
    pages = [own for name, own in files_of(folder).items() if not name.endswith(".pdf")]
    pages += [path.read_bytes() for path in (built_project / "data" / "processed").rglob("*.*")]
    for content in pages:
        for name in respondents:
            assert name.encode() not in content
            assert name.replace("　", " ").encode() not in content
        assert b"000-0000-0000" not in content


def test_two_builds_in_two_folders_are_byte_identical(delivery: Path, tmp_path: Path) -> None:
    other = tmp_path / "調査 2024 の控え"
    for name in ("data/raw", "notebooks"):
        shutil.copytree(delivery / name, other / name)
    shutil.copy(delivery / "requirements.lock", other)
    build_reports(open_cycle(LATEST, other))
    mine, theirs = files_of(delivery / "reports" / LATEST), files_of(other / "reports" / LATEST)
    assert mine.keys() == theirs.keys()
    assert [name for name in mine if mine[name] != theirs[name]] == []


@pytest.fixture
def small(small_project: Path, tmp_path: Path) -> Path:
    """A project of two departments, quick to build."""
    return copy_delivery(small_project, tmp_path)


def find_cell(sheet: openpyxl.worksheet.worksheet.Worksheet, text: str) -> tuple[int, int]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and str(cell.value).replace("\n", "") == text:
                return cell.row, cell.column
    raise LookupError(text)


def write_below(path: Path, title: str, *values: str, left: int = 0) -> list[str]:
    """Write texts under a title, or `left` columns beside it, and return their cells."""
    book = openpyxl.load_workbook(path)
    sheet = book["調査票"]
    top, column = find_cell(sheet, title)
    cells = [sheet.cell(top + place, column - left) for place in range(1, len(values) + 1)]
    for cell, value in zip(cells, values, strict=True):
        cell.value, cell.data_type = value, "s"
    book.save(path)
    return [cell.coordinate for cell in cells]


@pytest.fixture
def last_reports(small: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The reports of a good build of the small project."""
    code, output = run(small, monkeypatch, "report")
    assert code == 0, output
    assert "作り直して" not in output
    return files_of(small / "reports" / LATEST)


def test_hostile_texts_pass_from_the_workbook_to_both_reports_as_text(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile_name = "文化<script>部&$x$"
    for name in ("2024-03-31", LATEST):
        settings = small / "data" / "raw" / name / "cycle.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(
            text.replace('name = "文化スポーツ部"', f'name = "{hostile_name}"'), encoding="utf-8"
        )
        path = small / "data" / "raw" / name / "文化スポーツ部.xlsx"
        book = openpyxl.load_workbook(path)
        row, column = find_cell(book["調査票"], "文化スポーツ部")
        book["調査票"].cell(row, column).value = hostile_name
        book.save(path)
    write_below(small / "data" / "raw" / LATEST / "文化スポーツ部.xlsx", "手続き名", *HOSTILE)
    code, output = run(small, monkeypatch, "report", LATEST, "--department", hostile_name)
    assert code == 0, output
    page = (small / "reports" / LATEST / "department-bunkasports.html").read_text("utf-8")
    pdf = pypdf.PdfReader(small / "reports" / LATEST / "department-bunkasports.pdf")
    printed = re.sub(r"[\s\u200b]", "", "".join(p.extract_text() for p in pdf.pages))
    seen = re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]*>", "", page.split("</style>")[1])))
    for text in (*HOSTILE, hostile_name):
        assert re.sub(r"\s", "", text) in printed
        assert re.sub(r"\s", "", text) in seen
    assert page.count("<script") == len(("the evidence", "the script"))


def test_wrong_answers_stop_the_build_and_the_last_reports_stay(
    small: Path, last_reports: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small / "data" / "raw" / LATEST / "文化スポーツ部.xlsx"
    wrong = ("おんらいん", "たぶん")
    cells = write_below(path, "オンライン化時期", *wrong, left=1)
    code, output = run(small, monkeypatch, "report")
    assert code == 1
    assert "Traceback" not in output
    for text, cell in zip(wrong, cells, strict=True):
        assert f"調査票!{cell}: オンライン化の状況「{text}」は選択肢にありません。" in output
    assert files_of(small / "reports" / LATEST) == last_reports
    with pytest.raises(SurveyError) as caught:
        build_reports(open_cycle(LATEST, small))
    assert NEEDS_ALL not in str(caught.value)
    code, output = run(small, monkeypatch, "report", "--department", "議会事務局")
    assert code == 1
    assert "文化スポーツ部.xlsx（2件）" in output
    assert output.endswith(f"\n\n{NEEDS_ALL}\n")


def test_a_single_departments_report_is_replaced_and_the_others_are_said_to_be_older(
    small: Path, last_reports: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_below(small / "data" / "raw" / LATEST / "議会事務局.xlsx", "未着手の理由", "未検討")
    code, output = run(small, monkeypatch, "report", "--department", "議会事務局")
    assert code == 0, output
    assert "作り直して" in output
    after = files_of(small / "reports" / LATEST)
    changed = {name for name in after if after[name] != last_reports.get(name)}
    assert changed == {
        "department-gikai.html", "department-gikai.pdf", "notebooks/department-gikai.ipynb",
    }  # fmt: skip


def test_a_failing_notebook_is_named_and_the_last_reports_stay(
    small: Path, last_reports: dict[str, bytes]
) -> None:
    notebook = small / "notebooks" / "reasons.ipynb"
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(text.replace("reasons.routes(findings)", "print(1758)"), encoding="utf-8")
    with pytest.raises(ReportError, match="1件の報告書を作成できませんでした"):
        build_reports(open_cycle(LATEST, small))
    assert files_of(small / "reports" / LATEST) == last_reports
    assert not list((small / "reports").glob(".*"))


def test_a_first_cycle_is_built_without_change_columns(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = run(small, monkeypatch, "report", "2023-09-30")
    assert code == 0, output
    page = (small / "reports" / "2023-09-30" / "overview.html").read_text(encoding="utf-8")
    printed = page[page.index("<main") : page.index("</main>")]
    assert "増減" not in printed
    assert "増加" not in printed
    assert "前回" not in printed
    department = small / "reports" / "2023-09-30" / "department-gikai.html"
    assert "今回が最初の調査" in department.read_text(encoding="utf-8")
    quality = (small / "reports" / "2023-09-30" / "quality.html").read_text(encoding="utf-8")
    assert "公表値がないため" in quality


def test_the_commands_name_what_they_do_not_know(
    survey_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words, told in (
        (("report", "2025-03-31"), "調査回「2025-03-31」は data/raw にありません"),
        (("report", "--department", "環境課"), "部局「環境課」は調査回 2024-09-01 にありません"),
        (("trace", "2024-09-01/kankyo/onlin"), "2024-09-01/kankyo/online"),
    ):
        code, output = run(survey_folder, monkeypatch, *words)
        assert code == 1
        assert told in output
        assert "Traceback" not in output


def test_a_folder_that_cannot_be_written_is_told_without_a_traceback(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small / "reports").write_text("a file where the folder should be", encoding="utf-8")
    code, output = run(small, monkeypatch, "report")
    assert code == 1
    assert "ファイルを読み書きできません" in output
    assert "Traceback" not in output


def test_check_shows_who_has_answered_and_who_has_not(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (small / "data" / "raw" / LATEST / "議会事務局.xlsx").unlink()
    code, output = run(small, monkeypatch, "check")
    assert code == 1
    assert "提出済 1/2" in output
    assert "議会事務局" in output
    assert "調査票が未提出です" in output
