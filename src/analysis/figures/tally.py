"""How many rows of a table have which answers, counted once for all measures that ask."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Tally:
    """Counts the rows of tables by the values of columns, and remembers what it counted."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        """Hold the tables; none is looked at before it is asked for."""
        self._frames = frames
        self._codes: dict[tuple[str, str], tuple[NDArray[np.int32], list[str]]] = {}
        self._counted: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}

    def count(self, table: str, *columns: str) -> Mapping[tuple[str, ...], int]:
        """Return how many rows have each combination of values that occurs in the columns.

        A row that lacks a value in one of them is in no combination.
        """
        key = (table, *columns)
        if key not in self._counted:
            coded = [self._code(table, column) for column in columns]
            whole = np.logical_and.reduce([codes >= 0 for codes, _ in coded])
            # A missing value's place is never counted, but a column may hold no other.
            shape = [len(values) + 1 for _, values in coded]
            places = np.ravel_multi_index([codes[whole] for codes, _ in coded], shape)
            rows, found = pd.factorize(places)
            answers = [
                [values[code] for code in codes.tolist()]
                for codes, (_, values) in zip(np.unravel_index(found, shape), coded, strict=True)
            ]
            combinations = zip(*answers, strict=True)
            self._counted[key] = dict(zip(combinations, np.bincount(rows).tolist(), strict=True))
        return self._counted[key]

    def _code(self, table: str, column: str) -> tuple[NDArray[np.int32], list[str]]:
        """Return a column as codes, -1 for a missing value, and the values that they stand for."""
        if (table, column) not in self._codes:
            codes, values = pd.factorize(self._frames[table][column])
            self._codes[table, column] = codes.astype(np.int32), values.tolist()
        return self._codes[table, column]
