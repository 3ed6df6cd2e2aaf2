"""The field's words: stages, actions, milestones, places, levels. Each member says what it means and whence.

Codes of agencies and standards are mapped onto these words; nothing else in the package invents one.
Members are plain strings (`enum.StrEnum`), so they go into JSON, CSV and data frames as they are.

>>> Stage.PROSECUTION_REVIEW
<Stage.PROSECUTION_REVIEW: 'prosecution_review'>
>>> Stage.PROSECUTION_REVIEW.meaning
'a prosecutor has the case and has not decided'
"""

from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import Final, Self, TypeVar

from tipline_outcomes.errors import InvalidValueError

__all__ = [
    "Action",
    "Actor",
    "Classification",
    "IncidentType",
    "Level",
    "LinkKind",
    "Milestone",
    "Place",
    "SourceKind",
    "Stage",
    "Word",
    "meant",
]

_E = TypeVar("_E", bound=StrEnum)

_FEW: Final = 8
"""Up to so many words can be read in one sentence."""
_NEAR: Final = 0.7
"""How alike two words have to be: "police" is not meant to be "public"."""


class Word(StrEnum):
    """A vocabulary whose every member carries a meaning and a source; one without cannot be defined."""

    _value_: str
    meaning: str
    """What the member means in the field, in one clause."""
    source: str
    """The statute, standard or practice that the meaning comes from."""

    def __new__(cls, value: str, meaning: str = "", source: str = "") -> Self:
        """Keep the value as the string and the two texts beside it.

        The defaults are there for looking a member up by its value, which takes the value alone.
        """
        if not meaning or not source:
            message = f"{cls.__name__} {value!r} needs a meaning and a source"
            raise TypeError(message)
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        member.source = source
        return member


class Stage(Word):
    """Where a referral is. Exactly one at a time; every moving action leads to exactly one.

    ``closed`` is split by what its reason allows: from ``closed`` a referral can be reopened, from
    ``closed_final`` it cannot (a duplicate stays a duplicate; only an amended event changes that).
    """

    MADE_AVAILABLE = (
        "made_available",
        "the clearinghouse has made the referral available; the agency has not yet taken it up",
        "18 U.S.C. 2258A; NCMEC case management tool",
    )
    UNDER_TRIAGE = ("under_triage", "the agency screens it", "agency triage tools")
    UNDER_INVESTIGATION = ("under_investigation", "an investigation is open", "Pub. L. 110-401 s.106(d)")
    INACTIVE = ("inactive", "the investigation rests, without being closed", "N-DEx incident status")
    PROSECUTION_REVIEW = (
        "prosecution_review",
        "a prosecutor has the case and has not decided",
        "Justice Counts: cases referred; CPS charging decision",
    )
    CHARGED = ("charged", "at least one charge is filed and not concluded", "Home Office outcome 1; CPS")
    CONCLUDED = ("concluded", "every filed charge has its result", "N-DEx; Recidiviz charge status")
    CLOSED = ("closed", "ended without a charge, for a reason that allows reopening", "N-DEx; LIONS")
    CLOSED_FINAL = ("closed_final", "ended without a charge, for a reason that is final", "N-DEx; LIONS")
    TRANSFERRED = (
        "transferred",
        "responsibility has passed to another agency, which holds a referral of its own",
        "Home Office outcome 20; Justice Counts: transfers",
    )


class Action(Word):
    """What happens to a referral. Moving actions change the stage, the others stand beside it."""

    MADE_AVAILABLE = ("made_available", "made available to one jurisdiction", "18 U.S.C. 2258A")
    ACCEPT = ("accept", "the agency takes it up for screening", "agency triage tools")
    OPEN_INVESTIGATION = ("open_investigation", "an investigation is opened", "Pub. L. 110-401 s.106(d)")
    SET_INACTIVE = ("set_inactive", "the investigation is put to rest", "N-DEx incident status")
    RESUME = ("resume", "a resting investigation goes on", "N-DEx incident status: re-opened")
    PRESENT_TO_PROSECUTOR = (
        "present_to_prosecutor",
        "the case goes to a prosecutor for decision",
        "Pub. L. 110-401; Justice Counts: cases referred",
    )
    RETURN_TO_INVESTIGATION = (
        "return_to_investigation",
        "the prosecutor asks for more work",
        "practice (inferred)",
    )
    FILE_CHARGE = ("file_charge", "a formal accusation is filed or authorised", "Home Office outcome 1; CPS")
    CHARGE_RESULT = ("charge_result", "a court or prosecutor changes a charge's status", "NCSC; Recidiviz")
    CLOSE = ("close", "ended without a charge, with a reason", "N-DEx; NIBRS; LIONS; Home Office")
    TRANSFER = ("transfer", "passed to another agency or jurisdiction", "Home Office outcome 20")
    REOPEN = ("reopen", "a reopenable closure is undone; screening begins again", "N-DEx; NCSC: reopened")
    ADMINISTRATIVE_ACTION = (
        "administrative_action",
        "a measure beside the criminal line that ends nothing",
        "18 U.S.C. 2258A; NCMEC API; National Crime Agency",
    )
    ARREST = ("arrest", "a subject is arrested; it neither implies a charge nor is implied by one", "NIBRS")
    LEGAL_PROCESS = ("legal_process", "a search warrant, subpoena or court order", "Pub. L. 110-401")
    DECIDE_SUBJECT = (
        "decide_subject",
        "the matter ends for one of several subjects; the referral goes on",
        "NCSC unit of count; LIONS participants",
    )
    CONFIRM_OPEN = (
        "confirm_open",
        "the agency says that it is still working on it",
        "NCMEC feedback form: ongoing investigation",
    )


class Actor(Word):
    """Who may take an action."""

    CLEARINGHOUSE = ("clearinghouse", "the body that receives reports and refers them", "18 U.S.C. 2258A")
    AGENCY = ("agency", "the law-enforcement agency that holds the referral", "18 U.S.C. 2258A")
    PROSECUTOR = ("prosecutor", "the authority that decides on charges", "Justice Counts; CPS")
    COURT = ("court", "the court that hears the charge", "NCSC")
    ANYONE = ("anyone", "agency, provider or a third party", "NCMEC API; LIONS")


class Milestone(Word):
    """The ladder of the pipeline. A unit's *peak* is the highest rung that it ever reached.

    >>> list(Milestone)[-2:]
    [<Milestone.CHARGED: 'charged'>, <Milestone.CONVICTED: 'convicted'>]
    >>> Milestone.CHARGED.rung
    4
    """

    MADE_AVAILABLE = ("made_available", "received at all", "18 U.S.C. 2258A")
    TRIAGED = ("triaged", "taken up for screening", "agency triage tools")
    INVESTIGATED = ("investigated", "an investigation was opened", "Pub. L. 110-401 s.106(d)")
    PRESENTED = ("presented", "presented to a prosecutor", "Justice Counts: cases referred")
    CHARGED = ("charged", "a charge was filed, whatever became of it", "Home Office outcome 1; CPS")
    CONVICTED = ("convicted", "a charge ended in conviction at least once", "NCSC; CPS")

    @property
    def rung(self) -> int:
        """The milestone's height on the ladder, from 0."""
        return list(Milestone).index(self)


class Place(Word):
    """Where a unit stands as of a date: every unit in exactly one place.

    ``transferred_out`` exists for the unit *referral* only; in a family the child stands for its parent.
    """

    CHARGE = ("charge", "a charge was filed, whatever became of it", "Home Office outcome 1; CPS")
    ADMINISTRATIVE = (
        "administrative",
        "ended by an administrative disposition",
        "Home Office 22; Germany 153a",
    )
    CLOSED = ("closed", "ended otherwise, without a charge", "N-DEx; LIONS")
    PENDING = ("pending", "still open, and watched to the date of the count", "CPS; Home Office outcome 0")
    UNKNOWN = ("unknown", "nobody would have told us how it went on", "OJJDP transparency report CY 2023, E")
    EXCLUDED = ("excluded", "ended with a reason that says: count me elsewhere", "Justice Counts; LIONS")
    TRANSFERRED_OUT = ("transferred_out", "handed on to another agency", "Justice Counts: transfers")


class Level(Word):
    """The sovereign or rank of an authority. Never derived from its territory."""

    LOCAL = ("local", "a city, county or district", "FBI ORI practice; Justice Counts")
    STATE = ("state", "a state, canton, Land or province", "ISO 3166-2; Justice Counts")
    FEDERAL = ("federal", "a national authority of a federation, or a unitary state", "28 U.S.C.")
    TRIBAL = ("tribal", "a tribal nation", "25 U.S.C.")
    MILITARY = ("military", "military justice", "10 U.S.C.")
    FOREIGN = ("foreign", "a foreign agency designated to receive reports", "18 U.S.C. 2258A(c)")
    INTERNATIONAL = ("international", "an international organisation", "Europol; Interpol")


class Classification(Word):
    """How the clearinghouse classed a report. It only ever moves up."""

    UNCLASSIFIED = ("unclassified", "not reviewed yet", "NCMEC")
    INFORMATIONAL = ("informational", "thin, viral, or without apparent nexus", "NCMEC, Global Platform")
    REFERRAL = ("referral", "enough information for police to consider", "NCMEC, Global Platform")


class IncidentType(Word):
    """The eight incident types of the clearinghouse's reporting interface."""

    CHILD_PORNOGRAPHY = (
        "child_pornography",
        "possession, manufacture and distribution of abuse material (the interface's own term)",
        "NCMEC CyberTipline reporting API",
    )
    CHILD_SEX_TRAFFICKING = ("child_sex_trafficking", "trafficking", "NCMEC CyberTipline reporting API")
    CHILD_SEX_TOURISM = ("child_sex_tourism", "travel for abuse", "NCMEC CyberTipline reporting API")
    CHILD_SEXUAL_MOLESTATION = (
        "child_sexual_molestation",
        "contact offence",
        "NCMEC CyberTipline reporting API",
    )
    ENTICEMENT = (
        "enticement",
        "online enticement of children for sexual acts",
        "NCMEC CyberTipline reporting API",
    )
    MISLEADING_DOMAIN = ("misleading_domain", "misleading domain name", "NCMEC CyberTipline reporting API")
    MISLEADING_WORDS = (
        "misleading_words",
        "misleading words or digital images",
        "NCMEC CyberTipline reporting API",
    )
    UNSOLICITED_OBSCENE_MATERIAL = (
        "unsolicited_obscene_material",
        "unsolicited obscene material sent to a child",
        "NCMEC CyberTipline reporting API",
    )


class SourceKind(Word):
    """Who submitted a report."""

    PROVIDER = ("provider", "an electronic service provider, under a duty to report", "18 U.S.C. 2258A")
    PUBLIC = ("public", "a member of the public", "NCMEC CyberTipline")


class LinkKind(Word):
    """How one report refers to another."""

    BUNDLED = ("bundled", "the clearinghouse bundled both as one viral incident", "NCMEC, 2024 data")
    DUPLICATE_OF = ("duplicate_of", "the same incident, reported before", "agency triage tools")
    RELATED = ("related", "something in common", "agency triage tools")
    SUPPLEMENTS = (
        "supplements",
        "adds to an earlier report of the same submitter",
        "NCMEC API: priorCTReports",
    )


# Files repeat their mistakes: a code that is foreign to one line is foreign to thousands.
@lru_cache(maxsize=256)
def meant(text: str, vocabulary: type[StrEnum]) -> str:
    """Say what may be written instead of a text that a vocabulary lacks, the nearest word first.

    >>> meant("provided", SourceKind)
    "did you mean 'provider'? Use one of provider, public"
    >>> meant("cleared", Action)
    'its 17 words stand in the docs, on the page Vocabulary'
    """
    words = (
        f"use one of {', '.join(vocabulary)}"
        if len(vocabulary) <= _FEW
        else f"its {len(vocabulary)} words stand in the docs, on the page Vocabulary"
    )
    near = get_close_matches(text.lower(), [word.value for word in vocabulary], n=1, cutoff=_NEAR)
    return f"did you mean {near[0]!r}? {words[0].upper()}{words[1:]}" if near else words


def member(kind: type[_E], value: str, name: str) -> _E:
    """Take a word or its text as a member of a vocabulary.

    Raises:
        InvalidValueError: If it is none; the message says what may have been meant.

    >>> member(Place, "closed", "place")
    <Place.CLOSED: 'closed'>
    """
    try:
        return kind(value)
    except ValueError as error:
        message = f"{name} is {value!r}; {meant(str(value), kind)}"
        raise InvalidValueError(message) from error
