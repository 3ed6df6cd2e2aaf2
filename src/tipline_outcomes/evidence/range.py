"""Exact arithmetic on numbers of which only two ends are known."""

from collections.abc import Iterable
from fractions import Fraction

from attrs import frozen

__all__ = ["Range"]


@frozen(kw_only=True)
class Range:
    """Two ends, both included, between which a number that is never negative lies.

    Attributes:
        lower: The lower end.
        upper: The upper end; None if none is known.

    >>> print(Range(lower=Fraction(3500), upper=Fraction(4500)) / Range(lower=Fraction(9000), upper=None))
    0 to 1/2
    """

    lower: Fraction
    upper: Fraction | None

    def __truediv__(self, other: "Range") -> "Range | None":
        """Divide; None where the divisor can only be nought."""
        if other.upper == 0:
            return None
        return Range(
            lower=Fraction(0) if other.upper is None else self.lower / other.upper,
            upper=None if self.upper is None or other.lower == 0 else self.upper / other.lower,
        )

    def __mul__(self, other: "Range") -> "Range":
        """Multiply."""
        ends = (self.upper, other.upper)
        nothing = Fraction(0) in ends
        upper = None if None in ends and not nothing else (self.upper or Fraction(0)) * (other.upper or 0)
        return Range(lower=self.lower * other.lower, upper=upper)

    def at_most(self, most: Fraction | None) -> "Range":
        """Cut off what is above a number; None cuts off nothing."""
        if most is None:
            return self
        upper = most if self.upper is None else min(self.upper, most)
        return Range(lower=min(self.lower, upper), upper=upper)

    def rest(self) -> "Range":
        """Give what a share leaves: one less the share."""
        upper = Fraction(1) if self.upper is None else self.upper
        return Range(lower=max(1 - upper, Fraction(0)), upper=1 - self.lower)

    @classmethod
    def sum(cls, ranges: Iterable["Range"]) -> "Range":
        """Add.

        >>> one, two_or_more = Fraction(1), Range(lower=Fraction(2), upper=None)
        >>> print(Range.sum([Range(lower=one, upper=one), two_or_more]))
        3 or more
        """
        parts = tuple(ranges)
        uppers = [part.upper for part in parts]
        return cls(
            lower=sum((part.lower for part in parts), Fraction(0)),
            upper=None if None in uppers else sum((upper or Fraction(0) for upper in uppers), Fraction(0)),
        )

    def __str__(self) -> str:
        if self.upper is None:
            return f"{self.lower} or more"
        return f"{self.lower}" if self.lower == self.upper else f"{self.lower} to {self.upper}"
