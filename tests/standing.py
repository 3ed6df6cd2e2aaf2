"""Ledgers for tests of the metrics: any table of standings, of which no event was ever counted."""

from datetime import date
from typing import cast

import polars as pl
from attrs import evolve, frozen

from tipline_outcomes.errors import LedgerMismatchError
from tipline_outcomes.ledger import Ledger, LedgerSpec, Unit

__all__ = ["AS_OF", "ledger"]

AS_OF = date(2024, 12, 31)
DIGEST = "0123456789abcdef"
STANDING = {
    "peak": pl.String,
    "stated": pl.String,
    "place": pl.String,
    "reason": pl.String,
    "levels": pl.String,
    "open": pl.String,
    "undated": pl.Boolean,
    "late": pl.Boolean,
    "came_in": pl.Boolean,
    "lossy": pl.Boolean,
}
MEASURES = {"place": pl.String, "measure": pl.String}
DEFAULTS = {
    "peak": "made_available",
    "reason": "unfounded",
    "levels": "",
    "open": "no",
    "undated": False,
    "late": False,
    "came_in": False,
    "lossy": False,
}


@frozen(kw_only=True)
class Standing:
    """What the metrics read of a ledger. The real one would refuse tables that were made up."""

    spec: LedgerSpec
    standing: pl.DataFrame
    measures: pl.DataFrame
    digest: str = DIGEST

    def rolled_up(self, by: tuple[str, ...]) -> "Standing":
        if missing := set(by) - set(self.spec.by):
            raise LedgerMismatchError(f"this ledger is not by {sorted(missing)}")
        dropped = [*(set(self.spec.by) - set(by)), "n"]
        standing, measures = (
            table.group_by(pl.exclude(dropped)).agg(pl.col("n").sum())
            for table in (self.standing, self.measures)
        )
        return evolve(self, spec=evolve(self.spec, by=by), standing=standing, measures=measures)


def ledger(*cells, by=("state",), unit=Unit.FAMILY, measures=()) -> Ledger:
    """A ledger of cells: dicts with a place and an n, and the dimensions; all else has a default."""
    keys = dict.fromkeys(by, pl.String)
    rows = [{"stated": cell.get("peak", DEFAULTS["peak"]), **DEFAULTS, **cell} for cell in cells]
    made = Standing(
        spec=LedgerSpec(as_of=AS_OF, unit=unit, by=by),
        standing=pl.DataFrame(rows, schema=keys | STANDING | {"n": pl.Int64}),
        measures=pl.DataFrame(list(measures), schema=keys | MEASURES | {"n": pl.Int64}),
    )
    return cast("Ledger", made)
