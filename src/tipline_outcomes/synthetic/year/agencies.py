"""The agencies of a world as a small table, and the draws that depend on who they are."""

from collections.abc import Mapping
from typing import Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, eager, frame_of, looked_up
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.eventlog import codes
from tipline_outcomes.synthetic.parameters import Parameters
from tipline_outcomes.synthetic.telling import observed_through
from tipline_outcomes.synthetic.year.draws import Column, below, picked

__all__ = ["Agencies"]

_COLUMNS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("agency", "start", "weight", "pace", "eager", "through", "level_set"), int),
    **dict.fromkeys(("territory", "level", "name"), str),
}


@frozen
class Agencies:
    """The agencies.

    Attributes:
        table: One row an agency: ``agency`` (its number), ``start`` (the weights before it), ``weight``,
            ``pace``, ``eager`` (its vigour), ``through`` (the last day of which it would tell, or null),
            ``level_set``, ``territory``, ``level`` and ``name``.
        weight: All weights together.
        level_sets: For every ``level_set`` the codes of levels with their weights.
    """

    table: Eager
    weight: int
    level_sets: tuple[tuple[tuple[int, int], ...], ...]

    @classmethod
    def of(cls, parameters: Parameters) -> "Agencies":
        """Tabulate the recipients.

        Raises:
            InvalidValueError: If fewer than two of them have a weight: nobody could pass anything on.
        """
        weighing = [recipient for recipient in parameters.recipients if recipient.weight]
        if len(weighing) in (0, 1):
            message = (
                "Parameters.recipients: at least two must have a weight above 0, to pass referrals on to"
            )
            raise InvalidValueError(message)
        sets = tuple(dict.fromkeys(recipient.levels for recipient in weighing))
        rows: list[tuple[object, ...]] = []
        start = 0
        for number, recipient in enumerate(weighing):
            place = recipient.jurisdiction
            through = observed_through(recipient, parameters.as_of)
            rows.append(
                (
                    *(number, start, recipient.weight, recipient.pace, recipient.vigour),
                    None if through is None else (through - EPOCH).days,
                    *(sets.index(recipient.levels), place.territory, place.level.value, place.agency),
                )
            )
            start += recipient.weight
        return cls(
            eager(frame_of(rows, _COLUMNS)),
            start,
            tuple(
                tuple((0 if level is None else codes.LEVELS[level.value], weight) for level, weight in levels)
                for levels in sets
            ),
        )

    def chosen(self, rows: Eager, draw: Column) -> Eager:
        """Draw an agency for each row; the rows have a ``rid``, and come back in its order."""
        return self._at(rows.with_columns(point=below(draw, self.weight)))

    def others(self, rows: Eager, draw: Column) -> Eager:
        """Draw another agency than the one that is there, likewise."""
        rows = rows.with_columns(draw=draw).join(
            self.table.select("agency", "start", "weight"), on="agency", how="left"
        )
        point = below(rows["draw"], nw.lit(self.weight) - nw.col("weight"))
        # The line of all weights, with this agency's part cut out.
        point = nw.when(point >= nw.col("start")).then(point + nw.col("weight")).otherwise(point)
        return self._at(rows.with_columns(point=point).drop("agency", "start", "weight", "draw"))

    def _at(self, rows: Eager) -> Eager:
        starts = self.table.select("agency", point="start")
        return rows.sort("point", "rid").join_asof(starts, on="point").drop("point").sort("rid")

    def level(self, draw: Column) -> nw.Expr:
        """Draw the code of the level of who files a charge; rows have the ``level_set`` of their agency."""
        level = nw.lit(0)
        for number, levels in enumerate(self.level_sets):
            place = picked(draw, [weight for _, weight in levels])
            code = looked_up(place, {n: code for n, (code, _) in enumerate(levels)})
            level = nw.when(nw.col("level_set") == number).then(code).otherwise(level)
        return level
