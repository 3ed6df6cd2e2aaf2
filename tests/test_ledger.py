"""The ledger as an object: what it refuses to be, to add and to answer. Counts are held in other files."""

from datetime import date

import polars as pl
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
    Event,
    EventLog,
    InvalidValueError,
    Jurisdiction,
    Ledger,
    LedgerImbalanceError,
    LedgerMismatchError,
    LedgerSpec,
    Level,
    Referral,
    Unit,
    conversion,
)

END = date(2024, 12, 31)


def step(action, day, disposition=None, **other):
    return Event(on=date.fromisoformat(day), action=action, disposition=disposition, **other)


MADE = step(Action.MADE_AVAILABLE, "2024-01-05")
ACCEPT = step(Action.ACCEPT, "2024-01-06")
OPEN = step(Action.OPEN_INVESTIGATION, "2024-01-07")


def closed(reason, day="2024-02-01", **other):
    return step(Action.CLOSE, day, Closed(reason=reason), **other)


def referral(name, *events, parent=None, watched=END, level="local", incomplete=False):
    return Referral(
        id=name,
        jurisdiction=Jurisdiction.parse(f"US-CA/{level}"),
        history=(MADE, *events),
        report_ids=(f"p-{name}",),
        parent_id=parent,
        observed_through=watched,
        incomplete=incomplete,
    )


def ledger(*referrals, unit=Unit.FAMILY, by=("territory",), as_of=END):
    return Ledger.of(EventLog.of(Cohort(referrals=referrals)), as_of=as_of, by=by, unit=unit)


def places(counted):
    return dict(counted.standing.group_by("place").agg(pl.col("n").sum()).iter_rows())


ONE = ledger(referral("a", ACCEPT, OPEN), referral("b", ACCEPT, closed(ClosedReason.UNFOUNDED)))


def test_ledgers_that_were_asked_different_things_cannot_be_added():
    others = (
        ledger(referral("c"), as_of=date(2024, 6, 30)),
        ledger(referral("c"), by=()),
        ledger(referral("c"), unit=Unit.REFERRAL),
    )
    for other in others:
        with pytest.raises(LedgerMismatchError, match="answer different questions"):
            _ = ONE + other


def test_a_ledger_cannot_be_refined_or_asked_for_what_it_was_not_made_by():
    with pytest.raises(LedgerMismatchError, match="the ledger has no dimension 'agency'; it has: territory"):
        ONE.rolled_up(("agency",))
    with pytest.raises(LedgerMismatchError, match="the log has no dimension 'county'"):
        ledger(referral("a"), by=("county",))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"unit": "tips"}, "unit is 'tips'; use one of family, referral, report, subject"),
        ({"period": "week"}, "period is 'week'; use one of month, quarter, year"),
        ({"horizons": (0,)}, "whole numbers of days, 1 or more"),
        ({"horizons": (1.5,)}, "whole numbers of days, 1 or more"),
        ({"by": ("territory", "territory")}, "name each dimension once"),
    ],
)
def test_a_question_that_can_never_be_right_is_refused(asked, sentence):
    with pytest.raises(InvalidValueError, match=sentence):
        LedgerSpec(as_of=END, **asked)


def test_a_dimension_may_be_named_alone():
    assert ledger(referral("a"), by="territory").spec.by == ("territory",)


def broken(table, change):
    return {name: getattr(ONE, name) for name in ("standing", "waits", "movements", "stock", "measures")} | {
        table: change(getattr(ONE, table))
    }


ROW = pl.int_range(pl.len()) == 0


@pytest.mark.parametrize(
    ("table", "change", "law"),
    [
        ("standing", lambda t: t.filter(~ROW), "the last rows of the clock sum to received"),
        ("stock", lambda t: t.filter(~ROW), "entries in movements are the referrals received"),
        (
            "movements",
            lambda t: t.filter(pl.col("from") != "under_triage"),
            "movements in minus movements out are the stock",
        ),
        (
            "movements",
            lambda t: t.with_columns(flow=pl.lit("reopened")),
            "what comes into the caseload less what leaves it is open",
        ),
        ("waits", lambda t: t.with_columns(n=-pl.col("n")), "no count is negative"),
        ("standing", lambda t: t.with_columns(place=pl.lit("nowhere")), "every unit is in one of the places"),
        ("standing", lambda t: t.with_columns(peak=pl.lit("charged")), "whoever is charged stands in charge"),
        (
            "measures",
            lambda _: pl.DataFrame(
                {
                    "territory": ["US-CA"],
                    "place": ["closed"],
                    "measure": ["content_takedown"],
                    "came_in": [False],
                    "n": [2],
                }
            ),
            "a measure is counted once a unit",
        ),
    ],
)
def test_tables_that_do_not_balance_cannot_be_a_ledger_and_the_law_is_named(table, change, law):
    with pytest.raises(LedgerImbalanceError) as caught:
        Ledger(spec=ONE.spec, **broken(table, change))
    assert caught.value.law == law
    assert str(caught.value.left) in str(caught.value)


def test_a_table_of_another_shape_is_no_ledgers():
    with pytest.raises(LedgerMismatchError, match="the table standing has the columns"):
        Ledger(spec=ONE.spec, **broken("standing", lambda table: table.drop("place")))


def test_equal_counts_are_one_ledger_and_one_digest():
    again = ledger(referral("x", ACCEPT, OPEN), referral("y", ACCEPT, closed(ClosedReason.UNFOUNDED)))
    assert again == ONE
    assert hash(again) == hash(ONE)
    assert again.digest == ONE.digest
    assert ledger(referral("x")) != ONE
    assert ONE != "a ledger"


def test_a_duplicate_of_its_own_parent_is_set_aside_and_not_lost_from_every_denominator():
    parent = referral("a", ACCEPT, step(Action.TRANSFER, "2024-02-01", other_id="b"))
    child = referral("b", ACCEPT, closed(ClosedReason.DUPLICATE, other_id="a"), parent="a")
    counted = ledger(parent, child)
    assert places(counted) == {"unknown": 1}
    assert conversion(counted).overall.denominator == 1


def test_a_transfer_to_one_who_names_nobody_as_parent_is_set_aside():
    parent = referral("a", ACCEPT, step(Action.TRANSFER, "2024-02-01", other_id="b"))
    counted = ledger(parent, referral("b", ACCEPT))
    assert counted.standing.sort("reason")["reason"].to_list() == [
        "set_aside:child_without_parent",
        "under_triage",
    ]


def test_a_charge_that_ended_nobody_knows_how_may_have_been_a_conviction():
    filed = step(Action.FILE_CHARGE, "2024-03-01", Charge(level=Level.LOCAL))
    ended = step(Action.CHARGE_RESULT, "2024-06-01", Charge(status=ChargeStatus.CHARGE_DISPOSED_UNSPECIFIED))
    rate = conversion(ledger(referral("a", ACCEPT, OPEN, filed, ended)), "convicted").overall
    assert (rate.lost, rate.unknown, rate.lower, rate.upper) == (0, 1, 0, 1)
    acquitted = evolve(ended, disposition=Charge(status=ChargeStatus.ACQUITTED))
    rate = conversion(ledger(referral("a", ACCEPT, OPEN, filed, acquitted)), "convicted").overall
    assert (rate.lost, rate.unknown, rate.lower, rate.upper) == (1, 0, 0, 0)


FILED = step(Action.FILE_CHARGE, "2024-03-01", Charge(level=Level.LOCAL))
CONVICTED = step(Action.CHARGE_RESULT, "2024-06-01", Charge(status=ChargeStatus.CONVICTED_PLEA))
ACQUITTED = step(Action.CHARGE_RESULT, "2024-06-01", Charge(status=ChargeStatus.ACQUITTED))


TIPS = (Unit.FAMILY, Unit.REFERRAL, Unit.REPORT)


@pytest.mark.parametrize("unit", TIPS)
@pytest.mark.parametrize(
    "history",
    [
        (),
        (ACCEPT, closed(ClosedReason.UNFOUNDED)),
        (ACCEPT, closed(ClosedReason.TIME_BARRED)),
        (ACCEPT, closed(ClosedReason.DUPLICATE, other_id="b")),
        (ACCEPT, closed(ClosedReason.OPENED_IN_ERROR)),
        (
            ACCEPT,
            step(Action.CLOSE, "2024-02-01", Administrative(reason=AdministrativeReason.OTHER_SANCTION)),
        ),
        (ACCEPT, step(Action.TRANSFER, "2024-02-01")),
    ],
)
def test_without_a_charge_nobody_can_tell_where_an_incomplete_record_stands(history, unit):
    counted = ledger(referral("a", *history, incomplete=True), unit=unit)
    cell = counted.standing.row(0, named=True)
    assert (cell["place"], cell["reason"], cell["open"]) == ("unknown", "incomplete", "unwatched")
    assert cell["peak"] == ("triaged" if history else "made_available")
    # However it seems to have ended, it is open on the clock, and nobody watches it.
    assert own_clock(counted).select("from", "to", "days", "late", "n").rows() == [
        ("open", "unknown", None, False, 1)
    ]
    rate = conversion(counted).overall
    assert (rate.unknown, rate.denominator, rate.lower, rate.upper) == (1, 1, 0, 1)


@pytest.mark.parametrize(
    ("history", "reason", "is_open"),
    [
        ((FILED,), "charge_pending", "unwatched"),
        ((FILED, ACQUITTED), "acquitted", "unwatched"),
        ((FILED, CONVICTED), "convicted_plea", "unwatched"),
    ],
)
def test_a_charge_of_an_incomplete_record_stays(history, reason, is_open):
    early = closed(ClosedReason.UNFOUNDED, "2024-01-08"), step(Action.REOPEN, "2024-01-20")
    known = (ACCEPT, *early, step(Action.OPEN_INVESTIGATION, "2024-02-01"), *history)
    for unit in TIPS:
        counted = ledger(referral("a", *known, incomplete=True), unit=unit)
        cell = counted.standing.row(0, named=True)
        assert (cell["place"], cell["reason"], cell["open"]) == ("charge", reason, is_open)
        assert (cell["levels"], cell["late"]) == ("local", True)
        assert own_clock(counted).select("from", "to", "days", "late").rows() == [
            ("open", "charge", 56, True),
            ("open", "unknown", None, False),
        ]


def test_the_charge_that_could_not_be_read_may_be_of_another_level():
    counted = ledger(referral("a", ACCEPT, OPEN, FILED, CONVICTED, incomplete=True))
    rate = conversion(counted, level="federal").overall
    assert (rate.lost, rate.unknown, rate.lower, rate.upper) == (0, 1, 0, 1)


def test_a_child_does_not_speak_for_all_that_an_incomplete_parent_may_have_come_to():
    sent = step(Action.TRANSFER, "2024-02-01", other_id="b")
    child = referral("b", ACCEPT, closed(ClosedReason.UNFOUNDED), parent="a")
    assert places(ledger(referral("a", ACCEPT, sent), child)) == {"closed": 1}
    counted = ledger(referral("a", ACCEPT, sent, incomplete=True), child)
    assert counted.standing.select("place", "reason", "open").rows() == [
        ("unknown", "incomplete", "unwatched")
    ]
    by_referral = ledger(referral("a", ACCEPT, sent, incomplete=True), child, unit=Unit.REFERRAL)
    assert places(by_referral) == {"unknown": 1, "closed": 1}


def test_the_survivor_of_a_duplicate_may_be_incomplete():
    duplicate = referral("a", ACCEPT, closed(ClosedReason.DUPLICATE, other_id="b"))
    gone = ACCEPT, closed(ClosedReason.MERGED, other_id="elsewhere")
    for incomplete, reason in ((False, "unlinked:duplicate"), (True, "duplicate")):
        counted = ledger(duplicate, referral("b", *gone, incomplete=incomplete))
        excluded = counted.standing.filter(place="excluded")["reason"].to_list()
        assert reason in excluded


def test_an_implied_filing_at_a_level_is_implied_for_that_level():
    federal = step(Action.FILE_CHARGE, "2024-03-01", Charge(level=Level.FEDERAL, charge_id="c1"))
    local = step(Action.FILE_CHARGE, "2024-03-01", Charge(level=Level.LOCAL, charge_id="c2"), implied=True)
    counted = ledger(referral("a", ACCEPT, OPEN, federal, local))
    assert counted.standing["levels"].to_list() == ["federal,implied:local"]
    at = {level: conversion(counted, level=level).overall for level in ("local", "federal", "state")}
    assert {level: (rate.reached, rate.implied) for level, rate in at.items()} == {
        "local": (0, 1),
        "federal": (1, 0),
        "state": (0, 0),
    }
    assert (at["local"].lower, at["local"].upper) == (0, 1)


def test_a_family_can_be_reopened_if_any_member_can():
    parent = referral("a", ACCEPT, closed(ClosedReason.UNFOUNDED))
    child = referral("b", ACCEPT, closed(ClosedReason.SUSPECT_DECEASED, "2024-03-01"), parent="a")
    rate = conversion(ledger(parent, child), closures="may_reopen").overall
    assert (rate.lost, rate.reopenable, rate.upper) == (1, 1, 1)
    final = referral("a", ACCEPT, closed(ClosedReason.TIME_BARRED))
    rate = conversion(ledger(final, child), closures="may_reopen").overall
    assert (rate.lost, rate.reopenable, rate.upper) == (1, 0, 0)


def test_measures_stand_beside_the_outcome_and_never_decide_it():
    takedown = Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN)
    measure = step(Action.ADMINISTRATIVE_ACTION, "2024-01-05", takedown)
    counted = ledger(referral("a", measure, ACCEPT, measure), referral("b", ACCEPT))
    assert places(counted) == {"pending": 2}
    assert counted.measures.select("place", "measure", "n").rows() == [("pending", "content_takedown", 1)]


def test_a_ledger_has_the_same_columns_and_order_whatever_it_counts():
    for name in ("standing", "waits", "movements", "stock", "measures"):
        nothing = getattr(Ledger.zero(ONE.spec), name)
        assert nothing.schema == getattr(ONE, name).schema
        columns = getattr(ONE, name).columns
        assert getattr(ONE, name).equals(getattr(ONE, name).sort(columns, nulls_last=True))
