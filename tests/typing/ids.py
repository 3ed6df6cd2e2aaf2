"""Identifiers: each is a type of its own, and none stands for another, nor plain text for any.

Read by type checkers, never run: a line that must not pass has an ignore, which is an error if unused.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from datetime import date
from typing import assert_type

from tipline_outcomes import Level
from tipline_outcomes.model import (
    Action,
    AgencyId,
    Charge,
    ChargeId,
    Closed,
    ClosedReason,
    Event,
    IncidentType,
    Jurisdiction,
    LinkKind,
    Referral,
    ReferralId,
    Report,
    ReportId,
    ReportLink,
    Source,
    SourceKind,
    SubjectId,
    Violation,
)

MADE = Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE)
HERE = Jurisdiction(territory="US", level=Level.FEDERAL)
MERGED = Closed(reason=ClosedReason.MERGED)
PUBLIC = Source(kind=SourceKind.PUBLIC)


def a_referral(report: ReportId, referral: ReferralId, subject: SubjectId) -> None:
    Referral(id=referral, jurisdiction=HERE, history=(MADE,), report_ids=(report,), parent_id=referral)
    Referral(id=report, jurisdiction=HERE, history=(MADE,))  # type: ignore[arg-type]
    Referral(id="f-1", jurisdiction=HERE, history=(MADE,))  # type: ignore[arg-type]
    Referral(id=referral, jurisdiction=HERE, history=(MADE,), report_ids=(referral,))  # type: ignore[arg-type]
    Referral(id=referral, jurisdiction=HERE, history=(MADE,), report_ids=report)  # type: ignore[arg-type]
    Referral(id=referral, jurisdiction=HERE, history=(MADE,), parent_id=subject)  # type: ignore[arg-type]
    Referral(id=referral, jurisdiction=HERE, history=[MADE])  # type: ignore[arg-type]
    Referral(id=referral, jurisdiction="US/federal", history=(MADE,))  # type: ignore[arg-type]


def a_charge_and_an_event(
    charge: ChargeId, subject: SubjectId, referral: ReferralId, report: ReportId
) -> None:
    Charge(subject_id=subject, charge_id=charge)
    Charge(subject_id=charge)  # type: ignore[arg-type]
    Charge(charge_id=subject)  # type: ignore[arg-type]
    Event(on=MADE.on, action=Action.CLOSE, disposition=MERGED, other_id=referral)
    Event(on=MADE.on, action=Action.CLOSE, disposition=MERGED, other_id=report)  # type: ignore[arg-type]
    Event(on=MADE.on, action=Action.ARREST, subject_id=referral)  # type: ignore[arg-type]


def a_report(report: ReportId, referral: ReferralId, agency: AgencyId) -> None:
    kind = IncidentType.ENTICEMENT
    Report(id=report, received_on=MADE.on, source=PUBLIC, incident_type=kind)
    Report(id=referral, received_on=MADE.on, source=PUBLIC, incident_type=kind)  # type: ignore[arg-type]
    ReportLink(kind=LinkKind.RELATED, report_id=referral)  # type: ignore[arg-type]
    Jurisdiction(territory="US-CA", level=Level.LOCAL, agency=agency)
    Jurisdiction(territory="US-CA", level=Level.LOCAL, agency=report)  # type: ignore[arg-type]


def what_comes_back_keeps_its_type(referral: Referral, event: Event, violation: Violation) -> None:
    assert_type(referral.id, ReferralId)
    assert_type(referral.report_ids, tuple[ReportId, ...])
    assert_type(referral.parent_id, ReferralId | None)
    assert_type(referral.charges, tuple[Charge, ...])
    assert_type(event.other_id, ReferralId | None)
    assert_type(violation.referral_id, ReferralId)
    mixed: ReportId = referral.id  # type: ignore[assignment]


def an_id_is_made_of_text(number: int) -> None:
    assert_type(ReferralId("f-1"), ReferralId)
    ReferralId(number)  # type: ignore[arg-type]
