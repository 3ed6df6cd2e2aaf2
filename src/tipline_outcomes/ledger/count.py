"""From an event log to the five tables of counts, whole tables at a time."""

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, Frame
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.ledger import words
from tipline_outcomes.ledger.flows import movements_of, stock_of
from tipline_outcomes.ledger.placing import Placed, placed
from tipline_outcomes.ledger.spec import LedgerSpec
from tipline_outcomes.ledger.tables import TABLES, ordered
from tipline_outcomes.ledger.units import contributions, units_of
from tipline_outcomes.ledger.waits import waits_of
from tipline_outcomes.model import Action, Milestone

__all__ = ["count"]

_NULL = "\x00"  # joins do not match nulls, and a dimension's null is a group of its own
_MEASURE = codes.ACTIONS[Action.ADMINISTRATIVE_ACTION.value]
_EPOCH_ORDINAL = 719_163


def count(log: EventLog, spec: LedgerSpec) -> dict[str, Frame]:
    """Count a log: the tables of a ledger, by name."""
    day = spec.as_of.toordinal() - _EPOCH_ORDINAL
    standing = placed(log, day)
    cells, labels = _cells(log.canonical.referrals, spec.by)
    members = contributions(standing.referrals, spec.unit, day)
    units = units_of(members, spec.unit).join(cells.select(unit="rid", cell="cell"), on="unit", how="left")
    counted = {
        "standing": _standing(units),
        "waits": waits_of(
            units, members, log.canonical.transitions, unit=spec.unit, day=day, horizons=spec.horizons
        ),
        "movements": movements_of(standing, cells, spec.period),
        "stock": stock_of(standing, cells),
        "measures": _measures(standing, members, units),
    }
    return {name: ordered(_labelled(counted[name], labels, spec.by), spec.by, name) for name in TABLES}


def _cells(referrals: Eager, by: tuple[str, ...]) -> tuple[Eager, Eager]:
    """Number the combinations of dimensions that occur, so that counting groups by one small integer."""
    keys = referrals.select(
        "rid", *(nw.col(name).cast(nw.String).fill_null(_NULL).alias(name) for name in by)
    )
    if not by:
        return keys.with_columns(cell=nw.lit(0)), keys.head(0).select(cell=nw.col("rid"))
    labels = keys.select(*by).unique().sort(*by).with_row_index("cell")
    return keys.join(labels, on=list(by), how="left").select("rid", "cell"), labels


def _labelled(counted: Eager, labels: Eager, by: tuple[str, ...]) -> Eager:
    if not by:
        return counted.drop("cell")
    named = labels.with_columns(
        *(nw.when(nw.col(name) != _NULL).then(nw.col(name)).alias(name) for name in by)
    )
    return counted.join(named, on="cell", how="left").drop("cell")


def _named(column: str, names: dict[int, str]) -> nw.Expr:
    return nw.col(column).replace_strict(list(names), list(names.values()), return_dtype=nw.String)


def _standing(units: Eager) -> Eager:
    keys = ("cell", "peak", "stated", "place", "reason", "levels", "open", "undated", "late", "came_in")
    rungs = {milestone.rung: milestone.value for milestone in Milestone}
    counted = units.lazy().group_by(*keys).agg(n=nw.len().cast(nw.Int64)).collect()
    levels = {bits: words.level_text(bits) for bits in counted["levels"].unique().to_list()}
    return counted.with_columns(
        _named("peak", rungs),
        _named("stated", rungs),
        _named("place", words.PLACE_NAMES),
        _named("reason", words.REASON_NAMES),
        _named("open", words.OPEN_NAMES),
        _named("levels", levels) if levels else nw.col("levels").cast(nw.String),
    )


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
            _named("place", words.PLACE_NAMES),
            _named("reason", dict(codes.REASON_NAMES)).alias("measure"),
            "n",
        )
    )
