"""The clocks of a unit on histories written by hand; their days are counted in comments, in a leap year."""

from datetime import date

import polars as pl
import pytest

from by_hand import END, count, day, history, referral
from tipline_outcomes import EventLog, Ledger
from tipline_outcomes.ledger import Clock
from worlds import EVENT_COLUMNS, REFERRAL_COLUMNS

TYPES = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date}
IMPLIED = {"implied": True}

# Received on 1 January, taken in on day 4, opened on day 19, charged on day 60 (1 March).
TAKEN_IN = ((day(1), "made_available"), (day(1, 5), "accept"))
OPENED = (*TAKEN_IN, (day(1, 20), "open_investigation"))
CHARGED = (*OPENED, (day(3), "file_charge", "charge/charge_pending"))


def result(on, status, **columns):
    return on, "charge_result", f"charge/{status}", columns


def frame(rows, columns):
    kinds = {name: TYPES[kind] for name, kind in columns.items()}
    defaults = dict.fromkeys(columns) | (
        {"implied": False} if "implied" in columns else {"incomplete": False}
    )
    return pl.DataFrame([defaults | row for row in rows], schema=kinds)


def clocks(steps, *, unit="family", until=END):
    """The rows of the clocks, as package and oracle both count them: clock -> (from, to, days, late)."""
    events, referrals = history(*steps), [referral(until=until, incomplete=False)]
    log = EventLog.from_frames(frame(events, EVENT_COLUMNS), frame(referrals, REFERRAL_COLUMNS))
    ledger = Ledger.of(log, as_of=END, unit=unit)
    tables = count(events, referrals, unit=unit)
    wanted = tables["waits"] + tables["clocks"]
    keys = ("clock", "from", "to", "days", "followed", "late", "entered", "came_in", "n")
    found = {row[:-1]: row[-1] for row in ledger.waits.select(*keys).rows()}
    assert found == dict(wanted)
    shown: dict[str, set[tuple[object, ...]]] = {clock.value: set() for clock in Clock}
    for clock, came_from, to, days, _, late, *_ in found:
        shown[clock].add((came_from, to, days, *(["late"] if late else [])))
    return shown


def test_every_clock_runs_from_its_own_day():
    shown = clocks((*CHARGED, result(day(6), "convicted_plea")))
    assert shown == {
        "received": {("open", "charge", 60)},
        "triage": {("open", "investigated", 15)},
        "investigation": {("open", "charge", 41)},
        "charge": {("charge", "convicted", 92)},
    }


def test_a_clock_that_did_not_start_has_no_rows():
    shown = clocks(TAKEN_IN)
    assert shown["investigation"] == shown["charge"] == set()
    # Watched to the end of the year: 365 days since it was received, and 361 since it was taken in.
    assert shown["received"] == {("open", "pending", 365)}
    assert shown["triage"] == {("open", "pending", 361)}


def test_a_matter_that_is_closed_in_triage_reopens_there():
    steps = (
        *TAKEN_IN,
        (day(2, 4), "close", "closed/unfounded"),
        (day(4, 4), "reopen"),
        (day(4, 14), "open_investigation"),
    )
    shown = clocks(steps)
    assert shown["triage"] == {("open", "closed", 30), ("closed", "open", 90), ("open", "investigated", 100)}
    # What was before the investigation is not on its clock.
    assert shown["investigation"] == {("open", "pending", 261)}


def test_what_happens_on_the_day_a_clock_starts_is_on_day_zero():
    steps = (*TAKEN_IN, (day(1, 5), "open_investigation"), (day(1, 5), "close", "closed/unfounded"))
    shown = clocks(steps)
    assert shown["triage"] == {("open", "investigated", 0)}
    assert shown["investigation"] == {("open", "closed", 0), ("closed", "pending", 361)}


@pytest.mark.parametrize("implied", ["filing", "result"])
def test_implied_events_stop_no_clock(implied):
    filed = (day(3), "file_charge", "charge/charge_pending", IMPLIED if implied == "filing" else {})
    steps = (*OPENED, filed, result(day(3), "convicted_plea", implied=implied == "result"))
    shown = clocks(steps)
    assert shown["triage"] == {("open", "investigated", 15)}
    if implied == "filing":
        # That somebody was charged by 1 March is known from the conviction; since when is not.
        assert shown["received"] == shown["investigation"] == {("open", "implied", None)}
    else:
        assert shown["investigation"] == {("open", "charge", 41)}
    assert shown["charge"] == {("charge", "implied", None)}


def test_a_filing_that_is_stated_gives_the_day_though_another_is_implied():
    second = (day(3), "file_charge", "charge/charge_pending", {"charge_id": "b", **IMPLIED})
    first = (day(3), "file_charge", "charge/charge_pending", {"charge_id": "a"})
    for order in ((first, second), (second, first)):
        assert clocks((*OPENED, *order))["investigation"] == {("open", "charge", 41)}


def test_implied_events_start_no_clock():
    steps = (*TAKEN_IN, (day(1, 20), "open_investigation", None, IMPLIED), CHARGED[-1])
    shown = clocks(steps)
    assert shown["triage"] == shown["investigation"] == {("open", "implied", None)}
    assert shown["received"] == {("open", "charge", 60)}


def test_an_implied_reopening_leaves_the_risk_sets():
    steps = (
        *TAKEN_IN,
        (day(2, 4), "close", "closed/unfounded"),
        (day(4, 4), "reopen", None, IMPLIED),
    )
    assert clocks(steps)["received"] == {("open", "implied", None)}
    # Nobody watched it then: it stays where it was last seen, and the late row has no day.
    assert clocks(steps, until=day(3))["received"] == {("open", "closed", 34), ("closed", "unknown", 60)}


def test_what_nobody_stated_before_a_clock_started_does_not_matter_to_it():
    steps = (
        *TAKEN_IN,
        (day(2, 4), "close", "closed/unfounded"),
        (day(4, 4), "reopen", None, IMPLIED),
        (day(4, 14), "open_investigation"),
        (day(5, 14), "file_charge", "charge/charge_pending"),
    )
    shown = clocks(steps)
    assert shown["triage"] == shown["received"] == {("open", "implied", None)}
    assert shown["investigation"] == {("open", "charge", 30)}


def test_what_nobody_stated_after_a_clock_started_takes_the_unit_off_it():
    steps = (
        *TAKEN_IN,
        (day(1, 20), "open_investigation"),
        (day(2, 4), "close", "closed/unfounded"),
        (day(4, 4), "reopen", None, IMPLIED),
        (day(4, 14), "open_investigation"),
    )
    assert clocks(steps)["investigation"] == {("open", "implied", None)}


def test_a_case_runs_until_its_last_charge_has_ended():
    two = (
        *OPENED,
        (day(3), "file_charge", "charge/charge_pending", {"charge_id": "a"}),
        (day(3), "file_charge", "charge/charge_pending", {"charge_id": "b"}),
        result(day(4), "acquitted", charge_id="a"),
        result(day(5), "charge_dismissed", charge_id="b"),
        (day(7), "file_charge", "charge/charge_pending", {"charge_id": "c"}),
    )
    assert clocks(two)["charge"] == {
        ("charge", "concluded", 61),
        ("concluded", "charge", 122),
        ("charge", "pending", 305),
    }


def test_since_a_charge_ended_nobody_says_how_nobody_knows_of_a_conviction():
    untold = (*CHARGED, result(day(4), "charge_disposed_unspecified", charge_id="a"))
    # The case ended, and perhaps in conviction.
    assert clocks(untold)["charge"] == {("charge", "unknown", 31)}
    later = (
        *CHARGED[:3],
        *((day(3), "file_charge", "charge/charge_pending", {"charge_id": name}) for name in "ab"),
        result(day(4), "charge_disposed_unspecified", charge_id="a"),
        result(day(6), "convicted_plea", charge_id="b"),
    )
    assert clocks(later)["charge"] == {("charge", "unknown", 31), ("charge", "convicted", 92, "late")}


def test_of_a_conviction_that_was_vacated_nobody_says_since_when_there_was_one():
    assert clocks((*CHARGED, result(day(6), "conviction_vacated")))["charge"] == {("charge", "implied", None)}
    both = (*CHARGED, result(day(6), "convicted_plea"), result(day(8), "conviction_vacated"))
    assert clocks(both)["charge"] == {("charge", "convicted", 92)}


def test_a_clock_that_starts_when_nobody_watches_any_more_is_known_late():
    shown = clocks((*CHARGED, result(day(6), "convicted_plea")), until=day(2))
    assert shown["investigation"] == {("open", "unknown", 12), ("open", "charge", 41, "late")}
    assert shown["charge"] == {("charge", "unknown", None), ("charge", "convicted", 92, "late")}


def test_a_subject_has_its_own_charges_and_its_family_s_investigation():
    of = {"subject_id": "s1"}, {"subject_id": "s2"}
    steps = (
        *OPENED,
        *((day(3), "file_charge", "charge/charge_pending", one) for one in of),
        result(day(6), "convicted_plea", **of[0]),
        result(day(7), "acquitted", **of[1]),
    )
    shown = clocks(steps, unit="subject")
    assert shown["triage"] == {("open", "investigated", 15)}
    assert shown["investigation"] == {("open", "charge", 41)}
    assert shown["charge"] == {
        ("charge", "convicted", 92),
        ("charge", "concluded", 122),
        ("concluded", "pending", 305),
    }
