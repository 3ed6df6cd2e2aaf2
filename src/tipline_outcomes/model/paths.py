"""The way from a stage to an action that is not allowed there: the steps that somebody left out."""

from collections import deque
from typing import Final

from tipline_outcomes.model.pipeline import TABLE
from tipline_outcomes.model.vocabulary import Action, Stage

__all__ = ["shortest_path"]

# Steps on the way. Never what decides a matter (a closure, a charge, its result), nor what begins a referral,
# here or elsewhere: those have to be stated.
_STEPS: Final = (
    Action.ACCEPT,
    Action.OPEN_INVESTIGATION,
    Action.SET_INACTIVE,
    Action.RESUME,
    Action.PRESENT_TO_PROSECUTOR,
    Action.RETURN_TO_INVESTIGATION,
    Action.REOPEN,
)


def shortest_path(stage: Stage | None, action: Action) -> tuple[Action, ...] | None:
    """Find the fewest steps that lead from a stage to one in which an action is allowed.

    Only steps of the ordinary way are taken (accept, open_investigation, set_inactive, resume,
    present_to_prosecutor, return_to_investigation, reopen). Of two ways with as many steps, the one whose
    steps come first in the vocabulary is given.

    Args:
        stage: Where the referral is; None before it exists.
        action: What happens next.

    Returns:
        The steps in between, none of them if the action is allowed already; None if there is no way.

    >>> [step.value for step in shortest_path(Stage.MADE_AVAILABLE, Action.FILE_CHARGE)]
    ['accept', 'open_investigation']
    >>> shortest_path(Stage.CHARGED, Action.CLOSE) is None
    True
    """
    ways: dict[Stage | None, tuple[Action, ...]] = {stage: ()}
    ahead = deque(ways)
    while ahead:
        here = ahead.popleft()
        if (here, action) in TABLE:
            return ways[here]
        for step in _STEPS:
            for there in TABLE[here, step].to if (here, step) in TABLE else ():
                if there not in ways:
                    ways[there] = (*ways[here], step)
                    ahead.append(there)
    return None
