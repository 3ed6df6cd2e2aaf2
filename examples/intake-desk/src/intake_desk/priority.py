"""The desk's own dimension: how soon somebody has to look at a referral."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from tipline_outcomes import Classification, IncidentType, Referral, Report

__all__ = ["PRIORITY", "Priority", "priority_of", "priority_set"]

PRIORITY: Final = "priority"
"""The name of the dimension, in the data and in every table."""


class Priority(StrEnum):
    """How soon somebody has to look, the soonest first."""

    URGENT = "urgent"
    ROUTINE = "routine"
    LOW = "low"
    UNRATED = "unrated"
    """The desk has none of the referral's reports: it cannot tell, which is not the same as low."""

    @property
    def rank(self) -> int:
        """The place in the queue, from 0."""
        return list(Priority).index(self)


# A child may be in an offender's reach today.
_IN_REACH: Final = frozenset(
    {
        IncidentType.ENTICEMENT,
        IncidentType.CHILD_SEX_TRAFFICKING,
        IncidentType.CHILD_SEX_TOURISM,
        IncidentType.CHILD_SEXUAL_MOLESTATION,
    }
)


def priority_of(reports: Iterable[Report]) -> Priority:
    """Rate the reports of one referral: as urgent as the most urgent of them."""
    return min(map(_priority_of_one, reports), key=lambda priority: priority.rank, default=Priority.UNRATED)


def priority_set(referral: Referral) -> Priority:
    """Read the priority that a referral was given when it was taken in.

    Raises:
        ValueError: If somebody else gave it a priority, by other words.
    """
    return Priority(dict(referral.dimensions).get(PRIORITY, Priority.UNRATED))


def _priority_of_one(report: Report) -> Priority:
    if report.escalated or report.incident_type in _IN_REACH:
        return Priority.URGENT
    if report.classification is Classification.INFORMATIONAL:
        return Priority.LOW
    return Priority.ROUTINE
