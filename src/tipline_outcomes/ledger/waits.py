"""A unit's clocks: on which day since a clock started did the unit change its state, and how did that end.

Every unit on a clock has exactly one *last* row there: the target of the clock or transferred out, seen while
it was watched; excluded; undated (no day of it can be trusted); implied (nobody stated the day on which the
clock started, or on which the unit changed its state); or the day on which watching ended, ``pending`` or
``unknown``. What became known after watching ended, or happened before it began, is a row of its own, marked
``late``; it belongs to no risk set.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import (
    AnyRows,
    Eager,
    collected,
    flagged,
    joined,
    looked_up,
    outermost,
    taken_from,
)
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.clocks import STATES, Clock
from tipline_outcomes.model import Place

__all__ = ["IMPLIED", "LAST_ALWAYS", "LAST_UNLESS_LATE", "UNDATED", "waits_of"]

UNDATED = "undated"
IMPLIED = "implied"
LAST_ALWAYS = (Place.PENDING.value, Place.UNKNOWN.value, Place.EXCLUDED.value, UNDATED, IMPLIED)
LAST_UNLESS_LATE = (*dict.fromkeys(clock.target for clock in Clock), Place.TRANSFERRED_OUT.value)

_ENDINGS = {
    name: len(STATES) + i
    for i, name in enumerate((Place.PENDING.value, Place.UNKNOWN.value, UNDATED, IMPLIED), 1)
}
_NAMES = {code: name for name, code in (STATES | _ENDINGS).items()}
_OF_UNITS = ("followed", "entered", "came_in")
_ORDINAL = EPOCH.toordinal()  # makes every day of the calendar positive, for packing
_PACKED = 1 << 5  # more than there are codes
_TOLD = ("unit", "cell", *_OF_UNITS)


def waits_of(units: AnyRows, changes: AnyRows, *, clock: Clock, day: int, horizons: Sequence[int]) -> Eager:
    """Count a clock's rows: ``cell``, the columns of the table, ``n``.

    Args:
        units: The units on the clock, with ``cell``; ``started`` says whether the day zero is stated.
        changes: The changes of their states since, in the order of units and days.
        clock: The clock.
        day: The day of the count.
        horizons: The follow-up times in days.
    """
    units = units.with_columns(
        followed=_followed(day, horizons),
        entered=nw.max_horizontal(nw.col("begin") - nw.col("day0"), nw.lit(0)).cast(nw.Int64),
    )
    set_aside = [code for name, code in words.REASONS.items() if name.startswith(words.SET_ASIDE)]
    cut = nw.when(nw.col("watch") < day).then(nw.col("watch")).otherwise(nw.lit(day))
    begun = ~nw.col("watch").is_null() & (cut - nw.col("day0") >= nw.col("entered"))
    units = flagged(units, "unit", _left_before(units, changes, clock), "left").with_columns(
        end=nw.when(begun & ~nw.col("left")).then(cut),
        ending=nw.when(nw.col("reason").is_in(set_aside))
        .then(nw.lit(_ENDINGS[Place.UNKNOWN.value]))
        .when(nw.col("undated") | nw.col("day0").is_null())
        .then(nw.lit(_ENDINGS[UNDATED]))
        .when(~nw.col("started"))
        .then(nw.lit(_ENDINGS[IMPLIED]))
        .when(nw.col("place") == words.PLACES[Place.EXCLUDED.value])
        .then(nw.lit(STATES[Place.EXCLUDED.value])),
    )
    timed = units.filter(nw.col("ending").is_null()).select(*_TOLD, "day0", "end")
    changes = joined(changes, timed, "unit")
    changes = changes.with_columns(days=nw.col("day") - nw.col("day0")).select(
        *(*_TOLD, "was", "now", "implied", "days"),
        late=((nw.col("day") > nw.col("end")) | (nw.col("days") < nw.col("entered"))).fill_null(value=True),
    )
    # Who changed on a day that nobody stated is in no risk set; such a day that is known late is left out.
    unstated = changes.filter(nw.col("implied") & ~nw.col("late"))
    units = flagged(units, "unit", unstated, "unstated").with_columns(
        ending=nw.when("unstated").then(nw.lit(_ENDINGS[IMPLIED])).otherwise(nw.col("ending"))
    )
    changes = flagged(changes.filter(~nw.col("implied")), "unit", unstated, "unstated")
    changes = changes.filter(~nw.col("unstated"))
    excluded = nw.col("ending") == STATES[Place.EXCLUDED.value]
    no_clock = units.filter(~nw.col("ending").is_null()).select(
        *_TOLD,
        was=nw.lit(STATES[clock.begins]),
        now=nw.col("ending"),
        days=nw.when(excluded).then(nw.col("since") - nw.col("day0")),
        late=nw.lit(value=False),
    )
    on_clock = units.filter(nw.col("ending").is_null())
    rows = nw.concat(
        [_typed(no_clock), _typed(changes), _typed(_last_rows(on_clock, changes, clock, day))], how="vertical"
    )
    counted = collected(
        rows.lazy().group_by("cell", "was", "now", "days", "late", *_OF_UNITS).agg(n=nw.len().cast(nw.Int64))
    )
    return counted.select(
        "cell",
        nw.lit(clock.value).alias("clock"),
        looked_up(nw.col("was"), _NAMES).alias("from"),
        looked_up(nw.col("now"), _NAMES).alias("to"),
        "days",
        "late",
        *_OF_UNITS,
        "n",
    )


def _left_before(units: AnyRows, changes: AnyRows, clock: Clock) -> AnyRows:
    """Find the units that had left the first state when watching began: they come into no risk set."""
    late = units.filter(nw.col("entered") > 0).select("unit", "begin")
    before = joined(changes, late, "unit").filter(nw.col("day") < nw.col("begin"))
    last = before.with_columns(last=(nw.col("day") + _ORDINAL) * _PACKED + nw.col("now")).group_by("unit")
    return last.agg(nw.col("last").max()).filter(nw.col("last") % _PACKED != STATES[clock.begins])


def _typed(rows: AnyRows) -> AnyRows:
    numbers = (nw.col(name).cast(nw.Int64) for name in ("was", "now", "days"))
    return rows.select("cell", *numbers, "late", *_OF_UNITS)


def _followed(day: int, horizons: Sequence[int]) -> nw.Expr:
    """Give the longest horizon for which the unit could have been followed by the day of the count.

    0 if it is too young for any; null if nobody knows how old it is.
    """
    longest = nw.lit(0)
    for horizon in sorted(horizons):
        longest = nw.when(nw.col("day0") + horizon <= day).then(nw.lit(horizon)).otherwise(longest)
    return nw.when(~nw.col("day0").is_null()).then(longest).cast(nw.Int64)


def _last_rows(units: AnyRows, changes: AnyRows, clock: Clock, day: int) -> AnyRows:
    """End the clock of every unit that did not come to its target, or was passed on, while it was watched."""
    seen = changes.filter(~nw.col("late")).select("unit", "now", "days")
    ends = taken_from(units, outermost(seen, ["unit"], "days"), "unit", was="now")
    ends = ends.with_columns(nw.col("was").fill_null(STATES[clock.begins]))
    told = (nw.col("end") == day) & (nw.col("place") != words.PLACES[Place.UNKNOWN.value])
    over = (STATES[clock.target], STATES[Place.TRANSFERRED_OUT.value])
    return ends.filter(~nw.col("was").is_in(over)).select(
        *_TOLD,
        "was",
        now=nw.when(told.fill_null(value=False))
        .then(nw.lit(_ENDINGS[Place.PENDING.value]))
        .otherwise(nw.lit(_ENDINGS[Place.UNKNOWN.value])),
        days=nw.col("end") - nw.col("day0"),
        late=nw.lit(value=False),
    )
