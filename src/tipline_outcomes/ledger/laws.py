"""The laws of accounting. A ledger that breaks one cannot be made."""

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, Frame, Rows, collected, eager
from tipline_outcomes.errors import LedgerImbalanceError, LedgerMismatchError
from tipline_outcomes.ledger.clocks import Clock
from tipline_outcomes.ledger.flows import OUTSIDE, SET_ASIDE, CaseloadFlow
from tipline_outcomes.ledger.spec import LedgerSpec, Unit
from tipline_outcomes.ledger.tables import columns_of
from tipline_outcomes.ledger.waits import LAST_ALWAYS, LAST_UNLESS_LATE
from tipline_outcomes.ledger.words import PLACES
from tipline_outcomes.model import Milestone, Place
from tipline_outcomes.model.pipeline import OPEN_STAGES

__all__ = ["hold_every_unit_counted", "hold_to_the_laws"]


def hold_every_unit_counted(standing: Eager, units: Rows) -> None:
    """Hold the standing table of a log to an independent count of the units that came in.

    Args:
        standing: With ``cell`` and ``n``.
        units: One row a unit received, with ``cell``: counted before anything is known of where they stand.

    Raises:
        LedgerImbalanceError: If a unit was lost, or counted twice.
    """
    received = collected(units.lazy().group_by("cell").agg(n=nw.len().cast(nw.Int64))).select("cell", "n")
    _equal("every unit received is counted once", standing, received, ("cell",))


def hold_to_the_laws(tables: Mapping[str, Frame], spec: LedgerSpec) -> None:
    """Check the laws, in every cell.

    Raises:
        LedgerImbalanceError: Naming the law, the cell and both numbers.
        LedgerMismatchError: If a table has not the columns of the specification.
    """
    by = spec.by
    for name, table in tables.items():
        wanted = list(columns_of(name, by))
        if table.columns != wanted:
            message = f"the table {name} has the columns {table.columns}; it must have {wanted}"
            raise LedgerMismatchError(message)
    standing, waits, movements, stock, measures = (
        eager(tables[name]) for name in ("standing", "waits", "movements", "stock", "measures")
    )
    for name in tables:
        _none("no count is negative", eager(tables[name]), nw.col("n") < 0, name)
    _none("every unit is in one of the places", standing, ~nw.col("place").is_in(list(PLACES)), "standing")
    charged = nw.col("peak").is_in([m.value for m in Milestone if m.rung >= Milestone.CHARGED.rung])
    in_charge = nw.col("place") == Place.CHARGE.value
    out = nw.col("place") == Place.TRANSFERRED_OUT.value
    _none("whoever is charged stands in charge", standing, (charged != in_charge) & ~out, "standing")
    last = nw.col("to").is_in(LAST_ALWAYS) | (nw.col("to").is_in(LAST_UNLESS_LATE) & ~nw.col("late"))
    _equal(
        "the last rows of the clock sum to received",
        standing,
        waits.filter((nw.col("clock") == Clock.RECEIVED.value) & last),
        by,
    )
    entries = movements.filter(nw.col("from") == OUTSIDE)
    _equal("entries in movements are the referrals received", entries, stock, by)
    if spec.unit is Unit.REFERRAL:
        _equal("standing sums to referrals received", standing, entries, by)
    if not spec.unit.moves:
        _none("movements are of referrals", movements, nw.col("n") >= 0, "movements")
    arrived = movements.select(*by, "n", stage="to")
    left = movements.filter(nw.col("from") != OUTSIDE).select(*by, stage="from", n=-nw.col("n"))
    _equal(
        "movements in minus movements out are the stock",
        nw.concat([arrived, left.select(*arrived.columns)], how="vertical"),
        stock,
        (*by, "stage"),
    )

    def through(*, enters: bool, sign: int) -> Eager:
        names = [flow.value for flow in CaseloadFlow if flow.enters is enters]
        moved = movements.filter(nw.col("flow").is_in(names) & (nw.col("to") != SET_ASIDE))
        return moved.select(*by, n=nw.col("n") * sign)

    _equal(
        "what comes into the caseload less what leaves it is open",
        nw.concat([through(enters=True, sign=1), through(enters=False, sign=-1)], how="vertical"),
        stock.filter(nw.col("stage").is_in([stage.value for stage in OPEN_STAGES])),
        by,
    )
    _within("a measure is counted once a unit", measures, standing, (*by, "place", "came_in"))


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
    # The sum is negative exactly where the largest part is more than the whole.
    room = nw.concat([whole.select(*by, "n"), largest.select(*by, n=-nw.col("n"))], how="vertical")
    for row in _summed(room, by, "room").filter(nw.col("room") < 0).head(1).rows(named=True):
        cell = {name: row[name] for name in by}
        there = _at(whole, cell)
        raise LedgerImbalanceError(law=law, cell=_text(cell), left=there - row["room"], right=there)


def _none(law: str, rows: Eager, broken: nw.Expr, table: str) -> None:
    for row in rows.filter(broken).head(1).rows(named=True):
        raise LedgerImbalanceError(law=law, cell=f"{table}: {_text(row)}", left=row["n"], right=0)


def _at(rows: Eager, cell: Mapping[str, object]) -> int:
    for name, value in cell.items():
        rows = rows.filter(nw.col(name).is_null() if value is None else nw.col(name) == value)
    return int(rows["n"].sum())


def _text(cell: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in cell.items()) or "the whole"
