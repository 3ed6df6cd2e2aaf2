"""From an event log to the five tables of counts, whole tables at a time."""

import narwhals.stable.v2 as nw

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, Frame, looked_up
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.eventlog.canonical import dimension
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.flows import movements_of, stock_of
from tipline_outcomes.ledger.laws import hold_every_unit_counted
from tipline_outcomes.ledger.placing import Placed, placed
from tipline_outcomes.ledger.spec import LedgerSpec
from tipline_outcomes.ledger.tables import TABLES, ordered
from tipline_outcomes.ledger.units import contributions, units_of
from tipline_outcomes.ledger.waits import waits_of
from tipline_outcomes.model import Action, Milestone

__all__ = ["count"]

_NULL = "\x00"  # joins do not match nulls, and a dimension's null is a group of its own
_MEASURE = codes.ACTIONS[Action.ADMINISTRATIVE_ACTION.value]


def count(log: EventLog, spec: LedgerSpec) -> dict[str, Frame]:
    """Count a log: the tables of a ledger, by name."""
    day = (spec.as_of - EPOCH).days
    standing = placed(log, day)
    cells, labels = _cells(log.canonical.dimensions, spec.by)
    members = contributions(standing.referrals, spec.unit, day)
    of_units = cells.select(unit="rid", cell="cell")
    units = units_of(members, spec.unit).join(of_units, on="unit", how="left")
    where = _standing(units)
    hold_every_unit_counted(where, members.select("unit").unique().join(of_units, on="unit", how="left"))
    counted = {
        "standing": where,
        "waits": waits_of(
            units, members, log.canonical.transitions, unit=spec.unit, day=day, horizons=spec.horizons
        ),
        "movements": movements_of(standing, cells, spec.period),
        "stock": stock_of(standing, cells),
        "measures": _measures(standing, members, units),
    }
    return {name: ordered(_labelled(counted[name], labels, spec.by), spec.by, name) for name in TABLES}


def _cells(dimensions: Eager, by: tuple[str, ...]) -> tuple[Eager, Eager]:
    """Number the combinations of dimensions that occur, so that counting groups by one small integer."""
    names = [dimension(name) for name in by]
    keys = dimensions.select("rid", *(nw.col(name).fill_null(_NULL) for name in names))
    if not by:
        return keys.with_columns(cell=nw.lit(0)), keys.head(0).select(cell=nw.col("rid"))
    labels = keys.select(*names).unique().sort(*names).with_row_index("cell")
    return keys.join(labels, on=names, how="left").select("rid", "cell"), labels


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


def _measures(standing: Placed, members: Eager, units: Eager) -> Eager:
    """Count the units with each measure, beside whatever place they have."""
    return (
        standing.rows.lazy()
        .filter(nw.col("action") == _MEASURE)
        .select("rid", "reason")
        .join(members.lazy().select("rid", "unit"), on="rid", how="inner")
        .select("unit", "reason")
        .unique()
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
