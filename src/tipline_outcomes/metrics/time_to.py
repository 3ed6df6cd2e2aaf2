"""Time to a milestone: after how many days a share of all units has got there, or that it has not."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

from attrs import frozen

from tipline_outcomes._show import count, percent
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.ledger import Clock, Ledger
from tipline_outcomes.metrics.bounds import Assumption
from tipline_outcomes.metrics.incidence import Incidence, cumulative_incidence
from tipline_outcomes.metrics.parts import Result
from tipline_outcomes.metrics.points import Quantile
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.model import Milestone
from tipline_outcomes.model.vocabulary import member

__all__ = ["QUARTERS", "TimeTo", "TimeToTable", "clock_to", "time_to"]

QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
"""The shares that are asked for unless told otherwise: a quarter, half (the median) and three quarters."""


@frozen(kw_only=True)
class TimeTo(Result):
    """After how many days shares of *all* units have got to a milestone.

    A quantile is the first day by which the curve of `Incidence` has reached the share. It is of all units on
    the clock, those that will never get there included: "half of all tips are charged by day 400", and never
    "half of those that were charged". So a share may not be reached, and then no number stands in for it.

    Attributes:
        milestone: Where the clock ends.
        clock: What is timed.
        quantiles: In the order in which they were asked for.
        timed: The units that are watched as the clock started.
        assumptions: What has to be believed.

    >>> from tipline_outcomes import EventLog
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> print(time_to(ledger, quantiles=[0.05]).overall.quantiles[0])
    5.0 % by day 132 (0 at the earliest; if nobody unknown gets there, not reached)
    """

    milestone: Milestone
    clock: Clock
    quantiles: tuple[Quantile, ...]
    timed: int
    assumptions: tuple[Assumption, ...]

    def __str__(self) -> str:
        told = "; ".join(map(str, self.quantiles))
        return self.named(f"{self.milestone.value}: {told}; {self.counted}; if {self.assumptions[0].name}")


@frozen(kw_only=True, repr=False)
class TimeToTable(ResultTable[TimeTo]):
    """Times to a milestone, overall and by group; see `time_to`.

    The columns of `to_frame`: the dimensions, the unit and the date, ``milestone``, ``clock``, ``share``,
    ``days``, ``earliest``, ``latest`` (null: not reached), ``through`` and ``timed``.

    >>> from tipline_outcomes import EventLog
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> print(time_to(ledger, "investigated"))
    Days from triaged until a share of all units was investigated: families as of 2025-06-30
         share          days     earliest       latest  known for   of
    ---  ------  -----------  -----------  -----------  ---------  ---
    all  25.0 %           15            8           18   607 days  102
    all  50.0 %  not reached           68  not reached   607 days  102
    all  75.0 %  not reached  not reached  not reached   607 days  102
    Earliest and latest hold whatever became of those of whom nobody tells any more.
    Days only if the unwatched are like the watched: Units that nobody watches any longer go on...
    Received: 400. Of them counted elsewhere: 9 excluded; 1 of these it is not known where.
    Unit: family. Counted from ledger ...
    """

    columns: ClassVar[Mapping[str, type]] = {
        **dict.fromkeys(("milestone", "clock"), str),
        "share": float,
        **dict.fromkeys(("days", "earliest", "latest", "through", "timed"), int),
    }
    words: ClassVar[int] = 1

    def _records(self, result: TimeTo) -> Iterable[tuple[object, ...]]:
        for one in result.quantiles:
            days = (one.days, one.earliest, one.latest, one.through)
            yield (result.milestone.value, result.clock.value, float(one.share), *days, result.timed)

    def _shown(self, result: TimeTo) -> Iterable[Mapping[str, str]]:
        for one in result.quantiles:
            yield {
                "share": percent(one.share),
                "days": _days(one.days),
                "earliest": _days(one.earliest),
                "latest": _days(one.latest),
                "known for": "no day" if one.through is None else f"{one.through} days",
                "of": count(result.timed),
            }

    def _caption(self) -> str:
        starts = self.overall.clock.starts.value.replace("_", " ")
        return f"Days from {starts} until a share of all units was {self.overall.milestone.value}"

    def _notes(self) -> Iterable[str]:
        yield "Earliest and latest hold whatever became of those of whom nobody tells any more."
        for assumption in self.overall.assumptions:
            yield f"Days only if {assumption.name}: {assumption.statement}"


def time_to(
    ledger: Ledger,
    milestone: Milestone | str = Milestone.CHARGED,
    quantiles: Iterable[Fraction | float] = QUARTERS,
    *,
    clock: Clock | str | None = None,
    by: str | Sequence[str] | None = None,
) -> TimeToTable:
    """Tell after how many days shares of all units had reached a milestone, or that they had not.

    Args:
        ledger: The counts to read.
        milestone: ``charged``, ``investigated`` or ``convicted``.
        quantiles: Shares of all units, each more than 0 and at most 1.
        clock: What is timed; None for the clock that ends with the milestone: from receipt to a charge, from
            triage to an investigation, from a charge to a conviction. From the investigation to a charge is
            ``investigation``.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.

    Raises:
        InvalidValueError: If no clock ends with the milestone, or a share is none.
        LedgerMismatchError: If the ledger was not made by one of the dimensions, or its unit has no such
            clock.

    >>> from tipline_outcomes import EventLog
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> for quantile in time_to(ledger, "investigated", [0.25, 0.75]).overall.quantiles:
    ...     print(quantile)
    25.0 % by day 15 (8 at the earliest, 18 at the latest)
    75.0 % not reached within 607 days
    """
    timed = clock_to(milestone, clock)
    shares = tuple(share if isinstance(share, Fraction) else Fraction(str(share)) for share in quantiles)
    curves = cumulative_incidence(ledger, clock=timed, by=by)

    def result(one: Incidence) -> TimeTo:
        return TimeTo(
            group=one.group,
            unit=one.unit,
            as_of=one.as_of,
            ledger_digest=one.ledger_digest,
            parts=one.parts,
            milestone=timed.ends,
            clock=timed,
            quantiles=tuple(map(one.quantile, shares)),
            timed=one.timed,
            assumptions=one.assumptions,
        )

    return TimeToTable(by=curves.by, overall=result(curves.overall), groups=tuple(map(result, curves.groups)))


def clock_to(milestone: Milestone | str, clock: Clock | str | None) -> Clock:
    """Find the clock that ends with a milestone.

    Raises:
        InvalidValueError: If there is none, or the one that is asked for ends with another one.
    """
    end = member(Milestone, milestone, "milestone")
    asked = [member(Clock, clock, "clock")] if clock is not None else list(Clock)
    for one in asked:
        if one.ends is end:
            return one
    able = ", ".join(f"{one.value!r} with {one.ends.value!r}" for one in Clock)
    message = f"no clock that was asked for ends with {end.value!r}; these end: {able}"
    raise InvalidValueError(message)


def _days(number: int | None) -> str:
    return "not reached" if number is None else count(number)
