"""Laws of rates, on any table of standings and any counts."""

from itertools import pairwise, product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from standing import AS_OF, ledger
from tipline_outcomes.ledger import Unit
from tipline_outcomes.metrics import Closures, Parts, Rate, attrition, conversion, outcome_mix
from tipline_outcomes.model import Level, Milestone

pytestmark = pytest.mark.property

LADDER = [m.value for m in Milestone]
REASONS = {
    "charge": ["charge_pending", "acquitted"],
    "administrative": ["out_of_court_disposal", "other_sanction"],
    "closed": ["unfounded", "time_barred"],
    "pending": ["under_triage"],
    "unknown": ["never_watched", "set_aside:no_events", "transferred_out"],
    "excluded": ["duplicate", "unlinked:duplicate"],
    "transferred_out": ["transferred", "unlinked:transferred"],
}
LEVELS = ["local", "state", "local,federal", "federal,unrecorded", "unrecorded"]


@st.composite
def cells(draw):
    place = draw(st.sampled_from(sorted(REASONS)))
    rungs = st.integers(4, 5) if place == "charge" else st.integers(0, 3)
    peak = draw(rungs)
    running = {"pending": ["watched"], "unknown": ["unwatched"], "charge": ["no", "watched", "unwatched"]}
    return {
        "state": draw(st.sampled_from(["A", "B", None])),
        "source": draw(st.sampled_from(["x", None])),
        "peak": LADDER[peak],
        "stated": LADDER[draw(st.integers(0, peak))],
        "place": place,
        "reason": draw(st.sampled_from(REASONS[place])),
        "levels": draw(st.sampled_from(LEVELS)) if place == "charge" else "",
        "open": draw(st.sampled_from(running.get(place, ["no"]))),
        "undated": draw(st.booleans()),
        "late": draw(st.booleans()),
        "came_in": draw(st.booleans()),
        "lossy": draw(st.booleans()),
        "n": draw(st.integers(1, 50)),
    }


ledgers = st.builds(
    lambda rows: ledger(*rows, by=("state", "source"), unit=Unit.REFERRAL), st.lists(cells(), max_size=12)
)
questions = st.one_of(
    st.fixed_dictionaries({"to": st.sampled_from(Milestone), "closures": st.sampled_from(Closures)}),
    st.fixed_dictionaries({"level": st.sampled_from(Level), "closures": st.sampled_from(Closures)}),
)


@st.composite
def rates(draw, most=40):
    count = st.integers(0, most)
    fates = {name: draw(count) for name in ("reached", "implied", "lost", "pending", "unknown")}
    unlinked, linked = draw(count), draw(count)
    base, excluded = sum(fates.values()), unlinked + linked
    return Rate(
        unit=Unit.FAMILY,
        as_of=AS_OF,
        ledger_digest="",
        milestone=Milestone.CHARGED,
        closures=draw(st.sampled_from(Closures)),
        # The places do not matter here, the denominator does.
        parts=Parts(received=base + excluded, pending=base, excluded=excluded, unlinked=unlinked),
        reopenable=draw(st.integers(0, fates["lost"])),
        **fates,
    )


@given(ledgers, questions)
def test_the_bounds_hold_the_estimates(counted, question):
    table = conversion(counted, **question)
    for rate in (table.overall, *table.groups):
        if rate.lower is None:
            assert rate.upper is rate.upper_by_as_of is rate.resolved is None
            continue
        assert 0 <= rate.lower <= rate.upper_by_as_of <= rate.upper <= 1
        for estimate in (rate.resolved,):
            assert estimate is None or rate.lower <= estimate <= rate.upper
        assert f"{rate.reached:,} of {rate.denominator:,} {rate.what} (" in str(rate)


@given(ledgers, questions)
def test_groups_sum_to_all(counted, question):
    for by in (("state",), ("source", "state")):
        table = conversion(counted, **question, by=by)
        for name in (
            "received",
            "denominator",
            "unlinked",
            "reached",
            "implied",
            "lost",
            "pending",
            "unknown",
        ):
            assert sum(getattr(rate, name) for rate in table.groups) == getattr(table.overall, name)
    assert conversion(counted, **question, by=()).overall == table.overall


@given(ledgers)
def test_the_tables_agree(counted):
    mix, path = outcome_mix(counted).overall, attrition(counted).overall
    rates = [conversion(counted, milestone, by=()).overall for milestone in Milestone]
    assert {rate.parts for rate in rates} == {mix.parts, path.parts}
    assert [rate.reached + rate.implied for rate in rates] == [
        mix.parts.denominator,
        *(s.advanced for s in path.steps),
    ]
    for low, high in pairwise(rates):
        assert low.reached >= high.reached
        assert low.lost <= high.lost


def completions(rate, *, ever):
    """Every way in which what is not known can turn out, as shares."""
    open_ends = rate.implied + rate.unknown
    if ever:
        open_ends += rate.pending + (rate.reopenable if rate.closures is Closures.MAY_REOPEN else 0)
    for more, belong in product(range(open_ends + 1), range(rate.unlinked + 1)):
        for too in range(belong + 1):
            base = rate.denominator + belong
            if base:
                yield (rate.reached + more + too) / base


@given(rates(most=4))
def test_the_bounds_hold_every_completion_and_no_more(rate):
    for ever, upper in ((True, rate.upper), (False, rate.upper_by_as_of)):
        shares = list(completions(rate, ever=ever))
        assert bool(shares) == (rate.lower is not None)
        if shares:
            assert (min(shares), max(shares)) == (float(rate.lower), float(upper))


def learnt(rate):
    """The same rate after one more fact is known of the day of the count."""
    for source, target in product(("implied", "unknown"), ("reached", "lost", "pending")):
        if getattr(rate, source):
            yield evolve(rate, **{source: getattr(rate, source) - 1, target: getattr(rate, target) + 1})
    if rate.unknown:
        parts = evolve(rate.parts, pending=rate.parts.pending - 1, excluded=rate.parts.excluded + 1)
        yield evolve(rate, unknown=rate.unknown - 1, parts=parts)
    if rate.unlinked:
        yield evolve(rate, parts=evolve(rate.parts, unlinked=rate.unlinked - 1))


def later(rate):
    """The same rate after a pending unit has ended, which no count as of the earlier day can see."""
    if rate.pending:
        yield evolve(rate, pending=rate.pending - 1, reached=rate.reached + 1)
        yield evolve(rate, pending=rate.pending - 1, lost=rate.lost + 1)


@given(rates())
def test_to_know_more_never_widens_the_bounds(rate):
    for wiser in learnt(rate):
        if wiser.lower is not None:
            assert rate.lower <= wiser.lower <= wiser.upper <= rate.upper
            assert wiser.upper_by_as_of <= rate.upper_by_as_of
    for wiser in later(rate):
        assert rate.lower <= wiser.lower <= wiser.upper <= rate.upper
