"""Direct standardisation: what the rate would be if every group had the same mix of some dimension."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar, TypeVar

from attrs import field, frozen

from tipline_outcomes._show import between, count, percent
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics.answers import Answering, Answers, Deadline, summed
from tipline_outcomes.metrics.assumptions import Silence
from tipline_outcomes.metrics.bounds import Bounds
from tipline_outcomes.metrics.parts import NOT_RECORDED, Group, Parts, Result
from tipline_outcomes.metrics.table import ResultTable

__all__ = ["Standard", "StandardTable", "Standardised", "Stratum", "standardise"]


_A = TypeVar("_A", bound=Answering)


def _copied(weights: Mapping[str | None, Fraction | int]) -> Mapping[str | None, Fraction | int]:
    return MappingProxyType(dict(weights))


@frozen(kw_only=True)
class Standard:
    """A mix of one dimension to which rates are standardised, with a name by which results say so.

    Attributes:
        name: Whose mix it is.
        dimension: The dimension.
        weights: What each value of it counts; they need not sum to 1, their proportions matter. None is "not
            recorded".

    Raises:
        InvalidValueError: If a weight is negative, or all are 0.

    >>> standard = Standard(name="US 2023", dimension="source", weights={"provider": 98, "public": 2})
    >>> standard.share("public")
    Fraction(1, 50)
    """

    name: str
    dimension: str
    weights: Mapping[str | None, Fraction | int] = field(converter=_copied, hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse weights by which nothing can be weighed."""
        if any(weight < 0 for weight in self.weights.values()) or not sum(self.weights.values()):
            message = (
                f"the weights of {self.name!r} are {dict(self.weights)}; give none below 0 and one above"
            )
            raise InvalidValueError(message)

    @classmethod
    def of(cls, rates: ResultTable[_A], name: str) -> "Standard":
        """Take the mix of the units of a table that is by one dimension.

        Raises:
            InvalidValueError: If the table is not by one dimension, or has no units.
        """
        if len(rates.by) != 1:
            message = f"a standard is of one dimension, and this table is by {rates.by or 'nothing'}"
            raise InvalidValueError(message)
        weights: dict[str | None, Fraction | int] = {
            rate.group[rates.by[0]]: rate.answers().base for rate in rates.groups
        }
        return cls(name=name, dimension=rates.by[0], weights=weights)

    def share(self, value: str | None) -> Fraction:
        """Give the weight of a value, as a share of all."""
        return Fraction(self.weights.get(value, 0)) / Fraction(sum(self.weights.values()))


@frozen(kw_only=True)
class Stratum:
    """One value of the dimension, in one group.

    Attributes:
        value: The value; None is "not recorded".
        weight: Its share in the standard.
        answers: The counts; None if the group has no such units.
        lower: The lower bound of its rate; without units nothing is known, and it is 0.
        upper: The upper bound; without units 1.

    >>> tribal = Stratum(value="tribal", weight=Fraction(1, 50))
    >>> tribal.empty, tribal.lower, tribal.upper
    (True, Fraction(0, 1), Fraction(1, 1))
    """

    value: str | None
    weight: Fraction
    answers: Answers | None = None
    lower: Fraction = Fraction(0)
    upper: Fraction = Fraction(1)

    @property
    def empty(self) -> bool:
        """Whether the group has no unit of that value."""
        return self.answers is None or self.answers.base == 0


@frozen(kw_only=True)
class Standardised(Result):
    """The rate that a group would have with the mix of the standard.

    Attributes:
        standard: To what it is standardised.
        strata: Every value of the dimension, weighed.
        crude: The bounds of the group's rate as it is.
        bounds: ``[sum of w L, sum of w U]`` over the strata, with weights *w* that sum to 1.

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=200))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=("source",))
    >>> weights = dict.fromkeys(("example-chat", "example-games", "example-photos", "example-social"), 6)
    >>> mix = Standard(name="six of each", dimension="source", weights=weights | {"public": 1, "police": 1})
    >>> result = standardise(conversion(ledger), mix, "by_as_of").overall
    >>> print(result.bounds.text, result.crude.text, result.empty_weight)
    0.1-78.5 % 0.5-78.3 % 1/26
    """

    standard: Standard
    strata: tuple[Stratum, ...]
    crude: Bounds
    bounds: Bounds

    @property
    def empty_weight(self) -> Fraction:
        """The weight of the strata without units: so wide, at least, are the bounds."""
        return sum((stratum.weight for stratum in self.strata if stratum.empty), start=Fraction())

    def __str__(self) -> str:
        empty = f"; {percent(self.empty_weight)} of the weight is without units" if self.empty_weight else ""
        return f"{self.bounds}{empty}"


@frozen(kw_only=True, repr=False)
class StandardTable(ResultTable[Standardised]):
    """Standardised rates by group; see `standardise`.

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=200))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=("source",))
    >>> rates = conversion(ledger)
    >>> standardise(rates, Standard.of(rates, "all"), "by_as_of")
    Charged by 2025-06-30, standardised by source to all: families as of 2025-06-30
         received    as it is  standardised  weight without units
    ---  --------  ----------  ------------  --------------------
    all       200  0.5-78.3 %    0.5-78.3 %                 0.0 %
    The mix of all, by source: example-chat 17.7 %, example-games 7.1 %, example-photos 13.1 %, example-social
      59.1 %, public 3.0 %.
    A value without units has bounds of 0 and 100 %, by its whole weight.
    Received: 200. Of them counted elsewhere: 4 excluded; 2 of these it is not known where.
    Unit: family. Counted from ledger ...
    """

    columns: ClassVar[Mapping[str, type]] = {
        **dict.fromkeys(("standard", "standardised_by", "question"), str),
        "received": int,
        **dict.fromkeys(("lower", "upper", "crude_lower", "crude_upper", "empty_weight"), float),
    }

    def _records(self, result: Standardised) -> Iterable[tuple[object, ...]]:
        ends = (result.bounds.lower, result.bounds.upper, result.crude.lower, result.crude.upper)
        yield (
            *(result.standard.name, result.standard.dimension, self._question(result), result.received),
            *(None if end is None else float(end) for end in ends),
            float(result.empty_weight),
        )

    def _shown(self, result: Standardised) -> Iterable[Mapping[str, str]]:
        yield {
            "received": count(result.received),
            "as it is": between(result.crude.lower, result.crude.upper),
            "standardised": between(result.bounds.lower, result.bounds.upper),
            "weight without units": percent(result.empty_weight),
        }

    def _bars(self, result: Standardised) -> Iterable[tuple[Fraction | None, Fraction | None]]:
        yield result.bounds.lower, result.bounds.upper

    def _caption(self) -> str:
        standard = self.overall.standard
        question = self._question(self.overall).capitalize()
        return f"{question}, standardised by {standard.dimension} to {standard.name}"

    @staticmethod
    def _question(result: Standardised) -> str:
        (asked,) = {s.answers.asked for s in result.strata if s.answers is not None} or {"nothing received"}
        return asked

    def _notes(self) -> Iterable[str]:
        standard, strata = self.overall.standard, self.overall.strata
        mix = (f"{_label(s.value)} {percent(s.weight)}" for s in strata)
        yield f"The mix of {standard.name}, by {standard.dimension}: {', '.join(mix)}."
        yield "A value without units has bounds of 0 and 100 %, by its whole weight."
        for result in (*self.groups, self.overall):
            empty = [f"{_label(s.value)} {percent(s.weight)}" for s in result.strata if s.empty and s.weight]
            if empty:
                yield f"Without units in {result.group or 'all'}: {', '.join(empty)}."
        yield from (f"If {assumption}" for assumption in self.overall.bounds.assumptions)


def standardise(
    rates: ResultTable[_A],
    to: Standard,
    deadline: Deadline | str | None = None,
    *,
    silence: Silence | None = None,
) -> StandardTable:
    """Standardise rates directly: what they would be with the standard's mix of one dimension.

    With weights *w* that sum to 1 and the bounds *L*, *U* of each value of the dimension, the bounds are
    ``[sum of w L, sum of w U]``: direct standardisation, as of death rates by age (Keiding and Clayton,
    Statistical Science 29, 2014, 529-558, have its history). What is not known of one value says nothing of
    another, so that they are sharp. A value without units has the bounds [0, 1], and its weight is told.

    Args:
        rates: The rates, by the standard's dimension and by the groups to compare.
        to: The mix, with its name.
        deadline: The question; None for the rates' own.
        silence: What is believed of the silent of each value; None: nothing.

    Returns:
        A table by the other dimensions.

    Raises:
        InvalidValueError: If the rates are not by the standard's dimension, or have a value of it that the
            standard does not weigh: give it a weight, be it 0.

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=2000))
    >>> by = ("territory", "source")
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=by)
    >>> everybody = Standard.of(conversion(ledger, by="source"), "all")
    >>> table = standardise(conversion(ledger), everybody, "by_as_of")
    >>> print(table.at(territory="US-WA"))
    territory=US-WA: charged by 2025-06-30, of 50 families, standardised by source to all: 15.8-22.9 %
    """
    if to.dimension not in rates.by:
        message = f"these rates are by {rates.by or 'nothing'}, and the standard weighs {to.dimension!r}"
        raise InvalidValueError(message)
    names = tuple(name for name in rates.by if name != to.dimension)
    found = {rate.group[to.dimension] for rate in rates.groups}
    if missing := found - to.weights.keys():
        labels = ", ".join(sorted(map(_label, missing)))
        message = f"{to.name!r} has no weight for {to.dimension} {labels}; give each a weight, be it 0"
        raise InvalidValueError(message)
    groups: dict[Group, list[_A]] = {}
    for rate in rates.groups:
        kept = Group(tuple((name, rate.group[name]) for name in names))
        groups.setdefault(kept, []).append(rate)

    def of(group: Group, members: Sequence[_A], parts: Parts) -> Standardised:
        by_value: dict[str | None, list[Answers]] = {}
        for rate in members:
            by_value.setdefault(rate.group[to.dimension], []).append(rate.answers(deadline))
        strata = tuple(_stratum(value, to, by_value.get(value, ()), silence) for value in to.weights)
        crude = summed(
            [a for answers in by_value.values() for a in answers] or [rates.overall.answers(deadline)], group
        )
        return Standardised(
            group=group,
            unit=rates.overall.unit,
            as_of=rates.overall.as_of,
            ledger_digest=rates.overall.ledger_digest,
            parts=parts,
            standard=to,
            strata=strata,
            crude=crude.bounds(silence),
            bounds=Bounds(
                what=f"{crude.named}, standardised by {to.dimension} to {to.name}",
                lower=sum((s.weight * s.lower for s in strata), start=Fraction()),
                upper=sum((s.weight * s.upper for s in strata), start=Fraction()),
                assumptions=() if silence is None else (silence,),
            ),
        )

    everybody = of(Group(), rates.groups, rates.overall.parts)
    each = (
        of(group, members, Parts.total(rate.parts for rate in members)) for group, members in groups.items()
    )
    return StandardTable(by=names, overall=everybody, groups=tuple(each) if names else ())


def _stratum(value: str | None, to: Standard, answers: Sequence[Answers], silence: Silence | None) -> Stratum:
    weight = to.share(value)
    if not answers:
        return Stratum(value=value, weight=weight)
    whole = summed(answers, Group(((to.dimension, value),)))
    bounds = whole.bounds(silence)
    if bounds.lower is None or bounds.upper is None:
        return Stratum(value=value, weight=weight, answers=whole)
    return Stratum(value=value, weight=weight, answers=whole, lower=bounds.lower, upper=bounds.upper)


def _label(value: str | None) -> str:
    return NOT_RECORDED if value is None else value
