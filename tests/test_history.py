"""One history and the links between histories: recording, walking, and what the checks report."""

from datetime import date

import pytest
from attrs import evolve

from tipline_outcomes.errors import TransitionError
from tipline_outcomes.model import (
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Cohort,
    Event,
    IncidentType,
    Jurisdiction,
    Level,
    Milestone,
    Referral,
    Report,
    Source,
    SourceKind,
    Stage,
    allowed_actions,
)

HERE = Jurisdiction.parse("US-CA/local")
OPENED = (
    (Action.MADE_AVAILABLE, "2024-01-05", None),
    (Action.ACCEPT, "2024-01-09", None),
    (Action.OPEN_INVESTIGATION, "2024-02-01", None),
)


def told(*events, **fields) -> Referral:
    """A referral from (action, day, disposition)."""
    history = tuple(Event(on=date.fromisoformat(day), action=a, disposition=d) for a, day, d in events)
    return Referral(**{"id": "f-1", "jurisdiction": HERE, "history": history, **fields})


def filed(charge_id=None, subject_id=None, day="2024-03-01"):
    return (Action.FILE_CHARGE, day, Charge(charge_id=charge_id, subject_id=subject_id))


def result(charge_id=None, subject_id=None, day="2024-04-01", status=ChargeStatus.CONVICTED_PLEA):
    return (Action.CHARGE_RESULT, day, Charge(charge_id=charge_id, subject_id=subject_id, status=status))


def problems(referral: Referral) -> list[tuple[int | None, str]]:
    return [(violation.seq, violation.rule.value) for violation in referral.check()]


# Recording


@pytest.mark.parametrize("action", [a for a in Action if a not in allowed_actions(Stage.CLOSED_FINAL)])
def test_nothing_but_a_measure_follows_a_final_closure(action):
    closed = told(*OPENED, (Action.CLOSE, "2024-03-01", Closed(reason=ClosedReason.TIME_BARRED)))
    needed = {
        Action.FILE_CHARGE: Charge(),
        Action.CHARGE_RESULT: Charge(),
        Action.CLOSE: Closed(reason=ClosedReason.UNFOUNDED),
        Action.DECIDE_SUBJECT: Closed(reason=ClosedReason.UNFOUNDED),
    }
    subject = "s-1" if action is Action.DECIDE_SUBJECT else None
    late = Event(on=date(2024, 4, 1), action=action, disposition=needed.get(action), subject_id=subject)
    before = evolve(closed)
    with pytest.raises(TransitionError) as caught:
        closed.record(late)
    error = caught.value
    assert (error.rule, error.stage, error.action) == ("illegal_transition", "closed_final", action.value)
    assert error.allowed == ("administrative_action",)
    assert all(word in str(error) for word in ("closed_final", action.value, "administrative_action"))
    assert closed == before


def test_recording_gives_a_new_referral_and_leaves_the_old_one():
    old = told(*OPENED)
    new = old.record(Event(on=date(2024, 2, 1), action=Action.PRESENT_TO_PROSECUTOR))
    assert (old.stage, new.stage) == (Stage.UNDER_INVESTIGATION, Stage.PROSECUTION_REVIEW)
    assert new.history[:-1] == old.history


def test_an_event_before_the_last_one_is_not_recorded():
    with pytest.raises(TransitionError) as caught:
        told(*OPENED).record(Event(on=date(2024, 1, 31), action=Action.ARREST))
    assert caught.value.rule == "date_backwards"
    assert "2024-01-31 after 2024-02-01" in str(caught.value)


def test_a_result_for_a_charge_that_nobody_filed_is_not_recorded():
    charged = told(*OPENED, filed("c-1"))
    with pytest.raises(TransitionError, match="result for c-2") as caught:
        charged.record(
            Event(on=date(2024, 4, 1), action=Action.CHARGE_RESULT, disposition=Charge(charge_id="c-2"))
        )
    assert caught.value.rule == "charge_not_filed"


def test_what_comes_before_any_stage_says_so():
    with pytest.raises(TransitionError) as caught:
        told((Action.ARREST, "2024-01-05", None)).record(Event(on=date(2024, 1, 9), action=Action.ACCEPT))
    assert (caught.value.stage, caught.value.allowed) == ("no stage", ("made_available",))


def test_an_amended_event_is_recorded_whatever_the_stage():
    wrong = Event(on=date(2020, 1, 1), action=Action.RESUME, superseded_on=date(2024, 5, 1))
    assert told(*OPENED).record(wrong).stage is Stage.UNDER_INVESTIGATION


def test_a_final_stage_says_that_nothing_is_allowed():
    error = TransitionError(rule="illegal_transition", stage="x", action="y", allowed=(), because="z")
    assert "nothing (the stage is final)" in str(error)


# Charges


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([filed()], Stage.CHARGED),
        ([filed(), result()], Stage.CONCLUDED),
        ([filed(), result("c-1")], Stage.CONCLUDED),
        ([filed("c-1"), result()], Stage.CONCLUDED),
        ([filed(), filed("c-1"), result("c-1")], Stage.CONCLUDED),
        ([filed(), filed("c-1"), result()], Stage.CONCLUDED),
        ([filed("c-1"), filed("c-2"), result()], Stage.CHARGED),
        ([filed("c-1"), filed("c-2"), result("c-1")], Stage.CHARGED),
        ([filed("c-1"), filed("c-2"), result("c-1"), result("c-2")], Stage.CONCLUDED),
        ([filed("c-1", "s-1"), filed("c-1", "s-2"), result("c-1", "s-1")], Stage.CHARGED),
        ([filed(subject_id="s-1"), filed(subject_id="s-2"), result(subject_id="s-1")], Stage.CHARGED),
        ([filed(), result(status=ChargeStatus.CHARGE_STAYED)], Stage.CHARGED),
        (
            [filed(), result(), result(day="2024-05-01", status=ChargeStatus.CONVICTION_VACATED)],
            Stage.CHARGED,
        ),
        ([filed(), result(), filed("c-2", day="2024-05-01")], Stage.CHARGED),
        ([filed(), result(), filed("c-2", day="2024-05-01"), result(day="2024-06-01")], Stage.CONCLUDED),
    ],
)
def test_a_referral_is_concluded_when_its_last_open_charge_is(events, stage):
    referral = told(*OPENED, *events)
    assert referral.check() == ()
    assert referral.stage is stage


@pytest.mark.parametrize(
    "events",
    [
        [filed("c-1"), result("c-2")],
        [filed(), result("c-1"), result("c-2")],
        [filed(subject_id="s-1"), result()],
        [filed("c-1", "s-1"), result("c-1", "s-2")],
    ],
)
def test_a_result_needs_a_charge_that_was_filed(events):
    assert [rule for _, rule in problems(told(*OPENED, *events))] == ["charge_not_filed"]


def test_a_result_without_a_charge_is_two_problems_once():
    referral = told(*OPENED, result(), result(day="2024-05-01", status=ChargeStatus.CONVICTION_VACATED))
    assert problems(referral) == [(3, "illegal_transition"), (3, "charge_not_filed")]


def test_a_charge_is_kept_as_it_was_last_said_to_be():
    filed_by_the_state = (Action.FILE_CHARGE, "2024-03-01", Charge(level=Level.STATE))
    acquitted = Charge(status=ChargeStatus.ACQUITTED, subject_id="s-2", level=Level.FEDERAL)
    ended = (Action.CHARGE_RESULT, "2024-04-01", acquitted)
    charged = told(*OPENED, filed_by_the_state, filed("c-9", "s-2"), result("c-1"), ended)
    amended = evolve(charged.history[-1], superseded_on=date(2024, 5, 1), disposition=Charge(charge_id="c-7"))
    charged = evolve(charged, history=(*charged.history, amended))
    assert charged.charges == (
        Charge(status=ChargeStatus.CONVICTED_PLEA, level=Level.STATE, charge_id="c-1"),
        evolve(acquitted, charge_id="c-9"),
    )
    assert charged.conviction_stands


# Checks on one history


def test_a_lawful_history_has_no_problem():
    reopened = told(
        *OPENED,
        (Action.SET_INACTIVE, "2024-03-01", None),
        (Action.CLOSE, "2024-03-01", Closed(reason=ClosedReason.SUSPECT_NOT_IDENTIFIED)),
        (Action.REOPEN, "2024-05-01", None),
        (Action.OPEN_INVESTIGATION, "2024-05-01", None),
        (Action.PRESENT_TO_PROSECUTOR, "2024-06-01", None),
        filed(day="2024-07-01"),
        result(day="2024-09-01"),
    )
    assert reopened.check() == ()
    assert (reopened.stage, reopened.peak) == (Stage.CONCLUDED, Milestone.CONVICTED)


def test_a_history_that_starts_in_the_middle_breaks_a_rule():
    assert problems(told((Action.ACCEPT, "2024-01-09", None))) == [(0, "illegal_transition")]


def test_after_a_problem_the_walk_goes_on_as_if_the_step_had_been_lawful():
    skipped = told(OPENED[0], OPENED[2], (Action.PRESENT_TO_PROSECUTOR, "2024-03-01", None))
    assert problems(skipped) == [(1, "illegal_transition")]
    assert skipped.stage is Stage.PROSECUTION_REVIEW


def test_dates_that_run_backwards_are_reported_once():
    referral = told(
        OPENED[0], (Action.ACCEPT, "2024-01-01", None), (Action.OPEN_INVESTIGATION, "2024-01-02", None)
    )
    assert problems(referral) == [(1, "date_backwards")]


def test_a_violation_says_what_was_found():
    (violation,) = told(OPENED[0], OPENED[2]).check()
    assert violation.detail == "open_investigation in made_available"
    assert violation.referral_id == "f-1"


def test_a_transferred_referral_accepts_no_investigation_of_its_own():
    referral = told(
        *OPENED[:2], (Action.TRANSFER, "2024-02-01", None), (Action.OPEN_INVESTIGATION, "2024-02-02", None)
    )
    assert problems(referral) == [(3, "illegal_transition")]


# Checks on links


def linked(name: str, parent: str | None = None, day: str = "2024-01-05") -> Referral:
    return told((Action.MADE_AVAILABLE, day, None), id=name, parent_id=parent)


def duplicate(name: str, survivor: str | None) -> Referral:
    ended = told(*OPENED[:2], id=name)
    return ended.record(
        Event(
            on=date(2024, 2, 1),
            action=Action.CLOSE,
            disposition=Closed(reason=ClosedReason.DUPLICATE),
            other_id=survivor,
        )
    )


def of_cohort(*referrals: Referral, reports: tuple[Report, ...] = ()) -> list[tuple[str, str]]:
    return [(v.referral_id, v.rule.value) for v in Cohort(referrals=referrals, reports=reports).check()]


def test_parents_in_a_circle_are_reported_for_all_who_lead_into_it():
    circle = (linked("a", "b"), linked("b", "a"), linked("c", "a"), linked("d"), linked("e", "d"))
    assert of_cohort(*circle) == [("a", "transfer_cycle"), ("b", "transfer_cycle"), ("c", "transfer_cycle")]


def test_a_referral_that_is_its_own_parent_is_a_circle():
    assert of_cohort(linked("a", "a")) == [("a", "transfer_cycle")]


def test_survivors_in_a_circle_are_reported():
    assert of_cohort(duplicate("a", "b"), duplicate("b", "a"), duplicate("c", None)) == [
        ("a", "survivor_cycle"),
        ("b", "survivor_cycle"),
    ]


def test_a_survivor_is_named_by_the_last_closure_whatever_comes_after_it():
    measure = Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN)
    taken_down = Event(on=date(2024, 3, 1), action=Action.ADMINISTRATIVE_ACTION, disposition=measure)
    closed_again = evolve(duplicate("a", "c").history[-1], superseded_on=date(2024, 4, 1))
    circle = [duplicate("a", "b").record(taken_down), duplicate("b", "a").record(closed_again)]
    assert of_cohort(*circle, linked("c")) == [("a", "survivor_cycle"), ("b", "survivor_cycle")]


def test_whom_a_referral_was_passed_on_to_carries_it_on_the_eldest_first():
    def child(name: str, day: str, survivor: str | None = None) -> Referral:
        steps = [(Action.MADE_AVAILABLE, day, None), (Action.ACCEPT, day, None)]
        closed = (Action.CLOSE, day, Closed(reason=ClosedReason.DUPLICATE))
        made = told(*steps, *([closed] if survivor else []), id=name, parent_id="p")
        if survivor is None:
            return made
        return evolve(made, history=(*made.history[:-1], evolve(made.history[-1], other_id=survivor)))

    # A duplicate of its own parent has no survivor, unless another child carries the parent on.
    alone = child("b", "2024-02-01", "p")
    assert of_cohort(linked("p"), alone) == [("b", "survivor_cycle")]
    assert of_cohort(linked("p"), alone, child("c", "2024-03-01")) == []
    # Among duplicates the eldest carries it on, and leads back to the parent; the younger only leads there.
    assert of_cohort(linked("p"), alone, child("c", "2024-03-01", "x"), linked("x")) == [
        ("b", "survivor_cycle")
    ]
    assert (
        of_cohort(linked("p"), child("b", "2024-04-01", "p"), child("c", "2024-03-01", "x"), linked("x"))
        == []
    )


@pytest.mark.parametrize(
    ("child", "parent", "found"),
    [
        ("b", "a", []),
        ("b", None, ["child_without_parent"]),
        ("b", "c", ["child_without_parent"]),
        ("x", None, []),
    ],
)
def test_a_transfer_names_a_child_that_names_its_parent(child, parent, found):
    passed_on = told(*OPENED[:2], id="a").record(
        Event(on=date(2024, 2, 1), action=Action.TRANSFER, other_id=child)
    )
    cohort = (passed_on, linked("b", parent, "2024-02-02"), linked("c"))
    assert of_cohort(*cohort) == [("a", rule) for rule in found]
    # An amended transfer names nobody.
    amended = evolve(passed_on.history[-1], superseded_on=date(2024, 3, 1))
    kept = evolve(passed_on, history=(*passed_on.history[:-1], amended))
    assert of_cohort(kept, *cohort[1:]) == []


def test_a_chain_that_leaves_the_data_is_no_problem():
    assert of_cohort(linked("a", "elsewhere"), duplicate("b", "elsewhere")) == []


def test_a_child_made_available_before_its_parent_is_reported():
    assert of_cohort(linked("a", day="2024-01-05"), linked("b", "a", "2024-01-04")) == [
        ("b", "child_before_parent")
    ]
    assert of_cohort(linked("a", day="2024-01-05"), linked("b", "a", "2024-01-05")) == []


def test_a_missing_report_is_reported_only_where_reports_are_known():
    report = Report(
        id="r-1",
        received_on=date(2024, 1, 1),
        source=Source(kind=SourceKind.PUBLIC),
        incident_type=IncidentType.ENTICEMENT,
    )
    referral = evolve(linked("a"), report_ids=("r-1", "r-2"))
    assert of_cohort(referral) == []
    assert of_cohort(referral, reports=(report,)) == [("a", "report_missing")]
