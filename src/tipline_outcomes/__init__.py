"""The ledger of the tip pipeline: every tip that goes in comes out in exactly one place.

Objects or frames in, counted once, honest rates out:

>>> from datetime import date
>>> from tipline_outcomes import Cohort, EventLog, Ledger, conversion
>>> log = EventLog.of(Cohort())
>>> ledger = Ledger.of(log, as_of=date(2024, 12, 31))
>>> print(conversion(ledger).overall.lower)  # nothing was received: undefined, not 0
None

Every name below is loaded when it is first used, so importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    # Each room says in its own __all__ what is public; it is not said again here.
    from tipline_outcomes.errors import *
    from tipline_outcomes.eventlog import *
    from tipline_outcomes.exchange import *
    from tipline_outcomes.ledger import *
    from tipline_outcomes.metrics import *
    from tipline_outcomes.model import *

_ROOMS: Final = ("errors", "model", "eventlog", "ledger", "metrics", "exchange")

__version__: str

__all__ = [
    "EVENT_COLUMNS",
    "HORIZONS",
    "INDEPENDENT_UNITS",
    "LINK_COLUMNS",
    "OPEN_END_ALIKE",
    "QUARTERS",
    "REFERRAL_COLUMNS",
    "REPORT_COLUMNS",
    "SAMPLED_AGENCIES",
    "SILENT_EQUALLY_OFTEN",
    "SILENT_NO_MORE_OFTEN",
    "TABLE",
    "UNKNOWN_TERRITORY",
    "UNWATCHED_LIKE_WATCHED",
    "VOCABULARY_EDITION",
    "Action",
    "Actor",
    "Administrative",
    "AdministrativeReason",
    "AgencyId",
    "Answering",
    "Answers",
    "Assumption",
    "Attrition",
    "AttritionTable",
    "Bounds",
    "Breach",
    "Caseload",
    "CaseloadFlow",
    "CaseloadPeriod",
    "CaseloadTable",
    "Charge",
    "ChargeId",
    "ChargeStatus",
    "CheckReport",
    "Classification",
    "Clearance",
    "ClearanceTable",
    "Clock",
    "Closed",
    "ClosedReason",
    "Closures",
    "Cohort",
    "Column",
    "Comparison",
    "Contributed",
    "Contribution",
    "ContributionTable",
    "Convictions",
    "ConvictionsTable",
    "Coverage",
    "Crosswalk",
    "CrosswalkRow",
    "Deadline",
    "Disposition",
    "Event",
    "EventLog",
    "Extract",
    "ExtractError",
    "Flip",
    "Flow",
    "FlowTable",
    "FolderCount",
    "Group",
    "Incidence",
    "IncidenceTable",
    "IncidentType",
    "Interval",
    "IntervalMethod",
    "IntervalTable",
    "InvalidValueError",
    "Jurisdiction",
    "Ledger",
    "LedgerImbalanceError",
    "LedgerMismatchError",
    "LedgerSpec",
    "Level",
    "LinkKind",
    "Loaded",
    "Loss",
    "Measure",
    "Milestone",
    "MissingExtraError",
    "Mix",
    "MixTable",
    "Move",
    "NotComparableError",
    "Parts",
    "Period",
    "Place",
    "Point",
    "Profile",
    "ProfileError",
    "ProfileProblem",
    "Quantile",
    "Question",
    "Rate",
    "RateInterval",
    "RateTable",
    "Ratio",
    "Reason",
    "Referral",
    "ReferralId",
    "Refusal",
    "RefusalRule",
    "Report",
    "ReportId",
    "ReportLink",
    "Result",
    "ResultTable",
    "RowRule",
    "Rule",
    "Scale",
    "Sensitivity",
    "Silence",
    "Source",
    "SourceKind",
    "Stage",
    "Standard",
    "StandardTable",
    "Standardised",
    "Stay",
    "Step",
    "Stratum",
    "SubjectId",
    "Summary",
    "TableReading",
    "TimeTo",
    "TimeToTable",
    "TiplineError",
    "Transition",
    "TransitionError",
    "Unit",
    "UnmappedCode",
    "UseReading",
    "Variance",
    "Verdict",
    "Verification",
    "Violation",
    "Within",
    "WithinTable",
    "__version__",
    "allowed_actions",
    "attrition",
    "caseload",
    "check_cohort",
    "check_profile",
    "check_referral",
    "clopper_pearson",
    "cohort_schema",
    "compare",
    "contributions",
    "conversion",
    "conversion_within",
    "convictions",
    "count_folder",
    "covered",
    "crosswalk",
    "crosswalks",
    "cumulative_incidence",
    "day_in_zone",
    "difference",
    "directly_follows",
    "draft_profile",
    "dumps_cohort",
    "dumps_record",
    "flow",
    "imbens_manski",
    "interval",
    "intervals",
    "is_final",
    "newcombe",
    "outcome_mix",
    "parse_day",
    "period_clearance",
    "profile_schema",
    "ratio",
    "read_extract",
    "read_json",
    "read_jsonl",
    "record_schema",
    "sensitivity",
    "stages_of",
    "standardise",
    "time_to",
    "unlawful_steps",
    "wilson",
    "write_jsonl",
]


def __getattr__(name: str) -> object:
    """Load a name from its room when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("tipline-outcomes")
    if name in __all__:
        for room in map(import_module, (f"{__name__}.{room}" for room in _ROOMS)):
            if name in room.__all__:
                value: object = getattr(room, name)
                globals()[name] = value
                return value
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
