"""Every file in a cycle's folder, and around it, is read or named."""

import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.build.misplaced import describe_misplaced, find_misplaced
from analysis.cycle import open_cycle
from analysis.errors import SettingsError
from analysis.files.folder import is_passing, is_settings_slip
from analysis.survey.collect import collect_survey
from analysis.survey.store import load_survey

from deliveries import copy_delivery, reports_of, run
from workbooks import build_workbook, describe_problems, make_cycle, procedure, save_bytes

CORRECTION = """
[[correction]]
procedure_id = "K-001"
field = "name"
expected = "届出その1"
value = "届出"
reason = "課に確認"
decided_by = "DX戦略課"
decided_on = 2024-10-01
"""
SLIPS = (
    "corrections.toml.txt", "correction.toml", "Corrections.toml", "corrections (1).toml",
    "訂正.toml", "corrections", "corection.txt", "ｃｏｒｒｅｃｔｉｏｎｓ.toml",
    "corrections - コピー.toml",
    "コピー ～ corrections.toml", "corrections_20241001.txt", ".corrections.toml", "何か.toml",
    "match.csv", "Matches.csv", "matches.csv.csv", "matches (2).csv", "proposals.csv", "対応.csv",
    "published.csv.txt", "Published.csv", "published (1).csv", "published.xlsx", "公表値.csv",
    "cycle (1).toml", "Cycle.toml", "cycle.toml.txt", "cycle - コピー.toml", "設定.txt",
)  # fmt: skip
OTHERS = (
    "corrections.toml.bak", "corrections.toml~", "メモ.csv", "メモ.txt", "公文.docx",
    "published.pdf",
    "対応方針.txt", "修正依頼.txt", "総務部", "A1B2C3D4.tmp", "環境部.pdf",
)  # fmt: skip
NOBODYS = (
    "~$環境部.xlsx", "~$corrections.toml", ".DS_Store", "Thumbs.db", "desktop.ini", "Desktop.ini",
    "._環境部.xlsx", "._corrections.toml", ".~lock.環境部.xlsx#", ".#corrections.toml",
    ".corrections.toml.swp", ".gitkeep", ".ipynb_checkpoints/corrections-checkpoint.toml",
)  # fmt: skip
PLACES: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a link to nowhere": lambda path: path.symlink_to("/nowhere"),
}


def look(tmp_path: Path, name: str, content: str = CORRECTION) -> list[tuple[str, str]]:
    """Return the file and the code of every problem of a cycle with one file more."""
    cycle = make_cycle(tmp_path, [procedure(1)])
    path = cycle.raw_folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    problems = collect_survey(cycle).problems
    return list(zip(problems["workbook"], problems["code"], strict=True))


@pytest.mark.parametrize("name", SLIPS)
def test_settings_of_another_name_stop_the_build(tmp_path: Path, name: str) -> None:
    assert look(tmp_path, name) == [(name, "settings_unread")]


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_file_is_named(tmp_path: Path, name: str) -> None:
    assert look(tmp_path, name) == [(name, "file_unread")]


@pytest.mark.parametrize("name", NOBODYS)
def test_what_excel_and_the_system_put_there_is_silent(tmp_path: Path, name: str) -> None:
    assert look(tmp_path, name) == []


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("name", ["matches.csv", "published.csv", "訂正.toml"])
def test_no_file_under_a_settings_name_stops_the_build(
    tmp_path: Path, kind: str, name: str
) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    load_survey(cycle)
    PLACES[kind](cycle.raw_folder / name)
    code = "matches_unreadable" if name == "matches.csv" else "file_special"
    assert list(load_survey(cycle).problems["code"]) == [code]


@pytest.mark.parametrize("kind", PLACES)
def test_no_file_under_the_corrections_name_stops_the_build(tmp_path: Path, kind: str) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    load_survey(cycle)
    PLACES[kind](cycle.raw_folder / "corrections.toml")
    with pytest.raises(SettingsError, match=r"corrections\.toml"):
        load_survey(cycle)


def test_the_settings_themselves_are_no_slips_of_their_names(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)], corrections=CORRECTION)
    (cycle.raw_folder / "matches.csv").write_text("", encoding="utf-8")
    (cycle.raw_folder / "published.csv").write_text("scope,measure,published\n", encoding="utf-8")
    assert collect_survey(cycle).problems.empty


def test_a_second_name_of_the_file_that_is_read_is_no_slip(tmp_path: Path) -> None:
    """As `Corrections.toml` is where capitals make no difference."""
    cycle = make_cycle(tmp_path, [procedure(1)], corrections=CORRECTION)
    (cycle.raw_folder / "Corrections.toml").hardlink_to(cycle.raw_folder / "corrections.toml")
    assert collect_survey(cycle).problems.empty


@pytest.mark.parametrize(
    "name", ["環境部.xlsx", "総務部 (2).xlsx", "会計課.csv", "2024.csv", "改.csv"]
)
def test_a_departments_file_is_no_slip(name: str) -> None:
    assert not is_settings_slip(name)
    assert not is_passing(name)


def test_folders_are_named_by_what_lies_in_them(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    raw = cycle.raw_folder
    for name in ("回答/環境部.xlsx", "設定/corrections.toml", "圧縮/a/b.zip", "資料/1.pdf"):
        (raw / name).parent.mkdir(parents=True)
        (raw / name).write_text("x", encoding="utf-8")
    (raw / "空").mkdir()
    for number in range(5):
        (raw / "資料" / f"{number}.pdf").write_text("x", encoding="utf-8")
    problems = collect_survey(cycle).problems
    assert list(zip(problems["workbook"], problems["code"], strict=True)) == [
        ("回答", "folder_unread"),
        ("圧縮", "folder_unread"),
        ("設定", "folder_unread"),
        ("資料", "folder_of_others"),
    ]
    assert "5件あります（0.pdf、1.pdf、2.pdfほか）" in problems["message"].iloc[3]


BOOK = save_bytes(build_workbook([procedure(1)]))


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("環境部.xlsx", "環境部 .xlsx"),
        ("環境部.xlsx", "環境部\u3000.xlsx"),
        ("環境部.xlsx", "環境部.XLSX"),
        ("環境部.xlsx", "環境部.xlsx "),
        ("環境部.xlsx", "環境部．ｘｌｓｘ"),
        ("環境部 .xlsx", "環境部.xlsx"),
        ("リサイクル課.xlsx", "ﾘｻｲｸﾙ課.xlsx"),
        ("リサイクル課.xlsx", "ﾘｻｲｸﾙ課 .XLSX"),
        ("１課.xlsx", "1課.xlsx"),
        ("調査票A.xlsx", "調査票ａ.xlsx"),
    ],
)
def test_a_name_of_another_width_or_with_blanks_is_the_listed_one(
    tmp_path: Path, listed: str, name: str
) -> None:
    cycle = make_cycle(tmp_path, None)
    settings = cycle.raw_folder / "cycle.toml"
    settings.write_text(settings.read_text("utf-8").replace("環境部.xlsx", listed), "utf-8")
    (cycle.raw_folder / name).write_bytes(BOOK)
    survey = load_survey(open_cycle("2024-09-01", tmp_path))
    assert describe_problems(survey) == []
    assert survey.rows[["workbook", "name_cell"]].to_numpy().tolist() == [[name, "C6"]]
    # As it stands beside: it counts, and the other is a second version.
    (cycle.raw_folder / listed).write_bytes(BOOK)
    survey = load_survey(open_cycle("2024-09-01", tmp_path))
    assert list(survey.problems["code"]) == ["workbook_twice"]
    assert list(survey.workbooks["workbook"]) == [listed]


def pack(names: list[str], encoding: str = "utf-8") -> bytes:
    """Return a zip of workbooks; in another encoding, as Windows packs them, unmarked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            if encoding != "utf-8":
                info = zipfile.ZipInfo("x" * len(name.encode(encoding)))
            archive.writestr(info, BOOK)
    content = buffer.getvalue()
    for name in names if encoding != "utf-8" else ():
        raw = name.encode(encoding)
        content = content.replace(b"x" * len(raw), raw)
    return content


PUT = "「環境部.xlsx」の名前で data/raw/2024-09-01 に置いてください。"
ELSE = "そうでなければ data/raw の外に移してください。"


def tell_elsewhere(where: str, how: str) -> str:
    return (
        f"環境部.xlsx: 調査票とみられるもの（{where}）がありますが、この形では読み込みません。"
        f"この調査回の回答であれば、{how}、{PUT}{ELSE}"
    )


@pytest.mark.parametrize(
    ("name", "content", "where", "how"),
    [
        (
            "回答.zip",
            pack(["回答/環境部 (2).xlsx", "__MACOSX/._環境部.xlsx", "回答/様式.xlsx"]),
            "「回答.zip」の中の「回答/環境部 (2).xlsx」",
            "「回答.zip」を展開し、中の「回答/環境部 (2).xlsx」を",
        ),
        (
            "回答.ZIP",
            pack(["環境部.xlsx"], "cp932"),
            "「回答.ZIP」の中の「環境部.xlsx」",
            "「回答.ZIP」を展開し、中の「環境部.xlsx」を",
        ),
        (
            "【環境部】.zip",
            pack(["様式1.xlsx"]),
            "「【環境部】.zip」の中の「様式1.xlsx」",
            "「【環境部】.zip」を展開し、中の「様式1.xlsx」を",
        ),
        ("環境部.zip", BOOK, "「環境部.zip」", "ファイル名の末尾を .xlsx に直し"),
        ("環境部の回答.zip", b"PK\x03\x04broken", "「環境部の回答.zip」", "展開し"),
        ("環境部.7z", b"7z", "「環境部.7z」", "展開し"),
        ("環境部/環境部.xlsx", BOOK, "「環境部/環境部.xlsx」", "「環境部/環境部.xlsx」を"),
        ("環境部/a/様式.ods", BOOK, "「環境部/a/様式.ods」", "「環境部/a/様式.ods」を"),
        (
            "環境部.xlsx.crdownload",
            b"PK",
            "「環境部.xlsx.crdownload」",
            "Excel ブック（.xlsx）でもらい直し",
        ),
        ("環境部.pdf", b"%PDF", "「環境部.pdf」", "Excel ブック（.xlsx）でもらい直し"),
        ("環境部", BOOK, "「環境部」", "Excel ブック（.xlsx）でもらい直し"),
    ],
)
def test_who_handed_in_what_is_not_read_is_not_called_missing(
    tmp_path: Path, name: str, content: bytes, where: str, how: str
) -> None:
    cycle = make_cycle(tmp_path, None, [procedure(2)])
    path = cycle.raw_folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content)
    survey = collect_survey(cycle)
    assert tell_elsewhere(where, how) in describe_problems(survey)
    assert list(survey.workbooks["state"]) == ["unreadable", "answered"]
    told = survey.problems.loc[survey.problems["department"].isna(), "workbook"]
    assert list(told) == [name.partition("/")[0]]


@pytest.mark.parametrize("name", ["こども部.zip", "教育環境部.pdf", "環境部からの手紙.pdf", "様式"])
def test_who_handed_in_nothing_is_missing(tmp_path: Path, name: str) -> None:
    cycle = make_cycle(tmp_path, None, [procedure(2)])
    (cycle.raw_folder / name).write_bytes(b"x")
    assert list(collect_survey(cycle).workbooks["state"]) == ["missing", "answered"]


def test_several_that_may_be_the_answer_are_all_named(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, None)
    for name in ("1/環境部.xlsx", "2/環境部.xlsx"):
        (cycle.raw_folder / name).parent.mkdir()
        (cycle.raw_folder / name).write_bytes(BOOK)
    how = "どれが回答か確かめ、圧縮したものは展開して、一つを"
    where = "「1/環境部.xlsx」、「2/環境部.xlsx」"
    assert tell_elsewhere(where, how) in describe_problems(collect_survey(cycle))


@pytest.mark.parametrize(
    ("name", "content", "inside"),
    [
        (
            "回答.zip",
            pack(["b/環境部.xlsx", "a.ods", "メモ.txt"]),
            "（調査票とみられるものが2件: a.ods、b/環境部.xlsx）",
        ),
        ("回答.zip", pack(["メモ.txt"]), ""),
        ("回答.zip", b"PK", "（中は確かめられません）"),
        ("回答.zip", b"PK\x01\x02" * 5_001, "（中は確かめられません）"),
        ("回答.lzh", b"lzh", "（中は確かめられません）"),
        ("控え.zip", BOOK, "ですが、中身は Excel ブック"),
    ],
)
def test_what_is_packed_is_named_as_far_as_it_can_be_seen(
    tmp_path: Path, name: str, content: bytes, inside: str
) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    (cycle.raw_folder / name).write_bytes(content)
    (told,) = collect_survey(cycle).problems.to_dict("records")
    assert (told["code"], told["severity"]) == ("file_packed", "warning")
    assert told["message"] == f"圧縮したファイルです{inside}。読み込んでいません。"


def test_what_a_zip_calls_its_files_is_quoted_on_one_line(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, None)
    name = "../\x1b[31m\n環境部{0}\x00.xlsx"
    (cycle.raw_folder / "回答.zip").write_bytes(pack([name, "様式.xlsx"], "cp932"))
    code, output = run(tmp_path, "check")
    assert code == 1
    assert "\x1b" not in output
    assert "{0}" in output
    assert len([line for line in output.splitlines() if "回答.zip" in line]) == 2


def test_which_of_two_versions_counts_is_said_once_and_stays_said(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)], None)
    raw = cycle.raw_folder
    (raw / "環境部_修正版.xlsx").write_bytes(save_bytes(build_workbook([procedure(2)])))
    assert "「差替前」フォルダー" in describe_problems(load_survey(cycle))[0]
    (raw / "差替前" / "9月").mkdir(parents=True)
    (raw / "環境部.xlsx").rename(raw / "差替前" / "環境部.xlsx")
    (raw / "環境部_修正版.xlsx").rename(raw / "環境部.xlsx")
    for name in ("9月/こども部.xlsx", "corrections.toml", "~$環境部.xlsx"):
        (raw / "差替前" / name).write_bytes(BOOK)
    for _ in range(2):
        survey = load_survey(cycle)
        assert list(survey.rows["procedure_id"]) == ["K-002"]
        # What was replaced is no answer of who has none.
        assert list(survey.workbooks["state"]) == ["answered", "missing"]
        told = (
            "{}: {}差し替える前のファイルとして「差替前」フォルダーにあります。"
            "読み込んでいません。対応は要りません。"
        )
        assert describe_problems(survey)[1:] == [
            told.format("差替前/9月/こども部.xlsx", "「こども部」の"),
            told.format("差替前/corrections.toml", ""),
            told.format("差替前/環境部.xlsx", "「環境部」の"),
        ]
        assert set(survey.problems["severity"][1:]) == {"notice"}


@pytest.fixture
def project(delivery: Path, tmp_path: Path) -> Path:
    """A built project of two departments."""
    return copy_delivery(delivery, tmp_path / "project")


@pytest.mark.parametrize("kind", PLACES)
def test_a_set_that_stands_is_not_kept_in_silence(project: Path, kind: str) -> None:
    before = sorted(path.name for path in reports_of(project).iterdir())
    corrections = project / "data/raw/2024-09-01/matches.csv"
    corrections.unlink(missing_ok=True)
    run(project, "report")
    PLACES[kind](corrections)
    code, output = run(project, "report")
    assert code == 1
    assert "matches.csv" in output
    assert sorted(path.name for path in reports_of(project).iterdir()) == before


@pytest.mark.usefixtures("remembered")
def test_a_build_names_a_renamed_workbook_and_what_is_not_read(project: Path) -> None:
    raw = project / "data/raw/2024-09-01"
    (raw / "文化スポーツ部.xlsx").rename(raw / "01_回答 (2).xlsx")
    (raw / "メモ.txt").write_text("x", encoding="utf-8")
    (raw / "差替前").mkdir()
    shutil.copy(raw / "01_回答 (2).xlsx", raw / "差替前" / "文化スポーツ部.xlsx")
    code, output = run(project, "report")
    assert code == 0, output
    page = (reports_of(project) / "quality.html").read_text("utf-8")
    assert "01_回答 (2).xlsx" in page
    assert "メモ.txt" in page
    assert "「文化スポーツ部」の差し替える前のファイルとして「差替前」フォルダーにあります" in page
    assert run(project, "verify")[0] == 0


AROUND: dict[str, tuple[list[str], str, bool]] = {
    "settings in data/raw": (
        ["data/raw/corrections.toml"],
        "調査回のフォルダーの外にあるため読み込みません。調査回のフォルダーに移してください。",
        True,
    ),
    "a workbook in data/raw": (
        ["data/raw/環境部.xlsx"],
        "調査回のフォルダーの外にあるため読み込みません。調査票であれば移してください。",
        False,
    ),
    "a note in data/raw": (["data/raw/メモ.txt"], "読み込まないファイルです。", False),
    "a folder in data/raw": (
        ["data/raw/2024年9月/環境部.xlsx"],
        "cycle.toml がないため、調査回として読み込みません（ファイル1件）。",
        False,
    ),
    "a guideline's copy": (
        ["data/raw/guideline/2024 (1).toml"],
        "ガイドラインの写しとみられますが、この名前では読み込みません。"
        "cycle.toml の guideline に書くか、data/raw の外に移してください。",
        True,
    ),
    "a guideline with two endings": (
        ["data/raw/guideline/2024.toml.txt"],
        "ガイドラインの写しとみられますが、この名前では読み込みません。"
        "cycle.toml の guideline に書くか、data/raw の外に移してください。",
        True,
    ),
    "another guideline": (
        ["data/raw/guideline/2025.toml"],
        "どの調査回の cycle.toml にもないガイドラインです。",
        False,
    ),
    "a note among the guidelines": (
        ["data/raw/guideline/出典.pdf"],
        "読み込まないものです。",
        False,
    ),
    "a notebook of one's own": (
        ["notebooks/overview-Copy1.ipynb"],
        "どの報告書も作らないノートブックです。",
        False,
    ),
}


@pytest.mark.parametrize("name", AROUND)
def test_what_lies_around_a_cycles_folder_is_named(project: Path, name: str) -> None:
    paths, text, is_error = AROUND[name]
    for path in paths:
        (project / path).parent.mkdir(exist_ok=True)
        (project / path).write_text("x", encoding="utf-8")
    told = f"{paths[0] if '年' not in paths[0] else 'data/raw/2024年9月'}: {text}"
    code, output = run(project, "report")
    assert (told in output, code) == (True, int(is_error)), output
    code, output = run(project, "check")
    assert told in output
    assert not is_error or code == 1


def test_where_all_is_in_its_place_nothing_is_told(project: Path) -> None:
    for path in ("data/raw/.DS_Store", "data/raw/guideline/Thumbs.db", "notebooks/.x.ipynb"):
        (project / path).write_text("x", encoding="utf-8")
    (project / "data/raw/2025-03-31").mkdir()
    assert find_misplaced(open_cycle("2024-09-01", project)) == []
    assert describe_misplaced([]) == []


def test_guidelines_of_other_cycles_are_in_use(project: Path) -> None:
    folder = project / "data" / "raw"
    shutil.copy(folder / "guideline/2024.toml", folder / "guideline/2023.toml")
    settings = folder / "2024-03-31" / "cycle.toml"
    text = settings.read_text("utf-8").replace('"2024.toml"', '"2023.toml"')
    settings.write_text(text, "utf-8")
    assert find_misplaced(open_cycle("2024-09-01", project)) == []


@pytest.mark.parametrize("name", ["Cycle.toml", "cycle.toml.txt", "cycle (1).toml"])
def test_a_later_cycle_whose_settings_have_another_name_is_not_passed_over(
    tmp_path: Path, name: str
) -> None:
    make_cycle(tmp_path, [procedure(1)])
    later = make_cycle(tmp_path, [procedure(1)], name="2025-03-31").raw_folder
    (later / "cycle.toml").rename(later / name)
    for wanted in (None, "2025-03-31"):
        with pytest.raises(SettingsError, match=r"data/raw/2025-03-31 に cycle\.toml がありません"):
            open_cycle(wanted, tmp_path)
    assert open_cycle("2024-09-01", tmp_path).name == "2024-09-01"
