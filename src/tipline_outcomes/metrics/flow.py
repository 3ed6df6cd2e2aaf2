"""The flow: every move that referrals made between the stages of the pipeline, and where that left them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import narwhals.stable.v2 as nw
from attrs import field, frozen

from tipline_outcomes._show import count
from tipline_outcomes.ledger import Ledger
from tipline_outcomes.metrics._tally import Key, dimensions, in_order, origin, parts_by, tally
from tipline_outcomes.metrics.parts import Parts, Result, hold, natural
from tipline_outcomes.metrics.questions import Question
from tipline_outcomes.metrics.table import ResultTable
from tipline_outcomes.model import Stage

__all__ = ["Flow", "FlowTable", "Move", "Stay", "flow"]

_OUTSIDE = "outside"
_ORDER = {stage.value: number for number, stage in enumerate(Stage)}
_ALL = nw.lit(value=True)


@frozen(kw_only=True)
class Move:
    """Passages from one stage to another. A referral that passes twice, after it was reopened, counts twice.

    Attributes:
        source: The stage before; ``outside`` of what was received.
        target: The stage after.
        n: How many passages.

    >>> Move(source="under_triage", target="closed", n=2).back
    False
    """

    source: str
    target: str
    n: int = field(validator=natural)

    @property
    def back(self) -> bool:
        """Whether it leads to a stage that comes before in the pipeline, as a reopening does."""
        return _ORDER.get(self.target, len(Stage)) < _ORDER.get(self.source, -1)


@frozen(kw_only=True)
class Stay:
    """Referrals that stand in one stage at the date of the count.

    Attributes:
        stage: The stage; ``set_aside`` of what breaks a rule.
        open: Whether it still runs: ``no``, ``reopenable``, ``watched`` (pending) or ``unwatched`` (unknown).
        n: How many referrals.

    >>> Stay(stage="closed", open="reopenable", n=2).n
    2
    """

    stage: str
    open: str
    n: int = field(validator=natural)


@frozen(kw_only=True)
class Flow(Result):
    """The moves and stays of one group. They are of referrals, of whatever unit the ledger is.

    For every stage, what came in less what went out is what stays, checked when the flow is made.

    Attributes:
        moves: By the order of the pipeline's stages, as named.
        stays: By stage.

    Raises:
        InvalidValueError: If a stage does not balance.

    >>> from tipline_outcomes import EventLog, Ledger, flow
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> result = flow(Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of)).overall
    >>> sum(stay.n for stay in result.stays) == result.referrals
    True
    """

    moves: tuple[Move, ...] = ()
    stays: tuple[Stay, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Hold every stage to its account."""
        balance = Counter[str]()
        for move in self.moves:
            balance[move.target] += move.n
            balance[move.source] -= move.n
        stays = Counter[str]()
        for stay in self.stays:
            stays[stay.stage] += stay.n
        for stage in (balance.keys() | stays.keys()) - {_OUTSIDE}:
            hold(f"moves into {stage} - moves out of it = stays", balance[stage], stays[stage])

    @property
    def referrals(self) -> int:
        """All referrals that came in, by transfer too."""
        return sum(move.n for move in self.moves if move.source == _OUTSIDE)

    def __str__(self) -> str:
        passages = sum(move.n for move in self.moves)
        return self.named(
            f"{count(self.referrals)} referrals made {count(passages)} moves; of {self.counted}"
        )


@frozen(kw_only=True, repr=False)
class FlowTable(ResultTable[Flow]):
    """Flows overall and by group; see `flow`.

    The frame has one row for every ``kind``: a ``move`` from ``source`` to ``target``, and a ``stay`` in
    ``source``, with ``open``.

    >>> from tipline_outcomes import EventLog, Ledger, flow
    >>> from tipline_outcomes.synthetic import Parameters, invent
    >>> world = invent(Parameters(referrals=50))
    >>> table = flow(Ledger.of(EventLog.of(world.cohort), as_of=world.parameters.as_of))
    >>> for row in table.to_frame().select("kind", "source", "target", "n").rows()[:2]:
    ...     print(*row)
    move inactive under_investigation 1
    move made_available under_triage 15
    """

    columns: ClassVar[Mapping[str, type]] = {"kind": str, "source": str, "target": str, "open": str, "n": int}
    words: ClassVar[int] = 2

    def _records(self, result: Flow) -> Iterable[tuple[object, ...]]:
        for move in result.moves:
            yield "move", move.source, move.target, None, move.n
        for stay in result.stays:
            yield "stay", stay.stage, None, stay.open, stay.n

    def _shown(self, result: Flow) -> Iterable[Mapping[str, str]]:
        for move in result.moves or (Move(source=_OUTSIDE, target=Stage.MADE_AVAILABLE.value, n=0),):
            yield {"from": move.source, "to": move.target, "referrals": count(move.n)}
        for stay in result.stays:
            yield {"from": stay.stage, "to": f"(stays: {stay.open})", "referrals": count(stay.n)}

    def _caption(self) -> str:
        return "Moves between stages, of referrals"

    def _notes(self) -> Iterable[str]:
        yield "For every stage: what moved in - what moved out = what stays."


def flow(ledger: Ledger, *, by: str | Sequence[str] | None = None) -> FlowTable:
    """Show how referrals moved through the pipeline up to the date of the count, overall and by group.

    Args:
        ledger: The counts to read.
        by: The dimensions to group by; None for all of the ledger's, () for no groups.

    Raises:
        LedgerMismatchError: If the ledger was not made by one of the dimensions, or its unit has no moves.
        InvalidValueError: If a dimension is named twice.

    >>> from datetime import date
    >>> from tipline_outcomes import Cohort, EventLog, Ledger, flow
    >>> print(flow(Ledger.of(EventLog.of(Cohort()), as_of=date(2024, 12, 31))).overall)
    0 referrals made 0 moves; of families as of 2024-12-31
    """
    Question.FLOW.hold(ledger)
    names = dimensions(ledger, by)
    coarse = ledger.rolled_up(names)

    def flows(keys: tuple[str, ...]) -> tuple[Flow, ...]:
        moves: dict[Key, list[Move]] = {}
        counts = tally(coarse.movements, (*keys, "from", "to"), {"n": _ALL})
        for (*group, source, target), counted in counts.items():
            move = Move(source=source or "", target=target or "", n=counted["n"])
            moves.setdefault(tuple(group), []).append(move)
        stays: dict[Key, list[Stay]] = {}
        for (*group, stage, is_open), counted in tally(
            coarse.stock, (*keys, "stage", "open"), {"n": _ALL}
        ).items():
            stay = Stay(stage=stage or "", open=is_open or "", n=counted["n"])
            stays.setdefault(tuple(group), []).append(stay)
        parts = parts_by(coarse.standing, keys)
        # A referral moves under its own dimensions, and its family is counted under those of the root.
        return tuple(
            Flow(
                **origin(ledger, keys, key),
                parts=parts.get(key, Parts(received=0)),
                moves=tuple(moves.get(key, ())),
                stays=tuple(stays.get(key, ())),
            )
            for key in in_order(parts.keys() | moves.keys())
        )

    return FlowTable(by=names, overall=flows(())[0], groups=flows(names) if names else ())
