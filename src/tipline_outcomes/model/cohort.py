"""A cohort: reports, referrals and the links between them, checked as a whole."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model._fields import tuple_of
from tipline_outcomes.model.disposition import Closed
from tipline_outcomes.model.ids import ReferralId
from tipline_outcomes.model.referral import Referral, check_referral
from tipline_outcomes.model.report import Report
from tipline_outcomes.model.rules import Rule, Violation
from tipline_outcomes.model.vocabulary import Action

__all__ = ["Cohort", "check_cohort"]


def _no_two_alike(instance: object, attribute: object, value: Iterable[Report | Referral]) -> None:
    del instance, attribute
    seen: set[str] = set()
    for record in value:
        if record.id in seen:
            message = (
                f"two {type(record).__name__.lower()}s have the id {record.id!r}; ids are unique in a cohort"
            )
            raise InvalidValueError(message)
        seen.add(record.id)


@frozen(kw_only=True)
class Cohort:
    """Reports and referrals that are counted together.

    Attributes:
        referrals: The referrals.
        reports: The reports; empty where only an agency's side is known.

    Raises:
        InvalidValueError: If two reports, or two referrals, share an id.

    >>> Cohort(referrals=()).check()
    ()
    """

    referrals: tuple[Referral, ...] = field(default=(), validator=[tuple_of(Referral), _no_two_alike])
    reports: tuple[Report, ...] = field(default=(), validator=[tuple_of(Report), _no_two_alike])

    def check(self) -> tuple[Violation, ...]:
        """Report every rule that a record or a link breaks; see `check_cohort`."""
        return check_cohort(self)


def check_cohort(cohort: Cohort) -> tuple[Violation, ...]:
    """Report every rule that a referral or a link between records breaks. Pure; it raises nothing.

    Violations come referral by referral, in the cohort's order: first those of the referral itself, then of
    its links.

    >>> from datetime import date
    >>> from tipline_outcomes.model import Event, Jurisdiction
    >>> def handed_on(name, parent):
    ...     return Referral(
    ...         id=ReferralId(name),
    ...         jurisdiction=Jurisdiction.parse("US-CA/local"),
    ...         history=(Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE),),
    ...         parent_id=ReferralId(parent),
    ...     )
    >>> for violation in check_cohort(Cohort(referrals=(handed_on("f-1", "f-2"), handed_on("f-2", "f-1")))):
    ...     print(violation.referral_id, violation.rule.value, "-", violation.detail)
    f-1 transfer_cycle - parent f-2
    f-2 transfer_cycle - parent f-1
    """
    by_id = {referral.id: referral for referral in cohort.referrals}
    parents = {r.id: r.parent_id for r in cohort.referrals if r.parent_id is not None}
    named = ((r.id, _survivor(r)) for r in cohort.referrals)
    survivors = {name: to for name, to in named if to is not None and to in by_id}
    # Whom a referral was passed on to carries it on as well: the duplicate of its own parent has no survivor.
    # Of several children one without a survivor of its own does, else the eldest.
    heirs = sorted(
        (r for r in cohort.referrals if r.parent_id is not None),
        key=lambda r: (r.id in survivors, r.received_on, r.id),
        reverse=True,
    )
    children = {parents[heir.id]: heir.id for heir in heirs}
    carried_on = children | survivors
    report_ids = {report.id for report in cohort.reports}

    def of_links(referral: Referral) -> Iterator[tuple[Rule, str]]:
        if _never_ends(referral.id, parents):
            yield Rule.TRANSFER_CYCLE, f"parent {parents[referral.id]}"
        if referral.id in survivors and _never_ends(referral.id, carried_on):
            yield Rule.SURVIVOR_CYCLE, f"survivor {survivors[referral.id]}"
        child = _child(referral)
        if child is not None and child in by_id and by_id[child].parent_id != referral.id:
            yield Rule.CHILD_WITHOUT_PARENT, f"child {child}, whose parent_id is another or none"
        parent = None if referral.parent_id is None else by_id.get(referral.parent_id)
        if parent is not None and referral.received_on < parent.received_on:
            yield Rule.CHILD_BEFORE_PARENT, f"{referral.received_on} before {parent.received_on}"
        if cohort.reports:
            for report_id in sorted(referral.report_ids):
                if report_id not in report_ids:
                    yield Rule.REPORT_MISSING, f"report {report_id}"

    return tuple(
        violation
        for referral in cohort.referrals
        for violation in (
            *check_referral(referral),
            *(
                Violation(referral_id=referral.id, seq=None, rule=rule, detail=detail)
                for rule, detail in of_links(referral)
            ),
        )
    )


def _survivor(referral: Referral) -> ReferralId | None:
    """Give the referral that carries on what this one was, if its last closure of that kind names one."""
    for event in reversed(referral.history):
        match event.disposition:
            case Closed(reason=reason) if event.live and event.action is Action.CLOSE and reason.has_survivor:
                return event.other_id
            case _:
                continue
    return None


def _child(referral: Referral) -> ReferralId | None:
    """Give the referral that the last transfer names."""
    transfers = [e for e in referral.history if e.live and e.action is Action.TRANSFER]
    return transfers[-1].other_id if transfers else None


def _never_ends(start: ReferralId, links: Mapping[ReferralId, ReferralId]) -> bool:
    """Tell whether following the links from *start* comes back to where it has been."""
    seen = {start}
    while (following := links.get(start)) is not None:
        if following in seen:
            return True
        seen.add(following)
        start = following
    return False
