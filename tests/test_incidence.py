"""Incidence by day, conversion within a time and time to a milestone: by hand, degenerate, and published."""

from datetime import date, timedelta
from fractions import Fraction

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from attrs import evolve

from tipline_outcomes import (
    Action,
    Charge,
    Clock,
    Closed,
    ClosedReason,
    Cohort,
    Event,
    EventLog,
    InvalidValueError,
    Jurisdiction,
    Ledger,
    LedgerMismatchError,
    Level,
    Place,
    Referral,
    Variance,
    conversion,
    conversion_within,
    cumulative_incidence,
    time_to,
)
from tipline_outcomes.metrics._product_limit import product_limit

BEGUN = date(2024, 1, 1)
END = date(2024, 12, 31)


def tip(name, *, charged=None, closed=None, reopened=None, watched=END, received=BEGUN, survivor=None):
    """A referral with events so many days after it was made available."""
    steps = (
        (0, Action.MADE_AVAILABLE, None),
        (0, Action.ACCEPT, None),
        (0, Action.OPEN_INVESTIGATION, None),
        (closed, Action.CLOSE, Closed(reason=ClosedReason.UNFOUNDED)),
        (survivor, Action.CLOSE, Closed(reason=ClosedReason.DUPLICATE)),
        (reopened, Action.REOPEN, None),
        (reopened, Action.OPEN_INVESTIGATION, None),
        (charged, Action.FILE_CHARGE, Charge(level=Level.LOCAL)),
    )
    history = [
        Event(on=received + timedelta(days=day), action=action, disposition=what)
        for day, action, what in steps
        if day is not None
    ]
    return Referral(
        id=name,
        jurisdiction=Jurisdiction.parse("US-CA/local"),
        history=tuple(history),
        observed_through=watched,
    )


def counted(*tips, as_of=END, **asked):
    referrals = tuple(evolve(one, id=f"{one.id}-{i}") for i, one in enumerate(tips))
    return Ledger.of(EventLog.of(Cohort(referrals=referrals)), as_of=as_of, **asked)


def after(days):
    return BEGUN + timedelta(days=days)


def incidence(*tips, **asked):
    return cumulative_incidence(counted(*tips, **asked)).overall


# --- by hand ------------------------------------------------------------------------------------------


def test_a_curve_by_hand():
    """Five tips: charged on day 10, closed on 20, out of sight on 20 and on 30, charged on 40."""
    found = incidence(
        *(
            tip("a", charged=10),
            tip("b", closed=20),
            tip("c", watched=after(20)),
            tip("d", watched=after(30)),
        ),
        tip("e", charged=40),
    )
    assert found.timed == 5
    # 1/5 on day 10; on day 20 one of four is closed, and who goes out of sight that day is still seen.
    assert found.at(9).incidence == 0
    assert found.at(10).incidence == pytest.approx(1 / 5)
    assert found.at(20, "closed").incidence == pytest.approx(4 / 5 * 1 / 4)
    assert found.at(39).incidence == pytest.approx(1 / 5)
    # Day 40: one is left in the risk set, and with it goes all of the 3/5.
    assert found.at(40).incidence == pytest.approx(4 / 5)
    assert found.at(40, "open").incidence == 0
    # Nobody can be open any more, so the curve tells of every later day.
    assert found.at(5000).incidence == pytest.approx(4 / 5)
    # Without the two of whom nobody tells: 2 of 5 at least; all of them charged at once, 4 of 5.
    bounds = found.bounds(40)
    assert (float(bounds.lower), float(bounds.upper)) == pytest.approx((2 / 5, 4 / 5))
    assert float(found.bounds(25).upper) == pytest.approx(2 / 5)


def test_the_variance_by_hand():
    """Four tips, watched to the end: one charged on day 10, one closed on 20, one charged on 30."""
    found = incidence(tip("a", charged=10), tip("b", closed=20), tip("c", charged=30), tip("d"))
    # Nobody is out of sight, so it is that of a share: 2/4 (1 - 2/4) / 4.
    assert found.at(30).variance == pytest.approx(1 / 16)
    assert found.at(10).variance == pytest.approx(3 / 64)
    assert found.at(20, "closed").variance == pytest.approx(3 / 64)


def test_a_reopened_tip_stands_where_it_stands():
    tips = tip("a", closed=10, reopened=50, charged=100), tip("b", closed=10), tip("c"), tip("d", charged=20)
    found = incidence(*tips)
    wanted = {10: (0, 2), 20: (1, 2), 50: (1, 1), 100: (2, 1)}
    for day, (charged, closed) in wanted.items():
        assert found.at(day).incidence == pytest.approx(charged / 4)
        assert found.at(day, "closed").incidence == pytest.approx(closed / 4)


def test_outcomes_come_before_censoring_on_the_same_day():
    found = incidence(tip("a", charged=10, watched=after(10)), tip("b", watched=after(10)))
    assert found.at(10).incidence == pytest.approx(1 / 2)
    assert found.through == 10
    assert found.at(11) is None


def test_excluded_and_unwatched_tips_are_in_no_risk_set():
    tips = tip("a", charged=10), tip("b"), tip("c", watched=None), tip("d", survivor=5)
    found = incidence(*tips)
    assert (found.timed, found.never_watched, found.untimed, found.excluded) == (2, 1, 0, 1)
    assert found.at(10).incidence == pytest.approx(1 / 2)
    # Whoever was never watched may have been charged at once, and so may the duplicate of nobody.
    ends = found.bounds(0)
    assert (float(ends.lower), float(ends.upper)) == pytest.approx((0, 2 / 4))


def test_the_bounds_of_a_day_that_nobody_was_followed_to_hold_all_who_are_left():
    found = incidence(tip("a", charged=10), tip("b"), as_of=after(50))
    assert found.at(50).incidence == pytest.approx(1 / 2)
    assert found.at(51) is None
    assert (found.bounds(51).lower, found.bounds(51).upper) == (Fraction(1, 2), 1)


def test_conversion_within_by_hand():
    tips = (
        tip("a", charged=10),
        tip("b", charged=40),
        tip("c", closed=5),
        tip("d", watched=after(20)),
        tip("e", watched=None),
        tip("f", charged=15, watched=after(3)),
        tip("g", charged=5, received=after(350)),
        tip("h", survivor=1),
    )
    rate = conversion_within(counted(*tips), 30).overall
    # a and f (known late) got there; b got there later, c was closed and watched on; of d and e nobody tells.
    assert (rate.reached, rate.known_late, rate.not_reached, rate.unknown) == (2, 1, 2, 2)
    assert (rate.too_young, rate.elsewhere, rate.denominator, rate.received) == (1, 1, 6, 8)
    # The duplicate of nobody may belong here, too.
    assert (rate.lower, rate.upper, rate.resolved) == (Fraction(2, 7), Fraction(5, 7), Fraction(1, 2))
    assert str(rate) == "2 of 6 charged within 30 days (28.5-71.5 %), 1 too young; families as of 2024-12-31"


def test_who_is_too_young_is_left_out_charged_or_not():
    """To leave out of the young those alone who were not charged is the usual way to a high rate."""
    tips = [tip("old") for _ in range(9)] + [tip("old", charged=5)]
    young = [tip("young", charged=5, received=after(340)) for _ in range(10)]
    rate = conversion_within(counted(*tips, *young), 30).overall
    assert (rate.lower, rate.upper, rate.too_young) == (Fraction(1, 10), Fraction(1, 10), 10)


def test_a_horizon_that_was_not_counted_is_refused():
    with pytest.raises(LedgerMismatchError, match=r"followed for 31 days.*horizons=\[\.\.\., 31\]"):
        conversion_within(counted(tip("a")), 31)
    assert conversion_within(counted(tip("a"), horizons=[31]), 31).overall.not_reached == 1


def test_time_to_a_milestone_by_hand():
    tips = [tip("a", charged=10), tip("b", charged=40), tip("c"), tip("d", watched=after(20))]
    found = time_to(counted(*tips), quantiles=[0.25, 0.5, Fraction(3, 4)]).overall
    quarter, half, most = found.quantiles
    # 1/4 on day 10; on day 40 of two who are left one is charged, with half of 3/4: 5/8.
    assert (quarter.days, quarter.earliest, quarter.latest) == (10, 10, 10)
    # If d was charged on day 20: 2/4 by then. If it never is: 2/4 on day 40.
    assert (half.days, half.earliest, half.latest) == (40, 20, 40)
    assert (most.days, most.earliest, most.latest, most.through) == (None, 40, None, 365)
    assert str(most) == "75.0 % not reached within 365 days (day 40 at the earliest)"
    assert str(quarter) == "25.0 % by day 10"


def test_a_median_is_of_all_tips_and_not_of_those_that_were_charged():
    tips = [tip("a", charged=10), *(tip("b", closed=1) for _ in range(3))]
    (half,) = time_to(counted(*tips), quantiles=[0.5]).overall.quantiles
    assert half.days is None


def test_other_clocks():
    ledger = counted(tip("a", charged=10), tip("b", charged=30))
    assert cumulative_incidence(ledger, clock="investigation").overall.at(10).incidence == pytest.approx(
        1 / 2
    )
    assert time_to(ledger, "investigated", [1.0]).overall.quantiles[0].days == 0
    assert cumulative_incidence(ledger, clock=Clock.CHARGE).overall.timed == 2
    assert conversion_within(ledger, 90, "convicted").overall.not_reached == 2


def test_questions_that_cannot_be_asked():
    ledger = counted(tip("a"))
    with pytest.raises(InvalidValueError, match="no clock that was asked for ends with 'presented'"):
        time_to(ledger, "presented")
    with pytest.raises(InvalidValueError, match="no clock that was asked for ends with 'charged'"):
        time_to(ledger, "charged", clock="triage")
    with pytest.raises(InvalidValueError, match="confidence is 95"):
        cumulative_incidence(ledger, confidence=95)
    with pytest.raises(InvalidValueError, match="a share of 0 is reached at once or never"):
        time_to(ledger, quantiles=[0])
    with pytest.raises(InvalidValueError, match="day -1 is before the clock starts"):
        cumulative_incidence(ledger).overall.at(-1)
    with pytest.raises(InvalidValueError, match="has no state 'convicted'"):
        cumulative_incidence(ledger).overall.at(1, "convicted")
    with pytest.raises(LedgerMismatchError, match="cannot be asked of a ledger of subjects"):
        cumulative_incidence(counted(tip("a", charged=3), unit="subject"), clock="triage")


def test_aalens_variance_is_not_defined_where_tips_are_reopened():
    ledger = counted(tip("a", closed=10, reopened=20), tip("b", charged=30))
    found = cumulative_incidence(ledger, variance="aalen").overall.at(30)
    assert (found.incidence, found.variance, found.lower) == (pytest.approx(1 / 2), None, None)


def test_on_days_on_which_many_end_aalens_variance_is_too_small():
    """Ten tips: five charged and four closed on one day, the last one charged on the next."""
    tips = [tip("a", charged=0)] * 5 + [tip("b", closed=0)] * 4 + [tip("c", charged=1)]
    ledger = counted(*tips)
    ours, theirs = (cumulative_incidence(ledger, variance=formula).overall.at(1) for formula in Variance)
    assert ours.variance == pytest.approx(0.6 * 0.4 / 10)
    assert theirs.variance < 0


# --- degenerate ---------------------------------------------------------------------------------------


def test_of_nothing_nothing_is_said():
    ledger = counted()
    found = cumulative_incidence(ledger)
    assert found.to_frame().is_empty()
    assert found.overall.at(30) is None
    assert found.overall.bounds(30).lower is None
    assert str(found.overall).startswith("charge: nobody was watched, families as of 2024-12-31")
    assert conversion_within(ledger, 30).overall.lower is None
    assert str(time_to(ledger).overall.quantiles[0]) == "25.0 %: nobody was watched"


def test_if_nobody_was_ever_watched_only_bounds_are_left():
    found = incidence(tip("a", watched=None), tip("b", watched=None))
    assert found.at(30) is None
    assert (found.bounds(30).lower, found.bounds(30).upper) == (0, 1)


def test_if_all_are_censored_on_the_first_day_the_curve_is_of_that_day():
    found = incidence(tip("a", watched=BEGUN), tip("b", watched=BEGUN))
    assert (found.at(0).incidence, found.at(0).variance, found.at(0).lower) == (0, 0, None)
    assert found.at(1) is None


def test_a_single_tip_has_a_curve_and_no_variance():
    found = incidence(tip("a", charged=10))
    assert (found.at(9).incidence, found.at(10).incidence) == (0, 1)
    assert (found.at(10).variance, found.at(10).lower, found.at(10).upper) == (None, None, None)


def test_everything_on_day_zero():
    found = incidence(*[tip("a", charged=0)] * 3, tip("b", closed=0))
    assert found.at(0).incidence == pytest.approx(3 / 4)
    assert found.at(0).variance == pytest.approx(3 / 64)
    assert found.at(9999).incidence == pytest.approx(3 / 4)
    alike = incidence(*[tip("a", charged=0)] * 3)
    assert (alike.at(0).incidence, alike.at(0).variance, alike.at(0).lower) == (1, 0, None)


# --- what is shown ------------------------------------------------------------------------------------


def test_the_table_names_its_assumption_and_its_denominators():
    ledger = counted(tip("a", charged=10), tip("b", charged=100), tip("c"), tip("d", watched=None))
    lines = str(cumulative_incidence(ledger, by=())).splitlines()
    assert lines[0] == "Charge by days since made available: families as of 2024-12-31"
    heads = "within charge band open administrative closed least most"
    assert lines[1].split() == heads.split()
    # One of three that were watched; with the one that never was, 1 to 2 of 4.
    cells = [cell.strip() for cell in lines[4].split("  ") if cell.strip()]
    assert [*cells[:3], *cells[4:]] == [
        "all",
        "90 days",
        "33.3 %",
        "66.7 %",
        "0.0 %",
        "0.0 %",
        "25.0 %",
        "50.0 %",
    ]
    text = " ".join(str(cumulative_incidence(ledger, by=())).split())
    assert "Not among them: 1 that nobody watched, 0 of which a day is not known." in text
    assert "All else only if the unwatched are like the watched" in text
    assert "<caption" in cumulative_incidence(ledger)._repr_html_()


def test_the_frame_has_one_row_a_group_day_and_state():
    ledger = counted(tip("a", charged=10), tip("b"), by=("territory",))
    frame = cumulative_incidence(ledger).to_frame()
    assert frame.columns == [
        *("territory", "unit", "as_of", "clock", "day", "outcome"),
        *("incidence", "variance", "lower", "upper", "formula", "confidence", "ledger_digest"),
    ]
    assert frame.select("territory", "day", "outcome").is_duplicated().sum() == 0
    assert set(frame["day"]) == {0, 10, 365}
    assert set(frame["outcome"]) == set(Clock.RECEIVED.states)
    assert {Place.CLOSED.value, "open"} <= set(frame["outcome"])
    within = conversion_within(ledger, 90).to_frame()
    assert within.select("denominator", "reached", "lower").rows() == [(2, 1, 0.5)]
    assert time_to(ledger).to_frame().select("share", "days").rows()[:2] == [(0.25, 10), (0.5, 10)]


def test_within_the_longest_time_everybody_known_is_counted_as_in_the_rate_of_ever():
    ledger = counted(tip("a", charged=10), tip("b"), tip("c", closed=5))
    within, ever = conversion_within(ledger, 365).overall, conversion(ledger).overall
    assert (within.reached, within.denominator) == (ever.reached, ever.denominator)


# --- published ----------------------------------------------------------------------------------------

# Bone marrow transplants: patients with acute myeloid leukaemia at low risk, days to relapse (1), to death
# (2) or to the end of observation (0). The data are those of Guo and So (SAS Global Forum 2018), as the CAMIS
# project keeps them. https://psiaims.github.io/CAMIS/R/survival_cif.html shows the estimates, the errors and
# the limits that R's tidycmprsk gives and SAS equals (read in https://github.com/PSIAIMS/CAMIS at 74a06c1).
LOW_RISK = {
    1: (211, 219, 248, 272, 381, 421, 486, 606, 748),
    2: (10, 35, 48, 53, 79, 80, 105, 288, 390, 414, 481, 641, 704, 1063, 1074, 2204),
    0: (
        *(847, 848, 860, 932, 957, 1030, 1258, 1324, 1363, 1384, 1447, 1470, 1527, 1535, 1562, 1568),
        *(1674, 1709, 1799, 1829, 1843, 1850, 1857, 1870, 2218, 2246, 2409, 2506, 2569),
    ),
}
# Years: estimate, standard error, limits.
PUBLISHED = {
    0.5: ("0.0000", "0.0000", None, None),
    1: ("0.0741", "0.0360", "0.0234", "0.1646"),
    1.5: ("0.1296", "0.0463", "0.0563", "0.2344"),
    2: ("0.1481", "0.0489", "0.0685", "0.2565"),
    3: ("0.1667", "0.0514", "0.0813", "0.2783"),
}


def days_of(told, states=("alive", "relapse", "death")):
    words = {0: "lost", 1: states[1], 2: states[2]}
    rows = [(0, day, states[0], words[code], 1) for code, days in told.items() for day in days]
    rows += [(0, -1, None, states[0], len(rows))]
    schema = {"group": pl.Int64, "day": pl.Int64, "from": pl.String, "to": pl.String, "n": pl.Int64}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row"), eager_only=True)


@pytest.mark.parametrize(("years", "wanted"), PUBLISHED.items())
def test_a_published_example_digit_by_digit(years, wanted):
    found = product_limit(
        days_of(LOW_RISK), ("alive", "relapse", "death"), variance=Variance.AALEN
    ).to_native()
    row = found.filter((pl.col("outcome") == "relapse") & (pl.col("day") <= years * 365.25)).tail(1)
    estimate, variance, lower, upper = row.select("incidence", "variance", "lower", "upper").row(0)
    shown = tuple(None if one is None else f"{one:.4f}" for one in (estimate, variance**0.5, lower, upper))
    assert shown == wanted
