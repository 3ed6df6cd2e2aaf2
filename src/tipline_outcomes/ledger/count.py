"""From an event log to the five tables of counts, whole tables at a time."""

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, Frame, looked_up, translated
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.eventlog.canonical import dimension
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.clocks import Clock, run, with_days_of_charges
from tipline_outcomes.ledger.flows import movements_of, stock_of
from tipline_outcomes.ledger.laws import hold_every_unit_counted
from tipline_outcomes.ledger.placing import Placed, placed
from tipline_outcomes.ledger.reports import reports_of
from tipline_outcomes.ledger.spec import LedgerSpec, Unit
from tipline_outcomes.ledger.subjects import subjects_of
from tipline_outcomes.ledger.tables import TABLES, empty, ordered
from tipline_outcomes.ledger.units import Counted, referrals_of
from tipline_outcomes.ledger.waits import waits_of
from tipline_outcomes.model import Milestone

__all__ = ["count"]

_NULL = "\x00"  # joins do not match nulls, and a dimension's null is a group of its own


def count(log: EventLog, spec: LedgerSpec) -> dict[str, Frame]:
    """Count a log: the tables of a ledger, by name.

    Raises:
        LedgerMismatchError: If the log has no such units.
        LedgerImbalanceError: If a unit were lost, or counted twice.
    """
    day = (spec.as_of - EPOCH).days
    standing = placed(log, day)
    found = _units(log, standing, spec.unit, day)
    cells, labels = _cells(found.dimensions, spec.by)
    units, received = (
        rows.with_columns(cell=translated(rows["unit"], cells["unit"], cells["cell"]))
        for rows in (found.units, found.received)
    )
    where = _standing(units)
    hold_every_unit_counted(where, received)
    counted = {
        "standing": where,
        "waits": _waits(units, found, day, spec),
        "measures": _measures(found.measures, units),
    }
    if spec.unit.moves:
        of_referrals = cells.rename({"unit": "rid"})
        counted["movements"] = movements_of(standing, of_referrals, spec.period)
        counted["stock"] = stock_of(standing, of_referrals)
    return {
        name: ordered(_labelled(counted[name], labels, spec.by), spec.by, name)
        if name in counted
        else empty(name, spec.by)
        for name in TABLES
    }


def _units(log: EventLog, standing: Placed, unit: Unit, day: int) -> Counted:
    match unit:
        case Unit.REPORT:
            return reports_of(log, standing, day=day)
        case Unit.SUBJECT:
            return subjects_of(log, standing, day=day)
        case Unit.FAMILY | Unit.REFERRAL:
            return referrals_of(log, standing, unit=unit, day=day)


def _waits(units: Eager, found: Counted, day: int, spec: LedgerSpec) -> Eager:
    """Count what every clock shows."""
    changes = with_days_of_charges(found.changes, found.marks)
    clocks = ((clock, run(clock, units, changes, found.marks)) for clock in Clock)
    return nw.concat(
        [waits_of(*timed, clock=clock, day=day, horizons=spec.horizons) for clock, timed in clocks],
        how="vertical",
    )


def _cells(dimensions: Eager, by: tuple[str, ...]) -> tuple[Eager, Eager]:
    """Number the combinations of dimensions that occur, so that counting groups by one small integer."""
    names = [dimension(name) for name in by]
    keys = dimensions.select("unit", *(nw.col(name).fill_null(_NULL) for name in names))
    if not by:
        return keys.with_columns(cell=nw.lit(0)), keys.head(0).select(cell=nw.col("unit"))
    labels = keys.select(*names).unique().sort(*names).with_row_index("cell")
    return keys.join(labels, on=names, how="left").select("unit", "cell"), labels


def _labelled(counted: Eager, labels: Eager, by: tuple[str, ...]) -> Eager:
    if not by:
        return counted.drop("cell")
    inside = {dimension(name): name for name in by}
    texts = (nw.when(nw.col(name) != _NULL).then(nw.col(name)).alias(name) for name in inside)
    return counted.join(labels.with_columns(*texts), on="cell", how="left").drop("cell").rename(inside)


def _standing(units: Eager) -> Eager:
    keys = ("cell", "peak", "stated", "place", "reason", "levels", "open", "undated", "late", "came_in")
    rungs = {milestone.rung: milestone.value for milestone in Milestone}
    counted = units.lazy().group_by(*keys).agg(n=nw.len().cast(nw.Int64)).collect()
    levels = {bits: words.level_text(bits) for bits in counted["levels"].unique().to_list()}
    named = counted.with_columns(
        looked_up(nw.col("peak"), rungs),
        looked_up(nw.col("stated"), rungs),
        looked_up(nw.col("place"), words.PLACE_NAMES),
        looked_up(nw.col("reason"), words.REASON_NAMES),
        looked_up(nw.col("open"), words.OPEN_NAMES),
        looked_up(nw.col("levels"), levels) if levels else nw.col("levels").cast(nw.String),
    )
    # Sets of levels can read the same: one that is stated and implied is stated.
    return named.group_by(*keys).agg(nw.col("n").sum())


def _measures(taken: Eager, units: Eager) -> Eager:
    """Count the units with each measure, beside whatever place they have."""
    # One number in place of two is told apart several times as fast.
    packed = nw.col("unit").cast(nw.Int64) * codes.NOT_A_WORD + nw.col("reason")
    once = taken.lazy().select(packed=packed).unique()
    return (
        once.select(
            unit=nw.col("packed") // codes.NOT_A_WORD,
            reason=(nw.col("packed") % codes.NOT_A_WORD).cast(nw.Int32),
        )
        .join(units.lazy().select("unit", "cell", "place"), on="unit", how="inner")
        .group_by("cell", "place", "reason")
        .agg(n=nw.len().cast(nw.Int64))
        .collect()
        .select(
            "cell",
            looked_up(nw.col("place"), words.PLACE_NAMES),
            looked_up(nw.col("reason"), codes.REASON_NAMES).alias("measure"),
            "n",
        )
    )
