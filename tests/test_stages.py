"""Logs of stages: counts and verdicts are those of a walk over the rows, in whatever order they come."""

import random
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines import HERE, THERE
from oracle_rules import Row
from test_engines import tables_of
from tipline_outcomes import EventLog, ExtractError, Rule, directly_follows, stages_of, unlawful_steps
from tipline_outcomes.model import TABLE, Stage

WORDS = [*(stage.value for stage in Stage), "nowhere", None]
MOVE = (
    *("made_available", "accept", "open_investigation", "set_inactive", "resume", "present_to_prosecutor"),
    *("return_to_investigation", "file_charge", "charge_result", "close", "transfer", "reopen"),
)
LAWFUL = {
    (line.stage and line.stage.value, target.value)
    for line in TABLE.values()
    if line.action.value in MOVE
    for target in line.to
}


def walked(rows: list[Row]) -> tuple[Counter, list[tuple]]:
    """Every step with how often it was made, and those that are not lawful, by walking row by row."""
    steps: Counter = Counter()
    unlawful = []
    known = set(WORDS[:-2])
    above: dict[str, str | None] = {}
    for row in sorted(rows, key=lambda row: (row["referral_id"], row["number"])):
        begins = row["referral_id"] not in above
        before = None if begins else above[row["referral_id"]]
        after = row["stage"] if row["stage"] in known else None
        steps[before, after] += 1
        if (before, after) not in LAWFUL or (before is None and not begins):
            unlawful.append((row["referral_id"], row["number"], before, after))
        above[row["referral_id"]] = after
    return steps, unlawful


def frame(rows):
    kinds = {"referral_id": pl.String, "number": pl.Int64, "stage": pl.String}
    return pl.DataFrame(rows, schema=kinds)


HISTORIES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), max_size=8)


def counted(stages):
    found: Counter = Counter()
    for before, after, n in directly_follows(stages).iter_rows():
        found[before, after] += n
    return found


@pytest.mark.property
@given(histories=HISTORIES, seed=st.integers(0, 99))
def test_steps_are_those_of_a_walk_over_the_rows(histories, seed):
    rows = [
        {"referral_id": f"f{name}", "number": 3 * place - 4, "stage": stage}
        for name, history in enumerate(histories)
        for place, stage in enumerate(history)
    ]
    steps, unlawful = walked(rows)
    shuffled = random.Random(seed).sample(rows, k=len(rows))
    for told in (frame(rows), frame(shuffled)):
        assert counted(told) == steps
        assert unlawful_steps(told).rows() == unlawful
    # Without numbers, the rows are numbered as they stand.
    places = {(row["referral_id"], row["number"]): place for place, row in enumerate(rows)}
    bare = unlawful_steps(frame(rows).drop("number")).rows()
    assert bare == [(name, places[name, number], *step) for name, number, *step in unlawful]


def test_the_steps_of_a_log_are_unlawful_where_its_check_says_so_of_a_moving_event():
    tables = tables_of(200, 3)
    log = EventLog.from_frames(tables["events"], tables["referrals"])
    found = log.check().to_frame().filter(rule=Rule.ILLEGAL_TRANSITION.value)
    moving = found.filter(pl.col("detail").str.split(" in ").list.first().is_in(MOVE))
    unlawful = unlawful_steps(stages_of(log)).select("referral_id", seq="number")
    # A step between stages can be made by another action than the one that was taken.
    assert unlawful.join(moving, on=["referral_id", "seq"], how="anti").is_empty()
    assert 0 < unlawful.height <= moving.height


@pytest.mark.parametrize("engine", [*HERE, *THERE])
def test_stages_come_from_any_engine(engine):
    tables = tables_of(20, 3)
    stages = stages_of(EventLog.from_frames(tables["events"], tables["referrals"])).drop("on")
    there = (HERE | THERE)[engine](stages.with_columns(pl.col("stage").cast(pl.String)))
    assert directly_follows(there).equals(directly_follows(stages))
    assert (
        unlawful_steps(there)
        .sort("referral_id", "number")
        .equals(unlawful_steps(stages).sort("referral_id", "number"))
    )


def test_rows_whose_order_nobody_can_know_are_refused():
    rows = frame([{"referral_id": name, "number": 1, "stage": "closed"} for name in "gfg"])
    with pytest.raises(ExtractError, match="rows of one referral with the same number"):
        directly_follows(rows)
    with pytest.raises(ExtractError, match=r"not ordered by referral_id; order its rows, or number"):
        unlawful_steps(rows.drop("number"))
    with pytest.raises(ExtractError, match="stages has no column 'stage'; it has referral_id"):
        unlawful_steps(rows.rename({"stage": "state"}))
