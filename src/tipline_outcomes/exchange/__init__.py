"""In and out, strictly: cohorts as JSON Lines.

What cannot be read is kept and named, never dropped: accepted and refused records add up to those read.
"""

from tipline_outcomes.exchange.jsonl import dumps_record, read_jsonl, write_jsonl
from tipline_outcomes.exchange.refusals import Loaded, Refusal, RefusalRule

__all__ = ["Loaded", "Refusal", "RefusalRule", "dumps_record", "read_jsonl", "write_jsonl"]
