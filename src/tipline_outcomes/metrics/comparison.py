"""Two groups side by side: how much more often, as bounds; an interval only where each rate is a point."""

from fractions import Fraction

from attrs import evolve, field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics.answers import Answers, only_answers
from tipline_outcomes.metrics.assumptions import Silence
from tipline_outcomes.metrics.binomial import Interval, newcombe
from tipline_outcomes.metrics.bounds import Assumption, Bounds, Scale

__all__ = ["Comparison", "compare", "difference", "ratio"]


def difference(first: Bounds, second: Bounds) -> Bounds:
    """Give the bounds of the first number less the second: ``[L1 - U2, U1 - L2]``, in percentage points.

    They are sharp where the two are of different units: what is not known of one says nothing of the other.

    >>> one = Bounds(what="A", lower=Fraction(1, 2), upper=Fraction(3, 4))
    >>> print(difference(one, Bounds(what="B", lower=Fraction(1, 4), upper=Fraction(3, 5))))
    A, less B: -10.0 to +50.0 points
    """
    return Bounds(
        what=f"{first.what}, less {second.what}",
        lower=_less(first.lower, second.upper),
        upper=_less(first.upper, second.lower),
        assumptions=_both(first, second),
        scale=Scale.POINTS,
    )


def ratio(first: Bounds, second: Bounds) -> Bounds:
    """Give the bounds of the first share over the second: ``[L1 / U2, U1 / L2]``.

    Where the second may be 0 there is no upper end, unless the first is 0 for certain. Where it is 0 for
    certain the ratio is not defined, and has no end. They are sharp as those of `difference` are.

    >>> one = Bounds(what="A", lower=Fraction(1, 2), upper=Fraction(3, 4))
    >>> print(ratio(one, Bounds(what="B", lower=Fraction(1, 4), upper=Fraction(3, 5))))
    A, over B: 0.83 to 3.00 times
    >>> print(ratio(one, Bounds(what="B", lower=Fraction(0), upper=Fraction(1))))
    A, over B: at least 0.50 times
    """
    # Whatever the first is, divided by what cannot be but 0, or by nothing.
    defined = second.upper != 0
    never = first.upper == 0 and defined and second.upper is not None
    return Bounds(
        what=f"{first.what}, over {second.what}",
        lower=_over(first.lower, second.upper) if defined else None,
        upper=Fraction(0) if never else _over(first.upper, second.lower),
        assumptions=_both(first, second),
        scale=Scale.TIMES,
    )


def _less(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one - other


def _over(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or not other else one / other


def _both(first: Bounds, second: Bounds) -> tuple[Assumption, ...]:
    return tuple(dict.fromkeys((*first.assumptions, *second.assumptions)))


@frozen(kw_only=True)
class Comparison:
    """Two groups' answers to one question, side by side.

    Attributes:
        first: The counts of the one group.
        second: Those of the other.
        silence: What is believed of the silent of both; None: nothing, which gives the worst cases.
        confidence: Of the interval, if there is one.

    Raises:
        InvalidValueError: If the two answer different questions.

    >>> from datetime import date
    >>> asked = {"what": "case opened", "deadline": "by_as_of", "units": "tips", "as_of": date(2023, 12, 31)}
    >>> print(compare(Answers(yes=102, no=150, unknown=10, **asked), Answers(yes=3, no=126, **asked)))
    case opened by 2023-12-31
      first: 102 of 262 tips, 38.9-42.8 %
      second: 3 of 129 tips, 2.3 %
      difference: +36.6 to +40.5 points
      ratio: 16.74 to 18.39 times
    """

    first: Answers
    second: Answers
    silence: Silence | None = None
    confidence: float = field(default=0.95)

    def __attrs_post_init__(self) -> None:
        """Refuse numbers that answer different questions."""
        only_answers(self.first, self.second)
        for name in ("asked", "units"):
            one, other = getattr(self.first, name), getattr(self.second, name)
            if one != other:
                message = f"{one!r} and {other!r} do not compare: ask both the same, of the same units"
                raise InvalidValueError(message)

    @property
    def difference(self) -> Bounds:
        """How much more often the first group got there, in percentage points; see `difference`."""
        return difference(self.first.bounds(self.silence), self.second.bounds(self.silence))

    @property
    def ratio(self) -> Bounds:
        """How many times as often it did; see `ratio`."""
        return ratio(self.first.bounds(self.silence), self.second.bounds(self.silence))

    @property
    def interval(self) -> Interval | None:
        """Newcombe's interval of the difference; None unless each rate is one point.

        What is not known is no sampling error: where it is not said away by the assumption, there is no point
        around which an interval could lie.
        """
        points: list[tuple[int, int]] = []
        for answers in (self.first, self.second):
            low, high = answers.ends(answers.held(self.silence))
            if low != high or not answers.base:
                return None
            points.append(low)
        first, second = points
        made = newcombe(first, second, confidence=self.confidence)
        return made if self.silence is None else evolve(made, assumptions=(*made.assumptions, self.silence))

    def __str__(self) -> str:
        lines = [self.first.asked]
        for name, answers in (("first", self.first), ("second", self.second)):
            whom = f"{name} ({answers.group})" if answers.group else name
            numbers = answers.bounds(self.silence).text
            lines.append(f"  {whom}: {answers.yes:,} of {answers.base:,} {answers.units}, {numbers}")
        lines += [f"  difference: {self.difference.text}", f"  ratio: {self.ratio.text}"]
        if self.interval is not None:
            lines.append(f"  difference, interval: {self.interval}")
        if self.silence is not None:
            lines.append(f"  if {self.silence}")
        return "\n".join(lines)


def compare(
    first: Answers, second: Answers, *, silence: Silence | None = None, confidence: float = 0.95
) -> Comparison:
    """Set two groups' answers to one question side by side.

    Difference and ratio are bounds: ``[L1 - U2, U1 - L2]`` and ``[L1 / U2, U1 / L2]``. Bounds that hold 0, or
    1 of a ratio, mean that what is not known alone may account for the difference. They hold for groups that
    overlap, too, and are sharp for groups that do not.

    Args:
        first: The counts of the one group.
        second: Those of the other.
        silence: What is believed of the silent of both groups. If it makes a point of both rates, the
            comparison has Newcombe's interval of their difference, too.
        confidence: Of that interval.

    Raises:
        InvalidValueError: If the two answer different questions.

    >>> from datetime import date
    >>> from tipline_outcomes.metrics import SILENT_EQUALLY_OFTEN
    >>> asked = {"what": "charged", "deadline": "by_as_of", "units": "tips", "as_of": date(2024, 12, 31)}
    >>> one = Answers(yes=30, no=50, unknown=20, **asked)
    >>> comparison = compare(one, Answers(yes=10, no=60, unknown=30, **asked), silence=SILENT_EQUALLY_OFTEN)
    >>> print(comparison.interval)
    +9.1 to +35.9 points (95 % interval, Newcombe; if units drawn one by one; if silent equally often)
    """
    return Comparison(first=first, second=second, silence=silence, confidence=confidence)
