"""Confidence intervals of shares: Wilson, Clopper and Pearson, and Newcombe's of a difference.

They are floats, where all else is exact. Each is for units that were drawn from many more: of a complete
count there is nothing that they could be about.
"""

import math
from enum import StrEnum
from fractions import Fraction
from statistics import NormalDist

from attrs import field, frozen

from tipline_outcomes._show import between
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics._quantiles import beta_quantile
from tipline_outcomes.metrics.assumptions import INDEPENDENT_UNITS
from tipline_outcomes.metrics.bounds import Assumption, Scale

__all__ = ["Interval", "IntervalMethod", "clopper_pearson", "critical", "newcombe", "wilson", "wilson_ends"]


class IntervalMethod(StrEnum):
    """How an interval is made."""

    WILSON = "Wilson"
    """The shares that a score test does not reject (Wilson, J. Am. Stat. Assoc. 22, 1927, 209-212)."""
    CLOPPER_PEARSON = "Clopper-Pearson"
    """The shares that two exact one-sided tests do not reject (Biometrika 26, 1934, 404-413)."""
    NEWCOMBE = "Newcombe"
    """A difference, by the Wilson intervals of both (Statistics in Medicine 17, 1998, 873-890, method 10)."""
    IMBENS_MANSKI = "Imbens-Manski on Wilson ends"
    """Covers the true share, wherever between the bounds it lies (Econometrica 72, 2004, 1845-1857)."""


@frozen(kw_only=True)
class Interval:
    """Two ends between which the true number lies in so many of a hundred samples, and what that rests on.

    Attributes:
        lower: The lower end.
        upper: The upper end.
        confidence: In how many samples, as a share of them.
        method: How it was made.
        assumptions: What has to be believed: how the units were drawn, and what of the silent.
        scale: What the number is.

    Raises:
        InvalidValueError: If an end is no number, or they are the wrong way round.

    >>> print(wilson(3, 10))
    10.7-60.4 % (95 % interval, Wilson; if units drawn one by one)
    """

    lower: float
    upper: float
    confidence: float
    method: IntervalMethod
    assumptions: tuple[Assumption, ...] = (INDEPENDENT_UNITS,)
    scale: Scale = field(default=Scale.SHARE)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no interval."""
        if not self.lower <= self.upper:
            message = f"an interval from {self.lower} to {self.upper} is none"
            raise InvalidValueError(message)

    @property
    def text(self) -> str:
        """The two ends as they are shown, rounded outward."""
        return between(Fraction(self.lower), Fraction(self.upper), self.scale)

    def __str__(self) -> str:
        believed = "; ".join(f"if {assumption.name}" for assumption in self.assumptions)
        return f"{self.text} ({100 * self.confidence:g} % interval, {self.method.value}; {believed})"


def critical(confidence: float) -> float:
    """Give the number below which a standard normal's absolute value stays with that probability.

    Raises:
        InvalidValueError: If the confidence is not between 0 and 1.

    >>> round(critical(0.95), 6)
    1.959964
    """
    if not 0 < confidence < 1:
        message = f"confidence is {confidence!r}; give a share between 0 and 1, such as 0.95"
        raise InvalidValueError(message)
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(count: int, of: int, *, confidence: float = 0.95) -> Interval:
    """Give Wilson's interval of a share.

    The shares *p* with ``|count - of p| <= z sqrt(of p (1 - p))``. Of nothing, that is every share: [0, 1].

    Args:
        count: How many.
        of: Out of how many.
        confidence: In how many samples it is to hold the true share.

    Raises:
        InvalidValueError: If the counts are none, or the confidence is not between 0 and 1.

    >>> interval = wilson(0, 0)
    >>> interval.lower, interval.upper
    (0.0, 1.0)
    """
    _hold(count, of)
    lower, upper = wilson_ends(_shares(count, of)[0], of, critical(confidence))
    return Interval(lower=lower, upper=upper, confidence=confidence, method=IntervalMethod.WILSON)


def wilson_ends(share: float, size: float, z: float) -> tuple[float, float]:
    """Compute both ends for a size that need not be a whole number, as a sample with clusters has one.

    >>> [round(end, 6) for end in wilson_ends(81 / 263, 263, 1.959964)]
    [0.255289, 0.36621]
    """
    if size == 0:
        return 0.0, 1.0
    shrunk = z * z / size
    centre = (share + shrunk / 2) / (1 + shrunk)
    half = z * math.sqrt(share * (1 - share) / size + shrunk / size / 4) / (1 + shrunk)
    # At the ends of the scale the formula is exact, and its rounding is not.
    return (centre - half if share > 0 else 0.0), (centre + half if share < 1 else 1.0)


def clopper_pearson(count: int, of: int, *, confidence: float = 0.95) -> Interval:
    """Give the exact interval of Clopper and Pearson: it covers at least as often as it says, mostly more.

    Its ends are quantiles of beta distributions, of ``(count, of - count + 1)`` and of ``(count + 1, of -
    count)``. Of nothing it is [0, 1].

    Args:
        count: How many.
        of: Out of how many.
        confidence: In how many samples it is to hold the true share, at least.

    Raises:
        InvalidValueError: If the counts are none, or the confidence is not between 0 and 1.

    >>> print(clopper_pearson(3, 10))
    6.6-65.3 % (95 % interval, Clopper-Pearson; if units drawn one by one)
    """
    _hold(count, of)
    critical(confidence)
    tail = (1 - confidence) / 2
    return Interval(
        lower=beta_quantile(tail, count, of - count + 1) if count else 0.0,
        upper=beta_quantile(1 - tail, count + 1, of - count) if count < of else 1.0,
        confidence=confidence,
        method=IntervalMethod.CLOPPER_PEARSON,
    )


def newcombe(first: tuple[int, int], second: tuple[int, int], *, confidence: float = 0.95) -> Interval:
    """Give Newcombe's interval of the first share less the second.

    With shares *p*, *q* and their Wilson ends *a*, *b* and *c*, *d*: from
    ``p - q - sqrt((p - a)^2 + (d - q)^2)`` to ``p - q + sqrt((b - p)^2 + (q - c)^2)``. A group without units
    may have any share: then it is the union over all of them, from ``-d`` to ``1 - c`` if it is the first.

    Args:
        first: How many, out of how many, of the one group.
        second: The same of the other.
        confidence: In how many samples it is to hold the true difference.

    Raises:
        InvalidValueError: If the counts are none, or the confidence is not between 0 and 1.

    >>> print(newcombe((56, 70), (48, 80)))
    +5.2 to +33.4 points (95 % interval, Newcombe; if units drawn one by one)
    """
    for pair in (first, second):
        _hold(*pair)
    z = critical(confidence)
    ps, qs = _shares(*first), _shares(*second)
    (a, b), (c, d) = wilson_ends(ps[0], first[1], z), wilson_ends(qs[0], second[1], z)
    return Interval(
        lower=max(-1.0, min(p - q - math.hypot(p - a, d - q) for p in ps for q in qs)),
        upper=min(1.0, max(p - q + math.hypot(b - p, q - c) for p in ps for q in qs)),
        confidence=confidence,
        method=IntervalMethod.NEWCOMBE,
        scale=Scale.POINTS,
    )


def _shares(count: int, of: int) -> tuple[float, ...]:
    """Give the share; of nothing both ends of the scale, because the extremes of all are there."""
    return (count / of,) if of else (0.0, 1.0)


def _hold(count: int, of: int) -> None:
    if not all(type(number) is int for number in (count, of)) or not 0 <= count <= of:
        message = f"{count!r} of {of!r} is no share; give two whole numbers, the first no more than the other"
        raise InvalidValueError(message)
