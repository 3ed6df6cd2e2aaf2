"""Days as agencies write them: read by the formats of a profile, each text once, never guessed."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import eager, read_days, translated
from tipline_outcomes.exchange.extracts.rows import RowRule

__all__ = ["DAY_RULES", "DayReader"]

DAY_RULES: Final[Mapping[int, RowRule]] = MappingProxyType(
    {
        -1: RowRule.UNREADABLE_DATE,
        -2: RowRule.AMBIGUOUS_DATE,
        -3: RowRule.UNBELIEVABLE_DATE,
    }
)
"""What a number that is no day says instead."""

_CODES: Final = {rule: code for code, rule in DAY_RULES.items()}
_EPOCH: Final = EPOCH.toordinal()
# No record of this field is older; a parser would take 24-1-8 for a day of the year 24.
_FIRST: Final = date(1000, 1, 1).toordinal()
_LAST: Final = date.max.toordinal()


@frozen
class DayReader:
    """Reads columns of days: the formats to try, and the window in which a day is believable."""

    formats: tuple[str, ...]
    earliest: date | None
    latest: date | None

    def read(self, column: nw.Series[Any]) -> nw.Series[Any]:
        """Number the days of a column of texts or of days.

        Returns:
            The day's ordinal (as `datetime.date.toordinal` has it); null where the column is blank; a code
            of `DAY_RULES` where there is no day that can be believed.
        """
        if column.dtype == nw.Date:
            days = column.to_frame().select(day=nw.col(column.name).cast(nw.Int32) + _EPOCH)
            return days.select(self._believed(nw.col("day")).alias("day"))["day"]
        texts = column.drop_nulls().unique().alias("text")
        read = eager(read_days(texts.to_native(), self.formats))
        names = read.columns[1:]
        ordinals = {name: nw.col(name).cast(nw.Int32) + _EPOCH for name in names}
        in_time = {
            name: nw.when((day >= _FIRST) & (day <= _LAST)).then(day) for name, day in ordinals.items()
        }
        read = read.with_columns(**in_time)
        read = read.with_columns(first=nw.min_horizontal(*names), last=nw.max_horizontal(*names))
        day = (
            nw.when(nw.col("first").is_null())
            .then(nw.lit(_CODES[RowRule.UNREADABLE_DATE]))
            .when(nw.col("first") != nw.col("last"))
            .then(nw.lit(_CODES[RowRule.AMBIGUOUS_DATE]))
            .otherwise(self._believed(nw.col("first")))
        )
        return translated(column, read["text"], read.select(day=day)["day"])

    def _believed(self, day: nw.Expr) -> nw.Expr:
        first = _FIRST if self.earliest is None else self.earliest.toordinal()
        last = _LAST if self.latest is None else self.latest.toordinal()
        outside = (day < first) | (day > last)
        return nw.when(outside).then(nw.lit(_CODES[RowRule.UNBELIEVABLE_DATE])).otherwise(day)
