"""Events in codes, from whoever knows them so: the words are written out only when somebody reads them."""

from collections.abc import Mapping
from math import prod
from typing import Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, Frame, eager, looked_up
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.columns import EVENT_COLUMNS

__all__ = ["TOLD", "Told", "in_words", "renumbered"]

_WORDS: Final[Mapping[str, Mapping[int, str]]] = {
    column: {code: word for word, code in known.items()} for column, known in codes.WORDS.items()
}
_COLUMNS: Final[Mapping[str, nw.dtypes.DType]] = {
    **dict.fromkeys(("rid", "seq"), nw.Int64()),
    "day": nw.Int32(),
    **dict.fromkeys(("action", "kind", "reason", "level"), nw.Int32()),
    **dict.fromkeys(("subject_id", "charge_id", "other_id"), nw.String()),
    "implied": nw.Boolean(),
    "amended": nw.Int32(),
}

_MOST: Final = (1 << 63) - 1

TOLD: Final = tuple(_COLUMNS)
"""The columns of events in codes."""


@frozen
class Told:
    """The event table in codes.

    Attributes:
        rows: One row an event, in the order of ``rid`` (the row of its referral in the referral table) and
            ``seq``: the columns of `TOLD`. ``day`` and ``amended`` (when it was superseded) count from
            1970-01-01; ``action``, ``kind``, ``reason`` and ``level`` are the codes of
            `tipline_outcomes.eventlog.codes`.
    """

    rows: Eager

    @classmethod
    def of(cls, rows: Eager) -> "Told":
        """Take ordered rows as events in codes; a column that is missing holds nothing."""
        given = (
            (nw.col(name) if name in rows.columns else nw.lit(None)).cast(kind).alias(name)
            for name, kind in _COLUMNS.items()
        )
        return cls(rows.with_columns(*given).select(*_COLUMNS))

    @property
    def live(self) -> Eager:
        """The events that are not amended, each with its ``row``."""
        rows = self.rows.with_row_index("row")
        amended = rows["amended"]
        return (rows.filter(amended.is_null()) if (~amended.is_null()).any() else rows).drop("amended")

    def table(self, referrals: Frame) -> Frame:
        """Write the event table."""
        ids = eager(referrals)["referral_id"]
        rows = in_words(self.rows).with_columns(
            nw.col("day").cast(nw.Date).alias("on"),
            nw.col("amended").cast(nw.Date).alias("superseded_on"),
            referral_id=ids[self.rows["rid"]],
        )
        table: Frame = rows.select(*EVENT_COLUMNS).to_native()
        return table


def in_words(rows: Eager) -> Eager:
    """Write codes out as words: the column ``kind`` becomes ``disposition``."""
    rows = rows.rename({"kind": "disposition"})
    return rows.with_columns(**{column: looked_up(nw.col(column), words) for column, words in _WORDS.items()})


def renumbered(rows: Eager, *order: str) -> Eager:
    """Put rows into an order within their referrals, nulls first, and number them from 0 in ``seq``.

    >>> rows = nw.from_dict({"rid": [1, 0, 1], "day": [7, 9, 3]}, backend="polars")
    >>> renumbered(rows, "day").rows()
    [(0, 9, 0), (1, 3, 0), (1, 7, 1)]
    """
    rows = _sorted(rows, ("rid", *order)).drop("seq", strict=False).with_row_index("i")
    number = nw.col("i").cast(nw.Int64)
    begins = (nw.col("rid") != nw.col("rid").shift(1)).fill_null(value=True)
    begun = nw.when(begins).then(number).fill_null(strategy="forward")
    return rows.with_columns(seq=number - begun).drop("i")


def _sorted(rows: Eager, keys: tuple[str, ...]) -> Eager:
    if rows.is_empty():
        return rows
    least = {key: int(rows[key].min() or 0) for key in keys}
    sizes = {key: int(rows[key].max() or 0) - least[key] + 2 for key in keys}
    if prod(sizes.values()) > _MOST:
        return rows.sort(*keys)
    # One number in place of several sorts several times as fast.
    packed = nw.lit(0, dtype=nw.Int64)
    for key in keys:
        packed = packed * sizes[key] + (nw.col(key).cast(nw.Int64) - (least[key] - 1)).fill_null(0)
    return rows.with_columns(packed=packed).sort("packed").drop("packed")
