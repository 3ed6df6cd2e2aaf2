"""Whatever frame comes in, one form comes out: named, typed columns, here or on the frame's own engine."""

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes._engine import Rows, collected, entered
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
    int: (nw.dtypes.IntegerType, nw.dtypes.FloatType),  # in pandas, a missing one makes all of them broken
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


# The days of the calendar as YYYY-MM-DD. No engine is asked to read another text: some would raise.
_DAY = (
    r"^(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)\z"
)
_EXACT = 1 << 53  # from here on, not every whole number is there
_WHOLE = r"^-?[0-9]{1,18}\z"


def in_form(
    native: IntoFrame,
    columns: Mapping[str, Column],
    *,
    table: str,
    dimensions: bool = False,
    keys: Iterable[str] = (),
) -> Rows:
    """Bring a data frame of any engine into the form of a table.

    A day on which something happened may be unreadable: the check says so, and the event stays. Elsewhere an
    unreadable value would pass for an empty one, which means something, so it is refused.

    Args:
        native: The frame.
        columns: The table's columns.
        table: The table's name, for messages.
        dimensions: Whether further columns are kept, as text, to group by.
        keys: The columns that no row may lack.

    Raises:
        ExtractError: If a required column is missing, a column is not known, or a column's type or a value
            cannot be right.
    """
    frame = entered(native, table)
    schema = frame.collect_schema()
    extra = _names(list(schema), columns, table=table, dimensions=dimensions)
    there = {name: column for name, column in columns.items() if name in schema}
    for name, column in there.items():
        _check_type(schema[name], column.kind, where=f"{table}.{name}")
    for name in extra:
        if not isinstance(
            schema[name], nw.String | nw.Unknown | nw.Boolean | nw.dtypes.NumericType | _LABELS
        ):
            message = f"{table}.{name} is of type {schema[name]}, which nothing can be grouped by; drop it"
            raise ExtractError(message)
    beside = "given"
    while any(name.startswith(beside) for name in schema):
        beside += "+"
    given = {name: f"{beside} {number}" for number, name in enumerate(there)}
    # Not a select alone: one made of defaults only would give a table of one row, whatever its height.
    typed = frame.with_columns(nw.col(name).alias(alias) for name, alias in given.items()).with_columns(
        *(_typed(name, column, schema.get(name)) for name, column in columns.items()),
        *(_not_empty(name) for name in extra),
    )
    _refuse_unread(typed, given, there, schema, table=table, keys=tuple(keys))
    return typed.select(
        *(
            nw.col(n).fill_null(value=False) if column.kind is bool else nw.col(n)
            for n, column in columns.items()
        ),
        *extra,
    )


_LABELS = nw.Categorical | nw.Enum | nw.Date | nw.Datetime


def _names(given: list[str], columns: Mapping[str, Column], *, table: str, dimensions: bool) -> list[str]:
    """Look for what is missing and what nobody would read; give the names of the dimensions."""
    for name, column in columns.items():
        if column.required and name not in given:
            near = get_close_matches(name, [c for c in given if c not in columns], n=1)
            hint = f"; rename {near[0]!r}?" if near else f"; it has {', '.join(given)}"
            message = f"{table} has no column {name!r} ({column.meaning}){hint}"
            raise ExtractError(message)
    extra = [name for name in given if name not in columns]
    absent = [name for name in columns if name not in given]
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


def _typed(name: str, column: Column, given: nw.dtypes.DType | None) -> nw.Expr:
    wanted = _DTYPES[column.kind]
    if given is None:
        return nw.lit(None, dtype=wanted).alias(name)
    if column.kind is str:
        return _not_empty(name)
    if given == nw.String:
        read = _from_text(name, column.kind)
    elif isinstance(given, nw.dtypes.FloatType) and column.kind is int:
        whole = (nw.col(name).abs() < _EXACT) & (nw.col(name).round(0) == nw.col(name))
        read = nw.when(whole).then(nw.col(name)).cast(wanted)
    else:
        read = nw.col(name).cast(wanted)
    if column.kind is date:
        # Some engines know days that the calendar does not, and some cannot be asked about its first day.
        year = read.dt.year()
        read = nw.when((year >= date.min.year) & (year <= date.max.year)).then(read)
    return read.alias(name)


def _from_text(name: str, kind: type) -> nw.Expr:
    """Read a text as a day (``YYYY-MM-DD``), a whole number or truth; null where that cannot be done."""
    text = nw.col(name).str.strip_chars()
    if kind is date:
        return nw.when(text.str.contains(_DAY)).then(text).str.to_date("%Y-%m-%d")
    if kind is bool:
        said = text.str.to_lowercase()
        return (
            nw.when(said == "true").then(nw.lit(value=True)).when(said == "false").then(nw.lit(value=False))
        )
    return nw.when(text.str.contains(_WHOLE)).then(text).cast(_DTYPES[kind])


def _not_empty(name: str) -> nw.Expr:
    """Take an empty text as a null: kept, it would be a parent, a charge or a group of its own."""
    text = nw.col(name).cast(nw.String)
    return nw.when(text != "").then(text).alias(name)


def _refuse_unread(
    typed: Rows,
    given: Mapping[str, str],
    there: Mapping[str, Column],
    schema: Mapping[str, nw.dtypes.DType],
    *,
    table: str,
    keys: tuple[str, ...],
) -> None:
    """Refuse values that were given and not read, and rows without a key: one look at the table."""
    strict = [n for n, column in there.items() if column.kind is not str and not column.may_be_unreadable]
    unread = {
        f"unread {given[n]}": nw.col(n).is_null()
        & ((nw.col(given[n]) != "") if schema[n] == nw.String else ~nw.col(given[n]).is_null())
        for n in strict
    }
    if not unread and not keys:
        return
    found = collected(
        typed.lazy().select(
            *(broken.cast(nw.Int64).sum().cast(nw.Int64).alias(name) for name, broken in unread.items()),
            *(
                nw.when(unread[f"unread {given[n]}"])
                .then(nw.col(given[n]).cast(nw.String))
                .min()
                .alias(given[n])
                for n in strict
            ),
            *(nw.col(key).is_null().cast(nw.Int64).sum().cast(nw.Int64).alias(f"no {key}") for key in keys),
        )
    ).rows(named=True)[0]
    for name in strict:
        if rows := found[f"unread {given[name]}"]:
            column = there[name]
            message = (
                f"{table}.{name} cannot be read in {rows:,} rows, such as {found[given[name]]!r}; "
                f"write {_FORMS[column.kind]}{'' if column.required else ', or leave it empty'}"
            )
            raise ExtractError(message)
    for key in keys:
        if rows := found[f"no {key}"]:
            message = f"{table}.{key} is empty in {rows} rows; every row needs one"
            raise ExtractError(message)
