"""Many cities: which folders are surveys, one's failure is its own, and what is said of all."""

import multiprocessing
import os
import shutil
import signal
import threading
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis.build.many import (
    CITIES_AT_ONCE,
    City,
    Outcome,
    build_all,
    build_cities,
    build_in_child,
    describe_outcomes,
    find_cities,
)
from analysis.build.pool import open_threads
from analysis.cli import main
from analysis.display import Display, Lines
from analysis.errors import ReportError, SurveyError

from deliveries import files_within
from workbooks import make_cycle

pytestmark = pytest.mark.slow

LATEST = "2024-09-01"
KEPT = Outcome("kept")


def make_city(root: Path, *cycles: str) -> Path:
    for cycle in cycles or (LATEST,):
        raw = root / "data" / "raw" / cycle
        raw.mkdir(parents=True)
        (raw / "cycle.toml").touch()
    return root


def name(number: int, **values: Any) -> City:
    return City(Path("/x"), LATEST, f"市{number}", **values)


def build_here(
    cities: Sequence[City], build: Callable[[City], Outcome], display: Display
) -> dict[City, Outcome]:
    with open_threads(CITIES_AT_ONCE) as threads:
        return build_cities(cities, build, display, threads)


def list_stems(folder: Path, cycle: str | None = None) -> list[str]:
    return [city.stem for city in find_cities(folder, cycle)]


def test_surveys_are_found_at_any_depth_in_natural_order(tmp_path: Path) -> None:
    for place in ("県/市10", "県/市2", "国/県/郡/村", "町"):
        make_city(tmp_path / place)
    (tmp_path / "県" / "市3" / "data" / "raw").mkdir(parents=True)
    assert list_stems(tmp_path) == ["国/県/郡/村", "町", "県/市2", "県/市10"]


def test_the_order_is_that_of_the_composed_name(tmp_path: Path) -> None:
    """A Mac spells が as か with a mark, which would come before き all the same, but after が."""
    for place in (unicodedata.normalize("NFD", "ガ市"), "キ市", "カ市", "ガ町"):
        make_city(tmp_path / place)
    found = [unicodedata.normalize("NFC", stem) for stem in list_stems(tmp_path)]
    assert found == ["カ市", "ガ市", "ガ町", "キ市"]


def test_no_survey_is_looked_for_in_a_survey_behind_a_link_or_in_a_hidden_folder(
    tmp_path: Path,
) -> None:
    make_city(tmp_path / "under" / "市")
    make_city(tmp_path / "under" / "市" / "data" / "控え")
    make_city(tmp_path / "under" / ".trash" / "市")
    make_city(tmp_path / "elsewhere" / "市")
    (tmp_path / "under" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "under" / "round").symlink_to(tmp_path / "under")
    assert list_stems(tmp_path / "under") == ["市"]


def test_the_folder_may_be_a_survey_itself(tmp_path: Path) -> None:
    assert list_stems(make_city(tmp_path)) == ["."]


def test_the_latest_cycle_of_each_is_built_or_the_one_asked_for(tmp_path: Path) -> None:
    make_city(tmp_path / "市1", "2024-03-31", LATEST)
    make_city(tmp_path / "市2", "2024-03-31")
    latest = find_cities(tmp_path, None)
    assert [(city.cycle, city.known) for city in latest] == [(LATEST, None), ("2024-03-31", None)]
    asked = find_cities(tmp_path, LATEST)
    assert [city.cycle for city in asked] == [LATEST, LATEST]
    assert asked[0].known is None
    assert asked[1].known == Outcome("absent", "調査回は 2024-03-31 です。")


def test_a_path_is_absolute_so_that_another_computer_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_city(tmp_path / "市")
    monkeypatch.chdir(tmp_path)
    (city,) = find_cities(Path(), None)
    assert (city.root, city.stem) == (tmp_path / "市", "市")


def test_a_folder_that_cannot_be_looked_into_is_a_failure_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_city(tmp_path / "市")
    (tmp_path / "閉").mkdir()
    scandir = os.scandir

    def look(place: Path) -> Any:
        if place.name == "閉":
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr("analysis.build.many.os.scandir", look)
    outcomes = build_here(find_cities(tmp_path, None), lambda city: Outcome("built"), Display())
    assert {city.stem: outcome.state for city, outcome in outcomes.items()} == {
        "市": "built",
        "閉": "failed",
    }
    assert "閉\n    フォルダーの中を見られません（Permission denied）" in describe_outcomes(
        outcomes
    )


@pytest.mark.parametrize("cycle", [None, "2030-01-01"])
def test_nothing_to_build_is_told(tmp_path: Path, cycle: str | None) -> None:
    if cycle:
        make_city(tmp_path / "市")
    with pytest.raises(ReportError) as caught:
        find_cities(tmp_path, cycle)
    told = str(caught.value)
    assert f"調査回{f' {cycle}' if cycle else ''}のあるフォルダー" in told
    assert ("市: 調査回は 2024-09-01 です。" in told) == bool(cycle)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="フォルダーの中を見られません"):
        find_cities(tmp_path / "none", None)


def build(city: City) -> Outcome:
    """Fail in each way that a build can."""
    errors: dict[str, Exception] = {
        "市2": SurveyError("1行目\n2行目\n3行目\n4行目"),
        "市3": PermissionError(13, "Permission denied", "audit.xlsx"),
        "市4": ZeroDivisionError("a defect"),
    }
    if city.stem in errors:
        raise errors[city.stem]
    if city.stem == "市5":
        return Outcome("kept", "変更はありません。")
    return Outcome("built", "HTML 24件\n公表値との一致: 107/107")


def test_a_failure_stops_no_other_city(capsys: pytest.CaptureFixture[str]) -> None:
    cities = [name(number) for number in range(1, 7)]
    absent = name(7, known=Outcome("absent", "調査回は 2024-03-31 です。"))
    outcomes = build_here([*cities, absent], build, Lines())
    states = ["built", "failed", "failed", "failed", "kept", "built", "absent"]
    assert [outcome.state for outcome in outcomes.values()] == states
    lines = capsys.readouterr().out.splitlines()
    assert {line.split("] ")[1] for line in lines} == {
        "市1  2024-09-01  作成",
        "市2  2024-09-01  失敗: 1行目",
        "市3  2024-09-01  失敗: ファイルを読み書きできません: audit.xlsx（Permission denied）。"
        "ほかで開いていないか、空き容量と権限を確かめてください。",
        "市4  2024-09-01  失敗: プログラムの誤りです（ZeroDivisionError: a defect）。",
        "市5  2024-09-01  変更なし",
        "市6  2024-09-01  作成",
        "市7  2024-09-01  調査回なし",
    }


def test_the_summary_tells_of_each_city_what_became_of_it() -> None:
    outcomes = build_here([name(number) for number in (1, 2, 5)], build, Display())
    assert describe_outcomes(outcomes) == (
        "3件の調査: 作成 1件、変更なし 1件、調査回なし 0件、失敗 1件\n"
        "作成  市1  2024-09-01  HTML 24件\n"
        "失敗  市2  2024-09-01\n"
        "    1行目\n"
        "    2行目\n"
        "    3行目\n"
        "    ……\n"
        "変更なし  市5  2024-09-01  変更はありません。"
    )


def test_what_was_kept_of_a_city_is_named_below_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = make_cycle(tmp_path / "市1", None).processed_folder / "rows（控え）.csv"
    kept.parent.mkdir(parents=True)
    kept.touch()
    (make_cycle(tmp_path / "市2", None).root / "reports" / "2024-09-01-interim").mkdir(parents=True)
    monkeypatch.setattr(
        "analysis.build.many.build_all", lambda cities, **_: dict.fromkeys(cities, KEPT)
    )
    said = CliRunner().invoke(main, ["report", "--all-under", str(tmp_path)]).stdout
    assert said.endswith(
        "変更なし  市2  2024-09-01\n\n市1\n作成したままではなかったため、上書きせずに名前を変えて"
        "残したファイル 1件（要らなければ削除してください）\n"
        "  ・data/processed/2024-09-01/rows（控え）.csv\n"
        "\n市2\n回答がそろう前の暫定の報告書が reports/2024-09-01-interim/ に残っています。"
        "要らなければ、data/processed/2024-09-01-interim/ とともに削除してください。\n"
    )


def test_no_name_of_a_folder_and_no_message_steers_the_terminal() -> None:
    city = City(Path("/x"), LATEST, "市\x1b[2J\n\udcff")
    said = describe_outcomes({city: Outcome("failed", "だめ\x1b[31mです")})
    assert said.count("\n") == 2
    assert "\x1b" not in said
    said.encode()


def test_no_more_cities_are_built_at_once_than_said_and_no_fewer() -> None:
    together, building, most = threading.Barrier(CITIES_AT_ONCE, timeout=60), set(), []

    def wait(city: City) -> Outcome:
        building.add(city)
        together.wait()
        most.append(len(building))
        together.wait()
        building.remove(city)
        return Outcome("built")

    outcomes = build_here([name(number) for number in range(8)], wait, Display())
    assert {outcome.state for outcome in outcomes.values()} == {"built"}
    assert max(most) == CITIES_AT_ONCE


def build_elsewhere(parent: int, city: City) -> Outcome:
    """Build in the child: end it as a crash would, or tell that it is one that may have its own."""
    if city.stem == "市1":
        os.kill(os.getpid(), signal.SIGKILL)
    if city.stem == "市2":
        raise SurveyError("だめです")
    assert os.getpid() != parent
    assert not multiprocessing.current_process().daemon
    return Outcome("built", "別のプロセス")


def test_a_crash_of_a_city_in_its_own_process_is_its_own() -> None:
    work = partial(build_in_child, partial(build_elsewhere, os.getpid()))
    outcomes = build_here([name(number) for number in (1, 2, 3)], work, Display())
    died, failed, built = outcomes.values()
    assert (died.state, failed, built) == (
        "failed",
        Outcome("failed", "だめです"),
        Outcome("built", "別のプロセス"),
    )
    assert "プロセスが途中で終わりました" in died.message


def test_cities_are_built_beside_one_that_cannot_be(delivery: Path, tmp_path: Path) -> None:
    """Each by processes of its own, without notebooks of its own, and kept the second time."""
    own = shutil.ignore_patterns("reports", "processed", "notebooks")
    shutil.copytree(delivery, tmp_path / "市1", ignore=own)
    make_city(tmp_path / "市2")
    cities = find_cities(tmp_path, None)
    for state in ("built", "kept"):
        good, bad = build_all(cities, force=False, scheduler=None, display=Display()).values()
        assert (good.state, bad.state) == (state, "failed")
        assert "cycle.toml に誤りが" in bad.message
    made = tmp_path / "市1" / "reports" / LATEST
    assert {*files_within(made)} == {*files_within(delivery / "reports" / LATEST)}
