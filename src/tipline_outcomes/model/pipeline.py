"""The rules of the pipeline, once, as plain data. Everything that is checked or drawn is derived from here.

The theory. A referral is in one stage at a time. An *action* is allowed in some stages. A *moving* action
leads to exactly one stage, so the stage before any event is the target of the last moving action before it: a
history can be checked with nothing but the pair (last target, action), row by row. Two actions find their
target in the event itself: ``close`` in its reason (one that is final, or one that allows reopening), and
``charge_result`` in the charges (``charged`` while any is open, ``concluded`` when the last has ended).
Other actions stand beside the pipeline and leave the stage as it is.

This module does not know what a referral or a data frame is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

from tipline_outcomes.model.disposition import (
    AdministrativeReason,
    ChargeStatus,
    ClosedReason,
    Disposition,
    Reason,
    is_final,
)
from tipline_outcomes.model.vocabulary import Action, Actor, Milestone, Place, Stage

__all__ = [
    "NAMES_ANOTHER",
    "NEEDS_SUBJECT",
    "OPEN_STAGES",
    "REASONS",
    "RUNGS",
    "TABLE",
    "Transition",
    "allowed_actions",
    "ends_as",
    "target",
]


@frozen
class Transition:
    """One line of the table: in *stage* (None: before it exists), *by* may take *action*, leading *to*.

    ``to`` is the stage itself for actions that do not move, and has two members where the event decides.

    >>> line = TABLE[Stage.PROSECUTION_REVIEW, Action.CLOSE]
    >>> line.by.value, [stage.value for stage in line.to]
    ('prosecutor', ['closed', 'closed_final'])
    """

    stage: Stage | None
    action: Action
    to: tuple[Stage, ...]
    by: Actor


# Which reasons an event of each action can carry; None stands for "no disposition".
_CLOSING: Final[frozenset[Reason | None]] = frozenset(
    {r for r in ClosedReason if r is not ClosedReason.TRANSFERRED}
    | {r for r in AdministrativeReason if r.ends}
)
_NONE: Final[frozenset[Reason | None]] = frozenset({None})
REASONS: Final[Mapping[Action, frozenset[Reason | None]]] = MappingProxyType(
    {
        **dict.fromkeys(Action, _NONE),
        Action.FILE_CHARGE: frozenset({ChargeStatus.CHARGE_PENDING}),
        Action.CHARGE_RESULT: frozenset(ChargeStatus),
        Action.CLOSE: _CLOSING,
        Action.DECIDE_SUBJECT: _CLOSING,
        Action.TRANSFER: frozenset({None, ClosedReason.TRANSFERRED}),
        Action.ADMINISTRATIVE_ACTION: frozenset(r for r in AdministrativeReason if not r.ends),
    }
)
"""For every action, the reasons that its disposition can have."""

NEEDS_SUBJECT: Final = frozenset({Action.DECIDE_SUBJECT})
"""Actions that are about one of several subjects, and must say which."""

NAMES_ANOTHER: Final = frozenset({Action.TRANSFER, Action.CLOSE, Action.CHARGE_RESULT})
"""Actions that can name another referral: the child, the survivor, the adopting one."""

RUNGS: Final[Mapping[Action, Milestone]] = MappingProxyType(
    {
        **dict.fromkeys(Action, Milestone.MADE_AVAILABLE),
        Action.ACCEPT: Milestone.TRIAGED,
        Action.OPEN_INVESTIGATION: Milestone.INVESTIGATED,
        Action.PRESENT_TO_PROSECUTOR: Milestone.PRESENTED,
        Action.FILE_CHARGE: Milestone.CHARGED,
        Action.CHARGE_RESULT: Milestone.CHARGED,
    }
)
"""The rung that an action shows to have been reached; a result that convicts shows `Milestone.CONVICTED`."""

_TARGETS: Final[Mapping[Action, tuple[Stage, ...]]] = MappingProxyType(
    {
        Action.MADE_AVAILABLE: (Stage.MADE_AVAILABLE,),
        Action.ACCEPT: (Stage.UNDER_TRIAGE,),
        Action.OPEN_INVESTIGATION: (Stage.UNDER_INVESTIGATION,),
        Action.SET_INACTIVE: (Stage.INACTIVE,),
        Action.RESUME: (Stage.UNDER_INVESTIGATION,),
        Action.PRESENT_TO_PROSECUTOR: (Stage.PROSECUTION_REVIEW,),
        Action.RETURN_TO_INVESTIGATION: (Stage.UNDER_INVESTIGATION,),
        Action.FILE_CHARGE: (Stage.CHARGED,),
        Action.CHARGE_RESULT: (Stage.CHARGED, Stage.CONCLUDED),
        Action.CLOSE: (Stage.CLOSED, Stage.CLOSED_FINAL),
        Action.TRANSFER: (Stage.TRANSFERRED,),
        Action.REOPEN: (Stage.UNDER_TRIAGE,),
    }
)

OPEN_STAGES: Final = (
    Stage.MADE_AVAILABLE,
    Stage.UNDER_TRIAGE,
    Stage.UNDER_INVESTIGATION,
    Stage.INACTIVE,
    Stage.PROSECUTION_REVIEW,
)
"""Stages of a referral that is not yet charged, closed or passed on."""

# Action -> who may take it in which stages. An arrest or a warrant is not tied to the investigation stage
# alone: warrants are served after a charge, and subpoenas are how triage finds out where a referral belongs.
_ALLOWED: Final[Mapping[Action, Mapping[Actor, tuple[Stage | None, ...]]]] = MappingProxyType(
    {
        Action.MADE_AVAILABLE: {Actor.CLEARINGHOUSE: (None,)},
        Action.ACCEPT: {Actor.AGENCY: (Stage.MADE_AVAILABLE,)},
        Action.OPEN_INVESTIGATION: {Actor.AGENCY: (Stage.UNDER_TRIAGE,)},
        Action.SET_INACTIVE: {Actor.AGENCY: (Stage.UNDER_INVESTIGATION,)},
        Action.RESUME: {Actor.AGENCY: (Stage.INACTIVE,)},
        Action.PRESENT_TO_PROSECUTOR: {Actor.AGENCY: (Stage.UNDER_INVESTIGATION,)},
        Action.RETURN_TO_INVESTIGATION: {Actor.PROSECUTOR: (Stage.PROSECUTION_REVIEW,)},
        Action.FILE_CHARGE: {
            Actor.AGENCY: (Stage.UNDER_INVESTIGATION,),
            Actor.PROSECUTOR: (Stage.PROSECUTION_REVIEW, Stage.CHARGED, Stage.CONCLUDED),
        },
        Action.CHARGE_RESULT: {Actor.COURT: (Stage.CHARGED, Stage.CONCLUDED)},
        Action.CLOSE: {
            Actor.AGENCY: (Stage.UNDER_TRIAGE, Stage.UNDER_INVESTIGATION, Stage.INACTIVE),
            Actor.PROSECUTOR: (Stage.PROSECUTION_REVIEW,),
        },
        Action.TRANSFER: {
            Actor.AGENCY: (Stage.UNDER_TRIAGE, Stage.UNDER_INVESTIGATION, Stage.PROSECUTION_REVIEW),
        },
        Action.REOPEN: {Actor.AGENCY: (Stage.CLOSED,)},
        Action.ADMINISTRATIVE_ACTION: {Actor.ANYONE: tuple(Stage)},
        Action.ARREST: {
            Actor.AGENCY: (Stage.UNDER_INVESTIGATION, Stage.PROSECUTION_REVIEW, Stage.CHARGED),
        },
        Action.LEGAL_PROCESS: {
            Actor.AGENCY: (
                Stage.UNDER_TRIAGE,
                Stage.UNDER_INVESTIGATION,
                Stage.PROSECUTION_REVIEW,
                Stage.CHARGED,
            ),
        },
        Action.DECIDE_SUBJECT: {
            Actor.AGENCY: (Stage.UNDER_INVESTIGATION, Stage.INACTIVE),
            Actor.PROSECUTOR: (Stage.PROSECUTION_REVIEW, Stage.CHARGED),
        },
        Action.CONFIRM_OPEN: {Actor.AGENCY: (*OPEN_STAGES[1:], Stage.CHARGED)},
    }
)

TABLE: Final[Mapping[tuple[Stage | None, Action], Transition]] = MappingProxyType(
    {
        (stage, action): Transition(
            stage, action, _TARGETS.get(action, () if stage is None else (stage,)), by
        )
        for action, actors in _ALLOWED.items()
        for by, stages in actors.items()
        for stage in stages
    }
)
"""The transition table: every pair of stage and action that the pipeline allows, and nothing else.

>>> TABLE[Stage.CLOSED, Action.REOPEN].to
(<Stage.UNDER_TRIAGE: 'under_triage'>,)
>>> (Stage.CLOSED_FINAL, Action.REOPEN) in TABLE
False
"""


def allowed_actions(stage: Stage | None) -> tuple[Action, ...]:
    """List what may happen next in a stage (None: before the referral exists), in the vocabulary's order.

    >>> [action.value for action in allowed_actions(Stage.CLOSED)]
    ['reopen', 'administrative_action']
    """
    return tuple(action for action in Action if (stage, action) in TABLE)


def ends_as(reason: AdministrativeReason | ClosedReason) -> Place:
    """Tell where a closure with this reason leaves a referral.

    >>> ends_as(ClosedReason.DUPLICATE), ends_as(AdministrativeReason.PRECHARGE_DIVERSION)
    (<Place.EXCLUDED: 'excluded'>, <Place.ADMINISTRATIVE: 'administrative'>)
    """
    if isinstance(reason, AdministrativeReason):
        return Place.ADMINISTRATIVE
    return Place.EXCLUDED if reason.elsewhere else Place.CLOSED


def target(action: Action, disposition: Disposition | None, *, charges_open: bool) -> Stage | None:
    """Give the one stage that an event leads to, or None where its action does not move the referral.

    Args:
        action: What happened.
        disposition: The event's disposition; it decides where ``close`` leads.
        charges_open: Whether any charge is open after the event; it decides where ``charge_result`` leads.

    >>> target(Action.CHARGE_RESULT, None, charges_open=False)
    <Stage.CONCLUDED: 'concluded'>
    """
    if action is Action.CHARGE_RESULT:
        return Stage.CHARGED if charges_open else Stage.CONCLUDED
    if action is Action.CLOSE:
        reason = None if disposition is None else disposition.reason
        final = isinstance(reason, AdministrativeReason | ClosedReason) and is_final(reason)
        return Stage.CLOSED_FINAL if final else Stage.CLOSED
    return _TARGETS[action][0] if action in _TARGETS else None
