"""The kinds of assumption that an invented world is made of, each held to the pipeline when it is made."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from attrs import Attribute, field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model import (
    TABLE,
    Action,
    AdministrativeReason,
    ChargeStatus,
    ClosedReason,
    Jurisdiction,
    Level,
    Reason,
    Stage,
)
from tipline_outcomes.model._fields import optional_day, strictly, strictly_or_none
from tipline_outcomes.synthetic.chance import PER_CENT, PER_MILLE

__all__ = ["INVENTED", "Ending", "Provider", "Recipient", "Step", "weights", "whole"]

INVENTED: Final = "invented"
"""The basis of a number that no published figure stands behind."""


def whole(least: int, most: int | None = None) -> "Callable[[object, Attribute[int], int], None]":
    """Make a validator that wants a whole number in a range."""
    limits = f"at least {least}" if most is None else f"from {least} to {most}"

    def check(instance: object, attribute: "Attribute[int]", value: object) -> None:
        fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
        if not fits or (most is not None and isinstance(value, int) and value > most):
            message = (
                f"{type(instance).__name__}.{attribute.name} is {value!r}; it must be a whole number {limits}"
            )
            raise InvalidValueError(message)

    return check


def weights(instance: object, attribute: "Attribute[Any]", value: tuple[tuple[object, int], ...]) -> None:
    """Refuse weights that are negative, or that leave nothing to draw from: an attrs validator."""
    if any(weight < 0 for _, weight in value) or not any(weight for _, weight in value):
        message = (
            f"{type(instance).__name__}.{attribute.name} is {value!r}; "
            "no weight may be negative, and one must be above 0"
        )
        raise InvalidValueError(message)


# The world ends at the verdict; all charges of a matter are filed on one day, subjects decided before.
_NOT_TOLD: Final = frozenset(
    {
        (Stage.CHARGED, Action.FILE_CHARGE),
        (Stage.CHARGED, Action.DECIDE_SUBJECT),
        (Stage.CONCLUDED, Action.FILE_CHARGE),
        (Stage.CONCLUDED, Action.CHARGE_RESULT),
    }
)


@frozen(kw_only=True)
class Step:
    """What may happen next in a stage. Of the moving steps of a stage one happens, or none ever does.

    A step that moves nothing (a measure, an arrest) happens beside them, if the stage lasts until its day.

    Attributes:
        stage: The stage.
        action: What may happen; the transition table has to allow it there.
        chance: How likely, in thousandths. For ``charge_result``: for each charge.
        days: The median number of days since the stage was entered; see `Chance.days` for the spread.
        reason: For ``administrative_action``: the measure.
        basis: Where the numbers come from.

    Raises:
        InvalidValueError: If the transition table does not allow the step, or a number is out of range.

    >>> Step(stage=Stage.CLOSED, action=Action.REOPEN, chance=30, days=120).basis
    'invented'
    """

    stage: Stage = field(validator=strictly(Stage))
    action: Action = field(validator=strictly(Action))
    chance: int = field(validator=whole(0, PER_MILLE))
    days: int = field(validator=whole(1))
    reason: AdministrativeReason | None = field(
        default=None, validator=strictly_or_none(AdministrativeReason)
    )
    basis: str = INVENTED

    def __attrs_post_init__(self) -> None:
        """Hold the step to the pipeline."""
        if (self.stage, self.action) not in TABLE or (self.stage, self.action) in _NOT_TOLD:
            message = f"Step: {self.action.value} cannot be a step of the stage {self.stage.value}"
            raise InvalidValueError(message)
        measure = self.reason is not None and not self.reason.ends
        if (self.action is Action.ADMINISTRATIVE_ACTION) != measure:
            message = (
                f"Step: {self.action.value} with reason {self.reason}; "
                "a measure belongs to administrative_action, and to nothing else"
            )
            raise InvalidValueError(message)

    @property
    def moves(self) -> bool:
        """Whether the step leads out of its stage, or ends a charge."""
        return TABLE[self.stage, self.action].to != (self.stage,)


@frozen(kw_only=True)
class Ending:
    """Why matters end in a stage: closing reasons, and in the stage ``charged`` the results of charges.

    Attributes:
        stage: The stage in which it ends.
        reason: The reason, or the charge's new status.
        weight: How often, relative to the other endings of the stage.
        basis: Where the weight comes from.

    Raises:
        InvalidValueError: If the stage cannot end so, or the weight is negative.

    >>> Ending(stage=Stage.UNDER_TRIAGE, reason=ClosedReason.DUPLICATE, weight=10).weight
    10
    """

    stage: Stage = field(validator=strictly(Stage))
    reason: Reason = field(validator=strictly(ChargeStatus, AdministrativeReason, ClosedReason))
    weight: int = field(validator=whole(0))
    basis: str = INVENTED

    def __attrs_post_init__(self) -> None:
        """Hold the ending to the pipeline."""
        match self.reason:
            case ChargeStatus():
                fits = self.stage is Stage.CHARGED and self.reason not in _NO_RESULT
            case AdministrativeReason():
                fits = (self.stage, Action.CLOSE) in TABLE and self.reason.ends
            case ClosedReason():
                fits = (self.stage, Action.CLOSE) in TABLE and self.reason is not ClosedReason.TRANSFERRED
        if not fits:
            message = f"Ending: nothing ends as {self.reason.value} in the stage {self.stage.value}"
            raise InvalidValueError(message)


_NO_RESULT: Final = frozenset({ChargeStatus.CHARGE_PENDING, ChargeStatus.CONVICTION_VACATED})


@frozen(kw_only=True)
class Recipient:
    """An agency that referrals are made available to. Invented; its territory is not a statement about it.

    Attributes:
        jurisdiction: Its territory, level and id.
        weight: How many referrals it gets, relative to the others.
        vigour: How much likelier than usual it takes a step up the ladder, in per cent.
        pace: How long everything takes it, in per cent of the usual.
        levels: The levels of the authorities that charge in its matters, with weights; None is not recorded.
        reports_back: Whether it ever tells the clearinghouse what became of a referral.
        silent_from: The first day from which it tells no more; None where it never stopped.
        basis: Where the numbers come from.

    Raises:
        InvalidValueError: If a number is out of range, or an agency that never reports back falls silent.
    """

    jurisdiction: Jurisdiction = field(validator=strictly(Jurisdiction))
    weight: int = field(validator=whole(0))
    vigour: int = field(default=PER_CENT, validator=whole(0))
    pace: int = field(default=PER_CENT, validator=whole(1))
    levels: tuple[tuple[Level | None, int], ...] = field(
        default=((Level.LOCAL, 78), (Level.STATE, 12), (Level.FEDERAL, 8), (None, 2)), validator=weights
    )
    reports_back: bool = field(default=True, validator=strictly(bool))
    silent_from: date | None = field(default=None, converter=optional_day)
    basis: str = INVENTED

    def __attrs_post_init__(self) -> None:
        """Refuse a silence that nothing comes before."""
        if self.silent_from is not None and not self.reports_back:
            message = f"Recipient {self.jurisdiction}: who never reports back cannot fall silent"
            raise InvalidValueError(message)


@frozen(kw_only=True)
class Provider:
    """Who submits reports. The names are invented, and stand for no service.

    Attributes:
        name: Its name; None for members of the public.
        weight: How many reports come from it, relative to the others.
        informational: How many of its reports are only informational, in thousandths.
        bundling: How many of its reports bundle several incidents, in thousandths.

    Raises:
        InvalidValueError: If a number is out of range.

    >>> Provider(name=None, weight=3).name is None
    True
    """

    name: str | None
    weight: int = field(validator=whole(0))
    informational: int = field(default=260, validator=whole(0, PER_MILLE))
    bundling: int = field(default=0, validator=whole(0, PER_MILLE))
