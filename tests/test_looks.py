"""One table of looks: every colour by its meaning, legible, and nowhere else."""

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from analysis.looks import (
    COLOURS,
    DARK,
    PARTS,
    PRINTED,
    SERIES,
    contrast,
    fill_css,
    fill_plain,
    fill_typst,
)

from conftest import ROOT

LEAST = 4.5
LEAST_OF_A_MARK = 3
TOLD_APART = 1.2
# What is written, and on what; by WCAG 2, 1.4.3.
WRITTEN = {
    "ink": ("paper",),
    **dict.fromkeys(
        ("night_ink", "night_text", "night_quiet", "night_link"), ("night", "night_shade")
    ),
    "text": ("paper", "shade", "hovered", "reached", "bad"),
    "quiet": ("paper", "shade"),
    "link": ("paper", "shade", "reached"),
    "paper": ("ink",),
    "sheet_head_text": ("sheet_head",),
    "error_text": ("error",),
    "sheet_link": ("paper",),
    "drawn": (
        "paper", "canvas", "corrected", "error", "warning", "form_head", "locked", "needed",
        "doubtful",
    ),
}  # fmt: skip
# What one must see to work with it, all on paper; by WCAG 2, 1.4.11.
MARKS = ("edge", "focus", "differs", "form_edge")
# What only parts what is told apart already.
BARE = ("line", "shadow", "night_line", "night_focus")
# What Excel's own names of black and white mean in a file that is read.
READ = {"files/styles.py": {"FFFFFF", "000000"}}
SOURCE = ROOT / "src" / "analysis"
_HEX = re.compile(r"(?<!&)#[0-9a-fA-F]{3,8}\b|(?<=[\"'])(?:FF)?[0-9A-Fa-f]{6}(?=[\"'])")
_OTHERWISE = re.compile(r"\b(?:luma|rgba?|cmyk|oklab|hsla?)\([^)]*\)")


def test_whatever_is_written_can_be_read() -> None:
    for ink, fills in WRITTEN.items():
        for fill in fills:
            assert contrast(COLOURS[ink], COLOURS[fill]) >= LEAST, (ink, fill)
    for look in (*PARTS.values(), *SERIES):
        assert contrast(look.ink, look.fill) >= LEAST, look
    for mark in MARKS:
        assert contrast(COLOURS[mark], COLOURS["paper"]) >= LEAST_OF_A_MARK, mark


def test_in_the_dark_it_can_be_read_too() -> None:
    for ink, fills in WRITTEN.items():
        for fill in {*fills} & {*DARK}:
            if ink in DARK:
                assert contrast(DARK[ink], DARK[fill]) >= LEAST, (ink, fill)
    for mark in {*MARKS} & {*DARK}:
        assert contrast(DARK[mark], DARK["paper"]) >= LEAST_OF_A_MARK, mark
    assert DARK.keys() < COLOURS.keys()


def test_every_colour_is_known_to_be_written_written_upon_or_bare() -> None:
    known = {*WRITTEN, *(fill for fills in WRITTEN.values() for fill in fills), *MARKS, *BARE}
    assert known == COLOURS.keys()


def test_contrast_is_as_wcag_has_it() -> None:
    """By the published examples: black, and the lightest grey that passes on white."""
    assert contrast("#000000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#777777", "#ffffff") < LEAST


def test_parts_of_a_whole_are_told_apart_by_lightness() -> None:
    for looks in (PARTS.values(), SERIES):
        greys = sorted((contrast(look.fill, "#000000"), look.fill) for look in looks)
        for (dark, one), (light, other) in pairwise(greys):
            assert light / dark > TOLD_APART, f"{one} and {other} are too alike: {light / dark:.2f}"


def test_no_colour_stands_anywhere_else() -> None:
    found = {}
    for path in SOURCE.rglob("*"):
        name = path.relative_to(SOURCE).as_posix()
        if path.suffix in {".py", ".css", ".typ", ".j2", ".js", ".toml"} and name != "looks.py":
            text = path.read_text(encoding="utf-8")
            colours = {*_HEX.findall(text), *_OTHERWISE.findall(text)} - READ.get(name, set())
            if colours:
                found[name] = colours
    assert found == {}


def test_a_colour_that_there_is_not_is_refused_by_its_name() -> None:
    for fill in (fill_css, fill_plain, fill_typst):
        with pytest.raises(KeyError, match="blu"):
            fill("a { color: $blu; }")


RENDER = """
import sys, zipfile
from pathlib import Path
from analysis.audit.workbook import write_audit
from analysis.document.chart import draw_parts
from analysis.document.rates_chart import draw_rates
from analysis.document.page import NAVIGATOR, load_page, load_template
from analysis.evidence import exporters
from analysis.figures.figure import PERCENT
from analysis.figures.findings import load_findings
from analysis.forms.returned.write import return_workbooks
from analysis.forms.write import write_forms
from analysis.looks import PARTS, SERIES
from analysis.survey.collect import collect_survey
from reports import UNASKED, export_pdf, figure_of, notebook_of
from workbooks import make_cycle, not_started, procedure

folder = Path(sys.argv[1])

def tell(name, text):
    (folder / name).write_text(text, "utf-8")

def tell_book(name, path):
    with zipfile.ZipFile(path) as book:
        tell(name, book.read("xl/styles.xml").decode())

tell("css", str(load_page(None).globals["style"]))
tell("navigator", str(load_template(*NAVIGATOR).globals["style"]))
looks = [PARTS, {f"m{place}": look for place, look in enumerate(SERIES)}]
parts = [[(n, figure_of(n, 1)) for n in own] for own in looks]
charts = [
    draw_parts(UNASKED, "図", own, figure_of("total", len(own)), of)
    for own, of in zip(parts, looks)
]
rate = figure_of("online_rate", 1, PERCENT)
charts.append(draw_rates("率", [("部", rate, rate)], rate))
tell("svg", "".join(chart.svg for chart in charts))
exporters.load_fonts()
compile = exporters.typst.compile
def keep(files, **options):
    tell("typ", files["main.typ"].decode())
    return compile(files, **options)
exporters.typst.compile = keep
assert export_pdf(notebook_of())

cycle = make_cycle(folder / "a", [procedure(1)])
(folder / "audit.xlsx").write_bytes(write_audit(load_findings(cycle, collect_survey)))
tell_book("audit", folder / "audit.xlsx")
tell_book("form", write_forms(cycle)[0].path)
faulty = [procedure(1, status="謎", online_date=None), not_started(2, reason="その他理由で不可")]
cycle = make_cycle(folder / "b", faulty)
tell_book("returned", return_workbooks(cycle, collect_survey(cycle))[0].path)
"""
MORE = {f"series {look.fill[1:]}" for look in SERIES[len(PARTS) :]}
# Where each colour of the table shows.
SHOWN = {
    "css": {
        "ink", "text", "quiet", "line", "edge", "shade", "paper", "shadow", "link", "focus",
        "hovered", "reached", "bad", "differs", "canvas", "drawn",
    },
    "navigator": {
        "ink", "text", "quiet", "line", "edge", "shade", "paper", "link", "focus", "hovered", "bad",
        "night", "night_ink", "night_text", "night_quiet", "night_line", "night_shade",
        "night_link", "night_focus", "canvas", "drawn",
    },
    "svg": {"ink", "edge", "paper", "drawn", *PARTS, *MORE},
    "typ": {"ink", *(f"printed {name}" for name in PRINTED)},
    "audit": {"sheet_head", "sheet_head_text", "corrected", "error", "error_text"},
    "form": {"form_head", "form_edge", "locked", "needed", "doubtful"},
    "returned": {"error", "warning", "sheet_link", "form_head", "form_edge"},
}  # fmt: skip


@pytest.mark.slow
def test_a_colour_changed_in_the_table_is_changed_wherever_it_shows(tmp_path: Path) -> None:
    """All of them at once, each to one of its own, in a copy of the package."""
    shutil.copytree(ROOT / "src", tmp_path / "src")
    changed = change_every_colour(tmp_path / "src" / "analysis" / "looks.py")
    path = os.pathsep.join(map(str, (tmp_path / "src", ROOT / "tests", ROOT / "examples")))
    command = [sys.executable, "-c", RENDER, str(tmp_path)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=True)
    assert {*changed} == set().union(*SHOWN.values())
    for name, meanings in SHOWN.items():
        told = (tmp_path / name).read_text(encoding="utf-8").upper()
        assert {meaning for meaning, (_, new) in changed.items() if new in told} == meanings, name
        # A department's workbook has colours of its own.
        stale = {old for old, _ in changed.values() if re.search(rf"{re.escape(old)}\b", told)}
        assert name == "returned" or not stale, name


def change_every_colour(table: Path) -> dict[str, tuple[str, str]]:
    """Write new colours into the table; return each one's old and new digits by its meaning."""
    changed = {}
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    in_the_dark = False
    for place, line in enumerate(lines):
        # The dark scheme has the same meanings again; a style tells it beside the light one.
        in_the_dark = line.startswith("DARK") or (in_the_dark and not line.startswith("}"))
        if in_the_dark:
            continue
        if entry := re.search(r'^    (?:"(\w+)": )?(?:Look\()?"(#|luma)([\w(%)]+)"', line):
            meaning, kind, old = entry.groups()
            meaning = meaning or f"series {old}"
            new = f"{place + 16:02X}7B{place + 16:02X}" if kind == "#" else f"({place % 60}.5%)"
            lines[place] = line.replace(f'"{kind}{old}"', f'"{kind}{new}"')
            changed[meaning if kind == "#" else f"printed {meaning}"] = (old.upper(), new)
    assert len(changed) == len(COLOURS) + len(PRINTED) + len(SERIES)
    table.write_text("".join(lines), encoding="utf-8")
    return changed
