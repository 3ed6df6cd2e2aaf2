"""Pure functions from a ledger to typed results. Every rate carries its denominator and what is not known.

A rate over data with unknowns is an interval first (`Rate.lower`, `Rate.upper`), and a point only under an
assumption that has a name (`Rate.resolved`). Shares are exact fractions until shown, None where undefined.
"""

from tipline_outcomes.metrics._product_limit import Variance
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
from tipline_outcomes.metrics.caseload import Caseload, CaseloadPeriod, CaseloadTable, caseload
from tipline_outcomes.metrics.clearance import Clearance, ClearanceTable, Ratio, period_clearance
from tipline_outcomes.metrics.comparison import Comparison, compare, difference, ratio
from tipline_outcomes.metrics.contributions import (
    Contributed,
    Contribution,
    ContributionTable,
    contributions,
    covered,
)
from tipline_outcomes.metrics.conversion import conversion
from tipline_outcomes.metrics.convictions import Convictions, ConvictionsTable, convictions
from tipline_outcomes.metrics.coverage import Coverage
from tipline_outcomes.metrics.flow import Flow, FlowTable, Move, Stay, flow
from tipline_outcomes.metrics.incidence import (
    UNWATCHED_LIKE_WATCHED,
    Incidence,
    IncidenceTable,
    cumulative_incidence,
)
from tipline_outcomes.metrics.intervals import IntervalTable, RateInterval, imbens_manski, interval, intervals
from tipline_outcomes.metrics.mix import Measure, Mix, MixTable, outcome_mix
from tipline_outcomes.metrics.parts import Group, Parts, Result
from tipline_outcomes.metrics.points import Point, Quantile
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.rate import Closures, Rate
from tipline_outcomes.metrics.sensitivity import Flip, Sensitivity, Verdict, sensitivity
from tipline_outcomes.metrics.standard import Standard, Standardised, StandardTable, Stratum, standardise
from tipline_outcomes.metrics.table import RateTable, ResultTable
from tipline_outcomes.metrics.time_to import QUARTERS, TimeTo, TimeToTable, time_to
from tipline_outcomes.metrics.within import Within, WithinTable, conversion_within

__all__ = [
    "INDEPENDENT_UNITS",
    "OPEN_END_ALIKE",
    "QUARTERS",
    "SAMPLED_AGENCIES",
    "SILENT_EQUALLY_OFTEN",
    "SILENT_NO_MORE_OFTEN",
    "UNWATCHED_LIKE_WATCHED",
    "Answering",
    "Answers",
    "Assumption",
    "Attrition",
    "AttritionTable",
    "Bounds",
    "Caseload",
    "CaseloadPeriod",
    "CaseloadTable",
    "Clearance",
    "ClearanceTable",
    "Closures",
    "Comparison",
    "Contributed",
    "Contribution",
    "ContributionTable",
    "Convictions",
    "ConvictionsTable",
    "Coverage",
    "Deadline",
    "Flip",
    "Flow",
    "FlowTable",
    "Group",
    "Incidence",
    "IncidenceTable",
    "Interval",
    "IntervalMethod",
    "IntervalTable",
    "Loss",
    "Measure",
    "Mix",
    "MixTable",
    "Move",
    "Parts",
    "Point",
    "Quantile",
    "Question",
    "Rate",
    "RateInterval",
    "RateTable",
    "Ratio",
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
    "TimeTo",
    "TimeToTable",
    "Variance",
    "Verdict",
    "Within",
    "WithinTable",
    "attrition",
    "caseload",
    "clopper_pearson",
    "compare",
    "contributions",
    "conversion",
    "conversion_within",
    "convictions",
    "covered",
    "cumulative_incidence",
    "difference",
    "flow",
    "imbens_manski",
    "interval",
    "intervals",
    "newcombe",
    "outcome_mix",
    "period_clearance",
    "ratio",
    "sensitivity",
    "standardise",
    "time_to",
    "wilson",
]
