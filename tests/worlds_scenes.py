"""Lawful scenes that chance alone would seldom make: families that lead to each other, or end apart."""

from collections.abc import Callable
from datetime import date, timedelta

from oracle_words import ADMINISTRATIVE_ENDINGS, CLOSED_REASONS, ELSEWHERE, FINAL, SURVIVED
from worlds_lawful import LAST, World

__all__ = ["SCENES", "closes", "hands_on", "is_another"]


def hands_on(w: World, parent: str, children: int = 1, *, on: date | None = None) -> list[str]:
    """Accept a referral that is only made available, transfer it, and give its new children."""
    last = w.history(parent)[-1]["on"]
    day = on or last + timedelta(days=w.rng.choice((0, 3, 40)))
    names = [w.new_referral(parent) for _ in range(children)]
    w.add(parent, "accept", last)
    w.add(parent, "transfer", day, other_id=w.rng.choice((None, *names)))
    for name in names:
        w.add(name, "made_available", day + timedelta(days=w.rng.choice((0, 0, 2))))
    return names


def closes(w: World, name: str, disposition: str, reason: str, other: str | None = None) -> None:
    """Accept a referral that is only made available, and close it."""
    on = w.history(name)[-1]["on"]
    w.add(name, "accept", on)
    day = min(on + timedelta(days=w.rng.choice((0, 5, 60))), LAST)
    w.add(name, "close", day, disposition=disposition, reason=reason, other_id=other)


def is_another(w: World, name: str, other: str) -> None:
    """Close a referral because *other* carries on what it was."""
    closes(w, name, "closed", w.rng.choice(sorted(SURVIVED)), other)


def _its_own_child_carries_on(w: World) -> None:
    """A duplicate that names its child, which came without a transfer: the way ends at the child."""
    name = w.fresh()["referral_id"]
    child = w.new_referral(name)
    w.add(child, "made_available", w.history(name)[-1]["on"])
    is_another(w, name, child)
    if w.chance(0.3):
        hands_on(w, child)


def _a_survivor_goes_before_a_child(w: World) -> None:
    """A duplicate of its parent, which is itself a duplicate of one in another family: the way ends there."""
    name, other = w.fresh()["referral_id"], w.fresh()["referral_id"]
    child = w.new_referral(name)
    w.add(child, "made_available", w.history(name)[-1]["on"])
    is_another(w, name, other)
    is_another(w, child, name)


def _an_elder_child_carries_on(w: World) -> None:
    """A duplicate of its own parent; the parent leads to an elder child, so the way ends there."""
    parent = w.fresh()["referral_id"]
    elder, younger = hands_on(w, parent, 2)
    is_another(w, younger, parent)
    if w.chance(0.3):
        is_another(w, elder, f"{w.name}-gone")


def _two_families_are_one(w: World) -> None:
    """A child that is a duplicate of another family's root, whose child is still there, or goes elsewhere."""
    one, two = w.fresh()["referral_id"], w.fresh()["referral_id"]
    (child,), (other_child,) = hands_on(w, one), hands_on(w, two)
    is_another(w, child, two)
    if w.chance(0.5):
        closes(w, other_child, "closed", w.rng.choice(("unfounded", "merged")))


def _one_may_come_back(w: World) -> None:
    """Two children: one closure may be undone, the other is final."""
    children = hands_on(w, w.fresh()["referral_id"], 2)
    w.rng.shuffle(children)
    back, final = children
    reasons = sorted((CLOSED_REASONS | ADMINISTRATIVE_ENDINGS) - ELSEWHERE)
    for name, able in ((back, [r for r in reasons if r not in FINAL]), (final, sorted(FINAL))):
        reason = w.rng.choice(able)
        closes(w, name, "administrative" if reason in ADMINISTRATIVE_ENDINGS else "closed", reason)


def _ends_in_a_manner_unknown(w: World) -> None:
    """A charge that is said to have ended, and not how; perhaps beside one of which it is known."""
    name, status = w.fresh()["referral_id"], "charge_disposed_unspecified"
    on = w.history(name)[-1]["on"]
    results = [status] if w.chance(0.5) else [status, w.rng.choice(("acquitted", "convicted_plea"))]
    w.rng.shuffle(results)
    w.add(name, "accept", on)
    w.add(name, "open_investigation", on)
    for number in range(len(results)):
        w.add(name, "file_charge", on, disposition="charge", reason="charge_pending", charge_id=f"c{number}")
    for number, reason in enumerate(results):
        day, implied = on + timedelta(days=30 * number), w.chance(0.2)
        w.add(
            *(name, "charge_result", day),
            disposition="charge",
            reason=reason,
            charge_id=f"c{number}",
            implied=implied,
        )


def _some_are_charged_and_some_are_not(w: World) -> None:
    """Several subjects of a case: charged by name or without one, decided or only named; perhaps passed."""
    name = w.fresh()["referral_id"]
    on = w.history(name)[-1]["on"]
    if w.chance(0.4):
        on += timedelta(days=20)
        w.add(name, "accept", on - timedelta(days=20))
        w.add(name, "legal_process", on, subject_id=w.rng.choice(("s1", "s2")))
        w.add(name, "open_investigation", on)
        _decides(w, name, on)
        w.add(name, "transfer", on)
        parent, name = name, w.new_referral(name)
        w.add(name, "made_available", on)
        if w.chance(0.3):
            w.add(w.new_referral(parent), "made_available", on + timedelta(days=w.rng.choice((0, 9))))
    w.add(name, "accept", on)
    w.add(name, "open_investigation", on)
    w.add(name, "arrest", on, subject_id=w.rng.choice(("s1", "s2", None)))
    for _ in range(w.rng.choice((0, 1, 2))):
        on = min(on + timedelta(days=w.rng.choice((0, 5, 60))), LAST)
        _decides(w, name, on)
    for _ in range(w.rng.choice((0, 1, 1, 2))):
        on = min(on + timedelta(days=w.rng.choice((0, 5, 60))), LAST)
        charge = {"disposition": "charge", "subject_id": w.rng.choice((None, None, "s1", "s2"))}
        w.add(name, "file_charge", on, reason="charge_pending", level=w.rng.choice((None, "local")), **charge)
        if w.chance(0.5):
            ended = w.rng.choice(("convicted_plea", "acquitted", "charge_disposed_unspecified"))
            w.add(name, "charge_result", on, reason=ended, **charge)


def _decides(w: World, name: str, on: date) -> None:
    columns = w.something(name, "decide_subject")
    w.add(name, "decide_subject", on, **columns)


SCENES: list[Callable[[World], None]] = [
    _its_own_child_carries_on,
    _a_survivor_goes_before_a_child,
    _an_elder_child_carries_on,
    _two_families_are_one,
    _one_may_come_back,
    _ends_in_a_manner_unknown,
    _some_are_charged_and_some_are_not,
]
