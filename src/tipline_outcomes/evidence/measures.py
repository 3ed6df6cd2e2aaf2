"""What a figure counts, and in which unit: two closed lists of words."""

from typing import Final

from tipline_outcomes.model.vocabulary import Word

__all__ = ["FigureUnit", "Measure"]

_HERE: Final = "this package"
_NCMEC: Final = "NCMEC"
_POLICE: Final = "police and task forces"


class FigureUnit(Word):
    """The thing of which a figure counts how many.

    Sources use one word for several of these, and several words for one. Two figures in two units are never
    divided, unless somebody says how the one unit stands for the other.

    >>> FigureUnit("package").meaning
    'what an agency sends on to another: one report, or several merged'
    """

    REPORT = ("report", "a report to a tip line", _HERE)
    REFERRAL = ("referral", "a report made available to one agency: a pair of report and recipient", _HERE)
    REFERRAL_PER_DAY = ("referral_per_day", "referrals a day, on average", _HERE)
    PACKAGE = ("package", "what an agency sends on to another: one report, or several merged", _HERE)
    PACKAGE_PER_WEEK = ("package_per_week", "packages a week", _HERE)
    FEEDBACK = ("feedback", "an answer that a recipient entered; a referral can have several", _HERE)
    TIP_INCIDENT = ("tip_incident", "an incident that reports tell of, before bundling", _HERE)
    COMPLAINT = ("complaint", "a complaint that a task force reviewed, from a tip line or elsewhere", _HERE)
    FILE = ("file", "an uploaded picture, video or other file; copies count again", _HERE)
    INVESTIGATION = ("investigation", "an investigation, as its agency counts them", _HERE)
    CASE = ("case", "a matter that an agency opened or closed, as its source calls it", _HERE)
    PROCEEDING = ("proceeding", "a criminal proceeding, opened by or for a prosecutor", _HERE)
    COURT_CASE = ("court_case", "a case before a court, or a prosecution", _HERE)
    CHARGE = ("charge", "one charged offence; a person has several", _HERE)
    OFFENCE = ("offence", "an offence in police statistics", _HERE)
    INCIDENT = ("incident", "an incident in police statistics, which can hold several offences", _HERE)
    SEARCH = ("search", "a search of a place, or the warrant for it", _HERE)
    PERSON = ("person", "a person: arrested, charged, suspected, convicted or protected", _HERE)
    UNSTATED = ("unstated", "the source does not say; it agrees with nothing, not even with itself", _HERE)


class Measure(Word):
    """What happened to the things that a figure counts.

    >>> Measure("criminally_relevant").meaning
    'may be an offence under the law of the country that received it'
    """

    REPORTS_RECEIVED = ("reports_received", "received by a tip line", "tip lines")
    REPORTS_RECEIVED_PUBLIC = ("reports_received_public", "received from members of the public", "tip lines")
    REPORTS_RECEIVED_ESP = ("reports_received_esp", "received from electronic service providers", _NCMEC)
    REPORTS_MADE_BY_PROVIDERS = (
        "reports_made_by_providers",
        "made by providers under the interim regulation",
        "European Commission",
    )
    REPORTS_RESOLVED_DOMESTIC = ("reports_resolved_domestic", "relate to users in the United States", _NCMEC)
    REPORTS_RESOLVED_FOREIGN = ("reports_resolved_foreign", "relate to users elsewhere", _NCMEC)
    REPORTS_LOCATION_UNKNOWN = ("reports_location_unknown", "no location could be found", _NCMEC)
    REPORTS_ATTRIBUTED_TO_COUNTRY = (
        "reports_attributed_to_country",
        "attributed to a country by the place of upload; the country's police may count otherwise",
        _NCMEC,
    )
    REPORTS_WITHOUT_COUNTRY = ("reports_without_country", "attributed to no country", _NCMEC)
    REPORTS_ATTRIBUTED_TO_STATE = (
        "reports_attributed_to_state",
        "attributed to a state; its task force may count otherwise",
        _NCMEC,
    )
    REPORTS_WITHOUT_STATE = ("reports_without_state", "attributed to no state", _NCMEC)
    REPORTS_WITH_UNIQUE_IMAGES = (
        "reports_with_unique_images",
        "hold pictures or videos not seen before, by exact comparison",
        _NCMEC,
    )
    REPORTS_WITH_VISUALLY_UNIQUE_IMAGES = (
        "reports_with_visually_unique_images",
        "hold pictures or videos not seen before, by likeness",
        _NCMEC,
    )
    REPORTS_ONLINE_ENTICEMENT = (
        "reports_online_enticement",
        "reported as enticement; the reporter's category, before any review",
        _NCMEC,
    )
    REPORTS_CSAM = ("reports_csam", "concern pictures or videos of abuse", "tip lines")
    REPORTS_GENERATIVE_AI = ("reports_generative_ai", "concern generated pictures or models", _NCMEC)
    REPORTS_ESCALATED_URGENT = ("reports_escalated_urgent", "put first as urgent; no outcome", _NCMEC)
    REPORTS_INSUFFICIENT_INFORMATION = (
        "reports_insufficient_information",
        "hold too little to be sent anywhere or acted on",
        _NCMEC,
    )
    REPORTS_LEADING_TO_ARREST = ("reports_leading_to_arrest", "led to an arrest", "interviews")
    REPORTS_TRIAGED = ("reports_triaged", "screened", _POLICE)
    TIP_INCIDENTS_RECEIVED = ("tip_incidents_received", "told of in reports", _NCMEC)
    FILES_RECEIVED = ("files_received", "uploaded with reports", _NCMEC)
    REFERRALS_MADE = ("referrals_made", "made available to agencies, of either class", _NCMEC)
    REPORTS_ACTIONABLE = (
        "reports_actionable",
        "classed as a referral (until 2023: actionable), enough for police to consider",
        _NCMEC,
    )
    INFORMATIONAL_REPORTS = (
        "informational_reports",
        "classed as informational: too thin, no apparent offence, or widely shared material",
        _NCMEC,
    )
    FEEDBACK_INSTANCES = (
        "feedback_instances",
        "entered by recipients; voluntary, published as one sum",
        _NCMEC,
    )
    REFERRALS_SENT = ("referrals_sent", "sent to a country, as the sender counts them", _NCMEC)
    REFERRALS_RECEIVED = ("referrals_received", "received, as the recipient counts them", _POLICE)
    REFERRALS_ASSIGNED = ("referrals_assigned", "given to one of several agencies", _POLICE)
    REFERRALS_BACKLOG = ("referrals_backlog", "waiting for work, as of a day", _POLICE)
    REFERRALS_PROCESSED = ("referrals_processed", "dealt with", _POLICE)
    COMPLAINTS_REVIEWED = ("complaints_reviewed", "reviewed, since the programme began", "OJJDP")
    CRIMINALLY_RELEVANT = (
        "criminally_relevant",
        "may be an offence under the law of the country that received it",
        _POLICE,
    )
    NOT_RELEVANT = ("not_relevant", "found to be no offence, or no such material", _POLICE)
    PACKAGES_FORWARDED = ("packages_forwarded", "sent on to the police forces of a country", _POLICE)
    CASES_FORWARDED = ("cases_forwarded", "cases sent on, from an agency's own research", _POLICE)
    TRANSFERRED = ("transferred_to_other_agency", "handed to another agency, or run in its support", _POLICE)
    CLOSED_IDENTITY_UNAVAILABLE = (
        "closed_identity_unavailable",
        "ended because nobody could be identified, as a rule for want of stored connection data",
        _POLICE,
    )
    CLOSED_NO_CHARGE = ("cases_closed_no_charge", "closed without a charge", _POLICE)
    INVESTIGATIONS_OPENED = ("investigations_opened", "opened, or worked on, in the period", _POLICE)
    INVESTIGATIONS_COMPLETED = ("investigations_completed", "completed in the period", _POLICE)
    CASES_OPENED = ("cases_opened", "opened as a criminal matter", _POLICE)
    SEARCHES = ("searches", "searches made, or warrants for them", _POLICE)
    SUSPECTS_IDENTIFIED = ("suspects_identified", "suspects found", _POLICE)
    CONTACT_ABUSE_FOUND = ("contact_abuse_found", "abuse by contact or production came to light", _POLICE)
    CHILDREN_SAFEGUARDED = ("children_safeguarded", "children protected; no arrest is needed for it", _POLICE)
    VICTIMS_IDENTIFIED = ("victims_identified", "children identified and first entered in the year", _NCMEC)
    OFFENCES_RECORDED = ("offences_recorded", "recorded by police", "police statistics")
    INCIDENTS_RECORDED = ("incidents_recorded", "recorded by police as founded", "police statistics")
    INCIDENTS_IDENTIFIED_VICTIM = (
        "incidents_identified_victim",
        "recorded by police as founded: online sexual offences against an identified child",
        "Statistics Canada",
    )
    INCIDENTS_CSAM = (
        "incidents_csam",
        "recorded by police as founded: online child pornography, as the law calls it",
        "Statistics Canada",
    )
    CLEARED = ("cases_cleared", "cleared, as police statistics understand it", "police statistics")
    NOT_CLEARED = ("cases_not_cleared", "not cleared", "police statistics")
    CLEARED_BY_CHARGE = ("cleared_by_charge", "cleared by a charge laid or recommended", "police statistics")
    ARRESTS = ("arrests", "persons arrested, from any source unless the note says otherwise", _POLICE)
    ARRESTS_POSSESSION = ("arrests_possession", "persons arrested in cases with possession", "surveys")
    PERSONS_REFERRED = (
        "persons_referred_for_prosecution",
        "suspects in matters referred to prosecutors",
        "Bureau of Justice Statistics",
    )
    PERSONS_CONCLUDED = (
        "persons_matters_concluded",
        "suspects in matters that prosecutors concluded",
        "Bureau of Justice Statistics",
    )
    DECLINED = ("cases_declined", "declined by prosecutors; another court may take them", "prosecutors")
    MAGISTRATE = ("disposed_by_magistrate", "ended by a magistrate", "Bureau of Justice Statistics")
    PROSECUTIONS = ("prosecutions", "prosecutions in the period", "prosecutors")
    PERSONS_CHARGED = ("persons_charged", "persons charged or prosecuted", "prosecutors")
    CHARGES_LAID = ("charges_laid", "charges laid", "prosecutors")
    CASES_PENDING = ("cases_pending", "before a court and not ended, as of the period's end", "prosecutors")
    PLEA_AGREEMENTS = ("plea_agreements", "ended in a plea agreement so far", "OJJDP")
    NOT_REACHING_COURT = (
        "not_reaching_completed_court_case",
        "led to no completed court case so far",
        "Statistics Canada",
    )
    CONVICTIONS = ("convictions", "convicted, or successfully prosecuted", "courts and prosecutors")
    PERSONS_SENTENCED = ("persons_sentenced", "sentenced in the period", "courts and prosecutors")
