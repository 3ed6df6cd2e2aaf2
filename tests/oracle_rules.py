"""The rules of the record, a second time, and a plain walk that applies them; nothing comes from the package.

Histories are lists of dict rows; everything is slow and simple on purpose.
"""

from collections import Counter, defaultdict
from datetime import date
from string import ascii_uppercase, digits
from typing import Any

from oracle_words import (
    ALLOWED,
    CARRIES,
    CHARGE_CONVICTING,
    CHARGE_OPENING,
    CHARGE_STANDING,
    DISPOSITIONS,
    FINAL,
    LADDER,
    LEVELS,
    NAMES_ANOTHER,
    REASONS,
    SETS_ASIDE,
    SURVIVED,
    TARGETS,
    UNDATES,
)

Row = dict[str, Any]
Links = dict[str, str]
Violation = tuple[str, int | None, str]
Detail = tuple[str, str, str]


class Record:
    """Both tables, put in order once: one row a referral, its live history by seq, what it violates."""

    def __init__(
        self,
        events: list[Row],
        referrals: list[Row],
        reports: list[Row] | None = None,
        links: list[Row] | None = None,
    ) -> None:
        self.links = links or []
        told: dict[str, list[Row]] = defaultdict(list)
        for row in reports or []:
            told[row["report_id"]].append(row)
        self.reports = {name: _smallest_text(several) for name, several in told.items()}
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in referrals:
            rows[row["referral_id"]].append(row)
        self.rows = {name: _smallest(several) for name, several in rows.items()}
        self.repeated = [name for name, several in rows.items() if len(several) > 1]

        self.live = [event for event in events if event.get("superseded_on") is None]
        self.history: dict[str, list[Row]] = {name: [] for name in self.rows}
        for event in self.live:
            if event["referral_id"] in self.history:
                self.history[event["referral_id"]].append(event)
        for history in self.history.values():
            history.sort(key=lambda event: event["seq"])

        self.first_day = {name: _first_day(history) for name, history in self.history.items()}
        self.parent: Links = _inside(
            self.rows, {name: row.get("parent_id") for name, row in self.rows.items()}
        )
        self.of_form = _form_violations(self)
        self.malformed = {name for name, _, _ in self.of_form}
        # Of a malformed history nothing is trusted, not even whom it names.
        sound = {name: history for name, history in self.history.items() if name not in self.malformed}
        self.survivor: Links = _inside(
            self.rows, {name: last_survivor(history) for name, history in sound.items()}
        )
        self.carried_on = carried_on(self.parent, self.survivor, self.first_day)
        self.violations = _violations(self)
        nowhere = _unknown_jurisdictions(referrals)
        self.violations += [(name, None, rule) for name, rule, _ in nowhere]
        self.violations += [
            (name, None, "incomplete") for name, row in self.rows.items() if row["incomplete"]
        ]
        if reports is not None:
            self.violations += [
                (link["referral_id"], None, "report_missing")
                for link in self.links
                if link["report_id"] not in self.reports
                and link["referral_id"] in self.rows
                and link["referral_id"] not in self.malformed
            ]
        # What is said of the rules of links and of jurisdictions: (referral_id, rule, detail).
        self.details: list[Detail] = [*nowhere, *_link_details(self)]
        self.broken: dict[str, set[str]] = defaultdict(set)
        for name, _, rule in self.violations:
            self.broken[name].add(rule)

    def set_aside(self, name: str) -> str | None:
        """Give the first rule, in the order of the rules, that sets the referral aside."""
        return next((rule for rule in SETS_ASIDE if rule in self.broken.get(name, ())), None)

    def undated(self, name: str) -> bool:
        """Tell whether a rule about dates is broken."""
        return any(rule in self.broken.get(name, ()) for rule in UNDATES)


def violations(events: list[Row], referrals: list[Row]) -> list[Violation]:
    """Every violation of the whole record, whatever T."""
    return Record(events, referrals).violations


def _smallest(rows: list[Row]) -> Row:
    """Make one row of several: in each column the smallest value, null only where all are.

    Where one of them is incomplete, the whole is.
    """
    names = {name for row in rows for name in row}
    smallest = {
        name: min((row[name] for row in rows if row.get(name) is not None), default=None) for name in names
    }
    return smallest | {"incomplete": any(row.get("incomplete") for row in rows)}


def _smallest_text(rows: list[Row]) -> Row:
    """Make one row of several reports with one id, all of it text: what reports are grouped by."""
    texts = [
        {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in row.items() if v is not None}
        for row in rows
    ]
    return {name: min(t[name] for t in texts if name in t) for t in texts for name in t}


def _first_day(history: list[Row]) -> date | None:
    """Give the day of the event with the lowest seq; if several share that seq, the earliest day known."""
    if not history:
        return None
    lowest = history[0]["seq"]
    return min((e["on"] for e in history if e["seq"] == lowest and e["on"] is not None), default=None)


def _inside(rows: dict[str, Row], links: dict[str, str | None]) -> Links:
    return {name: to for name, to in links.items() if to is not None and to in rows}


def last_survivor(history: list[Row]) -> str | None:
    """Give the other_id of the last closure that says that another referral carries on."""
    for event in reversed(history):
        if (
            event["action"] == "close"
            and event.get("disposition") == "closed"
            and event.get("reason") in SURVIVED
        ):
            return event.get("other_id")
    return None


def last_named_by_transfer(history: list[Row]) -> str | None:
    """Give the other_id of the last transfer."""
    transfers = [event for event in history if event["action"] == "transfer"]
    return transfers[-1].get("other_id") if transfers else None


def carried_on(parent: Links, survivor: Links, first_day: dict[str, date | None]) -> Links:
    """Tell who carries on what a referral was: its survivor, or else one of its children.

    Of several children one that names no survivor of its own; of those the eldest, then the first by name.
    """
    first_child: Links = {}
    for child in sorted(parent, key=lambda c: (c in survivor, first_day[c] or date.max, c)):
        first_child.setdefault(parent[child], child)
    return {**first_child, **survivor}


def never_ends(start: str, links: Links) -> bool:
    """Tell whether following the links from *start* goes round for ever."""
    seen = {start}
    at = start
    while at in links:
        at = links[at]
        if at in seen:
            return True
        seen.add(at)
    return False


def _form_violations(record: Record) -> list[Violation]:
    found: list[Violation] = [(name, None, "duplicate_referral") for name in record.repeated]
    found += [(name, None, "no_events") for name, history in record.history.items() if not history]
    numbers = Counter(
        (event["referral_id"], event["seq"]) for event in record.live if event["referral_id"] in record.rows
    )
    found += [(name, seq, "duplicate_seq") for (name, seq), n in numbers.items() if n > 1]
    for event in record.live:
        found += [(event["referral_id"], event["seq"], rule) for rule in _form(event, record)]
    return found


def _violations(record: Record) -> list[Violation]:
    found = list(record.of_form)
    for name, history in record.history.items():
        if name in record.malformed:
            continue
        last = None
        for step in walk(history):
            event = step["event"]
            if step["before"] not in ALLOWED[event["action"]]:
                found.append((name, event["seq"], "illegal_transition"))
            if step["unfiled"]:
                found.append((name, event["seq"], "charge_not_filed"))
            if last is not None and event["on"] < last:
                found.append((name, event["seq"], "date_backwards"))
            last = event["on"]
        found += [(name, None, rule) for rule in _links(name, record)]
    return found


def _links(name: str, record: Record) -> list[str]:
    """What is wrong with the links of one referral."""
    rules = []
    if never_ends(name, record.parent):
        rules.append("transfer_cycle")
    if name in record.survivor and never_ends(name, record.carried_on):
        rules.append("survivor_cycle")
    named = last_named_by_transfer(record.history[name])
    if named in record.rows and record.rows[named].get("parent_id") != name:
        rules.append("child_without_parent")
    own = record.first_day[name]
    parents = record.first_day[record.parent[name]] if name in record.parent else None
    if own is not None and parents is not None and own < parents:
        rules.append("child_before_parent")
    return rules


def _link_details(record: Record) -> list[Detail]:
    """Say whom the broken links of survivors and of transfers name."""
    details = []
    for name, _, rule in record.violations:
        if rule == "survivor_cycle":
            details.append((name, rule, f"survivor {record.survivor[name]}"))
        if rule == "child_without_parent":
            child = last_named_by_transfer(record.history[name])
            details.append((name, rule, f"child {child}, whose parent_id is another or none"))
    return details


def _unknown_jurisdictions(referrals: list[Row]) -> list[Detail]:
    """Find every row, of repeated referrals too, whose territory is no code or whose level is no word."""
    found = []
    for row in referrals:
        territory, level = row.get("territory"), row.get("level")
        if level not in LEVELS or territory is None or not is_code(territory):
            written = f"{territory or 'null'}/{level or 'null'}"
            found.append((row["referral_id"], "unknown_jurisdiction", written))
    return found


def is_code(territory: str) -> bool:
    """Tell whether a text has the shape of ISO 3166: two capitals, perhaps a dash and 1-3 more signs."""
    country, dash, part = territory.partition("-")
    return (
        len(country) == 2
        and set(country) <= set(ascii_uppercase)
        and (not dash or (1 <= len(part) <= 3 and set(part) <= {*ascii_uppercase, *digits}))
    )


def _form(event: Row, record: Record) -> list[str]:
    """What is wrong with one live event by itself."""
    if event["referral_id"] not in record.rows:
        return ["event_without_referral"]
    rules = []
    if event["on"] is None:
        rules.append("date_missing")
    action, disposition, reason = event["action"], event.get("disposition"), event.get("reason")
    if (
        action not in ALLOWED
        or (disposition is not None and disposition not in DISPOSITIONS)
        or (reason is not None and reason not in REASONS)
        or (event.get("level") is not None and event["level"] not in LEVELS)
    ):
        rules.append("unknown_word")
    elif (
        (disposition, reason) not in CARRIES.get(action, {(None, None)})
        or (action == "decide_subject" and event.get("subject_id") is None)
        or (
            disposition != "charge" and (event.get("level") is not None or event.get("charge_id") is not None)
        )
        or (event.get("other_id") is not None and action not in NAMES_ANOTHER)
    ):
        rules.append("event_misfit")
    return rules


def walk(history: list[Row]) -> list[Row]:
    """Walk a well-formed history: each event's stage before and after, and whether its charge was unfiled.

    A wrong step is taken as if it had been right.
    """
    first_named = first_names(history)
    steps = []
    stage = None
    charge_is_open: dict[tuple[str | None, str | None], bool] = {}
    for event in history:
        action, before, unfiled = event["action"], stage, False
        if event.get("disposition") == "charge":
            subject = event.get("subject_id")
            charge = event.get("charge_id") or first_named.get(subject)
            unfiled = action == "charge_result" and (subject, charge) not in charge_is_open
            charge_is_open[subject, charge] = event["reason"] in CHARGE_OPENING
        if action == "charge_result":
            stage = "charged" if any(charge_is_open.values()) else "concluded"
        elif action == "close":
            stage = "closed_final" if event["reason"] in FINAL else "closed"
        elif action in TARGETS:
            stage = TARGETS[action]
        steps.append({"event": event, "before": before, "after": stage, "unfiled": unfiled})
    return steps


def first_names(history: list[Row]) -> dict[str | None, str]:
    """Name the charge that has no id: the subject's first named one, or the unnamed one if none ever is."""
    first_named: dict[str | None, str] = {}
    for event in history:
        if event.get("disposition") == "charge" and event.get("charge_id") is not None:
            first_named.setdefault(event.get("subject_id"), event["charge_id"])
    return first_named


def speaks_for(charges: list[Row]) -> Row:
    """Give, of what charges came to, the latest conviction that stands, or else the latest of all."""
    first_named = first_names(charges)
    came_to: dict[tuple[str | None, str | None], tuple[int, Row]] = {}
    for at, event in enumerate(charges):
        subject = event.get("subject_id")
        came_to[subject, event.get("charge_id") or first_named.get(subject)] = (at, event)
    ends = sorted(came_to.values(), key=lambda end: end[0])
    standing = [event for _, event in ends if event["reason"] in CHARGE_STANDING]
    return standing[-1] if standing else charges[-1]


def shows(event: Row) -> int:
    """Give the rung, from 0, that one event shows to have been reached."""
    if event.get("disposition") == "charge" and event["reason"] in CHARGE_CONVICTING:
        return LADDER.index("convicted")
    rungs = {
        "accept": "triaged",
        "open_investigation": "investigated",
        "present_to_prosecutor": "presented",
        "file_charge": "charged",
        "charge_result": "charged",
    }
    return LADDER.index(rungs.get(event["action"], "made_available"))
