"""Organisations change; sums still close."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analysis.cycle import open_cycle
from analysis.document.blocks import Table
from analysis.errors import SettingsError, SurveyError
from analysis.evidence.sources import list_workbooks
from analysis.figures.findings import Findings, load_findings
from analysis.reports import department, overview
from analysis.survey.collect import collect_survey
from analysis.survey.opening import open_counted
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.store import load_surveys
from bridges import require_bridge

from deliveries import run
from pages import texts_of
from spreadsheets import read_lines, recalculate
from workbooks import GUIDELINES, build_workbook, not_started, procedure

NOW, BEFORE = "2024-09-01", "2024-03-31"
SLUGS = {
    "市民部": "shimin",
    "文化スポーツ部": "bunkasports",
    "市民文化部": "shiminbunka",
    "環境部": "kankyo",
    "新部": "shin",
    "甲部": "ko",
    "乙部": "otsu",
    "丙部": "hei",
    "丁部": "tei",
    "戊部": "bo",
}
Row = tuple[str, str, str, str]
"""A procedure: department, 課, id, and o (online) or n (not started)."""

CITY_BEFORE: list[Row] = [
    ("市民部", "市民課", "S-001", "o"),
    ("市民部", "市民課", "S-002", "n"),
    ("市民部", "国保課", "S-003", "n"),
    ("文化スポーツ部", "文化課", "B-001", "o"),
    ("文化スポーツ部", "スポーツ課", "B-002", "n"),
    ("環境部", "環境課", "K-001", "n"),
    ("環境部", "環境課", "K-002", "o"),
]


def make_project(
    root: Path,
    before: Sequence[Row],
    now: Sequence[Row],
    successions: Iterable[Mapping[str, str]] = (),
    names: Mapping[str, str] | None = None,
) -> Path:
    """Write a city of two cycles, whose departments are those that have rows.

    A procedure is named after its id, or after another that `names` has for it.
    """
    raw = root / "data" / "raw"
    shutil.copytree(GUIDELINES, raw / GUIDELINES.name)
    for cycle, rows in ((BEFORE, before), (NOW, now)):
        (raw / cycle).mkdir()
        lines = [
            f"as_of = {cycle}", 'title = "調査"', 'city = "郡山市"', 'publisher = ["DX戦略課"]',
            "demonstration = true", 'guideline = "2024.toml"',
            *([f'previous = "{BEFORE}"'] if cycle == NOW else []), "[headers]", "[answers]",
        ]  # fmt: skip
        for name in dict.fromkeys(row[0] for row in rows):
            lines += ["[[departments]]", f'name = "{name}"', f'slug = "{SLUGS[name]}"']
            lines += [f'workbook = "{name}.xlsx"']
            own = [answer(*row[1:], names or {}) for row in rows if row[0] == name]
            book = build_workbook(own, department=name)
            # No cycle's file is another's, however fast both are written.
            book.properties.title = cycle
            book.save(raw / cycle / f"{name}.xlsx")
        if cycle == NOW:
            lines += say_successions(successions)
        (raw / cycle / "cycle.toml").write_text("\n".join(lines) + "\n", "utf-8")
    return root


def answer(section: str, one: str, letter: str, names: Mapping[str, str]) -> dict[str, object]:
    """Return the answers of a procedure."""
    make = procedure if letter == "o" else not_started
    day = {"online_date": "2023-04-01"} if letter == "o" else {}
    named = names.get(one, one)
    return make(procedure_id=one, section=section, name=f"{named}の届出", law=f"{named}条例", **day)


def say_successions(successions: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the lines of successions, since 2024-04-01 where nothing else is said."""
    lines = []
    for own in successions:
        told = {"date": "2024-04-01", **own}
        lines.append("[[succession]]")
        lines += [
            f"{key} = {value if key == 'date' else json.dumps(value, ensure_ascii=False)}"
            for key, value in told.items()
        ]
    return lines


def go(before: str, to: str, **more: str) -> dict[str, str]:
    return {"from": before, "to": to, **more}


def rename(rows: Iterable[Row], names: Mapping[str, str]) -> list[Row]:
    """Return rows with other departments, or 課 as 「市民部 市民課」."""
    found = []
    for name, section, *rest in rows:
        now = names.get(f"{name} {section}", names.get(name, name))
        into, _, own = now.partition(" ")
        found.append((into, own or section, *rest))
    return found


def find(root: Path, name: str = NOW) -> Findings:
    return load_findings(open_counted(name, root, collect_survey), collect_survey)


def count(rows: Iterable[Row], letters: str = "on") -> Counter[str]:
    """Count rows by department, and by 課 as 「市民部 市民課」, and all of them."""
    found: Counter[str] = Counter()
    for name, section, _, letter in rows:
        if letter in letters:
            found.update(("市全体", name, f"{name} {section}"))
    return found


def require_counts(found: Findings, before: Iterable[Row], now: Iterable[Row]) -> None:
    """Hold every scope's figures to what is counted here, `before` being put where it is now."""
    ledger = found.ledger
    for measure, letters in (("total", "on"), ("online", "o"), ("not_started", "n")):
        was, is_now = (count(rows, letters) for rows in (before, now))
        for slug, scope in ledger.scopes.items():
            assert ledger.figure(measure, slug).numerator == is_now[scope.name], scope
            assert ledger.previous_figure(measure, slug).numerator == was[scope.name], scope
            change = ledger.figure(f"{measure}_change", slug).value
            assert change == is_now[scope.name] - was[scope.name], scope
        departments = [scope.slug for scope in ledger.list_departments()]
        for name in (measure, f"{measure}_change"):
            parts = [ledger.figure(name, slug).value for slug in departments]
            assert sum(parts) == ledger.figure(name).value
    require_bridge(found)
    # Each checks its own sums.
    overview.departments(found)
    for own in found.cycle.departments:
        department.sections(found, own.slug)


MERGED = {"市民部": "市民文化部", "文化スポーツ部": "市民文化部"}
MERGER = [go("市民部", "市民文化部"), go("文化スポーツ部", "市民文化部", note="組織改正")]
MERGED_NOW = [
    *rename(CITY_BEFORE, MERGED),
    ("市民文化部", "文化課", "B-003", "o"),
    ("環境部", "環境課", "K-003", "n"),
]


@pytest.fixture(scope="module")
def merged_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("merged"), CITY_BEFORE, MERGED_NOW, MERGER)


@pytest.fixture
def merged(merged_city: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(merged_city, tmp_path / "project"))


def test_a_merger_is_compared_with_the_departments_that_it_is_of(merged: Path) -> None:
    found = find(merged)
    require_counts(found, rename(CITY_BEFORE, MERGED), MERGED_NOW)
    assert [s.name for s in found.ledger.list_departments()] == ["市民文化部", "環境部"]
    assert found.ledger.figure("total_change", "shiminbunka").value == 1
    assert found.ledger.figure("moved").value == 0
    assert "前回調査のみ" not in texts_of(overview.departments(found))
    assert "市民課 → 市民課" not in texts_of(department.changes(found, "市民文化部"))


def test_a_figure_before_has_an_id_of_its_own_and_its_cells(merged: Path) -> None:
    """Of the city of then there is no 市民文化部; where a row stood then is told."""
    figure = find(merged).ledger.previous_figure("online", "shiminbunka")
    assert figure.id == f"{BEFORE}-for-{NOW}/shiminbunka/online"
    code, output = run(merged, "trace", figure.id)
    assert code == 0
    assert f"{BEFORE} 市民部.xlsx 調査票!A6" in output
    assert f"{BEFORE} 文化スポーツ部.xlsx 調査票!A6" in output
    assert run(merged, "trace", f"{BEFORE}/shimin/online")[0] == 0


def test_a_department_is_split_by_its_sections(tmp_path: Path) -> None:
    names = {"市民部 国保課": "新部"}
    now = rename(CITY_BEFORE, names)
    found = find(make_project(tmp_path, CITY_BEFORE, now, [go("市民部 国保課", "新部")]))
    require_counts(found, now, now)
    assert found.ledger.figure("total", "shin").numerator == 1


def test_a_section_of_another_name_has_not_changed(tmp_path: Path) -> None:
    names = {"市民部 市民課": "市民部 総合窓口課"}
    now = rename(CITY_BEFORE, names)
    successions = [go("shimin　市民課", "shimin 総合窓口課")]
    found = find(make_project(tmp_path, CITY_BEFORE, now, successions))
    require_counts(found, now, now)
    assert "所管課" not in texts_of(department.changes(found, "市民部"))
    evidence = found.ledger.evidence(found.ledger.previous_figure("total", "shimin.総合窓口課"))
    own = evidence[evidence["field"] == "section"]
    assert own[["raw", "value"]].drop_duplicates().to_numpy().tolist() == [["市民課", "総合窓口課"]]


def test_a_section_goes_before_its_department(tmp_path: Path) -> None:
    names = {"市民部 国保課": "環境部 保険課", "市民部": "市民文化部"}
    now = rename(CITY_BEFORE, names)
    successions = [go(*pair) for pair in names.items()]
    found = find(make_project(tmp_path, CITY_BEFORE, now, successions))
    require_counts(found, now, now)


def test_a_department_of_another_slug_is_the_same(tmp_path: Path) -> None:
    names = {"市民部": "市民文化部"}
    now = rename(CITY_BEFORE, names)
    found = find(make_project(tmp_path, CITY_BEFORE, now, [go("shimin", "shiminbunka")]))
    require_counts(found, now, now)
    assert "転入" not in texts_of(department.changes(found, "市民文化部"))


def test_what_is_wrong_with_successions_is_told_all_at_once(tmp_path: Path) -> None:
    wrong = [
        go("市民部", "市民局"),
        go("商工部", "環境部"),
        go("市民部", "環境部", date="2024-03-31"),
        go("市民部 国保課", "環境部 環境課"),
        go("環境部", "環境部"),
    ]
    root = make_project(tmp_path, CITY_BEFORE, CITY_BEFORE, wrong)
    with pytest.raises(SettingsError) as told:
        open_cycle(NOW, root)
    said = str(told.value)
    assert "succession（組織の引継ぎ）に誤りが5件" in said
    assert "引継ぎ先（to）「市民局」はありません" in said
    text = (root / "data" / "raw" / NOW / "cycle.toml").read_text("utf-8").splitlines()
    lines = [at for at, line in enumerate(text, start=1) if line.startswith("from = ")]
    assert f"・{lines[0]}行目（from「市民部」）: 引継ぎ先（to）「市民局」" in said
    assert (
        f"・{lines[1]}行目（from「商工部」）: "
        "引継ぎ元（from）は前回調査 2024-03-31 にありません（市民部、"
    ) in said
    assert (
        f"・{lines[2]}行目（from「市民部」）: "
        "date = 2024-03-31 は、前回調査（2024-03-31）の翌日から"
    ) in said
    assert (
        f"・{lines[0]}行目、{lines[2]}行目: 引継ぎ元（from）「市民部」が2件あります。"
        "一つにするか、課ごとに分けてください"
    ) in said
    assert "「環境部」から同じ「環境部」への引継ぎです" in said


@pytest.mark.parametrize(
    ("successions", "told"),
    [
        ([go("市民部", "環境部"), go("shimin", "新部")], "引継ぎ元（from）「市民部」が2件あります"),
        ([go("市民部", "環境部"), go("環境部", "市民部")], "一回り.*市民部 → 環境部 → 市民部"),
        ([go("市民部", "環境部", date="2024-09-02")], "今回の時点（2024-09-01）までの日では"),
        ([{"from": "市民部"}], r"succession.to（\d+行目）: 必要な項目がありません"),
        ([go("市民部", "環境部", note="一行\n二行")], "1行で書いてください"),
    ],
)
def test_a_succession_that_cannot_be_followed_is_refused(
    tmp_path: Path, successions: list[dict[str, str]], told: str
) -> None:
    now = [*CITY_BEFORE, ("新部", "新課", "N-001", "o")]
    root = make_project(tmp_path, CITY_BEFORE, now, successions)
    with pytest.raises(SettingsError, match=told):
        open_cycle(NOW, root)


def problems_of(root: Path, code: str) -> list[tuple[str, str]]:
    """Return how grave each breach of a rule is, and what is told of it."""
    survey, _ = load_surveys(open_cycle(NOW, root), collect_survey)
    problems = problems_from_frame(survey.problems)
    return [(own.severity, describe(own)) for own in problems if own.code == code]


def test_a_department_that_vanishes_without_a_word_is_an_error_with_a_proposal(
    tmp_path: Path,
) -> None:
    # One has another id, and is known by its name alone.
    now = [(*row[:2], "X-001", row[3]) if row[2] == "S-003" else row for row in MERGED_NOW]
    root = make_project(tmp_path, CITY_BEFORE, now, names={"X-001": "S-003"})
    told = problems_of(root, "department_vanished")
    assert [severity for severity, _ in told] == ["error", "error"]
    assert told[0][1].startswith(
        "cycle.toml: 前回調査の部局「市民部」（手続き3件）が、"
        "この調査回の departments にありません。"
        '引継ぎとみられるもの：from = "市民部"、to = "市民文化部"'
        "（同じ手続きID 2件、同じ名称 1件）。"
    )
    with pytest.raises(SurveyError, match="前回調査の部局「文化スポーツ部」（手続き2件）"):
        find(root)
    path = root / "data" / "raw" / NOW / "cycle.toml"
    path.write_text("\n".join([path.read_text("utf-8"), *say_successions(MERGER)]), "utf-8")
    assert problems_of(root, "department_vanished") == []
    # Within one department its name and law pair it.
    assert find(root).ledger.figure("paired_name").numerator == 1
    require_counts(find(root), rename(CITY_BEFORE, MERGED), now)


def test_a_department_that_went_to_several_is_proposed_by_its_sections(tmp_path: Path) -> None:
    now = rename(CITY_BEFORE, {"市民部 国保課": "環境部", "市民部": "新部"})
    (told,) = problems_of(make_project(tmp_path, CITY_BEFORE, now), "department_vanished")
    assert 'from = "市民部 市民課"、to = "新部"（同じ手続きID 2件' in told[1]
    assert 'from = "市民部 国保課"、to = "環境部"（同じ手続きID 1件' in told[1]


def test_a_department_whose_procedures_were_all_spoken_of_may_go(tmp_path: Path) -> None:
    now = [row for row in CITY_BEFORE if row[0] != "市民部"]
    now += [("環境部", "環境課", "S-001", "o")]
    root = make_project(tmp_path, CITY_BEFORE, now)
    assert len(problems_of(root, "department_vanished")) == 1
    head = "previous_id,current_id,decided_by,decided_on,reason\n"
    lines = ["S-001,S-001,DX戦略課,2024-09-20,移管\n"]
    lines += [f"S-00{number},,DX戦略課,2024-09-20,廃止\n" for number in (2, 3)]
    (root / "data" / "raw" / NOW / "matches.csv").write_text("".join([head, *lines]), "utf-8")
    assert problems_of(root, "department_vanished") == []
    require_counts(find(root), CITY_BEFORE, now)


def test_a_section_that_vanishes_without_a_word_is_told_with_a_proposal(tmp_path: Path) -> None:
    now = rename(CITY_BEFORE, {"市民部 市民課": "市民部 総合窓口課"})
    root = make_project(tmp_path, CITY_BEFORE, now)
    assert problems_of(root, "section_vanished") == [
        (
            "warning",
            "cycle.toml: 前回調査の課「市民部 市民課」（手続き2件）の手続きが、"
            "この調査回の同じ課にありません。引継ぎとみられるもの："
            'from = "市民部 市民課"、to = "市民部 総合窓口課"（同じ手続きID 2件、同じ名称 0件）。'
            "課が変わったのであれば、[[succession]]（from、to、date）に書いてください。"
            "手続きごとに移したのであれば、対応は要りません。",
        )
    ]
    require_counts(find(root), CITY_BEFORE, now)


def test_a_section_that_nobody_had_is_no_source(tmp_path: Path) -> None:
    root = make_project(tmp_path, CITY_BEFORE, CITY_BEFORE, [go("市民部 市民科", "環境部")])
    assert problems_of(root, "succession_section_unknown") == [
        (
            "error",
            "cycle.toml succession の from「市民部 市民科」: "
            "調査回 2024-03-31 の調査票に、この課の手続きがありません。"
            "課の名称を、前回の調査票のとおりに書いてください。",
        )
    ]


def paste(root: Path) -> int:
    """Paste every proposal of the check into the settings, and return how many there were."""
    quoted = r'"(?:[^"\\]|\\.)*"'
    codes = ("department_vanished", "section_vanished")
    told = [text for code in codes for _, text in problems_of(root, code)]
    pair = f"from = ({quoted})、to = ({quoted})"
    found = [words for text in told for words in re.findall(pair, text)]
    path = root / "data" / "raw" / NOW / "cycle.toml"
    lines = [f"[[succession]]\nfrom = {a}\nto = {b}\ndate = 2024-04-01\n" for a, b in found]
    path.write_text("".join([path.read_text("utf-8"), *lines]), "utf-8")
    return len(found)


def test_a_section_of_a_department_that_was_taken_over_is_proposed_by_its_former_name(
    tmp_path: Path,
) -> None:
    names = {"市民部 市民課": "市民文化部 総合窓口課", "文化スポーツ部 文化課": "環境部 文化課"}
    now = rename(CITY_BEFORE, {**names, **MERGED})
    root = make_project(tmp_path, CITY_BEFORE, now, MERGER)
    told = problems_of(root, "section_vanished")
    assert [text.partition("（")[0] for _, text in told] == [
        "cycle.toml: 前回調査の課「市民部 市民課」",
        "cycle.toml: 前回調査の課「文化スポーツ部 文化課」",
    ]
    assert paste(root) == 2
    assert problems_of(root, "section_vanished") == []
    require_counts(find(root), rename(CITY_BEFORE, {**names, **MERGED}), now)


def test_of_several_that_may_follow_one_is_proposed_and_the_others_named(tmp_path: Path) -> None:
    before = [*CITY_BEFORE, ("市民部", "市民課", "S-004", "o")]
    now = [
        ("市民部", "新課" if one == "S-001" else "窓口課", one, letter)
        if section == "市民課"
        else (name, section, one, letter)
        for name, section, one, letter in before
    ]
    root = make_project(tmp_path, before, now)
    ((_, told),) = problems_of(root, "section_vanished")
    assert 'to = "市民部 窓口課"（同じ手続きID 2件、同じ名称 0件。ほかに「市民部 新課」）。' in told
    assert paste(root) == 1
    open_cycle(NOW, root)
    assert problems_of(root, "section_vanished") == []


def test_a_name_in_quotes_is_proposed_as_toml_has_it(tmp_path: Path) -> None:
    now = rename(CITY_BEFORE, {"市民部 市民課": '市民部 "新"課\\'})
    root = make_project(tmp_path, CITY_BEFORE, now)
    assert paste(root) == 1
    assert open_cycle(NOW, root).settings.succession[0].to == '市民部 "新"課\\'
    assert problems_of(root, "section_vanished") == []


def test_a_section_that_is_mistyped_in_to_is_told_directly(tmp_path: Path) -> None:
    now = rename(CITY_BEFORE, {"市民部 市民課": "市民部 総合窓口課"})
    wrong = [go("市民部 市民課", "市民部 総合窓ロ課")]
    root = make_project(tmp_path, CITY_BEFORE, now, wrong)
    assert problems_of(root, "section_vanished") == []
    assert problems_of(root, "succession_section_empty") == [
        (
            "warning",
            "cycle.toml succession の to「市民部 総合窓ロ課」（from「市民部 市民課」）: "
            "この調査回の調査票に、課「総合窓ロ課」の手続きがありません。to を、今回の調査票に"
            "ある課（市民部 総合窓口課、市民部 国保課）に直してください。引き継いだ手続きが"
            "すべてなくなったか、手続きごとに移したのであれば、対応は要りません。",
        )
    ]
    (root / "data" / "raw" / NOW / "市民部.xlsx").unlink()
    assert problems_of(root, "succession_section_empty") == []


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ('"2024-04-01"', ""),
        ('"令和6年4月1日"', "日付を引用符なしで書いてください"),
        ('"20240401"', "日付を引用符なしで書いてください"),
        ("20240401", "日付を引用符なしで書いてください"),
        ("2024-04-01T00:00:00", "日付を引用符なしで書いてください"),
    ],
)
def test_a_date_is_read_or_told_how_to_be_written(tmp_path: Path, date: str, told: str) -> None:
    root = make_project(tmp_path, CITY_BEFORE, MERGED_NOW, MERGER)
    path = root / "data" / "raw" / NOW / "cycle.toml"
    path.write_text(path.read_text("utf-8").replace("date = 2024-04-01", f"date = {date}"), "utf-8")
    if not told:
        assert str(open_cycle(NOW, root).settings.succession[0].date) == "2024-04-01"
        return
    with pytest.raises(SettingsError, match=told):
        open_cycle(NOW, root)


def ids_in(path: Path) -> list[str]:
    """Return the ids of the procedures that a form is filled with."""
    cells = (row[0] for row in openpyxl.load_workbook(path)["調査票"].iter_rows(values_only=True))
    return [cell for cell in cells if re.fullmatch("[A-Z]+-[0-9]{3}", str(cell))]


def test_every_procedure_of_the_last_cycle_is_in_exactly_one_form(merged: Path) -> None:
    code, output = run(merged, "form")
    assert code == 0, output
    forms = merged / "data" / "processed" / NOW / "forms"
    assert "市民文化部.xlsx　前回の5手続きを記入済み" in output
    found = {path.stem: ids_in(path) for path in forms.glob("*.xlsx")}
    assert sorted(found) == ["市民文化部", "環境部"]
    assert found["市民文化部"] == ["S-001", "S-002", "S-003", "B-001", "B-002"]
    assert sorted(one for own in found.values() for one in own) == sorted(
        row[2] for row in CITY_BEFORE
    )


def test_a_form_says_what_a_section_is_called_now(tmp_path: Path) -> None:
    successions = [go("市民部 市民課", "市民部 総合窓口課"), go("市民部 国保課", "環境部")]
    assert run(make_project(tmp_path, CITY_BEFORE, CITY_BEFORE, successions), "form")[0] == 0
    forms = tmp_path / "data" / "processed" / NOW / "forms"
    sheet = openpyxl.load_workbook(forms / "市民部.xlsx")["調査票"]
    told = [row[:2] for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("S-")]
    assert told == [("S-001", "総合窓口課"), ("S-002", "総合窓口課")]
    assert "S-003" in ids_in(forms / "環境部.xlsx")


def test_a_procedure_in_no_form_is_named(tmp_path: Path) -> None:
    now = [row for row in CITY_BEFORE if row[0] != "市民部"]
    root = make_project(tmp_path, CITY_BEFORE, now)
    path = root / "data" / "raw" / NOW / "cycle.toml"
    left = '[[left_out]]\ndepartment = "環境部"\nreason = "次回に回答する"\n'
    path.write_text(path.read_text("utf-8") + left, "utf-8")
    code, output = run(root, "form")
    assert code == 1
    assert "どの調査票にもない前回の手続き　市民部 3件: S-001、S-002、S-003\n" in output
    assert "どの調査票にもない前回の手続き　環境部（次回に回答する） 2件: K-001、K-002\n" in output
    assert "[[succession]]（from、to、date）に書き" in output
    # With a reason said, nothing is wrong.
    path.write_text(
        "\n".join([path.read_text("utf-8"), *say_successions([go("市民部", "環境部")])])
    )
    code, output = run(root, "form")
    assert code == 0
    assert "環境部（次回に回答する） 5件" in output


def list_changes(found: Findings, name: str) -> list[tuple[str, ...]]:
    """Return the lines of a department's table of changes."""
    (table,) = (
        block
        for block in department.changes(found, name).blocks
        if isinstance(block, Table) and block.caption == "前回調査からの異動"
    )
    return [tuple(str(getattr(cell, "text", cell)) for cell in row) for row in table.rows]


def test_what_came_and_what_went_has_a_line_of_its_own_in_both_departments(
    tmp_path: Path,
) -> None:
    # 国保課 went by succession, one procedure of it further; another one by itself.
    now = rename(CITY_BEFORE, {"市民部 国保課": "新部"})
    now = [("環境部", *row[1:]) if row[2] in ("S-002", "S-003") else row for row in now]
    now += [("新部", "新課", "N-001", "o")]
    before = [*CITY_BEFORE, ("市民部", "国保課", "S-004", "o")]
    found = find(make_project(tmp_path, before, now, [go("市民部 国保課", "新部")]))
    require_counts(found, rename(before, {"市民部 国保課": "新部"}), now)
    assert list_changes(found, "市民部") == [
        ("転出", "S-002", "S-002の届出", "市民課", "環境部 市民課"),
        ("転出（引継ぎ）", "S-003", "S-003の届出", "国保課", "新部 国保課"),
        ("転出（引継ぎ）", "S-004", "S-004の届出", "国保課", "新部 国保課"),
    ]
    assert list_changes(found, "環境部") == [
        ("転入", "S-002", "S-002の届出", "市民部 市民課", "市民課"),
        ("転入", "S-003", "S-003の届出", "新部 国保課", "国保課"),
    ]
    assert list_changes(found, "新部") == [
        ("転入（引継ぎ）", "S-003", "S-003の届出", "市民部 国保課", "国保課"),
        ("転出", "S-003", "S-003の届出", "国保課", "環境部 国保課"),
        ("新規", "N-001", "N-001の届出", "None", "オンライン化済"),
        ("転入（引継ぎ）", "S-004", "S-004の届出", "市民部 国保課", "国保課"),
        ("廃止", "S-004", "S-004の届出", "オンライン化済", "None"),
    ]


def test_a_merger_lists_what_came_and_from_where(merged: Path) -> None:
    found = find(merged)
    changes = list_changes(found, "市民文化部")
    assert changes[0] == ("転入（引継ぎ）", "S-001", "S-001の届出", "市民部 市民課", "市民課")
    assert Counter(line[0] for line in changes) == {"転入（引継ぎ）": 5, "新規": 1}


def test_a_department_from_which_a_section_went_is_told_so(tmp_path: Path) -> None:
    now = rename(CITY_BEFORE, {"市民部 国保課": "環境部"})
    found = find(make_project(tmp_path, CITY_BEFORE, now, [go("市民部 国保課", "環境部")]))
    names = ("市民部", "環境部", "文化スポーツ部")
    notices = [department.masthead(found, name).notice for name in names]
    assert notices[0] == notices[1]
    assert "市民部 国保課 → 環境部" in texts_of(notices[0])
    assert notices[2] is None


def test_a_page_says_whose_numbers_those_before_are_where_they_are_others(merged: Path) -> None:
    found = find(merged)
    said = texts_of(overview.masthead(found).notice)
    assert said == (
        "前回の数値は、組織の引継ぎに合わせ、今の部局と課で数えたものです："
        "市民部、文化スポーツ部 → 市民文化部。"
    )
    assert department.masthead(found, "市民文化部").notice == overview.masthead(found).notice
    # It has the same numbers as before.
    assert department.masthead(found, "環境部").notice is None
    shown = texts_of(overview.departments(found))
    assert "文化スポーツ部市民文化部2024-04-01組織改正" in shown


@pytest.mark.parametrize("name", ["市民部.xlsx", "回答1.xlsx"])
def test_a_former_departments_workbook_is_not_advised_into_the_settings(
    merged: Path, name: str
) -> None:
    raw = merged / "data" / "raw"
    (raw / NOW / "市民文化部.xlsx").unlink()
    shutil.copy(raw / BEFORE / "市民部.xlsx", raw / NOW / name)
    assert problems_of(merged, "workbook_of_former") == [
        (
            "warning",
            f"{name}: 引き継がれた部局「市民部」の調査票とみられます。読み込んでいません。引継ぎ先"
            "（市民文化部）の調査票に手続きをまとめ、このファイルは data/raw の外に"
            "移してください。",
        )
    ]
    assert problems_of(merged, "workbook_unlisted") == []
    shutil.copy(raw / BEFORE / "市民部.xlsx", raw / NOW / "商工部.xlsx")
    (raw / NOW / "商工部.xlsx").write_text("なし", "utf-8")
    (raw / NOW / name).unlink()
    assert len(problems_of(merged, "workbook_unlisted")) == 1


INTERIM = f"{NOW}-interim"


def figures_told(output: str, department: str) -> str:
    """Return what a difference tells of a department."""
    return re.split(r"^\S+（\d+件）$", output.partition(f"\n{department}（")[2], flags=re.M)[0]


@pytest.mark.slow
def test_a_difference_of_two_cycles_follows_the_successions(merged: Path) -> None:
    code, output = run(merged, "diff", BEFORE, NOW)
    assert code == 0, output
    compared = f"{BEFORE}-for-{NOW}"
    assert output.startswith(
        f"比較: {BEFORE} → {NOW}\n"
        f"{BEFORE} は、{NOW} の報告書の「前回」と同じ数え方（{compared}）で比べます。\n"
    )
    assert "・総手続き数: 5件 → 6件\n" in figures_told(output, "市民文化部")
    assert "B-003の届出" in figures_told(output, "市民文化部")
    assert "文化スポーツ部（" not in output
    # By that name, too, and the other way round.
    same = run(merged, "diff", compared, NOW)[1]
    assert same.splitlines()[1:] == output.splitlines()[2:]
    back = run(merged, "diff", NOW, BEFORE)[1]
    assert "・総手続き数: 6件 → 5件\n" in figures_told(back, "市民文化部")
    code, wrong = run(merged, "diff", f"{BEFORE}-for-{BEFORE}", NOW)
    assert code == 1
    assert f"{BEFORE} の前回はありません。" in wrong
    (merged / "data" / "raw" / NOW / "環境部.xlsx").unlink()
    told = run(merged, "diff", BEFORE, f"{NOW}-暫定")[1]
    assert "・総手続き数: 5件 → 6件\n" in told.partition("\n市全体（")[2]


@pytest.mark.slow
def test_a_difference_knows_a_department_by_the_names_of_both_sides(merged: Path) -> None:
    code, output = run(merged, "diff", BEFORE, NOW, "--department", "市民部")
    assert code == 1
    assert "引継ぎ先を指定してください（市民部 → 市民文化部）" in output
    path = merged / "data" / "raw" / NOW / "cycle.toml"
    text = path.read_text("utf-8").partition("[[succession]]")[0]
    for old, new in (("環境部", "みどり部"),):
        text = text.replace(f'name = "{old}"', f'name = "{new}"')
    path.write_text(text, "utf-8")
    book = openpyxl.load_workbook(path.parent / "環境部.xlsx")
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == "環境部":
                cell.value = "みどり部"
    book.save(path.parent / "環境部.xlsx")
    matches = "previous_id,current_id,decided_by,decided_on,reason\n" + "".join(
        f"{row[2]},{row[2]},DX戦略課,2024-09-20,移管\n" for row in CITY_BEFORE[:5]
    )
    (path.parent / "matches.csv").write_text(matches, "utf-8")
    told = [
        run(merged, "diff", BEFORE, NOW, "--department", name)
        for name in ("環境部", "みどり部", "kankyo")
    ]
    assert told[0][0] == 0, told[0]
    assert told[0] == told[1] == told[2]
    assert "K-003の届出" in told[0][1]


def test_an_interim_set_compares_what_the_departments_that_answered_took_over(
    merged: Path,
) -> None:
    (merged / "data" / "raw" / NOW / "環境部.xlsx").unlink()
    ledger = find(merged, INTERIM).ledger
    assert ledger.previous_figure("total").numerator == 5
    assert ledger.figure("total_change").value == 1
    assert ledger.figure("waiting_total").numerator == 2
    assert ledger.previous_figure("total").id == f"{BEFORE}-for-{INTERIM}/all/total"


def test_what_a_missing_department_took_over_waits_with_it(merged: Path) -> None:
    (merged / "data" / "raw" / NOW / "市民文化部.xlsx").unlink()
    ledger = find(merged, INTERIM).ledger
    assert ledger.previous_figure("total").numerator == 2
    assert ledger.figure("waiting_total", "shiminbunka").numerator == 5
    assert ledger.figure("waiting_online", "shiminbunka").numerator == 2


@pytest.mark.parametrize("name", ["市民部", "shimin"])
def test_who_asks_for_a_department_that_was_merged_is_told_the_successor(
    merged: Path, name: str
) -> None:
    told = f"「{name}」は調査回 {NOW} にありません。引継ぎ先を指定してください（市民部 → "
    code, output = run(merged, "trace", f"{NOW}/{name}/total")
    assert code == 1
    assert told in output
    code, output = run(merged, "report", "--quiet", "--department", name)
    assert code == 1
    assert told in output
    assert "→" not in run(merged, "trace", f"{NOW}/商工部/total")[1]


def test_who_asks_for_a_section_that_was_taken_over_is_told_by_whom(tmp_path: Path) -> None:
    now = rename(CITY_BEFORE, {"市民部 国保課": "環境部"})
    root = make_project(tmp_path, CITY_BEFORE, now, [go("市民部 国保課", "環境部")])
    for scope in ("市民部 国保課", "shimin.国保課"):
        assert "（市民部 国保課 → 環境部）" in run(root, "trace", f"{NOW}/{scope}/total")[1]


def test_an_error_of_the_cycle_before_stops_who_took_it_over(merged: Path) -> None:
    """Its workbook is of a department that is no more."""
    path = merged / "data" / "raw" / BEFORE / "文化スポーツ部.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["G6"] = "何か"
    book.save(path)
    (merged / "data" / "raw" / NOW / "環境部.xlsx").unlink()
    with pytest.raises(SurveyError, match=r"文化スポーツ部\.xlsx"):
        find(merged, INTERIM)


@pytest.mark.slow
def test_a_set_is_verified_and_a_spreadsheet_agrees_with_every_figure(tmp_path: Path) -> None:
    names = {"市民部 市民課": "市民文化部 総合窓口課", "市民部 国保課": "環境部", **MERGED}
    now = [*rename(CITY_BEFORE, names), ("市民文化部", "文化課", "B-003", "o")]
    now = [("環境部", *row[1:]) if row[2] == "B-001" else row for row in now]
    root = make_project(tmp_path / "city", CITY_BEFORE, now, [go(*pair) for pair in names.items()])
    (root / "requirements.lock").write_text("pandas==3.1\n", "utf-8")
    code, output = run(root, "report", "--quiet")
    assert code == 0, output
    code, output = run(root, "verify")
    assert code == 0, output
    path = root / "reports" / NOW / "audit.xlsx"
    stored, recalculated = read_lines(path), recalculate(path, tmp_path)
    assert {line["照合"] for line in recalculated["数値"]} == {"一致"}
    assert recalculated["異動"] == stored["異動"]
    moved = [line["手続きID"] for line in stored["異動"] if line["所管課の変更"] == "あり"]
    assert moved == ["B-001"]


def test_a_department_is_made_from_the_workbooks_of_what_went_from_it(tmp_path: Path) -> None:
    now = rename(CITY_BEFORE, {"市民部 国保課": "新部"})
    found = find(make_project(tmp_path, CITY_BEFORE, now, [go("市民部 国保課", "新部")]))
    made = list_workbooks(found.ledger)
    own = [f"data/raw/{BEFORE}/市民部.xlsx", f"data/raw/{NOW}/市民部.xlsx"]
    assert made["shimin"] == [*own, f"data/raw/{NOW}/新部.xlsx"]
    assert made["shin"] == [own[0], f"data/raw/{NOW}/新部.xlsx"]


@st.composite
def reorganisations(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[Row], dict[str, str]]:
    """Draw a city before, the same where it belongs now, the city now, and the successions."""
    letters = st.sampled_from("on")
    before = [
        (name, section, f"{name[0]}-{at:03}".translate(str.maketrans("甲乙丙", "ABC")), letter)
        for name in ("甲部", "乙部", "丙部")
        for at, (section, letter) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(["一課", "二課"]), letters), min_size=1,
                          max_size=4)),
            start=1,
        )
    ]  # fmt: skip
    went: dict[str, str] = {}
    for name in ("甲部", "乙部", "丙部"):
        if to := draw(st.sampled_from(["", "丁部", "戊部"])):
            went[name] = to
    today = ["丁部", "戊部", *(name for name in ("甲部", "乙部", "丙部") if name not in went)]
    for office in sorted({f"{name} {section}" for name, section, *_ in before}):
        if to := draw(st.sampled_from(["", *today])):
            went[office] = to + draw(st.sampled_from(["", " 新課"]))
    moved = rename(before, went)
    now = []
    for row in moved:
        fate = draw(st.sampled_from(["stays", "stays", "goes", "ends"]))
        if fate != "ends":
            name = draw(st.sampled_from(today)) if fate == "goes" else row[0]
            now.append((name, row[1], row[2], draw(letters)))
    now += [(name, "新設課", f"N-{at:03}", draw(letters)) for at, name in enumerate(today)]
    return before, moved, now, went


@pytest.mark.slow
@settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=reorganisations(), is_begun=st.booleans())
def test_what_is_proposed_can_be_pasted_whatever_became_of_the_organisation(
    tmp_path: Path,
    drawn: tuple[list[Row], list[Row], list[Row], dict[str, str]],
    is_begun: bool,
) -> None:
    before, _, now, went = drawn
    shutil.rmtree(tmp_path / "city", ignore_errors=True)
    whole = [go(*pair) for pair in went.items() if " " not in pair[0]]
    root = make_project(tmp_path / "city", before, now, whole if is_begun else [])
    for _ in range(len(before) + 1):
        if not paste(root):
            break
    else:
        pytest.fail("what was pasted is proposed again")


@pytest.mark.slow
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=reorganisations())
def test_every_sum_closes_whatever_became_of_the_organisation(
    tmp_path: Path, drawn: tuple[list[Row], list[Row], list[Row], dict[str, str]]
) -> None:
    before, moved, now, went = drawn
    shutil.rmtree(tmp_path / "city", ignore_errors=True)
    successions = [go(*pair) for pair in went.items()]
    found = find(make_project(tmp_path / "city", before, now, successions))
    require_counts(found, moved, now)
    # What a department's table lists is all that its number changed by.
    signs = {"新規": 1, "転入": 1, "転出": -1, "廃止": -1}
    for own in found.cycle.departments:
        lines = Counter(line[0] for line in list_changes(found, own.slug))
        change = sum(sign * lines[word] for word, sign in signs.items())
        assert change == found.ledger.figure("total_change", own.slug).value
