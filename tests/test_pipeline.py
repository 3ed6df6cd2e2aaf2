"""The transition table, held to the field's vocabulary and to its own promises."""

from itertools import product

import pytest

from tipline_outcomes.model import (
    TABLE,
    Action,
    Actor,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Disposition,
    Event,
    Stage,
    allowed_actions,
    is_final,
    parse_day,
)
from tipline_outcomes.model.pipeline import NAMES_ANOTHER, OPEN_STAGES, REASONS, RUNGS, target

A, S = Action, Stage
ENDINGS = (S.CLOSED, S.CLOSED_FINAL)
COURT = (S.CHARGED, S.CONCLUDED)
FINAL = {S.CLOSED_FINAL, S.TRANSFERRED}

# The table of the vocabulary, row by row: from, action, to, who.
VOCABULARY = [
    (None, A.MADE_AVAILABLE, (S.MADE_AVAILABLE,), Actor.CLEARINGHOUSE),
    (S.MADE_AVAILABLE, A.ACCEPT, (S.UNDER_TRIAGE,), Actor.AGENCY),
    (S.UNDER_TRIAGE, A.OPEN_INVESTIGATION, (S.UNDER_INVESTIGATION,), Actor.AGENCY),
    (S.UNDER_TRIAGE, A.CLOSE, ENDINGS, Actor.AGENCY),
    (S.UNDER_TRIAGE, A.TRANSFER, (S.TRANSFERRED,), Actor.AGENCY),
    (S.UNDER_INVESTIGATION, A.TRANSFER, (S.TRANSFERRED,), Actor.AGENCY),
    (S.PROSECUTION_REVIEW, A.TRANSFER, (S.TRANSFERRED,), Actor.AGENCY),
    *((stage, A.ADMINISTRATIVE_ACTION, (stage,), Actor.ANYONE) for stage in Stage),
    (S.UNDER_INVESTIGATION, A.ARREST, (S.UNDER_INVESTIGATION,), Actor.AGENCY),
    (S.UNDER_INVESTIGATION, A.LEGAL_PROCESS, (S.UNDER_INVESTIGATION,), Actor.AGENCY),
    (S.UNDER_INVESTIGATION, A.SET_INACTIVE, (S.INACTIVE,), Actor.AGENCY),
    (S.INACTIVE, A.RESUME, (S.UNDER_INVESTIGATION,), Actor.AGENCY),
    (S.UNDER_INVESTIGATION, A.PRESENT_TO_PROSECUTOR, (S.PROSECUTION_REVIEW,), Actor.AGENCY),
    (S.UNDER_INVESTIGATION, A.FILE_CHARGE, (S.CHARGED,), Actor.AGENCY),
    (S.UNDER_INVESTIGATION, A.CLOSE, ENDINGS, Actor.AGENCY),
    (S.INACTIVE, A.CLOSE, ENDINGS, Actor.AGENCY),
    (S.PROSECUTION_REVIEW, A.FILE_CHARGE, (S.CHARGED,), Actor.PROSECUTOR),
    (S.PROSECUTION_REVIEW, A.CLOSE, ENDINGS, Actor.PROSECUTOR),
    (S.PROSECUTION_REVIEW, A.RETURN_TO_INVESTIGATION, (S.UNDER_INVESTIGATION,), Actor.PROSECUTOR),
    (S.CHARGED, A.CHARGE_RESULT, COURT, Actor.COURT),
    (S.CLOSED, A.REOPEN, (S.UNDER_TRIAGE,), Actor.AGENCY),
    (S.CONCLUDED, A.CHARGE_RESULT, COURT, Actor.COURT),
    (S.CONCLUDED, A.FILE_CHARGE, (S.CHARGED,), Actor.PROSECUTOR),
]

# What the table allows besides: a second charge, and actions that move nothing.
BESIDES = {
    (S.CHARGED, A.FILE_CHARGE),
    *product((S.PROSECUTION_REVIEW, S.CHARGED), (A.ARREST, A.LEGAL_PROCESS)),
    (S.UNDER_TRIAGE, A.LEGAL_PROCESS),
    *product(
        (S.UNDER_INVESTIGATION, S.INACTIVE, S.PROSECUTION_REVIEW, S.CHARGED),
        (A.DECIDE_SUBJECT, A.CONFIRM_OPEN),
    ),
    (S.UNDER_TRIAGE, A.CONFIRM_OPEN),
}

MOVING = {
    A.MADE_AVAILABLE,
    A.ACCEPT,
    A.OPEN_INVESTIGATION,
    A.SET_INACTIVE,
    A.RESUME,
    A.PRESENT_TO_PROSECUTOR,
    A.RETURN_TO_INVESTIGATION,
    A.FILE_CHARGE,
    A.CHARGE_RESULT,
    A.CLOSE,
    A.TRANSFER,
    A.REOPEN,
}


def of_reason(reason: object) -> Disposition | None:
    match reason:
        case ChargeStatus():
            return Charge(status=reason)
        case AdministrativeReason():
            return Administrative(reason=reason)
        case ClosedReason():
            return Closed(reason=reason)
        case _:
            return None


@pytest.mark.parametrize(("stage", "action", "to", "by"), VOCABULARY)
def test_the_table_has_every_row_of_the_vocabulary(stage, action, to, by):
    row = TABLE[stage, action]
    assert (row.stage, row.action, row.to, row.by) == (stage, action, to, by)


def test_the_table_has_nothing_else():
    named = {(stage, action) for stage, action, _, _ in VOCABULARY}
    assert set(TABLE) == named | BESIDES
    assert not named & BESIDES


@pytest.mark.parametrize("action", Action)
def test_an_event_leads_to_exactly_one_stage_whatever_came_before(action):
    targets = {
        (reason, charges_open): target(action, of_reason(reason), charges_open=charges_open)
        for reason, charges_open in product(REASONS[action], (True, False))
    }
    rows = [row for row in TABLE.values() if row.action is action]
    if action in MOVING:
        # One function of the event gives the target, and every row of the action agrees on what is possible.
        assert {row.to for row in rows} == {rows[0].to}
        assert set(targets.values()) == set(rows[0].to)
    else:
        assert set(targets.values()) == {None}
        assert all(row.to == (row.stage,) for row in rows)


@pytest.mark.parametrize("reason", sorted(reason for reason in REASONS[A.CLOSE] if reason is not None))
def test_a_closure_can_be_reopened_unless_its_reason_is_final(reason):
    stage = target(A.CLOSE, of_reason(reason), charges_open=False)
    assert stage is (S.CLOSED_FINAL if is_final(reason) else S.CLOSED)
    assert (A.REOPEN in allowed_actions(stage)) is not is_final(reason)


def test_a_closure_whose_reason_is_not_known_is_not_taken_for_final():
    assert target(A.CLOSE, None, charges_open=False) is S.CLOSED


def test_a_result_leads_to_concluded_only_when_no_charge_is_open():
    assert target(A.CHARGE_RESULT, None, charges_open=True) is S.CHARGED
    assert target(A.CHARGE_RESULT, None, charges_open=False) is S.CONCLUDED


def _reachable(start: Stage | None) -> set[Stage]:
    found: set[Stage] = set()
    waiting: list[Stage | None] = [start]
    while waiting:
        here = waiting.pop()
        for (stage, _), row in TABLE.items():
            if stage is here:
                waiting += [to for to in row.to if to not in found]
                found.update(row.to)
    return found


def test_every_stage_is_reached_from_the_beginning():
    assert _reachable(None) == set(Stage)


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_that_is_not_final_has_a_way_out_and_can_reach_an_end(stage):
    leaving = {
        to for (here, action), row in TABLE.items() if here is stage and action in MOVING for to in row.to
    }
    if stage in FINAL:
        assert leaving == set()
    else:
        assert leaving - {stage}
        assert _reachable(stage) & (FINAL | {S.CONCLUDED})


def test_an_open_stage_is_one_without_a_charge_an_end_or_a_transfer():
    assert set(Stage) - set(OPEN_STAGES) == {*COURT, *ENDINGS, S.TRANSFERRED}


def test_allowed_actions_are_the_table_read_by_stage():
    assert {(stage, action) for stage in (None, *Stage) for action in allowed_actions(stage)} == set(TABLE)


def test_nothing_but_being_made_available_comes_first():
    assert allowed_actions(None) == (A.MADE_AVAILABLE,)


def test_the_actions_that_climb_show_each_its_rung():
    assert {action: rung.value for action, rung in RUNGS.items() if rung.rung > 0} == {
        A.ACCEPT: "triaged",
        A.OPEN_INVESTIGATION: "investigated",
        A.PRESENT_TO_PROSECUTOR: "presented",
        A.FILE_CHARGE: "charged",
        A.CHARGE_RESULT: "charged",
    }


def test_no_rung_above_the_first_is_shown_by_an_action_that_moves_nothing():
    assert all(RUNGS[action].rung == 0 for action in set(Action) - MOVING)


def test_the_data_about_actions_cover_all_of_them():
    assert set(REASONS) == set(RUNGS) == set(Action)
    # The child, the survivor, the one that adopts.
    assert {A.TRANSFER, A.CLOSE, A.CHARGE_RESULT} == NAMES_ANOTHER


@pytest.mark.parametrize("action", Action)
def test_an_event_can_be_built_with_every_possible_reason_and_no_other(action):
    every = [None, *ChargeStatus, *AdministrativeReason, *ClosedReason]
    subject = "s-1" if action is A.DECIDE_SUBJECT else None

    def fits(reason) -> bool:
        try:
            Event(
                on=parse_day("2024-01-01"), action=action, disposition=of_reason(reason), subject_id=subject
            )
        except ValueError:
            return False
        return True

    assert {reason for reason in every if fits(reason)} == REASONS[action]


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        TABLE[None, A.CLOSE] = TABLE[None, A.MADE_AVAILABLE]
