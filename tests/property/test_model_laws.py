"""Laws of the model: recording and walking agree, checks are pure, and a charge is never undone by time."""

import sys
from datetime import timedelta
from importlib import import_module

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from tipline_outcomes.errors import MissingExtraError, TransitionError
from tipline_outcomes.model import (
    TABLE,
    Breach,
    Cohort,
    Event,
    Jurisdiction,
    Milestone,
    Place,
    Referral,
    Report,
    Rule,
    Stage,
    allowed_actions,
)
from tipline_outcomes.model.history import walk
from tipline_outcomes.model.territory import same_place
from tipline_outcomes.strategies import cohorts, days, events, jurisdictions, referrals, register

pytestmark = pytest.mark.property

any_referrals = st.one_of(referrals(), referrals(lawful=False))


def live(referral: Referral) -> tuple[Event, ...]:
    return tuple(event for event in referral.history if event.live)


# The strategies keep their word


@given(referrals())
def test_a_lawful_referral_breaks_no_rule(referral):
    assert referral.check() == ()


@given(cohorts())
def test_a_lawful_cohort_breaks_no_rule(cohort):
    assert cohort.check() == ()


@given(cohorts(max_referrals=2))
def test_a_cohort_is_no_larger_than_asked_for(cohort):
    assert len(cohort.referrals) <= 2


@pytest.mark.parametrize("cls", [Report, Event, Referral, Cohort])
def test_a_registered_type_is_drawn_by_its_name(cls):
    register()

    @given(st.from_type(cls))
    def drawn(value):
        assert isinstance(value, cls)

    drawn()


def test_without_hypothesis_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "tipline_outcomes.strategies")
    with pytest.raises(MissingExtraError, match=r"tipline-outcomes\[testing\]"):
        import_module("tipline_outcomes.strategies")


# Recording is walking


@given(referrals())
def test_recording_event_by_event_gives_the_history(referral):
    first = next(seq for seq, event in enumerate(referral.history) if event.live)
    built = evolve(referral, history=referral.history[: first + 1])
    for event in referral.history[first + 1 :]:
        built = built.record(event)
    assert built == referral
    assert built.stage is referral.stage


@given(any_referrals, events())
def test_recording_refuses_exactly_what_the_check_would_report(referral, event):
    before, known = evolve(referral), referral.check()
    longer = evolve(referral, history=(*referral.history, event))
    new = [violation for violation in longer.check() if violation not in known]
    if new:
        with pytest.raises(TransitionError) as caught:
            referral.record(event)
        allowed = tuple(action.value for action in allowed_actions(referral.stage))
        assert (caught.value.rule, caught.value.allowed) == (new[0].rule.value, allowed)
    else:
        assert referral.record(event) == longer
    assert referral == before
    assert referral.check() == known


@given(any_referrals)
def test_a_step_starts_where_the_one_before_it_ended(referral):
    stage = None
    for step in walk(referral.history):
        assert step.before is stage
        lawful = (step.before, step.event.action) in TABLE
        assert lawful is (Rule.ILLEGAL_TRANSITION not in {rule for rule, _ in step.problems})
        if lawful:
            assert step.after in TABLE[step.before, step.event.action].to
        stage = step.after
    assert stage is referral.stage


@given(any_referrals)
def test_amended_events_change_nothing(referral):
    assume(live(referral))
    kept = evolve(referral, history=live(referral))
    assert (kept.stage, kept.peak, kept.dispositions, kept.received_on) == (
        referral.stage,
        referral.peak,
        referral.dispositions,
        referral.received_on,
    )
    assert [violation.rule for violation in kept.check()] == [
        violation.rule for violation in referral.check()
    ]


@given(referrals(), st.data())
def test_the_peak_only_rises(referral, data):
    # A history begins with its first live event; without one there is no referral.
    first = next(seq for seq, event in enumerate(referral.history) if event.live)
    cut = data.draw(st.integers(first + 1, len(referral.history)))
    assert evolve(referral, history=referral.history[:cut]).peak.rung <= referral.peak.rung


@given(referrals())
def test_a_court_stage_means_that_a_charge_was_reached(referral):
    if referral.stage in (Stage.CHARGED, Stage.CONCLUDED):
        assert referral.peak.rung >= Milestone.CHARGED.rung


# Checks are values


@given(cohorts(lawful=False))
def test_checks_raise_nothing_and_repeat_themselves(cohort):
    assert cohort.check() == cohort.check()


@given(cohorts(lawful=False), st.randoms(use_true_random=False))
def test_the_order_of_referrals_does_not_matter_to_the_checks(cohort, random):
    shuffled = list(cohort.referrals)
    random.shuffle(shuffled)
    again = evolve(cohort, referrals=tuple(shuffled))
    assert {*again.check()} == {*cohort.check()}
    assert len(again.check()) == len(cohort.check())


# Places


@given(any_referrals, days(), st.integers(0, 2000))
def test_a_later_day_never_takes_a_charge_back(referral, day, gap):
    assume(live(referral) and referral.received_on <= day)
    if referral.place(day) is Place.CHARGE:
        assert referral.place(day + timedelta(days=gap)) is Place.CHARGE


@given(referrals(), days())
def test_what_happens_later_does_not_change_where_a_referral_stood(referral, day):
    assume(referral.received_on <= day)
    then = evolve(referral, history=tuple(event for event in live(referral) if event.on <= day))
    assert then.place(day) is referral.place(day)


@given(any_referrals, days())
def test_a_referral_that_breaks_its_path_stands_nowhere_known(referral, day):
    assume(live(referral) and referral.received_on <= day)
    if any(violation.rule.breach is Breach.SETS_ASIDE for violation in referral.check()):
        assert referral.place(day) is Place.UNKNOWN


@given(any_referrals, days())
def test_an_incomplete_referral_is_charged_or_stands_nowhere_known(referral, day):
    assume(referral.received_on <= day)
    whole, incomplete = (evolve(referral, incomplete=flag).place(day) for flag in (False, True))
    assert incomplete is (Place.CHARGE if whole is Place.CHARGE else Place.UNKNOWN)


@given(referrals(), days(), days())
def test_watching_longer_only_turns_unknown_into_pending(referral, day, watched):
    assume(referral.received_on <= day)
    unwatched = evolve(referral, observed_through=None).place(day)
    watched_to = evolve(referral, observed_through=watched).place(day)
    assert watched_to is unwatched or (unwatched, watched_to) == (Place.UNKNOWN, Place.PENDING)
    assert unwatched is not Place.PENDING


# Jurisdictions


@given(jurisdictions())
def test_a_jurisdiction_is_parsed_as_it_is_written(jurisdiction):
    assert Jurisdiction.parse(str(jurisdiction)) == jurisdiction


@given(jurisdictions(), jurisdictions(), jurisdictions())
def test_containing_is_an_order_of_territories_and_agencies(a, b, c):
    assert a.contains(a)
    if a.contains(b) and b.contains(c):
        assert a.contains(c)
    if a.contains(b) and b.contains(a):
        assert (same_place(a.territory), a.agency) == (same_place(b.territory), b.agency)
