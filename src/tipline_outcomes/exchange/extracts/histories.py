"""The events of all uses, put in order: one history a referral, in codes."""

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.told import Told, renumbered
from tipline_outcomes.exchange.extracts.parts import Order
from tipline_outcomes.exchange.extracts.profile import Profile
from tipline_outcomes.exchange.extracts.table import ROW
from tipline_outcomes.model import Action

__all__ = ["day_of", "histories"]

_EPOCH = EPOCH.toordinal()
_RECEIVED = codes.said(Action.MADE_AVAILABLE, None)


def histories(profile: Profile, referrals: Eager, uses: list[Eager]) -> Told:
    """Put the events in order.

    Args:
        profile: It says which steps are implied, and what orders the events.
        referrals: The referrals, as `referrals_of` gives them.
        uses: The events of each use, as `events_of` gives them.
    """
    first = 1 + len(profile.referral.implied)
    stated = [
        use.with_columns(place=nw.lit(place, dtype=nw.Int64), implied=nw.lit(value=False))
        for place, use in enumerate(uses, start=first)
    ]
    rows = nw.concat([*_received(profile, referrals, uses), *stated], how="diagonal")
    order: tuple[str, ...] = ("place", "day", ROW)
    if profile.order is Order.DATES:
        # Receipt and implied steps come first all the same.
        rows = rows.with_columns(rank=nw.min_horizontal("place", nw.lit(first)))
        order = ("rank", "day", "place", ROW)
    rows = renumbered(rows, *order)
    action, reason, kind = codes.unpacked(nw.col("said"))
    days = [name for name in ("day", "amended") if name in rows.columns]
    return Told.of(
        rows.with_columns(
            *((nw.col(name) - _EPOCH).alias(name) for name in days), action=action, reason=reason, kind=kind
        )
    )


def day_of(ordinal: str) -> nw.Expr:
    """Turn a column of ordinals into days."""
    return (nw.col(ordinal) - _EPOCH).cast(nw.Int32).cast(nw.Date)


def _received(profile: Profile, referrals: Eager, uses: list[Eager]) -> list[Eager]:
    """Make the first event of every referral, and the implied steps that no row of the extract states."""
    received = referrals.select(
        "rid",
        nw.lit(0, dtype=nw.Int64).alias(ROW),
        day="received",
        said=nw.lit(_RECEIVED, dtype=nw.Int64),
        level=nw.lit(0, dtype=nw.Int32),
        place=nw.lit(0, dtype=nw.Int64),
        implied=nw.lit(value=False),
    )
    dated = received.filter(~nw.col("day").is_null()).with_columns(implied=nw.lit(value=True))
    parts = [received]
    for place, action in enumerate(profile.referral.implied, start=1):
        said = nw.lit(codes.said(action, None), dtype=nw.Int64)
        steps = dated.with_columns(said=said, place=nw.lit(place, dtype=nw.Int64))
        for use in uses:
            stated = use.filter(nw.col("said") == said).select("rid").unique()
            steps = steps if stated.is_empty() else steps.join(stated, on="rid", how="anti")
        parts.append(steps)
    return parts
