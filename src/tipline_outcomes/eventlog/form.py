"""Whatever frame comes in, one form comes out: named, typed columns in the embedded engine."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes._engine import Eager, Frame, to_frame
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog.columns import Column

__all__ = ["in_form"]

_DTYPES: Mapping[type, nw.dtypes.DType] = {
    str: nw.String(),
    int: nw.Int64(),
    bool: nw.Boolean(),
    date: nw.Date(),
}


def in_form(
    native: IntoFrame, columns: Mapping[str, Column], *, table: str, dimensions: bool = False
) -> Frame:
    """Bring a data frame of any engine into the form of a table.

    Args:
        native: The frame.
        columns: The table's columns.
        table: The table's name, for messages.
        dimensions: Whether further columns are kept, as text, to group by.

    Raises:
        ExtractError: If a required column is missing, a column is not known, or a column's type cannot be
            right.
    """
    frame = nw.from_native(to_frame(native), eager_only=True)
    for name, column in columns.items():
        if column.required and name not in frame.columns:
            near = get_close_matches(name, [c for c in frame.columns if c not in columns], n=1)
            hint = f"; is it {near[0]!r}?" if near else f"; it has {', '.join(frame.columns)}"
            message = f"{table} has no column {name!r} ({column.meaning}){hint}"
            raise ExtractError(message)
    extra = [name for name in frame.columns if name not in columns]
    if extra and not dimensions:
        near = get_close_matches(extra[0], columns, n=1)
        hint = f"is it {near[0]!r}?" if near else f"the columns are {', '.join(columns)}"
        message = f"{table} has a column {extra[0]!r} that nothing would read: rename or drop it; {hint}"
        raise ExtractError(message)
    return frame.select(
        *(_typed(frame, name, column, table=table) for name, column in columns.items()),
        *(nw.col(name).cast(nw.String) for name in extra),
    ).to_native()


def _typed(frame: Eager, name: str, column: Column, *, table: str) -> nw.Expr:
    wanted = _DTYPES[column.kind]
    if name not in frame.columns:
        return nw.lit(value=False if column.kind is bool else None, dtype=wanted).alias(name)
    given = frame.schema[name]
    expr = nw.col(name)
    if given == nw.Unknown or frame[name].is_null().all():
        expr = nw.lit(None, dtype=wanted).alias(name)
    elif column.kind is date:
        expr = _day(name, given, table=table)
    elif column.kind is str:
        expr = expr.cast(nw.String)
    elif column.kind is bool:
        if given != nw.Boolean:
            message = f"{table}.{name} is of type {given}; it must be true or false"
            raise ExtractError(message)
    elif not given.is_integer():
        message = f"{table}.{name} is of type {given}; it must hold whole numbers"
        raise ExtractError(message)
    else:
        expr = expr.cast(wanted)
    return expr.fill_null(value=False) if column.kind is bool else expr


def _day(name: str, given: nw.dtypes.DType, *, table: str) -> nw.Expr:
    if isinstance(given, nw.Datetime) and given.time_zone is None:
        return nw.col(name).cast(nw.Date)
    if given == nw.Date:
        return nw.col(name)
    message = (
        f"{table}.{name} is of type {given}; it must hold days. Parse text before, and of time"
        " stamps with a zone take the day in the agency's own zone"
    )
    raise ExtractError(message)
