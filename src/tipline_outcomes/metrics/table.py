"""Tables of results: one for all units and one for every group, always of the same type."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import ClassVar, Generic, TypeVar

from attrs import frozen

from tipline_outcomes._engine import Frame, frame_of
from tipline_outcomes._show import Grid, bounds, count, percent
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.ledger import Unit
from tipline_outcomes.metrics.parts import Parts, Result
from tipline_outcomes.metrics.rate import Closures, Rate
from tipline_outcomes.model import Place

__all__ = ["RateTable", "ResultTable"]

_R = TypeVar("_R", bound=Result)


@frozen(kw_only=True, repr=False)
class ResultTable(ABC, Generic[_R]):
    """What the tables of rates, of attrition and of the mix have in common.

    Notebooks show it as HTML, `print` as text, and anything that reads Arrow takes it as a data frame.

    Attributes:
        by: The dimensions that it is grouped by.
        overall: The result for all units of the ledger.
        groups: The result of every group, in the order of their values, "not recorded" last.

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by=("territory",))
    >>> table = conversion(ledger)
    >>> print(table.overall)
    0 of 49 charged (ever: 0.0-86.0 %), families as of 2025-06-30
    >>> print(table.at(territory="US-CA"))
    territory=US-CA: 0 of 11 charged (ever: 0.0-83.4 %), families as of 2025-06-30
    >>> table.to_frame()["received"].sum() == table.overall.received
    True
    """

    by: tuple[str, ...]
    overall: _R
    groups: tuple[_R, ...]

    columns: ClassVar[Mapping[str, type]]
    """The columns of a record, by type."""
    words: ClassVar[int] = 0
    """How many of the first columns that are shown are words, beside the dimensions."""

    @abstractmethod
    def _records(self, result: _R) -> Iterable[tuple[object, ...]]:
        """Give the rows of the frame that a result makes."""

    @abstractmethod
    def _shown(self, result: _R) -> Iterable[Mapping[str, str]]:
        """Give the lines that a result makes for readers, by the head of the column."""

    def _bars(self, result: _R) -> Iterable[tuple[Fraction | None, Fraction | None]]:
        """Give the bounds that each of the lines draws as a bar; none for a table without bounds."""
        del result
        return ()

    @abstractmethod
    def _caption(self) -> str:
        """Say what the table is about."""

    @abstractmethod
    def _notes(self) -> Iterable[str]:
        """Say what a reader must know."""

    def at(self, /, **values: str | None) -> _R:
        """Find the result of one group.

        Args:
            **values: A value for every dimension; None is "not recorded".

        Raises:
            InvalidValueError: If there is no such group; one without units has no row.
        """
        for result in self.groups:
            if result.group == values:
                return result
        message = f"there is no group {values!r}; this table is by {self.by or 'nothing'}"
        raise InvalidValueError(message)

    def to_frame(self) -> Frame:
        """Give the groups as a data frame (without dimensions: all units), so that its counts can be summed.

        Counts are exact integers; shares are floats, and null where they are not defined.

        Raises:
            InvalidValueError: If a dimension has the name of one of the table's own columns.
        """
        own = {"unit": str, "as_of": date, **self.columns, "ledger_digest": str}
        if clash := own.keys() & set(self.by):
            message = f"the dimensions {sorted(clash)} have names of this table's columns; group by others"
            raise InvalidValueError(message)
        return frame_of(
            (
                (*r.group.values(), r.unit.value, r.as_of, *record, r.ledger_digest)
                for r in (self.groups if self.by else (self.overall,))
                for record in self._records(r)
            ),
            dict.fromkeys(self.by, str) | own,
        )

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return self._grid().text()

    def to_html(self) -> str:
        """Give the table as one HTML element, complete in itself; what came from data is escaped."""
        return self._grid().html()

    def _repr_html_(self) -> str:
        return self.to_html()

    def _elsewhere(self) -> str:
        parts = self.overall.parts
        handed_on = f", {count(parts.transferred_out)} transferred out"
        out = handed_on if self.overall.unit is Unit.REFERRAL else ""
        return (
            f"{count(parts.excluded)} excluded{out}; {count(parts.unlinked)} of these it is not known where"
        )

    def _grid(self) -> Grid:
        everybody = ("all", *("" for _ in self.by[1:]))
        lines = [(r.group.labels, line) for r in self.groups for line in self._shown(r)]
        lines += [(everybody, line) for line in self._shown(self.overall)]
        heads = tuple(lines[-1][1])
        unit, parts, digest = self.overall.unit.value, self.overall.parts, self.overall.ledger_digest
        counted_from = f"Counted from ledger {digest[:12]}" if digest else "Not counted from a ledger"
        return Grid(
            caption=f"{self._caption()}: {self.overall.counted}",
            headers=((self.by or ("",)) + heads),
            rows=tuple((*labels, *line.values()) for labels, line in lines),
            texts=len(everybody) + self.words,
            notes=(
                *self._notes(),
                f"Received: {count(parts.received)}. Of them counted elsewhere: {self._elsewhere()}.",
                f"Unit: {unit}. {counted_from}.",
            ),
            bars=tuple(bar for r in (*self.groups, self.overall) for bar in self._bars(r)),
        )


@frozen(kw_only=True, repr=False)
class RateTable(ResultTable[Rate]):
    """Rates of one milestone, overall and by group; see `conversion`.

    The columns of `to_frame`: the dimensions, the unit and the date, ``milestone``, ``charge_level`` and
    ``closures``, the counts of the rate and its shares, then `Parts` (``place_*`` are the places).

    >>> from tipline_outcomes import EventLog, Ledger, conversion
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=200))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)
    >>> print(conversion(ledger))
    Charged: families as of 2025-06-30
         reached   of  lower  upper by then  upper ever  resolved  implied  lost  pending  unknown  unlinked
    ---  -------  ---  -----  -------------  ----------  --------  -------  ----  -------  -------  --------
    all        1  196  0.5 %         78.3 %      85.4 %     3.3 %        0    29       14      152         2
    Lower and upper hold whatever becomes of implied, pending, unknown and unlinked.
    Ever, the pending may get there yet; by then, that is by the day of the count, they had not.
    They are rounded outward, and are of those in 'of' and the unlinked together.
    Resolved is of the reached and the lost alone: it stands for all only if the others end so too.
    Received: 200. Of them counted elsewhere: 4 excluded; 2 of these it is not known where.
    Unit: family. Counted from ledger ...
    """

    columns: ClassVar[Mapping[str, type]] = {
        **dict.fromkeys(("milestone", "charge_level", "closures"), str),
        **dict.fromkeys(
            ("denominator", "reached", "implied", "lost", "pending", "unknown", "reopenable"), int
        ),
        **dict.fromkeys(("lower", "upper", "upper_by_as_of", "resolved"), float),
        **dict.fromkeys(("received", *(f"place_{place.value}" for place in Place)), int),
        **dict.fromkeys(Parts(received=0).of_them, int),
    }

    def _records(self, result: Rate) -> Iterable[tuple[object, ...]]:
        shares = (result.lower, result.upper, result.upper_by_as_of, result.resolved)
        yield (
            result.milestone.value,
            None if result.level is None else result.level.value,
            result.closures.value,
            result.denominator,
            *(result.reached, result.implied, result.lost, result.pending, result.unknown, result.reopenable),
            *(None if share is None else float(share) for share in shares),
            result.parts.received,
            *result.parts.places.values(),
            *result.parts.of_them.values(),
        )

    def _shown(self, result: Rate) -> Iterable[Mapping[str, str]]:
        lower, ever = bounds(result.lower, result.upper)
        yield {
            "reached": count(result.reached),
            "of": count(result.denominator),
            "lower": lower,
            "upper by then": bounds(result.lower, result.upper_by_as_of)[1],
            "upper ever": ever,
            "resolved": percent(result.resolved),
            "implied": count(result.implied),
            "lost": count(result.lost),
            "pending": count(result.pending),
            "unknown": count(result.unknown),
            "unlinked": count(result.parts.unlinked),
        }

    def _bars(self, result: Rate) -> Iterable[tuple[Fraction | None, Fraction | None]]:
        yield result.lower, result.upper

    def _caption(self) -> str:
        return self.overall.what.capitalize()

    def _notes(self) -> Iterable[str]:
        reopened = (
            ", or of closures that may be reopened" if self.overall.closures is Closures.MAY_REOPEN else ""
        )
        yield f"Lower and upper hold whatever becomes of implied, pending, unknown and unlinked{reopened}."
        yield "Ever, the pending may get there yet; by then, that is by the day of the count, they had not."
        yield "They are rounded outward, and are of those in 'of' and the unlinked together."
        yield (
            "Resolved is of the reached and the lost alone: it stands for all only if the others end so too."
        )
