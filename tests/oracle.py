"""The oracle: a naive counter in plain Python, that shares no code with the package.

Rows are dicts, as the two tables have them. A ledger is made by a fold over each history, referral by
referral and event by event; `oracle_rules` holds the rules. Slow, and meant to be evidently right.
"""

import functools
from collections import Counter
from datetime import date, timedelta

from oracle_clocks import CLOCKS, clock_rows, told_from
from oracle_rates import Cells, by_group, rate
from oracle_rules import Record, Row, last_survivor, shows, speaks_for, violations, walk
from oracle_units import UNITS, levels_of
from oracle_words import CHARGE_STANDING, ELSEWHERE, LADDER, LEVELS, MOVING, OPEN_STAGES, SURVIVED

__all__ = ["LADDER", "Record", "by_group", "ledger", "ledger_of", "rate", "violations"]

# A family stands in the first place of this order that one of its members contributes.
PLACES = ("charge", "unknown", "pending", "administrative", "closed", "excluded", "transferred_out")
HORIZONS = (30, 90, 180, 365)
DAY = timedelta(days=1)
# The months with which periods begin: the fiscal year of the United States in October, the United Kingdom's
# financial year in April.
BEGIN_IN = {
    "month": range(1, 13),
    "quarter": (1, 4, 7, 10),
    "year": (1,),
    "us_fiscal_year": (10,),
    "uk_financial_year": (4,),
}


def ledger(
    events: list[Row],
    referrals: list[Row],
    *,
    as_of: date,
    by: tuple[str, ...],
    unit: str,
    period: str = "quarter",
    horizons: tuple[int, ...] = HORIZONS,
) -> dict[str, Cells]:
    """Count both tables: five Counters, keyed by the columns of each table without n."""
    return ledger_of(
        Record(events, referrals), as_of=as_of, by=by, unit=unit, period=period, horizons=horizons
    )


def ledger_of(
    record: Record,
    *,
    as_of: date,
    by: tuple[str, ...],
    unit: str,
    period: str = "quarter",
    horizons: tuple[int, ...] = HORIZONS,
) -> dict[str, Cells]:
    """Do as `ledger` does, for a record that is counted more than once."""
    tables: dict[str, Cells] = {
        name: Counter() for name in ("standing", "waits", "movements", "stock", "measures")
    }
    stands = stand_all(record, as_of)

    # The calendar is of referrals, by their own dimensions.
    for stand in stands.values() if unit in ("referral", "family") else ():
        group = tuple(stand["row"].get(name) for name in by)
        begin = stand["row"].get("observed_from")
        tables["stock"][*group, stand["stage"], stand["open"], begin] += 1
        for day, came_from, to, flow in moves_of(stand):
            told = None if begin is not None and day is not None and day < begin else period_of(day, period)
            tables["movements"][*group, told, came_from, to, flow, stand["undated"]] += 1

    for one in UNITS[unit](record, stands, as_of):
        group = tuple(one["row"].get(name) for name in by)
        contributions, members = one["contributions"], one["members"]
        place = next(p for p in PLACES if any(c["place"] == p for c in contributions))
        placed = [c for c in contributions if c["place"] == place]
        chosen = max(placed, key=weight)
        opens = {c["open"] for c in contributions}
        one |= {"place": place, "reason": chosen["reason"], "since": chosen["since"], "placed": placed}
        days = [m["first_day"] for m in members if m["first_day"] is not None]
        too_early = one["day0"] is not None and min(days) < one["day0"]
        one["undated"] = too_early or any(m["undated"] for m in members)
        late = any(m["late"] for m in members)
        cell = (
            LADDER[max(m["peak"] for m in members)],
            LADDER[max(m["stated"] for m in members)],
            place,
            chosen["reason"],
            levels_written(members),
            next(o for o in ("unwatched", "watched", "reopenable", "no") if o in opens),
            one["undated"],
            late,
            one["came_in"],
            any(c["lossy"] for c in placed),
        )
        tables["standing"][*group, *cell] += 1

        for measure in {event["reason"] for event in one["measures"]}:
            tables["measures"][*group, place, measure, one["came_in"]] += 1

        for clock in CLOCKS:
            start, rows = clock_rows(clock, one, as_of)
            past = [h for h in horizons if start is not None and start + timedelta(days=h) <= as_of]
            followed = None if start is None else max(past, default=0)
            begun = [] if start is None else [(begin - start).days for begin in told_from(one)]
            of_unit = (max(0, 0, *begun), one["came_in"])
            for came_from, to, days, was_late in rows:
                tables["waits"][*group, clock, came_from, to, days, followed, was_late, *of_unit] += 1
    return tables


def through_lossy(place: str, charges: list[Row], last_move: Row) -> bool:
    """Tell whether an outcome came through a code that says less: a charge by any of its events."""
    if place == "charge":
        return any(bool(event.get("lossy")) for event in charges)
    return place in ("administrative", "closed", "excluded") and bool(last_move.get("lossy"))


def moves_of(stand: Row) -> list[tuple[date | None, str, str, str | None]]:
    """Give the moves of a referral: the day, from where, to where, and what it does to a caseload."""
    entry = "received" if stand["row"].get("parent_id") is None else "transferred_in"
    if stand["set_aside"]:
        return [(stand["first_day"], "outside", "set_aside", entry)]
    moves = []
    for step in stand["steps"]:
        event, before, after = step["event"], step["before"], step["after"]
        if event["action"] not in MOVING:
            continue
        flow = None
        if before is None:
            flow = entry
        elif before not in OPEN_STAGES and after in OPEN_STAGES:
            flow = "reopened"
        elif before in OPEN_STAGES and after == "transferred":
            flow = "transferred_out"
        elif before in OPEN_STAGES and after in ("charged", "concluded"):
            flow = "charged"
        elif before in OPEN_STAGES and after in ("closed", "closed_final"):
            flow = "excluded" if event["reason"] in ELSEWHERE else "closed"
            if event["disposition"] == "administrative":
                flow = "administrative"
        moves.append((event["on"], before or "outside", after, flow))
    return moves


def weight(member: Row) -> tuple[object, ...]:
    """Say whom of several in one place a unit goes by: who stands convicted, then the latest."""
    since = member["since"]
    return member["reason"] in CHARGE_STANDING, since is not None, since or date.min, member["reason"]


@functools.cache
def period_of(day: date | None, period: str) -> date | None:
    """Give the first day of the period of a day, by going back to it."""
    while day is not None and (day.day > 1 or day.month not in BEGIN_IN[period]):
        day -= DAY
    return day


# --- one referral ---------------------------------------------------------------------------------


def stand_all(record: Record, as_of: date) -> dict[str, Row]:
    """Tell where every referral received by *as_of* stands on that day."""
    received = [name for name, day in record.first_day.items() if day is None or day <= as_of]
    stands = {name: stand_one(record, name, as_of) for name in received}

    parents_of_received = {stand["row"].get("parent_id") for stand in stands.values()}
    for name, stand in stands.items():
        if stand["place"] == "transferred_out":
            stand["reason"] = "transferred" if name in parents_of_received else "unlinked:transferred"

    passed_on = {
        name: last_survivor([step["event"] for step in stand["steps"]])
        for name, stand in stands.items()
        if stand["place"] == "excluded" and stand["reason"] in SURVIVED
    }
    for name in passed_on:
        at: str | None = name
        while at in passed_on:  # it ends: whoever runs into a circle of survivors has been set aside
            at = passed_on[at]
        if at not in stands:
            stands[name]["reason"] = "unlinked:" + stands[name]["reason"]
    return stands


def stand_one(record: Record, name: str, as_of: date) -> Row:
    """Tell where one received referral stands, by itself."""
    row, first_day, rule = record.rows[name], record.first_day[name], record.set_aside(name)
    stand: Row = {
        "name": name,
        "row": row,
        "first_day": first_day,
        "set_aside": rule is not None,
        "undated": rule is None and record.undated(name),
        "watch_end": watch_end_of(row, as_of),
    }
    if rule is not None:
        return stand | {
            "stage": "set_aside",
            "place": "unknown",
            "reason": f"set_aside:{rule}",
            "since": first_day,
            "open": "unwatched",
            "peak": 0,
            "stated": 0,
            "levels": set(),
            "implied_levels": set(),
            "late": False,
            "lossy": False,
            "steps": [],
        }

    history = [event for event in record.history[name] if event["on"] <= as_of]
    steps = walk(history)
    stage = steps[-1]["after"]
    last_move = [event for event in history if event["action"] in MOVING][-1]
    charges = [event for event in history if event.get("disposition") == "charge"]
    peak = max(shows(event) for event in history)
    end = stand["watch_end"]
    watching = "watched" if end is not None and end >= as_of else "unwatched"

    if charges:
        spoken = speaks_for(charges)
        place, reason, since = "charge", spoken["reason"], spoken["on"]
        is_open = watching if stage == "charged" else "no"
        # It ended, and nobody says how: it may have been with a conviction.
        manner_unknown = any(event["reason"] == "charge_disposed_unspecified" for event in charges)
        if manner_unknown and peak < LADDER.index("convicted"):
            is_open = "unwatched"
        # Nor does anybody say what is not read: a charge of another level, perhaps.
        if row["incomplete"]:
            is_open = "unwatched"
    elif row["incomplete"]:
        # What is not read may have taken it anywhere.
        place, reason, since, is_open = "unknown", "incomplete", last_move["on"], "unwatched"
    elif stage == "transferred":
        place, reason, since, is_open = "transferred_out", "transferred", last_move["on"], "no"
    elif stage in OPEN_STAGES:
        since, is_open = last_move["on"], watching
        if watching == "watched":
            place, reason = "pending", stage
        else:
            place, reason = "unknown", "never_watched" if end is None else "no_longer_watched"
    else:
        reason, since = last_move["reason"], last_move["on"]
        is_open = "reopenable" if stage == "closed" else "no"
        if last_move["disposition"] == "administrative":
            place = "administrative"
        else:
            place = "excluded" if reason in ELSEWHERE else "closed"

    return stand | {
        "stage": stage,
        "watching": watching,
        "place": place,
        "reason": reason,
        "since": since,
        "open": is_open,
        "peak": peak,
        "stated": max((shows(event) for event in history if not event.get("implied")), default=0),
        "levels": levels_of([event for event in charges if not event.get("implied")]),
        "implied_levels": levels_of([event for event in charges if event.get("implied")]),
        "late": any(not e.get("implied") and (end is None or e["on"] > end) for e in history[1:]),
        "lossy": through_lossy(place, charges, last_move),
        "steps": steps,
    }


def watch_end_of(row: Row, as_of: date) -> date | None:
    """Give the last day of which the source tells; None if nobody watches, or nobody has begun to."""
    begin = row.get("observed_from")
    begun = begin is None or begin <= as_of
    return row.get("observed_through") if begun and not row["incomplete"] else None


def levels_written(members: list[Row]) -> str:
    """Write the levels that are stated, then those that are only implied."""
    stated = {level for member in members for level in member["levels"]}
    implied = {level for member in members for level in member["implied_levels"]} - stated
    order = (*LEVELS, "unrecorded")
    return ",".join(
        [level for level in order if level in stated]
        + [f"implied:{level}" for level in order if level in implied]
    )
