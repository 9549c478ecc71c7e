"""A new cycle's folder: made whole from the latest one, or not at all."""

import datetime
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.cli import main
from analysis.cycle import open_cycle
from analysis.errors import SettingsError
from analysis.forms.new_cycle import begin_cycle, describe_beginning

from conftest import LATEST
from deliveries import copy_delivery
from workbooks import make_cycle, procedure

NEXT = "2025-03-31"


def run(root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(root)
    return CliRunner().invoke(main, list(arguments))


def test_only_the_dates_differ_from_the_latest_cycle(small_project: Path, tmp_path: Path) -> None:
    root = copy_delivery(small_project, tmp_path)
    before, after = open_cycle(LATEST, root), begin_cycle(NEXT, root)
    changed = {"as_of": datetime.date(2025, 3, 31), "previous": LATEST}
    assert after.settings == before.settings.model_copy(update=changed)
    assert open_cycle(None, root).name == NEXT


def test_comments_stay_but_the_head_tells_of_the_new_cycle(
    small_project: Path, tmp_path: Path
) -> None:
    root = copy_delivery(small_project, tmp_path)
    begin_cycle(NEXT, root)
    old, new = ((root / "data" / "raw" / n / "cycle.toml").read_text() for n in (LATEST, NEXT))
    tail = old[old.index("guideline = ") :]
    assert new.endswith(tail)
    assert "# 前回の調査回。最初の調査回には書きません。" in new
    head = new[: new.index("as_of")]
    assert head.startswith("# 調査回 2025年3月31日時点の設定。")
    assert "架空データの調査回です（demonstration = true）" in head
    assert "published.csv" not in head
    assert "219件" not in head


def test_the_cycle_after_the_first_gets_its_previous_beside_the_date(tmp_path: Path) -> None:
    make_cycle(tmp_path, [procedure(1)])
    begin_cycle(NEXT, tmp_path)
    text = (tmp_path / "data" / "raw" / NEXT / "cycle.toml").read_text(encoding="utf-8")
    assert 'as_of = 2025-03-31\nprevious = "2024-09-01"\ntitle = "調査"' in text
    assert tomllib.loads(text)["previous"] == "2024-09-01"


def test_a_real_survey_stays_real(tmp_path: Path) -> None:
    first = make_cycle(tmp_path, [procedure(1)])
    path = first.raw_folder / "cycle.toml"
    path.write_text(path.read_text().replace("demonstration = true", "demonstration = false"))
    cycle = begin_cycle(NEXT, tmp_path)
    assert not cycle.settings.demonstration
    assert "実際の調査（demonstration = false）です。" in describe_beginning(cycle)


@pytest.mark.parametrize("name", ["2025-3-31", "20250331", "2025-02-30", "令和7年3月", "..", ""])
def test_what_is_no_date_is_refused(tmp_path: Path, name: str) -> None:
    make_cycle(tmp_path, [procedure(1)])
    with pytest.raises(SettingsError) as caught:
        begin_cycle(name, tmp_path)
    assert str(caught.value) == (
        f"「{name}」は調査回の名前になりません。"
        "\n調査の時点を 2025-03-31 のように、年-月-日で指定してください。"
    )


@pytest.mark.parametrize("name", [LATEST, "2024-08-31"])
def test_a_date_not_later_than_the_latest_is_refused(tmp_path: Path, name: str) -> None:
    make_cycle(tmp_path, [procedure(1)])
    with pytest.raises(SettingsError) as caught:
        begin_cycle(name, tmp_path)
    assert str(caught.value) == (
        f"調査回「{name}」は、最新の調査回 2024-09-01 より後ではありません。"
        "\n2024-09-01 より後の日付を指定してください。"
    )


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    make_cycle(tmp_path, [procedure(1)])
    there = tmp_path / "data" / "raw" / NEXT
    there.mkdir()
    (there / "環境部.xlsx").write_bytes(b"came early")
    with pytest.raises(SettingsError) as caught:
        begin_cycle(NEXT, tmp_path)
    assert str(caught.value) == (
        "data/raw/2025-03-31 は既にあります。何も変更していません。"
        "\ncycle.toml がなければ、フォルダーを移すか削除してから、もう一度実行してください。"
    )
    assert [path.name for path in there.iterdir()] == ["環境部.xlsx"]


def test_a_failure_leaves_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_cycle(tmp_path, [procedure(1)])

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(Path, "rename", fail)
    result = run(tmp_path, monkeypatch, "new-cycle", NEXT)
    assert result.exit_code == 1
    assert "ファイルを読み書きできません" in result.output
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["raw"]
    assert {path.name for path in (tmp_path / "data" / "raw").iterdir()} == {LATEST, "guideline"}


def test_what_a_killed_command_left_is_taken_over(tmp_path: Path) -> None:
    make_cycle(tmp_path, [procedure(1)])
    left = tmp_path / "data" / f".{NEXT}.passing"
    left.mkdir()
    (left / "cycle.toml").write_text("as_of =", encoding="utf-8")
    begin_cycle(NEXT, tmp_path)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["raw"]


def test_the_command_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_cycle(tmp_path, [procedure(1)])
    result = run(tmp_path, monkeypatch, "new-cycle", NEXT)
    assert result.exit_code == 0
    assert result.output == (
        "data/raw/2025-03-31/cycle.toml を、調査回 2024-09-01 の設定から作成しました。\n"
        "この調査回は、前回と同じく架空データ（demonstration = true）です。"
        "実際の調査であれば false に直してください。\n"
        "\n"
        "次にすること:\n"
        "  1. cycle.toml の部局（1部局）、目標、ガイドラインを確かめる。\n"
        "  2. analysis form 2025-03-31　調査票を作り、各部局に送る。\n"
        "  3. 届いた調査票を data/raw/2025-03-31 に置く。\n"
        "  4. analysis check 2025-03-31　提出状況と問題を確かめ、直してもらう調査票を返す。\n"
    )
