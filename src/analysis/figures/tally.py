"""How many rows of a table have which answers, counted once for all measures that ask."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.questionnaire.field import NOTHING


class Tally:
    """Counts the rows of tables by the values of columns, and remembers what it counted."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        """Hold the tables; none is looked at before it is asked for."""
        self._frames = frames
        self._codes: dict[tuple[str, str], tuple[NDArray[np.int32], list[str]]] = {}
        self._counted: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}

    def count(self, table: str, *columns: str) -> Mapping[tuple[str, ...], int]:
        """Return how many rows have each combination of values that occurs in the columns.

        A value that a row lacks is NOTHING.
        """
        key = (table, *columns)
        if key not in self._counted:
            coded = [self._code(table, column) for column in columns]
            shape = [len(values) for _, values in coded]
            places = np.ravel_multi_index([codes for codes, _ in coded], shape)
            rows, found = pd.factorize(places)
            answers = [
                [values[code] for code in codes.tolist()]
                for codes, (_, values) in zip(np.unravel_index(found, shape), coded, strict=True)
            ]
            combinations = zip(*answers, strict=True)
            self._counted[key] = dict(zip(combinations, np.bincount(rows).tolist(), strict=True))
        return self._counted[key]

    def list_values(self, table: str, column: str) -> list[str]:
        """Return the values that occur in a column, each once."""
        return self._code(table, column)[1]

    def _code(self, table: str, column: str) -> tuple[NDArray[np.int32], list[str]]:
        """Return a column as codes, and the values that they stand for."""
        if (table, column) not in self._codes:
            codes, values = pd.factorize(self._frames[table][column])
            missing = codes < 0
            known = [*values.tolist(), NOTHING]
            codes[missing] = len(known) - 1
            self._codes[table, column] = codes.astype(np.int32), known
        return self._codes[table, column]
