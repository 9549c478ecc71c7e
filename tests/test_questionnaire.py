"""What a survey asks can't be meant in two ways, and is refused with its line where it could."""

from pathlib import Path

import pytest

from analysis.errors import SettingsError
from analysis.questionnaire.read import TEMPLATE_PATH, default_questionnaire, read_questionnaire

from conftest import ROOT

FIELDS = """
[[field]]
name = "procedure_id"
header = "番号"
kind = "id"
width = 9
required = true

[[field]]
name = "section"
header = "担当"
kind = "text"
width = 9
required = true

[[field]]
name = "name"
header = "名"
kind = "text"
width = 9
required = true

[[field]]
name = "status"
header = "段階"
kind = "choice"
width = 9
required = true
choices = { done = "済んだ", none = "まだ" }
roles = { done = "online", none = "not_started" }
"""
EXTRA = '\n[[field]]\nname = "{name}"\nheader = "{header}"\nkind = "{kind}"\nwidth = 9\n{more}\n'


def extra(name: str = "mine", header: str = "自分", kind: str = "text", more: str = "") -> str:
    return FIELDS + EXTRA.format(name=name, header=header, kind=kind, more=more)


def choices(*labels: str, more: str = "") -> str:
    told = ", ".join(f'c{at} = "{label}"' for at, label in enumerate(labels))
    return extra(kind="choice", more=f"choices = {{ {told} }}\n{more}")


def read(folder: Path, text: str) -> object:
    path = folder / "survey.toml"
    path.write_text(text, encoding="utf-8")
    return read_questionnaire(path)


def test_this_projects_own_asks_what_the_template_does() -> None:
    own = ROOT / "examples" / "demo" / "data" / "raw" / "survey.toml"
    assert not own.exists()
    assert read_questionnaire(own) is default_questionnaire()
    assert read_questionnaire(TEMPLATE_PATH).field == default_questionnaire().field


def test_the_least_survey_has_what_the_program_looks_at_as_always_blank(tmp_path: Path) -> None:
    asked = read(tmp_path, FIELDS)
    assert not asked.named["reason"].is_asked  # type: ignore[attr-defined]
    assert asked.reasons == {}  # type: ignore[attr-defined]
    assert asked.routes == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (choices("○", "済"), "choices の言葉が重複"),
        (choices("費用", "費 用"), "choices の言葉が重複"),
        (choices("A", "ａ"), "choices の言葉が重複"),
        (choices("ー", "－"), "choices の言葉が重複"),
        (choices("1", "2"), "数字だけにはできません"),
        (choices("甲", "乙;丙", more="multiple = true"), "「；」は使えません"),
        (choices("甲", "乙", "甲、乙", more="multiple = true"), "いくつも選んだ回答と同じ"),
        (choices("甲", "乙", more='spellings = { "甲" = "乙" }'), "既に別の回答を指しています"),
        (
            choices("甲", "乙", more='spellings = { "Ａ" = "甲", "A" = "乙" }'),
            "既に別の回答を指しています",
        ),
        (choices("甲", more='spellings = { "丙" = "丁" }'), "「丁」は choices にありません"),
        (extra(header="番 号"), "「番 号」が重複しています"),
        (extra(header="段階　"), "重複しています"),
        *((extra(name=name), "プログラムが使う名前です") for name in (
            "row", "cycle", "steps", "hidden", "sheet", "department", "name_raw", "scope_all",
            "status_text", "annual_volume_missing", "pair_id", "paired_by", "kind", "code",
        )),
        (FIELDS.replace('"段階"', '"段階"\nsince = 2024-05-01'), "どの調査回でも"),
        (FIELDS.replace('none = "not_started"', 'none = "online"'), "not_started の状況が必要"),
        (extra("reason", kind="text"), "reason の kind は choice に"),
    ],
)  # fmt: skip
def test_what_can_be_meant_in_two_ways_is_refused_with_its_line(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert told in str(caught.value)
    assert "行目" in str(caught.value)


def test_words_of_the_rows_rules_are_those_that_there_are(tmp_path: Path) -> None:
    rule = '\n[[rule]]\ncode = "x"\nseverity = "error"\nfield = "status"\n'
    rule += 'when = {{ status = "done" }}\nmessage = "{said}"\n'
    for said in ("{header.__class__}", "{0}", "{x}", "{header!r}", "{header:>9}", "{"):
        with pytest.raises(SettingsError, match="の中に書けるのは"):
            read(tmp_path, FIELDS + rule.format(said=said))
    assert read(tmp_path, FIELDS + rule.format(said="{header}「{value}」"))
