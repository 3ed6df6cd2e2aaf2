"""What truly happens to one referral: the pipeline's own table, walked with a die."""

from collections.abc import Sequence
from datetime import date

from attrs import define, field, frozen

from tipline_outcomes.errors import TransitionError
from tipline_outcomes.model import (
    TABLE,
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeId,
    ChargeStatus,
    Closed,
    ClosedReason,
    Event,
    ReferralId,
    Stage,
    SubjectId,
    allowed_actions,
)
from tipline_outcomes.model.pipeline import target
from tipline_outcomes.synthetic.assumptions import Recipient, Step
from tipline_outcomes.synthetic.chance import PER_CENT, PER_MILLE, Chance
from tipline_outcomes.synthetic.parameters import Parameters

__all__ = ["UP", "Story", "live"]

UP = frozenset({Action.ACCEPT, Action.OPEN_INVESTIGATION, Action.PRESENT_TO_PROSECUTOR, Action.FILE_CHARGE})
"""The steps up the ladder, which an agency's vigour makes likelier."""


@define
class Story:
    """One referral as it truly went.

    Attributes:
        id: The referral's id.
        recipient: The agency.
        vigour: How likely a step up the ladder is, in per cent of the usual.
        earlier: Earlier referrals to the same agency, of which this one may turn out to be a duplicate.
        events: All that happened.
        stage: The stage after it.
    """

    id: ReferralId
    recipient: Recipient
    vigour: int
    earlier: Sequence[ReferralId]
    events: list[Event] = field(factory=list[Event])
    stage: Stage | None = None

    def record(self, event: Event, *, charges_open: bool = False) -> None:
        """Add what happened.

        Raises:
            TransitionError: If the transition table does not allow it.
        """
        if (self.stage, event.action) not in TABLE:
            raise TransitionError(
                rule="illegal_transition",
                stage=self.stage.value if self.stage else "no stage",
                action=event.action.value,
                allowed=tuple(action.value for action in allowed_actions(self.stage)),
                because="the transition table does not allow it",
            )
        self.stage = target(event.action, event.disposition, charges_open=charges_open) or self.stage
        self.events.append(event)

    @property
    def charged(self) -> bool:
        """Whether a charge was filed."""
        return any(event.action is Action.FILE_CHARGE for event in self.events)

    @property
    def excluded(self) -> bool:
        """Whether it ended with a reason that says: count me elsewhere."""
        closing = next((e.disposition for e in reversed(self.events) if e.action is Action.CLOSE), None)
        final = self.stage is Stage.CLOSED_FINAL
        return final and isinstance(closing, Closed) and closing.reason.elsewhere


def live(story: Story, day: date, *, chance: Chance, parameters: Parameters) -> None:
    """Let everything happen to a referral that does, from the day it is made available to the end of time."""
    _Life(story, chance, parameters).run(day)


@frozen
class _Life:
    story: Story
    chance: Chance
    parameters: Parameters

    def run(self, day: date) -> None:
        self.story.record(Event(on=day, action=Action.MADE_AVAILABLE))
        entered: int | None = day.toordinal()
        while entered is not None and (stage := self.story.stage) is not None:
            if stage is Stage.CHARGED:
                self._court(entered)
                return
            entered = self._leave(stage, entered)

    def _leave(self, stage: Stage, entered: int) -> int | None:
        """Live through one stage; give the day on which it is left."""
        step = self._next(stage)
        left = None if step is None else self._later(entered, step)
        self._beside(stage, entered, left)
        if step is None or left is None:
            return None
        on = date.fromordinal(left)
        match step.action:
            case Action.CLOSE:
                self.story.record(self._closing(on, stage))
            case Action.FILE_CHARGE:
                self._file(on)
            case _:
                self.story.record(Event(on=on, action=step.action))
        return left

    def _next(self, stage: Stage) -> Step | None:
        """Draw the step that will lead out of the stage, or that nothing ever will."""
        steps = [step for step in self.parameters.steps if step.stage is stage and step.moves]
        options: list[tuple[Step | None, int]] = [
            (step, step.chance * (self.story.vigour if step.action in UP else PER_CENT)) for step in steps
        ]
        options.append((None, (PER_MILLE - sum(step.chance for step in steps)) * PER_CENT))
        return self.chance.pick(options) if any(weight for _, weight in options) else None

    def _later(self, since: int, step: Step) -> int | None:
        """Draw the day of a step; None when it lies beyond the recorded time."""
        day = since + self.chance.days(step.days, self.story.recipient.pace)
        return day if day <= self.parameters.as_of.toordinal() else None

    def _beside(self, stage: Stage, entered: int, left: int | None) -> None:
        """Record what happens in a stage without moving the referral out of it."""
        happened: list[tuple[int, Step]] = []
        for step in self.parameters.steps:
            if step.stage is stage and not step.moves and self.chance.happens(step.chance):
                day = self._later(entered, step)
                if day is not None and (left is None or day <= left):
                    happened.append((day, step))
        for day, step in sorted(happened, key=lambda pair: pair[0]):
            self.story.record(self._side_event(date.fromordinal(day), step))

    def _side_event(self, on: date, step: Step) -> Event:
        if step.action is Action.DECIDE_SUBJECT:
            subject = SubjectId(f"{self.story.id}-other")
            disposition = self._closing(on, step.stage).disposition
            return Event(on=on, action=step.action, disposition=disposition, subject_id=subject)
        measure = None if step.reason is None else Administrative(reason=step.reason)
        return Event(on=on, action=step.action, disposition=measure)

    def _closing(self, on: date, stage: Stage) -> Event:
        match self.chance.pick((e.reason, e.weight) for e in self.parameters.endings if e.stage is stage):
            case ClosedReason() as reason:
                survivor = self._survivor() if reason.has_survivor else None
                return Event(on=on, action=Action.CLOSE, disposition=Closed(reason=reason), other_id=survivor)
            case AdministrativeReason() as reason:
                return Event(on=on, action=Action.CLOSE, disposition=Administrative(reason=reason))
            case ChargeStatus() as status:  # pragma: no cover - Ending allows it in the stage charged only
                message = f"{status.value} closes nothing"
                raise AssertionError(message)

    def _survivor(self) -> ReferralId | None:
        earlier = self.story.earlier
        if not earlier or self.chance.happens(self.parameters.unlinked_survivor):
            return None
        return earlier[self.chance.below(len(earlier))]

    def _file(self, on: date) -> None:
        """File all charges of the matter; where it is only one, nobody bothers to name it."""
        subjects = 2 if self.chance.happens(self.parameters.second_subject) else 1
        counts = [2 if self.chance.happens(self.parameters.further_charge) else 1 for _ in range(subjects)]
        named = sum(counts) > 1
        for subject, count in enumerate(counts, start=1):
            for number in range(1, count + 1):
                charge = Charge(
                    level=self.chance.pick(self.story.recipient.levels),
                    subject_id=SubjectId(f"{self.story.id}-s{subject}") if named else None,
                    charge_id=ChargeId(f"{self.story.id}-s{subject}c{number}") if named else None,
                )
                self.story.record(Event(on=on, action=Action.FILE_CHARGE, disposition=charge))

    def _court(self, entered: int) -> None:
        """Live through the court's part: every charge goes its own way."""
        filed = [e.disposition for e in self.story.events if isinstance(e.disposition, Charge)]
        results = [(day, n, status) for n in range(len(filed)) for day, status in self._results(entered)]
        results.sort(key=lambda result: result[:2])
        # What happens beside a trial happens before its first result, so that it comes before its end.
        self._beside(Stage.CHARGED, entered, results[0][0] if results else None)
        is_open = dict.fromkeys(range(len(filed)), True)
        for day, n, status in results:
            is_open[n] = status.opens
            charge = filed[n]
            result = Charge(
                status=status, level=charge.level, subject_id=charge.subject_id, charge_id=charge.charge_id
            )
            event = Event(on=date.fromordinal(day), action=Action.CHARGE_RESULT, disposition=result)
            self.story.record(event, charges_open=any(is_open.values()))

    def _results(self, filed: int) -> list[tuple[int, ChargeStatus]]:
        """Draw the results of one charge, until one ends it or nobody hears of it again."""
        results: list[tuple[int, ChargeStatus]] = []
        since = filed
        while (step := self._trial()) is not None and (day := self._later(since, step)) is not None:
            status = self.chance.pick(
                (e.reason, e.weight) for e in self.parameters.endings if isinstance(e.reason, ChargeStatus)
            )
            results.append((day, status))
            if not status.opens:
                break
            since = day
        return results

    def _trial(self) -> Step | None:
        """Draw whether a charge ever comes to a result."""
        steps = [s for s in self.parameters.steps if s.stage is Stage.CHARGED and s.moves]
        return next((step for step in steps if self.chance.happens(step.chance)), None)
