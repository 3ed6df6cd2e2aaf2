"""What became of every row of an extract: nothing is dropped in silence, and the account always balances."""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction

from attrs import field, frozen

from tipline_outcomes._show import Grid, count, percent
from tipline_outcomes.errors import InvalidValueError

__all__ = ["RowRule", "Summary", "TableReading", "UseReading"]


class RowRule(StrEnum):
    """Why a row could not be used.

    Wherever the referral that a row is about can be told, refusing the row never turns what it said into a
    "no": the referral is marked ``incomplete`` and counted so.

    >>> RowRule("orphan")
    <RowRule.ORPHAN: 'orphan'>
    """

    UNDECODABLE = "undecodable"
    """It has bytes, in a column that is read, that are not of the encoding that the table is said to have."""
    WRONG_FIELD_COUNT = "wrong_field_count"
    """It has more or fewer fields than the header, so that nobody knows which field is which."""
    NOT_JSON = "not_json"
    """The line is no JSON object, or a column that is read holds no value that JSON knows, or several."""
    BLANK_KEY = "blank_key"
    """It does not say which referral it is about."""
    DUPLICATE_KEY = "duplicate_key"
    """A referral's id again, with the same facts: the first row is kept, and nothing is lost."""
    CONTRADICTING_KEY = "contradicting_key"
    """A referral's id again, with other facts: the first row is kept, and the referral is incomplete."""
    ORPHAN = "orphan"
    """It is about a referral that the referral table does not have."""
    MISSING_DATE = "missing_date"
    """It says that something happened, and all its date columns are blank."""
    UNREADABLE_DATE = "unreadable_date"
    """Its date is in none of the formats, or no day of the calendar."""
    AMBIGUOUS_DATE = "ambiguous_date"
    """Two of the formats read its date as two different days."""
    UNBELIEVABLE_DATE = "unbelievable_date"
    """Its date is outside the window in which the profile believes dates, such as 2109 for 2019."""
    COPIED_ROW = "copied_row"
    """It says what an earlier row of the table says, in everything that the profile reads."""


Lossy = Mapping[str, Mapping[str, int]]
"""How many events came through the lossy rows of crosswalks, by crosswalk and code."""


def _without_zeros(counts: Mapping[RowRule, int]) -> dict[RowRule, int]:
    return {rule: counts[rule] for rule in RowRule if counts.get(rule)}


@frozen(kw_only=True)
class UseReading:
    """What one use of a table gave: the ``[referral]`` of a profile, or one of its ``[[event]]`` tables.

    Attributes:
        table: The table's name.
        use: ``referral``, or ``event 1`` and so on, in the order of the profile.
        rows: The records of the table.
        made: Those that became a referral or an event.
        nothing: Those whose code is known to say nothing.
        blank: Those that have no code, or no date where the date alone says what happened.
        unmapped: Those with a code that the profile does not map. Their referrals are incomplete.
        refused: Those that were refused, by rule.
        lossy: Of those made, how many came through lossy rows of crosswalks, by crosswalk and code.
        keyless: Those of the refused whose referral cannot be told.

    Raises:
        InvalidValueError: If the parts do not add up to the rows.

    >>> UseReading(
    ...     table="court.csv", use="event 1", rows=3, made=1, blank=1, refused={RowRule.ORPHAN: 1}
    ... ).rows
    3
    """

    table: str
    use: str
    rows: int
    made: int
    nothing: int = 0
    blank: int = 0
    unmapped: int = 0
    refused: Mapping[RowRule, int] = field(factory=dict[RowRule, int], converter=_without_zeros)
    lossy: Lossy = field(factory=dict[str, Mapping[str, int]])
    keyless: int = 0

    def __attrs_post_init__(self) -> None:
        """Hold the parts to the whole."""
        parts = self.made + self.nothing + self.blank + self.unmapped + sum(self.refused.values())
        if parts != self.rows:
            message = f"{self.use} of {self.table}: {parts} rows are accounted for, and {self.rows} were read"
            raise InvalidValueError(message)


@frozen(kw_only=True)
class TableReading:
    """What became of the rows of one table, over all its uses: ``used + refused = read``.

    Attributes:
        table: The table's name.
        read: The records of the table. Blank lines are none.
        refused: The rows that a use refused, each once, by the first rule that refused it.

    >>> TableReading(table="court.csv", read=3, refused={RowRule.ORPHAN: 1}).used
    2
    """

    table: str
    read: int
    refused: Mapping[RowRule, int] = field(factory=dict[RowRule, int], converter=_without_zeros)

    @property
    def used(self) -> int:
        """How many rows no use refused."""
        return self.read - sum(self.refused.values())


@frozen(kw_only=True)
class Summary:
    """The account of an extract.

    Attributes:
        tables: What became of the rows of every table.
        uses: The same for every use of a table, in the order of the profile.

    >>> use = UseReading(table="court.csv", use="event 1", rows=3, made=2, refused={RowRule.ORPHAN: 1})
    >>> print(Summary(tables=(TableReading(table="court.csv", read=3, refused=use.refused),), uses=(use,)))
    Rows of the extract
    table      use      read  made  nothing  blank  unmapped  refused
    ---------  -------  ----  ----  -------  -----  --------  -------
    court.csv  event 1     3     2        0      0         0        1
    court.csv: 3 read = 2 used + 1 refused (1 orphan)
    """

    tables: tuple[TableReading, ...]
    uses: tuple[UseReading, ...]

    @property
    def read(self) -> int:
        """How many rows were read, over all tables."""
        return sum(table.read for table in self.tables)

    @property
    def used(self) -> int:
        """How many rows no use refused, over all tables."""
        return sum(table.used for table in self.tables)

    @property
    def refused(self) -> Mapping[RowRule, int]:
        """How many rows were refused, by rule, over all tables."""
        return _without_zeros({rule: sum(t.refused.get(rule, 0) for t in self.tables) for rule in RowRule})

    @property
    def not_counted(self) -> int:
        """How many rows of the referral table were refused because their referral cannot be told."""
        return sum(use.keyless for use in self.uses if use.use == "referral")

    @property
    def events(self) -> int:
        """How many rows became events, over all uses."""
        return sum(use.made for use in self.uses if use.use != "referral")

    @property
    def lossy(self) -> Lossy:
        """How many of the events came through lossy rows of crosswalks, by crosswalk and code."""
        found: dict[str, Counter[str]] = {}
        for use in self.uses:
            for name, codes in use.lossy.items():
                found.setdefault(name, Counter()).update(codes)
        return {name: dict(codes) for name, codes in found.items()}

    def __str__(self) -> str:
        return self._grid().text()

    def _repr_html_(self) -> str:
        return self._grid().html()

    def _grid(self) -> Grid:
        return Grid(
            caption="Rows of the extract",
            headers=("table", "use", "read", "made", "nothing", "blank", "unmapped", "refused"),
            rows=tuple(
                (
                    use.table,
                    use.use,
                    *map(
                        count,
                        (
                            use.rows,
                            use.made,
                            use.nothing,
                            use.blank,
                            use.unmapped,
                            sum(use.refused.values()),
                        ),
                    ),
                )
                for use in self.uses
            ),
            texts=2,
            notes=(*map(_sentence, self.tables), *_told_lossy(self.lossy, self.events), *self._lost()),
        )

    def _lost(self) -> tuple[str, ...]:
        n = self.not_counted
        rows = f"{count(n)} {'row' if n == 1 else 'rows'} of {self.uses[0].table}"
        return (f"Not counted: {rows}, whose referral cannot be told",) if n else ()


def _sentence(table: TableReading) -> str:
    refused = ", ".join(f"{count(n)} {rule.value}" for rule, n in table.refused.items())
    total = sum(table.refused.values())
    because = f" ({refused})" if refused else ""
    read = f"{count(table.read)} read = {count(table.used)} used + {count(total)} refused"
    return f"{table.table}: {read}{because}"


def _told_lossy(lossy: Lossy, events: int) -> Iterator[str]:
    """Tell how many of the events came through lossy rows, if any did."""
    if total := sum(n for codes in lossy.values() for n in codes.values()):
        share = f"{count(total)} of {count(events)} events ({percent(Fraction(total, events))})"
        by_code = "; ".join(
            f"{name}: {', '.join(f'{code!r} {count(n)}' for code, n in codes.items())}"
            for name, codes in lossy.items()
        )
        yield f"{share} came through lossy rows of crosswalks: {by_code}"
