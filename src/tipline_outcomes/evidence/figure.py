"""A published figure: a number that says of what, where, when, by whom, how exactly, and how it is known."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final, assert_never

from attrs import field, frozen

from tipline_outcomes._show import count, percent
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.evidence.measures import FigureUnit, Measure
from tipline_outcomes.evidence.populations import Population
from tipline_outcomes.evidence.range import Range
from tipline_outcomes.evidence.sources import Source
from tipline_outcomes.evidence.span import Span
from tipline_outcomes.model.territory import TERRITORY
from tipline_outcomes.model.vocabulary import Word

__all__ = ["Figure", "FoundIn", "Qualifier"]

_TOLD: Final[Mapping[str, str]] = MappingProxyType(
    {"at_least": "at least ", "at_most": "at most ", "approximate": "about ", "estimate": "estimated "}
)


class Qualifier(Word):
    """How exactly a source tells a number.

    >>> Qualifier("at_most").meaning
    'so many or fewer: nearly, almost, barely'
    """

    EXACT = ("exact", "told to the last digit", "this package")
    AT_LEAST = ("at_least", "so many or more: over, more than, just over", "this package")
    AT_MOST = ("at_most", "so many or fewer: nearly, almost, barely", "this package")
    APPROXIMATE = ("approximate", "rounded, to the last digit that is not a nought", "this package")
    ESTIMATE = (
        "estimate",
        "estimated from a sample or guessed; how far off is not published",
        "this package",
    )


class FoundIn(Word):
    """How a figure was verified: where somebody read it. What nobody read is not in the catalogue.

    >>> FoundIn("secondary").meaning
    'somebody else quotes the number'
    """

    PAGE = ("page", "read in the publisher's own text, or in a repost of it", "this package")
    REPOSITORY = (
        "repository",
        "read in the copy of the document that a public repository keeps",
        "this package",
    )
    SECONDARY = ("secondary", "somebody else quotes the number", "this package")


@frozen(kw_only=True)
class Figure:
    """A number as it was published, with everything that decides what it may be divided by.

    Attributes:
        id: Its name, which never changes.
        measure: What happened to the things that it counts.
        unit: What these things are; of a share, those of which it is a share.
        value: A count, or a share as an exact fraction.
        qualifier: How exactly the source tells it.
        part_of: The figure of which this one is a part, as the source says itself; of a share, the figure of
            which it is a share. Both are then of one cohort. None: the source follows no such whole.
        population: Whose things are counted.
        territory: The place, by ISO 3166; ``ZZ`` for no single place.
        span: The period.
        counted_by: Who counted, or who is named as having counted.
        source: Where it was found.
        verification: Where it was read.
        contradicts: The id of a figure that a source gives for the same thing with another number.
        note: What a user must know besides.
        rule: The rule of counting, where the source or its reader knows that it is another than before or
            after. Growth is told only between figures of one rule.

    Raises:
        InvalidValueError: If a text that must be there is missing, or the value is none of its kind.

    >>> from tipline_outcomes.evidence import catalogue
    >>> relevant = catalogue()["de-relevant-2022"]
    >>> print(relevant)
    criminally relevant: 89,844 referrals (de-bka, DE, 2022)
    >>> relevant.part_of.id, relevant.cohort
    ('de-reports-2022', 'de-reports-2022')
    >>> print(catalogue()["no-relevant-2022"])
    criminally relevant: about 4,000 referrals (no-kripos, NO, 2022)
    """

    id: str
    measure: Measure
    unit: FigureUnit
    value: int | Fraction
    qualifier: Qualifier = Qualifier.EXACT
    part_of: "Figure | None" = field(default=None)
    population: Population
    territory: str
    span: Span
    counted_by: str
    source: Source
    verification: FoundIn
    contradicts: str | None = None
    note: str = ""
    rule: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be a figure."""
        for name in ("id", "counted_by"):
            if not getattr(self, name):
                message = f"{name} is missing"
                raise InvalidValueError(message)
        if TERRITORY.fullmatch(self.territory) is None:
            message = f"territory is {self.territory!r}; write a code of ISO 3166, such as US-VT, or ZZ"
            raise InvalidValueError(message)
        if self.value < 0 or (isinstance(self.value, Fraction) and self.value > 1):
            message = f"value is {self.value}; a count is 0 or more, and a share lies between 0 and 1"
            raise InvalidValueError(message)

    @property
    def is_share(self) -> bool:
        """Whether the value is a share."""
        return isinstance(self.value, Fraction)

    @property
    def wholes(self) -> "tuple[Figure, ...]":
        """The figure of which this is a part, the one of which that is a part, and so on."""
        return () if self.part_of is None else (self.part_of, *self.part_of.wholes)

    @property
    def cohort(self) -> str:
        """The set of things that the source follows, by the id of its widest figure."""
        return (self, *self.wholes)[-1].id

    @property
    def range(self) -> Range:
        """The numbers that the figure may stand for, by its qualifier alone.

        =========== ====================================================================================
        qualifier   from, to
        =========== ====================================================================================
        exact       the value
        at_least    the value; no end known (a share: 1)
        at_most     0; the value
        approximate half a unit of the last digit that is not a nought, below and above. So about 4,000 is
                    3,500 to 4,500, and about 60 % is 55 to 65 %: the widest reading
        estimate    0; no end known (a share: 1)
        =========== ====================================================================================

        >>> from tipline_outcomes.evidence import catalogue
        >>> print(catalogue()["no-relevant-2022"].range)
        3500 to 4500
        """
        value, most = Fraction(self.value), Fraction(1) if self.is_share else None
        match self.qualifier:
            case Qualifier.EXACT:
                return Range(lower=value, upper=value)
            case Qualifier.AT_LEAST:
                return Range(lower=value, upper=most)
            case Qualifier.AT_MOST:
                return Range(lower=Fraction(0), upper=value)
            case Qualifier.APPROXIMATE:
                half = self._last_digit / 2
                return Range(lower=max(value - half, Fraction(0)), upper=value + half).at_most(most)
            case Qualifier.ESTIMATE:
                return Range(lower=Fraction(0), upper=most)
            case _:  # pragma: no cover - the type checkers prove that nothing is left
                assert_never(self.qualifier)

    @property
    def amount(self) -> Range | None:
        """How many there are: of a count its range, of a share its part of the whole; None if none is known.

        >>> from tipline_outcomes.evidence import catalogue
        >>> declined = catalogue()["bjs-declined-share-2004-13"].amount
        >>> float(declined.lower), float(declined.upper)
        (12808.4, 13169.2)
        """
        if not self.is_share:
            return self.range
        whole = None if self.part_of is None else self.part_of.amount
        return None if whole is None else self.range * whole

    @property
    def at_face_value(self) -> Fraction | None:
        """How many there are if *at least*, *at most*, *about* and *estimated* are read away."""
        if isinstance(self.value, int):
            return Fraction(self.value)
        whole = None if self.part_of is None else self.part_of.at_face_value
        return None if whole is None else self.value * whole

    @property
    def _last_digit(self) -> Fraction:
        """The place of the last digit that is not a nought: 100 in 4,700, a thousandth in 0.038."""
        value, place = Fraction(self.value), Fraction(1)
        while (value / place).denominator > 1:
            place /= 10
        while value and (value / (place * 10)).denominator == 1:
            place *= 10
        return place

    def __str__(self) -> str:
        told, things = _TOLD.get(self.qualifier, ""), plural(self.unit)
        if isinstance(self.value, Fraction):
            many = f"{told}{percent(self.value)} of {things}"
        else:
            many = f"{told}{count(self.value)} {things}"
        where = f"{self.population}, {self.territory}, {self.span}"
        return f"{self.measure.replace('_', ' ')}: {many} ({where})"


def named(unit: FigureUnit) -> str:
    """Name a thing of a unit.

    >>> named(FigureUnit.COURT_CASE)
    'court case'
    """
    return unit.replace("_", " ")


def plural(unit: FigureUnit) -> str:
    """Name the things of a unit.

    >>> plural(FigureUnit.COURT_CASE), plural(FigureUnit.REFERRAL_PER_DAY), plural(FigureUnit.SEARCH)
    ('court cases', 'referrals per day', 'searches')
    """
    first, *rest = named(unit).split(" per ")
    if unit in {FigureUnit.FEEDBACK, FigureUnit.UNSTATED}:
        many = {"feedback": "instances of feedback", "unstated": "(unit not stated)"}[first]
    else:
        many = f"{first}es" if first.endswith("ch") else f"{first}s"
    return " per ".join((many, *rest))
