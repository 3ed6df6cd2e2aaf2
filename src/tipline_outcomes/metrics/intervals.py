"""Intervals around bounds: what a sample adds to what is not known, units alone or agency by agency."""

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from statistics import NormalDist
from typing import ClassVar, TypeVar

from attrs import frozen

from tipline_outcomes._show import between, count
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics._quantiles import student_quantile
from tipline_outcomes.metrics.answers import Answering, Answers, Deadline, only_answers, summed
from tipline_outcomes.metrics.assumptions import INDEPENDENT_UNITS, SAMPLED_AGENCIES, Silence
from tipline_outcomes.metrics.binomial import Interval, IntervalMethod, critical, wilson_ends
from tipline_outcomes.metrics.parts import Group, Result, share
from tipline_outcomes.metrics.table import ResultTable

__all__ = ["IntervalTable", "RateInterval", "imbens_manski", "interval", "intervals"]


def imbens_manski(width: float, error: float, confidence: float = 0.95) -> float:
    """Give Imbens and Manski's constant: how many standard errors to go beyond either bound.

    The number *c* with ``Phi(c + width / error) - Phi(-c) = confidence`` (Econometrica 72, 2004, 1845-1857):
    the true share is at one of the ends at worst, so that only one side can miss it. It goes from that of a
    two-sided interval, where the bounds are one point, to that of a one-sided one, where they lie far apart.

    Args:
        width: The upper bound less the lower one.
        error: The greater of the standard errors of the two.
        confidence: In how many samples the interval is to hold the true share.

    Raises:
        InvalidValueError: If the confidence is not between 0 and 1.

    >>> [round(imbens_manski(width, 0.05), 4) for width in (0.0, 0.1, 1.0)]
    [1.96, 1.6461, 1.6449]
    """
    high = critical(confidence)
    if width == 0:
        return high
    normal = NormalDist()
    low = normal.inv_cdf(confidence)
    if error == 0:
        return low
    apart = width / error
    # Sixty halvings of so short a bracket are below the last digit.
    for _ in range(60):
        middle = (low + high) / 2
        if normal.cdf(middle + apart) - normal.cdf(-middle) < confidence:
            low = middle
        else:
            high = middle
    return high


@frozen(kw_only=True)
class _End:
    """One end of the bounds as a sample saw it: a share, and of how many independent units it is worth."""

    share: Fraction | None
    size: float

    @property
    def error(self) -> float:
        if self.share is None or self.size == 0:
            return math.inf
        return math.sqrt(self.share * (1 - self.share) / self.size)

    def wilson(self, z: float) -> tuple[float, float]:
        return wilson_ends(float(self.share or 0), self.size, z)


def interval(
    answers: Answers,
    *,
    clusters: Iterable[Answers] = (),
    silence: Silence | None = None,
    confidence: float = 0.95,
) -> Interval:
    """Give an interval that holds the true share, wherever between the bounds it lies.

    Wilson's interval on each end of the bounds, with Imbens and Manski's constant; where the bounds are one
    point, it is Wilson's. It is of a superpopulation, from which the units are drawn: of a complete count,
    the bounds alone are to be told.

    With clusters, the variance of each end is that of a ratio of sums over the clusters. Its design effect,
    no less than 1, makes the size of the sample smaller, and so does Student's *t* in place of the normal,
    with one degree of freedom less than there are clusters (Korn and Graubard, Survey Methodology 24, 1998,
    193-201, with Wilson's interval in place of the exact one). Where all units got there, or none did,
    nothing shows how alike units of one agency are, and each agency counts as one unit: the least that it is
    worth. Of a single agency nothing can be said of the others, and the interval is [0, 1].

    Args:
        answers: The counts.
        clusters: The same counts by agency; none: the units are drawn one by one.
        silence: What is believed of the silent; None: nothing, which gives the worst cases.
        confidence: In how many samples it is to hold the true share.

    Raises:
        InvalidValueError: If it is given a rate in place of its answers, the clusters do not sum to the
            whole, or the confidence is not between 0 and 1.

    >>> from datetime import date
    >>> asked = {"what": "charged", "deadline": "ever", "units": "tips", "as_of": date(2024, 12, 31)}
    >>> print(interval(Answers(yes=30, no=50, **asked)))
    27.6-48.5 % (95 % interval, Wilson; if units drawn one by one)
    >>> print(interval(Answers(yes=30, no=50, unknown=20, **asked)))
    23.0-58.2 % (95 % interval, Imbens-Manski on Wilson ends; if units drawn one by one)
    """
    clusters = tuple(clusters)
    only_answers(answers, *clusters)
    z = critical(confidence)
    held = answers.held(silence)
    parts = [part.ends(held) for part in clusters]
    ends: list[_End] = []
    for side, (n, of) in enumerate(answers.ends(held)):
        by_cluster = [part[side] for part in parts]
        size = _worth(by_cluster, z, confidence) if parts else float(of)
        if parts and (n, of) != (sum(k for k, _ in by_cluster), sum(m for _, m in by_cluster)):
            message = f"the clusters do not sum to {answers}; give all of its agencies, and each of them once"
            raise InvalidValueError(message)
        ends.append(_End(share=share(n, of), size=size))
    lower, upper = ends
    width = (upper.share or 0) - (lower.share or 0)
    constant = imbens_manski(float(width), max(lower.error, upper.error), confidence)
    drawn = SAMPLED_AGENCIES if parts else INDEPENDENT_UNITS
    return Interval(
        lower=lower.wilson(constant)[0],
        upper=upper.wilson(constant)[1],
        confidence=confidence,
        method=IntervalMethod.IMBENS_MANSKI if width else IntervalMethod.WILSON,
        assumptions=(drawn,) if silence is None else (drawn, silence),
    )


def _worth(clusters: Sequence[tuple[int, int]], z: float, confidence: float) -> float:
    """Say of how many units drawn one by one a sample of clusters is worth; see `interval`."""
    m = sum(1 for _, of in clusters if of)
    if m <= 1:
        return 0.0
    n, of = sum(k for k, _ in clusters), sum(of for _, of in clusters)
    if 0 < n < of:
        squares = sum((k * of - n * size) ** 2 for k, size in clusters)
        effect = max(Fraction(1), Fraction(m * squares, (m - 1) * of * n * (of - n)))
        worth = float(of / effect)
    else:
        worth = float(m)
    return worth * (z / student_quantile(confidence, m - 1)) ** 2


@frozen(kw_only=True)
class RateInterval(Result):
    """The counts that answer a question, of one group, and the interval around their bounds.

    Attributes:
        answers: The counts, with the question.
        interval: The interval.

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=200))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> print(intervals(conversion(ledger), "by_as_of").overall)
    1 of 198 families charged by 2025-06-30: bounds 0.5-78.3 %; 95 % interval 0.1-82.8 %
    """

    answers: Answers
    interval: Interval

    def __str__(self) -> str:
        answers, inter = self.answers, self.interval
        bounds = between(answers.lower, answers.upper)
        return self.named(
            f"{count(answers.yes)} of {count(answers.base)} {self.unit.plural} {answers.asked}: bounds"
            f" {bounds}; {100 * inter.confidence:g} % interval {inter.text}"
        )


@frozen(kw_only=True, repr=False)
class IntervalTable(ResultTable[RateInterval]):
    """Intervals overall and by group; see `intervals`.

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=200))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> print(intervals(conversion(ledger), "by_as_of"))
    Charged by 2025-06-30: families as of 2025-06-30
         yes   of  no  unknown  undecided      bounds  95 % interval
    ---  ---  ---  --  -------  ---------  ----------  -------------
    all    1  198  43      152          2  0.5-78.3 %     0.1-82.8 %
    The bounds hold whatever becomes of unknown and undecided. ...
    """

    columns: ClassVar[Mapping[str, type]] = {
        **dict.fromkeys(("what", "deadline"), str),
        **dict.fromkeys(("days", "yes", "no", "unknown", "undecided", "base"), int),
        **dict.fromkeys(("lower", "upper", "confidence", "interval_lower", "interval_upper"), float),
        **dict.fromkeys(("method", "assumptions"), str),
    }

    def _records(self, result: RateInterval) -> Iterable[tuple[object, ...]]:
        answers, inter = result.answers, result.interval
        yield (
            *(answers.what, answers.deadline.value, answers.days),
            *(answers.yes, answers.no, answers.unknown, answers.undecided, answers.base),
            *(None if end is None else float(end) for end in (answers.lower, answers.upper)),
            *(inter.confidence, inter.lower, inter.upper, inter.method.value),
            "; ".join(assumption.name for assumption in inter.assumptions),
        )

    def _shown(self, result: RateInterval) -> Iterable[Mapping[str, str]]:
        answers = result.answers
        yield {
            "yes": count(answers.yes),
            "of": count(answers.base),
            "no": count(answers.no),
            "unknown": count(answers.unknown),
            "undecided": count(answers.undecided),
            "bounds": between(answers.lower, answers.upper),
            f"{100 * result.interval.confidence:g} % interval": result.interval.text,
        }

    def _bars(self, result: RateInterval) -> Iterable[tuple[Fraction | None, Fraction | None]]:
        yield result.answers.lower, result.answers.upper

    def _caption(self) -> str:
        return self.overall.answers.asked.capitalize()

    def _notes(self) -> Iterable[str]:
        yield (
            "The bounds hold whatever becomes of unknown and undecided. The interval is of the many units"
            " from which these were drawn: of a complete count, the bounds say all."
        )
        made: dict[str, str] = {}
        for result in (self.overall, *self.groups):
            for assumption in result.interval.assumptions:
                made[assumption.name] = assumption.statement
            made.setdefault(result.interval.method.value, "")
        yield f"Overall: {self.overall.interval.method.value}."
        yield from (f"If {name}: {statement}" for name, statement in made.items() if statement)


_A = TypeVar("_A", bound=Answering)


def intervals(
    rates: ResultTable[_A],
    deadline: Deadline | str | None = None,
    *,
    clusters: ResultTable[_A] | None = None,
    cluster: str = "agency",
    silence: Silence | None = None,
    confidence: float = 0.95,
) -> IntervalTable:
    """Give the interval of every rate of a table; see `interval` for how they are made.

    Where the table is by agency, the interval of all units is clustered by agency, and that of each agency is
    not: it is about that agency alone. For groups that have several agencies each, give a table of the same
    rates that is by the groups and by agency. Units whose agency is not recorded are one cluster; where none
    is recorded, there are no clusters.

    Args:
        rates: The rates, such as `conversion` gives.
        deadline: The question; None for the rates' own: *ever*, of a `RateTable`.
        clusters: The same rates by agency, too; None if the table has agencies itself, or there are none.
        cluster: The dimension whose values are the clusters.
        silence: What is believed of the silent; None: nothing, which gives the worst cases.
        confidence: In how many samples an interval is to hold the true share.

    Raises:
        InvalidValueError: If the rates cannot answer the question, or the clusters are not of the same units.

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=2000))
    >>> by = ("territory", "agency")
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=by)
    >>> table = intervals(conversion(ledger, by="territory"), "by_as_of", clusters=conversion(ledger))
    >>> print(table.at(territory="US-CA").interval)
    0.2-96.6 % (95 % interval, Imbens-Manski on Wilson ends; if agencies drawn, not units)
    """
    fine = rates if clusters is None else clusters
    if clusters is not None and not {cluster, *rates.by} <= set(clusters.by):
        message = f"clusters is by {clusters.by}; make the same rates by {(*rates.by, cluster)}"
        raise InvalidValueError(message)
    by_agency: dict[Group, dict[str | None, list[Answers]]] = {}
    if cluster in fine.by and any(part.group[cluster] is not None for part in fine.groups):
        for part in fine.groups:
            for kept in {rates.by, ()}:
                pairs = tuple((name, part.group[name]) for name in kept)
                agencies = by_agency.setdefault(Group(pairs), {})
                agencies.setdefault(part.group[cluster], []).append(part.answers(deadline))

    def of(rate: _A) -> RateInterval:
        answers = rate.answers(deadline)
        agencies = {} if cluster in rate.group else by_agency.get(rate.group, {})
        made = interval(
            answers,
            clusters=(summed(parts, rate.group) for parts in agencies.values()),
            silence=silence,
            confidence=confidence,
        )
        return RateInterval(
            group=rate.group,
            unit=rate.unit,
            as_of=rate.as_of,
            ledger_digest=rate.ledger_digest,
            parts=rate.parts,
            answers=answers,
            interval=made,
        )

    return IntervalTable(by=rates.by, overall=of(rates.overall), groups=tuple(map(of, rates.groups)))
