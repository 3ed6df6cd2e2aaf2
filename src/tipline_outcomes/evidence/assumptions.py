"""What somebody may assume to divide two figures that do not agree: each by name, with its formula.

None of them is true because it is here. A `Bridge` of your own can stand beside them.
"""

from fractions import Fraction
from typing import Final, Self

from attrs import Factory, field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.evidence.bridge import Bridge
from tipline_outcomes.evidence.figure import Figure
from tipline_outcomes.evidence.measures import FigureUnit, Measure
from tipline_outcomes.evidence.mismatch import Mismatch
from tipline_outcomes.evidence.range import Range
from tipline_outcomes.evidence.span import SpanKind
from tipline_outcomes.metrics import Bounds

__all__ = [
    "BRIDGES",
    "AllSources",
    "Bundling",
    "Coverage",
    "Lag",
    "Multiplicity",
    "OneEach",
    "PeriodRatio",
    "SameCohort",
    "SameRule",
    "Transport",
    "TwoCounts",
]

_TIPS: Final = frozenset({FigureUnit.REPORT, FigureUnit.REFERRAL, FigureUnit.COMPLAINT})
_MATTERS: Final = frozenset(
    {
        *(FigureUnit.PERSON, FigureUnit.INVESTIGATION, FigureUnit.CASE),
        *(FigureUnit.PROCEEDING, FigureUnit.COURT_CASE),
    }
)
_FLOW: Final = frozenset(
    {
        *(
            Measure.REPORTS_RECEIVED,
            Measure.REPORTS_ATTRIBUTED_TO_COUNTRY,
            Measure.REPORTS_ATTRIBUTED_TO_STATE,
        ),
        *(Measure.REFERRALS_MADE, Measure.REFERRALS_SENT, Measure.REFERRALS_RECEIVED),
    }
)
_LABELS: Final = frozenset({SpanKind.ONE_DAY, SpanKind.ONE_WEEK, SpanKind.TYPICAL_MONTH})


@frozen(kw_only=True)
class OneEach(Bridge):
    """Every thing of the numerator stands for one of the denominator: one case a tip, one person a case.

    It fails where tips are merged, and where one matter leads to many persons.

    >>> OneEach().formula
    'share = A / N'
    """

    over = frozenset({Mismatch.UNIT})
    name: str = field(default="one each", init=False)
    statement: str = field(
        default="Every thing of the numerator stands for exactly one thing of the denominator.", init=False
    )
    formula: str = field(default="share = A / N", init=False)


def _tips(this: "Multiplicity") -> str:
    return "1 tip" if this.most == 1 else f"{this.most} tips"


@frozen(kw_only=True)
class Multiplicity(Bridge):
    """Several tips for one matter: one arrest, or one case, accounts for no more than a number of tips.

    It gives an upper end only: one matter can also lead to many persons, so nothing holds from below.

    Attributes:
        most: The most tips that one of them accounts for.

    Raises:
        InvalidValueError: If that is less than one.

    >>> Multiplicity(most=3).formula
    'share of tips <= 3 A / N'
    """

    over = frozenset({Mismatch.UNIT})
    most: int
    name: str = field(
        init=False, default=Factory(lambda this: f"no more than {_tips(this)} each", takes_self=True)
    )
    statement: str = field(
        init=False,
        default=Factory(
            lambda this: f"No one person or case of the numerator accounts for more than {_tips(this)}.",
            takes_self=True,
        ),
    )
    formula: str = field(
        init=False,
        default=Factory(
            lambda this: f"share of tips <= {'' if this.most == 1 else f'{this.most} '}A / N", takes_self=True
        ),
    )

    def __attrs_post_init__(self) -> None:
        """Refuse less than one tip."""
        if self.most < 1:
            message = f"most is {self.most}; one arrest accounts for 1 tip or more"
            raise InvalidValueError(message)

    def fits(self, part: Figure, whole: Figure) -> bool:
        """Tell whether matters are divided by tips."""
        return part.unit in _MATTERS and whole.unit in _TIPS

    def turned(self, quotient: Range) -> Range:
        """Give 0 to `most` times the quotient's upper end."""
        return _up_to(quotient * Range(lower=Fraction(self.most), upper=Fraction(self.most)))

    def at_face_value(self, quotient: Fraction) -> Fraction:
        """Give `most` times the quotient."""
        return self.most * quotient

    @classmethod
    def needed(cls, part: Figure, whole: Figure) -> Self:
        """Give the one of a single tip."""
        del part, whole
        return cls(most=1)

    @property
    def call(self) -> str:
        """How it is written in code."""
        return f"Multiplicity(most={self.most})"


@frozen(kw_only=True)
class Bundling(Bridge):
    """Several tips in one package: each package holds at least one tip, and no tip is in two packages.

    It gives a lower end only: how many tips a package holds is not known.

    >>> Bundling().formula
    'A / N <= share of tips <= 1'
    """

    over = frozenset({Mismatch.UNIT})
    name: str = field(default="packages merge tips", init=False)
    statement: str = field(
        init=False,
        default="Each package holds at least one of the tips, no tip is in two packages, and none was left"
        " over from before.",
    )
    formula: str = field(default="A / N <= share of tips <= 1", init=False)

    def fits(self, part: Figure, whole: Figure) -> bool:
        """Tell whether packages, or referrals that merge reports, are divided by tips."""
        return part.unit in {FigureUnit.PACKAGE, FigureUnit.REFERRAL} and whole.unit in _TIPS

    def turned(self, quotient: Range) -> Range:
        """Give the quotient's lower end to 1."""
        return Range(lower=quotient.lower, upper=None)


@frozen(kw_only=True)
class Coverage(Bridge):
    """How much of what was referred was reported back on: each instance of feedback is of one referral.

    A referral can have several instances, so their number over that of the referrals is an upper end.

    >>> Coverage().formula
    'share with feedback <= F / N'
    """

    over = frozenset({Mismatch.UNIT})
    name: str = field(default="feedback is of one referral", init=False)
    statement: str = field(
        default="Each instance of feedback is of one of the referrals, which may have several.", init=False
    )
    formula: str = field(default="share with feedback <= F / N", init=False)

    def fits(self, part: Figure, whole: Figure) -> bool:
        """Tell whether feedback is divided by referrals."""
        return part.unit is FigureUnit.FEEDBACK and whole.unit is FigureUnit.REFERRAL

    def turned(self, quotient: Range) -> Range:
        """Give 0 to the quotient."""
        return _up_to(quotient)

    @staticmethod
    def bounds(what: str, *, coverage: Fraction, observed: Fraction | None) -> Bounds:
        """Bound a share of which only a part is seen, assuming nothing of the rest: ``[p f, p f + 1 - f]``.

        After Manski ("Anatomy of the Selection Problem", Journal of Human Resources 24, 1989). The width is
        ``1 - f``, whatever is observed.

        Args:
            what: What is bounded.
            coverage: f, the share that is seen.
            observed: p, the share among those seen; None: it is not known either, so 0 to 1.

        Raises:
            InvalidValueError: If one of them is no share.

        >>> print(Coverage.bounds("charged", coverage=Fraction(1, 3), observed=Fraction(1, 10)))
        charged: 3.3-70.0 %
        """
        for name, share in (("coverage", coverage), ("observed", observed)):
            if share is not None and not 0 <= share <= 1:
                message = f"{name} is {share}; a share lies between 0 and 1"
                raise InvalidValueError(message)
        least, most = (Fraction(0), Fraction(1)) if observed is None else (observed, observed)
        return Bounds(what=what, lower=least * coverage, upper=most * coverage + 1 - coverage)


@frozen(kw_only=True)
class AllSources(Bridge):
    """Numerators from all sources: what came of the tips is somewhere among all that is counted.

    >>> AllSources().formula
    '0 <= A of the tips <= A'
    """

    over = frozenset({Mismatch.COHORT})
    name: str = field(default="counted from all sources", init=False)
    statement: str = field(
        default="What came of the denominator is all in the numerator, among what came of anything else.",
        init=False,
    )
    formula: str = field(default="0 <= A of the tips <= A", init=False)

    def turned(self, quotient: Range) -> Range:
        """Give 0 to the quotient."""
        return _up_to(quotient)


@frozen(kw_only=True)
class SameCohort(Bridge):
    """The numerator comes of the denominator, though no source says so.

    >>> SameCohort().formula
    'share = A / N'
    """

    over = frozenset({Mismatch.COHORT})
    name: str = field(default="one cohort", init=False)
    statement: str = field(
        default="What the numerator counts is a part of what the denominator counts, or comes of it.",
        init=False,
    )
    formula: str = field(default="share = A / N", init=False)


@frozen(kw_only=True)
class PeriodRatio(Bridge):
    """A ratio of one period's work: what ended in it per what came in. No share of anything; it can exceed 1.

    >>> PeriodRatio().formula
    'A / N, both of one period'
    """

    over = frozenset({Mismatch.UNIT, Mismatch.COHORT})
    keeps_share = False
    name: str = field(default="a ratio of activity", init=False)
    statement: str = field(
        default="What was done is set beside what came in; the one need not come of the other.", init=False
    )
    formula: str = field(default="A / N, both of one period", init=False)


def _days(this: "Lag") -> str:
    return "1 day" if this.days == 1 else f"{this.days} days"


@frozen(kw_only=True)
class Lag(Bridge):
    """Two periods that are taken as one: a lag between years, or a year that the source does not tell apart.

    Attributes:
        days: By how many days the starts or the ends of the periods are apart, at most.

    >>> Lag(days=274).formula
    'A of one period / N of the other, up to 274 days apart'
    """

    over = frozenset({Mismatch.PERIOD})
    days: int = 366
    name: str = field(
        init=False, default=Factory(lambda this: f"periods up to {_days(this)} apart", takes_self=True)
    )
    statement: str = field(
        init=False,
        default=Factory(
            lambda this: (
                f"The two periods are taken as one, though they lie up to {_days(this)} apart; for the later"
                " cohort the answer is one in name."
            ),
            takes_self=True,
        ),
    )
    formula: str = field(
        init=False,
        default=Factory(
            lambda this: f"A of one period / N of the other, up to {_days(this)} apart", takes_self=True
        ),
    )

    def fits(self, part: Figure, whole: Figure) -> bool:
        """Tell whether the periods are near enough; a week or a typical month is near to nothing."""
        labels = {part.span.kind, whole.span.kind} & _LABELS
        return not labels and part.span.apart(whole.span) <= self.days

    @classmethod
    def needed(cls, part: Figure, whole: Figure) -> Self:
        """Give the one of as many days as the periods are apart."""
        return cls(days=part.span.apart(whole.span))

    @property
    def call(self) -> str:
        """How it is written in code."""
        return f"Lag(days={self.days})"


@frozen(kw_only=True)
class SameRule(Bridge):
    """One series: the rule of counting was the same in both periods. The quotient is a growth, and no share.

    >>> SameRule().formula
    'growth = A of the later period / A of the earlier one'
    """

    over = frozenset({Mismatch.PERIOD, Mismatch.COHORT})
    keeps_share = False
    name: str = field(default="one rule of counting", init=False)
    statement: str = field(default="The two periods were counted by one rule.", init=False)
    formula: str = field(default="growth = A of the later period / A of the earlier one", init=False)

    def fits(self, part: Figure, whole: Figure) -> bool:
        """Tell whether the two are figures of one series, the later one divided by the earlier one."""
        return (
            part.measure is whole.measure
            and part.counted_by == whole.counted_by
            and part.rule == whole.rule
            and part.span.start > whole.span.end
        )


@frozen(kw_only=True)
class TwoCounts(Bridge):
    """Two bodies counted one flow of tips, each on its side: the sender and the receiver. No share.

    >>> TwoCounts().formula
    'agreement = count of the receiver / count of the sender'
    """

    over = frozenset({Mismatch.UNIT, Mismatch.POPULATION, Mismatch.COHORT})
    keeps_share = False
    name: str = field(default="two counts of one flow", init=False)
    statement: str = field(
        default="Sender and receiver mean the same tips, of the same period, to the same country.", init=False
    )
    formula: str = field(default="agreement = count of the receiver / count of the sender", init=False)

    def fits(self, part: Figure, whole: Figure) -> bool:
        """Tell whether two bodies counted what came in, or was sent, of one territory."""
        return (
            {part.measure, whole.measure} <= _FLOW
            and part.counted_by != whole.counted_by
            and part.territory == whole.territory
        )


@frozen(kw_only=True)
class Transport(Bridge):
    """A share found in one place, time or source holds in another. An illustration, never a finding.

    It joins two shares in `Ratio.then`. It divides no figures: what one country counts is no part of what
    another counts, whatever is believed.

    >>> Transport().formula
    'share there = share here'
    """

    over = frozenset({Mismatch.POPULATION, Mismatch.TERRITORY, Mismatch.PERIOD, Mismatch.COHORT})
    carries_shares = True
    name: str = field(default="what holds there holds here", init=False)
    statement: str = field(
        default="A share found for another place, time or source is taken to hold here.", init=False
    )
    formula: str = field(default="share there = share here", init=False)

    def fits(self, part: Figure, whole: Figure) -> bool:
        """Tell whether the two count things of one kind."""
        return part.unit is whole.unit


BRIDGES: Final[tuple[type[Bridge], ...]] = (
    *(OneEach, Multiplicity, Bundling, Coverage),
    *(AllSources, SameCohort, PeriodRatio, Lag, SameRule, TwoCounts, Transport),
)
"""Every kind of assumption, in the order in which a refusal offers them."""


def _up_to(quotient: Range) -> Range:
    return Range(lower=Fraction(0), upper=quotient.upper)
