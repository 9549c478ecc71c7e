"""The ledger written out: the lines of figures.csv."""

from collections.abc import Iterable, Iterator

import pandas as pd

from analysis.figures.digest import Digest
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger
from analysis.figures.scopes import Level
from analysis.figures.select import Selection
from analysis.survey.plain_csv import defuse_column

FIGURE_COLUMNS = (
    "figure_id",
    "scope",
    "measure",
    "label",
    "value",
    "text",
    "unit",
    "numerator",
    "denominator",
    "evidence_rows",
    "evidence_sha256",
    "definition",
)
# Those of the survey, where others write what they will.
_WORDS = ("scope", "label", "definition")


def list_figures(ledger: Ledger, figures: Iterable[Figure] | None = None) -> pd.DataFrame:
    """Return the contents of figures.csv: one row a figure, of these figures or of all.

    `value` is the reported value in plain digits, `text` as printed; `numerator` and `denominator`
    are exact. An undefined value (a share of nothing) is blank. All columns are text but
    evidence_rows.

    >>> found = list_figures(ledger, [ledger.figure("online_rate")])
    >>> found[["figure_id", "text", "unit", "numerator", "denominator", "evidence_rows"]]
                        figure_id  text unit numerator denominator  evidence_rows
    0  2024-09-01/all/online_rate  50.0    %         1           2              2
    """
    listed = list(ledger.figures.values() if figures is None else figures)
    digests = digest_figures(ledger, listed)
    return pd.DataFrame(
        [
            (
                figure.id,
                figure.scope_name,
                figure.measure,
                figure.label,
                "" if figure.value is None else f"{figure.value}",
                figure.text,
                figure.unit.name,
                "" if figure.numerator is None else f"{figure.numerator}",
                "" if figure.denominator is None else f"{figure.denominator}",
                digests[figure.id].rows,
                digests[figure.id].sha256,
                figure.definition,
            )
            for figure in listed
        ],
        columns=list(FIGURE_COLUMNS),
    )


def write_figures(frame: pd.DataFrame) -> bytes:
    """Return the lines as CSV: UTF-8 with a BOM, so that Excel reads it, and no word as a formula.

    >>> lines = pd.DataFrame({"figure_id": ["2024-09-01/all/online"], "text": ["1"]})
    >>> write_figures(lines).decode("utf-8-sig").splitlines()
    ['figure_id,text', '2024-09-01/all/online,1']
    """
    written = frame.copy()
    for name in written.columns.intersection(_WORDS):
        written[name] = defuse_column(frame[name])
    return written.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def digest_figures(ledger: Ledger, figures: Iterable[Figure]) -> dict[str, Digest]:
    """Return the digest of each of these figures, by id, and of those that were digested before."""
    known = ledger.digester.digests
    fresh = [figure for figure in figures if figure.id not in known]
    for group, selections in select_together(ledger, fresh):
        found = ledger.digester.digest(selections, [figure.scope for figure in group])
        known |= {figure.id: digest for figure, digest in zip(group, found, strict=True)}
    return known


def select_together(
    ledger: Ledger, figures: Iterable[Figure]
) -> Iterator[tuple[list[Figure], list[Selection]]]:
    """Yield the figures of one cycle, measure and level at a time, with the rows they count."""
    alike: dict[tuple[str, str, Level], list[Figure]] = {}
    for figure in figures:
        key = (figure.cycle, figure.measure, ledger.scopes[figure.scope].level)
        alike.setdefault(key, []).append(figure)
    for group in alike.values():
        yield group, ledger.select(group[0])
