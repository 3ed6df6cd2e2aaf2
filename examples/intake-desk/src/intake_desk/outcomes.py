"""What the desk tells others: how a referral came out, and how many were charged, by priority."""

from datetime import date
from typing import assert_never

from intake_desk.priority import PRIORITY
from tipline_outcomes import (
    Administrative,
    Charge,
    Closed,
    Cohort,
    Disposition,
    EventLog,
    Ledger,
    Milestone,
    RateTable,
    conversion,
    is_final,
)

__all__ = ["charged_by_priority", "in_words"]


def in_words(disposition: Disposition) -> str:
    """Say in a line what came out, and whether it can change.

    A fourth kind of disposition would not pass the type checker here: nothing falls through unseen.
    """
    match disposition:
        case Charge(status=status):
            return f"charge ({'in court' if status.opens else 'decided'}): {status.meaning}"
        case Administrative(reason=reason):
            return f"{'ended' if reason.ends else 'measure'}: {reason.meaning}"
        case Closed(reason=reason):
            return f"closed ({'for good' if is_final(reason) else 'may be reopened'}): {reason.meaning}"
        case _:
            assert_never(disposition)


def charged_by_priority(book: Cohort, as_of: date) -> RateTable:
    """Count how many were charged, overall and by priority, with what is not known as of the day.

    Raises:
        LedgerMismatchError: If nothing was taken in yet: then there is no priority to count by.
    """
    ledger = Ledger.of(EventLog.of(book), as_of=as_of, by=(PRIORITY,))
    return conversion(ledger, to=Milestone.CHARGED)
