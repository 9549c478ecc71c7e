"""One name, one meaning: a second one is refused, never merged with the first."""

import re
import tomllib
from pathlib import Path

import pytest

from analysis.cycle import open_cycle
from analysis.errors import SettingsError
from analysis.figures.catalogue import list_measures
from analysis.figures.findings import load_findings
from analysis.figures.guideline import read_guideline
from analysis.figures.road import Horizon
from analysis.questionnaire.condition import REQUIRED
from analysis.questionnaire.read import TEMPLATE_PATH
from analysis.questionnaire.rules import RULES_PATH
from analysis.questionnaire.spellings import choice_key, match_key
from analysis.survey.collect import collect_survey

from conftest import DEMO
from rows import ASKED
from workbooks import make_cycle, make_two_cycles, procedure

GUIDELINE = DEMO / "data" / "raw" / "guideline" / "2024.toml"


def write_guideline(root: Path, *renamed: tuple[str, str]) -> Path:
    path = root / "data" / "raw" / "guideline" / "2024.toml"
    path.parent.mkdir(parents=True)
    text = GUIDELINE.read_text("utf-8")
    for old, new in renamed:
        text = text.replace(f'id = "{old}"', f'id = "{new}"')
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("hidden", "非表示の行にある手続き"),
        ("renamed", "名称が変わった手続き"),
        ("online", "オンライン化済手続き数"),
        ("reason_other", "未着手の理由：その他理由で不可"),
        # Of a first cycle, which has no changes, the name is taken as well.
        ("online_change", "オンライン化済手続き数の増減"),
        ("rule_id_twice", "検査規則：手続きIDは重複しない"),
    ],
)
def test_a_guideline_can_not_take_the_name_of_another_measure(
    tmp_path: Path, name: str, label: str
) -> None:
    write_guideline(tmp_path, ("identity_none", name), ("attachment_data", f"{name}_too"))
    with pytest.raises(SettingsError) as caught:
        load_findings(make_cycle(tmp_path, [procedure(1)]), collect_survey)
    assert "guideline/2024.toml の id と、それに _open を付けた名前のうち1件" in str(caught.value)
    assert re.search(rf"・{name}（.*）: 既に「{label}」の名前です。", str(caught.value))


def test_an_entry_can_not_take_the_name_of_anothers_open_procedures(tmp_path: Path) -> None:
    write_guideline(tmp_path, ("attachment_data", "identity_none_open"))
    with pytest.raises(SettingsError, match="・identity_none_open（"):
        load_findings(make_cycle(tmp_path, [procedure(1)]), collect_survey)


def test_every_measure_of_the_catalogue_has_a_name_of_its_own() -> None:
    names = [
        item.name
        for item in list_measures(
            read_guideline(GUIDELINE, ASKED),
            ASKED,
            Horizon(100, 5, 19),
            has_previous=True,
        )
    ]
    assert len(names) == len(set(names))


def test_every_rule_and_every_answer_has_a_name_of_its_own() -> None:
    codes = [rule["code"] for rule in tomllib.loads(RULES_PATH.read_text("utf-8"))["rule"]]
    assert len(codes) == len(set(codes))
    names = [one["name"] for one in tomllib.loads(TEMPLATE_PATH.read_text("utf-8"))["field"]]
    assert len(names) == len({*names} - {REQUIRED})
    titles = [match_key(field.header) for field in ASKED.fields]
    assert len(titles) == len(set(titles))
    for field in ASKED.fields:
        spellings = [choice_key(word) for word in (*field.choices.values(), *field.spellings)]
        assert len(spellings) == len(set(spellings)), field.name


def test_a_department_that_is_called_otherwise_in_the_cycle_before_is_told(tmp_path: Path) -> None:
    write_guideline(tmp_path)
    cycle = make_two_cycles(tmp_path, [[procedure(1)]], [[procedure(1)]])
    settings = cycle.raw_folder / "cycle.toml"
    settings.write_text(settings.read_text("utf-8").replace('"kankyo"', '"kankyou"'), "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_findings(open_cycle(cycle.name, tmp_path), collect_survey)
    assert "  ・環境部（slug = kankyo）\n  ・環境部（slug = kankyou）" in str(caught.value)
    assert "cycle.toml の slug を前回と同じに" in str(caught.value)


def test_departments_that_exchanged_their_slugs_are_told(tmp_path: Path) -> None:
    write_guideline(tmp_path)
    answers = [[procedure(1)], [procedure(2)]]
    cycle = make_two_cycles(tmp_path, answers, answers)
    settings = cycle.raw_folder / "cycle.toml"
    text = settings.read_text("utf-8").replace('"kankyo"', '"x"').replace('"kodomo"', '"kankyo"')
    settings.write_text(text.replace('"x"', '"kodomo"'), "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_findings(open_cycle(cycle.name, tmp_path), collect_survey)
    assert "別の部局または課が同じ名称です" in str(caught.value)
    assert "  ・こども部（slug = kankyo）\n" in str(caught.value)


def test_a_guideline_may_name_columns_and_answers_as_the_form_does(tmp_path: Path) -> None:
    path = write_guideline(tmp_path)
    text = path.read_text("utf-8")
    told = 'where = { identity = ["seal_certificate"] }'
    assert told in text
    asked = read_guideline(path, ASKED)
    meant = 'where = { "現在の本人確認" = ["実印＋印鑑証明"] }'
    path.write_text(text.replace(told, meant), "utf-8")
    assert read_guideline(path, ASKED) == asked
    both = 'where = { identity = ["seal_certificate"], "現在の本人確認" = ["none"] }'
    path.write_text(text.replace(told, both), "utf-8")
    with pytest.raises(SettingsError, match="現在の本人確認 = none"):
        read_guideline(path, ASKED)


def test_two_sections_of_a_guideline_have_two_numbers(tmp_path: Path) -> None:
    path = write_guideline(tmp_path)
    path.write_text(path.read_text("utf-8").replace('number = "4-2"', 'number = "4-1"'), "utf-8")
    with pytest.raises(SettingsError, match=r"guideline/2024\.toml.*\n.*4-1"):
        read_guideline(path, ASKED)
