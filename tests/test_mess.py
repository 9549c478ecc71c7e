"""Any tidy survey, written as a form and dressed in any mess, reads back equal."""

import datetime

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from analysis.forms.write import make_form
from analysis.survey.answers.layout import clean_text
from analysis.survey.collect import collect_survey
from analysis.survey.table.fill import is_ditto
from analysis.texts import is_dash

from mess import ALIASES, FIELDS, SPELLINGS, TITLES, Mess, Row, dress
from rows import make_rows
from workbooks import make_cycle

pytestmark = pytest.mark.slow

_KANJI = "環境政策課届出申請許可髙﨑𠮷①②第条（）ガぱヴ・ーA1 <&=+@'\""
_TEXTS = (
    st.text(alphabet=_KANJI, min_size=1, max_size=12)
    .map(lambda text: clean_text(text) or "")
    .filter(lambda text: text and not is_dash(text) and not is_ditto(text))
)
_NAMES = st.builds("{}{}".format, st.sampled_from(("届出", "申請①", "申請②", "=許可")), _TEXTS)
_AS_OF = datetime.date(2024, 9, 1)
_DATES = st.one_of(
    st.dates(datetime.date(1990, 1, 1), _AS_OF).map(datetime.date.isoformat),
    st.dates(datetime.date(1990, 1, 1), _AS_OF).map(lambda day: day.isoformat()[:7]),
    st.integers(1990, 2023).map(str),
)


@st.composite
def surveys(draw: st.DrawFn) -> list[Row]:
    """Draw one department's rows, section by section, that break no rule."""
    sections = draw(st.lists(_TEXTS.map("課{}".format), min_size=1, max_size=3, unique=True))
    rows: list[Row] = []
    for section in sections:
        for _ in range(draw(st.integers(1, 4))):
            row = {name: draw(_answers(name)) for name in FIELDS}
            row |= {"procedure_id": f"K-{len(rows) + 1:03}", "section": section}
            row["name"] = f"{row['name']}その{len(rows) + 1}"
            row["reason"] = row["reason"] if row["status"] == "not_started" else None
            row["online_date"] = row["online_date"] if row["status"] == "online" else None
            rows.append(row)
    return rows


def _answers(name: str) -> st.SearchStrategy[str | int | None]:
    field = FIELDS[name]
    if field.kind == "choice":
        known: st.SearchStrategy[str | int | None] = st.sampled_from(sorted(field.choices))
        return known if field.required or name == "reason" else st.none() | known
    if name == "online_date":
        return _DATES
    if field.kind == "number":
        return st.none() | st.integers(0, 999_999_999)
    return _NAMES if name == "name" else st.none() | _TEXTS


@st.composite
def messes(draw: st.DrawFn) -> Mess:
    """Draw a mess; a CSV file has the text of merged cells in the first of them."""
    columns = draw(st.permutations([*FIELDS]))
    for title in draw(st.lists(st.sampled_from(("No.", "窓口の混雑", "内部メモ")), unique=True)):
        columns.insert(draw(st.integers(0, len(columns))), title)
    renamed = draw(st.sets(st.sampled_from(sorted(TITLES))))
    return Mess(
        file=draw(st.sampled_from(("xlsx", "xlsx", "utf-8", "utf-8-sig", "cp932"))),
        left=draw(st.integers(0, 4)),
        notes=draw(st.integers(0, 5)),
        columns=tuple(columns),
        titles={name: draw(st.sampled_from(TITLES[name])) for name in sorted(renamed)},
        header_rows=draw(st.integers(1, 5)),
        sections=draw(st.sampled_from(("each", "once", "merged", "ditto"))),
        subtotals=draw(st.booleans()),
        blank_rows=draw(st.integers(0, 2)),
        repeated_header=draw(st.booleans()),
        foot=draw(st.booleans()),
        footnotes=draw(st.integers(0, 2)),
        hides_rows=draw(st.booleans()),
        other_sheets=draw(st.integers(0, 3)),
        marks=draw(st.booleans()),
        random=draw(st.randoms(use_true_random=True)),
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rows=surveys(), mess=messes())
def test_any_survey_dressed_in_any_mess_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], mess: Mess
) -> None:
    cycle = make_cycle(tmp_path_factory.mktemp("mess"), None, headers=ALIASES, answers=SPELLINGS)
    (department,) = cycle.departments
    form = make_form(cycle, department, make_rows(*rows))
    path = cycle.raw_folder / f"{department.name}.{mess.suffix}"
    path.write_bytes(dress(form, rows, department.name, mess))

    survey = collect_survey(cycle)

    errors = survey.problems[survey.problems["severity"] == "error"]
    assert errors["message"].tolist() == []
    assert _list_answers(survey.rows) == rows


def _list_answers(frame: pd.DataFrame) -> list[Row]:
    fields = [*FIELDS]
    plain = frame[fields].astype(object).where(frame[fields].notna(), None)
    return plain.to_dict("records")
