"""Records that break a rule of the pipeline on purpose, each in one way, made from lawful ones."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Final, TypeAlias

from attrs import evolve

from tipline_outcomes.model import (
    Action,
    Charge,
    ChargeId,
    ChargeStatus,
    Event,
    Referral,
    ReferralId,
    ReportId,
    Rule,
    Stage,
    SubjectId,
)
from tipline_outcomes.synthetic.chance import Chance

__all__ = ["break_some"]


def break_some(
    referrals: list[Referral], *, each: int, chance: Chance
) -> tuple[tuple[ReferralId, Rule], ...]:
    """Break every rule that records and their links can break, in records that break no other.

    Args:
        referrals: Lawful referrals; the broken ones are put in the place of what they were made from.
        each: How many times each rule is broken, as far as there are records that can do so. A cycle counts
            once here, and breaks its rule in both of its records.
        chance: Decides which records are broken.

    Returns:
        The referral's id and the rule of every breach, as a check of the whole finds them.
    """
    places = {referral.id: place for place, referral in enumerate(referrals)}
    # Breaking a record that others name would break a rule in those as well.
    named = {r.parent_id for r in referrals} | {event.other_id for r in referrals for event in r.history}
    taken: set[ReferralId] = set()
    done: list[tuple[ReferralId, Rule]] = []
    for rule, way in _WAYS.items():
        lawful = [r for r in referrals if r.id not in named and r.id not in taken and _fully_watched(r)]
        parents = {
            r.id: referrals[places[r.parent_id]] for r in lawful if r.parent_id and r.parent_id in places
        }
        for broken in islice(way(chance.shuffled(lawful), parents), each):
            for referral in broken:
                referrals[places[referral.id]] = referral
                taken.add(referral.id)
                done.append((referral.id, rule))
    return tuple(done)


def _fully_watched(referral: Referral) -> bool:
    last = max(event.on for event in referral.history)
    return referral.observed_through is not None and last <= referral.observed_through


_Way: TypeAlias = Callable[
    [Sequence[Referral], Mapping[ReferralId, Referral]], Iterator[tuple[Referral, ...]]
]


def _date_backwards(
    referrals: Sequence[Referral], _: Mapping[ReferralId, Referral]
) -> Iterator[tuple[Referral, ...]]:
    """The last event is dated before the one before it, as when a month is mistyped."""
    for referral in referrals:
        live = [event for event in referral.history if event.live]
        if len(live) > 1:
            last = evolve(live[-1], on=live[-2].on - timedelta(days=30))
            yield (evolve(referral, history=(*referral.history[:-1], last)),)


def _illegal_transition(
    referrals: Sequence[Referral], _: Mapping[ReferralId, Referral]
) -> Iterator[tuple[Referral, ...]]:
    """Nobody accepted the referral, and yet it was worked on."""
    for referral in referrals:
        history = tuple(event for event in referral.history if event.action is not Action.ACCEPT)
        broken = evolve(referral, history=history)
        if [violation.rule for violation in broken.check()] == [Rule.ILLEGAL_TRANSITION]:
            yield (broken,)


def _charge_not_filed(
    referrals: Sequence[Referral], _: Mapping[ReferralId, Referral]
) -> Iterator[tuple[Referral, ...]]:
    """A court decides a charge of which nobody recorded the filing."""
    for referral in referrals:
        if referral.stage in {Stage.CHARGED, Stage.CONCLUDED}:
            unfiled = Charge(
                status=ChargeStatus.CHARGE_DISMISSED,
                subject_id=SubjectId(f"{referral.id}-s9"),
                charge_id=ChargeId(f"{referral.id}-s9c1"),
            )
            last = max(event.on for event in referral.history)
            result = Event(on=last, action=Action.CHARGE_RESULT, disposition=unfiled)
            yield (evolve(referral, history=(*referral.history, result)),)


def _transfer_cycle(
    referrals: Sequence[Referral], _: Mapping[ReferralId, Referral]
) -> Iterator[tuple[Referral, ...]]:
    """Two referrals name each other as the one they came from."""
    waiting: dict[date, Referral] = {}
    for second in referrals:
        # Received on one day, so that neither is made available before its parent.
        first = waiting.pop(second.received_on, None) if second.parent_id is None else None
        if first is not None:
            yield evolve(first, parent_id=second.id), evolve(second, parent_id=first.id)
        elif second.parent_id is None:
            waiting[second.received_on] = second


def _survivor_cycle(
    referrals: Sequence[Referral], _: Mapping[ReferralId, Referral]
) -> Iterator[tuple[Referral, ...]]:
    """Two referrals are closed as duplicates of each other."""
    ended = [
        r for r in referrals if r.history[-1].action is Action.CLOSE and r.history[-1].other_id is not None
    ]
    for first, second in zip(ended[::2], ended[1::2], strict=False):
        yield _carried_on_by(first, second), _carried_on_by(second, first)


def _carried_on_by(referral: Referral, survivor: Referral) -> Referral:
    closing = evolve(referral.history[-1], other_id=survivor.id)
    return evolve(referral, history=(*referral.history[:-1], closing))


def _child_before_parent(
    referrals: Sequence[Referral], parents: Mapping[ReferralId, Referral]
) -> Iterator[tuple[Referral, ...]]:
    """What came by transfer was made available before there was anything to transfer."""
    for referral in referrals:
        parent = parents.get(referral.id)
        if parent is not None:
            first = evolve(referral.history[0], on=parent.received_on - timedelta(days=1))
            yield (evolve(referral, history=(first, *referral.history[1:])),)


def _report_missing(
    referrals: Sequence[Referral], _: Mapping[ReferralId, Referral]
) -> Iterator[tuple[Referral, ...]]:
    """A referral consists of a report that is not in the data."""
    for referral in referrals:
        missing = ReportId(f"missing-{referral.id}")
        yield (evolve(referral, report_ids=(*referral.report_ids, missing)),)


def _child_without_parent(
    referrals: Sequence[Referral], _: Mapping[ReferralId, Referral]
) -> Iterator[tuple[Referral, ...]]:
    """A transfer names a referral that came from nowhere else."""
    roots = [r for r in referrals if r.parent_id is None][:2]
    for referral in referrals:
        other = next((root for root in roots if root.id != referral.id), None)
        if other is not None and referral.history[-1].action is Action.TRANSFER:
            yield (_carried_on_by(referral, other),)


# The rules with the fewest records to break come first.
_WAYS: Final[Mapping[Rule, _Way]] = {
    Rule.SURVIVOR_CYCLE: _survivor_cycle,
    Rule.CHILD_BEFORE_PARENT: _child_before_parent,
    Rule.CHARGE_NOT_FILED: _charge_not_filed,
    Rule.TRANSFER_CYCLE: _transfer_cycle,
    Rule.ILLEGAL_TRANSITION: _illegal_transition,
    Rule.DATE_BACKWARDS: _date_backwards,
    Rule.REPORT_MISSING: _report_missing,
    Rule.CHILD_WITHOUT_PARENT: _child_without_parent,
}
