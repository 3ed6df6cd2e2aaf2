"""Results: one type whatever the input; counts are whole, shares are exact, and what is undefined is None.

Read by type checkers, never run: a line that must not pass has an ignore, which is an error if unused.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from datetime import date
from fractions import Fraction
from typing import assert_type

from tipline_outcomes import (
    SILENT_EQUALLY_OFTEN,
    Answers,
    Attrition,
    AttritionTable,
    Bounds,
    Comparison,
    Deadline,
    Group,
    Interval,
    IntervalTable,
    Ledger,
    Level,
    Milestone,
    Mix,
    MixTable,
    Parts,
    Place,
    Rate,
    RateTable,
    Sensitivity,
    Standard,
    StandardTable,
    Unit,
    attrition,
    compare,
    conversion,
    interval,
    intervals,
    outcome_mix,
    sensitivity,
    standardise,
    wilson,
)


def each_metric_gives_one_type(ledger: Ledger) -> None:
    assert_type(conversion(ledger), RateTable)
    assert_type(conversion(ledger, "convicted", by="territory"), RateTable)
    assert_type(conversion(ledger, Milestone.CHARGED, level=Level.LOCAL, by=()), RateTable)
    assert_type(attrition(ledger, by=["territory"]), AttritionTable)
    assert_type(outcome_mix(ledger), MixTable)


def overall_and_groups_are_alike(rates: RateTable, steps: AttritionTable, mixes: MixTable) -> None:
    assert_type(rates.overall, Rate)
    assert_type(rates.groups, tuple[Rate, ...])
    assert_type(rates.at(territory="US-CA"), Rate)
    assert_type(rates.at(territory=None), Rate)
    assert_type(steps.overall, Attrition)
    assert_type(mixes.overall, Mix)


def counts_are_whole_and_shares_exact_or_none(rate: Rate, mix: Mix) -> None:
    assert_type(rate.reached, int)
    assert_type(rate.denominator, int)
    assert_type(rate.unlinked, int)
    assert_type(rate.lower, Fraction | None)
    assert_type(rate.upper, Fraction | None)
    assert_type(rate.upper_by_as_of, Fraction | None)
    assert_type(rate.resolved, Fraction | None)
    assert_type(mix.share(Place.CLOSED), Fraction | None)
    assert_type(mix.parts.places, dict[Place, int])


def a_question_has_answers_on_which_the_rest_is_made(rate: Rate, rates: RateTable) -> None:
    answers = assert_type(rate.answers(Deadline.BY_AS_OF), Answers)
    assert_type(answers.bounds(SILENT_EQUALLY_OFTEN), Bounds)
    assert_type(interval(answers), Interval)
    assert_type(intervals(rates, "by_as_of", clusters=rates), IntervalTable)
    assert_type(sensitivity(answers), Sensitivity)
    assert_type(compare(answers, answers), Comparison)
    assert_type(compare(answers, answers).interval, Interval | None)
    assert_type(standardise(rates, Standard.of(rates, "all")), StandardTable)
    assert_type(answers.bounds().lower, Fraction | None)
    # Intervals are the one place where a number is a float.
    assert_type(wilson(1, 2).lower, float)
    wilson(0.5, 2)  # type: ignore[arg-type]
    interval(rate)  # type: ignore[arg-type]
    compare(rates, rates)  # type: ignore[arg-type]


def a_result_says_of_what_it_is(rate: Rate) -> None:
    assert_type(rate.group, Group)
    assert_type(rate.group["territory"], str | None)
    assert_type(rate.unit, Unit)
    assert_type(rate.as_of, date)
    assert_type(rate.level, Level | None)


def what_may_be_undefined_has_to_be_asked(rate: Rate) -> Fraction:
    rate.lower + 1  # type: ignore[operator]
    rate.upper * 100  # type: ignore[operator]
    float(rate.resolved)  # type: ignore[arg-type]
    if rate.lower is None or rate.upper is None:
        return Fraction(0)
    return assert_type(rate.upper, Fraction) - assert_type(rate.lower, Fraction)


def results_are_frozen_and_by_name(rate: Rate, parts: Parts) -> None:
    rate.reached = 3  # type: ignore[misc]
    parts.charge = 3  # type: ignore[misc]
    Parts(10, 3)  # type: ignore[call-arg]
    Parts(received=10, charged=3)  # type: ignore[call-arg]
    Parts(received=10.5)  # type: ignore[arg-type]


def a_metric_reads_a_ledger(ledger: Ledger, rates: RateTable) -> None:
    conversion(rates)  # type: ignore[arg-type]
    conversion(ledger, level=1)  # type: ignore[arg-type]
    conversion(ledger, to=None)  # type: ignore[arg-type]
    conversion(ledger, "charged", "local")  # type: ignore[call-arg]
    outcome_mix(ledger, by=3)  # type: ignore[arg-type]
    rates.at(territory=3)  # type: ignore[arg-type]
