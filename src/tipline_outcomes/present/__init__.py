"""Results as something to hand on: charts, one page that prints, JSON documents."""

from tipline_outcomes.present import charts
from tipline_outcomes.present.document import JSON, Reading, account, document
from tipline_outcomes.present.page import page
from tipline_outcomes.present.record import record_document

__all__ = ["JSON", "Reading", "account", "charts", "document", "page", "record_document"]
