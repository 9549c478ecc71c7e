"""Every kind of workbook, by a real writer of it, is read, or told for what it is.

The writers are those of the lock and, where it is installed, LibreOffice.
"""

import datetime
import io
from collections.abc import Callable

import pandas as pd
import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import MAC_EPOCH

from analysis.forms.returned.book import mark_workbook
from analysis.survey.survey import Survey
from writers import (
    add_macro,
    convert,
    save_again,
    write_binary,
    write_numbers,
    write_with_macros,
)

from archives import TYPES, unpack
from workbooks import (
    FIELDS,
    TITLES,
    build_workbook,
    describe_problems,
    hand_in,
    procedure,
    save_bytes,
)

ANSWERS = procedure(1, online_date=datetime.date(2024, 4, 1))
GOOD = save_bytes(build_workbook([ANSWERS]))
LINES = [["部局名", "環境部"], [], [TITLES[name] for name in FIELDS]]
LINES += [[ANSWERS.get(name) for name in FIELDS]]

SAVED = "Excel ブック（.xlsx）として保存し直してください。"
RENAMED = "ファイル名の変更だけでは直りません。"
MACROS = f"マクロを含むブックです（VBA）。Excel で開き、マクロのない {SAVED}"
ODS = (
    f"OpenDocument 形式（.ods）の表計算ファイルです。Excel か LibreOffice で開き、{SAVED}{RENAMED}"
)
OLD = f"古い形式（.xls）の Excel ファイルです。Excel で開き、{SAVED}{RENAMED}"
BINARY = f"Excel のバイナリ ブック（.xlsb）です。Excel で開き、{SAVED}{RENAMED}"
NUMBERS = (
    "Mac の Numbers のファイル（.numbers）です。"
    "Numbers で開き、［ファイル］→［書き出す］→［Excel］で"
    f" Excel ブック（.xlsx）に書き出してください。{RENAMED}"
)


def answers(survey: Survey) -> list[dict[str, object]]:
    rows = survey.rows[["procedure_id", "name", "annual_volume", "status", "online_date"]]
    return rows.to_dict("records")


RIGHT = [
    {
        "procedure_id": "K-001",
        "name": "届出その1",
        "annual_volume": 120,
        "status": "online",
        "online_date": "2024-04-01",
    }
]


def write_only() -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("調査票")
    for line in LINES:
        sheet.append(line)
    return save_bytes(workbook)


def from_1904() -> bytes:
    workbook = build_workbook([ANSWERS])
    workbook.epoch = MAC_EPOCH
    return save_bytes(workbook)


def by_xlsxwriter(**options: object) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, options) as workbook:
        sheet = workbook.add_worksheet("調査票")
        date = workbook.add_format({"num_format": "yyyy/m/d"})
        for row, line in enumerate(LINES):
            for column, value in enumerate(line):
                is_date = isinstance(value, datetime.date)
                sheet.write(row, column, value, *([date] if is_date else []))
    return buffer.getvalue()


def by_pandas(engine: str) -> bytes:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine=engine) as writer:
        for row, lines in ((0, LINES[:1]), (2, LINES[2:])):
            frame = pd.DataFrame(lines)
            frame.to_excel(writer, sheet_name="調査票", startrow=row, index=False, header=False)
    return buffer.getvalue()


# Kind of file -> its name and its content, which is read as any workbook is.
READ: dict[str, tuple[str, Callable[[], bytes]]] = {
    "openpyxl": ("環境部.xlsx", lambda: GOOD),
    "openpyxl, row by row": ("環境部.xlsx", write_only),
    "openpyxl, a workbook that may hold macros and holds none": (
        "環境部.xlsm",
        lambda: save_again(GOOD, macros=True),
    ),
    "openpyxl, a template": ("環境部.xltx", lambda: save_again(GOOD, template=True)),
    "openpyxl, a template that may hold macros": (
        "環境部.xltm",
        lambda: save_again(GOOD, macros=True, template=True),
    ),
    "openpyxl, days from 1904": ("環境部.xlsx", from_1904),
    "XlsxWriter": ("環境部.xlsx", by_xlsxwriter),
    "XlsxWriter, texts in their cells": (
        "環境部.xlsx",
        lambda: by_xlsxwriter(constant_memory=True),
    ),
    "XlsxWriter, large zip": ("環境部.xlsx", lambda: by_xlsxwriter(use_zip64=True)),
    "XlsxWriter, days from 1904": ("環境部.xlsx", lambda: by_xlsxwriter(date_1904=True)),
    "pandas by openpyxl": ("環境部.xlsx", lambda: by_pandas("openpyxl")),
    "pandas by XlsxWriter": ("環境部.xlsx", lambda: by_pandas("xlsxwriter")),
}

# Ending and filter of LibreOffice.
READ_FROM_LIBREOFFICE = [
    ("xlsx", "Calc MS Excel 2007 XML"),
    ("xlsx", "Calc Office Open XML"),
    ("xlsm", "Calc MS Excel 2007 VBA XML"),
    ("xltx", "Calc MS Excel 2007 XML Template"),
    ("csv", ""),
]
# File's ending, ending and filter of LibreOffice, and the sentence.
TOLD_FROM_LIBREOFFICE = {
    "a spreadsheet": (".ods", "ods", "calc8", ODS),
    "a template": (".ods", "ots", "calc8_template", ODS),
    "an old workbook": (".xls", "xls", "MS Excel 97", OLD),
}

# Kind of file -> its name, its content, and the sentence it gets.
TOLD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "XlsxWriter, macros": ("環境部.xlsm", lambda: write_with_macros(LINES[:3]), MACROS),
    "openpyxl, macros kept": (
        "環境部.xlsm",
        lambda: save_again(write_with_macros(LINES[:3]), macros=True),
        MACROS,
    ),
    "openpyxl, a template with macros": (
        "環境部.xltm",
        lambda: save_again(write_with_macros(LINES[:3]), macros=True, template=True),
        MACROS,
    ),
    "a binary workbook": ("環境部.xlsb", lambda: write_binary([["部局名", "環境部"]]), BINARY),
    "Numbers": ("環境部.numbers", write_numbers, NUMBERS),
}


@pytest.mark.parametrize("kind", READ)
def test_what_a_library_writes_is_read(tmp_path, kind):
    name, build = READ[kind]
    survey = hand_in(tmp_path, build(), name)
    assert (describe_problems(survey), answers(survey)) == ([], RIGHT)


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "program"), READ_FROM_LIBREOFFICE)
def test_what_libreoffice_writes_is_read(tmp_path, ending, program):
    content = convert(GOOD, tmp_path, ending, program or "Text - txt - csv (StarCalc):44,34,76")
    survey = hand_in(tmp_path, content, f"環境部.{ending}")
    assert (describe_problems(survey), answers(survey)) == ([], RIGHT)


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("ending", [None, ".xlsx"])
def test_a_kind_that_is_not_read_is_told_by_its_own_sentence_under_any_name(tmp_path, kind, ending):
    name, build, sentence = TOLD[kind]
    name = name if ending is None else f"環境部{ending}"
    assert describe_problems(hand_in(tmp_path, build(), name)) == [f"{name}: {sentence}"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", TOLD_FROM_LIBREOFFICE)
def test_a_kind_of_libreoffices_that_is_not_read_is_told(tmp_path, kind):
    ending, as_ending, program, sentence = TOLD_FROM_LIBREOFFICE[kind]
    content = convert(GOOD, tmp_path, as_ending, program)
    name = f"環境部{ending}"
    assert describe_problems(hand_in(tmp_path, content, name)) == [f"{name}: {sentence}"]


@pytest.mark.slow
def test_macros_that_libreoffice_wrote_are_told(tmp_path):
    survey = hand_in(tmp_path, add_macro(GOOD, tmp_path), "環境部.xlsm")
    assert describe_problems(survey) == [f"環境部.xlsm: {MACROS}"]


@pytest.mark.slow
def test_the_binary_workbook_of_these_tests_is_one_that_libreoffice_opens(tmp_path):
    source = write_binary([["id", "name"], ["K-001", "form"]])
    assert convert(source, tmp_path, "csv").split() == [b"id,name", b"K-001,form"]


@pytest.mark.parametrize("kind", READ)
def test_what_is_read_goes_back_as_the_workbook_that_its_name_says(tmp_path, kind):
    name, build = READ[kind]
    returned = mark_workbook(build(), name, [], [], datetime.date.max)
    types = unpack(returned)[TYPES]
    assert (b"template" in types, b"macroEnabled" in types) == (False, False)
    assert answers(hand_in(tmp_path, returned)) == RIGHT
