"""The rules of `tipline_outcomes.model.pipeline` as small integers, for expressions over whole tables.

Nothing is decided here: every number is looked up from the model's table, which stays the one place of the
rules.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

import narwhals.stable.v2 as nw

from tipline_outcomes.model import (
    TABLE,
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Disposition,
    Level,
    Milestone,
    Place,
    Reason,
    Stage,
)
from tipline_outcomes.model.disposition import kind_of
from tipline_outcomes.model.pipeline import (
    NAMES_ANOTHER,
    NEEDS_SUBJECT,
    OPEN_STAGES,
    REASONS,
    RUNGS,
    ends_as,
    target,
)

__all__ = [
    "ACTIONS",
    "ALLOWED_STEPS",
    "CHARGE_KIND",
    "ENDS_AS",
    "KINDS",
    "LEVELS",
    "MAY_CONVICT",
    "NAMES_ANOTHER_CODES",
    "NEEDS_SUBJECT_CODES",
    "NOT_A_WORD",
    "OPENS",
    "OPEN_STAGE_CODES",
    "POSSIBLE",
    "REASON_CODES",
    "REASON_NAMES",
    "RUNG_OF",
    "STAGES",
    "STAGE_NAMES",
    "STANDS",
    "SURVIVED",
    "TARGET_OF",
    "WORDS",
    "pack_action",
    "pack_event",
    "pack_step",
    "said",
    "unpacked",
]

_N = TypeVar("_N", int, nw.Expr)

NOT_A_WORD: Final = 99
"""The code of a text that is in no vocabulary; 0 is always "none"."""

ACTIONS: Final[Mapping[str, int]] = {action.value: code for code, action in enumerate(Action, 1)}
STAGES: Final[Mapping[str, int]] = {stage.value: code for code, stage in enumerate(Stage, 1)}
STAGE_NAMES: Final[Mapping[int, str]] = {code: name for name, code in STAGES.items()}
LEVELS: Final[Mapping[str, int]] = {level.value: code for code, level in enumerate(Level, 1)}
KINDS: Final[Mapping[str, int]] = {Charge.kind: 1, Administrative.kind: 2, Closed.kind: 3}
CHARGE_KIND: Final = KINDS[Charge.kind]

_REASONS: Final[Mapping[Reason, int]] = {
    reason: code for code, reason in enumerate((*ChargeStatus, *AdministrativeReason, *ClosedReason), 1)
}
REASON_CODES: Final[Mapping[str, int]] = {reason.value: code for reason, code in _REASONS.items()}
REASON_NAMES: Final[Mapping[int, str]] = {code: name for name, code in REASON_CODES.items()}


WORDS: Final[Mapping[str, Mapping[str, int]]] = {
    "action": ACTIONS,
    "disposition": KINDS,
    "reason": REASON_CODES,
    "level": LEVELS,
}
"""The columns of the event table that hold words, with the words."""


def pack_action(action: _N, reason: _N) -> _N:
    """Give the one number that stands for an action with a reason (0 for none)."""
    return action * 100 + reason


def pack_step(stage: _N, action: _N) -> _N:
    """Give the one number that stands for an action in a stage (0: none yet)."""
    return stage * 100 + action


def pack_event(action: _N, reason: _N, kind: _N) -> _N:
    """Give the one number that stands for an action with a reason and a kind of disposition."""
    return pack_action(action, reason) * 10 + kind


def unpacked(event: nw.Expr) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    """Take action, reason and kind out of `pack_event`'s number."""
    return (event // 1000).cast(nw.Int16), (event // 10 % 100).cast(nw.Int16), (event % 10).cast(nw.Int16)


def said(action: Action, reason: Reason | None) -> int:
    """Give the one number that stands for an action with the reason of its disposition.

    >>> said(Action.ACCEPT, None)
    2000
    """
    kind = 0 if reason is None else KINDS[kind_of(reason)]
    return pack_event(ACTIONS[action.value], _code(reason), kind)


def _disposition(reason: Reason | None) -> Disposition | None:
    match reason:
        case ChargeStatus():
            return Charge(status=reason)
        case AdministrativeReason():
            return Administrative(reason=reason)
        case ClosedReason():
            return Closed(reason=reason)
        case None:
            return None


def _code(reason: Reason | None) -> int:
    return 0 if reason is None else _REASONS[reason]


POSSIBLE: Final[tuple[int, ...]] = tuple(
    said(action, reason) for action, reasons in REASONS.items() for reason in reasons
)
"""Every (action, reason, kind of disposition) that an event can have, packed."""

NEEDS_SUBJECT_CODES: Final = tuple(ACTIONS[action.value] for action in NEEDS_SUBJECT)
NAMES_ANOTHER_CODES: Final = tuple(ACTIONS[action.value] for action in NAMES_ANOTHER)

TARGET_OF: Final[Mapping[int, int]] = {
    pack_action(ACTIONS[action.value], _code(reason)): STAGES[stage.value]
    for action, reasons in REASONS.items()
    for reason in reasons
    if (stage := target(action, _disposition(reason), charges_open=True)) is not None
}
"""Where an action with a reason leads; absent if it does not move. A result: while charges are open."""

RUNG_OF: Final[Mapping[int, int]] = {
    pack_action(ACTIONS[action.value], _code(reason)): (
        Milestone.CONVICTED if isinstance(reason, ChargeStatus) and reason.convicts else RUNGS[action]
    ).rung
    for action, reasons in REASONS.items()
    for reason in reasons
}
"""The rung that an action with a reason shows to have been reached."""

ALLOWED_STEPS: Final[tuple[int, ...]] = tuple(
    pack_step(0 if stage is None else STAGES[stage.value], ACTIONS[action.value]) for stage, action in TABLE
)
"""Every allowed pair of stage (0: none yet) and action, packed."""

OPENS: Final = tuple(
    code for reason, code in _REASONS.items() if isinstance(reason, ChargeStatus) and reason.opens
)
OPEN_STAGE_CODES: Final = tuple(STAGES[stage.value] for stage in OPEN_STAGES)
STANDS: Final = tuple(
    code for reason, code in _REASONS.items() if isinstance(reason, ChargeStatus) and reason.stands
)
MAY_CONVICT: Final = tuple(
    code for reason, code in _REASONS.items() if isinstance(reason, ChargeStatus) and reason.may_convict
)
SURVIVED: Final = tuple(
    code for r, code in _REASONS.items() if isinstance(r, ClosedReason) and r.has_survivor
)

ENDS_AS: Final[Mapping[int, Place]] = {
    code: ends_as(reason) for reason, code in _REASONS.items() if not isinstance(reason, ChargeStatus)
}
"""Where a closure with this reason leaves a referral."""
