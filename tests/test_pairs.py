"""A procedure under two ids is one procedure wherever the two cycles meet."""

import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.audit.read import read_audit
from analysis.audit.workbook import write_audit
from analysis.evidence.attachments import list_rows
from analysis.figures.digest import Digester
from analysis.figures.findings import Findings, load_findings
from analysis.figures.listing import list_figures, write_figures
from analysis.figures.trace import trace
from analysis.proof.side import read_delivery
from analysis.reports.moves import list_moves
from analysis.reports.plan import AUDIT_NAME
from analysis.survey.collect import collect_survey

from rows import ASKED
from spreadsheets import recalculate
from workbooks import make_two_cycles, not_started, procedure

THEN = {"online_date": "2024-01"}
BEFORE = [
    procedure(1, **THEN),
    not_started(2, name="埋火葬の許可", law="墓地法"),
    not_started(3, name="飼い犬の登録"),
    procedure(4, **THEN),
]
NOW = [
    procedure(1, **THEN),
    procedure(12, name="埋火葬の 許可", law="墓地法", online_date="2024-08"),
    procedure(13, name="犬の登録申請", online_date="2024-08"),
    procedure(15),
]
MATCHES = (
    "previous_id,current_id,decided_by,decided_on,reason\n"
    "K-003,K-013,DX戦略課,2024-10-01,電話で確認\n"
    "K-004,,DX戦略課,2024-10-01,廃止\n"
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Two cycles: K-002 and K-003 have other ids now, K-004 is gone and K-015 new."""
    root = tmp_path_factory.mktemp("pairs")
    return load_findings(make_two_cycles(root, [NOW], [BEFORE], MATCHES), collect_survey)


def test_the_figures_count_it_as_continued(found: Findings) -> None:
    names = ("paired_id", "paired_name", "paired_confirmed", "new", "abolished", "went_online")
    assert [found.ledger.figure(name).value for name in names] == [1, 1, 1, 1, 1, 2]
    assert found.survey.problems.empty


def test_its_change_of_status_is_one_row_with_the_cells_of_both_cycles(found: Findings) -> None:
    evidence = found.ledger.evidence(found.ledger.figure("online_change"))
    cells = evidence[evidence["field"] == "status"]
    assert cells[["role", "cycle", "procedure_id", "cell"]].to_numpy().tolist() == [
        ["in", "2024-09-01", "K-012", "G7"],
        ["in", "2024-09-01", "K-013", "G8"],
        ["in", "2024-09-01", "K-015", "G9"],
        ["in", "2024-04-30", "K-002", "G7"],
        ["in", "2024-04-30", "K-003", "G8"],
        ["out", "2024-04-30", "K-004", "G9"],
    ]


def test_it_has_moved_neither_into_nor_out_of_the_total(found: Findings) -> None:
    evidence = found.ledger.evidence(found.ledger.figure("total_change"))
    assert set(evidence["procedure_id"]) == {"K-015", "K-004"}


def test_the_digest_counts_it_once_and_covers_both_cells(found: Findings) -> None:
    chosen = found.ledger.select(found.ledger.figure("went_online"))
    (digest,) = Digester().digest(chosen, ["all"])
    assert digest.rows == 2
    alone = [replace(selection, partner=None) for selection in chosen]
    assert Digester().digest(alone, ["all"])[0].sha256 != digest.sha256


def test_the_trace_shows_both_cycles_under_the_one_procedure(found: Findings) -> None:
    text = trace(found.ledger, "2024-09-01/all/went_online")
    assert "根拠の行: 2件\n" in text
    heading = text.index("  K-012　埋火葬の許可\n")
    told = text[heading : text.index("  K-013　")]
    assert "2024-09-01 環境部.xlsx 調査票!G7  オンライン化の状況「オンライン化済」" in told
    assert "2024-04-30 環境部.xlsx 調査票!A7  手続きID「K-002」" in told


def test_an_attachment_has_the_rows_of_both_cycles(found: Findings) -> None:
    rows = list_rows(found.ledger, [found.ledger.figure("went_online")])["procedures"]
    assert list(rows["procedure_id"]) == ["K-012", "K-013", "K-002", "K-003"]


def test_the_list_of_changes_names_both_ids_and_why_they_are_one(found: Findings) -> None:
    moves = found.ledger.tables.current["transitions"].to_dict("records")
    lines = [line for move in moves for line in list_moves(move, move["department_slug"], ASKED)]
    told = [[getattr(cell, "text", cell) for cell in line] for line in lines]
    assert told == [
        ["手続きIDの変更（名称と根拠法令等が同じ）", "K-012", "埋火葬の許可", "K-002", "K-012"],
        ["オンライン化", "K-012", "埋火葬の許可", "未着手", "オンライン化済"],
        ["手続きIDの変更（確認済み）", "K-013", "犬の登録申請", "K-003", "K-013"],
        ["オンライン化", "K-013", "犬の登録申請", "未着手", "オンライン化済"],
        ["名称変更", "K-013", "犬の登録申請", "飼い犬の登録", "犬の登録申請"],
        ["新規", "K-015", "届出その15", None, "オンライン化済"],
        ["廃止", "K-004", "届出その4", "オンライン化済", None],
    ]


@pytest.fixture(scope="module")
def audit(found: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("audit") / AUDIT_NAME
    path.write_bytes(write_audit(found))
    return path


def transitions_of(path: Path, folder: Path) -> dict[str, tuple[object, ...]]:
    lines = recalculate(path, folder)["異動"]
    titles = ("前回の手続きID", "対応の付け方", "前回調査との対応", "新たなオンライン化")
    return {line["手続きID"]: tuple(line[title] for title in titles) for line in lines}


@pytest.mark.slow
def test_the_audit_workbook_refers_to_both_rows(audit: Path, tmp_path: Path) -> None:
    assert transitions_of(audit, tmp_path) == {
        "K-001": ("K-001", "手続きIDが同じ", "継続", "なし"),
        "K-012": ("K-002", "名称と根拠法令等が同じ", "継続", "あり"),
        "K-013": ("K-003", "確認済み", "継続", "あり"),
        "K-015": (None, None, "新規", "なし"),
        "K-004": ("K-004", None, "廃止", "なし"),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "procedure_id"),
    [("K-001", "K-001"), ("埋火葬の許可", "K-012"), ("墓地法", "K-012"), ("K-003", "K-013")],
)
def test_who_changes_what_paired_two_rows_in_the_workbook_is_told_to_look(
    audit: Path, tmp_path: Path, text: str, procedure_id: str
) -> None:
    path = tmp_path / AUDIT_NAME
    change_cells(audit, path, "sheet4", text)
    told = transitions_of(path, tmp_path)
    assert {key for key, line in told.items() if line[2] == "要確認"} == {procedure_id}


def change_cells(source: Path, path: Path, part: str, text: str) -> None:
    """Copy a workbook with another text in every cell of a sheet that holds this one."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        shared = re.findall(r"<si>(.*?)</si>", old.read("xl/sharedStrings.xml").decode(), re.S)
        places = [at for at, item in enumerate(shared) if re.sub("<[^>]*>", "", item) == text]
        assert places
        for name in old.namelist():
            content = old.read(name)
            if name == f"xl/worksheets/{part}.xml":
                pattern = rf' t="s"><v>({"|".join(map(str, places))})</v>'
                into = ' t="inlineStr"><is><t>別のもの</t></is>'
                changed, times = re.subn(pattern, into, content.decode())
                assert times
                content = changed.encode()
            new.writestr(name, content)


def test_a_delivery_is_read_back_with_its_pairs(
    found: Findings, audit: Path, tmp_path: Path
) -> None:
    pd.testing.assert_frame_equal(read_audit(audit, ASKED).matches, found.survey.matches)
    folder = tmp_path / "delivery"
    folder.mkdir()
    shutil.copy(audit, folder)
    (folder / "figures.csv").write_bytes(write_figures(list_figures(found.ledger)))
    side = read_delivery("納品", folder, found.cycle.root)
    assert side.tables is not None
    columns = ["procedure_id", "previous_procedure_id", "paired_by", "fate"]
    known = found.ledger.tables.current["transitions"][columns]
    pd.testing.assert_frame_equal(side.tables.current["transitions"][columns], known)
    for name in ("went_online", "online_change", "online_rate_change"):
        own = found.ledger.select(found.ledger.figure(name))
        read = side.select(f"2024-09-01/all/{name}")
        assert [chosen.positions for chosen in own] == [chosen.positions for chosen in read or []]
