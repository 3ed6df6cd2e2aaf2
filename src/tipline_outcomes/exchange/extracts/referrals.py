"""The referrals of an extract: one row an id, in the order of their table."""

from typing import Final

import narwhals.stable.v2 as nw

from tipline_outcomes._engine import Eager, among
from tipline_outcomes.exchange.extracts.outcomes import (
    MADE,
    RULES,
    Used,
    counted_codes,
    reading_of,
    refused_by,
    rule_of,
)
from tipline_outcomes.exchange.extracts.parts import ReferralMap
from tipline_outcomes.exchange.extracts.rows import RowRule
from tipline_outcomes.exchange.extracts.table import ROW, Table

__all__ = ["dimension", "referrals_of"]

_SEPARATOR: Final = "\x1f"
_CONSTANT: Final = ("territory", "level", "agency")


def dimension(name: str) -> str:
    """Name the column of a dimension, so that it is never taken for one of ours.

    >>> dimension("row")
    'by row'
    """
    return f"by {name}"


def referrals_of(table: Table) -> Used:
    """Make the referrals.

    A row whose day of receipt cannot be read is refused by the name of that rule, and its referral stays all
    the same, without a first day: it came in, and that is all that is known. So does that of a row of which
    only the id can be read.

    Returns:
        In ``rows``: ``rid`` (the referral's number), ``row``, ``referral_id``, ``parent_id``, ``territory``,
        ``level``, ``agency``, the dimensions, ``received`` and ``watched`` (ordinals, null where not known).
    """
    wanted = table.profile.referral
    facts = {
        **{name: getattr(wanted, name) for name in _CONSTANT},
        **{dimension(name): columns for name, columns in wanted.dimensions},
    }
    rows = table.frame.select(
        ROW,
        referral_id=table.text(wanted.id),
        parent_id=table.text(wanted.parent),
        **{name: table.value(columns) for name, columns in facts.items()},
    )
    watched = wanted.observed_through if isinstance(wanted.observed_through, tuple) else ()
    constants = _constants(wanted)
    rows = rows.with_columns(received=table.day(wanted.received_on), watched=table.day(watched))
    rows = rows.with_columns(**constants)
    again = _again(rows)
    rows = rows.with_columns(outcome=_outcome(again))
    dates = [RULES[RowRule.MISSING_DATE], *(RULES[rule] for rule in RowRule if rule.value.endswith("_date"))]
    kept = rows.filter((nw.col("outcome") == MADE) | nw.col("outcome").is_in(dates)).with_columns(
        *(nw.when(nw.col(day) > 0).then(nw.col(day)).alias(day) for day in ("received", "watched"))
    )
    not_read = table.legible.select(ROW, referral_id=table.text(wanted.id)).drop_nulls()
    if len(not_read):
        lost = not_read.unique(subset=["referral_id"], keep="first", order_by=ROW)
        lost = lost.join(kept.select("referral_id"), on="referral_id", how="anti").with_columns(**constants)
        kept = nw.concat([kept, lost], how="diagonal").sort(ROW)
    kept = kept.with_row_index("rid").with_columns(nw.col("rid").cast(nw.Int64))
    # What a second row says otherwise, and a last day that cannot be read: more than could be read.
    otherwise = [
        not_read.select("referral_id"),
        again.filter(~nw.col("same")).select("referral_id"),
        rows.filter((nw.col("watched") < 0).fill_null(value=False)).select("referral_id"),
    ]
    return Used(
        reading=reading_of(table, "referral", rows, wanted.id),
        rows=kept.drop("outcome"),
        refused=refused_by(
            table,
            "referral",
            rows,
            wanted.id,
            {"received": wanted.received_on, "watched": watched},
        ),
        unmapped=_unmapped(table),
        incomplete=kept.join(nw.concat(otherwise, how="vertical").unique(), on="referral_id", how="semi")[
            "rid"
        ],
    )


def _constants(wanted: ReferralMap) -> dict[str, nw.Expr]:
    values = {name: getattr(wanted.constants, name) for name in _CONSTANT}
    constants = {name: nw.lit(str(value)) for name, value in values.items() if value is not None}
    if not isinstance(wanted.observed_through, tuple):
        constants["watched"] = nw.lit(wanted.observed_through.toordinal(), dtype=nw.Int32)
    return constants


def _again(rows: Eager) -> Eager:
    """Find the rows whose id occurred before, with ``same``: whether they say what the first one says."""
    begins = rows["referral_id"].is_first_distinct()
    later = rows.filter(~begins & ~rows["referral_id"].is_null())
    first = rows.filter(begins).filter(among("referral_id", later["referral_id"].unique()))
    told = nw.concat_str(
        *(nw.col(name).cast(nw.String).fill_null("") for name in rows.columns if name != ROW),
        separator=_SEPARATOR,
    )
    later = later.select(ROW, "referral_id", told=told)
    both = later.join(first.select("referral_id", first=told), on="referral_id", how="inner")
    return both.select(ROW, "referral_id", same=nw.col("told") == nw.col("first"))


def _outcome(again: Eager) -> nw.Expr:
    return (
        nw.when(nw.col("referral_id").is_null())
        .then(nw.lit(RULES[RowRule.BLANK_KEY]))
        .when(among(ROW, again.filter(nw.col("same"))[ROW]))
        .then(nw.lit(RULES[RowRule.DUPLICATE_KEY]))
        .when(among(ROW, again.filter(~nw.col("same"))[ROW]))
        .then(nw.lit(RULES[RowRule.CONTRADICTING_KEY]))
        .when(nw.col("received").is_null())
        .then(nw.lit(RULES[RowRule.MISSING_DATE]))
        .when(nw.col("received") < 0)
        .then(rule_of("received"))
        .when((nw.col("watched") < 0).fill_null(value=False))
        .then(rule_of("watched"))
        .otherwise(nw.lit(MADE))
    )


def _unmapped(table: Table) -> Eager:
    """Count the values that a map of their column does not have; they stay as they are."""
    found: list[tuple[str, Eager]] = []
    for column in table.profile.referral.translated:
        values = table.profile.values(column)
        if values is not None:
            code = nw.col(column).cast(nw.String)
            strange = ~code.is_null() & ~code.is_in([*values, *values.values()])
            found.append((column, table.frame.filter(strange).select(code=code)))
    return counted_codes(table, found)
