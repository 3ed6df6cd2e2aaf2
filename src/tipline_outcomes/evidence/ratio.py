"""Honest arithmetic: what must not be divided is refused, unless somebody says what is assumed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from tipline_outcomes.errors import InvalidValueError, NotComparableError
from tipline_outcomes.evidence.assumptions import BRIDGES
from tipline_outcomes.evidence.bridge import Bridge
from tipline_outcomes.evidence.figure import Figure
from tipline_outcomes.evidence.mismatch import Mismatch, mismatches
from tipline_outcomes.evidence.range import Range
from tipline_outcomes.metrics import Bounds

__all__ = ["Ratio", "pooled", "ratio", "stated"]


@frozen(kw_only=True)
class Ratio(Bounds):
    """A quotient of published figures: its bounds, what they assume, and the figures.

    The bounds are as wide as the qualifiers of the figures ask, and as the assumptions leave.

    Attributes:
        at_face_value: The number that one gets by reading *at least*, *at most*, *about* and *estimated*
            away. It is what is usually quoted. None where it is not defined.
        figures: The figures that went in.
        part: The figure that was divided; None where several were.
        whole: The figure by which it was; of a share as published, that share itself.
        is_share: Whether the quotient is a share, which cannot exceed 1.
        is_rest: Whether it is what a share leaves, which no figure counts.
    """

    at_face_value: Fraction | None
    figures: tuple[Figure, ...]
    part: Figure | None = None
    whole: Figure | None = None
    is_share: bool = True
    is_rest: bool = False

    def rest(self, what: str) -> "Ratio":
        """Give what the share leaves: one less the share.

        Args:
            what: What the rest is of.

        Raises:
            InvalidValueError: If this is no share.

        >>> from tipline_outcomes.evidence import catalogue
        >>> known = catalogue()
        >>> relevant = ratio(known["de-relevant-2022"], known["de-reports-2022"])
        >>> print(relevant.rest("not relevant, of referrals received"))
        not relevant, of referrals received: 34.1 %
        """
        if not self.is_share:
            message = f"{self.what} is no share, so that nothing is left of it"
            raise InvalidValueError(message)
        face = self.at_face_value
        return evolve(
            self,
            what=what,
            at_face_value=None if face is None else 1 - face,
            is_rest=True,
            lower=None if self.upper is None else 1 - self.upper,
            upper=None if self.lower is None else 1 - self.lower,
        )

    def then(self, following: "Ratio", *, what: str, assuming: Iterable[Bridge] = ()) -> "Ratio":
        """Multiply by the share of what comes next: ``A / N`` and ``B / A`` make ``B / N``.

        What this ratio counts has to be what the next one is a share of, or somebody has to say what is
        assumed.

        Args:
            following: The next share.
            what: What the product is of.
            assuming: What bridges the two.

        Raises:
            NotComparableError: If the two do not meet and the assumptions do not bridge that.
            InvalidValueError: If one of them is no share, or an assumption bridges nothing.

        >>> from tipline_outcomes.evidence import Transport, OneEach, catalogue
        >>> known = catalogue()
        >>> opened = ratio(known["se-invest-2018"], known["se-tips-2018"], assuming=[OneEach()])
        >>> convicted = ratio(known["se-dalarna-convictions-2011-18"], known["se-dalarna-invest-2011-18"])
        >>> both = opened.then(convicted, what="convicted, of tips", assuming=[Transport()])
        >>> round(float(both.at_face_value), 3)
        0.007
        """
        part, whole = self.part, following.whole
        if not (self.is_share and following.is_share) or part is None or whole is None:
            message = f"{self.what}; {following.what}: only shares of single figures can be multiplied"
            raise InvalidValueError(message)
        told = dict(mismatches(whole, part))
        told.pop(Mismatch.WHOLE, None)
        if self.is_rest:
            told[Mismatch.COHORT] = "the first is what a share leaves, and no figure counts that"
        elif whole.is_share:
            told[Mismatch.COHORT] = f"of what {whole.id} is a share is not in the record"
        bridges = _bridging(whole, part, told, assuming, carrying=True)
        product = _range(self) * _range(following)
        face, next_face = self.at_face_value, following.at_face_value
        return Ratio(
            what=what,
            lower=product.lower,
            upper=product.upper,
            assumptions=tuple(dict.fromkeys((*self.assumptions, *following.assumptions, *bridges))),
            at_face_value=None if face is None or next_face is None else face * next_face,
            figures=tuple(dict.fromkeys((*self.figures, *following.figures))),
            part=following.part,
            whole=self.whole,
            is_rest=following.is_rest,
        )


def ratio(numerator: Figure, denominator: Figure, *, assuming: Iterable[Bridge] = ()) -> Ratio:
    """Divide one figure by another, if that says anything.

    It does without further ado where the numerator is a part of the denominator by its source's own words,
    and both are of one unit, population, territory and period. Every field in which they do not agree has to
    be bridged by an assumption that the caller names, and that fits.

    Args:
        numerator: What is divided.
        denominator: By what.
        assuming: The assumptions; they stay with the result.

    Returns:
        The bounds, as exact fractions. An end is None where none is known, and both where the denominator
        is 0.

    Raises:
        NotComparableError: If a field does not agree and no assumption bridges it; the message names every
            such field, and the assumptions that would bridge it.
        InvalidValueError: If an assumption bridges nothing here, or cannot hold as the share would exceed 1.

    >>> from tipline_outcomes.evidence import AllSources, Lag, Multiplicity, catalogue
    >>> known = catalogue()
    >>> ratio(known["no-relevant-2022"], known["no-tips-2022"]).upper  # about 4,000 of at least 9,000
    Fraction(1, 2)
    >>> arrests, tips = known["icac-us-arrests-fy2024"], known["ncmec-sent-icac-actionable-2023"]
    >>> ratio(arrests, tips)
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.NotComparableError: icac-us-arrests-fy2024 cannot be divided by ...
      unit: persons, not referrals; OneEach(), Multiplicity(most=1), PeriodRatio() would bridge it
      period: FY2024, not 2023; Lag(days=274) would bridge it
      cohort: no source says that these persons are a part of those referrals, or come of them; ...
    >>> linked = ratio(arrests, tips, assuming=[Multiplicity(most=3), AllSources(), Lag(days=274)])
    >>> linked.lower, linked.upper, round(float(linked.at_face_value), 3)  # arrests are at least 12,600
    (Fraction(0, 1), Fraction(1, 1), 0.056)
    """
    return pooled([(numerator, denominator)], assuming=assuming)


def pooled(pairs: Sequence[tuple[Figure, Figure]], *, assuming: Iterable[Bridge] = ()) -> Ratio:
    """Divide a sum of figures by the sum of others: each pair has to be one that may be divided.

    Args:
        pairs: Numerators, each with its denominator.
        assuming: The assumptions, for every pair.

    Raises:
        NotComparableError: If one of the pairs may not be divided.
        InvalidValueError: If there is no pair, or if `ratio` would raise it.

    >>> from tipline_outcomes.evidence import Bundling, catalogue
    >>> known = catalogue()
    >>> pairs = [(known[f"ch-forwarded-{y}"], known[f"ch-reports-{y}"]) for y in range(2017, 2025)]
    >>> print(pooled(pairs, assuming=[Bundling()]).at_face_value)
    5143/40260
    """
    if not pairs:
        message = "there is nothing to pool; give at least one pair of figures"
        raise InvalidValueError(message)
    assumed = tuple(assuming)
    for part, whole in pairs:
        _bridging(part, whole, mismatches(part, whole), assumed)
    quotient, face = _quotient(pairs), _face(pairs)
    for bridge in assumed:
        quotient = None if quotient is None else bridge.turned(quotient)
        face = None if face is None else bridge.at_face_value(face)
    is_share = all(bridge.keeps_share for bridge in assumed)
    first, of = pairs[0]
    what = f"{first}, {'of' if is_share else 'per'} {of}"
    more = f", and {len(pairs) - 1} more" if len(pairs) > 1 else ""
    if is_share and quotient is not None:
        if quotient.lower > 1:
            message = f"{what}{more}: more than all of them, so an assumption cannot hold"
            raise InvalidValueError(message)
        quotient = quotient.at_most(Fraction(1))
    return Ratio(
        what=what + more,
        lower=None if quotient is None else quotient.lower,
        upper=None if quotient is None else quotient.upper,
        assumptions=assumed,
        at_face_value=face,
        figures=tuple(dict.fromkeys(figure for pair in pairs for figure in pair)),
        part=None if more else first,
        whole=None if more else of,
        is_share=is_share,
    )


def stated(share: Figure) -> Ratio:
    """Take a share as it was published, whether or not the number of its whole is known.

    Raises:
        InvalidValueError: If the figure is a count.

    >>> from tipline_outcomes.evidence import catalogue
    >>> stated(catalogue()["ca-case-guilty-share-2014-21"]).upper
    Fraction(29, 40)
    """
    if not isinstance(share.value, Fraction):
        message = f"{share.id} is a count; ratio() divides it by another figure"
        raise InvalidValueError(message)
    return Ratio(
        what=str(share),
        lower=share.range.lower,
        upper=share.range.upper,
        at_face_value=share.value,
        figures=(share,),
        part=share,
        whole=share,
    )


def _bridging(
    part: Figure,
    whole: Figure,
    told: Mapping[Mismatch, str],
    assuming: Iterable[Bridge],
    *,
    carrying: bool = False,
) -> tuple[Bridge, ...]:
    """Give the assumptions back if they bridge every mismatch, and each of them one."""
    bridges = tuple(assuming)
    for bridge in bridges:
        if bridge.carries_shares and not carrying:
            message = (
                f"{bridge.call} carries a share over, in Ratio.then(), and divides no figures"
                f" such as {part.id} and {whole.id}; leave it out"
            )
            raise InvalidValueError(message)
        if not (bridge.over & told.keys() and bridge.fits(part, whole)):
            message = f"{bridge.call} bridges nothing between {part.id} and {whole.id}; leave it out"
            raise InvalidValueError(message)
    bridged = {mismatch for bridge in bridges for mismatch in bridge.over}
    if left := {mismatch: how for mismatch, how in told.items() if mismatch not in bridged}:
        raise NotComparableError(
            numerator=part.id,
            denominator=whole.id,
            mismatches={mismatch.value: how for mismatch, how in left.items()},
            bridges={mismatch.value: _offers(part, whole, mismatch, carrying=carrying) for mismatch in left},
        )
    return bridges


def _offers(part: Figure, whole: Figure, mismatch: Mismatch, *, carrying: bool) -> tuple[str, ...]:
    kinds = (kind for kind in BRIDGES if carrying or not kind.carries_shares)
    offers = (kind.needed(part, whole) for kind in kinds if mismatch in kind.over)
    return tuple(offer.call for offer in offers if offer.fits(part, whole))


def _quotient(pairs: Sequence[tuple[Figure, Figure]]) -> Range | None:
    if len(pairs) == 1:
        ((part, whole),) = pairs
        return _over(part, whole)
    parts, wholes = (Range.sum(_amounts(figures)) for figures in zip(*pairs, strict=True))
    return parts / wholes


def _over(part: Figure, whole: Figure) -> Range | None:
    """Divide. A share of the whole is not multiplied by the whole first, which would widen it."""
    if part is whole and part.value:
        return Range(lower=Fraction(1), upper=Fraction(1))
    if part.is_share and part.part_of is not None:
        above = _over(part.part_of, whole)
        return None if above is None else part.range * above
    amount, of = _amounts((part, whole))
    return amount / of


def _amounts(figures: Iterable[Figure]) -> Iterator[Range]:
    # Mismatch.WHOLE, which nothing bridges, has kept out what has no amount.
    return (figure.amount for figure in figures if figure.amount is not None)


def _face(pairs: Sequence[tuple[Figure, Figure]]) -> Fraction | None:
    part, whole = (
        sum((figure.at_face_value or Fraction(0) for figure in figures), Fraction(0))
        for figures in zip(*pairs, strict=True)
    )
    return part / whole if whole else None


def _range(bounds: Bounds) -> Range:
    return Range(lower=bounds.lower or Fraction(0), upper=bounds.upper)
