"""Where every referral stands as of a day: row-wise expressions and group-bys on the transition log."""

from typing import Any

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, among, looked_up, marked, spread
from tipline_outcomes.eventlog import EventLog, codes
from tipline_outcomes.eventlog.canonical import Canonical
from tipline_outcomes.eventlog.links import ends_of
from tipline_outcomes.eventlog.transitions import speaking_of, transitions_of
from tipline_outcomes.ledger import words
from tipline_outcomes.model import Action, Breach, Milestone, Place, Rule, Stage

__all__ = ["Placed", "levels_of", "open_of", "placed"]

_ORDINAL = EPOCH.toordinal()  # makes every day of the calendar positive, for packing
_DAY = 1 << 22  # more than the last day of the year 9999
_FILE_CHARGE = codes.ACTIONS[Action.FILE_CHARGE.value]
_CLOSE = codes.ACTIONS[Action.CLOSE.value]
_IS_CHARGE = nw.col("kind") == codes.CHARGE_KIND
_ENDS = (nw.col("rid") != nw.col("rid").shift(-1)).fill_null(value=True)
_OF_ROWS = (
    *("i", "rid", "day", "action", "kind", "reason", "level", "rung", "implied", "first"),
    *("moves", "before", "after"),
)


@frozen
class Placed:
    """A log as of a day.

    Attributes:
        rows: The transition log up to the day, without the referrals that are set aside.
        referrals: One row a referral received by then: ``rid``, ``root``, ``parent``, ``first_day``,
            ``begin`` (the first watched day, null: the first), ``watch`` (the last, null: none by then),
            ``stage`` (0: set aside), ``place``, ``reason``, ``since``, ``open``, ``peak``, ``stated``,
            ``levels`` (bits), ``undated``, ``late``, ``came_in``, ``incomplete``. Days count from 1970-01-01.
    """

    rows: Eager
    referrals: Eager


def placed(log: EventLog, day: int) -> Placed:
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
        # Whom nobody has begun to watch by then, nobody has watched.
        watch=nw.when((nw.col("begin") <= day).fill_null(value=True)).then(nw.col("watch")),
    )
    came = nw.col("first_day").is_null() | (nw.col("first_day") <= day)
    rows = _rows_until(canon, known.filter(came), day)
    facts = _spoken_for(known.with_columns(**_facts(rows, len(known))), canon.transitions.charges, day)
    received = facts.filter(came)
    trusted = _stand(received.filter(nw.col("aside").is_null()), received, canon, day)
    return Placed(rows=rows, referrals=nw.concat([trusted, _set_aside(received)], how="vertical"))


def _rows_until(canon: Canonical, received: Eager, day: int) -> Eager:
    """Cut the transition log at a day.

    Where dates run forwards that is a filter. A history that the cut tears a hole into, because dates run
    backwards across it, has other stages without what is missing: those few are made anew, and come last.
    """
    rows = canon.transitions.rows
    aside = received.filter(~nw.col("aside").is_null())["rid"]
    later = rows.select("rid", "day").filter(nw.col("day") > day)["rid"]
    torn = rows.select("rid", "backwards").filter("backwards").filter(among("rid", later)).unique()
    kept = rows.select(*_OF_ROWS).filter(
        (nw.col("day") <= day) & ~among("rid", aside) & ~among("rid", torn["rid"])
    )
    trusted = received.filter(nw.col("aside").is_null()).select("rid")
    ids = torn.join(trusted, on="rid", how="semi")["rid"]
    mended = canon.placed.filter(among("rid", ids) & (nw.col("day") <= day))
    return nw.concat([kept, transitions_of(mended).rows.select(*_OF_ROWS)], how="vertical")


def _facts(rows: Eager, height: int) -> dict[str, nw.Series[Any]]:
    """Gather, for every referral, what its events show: the last of each kind, the highest rung.

    Args:
        rows: Events; those of one referral stand together, in order.
        height: How many referrals there are: a fact stands at the referral's number.
    """
    said, doubted = ~nw.col("implied"), nw.col("reason").is_in(codes.MAY_CONVICT)
    moved = nw.when(nw.col("moves")).then(nw.col("day"))
    # On the way up, the rung that follows is higher.
    top = _ENDS | (nw.col("rung") > nw.col("rung").shift(-1))
    found = (
        # Whoever is trusted begins with a move: the last one is never that of another.
        _those(rows, _ENDS, stage="after", moved_on=moved.fill_null(strategy="forward")),
        _highest(_those(rows, top, peak="rung")),
        _highest(_those(rows, said, stated="rung")),
        _highest(_those(rows, said & ~nw.col("first"), heard="day")),
        _those(rows, doubted, may_convict=doubted.cast(nw.Int8)),
        _those(rows, _IS_CHARGE, charge_on="day", charge_reason="reason").filter(_ENDS),
        _those(rows, nw.col("action") == _CLOSE, close_on="day", close_reason="reason").filter(_ENDS),
    )
    facts = {
        name: spread(those["rid"], those[name], height)
        for those in found
        for name in those.columns
        if name != "rid"
    }
    return {**facts, "levels": levels_of(rows, "rid", height)}


def _spoken_for(facts: Eager, charges: Eager, day: int) -> Eager:
    """Look behind the latest charge event, where it convicts nobody and somebody was convicted before."""
    convicted = nw.col("peak") == Milestone.CONVICTED.rung
    behind = facts.filter(convicted & ~nw.col("charge_reason").is_in(codes.STANDS))["rid"]
    spoken = speaking_of(charges.filter((nw.col("day") <= day) & among("rid", behind)))
    return facts.with_columns(
        spoken_reason=spread(spoken["rid"], spoken["reason"], len(facts)),
        spoken_on=spread(spoken["rid"], spoken["day"], len(facts)),
    ).with_columns(
        charge_reason=nw.coalesce("spoken_reason", "charge_reason"),
        charge_on=nw.coalesce("spoken_on", "charge_on"),
    )


def _those(rows: Eager, wanted: nw.Expr, **facts: nw.Expr | str) -> Eager:
    """Take facts of some rows, and of no column more: a filter copies all that there are."""
    return rows.select("rid", wanted=wanted, **facts).filter("wanted").drop("wanted")


def _highest(rows: Eager) -> Eager:
    """Find the highest value of a fact in the rows of each referral, which stand together."""
    _, fact = rows.columns
    begins = (nw.col("rid") != nw.col("rid").shift(1)).fill_null(value=True)
    value = nw.col(fact).cast(nw.Int64) + _ORDINAL
    # Who comes later has greater numbers, so that the highest so far is their own.
    highest = (begins.cast(nw.Int64).cum_sum() * _DAY + value).cum_max() % _DAY - _ORDINAL
    return rows.select("rid", **{fact: highest}).filter(_ENDS)


def levels_of(rows: Eager, of: str, height: int) -> nw.Series[Any]:
    """Gather the levels of charges as sets of bits, stated ones and implied ones apart.

    Args:
        rows: Events, coded.
        of: The column that numbers those whose they are.
        height: How many those are.
    """
    filed = nw.col("action") == _FILE_CHARGE
    named = rows.select(of, "kind", "action", "level", "implied")
    named = named.filter(_IS_CHARGE & (filed | (nw.col("level") > 0)))
    bit = looked_up(nw.col("level"), words.LEVEL_BITS)
    named = named.select(of, bits=nw.when(nw.col("implied")).then(bit * words.IMPLIED).otherwise(bit))
    levels = marked(named[of].head(0), height).cast(nw.Int64)
    for each in named["bits"].unique().to_list():
        levels += marked(named.filter(nw.col("bits") == each)[of], height).cast(nw.Int64) * each
    return levels


def _stand(units: Eager, received: Eager, canon: Canonical, day: int) -> Eager:
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
    units = units.with_columns(
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
        late=(~nw.col("heard").is_null() & nw.col("watch").is_null())
        | (nw.col("heard") > nw.col("watch")).fill_null(value=False),
    )
    lost = nw.concat([_childless(units, received), _without_survivor(units, received, canon)], how="vertical")
    unlinked = among("rid", lost["rid"])
    return _shaped(
        units.with_columns(
            reason=nw.when(unlinked)
            .then(looked_up(nw.col("reason"), words.UNLINKED_REASONS))
            .otherwise(nw.col("reason"))
        )
    )


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


def _shaped(units: Eager) -> Eager:
    flags = ("undated", "late", "came_in", "incomplete")
    ids = ("rid", "root", "parent")
    days = ("first_day", "begin", "watch", "since")
    numbers = ("stage", "place", "reason", "open", "peak", "stated", "levels")
    return units.select(*(nw.col(name).cast(nw.Int64) for name in (*ids, *days, *numbers)), *flags)


def _childless(units: Eager, received: Eager) -> Eager:
    """Find the referrals that were passed on to one that is not in the data, or not yet."""
    parents = received.filter(~nw.col("parent").is_null()).select(rid="parent").unique()
    gone = units.filter(nw.col("place") == words.PLACES[Place.TRANSFERRED_OUT]).select("rid")
    return gone.join(parents, on="rid", how="anti")


def _without_survivor(units: Eager, received: Eager, canon: Canonical) -> Eager:
    """Find the excluded referrals whose chain of survivors leaves the data."""
    survived = [words.REASONS[codes.REASON_NAMES[code]] for code in codes.SURVIVED]
    excluded = (nw.col("place") == words.PLACES[Place.EXCLUDED]) & nw.col("reason").is_in(survived)
    nodes = units.filter(excluded).select("rid", "referral_id")
    named = nodes.join(canon.survivors, on="rid", how="inner").filter(~nw.col("other_id").is_null())
    ends = ends_of(named.select(node="referral_id", to="other_id"))
    # A chain that ends at one who is itself elsewhere, without saying where, has left the data too.
    last = received.filter(among("referral_id", ends["end"])).select("rid", end="referral_id")
    standing = last.join(nodes, on="rid", how="anti").select("end")
    there = ends.join(standing, on="end", how="semi").select(referral_id="node")
    return nodes.join(there, on="referral_id", how="anti").select("rid")


def _set_aside(received: Eager) -> Eager:
    """Place those that break a rule of form, path or link: nothing is trusted but that they came in."""
    rules = {
        rule.value: words.REASONS[words.aside(rule)] for rule in Rule if rule.breach is Breach.SETS_ASIDE
    }
    aside = received.filter(~nw.col("aside").is_null()).with_columns(
        stage=nw.lit(0),
        place=nw.lit(words.PLACES[Place.UNKNOWN]),
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
