"""The words of the ledger's tables, and their codes while counting."""

from typing import Final

from tipline_outcomes.eventlog import codes
from tipline_outcomes.model import Breach, ClosedReason, Level, Place, Rule, Stage

__all__ = [
    "ENDED_AS",
    "LEVEL_BITS",
    "NEVER_WATCHED",
    "NOT_RUNNING",
    "NO_LONGER_WATCHED",
    "OPEN_NAMES",
    "PLACES",
    "PLACE_NAMES",
    "REASONS",
    "REASON_NAMES",
    "SET_ASIDE",
    "SKIPPED",
    "UNLINKED",
    "UNRECORDED",
    "UNWATCHED",
    "WATCHED",
    "aside",
    "level_text",
    "unlinked",
]

# In the order in which one member of a family decides the family's place.
PLACES: Final = {
    place.value: code
    for code, place in enumerate(
        (
            Place.CHARGE,
            Place.UNKNOWN,
            Place.PENDING,
            Place.ADMINISTRATIVE,
            Place.CLOSED,
            Place.EXCLUDED,
            Place.TRANSFERRED_OUT,
        )
    )
}
PLACE_NAMES: Final = {code: name for name, code in PLACES.items()}
SKIPPED: Final = len(PLACES)
"""A member that its child stands for."""

NOT_RUNNING, WATCHED, UNWATCHED = 0, 1, 2
OPEN_NAMES: Final = {NOT_RUNNING: "no", WATCHED: "watched", UNWATCHED: "unwatched"}
"""Whether any branch still runs, a court case included; and if so, whether anyone would tell us."""

UNLINKED: Final = "unlinked:"
"""Prefix of a reason that points to another referral which is not in the data."""
SET_ASIDE: Final = "set_aside:"
"""Prefix of the reason of a record that breaks a rule; the rule's name follows."""
UNRECORDED: Final = "unrecorded"
"""Stands among the levels of charges where a charge was filed and its level not recorded."""
NEVER_WATCHED: Final = "never_watched"
NO_LONGER_WATCHED: Final = "no_longer_watched"


def unlinked(reason: str) -> str:
    """Name the reason of a unit that is counted elsewhere, where elsewhere is not in the data."""
    return f"{UNLINKED}{reason}"


def aside(rule: Rule) -> str:
    """Name the reason of a record that a broken rule sets aside."""
    return f"{SET_ASIDE}{rule.value}"


# Codes in the order of the texts, so that the greatest code is the greatest text.
REASONS: Final = {
    name: code
    for code, name in enumerate(
        sorted(
            {
                *codes.REASON_CODES,
                *(stage.value for stage in Stage),
                *(unlinked(reason.value) for reason in ClosedReason if reason.has_survivor),
                unlinked(Stage.TRANSFERRED.value),
                Place.TRANSFERRED_OUT.value,
                NEVER_WATCHED,
                NO_LONGER_WATCHED,
                *(aside(rule) for rule in Rule if rule.breach is Breach.SETS_ASIDE),
            }
        ),
        1,
    )
}
REASON_NAMES: Final = {code: name for name, code in REASONS.items()}

ENDED_AS: Final = {code: PLACES[place.value] for code, place in codes.ENDS_AS.items()}

LEVEL_BITS: Final = {
    name: 1 << bit for bit, name in enumerate((*(level.value for level in Level), UNRECORDED))
}


def level_text(bits: int) -> str:
    """Write a set of levels, in the vocabulary's order.

    >>> level_text(LEVEL_BITS["federal"] | LEVEL_BITS["local"])
    'local,federal'
    """
    return ",".join(name for name, bit in LEVEL_BITS.items() if bits & bit)
