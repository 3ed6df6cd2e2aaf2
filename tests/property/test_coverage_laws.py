"""What is missing is unknown: whoever is left out of the data, the bounds hold what they held before."""

from collections import Counter
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipline_outcomes import (
    Contributed,
    Coverage,
    EventLog,
    Ledger,
    Level,
    Milestone,
    attrition,
    contributions,
    conversion,
    covered,
    outcome_mix,
)
from tipline_outcomes.metrics import Closures
from tipline_outcomes.strategies import cohorts, days

pytestmark = pytest.mark.property

AGENCIES = ("a", "b", "c", "d")
END = date(2026, 12, 31)


def examples(everyday: int) -> settings:
    return settings(max_examples=max(1, everyday * settings.default.max_examples // 100))


@st.composite
def worlds(draw: st.DrawFn) -> EventLog:
    """A log in which every referral is some agency's, and each parent has one child at most."""
    log = EventLog.of(draw(cohorts(max_referrals=8)))
    names = draw(
        st.lists(st.sampled_from(AGENCIES), min_size=log.referrals.height, max_size=log.referrals.height)
    )
    return EventLog.from_frames(log.events, log.referrals.with_columns(pl.Series("agency", names, pl.String)))


@st.composite
def counts(draw: st.DrawFn, ledger: Ledger) -> Coverage:
    """What the clearinghouse says of a whole world: of some contributors only together."""
    first_hand = first_hand_of(ledger)
    pooled = draw(st.sets(st.sampled_from(AGENCIES)))
    made = {name: None if name in pooled else first_hand[name] for name in AGENCIES}
    return Coverage(made_available=made, total=sum(first_hand.values()))


def first_hand_of(ledger: Ledger) -> Counter[str]:
    found: Counter[str] = Counter()
    for agency, came_in, n in ledger.standing.select("agency", "came_in", "n").rows():
        found[agency] += 0 if came_in else n
    return found


def without(log: EventLog, gone: set[str], lost: set[str] = frozenset()) -> EventLog:
    """Leave out whole contributors, and single referrals of the others."""
    kept = ~pl.col("agency").is_in(list(gone)) & ~pl.col("referral_id").is_in(list(lost))
    referrals = log.referrals.filter(kept)
    return EventLog.from_frames(log.events.join(referrals, on="referral_id", how="semi"), referrals)


def count(log: EventLog, as_of: date = END, by: tuple[str, ...] = ("agency", "level")) -> Ledger:
    return Ledger.of(log, as_of=as_of, by=by)


QUESTIONS = [
    # Whatever was made available was made available: of that, nothing is unknown.
    *({"to": milestone, "closures": closures} for milestone in list(Milestone)[1:] for closures in Closures),
    *({"level": level} for level in Level),
]


def holds(wide, narrow) -> bool:
    """Whether bounds hold others; nothing of nothing is held by everything."""
    if narrow.lower is None:
        return True
    pairs = ((wide.upper, narrow.upper), (wide.upper_by_as_of, narrow.upper_by_as_of))
    return wide.lower <= narrow.lower and all(more >= less for more, less in pairs)


@examples(60)
@given(st.data(), worlds(), days(), st.sets(st.sampled_from(AGENCIES)))
def test_bounds_hold_those_of_the_whole_world_whoever_is_left_out(data, log, as_of, gone):
    whole = count(log, as_of)
    coverage = data.draw(counts(whole))
    truth = covered(whole, coverage)
    names = log.referrals["referral_id"].to_list()
    lost = data.draw(st.sets(st.sampled_from(names))) if names else set()
    parts = [covered(count(part, as_of), coverage) for part in (without(log, gone), without(log, gone, lost))]
    for question in QUESTIONS:
        true, some, fewer = (conversion(part, **question, by=()).overall for part in (truth, *parts))
        assert holds(some, true), question
        assert holds(fewer, true), question


@examples(40)
@given(st.data(), worlds(), days(), st.sets(st.sampled_from(AGENCIES)), st.sets(st.sampled_from(AGENCIES)))
def test_bounds_never_widen_when_one_more_contributes(data, log, as_of, gone, back):
    coverage = data.draw(counts(count(log, as_of)))
    fewer, more = (
        covered(count(without(log, left_out), as_of), coverage) for left_out in (gone, gone - back)
    )
    for question in QUESTIONS:
        assert holds(
            conversion(fewer, **question, by=()).overall, conversion(more, **question, by=()).overall
        )


@examples(25)
@given(st.data(), worlds(), days(), st.sets(st.sampled_from(AGENCIES)))
def test_both_counts_agree_and_what_is_missing_is_unknown(data, log, as_of, gone):
    coverage = data.draw(counts(count(log, as_of)))
    ledger = count(without(log, gone), as_of)
    table, whole = contributions(ledger, coverage), covered(ledger, coverage)
    account = table.overall
    assert account.made_available == coverage.total == sum(first_hand_of(count(log, as_of)).values())
    assert (account.first_hand, account.more) == (sum(first_hand_of(ledger).values()), 0)
    assert whole.received == account.made_available
    reasons = whole.standing.filter(place="unknown", reason="not_contributed")
    assert reasons["n"].sum() == account.missing == account.made_available - account.first_hand
    for one in table.groups:
        assert one.first_hand + one.came_in == one.parts.received
        assert (one.there == 0) == (one.first_hand == 0)
        if one.group["agency"] in gone:
            assert one.status in {Contributed.NOTHING, Contributed.ALL}
    # Every metric of families reads it: the places, the steps, and one unit less or more nowhere.
    assert sum(outcome_mix(whole, by=()).overall.parts.places.values()) == whole.received
    assert attrition(whole, by=()).overall.steps[0].entered <= whole.received


@examples(25)
@given(st.data(), worlds(), days())
def test_where_everybody_contributed_everything_nothing_changes(data, log, as_of):
    coverage = data.draw(counts(count(log, as_of)))
    ledger = count(log.__class__.from_frames(log.events, log.referrals), as_of)
    if not ledger.standing["came_in"].any():
        assert covered(ledger, coverage) == ledger


@examples(25)
@given(worlds(), worlds(), days(), st.data())
def test_what_is_covered_apart_adds_up_to_what_is_covered_together(one, other, as_of, data):
    ledgers = [count(one, as_of), count(renamed(other), as_of)]
    made = [
        data.draw(st.dictionaries(st.sampled_from(names), st.integers(0, 9))) for names in (AGENCIES, OTHERS)
    ]
    coverages = [Coverage(made_available=each) for each in made]
    assert covered(ledgers[0] + ledgers[1], coverages[0] + coverages[1]) == covered(
        ledgers[0], coverages[0]
    ) + covered(ledgers[1], coverages[1])


OTHERS = tuple(f"other {name}" for name in AGENCIES)


def renamed(log: EventLog) -> EventLog:
    """Let a log be of other agencies."""
    others = log.referrals["agency"].replace_strict(AGENCIES, OTHERS, return_dtype=pl.String)
    return EventLog.from_frames(log.events, log.referrals.with_columns(others))


coverages = st.builds(
    lambda made, pooled: Coverage(
        made_available=made, total=sum(n or 0 for n in made.values()) + pooled * (None in made.values())
    ),
    st.dictionaries(st.sampled_from(AGENCIES), st.none() | st.integers(0, 20)),
    st.integers(0, 20),
)


@given(coverages, coverages, coverages)
def test_coverage_is_added_in_any_order(a, b, c):
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Coverage() == a == Coverage() + a
    assert (a + b).total == a.total + b.total
