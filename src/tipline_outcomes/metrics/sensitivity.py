"""How a rate depends on what is not known: on the share of the unknown that got there."""

from enum import StrEnum
from fractions import Fraction

from attrs import field, frozen

from tipline_outcomes._engine import Frame, frame_of
from tipline_outcomes._show import Grid, between, count, percent
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics.answers import Answers, only_answers
from tipline_outcomes.metrics.bounds import Assumption, Bounds
from tipline_outcomes.metrics.parts import share

__all__ = ["Flip", "Sensitivity", "Verdict", "sensitivity"]


class Verdict(StrEnum):
    """What can be said of a conclusion without knowing the unknown."""

    HOLDS = "holds"
    """It holds, however many of the unknown got there."""
    FAILS = "fails"
    """It fails, however many did."""
    DEPENDS = "depends"
    """It depends on them, or on the undecided: nobody may draw it without saying what is assumed."""


@frozen(kw_only=True)
class Flip:
    """Where a conclusion flips: "the rate is at least so much".

    Attributes:
        answers: The counts.
        at_least: The share that the conclusion claims.
        holds_from: The share of the unknown from which on it holds for certain, ``(at_least base - yes) /
            unknown``; None if nobody is unknown. Below 0 it holds always; above 1 no share is enough.
        fails_below: The share of the unknown below which it fails for certain, ``(at_least base - yes -
            undecided) / unknown``. Where nobody is undecided, the two are one: the tipping point.

    >>> from datetime import date
    >>> asked = {"what": "charged", "deadline": "ever", "units": "tips", "as_of": date(2024, 12, 31)}
    >>> flip = sensitivity(Answers(yes=30, no=50, unknown=20, **asked)).flip(Fraction(2, 5))
    >>> print(flip)
    charged ever, of 100 tips as of 2024-12-31: at least 40.0 %? yes if 50.0 % of the unknown or more ...
    >>> flip.holds_from == flip.fails_below
    True
    """

    answers: Answers
    at_least: Fraction
    holds_from: Fraction | None
    fails_below: Fraction | None

    @property
    def verdict(self) -> Verdict:
        """What can be said without knowing the unknown. Of nobody, nothing."""
        lower, upper = self.answers.lower, self.answers.upper
        if lower is None or upper is None:
            return Verdict.DEPENDS
        if lower >= self.at_least:
            return Verdict.HOLDS
        return Verdict.FAILS if upper < self.at_least else Verdict.DEPENDS

    def __str__(self) -> str:
        holds, fails = self.holds_from, self.fails_below
        said: list[str] = []
        if self.verdict is not Verdict.DEPENDS:
            certain = "yes" if self.verdict is Verdict.HOLDS else "no"
            said.append(f"{certain}, whatever became of the unknown and the undecided")
        elif holds is None or fails is None:
            said.append(f"depends on the {count(self.answers.undecided)} undecided")
        else:
            if holds <= 1:
                said.append(f"yes if {percent(max(holds, Fraction()))} of the unknown or more got there")
            if fails > 0:
                said.append(f"no if less than {percent(fails)} did")
            if holds != fails:
                said.append(f"else it depends on the {count(self.answers.undecided)} undecided")
        return f"{self.answers.named}: at least {percent(self.at_least)}? {'; '.join(said)}"


@frozen(kw_only=True, repr=False)
class Sensitivity:
    """The bounds of a rate as a function of the share of the unknown that got there; see `sensitivity`.

    Attributes:
        answers: The counts.
        steps: In how many steps, from none of the unknown to all, it is shown.

    Raises:
        InvalidValueError: If there is no step.

    >>> from datetime import date
    >>> asked = {"what": "charged", "deadline": "ever", "units": "tips", "as_of": date(2024, 12, 31)}
    >>> print(Sensitivity(answers=Answers(yes=30, no=50, unknown=20, **asked)).at(Fraction(1, 4)))
    charged ever, of 100 tips as of 2024-12-31: 35.0 %; if 25.0 % of the unknown got there
    """

    answers: Answers
    steps: int = field(default=10)

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be shown."""
        only_answers(self.answers)
        if type(self.steps) is not int or self.steps < 1:
            message = f"Sensitivity.steps is {self.steps!r}; give a whole number, 1 or more"
            raise InvalidValueError(message)

    def at(self, of_unknown: Fraction) -> Bounds:
        """Give the bounds if that share of the unknown got there.

        From ``(yes + of_unknown unknown) / base``, with ``undecided`` added for the upper end.

        Args:
            of_unknown: The share, exact; none of them is 0, all are 1.

        Raises:
            InvalidValueError: If it is no share.
        """
        if not 0 <= of_unknown <= 1:
            message = f"of_unknown is {of_unknown!r}; give a share from 0 to 1, such as Fraction(1, 4)"
            raise InvalidValueError(message)
        answers = self.answers
        lower = share(answers.yes, answers.base)
        if lower is None:
            return Bounds(what=answers.named)
        base = answers.base
        lower += Fraction(of_unknown) * answers.unknown / base
        belief = Assumption(
            name=f"{percent(Fraction(of_unknown))} of the unknown got there",
            statement=f"Of the {count(answers.unknown)} unknown, {Fraction(of_unknown)} got there.",
            formula="(yes + share unknown) / base, and undecided above the line or not",
        )
        upper = lower + Fraction(answers.undecided, base)
        return Bounds(what=answers.named, lower=lower, upper=upper, assumptions=(belief,))

    def flip(self, at_least: Fraction) -> Flip:
        """Find where a conclusion flips: "the rate is at least so much".

        To compare with another group, ask for that group's upper bound.

        Args:
            at_least: The share that the conclusion claims, exact.

        Raises:
            InvalidValueError: If it is no share.
        """
        if not 0 <= at_least <= 1:
            message = f"at_least is {at_least!r}; give a share from 0 to 1, such as Fraction(1, 4)"
            raise InvalidValueError(message)
        answers = self.answers
        lacking = Fraction(at_least) * answers.base - answers.yes
        return Flip(
            answers=answers,
            at_least=Fraction(at_least),
            holds_from=lacking / answers.unknown if answers.unknown else None,
            fails_below=(lacking - answers.undecided) / answers.unknown if answers.unknown else None,
        )

    @property
    def curve(self) -> tuple[tuple[Fraction, Bounds], ...]:
        """The shares of the unknown, step by step, each with the bounds there."""
        shares = (Fraction(step, self.steps) for step in range(self.steps + 1))
        return tuple((of_unknown, self.at(of_unknown)) for of_unknown in shares)

    def to_frame(self) -> Frame:
        """Give the curve as a data frame, to draw it: ``of_unknown``, ``lower``, ``upper``, as floats."""
        return frame_of(
            (
                (float(at), *(None if end is None else float(end) for end in (bounds.lower, bounds.upper)))
                for at, bounds in self.curve
            ),
            dict.fromkeys(("of_unknown", "lower", "upper"), float),
        )

    def __repr__(self) -> str:
        return self._grid().text()

    def _repr_html_(self) -> str:
        return self._grid().html()

    def _grid(self) -> Grid:
        rows = ((percent(at), between(bounds.lower, bounds.upper)) for at, bounds in self.curve)
        return Grid(
            caption=self.answers.named,
            headers=("of the unknown", "rate"),
            rows=tuple(rows),
            texts=0,
            notes=(f"Unknown: {count(self.answers.unknown)}. Undecided: {count(self.answers.undecided)}.",),
        )


def sensitivity(answers: Answers, *, steps: int = 10) -> Sensitivity:
    """Show how a rate depends on what became of the unknown.

    The rate if a share *s* of the unknown got there is ``(yes + s unknown) / base``, from the lower bound at
    0 to the upper at 1; with undecided units it has bounds at every *s*. Of a conclusion it tells for which
    *s* it holds (`Sensitivity.flip`), so that a reader can judge whether such a share is likely.

    Args:
        answers: The counts.
        steps: In how many steps it is shown.

    Raises:
        InvalidValueError: If there is no step.

    >>> from datetime import date
    >>> asked = {"what": "charged", "deadline": "ever", "units": "tips", "as_of": date(2024, 12, 31)}
    >>> curve = sensitivity(Answers(yes=30, no=40, unknown=20, undecided=10, **asked), steps=2)
    >>> print(curve)
    charged ever, of 100 tips as of 2024-12-31
    of the unknown         rate
    --------------  -----------
             0.0 %  30.0-40.0 %
            50.0 %  40.0-50.0 %
           100.0 %  50.0-60.0 %
    Unknown: 20. Undecided: 10.
    >>> curve.flip(Fraction(1, 2)).verdict
    <Verdict.DEPENDS: 'depends'>
    """
    return Sensitivity(answers=answers, steps=steps)
