"""What is wrong with an event, as expressions on its row: the same for whichever engine holds it."""

from collections.abc import Mapping
from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import looked_up
from tipline_outcomes.eventlog import codes
from tipline_outcomes.model.territory import TERRITORY

__all__ = [
    "JURISDICTION",
    "backwards",
    "is_misfit",
    "is_nowhere",
    "is_unknown",
    "step",
    "strange",
    "unfiled",
    "written",
]

_ACTION_NAMES: Final = {code: word for word, code in codes.ACTIONS.items()}
_STAGE_NAMES: Final = {0: "no stage", **codes.STAGE_NAMES}


def is_unknown() -> nw.Expr:
    """Find the events with a word that is in no vocabulary, or without an action."""
    return nw.any_horizontal(
        (nw.col("action") == 0),
        *(nw.col(c) == codes.NOT_A_WORD for c in ("action", "reason", "level", "kind")),
        ignore_nulls=False,
    )


def is_misfit() -> nw.Expr:
    """Find the events of known words that lack what their action needs, or have what it cannot have."""
    # The number of a word that is none is too large for the small type of codes.
    packed = codes.pack_event(nw.col("action").cast(nw.Int32), nw.col("reason"), nw.col("kind"))
    charge = nw.col("kind") == codes.CHARGE_KIND
    return ~is_unknown() & (
        ~packed.is_in(codes.POSSIBLE)
        | (nw.col("action").is_in(codes.NEEDS_SUBJECT_CODES) & nw.col("subject_id").is_null())
        | (~charge & ((nw.col("level") > 0) | ~nw.col("charge_id").is_null()))
        | (~nw.col("action").is_in(codes.NAMES_ANOTHER_CODES) & ~nw.col("other_id").is_null())
    )


def strange(columns: Mapping[str, nw.Expr]) -> nw.Expr:
    """Name the words of an event that no vocabulary has, with their columns.

    Args:
        columns: Where the words of each column of `codes.WORDS` stand.
    """
    unknown = (
        nw.when(~columns[name].is_in(list(known))).then(nw.concat_str(nw.lit(f"{name} "), columns[name]))
        for name, known in codes.WORDS.items()
    )
    return nw.concat_str(*unknown, separator=", ", ignore_nulls=True)


def written(columns: Mapping[str, nw.Expr]) -> nw.Expr:
    """Write out the words of an event, from where `strange` finds them."""
    return nw.concat_str(*(columns[name] for name in codes.WORDS), separator=" ", ignore_nulls=True)


def step() -> nw.Expr:
    """Name the action and the stage in which it was taken."""
    return nw.concat_str(
        looked_up(nw.col("action"), _ACTION_NAMES),
        nw.lit(" in "),
        looked_up(nw.col("before"), _STAGE_NAMES),
    )


def unfiled() -> nw.Expr:
    """Name the charge whose result came without its filing."""
    return nw.concat_str(nw.lit("result for "), nw.col("charge_id").fill_null("the one unnamed charge"))


def backwards(later: nw.Expr, earlier: nw.Expr, between: str) -> nw.Expr:
    """Name two days, of which the second should not come after the first, with a word between them."""
    first, second = (day.dt.to_string("%Y-%m-%d") for day in (later, earlier))
    return nw.concat_str(first, nw.lit(f" {between} "), second)


def is_nowhere() -> nw.Expr:
    """Find the rows of the referral table that name no jurisdiction."""
    # Not a dollar sign: to some engines it is the end of a line as well.
    shaped = nw.col("territory").str.contains(rf"^(?:{TERRITORY.pattern})\z")
    return ~(shaped & nw.col("level").is_in(list(codes.LEVELS))).fill_null(value=False)


JURISDICTION: Final = nw.concat_str(
    *(nw.col(name).fill_null("null") for name in ("territory", "level")), separator="/"
)
"""What a row of the referral table names instead of a jurisdiction."""
