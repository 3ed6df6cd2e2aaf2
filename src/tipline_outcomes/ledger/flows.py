"""Movements and stock: what every referral did in the calendar, and where that left it."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH, Period, period_start
from tipline_outcomes._engine import AnyRows, Eager, Rows, collected, eager, frame_of, looked_up, taken_from
from tipline_outcomes.eventlog import codes
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.placing import Placed

__all__ = ["OUTSIDE", "movements_of", "stock_of"]

OUTSIDE = "outside"
"""Where every referral comes from."""
_ASIDE = "set_aside"
_STAGE_NAMES = {0: _ASIDE, **codes.STAGE_NAMES}


def movements_of(standing: Placed[AnyRows], cells: AnyRows, period: Period) -> Eager:
    """Count the moves between stages: ``cell``, ``period`` (its first day), ``from``, ``to``, ``n``.

    A referral that is set aside enters once, into ``set_aside``, and moves no further.
    """
    moves = standing.rows.select("rid", "day", "before", "after", "moves").filter("moves").drop("moves")
    none = nw.lit(0).cast(nw.Int16)
    aside = standing.referrals.filter(nw.col("stage") == 0)
    aside = aside.select("rid", day=nw.col("first_day").cast(nw.Int32), before=none, after=none)
    moves = nw.concat([moves, aside], how="vertical")
    counted = collected(
        taken_from(moves, cells, "rid", cell="cell")
        .lazy()
        .group_by("cell", "day", "before", "after")
        .agg(n=nw.len().cast(nw.Int64))
    )
    return (
        counted.join(_periods(counted, period), on="day", how="left")
        .group_by("cell", "period", "before", "after")
        .agg(nw.col("n").sum())
        .select(
            "cell",
            "period",
            looked_up(nw.col("before"), {0: OUTSIDE, **codes.STAGE_NAMES}).alias("from"),
            looked_up(nw.col("after"), _STAGE_NAMES).alias("to"),
            "n",
        )
    )


def _periods(counted: Eager, period: Period) -> Eager:
    """Map each day that occurs to the first day of its period: the calendar is not asked once a row."""
    days: list[int] = counted["day"].drop_nulls().unique().to_list()
    starts = ((day, period_start(EPOCH + timedelta(days=day), period)) for day in days)
    return eager(frame_of(starts, {"day": int, "period": date})).with_columns(nw.col("day").cast(nw.Int32))


def stock_of(standing: Placed[AnyRows], cells: Rows) -> Eager:
    """Count the referrals in each stage: ``cell``, ``stage``, ``open``, ``n``."""
    counted = collected(
        standing.referrals.lazy()
        .join(cells.lazy(), on="rid", how="inner")
        .group_by("cell", "stage", "open")
        .agg(n=nw.len().cast(nw.Int64))
    )
    return counted.select(
        "cell",
        looked_up(nw.col("stage"), _STAGE_NAMES),
        looked_up(nw.col("open"), words.OPEN_NAMES),
        "n",
    )
