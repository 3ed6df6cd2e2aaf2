"""The caseload: what came in, what went out, and what was left open, period by period."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar

import narwhals.stable.v2 as nw
from attrs import field, frozen

from tipline_outcomes._dates import Period, period_end, period_start
from tipline_outcomes._engine import Frame, eager
from tipline_outcomes._show import count
from tipline_outcomes.errors import InvalidValueError, LedgerMismatchError
from tipline_outcomes.ledger import CaseloadFlow, Ledger
from tipline_outcomes.ledger.flows import OUTSIDE, SET_ASIDE
from tipline_outcomes.ledger.words import OPEN_NAMES, UNWATCHED
from tipline_outcomes.metrics._tally import Key, dimensions, origin, parts_by, tally
from tipline_outcomes.metrics.parts import Result, hold, natural
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.model.pipeline import OPEN_STAGES
from tipline_outcomes.model.vocabulary import member

__all__ = ["Caseload", "CaseloadPeriod", "CaseloadTable", "caseload"]

_NOT_KNOWN = "not known"
_DAY = timedelta(days=1)
_IN = tuple(flow.value for flow in CaseloadFlow if flow.enters)
_LINES = (*(flow.value for flow in CaseloadFlow), "set_aside", "undated")
_UNWATCHED = nw.col("stage").is_in([stage.value for stage in OPEN_STAGES]) & (
    nw.col("open") == OPEN_NAMES[UNWATCHED]
)


@frozen(kw_only=True)
class CaseloadPeriod:
    """One period's account, which balances.

    ``opening + received + transferred_in + reopened = charged + administrative + closed + excluded +
    transferred_out + set_aside + undated + closing``, checked when it is made.

    Where the source does not tell what was open when it began, no stock is known, however long it has told
    since: only what it changed by (`net`).

    Attributes:
        period: The kind of period.
        start: Its first day.
        before: The referrals in the data that were open when it began, as far as the data tells.
        received: Made available first-hand.
        transferred_in: Came by transfer from another agency.
        reopened: A closure was undone.
        charged: Left by a first charge.
        administrative: Ended by an administrative disposition.
        closed: Ended otherwise, without a charge.
        excluded: Ended with a reason that says "count me elsewhere".
        transferred_out: Passed on to another agency.
        set_aside: Of what came in: the record breaks a rule, so that nobody can tell where it went.
        undated: Of what came in: its days cannot be trusted, so that nobody can tell when it went.
        running: It ends after the date of the count: there is more to come.
        partial: The source began to tell only after its first day.
        whole: Whether the data hold all that was open when it began; if not, no stock is known.

    Raises:
        InvalidValueError: If a count is negative, or more went out than there was.

    >>> quarter = CaseloadPeriod(
    ...     period=Period.QUARTER, start=date(2024, 1, 1), received=5, closed=2, charged=1, before=7
    ... )
    >>> quarter.closing, quarter.net, quarter.label, quarter.end
    (9, 2, '2024-Q1', datetime.date(2024, 3, 31))
    """

    period: Period
    start: date
    before: int = field(default=0, validator=natural)
    received: int = field(default=0, validator=natural)
    transferred_in: int = field(default=0, validator=natural)
    reopened: int = field(default=0, validator=natural)
    charged: int = field(default=0, validator=natural)
    administrative: int = field(default=0, validator=natural)
    closed: int = field(default=0, validator=natural)
    excluded: int = field(default=0, validator=natural)
    transferred_out: int = field(default=0, validator=natural)
    set_aside: int = field(default=0, validator=natural)
    undated: int = field(default=0, validator=natural)
    running: bool = False
    partial: bool = False
    whole: bool = True

    def __attrs_post_init__(self) -> None:
        """Refuse an account in which more goes out than there was."""
        if self.listed < 0:
            message = f"{self.label}: {self.before} were open and {-self.net} more went out than came in"
            raise InvalidValueError(message)

    @property
    def listed(self) -> int:
        """The referrals in the data that are open at its end, as far as the data tells."""
        return self.before + self.net

    @property
    def opening(self) -> int | None:
        """Open when it began, as far as is known; None if the data do not hold all that was open then."""
        return self.before if self.whole else None

    @property
    def closing(self) -> int | None:
        """Open when it ended, as far as is known; None if what was open when it began is not known."""
        return self.listed if self.whole else None

    @property
    def net(self) -> int:
        """What the stock changed by: all that came in, less all that went out."""
        return _net(self.lines)

    @property
    def lines(self) -> dict[str, int]:
        """The lines of the account between the stocks, by name, in order."""
        return {line: getattr(self, line) for line in _LINES}

    @property
    def exits(self) -> int:
        """What ended: charged, administrative, closed and excluded."""
        return self.charged + self.administrative + self.closed + self.excluded

    @property
    def end(self) -> date:
        """Its last day."""
        return period_end(self.start, self.period)

    @property
    def label(self) -> str:
        """Its name: ``2024-07``, ``2024-Q3``, ``2024``, ``FY2024`` or ``2024/25``."""
        return self.period.label(self.start)


@frozen(kw_only=True)
class Caseload(Result):
    """The caseload of one group: its periods, one after the other, without a gap.

    A referral is in the caseload while it is neither charged, nor ended, nor passed on. What nobody watches
    stays in it until somebody tells: `unwatched` says how much of the last stock that is.

    Attributes:
        period: The kind of period.
        observed_from: The day from which the source tells, the latest of the group's; None: from the first
            referral on. Before that day, no period is shown.
        periods: From the first in which something is known, through that of the date of the count.
        unwatched: Open on the date of the count, undated ones too, and nobody would have told us had they
            ended.

    Raises:
        InvalidValueError: If the periods do not chain.

    >>> from tipline_outcomes import EventLog, Ledger, caseload
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, unit="referral")
    >>> load = caseload(ledger, period="year").overall
    >>> [(year.label, year.opening, year.net, year.closing) for year in load.periods]
    [('2023', 0, 14, 14), ('2024', 14, 13, 27), ('2025', 27, 8, 35)]
    >>> load.periods[-1].running  # the count is as of June
    True
    """

    period: Period
    observed_from: date | None = None
    periods: tuple[CaseloadPeriod, ...] = ()
    unwatched: int = field(default=0, validator=natural)

    def __attrs_post_init__(self) -> None:
        """Hold the chain."""
        for one, after in pairwise(self.periods):
            hold(f"{after.label} follows {one.label}", (after.start - one.end).days, 1)
            hold(f"{after.label} begins with what {one.label} left", after.before, one.listed)

    def __str__(self) -> str:
        if not self.periods:
            return self.named(f"no period of which the source tells; {self.counted}")
        came = sum(p.received + p.transferred_in + p.reopened for p in self.periods)
        went = sum(p.exits + p.transferred_out for p in self.periods)
        since, left = self.periods[0].label, _stock(self.periods[-1].closing)
        return self.named(
            f"open: {left}; {count(came)} came in since {since}, {count(went)} went out; {self.counted}"
        )


@frozen(kw_only=True, repr=False)
class CaseloadTable(ResultTable[Caseload]):
    """The caseload overall and by group; see `caseload`.

    The frame has one row a period: ``period`` (its name), ``start`` and ``end``, the lines of its account,
    and ``listed``, ``running`` and ``partial``; see `CaseloadPeriod`. A stock that is not known is null.

    >>> from tipline_outcomes import EventLog, Ledger, caseload
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> ledger = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, unit="referral")
    >>> caseload(ledger, period="year").to_frame().select("period", "opening", "received", "closing").rows()
    [('2023', 0, 19, 14), ('2024', 14, 19, 27), ('2025', 27, 11, 35)]
    """

    columns: ClassVar[Mapping[str, type]] = {
        "period": str,
        "start": date,
        "end": date,
        **dict.fromkeys(("opening", *_LINES, "closing", "listed"), int),
        **dict.fromkeys(("running", "partial"), bool),
    }
    words: ClassVar[int] = 1

    def _records(self, result: Caseload) -> Iterable[tuple[object, ...]]:
        for one in result.periods:
            stocks = (one.closing, one.listed)
            flags = (one.running, one.partial)
            yield one.label, one.start, one.end, one.opening, *one.lines.values(), *stocks, *flags

    def _shown(self, result: Caseload) -> Iterable[Mapping[str, str]]:
        # What breaks no rule fills no column.
        whole = self.overall.periods
        lines = [
            line for line in _LINES if line in set(CaseloadFlow) or any(getattr(one, line) for one in whole)
        ]
        if not result.periods:
            yield {"period": "none", **dict.fromkeys(("opening", *map(_head, lines), "closing"), "")}
        for one in result.periods:
            yield {
                "period": one.label + "*" * (one.running or one.partial),
                "opening": _stock(one.opening),
                **{_head(line): count(getattr(one, line)) for line in lines},
                "closing": _stock(one.closing),
            }

    def _caption(self) -> str:
        return "Caseload"

    def _notes(self) -> Iterable[str]:
        overall = self.overall
        yield "Closing is opening and all that came in, less all that went out; it opens the next period."
        yield (
            f"Of those open on {overall.as_of}, {count(overall.unwatched)} are not watched: had they ended,"
            " nobody would have told."
        )
        if any(one.running or one.partial for one in overall.periods):
            yield "*: not a whole period, it runs still, or the source began to tell during it."
        if overall.observed_from is None:
            yield "It begins with the data. Had something been open before, say so with observed_from."
        else:
            yield (
                f"The source tells from {overall.observed_from} on. What was open then is not known, so that"
                " no stock is."
            )


def _stock(number: int | None) -> str:
    return _NOT_KNOWN if number is None else count(number)


def _head(line: str) -> str:
    return line.replace("_", " ")


def caseload(
    ledger: Ledger, *, by: str | Sequence[str] | None = None, period: Period | str | None = None
) -> CaseloadTable:
    """Count stock and flow, period by period: what came in, what went out, and what was left open.

    The account of each period balances, and its closing stock opens the next. The flows of months add up to
    those of their quarter, and of their year of whatever kind.

    Implied events move a caseload as stated ones do, on the days that they were given.

    Args:
        ledger: The counts to read, of referrals.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.
        period: The kind of period; None for the ledger's own. Any that is made of whole ones of the ledger's:
            a ledger by month has them all.

    Raises:
        LedgerMismatchError: If the ledger is of another unit, was not made by one of the dimensions, or by
            periods of which the wanted ones are not made.
        InvalidValueError: If the period is no word of its vocabulary.

    >>> from tipline_outcomes import Cohort, EventLog
    >>> ledger = Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31), unit="referral")
    >>> print(caseload(ledger).overall)
    no period of which the source tells; referrals as of 2024-12-31
    """
    Question.CASELOAD.hold(ledger)
    wanted = ledger.spec.period if period is None else member(Period, period, "period")
    if not wanted.is_made_of(ledger.spec.period):
        message = (
            f"the ledger's movements are by {ledger.spec.period.value}, of which no {wanted.value} is made;"
            " count with period='month', of which all are"
        )
        raise LedgerMismatchError(message)
    names = dimensions(ledger, by)
    coarse = ledger.rolled_up(names)

    def loads(keys: tuple[str, ...]) -> tuple[Caseload, ...]:
        lines, begun = _lines(coarse.movements, keys), _begun(coarse.stock, keys)
        unwatched = tally(coarse.stock, keys, {"n": _UNWATCHED})
        return tuple(
            Caseload(
                **origin(ledger, keys, key),
                parts=parts,
                period=wanted,
                observed_from=begun.get(key),
                periods=tuple(_periods(lines.get(key, {}), begun.get(key), wanted, ledger.spec.as_of)),
                unwatched=unwatched[key]["n"] if key in unwatched else 0,
            )
            for key, parts in parts_by(coarse.standing, keys).items()
        )

    return CaseloadTable(by=names, overall=loads(())[0], groups=loads(names) if names else ())


def _lines(movements: Frame, keys: tuple[str, ...]) -> dict[Key, dict[date | None, dict[str, int]]]:
    """Count the lines of the account by group and period of the ledger; None: on no known day."""
    dated = ~nw.col("undated")
    entry = nw.col("from") == OUTSIDE
    flows = {flow.value: (nw.col("flow") == flow.value).fill_null(value=False) for flow in CaseloadFlow}
    counts = {
        **{name: is_flow & (entry | dated) for name, is_flow in flows.items()},
        "set_aside": nw.col("to") == SET_ASIDE,
        "undated": entry & ~dated,
    }
    found: dict[Key, dict[date | None, dict[str, int]]] = {}
    for (*group, start), lines in tally(_as_text(movements, "period"), (*keys, "period"), counts).items():
        if any(lines.values()):
            found.setdefault(tuple(group), {})[None if start is None else date.fromisoformat(start)] = lines
    return found


def _begun(stock: Frame, keys: tuple[str, ...]) -> dict[Key, date]:
    """Give the day from which the source tells of all referrals of a group, where it is not the first."""
    days = (*keys, "observed_from")
    # In the order of the days, so that the last wins.
    told = tally(_as_text(stock, "observed_from"), days, {})
    return {tuple(group): date.fromisoformat(day) for (*group, day) in told if day is not None}


def _as_text(frame: Frame, day: str) -> Frame:
    return eager(frame).with_columns(nw.col(day).cast(nw.String)).to_polars()


def _net(lines: Mapping[str, int]) -> int:
    """Add up what comes in, less what goes out."""
    return sum(n if line in _IN else -n for line, n in lines.items())


def _periods(
    lines: Mapping[date | None, Mapping[str, int]], begun: date | None, period: Period, as_of: date
) -> Iterator[CaseloadPeriod]:
    """Chain the periods; what lies before the source began to tell is in the stock alone."""
    before = 0
    account: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for day, flows in lines.items():
        start = None if day is None else period_start(day, period)
        if start is None or (begun is not None and period_end(start, period) < begun):
            before += _net(flows)
        else:
            account[start].update(flows)
    first = min(account, default=None) if begun is None else period_start(begun, period)
    if first is None or (begun is not None and begun > as_of):
        return
    end = first - _DAY
    while end < as_of:
        start = end + _DAY
        end = period_end(start, period)
        one = CaseloadPeriod(
            period=period,
            start=start,
            before=before,
            **account[start],
            running=end > as_of,
            partial=begun is not None and start < begun,
            whole=begun is None,
        )
        yield one
        before = one.listed
