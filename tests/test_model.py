"""The entities: what their constructors refuse, and what they say of themselves."""

from datetime import date, datetime

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError

from tipline_outcomes.errors import InvalidValueError, TiplineError, TransitionError
from tipline_outcomes.eventlog.columns import REFERRAL_COLUMNS
from tipline_outcomes.model import (
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Classification,
    Closed,
    ClosedReason,
    Cohort,
    Event,
    IncidentType,
    Jurisdiction,
    Level,
    LinkKind,
    Milestone,
    Place,
    Referral,
    Report,
    ReportLink,
    Rule,
    Source,
    SourceKind,
    Stage,
)

DAY = date(2024, 1, 5)
MADE = Event(on=DAY, action=Action.MADE_AVAILABLE)
HERE = Jurisdiction(territory="US-CA", level=Level.LOCAL)


def referral(*history: Event, **fields) -> Referral:
    return Referral(**{"id": "f-1", "jurisdiction": HERE, "history": history or (MADE,), **fields})


def report(**fields) -> Report:
    plain = {
        "id": "r-1",
        "received_on": DAY,
        "source": Source(kind=SourceKind.PUBLIC),
        "incident_type": IncidentType.ENTICEMENT,
    }
    return Report(**(plain | fields))


def event(action: Action, day: str, disposition=None, **fields) -> Event:
    return Event(on=date.fromisoformat(day), action=action, disposition=disposition, **fields)


# Jurisdiction


@pytest.mark.parametrize("territory", ["us", "USA", "US-", "US-CALI", "U", "", "US-ca", "US ", None, 3])
def test_a_territory_without_the_shape_of_a_code_is_refused(territory):
    with pytest.raises(InvalidValueError, match="ISO 3166"):
        Jurisdiction(territory=territory, level=Level.LOCAL)


@pytest.mark.parametrize("text", ["US/federal", "US-CA/local", "DE-NW/state/ZAC-NRW", "ZZ/international"])
def test_a_jurisdiction_is_written_as_it_is_parsed(text):
    assert str(Jurisdiction.parse(text)) == text


@pytest.mark.parametrize("text", ["US", "US/local/a/b", "", "US/county", "us/local", "US/local/", "US/LOCAL"])
def test_text_that_is_no_jurisdiction_is_refused(text):
    with pytest.raises(InvalidValueError):
        Jurisdiction.parse(text)


def test_an_agency_with_a_slash_is_refused_since_it_could_not_be_parsed():
    with pytest.raises(InvalidValueError, match="slash"):
        Jurisdiction(territory="US", level=Level.LOCAL, agency="a/b")


def test_a_level_is_a_word_and_not_its_text():
    with pytest.raises(InvalidValueError, match="must be of type Level"):
        Jurisdiction(territory="US", level="local")


@pytest.mark.parametrize(
    ("outer", "inner", "contained"),
    [
        ("US/federal", "US-CA/local", True),
        ("US/federal", "US/federal", True),
        ("US-CA/state", "US/federal", False),
        ("US/federal", "UA/federal", False),
        ("US-C/state", "US-CA/local", False),
        ("US-CA/local/PD", "US-CA/local/PD", True),
        ("US-CA/local/PD", "US-CA/local", False),
        ("US-CA/local", "US-CA/local/PD", True),
        ("ZZ/federal", "US/federal", False),
        ("US/federal", "ZZ/federal", False),
    ],
)
def test_containing_goes_by_territory_and_agency(outer, inner, contained):
    assert Jurisdiction.parse(outer).contains(Jurisdiction.parse(inner)) is contained


def test_the_country_is_the_first_part_of_the_territory():
    assert HERE.country == "US"


# Report


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"id": ""}, "1 to 200 characters"),
        ({"id": "a b"}, "white space"),
        ({"id": "x" * 201}, "1 to 200 characters"),
        ({"id": 7}, "Report.id is 7"),
        ({"received_on": "2024-01-05"}, "is not a day"),
        ({"received_on": datetime(2024, 1, 5)}, "is not a day"),  # noqa: DTZ001 - refused for its time of day
        ({"incident_count": 0}, "holds 1 to 1,000,000,000 incidents"),
        ({"incident_count": 1.0}, "must be of type int"),
        ({"incident_count": True}, "must be of type int"),
        ({"batched": "false"}, "must be of type bool"),
        ({"escalated": 1}, "must be of type bool"),
        ({"incident_type": "enticement"}, "must be of type IncidentType"),
        ({"territory": "California"}, "ISO 3166"),
        ({"links": []}, "must be a tuple of ReportLink"),
        ({"links": ("r-2",)}, "must be a tuple of ReportLink"),
    ],
)
def test_a_report_refuses_what_can_never_be_right(fields, complaint):
    with pytest.raises(InvalidValueError, match=complaint):
        report(**fields)


@pytest.mark.parametrize(
    ("kind", "provider", "complaint"),
    [
        (SourceKind.PUBLIC, "Jo", "a provider has a name"),
        (SourceKind.PROVIDER, None, "a provider has a name"),
        (SourceKind.PROVIDER, "", "1 to 200 characters"),
        (SourceKind.PROVIDER, "a\x7fb", "printable"),
    ],
)
def test_a_provider_has_a_name_and_a_member_of_the_public_has_none(kind, provider, complaint):
    with pytest.raises(InvalidValueError, match=complaint):
        Source(kind=kind, provider=provider)


def test_a_link_names_a_report():
    assert report(links=(ReportLink(kind=LinkKind.RELATED, report_id="r-2"),)).links[0].report_id == "r-2"
    with pytest.raises(InvalidValueError):
        ReportLink(kind=LinkKind.RELATED, report_id=None)


@pytest.mark.parametrize("before", Classification)
@pytest.mark.parametrize("after", Classification)
def test_a_classification_only_moves_up(before, after):
    ladder = list(Classification)
    plain = report(classification=before)
    if ladder.index(after) > ladder.index(before):
        assert plain.classify(after) == evolve(plain, classification=after)
    else:
        with pytest.raises(TransitionError, match="only moves up") as caught:
            plain.classify(after)
        assert caught.value.stage == before.value
        assert plain.classification is before


# Event


@pytest.mark.parametrize(
    ("action", "fields", "complaint"),
    [
        (Action.CLOSE, {}, "close needs a disposition; it can be one of"),
        (Action.FILE_CHARGE, {}, "file_charge needs a disposition; it can be one of charge_pending"),
        (
            Action.FILE_CHARGE,
            {"disposition": Charge(status=ChargeStatus.ACQUITTED)},
            "file_charge cannot come with acquitted",
        ),
        (Action.ACCEPT, {"disposition": Charge()}, "accept takes no disposition"),
        (
            Action.CLOSE,
            {"disposition": Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN)},
            "close cannot come with content_takedown",
        ),
        (
            Action.CLOSE,
            {"disposition": Closed(reason=ClosedReason.TRANSFERRED)},
            "close cannot come with transferred",
        ),
        (
            Action.DECIDE_SUBJECT,
            {"disposition": Closed(reason=ClosedReason.SUSPECT_DECEASED)},
            "needs a subject_id",
        ),
        (
            Action.FILE_CHARGE,
            {"disposition": Charge(), "subject_id": "s-1"},
            "the subject of a charge stands in the charge",
        ),
        (Action.ARREST, {"other_id": "f-2"}, "concerns no other referral"),
        (Action.ACCEPT, {"implied": 1}, "must be of type bool"),
        (Action.ACCEPT, {"superseded_on": "2024-01-05"}, "is not a day"),
        (Action.ACCEPT, {"subject_id": "two words"}, "Event.subject_id is 'two words'"),
        (Action.TRANSFER, {"other_id": "two words"}, "Event.other_id is 'two words'"),
        (
            Action.CLOSE,
            {"disposition": "closed"},
            "Event.disposition is 'closed'; it must be",
        ),
        (Action.ACCEPT, {"on": "2024-01-05"}, "'2024-01-05' is not a day"),
        ("accept", {}, "must be of type Action"),
    ],
)
def test_an_event_refuses_what_its_action_cannot_have(action, fields, complaint):
    with pytest.raises(InvalidValueError, match=complaint):
        Event(**{"on": DAY, "action": action, **fields})


@pytest.mark.parametrize(
    ("kind", "fields", "complaint"),
    [
        (Charge, {"status": "acquitted"}, "Charge.status is 'acquitted'; it must be of type ChargeStatus"),
        (Charge, {"status": None}, "Charge.status is None"),
        (Charge, {"level": "local"}, "Charge.level is 'local'; it must be of type Level or NoneType"),
        (Charge, {"subject_id": "s 1"}, "Charge.subject_id is 's 1'"),
        (Charge, {"charge_id": ""}, "Charge.charge_id is ''"),
        (Administrative, {"reason": ClosedReason.MERGED}, "Administrative.reason is .* AdministrativeReason"),
        (Closed, {"reason": "merged"}, "Closed.reason is 'merged'; it must be of type ClosedReason"),
    ],
)
def test_a_disposition_refuses_what_can_never_be_right(kind, fields, complaint):
    with pytest.raises(InvalidValueError, match=complaint):
        kind(**fields)


def test_an_event_shows_the_rung_it_proves():
    assert event(Action.ACCEPT, "2024-01-05").shows is Milestone.TRIAGED
    assert (
        event(Action.CHARGE_RESULT, "2024-01-05", Charge(status=ChargeStatus.ACQUITTED)).shows
        is Milestone.CHARGED
    )
    vacated = Charge(status=ChargeStatus.CONVICTION_VACATED)
    assert event(Action.CHARGE_RESULT, "2024-01-05", vacated).shows is Milestone.CONVICTED
    assert event(Action.ARREST, "2024-01-05").shows is Milestone.MADE_AVAILABLE


# Referral


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"id": ""}, "Referral.id is ''"),
        ({"id": None}, "Referral.id is None"),
        ({"history": ()}, "empty history"),
        ({"history": [MADE]}, "must be a tuple of Event"),
        ({"jurisdiction": "US/local"}, "must be of type Jurisdiction"),
        ({"parent_id": ""}, "Referral.parent_id"),
        ({"observed_through": "2024-01-05"}, "is not a day"),
        ({"incomplete": 1}, "must be of type bool"),
        ({"incomplete": None}, "must be of type bool"),
        ({"report_ids": ["r-1"]}, "must be a tuple of str"),
        ({"report_ids": ("r-1", "r 2")}, "Referral.report_ids is 'r 2'"),
        ({"dimensions": {"": "x"}}, "Referral.dimensions holds ''"),
        *(
            ({"dimensions": {own: "x"}}, f"'{own}' is a fact of the referral itself")
            for own in REFERRAL_COLUMNS
        ),
        ({"dimensions": {"source": ""}}, "Referral.dimensions holds ''; .* 1 to 200 characters"),
        ({"dimensions": {"source": "a\nb"}}, "printable"),
        ({"dimensions": {"source": 5}}, "printable"),
        ({"dimensions": (("a", "x"), ("a", "y"))}, "occurs twice"),
    ],
)
def test_a_referral_refuses_what_can_never_be_right(fields, complaint):
    with pytest.raises(InvalidValueError, match=complaint):
        referral(**fields)


def test_an_incomplete_referral_says_so_after_all_else():
    told = referral(MADE, event(Action.RESUME, "2024-02-01"), incomplete=True)
    assert [(violation.seq, violation.rule, violation.detail) for violation in told.check()] == [
        (1, Rule.ILLEGAL_TRANSITION, "resume in made_available"),
        (None, Rule.INCOMPLETE, ""),
    ]


def test_dimensions_are_sorted_so_that_their_order_says_nothing():
    assert referral(dimensions={"b": "1", "a": "2"}) == referral(dimensions=(("a", "2"), ("b", "1")))


def test_a_record_is_frozen():
    with pytest.raises(FrozenInstanceError):
        referral().parent_id = "f-2"


def test_a_record_has_no_room_for_other_fields():
    with pytest.raises(TypeError):
        referral(name="Jo Smith")


def test_every_error_has_one_base():
    with pytest.raises(TiplineError):
        referral(history=())
    with pytest.raises(ValueError, match="empty history"):
        referral(history=())


def test_an_amended_event_does_not_count():
    wrong = event(
        Action.CLOSE, "2024-01-09", Closed(reason=ClosedReason.UNFOUNDED), superseded_on=date(2024, 2, 1)
    )
    told = referral(
        evolve(MADE, on=date(2023, 1, 1), superseded_on=DAY), MADE, event(Action.ACCEPT, "2024-01-09"), wrong
    )
    assert told.check() == ()
    assert told.stage is Stage.UNDER_TRIAGE
    assert told.dispositions == ()
    assert told.received_on == DAY


def test_a_referral_of_amended_events_only_is_none():
    with pytest.raises(InvalidValueError, match="empty history"):
        referral(evolve(MADE, superseded_on=DAY))


# Cohort


def test_ids_are_unique_in_a_cohort():
    with pytest.raises(InvalidValueError, match="two referrals have the id 'f-1'"):
        Cohort(referrals=(referral(), referral()))
    with pytest.raises(InvalidValueError, match="two reports have the id 'r-1'"):
        Cohort(reports=(report(), report()))


def test_a_report_and_a_referral_may_share_an_id():
    assert Cohort(referrals=(referral(id="x"),), reports=(report(id="x"),)).check() == ()


# Place


def place(*history: Event, as_of: str = "2024-12-31", observed: str | None = "2024-12-31") -> Place:
    observed_through = None if observed is None else date.fromisoformat(observed)
    return referral(MADE, *history, observed_through=observed_through).place(date.fromisoformat(as_of))


TRIAGE = event(Action.ACCEPT, "2024-01-09")
INVESTIGATION = event(Action.OPEN_INVESTIGATION, "2024-02-01")


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ((), Place.PENDING),
        ((TRIAGE, event(Action.TRANSFER, "2024-03-01")), Place.TRANSFERRED_OUT),
        ((TRIAGE, event(Action.CLOSE, "2024-03-01", Closed(reason=ClosedReason.UNFOUNDED))), Place.CLOSED),
        ((TRIAGE, event(Action.CLOSE, "2024-03-01", Closed(reason=ClosedReason.DUPLICATE))), Place.EXCLUDED),
        (
            (
                TRIAGE,
                event(
                    Action.CLOSE,
                    "2024-03-01",
                    Administrative(reason=AdministrativeReason.PRECHARGE_DIVERSION),
                ),
            ),
            Place.ADMINISTRATIVE,
        ),
        ((TRIAGE, INVESTIGATION, event(Action.FILE_CHARGE, "2024-03-01", Charge())), Place.CHARGE),
        (
            (
                TRIAGE,
                INVESTIGATION,
                event(Action.FILE_CHARGE, "2024-03-01", Charge()),
                event(Action.CHARGE_RESULT, "2024-04-01", Charge(status=ChargeStatus.CHARGE_DISMISSED)),
            ),
            Place.CHARGE,
        ),
        ((event(Action.RESUME, "2024-02-01"),), Place.UNKNOWN),
    ],
)
def test_a_referral_stands_in_one_place(history, expected):
    assert place(*history) is expected


def test_an_open_referral_is_pending_only_while_it_is_watched():
    assert place(as_of="2024-06-30", observed="2024-06-30") is Place.PENDING
    assert place(as_of="2024-07-01", observed="2024-06-30") is Place.UNKNOWN
    assert place(observed=None) is Place.UNKNOWN


def test_of_an_incomplete_referral_a_charge_is_all_that_is_known():
    closed = event(Action.CLOSE, "2024-03-01", Closed(reason=ClosedReason.TIME_BARRED))
    charged = event(Action.FILE_CHARGE, "2024-03-01", Charge())
    for history, known in (
        ((TRIAGE, closed), Place.UNKNOWN),
        ((TRIAGE, INVESTIGATION, charged), Place.CHARGE),
    ):
        told = referral(MADE, *history, observed_through=date(2024, 12, 31), incomplete=True)
        assert told.place(date(2024, 12, 31)) is known
        assert told.place(date(2024, 2, 15)) is Place.UNKNOWN


def test_a_later_event_does_not_exist_yet():
    closed = (TRIAGE, event(Action.CLOSE, "2024-03-01", Closed(reason=ClosedReason.UNFOUNDED)))
    assert place(*closed, as_of="2024-02-29") is Place.PENDING
    assert place(*closed, as_of="2024-03-01") is Place.CLOSED


def test_a_place_before_the_day_of_receipt_is_not_asked():
    with pytest.raises(InvalidValueError, match="was received on 2024-01-05"):
        place(as_of="2024-01-04")
