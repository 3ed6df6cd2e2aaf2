"""The oracle's units: which referrals make one, and what each of them says about it, naively.

A unit is a dict: the row of its dimensions, its members, their contributions, the measures taken, day zero.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from oracle_rules import Record, Row, never_ends, shows, speaks_for, walk
from oracle_words import ELSEWHERE, FINAL, LADDER, SURVIVED

__all__ = ["UNITS", "levels_of"]

Stands = dict[str, Row]
CONVICTED = LADDER.index("convicted")


def levels_of(charges: list[Row]) -> set[str]:
    """Give the levels that events of charges name; a filing that names none is of a level not recorded."""
    levels = {event["level"] for event in charges if event.get("level") is not None}
    if any(event["action"] == "file_charge" and event.get("level") is None for event in charges):
        levels.add("unrecorded")
    return levels


def referral_units(record: Record, stands: Stands, as_of: date) -> list[Row]:
    """Take every referral by itself."""
    del record
    return [
        {
            "row": stand["row"],
            "members": [stand],
            "contributions": [stand | {"watch_end": as_of} if stand["place"] == "transferred_out" else stand],
            "measures": measures_of([stand]),
            "came_in": stand["row"].get("parent_id") is not None,
            "day0": stand["first_day"],
            "alone": True,
        }
        for stand in stands.values()
    ]


def family_units(record: Record, stands: Stands, as_of: date) -> list[Row]:
    """Gather what came of each root."""
    del as_of
    units = []
    for root, members in families_of(record, stands).items():
        units.append(
            {
                "row": record.rows[root],
                "members": members,
                "contributions": contributions_of(members),
                "measures": measures_of(members),
                "came_in": came_in(record, root),
                "day0": record.first_day[root] if root in stands else None,
                "alone": False,
            }
        )
    return units


def report_units(record: Record, stands: Stands, as_of: date) -> list[Row]:
    """Gather all families that each report is part of."""
    del as_of
    families = families_of(record, stands)
    linked: dict[str, set[str]] = {}
    for link in record.links:
        linked.setdefault(link["report_id"], set()).add(link["referral_id"])
    units = []
    for report, referrals in linked.items():
        here = [stands[name] for name in sorted(referrals) if name in stands]
        if not here:
            continue  # nobody has been made available anything of it
        roots = {root_of(record, stand["name"]) for stand in here}
        members = [member for root in sorted(roots) for member in families[root]]
        contributions = contributions_of(members)
        unseen = not referrals <= record.rows.keys()
        if unseen:
            nobody_knows = {"place": "unknown", "reason": "referral_missing", "open": "unwatched"}
            contributions.append(nobody_knows | {"since": None, "watch_end": None, "lossy": False})
        days = [stand["first_day"] for stand in here]
        units.append(
            {
                "row": record.reports.get(report, {}),
                "members": members,
                "contributions": contributions,
                "measures": measures_of(members),
                "came_in": any(came_in(record, root) for root in roots),
                "day0": None if None in days else min(days),
                "alone": False,
                "unseen": unseen,
            }
        )
    return units


def subject_units(record: Record, stands: Stands, as_of: date) -> list[Row]:
    """Take everybody whom an event of a family names; and one for the charges that name nobody."""
    units = []
    for family in family_units(record, stands, as_of):
        events = [
            event
            for member in family["members"]
            for event in record.history[member["name"]]
            if event["on"] is None or event["on"] <= as_of
        ]
        named = {e["subject_id"] for e in events if e.get("subject_id") is not None}
        if any(e.get("disposition") == "charge" and e.get("subject_id") is None for e in events):
            named.add(None)
        units += [subject_unit(family, subject) for subject in sorted(named, key=lambda s: (s is None, s))]
    return units


def subject_unit(family: Row, subject: str | None) -> Row:
    """Tell what became of one subject of a family."""
    members = [without_charges(member) for member in family["members"]]
    charged, decisions, charges = [], [], []
    for member in family["members"]:
        mine = [s["event"] for s in member["steps"] if s["event"].get("subject_id") == subject]
        own = [event for event in mine if event.get("disposition") == "charge"]
        charges += own
        if own:
            charged.append(charged_in(member, own))
        # Who is passed on out of the data is watched no longer than that.
        watch_end = (contributions_of([member]) or [member])[0]["watch_end"]
        decisions += [
            event | {"why": why(event), "member": member["name"], "watch_end": watch_end}
            for event in mine
            if event["action"] == "decide_subject"
        ]
    of_family = contributions_of(members)
    last = {event["member"]: event for event in decisions}.values()
    doubtful = any(member["set_aside"] or member["row"]["incomplete"] for member in members)
    counted_elsewhere = all(c["place"] == "excluded" for c in of_family)

    if charged:
        where = {one["name"] for one in charged}
        contributions = charged + [one for one in of_family if one["name"] not in where]
    elif last and not doubtful and not counted_elsewhere:
        contributions = [ended_by(list(last))]
    else:
        contributions = of_family
    own_peak = max((shows(event) for event in charges), default=0)
    # A charge that names nobody may be this one's.
    unnamed = [e for e in all_charges(family) if e.get("subject_id") is None]
    settled = contributions is not of_family and not charged
    if subject is not None and not settled and max(map(shows, unnamed), default=0) > own_peak:
        contributions = [one | {"open": "unwatched"} for one in contributions]
        if all(one["place"] != "unknown" for one in contributions):
            hidden = {"place": "unknown", "reason": "unnamed_charge"}
            contributions = [one | hidden if one["place"] == "pending" else one for one in contributions]
    stated = [event for event in charges if not event.get("implied")]
    own_facts = {
        "levels": levels_of(stated),
        "implied_levels": levels_of([event for event in charges if event.get("implied")]),
    }
    members = [
        member
        | own_facts
        | {
            "peak": max(member["peak"], own_peak),
            "stated": max([member["stated"], *map(shows, stated)]),
        }
        for member in members
    ]
    return family | {
        "members": members,
        "contributions": contributions,
        "measures": [e for e in family["measures"] if subject is not None and e.get("subject_id") == subject],
        "subject": subject,
        "charges": charges,
        "decisions": [] if doubtful else decisions,
    }


def without_charges(member: Row) -> Row:
    """Give a member as it is for somebody who is not charged there."""
    steps = [step for step in member["steps"] if step["event"].get("disposition") != "charge"]
    events = [step["event"] for step in steps]
    bare = member | {
        "steps": steps,
        "all_steps": member["steps"],
        "peak": max(map(shows, events), default=0),
        "stated": max((shows(event) for event in events if not event.get("implied")), default=0),
    }
    if member["place"] != "charge":
        return bare
    bare["lossy"] = False
    if member["row"]["incomplete"]:
        return bare | {"place": "unknown", "reason": "incomplete", "open": "unwatched"}
    if member["watching"] == "watched":
        return bare | {"place": "pending", "reason": member["stage"], "open": "watched"}
    reason = "never_watched" if member["watch_end"] is None else "no_longer_watched"
    return bare | {"place": "unknown", "reason": reason, "open": "unwatched"}


def charged_in(member: Row, own: list[Row]) -> Row:
    """Give the contribution of a member that charges a subject."""
    runs = walk(own)[-1]["after"] == "charged"
    untold = any(event["reason"] == "charge_disposed_unspecified" for event in own)
    if (untold and max(map(shows, own)) < CONVICTED) or member["row"]["incomplete"]:
        is_open = "unwatched"
    else:
        is_open = member["watching"] if runs else "no"
    spoken = speaks_for(own)
    return member | {
        "place": "charge",
        "reason": spoken["reason"],
        "since": spoken["on"],
        "lossy": any(bool(event.get("lossy")) for event in own),
        "open": is_open,
    }


def ended_by(last: list[Row]) -> Row:
    """Give what the latest of several members' last decisions says; it is watched while all of them are."""
    event = max(last, key=lambda e: (e["on"], e["why"]))
    if event["disposition"] == "administrative":
        place = "administrative"
    else:
        place = "excluded" if event["reason"] in ELSEWHERE else "closed"
    ends = [one["watch_end"] for one in last]
    return {
        "place": place,
        "reason": event["why"],
        "since": event["on"],
        "lossy": any(bool(one.get("lossy")) for one in last),
        "open": "no" if event["reason"] in FINAL else "reopenable",
        "watch_end": None if None in ends else min(ends),
    }


def why(event: Row) -> str:
    """Name the reason of a decision; where the matter of a subject goes on, no decision says."""
    return f"unlinked:{event['reason']}" if event["reason"] in SURVIVED else event["reason"]


def all_charges(family: Row) -> list[Row]:
    """Give the events of charges of a family."""
    happened = [step["event"] for member in family["members"] for step in member["steps"]]
    return [event for event in happened if event.get("disposition") == "charge"]


def root_of(record: Record, name: str) -> str:
    """Follow the parents; who goes round in a circle is its own root."""
    if not never_ends(name, record.parent):
        while name in record.parent:
            name = record.parent[name]
    return name


def families_of(record: Record, stands: Stands) -> dict[str, list[Row]]:
    """Put the referrals received with their roots."""
    families: dict[str, list[Row]] = {}
    for name, stand in stands.items():
        families.setdefault(root_of(record, name), []).append(stand)
    return families


def came_in(record: Record, root: str) -> bool:
    """Tell whether a root came of a referral that is not in the data."""
    parent = record.rows[root].get("parent_id")
    return parent is not None and parent not in record.rows


def contributions_of(members: list[Row]) -> list[Row]:
    """Tell what the members of a family say about where it stands."""
    contributions = []
    for member in members:
        if member["place"] != "transferred_out":
            contributions.append(member)
        elif member["reason"] == "unlinked:transferred":
            gone = {"place": "unknown", "reason": "transferred_out", "open": "unwatched"}
            contributions.append(member | gone | {"watch_end": member["since"]})
    return contributions


def measures_of(members: list[Row]) -> list[Row]:
    """Give the events that are measures."""
    happened = [step["event"] for member in members for step in member["steps"]]
    return [event for event in happened if event["action"] == "administrative_action"]


UNITS: dict[str, Callable[[Record, Stands, date], list[dict[str, Any]]]] = {
    "referral": referral_units,
    "family": family_units,
    "report": report_units,
    "subject": subject_units,
}
