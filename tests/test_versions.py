"""A cycle under another version of its guideline: which procedures change, and why."""

import csv
from pathlib import Path

import pytest

from conftest import LATEST
from deliveries import run
from workbooks import GUIDELINES, make_cycle, not_started, procedure

ANSWERS = {
    "law_kind": "条例・規則",
    "identity": "対面での身元確認等",
    "attachment": "なし",
    "fee": "なし",
}
FREED = [
    ('version = "2024"', 'version = "2025"'),
    (
        'when = { law_kind = ["ordinance"], identity = ["seal_certificate", "in_person"] }',
        'when = { law_kind = ["ordinance"], identity = ["seal_certificate"] }',
    ),
    (
        'when = { law_kind = ["ordinance", "outline"], identity = ["signature", "none"] }',
        'when = { law_kind = ["ordinance"], identity = ["signature", "none", "in_person"] }\n'
        'gives = ["条例等の見直しは要らない"]\n\n[[tables.rules]]\ncode = "free"\n'
        'label = "要綱等はそのまま"\n'
        'when = { law_kind = ["outline"], identity = ["signature", "none"] }',
    ),
    ('law_change = ["statute", "kept"]', 'law_change = ["statute", "kept", "free"]'),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a survey of three procedures, with a version that asks less of one of them."""
    rows = [
        procedure(1),
        not_started(2, name="対面の届出", **ANSWERS),
        not_started(3, name="署名の届出", **{**ANSWERS, "identity": "認印・自署"}),
    ]
    make_cycle(tmp_path, rows, name=LATEST)
    text = (GUIDELINES / "2024.toml").read_text("utf-8")
    for old, new in FREED:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "data/raw/guideline/2025.toml").write_text(text, "utf-8")
    return tmp_path


def test_a_cycle_under_another_version_tells_who_changes_and_why(folder: Path) -> None:
    code, said = run(folder, "guideline", "2025.toml", "--csv", "changed.csv")
    assert code == 0, said
    lines = said.splitlines()
    assert lines[0] == "ガイドラインの比較: 2024.toml（2024） → 2025.toml（2025）"
    assert (
        "  ・条例・規則等の見直しの規則「条例・規則の改正が先」: 回答「現在の本人確認」 "
        "実印＋印鑑証明／対面での身元確認等 → 実印＋印鑑証明"
    ) in lines
    assert (
        "  ・条例・規則等の見直しに加わった規則「要綱等はそのまま」"
        "（根拠区分：要綱等、現在の本人確認：認印・自署／不要）"
    ) in lines
    at = lines.index(f"調査回 {LATEST} で結果の変わる手続き: 1件")
    assert lines[at + 1 :] == [
        "手間: 重い → 軽い　1件",
        "  ・K-002 環境部「対面の届出」",
        "      条例・規則等の見直し: 条例・規則の改正が先 → 規定はそのまま"
        "（根拠区分：条例・規則、現在の本人確認：対面での身元確認等）",
        "      手間の段階: 重い：条例・規則の改正から → 軽い：申請フォームだけで"
        "（オンライン化までの段階：未着手：未検討、条例・規則等の見直し：規定はそのまま、手数料：なし、"
        "本人確認の方法：登録済のIDとパスワード、添付書類の出し方：添付なし）",
    ]
    with (folder / "changed.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["手続きID"], row["手間（いま）"], row["手間（比べる版）"]) == (
        "K-002",
        "重い",
        "軽い",
    )
    assert row["違い"].startswith("条例・規則等の見直し: ")
    assert run(folder, "guideline", "2025.toml", "--csv", "changed.csv") == (0, said)
    code, other = run(folder, "guideline", "2024.toml", "--csv", "changed.csv")
    assert code == 1
    assert "規則の違い: 0件" in other and "changed.csv は既にあります" in other


def test_the_version_itself_changes_nothing(folder: Path) -> None:
    code, said = run(folder, "guideline", "data/raw/guideline/2024.toml", LATEST)
    assert code == 0, said
    assert said.splitlines()[1:] == [
        "規則の違い: 0件",
        f"調査回 {LATEST} で結果の変わる手続き: 0件",
    ]


def test_a_version_that_can_not_be_compared_is_told(folder: Path) -> None:
    code, said = run(folder, "guideline", "2031.toml")
    assert code == 1
    assert "「2031.toml」がありません。data/raw/guideline にあるもの: 2024.toml、2025.toml" in said
    path = folder / "data/raw/guideline/2025.toml"
    path.write_text(path.read_text("utf-8").partition("[[grades]]")[0], "utf-8")
    code, said = run(folder, "guideline", "2025.toml")
    assert code == 1
    assert "「2025.toml」には決定表（tables）がないので" in said
