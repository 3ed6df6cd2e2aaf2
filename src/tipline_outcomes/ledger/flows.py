"""Movements and stock: what every referral did in the calendar, and where that left it."""

from datetime import date, timedelta
from typing import Any

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH, Period, period_start
from tipline_outcomes._engine import Eager, eager, frame_of, joined, looked_up, translated
from tipline_outcomes.eventlog import codes
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.placing import Placed

__all__ = ["OUTSIDE", "movements_of", "stock_of"]

OUTSIDE = "outside"
"""Where every referral comes from."""
_ASIDE = "set_aside"
_ORDINAL = EPOCH.toordinal()  # makes every day of the calendar positive
_STAGE_NAMES = {0: _ASIDE, **codes.STAGE_NAMES}


def movements_of(standing: Placed, cells: Eager, period: Period) -> Eager:
    """Count the moves between stages: ``cell``, ``period`` (its first day), ``from``, ``to``, ``n``.

    A referral that is set aside enters once, into ``set_aside``, and moves no further.
    """
    moves = standing.rows.select("rid", "day", "before", "after", "moves").filter("moves").drop("moves")
    none = nw.lit(0).cast(nw.Int16)
    aside = standing.referrals.filter(nw.col("stage") == 0)
    aside = aside.select("rid", day=nw.col("first_day").cast(nw.Int32), before=none, after=none)
    moves = nw.concat([moves, aside], how="vertical")
    return (
        moves.with_columns(
            cell=translated(moves["rid"], cells["rid"], cells["cell"]), period=_periods(moves["day"], period)
        )
        .lazy()
        .group_by("cell", "period", "before", "after")
        .agg(n=nw.len().cast(nw.Int64))
        .collect()
        .select(
            "cell",
            "period",
            looked_up(nw.col("before"), {0: OUTSIDE, **codes.STAGE_NAMES}).alias("from"),
            looked_up(nw.col("after"), _STAGE_NAMES).alias("to"),
            "n",
        )
    )


def _periods(days: nw.Series[Any], period: Period) -> nw.Series[Any]:
    """Give the first day of the period of every day: the calendar is not asked once a row."""
    found: list[int] = days.drop_nulls().unique().to_list()
    starts = ((day + _ORDINAL, period_start(EPOCH + timedelta(days=day), period)) for day in found)
    known = eager(frame_of(starts, {"day": int, "period": date}))
    return translated(days + _ORDINAL, known["day"], known["period"])


def stock_of(standing: Placed, cells: Eager) -> Eager:
    """Count the referrals in each stage: ``cell``, ``stage``, ``open``, ``n``."""
    return (
        joined(standing.referrals.select("rid", "stage", "open"), cells, "rid")
        .lazy()
        .group_by("cell", "stage", "open")
        .agg(n=nw.len().cast(nw.Int64))
        .collect()
        .select(
            "cell",
            looked_up(nw.col("stage"), _STAGE_NAMES),
            looked_up(nw.col("open"), words.OPEN_NAMES),
            "n",
        )
    )
