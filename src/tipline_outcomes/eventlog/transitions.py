"""The transition log: for every event the stage before and after it. Counting then needs no window.

The canonical form is made on rows ordered by referral and seq, where "the row before" is a shift and "the
last target" a forward fill: no window over a partition, which is what makes whole-table checks fast.
"""

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import AnyRows, Eager, looked_up, marked, spread
from tipline_outcomes.eventlog import codes
from tipline_outcomes.model import Action, Place, Stage

__all__ = [
    "STATE_CODES",
    "Transitions",
    "charges_of",
    "coded",
    "landing",
    "speaking_of",
    "state_of_move",
    "transitions_of",
    "words_coded",
]

_CHARGE_RESULT = codes.ACTIONS[Action.CHARGE_RESULT.value]
_CLOSE = codes.ACTIONS[Action.CLOSE.value]
_KEPT = ("i", "rid", "seq", "day", "action", "kind", "reason", "level", "rung", "implied", "lossy", "first")
_OF_CHARGES = ("i", "rid", "day", "action", "reason", "subject_id", "charge_id")

STATE_CODES = {
    "open": 1,
    Place.ADMINISTRATIVE.value: 2,
    Place.CLOSED.value: 3,
    Place.EXCLUDED.value: 4,
    Place.CHARGE.value: 5,
    Place.TRANSFERRED_OUT.value: 6,
}
"""The states of a unit's own clock: coarser than stages, and told apart by how a matter ended."""


_STATE_OF_STAGE = {
    **dict.fromkeys(codes.OPEN_STAGE_CODES, STATE_CODES["open"]),
    codes.STAGES[Stage.CHARGED.value]: STATE_CODES[Place.CHARGE.value],
    codes.STAGES[Stage.CONCLUDED.value]: STATE_CODES[Place.CHARGE.value],
    codes.STAGES[Stage.TRANSFERRED.value]: STATE_CODES[Place.TRANSFERRED_OUT.value],
}


@frozen
class Transitions:
    """The canonical form of a log's lawful-looking events (those that break no rule of form).

    Attributes:
        rows: One row a live event, ordered by ``rid`` (the referral's row number) and ``seq``: ``i`` (row
            number), ``rid``, ``seq``, ``day`` (days since 1970-01-01), ``action``, ``kind``, ``reason``,
            ``level``, ``rung`` (codes), ``implied``, ``lossy``, ``first``, ``moves``, ``before``, ``after``
            (stage codes, 0 for none), and the findings ``illegal``, ``not_filed``, ``backwards``.
        charges: Of those rows the events of charges: ``rid``, ``i``, ``charge`` (a number for each charge),
            ``reason``, ``day``.
        changes: One row a day on which the referral's state differs at the end from the end of the
            day before: ``rid``, ``day``, ``was``, ``now`` (`STATE_CODES`), ``implied`` (what brought it there
            was added, and nobody stated the day). Exact where dates run forwards.
    """

    rows: Eager
    charges: Eager
    changes: Eager


def coded(events: Eager) -> Eager:
    """Code the live rows of a numbered event table: 0 where null, `codes.NOT_A_WORD` where unknown.

    Amended rows go here, before anything is looked at.
    """
    return (
        events.lazy()
        .filter(nw.col("superseded_on").is_null())
        .select(
            *("row", "referral_id", "seq", "subject_id", "charge_id", "other_id", "implied", "lossy"),
            day=nw.col("on").cast(nw.Int32),
            **words_coded(),
        )
        .rename({"disposition": "kind"})
        .collect()
    )


def words_coded() -> dict[str, nw.Expr]:
    """Give the columns that hold words, in codes."""
    return {
        column: nw.col(column)
        .fill_null("")
        .replace_strict(["", *known], [0, *known.values()], default=codes.NOT_A_WORD, return_dtype=nw.Int16)
        for column, known in codes.WORDS.items()
    }


def state_of_move() -> nw.Expr:
    """Give the state (`STATE_CODES`) that a moving event leads to."""
    ended = {code: STATE_CODES[place.value] for code, place in codes.ENDS_AS.items()}
    return (
        nw.when(nw.col("action") == _CLOSE)
        .then(looked_up(nw.col("reason"), ended))
        .otherwise(looked_up(nw.col("after"), _STATE_OF_STAGE))
    )


def transitions_of(events: Eager) -> Transitions:
    """Make the canonical form.

    Args:
        events: Live events that break no rule of form, coded, with ``rid``; ordered by ``rid`` and ``seq``.
    """
    packed = codes.pack_action(nw.col("action"), nw.col("reason"))
    rows = events.with_row_index("i").with_columns(
        first=~_same_as_above("rid"),
        rung=looked_up(packed, codes.RUNG_OF),
    )
    of_charges = rows.select(*_OF_CHARGES, "kind").filter(nw.col("kind") == codes.CHARGE_KIND)
    charges = charges_of(of_charges)
    rows = rows.with_columns(ended=marked(charges.filter(nw.col("open_charges") == 0)["i"], len(rows)))
    rows = rows.select(
        *_KEPT,
        lands=landing(nw.col("ended")),
        not_filed=marked(charges.filter("not_filed")["i"], len(rows)),
    ).with_columns(moves=nw.col("lands") > 0)
    settled = nw.when(nw.col("moves") | nw.col("first")).then(nw.col("lands"))
    rows = rows.with_columns(after=settled.fill_null(strategy="forward"))
    rows = rows.with_columns(
        before=nw.when(~nw.col("first")).then(nw.col("after").shift(1)).otherwise(nw.lit(0)),
        backwards=~nw.col("first") & (nw.col("day") < nw.col("day").shift(1)).fill_null(value=False),
    ).with_columns(illegal=~codes.pack_step(nw.col("before"), nw.col("action")).is_in(codes.ALLOWED_STEPS))
    small = (*("action", "kind", "level", "rung", "before", "after"), "reason")
    rows = rows.select(*_KEPT, "moves", "before", "after", "illegal", "not_filed", "backwards").with_columns(
        *(nw.col(name).cast(nw.Int16) for name in small)
    )
    charge = spread(charges["i"], charges["charge"], len(rows))[of_charges["i"]]
    named = of_charges.select("rid", "i", "reason", "day", charge=charge)
    return Transitions(rows=rows, charges=named, changes=_changes(rows))


def speaking_of(charges: AnyRows) -> AnyRows:
    """Keep the event that speaks for a referral's charges: the latest, but first one whose conviction stands.

    Args:
        charges: Events of charges, as in `Transitions.charges`.
    """
    last = charges.unique(subset=["charge"], keep="last", order_by="i")
    last = last.with_columns(stands=nw.col("reason").is_in(codes.STANDS))
    return last.unique(subset=["rid"], keep="last", order_by=["stands", "i"])


def landing(ended: nw.Expr) -> nw.Expr:
    """Give the stage that an event leads to, by its action and its reason; 0: to none.

    Args:
        ended: Whether no charge is open after it.
    """
    concludes = (nw.col("action") == _CHARGE_RESULT) & ended
    target = looked_up(codes.pack_action(nw.col("action"), nw.col("reason")), codes.TARGET_OF)
    return nw.when(concludes).then(nw.lit(codes.STAGES[Stage.CONCLUDED.value])).otherwise(target)


def _same_as_above(*columns: str) -> nw.Expr:
    return nw.all_horizontal(
        *((nw.col(c) == nw.col(c).shift(1)).fill_null(value=False) for c in columns), ignore_nulls=False
    )


def charges_of(rows: Eager) -> Eager:
    """Tell of every charge event which charge it is about, how many are open after it, and if it was filed.

    A charge has the number of its first event. One that opens adds one to its referral's running sum, and
    takes it back when it ends.

    Args:
        rows: Charge events, in the order of ``rid`` and ``i``.
    """
    rows = rows.select(
        "i",
        "rid",
        "action",
        nw.col("subject_id").fill_null(""),
        "charge_id",
        opens=nw.col("reason").is_in(codes.OPENS).cast(nw.Int64),
    )
    # Most charged referrals have one such event, which needs no order and no running sum.
    beside = (nw.col("rid") == nw.col("rid").shift(1)) | (nw.col("rid") == nw.col("rid").shift(-1))
    rows = rows.with_columns(beside=beside.fill_null(value=False))
    alone = rows.filter(~nw.col("beside")).select(
        "i", charge="i", open_charges="opens", not_filed=nw.col("action") == _CHARGE_RESULT
    )
    return nw.concat([alone, _charges_beside(rows.filter("beside"))], how="vertical")


def _charges_beside(rows: Eager) -> Eager:
    # Mostly a referral has one subject, and its number says whose the charge is.
    others = (nw.col("rid") == nw.col("rid").shift(1)) & (
        nw.col("subject_id") != nw.col("subject_id").shift(1)
    )
    subject = ("rid", "subject_id") if rows.select(others=others)["others"].any() else ("rid",)
    nameless = rows.filter(nw.col("charge_id").is_null())
    if not nameless.is_empty():
        # A charge without an id is the subject's one charge: the first id that turns up is its name.
        named = rows.filter(~nw.col("charge_id").is_null())
        first = named.filter(~_same_as_above(*subject)).unique(
            subset=list(subject), keep="first", order_by="i"
        )
        names = first.select(*subject, "charge_id")
        nameless = nameless.drop("charge_id").join(names, on=list(subject), how="left")
        nameless = nameless.with_columns(nw.col("charge_id").fill_null("")).select(*rows.columns)
        rows = nw.concat([named, nameless], how="vertical")
    rows = rows.sort(*subject, "charge_id", "i").with_columns(known=_same_as_above(*subject, "charge_id"))
    charge = nw.when(~nw.col("known")).then(nw.col("i")).fill_null(strategy="forward")
    was_open = nw.when(nw.col("known")).then(nw.col("opens").shift(1)).otherwise(nw.lit(0))
    rows = rows.select(
        "i",
        "rid",
        charge=charge,
        opened=nw.col("opens") - was_open,
        not_filed=~nw.col("known") & (nw.col("action") == _CHARGE_RESULT),
    ).sort("i")
    rows = rows.with_columns(running=nw.col("opened").cum_sum())
    # What the running sum had reached when the referral's own charges began is not its own.
    before = nw.when(~_same_as_above("rid")).then(nw.col("running") - nw.col("opened"))
    return rows.select(
        "i",
        "charge",
        open_charges=nw.col("running") - before.fill_null(strategy="forward"),
        not_filed="not_filed",
    )


def _changes(rows: Eager) -> Eager:
    """Keep of the events that change the referral's state each day's last one, if it outlasts the day."""
    moving = rows.select("rid", "day", "action", "reason", "implied", "after", "moves").filter("moves")
    last_of_day = ~nw.all_horizontal(
        *((nw.col(c) == nw.col(c).shift(-1)).fill_null(value=False) for c in ("rid", "day")),
        ignore_nulls=False,
    )
    steps = _stepping(moving.select("rid", "day", "implied", now=state_of_move()))
    return _stepping(steps.filter(last_of_day)).select("rid", "day", "was", "now", "implied")


def _stepping(rows: Eager) -> Eager:
    """Keep the rows that differ from the one before; every referral begins open."""
    was = nw.when(_same_as_above("rid")).then(nw.col("now").shift(1)).otherwise(nw.lit(STATE_CODES["open"]))
    return rows.with_columns(was=was).filter(nw.col("was") != nw.col("now"))
