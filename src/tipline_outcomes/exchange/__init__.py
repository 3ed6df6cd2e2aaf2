"""In and out, strictly: cohorts as JSON Lines, and agencies' own tables by a profile that describes them.

What cannot be read is kept and named, never dropped: accepted and refused records add up to those read.
"""

from tipline_outcomes.exchange.crosswalks import (
    Crosswalk,
    CrosswalkRow,
    UnmappedCode,
    Verification,
    crosswalk,
    crosswalks,
)
from tipline_outcomes.exchange.document import dumps_cohort, read_json
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
from tipline_outcomes.exchange.schema import cohort_schema, profile_schema, record_schema

__all__ = [
    "Crosswalk",
    "CrosswalkRow",
    "Extract",
    "Loaded",
    "Profile",
    "Refusal",
    "RefusalRule",
    "RowRule",
    "Summary",
    "TableReading",
    "UnmappedCode",
    "UseReading",
    "Verification",
    "check_profile",
    "cohort_schema",
    "crosswalk",
    "crosswalks",
    "draft_profile",
    "dumps_cohort",
    "dumps_record",
    "profile_schema",
    "read_extract",
    "read_json",
    "read_jsonl",
    "record_schema",
    "write_jsonl",
]
