"""The embedded engine. The one module that imports Polars; all counting is written against narwhals.

A `Frame` is what tables of results are made of: a Polars data frame, which pandas, Arrow, DuckDB and narwhals
read without a copy. A `Lazy` is a narwhals lazy frame over any engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import polars as pl
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes.errors import ExtractError

__all__ = [
    "Eager",
    "Frame",
    "Lazy",
    "among",
    "as_csv",
    "eager",
    "frame_of",
    "from_text",
    "lazy",
    "looked_up",
    "read_table",
    "to_frame",
]

Frame: TypeAlias = pl.DataFrame
"""A table of results: a Polars data frame."""

Lazy: TypeAlias = nw.LazyFrame[Any]
"""A narwhals lazy frame, over whatever engine."""

Eager: TypeAlias = nw.DataFrame[Any]
"""A narwhals frame in memory, whose rows have an order."""

_TYPES: Mapping[type, type[pl.DataType]] = {
    str: pl.String,
    int: pl.Int64,
    bool: pl.Boolean,
    date: pl.Date,
    float: pl.Float64,
}


def looked_up(expr: nw.Expr, table: Mapping[int, int] | Mapping[int, str]) -> nw.Expr:
    """Look codes up in a table: what is not in it is 0, or null where the table holds texts.

    >>> frame = eager(frame_of([(7,), (8,)], {"code": int}))
    >>> frame.select(looked_up(nw.col("code"), {7: "charge"}))["code"].to_list()
    ['charge', None]
    """
    texts = any(isinstance(value, str) for value in table.values())
    kind, none = (nw.String, None) if texts else (nw.Int32, 0)
    return expr.replace_strict(list(table), list(table.values()), default=none, return_dtype=kind)


def among(column: str, values: nw.Series[Any]) -> nw.Expr:
    """Say that a column's value is one of those in a series."""
    return nw.col(column).is_in(values.to_list())


def frame_of(rows: Iterable[Sequence[object]], columns: Mapping[str, type]) -> Frame:
    """Build a frame from rows; an empty one keeps its column types.

    >>> frame_of([("charge", 3)], {"place": str, "n": int}).to_dicts()
    [{'place': 'charge', 'n': 3}]
    """
    schema = {name: _TYPES[kind] for name, kind in columns.items()}
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def lazy(frame: Frame) -> Lazy:
    """Enter narwhals."""
    return nw.from_native(frame.lazy())


def eager(frame: Frame) -> Eager:
    """Enter narwhals with a frame in memory."""
    return nw.from_native(frame, eager_only=True)


def to_frame(native: IntoFrame, table: str) -> Frame:
    """Bring a data frame of any engine that narwhals knows into memory, here.

    Raises:
        ExtractError: If *native*, the table of that name, is no data frame, or its engine cannot give it.
    """
    try:
        frame = nw.from_native(native)
        if isinstance(frame, nw.LazyFrame):
            return frame.collect(backend="polars").to_polars()
        return frame.to_polars()
    except (TypeError, ValueError, nw.exceptions.NarwhalsError, pl.exceptions.PolarsError) as error:
        message = f"{table} cannot be read as a data frame: {error}"
        raise ExtractError(message) from error


def read_table(folder: Path, name: str) -> Frame | None:
    """Read ``name.parquet`` or ``name.csv`` in a folder; None where there is neither.

    A CSV file is read as text, so that an id such as ``007`` stays what it is.

    Raises:
        ExtractError: If the file is there and cannot be read.
    """
    parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
    try:
        if parquet.is_file():
            return pl.read_parquet(parquet)
        if csv.is_file():
            text = pl.read_csv(csv, infer_schema=False)
            return text.filter(~pl.all_horizontal(pl.all().is_null()))
    except (OSError, pl.exceptions.PolarsError) as error:
        # The engine's first line says what is wrong; what follows is advice to those who call it themselves.
        because = str(error).partition("\n")[0]
        message = f"{parquet if parquet.is_file() else csv} cannot be read: {because}"
        raise ExtractError(message) from error
    return None


_TRUTH = {"true": True, "false": False}


def from_text(frame: Frame, columns: Mapping[str, type]) -> Frame:
    """Read columns of text as days (``YYYY-MM-DD``), whole numbers or truth; null where that cannot be done.

    >>> from_text(frame_of([("2024-02-30",)], {"on": str}), {"on": date})["on"].to_list()
    [None]
    """

    def read(name: str, kind: type) -> pl.Expr:
        text = pl.col(name).str.strip_chars()
        if kind is date:
            # The parser alone would take 24-1-8 for a day of the year 24.
            whole = pl.when(text.str.contains(r"^\d{4}-\d{2}-\d{2}$")).then(text)
            return whole.str.to_date("%Y-%m-%d", strict=False)
        if kind is bool:
            return text.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
        return text.cast(_TYPES[kind], strict=False)

    return frame.with_columns(read(name, kind) for name, kind in columns.items())


def as_csv(frame: Frame) -> str:
    """Write a frame as CSV text, the same on every machine."""
    return frame.write_csv(null_value="\x00")
