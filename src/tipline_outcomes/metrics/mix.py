"""The mix of outcomes: where everything that was received stands."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

import narwhals.stable.v2 as nw
from attrs import field, frozen

from tipline_outcomes._show import count, percent
from tipline_outcomes.ledger import Ledger, Unit
from tipline_outcomes.metrics._tally import Key, dimensions, in_place, origin, parts_by, tally
from tipline_outcomes.metrics.parts import Result, natural, share
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.model import Place

__all__ = ["Measure", "Mix", "MixTable", "outcome_mix"]


@frozen(kw_only=True)
class Measure:
    """Units in one place with one administrative measure that ends nothing (a takedown, a preservation, ...).

    Attributes:
        place: Where the units stand.
        measure: The measure. A unit with two different measures counts for both.
        n: How many units; a unit with the same measure twice is one.

    >>> measure = Measure(place=Place.CLOSED, measure="content_takedown", n=2)
    >>> f"{measure.n} {measure.measure} ({measure.place.value})"
    '2 content_takedown (closed)'
    """

    place: Place
    measure: str
    n: int = field(validator=natural)


@frozen(kw_only=True)
class Mix(Result):
    """Where the units of one group stand, and the measures taken beside.

    Attributes:
        measures: By place and measure; they overlap, and never sum to a place.
        unknown_because: The reasons of the unknown, most frequent first; they sum to ``parts.unknown``.

    >>> from datetime import date
    >>> from tipline_outcomes.ledger import Unit
    >>> from tipline_outcomes.metrics import Parts
    >>> parts = Parts(received=4, charge=1, closed=2, pending=1)
    >>> mix = Mix(unit=Unit.FAMILY, as_of=date(2024, 12, 31), ledger_digest="", parts=parts)
    >>> mix.share(Place.CLOSED)
    Fraction(1, 2)
    >>> print(mix)
    4 received: 1 charge, 2 closed, 1 pending; families as of 2024-12-31
    """

    measures: tuple[Measure, ...] = ()
    unknown_because: tuple[tuple[str, int], ...] = ()

    def share(self, place: Place) -> Fraction | None:
        """``place / received``: the share of all that was received, the excluded too; None if nothing was."""
        return share(self.parts.places[place], self.parts.received)

    def __str__(self) -> str:
        stand = ", ".join(f"{count(n)} {place.value}" for place, n in self.parts.places.items() if n)
        return self.named(f"{count(self.parts.received)} received: {stand or 'nothing'}; {self.counted}")


@frozen(kw_only=True, repr=False)
class MixTable(ResultTable[Mix]):
    """The mix overall and by group; see `outcome_mix`.

    The frame has one row for every ``name`` of three kinds: ``place`` (they sum to ``received``), ``of_them``
    (undated, set aside, ...; they overlap the places) and ``measure`` (by ``place``; they overlap too).
    ``share`` is of ``received``.

    >>> from tipline_outcomes import EventLog, Ledger, outcome_mix
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=("territory",))
    >>> table = outcome_mix(ledger)
    >>> print(table.at(territory="US-CA"))
    territory=US-CA: 12 received: 2 closed, 2 pending, 7 unknown, 1 excluded; families as of 2025-06-30
    >>> places = table.to_frame().filter(kind="place")
    >>> places["n"].sum() == table.overall.received
    True
    """

    columns: ClassVar[Mapping[str, type]] = {
        "kind": str,
        "name": str,
        "place": str,
        "n": int,
        "received": int,
        "share": float,
    }

    def _records(self, result: Mix) -> Iterable[tuple[object, ...]]:
        received = result.parts.received
        for kind, name, place, n in (
            *(("place", place.value, place.value, n) for place, n in result.parts.places.items()),
            *(("of_them", name, None, n) for name, n in result.parts.of_them.items()),
            *(("measure", m.measure, m.place.value, m.n) for m in result.measures),
        ):
            part = share(n, received)
            yield kind, name, place, n, received, None if part is None else float(part)

    def _shown(self, result: Mix) -> Iterable[Mapping[str, str]]:
        yield {
            "received": count(result.parts.received),
            **{
                place.value: f"{count(n)} ({percent(result.share(place))})"
                for place, n in result.parts.places.items()
                # Elsewhere the child stands for its parent: nothing is ever transferred out.
                if place is not Place.TRANSFERRED_OUT or result.unit is Unit.REFERRAL
            },
        }

    def _caption(self) -> str:
        return "Outcomes"

    def _notes(self) -> Iterable[str]:
        parts = self.overall.parts
        yield "Shares are of received."
        of_them = (f"{count(n)} {name}" for name, n in parts.of_them.items())
        yield f"Of them, in whatever place: {', '.join(of_them)}."
        if because := self.overall.unknown_because:
            yield f"Unknown because: {', '.join(f'{count(n)} {reason}' for reason, n in because)}."
        taken: Counter[str] = Counter()
        for measure in self.overall.measures:
            taken[measure.measure] += measure.n
        if taken:
            measures = (f"{count(n)} {name}" for name, n in taken.most_common())
            yield f"Measures beside whatever outcome, in units: {', '.join(measures)}."


def outcome_mix(ledger: Ledger, *, by: str | Sequence[str] | None = None) -> MixTable:
    """Show where everything that was received stands, overall and by group.

    Args:
        ledger: The counts to read.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.

    Raises:
        LedgerMismatchError: If the ledger was not made by one of the dimensions.
        InvalidValueError: If a dimension is named twice.

    >>> from datetime import date
    >>> from tipline_outcomes import Cohort, EventLog
    >>> ledger = Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31))
    >>> print(outcome_mix(ledger).overall)
    0 received: nothing; families as of 2024-12-31
    """
    Question.MIX.hold(ledger)
    names = dimensions(ledger, by)
    coarse = ledger.rolled_up(names)

    def mixes(keys: tuple[str, ...]) -> tuple[Mix, ...]:
        measures: dict[Key, list[Measure]] = {}
        counts = tally(coarse.measures, (*keys, "place", "measure"), {"n": nw.lit(value=True)})
        for (*group, place, measure), counted in counts.items():
            line = Measure(place=Place(str(place)), measure=measure or "", n=counted["n"])
            measures.setdefault(tuple(group), []).append(line)
        unknown: dict[Key, Counter[str]] = {}
        reasons = tally(coarse.standing, (*keys, "reason"), {"n": in_place(Place.UNKNOWN)})
        for (*group, reason), counted in reasons.items():
            unknown.setdefault(tuple(group), Counter())[reason or ""] = counted["n"]
        return tuple(
            Mix(
                **origin(ledger, keys, key),
                parts=parts,
                unknown_because=tuple((r, n) for r, n in unknown.get(key, Counter()).most_common() if n),
                measures=tuple(measures.get(key, ())),
            )
            for key, parts in parts_by(coarse.standing, keys).items()
        )

    return MixTable(by=names, overall=mixes(())[0], groups=mixes(names) if names else ())
