"""Crosswalks: what the codes of standards say in the words of the pipeline, and what is lost on the way."""

from tipline_outcomes.exchange.crosswalks.codes import (
    Crosswalk,
    CrosswalkRow,
    UnmappedCode,
    Verification,
)
from tipline_outcomes.exchange.crosswalks.packaged import crosswalk, crosswalks

__all__ = [
    "Crosswalk",
    "CrosswalkRow",
    "UnmappedCode",
    "Verification",
    "crosswalk",
    "crosswalks",
]
