"""Period clearance: what was charged in a period over what was received in it. A ratio, and no rate."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import ClassVar

from attrs import field, frozen

from tipline_outcomes._dates import Period, period_end
from tipline_outcomes._show import count
from tipline_outcomes.ledger import Ledger
from tipline_outcomes.metrics.caseload import Caseload, CaseloadPeriod, caseload
from tipline_outcomes.metrics.parts import Result, natural, share
from tipline_outcomes.metrics.table import ResultTable

__all__ = ["Clearance", "ClearanceTable", "Ratio", "period_clearance"]


@frozen(kw_only=True)
class Ratio:
    """What happened in a period over what came in during it: two counts of different referrals.

    It may exceed 1, and that is no error: a quarter in which nothing new came in and five old cases were
    charged has cleared five of none. The numerator holds charges of whatever was received in this period or
    in any before; so it is no share of the denominator, has no bounds between 0 and 1, and says of no
    referral how likely it is to be charged. That is a conversion rate (`conversion`), which follows those
    that were received. When the number received grows, the ratio falls below that rate, for the charges
    follow later; when it shrinks, it rises above it.

    Attributes:
        what: What is divided by what, in words.
        period: The kind of period.
        start: Its first day.
        numerator: What happened in the period.
        denominator: What came in during the period.
        running: The period ends after the date of the count: there is more to come.
        partial: The source began to tell only after the first day of the period.

    >>> ratio = Ratio(
    ...     what="charged / received",
    ...     period=Period.QUARTER,
    ...     start=date(2024, 1, 1),
    ...     numerator=5,
    ...     denominator=2,
    ... )
    >>> ratio.value
    Fraction(5, 2)
    >>> print(ratio)
    2024-Q1: 5 / 2 = 2.50, charged / received
    """

    what: str
    period: Period
    start: date
    numerator: int = field(validator=natural)
    denominator: int = field(validator=natural)
    running: bool = False
    partial: bool = False

    @property
    def value(self) -> Fraction | None:
        """``numerator / denominator``, which may exceed 1; None if nothing came in."""
        return share(self.numerator, self.denominator)

    @property
    def end(self) -> date:
        """The last day of the period."""
        return period_end(self.start, self.period)

    @property
    def label(self) -> str:
        """The name of the period."""
        return self.period.label(self.start)

    @property
    def shown(self) -> str:
        """The value with two decimals, never in per cent.

        >>> nothing = {"what": "", "period": Period.YEAR, "start": date(2024, 1, 1), "denominator": 0}
        >>> Ratio(numerator=5, **nothing).shown
        'undefined'
        """
        if self.value is None:
            return "undefined"
        hundredths = round(self.value * 100)
        return f"{count(hundredths // 100)}.{hundredths % 100:02}"

    def __str__(self) -> str:
        division = f"{count(self.numerator)} / {count(self.denominator)} = {self.shown}"
        return f"{self.label}: {division}, {self.what}"


@frozen(kw_only=True)
class Clearance(Result):
    """The period clearance of one group: one ratio a period, without a gap.

    Attributes:
        period: The kind of period.
        ratios: One a period.

    >>> from tipline_outcomes import EventLog, Ledger, period_clearance
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, unit="referral")
    >>> for ratio in period_clearance(ledger, period="year").overall.ratios:
    ...     print(ratio)
    2023: 3 / 152 = 0.02, first charges / received
    2024: 3 / 171 = 0.02, first charges / received
    2025: 3 / 82 = 0.04, first charges / received
    """

    period: Period
    ratios: tuple[Ratio, ...] = ()

    def __str__(self) -> str:
        last = str(self.ratios[-1]) if self.ratios else "no period of which the source tells"
        return self.named(f"{last}; {self.counted}")


@frozen(kw_only=True, repr=False)
class ClearanceTable(ResultTable[Clearance]):
    """The period clearance overall and by group; see `period_clearance`.

    >>> from tipline_outcomes import EventLog, Ledger, period_clearance
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=400))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, unit="referral")
    >>> print(period_clearance(ledger, period="year"))
    Period clearance: referrals as of 2025-06-30
         period  charged  received  ratio
    ---  ------  -------  --------  -----
    all  2023          3       152   0.02
    all  2024          3       171   0.02
    all  2025*         3        82   0.04
    First charges filed in a period over referrals received in it, first-hand or by transfer.
    The charges are of what came in then or before: this may exceed 1, and is no share of tips.
    *: not a whole period, it runs still, or the source began to tell during it.
    Received: 411. Of them counted elsewhere: 9 excluded, 11 transferred out; 1 of these ...
    Unit: referral. Counted from ledger ...
    """

    columns: ClassVar[Mapping[str, type]] = {
        "period": str,
        "start": date,
        "end": date,
        "numerator": int,
        "denominator": int,
        "ratio": float,
        "running": bool,
        "partial": bool,
    }
    words: ClassVar[int] = 1

    def _records(self, result: Clearance) -> Iterable[tuple[object, ...]]:
        for one in result.ratios:
            value = None if one.value is None else float(one.value)
            counts = (one.numerator, one.denominator)
            yield one.label, one.start, one.end, *counts, value, one.running, one.partial

    def _shown(self, result: Clearance) -> Iterable[Mapping[str, str]]:
        if not result.ratios:
            yield {"period": "none", "charged": "", "received": "", "ratio": ""}
        for one in result.ratios:
            yield {
                "period": one.label + "*" * (one.running or one.partial),
                "charged": count(one.numerator),
                "received": count(one.denominator),
                "ratio": one.shown,
            }

    def _caption(self) -> str:
        return "Period clearance"

    def _notes(self) -> Iterable[str]:
        yield "First charges filed in a period over referrals received in it, first-hand or by transfer."
        yield "The charges are of what came in then or before: this may exceed 1, and is no share of tips."
        if any(one.running or one.partial for one in self.overall.ratios):
            yield "*: not a whole period, it runs still, or the source began to tell during it."


def period_clearance(
    ledger: Ledger, *, by: str | Sequence[str] | None = None, period: Period | str | None = None
) -> ClearanceTable:
    """Divide the first charges filed in each period by the referrals received in it.

    ``charged / (received + transferred_in - undated)``, from the lines of `caseload`. Police of the United
    States count clearances so: in the month in which they happen, whatever the month of the offence
    (J. Kaplan, Uniform Crime Reporting Program Data, ucrbook.com). Why that may exceed 1, and why it says of
    no tip how likely it is to be charged, stands with `Ratio`.

    A referral whose days cannot be trusted is in neither number; one that is set aside is received.

    Args:
        ledger: The counts to read, of referrals.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.
        period: The kind of period; None for the ledger's own, or any that is made of those.

    Raises:
        LedgerMismatchError: As `caseload` does.
        InvalidValueError: If the period is no word of its vocabulary.

    >>> from tipline_outcomes import Cohort, EventLog
    >>> ledger = Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31), unit="referral")
    >>> print(period_clearance(ledger).overall)
    no period of which the source tells; referrals as of 2024-12-31
    """
    loads = caseload(ledger, by=by, period=period)
    return ClearanceTable(
        by=loads.by, overall=_cleared(loads.overall), groups=tuple(_cleared(group) for group in loads.groups)
    )


def _cleared(load: Caseload) -> Clearance:
    return Clearance(
        group=load.group,
        unit=load.unit,
        as_of=load.as_of,
        ledger_digest=load.ledger_digest,
        parts=load.parts,
        period=load.period,
        ratios=tuple(map(_ratio, load.periods)),
    )


def _ratio(one: CaseloadPeriod) -> Ratio:
    return Ratio(
        what="first charges / received",
        period=one.period,
        start=one.start,
        numerator=one.charged,
        denominator=one.received + one.transferred_in - one.undated,
        running=one.running,
        partial=one.partial,
    )
