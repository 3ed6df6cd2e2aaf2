"""Gaps in histories, filled with what must have happened for the stated events to be lawful.

A coarse extract says that a referral came in and how a charge ended, and little in between. Histories that
break no rule of form get two kinds of events, all of them implied, in this order:

1. **Filings.** A charge that begins with its result was filed: directly after the last stated filing of the
   same subject, on its day, or else directly before the result, on the result's day. The charges of one
   decision belong together: filed one by one, the case would seem concluded between two results. Several
   stand in the order of their ids.
2. **Steps.** An event that is not allowed in the stage before it gets the shortest path of the table
   (`tipline_outcomes.model.paths.shortest_path`) directly before it, on its day. Where there is none, nothing
   is added, and the check reports the event as ever.

Of what is stated one thing changes: a name is written out. A filing without an id is that of the subject's
first named charge, and would become another's if others were filed beside it, before that one is named. So it
is given the id that it stands for, and so is whatever else has none of that subject's charges.

An event that moves the referral has its own target, so steps before it change no stage after it: one look-up
an event. Filings change the stages after them, and so do steps before an event that moves nothing, such as an
arrest: the few histories with filings are walked once more, and stages are followed until they hold.
"""

from collections.abc import Callable
from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, Frame, among, eager, frame_of, looked_up, marked, translated
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.canonical import Canonical
from tipline_outcomes.eventlog.told import in_words
from tipline_outcomes.eventlog.transitions import charges_of, transitions_of
from tipline_outcomes.model import Action, ChargeStatus, Stage
from tipline_outcomes.model.paths import shortest_path

__all__ = ["with_filings", "without_gaps"]

_ABOUT_CHARGE: Final = nw.col("kind") == codes.CHARGE_KIND
_FILE_CHARGE: Final = codes.ACTIONS[Action.FILE_CHARGE.value]
_PENDING: Final = codes.REASON_CODES[ChargeStatus.CHARGE_PENDING.value]

# For every step that lacks others, one row for each of them: the step, how far before it, the action.
_PATHS: Final = tuple(
    (codes.pack_step(codes.STAGES[stage.value], codes.ACTIONS[action.value]), nth, codes.ACTIONS[step.value])
    for stage in Stage
    for action in Action
    for path in (shortest_path(stage, action) or (),)
    for nth, step in enumerate(path, start=-len(path))
)

# The stage that those lead to, by the step that lacks them: an event that moves nothing leaves it at that.
_LED_TO: Final = {
    lacking: codes.TARGET_OF[codes.pack_action(action, 0)] for lacking, nth, action in _PATHS if nth == -1
}

# Where an added event goes: into which history, to which stated event, on which side of it (-1 directly
# before, 1, 2, ... directly after, 0 for the event itself), and how far before whatever stands there.
_AT: Final = ("rid", "seq", "side", "nth")
_FILING: Final = (*_AT[:2], "day", "after", "subject_id", "charge_id", "level")


def without_gaps(events: Callable[[], Frame], canon: Canonical) -> Frame | None:
    """Complete every history of a log that has gaps.

    Args:
        events: Gives the event table, in form.
        canon: The log's canonical form.

    Returns:
        None if there is nothing to add. Else all other histories as they are, and after them the
        completed ones, in order and numbered from 0, each with its amended events where they were.
    """
    rows = canon.transitions.rows
    found = rows.filter(nw.col("illegal") | nw.col("not_filed"))
    if found.is_empty():
        return None
    unfiled = found.filter(nw.col("not_filed"))
    histories = canon.placed.filter(among("rid", unfiled["rid"]))
    charges = histories.filter(_ABOUT_CHARGE)
    marks = unfiled.select("rid", "seq", "not_filed")
    filings, names = _filings(charges.join(marks, on=["rid", "seq"], how="left"))
    incomplete = rows.filter(among("rid", found["rid"]))
    settled = incomplete.join(unfiled, on="rid", how="anti").with_columns(side=nw.lit(0, nw.Int32))
    steps = nw.concat([_steps(settled), _steps(_walked(_named(histories, names), filings))], how="vertical")
    added = nw.concat([filings, steps], how="diagonal")
    return None if added.is_empty() else _completed(events(), added, names, canon.referrals)


def with_filings(stated: Eager) -> list[Eager]:
    """Add the filings alone; what else is lacking is found when the log is checked.

    Args:
        stated: Events in codes, in the order of ``rid`` and ``seq``, with ``side``; and with ``amended``, if
            one is.

    Returns:
        The events, and the filings beside them; their order is that of ``rid``, ``seq`` and ``side``.
    """
    stated = stated.with_row_index("row")
    live = stated.filter(nw.col("amended").is_null()) if "amended" in stated.columns else stated
    charges = live.filter(_ABOUT_CHARGE).with_row_index("i")
    unfiled = charges_of(charges).filter("not_filed")
    charges = charges.with_columns(not_filed=marked(unfiled["i"], len(charges)))
    in_question = charges.filter("not_filed")["rid"]
    filings, names = _filings(charges.filter(among("rid", in_question)).drop("i"))
    return [_named(stated, names).drop("row"), filings.drop("nth")]


def _filings(charges: Eager) -> tuple[Eager, Eager]:
    """File the charges that begin with their result, as coded events; and name what has to be: the names.

    Args:
        charges: Charge events in the order of ``rid`` and ``seq``, each with its ``row``, and ``not_filed``.
    """
    subject = ("rid", "subject")
    charges = charges.with_columns(subject=nw.col("subject_id").fill_null("")).sort(*subject, "seq")
    # A subject's first event stands in where nothing is filed yet: no look goes back to another subject.
    begins = ~_same_as_above(*subject)
    filed = (nw.col("action") == _FILE_CHARGE) & ~nw.col("implied")
    is_named = ~nw.col("charge_id").is_null()
    named = is_named.cast(nw.Int64).cum_sum()
    nobody = nw.when(begins).then(named - is_named.cast(nw.Int64)).fill_null(strategy="forward")
    stands = {"at": nw.col("seq"), "on": nw.col("day"), "after": filed, "nameless": named == nobody}
    charges = charges.with_columns(
        **{
            name: nw.when(filed | begins).then(value).fill_null(strategy="forward")
            for name, value in stands.items()
        }
    )
    results = charges.filter("not_filed")
    # Whose filings would stand before the first name.
    sooner = results.filter(nw.col("after") & nw.col("nameless"))
    charges = charges.filter(among("rid", sooner["rid"]))
    first = charges.filter(is_named).filter(begins).join(sooner, on=list(subject), how="semi")
    names = charges.filter(~is_named).select(*subject, "row")
    names = names.join(first.select(*subject, name="charge_id"), on=list(subject), how="inner")
    names = names.select("row", "name")
    added = (
        _named(results, names)
        .with_columns(
            seq=nw.when(nw.col("after")).then(nw.col("at")).otherwise(nw.col("seq")),
            day=nw.when(nw.col("after")).then(nw.col("on")).otherwise(nw.col("day")),
        )
        .select(*_FILING)
        .sort("rid", "seq", "charge_id")
        # One running number keeps the order of those that stand after the same event.
        .with_row_index("number")
        .with_columns(
            side=nw.when(nw.col("after"))
            .then(nw.col("number").cast(nw.Int32) + 1)
            .otherwise(nw.lit(-1, nw.Int32)),
            nth=nw.lit(0, nw.Int32),
            action=nw.lit(_FILE_CHARGE, nw.Int16),
            kind=nw.lit(codes.CHARGE_KIND, nw.Int16),
            reason=nw.lit(_PENDING, nw.Int16),
            implied=nw.lit(value=True),
            lossy=nw.lit(value=False),
        )
        .drop("number", "after")
    )
    return added, names


def _named(events: Eager, names: Eager) -> Eager:
    """Give events without an id, by their ``row``, the names of the charges that they stand for."""
    name = translated(events["row"], names["row"], names["name"])
    return (
        events.with_columns(name=name).with_columns(charge_id=nw.coalesce("charge_id", "name")).drop("name")
    )


def _walked(histories: Eager, filings: Eager) -> Eager:
    """Walk histories once more, with the filings in them."""
    stated = histories.with_columns(side=nw.lit(0, nw.Int32)).select(
        *(name for name in filings.columns if name != "nth")
    )
    told = nw.concat([stated, filings.drop("nth")], how="vertical").sort("rid", "seq", "side")
    return transitions_of(told).rows.with_columns(told["side"])


def _steps(rows: Eager) -> Eager:
    """Give the steps that lead to events of some histories; none where there is no way, or no need."""
    step = codes.pack_step(nw.col("before"), nw.col("action")).cast(nw.Int64)
    led = looked_up(step, _LED_TO).cast(nw.Int16)
    goes = nw.when(nw.col("moves") | nw.col("first")).then(nw.col("after"))
    rows = rows.with_columns(goes=goes).sort("i")
    while True:
        after = nw.coalesce("goes", nw.when(led > 0).then(led)).fill_null(strategy="forward")
        now = rows.with_columns(after=after)
        now = now.with_columns(before=nw.when(~nw.col("first")).then(nw.col("after").shift(1)).otherwise(0))
        if (now["before"] == rows["before"]).all():
            break
        rows = now
    paths = eager(frame_of(_PATHS, {"step": int, "nth": int, "action": int}))
    paths = paths.with_columns(nw.col("nth").cast(nw.Int32))
    steps = rows.select(*_AT[:3], "day", step=step).join(paths, on="step", how="inner")
    return steps.select(*_AT, "day", nw.col("action").cast(nw.Int16))


def _completed(events: Frame, added: Eager, names: Eager, referrals: Eager) -> Frame:
    """Put the added events to their places in the event table, and the names."""
    ids = referrals.select("rid", "referral_id").join(added.select("rid").unique(), on="rid", how="semi")
    new = in_words(added).join(ids, on="rid", how="left")
    new = new.with_columns(
        nw.col("seq").cast(nw.Int64),
        on=nw.col("day").cast(nw.Date),
        implied=nw.lit(value=True),
        lossy=nw.lit(value=False),
    ).drop("day")
    stated = eager(events).with_row_index("row").join(ids, on="referral_id", how="inner")
    stated = stated.with_columns(side=nw.lit(0, nw.Int32), nth=nw.lit(0, nw.Int32))
    # An amended event goes before another with its number: its replacement follows it.
    live = nw.col("superseded_on").is_null()
    stated = nw.concat([stated.filter(~live), _named(stated.filter(live), names)], how="vertical")
    histories = (
        nw.concat([stated, new], how="diagonal")
        .with_columns(live=live)
        .sort(*_AT[:2], "live", *_AT[2:], "row")
        .drop("row")
        .with_row_index("row")
    )
    begins = nw.when(~_same_as_above("rid")).then(nw.col("row")).fill_null(strategy="forward")
    histories = histories.with_columns(seq=(nw.col("row") - begins).cast(nw.Int64))
    others = eager(events).join(ids, on="referral_id", how="anti")
    return nw.concat([others, histories.select(*events.columns)], how="vertical").to_polars()


def _same_as_above(*columns: str) -> nw.Expr:
    return nw.all_horizontal(
        *((nw.col(c) == nw.col(c).shift(1)).fill_null(value=False) for c in columns), ignore_nulls=False
    )
