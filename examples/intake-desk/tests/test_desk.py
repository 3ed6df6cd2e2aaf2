from datetime import date

import pytest

from intake_desk import Priority, charged_by_priority, in_words, priority_of, queue, record, take_in
from tipline_outcomes import (
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    Classification,
    Closed,
    ClosedReason,
    Cohort,
    Disposition,
    Event,
    IncidentType,
    Jurisdiction,
    Referral,
    ReferralId,
    Report,
    ReportId,
    Source,
    SourceKind,
    TransitionError,
)

HERE = Jurisdiction.parse("US-CA/local/our-unit")
YEAR_END = date(2024, 12, 31)
PLAIN = IncidentType.MISLEADING_WORDS


def report(name: str, kind: IncidentType = PLAIN, *, thin: bool = False, escalated: bool = False) -> Report:
    return Report(
        id=ReportId(name),
        received_on=date(2024, 1, 2),
        source=Source(kind=SourceKind.PUBLIC),
        incident_type=kind,
        classification=Classification.INFORMATIONAL if thin else Classification.REFERRAL,
        escalated=escalated,
    )


def referral(name: str, on: date) -> Referral:
    made = Event(on=on, action=Action.MADE_AVAILABLE)
    return Referral(id=ReferralId(name), jurisdiction=HERE, history=(made,), observed_through=YEAR_END)


def test_as_urgent_as_the_most_urgent_report() -> None:
    plain, thin = report("r-1"), report("r-2", thin=True)
    assert priority_of([]) is Priority.UNRATED
    assert priority_of([thin]) is Priority.LOW
    assert priority_of([thin, plain]) is Priority.ROUTINE
    assert priority_of([thin, report("r-3", escalated=True)]) is Priority.URGENT
    assert priority_of([plain, report("r-4", IncidentType.ENTICEMENT)]) is Priority.URGENT


def test_the_urgent_come_first_and_then_those_who_wait_longest() -> None:
    book = Cohort()
    book = take_in(book, referral("f-1", date(2024, 1, 9)), [report("r-1")])
    book = take_in(book, referral("f-2", date(2024, 1, 5)), [report("r-1")])
    book = take_in(book, referral("f-3", date(2024, 1, 19)), [report("r-2", IncidentType.ENTICEMENT)])
    assert [entry.id for entry in queue(book)] == ["f-3", "f-2", "f-1"]
    book = record(book, ReferralId("f-2"), Event(on=date(2024, 1, 11), action=Action.ACCEPT))
    assert [entry.id for entry in queue(book)] == ["f-3", "f-1", "f-2"]
    lawful = Closed(reason=ClosedReason.NOT_CRIMINAL)
    closed = Event(on=date(2024, 1, 12), action=Action.CLOSE, disposition=lawful)
    book = record(book, ReferralId("f-2"), closed)
    assert [entry.id for entry in queue(book)] == ["f-3", "f-1"]


def test_what_the_pipeline_refuses_the_book_refuses() -> None:
    book = take_in(Cohort(), referral("f-1", date(2024, 1, 9)))
    with pytest.raises(TransitionError, match="accept") as refusal:
        record(book, ReferralId("f-1"), Event(on=date(2024, 1, 10), action=Action.OPEN_INVESTIGATION))
    assert refusal.value.allowed == queue(book)[0].may


@pytest.mark.parametrize(
    ("disposition", "words"),
    [
        (Charge(), "charge (in court): "),
        (Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN), "measure: "),
        (Administrative(reason=AdministrativeReason.PRECHARGE_DIVERSION), "ended: "),
        (Closed(reason=ClosedReason.DUPLICATE), "closed (for good): "),
        (Closed(reason=ClosedReason.EVIDENCE_INSUFFICIENT), "closed (may be reopened): "),
    ],
)
def test_every_disposition_in_words(disposition: Disposition, words: str) -> None:
    assert in_words(disposition) == words + disposition.reason.meaning


def test_rates_by_priority() -> None:
    book = take_in(Cohort(), referral("f-1", date(2024, 1, 9)), [report("r-1", escalated=True)])
    book = take_in(book, referral("f-2", date(2024, 1, 9)), [report("r-2")])
    name = ReferralId("f-1")
    for action in (Action.ACCEPT, Action.OPEN_INVESTIGATION):
        book = record(book, name, Event(on=date(2024, 2, 1), action=action))
    book = record(book, name, Event(on=date(2024, 3, 1), action=Action.FILE_CHARGE, disposition=Charge()))
    rates = charged_by_priority(book, YEAR_END)
    assert (rates.at(priority="urgent").reached, rates.at(priority="urgent").denominator) == (1, 1)
    assert (rates.at(priority="routine").pending, rates.at(priority="routine").denominator) == (1, 1)
