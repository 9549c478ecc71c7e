import hashlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from analysis.cycle import Cycle, open_cycle
from analysis.display import Display, Item
from analysis.figures.listing import list_figures
from analysis.report.findings import load_findings
from analysis.report.proof import verify
from analysis.report.proof.delivered import read_footer
from analysis.report.proof.entities import CRATE_NAME
from analysis.report.proof.origin import hash_file, list_inputs
from analysis.report.proof.side import read_figures
from analysis.survey.store import STAMP_NAME, load_survey

from deliveries import CORRECTED, CYCLE, answer, copy_delivery, reports_of, run

WORKBOOK = "文化スポーツ部.xlsx"
EDITED = "作成後に書き換えられています"


@pytest.fixture
def copy(delivery: Path, tmp_path: Path) -> Path:
    return copy_delivery(delivery, tmp_path)


def section(output: str, title: str) -> str:
    """Return the part of a verdict under a title; empty if it has none."""
    found = re.search(
        rf"^{title}[^\n]*: [\d,]+件\n(.*?)(?=^\S[^\n]*: [\d,]+件\n|\Z)", output, re.M | re.S
    )
    return found[1].rstrip("\n") if found else ""


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text("utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, "utf-8")


def test_an_untouched_delivery_agrees_in_figures_files_and_fingerprints(copy: Path) -> None:
    code, output = run(copy, "verify")
    assert code == 0, output
    for word in ("数値", "ファイル", "指紋"):
        good, count = re.search(rf"^{word}: ([\d,]+)/([\d,]+) 一致", output, re.M).groups()
        assert good == count != "0"
    assert "件\n" not in output


def test_each_workbook_and_page_is_told_as_it_is_verified(copy: Path) -> None:
    display = Listening()
    assert verify.verify_reports(open_cycle(CYCLE, copy), display).agrees
    pages = sorted(path.stem for path in (copy / "reports" / CYCLE).glob("*.html"))
    assert display.heard[-len(pages) :] == pages
    assert display.heard.count("check") == 2


class Listening(Display):
    """Keeps what it is told to be done."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def finished(self, item: Item, how: str = "") -> None:
        self.heard.append(item.stem)


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


def test_a_changed_answer_is_named_with_its_cell_and_just_the_figures_it_changes(
    copy: Path,
) -> None:
    delivered = read_figures(reports_of(copy) / "figures.csv")
    answer(copy, "G18", "オンライン化済")
    code, output = run(copy, "verify")
    assert code == 1
    changed = section(output, "計算し直すと変わる数値")
    assert f"{WORKBOOK} 調査票!G18「着手中」→「オンライン化済」（06-0012 " in changed
    assert f"{CYCLE}/all/online　オンライン化済手続き数: 19件 → 20件" in changed
    now = list_figures(load_findings(open_cycle(CYCLE, copy)).ledger).set_index("figure_id")
    values = ["text", "numerator", "denominator"]
    differ = (now[values] != delivered.loc[now.index, values]).any(axis="columns")
    assert set(re.findall(rf"{CYCLE}/\S+(?=　)", changed)) == set(now.index[differ])
    assert {f"{CYCLE}/bunkasports.文化振興課/started", f"{CYCLE}/all/online_rate"} <= set(
        now.index[differ]
    )
    inputs = section(output, "作成後に変わった入力")
    assert inputs == f"  ・調査票 data/raw/{CYCLE}/{WORKBOOK}: 変更されています。"
    assert section(output, "作成後に変わったファイル") == ""


def test_a_changed_answer_of_the_cycle_before_is_named_with_its_cycle(copy: Path) -> None:
    answer(copy, "G17", "オンライン化済", cycle="2024-03-31")
    code, output = run(copy, "verify")
    assert code == 1
    told = f"調査票 data/raw/2024-03-31/{WORKBOOK}: 変更されています。"
    assert told in section(output, "作成後に変わった入力")
    changed = section(output, "計算し直すと変わる数値")
    cell = f"2024-03-31 {WORKBOOK} 調査票!G17「未着手」→「オンライン化済」（06-0011 "
    assert re.search(rf"・{cell}.*\n(?:      .*\n)*      {CYCLE}/all/online_change　", changed)
    assert "2024-03-31/all/online　" in changed
    assert f"{CYCLE}/all/online　" not in changed


def test_a_procedure_that_came_or_went_is_named(copy: Path) -> None:
    # Under the same name and law it would be the same procedure with another id.
    answer(copy, "A18", "06-9999")
    answer(copy, "C18", "別の手続き")
    _, output = run(copy, "verify")
    changed = section(output, "計算し直すと変わる数値")
    assert f"{WORKBOOK} 調査票!A18「06-0012」は納品時だけにあります" in changed
    assert f"{WORKBOOK} 調査票!A18「06-9999」は再計算だけにあります" in changed
    assert f"{CYCLE}/all/new　新規の手続き: 0件 → 1件" in changed
    assert f"{CYCLE}/all/abolished　廃止された手続き: 0件 → 1件" in changed


def test_a_figure_that_was_edited_is_told_apart_from_a_changed_answer(copy: Path) -> None:
    """Whether or not another answer changed as well."""
    rewrite(
        reports_of(copy) / "figures.csv",
        lambda text: re.sub(r"(gikai/total,.*?,総手続き数,)1,1,", r"\g<1>7,7,", text),
    )
    for cell in (None, "G18"):
        if cell:
            answer(copy, cell, "オンライン化済")
        code, output = run(copy, "verify")
        assert code == 1
        changed = section(output, "計算し直すと変わる数値")
        reasons = re.findall(r"^  ・(.*)\n      2024-09-01/gikai/total　", changed, re.M)
        assert len(reasons) == 1
        told = "数えた行は同じです" if cell else "入力は変わっていません"
        assert reasons[0] == f"{told}。figures.csv が書き換えられています。"
        assert "総手続き数: 7件 → 1件" in changed
        assert f"figures.csv: {EDITED}" in section(output, "作成後に変わったファイル")


@pytest.mark.parametrize("name", ["overview.html", "overview.pdf", "audit.xlsx", "figures.csv"])
def test_an_edited_file_is_named(copy: Path, name: str) -> None:
    path = reports_of(copy) / name
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["A1"].value = "x"
        book.save(path)
    else:
        path.write_bytes(path.read_bytes() + b"\n")
    code, output = run(copy, "verify")
    assert code == 1
    assert section(output, "作成後に変わったファイル").splitlines()[0] == f"  ・{name}: {EDITED}。"
    assert section(output, "計算し直すと変わる数値") == ""


def test_a_digit_changed_in_a_page_is_named_even_if_the_crate_was_made_to_fit(copy: Path) -> None:
    path = reports_of(copy) / "overview.html"
    before = hash_file(path)
    rewrite(path, lambda page: re.sub(r'(/all/total">)\d+', r"\g<1>1", page, count=1))
    crate = reports_of(copy) / CRATE_NAME
    rewrite(crate, lambda text: text.replace(before, hash_file(path)))
    code, output = run(copy, "verify")
    assert code == 1
    printed = section(output, "頁に印刷された数字で、再計算と合わないもの")
    assert printed.startswith("  ・overview.html: 1か所")
    assert "2024-09-01/all/total" in printed


def test_an_added_and_a_missing_file_are_named(copy: Path) -> None:
    (reports_of(copy) / "reasons.pdf").unlink()
    (reports_of(copy) / "付録.html").write_text("<p>1,758</p>", "utf-8")
    code, output = run(copy, "verify")
    assert code == 1
    told = section(output, "作成後に変わったファイル")
    assert "reasons.pdf: ありません" in told
    assert "付録.html: 作成されたものではありません" in told
    assert len(told.splitlines()) <= 3


def test_a_report_that_was_built_again_by_itself_is_told_apart_from_an_edited_one(
    copy: Path,
) -> None:
    answer(copy, "C7", "請願書の提出", "議会事務局.xlsx")
    assert run(copy, "report", "--department", "議会事務局")[0] == 0
    code, output = run(copy, "verify")
    assert code == 1
    told = section(output, "作成後に変わったファイル")
    assert "department-gikai.html: ほかの報告書のあとに、いまの入力から作り直されています" in told
    assert "department-gikai.pdf: ほかの報告書のあとに、いまの入力から作り直されています" in told
    assert "overview" not in told


def test_a_delivery_without_the_audit_workbook_still_names_the_figures(copy: Path) -> None:
    (reports_of(copy) / "audit.xlsx").write_bytes(b"no workbook")
    answer(copy, "G18", "オンライン化済")
    code, output = run(copy, "verify")
    assert code == 1
    changed = section(output, "計算し直すと変わる数値")
    assert f"{CYCLE}/all/online　" in changed
    assert "audit.xlsx からは比べられません" in changed


def test_changed_added_and_removed_corrections_are_named_with_both_values(copy: Path) -> None:
    path = copy / "data" / "raw" / CYCLE / "corrections.toml"
    status, reason = CORRECTED.split("\n\n")
    added = reason.replace("06-0006", "06-0012").replace('"reason"', '"system"')
    path.write_text("\n\n".join([status.replace('"未着手"', '"オンライン化済"'), added]), "utf-8")
    code, output = run(copy, "verify")
    assert code == 1
    told = section(output, "作成後に変わった訂正").splitlines()
    assert [line for line in told if "06-0006" in line and "status" in line and "変更" in line]
    assert "「着手中」→「未着手」 でしたが、いまは 「着手中」→「オンライン化済」" in "".join(told)
    assert [line for line in told if "06-0006" in line and "reason" in line and "削除" in line]
    assert [line for line in told if "06-0012" in line and "system" in line and "追加" in line]
    changed = section(output, "計算し直すと変わる数値")
    assert "調査票!G12「着手中」の読み取り「未着手」→「オンライン化済」" in changed


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
    code, output = run(copy, "verify")
    assert code == 1
    assert section(output, "作成後に変わった入力") == f"  ・{told}されています。"
    assert re.search("^指紋: (0|10)/11", output, re.M) or "reasons" in path


def test_a_figure_that_another_guideline_makes_is_not_laid_to_the_answers(copy: Path) -> None:
    path = copy / "data" / "raw" / "guideline" / "2024.toml"
    rewrite(path, lambda text: text.replace('label = "認印・自署"', 'label = "認印"'))
    code, output = run(copy, "verify")
    assert code == 1
    changed = section(output, "計算し直すと変わる数値")
    assert re.findall("^  ・.*", changed, re.M) == [
        "  ・数えた行の違いではなく、設定・ガイドライン・プログラムなどの変更によります。"
    ]
    assert f"{CYCLE}/all/identity_signature　" in changed
    assert "「ガイドライン：認印・自署」→「ガイドライン：認印」" in changed


def test_a_changed_file_of_the_program_is_named(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def list_other(cycle: Cycle) -> dict[str, str]:
        return list_inputs(cycle) | {"src/analysis/figures/rounding.py": "0" * 64}

    monkeypatch.setattr(verify, "list_inputs", list_other)
    code, output = run(copy, "verify")
    assert code == 1
    told = section(output, "作成後に変わった入力")
    assert told == "  ・プログラム src/analysis/figures/rounding.py: 変更されています。"


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (r'("name": "data/raw/2024-09-01/cycle.toml",\s+"sha256": ")\w{12}', r"\g<1>000000000000"),
        (r'("identifier": ")\w{12}', r"\g<1>000000000000"),
        (r'("name": "利用条件)', r"\g<1>なし"),
    ],
    ids=["an input's sum", "a fingerprint", "another statement"],
)
def test_an_edited_crate_is_named(copy: Path, found: str, put: str) -> None:
    rewrite(reports_of(copy) / CRATE_NAME, lambda text: re.sub(found, put, text, count=1))
    code, output = run(copy, "verify")
    assert code == 1
    assert CRATE_NAME in section(output, "作成の記録と合わないもの")


def test_a_footer_that_states_another_fingerprint_is_named(copy: Path) -> None:
    """Even where the crate was edited to hold the page's new checksum."""
    path = reports_of(copy) / "reasons.html"
    rewrite(path, lambda text: re.sub("<footer>.*</footer>", FOOTER, text, flags=re.S))
    code, output = run(copy, "verify")
    assert code == 1
    told = section(output, "作成の記録と合わないもの")
    assert "reasons.html: 印刷された指紋 0123456789ab が、記録された指紋" in told


FOOTER = "<footer><p>郡山市　2024年9月1日時点　指紋 0123456789ab</p></footer>"


def test_only_a_footers_fingerprint_is_read(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<p>aaaaaaaaaaaa</p>{FOOTER}", "utf-8")
    assert read_footer(page) == {"0123456789ab"}
    assert read_footer(tmp_path / "none.html") == set()


def test_answers_that_can_no_longer_be_read_are_told_beside_the_rest(copy: Path) -> None:
    answer(copy, "G18", "たぶん")
    (reports_of(copy) / "reasons.pdf").unlink()
    code, output = run(copy, "verify")
    assert code == 1
    assert "数値: 再計算できません" in output
    assert "調査票!G18: オンライン化の状況「たぶん」は選択肢にありません" in output
    assert "reasons.pdf: ありません" in output


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / CRATE_NAME).unlink(),
        lambda folder: (folder / CRATE_NAME).write_text("{", "utf-8"),
        lambda folder: (folder / CRATE_NAME).write_text(json.dumps({"@graph": [{}]}), "utf-8"),
        lambda folder: folder.rename(folder.with_name("elsewhere")),
    ],
    ids=["no crate", "no JSON", "no record", "no build"],
)
def test_what_cannot_be_verified_is_an_error_that_says_what_to_do(
    copy: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(reports_of(copy))
    code, output = run(copy, "verify")
    assert code == 1
    assert output.startswith("Error: reports/2024-09-01")
    assert f"`analysis report {CYCLE}` で" in output


def test_a_figures_csv_that_is_none_is_told(copy: Path) -> None:
    path = reports_of(copy) / "figures.csv"
    lines = path.read_text("utf-8").splitlines()
    for text in ("", "a,b\n1,2\n", "\n".join([*lines, lines[1]]), "\x00\x01"):
        path.write_text(text, "utf-8")
        code, output = run(copy, "verify")
        assert code == 1
        assert "figures.csv" in section(output, "数値を再計算できない理由"), text
