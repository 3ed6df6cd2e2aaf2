"""The event table and its referral table, on any data frame, and the rules of the model on whole tables.

Read in this order: `columns` (the tables), `log` (the entrance), `form` and `objects` (the two ways in),
`codes` (the rules as integers), `transitions` and `canonical` (the form that is counted), `check` (findings),
`filling` (what a coarse extract leaves out).
"""

from tipline_outcomes.eventlog.check import CheckReport
from tipline_outcomes.eventlog.columns import (
    EVENT_COLUMNS,
    LINK_COLUMNS,
    REFERRAL_COLUMNS,
    REPORT_COLUMNS,
    Column,
)
from tipline_outcomes.eventlog.log import EventLog

__all__ = [
    "EVENT_COLUMNS",
    "LINK_COLUMNS",
    "REFERRAL_COLUMNS",
    "REPORT_COLUMNS",
    "CheckReport",
    "Column",
    "EventLog",
]
