"""Results as something to hand on: today JSON documents."""

from tipline_outcomes.present.document import JSON, Reading, document
from tipline_outcomes.present.record import record_document

__all__ = ["JSON", "Reading", "document", "record_document"]
