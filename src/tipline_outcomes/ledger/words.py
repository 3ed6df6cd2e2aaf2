"""The words of the ledger's tables, and their codes while counting."""

from collections.abc import Mapping
from typing import Final

from tipline_outcomes.eventlog import codes
from tipline_outcomes.model import Breach, ClosedReason, Place, Rule, Stage

__all__ = [
    "IMPLIED",
    "INCOMPLETE",
    "LEVEL_BITS",
    "NEVER_WATCHED",
    "NOT_CONTRIBUTED",
    "NOT_RUNNING",
    "NO_LONGER_WATCHED",
    "OPEN_NAMES",
    "PLACES",
    "PLACE_NAMES",
    "REASONS",
    "REASON_NAMES",
    "REFERRAL_MISSING",
    "REOPENABLE",
    "SET_ASIDE",
    "SKIPPED",
    "UNLINKED",
    "UNLINKED_REASONS",
    "UNNAMED_CHARGE",
    "UNRECORDED",
    "UNWATCHED",
    "WATCHED",
    "aside",
    "implied_level",
    "level_text",
    "unlinked",
]

# In the order in which one member of a family decides the family's place.
PLACES: Final[Mapping[str, int]] = {
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

NOT_RUNNING, REOPENABLE, WATCHED, UNWATCHED = range(4)
OPEN_NAMES: Final = {
    NOT_RUNNING: "no",
    REOPENABLE: "reopenable",
    WATCHED: "watched",
    UNWATCHED: "unwatched",
}
"""Whether any branch still runs, a court case included; and if so, whether anyone would tell us.

What is closed for a reason that allows reopening does not run, and can run again.
"""

UNLINKED: Final = "unlinked:"
"""Prefix of a reason that points to another referral which is not in the data."""
SET_ASIDE: Final = "set_aside:"
"""Prefix of the reason of a record that breaks a rule; the rule's name follows."""
UNRECORDED: Final = "unrecorded"
"""Stands among the levels of charges where a charge was filed and its level not recorded."""
NEVER_WATCHED: Final = "never_watched"
NO_LONGER_WATCHED: Final = "no_longer_watched"
INCOMPLETE: Final = Rule.INCOMPLETE.value
"""The reason of a record of which not all could be read, and what could be read shows no charge."""
REFERRAL_MISSING: Final = "referral_missing"
"""The reason of a report that is also part of a referral which is not in the data."""
NOT_CONTRIBUTED: Final = "not_contributed"
"""The reason of a unit that the clearinghouse made available, and that no contributor put into the data."""
UNNAMED_CHARGE: Final = "unnamed_charge"
"""The reason of a subject who is not charged by name, where a charge names nobody."""


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
                INCOMPLETE,
                REFERRAL_MISSING,
                UNNAMED_CHARGE,
                *(aside(rule) for rule in Rule if rule.breach is Breach.SETS_ASIDE),
            }
        ),
        1,
    )
}
REASON_NAMES: Final = {code: name for name, code in REASONS.items()}

UNLINKED_REASONS: Final = {
    REASONS[name.removeprefix(UNLINKED)]: code for name, code in REASONS.items() if name.startswith(UNLINKED)
}
"""From a reason to the one that says that elsewhere is not in the data."""

# Of stated charges in the low bits, of implied ones in the high bits; the code of a level is its bit's place.
_LEVELS: Final = (UNRECORDED, *codes.LEVELS)
LEVEL_BITS: Final = {code: 1 << code for code in range(len(_LEVELS))}
IMPLIED: Final = 1 << len(_LEVELS)
_SHOWN: Final = (*_LEVELS[1:], UNRECORDED)


def level_text(bits: int) -> str:
    """Write a set of levels in the vocabulary's order; those that only implied charges have come last.

    >>> level_text(LEVEL_BITS[3] | LEVEL_BITS[1] | LEVEL_BITS[0] * IMPLIED | LEVEL_BITS[1] * IMPLIED)
    'local,federal,implied:unrecorded'
    """
    stated, implied = bits % IMPLIED, bits // IMPLIED
    said = [name for name in _SHOWN if stated >> _LEVELS.index(name) & 1]
    unsaid = [name for name in _SHOWN if name not in said and implied >> _LEVELS.index(name) & 1]
    return ",".join([*said, *(implied_level(name) for name in unsaid)])


def implied_level(name: str) -> str:
    """Name a level that only implied charges have."""
    return f"implied:{name}"
