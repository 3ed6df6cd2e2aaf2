"""An assumption that bridges what keeps two figures apart."""

from fractions import Fraction
from typing import ClassVar, Final, Self

from attrs import field, frozen

from tipline_outcomes.evidence.figure import Figure
from tipline_outcomes.evidence.measures import FigureUnit
from tipline_outcomes.evidence.mismatch import Mismatch
from tipline_outcomes.evidence.range import Range
from tipline_outcomes.metrics import Assumption

__all__ = ["Bridge"]

_RATES: Final = frozenset({FigureUnit.REFERRAL_PER_DAY, FigureUnit.PACKAGE_PER_WEEK})


@frozen(kw_only=True)
class Bridge(Assumption):
    """An assumption under which two figures may be divided though certain fields do not agree.

    Attributes:
        name: Its name.
        statement: What is believed.
        formula: What it makes of the quotient of numerator A and denominator N.

    >>> from tipline_outcomes.evidence import OneEach
    >>> print(OneEach())
    one each: Every thing of the numerator stands for exactly one thing of the denominator.
    """

    name: str = field(default="", init=False)
    statement: str = field(default="", init=False)
    formula: str = field(default="", init=False)

    over: ClassVar[frozenset[Mismatch]] = frozenset()
    """The mismatches that it bridges."""
    keeps_share: ClassVar[bool] = True
    """Whether the quotient is a share, which cannot exceed 1."""
    carries_shares: ClassVar[bool] = False
    """Whether it carries a share over to another place or time, and divides no figures."""

    def fits(self, part: Figure, whole: Figure) -> bool:
        """Tell whether it can be assumed of two figures at all."""
        return not {part.unit, whole.unit} & _RATES

    def turned(self, quotient: Range) -> Range:
        """Give what is known of the share under it, from the quotient of the two figures."""
        return quotient

    def at_face_value(self, quotient: Fraction) -> Fraction:
        """Give the number that it makes of a quotient at face value."""
        return quotient

    @classmethod
    def needed(cls, part: Figure, whole: Figure) -> Self:
        """Give the least of its kind that two figures need."""
        del part, whole
        return cls()

    @property
    def call(self) -> str:
        """How it is written in code."""
        return f"{type(self).__name__}()"
