"""All that an invented world depends on."""

from collections.abc import Iterable
from datetime import date

from attrs import field, frozen

from tipline_outcomes._dates import plain_day
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model import Action, IncidentType, Stage
from tipline_outcomes.synthetic.assumptions import Ending, Provider, Recipient, Step, weights, whole
from tipline_outcomes.synthetic.chance import PER_MILLE
from tipline_outcomes.synthetic.default import ENDINGS, PROVIDERS, RECIPIENTS, STEPS

__all__ = ["Parameters"]


def _some_weight(instance: object, attribute: object, value: Iterable[Recipient | Provider]) -> None:
    del instance, attribute
    if not any(line.weight for line in value):
        message = "Parameters: at least one recipient and one provider must have a weight above 0"
        raise InvalidValueError(message)


@frozen(kw_only=True)
class Parameters:
    """The assumptions behind a world. All numbers are invented; chances are whole thousandths.

    Attributes:
        seed: The same seed and parameters give the same world, byte for byte, on every Python.
        referrals: The referrals that the clearinghouse makes available; those by transfer are on top.
        first_received: The first day on which something is received.
        last_received: The last such day.
        as_of: The end of the recorded time; no event is later.
        recipients: The agencies. Those that report back tell everything up to `as_of`, or to their silence.
        steps: What may happen next, by stage.
        endings: Why matters end, by stage.
        providers: Who submits reports.
        incident_types: The types of report, with weights. Enticement is far commoner here than in published
            counts (NCMEC 2023: 0.5 % of reports), so that there is something to compare.
        informational_vigour: What an informational report does to the chance of a step up, in per cent.
        several_reports: Referrals that consist of two or three reports.
        second_recipient: Tips that are made available to a second agency, as a referral of their own.
        unreferred: Reports that are never made available to anyone, for every 1000 tips.
        escalated: Reports marked urgent.
        came_in: Referrals that an agency outside the data passed on; their parent is not in the data.
        transfer_outside: Transfers to an agency outside the data; the child is not in the data.
        unlinked_survivor: Duplicates and mergers that do not say which referral carries on.
        second_subject: Charged matters with a second accused.
        further_charge: Accused with a second charge.
        amended: Referrals with an event that was first recorded wrongly and then amended.
        late_feedback: Referrals of a silent agency of which all is known nonetheless, whatever came of them.
        broken: How many times each rule is broken on purpose, as far as there are records that can break it.

    Raises:
        InvalidValueError: If a number is out of range, the days are not in order, the moving steps of a stage
            are likelier than certain, or matters can be closed in a stage without any ending.

    >>> Parameters(referrals=100).seed
    20240422
    >>> Parameters(first_received=date(2024, 5, 1), last_received=date(2024, 4, 1))
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.InvalidValueError: Parameters: the days must be in order, ...
    """

    seed: int = field(default=20240422, validator=whole(0))
    referrals: int = field(default=4000, validator=whole(1))
    first_received: date = field(default=date(2023, 1, 1), converter=plain_day)
    last_received: date = field(default=date(2025, 5, 31), converter=plain_day)
    as_of: date = field(default=date(2025, 6, 30), converter=plain_day)
    recipients: tuple[Recipient, ...] = field(default=RECIPIENTS, validator=_some_weight)
    steps: tuple[Step, ...] = STEPS
    endings: tuple[Ending, ...] = ENDINGS
    providers: tuple[Provider, ...] = field(default=PROVIDERS, validator=_some_weight)
    incident_types: tuple[tuple[IncidentType, int], ...] = field(
        default=(
            (IncidentType.CHILD_PORNOGRAPHY, 90),
            (IncidentType.ENTICEMENT, 7),
            (IncidentType.CHILD_SEX_TRAFFICKING, 2),
            (IncidentType.CHILD_SEXUAL_MOLESTATION, 1),
        ),
        validator=weights,
    )
    informational_vigour: int = field(default=40, validator=whole(0))
    several_reports: int = field(default=80, validator=whole(0, PER_MILLE))
    second_recipient: int = field(default=50, validator=whole(0, PER_MILLE))
    unreferred: int = field(default=40, validator=whole(0, PER_MILLE))
    escalated: int = field(default=15, validator=whole(0, PER_MILLE))
    came_in: int = field(default=6, validator=whole(0, PER_MILLE))
    transfer_outside: int = field(default=150, validator=whole(0, PER_MILLE))
    unlinked_survivor: int = field(default=150, validator=whole(0, PER_MILLE))
    second_subject: int = field(default=60, validator=whole(0, PER_MILLE))
    further_charge: int = field(default=250, validator=whole(0, PER_MILLE))
    amended: int = field(default=25, validator=whole(0, PER_MILLE))
    late_feedback: int = field(default=30, validator=whole(0, PER_MILLE))
    broken: int = field(default=3, validator=whole(0))

    def __attrs_post_init__(self) -> None:
        """Hold the parts to each other."""
        if not self.first_received <= self.last_received <= self.as_of:
            message = (
                "Parameters: the days must be in order, first_received <= last_received <= as_of, but are "
                f"{self.first_received}, {self.last_received}, {self.as_of}"
            )
            raise InvalidValueError(message)
        names = [str(recipient.jurisdiction) for recipient in self.recipients]
        if len(set(names)) < len(names):
            message = f"Parameters.recipients: a jurisdiction occurs twice in {names}"
            raise InvalidValueError(message)
        for stage in Stage:
            self._check_stage(stage)

    def _check_stage(self, stage: Stage) -> None:
        moving = [step for step in self.steps if step.stage is stage and step.moves]
        certain = sum(step.chance for step in moving)
        if certain > PER_MILLE:
            message = f"Parameters.steps: those out of {stage.value} add up to {certain} thousandths"
            raise InvalidValueError(message)
        ends = {Action.CLOSE, Action.CHARGE_RESULT, Action.DECIDE_SUBJECT}
        needs_ending = any(step.stage is stage and step.action in ends for step in self.steps)
        if needs_ending and not any(e.stage is stage and e.weight for e in self.endings):
            message = f"Parameters.endings: matters can end in {stage.value}, but no ending says how"
            raise InvalidValueError(message)
