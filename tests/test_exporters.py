import base64
import hashlib
import html
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_output

from analysis.build.menu import ReportHtmlExporter, ReportPdfExporter
from analysis.document.blocks import Column, Paragraph, Quoted, Shown, Table
from analysis.document.document import read_document
from analysis.errors import ReportError
from analysis.evidence.exporters import pages_of

from reports import (
    MASTHEAD,
    ORIGIN,
    export_html,
    export_pdf,
    figure_of,
    findings_of,
    notebook_of,
    read_pdf,
    text_of,
)

LEAD = Paragraph(("オンライン化済は", Shown(figure_of("online", 627))), kind="lead")
TABLE = Table(
    "部局別", (Column("部局名"), Column("件数", numeric=True)), (("環境部", figure_of("t", 1)),)
)


def test_nbconvert_finds_both_exporters_by_name() -> None:
    assert get_exporter("analysis_html") is ReportHtmlExporter
    assert get_exporter("analysis_pdf") is ReportPdfExporter
    assert "報告書" in ReportHtmlExporter.export_from_notebook
    assert "報告書" in ReportPdfExporter.export_from_notebook


def test_the_masthead_is_the_title_and_the_only_first_heading() -> None:
    page = export_html(notebook_of(LEAD, prose="# ノートブックの題\n\n## 節"))
    assert '<html lang="ja">' in page
    assert re.search(r"<title>[^<]*着手状況調査結果", page)
    assert re.findall(r"<h1[^>]*>([^<]*)</h1>", page) == ["着手状況調査結果"]
    assert "ノートブックの題" not in page


def test_the_mark_of_an_interim_title_is_never_broken_over_two_lines() -> None:
    mark = "（暫定）"
    for length in range(20, 28):
        masthead = replace(MASTHEAD, title=f"{'あ' * length}{mark}")
        text = text_of(export_pdf(notebook_of(masthead=masthead)))
        assert text.count(mark) == text.replace("\n", "").count(mark) > 1, length


def test_the_sections_are_listed_with_links_that_lead_to_them() -> None:
    page = export_html(notebook_of(LEAD, prose="## 一つ目\n\n文。\n\n## 二つ目"))
    assert re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', page) == [
        ("section-1", "一つ目"),
        ("section-2", "二つ目"),
    ]
    assert '<a href="#section-2">二つ目</a>' in page


def test_a_page_needs_nothing_from_outside() -> None:
    page = export_html(notebook_of(LEAD, TABLE))
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', page) == []
    assert "@import" not in page
    assert "url(http" not in page
    assert ' style="' not in page
    assert re.findall(r"<script([^>]*)>", page) == [
        ' type="application/octet-stream" id="evidence-data"',
        "",
    ]


def test_a_page_allows_its_own_style_and_script_and_nothing_else() -> None:
    page = export_html(notebook_of(LEAD, TABLE))
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for _, text in re.findall(r"<(style|script)>(.*?)</\1>", page, re.DOTALL)
    ]
    assert html.unescape(re.search('Content-Security-Policy" content="([^"]*)"', page)[1]) == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_a_page_can_be_used_without_sight_and_without_a_mouse() -> None:
    page = export_html(notebook_of(LEAD, TABLE))
    assert 'name="viewport"' in page
    assert re.search(r'<a class="skip" href="#([^"]+)">', page)
    for landmark in ("<header", "<main", "<footer"):
        assert page.count(landmark) == 1


def test_code_is_never_shown() -> None:
    notebook = notebook_of(LEAD)
    assert "report.block" not in export_html(notebook)
    assert "report.block" not in text_of(export_pdf(notebook))


@pytest.mark.parametrize(
    "output",
    [
        new_output("stream", name="stdout", text="1131\n"),
        new_output("execute_result", data={"text/plain": "1131", "text/html": "<b>1131</b>"}),
        new_output("display_data", data={"image/png": "aaaa"}),
        new_output("error", ename="E", evalue="1131", traceback=[]),
    ],
    ids=["print", "frame", "picture", "error"],
)
def test_an_output_without_evidence_is_refused_with_its_cell(output: object) -> None:
    notebook = notebook_of(LEAD)
    notebook.cells.append(new_code_cell("x", outputs=[output]))
    for export in (export_html, export_pdf):
        with pytest.raises(ReportError, match=f"{len(notebook.cells)}番目のセル"):
            export(notebook)


def test_a_notebook_that_was_not_run_is_refused_and_says_what_to_do() -> None:
    notebook = notebook_of(masthead=None)
    for export in (export_html, export_pdf):
        with pytest.raises(ReportError, match="実行"):
            export(notebook)


@pytest.mark.parametrize(
    "prose", ["![図](x.png)", "> 引用", "```\ncode\n```", "<b>太字</b>", "---"]
)
def test_prose_that_one_of_the_two_can_not_show_is_refused_by_name(prose: str) -> None:
    with pytest.raises(ReportError, match=r"書き方(.|\n)*3番目のセル: \W*[^a-z]+$"):
        export_html(notebook_of(prose=prose))


@pytest.mark.parametrize(
    "link",
    [
        "[x](JaVa&#115;cript:alert(1))",
        "<javascript:alert(1)>",
        "[x][r]\n\n[r]: data:text/html,1",
        "[x](file:///etc/passwd)",
        "# [x](vbscript:1)",
        "[x](//example.org/a.html)",
        "[x](/etc/passwd)",
        "[x](../overview.html)",
        "[x](<a\\b.html>)",
        "[x](https:)",
        "[x]()",
        "[ ](https://example.org/)",
    ],
)
def test_a_link_that_could_do_harm_is_refused_with_its_cell_for_every_medium(link: str) -> None:
    # Nothing is written of a notebook that can't be read: no page, no PDF, no slides, no copy.
    with pytest.raises(ReportError, match=r"mailto: (.|\n)*3番目のセル: .*リンク"):
        read_document(notebook_of(prose=f"文です。\n\n{link}"))


def test_links_to_sites_mail_and_the_set_lead_there_in_both() -> None:
    sites = ("https://example.org/a?b=1", "mailto:dx@example.org", "overview.html#evidence")
    inside = "data/%E6%89%8B.csv"
    prose = "".join(f"[x]({site})\n" for site in (*sites, inside, "#section-1"))
    notebook = notebook_of(prose=prose)
    page = export_html(notebook)
    assert all(f'<a href="{site}">x</a>' in page for site in (*sites, inside, "#section-1"))
    pages = read_pdf(export_pdf(notebook)).pages
    links = [link.get_object()["/A"]["/URI"] for page in pages for link in page.get("/Annots", ())]
    assert links == [*sites, inside]


def test_prose_reads_the_same_in_both() -> None:
    prose = (
        "## 節\n\n**太字**と*斜体*と`code`と$x$と#let。\n改行\n\n- 一\n- 二\n\n1. 甲\n\n### 小節"
    )
    page, told = (
        export_html(notebook_of(prose=prose)),
        text_of(export_pdf(notebook_of(prose=prose))),
    )
    assert "<strong>太字</strong>" in page
    assert "<h3>小節</h3>" in page
    for text in ("太字", "斜体", "code", "$x$", "#let", "一", "甲", "小節"):
        assert text in page
        assert text in told


def test_a_pdf_is_the_same_bytes_in_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = notebook_of(LEAD, TABLE)
    first = export_pdf(notebook)
    other = tmp_path / "別の フォルダー"
    other.mkdir()
    monkeypatch.chdir(other)
    assert export_pdf(notebook) == first
    assert list(other.iterdir()) == []


def test_both_pages_together_are_those_made_one_by_one() -> None:
    notebook = notebook_of(LEAD, TABLE)
    document, findings = read_document(notebook), findings_of(notebook.metadata["figures"])
    made = pages_of(document, findings, ORIGIN)
    assert made == (export_html(notebook), export_pdf(notebook), None, None)


def test_a_pdf_keeps_ua_and_a_and_says_what_it_is() -> None:
    reader = read_pdf(export_pdf(notebook_of(LEAD, TABLE)))
    root = reader.trailer["/Root"]
    described = root["/Metadata"].get_data().decode()
    assert root["/Lang"].startswith("ja")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert re.search(r"<pdfuaid:part>1<", described)
    assert re.search(r"<pdfaid:part>3<", described)
    assert re.search(r"<pdfaid:conformance>A<", described)
    assert "着手状況調査結果" in reader.metadata["/Title"]
    assert reader.metadata["/CreationDate"].startswith("D:20240901")
    first, second, measures = reader.outline
    assert [first.title, second.title] == ["節", "数値の根拠"]
    assert len(measures) == 2


def test_every_page_of_invented_data_says_so() -> None:
    rows = tuple((Quoted(f"手続き{place}"), figure_of("t", 1)) for place in range(120))
    table = replace(TABLE, rows=rows)
    pages = read_pdf(export_pdf(notebook_of(table))).pages
    assert len(pages) > 1
    assert all("架空データ" in page.extract_text() for page in pages)
    assert "架空データ" in export_html(notebook_of(table))


def test_real_data_is_not_called_invented() -> None:
    notebook = notebook_of(LEAD, masthead=replace(MASTHEAD, demonstration=False))
    assert "架空" not in export_html(notebook)
    assert "架空" not in text_of(export_pdf(notebook))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")
def test_a_forked_process_reads_no_font_again() -> None:
    script = (
        "import os, typst\n"
        "from analysis.evidence import exporters\n"
        "fonts = exporters.load_fonts()\n"
        "def count(): return int(open('/proc/self/io').read().split()[1])\n"
        "if (child := os.fork()) == 0:\n"
        "    before = count()\n"
        "    text = '#set text(font: \"Noto Sans CJK JP\")\\nあ*あ*'.encode()\n"
        "    made = typst.compile(text, format='pdf', font_paths=fonts, ignore_system_fonts=True)\n"
        "    os._exit(len(made) < 2000 or count() - before > 1_000_000)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "0\n", done.stderr
