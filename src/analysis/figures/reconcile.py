"""Reconcile the ledger with the published report's own table, number by number."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from analysis.cycle import PUBLISHED_NAME, WHOLE, WHOLE_NAME, Cycle
from analysis.errors import SettingsError, list_examples
from analysis.figures.figure import Figure

COLUMNS = ["scope", "measure", "published"]


def read_published(cycle: Cycle) -> pd.DataFrame:
    """Return a cycle's published values, one row a number; no rows when none were published.

    Columns: scope (a name, as printed), measure, published (text, as printed), line (in the file).
    Raises SettingsError for a missing column or a value that is no number.
    """
    path: Path = cycle.raw_folder / PUBLISHED_NAME
    if not path.exists():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS}).assign(line=0)
    frame = pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False)
    if list(frame.columns) != COLUMNS:
        raise SettingsError(
            f"{cycle.name}/{PUBLISHED_NAME} の列は {', '.join(COLUMNS)} にしてください"
            f"（いまは {', '.join(map(str, frame.columns))}）。"
        )
    frame["line"] = range(2, len(frame) + 2)
    wrong = [
        f"{row.line}行目: {row.scope} {row.measure} = {row.published!r}"
        for row in frame.itertuples()
        if _number(str(row.published)) is None
    ]
    if wrong:
        raise SettingsError(
            f"{cycle.name}/{PUBLISHED_NAME} に数値でない公表値が{len(wrong)}件あります。"
            f"直してください。\n{list_examples(wrong)}"
        )
    return frame


def reconcile(
    cycle: Cycle, published: pd.DataFrame, recompute: Callable[[str, str], Figure | None]
) -> pd.DataFrame:
    """Compare every published value (a frame of `read_published`) with its figure.

    `recompute` returns the figure of a scope (slug) and a measure, None for an unknown one. Returns
    one row a published number, in the file's order: scope, department_slug (missing for the
    whole city), measure, published, recomputed (as reported; missing for an unknown number),
    figure_id, agrees (yes/no), and its place (workbook, cell, value).
    """
    slugs = {department.name: department.slug for department in cycle.departments} | {
        WHOLE_NAME: WHOLE
    }
    rows = []
    for row in published.itertuples():
        slug = slugs.get(str(row.scope))
        figure = None if slug is None else recompute(slug, str(row.measure))
        agrees = figure is not None and figure.value == _number(str(row.published))
        rows.append(
            {
                "scope": row.scope,
                "department_slug": None if slug == WHOLE else slug,
                "measure": row.measure,
                "published": row.published,
                "recomputed": None if figure is None else f"{figure.value}",
                "figure_id": None if figure is None else figure.id,
                "agrees": "yes" if agrees else "no",
                "workbook": PUBLISHED_NAME,
                "cell": f"{row.line}行目",
                "value": row.published,
            }
        )
    columns = ["scope", "department_slug", "measure", "published", "recomputed", "figure_id"]
    columns += ["agrees", "workbook", "cell", "value"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
