"""Results as something to hand on: charts, one page that prints, one JSON document."""

from tipline_outcomes.present import charts
from tipline_outcomes.present.document import JSON, Reading, document
from tipline_outcomes.present.page import page

__all__ = ["JSON", "Reading", "charts", "document", "page"]
