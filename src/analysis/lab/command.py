"""The command `analysis lab`."""

import click


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", metavar="[JupyterLab のオプション]", nargs=-1, type=click.UNPROCESSED)
def lab(options: tuple[str, ...]) -> None:
    """この調査のフォルダーを JupyterLab で開く。"""
    # Only here: JupyterLab takes long to import.
    from analysis.lab.start import start_lab  # noqa: PLC0415

    start_lab(options)
