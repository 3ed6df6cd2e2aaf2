"""Read by type checkers, never run: a line that must not pass has an ignore, which is an error if unused."""

from datetime import date
from typing import assert_never, assert_type

from tipline_outcomes.model import (
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Disposition,
    Event,
    Jurisdiction,
    Level,
    Reason,
    Referral,
    ReferralId,
    ReportId,
    SubjectId,
)


def complete(disposition: Disposition) -> str:
    match disposition:
        case Charge():
            return assert_type(disposition.status, ChargeStatus)
        case Administrative():
            return assert_type(disposition.reason, AdministrativeReason)
        case Closed():
            return assert_type(disposition.reason, ClosedReason)
        case _:
            assert_never(disposition)


def complete_by_kind(disposition: Disposition) -> bool:
    if disposition.kind == "charge":
        return assert_type(disposition, Charge).status.convicts
    if disposition.kind == "administrative":
        return assert_type(disposition, Administrative).reason.ends
    return assert_type(disposition, Closed).reason.elsewhere


def one_variant_forgotten(disposition: Disposition) -> str:
    match disposition:
        case Charge():
            return "charge"
        case Closed():
            return "closed"
        case _:
            assert_never(disposition)  # type: ignore[arg-type]  # Administrative is left


def every_variant_has_a_reason(disposition: Disposition) -> Reason:
    return disposition.reason


def ids_are_not_interchangeable(report: ReportId, referral: ReferralId, subject: SubjectId) -> None:
    made = Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE)
    here = Jurisdiction(territory="US", level=Level.FEDERAL)
    Referral(id=referral, jurisdiction=here, history=(made,), report_ids=(report,))
    Referral(id=report, jurisdiction=here, history=(made,))  # type: ignore[arg-type]
    Referral(id=referral, jurisdiction=here, history=(made,), report_ids=(referral,))  # type: ignore[arg-type]
    Referral(id=referral, jurisdiction=here, history=(made,), parent_id=subject)  # type: ignore[arg-type]
    Referral(id="f-1", jurisdiction=here, history=(made,))  # type: ignore[arg-type]


def a_variant_takes_its_own_reasons() -> None:
    Closed(reason=ClosedReason.MERGED)
    Closed(reason=AdministrativeReason.CONTENT_TAKEDOWN)  # type: ignore[arg-type]
    Administrative(reason=ClosedReason.MERGED)  # type: ignore[arg-type]
    Charge(status=ClosedReason.MERGED)  # type: ignore[arg-type]
    Charge(reason=ChargeStatus.ACQUITTED)  # type: ignore[call-arg]
    Closed(reason="merged")  # type: ignore[arg-type]


def records_are_frozen(disposition: Closed) -> None:
    disposition.reason = ClosedReason.MERGED  # type: ignore[misc]


def a_disposition_is_one_of_three(level: Level) -> Disposition:
    return level  # type: ignore[return-value]
