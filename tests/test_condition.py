"""A rule's condition on the answers of one row, as the check, a form and a reader have it."""

import datetime
import tomllib

import pytest

from analysis.forms.conditions import write_formula
from analysis.forms.layout import Grid
from analysis.questionnaire.condition import read_condition, say_rule
from analysis.questionnaire.read import TEMPLATE_PATH, default_questionnaire
from analysis.questionnaire.rules import RULES_PATH, StatedRule, read_rule
from analysis.survey.broken import find_rows

from rows import list_columns, make_rows

AS_OF = datetime.date(2024, 9, 1)
NAMED = default_questionnaire().named
ASKED = [*default_questionnaire().list_field_rules(default_questionnaire().fields)]
GRID = Grid(default_questionnaire().fields, 1, 2)
SAID = {"title": "一つ。", "message": "二つ。", "action": "三つ。"}


def find(table: dict[str, str | list[str]], *answers: dict[str, str]) -> list[bool]:
    found = find_rows(read_condition(table, NAMED), list_columns(make_rows(*answers)), AS_OF)
    return [at in found for at in range(len(answers))]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ({"status": "online"}, [True, False, False]),
        ({"status": ["online", "started"]}, [True, True, False]),
        ({"reason": "blank"}, [True, True, False]),
        ({"reason": "filled"}, [False, False, True]),
        ({"reason": "blank", "status": "started"}, [False, True, False]),
    ],
)
def test_all_that_is_told_holds_at_once(
    table: dict[str, str | list[str]], found: list[bool]
) -> None:
    rows = {"status": "online"}, {"status": "started"}, {"status": "not_started", "reason": "other"}
    assert find(table, *rows) == found


def test_a_date_is_later_only_as_far_as_it_is_told() -> None:
    dates = ["2024-09-01", "2024-09-02", "2024-09", "2024-10", "2024"]
    answers = [{"online_date": date} for date in dates]
    later = find({"online_date": "later"}, *answers, {})
    assert later == [False, True, False, True, False, False]


def test_a_number_that_is_not_known_is_no_blank() -> None:
    kinds = ["blank", "unknown", "not_applicable", None]
    rows = {"annual_volume": [None, None, None, 12], "annual_volume_missing": kinds}
    for state, found in (("blank", [0]), ("filled", [1, 2, 3])):
        stated = read_condition({"annual_volume": state}, NAMED)
        assert find_rows(stated, rows, AS_OF) == found


def test_a_row_in_which_nothing_is_typed_has_no_blanks_in_a_form() -> None:
    blank = f'LEN(TRIM(SUBSTITUTE({GRID.cell("fee")},"\u3000","")))=0'
    formula = write_formula(read_condition({"fee": "blank"}, NAMED), GRID, AS_OF)
    assert formula.startswith("AND(COUNTA($A7:$")
    assert formula.endswith(f"7)>0,{blank})")
    told, yes = (
        read_condition({"fee": "blank", "attachment": ["yes", "no"]}, NAMED),
        GRID.cell("attachment"),
    )
    assert write_formula(told, GRID, AS_OF) == f'AND({blank},OR({yes}="あり",{yes}="なし"))'


def test_a_condition_says_itself() -> None:
    table: dict[str, str | list[str]] = {"fee": ["yes", "no"], "online_date": "later"}
    assert say_rule(read_condition(table, NAMED), "online_date", NAMED) == (
        "「手数料」が「あり」か「なし」のときは、「オンライン化時期」を調査の時点より後にしない。",
        "「手数料」が「あり」か「なし」ですが、「オンライン化時期」が調査の時点より後です。",
        "「手数料」か「オンライン化時期」を直してください。",
    )
    assert say_rule(read_condition(table, NAMED), "fee", NAMED).title == (
        "「オンライン化時期」が調査の時点より後のときは、「手数料」を「あり」か「なし」にしない。"
    )
    assert (
        say_rule(read_condition({"fee": "filled"}, NAMED), "fee", NAMED).title
        == "「手数料」を記入しない。"
    )


def test_the_answer_that_a_message_names_is_the_last_choice_but_the_one_to_blame() -> None:
    choices = {found.rule.code: found.when.find_choice(found.field) for found in ASKED}
    assert choices["reason_detail_missing"] == "reason"
    assert choices["online_date_unneeded"] == "status"
    assert choices["required_missing"] is None
    both = read_condition({"status": "online", "fee": "yes"}, NAMED)
    assert both.find_choice("fee") == "status"


def test_an_answer_called_as_what_may_be_said_of_any_is_refused() -> None:
    field = NAMED["fee"].model_copy(update={"choices": {"blank": "白紙"}})
    with pytest.raises(ValueError, match="条件の言葉と同じ"):
        read_condition({"fee": "blank"}, {"fee": field})


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"when": {"colour": "blank"}, "field": "colour"}, "調査にありません"),
        ({"when": {"status": "謎"}, "field": "status"}, "status には"),
        ({"when": {"status": []}, "field": "status"}, "status には"),
        ({"when": {"status": "later"}, "field": "status"}, "status には"),
        ({"when": {"status": ["online", "blank"]}, "field": "status"}, "status には"),
        ({"when": {"status": "blank"}, "field": "reason"}, "when の項目の一つ"),
        ({"when": {"status": "blank"}}, "when の項目の一つ"),
        ({"field": "status"}, "when の項目の一つ"),
        ({"message": ""}, "title、message、action"),
        ({"when": {"required": "blank"}, "field": "required", "title": ""}, "title、message"),
    ],
)
def test_what_is_no_condition_is_refused(stated: dict[str, object], told: str) -> None:
    rule = StatedRule.model_validate({"code": "x", "severity": "error"} | SAID | stated)
    with pytest.raises(ValueError, match=told):
        read_rule(rule, NAMED)


def test_a_rule_of_required_fields_is_one_of_each() -> None:
    required = [field.name for field in default_questionnaire().fields if field.required]
    rules = [found for found in ASKED if found.rule.code == "required_missing"]
    assert [rule.field for rule in rules] == required
    assert [rule.when.parts for rule in rules] == [((name, ("blank",)),) for name in required]


def test_a_rule_that_speaks_of_a_field_not_asked_for_does_not_hold() -> None:
    asked = [field for field in default_questionnaire().fields if field.name != "reason_detail"]
    rules = default_questionnaire()
    left = {*rules.rules} - {rule.code for rule in rules.list_rules(asked)}
    assert left == {"reason_detail_missing"}
    assert left.isdisjoint(found.rule.code for found in rules.list_field_rules(asked))


def test_the_words_that_a_rule_states_itself_stay() -> None:
    files = (tomllib.loads(path.read_text("utf-8")) for path in (RULES_PATH, TEMPLATE_PATH))
    for stated in (stated for file in files for stated in file["rule"]):
        rule = default_questionnaire().rules[stated["code"]]
        words = {name: getattr(rule, name) for name in SAID}
        assert words == words | {name: stated[name] for name in SAID if name in stated}
        assert all(words.values())
