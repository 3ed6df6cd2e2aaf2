"""What the data show of a story: silence, late feedback, amended records."""

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import evolve

from tipline_outcomes.model import Action, Closed, ClosedReason, Event
from tipline_outcomes.synthetic.assumptions import Recipient
from tipline_outcomes.synthetic.chance import Chance

__all__ = ["CORRECTED_WITHIN", "amended", "observed_through", "told"]

CORRECTED_WITHIN = 20
"""The median number of days to an amendment; invented."""


def observed_through(recipient: Recipient, as_of: date) -> date | None:
    """Tell the last day of which an agency would have told; it depends on nothing but the agency."""
    if not recipient.reports_back:
        return None
    return as_of if recipient.silent_from is None else min(as_of, recipient.silent_from - timedelta(days=1))


def told(events: Sequence[Event], through: date | None) -> tuple[Event, ...]:
    """Keep what is told through a day. That a referral was made available is always known."""
    first, *others = events
    return (first, *(event for event in others if through is not None and event.on <= through))


def amended(history: tuple[Event, ...], known_through: date, chance: Chance) -> tuple[Event, ...]:
    """Put a wrong first version beside one event: a closure without its reason, or a day too early."""
    place = 1 + chance.below(len(history) - 1)
    right = history[place]
    corrected_on = min(known_through, right.on + timedelta(days=chance.days(CORRECTED_WITHIN)))
    if right.action is Action.CLOSE:
        wrong = Event(
            on=right.on,
            action=Action.CLOSE,
            disposition=Closed(reason=ClosedReason.ADMINISTRATIVE_CLOSURE),
            superseded_on=corrected_on,
        )
    else:
        early = right.on - timedelta(days=1 + chance.below(7))
        wrong = evolve(right, on=max(early, history[0].on), superseded_on=corrected_on)
    return (*history[:place], wrong, *history[place:])
