"""One referral's life as a state machine: what the pipeline allows is recorded, anything else is tried.

>>> from hypothesis import settings
>>> from hypothesis.stateful import run_state_machine_as_test
"""

from datetime import date, timedelta

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tipline_outcomes.errors import TransitionError
from tipline_outcomes.model import Action, Event, Jurisdiction, Referral, ReferralId
from tipline_outcomes.strategies.histories import events, next_events
from tipline_outcomes.strategies.values import LONGEST_GAP, days, jurisdictions

__all__ = ["ReferralLife"]

_OTHERS = st.sampled_from([ReferralId("f-2"), ReferralId("f-3")])


class ReferralLife(RuleBasedStateMachine):
    """Lives through one referral, event by event, through `Referral.record`.

    For the tests of a case tool: do in `begun` and `recorded` to your tool what was done to the referral, and
    see in `refused` that your tool refuses it, too. Hypothesis shrinks the life to the few events after which
    the two disagree.

    Attributes:
        referral: The referral as it is now; available after `begun`.

    >>> class Tool(ReferralLife):
    ...     def begun(self) -> None:
    ...         self.charges = 0
    ...
    ...     def recorded(self, before: Referral, event: Event) -> None:
    ...         self.charges += event.action is Action.FILE_CHARGE
    ...         assert (self.charges > 0) == (self.referral.peak.value in {"charged", "convicted"})
    >>> run_state_machine_as_test(Tool, settings=settings(max_examples=5, derandomize=True, database=None))
    """

    referral: Referral

    def begun(self) -> None:
        """Be told that the referral was made available."""

    def recorded(self, before: Referral, event: Event) -> None:
        """Be told that an event was recorded.

        Args:
            before: The referral without it.
            event: What was recorded; it is the last of the history.
        """

    def refused(self, event: Event, error: TransitionError) -> None:
        """Be told that an event was refused, which has changed nothing.

        Args:
            event: What was to be recorded.
            error: What `Referral.record` raised.
        """

    @initialize(on=days(), where=jurisdictions())
    def is_made_available(self, on: date, where: Jurisdiction) -> None:
        """Begin."""
        made = Event(on=on, action=Action.MADE_AVAILABLE)
        self.referral = Referral(id=ReferralId("f-1"), jurisdiction=where, history=(made,))
        self.begun()

    @rule(data=st.data())
    def goes_on(self, data: st.DataObject) -> None:
        """Record what the pipeline allows."""
        event = data.draw(next_events(self.referral.history, _OTHERS))
        if event is not None:
            self._try(event)

    @rule(event=events(), days_later=st.integers(-2, LONGEST_GAP))
    def tries(self, event: Event, days_later: int) -> None:
        """Try anything, now and then dated before what was recorded last."""
        on = self.referral.history[-1].on + timedelta(days=days_later)
        self._try(evolve(event, on=on, superseded_on=None))

    def _try(self, event: Event) -> None:
        before = self.referral
        try:
            self.referral = before.record(event)
        except TransitionError as error:
            self.refused(event, error)
        else:
            self.recorded(before, event)
