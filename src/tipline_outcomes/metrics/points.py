"""What is read off a curve of incidence: its height on a day, and the day by which it has a height."""

from fractions import Fraction

from attrs import frozen

from tipline_outcomes._show import between, percent

__all__ = ["Point", "Quantile", "exact"]


@frozen(kw_only=True)
class Point:
    """One state's probability at the end of a day.

    Attributes:
        day: Days since the clock started.
        outcome: The state.
        incidence: The probability of standing there, estimated.
        variance: Of the estimate; None while the curve rests on one unit.
        lower: The lower end of the pointwise band; None where it is not defined: of 0 and of 1.
        upper: Its upper end.

    >>> print(Point(day=90, outcome="charge", incidence=0.25, variance=0.0004, lower=0.2126, upper=0.2891))
    charge within 90 days: 25.0 % (21.2-29.0 %)
    """

    day: int
    outcome: str
    incidence: float
    variance: float | None = None
    lower: float | None = None
    upper: float | None = None

    @property
    def band(self) -> str:
        """The band in words."""
        return between(exact(self.lower), exact(self.upper))

    def __str__(self) -> str:
        band = "" if self.lower is None else f" ({self.band})"
        return f"{self.outcome} within {self.day} days: {percent(exact(self.incidence))}{band}"


@frozen(kw_only=True)
class Quantile:
    """After how many days a share of all units has come to an outcome, or that it has not.

    Attributes:
        share: The share of all units, whatever else becomes of the others.
        days: The first day by which that share has been reached; None: not reached.
        earliest: The same if all units of which nobody tells any more were charged at once.
        latest: The same if none of them ever was; None: not reached.
        through: The last day of which the curve tells; None if it tells of none.

    >>> print(Quantile(share=Fraction(1, 4), days=41, earliest=30, latest=None, through=200))
    25.0 % by day 41 (30 at the earliest; if nobody unknown gets there, not reached)
    >>> print(Quantile(share=Fraction(1, 2), days=None, earliest=None, latest=None, through=200))
    50.0 % not reached within 200 days
    """

    share: Fraction
    days: int | None
    earliest: int | None
    latest: int | None
    through: int | None

    def __str__(self) -> str:
        share = percent(self.share)
        if self.through is None:
            return f"{share}: nobody was watched"
        if self.days is None:
            sure = "" if self.earliest is None else f" (day {self.earliest} at the earliest)"
            return f"{share} not reached within {self.through} days{sure}"
        if self.latest is None:
            late = "; if nobody unknown gets there, not reached"
        else:
            late = f", {self.latest} at the latest"
        if self.earliest == self.days == self.latest:
            return f"{share} by day {self.days}"
        return f"{share} by day {self.days} ({self.earliest} at the earliest{late})"


def exact(number: float | None) -> Fraction | None:
    """Take a float as the fraction that it is."""
    return None if number is None else Fraction(number)
