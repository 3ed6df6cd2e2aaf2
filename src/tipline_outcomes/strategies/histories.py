"""Strategies of events and of histories: lawful ones walk the transition table, broken ones slip.

>>> from hypothesis import find
"""

from collections.abc import Sequence
from datetime import date

from attrs import evolve
from hypothesis import strategies as st

from tipline_outcomes.model import (
    Action,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Disposition,
    Event,
    ReferralId,
    Stage,
    SubjectId,
    allowed_actions,
)
from tipline_outcomes.model.history import walk
from tipline_outcomes.model.pipeline import NAMES_ANOTHER, NEEDS_SUBJECT, RUNGS
from tipline_outcomes.strategies.values import (
    CHARGE_IDS,
    NEVER,
    PSEUDONYMS,
    SUBJECTS,
    administratives,
    charges,
    closeds,
    days,
    days_after,
)

__all__ = ["broken_histories", "events", "lawful_histories"]

_SELDOM = st.sampled_from([False, False, False, True])
_MOST_EVENTS = 10


def events() -> st.SearchStrategy[Event]:
    """Draw events of every action, each with what its action needs, implied and amended ones included.

    >>> find(events(), lambda event: event.disposition is not None).live
    True
    """
    return _events(st.sampled_from(Action), days(), PSEUDONYMS.map(ReferralId), NEVER | days())


def _endings() -> st.SearchStrategy[Disposition]:
    return st.one_of(
        closeds().filter(lambda closed: closed.reason is not ClosedReason.TRANSFERRED),
        # Drawn more often than their share of the reasons: survivors are where counting goes wrong.
        closeds().filter(lambda closed: closed.reason.has_survivor),
        administratives(ends=True),
    )


@st.composite
def _events(
    draw: st.DrawFn,
    actions: st.SearchStrategy[Action],
    when: st.SearchStrategy[date],
    others: st.SearchStrategy[ReferralId],
    amended: st.SearchStrategy[date | None] = NEVER,
) -> Event:
    """Draw an event that can be built; for charges, whatever was filed before."""
    action = draw(actions)
    disposition: Disposition | None = None
    match action:
        case Action.FILE_CHARGE:
            disposition = evolve(draw(charges()), status=ChargeStatus.CHARGE_PENDING)
        case Action.CHARGE_RESULT:
            disposition = draw(charges())
        case Action.CLOSE | Action.DECIDE_SUBJECT:
            disposition = draw(_endings())
        case Action.TRANSFER:
            disposition = draw(st.sampled_from([None, Closed(reason=ClosedReason.TRANSFERRED)]))
        case Action.ADMINISTRATIVE_ACTION:
            disposition = draw(administratives(ends=False))
        case _:
            pass
    subject = None if isinstance(disposition, Charge) else draw(SUBJECTS)
    if subject is None and action in NEEDS_SUBJECT:
        subject = SubjectId("s-1")
    other = draw(st.none() | others | others) if action in NAMES_ANOTHER else None
    return Event(
        on=draw(when),
        action=action,
        disposition=disposition,
        subject_id=subject,
        other_id=other,
        implied=action is not Action.MADE_AVAILABLE and draw(_SELDOM),
        superseded_on=draw(amended),
    )


@st.composite
def lawful_histories(
    draw: st.DrawFn, start: date, others: st.SearchStrategy[ReferralId]
) -> tuple[Event, ...]:
    """Draw a history that breaks no rule: in every stage, an action that the table allows there."""
    history = [Event(on=start, action=Action.MADE_AVAILABLE)]
    stage: Stage | None = Stage.MADE_AVAILABLE
    while len(history) < _MOST_EVENTS:
        allowed = allowed_actions(stage)
        # Steps up the ladder and closures come up more often, or hardly a history would reach an end.
        upward = [action for action in allowed if RUNGS[action].rung > 0]
        closing = [action for action in allowed if action is Action.CLOSE]
        action = draw(st.sampled_from([None, *upward * 3, *closing, *allowed]))
        if action is None:
            break
        event = draw(_events(st.just(action), days_after(history[-1].on), others))
        if event.action is Action.CHARGE_RESULT and isinstance(event.disposition, Charge):
            event = evolve(event, disposition=draw(_result_for(event.disposition, history)))
        history.append(event)
        stage = [step.after for step in walk(history)][-1]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        was = draw(_events(st.sampled_from(Action), days(), others, days()))
        history.insert(draw(st.integers(0, len(history))), was)
    return tuple(history)


@st.composite
def _result_for(draw: st.DrawFn, charge: Charge, history: Sequence[Event]) -> Charge:
    """Turn a charge into one that was filed: by its id, without one, or by naming the unnamed one."""
    known = [event.disposition for event in history if isinstance(event.disposition, Charge)]
    subject = draw(st.sampled_from([filed.subject_id for filed in known]))
    names = [filed.charge_id for filed in known if filed.subject_id == subject and filed.charge_id]
    name = draw(st.sampled_from([None, *names]) if names else CHARGE_IDS)
    return evolve(charge, subject_id=subject, charge_id=name)


@st.composite
def broken_histories(
    draw: st.DrawFn, start: date, others: st.SearchStrategy[ReferralId]
) -> tuple[Event, ...]:
    """Draw a history that may break rules: a lawful one with a slip or two, or anything at all."""
    if draw(st.booleans()):
        anything = _events(st.sampled_from(Action), days(), others, NEVER | days())
        return tuple(draw(st.lists(anything, min_size=1, max_size=_MOST_EVENTS)))
    history = list(draw(lawful_histories(start, others)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(history) - 1))
        match draw(st.sampled_from(["redate", "move", "drop", "insert"])):
            case "redate":
                history[at] = evolve(history[at], on=draw(days()))
            case "move":
                history.insert(draw(st.integers(0, len(history) - 1)), history.pop(at))
            case "drop" if len(history) > 1:
                del history[at]
            case _:
                history.insert(at, draw(_events(st.sampled_from(Action), days(), others)))
    return tuple(history)
