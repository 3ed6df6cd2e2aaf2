"""The events of all uses, put in order: one history a referral, in the form of the event table."""

from math import prod
from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, looked_up
from tipline_outcomes.eventlog import EVENT_COLUMNS
from tipline_outcomes.exchange.extracts.events import Words
from tipline_outcomes.exchange.extracts.parts import Order
from tipline_outcomes.exchange.extracts.profile import Profile
from tipline_outcomes.exchange.extracts.table import ROW
from tipline_outcomes.model import Action
from tipline_outcomes.model.disposition import kind_of

__all__ = ["day_of", "histories"]

_MOST: Final = (1 << 63) - 1
_EPOCH: Final = EPOCH.toordinal()


def histories(profile: Profile, words: Words, referrals: Eager, uses: list[Eager]) -> Eager:
    """Make the event table.

    Args:
        profile: It says which steps are implied, and what orders the events.
        words: All that its events can say.
        referrals: The referrals, as `referrals_of` gives them.
        uses: The events of each use, as `events_of` gives them.
    """
    first = 1 + len(profile.referral.implied)
    stated = [
        use.with_columns(use=nw.col("use").cast(nw.Int64) + first - 1, implied=nw.lit(value=False))
        for use in uses
    ]
    told = nw.concat([*_received(profile, words, referrals, uses), *stated], how="diagonal")
    for name in ("subject", "charge", "other", "level"):
        told = told if name in told.columns else told.with_columns(nw.lit(None, dtype=nw.String).alias(name))
    if "amended" not in told.columns:
        told = told.with_columns(amended=nw.lit(None, dtype=nw.Int64))
    told = _in_order(told, profile.order, first).with_row_index("i")
    # A running number less that of the referral's first event.
    begins = (nw.col("rid") != nw.col("rid").shift(1)).fill_null(value=True)
    begun = nw.when(begins).then(nw.col("i")).fill_null(strategy="forward")
    actions = {code: action.value for (action, _), code in words.codes.items()}
    reasons = {code: reason.value for (_, reason), code in words.codes.items() if reason is not None}
    kinds = {code: kind_of(reason) for (_, reason), code in words.codes.items() if reason is not None}
    none = nw.lit(None, dtype=nw.String)
    ids = referrals["referral_id"]
    return (
        told.with_columns(referral_id=ids[told["rid"]])
        .select(
            referral_id=nw.col("referral_id"),
            seq=nw.col("i").cast(nw.Int64) - begun.cast(nw.Int64),
            on=day_of("day"),
            action=looked_up(nw.col("said"), actions),
            disposition=looked_up(nw.col("said"), kinds) if kinds else none,
            reason=looked_up(nw.col("said"), reasons) if reasons else none,
            level=nw.col("level"),
            subject_id=nw.col("subject"),
            charge_id=nw.col("charge"),
            implied=nw.col("implied"),
            superseded_on=day_of("amended"),
            other_id=nw.col("other"),
        )
        .select(*EVENT_COLUMNS)
    )


def day_of(ordinal: str) -> nw.Expr:
    """Turn a column of ordinals into days."""
    return (nw.col(ordinal) - _EPOCH).cast(nw.Int32).cast(nw.Date)


def _received(profile: Profile, words: Words, referrals: Eager, uses: list[Eager]) -> list[Eager]:
    """Make the first event of every referral, and the implied steps that no row of the extract states."""
    received = referrals.select(
        "rid",
        day="received",
        said=nw.lit(words.codes[Action.MADE_AVAILABLE, None], dtype=nw.Int64),
        use=nw.lit(0, dtype=nw.Int64),
        implied=nw.lit(value=False),
    ).with_columns(nw.lit(0, dtype=nw.Int64).alias(ROW))
    dated = received.filter(~nw.col("day").is_null()).with_columns(implied=nw.lit(value=True))
    parts = [received]
    for place, action in enumerate(profile.referral.implied, start=1):
        said = nw.lit(words.codes[action, None], dtype=nw.Int64)
        steps = dated.with_columns(said=said, use=nw.lit(place, dtype=nw.Int64))
        for use in uses:
            steps = steps.join(
                use.filter(nw.col("said") == said).select("rid").unique(), on="rid", how="anti"
            )
        parts.append(steps)
    return parts


def _in_order(events: Eager, order: Order, first: int) -> Eager:
    """Sort the events of each referral: receipt and implied steps first, then as the profile says."""
    keys = ["rid", "use", "day", ROW]
    if order is Order.DATES:
        events = events.with_columns(rank=nw.min_horizontal("use", nw.lit(first)))
        keys = ["rid", "rank", "day", "use", ROW]
    if events.is_empty():
        return events
    least = {key: int(events[key].min() or 0) for key in keys}
    sizes = {key: int(events[key].max() or 0) - least[key] + 1 for key in keys}
    if prod(sizes.values()) > _MOST:
        return events.sort(*keys)
    # One number in place of four or five sorts several times as fast.
    packed = nw.lit(0)
    for key in keys:
        packed = packed * sizes[key] + (nw.col(key).fill_null(least[key]) - least[key])
    return events.with_columns(packed=packed).sort("packed")
