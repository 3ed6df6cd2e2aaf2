"""Laws of incidence by day, and its equality with exact fractions that are found unit by unit."""

import functools
from datetime import date, timedelta
from fractions import Fraction

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oracle import stand_all
from oracle_clocks import CLOCKS, clock_rows, told_from
from oracle_incidence import probabilities, redistributed, variances
from oracle_rules import Record
from oracle_units import UNITS
from tipline_outcomes import (
    Clock,
    EventLog,
    Ledger,
    Unit,
    conversion_within,
    cumulative_incidence,
    time_to,
)
from tipline_outcomes.metrics import _product_limit as estimator
from worlds import AS_OF, EVENT_COLUMNS, LINK_COLUMNS, REFERRAL_COLUMNS, REPORT_COLUMNS, many, reports_of

pytestmark = pytest.mark.property

TYPES = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date}
STATES = ("open", "charge", "closed", "administrative")
CLOSE = 1e-12
HORIZONS = (30, 90, 180, 365)


def near(found, wanted, within=CLOSE):
    return abs(found - float(wanted)) <= within


def counts(*groups):
    """The counts of days that the estimator takes, from the paths of the units of every group."""
    rows = []
    for group, paths in enumerate(groups):
        rows += [(group, -1, None, STATES[0], 1) for _ in paths]
        for changes, end in paths:
            state = STATES[0]
            for day, now in changes:
                rows.append((group, day, state, now, 1))
                state = now
            if end is not None:
                rows.append((group, end, state, "gone", 1))
    schema = {"group": pl.Int64, "day": pl.Int64, "from": pl.String, "to": pl.String, "n": pl.Int64}
    made = pl.DataFrame(rows, schema=schema, orient="row")
    return nw.from_native(made.group_by("group", "day", "from", "to").agg(pl.col("n").sum()), eager_only=True)


def estimated(*groups, **how):
    return estimator.product_limit(counts(*groups), STATES, **how).to_native()


def curve_of(rows, group=0):
    """day -> state -> row."""
    found = {}
    for row in rows.filter(pl.col("group") == group).iter_rows(named=True):
        found.setdefault(row["day"], {})[row["outcome"]] = row
    return found


@st.composite
def paths(draw, *, reopening):
    """A unit that moves between states, until it is charged or nobody watches it any more."""
    changes, day, state = [], draw(st.integers(0, 4)), STATES[0]
    for _ in range(draw(st.integers(0, 4 if reopening else 1))):
        state = draw(st.sampled_from([other for other in STATES if other != state]))
        changes.append((day, state))
        if state == "charge" or not reopening:
            break
        day += draw(st.integers(1, 4))
    if state == "charge" or (not reopening and changes):
        return tuple(changes), None
    return tuple(changes), day + draw(st.integers(0, 4))


cohorts = st.lists(paths(reopening=True), min_size=1, max_size=9)
classical = st.lists(paths(reopening=False), min_size=1, max_size=9)


@given(st.one_of(cohorts, classical))
def test_curves_are_those_of_exact_fractions_unit_by_unit(units):
    found = curve_of(estimated(units))
    wanted = probabilities(units, STATES)
    assert list(found) == list(wanted)
    for day, shares in wanted.items():
        for state, share in zip(STATES, shares, strict=True):
            assert near(found[day][state]["incidence"], share), (day, state)


@settings(max_examples=60)
@given(st.one_of(cohorts, classical))
def test_variances_are_those_of_exact_fractions_written_out(units):
    found = curve_of(estimated(units))
    for day in found:
        for state, variance in zip(STATES, variances(units, STATES, day), strict=True):
            given_ = found[day][state]["variance"]
            if len(units) == 1:
                assert given_ is None
            else:
                assert given_ == pytest.approx(float(variance), rel=1e-10, abs=1e-15), (day, state)


@given(classical)
def test_the_classical_curve_is_what_is_left_to_those_who_are_watched_longer(units):
    found = curve_of(estimated(units))
    ends = [(end, None) if end is not None else changes[-1] for changes, end in units]
    for day, states in found.items():
        wanted = redistributed(ends, day)
        for state in STATES[1:]:
            assert near(states[state]["incidence"], wanted.get(state, 0))


@given(classical)
def test_both_ways_agree_where_nothing_is_reopened(units):
    def between(ended, at_risk, *, variance):
        size = len(ended) + 1
        moves, watched = np.zeros((size, size, *at_risk.shape)), np.zeros((size, *at_risk.shape))
        moves[0, 1:], watched[0] = ended, at_risk
        return estimator.between_states(moves, watched, variance=variance)

    one = estimated(units)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimator, "from_one_state", between)
        several = estimated(units)
    assert one.select("outcome", "day").equals(several.select("outcome", "day"))
    for name in ("incidence", "variance"):
        for value, other in zip(one[name], several[name], strict=True):
            assert value == (None if other is None else pytest.approx(other, rel=1e-10, abs=1e-14))


@given(st.one_of(cohorts, classical))
def test_probabilities_sum_to_one_and_charges_never_fall(units):
    before = 0.0
    for states in curve_of(estimated(units)).values():
        assert near(sum(row["incidence"] for row in states.values()), 1)
        assert states["charge"]["incidence"] >= before - CLOSE
        before = states["charge"]["incidence"]
        for row in states.values():
            assert -CLOSE <= row["incidence"] <= 1 + CLOSE
            assert row["variance"] is None or row["variance"] >= -CLOSE
            if row["lower"] is not None:
                assert 0 < row["lower"] <= row["incidence"] <= row["upper"] < 1


@given(st.one_of(cohorts, classical))
def test_without_censoring_the_curve_ends_at_the_plain_fraction(units):
    watched = [(changes, None if end is None else 99) for changes, end in units]
    last = curve_of(estimated(watched))
    final = last[max(last)]
    for state in STATES:
        plain = Fraction(
            sum((changes[-1][1] if changes else STATES[0]) == state for changes, _ in units), len(units)
        )
        assert near(final[state]["incidence"], plain)
        # And the variance is that of a share.
        if len(units) > 1:
            assert near(final[state]["variance"], plain * (1 - plain) / len(units))


@given(st.lists(st.one_of(cohorts, classical), min_size=1, max_size=4))
def test_every_group_is_estimated_as_if_it_were_alone(groups):
    together = estimated(*groups)
    for number, units in enumerate(groups):
        alone = curve_of(estimated(units))
        found = curve_of(together, number)
        assert found.keys() == alone.keys()
        for day, states in found.items():
            for state, row in states.items():
                for name in ("incidence", "variance", "lower", "upper"):
                    one, other = row[name], alone[day][state][name]
                    assert (one is None) == (other is None)
                    assert one is None or one == pytest.approx(other, rel=1e-12, abs=1e-15)


@given(st.lists(classical, min_size=3, max_size=5))
def test_groups_that_are_worked_on_a_few_at_a_time_are_the_same(groups):
    whole = estimated(*groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimator, "_CELLS", 1)
        few = estimated(*groups)
    assert whole.equals(few)


@given(cohorts, st.data())
def test_who_comes_under_observation_later_is_at_risk_from_the_next_day_on(units, data):
    late = data.draw(st.integers(1, 6))
    rows = counts(units).to_native()
    # One who came on a day and left unseen on the next: at risk on that one day only.
    extra = pl.DataFrame(
        [(0, late, None, "open", 1), (0, late + 1, "open", "gone", 1)], schema=rows.schema, orient="row"
    )
    joined = nw.from_native(pl.concat([rows, extra]), eager_only=True)
    found = curve_of(estimator.product_limit(joined, STATES).to_native())
    plain = curve_of(estimated(units))
    for day in plain.keys() & found.keys():
        if day <= late:
            for state in STATES:
                assert found[day][state]["incidence"] == plain[day][state]["incidence"]


# --- the whole road, on worlds lawful and broken ----------------------------------------------------


def frame(rows, columns):
    return pl.DataFrame(rows, schema={name: TYPES[kind] for name, kind in columns.items()}, orient="row")


@functools.cache
def world(seed=3, size=150):
    events, referrals = many(seed, size)
    reports, links = reports_of(referrals, seed)
    log = EventLog.from_frames(
        frame(events, EVENT_COLUMNS),
        frame(referrals, REFERRAL_COLUMNS),
        reports=frame(reports, REPORT_COLUMNS),
        links=frame(links, LINK_COLUMNS),
    )
    return Record(events, referrals, reports, links), log


@functools.cache
def asked(unit, as_of):
    record, log = world()
    by = "provider" if unit == "report" else "world"
    ledger = Ledger.of(log, as_of=as_of, by=(by,), unit=Unit(unit), horizons=HORIZONS)
    units = UNITS[unit](record, stand_all(record, as_of), as_of)
    for one in units:
        placed(one)
    return ledger, by, units


def placed(one):
    """Give a unit its place, as the oracle's ledger does."""
    order = ("charge", "unknown", "pending", "administrative", "closed", "excluded", "transferred_out")
    place = next(p for p in order if any(c["place"] == p for c in one["contributions"]))
    deciding = [c for c in one["contributions"] if c["place"] == place]
    chosen = max(deciding, key=lambda c: (c["since"] is not None, c["since"] or date.min, c["reason"]))
    one |= {"place": place, "reason": chosen["reason"], "since": chosen["since"], "placed": deciding}
    days = [m["first_day"] for m in one["members"] if m["first_day"] is not None]
    too_early = one["day0"] is not None and min(days) < one["day0"]
    one["undated"] = too_early or any(m["undated"] for m in one["members"])


def told(clock, units, as_of):
    """What the oracle's clocks say of each unit: (start, the day from which it was watched, path, rows)."""
    made = []
    for one in units:
        start, rows = clock_rows(clock, one, as_of)
        if not rows:
            continue
        seen = [row for row in rows if not row[3]]
        entered = max([0, *((begin - start).days for begin in told_from(one) if start is not None)])
        ending = seen[-1][1]
        if seen[-1][2] is None or ending == "excluded":
            path = None
        elif ending in ("pending", "unknown"):
            path = (tuple((days, to) for _, to, days, _ in seen[:-1]), seen[-1][2], entered)
        else:
            path = (tuple((days, to) for _, to, days, _ in seen), None, entered)
        made.append((start, entered, path, rows))
    return made


UNIT_CLOCKS = [
    (unit, clock)
    for unit in ("family", "referral", "report", "subject")
    for clock in CLOCKS
    if not (unit == "subject" and clock == "triage")
]


@pytest.mark.parametrize(("unit", "clock"), UNIT_CLOCKS)
def test_the_curves_of_a_ledger_are_those_of_its_units(unit, clock):
    as_of = AS_OF[3]
    ledger, by, units = asked(unit, as_of)
    for result in cumulative_incidence(ledger, clock=clock).groups:
        own = [one for one in units if one["row"].get(by) == result.group[by]]
        rows = told(clock, own, as_of)
        wanted = probabilities([path for _, _, path, _ in rows if path is not None], Clock(clock).states)
        assert result.timed == sum(path is not None for _, _, path, _ in rows)
        found = {}
        for day, outcome, incidence in result.curve.select("day", "outcome", "incidence").iter_rows():
            found.setdefault(day, {})[outcome] = incidence
        assert list(found) == list(wanted)
        for day, shares in wanted.items():
            for state, share in zip(Clock(clock).states, shares, strict=True):
                assert near(found[day][state], share), (result.group, day, state)


@pytest.mark.parametrize(("unit", "clock"), [one for one in UNIT_CLOCKS if one[0] in ("family", "referral")])
def test_bounds_are_the_curves_of_the_two_extremes_unit_by_unit(unit, clock):
    as_of = AS_OF[3]
    ledger, by, units = asked(unit, as_of)
    begins, target = Clock(clock).begins, Clock(clock).target
    states = (*Clock(clock).states, "never")
    for result in cumulative_incidence(ledger, clock=clock).groups:
        own = [one for one in units if one["row"].get(by) == result.group[by]]
        rows = told(clock, own, as_of)
        excluded = sum(ended[-1][1] == "excluded" for *_, ended in rows)
        ends = {}
        for way in (target, "never"):
            paths_ = [((0, way),) for _ in range(min(excluded, result.unlinked))]
            paths_ = [(changes, None) for changes in paths_]
            for _, _, path, ended in rows:
                last = [row for row in ended if not row[3]][-1]
                if path is None:
                    paths_ += [] if last[1] == "excluded" else [(((0, way),), None)]
                elif last[1] == "unknown" and last[0] == begins:
                    paths_.append(((*path[0], (path[1], way)), None, path[2]))
                else:
                    paths_.append(path)
            ends[way] = probabilities(paths_, states)
        for day in ends[target]:
            bounds = result.bounds(day)
            at = states.index(target)
            until = max(d for d in ends["never"] if d <= day)
            assert near(bounds.lower, ends["never"][until][at]), (result.group, day)
            assert near(bounds.upper, ends[target][day][at]), (result.group, day)
            point = result.at(day)
            assert point is None or bounds.lower - CLOSE <= point.incidence <= bounds.upper + CLOSE


@pytest.mark.parametrize(("unit", "clock"), UNIT_CLOCKS)
@pytest.mark.parametrize("days", HORIZONS)
def test_conversion_within_is_counted_unit_by_unit(unit, clock, days):
    as_of = AS_OF[3]
    ledger, by, units = asked(unit, as_of)
    _, milestone, _, target = CLOCKS[clock]
    table = conversion_within(ledger, days, milestone, clock=clock)
    for result in (table.overall, *table.groups):
        own = [one for one in units if not result.group or one["row"].get(by) == result.group[by]]
        names = ("reached", "known_late", "not_reached", "unknown", "too_young", "entered_late", "elsewhere")
        wanted = dict.fromkeys(names, 0)
        for start, entered, _, rows in told(clock, own, as_of):
            found = fate(start, rows, as_of, days, target)
            if entered and found != "elsewhere":
                wanted["entered_late"] += 1
                continue
            wanted[found] += 1
            wanted["known_late"] += is_late(start, rows, as_of, days, target)
        assert {name: getattr(result, name) for name in names} == wanted, result.group


def fate(start, rows, as_of, days, target):
    """Say what is known of one unit so many days after its clock started."""
    last = [row for row in rows if not row[3]][-1]
    if last[1] in ("excluded", "transferred_out"):
        return "elsewhere"
    if start is not None and start + timedelta(days=days) > as_of:
        return "too_young"
    reached = [row[2] for row in rows if row[1] == target]
    if reached and reached[0] <= days:
        return "reached"
    watched = last[2] if last[1] in ("pending", "unknown", target) else None
    return "not_reached" if watched is not None and watched >= days else "unknown"


def is_late(start, rows, as_of, days, target):
    late = [row[2] for row in rows if row[1] == target and row[3]]
    return bool(late) and fate(start, rows, as_of, days, target) == "reached" and late[0] <= days


@pytest.mark.parametrize("clock", CLOCKS)
def test_quantiles_are_the_first_days_of_the_curve(clock):
    ledger, _, _ = asked("family", AS_OF[3])
    milestone = CLOCKS[clock][1]
    shares = [Fraction(1, 100), Fraction(1, 10), Fraction(1, 2), Fraction(1)]
    curve = cumulative_incidence(ledger, clock=clock, by=()).overall
    found = time_to(ledger, milestone, shares, clock=clock, by=()).overall
    for quantile in found.quantiles:
        days = range((curve.through or 0) + 1)
        wanted = next((d for d in days if curve.at(d).incidence >= float(quantile.share) - CLOSE), None)
        assert quantile.days == wanted
        if quantile.days is not None:
            assert quantile.earliest is not None
            assert quantile.earliest <= quantile.days
            assert quantile.latest is None or quantile.days <= quantile.latest


# --- what must not matter -----------------------------------------------------------------------------


def curves_of(ledger):
    return [
        cumulative_incidence(ledger, clock=clock).to_frame().drop("ledger_digest", "as_of")
        for clock in CLOCKS
    ]


@settings(max_examples=4)
@given(st.integers(-4000, 4000))
def test_shifting_the_calendar_changes_nothing(by):
    _, log = world()
    step = pl.duration(days=by)
    moved = EventLog.from_frames(
        log.events.with_columns(pl.col("on", "superseded_on") + step),
        log.referrals.with_columns(pl.col("observed_from", "observed_through") + step),
    )
    before = Ledger.of(log, as_of=AS_OF[2], by=("source",))
    after = Ledger.of(moved, as_of=AS_OF[2] + timedelta(days=by), by=("source",))
    assert all(one.equals(other) for one, other in zip(curves_of(before), curves_of(after), strict=True))


@settings(max_examples=3)
@given(st.integers(0, 5))
def test_estimates_from_merged_ledgers_are_equal_to_the_bit(remainder):
    _, log = world()
    whole = Ledger.of(log, as_of=AS_OF[3], by=("world",))
    # The worlds do not touch, so that any split of them is one by whole families.
    names = sorted(set(log.referrals["world"]))
    left = [name for i, name in enumerate(names) if i % 6 <= remainder]
    parts = []
    for some in (left, [name for name in names if name not in left]):
        rows = log.referrals.filter(pl.col("world").is_in(some))
        ids = [name[:6] for name in some]
        events = log.events.filter(pl.col("referral_id").str.slice(0, 6).is_in(ids))
        parts.append(Ledger.of(EventLog.from_frames(events, rows), as_of=AS_OF[3], by=("world",)))
    merged = parts[0] + parts[1]
    assert merged == whole
    for clock in CLOCKS:
        one, other = (cumulative_incidence(x.rolled_up(()), clock=clock) for x in (whole, merged))
        assert one.to_frame().equals(other.to_frame())


@given(classical, st.integers(0, 8), st.integers(1, 8))
def test_a_later_day_of_the_count_keeps_every_point_that_all_were_watched_for(units, by, more):
    """Everybody came in on one day and is watched to the day of the count; nobody is reopened."""

    def as_of(day):
        return [
            (tuple((on, to) for on, to in changes if on <= day), None)
            if any(on <= day for on, _ in changes)
            else ((), day)
            for changes, _ in units
        ]

    before, after = curve_of(estimated(as_of(by))), curve_of(estimated(as_of(by + more)))
    assume(by in before)
    for day, states in before.items():
        if day <= by:
            later = after[max(d for d in after if d <= day)]
            for state, row_ in states.items():
                assert near(row_["incidence"], later[state]["incidence"])
