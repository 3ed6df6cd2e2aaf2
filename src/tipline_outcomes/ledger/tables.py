"""The shape of the five tables: their columns, their order, and how equal rows are added up."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, Frame, eager, frame_of

__all__ = ["TABLES", "added", "columns_of", "empty", "ordered"]

TABLES: Final[Mapping[str, Mapping[str, type]]] = MappingProxyType(
    {
        "standing": {
            "peak": str,
            "stated": str,
            "place": str,
            "reason": str,
            "levels": str,
            "open": str,
            "undated": bool,
            "late": bool,
            "came_in": bool,
        },
        "waits": {"clock": str, "from": str, "to": str, "days": int, "followed": int, "late": bool},
        "movements": {"period": date, "from": str, "to": str},
        "stock": {"stage": str, "open": str},
        "measures": {"place": str, "measure": str},
    }
)
"""Each table's own columns; before them come the dimensions, after them the count ``n``."""


def columns_of(name: str, by: Sequence[str]) -> dict[str, type]:
    """Give every column of a table with its type."""
    return {**dict.fromkeys(by, str), **TABLES[name], "n": int}


def empty(name: str, by: Sequence[str]) -> Frame:
    """Make a table without rows."""
    return frame_of((), columns_of(name, by))


def ordered(rows: Eager, by: Sequence[str], name: str) -> Frame:
    """Put columns and rows in the one order that makes equal tables equal to the byte."""
    columns = list(columns_of(name, by))
    return rows.select(*columns).sort(*columns[:-1], nulls_last=True).to_polars()


def added(tables: Sequence[Frame], by: Sequence[str], name: str) -> Frame:
    """Add tables up, by the dimensions that are kept."""
    keys = list(columns_of(name, by))[:-1]
    stacked = nw.concat([eager(table).select(*keys, "n") for table in tables], how="vertical")
    return ordered(stacked.group_by(*keys).agg(nw.col("n").sum()), by, name)
