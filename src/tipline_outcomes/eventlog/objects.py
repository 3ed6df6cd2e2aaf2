"""Objects to tables and back, without loss of what the tables hold."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from tipline_outcomes._engine import Frame, frame_of
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.eventlog.columns import (
    EVENT_COLUMNS,
    LINK_COLUMNS,
    REFERRAL_COLUMNS,
    REPORT_COLUMNS,
    Column,
)
from tipline_outcomes.model import (
    Action,
    Administrative,
    AdministrativeReason,
    AgencyId,
    Charge,
    ChargeId,
    ChargeStatus,
    Classification,
    Closed,
    ClosedReason,
    Cohort,
    Disposition,
    Event,
    IncidentType,
    Jurisdiction,
    Level,
    Referral,
    ReferralId,
    Report,
    ReportId,
    Source,
    SourceKind,
    SubjectId,
)

__all__ = ["Tables", "cohort_of", "tables_of"]

T = TypeVar("T")

_SEVERAL = "several"
_OF_REPORTS: Mapping[str, Callable[[Report], str]] = {
    "source": lambda report: report.source.provider or report.source.kind.value,
    "incident_type": lambda report: report.incident_type.value,
    "classification": lambda report: report.classification.value,
}


class Tables(NamedTuple):
    """The tables of an event log."""

    events: Frame
    referrals: Frame
    reports: Frame | None
    links: Frame | None


def tables_of(cohort: Cohort) -> Tables:
    """Write a cohort as tables.

    What the reports of a referral say in common (``source``, ``incident_type``, ``classification``) becomes a
    dimension of the referral, ``several`` where they differ; a dimension that the referral states itself
    wins.
    """
    reports = {report.id: report for report in cohort.reports}
    stated = {name for referral in cohort.referrals for name, _ in referral.dimensions}
    names = sorted(stated | (_OF_REPORTS.keys() if reports else set()))

    def referral_row(referral: Referral) -> Iterator[object]:
        place = referral.jurisdiction
        yield from (referral.id, referral.parent_id, place.territory, place.level.value, place.agency)
        yield from (referral.observed_from, referral.observed_through, referral.incomplete)
        known = dict(referral.dimensions)
        own = [reports[report_id] for report_id in referral.report_ids if report_id in reports]
        for name in names:
            yield known.get(name) or (_in_common(own, _OF_REPORTS[name]) if name in _OF_REPORTS else None)

    return Tables(
        events=frame_of(
            (
                _event_row(referral.id, seq, e)
                for referral in cohort.referrals
                for seq, e in enumerate(referral.history)
            ),
            _kinds(EVENT_COLUMNS),
        ),
        referrals=frame_of(
            (tuple(referral_row(referral)) for referral in cohort.referrals),
            _kinds(REFERRAL_COLUMNS) | dict.fromkeys(names, str),
        ),
        reports=frame_of((_report_row(r) for r in cohort.reports), _kinds(REPORT_COLUMNS))
        if reports
        else None,
        links=frame_of(((x, r.id) for r in cohort.referrals for x in r.report_ids), _kinds(LINK_COLUMNS))
        if any(referral.report_ids for referral in cohort.referrals)
        else None,
    )


def _kinds(columns: Mapping[str, Column]) -> dict[str, type]:
    return {name: column.kind for name, column in columns.items()}


def _in_common(reports: list[Report], value: Callable[[Report], str]) -> str | None:
    values = {value(report) for report in reports}
    return None if not values else values.pop() if len(values) == 1 else _SEVERAL


def _event_row(referral_id: ReferralId, seq: int, event: Event) -> tuple[object, ...]:
    disposition = event.disposition
    charge = disposition if isinstance(disposition, Charge) else None
    return (
        referral_id,
        seq,
        event.on,
        event.action.value,
        disposition.kind if disposition is not None else None,
        disposition.reason.value if disposition is not None else None,
        charge.level.value if charge is not None and charge.level is not None else None,
        charge.subject_id if charge is not None else event.subject_id,
        charge.charge_id if charge is not None else None,
        event.implied,
        event.lossy,
        event.superseded_on,
        event.other_id,
    )


def _report_row(report: Report) -> tuple[object, ...]:
    return (
        report.id,
        report.received_on,
        report.source.kind.value,
        report.source.provider,
        report.classification.value,
        report.incident_type.value,
        report.territory,
        report.incident_count,
        report.batched,
        report.escalated,
    )


def cohort_of(tables: Tables) -> Cohort:
    """Read a cohort from tables.

    Raises:
        InvalidValueError: If a row cannot be an object; the message names the record. Check the log first.
    """
    orphans = set(tables.events["referral_id"]) - set(tables.referrals["referral_id"])
    if orphans:
        message = f"events of referral {min(orphans)!r} have no referral to belong to"
        raise InvalidValueError(message)
    histories: dict[str, list[Event]] = {}
    for row in tables.events.sort("referral_id", "seq").iter_rows(named=True):
        where = f"event {row['seq']} of referral {row['referral_id']!r}"
        histories.setdefault(row["referral_id"], []).append(_built(where, _event, row))
    report_ids: dict[str, list[ReportId]] = {}
    for report_id, referral_id in tables.links.iter_rows() if tables.links is not None else ():
        report_ids.setdefault(referral_id, []).append(report_id)

    def referral(row: Mapping[str, Any]) -> Referral:
        return Referral(
            id=row["referral_id"],
            jurisdiction=Jurisdiction(
                territory=row["territory"],
                level=Level(row["level"]),
                agency=_or_none(AgencyId, row["agency"]),
            ),
            history=tuple(histories.get(row["referral_id"], ())),
            report_ids=tuple(report_ids.get(row["referral_id"], ())),
            parent_id=_or_none(ReferralId, row["parent_id"]),
            observed_from=row["observed_from"],
            observed_through=row["observed_through"],
            incomplete=row["incomplete"],
            dimensions={k: v for k, v in row.items() if k not in REFERRAL_COLUMNS and v is not None},
        )

    return Cohort(
        referrals=tuple(
            _built(f"referral {row['referral_id']!r}", referral, row)
            for row in tables.referrals.iter_rows(named=True)
        ),
        reports=tuple(
            _built(f"report {row['report_id']!r}", _report, row)
            for row in (tables.reports.iter_rows(named=True) if tables.reports is not None else ())
        ),
    )


def _built(where: str, build: Callable[[Mapping[str, Any]], T], row: Mapping[str, Any]) -> T:
    try:
        return build(row)
    except ValueError as error:
        message = f"{where}: {error}"
        raise InvalidValueError(message) from error


def _or_none(kind: Callable[[str], T], value: str | None) -> T | None:
    return None if value is None else kind(value)


def _disposition(row: Mapping[str, Any]) -> Disposition | None:
    match row["disposition"]:
        case None:
            return None
        case Charge.kind:
            return Charge(
                status=ChargeStatus(row["reason"]),
                level=_or_none(Level, row["level"]),
                subject_id=_or_none(SubjectId, row["subject_id"]),
                charge_id=_or_none(ChargeId, row["charge_id"]),
            )
        case Administrative.kind:
            return Administrative(reason=AdministrativeReason(row["reason"]))
        case Closed.kind:
            return Closed(reason=ClosedReason(row["reason"]))
        case other:
            message = f"{other!r} is not a disposition"
            raise InvalidValueError(message)


def _event(row: Mapping[str, Any]) -> Event:
    disposition = _disposition(row)
    return Event(
        on=_given("on", row["on"]),
        action=Action(row["action"]),
        disposition=disposition,
        subject_id=None if isinstance(disposition, Charge) else _or_none(SubjectId, row["subject_id"]),
        other_id=_or_none(ReferralId, row["other_id"]),
        implied=row["implied"],
        lossy=row["lossy"],
        superseded_on=row["superseded_on"],
    )


def _report(row: Mapping[str, Any]) -> Report:
    return Report(
        id=row["report_id"],
        received_on=_given("received_on", row["received_on"]),
        source=Source(kind=SourceKind(row["source"]), provider=row["provider"]),
        classification=Classification(row["classification"] or Classification.UNCLASSIFIED),
        incident_type=IncidentType(row["incident_type"]),
        territory=row["territory"],
        incident_count=1 if row["incident_count"] is None else row["incident_count"],
        batched=row["batched"],
        escalated=row["escalated"],
    )


def _given(name: str, day: date | None) -> date:
    if day is None:
        message = f"{name} has no date"
        raise InvalidValueError(message)
    return day
