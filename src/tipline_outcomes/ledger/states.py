"""On which days units changed their state: open, administrative, closed, charge or transferred out.

Of a unit with several members the states are added up day by day: as long as one branch is open, it is open.
"""

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import AnyRows, Eager, among, beside, joined
from tipline_outcomes.eventlog.order import in_order
from tipline_outcomes.eventlog.transitions import STATE_CODES
from tipline_outcomes.ledger import words
from tipline_outcomes.model import Place

__all__ = ["changes_alone", "changes_of", "steps_between"]

_OPEN = STATE_CODES["open"]
_CHARGE = STATE_CODES[Place.CHARGE.value]
_ADMINISTRATIVE = STATE_CODES[Place.ADMINISTRATIVE.value]
_CLOSED = STATE_CODES[Place.CLOSED.value]
_EXCLUDED = STATE_CODES[Place.EXCLUDED.value]
_OUT = STATE_CODES[Place.TRANSFERRED_OUT.value]
_BEFORE_ALL = -1_000_000


def changes_of(units: Eager, members: Eager, changes: Eager, *, transfers_end: bool) -> Eager:
    """Give the days on which units changed their state: ``unit``, ``day``, ``was``, ``now``, ``implied``.

    They are in the order of units and days. The states are `STATE_CODES`; a change is implied if nobody
    stated the day of what brought it about.

    Args:
        units: What `units_of` gives.
        members: What `contributions` gives.
        changes: The days on which referrals changed theirs, by the day of the count.
        transfers_end: Whether a transfer ends the clock, as of a referral by itself; otherwise it is spoken
            for by the child, or open where there is none.
    """
    together = among("unit", units.filter("together")["unit"])
    single = members.select("rid", "unit", "incomplete").filter(~together)
    rows = changes_alone(single, changes, transfers_end=transfers_end)
    if not transfers_end:
        several = members.filter(together)
        rows = nw.concat([rows, _int64(_together(several, changes))], how="vertical")
    return in_order(rows, "unit", "day")


def changes_alone(members: AnyRows, changes: AnyRows, *, transfers_end: bool) -> AnyRows:
    """Give the days on which units of one member changed their state, as `changes_of` does."""
    of_units = members.select("rid", "unit", "incomplete")
    single = _trusted(joined(changes, of_units, "rid"))
    single = single.select("unit", "day", "was", "now", "implied")
    if transfers_end:
        return _int64(single)
    # Passed on out of the data: nobody knows, so the unit is open.
    return _int64(single.with_columns(now=_open_if_out()).filter(nw.col("was") != nw.col("now")))


def steps_between(states: AnyRows, *, begins: int = STATE_CODES["open"]) -> AnyRows:
    """Turn the states at the end of days (``unit``, ``day``, ``now``, ``implied``) into changes.

    Args:
        states: At most one row a unit and day.
        begins: The state in which every unit begins.
    """
    found = beside(in_order(states, "unit", "day"), ["unit"], "day", was="now").with_columns(
        nw.col("was").fill_null(begins)
    )
    found = found.filter(nw.col("was") != nw.col("now"))
    return found.select("unit", "day", "was", "now", "implied")


def _trusted(changes: AnyRows) -> AnyRows:
    """Keep of an incomplete referral the charge alone: until then, nobody can tell that it was not open."""
    incomplete = nw.col("incomplete")
    was = nw.when(incomplete).then(nw.lit(_OPEN)).otherwise(nw.col("was"))
    return changes.filter(~incomplete | (nw.col("now") == _CHARGE)).with_columns(was=was)


def _together(members: Eager, changes: Eager) -> Eager:
    """Add up the states of the members day by day; the unit's state follows from who is where."""
    shown = {
        _OPEN: "open",
        _ADMINISTRATIVE: "administrative",
        _CLOSED: "closed",
        _EXCLUDED: "closed",
        _CHARGE: "charge",
    }
    # Of a member without a day nothing is known but that it was received: it counts as open from the start.
    begun = members.select(
        "unit",
        day=nw.col("first_day").fill_null(_BEFORE_ALL),
        was=nw.lit(0),
        now=nw.lit(_OPEN),
        implied=nw.lit(value=False),
    )
    trusted = members.filter(nw.col("stage") > 0).select("rid", "unit", "place", "incomplete")
    skipped = (nw.col("now") == _OUT) & (nw.col("place") == words.SKIPPED)
    moved = _trusted(joined(changes, trusted, "rid")).select(
        "unit",
        "day",
        "was",
        # Who is passed on is spoken for by the child; where that is not in the data, it counts as open.
        now=nw.when(skipped).then(nw.lit(0)).otherwise(_open_if_out()),
        implied="implied",
    )
    steps = nw.concat([_int64(begun), _int64(moved)], how="vertical")
    names = sorted(set(shown.values()))

    def held(column: str, name: str) -> nw.Expr:
        return nw.col(column).is_in([code for code, n in shown.items() if n == name]).cast(nw.Int64)

    days = (
        steps.with_columns(*((held("now", name) - held("was", name)).alias(name) for name in names))
        .with_columns(nw.col("implied").cast(nw.Int64))
        .group_by("unit", "day")
        .agg(*(nw.col(name).sum() for name in names), nw.col("implied").max())
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
            .otherwise(nw.lit(_OPEN)),
            implied=nw.col("implied") > 0,
        )
    )
    return steps_between(days)


def _open_if_out() -> nw.Expr:
    return nw.when(nw.col("now") == _OUT).then(nw.lit(_OPEN)).otherwise(nw.col("now"))


def _int64(steps: AnyRows) -> AnyRows:
    return steps.select("unit", *(nw.col(name).cast(nw.Int64) for name in ("day", "was", "now")), "implied")
