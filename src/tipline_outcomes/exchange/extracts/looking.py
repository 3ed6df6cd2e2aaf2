"""What an agency's tables look like: how the files are written, and what each of their columns may hold.

What is seen is told, and what it means is left open. Every row is looked at. Values are kept of columns with
few different ones only: what a person typed, or what tells persons apart, never leaves the file.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import narwhals.stable.v2 as nw
from attrs import evolve, field, frozen

from tipline_outcomes._engine import Eager, eager, read_days
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.exchange.extracts.files import KINDS, Rows, column_names, read_rows
from tipline_outcomes.exchange.extracts.parts import TableForm
from tipline_outcomes.exchange.extracts.sniffing import sniffed

__all__ = ["FAR", "FEW", "ColumnLook", "DayLook", "Key", "TableLook", "look_at"]

FEW: Final = 60
"""A column with more different values than this holds no codes."""
FAR: Final = 20
"""A day that is more years than this from the middle one is not one of them."""

_DAYS: Final = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y"),
    *("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d. %b %Y", "%b %d, %Y"),
    *("%d %B %Y", "%d. %B %Y", "%B %d, %Y"),
)
_TIMES: Final = (
    *("", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p"),
    *("T%H:%M", "T%H:%M:%S", "T%H:%M:%S%.f"),
)
# The plainest first: of two that read the same, the first is taken.
_FORMATS: Final = tuple(day + time for time in _TIMES for day in _DAYS)
_SWAP: Final = str.maketrans("dm", "md")
_LIKELY: Final = (date(1900, 1, 1), date(2100, 12, 31))
_POSSIBLE: Final = (date(1000, 1, 1), date.max)

_SAMPLE: Final = 1000
_LONG: Final = 80
_FEW_ROWS: Final = 20


@frozen(kw_only=True)
class DayLook:
    """What a column of days looks like.

    Attributes:
        formats: The forms that its days are written in, the most frequent first; none if the file has days.
        undecided: Whether the first two forms read the same values, one with the day first, one the month.
        unread: How many values are in none of the forms.
        rows: How many rows have which day, in order.

    >>> look = DayLook(rows=((date(2019, 1, 5), 3), (date(2109, 1, 5), 1)))
    >>> look.middle, [str(day) for day, _ in look.near]
    (datetime.date(2019, 1, 5), ['2019-01-05'])
    """

    formats: tuple[str, ...] = ()
    undecided: bool = False
    unread: int = 0
    rows: tuple[tuple[date, int], ...]

    @property
    def middle(self) -> date:
        """The day that as many rows are before as after."""
        before = accumulate(n for _, n in self.rows)
        half = sum(n for _, n in self.rows) / 2
        return next(day for (day, _), n in zip(self.rows, before, strict=True) if n >= half)

    @property
    def near(self) -> tuple[tuple[date, int], ...]:
        """The rows without the days that are far off."""
        year = self.middle.year
        return tuple((day, n) for day, n in self.rows if abs(day.year - year) <= FAR)


@frozen(kw_only=True)
class Key:
    """A column's values stand in a column that tells rows apart.

    Attributes:
        table: The table of that column.
        column: Its name.
        share: How many of the different values stand there (of at most some thousand, evenly taken).
    """

    table: str
    column: str
    share: Fraction


@frozen(kw_only=True)
class ColumnLook:
    """What a column looks like.

    Attributes:
        name: Its name.
        filled: How many rows have a value.
        distinct: How many different values there are.
        days: What its days look like, if it holds days.
        keys: The columns that it may be a key into, its own name first.
        codes: Every value and its rows, the most frequent first, if there are few that repeat themselves.

    >>> ColumnLook(name="tip_no", filled=1000, distinct=998).tells_apart
    True
    """

    name: str
    filled: int
    distinct: int
    days: DayLook | None = None
    keys: tuple[Key, ...] = ()
    codes: tuple[tuple[str, int], ...] = ()

    @property
    def tells_apart(self) -> bool:
        """Whether its values tell nearly all rows apart: copied rows do not hide a key."""
        return self.days is None and self.filled > 1 and 10 * self.distinct >= 9 * self.filled

    @property
    def repeats(self) -> bool:
        """Whether there is more than one value, and the rows of one are many, so that they can be grouped."""
        return self.distinct > 1 and 20 * self.distinct <= self.filled


@frozen(kw_only=True)
class TableLook:
    """What a table looks like.

    Attributes:
        name: The file's name.
        form: How it seems to be written.
        rows: How many records it has.
        bad: How many of them cannot be read, by rule.
        columns: Its columns.
        unread: The columns that cannot be read, or would spoil most rows.
    """

    name: str
    form: TableForm = field(factory=TableForm)
    rows: int
    bad: tuple[tuple[str, int], ...] = ()
    columns: tuple[ColumnLook, ...]
    unread: tuple[str, ...] = ()

    @property
    def days(self) -> list[ColumnLook]:
        """The columns of days."""
        return [column for column in self.columns if column.days is not None]

    @property
    def good(self) -> int:
        """How many of its records can be read."""
        return self.rows - sum(n for _, n in self.bad)

    def blank(self, column: ColumnLook) -> int:
        """How many of the records that can be read have nothing in a column."""
        return self.good - column.filled


@frozen
class _Seen:
    """A column with what is needed to find keys: an even sample of its values, and all if they tell apart."""

    table: str
    look: ColumnLook
    sample: nw.Series[Any] = field(eq=False)
    values: nw.Series[Any] | None = field(eq=False)


def look_at(files: Iterable[Path]) -> tuple[TableLook, ...]:
    r"""Look at tables.

    Raises:
        ExtractError: If there is none, one cannot be read, or they are not in one folder.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tips.csv")
    ...     _ = file.write_text("no;state\n" + "".join(f"{n};{'IO'[n % 2]}\n" for n in range(9)))
    ...     (table,) = look_at([file])
    >>> table.form.separator, table.rows, table.columns[1].codes
    (';', 9, (('I', 5), ('O', 4)))
    """
    paths = tuple(dict.fromkeys(map(Path, files)))
    if not paths:
        raise ExtractError("name the tables to look at; the one with one row a referral first")
    for folder in filter(Path.is_dir, paths):
        tables = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in KINDS)
        message = f"{str(folder)!r} is a folder; name its tables: {', '.join(tables) or 'there are none'}"
        raise ExtractError(message)
    if len({path.parent.resolve() for path in paths}) > 1:
        raise ExtractError("the tables of an extract stand in one folder; put them into one")
    looks: list[TableLook] = []
    seen: list[_Seen] = []
    for path in paths:
        look, columns = _look(path)
        looks.append(look)
        seen.extend(columns)
    found = iter(_with_keys(seen))
    return tuple(evolve(look, columns=tuple(next(found) for _ in look.columns)) for look in looks)


def _look(path: Path) -> tuple[TableLook, list[_Seen]]:
    form = sniffed(path)
    names = tuple(dict.fromkeys(column_names(path.parent, path.name, form)))
    rows, unread = _rows(path, form, names)
    frame = eager(rows.frame)
    seen = [_seen(path.name, frame[name]) for name in names if name not in unread]
    bad: Sequence[tuple[str, int]] = eager(rows.bad).group_by("rule").agg(n=nw.len()).sort("rule").rows()
    columns = tuple(column.look for column in seen)
    look = TableLook(
        name=path.name, form=form, rows=rows.read, bad=tuple(bad), columns=columns, unread=unread
    )
    return look, seen


def _rows(path: Path, form: TableForm, names: tuple[str, ...]) -> tuple[Rows, tuple[str, ...]]:
    """Read all columns; without those that cannot be read, or that spoil most rows, such as nested ones."""

    def read(wanted: Sequence[str]) -> Rows:
        return read_rows(path.parent, path.name, form, wanted)

    def spoils(wanted: Sequence[str], bad: int) -> bool:
        try:
            rows = read(wanted)
        except ExtractError:
            return True
        return 2 * (rows.bad.height - bad) > rows.read

    with suppress(ExtractError):
        rows = read(names)
        if 2 * rows.bad.height <= rows.read:
            return rows, ()
    bad = read(()).bad.height
    unread = tuple(name for name in names if spoils([name], bad))
    return read([name for name in names if name not in unread]), unread


# --- what a column holds --------------------------------------------------------------------------


def _seen(table: str, column: nw.Series[Any]) -> _Seen:
    values = column.drop_nulls().alias("value")
    sample = values.gather_every(max(1, len(values) // _SAMPLE)).unique()
    counts = values.to_frame().group_by("value").agg(n=nw.len())
    look = ColumnLook(
        name=column.name,
        filled=len(values),
        distinct=len(counts),
        days=_days(sample, counts),
        codes=_codes(counts),
    )
    return _Seen(table, look, sample.cast(nw.String), counts["value"] if look.tells_apart else None)


def _codes(counts: Eager) -> tuple[tuple[str, int], ...]:
    """Give the values that repeat themselves, if they are few, and short enough to be codes."""
    if len(counts) > FEW or counts.is_empty() or counts["value"].dtype != nw.String:
        return ()
    rows = int(counts["n"].sum())
    # Of few rows, codes cannot stand for several each; but most of what is not a code is there only once.
    few = rows <= _FEW_ROWS and 10 * len(counts) < 9 * rows
    if (2 * len(counts) > rows and not few) or counts["value"].str.len_chars().max() > _LONG:
        return ()
    return tuple(counts.sort("n", "value", descending=[True, False]).rows())


def _days(sample: nw.Series[Any], counts: Eager) -> DayLook | None:
    """Read every value as a day, if most of a sample are days."""
    formats, undecided = ((), False) if sample.dtype == nw.Date else _formats(sample)
    if sample.is_empty() or not (formats or sample.dtype == nw.Date):
        return None
    if formats:
        read = eager(read_days(counts["value"].to_native(), formats))
        counts = read.select("text", value=nw.coalesce(*read.columns[1:])).with_columns(counts["n"])
    day = nw.col("value")
    possible = counts.select("n", value=nw.when(day.is_between(*_POSSIBLE)).then(day))
    rows = possible.group_by("value").agg(nw.col("n").sum()).sort("value").rows()
    days = tuple((day, n) for day, n in rows if day is not None)
    unread = sum(n for day, n in rows if day is None)
    return DayLook(formats=formats, undecided=undecided, unread=unread, rows=days) if days else None


def _formats(sample: nw.Series[Any]) -> tuple[tuple[str, ...], bool]:
    """Take the form that reads most, then the one that reads most of the rest; none if most stays unread."""
    read = eager(read_days(sample.to_native(), _FORMATS)).with_row_index("i")
    fits: dict[str, set[int]] = {
        form: set(read.filter(nw.col(name).is_between(*_LIKELY))["i"].to_list())
        for form, name in zip(_FORMATS, read.columns[2:], strict=True)
        if read[name].count()
    }
    left = set(range(len(sample)))
    taken: list[str] = []
    while fits:
        best = max(fits, key=lambda form: len(fits[form] & left))
        if 100 * len(fits[best] & left) < max(1, len(sample)):
            break
        left -= fits[best]
        taken.append(best)
    if 2 * len(left) >= len(sample):
        return (), False
    other = taken[0].translate(_SWAP)
    undecided = other != taken[0] and fits[taken[0]] <= fits.get(other, set())
    return tuple(dict.fromkeys([taken[0], *([other] if undecided else []), *taken[1:]])), undecided


# --- which column is a key into which -------------------------------------------------------------


def _with_keys(seen: list[_Seen]) -> list[ColumnLook]:
    looks: list[ColumnLook] = []
    samples = [
        column.sample.to_frame().select("value", n=nw.lit(n))
        for n, column in enumerate(seen)
        if column.look.days is None
    ]
    keys: dict[int, list[Key]] = {}
    for number, into in enumerate(seen):
        if into.values is None:
            continue
        known = nw.concat(samples).join(into.values.to_frame(), on="value", how="semi")
        for n, found in _pairs(known.group_by("n").agg(found=nw.len())):
            column = seen[n]
            share = Fraction(found, len(column.sample))
            if n != number and 2 * share >= 1 and _many(column.look, into.look):
                keys.setdefault(n, []).append(Key(table=into.table, column=into.look.name, share=share))
    for n, column in enumerate(seen):
        own = sorted(keys.get(n, ()), key=lambda key: (key.column != column.look.name, -key.share))
        codes = () if own or column.look.days else column.look.codes
        looks.append(evolve(column.look, keys=tuple(own), codes=codes))
    return looks


def _pairs(counts: Eager) -> list[tuple[int, int]]:
    return [(int(number), int(n)) for number, n in counts.rows()]


def _many(column: ColumnLook, into: ColumnLook) -> bool:
    """Tell a key from small numbers, which are among the ids of any table that numbers its rows."""
    return column.distinct > FEW or column.name == into.name or 10 * column.distinct >= into.distinct
