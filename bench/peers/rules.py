"""The rules of the pipeline, written down once more by hand, for the programs that the package is held to.

They are a copy on purpose: the peers share no code with the package, so that equal results mean something.
"""

# action: the stage that it leads to (None: none, or told by the event), the rung that it shows to be reached.
ACTIONS = {
    "made_available": ("made_available", 0),
    "accept": ("under_triage", 1),
    "open_investigation": ("under_investigation", 2),
    "set_inactive": ("inactive", 0),
    "resume": ("under_investigation", 0),
    "present_to_prosecutor": ("prosecution_review", 3),
    "return_to_investigation": ("under_investigation", 0),
    "file_charge": ("charged", 4),
    "charge_result": ("charged", 4),
    "close": ("closed", 0),
    "transfer": ("transferred", 0),
    "reopen": ("under_triage", 0),
    "administrative_action": (None, 0),
    "arrest": (None, 0),
    "legal_process": (None, 0),
    "decide_subject": (None, 0),
    "confirm_open": (None, 0),
}

# stage: the actions that are allowed in it. The first, unnamed one is where every referral comes from.
ALLOWED = {
    "outside": ("made_available",),
    "made_available": ("accept", "administrative_action"),
    "under_triage": (
        "open_investigation",
        "close",
        "transfer",
        "administrative_action",
        "legal_process",
        "confirm_open",
    ),
    "under_investigation": (
        "set_inactive",
        "present_to_prosecutor",
        "file_charge",
        "close",
        "transfer",
        "administrative_action",
        "arrest",
        "legal_process",
        "decide_subject",
        "confirm_open",
    ),
    "inactive": ("resume", "close", "administrative_action", "decide_subject", "confirm_open"),
    "prosecution_review": (
        "return_to_investigation",
        "file_charge",
        "close",
        "transfer",
        "administrative_action",
        "arrest",
        "legal_process",
        "decide_subject",
        "confirm_open",
    ),
    "charged": (
        "file_charge",
        "charge_result",
        "administrative_action",
        "arrest",
        "legal_process",
        "decide_subject",
        "confirm_open",
    ),
    "concluded": ("file_charge", "charge_result", "administrative_action"),
    "closed": ("reopen", "administrative_action"),
    "closed_final": ("administrative_action",),
    "transferred": ("administrative_action",),
}

STAGES = tuple(ALLOWED)
OPEN_STAGES = ("made_available", "under_triage", "under_investigation", "inactive", "prosecution_review")

MILESTONES = ("made_available", "triaged", "investigated", "presented", "charged", "convicted")
CHARGED, CONVICTED = 4, 5

# In the order in which one member of a family decides where the family stands.
PLACES = (
    "charge",
    "unknown",
    "pending",
    "administrative",
    "closed",
    "excluded",
    "transferred_out",
)

CHARGE_STATUSES = (
    "charge_pending",
    "convicted_plea",
    "convicted_trial",
    "convicted_unspecified",
    "adjudicated_delinquent",
    "acquitted",
    "acquitted_insanity",
    "charge_dismissed",
    "charge_withdrawn",
    "charge_diverted",
    "charge_transferred",
    "charge_superseded",
    "charge_abated_death",
    "charge_stayed",
    "conviction_vacated",
    "charge_disposed_unspecified",
)
CHARGE_RUNS = ("charge_pending", "charge_stayed", "charge_diverted", "conviction_vacated")
STANDS = ("convicted_plea", "convicted_trial", "convicted_unspecified")
SHOWS_CONVICTION = (*STANDS, "conviction_vacated")

MEASURES = (
    "platform_account_action",
    "content_takedown",
    "preservation_request",
    "child_protection_referral",
    "victim_safeguarding",
    "civil_protective_measure",
)
ADMINISTRATIVE_ENDINGS = (
    "out_of_court_disposal",
    "precharge_diversion",
    "juvenile_handled_informally",
    "other_sanction",
    "intelligence_only",
)
CLOSED_REASONS = (
    "no_jurisdiction_identified",
    "insufficient_information",
    "duplicate",
    "merged",
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
    "prosecuted_elsewhere",
    "transferred",
    "opened_in_error",
    "administrative_closure",
)
REASONS = (*CHARGE_STATUSES, *MEASURES, *ADMINISTRATIVE_ENDINGS, *CLOSED_REASONS)
FINAL = (
    "out_of_court_disposal",
    "duplicate",
    "merged",
    "data_retention_expired",
    "suspect_deceased",
    "suspect_under_age",
    "time_barred",
    "prosecuted_elsewhere",
    "transferred",
    "opened_in_error",
)
SURVIVED = ("duplicate", "merged", "prosecuted_elsewhere")
ELSEWHERE = (*SURVIVED, "opened_in_error")

KINDS = ("charge", "administrative", "closed")
LEVELS = ("local", "state", "federal", "tribal", "military", "foreign", "international")

_NONE = (None, None)
_ENDINGS = (
    *(("administrative", reason) for reason in ADMINISTRATIVE_ENDINGS),
    *(("closed", reason) for reason in CLOSED_REASONS if reason != "transferred"),
)
# action: the pairs of disposition and reason that an event of it can carry.
CARRIES = {
    **dict.fromkeys(ACTIONS, (_NONE,)),
    "file_charge": (("charge", "charge_pending"),),
    "charge_result": tuple(("charge", status) for status in CHARGE_STATUSES),
    "close": _ENDINGS,
    "decide_subject": _ENDINGS,
    "transfer": (_NONE, ("closed", "transferred")),
    "administrative_action": tuple(("administrative", measure) for measure in MEASURES),
}
NAMES_ANOTHER = ("transfer", "close", "charge_result")

# In the order in which a rule names a record that breaks several.
SETS_ASIDE = (
    "duplicate_referral",
    "duplicate_seq",
    "no_events",
    "event_without_referral",
    "date_missing",
    "unknown_word",
    "event_misfit",
    "illegal_transition",
    "charge_not_filed",
    "transfer_cycle",
    "survivor_cycle",
    "child_without_parent",
)
UNDATES = ("date_backwards", "child_before_parent")


def leads_to(action: str, reason: str | None) -> str | None:
    """Name the stage that an event leads to; a charge's result as if another charge still ran."""
    if action == "close" and reason in FINAL:
        return "closed_final"
    return ACTIONS[action][0]


def shows(action: str, reason: str | None) -> int:
    """Give the rung that an event shows to have been reached."""
    return CONVICTED if reason in SHOWS_CONVICTION else ACTIONS[action][1]
