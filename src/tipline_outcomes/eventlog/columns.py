"""The columns of the two tables that make an event log, named once."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from attrs import frozen

__all__ = ["EVENT_COLUMNS", "LINK_COLUMNS", "NO_DIMENSIONS", "REFERRAL_COLUMNS", "REPORT_COLUMNS", "Column"]


@frozen
class Column:
    """One column: the type of its values, what it means, and whether it must be there and readable.

    >>> [name for name, column in EVENT_COLUMNS.items() if column.required]
    ['referral_id', 'seq', 'on', 'action']
    >>> EVENT_COLUMNS["implied"].kind, EVENT_COLUMNS["level"].meaning
    (<class 'bool'>, 'of a charge: the level of the authority that filed it')
    """

    kind: type
    meaning: str
    required: bool = False
    may_be_unreadable: bool = False


EVENT_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "referral_id": Column(str, "the referral that the event belongs to", required=True),
        "seq": Column(int, "the event's place in the history; the lowest is made_available", required=True),
        "on": Column(date, "the day, in the agency's calendar", required=True, may_be_unreadable=True),
        "action": Column(str, "a word of the vocabulary Action", required=True),
        "disposition": Column(str, "charge, administrative or closed; null where there is none"),
        "reason": Column(str, "the disposition's reason, or the status of the charge"),
        "level": Column(str, "of a charge: the level of the authority that filed it"),
        "subject_id": Column(str, "the pseudonym of the subject concerned"),
        "charge_id": Column(str, "of a charge: its id; null for the subject's one charge"),
        "implied": Column(bool, "whether the event was added because a later one implies it; default False"),
        "lossy": Column(bool, "whether it came through a code that says less than our words; default False"),
        "superseded_on": Column(date, "the day on which the record was amended; such rows never count"),
        "other_id": Column(str, "another referral: survivor, child or adopting one"),
    }
)
"""The columns of the event table, one row an event."""

REFERRAL_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "referral_id": Column(str, "the referral's id, unique", required=True),
        "parent_id": Column(str, "the referral that it came from by transfer"),
        "territory": Column(str, "ISO 3166-1 or 3166-2", required=True),
        "level": Column(str, "a word of the vocabulary Level", required=True),
        "agency": Column(str, "an ORI or any stable id"),
        "observed_from": Column(
            date, "the first day from which the source would have told us of an event; null: from the first"
        ),
        "observed_through": Column(date, "the last day to which the source would have told us of an event"),
        "incomplete": Column(bool, "whether the source says more than could be read; default False"),
    }
)
"""The columns of the referral table, one row a referral; any further column is a dimension to group by."""

NO_DIMENSIONS: Final = ("referral_id", "parent_id", "observed_from", "observed_through", "incomplete")
"""The columns of the referral table that are nothing to group by."""

LINK_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "report_id": Column(str, "the report", required=True),
        "referral_id": Column(str, "the referral that it is part of", required=True),
    }
)
"""The columns of the optional table that tells which reports make up which referral."""

REPORT_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        "report_id": Column(str, "the report's id, unique", required=True),
        "received_on": Column(date, "the day on which the clearinghouse received it"),
        "source": Column(str, "provider or public"),
        "provider": Column(str, "the provider's name"),
        "classification": Column(str, "a word of the vocabulary Classification"),
        "incident_type": Column(str, "a word of the vocabulary IncidentType"),
        "territory": Column(str, "the territory it was resolved to"),
        "incident_count": Column(int, "the incidents bundled into it"),
        "batched": Column(bool, "whether it came as part of a batch; default False"),
        "escalated": Column(bool, "whether it was marked urgent; default False"),
    }
)
"""The columns of the optional table of reports."""
