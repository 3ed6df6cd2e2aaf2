"""The oracle's rates: what the cells of the table standing say about a milestone, added up naively."""

from collections import Counter
from fractions import Fraction
from typing import Any

from oracle_words import LADDER

__all__ = ["Cells", "by_group", "rate"]

Cells = Counter[tuple[Any, ...]]


def by_group(table: Cells, dimensions: int) -> dict[tuple[Any, ...], Cells]:
    """Split a table by its first columns."""
    groups: dict[tuple[Any, ...], Cells] = {}
    for key, n in table.items():
        groups.setdefault(key[:dimensions], Counter())[key[dimensions:]] += n
    return groups


def rate(standing: Cells, milestone: str, level: str | None = None) -> dict[str, Any]:
    """Count the rate of a milestone from cells of the table standing, of one group or of all.

    Leading columns of dimensions are passed over. *level* is for the milestone charged only.
    """
    k = LADDER.index(milestone)
    parts = ("reached", "implied", "lost", "pending", "unknown")
    count = dict.fromkeys((*parts, "received", "excluded", "transferred_out", "unlinked", "reopenable"), 0)
    for key, n in standing.items():
        peak, stated, place, reason, levels, is_open, _, _, _, _ = key[-10:]
        named = levels.split(",")
        stated_there = level is None or level in named
        implied_there = stated_there or f"implied:{level}" in named
        not_recorded = level is not None and ("unrecorded" in named or "implied:unrecorded" in named)
        count["received"] += n
        if place in ("excluded", "transferred_out"):
            count[place] += n
            if reason.startswith("unlinked:"):
                count["unlinked"] += n
        elif LADDER.index(stated) >= k and stated_there:
            count["reached"] += n
        elif LADDER.index(peak) >= k and implied_there:
            count["implied"] += n
        elif LADDER.index(peak) >= k and not_recorded:
            count["unknown"] += n
        else:
            fates = {"no": "lost", "reopenable": "lost", "watched": "pending", "unwatched": "unknown"}
            count[fates[is_open]] += n
            if is_open == "reopenable":
                count["reopenable"] += n

    base = sum(count[part] for part in parts) + count["unlinked"]
    most = base - count["lost"]
    return {
        **count,
        "lower": _over(count["reached"], base),
        "upper": _over(most, base),
        "upper_by_as_of": _over(most - count["pending"], base),
        "resolved": _over(count["reached"], count["reached"] + count["lost"]),
    }


def _over(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
