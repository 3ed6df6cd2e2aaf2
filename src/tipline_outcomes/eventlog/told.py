"""Events in codes, from whoever knows them so: the words are written out only when somebody reads them."""

from collections.abc import Mapping, Sequence
from typing import Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, Frame, eager, looked_up
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.columns import EVENT_COLUMNS
from tipline_outcomes.eventlog.order import packed

__all__ = ["TOLD", "Told", "in_words", "renumbered"]

_WORDS: Final[Mapping[str, Mapping[int, str]]] = {
    column: {code: word for word, code in known.items()} for column, known in codes.WORDS.items()
}
_COLUMNS: Final[Mapping[str, nw.dtypes.DType]] = {
    "rid": nw.Int64(),
    **dict.fromkeys(("seq", "day"), nw.Int32()),
    **dict.fromkeys(("action", "kind", "reason", "level"), nw.Int16()),
    **dict.fromkeys(("subject_id", "charge_id", "other_id"), nw.String()),
    **dict.fromkeys(("implied", "lossy"), nw.Boolean()),
    "amended": nw.Int32(),
}

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
        told = rows.with_columns(*given).with_columns(nw.col("lossy").fill_null(value=False))
        return cls(told.select(*_COLUMNS))

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
            nw.col("seq").cast(nw.Int64),
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


def renumbered(parts: Sequence[Eager], order: Sequence[str], *, drop: Sequence[str] = ()) -> Eager:
    """Put the events of several tables into one, in an order within their referrals, and number them.

    Args:
        parts: The tables, each with ``rid``. What one lacks of the columns of another is null there.
        order: Columns of whole numbers by which a referral's events are ordered, nulls first.
        drop: Columns that nobody needs afterwards.

    Returns:
        The rows by ``rid``, numbered from 0 in ``seq``.

    >>> tables = {"rid": [1, 0], "day": [9, 9]}, {"rid": [1]}
    >>> renumbered([nw.from_dict(table, backend="polars") for table in tables], ["day"]).rows()
    [(0, 9, 0), (1, None, 0), (1, 9, 1)]
    """
    keys = ("rid", *order)
    by = packed(parts, keys)
    told = nw.concat([part.lazy() for part in parts], how="diagonal")
    told = told.sort(*keys) if by is None else told.with_columns(packed=by).sort("packed").drop("packed")
    rows = told.drop("seq", *drop, strict=False).collect().with_row_index("i")
    begins = (nw.col("rid") != nw.col("rid").shift(1)).fill_null(value=True)
    begun = nw.when(begins).then(nw.col("i")).fill_null(strategy="forward")
    return rows.with_columns(seq=(nw.col("i") - begun).cast(nw.Int32)).drop("i")
