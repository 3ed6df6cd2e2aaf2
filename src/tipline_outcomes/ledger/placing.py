"""Where every referral stands as of a day: row-wise expressions and group-bys on the transition log."""

from typing import Generic

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import (
    AnyRows,
    Eager,
    Lazy,
    among,
    as_other,
    kept,
    looked_up,
    told_of,
    with_bits,
    with_facts,
)
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.eventlog.canonical import Canonical
from tipline_outcomes.eventlog.links import ends_of
from tipline_outcomes.eventlog.transitions import speaking_of, transitions_of
from tipline_outcomes.eventlog.windows import Windowed, walked
from tipline_outcomes.ledger import words
from tipline_outcomes.model import Action, Breach, Milestone, Place, Rule, Stage

__all__ = ["Placed", "open_of", "placed", "placed_alone", "with_levels"]

_FILE_CHARGE = codes.ACTIONS[Action.FILE_CHARGE.value]
_CLOSE = codes.ACTIONS[Action.CLOSE.value]
_IS_CHARGE = nw.col("kind") == codes.CHARGE_KIND
_OF_ROWS = (
    *("i", "rid", "day", "action", "kind", "reason", "level", "rung", "implied", "lossy", "first"),
    *("moves", "before", "after"),
)
_NUMBERS = (
    *("first_day", "begin", "watch", "stage", "place", "reason", "since", "open", "peak", "stated"),
    "levels",
)
_SHAPE = (
    *(
        nw.col(name)
        for name in ("rid", "root", "parent", "undated", "late", "lossy", "came_in", "incomplete")
    ),
    *(nw.col(name).cast(nw.Int64) for name in _NUMBERS),
)


@frozen
class Placed(Generic[AnyRows]):
    """A log as of a day.

    Attributes:
        rows: The transition log up to the day, without the referrals that are set aside.
        referrals: One row a referral received by then: ``rid``, ``root``, ``parent``, ``first_day``,
            ``begin`` (the first watched day, null: the first), ``watch`` (the last, null: none by then),
            ``stage`` (0: set aside), ``place``, ``reason``, ``since``, ``open``, ``peak``, ``stated``,
            ``levels`` (bits), ``undated``, ``late``, ``lossy``, ``came_in``, ``incomplete``. Days count from
            1970-01-01.
    """

    rows: AnyRows
    referrals: AnyRows


def placed(log: EventLog, day: int) -> Placed[Eager]:
    """Place every referral of a log as of a day (counted from 1970-01-01)."""
    canon = log.canonical
    known = canon.referrals.select(
        "rid",
        "referral_id",
        "root",
        "parent",
        "first_day",
        "came_in",
        "aside",
        "undated",
        "begin",
        "incomplete",
        watch=_watched(day),
    )
    came = nw.col("first_day").is_null() | (nw.col("first_day") <= day)
    rows = _rows_until(canon, known.filter(came), day)
    received = _with_facts(known, rows, canon.transitions.charges, day).filter(came)
    trusted = _stand(received.filter(nw.col("aside").is_null()), day)
    lost = nw.concat(
        [_childless(trusted, received), _without_survivor(trusted, received, canon)], how="vertical"
    )
    trusted = trusted.with_columns(reason=_unlinked(among("rid", lost["rid"])))
    referrals = nw.concat([trusted.select(*_SHAPE), _set_aside(received)], how="vertical")
    return Placed(rows=rows, referrals=referrals)


def placed_alone(log: Windowed, day: int) -> Placed[Lazy]:
    """Place the referrals that are not linked to others, on their own engine, and keep what is found there.

    ``rid`` and ``root`` are their ids. Whoever carries on one that was passed on, or that is a duplicate, is
    not in the data: it would be linked.
    """
    received = log.referrals.filter(
        ~nw.col("linked") & (nw.col("first_day").is_null() | (nw.col("first_day") <= day))
    )
    received = received.with_columns(
        root="rid", parent=nw.lit(None, dtype=nw.String), came_in=nw.lit(value=False), watch=_watched(day)
    )
    rows = log.rows.filter(nw.col("day") <= day)
    if log.counts.get(Rule.DATE_BACKWARDS):
        torn = log.rows.filter("backwards").select("rid").unique()
        torn = torn.join(log.rows.filter(nw.col("day") > day).select("rid").unique(), on="rid", how="semi")
        mended = log.live.filter(nw.col("day") <= day).join(torn, on="rid", how="semi")
        rows = nw.concat([rows.join(torn, on="rid", how="anti"), kept(walked(mended))], how="vertical")
    of_trusted = received.filter(nw.col("aside").is_null())
    trusted = _stand(_with_facts(of_trusted, rows, log.charges, day), day)
    gone = nw.col("place") == words.PLACES[Place.TRANSFERRED_OUT]
    trusted = trusted.with_columns(reason=_unlinked(gone | _carried_on()))
    referrals = nw.concat([trusted.select(*_SHAPE), _set_aside(received)], how="vertical")
    rows = rows.join(of_trusted.select("rid"), on="rid", how="semi")
    return Placed(rows=rows, referrals=kept(referrals))


def _watched(day: int) -> nw.Expr:
    """Give the last watched day; whom nobody has begun to watch by then, nobody has watched."""
    return nw.when((nw.col("begin") <= day).fill_null(value=True)).then(nw.col("watch"))


def _rows_until(canon: Canonical, received: Eager, day: int) -> Eager:
    """Cut the transition log at a day.

    Where dates run forwards that is a filter. A history that the cut tears a hole into, because dates run
    backwards across it, has other stages without what is missing: those few are made anew, and come last.
    """
    rows = canon.transitions.rows
    aside = received.filter(~nw.col("aside").is_null())["rid"]
    later = rows.select("rid", "day").filter(nw.col("day") > day)["rid"]
    torn = rows.select("rid", "backwards").filter("backwards").filter(among("rid", later)).unique()
    until = rows.select(*_OF_ROWS).filter(
        (nw.col("day") <= day) & ~among("rid", aside) & ~among("rid", torn["rid"])
    )
    trusted = received.filter(nw.col("aside").is_null()).select("rid")
    ids = torn.join(trusted, on="rid", how="semi")["rid"]
    mended = canon.placed.filter(among("rid", ids) & (nw.col("day") <= day))
    return nw.concat([until, transitions_of(mended).rows.select(*_OF_ROWS)], how="vertical")


def _with_facts(referrals: AnyRows, rows: AnyRows, charges: AnyRows, day: int) -> AnyRows:
    """Gather, for every referral, what its events show: the last of each kind, the highest rung."""
    said, doubted = ~nw.col("implied"), nw.col("reason").is_in(codes.MAY_CONVICT)
    reason, on, rung = nw.col("reason"), nw.col("day"), nw.col("rung")
    lossy = nw.col("lossy").cast(nw.Int8)
    facts = with_facts(
        referrals,
        rows,
        "rid",
        "i",
        last=[
            (None, {"stage": nw.col("after")}),
            (nw.col("moves"), {"moved_on": on}),
            (doubted, {"may_convict": doubted.cast(nw.Int8)}),
            (_IS_CHARGE, {"charge_on": on, "charge_reason": reason}),
            (nw.col("action") == _CLOSE, {"close_on": on, "close_reason": reason, "close_lossy": lossy}),
        ],
        highest={
            "peak": (None, rung),
            "stated": (said, rung),
            "heard": (said & ~nw.col("first"), on),
            "charge_lossy": (_IS_CHARGE, lossy),
        },
    )
    return with_levels(_spoken_for(facts, charges, day), rows, "rid")


def _spoken_for(facts: AnyRows, charges: AnyRows, day: int) -> AnyRows:
    """Look behind the latest charge event, where it convicts nobody and somebody was convicted before."""
    convicted = nw.col("peak") == Milestone.CONVICTED.rung
    behind = facts.filter(convicted & ~nw.col("charge_reason").is_in(codes.STANDS)).select("rid")
    charges = charges.join(as_other(behind), on="rid", how="semi").filter(nw.col("day") <= day)
    spoken = speaking_of(charges).select("rid", spoken_reason="reason", spoken_on="day")
    return told_of(facts, spoken, "rid").with_columns(
        charge_reason=nw.coalesce("spoken_reason", "charge_reason"),
        charge_on=nw.coalesce("spoken_on", "charge_on"),
    )


def with_levels(units: AnyRows, rows: AnyRows, of: str) -> AnyRows:
    """Put the levels of charges beside units as a set of bits, stated ones and implied ones apart.

    Args:
        units: The units, as `told_of` takes them.
        rows: Events, coded.
        of: The column that says whose they are.
    """
    filed = nw.col("action") == _FILE_CHARGE
    named = rows.select(of, "kind", "action", "level", "implied")
    named = named.filter(_IS_CHARGE & (filed | (nw.col("level") > 0)))
    bit = looked_up(nw.col("level"), words.LEVEL_BITS)
    bits = nw.when(nw.col("implied")).then(bit * words.IMPLIED).otherwise(bit)
    return with_bits(units, named.select(of, levels=bits), of, "levels")


def _stand(units: AnyRows, day: int) -> AnyRows:
    """Find place, reason, day and openness of every referral that is not set aside."""
    watched = (nw.col("watch") >= day).fill_null(value=False)
    charged = nw.col("peak") >= Milestone.CHARGED.rung
    incomplete = nw.col("incomplete")
    passed_on = nw.col("stage") == codes.STAGES[Stage.TRANSFERRED.value]
    is_open = nw.col("stage").is_in(codes.OPEN_STAGE_CODES)
    ended = looked_up(nw.col("close_reason"), {code: words.PLACES[p] for code, p in codes.ENDS_AS.items()})
    reasons = {code: words.REASONS[name] for code, name in codes.REASON_NAMES.items()}
    stages = {code: words.REASONS[name] for code, name in codes.STAGE_NAMES.items()}
    silent = nw.when(nw.col("watch").is_null()).then(nw.lit(words.REASONS[words.NEVER_WATCHED]))
    return units.with_columns(
        nw.col("stated", "may_convict").fill_null(0),
        open=open_of(watched, charged, is_open),
        place=nw.when(charged)
        .then(nw.lit(words.PLACES[Place.CHARGE]))
        .when(incomplete)
        .then(nw.lit(words.PLACES[Place.UNKNOWN]))
        .when(passed_on)
        .then(nw.lit(words.PLACES[Place.TRANSFERRED_OUT]))
        .when(is_open & watched)
        .then(nw.lit(words.PLACES[Place.PENDING]))
        .when(is_open)
        .then(nw.lit(words.PLACES[Place.UNKNOWN]))
        .otherwise(ended),
        since=nw.when(charged)
        .then(nw.col("charge_on"))
        .when(passed_on | is_open)
        .then(nw.col("moved_on"))
        .otherwise(nw.col("close_on")),
        reason=nw.when(charged)
        .then(looked_up(nw.col("charge_reason"), reasons))
        .when(incomplete)
        .then(nw.lit(words.REASONS[words.INCOMPLETE]))
        .when(passed_on | (is_open & watched))
        .then(looked_up(nw.col("stage"), stages))
        .when(is_open)
        .then(silent.otherwise(nw.lit(words.REASONS[words.NO_LONGER_WATCHED])))
        .otherwise(looked_up(nw.col("close_reason"), reasons)),
        # Of a charge, whatever was said of it; of an end, the last that was said.
        lossy=nw.when(charged)
        .then(nw.col("charge_lossy") > 0)
        .when(incomplete | passed_on | is_open)
        .then(nw.lit(value=False))
        .otherwise(nw.col("close_lossy") > 0),
        late=(~nw.col("heard").is_null() & nw.col("watch").is_null())
        | (nw.col("heard") > nw.col("watch")).fill_null(value=False),
    )


def _unlinked(lost: nw.Expr) -> nw.Expr:
    """Say of those who are counted elsewhere that elsewhere is not in the data."""
    known = nw.col("reason")
    return nw.when(lost).then(looked_up(known, words.UNLINKED_REASONS)).otherwise(known)


def _carried_on() -> nw.Expr:
    """Find the excluded referrals that another is said to carry on."""
    survived = [words.REASONS[codes.REASON_NAMES[code]] for code in codes.SURVIVED]
    return (nw.col("place") == words.PLACES[Place.EXCLUDED]) & nw.col("reason").is_in(survived)


def open_of(watched: nw.Expr, charged: nw.Expr, is_open: nw.Expr) -> nw.Expr:
    """Tell whether a branch still runs, and if so whether anyone would tell us how it goes on.

    Of a charge that ended nobody says how, nobody tells either if it was with a conviction; nor of an
    incomplete referral, what could not be read, be it a charge of another level.
    """
    runs = (charged & (nw.col("stage") == codes.STAGES[Stage.CHARGED.value])) | (~charged & is_open)
    untold = (nw.col("peak") < Milestone.CONVICTED.rung) & (nw.col("may_convict") > 0)
    return (
        nw.when(untold | nw.col("incomplete"))
        .then(nw.lit(words.UNWATCHED))
        .when(runs & watched)
        .then(nw.lit(words.WATCHED))
        .when(runs)
        .then(nw.lit(words.UNWATCHED))
        .when(nw.col("stage") == codes.STAGES[Stage.CLOSED.value])
        .then(nw.lit(words.REOPENABLE))
        .otherwise(nw.lit(words.NOT_RUNNING))
    )


def _childless(units: Eager, received: Eager) -> Eager:
    """Find the referrals that were passed on to one that is not in the data, or not yet."""
    parents = received.filter(~nw.col("parent").is_null()).select(rid="parent").unique()
    gone = units.filter(nw.col("place") == words.PLACES[Place.TRANSFERRED_OUT]).select("rid")
    return gone.join(parents, on="rid", how="anti")


def _without_survivor(units: Eager, received: Eager, canon: Canonical) -> Eager:
    """Find the excluded referrals whose chain of survivors leaves the data."""
    nodes = units.filter(_carried_on()).select("rid", "referral_id")
    named = nodes.join(canon.survivors, on="rid", how="inner").filter(~nw.col("other_id").is_null())
    ends = ends_of(named.select(node="referral_id", to="other_id"))
    # A chain that ends at one who is itself elsewhere, without saying where, has left the data too.
    last = received.filter(among("referral_id", ends["end"])).select("rid", end="referral_id")
    standing = last.join(nodes, on="rid", how="anti").select("end")
    there = ends.join(standing, on="end", how="semi").select(referral_id="node")
    return nodes.join(there, on="referral_id", how="anti").select("rid")


def _set_aside(received: AnyRows) -> AnyRows:
    """Place those that break a rule of form, path or link: nothing is trusted but that they came in."""
    rules = {
        rule.value: words.REASONS[words.aside(rule)] for rule in Rule if rule.breach is Breach.SETS_ASIDE
    }
    aside = received.filter(~nw.col("aside").is_null()).with_columns(
        stage=nw.lit(0),
        place=nw.lit(words.PLACES[Place.UNKNOWN]),
        reason=nw.col("aside").replace_strict(
            list(rules), list(rules.values()), default=None, return_dtype=nw.Int64
        ),
        since=nw.col("first_day"),
        open=nw.lit(words.UNWATCHED),
        peak=nw.lit(0),
        stated=nw.lit(0),
        levels=nw.lit(0),
        undated=nw.lit(value=False),
        late=nw.lit(value=False),
        lossy=nw.lit(value=False),
    )
    return aside.select(*_SHAPE)
