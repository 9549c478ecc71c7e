"""Compare two versions of the guideline: their tables, and what procedures get by each."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from analysis.cycle import GUIDELINES, Cycle
from analysis.errors import EXAMPLES_SHOWN, ReportError
from analysis.figures.decision_tables import DecisionRule, DecisionTable
from analysis.figures.findings import load_findings
from analysis.figures.guideline import Guideline, read_guideline
from analysis.figures.questions import TableQuestion, list_asked_for, list_questions
from analysis.figures.reevaluate import Reevaluated, list_transitions, reevaluate
from analysis.place import require_room
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.reports.rule_tables import ANY, say_when
from analysis.survey.opening import open_counted
from analysis.survey.plain_csv import write_csv

_HEAD = ("手続きID", "部局", "課", "手続き", "手間（いま）", "手間（比べる版）", "違い")


def compare_versions(name: str, cycle_name: str | None, path: Path | None) -> tuple[str, bytes]:
    """Return what is told of a cycle under another version, and the CSV of its procedures.

    `name` is the file's, among the guidelines, or its path. Raises ReportError for one that there
    is not or that has no tables, SettingsError for one that can't be used, SurveyError if nothing
    can be written to `path`, and as `load_findings`.
    """
    if path is not None:
        require_room(path)
    cycle = open_counted(cycle_name)
    other = _find(name, cycle)
    findings = load_findings(cycle)
    asked, rows = cycle.questionnaire, findings.survey.rows
    versions = (findings.ledger.guideline, read_guideline(other, asked))
    for version, told in zip(versions, (cycle.settings.guideline or "", name), strict=True):
        if version.effort is None:
            raise ReportError(
                f"ガイドライン「{told}」には決定表（tables）がないので、比べられません。"
                if told
                else f"調査回 {cycle.name} の cycle.toml に guideline がないので、比べられません。"
            )
    changed = reevaluate(versions, asked, rows)
    laid = pd.DataFrame([_lay(own) for own in changed], columns=list(_HEAD), dtype="str")
    differences = list(_list_rule_differences(versions, asked))
    told = "\n".join(
        [
            f"ガイドラインの比較: {cycle.settings.guideline}（{versions[0].version}）"
            f" → {name}（{versions[1].version}）",
            f"規則の違い: {len(differences):,}件",
            *(f"  ・{line}" for line in differences),
            f"調査回 {cycle.name} で結果の変わる手続き: {len(changed):,}件",
            *_list_changed(changed),
        ]
    )
    return told, write_csv(laid)


def _find(name: str, cycle: Cycle) -> Path:
    """Return where a version stands; raise ReportError, with those that there are, for none."""
    folder = cycle.root / "data" / "raw" / GUIDELINES
    for path in (folder / name, Path(name)):
        if path.is_file():
            return path
    known = "、".join(sorted(own.name for own in folder.glob("*.toml"))) or "ありません"
    raise ReportError(
        f"ガイドライン「{name}」がありません。data/raw/{GUIDELINES} にあるもの: {known}"
    )


def _list_rule_differences(
    versions: tuple[Guideline, Guideline], asked: Questionnaire
) -> Iterator[str]:
    """Yield which grades, tables and rules are new, gone or otherwise."""
    grades = [{own.code: own for own in version.grades} for version in versions]
    for code in dict.fromkeys([*grades[0], *grades[1]]):
        if grades[0].get(code) != grades[1].get(code):
            told = [
                f"{own.label}（重み {own.weight or 'なし'}）" if own else "なし"
                for own in (side.get(code) for side in grades)
            ]
            yield f"段階「{code}」: {told[0]} → {told[1]}"
    tables = [{own.code: own for own in version.tables} for version in versions]
    words = [list_asked_for(version.tables, list_questions(asked)) for version in versions]
    for code in dict.fromkeys([*tables[0], *tables[1]]):
        before, after = (side.get(code) for side in tables)
        if before is None or after is None:
            own, what = (after, "加わった表") if before is None else (before, "なくなった表")
            yield f"{what}「{own.title if own else code}」"
        else:
            yield from _compare_rules(before, after, (words[0], words[1]))


def _compare_rules(
    before: DecisionTable,
    after: DecisionTable,
    words: tuple[Mapping[str, TableQuestion], Mapping[str, TableQuestion]],
) -> Iterator[str]:
    for code in dict.fromkeys([*before.named, *after.named]):
        old, new = before.named.get(code), after.named.get(code)
        if old is None and new is not None:
            asked = "、".join(say_when(new, words[1]).splitlines())
            yield f"{after.title}に加わった規則「{new.label}」（{asked}）"
        elif new is None and old is not None:
            yield f"{before.title}からなくなった規則「{old.label}」"
        elif old is not None and new is not None and old != new:
            sides = (_list_parts(old, words[0]), _list_parts(new, words[1]))
            told = [
                f"{part} {sides[0].get(part, ANY)} → {sides[1].get(part, ANY)}"
                for part in dict.fromkeys([*sides[0], *sides[1]])
                if sides[0].get(part) != sides[1].get(part)
            ]
            yield f"{after.title}の規則「{new.label}」: {'。'.join(told)}"


def _list_parts(rule: DecisionRule, words: Mapping[str, TableQuestion]) -> dict[str, str]:
    """Return what a rule says, part by part: its answers by their titles."""
    answers = (line.partition("：") for line in say_when(rule, words).splitlines())
    return {
        "名": rule.label,
        **{f"回答「{title}」": labels for title, _, labels in answers if labels},
        "結果": "、".join(rule.gives),
        "次にすること": rule.step or "なし",
        "段階": rule.grade or "なし",
        "文言": "、".join(rule.words) or "なし",
    }


def _list_changed(changed: list[Reevaluated]) -> Iterator[str]:
    """Yield the procedures by what their grade was and is, each with why."""
    for (before, after), own in list_transitions(changed).items():
        told = f"手間は同じ（{after}）" if before == after else f"手間: {before} → {after}"
        yield f"{told}　{len(own):,}件"
        for one in own[:EXAMPLES_SHOWN]:
            procedure_id, department, _, name = one.procedure
            yield f"  ・{procedure_id} {department}「{name}」"
            yield from (f"      {line}" for line in _say_why(one))
        if len(own) > EXAMPLES_SHOWN:
            yield f"  ……ほか{len(own) - EXAMPLES_SHOWN:,}件"


def _say_why(one: Reevaluated) -> Iterator[str]:
    for own in one.differences:
        because = f"（{own.because}）" if own.because else ""
        yield f"{own.table}: {own.before} → {own.after}{because}"


def _lay(one: Reevaluated) -> tuple[str, ...]:
    return (*one.procedure, *one.grades, "\n".join(_say_why(one)))
