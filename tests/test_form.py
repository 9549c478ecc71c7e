"""The form a department is sent: its last answers, what it may change, and how it helps."""

import datetime
import io
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.cli import main
from analysis.cycle import Cycle, open_cycle
from analysis.errors import SurveyError
from analysis.forms import write
from analysis.forms.cell_text import LONGEST_TEXT
from analysis.forms.new_cycle import begin_cycle
from analysis.forms.write import make_form, write_forms
from analysis.looks import COLOURS
from analysis.questionnaire.read import default_questionnaire
from analysis.questionnaire.rules import load_rules
from analysis.survey.collect import collect_survey
from analysis.survey.store import load_survey
from analysis.survey.table.fill import is_ditto
from analysis.texts import is_dash

from deliveries import copy_delivery, run
from rows import make_rows
from workbooks import make_cycle, not_started, procedure

NEXT = "2025-03-31"
NEXT_DAY = datetime.date.fromisoformat(NEXT)
FIELDS = [field.name for field in default_questionnaire().fields]
FORM = Path(f"data/processed/{NEXT}/forms/環境部.xlsx")


def make_next(root: Path, *contents: object) -> Cycle:
    """Make a cycle of these contents and the one after it."""
    make_cycle(root, *contents)
    return begin_cycle(NEXT, root)


def open_form(cycle: Cycle, rows: pd.DataFrame) -> Worksheet:
    content = make_form(cycle, cycle.departments[0], rows)
    return openpyxl.load_workbook(io.BytesIO(content))["調査票"]


def hand_in(cycle: Cycle) -> None:
    """Hand in the forms as they were sent out."""
    for form in write_forms(cycle):
        shutil.copy(form.path, cycle.raw_folder / form.path.name)


@pytest.mark.slow
def test_a_form_read_back_unchanged_gives_the_last_answers(
    demonstration: Path, tmp_path: Path
) -> None:
    root = copy_delivery(demonstration, tmp_path)
    last = collect_survey(open_cycle(None, root)).rows
    cycle = begin_cycle(NEXT, root)
    hand_in(cycle)
    survey = collect_survey(cycle)
    assert len(survey.rows) == 1758
    assert survey.rows[["department_slug", *FIELDS]].equals(last[["department_slug", *FIELDS]])
    assert "error" not in set(survey.problems["severity"])
    assert survey.workbooks["stated_total"].equals(survey.workbooks["procedures"].astype("Int64"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("online_date", "2024-04-01"),
        ("online_date", "2024-04"),
        ("name", "=1+1"),
        ("name", "+SUM(A1)"),
        ("name", "@届出"),
        ("name", "<r>届出</r>"),
        ("name", "_x0041_ & <b>"),
        ("name", "①髙﨑𠮷"),
        ("name", "あ" * LONGEST_TEXT),
        ("remarks", "2024/4/1"),
        ("procedure_id", "07-0101"),
        ("procedure_id", "1234"),
    ],
)
def test_an_answer_comes_back_as_it_was(tmp_path: Path, field: str, value: str) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    rows = make_rows({"law_kind": "statute", "online_date": "2024-01-01"} | {field: value})
    content = make_form(cycle, cycle.departments[0], rows)
    (cycle.raw_folder / "環境部.xlsx").write_bytes(content)
    survey = collect_survey(cycle)
    assert survey.rows[field].tolist() == [value]
    assert "error" not in set(survey.problems["severity"])


def at(name: str, row: int = 7) -> str:
    """The cell of a field in a form of the next cycle."""
    names = [field.name for field in default_questionnaire().list_fields(NEXT_DAY)]
    return f"{get_column_letter(1 + names.index(name))}{row}"


def test_what_no_cell_can_hold_is_put_so_that_the_form_opens(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    sheet = open_form(cycle, make_rows({"name": "a\x00b\x1b", "remarks": "長" * 40_000}))
    assert sheet[at("name")].value == "a\ufffdb\ufffd"
    assert len(sheet[at("remarks")].value) == LONGEST_TEXT


def test_answers_stand_as_what_they_are(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    rows = make_rows({"online_date": "2024-04-01", "fee": "yes"}, {"online_date": "2024-04"})
    rows["annual_volume"] = pd.array([120, None], dtype="Int64")
    sheet = open_form(cycle, rows)
    names = ("annual_volume", "status", "online_date", "fee", "remarks")
    assert [sheet[at(name)].value for name in names] == [
        120,
        "オンライン化済",
        datetime.datetime.fromisoformat("2024-04-01"),
        "あり",
        None,
    ]
    second = [sheet[at(name, 8)].value for name in ("annual_volume", "online_date")]
    assert second == [None, "2024年4月"]


def test_what_is_not_known_is_not_asked_for_again(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    kinds = ["unknown", "not_applicable", "blank"]
    sheet = open_form(cycle, make_rows({}, {}, {}).assign(annual_volume_missing=kinds))
    told = [sheet[at("annual_volume", row)].value for row in (7, 8, 9)]
    assert told == ["不明", "－", None]


def test_the_heading_says_whose_form_of_which_day_it_is(tmp_path: Path) -> None:
    sheet = open_form(make_next(tmp_path, [procedure(1)]), make_rows({}))
    heading = [[cell.value for cell in row] for row in sheet["A1:B4"]]
    assert heading == [
        ["調査票", None],
        ["（2025年3月31日時点）", None],
        ["部局名", "環境部"],
        ["記入者", None],
    ]
    fields = default_questionnaire().list_fields(NEXT_DAY)
    groups = [field.group or field.header for field in fields]
    begins = [at for at, group in enumerate(groups) if at == 0 or group != groups[at - 1]]
    merges, ends = set(), [*begins[1:], len(groups)]
    for begin, end in zip(begins, ends, strict=True):
        letters = get_column_letter(begin + 1), get_column_letter(end)
        assert sheet.cell(5, begin + 1).value == groups[begin]
        place = f"{letters[0]}5:{letters[1]}{5 if fields[begin].group else 6}"
        merges |= {place} - {f"{letters[0]}5:{letters[0]}5"}
    assert {"A5:F5", f"{at('remarks', 5)}:{at('remarks', 6)}"} <= merges
    assert {str(merge) for merge in sheet.merged_cells} == merges
    titles = [sheet.cell(6, column).value for column in range(1, len(fields) + 1)]
    assert titles == [field.header if field.group else None for field in fields]


def test_only_what_is_to_be_answered_is_unlocked(tmp_path: Path) -> None:
    sheet = open_form(make_next(tmp_path, [procedure(1)]), make_rows({}, {}))
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    last = at("remarks", 10)
    cells = [cell for row in sheet[f"A1:{last}"] for cell in row]
    locked = {cell.coordinate for cell in cells if cell.protection.locked}
    answers = {cell.coordinate for row in sheet[f"A7:{last}"] for cell in row}
    unlocked = answers - locked
    assert unlocked == answers - {"A7", "A8"}
    assert "B3" in locked
    assert "B4" not in locked
    assert sheet["C49"].protection.locked
    allowed = ("formatColumns", "formatRows", "autoFilter", "selectLockedCells")
    assert not any(getattr(sheet.protection, name) for name in allowed)
    assert sheet.protection.formatCells


def test_every_vocabulary_has_its_list_and_every_column_its_hint(tmp_path: Path) -> None:
    sheet = open_form(make_next(tmp_path, [procedure(1)]), make_rows({}))
    by_column = {}
    for rule in sheet.data_validations.dataValidation:
        letter = re.match("[A-Z]+", str(rule.sqref))
        assert letter
        by_column[letter.group()] = rule
    assert str(by_column["A"].sqref) == "A8:A47"
    for number, field in enumerate(default_questionnaire().list_fields(NEXT_DAY)):
        rule = by_column[get_column_letter(number + 1)]
        assert (rule.promptTitle, rule.prompt) == (field.header, field.help)
        assert field.help
        if field.choices:
            assert rule.type == "list"
            assert rule.formula1 == '"' + ",".join(field.choices.values()) + '"'
            assert str(rule.sqref).endswith(f"7:{get_column_letter(number + 1)}47")
    assert by_column["F"].formula1 == 'IF(ISNUMBER($F7),AND($F7>=0,$F7=INT($F7)),$F7="不明")'
    assert by_column["A"].formula1 == "SUMPRODUCT(--($A$7:$A$47=$A8))=1"


def test_an_answer_that_lacks_is_yellow_and_one_that_breaks_a_rule_is_orange(
    tmp_path: Path,
) -> None:
    sheet = open_form(make_next(tmp_path, [procedure(1)]), make_rows({}))
    colours: dict[str, list[str]] = {}
    for place, rules in sheet.conditional_formatting._cf_rules.items():
        fills = [f"#{rule.dxf.fill.bgColor.rgb[2:]}" for rule in rules]
        colours[str(place.sqref)[0]] = fills
    needed, doubtful = (COLOURS[name].upper() for name in ("needed", "doubtful"))
    expected = {
        "procedure_id": [needed, doubtful],
        **{name: [needed] for name in ("section", "name", "status", "reason_detail")},
        "online_date": [needed, doubtful, doubtful],
        "reason": [needed, doubtful],
    }
    assert {name: colours[at(name)[:1]] for name in expected} == expected


def test_rows_are_as_high_as_their_texts_and_grow_with_what_is_typed(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    rows = make_rows({"name": "短い"}, {"name": "長い名称" * 20})
    content = make_form(cycle, cycle.departments[0], rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    heights = dict(re.findall(r'<row r="([78])"[^>]* ht="([0-9.]+)"', sheet))
    assert float(heights["8"]) > 2 * float(heights["7"])
    assert "customHeight" not in sheet


def test_totals_stand_at_the_foot_with_their_values(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    rows = make_rows({}, {"status": "not_started", "reason": "other"}, {"status": "started"})
    content = make_form(cycle, cycle.departments[0], rows)
    formulas = openpyxl.load_workbook(io.BytesIO(content))["調査票"]
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["調査票"]
    assert [cell.value for cell in values[50][:9]] == [
        *("合計", "総手続き数", 3),
        *("オンライン化済", 1, "着手済", 1, "未着手", 1),
    ]
    assert formulas["E50"].value == '=COUNTIF($G$7:$G$49,"オンライン化済")'


def test_it_prints_on_a4_landscape_with_its_header_on_every_page(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    book = openpyxl.load_workbook(io.BytesIO(make_form(cycle, cycle.departments[0], make_rows({}))))
    assert book.sheetnames == ["調査票", "記入要領"]
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P / &N" in f"&{sheet.oddFooter.center.text}"
    assert book["調査票"].print_title_rows == "$5:$6"
    assert book["調査票"].freeze_panes == "D7"


def test_the_instructions_tell_of_every_column_and_no_rule_of_the_collectors(
    tmp_path: Path,
) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    book = openpyxl.load_workbook(io.BytesIO(make_form(cycle, cycle.departments[0], make_rows({}))))
    lines = [[cell.value for cell in row] for row in book["記入要領"].iter_rows()]
    titles = [line[1] for line in lines]
    for number, field in enumerate(default_questionnaire().list_fields(NEXT_DAY), start=1):
        line = lines[titles.index(field.header)]
        assert line[0] == number
        assert line[2] == ("必須" if field.required else None)
        assert line[3] == field.help
        assert line[4] == ("／".join(field.choices.values()) or None)
        assert line[5]
    assert "未着手の手続きには理由を記入する。" in titles
    assert "年間件数は、前回調査と桁違いにならない。" in titles
    told = [rule for rule in load_rules().values() if rule.title in titles]
    assert len(told) > 50
    for rule in told:
        # What a department is asked to do, it can do without our files.
        asked = rule.asked or rule.action
        assert not re.search(r"\.toml|\.csv|\[\[|data/raw|departments|target", asked), rule.code
        assert not rule.entry, rule.code


def test_the_instructions_of_a_first_cycle_speak_of_no_cycle_before(tmp_path: Path) -> None:
    (form,) = write_forms(make_cycle(tmp_path, None))
    rows = openpyxl.load_workbook(form.path)["記入要領"].iter_rows(values_only=True)
    titles = [str(row[1]) for row in rows]
    assert "未着手の手続きには理由を記入する。" in titles
    assert not [title for title in titles if "前回" in title]


def test_the_last_answers_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_next(tmp_path, [procedure(1)])
    read: list[str] = []

    def load(cycle: Cycle, *more: object) -> object:
        read.append(cycle.name)
        return load_survey(cycle)

    monkeypatch.setattr(write, "load_survey", load)
    code, output = run(tmp_path, "form")
    assert code == 0, output
    assert len(read) == 1


def test_a_first_cycle_and_a_new_department_get_an_empty_form(tmp_path: Path) -> None:
    first = make_cycle(tmp_path, None)
    (form,) = write_forms(first)
    assert form.procedures == 0
    sheet = openpyxl.load_workbook(form.path)["調査票"]
    assert sheet["A7"].value is None
    assert not sheet["A7"].protection.locked
    make_cycle(tmp_path, [procedure(1)])
    cycle = begin_cycle(NEXT, tmp_path)
    path = cycle.raw_folder / "cycle.toml"
    added = '\n[[departments]]\nname = "新部"\nslug = "shin"\nworkbook = "新部.xlsx"\n'
    path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")
    forms = write_forms(open_cycle(NEXT, tmp_path))
    assert [(form.department.name, form.procedures) for form in forms] == [
        ("環境部", 1),
        ("新部", 0),
    ]


def test_errors_in_the_last_answers_stop_the_forms(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1, status="謎")])
    with pytest.raises(SurveyError, match="調査回 2024-09-01 の調査票に誤りが1件"):
        write_forms(cycle)
    assert not (tmp_path / FORM).exists()


def test_a_form_for_a_department_that_sends_csv_is_a_workbook(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    path = cycle.raw_folder / "cycle.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("環境部.xlsx", "環境部.csv"))
    assert [form.path.name for form in write_forms(open_cycle(NEXT, tmp_path))] == ["環境部.xlsx"]


def test_two_forms_are_the_same_bytes_and_know_no_clock(tmp_path: Path) -> None:
    cycle = make_next(tmp_path, [procedure(1)])
    rows = make_rows({}, {"status": "started"})
    first = make_form(cycle, cycle.departments[0], rows)
    assert first == make_form(cycle, cycle.departments[0], rows)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "2025-03-31T00:00:00Z" in archive.read("docProps/core.xml").decode()


def test_the_command_lists_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_next(tmp_path, [procedure(1), not_started(2)], [procedure(3)])
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["form"])
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[-2:] == [
        "[1/2] kankyo  環境部　調査票の作成",
        "[2/2] kodomo  こども部　調査票の作成",
    ]
    assert result.stdout == (
        "data/processed/2025-03-31/forms/ に調査票を2件作成しました。各部局に送ってください。\n"
        "  環境部.xlsx　前回の2手続きを記入済み\n"
        "  こども部.xlsx　前回の1手続きを記入済み\n"
        "届いた調査票は data/raw/2025-03-31 に置いてください。\n"
    )


def is_kept(text: str) -> bool:
    """Tell whether a text is an answer to itself, and no lone dash or ditto mark."""
    return not is_dash(text) and not is_ditto(text)


# Text without blanks and invisible signs.
SIGNS = st.characters(categories=["L", "N", "P", "S"])
TEXTS = st.none() | st.text(SIGNS, min_size=1, max_size=30).filter(is_kept)
ANSWERS = st.fixed_dictionaries(
    {
        "section": st.just("環境政策課"),
        "name": TEXTS.map(lambda text: f"届出{text or ''}"),
        "law": TEXTS,
        "remarks": TEXTS,
        "status": st.sampled_from(["online", "started"]),
        "annual_volume": st.none() | st.integers(0, 999_999_999),
        "online_date": st.dates(datetime.date(1990, 1, 1), datetime.date(2024, 9, 1)).map(str)
        | st.dates(datetime.date(1990, 1, 1), datetime.date(2024, 9, 1)).map(lambda d: str(d)[:7]),
        "identity": st.none() | st.sampled_from(["seal_certificate", "in_person", "none"]),
        "fee": st.none() | st.sampled_from(["yes", "no"]),
    }
)


@pytest.fixture(scope="module")
def next_cycle(tmp_path_factory: pytest.TempPathFactory) -> Cycle:
    return make_next(tmp_path_factory.mktemp("next"), [procedure(1)])


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(ANSWERS, min_size=1, max_size=5))
def test_any_answers_come_back_as_they_were(
    next_cycle: Cycle, answers: list[dict[str, object]]
) -> None:
    volumes = pd.array([answer["annual_volume"] for answer in answers], dtype="Int64")
    rows = make_rows(*({**answer, "annual_volume": None} for answer in answers))
    rows["annual_volume"] = volumes
    content = make_form(next_cycle, next_cycle.departments[0], rows)
    (next_cycle.raw_folder / "環境部.xlsx").write_bytes(content)
    survey = collect_survey(next_cycle)
    for name in FIELDS:
        assert survey.rows[name].equals(rows[name]), name
    assert "error" not in set(survey.problems["severity"])


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, None)
    (tmp_path / "data" / "processed").write_text("a file where the folder should be")
    with pytest.raises(SurveyError) as caught:
        write_forms(cycle)
    assert str(caught.value).startswith(
        "data/processed/2024-09-01/forms/環境部.xlsx を書き込めません（"
    )
    assert "Excel などで開いていれば閉じ、" in str(caught.value)
