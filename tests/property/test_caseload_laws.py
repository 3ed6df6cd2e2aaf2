"""Caseloads balance and chain, on worlds whole or begun in the middle."""

from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import Record
from oracle_caseload import LINES, caseload_of
from tipline_outcomes import (
    Caseload,
    CaseloadPeriod,
    EventLog,
    Ledger,
    LedgerMismatchError,
    Period,
    Unit,
    caseload,
    period_clearance,
)
from tipline_outcomes.strategies import cohorts, days
from worlds import AS_OF, EVENT_COLUMNS, REFERRAL_COLUMNS, many

pytestmark = pytest.mark.property

TYPES = {str: pl.String, bool: pl.Boolean, int: pl.Int64, date: pl.Date}
BY = ("source",)
BY_ANY = ("agency",)
STOCK = ("before", "listed", "opening", "closing")
TWENTY_EIGHT_YEARS = timedelta(days=7 * (4 * 365 + 1))

each_period = pytest.mark.parametrize("period", Period)


def examples(everyday: int) -> settings:
    return settings(max_examples=max(1, everyday * settings.default.max_examples // 100))


def log_of(events: list[Any], referrals: list[Any]) -> EventLog:
    tables = ((events, EVENT_COLUMNS), (referrals, REFERRAL_COLUMNS))
    return EventLog.from_frames(
        *(pl.DataFrame(r, schema={n: TYPES[k] for n, k in c.items()}, orient="row") for r, c in tables)
    )


BEGUN = {
    "whole": lambda _: None,
    # One source has always told, the others began on a day each: one with a quarter, one in the middle of it.
    "by source": lambda row: {"provider": date(2024, 1, 1), "public": date(2023, 8, 17)}.get(row["source"]),
    "each by itself": lambda row: row["observed_from"],
}


@cache
def made(begun: str) -> tuple[Record, EventLog]:
    events, referrals = many(3, 120)
    told = [row | {"observed_from": BEGUN[begun](row)} for row in referrals]
    return Record(events, told), log_of(events, told)


any_log = st.one_of(
    st.builds(lambda seed, worlds: log_of(*many(seed, worlds)), st.integers(0, 1 << 30), st.integers(1, 8)),
    cohorts().map(EventLog.of),
    cohorts(lawful=False).map(EventLog.of),
)
any_day = st.one_of(st.sampled_from(AS_OF[:4]), days())


def count(log: EventLog, as_of: date, *, by: tuple[str, ...] = (), period: Period = Period.MONTH) -> Ledger:
    return Ledger.of(log, as_of=as_of, unit=Unit.REFERRAL, by=by, period=period)


def told(one: CaseloadPeriod) -> dict[str, Any]:
    names = ("start", "end", *LINES, "before", "listed", "running", "partial")
    return {name: getattr(one, name) for name in names} | {"known": one.closing is not None}


def loads(table) -> list[Caseload]:
    return [*table.groups, table.overall]


# --- what is counted ------------------------------------------------------------------------------


@pytest.mark.parametrize("begun", BEGUN)
@pytest.mark.parametrize("as_of", AS_OF[:4], ids=str)
@each_period
def test_every_number_is_the_one_that_is_found_by_looking(period, as_of, begun):
    record, log = made(begun)
    table = caseload(count(log, as_of, by=BY), period=period)
    for by, groups in ((BY, table.groups), ((), (table.overall,))):
        wanted = caseload_of(record, as_of=as_of, by=by, period=period.value)
        found = {tuple(one.group.values()): [told(each) for each in one.periods] for one in groups}
        assert found == wanted


def test_the_worlds_hold_what_the_laws_are_about():
    for begun, stocks in {"whole": {True}, "by source": {True, False}}.items():
        ledger = count(made(begun)[1], AS_OF[3] - timedelta(days=1), by=BY)
        months = [month for load in loads(caseload(ledger)) for month in load.periods]
        assert all(any(getattr(month, line) for month in months) for line in LINES)
        assert {month.closing is not None for month in months} == stocks
        assert {month.partial for month in months} == {False, *(not known for known in stocks)}
        assert {month.running for month in months} == {True, False}


# --- accounts -------------------------------------------------------------------------------------


@examples(15)
@given(any_log, any_day, st.sampled_from(Period))
def test_every_period_balances_and_opens_with_what_the_one_before_left(log, as_of, period):
    for load in loads(caseload(count(log, as_of, by=BY_ANY, period=period))):
        for one in load.periods:
            came = one.received + one.transferred_in + one.reopened
            ended = one.charged + one.administrative + one.closed + one.excluded
            went = ended + one.transferred_out + one.set_aside + one.undated
            assert one.listed == one.before + came - went >= 0
            assert (one.opening, one.closing) in {(one.before, one.listed), (None, None)}
            assert one.running == (one.end > as_of)
            assert one.start <= as_of
        for one, after in pairwise(load.periods):
            assert after.start == one.end + timedelta(days=1)
            assert (after.opening, after.before) == (one.closing, one.listed)
        if load.periods:
            assert load.periods[-1].end >= as_of


@examples(15)
@given(any_log, any_day, st.sampled_from(Period))
def test_it_ends_with_the_stock_and_has_counted_everybody(log, as_of, period):
    ledger = count(log, as_of, period=period)
    load = caseload(ledger).overall
    if load.observed_from is not None or not load.periods:
        return
    is_open = pl.col("stage").is_in(
        ["made_available", "under_triage", "under_investigation", "inactive", "prosecution_review"]
    )
    undated = ledger.movements.filter(pl.col("undated") & pl.col("flow").is_not_null())
    sign = pl.when(pl.col("flow").is_in(["received", "transferred_in", "reopened"])).then(1).otherwise(-1)
    open_undated = undated.select((sign * pl.col("n")).sum()).item() or 0
    assert load.periods[-1].closing == ledger.stock.filter(is_open)["n"].sum() - open_undated
    nobody_knows_when = ledger.movements.filter(pl.col("period").is_null() & (pl.col("from") == "outside"))
    entered = sum(one.received + one.transferred_in for one in load.periods)
    assert entered + nobody_knows_when["n"].sum() == ledger.received


def summed(periods: list[CaseloadPeriod]) -> dict[str, int]:
    return {line: sum(getattr(one, line) for one in periods) for line in LINES}


@examples(12)
@given(any_log, any_day, st.sampled_from(Period))
def test_periods_are_the_sum_of_their_months_and_their_quarters(log, as_of, period):
    by_month, by_period = (count(log, as_of, by=BY_ANY, period=each) for each in (Period.MONTH, period))
    for finer in (Period.MONTH, Period.QUARTER):
        if not period.is_made_of(finer):
            with pytest.raises(LedgerMismatchError, match="count with period='month'"):
                caseload(count(log, as_of, period=finer), period=period)
            continue
        tables = (caseload(by_month, period=each) for each in (finer, period))
        for fine, coarse in zip(*map(loads, tables), strict=True):
            for one in coarse.periods:
                parts = [part for part in fine.periods if one.start <= part.start <= one.end]
                # Of a group whose sources began on different days, the first period holds more.
                assert one.partial or one.lines == summed(parts)
                assert one.listed == parts[-1].listed
    at_once, afterwards = caseload(by_period), caseload(by_month, period=period)
    assert [load.periods for load in loads(at_once)] == [load.periods for load in loads(afterwards)]


@examples(12)
@given(any_log, any_day, st.sampled_from(Period))
def test_groups_add_up_to_the_whole(log, as_of, period):
    table = caseload(count(log, as_of, by=BY_ANY, period=period))
    if table.overall.observed_from is not None:
        return
    groups = [{one.start: one for one in group.periods} for group in table.groups]
    for one in table.overall.periods:
        there = [group[one.start] for group in groups if one.start in group]
        assert one.lines == summed(there)
        assert one.closing == sum(each.closing for each in there)


@examples(12)
@given(any_log, any_log, any_day, st.sampled_from(Period))
def test_the_caseload_of_a_sum_is_the_caseload_of_the_whole(one, other, as_of, period):
    # Two sources, told apart by their names, that know nothing of each other.
    apart = [named(log, name) for log, name in ((one, "a"), (other, "b"))]
    whole = EventLog.from_frames(
        pl.concat([log.events for log in apart], how="diagonal"),
        pl.concat([log.referrals.select(*REFERRAL_COLUMNS) for log in apart]),
    )
    added = count(apart[0], as_of, period=period) + count(apart[1], as_of, period=period)
    assert caseload(added).to_frame().equals(caseload(count(whole, as_of, period=period)).to_frame())
    assert caseload(added) == caseload(count(whole, as_of, period=period))


def named(log: EventLog, name: str) -> EventLog:
    def mine(*columns: str) -> list[pl.Expr]:
        return [pl.concat_str(pl.lit(name), pl.col(column)).alias(column) for column in columns]

    empty = [
        pl.lit(None, pl.String).alias(column) for column in REFERRAL_COLUMNS if column not in log.referrals
    ]
    return EventLog.from_frames(
        log.events.with_columns(mine("referral_id", "other_id")),
        log.referrals.with_columns(mine("referral_id", "parent_id")).with_columns(empty),
    )


@examples(15)
@given(any_log, any_day, st.sampled_from(Period))
def test_a_shift_by_whole_years_changes_the_names_of_periods_alone(log, as_of, period):
    later = EventLog.from_frames(
        log.events.with_columns(pl.col("on", "superseded_on") + TWENTY_EIGHT_YEARS),
        log.referrals.with_columns(pl.col("observed_from", "observed_through") + TWENTY_EIGHT_YEARS),
    )
    before = caseload(count(log, as_of, period=period)).overall
    after = caseload(count(later, as_of + TWENTY_EIGHT_YEARS, period=period)).overall
    moved = [
        one | {"start": one["start"] + TWENTY_EIGHT_YEARS, "end": one["end"] + TWENTY_EIGHT_YEARS}
        for one in map(told, before.periods)
    ]
    assert [told(one) for one in after.periods] == moved


# --- an extract that begins in the middle ---------------------------------------------------------


def cut(log: EventLog, begin: date, kept: int) -> EventLog:
    """Keep what an agency would give that began to keep records on a day: what moved since, and some more."""
    last = log.events.group_by("referral_id").agg(pl.col("on").max())
    here = pl.col("referral_id").is_in(last.filter(pl.col("on") >= begin)["referral_id"].to_list())
    some = pl.col("referral_id").hash(kept) % 2 == 0
    referrals = log.referrals.filter(here | some).with_columns(observed_from=pl.lit(begin))
    return EventLog.from_frames(log.events.join(referrals, on="referral_id", how="semi"), referrals)


@examples(25)
@given(cohorts(), any_day, days(), st.sampled_from(Period), st.integers(0, 9))
def test_an_extract_cut_at_a_day_knows_no_stock_and_tells_every_flow_since(
    cohort, as_of, begin, period, kept
):
    log = EventLog.of(cohort)
    log = EventLog.from_frames(log.events, log.referrals.with_columns(observed_from=pl.lit(None, pl.Date)))
    whole = caseload(count(log, as_of, period=period)).overall
    part = cut(log, begin, kept)
    found = caseload(count(part, as_of, period=period)).overall
    if begin > as_of or not found.received:
        assert not found.periods
        return
    assert found.observed_from == begin
    assert {(one.opening, one.closing) for one in found.periods} == {(None, None)}
    assert [one.partial for one in found.periods] == [one.start < begin for one in found.periods]
    true = {one.start: one for one in whole.periods}
    for one in found.periods:
        if one.start not in true:
            assert one.lines == summed([])
        elif one.partial:
            # Some of the period was before.
            assert all(n <= true[one.start].lines[line] for line, n in one.lines.items())
        else:
            assert one.lines == true[one.start].lines
            assert one.net == true[one.start].net
        assert one.listed <= (true[one.start].closing if one.start in true else 0)
    assert sum(one.start >= begin for one in found.periods) >= sum(
        one.start >= begin for one in whole.periods
    )


# --- period clearance -----------------------------------------------------------------------------


@examples(12)
@given(any_log, any_day, st.sampled_from(Period))
def test_period_clearance_divides_two_lines_of_the_account(log, as_of, period):
    ledger = count(log, as_of, by=BY_ANY)
    for load, cleared in zip(
        loads(caseload(ledger, period=period)),
        [*(t := period_clearance(ledger, period=period)).groups, t.overall],
        strict=True,
    ):
        assert (load.group, load.parts, load.ledger_digest) == (
            cleared.group,
            cleared.parts,
            cleared.ledger_digest,
        )
        for one, ratio in zip(load.periods, cleared.ratios, strict=True):
            received = one.received + one.transferred_in - one.undated
            assert (ratio.numerator, ratio.denominator) == (one.charged, received)
            assert ratio.value == (Fraction(one.charged, received) if received else None)
            assert (ratio.label, ratio.end, ratio.running, ratio.partial) == (
                one.label,
                one.end,
                one.running,
                one.partial,
            )
