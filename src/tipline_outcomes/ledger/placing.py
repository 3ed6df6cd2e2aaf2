"""Where every referral stands as of a day: row-wise expressions and group-bys on the transition log."""

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.eventlog.canonical import Canonical
from tipline_outcomes.eventlog.links import ends_of
from tipline_outcomes.eventlog.transitions import transitions_of
from tipline_outcomes.ledger import words
from tipline_outcomes.model import Action, Milestone, Place, Rule, Stage

__all__ = ["Placed", "placed"]

# Days from 0001-01-01 to 1970-01-01: makes every day of the calendar positive, for packing.
_ORDINAL = 719_163
_DAY = 1 << 22  # more than the last day of the year 9999
_REASON = 1 << 7
_STAGE = 1 << 5
_FILE_CHARGE = codes.ACTIONS[Action.FILE_CHARGE.value]
_CLOSE = codes.ACTIONS[Action.CLOSE.value]
_TRANSFERRED = codes.STAGES[Stage.TRANSFERRED.value]


@frozen
class Placed:
    """A log as of a day.

    Attributes:
        rows: The transition log up to the day, without the referrals that are set aside.
        referrals: One row a referral received by then: ``rid``, ``root``, ``parent``, ``first_day``,
            ``watch`` (the last watched day, null: never), ``stage`` (0: set aside), ``place``, ``reason``,
            ``since``, ``open``, ``peak``, ``stated``, ``levels`` (bits), ``undated``, ``late``, ``came_in``.
            Days count from 1970-01-01.
    """

    rows: Eager
    referrals: Eager


def placed(log: EventLog, day: int) -> Placed:
    """Place every referral of a log as of a day (counted from 1970-01-01)."""
    canon = log.canonical
    received = canon.referrals.filter(nw.col("first_day").is_null() | (nw.col("first_day") <= day)).select(
        "rid",
        "referral_id",
        "root",
        "parent",
        "first_day",
        "came_in",
        "aside",
        "undated",
        watch=nw.col("observed_through").cast(nw.Int32),
    )
    rows = _rows_until(canon, received, day)
    trusted = received.filter(nw.col("aside").is_null()).join(_facts(rows), on="rid", how="left")
    trusted = _stand(trusted.join(_levels(rows), on="rid", how="left"), received, canon, day)
    return Placed(rows=rows, referrals=nw.concat([trusted, _set_aside(received)], how="vertical"))


def _rows_until(canon: Canonical, received: Eager, day: int) -> Eager:
    """Cut the transition log at a day.

    Where dates run forwards that is a filter. A history that the cut tears a hole into, because dates run
    backwards across it, has other stages without what is missing: those few are made anew.
    """
    rows = canon.transitions.rows
    aside = received.filter(~nw.col("aside").is_null())["rid"]
    torn = rows.filter(nw.col("backwards")).select("rid").unique()
    torn = torn.join(rows.filter(nw.col("day") > day).select("rid").unique(), on="rid", how="semi")
    kept = rows.filter((nw.col("day") <= day) & ~nw.col("rid").is_in(aside))
    if torn.is_empty():
        return kept
    whole = kept.filter(~nw.col("rid").is_in(torn["rid"]))
    trusted = received.filter(nw.col("aside").is_null()).select("rid")
    ids = torn.join(trusted, on="rid", how="semi")["rid"]
    mended = canon.placed.filter(nw.col("rid").is_in(ids) & (nw.col("day") <= day))
    return nw.concat([whole, transitions_of(mended).rows], how="vertical")


def _facts(rows: Eager) -> Eager:
    """Gather, for every referral, what its events show: the last of each kind, the highest rung."""
    ordinal = nw.col("day").cast(nw.Int64) + _ORDINAL
    dated = nw.col("i") * _DAY + ordinal
    with_reason = dated * _REASON + nw.col("reason")
    said = ~nw.col("implied")
    return (
        rows.lazy()
        .with_columns(
            stage=nw.col("i") * _STAGE + nw.col("after"),
            moved=nw.when(nw.col("moves")).then(dated),
            stated=nw.when(said).then(nw.col("rung")).otherwise(nw.lit(0)),
            charge=nw.when(nw.col("kind") == codes.CHARGE_KIND).then(with_reason),
            close=nw.when(nw.col("action") == _CLOSE).then(with_reason),
            heard=nw.when(said & ~nw.col("first")).then(nw.col("day")),
        )
        .group_by("rid")
        .agg(
            nw.col("stage").max(),
            nw.col("moved").max(),
            nw.col("charge").max(),
            nw.col("close").max(),
            nw.col("heard").max(),
            nw.col("rung").max().alias("peak"),
            nw.col("stated").max(),
        )
        .with_columns(
            stage=nw.col("stage") % _STAGE,
            moved_on=nw.col("moved") % _DAY - _ORDINAL,
            charge_reason=nw.col("charge") % _REASON,
            charge_on=nw.col("charge") // _REASON % _DAY - _ORDINAL,
            close_reason=nw.col("close") % _REASON,
            close_on=nw.col("close") // _REASON % _DAY - _ORDINAL,
        )
        .drop("moved", "charge", "close")
        .collect()
    )


def _levels(rows: Eager) -> Eager:
    """Gather the levels of every referral's charges as a set of bits."""
    bits = {codes.LEVELS[name]: bit for name, bit in words.LEVEL_BITS.items() if name in codes.LEVELS}
    filed = nw.col("action") == _FILE_CHARGE
    return (
        rows.lazy()
        .filter((nw.col("kind") == codes.CHARGE_KIND) & (filed | (nw.col("level") > 0)))
        .select(
            "rid",
            levels=nw.col("level").replace_strict(
                [0, *bits], [words.LEVEL_BITS[words.UNRECORDED], *bits.values()], return_dtype=nw.Int64
            ),
        )
        .unique()
        .group_by("rid")
        .agg(nw.col("levels").sum())
        .collect()
    )


def _reason_code(column: str, names: dict[int, str]) -> nw.Expr:
    return nw.col(column).replace_strict(
        list(names), [words.REASONS[name] for name in names.values()], default=0, return_dtype=nw.Int64
    )


def _stand(units: Eager, received: Eager, canon: Canonical, day: int) -> Eager:
    """Find place, reason, day and openness of every referral that is not set aside."""
    watched = (nw.col("watch") >= day).fill_null(value=False)
    charged = nw.col("peak") >= Milestone.CHARGED.rung
    running = nw.col("stage") == codes.STAGES[Stage.CHARGED.value]
    passed_on = nw.col("stage") == _TRANSFERRED
    is_open = nw.col("stage").is_in(codes.OPEN_STAGE_CODES)
    place = words.PLACES
    reasons = dict(codes.REASON_NAMES)
    openness = nw.when(watched).then(nw.lit(words.WATCHED)).otherwise(nw.lit(words.UNWATCHED))
    units = units.with_columns(
        nw.col("levels").fill_null(0),
        open=nw.when((charged & running) | (~charged & is_open))
        .then(openness)
        .otherwise(nw.lit(words.NOT_RUNNING)),
        place=nw.when(charged)
        .then(nw.lit(place[Place.CHARGE.value]))
        .when(passed_on)
        .then(nw.lit(place[Place.TRANSFERRED_OUT.value]))
        .when(is_open & watched)
        .then(nw.lit(place[Place.PENDING.value]))
        .when(is_open)
        .then(nw.lit(place[Place.UNKNOWN.value]))
        .otherwise(
            nw.col("close_reason").replace_strict(
                list(words.ENDED_AS),
                list(words.ENDED_AS.values()),
                default=words.PLACES[Place.CLOSED.value],
                return_dtype=nw.Int32,
            )
        ),
        since=nw.when(charged)
        .then(nw.col("charge_on"))
        .when(passed_on | is_open)
        .then(nw.col("moved_on"))
        .otherwise(nw.col("close_on")),
        late=(~nw.col("heard").is_null() & nw.col("watch").is_null())
        | (nw.col("heard") > nw.col("watch")).fill_null(value=False),
    )
    silent = (
        nw.when(nw.col("watch").is_null())
        .then(nw.lit(words.REASONS[words.NEVER_WATCHED]))
        .otherwise(nw.lit(words.REASONS[words.NO_LONGER_WATCHED]))
    )
    units = units.with_columns(
        reason=nw.when(charged)
        .then(_reason_code("charge_reason", reasons))
        .when(passed_on)
        .then(nw.lit(words.REASONS[Stage.TRANSFERRED.value]))
        .when(is_open & watched)
        .then(_reason_code("stage", dict(codes.STAGE_NAMES)))
        .when(is_open)
        .then(silent)
        .otherwise(_reason_code("close_reason", reasons))
    )
    lost = nw.concat([_childless(units, received), _without_survivor(units, received, canon)], how="vertical")
    names = {
        words.REASONS[n.removeprefix(words.UNLINKED)]: c
        for n, c in words.REASONS.items()
        if n.startswith(words.UNLINKED)
    }
    units = units.join(lost.with_columns(lost=nw.lit(value=True)), on="rid", how="left").with_columns(
        reason=nw.when(~nw.col("lost").is_null())
        .then(
            nw.col("reason").replace_strict(
                list(names), list(names.values()), default=0, return_dtype=nw.Int64
            )
        )
        .otherwise(nw.col("reason"))
    )
    return _shaped(units)


def _shaped(units: Eager) -> Eager:
    flags = ("undated", "late", "came_in")
    ids = ("rid", "root", "parent")
    numbers = ("first_day", "watch", "stage", "place", "reason", "since", "open", "peak", "stated", "levels")
    return units.select(*(nw.col(name).cast(nw.Int64) for name in (*ids, *numbers)), *flags)


def _childless(units: Eager, received: Eager) -> Eager:
    """Find the referrals that were passed on to one that is not in the data, or not yet."""
    parents = received.filter(~nw.col("parent").is_null()).select(rid="parent").unique()
    gone = units.filter(nw.col("place") == words.PLACES[Place.TRANSFERRED_OUT.value]).select("rid")
    return gone.join(parents, on="rid", how="anti")


def _without_survivor(units: Eager, received: Eager, canon: Canonical) -> Eager:
    """Find the excluded referrals whose chain of survivors leaves the data."""
    survived = [words.REASONS[codes.REASON_NAMES[code]] for code in codes.SURVIVED]
    excluded = (nw.col("place") == words.PLACES[Place.EXCLUDED.value]) & nw.col("reason").is_in(survived)
    nodes = units.filter(excluded).select("rid", "referral_id")
    named = nodes.join(canon.survivors, on="rid", how="inner").filter(~nw.col("other_id").is_null())
    ends = ends_of(named.select(node="referral_id", to="other_id"))
    # A chain that ends at one who is itself elsewhere, without saying where, has left the data too.
    standing = received.join(nodes, on="rid", how="anti").select(end="referral_id")
    there = ends.join(standing, on="end", how="semi").select(referral_id="node")
    return nodes.join(there, on="referral_id", how="anti").select("rid")


def _set_aside(received: Eager) -> Eager:
    """Place those that break a rule of form, path or link: nothing is trusted but that they came in."""
    rules = {rule.value: words.REASONS.get(words.aside(rule), 0) for rule in Rule}
    aside = received.filter(~nw.col("aside").is_null()).with_columns(
        stage=nw.lit(0),
        place=nw.lit(words.PLACES[Place.UNKNOWN.value]),
        reason=nw.col("aside").replace_strict(list(rules), list(rules.values()), return_dtype=nw.Int64),
        since=nw.col("first_day"),
        open=nw.lit(words.UNWATCHED),
        peak=nw.lit(0),
        stated=nw.lit(0),
        levels=nw.lit(0),
        undated=nw.lit(value=False),
        late=nw.lit(value=False),
    )
    return _shaped(aside)
