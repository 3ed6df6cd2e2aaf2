"""A referral: one or several reports made available to one jurisdiction, and what became of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import Attribute, evolve, field, frozen

from tipline_outcomes.errors import InvalidValueError, TransitionError
from tipline_outcomes.model._fields import check_text, optional_day, strictly, tuple_of
from tipline_outcomes.model.disposition import Administrative, Charge, Closed, Disposition
from tipline_outcomes.model.event import Event
from tipline_outcomes.model.history import Step, charges_after, is_lawful, walk
from tipline_outcomes.model.ids import ReferralId, ReportId, check_id, check_optional_id
from tipline_outcomes.model.jurisdiction import Jurisdiction
from tipline_outcomes.model.pipeline import OPEN_STAGES, allowed_actions, ends_as
from tipline_outcomes.model.rules import Breach, Rule, Violation
from tipline_outcomes.model.vocabulary import Action, Milestone, Place, Stage

__all__ = ["Referral", "check_referral"]


_OWN = frozenset(
    {
        *("referral_id", "parent_id", "territory", "level", "agency"),
        *("observed_from", "observed_through", "incomplete"),
    }
)


def _dimension_pairs(
    value: Mapping[str, str] | tuple[tuple[str, str], ...],
) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(value if isinstance(value, tuple) else value.items()))


def _check_report_ids(instance: object, attribute: "Attribute[Any]", value: tuple[object, ...]) -> None:
    for report_id in value:
        check_id(instance, attribute, report_id)


def _check_dimensions(
    instance: object, attribute: "Attribute[Any]", value: tuple[tuple[object, object], ...]
) -> None:
    for name, code in value:
        check_text(instance, attribute, name)
        check_text(instance, attribute, code)
        if name in _OWN:
            message = f"Referral.dimensions: {name!r} is a fact of the referral itself; find another name"
            raise InvalidValueError(message)
    if len({name for name, _ in value}) < len(value):
        message = f"Referral.dimensions: a name occurs twice in {[name for name, _ in value]}"
        raise InvalidValueError(message)


@frozen(kw_only=True)
class Referral:
    """One referral and its history. Frozen: `record` gives a new one.

    Attributes:
        id: The referral's pseudonymous id.
        jurisdiction: To whom it was made available.
        history: Its events, in order; a tuple, never empty.
        report_ids: The reports it consists of; empty where an agency's extract does not say.
        parent_id: The referral it came from, when it came by transfer.
        observed_from: The first day from which the source would have told us of an event, where that is later
            than the day received: an extract that begins in the middle. What lies before was told for another
            reason, if at all. None: from the day received.
        observed_through: The last day to which the source would have told us of an event, had there been one.
            It never depends on the outcome. None: nobody reports back after the hand-off.
        incomplete: Whether the source says more about it than could be read. A charge that is known stays;
            where else it stands cannot be told.
        dimensions: Further codes to group by, as they were at receipt; given as a mapping or as pairs.

    Raises:
        InvalidValueError: If a field has a value that can never be right. A history that breaks the rules of
            the pipeline can be built, because real records do: `check` tells.

    >>> from tipline_outcomes.model import Charge, Level
    >>> referral = Referral(
    ...     id=ReferralId("f-1"),
    ...     jurisdiction=Jurisdiction.parse("US-CA/local"),
    ...     history=(Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE),),
    ...     observed_through=date(2024, 12, 31),
    ... )
    >>> referral = referral.record(Event(on=date(2024, 1, 9), action=Action.ACCEPT))
    >>> referral = referral.record(Event(on=date(2024, 1, 9), action=Action.OPEN_INVESTIGATION))
    >>> charge = Charge(level=Level.LOCAL)
    >>> referral.record(Event(on=date(2024, 3, 1), action=Action.FILE_CHARGE, disposition=charge)).peak.value
    'charged'
    >>> referral.place(date(2024, 2, 1)).value  # the charge has not happened yet
    'pending'
    """

    id: ReferralId = field(validator=check_id)
    jurisdiction: Jurisdiction = field(validator=strictly(Jurisdiction))
    history: tuple[Event, ...] = field(validator=tuple_of(Event))
    report_ids: tuple[ReportId, ...] = field(default=(), validator=[tuple_of(str), _check_report_ids])
    parent_id: ReferralId | None = field(default=None, validator=check_optional_id)
    observed_from: date | None = field(default=None, converter=optional_day)
    observed_through: date | None = field(default=None, converter=optional_day)
    incomplete: bool = field(default=False, validator=strictly(bool))
    dimensions: tuple[tuple[str, str], ...] = field(
        default=(), converter=_dimension_pairs, validator=_check_dimensions
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a referral of which nothing ever happened: it was never made available."""
        if not any(event.live for event in self.history):
            message = f"Referral {self.id!r} has an empty history; its first event is made_available"
            raise InvalidValueError(message)

    @property
    def stage(self) -> Stage | None:
        """The stage after the last event; None if no event ever moved it, which is a violation."""
        return _last_stage(walk(self.history))

    @property
    def peak(self) -> Milestone:
        """The highest milestone ever reached, implied events included."""
        return max((event.shows for event in self.history if event.live), key=lambda shown: shown.rung)

    @property
    def dispositions(self) -> tuple[Disposition, ...]:
        """Every disposition of the history that was not amended, in order."""
        return tuple(e.disposition for e in self.history if e.live and e.disposition is not None)

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Every charge as it stands after the last event, in the order in which they came up.

        A charge without an id is the subject's one charge, and takes the first id that the subject's charges
        are given.
        """
        return charges_after(self.history)

    @property
    def conviction_stands(self) -> bool:
        """Whether somebody stands convicted after the last event; `peak` says whether anybody ever was."""
        return any(charge.status.stands for charge in self.charges)

    @property
    def received_on(self) -> date:
        """Day zero: the day of the first event that was not amended."""
        return next(event.on for event in self.history if event.live)

    def check(self) -> tuple[Violation, ...]:
        """Report every rule that this referral breaks by itself; see `check_referral`."""
        return check_referral(self)

    def record(self, event: Event) -> "Referral":
        """Give the referral with one more event.

        Raises:
            TransitionError: If the event breaks a rule after this history. The referral itself never changes.
        """
        longer = evolve(self, history=(*self.history, event))
        step = next((s for s in walk(longer.history) if s.seq == len(self.history)), None)
        if step is not None and step.problems:
            rule, detail = step.problems[0]
            raise TransitionError(
                rule=rule.value,
                stage=step.before.value if step.before else "no stage",
                action=event.action.value,
                allowed=tuple(action.value for action in allowed_actions(step.before)),
                because=f"{rule.meaning} ({detail})",
            )
        return longer

    def place(self, as_of: date) -> Place:
        """Tell where this referral stands, by itself, as of the end of a day.

        The ledger places whole cohorts, follows transfers and survivors, and knows the rules between
        referrals; this is the same question for one referral alone.

        Args:
            as_of: The date of the count; later events do not exist.

        Raises:
            InvalidValueError: If the referral was received after that day.
        """
        if self.received_on > as_of:
            message = f"referral {self.id!r} was received on {self.received_on}, after {as_of}"
            raise InvalidValueError(message)
        if any(v.rule.breach is Breach.SETS_ASIDE for v in self.check()):
            return Place.UNKNOWN
        steps = list(walk(event for event in self.history if event.on <= as_of))
        if any(step.event.shows.rung >= Milestone.CHARGED.rung for step in steps):
            return Place.CHARGE
        if self.incomplete:
            return Place.UNKNOWN
        stage = _last_stage(steps)
        if stage is Stage.TRANSFERRED:
            return Place.TRANSFERRED_OUT
        if stage in OPEN_STAGES:
            watched = self.observed_through is not None and self.observed_through >= as_of
            watched &= self.observed_from is None or self.observed_from <= as_of
            return Place.PENDING if watched else Place.UNKNOWN
        return _ended_as(steps)


def _last_stage(steps: Iterable[Step]) -> Stage | None:
    stage = None
    for step in steps:
        stage = step.after
    return stage


def _ended_as(steps: Iterable[Step]) -> Place:
    match [step.event.disposition for step in steps if step.event.action is Action.CLOSE]:
        case [*_, Administrative(reason=reason) | Closed(reason=reason)]:
            return ends_as(reason)
        case _:  # no lawful history ends without a closure
            return Place.UNKNOWN


def check_referral(referral: Referral) -> tuple[Violation, ...]:
    """Report every rule that one referral breaks by itself, in order. Pure; it raises nothing.

    >>> referral = Referral(
    ...     id=ReferralId("f-2"),
    ...     jurisdiction=Jurisdiction.parse("US-TX/local"),
    ...     history=(
    ...         Event(on=date(2024, 1, 5), action=Action.MADE_AVAILABLE),
    ...         Event(on=date(2024, 1, 2), action=Action.OPEN_INVESTIGATION),
    ...     ),
    ... )
    >>> for violation in check_referral(referral):
    ...     print(violation.seq, violation.rule.value, "-", violation.detail)
    1 illegal_transition - open_investigation in made_available
    1 date_backwards - 2024-01-02 after 2024-01-05
    """
    found: tuple[Violation, ...] = ()
    if not is_lawful(referral.history):
        found = tuple(
            Violation(referral_id=referral.id, seq=step.seq, rule=rule, detail=detail)
            for step in walk(referral.history)
            for rule, detail in step.problems
        )
    if not referral.incomplete:
        return found
    return (*found, Violation(referral_id=referral.id, seq=None, rule=Rule.INCOMPLETE, detail=""))
