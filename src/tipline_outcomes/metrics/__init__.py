"""Pure functions from a ledger to typed results. Every rate carries its denominator and what is not known.

A rate over data with unknowns is an interval first (`Rate.lower`, `Rate.upper`), and a point only under an
assumption that has a name (`Rate.resolved`). Shares are exact fractions until shown, None where undefined.
"""

from tipline_outcomes.metrics._product_limit import Variance
from tipline_outcomes.metrics.attrition import Attrition, AttritionTable, Loss, Step, attrition
from tipline_outcomes.metrics.bounds import Assumption, Bounds
from tipline_outcomes.metrics.conversion import conversion
from tipline_outcomes.metrics.convictions import Convictions, ConvictionsTable, convictions
from tipline_outcomes.metrics.incidence import (
    UNWATCHED_LIKE_WATCHED,
    Incidence,
    IncidenceTable,
    cumulative_incidence,
)
from tipline_outcomes.metrics.mix import Measure, Mix, MixTable, outcome_mix
from tipline_outcomes.metrics.parts import Group, Parts, Result
from tipline_outcomes.metrics.points import Point, Quantile
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.rate import Closures, Rate
from tipline_outcomes.metrics.table import RateTable, ResultTable
from tipline_outcomes.metrics.time_to import QUARTERS, TimeTo, TimeToTable, time_to
from tipline_outcomes.metrics.within import Within, WithinTable, conversion_within

__all__ = [
    "QUARTERS",
    "UNWATCHED_LIKE_WATCHED",
    "Assumption",
    "Attrition",
    "AttritionTable",
    "Bounds",
    "Closures",
    "Convictions",
    "ConvictionsTable",
    "Group",
    "Incidence",
    "IncidenceTable",
    "Loss",
    "Measure",
    "Mix",
    "MixTable",
    "Parts",
    "Point",
    "Quantile",
    "Question",
    "Rate",
    "RateTable",
    "Result",
    "ResultTable",
    "Step",
    "TimeTo",
    "TimeToTable",
    "Variance",
    "Within",
    "WithinTable",
    "attrition",
    "conversion",
    "conversion_within",
    "convictions",
    "cumulative_incidence",
    "outcome_mix",
    "time_to",
]
