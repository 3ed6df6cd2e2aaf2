"""The laws of filling gaps: what is stated stays, what is added is implied, no gap with a way is left.

What is stated keeps its values, but for the names of charges that had none: those are what they stood for.
"""

import random
from collections import Counter
from datetime import date
from itertools import pairwise, product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from oracle_filling import STEPS, filled, way
from oracle_words import ALLOWED, TARGETS
from tipline_outcomes import Action, EventLog, Ledger, Rule, Stage, Unit
from tipline_outcomes.model.paths import shortest_path
from worlds import AS_OF, EVENT_COLUMNS, REFERRAL_COLUMNS, many, world

pytestmark = pytest.mark.property

TYPES = {str: pl.String, int: pl.Int64, bool: pl.Boolean, date: pl.Date}
PATH = (Rule.ILLEGAL_TRANSITION, Rule.CHARGE_NOT_FILED)
THOROUGH = pytest.param(7, 10_000, id="thorough", marks=pytest.mark.slow)
BESIDE = ("arrest", "legal_process", "confirm_open")
COURT = ("file_charge", *["charge_result"] * 5, *BESIDE, "present_to_prosecutor", "close")


def frame(rows, columns):
    return pl.DataFrame(rows, schema={name: TYPES[kind] for name, kind in columns.items()}, orient="row")


def log_of(events, referrals):
    return EventLog.from_frames(frame(events, EVENT_COLUMNS), frame(referrals, REFERRAL_COLUMNS))


def lawful(seed):
    return world(random.Random(seed), 0, broken=False)


def coarse(seed):
    """Take a lawful world, and lose some events that are neither the first nor the last of a history."""
    events, referrals = lawful(seed)
    rng = random.Random(seed)
    ends = {}
    for event in events:
        low, high = ends.get(event["referral_id"], (event["seq"], event["seq"]))
        ends[event["referral_id"]] = (min(low, event["seq"]), max(high, event["seq"]))
    lost = rng.choice((0.1, 0.4, 0.8, 1))
    return [e for e in events if e["seq"] in ends[e["referral_id"]] or rng.random() >= lost], referrals


def courts(seed, histories=3):
    """Make histories that jump to the court, where charges have names or none; some begin with nothing."""
    rng = random.Random(seed)
    names = [f"f{n}" for n in range(histories)]
    empty = dict.fromkeys(REFERRAL_COLUMNS) | {"territory": "US-CA", "level": "local"}
    return [event for name in names for event in court(rng, name)], [
        empty | {"referral_id": n} for n in names
    ]


def court(rng, name):
    empty = dict.fromkeys(EVENT_COLUMNS) | {"referral_id": name, "implied": False, "lossy": False}
    if rng.random() < 0.9:
        yield empty | {"seq": 0, "on": date(2024, 1, 1), "action": "made_available"}
    for seq in range(1, rng.randrange(2, 10)):
        action = rng.choice(COURT)
        event = empty | {"seq": seq, "on": date(2024, 1, 1 + 2 * seq), "action": action}
        event |= {"implied": rng.random() < 0.2}
        event |= {"superseded_on": date(2024, 6, 1) if rng.random() < 0.1 else None}
        if action == "close":
            event |= {"disposition": "closed", "reason": rng.choice(("unfounded", "merged"))}
        elif action in ("file_charge", "charge_result"):
            results = ("acquitted", "convicted_plea", "charge_stayed")
            event |= {
                "disposition": "charge",
                "reason": "charge_pending" if action == "file_charge" else rng.choice(results),
                "subject_id": rng.choice((None, None, None, "s1")),
                "charge_id": rng.choice((None, None, "c1", "c2", "c3", "c4")),
                "level": rng.choice((None, "local", "state")),
            }
        yield event


def rows_of(log):
    return Counter(log.events.select(*EVENT_COLUMNS).rows())


def told(log):
    """Give the stated events of every history in order, without their numbers."""
    ordered = log.events.with_row_index("row").sort(
        "referral_id", "seq", pl.col("superseded_on").is_null(), "row"
    )
    histories = {}
    for row in ordered.drop("row").iter_rows(named=True):
        histories.setdefault(row["referral_id"], []).append({k: v for k, v in row.items() if k != "seq"})
    return histories


def meant(history):
    """Name every live charge event that has no name as the rule does: by its subject's first name, if any."""
    charges = [e for e in history if e["disposition"] == "charge" and e["superseded_on"] is None]
    first = {}
    for event in charges:
        if event["charge_id"] is not None:
            first.setdefault(event["subject_id"], event["charge_id"])
    for event in charges:
        event["charge_id"] = event["charge_id"] or first.get(event["subject_id"])
    return history


def is_within(short, long):
    """Tell whether the one is the other with some left out; and give those."""
    rest, left_out = iter(long), []
    for item in short:
        for other in rest:
            if other == item:
                break
            left_out.append(other)
        else:
            return None
    return left_out + list(rest)


def forwards(history):
    days = [event["on"] for event in history if event["superseded_on"] is None]
    return None not in days and all(one <= two for one, two in pairwise(days))


seeds = st.integers(0, 1 << 30)
any_tables = st.one_of(
    seeds.map(lambda seed: many(seed, 6)), seeds.map(lawful), seeds.map(coarse), seeds.map(courts)
)


@examples(40)
@given(any_tables)
def test_a_filled_log_is_what_the_naive_filling_gives(tables):
    events, referrals = tables
    assert rows_of(log_of(*tables).filled()) == rows_of(log_of(filled(events, referrals), referrals))


@pytest.mark.parametrize(("seed", "worlds"), [pytest.param(3, 400, id="everyday"), THOROUGH])
def test_a_large_filled_log_is_what_the_naive_filling_gives(seed, worlds):
    events, referrals = (a + b for a, b in zip(many(seed, worlds), courts(seed, 10 * worlds), strict=True))
    for lost in (0, 0.3):
        rng = random.Random(seed)
        kept = [e for e in events if e["seq"] == 0 or rng.random() >= lost]
        found, wanted = log_of(kept, referrals).filled(), log_of(filled(kept, referrals), referrals)
        assert rows_of(found) == rows_of(wanted)


@examples(40)
@given(any_tables)
def test_what_is_stated_stays_in_its_order_and_what_is_added_is_implied(tables):
    log = log_of(*tables)
    before, after = ({name: meant(h) for name, h in told(one).items()} for one in (log, log.filled()))
    assert before.keys() == after.keys()
    for name, history in before.items():
        added = is_within(history, after[name])
        assert added is not None
        assert all(event["implied"] and event["superseded_on"] is None for event in added)
        assert {event["action"] for event in added} <= {*STEPS, "file_charge"}
        assert forwards(after[name]) or not forwards(history)


@examples(40)
@given(any_tables)
def test_a_charge_that_has_a_name_keeps_it(tables):
    def named(log):
        columns = [name for name in EVENT_COLUMNS if name != "seq"]
        return Counter(log.events.filter(pl.col("charge_id").is_not_null()).select(columns).rows())

    log = log_of(*tables)
    assert not named(log) - named(log.filled())


@examples(40)
@given(any_tables)
def test_no_gap_is_left_that_has_a_way_and_no_step_is_added_where_it_is_not_allowed(tables):
    log = log_of(*tables)
    stated = {tuple(event.items()) for history in told(log).values() for event in history}
    whole = log.filled()
    table = whole.check().to_frame()
    assert table.filter(rule=Rule.CHARGE_NOT_FILED.value).is_empty()
    illegal = table.filter(rule=Rule.ILLEGAL_TRANSITION.value)
    steps = (detail.split(" in ") for detail in illegal["detail"])
    assert all(way(None if stage == "no stage" else stage, action) is None for action, stage in steps)
    events = whole.events.join(illegal, on=["referral_id", "seq"], how="semi").drop("seq")
    events = events.filter(pl.col("superseded_on").is_null(), pl.col("action").is_in(STEPS))
    assert all(tuple(event.items()) in stated for event in events.iter_rows(named=True))


@examples(40)
@given(any_tables)
def test_filling_again_adds_nothing(tables):
    once = log_of(*tables).filled()
    assert once.filled() is once


@examples(40)
@given(seeds.map(lawful))
def test_a_lawful_log_is_given_back_itself(tables):
    log = log_of(*tables)
    assert log.filled() is log


@examples(40)
@given(any_tables)
def test_filling_breaks_no_other_rule(tables):
    log = log_of(*tables)

    def other(log):
        table = log.check().to_frame().filter(~pl.col("rule").is_in([rule.value for rule in PATH]))
        return Counter(table.select("referral_id", "rule", "detail").rows())

    dates = {Rule.DATE_BACKWARDS.value}
    before, after = other(log), other(log.filled())
    assert {cell for cell in after if cell[1] not in dates} == {c for c in before if c[1] not in dates}
    assert {cell[:2] for cell in after if cell[1] in dates} == {c[:2] for c in before if c[1] in dates}


@examples(40)
@given(any_tables, st.sampled_from(AS_OF), st.sampled_from((Unit.FAMILY, Unit.REFERRAL)))
def test_who_was_charged_stays_charged_and_who_had_no_gap_stays_where_it_was(tables, as_of, unit):
    events, referrals = tables
    ids = {row["referral_id"]: row["referral_id"] for row in referrals}
    log = log_of(events, [row | {"world": ids[row["referral_id"]]} for row in referrals])

    def standing(log):
        rows = Ledger.of(log, as_of=as_of, by=("world",), unit=unit).standing
        return {row["world"]: row for row in rows.iter_rows(named=True)}

    before, after = standing(log), standing(log.filled())
    assert before.keys() == after.keys()
    assert all(after[name]["place"] == "charge" for name, row in before.items() if row["place"] == "charge")
    if unit is Unit.REFERRAL:
        whole = {name for name, row in before.items() if not row["reason"].startswith("set_aside:")}
        assert {name: before[name] for name in whole} == {name: after[name] for name in whole}


CAME = ("1 made_available",)
INVESTIGATED = (*CAME, "1 accept", "2 open_investigation")
HISTORIES = {
    "steps stand directly before the event that lacks them, on its day": (
        (*CAME, "3 present_to_prosecutor"),
        (*CAME, "3 +accept", "3 +open_investigation", "3 present_to_prosecutor"),
    ),
    "what does not move the referral leaves it where its steps have led": (
        (*CAME, "2 confirm_open", "3 arrest", "4 legal_process", "5 present_to_prosecutor"),
        (
            *CAME,
            "2 +accept",
            "2 confirm_open",
            "3 +open_investigation",
            "3 arrest",
            "4 legal_process",
            "5 present_to_prosecutor",
        ),
    ),
    "a charge is filed with the others of its subject": (
        (*INVESTIGATED, "3 file_charge a", "4 charge_result a", "5 charge_result c", "6 charge_result b"),
        (
            *INVESTIGATED,
            "3 file_charge a",
            "3 +file_charge b",
            "3 +file_charge c",
            "4 charge_result a",
            "5 charge_result c",
            "6 charge_result b",
        ),
    ),
    "a filing without an id gets that of the charge that is named first, before others are named": (
        (*INVESTIGATED, "3 file_charge", "4 charge_result b", "5 charge_result a"),
        (
            *INVESTIGATED,
            "3 file_charge b",
            "3 +file_charge a",
            "4 charge_result b",
            "5 charge_result a",
        ),
    ),
    "whatever else has no id gets the same": (
        (*INVESTIGATED, "3 file_charge", "4 charge_result", "5 charge_result b", "6 charge_result a"),
        (
            *INVESTIGATED,
            "3 file_charge b",
            "3 +file_charge a",
            "4 charge_result b",
            "5 charge_result b",
            "6 charge_result a",
        ),
    ),
    "what has no id after the first name keeps none: it stands for the same as ever": (
        (*INVESTIGATED, "3 file_charge b", "4 file_charge", "5 charge_result a", "6 charge_result b"),
        (
            *INVESTIGATED,
            "3 file_charge b",
            "4 file_charge",
            "4 +file_charge a",
            "5 charge_result a",
            "6 charge_result b",
        ),
    ),
    "a result of what nobody filed has its filing before it, and the steps before that": (
        (*CAME, "4 charge_result a"),
        (*CAME, "4 +accept", "4 +open_investigation", "4 +file_charge a", "4 charge_result a"),
    ),
}


def history(*lines):
    """Make the events of one history: a month, an action (with a plus if implied), the charge's id if any."""
    empty = dict.fromkeys(EVENT_COLUMNS) | {"referral_id": "f"}
    for seq, line in enumerate(lines):
        month, action, *charge = line.replace("+", "").split()
        event = empty | {
            "seq": seq,
            "on": date(2024, int(month), 1),
            "action": action,
            "implied": "+" in line,
            "lossy": False,
        }
        if "charge" in action:
            reason = "charge_pending" if action == "file_charge" else "acquitted"
            event |= {"disposition": "charge", "reason": reason, "charge_id": next(iter(charge), None)}
        yield event


@pytest.mark.parametrize("name", HISTORIES)
def test_what_is_added_stands_where_it_belongs(name):
    given_history, wanted = HISTORIES[name]
    referral = dict.fromkeys(REFERRAL_COLUMNS) | {"referral_id": "f", "territory": "US-CA", "level": "local"}
    tables = frame(history(*given_history), EVENT_COLUMNS), frame([referral], REFERRAL_COLUMNS)
    log = EventLog.from_frames(*tables, fill=True)
    assert log.events.equals(frame(history(*wanted), EVENT_COLUMNS))
    assert len(log.check()) == 0


def test_a_log_is_filled_when_it_is_read_from_a_folder(tmp_path):
    tables = courts(1)
    log = log_of(*tables)
    log.events.write_parquet(tmp_path / "events.parquet")
    log.referrals.write_parquet(tmp_path / "referrals.parquet")
    read, whole = EventLog.from_folder(tmp_path, fill=True), EventLog.from_folder(tmp_path).filled()
    assert rows_of(read) == rows_of(whole) == rows_of(log.filled()) != rows_of(log)


@pytest.mark.parametrize(("stage", "action"), [*product((None, *Stage), Action)])
def test_a_path_is_the_shortest_of_all(stage, action):
    found = shortest_path(stage, action)
    assert found == way(stage, action)
    at = stage
    for step in found or ():
        assert at in ALLOWED[step]
        at = TARGETS[step]
    assert found is None or at in ALLOWED[action]
