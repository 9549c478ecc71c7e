"""How many rows of a table have which answers, counted once for all measures that ask."""

from collections.abc import Mapping

import pandas as pd


class Tally:
    """Counts the rows of tables by the values of columns, and remembers what it counted."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        """Hold the tables; none is looked at before it is asked for."""
        self._frames = frames
        self._counted: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}

    def count(self, table: str, *columns: str) -> Mapping[tuple[str, ...], int]:
        """Return how many rows have each combination of values that occurs in the columns.

        A row that lacks a value in one of them is in no combination.
        """
        key = (table, *columns)
        if key not in self._counted:
            sizes = self._frames[table].groupby(list(columns), sort=False, observed=True).size()
            values = zip(*(sizes.index.get_level_values(name) for name in columns), strict=True)
            self._counted[key] = dict(zip(values, sizes.tolist(), strict=True))
        return self._counted[key]
