"""What the data show of many lives: silence, late feedback, what went out of the data, amended records."""

from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, looked_up
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.told import Told, renumbered
from tipline_outcomes.model import Action, ClosedReason
from tipline_outcomes.synthetic.parameters import Parameters
from tipline_outcomes.synthetic.telling import CORRECTED_WITHIN
from tipline_outcomes.synthetic.year.draws import below, days, drawn, happens
from tipline_outcomes.synthetic.year.lives import OTHER_SUBJECT, Lives

__all__ = ["shown"]

_BEGINS: Final = codes.ACTIONS[Action.MADE_AVAILABLE.value]
_CLOSE: Final = codes.ACTIONS[Action.CLOSE.value]
_WITHOUT_REASON: Final = codes.REASON_CODES[ClosedReason.ADMINISTRATIVE_CLOSURE.value]
_DIGITS: Final = 9
_EARLY: Final = 7  # days by which a wrong date is too early, at most


def shown(lives: Lives, parameters: Parameters) -> tuple[Eager, Told]:
    """Forget what no agency would tell, and what went out of the data; amend a few records.

    Args:
        lives: What truly happened; the roots have their ``number`` in the year.
        parameters: How much is forgotten, and how much amended.

    Returns:
        The referrals of the data, with ``rid`` (from 0), ``referral_id``, ``parent_id`` and what `Lives` has;
        and their events.
    """
    referrals = _named(lives.referrals.filter("shown").sort("rid"), parameters)
    # Rows of the table take the place of the numbers that the walk gave.
    referrals = referrals.rename({"rid": "was"}).with_row_index("rid")
    referrals = referrals.with_columns(nw.col("rid").cast(nw.Int64))
    events = lives.events.rename({"rid": "was"}).join(
        referrals.select("was", "rid", "tells"), on="was", how="inner"
    )
    told = (nw.col("day") <= nw.col("tells")).fill_null(value=False)
    events = events.filter((nw.col("action") == _BEGINS) | told).drop("was", "tells")
    events = _with_names(renumbered([events], ("round", "day", "nth")), referrals, parameters)
    return referrals.drop("was"), Told.of(_amended(events, referrals, parameters))


def _named(referrals: Eager, parameters: Parameters) -> Eager:
    """Name referrals, and those that they came from: every transfer adds to the name of the root."""
    deepest = int(referrals["depth"].max() or 0)
    suffix = {depth: "-t" * depth for depth in range(deepest + 1)}
    referrals = referrals.with_columns(
        root_id=nw.concat_str(nw.lit("ref-"), nw.col("number").cast(nw.String).str.zfill(_DIGITS))
    )
    came_in = happens(drawn(referrals, "came in"), parameters.came_in)
    elsewhere = nw.when(came_in).then(nw.concat_str(nw.lit("elsewhere-"), nw.col("root_id")))
    above = nw.concat_str(nw.col("root_id"), looked_up(nw.col("depth") - 1, suffix))
    return referrals.with_columns(
        referral_id=nw.concat_str(nw.col("root_id"), looked_up(nw.col("depth"), suffix)),
        parent_id=nw.when(nw.col("depth") > 0).then(above).otherwise(elsewhere),
    ).drop("root_id")


def _with_names(events: Eager, referrals: Eager, parameters: Parameters) -> Eager:
    """Write out whom events name: the subject, the charge, the survivor of a duplicate."""
    ids = referrals.select("rid", "referral_id")
    named = nw.concat_str(nw.col("referral_id"), nw.lit("-s"), nw.col("subject").cast(nw.String))
    other = nw.concat_str(nw.col("referral_id"), nw.lit("-other"))
    some = events.filter(nw.col("subject") > 0).join(ids, on="rid", how="left")
    some = some.select(
        "rid",
        "seq",
        subject_id=nw.when(nw.col("subject") == OTHER_SUBJECT).then(other).otherwise(named),
        charge_id=nw.when(nw.col("charge") > 0).then(
            nw.concat_str(named, nw.lit("c"), nw.col("charge").cast(nw.String))
        ),
    )
    survived = (nw.col("action") == _CLOSE) & nw.col("reason").is_in(codes.SURVIVED)
    closures = events.filter(survived).select("rid", "seq")
    survivors = closures.join(_earlier(referrals, parameters), on="rid", how="inner")
    events = events.join(some, on=["rid", "seq"], how="left").join(survivors, on=["rid", "seq"], how="left")
    # No engine promises the order of a join's rows.
    return events if _in_order(events) else events.sort("rid", "seq")


def _in_order(events: Eager) -> bool:
    steps = events.select(rid=nw.col("rid").diff(), seq=nw.col("seq").diff())
    forward = (nw.col("rid") > 0) | ((nw.col("rid") == 0) & (nw.col("seq") > 0))
    return bool(steps.select(forward.fill_null(value=True).all()).item())


def _earlier(referrals: Eager, parameters: Parameters) -> Eager:
    """Give some roots an earlier one to the same agency, of which they may be a duplicate: its id."""
    roots = referrals.filter(nw.col("depth") == 0).select("rid", "agency", "key", "referral_id")
    roots = roots.sort("agency", "rid").with_row_index("i").with_columns(nw.col("i").cast(nw.Int64))
    first = roots.group_by("agency").agg(first=nw.col("i").min())
    roots = roots.join(first, on="agency", how="left")
    before = nw.col("i") - nw.col("first")
    said = ~happens(drawn(roots, "unlinked survivor"), parameters.unlinked_survivor)
    picks = roots.with_columns(before=before).filter((nw.col("before") > 0) & said)
    picks = picks.select("rid", i=nw.col("first") + below(drawn(picks, "survivor"), nw.col("before")))
    return picks.join(roots.select("i", other_id="referral_id"), on="i", how="left").select("rid", "other_id")


def _amended(events: Eager, referrals: Eager, parameters: Parameters) -> Eager:
    """Put a wrong first version beside some events: a closure without its reason, or a day too early."""
    lengths = events.group_by("rid").agg(length=nw.len(), begun=nw.col("day").min())
    some = (
        referrals.filter(
            ~nw.col("tells").is_null() & happens(drawn(referrals, "amended"), parameters.amended)
        )
        .select("rid", "key", "tells")
        .join(lengths.filter(nw.col("length") > 1), on="rid", how="inner")
    )
    some = some.with_columns(seq=1 + below(drawn(some, "amended event"), nw.col("length") - 1))
    wrong = events.join(some.drop("length"), on=["rid", "seq"], how="inner")
    corrected = nw.col("day") + days(drawn(wrong, "corrected"), CORRECTED_WITHIN)
    early = nw.max_horizontal(nw.col("day") - 1 - below(drawn(wrong, "too early"), _EARLY), nw.col("begun"))
    closes = nw.col("action") == _CLOSE
    wrong = wrong.with_columns(
        amended=nw.min_horizontal(corrected, nw.col("tells")),
        day=nw.when(closes).then(nw.col("day")).otherwise(early),
        reason=nw.when(closes).then(nw.lit(_WITHOUT_REASON)).otherwise(nw.col("reason")),
        kind=nw.when(closes).then(nw.lit(codes.KINDS["closed"])).otherwise(nw.col("kind")),
        other_id=nw.when(~closes).then(nw.col("other_id")),
        side=nw.lit(0),
    ).select(*events.columns, "amended", "side")
    right = events.with_columns(amended=nw.lit(None, dtype=nw.Int64), side=nw.lit(1))
    return renumbered([right, wrong], ("seq", "side"))
