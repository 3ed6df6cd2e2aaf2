"""The published record: every figure with its source, and what may honestly be computed from it.

How often do tips lead to a charge? No published count follows one tip through, so the record has no number
for it. This room holds what was published, refuses to divide what does not belong together, and bounds the
rest.
"""

from tipline_outcomes.evidence.answers import Answer, Answers, Form, Step, Topic, in_short, question
from tipline_outcomes.evidence.assumptions import (
    AllSources,
    Bundling,
    Coverage,
    Lag,
    Multiplicity,
    OneEach,
    PeriodRatio,
    SameCohort,
    SameRule,
    Transport,
    TwoCounts,
)
from tipline_outcomes.evidence.bridge import Bridge
from tipline_outcomes.evidence.catalogue import Catalogue, catalogue
from tipline_outcomes.evidence.closing import Closing, Gap, closing, states_needed
from tipline_outcomes.evidence.figure import Figure, FoundIn, Qualifier
from tipline_outcomes.evidence.measures import FigureUnit, Measure
from tipline_outcomes.evidence.mismatch import Mismatch, mismatches
from tipline_outcomes.evidence.populations import Population
from tipline_outcomes.evidence.range import Range
from tipline_outcomes.evidence.ratio import Ratio, pooled, ratio, stated
from tipline_outcomes.evidence.sources import ReadIn, Source
from tipline_outcomes.evidence.span import Span, SpanKind

__all__ = [
    "AllSources",
    "Answer",
    "Answers",
    "Bridge",
    "Bundling",
    "Catalogue",
    "Closing",
    "Coverage",
    "Figure",
    "FigureUnit",
    "Form",
    "FoundIn",
    "Gap",
    "Lag",
    "Measure",
    "Mismatch",
    "Multiplicity",
    "OneEach",
    "PeriodRatio",
    "Population",
    "Qualifier",
    "Range",
    "Ratio",
    "ReadIn",
    "SameCohort",
    "SameRule",
    "Source",
    "Span",
    "SpanKind",
    "Step",
    "Topic",
    "Transport",
    "TwoCounts",
    "catalogue",
    "closing",
    "in_short",
    "mismatches",
    "pooled",
    "question",
    "ratio",
    "stated",
    "states_needed",
]
