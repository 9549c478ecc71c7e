"""The guideline as data: its wording, and which procedures each of its entries speaks of."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from analysis.cycle import SETTINGS_NAME, Cycle
from analysis.errors import SettingsError
from analysis.figures.decision_check import Fault, find_faults, name_by_code
from analysis.figures.decision_tables import DecisionRule, DecisionTable, Grade
from analysis.figures.measure import Where
from analysis.figures.questions import list_questions
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.settings import read_toml, refuse_settings

_YEAR = re.compile("(?:19|20)[0-9]{2}(?![0-9])")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GuidelineEntry(_Strict):
    """One line of the guideline, in the source's words.

    `where` names the survey's answers that put a procedure under it ({}: every procedure; absent:
    the survey doesn't ask, so it can't be counted); `id` then names its measures and `label` its
    column in a table. `proposal` is what a procedure's own line says, `note` what is doubtful in
    the source.
    """

    cells: list[str] = Field(min_length=1)
    id: str | None = Field(default=None, pattern=r"^[a-z][a-z_]*$")
    label: str | None = None
    where: dict[str, list[str]] | None = None
    proposal: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _is_named(self) -> "GuidelineEntry":
        if len({self.where is None, self.id is None, self.label is None}) > 1:
            raise ValueError("id、label、where は、すべて書くか、どれも書かないでください")
        if any(not codes or len(set(codes)) < len(codes) for codes in (self.where or {}).values()):
            raise ValueError("where の回答は、一つ以上を一度ずつ書いてください")
        return self

    @property
    def condition(self) -> Where | None:
        """Which procedures fall under the entry.

        >>> signed = {"identity": ["signature"]}
        >>> entry = GuidelineEntry(cells=["押印の廃止"], id="seal", label="押印", where=signed)
        >>> entry.condition == where(identity="signature")
        True
        """
        if self.where is None:
            return None
        return Where(tuple((field, tuple(codes)) for field, codes in self.where.items()))


class GuidelineBox(_Strict):
    """A titled list within a section."""

    title: str
    items: list[GuidelineEntry]


class Section(_Strict):
    """One section of the guideline: its text, its boxes and its table; the question it answers."""

    number: str
    title: str
    question: str = ""
    paragraphs: list[str]
    boxes: list[GuidelineBox] = []
    columns: list[str]
    rows: list[GuidelineEntry]
    footnotes: list[str] = []
    summary: str

    @property
    def entries(self) -> list[GuidelineEntry]:
        """Every entry of the section, in its order."""
        return [item for box in self.boxes for item in box.items] + self.rows


class Guideline(_Strict):
    """One version of the guideline. `source` names the document it was taken from.

    `heading` and `intro` are what the overview says of it.

    `tables` are its rules, read one after the other, and `grades` those of the effort; both may be
    left out.
    """

    title: str
    version: str
    source: str
    notes: list[str]
    goal: str
    heading: str = ""
    intro: str = ""
    sections: list[Section]
    grades: list[Grade] = []
    tables: list[DecisionTable] = []

    @property
    def counted(self) -> list[GuidelineEntry]:
        """The entries that the survey's answers can count."""
        return [e for section in self.sections for e in section.entries if e.id is not None]

    @property
    def proposals(self) -> list[GuidelineEntry]:
        """The entries that say what to do with a single procedure."""
        return [entry for entry in self.counted if entry.proposal is not None]

    @property
    def effort(self) -> DecisionTable | None:
        """The table that grades the effort; None in a version without tables."""
        return next((table for table in self.tables if table.role == "effort"), None)

    def list_graded(self, grade: Grade) -> list[DecisionRule]:
        """Return the rules that give a grade."""
        return (
            [rule for rule in self.effort.rules if rule.grade == grade.code] if self.effort else []
        )

    @property
    def rule_words(self) -> list[str]:
        """All texts of its tables and grades."""
        said = [text for grade in self.grades for text in (grade.label, grade.about)]
        for table in self.tables:
            said.append(table.title)
            for rule in table.rules:
                said += [rule.label, *rule.gives, *rule.words, *filter(None, [rule.step])]
        return said

    @property
    def text(self) -> str:
        """All that its sections say, in lines: what its rules may quote."""
        return "\n".join(
            line
            for section in self.sections
            for line in (
                *section.paragraphs,
                *(cell for entry in section.entries for cell in entry.cells),
                *section.footnotes,
                section.summary,
            )
        )


NO_GUIDELINE = Guideline(title="", version="", source="", notes=[], goal="", sections=[])
"""What a cycle quotes that names none."""


def read_guideline(path: Path | None, asked: Questionnaire) -> Guideline:
    """Read a version of the guideline; raise SettingsError with all that is wrong, by line."""
    if path is None:
        return NO_GUIDELINE
    guideline, questions = _name_answers(read_toml(path, Guideline), asked), list_questions(asked)
    tables = name_by_code(guideline.tables, questions)
    wrong = [
        *_find_wrong_sections(guideline, asked),
        *find_faults(tables, guideline.grades, questions, guideline.text),
    ]
    if wrong:
        refuse_settings(path, wrong)
    return guideline.model_copy(update={"tables": tables})


def _find_wrong_sections(guideline: Guideline, asked: Questionnaire) -> Iterator[Fault]:
    """Yield answers that the survey has not, and numbers and ids that are there twice."""
    fields = {field.name: field.choices for field in asked.fields if field.is_asked}
    numbers: set[str] = set()
    ids: set[str | None] = set()
    for at, section in enumerate(guideline.sections):
        if section.number in numbers:
            told = f"sections の number が重複しています: {section.number}"
            yield ("sections", at, "number"), told
        numbers.add(section.number)
        places = [
            *(
                (("sections", at, "boxes", box, "items", item), entry)
                for box, own in enumerate(section.boxes)
                for item, entry in enumerate(own.items)
            ),
            *((("sections", at, "rows", row), entry) for row, entry in enumerate(section.rows)),
        ]
        for where, entry in places:
            if entry.id is not None and entry.id in ids:
                yield (*where, "id"), f"id が重複しています: {entry.id}"
            ids.add(entry.id)
            for field, codes in (entry.where or {}).items():
                unknown = (code for code in codes if code not in fields.get(field, {}))
                for code in unknown:
                    told = f"{entry.id}: {field} = {code} という項目か回答は、調査票にありません"
                    yield (*where, "where"), told
    for at, table in enumerate(guideline.tables):
        if table.section is not None and table.section not in numbers:
            yield ("tables", at, "section"), f"{table.section} という番号の節はありません"


def _name_answers(guideline: Guideline, asked: Questionnaire) -> Guideline:
    """Return a guideline whose conditions name fields and answers by their codes.

    They may be written by their titles and labels on the form, too.
    """

    def name(entry: GuidelineEntry) -> GuidelineEntry:
        told = {}
        for written, answers in (entry.where or {}).items():
            field = asked.find_field(written)
            codes = {label: code for code, label in field.choices.items()} if field else {}
            # The same field by both of its names is told as one that there is not.
            key = field.name if field and field.name not in told else written
            told[key] = [codes.get(own, own) for own in answers]
        return entry if entry.where is None else entry.model_copy(update={"where": told})

    sections = []
    for section in guideline.sections:
        boxes = [
            box.model_copy(update={"items": list(map(name, box.items))}) for box in section.boxes
        ]
        rows = list(map(name, section.rows))
        sections.append(section.model_copy(update={"boxes": boxes, "rows": rows}))
    return guideline.model_copy(update={"sections": sections})


def require_in_force(guideline: Guideline, cycle: Cycle) -> None:
    """Raise SettingsError for a version of years that a cycle's reports can't know yet.

    A version that begins with no year is not dated. A report is written after the day that it is
    of, and may bring a guideline of the next year.
    """
    year = _YEAR.match(guideline.version)
    as_of = cycle.settings.as_of
    if year and int(year[0]) > as_of.year + 1:
        raise SettingsError(
            f"guideline/{cycle.settings.guideline}: 版（version = 「{guideline.version}」）が、"
            f"調査の時点（{as_of}）の翌年より後です。"
            f"\n調査回 {cycle.name} の {SETTINGS_NAME} の guideline か、版を正してください。"
        )
