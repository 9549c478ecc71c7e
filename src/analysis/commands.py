"""Commands beside those of a cycle's round (see `cli`, whose rules hold here, too)."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.terminal import say

if TYPE_CHECKING:
    from analysis.evidence.export import Format


@click.command()
@click.argument("target", metavar="FIGURE|REPORT")
@click.option("--by", "approved_by", default="", metavar="NAME", help="承認した人の名前（必須）。")
@click.option("--note", default="", help="備考。")
@click.option("--on", "approved_on", metavar="YYYY-MM-DD", help="承認した日（省略時は今日）。")
def approve(target: str, *, approved_by: str, note: str, approved_on: str | None) -> None:
    """数値（FIGURE）か報告書（REPORT、例: 2024-09-01/reasons）の承認を approvals.csv に書き足す。

    数値は、trace と同じように指定します（例: 2024-09-01/kankyo/total、市全体/オンライン化率）。

    報告書は、報告書一覧にある表題でも指定できます（例: 環境部、2024-09-01/環境部）。

    根拠のセル、値、定義が変わると失効します。誰が書いた行かは証明しません。
    """
    from analysis.proof.approve import write_approval

    say(write_approval(target, approved_by, note, approved_on))


@click.command()
@click.argument("cycle", required=False)
@click.option("--labels", is_flag=True, help="列の名前と選択肢を、符号ではなく調査の言葉で書く。")
@click.option(
    "--to", type=click.Choice(["xlsx", "csv", "parquet"]), default="xlsx", help="ファイルの形式。"
)
def export(cycle: str | None, *, labels: bool, to: "Format") -> None:
    """CYCLE（省略時は最新の調査回）と前回の手続きの表を、data/processed/ に書き出す。"""
    from analysis.evidence.export import export_frames
    from analysis.figures.findings import LATEST, load_findings
    from analysis.place import describe_kept

    findings = load_findings(cycle or LATEST)
    say(export_frames(findings, to, labels=labels))
    say(describe_kept(findings.cycle), nl=False)


@click.command()
@click.argument("cycle", required=False)
def pack(cycle: str | None) -> None:
    """CYCLE（省略時は最新の調査回）の報告書一式を、配布用の zip 一つにする。"""
    from analysis.build.pack import pack_reports
    from analysis.display import open_display
    from analysis.survey.opening import open_delivered

    with open_display(aside=True) as display:
        said = pack_reports(open_delivered(cycle), display)
    say(said)


@click.command("guideline")
@click.argument("version", metavar="FILE")
@click.argument("cycle", required=False)
@click.option(
    "--csv",
    "path",
    type=click.Path(path_type=Path),
    help="結果の変わる手続きを、この新しい CSV にも書き出す。",
)
def compare_guidelines(version: str, cycle: str | None, *, path: Path | None) -> None:
    """CYCLE（省略時は最新の調査回）の手続きが、別の版のガイドライン FILE でどう変わるかを示す。"""
    from analysis.place import write_new
    from analysis.proof.versions import compare_versions

    told, content = compare_versions(version, cycle, path)
    say(told)
    if path is not None:
        write_new(path, content)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--department", help="この部局と、その課の数値だけを、すべて示す（名称か略号）。")
@click.option(
    "--csv",
    "path",
    type=click.Path(path_type=Path),
    help="異なる数値を、この新しい CSV にも書き出す。",
)
def diff(a: str, b: str, *, department: str | None, path: Path | None) -> None:
    """調査回または報告書のフォルダー A と B で異なる数値と、もとになった行を示す。"""
    from analysis.place import write_new
    from analysis.proof.diff import compare

    told, content = compare(a, b, department, path)
    say(told)
    if path is not None:
        write_new(path, content)
