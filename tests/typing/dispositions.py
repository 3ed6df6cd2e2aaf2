"""Dispositions: a match over them is proved complete, and none takes the reasons of another.

Read by type checkers, never run: a line that must not pass has an ignore, which is an error if unused.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from typing import Literal, assert_never, assert_type

from tipline_outcomes.model import (
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Disposition,
    Level,
    Reason,
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


def complete_by_reason(reason: Reason) -> str:
    match reason:
        case ChargeStatus():
            return "charge"
        case AdministrativeReason():
            return "administrative"
        case ClosedReason():
            return "closed"
        case _:
            assert_never(reason)


def the_tag_is_literal(charge: Charge, measure: Administrative, closure: Closed) -> None:
    assert_type(charge.kind, Literal["charge"])
    assert_type(measure.kind, Literal["administrative"])
    assert_type(closure.kind, Literal["closed"])
    assert_type(charge.reason, ChargeStatus)


def one_variant_forgotten(disposition: Disposition) -> str:
    match disposition:
        case Charge():
            return "charge"
        case Closed():
            return "closed"
        case _:
            assert_never(disposition)  # type: ignore[arg-type]  # Administrative is left


def one_variant_forgotten_in_what_is_returned(disposition: Disposition) -> str:  # type: ignore[return]
    match disposition:  # pyright: ignore[reportMatchNotExhaustive]
        case Charge():
            return "charge"
        case Administrative():
            return "administrative"


def every_variant_has_a_reason(disposition: Disposition) -> Reason:
    return disposition.reason


def a_variant_takes_its_own_reasons() -> None:
    Closed(reason=ClosedReason.MERGED)
    Closed(reason=AdministrativeReason.CONTENT_TAKEDOWN)  # type: ignore[arg-type]
    Administrative(reason=ClosedReason.MERGED)  # type: ignore[arg-type]
    Charge(status=ClosedReason.MERGED)  # type: ignore[arg-type]
    Charge(reason=ChargeStatus.ACQUITTED)  # type: ignore[call-arg]
    Closed(reason="merged")  # type: ignore[arg-type]
    Closed()  # type: ignore[call-arg]
    Closed(ClosedReason.MERGED)  # type: ignore[call-arg]
    Closed(reason=ClosedReason.MERGED, level=Level.LOCAL)  # type: ignore[call-arg]
    Charge(level="local")  # type: ignore[arg-type]


def records_are_frozen(disposition: Closed) -> None:
    disposition.reason = ClosedReason.MERGED  # type: ignore[misc]


def only_a_charge_has_a_status(disposition: Disposition, closure: Closed) -> None:
    disposition.status  # type: ignore[union-attr]
    closure.status  # type: ignore[attr-defined]
    closure.reason.convicts  # type: ignore[attr-defined]
    disposition.reason.elsewhere  # type: ignore[union-attr]


def a_disposition_is_one_of_three(level: Level) -> Disposition:
    return level  # type: ignore[return-value]
