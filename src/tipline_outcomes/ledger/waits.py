"""A unit's own clock: on which day since it was made available did it change its state, and how did it end.

Every unit has exactly one *last* row: charge or transferred out, seen while it was watched; excluded; undated
(no day of it can be trusted); or the day on which watching ended, ``pending`` or ``unknown``. What became
known after watching ended is a row of its own, marked ``late``; it belongs to no risk set.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, looked_up
from tipline_outcomes.eventlog.transitions import STATE_CODES
from tipline_outcomes.ledger import words
from tipline_outcomes.model import Place

__all__ = ["CLOCK", "LAST_ALWAYS", "LAST_UNLESS_LATE", "UNDATED", "waits_of"]

CLOCK = "received"
"""The default clock: from the day the unit was made available."""
UNDATED = "undated"
LAST_ALWAYS = (Place.PENDING.value, Place.UNKNOWN.value, Place.EXCLUDED.value, UNDATED)
LAST_UNLESS_LATE = (Place.CHARGE.value, Place.TRANSFERRED_OUT.value)

_OPEN = STATE_CODES["open"]
_CHARGE = STATE_CODES[Place.CHARGE.value]
_EXCLUDED = STATE_CODES[Place.EXCLUDED.value]
_OUT = STATE_CODES[Place.TRANSFERRED_OUT.value]
_PENDING, _UNKNOWN, _UNDATED = 7, 8, 9
_NAMES = {
    **{code: name for name, code in STATE_CODES.items()},
    _PENDING: Place.PENDING.value,
    _UNKNOWN: Place.UNKNOWN.value,
    _UNDATED: UNDATED,
}


def waits_of(units: Eager, changes: Eager, *, day: int, horizons: Sequence[int]) -> Eager:
    """Count the clock's rows: ``cell``, ``clock``, ``from``, ``to``, ``days``, ``followed``, ``late``, ``n``.

    Args:
        units: What `units_of` gives, with ``cell``.
        changes: What `changes_of` gives.
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
    changes = changes.join(on_clock.select("unit", "day0", "end"), on="unit", how="inner").select(
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
