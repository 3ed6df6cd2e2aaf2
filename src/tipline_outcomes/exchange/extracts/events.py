"""The events of an extract: one ``[[event]]`` of a profile at a time."""

from typing import Any, Final

import narwhals.stable.v2 as nw
from attrs import evolve

from tipline_outcomes._engine import Eager, among, translated
from tipline_outcomes.eventlog import codes
from tipline_outcomes.exchange.extracts.lossy import counted_lossy
from tipline_outcomes.exchange.extracts.meaning import Meaning
from tipline_outcomes.exchange.extracts.outcomes import (
    BLANK,
    MADE,
    NOTHING,
    RULES,
    UNMAPPED,
    Used,
    counted_codes,
    reading_of,
    refused_by,
    rule_of,
)
from tipline_outcomes.exchange.extracts.parts import EventMap
from tipline_outcomes.exchange.extracts.profile import Profile
from tipline_outcomes.exchange.extracts.rows import RowRule
from tipline_outcomes.exchange.extracts.table import ROW, Table

__all__ = ["events_of"]

_SAYS_NOTHING, _NOT_MAPPED = 0, -1
_SEPARATOR: Final = "\x1f"


def events_of(table: Table, number: int, referrals: Eager) -> Used:
    """Make the events of one ``[[event]]``, numbered from 1.

    Args:
        table: The table.
        number: The number of the ``[[event]]``.
        referrals: The referrals, as `referrals_of` gives them.

    Returns:
        In ``rows``: ``rid`` (the referral's number), ``row``, ``day`` (an ordinal), ``said`` (`codes.said`),
        ``lossy``, ``level`` (its code), and what else the profile reads: ``amended``, ``subject_id``,
        ``charge_id``, ``other_id``.
    """
    wanted, use = table.profile.event[number - 1], f"event {number}"
    facts = {"subject_id": wanted.subject, "charge_id": wanted.charge, "other_id": wanted.other}
    rows = table.frame.select(
        ROW,
        key=table.text(wanted.referral),
        said=_said(wanted, table.profile),
        lossy=_lossy(wanted, table.profile),
        level=_level(table, wanted),
        **{name: table.text(columns) for name, columns in facts.items() if columns},
    )
    days = {"day": wanted.on, **({"amended": wanted.superseded_on} if wanted.superseded_on else {})}
    rows = rows.with_columns(
        rid=_whose(rows, table, wanted, referrals),
        **{name: table.day(columns) for name, columns in days.items()},
    )
    if wanted.action is not None:
        happened = nw.when(~nw.col("day").is_null())
        rows = rows.with_columns(said=happened.then(nw.lit(_code(wanted.action), dtype=nw.Int32)))
    rows = _fitting(rows).with_columns(outcome=_outcome(amended="amended" in rows.columns))
    copies = _copies(table, wanted, rows)
    if len(copies):
        copied = nw.when(among(ROW, copies)).then(nw.lit(RULES[RowRule.COPIED_ROW]))
        rows = rows.with_columns(outcome=copied.otherwise(nw.col("outcome")))
    not_read = (nw.col("outcome") >= UNMAPPED) & (nw.col("outcome") != RULES[RowRule.COPIED_ROW])
    made = rows.filter(nw.col("outcome") == MADE)
    keys_not_read = table.legible.select(key=table.text(wanted.referral))["key"]
    about = [
        rows.filter(not_read).select("rid"),
        referrals.select("rid", "referral_id").filter(among("referral_id", keys_not_read)).select("rid"),
    ]
    return Used(
        reading=evolve(
            reading_of(table, use, rows, wanted.referral), lossy=counted_lossy(table, wanted, made)
        ),
        rows=made.drop("key", "outcome"),
        refused=refused_by(table, use, rows, wanted.referral, days),
        unmapped=_unmapped(table, wanted, rows),
        incomplete=nw.concat(about, how="vertical")["rid"].drop_nulls(),
    )


def _whose(rows: Eager, table: Table, wanted: EventMap, referrals: Eager) -> nw.Series[Any]:
    """Find the referral that each row is about; null if there is none."""
    own = table.profile.referral
    if (wanted.table, wanted.referral) != (own.table, own.id):
        return translated(rows["key"], referrals["referral_id"], referrals["rid"])
    # Most rows are the ones that the referrals were made of; only the keys of the others have to be found.
    rid = translated(rows[ROW], referrals[ROW], referrals["rid"])
    others = rows.select("key", rid=rid).with_row_index("i").filter(nw.col("rid").is_null())
    known = referrals.select("rid", "referral_id").filter(among("referral_id", others["key"]))
    return rid.scatter(others["i"], translated(others["key"], known["referral_id"], known["rid"]))


def _code(meaning: Meaning) -> int:
    return _SAYS_NOTHING if meaning.action is None else codes.said(meaning.action, meaning.reason)


def _level(table: Table, wanted: EventMap) -> nw.Expr:
    """Code the level of the authority that filed; 0 where none is named."""
    if wanted.constants.level is not None:
        return nw.lit(codes.LEVELS[wanted.constants.level.value], dtype=nw.Int16)
    if not wanted.level:
        return nw.lit(0, dtype=nw.Int16)
    known = {"": 0, **codes.LEVELS}
    return (
        table.value(wanted.level)
        .fill_null("")
        .replace_strict(list(known), list(known.values()), default=_NOT_MAPPED, return_dtype=nw.Int16)
    )


def _said(wanted: EventMap, profile: Profile) -> nw.Expr:
    """Say what the first code that is not blank means; null if all are blank."""
    said: list[nw.Expr] = [nw.lit(None, dtype=nw.Int32)]
    blank: Meaning | None = None
    for column in wanted.code:
        meanings = dict(profile.meanings(wanted, column))
        blank = meanings.pop("", blank)
        numbers = [_code(meaning) for meaning in meanings.values()]
        known = nw.lit(_NOT_MAPPED, dtype=nw.Int32)
        if meanings:
            text = nw.col(column).cast(nw.String).fill_null("")
            known = text.replace_strict(list(meanings), numbers, default=_NOT_MAPPED, return_dtype=nw.Int32)
        said.append(nw.when(~nw.col(column).is_null()).then(known))
    if blank is not None:
        said.append(nw.lit(_code(blank), dtype=nw.Int32))
    return nw.coalesce(*said)


def _lossy(wanted: EventMap, profile: Profile) -> nw.Expr:
    """Tell whether the first code that is not blank is read by a lossy row of a crosswalk."""
    found = (
        nw.when(~nw.col(column).is_null()).then(
            nw.col(column).cast(nw.String).is_in(list(profile.lossy(wanted, column)))
        )
        for column in wanted.code
    )
    return nw.coalesce(*found, nw.lit(value=False))


def _fitting(rows: Eager) -> Eager:
    """Leave out what an event of its meaning cannot have: a charge without a charge, a survivor of nobody."""
    said = nw.col("said")
    about_charge = said % 10 == codes.CHARGE_KIND
    names_another = (said // 1000).is_in(codes.NAMES_ANOTHER_CODES)
    fits = {
        "charge_id": about_charge,
        "level": about_charge,
        "other_id": names_another,
    }
    none = {"level": nw.lit(0, dtype=nw.Int16)}
    return rows.with_columns(
        nw.when(fit).then(nw.col(name)).otherwise(none.get(name, nw.lit(None))).alias(name)
        for name, fit in fits.items()
        if name in rows.columns
    )


def _outcome(*, amended: bool) -> nw.Expr:
    bad_amended = (nw.col("amended") < 0).fill_null(value=False) if amended else nw.lit(value=False)
    return (
        nw.when(nw.col("said").is_null())
        .then(nw.lit(BLANK))
        .when(nw.col("said") == _SAYS_NOTHING)
        .then(nw.lit(NOTHING))
        .when(nw.col("key").is_null())
        .then(nw.lit(RULES[RowRule.BLANK_KEY]))
        .when(nw.col("rid").is_null())
        .then(nw.lit(RULES[RowRule.ORPHAN]))
        .when((nw.col("said") == _NOT_MAPPED) | (nw.col("level") == _NOT_MAPPED))
        .then(nw.lit(UNMAPPED))
        .when(nw.col("day").is_null())
        .then(nw.lit(RULES[RowRule.MISSING_DATE]))
        .when(nw.col("day") < 0)
        .then(rule_of("day"))
        .when(bad_amended)
        .then(rule_of("amended") if amended else nw.lit(MADE))
        .otherwise(nw.lit(MADE))
    )


def _copies(table: Table, wanted: EventMap, rows: Eager) -> nw.Series[Any]:
    """Find the rows that repeat, to the letter of all that is read, the row of their referral before them.

    Only that one: what happened in between may have made room for the same to happen again.
    """
    made = rows.select(ROW, "rid", "day", "said", "outcome").filter(nw.col("outcome") == MADE)
    # Most referrals have one row in a table, which can be no copy.
    made = made.filter(made["rid"].is_duplicated()).sort("rid", ROW)
    made = made.with_columns(before=nw.col(ROW).shift(1))
    same = (nw.col(name) == nw.col(name).shift(1) for name in ("rid", "day", "said"))
    alike = made.filter(nw.all_horizontal(*same, ignore_nulls=False).fill_null(value=False))
    texts = (nw.col(name).cast(nw.String).fill_null("") for name in wanted.columns)
    told = table.frame.filter(among(ROW, alike[ROW]) | among(ROW, alike["before"]))
    told = told.select(before=ROW, told=nw.concat_str(*texts, separator=_SEPARATOR))
    alike = alike.select(ROW, "before").join(told.rename({"before": ROW}), on=ROW, how="left")
    alike = alike.join(told, on="before", how="left", suffix=" before")
    return alike.filter(nw.col("told") == nw.col("told before"))[ROW]


def _unmapped(table: Table, wanted: EventMap, rows: Eager) -> Eager:
    """Count the codes that no map has, under the column in which they stand."""
    strange = rows.filter(nw.col("outcome") == UNMAPPED)
    found: list[tuple[str, Eager]] = []
    for columns, of_code in ((wanted.code, True), (wanted.level, False)):
        own = strange.filter((nw.col("said") == _NOT_MAPPED) == nw.lit(of_code))
        lost = table.frame.filter(among(ROW, own[ROW]))
        for column in columns:
            # Of several columns, the code stands in the first that is not blank.
            there = ~nw.col(column).is_null()
            found.append((column, lost.filter(there).select(code=nw.col(column).cast(nw.String))))
            lost = lost.filter(~there)
    return counted_codes(table, found)
