"""The rows of one table, and what a profile reads in them."""

from typing import Any, Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, Frame, together
from tipline_outcomes.exchange.extracts.days import DayReader
from tipline_outcomes.exchange.extracts.parts import Columns
from tipline_outcomes.exchange.extracts.profile import Profile

__all__ = ["ROW", "Table"]

ROW: Final = "row"
"""The column that numbers the rows of a table."""


@frozen
class Table:
    """The rows of one table.

    Attributes:
        name: The file's name.
        read: How many rows it has.
        frame: The rows that are whole, with `ROW` and the columns that the profile reads.
        bad: The others: ``row``, ``rule``, ``detail``.
        legible: What the others seem to say, as far as it can be told, in the columns of *frame*.
        days: How its days are read.
        profile: The profile, which may translate values.
    """

    name: str
    read: int
    frame: Eager
    bad: Frame
    legible: Eager
    days: DayReader
    profile: Profile

    def text(self, columns: Columns) -> nw.Expr:
        """Give the first of several columns that is not blank, as text."""
        return _first([nw.col(name).cast(nw.String) for name in columns], nw.String())

    def value(self, columns: Columns) -> nw.Expr:
        """Do as `text` does, with the values translated where the profile has a map for their column."""
        found: list[nw.Expr] = []
        blank: str | None = None
        for column in columns:
            raw, values = nw.col(column).cast(nw.String), self.profile.values(column)
            if values:
                blank = values.get("", blank)
                new = raw.replace_strict(
                    list(values), list(values.values()), default=None, return_dtype=nw.String
                )
                raw = nw.coalesce(new, raw)
            found.append(raw)
        value = _first(found, nw.String())
        return value if blank is None else value.fill_null(blank)

    def told(self, columns: Columns) -> nw.Expr:
        """Name the first of several columns that is not blank, with its text; if all are blank, name all."""
        named = [
            nw.concat_str(nw.lit(f"{name} '"), nw.col(name).cast(nw.String), nw.lit("'")) for name in columns
        ]
        return nw.coalesce(*named, nw.lit(", ".join(columns)))

    def day(self, columns: Columns) -> nw.Series[Any]:
        """Read the first of several columns that is not blank, as `DayReader` numbers days."""
        days = together([self.days.read(self.frame[name]) for name in columns], self.frame.shape[0])
        first = _first([nw.col(name) for name in days.columns if name != ROW], nw.Int32())
        return days.with_columns(day=first.cast(nw.Int32))["day"]


def _first(columns: list[nw.Expr], kind: nw.dtypes.DType) -> nw.Expr:
    if not columns:
        return nw.lit(None, dtype=kind)
    return columns[0] if len(columns) == 1 else nw.coalesce(*columns)
