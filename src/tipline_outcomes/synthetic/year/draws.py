"""Chance for whole columns: a draw is a function of a row's key and of what is drawn, and of nothing else.

So the order in which rows are worked on, and in how many parts, changes nothing. The generator is "Squares"
(B. Widynski, "Squares: A Fast Counter-Based RNG", arXiv:2004.06278): whole numbers of 64 bits that wrap, with
no more than sums, products and halves that change places. Sums and products alone would not do: two draws
from one key would differ by the same in every row. Of a delay, every machine rounds the one division and the
one square root alike.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final, TypeAlias

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager
from tipline_outcomes.synthetic.chance import PER_CENT, PER_MILLE

__all__ = ["below", "days", "drawn", "happens", "keyed", "picked"]

Column: TypeAlias = nw.Series[Any]

_HALF: Final = 1 << 32


def _lit(value: int) -> nw.Expr:
    return nw.lit(value, dtype=nw.UInt64)


def _squares(counters: Column, *what: int | str) -> Column:
    """Give 32 bits for each counter; what is drawn makes the key of the generator."""
    key = int.from_bytes(sha256(repr(what).encode()).digest()[:8], "big") | 1
    # Step by step: as one expression it would be worked out four times as often with every round.
    rows = counters.alias("y").to_frame().with_columns(y=nw.col("y") * _lit(key))
    rows = rows.with_columns(z=nw.col("y") + _lit(key), x="y")
    x = nw.col("x")
    for added in ("y", "z", "y"):
        rows = rows.with_columns(x=x * x + nw.col(added))
        rows = rows.with_columns(x=x // _lit(_HALF) + x * _lit(_HALF))
    return rows.select(x=(x * x + nw.col("z")) // _lit(_HALF))["x"]


def keyed(numbers: Column, *what: int | str) -> Column:
    """Make keys of 64 bits from numbers."""
    counters = numbers.cast(nw.UInt64)
    halves = _squares(counters, *what, "upper").alias("upper").to_frame()
    halves = halves.with_columns(_squares(counters, *what, "lower").alias("lower"))
    return halves.select(key=nw.col("upper") * _lit(_HALF) + nw.col("lower"))["key"]


def drawn(rows: Eager, *what: int | str, key: str = "key") -> Column:
    """Draw a number of 32 bits for each row, each number as likely as the others.

    Args:
        rows: The rows.
        what: What is drawn: another name, another draw.
        key: The column that holds their keys.
    """
    return _squares(rows[key], *what)


def below(draw: Column, n: int | nw.Expr) -> nw.Expr:
    """Turn a draw into a whole number from 0 to n - 1, for n of at most 32 bits."""
    limit = _lit(n) if isinstance(n, int) else n.cast(nw.UInt64)
    return (limit * draw // _lit(_HALF)).cast(nw.Int64)


def happens(draw: Column, per_mille: int | nw.Expr, of: int = PER_MILLE) -> nw.Expr:
    """Turn a draw into yes or no, with a chance in thousandths unless it says otherwise."""
    return below(draw, of) < per_mille


def picked(draw: Column, weights: Sequence[int | nw.Expr]) -> nw.Expr:
    """Turn a draw into the place of one of several weights, each as often as it weighs; null if none does."""
    total: int | nw.Expr = 0
    bounds: list[int | nw.Expr] = []
    for weight in weights:
        total = weight + total
        bounds.append(total)
    point = below(draw, total)
    choice = nw.lit(None, dtype=nw.Int64)
    for place, bound in reversed(tuple(enumerate(bounds))):
        choice = nw.when(point < bound).then(nw.lit(place, dtype=nw.Int64)).otherwise(choice)
    return choice


def days(draw: Column, median: int | nw.Expr, pace: int | nw.Expr = PER_CENT) -> nw.Expr:
    """Turn a draw into a delay, as `tipline_outcomes.synthetic.chance.Chance.days` does."""
    odds = nw.lit(1.0) * (draw.cast(nw.Float64) / (float(_HALF) - draw.cast(nw.Float64))).sqrt()
    return (odds * (median * pace) / float(PER_CENT)).cast(nw.Int64)
