"""Small invented worlds, as dict rows of the tables: lawful ones, and ones broken on purpose.

Everything follows from the seed. In a lawful world no rule is broken, though it holds all that is awkward and
allowed: amended and implied events, late feedback, transfers to nowhere, survivors that are not in the data
or are of the family, charges without ids. A broken world is a lawful one with one to three kinds of damage.
"""

import random

from oracle_rules import Row
from worlds_broken import DAMAGES
from worlds_lawful import AS_OF, EVENT_COLUMNS, REFERRAL_COLUMNS, World
from worlds_scenes import SCENES

__all__ = [
    "AS_OF",
    "EVENT_COLUMNS",
    "LINK_COLUMNS",
    "REFERRAL_COLUMNS",
    "REPORT_COLUMNS",
    "many",
    "reports_of",
    "world",
]

REPORT_COLUMNS: dict[str, type] = {
    "report_id": str,
    "source": str,
    "provider": str,
    "classification": str,
    "incident_type": str,
    "territory": str,
    "incident_count": int,
    "batched": bool,
    "escalated": bool,
}
LINK_COLUMNS: dict[str, type] = {"report_id": str, "referral_id": str}


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


def reports_of(referrals: list[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Make reports of what was referred, and which is part of which; their provider is the world's name.

    A report is part of several referrals, and a referral of several reports; some are part of none, or of one
    that is not in the data; of some the report itself is not, or twice; some links are told twice.
    """
    rng = random.Random(seed)
    worlds: dict[str, set[str]] = {}
    for row in referrals:
        worlds.setdefault(row["world"], set()).add(row["referral_id"])
    reports: list[Row] = []
    links: list[Row] = []
    for name, ids in sorted(worlds.items()):
        for number in range(rng.choice((0, 1, 2, 2, 3, 4))):
            report = f"{name}-p{number}"
            told = rng.sample(sorted(ids), k=min(len(ids), rng.choice((0, 1, 1, 1, 2, 3))))
            gone = [f"{name}-gone"] if rng.random() < 0.15 else []
            links += [{"report_id": report, "referral_id": referral} for referral in (*told, *gone)]
            if rng.random() < 0.05:
                links += links[-1:]
            times = rng.choices((0, 1, 2), weights=(6, 90, 4))[0]
            reports += [_report(rng, report, name) for _ in range(times)]
    rng.shuffle(reports)
    rng.shuffle(links)
    return reports, links


def _report(rng: random.Random, report: str, world: str) -> Row:
    return {
        "report_id": report,
        "source": rng.choice(("provider", "public", None)),
        "provider": world,
        "classification": rng.choice(("informational", "referral", None)),
        "incident_type": rng.choice(("enticement", "sextortion", None)),
        "territory": rng.choice(("US-CA", "FR", None)),
        "incident_count": rng.choice((None, 1, 1, 7, 100)),
        "batched": rng.choice((True, False)),
        "escalated": rng.choice((True, False)),
    }
