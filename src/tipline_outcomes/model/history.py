"""The walk through one history: stage by stage, with every problem on the way. Pure; it raises nothing."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from attrs import define, evolve, field, frozen

from tipline_outcomes.model.disposition import Charge, ChargeStatus
from tipline_outcomes.model.event import Event
from tipline_outcomes.model.ids import ChargeId, SubjectId
from tipline_outcomes.model.pipeline import REASONS, TABLE, target
from tipline_outcomes.model.rules import Rule
from tipline_outcomes.model.vocabulary import Action, Stage

__all__ = ["Step", "charges_after", "is_lawful", "walk"]

_FIRST_DAY: Final = date.min
_LEADS: Final[Mapping[Stage | None, Mapping[Action, Stage | None]]] = {
    stage: {
        action: line.to[0] if len(line.to) == 1 and REASONS[action].isdisjoint(ChargeStatus) else None
        for (before, action), line in TABLE.items()
        if before is stage
    }
    for stage in (None, *Stage)
}
"""The table, read by stage: where an action leads. None: what the event says has a part in it."""


@frozen
class Step:
    """One live event of a history, the stage before and after it, and the rules it breaks."""

    seq: int
    event: Event
    before: Stage | None
    after: Stage | None
    problems: tuple[tuple[Rule, str], ...]


def walk(history: Iterable[Event]) -> Iterator[Step]:
    """Walk a history in its order, leaving out amended events.

    After a problem the walk goes on as if the step had been lawful, so that one slip is reported once.
    """
    stage: Stage | None = None
    last: Event | None = None
    charges = _Charges()
    for seq, event in enumerate(history):
        if not event.live:
            continue
        problems: list[tuple[Rule, str]] = []
        if (stage, event.action) not in TABLE:
            problems.append((Rule.ILLEGAL_TRANSITION, f"{event.action.value} in {stage or 'no stage'}"))
        if isinstance(event.disposition, Charge):
            was_filed = charges.take(event.disposition)
            if event.action is Action.CHARGE_RESULT and not was_filed:
                name = event.disposition.charge_id or "the one unnamed charge"
                problems.append((Rule.CHARGE_NOT_FILED, f"result for {name}"))
        if last is not None and event.on < last.on:
            problems.append((Rule.DATE_BACKWARDS, f"{event.on} after {last.on}"))
        after = target(event.action, event.disposition, charges_open=charges.any_open) or stage
        yield Step(seq, event, stage, after, tuple(problems))
        stage, last = after, event


def is_lawful(history: Iterable[Event]) -> bool:
    """Tell whether a history breaks no rule: whether no step of its walk has a problem.

    Nearly all histories are lawful, and this is many times as fast as the walk, which says what is wrong.

    >>> accept = Event(on=date(2024, 1, 5), action=Action.ACCEPT)
    >>> is_lawful([accept]), is_lawful([Event(on=date(2024, 1, 2), action=Action.MADE_AVAILABLE), accept])
    (False, True)
    """
    stage: Stage | None = None
    last = _FIRST_DAY
    charges: _Charges | None = None
    for event in history:
        if event.superseded_on is not None:
            continue
        day, action, leads = event.on, event.action, _LEADS[stage]
        if day < last or action not in leads:
            return False
        last = day
        after = leads[action]
        if after is None:
            said = event.disposition
            if isinstance(said, Charge):
                charges = _Charges() if charges is None else charges
                if not charges.take(said) and action is Action.CHARGE_RESULT:
                    return False
            after = target(action, said, charges_open=charges is not None and charges.any_open)
        stage = after
    return True


def charges_after(history: Iterable[Event]) -> tuple[Charge, ...]:
    """Give every charge of a history as it stands at the end, in the order in which they came up.

    Its name is the one that it got later, if it had none; its level the one that was last said.
    """
    charges = _Charges()
    for event in history:
        if event.live and isinstance(event.disposition, Charge):
            charges.take(event.disposition)
    return charges.latest


@define
class _Charges:
    """The charges of one history so far, by subject and id, each as it was last said to be."""

    _latest: dict[tuple[SubjectId | None, ChargeId | None], Charge] = field(factory=dict)
    _first_named: dict[SubjectId | None, ChargeId] = field(factory=dict)

    def take(self, charge: Charge) -> bool:
        """Enter the charge as it is now; tell whether it was known before."""
        subject, name = charge.subject_id, charge.charge_id
        unnamed = (subject, None)
        if name is not None and subject not in self._first_named:
            # A charge without an id is the subject's one charge: the first id that turns up is its name.
            self._first_named[subject] = name
            if unnamed in self._latest:
                named = (subject, name)
                self._latest = {named if key == unnamed else key: c for key, c in self._latest.items()}
        key = (subject, self._first_named.get(subject) if name is None else name)
        before = self._latest.get(key)
        if before is not None and before.level is not None and charge.level is None:
            charge = evolve(charge, level=before.level)
        self._latest[key] = charge
        return before is not None

    @property
    def latest(self) -> tuple[Charge, ...]:
        return tuple(evolve(charge, charge_id=name) for (_, name), charge in self._latest.items())

    @property
    def any_open(self) -> bool:
        return any(charge.status.opens for charge in self._latest.values())
