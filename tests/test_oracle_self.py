"""The oracle by hand, one referral at a time: small histories, counted in the comments."""

from collections import Counter
from datetime import date

import pytest

from by_hand import CHARGED, END, count, day, duplicate, history, only, opened, referral, transferred
from oracle import rate, violations
from oracle_rules import Record, never_ends, walk
from oracle_words import (
    ADMINISTRATIVE_ENDINGS,
    ALLOWED,
    CHARGE_STATUSES,
    CLOSED_REASONS,
    FINAL,
    MEASURES,
    RULES,
    TARGETS,
)

# --- one referral ---------------------------------------------------------------------------------


def test_a_charge_is_one_whatever_became_of_it():
    # Filed on 1 March, dismissed on 1 June: by the end the case is over.
    events = history(*opened(day(1)), CHARGED, (day(6), "charge_result", "charge/charge_dismissed"))
    tables = count(events, [referral()])
    assert only(tables["standing"]) == (
        *("charged", "charged", "charge", "charge_dismissed", "local", "no", False, False, False, False),
    )
    # 1 January + 365 days is 31 December 2024 (a leap year), so the unit has been followed for 365 days.
    assert only(tables["waits"]) == ("received", "open", "charge", 60, 365, False, 0, False)
    assert tables["stock"] == {("concluded", "no", None): 1}
    # As of 30 April the dismissal does not exist: the case runs, followed for 90 days (of 120).
    before = count(events, [referral()], as_of=day(4, 30))
    assert only(before["standing"])[3:6] == ("charge_pending", "local", "watched")
    assert only(before["waits"]) == ("received", "open", "charge", 60, 90, False, 0, False)
    assert before["stock"] == {("charged", "watched", None): 1}


def test_movements_are_by_quarter_and_every_moving_event_is_one():
    events = history(
        *opened(day(1, 5)),
        (day(2), "arrest"),  # does not move
        (day(4, 2), "file_charge", "charge/charge_pending", {"charge_id": "a"}),
        (day(5), "file_charge", "charge/charge_pending", {"charge_id": "b"}),
        (day(7), "charge_result", "charge/acquitted", {"charge_id": "a"}),
        (day(8), "charge_result", "charge/convicted_plea", {"charge_id": "b"}),
    )
    quarter1, quarter2, quarter3 = day(1), day(4), day(7)
    assert count(events, [referral()])["movements"] == {
        (quarter1, "outside", "made_available", "received", False): 1,
        (quarter1, "made_available", "under_triage", None, False): 1,
        (quarter1, "under_triage", "under_investigation", None, False): 1,
        (quarter2, "under_investigation", "charged", "charged", False): 1,
        (quarter2, "charged", "charged", None, False): 1,
        (quarter3, "charged", "charged", None, False): 1,  # b is still open
        (quarter3, "charged", "concluded", None, False): 1,
    }


def test_a_placeholder_takes_the_name_that_turns_up_first():
    # The unnamed charge of s1 is c1; its result ends it. The charge of the unnamed subject is still open.
    events = history(
        *opened(day(1)),
        (day(2), "file_charge", "charge/charge_pending", {"subject_id": "s1"}),
        (day(2), "file_charge", "charge/charge_pending"),
        (day(3), "charge_result", "charge/convicted_trial", {"subject_id": "s1", "charge_id": "c1"}),
    )
    assert violations(events, [referral()]) == []
    assert [step["after"] for step in walk(events)][-1] == "charged"
    events += [
        {"referral_id": "r", "seq": 9, "on": day(4), "action": "charge_result"}
        | {"disposition": "charge", "reason": "acquitted"}
    ]
    assert [step["after"] for step in walk(events)][-1] == "concluded"
    # A second name is a charge that nobody filed.
    second = [*events, events[-2] | {"seq": 10, "on": day(5), "charge_id": "c2"}]
    assert violations(second, [referral()]) == [("r", 10, "charge_not_filed")]


def test_a_vacated_conviction_runs_again_and_was_one():
    events = history(
        *opened(day(1)),
        CHARGED,
        (day(4), "charge_result", "charge/convicted_plea"),
        (day(9), "charge_result", "charge/conviction_vacated"),
    )
    cell = only(count(events, [referral()])["standing"])
    assert cell[:6] == ("convicted", "convicted", "charge", "conviction_vacated", "local", "watched")


def test_implied_rungs_are_apart_and_their_level_can_be_unrecorded():
    # Only the arrival is stated; the charge is implied and has no level. No implied event is known late.
    implied = {"implied": True}
    events = history(
        (day(1), "made_available"),
        (day(1), "accept", None, implied),
        (day(1), "open_investigation", None, implied),
        (day(8), "file_charge", "charge/charge_pending", implied),
    )
    tables = count(events, [referral(until=None)])
    assert only(tables["standing"]) == (
        *(
            "charged",
            "made_available",
            "charge",
            "charge_pending",
            "implied:unrecorded",
            "unwatched",
            *(False, False, False, False),
        ),
    )
    # Never watched, so the clock ends as unknown; and on which day it was charged, nobody stated.
    assert tables["waits"] == {("received", "open", "unknown", None, 365, False, 0, False): 1}
    rates = rate(tables["standing"], "charged")
    assert (rates["reached"], rates["implied"], rates["lower"], rates["upper"]) == (0, 1, 0, 1)
    assert rates["resolved"] is None
    assert rate(tables["standing"], "convicted")["unknown"] == 1
    # Whether the charge was local is not known, though a charge there was.
    assert rate(tables["standing"], "charged", "local")["unknown"] == 1


@pytest.mark.parametrize(
    ("ending", "place", "stage", "is_open"),
    [
        ("closed/unfounded", "closed", "closed", "reopenable"),
        ("closed/time_barred", "closed", "closed_final", "no"),
        ("administrative/other_sanction", "administrative", "closed", "reopenable"),
        ("administrative/out_of_court_disposal", "administrative", "closed_final", "no"),
        ("closed/opened_in_error", "excluded", "closed_final", "no"),
    ],
)
def test_what_is_closed_may_come_back_or_not(ending, place, stage, is_open):
    tables = count(history(*opened(day(1)), (day(2), "close", ending)), [referral(until=None)])
    cell = only(tables["standing"])
    assert (cell[2], cell[5]) == (place, is_open)
    assert tables["stock"] == {(stage, is_open, None): 1}
    # Both are lost to a charge, whoever watches; what may come back is told apart. Excluded is neither.
    rates = rate(tables["standing"], "charged")
    assert rates["lost"] == (place != "excluded")
    assert rates["reopenable"] == (is_open == "reopenable")
    assert rates["upper"] == (None if place == "excluded" else 0)
    # Investigated it was, so for that rung nothing is lost.
    assert rate(tables["standing"], "investigated")["reopenable"] == 0


@pytest.mark.parametrize(
    ("until", "place", "reason", "wait", "late"),
    [
        (END, "pending", "under_investigation", ("open", "pending", 274, False), False),
        (day(6, 1), "unknown", "no_longer_watched", ("open", "unknown", 152, False), False),
        # Watching ended before it came in: as if never watched; what is known after it is known late.
        (date(2023, 6, 1), "unknown", "no_longer_watched", ("open", "unknown", None, False), True),
        (None, "unknown", "never_watched", ("open", "unknown", None, False), True),
    ],
)
def test_open_is_pending_only_while_watched(until, place, reason, wait, late):
    # 1 January to 1 June 2024 is 152 days, to 1 October 274.
    tables = count(history(*opened(day(1))), [referral(until=until)], as_of=day(10, 1))
    cell = only(tables["standing"])
    assert (cell[2], cell[3], cell[7]) == (place, reason, late)
    ((row, _),) = tables["waits"].items()
    assert (*row[1:4], row[5]) == wait


def test_late_feedback_counts_where_it_stands_and_never_in_the_clock():
    # Watched to the end of February; the charge of 1 March is late feedback.
    events = history(*opened(day(1)), CHARGED)
    tables = count(events, [referral(until=day(2, 29))])
    cell = only(tables["standing"])
    assert (cell[2], cell[5], cell[7]) == ("charge", "unwatched", True)
    assert tables["waits"] == {
        ("received", "open", "charge", 60, 365, True, 0, False): 1,
        ("received", "open", "unknown", 59, 365, False, 0, False): 1,
    }


def test_a_closure_and_a_reopening():
    # Closed on 1 April (day 91), reopened on 1 May (day 121), a caution on 1 June (day 152).
    events = history(
        *opened(day(1)),
        (day(4), "close", "closed/evidence_insufficient"),
        (day(5), "reopen"),
        (day(6), "close", "administrative/out_of_court_disposal"),
    )
    tables = count(events, [referral()])
    assert only(tables["standing"])[2:6] == ("administrative", "out_of_court_disposal", "", "no")
    assert tables["waits"] == {
        ("received", "open", "closed", 91, 365, False, 0, False): 1,
        ("received", "closed", "open", 121, 365, False, 0, False): 1,
        ("received", "open", "administrative", 152, 365, False, 0, False): 1,
        ("received", "administrative", "pending", 365, 365, False, 0, False): 1,
    }
    # Watched to 15 April only: it was closed when last seen, and is not known to have stayed so.
    seen = count(events, [referral(until=day(4, 15))])
    assert seen["waits"]["received", "closed", "unknown", 105, 365, False, 0, False] == 1
    assert seen["waits"]["received", "closed", "open", 121, 365, True, 0, False] == 1
    assert only(seen["standing"])[2] == "administrative"


def test_measures_count_beside_the_place_once_per_unit():
    take_down = "administrative/content_takedown"
    events = history(
        (day(1), "made_available"),
        (day(1), "administrative_action", take_down),
        (day(2), "administrative_action", take_down),
        (day(11), "administrative_action", "administrative/victim_safeguarding"),
    )
    assert count(events, [referral()], as_of=day(10))["measures"] == {
        ("pending", "content_takedown", False): 1
    }


def test_amended_events_never_happened():
    events = history(
        (day(1), "made_available", None, {"superseded_on": day(5)}),
        (day(2), "made_available"),
        (day(2), "close", "closed/duplicate", {"superseded_on": day(3)}),
        (day(2), "accept"),
    )
    assert violations(events, [referral()]) == []
    assert only(count(events, [referral()])["standing"])[:4] == (
        "triaged",
        "triaged",
        "pending",
        "under_triage",
    )
    assert count(events, [referral()], as_of=day(1, 15))["standing"] == {}


# --- dates and records that are wrong -------------------------------------------------------------


def test_dates_backwards_keep_the_place_and_lose_the_clock():
    events = history((day(3), "made_available"), (day(2), "accept"), (day(5), "open_investigation"))
    assert violations(events, [referral()]) == [("r", 1, "date_backwards")]
    tables = count(events, [referral()])
    assert only(tables["standing"])[2:] == (
        "pending",
        "under_investigation",
        "",
        "watched",
        True,
        *(False, False, False),
    )
    assert tables["waits"] == {("received", "open", "undated", None, 180, False, 0, False): 1}
    # It is received on its first event's day, however early another is dated.
    assert count(events, [referral()], as_of=day(2, 15))["stock"] == {}
    # In mid March the acceptance of 1 February exists.
    assert count(events, [referral()], as_of=day(3, 15))["stock"] == {("under_triage", "watched", None): 1}


def test_an_event_that_the_day_of_the_count_tears_out():
    # The opening is dated 2109, the filing after it 1 March: the path jumps from triage to charged.
    far = date(2109, 4, 22)
    events = history((day(1), "made_available"), (day(1), "accept"), (far, "open_investigation"), CHARGED)
    assert violations(events, [referral()]) == [("r", 3, "date_backwards")]
    tables = count(events, [referral()])
    assert tables["movements"][day(1), "under_triage", "charged", "charged", True] == 1
    assert tables["waits"] == {("received", "open", "undated", None, 365, False, 0, False): 1}


def test_a_record_without_a_first_day_is_received_whatever_the_day():
    events = history((None, "made_available"), (day(5), "accept"))
    assert violations(events, [referral(), referral("s")]) == [
        ("s", None, "no_events"),
        ("r", 0, "date_missing"),
    ]
    tables = count(events, [referral(), referral("s")], as_of=date(2000, 1, 1))
    assert {cell[3] for cell in tables["standing"]} == {"set_aside:date_missing", "set_aside:no_events"}
    assert tables["waits"] == {("received", "open", "unknown", None, None, False, 0, False): 2}
    assert tables["movements"] == {(None, "outside", "set_aside", "received", False): 2}


def test_the_first_rule_in_order_names_the_reason():
    # The referral is twice in the table, and accepted twice: only the rules of form are looked at.
    events = history(
        (day(1), "made_available"), (day(2), "frobnicate"), (day(2), "accept"), (day(2), "accept")
    )
    rows = [referral(parent="b"), referral(parent="a"), referral()]
    assert set(violations(events, rows)) == {("r", None, "duplicate_referral"), ("r", 1, "unknown_word")}
    cell = only(count(events, rows, by=("parent_id",))["standing"])
    assert (cell[0], cell[4], cell[9]) == ("a", "set_aside:duplicate_referral", True)


def test_a_wrong_step_is_reported_once():
    # Closed for good, reopened all the same: the walk goes on as if that had been right.
    events = history(
        *opened(day(1)),
        (day(2), "close", "closed/time_barred"),
        (day(3), "reopen"),
        (day(4), "open_investigation"),
    )
    assert violations(events, [referral()]) == [("r", 4, "illegal_transition")]
    assert only(count(events, [referral()])["standing"])[3] == "set_aside:illegal_transition"


def test_numbers_that_occur_twice_and_events_of_nobody():
    events = history((day(2), "made_available"), (day(3), "accept"))
    events += [events[0] | {"on": day(1)}, *history((day(1), "made_available"), name="nobody")]
    assert Counter(violations(events, [referral()])) == {
        ("r", 0, "duplicate_seq"): 1,
        ("nobody", 0, "event_without_referral"): 1,
    }
    # The first day is the earliest of the two.
    assert count(events, [referral()], as_of=day(1))["stock"] == {("set_aside", "unwatched", None): 1}


@pytest.mark.parametrize(
    ("territory", "level", "told"),
    [
        ("California", "local", "California/local"),
        ("US-CA", "county", "US-CA/county"),
        (None, "local", "null/local"),
        ("US-CA", None, "US-CA/null"),
        ("us-CA", "local", "us-CA/local"),
        ("US-", "local", "US-/local"),
        ("US-CALI", "local", "US-CALI/local"),
        ("US-CA ", "Local", "US-CA /Local"),
        ("U", "unrecorded", "U/unrecorded"),
        ("ÄÖ", "local", "ÄÖ/local"),
        ("GB-ENG", "state", None),
        ("AT-9", "federal", None),
        ("ZZ", "international", None),
    ],
)
def test_a_jurisdiction_that_is_none_is_told_and_counted_as_ever(territory, level, told):
    rows = [referral(territory=territory, level=level)]
    events = history(*opened(day(1)), CHARGED)
    wanted = [] if told is None else [("r", None, "unknown_jurisdiction")]
    assert violations(events, rows) == wanted
    assert Record(events, rows).details == [(*wanted[0][::2], told)] if told else True
    assert count(events, rows) == count(events, [referral()])
    # Of a record that is broken in form it is told too.
    assert violations([], rows) == [("r", None, "no_events"), *wanted]


def test_every_row_of_a_repeated_referral_has_a_jurisdiction_of_its_own():
    rows = [referral(territory=None, level="local"), referral(level="county"), referral()]
    record = Record(history((day(1), "made_available")), rows)
    assert Counter(record.violations) == {
        ("r", None, "duplicate_referral"): 1,
        ("r", None, "unknown_jurisdiction"): 2,
    }
    assert [detail for _, _, detail in record.details] == ["null/local", "US-CA/county"]


@pytest.mark.parametrize(
    "step",
    [
        (day(1), "close"),
        (day(1), "close", "closed/transferred"),
        (day(1), "close", "administrative/content_takedown"),
        (day(1), "close", "closed/out_of_court_disposal"),
        (day(1), "accept", "closed/unfounded"),
        (day(1), "file_charge", "charge/acquitted"),
        (day(1), "administrative_action", "administrative/precharge_diversion"),
        (day(1), "decide_subject", "closed/unfounded"),
        (day(1), "close", "closed/unfounded", {"level": "local"}),
        (day(1), "transfer", None, {"charge_id": "c1"}),
        (day(1), "accept", None, {"other_id": "x"}),
    ],
)
def test_misfits(step):
    assert [rule for _, _, rule in violations(history(step), [referral()])] == ["event_misfit"]


# --- records of which not all could be read -----------------------------------------------------


INCOMPLETE = [referral(incomplete=True)]


@pytest.mark.parametrize(
    "ending",
    ["closed/unfounded", "closed/duplicate", "closed/opened_in_error", "administrative/other_sanction", None],
)
@pytest.mark.parametrize("unit", ["referral", "family"])
def test_an_incomplete_record_without_a_charge_is_unknown(ending, unit):
    events = history(*opened(day(1)), (day(2), "close" if ending else "transfer", ending))
    assert violations(events, INCOMPLETE) == [("r", None, "incomplete")]
    tables = count(events, INCOMPLETE, unit=unit)
    assert only(tables["standing"]) == (
        *(
            "investigated",
            "investigated",
            "unknown",
            "incomplete",
            "",
            "unwatched",
            False,
            True,
            False,
            False,
        ),
    )
    # What is seen to have ended it does not end it.
    assert only(tables["waits"]) == ("received", "open", "unknown", None, 365, False, 0, False)


@pytest.mark.parametrize(
    ("status", "is_open"), [("acquitted", "unwatched"), ("convicted_plea", "unwatched"), (None, "unwatched")]
)
def test_an_incomplete_record_keeps_its_charge(status, is_open):
    result = [(day(6), "charge_result", f"charge/{status}")] if status else []
    events = history(*opened(day(1)), CHARGED, *result)
    tables = count(events, INCOMPLETE)
    cell = only(tables["standing"])
    assert cell[2:6] == ("charge", status or "charge_pending", "local", is_open)
    assert tables["waits"] == {
        ("received", "open", "charge", 60, 365, True, 0, False): 1,
        ("received", "open", "unknown", None, 365, False, 0, False): 1,
    }
    # Whoever is set aside is no less so.
    gap = events[:1] + events[2:]
    assert only(count(gap, INCOMPLETE)["standing"])[3] == "set_aside:illegal_transition"


def test_an_incomplete_parent_is_not_spoken_for_by_its_child():
    events = transferred("r", day(1), day(2)) + history(
        (day(2), "made_available"), (day(3), "accept"), (day(4), "close", "closed/unfounded"), name="c"
    )
    rows = [referral("c", "r"), *INCOMPLETE]
    assert only(count(events, rows)["standing"])[2:4] == ("unknown", "incomplete")
    assert only(count(events, [referral("c", "r"), referral()])["standing"])[2:4] == ("closed", "unfounded")


def test_a_duplicate_of_an_incomplete_one_has_its_survivor():
    events = [*duplicate("a", "r"), *duplicate("r", "elsewhere")]
    reasons = {cell[3] for cell in count(events, [referral("a"), *INCOMPLETE])["standing"]}
    assert reasons == {"duplicate", "incomplete"}


# --- the tables of rules --------------------------------------------------------------------------


def test_the_tables_of_rules_hold_together():
    assert len(RULES) == 17
    assert (len(CHARGE_STATUSES), len(MEASURES), len(ADMINISTRATIVE_ENDINGS), len(CLOSED_REASONS)) == (
        16,
        6,
        5,
        23,
    )
    assert FINAL <= ADMINISTRATIVE_ENDINGS | CLOSED_REASONS
    assert set(TARGETS) < set(ALLOWED)
    assert len(ALLOWED) == 17
    assert never_ends("a", {"a": "a"})
    assert never_ends("a", {"a": "b", "b": "c", "c": "b"})
    assert not never_ends("a", {"a": "b", "b": "c"})
