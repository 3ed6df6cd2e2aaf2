"""Intervals: beside statsmodels, beside what was published, and where neither says anything."""

import math
import random
from datetime import date
from fractions import Fraction
from statistics import NormalDist

import pytest
from scipy import optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from standing import ledger
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics import (
    INDEPENDENT_UNITS,
    OPEN_END_ALIKE,
    SAMPLED_AGENCIES,
    SILENT_EQUALLY_OFTEN,
    SILENT_NO_MORE_OFTEN,
    Answers,
    Interval,
    IntervalMethod,
    clopper_pearson,
    compare,
    conversion,
    imbens_manski,
    interval,
    intervals,
    newcombe,
    sensitivity,
    wilson,
)
from tipline_outcomes.metrics._quantiles import beta_quantile, student_quantile

CONFIDENCES = (0.5, 0.9, 0.95, 0.999)


def asked(**counts):
    return Answers(
        what="charged", deadline="by_as_of", units="tips", as_of=date(2024, 12, 31), **{"no": 0, **counts}
    )


def small():
    return [(k, n) for n in range(1, 31) for k in range(n + 1)]


def large():
    dice = random.Random(7)
    sizes = [10**exponent for exponent in (3, 4, 5, 6)]
    some = [(dice.randint(0, n), n) for n in sizes for _ in range(5)]
    return some + [(k, n) for n in sizes for k in (0, 1, n - 1, n)]


@pytest.mark.parametrize("confidence", CONFIDENCES)
@pytest.mark.parametrize(("ours", "theirs"), [(wilson, "wilson"), (clopper_pearson, "beta")])
def test_intervals_of_a_share_are_those_of_statsmodels(ours, theirs, confidence):
    for k, n in small() + large():
        made = ours(k, n, confidence=confidence)
        lower, upper = proportion_confint(k, n, alpha=1 - confidence, method=theirs)
        assert made.lower == pytest.approx(lower, abs=1e-12, rel=0), (k, n)
        assert made.upper == pytest.approx(upper, abs=1e-12, rel=0), (k, n)


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_newcombe_is_that_of_statsmodels(confidence):
    dice = random.Random(11)
    pairs = [(k, n, j, m) for k, n in small()[::17] for j, m in small()[::13]]
    sizes = [(dice.randint(1, 5000), dice.randint(1, 5000)) for _ in range(200)]
    pairs += [(dice.randint(0, n), n, dice.randint(0, m), m) for n, m in sizes]
    for k, n, j, m in pairs:
        made = newcombe((k, n), (j, m), confidence=confidence)
        theirs = confint_proportions_2indep(
            k, n, j, m, method="newcomb", compare="diff", alpha=1 - confidence
        )
        assert (made.lower, made.upper) == pytest.approx(theirs, abs=1e-12, rel=0), (k, n, j, m)


@pytest.mark.parametrize(
    ("k", "n", "score", "exact"),
    [
        # Newcombe, Statistics in Medicine 17, 1998, 857-872, table I, methods 3 and 5.
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_that_were_published(k, n, score, exact):
    for made, (lower, upper) in ((wilson(k, n), score), (clopper_pearson(k, n), exact)):
        assert (round(made.lower, 4), round(made.upper, 4)) == (lower, upper)


@pytest.mark.parametrize(
    ("first", "second", "lower", "upper"),
    [
        # Newcombe, Statistics in Medicine 17, 1998, 873-890, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_differences_that_were_published(first, second, lower, upper):
    made = newcombe(first, second)
    assert (round(made.lower, 4), round(made.upper, 4)) == (lower, upper)


def test_of_nothing_every_share_is_possible():
    for made in (wilson(0, 0), clopper_pearson(0, 0), interval(asked(yes=0))):
        assert (made.lower, made.upper) == (0.0, 1.0)


def test_a_difference_to_nothing_is_the_union_over_every_share():
    there = wilson(3, 5)
    first, second = newcombe((0, 0), (3, 5)), newcombe((3, 5), (0, 0))
    assert (first.lower, first.upper) == pytest.approx((-there.upper, 1 - there.lower))
    assert (second.lower, second.upper) == pytest.approx((there.lower - 1, there.upper))
    neither = newcombe((0, 0), (0, 0))
    assert (neither.lower, neither.upper) == (-1.0, 1.0)


@pytest.mark.parametrize("ours", [wilson, clopper_pearson])
def test_the_ends_of_the_scale_are_exact(ours):
    for n in (1, 7, 10**6):
        assert ours(0, n).lower == 0.0
        assert ours(n, n).upper == 1.0


@pytest.mark.parametrize("wrong", [(-1, 3), (4, 3), (1.0, 3), (True, 3), (0, -1)])
@pytest.mark.parametrize("ours", [wilson, clopper_pearson, lambda k, n: newcombe((1, 2), (k, n))])
def test_what_is_no_share_has_no_interval(ours, wrong):
    with pytest.raises(InvalidValueError, match="is no share"):
        ours(*wrong)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_confidence_is_a_share(confidence):
    for make in (
        lambda: wilson(1, 2, confidence=confidence),
        lambda: clopper_pearson(1, 2, confidence=confidence),
        lambda: newcombe((1, 2), (1, 2), confidence=confidence),
        lambda: interval(asked(yes=1), confidence=confidence),
        lambda: imbens_manski(0.1, 0.1, confidence=confidence),
    ):
        with pytest.raises(InvalidValueError, match="between 0 and 1"):
            make()


def test_an_interval_has_two_ends_in_order():
    for lower, upper in ((0.5, 0.4), (math.nan, 1.0), (0.0, math.nan)):
        with pytest.raises(InvalidValueError, match="is none"):
            Interval(lower=lower, upper=upper, confidence=0.95, method=IntervalMethod.WILSON)


def test_quantiles_are_those_of_scipy():
    for a, b in ((0.5, 0.5), (1, 1), (1, 10**6), (10**6, 1), (3.5, 40), (5000, 7), (10**5, 10**6)):
        for share in (1e-6, 0.025, 0.5, 0.975):
            assert beta_quantile(share, a, b) == pytest.approx(stats.beta.ppf(share, a, b), rel=1e-9)
    for degrees in (1, 2, 3, 10, 60, 1000):
        for confidence in CONFIDENCES:
            expected = stats.t.ppf((1 + confidence) / 2, degrees)
            assert student_quantile(confidence, degrees) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("confidence", CONFIDENCES[1:])
def test_imbens_and_manski_solve_their_equation(confidence):
    for width, error in ((0.0, 0.1), (0.01, 0.1), (0.1, 0.1), (0.3, 0.1), (0.9, 0.01)):

        def excess(c, apart=width / error):
            return stats.norm.cdf(c + apart) - stats.norm.cdf(-c) - confidence

        assert imbens_manski(width, error, confidence) == pytest.approx(
            optimize.brentq(excess, 0, 10, xtol=1e-14), abs=1e-10
        )


def test_imbens_and_manski_go_from_two_sides_to_one():
    normal = NormalDist()
    assert imbens_manski(0.0, 0.0) == pytest.approx(normal.inv_cdf(0.975))
    assert imbens_manski(1.0, 0.0) == pytest.approx(normal.inv_cdf(0.95))
    assert imbens_manski(0.0, math.inf) == pytest.approx(normal.inv_cdf(0.975))


def test_an_interval_goes_beyond_both_bounds_and_less_than_wilson_does_each_by_itself():
    answers = asked(yes=30, no=50, unknown=15, undecided=5)
    made = interval(answers)
    assert wilson(30, 100).lower < made.lower < 0.3
    assert 0.5 < made.upper < wilson(50, 100).upper
    assert (made.method, made.assumptions) == (IntervalMethod.IMBENS_MANSKI, (INDEPENDENT_UNITS,))
    low, high = wilson(30, 100, confidence=0.9), wilson(50, 100, confidence=0.9)
    # Far apart, either end can only be missed on one side.
    assert (made.lower, made.upper) == pytest.approx((low.lower, high.upper), abs=1e-4)


def test_what_is_known_has_wilsons_interval():
    made, expected = interval(asked(yes=30, no=70)), wilson(30, 100)
    assert (made.lower, made.upper) == pytest.approx((expected.lower, expected.upper), abs=1e-15)
    assert made.method is IntervalMethod.WILSON


def test_an_assumption_narrows_an_interval_and_is_carried():
    answers = asked(yes=30, no=50, unknown=20)
    free, believed = interval(answers), interval(answers, silence=SILENT_NO_MORE_OFTEN)
    assert believed.lower >= free.lower - 0.01
    assert believed.upper == pytest.approx(interval(asked(yes=30, no=50)).upper, abs=0.02)
    assert believed.assumptions == (INDEPENDENT_UNITS, SILENT_NO_MORE_OFTEN)
    alike = interval(answers, silence=SILENT_EQUALLY_OFTEN)
    assert (alike.lower, alike.upper) == pytest.approx((wilson(30, 80).lower, wilson(30, 80).upper))
    assert str(alike).endswith("Wilson; if units drawn one by one; if silent equally often)")


def test_clusters_that_differ_make_an_interval_wider():
    whole = asked(yes=40, no=60)
    differ = [asked(yes=y, no=20 - y) for y in (0, 2, 4, 16, 18)]
    like = [asked(yes=8, no=12) for _ in range(5)]
    alone, wide, same = (interval(whole, clusters=parts) for parts in ((), differ, like))
    assert wide.lower < same.lower < alone.lower
    assert wide.upper > same.upper > alone.upper
    assert wide.assumptions == (SAMPLED_AGENCIES,)


def test_the_interval_of_clusters_is_the_one_of_the_formula():
    shares = (0, 2, 4, 16, 18)
    p, n, m = 0.4, 100, 5
    variance = m / (m - 1) * sum((y - p * 20) ** 2 for y in shares) / n**2
    size = p * (1 - p) / variance * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, m - 1)) ** 2
    lower, upper = proportion_confint(p * size, size, method="wilson")
    made = interval(asked(yes=40, no=60), clusters=[asked(yes=y, no=20 - y) for y in shares])
    assert (made.lower, made.upper) == pytest.approx((lower, upper), abs=1e-12)


def test_where_all_agencies_agree_each_is_one_unit():
    made = interval(asked(yes=0, no=100), clusters=[asked(yes=0, no=20) for _ in range(5)])
    size = 5 * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 4)) ** 2
    assert made.upper == pytest.approx(proportion_confint(0, size, method="wilson")[1], abs=1e-12)


def test_of_a_single_agency_nothing_can_be_said_of_the_others():
    made = interval(asked(yes=3, no=7), clusters=[asked(yes=3, no=7), asked(yes=0)])
    assert (made.lower, made.upper) == (0.0, 1.0)


@pytest.mark.parametrize("silence", [None, SILENT_NO_MORE_OFTEN, SILENT_EQUALLY_OFTEN, OPEN_END_ALIKE])
def test_a_cluster_on_which_nobody_reports_is_one_all_the_same(silence):
    parts = [asked(yes=0, unknown=20), asked(yes=5, no=5, undecided=2), asked(yes=3, no=9)]
    whole = asked(yes=8, no=14, unknown=20, undecided=2)
    made = interval(whole, clusters=parts, silence=silence)
    bounds = whole.bounds(silence)
    assert made.lower <= bounds.lower <= bounds.upper <= made.upper


def test_where_nobody_reports_an_assumption_narrows_nothing():
    whole = asked(yes=0, unknown=20)
    for clusters in ((), [asked(yes=0, unknown=10)] * 2):
        free, believed = (
            interval(whole, clusters=clusters, silence=silence) for silence in (None, SILENT_EQUALLY_OFTEN)
        )
        assert (believed.lower, believed.upper) == (free.lower, free.upper)


def test_clusters_have_to_sum_to_the_whole():
    with pytest.raises(InvalidValueError, match="do not sum"):
        interval(asked(yes=5, no=5), clusters=[asked(yes=5, no=4)])
    with pytest.raises(InvalidValueError, match="do not sum"):
        interval(asked(yes=5, no=3, unknown=2), clusters=[asked(yes=5, no=4, unknown=1)])


def by_agency():
    def cell(state, agency, place, n, is_open="no"):
        peak = "charged" if place == "charge" else "triaged"
        return {"state": state, "agency": agency, "place": place, "peak": peak, "open": is_open, "n": n}

    return ledger(
        cell("A", "a-1", "charge", 6),
        cell("A", "a-1", "closed", 14),
        cell("A", "a-2", "charge", 1),
        cell("A", "a-2", "closed", 19),
        cell("A", None, "unknown", 5, "unwatched"),
        cell("B", "b-1", "charge", 2),
        cell("B", "b-1", "pending", 8, "watched"),
        by=("state", "agency"),
    )


def test_a_table_by_agency_is_clustered_where_several_are_put_together():
    counted = by_agency()
    fine, states = conversion(counted), conversion(counted, by="state")
    table = intervals(states, "ever", clusters=fine)
    answers = table.at(state="A").answers
    assert (answers.yes, answers.no, answers.unknown) == (7, 33, 5)
    parts = [asked(yes=6, no=14), asked(yes=1, no=19), asked(yes=0, unknown=5)]
    expected = interval(asked(yes=7, no=33, unknown=5), clusters=parts)
    made = table.at(state="A").interval
    assert (made.lower, made.upper) == (expected.lower, expected.upper)
    assert table.overall.interval.assumptions == (SAMPLED_AGENCIES,)
    assert (table.at(state="B").interval.lower, table.at(state="B").interval.upper) == (0.0, 1.0)


def test_an_agency_by_itself_is_not_clustered():
    table = intervals(conversion(by_agency(), by="agency"), "by_as_of")
    assert table.at(agency="a-1").interval.assumptions == (INDEPENDENT_UNITS,)
    assert table.at(agency="a-1").interval == wilson(6, 20)
    assert table.overall.interval.assumptions == (SAMPLED_AGENCIES,)


def test_without_agencies_units_are_drawn_one_by_one():
    states = intervals(conversion(by_agency(), by="state"))
    assert states.overall.interval.assumptions == (INDEPENDENT_UNITS,)
    assert states.overall.answers.deadline.value == "ever"
    with pytest.raises(InvalidValueError, match="make the same rates by"):
        intervals(conversion(by_agency()), clusters=conversion(by_agency(), by="agency"))


def test_where_no_agency_is_recorded_there_are_no_clusters():
    silent = {"place": "unknown", "open": "unwatched", "agency": None, "n": 5}
    closed = {"place": "closed", "agency": None, "n": 5}
    rates = conversion(ledger(silent, closed, by=("agency",)), by=())
    table = intervals(rates, "by_as_of", clusters=conversion(ledger(silent, closed, by=("agency",))))
    assert table.overall.interval.assumptions == (INDEPENDENT_UNITS,)


def test_the_constant_is_that_of_the_greater_error():
    answers = asked(yes=0, no=78, unknown=22)
    upper = math.sqrt(0.22 * 0.78 / 100)
    constant = imbens_manski(0.22, upper)
    expected = proportion_confint(22, 100, alpha=2 * (1 - stats.norm.cdf(constant)), method="wilson")
    assert interval(answers).upper == pytest.approx(expected[1], abs=1e-12)
    near = asked(yes=10, no=89, unknown=1)
    constant = imbens_manski(0.01, math.sqrt(0.11 * 0.89 / 100))
    expected = proportion_confint(11, 100, alpha=2 * (1 - stats.norm.cdf(constant)), method="wilson")
    assert interval(near).upper == pytest.approx(expected[1], abs=1e-12)


def test_a_table_of_intervals_names_question_and_assumptions():
    table = intervals(conversion(by_agency(), by="agency"), "by_as_of", silence=SILENT_EQUALLY_OFTEN)
    text = str(table)
    assert text.startswith("Charged by 2024-12-31: families as of 2024-12-31\n")
    for assumption in (INDEPENDENT_UNITS, SAMPLED_AGENCIES, SILENT_EQUALLY_OFTEN):
        assert f"If {assumption.name}: " in text
    frame = table.to_frame()
    assert frame["deadline"].to_list() == ["by_as_of"] * 4
    assert frame["interval_lower"][0] == pytest.approx(wilson(6, 20).lower)
    assert frame["assumptions"][0] == "units drawn one by one; silent equally often"
    assert frame["lower"][3] is not None


def test_an_interval_of_a_difference_needs_a_point_on_either_side():
    one, other = asked(yes=30, no=50, unknown=20), asked(yes=10, no=60, unknown=30)
    assert compare(one, other).interval is None
    assert compare(one, other, silence=SILENT_NO_MORE_OFTEN).interval is None
    made = compare(one, other, silence=SILENT_EQUALLY_OFTEN).interval
    expected = newcombe((30, 80), (10, 70))
    assert (made.lower, made.upper) == (expected.lower, expected.upper)
    assert made.assumptions == (INDEPENDENT_UNITS, SILENT_EQUALLY_OFTEN)


def test_the_undecided_are_not_said_away_by_what_is_believed_of_the_silent():
    one, other = asked(yes=30, no=50, unknown=20, undecided=1), asked(yes=10, no=60, unknown=30)
    assert compare(one, other, silence=SILENT_EQUALLY_OFTEN).interval is None
    made = compare(one, other, silence=OPEN_END_ALIKE).interval
    assert (made.lower, made.upper) == (
        newcombe((30, 80), (10, 70)).lower,
        newcombe((30, 80), (10, 70)).upper,
    )


def test_of_nobody_or_of_the_silent_alone_there_is_no_interval_of_a_difference():
    there = asked(yes=3, no=4)
    for other in (asked(yes=0), asked(yes=0, unknown=3)):
        comparison = compare(there, other, silence=SILENT_EQUALLY_OFTEN)
        assert comparison.interval is None
        assert comparison.difference.upper in (None, Fraction(3, 7))


@pytest.mark.parametrize("question", [interval, sensitivity, lambda rate: compare(rate, rate)])
def test_a_rate_in_place_of_its_answers_is_sent_to_them(question):
    rate = conversion(ledger({"n": 7, "place": "pending", "state": "north"}), by=()).overall
    with pytest.raises(InvalidValueError, match=r"several questions; give rate\.answers\('by_as_of'\) or"):
        question(rate)
    question(rate.answers("by_as_of"))
    with pytest.raises(InvalidValueError, match="is no Answers; give the counts"):
        question("7 of 49")
