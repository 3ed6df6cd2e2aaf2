"""How a matter came out: ``Disposition = Charge | Administrative | Closed``, a union tagged by ``kind``.

A referral carries none, one or several. A type checker proves that a ``match`` over the three is complete:

>>> from typing import assert_never
>>> def headline(disposition: Disposition) -> str:
...     match disposition:
...         case Charge():
...             return f"charged ({disposition.status})"
...         case Administrative():
...             return f"measure ({disposition.reason})"
...         case Closed():
...             return f"closed ({disposition.reason})"
...         case _:
...             assert_never(disposition)
>>> headline(Closed(reason=ClosedReason.DUPLICATE))
'closed (duplicate)'
"""

from typing import ClassVar, Literal

from attrs import field, frozen

from tipline_outcomes.model._fields import strictly, strictly_or_none
from tipline_outcomes.model.ids import ChargeId, SubjectId, check_optional_id
from tipline_outcomes.model.vocabulary import Level, Word

__all__ = [
    "Administrative",
    "AdministrativeReason",
    "Charge",
    "ChargeStatus",
    "Closed",
    "ClosedReason",
    "Disposition",
    "Reason",
]


class ChargeStatus(Word):
    """What has become of a filed charge, as far as it is known."""

    CHARGE_PENDING = ("charge_pending", "accusation filed, no result", "Home Office outcome 1; Recidiviz")
    CONVICTED_PLEA = ("convicted_plea", "guilty or no-contest plea", "NCSC; ICAC performance measures")
    CONVICTED_TRIAL = ("convicted_trial", "found guilty at trial or in absence", "NCSC")
    CONVICTED_UNSPECIFIED = ("convicted_unspecified", "convicted, manner unknown", "Recidiviz; CPS")
    ADJUDICATED_DELINQUENT = (
        "adjudicated_delinquent",
        "a final finding, juvenile or other, that is not a conviction",
        "N-DEx juvenile dispositions",
    )
    ACQUITTED = ("acquitted", "found not guilty", "NCSC")
    ACQUITTED_INSANITY = ("acquitted_insanity", "not guilty or not answerable for mental reasons", "NCSC")
    CHARGE_DISMISSED = ("charge_dismissed", "ended by the court", "NCSC; Justice Counts")
    CHARGE_WITHDRAWN = ("charge_withdrawn", "ended by the prosecutor", "NCSC: nolle prosequi; CPS")
    CHARGE_DIVERTED = ("charge_diverted", "deferred or diverted after filing", "Justice Counts: diverted")
    CHARGE_TRANSFERRED = (
        "charge_transferred",
        "moved to another court or sovereign",
        "Recidiviz; Justice Manual 9-2.031",
    )
    CHARGE_SUPERSEDED = (
        "charge_superseded",
        "replaced by, joined to or taken into account in another charge",
        "Home Office outcome 4; German prosecution statistics 154",
    )
    CHARGE_ABATED_DEATH = ("charge_abated_death", "the defendant died after filing", "NCSC")
    CHARGE_STAYED = ("charge_stayed", "mistrial, absconded, unfit, stayed", "NCSC: placed inactive")
    CONVICTION_VACATED = ("conviction_vacated", "a conviction was undone", "practice (no code list found)")
    CHARGE_DISPOSED_UNSPECIFIED = (
        "charge_disposed_unspecified",
        "ended, manner unknown",
        "Justice Counts: disposition unknown",
    )

    @property
    def opens(self) -> bool:
        """Whether the charge is (again) open under this status, so that the court case still runs."""
        return self in _OPENING

    @property
    def convicts(self) -> bool:
        """Whether the status shows that there was a conviction, standing or since vacated."""
        return self in _CONVICTING

    @property
    def stands(self) -> bool:
        """Whether there is a conviction under this status; of one that was vacated there is none.

        >>> ChargeStatus.CONVICTION_VACATED.convicts, ChargeStatus.CONVICTION_VACATED.stands
        (True, False)
        """
        return self.convicts and self is not ChargeStatus.CONVICTION_VACATED

    @property
    def may_convict(self) -> bool:
        """Whether it leaves open if there was a conviction: nobody says how the charge ended."""
        return self is ChargeStatus.CHARGE_DISPOSED_UNSPECIFIED


_OPENING = frozenset(
    {
        ChargeStatus.CHARGE_PENDING,
        ChargeStatus.CHARGE_STAYED,
        ChargeStatus.CHARGE_DIVERTED,
        ChargeStatus.CONVICTION_VACATED,
    }
)
_CONVICTING = frozenset(
    {
        ChargeStatus.CONVICTED_PLEA,
        ChargeStatus.CONVICTED_TRIAL,
        ChargeStatus.CONVICTED_UNSPECIFIED,
        ChargeStatus.CONVICTION_VACATED,
    }
)


class AdministrativeReason(Word):
    """Measures and endings outside the criminal charge."""

    PLATFORM_ACCOUNT_ACTION = ("platform_account_action", "account suspended or removed", "NCMEC API")
    CONTENT_TAKEDOWN = ("content_takedown", "removal at the host or after notice", "NCMEC; hotlines")
    PRESERVATION_REQUEST = (
        "preservation_request",
        "data held for investigators, by statute or on request",
        "18 U.S.C. 2258A(h); Pub. L. 118-59",
    )
    CHILD_PROTECTION_REFERRAL = (
        "child_protection_referral",
        "handed to a welfare or child-protection authority",
        "UCR; N-DEx",
    )
    VICTIM_SAFEGUARDING = ("victim_safeguarding", "a child located and protected", "National Crime Agency")
    CIVIL_PROTECTIVE_MEASURE = (
        "civil_protective_measure",
        "protection order or civil restriction",
        "practice (no code list found)",
    )
    OUT_OF_COURT_DISPOSAL = (
        "out_of_court_disposal",
        "caution, penalty notice or community resolution",
        "Home Office outcomes 2, 3, 6, 7, 8",
    )
    PRECHARGE_DIVERSION = (
        "precharge_diversion",
        "education, intervention or a condition instead of a charge",
        "Home Office outcome 22; German Code of Criminal Procedure 153a",
    )
    JUVENILE_HANDLED_INFORMALLY = (
        "juvenile_handled_informally",
        "notice to parents or release, without charge",
        "NIBRS exceptional clearance E, arrestee H",
    )
    OTHER_SANCTION = ("other_sanction", "a civil, regulatory or disciplinary alternative", "LIONS: CADA")
    INTELLIGENCE_ONLY = (
        "intelligence_only",
        "kept for intelligence, no further action",
        "practice (no code list found)",
    )

    @property
    def ends(self) -> bool:
        """Whether it ends a matter. The others are measures, counted beside every outcome."""
        return self in _ENDING


_ENDING = frozenset(
    {
        AdministrativeReason.OUT_OF_COURT_DISPOSAL,
        AdministrativeReason.PRECHARGE_DIVERSION,
        AdministrativeReason.JUVENILE_HANDLED_INFORMALLY,
        AdministrativeReason.OTHER_SANCTION,
        AdministrativeReason.INTELLIGENCE_ONLY,
    }
)


class ClosedReason(Word):
    """Why a matter ended without a charge."""

    NO_JURISDICTION_IDENTIFIED = (
        "no_jurisdiction_identified",
        "place of offence or competent agency not found",
        "German police crime statistics",
    )
    INSUFFICIENT_INFORMATION = ("insufficient_information", "too little to investigate", "NCMEC")
    DUPLICATE = ("duplicate", "the same incident is already held", "agency triage tools")
    MERGED = ("merged", "joined to another investigation", "German prosecution statistics: joinder")
    UNFOUNDED = ("unfounded", "investigation shows that no crime happened", "UCR")
    NOT_CRIMINAL = ("not_criminal", "lawful where received", "Bundeskriminalamt, 2023")
    SUSPECT_NOT_IDENTIFIED = (
        "suspect_not_identified",
        "offence accepted, nobody identified",
        "Home Office outcome 18; LIONS: NKSU",
    )
    EVIDENCE_INSUFFICIENT = (
        "evidence_insufficient",
        "suspect known, proof lacking",
        "Home Office outcome 15; LIONS: WKEV",
    )
    EVIDENCE_INACCESSIBLE = (
        "evidence_inaccessible",
        "evidence exists but cannot be opened or lawfully viewed",
        "OMB 1110-0088",
    )
    DATA_RETENTION_EXPIRED = (
        "data_retention_expired",
        "the provider's or carrier's data are gone",
        "Pub. L. 118-59 (reason for one year)",
    )
    RESOURCES_TRIAGED_OUT = (
        "resources_triaged_out",
        "not pursued for lack of resources or low priority",
        "LIONS: LKPR; Justice Counts",
    )
    VICTIM_DECLINED = (
        "victim_declined",
        "the victim does not support action",
        "NIBRS exceptional clearance D; Home Office outcome 16",
    )
    VICTIM_OR_WITNESS_UNAVAILABLE = (
        "victim_or_witness_unavailable",
        "dead, ill or not cooperating",
        "Home Office outcome 13; Justice Counts",
    )
    SUSPECT_DECEASED = (
        "suspect_deceased",
        "the suspect died before a charge",
        "NIBRS exceptional clearance A; Home Office outcome 5",
    )
    SUSPECT_UNDER_AGE = ("suspect_under_age", "below the age of responsibility", "Home Office outcome 11")
    SUSPECT_UNFIT = ("suspect_unfit", "too ill to prosecute", "Home Office outcome 12")
    IN_CUSTODY_ELSEWHERE = (
        "in_custody_elsewhere",
        "held or pursued by another jurisdiction, extradition denied",
        "NIBRS exceptional clearance C",
    )
    TIME_BARRED = ("time_barred", "limitation has expired", "Home Office outcome 17")
    NOT_IN_PUBLIC_INTEREST = (
        "not_in_public_interest",
        "the prosecutor's or the police's policy test",
        "Home Office outcomes 9, 10, 21",
    )
    PROSECUTION_DECLINED = (
        "prosecution_declined",
        "declined by the prosecutor, reason other or unknown",
        "NIBRS exceptional clearance B",
    )
    PROSECUTED_ELSEWHERE = (
        "prosecuted_elsewhere",
        "another authority prosecutes the same conduct",
        "LIONS: SPOA",
    )
    TRANSFERRED = ("transferred", "responsibility passed on (the action transfer)", "Home Office outcome 20")
    OPENED_IN_ERROR = ("opened_in_error", "should not have been opened", "LIONS: OEOE")
    ADMINISTRATIVE_CLOSURE = ("administrative_closure", "closed, reason not recorded", "N-DEx")

    @property
    def elsewhere(self) -> bool:
        """Whether the reason says "count me elsewhere", which takes the unit out of every denominator."""
        return self in _ELSEWHERE

    @property
    def has_survivor(self) -> bool:
        """Whether another referral carries on what this one was, and should be named."""
        return self in _SURVIVED


_ELSEWHERE = frozenset(
    {
        ClosedReason.DUPLICATE,
        ClosedReason.MERGED,
        ClosedReason.OPENED_IN_ERROR,
        ClosedReason.PROSECUTED_ELSEWHERE,
    }
)
# What was opened in error was never a tip: nothing survives it, and nothing is missing without a survivor.
_SURVIVED = _ELSEWHERE - {ClosedReason.OPENED_IN_ERROR}

_FINAL: frozenset[AdministrativeReason | ClosedReason] = frozenset(
    {
        AdministrativeReason.OUT_OF_COURT_DISPOSAL,
        ClosedReason.DUPLICATE,
        ClosedReason.MERGED,
        ClosedReason.DATA_RETENTION_EXPIRED,
        ClosedReason.SUSPECT_DECEASED,
        ClosedReason.SUSPECT_UNDER_AGE,
        ClosedReason.TIME_BARRED,
        ClosedReason.PROSECUTED_ELSEWHERE,
        ClosedReason.TRANSFERRED,
        ClosedReason.OPENED_IN_ERROR,
    }
)


def is_final(reason: AdministrativeReason | ClosedReason) -> bool:
    """Tell whether a closure with this reason can never be reopened.

    >>> is_final(ClosedReason.DUPLICATE), is_final(ClosedReason.EVIDENCE_INSUFFICIENT)
    (True, False)
    """
    return reason in _FINAL


@frozen(kw_only=True)
class Charge:
    """A formal accusation: filed or authorised against one subject by one authority. An arrest is not one.

    Attributes:
        status: What has become of it.
        level: The level of the authority that filed (a county prosecutor is local); None if not recorded.
        subject_id: The pseudonym of the accused; None for the referral's one unnamed subject.
        charge_id: The charge's id; None for the subject's one charge, and replaced by the first that is
            named.

    >>> Charge(status=ChargeStatus.CONVICTED_PLEA, level=Level.LOCAL).kind
    'charge'
    """

    kind: ClassVar[Literal["charge"]] = "charge"
    status: ChargeStatus = field(default=ChargeStatus.CHARGE_PENDING, validator=strictly(ChargeStatus))
    level: Level | None = field(default=None, validator=strictly_or_none(Level))
    subject_id: SubjectId | None = field(default=None, validator=check_optional_id)
    charge_id: ChargeId | None = field(default=None, validator=check_optional_id)

    @property
    def reason(self) -> ChargeStatus:
        """The status, under the name that all three variants share."""
        return self.status


@frozen(kw_only=True)
class Administrative:
    """A measure or an ending outside the criminal charge.

    >>> Administrative(reason=AdministrativeReason.CONTENT_TAKEDOWN).reason.ends
    False
    """

    kind: ClassVar[Literal["administrative"]] = "administrative"
    reason: AdministrativeReason = field(validator=strictly(AdministrativeReason))


@frozen(kw_only=True)
class Closed:
    """Ended without a charge.

    >>> Closed(reason=ClosedReason.MERGED).reason.elsewhere
    True
    """

    kind: ClassVar[Literal["closed"]] = "closed"
    reason: ClosedReason = field(validator=strictly(ClosedReason))


Disposition = Charge | Administrative | Closed
"""How a matter came out, for one referral, subject or charge."""

Reason = ChargeStatus | AdministrativeReason | ClosedReason
"""Every reason that a disposition can have; no value occurs in two of the three vocabularies."""


def kind_of(reason: Reason) -> Literal["charge", "administrative", "closed"]:
    """Give the kind of the disposition that has a reason.

    >>> kind_of(ClosedReason.MERGED)
    'closed'
    """
    match reason:
        case ChargeStatus():
            return Charge.kind
        case AdministrativeReason():
            return Administrative.kind
        case ClosedReason():
            return Closed.kind
