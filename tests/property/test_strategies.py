"""The strategies do what they promise to other projects: found by type, and shrinking to what matters."""

import subprocess
import sys
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from tipline_outcomes.model import (
    Action,
    AgencyId,
    Charge,
    ChargeId,
    Cohort,
    Jurisdiction,
    Level,
    Milestone,
    Referral,
    ReferralId,
    ReportId,
    Rule,
    Stage,
    SubjectId,
)
from tipline_outcomes.strategies import cohorts, referrals, register

pytestmark = pytest.mark.property

# Another project has the package installed, and Hypothesis finds the entry point by itself.
ELSEWHERE = """
from attrs import has
from hypothesis import HealthCheck, given, settings, strategies as st
from tipline_outcomes import model

# What the package gives out, and nobody makes.
told = {model.Transition, model.Violation}
entities = [thing for name in model.__all__ if has(thing := getattr(model, name)) and thing not in told]
assert model.Cohort in entities and model.Event in entities, entities

for entity in (*entities, model.Disposition):

    @settings(max_examples=30, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.from_type(entity))
    def drawn(value):
        assert isinstance(value, entity), value

    drawn()
print(len(entities))
"""


def test_another_project_draws_every_entity_by_its_type():
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", ELSEWHERE], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= 10


@pytest.mark.parametrize("identifier", [ReportId, ReferralId, SubjectId, ChargeId, AgencyId])
def test_an_id_that_is_drawn_can_be_used(identifier):
    register()

    @given(st.from_type(identifier))
    def drawn(name):
        Charge(subject_id=name, charge_id=name)
        if identifier is AgencyId:
            Jurisdiction(territory="US", level=Level.FEDERAL, agency=name)

    drawn()


# A broken law is shown by the fewest events that can break it, or by one more: shrinking is greedy.


def events(*records: Referral) -> int:
    return sum(len(record.history) for record in records)


def least(strategy, broken, seed):
    quiet = settings(
        max_examples=20_000,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    return find(strategy, broken, settings=quiet, random=Random(seed))


def actions(referral: Referral) -> list[Action]:
    return [event.action for event in referral.history if event.live]


def charged(referral: Referral) -> bool:
    return referral.peak.rung >= Milestone.CHARGED.rung


def subjects_charged(referral: Referral) -> set[SubjectId]:
    return {charge.subject_id for charge in referral.charges if charge.subject_id is not None}


@pytest.mark.parametrize(
    ("law", "broken", "fewest"),
    [
        ("no referral is ever closed", lambda r: r.stage in (Stage.CLOSED, Stage.CLOSED_FINAL), 3),
        ("what is closed stays closed", lambda r: Action.REOPEN in actions(r), 4),
        ("nobody is charged twice", lambda r: actions(r).count(Action.FILE_CHARGE) > 1, 5),
        ("two subjects are never both charged", lambda r: len(subjects_charged(r)) > 1, 5),
        ("a conviction stands", lambda r: r.peak is Milestone.CONVICTED and not r.conviction_stands, 5),
        ("nothing is ever amended", lambda r: not all(event.live for event in r.history), 2),
    ],
)
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_broken_law_shrinks_to_the_few_events_that_break_it(law, broken, fewest, seed):
    found = least(referrals(), broken, seed)
    assert fewest <= events(found) <= fewest + 1, f"{law}: {found}"
    assert {event.on for event in found.history} == {found.received_on}
    assert (str(found.jurisdiction), found.dimensions, found.report_ids) == ("US-CA/local", (), ())


def has_a_child_that_is_charged(cohort: Cohort) -> bool:
    names = {referral.id for referral in cohort.referrals}
    return any(charged(r) and r.parent_id in names for r in cohort.referrals)


@pytest.mark.parametrize(
    ("law", "strategy", "broken", "fewest"),
    [
        ("what was passed on is not charged", cohorts(), has_a_child_that_is_charged, 7),
        ("two are never charged", cohorts(), lambda c: sum(map(charged, c.referrals)) > 1, 8),
        (
            "parents are found",
            cohorts(lawful=False),
            lambda c: Rule.TRANSFER_CYCLE in {violation.rule for violation in c.check()},
            1,
        ),
    ],
)
@pytest.mark.slow
def test_a_broken_law_between_referrals_shrinks_to_the_few_that_break_it(law, strategy, broken, fewest):
    found = least(strategy, broken, 1)
    assert fewest <= events(*found.referrals) <= fewest + 2, f"{law}: {found}"
    assert found.reports == ()
