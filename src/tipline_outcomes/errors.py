"""Every exception of the package, under one base class.

Two kinds of mistake are kept apart, because they are mended by different people:

* a *caller's* mistake (a value that can never be right, a transition that the pipeline forbids, a question
  that a ledger cannot answer) raises one of the classes below, at once;
* a *record's* mistake (dates that run backwards, a charge result without a charge) is a value, a
  `tipline_outcomes.model.Violation`, found by a check and counted. Nothing is raised for it.
"""

__all__ = [
    "ExtractError",
    "InvalidValueError",
    "LedgerImbalanceError",
    "LedgerMismatchError",
    "MissingExtraError",
    "TiplineError",
    "TransitionError",
]


class TiplineError(Exception):
    """Base of every exception that this package raises on purpose.

    >>> issubclass(TransitionError, TiplineError)
    True
    """


class InvalidValueError(TiplineError, ValueError):
    """A value that can never be right: the message says what, where, and what would be right."""


class TransitionError(TiplineError, ValueError):
    """An event that the pipeline does not allow after the events before it. Nothing was changed.

    Attributes:
        rule: The broken rule's name, as in `tipline_outcomes.model.Rule`.
        stage: The stage that the referral was in.
        action: The action that was refused.
        allowed: What the transition table allows from that stage.
    """

    def __init__(self, *, rule: str, stage: str, action: str, allowed: tuple[str, ...], because: str) -> None:
        """Compose the sentence from its parts, so that every message names stage, action and way out."""
        self.rule = rule
        self.stage = stage
        self.action = action
        self.allowed = allowed
        allowed_text = ", ".join(allowed) if allowed else "nothing (the stage is final)"
        super().__init__(
            f"{action!r} is not possible in stage {stage!r}: {because}. Allowed here: {allowed_text}."
        )


class ExtractError(TiplineError, ValueError):
    """Input that cannot be read as a whole: a missing file, table or column. A bad record never raises."""


class LedgerImbalanceError(TiplineError, AssertionError):
    """A ledger whose accounts do not balance; it cannot be made.

    Attributes:
        law: The law's name, for example ``every unit received is counted once``.
        cell: The cell in which it fails, as text.
        left: The count on the law's left side.
        right: The count on its right side.
    """

    def __init__(self, *, law: str, cell: str, left: int, right: int) -> None:
        """Compose the sentence from law, cell and both numbers."""
        self.law = law
        self.cell = cell
        self.left = left
        self.right = right
        super().__init__(f"law broken: {law}; in {cell}: {left} is not {right}")


class LedgerMismatchError(TiplineError, ValueError):
    """Two ledgers that must not be added, or a question that this ledger was not made to answer."""


class MissingExtraError(TiplineError, ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""

    def __init__(self, *, package: str, extra: str) -> None:
        """Name the package that is missing and the command that installs it."""
        super().__init__(
            f"{package} is not installed. Install it with: pip install 'tipline-outcomes[{extra}]'"
        )
