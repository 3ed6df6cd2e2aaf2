"""The events of all uses, put in order: one history a referral, in codes."""

from collections.abc import Iterator, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, looked_up, spread
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.filling import with_filings
from tipline_outcomes.eventlog.told import Told, renumbered
from tipline_outcomes.exchange.extracts.parts import Order
from tipline_outcomes.exchange.extracts.profile import Profile
from tipline_outcomes.exchange.extracts.table import ROW
from tipline_outcomes.model import Action

__all__ = ["day_of", "histories"]

_EPOCH = EPOCH.toordinal()
_MADE_AVAILABLE = codes.ACTIONS[Action.MADE_AVAILABLE.value]


def histories(profile: Profile, referrals: Eager, uses: list[Eager]) -> Told:
    """Put the events in order.

    Args:
        profile: It says which steps are implied, and what orders the events.
        referrals: The referrals, as `referrals_of` gives them.
        uses: The events of each use, as `events_of` gives them.
    """
    ids = dict.fromkeys(("subject_id", "charge_id"), nw.lit(None, dtype=nw.String))
    stated = [
        referrals.head(0).select(ROW, "rid", day="received", said="received", place="rid", **ids),
        *(use.with_columns(place=nw.lit(place, dtype=nw.Int64)) for place, use in enumerate(uses)),
    ]
    order = ("day", "place", ROW) if profile.order is Order.DATES else ("place", "day", ROW)
    rows = renumbered(stated, order)
    action, reason, kind = codes.unpacked(nw.col("said"))
    days = [name for name in ("day", "amended") if name in rows.columns]
    rows = rows.with_columns(
        *((nw.col(name) - _EPOCH).cast(nw.Int32) for name in days),
        action=action,
        reason=reason,
        kind=kind,
        implied=nw.lit(value=False),
        side=nw.lit(0, dtype=nw.Int32),
    ).drop("said", "place", ROW)
    steps = tuple(codes.ACTIONS[action.value] for action in profile.referral.implied)
    parts = with_filings(rows) if profile.fill_gaps else [rows]
    # What an extract states comes after receipt and implied steps, whatever the dates.
    parts = [*_begun(referrals, rows, steps), *parts]
    return Told.of(renumbered(parts, ("seq", "side"), drop=("side",)))


def day_of(ordinal: str) -> nw.Expr:
    """Turn a column of ordinals into days."""
    return (nw.col(ordinal) - _EPOCH).cast(nw.Int32).cast(nw.Date)


def _taken(referrals: Eager, stated: Eager, steps: Sequence[int]) -> nw.Series[Any]:
    """Count the implied steps that every referral takes: those that lead to what the extract states.

    Without a day nothing is implied; where what is stated begins with one of the steps, those before it are.
    """
    live = stated.filter(nw.col("amended").is_null()) if "amended" in stated.columns else stated
    begins = (nw.col("rid") != nw.col("rid").shift(1)).fill_null(value=True)
    first = live.select("rid", "action", begins=begins).filter(
        nw.col("begins") & nw.col("action").is_in(steps)
    )
    places = {step: place for place, step in enumerate(steps)}
    until = spread(first["rid"], first.select(n=looked_up(nw.col("action"), places))["n"], len(referrals))
    dated = referrals.select(dated=~nw.col("received").is_null(), until=until)
    most = nw.when("dated").then(nw.lit(len(steps))).otherwise(nw.lit(0))
    return dated.select(taken=nw.min_horizontal("until", most))["taken"]


def _begun(referrals: Eager, stated: Eager, steps: Sequence[int]) -> Iterator[Eager]:
    """Make the first event of every referral, and the implied steps that it takes."""
    none = nw.lit(0, dtype=nw.Int16)
    heads = referrals.select("rid", "received", taken=_taken(referrals, stated, steps))
    for place, step in enumerate((_MADE_AVAILABLE, *steps)):
        yield heads.filter(nw.col("taken") >= place).select(
            "rid",
            seq=nw.lit(place - len(steps) - 1, dtype=nw.Int32),
            side=nw.lit(0, dtype=nw.Int32),
            day=(nw.col("received") - _EPOCH).cast(nw.Int32),
            action=nw.lit(step, dtype=nw.Int16),
            **dict.fromkeys(("reason", "kind", "level"), none),
            implied=nw.lit(value=place > 0),
        )
