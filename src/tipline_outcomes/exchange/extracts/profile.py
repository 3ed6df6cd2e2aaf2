"""A profile: how an agency's own tables become referrals and events. A TOML file, read strictly.

It says which column holds what, what each code means, and which days can be believed; it computes nothing.
Whatever is wrong with it is told at once, with its line, before any table is opened.
"""

import tomllib
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path as File
from types import MappingProxyType
from typing import Final, Self

from attrs import evolve, field, frozen

from tipline_outcomes.errors import ExtractError, ProfileError, ProfileProblem
from tipline_outcomes.exchange.crosswalks import CrosswalkRow, Verification, crosswalk
from tipline_outcomes.exchange.extracts.code_sense import check_codes, check_use
from tipline_outcomes.exchange.extracts.meaning import Meaning
from tipline_outcomes.exchange.extracts.parts import (
    Codes,
    Columns,
    Dates,
    EventConstants,
    EventMap,
    Order,
    ReferralConstants,
    ReferralMap,
    TableForm,
)
from tipline_outcomes.exchange.extracts.sense import (
    check_dates,
    check_event,
    check_form,
    check_referral,
    explain_misplaced,
)
from tipline_outcomes.exchange.extracts.shape import Notes, read_record
from tipline_outcomes.exchange.extracts.toml_lines import (
    Path,
    line_of,
    located_error,
    shown_path,
    statement_lines,
)

__all__ = [
    "VERSION",
    "Columns",
    "Dates",
    "EventConstants",
    "EventMap",
    "Meaning",
    "Order",
    "Profile",
    "ProfileError",
    "ProfileProblem",
    "ReferralConstants",
    "ReferralMap",
    "TableForm",
]

VERSION: Final = 1
"""The version of the form of a profile that is read here."""


def _unchanging(tables: Mapping[str, TableForm]) -> Mapping[str, TableForm]:
    return MappingProxyType(dict(tables))


def _unchanging_codes(codes: Codes) -> Codes:
    return MappingProxyType({name: MappingProxyType(dict(said)) for name, said in codes.items()})


@frozen(kw_only=True)
class Profile:
    """How the tables of one agency become referrals and events.

    Made by `load` or `loads`, which refuse a profile that makes no sense; the constructor checks nothing.

    Attributes:
        version: The version of the form of the profile: 1.
        order: In which order the events of one referral stand.
        fill_gaps: Whether the steps that a history lacks are added by the shortest legal path, as implied.
        dates: How days are written, and which can be believed.
        tables: How single files are written, by the file's name.
        referral: Where the referrals stand.
        event: Where the events stand, in the order of the pipeline.
        codes: What codes mean, by the name of their column: an action and its reason or ``nothing``; for a
            column of facts (territory, level, agency, dimension) the fact that the code stands for.
        text: The file's text, in which the lines of problems are found; None if there is none.

    >>> profile = Profile.loads('''
    ... version = 1
    ... [referral]
    ... table = "tips.csv"
    ... id = "tip_no"
    ... received_on = "received"
    ... territory = "state"
    ... constants = { level = "local" }
    ... [[event]]
    ... table = "tips.csv"
    ... referral = "tip_no"
    ... code = "status"
    ... on = ["status_date", "received"]
    ... [codes.status]
    ... "Closed: dup" = "close duplicate"
    ... "Open" = "nothing"
    ... ''')
    >>> profile.columns_of("tips.csv")
    ('tip_no', 'received', 'state', 'status_date', 'status')
    >>> profile.meanings(profile.event[0], "status")["Closed: dup"].reason.value
    'duplicate'
    """

    version: int
    order: Order = Order.TABLES
    fill_gaps: bool = False
    dates: Dates = field(factory=Dates)
    tables: Mapping[str, TableForm] = field(factory=dict[str, TableForm], converter=_unchanging)
    referral: ReferralMap
    event: tuple[EventMap, ...] = ()
    codes: Codes = field(factory=dict[str, Mapping[str, str]], converter=_unchanging_codes)
    text: str | None = field(default=None, eq=False, repr=False)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a profile from its file.

        Raises:
            ExtractError: If there is no such file, or it cannot be read.
            ProfileError: If anything is wrong with the profile; it tells all that is, with the lines.
        """
        profile, found = cls.examine(path)
        if found:
            raise ProfileError(name=File(path).name, problems=found)
        return profile

    @classmethod
    def examine(cls, path: str | PathLike[str]) -> tuple[Self, tuple[ProfileProblem, ...]]:
        """Read as much as can be read of a profile, and tell what is wrong with it.

        Raises:
            ExtractError: If there is no such file, or it cannot be read.
            ProfileError: If it is no TOML, so that nothing can be read.
        """
        file = File(path)
        try:
            written = file.read_bytes()
        except OSError as error:
            message = f"the profile {str(file)!r} cannot be read: {error.strerror or error}"
            raise ExtractError(message) from error
        try:
            text = written.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = written.count(b"\n", 0, error.start) + 1
            message = "this line is not in UTF-8; save the file in that encoding"
            raise _refused(file.name, line, message) from None
        return cls._examined(text, file.name)

    @classmethod
    def loads(cls, text: str, name: str = "profile") -> Self:
        r"""Read a profile from the text of its file.

        Args:
            text: TOML.
            name: What to call it where something is wrong with it.

        Raises:
            ProfileError: If anything is wrong with the profile; it tells all that is, with the lines.

        >>> Profile.loads('version = 1\n[referal]\nid = "tip_no"')
        Traceback (most recent call last):
            ...
        tipline_outcomes.errors.ProfileError: profile has 2 problems:
          line 1, referral: is missing
          line 2, referal: there is no such key here; did you mean 'referral'?
        """
        profile, found = cls._examined(text, name)
        if found:
            raise ProfileError(name=name, problems=found)
        return profile

    @classmethod
    def _examined(cls, text: str, name: str) -> tuple[Self, tuple[ProfileProblem, ...]]:
        try:
            document = tomllib.loads(text)
        except RecursionError:
            raise _refused(name, 1, "lists or tables are nested without end") from None
        except ValueError as error:
            raise _refused(name, *located_error(error, text)) from None
        notes = Notes()
        profile = evolve(read_record(cls, document, notes), text=text)
        _check(profile, notes)
        return profile, profile.problems(notes.found.items())

    def problems(self, found: Iterable[tuple[Path, str]]) -> tuple[ProfileProblem, ...]:
        """Put what was found wrong at certain places in the order of the lines.

        >>> tips = ReferralMap(table="tips.csv", id=("no",), received_on=("day",))
        >>> profile = Profile(version=1, referral=tips, text="version = 1")
        >>> profile.problems([(("version",), "is old")])
        (ProfileProblem(line=1, path='version', message='is old'),)
        """
        lines = statement_lines(self.text or "")
        located = (
            ProfileProblem(
                line=None if self.text is None else line_of(path, lines),
                path=shown_path(path),
                message=message,
            )
            for path, message in found
        )
        return tuple(sorted(located, key=lambda problem: problem.line or 0))

    @property
    def read_tables(self) -> tuple[str, ...]:
        """The files that are read, each once, in the order of their first use."""
        return tuple(dict.fromkeys([self.referral.table, *(event.table for event in self.event)]))

    def form(self, table: str) -> TableForm:
        """Tell how a file is written, with the date formats that count for it."""
        form = self.tables.get(table, TableForm())
        return evolve(form, formats=form.formats or self.dates.formats)

    def meanings(self, event: EventMap, column: str) -> Mapping[str, Meaning]:
        """Tell what the codes in one of an event's ``code`` columns mean."""
        return {
            code: Meaning(action=said.action, reason=said.reason)
            if isinstance(said, CrosswalkRow)
            else Meaning.parse(said)
            for code, said in self._said(event, column).items()
        }

    def lossy(self, event: EventMap, column: str) -> Mapping[str, str]:
        """Name, for each code of a column that is read by a lossy row of a crosswalk, that crosswalk."""
        said = self._said(event, column).items()
        return {code: row.crosswalk for code, row in said if isinstance(row, CrosswalkRow) and row.lossy}

    def _said(self, event: EventMap, column: str) -> Mapping[str, str | CrosswalkRow]:
        """Give what the profile's own tables and crosswalks say of codes; the first that has one counts."""
        said: dict[str, str | CrosswalkRow] = {}
        for name in reversed(event.codes_of(column)):
            # The profile's own table goes before a crosswalk of its name: a later edition of the package
            # with one more crosswalk must not change what a profile says.
            said |= self.codes[name] if name in self.codes else _verified(name)
        return said

    def values(self, column: str) -> Mapping[str, str] | None:
        """Tell what the codes in a column of facts stand for; None where they stand for themselves."""
        explained = {name for event in self.event for name in event.explained_by}
        return None if column in explained else self.codes.get(column)

    def columns_of(self, table: str) -> Columns:
        """List the columns that are read in a table, each once, in the order of their first use."""
        uses: tuple[ReferralMap | EventMap, ...] = (self.referral, *self.event)
        read = (column for use in uses if use.table == table for column in use.columns)
        return tuple(dict.fromkeys(read))


def _verified(name: str) -> dict[str, CrosswalkRow]:
    """Give the rows of a crosswalk by which may be counted; the other codes stay unmapped."""
    unverified = Verification.UNVERIFIED
    return {row.code: row for row in crosswalk(name).rows if row.verified is not unverified}


def _refused(name: str, line: int, message: str) -> ProfileError:
    return ProfileError(name=name, problems=(ProfileProblem(line=line, path="", message=message),))


def _check(profile: Profile, notes: Notes) -> None:
    """Note everything that makes no sense in what could be read of a profile."""
    referral, events, codes = profile.referral, profile.event, profile.codes
    if profile.version != VERSION:
        notes.add(f"{profile.version} is not known; this is read as version {VERSION}", "version")
    explain_misplaced(notes)
    check_dates(profile.dates, notes.below("dates"))
    for name, form in profile.tables.items():
        check_form(name, form, notes.below("tables", name))
    check_referral(referral, notes.below("referral"))
    for number, event in enumerate(events, start=1):
        check_event(event, codes, notes.below("event", number))
    check_codes(codes, referral, events, notes.below("codes"))
    check_use(codes, profile.tables, referral, events, notes)
