"""The oracle of filling: gaps completed history by history, on dict rows; nothing comes from the package."""

from oracle_rules import Record, Row, walk
from oracle_words import ALLOWED, TARGETS

__all__ = ["STEPS", "filled", "way"]

STEPS = (
    "accept",
    "open_investigation",
    "set_inactive",
    "resume",
    "present_to_prosecutor",
    "return_to_investigation",
    "reopen",
)
"""What may be added on the way to an event, in the order of the vocabulary."""

MOST_STEPS = 6


def filled(events: list[Row], referrals: list[Row]) -> list[Row]:
    """Give the events with every gap filled that can be; the rows of complete histories are the very same."""
    record = Record(events, referrals)
    histories: dict[str, list[Row]] = {}
    for event in events:
        histories.setdefault(event["referral_id"], []).append(event)
    made: list[Row] = []
    for name, history in histories.items():
        if name not in record.rows or name in record.malformed:
            made += history
            continue
        # Amended rows go before others with their number.
        told = sorted(history, key=lambda event: (event["seq"], event["superseded_on"] is None))
        whole = with_steps(with_filings(told))
        made += history if len(whole) == len(told) else [e | {"seq": n} for n, e in enumerate(whole)]
    return made


def live(history: list[Row]) -> list[Row]:
    return [event for event in history if event["superseded_on"] is None]


def charges_of(history: list[Row], subject: str | None) -> list[Row]:
    return [e for e in live(history) if e["disposition"] == "charge" and e["subject_id"] == subject]


def with_filings(history: list[Row]) -> list[Row]:
    """File what has a result and was never filed; what is no longer named by its place is named itself."""
    after: dict[int, list[Row]] = {}
    before: dict[int, Row] = {}
    names: dict[int, str] = {}
    for step in walk(live(history)):
        result = step["event"]
        if not step["unfiled"]:
            continue
        charges = charges_of(history, result["subject_id"])
        earlier = charges[: positions(charges)[id(result)]]
        stated = [e for e in earlier if e["action"] == "file_charge" and not e["implied"]]
        if not stated:
            before[id(result)] = filing(result, result["charge_id"], result["on"], result["level"])
            continue
        beside = stated[-1]
        group = after.setdefault(id(beside), [])
        group.append(filing(result, result["charge_id"], beside["on"], result["level"]))
    for at, group in after.items():
        group.sort(key=lambda added: added["charge_id"])
        (beside,) = [event for event in history if id(event) == at]
        charges = charges_of(history, beside["subject_id"])
        named = [event for event in charges if event["charge_id"] is not None]
        if positions(charges)[id(named[0])] > positions(charges)[at]:
            # Nothing is named yet: the group would come before the name that all without one stand for.
            names |= {id(event): named[0]["charge_id"] for event in charges if event["charge_id"] is None}
    made = []
    for event in history:
        name = {"charge_id": names[id(event)]} if id(event) in names else {}
        made += [before[id(event)] | name] if id(event) in before else []
        made += [event | name, *after.get(id(event), [])]
    return made


def positions(history: list[Row]) -> dict[int, int]:
    return {id(event): at for at, event in enumerate(history)}


def filing(like: Row, charge: str | None, on: object, level: str | None) -> Row:
    added = nothing_but(like, "file_charge", on)
    return added | {
        "disposition": "charge",
        "reason": "charge_pending",
        "level": level,
        "subject_id": like["subject_id"],
        "charge_id": charge,
    }


def nothing_but(like: Row, action: str, on: object) -> Row:
    empty = dict.fromkeys(like)
    return empty | {
        "referral_id": like["referral_id"],
        "on": on,
        "action": action,
        "implied": True,
        "lossy": False,
    }


def with_steps(history: list[Row]) -> list[Row]:
    """Add the steps that lead to what is not allowed where the history has got to by then."""
    made: list[Row] = []
    for event in history:
        if event["superseded_on"] is None:
            so_far = walk(live(made))
            steps = way(so_far[-1]["after"] if so_far else None, event["action"]) or ()
            made += [nothing_but(event, step, event["on"]) for step in steps]
        made.append(event)
    return made


def way(stage: str | None, action: str) -> tuple[str, ...] | None:
    """Try all ways with no step, then all with one, and so on; none is longer than there are stages."""
    ways: list[tuple[str | None, tuple[str, ...]]] = [(stage, ())]
    for _ in range(MOST_STEPS):
        for here, steps in ways:
            if here in ALLOWED[action]:
                return steps
        ways = [
            (TARGETS[step], (*steps, step)) for here, steps in ways for step in STEPS if here in ALLOWED[step]
        ]
    return None
