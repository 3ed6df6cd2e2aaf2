"""What a profile is made of: plain records, as they stand in its TOML."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NewType

from attrs import field, frozen

from tipline_outcomes.exchange.extracts.meaning import Meaning
from tipline_outcomes.model import Action, Level

__all__ = [
    "Codes",
    "CodesName",
    "Columns",
    "Dates",
    "EventConstants",
    "EventMap",
    "Order",
    "ReferralConstants",
    "ReferralMap",
    "TableForm",
]

Columns = tuple[str, ...]
"""The columns that can hold a fact, the first that is not blank counts; empty: not given."""

Codes = Mapping[str, Mapping[str, str]]
"""What codes mean, by the name of their column."""

CodesName = NewType("CodesName", str)
"""The name of a ``[codes]`` table of the profile, or else of a crosswalk."""


class Order(StrEnum):
    """In which order the events of one referral stand.

    >>> Order("dates")
    <Order.DATES: 'dates'>
    """

    TABLES = "tables"
    """By the order of the profile's events, then by date, then by row."""
    DATES = "dates"
    """By date, then by the order of the profile's events, then by row."""


@frozen(kw_only=True)
class Dates:
    """How days are written, and which can be believed.

    Attributes:
        formats: The forms that a day is written in, in the words of strftime; a text that two of them read as
            two different days is ambiguous.
        earliest: Days before it are not believed.
        latest: Days after it are not believed.

    >>> Dates(earliest=date(2015, 1, 1)).formats
    ('%Y-%m-%d',)
    """

    formats: tuple[str, ...] = ("%Y-%m-%d",)
    earliest: date | None = None
    latest: date | None = None


@frozen(kw_only=True)
class TableForm:
    """How one file is written.

    Attributes:
        encoding: The encoding of a text file; a byte order mark is understood.
        separator: The character between two fields of a CSV file.
        blank: Texts that mean "nothing here", besides the empty text and white space.
        formats: The date formats of this table, instead of those of ``[dates]``.

    >>> TableForm(separator=";").encoding
    'utf-8'
    """

    encoding: str = "utf-8"
    separator: str = ","
    blank: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()


@frozen(kw_only=True)
class ReferralConstants:
    """What is true of every referral of the extract, and stands in none of its columns.

    Attributes:
        territory: ISO 3166-1 alpha-2 or 3166-2, such as ``US-IL``.
        level: The level of the agency.
        agency: An ORI or any stable id of the agency.

    >>> ReferralConstants(territory="US-IL", level=Level.LOCAL).agency is None
    True
    """

    territory: str | None = None
    level: Level | None = None
    agency: str | None = None


@frozen(kw_only=True)
class ReferralMap:
    """Where the referrals stand, one row each.

    Attributes:
        table: The file.
        id: The referral's id.
        received_on: The day on which it was made available.
        implied: Steps that happened on the day received, in order; where a referral's rows begin with one of
            them, only those before it.
        parent: The id of the referral that it came from by transfer.
        territory: ISO 3166-1 alpha-2 or 3166-2; here or in ``constants``.
        level: The level of the agency; here or in ``constants``.
        agency: An ORI or any stable id of the agency; here or in ``constants``.
        observed_from: The first day from which the source tells of events, where it does not tell of all that
            came before: an extract that begins in the middle.
        observed_through: The last day to which the source would have told of an event: one day for all, or a
            column. Absent: nobody reports back.
        dimensions: Further columns to group by: a list, or a table of names and columns.
        constants: What is the same for every referral.

    >>> referral = ReferralMap(table="intake.csv", id=("no",), received_on=("day",), level=("rank", "day"))
    >>> referral.columns
    ('no', 'day', 'rank')
    """

    table: str
    id: Columns
    received_on: Columns
    implied: tuple[Action, ...] = ()
    parent: Columns = ()
    territory: Columns = ()
    level: Columns = ()
    agency: Columns = ()
    observed_from: date | None = None
    observed_through: date | Columns = ()
    dimensions: tuple[tuple[str, Columns], ...] = ()
    constants: ReferralConstants = field(factory=ReferralConstants)

    @property
    def sources(self) -> tuple[tuple[tuple[str, ...], Columns], ...]:
        """Every fact that can stand in columns: its place in this table of the profile, and its columns."""
        watched = () if isinstance(self.observed_through, date) else self.observed_through
        return (
            (("id",), self.id),
            (("received_on",), self.received_on),
            (("parent",), self.parent),
            (("territory",), self.territory),
            (("level",), self.level),
            (("agency",), self.agency),
            (("observed_through",), watched),
            *((("dimensions", name), columns) for name, columns in self.dimensions),
        )

    @property
    def columns(self) -> Columns:
        """The columns that are read, each once, in the order of their first use."""
        return _each_once(*(columns for _, columns in self.sources))

    @property
    def translated(self) -> Columns:
        """The columns whose values a ``[codes]`` table of their name translates, if there is one."""
        dimensions = (columns for _, columns in self.dimensions)
        return _each_once(self.territory, self.level, self.agency, *dimensions)


@frozen(kw_only=True)
class EventConstants:
    """What is true of every event of one use of a table.

    Attributes:
        level: The level of the authority that filed the charges.

    >>> EventConstants(level=Level.LOCAL).level.value
    'local'
    """

    level: Level | None = None


@frozen(kw_only=True)
class EventMap:
    """Where one kind of event stands. A row says what its code means, or, by its mere date, the action.

    Attributes:
        table: The file.
        referral: The id of the referral that it happened to.
        on: The day on which it happened.
        code: What happened, in the agency's codes; this or ``action``.
        codes: What says what the codes mean, where it is not the ``[codes]`` table of the column's name:
            another such table, or a crosswalk of the package; of several the first that has the code.
        action: What each row says whose date is not blank: an action, or an action and its reason.
        subject: The pseudonym of the subject concerned.
        charge: The id of the charge.
        level: The level of the authority that filed the charge; here or in ``constants``.
        other: Another referral: the survivor, the child, the adopting one.
        superseded_on: The day on which the row was amended.
        constants: What is the same for every row.

    >>> event = EventMap(table="courts.csv", referral=("no",), on=("day",), code=("verdict",))
    >>> event.columns, event.codes_of("verdict")
    (('no', 'day', 'verdict'), ('verdict',))
    """

    table: str
    referral: Columns
    on: Columns
    code: Columns = ()
    codes: tuple[CodesName, ...] = ()
    action: Meaning | None = None
    subject: Columns = ()
    charge: Columns = ()
    level: Columns = ()
    other: Columns = ()
    superseded_on: Columns = ()
    constants: EventConstants = field(factory=EventConstants)

    @property
    def sources(self) -> tuple[tuple[tuple[str, ...], Columns], ...]:
        """Every fact that can stand in columns: its place in this table of the profile, and its columns."""
        return (
            (("referral",), self.referral),
            (("on",), self.on),
            (("code",), self.code),
            (("subject",), self.subject),
            (("charge",), self.charge),
            (("level",), self.level),
            (("other",), self.other),
            (("superseded_on",), self.superseded_on),
        )

    @property
    def columns(self) -> Columns:
        """The columns that are read, each once, in the order of their first use."""
        return _each_once(*(columns for _, columns in self.sources))

    def codes_of(self, column: str) -> tuple[str, ...]:
        """Name what says what the codes in a column mean; of several the first that has a code counts."""
        return self.codes or (column,)

    @property
    def explained_by(self) -> tuple[str, ...]:
        """The names of all that says what the codes mean, each once."""
        return _each_once(*map(self.codes_of, self.code))


def _each_once(*groups: Columns) -> Columns:
    return tuple(dict.fromkeys(column for columns in groups for column in columns))
