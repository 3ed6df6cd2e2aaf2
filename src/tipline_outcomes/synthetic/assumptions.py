"""What the invented world assumes, line by line, as data. Every number is invented.

Where a published figure gave a number its order of magnitude, the line's ``basis`` names it. None of these
lines is an estimate, none comes from case data, and nothing may be learned about a real agency from them.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from attrs import Attribute, field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model import (
    TABLE,
    Action,
    AdministrativeReason,
    AgencyId,
    ChargeStatus,
    ClosedReason,
    Jurisdiction,
    Level,
    Reason,
    Stage,
)
from tipline_outcomes.model._fields import optional_day, strictly, strictly_or_none
from tipline_outcomes.synthetic.chance import PER_CENT, PER_MILLE

__all__ = ["ENDINGS", "PROVIDERS", "RECIPIENTS", "STEPS", "Ending", "Provider", "Recipient", "Step"]

INVENTED = "invented"


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


def _agency(place: str, name: str, level: Level = Level.LOCAL) -> Jurisdiction:
    return Jurisdiction(territory=place, level=level, agency=AgencyId(name))


_STATES: Final = "reports by state, NCMEC 2023, in hundreds, split at will between invented agencies"
_RAISED: Final = (
    "raised from 9 (reports by state, NCMEC 2023, in hundreds), for a small group that is not empty"
)
_MOST_ABROAD: Final = "invented; far below the published share (NCMEC 2023: most reports go abroad)"
_UNION: Final = ((Level.FEDERAL, 1),)

# Agencies that report back to the end get three tenths of what the task forces get; others did so for a time.
# Feedback over reports made available to task forces was 34.4 % in 2023 (OJJDP/NCMEC transparency report,
# CY 2023).
RECIPIENTS: Final = (
    Recipient(jurisdiction=_agency("US-CA", "tf-ca-1"), weight=430, vigour=95, pace=125, basis=_STATES),
    Recipient(jurisdiction=_agency("US-CA", "tf-ca-2"), weight=380, reports_back=False, basis=_STATES),
    Recipient(
        jurisdiction=_agency("US-CA", "tf-ca-3"), weight=298, silent_from=date(2024, 3, 1), basis=_STATES
    ),
    Recipient(jurisdiction=_agency("US-TX", "tf-tx-1"), weight=410, vigour=140, pace=80, basis=_STATES),
    Recipient(jurisdiction=_agency("US-TX", "tf-tx-2"), weight=694, reports_back=False, basis=_STATES),
    Recipient(jurisdiction=_agency("US-FL", "tf-fl-1"), weight=240, vigour=125, pace=90, basis=_STATES),
    Recipient(
        jurisdiction=_agency("US-FL", "tf-fl-2"), weight=429, silent_from=date(2023, 10, 1), basis=_STATES
    ),
    Recipient(
        jurisdiction=_agency("US-NY", "tf-ny-1", Level.STATE), weight=640, reports_back=False, basis=_STATES
    ),
    Recipient(
        jurisdiction=_agency("US-IL", "tf-il-1", Level.STATE), weight=398, reports_back=False, basis=_STATES
    ),
    Recipient(
        jurisdiction=_agency("US-OH", "tf-oh-1"),
        weight=263,
        vigour=60,
        pace=180,
        silent_from=date(2025, 2, 1),
        basis=_STATES,
    ),
    Recipient(jurisdiction=_agency("US-WA", "tf-wa-1"), weight=151, vigour=110, pace=100, basis=_STATES),
    Recipient(
        jurisdiction=_agency("US-VT", "tf-vt-1", Level.STATE),
        weight=60,
        vigour=105,
        pace=70,
        levels=((Level.STATE, 70), (Level.LOCAL, 20), (Level.FEDERAL, 10)),
        basis=_RAISED,
    ),
    Recipient(
        jurisdiction=_agency("US", "fed-1", Level.FEDERAL),
        weight=150,
        vigour=120,
        levels=_UNION,
        basis=_MOST_ABROAD,
    ),
    Recipient(
        jurisdiction=_agency("US", "fed-2", Level.FEDERAL), weight=150, levels=_UNION, reports_back=False
    ),
    Recipient(
        jurisdiction=_agency("DE", "abroad-1", Level.FOREIGN),
        weight=250,
        levels=((Level.FOREIGN, 1),),
        reports_back=False,
        basis=_MOST_ABROAD,
    ),
)
"""The agencies of the default world."""

_VERMONT: Final = "VT-ICAC 2024: 1,082 tips, 293 investigations, 98 warrants, 41 prosecutions"
_STANFORD: Final = "of tips to task forces, 5 to 8 % lead to an arrest (Stanford Internet Observatory 2024)"
_IDAHO: Final = "Idaho 2022: 2,304 tips, and some 1,500 waiting (Attorney General)"
_BJS: Final = "federal matters concluded 2004-2013: 60 % charged, 36 % declined (BJS, NCJ 250746)"
_BJS_2006: Final = "about 9 in 10 of those prosecuted were convicted, most by plea (BJS, NCJ 219412)"


def _measure(stage: Stage, reason: AdministrativeReason, chance: int, days: int) -> Step:
    return Step(stage=stage, action=Action.ADMINISTRATIVE_ACTION, reason=reason, chance=chance, days=days)


STEPS: Final = (
    Step(stage=Stage.MADE_AVAILABLE, action=Action.ACCEPT, chance=930, days=12, basis=_IDAHO),
    _measure(Stage.MADE_AVAILABLE, AdministrativeReason.PLATFORM_ACCOUNT_ACTION, 300, 1),
    _measure(Stage.MADE_AVAILABLE, AdministrativeReason.CONTENT_TAKEDOWN, 200, 3),
    Step(stage=Stage.UNDER_TRIAGE, action=Action.OPEN_INVESTIGATION, chance=400, days=16, basis=_VERMONT),
    Step(stage=Stage.UNDER_TRIAGE, action=Action.CLOSE, chance=500, days=24),
    Step(stage=Stage.UNDER_TRIAGE, action=Action.TRANSFER, chance=80, days=14),
    Step(stage=Stage.UNDER_TRIAGE, action=Action.LEGAL_PROCESS, chance=250, days=8),
    _measure(Stage.UNDER_TRIAGE, AdministrativeReason.PRESERVATION_REQUEST, 200, 4),
    Step(
        stage=Stage.UNDER_INVESTIGATION,
        action=Action.PRESENT_TO_PROSECUTOR,
        chance=400,
        days=130,
        basis=_STANFORD,
    ),
    Step(stage=Stage.UNDER_INVESTIGATION, action=Action.FILE_CHARGE, chance=40, days=100),
    Step(stage=Stage.UNDER_INVESTIGATION, action=Action.CLOSE, chance=360, days=110),
    Step(stage=Stage.UNDER_INVESTIGATION, action=Action.SET_INACTIVE, chance=120, days=90),
    Step(stage=Stage.UNDER_INVESTIGATION, action=Action.TRANSFER, chance=40, days=45),
    Step(stage=Stage.UNDER_INVESTIGATION, action=Action.LEGAL_PROCESS, chance=400, days=35, basis=_VERMONT),
    Step(stage=Stage.UNDER_INVESTIGATION, action=Action.ARREST, chance=60, days=90),
    Step(stage=Stage.UNDER_INVESTIGATION, action=Action.CONFIRM_OPEN, chance=200, days=150),
    _measure(Stage.UNDER_INVESTIGATION, AdministrativeReason.VICTIM_SAFEGUARDING, 60, 50),
    _measure(Stage.UNDER_INVESTIGATION, AdministrativeReason.CHILD_PROTECTION_REFERRAL, 80, 40),
    Step(stage=Stage.INACTIVE, action=Action.RESUME, chance=250, days=120),
    Step(stage=Stage.INACTIVE, action=Action.CLOSE, chance=450, days=150),
    Step(stage=Stage.PROSECUTION_REVIEW, action=Action.FILE_CHARGE, chance=600, days=35, basis=_BJS),
    Step(stage=Stage.PROSECUTION_REVIEW, action=Action.CLOSE, chance=300, days=50, basis=_BJS),
    Step(stage=Stage.PROSECUTION_REVIEW, action=Action.RETURN_TO_INVESTIGATION, chance=60, days=30),
    Step(stage=Stage.PROSECUTION_REVIEW, action=Action.TRANSFER, chance=10, days=30),
    Step(stage=Stage.PROSECUTION_REVIEW, action=Action.DECIDE_SUBJECT, chance=40, days=25),
    Step(stage=Stage.CHARGED, action=Action.ARREST, chance=500, days=3),
    Step(stage=Stage.CHARGED, action=Action.CHARGE_RESULT, chance=950, days=200),
    Step(stage=Stage.CLOSED, action=Action.REOPEN, chance=30, days=120),
)
"""What may happen next, in every stage of the default world."""


def _endings(stage: Stage, *lines: tuple[Reason, int], basis: str = INVENTED) -> tuple[Ending, ...]:
    return tuple(Ending(stage=stage, reason=reason, weight=weight, basis=basis) for reason, weight in lines)


ENDINGS: Final = (
    *_endings(
        Stage.UNDER_TRIAGE,
        (ClosedReason.INSUFFICIENT_INFORMATION, 30),
        (ClosedReason.RESOURCES_TRIAGED_OUT, 20),
        (ClosedReason.NOT_CRIMINAL, 18),
        (ClosedReason.DUPLICATE, 10),
        (ClosedReason.NO_JURISDICTION_IDENTIFIED, 8),
        (ClosedReason.DATA_RETENTION_EXPIRED, 6),
        (AdministrativeReason.INTELLIGENCE_ONLY, 5),
        (ClosedReason.MERGED, 3),
        (ClosedReason.OPENED_IN_ERROR, 1),
    ),
    *_endings(
        Stage.UNDER_INVESTIGATION,
        (ClosedReason.SUSPECT_NOT_IDENTIFIED, 34),
        (ClosedReason.EVIDENCE_INSUFFICIENT, 18),
        (ClosedReason.EVIDENCE_INACCESSIBLE, 10),
        (ClosedReason.UNFOUNDED, 10),
        (AdministrativeReason.JUVENILE_HANDLED_INFORMALLY, 9),
        (AdministrativeReason.OUT_OF_COURT_DISPOSAL, 4),
        (ClosedReason.ADMINISTRATIVE_CLOSURE, 5),
        (ClosedReason.MERGED, 5),
        (ClosedReason.PROSECUTED_ELSEWHERE, 4),
        (ClosedReason.SUSPECT_DECEASED, 1),
    ),
    *_endings(
        Stage.INACTIVE,
        (ClosedReason.SUSPECT_NOT_IDENTIFIED, 60),
        (ClosedReason.ADMINISTRATIVE_CLOSURE, 30),
        (ClosedReason.TIME_BARRED, 10),
    ),
    *_endings(
        Stage.PROSECUTION_REVIEW,
        (ClosedReason.PROSECUTION_DECLINED, 40),
        (ClosedReason.EVIDENCE_INSUFFICIENT, 30),
        (ClosedReason.NOT_IN_PUBLIC_INTEREST, 14),
        (AdministrativeReason.PRECHARGE_DIVERSION, 12),
        (ClosedReason.VICTIM_DECLINED, 4),
    ),
    *_endings(
        Stage.CHARGED,
        (ChargeStatus.CONVICTED_PLEA, 72),
        (ChargeStatus.CONVICTED_TRIAL, 6),
        (ChargeStatus.CHARGE_DISMISSED, 7),
        (ChargeStatus.CHARGE_WITHDRAWN, 5),
        (ChargeStatus.CHARGE_DIVERTED, 3),
        (ChargeStatus.ACQUITTED, 3),
        (ChargeStatus.ADJUDICATED_DELINQUENT, 2),
        (ChargeStatus.CHARGE_STAYED, 1),
        (ChargeStatus.CHARGE_ABATED_DEATH, 1),
        basis=_BJS_2006,
    ),
)
"""Why matters end, in every stage of the default world that has an end."""

# 26 % of what task forces were sent in 2023 was informational (OJJDP/NCMEC transparency report, CY 2023).
PROVIDERS: Final = (
    Provider(name="example-social", weight=55, informational=330, bundling=120),
    Provider(name="example-chat", weight=22, informational=240),
    Provider(name="example-photos", weight=12, informational=120),
    Provider(name="example-games", weight=7, informational=160),
    Provider(name=None, weight=4, informational=300),
)
"""Who submits the reports of the default world."""
