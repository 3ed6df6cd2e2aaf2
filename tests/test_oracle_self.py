"""The oracle by hand: small histories, whose counts are worked out in the comments."""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from oracle import ledger, rate, violations
from oracle_rules import (
    ADMINISTRATIVE_ENDINGS,
    ALLOWED,
    CHARGE_STATUSES,
    CLOSED_REASONS,
    FINAL,
    MEASURES,
    RULES,
    TARGETS,
    never_ends,
    walk,
)

END = date(2024, 12, 31)


def day(month: int, number: int = 1) -> date:
    return date(2024, month, number)


def referral(name="r", parent=None, until=END, **more):
    return {
        "referral_id": name,
        "parent_id": parent,
        "territory": "US-CA",
        "level": "local",
        "observed_through": until,
        **more,
    }


def history(*steps, name="r"):
    """Events of one referral, from tuples (day, action, disposition/reason or None, further columns)."""
    events = []
    for seq, (on, action, *rest) in enumerate(steps):
        word = rest[0] if rest else None
        disposition, _, reason = word.partition("/") if word else (None, None, None)
        event = {"referral_id": name, "seq": seq, "on": on, "action": action}
        event |= {"disposition": disposition, "reason": reason}
        events.append(event | (rest[1] if len(rest) > 1 else {}))
    return events


def opened(on):
    return (on, "made_available"), (on, "accept"), (on, "open_investigation")


def count(events, referrals, *, as_of=END, unit="family", by=()):
    return ledger(events, referrals, as_of=as_of, by=by, unit=unit)


def only(table: Counter):
    """The one cell of a table."""
    ((cell, n),) = table.items()
    assert n == 1
    return cell


CHARGED = (day(3), "file_charge", "charge/charge_pending", {"level": "local"})


# --- one referral ---------------------------------------------------------------------------------


def test_a_charge_is_one_whatever_became_of_it():
    # Filed on 1 March, dismissed on 1 June: by the end the case is over.
    events = history(*opened(day(1)), CHARGED, (day(6), "charge_result", "charge/charge_dismissed"))
    tables = count(events, [referral()])
    assert only(tables["standing"]) == (
        *("charged", "charged", "charge", "charge_dismissed", "local", "no", False, False, False),
    )
    # 1 January + 365 days is 31 December 2024 (a leap year), so the unit has been followed for 365 days.
    assert only(tables["waits"]) == ("received", "open", "charge", 60, 365, False)
    assert tables["stock"] == {("concluded", "no"): 1}
    # As of 30 April the dismissal does not exist: the case runs, followed for 90 days (of 120).
    before = count(events, [referral()], as_of=day(4, 30))
    assert only(before["standing"])[3:6] == ("charge_pending", "local", "watched")
    assert only(before["waits"]) == ("received", "open", "charge", 60, 90, False)
    assert before["stock"] == {("charged", "watched"): 1}


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
        (quarter1, "outside", "made_available"): 1,
        (quarter1, "made_available", "under_triage"): 1,
        (quarter1, "under_triage", "under_investigation"): 1,
        (quarter2, "under_investigation", "charged"): 1,
        (quarter2, "charged", "charged"): 1,
        (quarter3, "charged", "charged"): 1,  # b is still open
        (quarter3, "charged", "concluded"): 1,
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


def test_implied_rungs_are_apart_and_a_level_can_be_unrecorded():
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
            "unrecorded",
            "unwatched",
            False,
            False,
            False,
        ),
    )
    # Never watched: whatever is known is known late, and the clock ends as unknown.
    assert tables["waits"] == {
        ("received", "open", "charge", 213, 365, True): 1,
        ("received", "open", "unknown", None, 365, False): 1,
    }
    rates = rate(tables["standing"], "charged")
    assert (rates["reached"], rates["implied"], rates["lower"], rates["upper"]) == (0, 1, 0, 1)
    assert rates["resolved"] is None
    assert rate(tables["standing"], "convicted")["unknown"] == 1
    # Whether the charge was local is not known, though a charge there was.
    assert rate(tables["standing"], "charged", "local")["unknown"] == 1


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
        ("received", "open", "charge", 60, 365, True): 1,
        ("received", "open", "unknown", 59, 365, False): 1,
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
        ("received", "open", "closed", 91, 365, False): 1,
        ("received", "closed", "open", 121, 365, False): 1,
        ("received", "open", "administrative", 152, 365, False): 1,
        ("received", "administrative", "pending", 365, 365, False): 1,
    }
    # Watched to 15 April only: it was closed when last seen, and is not known to have stayed so.
    seen = count(events, [referral(until=day(4, 15))])
    assert seen["waits"]["received", "closed", "unknown", 105, 365, False] == 1
    assert seen["waits"]["received", "closed", "open", 121, 365, True] == 1
    assert only(seen["standing"])[2] == "administrative"


def test_measures_count_beside_the_place_once_per_unit():
    take_down = "administrative/content_takedown"
    events = history(
        (day(1), "made_available"),
        (day(1), "administrative_action", take_down),
        (day(2), "administrative_action", take_down),
        (day(11), "administrative_action", "administrative/victim_safeguarding"),
    )
    assert count(events, [referral()], as_of=day(10))["measures"] == {("pending", "content_takedown"): 1}


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


# --- exclusions -----------------------------------------------------------------------------------


def duplicate(name, of, on=None, reason="duplicate"):
    on = on or day(1)
    ending = (on, "close", f"closed/{reason}", {"other_id": of})
    return history((on, "made_available"), (on, "accept"), ending, name=name)


def test_survivors_are_followed_to_the_end():
    # a -> b -> c, and c is open: all is well. d names nobody, e what is not there, f -> e inherits that.
    events = [
        *duplicate("a", "b"),
        *duplicate("b", "c", reason="merged"),
        *history((day(1), "made_available"), name="c"),
        *duplicate("d", None),
        *duplicate("e", "gone", reason="prosecuted_elsewhere"),
        *duplicate("f", "e"),
        *duplicate("g", None, reason="opened_in_error"),
    ]
    referrals = [referral(name, world=name) for name in "abcdefg"]
    standing = count(events, referrals, by=("world",))["standing"]
    assert {(cell[0], cell[4]) for cell in standing if cell[3] == "excluded"} == {
        ("a", "duplicate"),
        ("b", "merged"),
        ("d", "unlinked:duplicate"),
        ("e", "unlinked:prosecuted_elsewhere"),
        ("f", "unlinked:duplicate"),
        ("g", "opened_in_error"),  # nothing survives it, so nothing is missing
    }
    # Received 7, excluded 6, of which 3 unlinked. D = 1, X = 3: nobody is charged, one is pending.
    rates = rate(standing, "charged")
    assert (rates["received"], rates["excluded"], rates["unlinked"], rates["pending"]) == (7, 6, 3, 1)
    assert (rates["lower"], rates["upper"], rates["upper_by_as_of"]) == (0, 1, Fraction(3, 4))
    assert rates["resolved"] is None


def test_a_survivor_that_has_not_come_in_yet_is_missing():
    events = [*duplicate("a", "b"), *history((day(6), "made_available"), name="b")]
    referrals = [referral("a"), referral("b")]
    assert only(count(events, referrals, as_of=day(3))["standing"])[3] == "unlinked:duplicate"
    reasons = {cell[3] for cell in count(events, referrals, as_of=day(7))["standing"]}
    assert reasons == {"duplicate", "made_available"}


def test_survivors_in_a_circle_are_set_aside_with_all_who_lead_there():
    events = [*duplicate("a", "b"), *duplicate("b", "a"), *duplicate("c", "a"), *duplicate("d", "d")]
    referrals = [referral(name) for name in "abcd"]
    assert Counter(violations(events, referrals)) == {(name, None, "survivor_cycle"): 1 for name in "abcd"}
    standing = count(events, referrals)["standing"]
    assert {cell[2:4] for cell in standing} == {("unknown", "set_aside:survivor_cycle")}


def test_an_excluded_unit_ends_its_clock_where_it_left():
    tables = count(
        history((day(1), "made_available"), (day(1, 3), "accept"), (day(1, 11), "close", "closed/merged")),
        [referral(until=None)],
    )
    assert tables["waits"] == {("received", "open", "excluded", 10, 365, False): 1}


# --- transfers ------------------------------------------------------------------------------------


def transferred(name, on, gone, **columns):
    return history((on, "made_available"), (on, "accept"), (gone, "transfer", None, columns), name=name)


def test_a_transfer_to_nowhere():
    # Received on 1 January, passed on on 1 February (day 31), and no child in the data.
    events, referrals = transferred("r", day(1), day(2)), [referral()]
    own = count(events, referrals, unit="referral")
    cell = ("triaged", "triaged", "transferred_out", "unlinked:transferred", "", "no", False, False, False)
    assert only(own["standing"]) == cell
    assert own["waits"] == {("received", "open", "transferred_out", 31, 365, False): 1}
    family = count(events, referrals)
    assert only(family["standing"])[2:6] == ("unknown", "transferred_out", "", "unwatched")
    assert family["waits"] == {("received", "open", "unknown", 31, 365, False): 1}
    assert rate(own["standing"], "charged")["unlinked"] == 1
    assert rate(family["standing"], "charged")["unknown"] == 1


def test_three_generations_are_one_family():
    # r (1 Jan) passes to s (1 Feb), s to t (1 Mar); t is charged on 1 May, day 121 of the family.
    charge = history(
        *opened(day(3)),
        (day(5), "file_charge", "charge/charge_pending", {"level": "federal"}),
        name="t",
    )
    events = [*transferred("r", day(1), day(2)), *transferred("s", day(2), day(3)), *charge]
    referrals = [referral("r", until=day(2)), referral("s", "r", until=None), referral("t", "s")]
    tables = count(events, referrals)
    # s came back with late feedback (nobody watches it), which makes the family late; the clock is t's.
    assert only(tables["standing"]) == (
        *("charged", "charged", "charge", "charge_pending", "federal", "watched", False, True, False),
    )
    assert tables["waits"] == {("received", "open", "charge", 121, 365, False): 1}
    assert tables["stock"] == {("transferred", "no"): 2, ("charged", "watched"): 1}
    # Each by itself: two handed on, the receivers came in.
    own = count(events, referrals, unit="referral")["standing"]
    assert Counter((cell[2], cell[3], cell[8]) for cell in own) == {
        ("transferred_out", "transferred", False): 1,
        ("transferred_out", "transferred", True): 1,
        ("charge", "charge_pending", True): 1,
    }
    # On 15 February t is not in the data yet; s is under triage, and nobody watches it.
    early = count(events, referrals, as_of=day(2, 15))
    assert only(early["standing"])[2:6] == ("unknown", "never_watched", "", "unwatched")
    # On 31 January r is by itself.
    assert only(count(events, referrals, as_of=day(1, 31))["standing"])[2:4] == ("pending", "under_triage")


def test_two_children_and_the_order_of_places():
    # One child is closed on 1 April, the other open and watched to 1 June only: the family is unknown.
    closed = history(
        (day(3), "made_available"), (day(3), "accept"), (day(4), "close", "closed/unfounded"), name="a"
    )
    still = history((day(3, 5), "made_available"), name="b")
    events = [*transferred("r", day(1), day(2)), *closed, *still]
    referrals = [referral(), referral("a", "r"), referral("b", "r", until=day(6))]
    tables = count(events, referrals)
    assert only(tables["standing"])[2:6] == ("unknown", "no_longer_watched", "", "unwatched")
    # b speaks before a closes, so the family never leaves open; watching ends on day 152.
    assert tables["waits"] == {("received", "open", "unknown", 152, 365, False): 1}
    # Without b the family closes on day 91, and its clock runs to T.
    alone = count([*events[:6]], referrals[:2])
    assert alone["waits"] == {
        ("received", "open", "closed", 91, 365, False): 1,
        ("received", "closed", "pending", 365, 365, False): 1,
    }


def test_a_child_whose_parent_is_not_there_is_a_root_that_came_in():
    tables = count(history((day(1), "made_available")), [referral(parent="gone")])
    assert only(tables["standing"])[8] is True
    assert only(count(history((day(1), "made_available")), [referral()])["standing"])[8] is False


def test_parents_in_a_circle_are_families_of_their_own():
    events = [e for name in "abc" for e in history((day(1), "made_available"), name=name)]
    referrals = [referral("a", "b"), referral("b", "a"), referral("c", "a")]
    assert set(violations(events, referrals)) == {(name, None, "transfer_cycle") for name in "abc"}
    tables = count(events, referrals)
    assert tables["standing"] == {
        (
            "made_available",
            "made_available",
            "unknown",
            "set_aside:transfer_cycle",
            *("", "unwatched", False, False, False),
        ): 3
    }
    assert tables["waits"] == {("received", "open", "unknown", None, 365, False): 3}
    assert tables["movements"] == {(day(1), "outside", "set_aside"): 3}
    assert tables["stock"] == {("set_aside", "unwatched"): 3}


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
        False,
        False,
    )
    assert tables["waits"] == {("received", "open", "undated", None, 180, False): 1}
    # It is received on its first event's day, however early another is dated.
    assert count(events, [referral()], as_of=day(2, 15))["stock"] == {}
    # In mid March the acceptance of 1 February exists.
    assert count(events, [referral()], as_of=day(3, 15))["stock"] == {("under_triage", "watched"): 1}


def test_an_event_that_the_day_of_the_count_tears_out():
    # The opening is dated 2109, the filing after it 1 March: the path jumps from triage to charged.
    far = date(2109, 4, 22)
    events = history((day(1), "made_available"), (day(1), "accept"), (far, "open_investigation"), CHARGED)
    assert violations(events, [referral()]) == [("r", 3, "date_backwards")]
    tables = count(events, [referral()])
    assert tables["movements"][day(1), "under_triage", "charged"] == 1
    assert tables["waits"] == {("received", "open", "undated", None, 365, False): 1}


def test_a_child_before_its_parent_undates_the_family():
    events = [*transferred("r", day(3), day(4)), *history((day(2), "made_available"), name="s")]
    referrals = [referral(dim="root"), referral("s", "r", dim="child")]
    assert violations(events, referrals) == [("s", None, "child_before_parent")]
    assert only(count(events, referrals, by=("dim",))["waits"])[:4] == ("root", "received", "open", "undated")
    # Before the root has come in, the family is there already: the root's dimensions, no day zero.
    early = count(events, referrals, by=("dim",), as_of=day(2, 20))
    assert only(early["standing"])[:4] == ("root", "made_available", "made_available", "pending")
    assert only(early["waits"]) == ("root", "received", "open", "undated", None, 0, False)


def test_a_record_without_a_first_day_is_received_whatever_the_day():
    events = history((None, "made_available"), (day(5), "accept"))
    assert violations(events, [referral(), referral("s")]) == [
        ("s", None, "no_events"),
        ("r", 0, "date_missing"),
    ]
    tables = count(events, [referral(), referral("s")], as_of=date(2000, 1, 1))
    assert {cell[3] for cell in tables["standing"]} == {"set_aside:date_missing", "set_aside:no_events"}
    assert tables["waits"] == {("received", "open", "unknown", None, 0, False): 2}
    assert tables["movements"] == {(None, "outside", "set_aside"): 2}


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
    assert count(events, [referral()], as_of=day(1))["stock"] == {("set_aside", "unwatched"): 1}


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


def test_a_set_aside_member_keeps_the_family_open_but_for_a_charge():
    wrong = history((day(2), "made_available"), (day(3), "reopen"), name="x")
    closed = history(
        (day(2), "made_available"), (day(2), "accept"), (day(4), "close", "closed/unfounded"), name="a"
    )
    events = [*transferred("r", day(1), day(2)), *wrong, *closed]
    referrals = [referral(), referral("x", "r"), referral("a", "r")]
    tables = count(events, referrals)
    assert only(tables["standing"])[2:4] == ("unknown", "set_aside:illegal_transition")
    charged = history(*opened(day(2)), CHARGED, name="a")
    tables = count([*events[:5], *charged], referrals)
    assert only(tables["standing"])[2:6] == ("charge", "charge_pending", "local", "unwatched")
    assert tables["waits"] == {("received", "open", "charge", 60, 365, False): 1}


# --- the tables of rules --------------------------------------------------------------------------


def test_the_tables_of_rules_hold_together():
    assert len(RULES) == 13
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
