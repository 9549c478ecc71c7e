"""Approve a figure or a report: one line more at the end of the cycle's `approvals.csv`.

Nothing of what stands there is touched. The line is written by whoever runs the command under the
name that he gives: it proves nothing about who that was.
"""

import csv
import datetime
import io
from pathlib import Path

from analysis.cycle import APPROVALS_NAME, KEPT_NAME, Cycle
from analysis.errors import ReportError, SettingsError, say_why
from analysis.evidence.orphans import list_known_words, read_page, tell_difference
from analysis.figures.approvals import APPROVAL_COLUMNS, guard, read_approvals
from analysis.figures.approved import Basis, take_figure, take_report
from analysis.figures.figure import split_id
from analysis.figures.findings import Findings, load_findings
from analysis.figures.kept import read_kept, require_unaltered, seal, write_kept
from analysis.figures.named import load_named, read_id
from analysis.figures.nearest import name_nearest
from analysis.questionnaire.spellings import match_key
from analysis.reports.plan import Report, plan_reports
from analysis.survey.opening import open_delivered
from analysis.texts import find_encoding, holds_text

PROVES_NOTHING = (
    "この行は、書かれた名前の人が承認したことを証明しません。誰でも、どの名前でも書けます。"
)
_LONGEST = {"approved_by": 200, "note": 2000}
_MARK = "\ufeff"
_SHOWN = {"approved_by": "--by", "note": "--note"}


def write_approval(target: str, approved_by: str, note: str, approved_on: str | None) -> str:
    """Write an approval of a figure (its id) or of a report (`[<cycle>/]<report>`), and tell of it.

    A report is called by its stem, or by its title as the index has it; a figure as `load_named`
    and `read_id` take it.
    Raises FigureError and ReportError for what there is not, ReportError for a report that was made
    from other answers than today's, SettingsError for words and an `approvals.csv` that can't be
    taken.
    """
    words = {"approved_by": approved_by.strip(), "note": note.strip()}
    _require_words(words)
    day = _read_day(approved_on)
    if _names_figure(target):
        findings, figure_id = load_named(target)
        cycle, ledger = findings.cycle, findings.ledger
        figure = ledger.find(read_id(ledger, figure_id))
        name, basis = figure.id, take_figure(ledger, figure)
    else:
        day_name, _, stem = target.rpartition("/")
        cycle = open_delivered(day_name or None)
        name, basis = _take_delivered(cycle, load_findings(cycle), stem)
    _require_behind(day, cycle)
    line = {
        "target": name,
        "label": basis.label,
        "text": basis.text,
        "evidence_sha256": basis.evidence_sha256,
        **words,
        "approved_on": day,
        "kept": seal(basis.lines),
    }
    _append(cycle, [line[column] for column in APPROVAL_COLUMNS], basis)
    return (
        f"{name}（{basis.label}、{basis.text}）の承認を data/raw/{cycle.day}/{APPROVALS_NAME} に"
        f"書き足し、承認したものの内訳を同じフォルダーの {KEPT_NAME} に残しました。\n"
        f"{PROVES_NOTHING}"
    )


def _names_figure(target: str) -> bool:
    """Tell a figure's id from a report's name: of two parts, a report's begins with its cycle."""
    begin, *rest = target.split("/")
    return len(rest) > 1 or (len(rest) == 1 and not begin[:1].isdigit())


def _require_words(words: dict[str, str]) -> None:
    wrong = []
    for name, text in words.items():
        shown = _SHOWN[name]
        if name == "approved_by" and not text:
            wrong.append(f"{shown} に、承認した人の名前を書いてください。")
        if len(text.splitlines()) > 1 or not holds_text(text) or len(text) > _LONGEST[name]:
            wrong.append(f"{shown} は、{_LONGEST[name]}文字までの1行で書いてください。")
    if wrong:
        raise SettingsError("\n".join(wrong))


def _read_day(written: str | None) -> str:
    """Return the day of an approval: today, unless another is given that is no later."""
    today = _read_clock()
    try:
        day = today if written is None else datetime.date.fromisoformat(written)
    except ValueError:
        day = None
    if day is None or written not in (None, day.isoformat()):
        raise SettingsError("--on は 2024-09-01 のような日付で書いてください。")
    if day > today:
        raise SettingsError(
            f"--on の {day} は、今日（{today}）より後です。承認した日を書いてください。"
        )
    return day.isoformat()


def _require_behind(day: str, cycle: Cycle) -> None:
    """Return if an approval is not older than what it is of; one that is given ahead is today's."""
    as_of = cycle.settings.as_of.isoformat()
    if day < min(as_of, _read_clock().isoformat()):
        raise SettingsError(
            f"--on の {day} は、この調査回の時点（{as_of}）より前です。承認した日を書いてください。"
        )


def _read_clock() -> datetime.date:
    """Return today: only who writes an approval is held to it, never what is made of one."""
    return datetime.datetime.now(tz=datetime.UTC).astimezone().date()


def _take_delivered(cycle: Cycle, findings: Findings, stem: str) -> tuple[str, Basis]:
    """Return the name of a report that stands there and what an approval of it is of."""
    report = _find_report(cycle, stem)
    path = cycle.reports_folder / report.files[0]
    make = f"`analysis report {cycle.name}` で作成してから、承認してください。"
    try:
        printed = read_page(path.read_text(encoding="utf-8")).figures
    except (OSError, ValueError) as error:
        why = say_why(error) if isinstance(error, OSError) else "読めません"
        raise ReportError(f"reports/{cycle.name}/{path.name}: {why}。{make}") from None
    ledger, words = findings.ledger, list_known_words(findings)
    known = {figure_id: ledger.look_up(*split_id(figure_id)) for figure_id, _ in printed}
    stale = [
        figure_id for figure_id, text in printed if tell_difference(ledger, figure_id, text, words)
    ]
    if stale or not printed:
        told = f"（{stale[0]} など{len(set(stale))}件の数値が違います）" if stale else ""
        raise ReportError(
            f"reports/{cycle.name}/{path.name} は、今の回答から作られたものではありません{told}。"
            f"{make}"
        )
    return f"{cycle.name}/{report.stem}", take_report(ledger, report.title, known)


def _find_report(cycle: Cycle, called: str) -> Report:
    """Return the report of this stem, or of this title as the index has it."""
    plan = {report.stem: report for report in plan_reports(cycle)}
    titled = {match_key(report.title): report for report in plan.values()}
    for report in (plan.get(called), plan.get(cycle.name_file(called))):
        if report is not None:
            return report
    if (report := titled.get(match_key(called))) is not None:
        return report
    near = name_nearest(called, {stem: report.title for stem, report in plan.items()})
    raise ReportError(
        f"報告書「{called}」はありません。近いもの: {near}。"
        "すべての報告書は、報告書一覧（index.html）にあります。"
    )


def _append(cycle: Cycle, cells: list[str], basis: Basis) -> None:
    """Write a line at the end of the file, and what stood behind it; begin what there is not.

    What stood behind it comes first, and not again where it stands already.
    """
    read_approvals(cycle)
    kept, path = cycle.approvals_path.with_name(KEPT_NAME), cycle.approvals_path
    ends = [_find_end(own) for own in (kept, path)]
    if seal(basis.lines) not in read_kept(cycle):
        require_unaltered(cycle, basis.lines)
        _write(kept, ends[0] + write_kept(basis.lines, headed=ends[0] == _MARK))
    head = _write_line(APPROVAL_COLUMNS) if ends[1] == _MARK else ""
    _write(path, f"{ends[1]}{head}{_write_line(map(guard, cells))}")


def _find_end(path: Path) -> str:
    """Return what goes before a line that is added to a file: the mark of one that is begun."""
    content = path.read_bytes() if path.exists() else b""
    if content and find_encoding(content) not in ("utf-8", "utf-8-sig"):
        raise SettingsError(
            f"{path.parent.name}/{path.name}: 文字コードが UTF-8 ではないため、書き足せません。"
            "「CSV UTF-8（コンマ区切り）」で保存し直してください。"
        )
    if not content:
        return _MARK
    return "" if content.endswith((b"\n", b"\r")) else "\n"


def _write(path: Path, text: str) -> None:
    try:
        # At the end, whoever else writes there meanwhile; what stands there stays.
        with path.open("ab") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise SettingsError(f"{path.parent.name}/{path.name}: {say_why(error)}。") from None


def _write_line(cells: object) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)  # type: ignore[arg-type]
    return text.getvalue()
