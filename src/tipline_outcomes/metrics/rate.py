"""A rate with its numerator, its denominator, its unit, its date, and bounds for what is not known."""

from enum import StrEnum
from fractions import Fraction

from attrs import field, frozen

from tipline_outcomes._show import between, count
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics.answers import Answering, Answers, Deadline
from tipline_outcomes.metrics.parts import hold, natural, share
from tipline_outcomes.model import Level, Milestone
from tipline_outcomes.model.vocabulary import member

__all__ = ["Closures", "Rate"]


class Closures(StrEnum):
    """What to hold of a closure whose reason allows that it is reopened."""

    STAND = "stand"
    """It stands: the unit will not get further."""
    MAY_REOPEN = "may_reopen"
    """It may be reopened: the upper bound counts the unit among those that could still get there."""


@frozen(kw_only=True)
class Rate(Answering):
    """How many units reached a milestone, out of how many.

    The denominator ``D`` is what was received, less what is counted elsewhere (excluded, transferred out).
    Every unit in it has one of five fates, checked when the rate is made:
    ``reached + implied + lost + pending + unknown = D``.

    The bounds are worst cases, after Manski ("Anatomy of the Selection Problem", Journal of Human Resources
    24, 1989): they assume nothing about what is not known, and no narrower interval holds every way in which
    it can turn out. They are no confidence interval; a complete count has no sampling error.

    Attributes:
        milestone: The rung in question.
        level: The level of the authority that filed the charge; None for any. A unit charged at two levels
            counts for both, so that rates by level do not add up to the whole.
        closures: Whether `upper` holds closures to be reopenable.
        reached: Reached the milestone, by an event that somebody stated.
        implied: Reached it only by events that were implied to make a coarse history whole.
        lost: It is over, and ended below.
        pending: Below, still running, and watched: for a conviction, a charge whose case is in court too.
        unknown: Below as far as is known, and nobody would have told us.
        reopenable: Of the lost: closed with a reason that allows reopening, it or a member of its family.

    Raises:
        InvalidValueError: If the counts do not add up, or a level is asked of another milestone than charged.

    >>> from datetime import date
    >>> from tipline_outcomes.ledger import Unit
    >>> from tipline_outcomes.metrics import Parts
    >>> rate = Rate(
    ...     unit=Unit.FAMILY,
    ...     as_of=date(2024, 12, 31),
    ...     ledger_digest="",
    ...     milestone=Milestone.CHARGED,
    ...     parts=Parts(received=11, charge=3, closed=3, pending=2, unknown=2, excluded=1),
    ...     reached=3,
    ...     lost=3,
    ...     pending=2,
    ...     unknown=2,
    ... )
    >>> print(rate)
    3 of 10 charged (ever: 30.0-70.0 %), families as of 2024-12-31
    >>> rate.lower, rate.upper, rate.resolved
    (Fraction(3, 10), Fraction(7, 10), Fraction(1, 2))
    """

    milestone: Milestone
    level: Level | None = None
    closures: Closures = Closures.STAND
    reached: int = field(default=0, validator=natural)
    implied: int = field(default=0, validator=natural)
    lost: int = field(default=0, validator=natural)
    pending: int = field(default=0, validator=natural)
    unknown: int = field(default=0, validator=natural)
    reopenable: int = field(default=0, validator=natural)

    def __attrs_post_init__(self) -> None:
        """Hold the five fates to the denominator."""
        if self.level is not None and self.milestone is not Milestone.CHARGED:
            message = (
                f"level={self.level.value!r} cannot be asked of {self.milestone.value!r}: it is the level of"
                " the authority that filed a charge, and is kept of charges only; ask it of 'charged'"
            )
            raise InvalidValueError(message)
        fates = self.reached + self.implied + self.lost + self.pending + self.unknown
        hold("reached + implied + lost + pending + unknown = D", fates, self.denominator)
        if self.reopenable > self.lost:
            message = f"Rate.reopenable is {self.reopenable}, and only {self.lost} are lost"
            raise InvalidValueError(message)

    @property
    def numerator(self) -> int:
        """The units that reached the milestone by a stated event."""
        return self.reached

    @property
    def denominator(self) -> int:
        """``D``: what was received, less what is to be counted elsewhere."""
        return self.parts.denominator

    def answers(self, deadline: Deadline | str | None = None) -> Answers:
        """Give the counts that answer a question: by default, who gets there *ever*.

        Unlinked units are undecided, because they may belong into the denominator. So are those that only
        implied events take there; of ``ever``, the pending too and, under ``closures="may_reopen"``, the
        reopenable. Of ``by_as_of`` the pending are a no, and whether a closure is reopened later is all one.

        Args:
            deadline: ``ever`` or ``by_as_of``.

        Raises:
            InvalidValueError: If it is ``within``, which takes the days on which units got there.
        """
        asked = Deadline.EVER if deadline is None else member(Deadline, deadline, "deadline")
        if asked is Deadline.WITHIN:
            message = (
                f"a rate of who is {self.what} does not know on which day: ask it 'ever' or 'by_as_of', or"
                " ask a ledger for its conversion within a number of days"
            )
            raise InvalidValueError(message)
        ever = asked is Deadline.EVER
        reopening = ever and self.closures is Closures.MAY_REOPEN
        reopened = self.reopenable if reopening else 0
        return Answers(
            what=f"{self.what} (closures may reopen)" if reopening else self.what,
            deadline=asked,
            group=self.group,
            units=self.unit.plural,
            as_of=self.as_of,
            ledger_digest=self.ledger_digest,
            yes=self.reached,
            no=self.lost - reopened + (0 if ever else self.pending),
            unknown=self.unknown,
            undecided=self.implied + self.parts.unlinked + reopened + (self.pending if ever else 0),
        )

    @property
    def lower(self) -> Fraction | None:
        """``reached / (D + X)``: nobody of whom it is not known got there.

        ``X``, the unlinked, say that they are counted elsewhere, and that place is not in the data: they may
        belong into the denominator, so the bounds keep them in. None if there is nobody.
        """
        return self.answers().lower

    @property
    def upper(self) -> Fraction | None:
        """``(reached + implied + pending + unknown + X) / (D + X)``: everybody gets there who could, *ever*.

        Under ``closures="may_reopen"`` the reopenable are added above the line.
        """
        return self.answers().upper

    @property
    def upper_by_as_of(self) -> Fraction | None:
        """``(reached + implied + unknown + X) / (D + X)``: everybody has got there by `as_of` who could have.

        Of the pending it is known that they had not got there by then, and whether a closure is reopened
        later does not matter.
        """
        return self.answers(Deadline.BY_AS_OF).upper

    @property
    def resolved(self) -> Fraction | None:
        """``reached / (reached + lost)``: the share among the units of which it is known how they ended.

        It stands for all units only if those whose end is not known end as the others do. They seldom do:
        what ends soon is known first. It lies between `lower` and `upper`, and can exceed `upper_by_as_of`.
        """
        return share(self.reached, self.reached + self.lost)

    @property
    def what(self) -> str:
        """The milestone in words, with the level if one was asked for."""
        words = self.milestone.value.replace("_", " ")
        return words if self.level is None else f"{words} at {self.level.value} level"

    def __str__(self) -> str:
        within = between(self.lower, self.upper)
        return self.named(
            f"{count(self.reached)} of {count(self.denominator)} {self.what} (ever: {within}), {self.counted}"
        )
