"""Convictions: who ever was convicted, and of whom a conviction stands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

import narwhals.stable.v2 as nw
from attrs import field, frozen

from tipline_outcomes._show import count
from tipline_outcomes.ledger import Ledger
from tipline_outcomes.metrics._tally import COUNTED, at_least, dimensions, origin, parts_by, tally
from tipline_outcomes.metrics.parts import Result, hold, natural
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.model import ChargeStatus, Milestone

__all__ = ["Convictions", "ConvictionsTable", "convictions"]

_STANDS: Final = tuple(status.value for status in ChargeStatus if status.stands)


@frozen(kw_only=True)
class Convictions(Result):
    """How many units were ever convicted, and what became of that.

    A conviction that stands under any of a unit's charges goes before whatever became of the others: a plea
    to one count stands, though the rest were dismissed.

    Attributes:
        ever: Units of which a charge ended in conviction at least once: ``stands + vacated + otherwise``.
        stands: Of them, under one charge at least, a conviction stands.
        vacated: None stands, and the last that was heard is that one was vacated.
        otherwise: None stands, and something else was heard last: how another charge ended, or that one was
            filed again.

    Raises:
        InvalidValueError: If the counts do not add up.

    >>> from datetime import date
    >>> from tipline_outcomes.ledger import Unit
    >>> from tipline_outcomes.metrics import Parts
    >>> parts = Parts(received=9, charge=4, closed=5)
    >>> counts = {"parts": parts, "ever": 3, "stands": 2, "vacated": 1}
    >>> print(Convictions(unit=Unit.SUBJECT, as_of=date(2024, 12, 31), ledger_digest="", **counts))
    3 of 9 ever convicted: 2 stand, 1 vacated, 0 otherwise; subjects as of 2024-12-31
    """

    ever: int = field(default=0, validator=natural)
    stands: int = field(default=0, validator=natural)
    vacated: int = field(default=0, validator=natural)
    otherwise: int = field(default=0, validator=natural)

    def __attrs_post_init__(self) -> None:
        """Hold the parts to the whole."""
        hold("ever = stands + vacated + otherwise", self.ever, self.stands + self.vacated + self.otherwise)

    def __str__(self) -> str:
        ever, stand, vacated, otherwise = map(count, (self.ever, self.stands, self.vacated, self.otherwise))
        return self.named(
            f"{ever} of {count(self.parts.denominator)} ever convicted: {stand} stand, {vacated} vacated, "
            f"{otherwise} otherwise; {self.counted}"
        )


@frozen(kw_only=True, repr=False)
class ConvictionsTable(ResultTable[Convictions]):
    """Convictions overall and by group; see `convictions`.

    >>> from datetime import date
    >>> from tipline_outcomes import Cohort, EventLog
    >>> convictions(Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31)))
    Convictions: families as of 2024-12-31
         ever  of  stands  vacated  otherwise
    ---  ----  --  ------  -------  ---------
    all     0   0       0        0          0
    A conviction that stands goes before what became of other charges.
    Received: 0. Of them counted elsewhere: 0 excluded; 0 of these it is not known where.
    Unit: family. Counted from ledger ...
    """

    columns: ClassVar[Mapping[str, type]] = dict.fromkeys(
        ("denominator", "ever", "stands", "vacated", "otherwise", "received"), int
    )

    def _records(self, result: Convictions) -> Iterable[tuple[object, ...]]:
        counts = (result.ever, result.stands, result.vacated, result.otherwise)
        yield (result.parts.denominator, *counts, result.received)

    def _shown(self, result: Convictions) -> Iterable[Mapping[str, str]]:
        yield {
            "ever": count(result.ever),
            "of": count(result.parts.denominator),
            "stands": count(result.stands),
            "vacated": count(result.vacated),
            "otherwise": count(result.otherwise),
        }

    def _caption(self) -> str:
        return "Convictions"

    def _notes(self) -> Iterable[str]:
        yield "A conviction that stands goes before what became of other charges."


def convictions(ledger: Ledger, *, by: str | Sequence[str] | None = None) -> ConvictionsTable:
    """Count who was ever convicted, and of whom a conviction stands, overall and by group.

    ``conversion(ledger, to="convicted")`` has the bounds for *ever*: `Convictions.ever` is its reached and
    implied together. A conviction that was vacated stays one that there was.

    Args:
        ledger: The counts to read.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.

    Raises:
        LedgerMismatchError: If the ledger was not made by one of the dimensions.
        InvalidValueError: If a dimension is named twice.

    >>> from datetime import date
    >>> from tipline_outcomes import Cohort, EventLog
    >>> print(convictions(Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31))).overall)
    0 of 0 ever convicted: 0 stand, 0 vacated, 0 otherwise; families as of 2024-12-31
    """
    Question.COURTS.hold(ledger)
    names = dimensions(ledger, by)
    standing = ledger.rolled_up(names).standing
    ever = COUNTED & at_least("peak", Milestone.CONVICTED)
    stands = nw.col("reason").is_in(_STANDS)
    vacated = nw.col("reason") == ChargeStatus.CONVICTION_VACATED.value
    conditions = {
        "ever": ever,
        "stands": ever & stands,
        "vacated": ever & vacated,
        "otherwise": ever & ~stands & ~vacated,
    }

    def results(keys: tuple[str, ...]) -> tuple[Convictions, ...]:
        counts = tally(standing, keys, conditions)
        return tuple(
            Convictions(**origin(ledger, keys, key), parts=parts, **counts[key])
            for key, parts in parts_by(standing, keys).items()
        )

    return ConvictionsTable(by=names, overall=results(())[0], groups=results(names) if names else ())
