"""Refuse what a spreadsheet could not recount: formulas too long, too deep or with too long texts.

Excel opens a workbook with one of them as a damaged one, so it is told where it was stated: by the
table of the guideline, the entry of measures.toml, or the figure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analysis.cycle import Cycle
from analysis.errors import SettingsError, list_examples
from analysis.figures.derived import Derivation, SheetLine
from analysis.figures.effort import column_of
from analysis.figures.formula import RowSheet, write_count
from analysis.figures.guideline import Guideline
from analysis.figures.item import Item
from analysis.figures.measure import Measure, Tallied, Total, parts_of
from analysis.inputs import MEASURES_NAME
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.settings import refuse_settings

_LONGEST_FORMULA, _DEEPEST, _LONGEST_TEXT, _MOST_ARGUMENTS = 8_192, 64, 255, 255
"""What Excel takes: signs in a formula, levels of functions, signs in a text, arguments."""

_FAR, _LAST = "XFD", 1_048_576
_FARTHEST = f"'今回の手続き'!{_FAR}{_LAST}"


class _FarSheet(RowSheet):
    """A sheet of which every address is as long as any can be."""

    @property
    def _letters(self) -> dict[str, str]:
        return dict.fromkeys(self.columns, _FAR)


def find_excess(formula: str) -> str | None:
    """Return what of a formula is more than Excel takes, in words; None if nothing is.

    >>> find_excess('=IF(A1="あり","はい","")') is None
    True
    >>> find_excess(f'=IF(A1="{"長" * 300}",1,2)')
    '数式の中の文字列が300字になります（Excel では255字まで）'
    """
    if len(formula) > _LONGEST_FORMULA:
        return f"数式が{len(formula):,}字になります（Excel では{_LONGEST_FORMULA:,}字まで）"
    # Texts stand at every other place; a doubled mark within one only makes it shorter here.
    parts = formula.split('"')
    longest, plain = max(map(len, parts[1::2]), default=0), "".join(parts[::2])
    # Nearly all have too few of either to be looked at sign by sign.
    is_doubted = plain.count("(") > _DEEPEST or plain.count(",") >= _MOST_ARGUMENTS
    deepest, most = _measure_functions(plain) if is_doubted else (0, 0)
    for found, limit, words in (
        (longest, _LONGEST_TEXT, "数式の中の文字列が{}字"),
        (deepest, _DEEPEST, "数式の中の関数が{}段"),
        (most, _MOST_ARGUMENTS, "一つの関数の引数が{}個"),
    ):
        if found > limit:
            return f"{words.format(found)}になります（Excel では{limit}{words[-1]}まで）"
    return None


def _measure_functions(formula: str) -> tuple[int, int]:
    """Return how many levels of functions there are, and the most arguments that one has."""
    deepest = most = 0
    arguments: list[int] = []
    for sign in formula:
        if sign == "(":
            arguments.append(1)
            deepest = max(deepest, len(arguments))
        elif sign == ")":
            most = max(most, arguments.pop())
        elif sign == "," and arguments:
            arguments[-1] += 1
    return deepest, most


def require_recountable(
    cycle: Cycle, guideline: Guideline, derivations: Iterable[Derivation], items: Sequence[Item]
) -> None:
    """Return if a spreadsheet takes the formulas of all figures and of what they count by.

    Else raise SettingsError: of the guideline's tables and the survey's own measures by line.
    """
    columns = dict(_find_long_columns(derivations))
    tables = {column_of(table): at for at, table in enumerate(guideline.tables)}
    of_tables = [(("tables", tables[name]), why) for name, why in columns.items() if name in tables]
    if of_tables and cycle.guideline_path is not None:
        refuse_settings(
            cycle.guideline_path,
            [(at, f"{why}。規則を別の表に分けてください") for at, why in of_tables],
        )
    asked = cycle.questionnaire
    own = {item.name: at for at, item in enumerate(i for i in items if i.is_own)}
    counts = dict(_find_long_counts(items, asked))
    if of_own := [(("measure", own[n], "where"), why) for n, why in counts.items() if n in own]:
        path = cycle.survey_path.with_name(MEASURES_NAME)
        refuse_settings(
            path, [(at, f"{why}。where の回答を減らしてください") for at, why in of_own]
        )
    labels = {item.name: item.label for item in items}
    if wrong := [*columns.items(), *((labels[name], why) for name, why in counts.items())]:
        raise SettingsError(
            f"監査用の表（audit.xlsx）に書けない数式が{len(wrong)}件できます。"
            "survey.toml の選択肢を減らすか、名を短くしてください。\n"
            + list_examples([f"{name}: {why}" for name, why in wrong])
        )


def _find_long_columns(derivations: Iterable[Derivation]) -> Iterator[tuple[str, str]]:
    line = SheetLine(
        here=lambda _: f"{_FAR}{_LAST}",
        beside=lambda _: _FARTHEST,
        paired_by="name",
        corrected=frozenset(),
    )
    for own in derivations:
        longest = max((own.unknown, *own.field.choices.values()), key=len)
        formula = own.write_cell(line, longest)
        if formula is not None and (why := find_excess(formula)):
            yield own.field.name, why


def _find_long_counts(items: Iterable[Item], asked: Questionnaire) -> Iterator[tuple[str, str]]:
    known: dict[Measure, str | None] = {}
    for item in items:
        for count in _list_counts(item.measure):
            if count not in known:
                known[count] = find_excess(_write(count, asked))
            if why := known[count]:
                yield item.name, why
                break


def _list_counts(measure: Measure) -> Iterator[Tallied]:
    if isinstance(measure, Tallied):
        yield measure
    for part in parts_of(measure):
        yield from _list_counts(part)


def _write(count: Tallied, asked: Questionnaire) -> str:
    summed = [count.field] if isinstance(count, Total) else []
    columns = (*count.where.fields, *summed, "scope_department")
    sheets: Mapping[str, RowSheet] = {count.table: _FarSheet("今回の手続き", columns, _LAST)}
    return write_count(count, "department", f"$A{_LAST}", sheets, asked)
