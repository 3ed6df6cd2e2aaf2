"""From an event log to the five tables of counts, whole tables at a time."""

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import (
    AnyRows,
    Eager,
    Frame,
    Lazy,
    Rows,
    collected,
    for_a_while,
    looked_up,
    settled,
    taken_from,
)
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.eventlog.canonical import dimension
from tipline_outcomes.eventlog.windows import Windowed
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.clocks import Clock, run, with_days_of_charges
from tipline_outcomes.ledger.flows import movements_of, stock_of
from tipline_outcomes.ledger.laws import hold_every_unit_counted
from tipline_outcomes.ledger.placing import Placed, placed, placed_alone
from tipline_outcomes.ledger.reports import reports_of
from tipline_outcomes.ledger.spec import LedgerSpec, Unit
from tipline_outcomes.ledger.subjects import subjects_of
from tipline_outcomes.ledger.tables import TABLES, added, empty, ordered
from tipline_outcomes.ledger.units import Counted, alone, referrals_of
from tipline_outcomes.ledger.waits import waits_of
from tipline_outcomes.model import Milestone

__all__ = ["count"]

_NULL = "\x00"  # joins do not match nulls, and a dimension's null is a group of its own


def count(log: EventLog, spec: LedgerSpec) -> dict[str, Frame]:
    """Count a log: the tables of a ledger, by name.

    A log on an engine of its own is counted there but for the referrals that name one another; these are
    counted here. Ledgers of parts that have no unit in common add up to the ledger of the whole.

    Raises:
        LedgerMismatchError: If the log has no such units.
        LedgerImbalanceError: If a unit were lost, or counted twice.
    """
    if log.windowed is None or not spec.unit.moves:
        return _count_here(log, spec)
    with for_a_while():
        there = _count_there(log.windowed, spec)
    parts = (there, _count_here(log.linked, spec))
    return {name: added([part[name] for part in parts], spec.by, name) for name in TABLES}


def _count_here(log: EventLog, spec: LedgerSpec) -> dict[str, Frame]:
    day = (spec.as_of - EPOCH).days
    standing = placed(log, day)
    found = _units(log, standing, spec.unit, day)
    cells, labels = _cells(found.dimensions, spec.by)
    return _tables(found, standing, cells, labels, spec)


def _count_there(log: Windowed, spec: LedgerSpec) -> dict[str, Frame]:
    day = (spec.as_of - EPOCH).days
    standing = placed_alone(log, day)
    found = alone(log, standing, unit=spec.unit, day=day)
    cells, labels = _named_cells(found.dimensions, spec.by)
    return _tables(found, standing, cells, labels, spec)


def _tables(
    found: Counted[AnyRows], standing: Placed[AnyRows], cells: AnyRows, labels: Eager, spec: LedgerSpec
) -> dict[str, Frame]:
    day = (spec.as_of - EPOCH).days
    units = settled(taken_from(found.units, cells, "unit", cell="cell"))
    where = _standing(units)
    hold_every_unit_counted(where, taken_from(found.received, cells, "unit", cell="cell"))
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


def _units(log: EventLog, standing: Placed[Eager], unit: Unit, day: int) -> Counted[Eager]:
    match unit:
        case Unit.REPORT:
            return reports_of(log, standing, day=day)
        case Unit.SUBJECT:
            return subjects_of(log, standing, day=day)
        case Unit.FAMILY | Unit.REFERRAL:
            return referrals_of(log, standing, unit=unit, day=day)


def _waits(units: AnyRows, found: Counted[AnyRows], day: int, spec: LedgerSpec) -> Eager:
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


def _named_cells(dimensions: Lazy, by: tuple[str, ...]) -> tuple[Lazy, Eager]:
    """Name the combinations of dimensions that occur by one text, where no engine numbers rows alike.

    Before each value stands its length: no two combinations have one name.
    """
    names = [dimension(name) for name in by]
    keys = dimensions.select("unit", *(nw.col(name).fill_null(_NULL) for name in names))
    parts = (part for name in names for part in (nw.col(name).str.len_chars().cast(nw.String), nw.col(name)))
    keys = keys.with_columns(cell=nw.concat_str(*parts, separator=":") if by else nw.lit(""))
    return keys.select("unit", "cell"), collected(keys.select("cell", *names).unique())


def _labelled(counted: Eager, labels: Eager, by: tuple[str, ...]) -> Eager:
    if not by:
        return counted.drop("cell")
    inside = {dimension(name): name for name in by}
    texts = (nw.when(nw.col(name) != _NULL).then(nw.col(name)).alias(name) for name in inside)
    return counted.join(labels.with_columns(*texts), on="cell", how="left").drop("cell").rename(inside)


def _standing(units: Rows) -> Eager:
    keys = (
        *("cell", "peak", "stated", "place", "reason", "levels", "open"),
        *("undated", "late", "came_in", "lossy"),
    )
    rungs = {milestone.rung: milestone.value for milestone in Milestone}
    counted = collected(units.lazy().group_by(*keys).agg(n=nw.len().cast(nw.Int64)))
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


def _measures(taken: Lazy, units: Rows) -> Eager:
    """Count the units with each measure, beside whatever place they have."""
    counted = collected(
        _once(taken, units)
        .join(units.lazy().select("unit", "cell", "place", "came_in"), on="unit", how="inner")
        .group_by("cell", "place", "reason", "came_in")
        .agg(n=nw.len().cast(nw.Int64))
    )
    return counted.select(
        "cell",
        looked_up(nw.col("place"), words.PLACE_NAMES),
        looked_up(nw.col("reason"), codes.REASON_NAMES).alias("measure"),
        "came_in",
        "n",
    )


def _once(taken: Lazy, units: Rows) -> Lazy:
    if isinstance(units, nw.LazyFrame):
        return taken.unique()
    # Here units are numbered, and one number in place of two is told apart several times as fast.
    packed = nw.col("unit").cast(nw.Int64) * codes.NOT_A_WORD + nw.col("reason")
    return (
        taken.select(packed=packed)
        .unique()
        .select(
            unit=nw.col("packed") // codes.NOT_A_WORD,
            reason=(nw.col("packed") % codes.NOT_A_WORD).cast(nw.Int32),
        )
    )
