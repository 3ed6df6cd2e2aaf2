"""One referral's life, event by event: what `record` accepts is what the table allows, and nothing else."""

from collections.abc import Iterable

import pytest
from attrs import evolve
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tipline_outcomes import dumps_record, read_jsonl
from tipline_outcomes.errors import TransitionError
from tipline_outcomes.model import (
    TABLE,
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Event,
    Referral,
    Rule,
    Stage,
    allowed_actions,
    is_final,
)
from tipline_outcomes.strategies import ReferralLife

pytestmark = pytest.mark.property

UNFOUNDED = Closed(reason=ClosedReason.UNFOUNDED)
PLAIN = {
    Action.FILE_CHARGE: Charge(),
    Action.CLOSE: UNFOUNDED,
    Action.DECIDE_SUBJECT: UNFOUNDED,
    Action.ADMINISTRATIVE_ACTION: Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN),
}


def next_of(referral: Referral, action: Action) -> Event:
    """The plainest event of an action, on the day of the last one; a result is of a charge that was filed."""
    disposition = PLAIN.get(action)
    if action is Action.CHARGE_RESULT:
        disposition = evolve((*referral.charges, Charge())[0], status=ChargeStatus.ACQUITTED)
    subject = "s-1" if action is Action.DECIDE_SUBJECT else None
    on = referral.history[-1].on
    return Event(on=on, action=action, disposition=disposition, subject_id=subject)


def accepts(referral: Referral, event: Event) -> bool:
    try:
        referral.record(event)
    except TransitionError:
        return False
    return True


def charges(history: Iterable[Event]) -> dict:
    """The charges, each with its status; one without an id is the one that its subject's are first named."""
    told = [event.disposition for event in history if isinstance(event.disposition, Charge)]
    names: dict = {}
    for charge in told:
        if charge.charge_id is not None:
            names.setdefault(charge.subject_id, charge.charge_id)
    return {(c.subject_id, c.charge_id or names.get(c.subject_id)): c.status for c in told}


def result_of_nothing(before: Referral, event: Event) -> bool:
    """Whether it is a result, and there is one charge more with it than without."""
    more = charges((*before.history, event))
    return event.action is Action.CHARGE_RESULT and len(more) > len(charges(before.history))


def folded(history: tuple[Event, ...]) -> Stage | None:
    """The stage to which the table leads, line by line."""
    stage: Stage | None = None
    for n, event in enumerate(history, 1):
        to = TABLE[stage, event.action].to
        if event.action is Action.CLOSE:
            stage = Stage.CLOSED_FINAL if is_final(event.disposition.reason) else Stage.CLOSED
        elif event.action is Action.CHARGE_RESULT:
            runs = any(status.opens for status in charges(history[:n]).values())
            stage = Stage.CHARGED if runs else Stage.CONCLUDED
        else:
            (stage,) = to
        assert stage in to
    return stage


class Life(ReferralLife):
    """Holds the referral to the table after every step."""

    def recorded(self, before: Referral, event: Event) -> None:
        assert (before.stage, event.action) in TABLE
        assert not result_of_nothing(before, event)
        assert self.referral == evolve(before, history=(*before.history, event))

    def refused(self, event: Event, error: TransitionError) -> None:
        stage = self.referral.stage
        assert error.stage == stage
        assert error.allowed == allowed_actions(stage)
        why = {violation.rule for violation in with_it(self.referral, event).check()}
        assert error.rule in why
        assert (Rule.ILLEGAL_TRANSITION in why) == ((stage, event.action) not in TABLE)
        assert (Rule.CHARGE_NOT_FILED in why) == result_of_nothing(self.referral, event)
        assert (Rule.DATE_BACKWARDS in why) == (event.on < self.referral.history[-1].on)

    @invariant()
    def it_stands_where_the_table_leads(self) -> None:
        assert self.referral.stage is folded(self.referral.history)

    @invariant()
    def it_breaks_no_rule(self) -> None:
        assert self.referral.check() == ()

    @invariant()
    def what_may_happen_next_is_what_is_accepted(self) -> None:
        possible = [action for action in Action if accepts(self.referral, next_of(self.referral, action))]
        assert possible == list(allowed_actions(self.referral.stage))

    def teardown(self) -> None:
        if hasattr(self, "referral"):
            assert read_jsonl([dumps_record(self.referral)]).cohort.referrals == (self.referral,)


def with_it(referral: Referral, event: Event) -> Referral:
    return evolve(referral, history=(*referral.history, event))


def test_what_is_recorded_is_what_the_table_allows():
    run_state_machine_as_test(Life, settings=settings(stateful_step_count=30))


def test_a_life_that_goes_wrong_shrinks_to_a_few_events():
    class Forgetful(ReferralLife):
        lived: tuple[Event, ...]

        def recorded(self, before: Referral, event: Event) -> None:
            Forgetful.lived = (*before.history, event)
            assert event.action is not Action.TRANSFER

    quick = settings(max_examples=200, database=None, phases=(Phase.generate, Phase.shrink))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Forgetful, settings=quick)
    assert [e.action for e in Forgetful.lived] == [Action.MADE_AVAILABLE, Action.ACCEPT, Action.TRANSFER]
