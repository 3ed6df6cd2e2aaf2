"""Laws of the short way through a check: it finds what the walk finds, whatever was checked before."""

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
    variants,
)
from tipline_outcomes.model.history import walk
from tipline_outcomes.model.pipeline import REASONS
from tipline_outcomes.strategies import cohorts, referrals

pytestmark = pytest.mark.property

histories = st.one_of(referrals(), referrals(lawful=False))


def walked(referral: Referral) -> list[tuple[int, str, str]]:
    return [(step.seq, *problem) for step in walk(referral.history) for problem in step.problems]


def checked(referral: Referral) -> list[tuple[int, str, str]]:
    return [(v.seq, v.rule, v.detail) for v in check_referral(referral) if v.seq is not None]


@given(st.lists(histories, min_size=1, max_size=4))
def test_a_check_finds_what_the_walk_finds_the_first_time_and_ever_after(several):
    # What is known is kept from example to example, so that most paths were met before in another history.
    for referral in several * 2:
        assert checked(referral) == walked(referral)


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
def test_what_decides_where_an_event_leads_is_part_of_the_path(ends):
    opened = [(action, None) for action in (Action.MADE_AVAILABLE, Action.ACCEPT, Action.OPEN_INVESTIGATION)]
    several = [
        Referral(
            id="f-1",
            jurisdiction=Jurisdiction.parse("US/local"),
            history=tuple(Event(on=date(2024, 1, 5), action=a, disposition=d) for a, d in [*opened, *end]),
        )
        for end in ends
    ]
    for referral in (*several, *several[::-1]):
        assert checked(referral) == walked(referral)
    assert {bool(walked(referral)) for referral in several} == {True, False}


@given(cohorts(lawful=False), st.integers(0, 30))
def test_forgetting_changes_no_verdict(cohort, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variants, "_MOST", most)
        variants._known.clear()
        patch.setattr(variants, "_size", 0)
        for referral in cohort.referrals * 2:
            assert checked(referral) == walked(referral)
            # At most one history more; an event takes two branches where its disposition has a say.
            assert branches(variants._known) <= most + 2 * max(len(r.history) for r in cohort.referrals)


def branches(paths: dict) -> int:
    return sum(1 + branches(inner) for inner in paths.values())


@given(referrals(), st.data())
def test_a_history_is_known_as_soon_as_it_was_found_lawful_and_so_is_every_beginning(referral, data):
    assert check_referral(referral) == ()
    length = data.draw(st.integers(0, len(referral.history)))
    assert variants.is_known_lawful(referral.history[:length])


@given(referrals(), st.data())
def test_ids_and_days_and_amended_events_are_no_part_of_a_path(referral, data):
    assert check_referral(referral) == ()
    amended = data.draw(st.from_type(Event))
    amended = evolve(amended, superseded_on=amended.on)
    last = max(event.on for event in referral.history if event.live)
    renamed = [evolve(event, on=last, other_id=None) for event in referral.history if event.live]
    assert variants.is_known_lawful([amended, *renamed, amended])


@given(referrals().filter(lambda referral: sum(event.live for event in referral.history) > 1), st.data())
def test_days_that_run_backwards_are_found_on_a_known_path(referral, data):
    assert check_referral(referral) == ()
    live = [at for at, event in enumerate(referral.history) if event.live]
    at = data.draw(st.sampled_from(live[1:]))
    before = referral.history[live[live.index(at) - 1]].on - timedelta(days=1)
    history = list(referral.history)
    history[at] = evolve(history[at], on=before)
    assert "date_backwards" in [rule for _, rule, _ in checked(evolve(referral, history=tuple(history)))]
