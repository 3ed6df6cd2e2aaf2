"""Conversion: how many of the units received got as far as a milestone."""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from tipline_outcomes.ledger import Ledger
from tipline_outcomes.ledger.words import OPEN_NAMES, REOPENABLE, UNRECORDED, implied_level
from tipline_outcomes.metrics._tally import (
    COUNTED,
    at_least,
    dimensions,
    fates,
    origin,
    parts_by,
    tally,
)
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.rate import Closures, Rate
from tipline_outcomes.metrics.table import RateTable
from tipline_outcomes.model import Level, Milestone
from tipline_outcomes.model.vocabulary import member

__all__ = ["conversion"]


def conversion(
    ledger: Ledger,
    to: Milestone | str = Milestone.CHARGED,
    *,
    level: Level | str | None = None,
    by: str | Sequence[str] | None = None,
    closures: Closures | str = Closures.STAND,
) -> RateTable:
    """Count how many units reached a milestone, overall and by group, with bounds for what is not known.

    The formulas and what they assume stand with `Rate`. A unit is counted once, however many charges it has.
    Of reports, every one of a charged case is charged: to count reports is not to count charges.

    Args:
        ledger: The counts to read.
        to: The milestone; a charge that was later dismissed stays a charge.
        level: Only charges filed by an authority of this level (a county prosecutor is local); a unit whose
            charges are of other levels, or of one that was not recorded, is lost, pending or unknown.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.
        closures: Whether the upper bound holds that closures ``stand`` or ``may_reopen``.

    Raises:
        InvalidValueError: If a word is not in its vocabulary, or a level is asked of another milestone.
        LedgerMismatchError: If the ledger was not made by one of the dimensions, or is of subjects and asked
            for a milestone before the charge.

    >>> from datetime import date
    >>> from tipline_outcomes import Action, Cohort, Event, EventLog, Jurisdiction, Referral
    >>> def untouched(name, watched):
    ...     return Referral(
    ...         id=name,
    ...         jurisdiction=Jurisdiction.parse("US-CA/local"),
    ...         history=(Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE),),
    ...         observed_through=watched,
    ...     )
    >>> cohort = Cohort(referrals=(untouched("f-1", date(2024, 12, 31)), untouched("f-2", None)))
    >>> ledger = Ledger.of(EventLog.of(cohort), as_of=date(2024, 12, 31), by=("territory",))
    >>> rate = conversion(ledger, "charged").at(territory="US-CA")
    >>> print(rate)
    territory=US-CA: 0 of 2 charged (ever: 0.0-100.0 %), families as of 2024-12-31
    >>> rate.pending, rate.unknown, rate.upper_by_as_of
    (1, 1, Fraction(1, 2))
    """
    milestone = member(Milestone, to, "to")
    asked = None if level is None else member(Level, level, "level")
    held = member(Closures, closures, "closures")
    (Question.COURTS if milestone.rung >= Milestone.CHARGED.rung else Question.CONVERSION).hold(ledger)
    names = dimensions(ledger, by)
    standing = ledger.rolled_up(names).standing

    def rates(keys: tuple[str, ...]) -> tuple[Rate, ...]:
        counts = tally(standing, keys, _conditions(milestone, asked))
        return tuple(
            Rate(
                **origin(ledger, keys, key),
                milestone=milestone,
                level=asked,
                closures=held,
                parts=parts,
                **counts[key],
            )
            for key, parts in parts_by(standing, keys).items()
        )

    return RateTable(by=names, overall=rates(())[0], groups=rates(names) if names else ())


def _conditions(milestone: Milestone, level: Level | None) -> dict[str, nw.Expr]:
    here = in_any = nw.lit(value=True)
    hidden = nw.lit(value=False)
    if level is not None:
        here, in_any = _has(level.value), _has(level.value) | _has(implied_level(level.value))
        # A charge of which the level was not recorded may be one of the level asked for.
        hidden = ~in_any & (_has(UNRECORDED) | _has(implied_level(UNRECORDED)))
    reached = COUNTED & at_least("stated", milestone) & here
    passed = COUNTED & at_least("peak", milestone) & in_any
    ends = fates(COUNTED & ~passed & ~hidden)
    return {
        "reached": reached,
        "implied": passed & ~reached,
        **ends,
        "unknown": ends["unknown"] | (COUNTED & hidden),
        "reopenable": ends["lost"] & (nw.col("open") == OPEN_NAMES[REOPENABLE]),
    }


def _has(level: str) -> nw.Expr:
    return nw.col("levels").str.contains(f"(^|,){level}(,|$)")
