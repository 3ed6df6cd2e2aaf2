"""The clocks of a unit: from which milestone each runs, to which, and through which states in between."""

from enum import StrEnum
from typing import Final, Generic, Self

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import (
    AnyRows,
    beside,
    flagged,
    joined,
    looked_up,
    outermost,
    settled,
    taken_from,
)
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.order import in_order
from tipline_outcomes.eventlog.transitions import STATE_CODES
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.states import steps_between
from tipline_outcomes.model import Action, ChargeStatus, Milestone, Place, Stage

__all__ = [
    "CONCLUDED",
    "STATES",
    "Clock",
    "Marks",
    "cases_of",
    "marks_of",
    "reached_of",
    "run",
    "untold_of",
    "with_days_of_charges",
]

CONCLUDED: Final = "concluded"
"""The state of a charged unit all of whose charges have ended, none of them in conviction."""


class Clock(StrEnum):
    """What is timed: from the milestone that starts the clock to the one that stops it.

    Implied events start and stop no clock: on which day they happened, nobody stated.

    >>> Clock.INVESTIGATION.starts.value, Clock.INVESTIGATION.ends.value
    ('investigated', 'charged')
    """

    _value_: str
    starts: Milestone
    """The milestone that starts it."""
    ends: Milestone
    """The milestone that stops it."""
    begins: str
    """The state in which it starts."""
    target: str
    """The state that the milestone at its end leads to; nothing is timed after it."""

    def __new__(
        cls,
        value: str,
        starts: Milestone = Milestone.MADE_AVAILABLE,
        ends: Milestone = Milestone.CHARGED,
        begins: str = "open",
        target: str = Place.CHARGE.value,
    ) -> Self:
        """Keep the value as the string, and milestones and states beside it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.starts, member.ends, member.begins, member.target = starts, ends, begins, target
        return member

    RECEIVED = "received", Milestone.MADE_AVAILABLE, Milestone.CHARGED
    """The unit's own clock: from the day on which it was made available to the first charge."""
    TRIAGE = "triage", Milestone.TRIAGED, Milestone.INVESTIGATED, "open", Milestone.INVESTIGATED.value
    """From the day on which it was taken in for triage to the investigation."""
    INVESTIGATION = "investigation", Milestone.INVESTIGATED, Milestone.CHARGED
    """From the day on which the investigation was opened to the first charge."""
    CHARGE = "charge", Milestone.CHARGED, Milestone.CONVICTED, Place.CHARGE.value, Milestone.CONVICTED.value
    """From the first charge to the first conviction."""

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which a unit on this clock can be, the first one first."""
        if self is Clock.CHARGE:
            return (self.begins, self.target, CONCLUDED)
        others = (Place.ADMINISTRATIVE.value, Place.CLOSED.value, Place.TRANSFERRED_OUT.value)
        return (self.begins, self.target, *others)


STATES: Final = STATE_CODES | {
    name: len(STATE_CODES) + i
    for i, name in enumerate((Milestone.INVESTIGATED.value, Milestone.CONVICTED.value, CONCLUDED), 1)
}
"""The codes of the states of all clocks."""

_OF_UNITS = ("unit", "cell", "place", "reason", "since", "begin", "watch", "undated", "came_in", "day0")
_OF_MARKS = ("day", "action", "reason", "rung", "implied")
_UNKNOWN = words.PLACES[Place.UNKNOWN.value]
_CHARGED = codes.STAGES[Stage.CHARGED.value]
_IN_COURT = (_CHARGED, codes.STAGES[Stage.CONCLUDED.value])
_VACATED = codes.REASON_CODES[ChargeStatus.CONVICTION_VACATED.value]
_MARKS = {
    codes.ACTIONS[Action.ACCEPT.value]: Milestone.TRIAGED.rung,
    codes.ACTIONS[Action.OPEN_INVESTIGATION.value]: Milestone.INVESTIGATED.rung,
    codes.ACTIONS[Action.FILE_CHARGE.value]: Milestone.CHARGED.rung,
}
_RUNG = looked_up(nw.col("action"), _MARKS)
_CONVICTS = nw.col("rung") == Milestone.CONVICTED.rung
_MARKS_A_RUNG = _CONVICTS | nw.col("action").is_in(list(_MARKS))
_UNTOLD = nw.col("reason").is_in(codes.MAY_CONVICT)


@frozen
class Marks(Generic[AnyRows]):
    """The days that start and stop clocks, and what happens to units after a charge.

    Attributes:
        reached: ``unit``, ``rung``, ``day``, ``stated``: when units first reached a milestone of the clocks.
        cases: One row a unit, referral and day on which a case moved: ``unit``, ``rid``, ``day``, ``running``
            (a charge is open as the day ends).
        untold: ``unit`` and ``day``: since then it may be convicted, because a charge ended nobody says how.
    """

    reached: AnyRows
    cases: AnyRows
    untold: AnyRows


def marks_of(rows: AnyRows, members: AnyRows) -> Marks[AnyRows]:
    """Find the days of clocks in a log.

    Args:
        rows: The transition log.
        members: ``rid`` and ``unit``.
    """
    members = members.select("rid", "unit")

    def those(which: nw.Expr, **columns: str | nw.Expr) -> AnyRows:
        # Few rows are wanted, and little of each: they are found before they are joined.
        return rows.select("rid", wanted=which, **columns).filter("wanted").drop("wanted")

    in_court = nw.col("moves") & nw.col("after").is_in(_IN_COURT)
    cases = cases_of(those(in_court, day="day", i="i", running=nw.col("after") == _CHARGED), "rid")
    marking = joined(those(_MARKS_A_RUNG, **{name: name for name in _OF_MARKS}), members, "rid")
    untold = joined(those(_UNTOLD, day="day", reason="reason"), members, "rid")
    return Marks(
        reached=settled(reached_of(marking)),
        cases=settled(joined(cases, members, "rid").select("unit", "rid", "day", "running")),
        untold=settled(untold_of(untold)),
    )


def reached_of(events: AnyRows) -> AnyRows:
    """Find when units first reached the milestones of the clocks; see `Marks`.

    Args:
        events: ``unit``, ``day``, ``action``, ``reason``, ``rung`` and ``implied`` of events, coded.
    """
    # Of a conviction that is vacated it is known that there was one, and not when.
    silent = nw.col("implied") | (nw.col("reason") == _VACATED)
    rung = nw.when(_CONVICTS).then(nw.lit(Milestone.CONVICTED.rung)).otherwise(_RUNG)
    # The earliest day, and of that day what is stated before what is implied.
    earliest = nw.col("day").cast(nw.Int64) * 2 + silent.cast(nw.Int64)
    rows = events.filter(_MARKS_A_RUNG).select("unit", rung=rung.cast(nw.Int64), earliest=earliest)
    firsts = outermost(in_order(rows, "unit", "rung", "earliest"), ["unit", "rung"], "earliest", first=True)
    return firsts.select("unit", "rung", day=nw.col("earliest") // 2, stated=nw.col("earliest") % 2 == 0)


def cases_of(moves: AnyRows, *whose: str) -> AnyRows:
    """Keep of every day on which a case moved how it ended; see `Marks`.

    Args:
        moves: ``day``, ``i`` (their order), ``running`` and the columns of *whose*.
        whose: What tells cases apart.
    """
    last = outermost(in_order(moves, *whose, "i"), [*whose, "day"], "i")
    return last.select(*whose, nw.col("day").cast(nw.Int64), "running")


def untold_of(events: AnyRows) -> AnyRows:
    """Tell since when units may be convicted because a charge ended nobody says how; see `Marks`."""
    return events.filter(_UNTOLD).group_by("unit").agg(nw.col("day").cast(nw.Int64).min())


def with_days_of_charges(changes: AnyRows, marks: Marks[AnyRows]) -> AnyRows:
    """Tell whether the day of a charge is stated: by its filing, and not by the result that implies one."""
    filed = marks.reached.filter((nw.col("rung") == Milestone.CHARGED.rung) & nw.col("stated"))
    changes = taken_from(changes, filed, "unit", filed="day")
    unstated = (nw.col("day") != nw.col("filed")).fill_null(value=True)
    charged = nw.col("now") == STATE_CODES[Place.CHARGE.value]
    return changes.with_columns(implied=nw.when(charged).then(unstated).otherwise(nw.col("implied"))).drop(
        "filed"
    )


def run(clock: Clock, units: AnyRows, changes: AnyRows, marks: Marks[AnyRows]) -> tuple[AnyRows, AnyRows]:
    """Give the units on a clock, with its own day zero, and the changes of their states from then on.

    Args:
        clock: The clock.
        units: What `units_of` gives.
        changes: What `changes_of` gives.
        marks: The days that start and stop clocks.
    """
    units = units.select(*_OF_UNITS)
    if clock is Clock.RECEIVED:
        return units.with_columns(started=nw.lit(value=True)), changes

    def mark(milestone: Milestone, **columns: str) -> AnyRows:
        return marks.reached.filter(nw.col("rung") == milestone.rung).select("unit", **columns)

    units = joined(units.drop("day0"), mark(clock.starts, day0="day", started="stated"), "unit")
    # Where nobody stated on which day the clock starts, it does not run, whatever came then.
    running = units.filter("started").select("unit", "day0")
    states = changes.select("unit", "day", "now", "implied")
    if clock is Clock.CHARGE:
        states = _in_court(marks.cases, marks.untold)
        untold = nw.col("untold")
        units = taken_from(units, marks.untold, "unit", untold="day")
        units = units.with_columns(
            watch=nw.when(~nw.col("watch").is_null()).then(nw.min_horizontal("watch", "untold")),
            place=nw.when(untold.is_null()).then(nw.col("place")).otherwise(nw.lit(_UNKNOWN)),
        )
    states = joined(states, running, "unit")
    if clock.target != Place.CHARGE.value:
        reached = mark(clock.ends, stop="day", stated="stated")
        states = taken_from(states, reached, "unit", stop="stop")
        states = states.filter((nw.col("day") < nw.col("stop")).fill_null(value=True)).drop("stop")
        stops = joined(reached, running, "unit").select(
            "unit",
            "day0",
            day="stop",
            now=nw.lit(STATES[clock.target], dtype=nw.Int64),
            implied=~nw.col("stated"),
        )
        states = nw.concat([states.select(*stops.columns), stops], how="vertical")
    # Of what happened before the clock started, the last is the state in which it finds the unit.
    states = in_order(states, "unit", "day")
    states = states.with_columns(on=nw.col("day"), day=nw.max_horizontal("day", "day0"))
    states = beside(states, ["unit"], "on", above=-1, next="day")
    lasts = (nw.col("next") != nw.col("day")).fill_null(value=True)
    return units, steps_between(states.filter(lasts), begins=STATES[clock.begins])


def _in_court(cases: AnyRows, untold: AnyRows) -> AnyRows:
    """Give the state at the end of every day on which a case moved: as long as one runs, the unit's runs.

    Once a charge has ended nobody says how, nobody can say that all have ended without a conviction.
    """
    cases = beside(in_order(cases, "unit", "rid", "day"), ["unit", "rid"], "day", before="running")
    begun = cases.filter(nw.col("before").is_null()).group_by("unit").agg(n=nw.len())
    cases = flagged(cases, "unit", begun.filter(nw.col("n") > 1), "several")
    more = nw.col("running").cast(nw.Int64) - nw.col("before").fill_null(value=False).cast(nw.Int64)
    shared = cases.filter("several").select("unit", "day", more=more)
    shared = shared.group_by("unit", "day").agg(nw.col("more").sum().cast(nw.Int64))
    shared = shared.with_columns(running=nw.col("more").cum_sum().over("unit", order_by="day") > 0)
    # Most units have one case, which runs as long as it runs.
    days = nw.concat(
        [part.select("unit", "day", "running") for part in (cases.filter(~nw.col("several")), shared)],
        how="vertical",
    )
    state = nw.when("running").then(nw.lit(STATES[Place.CHARGE.value])).otherwise(nw.lit(STATES[CONCLUDED]))
    days = taken_from(days, untold, "unit", untold="day")
    days = days.with_columns(now=state.cast(nw.Int64), implied=nw.lit(value=False))
    hidden = (nw.col("day") >= nw.col("untold")).fill_null(value=False)
    return days.filter(~hidden | (nw.col("now") != STATES[CONCLUDED])).select("unit", "day", "now", "implied")
