"""Conversion within a stated time: of those who could be followed that long, how many got there by then."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

import narwhals.stable.v2 as nw
from attrs import field, frozen

from tipline_outcomes._show import between, bounds, count, percent
from tipline_outcomes.errors import InvalidValueError, LedgerMismatchError
from tipline_outcomes.ledger import Clock, Ledger
from tipline_outcomes.ledger.waits import IMPLIED, UNDATED
from tipline_outcomes.metrics._curves import hold_clock, rows_of
from tipline_outcomes.metrics._tally import dimensions, origin, parts_by, tally
from tipline_outcomes.metrics.answers import Answering, Answers, Deadline
from tipline_outcomes.metrics.parts import hold, natural
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.metrics.time_to import clock_to
from tipline_outcomes.model import Milestone, Place
from tipline_outcomes.model.vocabulary import member

__all__ = ["Within", "WithinTable", "conversion_within"]


@frozen(kw_only=True)
class Within(Answering):
    """How many units got to a milestone within so many days, of those that could be followed that long.

    The question is *within h*, and who can answer it is settled by the calendar alone, never by what
    happened: a unit is in the denominator ``D`` if its clock started ``h`` days before the date of the count,
    or earlier. Of every one of them it is known that it got there, known that it did not, or not known:
    ``reached + not_reached + unknown = D``. Those too young are left out, and counted: to leave out of them
    only those who had not got there yet would make every rate too high. Those of an extract that begins in
    the middle who came in before are left out, and counted, too: of their kind, only who was still there is
    in the data.

    Attributes:
        milestone: Where the clock ends.
        clock: What is timed.
        days: ``h``.
        reached: Got there within ``h`` days; known late included.
        known_late: Of the reached: known of a time when nobody was watching.
        not_reached: Had not got there, and was watched for ``h`` days, or until it got there later.
        unknown: Not known to have got there, and not watched for that long, whether it was closed or not; or
            a day is not known or not trusted.
        too_young: On the clock for less than ``h`` days by the date of the count.
        entered_late: On the clock before the source began to tell.
        elsewhere: On the clock, and counted elsewhere: excluded, transferred out.

    Raises:
        InvalidValueError: If the counts do not add up.

    >>> from datetime import date
    >>> from tipline_outcomes.ledger import Unit
    >>> from tipline_outcomes.metrics import Parts
    >>> parts = Parts(received=10, charge=3, pending=4, unknown=2, excluded=1)
    >>> counts = {"reached": 2, "not_reached": 3, "unknown": 2, "too_young": 2, "elsewhere": 1}
    >>> here = {"unit": Unit.FAMILY, "as_of": date(2024, 12, 31), "ledger_digest": "", "parts": parts}
    >>> rate = Within(**here, days=90, **counts)
    >>> print(rate)
    2 of 7 charged within 90 days (28.5-57.2 %), 2 too young; families as of 2024-12-31
    >>> rate.resolved
    Fraction(2, 5)
    """

    milestone: Milestone = Milestone.CHARGED
    clock: Clock = Clock.RECEIVED
    days: int
    reached: int = field(default=0, validator=natural)
    known_late: int = field(default=0, validator=natural)
    not_reached: int = field(default=0, validator=natural)
    unknown: int = field(default=0, validator=natural)
    too_young: int = field(default=0, validator=natural)
    entered_late: int = field(default=0, validator=natural)
    elsewhere: int = field(default=0, validator=natural)

    def __attrs_post_init__(self) -> None:
        """Hold the parts of the unit's own clock to what was received."""
        if self.clock is Clock.RECEIVED:
            law = "D + too_young + entered_late + elsewhere = received"
            hold(law, self.timed, self.received)
        if self.known_late > self.reached:
            message = f"Within.known_late is {self.known_late}, and only {self.reached} are reached"
            raise InvalidValueError(message)

    def answers(self, deadline: Deadline | str | None = None) -> Answers:
        """Give the counts that answer the question *within*; unlinked units are undecided.

        Args:
            deadline: ``within``.

        Raises:
            InvalidValueError: If it is another one: who is too young is not in these counts.
        """
        asked = Deadline.WITHIN if deadline is None else member(Deadline, deadline, "deadline")
        if asked is not Deadline.WITHIN:
            message = f"who is {self.what} does not say who got there {asked.value!r}; ask a conversion"
            raise InvalidValueError(message)
        since = "" if self.clock is Clock.RECEIVED else f" (since {self.clock.starts.value})"
        return Answers(
            what=self.milestone.value.replace("_", " ") + since,
            deadline=asked,
            days=self.days,
            group=self.group,
            units=self.unit.plural,
            as_of=self.as_of,
            ledger_digest=self.ledger_digest,
            yes=self.reached,
            no=self.not_reached,
            unknown=self.unknown,
            undecided=self.unlinked_on_clock,
        )

    @property
    def numerator(self) -> int:
        """The units that got there within the days."""
        return self.reached

    @property
    def denominator(self) -> int:
        """``D``: the units that could have been followed that long, less what is to be counted elsewhere."""
        return self.reached + self.not_reached + self.unknown

    @property
    def timed(self) -> int:
        """All units on the clock; on the clock from receipt, all that were received."""
        return self.denominator + self.too_young + self.entered_late + self.elsewhere

    @property
    def lower(self) -> Fraction | None:
        """``reached / (D + X)``: none of those of whom it is not known got there within the days.

        ``X``, the unlinked (`unlinked_on_clock`), say that they are counted elsewhere, and that place is not
        in the data: they may belong into the denominator. None if there is nobody.
        """
        return self.answers().lower

    @property
    def upper(self) -> Fraction | None:
        """``(reached + unknown + X) / (D + X)``: all of them did."""
        return self.answers().upper

    @property
    def resolved(self) -> Fraction | None:
        """``reached / (reached + not_reached)``: the share among those of whom it is known.

        It stands for all only if the others got there as often. What is known late is seldom that nothing
        happened, so that it errs upwards where much of it is.
        """
        return self.answers().resolved

    @property
    def what(self) -> str:
        """The question in words."""
        words = self.milestone.value.replace("_", " ")
        since = "" if self.clock is Clock.RECEIVED else f" of being {self.clock.starts.value}"
        return f"{words} within {self.days} days{since}"

    @property
    def unlinked_on_clock(self) -> int:
        """``X``: of the unlinked, so many at most are on this clock."""
        return min(self.unlinked, self.elsewhere)

    def __str__(self) -> str:
        ends = between(self.lower, self.upper)
        return self.named(
            f"{count(self.reached)} of {count(self.denominator)} {self.what} ({ends}), "
            f"{count(self.too_young)} too young; {self.counted}"
        )


@frozen(kw_only=True, repr=False)
class WithinTable(ResultTable[Within]):
    """Conversion within a stated time, overall and by group; see `conversion_within`.

    The columns of `to_frame`: the dimensions, the unit and the date, ``milestone``, ``clock``, ``days``, the
    counts of `Within` and its shares.

    >>> from tipline_outcomes import EventLog
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> print(conversion_within(ledger, 180))
    Charged within 180 days: families as of 2025-06-30
         reached   of  lower   upper  resolved  not reached  unknown  too young  unlinked
    ---  -------  ---  -----  ------  --------  -----------  -------  ---------  --------
    all        5  314  1.5 %  74.0 %     5.7 %           82      227         77         1
    Of those that could be followed for 180 days; the others are too young.
    Lower and upper hold whatever became of unknown and unlinked.
    Known late, among the reached: 0.
    Received: 400. Of them counted elsewhere: 9 excluded; 1 of these it is not known where.
    Unit: family. Counted from ledger ...
    """

    columns: ClassVar[Mapping[str, type]] = {
        **dict.fromkeys(("milestone", "clock"), str),
        **dict.fromkeys(
            (
                *("days", "denominator", "reached", "known_late", "not_reached", "unknown"),
                *("too_young", "entered_late", "elsewhere", "unlinked", "received"),
            ),
            int,
        ),
        **dict.fromkeys(("lower", "upper", "resolved"), float),
    }

    def _records(self, result: Within) -> Iterable[tuple[object, ...]]:
        shares = (result.lower, result.upper, result.resolved)
        yield (
            *(result.milestone.value, result.clock.value, result.days, result.denominator, result.reached),
            *(result.known_late, result.not_reached, result.unknown, result.too_young),
            *(result.entered_late, result.elsewhere, result.unlinked_on_clock, result.received),
            *(None if one is None else float(one) for one in shares),
        )

    def _shown(self, result: Within) -> Iterable[Mapping[str, str]]:
        lower, upper = bounds(result.lower, result.upper)
        yield {
            "reached": count(result.reached),
            "of": count(result.denominator),
            "lower": lower,
            "upper": upper,
            "resolved": percent(result.resolved),
            "not reached": count(result.not_reached),
            "unknown": count(result.unknown),
            "too young": count(result.too_young),
            "unlinked": count(result.unlinked_on_clock),
        }

    def _caption(self) -> str:
        return self.overall.what.capitalize()

    def _notes(self) -> Iterable[str]:
        yield f"Of those that could be followed for {self.overall.days} days; the others are too young."
        yield "Lower and upper hold whatever became of unknown and unlinked."
        yield f"Known late, among the reached: {count(self.overall.known_late)}."
        if late := self.overall.entered_late:
            yield f"Left out, because they came in before the source began to tell: {count(late)}."


def conversion_within(
    ledger: Ledger,
    days: int,
    to: Milestone | str = Milestone.CHARGED,
    *,
    clock: Clock | str | None = None,
    by: str | Sequence[str] | None = None,
) -> WithinTable:
    """Count how many units got to a milestone within so many days, of those that could be followed that long.

    Formulas and what they assume stand with `Within`.

    Args:
        ledger: The counts to read.
        days: ``h``; one of the horizons for which the ledger was counted.
        to: ``charged``, ``investigated`` or ``convicted``.
        clock: What is timed; None for the clock that ends with the milestone, as in `time_to`.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.

    Raises:
        InvalidValueError: If no clock ends with the milestone.
        LedgerMismatchError: If the ledger was not counted for that horizon, or not by one of the dimensions,
            or its unit has no such clock.

    >>> from tipline_outcomes import EventLog
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> print(conversion_within(ledger, 180).overall)
    5 of 314 charged within 180 days (1.5-74.0 %), 77 too young; families as of 2025-06-30
    """
    timed = clock_to(to, clock)
    hold_clock(ledger, timed)
    if days not in ledger.spec.horizons:
        message = (
            f"who could have been followed for {days} days, this ledger does not tell: its horizons are "
            f"{ledger.spec.horizons}; count it with horizons=[..., {days}]"
        )
        raise LedgerMismatchError(message)
    names = dimensions(ledger, by)
    standing = ledger.rolled_up(names).standing
    waits = rows_of(ledger, names, timed)
    conditions = _conditions(timed, days)

    def results(keys: tuple[str, ...]) -> tuple[Within, ...]:
        counted = tally(waits, keys, conditions)
        made: list[Within] = []
        for key, parts in parts_by(standing, keys).items():
            counts = counted.get(key, dict.fromkeys(conditions, 0))
            seen, late = counts.pop("seen"), counts.pop("late")
            # Whoever is known late has a last row of its own, too: that watching ended before.
            counts |= {"reached": seen + late, "known_late": late, "unknown": counts["unknown"] - late}
            made.append(
                Within(
                    **origin(ledger, keys, key),
                    parts=parts,
                    milestone=timed.ends,
                    clock=timed,
                    days=days,
                    **counts,
                )
            )
        return tuple(made)

    return WithinTable(by=names, overall=results(())[0], groups=results(names) if names else ())


def _conditions(clock: Clock, days: int) -> dict[str, nw.Expr]:
    to, late = nw.col("to"), nw.col("late")
    got_there = to == clock.target
    in_time = nw.col("days") <= days
    elsewhere = to.is_in([Place.EXCLUDED.value, Place.TRANSFERRED_OUT.value])
    # Who is on no clock has no age, and may be old enough.
    on_time = nw.col("entered") == 0
    old_enough = on_time & ((nw.col("followed") >= days) | nw.col("followed").is_null())
    no_longer = to.is_in([Place.PENDING.value, Place.UNKNOWN.value])
    long_enough = (nw.col("days") >= days) & ~nw.col("days").is_null()
    untimed = to.is_in([UNDATED, IMPLIED])
    last = ~late & (got_there | elsewhere | no_longer | untimed)
    return {
        "seen": old_enough & ~late & got_there & in_time,
        "late": old_enough & late & got_there & in_time,
        "not_reached": old_enough & ~late & ((got_there & ~in_time) | (no_longer & long_enough)),
        "unknown": old_enough & ~late & (untimed | (no_longer & ~long_enough)),
        "too_young": on_time & ~old_enough & last & ~elsewhere,
        "entered_late": ~on_time & last & ~elsewhere,
        "elsewhere": last & elsewhere,
    }
