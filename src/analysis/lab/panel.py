"""The panel of one number as a page of its own, for a cell of JupyterLab to show below it."""

from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from analysis.cycle_toml import Target
from analysis.document import html, html_inline
from analysis.document.blocks import Group, Paragraph, Quoted, Shown
from analysis.errors import ReportError
from analysis.evidence.orphans import list_known_words, tell_difference
from analysis.evidence.sources import Origin
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.figure import split_id
from analysis.figures.findings import load_findings
from analysis.inputs import SHORT_LENGTH, list_inputs
from analysis.names import name_ledger
from analysis.reports.heading import head
from analysis.survey.opening import open_counted


def write_panel(root: Path, figure_id: str, printed: str = "", aimed: Target | None = None) -> str:
    """Return a page that prints one figure of the survey in a folder, with all of its evidence.

    It is the page of a report, panel and recount with it. `aimed` is the target of the cell that
    `printed` it, if not the settings'. Raises AnalysisError for a figure that there is not, for one
    that is another number than was printed, and where the answers can't be used.
    """
    findings = load_findings(open_counted(name_ledger(split_id(figure_id)[0]), root))
    if aimed is not None:
        findings = findings.aim(aimed)
    figure = findings.ledger.find(figure_id)
    known = list_known_words(findings)
    if printed and tell_difference(findings.ledger, figure_id, printed, known):
        raise ReportError(
            f"セルの「{printed}」は、いまの回答と設定で求めた値（{figure.text}）と違います。"
            "セルを実行し直してから、数値を押してください。"
        )
    said = Paragraph((Quoted(f"{figure.scope_name}　{figure.label}"), "：", Shown(figure)))
    masthead = head(findings, "数値の根拠")
    assumed = [masthead.notice] if findings.aimed and masthead.notice else []
    content = Markup(html.render(Group((*assumed, said))))  # noqa: S704  a block's own rendering
    figures = gather_printed(content, findings)
    fingerprint = Origin(list_inputs(findings.cycle), None, ()).write_fingerprint(None)
    return write_traced_page(
        masthead, content, [], findings, figures, fingerprint=fingerprint[:SHORT_LENGTH]
    )


def write_refusal(why: str) -> str:
    """Return a page that says why there is no panel."""
    return Markup('<!DOCTYPE html>\n<html lang="ja"><meta charset="utf-8"><p>{}</p></html>').format(
        html_inline.escape_text(why)
    )


def write_style() -> str:
    """Return the look of what cells show, and of the panel below one."""
    panel = files("analysis.lab") / "panel.css"
    return html.write_cell_style() + panel.read_text(encoding="utf-8")
