"""Quantiles of the beta distribution and of Student's t, which the standard library does not have."""

import itertools
import math
from typing import Final

__all__ = ["beta_quantile", "student_quantile"]

_TINY: Final = 1e-300
_EPSILON: Final = 2.0**-53


def beta_quantile(share: float, a: float, b: float) -> float:
    """Find where the beta distribution of *a* and *b* has that share of its mass below.

    Newton's method, held in a bracket that shrinks with each step.

    >>> round(beta_quantile(0.025, 3, 8), 12)
    0.066739511178
    """
    low, high = 0.0, 1.0
    at = a / (a + b)
    constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _ in range(200):
        excess = _beta_below(at, a, b, constant) - share
        if excess > 0:
            high = at
        else:
            low = at
        density = math.exp(constant + (a - 1) * math.log(at) + (b - 1) * math.log1p(-at))
        step = at - excess / density if density > _TINY else low
        if not low < step < high:
            step = (low + high) / 2
        if abs(step - at) <= 4 * _EPSILON * at:
            return step
        at = step
    return at


def _beta_below(x: float, a: float, b: float, constant: float) -> float:
    """Give the share of the mass below *x*: the regularised incomplete beta function."""
    front = math.exp(constant + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    # Lentz's method, modified so that no denominator is ever 0.
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in itertools.count(1):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + term * d
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = 1 + term / c
            c = c if abs(c) > _TINY else _TINY
            value *= c * d
        if abs(c * d - 1) <= 4 * _EPSILON:
            break
    return value


def student_quantile(confidence: float, degrees: int) -> float:
    """Find the number below which the absolute value of Student's t stays with that probability.

    >>> round(student_quantile(0.95, 10), 9)
    2.228138852
    """
    # 1 - t^2 / (degrees + t^2) is beta distributed; of this end, small probabilities keep their digits.
    rest = beta_quantile(1 - confidence, degrees / 2, 0.5)
    return math.sqrt(degrees * (1 - rest) / rest)
