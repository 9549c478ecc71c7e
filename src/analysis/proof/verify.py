"""Verify a delivered build: build it again from what is raw, and compare every file's bytes.

Nothing in the delivered folder is believed: what its record and its figures say is told beside a
difference, and decides nothing. The quick way believes the record, and says so.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from analysis.cycle import FIGURES_NAME, NOTEBOOKS, Cycle
from analysis.display import Display
from analysis.errors import EXAMPLES_SHOWN, AnalysisError, ReportError, list_examples
from analysis.figures.approved import count_expired, list_expired
from analysis.figures.findings import load_findings
from analysis.files.folder import list_within
from analysis.inputs import REQUIREMENTS_NAME, hash_file, kind_of, list_inputs
from analysis.proof.compare_files import find_foreign, find_unlike
from analysis.proof.diff import describe_sides
from analysis.proof.entities import CRATE_NAME, SIGNATURE_NAME
from analysis.proof.record import read_record, require_reports
from analysis.proof.side import Side, read_delivery, read_figures, take_ledger
from analysis.proof.signature import describe_signature
from analysis.reports.approvals import judge_cycle
from analysis.reports.plan import AUDIT_NAME
from analysis.survey.collect import collect_survey
from analysis.survey.opening import open_counted
from analysis.survey.survey import Survey
from analysis.survey.table.read_all import CHECKING, read_workbooks

QUICK = (
    "簡易の検証です。頁に何が印刷されているかは見ていません。ファイルは作成の記録"
    f"（{CRATE_NAME}）とだけ比べたので、記録ごと書き換えられたものは見つけられません。"
)
_MIXED = "  入力を元に戻して検証すると、この変更によらない違いだけが残ります。"
_FOREIGN = "一式のものではありません。報告書と見分けが付かないので、別のフォルダーに移してください"


class Verdict(NamedTuple):
    """What a verification found: whether nothing differs, and the whole text to show."""

    agrees: bool
    text: str


def verify_reports(cycle: Cycle, build: Callable[[Cycle], object]) -> Verdict:
    """Verify the delivered reports of a cycle against those that `build` makes of it.

    It is given the cycle in a folder of its own. Raises ReportError when none were delivered;
    whatever else is wrong is in the verdict.
    """
    folder, inputs = require_reports(cycle), _find_changed_inputs(cycle)
    with _set_apart(cycle) as apart:
        try:
            build(apart)
        except AnalysisError as error:
            found = _list("作り直せない理由", [str(error)])
            return _judge_by_record(cycle, f"作り直せないため、{QUICK}", found)
        made = apart.reports_folder
        names = {*list_within(made)}
        unlike = find_unlike(folder, made, 1 if inputs else EXAMPLES_SHOWN)
        figures = []
        if cycle.name_file(FIGURES_NAME) in unlike:
            is_alike = cycle.name_file(AUDIT_NAME) not in unlike
            figures = _compare_figures(
                cycle, lambda: read_delivery("再計算", made, apart.root), is_alike=is_alike
            )
        expired = _list_expired(apart)
    about = f"reports/{cycle.name}/ を、data/raw/ から作り直したものと比べました。"
    return _tell(_judge(cycle, about, names, [*inputs, *figures], unlike), expired)


def verify_quickly(cycle: Cycle, display: Display) -> Verdict:
    """Verify the figures of a cycle's reports against the workbooks, files against their record.

    Raises ReportError when there are none.
    """
    require_reports(cycle)
    collect = partial(_collect, display=display)
    try:
        ledger = load_findings(open_counted(cycle.name, cycle.root, collect), collect).ledger
    except AnalysisError as error:
        return _judge_by_record(cycle, QUICK, _list("数値を再計算できない理由", [str(error)]))
    figures = _compare_figures(cycle, lambda: take_ledger("再計算", ledger))
    return _tell(_judge_by_record(cycle, QUICK, figures), _list_expired(cycle))


def _list_expired(cycle: Cycle) -> list[str]:
    """Return what is told of the approvals that have expired: they are no fault of the set."""
    try:
        standings = judge_cycle(cycle)
    except AnalysisError as error:
        return _list("承認を確かめられない理由", [str(error)])
    if not standings:
        return []
    expired = _list("失効した承認（検証の結果ではありません）", list_expired(standings))
    return ["", count_expired(standings), *expired]


def _tell(verdict: Verdict, lines: Sequence[str]) -> Verdict:
    """Return a verdict that tells these lines, too."""
    return verdict._replace(text="\n".join([verdict.text, *lines]))


def _judge_by_record(cycle: Cycle, about: str, found: Sequence[str]) -> Verdict:
    """Return the verdict where files are compared with no more than their record."""
    try:
        files = read_record(cycle).files
    except ReportError as error:
        files, found = {}, [*found, *_list("作成の記録を読めない理由", [str(error)])]
    wrong = [name for name, sha in files.items() if hash_file(cycle.reports_folder / name) != sha]
    unlike = {name: ["作成の記録と違うか、ありません"] for name in sorted(wrong)}
    return _judge(cycle, about, {*files}, [*_find_changed_inputs(cycle), *found], unlike)


def _judge(
    cycle: Cycle,
    about: str,
    names: Set[str],
    found: Sequence[str],
    unlike: Mapping[str, Sequence[str]],
) -> Verdict:
    """Return the verdict: what was found, which files differ, what else lies beside them."""
    folder = cycle.reports_folder
    places = [f"{name}: {place}" for name, own in unlike.items() for place in own]
    foreign = find_foreign(folder, {*names, CRATE_NAME, SIGNATURE_NAME})
    alike = [f"{name}: {_FOREIGN}" for name, is_alike in foreign.items() if is_alike]
    others = [name for name, is_alike in foreign.items() if not is_alike]
    signatures, unsound = describe_signature(folder)
    faults = [
        *found,
        *_list("違うファイル（納品されたもの → 作り直したもの）", places, len(unlike)),
        *_list("作成されたものではないファイル", alike),
        *_list("合わない署名", unsound),
    ]
    crate = folder / CRATE_NAME
    lines = [
        about,
        f"ファイル: {len(names) - len(unlike):,}/{len(names):,} 一致",
        *([f"{CRATE_NAME} の SHA-256: {hash_file(crate)}"] if crate.is_file() else []),
        *signatures,
        *faults,
        *_list("検証していない、ほかのファイル", others),
    ]
    return Verdict(not faults, "\n".join(lines))


@contextmanager
def _set_apart(cycle: Cycle) -> Iterator[Cycle]:
    """Give the cycle in a project that has all that makes reports, and nothing that was made."""
    with TemporaryDirectory(prefix="analysis-verify-") as place:
        root = Path(place).resolve()
        for name in ("data/raw", NOTEBOOKS, REQUIREMENTS_NAME):
            path, own = root / name, cycle.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                if own.exists():
                    path.symlink_to(own, target_is_directory=own.is_dir())
            except OSError:  # on Windows, where a link is not everybody's to make
                (shutil.copytree if own.is_dir() else shutil.copy)(own, path)
        yield open_counted(cycle.name, root)


def _find_changed_inputs(cycle: Cycle) -> list[str]:
    """Return what of the inputs is not as the record says; nothing without a record."""
    try:
        before, now = read_record(cycle).inputs, list_inputs(cycle)
    except AnalysisError:
        return []
    changed = [
        f"{kind_of(path)} {path}: "
        f"{'追加' if path not in before else '変更' if path in now else '削除'}されています。"
        for path in sorted({*before, *now})
        if before.get(path) != now.get(path)
    ]
    told = ["", f"作成後に変わった入力: {len(changed)}件", list_examples(changed), _MIXED]
    return told if changed else []


def _compare_figures(
    cycle: Cycle, recompute: Callable[[], Side], *, is_alike: bool = False
) -> list[str]:
    """Return which figures come out otherwise than delivered, with the cells that made them.

    Where the audit workbooks are alike, the rows of one are those of the other.
    """
    folder = cycle.reports_folder
    try:
        made = recompute()
        delivered = (
            replace(
                made,
                name="納品時",
                figures=read_figures(folder / cycle.name_file(FIGURES_NAME)),
                _known={},
            )
            if is_alike
            else read_delivery("納品時", folder, cycle.root)
        )
        sides = (delivered, made)
    except AnalysisError as error:
        return _list("数値を比べられない理由", [str(error)])
    count, told = describe_sides(sides)
    return ["", *told] if count else []


def _collect(cycle: Cycle, display: Display) -> Survey:
    survey = collect_survey(cycle, partial(read_workbooks, display=display))
    display.finished(CHECKING)
    return survey


def _list(title: str, items: Sequence[str], count: int | None = None) -> list[str]:
    """Return the lines of one kind of difference under its title; none for nothing."""
    lines = ["", f"{title}: {count or len(items):,}件", *(f"  ・{item}" for item in items)]
    return lines if items else []
