"""Run one road once: ``python bench/road_once.py ROAD ENGINE FOLDER AS_OF THREADS``.

Prints times, memory and answers, as JSON. What an engine needs is imported before the clock starts.
"""

import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipline_outcomes import EventLog, Ledger

Answers = dict[str, dict[str, int] | list[tuple[object, ...]]]
Prepare = Callable[[Path, date, int], Callable[[], Answers]]

PROFILE = Path(__file__).parents[1] / "examples" / "cook-county" / "profile.toml"


def main() -> None:
    """Time one engine in this process."""
    road, engine, folder, as_of, threads = sys.argv[1:]
    os.environ["POLARS_MAX_THREADS"] = threads
    began = time.perf_counter()
    run = ROADS[road][engine](Path(folder), date.fromisoformat(as_of), int(threads))
    imported, cpu = time.perf_counter(), time.process_time()
    answers = run()
    found = {
        "seconds": time.perf_counter() - imported,
        "cpu": time.process_time() - cpu,
        "importing": imported - began,
        "peak_mb": peak_mb(),
    }
    print(json.dumps({**found, "answers": in_order(answers)}, default=str))


def log_by_package(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the package: every violation as a row, and all five tables of a ledger."""
    from tipline_outcomes import EventLog, Ledger  # noqa: F401 - what it needs is imported now

    return lambda: counts(EventLog.from_folder(folder), as_of, "territory")


def log_in_polars(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the peer in Polars."""
    import polars as pl
    from peers import polars_by_hand

    def road() -> Answers:
        referrals, events = (pl.scan_parquet(folder / f"{name}.parquet") for name in ("referrals", "events"))
        return polars_by_hand.road(referrals, events, as_of)

    return road


def log_in_duckdb(folder: Path, as_of: date, threads: int) -> Callable[[], Answers]:
    """Prepare the peer in DuckDB."""
    from peers import duckdb_by_hand

    return lambda: duckdb_by_hand.road(folder, as_of, threads=threads)


def parts_by_package(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the package, on a log in parts: that nothing lies in two of them is checked besides."""
    return _parts_by_package(folder / "log", as_of)


def parts_in_polars(folder: Path, as_of: date, threads: int) -> Callable[[], Answers]:
    """Prepare the peer in Polars: each part by itself, and the counts added up."""
    return lambda: together(
        log_in_polars(part, as_of, threads)() for part in sorted((folder / "log").glob("part-*"))
    )


def parts_in_duckdb(folder: Path, as_of: date, threads: int) -> Callable[[], Answers]:
    """Prepare the peer in DuckDB, likewise."""
    return lambda: together(
        log_in_duckdb(part, as_of, threads)() for part in sorted((folder / "log").glob("part-*"))
    )


def whole_in_duckdb(folder: Path, as_of: date, threads: int) -> Callable[[], Answers]:
    """Prepare the peer in DuckDB with all parts at once, as its own engine divides the work."""
    return log_in_duckdb(folder / "log" / "*", as_of, threads)


def saved_by_package(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the package, on what it saved."""
    return _parts_by_package(folder / "saved", as_of)


def saved_in_polars(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the peer in Polars, on what it saved itself."""
    from peers import polars_by_hand

    return lambda: together(
        polars_by_hand.again(part, as_of) for part in sorted((folder / "walked").glob("part-*"))
    )


def _parts_by_package(folder: Path, as_of: date) -> Callable[[], Answers]:
    from tipline_outcomes import count_folder

    def road() -> Answers:
        counted = count_folder(folder, as_of=as_of, by=("territory",))
        found = {rule.value: n for rule, n in counted.violations.items()}
        return {"violations": found, **of_ledger(counted.ledger, "territory")}

    return road


def together(parts: Iterable[Answers]) -> Answers:
    """Add counts up: of violations by rule, of rows by all that stands before their last column."""
    violations = Counter[str]()
    tables: dict[str, Counter[tuple[object, ...]]] = {}
    for part in parts:
        for name, answer in part.items():
            if isinstance(answer, dict):
                violations.update(answer)
            else:
                tables.setdefault(name, Counter()).update({row[:-1]: int(str(row[-1])) for row in answer})
    return {
        "violations": dict(violations),
        **{name: [(*key, n) for key, n in counts.items()] for name, counts in tables.items()},
    }


def extract_by_package(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the package: every refused row with its line and text besides."""
    from tipline_outcomes import Ledger  # noqa: F401 - what it needs is imported now
    from tipline_outcomes.exchange.extracts import read_extract

    def road() -> Answers:
        extract = read_extract(folder, PROFILE)
        refused = {
            f"{table.table}: {rule.value}": n
            for table in extract.summary.tables
            for rule, n in table.refused.items()
        }
        return {"refused": refused, **counts(extract.log, as_of, "offense_category")}

    return road


def extract_in_polars(folder: Path, as_of: date, _: int) -> Callable[[], Answers]:
    """Prepare the peer in Polars."""
    from peers import extract_by_hand

    return lambda: extract_by_hand.road(folder, as_of)


ROADS: Mapping[str, Mapping[str, Prepare]] = {
    "log": {"tipline_outcomes": log_by_package, "polars": log_in_polars, "duckdb": log_in_duckdb},
    "parts": {
        "tipline_outcomes": parts_by_package,
        "polars": parts_in_polars,
        "duckdb": parts_in_duckdb,
        "duckdb, all at once": whole_in_duckdb,
    },
    "saved": {
        "tipline_outcomes": saved_by_package,
        "polars": saved_in_polars,
        "duckdb, from actions": parts_in_duckdb,
    },
    "extract": {"tipline_outcomes": extract_by_package, "polars": extract_in_polars},
}


def counts(log: "EventLog", as_of: date, by: str) -> Answers:
    """Check and count a log with the package."""
    from tipline_outcomes import Ledger

    found = log.check()
    ledger = Ledger.of(log, as_of=as_of, by=(by,))
    return {"violations": {rule.value: n for rule, n in found.counts.items()}, **of_ledger(ledger, by)}


def of_ledger(ledger: "Ledger", by: str) -> Answers:
    """Give what the peers answer too."""
    import polars as pl

    standing = ledger.standing.group_by(by, "peak", "place", "reason", "open").agg(pl.col("n").sum())
    movements = ledger.movements.group_by(by, "period", "from", "to").agg(pl.col("n").sum())
    return {"standing": standing.rows(), "movements": movements.rows()}


def in_order(answers: Answers) -> dict[str, dict[str, int] | list[list[str]]]:
    """Put the rows of the answers into one order, so that equal answers are equal text."""
    return {
        name: answer if isinstance(answer, dict) else sorted([str(value) for value in row] for row in answer)
        for name, answer in answers.items()
    }


def peak_mb() -> float:
    """Give the peak of this process's resident memory."""
    # A process inherits the peak of the one that starts it; Linux also keeps one that is its own.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(
            line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM")
        )
        return int(line.split()[1]) / 1024
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


if __name__ == "__main__":
    main()
