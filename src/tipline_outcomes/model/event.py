"""An event: what happened to a referral on a day of the agency's calendar."""

from datetime import date

from attrs import field, frozen

from tipline_outcomes._dates import plain_day
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model._fields import optional_day, strictly, strictly_or_none
from tipline_outcomes.model.disposition import Administrative, Charge, ChargeStatus, Closed, Disposition
from tipline_outcomes.model.ids import ReferralId, SubjectId, check_optional_id
from tipline_outcomes.model.pipeline import NAMES_ANOTHER, NEEDS_SUBJECT, REASONS, RUNGS
from tipline_outcomes.model.vocabulary import Action, Milestone

__all__ = ["Event"]


@frozen(kw_only=True)
class Event:
    """One event of a referral's history. Order within a day is the order of the history.

    Attributes:
        on: The day, in the agency's calendar.
        action: What happened.
        disposition: How the matter, a charge or a subject came out, where the action says so.
        subject_id: The pseudonym of the subject concerned; for a charge it stands in the charge instead.
        other_id: Another referral: the child of a transfer, the survivor of a duplicate, the adopting one.
        implied: Whether it was added because something later implies it. Implied events enter no clock.
        lossy: Whether it came through a code that says less than our words; what it says is the nearest one.
        superseded_on: The day on which the record was amended; the row is kept, and no longer counts.

    Raises:
        InvalidValueError: If the event lacks what its action needs, or carries what it cannot have.

    >>> Event(on=date(2024, 5, 2), action=Action.FILE_CHARGE, disposition=Charge()).shows.value
    'charged'
    >>> Event(on=date(2024, 5, 2), action=Action.CLOSE)
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: close needs a disposition; it can be one of ...
    """

    on: date = field(converter=plain_day)
    action: Action = field(validator=strictly(Action))
    disposition: Disposition | None = field(
        default=None, validator=strictly_or_none(Charge, Administrative, Closed)
    )
    subject_id: SubjectId | None = field(default=None, validator=check_optional_id)
    other_id: ReferralId | None = field(default=None, validator=check_optional_id)
    implied: bool = field(default=False, validator=strictly(bool))
    lossy: bool = field(default=False, validator=strictly(bool))
    superseded_on: date | None = field(default=None, converter=optional_day)

    def __attrs_post_init__(self) -> None:
        """Hold the action to what it needs; the pipeline's data say what that is."""
        problem = self._misfit()
        if problem is not None:
            raise InvalidValueError(problem)

    def _misfit(self) -> str | None:
        action, possible = self.action, REASONS[self.action]
        reason = None if self.disposition is None else self.disposition.reason
        if reason not in possible:
            names = ", ".join(sorted(r.value for r in possible if r is not None))
            if not names:
                return f"{action.value} takes no disposition, but was given {reason}"
            given = "needs a disposition" if reason is None else f"cannot come with {reason.value}"
            return f"{action.value} {given}; it can be one of {names}"
        if action in NEEDS_SUBJECT and self.subject_id is None:
            return f"{action.value} needs a subject_id: which subject was it?"
        if self.subject_id is not None and isinstance(self.disposition, Charge):
            return f"{action.value}: the subject of a charge stands in the charge, not in the event"
        if self.other_id is not None and action not in NAMES_ANOTHER:
            return f"{action.value} concerns no other referral, but other_id is {self.other_id!r}"
        return None

    @property
    def live(self) -> bool:
        """Whether the event counts; an amended one does not, its replacement does."""
        return self.superseded_on is None

    @property
    def shows(self) -> Milestone:
        """The highest rung that this event alone shows to have been reached."""
        status = None if self.disposition is None else self.disposition.reason
        if isinstance(status, ChargeStatus) and status.convicts:
            return Milestone.CONVICTED
        return RUNGS[self.action]
