"""What a code of an agency says, in the words of the pipeline."""

from difflib import get_close_matches
from typing import Final, Self

from attrs import frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model import Action, Reason
from tipline_outcomes.model.pipeline import REASONS
from tipline_outcomes.model.vocabulary import meant

__all__ = ["NOTHING", "Meaning"]

NOTHING: Final = "nothing"
"""What is written for a code that is known, and says nothing of the pipeline."""


@frozen(kw_only=True)
class Meaning:
    """An action, with its reason where it takes one; or nothing at all.

    Attributes:
        action: What happened; None: the code is known, and says nothing.
        reason: The reason of its disposition. ``file_charge`` can have one only, which need not be written.

    Raises:
        InvalidValueError: If the action cannot have the reason.

    >>> Meaning.parse("close merged")
    Meaning(action=<Action.CLOSE: 'close'>, reason=<ClosedReason.MERGED: 'merged'>)
    >>> str(Meaning.parse("file_charge")), Meaning.parse("file_charge").reason.value
    ('file_charge', 'charge_pending')
    >>> Meaning.parse("close convicted_plea")
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: close cannot come with 'convicted_plea', which comes with ...
    """

    action: Action | None = None
    reason: Reason | None = None

    def __attrs_post_init__(self) -> None:
        """Hold the reason to the action; the pipeline's data say what fits."""
        if self.reason not in _reasons(self.action):
            raise InvalidValueError(_misfit(self.action, self.reason))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``action``, ``action reason`` or ``nothing``, as `str` writes it.

        Raises:
            InvalidValueError: If a word is not known, the action cannot have the reason, or the action is the
                one that is known of every referral; the message names what may have been meant.
        """
        if text == NOTHING:
            return cls()
        word, with_reason, reason = text.partition(" ")
        if word not in list(Action):
            message = f"{word!r} is no action; {meant(word, Action)}; a code that says none is {NOTHING!r}"
            raise InvalidValueError(message)
        action = Action(word)
        if action is Action.MADE_AVAILABLE:
            message = f"{word} is known of every referral from its first day; write {NOTHING!r} for this code"
            raise InvalidValueError(message)
        possible = _reasons(action)
        if not with_reason:
            return cls(action=action, reason=_only(possible))
        known = {known.value: known for known in possible if known is not None}
        if reason not in known:
            raise InvalidValueError(_misfit(action, reason))
        return cls(action=action, reason=known[reason])

    def __str__(self) -> str:
        """Write what `parse` reads; a reason that goes without saying is left out."""
        if self.action is None:
            return NOTHING
        if self.reason is None or self.reason is _only(_reasons(self.action)):
            return self.action.value
        return f"{self.action} {self.reason}"


def _reasons(action: Action | None) -> frozenset[Reason | None]:
    return frozenset({None}) if action is None else REASONS[action]


def _only(reasons: frozenset[Reason | None]) -> Reason | None:
    return next(iter(reasons)) if len(reasons) == 1 else None


def _misfit(action: Action | None, reason: str | None) -> str:
    known = sorted(word.value for word in _reasons(action) if word is not None)
    elsewhere = [other for other in Action if reason is not None and reason in REASONS[other]]
    if not known:
        return f"{action or NOTHING} takes no reason, but was given {str(reason)!r}"
    if reason is None:
        return f"{action} needs a reason, such as {known[0]!r}"
    says = f"{action} cannot come with {str(reason)!r}"
    if elsewhere:
        return f"{says}, which comes with {' or '.join(elsewhere)}"
    listed = "the docs, on the page Vocabulary, and at the top of what `profile init` drafts"
    parts = [word for word in known if reason in word.split("_")]
    near = parts or get_close_matches(reason, known, n=1)
    if near:
        meant = " or ".join(map(repr, near))
        return f"{says}; did you mean {meant}? The reasons that it can have stand in {listed}"
    return f"{says}; the reasons that it can have stand in {listed}"
