"""The events of an extract: one ``[[event]]`` of a profile at a time."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, among, translated
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
from tipline_outcomes.model import Action, ChargeStatus, Level, Reason
from tipline_outcomes.model.pipeline import NAMES_ANOTHER

__all__ = ["Keys", "Said", "Words", "events_of"]

_SAYS_NOTHING, _NOT_MAPPED = 0, -1
_LEVELS: Final = [level.value for level in Level]

Said = tuple[Action, Reason | None]
"""What an event says: its action, with the reason of its disposition."""


@frozen
class Keys:
    """The ids of the referrals, and their numbers."""

    ids: nw.Series[Any]
    rids: nw.Series[Any]


@frozen
class Words:
    """All that the events of a profile can say, numbered from 1; 0 says nothing.

    >>> words = Words.of([(Action.ACCEPT, None)])
    >>> words.code(Meaning.parse("accept")), words.code(Meaning.parse("nothing"))
    (1, 0)
    """

    codes: Mapping[Said, int]

    @classmethod
    def of(cls, said: Iterable[Said]) -> "Words":
        """Number what is said."""
        return cls({word: code for code, word in enumerate(dict.fromkeys(said), start=1)})

    def code(self, meaning: Meaning) -> int:
        """Give the number of a meaning."""
        return _SAYS_NOTHING if meaning.action is None else self.codes[meaning.action, meaning.reason]

    @property
    def charges(self) -> list[int]:
        """The numbers of those that are about a charge."""
        return [code for (_, reason), code in self.codes.items() if isinstance(reason, ChargeStatus)]

    @property
    def naming_another(self) -> list[int]:
        """The numbers of those that can name another referral."""
        return [code for (action, _), code in self.codes.items() if action in NAMES_ANOTHER]


def events_of(table: Table, number: int, words: Words, keys: Keys) -> Used:
    """Make the events of one ``[[event]]``, numbered from 1.

    Returns:
        In ``rows``: ``rid`` (the referral's number), ``use``, ``row``, ``day`` and ``amended`` (ordinals),
        ``said`` (by `Words`), ``subject``, ``charge``, ``other``, ``level``.
    """
    wanted, use = table.profile.event[number - 1], f"event {number}"
    level = wanted.constants.level
    rows = table.frame.select(
        ROW,
        key=table.text(wanted.referral),
        said=_said(wanted, table.profile, words),
        subject=table.text(wanted.subject),
        charge=table.text(wanted.charge),
        other=table.text(wanted.other),
        level=table.value(wanted.level) if level is None else nw.lit(level.value),
    )
    rows = rows.with_columns(
        rid=translated(rows["key"], keys.ids, keys.rids),
        day=table.day(wanted.on),
        amended=table.day(wanted.superseded_on),
    )
    if wanted.action is not None:
        happened = nw.when(~nw.col("day").is_null())
        rows = rows.with_columns(said=happened.then(nw.lit(words.code(wanted.action), dtype=nw.Int64)))
    rows = _fitting(rows, words).with_columns(outcome=_outcome())
    copies = _copies(rows, wanted)
    if len(copies):
        copied = nw.when(among(ROW, copies)).then(nw.lit(RULES[RowRule.COPIED_ROW]))
        rows = rows.with_columns(outcome=copied.otherwise(nw.col("outcome")))
    not_read = (nw.col("outcome") >= UNMAPPED) & (nw.col("outcome") != RULES[RowRule.COPIED_ROW])
    made = rows.filter(nw.col("outcome") == MADE)
    return Used(
        reading=reading_of(table, use, rows),
        rows=made.with_columns(use=nw.lit(number)).drop("key", "outcome"),
        refused=refused_by(
            table,
            use,
            rows,
            "key",
            {"day": table.text(wanted.on), "amended": table.text(wanted.superseded_on)},
        ),
        unmapped=_unmapped(table, wanted, rows),
        incomplete=rows.filter(not_read & ~nw.col("rid").is_null())["rid"],
    )


def _said(wanted: EventMap, profile: Profile, words: Words) -> nw.Expr:
    """Say what the first code that is not blank means; null if all are blank."""
    said: list[nw.Expr] = [nw.lit(None, dtype=nw.Int64)]
    blank: Meaning | None = None
    for column in wanted.code:
        meanings = dict(profile.meanings(wanted, column))
        blank = meanings.pop("", blank)
        numbers = [words.code(meaning) for meaning in meanings.values()]
        known = nw.lit(_NOT_MAPPED, dtype=nw.Int64)
        if meanings:
            text = nw.col(column).cast(nw.String).fill_null("")
            known = text.replace_strict(list(meanings), numbers, default=_NOT_MAPPED, return_dtype=nw.Int64)
        said.append(nw.when(~nw.col(column).is_null()).then(known))
    if blank is not None:
        said.append(nw.lit(words.code(blank), dtype=nw.Int64))
    return nw.coalesce(*said)


def _fitting(rows: Eager, words: Words) -> Eager:
    """Leave out what an event of its meaning cannot have: a charge without a charge, a survivor of nobody."""
    about_charge = nw.col("said").is_in(words.charges)
    return rows.with_columns(
        charge=nw.when(about_charge).then(nw.col("charge")),
        level=nw.when(about_charge).then(nw.col("level")),
        other=nw.when(nw.col("said").is_in(words.naming_another)).then(nw.col("other")),
    )


def _outcome() -> nw.Expr:
    strange_level = ~nw.col("level").fill_null(_LEVELS[0]).is_in(_LEVELS)
    return (
        nw.when(nw.col("said").is_null())
        .then(nw.lit(BLANK))
        .when(nw.col("said") == _SAYS_NOTHING)
        .then(nw.lit(NOTHING))
        .when(nw.col("key").is_null())
        .then(nw.lit(RULES[RowRule.BLANK_KEY]))
        .when(nw.col("rid").is_null())
        .then(nw.lit(RULES[RowRule.ORPHAN]))
        .when((nw.col("said") == _NOT_MAPPED) | strange_level)
        .then(nw.lit(UNMAPPED))
        .when(nw.col("day").is_null())
        .then(nw.lit(RULES[RowRule.MISSING_DATE]))
        .when(nw.col("day") < 0)
        .then(rule_of("day"))
        .when((nw.col("amended") < 0).fill_null(value=False))
        .then(rule_of("amended"))
        .otherwise(nw.lit(MADE))
    )


def _copies(rows: Eager, wanted: EventMap) -> nw.Series[Any]:
    """Find the rows that say what an earlier row says, in everything that is read."""
    read = {
        "subject": wanted.subject,
        "charge": wanted.charge,
        "other": wanted.other,
        "level": wanted.level,
        "amended": wanted.superseded_on,
    }
    told = ["rid", "said", "day", *(name for name, columns in read.items() if columns)]
    made = rows.filter(nw.col("outcome") == MADE).select(ROW, *told)
    first = made.unique(subset=told, keep="first", order_by=ROW)
    return made.filter(~among(ROW, first[ROW]))[ROW] if len(first) < len(made) else made.head(0)[ROW]


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
