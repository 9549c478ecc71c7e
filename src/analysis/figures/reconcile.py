"""Reconcile the ledger with the published report's own table, number by number."""

import os
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

import pandas as pd

from analysis.cycle import PUBLISHED_NAME, WHOLE, WHOLE_NAME, Cycle
from analysis.cycle_toml import WHOLE_SHORT
from analysis.errors import SettingsError, list_examples
from analysis.figures.figure import Figure
from analysis.survey.problems import shorten
from analysis.texts import read_records

COLUMNS = ["scope", "measure", "published"]

# As reports print a number, and as people type what they print: +1,758, −3, △3, 35.7%.
_PRINTED = re.compile(r"([+−△▲-]?)([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(\.[0-9]{1,15})?%?")


def read_published(cycle: Cycle) -> pd.DataFrame:
    """Return a cycle's published values, one row a number; no rows when none were published.

    Columns: scope (a name, as printed), measure, published (the number, its minus a hyphen and no
    commas in it), typed (as it stands in the file), line (in the file). Raises SettingsError for a
    file that is no CSV of COLUMNS, and for every value that is no number.

    >>> read_published(ledger.cycle)
      scope measure published typed  line
    0   環境部  online         1     1     2
    """
    path = cycle.raw_folder / PUBLISHED_NAME
    records = [(0, COLUMNS)]
    if os.path.lexists(path):
        records = list(read_records(path))
    titles = [title.strip() for title in records[0][1]] if records else []
    if titles != COLUMNS:
        raise SettingsError(
            f"{cycle.name}/{PUBLISHED_NAME} の列は {', '.join(COLUMNS)} にしてください"
            f"（いまは {', '.join(titles)}）。"
        )
    rows: list[tuple[str, str, str, str, int]] = []
    wrong = []
    lines: dict[tuple[str, str], int] = {}
    for line, cells in records[1:]:
        if len(cells) != len(COLUMNS):
            wrong.append(f"{line}行目: 値が{len(cells)}個あります（列は{len(COLUMNS)}個）")
            continue
        scope, measure, typed = (cell.strip() for cell in cells)
        number = _read_number(typed)
        before = lines.setdefault((scope, measure), line)
        if before != line:
            wrong.append(f"{line}行目: {scope} {measure} は{before}行目にもあります")
        elif number is None:
            wrong.append(f"{line}行目: {scope} {measure} = {shorten(typed)!r}")
        else:
            rows.append((scope, measure, number, typed, line))
    if wrong:
        raise SettingsError(
            f"{cycle.name}/{PUBLISHED_NAME} に、列の数の違う行、重複した行、数値でない公表値が"
            f"{len(wrong)}件あります。直してください。\n{list_examples(wrong)}"
        )
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "typed", "line"])
    return frame.astype({**dict.fromkeys((*COLUMNS, "typed"), "str"), "line": "int64"})


def reconcile(
    cycle: Cycle, published: pd.DataFrame, recompute: Callable[[str, str], Figure | None]
) -> pd.DataFrame:
    """Compare every published value (a frame of `read_published`) with its figure.

    `recompute` returns the figure of a scope (slug) and a measure, None for an unknown one. Returns
    one row a published number, in the file's order: scope, department_slug (missing for the
    whole city), measure, published, recomputed (as reported; missing for an unknown number),
    figure_id, agrees (yes/no), and its place (workbook, cell, value).

    >>> published = read_published(ledger.cycle)
    >>> found = reconcile(ledger.cycle, published, lambda scope, name: ledger.figure(name, scope))
    >>> found[["department_slug", "measure", "published", "recomputed", "agrees"]]
      department_slug measure published recomputed agrees
    0          kankyo  online         1          1    yes
    """
    slugs = {department.name: department.slug for department in cycle.departments}
    slugs |= dict.fromkeys((WHOLE_NAME, WHOLE_SHORT), WHOLE)
    rows = []
    for row in published.itertuples():
        slug = slugs.get(str(row.scope))
        figure = None if slug is None else recompute(slug, str(row.measure))
        agrees = figure is not None and figure.value == Decimal(str(row.published))
        rows.append(
            {
                "scope": WHOLE_NAME if slug == WHOLE else row.scope,
                "department_slug": None if slug == WHOLE else slug,
                "measure": row.measure,
                "published": row.published,
                "recomputed": None if figure is None else f"{figure.value}",
                "figure_id": None if figure is None else figure.id,
                "agrees": "yes" if agrees else "no",
                "workbook": PUBLISHED_NAME,
                "cell": f"{row.line}行目",
                "value": row.typed,
            }
        )
    columns = ["scope", "department_slug", "measure", "published", "recomputed", "figure_id"]
    columns += ["agrees", "workbook", "cell", "value"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _read_number(typed: str) -> str | None:
    """Return a number as Python writes it, or None for what is none."""
    found = _PRINTED.fullmatch(unicodedata.normalize("NFKC", typed))
    if found is None:
        return None
    sign, whole, part = found.groups(default="")
    return f"{'-' if sign in '−△▲' and sign else sign}{whole.replace(',', '')}{part}"
