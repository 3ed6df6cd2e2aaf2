"""A unit's own clock: on which day since it was made available did it change its state, and how did it end.

Every unit has exactly one *last* row: charge or transferred out, seen while it was watched; excluded; undated
(no day of it can be trusted); or the day on which watching ended, ``pending`` or ``unknown``. What became
known after watching ended is a row of its own, marked ``late``; it belongs to no risk set.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, among, looked_up
from tipline_outcomes.eventlog.transitions import STATE_CODES, Transitions
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.spec import Unit
from tipline_outcomes.model import Place

__all__ = ["CLOCK", "LAST_ALWAYS", "LAST_UNLESS_LATE", "UNDATED", "waits_of"]

CLOCK = "received"
"""The default clock: from the day the unit was made available."""
UNDATED = "undated"
LAST_ALWAYS = (Place.PENDING.value, Place.UNKNOWN.value, Place.EXCLUDED.value, UNDATED)
LAST_UNLESS_LATE = (Place.CHARGE.value, Place.TRANSFERRED_OUT.value)

_OPEN = STATE_CODES["open"]
_CHARGE = STATE_CODES[Place.CHARGE.value]
_ADMINISTRATIVE = STATE_CODES[Place.ADMINISTRATIVE.value]
_CLOSED = STATE_CODES[Place.CLOSED.value]
_EXCLUDED = STATE_CODES[Place.EXCLUDED.value]
_OUT = STATE_CODES[Place.TRANSFERRED_OUT.value]
_PENDING, _UNKNOWN, _UNDATED = 7, 8, 9
_BEFORE_ALL = -1_000_000
_NAMES = {
    **{code: name for name, code in STATE_CODES.items()},
    _PENDING: Place.PENDING.value,
    _UNKNOWN: Place.UNKNOWN.value,
    _UNDATED: UNDATED,
}


def waits_of(
    units: Eager, members: Eager, transitions: Transitions, *, unit: Unit, day: int, horizons: Sequence[int]
) -> Eager:
    """Count the clock's rows: ``cell``, ``clock``, ``from``, ``to``, ``days``, ``followed``, ``late``, ``n``.

    Args:
        units: What `units_of` gives, with ``cell``.
        members: What `contributions` gives.
        transitions: The log's transitions, for the days on which states changed.
        unit: What is counted.
        day: The day of the count.
        horizons: The follow-up times in days.
    """
    units = units.with_columns(followed=_followed(day, horizons))
    set_aside = [code for name, code in words.REASONS.items() if name.startswith(words.SET_ASIDE)]
    off = units.with_columns(
        ending=nw.when(nw.col("reason").is_in(set_aside))
        .then(nw.lit(_UNKNOWN))
        .when(nw.col("undated") | nw.col("day0").is_null())
        .then(nw.lit(_UNDATED))
        .when(nw.col("place") == words.PLACES[Place.EXCLUDED.value])
        .then(nw.lit(_EXCLUDED))
    )
    excluded_after = nw.when(nw.col("ending") == _EXCLUDED).then(nw.col("since") - nw.col("day0"))
    no_clock = off.filter(~nw.col("ending").is_null()).select(
        "unit", was=nw.lit(_OPEN), now=nw.col("ending"), days=excluded_after, late=nw.lit(value=False)
    )
    on_clock = off.filter(nw.col("ending").is_null()).drop("ending")
    cut = nw.when(nw.col("watch") < day).then(nw.col("watch")).otherwise(nw.lit(day))
    on_clock = on_clock.with_columns(end=nw.when(nw.col("watch") >= nw.col("day0")).then(cut))
    changes = _changes(on_clock, members, transitions, unit=unit, day=day).join(
        on_clock.select("unit", "day0", "end"), on="unit", how="inner"
    )
    changes = changes.select(
        "unit",
        "was",
        "now",
        days=nw.col("day") - nw.col("day0"),
        late=(nw.col("day") > nw.col("end")).fill_null(value=True),
    )
    rows = nw.concat(
        [_typed(no_clock), _typed(changes), _typed(_last_rows(on_clock, changes, day))], how="vertical"
    )
    return (
        rows.lazy()
        .join(units.lazy().select("unit", "cell", "followed"), on="unit", how="inner")
        .group_by("cell", "was", "now", "days", "followed", "late")
        .agg(n=nw.len().cast(nw.Int64))
        .collect()
        .select(
            "cell",
            nw.lit(CLOCK).alias("clock"),
            looked_up(nw.col("was"), _NAMES).alias("from"),
            looked_up(nw.col("now"), _NAMES).alias("to"),
            "days",
            "followed",
            "late",
            "n",
        )
    )


def _typed(rows: Eager) -> Eager:
    return rows.select(*(nw.col(name).cast(nw.Int64) for name in ("unit", "was", "now", "days")), "late")


def _followed(day: int, horizons: Sequence[int]) -> nw.Expr:
    """Give the longest horizon for which the unit could have been followed by the day of the count."""
    longest = nw.lit(0)
    for horizon in sorted(horizons):
        longest = nw.when(nw.col("day0") + horizon <= day).then(nw.lit(horizon)).otherwise(longest)
    return longest.cast(nw.Int64)


def _last_rows(units: Eager, changes: Eager, day: int) -> Eager:
    """End the clock of every unit that was not seen to be charged or passed on while it was watched."""
    seen = (
        changes.filter(~nw.col("late"))
        .with_columns(last=nw.col("days") * 10 + nw.col("now"))
        .group_by("unit")
        .agg(nw.col("last").max())
        .select("unit", was=nw.col("last") % 10)
    )
    ends = units.join(seen, on="unit", how="left").with_columns(nw.col("was").fill_null(_OPEN))
    told = (nw.col("end") == day) & (nw.col("place") != words.PLACES[Place.UNKNOWN.value])
    return ends.filter(~nw.col("was").is_in((_CHARGE, _OUT))).select(
        "unit",
        "was",
        now=nw.when(told.fill_null(value=False)).then(nw.lit(_PENDING)).otherwise(nw.lit(_UNKNOWN)),
        days=nw.col("end") - nw.col("day0"),
        late=nw.lit(value=False),
    )


def _changes(units: Eager, members: Eager, transitions: Transitions, *, unit: Unit, day: int) -> Eager:
    """Give the days on which units changed their state: ``unit``, ``day``, ``was``, ``now``."""
    alone = units.filter(~nw.col("together")).select("unit")
    of_members = members.select("rid", "unit", "first_day", "place", "stage")
    changes = _trusted(transitions.changes.filter(nw.col("day") <= day), members)
    single = changes.join(
        of_members.join(alone, on="unit", how="semi").select("rid", "unit"), on="rid", how="inner"
    ).select("unit", "day", "was", "now")
    if unit is Unit.REFERRAL:
        return single
    # Passed on out of the data: nobody knows, so the family is open.
    single = single.with_columns(now=_open_if_out()).filter(nw.col("was") != nw.col("now"))
    together = units.filter(nw.col("together")).select("unit")
    return nw.concat(
        [single, _together(of_members.join(together, on="unit", how="semi"), changes)], how="vertical"
    )


def _trusted(changes: Eager, members: Eager) -> Eager:
    """Keep of an incomplete referral the charge alone: until then, nobody can tell that it was not open."""
    incomplete = among("rid", members.filter("incomplete")["rid"])
    was = nw.when(incomplete).then(nw.lit(_OPEN)).otherwise(nw.col("was"))
    return changes.filter(~incomplete | (nw.col("now") == _CHARGE)).with_columns(was=was)


def _together(members: Eager, changes: Eager) -> Eager:
    """Add up the states of a family's members day by day; the family's state follows from who is where."""
    shown = {
        _OPEN: "open",
        _ADMINISTRATIVE: "administrative",
        _CLOSED: "closed",
        _EXCLUDED: "closed",
        _CHARGE: "charge",
    }
    # Of a member without a day nothing is known but that it was received: it counts as open from the start.
    begun = members.select(
        "unit", day=nw.col("first_day").fill_null(_BEFORE_ALL), was=nw.lit(0), now=nw.lit(_OPEN)
    )
    trusted = members.filter(nw.col("stage") > 0)
    skipped = (nw.col("now") == _OUT) & (nw.col("place") == words.SKIPPED)
    moved = changes.join(trusted, on="rid", how="inner").select(
        "unit",
        "day",
        "was",
        # Who is passed on is spoken for by the child; where that is not in the data, it counts as open.
        now=nw.when(skipped).then(nw.lit(0)).otherwise(_open_if_out()),
    )
    steps = nw.concat([_int64(begun), _int64(moved)], how="vertical")
    names = sorted(set(shown.values()))

    def held(column: str, name: str) -> nw.Expr:
        return nw.col(column).is_in([code for code, n in shown.items() if n == name]).cast(nw.Int64)

    days = (
        steps.with_columns(*((held("now", name) - held("was", name)).alias(name) for name in names))
        .group_by("unit", "day")
        .agg(*(nw.col(name).sum() for name in names))
        .with_columns(*(nw.col(name).cum_sum().over("unit", order_by="day") for name in names))
        .with_columns(
            now=nw.when(nw.col("charge") > 0)
            .then(nw.lit(_CHARGE))
            .when(nw.col("open") > 0)
            .then(nw.lit(_OPEN))
            .when(nw.col("administrative") > 0)
            .then(nw.lit(_ADMINISTRATIVE))
            .when(nw.col("closed") > 0)
            .then(nw.lit(_CLOSED))
            .otherwise(nw.lit(_OPEN))
        )
        .with_columns(was=nw.col("now").shift(1).over("unit", order_by="day").fill_null(_OPEN))
    )
    found = days.filter(nw.col("was") != nw.col("now")).select("unit", "day", "was", "now")
    return found.with_columns(*(nw.col(name).cast(nw.Int32) for name in ("day", "was", "now")))


def _open_if_out() -> nw.Expr:
    return nw.when(nw.col("now") == _OUT).then(nw.lit(_OPEN)).otherwise(nw.col("now"))


def _int64(steps: Eager) -> Eager:
    return steps.select(*(nw.col(name).cast(nw.Int64) for name in ("unit", "day", "was", "now")))
