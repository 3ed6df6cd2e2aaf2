"""Which question can be asked of which unit, and why not of the others: as data, which the metrics check."""

from enum import StrEnum
from typing import Self

from tipline_outcomes.errors import LedgerMismatchError
from tipline_outcomes.ledger import Ledger, Unit

__all__ = ["Question"]


class Question(StrEnum):
    """A question to a ledger, with the units that can answer it.

    >>> Question.COURTS.units == tuple(Unit)
    True
    >>> print(Question.ATTRITION.why)
    nobody is a subject before an event names them, so that the steps before a charge lose none
    """

    _value_: str
    units: tuple[Unit, ...]
    """The units that can answer it."""
    why: str
    """Why the other units cannot; of what all can answer, what it says of each."""

    def __new__(cls, value: str, units: tuple[Unit, ...] = (), why: str = "") -> Self:
        """Keep the value as the string, and units and reason beside it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.units = units
        member.why = why
        return member

    MIX = (
        "outcome_mix",
        (Unit.FAMILY, Unit.REFERRAL, Unit.REPORT, Unit.SUBJECT),
        "where tips, an agency's caseload, reports or persons stand; of persons, those whom an event names",
    )
    COURTS = (
        "conversion to charged or convicted",
        (Unit.FAMILY, Unit.REFERRAL, Unit.REPORT, Unit.SUBJECT),
        "of subjects, the courts' own unit, it is the share of the named, and no share of tips",
    )
    CONVERSION = (
        "conversion to an earlier milestone",
        (Unit.FAMILY, Unit.REFERRAL, Unit.REPORT),
        "what comes before a charge is done to a case, which its subjects share, named or not",
    )
    ATTRITION = (
        "attrition",
        (Unit.FAMILY, Unit.REFERRAL, Unit.REPORT),
        "nobody is a subject before an event names them, so that the steps before a charge lose none",
    )
    FLOW = (
        "flow",
        (Unit.FAMILY, Unit.REFERRAL),
        "it is referrals that move between stages, and they are counted by dimensions of their own",
    )
    CASELOAD = (
        "caseload",
        (Unit.REFERRAL,),
        "an agency holds referrals: handed on, one leaves its stock, and stays one family and one report",
    )

    COVERAGE = (
        "coverage",
        (Unit.FAMILY,),
        "a clearinghouse counts what it makes available, which begins one family each, and no transfer",
    )

    def hold(self, ledger: Ledger) -> None:
        """Refuse a ledger whose unit cannot answer.

        Raises:
            LedgerMismatchError: Naming the question, the ledger's unit, the reason, and the units that can.
        """
        unit = ledger.spec.unit
        if unit not in self.units:
            able = " or ".join(other.value for other in self.units)
            message = (
                f"{self.value} cannot be asked of a ledger of {unit.plural}: {self.why}; count by unit={able}"
            )
            raise LedgerMismatchError(message)
