"""An interim set as it is delivered: beside the closed one, marked, verified, made anew."""

import re
import shutil
import zipfile
from pathlib import Path
from urllib.parse import unquote

import nbformat
import openpyxl
import pytest
from nbclient import NotebookClient
from pypdf import PdfReader

from analysis.build.menu import ReportHtmlExporter

from cities import BEFORE, NOW, hand_in, leave_out, make_city, path_of
from conftest import add_code
from deliveries import differing, files_within, made_by, run

pytestmark = pytest.mark.slow

INTERIM = f"{NOW}-interim"
ANSWERS = {"ko": ("onn", "own"), "otsu": ("ssn", "wss"), "hei": ("oo", "oo"), "tei": ("n", "s")}
CRATE = "ro-crate-metadata.json"


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with its closed set; then two departments' answers are gone, and the interim set."""
    root = make_city(add_code(tmp_path_factory.mktemp("city")), ANSWERS)
    build(root)
    for slug in ("ko", "hei"):
        path_of(root, slug).unlink()
    build(root, "--interim")
    return root


@pytest.fixture
def project(delivered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(delivered, tmp_path / "project"))


def build(root: Path, *words: str) -> str:
    code, output = run(root, "report", "--quiet", *words)
    assert code == 0, output
    return output


def files_of(root: Path, name: str = INTERIM) -> dict[str, bytes]:
    found = files_within(root / "reports" / name)
    return {own: path.read_bytes() for own, path in found.items()}


def read(root: Path, name: str) -> str:
    return (root / "reports" / INTERIM / name).read_text("utf-8")


def test_every_file_and_every_page_is_marked(delivered: Path) -> None:
    files = files_of(delivered)
    assert {"overview-暫定.html", "department-otsu-暫定.pdf", "audit-暫定.xlsx"} < files.keys()
    assert not {name for name in files if "-ko" in name or "-hei" in name}
    assert [name for name in files if "暫定" not in name] == [CRATE]
    for name in files:
        if name.endswith(".html"):
            page = read(delivered, name)
            assert re.search(r"<title>.*（暫定） .*</title>", page), name
            notice = re.search(r'<p class="lead"><strong>暫定：</strong>.*?</p>', page)[0]
            assert "未提出：甲部、丙部。" in notice
            # The navigator alone has no figures, to whose evidence it could lead.
            for measure in ("workbooks", "workbooks_answered"):
                leads = f'href="#{INTERIM}/all/{measure}"' in notice
                assert leads == (name != "navigator-暫定.html"), name
            # It stands above all that the page says.
            assert "<h2" not in page[page.index('id="content"') : page.index(notice)]
        elif name.endswith(".pdf"):
            reader = PdfReader(delivered / "reports" / INTERIM / name)
            assert all("（暫定）" in page.extract_text() for page in reader.pages), name
            attached = [file.alternative_name for file in reader.attachment_list]
            assert attached
            assert all("暫定" in str(file) for file in attached)
    book = openpyxl.load_workbook(delivered / "reports" / INTERIM / "audit-暫定.xlsx")
    told = [str(cell) for row in book["説明"].iter_rows(values_only=True) for cell in row]
    assert any(cell.startswith("数値の検算") and cell.endswith("（暫定）") for cell in told)
    assert "4部局のうち2部局の回答だけを数えています。未提出：甲部、丙部。" in told
    assert len(list(book["数えない前回の回答"].rows)) == 1 + len("onn") + len("oo")
    verdicts = [row[11] for row in book["数値"].iter_rows(min_row=2, values_only=True)]
    assert len(verdicts) > 100


def test_every_link_leads_to_a_file_of_the_set(delivered: Path) -> None:
    files, links = files_of(delivered), set()
    for name in files:
        if name.endswith(".html"):
            found = re.findall(r'<a href="([^"#]+)', read(delivered, name))
            links |= {unquote(link) for link in found}
        elif name.endswith(".pdf"):
            for page in PdfReader(delivered / "reports" / INTERIM / name).pages:
                actions = (a.get_object().get("/A", {}) for a in page.get("/Annots", ()))
                led = (str(a["/URI"]).partition("#")[0] for a in actions if "/URI" in a)
                links |= set(map(unquote, led))
        elif name.endswith(".pptx"):
            with zipfile.ZipFile(delivered / "reports" / INTERIM / name) as packed:
                parts = [
                    packed.read(part).decode() for part in packed.namelist() if "_rels" in part
                ]
            led = re.findall(r'Target="([^"#]+)[^"]*" TargetMode="External"', "".join(parts))
            assert "deck-暫定.html" in set(map(unquote, led))
            links |= set(map(unquote, led))
    assert {"overview-暫定.html", "department-otsu-暫定.pdf", "figures-暫定.csv"} <= links
    assert links <= files.keys()


def test_neither_set_replaces_the_other(delivered: Path, project: Path) -> None:
    closed = files_of(project, NOW)
    # While the cycle is open nothing of the closed set is touched, whatever is tried.
    for words in ((), ("--department", "乙部"), ("--force",)):
        assert run(project, "report", "--quiet", *words)[0] == 1
    build(project, "--interim", "--force")
    assert files_of(project, NOW) == closed
    assert differing(files_of(project), files_of(delivered)) == []
    interim = files_of(project)
    hand_in(project, "ko", "own")
    hand_in(project, "hei", "oo")
    code, output = run(project, "report", "--interim", "--quiet")
    assert code == 1
    assert "すべての部局の回答がそろっている" in output
    left = (
        f"回答がそろう前の暫定の報告書が reports/{INTERIM}/ に残っています。"
        f"要らなければ、data/processed/{INTERIM}/ とともに削除してください。"
    )
    for words in (("verify", INTERIM), ("trace", f"{INTERIM}/all/total")):
        code, output = run(project, *words)
        assert code == 1
        assert "暫定版はもう作れず、検証も追跡もできません" in output
        assert f"調査回を {NOW} と指定してください。\n{left}" in output
    assert left in build(project)
    assert files_of(project) == interim
    shutil.rmtree(project / "reports" / INTERIM)
    assert "残っています" not in build(project)


def test_a_closed_set_does_without_a_department_that_the_settings_leave_out(
    project: Path,
) -> None:
    leave_out(project, ("甲部", "廃止"), ("hei", "廃止"))
    build(project)
    page = (project / "reports" / NOW / "overview.html").read_text("utf-8")
    assert "集計対象外：甲部（" in page
    assert "暫定" not in page
    assert "department-ko.html" not in files_of(project, NOW)
    assert run(project, "verify")[0] == 0


def test_an_unchanged_interim_set_is_left_alone(project: Path) -> None:
    folder = project / "reports" / INTERIM
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    code, output = run(project, "report", "--interim")
    assert code == 0
    assert made_by(output) == set()
    assert before == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_answers_that_arrive_change_every_page(project: Path) -> None:
    before = files_of(project)
    hand_in(project, "hei", "on")
    build(project, "--interim")
    after = files_of(project)
    assert {*after} - {*before} == {
        "department-hei-暫定.html", "department-hei-暫定.pdf",
        "notebooks/department-hei-暫定.ipynb",
    }  # fmt: skip
    # Made of everything, no report has a line there; what the columns are is told of no answer.
    for name in before.keys() - {"sources-暫定.csv", "data/fields-暫定.csv"}:
        assert before[name] != after[name], name
    page = read(project, "department-otsu-暫定.html")
    assert "未提出：甲部。" in page
    # Its state alone changes them as well: no number of the city does.
    path_of(project, "ko").write_bytes(b"no workbook")
    build(project, "--interim", "--department", "乙部")
    assert "読取不可：甲部。" in read(project, "department-otsu-暫定.html")


def test_verify_agrees_and_finds_an_edit(project: Path) -> None:
    for words in ((), ("--quick",)):
        code, output = run(project, "verify", INTERIM, *words)
        assert code == 0, output
        assert "違う" not in output
    path = project / "reports" / INTERIM / "department-otsu-暫定.html"
    path.write_text(path.read_text("utf-8").replace("33.3", "99.9"), "utf-8")
    code, output = run(project, "verify", INTERIM)
    assert code == 1
    assert "department-otsu-暫定.html" in output
    figures = project / "reports" / INTERIM / "figures-暫定.csv"
    figures.write_text(figures.read_text("utf-8-sig").replace(",33.3,", ",99.9,"), "utf-8-sig")
    code, output = run(project, "verify", INTERIM, "--quick")
    assert code == 1
    assert "異なる数値: " in output


def test_the_interim_set_is_named_where_the_closed_one_is_asked_for(project: Path) -> None:
    shutil.rmtree(project / "reports" / NOW)
    for words in ((), (NOW,), (NOW, "--quick")):
        code, output = run(project, "verify", *words)
        assert code == 1
        assert f"暫定の報告書は reports/{INTERIM}/ にあります。調査回を {INTERIM} と" in output
    code, output = run(project, "trace", f"{NOW}/all/total")
    assert code == 1
    assert f"調査回を {INTERIM} と指定します。" in output


def test_the_delivered_folders_are_compared(project: Path) -> None:
    code, output = run(project, "diff", f"reports/{NOW}", f"reports/{INTERIM}")
    assert code == 0, output
    assert "異なる数値: " in output
    assert "根拠の行は比べられません" not in output


def test_a_notebook_gives_the_interim_page_in_a_kernel(project: Path) -> None:
    """As in JupyterLab, whose menu then exports the very bytes of the build."""
    for name, told in (("overview", {}), ("department", {"department": "otsu"})):
        notebook = nbformat.read(project / "notebooks" / f"{name}.ipynb", 4)
        (cell,) = (c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
        cell.source = cell.source.replace('"latest"', f'"{INTERIM}"').replace('"somu"', '"otsu"')
        where = {"metadata": {"path": str(project / "notebooks"), "name": name}}
        NotebookClient(notebook, resources=where).execute()
        page, _ = ReportHtmlExporter().from_notebook_node(notebook, where)
        stem = "-".join([name, *told.values()])
        made = read(project, f"{stem}-暫定.html")
        # The notebook was changed: its parameter is the one thing that tells.
        assert page.replace(*prints(page, made)) == made


def prints(page: str, other: str) -> tuple[str, str]:
    """Return the fingerprints of two pages."""
    pattern = '<p>作成元番号 <span class="quoted">(.*?)<'
    return re.search(pattern, page)[1], re.search(pattern, other)[1]


def test_the_closed_cycle_before_is_as_it_was(delivered: Path) -> None:
    assert run(delivered, "trace", f"{BEFORE}/all/total")[0] == 0
