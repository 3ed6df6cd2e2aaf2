"""What the tables of an agency could be to each other: which has the referrals, which tells what happened."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import frozen

from tipline_outcomes.exchange.extracts.looking import ColumnLook, TableLook

__all__ = ["EventGuess", "Guess", "guess"]

_NEVER: Final = -1


@frozen(kw_only=True)
class EventGuess:
    """A table in which something seems to happen to referrals, and the columns that seem to tell of it.

    Attributes:
        table: The table.
        referral: The column that names the referral.
        code: The column whose codes say most; None: nothing but a day tells that something happened.
        other_codes: The other columns of codes.
        on: The column of the day on which it happened; that of receipt only where there is no other.
        other_days: The other columns of days, without that of receipt.
        charges: Columns that tell the rows of this table apart, and so perhaps charges.
    """

    table: TableLook
    referral: ColumnLook
    code: ColumnLook | None
    other_codes: tuple[ColumnLook, ...]
    on: ColumnLook
    other_days: tuple[ColumnLook, ...]
    charges: tuple[ColumnLook, ...]


@frozen(kw_only=True)
class Guess:
    """What the tables could be to each other.

    Attributes:
        tables: The tables; the first has the referrals.
        id: The column of the referral's id, if any could be it.
        received: The column of the day on which it came in, if there are days.
        parents: Columns that could name another referral.
        dimensions: Columns that could be grouped by.
        events: Where something seems to happen, in the order of the tables.
        silent: Why nothing seems to happen in the other tables, by the table's name.
    """

    tables: tuple[TableLook, ...]
    id: ColumnLook | None
    received: ColumnLook | None
    parents: tuple[ColumnLook, ...]
    dimensions: tuple[ColumnLook, ...]
    events: tuple[EventGuess, ...]
    silent: tuple[tuple[str, str], ...] = ()

    @property
    def read(self) -> frozenset[str]:
        """The tables that are read: those with referrals, and those whose codes tell what happened."""
        return frozenset([self.tables[0].name, *(event.table.name for event in self.events if event.code)])


def guess(tables: tuple[TableLook, ...]) -> Guess:
    """Guess from how they look what tables are to each other, the one with the referrals first.

    >>> numbers = ColumnLook(name="no", filled=90, distinct=90)
    >>> states = ColumnLook(name="state", filled=90, distinct=2, codes=(("Open", 80), ("Closed", 10)))
    >>> guessed = guess((TableLook(name="tips.csv", rows=90, columns=(states, numbers)),))
    >>> guessed.id.name, [column.name for column in guessed.dimensions], guessed.events
    ('no', ['state'], ())
    """
    first = tables[0]
    known = _id(tables)
    # Every referral came in, so that the day on which it did is hardly ever blank.
    received = max(first.days, key=lambda column: (column.filled, -_middle(column)), default=None)
    guesses = {table.name: _event(table, first, known, received) for table in tables}
    events = [event for event in guesses.values() if isinstance(event, EventGuess)]
    told = [event.code for event in events if event.table is first]
    return Guess(
        tables=tables,
        id=known,
        received=received,
        parents=() if known is None else tuple(_keys(first, first, known)),
        dimensions=tuple(
            column
            for column in first.columns
            if (column.repeats or column.codes)
            and column.days is None
            and not column.keys
            and column not in told
        ),
        events=tuple(events),
        silent=tuple((name, why) for name, why in guesses.items() if isinstance(why, str)),
    )


def _id(tables: tuple[TableLook, ...]) -> ColumnLook | None:
    """Take a column that tells rows apart and is asked for elsewhere; else the one with most values."""
    first, *others = tables
    asked = Counter(
        key.column
        for table in others
        for column in table.columns
        for key in column.keys
        if key.table == first.name
    )

    def fit(column: ColumnLook) -> tuple[bool, int, int]:
        return 20 * column.distinct >= 19 * first.rows, asked[column.name], column.distinct

    texts = [column for column in first.columns if column.days is None and column.filled]
    return max([column for column in texts if column.tells_apart] or texts, key=fit, default=None)


def _event(
    table: TableLook, first: TableLook, known: ColumnLook | None, received: ColumnLook | None
) -> EventGuess | str:
    """Guess what happens in a table, or say why nothing seems to."""
    if known is None:
        return f"no column of {first.name} could be a referral's id"
    days: Sequence[ColumnLook] = table.days
    if table is first:
        key: ColumnLook | None = known
        if received is not None:
            # What happens to a referral happens after it came in. Its day of receipt is no stand-in for a
            # day that is missing: the event would be told of a day on which nothing of it was known.
            later = [day for day in days if day is not received and _middle(day) >= _middle(received)]
            days = later or [received]
    else:
        key = next(iter(_keys(table, first, known)), None)
    on = max(days, key=lambda column: column.filled, default=None)
    codes = sorted((column for column in table.columns if column.codes), key=_says, reverse=True)
    if key is None:
        return f"no column has values of {known.name} in {first.name}"
    if on is None:
        return "no column holds days"
    if table is first and not codes:
        return "no column holds codes, few and each for several rows"
    apart = [column for column in table.columns if column.tells_apart and table is not first]
    return EventGuess(
        table=table,
        referral=key,
        code=codes[0] if codes else None,
        other_codes=tuple(codes[1:]),
        on=on,
        other_days=tuple(day for day in table.days if day is not on and day is not received),
        charges=tuple(column for column in apart if first.name not in {key.table for key in column.keys}),
    )


def _keys(table: TableLook, into: TableLook, known: ColumnLook) -> Iterable[ColumnLook]:
    """List the columns that could name a referral: of its name first, then by the share that is there."""
    shares = {
        column.name: key.share
        for column in table.columns
        for key in column.keys
        if (key.table, key.column) == (into.name, known.name)
    }
    keys = [column for column in table.columns if column.name in shares]
    return sorted(keys, key=lambda column: (column.name != known.name, -shares[column.name]))


def _says(column: ColumnLook) -> int:
    """Weigh how much the codes of a column say: what happened is told in words, not in numbers."""
    return column.filled * sum(sum(map(str.isalpha, code)) for code, _ in column.codes)


def _middle(column: ColumnLook) -> int:
    return _NEVER if column.days is None else column.days.middle.toordinal()
