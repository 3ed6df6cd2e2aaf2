"""Small invented worlds, as dict rows of the two tables: lawful ones, and ones broken on purpose.

Everything follows from the seed. In a lawful world no rule is broken, though it holds all that is awkward and
allowed: amended and implied events, late feedback, transfers to nowhere, survivors that are not in the data
or are of the family, charges without ids. A broken world is a lawful one with one to three kinds of damage.
"""

import random

from oracle_rules import Row
from worlds_broken import DAMAGES
from worlds_lawful import AS_OF, EVENT_COLUMNS, REFERRAL_COLUMNS, World
from worlds_scenes import SCENES

__all__ = ["AS_OF", "EVENT_COLUMNS", "REFERRAL_COLUMNS", "many", "world"]


def many(seed: int, n: int) -> tuple[list[Row], list[Row]]:
    """Make *n* worlds, every second one broken, as one pair of tables with their rows shuffled."""
    rng = random.Random(seed)
    events: list[Row] = []
    referrals: list[Row] = []
    for number in range(n):
        some_events, some_referrals = world(rng, number, broken=number % 2 == 1)
        events += some_events
        referrals += some_referrals
    rng.shuffle(events)
    rng.shuffle(referrals)
    return events, referrals


def world(rng: random.Random, number: int, broken: bool) -> tuple[list[Row], list[Row]]:
    """Make one world: its events and its referrals, shuffled."""
    made = World(rng, number)
    made.people_it()
    if rng.random() < 0.35:
        rng.choice(SCENES)(made)
    if broken:
        for damage in rng.sample(DAMAGES, k=rng.choice((1, 1, 2, 3))):
            damage(made)
    rng.shuffle(made.events)
    rng.shuffle(made.referrals)
    return made.events, made.referrals
