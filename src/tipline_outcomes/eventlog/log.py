"""The event log: a table of events and a table of referrals, from objects or from any data frame."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

import narwhals.stable.v2 as nw
from attrs import evolve, field, frozen
from narwhals.stable.v2.typing import IntoFrame

from tipline_outcomes._engine import (
    Frame,
    Lazy,
    collected,
    engine_of,
    lazy,
    of_one_engine,
    read_table,
)
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.canonical import Canonical, canonical
from tipline_outcomes.eventlog.check import VIOLATION_COLUMNS, CheckReport, counts_of
from tipline_outcomes.eventlog.columns import (
    EVENT_COLUMNS,
    LINK_COLUMNS,
    NO_DIMENSIONS,
    REFERRAL_COLUMNS,
    REPORT_COLUMNS,
)
from tipline_outcomes.eventlog.filling import without_gaps
from tipline_outcomes.eventlog.form import in_form
from tipline_outcomes.eventlog.names import hashes_of
from tipline_outcomes.eventlog.objects import Tables, cohort_of, tables_of
from tipline_outcomes.eventlog.saved import Saved, save
from tipline_outcomes.eventlog.told import Told
from tipline_outcomes.eventlog.windows import Windowed, windowed
from tipline_outcomes.model import Cohort

__all__ = ["EventLog"]

_COLUMNS: Final = {
    "events": EVENT_COLUMNS,
    "referrals": REFERRAL_COLUMNS,
    "reports": REPORT_COLUMNS,
    "links": LINK_COLUMNS,
}
_KEYS: Final = {
    "events": ("referral_id", "seq"),
    "referrals": ("referral_id",),
    "reports": ("report_id",),
    "links": ("report_id", "referral_id"),
}


@frozen(kw_only=True, eq=False, repr=False)
class EventLog:
    """Events and referrals as tables, in form: the one way into counting, for objects and frames alike.

    The tables are here, or where they were given: on DuckDB, on Spark, behind Ibis. There they are checked
    and counted; `events`, `referrals`, `reports` and `links` bring a whole table here.

    Make one with `of` (from objects), `from_frames` (from data frames) or `from_folder` (from files).

    >>> from tipline_outcomes import Cohort
    >>> log = EventLog.of(Cohort())
    >>> log.referrals.height, len(log.check())
    (0, 0)
    """

    _told: Frame | Lazy | Told | Saved = field(alias="events")
    _referrals: Frame | Lazy = field(alias="referrals")
    _reports: Frame | Lazy | None = field(default=None, alias="reports")
    _links: Frame | Lazy | None = field(default=None, alias="links")
    _engine: nw.Implementation = field(default=nw.Implementation.POLARS, alias="engine")

    @cached_property
    def events(self) -> Frame:
        """One row an event, with the columns of `EVENT_COLUMNS`."""
        if isinstance(self._told, Saved):
            return self._told.events
        return self._told.table(self.referrals) if isinstance(self._told, Told) else _here(self._told)

    @cached_property
    def referrals(self) -> Frame:
        """One row a referral, with the columns of `REFERRAL_COLUMNS`; the others are dimensions."""
        return _here(self._referrals)

    @cached_property
    def reports(self) -> Frame | None:
        """One row a report, or None where only the agencies' side is known."""
        return None if self._reports is None else _here(self._reports)

    @cached_property
    def links(self) -> Frame | None:
        """Which report is part of which referral, or None."""
        return None if self._links is None else _here(self._links)

    @property
    def event_count(self) -> int:
        """How many events there are, amended ones included."""
        if isinstance(self._told, Saved):
            return self._told.event_count
        return len(self._told.rows) if isinstance(self._told, Told) else self.events.height

    @classmethod
    def of(cls, cohort: Cohort) -> "EventLog":
        """Make the log of a cohort of objects.

        What a referral's reports say in common becomes its dimensions ``source``, ``incident_type`` and
        ``classification``; where they differ it reads ``several``.
        """
        return cls(**tables_of(cohort)._asdict())

    @classmethod
    def from_frames(
        cls,
        events: IntoFrame,
        referrals: IntoFrame,
        *,
        reports: IntoFrame | None = None,
        links: IntoFrame | None = None,
        fill: bool = False,
    ) -> "EventLog":
        """Make a log from data frames of any engine that narwhals reads.

        Frames in memory and Polars' lazy ones are counted here. What DuckDB, Spark or Ibis hold stays there:
        `check` and `Ledger.of` put their questions to that engine, and bring here tables of counts and the
        histories of referrals that name one another. Frames of several engines or connections come here.

        Args:
            events: One row an event; only ``referral_id``, ``seq``, ``on`` and ``action`` must be there.
            referrals: One row a referral; only ``referral_id``, ``territory`` and ``level`` must be there.
                Columns that are not in `REFERRAL_COLUMNS` become dimensions.
            reports: One row a report.
            links: One row a pair of ``report_id`` and ``referral_id``.
            fill: Whether gaps in the histories are filled, see `filled`.

        Raises:
            ExtractError: If a required column is missing or of a type that cannot be right, if the event
                table has a column that nothing would read, or if a row has no id or number.

        >>> from datetime import date
        >>> import polars as pl
        >>> log = EventLog.from_frames(
        ...     pl.DataFrame(
        ...         {"referral_id": ["f"], "seq": [0], "on": [date(2024, 1, 5)], "action": ["made_available"]}
        ...     ),
        ...     pl.DataFrame({"referral_id": ["f"], "territory": ["US-CA"], "level": ["local"]}),
        ... )
        >>> len(log.check())
        0
        """
        given = {"events": events, "referrals": referrals}
        given |= {n: frame for n, frame in {"reports": reports, "links": links}.items() if frame is not None}
        tables = {
            name: in_form(
                frame, _COLUMNS[name], table=name, dimensions=name == "referrals", keys=_KEYS.get(name, ())
            )
            for name, frame in given.items()
        }
        if not of_one_engine(list(tables.values())):
            tables = {name: collected(table) for name, table in tables.items()}
        there = {name: t if isinstance(t, nw.LazyFrame) else t.to_polars() for name, t in tables.items()}
        log = cls(**there, engine=engine_of(events))
        return log.filled() if fill else log

    @classmethod
    def from_folder(cls, folder: Path | str, *, fill: bool = False) -> "EventLog":
        """Read ``events``, ``referrals`` and, if there, ``reports`` and ``links`` from Parquet or CSV files.

        Args:
            folder: Where they are.
            fill: Whether gaps in the histories are filled, see `filled`.

        Raises:
            ExtractError: If a file is missing or cannot be read, and as `from_frames` does.
        """
        where = Path(folder)
        tables = {name: read_table(where, name) for name in Tables._fields}
        events, referrals = tables["events"], tables["referrals"]
        if events is None or referrals is None:
            missing = "events" if events is None else "referrals"
            message = (
                f"{where} holds no {missing}.parquet or {missing}.csv; a log needs events and referrals; what"
                " an agency's own tables mean is said by a profile (--profile; in Python, read_extract)"
            )
            raise ExtractError(message)
        optional = {"reports": tables["reports"], "links": tables["links"]}
        return cls.from_frames(events, referrals, **optional, fill=fill)

    def save(self, folder: Path | str) -> None:
        """Write the tables as Parquet, and beside them the transition log that counting is made from.

        What costs most, numbering, coding and checking every event, is then done once, and `from_saved`
        counts from it whatever the date, the unit or the dimensions. `from_folder` reads the folder too.

        >>> from tempfile import TemporaryDirectory
        >>> from tipline_outcomes import Cohort
        >>> with TemporaryDirectory() as folder:
        ...     EventLog.of(Cohort()).save(folder)
        ...     EventLog.from_saved(folder)
        <EventLog of 0 referrals and 0 events>
        """
        save(self.tables, self.canonical, Path(folder))

    @classmethod
    def from_saved(cls, folder: Path | str) -> "EventLog":
        """Take a log up that `save` wrote; nothing of it is made again, and only what is needed is read.

        Raises:
            ExtractError: If there is none, if it was saved by a version with other codes, or if a table was
                changed since.
        """
        saved = Saved.at(Path(folder))
        tables = {name: saved.table(name) for name in ("referrals", "reports", "links")}
        referrals = tables["referrals"]
        if referrals is None:
            raise AssertionError
        return cls(events=saved, referrals=referrals, reports=tables["reports"], links=tables["links"])

    def __repr__(self) -> str:
        if isinstance(self._told, nw.LazyFrame):
            return f"<EventLog on {self._engine.name}>"
        return f"<EventLog of {self.referrals.height:,} referrals and {self.event_count:,} events>"

    def check(self) -> CheckReport:
        """Find every violation, by the same names and with the same details as the check on objects.

        On the log's own engine violations are counted first, and looked for only where there are any.
        """
        if self.windowed is not None:
            return CheckReport(self.windowed.violations, self.windowed.counts, self._engine)
        found: Frame = self.canonical.violations.select(*VIOLATION_COLUMNS).to_native()
        return CheckReport(found, counts_of(found), self._engine)

    def filled(self) -> "EventLog":
        """Complete every history that has gaps with the shortest path that the pipeline allows.

        A charge that has a result and was never filed gets its filing, beside the last stated one of its
        subject or else just before the result; and an event that is not allowed where the referral is gets
        the steps that lead there, on its day. They are marked ``implied``. Of what is stated nothing changes
        but the numbers ``seq``, and that a charge without an id gets the one that it stands for where another
        would now be named before it. A charge, a closure or a transfer is never made up: where the pipeline
        has no way, as after a final closure, the check still says so. Without gaps the log itself is given
        back.

        >>> from datetime import date
        >>> import polars as pl
        >>> from tipline_outcomes import Rule
        >>> coarse = pl.DataFrame(
        ...     {
        ...         "referral_id": ["f", "f"],
        ...         "seq": [0, 1],
        ...         "on": [date(2024, 1, 5), date(2024, 3, 1)],
        ...         "action": ["made_available", "close"],
        ...         "disposition": [None, "closed"],
        ...         "reason": [None, "prosecution_declined"],
        ...     }
        ... )
        >>> referrals = pl.DataFrame({"referral_id": ["f"], "territory": ["US-CA"], "level": ["local"]})
        >>> log = EventLog.from_frames(coarse, referrals)
        >>> log.check().counts[Rule.ILLEGAL_TRANSITION], len(log.filled().check())
        (1, 0)
        >>> log.filled().events.select("seq", "on", "action", "implied").rows()[1]
        (1, datetime.date(2024, 3, 1), 'accept', True)
        """
        events = without_gaps(lambda: self.events, self.canonical)
        return self if events is None else evolve(self, events=events)

    @property
    def unmapped(self) -> Mapping[str, Mapping[str, int]]:
        """Words of live events that no vocabulary has, by column, each with how many events bear it.

        They are kept as they are, never guessed; the check reports each event (``unknown_word``).
        """
        if isinstance(self._told, Told):
            return {}
        told = self.events if isinstance(self._told, Saved) else self._told
        rows = lazy(told) if isinstance(told, Frame) else told
        live = rows.filter(nw.col("superseded_on").is_null())
        found: dict[str, Mapping[str, int]] = {}
        for column, known in codes.WORDS.items():
            strange = live.filter(~nw.col(column).is_null() & ~nw.col(column).is_in(list(known)))
            counts = collected(strange.group_by(column).agg(n=nw.len().cast(nw.Int64)))
            counts = counts.sort("n", column, descending=[True, False])
            if not counts.is_empty():
                found[column] = dict(counts.rows())
        return found

    def to_cohort(self) -> Cohort:
        """Give the log as objects, without loss of what the tables hold.

        Raises:
            InvalidValueError: If a row cannot be an object; the message names the record.
        """
        return cohort_of(self.tables)

    @property
    def tables(self) -> Tables:
        """The tables, in form."""
        return Tables(self.events, self.referrals, self.reports, self.links)

    @property
    def names(self) -> Frame | Path:
        """Whom it has or names, as hashes, or the file of them; see `tipline_outcomes.eventlog.names`."""
        saved = self._told.names if isinstance(self._told, Saved) else None
        return hashes_of(self.tables, self.canonical) if saved is None else saved

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns of the referral table that can be grouped by."""
        table = self._referrals
        names = table.columns if isinstance(table, Frame) else table.collect_schema().names()
        return tuple(name for name in names if name not in NO_DIMENSIONS)

    @cached_property
    def canonical(self) -> Canonical:
        """The canonical form, made when first needed and kept: rows numbered, coded and checked."""
        if isinstance(self._told, Saved):
            return self._told.canonical
        events = self._told if isinstance(self._told, Told) else self.events
        return canonical(events, self.referrals, reports=self.reports, links=self.links)

    @cached_property
    def windowed(self) -> Windowed | None:
        """The canonical form on the engine that holds the log; None if the log is here."""
        tables = (self._told, self._referrals, self._reports, self._links)
        events, referrals, reports, links = (t if isinstance(t, nw.LazyFrame) else None for t in tables)
        if events is None or referrals is None:
            return None
        return windowed(events, referrals, reports=reports, links=links)

    @cached_property
    def linked(self) -> "EventLog":
        """The part of a log on an engine that is counted here: the referrals that name one another."""
        tables = (self._told, self._referrals)
        parts = [self.windowed.linked(t) for t in tables if self.windowed and isinstance(t, nw.LazyFrame)]
        if not parts:
            return self
        events, referrals = (part.to_polars() for part in parts)
        return EventLog(events=events, referrals=referrals)


def _here(table: Frame | Lazy) -> Frame:
    return collected(table).to_polars() if isinstance(table, nw.LazyFrame) else table
