"""The oracle's caseload: stocks by looking at every referral on a day, flows by reading every event, naively.

Nothing is chained here: what is open is looked up anew at each end of each period.
"""

from collections import Counter
from datetime import date
from typing import Any

from oracle import DAY, moves_of, period_of, stand_all
from oracle_rules import Record, Row
from oracle_words import OPEN_STAGES

__all__ = ["LINES", "caseload_of"]

LINES = (
    *("received", "transferred_in", "reopened", "charged", "administrative", "closed", "excluded"),
    *("transferred_out", "set_aside", "undated"),
)
LONG_AGO = date.min


def caseload_of(
    record: Record, *, as_of: date, by: tuple[str, ...], period: str
) -> dict[tuple[Any, ...], list[Row]]:
    """Give the periods of every group."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for stand in stand_all(record, as_of).values():
        groups.setdefault(tuple(stand["row"].get(name) for name in by), []).append(stand)
    return {group: periods_of(stands, as_of, period) for group, stands in groups.items()}


def periods_of(stands: list[Row], as_of: date, period: str) -> list[Row]:
    """Account for each period of some referrals."""
    begins = [stand["row"]["observed_from"] for stand in stands if stand["row"]["observed_from"] is not None]
    begun = max(begins, default=None)
    lines = [line for stand in stands for line in lines_of(stand)]
    if begun is None:
        days = [day for _, day in lines if day is not LONG_AGO]
        start = period_of(min(days, default=None), period)
    else:
        start = period_of(begun, period) if begun <= as_of else None
    found: list[Row] = []
    while start is not None and start <= as_of:
        end = start
        while period_of(end + DAY, period) == start:
            end += DAY
        flows = Counter(line for line, day in lines if day is not LONG_AGO and start <= day <= end)
        found.append(
            {
                "start": start,
                "end": end,
                **{line: flows[line] for line in LINES},
                "before": sum(is_open(stand, start - DAY) for stand in stands),
                "listed": sum(is_open(stand, end) for stand in stands),
                "running": end > as_of,
                "partial": begun is not None and start < begun,
                "known": begun is None,
            }
        )
        start = end + DAY
    return found


def told_moves(stand: Row) -> list[tuple[date, str, str | None]]:
    """Give the moves with the day on which they are told; before the source began, that is long ago."""
    begin = stand["row"]["observed_from"]
    moves = []
    for day, _, to, flow in moves_of(stand):
        untold = day is None or (begin is not None and day < begin)
        moves.append((LONG_AGO if untold else day, to, flow))
    return moves


def lines_of(stand: Row) -> list[tuple[str, date]]:
    """Give the lines of the account that a referral has a part in, with the day."""
    moves = told_moves(stand)
    if stand["set_aside"] or stand["undated"]:
        (day, _, entry), *_ = moves
        return [(entry, day), ("set_aside" if stand["set_aside"] else "undated", day)]
    return [(flow, day) for day, _, flow in moves if flow is not None]


def is_open(stand: Row, day: date) -> bool:
    """Tell whether a referral is in the caseload at the end of a day."""
    if stand["set_aside"] or stand["undated"]:
        return False
    stages = [to for on, to, _ in told_moves(stand) if on <= day]
    return bool(stages) and stages[-1] in OPEN_STAGES
