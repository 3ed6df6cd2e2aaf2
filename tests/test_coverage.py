"""Coverage: 47 of 61 are not the nation."""

from datetime import date

import pytest
from attrs import evolve

from tipline_outcomes import (
    Action,
    Cohort,
    Contributed,
    Coverage,
    Event,
    EventLog,
    ExtractError,
    InvalidValueError,
    Jurisdiction,
    Ledger,
    LedgerMismatchError,
    Level,
    Referral,
    contributions,
    conversion,
    conversion_within,
    covered,
    outcome_mix,
)
from tipline_outcomes.geo import task_forces
from tipline_outcomes.synthetic import Parameters, invent

END = date(2024, 12, 31)


def tips(agency: str, number: int, **more: object) -> list[Referral]:
    made = Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE)
    return [
        Referral(
            id=f"{agency}-{n}",
            jurisdiction=Jurisdiction(territory="US", level=Level.LOCAL, agency=agency),
            history=(made,),
            observed_through=END,
            **more,
        )
        for n in range(number)
    ]


def counted(*referrals: list[Referral], by: tuple[str, ...] = ("agency",), unit: str = "family") -> Ledger:
    cohort = Cohort(referrals=tuple(one for several in referrals for one in several))
    return Ledger.of(EventLog.of(cohort), as_of=END, by=by, unit=unit)


def test_47_of_61_task_forces_are_not_the_nation():
    forces = [force.id for force in task_forces()]
    there, gone = forces[:47], forces[47:]
    ledger = counted(*(tips(name, 2) for name in there))
    # Nobody publishes a count for each: the total is known.
    coverage = Coverage(made_available=dict.fromkeys(forces), total=610)
    table = contributions(ledger, coverage)
    assert str(table.overall) == (
        "47 of 61 contributors, 94 of 610 made available (15.4 %), 516 missing; families as of 2024-12-31"
    )
    assert {one.group["agency"] for one in table.groups if one.status is Contributed.NOTHING} == set(gone)
    rate = conversion(covered(ledger, coverage), by=()).overall
    # By the day of the count, none of the 94 that are watched was charged; the other 516 may have been.
    assert (rate.denominator, rate.pending, rate.unknown) == (610, 94, 516)
    assert (rate.lower, rate.upper_by_as_of * 610) == (0, 516)
    alone = conversion(ledger, by=()).overall
    assert (alone.denominator, alone.upper_by_as_of) == (94, 0)
    mix = outcome_mix(covered(ledger, coverage), by=()).overall
    assert mix.unknown_because == (("not_contributed", 516),)


def test_both_directions_of_a_mismatch_are_named():
    ledger = counted(
        tips("more", 5), tips("fewer", 3), tips("as-told", 2), tips("stranger", 4), tips("untold", 1)
    )
    coverage = Coverage(
        made_available={"more": 2, "fewer": 7, "as-told": 2, "nothing": 6, "none": 0, "untold": None},
        total=20,
    )
    table = contributions(ledger, coverage)
    found = {one.group["agency"]: (one.status.value, one.missing, one.more) for one in table.groups}
    assert found == {
        "as-told": ("all", 0, 0),
        "fewer": ("fewer", 4, 0),
        "more": ("more", 0, 3),
        "none": ("all", 0, 0),
        "nothing": ("nothing", 6, 0),
        "stranger": ("not_expected", None, 0),
        "untold": ("not_told", None, 0),
    }
    # Of the pool of 3, one is there. What one has more does not make up for what another lacks.
    assert (table.overall.missing, table.overall.more) == (4 + 6 + 2, 3)
    assert (table.overall.there, table.overall.expected) == (4, 6)
    text = str(table)
    assert "Nothing: 1 (nothing)." in text
    assert "Fewer: 1 (fewer)." in text
    assert "More: 1 (more)." in text
    assert "Not expected: 1 (stranger)." in text
    whole = covered(ledger, coverage)
    assert whole.received == 20 + 3
    assert "stranger" not in set(whole.standing["agency"])


def test_what_came_by_transfer_is_counted_where_it_was_made_available():
    ledger = counted(tips("a", 2), tips("b", 3, parent_id="elsewhere"))
    coverage = Coverage(made_available={"a": 2, "b": 0, "c": 3})
    by_agency = {one.group["agency"]: one for one in contributions(ledger, coverage).groups}
    assert (by_agency["b"].first_hand, by_agency["b"].came_in, by_agency["b"].more) == (0, 3, 0)
    whole = covered(ledger, coverage)
    assert whole.received == 5
    assert not whole.standing["came_in"].any()
    assert whole.waits["n"].sum() == 5


def test_the_missing_could_be_followed_and_enter_no_risk_set():
    whole = covered(counted(), Coverage(made_available={"a": 4}))
    columns = ("clock", "from", "to", "days", "followed", "late", "entered", "n")
    # Nobody knows how old they are: they may be old enough for whatever is asked.
    assert whole.waits.select(columns).rows() == [("received", "open", "unknown", None, None, False, 0, 4)]
    within = conversion_within(whole, 365).overall
    assert (within.denominator, within.unknown, within.too_young) == (4, 4, 0)


def test_rates_by_another_dimension_hold_the_missing_apart():
    ledger = counted(tips("a", 2), by=("territory", "agency"))
    table = conversion(covered(ledger, Coverage(made_available={"a": 5})).rolled_up(("territory",)))
    assert table.at(territory="US").denominator == 2
    assert table.at(territory=None).unknown == 3


@pytest.mark.parametrize("unit", ["referral", "subject", "report"])
def test_only_families_are_what_a_clearinghouse_counts(unit):
    ledger = counted(tips("a", 1, report_ids=("r",)), unit=unit, by=())
    with pytest.raises(LedgerMismatchError, match="unit=family"):
        contributions(ledger, Coverage(made_available={"a": 1}))


def test_a_ledger_that_does_not_tell_contributors_apart_is_refused():
    with pytest.raises(LedgerMismatchError, match="no dimension 'agency'"):
        covered(counted(by=()), Coverage(made_available={"a": 1}))


def test_a_ledger_is_covered_once():
    coverage = Coverage(made_available={"a": 1})
    with pytest.raises(LedgerMismatchError, match="already"):
        covered(covered(counted(), coverage), coverage)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"made_available": {"a": -1}}, "'a' is -1"),
        ({"made_available": {"a": True}}, "'a' is True"),
        ({"made_available": {"a": 1.0}}, "'a' is 1.0"),
        ({"made_available": (("a", 1), ("a", 2))}, "'a' is listed twice"),
        ({"made_available": {"a": None}}, "of 'a' no count is given"),
        ({"made_available": {"a": 3, "b": None}, "total": 2}, "sum to 3, and the total is 2"),
        ({"made_available": {"a": 3}, "total": 4}, "sum to 3, and the total is 4"),
        ({"total": -1}, "total is -1"),
    ],
)
def test_counts_that_cannot_be_are_refused(given, sentence):
    with pytest.raises(InvalidValueError, match=sentence):
        Coverage(**given)


def test_coverage_by_different_dimensions_does_not_add():
    with pytest.raises(LedgerMismatchError, match="'territory' there"):
        Coverage() + Coverage(dimension="territory")


def test_a_file_names_the_dimension_the_counts_and_the_total(tmp_path):
    file = tmp_path / "coverage.csv"
    file.write_text(
        "\ufefftask_force,made_available\n icac-ohio ,120\nicac-texas,\n\n,1000\n", encoding="utf-8"
    )
    assert Coverage.from_file(file) == Coverage(
        made_available={"icac-ohio": 120, "icac-texas": None}, total=1000, dimension="task_force"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "two, such as"),
        ("agency\n", "two, such as"),
        ("agency,count\na,1\n", "two, such as"),
        ("agency,made_available\na,1,000\n", "line 2"),
        ("agency,made_available\na,1\nb,-1\n", "line 3"),
        ("agency,made_available\na,1.0\n", "line 2"),
        ("agency,made_available\na\n", "line 2"),
        ("agency,made_available\na,\n,5\n,6\n", "total"),
        ('agency,made_available\n"a,1\n', "cannot be read"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused_with_the_line(tmp_path, text, sentence):
    file = tmp_path / "coverage.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ExtractError, match=sentence):
        Coverage.from_file(file)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ExtractError, match="cannot be read"):
        Coverage.from_file(tmp_path / "none.csv")


def test_a_clock_that_the_missing_may_be_on_is_refused():
    world = invent(Parameters(referrals=50))
    made = Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of, by="agency", unit="family")
    told = covered(made, Coverage(made_available={"tf-ny-1": 40}))
    with pytest.raises(LedgerMismatchError, match="where the clock 'charge' starts"):
        conversion_within(told, 180, "convicted")
    late = Cohort(referrals=tuple(evolve(r, observed_from=date(2024, 6, 1)) for r in world.cohort.referrals))
    made = Ledger.of(EventLog.of(late), as_of=world.parameters.as_of, by="agency")
    assert conversion_within(made, 30).overall.entered_late > 0
    told = covered(made, Coverage(made_available={"tf-ny-1": 40}))
    with pytest.raises(LedgerMismatchError, match="and units that entered late"):
        conversion_within(told, 30)
