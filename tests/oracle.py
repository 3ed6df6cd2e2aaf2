"""The oracle: a naive counter in plain Python, that shares no code with the package.

Rows are dicts, as the two tables have them. A ledger is made by a fold over each history, referral by
referral and event by event; `oracle_rules` holds the rules. Slow, and meant to be evidently right.
"""

from collections import Counter
from datetime import date, timedelta

from oracle_rates import Cells, by_group, rate
from oracle_rules import Record, Row, last_survivor, shows, violations, walk
from oracle_units import UNITS, levels_of
from oracle_words import ELSEWHERE, LADDER, LEVELS, MOVING, OPEN_STAGES, SURVIVED

__all__ = ["LADDER", "Record", "by_group", "ledger", "ledger_of", "rate", "violations"]

# A family stands in the first place of this order that one of its members contributes.
PLACES = ("charge", "unknown", "pending", "administrative", "closed", "excluded", "transferred_out")
HORIZONS = (30, 90, 180, 365)


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
        tables["stock"][*group, stand["stage"], stand["open"]] += 1
        if stand["set_aside"]:
            tables["movements"][*group, period_of(stand["first_day"], period), "outside", "set_aside"] += 1
        for step in stand["steps"]:
            event = step["event"]
            if event["action"] in MOVING:
                came_from = step["before"] or "outside"
                tables["movements"][*group, period_of(event["on"], period), came_from, step["after"]] += 1

    for one in UNITS[unit](record, stands, as_of):
        group = tuple(one["row"].get(name) for name in by)
        contributions, members = one["contributions"], one["members"]
        place = next(p for p in PLACES if any(c["place"] == p for c in contributions))
        placed = [c for c in contributions if c["place"] == place]
        chosen = max(placed, key=lambda c: (c["since"] is not None, c["since"] or date.min, c["reason"]))
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
        )
        tables["standing"][*group, *cell] += 1

        for measure in {event["reason"] for event in one["measures"]}:
            tables["measures"][*group, place, measure] += 1

        day0 = one["day0"]
        past = [] if day0 is None else [h for h in horizons if day0 + timedelta(days=h) <= as_of]
        for came_from, to, days, was_late in wait_rows(one, as_of):
            tables["waits"][*group, "received", came_from, to, days, max(past, default=0), was_late] += 1
    return tables


def period_of(day: date | None, period: str) -> date | None:
    """Give the first day of the month, quarter or year of a day."""
    if day is None:
        return None
    first_month = {"month": day.month, "quarter": (1, 4, 7, 10)[(day.month - 1) // 3], "year": 1}[period]
    return date(day.year, first_month, 1)


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
        "watch_end": None if row["incomplete"] else row.get("observed_through"),
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
        place, reason, since = "charge", charges[-1]["reason"], charges[-1]["on"]
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
        "steps": steps,
    }


def levels_written(members: list[Row]) -> str:
    """Write the levels that are stated, then those that are only implied."""
    stated = {level for member in members for level in member["levels"]}
    implied = {level for member in members for level in member["implied_levels"]} - stated
    order = (*LEVELS, "unrecorded")
    return ",".join(
        [level for level in order if level in stated]
        + [f"implied:{level}" for level in order if level in implied]
    )


# --- the clock of a unit --------------------------------------------------------------------------


def wait_rows(unit: Row, as_of: date) -> list[tuple[str, str, int | None, bool]]:
    """Give the rows (from, to, days, late) of one unit."""
    day0 = unit["day0"]
    if unit["reason"].startswith("set_aside:"):
        return [("open", "unknown", None, False)]
    if unit["undated"] or day0 is None:
        return [("open", "undated", None, False)]
    if unit["place"] == "excluded":
        return [("open", "excluded", (unit["since"] - day0).days, False)]

    watched_to = watched_through(unit, as_of)
    days = {step["event"]["on"] for m in unit["members"] for step in m["steps"]}
    days |= {event["on"] for event in unit.get("charges", ())}
    days |= {m["first_day"] for m in unit["members"] if m["first_day"] is not None}
    rows = []
    state = state_while_watched = "open"
    for day in sorted(days):
        now = subject_state_on(day, unit) if "subject" in unit else state_on(day, unit)
        if now == state:
            continue
        late = watched_to is None or day > watched_to
        rows.append((state, now, (day - day0).days, late))
        state = now
        if not late:
            state_while_watched = now
        if now in ("charge", "transferred_out"):
            break

    if state_while_watched in ("charge", "transferred_out"):
        return rows
    if watched_to is None:
        return [*rows, ("open", "unknown", None, False)]
    ending = "unknown" if watched_to < as_of or unit["place"] == "unknown" else "pending"
    return [*rows, (state_while_watched, ending, (watched_to - day0).days, False)]


def watched_through(unit: Row, as_of: date) -> date | None:
    """Give the day on which watching a unit ends; None if it was never watched."""
    ends = [contribution["watch_end"] for contribution in unit["placed"]]
    if None in ends:
        return None
    end = min(*ends, as_of)
    return None if end < unit["day0"] else end


def subject_state_on(day: date, unit: Row) -> str:
    """Give the state of a subject at the end of a day: its charge, its decision, or else its family's."""
    if any(event["on"] <= day for event in unit["charges"]):
        return "charge"
    # Of each member the last one; of these the latest.
    last = {event["member"]: event for event in unit["decisions"] if event["on"] <= day}
    if last:
        latest = max(last.values(), key=lambda event: (event["on"], event["why"]))
        return "administrative" if latest["disposition"] == "administrative" else "closed"
    return state_on(day, unit)


def state_on(day: date, unit: Row) -> str:
    """Give the state of a unit at the end of a day."""
    says = {"open"} if unit.get("unseen") else set()
    for member in unit["members"]:
        if member["first_day"] is not None and day < member["first_day"]:
            continue  # it does not exist yet
        if member["set_aside"]:
            says.add("open")
            continue
        done = [step for step in member["steps"] if step["event"]["on"] <= day]
        stage = done[-1]["after"]
        if any(step["event"].get("disposition") == "charge" for step in done):
            says.add("charge")
        elif member["row"]["incomplete"]:
            says.add("open")
        elif stage == "transferred":
            if unit["alone"]:
                says.add("transferred_out")
            elif member["reason"] == "unlinked:transferred":
                says.add("open")
        elif stage in (*OPEN_STAGES, "charged", "concluded"):
            says.add("open")
        else:
            closing = [step["event"] for step in done if step["event"]["action"] == "close"][-1]
            says.add("administrative" if closing["disposition"] == "administrative" else "closed")
    order = ("charge", "transferred_out", "open", "administrative", "closed")
    return next((state for state in order if state in says), "open")
