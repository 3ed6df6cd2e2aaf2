"""The oracle's clocks: the days of one unit, walked one after the other, naively.

A row of a clock is (from, to, days, late). Which days start and stop a clock, and on which the state changes,
is read off the events; an event that is implied has no day.
"""

from collections.abc import Callable
from datetime import date, timedelta

from oracle_rules import Row, shows, walk
from oracle_words import LADDER, OPEN_STAGES

__all__ = ["CLOCKS", "clock_rows", "told_from"]

# Clock -> the milestones that start and stop it, the state it begins in, and the state that ends it.
CLOCKS = {
    "received": ("made_available", "charged", "open", "charge"),
    "triage": ("triaged", "investigated", "open", "investigated"),
    "investigation": ("investigated", "charged", "open", "charge"),
    "charge": ("charged", "convicted", "charge", "convicted"),
}
MARKS = {"triaged": "accept", "investigated": "open_investigation", "charged": "file_charge"}
Mark = tuple[date, bool]
WaitRow = tuple[str, str, int | None, bool]
ONE_DAY = timedelta(days=1)


def clock_rows(clock: str, unit: Row, as_of: date) -> tuple[date | None, list[WaitRow]]:
    """Give the day on which a unit's clock starts, and its rows; none if it does not start."""
    milestone, _, begins, target = CLOCKS[clock]
    start, stated = (unit["day0"], True) if clock == "received" else (mark(unit, milestone) or (None, None))
    if stated is None:
        return None, []
    if unit["reason"].startswith("set_aside:"):
        return start, [(begins, "unknown", None, False)]
    if unit["undated"] or start is None:
        return start, [(begins, "undated", None, False)]
    if not stated:
        return start, [(begins, "implied", None, False)]
    if unit["place"] == "excluded":
        return start, [(begins, "excluded", (unit["since"] - start).days, False)]
    return start, walk_days(clock, unit, as_of, start, begins, target)


def walk_days(  # noqa: PLR0917 - a naive walk needs what it needs
    clock: str, unit: Row, as_of: date, start: date, begins: str, target: str
) -> list[WaitRow]:
    """Walk through the days of a unit that is on a clock."""
    untold = min(untold_days(unit), default=None) if clock == "charge" else None
    begin = max([start, *told_from(unit)])
    watched_to = watched_through(unit, as_of, begin, untold)
    if begin > start and STATE_ON[clock](begin - ONE_DAY, unit) != begins:
        watched_to = None  # it had moved on before anybody watched
    rows: list[WaitRow] = []
    state = state_while_watched = begins
    for day in sorted({start, *(day for day in days_of(unit) if day > start)}):
        now = STATE_ON[clock](day, unit)
        if now == state:
            continue
        late = watched_to is None or day > watched_to or day < begin
        # Where the clock starts, the unit may have been in this state for long.
        changed = STATE_ON[clock](day - ONE_DAY, unit) != now
        implied = changed and not is_stated(clock, unit, day, now, target)
        if implied and not late:
            return [(begins, "implied", None, False)]
        if not implied:
            rows.append((state, now, (day - start).days, late))
        state = now
        if not late:
            state_while_watched = now
        if now in (target, "transferred_out"):
            break
    if state_while_watched in (target, "transferred_out"):
        return rows
    if watched_to is None:
        return [*rows, (begins, "unknown", None, False)]
    silent = watched_to < as_of or unit["place"] == "unknown" or untold is not None
    ending = "unknown" if silent else "pending"
    return [*rows, (state_while_watched, ending, (watched_to - start).days, False)]


# --- the days that start and stop clocks ------------------------------------------------------------


def events_of(unit: Row) -> list[Row]:
    return [step["event"] for member in unit["members"] for step in member["steps"]]


def charges_of(unit: Row) -> list[Row]:
    """Give the charges that count for a unit: of a subject its own."""
    if "subject" in unit:
        return unit["charges"]
    return [event for event in events_of(unit) if event.get("disposition") == "charge"]


def untold_days(unit: Row) -> list[date]:
    """Give the days on which charges ended nobody says how."""
    return [e["on"] for e in charges_of(unit) if e["reason"] == "charge_disposed_unspecified"]


def mark(unit: Row, milestone: str) -> Mark | None:
    """Give the day on which a milestone was first reached, and whether anybody stated it."""
    if milestone == "convicted":
        events = [e for e in charges_of(unit) if shows(e) == LADDER.index("convicted")]
    elif milestone == "charged":
        events = [e for e in charges_of(unit) if e["action"] == "file_charge"]
    else:
        events = [e for e in events_of(unit) if e["action"] == MARKS[milestone]]
    if not events:
        return None
    day = min(event["on"] for event in events)
    # A conviction that is vacated was there before, nobody says since when.
    told = [e for e in events if not e.get("implied") and e.get("reason") != "conviction_vacated"]
    return day, any(event["on"] == day for event in told)


def days_of(unit: Row) -> set[date]:
    days = {event["on"] for event in [*events_of(unit), *unit.get("charges", ())]}
    return days | {m["first_day"] for m in unit["members"] if m["first_day"] is not None}


def told_from(unit: Row) -> list[date]:
    """Give the days from which members are told of, where that is not from their first day on."""
    told = [(member["row"].get("observed_from"), member["first_day"]) for member in unit["members"]]
    return [begin for begin, first in told if begin is not None and first is not None and begin > first]


def watched_through(unit: Row, as_of: date, begin: date, untold: date | None) -> date | None:
    """Give the day on which watching a unit ends; None if it ended before it began."""
    ends = [contribution["watch_end"] for contribution in unit["placed"]]
    if None in ends:
        return None
    end = min([*ends, as_of, *([] if untold is None else [untold])])
    return None if end < begin else end


def is_stated(clock: str, unit: Row, day: date, now: str, target: str) -> bool:
    """Tell whether somebody stated the day on which a unit came into the state that it is in then."""
    if clock == "charge":
        return now != target or mark(unit, "convicted") == (day, True)
    if now == "investigated":
        return mark(unit, "investigated") == (day, True)
    if now == "charge":
        return mark(unit, "charged") == (day, True)
    decided = decisions_on(day, unit) if "subject" in unit else []
    if decided:
        return not all(event.get("implied") for event in decided)
    return not any(changed_unstated(member, day) for member in unit["members"])


def changed_unstated(member: Row, day: date) -> bool:
    """Tell whether a member changed its state on a day, and last by an event that nobody stated."""
    states = ["open"]
    last = None
    before = "open"
    for step in member.get("all_steps", member["steps"]):
        if step["event"]["on"] == day and last is None:
            before = states[-1]
        states.append(state_after(step, states[-1]))
        if member["row"]["incomplete"] and states[-1] != "charge":
            states[-1] = "open"
        if step["event"]["on"] == day and states[-1] != states[-2]:
            last = step["event"]
        if step["event"]["on"] > day:
            states.pop()
            break
    return last is not None and states[-1] != before and bool(last.get("implied"))


def state_after(step: Row, before: str) -> str:
    """Give the state of one referral after an event."""
    if before == "charge" or step["event"].get("disposition") == "charge":
        return "charge"
    if step["after"] == "transferred":
        return "transferred_out"
    if step["after"] in OPEN_STAGES:
        return "open"
    if step["event"]["action"] == "close":
        return "administrative" if step["event"]["disposition"] == "administrative" else "closed"
    return before


# --- the state on a day -------------------------------------------------------------------------------


def own_state_on(day: date, unit: Row) -> str:
    return subject_state_on(day, unit) if "subject" in unit else state_on(day, unit)


def triage_state_on(day: date, unit: Row) -> str:
    reached = mark(unit, "investigated")
    return "investigated" if reached is not None and reached[0] <= day else own_state_on(day, unit)


def court_state_on(day: date, unit: Row) -> str:
    """Tell whether anybody is convicted, a case runs, or all have ended, as a day ends."""
    convicted = mark(unit, "convicted")
    if convicted is not None and convicted[0] <= day:
        return "convicted"
    untold = min(untold_days(unit), default=day + ONE_DAY)
    if untold > day:
        return case_on(day, unit)
    # Since then a case may run again; that all have ended without a conviction, nobody can say any more.
    since = (case_on(d, unit) for d in days_of(unit) if untold <= d <= day)
    return "charge" if "charge" in since else case_on(untold - ONE_DAY, unit)


def case_on(day: date, unit: Row) -> str:
    """Tell whether a case runs or all have ended, as a day ends."""
    if "subject" in unit:
        cases: dict[str, list[Row]] = {}
        for event in unit["charges"]:
            if event["on"] <= day:
                cases.setdefault(event["referral_id"], []).append(event)
        stages = [walk(events)[-1]["after"] for events in cases.values()]
    else:
        done = [[s["after"] for s in m["steps"] if s["event"]["on"] <= day] for m in unit["members"]]
        stages = [stages[-1] for stages in done if stages]
    if "charged" in stages:
        return "charge"
    # Before the first charge nothing is in court.
    return "concluded" if "concluded" in stages else "charge"


STATE_ON: dict[str, Callable[[date, Row], str]] = {
    "received": own_state_on,
    "triage": triage_state_on,
    "investigation": own_state_on,
    "charge": court_state_on,
}


def decisions_on(day: date, unit: Row) -> list[Row]:
    """Give the decisions that settle a subject on a day, of each member the last of the day."""
    if any(event["on"] <= day for event in unit["charges"]):
        return []
    return list({e["member"]: e for e in unit["decisions"] if e["on"] == day}.values())


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
