"""Movements and stock: what every referral did in the calendar, and where that left it."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH, Period, period_start
from tipline_outcomes._engine import (
    AnyRows,
    Eager,
    Rows,
    collected,
    eager,
    frame_of,
    looked_up,
    taken_from,
    translated,
)
from tipline_outcomes.eventlog import codes
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.placing import Placed
from tipline_outcomes.model import Action, Stage

__all__ = ["OUTSIDE", "SET_ASIDE", "CaseloadFlow", "movements_of", "stock_of"]

OUTSIDE: Final = "outside"
"""Where every referral comes from."""
SET_ASIDE: Final = "set_aside"
"""Where a referral goes that breaks a rule of form, path or link."""


class CaseloadFlow(StrEnum):
    """What a move does to a caseload: the referrals that are neither charged, nor ended, nor passed on.

    >>> [flow.value for flow in CaseloadFlow if flow.enters]
    ['received', 'transferred_in', 'reopened']
    """

    RECEIVED = "received"
    """Made available first-hand."""
    TRANSFERRED_IN = "transferred_in"
    """Made available by another agency, which passed it on; it may not be in the data."""
    REOPENED = "reopened"
    """A closure was undone."""
    CHARGED = "charged"
    """A first charge was filed. What the courts do with it is no part of the agency's caseload."""
    ADMINISTRATIVE = "administrative"
    """Ended by an administrative disposition."""
    CLOSED = "closed"
    """Ended otherwise, without a charge."""
    EXCLUDED = "excluded"
    """Ended with a reason that says "count me elsewhere"."""
    TRANSFERRED_OUT = "transferred_out"
    """Passed on to another agency."""

    @property
    def enters(self) -> bool:
        """Whether it adds to the caseload; the others take from it."""
        return self in (CaseloadFlow.RECEIVED, CaseloadFlow.TRANSFERRED_IN, CaseloadFlow.REOPENED)


_ORDINAL = EPOCH.toordinal()  # makes every day of the calendar positive
_STAGE_NAMES = {0: SET_ASIDE, **codes.STAGE_NAMES}
_CLOSE = codes.ACTIONS[Action.CLOSE.value]
_TRANSFERRED = codes.STAGES[Stage.TRANSFERRED.value]
_CLOSED = (codes.STAGES[Stage.CLOSED.value], codes.STAGES[Stage.CLOSED_FINAL.value])
_ENDS = {code: place.value for code, place in codes.ENDS_AS.items()}


def movements_of(standing: Placed[AnyRows], cells: AnyRows, period: Period) -> Eager:
    """Count the moves between stages: ``cell``, the columns of the table, ``n``.

    A referral that is set aside enters once, into ``set_aside``, and moves no further.
    """
    reason = nw.when(nw.col("action") == _CLOSE).then(nw.col("reason"))
    moves = standing.rows.select("rid", "day", "before", "after", "moves", reason=reason)
    moves = moves.filter("moves").drop("moves")
    none = nw.lit(0).cast(nw.Int16)
    aside = standing.referrals.filter(nw.col("stage") == 0)
    aside = aside.select("rid", day=nw.col("first_day").cast(nw.Int32), before=none, after=none, reason=none)
    moves = nw.concat([moves, aside], how="vertical")
    passed_on = nw.col("came_in") | ~nw.col("parent").is_null()
    known = standing.referrals.select("rid", "undated", "begin", passed_on=passed_on)
    known = taken_from(known, cells, "rid", cell="cell")
    facts = {name: name for name in ("cell", "undated", "begin", "passed_on")}
    # What happened before the source began to tell is told of some, and of others not.
    told = ~(nw.col("day") < nw.col("begin")).fill_null(value=False)
    moves = taken_from(moves, known, "rid", **facts)
    moves = moves.with_columns(day=nw.when(told).then(nw.col("day")))
    if isinstance(moves, nw.DataFrame):
        # Here periods are grouped faster than days, of which there are many more.
        moves = moves.with_columns(day=_first_days(moves["day"], period))
    keys = ("before", "after", "reason", "passed_on", "undated")
    counted = collected(moves.lazy().group_by("cell", "day", *keys).agg(n=nw.len().cast(nw.Int64)))
    return (
        counted.join(_periods(counted, period), on="day", how="left")
        .with_columns(nw.col("undated").fill_null(value=False), flow=_flow())
        .group_by("cell", "period", "before", "after", "flow", "undated")
        .agg(nw.col("n").sum())
        .select(
            "cell",
            "period",
            looked_up(nw.col("before"), {0: OUTSIDE, **codes.STAGE_NAMES}).alias("from"),
            looked_up(nw.col("after"), _STAGE_NAMES).alias("to"),
            "flow",
            "undated",
            "n",
        )
    )


def _flow() -> nw.Expr:
    """Tell what a move does to a caseload; null: nothing."""
    was = nw.col("before").is_in(codes.OPEN_STAGE_CODES)
    now = nw.col("after").is_in(codes.OPEN_STAGE_CODES)
    outside = nw.col("before") == 0
    return (
        nw.when(outside & nw.col("passed_on"))
        .then(nw.lit(CaseloadFlow.TRANSFERRED_IN.value))
        .when(outside)
        .then(nw.lit(CaseloadFlow.RECEIVED.value))
        .when(~was & now)
        .then(nw.lit(CaseloadFlow.REOPENED.value))
        .when(was & (nw.col("after") == _TRANSFERRED))
        .then(nw.lit(CaseloadFlow.TRANSFERRED_OUT.value))
        .when(was & nw.col("after").is_in(_CLOSED))
        .then(looked_up(nw.col("reason"), _ENDS))
        .when(was & ~now)
        .then(nw.lit(CaseloadFlow.CHARGED.value))
    )


def _first_days(days: nw.Series[Any], period: Period) -> nw.Series[Any]:
    """Put the first day of its period in the place of every day."""
    known = _periods(days.to_frame(), period)
    starts = known["period"].cast(nw.Int32)
    return translated(days + _ORDINAL, known["day"] + _ORDINAL, starts)


def _periods(counted: Eager, period: Period) -> Eager:
    """Map each day that occurs to the first day of its period: the calendar is not asked once a row."""
    days: list[int] = counted["day"].drop_nulls().unique().to_list()
    starts = ((day, period_start(EPOCH + timedelta(days=day), period)) for day in days)
    return eager(frame_of(starts, {"day": int, "period": date})).with_columns(nw.col("day").cast(nw.Int32))


def stock_of(standing: Placed[AnyRows], cells: Rows) -> Eager:
    """Count the referrals in each stage: ``cell``, the columns of the table, ``n``."""
    counted = collected(
        standing.referrals.lazy()
        .join(cells.lazy(), on="rid", how="inner")
        .group_by("cell", "stage", "open", "begin")
        .agg(n=nw.len().cast(nw.Int64))
    )
    return counted.select(
        "cell",
        looked_up(nw.col("stage"), _STAGE_NAMES),
        looked_up(nw.col("open"), words.OPEN_NAMES),
        nw.col("begin").cast(nw.Int32).cast(nw.Date).alias("observed_from"),
        "n",
    )
