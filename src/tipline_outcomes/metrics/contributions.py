"""Who contributed, counted by both sides; and the ledger of all that was made available to them."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar

import narwhals.stable.v2 as nw
from attrs import field, frozen

from tipline_outcomes._engine import Frame, eager, frame_of
from tipline_outcomes._show import count, percent
from tipline_outcomes.errors import LedgerMismatchError
from tipline_outcomes.ledger import Clock, Ledger
from tipline_outcomes.ledger.tables import TABLES, columns_of, ordered
from tipline_outcomes.ledger.words import NOT_CONTRIBUTED, OPEN_NAMES, UNWATCHED
from tipline_outcomes.metrics._tally import Key, in_order, origin, parts_by, tally
from tipline_outcomes.metrics.coverage import Coverage
from tipline_outcomes.metrics.parts import Parts, Result, hold, natural, share
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.model import Milestone, Place

__all__ = ["Contributed", "Contribution", "ContributionTable", "contributions", "covered"]

_FIRST_HAND = ~nw.col("came_in")


class Contributed(StrEnum):
    """How a contributor's data compare with what the clearinghouse says it made available.

    >>> [word.value for word in Contributed]
    ['all', 'fewer', 'nothing', 'more', 'not_told', 'not_expected']
    """

    ALL = "all"
    """As many as were made available."""
    FEWER = "fewer"
    """Some are in the data, and some are missing."""
    NOTHING = "nothing"
    """Expected, and not in the data at all."""
    MORE = "more"
    """More than the clearinghouse counts: of another time, of another kind, or from elsewhere."""
    NOT_TOLD = "not_told"
    """In the data, and expected; of this contributor alone, the clearinghouse gives no count."""
    NOT_EXPECTED = "not_expected"
    """In the data, and not among the contributors: perhaps an expected one, spelt in another way."""


@frozen(kw_only=True)
class Contribution(Result):
    """What one contributor put into the data, or all of them did, and what it ought to be.

    Attributes:
        made_available: The clearinghouse's count; None where it gives none for this contributor alone, or
            does not know of it.
        first_hand: In the data and made available first-hand: the count to compare it with.
        came_in: In the data by transfer from a referral that is not: counted where it was made available.
        expected: How many contributors are expected: for one of them 1, or 0.
        there: How many of the expected are in the data.
        missing: Made available, and not in the data; None where that is known of several together only.
        more: In the data, beyond what was made available.

    >>> from datetime import date
    >>> from tipline_outcomes.ledger import Unit
    >>> contribution = Contribution(
    ...     unit=Unit.FAMILY,
    ...     as_of=date(2024, 12, 31),
    ...     ledger_digest="",
    ...     parts=Parts(received=8, closed=8),
    ...     made_available=30,
    ...     first_hand=8,
    ...     expected=3,
    ...     there=2,
    ...     missing=22,
    ... )
    >>> print(contribution)
    2 of 3 contributors, 8 of 30 made available (26.7 %), 22 missing; families as of 2024-12-31
    """

    made_available: int | None = None
    first_hand: int = field(default=0, validator=natural)
    came_in: int = field(default=0, validator=natural)
    expected: int = field(default=1, validator=natural)
    there: int = field(default=0, validator=natural)
    missing: int | None = None
    more: int = field(default=0, validator=natural)

    def __attrs_post_init__(self) -> None:
        """Hold both counts to each other."""
        if self.made_available is not None and self.missing is not None:
            both = self.first_hand + self.missing
            hold("made available + more = in the data + missing", self.made_available + self.more, both)

    @property
    def status(self) -> Contributed:
        """How the data compare with what the clearinghouse says."""
        if not self.expected:
            return Contributed.NOT_EXPECTED
        if not self.first_hand and self.made_available != 0:
            return Contributed.NOTHING
        if self.made_available is None:
            return Contributed.NOT_TOLD
        if self.missing:
            return Contributed.FEWER
        return Contributed.MORE if self.more else Contributed.ALL

    def __str__(self) -> str:
        if self.made_available is None:
            told = f"{count(self.first_hand)} in the data, {self.status.value.replace('_', ' ')}"
            return self.named(f"{told}; {self.counted}")
        known = share(self.first_hand - self.more, self.made_available)
        return self.named(
            f"{count(self.there)} of {count(self.expected)} contributors, {count(self.first_hand)} of"
            f" {count(self.made_available)} made available ({percent(known)}),"
            f" {count(self.missing or 0)} missing; {self.counted}"
        )


@frozen(kw_only=True, repr=False)
class ContributionTable(ResultTable[Contribution]):
    """Who contributed, by contributor, and overall; see `contributions`.

    Overall is of the expected contributors alone. The frame has a row for each contributor, expected or not.

    >>> from tipline_outcomes import Coverage, EventLog, Ledger, contributions
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by="agency")
    >>> table = contributions(ledger, Coverage(made_available={"tf-ny-1": 9, "tf-xx-1": 20}))
    >>> print(table.overall)
    1 of 2 contributors, 8 of 29 made available (27.6 %), 21 missing; families as of 2025-06-30
    >>> table.at(agency="tf-xx-1").status
    <Contributed.NOTHING: 'nothing'>
    >>> table.to_frame().filter(status="not_expected")["first_hand"].sum()
    41
    """

    columns: ClassVar[Mapping[str, type]] = {
        "status": str,
        **dict.fromkeys(("made_available", "first_hand", "came_in", "missing", "more"), int),
    }
    words: ClassVar[int] = 1

    def _records(self, result: Contribution) -> Iterable[tuple[object, ...]]:
        yield (
            *(result.status.value, result.made_available, result.first_hand, result.came_in),
            *(result.missing, result.more),
        )

    def _shown(self, result: Contribution) -> Iterable[Mapping[str, str]]:
        whole = result is self.overall
        yield {
            "in the data": f"{result.there} of {result.expected}" if whole else _words(result.status),
            "made available": _told(result.made_available),
            "first-hand": count(result.first_hand),
            "missing": _told(result.missing),
            "more": count(result.more),
        }

    def _caption(self) -> str:
        return "Contributions"

    def _notes(self) -> Iterable[str]:
        yield "Made available is the clearinghouse's count, first-hand the data's; all is of who is expected."
        for status in (Contributed.NOTHING, Contributed.FEWER, Contributed.MORE, Contributed.NOT_EXPECTED):
            names = [", ".join(one.group.labels) for one in self.groups if one.status is status]
            if names:
                yield f"{_words(status).capitalize()}: {len(names)} ({', '.join(names)})."


def _words(status: Contributed) -> str:
    return status.value.replace("_", " ")


def _told(number: int | None) -> str:
    return "not told" if number is None else count(number)


def contributions(ledger: Ledger, coverage: Coverage) -> ContributionTable:
    """Hold the data of every contributor against what the clearinghouse says it made available to it.

    ``missing = max(0, made available - first-hand)`` and ``more = max(0, first-hand - made available)``, for
    each contributor with a count of its own, and for the others together. Nothing makes up for what is
    missing elsewhere: more of one is not less missing of another.

    Args:
        ledger: The counts to read, of families, by the dimension that names the contributor.
        coverage: Who is expected, and the clearinghouse's counts.

    Raises:
        LedgerMismatchError: If the ledger is of another unit, not by that dimension, or covered already.

    >>> from datetime import date
    >>> from tipline_outcomes import Cohort, EventLog
    >>> ledger = Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31), by="agency")
    >>> print(contributions(ledger, Coverage(made_available={"tf-1": 120})).overall)
    0 of 1 contributors, 0 of 120 made available (0.0 %), 120 missing; families as of 2024-12-31
    """
    Question.COVERAGE.hold(ledger)
    by = (coverage.dimension,)
    standing = ledger.rolled_up(by).standing
    if NOT_CONTRIBUTED in set(standing["reason"]):
        message = "this ledger holds what was not contributed already; ask of the ledger that it was made of"
        raise LedgerMismatchError(message)
    counts = tally(standing, by, {"first_hand": _FIRST_HAND, "came_in": ~_FIRST_HAND})
    parts = parts_by(standing, by)
    told: dict[Key, int | None] = {(name,): n for name, n in coverage.made_available}

    def one(key: Key) -> Contribution:
        here = counts.get(key, {"first_hand": 0, "came_in": 0})
        made, there = told.get(key), here["first_hand"]
        return Contribution(
            **origin(ledger, by, key),
            parts=parts.get(key, Parts(received=0)),
            made_available=made,
            missing=None if made is None else max(0, made - there),
            more=0 if made is None else max(0, there - made),
            expected=int(key in told),
            there=int(key in told and there > 0),
            **here,
        )

    groups = tuple(map(one, in_order({**told, **counts})))
    return ContributionTable(by=by, overall=_overall(ledger, coverage, groups), groups=groups)


def _overall(ledger: Ledger, coverage: Coverage, groups: Sequence[Contribution]) -> Contribution:
    """Add up who is expected."""
    expected = [one for one in groups if one.expected]
    untold = sum(one.first_hand for one in expected if one.made_available is None)
    return Contribution(
        **origin(ledger, (), ()),
        parts=Parts.total(one.parts for one in expected),
        made_available=coverage.total,
        first_hand=sum(one.first_hand for one in expected),
        came_in=sum(one.came_in for one in expected),
        expected=len(expected),
        there=sum(one.there for one in expected),
        missing=sum(one.missing or 0 for one in expected) + max(0, coverage.pooled - untold),
        more=sum(one.more for one in expected) + max(0, untold - coverage.pooled),
    )


def covered(ledger: Ledger, coverage: Coverage) -> Ledger:
    """Give the ledger of all that the clearinghouse made available: what is missing enters as unknown.

    So no rate of 47 contributors is ever shown as one of 61: the others are in its denominator, and in its
    upper bound. The metrics of families read it, on the clock from receipt. The bounds over all hold whatever
    became of what is missing; with more contributors, none of whom has more than was made available to it,
    they never get wider. A group by another dimension than the contributor
    is of what is in the data alone, and so is a contributor without a count of its own.

    What is missing is ``unknown`` with the reason ``not_contributed``, of its contributor, and of no other
    known dimension; where a count is told of several together, of none. It is counted among those that could
    be followed, and enters no risk set. Left out is whoever is not expected, and whoever came in by transfer
    from a referral that is not in the data, since it is counted where it was made available. More than was
    made available stays in.

    Args:
        ledger: The counts, of families, by the dimension that names the contributor, and by any other.
        coverage: Who is expected, and the clearinghouse's counts.

    Raises:
        LedgerMismatchError: If the ledger is of another unit, not by that dimension, or covered already.

    >>> from tipline_outcomes import EventLog, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by="agency")
    >>> coverage = Coverage(made_available={"tf-ny-1": 9, "tf-xx-1": 20})
    >>> print(conversion(covered(ledger, coverage)).overall)
    0 of 29 charged (ever: 0.0-96.6 %), families as of 2025-06-30
    """
    account = contributions(ledger, coverage)
    by, spec = coverage.dimension, ledger.spec
    missing = [(one.group[by], one.missing) for one in account.groups if one.missing]
    whole = account.overall.missing or 0
    missing.append((None, whole - sum(n or 0 for _, n in missing)))
    cells = [(tuple(name if d == by else None for d in spec.by), n) for name, n in missing if n]
    made = Milestone.MADE_AVAILABLE.value
    unknown = Place.UNKNOWN.value
    added = {
        "standing": (made, made, unknown, NOT_CONTRIBUTED, "", OPEN_NAMES[UNWATCHED], *(False,) * 4),
        # Nobody knows when it was received: that it could be followed is the wider bound.
        "waits": (Clock.RECEIVED.value, "open", unknown, None, None, False, 0, False),
    }

    def table(name: str) -> Frame:
        rows = eager(getattr(ledger, name)).filter(nw.col(by).is_in(list(coverage.expected)))
        if "came_in" in TABLES[name]:
            rows = rows.filter(_FIRST_HAND)
        if name not in added:
            return ordered(rows, spec.by, name)
        more = frame_of(((*group, *added[name], n) for group, n in cells), columns_of(name, spec.by))
        return ordered(nw.concat([rows, eager(more)], how="vertical"), spec.by, name)

    return Ledger(spec=spec, **{name: table(name) for name in TABLES})
