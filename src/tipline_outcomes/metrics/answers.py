"""A question about units, and how many of them answer yes, no, or not at all."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction

from attrs import evolve, field, frozen

from tipline_outcomes._dates import plain_day
from tipline_outcomes._show import count
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics.assumptions import Silence
from tipline_outcomes.metrics.bounds import Bounds
from tipline_outcomes.metrics.parts import Group, Result, natural, share
from tipline_outcomes.model.vocabulary import member

__all__ = ["Answering", "Answers", "Deadline", "summed"]


class Deadline(StrEnum):
    """By when a milestone has to be reached. The same counts answer each differently: name it, always."""

    EVER = "ever"
    """At any time, after the day of the count too: who is pending may get there yet."""
    BY_AS_OF = "by_as_of"
    """By the day of the count: who is pending has not got there."""
    WITHIN = "within"
    """Within a number of days since the unit was received, by all who could have been followed that long."""

    def said(self, as_of: date, days: int | None = None) -> str:
        """Say it in words.

        >>> Deadline.BY_AS_OF.said(date(2024, 12, 31)), Deadline.WITHIN.said(date(2024, 12, 31), 90)
        ('by 2024-12-31', 'within 90 days')
        """
        if self is Deadline.WITHIN:
            return f"within {days} days"
        return "ever" if self is Deadline.EVER else f"by {as_of}"


def _deadline(value: Deadline | str) -> Deadline:
    return member(Deadline, value, "deadline")


@frozen(kw_only=True)
class Answers:
    """How many units answer a question with yes, with no, or not; all that bounds and intervals are made of.

    A `Rate` gives them for each question that it can answer. They can be made by hand, of published numbers.

    Attributes:
        what: What is asked, without its deadline: "charged".
        deadline: By when.
        days: The days of ``within``; None for the others.
        group: Whom it is asked of; empty for all.
        units: What was counted, in the plural: "families".
        as_of: The day of the count.
        ledger_digest: The digest of the ledger that it was read from; "" if it was none.
        yes: Known to have got there.
        no: Known not to.
        unknown: Silent: nobody would have told us.
        undecided: Somebody reports, and it is open all the same: pending (of ``ever``), got there by implied
            events alone, unlinked, or closed where closures may reopen.

    Raises:
        InvalidValueError: If a count is negative, or days are given for a deadline without, or the reverse.

    >>> carolina = Answers(
    ...     what="convicted",
    ...     deadline="ever",
    ...     units="arrested persons",
    ...     as_of=date(2024, 12, 31),
    ...     yes=1271,
    ...     no=359,
    ...     undecided=800,
    ... )
    >>> print(carolina.bounds())
    convicted ever, of 2,430 arrested persons as of 2024-12-31: 52.3-85.3 %
    """

    what: str
    deadline: Deadline = field(converter=_deadline)
    days: int | None = None
    group: Group = field(factory=Group)
    units: str
    as_of: date = field(converter=plain_day)
    ledger_digest: str = ""
    yes: int = field(validator=natural)
    no: int = field(validator=natural)
    unknown: int = field(default=0, validator=natural)
    undecided: int = field(default=0, validator=natural)

    def __attrs_post_init__(self) -> None:
        """Hold the days to the deadline."""
        if (self.deadline is Deadline.WITHIN) is (self.days is None):
            message = f"Answers.days is {self.days} for {self.deadline.value!r}; give days for 'within' alone"
            raise InvalidValueError(message)

    @property
    def base(self) -> int:
        """All units that are asked: ``yes + no + unknown + undecided``."""
        return self.yes + self.no + self.unknown + self.undecided

    @property
    def lower(self) -> Fraction | None:
        """``yes / base``: nobody else got there; None if nobody is asked."""
        return share(self.yes, self.base)

    @property
    def upper(self) -> Fraction | None:
        """``(base - no) / base``: everybody else did."""
        return share(self.base - self.no, self.base)

    @property
    def resolved(self) -> Fraction | None:
        """``yes / (yes + no)``: the share among those of whom it is known; see `OPEN_END_ALIKE`."""
        return share(self.yes, self.yes + self.no)

    @property
    def asked(self) -> str:
        """The question in words, with its deadline."""
        return f"{self.what} {self.deadline.said(self.as_of, self.days)}"

    @property
    def of_whom(self) -> str:
        """Who is asked, in words."""
        dated = "" if self.deadline is Deadline.BY_AS_OF else f" as of {self.as_of}"
        return f"{count(self.base)} {self.units}{dated}"

    @property
    def named(self) -> str:
        """Question and units in words, the group before them."""
        sentence = f"{self.asked}, of {self.of_whom}"
        return f"{self.group}: {sentence}" if self.group else sentence

    def held(self, silence: Silence | None) -> Silence | None:
        """Give the assumption back, or None where nobody reports: then there is nothing to compare with."""
        known = self.yes + self.no + self.undecided
        if silence is not None and silence.of_all_open:
            known -= self.undecided
        return silence if known else None

    def ends(self, silence: Silence | None = None) -> tuple[tuple[int, int], tuple[int, int]]:
        """Give the lower and the upper end as counts: how many, out of how many.

        Args:
            silence: What is believed of the silent; None: nothing, which gives the worst cases.
        """
        low, high = (self.yes, self.base), (self.base - self.no, self.base)
        if silence is None:
            return low, high
        undecided = 0 if silence.of_all_open else self.undecided
        reporting = self.yes + self.no + undecided
        return (
            (self.yes, reporting) if silence.no_less_often else low,
            (self.yes + undecided, reporting) if silence.no_more_often else high,
        )

    def bounds(self, silence: Silence | None = None) -> Bounds:
        """Give the bounds of the share that answers yes.

        Without an assumption they are worst cases, after Manski ("Anatomy of the Selection Problem", Journal
        of Human Resources 24, 1989): every way in which what is not known can turn out lies between them, and
        both ends are such ways. With one they are narrower, and carry it.

        >>> asked = {"what": "charged", "deadline": "ever", "units": "tips", "as_of": date(2024, 12, 31)}
        >>> answers = Answers(yes=3, no=5, unknown=2, **asked)
        >>> print(answers.bounds())
        charged ever, of 10 tips as of 2024-12-31: 30.0-50.0 %
        >>> from tipline_outcomes.metrics import SILENT_NO_MORE_OFTEN
        >>> print(answers.bounds(SILENT_NO_MORE_OFTEN))
        charged ever, of 10 tips as of 2024-12-31: 30.0-37.5 %; if silent no more often
        """
        low, high = self.ends(self.held(silence))
        return Bounds(
            what=self.named,
            lower=share(*low),
            upper=share(*high),
            assumptions=() if silence is None else (silence,),
        )

    def __str__(self) -> str:
        counts = {"yes": self.yes, "no": self.no, "unknown": self.unknown, "undecided": self.undecided}
        return f"{self.named}: {', '.join(f'{count(n)} {name}' for name, n in counts.items())}"


def only_answers(*given: object) -> None:
    """Refuse whatever is no `Answers`, and say where a rate has them.

    Raises:
        InvalidValueError: If one of them is anything else, such as a rate that answers several questions.

    >>> only_answers("7 of 49")
    Traceback (most recent call last):
    ...
    tipline_outcomes.errors.InvalidValueError: '7 of 49' is no Answers; give the counts that answer a question
    """
    for one in given:
        if isinstance(one, Answers):
            continue
        message = f"{one!r} is no Answers; give the counts that answer a question"
        if isinstance(one, Answering):
            name = type(one).__name__
            several = (
                f"a {name} answers several questions; give rate.answers('by_as_of') or rate.answers('ever')"
            )
            within = f"a {name} is no Answers; give rate.answers()"
            message = within if one.answers().deadline is Deadline.WITHIN else several
        raise InvalidValueError(message)


def summed(parts: Sequence[Answers], group: Group) -> Answers:
    """Add up the counts of parts of a group, which answer one question; there is at least one.

    >>> asked = {"what": "charged", "deadline": "ever", "units": "tips", "as_of": date(2024, 12, 31)}
    >>> print(summed([Answers(yes=1, no=2, **asked), Answers(yes=3, no=4, **asked)], Group()))
    charged ever, of 10 tips as of 2024-12-31: 4 yes, 6 no, 0 unknown, 0 undecided
    """
    return evolve(
        parts[0],
        group=group,
        yes=sum(part.yes for part in parts),
        no=sum(part.no for part in parts),
        unknown=sum(part.unknown for part in parts),
        undecided=sum(part.undecided for part in parts),
    )


@frozen(kw_only=True)
class Answering(Result, ABC):
    """A result that answers a question, so that it has bounds, intervals, and can be compared.

    >>> from tipline_outcomes import Rate
    >>> issubclass(Rate, Answering)
    True
    """

    @abstractmethod
    def answers(self, deadline: Deadline | str | None = None) -> Answers:
        """Give the counts that answer a question.

        Args:
            deadline: By when; None for the result's own question.

        Raises:
            InvalidValueError: If the result cannot answer it.
        """
