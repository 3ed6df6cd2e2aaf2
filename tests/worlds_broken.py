"""The ways to break a world, one function a kind of damage. Together they break every rule."""

from collections.abc import Callable
from datetime import date, timedelta

from oracle_words import SURVIVED
from worlds_lawful import FIRST, LAST, WEIGHTS, World
from worlds_scenes import hands_on, is_another

__all__ = ["DAMAGES"]

SLIP = date(2109, 4, 22)
NO_TERRITORIES = (
    *(None, "California", "us-ca", "US-", "US-CALI", "US_CA", "USA", "U", "US-ca", "US-CA ", "US-CA\n"),
    *("US--1", "-CA", "ÄÖ", "US-CA-1", "U1", "US-Ä", "US-\u0661"),
)


def _wrong_step(w: World) -> None:
    """An event where the pipeline has no place for it."""
    after = w.some_event()
    name = after["referral_id"]
    action = w.rng.choice([a for a in WEIGHTS if a not in ("charge_result", "transfer")])
    w.insert(name, after["seq"] + 1, action, after["on"] or FIRST, **w.something(name, action))


def _event_gone(w: World) -> None:
    """A row is lost, and leaves a gap in the numbers."""
    event = w.some_event("accept", "open_investigation", "made_available", "file_charge")
    if event in w.events:
        w.events.remove(event)


def _unfiled_charge(w: World) -> None:
    """A result for a charge that nobody filed."""
    after = w.some_event("file_charge", "charge_result")
    columns = {
        "disposition": "charge",
        "reason": w.rng.choice(("convicted_plea", "acquitted")),
        "charge_id": "c9",
    }
    w.insert(
        after["referral_id"],
        after["seq"] + 1,
        "charge_result",
        after["on"] or FIRST,
        subject_id=w.rng.choice((None, "s1", "s3")),
        **columns,
    )


def _dates_back(w: World) -> None:
    """An event dated before the one before it."""
    event = w.some_event()
    if event["on"] is not None:
        event["on"] -= timedelta(days=w.rng.choice((1, 30, 200, 400)))


def _date_far_off(w: World) -> None:
    """A slip of the year in the middle of a history: as of most days, the event is not there."""
    event = w.some_event("accept", "open_investigation", "file_charge", "close", "reopen", "transfer")
    event["on"] = w.rng.choice((SLIP, SLIP, LAST, date(2023, 12, 31)))


def _first_far_off(w: World) -> None:
    """A referral that came in only in 2109, with events long before."""
    event = w.some_event("made_available")
    event["on"] = SLIP


def _parents_in_a_circle(w: World) -> None:
    """One, two or three referrals that came of each other, and perhaps one that came of them."""
    names = [w.fresh()["referral_id"] for _ in range(w.rng.choice((1, 2, 3)))]
    parents = dict(zip(names, [*names[1:], names[0]], strict=True))
    for row in w.referrals:
        row["parent_id"] = parents.get(row["referral_id"], row["parent_id"])
    on = w.some_day()
    for event in w.events:
        if event["referral_id"] in parents:
            event["on"] = on
    if w.chance(0.6):
        w.live_through(w.new_referral(names[0]), on + timedelta(days=3), depth=2)


def _survivors_in_a_circle(w: World) -> None:
    """One, two or three duplicates of each other, and perhaps a duplicate of one of them.

    Now and then the circle is open after all: a later closure names nobody, or a closure is malformed.
    """
    length = w.rng.choice((1, 2, 3))
    names = [w.fresh()["referral_id"] for _ in range(length + w.rng.choice((0, 1)))]
    for at, name in enumerate(names):
        on = w.history(name)[-1]["on"]
        w.add(name, "accept", on)
        survivor = names[(at + 1) % length] if at < length else names[0]
        columns = {"disposition": "closed", "reason": w.rng.choice(sorted(SURVIVED)), "other_id": survivor}
        closing = w.add(name, "close", on + timedelta(days=10), **columns)
        if w.chance(0.1):
            w.add(name, "close", on + timedelta(days=11), **columns | {"other_id": None})
        elif w.chance(0.1):
            closing["disposition"] = None


def _duplicate_within_the_family(w: World) -> None:
    """A child that is a duplicate of its parent, or of each other, or a grandchild of the first.

    Now and then an elder child opens the circle.
    """
    parent = w.fresh()["referral_id"]
    kind = w.rng.randrange(4)
    if kind == 0:
        is_another(w, hands_on(w, parent, w.rng.choice((1, 1, 2)))[0], parent)
    elif kind == 1:
        *_, child = hands_on(w, parent, w.rng.choice((1, 1, 2)))
        (grandchild,) = hands_on(w, child)
        is_another(w, grandchild, w.rng.choice((parent, child)))
    else:
        on = w.history(parent)[-1]["on"]
        *_, child = [w.fresh(parent=parent, on=on)["referral_id"] for _ in range(w.rng.choice((1, 2)))]
        is_another(w, parent, child)
        is_another(w, child if kind == 2 else hands_on(w, child)[0], parent)


def _families_carry_on_each_other(w: World) -> None:
    """Two families whose children are duplicates of the other's root; perhaps somebody looks on."""
    one, two = w.fresh()["referral_id"], w.fresh()["referral_id"]
    (child, *_), (*_, other_child) = hands_on(w, one, w.rng.choice((1, 1, 2))), hands_on(w, two)
    is_another(w, child, two)
    is_another(w, other_child, one)
    if w.chance(0.4):
        is_another(w, w.fresh()["referral_id"], w.rng.choice((one, two, child)))


def _child_of_another(w: World) -> None:
    """A transfer that names a referral of the data that came of another, or of none."""
    transfer = w.some_event("transfer")
    if w.chance(0.4) or transfer["action"] != "transfer":
        parent = w.fresh()["referral_id"]
        hands_on(w, parent)
        transfer = w.live(parent)[-1]
    match w.rng.randrange(4):
        case 0 | 1:
            transfer["other_id"] = w.some_referral()
        case 2:
            named = w.some_referral()
            transfer["other_id"] = named
            for row in w.referrals:
                if row["referral_id"] == named:
                    row["parent_id"] = w.rng.choice((None, f"{w.name}-gone", transfer["referral_id"]))
        case _:  # transferred twice: the last transfer speaks, and may name nobody
            transfer["other_id"] = w.some_referral()
            w.add(
                transfer["referral_id"],
                "transfer",
                transfer["on"],
                other_id=w.rng.choice((None, w.some_referral())),
            )


def _nowhere(w: World) -> None:
    """A territory or level that is no code: told, and counted as ever."""
    for row in w.rng.sample(w.referrals, k=w.rng.choice((1, len(w.referrals)))):
        if w.chance(0.6):
            row["territory"] = w.rng.choice(NO_TERRITORIES)
        if w.chance(0.6):
            row["level"] = w.rng.choice((None, "county", "Local", "unrecorded", "local "))


def _child_too_early(w: World) -> None:
    """A child that came in before its parent, perhaps with a child of its own that came in later."""
    parent = w.some_event("transfer", "made_available")
    on = (parent["on"] or FIRST) - timedelta(days=w.rng.choice((1, 100, 500)))
    child = w.new_referral(parent["referral_id"])
    w.live_through(child, max(on, FIRST - timedelta(days=20)), depth=1)


def _referral_twice(w: World) -> None:
    """A second row for a referral, the same or different."""
    row = dict(w.rng.choice(w.referrals))
    row["observed_from"] = w.referrals[0]["observed_from"]
    for column in ("parent_id", "territory", "observed_through", "incomplete", "source", "agency", "level"):
        if w.chance(0.4):
            other = w.rng.choice(w.referrals)
            needed = column in ("level", "incomplete")
            row[column] = other[column] if needed else w.rng.choice((None, other[column]))
    w.referrals.append(row)


def _number_twice(w: World) -> None:
    """Two events with one number."""
    event = w.some_event()
    if w.chance(0.5):
        again = dict(event)
        if w.chance(0.5) and again["on"] is not None:
            again["on"] += timedelta(days=w.rng.choice((-60, 60)))
        if w.chance(0.2):
            again[w.rng.choice(("action", "reason"))] = "frobnicate"
        w.events.append(again)
    else:
        event["seq"] = max(0, event["seq"] - 1)


def _nothing_happened(w: World) -> None:
    """A referral without events, or with amended ones only."""
    name = w.new_referral(w.rng.choice((None, w.some_referral())))
    if w.chance(0.5):
        w.add(name, "made_available", w.some_day(), superseded_on=LAST)
    if w.chance(0.3):
        w.fresh(parent=name)


def _nobodys_event(w: World) -> None:
    """Events of a referral that the table does not have."""
    for _ in range(w.rng.choice((1, 2))):
        w.add(f"{w.name}-nobody", w.rng.choice(("made_available", "accept", "reopen")), w.some_day())


def _no_date(w: World) -> None:
    """An event without a date."""
    event = w.some_event(*w.rng.choice((("made_available",), ("accept", "close"), ("transfer",))))
    event["on"] = None


def _unknown_word(w: World) -> None:
    """A word that no vocabulary has."""
    event = w.some_event()
    column = w.rng.choice(("action", "disposition", "reason", "level"))
    event[column] = w.rng.choice((None, "frobnicate")) if column == "action" else "frobnicate"


def _misfit(w: World) -> None:
    """Known words that do not go together."""
    event = w.some_event(
        *w.rng.choice((("close",), ("file_charge",), ("accept",), ("administrative_action",), ()))
    )
    match w.rng.randrange(9):
        case 0:
            event |= {"disposition": "closed", "reason": "unfounded", "action": "accept"}
        case 1:
            event |= {"disposition": None}
        case 2:
            event |= {"reason": None, "disposition": "charge"}
        case 3:
            event |= {
                "action": "decide_subject",
                "disposition": "closed",
                "reason": "unfounded",
                "subject_id": None,
            }
        case 4:
            event |= {"action": "arrest", "disposition": None, "reason": None, "level": "local"}
        case 5:
            event |= {"action": "close", "disposition": "closed", "reason": "unfounded", "charge_id": "c1"}
        case 6:
            event |= {
                "action": "confirm_open",
                "disposition": None,
                "reason": None,
                "other_id": w.some_referral(),
            }
        case 7:
            event |= {"action": "close", "disposition": "closed", "reason": "out_of_court_disposal"}
        case _:
            event |= {"action": "close", "disposition": "administrative", "reason": "content_takedown"}


DAMAGES: list[Callable[[World], None]] = [
    _wrong_step,
    _event_gone,
    _unfiled_charge,
    _dates_back,
    _date_far_off,
    _first_far_off,
    _parents_in_a_circle,
    _survivors_in_a_circle,
    _duplicate_within_the_family,
    _families_carry_on_each_other,
    _child_of_another,
    _child_of_another,  # twice: often the child is the right one after all
    _nowhere,
    _child_too_early,
    _referral_twice,
    _number_twice,
    _nothing_happened,
    _nobodys_event,
    _no_date,
    _unknown_word,
    _misfit,
]
