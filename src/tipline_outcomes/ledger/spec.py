"""What a ledger was asked to count. Two ledgers can be added only if they were asked the same."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from attrs import field, frozen

from tipline_outcomes._dates import Period, plain_day
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.ledger.tables import TABLES
from tipline_outcomes.model.vocabulary import member

__all__ = ["HORIZONS", "VOCABULARY_EDITION", "LedgerSpec", "Unit"]

VOCABULARY_EDITION = "1"
"""The edition of stages, actions, reasons and rules; it changes when a word changes its meaning."""

HORIZONS = (30, 90, 180, 365)
"""The follow-up times, in days, for which a ledger can answer "within" questions unless told otherwise."""


class Unit(StrEnum):
    """What is counted.

    >>> Unit("family"), Unit.FAMILY.plural
    (<Unit.FAMILY: 'family'>, 'families')
    """

    FAMILY = "family"
    """A root referral and all that came of it by transfer, once. The unit of conversion."""
    REFERRAL = "referral"
    """Each referral by itself; what was handed on is ``transferred_out``. The unit of a caseload."""
    REPORT = "report"
    """Each report that is part of a referral received: it stands where all its families stand together.

    A case of which five hundred reports tell is five hundred reports that were charged, and one family: to
    count charges, count families or subjects. The unit of what was reported, by the reports' own dimensions.
    """
    SUBJECT = "subject"
    """Each person whom an event of a family names, once a family. The unit of charges and courts.

    Charges that name nobody are of one unnamed subject. Whom no event names is not counted: a family without
    a suspect has no subject.
    """

    @property
    def plural(self) -> str:
        """What several of them are called."""
        return "families" if self is Unit.FAMILY else f"{self.value}s"

    @property
    def moves(self) -> bool:
        """Whether its ledgers have movements and stock, which are of referrals, by dimensions of referrals.

        A report can be part of several referrals, and of a subject only its charges and decisions are told.
        """
        return self in (Unit.FAMILY, Unit.REFERRAL)


_COLUMNS = frozenset({"n", *(column for table in TABLES.values() for column in table)})


def _unit(value: Unit | str) -> Unit:
    return member(Unit, value, "unit")


def _period(value: Period | str) -> Period:
    return member(Period, value, "period")


def _horizons(days: Iterable[int]) -> tuple[int, ...]:
    ascending = tuple(sorted(set(days)))
    if any(type(day) is not int or day < 1 for day in ascending):
        message = f"horizons are {ascending}; give whole numbers of days, 1 or more"
        raise InvalidValueError(message)
    return ascending


@frozen(kw_only=True)
class LedgerSpec:
    """The question that a ledger answers.

    Attributes:
        as_of: The date of the count; what happened later does not exist.
        unit: What is counted.
        by: The dimensions, as they were at receipt, in the order in which they were asked for.
        period: The calendar periods of movements.
        horizons: The follow-up times in days, ascending.
        vocabulary: The edition of the vocabulary.

    >>> LedgerSpec(as_of=date(2024, 12, 31), unit=Unit.FAMILY).horizons
    (30, 90, 180, 365)
    """

    as_of: date = field(converter=plain_day)
    unit: Unit = field(default=Unit.FAMILY, converter=_unit)
    by: tuple[str, ...] = ()
    period: Period = field(default=Period.QUARTER, converter=_period)
    horizons: tuple[int, ...] = field(default=HORIZONS, converter=_horizons)
    vocabulary: str = VOCABULARY_EDITION

    def __attrs_post_init__(self) -> None:
        """Refuse a dimension that is asked for twice, or that the ledger's tables could not hold."""
        for name in self.by:
            if name in _COLUMNS:
                message = f"a ledger has a column {name!r} of its own; rename the dimension {name!r} before"
                raise InvalidValueError(message)
        if len(set(self.by)) < len(self.by):
            message = f"by is {self.by}; name each dimension once"
            raise InvalidValueError(message)
