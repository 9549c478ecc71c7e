"""The guideline's sections and the target are data: others, or none, and everything else stands."""

import re
from pathlib import Path

import pytest

from analysis.build import jobs
from analysis.cycle import open_cycle
from analysis.errors import ReportError
from analysis.figures.findings import load_findings
from analysis.reports import guideline
from analysis.reports.plan import plan_reports
from analysis.survey.timeline import check_target

from conftest import LATEST
from deliveries import build, copy_delivery, reports_of, run

pytestmark = pytest.mark.slow

OTHERS = """
title = "電子申請の手引"
version = "第3版"
source = "手引 2024"
notes = []
goal = "すべての手続きを電子申請にします"

[[sections]]
number = "第7章"
title = "手数料 <A&B>"
paragraphs = ["手数料のある手続きは、電子納付を導入します。"]
columns = ["手続き", "方法"]
summary = "電子納付を導入"

[[sections.rows]]
id = "charged"
label = "電子納付"
cells = ["すべての手続き", "電子納付"]
where = {}
proposal = "手数料：電子納付"
"""


def change_settings(folder: Path, pattern: str, *, cycle: str = LATEST) -> None:
    """Take what matches out of a cycle's settings."""
    path = folder / "data" / "raw" / cycle / "cycle.toml"
    text = path.read_text(encoding="utf-8")
    changed = re.sub(pattern, "", text, flags=re.MULTILINE)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


@pytest.mark.usefixtures("remembered")
def test_a_guideline_of_other_sections_gives_a_report_of_these(
    delivery: Path, tmp_path: Path
) -> None:
    folder = copy_delivery(delivery, tmp_path / "project")
    (folder / "data" / "raw" / "guideline" / "2024.toml").write_text(OTHERS, encoding="utf-8")
    build(folder)
    page = (reports_of(folder) / "guideline.html").read_text(encoding="utf-8")
    assert re.findall('<h2 id="(section-[0-9])">([^<]*)</h2>', page) == [
        ("section-1", "このガイドラインについて"),
        ("section-2", "第7章 手数料 &lt;A&amp;B&gt;"),
    ]
    assert '<a href="#section-2">第7章 手数料 &lt;A&amp;B&gt;</a>' in page
    figure = load_findings(open_cycle(LATEST, folder)).ledger.figure("charged")
    assert f'href="#{figure.id}">{figure.text}</a>' in page
    department = (reports_of(folder) / "department-bunkasports.html").read_text(encoding="utf-8")
    assert "手数料：電子納付" in department
    code, said = run(folder, "verify")
    assert code == 0, said


@pytest.mark.usefixtures("remembered")
def test_a_cycle_without_a_guideline_has_no_report_of_it_and_misses_nothing(
    delivery: Path, tmp_path: Path
) -> None:
    folder = copy_delivery(delivery, tmp_path / "project")
    change_settings(folder, "^guideline = .*\n")
    build(folder)
    names = {path.name for path in reports_of(folder).iterdir()}
    assert not {name for name in names if name.startswith("guideline")}
    assert len([report.stem for report in plan_reports(open_cycle(LATEST, folder))]) == 8
    with pytest.raises(ReportError, match='"needs": "guideline" と書くと'):
        guideline.masthead(load_findings(open_cycle(LATEST, folder)))
    for path in reports_of(folder).glob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert "guideline.html" not in page
        assert "「」" not in page
    code, said = run(folder, "verify")
    assert code == 0, said


def test_a_cycle_without_a_target_is_asked_for_none(delivery: Path, tmp_path: Path) -> None:
    folder = copy_delivery(delivery, tmp_path / "project")
    page = (reports_of(folder) / "overview.html").read_text(encoding="utf-8")
    assert re.search("目標までの残り.*?2026年3月31日.*?までに.*?100%", page)
    change_settings(folder, r"^\[target\]\nrate_percent = .*\nby = .*\n")
    assert list(check_target(open_cycle(LATEST, folder))) == []
    build(folder)
    page = (reports_of(folder) / "overview.html").read_text(encoding="utf-8")
    assert "目標までの残り" not in page


def test_what_a_report_may_need_is_told(delivery: Path, tmp_path: Path) -> None:
    folder = copy_delivery(delivery, tmp_path / "project")
    path = folder / "notebooks" / "guideline.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"needs": "guideline"', '"needs": "target"'), encoding="utf-8")
    with pytest.raises(ReportError, match=r"guideline\.ipynb: report の needs"):
        plan_reports(open_cycle(LATEST, folder))


def test_what_is_wrong_with_a_guideline_is_told_before_any_report_is_begun(
    small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_delivery(small_project, tmp_path)
    path = folder / "data/raw/guideline/2024.toml"
    rules = "".join(
        f'[[tables.rules]]\ncode = "r{n}"\nlabel = "規則{n}"\nwhen = {{}}\ngives = ["{n}"]\n\n'
        for n in range(3_000)
    )
    head = '[[tables]]\ncode = "many"\ntitle = "多い表"\nrole = "ask"\nseveral = true\n\n'
    path.write_text(f"{path.read_text('utf-8')}\n{head}{rules}", "utf-8")
    monkeypatch.setattr(jobs, "make_report", lambda *_: pytest.fail("a report was begun"))
    code, said = run(folder, "report")
    assert code == 1
    assert "合わせて200までです（3,027あります）" in said
    _, checked = run(folder, "check")
    assert said.removeprefix("Error: ") in f"{checked}\n"
