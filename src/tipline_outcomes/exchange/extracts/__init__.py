"""Extract profiles: an agency's own tables, described in one file, become an event log."""

from tipline_outcomes.exchange.extracts.check import check_profile
from tipline_outcomes.exchange.extracts.draft import draft_profile
from tipline_outcomes.exchange.extracts.extract import Extract, read_extract
from tipline_outcomes.exchange.extracts.profile import Profile
from tipline_outcomes.exchange.extracts.rows import RowRule, Summary, TableReading, UseReading

__all__ = [
    "Extract",
    "Profile",
    "RowRule",
    "Summary",
    "TableReading",
    "UseReading",
    "check_profile",
    "draft_profile",
    "read_extract",
]
