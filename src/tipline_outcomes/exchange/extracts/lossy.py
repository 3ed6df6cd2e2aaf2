"""The events that came through lossy rows of crosswalks: their codes say less than the words they became."""

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, among
from tipline_outcomes.exchange.extracts.parts import EventMap
from tipline_outcomes.exchange.extracts.rows import Lossy
from tipline_outcomes.exchange.extracts.table import ROW, Table

__all__ = ["counted_lossy"]


def counted_lossy(table: Table, wanted: EventMap, made: Eager) -> Lossy:
    """Count the events that came through lossy rows, by crosswalk and code; the most frequent first.

    Args:
        table: The table.
        wanted: The ``[[event]]``.
        made: The rows that became events.
    """
    lossy = {column: table.profile.lossy(wanted, column) for column in wanted.code}
    counts: dict[tuple[str, str], int] = {}
    left = table.frame.filter(among(ROW, made[ROW])) if any(lossy.values()) else table.frame.head(0)
    for column, crosswalks in lossy.items():
        # Of several columns, the code stands in the first that is not blank.
        there, text = ~nw.col(column).is_null(), nw.col(column).cast(nw.String)
        codes = left.filter(there).select(code=text).filter(nw.col("code").is_in(list(crosswalks)))
        for code, n in codes.group_by("code").agg(n=nw.len()).rows():
            key = crosswalks[code], code
            counts[key] = counts.get(key, 0) + n
        left = left.filter(~there)
    found: dict[str, dict[str, int]] = {}
    for (name, code), n in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        found.setdefault(name, {})[code] = n
    return found
