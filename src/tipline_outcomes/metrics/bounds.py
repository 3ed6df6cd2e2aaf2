"""Two numbers between which the true one lies, and what has to be believed for that."""

from enum import StrEnum
from fractions import Fraction

from attrs import field, frozen

from tipline_outcomes._show import between
from tipline_outcomes.errors import InvalidValueError

__all__ = ["Assumption", "Bounds", "Scale"]


class Scale(StrEnum):
    """What a bounded number is, and so how it is written."""

    SHARE = "share"
    """A part of a whole, in per cent."""
    POINTS = "points"
    """One share less another, in percentage points, with its sign."""
    TIMES = "times"
    """One share over another."""


@frozen(kw_only=True)
class Assumption:
    """What somebody has to believe before bounds may be narrowed, or numbers divided. It has a name.

    Attributes:
        name: The name by which results and their readers refer to it.
        statement: What is believed, in one sentence.
        formula: What it does to the number.

    >>> silent = Assumption(
    ...     name="silence like reports",
    ...     statement="Agencies that do not report back charge as often as those that do.",
    ...     formula="unknown is shared out as reached : lost",
    ... )
    >>> print(silent)
    silence like reports: Agencies that do not report back charge as often as those that do.
    """

    name: str
    statement: str
    formula: str

    def __str__(self) -> str:
        return f"{self.name}: {self.statement}"


@frozen(kw_only=True)
class Bounds:
    """Two ends, both included, between which a number lies; and the assumptions under which it does.

    They are no confidence interval: nothing was sampled, and nothing in between is likelier than the ends. A
    number that is known has two ends that are equal.

    Attributes:
        what: What is bounded, with its denominator, its unit and its date, in words.
        lower: The lower end; None if none is known.
        upper: The upper end; None if none is known.
        assumptions: What has to be believed; none: the ends are worst cases.
        scale: What the number is.

    Raises:
        InvalidValueError: If the lower end is above the upper one.

    >>> print(Bounds(what="charged of received", lower=Fraction(3, 10), upper=Fraction(7, 10)))
    charged of received: 30.0-70.0 %
    """

    what: str
    lower: Fraction | None = field(default=None)
    upper: Fraction | None = field(default=None)
    assumptions: tuple[Assumption, ...] = ()
    scale: Scale = Scale.SHARE

    def __attrs_post_init__(self) -> None:
        """Refuse ends that are the wrong way round."""
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            message = f"{self.what}: the lower end, {self.lower}, is above the upper one, {self.upper}"
            raise InvalidValueError(message)

    @property
    def width(self) -> Fraction | None:
        """How much is not known: the upper end less the lower one; None where an end is not known."""
        return None if self.lower is None or self.upper is None else self.upper - self.lower

    def contain(self, number: Fraction) -> bool:
        """Tell whether a number lies between the ends.

        >>> Bounds(what="", lower=Fraction(1, 3)).contain(Fraction(9, 10))
        True
        """
        return (self.lower is None or self.lower <= number) and (self.upper is None or number <= self.upper)

    @property
    def text(self) -> str:
        """The two ends as they are shown, rounded outward."""
        return between(self.lower, self.upper, self.scale)

    def __str__(self) -> str:
        believed = (assumption.name for assumption in self.assumptions)
        return "; if ".join((f"{self.what}: {self.text}", *believed))
