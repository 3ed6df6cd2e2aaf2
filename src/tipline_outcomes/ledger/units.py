"""From referrals to units: a unit of several members stands where they stand together.

Most units have one member; those are the referral itself. The few that came of transfers are rolled up.
"""

from typing import Generic

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import AnyRows, Eager, Lazy, Rows, among, kept
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.eventlog.canonical import dimension
from tipline_outcomes.eventlog.windows import Windowed
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.clocks import Marks, marks_of
from tipline_outcomes.ledger.placing import Placed
from tipline_outcomes.ledger.spec import Unit
from tipline_outcomes.ledger.states import changes_alone, changes_of
from tipline_outcomes.model import Action, ChargeStatus, Place, Stage

__all__ = ["Counted", "alone", "contributions", "decided", "measures_of", "referrals_of", "units_of"]

_REASONS = 1 << 10
_DAYS = 1 << 22  # more than the last day of the year 9999
_ORDINAL = EPOCH.toordinal()
_FLAGS = ("undated", "late", "came_in")
_FACTS = ("place", "reason", "since", "open", "peak", "stated", "levels", "begin", "watch", "lossy", *_FLAGS)
_OUT = words.PLACES[Place.TRANSFERRED_OUT.value]
_NO_CHILD = words.REASONS[words.unlinked(Stage.TRANSFERRED.value)]
_STANDS = tuple(words.REASONS[status.value] for status in ChargeStatus if status.stands)
_LATER = nw.when(nw.col("begin") > nw.col("first_day")).then(nw.col("begin"))
_MEASURE = codes.ACTIONS[Action.ADMINISTRATIVE_ACTION.value]


@frozen
class Counted(Generic[AnyRows]):
    """The units of a log as of a day.

    Attributes:
        received: One row a unit received, ``unit``: known before anything is known of where it stands.
        units: What `units_of` gives.
        changes: On which days they changed their state, see `tipline_outcomes.ledger.states`.
        marks: The days that start and stop clocks, see `tipline_outcomes.ledger.clocks`.
        measures: ``unit`` and ``reason``: one row a measure that was taken.
        dimensions: ``unit`` and the columns to group by, under the names of `dimension`.
    """

    received: AnyRows
    units: AnyRows
    changes: AnyRows
    marks: Marks[AnyRows]
    measures: Lazy
    dimensions: AnyRows


def referrals_of(log: EventLog, standing: Placed[Eager], *, unit: Unit, day: int) -> Counted[Eager]:
    """Count referrals, each by itself or in families."""
    members = contributions(standing.referrals, unit, day)
    units = units_of(members)
    changes = log.canonical.transitions.changes.filter(nw.col("day") <= day)
    return Counted(
        received=members.select("unit").unique(),
        units=units,
        changes=changes_of(units, members, changes, transfers_end=unit is Unit.REFERRAL),
        marks=marks_of(standing.rows, members),
        measures=measures_of(standing, members),
        dimensions=log.canonical.dimensions.rename({"rid": "unit"}),
    )


def alone(log: Windowed, standing: Placed[Lazy], *, unit: Unit, day: int) -> Counted[Lazy]:
    """Count the referrals that are not linked to others on their own engine: each is a unit, and a family."""
    members = contributions(standing.referrals, unit, day).with_columns(begin=_LATER)
    ids = log.referrals.filter(~nw.col("linked"))
    begun = nw.col("first_day")
    changes = log.changes.filter(nw.col("day") <= day)
    dimensions = (name for name in ids.collect_schema().names() if name.startswith(dimension("")))
    return Counted(
        received=ids.filter(begun.is_null() | (begun <= day)).select(unit="rid"),
        units=members.select("unit", *_FACTS, together=nw.lit(value=False), day0="first_day"),
        changes=kept(changes_alone(members, changes, transfers_end=unit is Unit.REFERRAL)),
        marks=marks_of(standing.rows, members),
        measures=measures_of(standing, members),
        dimensions=ids.select(*dimensions, unit="rid"),
    )


def contributions(referrals: AnyRows, unit: Unit, day: int) -> AnyRows:
    """Give each referral the ``unit`` that it belongs to, and what it says about where that unit stands.

    In a family, a member whose child is in the data says nothing, and one that was passed on out of the data
    leaves the family unknown since then.
    """
    passed_on = nw.col("place") == _OUT
    if unit is Unit.REFERRAL:
        handed_on = nw.when(passed_on).then(nw.lit(day)).otherwise(nw.col("watch"))
        came_in = ~nw.col("parent").is_null() | nw.col("came_in")
        return referrals.with_columns(handed_on.alias("watch"), unit=nw.col("rid"), came_in=came_in)
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


def units_of(members: Eager, begun: Eager | None = None) -> Eager:
    """Roll the members up.

    Args:
        members: What `contributions` gives: one row for each unit that a referral is a member of.
        begun: ``unit`` and ``day0``, the day on which its clock starts; None where units are named after the
            referral that they begin with.

    Returns:
        One row a unit: ``unit``, ``together`` (rolled up from members), ``day0`` (null if it is not known),
        ``place``, ``reason``, ``since``, ``open``, ``peak``, ``stated``, ``levels``, ``begin`` (the day from
        which all members are watched; null: each from its first), ``watch``, ``undated``, ``late``,
        ``lossy``, ``came_in``.
    """
    members = members.with_columns(begin=_LATER)
    shape = ("unit", "together", *_FACTS)
    several = members.filter(
        nw.col("unit").is_duplicated() if begun is not None else nw.col("rid") != nw.col("unit")
    )
    alone = members.filter(~among("unit", several["unit"])).with_columns(together=nw.lit(value=False))
    families = _together(members.filter(among("unit", several["unit"])))
    families = families.with_columns(together=nw.lit(value=True))
    if begun is None:
        begun = members.select(unit="rid", day0="first_day")
        alone = alone.with_columns(day0="first_day")
    else:
        alone = alone.join(begun, on="unit", how="left")
    families = families.select(*shape, "earliest").join(begun, on="unit", how="left")
    # Where a member came in before the unit is said to have begun, its clock cannot be read.
    early = (nw.col("earliest") < nw.col("day0")).fill_null(value=False)
    families = families.with_columns(undated=nw.col("undated") | early).drop("earliest")
    return nw.concat([alone.select(*families.columns), families], how="vertical")


def measures_of(standing: Placed[AnyRows], members: Rows) -> Lazy:
    """Give every measure that was taken, with its unit."""
    return (
        standing.rows.lazy()
        .filter(nw.col("action") == _MEASURE)
        .select("rid", "reason")
        .join(members.lazy().select("rid", "unit"), on="rid", how="inner")
        .select("unit", "reason")
    )


def _together(members: Eager) -> Eager:
    """Let the first place in the order of precedence decide, and among its members the latest."""
    bits = [bit * way for bit in words.LEVEL_BITS.values() for way in (1, words.IMPLIED)]
    whole = (
        members.with_columns(
            *(((nw.col("levels") // bit) % 2 * bit).alias(f"level_{bit}") for bit in bits),
            *(nw.col(flag).cast(nw.Int64) for flag in _FLAGS),
        )
        .group_by("unit")
        .agg(
            nw.col("place").min().alias("first"),
            nw.col("first_day").min().alias("earliest"),
            *(nw.col(name).max() for name in ("open", "peak", "stated", "begin", *_FLAGS)),
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
    return whole.join(decided(deciding), on="unit", how="left").with_columns(place=nw.col("first"))


def decided(deciding: Eager) -> Eager:
    """Let the latest of those who decide give ``reason`` and ``since``; they are watched as long as all are.

    A conviction that stands goes before whatever else became of charges.

    Args:
        deciding: ``unit``, ``reason``, ``since``, ``watch`` and ``lossy`` of each.
    """
    # Undated members weigh least.
    stands = nw.col("reason").is_in(_STANDS).cast(nw.Int64) * _DAYS
    weight = (stands + (nw.col("since") + _ORDINAL).fill_null(0)) * _REASONS + nw.col("reason")
    return (
        deciding.with_columns(
            weight=weight,
            silent=nw.col("watch").is_null().cast(nw.Int64),
            lossy=nw.col("lossy").cast(nw.Int64),
        )
        .group_by("unit")
        .agg(
            *(nw.col(name).max() for name in ("weight", "silent", "lossy")),
            nw.col("watch").min(),
        )
        .select(
            "unit",
            reason=nw.col("weight") % _REASONS,
            since=nw.col("weight") // _REASONS % _DAYS - _ORDINAL,
            watch=nw.when(nw.col("silent") == 0).then(nw.col("watch")),
            lossy=nw.col("lossy") > 0,
        )
    )
