"""From the waits of a ledger to curves of incidence: the counts of days as the estimator wants them."""

from collections.abc import Sequence
from typing import Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, Frame, eager, frame_of
from tipline_outcomes.errors import LedgerMismatchError
from tipline_outcomes.ledger import Clock, Ledger
from tipline_outcomes.ledger.waits import IMPLIED, UNDATED
from tipline_outcomes.ledger.words import NOT_CONTRIBUTED
from tipline_outcomes.metrics._product_limit import Variance, product_limit
from tipline_outcomes.metrics._tally import Key, tally
from tipline_outcomes.metrics.parts import Parts
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.model import Milestone, Place

__all__ = ["Estimate", "estimates", "hold_clock", "rows_of"]

_COUNTS: Final = {"group": int, "day": int, "from": str, "to": str, "n": int}
_NEVER: Final = "never"
"""The state of those who never get to the clock's end."""
_NULL: Final = "\x00"


@frozen(kw_only=True, eq=False)
class Estimate:
    """The curves of one group, and how many units they are of; see `tipline_outcomes.Incidence`."""

    timed: int
    never_watched: int
    untimed: int
    curve: Frame
    least: Frame
    most: Frame


def hold_clock(ledger: Ledger, clock: Clock) -> None:
    """Refuse a ledger that cannot tell what a clock times, of its units or of what was not contributed."""
    late = clock.ends.rung >= Milestone.CHARGED.rung
    (Question.COURTS if late else Question.CONVERSION).hold(ledger)
    if NOT_CONTRIBUTED not in set(ledger.standing["reason"]):
        return
    # The bounds would leave out somebody of whom nobody knows, and who could have got there.
    if clock is not Clock.RECEIVED:
        message = (
            "this ledger holds what was not contributed, and nobody knows how much of that got to where the"
            f" clock {clock.value!r} starts; ask of the clock 'received', or before it is covered"
        )
        raise LedgerMismatchError(message)
    if (ledger.waits["entered"] > 0).any():
        message = (
            "this ledger holds what was not contributed, and units that entered late: who was gone before"
            " them is among the missing; leave out the contributors whose data begin in the middle, so that"
            " all of theirs is missing, or ask of the ledger before it was covered"
        )
        raise LedgerMismatchError(message)


def rows_of(ledger: Ledger, names: Sequence[str], clock: Clock) -> Frame:
    """Give the rows of one clock, by some of the ledger's dimensions."""
    return eager(ledger.rolled_up(names).waits).filter(nw.col("clock") == clock.value).to_polars()


def estimates(
    ledger: Ledger,
    parts: dict[Key, Parts],
    names: Sequence[str],
    clock: Clock,
    *,
    variance: Variance,
    confidence: float,
) -> tuple[Estimate, ...]:
    """Estimate the curves of every group, in the order of their parts."""
    waits = rows_of(ledger, names, clock)
    to, untold = nw.col("to"), nw.col("days").is_null()
    last = (Place.PENDING.value, Place.UNKNOWN.value, clock.target, Place.TRANSFERRED_OUT.value)
    on_clock = ~nw.col("late") & ~untold & (to != Place.EXCLUDED.value)
    conditions = {
        "timed": on_clock & to.is_in(last),
        "never_watched": untold & (to == Place.UNKNOWN.value),
        "untimed": to.is_in([UNDATED, IMPLIED]),
        "excluded": to == Place.EXCLUDED.value,
    }
    counted = tally(waits, names, conditions)
    sizes = [counted.get(key, dict.fromkeys(conditions, 0)) for key in parts]
    told = eager(waits).filter(on_clock)
    rows = _by_number(told, names, list(parts))
    # At risk from the day on which watching began: who is there from the start comes on day -1.
    began = told.filter(to.is_in(last)).with_columns(days=nw.col("entered") - 1)
    entries = _by_number(began, names, list(parts)).with_columns(
        nw.lit(None, dtype=nw.String).alias("from"), nw.lit(clock.begins).alias("to")
    )
    counts = _concat([rows, entries])
    curves = product_limit(counts, clock.states, variance=variance, confidence=confidence)
    # Of the excluded, those whose survivor is not in the data may belong here, as in the bounds of a rate.
    silent = [
        size["never_watched"] + size["untimed"] + min(size["excluded"], one.unlinked)
        for size, one in zip(sizes, parts.values(), strict=True)
    ]
    least, most = (_extreme(rows, entries, silent, clock, to) for to in (_NEVER, clock.target))
    return tuple(
        Estimate(
            **{name: size[name] for name in ("timed", "never_watched", "untimed")},
            curve=_own(curves, number, "day", "outcome", "incidence", "variance", "lower", "upper"),
            least=_own(least, number, "day", "incidence", "open"),
            most=_own(most, number, "day", "incidence", "open"),
        )
        for number, size in enumerate(sizes)
    )


def _extreme(rows: Eager, entries: Eager, silent: Sequence[int], clock: Clock, to: str) -> Eager:
    """Estimate the incidence of the clock's end, if all of whom nobody tells any more went one way."""
    lost = (nw.col("from") == clock.begins) & (nw.col("to") == Place.UNKNOWN.value)
    gone = nw.when(lost).then(nw.lit(to)).otherwise(nw.col("to"))
    counts = _concat(
        [
            rows.with_columns(gone.alias("to")),
            entries,
            _entries(silent, clock.begins, -1),
            _entries(silent, to, 0).with_columns(nw.lit(clock.begins).alias("from")),
        ]
    )
    states = tuple(dict.fromkeys((*clock.states, _NEVER)))
    curves = product_limit(counts, states, variance=None)
    still = curves.filter(nw.col("outcome") == clock.begins).select("group", "day", open="incidence")
    reached = curves.filter(nw.col("outcome") == clock.target).select("group", "day", "incidence")
    return reached.join(still, on=["group", "day"], how="inner")


def _by_number(rows: Eager, names: Sequence[str], keys: Sequence[Key]) -> Eager:
    """Number the groups, and name the columns as the estimator wants them."""
    marks = [f"#{i}" for i in range(len(names))]  # a dimension may be called as a column here
    told = rows.select(
        *(nw.col(name).fill_null(_NULL).alias(mark) for name, mark in zip(names, marks, strict=True)),
        *("from", "to", "n"),
        day="days",
    )
    if not names:
        return told.select("day", "from", "to", "n", group=nw.lit(0, dtype=nw.Int64)).select(*_COUNTS)
    numbered = (
        (*(_NULL if value is None else value for value in key), number) for number, key in enumerate(keys)
    )
    groups = eager(frame_of(numbered, dict.fromkeys(marks, str) | {"group": int}))
    return told.join(groups, on=marks, how="inner").select(*_COUNTS)


def _entries(numbers: Sequence[int], to: str, day: int) -> Eager:
    """Let so many of each group come into a state on a day."""
    rows = ((group, day, None, to, n) for group, n in enumerate(numbers) if n)
    return eager(frame_of(rows, _COUNTS))


def _concat(parts: Sequence[Eager]) -> Eager:
    return nw.concat([part.select(*_COUNTS) for part in parts], how="vertical")


def _own(curves: Eager, number: int, *columns: str) -> Frame:
    return curves.filter(nw.col("group") == number).select(*columns).sort("day").to_polars()
