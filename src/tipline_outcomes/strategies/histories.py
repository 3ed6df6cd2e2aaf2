"""Strategies of events and of histories: lawful ones walk the transition table, broken ones slip.

A history shrinks to the few events that matter: every step is drawn by itself, from one list of actions, so
that a step can be left out without changing what the later ones mean.

>>> from hypothesis import find
"""

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import evolve
from hypothesis import strategies as st

from tipline_outcomes.model import (
    TABLE,
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
)
from tipline_outcomes.model.history import walk
from tipline_outcomes.model.pipeline import NAMES_ANOTHER, NEEDS_SUBJECT, RUNGS
from tipline_outcomes.strategies.values import (
    CHARGE_IDS,
    LEVELS,
    LONGEST_GAP,
    NEVER,
    PSEUDONYMS,
    SUBJECTS,
    administratives,
    charges,
    closeds,
    days,
)

__all__ = ["broken_histories", "events", "lawful_histories", "next_events"]

_SELDOM = st.sampled_from([False, False, False, True])
_MOSTLY = st.sampled_from([False, True, True])
_GAPS = st.integers(0, LONGEST_GAP).map(timedelta)
_STEPS = st.integers(0, 12)
_AMENDED = st.sampled_from([0, 0, 0, 1, 2])
_MOST_EVENTS = 10
_ACTIONS = st.sampled_from(Action)
_DAYS = days()

_ENDINGS = st.one_of(
    closeds().filter(lambda closed: closed.reason is not ClosedReason.TRANSFERRED),
    # Drawn more often than their share of the reasons: survivors are where counting goes wrong.
    closeds().filter(lambda closed: closed.reason.has_survivor),
    administratives(ends=True),
)
_RESULTS = st.builds(Charge, status=st.sampled_from(ChargeStatus), level=LEVELS)
_DISPOSITIONS: dict[Action, st.SearchStrategy[Disposition | None]] = {
    **dict.fromkeys(Action, st.none()),
    Action.FILE_CHARGE: st.builds(Charge, level=LEVELS, subject_id=SUBJECTS, charge_id=CHARGE_IDS),
    Action.CHARGE_RESULT: charges(),
    Action.CLOSE: _ENDINGS,
    Action.DECIDE_SUBJECT: _ENDINGS,
    Action.TRANSFER: st.sampled_from([None, Closed(reason=ClosedReason.TRANSFERRED)]),
    Action.ADMINISTRATIVE_ACTION: administratives(ends=False),
}

# What may come next, the plainest first; None: nothing, so that a step which does not matter shrinks away.
# Steps up the ladder and closures come up more often, or hardly a history would reach an end.
_UPWARD = sorted((action for action in Action if RUNGS[action].rung), key=lambda action: RUNGS[action].rung)
_NEXT = st.sampled_from([None, *_UPWARD * 3, Action.CLOSE, *Action])


def _possible(stage: Stage | None) -> st.SearchStrategy[Action | None]:
    return _NEXT.filter(lambda action: action is None or (stage, action) in TABLE)


_NEXT_IN = {stage: _possible(stage) for stage in Stage}


def events() -> st.SearchStrategy[Event]:
    """Draw events of every action, each with what its action needs, implied and amended ones included.

    >>> find(events(), lambda event: event.disposition is not None).live
    True
    """
    return _events(_ACTIONS, _DAYS, PSEUDONYMS.map(ReferralId), NEVER | _DAYS)


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
    event = _event(draw, action, draw(when), draw(_DISPOSITIONS[action]), others)
    return evolve(event, superseded_on=draw(amended))


def _event(
    draw: st.DrawFn,
    action: Action,
    on: date,
    disposition: Disposition | None,
    others: st.SearchStrategy[ReferralId],
) -> Event:
    subject = None if isinstance(disposition, Charge) else draw(SUBJECTS)
    if subject is None and action in NEEDS_SUBJECT:
        subject = SubjectId("s-1")
    return Event(
        on=on,
        action=action,
        disposition=disposition,
        subject_id=subject,
        other_id=draw(others) if action in NAMES_ANOTHER and draw(_MOSTLY) else None,
        implied=action is not Action.MADE_AVAILABLE and draw(_SELDOM),
    )


@st.composite
def next_events(
    draw: st.DrawFn, history: Sequence[Event], others: st.SearchStrategy[ReferralId]
) -> Event | None:
    """Draw an event that the pipeline allows after a lawful history, or None: nothing happens."""
    *_, last = walk(history)
    action = None if last.after is None else draw(_NEXT_IN[last.after])
    if action is None:
        return None
    on = last.event.on + draw(_GAPS)
    if action is Action.CHARGE_RESULT:
        return _event(draw, action, on, draw(_results(history)), others)
    return _event(draw, action, on, draw(_DISPOSITIONS[action]), others)


@st.composite
def _results(draw: st.DrawFn, history: Sequence[Event]) -> Charge:
    """Draw the result of a charge that was filed: named by its id, without one, or naming the unnamed one."""
    filed = [e.disposition for e in history if e.live and isinstance(e.disposition, Charge)]
    subject = draw(st.sampled_from(list(dict.fromkeys(charge.subject_id for charge in filed))))
    names = [charge.charge_id for charge in filed if charge.subject_id == subject and charge.charge_id]
    name = draw(st.sampled_from([None, *dict.fromkeys(names)]) if names else CHARGE_IDS)
    return evolve(draw(_RESULTS), subject_id=subject, charge_id=name)


@st.composite
def lawful_histories(
    draw: st.DrawFn, start: date, others: st.SearchStrategy[ReferralId]
) -> tuple[Event, ...]:
    """Draw a history that breaks no rule: in every stage, an action that the table allows there."""
    history = [Event(on=start, action=Action.MADE_AVAILABLE)]
    for _ in range(draw(_STEPS)):
        event = draw(next_events(history, others))
        if event is not None:
            history.append(event)
    for _ in range(draw(_AMENDED)):
        was = draw(_events(_ACTIONS, _DAYS, others, _DAYS))
        history.insert(draw(st.integers(0, len(history))), was)
    return tuple(history)


@st.composite
def broken_histories(
    draw: st.DrawFn, start: date, others: st.SearchStrategy[ReferralId]
) -> tuple[Event, ...]:
    """Draw a history that may break rules: a lawful one with a slip or two, or anything at all."""
    if draw(st.booleans()):
        anything = _events(_ACTIONS, _DAYS, others, NEVER | _DAYS)
        return tuple(draw(st.lists(anything, min_size=1, max_size=_MOST_EVENTS)))
    history = list(draw(lawful_histories(start, others)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(history) - 1))
        match draw(st.sampled_from(["redate", "move", "drop", "insert"])):
            case "redate":
                history[at] = evolve(history[at], on=draw(_DAYS))
            case "move":
                history.insert(draw(st.integers(0, len(history) - 1)), history.pop(at))
            case "drop" if len(history) > 1:
                del history[at]
            case _:
                history.insert(at, draw(_events(_ACTIONS, _DAYS, others)))
    return tuple(history)
