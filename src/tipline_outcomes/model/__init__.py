"""The entities, their vocabularies, the transition table and the checks on one history.

Read in this order: `vocabulary` and `disposition` (the words), `pipeline` (the rules, as data), `event`,
`referral`, `report` and `jurisdiction` (the entities), `history` (the walk), `cohort` (the whole).
"""

from tipline_outcomes._dates import Period, day_in_zone, parse_day
from tipline_outcomes.model.cohort import Cohort, check_cohort
from tipline_outcomes.model.disposition import (
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    ClosedReason,
    Disposition,
    Reason,
    is_final,
)
from tipline_outcomes.model.event import Event
from tipline_outcomes.model.ids import AgencyId, ChargeId, ReferralId, ReportId, SubjectId
from tipline_outcomes.model.jurisdiction import Jurisdiction
from tipline_outcomes.model.pipeline import TABLE, Transition, allowed_actions
from tipline_outcomes.model.referral import Referral, check_referral
from tipline_outcomes.model.report import Report, ReportLink, Source
from tipline_outcomes.model.rules import Breach, Rule, Violation
from tipline_outcomes.model.territory import UNKNOWN_TERRITORY
from tipline_outcomes.model.vocabulary import (
    Action,
    Actor,
    Classification,
    IncidentType,
    Level,
    LinkKind,
    Milestone,
    Place,
    SourceKind,
    Stage,
)

__all__ = [
    "TABLE",
    "UNKNOWN_TERRITORY",
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
    "Transition",
    "Violation",
    "allowed_actions",
    "check_cohort",
    "check_referral",
    "day_in_zone",
    "is_final",
    "parse_day",
]
