"""A parquet file as a frame of texts, as a sheet of the same answers would have them."""

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.files.sheet import MOST_CELLS, MOST_ROWS, UnreadableWorkbookError


def read_parquet(content: bytes, wanted: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the table of a parquet file, every column of dtype str; raise UnreadableWorkbookError.

    What it would come to is looked at before any of it is unpacked; of the columns, those `wanted`
    that it has.

    >>> file = io.BytesIO()
    >>> pd.DataFrame({"件数": [1.0, None], "可": [True, False]}).to_parquet(file)
    >>> read_parquet(file.getvalue()).to_dict("list")
    {'件数': ['1', nan], '可': ['True', 'False']}
    """
    # Only here: other lists need none of it.
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        file = pq.ParquetFile(io.BytesIO(content))
        rows, titles = file.metadata.num_rows, file.schema_arrow.names
        taken = [title for title in titles if wanted is None or title in wanted]
        if rows > MOST_ROWS or rows * len(titles) > MOST_CELLS:
            raise UnreadableWorkbookError("workbook_cells", "行かセルが多すぎる")
        frame = file.read(taken).to_pandas()
    except (pa.ArrowException, OSError, ValueError, TypeError) as error:
        raise UnreadableWorkbookError("workbook_broken") from error
    return pd.DataFrame({at: _write(frame.iloc[:, at]) for at in range(frame.shape[1])}).set_axis(
        [str(title) for title in frame.columns], axis=1
    )


def _write(column: "pd.Series[Any]") -> "pd.Series[str]":
    """Return a column's texts, lines ended by one sign; a whole number has no point."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    texts = column.astype("str").where(column.notna())
    texts = texts.str.replace("\r\n?", "\n", regex=True)
    if pd.api.types.is_float_dtype(column.dtype):
        texts = texts.str.removesuffix(".0")
    return texts
