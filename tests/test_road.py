"""The road to the target: what is left, at which pace, where each step leads, what else is true."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analysis.cycle import open_cycle
from analysis.document.blocks import Group, Table
from analysis.document.slide import Slides
from analysis.errors import ReportError, SettingsError
from analysis.figures.findings import Findings, load_findings
from analysis.questionnaire.read import TEMPLATE_PATH
from analysis.reports import deck, definitions, department, overview, road
from analysis.survey.collect import collect_survey

from pages import texts_of
from workbooks import Line, make_cycle, make_two_cycles, not_started, procedure

STARTED = {"status": "着手済", "online_date": None}
NOW: list[Line] = [
    procedure(1, annual_volume=700),
    procedure(2, annual_volume=50),
    procedure(3, annual_volume=100, **STARTED),
    not_started(4, annual_volume=100),
    not_started(5, annual_volume=30, reason="他機関の事務（市は受付のみ）"),
    not_started(6, annual_volume=20, reason="現行法制度上不可"),
]
BEFORE: list[Line] = [procedure(1), not_started(2), *NOW[2:]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    now = [{**line, "procedure_id": f"E-{n}"} for n, line in enumerate(NOW[:1])]
    cycle = make_two_cycles(tmp_path_factory.mktemp("road"), [NOW, now], [BEFORE, now])
    return load_findings(cycle, collect_survey)


def text(found: Findings, measure: str, scope: str = "kankyo") -> str:
    return found.ledger.figure(measure, scope).text


def test_paces_are_those_of_the_months_between_the_days(found: Findings) -> None:
    # From 2024-04-30 to 2024-09-01 are four months, to 2026-03-31 nineteen more.
    assert text(found, "shortfall") == "4"
    assert found.ledger.figure("pace", "kankyo").exact == Decimal(1) / 4
    assert text(found, "needed_pace") == "0.2"
    assert text(found, "months_to_target") == "16.0"
    told = texts_of(road.paces(found))
    assert "間に合います" in told and "間に合いません" not in told
    own = texts_of(department.headline(found, "環境部"))
    assert "目標に間に合うか：いまの速さが続くと、目標に達するまで16.0か月" in own
    assert "この速さで間に合います。" in own


def test_a_pace_of_none_or_less_never_arrives(tmp_path: Path) -> None:
    found = load_findings(make_two_cycles(tmp_path, [BEFORE], [NOW]), collect_survey)
    figure = found.ledger.figure("months_to_target")
    assert figure.exact is None and figure.text == "—"
    assert "達しません" in texts_of(road.paces(found))
    assert "目標に達しません" in texts_of(department.headline(found, "kankyo"))


def test_each_step_is_added_to_those_before(found: Findings) -> None:
    steps = ("online", "if_started", "if_promote", "if_other_agency", "if_law_prevents")
    assert [text(found, step) for step in steps] == ["2", "3", "4", "5", "6"]
    assert text(found, "if_promote_rate") == "66.7"
    assert (
        "他機関の事務（市は受付のみ）・現行法制度上不可」以外をすべて終えても、オンライン化率の上限は"
        in texts_of(road.milestones(found))
    )


def test_the_rate_by_use_is_of_the_sums(found: Findings) -> None:
    assert text(found, "volume") == "1,000"
    assert text(found, "volume_rate") == "75.0"
    assert text(found, "without_lobbied_rate") == "50.0"
    assert text(found, "without_other_agency_rate") == "40.0"


def test_a_rank_that_another_definition_changes_is_marked(tmp_path: Path) -> None:
    many = [procedure(n, annual_volume=1) for n in range(10, 14)]
    rest = [not_started(n, annual_volume=100) for n in range(20, 25)]
    cycle = make_cycle(tmp_path, [*NOW], [*many, *rest])
    found = load_findings(cycle, collect_survey)
    block = definitions.compare_definitions(found, 5)
    assert isinstance(block, Group)
    table = block.blocks[-1]
    assert isinstance(table, Table)
    marks = {str(row[0]): row[4] for row in table.rows}
    # By use the first overtakes the second, which has more online and rarely used ones.
    assert (marks["環境部"], marks["こども部"]) == ("↑", "↓")
    assert "順位が上がるのは、環境部" in texts_of(block)


def test_a_small_department_has_no_rank_and_that_is_said(found: Findings) -> None:
    told = texts_of(definitions.compare_definitions(found, 5))
    assert "少数" in told
    assert "5件" in texts_of(road.assumptions(found, 5))


def test_another_target_by_the_notebooks_parameters(found: Findings) -> None:
    half = road.aim(found, 50, "2025-03-31")
    assert text(half, "shortfall") == "1"
    assert text(half, "needed_pace") == "0.1"
    assert half.ledger.figure("online", "kankyo") == found.ledger.figure("online", "kankyo")
    told = texts_of(road.assumptions(half, 5))
    assert "2025年3月31日" in told and "50%" in told
    assert road.aim(found, 0, "") is found
    own = found.cycle.settings.target
    assert own is not None
    assert road.aim(found, own.rate_percent, own.by.isoformat()) is found
    assert road.masthead(found).notice is None
    told = texts_of(road.masthead(half, 20).notice)
    assert told.startswith("既定と異なる条件：")
    assert "目標 50%（2025年3月31日まで）、順位に含めないのは、手続きが20件より少ない" in told


def test_a_target_that_is_reached_or_past_is_told_as_that(found: Findings, tmp_path: Path) -> None:
    for percent, by, words in (
        (1, "2030-04-01", "目標に達しています"),
        (100, "2024-01-01", "目標の期日までに達しませんでした"),
    ):
        aimed = road.aim(found, percent, by)
        for block in (road.paces(aimed), overview.summary(aimed)):
            assert words in texts_of(block)
            assert "いまの速さでは" not in texts_of(block) and "間に合い" not in texts_of(block)
    still = make_two_cycles(tmp_path / "still", [NOW], [NOW])
    reached = road.aim(load_findings(still, collect_survey), 30, "2030-04-01")
    assert "目標に達しています" in texts_of(overview.summary(reached))


def test_a_few_days_are_no_months(found: Findings) -> None:
    near = road.aim(found, 0, "2024-09-02")
    assert "needed_pace" not in near.ledger.items
    assert "あと" not in texts_of(overview.summary(near))


@pytest.mark.parametrize(
    ("percent", "by"),
    [(101, ""), (-1, ""), (0, "来年"), (50, "2025-13-01"), ("1e400", ""), (50, 20270331)],
)
def test_a_target_that_is_none_is_refused(found: Findings, percent: Any, by: Any) -> None:
    """Whoever runs a notebook by papermill may give what is no number, and no text."""
    with pytest.raises(ReportError, match="target_"):
        road.aim(found, percent, by)


def without_target(root: Path) -> Findings:
    path = make_cycle(root, NOW).raw_folder / "cycle.toml"
    settings = path.read_text("utf-8")
    target = "[target]\nrate_percent = 100\nby = 2026-03-31\n"
    assert target in settings
    path.write_text(settings.replace(target, ""), "utf-8")
    return load_findings(open_cycle("2024-09-01", root), collect_survey)


def test_a_first_cycle_without_a_target_has_a_road_all_the_same(tmp_path: Path) -> None:
    found = without_target(tmp_path)
    for block in (
        road.paces(found),
        road.milestones(found),
        definitions.compare_definitions(found, 2),
    ):
        assert texts_of(block)
    assert "目標までの残りは4手続き" in texts_of(road.paces(found))
    assert "needed_pace" not in found.ledger.items and "pace" not in found.ledger.items
    assert "35" not in texts_of(overview.summary(found))
    with pytest.raises(ReportError, match="target_by"):
        road.aim(found, 50, "")


def test_the_first_page_says_how_far_who_moved_who_fell_what_first_and_whether(
    findings: Findings,
) -> None:
    told = texts_of(overview.summary(findings))
    for words in (
        "35.7%", "環境部 +93件", "建設部 −4件", "道路占用許可申請（新規）",
        "着手済の219手続きを終える", "未検討（406件、未着手の44.5%）",
        "間に合いません", "61.0%",
    ):  # fmt: skip
        assert words in told, words


def test_each_step_says_that_it_counts_those_before_and_what_others_hold_up(
    found: Findings,
) -> None:
    told = texts_of(overview.summary(found))
    assert "着手済の1手続きを終える（終わるとオンライン化率は57.1%）" in told
    assert "（これも終わるとオンライン化率は71.4%）" in told
    assert "以外をすべて終えても、オンライン化率の上限は71.4%です" in told


def test_a_step_of_no_procedure_is_nothing_to_do_first(tmp_path: Path) -> None:
    rows = [procedure(1), not_started(2)]
    findings = load_findings(make_two_cycles(tmp_path, [rows], [rows]), collect_survey)
    told = texts_of(overview.summary(findings))
    assert "の1手続きを終える（終わると" in told and "上限" not in told
    assert "の0手続きを終える" not in told


def test_where_all_is_online_nothing_is_named_as_first(tmp_path: Path) -> None:
    rows = [procedure(1)]
    findings = load_findings(make_two_cycles(tmp_path, [rows], [rows]), collect_survey)
    told = texts_of(overview.summary(findings))
    assert "まず進めるもの" not in told and "上限" not in told
    slides = deck.road(findings)
    assert isinstance(slides, Slides)
    assert [slide.title for slide in slides.slides] == ["目標までの道のり"]


def test_codes_that_would_name_two_measures_alike_are_refused(tmp_path: Path) -> None:
    """From online to started_not_started, and from online_started to not_started."""
    cycle = make_cycle(tmp_path, NOW)
    settings = cycle.raw_folder / "cycle.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('guideline = "2024.toml"\n', ""), "utf-8"
    )
    told = TEMPLATE_PATH.read_text("utf-8")
    for last, labels in (("未着手", ("試行中", "準備中")), ("not_started", ("online", "started"))):
        more = f'online_started = "{labels[0]}", started_not_started = "{labels[1]}"'
        told = told.replace(f'not_started = "{last}" }}', f'not_started = "{last}", {more} }}')
    (cycle.root / "data/raw/survey.toml").write_text(told, "utf-8")
    with pytest.raises(SettingsError, match=r"survey\.toml .*\n.*flow_online_started_not_started"):
        load_findings(open_cycle("2024-09-01", tmp_path), collect_survey)
