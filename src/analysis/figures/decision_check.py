"""What is wrong with the guideline's decision tables: unknown answers, gaps, overlaps.

Every combination of the answers that a table asks for must lead to a rule, and to one rule only
unless several may hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, combinations, product
from math import prod

from analysis.figures.decision_tables import (
    UNSETTLED,
    UNSETTLED_NAME,
    DecisionRule,
    DecisionTable,
    Grade,
)
from analysis.figures.questions import TableQuestion, ask_of
from analysis.questionnaire.spellings import match_key

_MOST_COMBINATIONS = 20_000
MOST_QUESTIONS = 8
"""How many of the survey's answers all tables may ask for: so many a person answers one by one."""

MOST_RULES = 200
"""How many rules all tables may have: each is counted, in every department and with its rows."""

Fault = tuple[tuple[str | int, ...], str]
"""What is wrong: the keys that lead to it, as `refuse_settings` takes them, and why."""


def name_by_code(
    tables: Sequence[DecisionTable], questions: Mapping[str, TableQuestion]
) -> list[DecisionTable]:
    """Return tables that name fields and answers by their codes, however they are written.

    They may be written by their titles and labels, too.
    """
    known, named = dict(questions), []
    for table in tables:
        rules = [_name_rule(rule, known) for rule in table.rules]
        named.append(table.model_copy(update={"rules": rules}))
        known.setdefault(table.code, ask_of(table))
    return named


def find_faults(
    tables: Sequence[DecisionTable],
    grades: Sequence[Grade],
    questions: Mapping[str, TableQuestion],
    quoted: str,
) -> Iterator[Fault]:
    """Yield all that is wrong with tables which name fields and answers by their codes.

    `quoted` is the guideline's text, in which the rules' words must stand.
    """
    ends = accumulate(len(table.rules) for table in tables)
    if many := [(at, end) for at, end in enumerate(ends) if end > MOST_RULES]:
        told = f"規則は、すべての表を合わせて{MOST_RULES}までです（{many[-1][1]:,}あります）"
        # To look at each beside each other would take longer than anybody waits.
        yield ("tables", many[0][0]), told
        return
    for at, grade in enumerate(grades):
        if grade.code in {own.code for own in grades[:at]}:
            yield ("grades", at, "code"), f"{grade.code} が重複しています"
    efforts = [at for at, table in enumerate(tables) if table.role == "effort"]
    if tables and len(efforts) != 1:
        at = efforts[1] if efforts else 0
        yield ("tables", at, "role"), "手間の段階を決める表（effort）を、一つだけ書いてください"
    known = dict(questions)
    for at, table in enumerate(tables):
        if table.code in known:
            yield ("tables", at, "code"), f"{table.code} は、項目かほかの表の名前です"
        faults = [
            *_find_in_table(at, table, known),
            *_find_in_rules(at, table, grades, quoted),
        ]
        yield from faults or _find_combinations(at, table, known)
        if not table.several:
            known.setdefault(table.code, ask_of(table))
    yield from _find_many(tables, questions)


def _find_many(
    tables: Sequence[DecisionTable], questions: Mapping[str, TableQuestion]
) -> Iterator[Fault]:
    """Yield the rule that asks for one answer too many.

    Who does not know an answer is asked all that any rule asks for.
    """
    asked: dict[str, None] = {}
    for at, table in enumerate(tables):
        for place, rule in enumerate(table.rules):
            asked |= dict.fromkeys(field for field in rule.when if field in questions)
            if len(asked) > MOST_QUESTIONS:
                told = "、".join(questions[field].title for field in asked)
                why = f"表が尋ねる項目は、合わせて{MOST_QUESTIONS}つまでです（{told}）"
                yield ("tables", at, "rules", place, "when"), why
                return


def _name_rule(rule: DecisionRule, known: Mapping[str, TableQuestion]) -> DecisionRule:
    titles = {match_key(question.title): name for name, question in known.items()}
    told: dict[str, list[str]] = {}
    for written, answers in rule.when.items():
        field = written if written in known else titles.get(match_key(written), written)
        # The same field by both of its names is told as one that there is not.
        field = written if field in told else field
        choices = known[field].choices if field in known else {}
        codes = {label: code for code, label in choices.items()}
        told[field] = [codes.get(own, own) for own in answers]
    return rule.model_copy(update={"when": told})


def _find_in_table(
    at: int, table: DecisionTable, known: Mapping[str, TableQuestion]
) -> Iterator[Fault]:
    if table.role == "effort" and table.several:
        yield ("tables", at, "several"), "手間の段階を決める規則は、一つだけが当たるものです"
    for place, rule in enumerate(table.rules):
        where = ("tables", at, "rules", place)
        if rule.code == UNSETTLED or rule.code in {own.code for own in table.rules[:place]}:
            yield (*where, "code"), f"{rule.code} は、既にある名前です"
        if rule.label in {UNSETTLED_NAME, *(own.label for own in table.rules[:place])}:
            yield (*where, "label"), f"「{rule.label}」は、既にある名前です"
        for field, codes in rule.when.items():
            if field not in known:
                yield (*where, "when"), f"{field} は、尋ねられる項目でも前の表でもありません"
                continue
            for code in codes:
                if code not in known[field].choices or codes.count(code) > 1:
                    why = "が重複しています" if code in known[field].choices else "はありません"
                    yield (*where, "when"), f"「{known[field].title}」に「{code}」という回答{why}"


def _find_in_rules(
    at: int, table: DecisionTable, grades: Sequence[Grade], quoted: str
) -> Iterator[Fault]:
    for place, rule in enumerate(table.rules):
        where = ("tables", at, "rules", place)
        if table.role != "effort" and rule.grade is not None:
            yield (*where, "grade"), "手間の段階を決める表（effort）だけに書いてください"
        if table.role == "effort":
            if rule.grade not in {grade.code for grade in grades}:
                yield (*where, "grade"), "grades にある段階の code を書いてください"
            if rule.step is None:
                yield (*where, "step"), "次にすることを書いてください"
        for words in rule.words:
            if words not in quoted:
                yield (*where, "words"), f"sections に、「{words}」という文言がありません"


def _find_combinations(
    at: int, table: DecisionTable, known: Mapping[str, TableQuestion]
) -> Iterator[Fault]:
    """Yield the combinations of answers to which no rule, or more than one, speaks."""
    if not table.several:
        for (_, one), (place, other) in combinations(enumerate(table.rules), 2):
            if (both := _find_both(one, other, table, known)) is not None:
                where = ("tables", at, "rules", place, "when")
                told = _say(both, known)
                yield where, f"規則「{one.label}」にも当たる回答があります（{told}）"
    domains = [list(known[field].choices) for field in table.fields]
    if (count := prod(map(len, domains))) > _MOST_COMBINATIONS:
        told = f"回答の組合せが{count:,}通りになります（{_MOST_COMBINATIONS:,}通りまで）"
        yield ("tables", at), f"{told}。表を分けてください"
        return
    gaps = [
        dict(zip(table.fields, codes, strict=True))
        for codes in product(*domains)
        if not any(all(map(rule.holds, table.fields, codes)) for rule in table.rules)
    ]
    if gaps:
        told = f"{_say(gaps[0], known)}" + (f" ほか{len(gaps) - 1}通り" if len(gaps) > 1 else "")
        yield ("tables", at), f"どの規則にも当たらない回答があります（{told}）"


def _find_both(
    one: DecisionRule, other: DecisionRule, table: DecisionTable, known: Mapping[str, TableQuestion]
) -> dict[str, str] | None:
    """Return answers that two rules both hold for, or None."""
    found = {}
    for field in table.fields:
        shared = [c for c in known[field].choices if one.holds(field, c) and other.holds(field, c)]
        if not shared:
            return None
        found[field] = shared[0]
    return found


def _say(answers: Mapping[str, str], known: Mapping[str, TableQuestion]) -> str:
    return "、".join(
        f"{known[field].title}＝{known[field].choices[code]}" for field, code in answers.items()
    )
