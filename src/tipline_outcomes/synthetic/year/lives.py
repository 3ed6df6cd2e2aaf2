"""What truly happens to many referrals at once: the walk of `tipline_outcomes.synthetic.story`, by columns.

Every round, each referral that still moves lives through one stage: what happens beside, then the step that
leads out of it. Who is passed on begins again in the next round, as another referral to another agency.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import narwhals.stable.v2 as nw
from attrs import define, field, frozen

from tipline_outcomes._engine import Eager, looked_up
from tipline_outcomes.eventlog import codes
from tipline_outcomes.model import (
    Action,
    AdministrativeReason,
    ChargeStatus,
    ClosedReason,
    Stage,
)
from tipline_outcomes.model.disposition import kind_of
from tipline_outcomes.synthetic.assumptions import Ending, Step
from tipline_outcomes.synthetic.chance import PER_CENT, PER_MILLE
from tipline_outcomes.synthetic.parameters import Parameters
from tipline_outcomes.synthetic.story import UP
from tipline_outcomes.synthetic.year.agencies import Agencies
from tipline_outcomes.synthetic.year.draws import Column, days, drawn, happens, keyed, picked

__all__ = ["OTHER_SUBJECT", "SHAPE", "Lives", "lived"]

_CLOSE: Final = codes.ACTIONS[Action.CLOSE.value]
_FILE_CHARGE: Final = codes.ACTIONS[Action.FILE_CHARGE.value]
_CHARGED: Final = codes.STAGES[Stage.CHARGED.value]
_TRANSFERRED: Final = codes.STAGES[Stage.TRANSFERRED.value]
_CLOSED_FINAL: Final = codes.STAGES[Stage.CLOSED_FINAL.value]
_ELSEWHERE: Final = [codes.REASON_CODES[reason.value] for reason in ClosedReason if reason.elsewhere]
_PENDING: Final = codes.REASON_CODES[ChargeStatus.CHARGE_PENDING.value]
_KIND_OF: Final = {
    codes.REASON_CODES[reason.value]: codes.KINDS[kind_of(reason)]
    for reason in (*ChargeStatus, *AdministrativeReason, *ClosedReason)
}

OTHER_SUBJECT: Final = 9
"""The number of a subject whose matter was decided before any charge."""

SHAPE: Final = {
    "rid": nw.Int64(),
    # Within a history events stand in the order of these three.
    "round": nw.Int32(),
    "day": nw.Int64(),
    "nth": nw.Int32(),
    "action": nw.Int32(),
    "kind": nw.Int32(),
    "reason": nw.Int32(),
    "level": nw.Int32(),
    "subject": nw.Int32(),
    "charge": nw.Int32(),
}
"""The columns of what happened. ``subject`` and ``charge`` number a referral's own, 0 for none named."""

_ALIVE: Final = ("rid", "key", "pace", "vigour", "stage", "day")
_LAST: Final = 1 << 16  # more than what can happen beside a stage, or in a trial
_NTH_RESULT: Final = 1 << 8


@frozen
class Lives:
    """What truly happened.

    Attributes:
        referrals: Roots and who came of them: what was given, and ``depth`` (transfers before it),
            ``through`` (the last day of which its agency would tell, or null), ``tells`` (the last day of
            which the data tell, or null), ``late`` (they differ), ``outside`` (whom it is passed on to is not
            in the data) and ``shown`` (it is in the data itself).
        events: One row an event, with the columns of `SHAPE`, in no order.
        excluded: How many families ended with a reason that says: count me elsewhere.
    """

    referrals: Eager
    events: Eager
    excluded: int


def lived(roots: Eager, agencies: Agencies, parameters: Parameters, as_of: int) -> Lives:
    """Let everything happen to referrals, and to all that comes of them by transfer, up to a day.

    Args:
        roots: ``rid`` (from 0, without a gap), ``root``, ``key``, ``agency``, ``day``, ``thin``.
        agencies: The agencies.
        parameters: What may happen.
        as_of: The end of the recorded time, in days since 1970-01-01.
    """
    return _Walk(roots.columns, agencies, parameters, as_of).run(roots)


@define
class _Walk:
    columns: Sequence[str]
    agencies: Agencies
    parameters: Parameters
    as_of: int
    events: list[Eager] = field(factory=list[Eager])
    members: list[Eager] = field(factory=list[Eager])
    excluded: int = 0

    def run(self, roots: Eager) -> Lives:
        number = 0
        roots = roots.with_columns(depth=nw.lit(0, dtype=nw.Int64), shown=nw.lit(value=True))
        alive = self._made_available(roots, number)
        while not alive.is_empty():
            number += 1
            later = [self._stage(stage, alive, number) for stage in Stage]
            nobody = alive.head(0).with_columns(reason=nw.lit(0, dtype=nw.Int32))
            moved = nw.concat([nobody, *(rows for rows in later if rows is not None)])
            self.excluded += len(
                moved.filter((nw.col("stage") == _CLOSED_FINAL) & nw.col("reason").is_in(_ELSEWHERE))
            )
            gone = moved.filter(nw.col("stage") == _TRANSFERRED)
            still = moved.filter(~nw.col("stage").is_in((_TRANSFERRED, _CLOSED_FINAL))).select(*_ALIVE)
            alive = still if gone.is_empty() else nw.concat([still, self._passed_on(gone, number)])
        return Lives(nw.concat(self.members), nw.concat(self.events), self.excluded)

    def _made_available(self, referrals: Eager, number: int) -> Eager:
        """Begin referrals; give what a walk needs of them."""
        p = self.parameters
        vigour = nw.when("thin").then(nw.lit(p.informational_vigour)).otherwise(nw.lit(PER_CENT))
        table = self.agencies.table.select("agency", "pace", "eager", "through", "level_set")
        referrals = referrals.join(table, on="agency", how="left").sort("rid")
        silent = (nw.col("through") != self.as_of).fill_null(value=True)
        referrals = referrals.with_columns(
            late=silent & happens(drawn(referrals, "late feedback"), p.late_feedback),
            outside=happens(drawn(referrals, "transferred outside"), p.transfer_outside),
        ).with_columns(
            tells=nw.when("late").then(nw.lit(self.as_of, dtype=nw.Int64)).otherwise(nw.col("through"))
        )
        self.members.append(referrals.drop("pace", "eager"))
        self._happen(referrals, number, 0, Action.MADE_AVAILABLE)
        return referrals.with_columns(
            vigour=(vigour * nw.col("eager")) // PER_CENT,
            stage=nw.lit(codes.STAGES[Stage.MADE_AVAILABLE.value], dtype=nw.Int32),
        ).select(*_ALIVE)

    def _passed_on(self, gone: Eager, number: int) -> Eager:
        """Make a referral to another agency of each that was transferred."""
        known = nw.concat([members.drop("key", "day") for members in self.members])
        gone = known.join(gone.select("rid", "key", "day"), on="rid", how="inner").sort("rid")
        seen = (nw.col("day") <= nw.col("tells")).fill_null(value=False)
        children = gone.with_row_index("n").with_columns(
            rid=nw.col("n").cast(nw.Int64) + len(known),
            key=keyed(gone["key"], "passed on"),
            depth=nw.col("depth") + 1,
            shown=nw.col("shown") & seen & ~nw.col("outside"),
        )
        children = self.agencies.others(children, drawn(children, "other agency"))
        return self._made_available(children.select(*self.columns, "depth", "shown"), number)

    def _happen(self, rows: Eager, number: int, nth: int | nw.Expr, action: Action | nw.Expr) -> None:
        """Write down what happened; a column of `SHAPE` that the rows lack is 0."""
        what = nw.lit(codes.ACTIONS[action.value]) if isinstance(action, Action) else action
        given = {
            "round": nw.lit(number),
            "nth": nw.lit(nth) if isinstance(nth, int) else nth,
            "action": what,
        }
        self.events.append(
            rows.select(
                *(
                    given.get(name, nw.col(name) if name in rows.columns else nw.lit(0))
                    .cast(kind)
                    .alias(name)
                    for name, kind in SHAPE.items()
                )
            )
        )

    def _steps(self, stage: Stage, *, moves: bool) -> list[Step]:
        return [step for step in self.parameters.steps if step.stage is stage and step.moves is moves]

    def _stage(self, stage: Stage, alive: Eager, number: int) -> Eager | None:
        """Let referrals live through a stage; give those that left it, with the stage and day they are at."""
        here = alive.filter(nw.col("stage") == codes.STAGES[stage.value])
        if here.is_empty():
            return None
        if stage is Stage.CHARGED:
            self._court(here, number)
            return None
        steps = self._steps(stage, moves=True)
        if not steps:
            self._beside(stage, here.with_columns(left=nw.lit(None, dtype=nw.Int64)), number)
            return None
        here = here.with_columns(choice=self._choice(steps, drawn(here, "step", number)))
        medians = {n: step.days for n, step in enumerate(steps)}
        left = nw.col("day") + days(
            drawn(here, "leaves", number), looked_up(nw.col("choice"), medians).cast(nw.Int64), nw.col("pace")
        )
        chosen = ~nw.col("choice").is_null() & (left <= self.as_of)
        here = here.with_columns(left=nw.when(chosen).then(left))
        self._beside(stage, here, number)
        taken = {n: codes.ACTIONS[step.action.value] for n, step in enumerate(steps)}
        moved = here.filter(~nw.col("left").is_null()).with_columns(
            day=nw.col("left"), action=looked_up(nw.col("choice"), taken)
        )
        closes, files = (nw.col("action") == action for action in (_CLOSE, _FILE_CHARGE))
        reason = nw.when(files).then(nw.lit(_PENDING)).otherwise(nw.lit(0))
        reason = nw.when(closes).then(self._ending(stage, drawn(moved, "closes", number))).otherwise(reason)
        moved = moved.with_columns(reason=reason.cast(nw.Int32))
        moved = moved.with_columns(kind=looked_up(nw.col("reason"), _KIND_OF))
        self._happen(moved.filter(nw.col("action") != _FILE_CHARGE), number, _LAST, nw.col("action"))
        packed = codes.pack_action(nw.col("action"), nw.col("reason"))
        return moved.with_columns(stage=looked_up(packed, codes.TARGET_OF)).select(*_ALIVE, "reason")

    @staticmethod
    def _choice(steps: Sequence[Step], draw: Column) -> nw.Expr:
        """Draw the step that leads out of the stage; null where none ever will."""
        none = (PER_MILLE - sum(step.chance for step in steps)) * PER_CENT
        likely = [
            nw.col("vigour") * step.chance if step.action in UP else nw.lit(step.chance * PER_CENT)
            for step in steps
        ]
        choice = picked(draw, [*likely, nw.lit(none)])
        return nw.when(choice < len(steps)).then(choice)

    def _ending(self, stage: Stage, draw: Column) -> nw.Expr:
        """Draw why a matter ends in a stage: the code of the reason."""
        endings = [ending for ending in self.parameters.endings if ending.stage is stage]
        if not any(ending.weight for ending in endings):
            return nw.lit(0)
        place = picked(draw, [ending.weight for ending in endings])
        return looked_up(place, {n: _code(ending) for n, ending in enumerate(endings)})

    def _beside(self, stage: Stage, here: Eager, number: int) -> None:
        """Let happen what does not move a referral out of its stage; ``left``: when it leaves, or null."""
        for nth, step in enumerate(self._steps(stage, moves=False)):
            on = nw.col("day") + days(drawn(here, "beside on", number, nth), step.days, nw.col("pace"))
            there = happens(drawn(here, "beside", number, nth), step.chance) & (on <= self.as_of)
            rows = here.with_columns(
                on=nw.when(there & (nw.col("left").is_null() | (on <= nw.col("left")))).then(on)
            )
            rows = rows.filter(~nw.col("on").is_null()).with_columns(day=nw.col("on"))
            if step.action is Action.DECIDE_SUBJECT:
                reason = self._ending(stage, drawn(rows, "decided", number, nth))
                rows = rows.with_columns(reason=reason, subject=nw.lit(OTHER_SUBJECT))
                rows = rows.with_columns(kind=looked_up(nw.col("reason"), _KIND_OF))
            elif step.reason is not None:
                code = codes.REASON_CODES[step.reason.value]
                rows = rows.with_columns(reason=nw.lit(code), kind=nw.lit(_KIND_OF[code]))
            self._happen(rows, number, nth, step.action)

    # The court's part

    def _court(self, here: Eager, number: int) -> None:
        """File the charges and let every one go its own way; the world ends at the verdict."""
        filed = nw.concat(list(self._filed(here)))
        self._happen(filed, number, nw.col("n"), Action.FILE_CHARGE)
        results = list(self._results(filed))
        left = nw.concat([rows.select("rid", "day") for rows in (filed.head(0), *results)])
        left = left.group_by("rid").agg(left=nw.col("day").min())
        beside = here.join(left, on="rid", how="left").sort("rid")
        self._beside(Stage.CHARGED, beside, number + 1)
        for nth, rows in enumerate(results):
            self._happen(rows, number + 2, nw.col("n") * _NTH_RESULT + nth, Action.CHARGE_RESULT)

    def _filed(self, here: Eager) -> Iterator[Eager]:
        """Give all charges; where a matter has only one, nobody bothers to name it."""
        p = self.parameters
        here = here.join(self._level_sets(here), on="rid", how="left").sort("rid")
        here = here.with_columns(
            subjects=1 + happens(drawn(here, "second subject"), p.second_subject).cast(nw.Int64),
            counts_1=1 + happens(drawn(here, "further charge", 1), p.further_charge).cast(nw.Int64),
            counts_2=1 + happens(drawn(here, "further charge", 2), p.further_charge).cast(nw.Int64),
        )
        named = (nw.col("subjects") > 1) | (nw.col("counts_1") > 1)
        n = 0
        for subject in (1, 2):
            for charge in (1, 2):
                n += 1
                some = here.filter((nw.col("subjects") >= subject) & (nw.col(f"counts_{subject}") >= charge))
                yield some.with_columns(
                    n=nw.lit(n, dtype=nw.Int32),
                    subject=nw.when(named).then(nw.lit(subject)).otherwise(0),
                    charge=nw.when(named).then(nw.lit(charge)).otherwise(0),
                    level=self.agencies.level(drawn(some, "level", n)).cast(nw.Int32),
                    key=keyed(some["key"], "charge", n),
                    kind=nw.lit(codes.CHARGE_KIND),
                    reason=nw.lit(_PENDING),
                ).select("rid", "key", "pace", "day", "n", "subject", "charge", "level", "kind", "reason")

    def _level_sets(self, here: Eager) -> Eager:
        """Give who files in the matters of the agency of each referral."""
        known = nw.concat([members.select("rid", "level_set") for members in self.members])
        return known.join(here.select("rid"), on="rid", how="semi")

    def _results(self, filed: Eager) -> Iterator[Eager]:
        """Give the first results of all charges, then the second, until no charge is open or heard of."""
        steps, going, nth = self._steps(Stage.CHARGED, moves=True), filed, 0
        while steps and not going.is_empty() and nth < _NTH_RESULT:
            median = nw.lit(None, dtype=nw.Int64)
            for n, step in reversed(tuple(enumerate(steps))):
                comes = happens(drawn(going, "trial", nth, n), step.chance)
                median = nw.when(comes).then(nw.lit(step.days)).otherwise(median)
            on = nw.col("day") + days(drawn(going, "result on", nth), median, nw.col("pace"))
            going = going.with_columns(
                day=on, reason=self._ending(Stage.CHARGED, drawn(going, "result", nth))
            )
            going = going.filter((nw.col("day") <= self.as_of).fill_null(value=False))
            yield going
            going = going.filter(nw.col("reason").is_in(codes.OPENS))
            nth += 1


def _code(ending: Ending) -> int:
    return codes.REASON_CODES[ending.reason.value]
