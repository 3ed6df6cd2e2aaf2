"""Results as something to hand on: today one JSON document."""

from tipline_outcomes.present.document import JSON, Reading, document

__all__ = ["JSON", "Reading", "document"]
