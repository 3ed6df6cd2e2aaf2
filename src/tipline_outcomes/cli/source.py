"""What a command works on: a log, and what became of what was read. Every way in ends here."""

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import asdict, evolve, frozen

from tipline_outcomes._show import plain
from tipline_outcomes.errors import ExtractError
from tipline_outcomes.eventlog import CheckReport, EventLog
from tipline_outcomes.exchange import (
    Extract,
    Loaded,
    Profile,
    Summary,
    UseReading,
    read_extract,
    read_json,
    read_jsonl,
)
from tipline_outcomes.present import JSON, Reading

__all__ = ["Refused", "Source", "from_jsonl", "inputs", "read"]


@frozen(kw_only=True)
class Refused:
    """One refused record: where it stands, what was wrong, and its text, unchanged."""

    table: str | None = None
    use: str | None = None
    line: int
    path: str | None = None
    rule: str
    detail: str
    raw: str

    def __str__(self) -> str:
        if self.table is None:
            return f"line {self.line}, {self.path}: {self.detail}"
        return f"{self.table}, line {self.line}, {self.use}: {self.rule}: {self.detail}"

    def record(self) -> dict[str, str | int]:
        """Give what there is to tell, by name: of an agency's own tables, as `Extract.refused` names it."""
        return asdict(self, filter=lambda _, value: value is not None)


@frozen(kw_only=True)
class Source:
    """The log, what its check found, and what became of the records that were read.

    Attributes:
        log: The log.
        found: What breaks a rule of the pipeline.
        refused: Each refused record.
        reading: The account.
        summary: The account of every table, where there was a profile.
    """

    log: EventLog
    found: CheckReport
    refused: tuple[Refused, ...]
    reading: Reading
    summary: Summary | None = None


def inputs(path: Path, profile: Path | None) -> list[Path]:
    """Name the files that `read` reads."""
    if profile is not None:
        return [profile, *(path / table for table in Profile.load(profile).read_tables)]
    return [path, *path.glob("*.csv"), *path.glob("*.parquet")]


def read(path: Path, profile: Path | None, tell: Callable[[str], None]) -> Source:
    """Read a folder of tables, with a profile or in the package's own form, or a file of records in JSON."""
    if profile is not None:
        _must_be_folder(path, "the tables that the profile names")
        return _from_extract(path, profile, tell)
    if path.is_dir():
        tell("Reading")
        log = EventLog.from_folder(path)
        reports = 0 if log.reports is None else log.reports.height
        return _checked(log, Reading(source=_name(path), accepted=reports + log.referrals.height), tell)
    if path.suffix.lower() in {".csv", ".parquet"} and path.is_file():
        _must_be_folder(path, "events and referrals")
    if path.suffix.lower() == ".json":
        tell("Reading")
        return _from_records(_name(path), read_json(path, progress=_counting(tell)), tell)
    return from_jsonl(_name(path), path, tell)


def _must_be_folder(path: Path, tables: str) -> None:
    if path.is_file():
        message = f"{str(path)!r} is one table; give the folder that holds {tables}: {str(path.parent)!r}"
        raise ExtractError(message)


def from_jsonl(name: str, lines: Path | list[str], tell: Callable[[str], None]) -> Source:
    """Read JSON Lines."""
    tell("Reading")
    return _from_records(name, read_jsonl(lines, progress=_counting(tell)), tell)


def _counting(tell: Callable[[str], None]) -> Callable[[int], None]:
    return lambda done: tell(f"Reading: {done:,} records")


def _from_records(name: str, loaded: Loaded, tell: Callable[[str], None]) -> Source:
    refused = {rule.value: n for rule, n in loaded.refused_by_rule.items()}
    log = EventLog.of(loaded.cohort)
    reading = Reading(source=name, accepted=loaded.accepted, refused=refused)
    records = tuple(
        Refused(line=r.line, path=r.path, rule=r.rule.value, detail=r.message, raw=r.raw)
        for r in loaded.refused
    )
    return _checked(log, reading, tell, records)


def _from_extract(folder: Path, profile: Path, tell: Callable[[str], None]) -> Source:
    extract = read_extract(folder, Profile.load(profile), progress=tell)
    summary = extract.summary
    reading = Reading(
        source=_name(folder),
        accepted=summary.used,
        refused={rule.value: n for rule, n in summary.refused.items()},
        tables={
            table.table: {"read": table.read, "used": table.used, "refused": table.read - table.used}
            for table in summary.tables
        },
        uses=tuple(map(_account, summary.uses)),
        unmapped=_unmapped(extract),
        events=summary.events,
        lossy=summary.lossy,
    )
    records = tuple(Refused(**row) for row in extract.refused.iter_rows(named=True))
    return evolve(_checked(extract.log, reading, tell, records), summary=summary)


def _account(use: UseReading) -> dict[str, JSON]:
    return {**asdict(use), "refused": {rule.value: n for rule, n in use.refused.items()}}


def _unmapped(extract: Extract) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for table, column, code, rows in extract.unmapped.iter_rows():
        found.setdefault(f"{table} {column}", {})[code] = rows
    return found


def _checked(
    log: EventLog, reading: Reading, tell: Callable[[str], None], refused: tuple[Refused, ...] = ()
) -> Source:
    tell("Checking")
    found = log.check()
    violations = {rule.value: n for rule, n in found.counts.items()}
    unmapped: dict[str, Mapping[str, int]] = {**log.unmapped, **reading.unmapped}
    return Source(
        log=log,
        found=found,
        refused=refused,
        reading=evolve(reading, violations=violations, unmapped=unmapped),
    )


def _name(path: Path) -> str:
    return plain(path.resolve().name)
