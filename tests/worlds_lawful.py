"""One lawful world: referrals that follow the pipeline, with all that is awkward and allowed."""

import random
from datetime import date, timedelta
from typing import Any

from oracle_rules import Row, carried_on, last_survivor, never_ends, walk
from oracle_words import (
    ADMINISTRATIVE_ENDINGS,
    ALLOWED,
    CHARGE_STATUSES,
    CLOSED_REASONS,
    ELSEWHERE,
    LEVELS,
    MEASURES,
)

AS_OF = (date(2023, 6, 30), date(2023, 12, 31), date(2024, 6, 30), date(2024, 12, 31), date(2110, 1, 1))
"""Days to count by: early, in the middle, at the end, and after every slip of a date."""

EVENT_COLUMNS: dict[str, type] = {
    "referral_id": str,
    "seq": int,
    "on": date,
    "action": str,
    "disposition": str,
    "reason": str,
    "level": str,
    "subject_id": str,
    "charge_id": str,
    "implied": bool,
    "lossy": bool,
    "superseded_on": date,
    "other_id": str,
}
REFERRAL_COLUMNS: dict[str, type] = {
    "referral_id": str,
    "parent_id": str,
    "territory": str,
    "level": str,
    "agency": str,
    "observed_from": date,
    "observed_through": date,
    "incomplete": bool,
    "world": str,
    "source": str,
}

FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)
MOST_REFERRALS = 8
# How often an action is taken where it is allowed; histories should get far, and turn back now and then.
WEIGHTS = {
    "accept": 10,
    "open_investigation": 9,
    "set_inactive": 2,
    "resume": 4,
    "present_to_prosecutor": 6,
    "return_to_investigation": 2,
    "file_charge": 5,
    "charge_result": 7,
    "close": 3,
    "transfer": 2,
    "reopen": 4,
    "administrative_action": 1,
    "arrest": 1,
    "legal_process": 1,
    "decide_subject": 2,
    "confirm_open": 1,
}


def some_watch_begin(name: str) -> date | None:
    """Give the day from which a referral is told of, by a die of its own: the rest stays as it is."""
    rng = random.Random(name)
    return rng.choice((None, None, None, FIRST + timedelta(days=rng.randrange(-60, 760))))


class World:
    """The tables of one world while they are made."""

    def __init__(self, rng: random.Random, number: int) -> None:
        self.rng = rng
        self.name = f"w{number:05d}"
        self.events: list[Row] = []
        self.referrals: list[Row] = []

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def people_it(self) -> None:
        for _ in range(self.rng.choice((1, 1, 2, 2, 3, 4, 5))):
            if len(self.referrals) < MOST_REFERRALS:
                parent = f"{self.name}-gone" if self.chance(0.12) else None
                self.live_through(self.new_referral(parent), self.some_day(), depth=0)

    def some_day(self) -> date:
        return FIRST + timedelta(days=self.rng.randrange(600))

    def new_referral(self, parent: str | None = None) -> str:
        rng, name = self.rng, f"{self.name}-r{len({r['referral_id'] for r in self.referrals})}"
        self.referrals.append(
            {
                "referral_id": name,
                "parent_id": parent,
                "territory": rng.choice(("US-CA", "US-CA", "US-TX", "ZZ", "GB", "FR-75", "GB-ENG", "AT-9")),
                "level": rng.choice(LEVELS),
                "agency": rng.choice((None, "a1", "a2")),
                "observed_from": some_watch_begin(name),
                "observed_through": self.some_watch_end(),
                "incomplete": self.chance(0.04),
                "world": self.name,
                "source": rng.choice((None, "provider", "public")),
            }
        )
        return name

    def some_watch_end(self) -> date | None:
        rng = self.rng
        kind = rng.randrange(10)
        if kind < 2:
            return None
        if kind < 5:
            return LAST
        if kind < 7:
            return rng.choice(AS_OF[:4])
        return FIRST + timedelta(days=rng.randrange(-30, 760))

    def history(self, name: str) -> list[Row]:
        return sorted((e for e in self.events if e["referral_id"] == name), key=lambda e: e["seq"])

    def live(self, name: str) -> list[Row]:
        return [event for event in self.history(name) if event["superseded_on"] is None]

    def add(self, name: str, action: str | None, on: date | None, **columns: Any) -> Row:
        """Add an event to the end of a referral's history; sometimes an amended version goes before it."""
        seq = 1 + max((e["seq"] for e in self.events if e["referral_id"] == name), default=-1)
        event = dict.fromkeys(EVENT_COLUMNS) | {"referral_id": name, "seq": seq, "on": on, "action": action}
        event |= {"implied": False, "lossy": seq % 4 == 3, **columns}
        if on is not None and event["superseded_on"] is None and self.chance(0.03):
            amended = event | {
                "on": on + timedelta(days=self.rng.choice((-40, 0, 3))),
                "superseded_on": on + timedelta(days=self.rng.choice((5, 500))),
                "action": self.rng.choice((action, "close", "transfer")),
                "other_id": self.rng.choice((event["other_id"], self.some_referral())),
            }
            self.events.append(amended)
            event["seq"] = seq + 1
        self.events.append(event)
        return event

    def live_through(self, name: str, on: date, depth: int) -> None:
        """Take a referral through the pipeline, lawfully, until it stops."""
        rng = self.rng
        stage: str = "made_available"
        self.add(name, "made_available", on)
        if self.chance(0.06):  # a coarse extract: nothing is known but the charge
            for action in ("accept", "open_investigation", "file_charge"):
                coarse = action != "file_charge" or self.chance(0.3)
                self.add(name, action, on, implied=coarse, **self.something(name, action))
            stage = "charged"
        for _ in range(rng.choice((0, 1, 3, 5, 6, 7, 9, 12))):
            able = [action for action, stages in ALLOWED.items() if stage in stages]
            action = rng.choices(able, weights=[WEIGHTS[a] for a in able])[0]
            on += timedelta(days=rng.choice((0, 0, 0, 1, 5, 20, 45, 90, 150)))
            if on > LAST:
                break
            if action == "transfer":
                self.transfer(name, on, depth)
                stage = "transferred"
                continue
            often = {"close": 0, "file_charge": 0.3, "charge_result": 0.2}
            implied = self.chance(often.get(action, 0.08))
            self.add(name, action, on, implied=implied, **self.something(name, action))
            stage = walk(self.live(name))[-1]["after"]

    def transfer(self, name: str, on: date, depth: int) -> None:
        rng = self.rng
        children = []
        if depth < 3 and self.chance(0.75):
            for _ in range(rng.choice((1, 1, 1, 2))):
                if len(self.referrals) < MOST_REFERRALS:
                    children += [self.new_referral(name)]
        told = {"disposition": "closed", "reason": "transferred"} if self.chance(0.5) else {}
        other = rng.choice((None, f"{self.name}-gone", *children))
        self.add(name, "transfer", on, other_id=other, **told)
        for child in children:
            self.live_through(child, on + timedelta(days=rng.choice((0, 0, 4, 60, 200))), depth + 1)

    def something(self, name: str, action: str) -> Row:  # noqa: PLR0911 - one return an action
        """Give an event of an action what it needs, and nothing that would break a rule."""
        rng = self.rng
        match action:
            case "file_charge":
                return {
                    "disposition": "charge",
                    "reason": "charge_pending",
                    "level": rng.choice((None, "local", "local", *LEVELS)),
                    "subject_id": rng.choice((None, None, "s1", "s2")),
                    "charge_id": rng.choice((None, None, "c1", "c2")),
                }
            case "charge_result":
                filed = [e for e in self.live(name) if e["action"] == "file_charge"]
                subject = rng.choice(filed)["subject_id"]
                charges = [
                    e for e in self.live(name) if e["disposition"] == "charge" and e["subject_id"] == subject
                ]
                named = [e["charge_id"] for e in charges if e["charge_id"] is not None]
                # A charge without an id takes the first id of its subject, even one that a result brings.
                return {
                    "disposition": "charge",
                    "reason": rng.choice(
                        (
                            "conviction_vacated",
                            "convicted_plea",
                            *["charge_disposed_unspecified"] * 3,
                            *sorted(CHARGE_STATUSES),
                        )
                    ),
                    "level": rng.choice((None, None, "local", "federal")),
                    "subject_id": subject,
                    "charge_id": rng.choice((None, *(named or ("c1", "c7")))),
                    "other_id": f"{self.name}-gone" if self.chance(0.05) else None,
                }
            case "close":
                elsewhere = self.chance(0.35)
                disposition = "closed" if elsewhere or self.chance(0.7) else "administrative"
                return self.ending(disposition, elsewhere) | {"other_id": self.some_survivor(name, elsewhere)}
            case "decide_subject":
                elsewhere = self.chance(0.15)
                disposition = "closed" if elsewhere else rng.choice(("closed", "administrative"))
                return self.ending(disposition, elsewhere) | {"subject_id": rng.choice(("s1", "s1", "s2"))}
            case "administrative_action":
                measure = {"disposition": "administrative", "reason": rng.choice(sorted(MEASURES))}
                return measure | {"subject_id": rng.choice((None, None, "s1", "s2"))}
            case "arrest" | "legal_process":
                return {"subject_id": rng.choice((None, "s1", "s3"))}
            case _:
                return {}

    def ending(self, disposition: str, elsewhere: bool) -> Row:
        if disposition == "administrative":
            return {"disposition": disposition, "reason": self.rng.choice(sorted(ADMINISTRATIVE_ENDINGS))}
        reasons = ELSEWHERE if elsewhere else CLOSED_REASONS - ELSEWHERE
        return {"disposition": disposition, "reason": self.rng.choice(sorted(reasons))}

    def some_survivor(self, name: str, elsewhere: bool) -> str | None:
        """Name an earlier referral that does not lead back, one that is not there, or none."""
        if not elsewhere and self.chance(0.9):
            return None
        names = sorted({row["referral_id"] for row in self.referrals})
        parents = {r["referral_id"]: r["parent_id"] for r in self.referrals if r["parent_id"] in names}
        survivors = {n: s for n in names if (s := last_survivor(self.live(n))) in names}
        first_day = {n: min((e["on"] for e in self.live(n) if e["seq"] == 0), default=None) for n in names}
        earlier = [
            other
            for other in names
            if other < name
            and not never_ends(name, carried_on(parents, {**survivors, name: other}, first_day))
        ]
        return self.rng.choice((None, f"{self.name}-gone", *earlier, *earlier))

    # What the damages need.

    def some_referral(self) -> str:
        return self.rng.choice(sorted({r["referral_id"] for r in self.referrals}))

    def some_event(self, *actions: str) -> Row:
        """Choose a live event, with one of the actions if there is any."""
        live = sorted(
            (e for e in self.events if e["superseded_on"] is None), key=lambda e: (e["referral_id"], e["seq"])
        )
        return self.rng.choice([e for e in live if e["action"] in actions] or live or [self.fresh()])

    def fresh(self, *, parent: str | None = None, on: date | None = None) -> Row:
        """Add a new referral of which nothing is known but that it came in."""
        return self.add(self.new_referral(parent), "made_available", on or self.some_day())

    def insert(self, name: str, at: int, action: str, on: date, **columns: Any) -> None:
        """Put an event into the middle of a history."""
        for event in self.events:
            if event["referral_id"] == name and event["seq"] >= at:
                event["seq"] += 1
        event = dict.fromkeys(EVENT_COLUMNS) | {"referral_id": name, "seq": at, "on": on, "action": action}
        self.events.append(event | {"implied": False, "lossy": False, **columns})
