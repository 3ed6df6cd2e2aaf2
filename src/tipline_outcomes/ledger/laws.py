"""The laws of accounting. A ledger that breaks one cannot be made."""

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, Frame, eager
from tipline_outcomes.errors import LedgerImbalanceError
from tipline_outcomes.ledger.flows import OUTSIDE
from tipline_outcomes.ledger.spec import LedgerSpec, Unit
from tipline_outcomes.ledger.waits import CLOCK, LAST_ALWAYS, LAST_UNLESS_LATE

__all__ = ["hold_to_the_laws"]


def hold_to_the_laws(tables: Mapping[str, Frame], spec: LedgerSpec) -> None:
    """Check the laws, in every cell.

    Raises:
        LedgerImbalanceError: Naming the law, the cell and both numbers.
    """
    by = spec.by
    standing, waits, movements, stock, measures = (
        eager(tables[name]) for name in ("standing", "waits", "movements", "stock", "measures")
    )
    for name in tables:
        _no_negative(eager(tables[name]), name)
    last = nw.col("to").is_in(LAST_ALWAYS) | (nw.col("to").is_in(LAST_UNLESS_LATE) & ~nw.col("late"))
    _equal(
        "the last rows of the clock sum to received",
        standing,
        waits.filter((nw.col("clock") == CLOCK) & last),
        by,
    )
    entries = movements.filter(nw.col("from") == OUTSIDE)
    _equal("entries in movements are the referrals received", entries, stock, by)
    if spec.unit is Unit.REFERRAL:
        _equal("standing sums to referrals received", standing, entries, by)
    arrived = movements.select(*by, "n", stage="to")
    left = movements.filter(nw.col("from") != OUTSIDE).select(*by, stage="from", n=-nw.col("n"))
    _equal(
        "movements in minus movements out are the stock",
        nw.concat([arrived, left.select(*arrived.columns)], how="vertical"),
        stock,
        (*by, "stage"),
    )
    _within("a measure is counted once a unit", measures, standing, (*by, "place"))


def _summed(rows: Eager, by: tuple[str, ...], name: str) -> Eager:
    if not by:
        return rows.select(nw.col("n").sum().alias(name))
    return rows.group_by(*by).agg(nw.col("n").sum().alias(name))


def _equal(law: str, left: Eager, right: Eager, by: tuple[str, ...]) -> None:
    """Hold the sums of two tables to each other in every cell; a cell that one of them lacks counts 0."""
    signed = nw.concat([left.select(*by, "n"), right.select(*by, n=-nw.col("n"))], how="vertical")
    for row in _summed(signed, by, "difference").filter(nw.col("difference") != 0).head(1).rows(named=True):
        cell = {name: row[name] for name in by}
        raise LedgerImbalanceError(law=law, cell=_text(cell), left=_at(left, cell), right=_at(right, cell))


def _within(law: str, parts: Eager, whole: Eager, by: tuple[str, ...]) -> None:
    """Hold every single count of *parts* to the sum of its cell in *whole*."""
    largest = parts.group_by(*by).agg(nw.col("n").max())
    for row in largest.rows(named=True) if not largest.is_empty() else ():
        cell = {name: row[name] for name in by}
        if row["n"] > (there := _at(whole, cell)):
            raise LedgerImbalanceError(law=law, cell=_text(cell), left=row["n"], right=there)


def _no_negative(rows: Eager, name: str) -> None:
    for row in rows.filter(nw.col("n") < 0).head(1).rows(named=True):
        raise LedgerImbalanceError(
            law="no count is negative", cell=f"{name}: {_text(row)}", left=row["n"], right=0
        )


def _at(rows: Eager, cell: Mapping[str, object]) -> int:
    for name, value in cell.items():
        rows = rows.filter(nw.col(name).is_null() if value is None else nw.col(name) == value)
    return int(rows["n"].sum())


def _text(cell: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in cell.items()) or "the whole"
