"""In and out, strictly: cohorts as JSON Lines, and agencies' own tables by a profile that describes them.

What cannot be read is kept and named, never dropped: accepted and refused records add up to those read.
"""

from tipline_outcomes.exchange.extracts import (
    Extract,
    Profile,
    RowRule,
    Summary,
    TableReading,
    UseReading,
    check_profile,
    draft_profile,
    read_extract,
)
from tipline_outcomes.exchange.jsonl import dumps_record, read_jsonl, write_jsonl
from tipline_outcomes.exchange.refusals import Loaded, Refusal, RefusalRule
from tipline_outcomes.exchange.schema import profile_schema

__all__ = [
    "Extract",
    "Loaded",
    "Profile",
    "Refusal",
    "RefusalRule",
    "RowRule",
    "Summary",
    "TableReading",
    "UseReading",
    "check_profile",
    "draft_profile",
    "dumps_record",
    "profile_schema",
    "read_extract",
    "read_jsonl",
    "write_jsonl",
]
