"""Whatever frame comes in, one form comes out: named, typed columns in the embedded engine."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes._engine import Eager, Frame, eager, from_text, to_frame
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog.columns import Column

__all__ = ["in_form"]

_DTYPES: Mapping[type, nw.dtypes.DType] = {
    str: nw.String(),
    int: nw.Int64(),
    bool: nw.Boolean(),
    date: nw.Date(),
}
# What a column of each kind may be made of, beside text; and how to say so.
_MADE_OF: Mapping[type, tuple[type[nw.dtypes.DType], ...]] = {
    str: (nw.Categorical, nw.Enum, nw.dtypes.IntegerType),
    int: (nw.dtypes.IntegerType,),
    bool: (nw.Boolean,),
    date: (nw.Date, nw.Datetime),
}
_ALIKE = 0.8
_FORMS: Mapping[type, str] = {
    str: "text or whole numbers (1.0 and 1 would be two ids; in pandas, astype('Int64') makes numbers whole)",
    int: "whole numbers",
    bool: "true or false",
    date: "days as YYYY-MM-DD, from the years 1 to 9999",
}


def in_form(
    native: IntoFrame, columns: Mapping[str, Column], *, table: str, dimensions: bool = False
) -> Frame:
    """Bring a data frame of any engine into the form of a table.

    A day on which something happened may be unreadable: the check says so, and the event stays. Elsewhere an
    unreadable value would pass for an empty one, which means something, so it is refused.

    Args:
        native: The frame.
        columns: The table's columns.
        table: The table's name, for messages.
        dimensions: Whether further columns are kept, as text, to group by.

    Raises:
        ExtractError: If a required column is missing, a column is not known, or a column's type or a value
            cannot be right.
    """
    frame = eager(to_frame(native, table))
    extra = _names(frame, columns, table=table, dimensions=dimensions)
    there = {name: column for name, column in columns.items() if name in frame.columns}
    for name, column in there.items():
        _check_type(frame.schema[name], column.kind, where=f"{table}.{name}")
    for name in extra:
        if not isinstance(
            frame.schema[name], nw.String | nw.Unknown | nw.Boolean | nw.dtypes.NumericType | _LABELS
        ):
            message = (
                f"{table}.{name} is of type {frame.schema[name]}, which nothing can be grouped by; drop it"
            )
            raise ExtractError(message)
    texts = {name: column.kind for name, column in there.items() if frame.schema[name] == nw.String}
    parsed = eager(from_text(frame.to_polars(), {n: kind for n, kind in texts.items() if kind is not str}))
    # Not a select alone: one made of defaults only would give a table of one row, whatever its height.
    typed = parsed.with_columns(
        *(_typed(name, column, there=name in there) for name, column in columns.items()),
        *(_not_empty(name) for name in extra),
    )
    for name, column in there.items():
        _refuse_unread(frame[name], typed[name], column, where=f"{table}.{name}")
    return (
        typed.with_columns(
            *(nw.col(n).fill_null(value=False) for n, column in columns.items() if column.kind is bool)
        )
        .select(*columns, *extra)
        .to_polars()
    )


_LABELS = nw.Categorical | nw.Enum | nw.Date | nw.Datetime


def _names(frame: Eager, columns: Mapping[str, Column], *, table: str, dimensions: bool) -> list[str]:
    """Look for what is missing and what nobody would read; give the names of the dimensions."""
    for name, column in columns.items():
        if column.required and name not in frame.columns:
            near = get_close_matches(name, [c for c in frame.columns if c not in columns], n=1)
            hint = f"; rename {near[0]!r}?" if near else f"; it has {', '.join(frame.columns)}"
            message = f"{table} has no column {name!r} ({column.meaning}){hint}"
            raise ExtractError(message)
    extra = [name for name in frame.columns if name not in columns]
    absent = [name for name in columns if name not in frame.columns]
    for name in extra:
        # One letter off, a column that means something would be taken for a dimension, its facts for absent.
        folded = name.casefold()
        # What is complete is not meant to be incomplete.
        alike = [there for there in absent if (folded, there) != ("complete", "incomplete")]
        near = get_close_matches(folded, alike, n=1, cutoff=_ALIKE)
        if near or not dimensions:
            hint = f"rename it to {near[0]!r}?" if near else f"the columns are {', '.join(columns)}"
            message = f"{table} has a column {name!r} that nothing would read: rename or drop it; {hint}"
            raise ExtractError(message)
    return extra


def _check_type(given: nw.dtypes.DType, kind: type, *, where: str) -> None:
    if isinstance(given, nw.Datetime) and given.time_zone is not None:
        message = f"{where} is of type {given}: take the day in the agency's own zone before"
        raise ExtractError(message)
    if not isinstance(given, (nw.String, nw.Unknown, *_MADE_OF[kind])):
        message = f"{where} is of type {given}; it must hold {_FORMS[kind]}"
        raise ExtractError(message)


def _typed(name: str, column: Column, *, there: bool) -> nw.Expr:
    wanted = _DTYPES[column.kind]
    if not there:
        return nw.lit(None, dtype=wanted).alias(name)
    if column.kind is str:
        return _not_empty(name)
    if column.kind is date:
        # Other engines know days that Python's calendar does not.
        day = nw.col(name).cast(wanted)
        return nw.when((day >= nw.lit(date.min)) & (day <= nw.lit(date.max))).then(day).alias(name)
    return nw.col(name).cast(wanted)


def _not_empty(name: str) -> nw.Expr:
    """Take an empty text as a null: kept, it would be a parent, a charge or a group of its own."""
    text = nw.col(name).cast(nw.String)
    return nw.when(text != "").then(text).alias(name)


def _refuse_unread(given: nw.Series[Any], read: nw.Series[Any], column: Column, *, where: str) -> None:
    if column.kind is str or column.may_be_unreadable:
        return
    said = ~given.is_null() if given.dtype != nw.String else given.fill_null("") != ""
    unread = given.filter(read.is_null() & said)
    if len(unread):
        message = (
            f"{where} cannot be read in {len(unread):,} rows, first {unread.cast(nw.String())[0]!r}; "
            f"write {_FORMS[column.kind]}{'' if column.required else ', or leave it empty'}"
        )
        raise ExtractError(message)
