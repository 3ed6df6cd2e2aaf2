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
    "LINK_COLUMNS",
    "QUARTERS",
    "REFERRAL_COLUMNS",
    "REPORT_COLUMNS",
    "TABLE",
    "UNKNOWN_TERRITORY",
    "UNWATCHED_LIKE_WATCHED",
    "VOCABULARY_EDITION",
    "Action",
    "Actor",
    "Administrative",
    "AdministrativeReason",
    "AgencyId",
    "Assumption",
    "Attrition",
    "AttritionTable",
    "Bounds",
    "Breach",
    "Charge",
    "ChargeId",
    "ChargeStatus",
    "CheckReport",
    "Classification",
    "Clock",
    "Closed",
    "ClosedReason",
    "Closures",
    "Cohort",
    "Column",
    "Convictions",
    "ConvictionsTable",
    "Crosswalk",
    "CrosswalkRow",
    "Disposition",
    "Event",
    "EventLog",
    "Extract",
    "ExtractError",
    "Group",
    "Incidence",
    "IncidenceTable",
    "IncidentType",
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
    "RateTable",
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
    "Source",
    "SourceKind",
    "Stage",
    "Step",
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
    "Verification",
    "Violation",
    "Within",
    "WithinTable",
    "__version__",
    "allowed_actions",
    "attrition",
    "check_cohort",
    "check_profile",
    "check_referral",
    "cohort_schema",
    "conversion",
    "conversion_within",
    "convictions",
    "crosswalk",
    "crosswalks",
    "cumulative_incidence",
    "day_in_zone",
    "draft_profile",
    "dumps_cohort",
    "dumps_record",
    "is_final",
    "outcome_mix",
    "parse_day",
    "profile_schema",
    "read_extract",
    "read_json",
    "read_jsonl",
    "record_schema",
    "time_to",
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
