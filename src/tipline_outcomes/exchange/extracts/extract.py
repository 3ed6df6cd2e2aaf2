"""An agency's own tables, and a profile that describes them, become an event log; no row is lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import narwhals.stable.v2 as nw
from attrs import frozen

from tipline_outcomes._engine import Eager, Frame, among, eager, frame_of
from tipline_outcomes.eventlog import REFERRAL_COLUMNS, EventLog
from tipline_outcomes.exchange.extracts.days import DayReader
from tipline_outcomes.exchange.extracts.events import events_of
from tipline_outcomes.exchange.extracts.files import located, read_rows
from tipline_outcomes.exchange.extracts.histories import day_of, histories
from tipline_outcomes.exchange.extracts.profile import Profile, ReferralMap
from tipline_outcomes.exchange.extracts.referrals import dimension, referrals_of
from tipline_outcomes.exchange.extracts.rows import RowRule, Summary, TableReading
from tipline_outcomes.exchange.extracts.table import ROW, Table

__all__ = ["Extract", "read_extract"]

_REFUSED: Final = {"table": str, "use": str, "line": int, "rule": str, "detail": str, "raw": str}


@frozen(kw_only=True, eq=False, repr=False)
class Extract:
    r"""What an extract held: the log, and the account of every row.

    Attributes:
        profile: The profile by which it was read.
        log: The events and referrals.
        refused: One row a refused row: ``table``, ``use`` (``referral``, ``event 1``, ...), ``line`` (in the
            file, from 1), ``rule`` (of `RowRule`), ``detail`` (the column in which it looked, and what was
            found there) and ``raw`` (the text of the row, unchanged).
        unmapped: The codes that the profile does not map: ``table``, ``column``, ``code``, ``rows``; the
            most frequent first.
        summary: How many rows became what.

    >>> from datetime import date
    >>> from tempfile import TemporaryDirectory
    >>> profile = Profile.loads('''
    ... version = 1
    ... [referral]
    ... table = "tips.csv"
    ... id = "no"
    ... received_on = "day"
    ... constants = { territory = "US-CA", level = "local" }
    ... ''')
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "tips.csv").write_text("no,day\n1,2024-01-08\n2,8 January\n")
    ...     extract = read_extract(folder, profile)
    >>> extract, extract.log
    (<Extract of 2 rows: 1 used, 1 refused>, <EventLog of 2 referrals and 2 events>)
    >>> extract.refused.rows()
    [('tips.csv', 'referral', 3, 'unreadable_date', "day '8 January'", '2,8 January')]
    """

    profile: Profile
    log: EventLog
    refused: Frame
    unmapped: Frame
    summary: Summary

    def __repr__(self) -> str:
        summary = self.summary
        refused = sum(summary.refused.values())
        return f"<Extract of {summary.read:,} rows: {summary.used:,} used, {refused:,} refused>"


def read_extract(
    folder: Path | str,
    profile: Profile | Path | str,
    *,
    progress: Callable[[str], None] | None = None,
) -> Extract:
    """Read an agency's tables as a profile says; see `Extract` for an example.

    Args:
        folder: Where the tables are.
        profile: The profile, or the path of its file.
        progress: Called with what is being done.

    Raises:
        ExtractError: If a table or a column is missing, or a file cannot be read as a whole.
        ProfileError: If the profile's file is not a profile.

    >>> read_extract("nowhere", "nothing.toml")
    Traceback (most recent call last):
        ...
    tipline_outcomes.errors.ExtractError: ...
    """
    where = Path(folder)
    known = profile if isinstance(profile, Profile) else Profile.load(profile)
    tables: dict[str, Table] = {}
    for name in known.read_tables:
        _tell(progress, f"Reading {name}")
        tables[name] = _read(where, name, known)
    _tell(progress, "Mapping")
    referrals = referrals_of(tables[known.referral.table])
    events = [
        events_of(tables[event.table], number, referrals.rows)
        for number, event in enumerate(known.event, start=1)
    ]
    used = [referrals, *events]
    incomplete = nw.concat([use.incomplete.to_frame() for use in used], how="vertical")["rid"]
    log = EventLog(
        events=histories(known, referrals.rows, [use.rows for use in events]),
        referrals=_referrals(referrals.rows, incomplete, known.referral),
    )
    if known.fill_gaps:
        _tell(progress, "Filling gaps")
        log = log.filled()
    refused = nw.concat([use.refused for use in used], how="vertical")
    return Extract(
        profile=known,
        log=log,
        refused=_with_lines(refused, where, known),
        unmapped=_codes([use.unmapped for use in used]),
        summary=Summary(
            tables=tuple(_table_reading(table, refused) for table in tables.values()),
            uses=tuple(use.reading for use in used),
        ),
    )


def _tell(progress: Callable[[str], None] | None, what: str) -> None:
    if progress is not None:
        progress(what)


def _read(folder: Path, name: str, profile: Profile) -> Table:
    form = profile.form(name)
    rows = read_rows(folder, name, form, profile.columns_of(name))
    days = DayReader(form.formats, profile.dates.earliest, profile.dates.latest)
    return Table(name, rows.read, eager(rows.frame), rows.bad, eager(rows.legible), days, profile)


def _referrals(rows: Eager, incomplete: nw.Series[Any], wanted: ReferralMap) -> Frame:
    marked = rows.with_columns(
        incomplete=among("rid", incomplete.unique()),
        observed_from=nw.lit(wanted.observed_from, dtype=nw.Date),
        observed_through=day_of("watched"),
    )
    table: Frame = marked.select(
        *REFERRAL_COLUMNS, *(nw.col(dimension(name)).alias(name) for name, _ in wanted.dimensions)
    ).to_native()
    return table


def _table_reading(table: Table, refused: Eager) -> TableReading:
    """Count every refused row once, by the first rule that refused it."""
    own = refused.filter(nw.col("table") == table.name).with_row_index("i")
    once = own.unique(subset=[ROW], keep="first", order_by="i")
    counts: dict[str, int] = dict(once.group_by("rule").agg(n=nw.len()).rows())
    return TableReading(
        table=table.name, read=table.read, refused={RowRule(rule): n for rule, n in counts.items()}
    )


def _codes(unmapped: list[Eager]) -> Frame:
    # Two uses of one table can meet the same rows: a code is counted where it is met most often.
    codes = nw.concat(unmapped, how="vertical").group_by("table", "column", "code").agg(nw.col("rows").max())
    order = ("rows", "table", "column", "code")
    table: Frame = codes.sort(*order, descending=[True, False, False, False]).to_native()
    return table


def _with_lines(refused: Eager, folder: Path, profile: Profile) -> Frame:
    """Say where in its file every refused row stands, and what its text is."""
    found = [eager(frame_of((), _REFUSED))]
    for name in sorted(set(refused["table"].to_list())):
        own = refused.filter(nw.col("table") == name).with_row_index("i")
        lines = located(folder, name, profile.form(name), sorted(set(own[ROW].to_list())))
        found.append(own.join(eager(lines), on=ROW, how="left").sort("i").select(*_REFUSED))
    table: Frame = nw.concat(found, how="vertical").to_native()
    return table
