"""The oracle by hand, referrals that name each other: survivors, transfers, families."""

from collections import Counter
from fractions import Fraction

import pytest

from by_hand import CHARGED, count, day, duplicate, history, only, opened, referral, transferred
from oracle import rate, violations
from oracle_rules import Record

# --- exclusions -----------------------------------------------------------------------------------


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


def test_a_duplicate_of_its_own_parent_has_no_survivor():
    # p passed to b, and b is a duplicate of p: b -> p -> (its child) b. p merely leads there by transfer.
    # c, a duplicate of p, runs into the circle as well.
    events = [*transferred("p", day(1), day(1)), *duplicate("b", "p"), *duplicate("c", "p")]
    referrals = [referral("p"), referral("b", "p"), referral("c")]
    record = Record(events, referrals)
    assert set(record.violations) == {("b", None, "survivor_cycle"), ("c", None, "survivor_cycle")}
    assert set(record.details) == {(name, "survivor_cycle", "survivor p") for name in "bc"}
    # The family p + b: p is skipped, as b has come in; b is set aside.
    standing = count(events, referrals)["standing"]
    assert {cell[2:4] for cell in standing} == {("unknown", "set_aside:survivor_cycle")}


def test_of_several_children_the_first_by_name_carries_on():
    # p passed to a and b; b is a duplicate of p. The way is b -> p -> a, and ends there, open.
    events = [
        *transferred("p", day(1), day(1)),
        *history((day(1), "made_available"), name="a"),
        *duplicate("b", "p"),
    ]
    referrals = [referral("p"), referral("b", "p"), referral("a", "p")]
    assert violations(events, referrals) == []
    # p is skipped, b excluded, a open and watched: the family is pending.
    assert only(count(events, referrals)["standing"])[2:6] == ("pending", "made_available", "", "watched")
    # By itself, b's survivor p is there, so the link is good.
    own = count(events, referrals, unit="referral")["standing"]
    assert {cell[2:4] for cell in own} == {
        ("transferred_out", "transferred"),
        ("excluded", "duplicate"),
        ("pending", "made_available"),
    }
    # Were a a duplicate of b, it would be a -> b -> p -> a.
    circle = [*events[:3], *duplicate("a", "b"), *duplicate("b", "p")]
    assert set(violations(circle, referrals)) == {(name, None, "survivor_cycle") for name in "ab"}


def test_a_survivor_goes_before_a_child():
    # p is a duplicate of its own child c, which is open: the way ends at c. Nothing was transferred.
    events = [*duplicate("p", "c"), *history((day(1), "made_available"), name="c")]
    referrals = [referral("p"), referral("c", "p")]
    assert violations(events, referrals) == []
    # c passes on to d, and d is a duplicate of p: p -> c -> (child) d -> p. c names no survivor.
    passed = [*duplicate("p", "c"), *transferred("c", day(1), day(1)), *duplicate("d", "p")]
    assert set(violations(passed, [*referrals, referral("d", "c")])) == {
        ("p", None, "survivor_cycle"),
        ("d", None, "survivor_cycle"),
    }
    # A survivor that is not in the data is no link: p leads to its child c, and c is a duplicate of p.
    gone = [*duplicate("p", "gone"), *duplicate("c", "p")]
    assert violations(gone, referrals) == [("c", None, "survivor_cycle")]


def test_families_that_carry_on_each_other():
    # a passed to a2, b to b2; a2 is a duplicate of b and b2 of a: a2 -> b -> b2 -> a -> a2.
    one = [*transferred("a", day(1), day(1)), *duplicate("a2", "b")]
    two = [*transferred("b", day(1), day(1)), *duplicate("b2", "a")]
    referrals = [referral("a"), referral("a2", "a"), referral("b"), referral("b2", "b")]
    assert set(violations([*one, *two], referrals)) == {
        (name, None, "survivor_cycle") for name in ("a2", "b2")
    }
    # With b2 open the way from a2 ends at b2: family a is excluded, family b pending.
    ending = [*two[:3], *history((day(1), "made_available"), name="b2")]
    assert violations([*one, *ending], referrals) == []
    standing = count([*one, *ending], referrals)["standing"]
    assert {cell[2:4] for cell in standing} == {("excluded", "duplicate"), ("pending", "made_available")}


def test_an_excluded_unit_ends_its_clock_where_it_left():
    tables = count(
        history((day(1), "made_available"), (day(1, 3), "accept"), (day(1, 11), "close", "closed/merged")),
        [referral(until=None)],
    )
    assert tables["waits"] == {("received", "open", "excluded", 10, 365, False, 0, False): 1}


# --- transfers ------------------------------------------------------------------------------------


def test_a_transfer_to_nowhere():
    # Received on 1 January, passed on on 1 February (day 31), and no child in the data.
    events, referrals = transferred("r", day(1), day(2)), [referral()]
    own = count(events, referrals, unit="referral")
    cell = ("triaged", "triaged", "transferred_out", "unlinked:transferred", "", "no", *[False] * 4)
    assert only(own["standing"]) == cell
    assert own["waits"] == {("received", "open", "transferred_out", 31, 365, False, 0, False): 1}
    family = count(events, referrals)
    assert only(family["standing"])[2:6] == ("unknown", "transferred_out", "", "unwatched")
    assert family["waits"] == {("received", "open", "unknown", 31, 365, False, 0, False): 1}
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
        *("charged", "charged", "charge", "charge_pending", "federal", "watched", False, True, False, False),
    )
    assert tables["waits"] == {("received", "open", "charge", 121, 365, False, 0, False): 1}
    assert tables["stock"] == {("transferred", "no", None): 2, ("charged", "watched", None): 1}
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
    assert tables["waits"] == {("received", "open", "unknown", 152, 365, False, 0, False): 1}
    # Without b the family closes on day 91, and its clock runs to T.
    alone = count([*events[:6]], referrals[:2])
    assert alone["waits"] == {
        ("received", "open", "closed", 91, 365, False, 0, False): 1,
        ("received", "closed", "pending", 365, 365, False, 0, False): 1,
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
            *("", "unwatched", False, False, False, False),
        ): 3
    }
    assert tables["waits"] == {("received", "open", "unknown", None, 365, False, 0, False): 3}
    assert tables["movements"] == {(day(1), "outside", "set_aside", "transferred_in", False): 3}
    assert tables["stock"] == {("set_aside", "unwatched", None): 3}


def test_a_child_before_its_parent_undates_the_family():
    events = [*transferred("r", day(3), day(4)), *history((day(2), "made_available"), name="s")]
    referrals = [referral(dim="root"), referral("s", "r", dim="child")]
    assert violations(events, referrals) == [("s", None, "child_before_parent")]
    assert only(count(events, referrals, by=("dim",))["waits"])[:4] == ("root", "received", "open", "undated")
    # Before the root has come in, the family is there already: the root's dimensions, no day zero.
    early = count(events, referrals, by=("dim",), as_of=day(2, 20))
    assert only(early["standing"])[:4] == ("root", "made_available", "made_available", "pending")
    assert only(early["waits"]) == ("root", "received", "open", "undated", None, None, False, 0, False)


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
    assert tables["waits"] == {("received", "open", "charge", 60, 365, False, 0, False): 1}


@pytest.mark.parametrize(
    ("named", "parent", "is_wrong"),
    [
        ("c", "r", False),
        ("c", None, True),
        ("c", "other", True),  # a parent that is in the data
        ("c", "gone", True),  # a parent that is not
        ("gone", None, False),  # the one that is named is not in the data, so nothing is known of it
        (None, "other", False),
        ("r", None, True),  # it names itself
    ],
)
def test_a_transfer_names_a_child_that_came_of_another(named, parent, is_wrong):
    events = [
        *transferred("r", day(1), day(2), other_id=named),
        *history((day(2), "made_available"), name="c"),
        *history((day(1), "made_available"), name="other"),
    ]
    referrals = [referral(), referral("c", parent), referral("other")]
    record = Record(events, referrals)
    assert record.violations == ([("r", None, "child_without_parent")] if is_wrong else [])
    assert record.details == (
        [("r", "child_without_parent", f"child {named}, whose parent_id is another or none")]
        if is_wrong
        else []
    )
    reasons = {cell[3] for cell in count(events, referrals, unit="referral")["standing"]}
    assert ("set_aside:child_without_parent" in reasons) == is_wrong


def test_the_last_transfer_that_was_not_amended_names_the_child():
    rows = [referral(), referral("c")]
    child = history((day(1), "made_available"), name="c")
    start = (day(1), "made_available"), (day(1), "accept")
    wrong, right = (day(2), "transfer", None, {"other_id": "c"}), (day(2), "transfer")
    amended = (*wrong[:3], {"other_id": "c", "superseded_on": day(3)})
    assert violations([*child, *history(*start, amended, right)], rows) == []
    # Two live transfers are a wrong step; the last of them speaks.
    step = ("r", 3, "illegal_transition")
    assert violations([*child, *history(*start, wrong, right)], rows) == [step]
    both = {step, ("r", None, "child_without_parent")}
    assert set(violations([*child, *history(*start, right, wrong)], rows)) == both
    # Of a record broken in form, the links are not looked at.
    broken = history(*start, (day(2), "frobnicate"), wrong)
    assert violations([*child, *broken], rows) == [("r", 2, "unknown_word")]


def test_a_family_is_reopenable_when_nothing_runs_and_one_closure_may_be_undone():
    # r passed to a (unfounded: may be reopened) and b (time-barred: final), b closed last.
    def closed(name, on, word):
        return history((day(2), "made_available"), (day(2), "accept"), (on, "close", word), name=name)

    events = [
        *transferred("r", day(1), day(2)),
        *closed("a", day(4), "closed/unfounded"),
        *closed("b", day(5), "closed/time_barred"),
    ]
    referrals = [referral(), referral("a", "r"), referral("b", "r")]
    tables = count(events, referrals)
    # The reason is b's, the later; that a may come back is seen in the column open alone.
    assert only(tables["standing"])[2:6] == ("closed", "time_barred", "", "reopenable")
    assert tables["stock"] == {
        ("transferred", "no", None): 1,
        ("closed", "reopenable", None): 1,
        ("closed_final", "no", None): 1,
    }
    rates = rate(tables["standing"], "charged")
    assert (rates["lost"], rates["reopenable"], rates["upper"]) == (1, 1, 0)
    # With a charge beside it that is over: charged, and of the lost to a conviction still reopenable.
    over = history(*opened(day(2)), CHARGED, (day(6), "charge_result", "charge/acquitted"), name="b")
    standing = count([*events[:6], *over], referrals)["standing"]
    assert only(standing)[2:6] == ("charge", "acquitted", "local", "reopenable")
    assert (rate(standing, "convicted")["lost"], rate(standing, "convicted")["reopenable"]) == (1, 1)
    # What runs goes before: b is open and watched, and then is not watched.
    still = history((day(2), "made_available"), name="b")
    assert only(count([*events[:6], *still], referrals)["standing"])[5] == "watched"
    unseen = [*referrals[:2], referral("b", "r", until=day(3))]
    assert only(count([*events[:6], *still], unseen)["standing"])[5] == "unwatched"


def test_a_level_that_one_member_states_is_stated_by_the_family():
    # a: an implied local charge; b: a stated local one, and an implied federal one.
    implied = {"implied": True}
    filing = (day(3), "file_charge", "charge/charge_pending")
    a = history(*opened(day(2)), (*filing, {"level": "local", **implied}), name="a")
    b = history(
        *opened(day(2)), CHARGED, (*filing, {"level": "federal", "charge_id": "x", **implied}), name="b"
    )
    events = [*transferred("r", day(1), day(2)), *a, *b]
    referrals = [referral(), referral("a", "r"), referral("b", "r")]
    assert only(count(events, referrals)["standing"])[4] == "local,implied:federal"
    own = count(events, referrals, unit="referral")["standing"]
    assert {cell[4] for cell in own} == {"", "implied:local", "local,implied:federal"}
