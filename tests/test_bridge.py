"""The bridge from one cycle's online procedures to the next's closes, whatever happened between."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.cycle import open_cycle
from analysis.document.sums import require_difference
from analysis.errors import ReportError
from analysis.figures.bridge import GAINED, LOST
from analysis.figures.findings import Findings, load_findings
from analysis.reports import bridge, department, overview
from analysis.survey.collect import collect_survey
from bridges import require_bridge
from other import DEPARTMENTS, fill_form, invent, write_settings

from deliveries import run
from pages import texts_of
from workbooks import Line, make_cycle, make_two_cycles, not_started, procedure

Drawn = tuple[str, str, str, str]
"""A procedure: its department and letter before, then now; `-` where it is not.

The letter is o (online), s (started), n (not started).
"""

MAKE = {
    "o": procedure,
    "n": not_started,
    "s": lambda number: procedure(number, status="着手済", online_date=None),
}


CORRECTION = """
[[correction]]
procedure_id = "K-001"
field = "status"
expected = "未着手"
value = "オンライン化済"
reason = "環境政策課に確認"
decided_by = "DX戦略課"
decided_on = 2024-10-01
"""


def find(root: Path, drawn: Sequence[Drawn], renumbered: Sequence[int] = ()) -> Findings:
    """Return the findings of two departments in two cycles; a renumbered one has another id now."""
    before: dict[str, list[Line]] = {"a": [procedure(901)], "b": [procedure(902)]}
    now: dict[str, list[Line]] = {"a": [procedure(901)], "b": [procedure(902)]}
    for number, (was_in, was, is_in, letter) in enumerate(drawn, start=1):
        if was != "-":
            before[was_in].append(MAKE[was](number))
        if letter != "-":
            line = MAKE[letter](number)
            if number in renumbered:
                line = {**line, "procedure_id": f"K-{number + 500}"}
            now[is_in].append(line)
    cycle = make_two_cycles(root, [now["a"], now["b"]], [before["a"], before["b"]])
    return load_findings(cycle, collect_survey)


def values(found: Findings, scope: str, *names: str) -> list[int | None]:
    return [found.ledger.figure(name, scope).numerator for name in names]


def test_each_cause_is_told_apart(tmp_path: Path) -> None:
    drawn = [
        ("a", "s", "a", "o"), ("a", "n", "a", "o"), ("a", "-", "a", "o"), ("a", "n", "a", "o"),
        ("a", "o", "a", "n"), ("b", "o", "b", "-"), ("b", "o", "a", "o"), ("b", "o", "a", "s"),
    ]  # fmt: skip
    found = find(tmp_path, drawn, renumbered=[4])
    require_bridge(found)
    causes = ("status_started", "status_not_started", "none", "elsewhere", "other_id", "corrected")
    gained, lost = ([f"{name}_{cause}" for cause in causes] for name in (GAINED, LOST))
    assert values(found, "kankyo", *gained) == [1, 1, 1, 1, 1, 0]
    assert values(found, "kankyo", *lost) == [0, 1, 0, 0, 0, 0]
    # One that left is one of another department, whatever it is there.
    assert values(found, "kodomo", *lost) == [1, 0, 1, 1, 0, 0]
    assert values(found, "all", "gained", "lost", "gained_elsewhere", "lost_elsewhere") == [
        5, 4, 1, 1,
    ]  # fmt: skip


def test_the_procedures_are_named_where_a_department_is_told(tmp_path: Path) -> None:
    found = find(tmp_path, [("a", "o", "a", "n"), ("b", "s", "b", "o")])
    told = texts_of(department.changes(found, "環境部"))
    assert "届出その1" in told and "未着手へ" in told
    said = texts_of(overview.summary(found))
    assert "環境部" in said and "届出その1" in said


def test_a_correction_is_told_as_one(tmp_path: Path) -> None:
    found = find(tmp_path, [("a", "n", "a", "n")])
    (found.cycle.raw_folder / "corrections.toml").write_text(CORRECTION, "utf-8")
    again = load_findings(open_cycle("2024-09-01", tmp_path), collect_survey)
    assert values(again, "all", "gained", "gained_corrected") == [1, 1]
    require_bridge(again)


def test_a_first_cycle_has_no_bridge_and_says_nothing_of_one(tmp_path: Path) -> None:
    found = load_findings(make_cycle(tmp_path, [procedure(1)]), collect_survey)
    assert "gained" not in found.ledger.items
    assert list(bridge.show_bridge(found)) == []
    assert list(bridge.say_movers(found)) == []


def test_nothing_that_moved_is_a_sentence(tmp_path: Path) -> None:
    found = find(tmp_path, [("a", "n", "a", "n")])
    (told,) = bridge.show_bridge(found, "kankyo")
    assert "ありません" in texts_of(told)


def test_a_remainder_stops_the_build_with_the_procedures(tmp_path: Path) -> None:
    found = find(tmp_path, [("a", "n", "a", "o")])
    figure = found.ledger.figure
    with pytest.raises(ReportError, match=r"どちらにも数えていない行: 1件\n  ・K-001　届出その1"):
        require_difference(
            found.ledger, "増減", figure("gained_none"), figure(LOST), figure("online_change")
        )


LETTERS = st.sampled_from("osn")


@st.composite
def drawings(draw: st.DrawFn) -> list[Drawn]:
    made = draw(
        st.lists(
            st.tuples(
                st.sampled_from("ab"), st.sampled_from("osn-"),
                st.sampled_from("ab"), st.sampled_from("osn-"),
            ),
            min_size=1, max_size=9,
        )
    )  # fmt: skip
    return [own for own in made if own[1] != "-" or own[3] != "-"]


@pytest.mark.slow
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=drawings(), renumbered=st.sets(st.integers(1, 9), max_size=3))
def test_it_closes_for_any_two_cycles(
    tmp_path: Path, drawn: list[Drawn], renumbered: set[int]
) -> None:
    shutil.rmtree(tmp_path / "city", ignore_errors=True)
    require_bridge(find(tmp_path / "city", drawn, sorted(renumbered)))


@pytest.mark.slow
def test_it_closes_for_the_demonstration(findings: Findings) -> None:
    require_bridge(findings)
    assert values(findings, "kensetsu", "gained", "lost") == [1, 5]


def change(lines: list[dict[str, object]], others: list[dict[str, object]]) -> None:
    """Answer a part of the lines otherwise, and let the last be a new procedure."""
    for line, other in zip(lines[::2], others, strict=False):
        line |= {key: other[key] for key in ("電子申請の段階", "進まない理由")}
    lines[-1] |= {"整理番号": f"{lines[-1]['整理番号']}9", "申請の名": "新しい申請"}


@pytest.mark.slow
def test_it_closes_for_another_citys_survey(tmp_path: Path) -> None:
    """Five statuses of four roles, ids of its own, and a third of the answers changed."""
    folder, before, now = tmp_path / "架空市", "2025-03-31", "2026-03-31"
    assert run(tmp_path, "init", folder.name)[0] == 0
    for day in (before, now):
        code, said = run(folder, "new-cycle", day)
        assert code == 0, said
        if day == now:
            write_settings(folder)
            path = folder / f"data/raw/{now}/cycle.toml"
            told = path.read_text("utf-8")
            older = folder / f"data/raw/{before}/cycle.toml"
            older.write_text(told.replace(now, before), "utf-8")
            path.write_text(f'previous = "{before}"\n{told}', "utf-8")
    for day in (before, now):
        code, said = run(folder, "form", day)
        assert code == 0, said
        for number, name in enumerate(DEPARTMENTS, start=1):
            lines = list(invent(number))
            if day == now:
                change(lines, list(invent(number + 1)))
            form = folder / f"data/processed/{day}/forms/{name}.xlsx"
            fill_form(form, lines, folder / f"data/raw/{day}/{name}.xlsx")
    found = load_findings(open_cycle(now, folder), collect_survey)
    require_bridge(found)
    assert (found.ledger.figure(GAINED).value or 0) > 0
