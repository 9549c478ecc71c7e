"""Verify a delivered build: recompute every figure from the raw workbooks, compare every file.

What is stored in data/processed is not trusted. What differs is named with its reason: a file
edited after the build, an input changed since, a cell that now says something else.
"""

from dataclasses import dataclass
from functools import partial

from analysis.cycle import Cycle
from analysis.display import Display, Step
from analysis.errors import AnalysisError, list_examples
from analysis.report.findings import Findings, load_findings
from analysis.report.orphans import find_orphans, read_page
from analysis.report.plan import AUDIT_NAME, plan_reports
from analysis.report.proof.changes import (
    changes_more_than_answers,
    find_changed_corrections,
    find_changed_inputs,
    list_corrections,
)
from analysis.report.proof.compare import EVIDENCE, VALUES, WORDS, Pair, RowChanges, pair_figures
from analysis.report.proof.crate import write_crate
from analysis.report.proof.delivered import (
    find_changed_files,
    find_forged_record,
    list_files,
)
from analysis.report.proof.entities import CRATE_NAME
from analysis.report.proof.extracts import find_sources
from analysis.report.proof.origin import hash_file, list_inputs, mark_of, write_fingerprint
from analysis.report.proof.record import Record, read_record
from analysis.report.proof.side import Side, read_delivery, take_ledger
from analysis.report.proof.sources import Sources
from analysis.report.proof.taken import read_taken
from analysis.report.signing.signature import describe_signature
from analysis.survey.collect import collect_survey
from analysis.survey.survey import Survey
from analysis.survey.table.read_all import CHECKING, read_workbooks


@dataclass(frozen=True)
class Section:
    """One kind of difference: its title, how many there are, and its lines."""

    title: str
    count: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What a verification found: a summary, and a section for each kind of difference."""

    summary: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.sections

    def __str__(self) -> str:
        """Return the whole text to show."""
        lines = list(self.summary)
        for section in self.sections:
            lines += ["", f"{section.title}: {section.count:,}件", *section.lines]
        return "\n".join(lines)


def verify_reports(cycle: Cycle, display: Display | None = None) -> Verdict:
    """Verify the delivered reports of a cycle; `display` is told how far it has come.

    Raises ReportError when there are none or their crate can't be read; whatever else is wrong is
    in the verdict.
    """
    display = display or Display()
    record = read_record(cycle)
    folder, now = cycle.reports_folder, list_inputs(cycle)
    inputs = find_changed_inputs(record.inputs, now)
    forged = find_forged_record(folder, record)
    corrections: list[str] = []
    figures: list[Section] = []
    counted = "数値: 再計算できません。"
    findings: Findings | None = None
    try:
        corrections = find_changed_corrections(record.corrections, list_corrections(cycle))
        findings = load_findings(cycle, partial(_collect, display=display))
        pairs, figures = _verify_figures(findings, record, now)
        differing = sum(pair.differs_in((*VALUES, *WORDS, *EVIDENCE)) for pair in pairs)
        counted = f"数値: {len(pairs) - differing:,}/{len(pairs):,} 一致"
        figures.append(
            _list("頁に印刷された数字で、再計算と合わないもの", _check_pages(findings, display))
        )
    except AnalysisError as error:
        figures = [Section("数値を再計算できない理由", 1, (str(error),))]
    sources = Sources(cycle.name, now, {}, {}, read_taken(cycle))
    if findings is not None:
        sources = find_sources(findings.ledger, now)
    files = find_changed_files(folder, record, sources)
    if findings is not None and not (files or inputs or forged) and _is_edited(findings, sources):
        forged = [f"{CRATE_NAME} が、作成後に書き換えられています。"]
    good = len(record.files) - len(files.keys() & record.files.keys())
    proven = sum(
        making.fingerprint
        == write_fingerprint(
            sources.of(making.notebook, making.department), making.notebook, making.parameters
        )
        for making in record.makings
    )
    signatures, unsound = describe_signature(folder)
    summary = (
        f"reports/{cycle.name}/ を、data/raw/ の調査票から検証しました。",
        counted,
        f"ファイル: {good}/{len(record.files)} 一致",
        f"指紋: {proven}/{len(record.makings)} 一致",
        f"{CRATE_NAME} の SHA-256: {hash_file(folder / CRATE_NAME)}",
        *signatures,
    )
    sections = (
        _list("作成後に変わったファイル", [f"{name}: {what}" for name, what in files.items()]),
        _list("作成の記録と合わないもの", forged),
        _list("合わない署名", unsound),
        _list("作成後に変わった入力", inputs),
        _list("作成後に変わった訂正", corrections),
        *figures,
    )
    return Verdict(summary, tuple(section for section in sections if section.count))


def _verify_figures(
    findings: Findings, record: Record, now: dict[str, str]
) -> tuple[list[Pair], list[Section]]:
    """Return every figure, delivered and recomputed, and what differs grouped by its reason."""
    cycle = findings.cycle
    delivered = read_delivery("納品時", cycle.reports_folder, cycle.root)
    sides = (delivered, take_ledger("再計算", findings.ledger))
    pairs = pair_figures(*sides)
    groups: dict[str, list[str]] = {}
    moved = []
    for pair in pairs:
        if pair.differs_in((*VALUES, *WORDS)):
            line = f"      {pair.either['figure_id']}　{pair.either['label']}: {pair.say()}"
            groups.setdefault(_find_reason(sides, pair, record, now), []).append(line)
        elif pair.differs_in(EVIDENCE):
            moved.append(str(pair.either["figure_id"]))
    lines = [line for reason, own in groups.items() for line in (reason, *own)]
    differing = sum(len(own) for own in groups.values())
    return pairs, [
        Section("計算し直すと変わる数値（納品時 → 再計算）", differing, tuple(lines)),
        Section("値は同じで、根拠のセルが変わった数値", len(moved), (list_examples(moved),)),
    ]


def _collect(cycle: Cycle, display: Display) -> Survey:
    survey = collect_survey(cycle, partial(read_workbooks, display=display))
    display.finished(CHECKING)
    return survey


def _check_pages(findings: Findings, display: Display) -> list[str]:
    """Return a line for each page that prints a number otherwise, or one without evidence."""
    lines = []
    paths = sorted(findings.cycle.reports_folder.glob("*.html"))
    steps = [Step(path.stem, f"{path.name}　数字の検証") for path in paths]
    display.begin(steps)
    for path, step in zip(paths, steps, strict=True):
        page = read_page(path.read_text(encoding="utf-8", errors="replace"))
        wrong = find_orphans(page, findings)
        if wrong:
            lines.append(f"{path.name}: {len(wrong)}か所\n{list_examples(wrong)}")
        display.finished(step)
    return lines


def _find_reason(sides: tuple[Side, Side], pair: Pair, record: Record, now: dict[str, str]) -> str:
    """Say why a figure comes out otherwise: which cells, or what else."""
    if record.inputs == now:
        return "  ・入力は変わっていません。figures.csv が書き換えられています。"
    if pair.a is None or pair.b is None:
        there = "納品された" if pair.b is None else "いまの"
        return f"  ・{there} figures.csv にだけある数値です。"
    changes = RowChanges(sides, pair)
    # Of procedures paired otherwise than before no cell differs.
    if told := [text for key in changes.keys if (text := changes.describe(key))]:
        return list_examples(told)
    if changes_more_than_answers(record.inputs, now):
        return "  ・数えた行の違いではなく、設定・ガイドライン・プログラムなどの変更によります。"
    if not changes.are_known:
        return f"  ・数えた行は、納品された {AUDIT_NAME} からは比べられません。{sides[0].missing}"
    return "  ・数えた行は同じです。figures.csv が書き換えられています。"


def _is_edited(findings: Findings, sources: Sources) -> bool:
    """Say whether the crate is not the one that these inputs and files have."""
    folder = findings.cycle.reports_folder
    files = {name: mark_of((folder / name).read_bytes()) for name in list_files(folder)}
    crate = write_crate(findings, sources, plan_reports(findings.cycle), files)
    return crate != (folder / CRATE_NAME).read_bytes()


def _list(title: str, items: list[str]) -> Section:
    return Section(title, len(items), tuple(f"  ・{item}" for item in items))
