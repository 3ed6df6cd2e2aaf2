"""Strategies of the values that a record is made of: days, places, senders, dispositions.

>>> from hypothesis import find
"""

from datetime import date, timedelta

from hypothesis import strategies as st

from tipline_outcomes.model import (
    Administrative,
    AdministrativeReason,
    AgencyId,
    Charge,
    ChargeId,
    ChargeStatus,
    Classification,
    Closed,
    ClosedReason,
    Disposition,
    IncidentType,
    Jurisdiction,
    Level,
    LinkKind,
    Report,
    ReportId,
    ReportLink,
    Source,
    SourceKind,
    SubjectId,
)

__all__ = [
    "AGENCIES",
    "CHARGE_IDS",
    "LEVELS",
    "LONGEST_GAP",
    "NEVER",
    "PSEUDONYMS",
    "SUBJECTS",
    "administratives",
    "charges",
    "closeds",
    "days",
    "days_after",
    "dispositions",
    "jurisdictions",
    "links",
    "reports",
    "sources",
]

# The first choice is what Hypothesis shrinks to, so the plainest value comes first in every strategy here.
# What is one fact is one choice: the fewer there are, the sooner it has shrunk.
LEVELS = st.sampled_from([None, *Level])
SUBJECTS = st.sampled_from([None, SubjectId("s-1"), SubjectId("s-2")])
CHARGE_IDS = st.sampled_from([None, ChargeId("c-1"), ChargeId("c-2"), ChargeId("c-3")])
_TERRITORIES = st.one_of(
    st.sampled_from(["US-CA", "US-TX", "US", "DE", "ZZ"]),
    st.from_regex(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", fullmatch=True),
)
# Neither white space nor half characters (lone surrogates), which no file can hold.
PSEUDONYMS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)
# What is written as territory/level/agency is parsed again.
AGENCIES = PSEUDONYMS.filter(lambda name: "/" not in name).map(AgencyId)
NEVER: st.SearchStrategy[date | None] = st.none()
LONGEST_GAP = 200


def days() -> st.SearchStrategy[date]:
    """Draw days from 2019 to 2026, so that several quarters and leap days come up.

    >>> find(days(), lambda day: day.year > 2020)
    datetime.date(2021, 1, 1)
    """
    return st.dates(date(2019, 1, 1), date(2026, 12, 31))


def jurisdictions() -> st.SearchStrategy[Jurisdiction]:
    """Draw jurisdictions of every level, with and without an agency.

    >>> str(find(jurisdictions(), lambda where: where.agency is None))
    'US-CA/local'
    """
    levels = st.sampled_from(Level)
    return st.builds(Jurisdiction, territory=_TERRITORIES, level=levels, agency=st.none() | AGENCIES)


def sources() -> st.SearchStrategy[Source]:
    """Draw members of the public, and providers by name.

    >>> find(sources(), lambda source: source.provider is None).kind.value
    'public'
    """
    # What str.isprintable lets through: of all white space only the blank.
    names = st.text(
        st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=12
    )
    return st.one_of(
        st.just(Source(kind=SourceKind.PUBLIC)),
        st.builds(Source, kind=st.just(SourceKind.PROVIDER), provider=names),
    )


def reports() -> st.SearchStrategy[Report]:
    """Draw reports, with links to others that need not exist.

    >>> find(reports(), lambda report: report.incident_count > 9).incident_count
    10
    """
    return st.builds(
        Report,
        id=PSEUDONYMS.map(ReportId),
        received_on=days(),
        source=sources(),
        classification=st.sampled_from(Classification),
        incident_type=st.sampled_from(IncidentType),
        territory=st.none() | _TERRITORIES,
        incident_count=st.integers(1, 10_000),
        batched=st.booleans(),
        escalated=st.booleans(),
        links=st.lists(links(), max_size=2).map(tuple),
    )


def charges() -> st.SearchStrategy[Charge]:
    """Draw charges of every status, named and unnamed.

    >>> find(charges(), lambda charge: charge.status.convicts).status.value
    'convicted_plea'
    """
    return st.builds(
        Charge,
        status=st.sampled_from(ChargeStatus),
        level=LEVELS,
        subject_id=SUBJECTS,
        charge_id=CHARGE_IDS,
    )


def administratives(*, ends: bool | None = None) -> st.SearchStrategy[Administrative]:
    """Draw administrative dispositions.

    Args:
        ends: Only those that end a matter (True), or only measures (False); None for both.

    >>> find(administratives(ends=True), lambda _: True).reason.value
    'out_of_court_disposal'
    """
    reasons = [reason for reason in AdministrativeReason if ends is None or reason.ends is ends]
    return st.builds(Administrative, reason=st.sampled_from(reasons))


def closeds() -> st.SearchStrategy[Closed]:
    """Draw closures of every reason, the one that belongs to transfers included.

    >>> find(closeds(), lambda closed: closed.reason.elsewhere).kind
    'closed'
    """
    return st.builds(Closed, reason=st.sampled_from(ClosedReason))


def dispositions() -> st.SearchStrategy[Disposition]:
    """Draw any of the three variants.

    >>> find(dispositions(), lambda disposition: disposition.kind == "charge").reason.value
    'charge_pending'
    """
    return st.one_of(closeds(), administratives(), charges())


def links() -> st.SearchStrategy[ReportLink]:
    """Draw links to reports that need not exist."""
    return st.builds(ReportLink, kind=st.sampled_from(LinkKind), report_id=PSEUDONYMS.map(ReportId))


def days_after(day: date, earliest: int = 0) -> st.SearchStrategy[date]:
    """Draw days up to the longest gap after a day; with a negative *earliest*, days before it too."""
    return st.integers(earliest, LONGEST_GAP).map(lambda gap: day + timedelta(days=gap))
