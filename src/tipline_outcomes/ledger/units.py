"""From referrals to units: a family stands where its members stand together.

Most families have one member; those are the referral itself. The few that came of transfers are rolled up.
"""

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, among
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.spec import Unit
from tipline_outcomes.model import Place, Stage

__all__ = ["contributions", "units_of"]

_REASONS = 1 << 10
_ORDINAL = EPOCH.toordinal()
_FLAGS = ("undated", "late", "came_in")
_OUT = words.PLACES[Place.TRANSFERRED_OUT.value]
_NO_CHILD = words.REASONS[words.unlinked(Stage.TRANSFERRED.value)]


def contributions(referrals: Eager, unit: Unit, day: int) -> Eager:
    """Give each referral the ``unit`` that it belongs to, and what it says about where that unit stands.

    In a family, a member whose child is in the data says nothing, and one that was passed on out of the data
    leaves the family unknown since then.
    """
    passed_on = nw.col("place") == _OUT
    if unit is Unit.REFERRAL:
        handed_on = nw.when(passed_on).then(nw.lit(day)).otherwise(nw.col("watch"))
        return referrals.with_columns(handed_on.alias("watch"), unit=nw.col("rid"))
    gone = passed_on & (nw.col("reason") == _NO_CHILD)
    return referrals.with_columns(
        unit=nw.col("root"),
        place=nw.when(gone)
        .then(nw.lit(words.PLACES[Place.UNKNOWN.value]))
        .when(passed_on)
        .then(nw.lit(words.SKIPPED))
        .otherwise(nw.col("place")),
        reason=nw.when(gone)
        .then(nw.lit(words.REASONS[Place.TRANSFERRED_OUT.value]))
        .otherwise(nw.col("reason")),
        open=nw.when(gone).then(nw.lit(words.UNWATCHED)).otherwise(nw.col("open")),
        watch=nw.when(gone).then(nw.col("since")).otherwise(nw.col("watch")),
    )


def units_of(members: Eager, unit: Unit) -> Eager:
    """Roll the members up.

    Args:
        members: What `contributions` gives.
        unit: What is counted.

    Returns:
        One row a unit: ``unit``, ``together`` (rolled up from members), ``day0`` (null if the root is not
        received), ``place``, ``reason``,
        ``since``, ``open``, ``peak``, ``stated``, ``levels``, ``watch``, ``undated``, ``late``, ``came_in``.
    """
    shape = (
        "unit",
        "together",
        "place",
        "reason",
        "since",
        "open",
        "peak",
        "stated",
        "levels",
        "watch",
        *_FLAGS,
    )
    day0 = members.select(unit="rid", day0="first_day")
    if unit is Unit.REFERRAL:
        came_in = ~nw.col("parent").is_null() | nw.col("came_in")
        alone = members.with_columns(together=nw.lit(value=False), came_in=came_in).select(*shape)
        return alone.join(day0, on="unit", how="left")
    linked = among("unit", members.filter(nw.col("rid") != nw.col("unit"))["unit"].unique())
    alone = members.filter(~linked).with_columns(together=nw.lit(value=False)).select(*shape)
    families = (
        _together(members.filter(linked)).with_columns(together=nw.lit(value=True)).select(*shape, "earliest")
    )
    families = families.join(day0, on="unit", how="left")
    # A family whose root came in after a member of it tells of an impossible order: its clock cannot be read.
    early = (nw.col("earliest") < nw.col("day0")).fill_null(value=False)
    families = families.with_columns(undated=nw.col("undated") | early).drop("earliest")
    alone = alone.join(day0, on="unit", how="left").select(*families.columns)
    return nw.concat([alone, families], how="vertical")


def _together(members: Eager) -> Eager:
    """Let the first place in the order of precedence decide, and among its members the latest."""
    bits = [bit * way for bit in words.LEVEL_BITS.values() for way in (1, words.IMPLIED)]
    # Undated members weigh least.
    weight = (nw.col("since") + _ORDINAL).fill_null(0) * _REASONS + nw.col("reason")
    whole = (
        members.with_columns(
            *(((nw.col("levels") // bit) % 2 * bit).alias(f"level_{bit}") for bit in bits),
            *(nw.col(flag).cast(nw.Int64) for flag in _FLAGS),
            open=nw.when(nw.col("place") == words.SKIPPED).then(nw.lit(0)).otherwise(nw.col("open")),
        )
        .group_by("unit")
        .agg(
            nw.col("place").min().alias("first"),
            nw.col("first_day").min().alias("earliest"),
            *(nw.col(name).max() for name in ("open", "peak", "stated", *_FLAGS)),
            *(nw.col(f"level_{bit}").max() for bit in bits),
        )
        .with_columns(
            *(nw.col(flag) > 0 for flag in _FLAGS),
            levels=nw.sum_horizontal(*(f"level_{bit}" for bit in bits)),
        )
    )
    deciding = members.join(whole.select("unit", "first"), on="unit", how="left").filter(
        nw.col("place") == nw.col("first")
    )
    decided = (
        deciding.with_columns(weight=weight, silent=nw.col("watch").is_null().cast(nw.Int64))
        .group_by("unit")
        .agg(nw.col("weight").max(), nw.col("watch").min(), nw.col("silent").max())
        .select(
            "unit",
            reason=nw.col("weight") % _REASONS,
            since=nw.col("weight") // _REASONS - _ORDINAL,
            watch=nw.when(nw.col("silent") == 0).then(nw.col("watch")),
        )
    )
    return whole.join(decided, on="unit", how="left").with_columns(place=nw.col("first"))
