"""The ledger: five small tables of counts that balance. It holds no case, and can be added to others."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Final

from attrs import evolve, frozen

from tipline_outcomes._dates import Period
from tipline_outcomes._engine import Frame, as_csv
from tipline_outcomes.errors import LedgerMismatchError
from tipline_outcomes.eventlog import EventLog
from tipline_outcomes.ledger.count import count
from tipline_outcomes.ledger.laws import hold_to_the_laws
from tipline_outcomes.ledger.reports import REPORT_DIMENSIONS
from tipline_outcomes.ledger.saved import dumped, loaded
from tipline_outcomes.ledger.spec import HORIZONS, LedgerSpec, Unit
from tipline_outcomes.ledger.tables import TABLES, added, empty

__all__ = ["Ledger"]


@frozen(kw_only=True, eq=False, repr=False)
class Ledger:
    """A log, counted once as of a day: every unit in exactly one place.

    The identity that holds in every cell:
    ``received = charge + administrative + closed + pending + unknown + excluded`` (and, for the unit
    *referral*, ``+ transferred_out``).

    Attributes:
        spec: The question that it answers.
        standing: Where the units stand. Columns: the dimensions; ``peak`` and ``stated`` (the highest
            milestone reached, with and without implied events); ``place``; ``reason``; ``levels`` (of the
            authorities that filed charges; ``implied:local`` and so on where only an implied event says so);
            ``open`` (``unwatched`` or ``watched``: a branch runs, a court case included, and would anybody
            tell us; ``reopenable``: none runs, and a closure allows reopening; ``no``); ``undated``,
            ``late``, ``came_in``, ``lossy`` (a disposition came through a code that says less); ``n``.
        waits: The units' clocks (`Clock`): dimensions, ``clock``, ``from``, ``to``, ``days``, ``followed``,
            ``late``, ``entered`` (the day of the clock from which the unit was watched), ``came_in``, ``n``.
            Implied events start and stop none.
        movements: The calendar, per referral: dimensions, ``period`` (null: before the source began to tell,
            or on no known day), ``from``, ``to``, ``flow`` (a word of `CaseloadFlow`; null: it changes no
            caseload), ``undated``, ``n``. Empty where the unit is not made of referrals' moves, see
            `Unit.moves`.
        stock: Referrals by stage: dimensions, ``stage``, ``open``, ``observed_from`` (the day from which the
            source tells of them; null: from the first), ``n``. Empty with movements.
        measures: Units with each administrative measure: dimensions, ``place``, ``measure``, ``came_in``,
            ``n``.

    Raises:
        LedgerImbalanceError: If the tables break a law of accounting. Such a ledger cannot be made.
        LedgerMismatchError: If a table has not the columns that the question asks for.

    >>> from tipline_outcomes import Cohort, EventLog
    >>> ledger = Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31))
    >>> ledger.received
    0
    """

    spec: LedgerSpec
    standing: Frame
    waits: Frame
    movements: Frame
    stock: Frame
    measures: Frame

    def __attrs_post_init__(self) -> None:
        """Hold the tables to the laws."""
        hold_to_the_laws({name: getattr(self, name) for name in TABLES}, self.spec)

    @classmethod
    def of(
        cls,
        log: EventLog,
        *,
        as_of: date,
        by: Sequence[str] = (),
        unit: Unit | str = Unit.FAMILY,
        period: Period | str = Period.QUARTER,
        horizons: Iterable[int] = HORIZONS,
    ) -> "Ledger":
        """Count a log.

        Args:
            log: The events and referrals.
            as_of: The date of the count. Later events do not exist; a record's own quality (a broken rule, an
                amended event) is judged as it is known today, whatever the date of the count, so that a later
                date never lowers the number charged.
            by: Dimensions: columns of the referral table, as they were at receipt; a family and its subjects
                have its root's. Of reports: columns of the report table. None can have the name of a column
                of the ledger's own tables.
            unit: What is counted.
            period: The calendar period of movements.
            horizons: Follow-up times in days for "within" questions.

        Raises:
            LedgerMismatchError: If the log's units have no such dimension, or reports are asked for and the
                log does not say which of them are part of which referral.
            InvalidValueError: If an argument can never be right.
            LedgerImbalanceError: If a unit of the log were lost, or counted twice.
        """
        names = (by,) if isinstance(by, str) else tuple(by)
        spec = LedgerSpec(as_of=as_of, unit=unit, by=names, period=period, horizons=horizons)
        if spec.unit is Unit.REPORT:
            _refuse_unknown(spec.by, REPORT_DIMENSIONS, "a report")
        else:
            _refuse_unknown(spec.by, log.dimensions, "the log")
        return cls(spec=spec, **count(log, spec))

    @classmethod
    def zero(cls, spec: LedgerSpec) -> "Ledger":
        """Give the ledger of nothing: the identity of addition."""
        return cls(spec=spec, **{name: empty(name, spec.by) for name in TABLES})

    @property
    def received(self) -> int:
        """How many units were received."""
        return int(self.standing["n"].sum())

    def __repr__(self) -> str:
        by = f" by {', '.join(self.spec.by)}" if self.spec.by else ""
        units = f"{self.received:,} {self.spec.unit.plural}{by}"
        return f"<Ledger of {units} as of {self.spec.as_of}, {self.digest[:12]}>"

    def __add__(self, other: "Ledger") -> "Ledger":
        """Add the ledger of other tips: associative and commutative, with `zero` as identity.

        The sum is the ledger of the whole if both are of whole families, and nobody whom a duplicate or a
        transfer names lies in the other part. A duplicate whose survivor does is ``unlinked:`` in its own
        part and stays so: the bounds of a rate keep it. Whether a tip is in both, tables of counts cannot
        tell.

        Raises:
            LedgerMismatchError: If the two were not asked the same question.
        """
        return Ledger.sum((self, other))

    @classmethod
    def sum(cls, ledgers: Iterable["Ledger"]) -> "Ledger":
        """Add many ledgers, a few at a time: the same as adding one after the other, and faster.

        Raises:
            LedgerMismatchError: If they were not asked the same question, or there are none.
        """
        total: Ledger | None = None
        rest = iter(ledgers)
        while some := list(islice(rest, _AT_ONCE)):
            given = some if total is None else [total, *some]
            for other in given:
                _refuse_other(given[0].spec, other.spec)
            tables = {name: _added(given, name) for name in TABLES}
            total = given[0] if len(given) == 1 else cls(spec=given[0].spec, **tables)
        if total is None:
            message = "there is no ledger to add; Ledger.zero(spec) is the ledger of nothing"
            raise LedgerMismatchError(message)
        return total

    def rolled_up(self, by: Sequence[str]) -> "Ledger":
        """Give the coarser ledger by fewer dimensions.

        Raises:
            LedgerMismatchError: If the ledger has no such dimension.
        """
        _refuse_unknown(by, self.spec.by, "the ledger")
        coarse = evolve(self.spec, by=tuple(by))
        if coarse == self.spec:
            return self
        return self._each(lambda name: added([getattr(self, name)], coarse.by, name), spec=coarse)

    def to_json(self) -> str:
        """Write question and counts as one JSON document, with the digest. It holds no case record."""
        return dumped(self.spec, {name: getattr(self, name) for name in TABLES}, self.digest)

    @classmethod
    def from_json(cls, text: str) -> "Ledger":
        """Read what `to_json` wrote.

        Raises:
            LedgerMismatchError: If it is something else, or was changed since.
            LedgerImbalanceError: If its tables break a law of accounting.

        >>> from tipline_outcomes import Cohort, EventLog
        >>> ledger = Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31))
        >>> Ledger.from_json(ledger.to_json()) == ledger
        True
        """
        spec, tables, digest = loaded(text)
        ledger = cls(spec=spec, **tables)
        if ledger.digest != digest:
            message = (
                f"this ledger was changed: its counts have the digest {ledger.digest}, and it says {digest}"
            )
            raise LedgerMismatchError(message)
        return ledger

    @cached_property
    def digest(self) -> str:
        """A fingerprint (SHA-256) of question and counts: equal for equal ledgers, on every machine."""
        spec = self.spec
        question = [spec.as_of.isoformat(), spec.unit, spec.by, spec.period, spec.horizons, spec.vocabulary]
        content = [json.dumps(question), *(as_csv(getattr(self, name)) for name in TABLES)]
        return hashlib.sha256("\n".join(content).encode()).hexdigest()

    def _each(self, table: Callable[[str], Frame], *, spec: LedgerSpec | None = None) -> "Ledger":
        return Ledger(spec=spec or self.spec, **{name: table(name) for name in TABLES})

    def __eq__(self, other: object) -> bool:
        """Compare question and counts."""
        return self.digest == other.digest if isinstance(other, Ledger) else NotImplemented

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash(self.digest)


_AT_ONCE: Final = 8


def _added(ledgers: Sequence[Ledger], name: str) -> Frame:
    return added([getattr(ledger, name) for ledger in ledgers], ledgers[0].spec.by, name)


def _refuse_other(spec: LedgerSpec, other: LedgerSpec) -> None:
    if spec != other:
        message = f"these ledgers answer different questions: {spec} and {other}"
        raise LedgerMismatchError(message)


def _refuse_unknown(by: Sequence[str], there: Sequence[str], whose: str) -> None:
    missing = [name for name in by if name not in there]
    if missing:
        has = ", ".join(there) or "none"
        message = f"{whose} has no dimension {missing[0]!r}; it has: {has}"
        raise LedgerMismatchError(message)
