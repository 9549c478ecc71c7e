"""A table's columns as plain Python values: what is walked one by one is not walked in Arrow."""

from typing import Any

import pandas as pd


def list_values(frame: pd.DataFrame, column: str) -> list[Any]:
    """Return a column's values in the order of rows, None for a missing one.

    A column that the frame has not is missing in every row.

    >>> frame = pd.DataFrame({"annual_volume": pd.Series([3, None], dtype="Int64")})
    >>> list_values(frame, "annual_volume"), list_values(frame, "name")
    ([3, None], [None, None])
    """
    if column not in frame:
        return [None] * len(frame)
    # The stub does not know that None may stand for a missing value.
    values = frame[column].to_numpy(dtype=object, na_value=None)  # type: ignore[call-overload]
    listed: list[Any] = values.tolist()
    return listed
