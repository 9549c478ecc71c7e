"""Read one cell: its value, the steps that led there, and what is wrong if there is none."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from openpyxl.utils.datetime import MAC_EPOCH

from analysis.questionnaire.field import BETWEEN, SEVERAL, Field, name_codes
from analysis.questionnaire.spellings import answer_key, digits_key, is_mark, match_key
from analysis.survey.answers.layout import fold_steps, lay_out
from analysis.survey.answers.numbers import MissingKind, UnreadableNumberError, parse_number
from analysis.survey.answers.steps import STEPS
from analysis.survey.dates import SERIAL_ORIGIN, UnreadableDateError, parse_date
from analysis.survey.lookup import Lookup
from analysis.survey.table.fill import is_ditto
from analysis.texts import is_dash

Value = str | int | None

_PARTED = re.compile(f"({BETWEEN.pattern})")

_ORDER = {code: at for at, code in enumerate(STEPS)}


class Answer(NamedTuple):
    """A cell as it was read: its value, the steps that changed it, and if there is none, why.

    `missing` is told of numbers only; `error` is the code of the rule that the text breaks.
    """

    value: Value = None
    steps: tuple[str, ...] = ()
    missing: MissingKind | None = None
    error: str | None = None

    @property
    def written_steps(self) -> str:
        """The codes of the steps, in the order in which an answer goes through them."""
        return "+".join(sorted(set(self.steps), key=_ORDER.__getitem__))


class _Cell(NamedTuple):
    """A cell that holds something: its text, what Excel holds it as, and its text on one line."""

    field: Field
    text: str
    kind: str
    line: str
    steps: tuple[str, ...]

    def taken(self, value: Value, *steps: str) -> Answer:
        """Return the cell's value, with the steps that led there beside those of the line."""
        return Answer(value, (*self.steps, *steps))


def read_answer(field: Field, text: str | None, kind: str | None, lookup: Lookup) -> Answer:
    """Return what a cell says; `kind` is what Excel holds it as, None for a blank cell.

    Of a number it is also said, if there is none, which kind of missing it is.
    """
    answer = _read_cell(field, text or "", kind, lookup)
    if field.kind != "number" or answer.value is not None or answer.missing is not None:
        return answer
    return answer._replace(missing="unreadable" if answer.error else "blank")


def _read_cell(field: Field, text: str, kind: str | None, lookup: Lookup) -> Answer:
    if kind in _UNREADABLE:
        return Answer(error=_UNREADABLE[kind])
    line, steps = lay_out(text)
    if kind is None or not line:
        return Answer(None, steps)
    if field.kind != "id" and is_ditto(line):
        return Answer(error="ditto_without_value")
    cell = _Cell(field, text, kind, line, steps)
    if is_dash(line) and field.kind not in ("choice", "number"):
        return cell.taken(None, "missing")
    try:
        return _READERS[field.kind](cell, lookup)
    except (UnreadableDateError, UnreadableNumberError) as error:
        return Answer(error=error.code)


def _read_choices(cell: _Cell, lookup: Lookup) -> Answer:
    """Return the codes of all that a cell holds, in the order of the form; of one unknown none."""
    if not cell.field.multiple or lookup.find_code(cell.field.name, cell.text) is not None:
        return _read_choice(cell, lookup)
    texts = list(_split_choices(cell, lookup))
    if len(texts) <= 1:
        return _read_choice(cell, lookup)
    answers = [_read_choice(cell._replace(text=text, line=text), lookup) for text in texts]
    if any(answer.error for answer in answers):
        return Answer(error="answer_unknown")
    chosen = {answer.value for answer in answers}
    value = SEVERAL.join(code for code in cell.field.choices if code in chosen) or None
    same = value is not None and name_codes(value, cell.field.choices) == cell.line
    steps = (step for answer in answers for step in answer.steps)
    return Answer(value, () if same else (*steps, "several"))


def _split_choices(cell: _Cell, lookup: Lookup) -> Iterator[str]:
    """Yield the texts that stand in a cell; a label may itself hold what parts them."""
    parts, at = _PARTED.split(cell.text), 0
    while at < len(parts):
        ends = range(len(parts), at, -2)
        texts = {end: "".join(parts[at:end]).strip() for end in ends}
        known = (end for end in ends if lookup.find_code(cell.field.name, texts[end]) is not None)
        end = next(known, at + 1)
        if texts[end]:
            yield texts[end]
        at = end + 1


def _read_choice(cell: _Cell, lookup: Lookup) -> Answer:
    code = lookup.find_code(cell.field.name, cell.text)
    if code is None:
        # An alias may give a dash a meaning; without one it says that nothing applies.
        is_none = is_dash(answer_key(cell.line)) or lookup.is_blank(cell.field.name, cell.text)
        return cell.taken(None, "missing") if is_none else Answer(error="answer_unknown")
    label = cell.field.choices[code]
    if cell.line == label:
        return cell.taken(code)
    if match_key(cell.line) == match_key(label):
        return cell.taken(code, *(fold_steps(cell.line) or ("width",)))
    if answer_key(cell.line) == answer_key(label):
        return cell.taken(code, *fold_steps(cell.line), "dash")
    return cell.taken(code, "mark" if is_mark(cell.line) else "alias")


def _read_id(cell: _Cell, _: Lookup) -> Answer:
    if cell.kind == "date":
        return Answer(error="id_unreadable")
    key = answer_key(cell.line)
    dash = () if key == match_key(cell.line) else ("dash",)
    return cell.taken(key, *fold_steps(cell.line), *dash)


def _read_number(cell: _Cell, _: Lookup) -> Answer:
    if cell.kind == "date" or _holds_small_digits(cell.text):
        return Answer(error="number_unreadable")
    # Of the whole text, as on one line two numbers may have become one.
    value, missing, taken = parse_number(digits_key(cell.text))
    folded = () if missing else fold_steps(cell.line)
    return cell.taken(value, *folded, *taken)._replace(missing=missing)


def _read_date(cell: _Cell, _: Lookup) -> Answer:
    if _holds_small_digits(cell.text):
        return Answer(error="date_unreadable")
    day_zero = MAC_EPOCH.date() if cell.kind == "number_1904" else SERIAL_ORIGIN
    iso, form = parse_date(digits_key(cell.text), day_zero=day_zero)
    return Answer(iso) if iso == cell.text else cell.taken(iso, *fold_steps(cell.line), form)


def _holds_small_digits(text: str) -> bool:
    """Tell whether a text holds ① or ², which folding would turn into plain digits."""
    return any(unicodedata.category(c) == "No" for c in text)


_UNREADABLE: dict[str | None, str] = {"formula": "formula_without_value", "error": "cell_error"}
_READERS: dict[str, Callable[[_Cell, Lookup], Answer]] = {
    "choice": _read_choices,
    "date": _read_date,
    "id": _read_id,
    "number": _read_number,
    "text": lambda cell, _: cell.taken(cell.line),
}
