import hashlib
import io
import json
import re
from pathlib import Path

import pytest

from analysis.cycle import Cycle, open_cycle
from analysis.inputs import list_inputs
from analysis.proof import verify
from analysis.proof.entities import CRATE_NAME, SIGNATURE_NAME
from analysis.survey.store import STAMP_NAME, load_survey

from deliveries import (
    CORRECTED,
    CYCLE,
    answer,
    copy_delivery,
    files_of,
    reports_of,
    run,
    stems_of,
    verify_against,
)

pytestmark = pytest.mark.slow

WORKBOOK = "文化スポーツ部.xlsx"
EDITED = "作成後に書き換えられています"


@pytest.fixture
def copy(delivery: Path, tmp_path: Path) -> Path:
    return copy_delivery(delivery, tmp_path)


def section(output: str, title: str) -> str:
    """Return the part of a verdict under a title; empty if it has none."""
    found = re.search(rf"^{title}[^\n]*\n(.*?)(?=^\n|\Z)", output, re.M | re.S)
    return found[1].rstrip("\n") if found else ""


def test_an_untouched_delivery_agrees_in_every_byte(copy: Path) -> None:
    code, output = run(copy, "verify")
    assert code == 0, output
    good, count = re.search(r"^ファイル: (\d+)/(\d+) 一致", output, re.M).groups()
    files = files_of(copy)
    reports = {f"notebooks/{stem}.ipynb" for stem in stems_of(copy)}
    assert {"navigator.html", "codebook.html", "data/datapackage.json", *reports} < files.keys()
    assert good == count == f"{len(files)}"
    assert "件\n" not in output


def test_the_quick_way_says_what_it_does_not_see(copy: Path) -> None:
    code, output = run(copy, "verify", "--quick")
    assert code == 0, output
    assert "簡易の検証です。頁に何が印刷されているかは見ていません。" in output
    (reports_of(copy) / "overview.pdf").write_bytes(b"other")
    code, output = run(copy, "verify", "--quick")
    assert code == 1
    assert "overview.pdf: 作成の記録と違うか、ありません" in output


def test_the_stored_rows_are_not_trusted(copy: Path) -> None:
    """Not even where they were changed together with what vouches for them."""
    cycle = open_cycle(CYCLE, copy)
    rows = load_survey(cycle).rows
    buffer = io.BytesIO()
    rows.assign(status="online").to_parquet(buffer, index=False)
    (cycle.processed_folder / "rows.parquet").write_bytes(buffer.getvalue())
    stamp = cycle.processed_folder / STAMP_NAME
    told = json.loads(stamp.read_text("utf-8"))
    told["outputs"]["rows.parquet"] = hashlib.sha256(buffer.getvalue()).hexdigest()
    stamp.write_text(json.dumps(told), "utf-8")
    assert set(load_survey(cycle).rows["status"]) == {"online"}
    assert run(copy, "verify")[0] == 0


def test_a_changed_answer_is_named_with_its_cell_and_the_figures_it_changes(copy: Path) -> None:
    answer(copy, "G18", "オンライン化済")
    for way in ((), ("--quick",)):
        code, output = run(copy, "verify", *way)
        assert code == 1
        inputs = section(output, "作成後に変わった入力")
        assert inputs.startswith(f"  ・調査票 data/raw/{CYCLE}/{WORKBOOK}: 変更されています。\n")
        changed = section(output, "市全体（")
        assert (
            "・オンライン化済手続き数: 19件 → 20件\n      再計算 だけにある根拠の行 1件" in changed
        )
        assert f"{WORKBOOK} 調査票!G18「着手中」→「オンライン化済」（06-0012 " in changed
        assert ("違うファイル" in output) == (way == ())
    assert "文化スポーツ部（" in output
    assert "議会事務局（" not in output


def test_a_changed_answer_of_the_cycle_before_is_named_with_its_cycle(copy: Path) -> None:
    answer(copy, "G17", "オンライン化済", cycle="2024-03-31")
    code, output = run(copy, "verify", "--quick")
    assert code == 1
    told = f"調査票 data/raw/2024-03-31/{WORKBOOK}: 変更されています。"
    assert told in section(output, "作成後に変わった入力")
    changed = section(output, "市全体（")
    assert f"2024-03-31 {WORKBOOK} 調査票!G17「未着手」→「オンライン化済」（06-0011 " in changed


def test_a_procedure_that_came_or_went_is_named(copy: Path) -> None:
    # Under the same name and law it would be the same procedure with another id.
    answer(copy, "A18", "06-9999")
    answer(copy, "C18", "別の手続き")
    _, output = run(copy, "verify", "--quick")
    changed = section(output, "市全体（")
    assert f"{WORKBOOK} 調査票!A18「06-0012」は納品時だけにあります" in changed
    assert f"{WORKBOOK} 調査票!A18「06-9999」は再計算だけにあります" in changed
    assert "新規の手続き: 0件 → 1件" in changed
    assert "廃止された手続き: 0件 → 1件" in changed


def test_a_report_that_was_built_again_by_itself_is_told_apart_from_the_others(
    copy: Path,
) -> None:
    answer(copy, "C7", "請願書の提出", "議会事務局.xlsx")
    assert run(copy, "report", "--department", "議会事務局")[0] == 0
    code, output = run(copy, "verify")
    assert code == 1
    told = section(output, "違うファイル")
    assert "overview.html" in told
    assert "department-gikai." not in told


def test_a_delivery_without_the_audit_workbook_still_names_the_figures(copy: Path) -> None:
    (reports_of(copy) / "audit.xlsx").write_bytes(b"no workbook")
    answer(copy, "G18", "オンライン化済")
    code, output = run(copy, "verify", "--quick")
    assert code == 1
    assert "オンライン化済手続き数: 19件 → 20件" in section(output, "市全体（")
    assert "根拠の行は比べられません。audit.xlsx" in output


def test_a_changed_correction_is_named_with_the_cell_that_is_read_otherwise(copy: Path) -> None:
    path = copy / "data" / "raw" / CYCLE / "corrections.toml"
    status, _ = CORRECTED.split("\n\n")
    path.write_text(status.replace('"未着手"', '"オンライン化済"'), "utf-8")
    code, output = run(copy, "verify", "--quick")
    assert code == 1
    assert f"・訂正 data/raw/{CYCLE}/corrections.toml: 変更" in output
    assert "調査票!G12「着手中」の読み取り「未着手」→「オンライン化済」" in output


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("requirements.lock", "ライブラリの版 requirements.lock: 変更"),
        ("notebooks/reasons.ipynb", "ノートブック notebooks/reasons.ipynb: 変更"),
        (f"data/raw/{CYCLE}/cycle.toml", f"設定 data/raw/{CYCLE}/cycle.toml: 変更"),
        ("data/raw/guideline/2024.toml", "ガイドライン data/raw/guideline/2024.toml: 変更"),
        (f"data/raw/{CYCLE}/corrections.toml", f"訂正 data/raw/{CYCLE}/corrections.toml: 変更"),
    ],
)
def test_a_changed_input_is_named_with_its_kind(copy: Path, path: str, told: str) -> None:
    with (copy / path).open("ab") as file:
        file.write(b"\n")
    code, output = run(copy, "verify", "--quick")
    assert code == 1
    assert f"  ・{told}されています。\n" in section(output, "作成後に変わった入力: 1件")


def test_a_figure_that_another_guideline_makes_is_not_laid_to_the_answers(copy: Path) -> None:
    path = copy / "data" / "raw" / "guideline" / "2024.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('label = "認印・自署"', 'label = "認印"'), "utf-8")
    code, output = run(copy, "verify", "--quick")
    assert code == 1
    assert "「ガイドライン：認印・自署」→「ガイドライン：認印」" in section(output, "市全体（")
    assert WORKBOOK not in output


def test_a_changed_file_of_the_program_is_named(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def list_other(cycle: Cycle) -> dict[str, str]:
        return list_inputs(cycle) | {"src/analysis/figures/rounding.py": "0" * 64}

    monkeypatch.setattr(verify, "list_inputs", list_other)
    code, output = run(copy, "verify", "--quick")
    assert code == 1
    told = section(output, "作成後に変わった入力")
    assert "  ・プログラム src/analysis/figures/rounding.py: 変更されています。" in told


def test_answers_that_can_no_longer_be_read_are_told_beside_the_rest(copy: Path) -> None:
    answer(copy, "G18", "たぶん")
    (reports_of(copy) / "reasons.pdf").unlink()
    for way in ((), ("--quick",)):
        code, output = run(copy, "verify", *way)
        assert code == 1
        assert ("作り直せない" in output) == (way == ())
        assert "調査票!G18: オンライン化の状況「たぶん」は選択肢にありません" in output
        assert "reasons.pdf: 作成の記録と違うか、ありません" in output
        assert "頁に何が印刷されているかは見ていません" in output


@pytest.mark.parametrize("text", [None, "{", '{"@graph": [{}]}'])
def test_a_record_that_cannot_be_read_is_told_beside_the_figures(
    copy: Path, text: str | None
) -> None:
    record = reports_of(copy) / CRATE_NAME
    record.unlink() if text is None else record.write_text(text, "utf-8")
    answer(copy, "G18", "オンライン化済")
    code, output = run(copy, "verify", "--quick")
    assert code == 1
    assert f"`analysis report {CYCLE}` で" in section(output, "作成の記録を読めない理由")
    assert "オンライン化済手続き数: 19件 → 20件" in output


def test_without_reports_it_is_said_how_to_make_them(copy: Path) -> None:
    reports_of(copy).rename(reports_of(copy).with_name("elsewhere"))
    for way in ((), ("--quick",)):
        code, output = run(copy, "verify", *way)
        assert code == 1
        assert output.startswith("Error: reports/2024-09-01")
        assert f"`analysis report {CYCLE}` で" in output


def test_a_figures_csv_that_is_none_is_told(copy: Path) -> None:
    path = reports_of(copy) / "figures.csv"
    lines = path.read_text("utf-8").splitlines()
    for text in ("", "a,b\n1,2\n", "\n".join([*lines, lines[1]]), "\x00\x01"):
        path.write_text(text, "utf-8")
        code, output = run(copy, "verify", "--quick")
        assert code == 1
        assert "figures.csv" in section(output, "数値を比べられない理由"), text


def test_what_is_no_signature_is_told_as_such_and_as_no_file_of_others(
    delivery: Path, copy: Path
) -> None:
    (reports_of(copy) / SIGNATURE_NAME).write_bytes(b"signed")
    verdict = verify_against(delivery, copy)
    assert not verdict.agrees
    assert f"{SIGNATURE_NAME} は、署名として読めません" in verdict.text
    assert "作成されたものではないファイル" not in verdict.text


def test_what_others_put_beside_the_reports_is_named_and_no_fault(
    delivery: Path, copy: Path
) -> None:
    (reports_of(copy) / "メモ.docx").write_bytes(b"memo")
    verdict = verify_against(delivery, copy)
    assert verdict.agrees
    assert "検証していない、ほかのファイル: 1件\n  ・メモ.docx" in verdict.text
