"""Reports and subjects as units, by hand: what the hard cases come to, and what cannot be asked."""

from datetime import date, timedelta

import pytest
from attrs import evolve

from by_hand import own_clock
from tipline_outcomes import (
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Cohort,
    Coverage,
    Event,
    EventLog,
    IncidentType,
    Jurisdiction,
    Ledger,
    LedgerMismatchError,
    Level,
    Milestone,
    Question,
    Referral,
    Report,
    Source,
    SourceKind,
    Unit,
    attrition,
    caseload,
    contributions,
    conversion,
    flow,
    outcome_mix,
    period_clearance,
)

END = date(2024, 12, 31)
RECEIVED = date(2024, 1, 5)


def step(action, month, disposition=None, **other):
    return Event(on=date(2024, month, 15), action=action, disposition=disposition, **other)


OPENED = (step(Action.ACCEPT, 1), step(Action.OPEN_INVESTIGATION, 1))


def charged(month, subject=None, status=None, level=Level.LOCAL):
    if status is None:
        return step(Action.FILE_CHARGE, month, Charge(level=level, subject_id=subject))
    return step(Action.CHARGE_RESULT, month, Charge(status=status, subject_id=subject))


def decided(month, subject, reason):
    kind = Administrative if isinstance(reason, AdministrativeReason) else Closed
    return step(Action.DECIDE_SUBJECT, month, kind(reason=reason), subject_id=subject)


def closed(month, reason, **other):
    return step(Action.CLOSE, month, Closed(reason=reason), **other)


def referral(name, *events, reports=(), parent=None, watched=END, on=RECEIVED, incomplete=False):
    return Referral(
        id=name,
        jurisdiction=Jurisdiction.parse("US-CA/local"),
        history=(Event(on=on, action=Action.MADE_AVAILABLE), *events),
        report_ids=tuple(reports),
        parent_id=parent,
        observed_through=watched,
        incomplete=incomplete,
    )


def report(name, **facts):
    source = Source(kind=SourceKind.PROVIDER, provider="example-photos")
    known = {"received_on": RECEIVED, "source": source, "incident_type": IncidentType.ENTICEMENT}
    return Report(id=name, **known | facts)


def ledger(*referrals, unit, reports=(), by=(), as_of=END):
    log = EventLog.of(Cohort(referrals=referrals, reports=tuple(reports)))
    return Ledger.of(log, as_of=as_of, by=by, unit=unit)


def stands(*referrals, unit, **question):
    """Where the units stand: place, reason and open, in order."""
    found = ledger(*referrals, unit=unit, **question).standing.select("place", "reason", "open", "n")
    return [(*row[:3],) for row in sorted(found.rows()) for _ in range(row[3])]


# --- reports --------------------------------------------------------------------------------------


def test_one_report_to_several_jurisdictions_stands_where_they_stand_together():
    ended = referral("a", *OPENED, closed(3, ClosedReason.UNFOUNDED), reports=["p"])
    open_ = referral("b", *OPENED, reports=["p"])
    tried = referral("c", *OPENED, charged(4), reports=["p"])
    assert stands(ended, unit="report") == [("closed", "unfounded", "reopenable")]
    assert stands(ended, open_, unit="report") == [("pending", "under_investigation", "watched")]
    assert stands(ended, evolve(open_, observed_through=None), unit="report") == [
        ("unknown", "never_watched", "unwatched")
    ]
    assert stands(ended, open_, tried, unit="report") == [("charge", "charge_pending", "watched")]


def test_a_jurisdiction_that_has_it_later_counts_from_then_on():
    first = referral("a", *OPENED, closed(3, ClosedReason.UNFOUNDED), reports=["p"])
    later = referral("b", reports=["p"], on=date(2024, 6, 1))
    for as_of, place in ((date(2024, 5, 31), "closed"), (date(2024, 6, 1), "pending")):
        counted = ledger(first, later, unit="report", as_of=as_of)
        assert counted.standing.select("place", "n").rows() == [(place, 1)]
    # The clock has been running since the first one, and the report is open again.
    moved = own_clock(counted).select("from", "to", "days").rows()
    assert set(moved) == {("open", "closed", 70), ("closed", "open", 148), ("open", "pending", 148)}


def test_many_reports_of_one_case_are_many_reports_and_one_family_and_weigh_nothing():
    names = [f"p-{n}" for n in range(5)]
    case = referral("a", *OPENED, charged(4), reports=names)
    bundled = [report(name, incident_count=100, batched=True) for name in names[:4]]
    told = [*bundled, report(names[4])]
    assert conversion(ledger(case, unit="family", reports=told)).overall.reached == 1
    by_weight = conversion(
        ledger(case, unit="report", reports=told, by=["incident_count", "batched"]), by="incident_count"
    )
    assert by_weight.overall.reached == 5
    reached = {rate.group["incident_count"]: rate.reached for rate in by_weight.groups}
    assert reached == {"1": 1, "100": 4}


def test_a_report_can_be_part_of_what_is_not_in_the_data():
    here = referral("a", *OPENED, closed(3, ClosedReason.UNFOUNDED), reports=["p", "q"])
    log = EventLog.of(Cohort(referrals=(here,), reports=(report("p"), report("q"), report("r"))))
    gone = log.links.clear().vstack(log.links.with_columns(referral_id=log.links["referral_id"] + "-gone"))
    also_gone = evolve(log, links=log.links.vstack(gone.filter(report_id="p")))
    counted = Ledger.of(also_gone, as_of=END, unit="report")
    # Elsewhere it may have been charged; a report that nobody was given is not counted.
    assert sorted(counted.standing.select("place", "reason", "n").rows()) == [
        ("closed", "unfounded", 1),
        ("unknown", "referral_missing", 1),
    ]
    rate = conversion(counted).overall
    assert (rate.lower, rate.upper, rate.upper_by_as_of) == (0, 0.5, 0.5)
    assert Ledger.of(evolve(log, links=gone), as_of=END, unit="report").received == 0


def test_a_report_that_is_not_in_the_data_is_counted_by_what_is_known():
    tip = referral("a", reports=["p", "q"])
    counted = ledger(tip, unit="report", reports=[report("p")], by=["provider"])
    assert counted.standing.select("provider", "n").rows() == [("example-photos", 1), (None, 1)]
    # Nor need there be any report table.
    assert ledger(tip, unit="report").received == 2


def test_without_links_no_report_can_be_counted():
    with pytest.raises(LedgerMismatchError, match="no links between reports and referrals"):
        ledger(referral("a"), unit="report", reports=[report("p")])


@pytest.mark.parametrize("name", ["agency", "level", "report_id", "received_on"])
def test_reports_have_dimensions_of_their_own(name):
    tip = referral("a", reports=["p"])
    with pytest.raises(LedgerMismatchError, match=f"a report has no dimension '{name}'; it has: source"):
        ledger(tip, unit="report", reports=[report("p")], by=[name])
    with pytest.raises(LedgerMismatchError, match="the log has no dimension 'provider'"):
        ledger(tip, unit="family", reports=[report("p")], by=["provider"])


def test_the_clock_of_a_report_starts_with_its_first_referral():
    first = referral("a", reports=["p"], on=date(2024, 3, 1))
    second = referral("b", *(evolve(e, on=e.on + timedelta(60)) for e in OPENED), charged(6), reports=["p"])
    second = evolve(second, history=(evolve(second.history[0], on=date(2024, 3, 11)), *second.history[1:]))
    counted = ledger(first, second, unit="report")
    assert own_clock(counted).select("from", "to", "days").rows() == [("open", "charge", 106)]


def test_a_report_that_joined_a_family_later_is_on_no_clock():
    parent = referral("a", *OPENED, step(Action.TRANSFER, 2))
    child = referral("b", reports=["p"], parent="a", on=date(2024, 2, 15))
    counted = ledger(parent, child, unit="report")
    assert counted.standing.select("place", "undated").rows() == [("pending", True)]
    assert own_clock(counted).select("from", "to", "days").rows() == [("open", "undated", None)]


# --- subjects -------------------------------------------------------------------------------------

CASE = (
    *OPENED,
    step(Action.ARREST, 2, subject_id="s1"),
    step(Action.LEGAL_PROCESS, 2, subject_id="s4"),
    decided(3, "s2", ClosedReason.SUSPECT_DECEASED),
    charged(4, "s1"),
    decided(5, "s3", ClosedReason.NOT_IN_PUBLIC_INTEREST),
)


def test_of_several_subjects_one_is_charged_one_is_dead_one_is_not_pursued_and_one_is_open():
    counted = ledger(referral("a", *CASE), unit="subject")
    assert sorted(counted.standing.select("place", "reason", "open", "peak").rows()) == [
        ("charge", "charge_pending", "watched", "charged"),
        ("closed", "not_in_public_interest", "reopenable", "investigated"),
        ("closed", "suspect_deceased", "no", "investigated"),
        ("pending", "charged", "watched", "investigated"),
    ]
    rate = conversion(counted).overall
    assert (rate.reached, rate.lost, rate.reopenable, rate.pending, rate.denominator) == (1, 2, 1, 1, 4)
    assert str(rate) == "1 of 4 charged (ever: 25.0-50.0 %), subjects as of 2024-12-31"


def test_the_result_of_one_subject_is_not_that_of_another():
    both = *OPENED, charged(3, "s1"), charged(3, "s2", level=Level.FEDERAL)
    ended = charged(6, "s1", ChargeStatus.CONVICTED_PLEA), charged(7, "s2", ChargeStatus.ACQUITTED)
    counted = ledger(referral("a", *both, *ended), unit="subject")
    assert sorted(counted.standing.select("peak", "reason", "levels", "open").rows()) == [
        ("charged", "acquitted", "federal", "no"),
        ("convicted", "convicted_plea", "local", "no"),
    ]
    running = ledger(referral("a", *both, ended[0]), unit="subject")
    assert dict(running.standing.select("peak", "open").rows()) == {"charged": "watched", "convicted": "no"}


def test_a_person_in_two_referrals_of_a_family_is_one_subject_and_in_two_families_two():
    parent = referral("a", *OPENED, step(Action.ARREST, 1, subject_id="s1"), step(Action.TRANSFER, 2))
    on = date(2024, 2, 15)
    child = referral(
        *("b", step(Action.ACCEPT, 3), step(Action.OPEN_INVESTIGATION, 3), charged(4, "s1")),
        parent="a",
        on=on,
    )
    assert stands(parent, child, unit="subject") == [("charge", "charge_pending", "watched")]
    apart = evolve(child, parent_id=None)
    assert ledger(parent, apart, unit="subject").received == 2


def test_what_is_decided_about_a_subject_holds_wherever_the_case_goes_until_a_charge():
    dead = decided(1, "s1", ClosedReason.SUSPECT_DECEASED)
    parent = referral("a", *OPENED, dead, step(Action.TRANSFER, 2))
    child = referral("b", step(Action.ACCEPT, 3), parent="a", on=date(2024, 2, 15))
    assert stands(parent, child, unit="subject") == [("closed", "suspect_deceased", "no")]
    diverted = decided(1, "s1", AdministrativeReason.PRECHARGE_DIVERSION)
    case = referral("a", *OPENED, diverted, charged(6, "s1"))
    counted = ledger(case, unit="subject")
    assert own_clock(counted).select("from", "to", "days").rows() == [
        ("administrative", "charge", 162),
        ("open", "administrative", 10),
    ]


def test_a_decision_does_not_outweigh_what_could_not_be_read():
    dead = decided(1, "s1", ClosedReason.SUSPECT_DECEASED)
    assert stands(referral("a", *OPENED, dead, incomplete=True), unit="subject") == [
        ("unknown", "incomplete", "unwatched")
    ]


def test_who_is_prosecuted_elsewhere_is_counted_elsewhere_and_nobody_says_where():
    counted = ledger(
        referral("a", *OPENED, decided(3, "s1", ClosedReason.PROSECUTED_ELSEWHERE)), unit="subject"
    )
    parts = outcome_mix(counted).overall.parts
    assert (parts.excluded, parts.unlinked, parts.denominator) == (1, 1, 0)


def test_the_subjects_of_a_duplicate_count_where_it_is_carried_on():
    known = *OPENED, decided(2, "s1", ClosedReason.UNFOUNDED)
    duplicate = referral("a", *known, closed(3, ClosedReason.DUPLICATE, other_id="b"))
    survivor = referral("b", *known)
    assert [place for place, *_ in stands(duplicate, survivor, unit="subject")] == ["closed", "excluded"]


def test_a_charge_that_names_nobody_may_be_anybodys():
    named = step(Action.ARREST, 2, subject_id="s1")
    counted = ledger(referral("a", *OPENED, named, charged(4)), unit="subject")
    assert sorted(counted.standing.select("place", "reason", "open").rows()) == [
        ("charge", "charge_pending", "watched"),
        ("unknown", "unnamed_charge", "unwatched"),
    ]
    rate = conversion(counted).overall
    assert (rate.lower, rate.upper_by_as_of) == (0.5, 1)
    # But whose charge it is not, somebody has said.
    decision = decided(3, "s1", ClosedReason.EVIDENCE_INSUFFICIENT)
    counted = ledger(referral("a", *OPENED, named, decision, charged(4)), unit="subject")
    assert conversion(counted).overall.upper_by_as_of == 0.5
    # And a conviction of nobody may be that of somebody who is charged.
    ended = charged(6, None, ChargeStatus.CONVICTED_PLEA)
    counted = ledger(referral("a", *OPENED, charged(3, "s1"), charged(4), ended), unit="subject")
    rate = conversion(counted, "convicted").overall
    assert (rate.reached, rate.unknown) == (1, 1)


def test_measures_of_a_subject_are_those_that_name_it():
    takedown = Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN)
    protected = Administrative(reason=AdministrativeReason.CIVIL_PROTECTIVE_MEASURE)
    case = referral(
        "a",
        *OPENED,
        step(Action.ADMINISTRATIVE_ACTION, 2, takedown),
        step(Action.ADMINISTRATIVE_ACTION, 2, protected, subject_id="s1"),
    )
    assert ledger(case, unit="subject").measures.select("measure", "n").rows() == [
        ("civil_protective_measure", 1)
    ]


def test_whom_no_event_names_is_no_subject():
    counted = ledger(referral("a", *OPENED), unit="subject")
    assert counted.received == 0
    assert conversion(counted).overall.lower is None


# --- what can be asked ----------------------------------------------------------------------------


@pytest.mark.parametrize("unit", Unit)
def test_movements_and_stock_are_of_referrals(unit):
    counted = ledger(referral("a", *CASE, reports=["p"]), unit=unit)
    assert bool(counted.movements.height) is bool(counted.stock.height) is unit.moves


@pytest.mark.parametrize("unit", Unit)
def test_a_unit_answers_what_it_can_and_refuses_the_rest_by_name(unit):
    counted = ledger(referral("a", *CASE, reports=["p"]), unit=unit, by=("territory",))
    everybody = Coverage(made_available={"US-CA": 1}, dimension="territory")
    asked = {
        Question.MIX: lambda: outcome_mix(counted),
        Question.COURTS: lambda: [conversion(counted, to) for to in ("charged", "convicted")],
        Question.ATTRITION: lambda: attrition(counted),
        Question.FLOW: lambda: flow(counted),
        Question.CASELOAD: lambda: [caseload(counted), period_clearance(counted)],
        Question.COVERAGE: lambda: contributions(counted, everybody),
        Question.CONVERSION: lambda: [conversion(counted, to) for to in list(Milestone)[:4]],
    }
    assert asked.keys() == set(Question)
    for question, ask in asked.items():
        if unit in question.units:
            ask()
        else:
            with pytest.raises(LedgerMismatchError) as refused:
                ask()
            able = " or ".join(question.units)
            assert str(refused.value) == (
                f"{question} cannot be asked of a ledger of {unit.plural}: {question.why};"
                f" count by unit={able}"
            )


def test_each_milestone_before_the_charge_is_refused_to_subjects():
    counted = ledger(referral("a", *CASE), unit="subject")
    for milestone in list(Milestone)[:4]:
        with pytest.raises(LedgerMismatchError, match="conversion to an earlier milestone"):
            conversion(counted, milestone)


def test_every_question_has_units_and_a_reason():
    for question in Question:
        assert question.units
        assert question.why
    assert Question.CASELOAD.units == (Unit.REFERRAL,)
    assert Unit.REFERRAL.moves
