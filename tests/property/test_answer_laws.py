"""Laws of what answers a question: bounds, assumptions, sensitivity, comparison and standardisation.

The second truth is enumeration: every way in which what is not known can turn out, in fractions.
"""

from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from standing import AS_OF, ledger
from tipline_outcomes.ledger import Unit
from tipline_outcomes.metrics import (
    OPEN_END_ALIKE,
    SILENT_EQUALLY_OFTEN,
    SILENT_NO_MORE_OFTEN,
    Answers,
    Bounds,
    Closures,
    Deadline,
    Parts,
    Rate,
    Silence,
    Standard,
    Verdict,
    compare,
    conversion,
    difference,
    interval,
    newcombe,
    ratio,
    sensitivity,
    standardise,
    wilson,
)
from tipline_outcomes.model import Milestone

pytestmark = pytest.mark.property

FATES = ("yes", "no", "unknown", "undecided")
SILENCES = (
    SILENT_NO_MORE_OFTEN,
    SILENT_EQUALLY_OFTEN,
    OPEN_END_ALIKE,
    Silence(name="no less", statement="", formula="", no_less_often=True),
)


def asked(**counts):
    return Answers(what="charged", deadline="ever", units="tips", as_of=date(2024, 12, 31), **counts)


def answers(most=30):
    return st.builds(asked, **{fate: st.integers(0, most) for fate in FATES})


def worlds(counts):
    """Every way in which it can have turned out: how many of the unknown, and of the undecided, got there."""
    return product(range(counts.unknown + 1), range(counts.undecided + 1))


def rate_in(counts, world):
    return Fraction(counts.yes + sum(world), counts.base)


@given(answers(most=6))
def test_the_bounds_hold_every_world_and_no_more(counts):
    bounds = counts.bounds()
    if not counts.base:
        assert (bounds.lower, bounds.upper, counts.resolved) == (None, None, None)
        return
    rates = [rate_in(counts, world) for world in worlds(counts)]
    assert (bounds.lower, bounds.upper) == (min(rates), max(rates))
    assert counts.resolved is None or bounds.lower <= counts.resolved <= bounds.upper


@given(answers(), st.sampled_from(["unknown", "undecided"]), st.sampled_from(["yes", "no"]))
def test_bounds_never_widen_when_a_unit_becomes_known(counts, source, target):
    if not getattr(counts, source):
        return
    wiser = evolve(counts, **{source: getattr(counts, source) - 1, target: getattr(counts, target) + 1})
    assert counts.lower <= wiser.lower <= wiser.upper <= counts.upper


def believed_ends(counts, silence):
    """The ends under an assumption, by going through what it allows.

    The shares of the silent that got there can be any fraction, so the two extremes that an assumption allows
    are tried for each way in which the rest can have turned out.
    """
    silent = counts.unknown + (counts.undecided if silence.of_all_open else 0)
    rest = 0 if silence.of_all_open else counts.undecided
    reporting = counts.yes + counts.no + rest
    if not reporting:
        return None
    rates = []
    for got_there in range(rest + 1):
        theirs = Fraction(counts.yes + got_there, reporting)
        least = theirs if silence.no_less_often else Fraction(0)
        most = theirs if silence.no_more_often else Fraction(1)
        rates += [(theirs * reporting + share * silent) / counts.base for share in (least, most)]
    return min(rates), max(rates)


@given(answers(most=8), st.sampled_from(SILENCES))
def test_an_assumption_narrows_to_what_it_allows(counts, silence):
    bounds = counts.bounds(silence)
    assert bounds.assumptions == (silence,)
    expected = believed_ends(counts, silence)
    if expected is None:
        assert (bounds.lower, bounds.upper) == (counts.lower, counts.upper)
        return
    assert (bounds.lower, bounds.upper) == expected
    assert counts.lower <= bounds.lower <= bounds.upper <= counts.upper


@given(answers())
def test_what_makes_a_point_makes_the_point_that_is_named(counts):
    if counts.yes + counts.no:
        alike = counts.bounds(OPEN_END_ALIKE)
        assert alike.lower == alike.upper == counts.resolved
    if counts.base > counts.unknown:
        equally = counts.bounds(SILENT_EQUALLY_OFTEN)
        assert (equally.lower == equally.upper) is (counts.undecided == 0)


@st.composite
def rates(draw, most=12):
    count = st.integers(0, most)
    fates = {name: draw(count) for name in ("reached", "implied", "lost", "pending", "unknown")}
    unlinked, base = draw(count), sum(fates.values())
    return Rate(
        unit=Unit.FAMILY,
        as_of=AS_OF,
        ledger_digest="d",
        milestone=Milestone.CHARGED,
        closures=draw(st.sampled_from(Closures)),
        parts=Parts(received=base + unlinked, pending=base, excluded=unlinked, unlinked=unlinked),
        reopenable=draw(st.integers(0, fates["lost"])),
        **fates,
    )


@given(rates())
def test_a_rate_answers_with_all_of_its_units(rate):
    ever, by_then = rate.answers(), rate.answers("by_as_of")
    assert ever.base == by_then.base == rate.denominator + rate.unlinked
    assert ever.yes == by_then.yes == rate.reached
    assert ever.unknown == by_then.unknown == rate.unknown
    assert (ever.lower, ever.upper) == (rate.lower, rate.upper)
    assert (by_then.lower, by_then.upper) == (rate.lower, rate.upper_by_as_of)
    assert by_then.no == rate.lost + rate.pending
    reopened = rate.reopenable if rate.closures is Closures.MAY_REOPEN else 0
    assert ever.no == rate.lost - reopened
    if ever.base:
        assert ever.lower == by_then.lower <= by_then.upper <= ever.upper


@given(answers(), st.fractions(0, 1, max_denominator=12), st.fractions(0, 1, max_denominator=12))
def test_a_rate_rises_with_the_share_of_the_unknown(counts, one, other):
    curve = sensitivity(counts)
    low, high = curve.at(min(one, other)), curve.at(max(one, other))
    if not counts.base:
        assert low.lower is high.upper is None
        return
    assert low.lower <= high.lower
    assert low.upper <= high.upper
    assert counts.lower <= low.lower <= low.upper <= counts.upper
    assert (curve.at(Fraction(0)).lower, curve.at(Fraction(1)).upper) == (counts.lower, counts.upper)


@given(answers(most=8), st.fractions(0, 1, max_denominator=20))
def test_a_conclusion_flips_where_it_is_said_to(counts, at_least):
    flip = sensitivity(counts).flip(at_least)
    for of_unknown in range(counts.unknown + 1):
        if not counts.base:
            break
        rates = [rate_in(counts, (of_unknown, more)) for more in range(counts.undecided + 1)]
        if counts.unknown:
            share = Fraction(of_unknown, counts.unknown)
            assert (min(rates) >= at_least) is (share >= flip.holds_from)
            assert (max(rates) < at_least) is (share < flip.fails_below)
    verdicts = {rate_in(counts, world) >= at_least for world in worlds(counts)} if counts.base else set()
    expected = {(True,): Verdict.HOLDS, (False,): Verdict.FAILS}.get(tuple(verdicts), Verdict.DEPENDS)
    assert flip.verdict is expected
    assert str(flip).startswith(f"{counts.named}: at least ")


@given(answers(most=4), answers(most=4))
def test_differences_and_ratios_hold_every_pair_of_worlds_and_no_more(first, second):
    comparison = compare(first, second)
    if not (first.base and second.base):
        assert comparison.difference.lower is comparison.difference.upper is None
        assert comparison.ratio.lower is comparison.ratio.upper is None
        return
    pairs = [
        (rate_in(first, one), rate_in(second, other)) for one in worlds(first) for other in worlds(second)
    ]
    differences = [one - other for one, other in pairs]
    assert (comparison.difference.lower, comparison.difference.upper) == (min(differences), max(differences))
    ratios = [one / other for one, other in pairs if other]
    if not ratios:
        assert comparison.ratio.lower is comparison.ratio.upper is None
        return
    assert comparison.ratio.lower == min(ratios)
    unbounded = any(one and not other for one, other in pairs)
    assert comparison.ratio.upper == (None if unbounded else max(ratios))


@given(answers(), answers())
def test_the_other_way_round_a_difference_changes_its_sign_and_a_ratio_is_its_inverse(first, second):
    one, other = first.bounds(), second.bounds()
    there, back = difference(one, other), difference(other, one)
    if there.lower is not None:
        assert (there.lower, there.upper) == (-back.upper, -back.lower)
        assert newcombe((first.yes, first.base), (second.yes, second.base)).lower == pytest.approx(
            -newcombe((second.yes, second.base), (first.yes, first.base)).upper
        )
    there, back = ratio(one, other), ratio(other, one)
    if there.lower and back.lower:
        assert there.lower * (back.upper or 0) in (0, 1)
        assert (there.upper or 0) * back.lower in (0, 1)


@given(answers(), st.sampled_from([None, *SILENCES]), st.sampled_from([0.5, 0.9, 0.99]))
def test_an_interval_holds_the_bounds_and_grows_with_confidence(counts, silence, confidence):
    made = interval(counts, silence=silence, confidence=confidence)
    bounds = counts.bounds(silence)
    assert 0 <= made.lower <= made.upper <= 1
    if bounds.lower is not None:
        assert made.lower <= bounds.lower + Fraction(1, 10**12)
        assert made.upper >= bounds.upper - Fraction(1, 10**12)
    wider = interval(counts, silence=silence, confidence=(1 + confidence) / 2)
    assert wider.lower <= made.lower + 1e-12
    assert wider.upper >= made.upper - 1e-12


@given(st.lists(answers(most=9), min_size=1, max_size=6), st.sampled_from([None, *SILENCES]))
def test_an_interval_of_clusters_holds_the_bounds_whoever_is_silent(parts, silence):
    whole = asked(**{fate: sum(getattr(part, fate) for part in parts) for fate in FATES})
    made, bounds = interval(whole, clusters=parts, silence=silence), whole.bounds(silence)
    assert 0 <= made.lower <= made.upper <= 1
    if bounds.lower is not None:
        assert made.lower <= bounds.lower + Fraction(1, 10**12)
        assert made.upper >= bounds.upper - Fraction(1, 10**12)


@given(st.integers(0, 40), st.integers(0, 40))
def test_wilson_does_not_ask_which_of_two_answers_is_called_yes(k, more):
    one, other = wilson(k, k + more), wilson(more, k + more)
    assert one.lower == pytest.approx(1 - other.upper, abs=1e-14)


PLACES = {"charge": ("charged", "no"), "closed": ("triaged", "no"), "unknown": ("triaged", "unwatched")}


@st.composite
def cells(draw):
    place = draw(st.sampled_from(sorted(PLACES)))
    peak, is_open = PLACES[place]
    return {
        "state": draw(st.sampled_from(["A", "B"])),
        "source": draw(st.sampled_from(["x", "y", None])),
        "place": place,
        "peak": peak,
        "open": is_open,
        "n": draw(st.integers(1, 4)),
    }


weights = st.fixed_dictionaries({v: st.integers(0, 5) for v in ("x", "y", "z", None)}).filter(
    lambda mix: sum(mix.values())
)


@given(st.lists(cells(), max_size=8), weights)
def test_standardised_bounds_hold_every_world_and_tell_what_is_missing(rows, mix):
    counted = ledger(*rows, by=("state", "source"))
    table = standardise(conversion(counted), Standard(name="mix", dimension="source", weights=mix))
    total = sum(mix.values())
    for result in (table.overall, *table.groups):
        mine = [row for row in rows if result.group in ({}, {"state": row["state"]})]
        lowest = highest = missing = Fraction(0)
        for value, weight in mix.items():
            stratum = [row for row in mine if row["source"] == value]
            of = sum(row["n"] for row in stratum)
            charged = sum(row["n"] for row in stratum if row["place"] == "charge")
            unknown = sum(row["n"] for row in stratum if row["place"] == "unknown")
            share = Fraction(weight, total)
            missing += 0 if of else share
            # Each stratum's least and most, from its worlds: with no units, it can be anything.
            possible = [Fraction(charged + u, of) for u in range(unknown + 1)] if of else [0, 1]
            lowest += share * min(possible)
            highest += share * max(possible)
        assert (result.bounds.lower, result.bounds.upper) == (lowest, highest)
        assert result.empty_weight == missing
        assert result.parts.received == sum(row["n"] for row in mine)
    assert "standardised by source to mix" in str(table)


@given(st.lists(cells(), min_size=1, max_size=8))
def test_standardised_to_its_own_mix_a_rate_is_what_it_is(rows):
    rates = conversion(ledger(*rows, by=("state", "source")), by="source")
    result = standardise(rates, Standard.of(rates, "itself")).overall
    assert (result.bounds.lower, result.bounds.upper) == (rates.overall.lower, rates.overall.upper)
    assert (result.crude.lower, result.crude.upper) == (rates.overall.lower, rates.overall.upper)


@given(answers(), st.sampled_from(Deadline))
def test_every_number_names_its_question(counts, deadline):
    days = 90 if deadline is Deadline.WITHIN else None
    counts = evolve(counts, deadline=deadline, days=days)
    said = {"ever": "charged ever", "by_as_of": "charged by 2024-12-31", "within": "charged within 90 days"}
    texts = [
        counts,
        counts.bounds(),
        sensitivity(counts),
        compare(counts, counts),
        sensitivity(counts).flip(0),
    ]
    for text in map(str, texts):
        assert said[deadline.value] in text
    made: Bounds = compare(counts, counts).difference
    assert said[deadline.value] in str(made)
