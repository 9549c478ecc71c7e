"""The commands. They parse, call, print and set the exit code; they decide nothing.

What a command needs is imported inside it, so that `--help` and a mistyped option answer at once.
"""

import os
import sys
from functools import partial
from pathlib import Path

import click

from analysis.commands import approve, compare_guidelines, diff, export, pack
from analysis.lab.command import lab
from analysis.terminal import Commands, say

_FILE = click.Path(path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="analysis")
def main() -> None:
    """行政手続きオンライン化の調査票から、報告書（HTML・PDF）を作成します。"""


for _command in (approve, compare_guidelines, diff, export, lab, pack):
    main.add_command(_command)


@main.command()
@click.argument("cycle", required=False)
@click.option(
    "--department", "departments", multiple=True, help="この部局の報告書だけを作る（名称か略号）。"
)
@click.option("--interim", is_flag=True, help="回答のそろった部局だけを数えた暫定の報告書を作る。")
@click.option("--force", is_flag=True, help="変更のない報告書も作り直す。")
@click.option("--quiet", is_flag=True, help="進み具合を示さない。")
@click.option(
    "--all-under", "folder", metavar="DIR", type=_FOLDER, help="DIR の下のすべての調査を作る。"
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="それらを、この Dask クラスター（tls://…）で作る。"
)
def report(
    cycle: str | None,
    *,
    departments: tuple[str, ...],
    interim: bool,
    force: bool,
    quiet: bool,
    folder: Path | None,
    scheduler: str | None,
) -> None:
    """CYCLE（省略時は最新の調査回）の報告書のうち、変わったものを reports/ に作成する。"""
    if folder is not None:
        if departments or interim:
            other = "--department" if departments else "--interim"
            raise click.UsageError(f"--all-under と {other} は一緒に使えません。")
        _report_all(folder, cycle, force=force, quiet=quiet, scheduler=scheduler)
        return
    if scheduler is not None:
        raise click.UsageError("--scheduler は --all-under と一緒に使います。")
    from analysis.build.built import describe_build
    from analysis.build.flow import build_reports
    from analysis.display import open_display
    from analysis.survey.opening import open_cycle_as

    opened = open_cycle_as(cycle, interim=interim)
    chosen = [opened.find_department(name) for name in departments] or None
    with open_display(quiet) as display:
        built = build_reports(opened, chosen, force=force, display=display)
    say(describe_build(built))


def _report_all(
    folder: Path, cycle: str | None, *, force: bool, quiet: bool, scheduler: str | None
) -> None:
    from analysis.build.many import build_all, describe_outcomes, find_cities
    from analysis.display import open_display
    from analysis.place import describe_kept_beside

    cities = find_cities(folder, cycle)
    with open_display(quiet) as display:
        outcomes = build_all(cities, force=force, scheduler=scheduler, display=display)
    say(describe_outcomes(outcomes))
    done = [city for city, own in outcomes.items() if own.state in ("built", "kept")]
    say("".join(describe_kept_beside(city.root, city.cycle, city.stem) for city in done), nl=False)
    sys.exit(any(outcome.state == "failed" for outcome in outcomes.values()))


@main.command()
@click.argument("folder", metavar="DIR", type=_FILE)
@click.option("--from", "source", metavar="FILE", type=_FILE, help="この一覧から始める。")
@click.option("--as-of", metavar="YYYY-MM-DD", help="その一覧の時点。")
@click.option("--demo", is_flag=True, help="架空データの調査を置く。")
def init(folder: Path, *, source: Path | None, as_of: str | None, demo: bool) -> None:
    """DIR に、新しい調査のフォルダーを作成する。"""
    from analysis.display import open_display
    from analysis.intake.begin import begin

    with open_display(aside=True) as display:
        said = begin(folder, source, as_of, demo=demo, display=display)
    say(said)


@main.command("new-cycle")
@click.argument("as_of", metavar="YYYY-MM-DD")
def new_cycle(as_of: str) -> None:
    """YYYY-MM-DD 時点の調査回のフォルダーと設定を、最新の調査回の設定から作成する。"""
    from analysis.forms.new_cycle import begin_cycle, describe_beginning

    say(describe_beginning(begin_cycle(as_of)))


@main.command()
@click.argument("cycle", required=False)
def form(cycle: str | None) -> None:
    """CYCLE（省略時は最新の調査回）の調査票を、前回の回答を記入して data/processed/ に作成する。"""
    from analysis.display import open_display
    from analysis.forms.write import describe_forms, list_left, load_last_answers, write_forms
    from analysis.place import describe_kept
    from analysis.survey.opening import open_collected

    opened = open_collected(cycle)
    with open_display(aside=True) as display:
        last = load_last_answers(opened, display)
        forms = write_forms(opened, display, last)
    left = list_left(opened, last)
    say(describe_forms(opened, forms, left))
    say(describe_kept(opened), nl=False)
    sys.exit(any(not own.why for own in left))


@main.command()
@click.argument("cycle", required=False)
def check(cycle: str | None) -> None:
    """CYCLE（省略時は最新の調査回）の提出状況と問題を示し、部局に返す調査票を作成する。"""
    from analysis.build.misplaced import describe_misplaced, find_misplaced
    from analysis.display import open_display
    from analysis.figures.findings import list_refusals
    from analysis.forms.numbering import load_numbered
    from analysis.forms.propose import describe_proposals, propose_matches, store_proposals
    from analysis.forms.returned.write import return_workbooks
    from analysis.forms.status import describe_returned, describe_status
    from analysis.place import describe_kept
    from analysis.survey.interim import advise_interim
    from analysis.survey.opening import open_collected
    from analysis.survey.store import store_problems

    opened = open_collected(cycle)
    with open_display(aside=True) as display:
        survey, previous = load_numbered(opened, display)
    store_problems(opened, survey)
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    # First of all: whatever comes of the rest, this is known.
    say(describe_status(survey, opened.name, coloured=coloured))
    proposals = propose_matches(survey, previous)
    store_proposals(proposals, opened)
    with open_display(aside=True) as display:
        returned = return_workbooks(opened, survey, display)
    say(describe_returned(opened.name, returned), nl=bool(returned))
    say(describe_proposals(proposals, opened), nl=False)
    say(describe_kept(opened), nl=False)
    misplaced = find_misplaced(opened)
    for line in describe_misplaced(misplaced):
        say(line)
    if advice := advise_interim(opened, survey):
        say(f"\n{advice}")
    refusals = list_refusals(opened, survey, previous)
    for refusal in refusals:
        say(f"\n報告書は、次のとおりであるあいだ作成できません。\n{refusal}")
    is_wrong = bool(refusals) or any(found.is_error for found in misplaced)
    if is_wrong or (survey.problems["severity"] == "error").any():
        raise SystemExit(1)


@main.command()
@click.argument("figure")
def trace(figure: str) -> None:
    """FIGURE（例: 2024-09-01/kankyo/online_rate）の定義、行、セルを示す。

    調査回のない FIGURE（例: 市全体/オンライン化率）は、最新の調査回のもの。
    """
    from analysis.figures.named import load_named
    from analysis.figures.trace import trace as follow

    findings, figure = load_named(figure)
    say(follow(findings.ledger, figure))


@main.command()
@click.argument("cycle", required=False)
@click.option("--quick", is_flag=True, help="作り直さず、数値と、作成の記録との一致だけを見る。")
def verify(cycle: str | None, *, quick: bool) -> None:
    """CYCLE（省略時は最新の調査回）の報告書を、調査票から作り直したものと比べ、違う所を示す。"""
    from analysis.display import open_display
    from analysis.proof.verify import verify_quickly, verify_reports
    from analysis.survey.opening import open_delivered

    opened = open_delivered(cycle)
    with open_display(aside=True) as display:
        if quick:
            verdict = verify_quickly(opened, display)
        else:
            from analysis.build.flow import build_reports

            verdict = verify_reports(opened, partial(build_reports, force=True, display=display))
    say(verdict.text)
    if not verdict.agrees:
        raise SystemExit(1)


@main.command()
@click.argument("cycle", required=False)
@click.option("--key", type=_FILE, help="署名の鍵（PKCS#12、.p12）。")
@click.option("--card", type=_FILE, help="署名のカードの、製造元のライブラリー（PKCS#11）。")
@click.option("--label", help="カードか証明書がいくつもあるときに使う、その名前。")
@click.option("--passfile", type=_FILE, help="鍵のパスワードか暗証番号を1行目に書いたファイル。")
@click.option(
    "--pdf-into", type=_FILE, help="署名した PDF の写しを作る、reports/ の外のフォルダー。"
)
@click.option("--timestamp", metavar="URL", help="写しに、この局のタイムスタンプを付ける。")
def sign(
    cycle: str | None, pdf_into: Path | None, timestamp: str | None, **signer: Path | str | None
) -> None:
    """CYCLE（省略時は最新の調査回）の報告書を検証し、署名を隣に置く。"""
    from analysis.build.flow import build_reports
    from analysis.display import open_display
    from analysis.signing import load_signing
    from analysis.survey.opening import open_delivered

    opened, signing = open_delivered(cycle), load_signing()
    with open_display(aside=True) as display:
        build = partial(build_reports, force=True, display=display)
        opening = signing.open_signer(**signer)
        done = signing.sign_reports(
            opened, opening, pdf_into, timestamp, build=build, display=display
        )
    say(done)
