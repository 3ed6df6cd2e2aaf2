"""Pure functions from a ledger to typed results. Every rate carries its denominator and what is not known.

A rate over data with unknowns is an interval first (`Rate.lower`, `Rate.upper`), and a point only under an
assumption that has a name (`Rate.resolved`). Shares are exact fractions until shown, None where undefined.
"""

from tipline_outcomes.metrics.attrition import Attrition, AttritionTable, Loss, Step, attrition
from tipline_outcomes.metrics.bounds import Assumption, Bounds
from tipline_outcomes.metrics.conversion import conversion
from tipline_outcomes.metrics.convictions import Convictions, ConvictionsTable, convictions
from tipline_outcomes.metrics.flow import Flow, FlowTable, Move, Stay, flow
from tipline_outcomes.metrics.mix import Measure, Mix, MixTable, outcome_mix
from tipline_outcomes.metrics.parts import Group, Parts, Result
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.rate import Closures, Rate
from tipline_outcomes.metrics.table import RateTable, ResultTable

__all__ = [
    "Assumption",
    "Attrition",
    "AttritionTable",
    "Bounds",
    "Closures",
    "Convictions",
    "ConvictionsTable",
    "Flow",
    "FlowTable",
    "Group",
    "Loss",
    "Measure",
    "Mix",
    "MixTable",
    "Move",
    "Parts",
    "Question",
    "Rate",
    "RateTable",
    "Result",
    "ResultTable",
    "Stay",
    "Step",
    "attrition",
    "conversion",
    "convictions",
    "flow",
    "outcome_mix",
]
