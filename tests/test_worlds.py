"""The generator of worlds reaches every rule, word, place and ending; the oracle keeps the laws on them."""

import random
from collections import Counter

import pytest

from oracle import Record, ledger_of, violations
from oracle_clocks import CLOCKS
from oracle_words import (
    ADMINISTRATIVE_ENDINGS,
    ALLOWED,
    CHARGE_STATUSES,
    CLOSED_REASONS,
    MEASURES,
    RULES,
    SETS_ASIDE,
)
from worlds import AS_OF, EVENT_COLUMNS, REFERRAL_COLUMNS, many, reports_of, world


@pytest.fixture(scope="module")
def tables():
    return many(7, 2000)


@pytest.fixture(scope="module")
def record(tables):
    return Record(*tables, *reports_of(tables[1], 7))


def test_worlds_follow_from_the_seed():
    assert many(3, 20) == many(3, 20)
    assert many(3, 20) != many(4, 20)


def test_lawful_worlds_break_no_rule_but_that_some_referrals_are_incomplete():
    rng = random.Random(11)
    for number in range(500):
        events, referrals = world(rng, number, broken=False)
        incomplete = [(row["referral_id"], None, "incomplete") for row in referrals if row["incomplete"]]
        assert sorted(violations(events, referrals)) == sorted(incomplete)


def test_rows_have_every_column_and_worlds_are_small(tables):
    events, referrals = tables
    assert all(row.keys() == EVENT_COLUMNS.keys() for row in events)
    assert all(row.keys() == REFERRAL_COLUMNS.keys() for row in referrals)
    sizes = Counter(event["referral_id"][:6] for event in events)
    assert 15 < len(events) / 2000 < 35
    assert max(sizes.values()) < 150


def test_every_rule_is_broken(record):
    found = Counter(rule for _, _, rule in record.violations)
    assert {rule for rule in RULES if found[rule] < 20} == set()


def test_every_word_is_used(tables):
    events, referrals = tables
    lawful = [event for event in events if int(event["referral_id"][1:6]) % 2 == 0]
    assert {event["action"] for event in lawful} == set(ALLOWED)
    reasons = CHARGE_STATUSES | MEASURES | ADMINISTRATIVE_ENDINGS | CLOSED_REASONS | {"transferred", None}
    assert {event["reason"] for event in lawful} == reasons
    for column in ("disposition", "level", "subject_id", "charge_id", "other_id", "superseded_on"):
        assert len({event[column] for event in lawful}) > 2, column
    assert {event["implied"] for event in lawful} == {True, False}
    assert {None, *AS_OF[:4]} <= {row["observed_through"] for row in referrals}


@pytest.mark.slow
def test_every_place_reason_and_ending_of_the_clock_comes_about(record):
    referral_tables = [ledger_of(record, as_of=as_of, by=(), unit="referral") for as_of in AS_OF]
    family_tables = [ledger_of(record, as_of=as_of, by=(), unit="family") for as_of in AS_OF]

    def seen(tables, name, column):
        return {cell[column] for table in tables for cell in table[name]}

    places = {"charge", "administrative", "closed", "pending", "unknown", "excluded"}
    assert seen(referral_tables, "standing", 2) == places | {"transferred_out"}
    assert seen(family_tables, "standing", 2) == places
    for tables in (referral_tables, family_tables):
        assert seen(tables, "standing", 0) == seen(tables, "standing", 1)
        assert len(seen(tables, "standing", 0)) == 6
        assert {"never_watched", "no_longer_watched", "incomplete"} <= seen(tables, "standing", 3)
        assert {f"unlinked:{r}" for r in ("duplicate", "merged", "prosecuted_elsewhere")} <= seen(
            tables, "standing", 3
        )
        assert {"duplicate", "merged", "prosecuted_elsewhere", "opened_in_error"} <= seen(
            tables, "standing", 3
        )
        assert {f"set_aside:{rule}" for rule in SETS_ASIDE} <= seen(tables, "standing", 3)
        levels = {"", "unrecorded", "local,federal", "local,unrecorded"}
        assert levels <= seen(tables, "standing", 4)
        implied = {"implied:local", "implied:unrecorded", "federal,implied:local"}
        assert implied | {"unrecorded,implied:local", "local,implied:unrecorded"} <= seen(
            tables, "standing", 4
        )
        assert seen(tables, "standing", 5) == {"no", "reopenable", "watched", "unwatched"}
        for flag in (6, 7, 8):
            assert seen(tables, "standing", flag) == {True, False}
        assert len(seen(tables, "measures", 1)) == 6
        assert seen(tables, "waits", 4) == {None, 0, 30, 90, 180, 365}
        pairs = {(c[1], c[2], c[5]) for t in tables for c in t["waits"] if c[0] == "received"}
        timed = {clock: set() for clock in CLOCKS}
        for cell in (cell for table in tables for cell in table["waits"]):
            timed[cell[0]].add(cell[1:3])
        assert {("open", "investigated"), ("open", "implied"), ("closed", "investigated")} <= timed["triage"]
        assert {("open", "charge"), ("closed", "open"), ("open", "implied")} <= timed["investigation"]
        courts = {("charge", "convicted"), ("charge", "concluded"), ("concluded", "charge")}
        assert courts | {("charge", "implied"), ("concluded", "pending")} <= timed["charge"]
        for came_from in ("open", "closed", "administrative"):
            assert {(came_from, "pending", False), (came_from, "unknown", False)} <= pairs
        assert {("open", "charge", late) for late in (True, False)} <= pairs
        assert {("open", end, False) for end in ("excluded", "undated", "implied")} <= pairs
        assert {("closed", "open", late) for late in (True, False)} <= pairs
    assert {"transferred", "unlinked:transferred"} <= seen(referral_tables, "standing", 3)
    assert "transferred_out" in seen(family_tables, "standing", 3)
    assert "transferred_out" in seen(referral_tables, "waits", 2)
    assert len(seen(referral_tables, "stock", 0)) == 11


@pytest.mark.parametrize("as_of", AS_OF, ids=str)
@pytest.mark.parametrize("unit", ["referral", "family"])
def test_the_oracle_keeps_the_laws_of_accounting(record, as_of, unit):
    tables = ledger_of(record, as_of=as_of, by=("world",), unit=unit)
    endings: Counter = Counter()
    for (name, clock, _, to, _, _, late, _, _), n in tables["waits"].items():
        if clock == "received" and (
            to in {"pending", "unknown", "excluded", "undated", "implied"}
            or (to in {"charge", "transferred_out"} and not late)
        ):
            endings[name] += n
    received: Counter = Counter()
    for cell, n in tables["standing"].items():
        received[cell[0]] += n
    assert endings == received
    flow: Counter = Counter()
    for (name, _, came_from, to, _, _), n in tables["movements"].items():
        flow[name, to] += n
        flow[name, came_from] -= n
    stock: Counter = Counter()
    for (name, stage, *_), n in tables["stock"].items():
        stock[name, stage] += n
    assert {cell: n for cell, n in flow.items() if cell[1] != "outside" and n} == dict(stock)
