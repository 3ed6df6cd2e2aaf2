"""Following links between referrals to their end: parents to the root, duplicates to the survivor.

Chains are few and short, but nothing says so in the data, so the length is never assumed: every round doubles
how far each node has looked ahead, and whatever is not at an end after log2(n) rounds never ends.
"""

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager

__all__ = ["ends_of"]


def ends_of(links: Eager) -> Eager:
    """Follow every link to its end.

    Args:
        links: Columns ``node`` (unique) and ``to`` (never null), of one type.

    Returns:
        Columns ``node`` and ``end``: the last node that the links lead to, itself without a link; null
        where the links run in a circle, on it or towards it.
    """
    ahead = links.select("node", end=nw.col("to"))
    rounds = max(len(links), 1).bit_length() + 1
    for _ in range(rounds):
        hop = ahead.select(end=nw.col("node"), further=nw.col("end"))
        ahead = ahead.join(hop, on="end", how="left")
        if ahead["further"].is_null().all():
            return ahead.select("node", "end")
        ahead = ahead.select("node", end=nw.coalesce("further", "end"))
    hop = links.select(end=nw.col("node"), circling=nw.lit(value=True))
    return ahead.join(hop, on="end", how="left").select(
        "node", end=nw.when(nw.col("circling").is_null()).then(nw.col("end"))
    )
