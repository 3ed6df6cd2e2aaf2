"""Every exception of the package, under one base class.

Two kinds of mistake are kept apart, because they are mended by different people:

* a *caller's* mistake (a value that can never be right, a transition that the pipeline forbids, a question
  that a ledger cannot answer) raises one of the classes below, at once;
* a *record's* mistake (dates that run backwards, a charge result without a charge) is a value, a
  `tipline_outcomes.model.Violation`, found by a check and counted. Nothing is raised for it.
"""

from collections.abc import Mapping

from attrs import frozen

__all__ = [
    "ExtractError",
    "InvalidValueError",
    "LedgerImbalanceError",
    "LedgerMismatchError",
    "MissingExtraError",
    "NotComparableError",
    "ProfileError",
    "ProfileProblem",
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


@frozen(kw_only=True)
class ProfileProblem:
    """One thing that is wrong with a profile.

    Attributes:
        line: The line at which the statement begins, from 1; None where the profile has no text.
        path: Where in the profile, as in ``event[1].code``; positions count from 1, as lines do.
        message: What is wrong and what would be right, in one sentence.

    >>> print(ProfileProblem(line=7, path="event[1].on", message="is missing"))
    line 7, event[1].on: is missing
    """

    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        """Write it as one line."""
        where = ([] if self.line is None else [f"line {self.line}"]) + ([self.path] if self.path else [])
        return f"{', '.join(where)}: {self.message}" if where else self.message


class ProfileError(TiplineError, ValueError):
    """A profile that cannot be read as it stands. All its problems are told at once.

    Attributes:
        name: The profile's name, as a rule its file's.
        problems: What is wrong with it, in the order of the lines.
    """

    def __init__(self, *, name: str, problems: tuple[ProfileProblem, ...]) -> None:
        """Compose the message: one line a problem."""
        self.name = name
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n  ".join([f"{name} has {count}:", *map(str, problems)]))


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


class NotComparableError(TiplineError, ValueError):
    """Two published figures that must not be divided by each other, unless somebody says what is assumed.

    Attributes:
        numerator: The id of the figure above the line.
        denominator: The id of the figure below it.
        mismatches: The fields in which they do not agree, each with how.
        bridges: For each of these fields the assumptions that would bridge it, as they are written in code.
    """

    def __init__(
        self,
        *,
        numerator: str,
        denominator: str,
        mismatches: Mapping[str, str],
        bridges: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Compose the message: one line a field, with the way out."""
        self.numerator = numerator
        self.denominator = denominator
        self.mismatches = dict(mismatches)
        self.bridges = dict(bridges)
        lines = [f"{numerator} cannot be divided by {denominator}:"]
        for field, how in self.mismatches.items():
            offered = ", ".join(self.bridges[field])
            lines.append(
                f"{field}: {how}; {f'{offered} would bridge it' if offered else 'nothing bridges it'}"
            )
        super().__init__("\n  ".join(lines))


class MissingExtraError(TiplineError, ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""

    def __init__(self, *, package: str, extra: str) -> None:
        """Name the package that is missing and the command that installs it."""
        super().__init__(
            f"{package} is not installed. Install it with: pip install 'tipline-outcomes[{extra}]'"
        )
