"""A report: what a provider or a member of the public told the clearinghouse, as counts and codes only."""

from datetime import date

from attrs import Attribute, evolve, field, frozen
from attrs.validators import optional

from tipline_outcomes._dates import plain_day
from tipline_outcomes.errors import InvalidValueError, TransitionError
from tipline_outcomes.model._fields import check_text, strictly, tuple_of
from tipline_outcomes.model.ids import ReportId, check_id
from tipline_outcomes.model.jurisdiction import check_territory
from tipline_outcomes.model.vocabulary import Classification, IncidentType, LinkKind, SourceKind

__all__ = ["Report", "ReportLink", "Source"]


@frozen(kw_only=True)
class Source:
    """Who submitted the report: a provider, by name, or a member of the public, without one.

    Raises:
        InvalidValueError: If a provider has no name, or a member of the public has one (persons have no
            place here).

    >>> Source(kind=SourceKind.PROVIDER, provider="example-photos")
    Source(kind=<SourceKind.PROVIDER: 'provider'>, provider='example-photos')
    """

    kind: SourceKind = field(validator=strictly(SourceKind))
    provider: str | None = field(default=None, validator=optional(check_text))

    def __attrs_post_init__(self) -> None:
        """Hold kind and name to each other."""
        if (self.kind is SourceKind.PROVIDER) != (self.provider is not None):
            message = (
                f"Source(kind={self.kind.value!r}, provider={self.provider!r}): "
                "a provider has a name, a member of the public has none"
            )
            raise InvalidValueError(message)


@frozen(kw_only=True)
class ReportLink:
    """How this report refers to another.

    >>> ReportLink(kind=LinkKind.DUPLICATE_OF, report_id=ReportId("r-1")).kind.value
    'duplicate_of'
    """

    kind: LinkKind = field(validator=strictly(LinkKind))
    report_id: ReportId = field(validator=check_id)


_MOST_INCIDENTS = 1_000_000_000


def _some_incidents(instance: "Report", attribute: "Attribute[int]", value: int) -> None:
    del instance
    if not 1 <= value <= _MOST_INCIDENTS:
        message = f"Report.{attribute.name} is {value}; a report holds 1 to {_MOST_INCIDENTS:,} incidents"
        raise InvalidValueError(message)


@frozen(kw_only=True)
class Report:
    """One report to the clearinghouse.

    Attributes:
        id: The report's pseudonymous id.
        received_on: The day on which the clearinghouse received it.
        source: Who submitted it.
        classification: How the clearinghouse classed it.
        incident_type: One of the interface's eight types, as reported.
        territory: The territory it was resolved to, or None.
        incident_count: The incidents bundled into it, at least 1. A weight; it never multiplies charges.
        batched: Whether the provider sent it as part of a batch.
        escalated: Whether it was marked urgent.
        links: References to other reports.

    Raises:
        InvalidValueError: If a field has a value that can never be right.

    >>> report = Report(
    ...     id=ReportId("r-1"),
    ...     received_on=date(2024, 3, 1),
    ...     source=Source(kind=SourceKind.PUBLIC),
    ...     incident_type=IncidentType.ENTICEMENT,
    ... )
    >>> report.classify(Classification.REFERRAL).classification.value
    'referral'
    """

    id: ReportId = field(validator=check_id)
    received_on: date = field(converter=plain_day)
    source: Source = field(validator=strictly(Source))
    classification: Classification = field(
        default=Classification.UNCLASSIFIED, validator=strictly(Classification)
    )
    incident_type: IncidentType = field(validator=strictly(IncidentType))
    territory: str | None = field(default=None, validator=optional(check_territory))
    incident_count: int = field(default=1, validator=[strictly(int), _some_incidents])
    batched: bool = field(default=False, validator=strictly(bool))
    escalated: bool = field(default=False, validator=strictly(bool))
    links: tuple[ReportLink, ...] = field(default=(), validator=tuple_of(ReportLink))

    def classify(self, classification: Classification) -> "Report":
        """Give the same report with a higher classification.

        Raises:
            TransitionError: If the classification would fall or stay; the clearinghouse only ever upgrades.
        """
        ladder = list(Classification)
        higher = ladder[ladder.index(self.classification) + 1 :]
        if classification not in higher:
            raise TransitionError(
                rule="illegal_transition",
                stage=self.classification.value,
                action=f"classify as {classification.value}",
                allowed=tuple(f"classify as {c.value}" for c in higher),
                because="a report's classification only moves up",
            )
        return evolve(self, classification=classification)
