"""The counting that all metrics share: a few sums over the standing table, as data-frame expressions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypedDict

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Frame, lazy
from tipline_outcomes.ledger import Ledger, Unit
from tipline_outcomes.ledger.words import (
    NOT_RUNNING,
    OPEN_NAMES,
    REOPENABLE,
    SET_ASIDE,
    UNLINKED,
    UNWATCHED,
    WATCHED,
)
from tipline_outcomes.metrics.parts import OUTCOMES, Group, Parts
from tipline_outcomes.model import Milestone, Place

__all__ = [
    "COUNTED",
    "Key",
    "at_least",
    "dimensions",
    "fates",
    "in_order",
    "in_place",
    "origin",
    "parts_by",
    "tally",
]

Key = tuple[str | None, ...]
"""The values of the grouping columns; None is "not recorded"."""


def in_place(*places: Place) -> nw.Expr:
    """Say that a unit stands in one of the places."""
    return nw.col("place").is_in([place.value for place in places])


COUNTED = ~in_place(Place.EXCLUDED, Place.TRANSFERRED_OUT)
"""The units of the denominator: the others say "count me elsewhere"."""


def at_least(column: str, milestone: Milestone) -> nw.Expr:
    """Say that the rung in a column is the milestone or a higher one."""
    return nw.col(column).is_in([m.value for m in Milestone if m.rung >= milestone.rung])


def fates(stopped: nw.Expr) -> dict[str, nw.Expr]:
    """Divide the units that have not got further: it is over, still watched, or nobody would have told us."""
    is_open = nw.col("open")
    return {
        "lost": stopped & is_open.is_in([OPEN_NAMES[NOT_RUNNING], OPEN_NAMES[REOPENABLE]]),
        "pending": stopped & (is_open == OPEN_NAMES[WATCHED]),
        "unknown": stopped & (is_open == OPEN_NAMES[UNWATCHED]),
    }


def tally(frame: Frame, keys: Sequence[str], counts: Mapping[str, nw.Expr]) -> dict[Key, dict[str, int]]:
    """Count units by the key columns, in value order with None last.

    Args:
        frame: A table of the ledger, with a column ``n``.
        keys: The columns to group by; with none there is exactly one row, an empty table's too.
        counts: By name, the condition of the units to be counted.
    """
    # Columns are marked, so that a dimension may have the name of a count. Conditions become numbers before
    # they are summed: expressions inside an aggregation are not for every engine.
    marked = lazy(frame).select(
        *(nw.col(key) for key in keys),
        *((condition.cast(nw.Int64) * nw.col("n")).alias(f"#{name}") for name, condition in counts.items()),
    )
    sums = [nw.col(f"#{name}").sum() for name in counts]
    summed = (marked.group_by(*keys).agg(*sums) if keys else marked.select(*sums)).collect()
    rows = {
        tuple(row[: len(keys)]): dict(zip(counts, row[len(keys) :], strict=True))
        for row in summed.iter_rows()
    }
    return {key: rows[key] for key in in_order(rows)}


def in_order(keys: Iterable[Key]) -> list[Key]:
    """Sort groups by their values, "not recorded" last."""
    return sorted(keys, key=lambda key: [(value is None, value or "") for value in key])


def parts_by(standing: Frame, keys: Sequence[str]) -> dict[Key, Parts]:
    """Count where the units of every group stand."""
    reason = nw.col("reason").str
    counted = tally(
        standing,
        keys,
        {
            "received": nw.lit(value=True),
            **{place.value: in_place(place) for place in Place},
            "unlinked": ~COUNTED & reason.starts_with(UNLINKED),
            "set_aside": in_place(Place.UNKNOWN) & reason.starts_with(SET_ASIDE),
            "undated": nw.col("undated"),
            "known_late": nw.col("late"),
            "came_in": nw.col("came_in"),
            "lossy": nw.col("lossy") & in_place(*OUTCOMES),
        },
    )
    return {key: Parts(**counts) for key, counts in counted.items()}


class Origin(TypedDict):
    """Where a result comes from."""

    group: Group
    unit: Unit
    as_of: date
    ledger_digest: str


def origin(ledger: Ledger, by: Sequence[str], key: Key) -> Origin:
    """Say of which ledger and of which group a result is."""
    return Origin(
        group=Group(tuple(zip(by, key, strict=True))),
        unit=ledger.spec.unit,
        as_of=ledger.spec.as_of,
        ledger_digest=ledger.digest,
    )


def dimensions(ledger: Ledger, by: str | Sequence[str] | None) -> tuple[str, ...]:
    """Settle what to group by: None is all that the ledger has, one name may stand alone."""
    if by is None:
        return ledger.spec.by
    return (by,) if isinstance(by, str) else tuple(by)
