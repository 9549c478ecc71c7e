"""The guideline's decision tables: every branch, every gap, and one grade for every procedure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from analysis.errors import SettingsError
from analysis.figures.decide import Decision, decide
from analysis.figures.decided import decide_rows
from analysis.figures.decision_check import find_faults
from analysis.figures.decision_tables import UNSETTLED, DecisionTable
from analysis.figures.effort import find_grade, list_grades
from analysis.figures.findings import Findings, load_findings
from analysis.figures.guideline import Guideline, read_guideline
from analysis.figures.questions import TableQuestion, list_questions
from analysis.survey.collect import collect_survey

from conftest import DEMO
from rows import ASKED
from workbooks import make_cycle, procedure

PATH = DEMO / "data" / "raw" / "guideline" / "2024.toml"
GUIDELINE = read_guideline(PATH, ASKED)
QUESTIONS = list_questions(ASKED)
PLAIN: Mapping[str, str | None] = {
    "stage": "started",
    "law_kind": "statute",
    "identity": "signature",
    "attachment": "no",
    "fee": "no",
}


def ask(**answers: str | None) -> Decision:
    return decide(GUIDELINE.tables, {**PLAIN, **answers})


def held(decision: Decision, table: str) -> tuple[str, ...]:
    (own,) = (one for one in decision.rulings if one.table.code == table)
    return own.codes


# source: report 2025-01-10, 4-1, 4-2 and 2-1; the efforts are the city's own.
@pytest.mark.parametrize(
    ("answers", "table", "rules"),
    [
        ({"identity": "seal_certificate"}, "identity_method", "card"),
        ({"identity": "in_person"}, "identity_method", "registered"),
        ({"identity": "signature"}, "identity_method", "photo"),
        ({"identity": "none"}, "identity_method", "entry"),
        ({"attachment": "no"}, "attachment_way", "none"),
        ({"in_house": "yes", "original_basis": "none"}, "attachment_way", "omit"),
        ({"in_house": "yes", "original_basis": "statute"}, "attachment_way", "omit_post"),
        ({"in_house": "no", "original_basis": "other"}, "attachment_way", "data"),
        ({"in_house": "no", "original_basis": "statute"}, "attachment_way", "post"),
        ({"law_kind": "ordinance", "identity": "in_person"}, "law_change", "ordinance"),
        ({"law_kind": "outline", "identity": "seal_certificate"}, "law_change", "outline"),
        ({"law_kind": "statute", "identity": "in_person"}, "law_change", "statute"),
        ({"law_kind": "outline", "identity": "signature"}, "law_change", "kept"),
        ({"identity": "signature", "fee": "no"}, "preparation", "form"),
        ({"identity": "none", "fee": "yes"}, "preparation", "payment"),
        ({"identity": "signature", "fee": "yes"}, "preparation", "form payment"),
        ({"identity": "none", "fee": "no"}, "preparation", "nothing"),
        ({}, "consult", "service"),
        ({"fee": "yes"}, "consult", "service settlement"),
        ({"law_kind": "ordinance"}, "consult", "service analogue"),
        ({"in_house": "yes", "original_basis": "none"}, "consult", "service simplify"),
        ({"stage": "reason_law_prevents"}, "effort", "others_first"),
        ({"stage": "reason_other_agency", "fee": None}, "effort", "others_first"),
        ({"law_kind": "ordinance", "identity": "in_person"}, "effort", "change_ordinance"),
        ({"law_kind": "outline", "identity": "in_person"}, "effort", "change_outline"),
        ({"stage": "reason_other", "fee": "yes"}, "effort", "take_payment"),
        ({"identity": "seal_certificate"}, "effort", "take_card"),
        ({"in_house": "no", "original_basis": "statute"}, "effort", "take_post"),
        ({"stage": "reason_not_considered"}, "effort", "publish_form"),
    ],
)
def test_a_branch_of_the_tables_is_taken(
    answers: dict[str, str | None], table: str, rules: str
) -> None:
    told = {"attachment": "yes"} if "original_basis" in answers else {}
    assert held(ask(**told, **answers), table) == tuple(rules.split())


def test_every_rule_is_in_the_walk() -> None:
    (marked,) = (
        mark.args[1]
        for mark in test_a_branch_of_the_tables_is_taken.pytestmark
        if mark.name == "parametrize"
    )
    walked = {(table, rule) for _, table, rules in marked for rule in rules.split()}
    assert walked == {(own.code, rule.code) for own in GUIDELINE.tables for rule in own.rules}


def list_combinations(
    tables: list[DecisionTable], *, blanks: bool = False
) -> Iterator[dict[str, str | None]]:
    """Yield every combination of the answers that the tables ask for."""
    fields = {field for table in tables for field in table.fields} & QUESTIONS.keys()
    domains = {
        name: [*QUESTIONS[name].choices, *([None] if blanks else ())] for name in sorted(fields)
    }
    for codes in product(*domains.values()):
        yield dict(zip(domains, codes, strict=True))


@pytest.mark.slow
def test_whoever_answers_all_gets_one_grade_and_whoever_does_not_is_told_what_is_missing() -> None:
    for answers in list_combinations(GUIDELINE.tables, blanks=True):
        decision = decide(GUIDELINE.tables, answers)
        (effort,) = decision.of("effort")
        if None not in answers.values():
            assert decision.missing == ()
        assert len(effort.codes) == 1
        assert decision.steps if effort.rules else effort.missing
        assert all(answers[field] is None for field in decision.missing)


def test_a_missing_answer_is_asked_for_only_where_it_decides() -> None:
    assert ask(original_basis=None).missing == ()
    assert ask(attachment="yes", in_house="yes").missing == ("original_basis",)
    waiting = ask(stage=None)
    assert waiting.effort is None
    assert waiting.missing == ("stage",)
    assert held(waiting, "effort") == (UNSETTLED,)


def count_grades(findings: Findings) -> Counter[str]:
    """Count the grades procedure by procedure, without a figure."""
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    counted = Counter[str]()
    for decision in decide_rows(guideline, asked, findings.survey.rows):
        if decision is not None:
            grade = find_grade(guideline, decision)
            assert decision.steps or decision.missing
            counted[grade.code if grade else UNSETTLED] += 1
    return counted


def test_every_procedure_of_the_demonstration_has_one_grade(findings: Findings) -> None:
    figure = findings.ledger.figure
    counted = count_grades(findings)
    grades = [code for code, _, _ in list_grades(findings.ledger.guideline)]
    assert counted == {
        code: figure(f"grade_{code}").value for code in grades if figure(f"grade_{code}").value
    }
    assert counted.total() == figure("not_online").value == 1131
    assert figure("not_online_volume").value == sum(
        figure(f"grade_{code}_volume").value or 0 for code in grades
    )
    rules = findings.ledger.guideline.effort
    assert rules is not None
    assert counted.total() == sum(figure(f"effort_{rule.code}").value or 0 for rule in rules.rules)


def write(folder: Path, *changed: tuple[str, str]) -> Path:
    text = PATH.read_text("utf-8")
    for old, new in changed:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "2024.toml"
    path.write_text(text, "utf-8")
    return path


def read(folder: Path, *changed: tuple[str, str]) -> Guideline:
    return read_guideline(write(folder, *changed), ASKED)


def find_line(folder: Path, marked: str) -> int:
    lines = (folder / "2024.toml").read_text("utf-8").splitlines()
    (line,) = (at for at, text in enumerate(lines, start=1) if marked in text)
    return line


def test_all_that_is_wrong_with_the_tables_is_told_by_its_line(tmp_path: Path) -> None:
    unknown = 'when = { identity = ["passport"] }'
    kept = 'when = { law_kind = ["ordinance", "outline"], identity = ["signature", "none"] }'
    overlap = kept.replace('"none"', '"in_person"')
    charge = 'when = { charge = ["yes"] }'
    paid = '\ngives = ["手数料の納め方（オンライン決済）"]'
    with pytest.raises(SettingsError) as caught:
        read(
            tmp_path,
            ('when = { identity = ["none"] }', unknown),
            (kept, overlap),
            ('when = { fee = ["yes"] }' + paid, charge + paid),
        )
    told, tables = (
        str(caught.value),
        "tables（{}行目）: どの規則にも当たらない回答があります（{}）。",
    )
    assert [line for line in told.splitlines() if line.startswith("  ・")] == [
        f"  ・tables.rules.when（{find_line(tmp_path, unknown)}行目）: "
        "「現在の本人確認」に「passport」という回答はありません。",
        f"  ・tables.rules.when（{find_line(tmp_path, overlap)}行目）: "
        "規則「条例・規則の改正が先」にも当たる回答があります"
        "（根拠区分＝条例・規則、現在の本人確認＝対面での身元確認等）。",
        f"  ・tables.rules.when（{find_line(tmp_path, overlap)}行目）: "
        "規則「要綱等の改正が先」にも当たる回答があります"
        "（根拠区分＝要綱等、現在の本人確認＝対面での身元確認等）。",
        "  ・"
        + tables.format(
            find_line(tmp_path, 'code = "law_change"') - 1,
            "根拠区分＝条例・規則、現在の本人確認＝不要 ほか1通り",
        ),
        f"  ・tables.rules.when（{find_line(tmp_path, charge)}行目）: "
        "charge は、尋ねられる項目でも前の表でもありません。",
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            ('in_house = ["no"], original_basis = ["other", "none"]', 'in_house = ["no"]'),
            "規則「データで提出」にも当たる回答があります",
        ),
        (
            (
                'identity_method = ["registered", "photo", "entry"], attachment_way = ["post"',
                'identity_method = ["photo", "entry"], attachment_way = ["post"',
            ),
            "どの規則にも当たらない回答があります（オンライン化までの段階＝着手済、",
        ),
        (('law_change = ["ordinance"]', 'consult = ["service"]'), "consult は、尋ねられる項目でも"),
        (('stage = ["reason_other_agency"', 'reason = ["other_agency"'), "reason は、尋ねられる"),
        (('code = "photo"', 'code = "card"'), "card は、既にある名前です"),
        (('label = "電子署名"', 'label = "入力・照合"'), "「入力・照合」は、既にある名前です"),
        (
            ('words = ["本人確認が不要な手続き"', 'words = ["本人確認の不要な手続き"'),
            "という文言がありません",
        ),
        (('code = "medium"', 'code = "light"'), "grades.code（"),
        (('code = "law_change"', 'code = "fee"'), "fee は、項目かほかの表の名前です"),
        (('role = "effort"', 'role = "effort"\nseveral = true'), "一つだけが当たるものです"),
        (('role = "effort"', 'role = "ask"'), "手間の段階を決める表（effort）を、一つだけ"),
    ],
)
def test_a_table_that_can_not_be_used_is_refused(
    tmp_path: Path, changed: tuple[str, str], told: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, changed)
    assert told in str(caught.value)


def test_tables_may_be_written_as_the_form_and_the_tables_name_them(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        ('when = { identity = ["signature"] }', 'when = { "現在の本人確認" = ["認印・自署"] }'),
        ('law_change = ["outline"]', '"条例・規則等の見直し" = ["要綱等の改正が先"]'),
        (
            'stage = ["reason_other_agency", "reason_law_prevents"]',
            '"オンライン化までの段階" = '
            '["未着手：他機関の事務（市は受付のみ）", "reason_law_prevents"]',
        ),
    )
    assert told == GUIDELINE


def test_a_version_without_tables_still_holds(tmp_path: Path) -> None:
    path = tmp_path / "2024.toml"
    path.write_text(PATH.read_text("utf-8").partition("[[grades]]")[0], "utf-8")
    guideline = read_guideline(path, ASKED)
    assert (guideline.tables, guideline.effort) == ([], None)
    assert [own.id for own in guideline.counted] == [own.id for own in GUIDELINE.counted]


def test_tables_that_ask_for_more_than_eight_answers_are_refused_by_their_rule() -> None:
    questions = {f"q{n}": TableQuestion(f"問{n}", {"yes": "はい"}, f"q{n}") for n in range(9)}
    tables = [
        DecisionTable.model_validate(
            {
                "code": f"table_{n}",
                "title": f"表{n}",
                "role": "ask",
                "several": True,
                "rules": [
                    {"code": "any", "label": "常に", "when": {}, "gives": ["甲"]},
                    {"code": "own", "label": "別", "when": {f"q{n}": ["yes"]}, "gives": ["乙"]},
                ],
            }
        )
        for n in range(9)
    ]
    assert [where for where, _ in find_faults(tables[:8], [], questions, "")][1:] == []
    *_, (where, why) = find_faults(tables, [], questions, "")
    assert where == ("tables", 8, "rules", 1, "when")
    assert "合わせて8つまでです（問0、問1" in why


def test_a_table_of_more_rules_than_a_formula_holds_is_refused_by_its_line(tmp_path: Path) -> None:
    text = PATH.read_text("utf-8")
    head, mark, efforts = text.partition('[[tables]]\ncode = "effort"')
    fields = ("stage", "law_kind", "identity", "fee")
    combinations = product(*(QUESTIONS[name].choices for name in fields))
    rules = ""
    for n, codes in enumerate(combinations):
        when = ", ".join(f"{f} = ['{c}']" for f, c in zip(fields, codes, strict=True))
        rules += f'[[tables.rules]]\ncode = "r{n}"\nlabel = "規則{n}"\ngives = ["甲"]\n'
        rules += f"when = {{ {when} }}\n"
    large = f'[[tables]]\ncode = "large"\ntitle = "大きな表"\nrole = "first"\n{rules}\n'
    cycle = make_cycle(tmp_path, [procedure(1)])
    assert cycle.guideline_path is not None
    cycle.guideline_path.write_text(head + large + mark + efforts, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_findings(cycle, collect_survey)
    line = len(head.splitlines()) + 1
    assert f"tables（{line}行目）: 数式が" in str(caught.value)
    assert "別の表に分けてください" in str(caught.value)
