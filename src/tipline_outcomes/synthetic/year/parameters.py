"""What the invented year assumes."""

from datetime import date
from typing import Final

from attrs import evolve

from tipline_outcomes.model import Stage
from tipline_outcomes.synthetic.assumptions import Step
from tipline_outcomes.synthetic.default import STEPS
from tipline_outcomes.synthetic.parameters import Parameters
from tipline_outcomes.synthetic.year.proportions import AGENCIES

__all__ = ["YEAR"]

_MUCH: Final = 720
_RAISED: Final = "raised, so that a referral has about six events, as in a busy agency's log"


def _busier(step: Step) -> Step:
    return step if step.moves or step.stage is Stage.CHARGED else evolve(step, chance=_MUCH, basis=_RAISED)


YEAR: Final = Parameters(
    seed=20240422,
    referrals=18_700_000,
    first_received=date(2024, 1, 1),
    last_received=date(2024, 12, 31),
    as_of=date(2025, 12, 31),
    recipients=AGENCIES,
    steps=tuple(map(_busier, STEPS)),
    unreferred=910,
    broken=0,
)
"""A year of 36 million reports and about 20 million referrals with about 120 million events, all lawful.

What comes in is spread over places as published for 2023, and evenly over the days; for every place the
agencies, and whatever they do, are invented. ``attrs.evolve(YEAR, referrals=100_000)`` is the same in small.
"""
