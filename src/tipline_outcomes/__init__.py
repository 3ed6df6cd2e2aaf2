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
    from tipline_outcomes.errors import (
        ExtractError as ExtractError,
    )
    from tipline_outcomes.errors import (
        InvalidValueError as InvalidValueError,
    )
    from tipline_outcomes.errors import (
        LedgerImbalanceError as LedgerImbalanceError,
    )
    from tipline_outcomes.errors import (
        LedgerMismatchError as LedgerMismatchError,
    )
    from tipline_outcomes.errors import (
        MissingExtraError as MissingExtraError,
    )
    from tipline_outcomes.errors import (
        TiplineError as TiplineError,
    )
    from tipline_outcomes.errors import (
        TransitionError as TransitionError,
    )
    from tipline_outcomes.eventlog import (
        EVENT_COLUMNS as EVENT_COLUMNS,
    )
    from tipline_outcomes.eventlog import (
        LINK_COLUMNS as LINK_COLUMNS,
    )
    from tipline_outcomes.eventlog import (
        REFERRAL_COLUMNS as REFERRAL_COLUMNS,
    )
    from tipline_outcomes.eventlog import (
        REPORT_COLUMNS as REPORT_COLUMNS,
    )
    from tipline_outcomes.eventlog import (
        CheckReport as CheckReport,
    )
    from tipline_outcomes.eventlog import (
        Column as Column,
    )
    from tipline_outcomes.eventlog import (
        EventLog as EventLog,
    )
    from tipline_outcomes.exchange import (
        Loaded as Loaded,
    )
    from tipline_outcomes.exchange import (
        Refusal as Refusal,
    )
    from tipline_outcomes.exchange import (
        RefusalRule as RefusalRule,
    )
    from tipline_outcomes.exchange import (
        dumps_record as dumps_record,
    )
    from tipline_outcomes.exchange import (
        read_jsonl as read_jsonl,
    )
    from tipline_outcomes.exchange import (
        write_jsonl as write_jsonl,
    )
    from tipline_outcomes.ledger import (
        HORIZONS as HORIZONS,
    )
    from tipline_outcomes.ledger import (
        VOCABULARY_EDITION as VOCABULARY_EDITION,
    )
    from tipline_outcomes.ledger import (
        Ledger as Ledger,
    )
    from tipline_outcomes.ledger import (
        LedgerSpec as LedgerSpec,
    )
    from tipline_outcomes.ledger import (
        Unit as Unit,
    )
    from tipline_outcomes.metrics import (
        Attrition as Attrition,
    )
    from tipline_outcomes.metrics import (
        AttritionTable as AttritionTable,
    )
    from tipline_outcomes.metrics import (
        Closures as Closures,
    )
    from tipline_outcomes.metrics import (
        Group as Group,
    )
    from tipline_outcomes.metrics import (
        Loss as Loss,
    )
    from tipline_outcomes.metrics import (
        Measure as Measure,
    )
    from tipline_outcomes.metrics import (
        Mix as Mix,
    )
    from tipline_outcomes.metrics import (
        MixTable as MixTable,
    )
    from tipline_outcomes.metrics import (
        Parts as Parts,
    )
    from tipline_outcomes.metrics import (
        Rate as Rate,
    )
    from tipline_outcomes.metrics import (
        RateTable as RateTable,
    )
    from tipline_outcomes.metrics import (
        Result as Result,
    )
    from tipline_outcomes.metrics import (
        ResultTable as ResultTable,
    )
    from tipline_outcomes.metrics import (
        Step as Step,
    )
    from tipline_outcomes.metrics import (
        attrition as attrition,
    )
    from tipline_outcomes.metrics import (
        conversion as conversion,
    )
    from tipline_outcomes.metrics import (
        outcome_mix as outcome_mix,
    )
    from tipline_outcomes.model import (
        TABLE as TABLE,
    )
    from tipline_outcomes.model import (
        UNKNOWN_TERRITORY as UNKNOWN_TERRITORY,
    )
    from tipline_outcomes.model import (
        Action as Action,
    )
    from tipline_outcomes.model import (
        Actor as Actor,
    )
    from tipline_outcomes.model import (
        Administrative as Administrative,
    )
    from tipline_outcomes.model import (
        AdministrativeReason as AdministrativeReason,
    )
    from tipline_outcomes.model import (
        AgencyId as AgencyId,
    )
    from tipline_outcomes.model import (
        Breach as Breach,
    )
    from tipline_outcomes.model import (
        Charge as Charge,
    )
    from tipline_outcomes.model import (
        ChargeId as ChargeId,
    )
    from tipline_outcomes.model import (
        ChargeStatus as ChargeStatus,
    )
    from tipline_outcomes.model import (
        Classification as Classification,
    )
    from tipline_outcomes.model import (
        Closed as Closed,
    )
    from tipline_outcomes.model import (
        ClosedReason as ClosedReason,
    )
    from tipline_outcomes.model import (
        Cohort as Cohort,
    )
    from tipline_outcomes.model import (
        Disposition as Disposition,
    )
    from tipline_outcomes.model import (
        Event as Event,
    )
    from tipline_outcomes.model import (
        IncidentType as IncidentType,
    )
    from tipline_outcomes.model import (
        Jurisdiction as Jurisdiction,
    )
    from tipline_outcomes.model import (
        Level as Level,
    )
    from tipline_outcomes.model import (
        LinkKind as LinkKind,
    )
    from tipline_outcomes.model import (
        Milestone as Milestone,
    )
    from tipline_outcomes.model import (
        Period as Period,
    )
    from tipline_outcomes.model import (
        Place as Place,
    )
    from tipline_outcomes.model import (
        Reason as Reason,
    )
    from tipline_outcomes.model import (
        Referral as Referral,
    )
    from tipline_outcomes.model import (
        ReferralId as ReferralId,
    )
    from tipline_outcomes.model import (
        Report as Report,
    )
    from tipline_outcomes.model import (
        ReportId as ReportId,
    )
    from tipline_outcomes.model import (
        ReportLink as ReportLink,
    )
    from tipline_outcomes.model import (
        Rule as Rule,
    )
    from tipline_outcomes.model import (
        Source as Source,
    )
    from tipline_outcomes.model import (
        SourceKind as SourceKind,
    )
    from tipline_outcomes.model import (
        Stage as Stage,
    )
    from tipline_outcomes.model import (
        SubjectId as SubjectId,
    )
    from tipline_outcomes.model import (
        Transition as Transition,
    )
    from tipline_outcomes.model import (
        Violation as Violation,
    )
    from tipline_outcomes.model import (
        allowed_actions as allowed_actions,
    )
    from tipline_outcomes.model import (
        check_cohort as check_cohort,
    )
    from tipline_outcomes.model import (
        check_referral as check_referral,
    )
    from tipline_outcomes.model import (
        day_in_zone as day_in_zone,
    )
    from tipline_outcomes.model import (
        is_final as is_final,
    )
    from tipline_outcomes.model import (
        parse_day as parse_day,
    )

_ROOMS: Final = {
    "errors": (
        "ExtractError",
        "InvalidValueError",
        "LedgerImbalanceError",
        "LedgerMismatchError",
        "MissingExtraError",
        "TiplineError",
        "TransitionError",
    ),
    "eventlog": (
        "CheckReport",
        "Column",
        "EVENT_COLUMNS",
        "EventLog",
        "LINK_COLUMNS",
        "REFERRAL_COLUMNS",
        "REPORT_COLUMNS",
    ),
    "exchange": (
        "Loaded",
        "Refusal",
        "RefusalRule",
        "dumps_record",
        "read_jsonl",
        "write_jsonl",
    ),
    "ledger": (
        "HORIZONS",
        "Ledger",
        "LedgerSpec",
        "Unit",
        "VOCABULARY_EDITION",
    ),
    "metrics": (
        "Attrition",
        "AttritionTable",
        "Closures",
        "Group",
        "Loss",
        "Measure",
        "Mix",
        "MixTable",
        "Parts",
        "Rate",
        "RateTable",
        "Result",
        "ResultTable",
        "Step",
        "attrition",
        "conversion",
        "outcome_mix",
    ),
    "model": (
        "Action",
        "Actor",
        "Administrative",
        "AdministrativeReason",
        "AgencyId",
        "Breach",
        "Charge",
        "ChargeId",
        "ChargeStatus",
        "Classification",
        "Closed",
        "ClosedReason",
        "Cohort",
        "Disposition",
        "Event",
        "IncidentType",
        "Jurisdiction",
        "Level",
        "LinkKind",
        "Milestone",
        "Period",
        "Place",
        "Reason",
        "Referral",
        "ReferralId",
        "Report",
        "ReportId",
        "ReportLink",
        "Rule",
        "Source",
        "SourceKind",
        "Stage",
        "SubjectId",
        "TABLE",
        "Transition",
        "UNKNOWN_TERRITORY",
        "Violation",
        "allowed_actions",
        "check_cohort",
        "check_referral",
        "day_in_zone",
        "is_final",
        "parse_day",
    ),
}
_ROOM_OF: Final = {name: room for room, names in _ROOMS.items() for name in names}

__version__: str

__all__ = [
    "EVENT_COLUMNS",
    "HORIZONS",
    "LINK_COLUMNS",
    "REFERRAL_COLUMNS",
    "REPORT_COLUMNS",
    "TABLE",
    "UNKNOWN_TERRITORY",
    "VOCABULARY_EDITION",
    "Action",
    "Actor",
    "Administrative",
    "AdministrativeReason",
    "AgencyId",
    "Attrition",
    "AttritionTable",
    "Breach",
    "Charge",
    "ChargeId",
    "ChargeStatus",
    "CheckReport",
    "Classification",
    "Closed",
    "ClosedReason",
    "Closures",
    "Cohort",
    "Column",
    "Disposition",
    "Event",
    "EventLog",
    "ExtractError",
    "Group",
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
    "Rule",
    "Source",
    "SourceKind",
    "Stage",
    "Step",
    "SubjectId",
    "TiplineError",
    "Transition",
    "TransitionError",
    "Unit",
    "Violation",
    "__version__",
    "allowed_actions",
    "attrition",
    "check_cohort",
    "check_referral",
    "conversion",
    "day_in_zone",
    "dumps_record",
    "is_final",
    "outcome_mix",
    "parse_day",
    "read_jsonl",
    "write_jsonl",
]


def __getattr__(name: str) -> object:
    """Load a name from its room when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("tipline-outcomes")
    if name not in _ROOM_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
