"""Attrition: at every rung of the ladder, how many went on, were lost and why, or are still there."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

import narwhals.stable.v2 as nw
from attrs import field, frozen

from tipline_outcomes._show import bounds, count
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.ledger import Ledger
from tipline_outcomes.metrics._tally import (
    COUNTED,
    Key,
    at_least,
    dimensions,
    fates,
    origin,
    parts_by,
    tally,
)
from tipline_outcomes.metrics.parts import Result, hold, natural, share
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.model import Milestone, Place

__all__ = ["Attrition", "AttritionTable", "Loss", "Step", "attrition"]


@frozen(kw_only=True)
class Loss:
    """Units that ended at one rung in one place for one reason.

    Attributes:
        place: Where they ended. Those that were charged and not convicted keep the place ``charge``.
        reason: Why: a disposition's reason, or a charge's status.
        n: How many.

    >>> loss = Loss(place=Place.CLOSED, reason="unfounded", n=2)
    >>> f"{loss.n} {loss.reason} ({loss.place.value})"
    '2 unfounded (closed)'
    """

    place: Place
    reason: str
    n: int = field(validator=natural)


@frozen(kw_only=True)
class Step:
    """One step of the ladder. ``entered = advanced + lost + pending + unknown``, checked when it is made.

    A rung that was passed only by implied events was passed all the same: the pipeline has no way around
    it. So the steps chain, and `implied` says how much of an advance nobody stated.

    Attributes:
        milestone: The rung that the units entered.
        toward: The next rung.
        entered: Got to the rung, or higher.
        advanced: Got higher.
        implied: Of the advanced: those that did so only by implied events.
        losses: It is over, and got no higher: by place and reason.
        pending: Got no higher so far; still running, and watched.
        unknown: Got no higher as far as is known, and nobody would have told us.

    Raises:
        InvalidValueError: If the counts do not add up.

    >>> loss = Loss(place=Place.CLOSED, reason="unfounded", n=2)
    >>> step = Step(
    ...     milestone=Milestone.INVESTIGATED,
    ...     toward=Milestone.PRESENTED,
    ...     entered=5,
    ...     advanced=1,
    ...     losses=(loss,),
    ...     unknown=2,
    ... )
    >>> step.lower, step.upper
    (Fraction(1, 5), Fraction(3, 5))
    """

    milestone: Milestone
    toward: Milestone
    entered: int = field(validator=natural)
    advanced: int = field(default=0, validator=natural)
    implied: int = field(default=0, validator=natural)
    losses: tuple[Loss, ...] = ()
    pending: int = field(default=0, validator=natural)
    unknown: int = field(default=0, validator=natural)

    def __attrs_post_init__(self) -> None:
        """Hold the account of the step."""
        parts = self.advanced + self.lost + self.pending + self.unknown
        hold("entered = advanced + lost + pending + unknown", self.entered, parts)
        if self.implied > self.advanced:
            message = f"Step.implied is {self.implied}, and only {self.advanced} advanced"
            raise InvalidValueError(message)

    @property
    def lost(self) -> int:
        """All that ended at this rung."""
        return sum(loss.n for loss in self.losses)

    @property
    def lower(self) -> Fraction | None:
        """``(advanced - implied) / entered``: only stated passages, and nobody who is still there goes on."""
        return share(self.advanced - self.implied, self.entered)

    @property
    def upper(self) -> Fraction | None:
        """``(advanced + pending + unknown) / entered``: everybody who is still there, or may be, goes on."""
        return share(self.advanced + self.pending + self.unknown, self.entered)


@frozen(kw_only=True)
class Attrition(Result):
    """The steps of one group, from the first rung to the last.

    What says "count me elsewhere" is taken out at every rung, unlinked or not, and stands in `parts`. The
    bounds of a step are of the units that entered it; a `Rate` has the bounds over everybody received.

    Attributes:
        steps: In the ladder's order. Everybody in the denominator enters the first, and who advances enters
            the next.

    Raises:
        InvalidValueError: If the steps do not chain.

    >>> from tipline_outcomes import EventLog, Ledger, attrition
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> step = attrition(ledger).overall.steps[1]
    >>> print(step.entered, step.milestone.value, "=", step.advanced, step.lost, step.pending, step.unknown)
    13 triaged = 6 6 0 1
    """

    steps: tuple[Step, ...]

    def __attrs_post_init__(self) -> None:
        """Hold the steps to the denominator and to each other."""
        if [(s.milestone, s.toward) for s in self.steps] != list(pairwise(Milestone)):
            message = "Attrition.steps must be the steps of the ladder, each once and in order"
            raise InvalidValueError(message)
        hold("all in the denominator enter the first rung", self.parts.denominator, self.steps[0].entered)
        for step, after in pairwise(self.steps):
            hold(f"who advanced entered {after.milestone.value}", step.advanced, after.entered)

    def __str__(self) -> str:
        steps = [f"{count(self.parts.denominator)} {self.steps[0].milestone.value}"]
        steps += [
            f"{count(step.advanced)} of {count(step.entered)} {step.toward.value}" for step in self.steps
        ]
        return self.named(f"{', '.join(steps)}; {self.counted}")


@frozen(kw_only=True, repr=False)
class AttritionTable(ResultTable[Attrition]):
    """Attrition overall and by group; see `attrition`.

    The frame has one row for every outcome of every step: ``advanced``, ``lost`` by place and reason,
    ``pending`` and ``unknown``. The ``n`` of a step sum to its ``entered``; ``implied`` is of the advanced.

    >>> from tipline_outcomes import EventLog, Ledger, attrition
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> rows = attrition(ledger).to_frame().select("milestone", "outcome", "reason", "n", "entered")
    >>> for row in rows.filter(milestone="triaged").rows()[:3]:
    ...     print(*row)
    triaged advanced None 6 13
    triaged lost insufficient_information 2 13
    triaged lost resources_triaged_out 2 13
    """

    columns: ClassVar[Mapping[str, type]] = {
        "milestone": str,
        "toward": str,
        "entered": int,
        "outcome": str,
        "place": str,
        "reason": str,
        "n": int,
        "implied": int,
        "share": float,
    }
    words: ClassVar[int] = 2

    def _records(self, result: Attrition) -> Iterable[tuple[object, ...]]:
        for step in result.steps:
            for outcome, place, reason, n, implied in (
                ("advanced", None, None, step.advanced, step.implied),
                *(("lost", loss.place.value, loss.reason, loss.n, 0) for loss in step.losses),
                ("pending", None, None, step.pending, 0),
                ("unknown", None, None, step.unknown, 0),
            ):
                part = share(n, step.entered)
                yield (
                    *(step.milestone.value, step.toward.value, step.entered),
                    *(outcome, place, reason, n, implied, None if part is None else float(part)),
                )

    def _shown(self, result: Attrition) -> Iterable[Mapping[str, str]]:
        for step in result.steps:
            lower, upper = bounds(step.lower, step.upper)
            yield {
                "from": step.milestone.value,
                "to": step.toward.value,
                "entered": count(step.entered),
                "advanced": count(step.advanced),
                "lower": lower,
                "upper": upper,
                "implied": count(step.implied),
                "lost": count(step.lost),
                "pending": count(step.pending),
                "unknown": count(step.unknown),
            }

    def _bars(self, result: Attrition) -> Iterable[tuple[Fraction | None, Fraction | None]]:
        return ((step.lower, step.upper) for step in result.steps)

    def _caption(self) -> str:
        return "Attrition"

    def _notes(self) -> Iterable[str]:
        for step in self.overall.steps:
            if step.losses:
                losses = (f"{count(loss.n)} {loss.reason} ({loss.place.value})" for loss in step.losses)
                yield f"Lost at {step.milestone.value}, of {count(step.entered)}: {', '.join(losses)}."
        yield "Lower and upper are of those that entered, and who of them goes on ever."


def attrition(ledger: Ledger, *, by: str | Sequence[str] | None = None) -> AttritionTable:
    """Account for every unit at every rung, overall and by group.

    Args:
        ledger: The counts to read.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.

    Raises:
        LedgerMismatchError: If the ledger was not made by one of the dimensions, or is of subjects.
        InvalidValueError: If a dimension is named twice.

    >>> from datetime import date
    >>> from tipline_outcomes import Cohort, EventLog
    >>> ledger = Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31))
    >>> print(attrition(ledger).overall)
    0 made_available, 0 of 0 triaged, 0 of 0 investigated, ...
    """
    Question.ATTRITION.hold(ledger)
    names = dimensions(ledger, by)
    standing = ledger.rolled_up(names).standing

    def results(keys: tuple[str, ...]) -> tuple[Attrition, ...]:
        counts = tally(standing, keys, _CONDITIONS)
        ended = tally(standing, (*keys, "peak", "place", "reason"), {"n": fates(COUNTED)["lost"]})
        losses: dict[tuple[Key, str | None], list[Loss]] = {}
        for (*group, peak, place, reason), lost in ended.items():
            if lost["n"]:
                loss = Loss(place=Place(str(place)), reason=reason or "", n=lost["n"])
                losses.setdefault((tuple(group), peak), []).append(loss)
        return tuple(
            Attrition(
                **origin(ledger, keys, key),
                parts=parts,
                steps=tuple(
                    Step(
                        milestone=rung,
                        toward=above,
                        losses=_largest_first(losses.get((key, rung.value), [])),
                        **{name: counts[key][f"{name} {rung.value}"] for name in _COUNTS},
                    )
                    for rung, above in pairwise(Milestone)
                ),
            )
            for key, parts in parts_by(standing, keys).items()
        )

    return AttritionTable(by=names, overall=results(())[0], groups=results(names) if names else ())


def _largest_first(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    return tuple(sorted(losses, key=lambda loss: (-loss.n, loss.place.value, loss.reason)))


_COUNTS = ("entered", "advanced", "implied", "pending", "unknown")


def _step_conditions(rung: Milestone, above: Milestone) -> dict[str, nw.Expr]:
    entered, advanced = COUNTED & at_least("peak", rung), COUNTED & at_least("peak", above)
    return {
        "entered": entered,
        "advanced": advanced,
        "implied": advanced & ~at_least("stated", above),
        **fates(entered & ~advanced),
    }


_CONDITIONS = {
    f"{name} {rung.value}": condition
    for rung, above in pairwise(Milestone)
    for name, condition in _step_conditions(rung, above).items()
}
