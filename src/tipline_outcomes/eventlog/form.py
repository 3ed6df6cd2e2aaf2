"""Whatever frame comes in, one form comes out: named, typed columns in the embedded engine."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes._engine import Eager, Frame, eager, from_text, to_frame
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog.columns import Column

__all__ = ["in_form"]

_FORMS: Mapping[type, str] = {date: "days as YYYY-MM-DD", int: "whole numbers", bool: "true or false"}

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
    frame = eager(to_frame(native))
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
    frame = _read_text(frame, columns, table=table)
    # Not a select alone: one made of defaults only would give a table of one row, whatever its height.
    typed = frame.with_columns(
        *(_typed(frame, name, column, table=table).alias(name) for name, column in columns.items()),
        *(_not_empty(name) for name in extra),
    )
    return typed.select(*columns, *extra).to_polars()


def _read_text(frame: Eager, columns: Mapping[str, Column], *, table: str) -> Eager:
    """Read what came as text, as all of a CSV file does.

    A day on which something happened may be unreadable: the check says so, and the event stays. Elsewhere an
    unreadable value would pass for an empty one, which means something, so it is refused.
    """
    kinds = {name: column.kind for name, column in columns.items() if column.kind is not str}
    texts = {name: kind for name, kind in kinds.items() if frame.schema.get(name) == nw.String}
    read = eager(from_text(frame.to_polars(), texts)) if texts else frame
    for name in texts:
        unread = frame[name].filter(read[name].is_null() & ~frame[name].is_null())
        if len(unread) and not columns[name].may_be_unreadable:
            message = (
                f"{table}.{name} cannot be read in {len(unread):,} rows, first {unread[0]!r}; "
                f"write {_FORMS[texts[name]]}, or leave it empty"
            )
            raise ExtractError(message)
    return read


def _typed(frame: Eager, name: str, column: Column, *, table: str) -> nw.Expr:
    wanted = _DTYPES[column.kind]
    if name not in frame.columns:
        return nw.lit(value=False if column.kind is bool else None, dtype=wanted)
    given = frame.schema[name]
    expr = nw.col(name)
    if given == nw.Unknown or frame[name].is_null().all():
        expr = nw.lit(None, dtype=wanted)
    elif column.kind is date:
        expr = _day(name, given, table=table)
    elif column.kind is str:
        # An empty text names nothing, as a null does; kept, it would be a parent or a charge of its own.
        expr = _not_empty(name)
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


def _not_empty(name: str) -> nw.Expr:
    text = nw.col(name).cast(nw.String)
    return nw.when(text != "").then(text).alias(name)


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
