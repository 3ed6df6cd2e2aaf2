"""The outcome of every row of a use, as one number a row: counted, and so the account balances."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, among, eager, frame_of
from tipline_outcomes.exchange.extracts.days import DAY_RULES
from tipline_outcomes.exchange.extracts.parts import Columns
from tipline_outcomes.exchange.extracts.rows import RowRule, UseReading
from tipline_outcomes.exchange.extracts.table import ROW, Table

__all__ = [
    "BLANK",
    "MADE",
    "NOTHING",
    "RULES",
    "UNMAPPED",
    "Used",
    "counted_codes",
    "reading_of",
    "refused_by",
    "rule_of",
]

MADE, NOTHING, BLANK, UNMAPPED = range(4)
RULES: Final[Mapping[RowRule, int]] = MappingProxyType(
    {rule: code for code, rule in enumerate(RowRule, start=4)}
)
"""The outcome of a row that a rule refuses."""

_DAY_OUTCOMES: Final = {code: RULES[rule] for code, rule in DAY_RULES.items()}
_NAMES: Final = {code: rule.value for rule, code in RULES.items()}
_ABOUT_DAYS: Final = [RULES[RowRule.MISSING_DATE], *_DAY_OUTCOMES.values()]
_REFUSED: Final = ("table", "use", ROW, "rule", "detail")
_CODES: Final = {"table": str, "column": str, "code": str, "rows": int}


@frozen
class Used:
    """What a use of a table gave.

    Attributes:
        reading: The account of its rows.
        rows: What was made of them: one row a referral, or an event.
        refused: The rows that were refused: ``table``, ``use``, ``row``, ``rule``, ``detail``.
        unmapped: The codes that no map has: ``table``, ``column``, ``code``, ``rows``.
        incomplete: The row numbers of referrals about which a row says more than could be read.
    """

    reading: UseReading
    rows: Eager
    refused: Eager
    unmapped: Eager
    incomplete: nw.Series[Any]


def rule_of(day: str) -> nw.Expr:
    """Give the outcome of a row whose day cannot be believed."""
    return nw.col(day).replace_strict(
        list(_DAY_OUTCOMES), list(_DAY_OUTCOMES.values()), default=MADE, return_dtype=nw.Int32
    )


def reading_of(table: Table, use: str, rows: Eager, key: Columns) -> UseReading:
    """Count the outcomes of a use, whose rows tell by *key* which referral they are about."""
    counts: dict[int, int] = dict(rows.group_by("outcome").agg(n=nw.len()).rows())
    bad: dict[str, int] = dict(eager(table.bad).group_by("rule").agg(n=nw.len()).rows())
    keyless = len(table.legible.filter(table.text(key).is_null()))
    return UseReading(
        table=table.name,
        use=use,
        rows=table.read,
        made=counts.get(MADE, 0),
        nothing=counts.get(NOTHING, 0),
        blank=counts.get(BLANK, 0),
        unmapped=counts.get(UNMAPPED, 0),
        refused={rule: counts.get(code, 0) + bad.get(rule.value, 0) for rule, code in RULES.items()},
        keyless=counts.get(RULES[RowRule.BLANK_KEY], 0) + keyless,
    )


def refused_by(table: Table, use: str, rows: Eager, key: Columns, days: Mapping[str, Columns]) -> Eager:
    """List the rows that a use refused, with the columns in which the rule looked, and what stood there.

    Args:
        table: The table.
        use: The use.
        rows: Its rows, with their outcome.
        key: The columns that say which referral a row is about.
        days: The columns that hold the days of *rows*, by the name that the day has there, the needed first.
    """
    out = rows.filter(nw.col("outcome") > UNMAPPED)
    texts = table.frame.filter(among(ROW, out[ROW])).select(
        ROW, **{f"{name} text": table.told(columns) for name, columns in {"key": key, **days}.items()}
    )
    first, *others = days
    found = nw.col(f"{first} text")
    for name in others:
        only_other = (nw.col(first) >= 0) & (nw.col(name) < 0)
        found = nw.when(only_other).then(nw.col(f"{name} text")).otherwise(found)
    listed = out.join(texts, on=ROW, how="left").select(
        nw.col(ROW).cast(nw.Int64),
        rule=nw.col("outcome").replace_strict(
            list(_NAMES), list(_NAMES.values()), default=None, return_dtype=nw.String
        ),
        detail=nw.when(nw.col("outcome").is_in(_ABOUT_DAYS)).then(found).otherwise(nw.col("key text")),
    )
    bad = eager(table.bad).select(nw.col(ROW).cast(nw.Int64), "rule", "detail")
    both = nw.concat([bad, listed], how="vertical").sort(ROW)
    return both.with_columns(table=nw.lit(table.name), use=nw.lit(use)).select(*_REFUSED)


def counted_codes(table: Table, codes: list[tuple[str, Eager]]) -> Eager:
    """Count codes that no map has.

    Args:
        table: The table.
        codes: For each column its name, and a frame with one row for each row that holds such a ``code``.
    """
    counts = [
        rows.group_by("code")
        .agg(rows=nw.len().cast(nw.Int64))
        .with_columns(table=nw.lit(table.name), column=nw.lit(column))
        .select(*_CODES)
        for column, rows in codes
    ]
    return nw.concat([eager(frame_of((), _CODES)), *counts], how="vertical")
