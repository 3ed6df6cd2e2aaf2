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
            "lossy": bool,
        },
        "waits": {
            "clock": str,
            "from": str,
            "to": str,
            "days": int,
            "followed": int,
            "late": bool,
            "entered": int,
            "came_in": bool,
        },
        "movements": {"period": date, "from": str, "to": str, "flow": str, "undated": bool},
        "stock": {"stage": str, "open": str, "observed_from": date},
        "measures": {"place": str, "measure": str, "came_in": bool},
    }
)
"""Each table's own columns; before them come the dimensions, after them the count ``n``.

Late entry, in ``waits``: ``entered`` is the day of a unit's own clock from which it was watched, the same in
all its rows; 0 where that was its first. The rows of risk sets are those that are not ``late`` and have days.
A unit comes into the risk set of ``open`` on the day ``entered``, one for each last row among them; and it is
at risk on that day and on each through the ``days`` of the row by which it leaves. Who had left ``open``
before has no such rows. A share of all that were received leaves out whoever entered late: of those who were
received with them, only the ones that were still there are in the data.
"""


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
