"""The command that approves."""

import click

from analysis.terminal import say


@click.command()
@click.argument("target", metavar="FIGURE|REPORT")
@click.option("--by", "approved_by", required=True, metavar="NAME", help="承認した人の名前。")
@click.option("--note", default="", help="備考。")
@click.option("--on", "approved_on", metavar="YYYY-MM-DD", help="承認した日（省略時は今日）。")
def approve(target: str, *, approved_by: str, note: str, approved_on: str | None) -> None:
    """数値（FIGURE）か報告書（REPORT、例: 2024-09-01/reasons）の承認を approvals.csv に書き足す。

    根拠のセル、値、定義が変わると失効します。誰が書いた行かは証明しません。
    """
    from analysis.proof.approve import approve as write

    say(write(target, approved_by, note, approved_on))
