"""The laws of accounting, on generated cohorts and on generated tables, lawful and broken.

`test_ledger_equals_oracle` compares numbers; here nothing is known but how ledgers must hang together.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from attrs import astuple, evolve
from hypothesis import assume, example, given
from hypothesis import strategies as st

from examples import examples
from tipline_outcomes import (
    Action,
    Cohort,
    Event,
    EventLog,
    IncidentType,
    InvalidValueError,
    Jurisdiction,
    Ledger,
    LedgerMismatchError,
    LedgerSpec,
    Level,
    Milestone,
    Period,
    Referral,
    ReferralId,
    Report,
    ReportId,
    Source,
    SourceKind,
    Unit,
    attrition,
    conversion,
    dumps_record,
    flow,
    outcome_mix,
    read_jsonl,
)
from tipline_outcomes.strategies import cohorts, days, referrals
from worlds import (
    AS_OF,
    EVENT_COLUMNS,
    LINK_COLUMNS,
    REFERRAL_COLUMNS,
    REPORT_COLUMNS,
    many,
    reports_of,
)

pytestmark = pytest.mark.property

TABLES = ("standing", "waits", "movements", "stock", "measures")
TYPES = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date}
RUNG = {milestone.value: milestone.rung for milestone in Milestone}
BY = ("territory", "level")
BY_OF_REPORTS = ("territory", "classification")
UNLINKED = "unlinked:"


def table_log(seed: int, worlds: int) -> EventLog:
    """Make a log from tables, broken in ways that no object can be."""
    events, referrals = many(seed, worlds)
    reports, links = reports_of(referrals, seed)
    told = zip(
        (events, referrals, reports, links),
        (EVENT_COLUMNS, REFERRAL_COLUMNS, REPORT_COLUMNS, LINK_COLUMNS),
        strict=True,
    )
    frames = (pl.DataFrame(r, schema={n: TYPES[k] for n, k in c.items()}, orient="row") for r, c in told)
    return EventLog.from_frames(*(tables := tuple(frames))[:2], reports=tables[2], links=tables[3])


def log_of(cohort: Cohort) -> EventLog:
    """Make the log of objects; where no referral tells of a report, none is part of one."""
    log = EventLog.of(cohort)
    no_links = pl.DataFrame(schema=dict.fromkeys(LINK_COLUMNS, pl.String))
    return evolve(log, links=no_links) if log.links is None else log


any_cohort = st.one_of(cohorts(lawful=False), cohorts())
any_log = st.one_of(
    st.builds(table_log, st.integers(0, 1 << 30), st.integers(1, 8)),
    any_cohort.map(log_of),
)
any_day = st.one_of(st.sampled_from(AS_OF), days())
any_unit = st.sampled_from(Unit)
seeds = st.integers(0, 1 << 30)


def count(
    log: EventLog, as_of: date, unit: Unit, by: tuple[str, ...] | None = None, **more: object
) -> Ledger:
    return Ledger.of(log, as_of=as_of, unit=unit, by=by_of(unit) if by is None else by, **more)


def by_of(unit: Unit) -> tuple[str, ...]:
    """Name two dimensions of a unit: reports have their own."""
    return BY_OF_REPORTS if unit is Unit.REPORT else BY


def remade(log: EventLog, **tables: pl.DataFrame) -> EventLog:
    names = ("events", "referrals", "reports", "links")
    return EventLog.from_frames(**{name: tables.get(name, getattr(log, name)) for name in names})


def rows(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    return {name: getattr(ledger, name).rows() for name in TABLES}


def assert_equal(one: Ledger, other: Ledger) -> None:
    assert rows(one) == rows(other)
    assert one == other
    assert hash(one) == hash(other)


# --- the accounts of one ledger -------------------------------------------------------------------


@examples(20)
@given(any_log, any_day, any_unit, st.sampled_from(Period))
def test_every_account_balances(log, as_of, unit, period):
    ledger, by = count(log, as_of, unit, period=period), by_of(unit)
    received = Counter()
    for cell in ledger.standing.iter_rows(named=True):
        received[tuple(cell[name] for name in by)] += cell["n"]
    assert sum(received.values()) == ledger.received
    places = set(ledger.standing["place"])
    assert unit is Unit.REFERRAL or "transferred_out" not in places
    for name in TABLES:
        assert (getattr(ledger, name)["n"] > 0).all()
        keys = [column for column in getattr(ledger, name).columns if column != "n"]
        assert not getattr(ledger, name).select(keys).is_duplicated().any()

    last: Counter = Counter()
    for row in ledger.waits.iter_rows(named=True):
        if row["clock"] == "received" and (
            row["to"] in {"pending", "unknown", "excluded", "undated", "implied"}
            or (row["to"] in {"charge", "transferred_out"} and not row["late"])
        ):
            last[tuple(row[name] for name in by)] += row["n"]
    assert last == received

    flow, stock, entered, held = Counter(), Counter(), Counter(), Counter()
    for row in ledger.movements.iter_rows(named=True):
        cell = tuple(row[name] for name in by)
        flow[cell, row["to"]] += row["n"]
        flow[cell, row["from"]] -= row["n"]
        entered[cell] += row["n"] * (row["from"] == "outside")
    for row in ledger.stock.iter_rows(named=True):
        cell = tuple(row[name] for name in by)
        stock[cell, row["stage"]] += row["n"]
        held[cell] += row["n"]
    assert {cell: n for cell, n in flow.items() if n and cell[1] != "outside"} == stock
    assert entered == held
    assert unit is not Unit.REFERRAL or held == received
    assert unit.moves or not (ledger.movements.height or ledger.stock.height)


@examples(15)
@given(any_log, any_day)
def test_every_referral_received_is_counted_and_no_other(log, as_of):
    there = sum(day is None or day <= as_of for _, day in first_days(log))
    by_referral, by_family = (count(log, as_of, unit, ()) for unit in (Unit.REFERRAL, Unit.FAMILY))
    assert by_referral.received == there
    assert by_referral.stock["n"].sum() == by_family.stock["n"].sum() == there
    assert by_family.received <= there
    assert rows(by_referral)["movements"] == rows(by_family)["movements"]
    assert rows(by_referral)["stock"] == rows(by_family)["stock"]


# --- adding and rolling up ------------------------------------------------------------------------


def linked_sets(log: EventLog, *, survivors: bool, reports: bool) -> dict[str, str]:
    """Map every referral to one name for all that hang together by parents, and by what else is asked for."""
    links = [*log.referrals.select("referral_id", "parent_id").iter_rows()]
    if reports:
        told = dict(log.links.select("report_id", "referral_id").iter_rows())
        links += [(referral, told[report]) for report, referral in log.links.iter_rows()]
    if survivors:
        links += log.events.select("referral_id", "other_id").iter_rows()
    above = {name: name for name in (*log.referrals["referral_id"], *log.events["referral_id"])}

    def top(name: str) -> str:
        while above[name] != name:
            name = above[name]
        return name

    for one, other in links:
        if one in above and other in above:
            above[top(one)] = top(other)
    return {name: top(name) for name in above}


def split(log: EventLog, seed: int, *, survivors: bool, reports: bool = False) -> Iterator[EventLog]:
    sets = linked_sets(log, survivors=survivors, reports=reports)
    rng = random.Random(seed)
    part_of_set = {name: rng.randrange(3) for name in sorted(set(sets.values()))}
    part = pl.col("referral_id").replace_strict(
        list(sets), [part_of_set[name] for name in sets.values()], default=None, return_dtype=pl.Int64
    )
    for number in range(3):
        if sets:
            # A link to a referral that is not there goes with its report, which may be in any part.
            here = part.is_null() | (part == number)
            yield remade(
                log,
                events=log.events.filter(part == number),
                referrals=log.referrals.filter(part == number),
                links=log.links.filter(here),
            )
        else:
            yield log


@examples(20)
@given(any_log, any_day, any_unit, seeds)
def test_parts_add_up_to_the_whole_in_any_order(log, as_of, unit, seed):
    a, b, c = (
        count(part, as_of, unit) for part in split(log, seed, survivors=True, reports=unit is Unit.REPORT)
    )
    whole = count(log, as_of, unit)
    assert_equal((a + b) + c, whole)
    assert_equal(a + (b + c), whole)
    assert_equal(c + (b + a), whole)
    zero = Ledger.zero(whole.spec)
    assert_equal(whole + zero, whole)
    assert_equal(zero + whole, whole)
    assert_equal(zero + zero, zero)


def linked(table: pl.DataFrame) -> list[tuple[object, ...]]:
    """A table of standings that does not tell whether what carries a unit on is in the data."""
    keys = [name for name in table.columns if name != "n"]
    known = table.with_columns(pl.col("reason").str.strip_prefix(UNLINKED))
    return known.group_by(keys).agg(pl.col("n").sum()).sort(keys).rows()


@examples(15)
@given(cohorts(), any_day, seeds)
def test_families_add_up_to_the_whole_but_for_survivors_in_other_parts(cohort, as_of, seed):
    log = log_of(cohort)
    a, b, c = (count(part, as_of, Unit.FAMILY) for part in split(log, seed, survivors=False))
    added, whole = a + b + c, count(log, as_of, Unit.FAMILY)
    assert linked(added.standing) == linked(whole.standing)
    del (together := rows(added))["standing"], (at_once := rows(whole))["standing"]
    assert together == at_once


@examples(15)
@given(any_log, any_day, any_unit)
def test_ledgers_of_different_questions_do_not_add(log, as_of, unit):
    ledger = count(log, as_of, unit)
    for change in (
        {"as_of": as_of + timedelta(days=1)},
        {"by": ()},
        {"by": ledger.spec.by[::-1]},
        {"period": Period.YEAR},
        {"horizons": (30,)},
        {"unit": next(other for other in Unit if other is not unit)},
        {"vocabulary": "0"},
    ):
        with pytest.raises(LedgerMismatchError):
            ledger + Ledger.zero(evolve(ledger.spec, **change))


@examples(15)
@given(any_log, any_day, any_unit, st.permutations(range(3)), seeds)
def test_fine_ledgers_roll_up_to_coarse_ones(log, as_of, unit, order, seed):
    names = [(*by_of(unit), "source" if unit is Unit.REPORT else "agency")[at] for at in order]
    fine = count(log, as_of, unit, tuple(names))
    kept = tuple(random.Random(seed).sample(names, k=seed % 4))
    assert_equal(fine.rolled_up(kept), count(log, as_of, unit, kept))
    assert_equal(fine.rolled_up(kept).rolled_up(()), fine.rolled_up(()))
    assert fine.rolled_up(()).received == fine.received


@examples(15)
@given(any_log, any_day, any_unit.filter(lambda unit: unit is not Unit.REPORT), seeds)
def test_a_dimension_that_matters_to_nobody_changes_nothing(log, as_of, unit, seed):
    rng = random.Random(seed)
    names = log.referrals["referral_id"].to_list()
    # All rows of a referral have the same value, or it would be of two.
    colours = {name: rng.choice(("red", "blue", None)) for name in names}
    column = pl.Series("colour", [colours[name] for name in names], pl.String)
    wider = remade(log, referrals=log.referrals.with_columns(column))
    plain = count(log, as_of, unit)
    assert_equal(count(wider, as_of, unit), plain)
    assert_equal(count(wider, as_of, unit, ("colour", *BY)).rolled_up(BY), plain)


def twice_told(log: EventLog, again: list[pl.Expr]) -> dict[str, pl.DataFrame]:
    return (
        {} if log.reports is None else {"reports": pl.concat([log.reports, log.reports.with_columns(again)])}
    )


@examples(15)
@given(any_log, any_day, any_unit)
def test_everything_twice_counts_twice(log, as_of, unit):
    def again(*columns: str) -> list[pl.Expr]:
        return [pl.concat_str(pl.col(name), pl.lit("-again")) for name in columns]

    twice = remade(
        log,
        events=pl.concat([log.events, log.events.with_columns(again("referral_id", "other_id"))]),
        referrals=pl.concat([log.referrals, log.referrals.with_columns(again("referral_id", "parent_id"))]),
        links=pl.concat([log.links, log.links.with_columns(again("report_id", "referral_id"))]),
        **twice_told(log, again("report_id")),
    )
    once = count(log, as_of, unit)
    assert_equal(count(twice, as_of, unit), once + once)
    assert twice.check().counts == {rule: 2 * n for rule, n in log.check().counts.items()}


# --- time -----------------------------------------------------------------------------------------


def by_name(log: EventLog, unit: Unit) -> tuple[EventLog, str]:
    """Give a log in which every unit can be told by a dimension; the subjects of one family share it."""
    if unit is Unit.REPORT:
        ids = pl.concat(
            [frame.select("report_id") for frame in (log.links, log.reports) if frame is not None]
        )
        return remade(log, reports=ids.unique().with_columns(provider=pl.col("report_id"))), "provider"
    return remade(log, referrals=log.referrals.with_columns(me=pl.col("referral_id"))), "me"


@examples(25)
@given(any_log, any_day, any_day, any_unit)
def test_later_days_never_take_back_what_was_received_reached_or_charged(log, one, other, unit):
    named, me = by_name(log, unit)
    early, late = (
        count(named, day, unit, (me,)).standing.rows_by_key(me, named=True) for day in sorted((one, other))
    )
    for name, before in early.items():
        after = late[name]
        if unit is not Unit.SUBJECT:
            assert sum(row["n"] for row in before) == sum(row["n"] for row in after) == 1

        def together(rows, holds):
            return sum(row["n"] for row in rows if holds(row))

        for holds in (
            lambda _: True,
            lambda row: row["place"] == "charge",
            *(lambda row, k=k, c=c: RUNG[row[c]] >= k for k in range(6) for c in ("peak", "stated")),
            # A level that only an implied charge had may be stated later; none is ever forgotten.
            *(lambda row, level=level: level in row["levels"] for level in (*Level, "unrecorded")),
        ):
            assert together(before, holds) <= together(after, holds)


def shifted(log: EventLog, by: int) -> EventLog:
    step = pl.duration(days=by)
    return remade(
        log,
        events=log.events.with_columns(pl.col("on") + step, pl.col("superseded_on") + step),
        referrals=log.referrals.with_columns(pl.col("observed_from", "observed_through") + step),
    )


@examples(15)
@given(any_log, any_day, any_unit, st.integers(-2000, 2000))
def test_counting_knows_days_between_dates_and_not_the_dates(log, as_of, unit, by):
    before = count(log, as_of, unit)
    after = count(shifted(log, by), as_of + timedelta(days=by), unit)
    for name in ("standing", "waits", "measures"):
        assert rows(before)[name] == rows(after)[name], name
    moved = before.stock.with_columns(pl.col("observed_from") + pl.duration(days=by))
    assert moved.rows() == after.stock.rows()


@examples(15)
@given(any_log, any_day, any_unit, st.sampled_from(Period))
def test_movements_shift_with_the_calendar(log, as_of, unit, period):
    # 28 years of the Julian cycle are a whole number of days and of quarters, where no leap year is left out.
    by = timedelta(days=7 * (4 * 365 + 1))
    before = count(log, as_of, unit, period=period)
    after = count(shifted(log, by.days), as_of + by, unit, period=period)
    moved = before.movements.with_columns(pl.col("period").dt.offset_by("28y"))
    assert moved.rows() == after.movements.rows()
    assert rows(before)["waits"] == rows(after)["waits"]


# --- what must not matter -------------------------------------------------------------------------


@examples(15)
@given(any_log, any_day, any_unit, seeds)
def test_the_order_of_rows_and_columns_does_not_matter(log, as_of, unit, seed):
    shuffled = remade(
        log,
        **{
            name: frame.sample(fraction=1, shuffle=True, seed=seed).select(
                random.Random(seed).sample(frame.columns, frame.width)
            )
            for name in ("events", "referrals", "reports", "links")
            if (frame := getattr(log, name)) is not None
        },
    )
    assert_equal(count(shuffled, as_of, unit), count(log, as_of, unit))
    assert shuffled.check().counts == log.check().counts
    assert set(shuffled.check().violations()) == set(log.check().violations())


@examples(15)
@given(any_log, any_day, any_unit, seeds)
def test_names_do_not_matter(log, as_of, unit, seed):
    salt = str(seed)

    def renamed(*columns: str) -> list[pl.Expr]:
        # Reversed, so that names sort otherwise.
        return [pl.concat_str(pl.col(name).str.reverse(), pl.lit(salt)) for name in columns]

    other = remade(
        log,
        events=log.events.with_columns(renamed("referral_id", "other_id", "subject_id", "charge_id")),
        referrals=log.referrals.with_columns(renamed("referral_id", "parent_id")),
        links=log.links.with_columns(renamed("report_id", "referral_id")),
        **({} if log.reports is None else {"reports": log.reports.with_columns(renamed("report_id"))}),
    )
    assert_equal(count(other, as_of, unit), count(log, as_of, unit))
    assert other.check().counts == log.check().counts


@examples(15)
@given(any_log, any_day, any_unit, seeds, days())
def test_superseded_events_never_matter(log, as_of, unit, seed, amended_on):
    live = log.events.filter(pl.col("superseded_on").is_null())
    noise = log.events.sample(fraction=1, shuffle=True, seed=seed).with_columns(
        superseded_on=pl.lit(amended_on),
        on=pl.lit(amended_on),
        action=pl.lit("charge_result"),
        seq=pl.col("seq").shuffle(seed),
    )
    plain = count(log, as_of, unit)
    for events in (live, pl.concat([log.events, noise])):
        other = remade(log, events=events)
        assert_equal(count(other, as_of, unit), plain)
        assert other.check().violations() == log.check().violations()


@pytest.mark.parametrize("unit", Unit)
def test_tables_without_rows_count_as_nothing(unit):
    nothing = log_of(Cohort())
    ledger = count(remade(nothing), AS_OF[0], unit)
    assert ledger.received == 0
    assert_equal(ledger, Ledger.zero(ledger.spec))


@examples(10)
@given(any_log, any_day, any_unit)
def test_the_kind_of_frame_does_not_matter(log, as_of, unit):
    tables = {n: getattr(log, n) for n in ("events", "referrals", "reports", "links")}
    tables = {name: frame for name, frame in tables.items() if frame is not None}
    lazy = EventLog.from_frames(**{name: frame.lazy() for name, frame in tables.items()})
    wrapped = EventLog.from_frames(**{name: nw.from_native(frame) for name, frame in tables.items()})
    # A column may be left out where it says nothing.
    silent = [name for name in log.events.columns if log.events[name].is_null().all()]
    needed = ("referral_id", "seq", "on", "action")
    bare = remade(log, events=log.events.drop(name for name in silent if name not in needed))
    plain = count(log, as_of, unit)
    for other in (lazy, wrapped, bare):
        assert other.events.equals(log.events)
        assert_equal(count(other, as_of, unit), plain)


# --- objects and tables ---------------------------------------------------------------------------


@examples(20)
@given(any_cohort, any_day, any_unit)
def test_objects_and_tables_are_the_same(cohort, as_of, unit):
    log = EventLog.of(cohort)
    tables = EventLog.from_frames(log.events, log.referrals, reports=log.reports, links=log.links)
    if log.links is not None or unit is not Unit.REPORT:
        assert_equal(count(log, as_of, unit), count(tables, as_of, unit))
    assert tables.check().violations() == log.check().violations()
    back = EventLog.of(log.to_cohort())
    for name in ("events", "referrals", "reports", "links"):
        one, other = getattr(log, name), getattr(back, name)
        assert (one is None) == (other is None), name
        assert one is None or (one.columns == other.columns and one.rows() == other.rows()), name


@examples(40)
@example(
    Cohort(
        referrals=(
            Referral(
                id=ReferralId("f-1"),
                jurisdiction=Jurisdiction(territory="US-CA", level=Level.LOCAL),
                history=(Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE),),
                report_ids=(ReportId("r-2"), ReportId("r-1")),
            ),
        ),
        reports=(
            Report(
                id=ReportId("r-3"),
                received_on=date(2024, 1, 4),
                source=Source(kind=SourceKind.PUBLIC),
                incident_type=IncidentType.ENTICEMENT,
            ),
        ),
    ),
    2,
)
@given(any_cohort, st.integers(0, 2))
def test_the_check_of_tables_finds_what_the_check_of_objects_finds(cohort, kept):
    cohort = evolve(cohort, reports=cohort.reports[:kept])
    assert EventLog.of(cohort).check().violations() == cohort.check()


@examples(50)
@given(st.one_of(referrals(), referrals(lawful=False)), any_day)
def test_a_referral_alone_stands_where_it_says_itself(referral: Referral, as_of):
    cohort = Cohort(referrals=(referral,))
    # A referral does not see its links, not even one to itself.
    assume(cohort.check() == referral.check())
    ledger = count(EventLog.of(cohort), as_of, Unit.REFERRAL)
    if ledger.received == 0:
        with pytest.raises(InvalidValueError):
            referral.place(as_of)
    else:
        assert ledger.standing["place"].to_list() == [referral.place(as_of).value]
        past = [event.shows for event in referral.history if event.live and event.on <= as_of]
        aside = ledger.standing["reason"][0].startswith("set_aside:")
        peak = Milestone.MADE_AVAILABLE if aside else max(past, key=lambda milestone: milestone.rung)
        assert ledger.standing["peak"].to_list() == [peak.value]


@examples(15)
@given(any_cohort, any_day, any_unit)
def test_a_cohort_counts_the_same_after_json_lines(cohort, as_of, unit):
    loaded = read_jsonl([dumps_record(record) for record in (*cohort.reports, *cohort.referrals)])
    assert loaded.refused == ()
    assert loaded.cohort == cohort
    digests = {count(log_of(one), as_of, unit).digest for one in (cohort, loaded.cohort)}
    assert len(digests) == 1


# --- metrics --------------------------------------------------------------------------------------


@examples(20)
@given(any_log, any_day, any_unit)
def test_metrics_of_a_count_agree(log, as_of, unit):
    ledger = count(log, as_of, unit)
    mix = outcome_mix(ledger)
    assert mix.overall.received == ledger.received
    assert mix.overall.parts.transferred_out == 0 or unit is Unit.REFERRAL
    asked = [Milestone.CHARGED, Milestone.CONVICTED] if unit is Unit.SUBJECT else list(Milestone)
    tables = {milestone: conversion(ledger, milestone) for milestone in asked}
    for table in tables.values():
        for rate in (table.overall, *table.groups):
            assert rate.reached + rate.implied + rate.lost + rate.pending + rate.unknown == rate.denominator
            if rate.resolved is not None:
                assert 0 <= rate.lower <= rate.resolved <= rate.upper <= 1
                assert rate.lower <= rate.upper_by_as_of <= rate.upper
        for name in ("received", "reached", "implied", "lost", "pending", "unknown", "unlinked", "excluded"):
            assert sum(getattr(rate, name) for rate in table.groups) == getattr(table.overall, name)
    for low, high in pairwise(tables.values()):
        assert low.overall.reached >= high.overall.reached
    if unit is not Unit.SUBJECT:
        assert attrition(ledger).overall.steps[0].entered == mix.overall.parts.denominator
        first = tables[Milestone.MADE_AVAILABLE].overall
        assert first.reached + first.implied == first.denominator
    charged = tables[Milestone.CHARGED].overall
    assert charged.reached + charged.implied == mix.overall.parts.charge


@examples(20)
@given(any_log, any_day, st.sampled_from([unit for unit in Unit if unit.moves]))
def test_a_flow_tells_every_move_and_where_each_referral_stays(log, as_of, unit):
    ledger = count(log, as_of, unit)
    table = flow(ledger)
    for kind, counted, keys in (
        ("moves", ledger.movements, ("from", "to")),
        ("stays", ledger.stock, ("stage", "open")),
    ):
        told = Counter[tuple[str, ...]]()
        for row in counted.iter_rows(named=True):
            told[tuple(row[key] for key in keys)] += row["n"]
        assert {astuple(one)[:2]: one.n for one in getattr(table.overall, kind)} == told
        assert sum(one.n for group in table.groups for one in getattr(group, kind)) == told.total()
    assert sum(stay.n for stay in table.overall.stays) == table.overall.referrals


def half_read(cohort: Cohort, seed: int) -> Cohort:
    """Lose some events of some referrals, which are incomplete then."""
    rng = random.Random(seed)
    # Without its last event, what a duplicate names would be in the data for certain, and is perhaps not.
    named = {event.other_id for referral in cohort.referrals for event in referral.history}

    def read(referral: Referral) -> Referral:
        if referral.id in named or rng.random() < 0.3:
            return referral
        first = next(seq for seq, event in enumerate(referral.history) if event.live)
        kept = (e for seq, e in enumerate(referral.history) if seq <= first or rng.random() < 0.7)
        return evolve(referral, history=tuple(kept), incomplete=True)

    return evolve(cohort, referrals=tuple(map(read, cohort.referrals)))


@examples(40)
# Of subjects, those whom only a lost event names are not there at all.
@given(cohorts(), any_day, any_unit.filter(lambda unit: unit is not Unit.SUBJECT), seeds)
def test_the_bounds_of_what_could_be_read_hold_those_of_the_whole(cohort, as_of, unit, seed):
    read, whole = (count(log_of(one), as_of, unit, ()) for one in (half_read(cohort, seed), cohort))
    assert read.received == whole.received
    questions = ({}, {"to": "convicted"}, {"level": "local"}, {"level": "federal"})
    for asked in questions:
        inner, outer = (conversion(ledger, **asked).overall for ledger in (whole, read))
        if inner.lower is not None:
            assert outer.lower <= inner.lower
            assert inner.upper <= outer.upper
            assert inner.upper_by_as_of <= outer.upper_by_as_of


# --- units beside each other ----------------------------------------------------------------------


@examples(20)
@given(cohorts(), any_day, st.integers(1, 3))
def test_a_report_of_one_family_stands_where_it_stands_and_several_multiply_only_reports(
    cohort, as_of, several
):
    log = log_of(cohort)
    known = log.referrals["referral_id"].to_list()
    roots = log.referrals.filter(~pl.col("parent_id").is_in(known).fill_null(value=False))
    names = [f"{name} {n}" for name in roots["referral_id"] for n in range(several)]
    links = {"report_id": names, "referral_id": [name.rpartition(" ")[0] for name in names]}
    linked = remade(log, links=pl.DataFrame(links, schema=dict.fromkeys(LINK_COLUMNS, pl.String)))
    reports, families = (count(linked, as_of, unit, ()) for unit in (Unit.REPORT, Unit.FAMILY))
    for name in ("standing", "waits", "measures"):
        of_families = getattr(families, name).with_columns(n=pl.col("n") * several)
        assert getattr(reports, name).rows() == of_families.rows()


@examples(20)
@given(any_log, any_day)
def test_what_is_bundled_into_a_report_changes_nothing(log, as_of):
    assume(log.reports is not None)
    lighter = remade(log, reports=log.reports.with_columns(incident_count=1))
    assert_equal(count(log, as_of, Unit.REPORT), count(lighter, as_of, Unit.REPORT))


@examples(30)
@given(any_log, any_day)
def test_a_report_is_charged_if_a_family_of_it_is(log, as_of):
    named, me = by_name(log, Unit.REPORT)
    reports = dict(count(named, as_of, Unit.REPORT, (me,)).standing.select(me, "place").rows())
    named, me = by_name(log, Unit.FAMILY)
    families = dict(count(named, as_of, Unit.FAMILY, (me,)).standing.select(me, "place").rows())
    root = linked_sets(log, survivors=False, reports=False)
    charged = {root[name] for name, place in families.items() if place == "charge"}
    day = dict(first_days(log))
    here = [(p, r) for p, r in log.links.iter_rows() if r in day and (day[r] is None or day[r] <= as_of)]
    assert {report for report, referral in here if root[referral] in charged} == {
        report for report, place in reports.items() if place == "charge"
    }
    assert {report for report, _ in here} == reports.keys()


def first_days(log: EventLog) -> list[tuple[str, date | None]]:
    live = log.events.filter(pl.col("superseded_on").is_null())
    first = live.sort("seq", "on", nulls_last=True).unique("referral_id", keep="first", maintain_order=True)
    known = log.referrals.select("referral_id").unique().join(first, on="referral_id", how="left")
    return known.select("referral_id", "on").rows()


@examples(30)
@given(any_log, any_day)
def test_a_family_is_charged_if_a_subject_of_it_is(log, as_of):
    named, me = by_name(log, Unit.FAMILY)
    families, subjects = (count(named, as_of, unit, (me,)).standing for unit in (Unit.FAMILY, Unit.SUBJECT))
    charged = pl.col("place") == "charge"
    assert set(families.filter(charged)[me]) == set(subjects.filter(charged)[me])
    highest: Counter = Counter()
    for row in subjects.iter_rows(named=True):
        highest[row[me]] = max(highest[row[me]], RUNG[row["peak"]])
    for row in families.filter(charged).iter_rows(named=True):
        assert highest[row[me]] == RUNG[row["peak"]]
    # What is counted elsewhere is counted there with all its subjects.
    elsewhere = subjects.filter(pl.col(me).is_in(families.filter(place="excluded")[me].to_list()))
    assert set(elsewhere["place"]) <= {"excluded"}


# --- many at once ---------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", Unit)
def test_many_worlds_counted_apart_add_up(unit):
    log, as_of = table_log(20, 25), AS_OF[2]
    by = ("provider" if unit is Unit.REPORT else "world",)
    whole = count(log, as_of, unit, by)
    world = pl.col("referral_id").str.head(6)
    names = sorted(set(log.referrals.select(world)["referral_id"]))
    apart = Ledger.zero(LedgerSpec(as_of=as_of, unit=unit, by=by))
    for name in names:
        part = remade(
            log,
            events=log.events.filter(world == name),
            referrals=log.referrals.filter(world == name),
            links=log.links.filter(world == name),
        )
        apart += count(part, as_of, unit, by)
    assert_equal(apart, whole)
