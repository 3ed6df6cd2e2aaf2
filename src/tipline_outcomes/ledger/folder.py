"""Counting a folder of parts, one after another: what does not fit into memory is counted where it lies."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import define, field, frozen

from tipline_outcomes._dates import Period
from tipline_outcomes._engine import table_file
from tipline_outcomes.errors import ExtractError, InvalidValueError, LedgerMismatchError
from tipline_outcomes.eventlog import EventLog
from tipline_outcomes.eventlog.objects import Tables
from tipline_outcomes.eventlog.saved import is_saved
from tipline_outcomes.ledger.apart import hold_apart
from tipline_outcomes.ledger.kept import PartResult, Store, key_of
from tipline_outcomes.ledger.ledger import Ledger
from tipline_outcomes.ledger.spec import HORIZONS, LedgerSpec, Unit
from tipline_outcomes.model import Rule

__all__ = ["FolderCount", "count_folder"]


@frozen(kw_only=True, eq=False, repr=False)
class FolderCount:
    """What the count of a folder gave.

    Attributes:
        ledger: The ledger of the whole.
        violations: How often each rule is broken; rules that nothing breaks are absent.
        parts: How many parts there are.
        kept: How many of them had been counted before, and were not counted again.
        referrals: How many referrals they have.
        events: How many events, amended ones included.

    >>> from tempfile import TemporaryDirectory
    >>> from tipline_outcomes import Cohort
    >>> with TemporaryDirectory() as folder:
    ...     EventLog.of(Cohort()).save(folder)
    ...     count_folder(folder, as_of=date(2024, 12, 31))
    <FolderCount of 1 part with 0 referrals and 0 events: no violation; <Ledger of 0 families as of ...>>
    """

    ledger: Ledger
    violations: Mapping[Rule, int]
    parts: int
    kept: int
    referrals: int
    events: int

    def __repr__(self) -> str:
        found = ", ".join(f"{n:,} {rule.value}" for rule, n in self.violations.items())
        parts = "1 part" if self.parts == 1 else f"{self.parts:,} parts"
        size = f"{parts} with {self.referrals:,} referrals and {self.events:,} events"
        return f"<FolderCount of {size}: {found or 'no violation'}; {self.ledger!r}>"


def count_folder(
    folder: Path | str,
    *,
    as_of: date,
    by: Sequence[str] = (),
    unit: Unit | str = Unit.FAMILY,
    period: Period | str = Period.QUARTER,
    horizons: Iterable[int] = HORIZONS,
    fill: bool = False,
    keep: Path | str | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> FolderCount:
    """Check and count a log that lies on disk in parts, one part at a time: memory is that of one part.

    Every folder in the folder is a part: a log that `EventLog.from_folder` reads, or that `EventLog.save`
    wrote, which is faster. A folder that has the tables itself is one part. Parts are counted each by itself
    and added up, so whatever is linked must lie in one part; that it does is checked, name by name, before
    there is a result. The ledger is then that of the whole.

    With *keep*, the result of every part is kept there, and a second run counts only what is not there yet:
    after the machine stopped in the middle, or after a file was changed. A kept result is used for the same
    bytes, the same question and the same version only; the folder can be removed whenever nothing runs.

    Args:
        folder: Where the parts are.
        as_of: The date of the count, as for `Ledger.of`; so are the next four.
        by: Dimensions.
        unit: What is counted.
        period: The calendar period of movements.
        horizons: Follow-up times in days.
        fill: Whether gaps in the histories are filled, see `EventLog.filled`.
        keep: Where the results of parts are kept, or None: then nothing is.
        workers: How many parts are counted at a time; memory is that of so many.
        progress: Called before the first part and after each with how many are done, and of how many.

    Raises:
        ExtractError: If there are no parts, a part cannot be read, or something lies in two of them.
        LedgerMismatchError: If a part does not have what is asked for.
        InvalidValueError: If an argument can never be right.

    >>> from tempfile import TemporaryDirectory
    >>> from attrs import evolve
    >>> from tipline_outcomes.synthetic import YEAR, write_year
    >>> with TemporaryDirectory() as folder:
    ...     planted = write_year(folder, evolve(YEAR, referrals=300), parts=3)
    ...     counted = count_folder(folder, as_of=YEAR.as_of, by=("territory",))
    >>> counted.parts, counted.ledger.received == planted.families, counted.events == planted.events
    (3, True, True)
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    if workers < 1:
        message = f"workers is {workers}; give 1 or more"
        raise InvalidValueError(message)
    spec = LedgerSpec(as_of=as_of, unit=unit, by=names, period=period, horizons=horizons)
    parts = _parts(Path(folder))
    with _store(keep) as store:
        run = _Run(parts, spec, fill, store, workers, progress or _nobody)
        ledger = Ledger.sum(run.ledgers())
        hold_apart(run.names, run.log)
    return FolderCount(
        ledger=ledger,
        violations={rule: run.violations[rule.value] for rule in Rule if rule.value in run.violations},
        parts=len(parts),
        kept=run.kept,
        referrals=run.referrals,
        events=run.events,
    )


def _nobody(done: int, of: int) -> None:
    """Tell nobody how far it has come."""


def _parts(folder: Path) -> dict[str, Path]:
    """Find the parts: by name, in the order of their names."""
    if not folder.is_dir():
        message = f"{str(folder)!r} is no folder; name the one that holds the parts"
        raise ExtractError(message)
    parts = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    own = [name for name in Tables._fields if table_file(folder, name) is not None]
    if own and parts:
        message = (
            f"{str(folder)!r} holds {own[0]} and folders too: it is not clear whether they are parts of it"
        )
        raise ExtractError(message)
    if not own and not parts:
        message = f"{str(folder)!r} holds no parts: each is a folder with events and referrals"
        raise ExtractError(message)
    return {path.name: path for path in (parts or [folder])}


@contextmanager
def _store(keep: Path | str | None) -> Generator[Store]:
    if keep is not None:
        yield Store(Path(keep), lasts=True)
    else:
        with TemporaryDirectory(prefix="tipline-outcomes-") as folder:
            yield Store(Path(folder), lasts=False)


@define
class _Run:
    """One count of a folder, part by part."""

    parts: Mapping[str, Path]
    spec: LedgerSpec
    fill: bool
    store: Store
    workers: int
    tell: Callable[[int, int], None]
    names: dict[str, Path] = field(factory=dict[str, Path])
    violations: Counter[str] = field(factory=Counter[str])
    kept: int = 0
    referrals: int = 0
    events: int = 0

    def ledgers(self) -> Iterator[Ledger]:
        """Give the ledger of each part, and add up what else is known of it."""
        self.tell(0, len(self.parts))
        pool = ThreadPoolExecutor(self.workers)
        try:
            results = pool.map(self._result, self.parts)
            for done, (name, (result, kept)) in enumerate(zip(self.parts, results, strict=True), start=1):
                self.names[name] = result.names
                self.violations.update(result.violations)
                self.kept += kept
                self.referrals += result.referrals
                self.events += result.events
                yield result.ledger
                self.tell(done, len(self.parts))
        finally:
            # Whoever stops in the middle does not wait for the parts that nobody began.
            pool.shutdown(cancel_futures=True)

    def log(self, part: str) -> EventLog:
        """Read the log of a part."""
        path = self.parts[part]
        return EventLog.from_saved(path) if is_saved(path) else EventLog.from_folder(path)

    def _result(self, part: str) -> tuple[PartResult, bool]:
        """Give the result of a part, and whether it was kept."""
        path = self.parts[part]
        key = key_of(_files(path), self.spec, fill=self.fill)
        found = self.store.get(key)
        if found is not None:
            return found, True
        log = self.log(part)
        names = log.names
        log = log.filled() if self.fill else log
        spec = self.spec
        try:
            ledger = Ledger.of(
                log,
                as_of=spec.as_of,
                by=spec.by,
                unit=spec.unit,
                period=spec.period,
                horizons=spec.horizons,
            )
        except LedgerMismatchError as error:
            message = f"{part}: {error}"
            raise LedgerMismatchError(message) from error
        violations = {rule.value: n for rule, n in log.check().counts.items()}
        size = (log.referrals.height, log.event_count)
        return self.store.put(key, ledger=ledger, violations=violations, log=size, names=names), False


def _files(part: Path) -> dict[str, Path]:
    """Name the files that a part is read from."""
    if is_saved(part):
        return {path.name: path for path in sorted(part.iterdir()) if path.is_file()}
    tables = (table_file(part, name) for name in Tables._fields)
    return {path.name: path for path in tables if path is not None}
