"""The events of all uses, put in order: one history a referral, in codes."""

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, looked_up
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
    none = (
        referrals.head(0)
        .select("rid", day="received", said="rid", place="rid")
        .with_columns(nw.col("rid").alias(ROW))
    )
    told = nw.concat([none, *stated], how="diagonal")
    # Receipt and implied steps come first, whatever the dates.
    by_dates = profile.order is Order.DATES
    order: tuple[str, ...] = ("day", "place", ROW) if by_dates else ("place", "day", ROW)
    rows = nw.concat([*_received(profile, referrals, told, order), told], how="diagonal")
    if by_dates:
        rows = rows.with_columns(rank=nw.min_horizontal("place", nw.lit(first)))
        order = ("rank", *order)
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


def _received(profile: Profile, referrals: Eager, stated: Eager, order: tuple[str, ...]) -> list[Eager]:
    """Make the first event of every referral, and the implied steps that lead to what the extract states."""
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
    said = [codes.said(action, None) for action in profile.referral.implied]
    begun = _begun(stated, said, order)
    parts = [received]
    for place, step in enumerate(said, start=1):
        steps = dated.with_columns(said=nw.lit(step, dtype=nw.Int64), place=nw.lit(place, dtype=nw.Int64))
        parts.append(steps.join(begun.filter(nw.col("step") <= place), on="rid", how="anti"))
    return parts


def _begun(stated: Eager, implied: list[int], order: tuple[str, ...]) -> Eager:
    """Find the referrals whose stated events begin with an implied step, with the place of that step."""
    steps = {said: place for place, said in enumerate(implied, start=1)}
    if "amended" in stated.columns:
        stated = stated.filter(nw.col("amended").is_null())
    about = stated.filter(nw.col("said").is_in(implied)).select("rid").unique()
    first = renumbered(stated.join(about, on="rid", how="semi"), *order).filter(nw.col("seq") == 0)
    first = first.select("rid", step=looked_up(nw.col("said"), steps))
    return first.filter(nw.col("step") > 0)
