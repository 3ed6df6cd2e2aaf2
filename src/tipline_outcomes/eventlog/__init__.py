"""The event table and its referral table, on any data frame, and the rules of the model on whole tables.

Read in this order: `columns` (the tables), `log` (the entrance), `form` and `objects` (the two ways in),
`codes` (the rules as integers), `transitions` and `canonical` (the form that is counted), `windows` (the same
form on an engine of its own), `findings` and `check` (what is wrong), `filling` (what a coarse extract leaves
out), `stages` (a log for tools of process mining).
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
from tipline_outcomes.eventlog.stages import directly_follows, stages_of, unlawful_steps

__all__ = [
    "EVENT_COLUMNS",
    "LINK_COLUMNS",
    "REFERRAL_COLUMNS",
    "REPORT_COLUMNS",
    "CheckReport",
    "Column",
    "EventLog",
    "directly_follows",
    "stages_of",
    "unlawful_steps",
]
