"""What the default world assumes, line by line, as data. Every number is invented.

Where a published figure gave a number its order of magnitude, the line's ``basis`` names it. None of these
lines is an estimate, none comes from case data, and nothing may be learned about a real agency from them.
"""

from datetime import date
from typing import Final

from tipline_outcomes.model import (
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
from tipline_outcomes.synthetic.assumptions import INVENTED, Ending, Provider, Recipient, Step

__all__ = ["ENDINGS", "PROVIDERS", "RECIPIENTS", "STEPS"]


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
