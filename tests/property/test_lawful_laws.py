"""Laws of the short way through a check: a history is lawful when its walk finds nothing, and only then."""

from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tipline_outcomes.model import (
    Action,
    Administrative,
    AdministrativeReason,
    Charge,
    ChargeStatus,
    Closed,
    Event,
    Jurisdiction,
    Referral,
    check_referral,
)
from tipline_outcomes.model.history import is_lawful, walk
from tipline_outcomes.model.pipeline import REASONS
from tipline_outcomes.strategies import referrals

pytestmark = pytest.mark.property

histories = st.one_of(referrals(), referrals(lawful=False))


def walked(referral: Referral) -> list[tuple[int, str, str]]:
    return [(step.seq, *problem) for step in walk(referral.history) for problem in step.problems]


def checked(referral: Referral) -> list[tuple[int, str, str]]:
    return [(v.seq, v.rule, v.detail) for v in check_referral(referral) if v.seq is not None]


@given(histories)
def test_a_check_finds_what_the_walk_finds(referral):
    assert is_lawful(referral.history) == (not walked(referral))
    assert checked(referral) == walked(referral)


@given(referrals(), st.data())
def test_every_beginning_of_a_lawful_history_is_lawful(referral, data):
    length = data.draw(st.integers(0, len(referral.history)))
    assert is_lawful(referral.history[:length])


@given(histories, st.data())
def test_ids_of_others_and_amended_events_have_no_part_in_it(referral, data):
    amended = data.draw(st.from_type(Event))
    amended = evolve(amended, superseded_on=amended.on)
    live = [evolve(event, other_id=None) for event in referral.history if event.live]
    assert is_lawful([amended, *live, amended]) == is_lawful(referral.history)


CHARGES = [Charge(subject_id=who, charge_id=which) for who in (None, "s-1") for which in (None, "c-1", "c-2")]
CLOSURES = [
    (Administrative if isinstance(reason, AdministrativeReason) else Closed)(reason=reason)
    for reason in sorted(REASONS[Action.CLOSE])
]


@pytest.mark.parametrize(
    "ends",
    [
        [[(Action.CLOSE, closure), (Action.REOPEN, None)] for closure in CLOSURES],
        [
            [(Action.FILE_CHARGE, filed), (Action.CHARGE_RESULT, evolve(ended, status=status))]
            for filed in CHARGES
            for ended in CHARGES
            for status in (ChargeStatus.ACQUITTED, ChargeStatus.CHARGE_STAYED)
        ],
        [
            [(Action.FILE_CHARGE, filed), (Action.CHARGE_RESULT, ended), (Action.ARREST, None)]
            for filed in CHARGES
            for ended in (filed, *(evolve(filed, status=status) for status in ChargeStatus))
        ],
    ],
    ids=["closures", "charges", "results"],
)
def test_what_an_event_says_decides_where_it_leads(ends):
    opened = [(action, None) for action in (Action.MADE_AVAILABLE, Action.ACCEPT, Action.OPEN_INVESTIGATION)]
    several = [
        Referral(
            id="f-1",
            jurisdiction=Jurisdiction.parse("US/local"),
            history=tuple(Event(on=date(2024, 1, 5), action=a, disposition=d) for a, d in [*opened, *end]),
        )
        for end in ends
    ]
    for referral in several:
        assert is_lawful(referral.history) == (not walked(referral))
    assert {bool(walked(referral)) for referral in several} == {True, False}


@given(referrals().filter(lambda referral: sum(event.live for event in referral.history) > 1), st.data())
def test_a_day_before_the_last_one_breaks_a_rule(referral, data):
    live = [at for at, event in enumerate(referral.history) if event.live]
    at = data.draw(st.sampled_from(live[1:]))
    before = referral.history[live[live.index(at) - 1]].on - timedelta(days=1)
    history = list(referral.history)
    history[at] = evolve(history[at], on=before)
    assert "date_backwards" in [rule for _, rule, _ in checked(evolve(referral, history=tuple(history)))]
