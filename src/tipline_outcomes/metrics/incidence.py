"""Incidence by day: how probable it is that a unit is charged, or stands elsewhere, so many days after."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, Final

import narwhals.stable.v2 as nw
from attrs import asdict, field, frozen

from tipline_outcomes._engine import Eager, Frame, eager
from tipline_outcomes._show import bounds, count, percent
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.ledger import Clock, Ledger
from tipline_outcomes.metrics._curves import estimates, hold_clock
from tipline_outcomes.metrics._product_limit import Variance
from tipline_outcomes.metrics._tally import dimensions, origin, parts_by
from tipline_outcomes.metrics.bounds import Assumption, Bounds
from tipline_outcomes.metrics.parts import Result, natural
from tipline_outcomes.metrics.points import Point, Quantile, exact
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.model import Place
from tipline_outcomes.model.vocabulary import member

__all__ = ["UNWATCHED_LIKE_WATCHED", "Incidence", "IncidenceTable", "cumulative_incidence"]

UNWATCHED_LIKE_WATCHED: Final = Assumption(
    name="the unwatched are like the watched",
    statement="Units that nobody watches any longer go on as those do that are still watched on that day.",
    formula="who leaves observation leaves the risk set Y, and r / Y is taken of those who stay",
)
"""The assumption under which incidence by day holds for all units, and not for the watched alone."""

_NUMBERS: Final = frozenset({"incidence", "variance", "lower", "upper", "open"})
_DIGITS: Final = 1e-12
"""Sums of shares are good to so much."""


@frozen(kw_only=True)
class Incidence(Result):
    """How probable each state is, day by day since a clock started.

    On each day, ``r`` of the ``Y`` units that stand in a state, and are watched, change to another: the share
    ``r / Y`` of the state's probability goes with them (Aalen and Johansen, Scandinavian Journal of
    Statistics 5, 1978). Where nothing is reopened this is the cumulative incidence of competing outcomes.
    What happens on the day on which watching ends is seen. Units that are counted elsewhere, that were never
    watched, or of which a day is not known, are in no ``Y``.

    The variance is Greenwood's, carried through all states (Andersen, Borgan, Gill and Keiding 1993, section
    IV.4; of one outcome of several, Dinse and Larson, Biometrika 73, 1986, equation 6), unless Aalen's was
    asked for. The band is pointwise and symmetric for ``log(-log(incidence))``.

    The curve is for all units only under `assumptions`. `bounds` needs none for units that nobody watches.

    Attributes:
        clock: What is timed.
        formula: That of the variance.
        confidence: That of the band.
        timed: The units that are watched as the clock starts, or come under observation later, where the
            source begins to tell only then: they are in no ``Y`` before.
        never_watched: The units on the clock that nobody watched then, or that are set aside.
        untimed: The units of which a day is not known or not trusted: undated, implied.
        curve: ``day``, ``outcome``, ``incidence``, ``variance``, ``lower``, ``upper``: floats, null where
            they are not defined. A row for day 0 and each day on which something was counted, through the
            last day on which anybody who could still be open was watched.
        least: ``day``, ``incidence`` of the clock's end and of those who have not moved (``open``), if nobody
            of whom it is not known ever gets there.
        most: The same if all of them got there at once.
        assumptions: What has to be believed.

    >>> from tipline_outcomes import EventLog
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> found = cumulative_incidence(ledger).overall
    >>> found.timed, found.never_watched, found.through
    (118, 267, 875)
    >>> print(found.at(90, "closed"))
    closed within 90 days: 40.8 % (31.4-49.9 %)
    >>> print(found.assumptions[0].name)
    the unwatched are like the watched
    """

    clock: Clock
    formula: Variance
    confidence: float
    timed: int = field(default=0, validator=natural)
    never_watched: int = field(default=0, validator=natural)
    untimed: int = field(default=0, validator=natural)
    curve: Frame = field(eq=False, repr=False)
    least: Frame = field(eq=False, repr=False)
    most: Frame = field(eq=False, repr=False)
    assumptions: tuple[Assumption, ...] = (UNWATCHED_LIKE_WATCHED,)

    @property
    def through(self) -> int | None:
        """The last day of which the curve tells; None if it tells of none."""
        last: int | None = eager(self.curve)["day"].max()
        return last

    def at(self, day: int, outcome: str | None = None) -> Point | None:
        """Give the estimate for a day; None if nobody was followed that long, and somebody may still be open.

        Args:
            day: Days since the clock started.
            outcome: The state; None for the one that the clock's end leads to.

        Raises:
            InvalidValueError: If the clock has no such state, or the day is before it starts.
        """
        state = self.clock.target if outcome is None else outcome
        if state not in self.clock.states:
            message = f"the clock {self.clock.value!r} has no state {state!r}; it has {self.clock.states}"
            raise InvalidValueError(message)
        not_moved, row = (_until(self._of(name), _day(day)) for name in (self.clock.begins, state))
        last = self.through
        if row is None or not_moved is None or last is None or (day > last and not_moved["incidence"]):
            return None
        return Point(
            day=day,
            outcome=state,
            incidence=row["incidence"] or 0.0,
            variance=row["variance"],
            lower=row["lower"],
            upper=row["upper"],
        )

    def bounds(self, day: int) -> Bounds:
        """Bound the incidence of the clock's end on a day, over all that can have become of the unknown.

        At one end, all units of which nobody tells any more get there at once, at the other none ever does:
        those that are no longer watched, and were open when that ended; those that never were; those whose
        days are not known; and the unlinked. What became known of them late is left out. Units that are
        still watched and too young are treated as in the curve.

        Raises:
            InvalidValueError: If the day is before the clock starts.
        """
        what = f"{self.clock.target} within {day} days of {self.clock.starts.value}, {self.counted}"
        least, most = (_until(eager(rows), _day(day)) for rows in (self.least, self.most))
        lower = None if least is None else exact(least["incidence"])
        upper = None if most is None else exact(most["incidence"])
        if lower is None or upper is None or most is None:
            return Bounds(what=what)
        if day > eager(self.most)["day"].max():
            # Where nobody was followed that long, all who are left may have got there by then.
            upper += exact(most["open"]) or 0
        # The last digit of a sum of floats may put equal ends the wrong way round.
        return Bounds(what=what, lower=min(lower, upper), upper=min(upper, Fraction(1)))

    def quantile(self, share: Fraction) -> Quantile:
        """Tell after how many days a share of the units has got to the clock's end.

        Args:
            share: More than 0, at most 1.

        Raises:
            InvalidValueError: If the share is none.
        """
        if not 0 < share <= 1:
            message = f"a share of {share} is reached at once or never; ask for more than 0 and at most 1"
            raise InvalidValueError(message)
        days, earliest, latest = (
            rows.filter(nw.col("incidence") >= float(share) - _DIGITS)["day"].min()
            for rows in (self._of(self.clock.target), eager(self.most), eager(self.least))
        )
        return Quantile(share=share, days=days, earliest=earliest, latest=latest, through=self.through)

    def _of(self, outcome: str) -> Eager:
        return eager(self.curve).filter(nw.col("outcome") == outcome)

    def __str__(self) -> str:
        last = self.through
        point = None if last is None else self.at(last)
        told = f"{self.clock.target}: nobody was watched" if point is None else str(point)
        return self.named(f"{told}, {self.counted}; if {self.assumptions[0].name}")


@frozen(kw_only=True, repr=False)
class IncidenceTable(ResultTable[Incidence]):
    """Incidence by day, overall and by group; see `cumulative_incidence`.

    The columns of `to_frame`: the dimensions, the unit and the date, ``clock``, ``day``, ``outcome``,
    ``incidence``, ``variance``, ``lower``, ``upper``, ``formula`` and ``confidence``.

    Attributes:
        days: The days that are shown to readers; the frame has all.

    >>> from tipline_outcomes import EventLog
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, horizons=(180,))
    >>> print(cumulative_incidence(ledger))
    Charge by days since made available: families as of 2025-06-30
         within    charge        band    open  administrative  closed  least    most
    ---  --------  ------  ----------  ------  --------------  ------  -----  ------
    all  180 days   6.0 %  2.4-11.8 %  40.5 %           4.2 %  49.4 %  1.6 %  73.4 %
    Of 118 units that were watched as the clock started.
    Not among them: 267 that nobody watched, 6 of which a day is not known.
    The band (95.0 %) is pointwise.
    Least and most hold whatever became of those of whom nobody tells any more.
    All else only if the unwatched are like the watched: Units that nobody watches any longer go on...
    Received: 400. Of them counted elsewhere: 9 excluded; 1 of these it is not known where.
    Unit: family. Counted from ledger ...
    """

    days: tuple[int, ...]

    columns: ClassVar[Mapping[str, type]] = {
        "clock": str,
        "day": int,
        "outcome": str,
        **dict.fromkeys(("incidence", "variance", "lower", "upper"), float),
        "formula": str,
        "confidence": float,
    }
    words: ClassVar[int] = 1

    def _records(self, result: Incidence) -> Iterable[tuple[object, ...]]:
        columns = ("day", "outcome", "incidence", "variance", "lower", "upper")
        for row in eager(result.curve).select(*columns).iter_rows():
            yield (result.clock.value, *row, result.formula.value, result.confidence)

    def _shown(self, result: Incidence) -> Iterable[Mapping[str, str]]:
        for day in self.days:
            target, *others = (result.at(day, state) for state in _told(result.clock))
            ends = result.bounds(day)
            least, most = bounds(ends.lower, ends.upper)
            yield {
                "within": f"{day} days",
                result.clock.target: _percent(target),
                "band": "undefined" if target is None else target.band,
                **{
                    state: _percent(point)
                    for state, point in zip(_told(result.clock)[1:], others, strict=True)
                },
                "least": least,
                "most": most,
            }

    def _caption(self) -> str:
        clock = self.overall.clock
        return f"{clock.target.capitalize()} by days since {clock.starts.value.replace('_', ' ')}"

    def _notes(self) -> Iterable[str]:
        whole = self.overall
        yield f"Of {count(whole.timed)} units that were watched as the clock started."
        yield (
            f"Not among them: {count(whole.never_watched)} that nobody watched, "
            f"{count(whole.untimed)} of which a day is not known."
        )
        yield f"The band ({percent(exact(whole.confidence))}) is pointwise."
        yield "Least and most hold whatever became of those of whom nobody tells any more."
        for assumption in whole.assumptions:
            yield f"All else only if {assumption.name}: {assumption.statement}"


def cumulative_incidence(
    ledger: Ledger,
    *,
    clock: Clock | str = Clock.RECEIVED,
    by: str | Sequence[str] | None = None,
    variance: Variance | str = Variance.GREENWOOD,
    confidence: float = 0.95,
) -> IncidenceTable:
    """Estimate how probable it is that a unit has been charged, or stands elsewhere, by day since receipt.

    Formula, variance and assumption stand with `Incidence`. It is a share of all units that are watched as
    the clock starts, and never of those alone of which it is known how they ended.

    Args:
        ledger: The counts to read.
        clock: What is timed.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.
        variance: The formula of the variance; ``aalen`` is for comparison with other programs.
        confidence: That of the pointwise band, between 0 and 1.

    Raises:
        InvalidValueError: If there is no such clock or formula, or the confidence is none.
        LedgerMismatchError: If the ledger was not made by one of the dimensions, or its unit has no such
            clock.

    >>> from tipline_outcomes import EventLog
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> found = cumulative_incidence(ledger).overall
    >>> print(found.at(180))
    charge within 180 days: 6.0 % (2.4-11.8 %)
    >>> print(found.bounds(180))
    charge within 180 days of made_available, families as of 2025-06-30: 1.6-73.4 %
    """
    timed, formula = member(Clock, clock, "clock"), member(Variance, variance, "variance")
    hold_clock(ledger, timed)
    if not 0 < confidence < 1:
        message = f"confidence is {confidence}; give a number between 0 and 1, such as 0.95"
        raise InvalidValueError(message)
    names = dimensions(ledger, by)

    def results(keys: tuple[str, ...]) -> tuple[Incidence, ...]:
        parts = parts_by(ledger.rolled_up(keys).standing, keys)
        found = estimates(ledger, parts, keys, timed, variance=formula, confidence=confidence)
        return tuple(
            Incidence(
                **origin(ledger, keys, key),
                parts=own,
                clock=timed,
                formula=formula,
                confidence=confidence,
                **asdict(one, recurse=False),
            )
            for (key, own), one in zip(parts.items(), found, strict=True)
        )

    return IncidenceTable(
        by=names,
        overall=results(())[0],
        groups=results(names) if names else (),
        days=ledger.spec.horizons,
    )


def _until(rows: Eager, day: int) -> dict[str, float | None] | None:
    """Give the numbers of the last row of a curve by a day; None if there is none."""
    found = rows.filter(nw.col("day") <= day).tail(1).select(*_NUMBERS.intersection(rows.columns))
    return {name: found[name].item() for name in found.columns} if len(found) else None


def _day(day: int) -> int:
    if day < 0:
        message = f"day {day} is before the clock starts; ask for day 0 or a later one"
        raise InvalidValueError(message)
    return day


def _told(clock: Clock) -> tuple[str, ...]:
    """Name the states that readers are shown, the clock's end first."""
    others = (state for state in clock.states if state not in (clock.target, Place.TRANSFERRED_OUT.value))
    return (clock.target, *others)


def _percent(point: Point | None) -> str:
    return percent(None if point is None else exact(point.incidence))
