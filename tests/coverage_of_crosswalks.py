"""What the page on crosswalks shows of them: its tables, as a head and rows."""

from collections import Counter
from collections.abc import Iterable

from tipline_outcomes import Crosswalk, CrosswalkRow, Verification, crosswalks
from tipline_outcomes.model import AdministrativeReason, ChargeStatus, ClosedReason

__all__ = ["gaps", "lists", "reach"]

Table = tuple[tuple[str, ...], Iterable[tuple[str, ...]]]

UNVERIFIED = Verification.UNVERIFIED


def lists() -> Table:
    """The crosswalks, and where they come from."""
    head = ("name", "standard", "edition", "how far it was read", "licence or attribution")
    return head, (
        (f"`{known.name}`", known.standard, known.edition, known.checked, known.terms)
        for known in crosswalks()
    )


def reach() -> Table:
    """How many codes of each say something, how many lose something, and what they reach."""
    head = ("name", "rows", "mapped", "lossy", "unverified", "reasons that it covers")
    return head, ((f"`{known.name}`", *counts(known), reasons(known)) for known in crosswalks())


def counts(known: Crosswalk) -> tuple[str, ...]:
    rows = known.rows
    says = [row for row in rows if row.kind is not None or row.action is not None]
    mapped = sum(row.verified is not UNVERIFIED for row in says)
    unverified = sum(row.verified is UNVERIFIED for row in rows)
    return tuple(map(str, (len(rows), mapped, sum(row.lossy for row in rows), unverified)))


def reasons(known: Crosswalk) -> str:
    """The reasons that verified rows reach; in brackets those that only lossy ones reach."""
    sound = [row for row in known.rows if row.reason is not None and row.verified is not UNVERIFIED]
    whole = {row.reason for row in sound if not row.lossy}
    said = dict.fromkeys(row.reason for row in sound)
    return ", ".join(f"`{reason}`" if reason in whole else f"(`{reason}`)" for reason in said)


def gaps() -> Table:
    """The reasons that no verified row reaches without loss, and what reaches them instead."""
    head = ("reason", "meaning", "lossy rows", "unverified rows")
    rows = [row for known in crosswalks() for row in known.rows if row.reason is not None]
    whole = {row.reason for row in rows if not row.lossy and row.verified is not UNVERIFIED}
    missing = [
        r for words in (ChargeStatus, AdministrativeReason, ClosedReason) for r in words if r not in whole
    ]
    return head, (
        (
            f"`{reason}`",
            reason.meaning,
            numbers(row for row in rows if row.reason is reason and row.verified is not UNVERIFIED),
            numbers(row for row in rows if row.reason is reason and row.verified is UNVERIFIED),
        )
        for reason in missing
    )


def numbers(rows: Iterable[CrosswalkRow]) -> str:
    counted = Counter(row.crosswalk for row in rows)
    return ", ".join(f"`{name}` {n}" for name, n in counted.items()) or "none"
