"""The paths that histories are known to take without breaking a rule, so that each is walked once only.

Whatever their days and ids, the referrals of a cohort take few paths. A path is what decides where events
lead: the actions, each followed by its disposition where that has a say.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, TypeAlias

from tipline_outcomes.model.disposition import ChargeStatus, Disposition
from tipline_outcomes.model.event import Event
from tipline_outcomes.model.pipeline import REASONS, TABLE
from tipline_outcomes.model.vocabulary import Action

__all__ = ["is_known_lawful", "remember_lawful"]

_Paths: TypeAlias = "dict[Action | Disposition | None, _Paths]"
"""A tree, because whatever begins a lawful path is lawful."""

_DECIDED: Final = frozenset(
    {
        *(action for (_, action), line in TABLE.items() if len(line.to) > 1),
        *(action for action, reasons in REASONS.items() if not reasons.isdisjoint(ChargeStatus)),
    }
)
"""The actions whose disposition decides where they lead, or where a later one does."""
_FIRST_DAY: Final = date.min
_MOST: Final = 10_000

_known: _Paths = {}
_size = 0


def is_known_lawful(history: Iterable[Event]) -> bool:
    """Tell whether a history takes a known path on days that never run backwards: then it breaks no rule.

    >>> is_known_lawful([Event(on=date(2024, 1, 5), action=Action.REOPEN)])
    False
    """
    here, last = _known, _FIRST_DAY
    try:
        for event in history:
            if event.superseded_on is None:
                day, action = event.on, event.action
                if day < last:
                    return False
                last = day
                here = here[action]
                if action in _DECIDED:
                    here = here[event.disposition]
    except KeyError:
        return False
    return True


def remember_lawful(history: Iterable[Event]) -> None:
    """Remember the path of a history that breaks no rule.

    >>> history = [Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE)]
    >>> remember_lawful(history)
    >>> is_known_lawful(history)
    True
    """
    global _size  # noqa: PLW0603 - how large the tree is that stands beside it
    if _size > _MOST:
        # What is common will soon be known again.
        _known.clear()
        _size = 0
    here = _known
    for event in history:
        if event.superseded_on is None:
            steps = [event.action, event.disposition] if event.action in _DECIDED else [event.action]
            for step in steps:
                _size += step not in here
                here = here.setdefault(step, {})
