"""How far the figures can be trusted: what was wrong with the answers, what they agree with."""

from collections.abc import Iterator
from itertools import groupby

from analysis.document.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Group,
    Inline,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.figures.definition import OTHER_FIELDS, field_name
from analysis.figures.findings import Findings
from analysis.figures.rounding import MINUS, NO_NUMBER
from analysis.figures.statuses import name_statuses
from analysis.inputs import leave_others, list_inputs
from analysis.names import say_day
from analysis.questionnaire.rules import SEVERITY_LABELS
from analysis.reports.heading import head_report
from analysis.reports.rules import list_pairings, show_rules
from analysis.reports.steps import show_steps
from analysis.survey.alike import Alike, choose_shown, gather_alike, name_places
from analysis.survey.problems import problems_from_frame

SHORT = "同じファイルの同じ内容の問題は、一行にまとめています。規則ごとの数は、次の表に示します。"


def masthead(findings: Findings) -> Masthead:
    """Return the head of the report."""
    return head_report(findings, "quality")


def problems(findings: Findings) -> Block:
    """Return the problems by cell, the rules, and how the cycles were paired.

    Errors stop a build, so what stands here are the others.
    """
    return Group((_list_problems(findings), show_rules(findings), list_pairings(findings)))


def _list_problems(findings: Findings) -> Table:
    """Return the problems of each file, alike ones in one row."""
    found = problems_from_frame(findings.survey.problems)
    known = findings.cycle.questionnaire.rules
    rows: list[tuple[Cell, ...]] = []
    is_short = False
    for _, own in groupby(found, key=lambda problem: problem.workbook):
        groups = gather_alike(own)
        shown, left = choose_shown(groups)
        rows += [_write_alike(alike) for alike in shown]
        rows += [
            (
                SEVERITY_LABELS[known[code].severity],
                Quoted(groups[0].first.workbook),
                None,
                f"ほかにも、この規則に反する回答があります: {known[code].title}",
                None,
            )
            for code in left
        ]
        is_short |= bool(left) or any(alike.count > 1 for alike in shown)
    return Table(
        caption="調査票の問題（集計を止めないもの）",
        columns=(
            Column("重さ", weight=2),
            Column("ファイル", weight=3),
            Column("セル", weight=3),
            Column("内容", weight=7),
            Column("対応", weight=6),
        ),
        rows=tuple(rows),
        headings=0,
        empty="問題は見つかりませんでした。",
        notes=(SHORT,) if is_short else (),
    )


def _write_alike(alike: Alike) -> tuple[Cell, ...]:
    problem = alike.first
    place = name_places(alike.problems, within_workbook=True, counted=False)
    return (
        SEVERITY_LABELS[problem.severity],
        Quoted(problem.workbook),
        Quoted(place) if place else None,
        Quoted(problem.message),
        Quoted(problem.action),
    )


def reconciliation(findings: Findings) -> Block:
    """Return every published value beside the figure recomputed; a difference as loud as can be."""
    ledger = findings.ledger
    published = ledger.tables.current["published"]
    if findings.cycle.is_interim:
        return Paragraph(("暫定の報告書のため、公表値とは照合していません。",))
    if published.empty:
        return Paragraph(("この調査回には公表値がないため、照合していません。",))
    agreeing, differing = ledger.figure("published_agreeing"), ledger.figure("published_differing")
    whole = ("公表値", Shown(ledger.figure("published")))
    said: tuple[Inline, ...] = (*whole, "は、", Strong(("すべて再計算と一致しました。",)))
    if differing.value:
        warned = "が一致しません。報告書を公表する前に、原因を確かめてください。"
        verdict = Strong((Shown(differing), warned))
        said = (*whole, "のうち", Shown(agreeing), "が再計算と一致しました。", verdict)
    return Group(
        (
            Paragraph(said, kind="lead"),
            Table(
                caption="公表値と再計算した値",
                columns=(
                    Column("部局名", weight=3),
                    Column("数値", weight=5),
                    Column("公表値", numeric=True, weight=2),
                    Column("再計算", numeric=True, weight=2),
                    Column("単位", weight=2),
                    Column("判定", weight=2),
                ),
                rows=tuple(_compare(findings)),
                headings=2,
                marks=tuple(None if a == "yes" else "bad" for a in published["agrees"]),
            ),
        )
    )


def corrections(findings: Findings) -> Block:
    """Return what was read otherwise than it stands: by decision, and by the steps of reading."""
    return Group((_list_corrections(findings), show_steps(findings)))


def _list_corrections(findings: Findings) -> Table:
    """Return every correction with both values, why, and who decided."""
    return Table(
        caption="訂正した回答",
        columns=(
            Column("手続きID", weight=2),
            Column("セル", weight=3),
            Column("項目", weight=2),
            Column("調査票の値", weight=2),
            Column("訂正後の値", weight=2),
            Column("理由", weight=4),
            Column("決定", weight=3),
        ),
        rows=tuple(
            (
                Quoted(row["procedure_id"]),
                Quoted(f"{row['workbook']} {row['sheet']}!{row['cell']}"),
                field_name(row["field"], findings.cycle.questionnaire),
                Quoted(row["expected"]),
                Quoted(row["value"]),
                Quoted(row["reason"]),
                Quoted(f"{row['decided_by']}（{say_day(row['decided_on'])}）"),
            )
            for row in findings.survey.corrections.to_dict("records")
        ),
        empty="訂正した回答はありません。",
    )


def files(findings: Findings) -> Block:
    """Return every raw file that the figures were made from, with its SHA-256."""
    return Table(
        caption="もとのファイル",
        columns=(Column("ファイル", weight=2), Column("SHA-256", weight=5)),
        rows=tuple(_hash_files(findings)),
    )


def rules(findings: Findings) -> Block:
    """Return the rules of arithmetic that every figure keeps."""
    return Bullets(tuple((rule,) for rule in _say_rules(findings)))


def _say_rules(findings: Findings) -> Iterator[str]:
    asked, items = findings.cycle.questionnaire, findings.ledger.items
    online, total = (items[name].label for name in ("online", "total"))
    yield (
        f"オンライン化率は、{online}を{total}で割り、百分率で小数第一位まで示します。"
        "四捨五入は、もとの分数から一度だけ行います。"
    )
    yield (
        "率の増減（ポイント）は、四捨五入する前の率どうしの差を四捨五入します。"
        "示した率どうしの差とは、末尾が違うことがあります。"
    )
    yield (
        f"負の数は「{MINUS}」、増加は「+」で示します。"
        f"割る数がなく値が定まらないところは「{NO_NUMBER}」です。"
    )
    names = [label for role, label in name_statuses(asked).items() if role != "online"]
    yield f"オンライン化未対応は、{'と'.join(names)}を合わせたものです。"
    if excluded := asked.name_role("excluded"):
        yield f"{excluded}の手続きは、総手続き数にも率にも含みません。"
    yield (
        "前回調査との対応は、まず手続きIDで付けます。"
        "名称や課が変わっても、手続きIDが同じなら同じ手続きとして数えます。"
    )
    yield (
        "手続きIDが違っても、部局、名称、根拠法令等が同じ手続きが双方に一つずつあれば対応させ、"
        "残りは人が確かめた対応によります。名称が似ているだけでは対応させません。"
    )
    yield "新規と廃止の手続きも増減に含みます。"


def _compare(findings: Findings) -> Iterator[tuple[Cell, ...]]:
    ledger = findings.ledger
    for row in ledger.tables.current["published"].to_dict("records"):
        known = ledger.find(row["figure_id"]) if isinstance(row["figure_id"], str) else None
        yield (
            row["scope"],
            row["measure"] if known is None else known.label,
            Quoted(row["published"].replace("-", MINUS)),
            known,
            None if known is None else known.unit.name,
            OTHER_FIELDS["agrees"][1][row["agrees"]] if known else "該当する数値なし",
        )


def _hash_files(findings: Findings) -> Iterator[tuple[Cell, ...]]:
    # Without approvals, which decide no number: no report but their own is made from them.
    inputs = leave_others(list_inputs(findings.cycle), None)
    cycles = (findings.cycle.day, findings.cycle.settings.previous)
    for folder in (*filter(None, cycles), "guideline"):
        for path, sha256 in inputs.items():
            if path.startswith(f"data/raw/{folder}/"):
                yield (Quoted(path.removeprefix("data/raw/")), Quoted(sha256))
