"""Logs of stages: one row for each stage that a referral entered, as tools of process mining read them.

An event log tells what was done; many extracts tell only where a referral got to. Where rows stand in order,
the row above is a shift, and one look at a small table tells whether a step is lawful: no window is needed.
"""

from collections.abc import Callable
from typing import Final

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes._engine import (
    Eager,
    Frame,
    collected,
    entered,
    frame_of,
    looked_up,
    steps_in_order,
    steps_unlike,
)
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.log import EventLog
from tipline_outcomes.model import TABLE

__all__ = ["directly_follows", "stages_of", "unlawful_steps"]

_WIDTH: Final = 1 << 4  # more than there are stages, and what is none
_STAGES: Final = tuple(codes.STAGES)
_CODES: Final = {stage: code for code, stage in enumerate(_STAGES)}
_NAMES: Final = dict(enumerate(_STAGES))
_OUTSIDE: Final = _WIDTH - 2
_MOVING: Final = {action // 100 for action in codes.TARGET_OF}
_LAWFUL: Final = tuple(
    sorted(
        (_OUTSIDE if line.stage is None else _CODES[line.stage]) * _WIDTH + _CODES[stage]
        for line in TABLE.values()
        if codes.ACTIONS[line.action] in _MOVING
        for stage in line.to
    )
)


def stages_of(log: EventLog) -> Frame:
    """Give a log as the stages that its referrals entered.

    Returns:
        ``referral_id``, ``number`` (it orders the rows of a referral), ``on`` and ``stage``, in order. The
        histories of a referral that break a rule of form are left out; of the others every event that moves
        the referral is a row, lawful or not.

    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> stages = stages_of(EventLog.of(invent(Parameters(referrals=20)).cohort))
    >>> stages.columns, stages["stage"][0]
    (['referral_id', 'number', 'on', 'stage'], 'made_available')
    """
    canon = log.canonical
    moves = canon.transitions.rows.filter("moves")
    ids = canon.referrals.select("rid", "referral_id").sort("rid")["referral_id"]
    rows = moves.select(
        number="seq",
        on=nw.col("day").cast(nw.Date),
        stage=looked_up(nw.col("after"), codes.STAGE_NAMES).cast(nw.Enum(_STAGES)),
        referral_id=ids[moves["rid"]],
    )
    return rows.select("referral_id", "number", "on", "stage").to_polars()


def directly_follows(stages: IntoFrame) -> Frame:
    """Count how often a referral went from each stage directly to each other.

    Args:
        stages: From any engine: ``referral_id``, ``stage`` and ``number``, which orders the rows of a
            referral. Without it they are taken as they stand, ordered by ``referral_id``.

    Returns:
        ``before``, ``after`` and ``n``. Where a history begins, ``before`` is null; ``after`` is null for
        what is no stage of the vocabulary.

    Raises:
        ExtractError: If a column is missing, if two rows of a referral share a number, or if rows without
            numbers are in another order.

    >>> import polars as pl
    >>> stages = ["made_available", "under_triage", "closed"]
    >>> history = pl.DataFrame({"referral_id": ["f"] * 3, "number": [0, 1, 2], "stage": stages})
    >>> directly_follows(history).rows()
    [(None, 'made_available', 1), ('made_available', 'under_triage', 1), ('under_triage', 'closed', 1)]
    """
    _, steps = _in_order(stages, lambda rows: steps_in_order(rows, _STAGES, _WIDTH))
    # What comes from outside comes first.
    cells = sorted(steps["step"].value_counts().rows(), key=lambda cell: (cell[0] + 2 * _WIDTH) % _WIDTH**2)
    named = ((_NAMES.get(step // _WIDTH), _NAMES.get(step % _WIDTH), n) for step, n in cells)
    return frame_of(named, {"before": str, "after": str, "n": int})


def unlawful_steps(stages: IntoFrame) -> Frame:
    """Find the steps that no action of the pipeline makes.

    Args:
        stages: As `directly_follows` takes them.

    Returns:
        ``referral_id``, ``number`` (of the row, from 0, if they have none), ``before`` and ``after`` of each,
        in order.

    Raises:
        ExtractError: As `directly_follows` does.

    >>> import polars as pl
    >>> stages = ["made_available", "charged"]
    >>> history = pl.DataFrame({"referral_id": ["f"] * 2, "number": [0, 1], "stage": stages})
    >>> unlawful_steps(history).rows()
    [('f', 1, 'made_available', 'charged')]
    """
    rows, steps = _in_order(stages, lambda rows: steps_unlike(rows, _STAGES, _WIDTH, _LAWFUL))
    number = rows["number"][steps["row"]] if "number" in rows.columns else steps["row"]
    found = _named(steps).with_columns(number.alias("number")).rename({"id": "referral_id"})
    return found.select("referral_id", "number", "before", "after").to_polars()


def _in_order(stages: IntoFrame, ask: Callable[[Eager], Eager]) -> tuple[Eager, Eager]:
    """Ask for the steps of rows; only if these turn out not to stand in order are they sorted."""
    rows = collected(entered(stages, "stages"))
    missing = [name for name in ("referral_id", "stage") if name not in rows.columns]
    if missing:
        message = f"stages has no column {missing[0]!r}; it has {', '.join(rows.columns)}"
        raise ExtractError(message)
    numbers = [name for name in ("number",) if name in rows.columns]
    rows = rows.select(*numbers, id="referral_id", word="stage")
    if rows["id"].is_sorted():
        steps = ask(rows)
        if not steps["astray"].any():
            return rows, steps
    elif not numbers:
        message = "stages is not ordered by referral_id; order its rows, or number those of each referral"
        raise ExtractError(message)
    rows = rows.sort("id", "number")
    steps = ask(rows)
    if steps["astray"].any():
        message = "stages has rows of one referral with the same number; number them in their order"
        raise ExtractError(message)
    return rows, steps


def _named(rows: Eager) -> Eager:
    return rows.with_columns(
        before=looked_up(nw.col("step") // _WIDTH, _NAMES),
        after=looked_up(nw.col("step") % _WIDTH, _NAMES),
    )
