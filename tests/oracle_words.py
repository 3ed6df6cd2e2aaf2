"""The words of the pipeline and of the tables, typed out a second time.

Nothing here comes from the package: the tables restate the vocabulary by hand, so that a slip in either shows
as a difference.
"""

OPEN_STAGES = ("made_available", "under_triage", "under_investigation", "inactive", "prosecution_review")
LEVELS = ("local", "state", "federal", "tribal", "military", "foreign", "international")
LADDER = ("made_available", "triaged", "investigated", "presented", "charged", "convicted")

# Action -> the stages in which it is allowed; None is "before the referral exists".
ALLOWED: dict[str, tuple[str | None, ...]] = {
    "made_available": (None,),
    "accept": ("made_available",),
    "open_investigation": ("under_triage",),
    "set_inactive": ("under_investigation",),
    "resume": ("inactive",),
    "present_to_prosecutor": ("under_investigation",),
    "return_to_investigation": ("prosecution_review",),
    "file_charge": ("under_investigation", "prosecution_review", "charged", "concluded"),
    "charge_result": ("charged", "concluded"),
    "close": ("under_triage", "under_investigation", "inactive", "prosecution_review"),
    "transfer": ("under_triage", "under_investigation", "prosecution_review"),
    "reopen": ("closed",),
    "administrative_action": (
        "made_available",
        "under_triage",
        "under_investigation",
        "inactive",
        "prosecution_review",
        "charged",
        "concluded",
        "closed",
        "closed_final",
        "transferred",
    ),
    "arrest": ("under_investigation", "prosecution_review", "charged"),
    "legal_process": ("under_triage", "under_investigation", "prosecution_review", "charged"),
    "decide_subject": ("under_investigation", "inactive", "prosecution_review", "charged"),
    "confirm_open": ("under_triage", "under_investigation", "inactive", "prosecution_review", "charged"),
}

# Moving actions with one fixed target. close and charge_result move too, and find theirs in the event.
TARGETS = {
    "made_available": "made_available",
    "accept": "under_triage",
    "open_investigation": "under_investigation",
    "set_inactive": "inactive",
    "resume": "under_investigation",
    "present_to_prosecutor": "prosecution_review",
    "return_to_investigation": "under_investigation",
    "file_charge": "charged",
    "transfer": "transferred",
    "reopen": "under_triage",
}
MOVING = {*TARGETS, "close", "charge_result"}

CHARGE_OPENING = {"charge_pending", "charge_stayed", "charge_diverted", "conviction_vacated"}
CHARGE_STANDING = {"convicted_plea", "convicted_trial", "convicted_unspecified"}
CHARGE_CONVICTING = {*CHARGE_STANDING, "conviction_vacated"}
CHARGE_STATUSES = {
    *CHARGE_OPENING,
    *CHARGE_CONVICTING,
    "adjudicated_delinquent",
    "acquitted",
    "acquitted_insanity",
    "charge_dismissed",
    "charge_withdrawn",
    "charge_transferred",
    "charge_superseded",
    "charge_abated_death",
    "charge_disposed_unspecified",
}
MEASURES = {
    "platform_account_action",
    "content_takedown",
    "preservation_request",
    "child_protection_referral",
    "victim_safeguarding",
    "civil_protective_measure",
}
ADMINISTRATIVE_ENDINGS = {
    "out_of_court_disposal",
    "precharge_diversion",
    "juvenile_handled_informally",
    "other_sanction",
    "intelligence_only",
}
SURVIVED = {"duplicate", "merged", "prosecuted_elsewhere"}
ELSEWHERE = {*SURVIVED, "opened_in_error"}
CLOSED_REASONS = {
    *ELSEWHERE,
    "no_jurisdiction_identified",
    "insufficient_information",
    "unfounded",
    "not_criminal",
    "suspect_not_identified",
    "evidence_insufficient",
    "evidence_inaccessible",
    "data_retention_expired",
    "resources_triaged_out",
    "victim_declined",
    "victim_or_witness_unavailable",
    "suspect_deceased",
    "suspect_under_age",
    "suspect_unfit",
    "in_custody_elsewhere",
    "time_barred",
    "not_in_public_interest",
    "prosecution_declined",
    "administrative_closure",
}  # the reason "transferred" belongs to the action transfer
FINAL = {
    "out_of_court_disposal",
    "duplicate",
    "merged",
    "prosecuted_elsewhere",
    "opened_in_error",
    "data_retention_expired",
    "suspect_deceased",
    "suspect_under_age",
    "time_barred",
}

DISPOSITIONS = {"charge", "administrative", "closed"}
REASONS = {*CHARGE_STATUSES, *MEASURES, *ADMINISTRATIVE_ENDINGS, *CLOSED_REASONS, "transferred"}
ENDINGS = {("administrative", r) for r in ADMINISTRATIVE_ENDINGS} | {("closed", r) for r in CLOSED_REASONS}
# Action -> the pairs (disposition, reason) that it can carry; an action that is not here carries none.
CARRIES: dict[str, set[tuple[str | None, str | None]]] = {
    "file_charge": {("charge", "charge_pending")},
    "charge_result": {("charge", status) for status in CHARGE_STATUSES},
    "close": {*ENDINGS},
    "decide_subject": {*ENDINGS},
    "transfer": {(None, None), ("closed", "transferred")},
    "administrative_action": {("administrative", measure) for measure in MEASURES},
}
NAMES_ANOTHER = {"transfer", "close", "charge_result"}

# The rules that set a referral aside, in the order in which one of them gives the reason.
SETS_ASIDE = (
    "duplicate_referral",
    "duplicate_seq",
    "no_events",
    "date_missing",
    "unknown_word",
    "event_misfit",
    "illegal_transition",
    "charge_not_filed",
    "transfer_cycle",
    "survivor_cycle",
    "child_without_parent",
)
# A charge that is known stays; where else the referral stands cannot be told.
LEAVES_OPEN = ("incomplete",)
UNDATES = ("date_backwards", "child_before_parent")
# Counted as ever: the rule only tells.
TOLD = ("report_missing", "unknown_jurisdiction")
RULES = (*SETS_ASIDE[:3], "event_without_referral", *SETS_ASIDE[3:], *LEAVES_OPEN, *UNDATES, *TOLD)
