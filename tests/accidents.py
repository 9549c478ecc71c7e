"""A small survey drawn by chance, what its numbers are, and what may befall its files.

The numbers are counted here from the drawn answers alone, by none of the program's code.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from workbooks import FIELDS, TITLES, begin_settings, build_workbook

NOW, BEFORE = "2024-09-01", "2024-03-31"
DEPARTMENTS = {"kankyo": "環境部", "kodomo": "こども部"}
STATUSES = {"online": "オンライン化済", "started": "着手済", "not_started": "未着手"}
REASONS = {
    "not_considered": "未検討",
    "other": "その他理由で不可",
    "other_agency": "他機関の事務（市は受付のみ）",
    "law_prevents": "現行法制度上不可",
}
ROUTES = {
    "promote": ("not_considered", "other"),
    "lobby": ("other_agency", "law_prevents"),
}
FIRST_ROW = 6


@dataclass(frozen=True)
class Procedure:
    """What one department says of one procedure."""

    key: str
    department: str
    section: str
    status: str
    reason: str | None
    identity: str
    """Which procedure it is in truth, whatever its id says."""

    def line(self) -> dict[str, object]:
        return {
            "procedure_id": self.key,
            "section": self.section,
            "name": f"{self.identity}の届出",
            "law": f"{self.identity}条例",
            "annual_volume": 10,
            "status": STATUSES[self.status],
            "online_date": "2020-04-01" if self.status == "online" else None,
            "reason": None if self.reason is None else REASONS[self.reason],
            "reason_detail": "詳細" if self.reason == "other" else None,
        }


@dataclass
class Survey:
    """Two cycles of answers as they were meant, and the folder in which their files stand."""

    root: Path
    answers: dict[str, list[Procedure]]
    settings: dict[str, list[str]] = field(default_factory=dict)

    def folder(self, cycle: str = NOW) -> Path:
        return self.root / "data" / "raw" / cycle

    def of(self, slug: str, cycle: str = NOW) -> list[Procedure]:
        return [one for one in self.answers[cycle] if one.department == slug]

    def change(self, old: Procedure, new: Procedure, cycle: str = NOW) -> None:
        own = self.answers[cycle]
        own[own.index(old)] = new

    def open(self, slug: str = "kankyo", cycle: str = NOW) -> openpyxl.Workbook:
        return openpyxl.load_workbook(self.folder(cycle) / f"{DEPARTMENTS[slug]}.xlsx")

    def save(self, book: openpyxl.Workbook, slug: str = "kankyo", cycle: str = NOW) -> None:
        book.save(self.folder(cycle) / f"{DEPARTMENTS[slug]}.xlsx")

    def write(self) -> None:
        """Write both cycles' folders as the answers say."""
        for cycle in self.answers:
            self.folder(cycle).mkdir(parents=True, exist_ok=True)
            for slug, name in DEPARTMENTS.items():
                lines = [one.line() for one in self.of(slug, cycle)]
                build_workbook(lines, department=name).save(self.folder(cycle) / f"{name}.xlsx")
            self.write_settings(cycle)

    def write_settings(self, cycle: str = NOW, *replaced: tuple[str, str]) -> None:
        lines = [*begin_settings(cycle, BEFORE if cycle == NOW else None), "[answers]"]
        for slug, name in DEPARTMENTS.items():
            lines += ["[[departments]]", f'name = "{name}"', f'slug = "{slug}"']
            lines += [f'workbook = "{name}.xlsx"']
        text = "\n".join(lines)
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        (self.folder(cycle) / "cycle.toml").write_text(text, "utf-8")

    def count(self) -> dict[str, int]:
        """Return what each figure should be, by id."""
        figures: dict[str, int] = {}
        for cycle, answers in self.answers.items():
            for scope, own in self._list_scopes(answers):
                for name, number in _count_answers(own).items():
                    figures[f"{cycle}/{scope}/{name}"] = number
        names = ["total", "not_online", *STATUSES]
        scopes = {key.split("/")[1] for key in figures}
        for scope in scopes:
            for name in names:
                now, before = (figures.get(f"{c}/{scope}/{name}", 0) for c in (NOW, BEFORE))
                figures[f"{NOW}/{scope}/{name}_change"] = now - before
        return figures | self._count_moves()

    def _list_scopes(
        self, answers: Sequence[Procedure]
    ) -> Iterable[tuple[str, Sequence[Procedure]]]:
        yield "all", answers
        for slug in DEPARTMENTS:
            own = [one for one in answers if one.department == slug]
            yield slug, own
            for section in {one.section for one in own}:
                yield f"{slug}.{section}", [one for one in own if one.section == section]

    def _count_moves(self) -> dict[str, int]:
        before = {one.identity: one for one in self.answers[BEFORE]}
        now = {one.identity: one for one in self.answers[NOW]}
        both = [(before[key], now[key]) for key in now.keys() & before.keys()]
        return {
            f"{NOW}/all/new": len(now.keys() - before.keys()),
            f"{NOW}/all/abolished": len(before.keys() - now.keys()),
            f"{NOW}/all/went_online": sum(
                a.status != "online" and b.status == "online" for a, b in both
            ),
            f"{NOW}/all/left_online": sum(
                a.status == "online" and b.status != "online" for a, b in both
            ),
        }


def _count_answers(own: Sequence[Procedure]) -> dict[str, int]:
    found = {"total": len(own)}
    for status in STATUSES:
        found[status] = sum(one.status == status for one in own)
    found["not_online"] = found["started"] + found["not_started"]
    for reason in REASONS:
        found[f"reason_{reason}"] = sum(one.reason == reason for one in own)
    for route, reasons in ROUTES.items():
        found[f"route_{route}"] = sum(found[f"reason_{reason}"] for reason in reasons)
    return found


@st.composite
def surveys(draw: st.DrawFn) -> dict[str, list[Procedure]]:
    """Draw the answers of two departments in two cycles; some procedures are in one only."""
    numeric = draw(st.booleans())
    answers: dict[str, list[Procedure]] = {BEFORE: [], NOW: []}
    number = 0
    for slug in DEPARTMENTS:
        for _ in range(draw(st.integers(2, 4))):
            number += 1
            key = str(number) if numeric else f"{slug[:2].upper()}-{number:04}"
            section = draw(st.sampled_from(("総務課", "窓口課")))
            lived = draw(st.sampled_from(((BEFORE, NOW), (BEFORE, NOW), (NOW,), (BEFORE,))))
            if not any(one.department == slug for one in answers[NOW]):
                lived = (BEFORE, NOW)
            for cycle in lived:
                status = draw(st.sampled_from(tuple(STATUSES)))
                reason = draw(st.sampled_from(tuple(REASONS))) if status == "not_started" else None
                one = Procedure(key, slug, section, status, reason, _name(number))
                answers[cycle].append(one)
    return answers


def _name(number: int) -> str:
    """Return a name that is like no other."""
    return "墓犬川森道橋店車船旗鐘塔"[number % 12] * 3 + "甲乙丙丁"[number // 12]


Accident = Callable[[Survey, st.DataObject], tuple[str, ...]]
"""Does something to a survey's files and returns the names of which a message must give one.

Where what was meant is still plain, it changes the answers too, so that `count` tells the truth.
"""

ACCIDENTS: list[Accident] = []


def accident(happen: Accident) -> Accident:
    ACCIDENTS.append(happen)
    return happen


def _sheet(book: openpyxl.Workbook) -> Worksheet:
    return book["調査票"]


def _column(name: str) -> int:
    return FIELDS.index(name) + 1


@accident
def nothing_happens(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    return ()


@accident
def a_column_is_called_otherwise(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    name = data.draw(st.sampled_from(("reason", "status", "section", "online_date")))
    title = data.draw(st.sampled_from(("できない訳", "メモ")))
    book = survey.open()
    for row in (4, 5):
        cell = _sheet(book).cell(row, _column(name))
        if cell.value == TITLES[name]:
            cell.value = title
    survey.save(book)
    return ("環境部.xlsx",)


@accident
def a_column_is_deleted(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    name = data.draw(st.sampled_from(("reason", "status", "remarks", "system")))
    fields = [one for one in FIELDS if one != name]
    lines = [one.line() for one in survey.of("kankyo")]
    survey.save(build_workbook(lines, fields=fields))
    return ("環境部.xlsx",)


@accident
def the_workbook_has_another_name(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    name = data.draw(st.sampled_from(OTHER_NAMES))
    (survey.folder() / "環境部.xlsx").rename(survey.folder() / name)
    return (name, "環境部.xlsx")


OTHER_NAMES = (
    "【回答】環境部 (2).xlsx",
    "01_環境部.xlsx",
    "R7環境部.xlsx",
    "調査票（環境部）.xlsx",
    "様式1.xlsx",
)


@accident
def an_old_workbook_lies_beside(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    name = data.draw(st.sampled_from(OTHER_NAMES))
    old = data.draw(st.booleans())
    lines = [one.line() for one in survey.of("kankyo")][:-1]
    book = build_workbook(lines)
    if old:
        survey.open().save(survey.folder() / name)
        survey.save(book)
    else:
        book.save(survey.folder() / name)
    return (name,)


@accident
def two_departments_files_are_exchanged(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    books = survey.open("kankyo"), survey.open("kodomo")
    survey.save(books[0], "kodomo")
    survey.save(books[1], "kankyo")
    return ("環境部.xlsx", "こども部.xlsx")


@accident
def a_merge_covers_an_old_answer(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    book = survey.open()
    sheet = _sheet(book)
    row = FIRST_ROW + data.draw(st.integers(0, len(survey.of("kankyo")) - 1))
    left = _column(data.draw(st.sampled_from(("system", "reason", "annual_volume", "online_date"))))
    kept = sheet.cell(row, left + 1).value
    sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=left + 1)
    # What openpyxl clears, Excel's files may still hold.
    sheet._cells[row, left + 1] = openpyxl.cell.Cell(sheet, row, left + 1, kept)
    survey.save(book)
    return ("環境部.xlsx",)


@accident
def a_remark_has_a_date(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    book = survey.open()
    _sheet(book).cell(FIRST_ROW, _column("remarks")).value = "2026/2/10追加、3か所、No.1の様式"
    survey.save(book)
    return ()


@accident
def a_column_says_when_it_was_abolished(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    title = data.draw(st.sampled_from(("削除日", "廃止日", "廃止年月日")))
    book = survey.open()
    sheet = _sheet(book)
    sheet.cell(4, len(FIELDS) + 1).value = title
    row = FIRST_ROW + data.draw(st.integers(0, len(survey.of("kankyo")) - 1))
    sheet.cell(row, len(FIELDS) + 1).value = data.draw(
        st.sampled_from(("2024/8/1", "R6.8.1", "済"))
    )
    survey.save(book)
    return ("環境部.xlsx",)


@accident
def an_id_is_used_for_another_procedure(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    before = {one.key for one in survey.answers[BEFORE]}
    own = [one for one in survey.of("kankyo") if one.key in before]
    if not own:
        return ()
    old = data.draw(st.sampled_from(own))
    survey.change(old, replace(old, identity="竜宮城"))
    survey.write()
    return ("環境部.xlsx",)


@accident
def a_second_sheet_holds_a_table(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    book = survey.open()
    fields = FIELDS[: len(FIELDS) - data.draw(st.integers(0, 1))]
    if data.draw(st.booleans()):
        # The sheet that is meant has lost a title; the other one is whole.
        _sheet(book).cell(4, _column("remarks")).value = None
    lines = [one.line() for one in survey.of("kankyo", BEFORE)] or [survey.of("kankyo")[0].line()]
    other = _sheet(build_workbook(lines, fields=fields))
    sheet = book.create_sheet(data.draw(st.sampled_from(("前回分", "調査票 (2)", "Sheet1"))))
    top = data.draw(st.sampled_from((1, 4)))
    for line in other.iter_rows(min_row=top):
        for cell in line:
            if cell.value is not None:
                sheet.cell(cell.row - top + 1, cell.column).value = cell.value
    survey.save(book)
    return ("環境部.xlsx",)


@accident
def corrections_have_another_name(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    name = data.draw(st.sampled_from(MISNAMED))
    path = survey.folder() / name
    if data.draw(st.booleans()):
        path.mkdir()
    else:
        path.write_text("[[correction]]\n", "utf-8")
    return (name,)


MISNAMED = (
    "corrections.toml.txt", "correction.toml", "Corrections.toml", "corrections (1).toml",
    "訂正.toml", "match.csv", "matches.csv.csv", "cycle (2).toml",
)  # fmt: skip


@accident
def an_entry_of_the_guideline_has_a_taken_name(
    survey: Survey, data: st.DataObject
) -> tuple[str, ...]:
    path = survey.root / "data" / "raw" / "guideline" / "2024.toml"
    name = data.draw(st.sampled_from(("hidden", "renamed", "online", "reason_other", "total")))
    path.write_text(path.read_text("utf-8").replace('"identity_none"', f'"{name}"'), "utf-8")
    return ("2024.toml",)


@accident
def a_department_is_called_all(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    survey.write_settings(NOW, ('slug = "kodomo"', 'slug = "all"'))
    return ("cycle.toml",)


@accident
def the_previous_cycle_is_not_before(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    old, new = f'previous = "{BEFORE}"', f'previous = "{NOW}"'
    if data.draw(st.booleans()):
        survey.write_settings(NOW, (old, new))
    else:
        survey.write_settings(BEFORE, ("[target]", f"{new}\n[target]"))
    return ("cycle.toml", BEFORE)


@accident
def an_answered_row_has_the_id_of_a_total(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    own = survey.of("kankyo")
    at = data.draw(st.integers(0, len(own) - 1))
    key = data.draw(st.sampled_from(("{}合計", "合計", "計", "小計"))).format(own[at].key)
    book = survey.open()
    _sheet(book).cell(FIRST_ROW + at, _column("procedure_id")).value = key
    survey.save(book)
    survey.change(own[at], replace(own[at], key=key))
    return ("環境部.xlsx",)


@accident
def a_decision_is_of_another_time(survey: Survey, data: st.DataObject) -> tuple[str, ...]:
    gone = [one for one in survey.answers[BEFORE] if one not in survey.answers[NOW]]
    gone = [one for one in gone if one.key not in {now.key for now in survey.answers[NOW]}]
    if not gone:
        return ()
    line = f"{gone[0].key},,DX戦略課,2999-01-01,廃止"
    text = f"previous_id,current_id,decided_by,decided_on,reason\n{line}\n"
    (survey.folder() / "matches.csv").write_text(text, "utf-8")
    return ("matches.csv",)
