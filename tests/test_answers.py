"""Questions and what answers them, by hand; and what is refused, with what to do instead."""

from datetime import date
from fractions import Fraction

import pytest

from standing import ledger
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics import (
    OPEN_END_ALIKE,
    SILENT_EQUALLY_OFTEN,
    SILENT_NO_MORE_OFTEN,
    Answers,
    Bounds,
    Deadline,
    Group,
    Parts,
    Scale,
    Sensitivity,
    Standard,
    compare,
    conversion,
    intervals,
    ratio,
    sensitivity,
    standardise,
)


def asked(**changes):
    question = {"what": "charged", "deadline": "ever", "units": "tips", "as_of": date(2024, 12, 31)}
    return Answers(**{"yes": 0, "no": 0, **question, **changes})


def test_answers_say_what_they_are_of():
    answers = asked(yes=1200, no=1, group=Group((("state", "A"),)))
    assert str(answers) == (
        "state=A: charged ever, of 1,201 tips as of 2024-12-31: 1,200 yes, 1 no, 0 unknown, 0 undecided"
    )
    within = asked(yes=1, deadline="within", days=90)
    assert within.named == "charged within 90 days, of 1 tips as of 2024-12-31"


@pytest.mark.parametrize(
    "wrong", [{"deadline": "within"}, {"days": 90}, {"deadline": "by_as_of", "days": 0}, {"yes": -1}]
)
def test_a_question_has_days_if_it_is_within_days(wrong):
    with pytest.raises(InvalidValueError):
        asked(**wrong)


def test_a_question_is_one_of_three():
    with pytest.raises(InvalidValueError, match="did you mean 'ever'"):
        asked(deadline="evr")
    rate = conversion(ledger({"place": "charge", "peak": "charged", "n": 1}, by=())).overall
    with pytest.raises(InvalidValueError, match="ask it 'ever' or 'by_as_of'"):
        rate.answers(Deadline.WITHIN)


def test_to_let_closures_reopen_is_another_question():
    cell = {"place": "closed", "open": "reopenable", "n": 3}
    stand, reopen = (
        conversion(ledger(cell, by=()), closures=closures).overall.answers()
        for closures in ("stand", "may_reopen")
    )
    assert (stand.no, stand.undecided) == (3, 0)
    assert (reopen.no, reopen.undecided) == (0, 3)
    assert reopen.asked == "charged (closures may reopen) ever"
    with pytest.raises(InvalidValueError, match="do not compare"):
        compare(stand, reopen)


def test_an_assumption_about_the_silent_leaves_the_undecided_open():
    answers = asked(yes=3, no=5, unknown=8, undecided=2)
    expected = {
        None: (Fraction(3, 18), Fraction(13, 18)),
        SILENT_NO_MORE_OFTEN: (Fraction(3, 18), Fraction(5, 10)),
        SILENT_EQUALLY_OFTEN: (Fraction(3, 10), Fraction(5, 10)),
        OPEN_END_ALIKE: (Fraction(3, 8), Fraction(3, 8)),
    }
    for silence, ends in expected.items():
        bounds = answers.bounds(silence)
        assert (bounds.lower, bounds.upper) == ends
        assert bounds.assumptions == (() if silence is None else (silence,))
        assert silence is None or str(bounds).endswith(f"; if {silence.name}")


def test_where_none_is_known_an_assumption_has_nothing_to_go_by():
    for answers in (asked(unknown=3), asked(unknown=3, undecided=2), asked(undecided=2)):
        bounds = answers.bounds(OPEN_END_ALIKE)
        assert (bounds.lower, bounds.upper) == (0, 1)


def test_numbers_are_written_as_what_they_are():
    third, half = Fraction(1, 3), Fraction(1, 2)
    written = {
        (third, half, Scale.SHARE): "33.3-50.0 %",
        (half, half, Scale.SHARE): "50.0 %",
        (-half, third, Scale.POINTS): "-50.0 to +33.4 points",
        (-third, -third, Scale.POINTS): "-33.3 points",
        (third, Fraction(5, 2), Scale.TIMES): "0.33 to 2.50 times",
        (third, None, Scale.TIMES): "at least 0.33 times",
        (None, half, Scale.SHARE): "at most 50.0 %",
        (None, None, Scale.TIMES): "undefined",
    }
    for (lower, upper, scale), text in written.items():
        assert Bounds(what="x", lower=lower, upper=upper, scale=scale).text == text


@pytest.mark.parametrize(
    "other",
    [
        {"deadline": "by_as_of"},
        {"what": "convicted"},
        {"units": "families"},
        {"deadline": "within", "days": 3},
    ],
)
def test_different_questions_or_units_do_not_compare(other):
    with pytest.raises(InvalidValueError, match="do not compare: ask both the same, of the same units"):
        compare(asked(yes=1), asked(yes=1, **other))


def test_a_ratio_to_what_may_be_none_has_no_upper_end():
    some, none = (
        Bounds(what="", lower=Fraction(1, 2), upper=Fraction(1)),
        Bounds(what="", lower=Fraction(0), upper=Fraction(0)),
    )
    perhaps = Bounds(what="", lower=Fraction(0), upper=Fraction(1))
    assert (ratio(some, perhaps).lower, ratio(some, perhaps).upper) == (Fraction(1, 2), None)
    assert (ratio(some, none).lower, ratio(some, none).upper) == (None, None)
    assert (ratio(none, perhaps).lower, ratio(none, perhaps).upper) == (0, 0)
    assert (ratio(none, none).lower, ratio(none, none).upper) == (None, None)


def test_a_comparison_carries_what_was_believed():
    comparison = compare(asked(yes=1, no=1, unknown=2), asked(no=2, unknown=2), silence=SILENT_NO_MORE_OFTEN)
    assert comparison.difference.assumptions == (SILENT_NO_MORE_OFTEN,)
    assert str(comparison).endswith(f"if {SILENT_NO_MORE_OFTEN}")
    assert comparison.interval is None
    assert "interval" not in str(comparison)


def test_a_share_of_the_unknown_is_a_share():
    curve = sensitivity(asked(yes=1, unknown=1))
    for wrong in (Fraction(-1, 2), Fraction(3, 2)):
        with pytest.raises(InvalidValueError, match="from 0 to 1"):
            curve.at(wrong)
        with pytest.raises(InvalidValueError, match="from 0 to 1"):
            curve.flip(wrong)
    for steps in (0, -1, 1.5, True):
        with pytest.raises(InvalidValueError, match="1 or more"):
            Sensitivity(answers=asked(), steps=steps)


def test_a_curve_can_be_drawn_and_says_what_it_believes():
    curve = sensitivity(asked(yes=1, no=1, unknown=2), steps=2)
    assert curve.to_frame().rows() == [(0.0, 0.25, 0.25), (0.5, 0.5, 0.5), (1.0, 0.75, 0.75)]
    assert str(curve.at(Fraction(1, 2))).endswith("50.0 %; if 50.0 % of the unknown got there")
    assert ">charged ever, of 4 tips as of 2024-12-31<" in curve._repr_html_()
    assert sensitivity(asked()).to_frame()["lower"].to_list() == [None] * 11


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({"yes": 5, "no": 1, "unknown": 2}, "yes, whatever became of the unknown and the undecided"),
        ({"no": 5, "unknown": 1}, "no, whatever became of the unknown and the undecided"),
        ({"yes": 1, "no": 1, "undecided": 2}, "yes, whatever"),
        ({"no": 1, "undecided": 2}, "depends on the 2 undecided"),
        ({"yes": 0, "no": 3, "unknown": 4, "undecided": 1}, "yes if 50.0 % of the unknown or more got there"),
        (
            {"yes": 0, "no": 3, "unknown": 4, "undecided": 1},
            "; no if less than 25.0 % did; else it depends on the 1",
        ),
        (
            {"no": 6, "unknown": 1, "undecided": 2},
            "no if less than 25.0 % did; else it depends on the 2 undecided",
        ),
    ],
)
def test_a_conclusion_says_when_it_holds(counts, text):
    assert text in str(sensitivity(asked(**counts)).flip(Fraction(1, 4)))


def cell(state, source, place, n, **more):
    peak = "charged" if place == "charge" else "triaged"
    return {"state": state, "source": source, "place": place, "peak": peak, "n": n, **more}


def by_state():
    return conversion(
        ledger(
            cell("A", "x", "charge", 2),
            cell("A", "x", "closed", 2),
            cell("A", "y", "closed", 1),
            cell("B", "x", "charge", 1),
            cell("B", "y", "excluded", 1, reason="duplicate"),
            by=("state", "source"),
        )
    )


def test_standardised_by_hand():
    mix = Standard(name="three to one", dimension="source", weights={"x": 3, "y": 1})
    table = standardise(by_state(), mix)
    a, b = table.at(state="A"), table.at(state="B")
    assert (a.bounds.lower, a.bounds.upper, a.empty_weight) == (Fraction(3, 8), Fraction(3, 8), 0)
    # All that B has of y is counted elsewhere: of y it knows nothing.
    assert (b.bounds.lower, b.bounds.upper, b.empty_weight) == (Fraction(3, 4), 1, Fraction(1, 4))
    assert b.crude.lower == b.crude.upper == 1
    assert "Without units in state=B: y 25.0 %." in str(table)
    assert "The mix of three to one, by source: x 75.0 %, y 25.0 %." in str(table)
    assert str(b).endswith(
        "standardised by source to three to one: 75.0-100.0 %; 25.0 % of the weight is without units"
    )
    assert table.to_frame()["empty_weight"].to_list() == [0.0, 0.25]


def test_bounds_are_drawn_beside_the_numbers_of_their_line():
    table = standardise(by_state(), Standard(name="mix", dimension="source", weights={"x": 1, "y": 1}))
    lines = [*table.groups, table.overall]
    assert table._grid().bars == tuple((r.bounds.lower, r.bounds.upper) for r in lines)
    around = intervals(by_state())
    lines = [*around.groups, around.overall]
    assert around._grid().bars == tuple((r.answers.lower, r.answers.upper) for r in lines)


def test_a_value_without_a_weight_is_refused_and_one_of_weight_nought_is_not():
    with pytest.raises(
        InvalidValueError, match="'mix' has no weight for source y; give each a weight, be it 0"
    ):
        standardise(by_state(), Standard(name="mix", dimension="source", weights={"x": 1}))
    left_out = Standard(name="mix", dimension="source", weights={"x": 1, "y": 0})
    assert standardise(by_state(), left_out).at(state="B").bounds.lower == 1


def test_a_standard_weighs_a_dimension_that_the_rates_have():
    with pytest.raises(InvalidValueError, match="the standard weighs 'offense'"):
        standardise(by_state(), Standard(name="mix", dimension="offense", weights={"x": 1}))
    with pytest.raises(InvalidValueError, match="of one dimension"):
        Standard.of(by_state(), "mix")
    for weights in ({}, {"x": 0}, {"x": 2, "y": -1}):
        with pytest.raises(InvalidValueError, match="give none below 0 and one above"):
            Standard(name="mix", dimension="source", weights=weights)


def test_nothing_received_can_be_standardised_to_nothing_known():
    rates = conversion(ledger(by=("state", "source")))
    result = standardise(rates, Standard(name="mix", dimension="source", weights={"x": 1})).overall
    assert (result.bounds.lower, result.bounds.upper, result.empty_weight) == (0, 1, 1)
    assert result.crude.lower is None


def test_parts_of_groups_add_up():
    parts = [Parts(received=3, charge=1, excluded=2, unlinked=1), Parts(received=1, closed=1, known_late=1)]
    expected = Parts(received=4, charge=1, closed=1, excluded=2, unlinked=1, known_late=1)
    assert Parts.total(parts) == expected
    assert Parts.total([]) == Parts(received=0)
