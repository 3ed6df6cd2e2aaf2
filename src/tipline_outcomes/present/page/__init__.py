"""The report as one file: a page that opens without a network, and prints."""

from tipline_outcomes.present.page.page import page

__all__ = ["page"]
