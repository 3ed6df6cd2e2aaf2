"""The invented world: the same everywhere, lawful but for what was planted, and counted right."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache

import pytest
from attrs import evolve

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model import (
    Action,
    AdministrativeReason,
    Breach,
    Charge,
    ChargeStatus,
    ClosedReason,
    Jurisdiction,
    Level,
    Milestone,
    Place,
    Referral,
    ReferralId,
    Rule,
    Stage,
)
from tipline_outcomes.synthetic import (
    Ending,
    Parameters,
    Provider,
    Recipient,
    Step,
    World,
    broken_lines,
    invent,
)
from tipline_outcomes.synthetic.chance import Chance

# The default world, in short. It changes when an assumption or a draw does; then change it here, on purpose.
DIGEST = "95044c9e709c916310301937202ef5dfa1817e6cbc515ee1560fd703ab898ebc"

PRINT_DIGEST = """
import hashlib
from tipline_outcomes.synthetic import invent

cohort = invent().cohort
digest = hashlib.sha256()
for r in cohort.reports:
    digest.update(f"{r.id} {r.received_on} {r.incident_type} {r.incident_count} {r.escalated} ".encode())
for r in cohort.referrals:
    digest.update(f"{r.id} {r.jurisdiction} {r.parent_id} {r.observed_through} {r.report_ids} ".encode())
    for e in r.history:
        reason = e.disposition and e.disposition.reason
        digest.update(f"{e.on} {e.action} {reason} {e.other_id} {e.superseded_on} ".encode())
print(digest.hexdigest())
"""


@cache
def world() -> World:
    return invent()


def broken_ids() -> set[ReferralId]:
    return {referral_id for referral_id, _ in world().planted.broken}


# The same seed, the same world


@pytest.mark.parametrize("hash_seed", ["0", "4321"])
def test_the_same_seed_gives_the_same_bytes_in_every_process(hash_seed):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", PRINT_DIGEST], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == DIGEST


def test_the_same_seed_gives_an_equal_world():
    assert invent() == world()


def test_another_seed_gives_another_world():
    small = Parameters(referrals=100)
    assert invent(small).cohort != invent(evolve(small, seed=small.seed + 1)).cohort


def test_draws_are_fair_and_delays_have_their_median():
    chance = Chance(7)
    assert 900 < sum(chance.happens(500) for _ in range(2000)) < 1100
    delays = sorted(chance.days(100, pace=50) for _ in range(2001))
    assert 45 < delays[1000] < 55
    # Eight in ten between a third of the median and three times the median.
    assert 1500 < sum(50 / 3 <= day <= 150 for day in delays) < 1700
    assert chance.pick([("never", 0), ("always", 1)]) == "always"


# Lawful, but for what was planted


def test_records_break_the_planted_rules_and_no_other():
    found = Counter((v.referral_id, v.rule) for v in world().cohort.check())
    assert found == Counter(world().planted.broken)


def test_every_rule_that_objects_can_break_is_broken():
    planted, each = world().planted, world().parameters.broken
    in_pairs = {Rule.TRANSFER_CYCLE, Rule.SURVIVOR_CYCLE}
    of_tables = {rule for rule in Rule if rule.source == "table form"}
    expected = {rule: each * (2 if rule in in_pairs else 1) for rule in Rule if rule not in of_tables}
    assert dict(planted.broken_by_rule) == expected
    assert planted.lawful == planted.referrals - sum(expected.values())


def test_lawful_records_are_what_record_would_have_built():
    for referral in world().cohort.referrals[:300]:
        if referral.id not in broken_ids():
            built = evolve(referral, history=referral.history[:1])
            for event in referral.history[1:]:
                built = built.record(event)
            assert built == referral


def test_a_world_without_planted_breaks_is_lawful():
    for seed in range(5):
        lawful = invent(Parameters(seed=seed, referrals=300, broken=0))
        assert lawful.cohort.check() == ()
        assert lawful.planted.broken == ()


def test_a_world_too_small_to_break_everything_says_what_it_broke():
    tiny = invent(Parameters(referrals=5))
    assert sorted((v.referral_id, v.rule) for v in tiny.cohort.check()) == sorted(tiny.planted.broken)


# What was planted is what is there


def recount() -> dict[str, int]:
    cohort = world().cohort
    referrals, as_of = cohort.referrals, world().parameters.as_of
    ids = {r.id for r in referrals}
    parents = {r.parent_id for r in referrals}
    in_cycle = {name for name, rule in world().planted.broken if rule is Rule.TRANSFER_CYCLE}
    roots = [r for r in referrals if r.parent_id not in ids or r.id in in_cycle]
    referred = {report_id for r in referrals for report_id in r.report_ids}
    live = [(r, e) for r in referrals for e in r.history if e.live]
    gone = [r for r in referrals if r.stage is Stage.TRANSFERRED]
    late = {
        r.id
        for r in referrals
        for e in r.history[1:]
        if e.live and (r.observed_through is None or e.on > r.observed_through)
    }
    return {
        "reports": len(cohort.reports),
        "unreferred": sum(report.id not in referred for report in cohort.reports),
        "referrals": len(referrals),
        "families": len(roots),
        "came_in": sum(r.parent_id is not None for r in roots if r.id not in in_cycle),
        "never_watched": sum(r.observed_through is None for r in referrals),
        "no_longer_watched": sum(
            r.observed_through is not None and r.observed_through < as_of for r in referrals
        ),
        "known_late": len(late),
        "transfers": len(gone),
        "transfers_unlinked": sum(r.id not in parents for r in gone),
        "reopenings": sum(e.action is Action.REOPEN for _, e in live),
        "duplicates": sum(
            e.action is Action.CLOSE and e.disposition.reason is ClosedReason.DUPLICATE for _, e in live
        ),
        "amended": sum(not e.live for r in referrals for e in r.history),
        "charged": len(charged_families(referrals)),
    }


def charged_families(referrals: tuple[Referral, ...]) -> set[ReferralId]:
    by_id = {r.id: r for r in referrals}
    aside = {name for name, rule in world().planted.broken if rule.breach is Breach.SETS_ASIDE}
    families = set()
    for referral in referrals:
        if referral.peak.rung >= Milestone.CHARGED.rung and referral.id not in aside:
            root = referral
            while root.parent_id in by_id:
                root = by_id[root.parent_id]
            families.add(root.id)
    return families


def test_planted_counts_are_a_recount():
    planted = world().planted
    expected = recount()
    assert {name: getattr(planted, name) for name in expected} == expected
    territories = Counter(r.jurisdiction.territory for r in world().cohort.referrals)
    assert planted.by_territory == tuple(sorted(territories.items()))
    assert all(expected.values()), "every feature of the world occurs in it"


def test_the_truth_lies_between_what_is_known_and_what_is_possible():
    planted = world().planted
    as_of = world().parameters.as_of
    unknown = sum(r.place(as_of) is Place.UNKNOWN for r in world().cohort.referrals)
    unknown += planted.transfers_unlinked
    assert planted.charged < planted.charged_in_truth <= planted.charged + unknown
    assert 0 < planted.excluded_in_truth < planted.families


def test_nothing_happens_outside_the_recorded_time():
    parameters = world().parameters
    undated = {name for name, rule in world().planted.broken if rule.breach is Breach.UNDATES}
    for referral in world().cohort.referrals:
        for event in referral.history:
            assert referral.id in undated or parameters.first_received <= event.on <= parameters.as_of
            assert event.superseded_on is None or event.on <= event.superseded_on <= parameters.as_of


def test_whether_a_referral_is_watched_depends_on_its_agency_alone():
    watched = {r.jurisdiction: set[date | None]() for r in world().cohort.referrals}
    for referral in world().cohort.referrals:
        watched[referral.jurisdiction].add(referral.observed_through)
    assert {len(days) for days in watched.values()} == {1}


def test_a_survivor_is_an_earlier_referral_to_the_same_agency():
    by_id = {r.id: r for r in world().cohort.referrals}
    linked = [(r, by_id[e.other_id]) for r in by_id.values() for e in r.history if e.other_id is not None]
    assert linked
    for referral, survivor in linked:
        if referral.id not in broken_ids():
            assert survivor.jurisdiction == referral.jurisdiction
            assert survivor.received_on <= referral.received_on


# What it looks like


def test_territories_come_near_their_weights():
    weights = Counter[str]()
    for recipient in world().parameters.recipients:
        weights[recipient.jurisdiction.territory] += recipient.weight
    roots = [r for r in world().cohort.referrals if not r.id.endswith("-t")]
    received = Counter(r.jurisdiction.territory for r in roots)
    for territory, weight in weights.items():
        share = received[territory] / len(roots)
        assert share == pytest.approx(weight / weights.total(), abs=0.025), territory


def test_young_referrals_are_visibly_pending():
    parameters = world().parameters
    watched = [r for r in world().cohort.referrals if r.observed_through == parameters.as_of]

    def pending(first: date, last: date) -> float:
        some = [r for r in watched if first <= r.received_on <= last]
        return sum(r.place(parameters.as_of) is Place.PENDING for r in some) / len(some)

    assert pending(date(2025, 4, 1), date(2025, 5, 31)) > 2 * pending(date(2023, 1, 1), date(2023, 12, 31))


def test_the_world_has_what_makes_counting_hard():
    cohort = world().cohort
    per_report = Counter(
        report_id for r in cohort.referrals if r.parent_id is None for report_id in r.report_ids
    )
    assert max(per_report.values()) == 2, "one report, two referrals"
    assert max(len(r.report_ids) for r in cohort.referrals) == 3, "several reports, one referral"
    assert max(report.incident_count for report in cohort.reports) > 1
    charges = [[d for d in r.dispositions if isinstance(d, Charge)] for r in cohort.referrals]
    assert any(len({c.subject_id for c in of}) > 1 for of in charges), "several accused"
    assert any(len({c.level for c in of}) > 1 for of in charges), "two sovereigns"
    assert {None, Level.LOCAL, Level.STATE, Level.FEDERAL} <= {c.level for of in charges for c in of}
    assert {r.peak for r in cohort.referrals} == set(Milestone)
    assert {r.place(world().parameters.as_of) for r in cohort.referrals} == set(Place)
    assert {name for r in cohort.referrals for name, _ in r.dimensions} == {
        "source",
        "incident_type",
        "classification",
    }


# Lines to be refused


def test_broken_lines_are_one_line_each_and_broken_for_one_reason_each():
    lines = broken_lines(world())
    assert len({line.because for line in lines}) == len(lines) >= 7
    cut_off, *readable = lines
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut_off.text)
    records = [json.loads(line.text) for line in readable]
    assert all("\n" not in line.text for line in lines)
    assert records[-1]["id"] == world().cohort.referrals[0].id
    assert not {r["id"] for r in records[:-1]} & {r.id for r in world().cohort.referrals}


# Parameters


CALIFORNIA = Jurisdiction.parse("US-CA/local")
NOBODY = Recipient(jurisdiction=CALIFORNIA, weight=0)
WRONG: list[Callable[[], object]] = [
    lambda: Parameters(seed=-1),
    lambda: Parameters(seed=True),
    lambda: Parameters(referrals=0),
    lambda: Parameters(referrals=10.5),  # type: ignore[arg-type]
    lambda: Parameters(amended=1001),
    lambda: Parameters(as_of=date(2025, 5, 1)),
    lambda: Parameters(first_received=date(2025, 6, 1)),
    lambda: Parameters(recipients=(NOBODY,)),
    lambda: Parameters(recipients=(evolve(NOBODY, weight=1), evolve(NOBODY, weight=2))),
    lambda: Parameters(providers=()),
    lambda: Parameters(incident_types=()),
    lambda: Parameters(endings=()),
    lambda: Parameters(steps=(Step(stage=Stage.CLOSED, action=Action.REOPEN, chance=600, days=1),) * 2),
    lambda: Step(stage=Stage.CLOSED_FINAL, action=Action.REOPEN, chance=1, days=1),
    lambda: Step(stage=Stage.CONCLUDED, action=Action.FILE_CHARGE, chance=1, days=1),
    lambda: Step(stage=Stage.CLOSED, action=Action.REOPEN, chance=1, days=0),
    lambda: Step(stage=Stage.CLOSED, action=Action.ADMINISTRATIVE_ACTION, chance=1, days=1),
    lambda: Step(
        stage=Stage.CLOSED,
        action=Action.REOPEN,
        chance=1,
        days=1,
        reason=AdministrativeReason.CONTENT_TAKEDOWN,
    ),
    lambda: Ending(stage=Stage.CHARGED, reason=ChargeStatus.CHARGE_PENDING, weight=1),
    lambda: Ending(stage=Stage.CLOSED, reason=ClosedReason.UNFOUNDED, weight=1),
    lambda: Ending(stage=Stage.UNDER_TRIAGE, reason=AdministrativeReason.CONTENT_TAKEDOWN, weight=1),
    lambda: Recipient(jurisdiction=CALIFORNIA, weight=-1),
    lambda: Recipient(jurisdiction=CALIFORNIA, weight=1, levels=()),
    lambda: Recipient(jurisdiction=CALIFORNIA, weight=1, reports_back=False, silent_from=date(2024, 1, 1)),
    lambda: Provider(name=None, weight=1, informational=2000),
]


@pytest.mark.parametrize("make", WRONG)
def test_parameters_that_cannot_be_are_refused(make):
    with pytest.raises(InvalidValueError):
        make()


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(referrals=60, recipients=(Recipient(jurisdiction=CALIFORNIA, weight=1, vigour=0),)),
        Parameters(referrals=60, first_received=date(2025, 6, 30), last_received=date(2025, 6, 30)),
        Parameters(referrals=60, steps=(), endings=()),
        Parameters(
            referrals=61, second_recipient=1000, several_reports=1000, amended=1000, late_feedback=1000
        ),
        Parameters(
            referrals=60,
            second_recipient=1000,
            recipients=(
                evolve(NOBODY, weight=1),
                Recipient(jurisdiction=Jurisdiction.parse("ZZ/state"), weight=0),
            ),
        ),
        Parameters(
            referrals=60,
            steps=(
                Step(stage=Stage.MADE_AVAILABLE, action=Action.ACCEPT, chance=1000, days=1),
                Step(stage=Stage.UNDER_TRIAGE, action=Action.TRANSFER, chance=1000, days=30),
            ),
        ),
    ],
)
def test_worlds_at_the_edge_are_lawful_too(parameters):
    edge = invent(evolve(parameters, broken=0))
    assert edge.cohort.check() == ()
    assert edge.planted.families == parameters.referrals


def test_a_small_world_in_which_one_root_is_left_to_break_can_be_invented():
    """Everything but one handed-on referral and its children had been broken before."""
    assert invent(Parameters(seed=601, referrals=36)).cohort.referrals
