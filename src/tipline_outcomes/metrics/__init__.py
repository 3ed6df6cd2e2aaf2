"""Pure functions from a ledger to typed results. Every rate carries its denominator and what is not known.

A rate over data with unknowns is an interval first (`Rate.lower`, `Rate.upper`), and a point only under an
assumption that has a name (`Rate.resolved`). Shares are exact fractions until shown, None where undefined.
"""

from tipline_outcomes.metrics.answers import Answering, Answers, Deadline
from tipline_outcomes.metrics.assumptions import (
    INDEPENDENT_UNITS,
    OPEN_END_ALIKE,
    SAMPLED_AGENCIES,
    SILENT_EQUALLY_OFTEN,
    SILENT_NO_MORE_OFTEN,
    Silence,
)
from tipline_outcomes.metrics.attrition import Attrition, AttritionTable, Loss, Step, attrition
from tipline_outcomes.metrics.binomial import Interval, IntervalMethod, clopper_pearson, newcombe, wilson
from tipline_outcomes.metrics.bounds import Assumption, Bounds, Scale
from tipline_outcomes.metrics.comparison import Comparison, compare, difference, ratio
from tipline_outcomes.metrics.conversion import conversion
from tipline_outcomes.metrics.convictions import Convictions, ConvictionsTable, convictions
from tipline_outcomes.metrics.flow import Flow, FlowTable, Move, Stay, flow
from tipline_outcomes.metrics.intervals import (
    IntervalTable,
    RateInterval,
    imbens_manski,
    interval,
    intervals,
)
from tipline_outcomes.metrics.mix import Measure, Mix, MixTable, outcome_mix
from tipline_outcomes.metrics.parts import Group, Parts, Result
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.rate import Closures, Rate
from tipline_outcomes.metrics.sensitivity import Flip, Sensitivity, Verdict, sensitivity
from tipline_outcomes.metrics.standard import (
    Standard,
    Standardised,
    StandardTable,
    Stratum,
    standardise,
)
from tipline_outcomes.metrics.table import RateTable, ResultTable

__all__ = [
    "INDEPENDENT_UNITS",
    "OPEN_END_ALIKE",
    "SAMPLED_AGENCIES",
    "SILENT_EQUALLY_OFTEN",
    "SILENT_NO_MORE_OFTEN",
    "Answering",
    "Answers",
    "Assumption",
    "Attrition",
    "AttritionTable",
    "Bounds",
    "Closures",
    "Comparison",
    "Convictions",
    "ConvictionsTable",
    "Deadline",
    "Flip",
    "Flow",
    "FlowTable",
    "Group",
    "Interval",
    "IntervalMethod",
    "IntervalTable",
    "Loss",
    "Measure",
    "Mix",
    "MixTable",
    "Move",
    "Parts",
    "Question",
    "Rate",
    "RateInterval",
    "RateTable",
    "Result",
    "ResultTable",
    "Scale",
    "Sensitivity",
    "Silence",
    "Standard",
    "StandardTable",
    "Standardised",
    "Stay",
    "Step",
    "Stratum",
    "Verdict",
    "attrition",
    "clopper_pearson",
    "compare",
    "conversion",
    "convictions",
    "difference",
    "flow",
    "imbens_manski",
    "interval",
    "intervals",
    "newcombe",
    "outcome_mix",
    "ratio",
    "sensitivity",
    "standardise",
    "wilson",
]
